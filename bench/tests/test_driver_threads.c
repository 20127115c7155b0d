/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chip on a thread of its own, as it is on a board of its own: registers are reached by asking
 * that thread, writes are posted, and rings and buffers are shared without a lock. Frames flow in
 * both directions, numbered; ThreadSanitizer sees whether the core's order of loads and stores is
 * enough.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "e1000_core.h"
#include "e1000emu.h"

#define FRAMES   4000u
#define LENGTH   300u
#define STEP_NS  20000u
#define REQUESTS 64u
#define PIECES   32u
#define SLOTS    64u
#define SLOT     512u
#define BUS      UINT64_C(0x345600000)
#define TIME_MAX (120 * UINT64_C(1000000000))

/* What the chip's thread is asked to do. */
enum kind { READ, WRITE, IO_READ, IO_WRITE, CONFIG_READ, CONFIG_WRITE, MAP, UNMAP };

struct request {
    enum kind kind;
    uint32_t offset, value;
    uint64_t bus, length;
    void *memory;
};

static struct {
    e1000emu *chip;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    struct request request[REQUESTS];
    unsigned requests;
    bool waits; /* somebody wants an answer to the last one */
    uint32_t answer;

    atomic_bool stop, line, traffic;
    _Atomic uint64_t now;
    _Atomic unsigned sent; /* seen on the wire, in order */
    atomic_bool damaged;
    unsigned arrived;

    /* The driver's side. */
    struct e1000_dev dev;
    struct {
        void *cpu;
        uint64_t bus, size;
    } piece[PIECES];
    uint64_t next_bus;
} both;

/* ---- The chip's thread ---------------------------------------------------------------------- */

static void fill(uint8_t *data, uint32_t number)
{
    memset(data, 0xFF, 6);
    memset(data + 6, 2, 8);
    for (uint32_t i = 14; i < LENGTH; i++)
        data[i] = (uint8_t)(number + i);
}

static bool filled(const uint8_t *data, uint32_t length, uint32_t number)
{
    uint8_t wanted[LENGTH];

    fill(wanted, number);
    return length == LENGTH && !memcmp(data, wanted, LENGTH);
}

static void on_interrupt(void *opaque, bool asserted)
{
    atomic_store(&both.line, asserted);
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        unsigned number = atomic_load(&both.sent);

        if (!filled(frames[i].data, frames[i].length, number))
            atomic_store(&both.damaged, true);
        atomic_store(&both.sent, number + 1);
    }
    return count;
}

static uint32_t carry_out(const struct request *request)
{
    switch (request->kind) {
    case READ:
        return e1000emu_read32(both.chip, request->offset);
    case WRITE:
        e1000emu_write32(both.chip, request->offset, request->value);
        return 0;
    case IO_READ:
        return (uint32_t)e1000emu_bar_read(both.chip, E1000EMU_IO, request->offset, 4);
    case IO_WRITE:
        e1000emu_bar_write(both.chip, E1000EMU_IO, request->offset, 4, request->value);
        return 0;
    case CONFIG_READ:
        return e1000emu_config_read(both.chip, request->offset, 2);
    case CONFIG_WRITE:
        e1000emu_config_write(both.chip, request->offset, 2, request->value);
        return 0;
    case MAP:
        return (uint32_t)e1000emu_dma_map(both.chip, request->bus, request->length, request->memory,
                                          E1000EMU_DMA_READ | E1000EMU_DMA_WRITE);
    default:
        return (uint32_t)e1000emu_dma_unmap(both.chip, request->bus, request->length);
    }
}

/* Everything that was asked for so far. */
static void serve(void)
{
    struct request request[REQUESTS];
    unsigned count;
    uint32_t answer = 0;

    pthread_mutex_lock(&both.lock);
    count = both.requests;
    memcpy(request, both.request, count * sizeof request[0]);
    pthread_mutex_unlock(&both.lock);
    if (!count)
        return;
    /* Without the lock: the driver goes on meanwhile. */
    for (unsigned i = 0; i < count; i++)
        answer = carry_out(&request[i]);
    pthread_mutex_lock(&both.lock);
    both.requests -= count;
    memmove(both.request, both.request + count, both.requests * sizeof request[0]);
    if (both.waits && !both.requests) {
        both.answer = answer;
        both.waits = false;
    }
    pthread_cond_broadcast(&both.answered);
    pthread_mutex_unlock(&both.lock);
}

static void arrive(void)
{
    uint8_t data[LENGTH];
    struct e1000emu_frame frame = {.data = data, .length = LENGTH};

    for (unsigned i = 0; i < 8 && both.arrived < FRAMES; i++) {
        fill(data, both.arrived);
        if (!e1000emu_receive(both.chip, &frame, 1, E1000EMU_RECEIVE_WAIT, NULL))
            return;
        both.arrived++;
    }
}

static void *chip_thread(void *nothing)
{
    while (!atomic_load(&both.stop)) {
        uint64_t now = atomic_load(&both.now) + STEP_NS;

        serve();
        e1000emu_advance(both.chip, now);
        atomic_store(&both.now, now);
        if (atomic_load(&both.traffic))
            arrive();
        sched_yield();
    }
    serve();
    return NULL;
}

/* ---- The driver's thread -------------------------------------------------------------------- */

static uint32_t ask(struct request request, bool wait)
{
    uint32_t answer = 0;

    pthread_mutex_lock(&both.lock);
    while (both.requests == REQUESTS)
        pthread_cond_wait(&both.answered, &both.lock);
    both.request[both.requests++] = request;
    if (wait) {
        both.waits = true;
        while (both.waits)
            pthread_cond_wait(&both.answered, &both.lock);
        answer = both.answer;
    }
    pthread_mutex_unlock(&both.lock);
    return answer;
}

static uint32_t read32(void *context, uint32_t offset)
{
    return ask((struct request){.kind = READ, .offset = offset}, true);
}

static void write32(void *context, uint32_t offset, uint32_t value)
{
    ask((struct request){.kind = WRITE, .offset = offset, .value = value}, false);
}

static uint32_t io_read32(void *context, uint32_t offset)
{
    return ask((struct request){.kind = IO_READ, .offset = offset}, true);
}

static void io_write32(void *context, uint32_t offset, uint32_t value)
{
    ask((struct request){.kind = IO_WRITE, .offset = offset, .value = value}, false);
}

static uint16_t config_read16(void *context, uint32_t offset)
{
    return (uint16_t)ask((struct request){.kind = CONFIG_READ, .offset = offset}, true);
}

static void config_write16(void *context, uint32_t offset, uint16_t value)
{
    ask((struct request){.kind = CONFIG_WRITE, .offset = offset, .value = value}, true);
}

static int dma_alloc(void *context, size_t size, size_t align, size_t boundary,
                     struct e1000_dma *memory)
{
    uint64_t bus = (both.next_bus + align - 1) & ~(uint64_t)(align - 1);
    unsigned i = 0;

    if (boundary && bus / boundary != (bus + size - 1) / boundary)
        bus = (bus / boundary + 1) * boundary;
    both.next_bus = bus + size;
    while (both.piece[i].cpu)
        i++;
    assert_true(i < PIECES);
    both.piece[i].cpu = calloc(1, size);
    assert_non_null(both.piece[i].cpu);
    both.piece[i].bus = bus;
    both.piece[i].size = size;
    *memory = (struct e1000_dma){both.piece[i].cpu, bus, size, &both.piece[i]};
    return (int)ask(
        (struct request){.kind = MAP, .bus = bus, .length = size, .memory = memory->cpu}, true);
}

static void dma_free(void *context, struct e1000_dma *memory)
{
    ask((struct request){.kind = UNMAP, .bus = memory->bus, .length = memory->size}, true);
    free(memory->cpu);
    memset(memory->handle, 0, sizeof both.piece[0]);
}

static uint64_t time_us(void *context)
{
    return atomic_load(&both.now) / 1000;
}

static void delay_us(void *context, uint32_t us)
{
    uint64_t end = atomic_load(&both.now) + us * UINT64_C(1000);

    while (atomic_load(&both.now) < end)
        sched_yield();
}

static void tick(uint64_t *due)
{
    if (time_us(NULL) >= *due)
        *due = e1000_tick(&both.dev);
}

static void until(enum e1000_state state)
{
    uint64_t due = 0;

    while (e1000_get_state(&both.dev) != state) {
        assert_int_not_equal(e1000_get_state(&both.dev), E1000_STATE_FAILED);
        assert_true(atomic_load(&both.now) < TIME_MAX);
        tick(&due);
        sched_yield();
    }
}

static void receive(unsigned *received)
{
    struct e1000_frag frags[64];
    unsigned work, n;

    do {
        n = e1000_poll(&both.dev, frags, 64, &work);
        for (unsigned i = 0; i < n; i++)
            assert_true(filled(frags[i].data, frags[i].length, (*received)++));
        e1000_recycle(&both.dev, frags, n);
    } while (work & E1000_WORK_RX);
}

/* As many as there are free places for: a place is free again when its cookie has come back. */
static void transmit(const struct e1000_dma *memory, unsigned *queued, unsigned reaped)
{
    while (*queued < FRAMES && *queued - reaped < SLOTS) {
        size_t offset = (size_t)(*queued % SLOTS) * SLOT;
        struct e1000_frag frag = {.data = (uint8_t *)memory->cpu + offset,
                                  .bus = memory->bus + offset,
                                  .length = LENGTH,
                                  .flags = E1000_FRAG_EOP};

        fill(frag.data, *queued);
        if (!e1000_transmit(&both.dev, &frag, 1))
            return;
        ++*queued;
    }
}

static void exchange(void)
{
    struct e1000_dma memory;
    struct e1000_link link = {0};
    unsigned received = 0, queued = 0, reaped = 0;
    uint64_t due = 0;

    assert_int_equal(dma_alloc(NULL, SLOTS * SLOT, 4096, 0, &memory), 0);
    while (received < FRAMES || reaped < FRAMES) {
        void *cookies[64];

        assert_true(atomic_load(&both.now) < TIME_MAX);
        if (atomic_load(&both.line) && e1000_interrupt(&both.dev))
            receive(&received);
        tick(&due);
        e1000_get_link(&both.dev, &link);
        atomic_store(&both.traffic, link.up);
        if (link.up)
            transmit(&memory, &queued, reaped);
        reaped += e1000_reap(&both.dev, cookies, 64);
        sched_yield();
    }
    assert_int_equal(atomic_load(&both.sent), FRAMES);
    assert_false(atomic_load(&both.damaged));
    dma_free(NULL, &memory);
}

static void chip_on_its_own_thread(void **state)
{
    static const struct e1000_os os = {.read32 = read32,
                                       .write32 = write32,
                                       .io_read32 = io_read32,
                                       .io_write32 = io_write32,
                                       .config_read16 = config_read16,
                                       .config_write16 = config_write16,
                                       .dma_alloc = dma_alloc,
                                       .dma_free = dma_free,
                                       .time_us = time_us,
                                       .delay_us = delay_us};
    const struct e1000emu_config config = {
        .host = {.interrupt = on_interrupt, .transmit = on_transmit}};
    struct e1000_params params;
    pthread_t thread;

    assert_int_equal(e1000emu_create(&both.chip, &config), 0);
    pthread_mutex_init(&both.lock, NULL);
    pthread_cond_init(&both.answered, NULL);
    both.next_bus = BUS;
    assert_int_equal(pthread_create(&thread, NULL, chip_thread, NULL), 0);

    e1000_params_init(&params);
    params.interrupts = E1000_INTERRUPTS_MASKED;
    params.rx_ring = params.tx_ring = 32;
    params.rx_buffers = 48;
    assert_int_equal(e1000_attach_begin(&both.dev, &os, NULL, &params), 0);
    until(E1000_STATE_DOWN);
    assert_int_equal(e1000_up(&both.dev), 0);
    until(E1000_STATE_UP);
    exchange();
    e1000_detach(&both.dev);

    atomic_store(&both.stop, true);
    pthread_join(thread, NULL);
    e1000emu_destroy(both.chip);
    for (unsigned i = 0; i < PIECES; i++)
        assert_null(both.piece[i].cpu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(chip_on_its_own_thread)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
