/* SPDX-License-Identifier: BSD-2-Clause */
/* What LEDCTL shows (SDM 13.4.15). */
#include "chip.h"

#define MS 1000000u

#define LEDS        4u
#define LED_MODE    0x0Fu
#define LED_IVRT    0x40u
#define LED_BLINK   0x80u
#define BLINK_NS    (200u * MS) /* on, and as long off */
#define ACTIVITY_NS (100u * MS) /* how long a frame shows: long enough for an eye */

enum {
    MODE_LINK_10_1000,
    MODE_LINK_100_1000,
    MODE_LINK_UP,
    MODE_ACTIVITY,
    MODE_LINK_ACTIVITY,
    MODE_LINK_10,
    MODE_LINK_100,
    MODE_LINK_1000,
    MODE_PCIX,
    MODE_FULL_DUPLEX,
    MODE_COLLISION,
    MODE_BUS_SPEED,
    MODE_BUS_SIZE,
    MODE_PAUSED,
    MODE_ON,
    MODE_OFF
};

static bool active(const struct e1000emu *chip)
{
    return chip->link.busy && chip->now - chip->link.last_frame < ACTIVITY_NS;
}

static bool collided(const struct e1000emu *chip)
{
    return chip->medium.collided && chip->now - chip->medium.last_collision < ACTIVITY_NS;
}

/* Without inversion and blinking. */
static bool asserted(const struct e1000emu *chip, uint32_t mode)
{
    uint32_t status = emu_get(chip, REG_STATUS);
    bool up = status & STATUS_LU;
    unsigned mbps = up ? emu_link_mbps(chip) : 0;

    switch (mode) {
    case MODE_LINK_10_1000:
        return mbps == 10 || mbps == 1000;
    case MODE_LINK_100_1000:
        return mbps == 100 || mbps == 1000;
    case MODE_LINK_UP:
        return up;
    case MODE_ACTIVITY:
        return up && active(chip);
    case MODE_LINK_ACTIVITY: /* goes out for a moment when there is a frame */
        return up && !active(chip);
    case MODE_LINK_10:
        return mbps == 10;
    case MODE_LINK_100:
        return mbps == 100;
    case MODE_LINK_1000:
        return mbps == 1000;
    case MODE_PCIX:
        return status & STATUS_PCIX_MODE;
    case MODE_FULL_DUPLEX:
        return up && (status & STATUS_FD);
    case MODE_COLLISION:
        return up && collided(chip);
    case MODE_BUS_SPEED:
        return status & STATUS_PCI66;
    case MODE_BUS_SIZE:
        return status & STATUS_BUS64;
    case MODE_PAUSED:
        return status & STATUS_TXOFF;
    case MODE_ON:
        return true;
    default: /* OFF */
        return false;
    }
}

unsigned e1000emu_get_leds(const e1000emu *chip)
{
    uint32_t control = emu_get(chip, REG_LEDCTL);
    bool dark = chip->now / BLINK_NS % 2;
    unsigned lit = 0;

    for (unsigned i = 0; i < LEDS; i++, control >>= 8) {
        bool on = asserted(chip, control & LED_MODE);

        if ((control & LED_BLINK) && dark)
            on = false;
        if (control & LED_IVRT)
            on = !on;
        lit |= on ? 1u << i : 0;
    }
    return lit;
}
