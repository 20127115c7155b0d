/* SPDX-License-Identifier: BSD-2-Clause */
#include "fault.h"

#include <errno.h>
#include <string.h>

#include "chip.h"

#define MILLION 1000000u

static const struct emu_fault_row *row_of(const struct emu_fault *fault)
{
    return &emu_fault_table[fault->id];
}

/* ---- Chance --------------------------------------------------------------------------------- */

/* One step of a counter whose values are mixed well, so that streams that begin anywhere differ. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state += 0x9E3779B97F4A7C15ull;

    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ x >> 27) * 0x94D049BB133111EBull;
    return x ^ x >> 31;
}

uint64_t emu_fault_random(struct emu_fault *fault, uint64_t limit)
{
    return next_random(&fault->random) % limit;
}

/* A stream that depends on the chip's seed, on the fault, and on how many of the same came before
 * it: not on what other faults there are. */
static uint64_t stream(const struct emu_faults *faults, uint8_t id)
{
    uint64_t state = faults->seed | (uint64_t)(id + 1u) << 32;

    for (uint32_t i = 0; i < faults->count; i++) {
        if (faults->set[i].id == id)
            state += 1ull << 40;
    }
    return next_random(&state);
}

/* ---- Firing --------------------------------------------------------------------------------- */

static bool counts(struct e1000emu *chip, struct emu_fault *fault,
                   const struct e1000emu_frame *frame)
{
    const struct e1000emu_when *when = &fault->when;
    uint64_t from = when->from ? when->from : 1;
    uint64_t every = when->every ? when->every : 1;

    if (fault->phase != EMU_FAULT_ON)
        return false;
    fault->seen++;
    if (fault->seen < from || (fault->seen - from) % every)
        return false;
    if (when->times && fault->fired >= when->times)
        return false;
    if (when->chance && emu_fault_random(fault, MILLION) >= when->chance)
        return false;
    fault->fired++;
    chip->faults.fired[fault->id]++;
    chip->faults.misled |= row_of(fault)->misleads;
    if (chip->watch)
        emu_watch_fault(chip, &row_of(fault)->pub, chip->faults.fired[fault->id], frame);
    return true;
}

bool emu_fault_counts(struct e1000emu *chip, struct emu_fault *fault)
{
    return counts(chip, fault, NULL);
}

struct emu_fault *emu_fault_strikes(struct e1000emu *chip, enum emu_fault_id id,
                                    const struct e1000emu_frame *frame)
{
    struct emu_fault *first = NULL;

    for (uint32_t i = 0; i < chip->faults.count; i++) {
        struct emu_fault *fault = &chip->faults.set[i];

        if (fault->id == id && counts(chip, fault, frame) && !first)
            first = fault;
    }
    return first;
}

struct emu_fault *emu_fault_fires(struct e1000emu *chip, enum emu_fault_id id)
{
    return emu_fault_strikes(chip, id, NULL);
}

/* ---- Time ----------------------------------------------------------------------------------- */

static e1000emu_time later(e1000emu_time start, e1000emu_time by)
{
    return by < E1000EMU_NEVER - 1 - start ? start + by : E1000EMU_NEVER - 1;
}

e1000emu_time emu_fault_later(const struct e1000emu *chip, e1000emu_time by)
{
    return later(chip->now, by);
}

static void begin(struct e1000emu *chip, struct emu_fault *fault)
{
    const struct emu_fault_row *row = row_of(fault);

    fault->phase = EMU_FAULT_ON;
    if (row->ticks)
        fault->due = emu_fault_later(chip, fault->arg);
    emu_fault_refresh(chip);
    if (row->edge)
        row->edge(chip, fault, true);
}

static void end(struct e1000emu *chip, struct emu_fault *fault)
{
    const struct emu_fault_row *row = row_of(fault);
    bool on = fault->phase == EMU_FAULT_ON;

    fault->phase = EMU_FAULT_OVER;
    emu_fault_refresh(chip);
    if (on && row->edge)
        row->edge(chip, fault, false);
}

static e1000emu_time next_of(const struct emu_fault *fault)
{
    if (fault->phase == EMU_FAULT_WAITS)
        return fault->begins;
    if (fault->phase == EMU_FAULT_OVER)
        return E1000EMU_NEVER;
    return fault->due < fault->ends ? fault->due : fault->ends;
}

static void earliest(e1000emu_time *next, e1000emu_time time)
{
    if (time < *next)
        *next = time;
}

/* When anything is to be done next. */
static e1000emu_time next_due(const struct emu_faults *faults)
{
    e1000emu_time next = E1000EMU_NEVER;

    for (uint32_t i = 0; i < faults->count; i++)
        earliest(&next, next_of(&faults->set[i]));
    if (faults->resetting)
        earliest(&next, faults->reset_ends);
    if (faults->writes > 0)
        earliest(&next, faults->write[0].due);
    for (uint32_t i = 0; i < faults->write_backs; i++)
        earliest(&next, faults->write_back[i].due);
    if (faults->late.length > 0)
        earliest(&next, faults->late.due);
    if (faults->tx_waits)
        earliest(&next, faults->tx_waits);
    if (faults->rx.held)
        earliest(&next, faults->rx.due);
    if (faults->tx.held)
        earliest(&next, faults->tx.due);
    return next;
}

/* Pointers into memory by which DMA would pass the faults by. */
static void forget_pointers(struct e1000emu *chip)
{
    memset(chip->dma.hit, 0, sizeof chip->dma.hit);
    chip->rx.ring.memory = NULL;
    chip->tx.ring.memory = NULL;
}

void emu_fault_refresh(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;
    e1000emu_time next = next_due(faults);
    uint32_t at = 0;

    for (uint32_t i = 0; i < faults->count; i++) {
        if (faults->set[i].phase == EMU_FAULT_ON)
            at |= row_of(&faults->set[i])->at;
    }
    if (faults->writes > 0) /* others must not overtake them */
        at |= EMU_AT_READ | EMU_AT_WRITE;
    if (at & ~chip->faulty & (EMU_AT_RINGS | EMU_AT_MEMORY))
        forget_pointers(chip);
    chip->faulty = at;
    chip->dma.no_pointers = at & EMU_AT_MEMORY;
    if (next == E1000EMU_NEVER)
        emu_timer_stop(chip, EMU_TIMER_FAULT);
    else
        emu_timer_start(chip, EMU_TIMER_FAULT, next > chip->now ? next - chip->now : 0);
}

static void tick(struct e1000emu *chip, struct emu_fault *fault)
{
    fault->due = emu_fault_later(chip, fault->arg);
    if (emu_fault_counts(chip, fault))
        row_of(fault)->tick(chip, fault);
}

void emu_fault_timer(struct e1000emu *chip)
{
    struct emu_faults *faults = &chip->faults;

    for (uint32_t i = 0; i < faults->count; i++) {
        struct emu_fault *fault = &faults->set[i];

        if (fault->phase == EMU_FAULT_WAITS && fault->begins <= chip->now)
            begin(chip, fault);
        if (fault->phase == EMU_FAULT_ON && fault->ends <= chip->now)
            end(chip, fault);
        if (fault->phase == EMU_FAULT_ON && fault->due <= chip->now)
            tick(chip, fault);
    }
    if (faults->resetting && faults->reset_ends <= chip->now)
        faults->resetting = false;
    emu_fault_post_writes(chip, false);
    emu_fault_post_write_backs(chip);
    emu_fault_errata_timer(chip);
    emu_fault_release(chip);
    emu_fault_refresh(chip);
}

/* ---- Setting and clearing ------------------------------------------------------------------- */

const struct e1000emu_fault *e1000emu_fault_find(const char *name)
{
    for (size_t i = 0; i < EMU_FAULT_IDS; i++) {
        if (strcmp(emu_fault_table[i].pub.name, name) == 0)
            return &emu_fault_table[i].pub;
    }
    return NULL;
}

bool e1000emu_fault_applies(const struct e1000emu_fault *fault,
                            const struct e1000emu_profile *profile)
{
    if (fault->quad && !profile->quad_port)
        return false;
    return fault->chips == 0 || fault->chips >> profile->chip & 1u;
}

static uint8_t id_of(const struct e1000emu_fault *pub)
{
    uint8_t id = 0;

    while (&emu_fault_table[id].pub != pub)
        id++;
    return id;
}

/* Bits of E1000EMU_WHEN_* that are asked for. */
static unsigned parts(const struct e1000emu_when *when)
{
    unsigned asked = 0;

    if (when->after || when->lasts)
        asked |= E1000EMU_WHEN_TIME;
    if (when->from || when->every || when->times)
        asked |= E1000EMU_WHEN_COUNT;
    if (when->chance)
        asked |= E1000EMU_WHEN_CHANCE;
    return asked;
}

static bool valid(const struct e1000emu_fault *row, const struct e1000emu_fault_setting *setting)
{
    bool given = setting->arg != E1000EMU_FAULT_DEFAULT;

    if (given && (row->arg == E1000EMU_ARG_NONE || setting->arg < row->arg_min ||
                  setting->arg > row->arg_max))
        return false;
    return !(parts(&setting->when) & ~row->whens) && setting->when.chance <= MILLION;
}

int e1000emu_fault_set(e1000emu *chip, const struct e1000emu_fault_setting *setting)
{
    const struct e1000emu_fault *row = e1000emu_fault_find(setting->name);
    struct emu_faults *faults = &chip->faults;
    struct emu_fault *fault = &faults->set[faults->count];
    const struct e1000emu_when *when = &setting->when;

    if (!row)
        return -ENOENT;
    if (!valid(row, setting))
        return -EINVAL;
    if (faults->count == E1000EMU_FAULTS_MAX)
        return -ENOSPC;
    *fault = (struct emu_fault){.id = id_of(row), .arg = setting->arg, .when = *when};
    fault->random = stream(faults, fault->id);
    if (fault->arg == E1000EMU_FAULT_DEFAULT)
        fault->arg = row->arg_default;
    if (fault->arg == E1000EMU_FAULT_DEFAULT && row->arg == E1000EMU_ARG_WORD_BIT)
        fault->arg = emu_fault_random(fault, row->arg_max + 1);
    fault->begins = emu_fault_later(chip, when->after);
    fault->ends = when->lasts ? later(fault->begins, when->lasts) : E1000EMU_NEVER;
    fault->due = E1000EMU_NEVER;
    faults->count++;
    if (when->after == 0)
        begin(chip, fault);
    emu_fault_refresh(chip);
    return 0;
}

void e1000emu_fault_clear(e1000emu *chip, const char *name)
{
    struct emu_faults *faults = &chip->faults;

    for (uint32_t i = faults->count; i > 0; i--) {
        struct emu_fault *fault = &faults->set[i - 1];

        if (name && strcmp(row_of(fault)->pub.name, name) != 0)
            continue;
        end(chip, fault);
        memmove(fault, fault + 1, (faults->count - i) * sizeof *fault);
        faults->count--;
    }
    emu_fault_refresh(chip);
}

uint64_t e1000emu_fault_fired(const e1000emu *chip, const char *name)
{
    const struct e1000emu_fault *row = e1000emu_fault_find(name);

    return row ? chip->faults.fired[id_of(row)] : 0;
}

bool emu_fault_possible(const struct emu_fault *fault)
{
    const struct emu_fault_row *row = row_of(fault);
    const struct e1000emu_fault_setting setting = {.arg = fault->arg, .when = fault->when};

    if (fault->phase > EMU_FAULT_OVER)
        return false;
    return row->pub.arg == E1000EMU_ARG_NONE ? fault->arg == 0 : valid(&row->pub, &setting);
}

/* ---- Life ----------------------------------------------------------------------------------- */

int emu_fault_init(struct e1000emu *chip, const struct e1000emu_config *config)
{
    int status = 0;

    chip->faults.seed = config->seed;
    for (size_t i = 0; i < config->fault_count && status == 0; i++)
        status = e1000emu_fault_set(chip, &config->faults[i]);
    return status;
}

void emu_fault_forget(struct e1000emu *chip)
{
    chip->faults = (struct emu_faults){.seed = chip->faults.seed, .powered = true};
    emu_fault_eeprom_mend(chip);
    emu_fault_refresh(chip);
}

void emu_fault_powered(struct e1000emu *chip)
{
    chip->faults.powered = true;
}

void emu_fault_reset(struct e1000emu *chip, enum e1000emu_reset kind)
{
    chip->faults.dirty = false;
    emu_fault_access_reset(chip, kind);
    emu_fault_dma_reset(chip);
    emu_fault_wire_reset(chip);
    emu_fault_errata_reset(chip);
    if (kind == E1000EMU_RESET_POWER && emu_fault_fires(chip, FAULT_DIRTY))
        emu_fault_dirty(chip);
    emu_fault_refresh(chip);
}
