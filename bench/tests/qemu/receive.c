/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
/* Steps that receive: rings of random geometry, random filters, frames into both. */
#include "receive.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define PATIENCE   20000u /* times 50 us until a frame counts as lost */
#define WAITING    6u     /* frames that wait for descriptors, at most */
#define LOW        20u    /* descriptors, and fewer get new ones before more frames come */
#define FOR_MARKER 9u     /* descriptors that the last frame of a batch may need */

static struct receiver receiver;
static struct packet packet;

/* The last frame of each batch is for this address, which every filter lets pass: when it is in
 * memory, so is all before it. */
static const uint8_t marker[6] = {0x02, 0x4d, 0x61, 0x72, 0x6b, 0x00};

/* ---- Descriptors ---------------------------------------------------------------------------- */

/* Gives a descriptor back to the chips, with a new place for its buffer. */
static void arm(uint32_t index)
{
    struct pair *pair = receiver.pair;
    struct random *random = &pair->random;
    uint32_t slot = rx_buffer_at(&receiver, index);
    size_t size = receiver.buffer + 2 * RX_SLACK;
    uint64_t address = slot + random_below(random, RX_SLACK);
    uint64_t fields = 0;

    if (random_once_in(random, 16))
        address = 0;
    if (receiver.stale)
        fields = (random_u32(random) | (uint64_t)random_u32(random) << 32) & ~(3ull << 32);
    receiver.armed[index][0] = address;
    receiver.armed[index][1] = fields;
    memset(pair->ram + slot, receiver.fill, size);
    memset(pair->qemu.ram + slot, receiver.fill, size);
    pair_descriptor(pair, RX_RING + (uint64_t)DESC_BYTES * index, address, fields);
}

/* Makes all descriptors ready and, if told is true, gives them to the chips: all but one, or only a
 * few, so that they run low. */
static void arm_all(bool told)
{
    struct random *random = &receiver.pair->random;
    uint32_t used = receiver.count - 1 - receiver.free;
    uint32_t given = receiver.count - 1;

    for (uint32_t i = 1; i <= used; i++)
        arm((receiver.head + receiver.free + i) % receiver.count);
    if (random_once_in(random, 2))
        given = random_between(random, LOW, receiver.count - 1);
    /* Where the two thresholds of a reserved RDMTS lie. */
    if ((receiver.rctl & RCTL_RDMTS) == RCTL_RDMTS && receiver.count / 8 > LOW)
        given = receiver.count / 8 + random_between(random, 1, 8);
    if (given > receiver.free)
        receiver.free = given;
    if (told)
        pair_write(receiver.pair, REG_RDT, (receiver.head + receiver.free) % receiver.count);
}

/* ---- Setting up ----------------------------------------------------------------------------- */

static void set_address(struct pair *pair, uint32_t i, const uint8_t *address, uint32_t high)
{
    pair_write(pair, REG_RAL(i),
               (uint32_t)address[0] | (uint32_t)address[1] << 8 | (uint32_t)address[2] << 16 |
                   (uint32_t)address[3] << 24);
    pair_write(pair, REG_RAH(i), (uint32_t)address[4] | (uint32_t)address[5] << 8 | high);
}

static void set_filters(struct pair *pair)
{
    struct random *random = &pair->random;
    uint32_t entries = random_below(random, 6);

    for (uint32_t i = 1; i <= entries; i++) {
        uint8_t address[6];
        uint32_t high = random_once_in(random, 6) ? 0 : RAH_AV;

        for (unsigned k = 0; k < 6; k++)
            address[k] = (uint8_t)random_u32(random);
        if (random_once_in(random, 3))
            high |= random_below(random, 4) << 16;
        set_address(pair, i, address, high);
    }
    set_address(pair, RA_COUNT - 1, marker, RAH_AV);
    for (uint32_t i = random_below(random, 40); i > 0; i--)
        pair_write(pair, REG_MTA_N(random_below(random, MTA_COUNT)), random_bits(random));
    for (uint32_t i = random_below(random, 40); i > 0; i--)
        pair_write(pair, REG_VFTA_N(random_below(random, VFTA_COUNT)), random_bits(random));
}

static uint32_t buffer_bytes(uint32_t rctl)
{
    uint32_t bytes = 2048u >> ((rctl & RCTL_BSIZE) >> RCTL_BSIZE_SHIFT);

    return rctl & RCTL_BSEX && bytes != 2048 ? 16 * bytes : bytes;
}

static void set_up(struct pair *pair)
{
    struct random *random = &pair->random;
    uint32_t random_rctl = RCTL_SBP | RCTL_UPE | RCTL_MPE | RCTL_LPE | RCTL_RDMTS | RCTL_MO |
                           RCTL_BAM | RCTL_BSIZE | RCTL_VFE | RCTL_CFIEN | RCTL_CFI | RCTL_BSEX |
                           RCTL_SECRC;

    memset(&receiver, 0, sizeof receiver);
    receiver.pair = pair;
    receiver.count = 8 * random_between(random, 3, RX_COUNT / 8);
    receiver.head = random_below(random, receiver.count);
    receiver.rctl = RCTL_EN | (random_u32(random) & random_rctl);
    /* Promiscuity and stored bad packets leave little to filter. */
    if (random_once_in(random, 2))
        receiver.rctl &= ~(RCTL_UPE | RCTL_MPE);
    if (!random_once_in(random, 4))
        receiver.rctl &= ~RCTL_SBP;
    receiver.buffer = buffer_bytes(receiver.rctl);
    receiver.vet = random_once_in(random, 6) ? random_between(random, 0x600, 0xffff) : 0x8100;
    receiver.ctrl = pair_baseline_value(REG_CTRL) | (random_once_in(random, 2) ? CTRL_VME : 0);
    receiver.rxcsum = random_once_in(random, 2) ? 0 : random_u32(random) & 0x7ff;
    receiver.stale = random_once_in(random, 4);
    receiver.fill = (uint8_t)random_u32(random);

    pair_write(pair, REG_CTRL, receiver.ctrl);
    pair_write(pair, REG_VET, receiver.vet);
    set_filters(pair);
    pair_write(pair, REG_RXCSUM, receiver.rxcsum);
    pair_write(pair, REG_RSRPD, random_once_in(random, 2) ? 0 : random_below(random, 256));
    pair_write(pair, REG_RDTR, random_once_in(random, 2) ? 0 : random_below(random, 100));
    pair_write(pair, REG_RADV, random_once_in(random, 2) ? 0 : random_below(random, 100));
    pair_write(pair, REG_ITR, random_once_in(random, 2) ? 0 : random_below(random, 2000));
    pair_write(pair, REG_RXDCTL, random_once_in(random, 4) ? 0 : 0x01010000);
    pair_write(pair, REG_IMS, random_bits(random) & ICR_ALL);
    pair_write(pair, REG_RDBAL, RX_RING);
    pair_write(pair, REG_RDBAH, 0);
    pair_write(pair, REG_RDLEN, receiver.count * DESC_BYTES);
    pair_write(pair, REG_RDH, receiver.head);
    pair_write(pair, REG_RDT, receiver.head);
    for (uint32_t i = 0; i < receiver.count; i++)
        arm(i);
    receiver.free = 0;
    arm_all(true);
    pair_write(pair, REG_RCTL, receiver.rctl);
}

/* ---- Frames --------------------------------------------------------------------------------- */

static uint32_t random_length(void)
{
    struct random *random = &receiver.pair->random;
    uint32_t limit = receiver.rctl & RCTL_LPE ? 16380 : 1518;

    switch (random_below(random, 12)) {
    case 0:
        return 60;
    case 1:
        return random_between(random, limit - 6, limit + 6);
    case 2:
        return random_between(random, 60, limit);
    case 3:
        /* With SBP our chip stores runts as they are, QEMU padded: no way to compare them. */
        return receiver.rctl & RCTL_SBP ? 60 : random_between(random, 14, 59);
    default:
        return random_between(random, 60, 1514);
    }
}

/* An address that some filter may know. */
static void choose_addresses(uint8_t *data)
{
    struct pair *pair = receiver.pair;
    struct random *random = &pair->random;
    uint32_t i = random_below(random, 7);
    uint32_t low = e1000emu_peek(pair->chip, REG_RAL(i));
    uint32_t high = e1000emu_peek(pair->chip, REG_RAH(i));
    uint8_t address[6] = {(uint8_t)low,         (uint8_t)(low >> 8), (uint8_t)(low >> 16),
                          (uint8_t)(low >> 24), (uint8_t)high,       (uint8_t)(high >> 8)};

    if (random_once_in(random, 2))
        memcpy(data, address, 6);
    else if (random_once_in(random, 6))
        memcpy(data + 6, address, 6);
}

static void make_frame(uint32_t length)
{
    struct random *random = &receiver.pair->random;
    struct rx_frame *frame = &receiver.frame[receiver.frames];

    if (length >= 200 && length < 1500 && random_once_in(random, 4)) {
        packet_transport(&packet, random, length - 180);
        packet_seed(&packet, true);
        length = packet.length;
        packet_put16(&packet, packet_checksum_at(&packet),
                     0xffff - packet_sum(&packet, packet.l4, packet.length));
    } else {
        packet_plain(&packet, random, NULL, length);
    }
    choose_addresses(packet.data);
    if (length >= 60 && random_once_in(random, 3)) {
        packet_put16(&packet, 12, receiver.vet);
        if (random_once_in(random, 2))
            packet_put16(&packet, 14, random_u32(random) & 0xf01f);
    }
    /* A tag of a runt would lie in the padding. */
    if (length < 60 && packet_get16(&packet, 12) == receiver.vet)
        packet_put16(&packet, 12, receiver.vet ^ 1);
    *frame = (struct rx_frame){.at = receiver.used, .length = length};
    memcpy(receiver.bytes + frame->at, packet.data, length);
}

static void make_marker(void)
{
    struct rx_frame *frame = &receiver.frame[receiver.frames];

    packet_plain(&packet, &receiver.pair->random, marker, 60);
    packet_put16(&packet, 12, receiver.vet ^ 1);
    *frame = (struct rx_frame){.at = receiver.used, .length = 60};
    memcpy(receiver.bytes + frame->at, packet.data, 60);
}

/* Where each chip will be in the ring, how much of it is left then. */
struct place {
    uint32_t ours, qemu, our_free, qemu_free;
};

static uint32_t distance(uint32_t from, uint32_t to)
{
    return (to + receiver.count - from) % receiver.count;
}

/* Moves the places past the newest frame. False: it may not fit, and leave so many descriptors. */
static bool advance(struct place *place, uint32_t spare)
{
    struct rx_frame *frame = &receiver.frame[receiver.frames];
    uint32_t bytes, worst;

    rx_foretell(&receiver, frame);
    bytes = rx_stored_bytes(&receiver, frame) + (frame->length < 60 ? 60 - frame->length : 0);
    /* Null descriptors take part, so this is generous. */
    worst = 2 * (bytes / receiver.buffer + 1) + 6 + spare;
    if (place->our_free <= worst || place->qemu_free <= worst)
        return false;
    if (frame->ours) {
        uint32_t next = rx_after(&receiver, place->ours, rx_stored_bytes(&receiver, frame));

        place->our_free -= distance(place->ours, next);
        place->ours = next;
    }
    if (frame->qemu) {
        uint32_t next = rx_after(&receiver, place->qemu, bytes);

        place->qemu_free -= distance(place->qemu, next);
        place->qemu = next;
    }
    receiver.used += frame->length < 64 ? 64 : frame->length;
    receiver.frames++;
    return true;
}

/* ---- A batch -------------------------------------------------------------------------------- */

static void send_to_both(void)
{
    static struct e1000emu_frame wire[RX_FRAMES];
    static uint8_t verdicts[RX_FRAMES];
    struct pair *pair = receiver.pair;

    /* The registers first: frames have a way of their own. */
    pair_sync(pair);
    for (uint32_t i = 0; i < receiver.frames; i++) {
        const struct rx_frame *frame = &receiver.frame[i];

        wire[i] =
            (struct e1000emu_frame){.data = receiver.bytes + frame->at, .length = frame->length};
        qemu_frame_in(&pair->qemu, wire[i].data, frame->length);
    }
    e1000emu_receive(pair->chip, wire, receiver.frames, 0, verdicts);
    pair_settle(pair);
    for (uint32_t i = 0; i < receiver.frames; i++) {
        const struct rx_frame *frame = &receiver.frame[i];

        if ((verdicts[i] == E1000EMU_RX_STORED) != frame->ours)
            pair_fail(pair,
                      "frame %u of %u bytes, to %02x:..:%02x: our chip's verdict is %u, and the "
                      "manual wants it %s",
                      i, frame->length, wire[i].data[0], wire[i].data[5], verdicts[i],
                      frame->ours ? "stored" : "dropped");
    }
}

/* What was sent, for a failure that can't be laid to one frame. */
static void tell_batch(void)
{
    static const char *const name[] = {"neither", "our chip", "QEMU", "both"};

    for (uint32_t i = 0; i < receiver.frames; i++) {
        const struct rx_frame *frame = &receiver.frame[i];
        const uint8_t *data = receiver.bytes + frame->at;

        fprintf(stderr,
                "  frame %u, %u bytes, to %02x:%02x:%02x:%02x:%02x:%02x, type %02x%02x: %s\n", i,
                frame->length, data[0], data[1], data[2], data[3], data[4], data[5], data[12],
                data[13], name[frame->ours + 2 * frame->qemu]);
    }
    for (uint32_t i = 0; i < 12 && i < receiver.count; i++) {
        uint32_t index = (receiver.head + i) % receiver.count;
        uint64_t descriptor[2];

        memcpy(descriptor, receiver.pair->qemu.ram + RX_RING + DESC_BYTES * index, DESC_BYTES);
        fprintf(stderr, "  QEMU's descriptor %u: %016llx %016llx\n", index,
                (unsigned long long)descriptor[0], (unsigned long long)descriptor[1]);
    }
    fprintf(stderr, "  RCTL %08x, %u descriptors of %u bytes\n", receiver.rctl, receiver.count,
            receiver.buffer);
}

/* Until QEMU has written the last descriptor. */
static void wait_for_qemu(uint32_t end)
{
    const struct timespec pause = {.tv_nsec = 50000};
    uint32_t last = (end + receiver.count - 1) % receiver.count;
    const uint8_t *status = receiver.pair->qemu.ram + RX_RING + (size_t)DESC_BYTES * last + 12;

    for (uint32_t i = 0; !(__atomic_load_n(status, __ATOMIC_ACQUIRE) & RXD_STAT_DD); i++) {
        if (i == PATIENCE) {
            uint32_t head = qemu_read_now(&receiver.pair->qemu, REG_RDH);

            tell_batch();
            pair_fail(receiver.pair, "QEMU's RDH is %u, not %u, after %u frames from %u on", head,
                      end, receiver.frames, receiver.head);
        }
        if (i > 20)
            nanosleep(&pause, NULL);
    }
}

/* RXDMT0 by each one's rule. free: descriptors that were left before. */
static void expect_low(uint32_t before, uint32_t our_free, uint32_t qemu_free)
{
    struct pair *pair = receiver.pair;
    uint32_t rdmts = (receiver.rctl & RCTL_RDMTS) >> RCTL_RDMTS_SHIFT;
    uint32_t ours = receiver.count >> ((rdmts < 2 ? rdmts : 2) + 1);
    uint32_t theirs = receiver.count * DESC_BYTES >> (rdmts + 1);
    bool low = before > ours && our_free <= ours;

    if (low && !(e1000emu_peek(pair->chip, REG_ICR) & ICR_RXDMT0))
        pair_fail(pair, "our chip has no RXDMT0 though %u descriptors became %u of %u (RDMTS %u)",
                  before, our_free, receiver.count, rdmts);
    if (qemu_free * DESC_BYTES <= theirs)
        expect_only_qemu(pair, ICR_RXDMT0, KNOWN_RXDMT0);
    else if (low && rdmts == 3)
        expect_only_ours(pair, ICR_RXDMT0, KNOWN_RXDMT0_RESERVED);
    else if (low && our_free != qemu_free)
        pair->icr_unknown |= ICR_RXDMT0; /* QEMU has dropped frames that ours stored */
}

static void compare_batch(const struct place *end, bool waited)
{
    struct pair *pair = receiver.pair;
    uint32_t ours = receiver.head, qemu = receiver.head;

    for (uint32_t i = 0; i < receiver.frames; i++) {
        const struct rx_frame *frame = &receiver.frame[i];
        uint32_t pad = frame->length < 60 ? 60 - frame->length : 0;

        rx_compare(&receiver, frame, ours, qemu);
        rx_count(&receiver, frame, waited);
        if (frame->ours)
            ours = rx_after(&receiver, ours, rx_stored_bytes(&receiver, frame));
        if (frame->qemu)
            qemu = rx_after(&receiver, qemu, rx_stored_bytes(&receiver, frame) + pad);
    }
    pair_read_expect(pair, REG_RDH, e1000emu_read32(pair->chip, REG_RDH), end->qemu, UINT32_MAX,
                     "after a batch");
    if (!receiver.apart) {
        pair_compare_memory(pair, RX_RING, (size_t)receiver.count * DESC_BYTES, "the receive ring");
        pair_compare_memory(pair, RX_BUFFERS, rx_buffer_at(&receiver, receiver.count) - RX_BUFFERS,
                            "receive buffers");
    }
    if (e1000emu_peek(pair->chip, REG_RDH) != end->ours)
        pair_fail(pair, "our chip's RDH is %u, not %u", e1000emu_peek(pair->chip, REG_RDH),
                  end->ours);
}

/* The ring is empty, and software has made all of it ready without telling. */
static void empty_ring(void)
{
    receiver.head = (receiver.head + receiver.free) % receiver.count;
    pair_write(receiver.pair, REG_RDH, receiver.head);
    receiver.free = 0;
    arm_all(false);
}

/* Both rings go on from the same place, often with fresh descriptors. */
static void resume(const struct place *end)
{
    struct pair *pair = receiver.pair;
    uint32_t used = distance(receiver.head, end->ours);
    uint32_t used_by_qemu = distance(receiver.head, end->qemu);
    uint32_t first = receiver.head;

    receiver.head = end->ours;
    receiver.free -= used;
    if (used != used_by_qemu) {
        for (uint32_t i = used; i < used_by_qemu; i++)
            arm((first + i) % receiver.count);
        /* Our chip fetches again what it has already fetched. */
        pair_write(pair, REG_RDH, end->ours);
    } else if (!receiver.apart && receiver.free > LOW && !random_once_in(&pair->random, 4)) {
        return;
    }
    arm_all(true);
}

/* waiting: the frames come before there are descriptors for them. */
static void receive_batch(uint32_t frames, bool waiting)
{
    struct pair *pair = receiver.pair;
    uint32_t before = receiver.free;
    struct place end = {receiver.head, receiver.head, receiver.free, receiver.free};
    uint32_t bytes = 0;

    receiver.frames = 0;
    receiver.used = 0;
    receiver.apart = false;
    for (uint32_t i = 0; i < frames; i++) {
        make_frame(random_length());
        bytes += receiver.frame[receiver.frames].length;
        if ((waiting && bytes > 8000) || receiver.used > RX_BYTES - 20000 ||
            !advance(&end, FOR_MARKER))
            break;
    }
    make_marker();
    if (!advance(&end, 0))
        pair_fail(pair, "the test leaves no room for its marker");

    send_to_both();
    if (waiting)
        pair_write(pair, REG_RDT, (receiver.head + receiver.free) % receiver.count);
    qemu_sync(&pair->qemu);
    wait_for_qemu(end.qemu);
    if (e1000emu_peek(pair->chip, REG_RSRPD) > 0)
        expect_only_ours(pair, ICR_SRPD, KNOWN_SRPD);
    expect_low(before, end.our_free, end.qemu_free);
    compare_batch(&end, waiting);
    if (random_once_in(&pair->random, 2))
        pair_read(pair, random_once_in(&pair->random, 2) ? REG_ICR : REG_ICS);
    pair_sync(pair);
}

void step_receive(struct pair *pair)
{
    struct random *random = &pair->random;
    uint32_t rounds = random_between(random, 2, 8);
    bool waiting = false;

    set_up(pair);
    for (uint32_t i = 0; i < rounds; i++) {
        struct place end;

        receive_batch(random_between(random, 0, waiting ? WAITING : RX_FRAMES - 1), waiting);
        end.ours = e1000emu_peek(pair->chip, REG_RDH);
        end.qemu = qemu_read_now(&pair->qemu, REG_RDH);
        resume(&end);
        waiting = random_once_in(random, 5);
        if (waiting)
            empty_ring();
    }
    pair_read(pair, REG_ICR);
    for (uint32_t offset = REG_RDFH; offset <= REG_RDFPC; offset += 8)
        pair_read(pair, offset);
    for (uint32_t i = 0; i < 4; i++)
        pair_read(pair, REG_PBM + 4 * random_below(random, 256));
    for (uint32_t offset = REG_CRCERRS; offset <= REG_TSCTFC; offset += 4)
        pair_read(pair, offset);
    pair_sync(pair);
}
