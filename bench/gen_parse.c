/* SPDX-License-Identifier: BSD-2-Clause */
/* The argument of `gen`: KEY=VALUE,... */
#include "gen.h"

#include "cli.h"

#include <stdio.h>
#include <string.h>

#define MILLION     1000000u
#define MOST_WEIGHT 1000000u
#define WORD        64u

/* One KEY=VALUE. */
struct reader {
    struct gen_config *config;
    bool driver;
    uint32_t max_frame;
    char key[WORD], value[512];
    char *error;
    size_t size;
};

static bool refuse(const struct reader *r, const char *what)
{
    snprintf(r->error, r->size, "gen: '%s=%s': %s", r->key, r->value, what);
    return false;
}

/* ---- Names ---- */

static const char *const protocol_names[] = {
    [GEN_RAW] = "raw",   [GEN_IPV4] = "ipv4", [GEN_IPV6] = "ipv6", [GEN_UDP4] = "udp4",
    [GEN_TCP4] = "tcp4", [GEN_UDP6] = "udp6", [GEN_TCP6] = "tcp6", NULL};

static const char *const bad_names[] = {[GEN_GOOD] = "good",
                                        [GEN_BAD_FCS] = "fcs",
                                        [GEN_BAD_SYMBOL] = "symbol",
                                        [GEN_BAD_CARRIER] = "carrier",
                                        [GEN_BAD_ALIGNMENT] = "alignment",
                                        [GEN_BAD_RUNT] = "runt",
                                        [GEN_BAD_OVERSIZE] = "oversize",
                                        [GEN_BAD_IP_CHECKSUM] = "ip-checksum",
                                        [GEN_BAD_L4_CHECKSUM] = "l4-checksum",
                                        [GEN_BAD_IP_VERSION] = "ip-version",
                                        [GEN_BAD_IP_HEADER] = "ip-header",
                                        [GEN_BAD_IP_OPTIONS] = "ip-options",
                                        [GEN_BAD_IP_LENGTH] = "ip-length",
                                        [GEN_BAD_L4_LENGTH] = "l4-length",
                                        [GEN_BAD_FRAGMENT] = "fragment",
                                        [GEN_BAD_CUT] = "cut",
                                        [GEN_BAD_NOISE] = "noise",
                                        NULL};

const char *gen_protocol_name(enum gen_protocol protocol)
{
    return protocol_names[protocol];
}

const char *gen_bad_name(enum gen_bad bad)
{
    return bad_names[bad];
}

/* ---- Lists ---- */

/* What a list may hold: numbers, words, or both. */
struct kind {
    uint32_t min, max;        /* numbers; max 0: none */
    const char *const *words; /* their index counts up from first_word */
    uint32_t first_word;
    const char *what; /* for messages */
};

static bool number_of(const struct kind *kind, const char *text, uint32_t *number)
{
    const int word = kind->words != NULL ? cli_find(text, kind->words) : -1;
    uint64_t n;

    if (word >= 0) {
        *number = kind->first_word + (uint32_t)word;
        return true;
    }
    if (kind->max == 0 || !cli_parse_unsigned(text, &n) || n < kind->min || n > kind->max)
        return false;
    *number = (uint32_t)n;
    return true;
}

/* "A", "A..B", either with "*WEIGHT". */
static bool read_part(const struct kind *kind, char *text, struct gen_part *part)
{
    char *star = strchr(text, '*'), *dots = strstr(text, "..");
    uint64_t weight = 1;

    if (star != NULL) {
        *star = '\0';
        if (!cli_parse_unsigned(star + 1, &weight) || weight == 0 || weight > MOST_WEIGHT)
            return false;
    }
    part->weight = (uint32_t)weight;
    if (dots == NULL) {
        if (!number_of(kind, text, &part->first))
            return false;
        part->last = part->first;
        return true;
    }
    *dots = '\0';
    return kind->max != 0 && number_of(kind, text, &part->first) &&
           number_of(kind, dots + 2, &part->last) && part->first <= part->last;
}

static bool add_part(struct gen_list *list, struct gen_part part)
{
    if (list->count == GEN_PARTS)
        return false;
    list->parts[list->count++] = part;
    list->weight += part.weight;
    return true;
}

/* The simple IMIX: of twelve frames seven have 64 bytes with FCS, four 594 and one 1518. */
static bool add_imix(struct gen_list *list)
{
    static const struct gen_part parts[] = {{60, 60, 7}, {590, 590, 4}, {1514, 1514, 1}};

    return add_part(list, parts[0]) && add_part(list, parts[1]) && add_part(list, parts[2]);
}

static bool read_list(const struct reader *r, struct gen_list *list, const struct kind *kind)
{
    char text[sizeof(r->value)], *next = text;

    *list = (struct gen_list){0};
    memcpy(text, r->value, sizeof(text));
    while (next != NULL) {
        char *part_text = next;
        struct gen_part part;
        bool room;

        next = strchr(next, '+');
        if (next != NULL)
            *next++ = '\0';
        if (list == &r->config->sizes && strcmp(part_text, "imix") == 0)
            room = add_imix(list);
        else if (!read_part(kind, part_text, &part))
            return refuse(r, kind->what);
        else
            room = add_part(list, part);
        if (!room)
            return refuse(r, "a list has at most 32 parts");
    }
    return true;
}

/* ---- Keys ---- */

static bool take_size(const struct reader *r)
{
    const struct kind kind = {.min = 14,
                              .max = GEN_LONGEST,
                              .what = "it takes bytes without FCS from 14 to 16384, A..B, or imix, "
                                      "several with +, each with *WEIGHT"};

    if (!read_list(r, &r->config->sizes, &kind))
        return false;
    for (unsigned i = 0; i < r->config->sizes.count; i++)
        if (r->config->sizes.parts[i].last > r->max_frame) {
            char what[96];

            snprintf(what, sizeof(what), "the driver carries no more than %u bytes here",
                     r->max_frame);
            return refuse(r, what);
        }
    return true;
}

static bool take_protocol(const struct reader *r)
{
    const struct kind kind = {.words = protocol_names,
                              .what = "it takes raw, ipv4, ipv6, udp4, tcp4, udp6 or tcp6, several "
                                      "with +, each with *WEIGHT"};

    return read_list(r, &r->config->protocols, &kind);
}

static bool take_vlan(const struct reader *r)
{
    static const char *const none[] = {"none", NULL};
    const struct kind kind = {.min = 0,
                              .max = 4095,
                              .words = none,
                              .first_word = GEN_NO_VLAN,
                              .what = "it takes a VLAN id from 0 to 4095, A..B, or none, several "
                                      "with +, each with *WEIGHT"};

    return read_list(r, &r->config->vlans, &kind);
}

static bool can_send(enum gen_bad bad)
{
    return bad > GEN_BAD_RUNT;
}

static bool take_bad(const struct reader *r)
{
    const struct kind kind = {.words = bad_names + 1,
                              .first_word = 1,
                              .what = "it takes fcs, symbol, carrier, alignment, runt, oversize, "
                                      "ip-checksum, l4-checksum, ip-version, ip-header, "
                                      "ip-options, ip-length, l4-length, fragment, cut or noise, "
                                      "several with +, each with *WEIGHT"};
    struct gen_list *list = &r->config->bads;

    if (!read_list(r, list, &kind))
        return false;
    for (unsigned i = 0; i < list->count && r->driver; i++)
        if (!can_send((enum gen_bad)list->parts[i].first)) {
            char what[96];

            snprintf(what, sizeof(what), "no driver can make a frame with '%s'",
                     bad_names[list->parts[i].first]);
            return refuse(r, what);
        }
    return true;
}

static bool take_share(const struct reader *r, uint32_t *share)
{
    char number[sizeof(r->value)];
    const size_t length = strlen(r->value);
    uint64_t n, tenths;

    if (length < 2 || r->value[length - 1] != '%')
        return refuse(r, "it takes a share from 0% to 100%");
    /* Millionths: percents times ten thousand, so that 0.0001% is the least. */
    snprintf(number, sizeof(number), "%.*s", (int)(length - 1), r->value);
    if (strchr(number, '.') != NULL) {
        snprintf(number + length - 1, sizeof(number) - length + 1, "M");
        if (!cli_parse_unsigned(number, &tenths) || tenths > 100u * MILLION || tenths % 100 != 0)
            return refuse(r, "it takes a share from 0% to 100%, of no less than 0.0001%");
        *share = (uint32_t)(tenths / 100);
        return true;
    }
    if (!cli_parse_unsigned(number, &n) || n > 100)
        return refuse(r, "it takes a share from 0% to 100%");
    *share = (uint32_t)(n * 10000);
    return true;
}

static bool take_number(const struct reader *r, uint64_t min, uint64_t max, uint64_t *number)
{
    char what[96];
    uint64_t n;

    if (cli_parse_unsigned(r->value, &n) && n >= min && n <= max) {
        *number = n;
        return true;
    }
    if (max == UINT64_MAX)
        snprintf(what, sizeof(what), "it takes a whole number");
    else
        snprintf(what, sizeof(what), "it takes a number from %llu to %llu", (unsigned long long)min,
                 (unsigned long long)max);
    return refuse(r, what);
}

static bool take_count(const struct reader *r)
{
    if (strcmp(r->value, "endless") == 0) {
        r->config->count = UINT64_MAX;
        return true;
    }
    if (cli_parse_unsigned(r->value, &r->config->count))
        return true;
    return refuse(r, "it takes a number of frames, or endless");
}

static bool take_rate(const struct reader *r)
{
    const size_t length = strlen(r->value);
    char number[sizeof(r->value)];
    uint64_t n = 0;

    if (strcmp(r->value, "line") == 0) {
        r->config->rate = GEN_LINE;
        return true;
    }
    if (strcmp(r->value, "max") == 0) {
        r->config->rate = GEN_MAX;
        return true;
    }
    memcpy(number, r->value, sizeof(number));
    r->config->rate = length > 1 && number[length - 1] == 'b' ? GEN_BITS : GEN_FRAMES;
    if (r->config->rate == GEN_BITS)
        number[length - 1] = '\0';
    if (!cli_parse_unsigned(number, &n) || n == 0 || n > 1000000000u)
        return refuse(r, "it takes line, max, a number of frames a second such as 10k, or of bits "
                         "a second such as 500Mb, up to 1G");
    r->config->per_second = n;
    return true;
}

static bool take_fill(const struct reader *r)
{
    uint64_t byte = 0;

    if (strcmp(r->value, "random") == 0) {
        r->config->fill = GEN_FILL_RANDOM;
    } else if (strcmp(r->value, "counting") == 0) {
        r->config->fill = GEN_FILL_COUNTING;
    } else if (strcmp(r->value, "zeros") == 0 ||
               (cli_parse_unsigned(r->value, &byte) && byte <= 0xff)) {
        r->config->fill = GEN_FILL_BYTE;
        r->config->fill_byte = (uint8_t)byte;
    } else {
        return refuse(r, "it takes random, counting, zeros or a byte such as 0x55");
    }
    return true;
}

static bool take_mac(const struct reader *r, uint8_t mac[6], bool *given, bool station)
{
    uint8_t bytes[6];

    if (!cli_parse_mac(r->value, bytes) || (station && (bytes[0] & 1) != 0))
        return refuse(r, station ? "it takes an address of one station, such as 02:00:00:00:00:01"
                                 : "it takes a MAC address such as 02:00:00:00:00:01");
    memcpy(mac, bytes, 6);
    *given = true;
    return true;
}

static bool take_word(const struct reader *r, const char *yes, const char *no, bool *value)
{
    char what[64];

    if (strcmp(r->value, yes) == 0 || strcmp(r->value, no) == 0) {
        *value = strcmp(r->value, yes) == 0;
        return true;
    }
    snprintf(what, sizeof(what), "it takes %s or %s", yes, no);
    return refuse(r, what);
}

static bool take_u32(const struct reader *r, uint32_t max, uint32_t *value)
{
    uint64_t number = 0;

    if (!take_number(r, 1, max, &number))
        return false;
    *value = (uint32_t)number;
    return true;
}

static const char *const keys[] = {
    "size",  "order", "count", "rate",      "proto",     "vlan", "to",    "from", "macs", "fill",
    "flows", "bad",   "share", "multicast", "broadcast", "sum",  "ready", "seed", NULL};

static bool take(const struct reader *r)
{
    struct gen_config *c = r->config;

    if (strcmp(r->key, "size") == 0)
        return take_size(r);
    if (strcmp(r->key, "order") == 0)
        return take_word(r, "turn", "random", &c->in_turn);
    if (strcmp(r->key, "count") == 0)
        return take_count(r);
    if (strcmp(r->key, "rate") == 0)
        return take_rate(r);
    if (strcmp(r->key, "proto") == 0)
        return take_protocol(r);
    if (strcmp(r->key, "vlan") == 0)
        return take_vlan(r);
    if (strcmp(r->key, "to") == 0)
        return take_mac(r, c->to, &c->to_given, false);
    if (strcmp(r->key, "from") == 0)
        return take_mac(r, c->from, &c->from_given, true);
    if (strcmp(r->key, "macs") == 0)
        return take_u32(r, 1u << 24, &c->macs);
    if (strcmp(r->key, "fill") == 0)
        return take_fill(r);
    if (strcmp(r->key, "flows") == 0)
        return take_u32(r, 1u << 24, &c->flows);
    if (strcmp(r->key, "bad") == 0)
        return take_bad(r);
    if (strcmp(r->key, "share") == 0)
        return take_share(r, &c->bad_share);
    if (strcmp(r->key, "multicast") == 0)
        return take_share(r, &c->multicast_share);
    if (strcmp(r->key, "broadcast") == 0)
        return take_share(r, &c->broadcast_share);
    if (strcmp(r->key, "sum") == 0)
        return take_word(r, "on", "off", &c->summed);
    if (strcmp(r->key, "ready") == 0)
        return take_u32(r, 65536, &c->ready);
    c->seed_given = true;
    return take_number(r, 0, UINT64_MAX, &c->seed);
}

/* ---- All of it ---- */

static bool read_pair(struct reader *r, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    const size_t key = equals != NULL ? (size_t)(equals - text) : length;
    const char *near;

    if (key >= sizeof(r->key) || length - key >= sizeof(r->value)) {
        snprintf(r->error, r->size, "gen: '%.40s...' is too long", text);
        return false;
    }
    memset(r->value, 0, sizeof(r->value));
    snprintf(r->key, sizeof(r->key), "%.*s", (int)key, text);
    if (cli_find(r->key, keys) < 0) {
        near = cli_suggest(r->key, keys);
        snprintf(r->error, r->size, "gen: there is no key '%s'%s%s%s", r->key,
                 near != NULL ? "; did you mean '" : "; see the manual page",
                 near != NULL ? near : "", near != NULL ? "'?" : "");
        return false;
    }
    if (equals == NULL || key + 1 == length) {
        snprintf(r->error, r->size, "gen: '%s' needs a value: %s=...", r->key, r->key);
        return false;
    }
    memcpy(r->value, equals + 1, length - key - 1);
    return take(r);
}

static void set_defaults(struct gen_config *config)
{
    *config = (struct gen_config){
        .sizes = {.parts = {{60, 60, 1}}, .count = 1, .weight = 1},
        .protocols = {.parts = {{GEN_UDP4, GEN_UDP4, 1}}, .count = 1, .weight = 1},
        .vlans = {.parts = {{GEN_NO_VLAN, GEN_NO_VLAN, 1}}, .count = 1, .weight = 1},
        .rate = GEN_LINE,
        .count = MILLION,
        .fill = GEN_FILL_RANDOM,
        .macs = 1,
        .flows = 1,
        .bad_share = 100000, /* a tenth */
        .summed = true,
    };
}

int gen_parse(struct gen_config *config, const char *argument, bool driver, uint32_t max_frame,
              char *error, size_t size)
{
    struct reader r = {
        .config = config, .driver = driver, .max_frame = max_frame, .error = error, .size = size};

    set_defaults(config);
    while (argument != NULL && *argument != '\0') {
        const size_t length = strcspn(argument, ",");

        if (!read_pair(&r, argument, length))
            return -1;
        argument += length;
        argument += *argument == ',';
    }
    if (config->multicast_share + config->broadcast_share > MILLION) {
        snprintf(error, size, "gen: 'multicast' and 'broadcast' are more than 100%% together");
        return -1;
    }
    return 0;
}
