/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: sleep, and what wakes. */
#include "e1000_hw.h"
#include "stage.h"

#include <string.h>

static const uint8_t our_ip[4] = {192, 168, 1, 42};

static uint64_t accesses(const struct stage *stage)
{
    const struct device_counters *counters = &stage->device->counters;

    return counters->mmio_reads + counters->mmio_writes + counters->io_reads + counters->io_writes;
}

static void wake_up(struct stage *stage, enum e1000_state state)
{
    stage_wake(stage, state);
    if (state == E1000_STATE_UP) {
        stage_run(stage, BENCH_MS);
        stage_link(stage, 10 * BENCH_S);
    }
}

static void sleeps(struct stage *stage)
{
    stage->may_lose = true;
    stage_up(stage);
    for (unsigned round = 0; round < 5; round++) {
        uint64_t before;

        stage_sends(stage, 4, 100); /* may leave or not */
        stage_sleep(stage);
        stage_run(stage, BENCH_MS);
        expect_equal(stage, books_outstanding(&stage->books), 0, "cookies with the driver asleep");
        before = accesses(stage);
        stage_arrivals(stage, 20, 100, 100 * BENCH_US);
        stage_run(stage, 10 * BENCH_S);
        expect_equal(stage, stage->ops->interrupt(stage->driver), 0, "work asleep");
        expect_equal(stage, accesses(stage), before, "accesses to a chip that sleeps");
        wake_up(stage, E1000_STATE_UP);
        stage_works(stage);
    }
}

static void sleeps_down(struct stage *stage)
{
    stage_attach(stage);
    for (unsigned round = 0; round < 5; round++) {
        stage_sleep(stage);
        stage_run(stage, 3 * BENCH_S);
        wake_up(stage, E1000_STATE_DOWN);
    }
    stage_up(stage);
    stage_works(stage);
}

static void power_is_cut(struct stage *stage)
{
    NEEDS_DEVICE(stage, reset);
    stage->may_lose = true;
    stage_up(stage);
    for (unsigned round = 0; round < 3; round++) {
        stage_sleep(stage);
        stage_run(stage, BENCH_S);
        stage->device->ops->reset(stage->device,
                                  round % 2 != 0 ? E1000EMU_RESET_POWER : E1000EMU_RESET_PCI);
        stage_run(stage, BENCH_S);
        wake_up(stage, E1000_STATE_UP);
        stage_works(stage);
    }
}

static void asked_twice(struct stage *stage)
{
    stage_up(stage);
    expect_status(stage, stage->ops->suspend != NULL ? stage->ops->suspend(stage->driver) : 0, 0,
                  "suspend()");
    expect_status(stage, stage->ops->suspend(stage->driver), E1000_ERR_STATE, "suspend() again");
    stage_state(stage, E1000_STATE_SUSPENDED, BENCH_S);
    expect_equal(stage, stage_sends(stage, 1, 100), 0, "frames taken asleep");
    wake_up(stage, E1000_STATE_UP);
    expect_status(stage, stage->ops->resume(stage->driver), E1000_ERR_STATE, "resume() awake");
    stage_works(stage);
}

/* ---- Waking ---- */

/* A frame of 120 bytes that one of the events is about. */
static void make_waking(const struct stage *stage, uint32_t event, uint8_t frame[120])
{
    static const uint8_t arp[10] = {0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1};
    static const uint8_t group[6] = {0x01, 0x00, 0x5E, 0x01, 0x02, 0x03};

    memset(frame, 0, 120);
    memset(frame, 0xFF, 6);
    if (event == E1000_WAKE_UNICAST)
        memcpy(frame, stage->profile.mac, 6);
    else if (event == E1000_WAKE_MULTICAST)
        memcpy(frame, group, 6);
    frame[6] = 0x02;
    if (event == E1000_WAKE_ARP) {
        memcpy(frame + 12, arp, sizeof(arp));
        memcpy(frame + 38, our_ip, sizeof(our_ip));
    } else if (event == E1000_WAKE_MAGIC) {
        memset(frame + 14, 0xFF, 6);
        for (unsigned i = 0; i < 16; i++)
            memcpy(frame + 20 + 6 * i, stage->profile.mac, 6);
    }
}

static void wake_by(struct stage *stage, uint32_t event)
{
    static const uint32_t others[] = {E1000_WAKE_MAGIC, E1000_WAKE_UNICAST, E1000_WAKE_MULTICAST,
                                      E1000_WAKE_ARP};
    struct e1000_identity identity;
    uint8_t frame[120];

    NEEDS_DRIVER(stage, set_wake);
    NEEDS_DRIVER(stage, woken_by);
    NEEDS_DEVICE(stage, pme_level);
    stage_up(stage);
    stage->ops->get_identity(stage->driver, &identity);
    if ((identity.wake & event) == 0)
        stage_skip(stage, "the board does not wake by that");
    expect_status(stage, stage->ops->set_wake(stage->driver, event, our_ip), 0, "set_wake()");
    stage_sleep(stage);
    stage_run(stage, 10 * BENCH_S); /* the link is there again */
    for (unsigned i = 0; i < 4 && event != E1000_WAKE_BROADCAST; i++) {
        if (others[i] == event)
            continue;
        make_waking(stage, others[i], frame);
        stage_arrive_as(stage, frame, sizeof(frame), 0, NULL, 0);
        expect_true(stage, !stage->device->ops->pme_level(stage->device),
                    "expected event 0x%x alone to wake, got a wake by 0x%x", event, others[i]);
    }
    if (event == E1000_WAKE_LINK) {
        stage_set_partner(stage, false, 0);
    } else {
        make_waking(stage, event, frame);
        stage_arrive_as(stage, frame, sizeof(frame), 0, NULL, 0);
    }
    expect_true(stage, stage->device->ops->pme_level(stage->device),
                "expected event 0x%x to wake, got no PME", event);
    stage_set_partner(stage, true, 0x3F);
    wake_up(stage, E1000_STATE_UP);
    expect_equal(stage, stage->ops->woken_by(stage->driver), event, "what woke");
    expect_true(stage, !stage->device->ops->pme_level(stage->device),
                "expected PME to be released, got it asserted");
    expect_equal(stage, stage->heard, 0, "frames handed out that only woke");
    stage_works(stage);
}

static void wake_magic(struct stage *stage)
{
    wake_by(stage, E1000_WAKE_MAGIC);
}

static void wake_link(struct stage *stage)
{
    wake_by(stage, E1000_WAKE_LINK);
}

static void wake_unicast(struct stage *stage)
{
    wake_by(stage, E1000_WAKE_UNICAST);
}

static void wake_multicast(struct stage *stage)
{
    wake_by(stage, E1000_WAKE_MULTICAST);
}

static void wake_broadcast(struct stage *stage)
{
    wake_by(stage, E1000_WAKE_BROADCAST);
}

static void wake_arp(struct stage *stage)
{
    wake_by(stage, E1000_WAKE_ARP);
}

static void wake_nothing(struct stage *stage)
{
    uint8_t frame[120];

    NEEDS_DRIVER(stage, set_wake);
    NEEDS_DEVICE(stage, pme_level);
    stage_up(stage);
    expect_status(stage, stage->ops->set_wake(stage->driver, 0, NULL), 0, "set_wake()");
    stage_sleep(stage);
    stage_run(stage, 10 * BENCH_S);
    for (uint32_t event = E1000_WAKE_MAGIC; event <= E1000_WAKE_ARP; event <<= 1) {
        make_waking(stage, event, frame);
        stage_arrive_as(stage, frame, sizeof(frame), 0, NULL, 0);
    }
    expect_true(stage, !stage->device->ops->pme_level(stage->device),
                "expected nothing to wake, got PME");
    wake_up(stage, E1000_STATE_UP);
    stage_works(stage);
}

static void wake_refused(struct stage *stage)
{
    NEEDS_DRIVER(stage, set_wake);
    stage_attach(stage);
    expect_status(stage, stage->ops->set_wake(stage->driver, 1u << 6, NULL), E1000_ERR_PARAMETER,
                  "an event that there is not");
    expect_status(stage, stage->ops->set_wake(stage->driver, E1000_WAKE_ARP, NULL),
                  E1000_ERR_PARAMETER, "ARP without an address");
    expect_status(stage, stage->ops->set_wake(stage->driver, 0, NULL), 0, "nothing");
    stage_up(stage);
    stage_works(stage);
}

static void no_power_management(struct stage *stage)
{
    struct e1000_identity identity;

    NEEDS_DRIVER(stage, set_wake);
    stage->profile.capabilities = false;
    stage_up(stage);
    stage->ops->get_identity(stage->driver, &identity);
    expect_equal(stage, identity.wake, 0, "events that can wake");
    expect_status(stage, stage->ops->set_wake(stage->driver, E1000_WAKE_MAGIC, NULL),
                  E1000_ERR_PARAMETER, "waking without power management");
    stage->may_lose = true;
    stage_sleep(stage);
    stage_run(stage, BENCH_S);
    wake_up(stage, E1000_STATE_UP);
    stage_works(stage);
}

#define BOTH "vmware silicon"

const struct scenario scenarios_power[] = {
    {"feature/suspend", "asleep and awake, with traffic",
     "Asleep nothing touches the chip, and awake everything is back.",
     "pm-utils suspend tests; Linux e1000_suspend", "vmware silicon 82545gm-serdes", 0, sleeps},
    {"feature/suspend-down", "asleep while down", "An interface that was down is down again.",
     "Linux e1000_resume", BOTH, 0, sleeps_down},
    {"feature/suspend-power-cut", "power is cut while asleep",
     "A chip that has forgotten everything works as before.",
     "suspend to disk; Linux pci_restore_state", BOTH, 0, power_is_cut},
    {"feature/suspend-twice", "asked for sleep asleep, for waking awake",
     "Refused, and nothing changes.", "API contract", "silicon", 0, asked_twice},
    {"feature/wake-magic", "woken by a Magic Packet",
     "It wakes, frames that were not asked for do not, and the driver knows what it was.",
     "ethtool -s wol g; manual 6.4", "silicon", NEEDS_PM | NEEDS_INTEL, wake_magic},
    {"feature/wake-link", "woken by the link", "A cable that is pulled wakes.", "ethtool -s wol p",
     "silicon", NEEDS_PM | NEEDS_INTEL | NEEDS_COPPER, wake_link},
    {"feature/wake-unicast", "woken by a frame to us", "One to us wakes, one to others does not.",
     "ethtool -s wol u", "silicon", NEEDS_PM | NEEDS_INTEL, wake_unicast},
    {"feature/wake-multicast", "woken by a frame to a group",
     "One to a group wakes, one to us does not.", "ethtool -s wol m", "silicon",
     NEEDS_PM | NEEDS_INTEL, wake_multicast},
    {"feature/wake-broadcast", "woken by a broadcast", "A broadcast wakes.", "ethtool -s wol b",
     "silicon", NEEDS_PM | NEEDS_INTEL, wake_broadcast},
    {"feature/wake-arp", "woken by an ARP request for our address",
     "It wakes, other frames do not.", "ethtool -s wol a", "silicon", NEEDS_PM | NEEDS_INTEL,
     wake_arp},
    {"feature/wake-nothing", "nothing wakes that was not asked for",
     "With nothing armed nothing wakes.", "ethtool -s wol d", "silicon", NEEDS_PM, wake_nothing},
    {"feature/wake-refused", "what can't wake is refused",
     "An event that the chip does not have is no event.", "ethtool -s wol, invalid", "silicon",
     NEEDS_PM, wake_refused},
    {"feature/no-power-management", "sleep without power management",
     "A chip without it sleeps by being silent.", "QEMU's e1000", "silicon qemu", 0,
     no_power_management},
    {.id = NULL},
};
