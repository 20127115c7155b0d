/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing the EEPROM (5.3): unlocked, by Microwire, word by word, each read back, and the checksum
 * that follows from them. */
#include "internal.h"

#define READY_LOOK_US 500u   /* from one look at a part that programs to the next */
#define READY_US      12000u /* a word takes ten milliseconds at most */
#define GRANT_US      100u
#define GRANT_TRIES   20u
/* Read back, then enable and write: what one step does at most. */
#define STEP_US (3 * E1000_WORD_US)

int e1000_eeprom_unlock(struct e1000_dev *dev, uint32_t key)
{
    if (key != E1000_EEPROM_KEY)
        return E1000_ERR_PARAMETER;
    dev->unlocked = true;
    return E1000_OK;
}

int e1000_eeprom_write(struct e1000_dev *dev, unsigned first, const uint16_t *values,
                       unsigned count)
{
    struct e1000_eeprom_job *job = &dev->write;

    if (dev->state != E1000_STATE_DOWN)
        return E1000_ERR_STATE;
    if (!values || !count || count > E1000_EEPROM_WORDS || first >= dev->identity.eeprom_words ||
        count > dev->identity.eeprom_words - first)
        return E1000_ERR_PARAMETER;
    if (!dev->unlocked)
        return E1000_ERR_LOCKED;

    dev->unlocked = false; /* for this once */
    memset(job, 0, sizeof *job);
    job->first = (uint16_t)first;
    job->count = (uint16_t)count;
    memcpy(job->word, values, count * sizeof *values);
    dev->job = E1000_JOB_EEPROM_WRITE;
    dev->job_error = E1000_OK;
    dev->state = E1000_STATE_BUSY;
    dev->tries = 0;
    e1000_next(dev, E1000_STEP_EEPROM_WRITE, 0);
    return E1000_OK;
}

/* Erases and writes are refused again, and the pins are the chip's. A part that is still busy
 * with a word does not listen. */
static void close(struct e1000_dev *dev)
{
    const unsigned top = e1000_read(dev, E1000_EECD) & E1000_EECD_EE_SIZE ? 6 : 4;

    if (dev->write.enabled && e1000_may_delay(dev, E1000_WORD_US))
        e1000_microwire_command(dev, E1000_EEPROM_EXTENDED, E1000_EEPROM_EWDS << top, false, 0);
    dev->write.enabled = false;
    e1000_eeprom_release(dev);
}

void e1000_eeprom_abort(struct e1000_dev *dev)
{
    close(dev);
    dev->job_error = dev->error ? dev->error : E1000_ERR_STATE;
}

static void finish(struct e1000_dev *dev, int error)
{
    close(dev);
    dev->job = E1000_JOB_NONE;
    dev->job_error = error;
    dev->state = E1000_STATE_DOWN;
    dev->step = E1000_STEP_NONE;
    if (error)
        e1000_say(dev, E1000_LOG_ERROR, e1000_strerror(error));
}

/* Starts to program a word. */
static void program(struct e1000_dev *dev, uint32_t address, uint16_t value)
{
    struct e1000_eeprom_job *job = &dev->write;
    const unsigned top = e1000_read(dev, E1000_EECD) & E1000_EECD_EE_SIZE ? 6 : 4;

    if (!job->enabled) {
        e1000_microwire_command(dev, E1000_EEPROM_EXTENDED, E1000_EEPROM_EWEN << top, false, 0);
        job->enabled = true;
    }
    e1000_microwire_command(dev, E1000_EEPROM_WRITE, address, true, value);
    job->programs = true;
    job->since = dev->os->time_us(dev->context);
    dev->tries = 0;
}

/* A word is in: is it what it should be? */
static bool verified(struct e1000_dev *dev, uint32_t address, uint16_t value)
{
    uint16_t found = e1000_microwire_read(dev, address);

    dev->write.programs = false;
    if (address < E1000_EEPROM_WORDS)
        dev->eeprom[address] = found;
    return found == value;
}

/* Adds up what is in the part, some words a call. True when the checksum is known. */
static bool summed(struct e1000_dev *dev)
{
    struct e1000_eeprom_job *job = &dev->write;

    while (job->summed < E1000_EEPROM_CHECKSUM) {
        if (!e1000_may_delay(dev, STEP_US))
            return false;
        dev->eeprom[job->summed] = e1000_microwire_read(dev, job->summed);
        job->sum = (uint16_t)(job->sum + dev->eeprom[job->summed]);
        job->summed++;
    }
    return true;
}

/* The next thing to write, once nothing is being programmed. */
static void proceed(struct e1000_dev *dev)
{
    struct e1000_eeprom_job *job = &dev->write;

    if (job->done < job->count) {
        program(dev, job->first + job->done, job->word[job->done]);
        e1000_next(dev, E1000_STEP_EEPROM_WRITE, READY_LOOK_US);
        return;
    }
    if (!summed(dev)) {
        e1000_next(dev, E1000_STEP_EEPROM_WRITE, 0);
        return;
    }
    uint16_t checksum = (uint16_t)(E1000_EEPROM_SUM - job->sum);

    if (!job->checks) {
        job->checks = true;
        program(dev, E1000_EEPROM_CHECKSUM, checksum);
        e1000_next(dev, E1000_STEP_EEPROM_WRITE, READY_LOOK_US);
        return;
    }
    dev->identity.eeprom_sum = E1000_EEPROM_SUM;
    dev->identity.eeprom_version = dev->eeprom[E1000_EEPROM_VERSION];
    finish(dev, E1000_OK);
}

/* The word that was being programmed is checked, as soon as the part is done with it. */
static void look(struct e1000_dev *dev)
{
    struct e1000_eeprom_job *job = &dev->write;
    bool words = job->done < job->count;
    uint32_t address = words ? job->first + job->done : E1000_EEPROM_CHECKSUM;
    uint16_t value = words ? job->word[job->done] : (uint16_t)(E1000_EEPROM_SUM - job->sum);

    if (!e1000_microwire_ready(dev)) {
        if (dev->os->time_us(dev->context) - job->since > READY_US ||
            ++dev->tries > READY_US / READY_LOOK_US)
            finish(dev, E1000_ERR_EEPROM);
        else
            e1000_next(dev, E1000_STEP_EEPROM_WRITE, READY_LOOK_US);
        return;
    }
    if (!verified(dev, address, value)) {
        finish(dev, E1000_ERR_VERIFY);
        return;
    }
    if (words)
        job->done++;
    proceed(dev);
}

/* The pins are asked for in each call, because they may be taken away with a reset. */
void e1000_step_eeprom_write(struct e1000_dev *dev)
{
    if (e1000_read(dev, E1000_STATUS) == E1000_GONE) {
        e1000_fail(dev, E1000_ERR_BUS);
        return;
    }
    if (!e1000_eeprom_request(dev, GRANT_US)) {
        if (++dev->tries > GRANT_TRIES)
            finish(dev, E1000_ERR_EEPROM);
        else
            e1000_next(dev, E1000_STEP_EEPROM_WRITE, 1000);
        return;
    }
    if (dev->write.programs)
        look(dev);
    else
        proceed(dev);
}
