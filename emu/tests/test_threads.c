/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several threads, as a guest's processors are: one changes descriptors of both rings while the
 * chip works with them, another writes and reads registers, a third brings frames and time. A chip
 * is used by one thread at a time, so those two take turns by a lock; descriptors know no lock.
 *
 * For ThreadSanitizer, which sees a race, and AddressSanitizer, which sees where it led to.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "fixture.h"
#include "hw.h"

#define RING       64u
#define RX_RING    FIXTURE_BUS
#define TX_RING    (FIXTURE_BUS + 0x1000)
#define RX_BUFFERS (FIXTURE_BUS + 0x100000)
#define TX_BUFFERS (FIXTURE_BUS + 0x400000)
#define GUARD      (FIXTURE_BUS + 0x800000)
#define ACCESSES   5000u
#define STORED     500u

static struct {
    struct fixture *f;
    pthread_mutex_t lock;
    atomic_bool stop;
    unsigned accesses, stored;
} shared;

static uint64_t next_random(uint64_t *x)
{
    *x = *x * 6364136223846793005ull + 1442695040888963407ull;
    return *x >> 20;
}

/* Descriptors of any kind, with buffers within the memory that is theirs. */
static void *change_descriptors(void *nothing)
{
    uint64_t *rx = (uint64_t *)(void *)fixture_at(shared.f, RX_RING);
    uint64_t *tx = (uint64_t *)(void *)fixture_at(shared.f, TX_RING);
    uint64_t x = 1;

    (void)nothing;
    while (!atomic_load_explicit(&shared.stop, memory_order_relaxed)) {
        uint64_t r = next_random(&x);
        bool send = r & 1;
        uint64_t *descriptor = (send ? tx : rx) + 2 * (r >> 1 & (RING - 1));
        uint64_t buffer = (send ? TX_BUFFERS : RX_BUFFERS) + (r >> 8 & 0x1ffff);

        __atomic_store_n(&descriptor[0], r & 0x80 ? buffer : 0, __ATOMIC_RELAXED);
        __atomic_store_n(&descriptor[1], next_random(&x), __ATOMIC_RELEASE);
        (void)__atomic_load_n(&descriptor[1], __ATOMIC_ACQUIRE);
    }
    return NULL;
}

/* Any register, with values that mostly leave the rings where they are. */
static void *change_registers(void *nothing)
{
    uint64_t x = 2;

    (void)nothing;
    while (!atomic_load_explicit(&shared.stop, memory_order_relaxed)) {
        uint64_t r = next_random(&x);
        const struct e1000emu_register *reg = e1000emu_register_at(r % 256);

        pthread_mutex_lock(&shared.lock);
        if (r & 0x100)
            e1000emu_write32(shared.f->chip, REG_TDT, r >> 9 & (RING - 1));
        else if (r & 0x200)
            e1000emu_write32(shared.f->chip, REG_RDT, r >> 10 & (RING - 1));
        else if (reg && r & 0x400)
            e1000emu_read32(shared.f->chip, reg->offset);
        else if (reg && reg->offset >= REG_CRCERRS)
            e1000emu_write32(shared.f->chip, reg->offset, (uint32_t)next_random(&x));
        shared.accesses++;
        pthread_mutex_unlock(&shared.lock);
    }
    return NULL;
}

static void set_ring(struct fixture *f, uint32_t first, uint64_t bus)
{
    fixture_write(f, first, (uint32_t)bus);
    fixture_write(f, first + 4, (uint32_t)(bus >> 32));
    fixture_write(f, first + 8, 16 * RING);
}

static void start(struct fixture *f)
{
    set_ring(f, REG_RDBAL, RX_RING);
    set_ring(f, REG_TDBAL, TX_RING);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_UPE | RCTL_MPE | RCTL_BAM | RCTL_LPE | RCTL_SECRC);
    fixture_write(f, REG_TCTL, TCTL_EN | TCTL_PSP);
    fixture_write(f, REG_IMS, ICR_ALL);
}

/* Frames and time, in turns with the registers' thread. */
static void work(struct fixture *f)
{
    uint8_t bytes[9000];

    fixture_make_frame(bytes, sizeof bytes, (const uint8_t[6]){0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
                       1);
    for (uint32_t i = 0, enough = 0; !enough; i++) {
        pthread_mutex_lock(&shared.lock);
        shared.stored +=
            fixture_receive(f, bytes, 60 + i * 37 % (sizeof bytes - 60), 0) == E1000EMU_RX_STORED;
        f->now += 5000;
        e1000emu_advance(f->chip, f->now);
        fixture_forget(f);
        if (i % 100 == 99) { /* so that what the registers' thread spoils is mended */
            fixture_write(f, REG_CTRL, CTRL_RST | CTRL_SLU);
            fixture_write(f, REG_CTRL, CTRL_SLU);
            start(f);
        }
        enough = shared.accesses >= ACCESSES && shared.stored >= STORED;
        pthread_mutex_unlock(&shared.lock);
        sched_yield(); /* the lock is not fair */
    }
}

static void race(struct fixture *f, unsigned watched)
{
    pthread_t descriptors, registers;

    shared.f = f;
    shared.accesses = shared.stored = 0;
    atomic_store(&shared.stop, false);
    assert_int_equal(pthread_mutex_init(&shared.lock, NULL), 0);
    memset(fixture_at(f, GUARD), 0xa5, 4096);
    start(f);
    e1000emu_watch(f->chip, UINT32_MAX, watched);
    assert_int_equal(pthread_create(&descriptors, NULL, change_descriptors, NULL), 0);
    assert_int_equal(pthread_create(&registers, NULL, change_registers, NULL), 0);
    work(f);
    atomic_store(&shared.stop, true);
    assert_int_equal(pthread_join(descriptors, NULL), 0);
    assert_int_equal(pthread_join(registers, NULL), 0);
    pthread_mutex_destroy(&shared.lock);
    assert_true(shared.accesses >= ACCESSES);
    assert_true(shared.stored >= STORED);
    for (unsigned i = 0; i < 4096; i++)
        assert_int_equal(fixture_at(f, GUARD)[i], 0xa5);
}

/* Rings in one window, reached directly. */
static void test_threads_around_a_chip(void **state)
{
    race(*state, 0);
}

/* The same while everything is watched: descriptors then take another way. */
static void test_threads_around_a_watched_chip(void **state)
{
    race(*state, UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_threads_around_a_chip, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_threads_around_a_watched_chip, fixture_setup,
                                        fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
