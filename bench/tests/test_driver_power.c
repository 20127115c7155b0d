/* SPDX-License-Identifier: BSD-2-Clause */
/* Sleeping and waking, what wakes, an EEPROM that is written, and chips found in a strange state.
 */
#include <string.h>

#include "rig.h"

#define SECONDS 1000000u

static uint16_t power_state(struct rig *rig)
{
    unsigned at = e1000emu_config_read(rig->chip, E1000_PCI_CAPABILITIES, 1);

    while (e1000emu_config_read(rig->chip, at, 1) != E1000_PCI_CAP_PM)
        at = e1000emu_config_read(rig->chip, at + 1, 1);
    return (uint16_t)e1000emu_config_read(rig->chip, at + E1000_PM_CSR, 2);
}

static void send_and_see(struct rig *rig)
{
    unsigned before = rig->sent;

    assert_true(rig_linked(rig, 8 * SECONDS));
    assert_int_equal(rig_send(rig, 3, 100), 3);
    rig_run(rig, 100000);
    assert_int_equal(rig->sent, before + 3);
    assert_int_equal(rig->outstanding, 0);
}

/* ---- Sleep ---- */

/* From UP and from DOWN, several times: D3 with BARs and bus mastering off, no access to it
 * meanwhile, and back to where it was with what it had. */
static void sleeps_and_returns(void **state)
{
    static const char *const profiles[] = {"vmware", "silicon", "82545gm-serdes"};

    for (size_t i = 0; i < 3; i++) {
        for (int up = 0; up < 2; up++) {
            struct rig *rig = rig_up(profiles[i]);

            if (!up)
                assert_int_equal(e1000_down(rig_call(rig)), 0);
            for (int round = 0; round < 3; round++) {
                uint32_t bar = e1000emu_config_read(rig->chip, 0x10, 4);
                uint32_t line = (uint32_t)round + 5;
                long accesses;

                e1000emu_config_write(rig->chip, 0x3C, 1, line);
                if (up)
                    rig_send(rig, 5, 100); /* that may or may not leave */
                assert_int_equal(e1000_suspend(rig_call(rig)), 0);
                assert_int_equal(e1000_suspend(rig_call(rig)), E1000_ERR_STATE);
                assert_int_equal(rig_settle(rig), E1000_STATE_SUSPENDED);
                assert_int_equal(power_state(rig) & 3, 3);
                accesses = rig->accesses;
                assert_int_equal(e1000_interrupt(rig_call(rig)), 0);
                rig_run(rig, 10 * SECONDS);
                assert_int_equal(rig_send(rig, 1, 100), 0);
                assert_int_equal(rig->accesses, accesses);
                /* The system takes the power too: everything in configuration space is lost. */
                if (round == 2)
                    e1000emu_reset(rig->chip, E1000EMU_RESET_PCI);
                assert_int_equal(e1000_resume(rig_call(rig)), 0);
                assert_true(rig_until(rig, up ? E1000_STATE_UP : E1000_STATE_DOWN, SECONDS));
                assert_int_equal(power_state(rig) & 3, 0);
                assert_int_equal(e1000emu_config_read(rig->chip, 0x10, 4), bar);
                assert_int_equal(e1000emu_config_read(rig->chip, 0x3C, 1), line);
                if (up)
                    send_and_see(rig);
            }
            assert_int_equal(e1000_resume(rig_call(rig)), E1000_ERR_STATE);
            if (!up) {
                assert_int_equal(e1000_up(rig_call(rig)), 0);
                assert_int_equal(rig_settle(rig), E1000_STATE_UP);
                send_and_see(rig);
            }
            rig_free(rig);
        }
    }
}

/* Detached while falling asleep, asleep, and waking up: nothing stays behind. */
static void detached_on_the_way(void **state)
{
    for (uint64_t us = 0; us < 40000; us += 997) {
        struct rig *rig = rig_up("silicon");

        assert_int_equal(e1000_set_wake(rig_call(rig), E1000_WAKE_MAGIC, NULL), 0);
        assert_int_equal(e1000_suspend(rig_call(rig)), 0);
        rig_run(rig, us);
        if (us > 30000) {
            rig->tolerant = true; /* a chip in D3 answers nothing */
            assert_int_equal(rig_settle(rig), E1000_STATE_SUSPENDED);
            assert_int_equal(e1000_resume(rig_call(rig)), 0);
            rig_run(rig, us - 30000);
        }
        e1000_detach(rig_call(rig));
        assert_int_equal(rig->live, 0);
        rig_free(rig);
    }
}

/* A chip that does not come back from D3 is an error, not a wait. */
static void removed_while_asleep(void **state)
{
    struct rig *rig = rig_up("silicon");

    assert_int_equal(e1000_suspend(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_SUSPENDED);
    rig->gone = true;
    assert_int_equal(e1000_resume(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_FAILED);
    assert_int_equal(e1000_get_error(rig->dev), E1000_ERR_BUS);
    rig_free(rig);
}

/* What is armed is what was asked for. */
static void wake_is_armed(void **state)
{
    static const struct {
        uint32_t events, wufc;
    } rows[] = {
        {E1000_WAKE_LINK, 0x01},
        {E1000_WAKE_MAGIC, 0x02},
        {E1000_WAKE_UNICAST, 0x04},
        {E1000_WAKE_MULTICAST, 0x08},
        {E1000_WAKE_BROADCAST, 0x10},
        {E1000_WAKE_ARP, 0x20},
        {E1000_WAKE_MAGIC | E1000_WAKE_APM, 0x02},
    };
    static const uint8_t ip[4] = {192, 168, 1, 42};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig *rig = rig_up("silicon");
        uint32_t events = rows[i].events;
        const uint32_t wuc =
            E1000_WUC_PME_EN | (events & E1000_WAKE_APM ? E1000_WUC_APME | E1000_WUC_APMPME : 0);

        if (i % 2)
            assert_int_equal(e1000_down(rig_call(rig)), 0);
        assert_int_equal(e1000_set_wake(rig_call(rig), events, ip), 0);
        assert_int_equal(e1000_suspend(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_SUSPENDED);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_WUFC), rows[i].wufc);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_WUC), wuc);
        assert_int_equal(power_state(rig),
                         E1000_PM_CSR_STATE | E1000_PM_CSR_PME_EN | (power_state(rig) & 0x7E00));
        if (events & E1000_WAKE_ARP) {
            assert_int_equal(e1000emu_peek(rig->chip, E1000_IP4AT(0)), 0x2A01A8C0);
            assert_int_equal(e1000emu_peek(rig->chip, E1000_IPAV) & 1, 1);
        }
        assert_true(e1000emu_peek(rig->chip, E1000_RCTL) & E1000_RCTL_EN);
        assert_int_equal(!!(e1000emu_peek(rig->chip, E1000_RCTL) & E1000_RCTL_MPE),
                         !!(events & E1000_WAKE_MULTICAST));
        assert_true(e1000emu_peek(rig->chip, E1000_RAH(0)) & E1000_RAH_AV);
        assert_int_equal(e1000_resume(rig_call(rig)), 0);
        assert_true(rig_until(rig, i % 2 ? E1000_STATE_DOWN : E1000_STATE_UP, SECONDS));
        assert_int_equal(e1000emu_peek(rig->chip, E1000_WUFC), 0);
        rig_free(rig);
    }
}

/* A frame of 120 bytes that one of the events is about. */
static void make_waking(const struct rig *rig, uint32_t event, uint8_t frame[120])
{
    static const uint8_t arp[10] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1};
    static const uint8_t ip[4] = {192, 168, 1, 42};
    bool unicast = event == E1000_WAKE_UNICAST;

    memset(frame, 0, 120);
    memset(frame, 0xFF, 6);
    if (unicast)
        memcpy(frame, rig->profile.mac, 6);
    else if (event == E1000_WAKE_MULTICAST)
        memcpy(frame, (const uint8_t[]){0x01, 0x00, 0x5E, 0x01, 0x02, 0x03}, 6);
    frame[6] = 0x02;
    if (event == E1000_WAKE_ARP) {
        memcpy(frame + 12, arp, sizeof arp);
        memcpy(frame + 38, ip, sizeof ip);
    } else if (event == E1000_WAKE_MAGIC) {
        memset(frame + 14, 0xFF, 6);
        for (unsigned i = 0; i < 16; i++)
            memcpy(frame + 20 + 6 * i, rig->profile.mac, 6);
    }
}

/* Asleep, the chip wakes the system for what was armed, and for nothing else; awake again, the
 * driver knows for what, and the chip asks no longer. */
static void what_is_armed_wakes(void **state)
{
    static const uint32_t events[] = {E1000_WAKE_LINK,      E1000_WAKE_MAGIC,
                                      E1000_WAKE_UNICAST,   E1000_WAKE_MULTICAST,
                                      E1000_WAKE_BROADCAST, E1000_WAKE_ARP};
    static const uint8_t ip[4] = {192, 168, 1, 42};

    (void)state;
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct rig *rig = rig_up("silicon");
        uint8_t bytes[120];
        const struct e1000emu_frame frame = {.data = bytes, .length = sizeof bytes};

        assert_int_equal(e1000_set_wake(rig_call(rig), events[i], ip), 0);
        assert_int_equal(e1000_suspend(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_SUSPENDED);
        rig_run(rig, 10 * SECONDS); /* the link is there again */
        for (size_t other = 1; other < sizeof events / sizeof events[0]; other++) {
            /* Those of three events are to everybody. */
            if (other == i || events[i] == E1000_WAKE_BROADCAST)
                continue;
            make_waking(rig, events[other], bytes);
            e1000emu_receive(rig->chip, &frame, 1, 0, NULL);
            assert_false(e1000emu_pme_level(rig->chip));
        }
        if (events[i] == E1000_WAKE_LINK) {
            const struct e1000emu_partner gone = {.cable = false};

            e1000emu_set_partner(rig->chip, &gone);
        } else {
            make_waking(rig, events[i], bytes);
            e1000emu_receive(rig->chip, &frame, 1, 0, NULL);
        }
        assert_true(e1000emu_pme_level(rig->chip));
        e1000emu_set_partner(rig->chip, &rig->partner);
        assert_int_equal(e1000_resume(rig_call(rig)), 0);
        assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
        assert_int_equal(e1000_woken_by(rig->dev), events[i]);
        assert_false(e1000emu_pme_level(rig->chip));
        send_and_see(rig);
        rig_free(rig);
    }
}

/* What the board can't do is refused. */
static void wake_refused(void **state)
{
    struct rig *rig = rig_up("silicon");

    assert_int_equal(e1000_set_wake(rig_call(rig), 1u << 6, NULL), E1000_ERR_PARAMETER);
    assert_int_equal(e1000_set_wake(rig_call(rig), E1000_WAKE_ARP, NULL), E1000_ERR_PARAMETER);
    assert_int_equal(e1000_set_wake(rig_call(rig), 0, NULL), 0);
    e1000_detach(rig_call(rig));
    assert_int_equal(e1000_set_wake(rig_call(rig), 0, NULL), E1000_ERR_STATE);
    rig_free(rig);

    /* A chip without power management: nothing wakes, and sleeping is being silent. */
    rig = rig_up("qemu");
    struct e1000_identity identity;
    e1000_get_identity(rig->dev, &identity);
    assert_int_equal(identity.wake, 0);
    assert_int_equal(e1000_set_wake(rig_call(rig), E1000_WAKE_MAGIC, NULL), E1000_ERR_PARAMETER);
    assert_int_equal(e1000_suspend(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_SUSPENDED);
    assert_int_equal(e1000_resume(rig_call(rig)), 0);
    assert_true(rig_until(rig, E1000_STATE_UP, SECONDS));
    rig_run(rig, 2 * SECONDS); /* its receiver stands still after RCTL was written */
    send_and_see(rig);
    rig_free(rig);
}

/* ---- Found in a strange state ---- */

/* Asleep, with messages on, interrupts unmasked, and a ring of somebody else running: attached and
 * used as ever, without an access to that ring. */
static void dirty_chips_are_cleaned(void **state)
{
    for (int how = 0; how < 3; how++) {
        struct rig *rig = rig_new("silicon");
        unsigned at;

        rig->tolerant = true; /* of who was here before */
        rig_start(rig);
        at = e1000emu_config_read(rig->chip, E1000_PCI_CAPABILITIES, 1);
        e1000emu_config_write(rig->chip, E1000_PCI_COMMAND, 2, 7);
        e1000emu_write32(rig->chip, E1000_RDBAL, 0x1000);
        e1000emu_write32(rig->chip, E1000_RDLEN, 4096);
        e1000emu_write32(rig->chip, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_UPE);
        e1000emu_write32(rig->chip, E1000_IMS, 0xFF);
        e1000emu_write32(rig->chip, E1000_WUFC, 0xFF);
        e1000emu_write32(rig->chip, E1000_VFTA(5), 0xFFFFFFFF);
        e1000emu_write32(rig->chip, E1000_MTA(5), 0xFFFFFFFF);
        while (e1000emu_config_read(rig->chip, at, 1) != (how == 1 ? 1u : 5u))
            at = e1000emu_config_read(rig->chip, at + 1, 1);
        if (how == 1)
            e1000emu_config_write(rig->chip, at + 4, 2, 3); /* D3 */
        else if (how == 2)
            e1000emu_config_write(rig->chip, at + 2, 2, 1); /* messages */
        assert_int_equal(rig_attach(rig), 0);
        rig->tolerant = false;
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        send_and_see(rig);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_WUFC), 0);
        if (how == 2)
            assert_int_equal(e1000emu_config_read(rig->chip, at + 2, 2) & 1, 0);
        rig_free(rig);
    }
}

/* ---- EEPROM ---- */

static uint16_t sum(struct rig *rig)
{
    uint32_t all = 0;
    uint16_t word;

    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(e1000_eeprom_read(rig_call(rig), i, &word), 0);
        all += word;
    }
    return (uint16_t)all;
}

static int write_words(struct rig *rig, unsigned first, const uint16_t *words, unsigned count)
{
    int error = e1000_eeprom_write(rig_call(rig), first, words, count);

    if (error)
        return error;
    assert_int_equal(e1000_up(rig_call(rig)), E1000_ERR_STATE);
    assert_true(rig_until(rig, E1000_STATE_DOWN, 5 * SECONDS));
    return e1000_get_job(rig->dev);
}

/* One state of the pins, for half a clock. */
static void drive(struct rig *rig, uint32_t pins)
{
    e1000emu_write32(rig->chip, E1000_EECD, E1000_EECD_EE_REQ | pins);
    e1000emu_advance(rig->chip, rig->now += 2000);
}

/* Whether the part takes a write that nobody has enabled. Somebody else tries, with the pins. */
static bool is_open(struct rig *rig, unsigned word)
{
    uint32_t bits = E1000_EEPROM_WRITE << 22 | word << 16 | 0x5A5A;
    bool tolerant = rig->tolerant;
    bool took;

    rig->tolerant = true;
    drive(rig, 0);
    drive(rig, E1000_EECD_CS);
    for (unsigned i = 25; i-- > 0;) {
        uint32_t pins = E1000_EECD_CS | (bits >> i & 1 ? E1000_EECD_DI : 0);

        drive(rig, pins);
        drive(rig, pins | E1000_EECD_SK);
    }
    drive(rig, E1000_EECD_CS);
    drive(rig, 0);
    drive(rig, E1000_EECD_CS); /* busy, it shows a zero */
    took = !(e1000emu_read32(rig->chip, E1000_EECD) & E1000_EECD_DO);
    drive(rig, 0);
    e1000emu_write32(rig->chip, E1000_EECD, 0);
    e1000emu_advance(rig->chip, rig->now += 20000000);
    rig->tolerant = tolerant;
    return took;
}

static void eeprom_is_written(void **state)
{
    for (int big = 0; big < 2; big++) {
        struct rig *rig = rig_new("silicon");
        uint16_t image[256], words[3] = {0x1111, 0x2222, 0x3333}, word, sixty[64];
        uint32_t all = 0;

        memset(image, 0xFF, sizeof image);
        memset(image, 0, 128);
        image[0] = 0x0C00;
        image[2] = 0x2617;
        image[10] = 0x4408;
        for (unsigned i = 0; i < 63; i++)
            all += image[i];
        image[63] = (uint16_t)(0xBABA - all);
        rig->eeprom = image;
        rig->eeprom_words = big ? 256 : 64;
        assert_int_equal(rig_attach(rig), 0);

        /* Locked, until it is unlocked, and again after one use. */
        assert_int_equal(write_words(rig, 0x30, words, 3), E1000_ERR_LOCKED);
        assert_int_equal(e1000_eeprom_unlock(rig_call(rig), 1), E1000_ERR_PARAMETER);
        assert_int_equal(write_words(rig, 0x30, words, 3), E1000_ERR_LOCKED);
        assert_int_equal(e1000_eeprom_unlock(rig_call(rig), E1000_EEPROM_KEY), 0);
        assert_int_equal(write_words(rig, 0x30, words, 3), 0);
        for (unsigned i = 0; i < 3; i++) {
            assert_int_equal(e1000_eeprom_read(rig_call(rig), 0x30 + i, &word), 0);
            assert_int_equal(word, words[i]);
        }
        assert_int_equal(sum(rig), 0xBABA);
        assert_int_equal(write_words(rig, 0x30, words, 3), E1000_ERR_LOCKED);
        if (!big)
            assert_false(is_open(rig, 0x20));

        /* What can't be. */
        assert_int_equal(e1000_eeprom_unlock(rig_call(rig), E1000_EEPROM_KEY), 0);
        assert_int_equal(write_words(rig, 64u << big * 2, words, 1), E1000_ERR_PARAMETER);
        assert_int_equal(write_words(rig, (64u << big * 2) - 2, words, 3), E1000_ERR_PARAMETER);
        assert_int_equal(write_words(rig, 0, words, 0), E1000_ERR_PARAMETER);
        assert_int_equal(write_words(rig, 0, words, 65), E1000_ERR_PARAMETER);
        assert_int_equal(write_words(rig, 0, NULL, 1), E1000_ERR_PARAMETER);
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(write_words(rig, 0, words, 1), E1000_ERR_STATE);
        assert_int_equal(e1000_down(rig_call(rig)), 0);
        rig_run(rig, 10000);

        /* All of it; the checksum that was given does not count, and beyond it nothing does. */
        memcpy(sixty, image, sizeof sixty);
        sixty[2] = 0x4444;
        sixty[63] = 0;
        assert_int_equal(write_words(rig, 0, sixty, 64), 0);
        assert_int_equal(sum(rig), 0xBABA);
        if (big) {
            assert_int_equal(e1000_eeprom_unlock(rig_call(rig), E1000_EEPROM_KEY), 0);
            assert_int_equal(write_words(rig, 253, words, 3), 0);
            assert_int_equal(e1000_eeprom_read(rig_call(rig), 255, &word), 0);
            assert_int_equal(word, 0x3333);
            assert_int_equal(sum(rig), 0xBABA);
        }

        /* The new address counts from the next attach on. */
        struct e1000_identity identity;
        e1000_detach(rig_call(rig));
        assert_int_equal(rig_attach(rig), 0);
        e1000_get_identity(rig->dev, &identity);
        assert_int_equal(identity.mac[4], 0x44);
        rig_free(rig);
    }
}

/* A part that stays busy, one that forgets, and pins that are never granted: an error each, in
 * bounded time, and the part locked. */
static void eeprom_faults(void **state)
{
    static const struct {
        uint32_t ones, zeros;
        int error;
    } faults[] = {
        {0, E1000_EECD_DO, E1000_ERR_EEPROM}, /* never ready */
        {E1000_EECD_DO, 0, E1000_ERR_VERIFY}, /* always ready, and reads as ones */
        {0, E1000_EECD_EE_GNT, E1000_ERR_EEPROM},
    };
    static const uint16_t word = 0x1234;

    for (size_t i = 0; i < 3; i++) {
        struct rig *rig = rig_new("silicon");
        uint16_t read;
        e1000emu_time start;

        assert_int_equal(rig_attach(rig), 0);
        rig->tolerant = true;
        rig->lie[0].offset = E1000_EECD;
        rig->lie[0].ones = faults[i].ones;
        rig->lie[0].zeros = faults[i].zeros;
        rig->lies = 1;
        start = rig->now;
        assert_int_equal(e1000_eeprom_unlock(rig_call(rig), E1000_EEPROM_KEY), 0);
        assert_int_equal(write_words(rig, 5, &word, 1), faults[i].error);
        assert_true(rig->now - start < 100000000);
        rig->lies = 0;
        rig_run(rig, 20000);
        assert_int_equal(e1000emu_peek(rig->chip, E1000_EECD) & E1000_EECD_EE_REQ, 0);
        assert_int_equal(e1000_eeprom_read(rig_call(rig), 5, &read), 0);
        assert_int_equal(e1000_up(rig_call(rig)), 0);
        assert_int_equal(rig_settle(rig), E1000_STATE_UP);
        rig_free(rig);
    }
}

/* Detached at every stage of writing: the part does not stay open to writes. */
static void eeprom_write_is_given_up(void **state)
{
    static const uint16_t words[4] = {1, 2, 3, 4};
    unsigned given_up = 0;

    for (uint64_t us = 0; us < 60000; us += 1013) {
        struct rig *rig = rig_new("silicon");

        assert_int_equal(rig_attach(rig), 0);
        rig->tolerant = true; /* a reset in the middle of an access is no good manners */
        assert_int_equal(e1000_eeprom_unlock(rig_call(rig), E1000_EEPROM_KEY), 0);
        assert_int_equal(e1000_eeprom_write(rig_call(rig), 8, words, 4), 0);
        rig_run(rig, us);
        if (us % 2) {
            rig->gone = true;
            rig_run(rig, 100000);
            assert_true(e1000_get_state(rig->dev) == E1000_STATE_FAILED ||
                        e1000_get_state(rig->dev) == E1000_STATE_DOWN);
        }
        bool writes = e1000_get_state(rig->dev) == E1000_STATE_BUSY;
        bool listens = writes && !rig->dev->write.programs; /* busy, it would not */

        e1000_detach(rig_call(rig));
        if (!rig->gone) {
            assert_int_equal(e1000_get_job(rig->dev), writes ? E1000_ERR_STATE : 0);
            assert_int_equal(e1000emu_peek(rig->chip, E1000_EECD) & E1000_EECD_EE_REQ, 0);
            rig_run(rig, 20000); /* a word that was begun is written to its end */
            if (listens || !writes)
                assert_false(is_open(rig, 0x20));
            given_up += listens;
        }
        rig_free(rig);
    }
    assert_true(given_up > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleeps_and_returns),      cmocka_unit_test(detached_on_the_way),
        cmocka_unit_test(removed_while_asleep),    cmocka_unit_test(wake_is_armed),
        cmocka_unit_test(what_is_armed_wakes),     cmocka_unit_test(wake_refused),
        cmocka_unit_test(dirty_chips_are_cleaned), cmocka_unit_test(eeprom_is_written),
        cmocka_unit_test(eeprom_faults),           cmocka_unit_test(eeprom_write_is_given_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
