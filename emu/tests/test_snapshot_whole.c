/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No state is forgotten in snapshots. This program and the chip in it are compiled with packed
 * structs (see meson.build), so that every byte of a chip belongs to something.
 */
#include <stdlib.h>
#include <string.h>

#include "chip.h"
#include "fixture.h"

/* What no snapshot decides. */
static void blank_exceptions(struct e1000emu *chip)
{
    chip->watch = 0;
    chip->store_frames = false; /* of the configuration, as this: */
    chip->check.sampled = false;
    chip->keeper = NULL;                     /* of the configuration too, as its sibling */
    chip->check.event = NULL;                /* only set while one is looked at */
    memset(&chip->dma, 0, sizeof chip->dma); /* the host's windows */
    memset(&chip->host, 0, sizeof chip->host);
    memset(&chip->profile, 0, sizeof chip->profile); /* compared by name */
    memset(chip->row, 0, sizeof chip->row);          /* an index of the table */
    /* Registers that the table doesn't have can't be reached. */
    for (uint32_t offset = 0; offset < EMU_REGISTER_BYTES; offset += 4) {
        const struct emu_reg *row = emu_reg_find(offset);

        if (!row || row->pub.flags & E1000EMU_REG_ALIAS)
            chip->reg[offset / 4] = 0;
    }
    /* Of arrays only the entries in use: the other tests see that they work. */
    memset(chip->rx.ring.cache, 0, sizeof chip->rx.ring.cache);
    memset(chip->rx.ring.waiting, 0, sizeof chip->rx.ring.waiting);
    memset(chip->tx.ring.cache, 0, sizeof chip->tx.ring.cache);
    memset(chip->tx.ring.waiting, 0, sizeof chip->tx.ring.waiting);
    memset(chip->rx.filter.destination, 0, sizeof chip->rx.filter.destination);
    memset(chip->rx.filter.source, 0, sizeof chip->rx.filter.source);
    memset(chip->rx.fifo.frame, 0, sizeof chip->rx.fifo.frame);
    memset(chip->tx.frame, 0, sizeof chip->tx.frame);
    memset(chip->tx.start, 0, sizeof chip->tx.start);
    memset(chip->tx.staging, 0, sizeof chip->tx.staging);
    memset(chip->loop.frame, 0, sizeof chip->loop.frame);
    memset(chip->loop.bytes, 0, sizeof chip->loop.bytes);
    memset(chip->faults.set, 0, sizeof chip->faults.set);
    memset(chip->faults.write, 0, sizeof chip->faults.write);
    memset(chip->faults.write_back, 0, sizeof chip->faults.write_back);
    memset(chip->faults.rx.data, 0, sizeof chip->faults.rx.data);
    memset(chip->faults.tx.data, 0, sizeof chip->faults.tx.data);
    memset(chip->faults.late.data, 0, sizeof chip->faults.late.data);
}

/* A chip whose state was garbage before it was loaded, without what is the host's. */
static struct e1000emu *load_into_garbage(struct fixture *f, const uint8_t *snapshot,
                                          size_t snapshot_size, uint8_t garbage)
{
    size_t size = sizeof(struct e1000emu) + f->chip->flash.bytes;
    struct e1000emu *chip = malloc(size);

    assert_non_null(chip);
    memset(chip, garbage, size);
    chip->watch = 0;
    chip->flash.bytes = f->chip->flash.bytes;
    chip->store_frames = false;
    chip->sibling = NULL;
    chip->lan_b = false;
    chip->keeper = chip;
    chip->eeprom.part.holder = NULL;
    chip->check.sampled = false;
    chip->irq.intx = f->level;
    chip->wake.pme = f->pme;
    chip->profile = f->chip->profile;
    chip->host = f->chip->host;
    memcpy(chip->row, f->chip->row, sizeof chip->row);
    memset(&chip->dma, 0, sizeof chip->dma);
    chip->eeprom.part.state = EMU_EE_STANDBY; /* a garbage enum or bool may not even be looked at */
    chip->eeprom.load_kind = E1000EMU_RESET_POWER;
    chip->flash.state = EMU_FLASH_READ;
    chip->medium.phase = EMU_MEDIUM_READY;
    chip->link.partner.sends = f->chip->link.partner.sends;
    assert_int_equal(e1000emu_load(chip, snapshot, snapshot_size), 0);
    blank_exceptions(chip);
    return chip;
}

/* Whatever was in a chip before, it is the same chip after loading. A byte that is not: somebody
 * has added state, and not told the snapshot (see snapshot.h). */
static void every_byte_is_decided(void **state)
{
    struct fixture *f = *state;
    size_t size = e1000emu_snapshot_size(f->chip);
    uint8_t *snapshot = malloc(size);
    struct e1000emu *a, *b;
    const uint8_t *x, *y;

    assert_non_null(snapshot);
    assert_int_equal(e1000emu_save(f->chip, snapshot, size), size);
    a = load_into_garbage(f, snapshot, size, 0x00);
    b = load_into_garbage(f, snapshot, size, 0x01);
    x = (const uint8_t *)a;
    y = (const uint8_t *)b;
    for (size_t i = 0; i < sizeof *a + f->chip->flash.bytes; i++)
        if (x[i] != y[i])
            fail_msg(
                "byte %zu of a chip is in no snapshot: print &((struct e1000emu *)0)->... in a "
                "debugger to see whose it is",
                i);
    free(a);
    free(b);
    free(snapshot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_byte_is_decided, fixture_setup, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
