/* SPDX-License-Identifier: BSD-2-Clause */
#include "two_ports.h"

#define SLICE 10000u

struct two_ports two_ports_new(const char *profile, const uint16_t *image, size_t words)
{
    struct e1000emu_config config = {
        .profile = e1000emu_profile_find(profile), .eeprom = image, .eeprom_words = words};
    struct two_ports ports;

    ports.a = fixture_new(&config);
    config = (struct e1000emu_config){.sibling = ports.a->chip, .lan_b = true};
    ports.b = fixture_new(&config);
    fixture_enable(ports.a);
    fixture_enable(ports.b);
    two_ports_run(&ports, 10000000);
    return ports;
}

void two_ports_free(struct two_ports *ports)
{
    fixture_free(ports->a);
    fixture_free(ports->b);
}

void two_ports_run(struct two_ports *ports, e1000emu_time ns)
{
    while (ns > 0) {
        e1000emu_time slice = ns < SLICE ? ns : SLICE;

        fixture_run(ports->a, slice);
        fixture_run(ports->b, slice);
        ns -= slice;
    }
}
