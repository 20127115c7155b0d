/* SPDX-License-Identifier: BSD-2-Clause */
/* Faults in words: what is asked for is what is set, and what is wrong is named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "fault_option.h"

#define MS UINT64_C(1000000)
#define S  (1000 * MS)

static struct e1000emu_fault_setting parse(const char *text)
{
    struct e1000emu_fault_setting setting;
    char error[256] = "";

    if (!fault_parse(text, &setting, error, sizeof(error)))
        fail_msg("%s: %s", text, error);
    return setting;
}

static void refuse(const char *text, const char *expected)
{
    struct e1000emu_fault_setting setting;
    char error[256] = "";

    assert_false(fault_parse(text, &setting, error, sizeof(error)));
    if (strcmp(error, expected) != 0)
        fail_msg("%s: %s", text, error);
}

/* Each fault by its name alone: it is there always, and takes its default. */
static void test_names(void **state)
{
    const struct e1000emu_fault *fault;

    (void)state;
    for (size_t i = 0; (fault = e1000emu_fault_at(i)) != NULL; i++) {
        const struct e1000emu_fault_setting setting = parse(fault->name);
        const struct e1000emu_when always = {0};

        assert_string_equal(setting.name, fault->name);
        assert_true(setting.arg == E1000EMU_FAULT_DEFAULT);
        assert_memory_equal(&setting.when, &always, sizeof(always));
    }
}

/* Each kind of argument. */
static void test_arguments(void **state)
{
    (void)state;
    assert_int_equal(parse("tx-frozen=reset").arg, 0);
    assert_int_equal(parse("tx-frozen=ever").arg, 1);
    assert_int_equal(parse("link-late=1.5ms").arg, 1500000);
    assert_int_equal(parse("link-late=7ns").arg, 7);
    assert_int_equal(parse("link-late=2min").arg, 120 * S);
    assert_int_equal(parse("rx-truncate=0x40").arg, 64);
    assert_int_equal(parse("cause-lost=LSC").arg, 4);
    assert_int_equal(parse("cause-lost=lsc+RXO+RXT0").arg, 0xC4);
    assert_int_equal(parse("cause-lost=0x81").arg, 0x81);
    assert_int_equal(parse("write-lost=RDT").arg, 0x2818);
    assert_int_equal(parse("write-lost=RAL[3]").arg, 0x5418);
    assert_int_equal(parse("write-lost=0x2818").arg, 0x2818);
    assert_int_equal(parse("stuck-0=STATUS.LU").arg, 8 * 32 + 1);
    assert_int_equal(parse("stuck-0=status.31").arg, 8 * 32 + 31);
    assert_int_equal(parse("stuck-0=0x5800.0").arg, 0x5800 * 32);
    assert_int_equal(parse("stuck-0=RAL[15].8").arg, 0x5478 * 32 + 8);
    assert_int_equal(parse("eeprom-corrupt=63.15").arg, 63 * 16 + 15);
    assert_int_equal(parse("eeprom-corrupt=0x3.0").arg, 48);
}

/* What is written for an argument is read as that argument. */
static void test_back_and_forth(void **state)
{
    static const char *const texts[] = {
        "tx-frozen=ever",    "link-late=1500us",  "link-late=3s",         "link-late=1001ns",
        "rx-truncate=64",    "cause-lost=LSC",    "cause-lost=LSC+RXO",   "write-lost=RDT",
        "write-lost=RAL[3]", "stuck-0=STATUS.LU", "stuck-1=RAL[15].8",    "stuck-1=STATUS.6",
        "write-lost=0x50c0", "stuck-1=0x50c0.31", "eeprom-corrupt=63.15", "write-lost=CTRL",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        const struct e1000emu_fault_setting setting = parse(texts[i]);
        char value[64];

        fault_value_text(e1000emu_fault_find(setting.name), setting.arg, value, sizeof(value));
        assert_string_equal(value, strchr(texts[i], '=') + 1);
    }
}

/* Every form of WHEN, alone. */
static void test_when(void **state)
{
    (void)state;
    assert_int_equal(parse("rx-drop@2s").when.after, 2 * S);
    assert_int_equal(parse("rx-drop@2s").when.lasts, 0);
    assert_int_equal(parse("rx-drop@2s..").when.after, 2 * S);
    assert_int_equal(parse("rx-drop@1s..2.5s").when.after, S);
    assert_int_equal(parse("rx-drop@1s..2.5s").when.lasts, 1500 * MS);
    assert_int_equal(parse("rx-drop@..5ms").when.after, 0);
    assert_int_equal(parse("rx-drop@..5ms").when.lasts, 5 * MS);
    assert_int_equal(parse("rx-drop@5").when.from, 5);
    assert_int_equal(parse("rx-drop@5").when.times, 1);
    assert_int_equal(parse("rx-drop@5..").when.from, 5);
    assert_int_equal(parse("rx-drop@5..").when.times, 0);
    assert_int_equal(parse("rx-drop@/10").when.every, 10);
    assert_int_equal(parse("rx-drop@x3").when.times, 3);
    assert_int_equal(parse("rx-drop@1%").when.chance, 10000);
    assert_int_equal(parse("rx-drop@0.0001%").when.chance, 1);
    assert_int_equal(parse("rx-drop@100%").when.chance, 1000000);
    assert_int_equal(parse("rx-drop@1k").when.from, 1000);
}

static void test_when_together(void **state)
{
    const struct e1000emu_when all = {
        .after = S, .lasts = S, .from = 5, .every = 2, .times = 3, .chance = 500000};
    const struct e1000emu_fault_setting setting = parse("rx-truncate=64@1s..2s,5..,/2,x3,50%");

    (void)state;
    assert_int_equal(setting.arg, 64);
    assert_memory_equal(&setting.when, &all, sizeof(all));
    assert_int_equal(parse("link-flap=1ms@2s").arg, MS);
    assert_int_equal(parse("link-flap=1ms@2s").when.after, 2 * S);
}

static void test_wrong_names(void **state)
{
    char text[200];

    (void)state;
    refuse("rx-drp", "'rx-drp' is no fault; did you mean 'rx-drop'?");
    refuse("nothing", "'nothing' is no fault; 'e1000bench faults' lists them");
    refuse("", "'' is no fault; 'e1000bench faults' lists them");
    refuse("=3@4", "'' is no fault; 'e1000bench faults' lists them");
    memset(text, 'x', 70);
    text[70] = '\0';
    refuse(text, "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' is too "
                 "long");
}

static void test_wrong_arguments(void **state)
{
    (void)state;
    refuse("irq-lost=3", "irq-lost: it takes no argument");
    refuse("link-late=3", "link-late: '3' is not a time from 1ns to 3600s");
    refuse("link-late=61min", "link-late: '61min' is not a time from 1ns to 3600s");
    refuse("link-late=.5s", "link-late: '.5s' is not a time from 1ns to 3600s");
    refuse("link-late=0.5ns", "link-late: '0.5ns' is not a time from 1ns to 3600s");
    refuse("link-late=1.2.3s", "link-late: '1.2.3s' is not a time from 1ns to 3600s");
    refuse("link-late=99999999999999999999s",
           "link-late: '99999999999999999999s' is not a time from 1ns to 3600s");
    refuse("link-late=0.00000000000000000001s",
           "link-late: '0.00000000000000000001s' is not a time from 1ns to 3600s");
    refuse("rx-truncate=0", "rx-truncate: '0' is not a number from 1 to 16384");
    refuse("rx-truncate=x", "rx-truncate: 'x' is not a number from 1 to 16384");
    refuse("tx-frozen=now", "tx-frozen: 'now' is not one of reset or ever");
    refuse("dma-read-error=no", "dma-read-error: 'no' is not one of target, master or parity");
    refuse("cause-lost=LSC+X", "cause-lost: 'X' is no interrupt cause");
    refuse("cause-lost=0", "cause-lost: '0' names no causes");
    refuse("cause-lost=0x80000000", "cause-lost: '0x80000000' names no causes");
    refuse("cause-lost=", "cause-lost: '' names no causes");
}

static void test_wrong_registers(void **state)
{
    (void)state;
    refuse("write-lost=NONE", "write-lost: 'NONE' is no register's name or offset");
    refuse("write-lost=0x2", "write-lost: '0x2' is no register's name or offset");
    refuse("write-lost=0x20000", "write-lost: '0x20000' is no register's name or offset");
    refuse("write-lost=RAL[16]", "write-lost: 'RAL[16]' is no register's name or offset");
    refuse("write-lost=RAL[]", "write-lost: 'RAL[]' is no register's name or offset");
    refuse("write-lost=RAL[1]x", "write-lost: 'RAL[1]x' is no register's name or offset");
    refuse("stuck-0=STATUS",
           "stuck-0: 'STATUS' is not a bit of a register, such as STATUS.LU or 0x100.1");
    refuse("stuck-0=NONE.1", "stuck-0: 'NONE' is no register's name or offset");
    refuse("stuck-0=STATUS.X", "stuck-0: 'X' is no field or bit of STATUS");
    refuse("stuck-0=0x50c0.X", "stuck-0: 'X' is no field or bit of 0x50c0");
    refuse("stuck-0=STATUS.SPEED",
           "stuck-0: STATUS.SPEED has the bits 6 to 7: say which, as in STATUS.6");
    refuse("stuck-0=STATUS.32", "stuck-0: 'STATUS.32': the bits are 0 to 31");
    refuse("eeprom-corrupt=3",
           "eeprom-corrupt: '3' is not a word and a bit of the EEPROM, such as 3.12");
    refuse("eeprom-corrupt=64.0", "eeprom-corrupt: '64' is not a word of the EEPROM, 0 to 63");
    refuse("eeprom-corrupt=1.16", "eeprom-corrupt: '1.16': the bits are 0 to 15");
}

#define NO_WHEN "is no time when a fault happens, such as 2s, 1s..3s, 5, 5.., /10, x3 or 0.1%"

static void test_wrong_when(void **state)
{
    char text[200] = "rx-drop@";

    (void)state;
    refuse("rx-drop@", "rx-drop: '' " NO_WHEN);
    refuse("rx-drop@0", "rx-drop: '0' " NO_WHEN);
    refuse("rx-drop@soon", "rx-drop: 'soon' " NO_WHEN);
    refuse("rx-drop@%", "rx-drop: '%' " NO_WHEN);
    refuse("rx-drop@1s,", "rx-drop: '' " NO_WHEN);
    refuse("rx-drop@0..", "rx-drop: '0..': occurrences are counted from 1");
    refuse("rx-drop@..", "rx-drop: '..' needs a time or a number");
    refuse("rx-drop@5..9", "rx-drop: '5' is not a time such as 10us, 1.5ms or 2s");
    refuse("rx-drop@1s..9", "rx-drop: '9' is not a time such as 10us, 1.5ms or 2s");
    refuse("rx-drop@2s..1s", "rx-drop: '2s..1s' ends before it begins");
    refuse("rx-drop@3,x2", "rx-drop: 'x2' says again what was said before it");
    refuse("rx-drop@1s,2s", "rx-drop: '2s' says again what was said before it");
    refuse("rx-drop@/0", "rx-drop: '/0' is not '/' and a number from 1 on");
    refuse("rx-drop@xx", "rx-drop: 'xx' is not 'x' and a number from 1 on");
    refuse("rx-drop@101%", "rx-drop: '101%' is not a probability from 0.0001% to 100%");
    refuse("rx-drop@0%", "rx-drop: '0%' is not a probability from 0.0001% to 100%");
    refuse("rx-drop@0.00001%", "rx-drop: '0.00001%' is not a probability from 0.0001% to 100%");
    refuse("link-never@3", "link-never: it takes only times, such as @2s or @1s..3s");
    refuse("link-never@5%", "link-never: it takes only times, such as @2s or @1s..3s");
    memset(text + strlen(text), '1', 70);
    refuse(text,
           "rx-drop: '1111111111111111111111111111111111111111111111111111111111111111111111' "
           "is too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),           cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_back_and_forth),  cmocka_unit_test(test_when),
        cmocka_unit_test(test_when_together),   cmocka_unit_test(test_wrong_names),
        cmocka_unit_test(test_wrong_arguments), cmocka_unit_test(test_wrong_registers),
        cmocka_unit_test(test_wrong_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
