/* SPDX-License-Identifier: BSD-2-Clause */
/* Resets, configuration space, and what receiver and transmitter are set up with. */
#include "check_case.h"

static void reset_by_io(struct fixture *f)
{
    uint32_t ctrl = fixture_read(f, REG_CTRL);

    e1000emu_bar_write(f->chip, E1000EMU_IO, 0, 4, REG_CTRL);
    e1000emu_bar_write(f->chip, E1000EMU_IO, 4, 4, ctrl | CTRL_RST);
}

static void stop(struct fixture *f)
{
    fixture_write(f, REG_IMC, UINT32_MAX);
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_TCTL, 0);
}

/* ---- Configuration space -------------------------------------------------------------------- */

static void bus_master_off(struct fixture *f, bool wrong)
{
    if (wrong)
        e1000emu_config_write(f->chip, 4, 2, 3);
    check_start(f);
}

static void bus_master_cleared(struct fixture *f, bool wrong)
{
    e1000emu_config_write(f->chip, 4, 2, 7);
    fixture_write(f, REG_RCTL, 0);
    if (!wrong)
        stop(f);
    e1000emu_config_write(f->chip, 4, 2, 3);
}

static void pcix_read_size(struct fixture *f, bool wrong)
{
    e1000emu_config_write(f->chip, 0xE6, 2, wrong ? 0x000e : 0x000a);
}

/* ---- Resets --------------------------------------------------------------------------------- */

static void access_during_reset(struct fixture *f, bool wrong)
{
    reset_by_io(f);
    fixture_run(f, wrong ? 999 : 1000);
    fixture_write(f, REG_IMC, UINT32_MAX);
}

static void write_before_load(struct fixture *f, bool wrong)
{
    reset_by_io(f);
    fixture_run(f, wrong ? 100000 : 5000000);
    fixture_write(f, REG_RAL(0), 0x01290c00);
    fixture_write(f, REG_VET, 0x8100);
}

static void reset_by_memory(struct fixture *f, bool wrong)
{
    if (wrong)
        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RST);
    else
        reset_by_io(f);
}

static void reset_with_interrupts(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_IMS, ICR_LSC);
    if (!wrong)
        stop(f);
    reset_by_io(f);
}

static void reset_while_running(struct fixture *f, bool wrong)
{
    if (wrong)
        fixture_write(f, REG_RCTL, 0);
    else
        stop(f);
    reset_by_io(f);
}

static void receiver_reset_while_running(struct fixture *f, bool wrong)
{
    if (!wrong)
        stop(f);
    fixture_write(f, REG_TCTL, 0);
    reset_by_io(f);
}

static void phy_reset_short(struct fixture *f, bool wrong)
{
    uint32_t ctrl = fixture_read(f, REG_CTRL);

    fixture_write(f, REG_CTRL, ctrl | CTRL_PHY_RST);
    fixture_run(f, wrong ? 1000 : 10000000);
    fixture_write(f, REG_CTRL, ctrl);
}

static void speed_reserved(struct fixture *f, bool wrong)
{
    uint32_t ctrl = fixture_read(f, REG_CTRL) & ~CTRL_SPEED;

    fixture_write(f, REG_CTRL, ctrl | CTRL_FRCSPD | (wrong ? CTRL_SPEED : CTRL_SPEED_100));
}

static void eecd_request_kept(struct fixture *f, bool wrong)
{
    uint32_t eecd = fixture_read(f, REG_EECD);

    fixture_write(f, REG_EECD, eecd | EECD_EE_REQ);
    if (!wrong)
        fixture_write(f, REG_EECD, eecd);
    check_start(f);
}

/* ---- The receiver --------------------------------------------------------------------------- */

/* Base and length are both needed. */
static void rx_enabled_before_ring(struct fixture *f, bool wrong)
{
    check_tables(f);
    if (wrong)
        fixture_write(f, REG_RDLEN, CHECK_COUNT * DESC_BYTES);
    else
        check_rx_ring(f);
    fixture_write(f, REG_RCTL, CHECK_RCTL);
    if (wrong) {
        stop(f);
        reset_by_io(f);
        fixture_run(f, 1000);
        fixture_write(f, REG_RAH(0), RAH_AV);
        fixture_write(f, REG_RDBAL, (uint32_t)CHECK_RX_RING);
        fixture_write(f, REG_RCTL, CHECK_RCTL);
    }
}

static void rx_without_buffers(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_RDT, wrong ? 0 : 1);
    fixture_write(f, REG_RCTL, CHECK_RCTL);
}

static void rx_reenabled(struct fixture *f, bool wrong)
{
    stop(f);
    if (!wrong) {
        reset_by_io(f);
        fixture_run(f, 5000000);
        fixture_write(f, REG_RAH(0), 0x0302 | RAH_AV);
        check_rx_ring(f);
    }
    fixture_write(f, REG_RCTL, CHECK_RCTL);
}

static void rx_buffer_size(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_RCTL, RCTL_BSEX | (wrong ? 0 : 1u << RCTL_BSIZE_SHIFT));
    fixture_write(f, REG_RCTL, 0);
}

static void rctl_value(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_RCTL, wrong ? 0x40 : RCTL_LBM);
    fixture_write(f, REG_RCTL, wrong ? RCTL_RDMTS : 0x100);
    fixture_write(f, REG_RCTL, 0);
}

static void rx_fcs_kept(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_RCTL, wrong ? CHECK_RCTL & ~RCTL_SECRC : CHECK_RCTL);
}

static void rx_no_address(struct fixture *f, bool wrong)
{
    if (wrong)
        fixture_write(f, REG_RAH(0), 0x0302);
    fixture_write(f, REG_RCTL, CHECK_RCTL);
}

static void tables_but(struct fixture *f, uint32_t offset)
{
    check_write(f, REG_RAH(0), 0x0302 | RAH_AV);
    for (uint32_t i = 0; i < MTA_COUNT; i++) {
        if (REG_MTA_N(i) != offset)
            check_write(f, REG_MTA_N(i), 0);
        if (REG_VFTA_N(i) != offset)
            check_write(f, REG_VFTA_N(i), 0);
    }
    check_rx_ring(f);
}

static void mta_not_written(struct fixture *f, bool wrong)
{
    tables_but(f, wrong ? REG_MTA_N(100) : 0);
    fixture_write(f, REG_RCTL, CHECK_RCTL);
}

static void vfta_not_written(struct fixture *f, bool wrong)
{
    tables_but(f, REG_VFTA_N(3));
    fixture_write(f, REG_RCTL, CHECK_RCTL | (wrong ? RCTL_VFE : 0));
}

static void address_while_valid(struct fixture *f, bool wrong)
{
    if (!wrong)
        check_write(f, REG_RAH(0), 0);
    check_write(f, REG_RAL(0), 1);
    check_write(f, REG_RAH(0), RAH_AV);
    check_write(f, REG_RAL(1), 1);
}

static void array_not_flushed(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_MTA_N(1), 0);
    if (!wrong)
        fixture_read(f, REG_STATUS);
    fixture_write(f, REG_MTA_N(2), 0);
    fixture_write(f, REG_MTA_N(1), 0); /* downward is no burst */
}

/* ---- Flow control and the packet buffer ----------------------------------------------------- */

static void flow_registers(struct fixture *f)
{
    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    fixture_write(f, REG_FCTTV, 0x680);
    fixture_write(f, REG_FCRTL, 0x8000);
    fixture_write(f, REG_FCRTH, 0x9000);
}

static void pause(struct fixture *f)
{
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_TFCE | CTRL_RFCE);
}

static void flow_thresholds(struct fixture *f, bool wrong)
{
    flow_registers(f);
    if (wrong)
        fixture_write(f, REG_FCRTH, 0x8000);
    pause(f);
    fixture_write(f, REG_FCRTH, wrong ? 0xC008 : 0xC000);
    pause(f);
}

static void flow_time_zero(struct fixture *f, bool wrong)
{
    flow_registers(f);
    if (wrong)
        fixture_write(f, REG_FCTTV, 0);
    pause(f);
}

static void flow_address(struct fixture *f, bool wrong)
{
    static const uint32_t one[] = {REG_FCAL, REG_FCAH, REG_FCT};

    for (unsigned i = 0; i < 3; i++) {
        flow_registers(f);
        if (wrong)
            fixture_write(f, one[i], 0);
        fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RFCE);
    }
}

static void pba_split(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_PBA, wrong ? 0 : 40);
    fixture_write(f, REG_PBA, wrong ? 64 : 56);
    fixture_write(f, REG_PBA, wrong ? 42 : 8);
}

static void pba_while_enabled(struct fixture *f, bool wrong)
{
    if (!wrong)
        stop(f);
    else
        fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_PBA, 40);
    if (wrong) {
        fixture_write(f, REG_TCTL, 0);
        reset_by_io(f);
        fixture_run(f, 1000);
        fixture_write(f, REG_RAH(0), RAH_AV);
        check_rx_ring(f);
        fixture_write(f, REG_RCTL, CHECK_RCTL);
        fixture_write(f, REG_PBA, 40);
    }
}

/* ---- The transmitter ------------------------------------------------------------------------ */

static void tx_enabled_before_ring(struct fixture *f, bool wrong)
{
    if (wrong)
        fixture_write(f, REG_TIPG, 0x00602008);
    else
        check_tx_ring(f);
    fixture_write(f, REG_TCTL, CHECK_TCTL);
}

static void tipg_not_set(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_TDBAL, (uint32_t)CHECK_TX_RING);
    fixture_write(f, REG_TDLEN, CHECK_COUNT * DESC_BYTES);
    if (!wrong)
        fixture_write(f, REG_TIPG, 0x00602008);
    fixture_write(f, REG_TCTL, CHECK_TCTL);
}

static void collision_fields(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_TCTL, wrong ? CHECK_TCTL & ~TCTL_CT : CHECK_TCTL);
    fixture_write(f, REG_TCTL, 0);
    fixture_write(f, REG_TCTL, wrong ? CHECK_TCTL & ~TCTL_COLD : CHECK_TCTL);
}

static void link_not_set_up(struct fixture *f, bool wrong)
{
    fixture_write(f, REG_CTRL, wrong ? 0 : CTRL_SLU);
    check_post(f, CHECK_TX_DATA, check_legacy(CHECK_WHOLE, 60));
    check_ring(f);
}

const struct check_case check_setup_cases[] = {
    {"bus-master-off", bus_master_off, CHECK_READY, NULL, NULL},
    {"bus-master-cleared", bus_master_cleared, CHECK_RUNNING, NULL, NULL},
    {"pcix-read-size", pcix_read_size, CHECK_COLD, NULL, NULL},
    {"access-during-reset", access_during_reset, CHECK_COLD, NULL, NULL},
    {"write-before-load", write_before_load, CHECK_READY, "silicon", NULL},
    {"reset-by-memory", reset_by_memory, CHECK_COLD, NULL, NULL},
    {"reset-with-interrupts", reset_with_interrupts, CHECK_COLD, NULL, NULL},
    {"reset-while-running", reset_while_running, CHECK_RUNNING, NULL, NULL},
    {"reset-while-running", receiver_reset_while_running, CHECK_RUNNING, NULL, NULL},
    {"phy-reset-short", phy_reset_short, CHECK_COLD, NULL, NULL},
    {"speed-reserved", speed_reserved, CHECK_COLD, NULL, NULL},
    {"eecd-request-kept", eecd_request_kept, CHECK_READY, NULL, NULL},
    {"rx-enabled-before-ring", rx_enabled_before_ring, CHECK_COLD, NULL, NULL},
    {"rx-without-buffers", rx_without_buffers, CHECK_READY, NULL, NULL},
    {"rx-reenabled", rx_reenabled, CHECK_RUNNING, NULL, NULL},
    {"rx-buffer-size", rx_buffer_size, CHECK_READY, NULL, NULL},
    {"rctl-value", rctl_value, CHECK_READY, NULL, NULL},
    {"rx-fcs-kept", rx_fcs_kept, CHECK_READY, NULL, NULL},
    {"rx-no-address", rx_no_address, CHECK_READY, NULL, NULL},
    {"mta-not-written", mta_not_written, CHECK_COLD, NULL, NULL},
    {"vfta-not-written", vfta_not_written, CHECK_COLD, NULL, NULL},
    {"address-while-valid", address_while_valid, CHECK_RUNNING, NULL, NULL},
    {"array-not-flushed", array_not_flushed, CHECK_COLD, NULL, NULL},
    {"flow-thresholds", flow_thresholds, CHECK_COLD, NULL, NULL},
    {"flow-time-zero", flow_time_zero, CHECK_COLD, NULL, NULL},
    {"flow-address", flow_address, CHECK_COLD, NULL, NULL},
    {"pba-split", pba_split, CHECK_COLD, NULL, NULL},
    {"pba-while-enabled", pba_while_enabled, CHECK_RUNNING, NULL, NULL},
    {"tx-enabled-before-ring", tx_enabled_before_ring, CHECK_COLD, NULL, NULL},
    {"tipg-not-set", tipg_not_set, CHECK_COLD, NULL, NULL},
    {"collision-fields", collision_fields, CHECK_READY, NULL, NULL},
    {"link-not-set-up", link_not_set_up, CHECK_RUNNING, NULL, NULL},
    {NULL, NULL, CHECK_COLD, NULL, NULL},
};
