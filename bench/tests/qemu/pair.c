/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include "pair.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MS           1000000u
#define SENT_BYTES   0x800000u
#define EEPROM_WORDS 64u
#define PRINTED      20u /* operations before a failure */

/* As long as a driver waits for anything, and longer than any of the chip's timers. */
#define SETTLE_NS 3000000000u

static const uint8_t station[6] = {0x00, 0x04, 0x23, 0x45, 0x4d, 0x01};

/* ---- What a failure says -------------------------------------------------------------------- */

static const char *register_name(uint32_t offset, char *text, size_t size)
{
    const struct e1000emu_register *row;

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++) {
        uint32_t from = offset - row->offset;

        if (offset < row->offset || from % row->stride != 0 || from / row->stride >= row->count)
            continue;
        if (row->count > 1)
            snprintf(text, size, "%s[%u]", row->name, from / row->stride);
        else
            snprintf(text, size, "%s", row->name);
        return text;
    }
    return "no register";
}

static void print_trace(const struct pair *pair)
{
    uint32_t end = pair->failed ? pair->failed : pair->operations;
    uint32_t n = end < PRINTED ? end : PRINTED;

    fprintf(stderr, "  the last operations:\n");
    for (uint32_t i = end - n; i < end; i++) {
        const struct pair_operation *operation = &pair->trace[i % PAIR_TRACE];
        char name[40];

        fprintf(stderr, "    %s %05x %08x  %s\n", operation->kind == 'w' ? "write" : "read ",
                operation->offset, operation->value,
                register_name(operation->offset, name, sizeof name));
    }
}

void pair_fail(struct pair *pair, const char *format, ...)
{
    va_list args;

    fflush(stdout);
    fprintf(stderr, "FAILED: seed %llu, step %u: ", (unsigned long long)pair->seed, pair->step);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    print_trace(pair);
    fprintf(stderr, "  again: %s --seed %llu --first %u --steps 1\n", pair->program,
            (unsigned long long)pair->seed, pair->step);
    fprintf(stderr, "  or, if that step passes alone: %s --seed %llu --steps %u\n", pair->program,
            (unsigned long long)pair->seed, pair->step + 1);
    qemu_complaints(&pair->qemu);
    qemu_stop(&pair->qemu);
    exit(1);
}

static void trace(struct pair *pair, char kind, uint32_t offset, uint32_t value)
{
    pair->trace[pair->operations++ % PAIR_TRACE] =
        (struct pair_operation){.kind = kind, .offset = offset, .value = value};
}

/* ---- Our chip's host ------------------------------------------------------------------------ */

static void interrupt(void *opaque, bool asserted)
{
    (void)opaque;
    (void)asserted;
}

static size_t transmit(void *opaque, const struct e1000emu_frame *frames, size_t count)
{
    struct pair *pair = opaque;

    for (size_t i = 0; i < count; i++) {
        if (pair->sents == PAIR_FRAMES || frames[i].length > SENT_BYTES - pair->sent_used)
            pair_fail(pair, "our chip sends without end");
        pair->sent[pair->sents++] = (struct pair_frame){
            .at = pair->sent_used, .length = frames[i].length, .flags = frames[i].flags};
        memcpy(pair->sent_bytes + pair->sent_used, frames[i].data, frames[i].length);
        pair->sent_used += frames[i].length;
    }
    return count;
}

void pair_settle(struct pair *pair)
{
    e1000emu_time limit = pair->now + SETTLE_NS;
    e1000emu_time next;

    for (unsigned i = 0; (next = e1000emu_next_event(pair->chip)) <= limit; i++) {
        if (i == 100000)
            pair_fail(pair, "our chip's timers never come to rest");
        if (next > pair->now)
            pair->now = next;
        e1000emu_advance(pair->chip, pair->now);
    }
}

/* ---- Registers ------------------------------------------------------------------------------ */

void pair_write(struct pair *pair, uint32_t offset, uint32_t value)
{
    trace(pair, 'w', offset, value);
    pair->accesses++;
    pair->dirty[offset / 4] = 1;
    expect_write(pair, offset, value);
    qemu_write(&pair->qemu, offset, value);
    e1000emu_write32(pair->chip, offset, value);
    pair_settle(pair);
    if (offset == REG_RCTL) {
        /* QEMU receives nothing for a second after this, and the model with its profile neither. */
        pair->now += 1100 * (e1000emu_time)MS;
        e1000emu_advance(pair->chip, pair->now);
    }
}

void pair_read_expect(struct pair *pair, uint32_t offset, uint32_t ours, uint32_t expected,
                      uint32_t care, const char *about)
{
    trace(pair, 'r', offset, ours);
    pair->accesses++;
    if (pair->reads == PAIR_READS)
        pair_sync(pair);
    pair->read[pair->reads++] = (struct pair_read){.offset = offset,
                                                   .ours = ours,
                                                   .expected = expected,
                                                   .care = care,
                                                   .operation = pair->operations,
                                                   .about = about};
    qemu_read(&pair->qemu, offset);
}

void pair_read(struct pair *pair, uint32_t offset)
{
    uint32_t ours = e1000emu_read32(pair->chip, offset);
    uint32_t care;
    uint32_t expected = expect_read(pair, offset, ours, &care);

    pair_read_expect(pair, offset, ours, expected, care, "");
}

/* QEMU's answer to the oldest waiting read. */
static void compare(void *opaque, uint32_t value)
{
    struct pair *pair = opaque;
    const struct pair_read *read = &pair->read[pair->answer++];
    char name[40];

    pair->failed = read->operation;
    if ((value ^ read->expected) & read->care)
        pair_fail(pair, "%s (%05x)%s%s reads %08x in our chip and %08x in QEMU, not %08x (of %08x)",
                  register_name(read->offset, name, sizeof name), read->offset,
                  *read->about ? ", " : "", read->about, read->ours, value, read->expected,
                  read->care);
    pair->failed = 0;
    if (value == read->ours)
        return;
    for (unsigned i = KNOWN_EVENTS; i < known_rows; i++) {
        const struct known *row = &known_table[i];

        if (row->kind == KNOWN_POWER_ON && !pair->powering_on)
            continue;
        if (known_covers(row, read->offset) && (value ^ read->ours) & row->mask)
            pair_known(pair, i);
    }
}

void pair_sync(struct pair *pair)
{
    uint32_t icr, ims;
    bool asserted;

    qemu_sync(&pair->qemu);
    pair->reads = pair->answer = 0;
    pair_settle(pair);
    icr = e1000emu_peek(pair->chip, REG_ICR);
    ims = e1000emu_peek(pair->chip, REG_IMS);
    if (((icr & ims) != 0) != e1000emu_interrupt_level(pair->chip))
        pair_fail(pair, "our chip's INTA# is %d with ICR %08x, IMS %08x",
                  e1000emu_interrupt_level(pair->chip), icr, ims);
    if (expect_irq(pair, &asserted) && !qemu_wait_irq(&pair->qemu, asserted, 2000))
        pair_fail(pair, "QEMU's INTA# is %d, ICR %08x, IMS %08x; ours has ICR %08x, IMS %08x",
                  pair->qemu.irq, qemu_read_now(&pair->qemu, REG_ICS),
                  qemu_read_now(&pair->qemu, REG_IMS), icr, ims);
}

/* ---- Memory --------------------------------------------------------------------------------- */

void pair_descriptor(struct pair *pair, uint64_t address, uint64_t low, uint64_t high)
{
    uint64_t both[2] = {low, high};

    pair_poke(pair, address, both, sizeof both);
}

void pair_compare_memory(struct pair *pair, uint64_t address, size_t length, const char *about)
{
    const uint8_t *ours = pair->ram + address, *theirs = pair->qemu.ram + address;

    if (memcmp(ours, theirs, length) == 0)
        return;
    for (size_t i = 0; i < length; i++) {
        if (ours[i] != theirs[i])
            pair_fail(pair, "%s: memory at %llx holds %02x in our chip's host and %02x in QEMU's",
                      about, (unsigned long long)address + i, ours[i], theirs[i]);
    }
}

/* ---- Where a step begins -------------------------------------------------------------------- */

uint32_t pair_baseline_value(uint32_t offset)
{
    switch (offset) {
    case REG_CTRL:
        return CTRL_SLU | CTRL_SPEED_1000 | CTRL_FD;
    case REG_VET:
        return 0x8100;
    case REG_PBA:
        return 48;
    case REG_RAL(0):
        return 0x45230400;
    case REG_RAH(0):
        return RAH_AV | 0x014d;
    default:
        return 0;
    }
}

static bool is_statistic(uint32_t offset)
{
    return offset >= REG_CRCERRS && offset <= REG_TSCTFC;
}

/* Registers that a write of their value does not restore. */
static bool is_special(uint32_t offset)
{
    return is_statistic(offset) || offset == REG_MDIC || offset == REG_EERD ||
           (offset >= REG_ICR && offset <= REG_IMC && offset != REG_ITR);
}

/* The first writes of all, so that both begin alike: what a row of the table can store. */
static void touch_everything(struct pair *pair)
{
    const struct e1000emu_register *row;

    for (size_t i = 0; (row = e1000emu_register_at(i)) != NULL; i++) {
        if (!row->write_mask || (row->flags & E1000EMU_REG_ALIAS))
            continue;
        for (uint32_t n = 0; n < row->count; n++)
            pair->dirty[(row->offset + n * row->stride) / 4] = 1;
    }
}

void pair_baseline(struct pair *pair)
{
    /* Off first: nothing may happen while rings change. */
    pair_write(pair, REG_RCTL, 0);
    pair_write(pair, REG_TCTL, 0);
    pair_write(pair, REG_IMC, UINT32_MAX);
    if (pair->phy_dirty)
        pair_phy_baseline(pair);
    for (uint32_t i = 0; i < PAIR_REGISTERS; i++) {
        if (pair->dirty[i] && !is_special(4 * i) && !expect_alias(4 * i))
            pair_write(pair, 4 * i, pair_baseline_value(4 * i));
    }
    memset(pair->dirty, 0, sizeof pair->dirty);
    pair->link_touched = false;
    pair->sents = 0;
    pair->sent_used = 0;
    for (uint32_t offset = REG_CRCERRS; offset <= REG_TSCTFC; offset += 4)
        pair_read(pair, offset);
    pair_read(pair, REG_ICR);
    pair_sync(pair);
    pair_read(pair, REG_ICR);
    pair_read(pair, REG_STATUS);
    pair_sync(pair);
}

/* ---- Power-on ------------------------------------------------------------------------------- */

/* The image is the board's, not the chip's: ours gets QEMU's. */
static void copy_eeprom(struct qemu *qemu, uint16_t image[EEPROM_WORDS])
{
    for (uint32_t i = 0; i < EEPROM_WORDS; i++) {
        qemu_write(qemu, REG_EERD, i << EERD_ADDR_SHIFT | EERD_START);
        image[i] = (uint16_t)(qemu_read_now(qemu, REG_EERD) >> EERD_DATA_SHIFT);
    }
    qemu_write(qemu, REG_EERD, 0);
}

static void compare_power_on(struct pair *pair)
{
    pair->written[REG_PBA / 4] = e1000emu_peek(pair->chip, REG_PBA);
    for (uint32_t offset = 0; offset < REG_PBM; offset += 4) {
        uint32_t ours = e1000emu_read32(pair->chip, offset);
        uint32_t care;
        uint32_t expected = expect_read(pair, offset, ours, &care);

        if (offset == REG_MDIC)
            continue; /* its data is undefined */
        for (unsigned i = 0; i < known_rows; i++) {
            const struct known *row = &known_table[i];

            if (row->kind == KNOWN_POWER_ON && known_covers(row, offset))
                expected = (expected & ~row->mask) | (row->value & row->mask);
        }
        pair_read_expect(pair, offset, ours, expected, care, "after power-on");
    }
    pair_sync(pair);
}

static void compare_dword(struct pair *pair, unsigned offset, const char *about)
{
    uint32_t ours = e1000emu_config_read(pair->chip, offset, 4);
    uint32_t qemu = qemu_config_read(&pair->qemu, offset);
    uint32_t expected = ours;

    for (unsigned i = KNOWN_EVENTS; i < known_rows; i++) {
        const struct known *row = &known_table[i];

        if (!known_covers(row, KNOWN_CONFIG + offset))
            continue;
        expected = (expected & ~row->mask) | (row->value & row->mask);
        if ((qemu ^ ours) & row->mask)
            pair_known(pair, i);
    }
    pair->accesses++;
    if (qemu != expected)
        pair_fail(pair, "configuration space at %02x%s is %08x in our chip and %08x in QEMU",
                  offset, about, ours, qemu);
}

/* The header, and how large the BARs are. */
static void compare_config(struct pair *pair)
{
    for (unsigned offset = 0; offset < 0x40; offset += 4)
        compare_dword(pair, offset, "");
    for (unsigned offset = 0x10; offset <= 0x30; offset += offset == 0x24 ? 12 : 4) {
        uint32_t before = qemu_config_read(&pair->qemu, offset);

        qemu_config_write(&pair->qemu, offset, UINT32_MAX);
        e1000emu_config_write(pair->chip, offset, 4, UINT32_MAX);
        compare_dword(pair, offset, ", all ones written,");
        qemu_config_write(&pair->qemu, offset, before);
        e1000emu_config_write(pair->chip, offset, 4, before);
    }
}

void pair_start(struct pair *pair, uint64_t seed, const char *program)
{
    uint16_t image[EEPROM_WORDS];
    struct e1000emu_config config = {
        .profile = e1000emu_profile_find("qemu"),
        .mac = station,
        .eeprom = image,
        .eeprom_words = EEPROM_WORDS,
        .host = {.opaque = pair, .interrupt = interrupt, .transmit = transmit},
    };

    memset(pair, 0, sizeof *pair);
    pair->seed = seed;
    pair->program = program;
    pair->random = random_for(seed, 0);
    qemu_start(&pair->qemu, station, compare, pair);
    copy_eeprom(&pair->qemu, image);
    pair->ram = mmap(NULL, QEMU_RAM_BYTES, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    pair->sent_bytes = malloc(SENT_BYTES);
    if (pair->ram == MAP_FAILED || !pair->sent_bytes || e1000emu_create(&pair->chip, &config) != 0)
        pair_fail(pair, "no memory for our chip");
    e1000emu_dma_map(pair->chip, 0, QEMU_RAM_BYTES, pair->ram,
                     E1000EMU_DMA_READ | E1000EMU_DMA_WRITE);
    e1000emu_config_write(pair->chip, 0x10, 4, 0xfebc0000u);
    e1000emu_config_write(pair->chip, 0x04, 2, 0x0006);
    /* Where the BIOS would be, and what QEMU's firmware tables fill: the same in both. */
    memcpy(pair->ram, pair->qemu.ram, QEMU_RAM_BYTES);
    pair->powering_on = true;
    compare_power_on(pair);
    compare_config(pair);
    pair->powering_on = false;

    touch_everything(pair);
    pair_phy_start(pair);
    pair_baseline(pair);
}

void pair_stop(struct pair *pair)
{
    pair_compare_memory(pair, 0, QEMU_RAM_BYTES, "at the end");
    e1000emu_destroy(pair->chip);
    munmap(pair->ram, QEMU_RAM_BYTES);
    free(pair->sent_bytes);
    qemu_stop(&pair->qemu);
}
