/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any software at all: accesses to every space, memory that it changes as it likes, time in steps
 * of any size, frames, cables, resets, memory that goes away, faults.
 *
 * The input: the profile, what is watched, then operations, each a byte and its arguments.
 */
#include <errno.h>
#include <string.h>

#include "bench.h"
#include "hw.h"

#define OPERATIONS 2048u

static uint64_t any_bus(struct input *in)
{
    uint8_t where = input_8(in);

    /* Mostly where there is memory. */
    if (where < 0xe0)
        return FUZZ_BUS + (((uint64_t)where << 8 | input_8(in)) * 8) % FUZZ_MEMORY;
    return where < 0xf0 ? input_64(in) : 0;
}

/* The offset of some register of the table, or rarely of none. */
static uint32_t any_register(struct input *in)
{
    uint8_t row = input_8(in);
    const struct e1000emu_register *reg = e1000emu_register_at(row);
    uint32_t n;

    if (!reg)
        return input_32(in) & 0x1fffcu;
    if (reg->count == 1)
        return reg->offset;
    n = input_16(in) % reg->count;
    return reg->offset + n * reg->stride;
}

static void do_write(struct fuzz *fuzz, struct input *in)
{
    uint32_t offset = any_register(in);

    e1000emu_write32(fuzz->chip, offset, input_32(in));
}

static void do_read(struct fuzz *fuzz, struct input *in)
{
    e1000emu_read32(fuzz->chip, any_register(in));
}

static void do_bar(struct fuzz *fuzz, struct input *in)
{
    uint8_t how = input_8(in);
    enum e1000emu_space space = (enum e1000emu_space)(how & 7);
    uint32_t offset = how & 0x40 ? input_32(in) : input_16(in);
    unsigned width = input_8(in) % 10;

    if (how & 0x80)
        e1000emu_bar_write(fuzz->chip, space, offset, width, input_64(in));
    else
        e1000emu_bar_read(fuzz->chip, space, offset, width);
}

static void do_config(struct fuzz *fuzz, struct input *in)
{
    uint8_t how = input_8(in);
    unsigned offset = input_8(in);

    if (how & 0x80)
        e1000emu_config_write(fuzz->chip, offset, how & 7, input_32(in));
    else
        e1000emu_config_read(fuzz->chip, offset, how & 7);
}

static void do_pass(struct fuzz *fuzz, struct input *in)
{
    uint8_t how = input_8(in);

    /* From a nanosecond to years. */
    fuzz_pass(fuzz, (e1000emu_time)(1 + (how & 7)) << (how >> 3));
}

/* What comes from the wire lies in no memory that the chip stores to. */
static uint8_t wire[0x20000];

static void do_receive(struct fuzz *fuzz, struct input *in)
{
    struct e1000emu_frame frames[16];
    uint8_t verdicts[16];
    uint8_t how = input_8(in);
    size_t count = 1 + (how & 15);
    size_t done;

    memcpy(wire, fuzz->memory, sizeof wire);
    for (size_t i = 0; i < count; i++) {
        uint32_t length = input_16(in);

        if (how & 0x20 && length > 2048)
            length &= 2047;
        frames[i] = (struct e1000emu_frame){
            .data = wire + input_8(in) * 256u, .length = length, .flags = input_8(in)};
    }
    done = e1000emu_receive(fuzz->chip, frames, count, how & 0x40 ? E1000EMU_RECEIVE_WAIT : 0,
                            how & 0x80 ? verdicts : NULL);
    fuzz_require(done <= count, "no more frames are dealt with than there are");
    fuzz_require(how & 0x40 || done == count, "a wire that can't wait loses all of its frames");
}

static void do_memory(struct fuzz *fuzz, struct input *in)
{
    uint64_t at = any_bus(in) - FUZZ_BUS;
    const uint8_t *bytes;
    size_t n = input_bytes(in, 1u + input_8(in) % 64u, &bytes);

    if (at < FUZZ_MEMORY && n <= FUZZ_MEMORY - at)
        memcpy(fuzz->memory + at, bytes, n);
}

static void do_descriptor(struct fuzz *fuzz, struct input *in)
{
    uint8_t how = input_8(in);
    uint64_t ring = how & 0x80 ? FUZZ_TX_RING : FUZZ_RX_RING;
    uint64_t quads[2];

    quads[0] = any_bus(in);
    quads[1] = input_64(in);
    memcpy(fuzz->memory + (ring - FUZZ_BUS) + 16 * (how % FUZZ_RING), quads, sizeof quads);
}

static void do_doorbell(struct fuzz *fuzz, struct input *in)
{
    uint8_t tail = input_8(in);

    e1000emu_write32(fuzz->chip, tail & 0x80 ? REG_TDT : REG_RDT, tail % FUZZ_RING);
}

static void do_rings(struct fuzz *fuzz, struct input *in)
{
    uint32_t rctl = input_32(in);

    fuzz_start_rings(fuzz, rctl, input_32(in));
}

static void do_partner(struct fuzz *fuzz, struct input *in)
{
    struct e1000emu_partner partner = {0};

    partner.cable = input_8(in) & 1;
    partner.abilities = input_32(in);
    e1000emu_set_partner(fuzz->chip, &partner);
}

static void do_wire(struct fuzz *fuzz, struct input *in)
{
    fuzz->room = input_8(in);
    if (fuzz->room == 255)
        fuzz->room = SIZE_MAX;
    if (fuzz->room > 0)
        e1000emu_transmit_ready(fuzz->chip);
}

static void do_reset(struct fuzz *fuzz, struct input *in)
{
    e1000emu_reset(fuzz->chip, (enum e1000emu_reset)(input_8(in) & 3));
}

static void do_pin(struct fuzz *fuzz, struct input *in)
{
    uint8_t how = input_8(in);

    e1000emu_set_sdp(fuzz->chip, how & 15, how & 16);
    e1000emu_get_sdp(fuzz->chip, how >> 4);
    e1000emu_get_leds(fuzz->chip);
}

/* Windows come and go, as an IOMMU's mappings do. */
static void do_window(struct fuzz *fuzz, struct input *in)
{
    uint8_t how = input_8(in);

    if (how & 1)
        e1000emu_dma_unmap(fuzz->chip, FUZZ_BUS, FUZZ_MEMORY);
    else
        e1000emu_dma_map(fuzz->chip, FUZZ_BUS, FUZZ_MEMORY, fuzz->memory,
                         how & 2 ? E1000EMU_DMA_READ : E1000EMU_DMA_READ | E1000EMU_DMA_WRITE);
    fuzz->answers = how & 4;
}

/* The serial machines have protocols of their own that random accesses rarely speak. */
static void do_serial(struct fuzz *fuzz, struct input *in)
{
    uint8_t how = input_8(in);

    if (how & 0x80) {
        e1000emu_write32(fuzz->chip, REG_MDIC,
                         (uint32_t)(how & 0x40 ? 1 : 2) << 26 | 1u << 21 |
                             (uint32_t)(how & 31) << 16 | input_16(in));
        fuzz_pass(fuzz, how & 0x20 ? 1000000 : 100);
        return;
    }
    for (unsigned i = 0; i <= (how & 31u); i++) {
        uint8_t bits = input_8(in);

        for (unsigned k = 0; k < 8; k++) {
            uint32_t eecd = EECD_EE_REQ | EECD_CS | (bits >> k & 1 ? EECD_DI : 0);

            e1000emu_write32(fuzz->chip, REG_EECD, eecd);
            e1000emu_write32(fuzz->chip, REG_EECD, eecd | EECD_SK);
            e1000emu_read32(fuzz->chip, REG_EECD);
        }
    }
    e1000emu_write32(fuzz->chip, REG_EECD, how & 0x40 ? EECD_EE_REQ : 0);
}

static void do_watch(struct fuzz *fuzz, struct input *in)
{
    e1000emu_watch(fuzz->chip, UINT32_MAX, input_8(in));
}

/* Something breaks, or is mended. */
static void do_fault(struct fuzz *fuzz, struct input *in)
{
    const struct e1000emu_fault *row = e1000emu_fault_at(input_8(in));
    uint8_t how = input_8(in);
    struct e1000emu_fault_setting setting = {.arg = E1000EMU_FAULT_DEFAULT};
    int status;

    if (!row) {
        e1000emu_fault_clear(fuzz->chip, NULL);
        return;
    }
    setting.name = row->name;
    if (how & 0x80)
        e1000emu_fault_clear(fuzz->chip, row->name);
    if (how & 0x40) /* of its range, or what it must refuse */
        setting.arg = row->arg_min + input_32(in) % (row->arg_max - row->arg_min + 2);
    if (how & 0x20)
        setting.when.after = (e1000emu_time)1 << (input_8(in) & 63);
    if (how & 0x10)
        setting.when.lasts = (e1000emu_time)1 << (input_8(in) & 63);
    if (how & 8)
        setting.when.from = input_8(in);
    if (how & 4)
        setting.when.every = input_8(in);
    if (how & 2)
        setting.when.times = input_8(in);
    if (how & 1)
        setting.when.chance = input_16(in) * 16u;
    status = e1000emu_fault_set(fuzz->chip, &setting);
    fuzz_require(status == 0 || status == -EINVAL || status == -ENOSPC, "a row is a fault");
    if (status == -ENOSPC)
        e1000emu_fault_clear(fuzz->chip, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const operations[])(struct fuzz * fuzz, struct input * in) = {
        do_write,    do_write,   do_write,   do_read,       do_bar,        do_config,
        do_pass,     do_receive, do_memory,  do_descriptor, do_descriptor, do_doorbell,
        do_doorbell, do_rings,   do_partner, do_wire,       do_reset,      do_pin,
        do_window,   do_serial,  do_watch,   do_receive,    do_pass,       do_fault,
    };
    struct input in = {data, size};
    struct e1000emu_config config = {0};
    struct fuzz *fuzz;
    size_t profiles = 0;

    while (e1000emu_profile_at(profiles))
        profiles++;
    config.profile = e1000emu_profile_at(input_8(&in) % profiles);
    config.seed = input_8(&in);
    fuzz = fuzz_new(&config);
    fuzz_require(fuzz != NULL, "each profile makes a chip");
    for (unsigned i = 0; i < OPERATIONS && in.left > 0; i++) {
        operations[input_8(&in) % (sizeof operations / sizeof *operations)](fuzz, &in);
        fuzz_check(fuzz);
    }
    fuzz_free(fuzz);
    return 0;
}
