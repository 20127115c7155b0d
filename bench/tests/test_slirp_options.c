/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be said behind `slirp:`. */
#include "slirp_options.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct slirp_options options;
static char error[256];

static const char *ipv4(struct in_addr address)
{
    static char text[INET_ADDRSTRLEN];

    return inet_ntop(AF_INET, &address, text, sizeof(text));
}

static const char *ipv6(const struct in6_addr *address)
{
    static char text[INET6_ADDRSTRLEN];

    return inet_ntop(AF_INET6, address, text, sizeof(text));
}

static void reads(const char *text)
{
    error[0] = '\0';
    if (slirp_options_read(&options, text, error, sizeof(error)) < 0)
        fail_msg("'%s' was refused: %s", text != NULL ? text : "nothing", error);
}

static void refuses(const char *text, const char *why)
{
    error[0] = '\0';
    assert_int_equal(slirp_options_read(&options, text, error, sizeof(error)), -1);
    if (strstr(error, why) == NULL)
        fail_msg("'%s' is not in '%s'", why, error);
    assert_null(strchr(error, '\n'));
}

static void without_options_it_is_the_usual_network(void **state)
{
    (void)state;
    reads(NULL);
    assert_string_equal(ipv4(options.network), "10.0.2.0");
    assert_string_equal(ipv4(options.netmask), "255.255.255.0");
    assert_string_equal(ipv4(options.host), "10.0.2.2");
    assert_string_equal(ipv4(options.nameserver), "10.0.2.3");
    assert_string_equal(ipv4(options.dhcp_start), "10.0.2.15");
    assert_string_equal(ipv6(&options.prefix), "fd00::");
    assert_string_equal(ipv6(&options.host6), "fd00::2");
    assert_string_equal(ipv6(&options.nameserver6), "fd00::3");
    assert_true(options.ipv4 && options.ipv6 && options.dhcp && options.dns && options.loopback);
    assert_false(options.restricted);
}

static void a_network_of_ones_own_moves_all_addresses(void **state)
{
    (void)state;
    reads("net=192.168.7.77/26,net6=fd12:3456:789a:1::5/64");
    assert_string_equal(ipv4(options.network), "192.168.7.64");
    assert_string_equal(ipv4(options.netmask), "255.255.255.192");
    assert_string_equal(ipv4(options.host), "192.168.7.66");
    assert_string_equal(ipv4(options.dhcp_start), "192.168.7.79");
    assert_string_equal(ipv6(&options.host6), "fd12:3456:789a:1::2");
    reads("net=192.168.7.0/24,host=192.168.7.1,dhcpstart=192.168.7.100,nameserver=192.168.7.53");
    assert_string_equal(ipv4(options.host), "192.168.7.1");
    assert_string_equal(ipv4(options.dhcp_start), "192.168.7.100");
    assert_string_equal(ipv4(options.nameserver), "192.168.7.53");
}

static void switches_are_on_or_off(void **state)
{
    (void)state;
    reads("restrict=on,ipv6=off,loopback=off,dhcp=off,dns=off");
    assert_true(options.restricted && options.ipv4);
    assert_false(options.ipv6 || options.loopback || options.dhcp || options.dns);
    refuses("restrict=yes", "'restrict=yes' is neither on nor off");
    refuses("ipv4=off,ipv6=off", "neither IPv4 nor IPv6");
}

static void forwards_have_two_ends(void **state)
{
    const struct sockaddr_in *host = (const struct sockaddr_in *)&options.forwards[0].host,
                             *guest = (const struct sockaddr_in *)&options.forwards[0].guest;
    const struct sockaddr_in6 *host6 = (const struct sockaddr_in6 *)&options.forwards[1].host,
                              *guest6 = (const struct sockaddr_in6 *)&options.forwards[1].guest;

    (void)state;
    reads("hostfwd=tcp:127.0.0.1:8080-:80,hostfwd=udp:[::1]:5353-[fd00::15]:53");
    assert_int_equal(options.forward_count, 2);
    assert_false(options.forwards[0].udp);
    assert_string_equal(ipv4(host->sin_addr), "127.0.0.1");
    assert_int_equal(ntohs(host->sin_port), 8080);
    assert_string_equal(ipv4(guest->sin_addr), "0.0.0.0");
    assert_int_equal(ntohs(guest->sin_port), 80);
    assert_int_equal(options.forwards[0].length, sizeof(*host));
    assert_true(options.forwards[1].udp);
    assert_string_equal(ipv6(&host6->sin6_addr), "::1");
    assert_int_equal(ntohs(host6->sin6_port), 5353);
    assert_string_equal(ipv6(&guest6->sin6_addr), "fd00::15");
    assert_int_equal(options.forwards[1].length, sizeof(*host6));
    reads("hostfwd=tcp::2222-10.0.2.15:22");
    assert_string_equal(ipv4(host->sin_addr), "0.0.0.0");
}

static void forwards_that_lead_nowhere_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "tcp",
        "tcp:",
        "tcp:-",
        "tcp::80",
        "tcp::80-",
        "tcp::80-80",
        "sctp::80-:80",
        "tcp::0-:80",
        "tcp::65536-:80",
        "tcp::80x-:80",
        "tcp:1.2.3:80-:80",
        "tcp:[::1:80-[]:80",
        "tcp:[::g]:80-[]:80",
        "tcp::123456789-:80",
        "tcp:1234567890123456789012345678901234567890123456789012345678901234567890:1-:80",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[160];

        snprintf(text, sizeof(text), "hostfwd=%s", bad[i]);
        refuses(text, "is not a forward such as");
    }
    refuses("hostfwd=tcp:[::1]:80-:80", "IPv4 at one end and IPv6 at the other");
    refuses("hostfwd=tcp::80-:80,ipv4=off", "IP version that is off");
}

static void more_than_there_is_room_for_is_refused(void **state)
{
    char text[40 * 24] = "";

    (void)state;
    for (unsigned i = 0; i < 33; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%shostfwd=tcp::%u-:80",
                 i != 0 ? "," : "", 1000 + i);
    refuses(text, "one forward too many");
    refuses("search=a,search=b,search=c,search=d,search=e,search=f,search=g,search=h,search=i",
            "one search domain too many");
}

static void addresses_must_fit_together(void **state)
{
    (void)state;
    refuses("net=10.0.2.0", "is not an IPv4 network");
    refuses("net=10.0.2.0/28", "is not an IPv4 network");
    refuses("net=10.0.2/24", "is not an IPv4 network");
    refuses("host=10.0.3.2", "outside its network");
    refuses("host=10.0.2.255", "outside its network");
    refuses("host=10.0.2.0", "outside its network");
    refuses("host=10.0.2.3", "at one address");
    refuses("host=gateway", "is not an IPv4 address");
    refuses("net6=fd00::/48", "is not an IPv6 network of 64 bits");
    refuses("host6=fd01::2", "outside its IPv6 network");
    refuses("host6=fd00::3", "at one address");
    refuses("nameserver6=1.2.3.4", "is not an IPv6 address");
}

static void names_are_looked_at(void **state)
{
    char text[400];

    (void)state;
    reads("hostname=guest,domain=example.org,search=a.org,search=b.org");
    assert_string_equal(options.hostname, "guest");
    assert_string_equal(options.domain, "example.org");
    assert_int_equal(options.search_count, 2);
    assert_string_equal(options.search[1], "b.org");
    refuses("hostfw=tcp::1-:1", "knows no 'hostfw'; did you mean 'hostfwd'?");
    refuses("restrict", "'restrict' is not of the form NAME=VALUE");
    refuses("ipv6=on,", "'' is not of the form");
    refuses(",", "is not of the form");
    refuses("hostname=", "empty or too long");
    memset(text, 'x', sizeof(text));
    memcpy(text, "hostname=", 9);
    text[sizeof(text) - 1] = '\0';
    refuses(text, "empty or too long");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_options_it_is_the_usual_network),
        cmocka_unit_test(a_network_of_ones_own_moves_all_addresses),
        cmocka_unit_test(switches_are_on_or_off),
        cmocka_unit_test(forwards_have_two_ends),
        cmocka_unit_test(forwards_that_lead_nowhere_are_refused),
        cmocka_unit_test(more_than_there_is_room_for_is_refused),
        cmocka_unit_test(addresses_must_fit_together),
        cmocka_unit_test(names_are_looked_at),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
