/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Software that changes descriptors and buffers while the chip is at work (T12, CVE-2019-2723): the
 * chip acts on what it read first, and reads nothing twice.
 *
 * The change comes at the worst moment, in each run the same one: memory that no window covers is
 * the host's callbacks', and those change it in the midst of the chip's work. A test with a thread
 * does without such help.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "tx_packet.h"

/* What only the callbacks reach: rings, and buffers. */
#define AWAY       0x40000000ull
#define AWAY_BYTES 0x20000u
#define TX_AWAY    (AWAY + 0x0000)
#define RX_AWAY    (AWAY + 0x1000)
#define DATA_AWAY  (AWAY + 0x4000)

static uint8_t away[AWAY_BYTES];
static uint8_t reads[AWAY_BYTES]; /* how often each byte was read */
static uint8_t most_reads;

/* What else happens during a callback. */
static void (*meanwhile)(struct fixture *f);

/* The truth for the first reader, something else for the second. */
static bool read_once(void *opaque, uint64_t address, void *data, size_t length)
{
    uint64_t at = address - AWAY;

    if (at >= AWAY_BYTES || length > AWAY_BYTES - at)
        return false;
    for (size_t i = 0; i < length; i++) {
        uint8_t changed = reads[at + i] ? 0xff : 0;

        ((uint8_t *)data)[i] = away[at + i] ^ changed;
        if (++reads[at + i] > most_reads)
            most_reads = reads[at + i];
    }
    if (meanwhile)
        meanwhile(opaque);
    return true;
}

static bool write_away(void *opaque, uint64_t address, const void *data, size_t length)
{
    uint64_t at = address - AWAY;

    if (at >= AWAY_BYTES || length > AWAY_BYTES - at)
        return false;
    memcpy(away + at, data, length);
    if (meanwhile)
        meanwhile(opaque);
    return true;
}

static void forget_reads(void)
{
    memset(reads, 0, sizeof reads);
    most_reads = 0;
}

static void put64(uint64_t bus, uint64_t value)
{
    for (unsigned i = 0; i < 8; i++)
        away[bus - AWAY + i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get64(uint64_t bus)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++)
        value |= (uint64_t)away[bus - AWAY + i] << (8 * i);
    return value;
}

static void set_ring(struct fixture *f, uint32_t registers, uint64_t bus, uint32_t count)
{
    fixture_write(f, registers, (uint32_t)bus);
    fixture_write(f, registers + 4, (uint32_t)(bus >> 32));
    fixture_write(f, registers + 8, 16 * count);
    fixture_write(f, registers + 0x10, 0);
    fixture_write(f, registers + 0x18, 0);
}

/* Moves the ring that the helpers fill, and the buffers that it points to, out of the windows. */
static void move_away(struct fixture *f)
{
    uint64_t room = DATA_AWAY;

    for (uint32_t i = 0; i < software.tail; i++) {
        uint64_t from = fixture_get64(f, TX_RING + 16 * i), fields = tx_fields(f, i);
        uint32_t length = fields & 0xffff;

        if (from >= TX_BUFFERS && from < TX_BUFFERS + 0x100000) { /* no context */
            memcpy(away + (room - AWAY), fixture_at(f, from), length);
            from = room;
            room += length;
        }
        put64(TX_AWAY + 16 * i, from);
        put64(TX_AWAY + 16 * i + 8, fields);
    }
    set_ring(f, REG_TDBAL, TX_AWAY, software.count);
}

/* ---- Reading twice -------------------------------------------------------------------------- */

/* Frames of one and of several descriptors, of both types, with checksums and segmented, by a wire
 * that takes one at a time: every byte of every descriptor and buffer is read once. */
static void test_T12_transmit_reads_once(void **state)
{
    struct fixture *f = *state;
    struct packet p = packet_kind(0);
    struct context sums = context_of(&p, 300, 0), segments = context_of(&p, 2000, 700);
    uint8_t stream[4096], expected[4096], payload[2000];
    uint32_t length;

    fill_payload(payload, sizeof payload, 5);
    tx_start(f, 64, 0);
    tx_post_frame(f, 100, 1, 100, TX_EOP_IFCS | TXD_CMD_RS);
    tx_post_frame(f, 300, 2, 90, TX_EOP_IFCS);
    post_context(f, &sums);
    packet_prepare(&p, payload, 300, stream);
    post_data(f, stream, 100, TXD_CMD_IFCS, BOTH, 0);
    post_data(f, stream + 100, p.header + 200, TX_EOP_IFCS, BOTH, 0);
    post_context(f, &segments);
    packet_prototype(&p, stream);
    memcpy(stream + p.header, payload, 2000);
    post_data(f, stream, p.header + 2000, TX_EOP_IFCS | TXD_CMD_TSE | TXD_CMD_RS, BOTH, 0);
    move_away(f);
    forget_reads();
    f->accept = 1;
    fixture_write(f, REG_TDT, software.tail);
    for (unsigned i = 0; i < 10; i++) {
        f->accept = 1;
        e1000emu_transmit_ready(f->chip);
    }
    assert_int_equal(most_reads, 1);
    assert_int_equal(f->sent_count, 6);
    tx_expect(f, 0, 100, 1);
    tx_expect(f, 1, 300, 2);
    length = packet_build(&p, payload, 300, 0, 0, true, expected);
    assert_int_equal(f->sent[2].length, length);
    assert_memory_equal(f->sent[2].data, expected, length);
    for (uint32_t k = 0; k < 3; k++) {
        length = packet_build(&p, payload + 700 * k, k < 2 ? 700 : 600, k, 700, k == 2, expected);
        assert_int_equal(f->sent[3 + k].length, length);
        assert_memory_equal(f->sent[3 + k].data, expected, length);
    }
    assert_true(get64(TX_AWAY) == DATA_AWAY);
    assert_true(get64(TX_AWAY + 8) >> 32 & 1);
}

static void start_receiver(struct fixture *f, uint64_t ring, uint32_t size_code)
{
    fixture_write(f, REG_RCTL, 0);
    set_ring(f, REG_RDBAL, ring, 16);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_UPE | RCTL_SECRC | size_code << RCTL_BSIZE_SHIFT);
    fixture_write(f, REG_RDT, 15);
}

/* The same for received frames, of one descriptor and of several. */
static void test_T12_receive_reads_once(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[600];

    for (uint32_t i = 0; i < 16; i++) {
        put64(RX_AWAY + 16 * i, DATA_AWAY + 512 * i);
        put64(RX_AWAY + 16 * i + 8, 0);
    }
    forget_reads();
    start_receiver(f, RX_AWAY, 3); /* 256 bytes each */
    for (uint32_t i = 0; i < 5; i++) {
        fixture_make_frame(bytes, sizeof bytes, tx_station, i);
        assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_STORED);
        assert_memory_equal(away + 0x4000 + 512 * 3 * i, bytes, 256);
        assert_memory_equal(away + 0x4000 + 512 * (3 * i + 2), bytes + 512, 88);
    }
    assert_int_equal(most_reads, 1);
    assert_int_equal(fixture_read(f, REG_RDH), 15);
}

/* ---- Changing meanwhile --------------------------------------------------------------------- */

/* All descriptors of both rings, which lie in a window: other buffers, other lengths, other types.
 */
static void scribble(struct fixture *f)
{
    for (uint32_t i = 0; i < 16; i++) {
        fixture_put64(f, TX_RING + 16 * i, FIXTURE_BUS + FIXTURE_MEMORY - 1);
        fixture_put64(f, TX_RING + 16 * i + 8, UINT64_MAX);
    }
}

/* Software replaces descriptors each time that the chip reads a buffer: all frames leave as they
 * were posted, and what is written back is what the chip had read, with DD. */
static void test_T12_transmit_descriptors_change(void **state)
{
    struct fixture *f = *state;
    uint64_t posted[16];

    for (unsigned rounds = 0; rounds < 2; rounds++) {
        uint32_t piece = rounds ? 60 : 200;

        tx_start(f, 16, 0);
        for (uint32_t i = 0; i < 3; i++)
            tx_post_frame(f, 200, i, piece, TX_EOP_IFCS | TXD_CMD_RS);
        for (uint32_t i = 0; i < software.tail; i++) {
            uint64_t from = fixture_get64(f, TX_RING + 16 * i), at = DATA_AWAY + 256 * i;

            posted[i] = tx_fields(f, i);
            memcpy(away + (at - AWAY), fixture_at(f, from), posted[i] & 0xffff);
            fixture_put64(f, TX_RING + 16 * i, at);
        }
        forget_reads();
        meanwhile = scribble;
        tx_doorbell(f);
        meanwhile = NULL;
        assert_int_equal(f->sent_count, 3);
        for (uint32_t i = 0; i < 3; i++)
            tx_expect(f, i, 200, i);
        assert_int_equal(fixture_read(f, REG_TDH), software.tail);
        for (uint32_t i = 0; i < software.tail; i++)
            assert_true(tx_fields(f, i) == (posted[i] | TX_DD));
    }
}

/* Software replaces descriptors each time that the chip stores into a buffer: the frame goes on in
 * the buffers that were there, and the status tells of it alone. */
static void test_T12_receive_descriptors_change(void **state)
{
    struct fixture *f = *state;
    uint8_t bytes[600];

    for (uint32_t i = 0; i < 16; i++) {
        fixture_put64(f, TX_RING + 16 * i, DATA_AWAY + 512 * i);
        fixture_put64(f, TX_RING + 16 * i + 8, 0);
    }
    memset(away, 0, sizeof away);
    start_receiver(f, TX_RING, 3);
    fixture_make_frame(bytes, sizeof bytes, tx_station, 7);
    meanwhile = scribble;
    assert_int_equal(fixture_receive(f, bytes, sizeof bytes, 0), E1000EMU_RX_STORED);
    meanwhile = NULL;
    for (uint32_t i = 0; i < 3; i++) {
        uint32_t n = i < 2 ? 256 : 88;

        assert_memory_equal(away + 0x4000 + 512 * i, bytes + 256 * i, n);
    }
    assert_int_equal(fixture_read(f, REG_RDH), 3);
    /* The others were changed once more after they had been written back. */
    assert_int_equal(tx_fields(f, 2) & 0xffffffff, 88);
}

/* ---- A thread ------------------------------------------------------------------------------- */

#define THREAD_RING  64u
#define THREAD_TURNS 4000u

static struct {
    struct fixture *f;
    atomic_bool stop;
} mutator;

/* Writes descriptors of both rings as fast as it can: any length and type, and buffers of its own
 * memory, which the chip may use, but none else. */
static void *mutate(void *nothing)
{
    uint64_t *tx = (uint64_t *)(void *)fixture_at(mutator.f, TX_RING);
    uint64_t *rx = (uint64_t *)(void *)fixture_at(mutator.f, TX_RING + 0x1000);
    uint64_t x = 12;

    (void)nothing;
    while (!atomic_load_explicit(&mutator.stop, memory_order_relaxed)) {
        uint64_t *ring = x >> 40 & 1 ? tx : rx;
        uint64_t place = x >> 41 & (THREAD_RING - 1);

        x = x * 6364136223846793005ull + 1442695040888963407ull;
        __atomic_store_n(&ring[2 * place], TX_BUFFERS + (x >> 33 & 0xffff), __ATOMIC_RELAXED);
        __atomic_store_n(&ring[2 * place + 1], x >> 20 & ~0xff000ull, __ATOMIC_RELAXED);
    }
    return NULL;
}

/* A real race: whatever mixture of descriptors the chip gets to see, it goes on, and stays within
 * the memory that some descriptor named. */
static void test_T12_a_thread_changes_descriptors(void **state)
{
    struct fixture *f = *state;
    uint64_t guard = TX_BUFFERS + 0x10000 + 16384;
    uint8_t bytes[1500];
    pthread_t thread;

    tx_start(f, THREAD_RING, 0);
    memset(fixture_at(f, guard), 0xa5, 4096);
    fixture_write(f, REG_RCTL, 0);
    set_ring(f, REG_RDBAL, TX_RING + 0x1000, THREAD_RING);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_UPE | RCTL_SECRC);
    fixture_make_frame(bytes, sizeof bytes, tx_station, 1);
    mutator.f = f;
    atomic_store(&mutator.stop, false);
    assert_int_equal(pthread_create(&thread, NULL, mutate, NULL), 0);
    for (uint32_t i = 0; i < THREAD_TURNS; i++) {
        fixture_write(f, REG_TDT, i * 7 % THREAD_RING);
        fixture_write(f, REG_RDT, i * 5 % THREAD_RING);
        fixture_receive(f, bytes, 60 + i % 1440, 0);
        f->now += 10000;
        e1000emu_advance(f->chip, f->now);
        for (size_t k = 0; k < f->sent_count; k++)
            assert_in_range(f->sent[k].length, 1, 16292);
        fixture_forget(f);
    }
    atomic_store(&mutator.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    for (unsigned i = 0; i < 4096; i++)
        assert_int_equal(fixture_at(f, guard)[i], 0xa5);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_link_up(f);
    tx_start(f, 16, 0);
    tx_post_frame(f, 100, 1, 40, TX_EOP_IFCS);
    tx_doorbell(f);
    tx_expect(f, 0, 100, 1);
}

static int setup(void **state)
{
    const struct e1000emu_config config = {
        .host = {.dma_read = read_once, .dma_write = write_away}};
    struct fixture *f = fixture_new(&config);

    meanwhile = NULL;
    fixture_enable(f);
    fixture_link_up(f);
    *state = f;
    return 0;
}

#define FETCH_TEST(name) cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FETCH_TEST(test_T12_transmit_reads_once),
        FETCH_TEST(test_T12_receive_reads_once),
        FETCH_TEST(test_T12_transmit_descriptors_change),
        FETCH_TEST(test_T12_receive_descriptors_change),
        FETCH_TEST(test_T12_a_thread_changes_descriptors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
