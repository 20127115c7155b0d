/* SPDX-License-Identifier: BSD-2-Clause */
/* The register table: complete, consistent, and obeyed by every access. */
#include "fixture.h"

#include <string.h>

#include "chip.h"

#define BAR_BYTES 0x20000u

/* ---- The table itself ----------------------------------------------------------------------- */

/* Rows are in order, lie in the BAR, cover no dword twice, and are described. */
static void table_is_sorted_and_without_overlap(void **state)
{
    static uint8_t taken[BAR_BYTES / 4];
    const struct e1000emu_register *r;
    uint32_t last = 0;

    (void)state;
    memset(taken, 0, sizeof taken);
    for (size_t i = 0; (r = e1000emu_register_at(i)); i++) {
        assert_true(i == 0 || r->offset > last);
        last = r->offset;
        assert_true(r->count > 0 && r->stride >= 4 && r->stride % 4 == 0);
        for (uint32_t n = 0; n < r->count; n++) {
            uint32_t offset = r->offset + n * r->stride;

            assert_true(offset % 4 == 0 && offset < BAR_BYTES);
            assert_int_equal(taken[offset / 4]++, 0);
        }
        assert_true(r->name && r->name[0]);
        assert_true(r->meaning && r->meaning[0]);
        assert_true(r->section && r->section[0]);
    }
}

/* What a register holds can be read, and what survives a power cycle is nothing. */
static void table_masks_are_consistent(void **state)
{
    const struct e1000emu_register *r;

    (void)state;
    for (size_t i = 0; (r = e1000emu_register_at(i)); i++) {
        assert_int_equal(r->reset & ~r->read_mask, 0);
        assert_int_equal(r->write_mask & ~r->read_mask, 0);
        assert_int_equal(r->kept[E1000EMU_RESET_POWER], 0);
        if (r->flags & E1000EMU_REG_WRITE_ONLY)
            assert_int_equal(r->read_mask, 0);
        if (r->todo)
            assert_true(r->todo[0]);
    }
}

/* Every alias leads to a register proper, element by element. */
static void aliases_have_targets(void **state)
{
    const struct e1000emu_register *r;
    unsigned aliases = 0;

    (void)state;
    for (size_t i = 0; (r = e1000emu_register_at(i)); i++) {
        if (!(r->flags & E1000EMU_REG_ALIAS))
            continue;
        aliases++;
        for (uint32_t n = 0; n < r->count; n++) {
            const struct emu_reg *target = emu_reg_find(r->alias_of + n * r->stride);

            assert_non_null(target);
            assert_int_equal(target->pub.flags & E1000EMU_REG_ALIAS, 0);
        }
    }
    assert_in_range(aliases, 20, 40);
}

/* The search finds the same row as looking at all of them. */
static void search_agrees_with_the_table(void **state)
{
    (void)state;
    for (uint32_t offset = 0; offset < BAR_BYTES; offset += 4) {
        const struct e1000emu_register *r, *found = NULL;
        const struct emu_reg *row = emu_reg_find(offset);

        for (size_t i = 0; (r = e1000emu_register_at(i)); i++) {
            for (uint32_t n = 0; n < r->count; n++) {
                if (r->offset + n * r->stride == offset)
                    found = r;
                if (r->offset + n * r->stride >= offset)
                    break;
            }
        }
        assert_ptr_equal(row ? &row->pub : NULL, found);
    }
}

/* The manual's summary, typed from it and not from the table: offset of the first, how many, how
 * far apart, value after power-on. */
static const struct {
    const char *name;
    uint32_t offset, count, stride, reset;
} summary[] = {
    {"CTRL", 0x00000, 1, 4, 0x00000A09},
    {"CTRL_DUP", 0x00004, 1, 4, 0},
    {"STATUS", 0x00008, 1, 4, 0},
    {"EECD", 0x00010, 1, 4, 0x00000110},
    {"EERD", 0x00014, 1, 4, 0},
    {"CTRL_EXT", 0x00018, 1, 4, 0x00000100},
    {"MDIC", 0x00020, 1, 4, 0},
    {"FCAL", 0x00028, 1, 4, 0},
    {"FCAH", 0x0002C, 1, 4, 0},
    {"FCT", 0x00030, 1, 4, 0},
    {"VET", 0x00038, 1, 4, 0},
    {"ICR", 0x000C0, 1, 4, 0},
    {"ITR", 0x000C4, 1, 4, 0},
    {"ICS", 0x000C8, 1, 4, 0},
    {"IMS", 0x000D0, 1, 4, 0},
    {"IMC", 0x000D8, 1, 4, 0},
    {"RCTL", 0x00100, 1, 4, 0},
    {"FCTTV", 0x00170, 1, 4, 0},
    {"TXCW", 0x00178, 1, 4, 0},
    {"RXCW", 0x00180, 1, 4, 0},
    {"TCTL", 0x00400, 1, 4, 0},
    {"TIPG", 0x00410, 1, 4, 0},
    {"AIFS", 0x00458, 1, 4, 0},
    {"LEDCTL", 0x00E00, 1, 4, 0x07068302},
    {"PBA", 0x01000, 1, 4, 0x00100030},
    {"FCRTL", 0x02160, 1, 4, 0},
    {"FCRTH", 0x02168, 1, 4, 0},
    {"RDFH", 0x02410, 1, 4, 0},
    {"RDFT", 0x02418, 1, 4, 0},
    {"RDFHS", 0x02420, 1, 4, 0},
    {"RDFTS", 0x02428, 1, 4, 0},
    {"RDFPC", 0x02430, 1, 4, 0},
    {"RDBAL", 0x02800, 1, 4, 0},
    {"RDBAH", 0x02804, 1, 4, 0},
    {"RDLEN", 0x02808, 1, 4, 0},
    {"RDH", 0x02810, 1, 4, 0},
    {"RDT", 0x02818, 1, 4, 0},
    {"RDTR", 0x02820, 1, 4, 0},
    {"RXDCTL", 0x02828, 1, 4, 0x01010000},
    {"RADV", 0x0282C, 1, 4, 0},
    {"RSRPD", 0x02C00, 1, 4, 0},
    {"TDFH", 0x03410, 1, 4, 0},
    {"TDFT", 0x03418, 1, 4, 0},
    {"TDFHS", 0x03420, 1, 4, 0},
    {"TDFTS", 0x03428, 1, 4, 0},
    {"TDFPC", 0x03430, 1, 4, 0},
    {"TDBAL", 0x03800, 1, 4, 0},
    {"TDBAH", 0x03804, 1, 4, 0},
    {"TDLEN", 0x03808, 1, 4, 0},
    {"TDH", 0x03810, 1, 4, 0},
    {"TDT", 0x03818, 1, 4, 0},
    {"TIDV", 0x03820, 1, 4, 0},
    {"TXDCTL", 0x03828, 1, 4, 0},
    {"TADV", 0x0382C, 1, 4, 0},
    {"TSPMT", 0x03830, 1, 4, 0x01000400},
    {"RXCSUM", 0x05000, 1, 4, 0},
    {"MTA", 0x05200, 128, 4, 0},
    {"RAL", 0x05400, 16, 8, 0},
    {"RAH", 0x05404, 16, 8, 0},
    {"VFTA", 0x05600, 128, 4, 0},
    {"WUC", 0x05800, 1, 4, 0},
    {"WUFC", 0x05808, 1, 4, 0},
    {"WUS", 0x05810, 1, 4, 0},
    {"MANC", 0x05820, 1, 4, 0},
    {"IPAV", 0x05838, 1, 4, 0},
    {"IP4AT", 0x05840, 4, 8, 0},
    {"IP6AT", 0x05880, 4, 4, 0},
    {"WUPL", 0x05900, 1, 4, 0},
    {"WUPM", 0x05A00, 32, 4, 0},
    {"FFLT", 0x05F00, 4, 8, 0},
    {"FFMT", 0x09000, 128, 8, 0},
    {"FFVT", 0x09800, 128, 8, 0},
    {"PBM", 0x10000, 0x4000, 4, 0},
};

static const struct {
    const char *name;
    uint32_t offset;
} statistics[] = {
    {"CRCERRS", 0x4000}, {"ALGNERRC", 0x4004}, {"SYMERRS", 0x4008}, {"RXERRC", 0x400C},
    {"MPC", 0x4010},     {"SCC", 0x4014},      {"ECOL", 0x4018},    {"MCC", 0x401C},
    {"LATECOL", 0x4020}, {"COLC", 0x4028},     {"DC", 0x4030},      {"TNCRS", 0x4034},
    {"SEC", 0x4038},     {"CEXTERR", 0x403C},  {"RLEC", 0x4040},    {"XONRXC", 0x4048},
    {"XONTXC", 0x404C},  {"XOFFRXC", 0x4050},  {"XOFFTXC", 0x4054}, {"FCRUC", 0x4058},
    {"PRC64", 0x405C},   {"PRC127", 0x4060},   {"PRC255", 0x4064},  {"PRC511", 0x4068},
    {"PRC1023", 0x406C}, {"PRC1522", 0x4070},  {"GPRC", 0x4074},    {"BPRC", 0x4078},
    {"MPRC", 0x407C},    {"GPTC", 0x4080},     {"GORCL", 0x4088},   {"GORCH", 0x408C},
    {"GOTCL", 0x4090},   {"GOTCH", 0x4094},    {"RNBC", 0x40A0},    {"RUC", 0x40A4},
    {"RFC", 0x40A8},     {"ROC", 0x40AC},      {"RJC", 0x40B0},     {"MGTPRC", 0x40B4},
    {"MGTPDC", 0x40B8},  {"MGTPTC", 0x40BC},   {"TORL", 0x40C0},    {"TORH", 0x40C4},
    {"TOTL", 0x40C8},    {"TOTH", 0x40CC},     {"TPR", 0x40D0},     {"TPT", 0x40D4},
    {"PTC64", 0x40D8},   {"PTC127", 0x40DC},   {"PTC255", 0x40E0},  {"PTC511", 0x40E4},
    {"PTC1023", 0x40E8}, {"PTC1522", 0x40EC},  {"MPTC", 0x40F0},    {"BPTC", 0x40F4},
    {"TSCTC", 0x40F8},   {"TSCTFC", 0x40FC},
};

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static void table_has_the_manuals_registers(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(summary); i++) {
        const struct emu_reg *row = emu_reg_find(summary[i].offset);

        assert_non_null(row);
        assert_string_equal(row->pub.name, summary[i].name);
        assert_int_equal(row->pub.offset, summary[i].offset);
        assert_int_equal(row->pub.count, summary[i].count);
        if (row->pub.count > 1)
            assert_int_equal(row->pub.stride, summary[i].stride);
        assert_int_equal(row->pub.reset, summary[i].reset);
    }
    for (size_t i = 0; i < LENGTH(statistics); i++) {
        const struct emu_reg *row = emu_reg_find(statistics[i].offset);

        assert_non_null(row);
        assert_string_equal(row->pub.name, statistics[i].name);
    }
}

/* ...and no others: what isn't an alias is in one of the two lists. */
static void table_has_no_register_of_its_own(void **state)
{
    const struct e1000emu_register *r;
    size_t rows = 0;

    (void)state;
    for (size_t i = 0; (r = e1000emu_register_at(i)); i++)
        rows += !(r->flags & E1000EMU_REG_ALIAS) || r->offset == 4;
    assert_int_equal(rows, LENGTH(summary) + LENGTH(statistics));
}

/* ---- Creation ------------------------------------------------------------------------------- */

static void on_interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    (void)opaque;
    (void)frames;
    return count;
}

/* A host without the two callbacks that the chip needs, or an EEPROM that isn't made: no chip. */
static void create_refuses_what_it_cannot_use(void **state)
{
    static const uint16_t image[64];
    struct e1000emu_config config = {.host = {.interrupt = on_interrupt, .transmit = on_transmit}};
    e1000emu *chip = NULL;

    (void)state;
    assert_int_not_equal(e1000emu_create(&chip, NULL), 0);
    assert_int_not_equal(e1000emu_create(NULL, &config), 0);
    config.host.interrupt = NULL;
    assert_int_not_equal(e1000emu_create(&chip, &config), 0);
    config.host.interrupt = on_interrupt;
    config.host.transmit = NULL;
    assert_int_not_equal(e1000emu_create(&chip, &config), 0);
    config.host.transmit = on_transmit;
    config.eeprom = image;
    config.eeprom_words = 128;
    assert_int_not_equal(e1000emu_create(&chip, &config), 0);
    assert_null(chip);
    config.eeprom_words = 64;
    assert_int_equal(e1000emu_create(&chip, &config), 0);
    e1000emu_destroy(chip);
    e1000emu_destroy(NULL);
}

static void profiles_are_found_by_name(void **state)
{
    const struct e1000emu_profile *profile;
    size_t i;

    (void)state;
    for (i = 0; (profile = e1000emu_profile_at(i)); i++) {
        assert_ptr_equal(e1000emu_profile_find(profile->name), profile);
        assert_true(profile->summary[0] && profile->source[0]);
    }
    assert_true(i >= 2);
    assert_string_equal(e1000emu_profile_at(0)->name, "vmware");
    assert_non_null(e1000emu_profile_find("silicon"));
    assert_null(e1000emu_profile_find("82546"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_is_sorted_and_without_overlap),
        cmocka_unit_test(table_masks_are_consistent),
        cmocka_unit_test(aliases_have_targets),
        cmocka_unit_test(search_agrees_with_the_table),
        cmocka_unit_test(table_has_the_manuals_registers),
        cmocka_unit_test(table_has_no_register_of_its_own),
        cmocka_unit_test(create_refuses_what_it_cannot_use),
        cmocka_unit_test(profiles_are_found_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
