/* SPDX-License-Identifier: BSD-2-Clause */
/* Frames, made one after the other. */
#include "gen.h"
#include "gen_tag.h"

#include <string.h>

#define MILLION 1000000u

/* The least that an Ethernet frame has without FCS. */
#define SHORTEST 60u

#define ETHERNET   14u
#define VLAN       4u
#define IPV4       20u
#define IPV6       40u
#define UDP        8u
#define TCP        20u
#define TYPE_VLAN  0x8100u
#define TYPE_IPV4  0x0800u
#define TYPE_IPV6  0x86DDu
#define TYPE_LOCAL 0x88B5u

/* How far too long an oversize frame is: past what RCTL and a tag's four bytes still let in. */
#define OVERSIZE_LEAST 8u
#define OVERSIZE_MOST  500u

/* ---- Chance ---- */

static uint64_t chance(struct gen *gen)
{
    uint64_t z = gen->state += 0x9E3779B97F4A7C15ull;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ z >> 27) * 0x94D049BB133111EBull;
    return z ^ z >> 31;
}

/* From 0 to n - 1. */
static uint64_t below(struct gen *gen, uint64_t n)
{
    return n <= 1 ? 0 : (chance(gen) >> 32) * n >> 32;
}

static bool happens(struct gen *gen, uint32_t millionths)
{
    return millionths != 0 && below(gen, MILLION) < millionths;
}

static uint32_t choose(struct gen *gen, const struct gen_list *list)
{
    const struct gen_part *part = list->parts;
    uint64_t n;

    if (list->count > 1)
        for (n = below(gen, list->weight); n >= part->weight; part++)
            n -= part->weight;
    return part->first + (uint32_t)below(gen, part->last - part->first + 1u);
}

/* The parts one after the other, each as often as its weight says; a range moves up by one each
 * time that its turn comes. */
static uint32_t choose_in_turn(struct gen *gen, const struct gen_list *list)
{
    const struct gen_part *part = &list->parts[gen->turn_part];
    const uint32_t size = part->first + gen->turn_step % (part->last - part->first + 1u);

    /* Of a single part the range itself is the turn. */
    if (++gen->turn_weight >= part->weight) {
        gen->turn_weight = 0;
        gen->turn_part = (gen->turn_part + 1) % list->count;
        gen->turn_step += gen->turn_part == 0;
    }
    return size;
}

/* ---- Headers ---- */

/* A frame being made. */
struct draft {
    struct gen *gen;
    uint8_t *bytes;
    uint32_t length;
    uint32_t l3, l4; /* where IP and TCP or UDP begin; 0: there is none */
    enum gen_protocol protocol;
    enum gen_bad bad;
    uint32_t flow;
};

static void put16(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
}

static uint32_t get16(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 8 | bytes[1];
}

static void put32(uint8_t *bytes, uint32_t value)
{
    put16(bytes, value >> 16);
    put16(bytes + 2, value & 0xffff);
}

/* The Internet checksum's sum, not complemented (RFC 1071); an odd last byte counts as a high one.
 */
static uint64_t add_words(uint64_t sum, const uint8_t *bytes, uint32_t length)
{
    uint32_t i = 0;

    for (; i + 4 <= length; i += 4)
        sum += (uint64_t)get16(bytes + i) + get16(bytes + i + 2);
    for (; i + 2 <= length; i += 2)
        sum += get16(bytes + i);
    if (i < length)
        sum += (uint64_t)bytes[i] << 8;
    return sum;
}

static uint32_t checksum(uint64_t sum)
{
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint32_t)~sum & 0xffff;
}

static bool is_ipv4(enum gen_protocol protocol)
{
    return protocol == GEN_IPV4 || protocol == GEN_UDP4 || protocol == GEN_TCP4;
}

static bool is_udp(enum gen_protocol protocol)
{
    return protocol == GEN_UDP4 || protocol == GEN_UDP6;
}

static bool has_ports(enum gen_protocol protocol)
{
    return protocol >= GEN_UDP4;
}

static uint32_t header_bytes(enum gen_protocol protocol)
{
    static const uint32_t bytes[GEN_PROTOCOLS] = {
        [GEN_RAW] = 0,           [GEN_IPV4] = IPV4,       [GEN_IPV6] = IPV6,
        [GEN_UDP4] = IPV4 + UDP, [GEN_TCP4] = IPV4 + TCP, [GEN_UDP6] = IPV6 + UDP,
        [GEN_TCP6] = IPV6 + TCP};

    return bytes[protocol];
}

/* What has no room for its headers becomes something simpler. */
static enum gen_protocol that_fits(enum gen_protocol protocol, uint32_t room)
{
    if (header_bytes(protocol) > room && has_ports(protocol))
        protocol = is_ipv4(protocol) ? GEN_IPV4 : GEN_IPV6;
    return header_bytes(protocol) > room ? GEN_RAW : protocol;
}

/* What can only be wrong with IPv4, or with TCP and UDP, is. */
static enum gen_protocol that_can_be_bad(enum gen_protocol protocol, enum gen_bad bad,
                                         uint32_t length)
{
    const bool fits = ETHERNET + VLAN + header_bytes(protocol) <= length;

    if (bad == GEN_BAD_L4_CHECKSUM || bad == GEN_BAD_L4_LENGTH)
        return has_ports(protocol) && fits ? protocol : GEN_UDP4;
    if (bad >= GEN_BAD_IP_CHECKSUM && bad != GEN_BAD_NOISE)
        return is_ipv4(protocol) ? protocol : GEN_UDP4;
    return protocol;
}

static void put_addresses(struct draft *d)
{
    const struct gen_config *config = &d->gen->config;
    const uint64_t which = d->gen->made % config->macs;
    const uint64_t roll =
        below(d->gen, config->multicast_share + config->broadcast_share != 0 ? MILLION : 1);
    uint32_t low;

    if (roll < config->broadcast_share && config->broadcast_share != 0) {
        memset(d->bytes, 0xff, 6);
    } else if (roll < config->broadcast_share + config->multicast_share) {
        /* RFC 1112: of a group 239.0.0.0 to 239.0.0.255 */
        memcpy(d->bytes, (const uint8_t[6]){0x01, 0x00, 0x5e, 0, 0, (uint8_t)chance(d->gen)}, 6);
    } else {
        memcpy(d->bytes, config->to, 6);
    }
    memcpy(d->bytes + 6, config->from, 6);
    low = (uint32_t)config->from[3] << 16 | get16(config->from + 4);
    low += (uint32_t)which;
    d->bytes[9] = (uint8_t)(low >> 16);
    put16(d->bytes + 10, low & 0xffff);
}

static void put_ipv4(struct draft *d)
{
    static const uint8_t numbers[GEN_PROTOCOLS] = {
        [GEN_IPV4] = 253, [GEN_UDP4] = 17, [GEN_TCP4] = 6}; /* 253: for experiments, RFC 3692 */
    uint8_t *ip = d->bytes + d->l3;

    memset(ip, 0, IPV4);
    ip[0] = 0x45;
    put16(ip + 2, d->length - d->l3);
    put16(ip + 4, (uint32_t)d->gen->made & 0xffff);
    ip[8] = 64;
    ip[9] = numbers[d->protocol];
    put32(ip + 12, 0x0A000000u + 1 + d->flow); /* 10.0.0.1 and up */
    put32(ip + 16, 0x0AFF0001u);
    put16(ip + 10, checksum(add_words(0, ip, IPV4)));
}

static void put_ipv6(struct draft *d)
{
    static const uint8_t numbers[GEN_PROTOCOLS] = {
        [GEN_IPV6] = 59, [GEN_UDP6] = 17, [GEN_TCP6] = 6}; /* 59: nothing follows */
    uint8_t *ip = d->bytes + d->l3;

    memset(ip, 0, IPV6);
    ip[0] = 0x60;
    put16(ip + 4, d->length - d->l3 - IPV6);
    ip[6] = numbers[d->protocol];
    ip[7] = 64;
    for (unsigned at = 8; at <= 24; at += 16)
        put32(ip + at, 0x20010DB8u); /* for documents, RFC 3849 */
    put32(ip + 20, 1 + d->flow);
    put32(ip + 36, 0x00FF0001u);
}

static void put_ports(struct draft *d)
{
    uint8_t *l4 = d->bytes + d->l4;

    put16(l4, 1024 + d->flow % 60000);
    put16(l4 + 2, 9); /* discard */
    if (is_udp(d->protocol)) {
        put16(l4 + 4, d->length - d->l4);
        put16(l4 + 6, 0);
        return;
    }
    put32(l4 + 4, (uint32_t)d->gen->made * 1448u);
    put32(l4 + 8, 0);
    put32(l4 + 12, 0x50100000u | 0xffffu); /* five words, ACK, an open window */
    put32(l4 + 16, 0);
}

static void put_headers(struct draft *d, uint32_t vlan)
{
    uint32_t at = 12, type = TYPE_LOCAL;

    put_addresses(d);
    if (vlan != GEN_NO_VLAN && d->length >= ETHERNET + VLAN) {
        put16(d->bytes + 12, TYPE_VLAN);
        put16(d->bytes + 14, vlan);
        at += VLAN;
    }
    d->protocol = that_fits(d->protocol, d->length - at - 2);
    if (d->protocol != GEN_RAW) {
        d->l3 = at + 2;
        type = is_ipv4(d->protocol) ? TYPE_IPV4 : TYPE_IPV6;
    }
    put16(d->bytes + at, type);
    if (d->l3 == 0)
        return;
    if (type == TYPE_IPV4)
        put_ipv4(d);
    else
        put_ipv6(d);
    if (has_ports(d->protocol)) {
        d->l4 = d->l3 + (type == TYPE_IPV4 ? IPV4 : IPV6);
        put_ports(d);
    }
}

/* The checksum of TCP or UDP. With a tag still to be put: its sum and balance are zero, and will be
 * nothing in this sum. */
static void put_l4_checksum(struct draft *d)
{
    const bool v4 = is_ipv4(d->protocol);
    uint8_t *field = d->bytes + d->l4 + (is_udp(d->protocol) ? 6 : 16);
    const uint32_t l4_bytes = d->length - d->l4;
    uint64_t sum = l4_bytes + (is_udp(d->protocol) ? 17 : 6);
    uint32_t value;

    sum = add_words(sum, d->bytes + d->l3 + (v4 ? 12 : 8), v4 ? 8 : 32);
    value = checksum(add_words(sum, d->bytes + d->l4, l4_bytes));
    put16(field, is_udp(d->protocol) && value == 0 ? 0xffff : value);
}

/* ---- What is wrong ---- */

/* IPv4's header was changed, and nothing else is to be wrong with it. */
static void sum_header_again(uint8_t *ip)
{
    put16(ip + 10, 0);
    put16(ip + 10, checksum(add_words(0, ip, IPV4)));
}

static void spoil_l4_length(const struct draft *d)
{
    uint8_t *l4 = d->bytes + d->l4;

    if (is_udp(d->protocol))
        put16(l4 + 4, d->length - d->l4 + 1 + (uint32_t)below(d->gen, 1000));
    else
        l4[12] = happens(d->gen, MILLION / 2) ? 0x10 : 0xf0;
}

static void spoil_noise(const struct draft *d)
{
    for (uint32_t at = 12; at < d->length; at++)
        d->bytes[at] = (uint8_t)(chance(d->gen) >> 32);
    d->bytes[12] &= 0x7f; /* no Ethertype that a chip itself answers to: 8808, PAUSE */
}

/* What goes wrong in front of the checksums' being right or the tag's being put. */
static void spoil(const struct draft *d)
{
    uint8_t *ip = d->bytes + d->l3;

    switch (d->bad) {
    case GEN_BAD_IP_CHECKSUM:
        put16(ip + 10, get16(ip + 10) ^ (1u << below(d->gen, 16)));
        return;
    case GEN_BAD_L4_CHECKSUM: {
        uint8_t *field = d->bytes + d->l4 + (is_udp(d->protocol) ? 6 : 16);
        const uint32_t right = get16(field);

        /* Neither zero, by which UDP has none, nor the other way to write the same. */
        put16(field, right == 0xfffe || right == 0xffff ? right - 0x100 : right + 1);
        return;
    }
    case GEN_BAD_IP_VERSION:
        ip[0] = (uint8_t)(below(d->gen, 16) << 4 | 5);
        ip[0] ^= ip[0] >> 4 == 4 ? 0x10 : 0;
        break;
    case GEN_BAD_IP_HEADER:
        ip[0] = (uint8_t)(0x40 | below(d->gen, 5));
        break;
    case GEN_BAD_IP_OPTIONS:
        ip[0] = 0x4f;
        break;
    case GEN_BAD_IP_LENGTH:
        put16(ip + 2, d->length - d->l3 + 1 + (uint32_t)below(d->gen, 2000));
        break;
    case GEN_BAD_FRAGMENT:
        put16(ip + 6, 0x2000u | (1u + (uint32_t)below(d->gen, 0x1000)));
        break;
    case GEN_BAD_CUT:
        /* IP ends in the middle of what should follow its header. */
        put16(ip + 2, IPV4 + (uint32_t)below(d->gen, UDP));
        break;
    case GEN_BAD_L4_LENGTH:
        spoil_l4_length(d);
        return;
    default:
        return;
    }
    sum_header_again(ip);
}

static uint32_t spoil_size(struct gen *gen, enum gen_bad bad, uint32_t size)
{
    if (bad == GEN_BAD_RUNT)
        return ETHERNET + (uint32_t)below(gen, SHORTEST - ETHERNET);
    if (bad == GEN_BAD_OVERSIZE)
        return gen->max_frame + OVERSIZE_LEAST +
               (uint32_t)below(gen, OVERSIZE_MOST - OVERSIZE_LEAST);
    /* IPv4 and UDP have room. */
    if (bad != GEN_GOOD && size < SHORTEST)
        return SHORTEST;
    return size;
}

static uint32_t flags_of(enum gen_bad bad)
{
    switch (bad) {
    case GEN_BAD_FCS:
        return E1000EMU_FRAME_BAD_FCS;
    case GEN_BAD_SYMBOL:
        return E1000EMU_FRAME_SYMBOL;
    case GEN_BAD_CARRIER:
        return E1000EMU_FRAME_CARRIER;
    case GEN_BAD_ALIGNMENT:
        return E1000EMU_FRAME_ALIGNMENT | E1000EMU_FRAME_BAD_FCS;
    default:
        return 0;
    }
}

/* ---- The frame ---- */

static void fill(struct gen *gen, uint8_t *bytes, uint32_t length)
{
    const struct gen_config *config = &gen->config;
    uint32_t i = 0;

    switch (config->fill) {
    case GEN_FILL_BYTE:
        memset(bytes, config->fill_byte, length);
        return;
    case GEN_FILL_COUNTING:
        for (; i < length; i++)
            bytes[i] = (uint8_t)i;
        return;
    default:
        for (; i < length; i += 8) {
            const uint64_t word = chance(gen);

            memcpy(bytes + i, &word, length - i < 8 ? length - i : 8);
        }
    }
}

void gen_start(struct gen *gen, const struct gen_config *config, uint32_t max_frame, bool pads)
{
    *gen = (struct gen){
        .config = *config, .max_frame = max_frame, .pads = pads, .state = config->seed};
}

bool gen_done(const struct gen *gen)
{
    return gen->made >= gen->config.count;
}

uint32_t gen_room(const struct gen_config *config, uint32_t max_frame)
{
    uint32_t room = SHORTEST;

    for (unsigned i = 0; i < config->sizes.count; i++)
        if (config->sizes.parts[i].last > room)
            room = config->sizes.parts[i].last;
    for (unsigned i = 0; i < config->bads.count; i++)
        if (config->bads.parts[i].first == GEN_BAD_OVERSIZE && room < max_frame + OVERSIZE_MOST)
            room = max_frame + OVERSIZE_MOST;
    return room;
}

static void put_numbers(struct draft *d)
{
    struct gen *gen = d->gen;
    const bool drop = GEN_MUST_DROP(d->bad);
    const uint32_t headers = d->l3 == 0 ? ETHERNET + VLAN : d->l3 + header_bytes(d->protocol);
    const bool tagged = d->length >= SHORTEST && d->length >= headers + GEN_TAG;

    if (tagged) {
        uint8_t *tag = d->bytes + d->length - GEN_TAG;

        memset(tag, 0, GEN_TAG);
        /* The number must be there when the checksum is made, and the checksum when the sum is. */
        gen_put_tag(d->bytes, d->length, drop ? GEN_MARK_FORBID : GEN_MARK,
                    drop ? gen->bads[d->bad] : gen->tagged, false);
    }
    if (d->l4 != 0)
        put_l4_checksum(d);
    if (d->bad == GEN_BAD_NOISE)
        spoil_noise(d);
    else
        spoil(d);
    if (tagged)
        gen_put_tag(d->bytes, d->length, drop ? GEN_MARK_FORBID : GEN_MARK,
                    drop ? gen->bads[d->bad] : gen->tagged, gen->config.summed);
    gen->tagged += tagged && !drop;
}

uint32_t gen_next(struct gen *gen, uint8_t *bytes, uint32_t *flags)
{
    const struct gen_config *config = &gen->config;
    struct draft d = {.gen = gen, .bytes = bytes};
    uint32_t vlan;

    if (config->bads.count != 0 && happens(gen, config->bad_share))
        d.bad = (enum gen_bad)choose(gen, &config->bads);
    d.length = config->in_turn ? choose_in_turn(gen, &config->sizes) : choose(gen, &config->sizes);
    d.length = spoil_size(gen, d.bad, d.length);
    d.protocol = (enum gen_protocol)choose(gen, &config->protocols);
    d.protocol = that_can_be_bad(d.protocol, d.bad, d.length);
    d.flow = (uint32_t)(gen->made % config->flows);
    vlan = choose(gen, &config->vlans);
    fill(gen, bytes, d.length);
    put_headers(&d, vlan);
    put_numbers(&d);
    if (gen->pads && d.length < SHORTEST && d.bad != GEN_BAD_RUNT) {
        memset(bytes + d.length, 0, SHORTEST - d.length);
        d.length = SHORTEST;
    }
    gen->bads[d.bad]++;
    gen->made++;
    *flags = flags_of(d.bad);
    return d.length;
}

uint64_t gen_due(const struct gen_config *config, uint64_t frames, uint64_t wire_ns, unsigned mbps)
{
    if (config->rate == GEN_FRAMES)
        return (uint64_t)((__uint128_t)frames * BENCH_S / config->per_second);
    if (config->rate == GEN_BITS)
        return (uint64_t)((__uint128_t)wire_ns * mbps * MILLION / config->per_second);
    return 0;
}
