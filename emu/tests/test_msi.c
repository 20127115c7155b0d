/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts as messages, which only silicon has. */
#include "fixture.h"

#include "hw.h"

#define POWER_CONTROL 0xE0
#define MSI_CONTROL   0xF2
#define MSI_ADDRESS   0xF4
#define MSI_DATA      0xFC

#define MESSAGE 0x4321u
#define ADDRESS (FIXTURE_BUS + 0x100)

static struct {
    unsigned count;
    uint64_t address;
    uint32_t data;
} messages;

static void on_message(void *opaque, uint64_t address, uint32_t data)
{
    (void)opaque;
    messages.count++;
    messages.address = address;
    messages.data = data;
}

static void set_message(struct fixture *f)
{
    e1000emu_config_write(f->chip, MSI_ADDRESS, 4, (uint32_t)ADDRESS);
    e1000emu_config_write(f->chip, MSI_ADDRESS + 4, 4, (uint32_t)(ADDRESS >> 32));
    e1000emu_config_write(f->chip, MSI_DATA, 4, MESSAGE);
    e1000emu_config_write(f->chip, MSI_CONTROL, 2, 1);
}

static int set_up(void **state)
{
    struct e1000emu_config config = {.profile = e1000emu_profile_find("silicon"),
                                     .host.msi = on_message};
    struct fixture *f = fixture_new(&config);

    messages.count = 0;
    fixture_enable(f);
    fixture_run(f, 10000000);
    *state = f;
    return 0;
}

/* A message when a cause comes, and no line; no second one until ICR was read and something new
 * happened. */
static void a_message_for_each_new_event(void **state)
{
    struct fixture *f = *state;

    set_message(f);
    fixture_write(f, REG_IMS, ICR_RXT0 | ICR_TXDW);
    assert_int_equal(messages.count, 0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_int_equal(messages.count, 1);
    assert_true(messages.address == ADDRESS);
    assert_int_equal(messages.data, MESSAGE);
    fixture_write(f, REG_ICS, ICR_RXT0 | ICR_TXDW);
    assert_int_equal(messages.count, 1);
    assert_int_equal(fixture_read(f, REG_ICR), ICR_RXT0 | ICR_TXDW);
    assert_int_equal(messages.count, 1);
    fixture_write(f, REG_ICS, ICR_LSC); /* masked */
    assert_int_equal(messages.count, 1);
    fixture_write(f, REG_ICS, ICR_TXDW);
    assert_int_equal(messages.count, 2);
    assert_int_equal(f->edges, 0);
    assert_false(e1000emu_interrupt_level(f->chip));
}

/* What waits when software changes from the line to messages is told again in the new way. */
static void changing_the_way_tells_again(void **state)
{
    struct fixture *f = *state;

    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_true(f->level);
    set_message(f);
    assert_false(f->level);
    assert_int_equal(messages.count, 1);
    e1000emu_config_write(f->chip, MSI_CONTROL, 2, 0);
    assert_true(f->level);
    assert_int_equal(messages.count, 1);
}

/* A message is a write by the bus master: without that right it waits. */
static void messages_need_the_bus(void **state)
{
    struct fixture *f = *state;

    set_message(f);
    e1000emu_config_write(f->chip, 4, 2, 0x0002);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_int_equal(messages.count, 0);
    e1000emu_config_write(f->chip, 4, 2, 0x0006);
    assert_int_equal(messages.count, 1);
}

/* Nor is there one in D3, whatever the command register says. */
static void no_messages_in_d3(void **state)
{
    const struct e1000emu_partner gone = {.cable = false};
    struct fixture *f = *state;

    set_message(f);
    fixture_link_up(f);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_IMS, ICR_LSC);
    messages.count = 0;
    e1000emu_config_write(f->chip, POWER_CONTROL, 2, 3);
    e1000emu_config_write(f->chip, 4, 2, 0x0007);
    e1000emu_set_partner(f->chip, &gone);
    fixture_run(f, 10000000);
    assert_int_equal(e1000emu_peek(f->chip, REG_ICR), ICR_LSC);
    e1000emu_config_write(f->chip, MSI_CONTROL, 2, 0);
    assert_false(f->level);
    e1000emu_config_write(f->chip, MSI_CONTROL, 2, 1);
    assert_int_equal(messages.count, 0);
    assert_int_equal(f->edges, 0);
}

/* ITR holds messages back as it does the line. */
static void itr_gates_messages(void **state)
{
    struct fixture *f = *state;

    set_message(f);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ITR, 100);
    fixture_write(f, REG_ICS, ICR_RXT0);
    fixture_read(f, REG_ICR);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_int_equal(messages.count, 1);
    fixture_run(f, 100 * 256);
    assert_int_equal(messages.count, 2);
}

/* A reset by RST# goes back to the line; by CTRL.RST the choice stays. */
static void resets_and_the_choice(void **state)
{
    struct fixture *f = *state;

    set_message(f);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 10000000);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_int_equal(messages.count, 1);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    fixture_run(f, 10000000);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_int_equal(messages.count, 1);
    assert_true(f->level);
}

/* A host without the callback gets the message where the address says. */
static void without_a_callback_it_is_dma(void **state)
{
    struct e1000emu_config config = {.profile = e1000emu_profile_find("silicon")};
    struct fixture *f = fixture_new(&config);

    (void)state;
    fixture_enable(f);
    fixture_run(f, 10000000);
    set_message(f);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_put64(f, ADDRESS, UINT64_MAX);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_true(fixture_get64(f, ADDRESS) == 0xFFFFFFFF00004321);
    fixture_free(f);
}

/* Where there is no capability, writing to its place enables nothing. */
static void vmware_has_no_messages(void **state)
{
    struct e1000emu_config config = {.host.msi = on_message};
    struct fixture *f = fixture_new(&config);

    (void)state;
    messages.count = 0;
    fixture_enable(f);
    set_message(f);
    fixture_write(f, REG_IMS, ICR_RXT0);
    fixture_write(f, REG_ICS, ICR_RXT0);
    assert_int_equal(messages.count, 0);
    assert_true(f->level);
    fixture_free(f);
}

#define MSI_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        MSI_TEST(a_message_for_each_new_event),
        MSI_TEST(changing_the_way_tells_again),
        MSI_TEST(messages_need_the_bus),
        MSI_TEST(no_messages_in_d3),
        MSI_TEST(itr_gates_messages),
        MSI_TEST(resets_and_the_choice),
        cmocka_unit_test(without_a_callback_it_is_dma),
        cmocka_unit_test(vmware_has_no_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
