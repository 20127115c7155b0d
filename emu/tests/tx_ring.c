/* SPDX-License-Identifier: BSD-2-Clause */
#include "tx_ring.h"

#include <string.h>

const uint8_t tx_station[6] = {0x00, 0x0c, 0x29, 0x01, 0x02, 0x03};
const uint8_t tx_group[6] = {0x01, 0x00, 0x5e, 0x01, 0x02, 0x03};
const uint8_t tx_broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

struct tx_ring software;

uint8_t frame[65536];

void tx_write_bases(struct fixture *f, uint32_t count)
{
    fixture_write(f, REG_TDBAL, (uint32_t)TX_RING);
    fixture_write(f, REG_TDBAH, (uint32_t)(TX_RING >> 32));
    fixture_write(f, REG_TDLEN, 16 * count);
}

void tx_start(struct fixture *f, uint32_t count, uint32_t tctl)
{
    software.count = count;
    software.tail = 0;
    software.room = TX_BUFFERS;
    fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TDH, 0);
    fixture_write(f, REG_TDT, 0);
    tx_write_bases(f, count);
    memset(fixture_at(f, TX_RING), 0, 16 * count);
    fixture_write(f, REG_TCTL, tctl | TCTL_EN);
    fixture_read(f, REG_ICR);
    fixture_forget(f);
}

uint64_t tx_fields(struct fixture *f, uint32_t i)
{
    return fixture_get64(f, TX_RING + 16 * i + 8);
}

void tx_post(struct fixture *f, uint64_t address, uint64_t q1)
{
    fixture_put64(f, TX_RING + 16 * software.tail, address);
    fixture_put64(f, TX_RING + 16 * software.tail + 8, q1);
    software.tail = (software.tail + 1) % software.count;
}

void tx_post_bytes(struct fixture *f, const uint8_t *data, uint32_t length, uint32_t command)
{
    memcpy(fixture_at(f, software.room), data, length);
    tx_post(f, software.room, length | (uint64_t)command << 24);
    software.room += (length + 15) & ~15ull;
    if (software.room > FIXTURE_BUS + FIXTURE_MEMORY - 0x20000)
        software.room = TX_BUFFERS;
}

void tx_make(size_t length, const uint8_t to[6], uint32_t seed)
{
    fixture_make_frame(frame, length, to, seed);
}

void tx_post_frame(struct fixture *f, uint32_t length, uint32_t seed, uint32_t piece,
                   uint32_t command)
{
    tx_make(length, tx_station, seed);
    for (uint32_t at = 0; at < length; at += piece) {
        uint32_t n = length - at < piece ? length - at : piece;

        tx_post_bytes(f, frame + at, n, at + n == length ? command : command & ~TXD_CMD_EOP);
    }
}

void tx_doorbell(struct fixture *f)
{
    fixture_write(f, REG_TDT, software.tail);
}

void tx_expect(struct fixture *f, size_t i, uint32_t length, uint32_t seed)
{
    assert_in_range(i + 1, 1, f->sent_count);
    tx_make(length, tx_station, seed);
    assert_int_equal(f->sent[i].length, length);
    assert_memory_equal(f->sent[i].data, frame, length);
}
