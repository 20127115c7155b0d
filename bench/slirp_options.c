/* SPDX-License-Identifier: BSD-2-Clause */
#define _POSIX_C_SOURCE 200809L
#include "slirp_options.h"

#include "arguments.h"
#include "cli.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* An option being read. */
struct reading {
    struct slirp_options *options;
    struct arguments *arguments;
    const char *name, *value;
    bool given_host, given_dhcp, given_dns, given_host6, given_dns6;
    char *error;
    size_t size;
};

static int refuse(const struct reading *reading, const char *what)
{
    snprintf(reading->error, reading->size, "wire 'slirp': '%s=%.80s' %s", reading->name,
             reading->value, what);
    return -1;
}

/* ---- Values ---- */

static int read_switch(const struct reading *reading, bool *value)
{
    if (strcmp(reading->value, "on") == 0)
        *value = true;
    else if (strcmp(reading->value, "off") == 0)
        *value = false;
    else
        return refuse(reading, "is neither on nor off");
    return 0;
}

static int read_string(const struct reading *reading, char *to, size_t size)
{
    if (strlen(reading->value) == 0 || strlen(reading->value) >= size)
        return refuse(reading, "is empty or too long");
    snprintf(to, size, "%s", reading->value);
    return 0;
}

static int read_ipv4(const struct reading *reading, struct in_addr *address)
{
    return inet_pton(AF_INET, reading->value, address) == 1
               ? 0
               : refuse(reading, "is not an IPv4 address");
}

static int read_ipv6(const struct reading *reading, struct in6_addr *address)
{
    return inet_pton(AF_INET6, reading->value, address) == 1
               ? 0
               : refuse(reading, "is not an IPv6 address");
}

/* "ADDRESS/BITS" into its parts. */
static bool split_prefix(const char *text, char *address, size_t size, unsigned *bits)
{
    const char *slash = strchr(text, '/');
    uint64_t number;

    if (slash == NULL || (size_t)(slash - text) >= size ||
        !cli_parse_unsigned(slash + 1, &number) || number > 128)
        return false;
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    *bits = (unsigned)number;
    return true;
}

static struct in_addr in_network(const struct slirp_options *options, uint32_t number)
{
    return (struct in_addr){htonl(ntohl(options->network.s_addr) + number)};
}

static int read_network(const struct reading *reading)
{
    struct slirp_options *options = reading->options;
    char text[INET_ADDRSTRLEN];
    unsigned bits;

    if (!split_prefix(reading->value, text, sizeof(text), &bits) ||
        inet_pton(AF_INET, text, &options->network) != 1 || bits < 8 || bits > 27)
        return refuse(reading, "is not an IPv4 network such as 10.0.2.0/24, with 8 to 27 bits");
    options->netmask.s_addr = htonl(UINT32_MAX << (32 - bits));
    options->network.s_addr &= options->netmask.s_addr;
    return 0;
}

static int read_prefix(const struct reading *reading)
{
    struct slirp_options *options = reading->options;
    char text[INET6_ADDRSTRLEN];

    /* Stateless autoconfiguration needs an interface identifier of 64 bits (RFC 4862). */
    if (!split_prefix(reading->value, text, sizeof(text), &options->prefix_length) ||
        inet_pton(AF_INET6, text, &options->prefix) != 1 || options->prefix_length != 64)
        return refuse(reading, "is not an IPv6 network of 64 bits such as fd00::/64");
    memset(options->prefix.s6_addr + 8, 0, 8);
    return 0;
}

/* ---- Forwards ---- */

/* "[ADDRESS]:PORT" up to end; the address may be empty, and IPv6 ones stand in brackets. */
static bool read_end(const char *text, const char *end, struct sockaddr_storage *address)
{
    const char *colon = end;
    char host[INET6_ADDRSTRLEN + 2], port[8];
    uint64_t number;

    while (colon > text && *colon != ':')
        colon--;
    if (*colon != ':' || (size_t)(colon - text) >= sizeof(host) ||
        (size_t)(end - colon) > sizeof(port))
        return false;
    memcpy(host, text, (size_t)(colon - text));
    host[colon - text] = '\0';
    memcpy(port, colon + 1, (size_t)(end - colon - 1));
    port[end - colon - 1] = '\0';
    if (!cli_parse_unsigned(port, &number) || number == 0 || number > UINT16_MAX)
        return false;
    memset(address, 0, sizeof(*address));
    if (host[0] == '[') {
        struct sockaddr_in6 *to = (struct sockaddr_in6 *)address;

        if (host[strlen(host) - 1] != ']')
            return false;
        host[strlen(host) - 1] = '\0';
        to->sin6_family = AF_INET6;
        to->sin6_port = htons((uint16_t)number);
        return inet_pton(AF_INET6, host[1] != '\0' ? host + 1 : "::", &to->sin6_addr) == 1;
    }
    ((struct sockaddr_in *)address)->sin_family = AF_INET;
    ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)number);
    return inet_pton(AF_INET, host[0] != '\0' ? host : "0.0.0.0",
                     &((struct sockaddr_in *)address)->sin_addr) == 1;
}

static int read_forward(const struct reading *reading)
{
    static const char *const form =
        "is not a forward such as tcp:127.0.0.1:8080-:80 or udp:[::1]:53-[]:53";
    struct slirp_options *options = reading->options;
    const char *text = reading->value, *dash = strchr(text, '-');
    struct slirp_forward *forward = &options->forwards[options->forward_count];

    if (options->forward_count == SLIRP_FORWARDS_MAX)
        return refuse(reading, "is one forward too many");
    if (dash == NULL || strlen(text) >= sizeof(forward->text) ||
        (strncmp(text, "tcp:", 4) != 0 && strncmp(text, "udp:", 4) != 0))
        return refuse(reading, form);
    if (!read_end(text + 4, dash, &forward->host) ||
        !read_end(dash + 1, text + strlen(text), &forward->guest))
        return refuse(reading, form);
    if (forward->host.ss_family != forward->guest.ss_family)
        return refuse(reading, "has IPv4 at one end and IPv6 at the other");
    snprintf(forward->text, sizeof(forward->text), "%s", text);
    forward->udp = text[0] == 'u';
    forward->length = forward->host.ss_family == AF_INET ? sizeof(struct sockaddr_in)
                                                         : sizeof(struct sockaddr_in6);
    options->forward_count++;
    return 0;
}

static int read_search(const struct reading *reading)
{
    struct slirp_options *options = reading->options;

    if (options->search_count == SLIRP_SEARCH_MAX)
        return refuse(reading, "is one search domain too many");
    return read_string(reading, options->search[options->search_count++],
                       sizeof(options->search[0]));
}

/* ---- The options ---- */

enum {
    IPV4,
    IPV6,
    RESTRICT,
    LOOPBACK,
    DHCP,
    DNS,
    NET,
    HOST,
    DHCPSTART,
    NAMESERVER,
    NET6,
    HOST6,
    NAMESERVER6,
    HOSTNAME,
    DOMAIN,
    SEARCH,
    TFTP,
    BOOTFILE,
    HOSTFWD
};

static const char *const names[] = {
    [IPV4] = "ipv4",
    [IPV6] = "ipv6",
    [RESTRICT] = "restrict",
    [LOOPBACK] = "loopback",
    [DHCP] = "dhcp",
    [DNS] = "dns",
    [NET] = "net",
    [HOST] = "host",
    [DHCPSTART] = "dhcpstart",
    [NAMESERVER] = "nameserver",
    [NET6] = "net6",
    [HOST6] = "host6",
    [NAMESERVER6] = "nameserver6",
    [HOSTNAME] = "hostname",
    [DOMAIN] = "domain",
    [SEARCH] = "search",
    [TFTP] = "tftp",
    [BOOTFILE] = "bootfile",
    [HOSTFWD] = "hostfwd",
    NULL,
};

static int read_one(struct reading *reading)
{
    struct slirp_options *options = reading->options;

    switch (cli_find(reading->name, names)) {
    case IPV4:
        return read_switch(reading, &options->ipv4);
    case IPV6:
        return read_switch(reading, &options->ipv6);
    case RESTRICT:
        return read_switch(reading, &options->restricted);
    case LOOPBACK:
        return read_switch(reading, &options->loopback);
    case DHCP:
        return read_switch(reading, &options->dhcp);
    case DNS:
        return read_switch(reading, &options->dns);
    case NET:
        return read_network(reading);
    case HOST:
        reading->given_host = true;
        return read_ipv4(reading, &options->host);
    case DHCPSTART:
        reading->given_dhcp = true;
        return read_ipv4(reading, &options->dhcp_start);
    case NAMESERVER:
        reading->given_dns = true;
        return read_ipv4(reading, &options->nameserver);
    case NET6:
        return read_prefix(reading);
    case HOST6:
        reading->given_host6 = true;
        return read_ipv6(reading, &options->host6);
    case NAMESERVER6:
        reading->given_dns6 = true;
        return read_ipv6(reading, &options->nameserver6);
    case HOSTNAME:
        return read_string(reading, options->hostname, sizeof(options->hostname));
    case DOMAIN:
        return read_string(reading, options->domain, sizeof(options->domain));
    case SEARCH:
        return read_search(reading);
    case TFTP:
        return read_string(reading, options->tftp, sizeof(options->tftp));
    case BOOTFILE:
        return read_string(reading, options->bootfile, sizeof(options->bootfile));
    case HOSTFWD:
        return read_forward(reading);
    default:
        return arguments_unknown(reading->arguments, reading->name, names);
    }
}

/* ---- What follows from them, and whether they fit together ---- */

static void fill_in(const struct reading *reading)
{
    struct slirp_options *options = reading->options;

    if (!reading->given_host)
        options->host = in_network(options, 2);
    if (!reading->given_dns)
        options->nameserver = in_network(options, 3);
    if (!reading->given_dhcp)
        options->dhcp_start = in_network(options, 15);
    if (!reading->given_host6) {
        options->host6 = options->prefix;
        options->host6.s6_addr[15] = 2;
    }
    if (!reading->given_dns6) {
        options->nameserver6 = options->prefix;
        options->nameserver6.s6_addr[15] = 3;
    }
}

static bool is_inside(const struct slirp_options *options, struct in_addr address)
{
    const uint32_t rest = ntohl(address.s_addr & ~options->netmask.s_addr);

    return (address.s_addr & options->netmask.s_addr) == options->network.s_addr && rest != 0 &&
           rest != ntohl(~options->netmask.s_addr);
}

static int check(const struct reading *reading)
{
    const struct slirp_options *options = reading->options;
    const struct in_addr host = options->host, dns = options->nameserver,
                         dhcp = options->dhcp_start;
    const char *what = NULL;

    if (!options->ipv4 && !options->ipv6)
        what = "has neither IPv4 nor IPv6";
    else if (!is_inside(options, host) || !is_inside(options, dns) || !is_inside(options, dhcp))
        what = "has a host, nameserver or dhcpstart outside its network";
    else if (host.s_addr == dns.s_addr || host.s_addr == dhcp.s_addr || dns.s_addr == dhcp.s_addr)
        what = "has two of host, nameserver and dhcpstart at one address";
    else if (memcmp(&options->host6, &options->prefix, 8) != 0 ||
             memcmp(&options->nameserver6, &options->prefix, 8) != 0)
        what = "has a host6 or nameserver6 outside its IPv6 network";
    else if (memcmp(&options->host6, &options->nameserver6, 16) == 0)
        what = "has host6 and nameserver6 at one address";
    for (unsigned i = 0; i < options->forward_count && what == NULL; i++)
        if (options->forwards[i].host.ss_family == AF_INET ? !options->ipv4 : !options->ipv6)
            what = "has a forward of an IP version that is off";
    if (what == NULL)
        return 0;
    snprintf(reading->error, reading->size, "wire 'slirp' %s", what);
    return -1;
}

static int read_all(struct reading *reading)
{
    int status;

    while ((status = arguments_next(reading->arguments, &reading->name, &reading->value)) > 0) {
        if (reading->name == NULL) {
            snprintf(reading->error, reading->size,
                     "wire 'slirp': '%.80s' is not of the form NAME=VALUE", reading->value);
            return -1;
        }
        if (read_one(reading) < 0)
            return -1;
    }
    return status;
}

int slirp_options_read(struct slirp_options *options, const char *text, char *error, size_t size)
{
    struct arguments arguments;
    struct reading reading = {
        .options = options, .arguments = &arguments, .error = error, .size = size};

    *options = (struct slirp_options){
        .ipv4 = true, .ipv6 = true, .loopback = true, .dhcp = true, .dns = true};
    inet_pton(AF_INET, "10.0.2.0", &options->network);
    inet_pton(AF_INET, "255.255.255.0", &options->netmask);
    inet_pton(AF_INET6, "fd00::", &options->prefix);
    options->prefix_length = 64;
    arguments_begin(&arguments, "wire 'slirp'", text, error, size);
    if (read_all(&reading) < 0)
        return -1;
    fill_in(&reading);
    return check(&reading);
}
