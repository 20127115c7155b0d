/* SPDX-License-Identifier: BSD-2-Clause */
#include "clock.h"

#include "chip.h"

/* Events after which e1000emu_advance() leaves the rest to the next call. */
#define BUDGET 256u

static void (*const expire[EMU_TIMERS])(struct e1000emu *chip) = {
    [EMU_TIMER_AUTONEG] = emu_phy_autoneg_timer,
    [EMU_TIMER_SERDES] = emu_serdes_timer,
    [EMU_TIMER_MDIC] = emu_phy_mdic_timer,
    [EMU_TIMER_EERD] = emu_eeprom_eerd_timer,
    [EMU_TIMER_EE_LOAD] = emu_eeprom_load_timer,
    [EMU_TIMER_EE_WRITE] = emu_eeprom_write_timer,
    [EMU_TIMER_TX] = emu_tx_timer,
    [EMU_TIMER_MEDIUM] = emu_tx_timer,
    [EMU_TIMER_TIDV] = emu_tx_delay_timer,
    [EMU_TIMER_TADV] = emu_tx_delay_timer,
    [EMU_TIMER_RX] = emu_rx_timer,
    [EMU_TIMER_RDTR] = emu_rx_rdtr_timer,
    [EMU_TIMER_RADV] = emu_rx_radv_timer,
    [EMU_TIMER_ITR] = emu_irq_timer,
    [EMU_TIMER_PAUSE] = emu_flow_timer,
    [EMU_TIMER_LOOP] = emu_loop_timer,
    [EMU_TIMER_FAULT] = emu_fault_timer,
};

static void find_next(struct emu_clock *clock)
{
    e1000emu_time next = E1000EMU_NEVER;

    for (unsigned i = 0; i < EMU_TIMERS; i++) {
        if (clock->due[i] < next)
            next = clock->due[i];
    }
    clock->next = next;
}

void emu_clock_init(struct e1000emu *chip)
{
    for (unsigned i = 0; i < EMU_TIMERS; i++)
        chip->clock.due[i] = E1000EMU_NEVER;
    chip->clock.next = E1000EMU_NEVER;
}

void emu_timer_start(struct e1000emu *chip, enum emu_timer timer, e1000emu_time delay)
{
    e1000emu_time last = E1000EMU_NEVER - 1;

    chip->clock.due[timer] = delay > last - chip->now ? last : chip->now + delay;
    find_next(&chip->clock);
}

void emu_timer_stop(struct e1000emu *chip, enum emu_timer timer)
{
    chip->clock.due[timer] = E1000EMU_NEVER;
    find_next(&chip->clock);
}

bool emu_timer_running(const struct e1000emu *chip, enum emu_timer timer)
{
    return chip->clock.due[timer] != E1000EMU_NEVER;
}

/* The timer that is due first, at the latest at limit, and not in the set skip; EMU_TIMERS if none.
 */
static unsigned first_due(const struct emu_clock *clock, e1000emu_time limit, unsigned skip)
{
    e1000emu_time earliest = E1000EMU_NEVER;
    unsigned first = EMU_TIMERS;

    for (unsigned i = 0; i < EMU_TIMERS; i++) {
        if (clock->due[i] <= limit && clock->due[i] < earliest && !(skip & 1u << i)) {
            first = i;
            earliest = clock->due[i];
        }
    }
    return first;
}

void e1000emu_advance(e1000emu *chip, e1000emu_time now)
{
    unsigned again = 0;
    unsigned events = 0;

    if (now < chip->now)
        now = chip->now;
    if (now == E1000EMU_NEVER)
        now--;
    if (chip->clock.next > now) {
        chip->now = now;
        return;
    }
    for (;;) {
        unsigned i = first_due(&chip->clock, now, again);

        if (i == EMU_TIMERS) {
            chip->now = now;
            break;
        }
        /* What keeps itself going may be due very often until then. */
        if (events++ == BUDGET)
            break;
        if (chip->clock.due[i] > chip->now)
            chip->now = chip->clock.due[i];
        chip->clock.due[i] = E1000EMU_NEVER;
        expire[i](chip);
        /* Who asks to be called again without delay has more work than it may do at once: the host
         * sees that by e1000emu_next_event() and decides when. */
        if (chip->clock.due[i] <= chip->now)
            again |= 1u << i;
    }
    find_next(&chip->clock);
}

e1000emu_time e1000emu_next_event(const e1000emu *chip)
{
    return chip->clock.next;
}
