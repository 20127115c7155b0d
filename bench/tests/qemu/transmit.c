/* SPDX-License-Identifier: BSD-2-Clause */
/* Steps that send: a ring of random geometry, descriptors of every kind, frames out of both. */
#include "transmit.h"

#include <string.h>

#define BUFFERS   0x1400000u
#define FEW       5u  /* descriptors of a packet in few buffers, at most */
#define MANY      12u /* of one in many */
#define PARTS_MAX 48u /* segments of a packet, at most */
#define PAYLOAD   20000u
#define BUFFER    16000u /* bytes that a descriptor may have */
#define DATA_TYPE (TXD_DTYP_D << 20)
#define TXD_RPS   0x10u /* report packet sent; only the 82544 has it */

static struct sender sender;
static struct packet packet;

/* ---- Descriptors ---------------------------------------------------------------------------- */

static uint32_t ring_index(uint32_t n)
{
    return (sender.start + n) % sender.count;
}

static void append(uint64_t address, uint64_t fields)
{
    pair_descriptor(sender.pair, TX_RING + (uint64_t)DESC_BYTES * ring_index(sender.made), address,
                    fields);
    sender.made++;
}

static uint64_t fields(uint32_t length, uint32_t command, uint32_t high)
{
    return length | (uint64_t)command << 24 | (uint64_t)high << 32;
}

/* Bits that mean nothing for the packet, only for its report. */
static uint32_t report_bits(struct random *random)
{
    uint32_t command = random_once_in(random, 2) ? TXD_CMD_RS : 0;

    if (random_once_in(random, 4))
        command |= TXD_CMD_IDE;
    return random_once_in(random, 24) ? command | TXD_RPS : command;
}

static uint32_t place(const uint8_t *data, uint32_t length)
{
    uint32_t address = BUFFERS + sender.room + random_below(&sender.pair->random, 32);

    pair_poke(sender.pair, address, data, length);
    sender.room = address - BUFFERS + length;
    return address;
}

static uint32_t free_descriptors(void)
{
    return sender.count - 1 - (sender.made - sender.told);
}

/* The packet's bytes in one to many buffers, its header in the first. low: what a descriptor has
 * above its length; high: options or CSS. */
static void append_buffers(struct tx_job *job, uint32_t command, uint32_t low, uint32_t high)
{
    struct random *random = &sender.pair->random;
    const uint8_t *data = sender.bytes + job->at;
    uint32_t done = 0;
    uint32_t parts = 1;
    uint32_t special = random_u32(random) << 16;
    /* Not where QEMU would sum up what a null descriptor adds. */
    bool may_be_null = job->kind != TX_SEGMENTS && !job->legacy_sum && !job->ip_sum &&
                       !job->l4_sum && random_once_in(random, 4);

    if (free_descriptors() >= MANY && random_once_in(random, 2))
        parts = random_between(random, 2, 6);
    while (done < job->length) {
        uint32_t left = job->length - done;
        uint32_t n = parts > 1 ? random_between(random, 1, left) : left;
        uint32_t bits = command | report_bits(random);

        if (n < job->header && done == 0)
            n = job->header;
        if (n > BUFFER)
            n = BUFFER;
        if (n == left)
            bits |= TXD_CMD_EOP;
        /* The tag is that of the last descriptor, or when segmenting of any. */
        append(place(data + done, n),
               fields(n | low, bits, high | (n < left && job->kind != TX_SEGMENTS ? 0 : special)));
        done += n;
        parts -= parts > 1;
        /* Options count in the first descriptor. */
        if (job->kind != TX_LEGACY)
            high = random_u32(random) & 0x300;
        if (n < left && done >= 14 && may_be_null && job->null_length == 0) {
            job->null_at = done;
            job->null_length = random_between(random, 1, 40);
            append(0, fields(job->null_length | low, command, high));
        }
    }
    job->end = sender.made;
}

static struct tx_job *new_job(enum tx_kind kind)
{
    struct tx_job *job = &sender.job[sender.jobs++];

    *job = (struct tx_job){.kind = kind, .at = sender.used, .length = packet.length};
    memcpy(sender.bytes + sender.used, packet.data, packet.length);
    sender.used += packet.length;
    return job;
}

/* Whether a packet gets a tag; VLE without CTRL.VME means nothing. */
static uint32_t choose_tag(struct tx_job *job)
{
    if (!random_once_in(&sender.pair->random, 3))
        return 0;
    job->tag = sender.ctrl & CTRL_VME;
    return TXD_CMD_VLE;
}

static uint32_t random_length(struct random *random)
{
    switch (random_below(random, 10)) {
    case 0:
        return random_between(random, 14, 63);
    case 1:
        return random_between(random, 1515, 9000);
    case 2:
        return random_once_in(random, 4) ? random_between(random, 9000, 17000) : 60;
    default:
        return random_between(random, 60, 1514);
    }
}

static void make_legacy(void)
{
    struct random *random = &sender.pair->random;
    struct tx_job *job;
    uint32_t command, css, cso;

    packet_plain(&packet, random, NULL, random_length(random));
    job = new_job(TX_LEGACY);
    css = random_below(random, job->length < 256 ? job->length : 256);
    /* Not into the destination address, by which both count. */
    cso = random_between(random, 6, job->length < 256 ? job->length - 1 : 255);
    command = choose_tag(job);
    if (!random_once_in(random, 10))
        command |= TXD_CMD_IFCS;
    /* Checksums and packets that bring their own FCS don't go together. */
    if (command & TXD_CMD_IFCS && random_once_in(random, 6)) {
        command |= TXD_CMD_IC;
        job->legacy_sum = true;
        job->cso = cso;
    }
    append_buffers(job, command, cso << 16, css << 8);
}

/* ---- Offloads ------------------------------------------------------------------------------- */

static void append_context(const struct tx_job *job, bool segments, uint32_t payload)
{
    struct random *random = &sender.pair->random;
    uint32_t ipcse = job->ipv4 ? job->tucss - 1 : 0;
    uint32_t command = TXD_CMD_DEXT | (report_bits(random) & ~TXD_CMD_IDE);
    uint64_t low = job->ipcss | job->ipcso << 8 | ipcse << 16 | (uint64_t)job->tucss << 32 |
                   (uint64_t)job->tucso << 40;

    command |= job->tcp ? TXD_TUCMD_TCP : 0;
    command |= job->ipv4 ? TXD_TUCMD_IP : 0;
    if (segments)
        append(low, fields(payload, command | TXD_CMD_TSE, job->header << 8 | job->mss << 16));
    else
        append(low, fields(0, command, 0));
}

static void take_headers(struct tx_job *job)
{
    job->ipcss = packet.l3;
    job->ipcso = packet.l3 + (packet.ipv4 ? 10 : 0);
    job->tucss = packet.l4;
    job->tucso = packet_checksum_at(&packet);
    job->ipv4 = packet.ipv4;
    job->tcp = packet.tcp;
}

static uint32_t options_of(const struct tx_job *job)
{
    return (job->ip_sum ? TXD_POPTS_IXSM << 8 : 0) | (job->l4_sum ? TXD_POPTS_TXSM << 8 : 0);
}

/* Checksums that are zero are rare, and have a rule of their own. */
static void make_zero_sums(const struct tx_job *job)
{
    if (job->ip_sum)
        packet_zero_sum(&packet, packet.l3, packet.l4, packet.l3 + 4);
    if (job->l4_sum && packet.length >= packet.header + 2)
        packet_zero_sum(&packet, packet.l4, packet.length, packet.header);
}

static void make_data(void)
{
    struct random *random = &sender.pair->random;
    struct tx_job choice = {0}, *job;

    packet_transport(&packet, random, random_below(random, 1400));
    choice.l4_sum = !random_once_in(random, 4);
    choice.ip_sum = packet.ipv4 && !random_once_in(random, 4);
    packet_seed(&packet, true);
    if (random_once_in(random, 12))
        make_zero_sums(&choice);
    job = new_job(TX_DATA);
    take_headers(job);
    job->l4_sum = choice.l4_sum;
    job->ip_sum = choice.ip_sum;
    append_context(job, false, 0);
    append_buffers(job, choose_tag(job) | TXD_CMD_DEXT | TXD_CMD_IFCS, DATA_TYPE, options_of(job));
}

static void make_segments(void)
{
    struct random *random = &sender.pair->random;
    uint32_t mss = random_once_in(random, 4) ? random_between(random, 1, 60)
                                             : random_between(random, 60, 1460);
    uint32_t parts = random_between(random, 1, random_once_in(random, 4) ? PARTS_MAX : 6);
    uint32_t payload = mss * parts;
    struct tx_job *job;

    if (payload > PAYLOAD)
        payload = PAYLOAD / mss * mss;
    if (!random_once_in(random, 4))
        payload -= random_below(random, mss);
    packet_transport(&packet, random, payload);
    packet_seed(&packet, false);
    if (packet.ipv4)
        packet_put16(&packet, packet.l3 + 2, 0);
    job = new_job(TX_SEGMENTS);
    take_headers(job);
    job->header = packet.header;
    job->mss = mss;
    job->l4_sum = !random_once_in(random, 6);
    job->ip_sum = packet.ipv4 && !random_once_in(random, 6);
    append_context(job, true, payload);
    append_buffers(job, choose_tag(job) | TXD_CMD_DEXT | TXD_CMD_TSE | TXD_CMD_IFCS, DATA_TYPE,
                   options_of(job));
}

/* ---- The step ------------------------------------------------------------------------------- */

static void set_up(void)
{
    struct pair *pair = sender.pair;
    struct random *random = &pair->random;

    sender.count = 8 * (random_once_in(random, 3) ? random_between(random, 1, 8)
                                                  : random_between(random, 8, 512));
    sender.start = random_below(random, sender.count);
    sender.ctrl = pair_baseline_value(REG_CTRL) | (random_once_in(random, 2) ? CTRL_VME : 0);
    pair_write(pair, REG_CTRL, sender.ctrl);
    if (random_once_in(random, 4))
        pair_write(pair, REG_VET, random_u32(random) & 0xffff);
    pair_write(pair, REG_TDBAL, TX_RING | (random_u32(random) & 15));
    pair_write(pair, REG_TDBAH, 0);
    pair_write(pair, REG_TDLEN, sender.count * DESC_BYTES);
    pair_write(pair, REG_TDH, sender.start);
    pair_write(pair, REG_TDT, sender.start);
    pair_write(pair, REG_TIDV, random_below(random, 200));
    pair_write(pair, REG_TADV, random_below(random, 200));
    pair_write(pair, REG_ITR, random_once_in(random, 2) ? 0 : random_below(random, 2000));
    pair_write(pair, REG_TXDCTL,
               TXDCTL_GRAN | (random_once_in(random, 2) ? 1u << 16 : 0) |
                   (random_u32(random) & (TXDCTL_PTHRESH | TXDCTL_HTHRESH | TXDCTL_LWTHRESH)));
    pair_write(pair, REG_IMS, random_bits(random) & ICR_ALL);
    pair_write(pair, REG_TCTL, TCTL_EN | 0x3f0f0u | (random_once_in(random, 2) ? TCTL_PSP : 0));
}

static bool make_packet(void)
{
    if (sender.jobs == TX_JOBS || sender.room > TX_BYTES || sender.used > TX_BYTES - PACKET_MAX ||
        free_descriptors() < FEW)
        return false;
    switch (random_below(&sender.pair->random, 8)) {
    case 0:
    case 1:
        make_segments();
        break;
    case 2:
    case 3:
        make_data();
        break;
    default:
        make_legacy();
        break;
    }
    return true;
}

/* Tells both chips of descriptors up to a number, and compares what that caused. */
static void ring_doorbell(uint32_t upto)
{
    struct pair *pair = sender.pair;

    pair_write(pair, REG_TDT, ring_index(upto));
    sender.told = upto;
    expect_only_ours(pair, ICR_TXD_LOW, KNOWN_TXD_LOW);
    qemu_sync(&pair->qemu);
    tx_compare(&sender);
    pair_compare_memory(pair, TX_RING, (size_t)sender.count * DESC_BYTES, "the transmit ring");
    pair_read(pair, REG_TDH);
    if (random_once_in(&pair->random, 2))
        pair_read(pair, random_once_in(&pair->random, 2) ? REG_ICR : REG_ICS);
    pair_sync(pair);
}

void step_transmit(struct pair *pair)
{
    struct random *random = &pair->random;
    uint32_t rounds = random_between(random, 2, 8);

    sender.pair = pair;
    sender.made = sender.told = sender.room = 0;
    sender.jobs = sender.checked = sender.used = 0;
    set_up();
    for (uint32_t i = 0; i < rounds; i++) {
        uint32_t packets = random_between(random, 1, 20);

        while (packets-- > 0 && make_packet())
            ;
        /* Sometimes in the middle of a packet. */
        if (sender.made > sender.told && random_once_in(random, 3))
            ring_doorbell(random_between(random, sender.told, sender.made));
        ring_doorbell(sender.made);
    }
    pair_read(pair, REG_ICR);
    for (uint32_t offset = REG_TDFH; offset <= REG_TDFPC; offset += 8)
        pair_read(pair, offset);
    for (uint32_t offset = REG_CRCERRS; offset <= REG_TSCTFC; offset += 4)
        pair_read(pair, offset);
    pair_sync(pair);
}
