/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a snapshot: the chip refuses them, or goes on from them without doing harm.
 *
 * The input: the profile and how, then either the snapshot itself or changes to one of a chip at
 * work, with its check sum made right again, each three bytes of place and one to put there.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "crc.h"
#include "hw.h"

#define CHANGES 256u

static void put_descriptors(struct fuzz *fuzz)
{
    for (uint32_t i = 0; i < FUZZ_RING; i++) {
        /* With no end, so that a packet stays under way. */
        const uint64_t quads[2] = {FUZZ_TX_BUFFERS + 64 * i,
                                   60 | 0x0aull << 24 | (i % 3 ? 1ull << 24 : 0)};

        memcpy(fuzz->memory + (FUZZ_TX_RING - FUZZ_BUS) + 16 * i, quads, sizeof quads);
    }
}

/* Both directions busy, the wire blocked or not, timers running. */
static void work(struct fuzz *fuzz, uint8_t how)
{
    struct e1000emu_frame frames[8];

    fuzz_start_rings(fuzz, RCTL_UPE | RCTL_BAM | RCTL_LPE, TCTL_PSP);
    put_descriptors(fuzz);
    if (how & 1)
        e1000emu_write32(fuzz->chip, REG_RDTR, 100);
    if (how & 2)
        fuzz->room = 3;
    if (how & 4)
        e1000emu_write32(fuzz->chip, REG_RDT, 2); /* frames wait in the packet buffer */
    for (unsigned i = 0; i < 8; i++)
        frames[i] = (struct e1000emu_frame){.data = fuzz->memory + 256 * i, .length = 60 + 300 * i};
    e1000emu_receive(fuzz->chip, frames, 8, 0, NULL);
    e1000emu_write32(fuzz->chip, REG_TDT, how >> 3);
    e1000emu_write32(fuzz->chip, REG_MDIC, 2u << 26 | 1u << 21 | 1u << 16);
    fuzz_pass(fuzz, how & 0x40 ? 1000 : 100000);
}

static void change(struct input *in, uint8_t *bytes, size_t size)
{
    uint32_t crc;

    for (unsigned i = 0; i < CHANGES && in->left > 0; i++) {
        size_t place = (input_16(in) | (size_t)input_8(in) << 16) % (size - 4);

        bytes[place] = input_8(in);
    }
    crc = emu_crc32(0, bytes, size - 4);
    for (unsigned i = 0; i < 4; i++)
        bytes[size - 4 + i] = (uint8_t)(crc >> 8 * i);
}

static void go_on(struct fuzz *fuzz)
{
    fuzz->level = e1000emu_interrupt_level(fuzz->chip);
    fuzz->room = SIZE_MAX;
    e1000emu_transmit_ready(fuzz->chip);
    fuzz_pass(fuzz, 10000000);
    for (size_t i = 0; e1000emu_register_at(i); i++)
        e1000emu_read32(fuzz->chip, e1000emu_register_at(i)->offset);
    work(fuzz, 0xf8);
    fuzz_pass(fuzz, 100000000000ull);
    e1000emu_reset(fuzz->chip, E1000EMU_RESET_PCI);
    fuzz_pass(fuzz, 1000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct e1000emu_config config = {0};
    struct e1000emu_snapshot about;
    struct fuzz *fuzz;
    size_t profiles = 0, length;
    uint8_t how, *bytes;
    int status;

    while (e1000emu_profile_at(profiles))
        profiles++;
    config.profile = e1000emu_profile_at(input_8(&in) % profiles);
    how = input_8(&in);
    fuzz = fuzz_new(&config);
    fuzz_require(fuzz != NULL, "each profile makes a chip");
    work(fuzz, how);
    if (how & 0x80 && how & 1) {
        e1000emu_snapshot_look(in.data, in.left, &about);
        status = e1000emu_load(fuzz->chip, in.data, in.left);
    } else {
        length = e1000emu_snapshot_size(fuzz->chip);
        bytes = malloc(length);
        fuzz_require(bytes && e1000emu_save(fuzz->chip, bytes, length) == length,
                     "a chip at work can be saved");
        change(&in, bytes, length);
        status = e1000emu_load(fuzz->chip, bytes, length);
        free(bytes);
    }
    fuzz_require(status <= 0, "a failure is an error");
    go_on(fuzz);
    fuzz_free(fuzz);
    return 0;
}
