/* SPDX-License-Identifier: BSD-2-Clause */
/* Snapshots as files: they give the chip back as it was, and what is wrong with one is found. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "both_rings.h"
#include "chip.h"
#include "crc.h"

#define AT_VERSION 8u
#define AT_LENGTH  16u
#define AT_BLOCKS  60u /* behind magic, version, layout, length, name and time */

struct saved {
    uint8_t *bytes;
    size_t size;
};

static struct saved save(const e1000emu *chip)
{
    struct saved saved = {.size = e1000emu_snapshot_size(chip)};

    saved.bytes = malloc(saved.size);
    assert_non_null(saved.bytes);
    assert_int_equal(e1000emu_save(chip, saved.bytes, saved.size), saved.size);
    return saved;
}

static void put32(struct saved *saved, size_t at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        saved->bytes[at + i] = (uint8_t)(value >> (8 * i));
}

/* Makes the check sum right again. */
static void seal(struct saved *saved)
{
    put32(saved, saved->size - 4, emu_crc32(0, saved->bytes, saved->size - 4));
}

/* A chip with something everywhere: frames in the FIFO, in the loop, and refused by the wire. */
static struct fixture *busy_chip(void)
{
    struct fixture *f = fixture_new(NULL);
    struct both_rings rings;
    uint8_t frame[1200];

    fixture_enable(f);
    fixture_link_up(f);
    both_start(f, &rings, RCTL_SECRC, false);
    fixture_write(f, REG_RDT, 2);
    for (uint32_t i = 0; i < 5; i++) {
        fixture_make_frame(frame, sizeof frame, both_station, i);
        assert_int_equal(fixture_receive(f, frame, sizeof frame, 0), E1000EMU_RX_STORED);
    }
    f->accept = 1;
    for (uint32_t i = 0; i < 3; i++) {
        fixture_make_frame(frame, 100, both_partner, i);
        both_post(f, &rings, frame, 100);
    }
    both_doorbell(f, &rings);
    assert_int_equal(f->sent_count, 1);
    return f;
}

/* ---- Loading into another chip ------------------------------------------------------------ */

/* Into a chip with another past: all that can be seen of it is as it was, and a snapshot of it is
 * the same again. */
static void a_loaded_chip_is_saved_as_it_was(void **state)
{
    struct fixture *f = busy_chip(), *g = fixture_new(NULL);
    struct saved first = save(f->chip), second;

    (void)state;
    assert_int_equal(e1000emu_load(g->chip, first.bytes, first.size), 0);
    second = save(g->chip);
    assert_int_equal(first.size, second.size);
    assert_memory_equal(first.bytes, second.bytes, first.size);
    for (uint32_t i = 0; i < 0x20000; i += 4)
        assert_int_equal(e1000emu_peek(f->chip, i), e1000emu_peek(g->chip, i));
    assert_true(e1000emu_next_event(f->chip) == e1000emu_next_event(g->chip));
    free(first.bytes);
    free(second.bytes);
    fixture_free(f);
    fixture_free(g);
}

/* INTA# of the chip that is loaded was another: the host hears of it, once. */
static void the_host_hears_of_another_level(void **state)
{
    struct fixture *f = fixture_new(NULL);
    struct saved low, high;

    (void)state;
    fixture_enable(f);
    low = save(f->chip);
    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_true(f->level);
    high = save(f->chip);
    assert_int_equal(e1000emu_load(f->chip, low.bytes, low.size), 0);
    assert_false(f->level);
    assert_int_equal(e1000emu_load(f->chip, high.bytes, high.size), 0);
    assert_true(f->level);
    f->edges = 0;
    assert_int_equal(e1000emu_load(f->chip, high.bytes, high.size), 0);
    assert_int_equal(f->edges, 0);
    free(low.bytes);
    free(high.bytes);
    fixture_free(f);
}

/* A chip that asks to be woken, by a broadcast in D0. */
static void assert_pme(struct fixture *f)
{
    static const uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

    fixture_write(f, REG_RCTL, RCTL_BAM);
    fixture_write(f, REG_WUFC, WUFC_BC);
    fixture_write(f, REG_WUC, WUC_PME_EN);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_true(f->pme);
}

/* The same goes for PME#, also where nothing could be loaded. */
static void the_host_hears_of_pme(void **state)
{
    struct fixture *f = *state;
    struct saved low = save(f->chip), high;

    assert_pme(f);
    high = save(f->chip);
    assert_int_equal(e1000emu_load(f->chip, low.bytes, low.size), 0);
    assert_false(f->pme);
    assert_int_equal(e1000emu_load(f->chip, high.bytes, high.size), 0);
    assert_true(f->pme);
    assert_int_equal(e1000emu_load(f->chip, high.bytes, high.size), 0);
    assert_int_equal(f->pme_edges, 3);
    low.bytes[low.size - 4 - f->chip->flash.bytes - 1] = 0xff; /* the checker's last number */
    seal(&low);
    assert_int_equal(e1000emu_load(f->chip, low.bytes, low.size), -ERANGE);
    assert_false(f->pme);
    f->chip->host.pme = NULL;
    assert_int_equal(e1000emu_load(f->chip, high.bytes, high.size), 0);
    assert_true(e1000emu_pme_level(f->chip));
    free(low.bytes);
    free(high.bytes);
}

/* ---- What is refused ------------------------------------------------------------------------ */

static void wrong_files_are_refused(void **state)
{
    struct fixture *f = busy_chip();
    struct saved good = save(f->chip), now;
    struct e1000emu_snapshot about;

    (void)state;
    assert_int_equal(e1000emu_save(f->chip, good.bytes, good.size - 1), 0);

    for (size_t size = 0; size < good.size; size = size < 100 ? size + 1 : size * 2) {
        uint8_t *exact = malloc(size + 1);

        memcpy(exact, good.bytes, size);
        assert_int_equal(e1000emu_load(f->chip, exact, size), size < 8 ? -EINVAL : -ENODATA);
        free(exact);
    }
    good.bytes = realloc(good.bytes, good.size + 1);
    good.bytes[good.size] = 0;
    assert_int_equal(e1000emu_load(f->chip, good.bytes, good.size + 1), -EMSGSIZE);

    good.bytes[0] ^= 1;
    assert_int_equal(e1000emu_load(f->chip, good.bytes, good.size), -EINVAL);
    good.bytes[0] ^= 1;
    for (size_t at = 20; at < good.size; at += 997) {
        good.bytes[at] ^= 0x40;
        assert_int_equal(e1000emu_load(f->chip, good.bytes, good.size), -EBADMSG);
        good.bytes[at] ^= 0x40;
    }
    put32(&good, AT_VERSION, 2);
    seal(&good);
    assert_int_equal(e1000emu_load(f->chip, good.bytes, good.size), -ENOTSUP);
    put32(&good, AT_VERSION, 1);
    good.bytes[12] ^= 1; /* the layout */
    seal(&good);
    assert_int_equal(e1000emu_load(f->chip, good.bytes, good.size), -ENOTSUP);
    assert_int_equal(e1000emu_snapshot_look(good.bytes, good.size, &about), 0);
    good.bytes[12] ^= 1;
    good.bytes[20] ^= 1; /* the profile's name */
    seal(&good);
    assert_int_equal(e1000emu_load(f->chip, good.bytes, good.size), -EXDEV);
    good.bytes[20] ^= 1;
    seal(&good);

    /* None of these changed the chip. */
    now = save(f->chip);
    assert_memory_equal(now.bytes, good.bytes, good.size);
    assert_int_equal(e1000emu_snapshot_look(good.bytes, good.size, &about), 0);
    assert_string_equal(about.profile, "vmware");
    assert_int_equal(about.time, f->now);
    assert_int_equal(about.version, 1);
    free(good.bytes);
    free(now.bytes);
    fixture_free(f);
}

static void a_profile_takes_only_its_own(void **state)
{
    const struct e1000emu_config silicon = {.profile = e1000emu_profile_find("silicon")};
    struct fixture *f = fixture_new(NULL), *g = fixture_new(&silicon);
    struct saved saved = save(f->chip);

    (void)state;
    assert_int_equal(e1000emu_load(g->chip, saved.bytes, saved.size), -EXDEV);
    free(saved.bytes);
    fixture_free(f);
    fixture_free(g);
}

/* ---- What no chip can be in ----------------------------------------------------------------- */

/* What registers take of a snapshot. */
static size_t register_bytes(void)
{
    const struct e1000emu_register *r;
    size_t bytes = 0;

    for (size_t i = 0; (r = e1000emu_register_at(i)); i++)
        bytes += r->flags & E1000EMU_REG_ALIAS ? 0 : 4 * r->count;
    return bytes;
}

static uint32_t next(uint32_t *random)
{
    *random = *random * 1664525u + 1013904223u;
    return *random >> 8;
}

/* A driver's worth of work upon whatever was loaded. */
static void use(struct fixture *f)
{
    static struct both_rings rings;
    uint8_t frame[1500];

    fixture_enable(f);
    e1000emu_transmit_ready(f->chip);
    fixture_write(f, REG_TDT, 9);
    fixture_write(f, REG_RDT, 9);
    fixture_make_frame(frame, sizeof frame, both_station, 1);
    fixture_receive(f, frame, sizeof frame, 0);
    for (unsigned i = 0; i < 30 && e1000emu_next_event(f->chip) != E1000EMU_NEVER; i++) {
        f->now = e1000emu_next_event(f->chip);
        e1000emu_advance(f->chip, f->now);
    }
    for (uint32_t i = 0; i < 0x10000; i += 4)
        fixture_read(f, i);
    both_start(f, &rings, RCTL_LPE, true);
    both_send(f, &rings, both_partner, 60, 1);
}

/* Garbled contents with a right check sum: refused, or taken and harmless, which the sanitizers
 * see. Refused: the chip is as after power-on, and works. */
static void garbled_contents_do_no_harm(void **state)
{
    struct fixture *f = busy_chip();
    struct saved good = save(f->chip);
    size_t blocks = AT_BLOCKS + register_bytes();
    size_t checker = blocks + 5000;
    unsigned taken = 0, refused = 0;
    uint32_t random = 1;

    (void)state;
    for (unsigned round = 0; round < 1500; round++) {
        struct fixture *g = round % 50 == 0 ? fixture_new(NULL) : NULL;
        struct saved bad = {malloc(good.size), good.size};
        static struct fixture *kept;
        int status;

        if (g) {
            if (kept)
                fixture_free(kept);
            kept = g;
        }
        memcpy(bad.bytes, good.bytes, good.size);
        /* Mostly between the packet buffer and the checker. */
        for (unsigned i = 0; i <= round % 4; i++) {
            size_t at = next(&random) % 4 == 0
                            ? AT_BLOCKS + next(&random) % (good.size - 4 - AT_BLOCKS)
                            : blocks + next(&random) % (checker - blocks);

            bad.bytes[at] = (uint8_t)(next(&random) % 3 == 0 ? 0xff : next(&random));
        }
        seal(&bad);
        kept->accept = next(&random) % 4;
        status = e1000emu_load(kept->chip, bad.bytes, bad.size);
        taken += status == 0;
        refused += status == -ERANGE;
        assert_true(status == 0 || status == -ERANGE);
        use(kept);
        free(bad.bytes);
        if (round == 1499)
            fixture_free(kept);
    }
    if (taken < 100 || refused < 100)
        fail_msg("%u taken, %u refused", taken, refused);
    free(good.bytes);
    fixture_free(f);
}

static void after_a_refusal_the_chip_is_new(void **state)
{
    struct fixture *f = busy_chip(), *fresh = fixture_new(NULL);
    struct saved bad = save(f->chip);

    (void)state;
    fixture_write(f, REG_IMS, ICR_LSC);
    fixture_write(f, REG_ICS, ICR_LSC);
    assert_true(f->level);
    bad.bytes[bad.size - 4 - f->chip->flash.bytes - 1] = 0xff; /* the checker's last number */
    seal(&bad);
    assert_int_equal(e1000emu_load(f->chip, bad.bytes, bad.size), -ERANGE);
    assert_false(f->level);
    for (uint32_t i = 0; i < 0x10000; i += 4)
        assert_int_equal(e1000emu_peek(f->chip, i), e1000emu_peek(fresh->chip, i));
    fixture_enable(f);
    fixture_link_up(f);
    use(f);
    free(bad.bytes);
    fixture_free(f);
    fixture_free(fresh);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_loaded_chip_is_saved_as_it_was),
        cmocka_unit_test(the_host_hears_of_another_level),
        cmocka_unit_test_setup_teardown(the_host_hears_of_pme, fixture_setup, fixture_teardown),
        cmocka_unit_test(wrong_files_are_refused),
        cmocka_unit_test(a_profile_takes_only_its_own),
        cmocka_unit_test(garbled_contents_do_no_harm),
        cmocka_unit_test(after_a_refusal_the_chip_is_new),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
