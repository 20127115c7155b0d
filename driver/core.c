/* SPDX-License-Identifier: BSD-2-Clause */
/* The state machine, bringing the interface up and down, and what can be asked about a device. */
#include "internal.h"

const char *e1000_strerror(int error)
{
    switch (error) {
    case E1000_OK:
        return "no error";
    case E1000_ERR_PARAMETER:
        return "a parameter is missing or out of range";
    case E1000_ERR_NOT_INTEL:
        return "not an Intel 8254x";
    case E1000_ERR_UNSUPPORTED:
        return "an 8254x that this driver does not drive";
    case E1000_ERR_BUS:
        return "the device does not answer on the bus";
    case E1000_ERR_RESET:
        return "the reset does not end";
    case E1000_ERR_EEPROM:
        return "the EEPROM does not answer";
    case E1000_ERR_CHECKSUM:
        return "the EEPROM's checksum is wrong";
    case E1000_ERR_MAC:
        return "the EEPROM holds no usable Ethernet address";
    case E1000_ERR_PHY:
        return "the PHY does not answer or is unknown";
    case E1000_ERR_MEMORY:
        return "no DMA memory";
    case E1000_ERR_STATE:
        return "not allowed in the present state";
    case E1000_ERR_LOCKED:
        return "the EEPROM is write-protected";
    case E1000_ERR_VERIFY:
        return "the EEPROM does not hold what was written";
    case E1000_ERR_TEST:
        return "the self-test found a fault";
    default:
        return "unknown error";
    }
}

/* ---- The state machine ---------------------------------------------------------------------- */

typedef void (*step_function)(struct e1000_dev *dev);

static const step_function steps[] = {
    [E1000_STEP_RESET_QUIET] = e1000_step_reset_quiet,
    [E1000_STEP_RESET_ISSUE] = e1000_step_reset_issue,
    [E1000_STEP_RESET_WAIT] = e1000_step_reset_wait,
    [E1000_STEP_EEPROM_GRANT] = e1000_step_eeprom_grant,
    [E1000_STEP_EEPROM_WORDS] = e1000_step_eeprom_words,
    [E1000_STEP_PHY_ID] = e1000_step_phy_id,
    [E1000_STEP_TABLES] = e1000_step_tables,
    [E1000_STEP_PHY_SETUP] = e1000_step_phy_setup,
    [E1000_STEP_RINGS] = e1000_step_rings,
    [E1000_STEP_WATCH] = e1000_step_watch,
    [E1000_STEP_LINK] = e1000_step_link,
    [E1000_STEP_AWAKE] = e1000_step_awake,
    [E1000_STEP_SLEEP] = e1000_step_sleep,
    [E1000_STEP_EEPROM_WRITE] = e1000_step_eeprom_write,
    [E1000_STEP_TEST] = e1000_step_test,
};

void e1000_next(struct e1000_dev *dev, enum e1000_step step, uint32_t us)
{
    if (dev->step != step)
        dev->tries = 0;
    dev->step = step;
    dev->due = dev->os->time_us(dev->context) + us;
}

void e1000_again(struct e1000_dev *dev, uint32_t us, uint32_t limit, int error)
{
    if (++dev->tries >= limit)
        e1000_fail(dev, error);
    else
        e1000_next(dev, dev->step, us);
}

/* Whatever runs ends where it is. */
static void end_job(struct e1000_dev *dev)
{
    if (dev->job == E1000_JOB_EEPROM_WRITE)
        e1000_eeprom_abort(dev);
    else if (dev->job == E1000_JOB_TEST)
        e1000_test_abort(dev);
    dev->job = E1000_JOB_NONE;
}

void e1000_fail(struct e1000_dev *dev, int error)
{
    dev->state = E1000_STATE_FAILED;
    dev->step = E1000_STEP_NONE;
    /* A device that was pulled out shows as all kinds of errors first. */
    if (e1000_read(dev, E1000_STATUS) == E1000_GONE)
        error = E1000_ERR_BUS;
    dev->error = error;
    e1000_quiet(dev);
    end_job(dev);
    e1000_say(dev, E1000_LOG_ERROR, e1000_strerror(error));
    if (dev->link.up)
        e1000_link_lost(dev, false);
}

uint64_t e1000_tick(struct e1000_dev *dev)
{
    if (dev->step == E1000_STEP_NONE)
        return UINT64_MAX;

    bool hurry = dev->step == E1000_STEP_WATCH && dev->link_event;
    if (hurry || dev->os->time_us(dev->context) >= dev->due) {
        e1000_call_begin(dev);
        steps[dev->step](dev);
    }
    return dev->step == E1000_STEP_NONE ? UINT64_MAX : dev->due;
}

/* ---- Up and down ---------------------------------------------------------------------------- */

int e1000_up(struct e1000_dev *dev)
{
    if (dev->state != E1000_STATE_DOWN)
        return E1000_ERR_STATE;

    int error = e1000_pci_enable(dev, false);
    if (!error)
        error = e1000_memory_alloc(dev);
    if (error)
        return error;

    dev->state = E1000_STATE_STARTING;
    dev->phy_ready = false;
    e1000_next(dev, E1000_STEP_RESET_QUIET, 0);
    return E1000_OK;
}

/* From any state with memory to one without. */
static void take_down(struct e1000_dev *dev)
{
    e1000_call_begin(dev);
    dev->step = E1000_STEP_NONE;
    if (dev->state == E1000_STATE_UP)
        e1000_stats_read(dev);
    if (dev->job == E1000_JOB_EEPROM_WRITE)
        end_job(dev); /* before a reset takes the part's pins away */
    if (dev->state != E1000_STATE_SUSPENDED)
        e1000_stop(dev);
    end_job(dev); /* after the chip has let go of its memory */
    if (dev->link.up)
        e1000_link_lost(dev, true);
    e1000_memory_free(dev);
}

int e1000_down(struct e1000_dev *dev)
{
    if (dev->state != E1000_STATE_UP && dev->state != E1000_STATE_STARTING)
        return E1000_ERR_STATE;
    if (e1000_lent_buffers(dev))
        return E1000_ERR_STATE;

    take_down(dev);
    dev->state = E1000_STATE_DOWN;
    return E1000_OK;
}

void e1000_detach(struct e1000_dev *dev)
{
    if (dev->state == E1000_STATE_DETACHED)
        return;

    take_down(dev);
    e1000_pci_master_off(dev);
    dev->state = E1000_STATE_DETACHED;
    dev->error = E1000_OK;
}

/* ---- Questions ------------------------------------------------------------------------------ */

enum e1000_state e1000_get_state(const struct e1000_dev *dev)
{
    return dev->state;
}

int e1000_get_job(const struct e1000_dev *dev)
{
    return dev->job_error;
}

int e1000_get_error(const struct e1000_dev *dev)
{
    return dev->error;
}

void e1000_get_identity(const struct e1000_dev *dev, struct e1000_identity *identity)
{
    *identity = dev->identity;
}

void e1000_get_link(const struct e1000_dev *dev, struct e1000_link *link)
{
    *link = dev->link;
}

void e1000_get_counters(const struct e1000_dev *dev, struct e1000_counters *counters)
{
    *counters = dev->counters;
}
