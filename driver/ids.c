/* SPDX-License-Identifier: BSD-2-Clause */
/* The whole 8254x family by PCI id, and the quirks of particular boards. */
#include "internal.h"

#define FIBER E1000_ID_FIBER
#define REV3  E1000_ID_REV3
#define DUAL  E1000_ID_DUAL
#define QUAD  (E1000_ID_DUAL | E1000_ID_QUAD)

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
    {0x1010, E1000_82546, DUAL, "82546EB Copper"},
    {0x1011, E1000_82545, FIBER, "82545EM Fiber"},
    {0x1012, E1000_82546, DUAL | FIBER, "82546EB Fiber"},
    {0x1013, E1000_82541, 0, "82541EI"},
    {0x1014, E1000_82541, 0, "82541ER LOM"},
    {0x1015, E1000_82540, 0, "82540EM LOM"},
    {0x1016, E1000_82540, 0, "82540EP LOM"},
    {0x1017, E1000_82540, 0, "82540EP"},
    {0x1018, E1000_82541, 0, "82541EI Mobile"},
    {0x1019, E1000_82547, 0, "82547EI"},
    {0x101A, E1000_82547, 0, "82547EI Mobile"},
    {0x101D, E1000_82546, QUAD, "82546EB Quad Copper"},
    {0x101E, E1000_82540, 0, "82540EP LP"},
    {0x1026, E1000_82545, REV3, "82545GM Copper"},
    {0x1027, E1000_82545, REV3 | FIBER, "82545GM Fiber"},
    {0x1028, E1000_82545, REV3 | FIBER, "82545GM SERDES"},
    {0x1075, E1000_82547, 0, "82547GI"},
    {0x1076, E1000_82541, 0, "82541GI"},
    {0x1077, E1000_82541, 0, "82541GI Mobile"},
    {0x1078, E1000_82541, 0, "82541ER"},
    {0x1079, E1000_82546, REV3 | DUAL, "82546GB Copper"},
    {0x107A, E1000_82546, REV3 | DUAL | FIBER, "82546GB Fiber"},
    {0x107B, E1000_82546, REV3 | DUAL | FIBER, "82546GB SERDES"},
    {0x107C, E1000_82541, 0, "82541PI"},
    {0x108A, E1000_82546, REV3 | DUAL, "82546GB PCIe"},
    {0x1099, E1000_82546, REV3 | QUAD, "82546GB Quad Copper"},
    {0x10B5, E1000_82546, REV3 | QUAD, "82546GB Quad Copper KSP3"},
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

/* ---- Quirks --------------------------------------------------------------------------------- */

/* Chips as bits, to name several in a row. */
enum {
    I540 = 1u << 0,
    I545EM = 1u << 1,
    I545GM = 1u << 2,
    I546EB = 1u << 3,
    I546GB = 1u << 4,
    EVERY = 0x1F,
    PCIX = I545EM | I545GM | I546EB | I546GB,
};

static unsigned chip_of(const struct e1000_id *id)
{
    bool rev3 = id->flags & REV3;

    switch (id->family) {
    case E1000_82540:
        return I540;
    case E1000_82545:
        return rev3 ? I545GM : I545EM;
    case E1000_82546:
        return rev3 ? I546GB : I546EB;
    default:
        return 0;
    }
}

/* Who has which quirks: chips, and of them only those with all of these id flags, this device and
 * this subsystem vendor (zero matches everything). */
struct quirk {
    uint8_t chips, flags;
    uint16_t device, subsystem_vendor;
    uint32_t quirks; /* E1000_QUIRK_* */
};

static const struct quirk quirks[] = {
    /* They can't acknowledge a 64-bit write while they reset themselves (Linux e1000_reset_hw,
     * Intel's shared code 82540.c). */
    {I540 | I545EM | I546EB, 0, 0, 0, E1000_QUIRK_RESET_BY_IO},
    /* Nor these, which have CTRL_DUP for that (the same sources). */
    {I545GM | I546GB, 0, 0, 0, E1000_QUIRK_RESET_BY_DUP},
    /* Messages get lost (82545 erratum 4, and NetBSD's wm(4) for all of them). */
    {EVERY, 0, 0, 0, E1000_QUIRK_NO_MSI},
    /* One read may fetch more than the FIFO has room for (82546GB erratum 10). */
    {PCIX, 0, 0, 0, E1000_QUIRK_READS_2K},
    /* For the same reason the first descriptor of a frame is short there (Linux e1000_tx_map). */
    {PCIX, 0, 0, 0, E1000_QUIRK_FIRST_2015},
    /* What was cut into segments is written back before all of it was fetched (82546GB erratum 1;
     * Linux e1000_tx_map does it for all of them, FreeBSD em(4) too). */
    {EVERY, 0, 0, 0, E1000_QUIRK_TSO_TAIL},
    /* The FIFO's room is misjudged for larger pieces (Linux e1000_xmit_frame). */
    {EVERY, 0, 0, 0, E1000_QUIRK_TSO_4_MSS},
    /* Short frames that the chip lengthens get corrupted (Linux e1000_xmit_frame, illumos). */
    {EVERY, 0, 0, 0, E1000_QUIRK_PADS_BADLY},
    /* A ring or receive buffer is corrupted behind a multiple of 64 KiB (erratum 23 of the first
     * 82545 and 82546; Linux e1000_check_64k_bound). It costs nothing to obey that everywhere. */
    {EVERY, 0, 0, 0, E1000_QUIRK_CROSSES_64K},
    /* A context that asks for its status stops the transmitter (82546EB erratum 23; illumos
     * e1000g_fill_context_descriptor). Its packet's status tells as much, so none ever asks. */
    {EVERY, 0, 0, 0, E1000_QUIRK_CONTEXT_RS},
    /* RDTR may stop the receiver (82543GC erratum 37; Linux e1000_param.c for all of them). */
    {EVERY, 0, 0, 0, E1000_QUIRK_RDTR_HANGS},
    /* Jumbo frames want a packet buffer that is split at 8 KiB (Linux e1000_reset for all but the
     * 82540, for which 13.4.16 says the same). */
    {EVERY, 0, 0, 0, E1000_QUIRK_PBA_8K},
    /* Bursts of writes into the register arrays get lost (82546GB erratum 15; Linux e1000_main.c
     * flushes each write, whatever the chip). */
    {EVERY, 0, 0, 0, E1000_QUIRK_BURSTS},
    /* The chip stops its DMA when the link goes, and what is queued never leaves (Linux
     * e1000_watchdog). */
    {EVERY, 0, 0, 0, E1000_QUIRK_STRANDS},
    /* Linux e1000_init_hw and FreeBSD em(4) for four ports behind a bridge. */
    {I546GB, E1000_ID_QUAD, 0, 0, E1000_QUIRK_ORDERED},
    /* Only port A of a fibre board wakes, and no quad board of the first revision does (Linux
     * e1000_wol_exclusion). */
    {I546EB | I546GB, FIBER, 0, 0, E1000_QUIRK_WAKES_A},
    {I546EB, E1000_ID_QUAD, 0, 0, E1000_QUIRK_NO_WAKE},
    /* ESXi 5.1's model sometimes stores a frame without raising ICR.RXT0 (iPXE commit 8958f62a1).
     */
    {I545EM, 0, 0x100F, E1000_VENDOR_VMWARE, E1000_QUIRK_LOSES_RXT0},
    /* Its further exact addresses let no unicast in (Linux e1000_probe, IFF_UNICAST_FLT). */
    {I545EM, 0, 0x100F, E1000_VENDOR_VMWARE, E1000_QUIRK_ONE_UNICAST},
};

uint32_t e1000_quirks_find(const struct e1000_id *id, const struct e1000_identity *identity)
{
    uint32_t found = 0;

    for (size_t i = 0; i < sizeof quirks / sizeof quirks[0]; i++) {
        const struct quirk *quirk = &quirks[i];

        if (quirk->chips & chip_of(id) && (id->flags & quirk->flags) == quirk->flags &&
            (!quirk->device || quirk->device == identity->device) &&
            (!quirk->subsystem_vendor || quirk->subsystem_vendor == identity->subsystem_vendor))
            found |= quirk->quirks;
    }
    return found;
}
