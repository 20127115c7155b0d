/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The Internet checksum, in each of the ways in which it is made: as RFC 1071 says, byte by byte,
 * is the reference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "checksum.h"
#include "hw.h"
#include "offload.h"
#include "rx_checksum.h"

static uint32_t state = 1;

static uint32_t next(void)
{
    state = state * 1664525u + 1013904223u;
    return state >> 8;
}

static uint16_t reference(const uint8_t *data, size_t length)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < length; i++)
        sum += i % 2 == 0 ? (uint64_t)data[i] << 8 : data[i];
    while (sum >> 16)
        sum = (sum >> 16) + (sum & 0xffff);
    return (uint16_t)sum;
}

/* Memory of its own, so that a sanitizer sees what is read beside it. */
static uint8_t *piece(size_t length, int byte)
{
    uint8_t *data = malloc(length > 0 ? length : 1);

    assert_non_null(data);
    for (size_t i = 0; i < length; i++)
        data[i] = byte < 0 ? (uint8_t)next() : (uint8_t)byte;
    return data;
}

static void expect_copies(const uint8_t *data, size_t length, uint16_t sum)
{
    uint8_t *copy = piece(length, 0x55);

    assert_int_equal(emu_checksum_end(emu_checksum_copy(copy, data, length)), sum);
    assert_memory_equal(copy, data, length);
    memset(copy, 0x55, length);
    assert_int_equal(emu_checksum_end(emu_checksum_copy_plain(copy, data, length)), sum);
    assert_memory_equal(copy, data, length);
    free(copy);
}

static void expect_all_ways(const uint8_t *data, size_t length)
{
    uint16_t sum = reference(data, length);

    assert_int_equal(emu_checksum_end(emu_checksum_add_bytes(0, data, length)), sum);
    assert_int_equal(emu_checksum_end(emu_checksum_plain(data, length)), sum);
    assert_int_equal(emu_checksum_end(emu_checksum_many(data, length)), sum);
    assert_int_equal(emu_checksum_end(emu_checksum_mostly(data, length, 20, false)), sum);
    assert_int_equal(emu_checksum_sum(data, length), sum);
    expect_copies(data, length, sum);
    assert_int_equal(emu_checksum_good(emu_checksum_bytes(data, length)), sum == 0xffff);
}

/* Every short length, around each step of the loops, and the longest frame; zeros stay zero, and
 * all ones have the most carries. */
static void every_way_gives_the_same(void **unused)
{
    static const int bytes[] = {-1, 0, 0xff};

    (void)unused;
    for (size_t i = 0; i < 3; i++) {
        for (size_t length = 0; length <= 16384; length += length < 700 ? 1 : 1307) {
            uint8_t *data = piece(length, bytes[i]);

            expect_all_ways(data, length);
            free(data);
        }
    }
}

/* A frame has headers at even and data at odd addresses. */
static void any_address(void **unused)
{
    uint8_t *data = piece(2000, -1);

    (void)unused;
    for (size_t at = 0; at < 64; at++) {
        expect_all_ways(data + at, 1500);
        expect_all_ways(data + at, 61);
    }
    free(data);
}

static void parts_add_up(void **unused)
{
    uint8_t *data = piece(1514, -1);

    (void)unused;
    for (size_t cut = 0; cut <= 1514; cut++) {
        uint64_t first = emu_checksum_bytes(data, cut);
        uint64_t rest = emu_checksum_bytes(data + cut, 1514 - cut);

        if (cut % 2 != 0)
            rest = emu_checksum_odd(rest);
        assert_int_equal(emu_checksum_end(emu_checksum_join(first, rest)), reference(data, 1514));
        if (cut < 1514) {
            uint64_t left = emu_checksum_without(emu_checksum_bytes(data, 1514), first);

            if (cut % 2 != 0)
                left = emu_checksum_odd(left);
            assert_int_equal(emu_checksum_end(left), reference(data + cut, 1514 - cut));
        }
    }
    free(data);
}

/* ---- Received frames ---- */

static void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

/* Something that may be IP, TCP or UDP, with a tag or without, cut off or padded. */
static void make_frame(uint8_t *frame, uint32_t length)
{
    uint8_t *ip = frame + 14 + (next() % 4 == 0 ? 4 : 0);
    bool v6 = next() % 4 == 0;
    uint32_t l3 = v6 ? 40 : 20 + 4 * (next() % 3);
    uint32_t room = length - (uint32_t)(ip - frame);
    uint32_t total = room - next() % 8;
    uint8_t *l4 = ip + l3;

    for (uint32_t i = 0; i < length; i++)
        frame[i] = (uint8_t)next();
    if (ip == frame + 18)
        put16(frame + 12, 0x8100);
    put16(ip - 2, v6 ? 0x86dd : next() % 16 ? 0x0800 : 1000);
    ip[0] = (uint8_t)(v6 ? 0x60 : 0x40 | l3 / 4);
    if (v6)
        put16(ip + 4, total - l3);
    else
        put16(ip + 2, total);
    if (!v6)
        put16(ip + 6, next() % 8 ? 0x4000 : 0x2000);
    ip[v6 ? 6 : 9] = (uint8_t)(next() % 8 ? (next() % 2 ? 17 : 6) : next());
    put16(l4 + 4, total - l3 - next() % 3);
    if (next() % 4 == 0)
        put16(l4 + 6, 0);
}

/* The packet checksum that falls out of the checks is that of all bytes from PCSS on, and the
 * checks find the same with it and without. */
static void packet_checksum_on_the_way(void **unused)
{
    unsigned checked = 0;

    (void)unused;
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t length = 100 + next() % (i % 8 ? 60 : 1400);
        uint8_t *frame = piece(length, 0);
        uint32_t start = i % 3 == 0 ? next() % 256 : 0;
        uint32_t rxcsum = start | (next() & (RXCSUM_IPOFLD | RXCSUM_TUOFLD | RXCSUM_IPV6OFL));
        struct emu_rx_checksum one, all;
        uint16_t sum;

        if (i % 2)
            rxcsum |= RXCSUM_IPOFLD | RXCSUM_TUOFLD | RXCSUM_IPV6OFL;
        make_frame(frame, length);
        one = emu_rx_checksum(frame, length, rxcsum, 0x8100);
        all = emu_rx_checksum_all(frame, length, rxcsum, 0x8100);
        sum = start < length ? reference(frame + start, length - start) : 0;
        assert_int_equal(all.packet, (uint16_t)~sum);
        assert_int_equal(all.status, one.status);
        assert_int_equal(all.errors, one.errors);
        checked += (all.status & RXD_STAT_TCPCS) != 0;
        free(frame);
    }
    assert_in_range(checked, 5000, 15000);
}

/* ---- Sent frames ---- */

/* Whatever a context says, it comes to the same whether the frame's sum is known before or not. */
static void sums_on_the_way_out(void **unused)
{
    (void)unused;
    for (unsigned i = 0; i < 20000; i++) {
        uint32_t length = 60 + next() % (i % 4 ? 60 : 1400);
        uint8_t *frame = piece(length, i % 16 ? -1 : 0);
        uint8_t *again = piece(length, 0);
        uint32_t options = next() % 4;
        struct emu_context context = {
            .ipcss = 14, .ipcso = 24, .ipcse = 33, .tucss = 34, .tucso = 40};

        context.tcp = next() % 2;
        if (i % 3 == 0) {
            context.tucss = (uint8_t)next();
            context.tucso = (uint8_t)next();
            context.tucse = (uint16_t)(next() % 2 ? next() % 200 : 0);
        }
        if (i % 5 == 0)
            context.ipcso = (uint8_t)next();
        memcpy(again, frame, length);
        emu_offload_checksums(frame, length, &context, options);
        if (length < EMU_CHECKSUM_LONG) {
            uint8_t *few = piece(length, 0);

            memcpy(few, again, length);
            emu_offload_checksums_few(few, length, &context, options);
            assert_memory_equal(few, frame, length);
            free(few);
        }
        emu_offload_checksums_summed(again, length, &context, options,
                                     emu_checksum_bytes(again, length));
        assert_memory_equal(again, frame, length);
        free(frame);
        free(again);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_gives_the_same),
        cmocka_unit_test(any_address),
        cmocka_unit_test(parts_add_up),
        cmocka_unit_test(packet_checksum_on_the_way),
        cmocka_unit_test(sums_on_the_way_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
