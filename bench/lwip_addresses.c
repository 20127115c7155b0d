/* SPDX-License-Identifier: BSD-2-Clause */
#include "above_lwip.h"
#include "arguments.h"
#include "cli.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* lwIP's own function takes "10.1" for an address, too. */
static bool read_ipv4(const char *text, ip4_addr_t *address)
{
    return inet_pton(AF_INET, text, &address->addr) == 1;
}

static bool read_with_bits(struct lwip_addresses *addresses, const char *value)
{
    const char *slash = strchr(value, '/');
    char text[16];
    uint64_t bits;

    if (slash == NULL || (size_t)(slash - value) >= sizeof(text) ||
        !cli_parse_unsigned(slash + 1, &bits) || bits < 8 || bits > 30)
        return false;
    memcpy(text, value, (size_t)(slash - value));
    text[slash - value] = '\0';
    addresses->netmask.addr = lwip_htonl(UINT32_MAX << (32 - bits));
    return read_ipv4(text, &addresses->address);
}

static int read_one(struct lwip_addresses *addresses, struct arguments *arguments, const char *name,
                    const char *value)
{
    static const char *const names[] = {"address", "gateway", "address6", NULL};

    switch (cli_find(name, names)) {
    case 0:
        return read_with_bits(addresses, value)
                   ? 0
                   : arguments_wrong(arguments, name, value,
                                     "an IPv4 address such as 10.0.2.15/24");
    case 1:
        return read_ipv4(value, &addresses->gateway)
                   ? 0
                   : arguments_wrong(arguments, name, value, "an IPv4 address");
    case 2:
        return ip6addr_aton(value, &addresses->address6) == 1
                   ? 0
                   : arguments_wrong(arguments, name, value, "an IPv6 address");
    default:
        return arguments_unknown(arguments, name, names);
    }
}

int lwip_addresses_read(struct lwip_addresses *addresses, const char *text, char *error,
                        size_t size)
{
    struct arguments arguments;
    const char *name, *value;
    int status;

    *addresses = (struct lwip_addresses){0};
    read_with_bits(addresses, "10.0.2.15/24");
    read_ipv4("10.0.2.2", &addresses->gateway);
    ip6addr_aton("fd00::15", &addresses->address6);
    arguments_begin(&arguments, "above 'lwip'", text, error, size);
    while ((status = arguments_next(&arguments, &name, &value)) > 0)
        if (read_one(addresses, &arguments, name != NULL ? name : value, value) < 0)
            return -1;
    return status;
}
