/* SPDX-License-Identifier: BSD-2-Clause */
/* The fields of registers and descriptors: where the manual has them, and none forgotten. */
#include "fixture.h"

#include <ctype.h>
#include <string.h>

#include "hw.h"

#define LENGTH(array) (sizeof(array) / sizeof *(array))

static uint64_t mask_of(const struct e1000emu_field *field)
{
    return (UINT64_MAX >> (64 - field->width)) << field->shift;
}

static void assert_word(const char *text)
{
    assert_true(text && text[0]);
    for (; *text; text++)
        assert_true(isgraph((unsigned char)*text) && !strchr("=,\"\\", *text));
}

/* In order and apart, each named once, in words that a line of text can hold; returns what they
 * cover. */
static uint64_t check_fields(const char *whose, const struct e1000emu_field *fields, uint32_t count,
                             unsigned bits)
{
    uint64_t covered = 0;
    unsigned next = 0;

    assert_true(count > 0);
    for (uint32_t i = 0; i < count; i++) {
        const struct e1000emu_field *field = &fields[i];

        if (field->shift < next || field->width == 0 || field->shift + field->width > bits)
            fail_msg("%s.%s is out of place", whose, field->name);
        next = field->shift + field->width;
        covered |= mask_of(field);
        assert_word(field->name);
        assert_true(field->meaning && field->meaning[0]);
        assert_int_equal(strcmp(field->name, "-") == 0,
                         (field->flags & E1000EMU_FIELD_RESERVED) != 0);
        for (uint32_t k = 0; k < i; k++)
            assert_true(field->flags & E1000EMU_FIELD_RESERVED ||
                        strcmp(fields[k].name, field->name) != 0);
        for (uint32_t v = 0; field->values && v < 1u << field->width; v++)
            if (field->values[v])
                assert_word(field->values[v]);
    }
    return covered;
}

static void fields_of_registers_cover_their_bits(void **state)
{
    const struct e1000emu_register *r;
    unsigned with = 0;

    (void)state;
    for (size_t i = 0; (r = e1000emu_register_at(i)); i++) {
        uint64_t covered, actions = 0;

        if (!r->fields) {
            assert_int_equal(r->field_count, 0);
            assert_true(r->flags & E1000EMU_REG_ALIAS || r->read_mask == UINT32_MAX);
            continue;
        }
        with++;
        covered = check_fields(r->name, r->fields, r->field_count, 32);
        for (uint32_t k = 0; k < r->field_count; k++)
            if (r->fields[k].flags & E1000EMU_FIELD_ACTION)
                actions |= mask_of(&r->fields[k]);
        assert_int_equal(actions & r->write_mask, 0);
        if (r->flags & E1000EMU_REG_WRITE_ONLY)
            continue;
        if ((covered & ~actions) != (r->read_mask | r->write_mask))
            fail_msg("%s: the fields cover %08llx, the register has %08x", r->name,
                     (unsigned long long)(covered & ~actions), r->read_mask | r->write_mask);
    }
    assert_true(with > 50);
}

/* Typed from the manual's bit tables (SDM 13.4 to 13.8), not from the model's constants. */
static const struct {
    uint32_t offset;
    const char *name;
    unsigned shift, width;
} manual[] = {
    {0x0000, "FD", 0, 1},         {0x0000, "SLU", 6, 1},         {0x0000, "SPEED", 8, 2},
    {0x0000, "FRCDPLX", 12, 1},   {0x0000, "RST", 26, 1},        {0x0000, "TFCE", 28, 1},
    {0x0000, "VME", 30, 1},       {0x0000, "PHY_RST", 31, 1},    {0x0008, "LU", 1, 1},
    {0x0008, "TXOFF", 4, 1},      {0x0008, "SPEED", 6, 2},       {0x0008, "PCIXSPD", 14, 2},
    {0x0010, "EE_GNT", 7, 1},     {0x0010, "FWE", 4, 2},         {0x0014, "DONE", 4, 1},
    {0x0014, "ADDR", 8, 8},       {0x0018, "EE_RST", 13, 1},     {0x0018, "LINK_MODE", 22, 2},
    {0x0020, "REG", 16, 5},       {0x0020, "PHY", 21, 5},        {0x0020, "OP", 26, 2},
    {0x00C0, "LSC", 2, 1},        {0x00C8, "RXT0", 7, 1},        {0x00D0, "MDAC", 9, 1},
    {0x00D8, "SRPD", 16, 1},      {0x0100, "EN", 1, 1},          {0x0100, "LBM", 6, 2},
    {0x0100, "RDMTS", 8, 2},      {0x0100, "MO", 12, 2},         {0x0100, "BSIZE", 16, 2},
    {0x0100, "DPF", 22, 1},       {0x0100, "BSEX", 25, 1},       {0x0100, "SECRC", 26, 1},
    {0x0178, "RF", 12, 2},        {0x0178, "ANE", 31, 1},        {0x0180, "ANC", 31, 1},
    {0x0180, "NOCARRIER", 26, 1}, {0x0400, "CT", 4, 8},          {0x0400, "COLD", 12, 10},
    {0x0400, "SWXOFF", 22, 1},    {0x0410, "IPGR1", 10, 10},     {0x0410, "IPGR2", 20, 10},
    {0x0E00, "LED2_MODE", 16, 4}, {0x0E00, "LED3_BLINK", 31, 1}, {0x1000, "TXA", 16, 7},
    {0x2160, "XONE", 31, 1},      {0x2168, "RTH", 3, 13},        {0x2808, "LEN", 7, 13},
    {0x2820, "FPD", 31, 1},       {0x2828, "WTHRESH", 16, 6},    {0x3828, "LWTHRESH", 25, 7},
    {0x3828, "GRAN", 24, 1},      {0x3830, "TSPBP", 16, 16},     {0x5000, "TUOFLD", 9, 1},
    {0x5404, "AS", 16, 2},        {0x540C, "AV", 31, 1},         {0x5800, "PME_STATUS", 2, 1},
    {0x5808, "FLX0", 16, 1},      {0x5810, "MAG", 1, 1},         {0x5820, "ARP_EN", 13, 1},
    {0x5838, "V60", 16, 1},       {0x5F08, "LEN", 0, 11},
};

static const struct e1000emu_field *find(const struct e1000emu_field *fields, uint32_t count,
                                         const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0)
            return &fields[i];
    fail_msg("there is no field %s", name);
    return NULL;
}

static void fields_lie_where_the_manual_has_them(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(manual); i++) {
        const struct e1000emu_register *r = e1000emu_register_find(manual[i].offset, NULL);
        const struct e1000emu_field *field = find(r->fields, r->field_count, manual[i].name);

        assert_int_equal(field->shift, manual[i].shift);
        assert_int_equal(field->width, manual[i].width);
    }
}

static void values_are_cut_out_and_named(void **state)
{
    const struct e1000emu_register *r = e1000emu_register_find(REG_CTRL, NULL);
    const struct e1000emu_field *speed = find(r->fields, r->field_count, "SPEED");

    (void)state;
    assert_int_equal(e1000emu_field_get(speed, 0xFFFFFEFF), 2);
    assert_string_equal(speed->values[2], "1000");
    r = e1000emu_register_find(REG_MDIC, NULL);
    assert_string_equal(find(r->fields, r->field_count, "REG")->values[17], "PSSR");
}

static void registers_are_found_by_any_address(void **state)
{
    uint32_t index = 77;

    (void)state;
    assert_string_equal(e1000emu_register_find(0x540C, &index)->name, "RAH");
    assert_int_equal(index, 1);
    assert_string_equal(e1000emu_register_find(0x0048, &index)->name, "RAL"); /* 82542's address */
    assert_int_equal(index, 1);
    assert_string_equal(e1000emu_register_find(0x0004, &index)->name, "CTRL");
    assert_int_equal(index, 0);
    index = 77;
    assert_null(e1000emu_register_find(0x001C, &index));
    assert_int_equal(index, 0);
    assert_null(e1000emu_register_find(0x20000, NULL));
}

static uint64_t check_descriptor(bool transmit, uint64_t fields, const char *name)
{
    const struct e1000emu_descriptor *d = e1000emu_descriptor_of(transmit, fields);

    assert_string_equal(d->name, name);
    assert_true(d->section[0]);
    assert_int_equal(check_fields(name, d->address_fields, d->address_field_count, 64), UINT64_MAX);
    return check_fields(name, d->fields, d->field_count, 64);
}

/* Kinds by DEXT and DTYP; what their tables leave out is reserved (SDM 3.2.3, 3.3.3, 3.3.6, 3.3.7).
 */
static void descriptors_have_their_kinds_fields(void **state)
{
    (void)state;
    assert_int_equal(check_descriptor(false, UINT64_MAX, "receive"), 0xFFFFF7EFFFFFFFFF);
    assert_int_equal(check_descriptor(true, 0, "legacy"), 0xFFFFFF07FFFFFFFF);
    assert_int_equal(check_descriptor(true, 0x20000000, "context"), 0xFFFFFF01AFFFFFFF);
    assert_int_equal(check_descriptor(true, 0x20100000, "data"), 0xFFFF0307FFFFFFFF);
}

/* DEXT is bit 29, PAYLEN and DTALEN have 20 bits, MSS the last 16, RS is bit 27. */
static void fields_of_descriptors_lie_where_the_manual_has_them(void **state)
{
    const struct e1000emu_descriptor *d = e1000emu_descriptor_of(true, 0x20000000);

    (void)state;
    assert_int_equal(find(d->fields, d->field_count, "DEXT")->shift, 29);
    assert_int_equal(find(d->fields, d->field_count, "PAYLEN")->width, 20);
    assert_int_equal(find(d->fields, d->field_count, "MSS")->shift, 48);
    assert_int_equal(find(d->address_fields, d->address_field_count, "TUCSE")->shift, 48);
    d = e1000emu_descriptor_of(true, 0x20100000);
    assert_int_equal(find(d->fields, d->field_count, "RS")->shift, 27);
    assert_int_equal(find(d->fields, d->field_count, "TXSM")->shift, 41);
    d = e1000emu_descriptor_of(false, 0);
    assert_int_equal(find(d->fields, d->field_count, "EOP")->shift, 33);
    assert_int_equal(find(d->fields, d->field_count, "RXE")->shift, 47);
    assert_int_equal(find(d->fields, d->field_count, "PRI")->shift, 61);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_of_registers_cover_their_bits),
        cmocka_unit_test(fields_lie_where_the_manual_has_them),
        cmocka_unit_test(values_are_cut_out_and_named),
        cmocka_unit_test(registers_are_found_by_any_address),
        cmocka_unit_test(descriptors_have_their_kinds_fields),
        cmocka_unit_test(fields_of_descriptors_lie_where_the_manual_has_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
