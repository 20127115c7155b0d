/* SPDX-License-Identifier: BSD-2-Clause */
/* An 82546 with both of its functions. */
#ifndef EMU_TESTS_TWO_PORTS_H
#define EMU_TESTS_TWO_PORTS_H

#include "fixture.h"

struct two_ports {
    struct fixture *a, *b;
};

/* Both functions of a chip of this profile and image (NULL: its own), enabled, a little after
 * power-on. */
struct two_ports two_ports_new(const char *profile, const uint16_t *image, size_t words);
void two_ports_free(struct two_ports *ports);

/* Time passes for both. */
void two_ports_run(struct two_ports *ports, e1000emu_time ns);

#endif
