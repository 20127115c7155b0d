/* SPDX-License-Identifier: BSD-2-Clause */
#include "rig_memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define US          1000u
#define FRAME_BYTES 2048u

/* ---- The chip's host ------------------------------------------------------------------------ */

static void on_interrupt(void *opaque, bool asserted)
{
    struct rig *rig = opaque;

    rig->interrupts += asserted;
}

static void on_msi(void *opaque, uint64_t address, uint32_t data)
{
    struct rig *rig = opaque;

    assert_int_equal(address, rig->params.msi_address);
    assert_int_equal(data, rig->params.msi_data);
    rig->messages++;
    rig->message = true;
}

static size_t on_transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct rig *rig = opaque;

    for (size_t i = 0; i < count; i++) {
        rig->last_length = frames[i].length;
        memcpy(rig->last_sent, frames[i].data,
               frames[i].length < sizeof rig->last_sent ? frames[i].length : sizeof rig->last_sent);
        if (rig->on_sent)
            rig->on_sent(rig->opaque, frames[i].data, frames[i].length);
    }
    rig->sent += (unsigned)count;
    return count;
}

static bool on_dma_read(void *opaque, uint64_t address, void *data, size_t length)
{
    ((struct rig *)opaque)->stray_dma++;
    return false;
}

static bool on_dma_write(void *opaque, uint64_t address, const void *data, size_t length)
{
    ((struct rig *)opaque)->stray_dma++;
    return false;
}

static void on_finding(void *opaque, const struct e1000emu_finding *finding)
{
    struct rig *rig = opaque;

    if (finding->rule->severity == E1000EMU_ADVICE || rig->tolerant || rig->deaf || rig->gone)
        return;
    rig->violations++;
    if (rig->violations > rig->expected_violations)
        print_error("%s: %s (%llx, %llx)\n", finding->rule->id, finding->rule->sentence,
                    (unsigned long long)finding->number[0], (unsigned long long)finding->number[1]);
}

/* ---- The core's operating system ------------------------------------------------------------ */

static bool vanished(struct rig *rig)
{
    rig->accesses++;
    if (rig->gone_after > 0)
        rig->gone_after--;
    else if (rig->gone_after == 0)
        rig->gone = true;
    return rig->gone;
}

static uint32_t read32(void *context, uint32_t offset)
{
    struct rig *rig = context;
    uint32_t value;

    if (vanished(rig))
        return UINT32_MAX;
    value = e1000emu_read32(rig->chip, offset);
    for (unsigned i = 0; i < rig->lies; i++) {
        if (rig->lie[i].offset == offset)
            value = (value | rig->lie[i].ones) & ~rig->lie[i].zeros;
    }
    return value;
}

/* Whether a write to CTRL goes through; it may be a reset that does not. */
static bool ctrl_arrives(struct rig *rig, uint32_t value)
{
    if (!(value & E1000_CTRL_RST))
        return true;
    if (rig->lose_resets > 0) {
        rig->lose_resets--;
        return false;
    }
    rig->resets++;
    rig->tx_stuck = false;
    return true;
}

static void write32(void *context, uint32_t offset, uint32_t value)
{
    struct rig *rig = context;

    if (vanished(rig) || (offset == E1000_TDT && rig->tx_stuck && value))
        return;
    if ((offset == E1000_CTRL || offset == E1000_CTRL_DUP) && !ctrl_arrives(rig, value))
        return;
    e1000emu_write32(rig->chip, offset, value);
}

static uint32_t io_read32(void *context, uint32_t offset)
{
    struct rig *rig = context;

    return vanished(rig) ? UINT32_MAX
                         : (uint32_t)e1000emu_bar_read(rig->chip, E1000EMU_IO, offset, 4);
}

static void io_write32(void *context, uint32_t offset, uint32_t value)
{
    struct rig *rig = context;

    if (vanished(rig))
        return;
    /* The core has only one use for the window. */
    if (offset == E1000_IODATA && !ctrl_arrives(rig, value))
        return;
    e1000emu_bar_write(rig->chip, E1000EMU_IO, offset, 4, value);
}

static uint16_t config_read16(void *context, uint32_t offset)
{
    struct rig *rig = context;

    return rig->gone ? UINT16_MAX : (uint16_t)e1000emu_config_read(rig->chip, offset, 2);
}

static void config_write16(void *context, uint32_t offset, uint16_t value)
{
    struct rig *rig = context;

    if (!rig->gone)
        e1000emu_config_write(rig->chip, offset, 2, value);
}

static uint64_t time_us(void *context)
{
    return ((struct rig *)context)->now / US;
}

static void advance(struct rig *rig, e1000emu_time to)
{
    rig->now = to;
    do
        e1000emu_advance(rig->chip, to);
    while (e1000emu_next_event(rig->chip) < to);
}

static void delay_us(void *context, uint32_t us)
{
    struct rig *rig = context;

    rig->call_us += us;
    if (rig->call_us > rig->worst_call_us)
        rig->worst_call_us = rig->call_us;
    advance(rig, rig->now + us * US);
}

static void log_line(void *context, enum e1000_log_level level, const char *line)
{
    struct rig *rig = context;

    snprintf(rig->line[rig->lines++ % RIG_LINES], sizeof rig->line[0], "%s", line);
}

static void link_changed(void *context)
{
    ((struct rig *)context)->link_changes++;
}

/* ---- Life ----------------------------------------------------------------------------------- */

struct rig *rig_new(const char *profile)
{
    struct rig *rig = calloc(1, sizeof *rig);

    assert_non_null(rig);
    rig->oracle = oracle_new();
    rig->dev = calloc(1, sizeof *rig->dev);
    assert_non_null(rig->dev);
    rig->profile = *e1000emu_profile_find(profile);
    rig->partner = (struct e1000emu_partner){.cable = true, .abilities = 0xFF};
    rig->gone_after = -1;
    rig->os = (struct e1000_os){
        .read32 = read32,
        .write32 = write32,
        .io_read32 = io_read32,
        .io_write32 = io_write32,
        .config_read16 = config_read16,
        .config_write16 = config_write16,
        .dma_alloc = rig_dma_alloc,
        .dma_free = rig_dma_free,
        .dma_owner = rig_dma_owner,
        .time_us = time_us,
        .delay_us = delay_us,
        .log = log_line,
        .link_changed = link_changed,
    };
    e1000_params_init(&rig->params);
    rig->params.rx_ring = rig->params.tx_ring = 32;
    rig->params.rx_buffers = 64;
    return rig;
}

void rig_start(struct rig *rig)
{
    const struct e1000emu_config config = {
        .profile = &rig->profile,
        .eeprom = rig->eeprom,
        .eeprom_words = rig->eeprom_words,
        .mac = rig->mac,
        .sibling = rig->other ? rig->other->chip : NULL,
        .lan_b = rig->other != NULL,
        .watch = E1000EMU_WATCH_CHECK,
        .host = {.opaque = rig,
                 .interrupt = on_interrupt,
                 .msi = on_msi,
                 .transmit = on_transmit,
                 .dma_read = on_dma_read,
                 .dma_write = on_dma_write,
                 .finding = on_finding},
    };

    assert_int_equal(e1000emu_create(&rig->chip, &config), 0);
    e1000emu_set_partner(rig->chip, &rig->partner);
    advance(rig, 10000000);
    rig->frame = calloc(1, FRAME_BYTES);
    assert_non_null(rig->frame);
    rig->frame_bus = 0x77770000;
    assert_int_equal(
        e1000emu_dma_map(rig->chip, rig->frame_bus, FRAME_BYTES, rig->frame, E1000EMU_DMA_READ), 0);
}

int rig_attach(struct rig *rig)
{
    int error;

    if (!rig->chip)
        rig_start(rig);
    error = e1000_attach_begin(rig_call(rig), &rig->os, rig, &rig->params);
    if (!error && rig_settle(rig) != E1000_STATE_DOWN)
        error = e1000_get_error(rig->dev);
    return error;
}

struct rig *rig_up(const char *profile)
{
    struct rig *rig = rig_new(profile);

    assert_int_equal(rig_attach(rig), 0);
    assert_int_equal(e1000_up(rig_call(rig)), 0);
    assert_int_equal(rig_settle(rig), E1000_STATE_UP);
    assert_true(rig_linked(rig, 10000000));
    return rig;
}

void rig_reap(struct rig *rig)
{
    void *cookies[64];
    unsigned n;

    while ((n = oracle_reap(rig->oracle, rig->dev, cookies, 64)) > 0)
        rig->outstanding -= n;
}

void rig_free(struct rig *rig)
{
    if (rig->chip) {
        e1000_detach(rig_call(rig));
        rig_reap(rig);
        assert_int_equal(rig->outstanding, 0);
        assert_int_equal(rig->live, 0);
        assert_int_equal(rig->stray_dma, 0);
        assert_int_equal(rig->violations, rig->expected_violations);
        assert_true(rig->worst_call_us <= 1000);
        e1000emu_destroy(rig->chip);
    }
    oracle_free(rig->oracle, rig->dev);
    free(rig->frame);
    free(rig->dev);
    free(rig);
}

struct e1000_dev *rig_call(struct rig *rig)
{
    rig->call_us = 0;
    return rig->dev;
}

/* ---- Running -------------------------------------------------------------------------------- */

/* What was received is returned, unless somebody keeps it. */
static void take(struct rig *rig, const struct e1000_frag *frags, unsigned count)
{
    if (rig->on_received)
        rig->on_received(rig->opaque, frags, count);
    if (!rig->keeps)
        oracle_recycle(rig->oracle, rig_call(rig), frags, count);
}

static unsigned receive(struct rig *rig)
{
    struct e1000_frag frags[80];
    unsigned n, all = 0;

    while ((n = oracle_receive(rig->oracle, rig_call(rig), frags, 80)) > 0) {
        take(rig, frags, n);
        all += n;
    }
    return all;
}

/* What somebody who polls does, until there is no more. */
static void poll(struct rig *rig)
{
    struct e1000_frag frags[80];
    unsigned work, n;

    do {
        n = oracle_poll(rig->oracle, rig_call(rig), frags, 80, &work);
        take(rig, frags, n);
        if (work & E1000_WORK_TX)
            rig_reap(rig);
    } while (work & E1000_WORK_RX);
}

/* What a handler does. It ends by itself: the line falls when ICR is read. */
static void serve(struct rig *rig)
{
    if (rig->params.interrupts == E1000_INTERRUPTS_NONE && !rig->deaf)
        poll(rig);
    for (unsigned i = 0;
         i < 8 && !rig->deaf && (e1000emu_interrupt_level(rig->chip) || rig->message); i++) {
        unsigned work;

        rig->message = false;
        work = e1000_interrupt(rig_call(rig));

        if (work && rig->params.interrupts == E1000_INTERRUPTS_MASKED) {
            poll(rig);
            continue;
        }
        if (work & E1000_WORK_RX)
            receive(rig);
        if (work & E1000_WORK_TX)
            rig_reap(rig);
    }
}

/* One step towards end: to what comes first. Without progress of time only so often. */
static void step(struct rig *rig, e1000emu_time end, unsigned *at_once)
{
    enum e1000_state before = e1000_get_state(rig->dev);
    uint64_t due;
    e1000emu_time next;

    serve(rig);
    due = e1000_tick(rig_call(rig));
    serve(rig);
    if (e1000_get_state(rig->dev) != before)
        return; /* somebody may wait for that */
    next = e1000emu_next_event(rig->chip);
    if (due < end / US && due * US < next)
        next = due * US;
    if (next > end)
        next = end;
    if (next > rig->now) {
        advance(rig, next);
        *at_once = 0;
    } else {
        e1000emu_advance(rig->chip, rig->now); /* work that was left over */
        assert_true(++*at_once < 2000);
    }
}

void rig_run(struct rig *rig, uint64_t us)
{
    e1000emu_time end = rig->now + us * US;
    unsigned at_once = 0;

    while (rig->now < end)
        step(rig, end, &at_once);
    serve(rig);
}

bool rig_until(struct rig *rig, enum e1000_state state, uint64_t us)
{
    e1000emu_time end = rig->now + us * US;
    unsigned at_once = 0;

    while (rig->now < end && e1000_get_state(rig->dev) != state &&
           e1000_get_state(rig->dev) != E1000_STATE_FAILED)
        step(rig, end, &at_once);
    return e1000_get_state(rig->dev) == state;
}

enum e1000_state rig_settle(struct rig *rig)
{
    enum e1000_state before = e1000_get_state(rig->dev);
    e1000emu_time end = rig->now + (e1000emu_time)10000000 * US;
    unsigned at_once = 0;

    while (rig->now < end && e1000_get_state(rig->dev) == before)
        step(rig, end, &at_once);
    return e1000_get_state(rig->dev);
}

bool rig_linked(struct rig *rig, uint64_t us)
{
    struct e1000_link link;
    uint64_t step_us = 1000;

    for (uint64_t t = 0; t < us; t += step_us) {
        e1000_get_link(rig->dev, &link);
        if (link.up)
            return true;
        rig_run(rig, step_us);
    }
    return false;
}

void rig_set_partner(struct rig *rig, bool cable, uint32_t abilities)
{
    rig->partner.cable = cable;
    rig->partner.abilities = abilities;
    e1000emu_set_partner(rig->chip, &rig->partner);
}

unsigned rig_transmit(struct rig *rig, struct e1000_frag *frags, unsigned count)
{
    unsigned taken;

    for (unsigned i = 0; i < count; i++)
        frags[i].cookie = (void *)(rig->next_cookie + i);
    taken = oracle_transmit(rig->oracle, rig_call(rig), frags, count);
    rig->next_cookie += taken;
    rig->outstanding += taken;
    return taken;
}

unsigned rig_send(struct rig *rig, unsigned count, uint32_t length)
{
    unsigned taken = 0;

    memset(rig->frame, 0xFF, 12);
    rig->frame[12] = 0x88;
    rig->frame[13] = 0xB5;
    for (unsigned i = 0; i < count; i++) {
        struct e1000_frag frag = {
            .data = rig->frame, .bus = rig->frame_bus, .length = length, .flags = E1000_FRAG_EOP};

        taken += rig_transmit(rig, &frag, 1);
    }
    return taken;
}

bool rig_hears(struct rig *rig, const uint8_t to[6], int vlan)
{
    uint8_t data[64] = {0};
    struct e1000emu_frame frame = {.data = data, .length = sizeof data};
    unsigned at = 12;

    memcpy(data, to, 6);
    data[6] = 2;
    if (vlan >= 0) {
        data[at++] = 0x81;
        data[at++] = 0x00;
        data[at++] = (uint8_t)(vlan >> 8);
        data[at++] = (uint8_t)vlan;
    }
    data[at++] = 0x88;
    data[at] = 0xB5;
    /* Not by the handler: the frame is counted here. */
    rig->deaf = true;
    e1000emu_receive(rig->chip, &frame, 1, 0, NULL);
    advance(rig, rig->now + 100 * US);
    at = receive(rig);
    rig->deaf = false;
    serve(rig);
    return at > 0;
}

uint64_t rig_stat(const struct rig *rig, const char *name)
{
    const char *found;

    for (unsigned i = 0; (found = e1000_stat_name(i)) != NULL; i++) {
        if (!strcmp(found, name))
            return e1000_stat(rig->dev, i);
    }
    fail_msg("no statistic %s", name);
    return 0;
}

bool rig_logged(const struct rig *rig, const char *part)
{
    for (unsigned i = 0; i < rig->lines && i < RIG_LINES; i++) {
        if (strstr(rig->line[i], part))
            return true;
    }
    return false;
}
