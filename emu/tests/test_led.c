/* SPDX-License-Identifier: BSD-2-Clause */
/* What a person standing before the card sees: LEDs; and the software-definable pins. */
#include "mdio.h"

#include "hw.h"

#define LED0(mode) (0x0F0F0F00u | (mode)) /* the others off */

static unsigned led(struct fixture *f, uint32_t mode)
{
    fixture_write(f, REG_LEDCTL, LED0(mode));
    return e1000emu_get_leds(f->chip);
}

static void link_at(struct fixture *f, uint32_t abilities)
{
    set_partner(f, true, abilities);
    fixture_link_up(f);
}

/* Each mode that looks at the link, with and without one, at each speed. */
static void link_modes(void **state)
{
    static const uint32_t abilities[4] = {0, E1000EMU_10_HALF, E1000EMU_100_FULL,
                                          E1000EMU_1000_FULL};
    static const struct {
        uint32_t mode;
        bool lit[4]; /* none, 10 half, 100, 1000 */
    } modes[] = {
        {0x0, {false, true, false, true}},  {0x1, {false, false, true, true}},
        {0x2, {false, true, true, true}},   {0x4, {false, true, true, true}},
        {0x5, {false, true, false, false}}, {0x6, {false, false, true, false}},
        {0x7, {false, false, false, true}}, {0x9, {false, false, true, true}},
        {0xE, {true, true, true, true}},    {0xF, {false, false, false, false}},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < 4; i++) {
        if (i > 0)
            link_at(f, abilities[i]);
        for (size_t k = 0; k < sizeof modes / sizeof *modes; k++)
            assert_int_equal(led(f, modes[k].mode), modes[k].lit[i]);
    }
}

/* A frame, either way, lights ACTIVITY for a moment and puts out LINK/ACT. */
static void frames_show(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[60] = {0};

    link_at(f, ALL_SPEEDS);
    assert_int_equal(led(f, 0x3), 0);
    fixture_write(f, REG_RCTL, RCTL_EN);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(led(f, 0x3), 1);
    assert_int_equal(led(f, 0x4), 0);
    fixture_run(f, 100 * MS);
    assert_int_equal(led(f, 0x3), 0);
    assert_int_equal(led(f, 0x4), 1);
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_SWXOFF);
    assert_int_equal(led(f, 0x3), 1);
}

/* PAUSED is lit while the partner has stopped us. */
static void pause_shows(void **state)
{
    struct fixture *f = *state;
    uint8_t frame[60] = {0x01, 0x80, 0xC2, 0x00, 0x00, 0x01, 0, 0, 0,
                         0,    0,    0,    0x88, 0x08, 0,    1, 0, 9};

    link_at(f, ALL_SPEEDS);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RFCE);
    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    fixture_write(f, REG_RCTL, RCTL_EN);
    assert_int_equal(led(f, 0xD), 0);
    fixture_receive(f, frame, sizeof frame, 0);
    assert_int_equal(led(f, 0xD), 1);
    fixture_run(f, 9 * 512);
    assert_int_equal(led(f, 0xD), 0);
}

/* The slot: 66 MHz everywhere, 64 bits on silicon, PCI-X nowhere. */
static void bus_modes(void **state)
{
    struct fixture *f = mdio_fixture("silicon");

    assert_int_equal(led(*state, 0x8), 0);
    assert_int_equal(led(*state, 0xB), 1);
    assert_int_equal(led(*state, 0xC), 0);
    assert_int_equal(led(f, 0xC), 1);
    assert_int_equal(led(f, 0xA), 0);
    fixture_free(f);
}

/* A blinking LED is on for 200 ms and off for as long; inversion turns the result round. */
static void blinking_and_inversion(void **state)
{
    struct fixture *f = *state;

    fixture_run(f, 400 * MS - f->now % (400 * MS));
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(led(f, 0x8E), i % 2 == 0);
        assert_int_equal(led(f, 0xCE), i % 2 == 1);
        assert_int_equal(led(f, 0x8F), 0);
        fixture_run(f, 199 * MS);
        assert_int_equal(led(f, 0x8E), i % 2 == 0);
        fixture_run(f, 1 * MS);
    }
    assert_int_equal(led(f, 0x4E), 0);
    assert_int_equal(led(f, 0x4F), 1);
}

/* Four LEDs, a byte each; ethtool -p blinks one of them. */
static void each_led_has_its_byte(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 4; i++) {
        fixture_write(f, REG_LEDCTL, 0x0F0F0F0Fu ^ 1u << 8 * i);
        assert_int_equal(e1000emu_get_leds(f->chip), 1u << i);
    }
}

/* ---- Pins ----------------------------------------------------------------------------------- */

static const struct {
    unsigned pin;
    uint32_t offset, data, output;
} pins[] = {
    {0, REG_CTRL, CTRL_SDP0_DATA, CTRL_SDP0_IODIR},
    {1, REG_CTRL, CTRL_SDP1_DATA, CTRL_SDP1_IODIR},
    {6, REG_CTRL_EXT, CTRL_EXT_SDP6_DATA, CTRL_EXT_SDP6_IODIR},
    {7, REG_CTRL_EXT, CTRL_EXT_SDP7_DATA, CTRL_EXT_SDP7_IODIR},
};

/* An input reads what is driven, whatever was written; an output drives what was written. */
static void pins_go_both_ways(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < 4; i++) {
        uint32_t offset = pins[i].offset, data = pins[i].data, output = pins[i].output;
        uint32_t rest = fixture_read(f, offset) & ~(data | output);

        fixture_write(f, offset, rest | output | data);
        assert_int_equal(e1000emu_get_sdp(f->chip, pins[i].pin), 1);
        e1000emu_set_sdp(f->chip, pins[i].pin, false);
        assert_int_equal(fixture_read(f, offset) & data, data);
        fixture_write(f, offset, rest | output);
        assert_int_equal(e1000emu_get_sdp(f->chip, pins[i].pin), 0);
        fixture_write(f, offset, rest | data);
        assert_int_equal(e1000emu_get_sdp(f->chip, pins[i].pin), -1);
        assert_int_equal(fixture_read(f, offset) & data, 0);
        e1000emu_set_sdp(f->chip, pins[i].pin, true);
        assert_int_equal(fixture_read(f, offset) & data, data);
    }
    e1000emu_set_sdp(f->chip, 2, true);
    assert_int_equal(e1000emu_get_sdp(f->chip, 2), -1);
}

/* What is driven outlives a reset, as the wire to the pin does. */
static void inputs_survive_resets(void **state)
{
    struct fixture *f = *state;

    e1000emu_set_sdp(f->chip, 6, true);
    for (unsigned kind = 0; kind < E1000EMU_RESETS; kind++) {
        e1000emu_reset(f->chip, (enum e1000emu_reset)kind);
        fixture_enable(f);
        fixture_run(f, 10 * MS);
        assert_true(fixture_read(f, REG_CTRL_EXT) & CTRL_EXT_SDP6_DATA);
    }
}

/* Inputs 6 and 7 raise their cause when they go high, if enabled, once; an output never does. */
static void inputs_interrupt(void **state)
{
    static const struct {
        unsigned pin;
        uint32_t enable, output, cause;
    } inputs[] = {
        {6, CTRL_EXT_GPI2_EN, CTRL_EXT_SDP6_IODIR, ICR_GPI_SDP6},
        {7, CTRL_EXT_GPI3_EN, CTRL_EXT_SDP7_IODIR, ICR_GPI_SDP7},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < 2; i++) {
        fixture_read(f, REG_ICR);
        fixture_write(f, REG_CTRL_EXT, 0);
        e1000emu_set_sdp(f->chip, inputs[i].pin, true);
        assert_int_equal(fixture_read(f, REG_ICR), 0);
        fixture_write(f, REG_CTRL_EXT, inputs[i].enable); /* high already */
        assert_int_equal(fixture_read(f, REG_ICR), inputs[i].cause);
        e1000emu_set_sdp(f->chip, inputs[i].pin, true);
        fixture_write(f, REG_CTRL_EXT, inputs[i].enable);
        assert_int_equal(fixture_read(f, REG_ICR), 0);
        e1000emu_set_sdp(f->chip, inputs[i].pin, false);
        assert_int_equal(fixture_read(f, REG_ICR), 0);
        e1000emu_set_sdp(f->chip, inputs[i].pin, true);
        assert_int_equal(fixture_read(f, REG_ICR), inputs[i].cause);
        e1000emu_set_sdp(f->chip, inputs[i].pin, false);
        fixture_write(f, REG_CTRL_EXT, inputs[i].enable | inputs[i].output);
        e1000emu_set_sdp(f->chip, inputs[i].pin, true);
        assert_int_equal(fixture_read(f, REG_ICR), 0);
    }
}

#define WITH(test)      cmocka_unit_test_setup_teardown(test, mdio_setup, fixture_teardown)
#define COLD_LINK(test) cmocka_unit_test_setup_teardown(test, setup_without_link, fixture_teardown)

static int setup_without_link(void **state)
{
    mdio_setup(state);
    set_partner(*state, false, 0);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        COLD_LINK(link_modes),
        WITH(frames_show),
        WITH(pause_shows),
        WITH(bus_modes),
        WITH(blinking_and_inversion),
        WITH(each_led_has_its_byte),
        WITH(pins_go_both_ways),
        WITH(inputs_survive_resets),
        WITH(inputs_interrupt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
