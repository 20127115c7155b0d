/* SPDX-License-Identifier: BSD-2-Clause */
/* When a transmitter or receiver is taken to stand still, and when it is not, to the look of the
 * watchdog: the test plays the chip's heads and counters. */
#include "fake.h"

#include <stdio.h>
#include <string.h>

#define LOOK_US 500000u

static uint64_t stat(const struct fake *fake, const char *name)
{
    for (unsigned i = 0; e1000_stat_name(i); i++) {
        if (!strcmp(e1000_stat_name(i), name))
            return e1000_stat(fake->dev, i);
    }
    fail_msg("there is no %s", name);
    return 0;
}

/* Up, with a link of that speed, and at a look of the watchdog. */
static struct fake *begin(uint32_t speed)
{
    struct fake *fake = fake_up();

    fake_link(fake, true, speed, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 100000);
    assert_int_equal(fake->link_changes, 1);
    fake->now_us = e1000_tick(fake_call(fake));
    e1000_tick(fake_call(fake));
    return fake;
}

static void send(struct fake *fake)
{
    static uint8_t data[60];
    struct e1000_frag frag = {
        .data = data, .bus = 0x1000, .length = 60, .flags = E1000_FRAG_EOP, .cookie = data};

    assert_int_equal(fake_transmit(fake, &frag, 1), 1);
}

/* Looks until it is taken to hang; at most so many. */
static unsigned looks(struct fake *fake, const char *hangs, unsigned most)
{
    unsigned n = 0;

    while (n < most && !stat(fake, hangs)) {
        fake_run(fake, LOOK_US);
        n++;
    }
    return n;
}

/* Nothing moves from the first look on: a second of that at a gigabit, two at 100 Mb/s, sixteen at
 * 10 Mb/s, because a full packet buffer takes longer there. */
static void patience(void **state)
{
    static const struct {
        uint32_t speed;
        unsigned seconds;
    } rows[] = {{0x80, 1}, {0x40, 2}, {0x00, 16}};

    for (unsigned i = 0; i < 3; i++) {
        struct fake *fake = begin(rows[i].speed);
        char line[160];
        void *cookie;

        send(fake);
        fake_set(fake, E1000_TDH, 7);
        assert_int_equal(looks(fake, "tx_hangs", 100), 2 + 2 * rows[i].seconds);
        snprintf(line, sizeof line,
                 "en0: transmitter hung for %u ms: TDH 7, TDT 1, driver 0 to 1 of 16",
                 rows[i].seconds * 1000);
        assert_true(fake_logged(fake, line));
        assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_UP); /* again */
        assert_int_equal(fake_reap(fake, &cookie, 1), 1);
        assert_int_equal(stat(fake, "resets"), 1);
        assert_int_equal(stat(fake, "tx_abandoned"), 1);
        fake_free(fake);
    }
}

/* What moves, is paused, has no link, or is only waiting to be reaped, does not hang; and when that
 * ends, patience begins anew. */
static void excuses(void **state)
{
    for (unsigned excuse = 0; excuse < 4; excuse++) {
        struct fake *fake = begin(0x80);
        void *cookie;

        send(fake);
        for (unsigned i = 0; i < 10; i++) {
            if (excuse == 0)
                fake_set(fake, E1000_TDH, i % 2); /* it moves */
            if (excuse == 1)
                fake->reg[E1000_STATUS / 4] |= E1000_STATUS_TXOFF;
            if (excuse == 2)
                fake_tx_desc(fake, 0)->rest |= E1000_TXD_DD;
            if (excuse == 3 && i % 2) { /* one leaves, one comes */
                fake_tx_desc(fake, i / 2)->rest |= E1000_TXD_DD;
                assert_int_equal(fake_reap(fake, &cookie, 1), 1);
                send(fake);
            }
            fake_run(fake, LOOK_US);
            assert_int_equal(stat(fake, "tx_hangs"), 0);
        }
        fake->reg[E1000_STATUS / 4] &= ~E1000_STATUS_TXOFF;
        if (excuse == 2) {
            assert_int_equal(fake_reap(fake, &cookie, 1), 1);
            send(fake);
        }
        assert_in_range(looks(fake, "tx_hangs", 100), 2, 3);
        fake_settle(fake);
        assert_int_equal(fake_reap(fake, &cookie, 1), 1);
        fake_free(fake);
    }
}

/* Down to `posted` descriptors in the ring: the others' buffers are with the stack. */
static void starve(struct fake *fake, unsigned posted, struct e1000_frag *held)
{
    unsigned n = 0;

    for (unsigned slot = 0; n + posted < 32; slot = (slot + 1) % 16) {
        fake_rx_desc(fake, slot)->rest = E1000_RXD_DD | E1000_RXD_EOP | 60;
        assert_int_equal(fake_receive(fake, held + n, 1), 1);
        n++;
    }
}

/* Frames find no room while a descriptor waits, even if it is the only one: at the second harvest
 * in a row, four seconds from the first. Without frames, or with the head moving, there is no hang.
 */
static void receiver_stands(void **state)
{
    for (unsigned posted = 1; posted <= 2; posted++) {
        for (unsigned how = 0; how < 4; how++) {
            struct fake *fake = begin(0x80);
            struct e1000_frag held[32];
            unsigned slot = (32 - posted) % 16;

            starve(fake, posted, held);
            for (unsigned i = 0; i < 10 && !stat(fake, "rx_hangs"); i++) {
                /* The chip's counters are cleared by reading, the fake's are not. */
                fake_set(fake, E1000_RDH, how == 1 ? (slot + i) % 16 : slot);
                fake_set(fake, E1000_MPC, how != 2);
                fake_set(fake, E1000_GPRC, how == 2);
                if (how == 3) /* it is done, and nobody fetches it */
                    fake_rx_desc(fake, slot)->rest = E1000_RXD_DD | E1000_RXD_EOP | 60;
                fake_run(fake, 2000000);
            }
            assert_int_equal(stat(fake, "rx_hangs"), how == 0);
            if (how == 0)
                assert_true(fake->now_us < 1000000 + 9000000);
            fake_run(fake, 100000);
            fake_recycle(fake, held, 32 - posted);
            fake_free(fake);
        }
    }
}

/* The chip has passed the descriptor that the driver waits for, and frames still come: none of them
 * will ever be seen. Not on a chip whose head never shows, though the driver had no reason to look
 * at it at first. */
static void receiver_passed_by(void **state)
{
    for (unsigned how = 0; how < 3; how++) {
        struct fake *fake = begin(0x80);
        struct e1000_frag frag;
        unsigned n = 0;

        fake_rx_desc(fake, 0)->rest = E1000_RXD_DD | E1000_RXD_EOP | 60;
        fake_run(fake, 4000000); /* a whole frame waits */
        assert_int_equal(fake_receive(fake, &frag, 1), 1);
        fake_recycle(fake, &frag, 1);

        if (how != 1)
            fake_set(fake, E1000_RDH, 5);
        fake_set(fake, E1000_GPRC, how != 2);
        while (n < 10 && !stat(fake, "rx_hangs")) {
            fake_run(fake, 2000000);
            n++;
        }
        assert_int_equal(stat(fake, "rx_hangs"), how == 0);
        assert_int_equal(n, how ? 10 : 3);
        if (how == 0)
            assert_true(fake_logged(
                fake, "en0: receiver hung for 4000 ms: RDH 5, RDT 0, driver 1 to 0 of 16"));
        fake_free(fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patience),
        cmocka_unit_test(excuses),
        cmocka_unit_test(receiver_stands),
        cmocka_unit_test(receiver_passed_by),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
