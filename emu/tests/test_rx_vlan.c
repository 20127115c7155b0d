/* SPDX-License-Identifier: BSD-2-Clause */
/* VLAN tags on the receive side: taken off, filtered by, or left alone (SDM 9). */
#include "rx_ring.h"

#include <string.h>

/* Room for what a VLAN frame is made of: 12 bytes of addresses, the tag, the rest. */
static void make_tagged(size_t length, uint32_t tci, uint32_t seed)
{
    rx_make(length, rx_station, seed);
    frame[12] = 0x81;
    frame[13] = 0x00;
    frame[14] = (uint8_t)(tci >> 8);
    frame[15] = (uint8_t)tci;
}

static unsigned receive_tagged(struct fixture *f, size_t length, uint32_t tci, uint32_t seed)
{
    make_tagged(length, tci, seed);
    return fixture_receive(f, frame, length, 0);
}

static void set_vme(struct fixture *f, bool on)
{
    uint32_t ctrl = fixture_read(f, REG_CTRL) & ~CTRL_VME;

    fixture_write(f, REG_CTRL, on ? ctrl | CTRL_VME : ctrl);
}

static void allow(struct fixture *f, uint32_t id, bool on)
{
    fixture_write(f, REG_VFTA_N(id / 32), on ? 1u << id % 32 : 0);
}

static int setup(void **state)
{
    fixture_setup(state);
    fixture_write(*state, REG_VET, 0x8100);
    return 0;
}

/* The four combinations of VME and VFE, each with an allowed VLAN and one that isn't, an untagged
 * frame, and each way through the chip. */
static void strip_and_filter(void **state)
{
    struct fixture *f = *state;

    for (unsigned i = 0; i < 16; i++) {
        bool vme = i & 1, vfe = i & 2;
        uint32_t size = i & 4 ? 256 : 2048;
        uint32_t fcs = i & 8 ? 0 : 4;
        uint64_t last;

        set_vme(f, vme);
        allow(f, 100, true);
        rx_start(f, 16, size, 15, (vfe ? RCTL_VFE : 0) | (fcs ? 0 : RCTL_SECRC));
        assert_int_equal(receive_tagged(f, 400, 0x6064, i), E1000EMU_RX_STORED);
        assert_int_equal(rx_take(f, &last), 400 + fcs - (vme ? 4 : 0));
        rx_append_crc(frame, 400);
        if (vme)
            memmove(frame + 12, frame + 16, 400 + 4 - 16);
        assert_memory_equal(joined, frame, 400 + fcs - (vme ? 4 : 0));
        assert_int_equal(last >> 32 & RXD_STAT_VP, vme ? RXD_STAT_VP : 0);
        assert_int_equal(last >> 48, vme ? 0x6064 : 0);

        assert_int_equal(receive_tagged(f, 400, 0x6065, i),
                         vfe ? E1000EMU_RX_ADDRESS : E1000EMU_RX_STORED);
        if (!vfe)
            rx_take(f, NULL);
        assert_int_equal(rx_receive(f, 400, i), E1000EMU_RX_STORED);
        assert_int_equal(rx_take(f, &last), 400 + fcs);
        assert_memory_equal(joined, frame, 400);
        assert_int_equal(last >> 32 & RXD_STAT_VP, 0);
        assert_int_equal(last >> 48, 0);
        assert_int_equal(fixture_read(f, REG_RDH), software.next);
    }
}

/* Only the last descriptor of a frame tells of its tag. */
static void the_last_descriptor_tells(void **state)
{
    struct fixture *f = *state;

    set_vme(f, true);
    rx_start(f, 16, 256, 15, RCTL_SECRC);
    receive_tagged(f, 700, 0xefff, 1);
    assert_true(rx_fields(f, 0) == (256 | (uint64_t)RXD_STAT_DD << 32));
    assert_true(rx_fields(f, 1) == (256 | (uint64_t)RXD_STAT_DD << 32));
    assert_int_equal(rx_fields(f, 2) >> 48, 0xefff);
    assert_int_equal(rx_fields(f, 2) & 0xffff, 700 - 4 - 512);
}

/* Whatever VLAN, priority and CFI: exactly the one whose bit is set. VLAN 0 is one of them. */
static void test_B1_every_vlan_has_its_bit(void **state)
{
    struct fixture *f = *state;

    rx_start(f, 8, 256, 7, RCTL_SECRC | RCTL_VFE);
    for (uint32_t id = 0; id < 4096; id++) {
        uint32_t other = id ^ 1u << id % 12;

        allow(f, id, true);
        assert_int_equal(receive_tagged(f, 60, id | id << 12, 1), E1000EMU_RX_STORED);
        rx_take(f, NULL);
        assert_int_equal(receive_tagged(f, 60, other, 1), E1000EMU_RX_ADDRESS);
        allow(f, id, false);
        fixture_write(f, REG_RDT, (software.next + 7) % 8);
    }
}

/* The CFI must be the required one, if it is compared at all, and VLANs are filtered at all. */
static void canonical_format(void **state)
{
    struct fixture *f = *state;

    allow(f, 5, true);
    for (unsigned i = 0; i < 16; i++) {
        bool cfi = i & 1, want = i & 2, compare = i & 4, vfe = i & 8;
        bool passes = !vfe || !compare || cfi == want;

        rx_start(f, 8, 256, 7,
                 RCTL_SECRC | (want ? RCTL_CFI : 0) | (compare ? RCTL_CFIEN : 0) |
                     (vfe ? RCTL_VFE : 0));
        assert_int_equal(receive_tagged(f, 60, cfi ? 0x1005 : 0x0005, 1),
                         passes ? E1000EMU_RX_STORED : E1000EMU_RX_ADDRESS);
    }
}

/* A tag is what VET says, 0 included: drivers leave it at that for a while. */
static void the_type_is_that_of_vet(void **state)
{
    static const uint16_t types[] = {0x8100, 0x88a8, 0x9100, 0x0000};
    struct fixture *f = *state;

    set_vme(f, true);
    for (unsigned vet = 0; vet < 4; vet++) {
        fixture_write(f, REG_VET, types[vet]);
        rx_start(f, 8, 256, 7, RCTL_SECRC);
        for (unsigned is = 0; is < 4; is++) {
            make_tagged(100, 7, 1);
            frame[12] = (uint8_t)(types[is] >> 8);
            frame[13] = (uint8_t)types[is];
            fixture_receive(f, frame, 100, 0);
            assert_int_equal(rx_take(f, NULL), is == vet ? 96 : 100);
        }
    }
}

/* The limits are those of the frame on the wire, and so are the octets counted. */
static void lengths_are_those_of_the_wire(void **state)
{
    struct fixture *f = *state;

    set_vme(f, true);
    for (uint32_t secrc = 0; secrc < 2; secrc++) {
        uint32_t fcs = secrc ? 0 : 4;

        rx_start(f, 16, 2048, 15, secrc * RCTL_SECRC);
        for (uint32_t offset = REG_CRCERRS; offset <= REG_TPT; offset += 4)
            fixture_read(f, offset);
        assert_int_equal(receive_tagged(f, 1519, 1, 1), E1000EMU_RX_OVERSIZE);
        assert_int_equal(receive_tagged(f, 1518, 1, 1), E1000EMU_RX_STORED);
        assert_int_equal(rx_take(f, NULL), 1514 + fcs);
        assert_int_equal(receive_tagged(f, 59, 1, 1), E1000EMU_RX_UNDERSIZE);
        assert_int_equal(receive_tagged(f, 60, 1, 1), E1000EMU_RX_STORED);
        assert_int_equal(rx_take(f, NULL), 56 + fcs);
        assert_int_equal(fixture_read(f, REG_ROC), 1);
        assert_int_equal(fixture_read(f, REG_RUC), 1);
        assert_int_equal(fixture_read(f, REG_PRC64), 1);
        assert_int_equal(fixture_read(f, REG_PRC1522), 1);
        assert_int_equal(fixture_read(f, REG_GORCL), 1522 + 64);
        fixture_write(f, REG_RCTL, fixture_read(f, REG_RCTL) | RCTL_LPE);
        assert_int_equal(receive_tagged(f, 16381, 1, 1), E1000EMU_RX_OVERSIZE);
        assert_int_equal(receive_tagged(f, 16380, 1, 1), E1000EMU_RX_STORED);
        assert_int_equal(rx_take(f, NULL), 16376 + fcs);
    }
}

/* Bad frames are no exception: runts that just hold a tag, or just don't. */
static void runts_with_tags(void **state)
{
    struct fixture *f = *state;

    set_vme(f, true);
    for (size_t length = 13; length < 60; length++) {
        bool tagged = length >= 16;
        uint64_t last;

        rx_start(f, 8, 256, 7, RCTL_SECRC | RCTL_SBP);
        assert_int_equal(receive_tagged(f, length, 0x1234, 1), E1000EMU_RX_STORED);
        assert_int_equal(rx_take(f, &last), length - (tagged ? 4 : 0));
        assert_int_equal(last >> 48, tagged ? 0x1234 : 0);
        assert_memory_equal(joined, frame, 12);
        assert_memory_equal(joined + 12, frame + (tagged ? 16 : 12), length - (tagged ? 16 : 12));
    }
}

/* Frames that wait in the packet buffer lose their tags when they leave it, wherever it is that
 * they wrap: in front of the tag, within it, or behind. */
static void tags_of_waiting_frames(void **state)
{
    struct fixture *f = *state;
    uint32_t i = 0;

    set_vme(f, true);
    fixture_write(f, REG_PBA, 8);
    for (uint32_t length = 60; length < 140; length++) {
        rx_start(f, 128, 256, 0, length % 2 ? RCTL_SECRC : 0);
        for (uint32_t n = 0; n < 100; n++, i++) {
            uint32_t fcs = length % 2 ? 0 : 4;
            uint64_t last;

            assert_int_equal(receive_tagged(f, length, i & 0xffff, i), E1000EMU_RX_STORED);
            fixture_write(f, REG_RDT, n + 1);
            assert_int_equal(rx_take(f, &last), length - 4 + fcs);
            assert_int_equal(last >> 48, i & 0xffff);
            rx_append_crc(frame, length);
            memmove(frame + 12, frame + 16, length + 4 - 16);
            assert_memory_equal(joined, frame, length - 4 + fcs);
        }
    }
}

#define VLAN_TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        VLAN_TEST(strip_and_filter),
        VLAN_TEST(the_last_descriptor_tells),
        VLAN_TEST(test_B1_every_vlan_has_its_bit),
        VLAN_TEST(canonical_format),
        VLAN_TEST(the_type_is_that_of_vet),
        VLAN_TEST(lengths_are_those_of_the_wire),
        VLAN_TEST(runts_with_tags),
        VLAN_TEST(tags_of_waiting_frames),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
