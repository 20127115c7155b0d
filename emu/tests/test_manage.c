/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The management controller: which frames it gets and the host doesn't, what it sends, what is
 * counted (SDM 5.6, 13.7), and what it may do to the chip. The manual only names those bits of MANC
 * that the EEPROM loads; drivers' headers name the others.
 */
#include "fixture.h"

#include <errno.h>
#include <string.h>

#include "chip.h"
#include "wake_frames.h"

#define LENGTH 120u

static const uint8_t ip4[4] = {192, 168, 1, 42};
static const uint8_t stranger[6] = {0x02, 0x99};

/* ---- The controller ------------------------------------------------------------------------- */

/* What it got; the host callbacks' opaque pointer is the fixture, so this lies beside it. */
static struct {
    unsigned frames, alerts;
    uint32_t length;
    uint8_t data[2000];
    bool full;
} controller;

static bool on_manage(void *opaque, const struct e1000emu_frame *frame)
{
    (void)opaque;
    assert_int_equal(frame->flags, 0);
    assert_in_range(frame->length, 0, sizeof controller.data);
    if (controller.full)
        return false;
    controller.frames++;
    controller.length = frame->length;
    memcpy(controller.data, frame->data, frame->length);
    return true;
}

static void on_alert(void *opaque)
{
    (void)opaque;
    controller.alerts++;
}

/* A board whose EEPROM has this in word 23h; the link is up, RA0 is wake_mac. */
static struct fixture *board(uint16_t management)
{
    struct e1000emu_config config = {.profile = e1000emu_profile_find("silicon")};
    struct fixture *f = fixture_new(&config);
    uint16_t image[64];

    memcpy(image, f->chip->eeprom.part.word, sizeof image);
    fixture_free(f);
    image[EE_MAC0] = 0x1102;
    image[EE_MAC0 + 1] = 0x3322;
    image[EE_MAC0 + 2] = 0x5544;
    image[EE_MANAGEMENT] = management;
    image[EE_IP4] = 0xA8C0;
    image[EE_IP4 + 1] = 0x2A01;
    config.eeprom = image;
    config.eeprom_words = 64;
    f = fixture_new(&config);
    f->chip->host.manage = on_manage;
    f->chip->host.alert = on_alert;
    memset(&controller, 0, sizeof controller);
    fixture_enable(f);
    fixture_link_up(f);
    return f;
}

static void set_manc(struct fixture *f, uint32_t bits)
{
    fixture_write(f, REG_MANC, fixture_read(f, REG_MANC) | bits);
}

/* ---- Frames --------------------------------------------------------------------------------- */

static void put16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void make_arp(uint8_t *frame, unsigned operation)
{
    static const uint8_t head[8] = {0x08, 0x06, 0, 1, 8, 0, 6, 4};

    wake_frame(frame, LENGTH, wake_broadcast);
    memcpy(frame + 12, head, sizeof head);
    put16(frame + 20, operation);
    memcpy(frame + 38, ip4, sizeof ip4);
}

static void sum_ip4(uint8_t *header, uint32_t bytes)
{
    uint32_t sum = 0;

    put16(header + 10, 0);
    for (uint32_t i = 0; i < bytes; i += 2)
        sum += (uint32_t)(header[i] << 8 | header[i + 1]);
    sum = (sum & 0xFFFF) + (sum >> 16);
    put16(header + 10, ~(sum + (sum >> 16)) & 0xFFFF);
}

/* UDP over IPv4, without a checksum of its own, and with options. */
static void make_udp4(uint8_t *frame, unsigned port)
{
    wake_frame(frame, LENGTH, wake_mac);
    put16(frame + 12, 0x0800);
    frame[14] = 0x46;
    put16(frame + 16, LENGTH - 14);
    put16(frame + 20, 0x4000);
    frame[23] = 17;
    memcpy(frame + 30, ip4, sizeof ip4);
    sum_ip4(frame + 14, 24);
    put16(frame + 40, port);
    put16(frame + 42, LENGTH - 38);
    put16(frame + 44, 0);
}

static void make_ip6(uint8_t *frame, uint8_t next)
{
    wake_frame(frame, LENGTH, wake_mac);
    put16(frame + 12, 0x86DD);
    frame[14] = 0x60;
    put16(frame + 18, LENGTH - 54);
    frame[20] = next;
}

/* Puts two bytes and so on behind the addresses. */
static void insert(uint8_t *frame, const uint8_t *bytes, size_t count)
{
    memmove(frame + 12 + count, frame + 12, LENGTH - 12 - count);
    memcpy(frame + 12, bytes, count);
}

/* Whether the controller gets a frame. */
static bool got(struct fixture *f, const uint8_t *frame, size_t length)
{
    unsigned before = controller.frames;
    uint32_t counted = emu_get(f->chip, REG_MGTPRC);
    unsigned verdict = fixture_receive(f, frame, length, 0);
    bool mine = controller.frames > before;

    assert_int_equal(verdict, mine ? E1000EMU_RX_MANAGEMENT : E1000EMU_RX_DISABLED);
    assert_int_equal(emu_get(f->chip, REG_MGTPRC), counted + mine);
    if (mine)
        assert_memory_equal(controller.data, frame, length);
    return mine;
}

/* ---- Receiving ------------------------------------------------------------------------------ */

/* Nothing reaches the controller before it and the EEPROM want that. */
static void both_sides_enable(void **state)
{
    static const uint16_t words[] = {MANC_ARP_EN, MANC_ARP_EN | MANC_SMBUS_EN,
                                     MANC_ARP_EN | MANC_ASF_EN};
    uint8_t frame[LENGTH];

    (void)state;
    make_arp(frame, 1);
    for (size_t i = 0; i < 3; i++) {
        struct fixture *f = board(words[i]);

        assert_false(got(f, frame, LENGTH));
        e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
        assert_int_equal(got(f, frame, LENGTH), i > 0);
        e1000emu_manage(f->chip, 0);
        assert_false(got(f, frame, LENGTH));
        fixture_free(f);
    }
}

/* Each kind of frame has a bit of its own. */
static void arp_and_rmcp(void **state)
{
    static const struct {
        uint16_t word;
        uint32_t takes; /* of the four frames */
    } rows[] = {
        {0, 0}, {MANC_ARP_EN, 1}, {MANC_ARP_RES_EN, 2}, {MANC_RMCP_EN, 4}, {MANC_0298_EN, 8}};
    uint8_t frame[LENGTH];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fixture *f = board(rows[i].word | MANC_SMBUS_EN);

        e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
        make_arp(frame, 1);
        assert_int_equal(got(f, frame, LENGTH), rows[i].takes & 1);
        make_arp(frame, 2);
        assert_int_equal(got(f, frame, LENGTH), rows[i].takes >> 1 & 1);
        make_udp4(frame, 0x026F);
        assert_int_equal(got(f, frame, LENGTH), rows[i].takes >> 2 & 1);
        make_udp4(frame, 0x0298);
        assert_int_equal(got(f, frame, LENGTH), rows[i].takes >> 3 & 1);
        make_arp(frame, 3);
        assert_false(got(f, frame, LENGTH));
        make_udp4(frame, 0x0299);
        assert_false(got(f, frame, LENGTH));
        fixture_free(f);
    }
}

/* RMCP is UDP: not TCP, no later fragment, no header that is too short or ends beyond the frame. */
static void what_is_no_rmcp(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_RMCP_EN);
    uint8_t frame[LENGTH];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    make_udp4(frame, 0x026F);
    assert_true(got(f, frame, LENGTH));
    frame[23] = 6;
    assert_false(got(f, frame, LENGTH));
    frame[23] = 17;
    frame[21] = 1; /* offset 8 */
    assert_false(got(f, frame, LENGTH));
    frame[21] = 0;
    frame[14] = 0x44;
    assert_false(got(f, frame, LENGTH));
    frame[14] = 0x4F;
    put16(frame + 14 + 60 + 2, 0x026F);
    assert_true(got(f, frame, LENGTH));
    assert_true(got(f, frame, 14 + 60 + 8));
    assert_false(got(f, frame, 14 + 60 + 7));
    fixture_free(f);
}

/* The same over IPv6, and neighbour discovery. */
static void ip6(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_RMCP_EN);
    uint8_t frame[LENGTH];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    make_ip6(frame, 17);
    put16(frame + 56, 0x026F);
    assert_true(got(f, frame, LENGTH));
    frame[20] = 6;
    assert_false(got(f, frame, LENGTH));
    frame[20] = 17;
    assert_true(got(f, frame, 62));
    assert_false(got(f, frame, 61));

    make_ip6(frame, 58);
    frame[54] = 135;
    assert_false(got(f, frame, LENGTH));
    set_manc(f, MANC_NEIGHBOR_EN);
    assert_true(got(f, frame, LENGTH));
    frame[54] = 136;
    assert_true(got(f, frame, LENGTH));
    frame[54] = 128;
    assert_false(got(f, frame, LENGTH));
    frame[54] = 135;
    assert_true(got(f, frame, 78));
    assert_false(got(f, frame, 77));
    frame[20] = 17;
    assert_false(got(f, frame, LENGTH));
    make_udp4(frame, 1);
    assert_false(got(f, frame, LENGTH));
    fixture_free(f);
}

/* IPV4_EN and IPV6_EN let in what is directed to a valid address. */
static void directed_ip(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN);
    uint8_t frame[LENGTH];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    fixture_write(f, REG_IPAV, 1 | IPAV_V6);
    fixture_write(f, REG_IP4AT_N(0), 0x2A01A8C0);
    set_manc(f, MANC_IPV4_EN);
    make_udp4(frame, 1);
    assert_true(got(f, frame, LENGTH));
    frame[33]++;
    assert_false(got(f, frame, LENGTH));
    make_ip6(frame, 1);
    for (unsigned i = 0; i < 16; i++)
        frame[38 + i] = 0x11;
    for (unsigned i = 0; i < 4; i++)
        fixture_write(f, REG_IP6AT_N(i), 0x11111111);
    assert_false(got(f, frame, LENGTH));
    set_manc(f, MANC_IPV6_EN);
    assert_true(got(f, frame, LENGTH));
    frame[53]++;
    assert_false(got(f, frame, LENGTH));
    fixture_free(f);
}

/* EN_IP_ADDR_FILTER: what ARP, RMCP and neighbour discovery are about has to be ours. */
static void the_ip_address_filter(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_RMCP_EN | MANC_ARP_EN | 0x0040);
    uint8_t frame[LENGTH];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    for (unsigned i = 0; i < 4; i++)
        fixture_write(f, REG_IP6AT_N(i), 0x22222222);
    set_manc(f, MANC_NEIGHBOR_EN | MANC_EN_IP_ADDR_FILTER);
    make_arp(frame, 1);
    assert_true(got(f, frame, LENGTH));
    frame[41]++;
    assert_false(got(f, frame, LENGTH));
    make_udp4(frame, 0x026F);
    assert_true(got(f, frame, LENGTH));
    frame[30]++;
    assert_false(got(f, frame, LENGTH));

    make_ip6(frame, 58);
    frame[54] = 135;
    memset(frame + 62, 0x22, 16);
    assert_false(got(f, frame, LENGTH));
    fixture_write(f, REG_IPAV, IPAV_V6);
    assert_true(got(f, frame, LENGTH));
    make_ip6(frame, 17);
    put16(frame + 56, 0x026F);
    assert_false(got(f, frame, LENGTH));
    memset(frame + 38, 0x22, 16);
    assert_true(got(f, frame, LENGTH));
    fixture_free(f);
}

/* EN_MAC_ADDR_FILTER: only what the host's filters let in. */
static void the_mac_address_filter(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_RMCP_EN);
    uint8_t frame[LENGTH];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    make_udp4(frame, 0x026F);
    memcpy(frame, stranger, 6);
    assert_true(got(f, frame, LENGTH));
    set_manc(f, MANC_EN_MAC_ADDR_FILTER);
    assert_false(got(f, frame, LENGTH));
    memcpy(frame, wake_mac, 6);
    assert_true(got(f, frame, LENGTH));
    fixture_free(f);
}

/* EN_XSUM: only what has good checksums. */
static void the_checksum_filter(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_RMCP_EN);
    uint8_t frame[LENGTH];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    make_udp4(frame, 0x026F);
    frame[25] ^= 1;
    assert_true(got(f, frame, LENGTH));
    set_manc(f, MANC_EN_XSUM);
    assert_false(got(f, frame, LENGTH));
    frame[25] ^= 1;
    assert_true(got(f, frame, LENGTH));
    fixture_free(f);
}

/* SNAP lets a type lie behind LLC/SNAP; a VLAN tag may always be there. */
static void tags_and_snap(void **state)
{
    static const uint8_t tag[4] = {0x81, 0x00, 0x00, 0x07};
    static const uint8_t snap[8] = {0x00, 0x50, 0xAA, 0xAA, 0x03, 0x00, 0x00, 0x00};
    struct fixture *f = board(MANC_SMBUS_EN | MANC_ARP_EN);
    uint8_t frame[LENGTH];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    make_arp(frame, 1);
    insert(frame, tag, sizeof tag);
    assert_true(got(f, frame, LENGTH));
    make_arp(frame, 1);
    insert(frame, snap, sizeof snap);
    assert_false(got(f, frame, LENGTH));
    set_manc(f, MANC_SNAP);
    assert_true(got(f, frame, LENGTH));
    fixture_free(f);
}

/* Frames that are bad, or come without a link, are nobody's. */
static void bad_frames(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN);
    uint8_t frame[LENGTH];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE | E1000EMU_MANAGE_ALL);
    wake_frame(frame, LENGTH, wake_mac);
    assert_true(got(f, frame, LENGTH));
    assert_false(got(f, frame, 59));
    fixture_receive(f, frame, LENGTH, E1000EMU_FRAME_BAD_FCS);
    fixture_receive(f, frame, LENGTH, E1000EMU_FRAME_SYMBOL);
    fixture_receive(f, frame, 0, 0);
    fixture_receive(f, frame, 3, E1000EMU_FRAME_FCS);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) & ~CTRL_SLU);
    fixture_receive(f, frame, LENGTH, 0);
    assert_int_equal(controller.frames, 1);
    assert_int_equal(fixture_read(f, REG_MGTPRC), 1);
    fixture_free(f);
}

/* More than 200 bytes with FCS, no room, or nobody at all: received, and dropped (SDM 13.7). */
static void dropped_packets(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN);
    uint8_t frame[300];

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE | E1000EMU_MANAGE_ALL);
    wake_frame(frame, sizeof frame, wake_mac);
    assert_int_equal(fixture_receive(f, frame, 196, 0), E1000EMU_RX_MANAGEMENT);
    assert_int_equal(controller.length, 196);
    assert_int_equal(fixture_receive(f, frame, 200, E1000EMU_FRAME_FCS), E1000EMU_RX_MANAGEMENT);
    assert_int_equal(controller.length, 196);
    assert_int_equal(fixture_read(f, REG_MGTPRC), 2);
    assert_int_equal(fixture_read(f, REG_MGTPDC), 0);
    fixture_receive(f, frame, 197, 0);
    fixture_receive(f, frame, 201, E1000EMU_FRAME_FCS);
    controller.full = true;
    fixture_receive(f, frame, 100, 0);
    f->chip->host.manage = NULL;
    fixture_receive(f, frame, 100, 0);
    assert_int_equal(controller.frames, 2);
    assert_int_equal(fixture_read(f, REG_MGTPRC), 4);
    assert_int_equal(fixture_read(f, REG_MGTPDC), 4);
    assert_int_equal(fixture_read(f, REG_MGTPRC), 0);
    fixture_free(f);
}

/* The host's receiver, with a ring of eight buffers. */
static void start_receiver(struct fixture *f)
{
    for (unsigned i = 0; i < 8; i++)
        fixture_put64(f, FIXTURE_BUS + 16 * i, FIXTURE_BUS + 0x10000 + 0x1000 * i);
    fixture_write(f, REG_RDBAL, (uint32_t)FIXTURE_BUS);
    fixture_write(f, REG_RDBAH, (uint32_t)(FIXTURE_BUS >> 32));
    fixture_write(f, REG_RDLEN, 128);
    fixture_write(f, REG_RDT, 7);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_BAM);
}

/* An intercepted frame is counted like any other, but the host doesn't get it: this is why drivers
 * clear ARP_EN after a reset. With EN_MNG2HOST both get it. */
static void the_host_gets_it_or_not(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_ARP_EN);
    uint8_t frame[LENGTH], other[LENGTH];
    struct e1000emu_frame batch[2] = {{.data = frame, .length = LENGTH},
                                      {.data = other, .length = LENGTH}};
    uint8_t verdicts[2];

    (void)state;
    make_arp(frame, 1);
    wake_frame(other, LENGTH, wake_mac);
    start_receiver(f);
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    assert_int_equal(e1000emu_receive(f->chip, batch, 2, 0, verdicts), 2);
    assert_int_equal(verdicts[0], E1000EMU_RX_MANAGEMENT);
    assert_int_equal(verdicts[1], E1000EMU_RX_STORED);
    assert_int_equal(controller.frames, 1);
    assert_int_equal(fixture_read(f, REG_RDH), 1);
    assert_memory_equal(fixture_at(f, FIXTURE_BUS + 0x10000), other, LENGTH);
    assert_int_equal(fixture_read(f, REG_TPR), 2);
    assert_int_equal(fixture_read(f, REG_GPRC), 2);
    assert_int_equal(fixture_read(f, REG_BPRC), 1);
    assert_int_equal(fixture_read(f, REG_TORL), 2 * (LENGTH + 4));

    set_manc(f, MANC_EN_MNG2HOST);
    assert_int_equal(e1000emu_receive(f->chip, batch, 2, 0, NULL), 2);
    assert_int_equal(controller.frames, 2);
    assert_int_equal(fixture_read(f, REG_RDH), 3);

    fixture_write(f, REG_MANC, fixture_read(f, REG_MANC) & ~(MANC_ARP_EN | MANC_EN_MNG2HOST));
    assert_int_equal(e1000emu_receive(f->chip, batch, 2, 0, NULL), 2);
    assert_int_equal(controller.frames, 2);
    assert_int_equal(fixture_read(f, REG_RDH), 5);
    fixture_free(f);
}

/* A frame that has to wait on the wire reaches the controller once, when it comes. */
static void waiting_frames_come_once(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_ARP_EN);
    uint8_t bytes[LENGTH];
    struct e1000emu_frame frame = {.data = bytes, .length = LENGTH};

    (void)state;
    make_arp(bytes, 1);
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    set_manc(f, MANC_EN_MNG2HOST);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_BAM);
    assert_int_equal(e1000emu_receive(f->chip, &frame, 1, E1000EMU_RECEIVE_WAIT, NULL), 0);
    assert_int_equal(controller.frames, 0);
    assert_int_equal(e1000emu_receive(f->chip, &frame, 1, 0, NULL), 1);
    assert_int_equal(controller.frames, 1);
    fixture_free(f);
}

/* It also works while the system sleeps, and what wakes is still seen. */
static void in_d3(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_ARP_EN);
    uint8_t frame[LENGTH];

    (void)state;
    make_arp(frame, 1);
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    fixture_write(f, REG_RCTL, RCTL_BAM);
    fixture_write(f, REG_WUFC, WUFC_BC);
    e1000emu_config_write(f->chip, 0xE0, 2, 0x0103);
    fixture_run(f, 10000000000ull);
    assert_int_equal(fixture_receive(f, frame, LENGTH, 0), E1000EMU_RX_MANAGEMENT);
    assert_int_equal(controller.frames, 1);
    assert_true(f->pme);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, LENGTH), 0);
    assert_int_equal(f->sent_count, 1);
    fixture_free(f);
}

static enum e1000emu_verdict last_verdict;

static void on_event(void *opaque, const struct e1000emu_event *event)
{
    (void)opaque;
    if (event->kind == E1000EMU_EVENT_RECEIVED)
        last_verdict = event->u.frame.verdict;
}

/* Who watches hears where the frame went. A chip that has been pulled out of its slot gives nothing
 * to anybody. */
static void watched_and_removed(void **state)
{
    const struct e1000emu_fault_setting removed = {.name = "removed",
                                                   .arg = E1000EMU_FAULT_DEFAULT};
    struct fixture *f = board(MANC_SMBUS_EN | MANC_ARP_EN);
    uint8_t frame[LENGTH];

    (void)state;
    make_arp(frame, 1);
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    f->chip->host.event = on_event;
    e1000emu_watch(f->chip, E1000EMU_WATCH_EVENTS, E1000EMU_WATCH_EVENTS);
    last_verdict = E1000EMU_RX_VERDICTS;
    assert_true(got(f, frame, LENGTH));
    assert_int_equal(last_verdict, E1000EMU_RX_MANAGEMENT);
    assert_int_equal(e1000emu_fault_set(f->chip, &removed), 0);
    assert_int_equal(fixture_read(f, REG_STATUS), UINT32_MAX);
    assert_false(got(f, frame, LENGTH));
    fixture_free(f);
}

/* ---- Sending -------------------------------------------------------------------------------- */

/* Frames leave at once, padded, whatever the host's transmitter does, and count as any others do.
 */
static void sending(void **state)
{
    static const uint8_t zeros[46];
    struct fixture *f = board(MANC_SMBUS_EN);
    uint8_t frame[1514];

    (void)state;
    wake_frame(frame, sizeof frame, wake_broadcast);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 14), 0);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 60), 0);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 1514), 0);
    assert_int_equal(f->sent_count, 3);
    assert_int_equal(f->sent[0].length, 60);
    assert_memory_equal(f->sent[0].data, frame, 14);
    assert_memory_equal(f->sent[0].data + 14, zeros, 46);
    assert_int_equal(f->sent[2].length, 1514);
    assert_memory_equal(f->sent[2].data, frame, 1514);
    assert_int_equal(fixture_read(f, REG_MGTPTC), 3);
    assert_int_equal(fixture_read(f, REG_TPT), 3);
    assert_int_equal(fixture_read(f, REG_GPTC), 3);
    assert_int_equal(fixture_read(f, REG_BPTC), 3);
    assert_int_equal(fixture_read(f, REG_TOTL), 64 + 64 + 1518);
    fixture_free(f);
}

static void sending_refused(void **state)
{
    static const uint8_t xoff[60] = {0x01, 0x80, 0xC2, 0,    0, 1, 2, 0,   0,
                                     0,    0,    1,    0x88, 8, 0, 1, 0xFF};
    struct fixture *f = board(0);
    uint8_t frame[1515] = {0};

    (void)state;
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 60), -ENETDOWN);
    fixture_free(f);
    f = board(MANC_ASF_EN);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 13), -EINVAL);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 1515), -EINVAL);
    assert_int_equal(e1000emu_manage_send(f->chip, NULL, 60), -EINVAL);
    f->accept = 0;
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 60), -EAGAIN);
    f->accept = 1;
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 60), 0);
    f->accept = SIZE_MAX;
    start_receiver(f);
    fixture_write(f, REG_FCAL, 0x00C28001);
    fixture_write(f, REG_FCAH, 0x0100);
    fixture_write(f, REG_FCT, 0x8808);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) | CTRL_RFCE);
    fixture_receive(f, xoff, 60, 0);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 60), -EAGAIN);
    fixture_run(f, 1000000000);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 60), 0);
    fixture_write(f, REG_RCTL, RCTL_EN | RCTL_LBM);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 60), -ENETDOWN);
    fixture_write(f, REG_RCTL, 0);
    fixture_write(f, REG_CTRL, fixture_read(f, REG_CTRL) & ~CTRL_SLU);
    assert_int_equal(e1000emu_manage_send(f->chip, frame, 60), -ENETDOWN);
    assert_int_equal(fixture_read(f, REG_MGTPTC), 2);
    fixture_free(f);
}

/* ---- The chip and the controller ------------------------------------------------------------ */

/* What the EEPROM and the controller decided, software can't write, and no reset but power-on takes
 * away what the controller decided. */
static void what_software_cannot_change(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN | MANC_ARP_EN);

    (void)state;
    e1000emu_manage(f->chip,
                    E1000EMU_MANAGE_RECEIVE | E1000EMU_MANAGE_ALL | E1000EMU_MANAGE_STATUS);
    assert_int_equal(fixture_read(f, REG_MANC), 0x000E2001);
    fixture_write(f, REG_MANC, 0x000E0006);
    assert_int_equal(fixture_read(f, REG_MANC), 0x000E0001);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 10000000);
    assert_int_equal(fixture_read(f, REG_MANC), 0x000E2001);
    e1000emu_reset(f->chip, E1000EMU_RESET_PCI);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_MANC), 0x000E2001);
    assert_true(f->chip->manage.receives);
    e1000emu_reset(f->chip, E1000EMU_RESET_POWER);
    fixture_enable(f);
    assert_int_equal(fixture_read(f, REG_MANC), 0x00002001);
    assert_false(f->chip->manage.receives);
    fixture_free(f);
}

/* Software may take the SMBus and see what it puts there. */
static void software_on_the_smbus(void **state)
{
    struct fixture *f = board(MANC_SMBUS_EN);

    (void)state;
    fixture_write(f, REG_MANC, MANC_SMB_CLK_OUT | MANC_SMB_DATA_OUT);
    assert_int_equal(fixture_read(f, REG_MANC), 0x30000001);
    fixture_write(f, REG_MANC, MANC_SMB_REQ);
    assert_int_equal(fixture_read(f, REG_MANC), 0x03000001);
    fixture_write(f, REG_MANC, MANC_SMB_REQ | MANC_SMB_CLK_OUT);
    assert_int_equal(fixture_read(f, REG_MANC), 0x27000001);
    fixture_write(f, REG_MANC, MANC_SMB_REQ | MANC_SMB_DATA_OUT);
    assert_int_equal(fixture_read(f, REG_MANC), 0x1B000001);
    fixture_write(f, REG_MANC, 0);
    assert_int_equal(fixture_read(f, REG_MANC), 0x00000001);
    fixture_free(f);
}

/* A reset forced by the controller is CTRL.RST, where the EEPROM allows it, and software can see
 * that it happened. */
static void a_forced_reset(void **state)
{
    static const uint16_t refusing[] = {0, MANC_R_ON_FORCE, MANC_SMBUS_EN};
    struct fixture *f;

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        f = board(refusing[i]);
        fixture_write(f, REG_FCAL, 1);
        assert_false(e1000emu_manage_reset(f->chip));
        assert_int_equal(fixture_read(f, REG_FCAL), 1);
        fixture_free(f);
    }
    f = board(MANC_SMBUS_EN | MANC_R_ON_FORCE);
    fixture_write(f, REG_FCAL, 1);
    assert_true(e1000emu_manage_reset(f->chip));
    fixture_run(f, 10000000);
    assert_int_equal(fixture_read(f, REG_FCAL), 0);
    assert_int_equal(fixture_read(f, REG_MANC), MANC_TCO_RESET | MANC_SMBUS_EN | MANC_R_ON_FORCE);
    fixture_write(f, REG_CTRL, CTRL_RST);
    fixture_run(f, 10000000);
    assert_true(fixture_read(f, REG_MANC) & MANC_TCO_RESET);
    fixture_write(f, REG_MANC, 0);
    assert_int_equal(fixture_read(f, REG_MANC), MANC_SMBUS_EN | MANC_R_ON_FORCE);
    fixture_free(f);
}

/* It hears of the link and of the power state once it has asked for that. */
static void alerts(void **state)
{
    const struct e1000emu_partner gone = {.cable = false};
    struct fixture *f = board(MANC_SMBUS_EN);

    (void)state;
    e1000emu_set_partner(f->chip, &gone);
    assert_int_equal(controller.alerts, 0);
    e1000emu_manage(f->chip, E1000EMU_MANAGE_STATUS);
    e1000emu_config_write(f->chip, 0xE0, 2, 0x0003);
    assert_int_equal(controller.alerts, 1);
    f->chip->host.alert = NULL;
    e1000emu_config_write(f->chip, 0xE0, 2, 0x0000);
    fixture_enable(f);
    f->chip->host.alert = on_alert;
    e1000emu_set_partner(f->chip, &(struct e1000emu_partner){.cable = true, .abilities = 0xFF});
    assert_int_equal(controller.alerts, 1);
    fixture_link_up(f);
    assert_int_equal(controller.alerts, 2);
    fixture_free(f);
}

/* The chip's address on the SMBus is in the low byte of EEPROM word 24h. */
static void the_address(void **state)
{
    struct fixture *f = board(MANC_ASF_EN);

    (void)state;
    assert_int_equal(e1000emu_manage_address(f->chip), 0);
    fixture_free(f);
    f = board(MANC_SMBUS_EN);
    assert_int_equal(e1000emu_manage_address(f->chip), 0xC8 >> 1);
    fixture_free(f);
}

/* Each port of an 82546 has words, and an address, of its own. */
static void the_address_of_another_port(void **state)
{
    uint16_t image[64] = {[EE_INIT1] = 0x4408,
                          [EE_MANAGEMENT] = MANC_SMBUS_EN,
                          [EE_MANAGEMENT - (EE_PINS - EE_PINS_B)] = MANC_SMBUS_EN,
                          [EE_INIT3] = 0x00C8,
                          [EE_INIT3_B] = 0x00CA};

    (void)state;
    for (unsigned lan_b = 0; lan_b < 2; lan_b++) {
        const struct e1000emu_config config = {.profile = e1000emu_profile_find("82546eb"),
                                               .eeprom = image,
                                               .eeprom_words = 64,
                                               .lan_b = lan_b};
        struct fixture *f = fixture_new(&config);

        assert_int_equal(e1000emu_manage_address(f->chip), lan_b ? 0x65 : 0x64);
        fixture_free(f);
    }
}

/* Any frames, against any filters, at the ends of their memory (AddressSanitizer looks). */
static void rubbish(void **state)
{
    static const uint16_t types[] = {0x0800, 0x0806, 0x86DD, 0x8100, 0x0003, 0xFFFF};
    struct fixture *f = board(MANC_SMBUS_EN | 0xA300);
    uint32_t x = 1, counted = 0;

    (void)state;
    e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE);
    for (unsigned round = 0; round < 4; round++) {
        for (size_t length = 0; length < 250; length++) {
            uint8_t *frame = test_malloc(length + 1);

            x = x * 1664525u + 1013904223u;
            fixture_write(f, REG_MANC, x & ~MANC_RCV_TCO_EN);
            e1000emu_manage(f->chip, E1000EMU_MANAGE_RECEIVE | (x >> 8 & E1000EMU_MANAGE_ALL));
            fixture_make_frame(frame, length, length % 2 ? wake_broadcast : wake_mac, x);
            if (length >= 14)
                put16(frame + 12, types[x % 6]);
            if (length >= 18)
                put16(frame + 14, x % 3 ? 0x4500 + (x >> 4 & 0xF00) : 0x6000);
            if (length >= 24)
                frame[20 + x / 6 % 4] = x & 32 ? 17 : 58;
            fixture_receive(f, frame, length, 0);
            test_free(frame);
        }
        counted += fixture_read(f, REG_MGTPRC);
    }
    assert_in_range(counted, 1, 999);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_enable),
        cmocka_unit_test(arp_and_rmcp),
        cmocka_unit_test(what_is_no_rmcp),
        cmocka_unit_test(ip6),
        cmocka_unit_test(directed_ip),
        cmocka_unit_test(the_ip_address_filter),
        cmocka_unit_test(the_mac_address_filter),
        cmocka_unit_test(the_checksum_filter),
        cmocka_unit_test(tags_and_snap),
        cmocka_unit_test(bad_frames),
        cmocka_unit_test(dropped_packets),
        cmocka_unit_test(the_host_gets_it_or_not),
        cmocka_unit_test(waiting_frames_come_once),
        cmocka_unit_test(in_d3),
        cmocka_unit_test(watched_and_removed),
        cmocka_unit_test(sending),
        cmocka_unit_test(sending_refused),
        cmocka_unit_test(what_software_cannot_change),
        cmocka_unit_test(software_on_the_smbus),
        cmocka_unit_test(a_forced_reset),
        cmocka_unit_test(alerts),
        cmocka_unit_test(the_address),
        cmocka_unit_test(the_address_of_another_port),
        cmocka_unit_test(rubbish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
