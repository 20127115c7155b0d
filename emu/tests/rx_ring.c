/* SPDX-License-Identifier: BSD-2-Clause */
#include "rx_ring.h"

#include <string.h>

const uint8_t rx_station[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x03};
const uint8_t rx_other[6] = {0x00, 0x0c, 0x29, 0x99, 0x02, 0x03};
const uint8_t rx_group[6] = {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03};
const uint8_t rx_broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

struct rx_ring software;

uint8_t frame[65536], joined[65536];

uint64_t rx_buffer(uint32_t i)
{
    return RX_BUFFERS + (uint64_t)i * (software.size + RX_GUARD);
}

uint64_t rx_fields(struct fixture *f, uint32_t i)
{
    return fixture_get64(f, RX_RING + 16 * i + 8);
}

void rx_write_bases(struct fixture *f, uint32_t count)
{
    fixture_write(f, REG_RDBAL, (uint32_t)RX_RING);
    fixture_write(f, REG_RDBAH, (uint32_t)(RX_RING >> 32));
    fixture_write(f, REG_RDLEN, 16 * count);
}

void rx_set_station(struct fixture *f)
{
    fixture_write(f, REG_RAL(0), 0x01290c00);
    fixture_write(f, REG_RAH(0), 0x0302 | RAH_AV);
}

void rx_start(struct fixture *f, uint32_t count, uint32_t size, uint32_t tail, uint32_t rctl)
{
    static const uint32_t sizes[7] = {2048, 1024, 512, 256, 16384, 8192, 4096};
    uint32_t code = 0;

    while (sizes[code] != size)
        code++;
    if (code > 3)
        rctl |= RCTL_BSEX | (code - 3) << RCTL_BSIZE_SHIFT;
    else
        rctl |= code << RCTL_BSIZE_SHIFT;
    software.count = count;
    software.size = size;
    software.next = 0;
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_RDH, 0);
    fixture_write(f, REG_RDT, 0);
    rx_write_bases(f, count);
    rx_set_station(f);
    for (uint32_t i = 0; i < count; i++) {
        fixture_put64(f, RX_RING + 16 * i, rx_buffer(i));
        fixture_put64(f, RX_RING + 16 * i + 8, 0);
    }
    memset(fixture_at(f, RX_BUFFERS), RX_UNTOUCHED, count * (size + RX_GUARD));
    fixture_write(f, REG_RCTL, rctl | RCTL_EN);
    fixture_write(f, REG_RDT, tail);
    fixture_read(f, REG_ICR);
}

/* The check sequence bit by bit, so that the chip's table is not checked with itself. */
static uint32_t crc_of(const uint8_t *data, size_t length)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < length; i++) {
        crc ^= data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

void rx_append_crc(uint8_t *data, size_t length)
{
    uint32_t crc = crc_of(data, length);

    for (unsigned i = 0; i < 4; i++)
        data[length + i] = (uint8_t)(crc >> (8 * i));
}

size_t rx_take(struct fixture *f, uint64_t *last)
{
    size_t length = 0;

    for (;;) {
        uint32_t i = software.next;
        uint64_t q = rx_fields(f, i);
        uint32_t n = q & 0xffff;
        uint8_t status = q >> 32 & 0xff;
        const uint8_t *p = fixture_at(f, rx_buffer(i));

        assert_true(status & RXD_STAT_DD);
        assert_in_range(n, 1, software.size);
        memcpy(joined + length, p, n);
        length += n;
        for (uint32_t k = n; k < software.size + RX_GUARD; k++)
            assert_int_equal(p[k], RX_UNTOUCHED);
        memset(fixture_at(f, rx_buffer(i)), RX_UNTOUCHED, software.size);
        fixture_put64(f, RX_RING + 16 * i + 8, 0);
        software.next = (i + 1) % software.count;
        if (status & RXD_STAT_EOP) {
            if (last)
                *last = q;
            return length;
        }
        assert_int_equal(n, software.size);
        assert_int_equal(status, RXD_STAT_DD);
    }
}

void rx_make(size_t length, const uint8_t to[6], uint32_t seed)
{
    fixture_make_frame(frame, length, to, seed);
}

unsigned rx_receive(struct fixture *f, size_t length, uint32_t seed)
{
    rx_make(length, rx_station, seed);
    return fixture_receive(f, frame, length, 0);
}

void rx_expect(struct fixture *f, size_t length, uint32_t seed)
{
    rx_make(length, rx_station, seed);
    assert_int_equal(rx_take(f, NULL), length);
    assert_memory_equal(joined, frame, length);
}
