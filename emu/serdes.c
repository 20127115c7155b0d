/* SPDX-License-Identifier: BSD-2-Clause */
#include "serdes.h"

#include "chip.h"
#include "stats.h"

/* How long each word has to be seen (IEEE 802.3 37.3.1.4), where software negotiates. */
#define LINK_TIMER_NS 10000000u

#define MODE_SERDES 0x00800000u /* LINK_MODE 10, and 11 for TBI, which acts alike */

#define RXCW_WORD 0x0000FFFFu

/* ---- What comes in -------------------------------------------------------------------------- */

bool emu_serdes_selected(const struct e1000emu *chip)
{
    return emu_get(chip, REG_CTRL_EXT) & MODE_SERDES;
}

/* The signal may come from the own transmitter. What optics and backplane show is taken for its
 * opposite by ILOS; without code groups in it there is no synchronisation either way. */
static bool synchronised(const struct e1000emu *chip)
{
    const struct e1000emu_partner *partner = &chip->link.partner;

    if (emu_loop_active(chip))
        return true;
    return chip->profile.media != E1000EMU_COPPER && partner->cable &&
           partner->sends != E1000EMU_SENDS_NOISE && !(emu_get(chip, REG_CTRL) & CTRL_ILOS);
}

/* Whether whoever is at the other end negotiates. */
static bool answers(const struct e1000emu *chip)
{
    return emu_loop_active(chip) || chip->link.partner.sends == E1000EMU_SENDS_CONFIG;
}

/* Its word, not acknowledging ours. */
static uint32_t partner_word(const struct e1000emu *chip)
{
    const struct e1000emu_partner *partner = &chip->link.partner;
    uint32_t word = 0;

    if (emu_loop_active(chip))
        return emu_get(chip, REG_TXCW) & RXCW_WORD & ~TXCW_ACK;
    word |= partner->abilities & E1000EMU_1000_FULL ? TXCW_FD : 0;
    word |= partner->abilities & E1000EMU_1000_HALF ? TXCW_HD : 0;
    word |= partner->abilities & E1000EMU_PAUSE ? TXCW_PAUSE : 0;
    word |= partner->abilities & E1000EMU_PAUSE_ASYMMETRIC ? TXCW_ASM_DIR : 0;
    return word | ((uint32_t)partner->remote_fault & 3u) << TXCW_RF_SHIFT;
}

static void store_word(struct e1000emu *chip, uint32_t word)
{
    uint32_t rxcw = emu_get(chip, REG_RXCW);

    if ((rxcw & RXCW_WORD) != word)
        emu_set(chip, REG_RXCW, (rxcw & ~RXCW_WORD) | RXCW_CHANGE | word);
}

/* The bits of RXCW that are not latched; and RXSYNC, which stays low once it fell. */
static void show(struct e1000emu *chip)
{
    const struct emu_serdes *serdes = &chip->serdes;
    uint32_t rxcw = emu_get(chip, REG_RXCW) & ~(RXCW_NOCARRIER | RXCW_RXCONFIG | RXCW_ANC);

    if (!serdes->sync)
        rxcw &= ~RXCW_RXSYNC;
    rxcw |= serdes->sync ? RXCW_NOCARRIER : 0;
    rxcw |= serdes->seen ? RXCW_RXCONFIG : 0;
    rxcw |= serdes->complete ? RXCW_ANC : 0;
    emu_set(chip, REG_RXCW, rxcw);
}

/* ---- The link ------------------------------------------------------------------------------- */

/* The partner is done, too, or never negotiated: frames pass. */
static bool reaches_partner(const struct e1000emu *chip)
{
    return (emu_serdes_status(chip) & STATUS_LU) && !emu_loop_active(chip) &&
           (chip->serdes.partner_up || !answers(chip));
}

/* What goes out, and what comes in. */
static void look(struct e1000emu *chip)
{
    struct emu_serdes *serdes = &chip->serdes;
    uint32_t txcw = emu_get(chip, REG_TXCW);
    bool held = emu_get(chip, REG_CTRL) & CTRL_LRST;
    bool was_active = serdes->active;
    bool was_sending = serdes->sending;

    serdes->active = emu_serdes_selected(chip) && !held;
    serdes->sync = serdes->active && synchronised(chip);
    serdes->forced = !(txcw & TXCW_ANE);
    serdes->complete = serdes->complete && serdes->sync && !serdes->forced;
    if (serdes->forced)
        serdes->sending = held || (txcw & TXCW_TXCONFIG);
    else
        serdes->sending = held || !serdes->complete;
    /* Who gets configuration words out of the blue begins anew; so does who gets nothing. */
    if ((serdes->sending && !was_sending) || !serdes->sync)
        serdes->partner_up = false;
    serdes->seen = serdes->sync && answers(chip) &&
                   (emu_loop_active(chip) ? serdes->sending : !serdes->partner_up);
    if (!serdes->active)
        emu_set(chip, REG_RXCW, 0); /* LRST clears it (SDM 14.7) */
    else if (!was_active && serdes->sync)
        emu_set(chip, REG_RXCW, RXCW_RXSYNC);
}

/* The exchange of words goes on as long as there is something to wait for. */
static void exchange(struct e1000emu *chip)
{
    const struct emu_serdes *serdes = &chip->serdes;
    bool acknowledged = emu_get(chip, REG_TXCW) & TXCW_ACK;
    bool by_hardware = serdes->sync && !serdes->forced && !serdes->complete;
    bool by_software = serdes->forced && serdes->sending && serdes->seen && acknowledged;
    e1000emu_time lasts = by_hardware ? chip->profile.autoneg_ns : LINK_TIMER_NS;

    if (!by_hardware && !by_software)
        emu_timer_stop(chip, EMU_TIMER_SERDES);
    else if (!emu_timer_running(chip, EMU_TIMER_SERDES) &&
             (!(chip->faulty & EMU_AT_LINK) || emu_fault_autoneg(chip, &lasts)))
        emu_timer_start(chip, EMU_TIMER_SERDES, lasts);
}

void emu_serdes_update(struct e1000emu *chip)
{
    struct emu_serdes *serdes = &chip->serdes;
    bool was_seen = serdes->seen;
    bool was_forced = serdes->forced;

    look(chip);
    exchange(chip);
    if (serdes->seen)
        store_word(chip, partner_word(chip) | (serdes->sending ? TXCW_ACK : 0));
    show(chip);
    serdes->wire = reaches_partner(chip);
    /* Who forces the link learns that the partner negotiates (SDM 8.6.1.5, 13.4.17). */
    if (serdes->seen && (!was_seen || (serdes->forced && !was_forced)))
        emu_irq_raise(chip, ICR_RXCFG);
}

/* SDM tables 8-3 to 8-5. TBIMODE tells drivers of a board whose medium is none of the PHY's. */
uint32_t emu_serdes_status(const struct e1000emu *chip)
{
    const struct emu_serdes *serdes = &chip->serdes;
    uint32_t ctrl = emu_get(chip, REG_CTRL);
    uint32_t status = STATUS_SPEED_1000;
    bool forced_up = serdes->forced && serdes->sync && (ctrl & CTRL_SLU);

    status |= chip->profile.media != E1000EMU_COPPER ? STATUS_TBIMODE : 0;
    status |= serdes->complete || forced_up ? STATUS_LU : 0;
    status |= serdes->complete || (ctrl & CTRL_FD) ? STATUS_FD : 0;
    return status;
}

/* ---- Autonegotiation ------------------------------------------------------------------------ */

/* Who may pause whom (IEEE 802.3 table 37-4): bits of CTRL. */
static uint32_t resolve_pause(uint32_t local, uint32_t partner)
{
    const uint32_t both = TXCW_PAUSE | TXCW_ASM_DIR;

    if (local & partner & TXCW_PAUSE)
        return CTRL_RFCE | CTRL_TFCE;
    if ((local & both) == TXCW_ASM_DIR && (partner & both) == both)
        return CTRL_TFCE;
    if ((local & both) == both && (partner & both) == TXCW_ASM_DIR)
        return CTRL_RFCE;
    return 0;
}

/* Half duplex isn't for the SerDes (SDM 8.4.2): without full duplex in both words there is no link.
 */
static void complete(struct e1000emu *chip)
{
    const uint32_t flow = CTRL_RFCE | CTRL_TFCE;
    uint32_t local = emu_get(chip, REG_TXCW);
    uint32_t word = partner_word(chip);

    if (!answers(chip) || !(local & word & TXCW_FD))
        return;
    chip->serdes.complete = true;
    chip->serdes.partner_up = true;
    emu_set(chip, REG_CTRL, (emu_get(chip, REG_CTRL) & ~flow) | resolve_pause(local, word));
    emu_flow_control_changed(chip);
}

void emu_serdes_timer(struct e1000emu *chip)
{
    if (chip->serdes.forced)
        chip->serdes.partner_up = true;
    else
        complete(chip);
    if (chip->serdes.partner_up)
        emu_link_update(chip);
}

void emu_serdes_keep_flow_control(struct e1000emu *chip, uint32_t old)
{
    const uint32_t flow = CTRL_RFCE | CTRL_TFCE;

    if (emu_serdes_selected(chip) && emu_get(chip, REG_TXCW) & TXCW_ANE)
        emu_set(chip, REG_CTRL, (emu_get(chip, REG_CTRL) & ~flow) | (old & flow));
}

/* ---- What else may happen ------------------------------------------------------------------- */

void emu_serdes_show_signal(struct e1000emu *chip)
{
    if (chip->profile.media == E1000EMU_FIBER)
        e1000emu_set_sdp(chip, 1, chip->link.partner.cable);
}

static void begin_anew(struct e1000emu *chip)
{
    chip->serdes.complete = false;
    chip->serdes.partner_up = false;
    emu_timer_stop(chip, EMU_TIMER_SERDES);
    emu_link_update(chip);
}

void emu_serdes_partner_changed(struct e1000emu *chip)
{
    emu_serdes_show_signal(chip);
    if (!emu_loop_active(chip))
        begin_anew(chip);
}

/* The count of symbols needs no link (SDM 13.7.3). */
void emu_serdes_count_errors(struct e1000emu *chip, uint32_t flags)
{
    if (!emu_serdes_selected(chip))
        return;
    if (flags & E1000EMU_FRAME_SYMBOL) {
        emu_stats_add(chip, REG_SYMERRS, 1);
        emu_set(chip, REG_RXCW, emu_get(chip, REG_RXCW) | RXCW_INVALID);
    }
    if (flags & E1000EMU_FRAME_SEQUENCE && emu_get(chip, REG_STATUS) & STATUS_LU) {
        emu_stats_add(chip, REG_SEC, 1);
        emu_irq_raise(chip, ICR_RXSEQ);
    }
}

void emu_serdes_reset(struct e1000emu *chip)
{
    chip->serdes = (struct emu_serdes){0};
    emu_timer_stop(chip, EMU_TIMER_SERDES);
}

/* ---- Registers ------------------------------------------------------------------------------ */

/* Writing ANE as one negotiates anew, also where it was one. */
void emu_serdes_write_txcw(struct e1000emu *chip, uint32_t offset, uint32_t old, uint32_t value)
{
    (void)offset;
    (void)old;
    if (!emu_serdes_selected(chip))
        return;
    if (value & TXCW_ANE)
        begin_anew(chip);
    else
        emu_link_update(chip);
}

/* Reading ends what is latched. */
uint32_t emu_serdes_read_rxcw(struct e1000emu *chip, uint32_t offset)
{
    uint32_t rxcw = emu_get(chip, offset);

    emu_set(chip, offset,
            (rxcw & ~(RXCW_INVALID | RXCW_CHANGE)) | (chip->serdes.sync ? RXCW_RXSYNC : 0));
    return rxcw;
}
