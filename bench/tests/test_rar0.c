/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RAR[0] after a reset, in its four kinds. A driver that takes its address from there works on
 * silicon and fails on VMware ("in the emulated 82545, RAR[0] does NOT have a valid address after a
 * reset", says the shared code of FreeBSD and DPDK); the driver core reads the EEPROM and works on
 * all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "e1000_hw.h"
#include "session.h"

static const uint8_t eeprom_mac[6] = {0x00, 0x0c, 0x29, 0x69, 0x17, 0x26};

/* A machine with a chip whose RAR[0] is of that kind after each reset. */
struct machine {
    struct e1000emu_profile profile;
    struct session_config config;
    struct session session;
};

static void power_on(struct machine *machine, const char *profile, int rar0)
{
    machine->profile = *e1000emu_profile_find(profile);
    for (unsigned i = 0; i < E1000EMU_RESETS && rar0 >= 0; i++)
        machine->profile.rar0[i] = (enum e1000emu_rar0)rar0;
    session_defaults(&machine->config);
    machine->config.device.profile = &machine->profile;
    machine->config.device.mac = eeprom_mac;
    machine->config.device.seed = 7;
    assert_int_equal(session_power_on(&machine->session, &machine->config), 0);
}

static size_t wire_delivers(struct machine *machine, uint8_t *verdict)
{
    struct device *device = machine->session.device;
    uint8_t bytes[60] = {0};
    const struct e1000emu_frame frame = {.data = bytes, .length = sizeof(bytes)};

    memcpy(bytes, eeprom_mac, 6);
    return device->ops->receive(device, &frame, 1, 0, verdict);
}

/* ---- A driver as hobby systems have it: reset, read RAR[0], receive ---- */

static void naive_write(struct machine *machine, uint32_t offset, uint32_t value)
{
    machine->session.device->ops->write32(machine->session.device, offset, value);
}

static uint32_t naive_read(struct machine *machine, uint32_t offset)
{
    return machine->session.device->ops->read32(machine->session.device, offset);
}

/* Whether it gets the one frame that is sent to the address in the EEPROM. */
static bool naive_driver_works(struct machine *machine)
{
    struct session *session = &machine->session;
    struct device *device = session->device;
    struct e1000_dma memory;
    uint8_t verdict = E1000EMU_RX_VERDICTS;
    const volatile uint8_t *descriptor;
    bool works;

    device->ops->config_write(device, 0x04, 2, 0x0006);
    /* What a boot ROM has left there, before the driver resets the chip. */
    naive_write(machine, E1000_RAL(0), 0x69290c00);
    naive_write(machine, E1000_RAH(0), 0x80002617);
    naive_write(machine, E1000_CTRL, naive_read(machine, E1000_CTRL) | E1000_CTRL_RST);
    session->clock->now += 50 * BENCH_MS;
    naive_write(machine, E1000_CTRL, naive_read(machine, E1000_CTRL) | E1000_CTRL_SLU);
    session->clock->now += 10 * BENCH_S;
    device->ops->advance(device);

    assert_int_equal(dmamem_alloc(session->memory, 128 + 8 * 2048, 4096, 65536, &memory), 0);
    for (unsigned i = 0; i < 8; i++) {
        const uint64_t buffer = memory.bus + 128 + i * 2048u;

        memcpy((uint8_t *)memory.cpu + 16u * i, &buffer, sizeof(buffer));
    }
    naive_write(machine, E1000_RDBAL, (uint32_t)memory.bus);
    naive_write(machine, E1000_RDBAH, (uint32_t)(memory.bus >> 32));
    naive_write(machine, E1000_RDLEN, 128);
    naive_write(machine, E1000_RDH, 0);
    naive_write(machine, E1000_RCTL, E1000_RCTL_EN | E1000_RCTL_BAM);
    naive_write(machine, E1000_RDT, 7);
    assert_int_equal(wire_delivers(machine, &verdict), 1);
    descriptor = memory.cpu;
    works = (descriptor[12] & 1) != 0;
    assert_int_equal(works, verdict == E1000EMU_RX_STORED);
    assert_true(works || verdict == E1000EMU_RX_ADDRESS);
    dmamem_free(session->memory, &memory);
    return works;
}

/* ---- The core ---- */

/* Whether it comes up with the EEPROM's address and the chip takes the frame for it. */
static bool core_works(struct machine *machine)
{
    struct session *session = &machine->session;
    struct e1000_identity identity;
    uint8_t verdict = E1000EMU_RX_VERDICTS;

    assert_int_equal(session_attach(session, &machine->config), 0);
    session->driver->ops->get_identity(session->driver, &identity);
    assert_memory_equal(identity.mac, eeprom_mac, 6);
    assert_int_equal(session_up(session), 0);
    assert_int_equal(wire_delivers(machine, &verdict), 1);
    return verdict == E1000EMU_RX_STORED;
}

/* What CTRL.RST leaves of an address that was there before. */
static void test_kept_and_zero(void **state)
{
    static const struct {
        int rar0;
        uint32_t low, high;
    } kinds[] = {{E1000EMU_RAR0_ZERO, 0, 0},
                 {E1000EMU_RAR0_KEPT, 0x33221102, 0x00005544},
                 {E1000EMU_RAR0_EEPROM, 0x69290c00, 0x80002617}};

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct machine machine;

        power_on(&machine, "vmware", kinds[i].rar0);
        machine.session.device->ops->config_write(machine.session.device, 0x04, 2, 0x0006);
        naive_write(&machine, E1000_RAL(0), 0x33221102);
        naive_write(&machine, E1000_RAH(0), 0x80005544);
        naive_write(&machine, E1000_CTRL, E1000_CTRL_RST);
        machine.session.clock->now += 50 * BENCH_MS;
        assert_int_equal(naive_read(&machine, E1000_RAL(0)), kinds[i].low);
        assert_int_equal(naive_read(&machine, E1000_RAH(0)), kinds[i].high);
        session_close(&machine.session);
    }
}

static const struct {
    const char *profile;
    int rar0; /* -1: the profile's own */
    bool naive_works;
} cases[] = {
    {"vmware", -1, false},
    {"silicon", -1, true},
    {"vmware", E1000EMU_RAR0_ZERO, false},
    {"vmware", E1000EMU_RAR0_KEPT, false},
    {"vmware", E1000EMU_RAR0_GARBAGE, false},
    {"vmware", E1000EMU_RAR0_EEPROM, true},
    {"silicon", E1000EMU_RAR0_ZERO, false},
    {"silicon", E1000EMU_RAR0_KEPT, false},
    {"silicon", E1000EMU_RAR0_GARBAGE, false},
    {"silicon", E1000EMU_RAR0_EEPROM, true},
};

/* The naive driver works exactly where RAR[0] is loaded from the EEPROM. */
static void test_naive_driver(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct machine machine;

        power_on(&machine, cases[i].profile, cases[i].rar0);
        assert_int_equal(naive_driver_works(&machine), cases[i].naive_works);
        session_close(&machine.session);
    }
}

/* The core works in every case, with EEPROM access by Microwire and by EERD. */
static void test_core(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
        struct machine machine;

        power_on(&machine, cases[i / 2].profile, cases[i / 2].rar0);
        machine.config.driver.eeprom_by_eerd = i % 2 != 0;
        assert_true(core_works(&machine));
        session_close(&machine.session);
    }
}

/* What `probe` shows as found: not valid on vmware, the EEPROM's on silicon. */
static void test_as_found(void **state)
{
    struct machine machine;

    (void)state;
    power_on(&machine, "vmware", -1);
    assert_int_equal(machine.session.rar0[1] & 0x80000000u, 0);
    session_close(&machine.session);
    power_on(&machine, "silicon", -1);
    assert_int_equal(machine.session.rar0[1], 0x80002617u);
    assert_int_equal(machine.session.rar0[0], 0x69290c00u);
    session_close(&machine.session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_naive_driver),
        cmocka_unit_test(test_core),
        cmocka_unit_test(test_kept_and_zero),
        cmocka_unit_test(test_as_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
