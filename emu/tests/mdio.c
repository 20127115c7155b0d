/* SPDX-License-Identifier: BSD-2-Clause */
#include "mdio.h"

#include "hw.h"

struct fixture *mdio_fixture(const char *name)
{
    struct e1000emu_config config = {.profile = e1000emu_profile_find(name)};
    struct fixture *f;

    assert_non_null(config.profile);
    f = fixture_new(&config);
    fixture_enable(f);
    fixture_run(f, 10 * MS);
    return f;
}

int mdio_setup(void **state)
{
    *state = mdio_fixture("vmware");
    return 0;
}

uint32_t mdio_transfer(struct fixture *f, uint32_t mdic)
{
    fixture_write(f, REG_MDIC, mdic);
    for (unsigned i = 0; i < 64 && !(fixture_read(f, REG_MDIC) & MDIC_R); i++)
        fixture_run(f, 50 * US);
    assert_true(fixture_read(f, REG_MDIC) & MDIC_R);
    return fixture_read(f, REG_MDIC);
}

uint16_t phy_read(struct fixture *f, uint32_t n)
{
    uint32_t mdic = mdio_transfer(f, MDIC_OP_READ | 1u << MDIC_PHY_SHIFT | n << MDIC_REG_SHIFT);

    assert_false(mdic & MDIC_E);
    return (uint16_t)mdic;
}

void phy_write(struct fixture *f, uint32_t n, uint16_t value)
{
    uint32_t mdic =
        mdio_transfer(f, MDIC_OP_WRITE | 1u << MDIC_PHY_SHIFT | n << MDIC_REG_SHIFT | value);

    assert_false(mdic & MDIC_E);
}

void set_partner(struct fixture *f, bool cable, uint32_t abilities)
{
    struct e1000emu_partner partner = {.cable = cable, .abilities = abilities};

    e1000emu_set_partner(f->chip, &partner);
}

bool wire_up(struct fixture *f)
{
    struct e1000emu_link link;

    e1000emu_get_link(f->chip, &link);
    return link.up;
}
