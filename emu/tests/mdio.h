/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and writing PHY registers as a driver does, and what the wire sees. */
#ifndef EMU_TESTS_MDIO_H
#define EMU_TESTS_MDIO_H

#include "fixture.h"

#define US 1000u
#define MS 1000000u

/* Longer than any profile's autonegotiation. */
#define AUTONEG (3000ull * MS)

/* All abilities but pause: the partner of a new chip. */
#define ALL_SPEEDS                                                                 \
    (E1000EMU_10_HALF | E1000EMU_10_FULL | E1000EMU_100_HALF | E1000EMU_100_FULL | \
     E1000EMU_1000_HALF | E1000EMU_1000_FULL)

/* A chip of this profile, enabled, a little after power-on; and the same as CMocka's setup. */
struct fixture *mdio_fixture(const char *profile);
int mdio_setup(void **state);

/* One MDIO transfer; returns MDIC when it is ready. */
uint32_t mdio_transfer(struct fixture *f, uint32_t mdic);

/* A register of the chip's PHY, which must answer. */
uint16_t phy_read(struct fixture *f, uint32_t n);
void phy_write(struct fixture *f, uint32_t n, uint16_t value);

void set_partner(struct fixture *f, bool cable, uint32_t abilities);
bool wire_up(struct fixture *f);

#endif
