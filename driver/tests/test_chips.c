/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs from chip to chip and from board to board, parameters, and the counters' arithmetic:
 * what the fake device can show better than the model. */
#include "fake.h"
#include "internal.h"

#include <string.h>

static struct fake *fake_of(uint16_t device)
{
    struct fake *fake = fake_new();

    fake->config[1] = device;
    return fake;
}

static void start(struct fake *fake)
{
    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
}

/* Power management with PME from D3hot, in configuration space as the manual places it. */
static void add_power_management(struct fake *fake)
{
    fake->config[E1000_PCI_STATUS / 2] = 0x0230;
    fake->config[E1000_PCI_CAPABILITIES / 2] = 0xDC;
    fake->config[0xDC / 2] = 0x0001;
    fake->config[0xDE / 2] = 0x4822;
}

/* Four ports behind a bridge: no relaxed ordering (Linux e1000_init_hw). All others keep it. */
static void ordered_only_where_needed(void **state)
{
    static const struct {
        uint16_t device;
        bool ordered;
    } rows[] = {{0x100E, false}, {0x100F, false}, {0x1010, false}, {0x101D, false},
                {0x1026, false}, {0x1079, false}, {0x1099, true},  {0x10B5, true}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake *fake = fake_of(rows[i].device);

        start(fake);
        assert_int_equal(fake_reg(fake, E1000_CTRL_EXT) & E1000_CTRL_EXT_RO_DIS,
                         rows[i].ordered ? E1000_CTRL_EXT_RO_DIS : 0);
        fake_free(fake);
    }
}

/* Who can wake: a board with power management, but not the second port of a fibre board, nor a
 * quad board of the first revision (Linux e1000_wol_exclusion). */
static void who_can_wake(void **state)
{
    static const struct {
        uint16_t device;
        bool second, manages, wakes;
    } rows[] = {
        {0x100F, false, true, true},  {0x100F, false, false, false}, {0x1010, true, true, true},
        {0x1012, false, true, true},  {0x1012, true, true, false},   {0x107A, true, true, false},
        {0x101D, false, true, false}, {0x1099, false, true, true},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake *fake = fake_of(rows[i].device);
        struct e1000_identity identity;

        if (rows[i].manages)
            add_power_management(fake);
        if (rows[i].second)
            fake->reg[E1000_STATUS / 4] |= 0x4;
        assert_int_equal(fake_attach(fake), 0);
        e1000_get_identity(fake->dev, &identity);
        assert_int_equal(identity.port, rows[i].second);
        assert_int_equal(identity.wake != 0, rows[i].wakes);
        assert_false(identity.msi);
        fake_free(fake);
    }

    /* A capability that can't do it from D3hot. */
    struct fake *fake = fake_new();
    struct e1000_identity identity;
    add_power_management(fake);
    fake->config[0xDE / 2] = 0x0022;
    assert_int_equal(fake_attach(fake), 0);
    e1000_get_identity(fake->dev, &identity);
    assert_int_equal(identity.wake, 0);
    fake_free(fake);
}

/* Who has which quirks, as the sources that driver/ids.c names have it. */
static void quirks_by_board(void **state)
{
    enum {
        ALL = E1000_QUIRK_NO_MSI | E1000_QUIRK_TSO_TAIL | E1000_QUIRK_TSO_4_MSS |
              E1000_QUIRK_PADS_BADLY | E1000_QUIRK_CROSSES_64K | E1000_QUIRK_CONTEXT_RS |
              E1000_QUIRK_RDTR_HANGS | E1000_QUIRK_PBA_8K | E1000_QUIRK_BURSTS |
              E1000_QUIRK_STRANDS,
        IO = ALL | E1000_QUIRK_RESET_BY_IO,
        PCIX = E1000_QUIRK_READS_2K | E1000_QUIRK_FIRST_2015,
        DUP = ALL | PCIX | E1000_QUIRK_RESET_BY_DUP,
    };
    static const struct {
        uint16_t device, subsystem_vendor;
        uint32_t quirks;
    } rows[] = {
        {0x100E, 0x8086, IO},
        {0x1015, 0x8086, IO},
        {0x1016, 0x8086, IO},
        {0x1017, 0x8086, IO},
        {0x101E, 0x8086, IO},
        {0x100F, 0x8086, IO | PCIX},
        {0x100F, 0x15AD, IO | PCIX | E1000_QUIRK_LOSES_RXT0 | E1000_QUIRK_ONE_UNICAST},
        {0x1011, 0x8086, IO | PCIX},
        {0x1011, 0x15AD, IO | PCIX},
        {0x1010, 0x8086, IO | PCIX},
        {0x1012, 0x8086, IO | PCIX | E1000_QUIRK_WAKES_A},
        {0x101D, 0x8086, IO | PCIX | E1000_QUIRK_NO_WAKE},
        {0x1026, 0x8086, DUP},
        {0x1027, 0x8086, DUP},
        {0x1028, 0x8086, DUP},
        {0x1079, 0x8086, DUP},
        {0x107A, 0x8086, DUP | E1000_QUIRK_WAKES_A},
        {0x107B, 0x8086, DUP | E1000_QUIRK_WAKES_A},
        {0x108A, 0x8086, DUP},
        {0x1099, 0x8086, DUP | E1000_QUIRK_ORDERED},
        {0x10B5, 0x8086, DUP | E1000_QUIRK_ORDERED},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct e1000_identity identity = {.device = rows[i].device,
                                                .subsystem_vendor = rows[i].subsystem_vendor};
        const struct e1000_id *id = e1000_id_find(rows[i].device);

        assert_non_null(id);
        assert_int_equal(e1000_quirks_find(id, &identity), rows[i].quirks);
    }
}

/* Asleep, the receiver runs with a ring of the smallest size that has room for nothing, and what
 * the ring before it was is nowhere in the registers. */
static void asleep_with_an_empty_ring(void **state)
{
    static const uint32_t zeros[] = {E1000_RDBAL, E1000_RDBAH, E1000_RDH, E1000_RDT};
    struct fake *fake = fake_new();

    add_power_management(fake);
    start(fake);
    for (unsigned i = 0; i < 4; i++)
        assert_true(fake_reg(fake, zeros[i]) || zeros[i] == E1000_RDH);
    fake_set(fake, E1000_RDH, 5);
    assert_int_equal(e1000_set_wake(fake_call(fake), E1000_WAKE_MAGIC, NULL), 0);
    assert_int_equal(e1000_suspend(fake_call(fake)), 0);
    assert_int_equal(fake_settle(fake), E1000_STATE_SUSPENDED);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(fake_reg(fake, zeros[i]), 0);
    assert_int_equal(fake_reg(fake, E1000_RDLEN), 128);
    assert_true(fake_reg(fake, E1000_RCTL) & E1000_RCTL_EN);
    assert_int_equal(fake_reg(fake, E1000_WUS), 0x3F);
    assert_int_equal(fake_reg(fake, E1000_WUFC), 2);
    assert_int_equal(fake_reg(fake, E1000_WUC), E1000_WUC_PME_EN | E1000_WUC_PME_STATUS);
    fake_free(fake);
}

/* What a sleep makes configuration space forget is all there again, whatever the words next to it
 * hold; the command comes last. */
static void configuration_is_restored(void **state)
{
    struct fake *fake = fake_new();
    uint16_t command;

    add_power_management(fake);
    for (unsigned i = 3; i < 32; i++) {
        if (i != E1000_PCI_CAPABILITIES / 2)
            fake->config[i] = 0x1234;
    }
    fake->config[E1000_PCI_SUBSYSTEM_VENDOR / 2] = 0x8086;
    start(fake);
    command = fake->config[E1000_PCI_COMMAND / 2];
    assert_int_equal(e1000_suspend(fake_call(fake)), 0);
    assert_int_equal(fake_settle(fake), E1000_STATE_SUSPENDED);
    for (unsigned i = 2; i < 32; i++) {
        if (i != E1000_PCI_CAPABILITIES / 2 && i != E1000_PCI_STATUS / 2)
            fake->config[i] = 0;
    }
    assert_int_equal(e1000_resume(fake_call(fake)), 0);
    fake_run(fake, 100000);
    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_UP);
    for (unsigned i = 4; i < 32; i++) {
        if (i != E1000_PCI_CAPABILITIES / 2 && i != E1000_PCI_SUBSYSTEM_VENDOR / 2)
            assert_int_equal(fake->config[i], 0x1234);
    }
    assert_int_equal(fake->config[E1000_PCI_COMMAND / 2], command);
    fake_free(fake);
}

/* Each write into an array is followed by a read, so that none is lost where every second one of a
 * burst is (82546GB erratum 15), and they go downwards. */
static void arrays_without_bursts(void **state)
{
    uint8_t list[40][6] = {{0}};
    struct fake *fake = fake_of(0x1079);
    uint32_t last = UINT32_MAX;

    fake->loses_bursts = true;
    for (unsigned i = 0; i < 40; i++) {
        list[i][0] = 1;
        list[i][4] = (uint8_t)(i << 4);
        list[i][5] = (uint8_t)(i * 3);
    }
    for (uint32_t i = 0; i < 128; i++) {
        fake_set(fake, E1000_MTA(i), 0xDEADBEEF);
        fake_set(fake, E1000_VFTA(i), 0xDEADBEEF);
    }
    assert_int_equal(fake_attach(fake), 0);
    fake_forget(fake);
    assert_int_equal(e1000_vlan_want(fake_call(fake), 33, true), 0);
    fake_bring_up(fake);
    for (unsigned i = 0; i < fake->writes && i < FAKE_WRITES; i++) {
        if (fake->write[i].offset >= E1000_MTA(0) && fake->write[i].offset <= E1000_MTA(127)) {
            assert_true(fake->write[i].offset < last);
            last = fake->write[i].offset;
        }
    }
    for (uint32_t i = 0; i < 128; i++) {
        assert_int_equal(fake_reg(fake, E1000_MTA(i)), 0);
        assert_int_equal(fake_reg(fake, E1000_VFTA(i)), i == 1 ? 2 : 0);
    }
    assert_int_equal(e1000_set_filter(fake_call(fake), false, false, (const uint8_t(*)[6])list, 40),
                     0);
    unsigned bits = 0;
    for (uint32_t i = 0; i < 128; i++)
        bits += (unsigned)__builtin_popcount(fake_reg(fake, E1000_MTA(i)));
    assert_int_equal(bits, 40 - 14);
    for (uint32_t i = 0; i < 15; i++)
        assert_int_equal(fake_reg(fake, E1000_RAH(i)) >> 31, 1);
    fake_free(fake);
}

/* The PHY of later chips: class A where the EEPROM says so, and its MAC side powered. */
static void later_phys(void **state)
{
    static const struct {
        uint16_t device, class_word;
        bool class_a;
    } rows[] = {{0x100F, 0x8000, false},
                {0x1026, 0x8000, true},
                {0x1026, 0x0000, false},
                {0x1026, 0xFFFF, false}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake *fake = fake_of(rows[i].device);

        fake->eeprom[E1000_EEPROM_PHY_CLASS] = rows[i].class_word;
        fake_seal(fake);
        start(fake);
        assert_int_equal(fake->phy[29], rows[i].class_a ? 11 : 0);
        assert_int_equal(fake->phy[30], rows[i].class_a ? 0x8004 : 0);
        assert_int_equal(fake->phy[16] & 8, rows[i].device == 0x1026 ? 8 : 0);
        fake_free(fake);
    }

    /* Revision 4 of the PHY needs no other clock. */
    struct fake *fake = fake_new();
    fake->phy[3] |= 4;
    fake->phy[20] = 0x0D60;
    start(fake);
    assert_int_equal(fake->phy[20], 0x0D60);
    fake_free(fake);
}

/* A SerDes gets the amplitude that its board's maker wants. */
static void serdes_amplitude(void **state)
{
    for (int wanted = 0; wanted < 2; wanted++) {
        struct fake *fake = fake_of(0x1028);

        fake->eeprom[E1000_EEPROM_AMPLITUDE] = wanted ? 0x1237 : 0xFFFF;
        fake_seal(fake);
        start(fake);
        assert_int_equal(fake->phy[26], wanted ? 7 : 0);
        fake_free(fake);
    }
}

/* Crossover by hand, straight, found; and forced links are never probed for it. */
static void crossovers(void **state)
{
    static const struct {
        uint8_t crossover;
        bool forced;
        uint16_t bits;
    } rows[] = {{E1000_CROSSOVER_AUTO, false, 0x60},
                {E1000_CROSSOVER_OFF, false, 0},
                {E1000_CROSSOVER_ON, false, 0x20},
                {E1000_CROSSOVER_AUTO, true, 0},
                {E1000_CROSSOVER_ON, true, 0x20}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake *fake = fake_new();

        fake->phy[16] = 0x0360;
        fake->params.media.crossover = rows[i].crossover;
        fake->params.media.forced = rows[i].forced;
        if (rows[i].forced)
            fake->params.media.advertise = E1000_10_HALF;
        start(fake);
        assert_int_equal(fake->phy[16] & 0x60, rows[i].bits);
        assert_true(fake->phy[16] & 0x0800);
        fake_free(fake);
    }
}

/* What is offered, word for word; what can't be offered is not. */
static void offers(void **state)
{
    static const struct {
        uint16_t advertise, anar, gbcr;
        uint8_t pause;
    } rows[] = {
        {E1000_EVERY_LINK, 0x0DE1, 0x0200, E1000_PAUSE_FULL},
        {E1000_EVERY_LINK, 0x0DE1, 0x0200, E1000_PAUSE_RX},
        {E1000_EVERY_LINK, 0x09E1, 0x0200, E1000_PAUSE_TX},
        {E1000_EVERY_LINK, 0x01E1, 0x0200, E1000_PAUSE_NONE},
        {E1000_10_HALF, 0x0021, 0, E1000_PAUSE_NONE},
        {E1000_10_FULL, 0x0041, 0, E1000_PAUSE_NONE},
        {E1000_100_HALF, 0x0081, 0, E1000_PAUSE_NONE},
        {E1000_100_FULL, 0x0101, 0, E1000_PAUSE_NONE},
        {E1000_1000_FULL, 0x0001, 0x0200, E1000_PAUSE_NONE},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fake *fake = fake_new();

        fake->params.media.advertise = rows[i].advertise;
        fake->params.media.pause = rows[i].pause;
        start(fake);
        assert_int_equal(fake->phy[4], rows[i].anar);
        assert_int_equal(fake->phy[9], rows[i].gbcr);
        fake_free(fake);
    }
}

/* The parameters that open the filter hold from the beginning. */
static void open_from_the_beginning(void **state)
{
    for (unsigned how = 0; how < 4; how++) {
        struct fake *fake = fake_new();

        fake->params.promiscuous = how & 1;
        fake->params.all_multicast = how & 2;
        start(fake);
        assert_int_equal(fake_reg(fake, E1000_RCTL) & (E1000_RCTL_UPE | E1000_RCTL_MPE),
                         how & 1   ? E1000_RCTL_UPE | E1000_RCTL_MPE
                         : how & 2 ? E1000_RCTL_MPE
                                   : 0);
        fake_free(fake);
    }
}

/* Told while up, the PHY gets all of it: crossover, offers, and a new start. */
static void media_changes_while_up(void **state)
{
    struct fake *fake = fake_up();
    struct e1000_media media = fake->params.media;

    fake_link(fake, true, 0x80, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 100000);
    assert_int_equal(fake->phy[16] & 0x60, 0x60);
    media.crossover = E1000_CROSSOVER_ON;
    media.advertise = E1000_100_FULL;
    media.pause = E1000_PAUSE_NONE;
    assert_int_equal(e1000_set_media(fake_call(fake), &media), 0);
    assert_int_equal(fake->link_changes, 2);
    fake_run(fake, 100000);
    assert_int_equal(fake->phy[16] & 0x60, 0x20);
    assert_int_equal(fake->phy[4], 0x0101);
    assert_int_equal(fake->phy[9], 0);
    assert_int_equal(fake->link_changes, 3);
    fake_free(fake);
}

/* ---- The cable ---- */

static void cable_in_all_its_states(void **state)
{
    static const struct {
        uint16_t pssr, min_m, max_m;
        bool crossed, reversed, downshifted;
    } rows[] = {
        {0xAC00, 0, 50, false, false, false},      {0xAC80, 50, 80, false, false, false},
        {0xAD00, 80, 110, false, false, false},    {0xAD80, 110, 140, false, false, false},
        {0xAE00, 140, 0xFFFF, true, false, false}, {0xAE80, 0, 0xFFFF, false, true, true},
    };
    struct fake *fake = fake_up();
    struct e1000_cable cable;

    fake_link(fake, true, 0x80, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 100000);
    fake->phy[10] = 0x7C05;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        fake->phy[17] = (uint16_t)(rows[i].pssr | (rows[i].crossed ? 0x40 : 0) |
                                   (rows[i].downshifted ? 0x20 : 0) | (rows[i].reversed ? 2 : 0));
        assert_int_equal(e1000_get_cable(fake_call(fake), &cable), 0);
        assert_true(cable.valid && cable.master && cable.local_ok && cable.remote_ok);
        assert_int_equal(cable.idle_errors, 5);
        assert_int_equal(cable.min_m, rows[i].min_m);
        assert_int_equal(cable.max_m, rows[i].max_m);
        assert_int_equal(cable.crossed, rows[i].crossed);
        assert_int_equal(cable.reversed, rows[i].reversed);
        assert_int_equal(cable.downshifted, rows[i].downshifted);
    }

    /* At a lower speed nothing is said about 1000BASE-T. */
    fake_link(fake, true, 0x40, true);
    e1000_interrupt(fake_call(fake));
    fake_run(fake, 100000);
    fake->phy[10] = 0x7C05;
    assert_int_equal(e1000_get_cable(fake_call(fake), &cable), 0);
    assert_true(cable.valid);
    assert_false(cable.master || cable.local_ok || cable.remote_ok);
    assert_int_equal(cable.idle_errors, 0);
    fake->mdic_error = true;
    assert_int_equal(e1000_get_cable(fake_call(fake), &cable), E1000_ERR_PHY);
    fake_free(fake);
}

/* ---- Parameters ---- */

/* Every number has a range that its default lies in; just outside of it attaching is refused, and
 * the log names the parameter. */
static void every_parameter_is_checked(void **state)
{
    struct e1000_range range;
    unsigned n = 0;

    for (; e1000_params_range(n, &range); n++) {
        assert_true(range.min <= range.by_default && range.by_default <= range.max);
        assert_int_equal(range.by_default % range.multiple, 0);
        assert_non_null(range.name);
    }
    assert_true(n >= 13);
    assert_false(e1000_params_range(1000, &range));

    static const struct {
        const char *name;
        size_t offset, size;
        uint32_t bad;
    } cases[] = {
#define BAD(member, value)                                                                       \
    {#member, offsetof(struct e1000_params, member), sizeof(((struct e1000_params *)0)->member), \
     value}
        BAD(rx_ring, 0),          BAD(rx_ring, 4104),       BAD(rx_ring, 12),
        BAD(tx_ring, 0),          BAD(tx_ring, 4104),       BAD(tx_ring, 33),
        BAD(rx_buffers, 7),       BAD(rx_buffers, 8193),    BAD(rx_buffers, 15),
        BAD(rx_buffer_size, 255), BAD(rx_buffer_size, 768), BAD(rx_buffer_size, 32768),
        BAD(max_frame, 59),       BAD(max_frame, 16125),    BAD(media.advertise, 0),
        BAD(media.advertise, 32), BAD(media.pause, 4),      BAD(media.crossover, 3),
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake *fake = fake_new();
        uint8_t *member = (uint8_t *)&fake->params + cases[i].offset;
        uint16_t word = (uint16_t)cases[i].bad;

        if (cases[i].size == 1)
            *member = (uint8_t)cases[i].bad;
        else if (cases[i].size == 2)
            memcpy(member, &word, 2);
        else
            memcpy(member, &cases[i].bad, 4);
        assert_int_equal(fake_attach(fake), E1000_ERR_PARAMETER);
        assert_non_null(strstr(fake_last_line(fake), cases[i].name));
        assert_int_equal(fake->writes, 0);
        fake_free(fake);
    }
}

/* ---- Statistics ---- */

static uint64_t stat(const struct fake *fake, const char *name)
{
    for (unsigned i = 0; e1000_stat_name(i); i++) {
        if (!strcmp(e1000_stat_name(i), name))
            return e1000_stat(fake->dev, i);
    }
    fail_msg("no statistic %s", name);
    return 0;
}

/* Counters of 32 bits that stuck and pairs of 64 are added up as they are, beyond 32 bits and never
 * beyond 64; nothing is added when the device has gone. */
static void counters_beyond_their_size(void **state)
{
    struct fake *fake = fake_up();

    for (int i = 0; i < 3; i++) {
        fake_set(fake, E1000_CRCERRS, 0xFFFFFFFF);
        fake_set(fake, E1000_GORCL, 0xFFFFFFFF);
        fake_set(fake, E1000_GORCL + 4, 0x00000001);
        assert_int_equal(e1000_harvest(fake_call(fake)), 0);
    }
    assert_int_equal(stat(fake, "rx_crc_errors"), 0xFFFFFFFFull * 3);
    assert_int_equal(stat(fake, "rx_good_octets"), 0x1FFFFFFFFull * 3);
    fake_set(fake, E1000_GORCL, 0xFFFFFFFF);
    fake_set(fake, E1000_GORCL + 4, 0xFFFFFFFF);
    assert_int_equal(e1000_harvest(fake_call(fake)), 0);
    assert_true(stat(fake, "rx_good_octets") == UINT64_MAX);

    uint64_t before = stat(fake, "rx_crc_errors");
    fake->gone = true;
    assert_int_equal(e1000_harvest(fake_call(fake)), 0);
    assert_int_equal(stat(fake, "rx_crc_errors"), before);
    fake_free(fake);
}

/* ---- Configuration space ---- */

/* A list of capabilities that bites its own tail ends; so does one that is not there. */
static void strange_capability_lists(void **state)
{
    for (int i = 0; i < 3; i++) {
        struct fake *fake = fake_new();
        struct e1000_identity identity;

        add_power_management(fake);
        if (i == 0)
            fake->config[0xDC / 2] = 0xDC09;
        else if (i == 1)
            fake->config[E1000_PCI_CAPABILITIES / 2] = 0;
        else
            fake->config[E1000_PCI_STATUS / 2] = 0;
        assert_int_equal(fake_attach(fake), 0);
        e1000_get_identity(fake->dev, &identity);
        assert_int_equal(identity.wake, 0);
        assert_int_equal(e1000_set_wake(fake_call(fake), E1000_WAKE_MAGIC, NULL),
                         E1000_ERR_PARAMETER);
        fake_free(fake);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ordered_only_where_needed),
        cmocka_unit_test(who_can_wake),
        cmocka_unit_test(quirks_by_board),
        cmocka_unit_test(asleep_with_an_empty_ring),
        cmocka_unit_test(configuration_is_restored),
        cmocka_unit_test(arrays_without_bursts),
        cmocka_unit_test(later_phys),
        cmocka_unit_test(serdes_amplitude),
        cmocka_unit_test(crossovers),
        cmocka_unit_test(offers),
        cmocka_unit_test(media_changes_while_up),
        cmocka_unit_test(open_from_the_beginning),
        cmocka_unit_test(cable_in_all_its_states),
        cmocka_unit_test(every_parameter_is_checked),
        cmocka_unit_test(counters_beyond_their_size),
        cmocka_unit_test(strange_capability_lists),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
