/* SPDX-License-Identifier: BSD-2-Clause */
/* Attaching: which chips, how they are switched on and reset, where the address comes from, and
 * what is refused. */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    uint16_t device;
    bool driven;
    const char *model;
} family[] = {
    {0x1000, false, "82542"},
    {0x1001, false, "82543GC Fiber"},
    {0x1004, false, "82543GC Copper"},
    {0x1008, false, "82544EI Copper"},
    {0x1009, false, "82544EI Fiber"},
    {0x100C, false, "82544GC Copper"},
    {0x100D, false, "82544GC LOM"},
    {0x100E, true, "82540EM"},
    {0x100F, true, "82545EM Copper"},
    {0x1010, true, "82546EB Copper"},
    {0x1011, true, "82545EM Fiber"},
    {0x1012, true, "82546EB Fiber"},
    {0x1013, false, "82541EI"},
    {0x1014, false, "82541ER LOM"},
    {0x1015, true, "82540EM LOM"},
    {0x1016, true, "82540EP LOM"},
    {0x1017, true, "82540EP"},
    {0x1018, false, "82541EI Mobile"},
    {0x1019, false, "82547EI"},
    {0x101A, false, "82547EI Mobile"},
    {0x101D, true, "82546EB Quad Copper"},
    {0x101E, true, "82540EP LP"},
    {0x1026, true, "82545GM Copper"},
    {0x1027, true, "82545GM Fiber"},
    {0x1028, true, "82545GM SERDES"},
    {0x1075, false, "82547GI"},
    {0x1076, false, "82541GI"},
    {0x1077, false, "82541GI Mobile"},
    {0x1078, false, "82541ER"},
    {0x1079, true, "82546GB Copper"},
    {0x107A, true, "82546GB Fiber"},
    {0x107B, true, "82546GB SERDES"},
    {0x107C, false, "82541PI"},
    {0x108A, true, "82546GB PCIe"},
    {0x1099, true, "82546GB Quad Copper"},
    {0x10B5, true, "82546GB Quad Copper KSP3"},
};

/* Every id of the family is known by its name; the three driven kinds attach, the others are
 * refused with their name in the log and their registers untouched. */
static void whole_family_recognised(void **state)
{
    for (size_t i = 0; i < sizeof family / sizeof family[0]; i++) {
        struct fake *fake = fake_new();

        fake->config[1] = family[i].device;
        int error = fake_attach(fake);
        struct e1000_identity identity;

        assert_int_equal(error, family[i].driven ? 0 : E1000_ERR_UNSUPPORTED);
        e1000_get_identity(fake->dev, &identity);
        assert_string_equal(identity.model, family[i].model);
        assert_int_equal(identity.fiber, strstr(identity.model, "Fiber") ||
                                             strstr(identity.model, "SERDES") ||
                                             family[i].device == 0x1000);
        if (!family[i].driven) {
            char expected[160];

            snprintf(
                expected, sizeof expected,
                "en0: %s (8086:%04x) is recognised, but only 82540, 82545 and 82546 are driven",
                family[i].model, family[i].device);
            assert_string_equal(fake_last_line(fake), expected);
            assert_int_equal(fake->writes, 0);
            assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_DETACHED);
        }
        fake_free(fake);
    }
}

static void strangers_refused(void **state)
{
    static const uint16_t ids[][2] = {
        {0x8086, 0x1229}, {0x8086, 0x10D3}, {0x10EC, 0x100F}, {0xFFFF, 0xFFFF}, {0x8086, 0x0FFF}};

    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct fake *fake = fake_new();

        fake->config[0] = ids[i][0];
        fake->config[1] = ids[i][1];
        assert_int_equal(fake_attach(fake), E1000_ERR_NOT_INTEL);
        assert_int_equal(fake->writes, 0);
        fake_free(fake);
    }
}

/* The address comes from the EEPROM although RAR[0] holds a valid-looking other one. */
static void mac_from_eeprom_never_from_rar(void **state)
{
    static const uint8_t mac[6] = {0x00, 0x0C, 0x29, 0x69, 0x17, 0x26};

    for (int way = 0; way < 4; way++) {
        struct fake *fake = fake_new();
        struct e1000_identity identity;

        fake->params.eeprom_by_eerd = way & 1;
        if (way & 2)
            fake_set(fake, E1000_EECD, E1000_EECD_EE_PRES | E1000_EECD_EE_SIZE);
        /* Somebody left the pins requested: EERD would stand still. */
        fake->reg[E1000_EECD / 4] |= E1000_EECD_EE_REQ;
        fake->eeprom[E1000_EEPROM_VERSION] = 0x2315;
        fake_seal(fake);
        assert_int_equal(fake_attach(fake), 0);
        e1000_get_identity(fake->dev, &identity);
        assert_memory_equal(identity.mac, mac, 6);
        assert_int_equal(identity.eeprom_words, way & 2 ? 256 : 64);
        assert_int_equal(identity.eeprom_version, 0x2315);
        assert_int_equal(identity.eeprom_sum, 0xBABA);
        assert_int_equal(identity.phy_id, 0x01410C20);
        assert_true(fake_logged(fake, "Ethernet address 00:0c:29:69:17:26"));
        assert_true(
            fake_logged(fake, "en0: 82545EM Copper (8086:100f), revision 1, EEPROM version 2.3"));
        fake_bring_up(fake);
        assert_int_equal(fake_reg(fake, E1000_RAL(0)), 0x69290C00);
        assert_int_equal(fake_reg(fake, E1000_RAH(0)), 0x80002617);
        /* The pins are given back. */
        assert_false(fake_reg(fake, E1000_EECD) & (E1000_EECD_EE_REQ | E1000_EECD_CS));
        fake_free(fake);
    }
}

/* The second port of a dual-port chip has the address with its last bit flipped; a chip with one
 * port has reserved bits there. */
static void second_port_flips_last_bit(void **state)
{
    static const struct {
        uint16_t device;
        uint32_t func;
        uint8_t last, port;
    } cases[] = {
        {0x1010, 0, 0x26, 0}, {0x1010, 4, 0x27, 1}, {0x1079, 4, 0x27, 1}, {0x100F, 4, 0x26, 0}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake *fake = fake_new();
        struct e1000_identity identity;

        fake->config[1] = cases[i].device;
        fake->reg[E1000_STATUS / 4] |= cases[i].func;
        assert_int_equal(fake_attach(fake), 0);
        e1000_get_identity(fake->dev, &identity);
        assert_int_equal(identity.mac[5], cases[i].last);
        assert_int_equal(identity.port, cases[i].port);
        fake_free(fake);
    }
}

static void bad_checksum_refused(void **state)
{
    struct fake *fake = fake_new();
    struct e1000_identity identity;

    fake->eeprom[20] ^= 0x0100;
    assert_int_equal(fake_attach(fake), E1000_ERR_CHECKSUM);
    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_FAILED);
    assert_string_equal(fake_last_line(fake), "en0: the EEPROM's checksum is wrong");
    e1000_get_identity(fake->dev, &identity);
    assert_int_equal(identity.eeprom_sum, 0xBBBA);
    fake_free(fake);

    /* An EEPROM that is not there reads as ones, and ones do not add up. */
    fake = fake_new();
    memset(fake->eeprom, 0xFF, sizeof fake->eeprom);
    assert_int_equal(fake_attach(fake), E1000_ERR_CHECKSUM);
    fake_free(fake);

    fake = fake_new();
    fake_set(fake, E1000_EECD, 0);
    assert_int_equal(fake_attach(fake), E1000_ERR_EEPROM);
    fake_free(fake);
}

static void unusable_addresses_refused(void **state)
{
    static const uint16_t words[][3] = {
        {0, 0, 0}, {0xFFFF, 0xFFFF, 0xFFFF}, {0x0C01, 0x6929, 0x2617}};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct fake *fake = fake_new();

        fake->config[1] = 0x1010;
        fake->reg[E1000_STATUS / 4] |= 4; /* the flip must not make an address out of zeros */
        memcpy(fake->eeprom, words[i], sizeof words[i]);
        fake_seal(fake);
        assert_int_equal(fake_attach(fake), E1000_ERR_MAC);
        fake_free(fake);
    }
}

static void pci_command_switched_on_and_verified(void **state)
{
    struct fake *fake = fake_new();

    fake->config[E1000_PCI_COMMAND / 2] = 0x0140; /* parity and SERR stay as they are */
    assert_int_equal(fake_attach(fake), 0);
    assert_int_equal(fake->config[E1000_PCI_COMMAND / 2], 0x0147);
    e1000_detach(fake_call(fake));
    assert_int_equal(fake->config[E1000_PCI_COMMAND / 2], 0x0143);
    fake_free(fake);

    for (unsigned bit = E1000_PCI_COMMAND_MEMORY; bit <= E1000_PCI_COMMAND_MASTER; bit *= 2) {
        fake = fake_new();
        fake->config_fixed_zero = (uint16_t)bit;
        assert_int_equal(fake_attach(fake), E1000_ERR_BUS);
        assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_DETACHED);
        fake_free(fake);
    }

    fake = fake_new();
    fake->gone = true;
    assert_int_equal(fake_attach(fake), E1000_ERR_BUS);
    fake_free(fake);
}

/* A receiver that firmware left running is stopped before bus mastering is switched on. */
static void running_receiver_is_silenced_first(void **state)
{
    struct fake *fake = fake_new();

    fake_set(fake, E1000_RCTL, E1000_RCTL_EN);
    fake_set(fake, E1000_TCTL, E1000_TCTL_EN);
    fake_set(fake, E1000_IMS, 0x9D);
    fake->config_fixed_zero = E1000_PCI_COMMAND_MASTER;
    assert_int_equal(fake_attach(fake), E1000_ERR_BUS);
    assert_int_equal(fake_reg(fake, E1000_RCTL), 0);
    assert_false(fake_reg(fake, E1000_TCTL) & E1000_TCTL_EN);
    assert_int_equal(fake_reg(fake, E1000_IMS), 0);
    fake_free(fake);
}

static void reset_takes_the_right_way(void **state)
{
    static const struct {
        uint16_t device;
        bool io_functions, io_decodes;
        enum fake_reset_path path;
    } cases[] = {
        {0x100E, true, true, FAKE_RESET_IO},      {0x100F, true, true, FAKE_RESET_IO},
        {0x1010, true, true, FAKE_RESET_IO},      {0x100F, false, true, FAKE_RESET_MEMORY},
        {0x100F, true, false, FAKE_RESET_MEMORY}, {0x1026, true, true, FAKE_RESET_DUP},
        {0x1079, true, true, FAKE_RESET_DUP},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake *fake = fake_new();

        fake->config[1] = cases[i].device;
        fake->ioaddr = E1000_STATUS; /* where somebody else has left the window */
        if (!cases[i].io_functions) {
            fake->os.io_read32 = NULL;
            fake->os.io_write32 = NULL;
        }
        if (!cases[i].io_decodes)
            fake->config_fixed_zero = E1000_PCI_COMMAND_IO;
        fake_set(fake, E1000_MANC, 0x2F00);
        assert_int_equal(fake_attach(fake), 0);
        assert_int_equal(fake->reset_path, cases[i].path);
        assert_int_equal(fake->resets, 1);
        assert_int_equal(fake_reg(fake, E1000_MANC), 0x0F00);
        fake_free(fake);
    }
}

/* 0x01410C2x, any revision; nothing else. On fibre nobody asks. */
static void phy_identity_checked(void **state)
{
    static const struct {
        uint16_t device, id1, id2;
        int error;
    } cases[] = {
        {0x100F, 0x0141, 0x0C2F, 0},
        {0x100F, 0x0141, 0x0C30, E1000_ERR_PHY},
        {0x100F, 0x0141, 0x0C50, E1000_ERR_PHY},
        {0x100F, 0x02A8, 0x0380, E1000_ERR_PHY},
        {0x100F, 0xFFFF, 0xFFFF, E1000_ERR_PHY},
        {0x1011, 0xFFFF, 0xFFFF, 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fake *fake = fake_new();

        fake->config[1] = cases[i].device;
        fake->phy[2] = cases[i].id1;
        fake->phy[3] = cases[i].id2;
        assert_int_equal(fake_attach(fake), cases[i].error);
        fake_free(fake);
    }
}

static void synchronous_attach(void **state)
{
    struct fake *fake = fake_new();
    uint64_t start = fake->now_us;

    assert_int_equal(e1000_attach(fake_call(fake), &fake->os, fake, &fake->params), 0);
    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_DOWN);
    assert_true(fake->now_us - start < 500000);
    fake->worst_call_us = 0; /* this one call may take its time */
    fake_free(fake);

    /* Without a way to sleep it refuses, and what is left is a detached device. */
    for (int without_os = 0; without_os < 2; without_os++) {
        fake = fake_new();
        fake->os.sleep_us = NULL;
        memset(fake->dev, 0xFF, sizeof *fake->dev);
        assert_int_equal(
            e1000_attach(fake->dev, without_os ? NULL : &fake->os, fake, &fake->params),
            E1000_ERR_PARAMETER);
        assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_DETACHED);
        assert_int_equal(e1000_attach(NULL, &fake->os, fake, &fake->params), E1000_ERR_PARAMETER);
        fake_free(fake);
    }

    /* A clock that stands still does not keep it for ever. */
    fake = fake_new();
    fake->clock_stands = true;
    assert_int_equal(e1000_attach(fake_call(fake), &fake->os, fake, &fake->params),
                     E1000_ERR_RESET);
    fake->worst_call_us = 0;
    fake_free(fake);
}

static int with_params(void (*change)(struct e1000_params *params, int value), int value)
{
    struct fake *fake = fake_new();

    change(&fake->params, value);
    int error = e1000_attach_begin(fake_call(fake), &fake->os, fake, &fake->params);
    assert_true(error || !fake->writes || e1000_get_state(fake->dev) == E1000_STATE_ATTACHING);
    fake_free(fake);
    return error;
}

static void set_rx_ring(struct e1000_params *params, int value)
{
    params->rx_ring = (uint16_t)value;
    params->rx_buffers = (uint16_t)(value > 512 ? value : 512);
}
static void set_tx_ring(struct e1000_params *params, int value)
{
    params->tx_ring = (uint16_t)value;
}
static void set_buffers(struct e1000_params *params, int value)
{
    params->rx_buffers = (uint16_t)value;
}
static void set_size(struct e1000_params *params, int value)
{
    params->rx_buffer_size = (uint16_t)value;
}
static void set_frame(struct e1000_params *params, int value)
{
    params->max_frame = (uint32_t)value;
}
static void set_name(struct e1000_params *params, int value)
{
    static const char name[] = "0123456789abcdef";

    params->name = value < 0 ? NULL : name + sizeof name - 1 - value;
}

static void parameters_out_of_range_refused(void **state)
{
    static const struct {
        void (*set)(struct e1000_params *params, int value);
        int value;
        bool good;
    } cases[] = {
        {set_rx_ring, 8, true},   {set_rx_ring, 4096, true},  {set_rx_ring, 0, false},
        {set_rx_ring, 12, false}, {set_rx_ring, 4104, false}, {set_rx_ring, 65528, false},
        {set_tx_ring, 8, true},   {set_tx_ring, 4096, true},  {set_tx_ring, 0, false},
        {set_tx_ring, 7, false},  {set_tx_ring, 4104, false}, {set_buffers, 16, true},
        {set_buffers, 15, false}, {set_buffers, 8192, true},  {set_buffers, 8193, false},
        {set_size, 256, true},    {set_size, 512, true},      {set_size, 1024, true},
        {set_size, 4096, true},   {set_size, 8192, true},     {set_size, 16384, true},
        {set_size, 0, false},     {set_size, 128, false},     {set_size, 2047, false},
        {set_size, 3072, false},  {set_size, 32768, false},   {set_frame, 60, true},
        {set_frame, 16124, true}, {set_frame, 59, false},     {set_frame, 16125, false},
        {set_frame, 0, false},    {set_name, 1, true},        {set_name, 15, true},
        {set_name, 0, false},     {set_name, 16, false},      {set_name, -1, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(with_params(cases[i].set, cases[i].value),
                         cases[i].good ? 0 : E1000_ERR_PARAMETER);
}

/* Of a name that does not end, no more is read than a name may have. */
static void endless_name(void **state)
{
    struct fake *fake = fake_new();
    char *name = malloc(16); /* AddressSanitizer guards its end */

    assert_non_null(name);
    memset(name, 'x', 16);
    fake->params.name = name;
    assert_int_equal(fake_attach(fake), E1000_ERR_PARAMETER);
    fake_free(fake);
    free(name);
}

/* A frame that could never be whole in the ring would stop the receiver: 15 buffers are not 64. */
static void longest_frame_must_fit_the_ring(void **state)
{
    struct fake *fake = fake_new();

    fake->params.rx_buffer_size = 256;
    fake->params.max_frame = 15 * 256 - 4;
    assert_int_equal(fake_attach(fake), 0);
    e1000_detach(fake_call(fake));
    fake->params.max_frame++;
    assert_int_equal(fake_attach(fake), E1000_ERR_PARAMETER);
    assert_string_equal(fake_last_line(fake), "parameter max_frame: missing, out of range, or in "
                                              "contradiction to another");
    fake_free(fake);
}

static void missing_functions_refused(void **state)
{
    static const size_t required[] = {
        offsetof(struct e1000_os, read32),        offsetof(struct e1000_os, write32),
        offsetof(struct e1000_os, config_read16), offsetof(struct e1000_os, config_write16),
        offsetof(struct e1000_os, dma_alloc),     offsetof(struct e1000_os, dma_free),
        offsetof(struct e1000_os, time_us),       offsetof(struct e1000_os, delay_us),
        offsetof(struct e1000_os, io_read32),
    };

    for (size_t i = 0; i < sizeof required / sizeof required[0]; i++) {
        struct fake *fake = fake_new();

        memset((char *)&fake->os + required[i], 0, sizeof(void (*)(void)));
        assert_int_equal(fake_attach(fake), E1000_ERR_PARAMETER);
        fake_free(fake);
    }
    assert_int_equal(e1000_attach_begin(NULL, NULL, NULL, NULL), E1000_ERR_PARAMETER);

    struct fake *fake = fake_new();
    assert_int_equal(e1000_attach_begin(fake->dev, NULL, NULL, &fake->params), E1000_ERR_PARAMETER);
    assert_int_equal(e1000_attach_begin(fake->dev, &fake->os, fake, NULL), E1000_ERR_PARAMETER);
    /* Optional ones may be missing all along. */
    fake->os.log = NULL;
    fake->os.link_changed = NULL;
    fake->os.dma_owner = NULL;
    fake->os.barrier = NULL;
    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
    fake_link(fake, true, 0x80, true);
    fake_run(fake, 1000000);
    assert_int_equal(e1000_down(fake_call(fake)), 0);
    fake->bare_doorbells = 0;
    fake_free(fake);
}

static void errors_have_texts(void **state)
{
    for (int error = 0; error >= E1000_ERR_STATE; error--) {
        assert_string_not_equal(e1000_strerror(error), "unknown error");
        for (int other = 0; other > error; other--)
            assert_string_not_equal(e1000_strerror(error), e1000_strerror(other));
    }
    assert_string_equal(e1000_strerror(1), "unknown error");
    assert_string_equal(e1000_strerror(-99), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_family_recognised),
        cmocka_unit_test(strangers_refused),
        cmocka_unit_test(mac_from_eeprom_never_from_rar),
        cmocka_unit_test(second_port_flips_last_bit),
        cmocka_unit_test(bad_checksum_refused),
        cmocka_unit_test(unusable_addresses_refused),
        cmocka_unit_test(pci_command_switched_on_and_verified),
        cmocka_unit_test(running_receiver_is_silenced_first),
        cmocka_unit_test(reset_takes_the_right_way),
        cmocka_unit_test(phy_identity_checked),
        cmocka_unit_test(synchronous_attach),
        cmocka_unit_test(parameters_out_of_range_refused),
        cmocka_unit_test(endless_name),
        cmocka_unit_test(longest_frame_must_fit_the_ring),
        cmocka_unit_test(missing_functions_refused),
        cmocka_unit_test(errors_have_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
