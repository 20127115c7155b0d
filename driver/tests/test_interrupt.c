/* SPDX-License-Identifier: BSD-2-Clause */
/* Who looks for work and when: masks, polling, reports on demand, interrupts that never come, how
 * far apart they are, and messages. */
#include "receiver.h"

#include <stdlib.h>
#include <string.h>

#define RX   (E1000_ICR_RXT0 | E1000_ICR_RXDMT0 | E1000_ICR_RXO)
#define LINK (E1000_ICR_LSC | E1000_ICR_RXSEQ)

static struct rx *start(uint8_t interrupts, bool on_demand)
{
    struct fake *fake = fake_new();

    fake->params.interrupts = interrupts;
    fake->params.tx_on_demand = on_demand;
    return rx_start(fake);
}

/* Queues count frames with cookies of their own. */
static void queue(struct rx *rx, unsigned count, uintptr_t *cookie)
{
    for (unsigned i = 0; i < count; i++) {
        struct e1000_frag frag = {
            .bus = 0x1000, .length = 60, .flags = E1000_FRAG_EOP, .cookie = (void *)++*cookie};

        assert_int_equal(fake_transmit(rx->fake, &frag, 1), 1);
    }
}

static unsigned reap(struct rx *rx)
{
    void *cookies[64];

    return fake_reap(rx->fake, cookies, 64);
}

/* All that was queued has been sent. */
static void send_all(struct rx *rx)
{
    for (unsigned i = 0; i < rx->fake->params.tx_ring; i++)
        fake_tx_desc(rx->fake, i)->rest |= E1000_TXD_DD;
}

static unsigned poll(struct rx *rx, unsigned budget, unsigned *work)
{
    unsigned n = fake_poll(rx->fake, rx->frags + rx->lent, budget, work);

    rx->lent += n;
    return n;
}

/* ---- Masks ---------------------------------------------------------------------------------- */

/* Which causes interrupt, for each way to look for work. */
static void causes_that_interrupt(void **state)
{
    for (uint8_t how = E1000_INTERRUPTS_DIRECT; how <= E1000_INTERRUPTS_NONE; how++) {
        for (unsigned on_demand = 0; on_demand < 2; on_demand++) {
            struct rx *rx = start(how, on_demand);

            assert_int_equal(
                fake_reg(rx->fake, E1000_IMS),
                how == E1000_INTERRUPTS_NONE ? 0 : RX | LINK | (on_demand ? 0 : E1000_ICR_TXDW));
            rx_free(rx);
        }
    }
}

/* An interrupt silences the chip until polling is through; until then the line is somebody else's,
 * and ICR is not looked at. */
static void masked_until_polled(void **state)
{
    struct rx *rx = start(E1000_INTERRUPTS_MASKED, false);
    struct fake *fake = rx->fake;
    struct e1000_counters counters;
    unsigned work;

    fake_run(fake, 300000);
    fake_set(fake, E1000_ICR, 0);
    /* Somebody else's interrupt changes nothing, nor does a cause that means no work. */
    assert_int_equal(e1000_interrupt(fake_call(fake)), 0);
    fake_set(fake, E1000_ICR, E1000_ICR_TXQE);
    assert_int_equal(e1000_interrupt(fake_call(fake)), 0);
    assert_int_equal(fake_reg(fake, E1000_IMS), RX | LINK | E1000_ICR_TXDW);

    for (unsigned i = 0; i < 10; i++)
        assert_true(rx_store(rx, 60, DONE));
    fake_set(fake, E1000_ICR, E1000_ICR_RXT0);
    assert_int_equal(e1000_interrupt(fake_call(fake)), E1000_WORK_RX);
    assert_int_equal(fake_reg(fake, E1000_IMS), 0);
    fake_set(fake, E1000_ICR, E1000_ICR_TXDW);
    assert_int_equal(e1000_interrupt(fake_call(fake)), 0);
    assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_TXDW); /* not swallowed */

    /* While the budget is exhausted there may be more. */
    assert_int_equal(poll(rx, 4, &work), 4);
    assert_int_equal(work, E1000_WORK_RX);
    assert_int_equal(poll(rx, 4, &work), 4);
    assert_int_equal(work, E1000_WORK_RX);
    assert_int_equal(fake_reg(fake, E1000_IMS), 0);
    assert_int_equal(poll(rx, 4, &work), 2);
    assert_int_equal(work, 0);
    assert_int_equal(fake_reg(fake, E1000_IMS), RX | LINK | E1000_ICR_TXDW);
    rx_recycle(rx, 0, rx->lent);
    e1000_get_counters(fake->dev, &counters);
    assert_int_equal(counters.interrupts, 2);
    rx_free(rx);
}

/* A budget that is used up exactly asks to be called again, and that finds nothing. */
static void budget_used_up_exactly(void **state)
{
    struct rx *rx = start(E1000_INTERRUPTS_MASKED, false);
    unsigned work;

    fake_set(rx->fake, E1000_ICR, E1000_ICR_RXT0);
    e1000_interrupt(fake_call(rx->fake));
    for (unsigned i = 0; i < 8; i++)
        assert_true(rx_store(rx, 60, DONE));
    assert_int_equal(poll(rx, 8, &work), 8);
    assert_true(work & E1000_WORK_RX);
    assert_int_equal(fake_reg(rx->fake, E1000_IMS), 0);
    assert_int_equal(poll(rx, 8, &work), 0);
    assert_false(work & E1000_WORK_RX);
    assert_int_not_equal(fake_reg(rx->fake, E1000_IMS), 0);
    rx_recycle(rx, 0, 8);
    rx_free(rx);
}

/* A frame that does not fit into the rest of the budget is work to be done. */
static void frame_beyond_the_budget(void **state)
{
    struct fake *fake = fake_new();
    struct rx *rx;
    unsigned work;

    fake->params.interrupts = E1000_INTERRUPTS_MASKED;
    fake->params.rx_buffer_size = 256;
    rx = rx_start(fake);
    fake_set(fake, E1000_ICR, E1000_ICR_RXT0);
    e1000_interrupt(fake_call(fake));
    assert_true(rx_store(rx, 60, DONE));
    for (unsigned i = 0; i < 5; i++)
        assert_true(rx_store(rx, 200, i == 4 ? DONE : E1000_RXD_DD));
    assert_int_equal(poll(rx, 5, &work), 1);
    assert_true(work & E1000_WORK_RX);
    assert_int_equal(fake_reg(fake, E1000_IMS), 0);
    assert_int_equal(poll(rx, 6, &work), 5);
    assert_false(work & E1000_WORK_RX);
    assert_int_not_equal(fake_reg(fake, E1000_IMS), 0);
    rx_recycle(rx, 0, rx->lent);
    rx_free(rx);
}

/* Polling tells of everything: frames, frames sent, the link. No register is read for it. */
static void polling_tells_of_everything(void **state)
{
    struct rx *rx = start(E1000_INTERRUPTS_NONE, false);
    struct fake *fake = rx->fake;
    uintptr_t cookie = 0;
    unsigned work;

    fake_run(fake, 300000);
    fake->gone = true; /* as if: nothing may be asked of the chip */
    assert_int_equal(poll(rx, 64, &work), 0);
    assert_int_equal(work, 0);
    fake->gone = false;
    queue(rx, 3, &cookie);
    assert_int_equal(poll(rx, 64, &work), 0);
    assert_int_equal(work, 0);
    send_all(rx);
    assert_true(rx_store(rx, 60, DONE));
    assert_int_equal(poll(rx, 64, &work), 1);
    assert_int_equal(work, E1000_WORK_TX);
    assert_int_equal(reap(rx), 3);
    assert_int_equal(poll(rx, 64, &work), 0);
    assert_int_equal(work, 0);
    /* The line is nobody's business. */
    fake_set(fake, E1000_ICR, E1000_ICR_RXT0);
    assert_int_equal(e1000_interrupt(fake_call(fake)), 0);
    assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_RXT0);
    rx_recycle(rx, 0, 1);

    assert_int_equal(e1000_down(fake_call(fake)), 0);
    work = 77;
    assert_int_equal(poll(rx, 64, &work), 0);
    assert_int_equal(work, 0);
    fake_bring_up(fake);
    rx_free(rx);
}

/* An interrupt that tells of the link is work for e1000_tick(), which polling repeats until it was
 * done. */
static void link_is_work_until_ticked(void **state)
{
    struct rx *rx = start(E1000_INTERRUPTS_MASKED, false);
    unsigned work;

    fake_run(rx->fake, 300000);
    fake_set(rx->fake, E1000_ICR, E1000_ICR_LSC);
    assert_int_equal(e1000_interrupt(fake_call(rx->fake)), E1000_WORK_LINK);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(poll(rx, 64, &work), 0);
        assert_int_equal(work, E1000_WORK_LINK);
    }
    e1000_tick(fake_call(rx->fake));
    assert_int_equal(poll(rx, 64, &work), 0);
    assert_int_equal(work, 0);
    rx_free(rx);
}

/* ---- Reports on demand ---------------------------------------------------------------------- */

/* Sent frames are silent until the ring is full; then they interrupt until there is room, and what
 * happened before that is not lost. */
static void sent_frames_interrupt_on_demand(void **state)
{
    struct rx *rx = start(E1000_INTERRUPTS_DIRECT, true);
    struct fake *fake = rx->fake;
    struct e1000_frag more = {.bus = 0x1000, .length = 60, .flags = E1000_FRAG_EOP};
    struct e1000_counters counters;
    uintptr_t cookie = 0;

    fake_run(fake, 100000);
    queue(rx, 15, &cookie);
    assert_false(fake_reg(fake, E1000_IMS) & E1000_ICR_TXDW);
    /* TXDW for somebody's information only is no work. */
    fake_set(fake, E1000_ICR, E1000_ICR_TXDW);
    assert_int_equal(e1000_interrupt(fake_call(fake)), 0);

    assert_int_equal(fake_transmit(fake, &more, 1), 0);
    assert_true(e1000_tx_stopped(fake->dev));
    assert_true(fake_reg(fake, E1000_IMS) & E1000_ICR_TXDW);
    assert_int_equal(fake_reg(fake, E1000_ICR), 0);
    assert_int_equal(fake_transmit(fake, &more, 1), 0); /* once is enough */
    e1000_get_counters(fake->dev, &counters);
    assert_int_equal(counters.tx_stops, 1);

    send_all(rx);
    fake_set(fake, E1000_ICR, E1000_ICR_TXDW);
    assert_int_equal(e1000_interrupt(fake_call(fake)), E1000_WORK_TX);
    assert_int_equal(reap(rx), 15);
    assert_false(e1000_tx_stopped(fake->dev));
    assert_false(fake_reg(fake, E1000_IMS) & E1000_ICR_TXDW);

    /* Full again, and all of it is sent before anybody asked: the interrupt is asked for. */
    queue(rx, 15, &cookie);
    send_all(rx);
    assert_int_equal(fake_transmit(fake, &more, 1), 0);
    assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_TXDW);
    assert_int_equal(e1000_interrupt(fake_call(fake)), E1000_WORK_TX);
    assert_int_equal(reap(rx), 15);
    rx_free(rx);
}

/* Nobody reaps, and the ring does not fill: the watchdog sees to it that it happens. */
static void forgotten_frames_are_remembered(void **state)
{
    struct rx *rx = start(E1000_INTERRUPTS_DIRECT, true);
    struct fake *fake = rx->fake;
    uintptr_t cookie = 0;

    fake_link(fake, true, 0x80, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 100000);
    queue(rx, 3, &cookie);
    send_all(rx);
    fake_run(fake, 502000);
    assert_int_equal(fake_reg(fake, E1000_ICR), E1000_ICR_TXDW);
    assert_int_equal(e1000_interrupt(fake_call(fake)), E1000_WORK_TX);
    assert_int_equal(reap(rx), 3);
    assert_false(fake_reg(fake, E1000_IMS) & E1000_ICR_TXDW);
    rx_free(rx);
}

/* The ring is full while the chip is silenced: the cause joins when polling is through. */
static void demand_while_masked(void **state)
{
    struct rx *rx = start(E1000_INTERRUPTS_MASKED, true);
    struct fake *fake = rx->fake;
    struct e1000_frag more = {.bus = 0x1000, .length = 60, .flags = E1000_FRAG_EOP};
    uintptr_t cookie = 0;
    unsigned work;

    fake_set(fake, E1000_ICR, E1000_ICR_RXT0);
    e1000_interrupt(fake_call(fake));
    queue(rx, 15, &cookie);
    assert_int_equal(fake_transmit(fake, &more, 1), 0);
    assert_int_equal(fake_reg(fake, E1000_IMS), 0);
    assert_int_equal(poll(rx, 64, &work), 0);
    assert_true(fake_reg(fake, E1000_IMS) & E1000_ICR_TXDW);
    send_all(rx);
    assert_int_equal(reap(rx), 15);
    assert_false(fake_reg(fake, E1000_IMS) & E1000_ICR_TXDW);
    rx_free(rx);
}

/* The threshold: so many free descriptors end the stop, one fewer do not. What is asked for, a
 * quarter of the ring by default, or what the frame needs that did not fit. */
static void stopped_until_the_threshold(void **state)
{
    static const struct {
        uint16_t restart;
        unsigned pieces, needed;
    } rows[] = {{0, 1, 16}, {5, 1, 5}, {5, 20, 20}, {63, 1, 63}, {1, 1, 1}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake *fake = fake_new();
        struct e1000_frag more[20];
        struct rx *rx;
        uintptr_t cookie = 0;

        fake->params.tx_ring = 64;
        fake->params.tx_restart = rows[i].restart;
        rx = rx_start(fake);
        for (unsigned k = 0; k < 20; k++)
            more[k] = (struct e1000_frag){.bus = 0x1000, .length = 60};
        more[rows[i].pieces - 1].flags = E1000_FRAG_EOP;
        queue(rx, 63, &cookie); /* each a group of its own */
        assert_int_equal(fake_transmit(fake, more, rows[i].pieces), 0);
        assert_true(e1000_tx_stopped(fake->dev));
        for (unsigned done = 1; done <= 63; done++) {
            fake_tx_desc(fake, done - 1)->rest |= E1000_TXD_DD;
            assert_int_equal(reap(rx), 1);
            assert_int_equal(e1000_tx_room(fake->dev), done);
            assert_int_equal(e1000_tx_stopped(fake->dev), done < rows[i].needed);
        }
        rx_free(rx);
    }
}

/* ---- Interrupts that never come ------------------------------------------------------------- */

/* While a poll is due nothing has got lost, however long it takes; nor does anything when nobody
 * wants interrupts. */
static void nothing_is_asked_for_while_polling(void **state)
{
    for (uint8_t how = E1000_INTERRUPTS_MASKED; how <= E1000_INTERRUPTS_NONE; how++) {
        struct rx *rx = start(how, false);
        unsigned work;

        fake_run(rx->fake, 300000);
        fake_set(rx->fake, E1000_ICR, E1000_ICR_RXT0);
        e1000_interrupt(fake_call(rx->fake));
        fake_set(rx->fake, E1000_ICR, 0);
        assert_true(rx_store(rx, 60, DONE));
        fake_run(rx->fake, 3000000);
        assert_int_equal(fake_reg(rx->fake, E1000_ICR), 0);
        assert_int_equal(poll(rx, 64, &work), 1);
        rx_recycle(rx, 0, 1);
        rx_free(rx);
    }
}

/* A ring that moves from one look to the next is looked after by somebody. */
static void moving_rings_are_left_alone(void **state)
{
    struct rx *rx = start(E1000_INTERRUPTS_DIRECT, false);
    struct e1000_counters counters;
    uint64_t now;

    fake_link(rx->fake, true, 0x80, true);
    e1000_interrupt(fake_call(rx->fake));
    fake_run(rx->fake, 100000);
    fake_set(rx->fake, E1000_ICR, 0);
    for (unsigned i = 0; i < 20000; i++) {
        /* One waits at any time, but never the same one for long. */
        assert_true(rx_store(rx, 60, DONE));
        now = rx->fake->now_us;
        fake_run(rx->fake, 300);
        assert_true(rx->fake->now_us >= now + 300);
        assert_int_equal(rx_receive(rx, 64), 1);
        rx_recycle(rx, 0, 1);
    }
    e1000_get_counters(rx->fake->dev, &counters);
    assert_int_equal(counters.rescues, 0);
    rx_free(rx);
}

/* ---- How far apart -------------------------------------------------------------------------- */

static struct rx *moderated(uint8_t how, uint32_t rate)
{
    struct fake *fake = fake_new();
    struct rx *rx;

    fake->params.moderation = how;
    fake->params.interrupt_rate = rate;
    fake->params.rx_ring = 512;
    fake->params.rx_buffers = 512;
    rx = rx_start(fake);
    fake_link(fake, true, 0x80, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 10000);
    return rx;
}

/* Interrupts a second that the chip may make now, rounded down. */
static uint32_t allowed(const struct rx *rx)
{
    uint32_t itr = fake_reg(rx->fake, E1000_ITR);

    return itr ? 3906250 / itr : 0;
}

/* A rate is a limit: the interval is rounded up (units of 256 ns, 13.4.18). */
static void fixed_rates(void **state)
{
    static const struct {
        uint32_t rate, itr;
    } rows[] = {{60, 65105}, {8000, 489}, {20000, 196}, {100000, 40}};
    struct rx *rx;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rx = moderated(E1000_MODERATION_FIXED, rows[i].rate);
        assert_int_equal(fake_reg(rx->fake, E1000_ITR), rows[i].itr);
        assert_true(allowed(rx) <= rows[i].rate);
        rx_free(rx);
    }
    rx = moderated(E1000_MODERATION_OFF, 8000);
    assert_int_equal(fake_reg(rx->fake, E1000_ITR), 0);
    rx_free(rx);
}

/* So many frames at each of so many interrupts; what the rate has become. */
static uint32_t traffic(struct rx *rx, unsigned interrupts, unsigned frames, uint32_t length)
{
    while (interrupts--) {
        for (unsigned i = 0; i < frames; i++)
            assert_true(rx_store(rx, length, DONE));
        fake_set(rx->fake, E1000_ICR, E1000_ICR_RXT0);
        assert_int_equal(e1000_interrupt(fake_call(rx->fake)), E1000_WORK_RX);
        assert_int_equal(rx_receive(rx, 512), frames);
        rx_recycle(rx, 0, frames);
    }
    return allowed(rx);
}

/* The classes of traffic and the ways between them. */
static void rates_follow_the_traffic(void **state)
{
    struct rx *rx = moderated(E1000_MODERATION_ADAPTIVE, 8000);
    uint32_t before;

    /* To begin with nothing is known. */
    assert_in_range(allowed(rx), 19000, 20000);
    /* Questions and answers: up to the highest rate, in steps of a quarter of it. */
    before = traffic(rx, 2, 1, 60);
    assert_in_range(before, 36000, 37500);
    assert_in_range(traffic(rx, 10, 1, 60), 69000, 70000);
    /* A flood of small frames is none: down at once (the next interrupt sees it). */
    assert_in_range(traffic(rx, 2, 30, 60), 19000, 20000);
    assert_in_range(traffic(rx, 50, 30, 60), 19000, 20000);
    /* A file. */
    assert_in_range(traffic(rx, 2, 30, 1514), 3900, 4000);
    assert_in_range(traffic(rx, 20, 30, 1514), 3900, 4000);
    /* Small ones again: up. */
    assert_in_range(traffic(rx, 20, 40, 60), 19000, 20000);
    /* A few that are not small are no question. */
    assert_in_range(traffic(rx, 20, 3, 500), 19000, 20000);
    assert_in_range(traffic(rx, 20, 2, 100), 69000, 70000);
    assert_in_range(traffic(rx, 3, 4, 400), 19000, 20000);
    /* Nothing at all changes nothing. */
    assert_in_range(traffic(rx, 20, 0, 0), 19000, 20000);
    rx_free(rx);
}

/* What is sent counts as well: the direction with the heavier traffic decides. */
static void both_directions_count(void **state)
{
    struct rx *rx = moderated(E1000_MODERATION_ADAPTIVE, 8000);
    uintptr_t cookie = 0;

    assert_in_range(traffic(rx, 20, 1, 60), 69000, 70000);
    for (unsigned i = 0; i < 20; i++) {
        for (unsigned k = 0; k < 10; k++) {
            struct e1000_frag frag = {
                .bus = 0x1000, .length = 1514, .flags = E1000_FRAG_EOP, .cookie = (void *)++cookie};

            assert_int_equal(fake_transmit(rx->fake, &frag, 1), 1);
        }
        send_all(rx);
        assert_int_equal(reap(rx), 10);
        traffic(rx, 1, 1, 60);
    }
    assert_in_range(allowed(rx), 3900, 4000);
    rx_free(rx);
}

/* Below 1000 Mb/s a ring lasts longer, whatever the traffic. */
static void slow_links_interrupt_seldom(void **state)
{
    struct rx *rx = moderated(E1000_MODERATION_ADAPTIVE, 8000);

    fake_link(rx->fake, true, 0x40, true);
    e1000_interrupt(fake_call(rx->fake));
    fake_run(rx->fake, 10000);
    assert_in_range(traffic(rx, 20, 1, 60), 3900, 4000);
    rx_free(rx);
}

/* Jumbo frames are a file, too. */
static void jumbo_frames_are_bulk(void **state)
{
    struct fake *fake = fake_new();
    struct rx *rx;

    fake->params.rx_buffer_size = 16384;
    fake->params.max_frame = 9014;
    fake->params.rx_ring = 64;
    fake->params.rx_buffers = 64;
    rx = rx_start(fake);
    fake_link(fake, true, 0x80, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 10000);
    assert_in_range(traffic(rx, 2, 1, 9014), 3900, 4000);
    rx_free(rx);
}

/* Who polls is moderated when polling is through, by all that came since the last time. */
static void polling_is_moderated(void **state)
{
    struct fake *fake = fake_new();
    struct rx *rx;
    unsigned work;

    fake->params.interrupts = E1000_INTERRUPTS_MASKED;
    fake->params.rx_ring = 64;
    fake->params.rx_buffers = 64;
    rx = rx_start(fake);
    fake_link(fake, true, 0x80, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 10000);
    poll(rx, 64, &work);
    assert_in_range(allowed(rx), 19000, 20000);
    fake_set(fake, E1000_ICR, E1000_ICR_RXT0);
    e1000_interrupt(fake_call(fake));
    for (unsigned i = 0; i < 30; i++)
        assert_true(rx_store(rx, 1514, DONE));
    assert_int_equal(poll(rx, 20, &work), 20);
    assert_in_range(allowed(rx), 19000, 20000);
    assert_int_equal(poll(rx, 20, &work), 10);
    assert_in_range(allowed(rx), 3900, 4000);
    rx_recycle(rx, 0, rx->lent);
    rx_free(rx);
}

/* The four timers, and who asks for them. */
static void delay_timers(void **state)
{
    for (unsigned on = 0; on < 2; on++) {
        struct fake *fake = fake_new();
        uintptr_t cookie = 0;
        struct rx *rx;

        if (on) {
            fake->params.rx_delay = 11;
            fake->params.rx_delay_forced = true;
            fake->params.rx_delay_limit = 22;
            fake->params.tx_delay = 33;
            fake->params.tx_delay_limit = 65535;
        }
        rx = rx_start(fake);
        assert_int_equal(fake_reg(fake, E1000_RDTR), on ? 11 : 0);
        assert_int_equal(fake_reg(fake, E1000_RADV), on ? 22 : 0);
        assert_int_equal(fake_reg(fake, E1000_TIDV), on ? 33 : 8); /* 0 is not allowed */
        assert_int_equal(fake_reg(fake, E1000_TADV), on ? 65535 : 0);
        queue(rx, 1, &cookie);
        assert_int_equal(!!(fake_tx_desc(fake, 0)->rest & E1000_TXD_IDE), on);
        send_all(rx);
        assert_int_equal(reap(rx), 1);
        rx_free(rx);
    }
}

/* ---- Messages ------------------------------------------------------------------------------- */

#define CAPABILITY 0xF0u
#define ADDRESS    UINT64_C(0x12345678FEE01004)

static struct fake *with_messages(bool wide, bool enabled)
{
    struct fake *fake = fake_new();

    fake->config[E1000_PCI_STATUS / 2] = 0x0230;
    fake->config[E1000_PCI_CAPABILITIES / 2] = CAPABILITY;
    fake->config[CAPABILITY / 2] = 0x0005;
    fake->config[CAPABILITY / 2 + 1] = (uint16_t)((wide ? 0x80 : 0) | (enabled ? 1 : 0));
    fake->params.msi_address = ADDRESS;
    fake->params.msi_data = 0x4321;
    return fake;
}

/* Address and data lie as the capability says, and the message is on last. */
static void messages_are_set_up(void **state)
{
    for (unsigned wide = 0; wide < 2; wide++) {
        struct fake *fake = with_messages(wide, false);
        const uint16_t *at = &fake->config[CAPABILITY / 2];

        fake->params.msi = E1000_MSI_FORCED;
        assert_int_equal(fake_attach(fake), 0);
        assert_int_equal(at[1] & 1, 0);
        fake_bring_up(fake);
        assert_int_equal(at[1], wide ? 0x81 : 1);
        assert_int_equal(at[2], 0x1004);
        assert_int_equal(at[3], 0xFEE0);
        assert_int_equal(at[4], wide ? 0x5678 : 0x4321);
        assert_int_equal(at[5], wide ? 0x1234 : 0);
        assert_int_equal(at[6], wide ? 0x4321 : 0);
        fake_free(fake);
    }
}

/* Messages of these chips get lost (82545 erratum 4): they are refused unless they are forced, and
 * what somebody else has switched on is switched off, or the line would stay silent. */
static void messages_are_refused(void **state)
{
    struct e1000_identity identity;
    struct fake *fake = with_messages(true, false);

    fake->params.msi = E1000_MSI_ON;
    assert_int_equal(fake_attach(fake), E1000_ERR_UNSUPPORTED);
    assert_true(fake_logged(fake, "en0: this chip loses interrupt messages"));
    fake_free(fake);

    fake = fake_new();
    fake->params.msi = E1000_MSI_FORCED;
    assert_int_equal(fake_attach(fake), E1000_ERR_UNSUPPORTED);
    assert_true(fake_logged(fake, "en0: this board has no interrupt messages"));
    fake_free(fake);

    /* One that would end behind configuration space is none. */
    fake = with_messages(true, false);
    fake->config[E1000_PCI_CAPABILITIES / 2] = 0xFC;
    fake->config[0xFC / 2] = 0x0005;
    fake->params.msi = E1000_MSI_FORCED;
    assert_int_equal(fake_attach(fake), E1000_ERR_UNSUPPORTED);
    fake_free(fake);

    fake = with_messages(true, true);
    assert_int_equal(fake_attach(fake), 0);
    e1000_get_identity(fake->dev, &identity);
    assert_false(identity.msi);
    assert_int_equal(fake->config[CAPABILITY / 2 + 1], 0x80);
    fake_bring_up(fake);
    assert_int_equal(fake->config[CAPABILITY / 2 + 1], 0x80);
    fake_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(causes_that_interrupt),
        cmocka_unit_test(masked_until_polled),
        cmocka_unit_test(budget_used_up_exactly),
        cmocka_unit_test(frame_beyond_the_budget),
        cmocka_unit_test(polling_tells_of_everything),
        cmocka_unit_test(link_is_work_until_ticked),
        cmocka_unit_test(sent_frames_interrupt_on_demand),
        cmocka_unit_test(forgotten_frames_are_remembered),
        cmocka_unit_test(demand_while_masked),
        cmocka_unit_test(stopped_until_the_threshold),
        cmocka_unit_test(nothing_is_asked_for_while_polling),
        cmocka_unit_test(moving_rings_are_left_alone),
        cmocka_unit_test(fixed_rates),
        cmocka_unit_test(rates_follow_the_traffic),
        cmocka_unit_test(both_directions_count),
        cmocka_unit_test(slow_links_interrupt_seldom),
        cmocka_unit_test(jumbo_frames_are_bulk),
        cmocka_unit_test(polling_is_moderated),
        cmocka_unit_test(delay_timers),
        cmocka_unit_test(messages_are_set_up),
        cmocka_unit_test(messages_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
