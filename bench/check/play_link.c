/* SPDX-License-Identifier: BSD-2-Clause */
/* Scenarios: links, pausing, loopback. */
#include "stage.h"

#include <string.h>

#define PARTNER_ALL 0x3Fu /* every link, no pausing */

static const struct {
    uint16_t link;
    uint32_t partner;
    uint16_t mbps;
    bool full;
} links[] = {
    {E1000_10_HALF, E1000EMU_10_HALF, 10, false},
    {E1000_10_FULL, E1000EMU_10_FULL, 10, true},
    {E1000_100_HALF, E1000EMU_100_HALF, 100, false},
    {E1000_100_FULL, E1000EMU_100_FULL, 100, true},
    {E1000_1000_FULL, E1000EMU_1000_FULL, 1000, true},
};
#define LINKS (sizeof(links) / sizeof(links[0]))

/* Driver and wire agree on what the link is. */
static void expect_link(struct stage *stage, uint16_t mbps, bool full)
{
    struct e1000_link link;
    struct e1000emu_link wire;

    stage->ops->get_link(stage->driver, &link);
    stage->device->ops->get_link(stage->device, &wire);
    expect_true(stage, wire.up, "expected the wire to have a link, got none");
    expect_equal(stage, link.mbps, mbps, "speed that the driver reports");
    expect_equal(stage, link.full_duplex, full, "full duplex that the driver reports");
    expect_equal(stage, wire.mbps, mbps, "speed of the wire");
    expect_equal(stage, wire.full_duplex, full, "full duplex of the wire");
}

/* A few frames, as slow as the link may be. */
static void expect_traffic(struct stage *stage)
{
    expect_equal(stage, stage_sends(stage, 10, 200), 10, "frames taken");
    stage_arrivals(stage, 10, 200, BENCH_MS);
    stage_settle(stage);
}

static void negotiated(struct stage *stage)
{
    struct e1000_media media;

    NEEDS_DRIVER(stage, set_media);
    stage_up(stage);
    expect_link(stage, 1000, true);
    for (size_t i = 0; i < LINKS; i++) {
        stage->ops->get_media(stage->driver, &media);
        media.advertise = links[i].link;
        expect_status(stage, stage->ops->set_media(stage->driver, &media), 0, "set_media()");
        stage_unlink(stage, BENCH_S);
        stage_link(stage, 10 * BENCH_S);
        expect_link(stage, links[i].mbps, links[i].full);
        expect_traffic(stage);
    }
}

/* The partner has one ability alone, and the driver takes it. */
static void partners(struct stage *stage)
{
    for (size_t i = 0; i < LINKS; i++) {
        stage->partner.abilities = links[i].partner;
        stage_up(stage);
        expect_link(stage, links[i].mbps, links[i].full);
        expect_traffic(stage);
        stage_close(stage);
    }
}

static void forced(struct stage *stage)
{
    for (size_t i = 0; i + 1 < LINKS; i++) {
        stage->params.media.forced = true;
        stage->params.media.advertise = links[i].link;
        stage_up(stage);
        expect_link(stage, links[i].mbps, links[i].full);
        expect_traffic(stage);
        stage_close(stage);
    }
}

static void nothing_in_common(struct stage *stage)
{
    stage->params.media.advertise = E1000_10_FULL | E1000_100_FULL;
    stage->partner.abilities = E1000EMU_1000_FULL;
    stage_start(stage);
    stage_run(stage, 8 * BENCH_S);
    expect_true(stage, !stage_is_linked(stage), "expected no link, got one");
    stage_set_partner(stage, true, PARTNER_ALL);
    stage_link(stage, 10 * BENCH_S);
    expect_link(stage, 100, true);
    expect_traffic(stage);
}

static void impossible(struct stage *stage)
{
    static const struct e1000_media bad[] = {
        {.advertise = 0},
        {.advertise = 0x20},
        {.advertise = E1000_1000_FULL, .forced = true},
        {.advertise = E1000_100_FULL | E1000_10_FULL, .forced = true},
        {.advertise = E1000_EVERY_LINK, .pause = 4},
        {.advertise = E1000_EVERY_LINK, .crossover = 3},
    };

    NEEDS_DRIVER(stage, set_media);
    stage_up(stage);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        expect_status(stage, stage->ops->set_media(stage->driver, &bad[i]), E1000_ERR_PARAMETER,
                      "media that can't be");
    stage_run(stage, BENCH_S);
    expect_link(stage, 1000, true);
    expect_traffic(stage);
}

static void pulled(struct stage *stage)
{
    for (unsigned i = 0; i < 6; i++) {
        stage_up(stage);
        stage_set_partner(stage, false, 0);
        stage_unlink(stage, 600 * BENCH_MS);
        stage_run(stage, i * 300 * BENCH_MS);
        stage_set_partner(stage, true, PARTNER_ALL);
        stage_link(stage, 10 * BENCH_S);
        expect_traffic(stage);
        stage_down(stage);
    }
}

static void reported(struct stage *stage)
{
    char line[200];

    stage_up(stage);
    stage->ops->link_line(stage->driver, line, sizeof(line));
    expect_true(
        stage, strstr(line, "Link up on en0, 1-Gigabit, Full-duplex") == line,
        "report of the link: expected 'Link up on en0, 1-Gigabit, Full-duplex...', got '%s'", line);
    expect_true(stage, stage_logged(stage, "Link up on en0"), "expected the link in the log");
    stage_set_partner(stage, false, 0);
    stage_unlink(stage, 600 * BENCH_MS);
    stage->ops->link_line(stage->driver, line, sizeof(line));
    expect_true(stage, strstr(line, "Link down on en0") == line,
                "report of the link: expected 'Link down on en0...', got '%s'", line);
    expect_stat(stage, "link_changes", 2);
}

static void cable(struct stage *stage)
{
    struct e1000_cable facts;

    NEEDS_DRIVER(stage, get_cable);
    stage_up(stage);
    expect_status(stage, stage->ops->get_cable(stage->driver, &facts), 0, "get_cable()");
    expect_true(stage,
                facts.valid && facts.local_ok && facts.remote_ok && !facts.reversed &&
                    !facts.downshifted,
                "expected a sound cable, got another one");
    expect_between(stage, facts.max_m, facts.min_m, 150, "metres of cable at most");
    stage_set_partner(stage, false, 0);
    stage_unlink(stage, 600 * BENCH_MS);
    expect_status(stage, stage->ops->get_cable(stage->driver, &facts), 0, "get_cable()");
    expect_true(stage, !facts.valid, "expected to know nothing of a cable without a link");
}

static void blinks(struct stage *stage)
{
    unsigned on = 0;

    NEEDS_DRIVER(stage, blink);
    NEEDS_DEVICE(stage, get_leds);
    stage_up(stage);
    expect_status(stage, stage->ops->blink(stage->driver, true), 0, "blink()");
    for (unsigned i = 0; i < 40; i++) {
        const unsigned leds = stage->device->ops->get_leds(stage->device);

        expect_true(stage, leds == 0xF || leds == 0, "LEDs: expected all or none, got 0x%x", leds);
        on += leds == 0xF;
        stage_run(stage, 50 * BENCH_MS);
    }
    expect_between(stage, on, 10, 30, "looks of 40 at which the LEDs were on");
    expect_status(stage, stage->ops->blink(stage->driver, false), 0, "blink()");
    stage_works(stage);
}

/* ---- Pausing ---- */

static void agreed(struct stage *stage)
{
    /* IEEE 802.3, table 28B-3. */
    static const struct {
        uint8_t wish;
        uint32_t partner;
        bool rx, tx;
    } rows[] = {
        {E1000_PAUSE_NONE, 0x00, false, false}, {E1000_PAUSE_NONE, 0xC0, false, false},
        {E1000_PAUSE_FULL, 0x00, false, false}, {E1000_PAUSE_FULL, 0x40, true, true},
        {E1000_PAUSE_FULL, 0xC0, true, true},   {E1000_PAUSE_FULL, 0x80, true, false},
        {E1000_PAUSE_RX, 0x40, true, false},    {E1000_PAUSE_RX, 0xC0, true, false},
        {E1000_PAUSE_RX, 0x80, true, false},    {E1000_PAUSE_RX, 0x00, false, false},
        {E1000_PAUSE_TX, 0xC0, false, true},    {E1000_PAUSE_TX, 0x40, false, false},
        {E1000_PAUSE_TX, 0x80, false, false},
    };
    struct e1000_link link;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        stage->params.media.pause = rows[i].wish;
        stage->partner.abilities = PARTNER_ALL | rows[i].partner;
        stage_up(stage);
        stage->ops->get_link(stage->driver, &link);
        expect_equal(stage, link.rx_pause, rows[i].rx, "wish %u, partner 0x%02x: we obey",
                     rows[i].wish, rows[i].partner);
        expect_equal(stage, link.tx_pause, rows[i].tx, "wish %u, partner 0x%02x: we pause",
                     rows[i].wish, rows[i].partner);
        stage_works(stage);
        stage_close(stage);
    }
}

static void pause_partner_sends(struct stage *stage, uint16_t units)
{
    uint8_t frame[60] = {0x01, 0x80, 0xC2, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0x88, 0x08, 0, 1};

    frame[16] = (uint8_t)(units >> 8);
    frame[17] = (uint8_t)units;
    stage_arrive_as(stage, frame, sizeof(frame), 0, NULL, 0);
}

static void obeyed(struct stage *stage)
{
    const uint64_t unit = 512; /* ns at 1 Gb/s */
    uint64_t before;

    stage->partner.abilities = PARTNER_ALL | E1000EMU_PAUSE;
    stage_up(stage);
    for (uint16_t units = 1000; units <= 50000; units = (uint16_t)(units + 7000)) {
        const uint64_t left = stage->left;

        pause_partner_sends(stage, units);
        before = stage_now(stage);
        expect_equal(stage, stage_sends(stage, 5, 200), 5, "frames taken");
        stage_run(stage, units * unit - 20 * BENCH_US);
        expect_equal(stage, stage->left, left, "frames that left while paused");
        stage_settle(stage);
        expect_between(stage, stage_now(stage) - before, units * unit, units * unit + BENCH_MS,
                       "ns until the frames had left");
    }
    pause_partner_sends(stage, 65535);
    stage_sends(stage, 5, 200);
    pause_partner_sends(stage, 0); /* go on */
    before = stage_now(stage);
    stage_settle(stage);
    expect_true(stage, stage_now(stage) - before < BENCH_MS,
                "expected frames to leave at once after XON, got a wait");
    expect_stat(stage, "tx_hangs", 0);
}

/* Who does not agree to pauses does not obey them. */
static void not_obeyed(struct stage *stage)
{
    stage->params.media.pause = E1000_PAUSE_NONE;
    stage_up(stage);
    pause_partner_sends(stage, 65535);
    stage_sends(stage, 5, 200);
    stage_run(stage, BENCH_MS);
    expect_equal(stage, stage->left, 5, "frames that left");
    stage_settle(stage);
}

static void sent_when_full(struct stage *stage)
{
    stage->partner.abilities = PARTNER_ALL | E1000EMU_PAUSE;
    stage->keeps = true;
    stage->may_lose = true;
    stage_up(stage);
    expect_equal(stage, stage->paused, 0, "PAUSE frames before there was traffic");
    stage_arrivals(stage, stage->params.rx_buffers, 1514, 2 * BENCH_US);
    expect_equal(stage, stage->paused, 0, "PAUSE frames while there were buffers");
    stage_arrivals(stage, 30, 1514, 12 * BENCH_US); /* into the packet buffer */
    stage_run(stage, BENCH_MS);
    expect_true(stage, stage->paused > 0, "expected PAUSE frames when the chip was full, got none");
    stage->keeps = false;
    stage_return_kept(stage);
    stage_run(stage, 10 * BENCH_MS);
    expect_equal(stage, stage->heard, stage->params.rx_buffers + 30, "frames received");
    stage_works(stage);
}

/* ---- Fibre ---- */

static void fiber(struct stage *stage)
{
    struct e1000_link link;

    stage->partner.abilities = PARTNER_ALL | E1000EMU_PAUSE;
    stage_up(stage);
    expect_link(stage, 1000, true);
    stage->ops->get_link(stage->driver, &link);
    expect_true(stage, link.rx_pause && link.tx_pause, "expected pausing both ways, got none");
    expect_traffic(stage);
    stage_set_partner(stage, false, 0);
    stage_unlink(stage, BENCH_S);
    stage_set_partner(stage, true, PARTNER_ALL);
    stage_link(stage, 10 * BENCH_S);
    expect_traffic(stage);
}

static void fiber_idle(struct stage *stage)
{
    struct e1000_link link;

    stage->partner.sends = E1000EMU_SENDS_IDLE;
    stage_start(stage);
    expect_between(stage, stage_link(stage, 10 * BENCH_S), 0, 3 * BENCH_S, "ns until the link");
    stage->ops->get_link(stage->driver, &link);
    expect_true(stage, !link.rx_pause && !link.tx_pause, "expected no pausing, got some");
    expect_traffic(stage);
    stage->partner.sends = E1000EMU_SENDS_CONFIG;
    stage_set_partner(stage, true, PARTNER_ALL | E1000EMU_PAUSE);
    stage_run(stage, 3 * BENCH_S);
    stage_link(stage, 10 * BENCH_S);
    stage->ops->get_link(stage->driver, &link);
    expect_true(stage, link.rx_pause && link.tx_pause,
                "expected to negotiate once the partner does, got the forced link");
    expect_traffic(stage);
}

static void loopback(struct stage *stage)
{
    struct e1000_media media;
    uint64_t heard;
    uint8_t frame[300];

    NEEDS_DRIVER(stage, set_media);
    stage_up(stage);
    stage->ops->get_media(stage->driver, &media);
    media.loopback = true;
    expect_status(stage, stage->ops->set_media(stage->driver, &media), 0, "set_media()");
    stage_run(stage, BENCH_S);
    stage_link(stage, 10 * BENCH_S);
    heard = stage->heard;
    for (unsigned i = 0; i < 20; i++) {
        const uint32_t length = 60 + 12 * i;
        struct e1000_frag frag;

        stage_make(stage, frame, length, stage_everybody);
        stage_slot(stage, length, &frag);
        memcpy(frag.data, frame, length);
        stage_arrive_as(stage, frame, 0, 0, frame, length); /* comes back, from no wire */
        expect_equal(stage, stage_transmit(stage, &frag, 1), 1, "frames taken");
        stage_settle(stage);
    }
    expect_equal(stage, stage->heard - heard, 20, "frames that came back");
    expect_equal(stage, stage->left, 0, "frames that left for the wire");
    media.loopback = false;
    expect_status(stage, stage->ops->set_media(stage->driver, &media), 0, "set_media()");
    stage_run(stage, BENCH_S);
    stage_link(stage, 10 * BENCH_S);
    stage_works(stage);
}

#define BOTH "vmware silicon"

const struct scenario scenarios_link[] = {
    {"feature/link-negotiated", "each kind of link is negotiated",
     "What is offered alone is what comes about, at 10, 100 and 1000 Mb/s.",
     "DPDK test plan link; ethtool -s advertise", BOTH, NEEDS_COPPER, negotiated},
    {"feature/link-partners", "partners with one ability each",
     "The link is what the partner can do.", "IEEE 802.3, annex 28B", BOTH, NEEDS_COPPER, partners},
    {"feature/link-forced", "links without negotiation", "Speed and duplex are what was forced.",
     "ethtool -s autoneg off", BOTH, NEEDS_COPPER, forced},
    {"feature/link-nothing-common", "nothing in common with the partner",
     "No link, no fault, and a link as soon as there is something.", "IEEE 802.3, 28.2.3",
     "silicon", NEEDS_COPPER, nothing_in_common},
    {"feature/link-impossible", "media that can't be are refused", "The link stays as it is.",
     "ethtool -s, invalid settings", "silicon", NEEDS_COPPER, impossible},
    {"feature/link-pulled", "the cable is pulled and plugged in again",
     "The loss is reported within 600 ms, and frames pass again.", "DPDK test plan link",
     "vmware silicon virtualbox", 0, pulled},
    {"feature/link-report", "the report of the link",
     "It says what the link is, in the log and on request.", "AppleIntel8254XEthernet's log", BOTH,
     NEEDS_COPPER, reported},
    {"feature/cable", "what the PHY knows of the cable",
     "Length and state of the cable are reported while there is a link.",
     "Linux e1000_get_cable_length; ethtool --cable-test", "silicon", NEEDS_COPPER, cable},
    {"feature/blink", "the LEDs blink to find the port",
     "All of them go on and off together, and traffic is not disturbed.", "ethtool -p", "silicon",
     0, blinks},
    {"feature/flow-agreed", "pausing is what both agree upon",
     "Every wish against every partner, as the standard has it.",
     "IEEE 802.3, table 28B-3; ethtool -A", "silicon", NEEDS_COPPER, agreed},
    {"feature/flow-obeyed", "the partner's pauses are obeyed",
     "Nothing leaves while paused, all leaves afterwards, and that is no hang.",
     "DPDK test plan link_flowctrl; IEEE 802.3, 31B", "silicon", NEEDS_COPPER, obeyed},
    {"feature/flow-not-agreed", "pauses that were not agreed upon", "They do not stop us.",
     "DPDK test plan link_flowctrl", "silicon", 0, not_obeyed},
    {"feature/flow-sent", "we pause the partner when the chip is full",
     "PAUSE frames leave before anything is lost.",
     "DPDK test plan link_flowctrl; manual 13.4.24, FCRTH", "silicon", NEEDS_COPPER,
     sent_when_full},
    {"feature/fiber", "a link over fibre or a backplane",
     "Negotiated, pulled and plugged in again.", "manual 8.6",
     "82545em-fiber 82545gm-fiber 82545gm-serdes", NEEDS_LIGHT, fiber},
    {"feature/fiber-idle", "a partner over fibre that does not negotiate",
     "It is taken as it is, and negotiated with when it begins to.",
     "manual 8.6.4; Linux e1000_check_for_link", "82545em-fiber 82545gm-serdes", NEEDS_LIGHT,
     fiber_idle},
    {"feature/loopback", "what is sent is received",
     "In loopback frames come back whole and none leaves.",
     "DPDK test plan loopback; ethtool -K loopback", "silicon 82545em-fiber 82545gm-serdes", 0,
     loopback},
    {.id = NULL},
};
