/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole 8254x family by PCI id, and the quirks of particular boards. */
#include "internal.h"

#define FIBER E1000_ID_FIBER
#define REV3  E1000_ID_REV3

/* Manual, table 5-1, and the ids that came later. */
static const struct e1000_id ids[] = {
    {0x1000, E1000_82542, FIBER, "82542"},
    {0x1001, E1000_82543, FIBER, "82543GC Fiber"},
    {0x1004, E1000_82543, 0, "82543GC Copper"},
    {0x1008, E1000_82544, 0, "82544EI Copper"},
    {0x1009, E1000_82544, FIBER, "82544EI Fiber"},
    {0x100C, E1000_82544, 0, "82544GC Copper"},
    {0x100D, E1000_82544, 0, "82544GC LOM"},
    {0x100E, E1000_82540, 0, "82540EM"},
    {0x100F, E1000_82545, 0, "82545EM Copper"},
    {0x1010, E1000_82546, 0, "82546EB Copper"},
    {0x1011, E1000_82545, FIBER, "82545EM Fiber"},
    {0x1012, E1000_82546, FIBER, "82546EB Fiber"},
    {0x1013, E1000_82541, 0, "82541EI"},
    {0x1014, E1000_82541, 0, "82541ER LOM"},
    {0x1015, E1000_82540, 0, "82540EM LOM"},
    {0x1016, E1000_82540, 0, "82540EP LOM"},
    {0x1017, E1000_82540, 0, "82540EP"},
    {0x1018, E1000_82541, 0, "82541EI Mobile"},
    {0x1019, E1000_82547, 0, "82547EI"},
    {0x101A, E1000_82547, 0, "82547EI Mobile"},
    {0x101D, E1000_82546, 0, "82546EB Quad Copper"},
    {0x101E, E1000_82540, 0, "82540EP LP"},
    {0x1026, E1000_82545, REV3, "82545GM Copper"},
    {0x1027, E1000_82545, REV3 | FIBER, "82545GM Fiber"},
    {0x1028, E1000_82545, REV3 | FIBER, "82545GM SERDES"},
    {0x1075, E1000_82547, 0, "82547GI"},
    {0x1076, E1000_82541, 0, "82541GI"},
    {0x1077, E1000_82541, 0, "82541GI Mobile"},
    {0x1078, E1000_82541, 0, "82541ER"},
    {0x1079, E1000_82546, REV3, "82546GB Copper"},
    {0x107A, E1000_82546, REV3 | FIBER, "82546GB Fiber"},
    {0x107B, E1000_82546, REV3 | FIBER, "82546GB SERDES"},
    {0x107C, E1000_82541, 0, "82541PI"},
    {0x108A, E1000_82546, REV3, "82546GB PCIe"},
    {0x1099, E1000_82546, REV3, "82546GB Quad Copper"},
    {0x10B5, E1000_82546, REV3, "82546GB Quad Copper KSP3"},
};

const struct e1000_id *e1000_id_find(uint16_t device)
{
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        if (ids[i].device == device)
            return &ids[i];
    }
    return NULL;
}

bool e1000_id_driven(const struct e1000_id *id)
{
    return id->family == E1000_82540 || id->family == E1000_82545 || id->family == E1000_82546;
}

/* A board with a habit of its own. A zero matches everything. */
struct quirk {
    uint16_t device, subsystem_vendor, subsystem;
    uint32_t quirks; /* E1000_QUIRK_* */
};

static const struct quirk quirks[] = {
    /* ESXi 5.1's model sometimes stores a frame without raising ICR.RXT0 (iPXE commit 8958f62a1).
     */
    {0x100F, E1000_VENDOR_VMWARE, 0, E1000_QUIRK_LOSES_RXT0},
};

uint32_t e1000_quirks_find(const struct e1000_identity *identity)
{
    uint32_t found = 0;

    for (size_t i = 0; i < sizeof quirks / sizeof quirks[0]; i++) {
        const struct quirk *quirk = &quirks[i];

        if ((!quirk->device || quirk->device == identity->device) &&
            (!quirk->subsystem_vendor || quirk->subsystem_vendor == identity->subsystem_vendor) &&
            (!quirk->subsystem || quirk->subsystem == identity->subsystem))
            found |= quirk->quirks;
    }
    return found;
}
