/* SPDX-License-Identifier: BSD-2-Clause */
/* The EEPROM: a Microwire part behind the pins of EECD (5.3), or the chip's own engine, EERD (5.4).
 */
#include "internal.h"

/* Half a clock. 250 kHz suits the part at every supply voltage. */
#define HALF_CLOCK_US 2u
#define GRANT_US      100u /* one look at EE_GNT */
#define GRANT_TRIES   20u  /* looks, a millisecond apart */
#define EERD_US       400u /* one look at DONE */
#define EERD_TRIES    20u

#define PINS E1000_EEPROM_PINS

/* ---- Microwire ------------------------------------------------------------------------------ */

/* Drives the pins, and gives the part half a clock to see it. */
static void drive(struct e1000_dev *dev, uint32_t eecd)
{
    e1000_write(dev, E1000_EECD, eecd);
    e1000_flush(dev);
    e1000_delay(dev, HALF_CLOCK_US);
}

/* The part takes each bit, the highest first, at the rising clock. */
static void shift_out(struct e1000_dev *dev, uint32_t selected, uint32_t value, unsigned bits)
{
    while (bits--) {
        uint32_t eecd = selected | (value >> bits & 1 ? E1000_EECD_DI : 0);

        drive(dev, eecd);
        drive(dev, eecd | E1000_EECD_SK);
    }
}

/* The part puts out each bit after the rising clock. */
static uint16_t shift_in(struct e1000_dev *dev, uint32_t selected)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < 16; i++) {
        drive(dev, selected);
        drive(dev, selected | E1000_EECD_SK);
        value = value << 1 | !!(e1000_read(dev, E1000_EECD) & E1000_EECD_DO);
    }
    return (uint16_t)value;
}

/* Selects the part, and gives it opcode and address. Returns EECD with the part selected. */
static uint32_t command(struct e1000_dev *dev, uint32_t opcode, uint32_t address)
{
    uint32_t idle = e1000_read(dev, E1000_EECD) & ~PINS;
    uint32_t selected = idle | E1000_EECD_CS;

    drive(dev, idle);
    drive(dev, selected);
    shift_out(dev, selected, opcode, 3);
    shift_out(dev, selected, address, idle & E1000_EECD_EE_SIZE ? 8 : 6);
    return selected;
}

/* The part starts to write, if it was told to, when it is let go. */
static void let_go(struct e1000_dev *dev, uint32_t selected)
{
    drive(dev, selected);
    drive(dev, selected & ~PINS);
}

/* Reads one word while the pins are ours; 108 or 116 µs. */
uint16_t e1000_microwire_read(struct e1000_dev *dev, unsigned word)
{
    uint32_t selected = command(dev, E1000_EEPROM_READ, word);
    uint16_t value = shift_in(dev, selected);

    let_go(dev, selected);
    return value;
}

void e1000_microwire_command(struct e1000_dev *dev, uint32_t opcode, uint32_t address, bool data,
                             uint16_t value)
{
    uint32_t selected = command(dev, opcode, address);

    if (data)
        shift_out(dev, selected, value, 16);
    let_go(dev, selected);
}

/* Selected again, the part shows on DO whether it is ready. */
bool e1000_microwire_ready(struct e1000_dev *dev)
{
    uint32_t idle = e1000_read(dev, E1000_EECD) & ~PINS;

    drive(dev, idle);
    drive(dev, idle | E1000_EECD_CS);

    uint32_t eecd = e1000_read(dev, E1000_EECD);

    drive(dev, idle);
    return eecd != E1000_GONE && eecd & E1000_EECD_DO;
}

/* Asks for the pins and waits for them up to us microseconds. */
bool e1000_eeprom_request(struct e1000_dev *dev, uint32_t us)
{
    uint32_t eecd = e1000_read(dev, E1000_EECD);

    e1000_write(dev, E1000_EECD, eecd | E1000_EECD_EE_REQ);
    for (;;) {
        if (e1000_read(dev, E1000_EECD) & E1000_EECD_EE_GNT)
            return true;
        if (us < 5)
            return false;
        e1000_delay(dev, 5);
        us -= 5;
    }
}

void e1000_eeprom_release(struct e1000_dev *dev)
{
    uint32_t eecd = e1000_read(dev, E1000_EECD);

    e1000_write(dev, E1000_EECD, eecd & ~(PINS | E1000_EECD_EE_REQ));
    e1000_flush(dev);
}

/* ---- EERD ----------------------------------------------------------------------------------- */

static void eerd_start(struct e1000_dev *dev, unsigned word)
{
    e1000_write(dev, E1000_EERD, word << E1000_EERD_ADDR_SHIFT | E1000_EERD_START);
}

static bool eerd_wait(struct e1000_dev *dev, uint32_t us, uint16_t *value)
{
    for (;;) {
        uint32_t eerd = e1000_read(dev, E1000_EERD);

        if (eerd & E1000_EERD_DONE && eerd != E1000_GONE) {
            *value = (uint16_t)(eerd >> E1000_EERD_DATA_SHIFT);
            return true;
        }
        if (us < 10)
            return false;
        e1000_delay(dev, 10);
        us -= 10;
    }
}

/* ---- Attaching ------------------------------------------------------------------------------ */

void e1000_eeprom_begin(struct e1000_dev *dev)
{
    uint32_t eecd = e1000_read(dev, E1000_EECD);

    if (!(eecd & E1000_EECD_EE_PRES)) {
        e1000_fail(dev, E1000_ERR_EEPROM);
        return;
    }
    dev->identity.eeprom_words = eecd & E1000_EECD_EE_SIZE ? 256 : 64;
    if (!dev->params.eeprom_by_eerd) {
        e1000_next(dev, E1000_STEP_EEPROM_GRANT, 0);
        return;
    }
    e1000_eeprom_release(dev); /* EERD stands still while somebody has the pins */
    e1000_next(dev, E1000_STEP_EEPROM_WORDS, 0);
}

void e1000_step_eeprom_grant(struct e1000_dev *dev)
{
    if (e1000_eeprom_request(dev, GRANT_US)) {
        e1000_next(dev, E1000_STEP_EEPROM_WORDS, 0);
        return;
    }
    e1000_again(dev, 1000, GRANT_TRIES, E1000_ERR_EEPROM);
    if (dev->state == E1000_STATE_FAILED)
        e1000_eeprom_release(dev);
}

/* As many words as one call may take. */
static void microwire_words(struct e1000_dev *dev)
{
    while (dev->row < E1000_EEPROM_WORDS && e1000_may_delay(dev, E1000_WORD_US)) {
        dev->eeprom[dev->row] = e1000_microwire_read(dev, dev->row);
        dev->row++;
    }
    if (dev->row == E1000_EEPROM_WORDS)
        e1000_eeprom_release(dev);
}

/* The same by EERD; false when a word is late. tries tells whether a read is under way. */
static bool eerd_words(struct e1000_dev *dev)
{
    while (dev->row < E1000_EEPROM_WORDS && e1000_may_delay(dev, EERD_US)) {
        if (!dev->tries)
            eerd_start(dev, dev->row);
        if (!eerd_wait(dev, EERD_US, &dev->eeprom[dev->row]))
            return false;
        dev->tries = 0;
        dev->row++;
    }
    return true;
}

void e1000_step_eeprom_words(struct e1000_dev *dev)
{
    if (!dev->params.eeprom_by_eerd) {
        microwire_words(dev);
    } else if (!eerd_words(dev)) {
        e1000_again(dev, 1000, EERD_TRIES, E1000_ERR_EEPROM);
        return;
    }
    if (dev->row == E1000_EEPROM_WORDS)
        e1000_identify(dev);
    else
        e1000_next(dev, E1000_STEP_EEPROM_WORDS, 0);
}

/* ---- Later ---------------------------------------------------------------------------------- */

int e1000_eeprom_word(struct e1000_dev *dev, unsigned word, uint32_t us, uint16_t *value)
{
    if (dev->params.eeprom_by_eerd) {
        eerd_start(dev, word);
        return eerd_wait(dev, us, value) ? E1000_OK : E1000_ERR_EEPROM;
    }

    bool granted = e1000_eeprom_request(dev, us);
    if (granted)
        *value = e1000_microwire_read(dev, word);
    e1000_eeprom_release(dev);
    return granted ? E1000_OK : E1000_ERR_EEPROM;
}

int e1000_eeprom_read(struct e1000_dev *dev, unsigned word, uint16_t *value)
{
    if (dev->state != E1000_STATE_DOWN && dev->state != E1000_STATE_UP)
        return E1000_ERR_STATE;
    if (word >= dev->identity.eeprom_words || !value)
        return E1000_ERR_PARAMETER;

    e1000_call_begin(dev);
    return e1000_eeprom_word(dev, word, E1000_CALL_US - E1000_WORD_US, value);
}
