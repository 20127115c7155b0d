/* SPDX-License-Identifier: BSD-2-Clause */
/* The self-test, in the parts and with the patterns of Linux's `ethtool -t`: link, registers,
 * EEPROM, interrupts, loopback. The chip is reset in between. */
#include "internal.h"

enum phase { LINK, LINK_WAIT, REGISTERS, EEPROM, INTERRUPTS, LOOP_PHY, LOOP_SEND, LOOP_LOOK, END };

#define LINK_US      5000000u
#define LINK_LOOK_US 100000u
#define CAUSE_US     10000u   /* for an interrupt to come, or not */
#define CAUSES       10u      /* bits of ICR that are tried */
#define LOOP_WAIT_US 10000u   /* for the loopback to settle */
#define RX_WAIT_US   1100000u /* QEMU's receiver stands still for a second after it was enabled */
#define LOOP_LOOK_US 1000u
#define LOOP_US      200000u
#define GRANT_TRIES  20u
#define ROWS_A_CALL  16u

/* Causes among the first ten bits that exist (13.4.17). */
#define EXISTING 0x2DFu

/* ---- Registers ------------------------------------------------------------------------------ */

static const uint32_t patterns[] = {0x5A5A5A5A, 0xA5A5A5A5, 0x00000000, 0xFFFFFFFF};

/* Each of count registers, stride bytes apart, takes every pattern within `write`, and shows it
 * within `mask`. With `once`, only `write` itself, and only within `mask`. */
struct row {
    uint32_t offset;
    uint16_t count, stride;
    bool once;
    uint32_t mask, write;
};

#define PATTERN(offset, mask, write)     \
    {                                    \
        offset, 1, 0, false, mask, write \
    }
#define ONCE(offset, mask, write)       \
    {                                   \
        offset, 1, 0, true, mask, write \
    }

static const struct row rows[] = {
    PATTERN(E1000_FCAL, 0xFFFFFFFF, 0xFFFFFFFF),
    PATTERN(E1000_FCAH, 0x0000FFFF, 0xFFFFFFFF),
    PATTERN(E1000_FCT, 0x0000FFFF, 0xFFFFFFFF),
    PATTERN(E1000_VET, 0x0000FFFF, 0xFFFFFFFF),
    PATTERN(E1000_RDTR, 0x0000FFFF, 0xFFFFFFFF),
    PATTERN(E1000_RDBAH, 0xFFFFFFFF, 0xFFFFFFFF),
    PATTERN(E1000_RDLEN, 0x000FFF80, 0x000FFFFF),
    PATTERN(E1000_RDH, 0x0000FFFF, 0x0000FFFF),
    PATTERN(E1000_RDT, 0x0000FFFF, 0x0000FFFF),
    PATTERN(E1000_FCRTH, 0x0000FFF8, 0x0000FFF8),
    PATTERN(E1000_FCTTV, 0x0000FFFF, 0x0000FFFF),
    PATTERN(E1000_TIPG, 0x3FFFFFFF, 0x3FFFFFFF),
    PATTERN(E1000_TDBAH, 0xFFFFFFFF, 0xFFFFFFFF),
    PATTERN(E1000_TDLEN, 0x000FFF80, 0x000FFFFF),
    ONCE(E1000_RCTL, 0xFFFFFFFF, 0x00000000),
    ONCE(E1000_RCTL, 0x06DFB3FE, 0x003FFFFB),
    ONCE(E1000_TCTL, 0xFFFFFFFF, 0x00000000),
    ONCE(E1000_RCTL, 0x06DFB3FE, 0xFFFFFFFF),
    PATTERN(E1000_RDBAL, 0xFFFFFFF0, 0xFFFFFFFF),
    PATTERN(E1000_TDBAL, 0xFFFFFFF0, 0xFFFFFFFF),
    PATTERN(E1000_TXCW, 0xC000FFFF, 0x0000FFFF),
    PATTERN(E1000_TIDV, 0x0000FFFF, 0x0000FFFF),
    {E1000_RAH(0), 15, 8, false, 0x8003FFFF, 0xFFFFFFFF},
    {E1000_MTA(0), 128, 4, false, 0xFFFFFFFF, 0xFFFFFFFF},
};
#define ROWS (sizeof rows / sizeof rows[0])

/* Whether the register at offset shows what is written, within mask. */
static bool holds(struct e1000_dev *dev, uint32_t offset, uint32_t value, uint32_t mask,
                  uint32_t compared)
{
    uint32_t found;

    e1000_write(dev, offset, value);
    found = e1000_read(dev, offset) & compared;
    if (found == (value & mask))
        return true;
    dev->result.registers = offset + 1;
    dev->result.register_wrote = value;
    dev->result.register_read = found;
    return false;
}

static bool row_holds(struct e1000_dev *dev, const struct row *row, uint32_t index)
{
    uint32_t offset = row->offset + index * row->stride;

    if (row->once)
        return holds(dev, offset, row->write & row->mask, row->mask, row->mask);
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        if (!holds(dev, offset, patterns[i] & row->write, row->mask, UINT32_MAX))
            return false;
    }
    return true;
}

/* STATUS can't be written. */
static bool status_holds(struct e1000_dev *dev)
{
    const uint32_t toggle = 0xFFFFF833;
    uint32_t before = e1000_read(dev, E1000_STATUS) & toggle;
    bool good = true;

    e1000_write(dev, E1000_STATUS, toggle);
    if ((e1000_read(dev, E1000_STATUS) & toggle) != before) {
        dev->result.registers = E1000_STATUS + 1;
        good = false;
    }
    e1000_write(dev, E1000_STATUS, before);
    return good;
}

/* ---- From phase to phase -------------------------------------------------------------------- */

static void phase_next(struct e1000_dev *dev, enum phase phase, uint32_t us)
{
    dev->test.phase = (uint8_t)phase;
    dev->test.part = 0;
    dev->test.index = 0;
    dev->tries = 0;
    e1000_next(dev, E1000_STEP_TEST, us);
}

/* The same after a reset. */
static void phase_reset(struct e1000_dev *dev, enum phase phase)
{
    phase_next(dev, phase, 0);
    e1000_next(dev, E1000_STEP_RESET_QUIET, 0);
}

static uint64_t waited(const struct e1000_dev *dev)
{
    return dev->os->time_us(dev->context) - dev->test.since;
}

/* ---- Link ----------------------------------------------------------------------------------- */

static void step_link(struct e1000_dev *dev)
{
    if (dev->test.flags & E1000_TEST_NO_LINK) {
        phase_next(dev, REGISTERS, 0);
        return;
    }
    phase_next(dev, LINK_WAIT, 0);
    dev->row = 0;
    e1000_next(dev, E1000_STEP_PHY_SETUP, 0);
}

static void step_link_wait(struct e1000_dev *dev)
{
    if (!dev->test.part) {
        dev->test.part = 1;
        dev->test.since = dev->os->time_us(dev->context);
        e1000_set_up_mac(dev);
    }

    uint32_t status = e1000_read(dev, E1000_STATUS);

    if (!(status & E1000_STATUS_LU) && dev->tries++ < LINK_US / LINK_LOOK_US &&
        waited(dev) < LINK_US) {
        if (e1000_is_fiber(dev))
            e1000_fiber_watch(dev, status);
        e1000_next(dev, E1000_STEP_TEST, LINK_LOOK_US);
        return;
    }
    dev->result.link = !(status & E1000_STATUS_LU);
    phase_reset(dev, REGISTERS);
}

/* ---- Registers, EEPROM ---------------------------------------------------------------------- */

/* The chip must not act on addresses that are patterns: it is kept off the bus. */
static void step_registers(struct e1000_dev *dev)
{
    struct e1000_test_job *test = &dev->test;
    bool good = true;

    if (!test->part && !test->index) {
        e1000_pci_master_off(dev);
        good = status_holds(dev);
    }
    for (unsigned i = 0; good && i < ROWS_A_CALL && test->part < ROWS; i++) {
        const struct row *row = &rows[test->part];

        good = row_holds(dev, row, test->index);
        if (++test->index == row->count) {
            test->part++;
            test->index = 0;
        }
    }
    if (good && test->part < ROWS)
        e1000_next(dev, E1000_STEP_TEST, 0);
    else
        phase_reset(dev, EEPROM);
}

static void step_eeprom(struct e1000_dev *dev)
{
    struct e1000_test_job *test = &dev->test;
    uint16_t word;

    if (!test->index) {
        e1000_pci_enable(dev, true);
        test->seen = 0;
    }
    while (test->index < E1000_EEPROM_WORDS && e1000_may_delay(dev, 3 * E1000_WORD_US)) {
        if (e1000_eeprom_word(dev, test->index, E1000_WORD_US, &word)) {
            if (++dev->tries < GRANT_TRIES) {
                e1000_next(dev, E1000_STEP_TEST, 1000);
                return;
            }
            dev->result.eeprom = 1;
            phase_next(dev, INTERRUPTS, 0);
            return;
        }
        test->seen += word;
        test->index++;
    }
    if (test->index < E1000_EEPROM_WORDS) {
        e1000_next(dev, E1000_STEP_TEST, 0);
        return;
    }
    if ((uint16_t)test->seen != E1000_EEPROM_SUM)
        dev->result.eeprom = 2;
    phase_reset(dev, INTERRUPTS);
}

/* ---- Interrupts ----------------------------------------------------------------------------- */

void e1000_test_interrupt(struct e1000_dev *dev)
{
    if (dev->test.phase == INTERRUPTS)
        dev->test.seen |= e1000_read(dev, E1000_IMS) & e1000_read(dev, E1000_ICR);
}

/* What each of the three tries with a cause writes, and how it fails. */
static void provoke(struct e1000_dev *dev, unsigned try, uint32_t cause)
{
    (void)e1000_read(dev, E1000_ICR);
    dev->test.seen = 0;
    switch (try) {
    case 0: /* masked, it must not come */
        e1000_write(dev, E1000_IMC, cause);
        e1000_write(dev, E1000_ICS, cause);
        break;
    case 1: /* it must come */
        e1000_write(dev, E1000_IMS, cause);
        e1000_write(dev, E1000_ICS, cause);
        break;
    default: /* all others are masked, and none of them must come */
        e1000_write(dev, E1000_IMC, ~cause & 0x7FFF);
        e1000_write(dev, E1000_ICS, ~cause & 0x7FFF);
        break;
    }
    e1000_flush(dev);
}

static bool came_right(const struct e1000_dev *dev, unsigned try, uint32_t cause)
{
    uint32_t seen = dev->test.seen;

    if (try == 1)
        return seen & cause;
    return try ? !seen : !(seen & cause);
}

/* part counts the steps: try, look, try, look, … */
static void step_interrupts(struct e1000_dev *dev)
{
    struct e1000_test_job *test = &dev->test;
    unsigned try = test->part / 2;

    while (test->index < CAUSES && !(EXISTING >> test->index & 1))
        test->index++;
    if (test->index == CAUSES) {
        e1000_write(dev, E1000_IMC, UINT32_MAX);
        phase_reset(dev, LOOP_PHY);
        return;
    }
    uint32_t cause = 1u << test->index;

    if (test->part++ % 2 == 0) {
        provoke(dev, try, cause);
        e1000_next(dev, E1000_STEP_TEST, CAUSE_US);
        return;
    }
    if (!(test->flags & E1000_TEST_INTERRUPT))
        e1000_test_interrupt(dev);
    if (!came_right(dev, try, cause)) {
        dev->result.interrupt = (uint8_t)(3 + try);
        dev->result.interrupt_cause = (uint8_t)test->index;
        test->index = CAUSES;
    } else if (try == 2) {
        e1000_write(dev, E1000_IMC, UINT32_MAX);
        test->index++;
        test->part = 0;
    }
    e1000_next(dev, E1000_STEP_TEST, 0);
}

/* ---- Loopback ------------------------------------------------------------------------------- */

bool e1000_loops(const struct e1000_dev *dev)
{
    return dev->media.loopback ||
           (dev->job == E1000_JOB_TEST && dev->test.phase >= LOOP_PHY && dev->test.phase < END);
}

static void step_loop_phy(struct e1000_dev *dev)
{
    phase_next(dev, LOOP_SEND, 0);
    dev->phy_ready = false;
    dev->row = 0;
    e1000_next(dev, E1000_STEP_PHY_SETUP, 0);
}

/* The chip follows the loopback first. */
static void step_loop_send(struct e1000_dev *dev)
{
    switch (dev->test.part++) {
    case 0:
        e1000_set_up_mac(dev);
        e1000_next(dev, E1000_STEP_TEST, LOOP_WAIT_US);
        return;
    case 1:
        e1000_loop_enable(dev);
        e1000_next(dev, E1000_STEP_TEST, RX_WAIT_US);
        return;
    default:
        break;
    }
    e1000_loop_send(dev);
    dev->test.since = dev->os->time_us(dev->context);
    phase_next(dev, LOOP_LOOK, LOOP_LOOK_US);
}

static void step_loop_look(struct e1000_dev *dev)
{
    int result = e1000_loop_look(dev);

    if (result == 1 && dev->tries++ < LOOP_US / LOOP_LOOK_US && waited(dev) < LOOP_US) {
        e1000_next(dev, E1000_STEP_TEST, LOOP_LOOK_US);
        return;
    }
    dev->result.loopback = (uint8_t)(result == 1 ? 14 : result);
    dev->phy_ready = false; /* the PHY has to come out of it */
    phase_reset(dev, END);
}

/* ---- Beginning and end ---------------------------------------------------------------------- */

static bool passed(const struct e1000_selftest *result)
{
    return !result->registers && !result->eeprom && !result->interrupt && !result->loopback &&
           !result->link;
}

static void step_end(struct e1000_dev *dev)
{
    e1000_loop_end(dev);
    dev->job = E1000_JOB_NONE;
    dev->job_error = passed(&dev->result) ? E1000_OK : E1000_ERR_TEST;
    e1000_say(dev, E1000_LOG_INFO,
              dev->job_error ? e1000_strerror(dev->job_error) : "self-test passed");
    if (dev->test.was_up) {
        dev->state = E1000_STATE_STARTING;
        dev->row = 0;
        e1000_next(dev, E1000_STEP_TABLES, 0);
    } else {
        dev->state = E1000_STATE_DOWN;
        dev->step = E1000_STEP_NONE;
    }
}

void e1000_step_test(struct e1000_dev *dev)
{
    static void (*const phases[])(struct e1000_dev *) = {
        [LINK] = step_link,           [LINK_WAIT] = step_link_wait,   [REGISTERS] = step_registers,
        [EEPROM] = step_eeprom,       [INTERRUPTS] = step_interrupts, [LOOP_PHY] = step_loop_phy,
        [LOOP_SEND] = step_loop_send, [LOOP_LOOK] = step_loop_look,   [END] = step_end,
    };

    if (e1000_read(dev, E1000_STATUS) == E1000_GONE)
        e1000_fail(dev, E1000_ERR_BUS);
    else
        phases[dev->test.phase](dev);
}

/* The chip may not have been reset: it loses the bus before the memory goes. */
void e1000_test_abort(struct e1000_dev *dev)
{
    e1000_pci_master_off(dev);
    e1000_loop_end(dev);
    dev->job_error = dev->error ? dev->error : E1000_ERR_STATE;
}

int e1000_selftest(struct e1000_dev *dev, uint32_t flags)
{
    if (dev->state != E1000_STATE_DOWN && dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;
    if (flags & ~(uint32_t)(E1000_TEST_INTERRUPT | E1000_TEST_NO_LINK))
        return E1000_ERR_PARAMETER;

    memset(&dev->test, 0, sizeof dev->test);
    if (e1000_loop_begin(dev))
        return E1000_ERR_MEMORY;
    memset(&dev->result, 0, sizeof dev->result);
    dev->test.flags = flags;
    dev->test.was_up = dev->state == E1000_STATE_UP;
    if (dev->test.was_up) {
        e1000_stats_read(dev);
        if (dev->link.up)
            e1000_link_lost(dev, false);
    } else {
        dev->phy_ready = false;
    }
    dev->job = E1000_JOB_TEST;
    dev->state = E1000_STATE_BUSY;
    e1000_quiet(dev);
    phase_reset(dev, LINK);
    return E1000_OK;
}

void e1000_get_selftest(const struct e1000_dev *dev, struct e1000_selftest *result)
{
    *result = dev->result;
}
