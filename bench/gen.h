/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Generated traffic: what an argument such as "size=64..1514,proto=udp4+tcp6,vlan=5" asks for, the
 * frames of it, one after the other and the same for the same seed, and the look at those that came
 * through.
 *
 * A frame that has room for it ends with a tag of 14 bytes: a mark, the frame's number, a sum of
 * all bytes before it, and two bytes that keep the TCP or UDP checksum as it would be without sum.
 */
#ifndef BENCH_GEN_H
#define BENCH_GEN_H

#include "e1000emu.h"
#include "wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest frame that is made, bytes without FCS. */
#define GEN_LONGEST 16384u

/* ---- What is asked for ---- */

/* Numbers from first to last, chosen as often as the weight says. */
struct gen_part {
    uint32_t first, last, weight;
};

#define GEN_PARTS 32u

struct gen_list {
    struct gen_part parts[GEN_PARTS];
    unsigned count;
    uint64_t weight; /* of all parts */
};

/* What lies behind the Ethernet header. */
enum gen_protocol {
    GEN_RAW, /* bytes of the local experimental Ethertype 88B5 */
    GEN_IPV4,
    GEN_IPV6, /* without a transport protocol */
    GEN_UDP4,
    GEN_TCP4,
    GEN_UDP6,
    GEN_TCP6,
    GEN_PROTOCOLS
};

/* What may be wrong with a frame. The first ones must not come out of a driver. */
enum gen_bad {
    GEN_GOOD,
    GEN_BAD_FCS,
    GEN_BAD_SYMBOL,
    GEN_BAD_CARRIER,
    GEN_BAD_ALIGNMENT,
    GEN_BAD_RUNT,     /* under 64 bytes with FCS */
    GEN_BAD_OVERSIZE, /* longer than the driver carries */
    GEN_BAD_IP_CHECKSUM,
    GEN_BAD_L4_CHECKSUM,
    GEN_BAD_IP_VERSION,
    GEN_BAD_IP_HEADER,  /* its length is under 5 words */
    GEN_BAD_IP_OPTIONS, /* its length goes past the frame's end or is all options */
    GEN_BAD_IP_LENGTH,  /* more than there is */
    GEN_BAD_L4_LENGTH,  /* likewise, of UDP; TCP: where its data begins */
    GEN_BAD_FRAGMENT,   /* claims to be the middle of a datagram */
    GEN_BAD_CUT,        /* ends inside its headers */
    GEN_BAD_NOISE,      /* chance behind the addresses */
    GEN_BADS
};

/* The kinds that a chip or driver must drop. */
#define GEN_MUST_DROP(bad) ((bad) > GEN_GOOD && (bad) < GEN_BAD_IP_CHECKSUM)

enum gen_rate {
    GEN_LINE,   /* without a gap, at the link's speed */
    GEN_MAX,    /* without a gap, and it waits where the device has no room */
    GEN_FRAMES, /* so many a second */
    GEN_BITS,   /* so many bits of the wire a second, preamble, FCS and gap included */
};

enum gen_fill { GEN_FILL_RANDOM, GEN_FILL_COUNTING, GEN_FILL_BYTE };

struct gen_config {
    struct gen_list sizes;     /* bytes without FCS */
    struct gen_list protocols; /* enum gen_protocol */
    struct gen_list vlans;     /* ids; GEN_NO_VLAN: no tag */
    struct gen_list bads;      /* enum gen_bad */
    bool in_turn;              /* sizes are taken one after the other, not by chance */
    uint32_t bad_share, multicast_share, broadcast_share; /* millionths */
    enum gen_rate rate;
    uint64_t per_second;
    uint64_t count; /* frames; UINT64_MAX: without end */
    enum gen_fill fill;
    uint8_t fill_byte;
    uint8_t to[6], from[6];
    uint32_t macs;  /* addresses that frames come from, counted up from the first */
    uint32_t flows; /* different pairs of IP addresses and ports */
    bool summed;    /* tags have a sum, which is checked */
    uint32_t ready; /* so many frames are made once and come again and again; 0: each is new */
    uint64_t seed;
    bool to_given, from_given, seed_given;
};

#define GEN_NO_VLAN 4096u

/* What may stand in an argument, for help and lists. */
#define GEN_ARGUMENT "KEY=VALUE,..."

/* Reads an argument (NULL: all defaults). driver: the frames are for a driver to send, which can't
 * make each kind of bad ones. max_frame: the longest that the driver carries. Returns 0, or -1 with
 * one line in error that names key and value. */
int gen_parse(struct gen_config *config, const char *argument, bool driver, uint32_t max_frame,
              char *error, size_t size);

/* "udp4"; "ip-checksum" */
const char *gen_protocol_name(enum gen_protocol protocol);
const char *gen_bad_name(enum gen_bad bad);

/* ---- Frames ---- */

struct gen {
    struct gen_config config;
    uint32_t max_frame;
    bool pads;      /* frames under 60 bytes are padded here, as a wire's other end does */
    uint64_t state; /* of what is left to chance */
    uint32_t turn_part, turn_step;
    uint64_t turn_weight;
    uint64_t made;           /* frames so far */
    uint64_t tagged;         /* of these with a number of their own, which must come through */
    uint64_t bads[GEN_BADS]; /* of these by what is wrong with them */
};

/* config must stay good for max_frame, as gen_parse() saw it. */
void gen_start(struct gen *gen, const struct gen_config *config, uint32_t max_frame, bool pads);

/* All that were asked for have been made. */
bool gen_done(const struct gen *gen);

/* Makes the next one: its length and flags as of struct e1000emu_frame. bytes has room for
 * gen_room(). */
uint32_t gen_next(struct gen *gen, uint8_t *bytes, uint32_t *flags);

/* Bytes of the longest frame that there can be. */
uint32_t gen_room(const struct gen_config *config, uint32_t max_frame);

/* When a frame may begin that follows so many others which have lasted wire_ns on the wire, in ns
 * after the first one; mbps is the link's speed. */
uint64_t gen_due(const struct gen_config *config, uint64_t frames, uint64_t wire_ns, unsigned mbps);

/* ---- What came through ---- */

#define GEN_WINDOW 65536u /* how late a frame may be and still be told from a doubled one */

/* Zero-initialise; set blind if frames have no sums, and deaf if they are not told apart. */
struct gen_seen {
    bool blind, deaf;
    uint64_t frames, bytes;
    uint64_t tagged;     /* each once */
    uint64_t untagged;   /* not made here, too short, or damaged where the mark is */
    uint64_t forbidden;  /* must have been dropped */
    uint64_t damaged;    /* the sum is wrong */
    uint64_t duplicated; /* came again, or very late */
    uint64_t reordered;  /* came after a later one */
    uint64_t next;       /* one past the highest number seen */
    uint64_t window[GEN_WINDOW / 64];
};

void gen_look(struct gen_seen *seen, const uint8_t *bytes, uint32_t length);

/* Numbers that were passed over and have not come: lost, or still to come. */
static inline uint64_t gen_missing(const struct gen_seen *seen)
{
    return seen->next - seen->tagged;
}

/* "100 sent; 100 seen, 0 missing, ...": a line about both directions of one end, for reports.
 * Returns what snprintf() does. */
int gen_line(const struct gen *gen, const struct gen_seen *seen, char *line, size_t size);

#endif
