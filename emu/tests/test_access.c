/* SPDX-License-Identifier: BSD-2-Clause */
/* Software's accesses: what registers store, what reading clears, and Linux's register test. */
#include "fixture.h"

#include "chip.h"

#define BAR_BYTES 0x20000u

#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* A fixture with this profile, memory enabled, EEPROM loaded. */
static struct fixture *with_profile(const char *name)
{
    struct e1000emu_config config = {.profile = e1000emu_profile_find(name)};
    struct fixture *f;

    assert_non_null(config.profile);
    f = fixture_new(&config);
    fixture_enable(f);
    fixture_run(f, 10000000);
    return f;
}

/* ---- Storage -------------------------------------------------------------------------------- */

/* Which bits are stored, from the manual's bit tables: reserved ones read zero, whatever is
 * written. Registers whose writes do more are tested with their block. */
static const struct {
    uint32_t offset, stored;
} storage[] = {
    {0x00028, 0xFFFFFFFF}, {0x0002C, 0x0000FFFF}, {0x00030, 0x0000FFFF}, {0x00038, 0x0000FFFF},
    {0x000C4, 0x0000FFFF}, {0x00100, 0x06DFB3FE}, {0x00170, 0x0000FFFF}, {0x00178, 0xC000FFFF},
    {0x00410, 0x3FFFFFFF}, {0x00458, 0x0000FFFF}, {0x00E00, 0xCFCFCFCF}, {0x02160, 0x8000FFF8},
    {0x02168, 0x0000FFF8}, {0x02410, 0x00001FFF}, {0x02418, 0x00001FFF}, {0x02420, 0x00001FFF},
    {0x02428, 0x00001FFF}, {0x02430, 0x00001FFF}, {0x02800, 0xFFFFFFF0}, {0x02804, 0xFFFFFFFF},
    {0x02808, 0x000FFF80}, {0x02810, 0x0000FFFF}, {0x02818, 0x0000FFFF}, {0x02820, 0x0000FFFF},
    {0x02828, 0x013F3F3F}, {0x0282C, 0x0000FFFF}, {0x02C00, 0x00000FFF}, {0x03410, 0x000007FF},
    {0x03418, 0x000007FF}, {0x03420, 0x00001FFF}, {0x03428, 0x00001FFF}, {0x03430, 0x00001FFF},
    {0x03800, 0xFFFFFFF0}, {0x03804, 0xFFFFFFFF}, {0x03808, 0x000FFF80}, {0x03810, 0x0000FFFF},
    {0x03818, 0x0000FFFF}, {0x03820, 0x0000FFFF}, {0x03828, 0xFF3F3F3F}, {0x0382C, 0x0000FFFF},
    {0x03830, 0xFFFFFFFF}, {0x05000, 0x000007FF}, {0x05200, 0xFFFFFFFF}, {0x053FC, 0xFFFFFFFF},
    {0x05400, 0xFFFFFFFF}, {0x05404, 0x8003FFFF}, {0x05478, 0xFFFFFFFF}, {0x0547C, 0x8003FFFF},
    {0x05600, 0xFFFFFFFF}, {0x057FC, 0xFFFFFFFF}, {0x05808, 0x000F00FF}, {0x05838, 0x0001000F},
    {0x05840, 0xFFFFFFFF}, {0x05858, 0xFFFFFFFF}, {0x05880, 0xFFFFFFFF}, {0x0588C, 0xFFFFFFFF},
    {0x05900, 0x00000FFF}, {0x05A00, 0xFFFFFFFF}, {0x05A7C, 0xFFFFFFFF}, {0x05F00, 0x000007FF},
    {0x05F18, 0x000007FF}, {0x09000, 0x0000000F}, {0x093F8, 0x0000000F}, {0x09800, 0xFFFFFFFF},
    {0x09BF8, 0xFFFFFFFF}, {0x10000, 0xFFFFFFFF}, {0x1FFFC, 0xFFFFFFFF},
};

static void registers_store_their_bits_and_no_others(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(storage); i++) {
        fixture_write(f, storage[i].offset, 0xFFFFFFFF);
        assert_int_equal(fixture_read(f, storage[i].offset), storage[i].stored);
        fixture_write(f, storage[i].offset, 0);
        assert_int_equal(fixture_read(f, storage[i].offset), 0);
    }
}

/* Whatever the register file holds, bits that the chip doesn't have read as zero. */
static void reserved_bits_never_show(void **state)
{
    struct fixture *f = *state;
    const struct e1000emu_register *r;

    for (size_t i = 0; (r = e1000emu_register_at(i)); i++) {
        if (r->flags & E1000EMU_REG_ALIAS || r->offset == REG_EECD || r->offset == REG_ICS)
            continue;
        emu_set(f->chip, r->offset, 0xFFFFFFFF);
        assert_int_equal(fixture_read(f, r->offset), r->read_mask);
    }
}

static void ctrl_stores_its_bits_without_rst(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL, ~CTRL_RST);
    assert_int_equal(fixture_read(f, REG_CTRL), 0xD8FC1BE9);
    assert_int_equal(fixture_read(f, REG_CTRL_DUP), 0xD8FC1BE9);
    fixture_write(f, REG_CTRL_DUP, 0);
    assert_int_equal(fixture_read(f, REG_CTRL), 0);
}

/* ASDCHK and EE_RST read zero, bits 9:8 are fixed at 01 (SDM 13.4.6). */
static void ctrl_ext_stores_its_bits(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_CTRL_EXT, 0xFFFFFFFF & ~CTRL_EXT_EE_RST);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT), 0x00C28CCF | 0x00000100);
    fixture_write(f, REG_CTRL_EXT, 0);
    assert_int_equal(fixture_read(f, REG_CTRL_EXT), 0x00000100);
}

static void tctl_stores_its_bits(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_TCTL, 0xFFFFFFFF & ~TCTL_SWXOFF);
    assert_int_equal(fixture_read(f, REG_TCTL), 0x013FFFFA);
    fixture_write(f, REG_TCTL, 0);
    assert_int_equal(fixture_read(f, REG_TCTL), 0);
}

/* PBA shows what reception leaves for transmission (SDM 13.4.16). */
static void pba_gives_the_rest_to_transmission(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(fixture_read(f, REG_PBA), 0x00100030);
    fixture_write(f, REG_PBA, 0xFFFF0028);
    assert_int_equal(fixture_read(f, REG_PBA), 0x00180028);
    fixture_write(f, REG_PBA, 0x7F); /* more than there is */
    assert_int_equal(fixture_read(f, REG_PBA), 0x0000007F);
}

/* WUS and WUC.PME_Status go by writing a one, and by nothing else (SDM 13.6). */
static void write_one_clears_where_the_manual_says_so(void **state)
{
    struct fixture *f = *state;

    emu_set(f->chip, REG_WUS, 0x000F00FF);
    fixture_write(f, REG_WUS, 0x00010003);
    assert_int_equal(fixture_read(f, REG_WUS), 0x000E00FC);
    emu_set(f->chip, REG_WUC, WUC_PME_STATUS);
    fixture_write(f, REG_WUC, 0x0000000B);
    assert_int_equal(fixture_read(f, REG_WUC), 0x0000000F);
    fixture_write(f, REG_WUC, 0xFFFFFFFF);
    assert_int_equal(fixture_read(f, REG_WUC), 0x0000000B);
}

/* Counters clear when read; of a 64-bit pair, both halves when the high one is read (SDM 13.7). */
static void statistics_clear_by_reading_and_ignore_writes(void **state)
{
    struct fixture *f = *state;

    for (uint32_t offset = REG_CRCERRS; offset <= REG_TSCTFC; offset += 4) {
        bool low_half =
            offset == REG_GORCL || offset == REG_GOTCL || offset == REG_TORL || offset == REG_TOTL;

        if (!emu_reg_find(offset))
            continue;
        assert_int_equal(fixture_read(f, offset), 0);
        fixture_write(f, offset, 0x12345678);
        assert_int_equal(fixture_read(f, offset), 0);
        emu_set(f->chip, offset, 0xCAFE0000 | offset);
        assert_int_equal(fixture_read(f, offset), 0xCAFE0000 | offset);
        if (low_half) {
            assert_int_equal(fixture_read(f, offset), 0xCAFE0000 | offset);
            fixture_read(f, offset + 4);
        }
        assert_int_equal(fixture_read(f, offset), 0);
    }
}

/* ---- Holes, aliases, enables ---------------------------------------------------------------- */

/* The manual leaves open what reads there; on VMware it was ones (PureDarwin's log). */
static void unmapped_offsets_read_as_the_profile_says(const char *profile, uint32_t expected)
{
    const struct e1000emu_config config = {.profile = e1000emu_profile_find(profile)};
    struct fixture *f = fixture_new(&config);
    /* FLA, the second receive ring, TCTL_EXT, TBT, ERT, TXDMAC, ETT: not on this chip. Then a gap
     * in the statistics, and what lies between the elements of arrays. */
    static const uint32_t absent[] = {0x1C,   0x130,  0x138,  0x13C,  0x140,  0x148,
                                      0x150,  0x404,  0x448,  0x2008, 0x3000, 0x3008,
                                      0x4024, 0x5844, 0x5F04, 0x9004};
    unsigned holes = 0;

    fixture_enable(f);
    for (uint32_t offset = 0; offset < 0x10000; offset += 4) {
        if (emu_reg_find(offset))
            continue;
        holes++;
        fixture_write(f, offset, 0xFFFFFFFF);
        assert_int_equal(fixture_read(f, offset), expected);
        assert_int_equal(e1000emu_peek(f->chip, offset), 0);
    }
    assert_true(holes > 10000);
    for (size_t i = 0; i < LENGTH(absent); i++)
        assert_null(emu_reg_find(absent[i]));
    fixture_free(f);
}

static void unmapped_offsets_read_zero_and_ignore_writes(void **state)
{
    (void)state;
    unmapped_offsets_read_as_the_profile_says("silicon", 0);
    unmapped_offsets_read_as_the_profile_says("qemu", 0);
    unmapped_offsets_read_as_the_profile_says("vmware", UINT32_MAX);
}

/* The 82542's addresses (its map is in the headers of all drivers) reach the same storage. */
static void old_addresses_reach_the_same_registers(void **state)
{
    static const struct {
        uint32_t alias, proper;
    } pairs[] = {
        {0x0040, 0x5400}, {0x0044, 0x5404}, {0x00B8, 0x5478}, {0x00BC, 0x547C}, {0x0108, 0x2820},
        {0x0110, 0x2800}, {0x0114, 0x2804}, {0x0118, 0x2808}, {0x0120, 0x2810}, {0x0128, 0x2818},
        {0x0160, 0x2168}, {0x0168, 0x2160}, {0x0200, 0x5200}, {0x03FC, 0x53FC}, {0x0420, 0x3800},
        {0x0424, 0x3804}, {0x0428, 0x3808}, {0x0430, 0x3810}, {0x0438, 0x3818}, {0x0440, 0x3820},
        {0x0600, 0x5600}, {0x07FC, 0x57FC}, {0x8000, 0x2410}, {0x8008, 0x2418}, {0x8010, 0x3410},
        {0x8018, 0x3418},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < LENGTH(pairs); i++) {
        fixture_write(f, pairs[i].proper, 0);
        fixture_write(f, pairs[i].alias, 0xFFFFFFFF);
        assert_int_not_equal(fixture_read(f, pairs[i].proper), 0);
        assert_int_equal(fixture_read(f, pairs[i].alias), fixture_read(f, pairs[i].proper));
        assert_int_equal(e1000emu_peek(f->chip, pairs[i].alias),
                         e1000emu_peek(f->chip, pairs[i].proper));
        fixture_write(f, pairs[i].alias, 0);
        assert_int_equal(fixture_read(f, pairs[i].proper), 0);
    }
}

/* With command.MEM off nobody answers (SDM 4.1). */
static void nobody_answers_while_memory_is_disabled(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_FCAL, 0x12345678);
    e1000emu_config_write(f->chip, 4, 2, 0x0005);
    assert_int_equal(fixture_read(f, REG_FCAL), 0xFFFFFFFF);
    fixture_write(f, REG_FCAL, 0x87654321);
    e1000emu_config_write(f->chip, 4, 2, 0x0007);
    assert_int_equal(fixture_read(f, REG_FCAL), 0x12345678);
    assert_int_equal(fixture_read(f, BAR_BYTES), 0xFFFFFFFF);
    fixture_write(f, BAR_BYTES, 0);
    fixture_write(f, 0xFFFFFFFC, 0);
}

/* Looking inside changes nothing. */
static void peek_has_no_side_effect(void **state)
{
    struct fixture *f = *state;

    emu_set(f->chip, REG_GPRC, 42);
    emu_irq_raise(f->chip, ICR_RXO);
    assert_int_equal(e1000emu_peek(f->chip, REG_GPRC), 42);
    assert_int_equal(e1000emu_peek(f->chip, REG_ICR), ICR_RXO);
    assert_int_equal(fixture_read(f, REG_GPRC), 42);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXO);
    assert_int_equal(e1000emu_peek(f->chip, BAR_BYTES), 0);
}

/* ---- The register test of Linux's ethtool -t ------------------------------------------------ */

static void pattern(struct fixture *f, uint32_t offset, uint32_t mask, uint32_t write)
{
    static const uint32_t patterns[] = {0x5A5A5A5A, 0xA5A5A5A5, 0x00000000, 0xFFFFFFFF};

    for (size_t i = 0; i < LENGTH(patterns); i++) {
        fixture_write(f, offset, patterns[i] & write);
        assert_int_equal(fixture_read(f, offset), patterns[i] & write & mask);
    }
}

static void set_and_check(struct fixture *f, uint32_t offset, uint32_t mask, uint32_t write)
{
    fixture_write(f, offset, write & mask);
    assert_int_equal(fixture_read(f, offset) & mask, write & mask);
}

static void status_ignores_writes(struct fixture *f)
{
    const uint32_t toggle = 0xFFFFF833;
    uint32_t before = fixture_read(f, REG_STATUS);

    fixture_write(f, REG_STATUS, ~before & toggle);
    assert_int_equal(fixture_read(f, REG_STATUS) & toggle, before & toggle);
    fixture_write(f, REG_STATUS, toggle);
    assert_int_equal(fixture_read(f, REG_STATUS), before);
}

static void ethtool_register_test(struct fixture *f)
{
    status_ignores_writes(f);
    pattern(f, REG_FCAL, 0xFFFFFFFF, 0xFFFFFFFF);
    pattern(f, REG_FCAH, 0x0000FFFF, 0xFFFFFFFF);
    pattern(f, REG_FCT, 0x0000FFFF, 0xFFFFFFFF);
    pattern(f, REG_VET, 0x0000FFFF, 0xFFFFFFFF);
    pattern(f, REG_RDTR, 0x0000FFFF, 0xFFFFFFFF);
    pattern(f, REG_RDBAH, 0xFFFFFFFF, 0xFFFFFFFF);
    pattern(f, REG_RDLEN, 0x000FFF80, 0x000FFFFF);
    pattern(f, REG_RDH, 0x0000FFFF, 0x0000FFFF);
    pattern(f, REG_RDT, 0x0000FFFF, 0x0000FFFF);
    pattern(f, REG_FCRTH, 0x0000FFF8, 0x0000FFF8);
    pattern(f, REG_FCTTV, 0x0000FFFF, 0x0000FFFF);
    pattern(f, REG_TIPG, 0x3FFFFFFF, 0x3FFFFFFF);
    pattern(f, REG_TDBAH, 0xFFFFFFFF, 0xFFFFFFFF);
    pattern(f, REG_TDLEN, 0x000FFF80, 0x000FFFFF);
    set_and_check(f, REG_RCTL, 0xFFFFFFFF, 0x00000000);
    set_and_check(f, REG_RCTL, 0x06DFB3FE, 0x003FFFFB);
    set_and_check(f, REG_TCTL, 0xFFFFFFFF, 0x00000000);
    set_and_check(f, REG_RCTL, 0x06DFB3FE, 0xFFFFFFFF);
    pattern(f, REG_RDBAL, 0xFFFFFFF0, 0xFFFFFFFF);
    pattern(f, REG_TXCW, 0xC000FFFF, 0x0000FFFF);
    pattern(f, REG_TDBAL, 0xFFFFFFF0, 0xFFFFFFFF);
    pattern(f, REG_TIDV, 0x0000FFFF, 0x0000FFFF);
    for (uint32_t n = 0; n < 15; n++)
        pattern(f, REG_RAH(n), 0x8003FFFF, 0xFFFFFFFF);
    for (uint32_t n = 0; n < 128; n++)
        pattern(f, REG_MTA_N(n), 0xFFFFFFFF, 0xFFFFFFFF);
}

static void ethtool_register_test_passes_on_vmware(void **state)
{
    struct fixture *f = with_profile("vmware");

    (void)state;
    ethtool_register_test(f);
    fixture_link_up(f);
    ethtool_register_test(f);
    fixture_free(f);
}

static void ethtool_register_test_passes_on_silicon(void **state)
{
    struct fixture *f = with_profile("silicon");

    (void)state;
    ethtool_register_test(f);
    fixture_link_up(f);
    ethtool_register_test(f);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(registers_store_their_bits_and_no_others, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(reserved_bits_never_show, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(ctrl_stores_its_bits_without_rst, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(ctrl_ext_stores_its_bits, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(tctl_stores_its_bits, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(pba_gives_the_rest_to_transmission, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(write_one_clears_where_the_manual_says_so, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(statistics_clear_by_reading_and_ignore_writes,
                                        fixture_setup, fixture_teardown),
        cmocka_unit_test(unmapped_offsets_read_zero_and_ignore_writes),
        cmocka_unit_test_setup_teardown(old_addresses_reach_the_same_registers, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(nobody_answers_while_memory_is_disabled, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(peek_has_no_side_effect, fixture_setup, fixture_teardown),
        cmocka_unit_test(ethtool_register_test_passes_on_vmware),
        cmocka_unit_test(ethtool_register_test_passes_on_silicon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
