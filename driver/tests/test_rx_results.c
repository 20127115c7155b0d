/* SPDX-License-Identifier: BSD-2-Clause */
/* What receiving tells and does beside handing frames out: checksum results, tags, bad frames on
 * request, and short frames that are copied. */
#include "receiver.h"

#include <stdlib.h>
#include <string.h>

#define TAG 0xB123u

/* Without an owner's callback other loops are compiled: these are the ways to ask. */
struct way {
    bool owner, checksum, vlan;
    uint16_t copybreak;
};

static const struct way ways[] = {
    {true, true, true, 0},    {true, false, false, 0},  {false, true, true, 0},
    {false, false, false, 0}, {false, true, false, 0},  {false, false, true, 0},
    {true, true, true, 100},  {false, true, true, 100}, {false, false, false, 100},
};
#define WAYS (sizeof ways / sizeof ways[0])

static struct rx *start(const struct way *way, uint16_t buffer_size)
{
    struct fake *fake = fake_new();

    if (!way->owner)
        fake->os.dma_owner = NULL;
    fake->params.rx_checksum = way->checksum;
    fake->params.vlan_offload = way->vlan;
    fake->params.copybreak = way->copybreak;
    fake->params.rx_buffer_size = buffer_size;
    return rx_start(fake);
}

/* Each combination of what the chip can say, in one buffer and in two: results are told where the
 * chip made one and was asked to, in the frame's first fragment. */
static void what_was_checked_is_told(void **state)
{
    for (size_t w = 0; w < WAYS; w++) {
        struct rx *rx = start(&ways[w], 256);

        for (unsigned bits = 0; bits < 64; bits++) {
            bool ignore = bits & 1, tagged = bits & 2, l4 = bits & 4, ip = bits & 8;
            bool l4_bad = bits & 16, ip_bad = bits & 32;
            uint64_t status = (ignore ? E1000_RXD_IXSM : 0) | (tagged ? E1000_RXD_VP : 0) |
                              (l4 ? E1000_RXD_TCPCS : 0) | (ip ? E1000_RXD_IPCS : 0) |
                              (l4_bad ? E1000_RXD_TCPE : 0) | (ip_bad ? E1000_RXD_IPE : 0) |
                              (uint64_t)TAG << E1000_RXD_SPECIAL_SHIFT;
            uint32_t told = 0;

            if (ways[w].checksum && !ignore)
                told |= (l4 ? E1000_FRAG_L4_CHECKED : 0) | (ip ? E1000_FRAG_IP_CHECKED : 0) |
                        (l4 && l4_bad ? E1000_FRAG_L4_BAD : 0) |
                        (ip && ip_bad ? E1000_FRAG_IP_BAD : 0);
            if (ways[w].vlan && tagged)
                told |= E1000_FRAG_TAGGED;

            assert_true(rx_store(rx, 60, DONE | status));
            assert_true(rx_store(rx, 256, E1000_RXD_DD));
            assert_true(rx_store(rx, 60, DONE | status));
            assert_int_equal(rx_receive(rx, 64), 3);
            assert_int_equal(rx->frags[0].flags, told | E1000_FRAG_EOP);
            assert_int_equal(rx->frags[1].flags, told);
            assert_int_equal(rx->frags[2].flags, E1000_FRAG_EOP);
            if (told & E1000_FRAG_TAGGED) {
                assert_int_equal(rx->frags[0].vlan, TAG);
                assert_int_equal(rx->frags[1].vlan, TAG);
            }
            rx_recycle(rx, 0, 3);
        }
        assert_int_equal(rx_free(rx).rx_frames, 128);
    }
}

/* What was asked for is what the chip is told. */
static void the_chip_is_told(void **state)
{
    for (unsigned on = 0; on < 2; on++) {
        const struct way way = {true, on, on, 0};
        struct rx *rx = start(&way, 2048);

        assert_int_equal(fake_reg(rx->fake, E1000_RXCSUM) != 0, on);
        assert_int_equal(!!(fake_reg(rx->fake, E1000_CTRL) & E1000_CTRL_VME), on);
        assert_int_equal(!!(fake_reg(rx->fake, E1000_RCTL) & E1000_RCTL_SBP), 0);
        rx_free(rx);
    }
}

/* On request frames with errors come out too, whole and marked, with no result but the tag. They
 * are counted as they would be otherwise. What does not make sense never comes out. */
static void bad_frames_on_request(void **state)
{
    static const struct {
        uint32_t first, last; /* bytes; first 0: one piece */
        uint64_t status;
        bool comes, bad, error;
    } rows[] = {
        {0, 60, 0, true, false, false},
        {0, 60, E1000_RXD_CE, true, true, true},
        {0, 60, E1000_RXD_RXE | E1000_RXD_TCPCS | E1000_RXD_TCPE, true, true, true},
        {0, 5, E1000_RXD_CE, true, true, true},
        {0, 5, 0, true, true, false}, /* a runt */
        {256, 60, E1000_RXD_SE, true, true, true},
        {256, 200, E1000_RXD_VP, true, true, false}, /* over the limit of 400 */
        {256, 0, E1000_RXD_CE, false, true, true},
        {0, 257, E1000_RXD_CE, false, true, true},
        {0, 0, 0, false, true, false},
    };

    for (unsigned wanted = 0; wanted < 2; wanted++) {
        for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
            struct fake *fake = fake_new();
            unsigned pieces = rows[i].first ? 2 : 1;
            bool comes = rows[i].comes && (wanted || !rows[i].bad);
            struct rx *rx;

            fake->params.store_bad = wanted;
            fake->params.vlan_offload = true;
            fake->params.rx_buffer_size = 256;
            fake->params.max_frame = 400;
            rx = rx_start(fake);
            assert_int_equal(!!(fake_reg(fake, E1000_RCTL) & E1000_RCTL_SBP), wanted);
            if (rows[i].first)
                assert_true(rx_store(rx, rows[i].first, E1000_RXD_DD));
            assert_true(rx_store(rx, rows[i].last, DONE | rows[i].status));
            assert_true(rx_store(rx, 77, DONE));
            assert_int_equal(rx_receive(rx, 64), (comes ? pieces : 0) + 1);
            if (comes) {
                uint32_t flags = rows[i].bad ? E1000_FRAG_BAD_FRAME : 0;

                flags |= rows[i].status & E1000_RXD_VP ? E1000_FRAG_TAGGED : 0;
                flags |= pieces == 1 ? E1000_FRAG_EOP : 0;
                assert_int_equal(rx->frags[0].flags, flags);
                assert_int_equal(rx->frags[pieces - 1].flags & E1000_FRAG_EOP, E1000_FRAG_EOP);
                assert_int_equal(rx->frags[0].length, rows[i].first ? 256 : rows[i].last);
            }
            assert_int_equal(rx->frags[rx->lent - 1].length, 77);
            rx_recycle(rx, 0, rx->lent);
            assert_int_equal(rx_posted(rx), 15);

            struct e1000_counters counters = rx_free(rx);
            assert_int_equal(counters.rx_errors, rows[i].error);
            assert_int_equal(counters.rx_length_errors, rows[i].bad && !rows[i].error);
            assert_int_equal(counters.rx_frames, comes ? 2 : 1);
        }
    }
}

/* Short frames go out in buffers of their own, the next limit's length does not; and because the
 * large buffers go back at once, a ring without a spare one stays full. */
static void short_frames_are_copied(void **state)
{
    for (unsigned owner = 0; owner < 2; owner++) {
        struct fake *fake = fake_new();
        struct rx *rx;

        if (!owner)
            fake->os.dma_owner = NULL;
        fake->params.copybreak = 200;
        fake->params.rx_buffers = fake->params.rx_ring = 16;
        rx = rx_start(fake);
        for (unsigned i = 0; i < 100; i++) {
            assert_true(rx_store(rx, i % 2 ? 60 : 200, DONE));
            assert_int_equal(rx_receive(rx, 64), 1);
            assert_int_equal(rx_stamp(rx, i), i);
            assert_int_equal(rx->frags[i].length, i % 2 ? 60 : 200);
            assert_ptr_equal(rx->frags[i].data, fake_cpu(fake, rx->frags[i].bus));
            assert_int_equal(rx_posted(rx), 15);
        }
        assert_true(rx_store(rx, 201, DONE));
        assert_int_equal(rx_receive(rx, 64), 1);
        assert_int_equal(rx_posted(rx), 15); /* the sixteenth */
        assert_true(rx_store(rx, 201, DONE));
        assert_int_equal(rx_receive(rx, 64), 1);
        assert_int_equal(rx_posted(rx), 14);
        /* What was copied is still what it was, whatever came later. */
        for (unsigned i = 0; i < 102; i++)
            assert_int_equal(rx_stamp(rx, i), i);
        assert_int_equal(e1000_down(fake_call(fake)), E1000_ERR_STATE); /* lent all the same */
        rx_recycle(rx, 0, rx->lent);
        assert_int_equal(rx_free(rx).rx_copied, 100);
    }
}

/* When the small buffers are all away, the large ones are handed out as ever; each that comes back
 * serves again, and what comes back twice does not. */
static void small_buffers_run_out(void **state)
{
    struct fake *fake = fake_new();
    struct rx *rx;
    struct e1000_frag twice;

    fake->params.copybreak = 1024;
    fake->params.rx_buffers = 300;
    rx = rx_start(fake);
    for (unsigned i = 0; i < 270; i++) {
        assert_true(rx_store(rx, 1024, DONE));
        assert_int_equal(rx_receive(rx, 64), 1);
    }
    assert_int_equal(rx_posted(rx), 15);
    twice = rx->frags[7];
    rx_recycle(rx, 7, 1);
    e1000_recycle(fake_call(fake), &twice, 1);
    for (unsigned i = 0; i < 2; i++) {
        assert_true(rx_store(rx, 60, DONE));
        assert_int_equal(rx_receive(rx, 64), 1);
    }
    for (unsigned i = 0; i < rx->lent; i++) {
        for (unsigned k = 0; k < i; k++)
            assert_ptr_not_equal(rx->frags[i].data, rx->frags[k].data);
    }
    rx_recycle(rx, 0, rx->lent);
    assert_int_equal(rx_free(rx).rx_copied, 257);
}

/* Small buffers lie apart by what the longest copied frame needs, and are all there again, each of
 * them once, in the next life. */
static void small_buffers_are_whole(void **state)
{
    struct fake *fake = fake_new();
    struct rx *rx;

    fake->params.copybreak = 65;
    fake->params.rx_buffers = 300;
    rx = rx_start(fake);
    for (unsigned life = 0; life < 2; life++) {
        for (unsigned i = 0; i < 256; i++) {
            assert_true(rx_store(rx, 65, DONE));
            assert_int_equal(rx_receive(rx, 64), 1);
        }
        for (unsigned i = 0; i < 256; i++) {
            for (unsigned k = 0; k < i; k++) {
                uint8_t *a = rx->frags[i].data, *b = rx->frags[k].data;

                assert_true(a >= b + 65 || b >= a + 65);
            }
        }
        rx_recycle(rx, 0, rx->lent);
        assert_int_equal(e1000_down(fake_call(fake)), 0);
        fake_bring_up(fake);
        rx->head = 0;
    }
    assert_int_equal(rx_free(rx).rx_copied, 512);
}

/* Neither bad frames nor those in several buffers are copied, however short they are. */
static void what_is_not_copied(void **state)
{
    struct fake *fake = fake_new();
    struct rx *rx;

    fake->params.copybreak = 1000;
    fake->params.rx_buffer_size = 256;
    rx = rx_start(fake);
    assert_true(rx_store(rx, 256, E1000_RXD_DD));
    assert_true(rx_store(rx, 256, DONE));
    assert_true(rx_store(rx, 60, DONE | E1000_RXD_CE));
    assert_int_equal(rx_receive(rx, 64), 2);
    rx_recycle(rx, 0, 2);
    assert_int_equal(rx_free(rx).rx_copied, 0);
}

/* A reset leaves what is lent alone, small or large, and posts everything else. */
static void lent_across_a_reset(void **state)
{
    struct fake *fake = fake_new();
    struct rx *rx;

    fake->params.copybreak = 100;
    rx = rx_start(fake);
    for (unsigned i = 0; i < 10; i++) {
        assert_true(rx_store(rx, i % 2 ? 60 : 300, DONE));
        assert_int_equal(rx_receive(rx, 64), 1);
    }
    assert_true(rx_store(rx, 60, DONE)); /* nobody sees this one */
    assert_int_equal(e1000_reset(fake_call(fake)), 0);
    assert_int_equal(rx_receive(rx, 64), 0); /* nor anything before the reset is over */
    rx_recycle(rx, 0, 2);
    assert_int_equal(fake_settle(fake), E1000_STATE_UP);
    rx->head = 0;
    rx->stamp = 10;
    assert_int_equal(rx_posted(rx), 15);
    for (unsigned i = 0; i < 12; i++) {
        assert_true(rx_store(rx, i % 2 ? 60 : 300, DONE));
        assert_int_equal(rx_receive(rx, 64), 1);
    }
    for (unsigned i = 0; i < rx->lent; i++)
        assert_int_equal(rx_stamp(rx, i), i + 2);
    rx_recycle(rx, 0, rx->lent);
    assert_int_equal(rx_posted(rx), 15);
    rx_free(rx);
}

/* With each allocation of the interface failing in turn: an error, nothing left, and the next
 * attempt works. All kinds of memory are in use. */
static void each_allocation_fails(void **state)
{
    struct fake *fake = fake_new();
    unsigned fails = 0, live;

    fake->params.copybreak = 100;
    fake->params.tx_ring = 4096;
    fake->params.rx_buffers = 1024;
    assert_int_equal(fake_attach(fake), 0);
    live = fake->live;
    for (int k = 1;; k++) {
        int error;

        fake->fail_alloc = k;
        error = e1000_up(fake_call(fake));
        if (!error)
            break;
        fails++;
        assert_int_equal(error, E1000_ERR_MEMORY);
        assert_int_equal(fake->live, live);
        assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_DOWN);
    }
    assert_int_equal(fails, 2 + 1 + 16 + 1 + 8); /* rings, padding, headers, copies, buffers */
    assert_int_equal(fake_settle(fake), E1000_STATE_UP);
    fake_free(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_checked_is_told), cmocka_unit_test(the_chip_is_told),
        cmocka_unit_test(bad_frames_on_request),    cmocka_unit_test(short_frames_are_copied),
        cmocka_unit_test(small_buffers_run_out),    cmocka_unit_test(small_buffers_are_whole),
        cmocka_unit_test(what_is_not_copied),       cmocka_unit_test(lent_across_a_reset),
        cmocka_unit_test(each_allocation_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
