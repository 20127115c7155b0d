/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A thousand chips in one process: how much memory they take once each has worked, and that what
 * one does shows in no other. That they share nothing writable, so that a frame can't cost more
 * because others exist, is what check_no_state.py looks at in the object code.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chip.h"
#include "fixture.h"

#define CHIPS   1000u
#define LIMIT   (256u << 20)
#define BUS     0x10000u
#define FRAME   1514u
#define RX_RING BUS
#define TX_RING (BUS + 0x1000u)
#define BUFFERS (BUS + 0x2000u)

/* All chips use the same host memory, one after the other. */
static uint8_t memory[0x10000];

static size_t frames_sent;

static void on_interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    frames_sent += count;
    return count;
}

/* Resident bytes of this process. */
static size_t resident(void)
{
    FILE *file = fopen("/proc/self/statm", "r");
    unsigned long pages = 0;

    assert_non_null(file);
    assert_int_equal(fscanf(file, "%*u %lu", &pages), 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static e1000emu *make_chip(void)
{
    struct e1000emu_config config = {.host = {.interrupt = on_interrupt, .transmit = on_transmit}};
    e1000emu *chip;

    assert_int_equal(e1000emu_create(&chip, &config), 0);
    assert_int_equal(
        e1000emu_dma_map(chip, BUS, sizeof memory, memory, E1000EMU_DMA_READ | E1000EMU_DMA_WRITE),
        0);
    e1000emu_config_write(chip, 4, 2, 7);
    e1000emu_write32(chip, REG_CTRL, CTRL_SLU);
    for (unsigned i = 0; i < 100 && !(e1000emu_read32(chip, REG_STATUS) & STATUS_LU); i++)
        e1000emu_advance(chip, (i + 1) * 100000000ull);
    return chip;
}

static void put64(uint32_t bus, uint64_t value)
{
    memcpy(memory + (bus - BUS), &value, sizeof value); /* little-endian hosts do */
}

/* A frame in two pieces is sent, and so many frames are received that the packet buffer is full. */
static void work(e1000emu *chip)
{
    static const uint8_t bytes[FRAME] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    struct e1000emu_frame frame = {.data = bytes, .length = FRAME};
    uint8_t verdict = E1000EMU_RX_STORED;

    put64(TX_RING, BUFFERS);
    put64(TX_RING + 8, 500);
    put64(TX_RING + 16, BUFFERS);
    put64(TX_RING + 24, 500 | (uint64_t)(TXD_CMD_EOP | TXD_CMD_IFCS | TXD_CMD_RS) << 24);
    e1000emu_write32(chip, REG_TDBAL, TX_RING);
    e1000emu_write32(chip, REG_TDLEN, 128);
    e1000emu_write32(chip, REG_TCTL, TCTL_EN | TCTL_PSP);
    e1000emu_write32(chip, REG_TDT, 2);
    e1000emu_write32(chip, REG_RCTL, RCTL_EN | RCTL_BAM | RCTL_SECRC);
    for (unsigned i = 0; i < 64 && verdict == E1000EMU_RX_STORED; i++)
        e1000emu_receive(chip, &frame, 1, 0, &verdict);
    assert_int_equal(verdict, E1000EMU_RX_OVERRUN);
}

static void a_thousand_chips_fit(void **state)
{
    static e1000emu *chips[CHIPS];
    size_t before = resident();

    (void)state;
    frames_sent = 0;
    for (unsigned i = 0; i < CHIPS; i++)
        chips[i] = make_chip();
    for (unsigned i = 0; i < CHIPS; i += 2)
        work(chips[i]);
    assert_int_equal(frames_sent, CHIPS / 2);
    for (unsigned i = 0; i < CHIPS; i++) {
        assert_int_equal(e1000emu_read32(chips[i], REG_GPTC), i % 2 == 0);
        assert_int_equal(e1000emu_read32(chips[i], REG_TDH), i % 2 == 0 ? 2 : 0);
    }
    for (unsigned i = 1; i < CHIPS; i += 2)
        work(chips[i]);
    assert_true(resident() - before < LIMIT);
    for (unsigned i = 0; i < CHIPS; i++)
        e1000emu_destroy(chips[i]);
}

/* Not even with every page in use could they take more, but for a gap in the register file that
 * nothing can reach. */
static void a_chip_is_small_enough(void **state)
{
    (void)state;
    assert_true(sizeof(struct e1000emu) - (0x10000u - EMU_INDEXED_BYTES) < LIMIT / CHIPS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chip_is_small_enough),
        cmocka_unit_test(a_thousand_chips_fit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
