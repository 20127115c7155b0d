/* SPDX-License-Identifier: BSD-2-Clause */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "hw.h"

__attribute__((constructor)) static void choose_cases(void)
{
    const char *pattern = getenv("E1000_TEST_CASES");

    if (pattern)
        cmocka_set_test_filter(pattern);
}

static void on_interrupt(void *opaque, bool asserted)
{
    struct fixture *f = opaque;

    assert_int_not_equal(f->level, asserted); /* only changes are reported */
    f->level = asserted;
    f->edges++;
}

static void on_pme(void *opaque, bool asserted)
{
    struct fixture *f = opaque;

    assert_int_not_equal(f->pme, asserted);
    f->pme = asserted;
    f->pme_edges++;
}

static void keep_frame(struct fixture *f, const struct e1000emu_frame *frame)
{
    struct fixture_frame *kept;

    f->sent = realloc(f->sent, (f->sent_count + 1) * sizeof *f->sent);
    assert_non_null(f->sent);
    kept = &f->sent[f->sent_count++];
    kept->data = malloc(frame->length + 1);
    assert_non_null(kept->data);
    memcpy(kept->data, frame->data, frame->length);
    kept->length = frame->length;
    kept->flags = frame->flags;
    kept->time = frame->time;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct fixture *f = opaque;
    size_t i;

    f->offers++;
    if (count > f->largest_batch)
        f->largest_batch = count;
    for (i = 0; i < count && f->accept > 0; i++) {
        keep_frame(f, &frames[i]);
        f->accept--;
    }
    return i + f->overstated;
}

static bool on_dma_read(void *opaque, uint64_t address, void *data, size_t length)
{
    struct fixture *f = opaque;

    f->dma_reads++;
    for (size_t i = 0; i < length; i++)
        ((uint8_t *)data)[i] = (uint8_t)(address + i);
    return f->dma_answers;
}

static bool on_dma_write(void *opaque, uint64_t address, const void *data, size_t length)
{
    struct fixture *f = opaque;

    (void)address;
    (void)data;
    (void)length;
    f->dma_writes++;
    return f->dma_answers;
}

struct fixture *fixture_new(const struct e1000emu_config *config)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct e1000emu_config mine = {0};

    assert_non_null(f);
    if (config)
        mine = *config;
    f->memory = calloc(1, FIXTURE_MEMORY);
    assert_non_null(f->memory);
    f->accept = SIZE_MAX;
    mine.host = (struct e1000emu_host){
        .opaque = f,
        .interrupt = on_interrupt,
        .pme = on_pme,
        .transmit = on_transmit,
        .dma_read = mine.host.dma_read ? mine.host.dma_read : on_dma_read,
        .dma_write = mine.host.dma_write ? mine.host.dma_write : on_dma_write,
        .msi = mine.host.msi,
        .attempt = mine.host.attempt,
        .event = mine.host.event,
        .finding = mine.host.finding};
    assert_int_equal(e1000emu_create(&f->chip, &mine), 0);
    assert_int_equal(e1000emu_dma_map(f->chip, FIXTURE_BUS, FIXTURE_MEMORY, f->memory,
                                      E1000EMU_DMA_READ | E1000EMU_DMA_WRITE),
                     0);
    return f;
}

void fixture_forget(struct fixture *f)
{
    for (size_t i = 0; i < f->sent_count; i++)
        free(f->sent[i].data);
    free(f->sent);
    f->sent = NULL;
    f->sent_count = 0;
}

void fixture_free(struct fixture *f)
{
    e1000emu_destroy(f->chip);
    fixture_forget(f);
    free(f->memory);
    free(f);
}

void fixture_enable(struct fixture *f)
{
    e1000emu_config_write(f->chip, 4, 2, 0x0007);
}

void fixture_run(struct fixture *f, e1000emu_time ns)
{
    e1000emu_time end = f->now + ns;

    while (e1000emu_next_event(f->chip) <= end) {
        e1000emu_time next = e1000emu_next_event(f->chip);

        if (next > f->now)
            f->now = next;
        e1000emu_advance(f->chip, f->now);
    }
    f->now = end;
    e1000emu_advance(f->chip, end);
}

void fixture_link_up(struct fixture *f)
{
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_SLU);
    for (int i = 0; i < 100 && !(fixture_read(f, REG_STATUS) & STATUS_LU); i++)
        fixture_run(f, 100000000);
    assert_true(fixture_read(f, REG_STATUS) & STATUS_LU);
}

uint32_t fixture_read(struct fixture *f, uint32_t offset)
{
    return e1000emu_read32(f->chip, offset);
}

void fixture_write(struct fixture *f, uint32_t offset, uint32_t value)
{
    e1000emu_write32(f->chip, offset, value);
}

uint8_t *fixture_at(struct fixture *f, uint64_t bus)
{
    assert_in_range(bus, FIXTURE_BUS, FIXTURE_BUS + FIXTURE_MEMORY - 1);
    return f->memory + (bus - FIXTURE_BUS);
}

void fixture_put64(struct fixture *f, uint64_t bus, uint64_t value)
{
    uint8_t *p = fixture_at(f, bus);

    for (unsigned i = 0; i < 8; i++)
        p[i] = (uint8_t)(value >> (8 * i));
}

uint64_t fixture_get64(struct fixture *f, uint64_t bus)
{
    const uint8_t *p = fixture_at(f, bus);
    uint64_t value = 0;

    for (unsigned i = 0; i < 8; i++)
        value |= (uint64_t)p[i] << (8 * i);
    return value;
}

void fixture_make_frame(uint8_t *data, size_t length, const uint8_t destination[6], uint32_t seed)
{
    static const uint8_t header[8] = {0x02, 0x00, 0x5e, 0x10, 0x20, 0x30, 0x88, 0xb5};
    uint32_t x = seed * 2654435761u + 12345u;

    for (size_t i = 0; i < length; i++) {
        if (i < 6)
            data[i] = destination[i];
        else if (i < 14)
            data[i] = header[i - 6];
        else {
            x = x * 1664525u + 1013904223u;
            data[i] = (uint8_t)(x >> 24);
        }
    }
}

unsigned fixture_receive(struct fixture *f, const uint8_t *data, size_t length, uint32_t flags)
{
    struct e1000emu_frame frame = {.data = data, .length = (uint32_t)length, .flags = flags};
    uint8_t verdict = E1000EMU_RX_VERDICTS;

    e1000emu_receive(f->chip, &frame, 1, 0, &verdict);
    return verdict;
}

int fixture_setup_cold(void **state)
{
    *state = fixture_new(NULL);
    return 0;
}

int fixture_setup(void **state)
{
    struct fixture *f = fixture_new(NULL);

    fixture_enable(f);
    fixture_link_up(f);
    fixture_read(f, REG_ICR);
    f->edges = 0;
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    fixture_free(*state);
    return 0;
}
