/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any frames, both ways, with well-behaved software: what the receiver's checksum, VLAN and filter
 * logic makes of the bytes of a frame, and the transmitter's offloads of descriptors that name any
 * place in it.
 *
 * The input: how the chip is set up, then frames: two bytes of length and direction, flags or a
 * context, and the bytes. A good frame that is stored must be in memory as it came.
 */
#include <string.h>

#include "bench.h"
#include "hw.h"

#define FRAMES 64u
#define CRC    4u

static uint8_t bytes[17000];

static void setup_filters(struct fuzz *fuzz, struct input *in)
{
    e1000emu_write32(fuzz->chip, REG_RAL(0), 0x01290c00);
    e1000emu_write32(fuzz->chip, REG_RAH(0), 0x0302 | RAH_AV);
    e1000emu_write32(fuzz->chip, REG_VET, input_8(in) & 1 ? 0x8100 : input_16(in));
    e1000emu_write32(fuzz->chip, REG_RXCSUM, input_16(in));
    e1000emu_write32(fuzz->chip, REG_RSRPD, input_8(in));
    e1000emu_write32(fuzz->chip, REG_CTRL,
                     CTRL_SLU | (input_32(in) & (CTRL_VME | CTRL_RFCE | CTRL_TFCE)));
    e1000emu_write32(fuzz->chip, REG_FCAL, 0x00c28001);
    e1000emu_write32(fuzz->chip, REG_FCAH, 0x0100);
    e1000emu_write32(fuzz->chip, REG_FCT, 0x8808);
    e1000emu_write32(fuzz->chip, REG_FCRTL, input_16(in) & 0xfff8u);
    e1000emu_write32(fuzz->chip, REG_FCRTH, input_16(in) & 0xfff8u);
}

static uint64_t load64(const uint8_t *from)
{
    uint64_t value;

    memcpy(&value, from, sizeof value);
    return value;
}

/* Takes what is in the ring. The first frame must be the expected one, where one is. */
static void take(struct fuzz *fuzz, uint32_t *next, const uint8_t *expected, uint32_t length)
{
    const uint8_t *ring = fuzz->memory + (FUZZ_RX_RING - FUZZ_BUS);
    uint32_t at = 0;

    for (unsigned i = 0; i < FUZZ_RING; i++) {
        const uint8_t *descriptor = ring + 16 * *next;
        uint64_t fields = load64(descriptor + 8);
        uint32_t n = fields & 0xffff;

        if (!(fields >> 32 & RXD_STAT_DD))
            break;
        fuzz_require(n <= 1024, "no descriptor holds more than its buffer");
        if (expected && at + n <= length)
            fuzz_require(memcmp(fuzz->memory + (load64(descriptor) - FUZZ_BUS), expected + at, n) ==
                             0,
                         "a frame is in memory as it came");
        at += n;
        if (fields >> 32 & RXD_STAT_EOP && expected) {
            fuzz_require(at == length || at == length + CRC, "a frame is whole");
            expected = NULL;
        }
        memset(fuzz->memory + (FUZZ_RX_RING - FUZZ_BUS) + 16 * *next + 8, 0, 8);
        *next = (*next + 1) % FUZZ_RING;
    }
    e1000emu_write32(fuzz->chip, REG_RDT, (*next + FUZZ_RING - 1) % FUZZ_RING);
}

static uint32_t gather(struct input *in, uint32_t length)
{
    const uint8_t *from;
    size_t n = input_bytes(in, length, &from);

    memset(bytes, 0, length);
    memcpy(bytes, from, n);
    return length;
}

static void receive(struct fuzz *fuzz, struct input *in, uint32_t *next, bool plain)
{
    struct e1000emu_frame frame = {.data = bytes};
    uint8_t flags = input_8(in);
    uint8_t verdict = 0;

    frame.length = gather(in, input_16(in) % 16500);
    frame.flags = flags & 0x1f;
    if (flags & 0x80) { /* to this station, so that it gets further */
        memcpy(bytes, "\x00\x0c\x29\x01\x02\x03", 6);
    }
    e1000emu_receive(fuzz->chip, &frame, 1, 0, &verdict);
    take(fuzz, next,
         plain && verdict == E1000EMU_RX_STORED && frame.flags == 0 && frame.length >= 60 ? bytes
                                                                                          : NULL,
         frame.length);
}

static void put(struct fuzz *fuzz, uint32_t index, uint64_t first, uint64_t second)
{
    uint8_t *descriptor = fuzz->memory + (FUZZ_TX_RING - FUZZ_BUS) + 16 * index;

    memcpy(descriptor, &first, 8);
    memcpy(descriptor + 8, &second, 8);
}

/* A context and a packet of one to four descriptors, or one by the legacy layout. */
static void send(struct fuzz *fuzz, struct input *in, uint32_t *tail)
{
    uint8_t how = input_8(in);
    uint32_t length = input_16(in) % 16500;
    uint64_t more = input_32(in);
    uint32_t pieces = 1 + (how & 3), each;
    uint32_t room = FUZZ_MEMORY - (uint32_t)(FUZZ_TX_BUFFERS - FUZZ_BUS);

    if (how & 0x80) {
        uint64_t first = input_64(in);

        put(fuzz, *tail, first, input_64(in) | 1ull << 29);
        *tail = (*tail + 1) % FUZZ_RING;
    }
    gather(in, length);
    memcpy(fuzz->memory + (FUZZ_TX_BUFFERS - FUZZ_BUS), bytes, length < room ? length : room);
    each = length / pieces;
    for (uint32_t i = 0; i < pieces; i++) {
        uint32_t n = i + 1 < pieces ? each : length - each * i;
        uint64_t fields = n | (i + 1 < pieces ? 0 : 1ull << 24) | (more & 0xfe) << 24 |
                          (more >> 8 & 3) << 40 | (more >> 16) << 48;

        if (how & 0x40)
            fields = (fields & ~(0xfull << 20)) | 1ull << 20 | 1ull << 29;
        put(fuzz, *tail, FUZZ_TX_BUFFERS + (uint64_t)each * i, fields);
        *tail = (*tail + 1) % FUZZ_RING;
    }
    e1000emu_write32(fuzz->chip, REG_TDT, *tail);
    fuzz_pass(fuzz, 1000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct e1000emu_config config = {.profile = e1000emu_profile_find("silicon")};
    struct fuzz *fuzz = fuzz_new(&config);
    uint32_t next = 0, tail = 0;
    uint8_t setup = input_8(&in);
    uint32_t rctl, ctrl;
    bool plain;

    fuzz_require(fuzz != NULL, "the profile makes a chip");
    setup_filters(fuzz, &in);
    rctl = input_32(&in) & ~(RCTL_LBM | RCTL_BSEX | RCTL_BSIZE);
    fuzz_start_rings(fuzz, rctl | 1u << RCTL_BSIZE_SHIFT, setup & 1 ? TCTL_PSP : 0);
    ctrl = e1000emu_peek(fuzz->chip, REG_CTRL);
    plain = !(ctrl & CTRL_VME);
    for (unsigned i = 0; i < FRAMES && in.left > 0; i++) {
        if (input_8(&in) & 1)
            receive(fuzz, &in, &next, plain);
        else
            send(fuzz, &in, &tail);
        fuzz_check(fuzz);
    }
    fuzz_free(fuzz);
    return 0;
}
