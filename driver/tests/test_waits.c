/* SPDX-License-Identifier: BSD-2-Clause */
/* Nothing waits for ever and nothing leaks: stuck bits, a device that disappears or answers noise,
 * memory that runs out, and going down from every state. fake_free() checks each time that no call
 * busy-waited more than a millisecond and that all memory came back. */
#include "fake.h"

#include <stdlib.h>

static void reset_never_ends(void **state)
{
    struct fake *fake = fake_new();
    uint64_t start = fake->now_us;

    fake->reset_sticks = true;
    assert_int_equal(fake_attach(fake), E1000_ERR_RESET);
    assert_true(fake->now_us - start < 100000);
    assert_int_equal(e1000_tick(fake_call(fake)), UINT64_MAX);
    /* FAILED is left by detaching alone. */
    assert_int_equal(e1000_up(fake_call(fake)), E1000_ERR_STATE);
    assert_int_equal(e1000_down(fake_call(fake)), E1000_ERR_STATE);
    fake_free(fake);

    /* The same while going up, and memory is still returned at the end. */
    fake = fake_new();
    assert_int_equal(fake_attach(fake), 0);
    fake->reset_sticks = true;
    assert_int_equal(e1000_up(fake_call(fake)), 0);
    assert_int_equal(fake_settle(fake), E1000_STATE_FAILED);
    assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_RESET);
    assert_true(fake->live > 0);
    fake_free(fake);
}

/* A chip that can't be reset is kept off the memory that goes back. */
static void bus_mastering_off_when_reset_sticks(void **state)
{
    struct fake *fake = fake_up();

    assert_true(fake->config[E1000_PCI_COMMAND / 2] & E1000_PCI_COMMAND_MASTER);
    fake->reset_sticks = true;
    assert_int_equal(e1000_down(fake_call(fake)), 0);
    assert_false(fake->config[E1000_PCI_COMMAND / 2] & E1000_PCI_COMMAND_MASTER);
    assert_int_equal(fake->live, 0);
    fake->reset_sticks = false;
    fake_bring_up(fake);
    assert_true(fake->config[E1000_PCI_COMMAND / 2] & E1000_PCI_COMMAND_MASTER);
    fake_free(fake);
}

static void eeprom_never_grants(void **state)
{
    struct fake *fake = fake_new();

    fake->no_grant = true;
    assert_int_equal(fake_attach(fake), E1000_ERR_EEPROM);
    assert_false(fake_reg(fake, E1000_EECD) & E1000_EECD_EE_REQ);
    fake_free(fake);

    fake = fake_new();
    uint16_t value = 0;
    assert_int_equal(fake_attach(fake), 0);
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 2, &value), 0);
    assert_int_equal(value, 0x2617);
    fake->no_grant = true;
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 2, &value), E1000_ERR_EEPROM);
    assert_false(fake_reg(fake, E1000_EECD) & E1000_EECD_EE_REQ);
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 64, &value), E1000_ERR_PARAMETER);
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 2, NULL), E1000_ERR_PARAMETER);
    fake_free(fake);
}

static void eerd_never_done(void **state)
{
    struct fake *fake = fake_new();

    fake->params.eeprom_by_eerd = true;
    fake->eerd_never = true;
    assert_int_equal(fake_attach(fake), E1000_ERR_EEPROM);
    fake_free(fake);

    fake = fake_new();
    uint16_t value = 0;
    fake->params.eeprom_by_eerd = true;
    assert_int_equal(fake_attach(fake), 0);
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 2, &value), 0);
    assert_int_equal(value, 0x2617);
    fake->eerd_never = true;
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 2, &value), E1000_ERR_EEPROM);
    fake_free(fake);
}

static void mdic_never_ready_or_failing(void **state)
{
    for (int error = 0; error < 2; error++) {
        struct fake *fake = fake_new();
        uint16_t value;

        fake->mdic_never = !error;
        fake->mdic_error = error;
        assert_int_equal(fake_attach(fake), E1000_ERR_PHY);
        assert_string_equal(fake_last_line(fake), "en0: the PHY does not answer or is unknown");
        fake_free(fake);

        /* Between attach and up. */
        fake = fake_new();
        assert_int_equal(fake_attach(fake), 0);
        assert_int_equal(e1000_phy_read(fake_call(fake), 2, &value), 0);
        assert_int_equal(value, 0x0141);
        assert_int_equal(e1000_phy_write(fake_call(fake), 4, 0x1234), 0);
        assert_int_equal(fake->phy[4], 0x1234);
        fake->mdic_never = !error;
        fake->mdic_error = error;
        assert_int_equal(e1000_phy_read(fake_call(fake), 2, &value), E1000_ERR_PHY);
        assert_int_equal(e1000_phy_write(fake_call(fake), 2, 0), E1000_ERR_PHY);
        assert_int_equal(e1000_phy_read(fake_call(fake), 32, &value), E1000_ERR_PARAMETER);
        assert_int_equal(e1000_phy_read(fake_call(fake), 1, NULL), E1000_ERR_PARAMETER);
        assert_int_equal(e1000_up(fake_call(fake)), 0);
        assert_int_equal(fake_settle(fake), E1000_STATE_FAILED);
        assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_PHY);
        fake_free(fake);

        /* And once the link has to be looked at. */
        fake = fake_up();
        fake->mdic_never = !error;
        fake->mdic_error = error;
        fake_link(fake, true, 0x80, true);
        e1000_interrupt(fake_call(fake));
        assert_int_equal(fake_settle(fake), E1000_STATE_FAILED);
        assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_PHY);
        fake_free(fake);
    }
}

static void slow_mdic_is_waited_for(void **state)
{
    struct fake *fake = fake_new();

    fake->mdic_us = 490;
    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
    fake_link(fake, true, 0x80, true);
    fake_run(fake, 1000000);
    assert_string_equal(fake_last_line(fake),
                        "Link up on en0, 1-Gigabit, Full-duplex, No flow-control, Debug "
                        "[796d,ac08,0de1,0200,41e1,7c00]");
    fake_free(fake);
}

static void phy_reset_never_ends(void **state)
{
    struct fake *fake = fake_new();
    uint64_t start;

    assert_int_equal(fake_attach(fake), 0);
    fake->phy_reset_sticks = true;
    start = fake->now_us;
    assert_int_equal(e1000_up(fake_call(fake)), 0);
    assert_int_equal(fake_settle(fake), E1000_STATE_FAILED);
    assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_PHY);
    assert_true(fake->now_us - start < 1000000);
    fake_free(fake);
}

/* One life, as far as it gets, from attaching to down. Returns register accesses made. */
static long whole_life(struct fake *fake)
{
    const long plenty = 1000000;
    bool counting = fake->gone_after < 0;

    if (counting)
        fake->gone_after = plenty;
    if (!fake_attach(fake) && !e1000_up(fake_call(fake)) && fake_settle(fake) == E1000_STATE_UP) {
        fake_link(fake, true, 0x80, true);
        e1000_interrupt(fake_call(fake));
        fake_run(fake, 2000000);
        e1000_down(fake_call(fake));
    }
    return plenty - fake->gone_after;
}

/* The device is pulled out at each of its register accesses in turn: the end is always DOWN (when
 * it was the last thing that happened), or FAILED with the bus to blame. */
static void removed_at_every_access(void **state)
{
    struct fake *fake = fake_new();
    long accesses = whole_life(fake);

    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_DOWN);
    fake_free(fake);
    assert_true(accesses > 1000);

    /* Every access for the first few hundred, then in steps that hit each phase. */
    for (long n = 0; n < accesses; n += n < 200 || n > accesses - 200 ? 1 : 7) {
        fake = fake_new();
        fake->gone_after = n;
        whole_life(fake);
        if (e1000_get_state(fake->dev) == E1000_STATE_FAILED)
            assert_int_equal(e1000_get_error(fake->dev), E1000_ERR_BUS);
        else
            assert_true(n == 0 || e1000_get_state(fake->dev) == E1000_STATE_DOWN ||
                        e1000_get_state(fake->dev) == E1000_STATE_DETACHED);
        fake_free(fake);
    }
}

/* Whatever the registers say, calls return and memory comes back. */
static void noise_is_survived(void **state)
{
    for (unsigned seed = 1; seed <= 60; seed++) {
        struct fake *fake = fake_new();
        void *cookies[8];
        struct e1000_frag frags[65];

        if (seed % 3 == 0) {
            fake->random = seed * 0x9E3779B97F4A7C15u;
            assert_true(fake_attach(fake) <= 0);
        } else {
            assert_int_equal(fake_attach(fake), 0);
            if (seed % 3 == 1)
                fake_bring_up(fake);
            fake->random = seed * 0x9E3779B97F4A7C15u;
            e1000_up(fake_call(fake));
            for (int i = 0; i < 50; i++) {
                fake_run(fake, 10000);
                e1000_interrupt(fake_call(fake));
                fake_receive(fake, frags, 65);
                fake_reap(fake, cookies, 8);
            }
        }
        fake_free(fake);
    }
}

/* The n-th allocation fails, for every n: e1000_up() fails, nothing stays allocated, and the next
 * attempt works. */
static void every_allocation_may_fail(void **state)
{
    struct fake *fake = fake_new();
    unsigned needed;

    fake->params.rx_buffers = 300;
    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
    needed = fake->allocations;
    assert_int_equal(fake->live, needed);
    assert_true(needed >= 6); /* two rings, padding, pools */
    assert_int_equal(e1000_down(fake_call(fake)), 0);
    assert_int_equal(fake->live, 0);

    for (unsigned n = 1; n <= needed; n++) {
        fake->fail_alloc = (int)n;
        assert_int_equal(e1000_up(fake_call(fake)), E1000_ERR_MEMORY);
        assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_DOWN);
        assert_int_equal(fake->live, 0);
    }
    fake_bring_up(fake);
    fake_free(fake);
}

/* Rings stay within 64 KiB, and so does each receive buffer; memory placed otherwise is refused. */
static void memory_never_crosses_64k(void **state)
{
    static const uint16_t sizes[] = {256, 512, 1024, 2048, 4096, 8192, 16384};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct fake *fake = fake_new();

        fake->params.rx_buffer_size = sizes[i];
        fake->params.rx_ring = 512;
        fake->params.tx_ring = 4096;
        fake->params.rx_buffers = 1000;
        assert_int_equal(fake_attach(fake), 0);
        fake_bring_up(fake);
        for (unsigned slot = 0; slot < 511; slot++) {
            uint64_t bus = fake_rx_desc(fake, slot)->address;

            assert_int_equal(bus >> 16, (bus + sizes[i] - 1) >> 16);
            assert_non_null(fake_cpu(fake, bus));
            for (unsigned other = slot > 8 ? slot - 8 : 0; other < slot; other++)
                assert_int_not_equal(fake_rx_desc(fake, other)->address, bus);
        }
        uint64_t tx = fake_reg(fake, E1000_TDBAL);
        assert_int_equal(tx >> 16, (tx + 65535) >> 16);
        assert_int_equal(fake_reg(fake, E1000_TDBAH), 1);
        assert_int_equal(fake_reg(fake, E1000_TDLEN), 65536);
        fake_free(fake);
    }

    struct fake *fake = fake_new();
    assert_int_equal(fake_attach(fake), 0);
    fake->misplace = true;
    assert_int_equal(e1000_up(fake_call(fake)), E1000_ERR_MEMORY);
    fake_free(fake);
}

/* e1000_down() and e1000_detach() after each tick of attaching and starting. */
static void down_and_detach_in_every_step(void **state)
{
    for (unsigned ticks = 0;; ticks++) {
        struct fake *fake = fake_new();

        assert_int_equal(e1000_attach_begin(fake_call(fake), &fake->os, fake, &fake->params), 0);
        for (unsigned i = 0; i < ticks && e1000_get_state(fake->dev) == E1000_STATE_ATTACHING; i++)
            fake->now_us = e1000_tick(fake_call(fake));
        bool done = e1000_get_state(fake->dev) == E1000_STATE_DOWN;
        assert_int_equal(e1000_down(fake_call(fake)), E1000_ERR_STATE);
        fake_free(fake);
        if (done)
            break;
        assert_true(ticks < 100);
    }

    for (unsigned ticks = 0;; ticks++) {
        struct fake *fake = fake_new();

        assert_int_equal(fake_attach(fake), 0);
        assert_int_equal(e1000_up(fake_call(fake)), 0);
        assert_int_equal(e1000_up(fake_call(fake)), E1000_ERR_STATE);
        for (unsigned i = 0; i < ticks && e1000_get_state(fake->dev) == E1000_STATE_STARTING; i++)
            fake->now_us = e1000_tick(fake_call(fake));
        bool up = e1000_get_state(fake->dev) == E1000_STATE_UP;
        if (ticks % 2)
            e1000_detach(fake_call(fake));
        else
            assert_int_equal(e1000_down(fake_call(fake)), 0);
        assert_int_equal(fake->live, 0);
        assert_int_equal(fake->device_buffers, 0);
        assert_int_equal(fake_reg(fake, E1000_RCTL), 0);
        assert_int_equal(fake_reg(fake, E1000_TCTL), 0);
        assert_int_equal(fake_reg(fake, E1000_IMS), 0);
        assert_int_equal(e1000_tick(fake_call(fake)), UINT64_MAX);
        if (!(ticks % 2))
            fake_bring_up(fake); /* and nothing is in the way of the next time */
        fake_free(fake);
        if (up && ticks % 2)
            break;
        assert_true(ticks < 100);
    }
}

/* Detaching twice, and asking a detached device, does nothing. */
static void detached_is_inert(void **state)
{
    struct fake *fake = fake_up();
    struct e1000_frag frag = {0};
    void *cookie;
    uint16_t value;

    e1000_detach(fake_call(fake));
    fake_forget(fake);
    e1000_detach(fake_call(fake));
    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_DETACHED);
    assert_int_equal(e1000_interrupt(fake_call(fake)), 0);
    assert_int_equal(fake_receive(fake, &frag, 1), 0);
    assert_int_equal(fake_transmit(fake, &frag, 1), 0);
    assert_int_equal(fake_reap(fake, &cookie, 1), 0);
    assert_int_equal(e1000_tx_room(fake_call(fake)), 0);
    e1000_recycle(fake_call(fake), &frag, 1);
    assert_int_equal(e1000_phy_read(fake_call(fake), 1, &value), E1000_ERR_STATE);
    assert_int_equal(e1000_phy_write(fake_call(fake), 1, 0), E1000_ERR_STATE);
    assert_int_equal(e1000_eeprom_read(fake_call(fake), 1, &value), E1000_ERR_STATE);
    assert_int_equal(e1000_up(fake_call(fake)), E1000_ERR_STATE);
    assert_int_equal(e1000_down(fake_call(fake)), E1000_ERR_STATE);
    assert_int_equal(e1000_tick(fake_call(fake)), UINT64_MAX);
    assert_int_equal(fake->writes, 0);
    fake_free(fake);
}

/* The receiver is enabled after it knows its ring, interrupts after everything; one slot stays
 * empty. */
static void started_in_the_right_order(void **state)
{
    struct fake *fake = fake_new();
    static const uint32_t before[] = {E1000_RDBAL, E1000_RDBAH,  E1000_RDLEN,  E1000_RDH,
                                      E1000_RDT,   E1000_RAL(0), E1000_RAH(0), E1000_MTA(127)};

    for (uint32_t i = 0; i < 128; i++) {
        fake_set(fake, E1000_MTA(i), 0xDEADBEEF);
        fake_set(fake, E1000_VFTA(i), 0xDEADBEEF);
    }
    for (uint32_t i = 1; i < 16; i++)
        fake_set(fake, E1000_RAH(i), 0x80001234);
    assert_int_equal(fake_attach(fake), 0);
    fake_forget(fake);
    fake_bring_up(fake);

    long enabled = fake_written(fake, E1000_RCTL);
    for (size_t i = 0; i < sizeof before / sizeof before[0]; i++) {
        assert_true(fake_written(fake, before[i]) >= 0);
        assert_true(fake_written(fake, before[i]) < enabled);
    }
    assert_true(fake_written(fake, E1000_TDBAL) < fake_written(fake, E1000_TCTL));
    assert_true(fake_written(fake, E1000_TDLEN) < fake_written(fake, E1000_TCTL));
    assert_true(fake_written(fake, E1000_IMS) > enabled);
    /* EN is set exactly once: the last value, and zero before. */
    assert_int_equal(fake_reg(fake, E1000_RCTL), E1000_RCTL_EN | E1000_RCTL_BAM | E1000_RCTL_SECRC);
    for (long i = 0; i < enabled; i++)
        assert_false(fake->write[i].offset == E1000_RCTL && fake->write[i].value);

    assert_int_equal(fake_reg(fake, E1000_RDT), 15);
    assert_int_equal(fake_reg(fake, E1000_RDLEN), 256);
    assert_int_equal(fake_reg(fake, E1000_TXDCTL), 0x01010000);
    assert_int_equal(fake_reg(fake, E1000_TIPG), 0x00602008);
    assert_int_equal(fake_reg(fake, E1000_TCTL), 0x000400FA);
    assert_int_equal(fake_reg(fake, E1000_IMS), 0xDD);
    assert_int_equal(fake_reg(fake, E1000_FCAL), 0x00C28001);
    assert_int_equal(fake_reg(fake, E1000_FCAH), 0x0100);
    assert_int_equal(fake_reg(fake, E1000_FCT), 0x8808);
    assert_true(fake_reg(fake, E1000_CTRL) & E1000_CTRL_SLU);
    for (uint32_t i = 0; i < 128; i++) {
        assert_int_equal(fake_reg(fake, E1000_MTA(i)), 0);
        assert_int_equal(fake_reg(fake, E1000_VFTA(i)), 0);
    }
    for (uint32_t i = 1; i < 16; i++)
        assert_int_equal(fake_reg(fake, E1000_RAH(i)), 0);
    /* What the PHY was told: everything but 1000 half duplex, and to negotiate. */
    assert_int_equal(fake->phy[4], 0x0DE1);
    assert_int_equal(fake->phy[9], 0x0200);
    assert_int_equal(fake->phy[0] & 0x1000, 0x1000);
    assert_int_equal(fake->phy[16] & 0x0062, 0x0060);
    assert_int_equal(fake->phy[20] & 0x0F70, 0x0170);
    fake_free(fake);
}

/* RCTL's size code and LPE, and the packet buffer's split, for every buffer size and frame limit.
 */
static void receive_sizes(void **state)
{
    static const struct {
        uint16_t size;
        uint32_t max_frame, rctl, pba;
    } cases[] = {
        {256, 1514, 0x00030000, 48},   {512, 1514, 0x00020000, 48},
        {1024, 1514, 0x00010000, 48},  {2048, 1514, 0, 48},
        {2048, 1515, 0x20, 48},        {2048, 8192, 0x20, 48},
        {2048, 8193, 0x20, 40},        {4096, 9014, 0x02030020, 40},
        {8192, 9014, 0x02020020, 40},  {16384, 16124, 0x02010020, 40},
        {16384, 1514, 0x02010000, 48},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake *fake = fake_new();
        uint32_t bits = 0x02030020;

        fake->params.rx_buffer_size = cases[i].size;
        fake->params.max_frame = cases[i].max_frame;
        assert_int_equal(fake_attach(fake), 0);
        fake_bring_up(fake);
        assert_int_equal(fake_reg(fake, E1000_RCTL) & bits, cases[i].rctl);
        assert_int_equal(fake_reg(fake, E1000_PBA), cases[i].pba);
        fake_free(fake);
    }
}

/* On PCI-X, reads over 2 KiB are limited; on PCI the capability is left alone. */
static void pcix_reads_limited(void **state)
{
    for (int pcix = 0; pcix < 2; pcix++) {
        struct fake *fake = fake_new();

        fake->config[E1000_PCI_STATUS / 2] = 0x0230;
        fake->config[E1000_PCI_CAPABILITIES / 2] = 0xDC;
        fake->config[0xDC / 2] = 0xE401;
        fake->config[0xE4 / 2] = 0x0007;
        fake->config[0xE6 / 2] = 0x000E;
        if (pcix)
            fake->reg[E1000_STATUS / 4] |= E1000_STATUS_PCIX_MODE;
        assert_int_equal(fake_attach(fake), 0);
        fake_bring_up(fake);
        assert_int_equal(fake->config[0xE6 / 2], pcix ? 0x000A : 0x000E);
        fake_free(fake);
    }

    /* A list that bites its own tail ends too. */
    struct fake *fake = fake_new();
    fake->config[E1000_PCI_STATUS / 2] = 0x0010;
    fake->config[E1000_PCI_CAPABILITIES / 2] = 0xDC;
    fake->config[0xDC / 2] = 0xDC01;
    fake->reg[E1000_STATUS / 4] |= E1000_STATUS_PCIX_MODE;
    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
    fake_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reset_never_ends),
        cmocka_unit_test(bus_mastering_off_when_reset_sticks),
        cmocka_unit_test(eeprom_never_grants),
        cmocka_unit_test(eerd_never_done),
        cmocka_unit_test(mdic_never_ready_or_failing),
        cmocka_unit_test(slow_mdic_is_waited_for),
        cmocka_unit_test(phy_reset_never_ends),
        cmocka_unit_test(removed_at_every_access),
        cmocka_unit_test(noise_is_survived),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(memory_never_crosses_64k),
        cmocka_unit_test(down_and_detach_in_every_step),
        cmocka_unit_test(detached_is_inert),
        cmocka_unit_test(started_in_the_right_order),
        cmocka_unit_test(receive_sizes),
        cmocka_unit_test(pcix_reads_limited),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
