/* SPDX-License-Identifier: BSD-2-Clause */
/* A scripted device for the driver's unit tests: a register array, an EEPROM behind EECD and EERD,
 * PHY registers behind MDIC, a clock that only moves when told, and bits that can be made to stick.
 * It moves no frames: the tests write descriptors back themselves. */
#ifndef FAKE_H
#define FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "e1000_core.h"
#include "oracle.h"

#define FAKE_MEMORIES 64
#define FAKE_LINES    32
#define FAKE_WRITES   4096

enum fake_reset_path { FAKE_RESET_NONE, FAKE_RESET_MEMORY, FAKE_RESET_DUP, FAKE_RESET_IO };

struct fake_memory {
    void *cpu;
    uint64_t bus;
    size_t size, boundary;
};

struct fake {
    struct e1000_os os;
    struct e1000_params params;
    struct e1000_dev *dev; /* allocated, so that AddressSanitizer guards its ends */

    uint32_t reg[0x20000 / 4];
    uint32_t ioaddr;
    uint16_t config[128];
    uint16_t config_fixed_zero; /* command bits that can't be set */
    uint16_t phy[32];
    uint16_t eeprom[256];
    uint64_t now_us;
    uint32_t mdic_us; /* that an MDIC transfer takes */
    uint64_t mdic_done, eerd_done;

    /* The Microwire part. */
    unsigned clocks;
    uint32_t command, shift;

    /* What goes wrong. */
    bool reset_sticks, no_grant, eerd_never, mdic_never, mdic_error, phy_reset_sticks, gone;
    bool clock_stands;
    bool loses_bursts; /* the second of two writes to the arrays without a read in between */
    bool array_written;
    bool misplace;   /* memory where it must not be */
    uint64_t random; /* not 0: registers read as noise */
    long gone_after; /* accesses until the device is gone; negative: never */
    int fail_alloc;  /* the n-th allocation from now fails; 0: none */

    /* What was seen. */
    enum fake_reset_path reset_path;
    uint32_t call_us, worst_call_us; /* busy-waited in one call */
    unsigned resets, allocations, live, barriers, owners;
    unsigned eeprom_writes;  /* commands to the part other than READ */
    struct oracle *oracle;   /* of what the data path hands over */
    long device_buffers;     /* receive buffers that belong to the device */
    bool barrier_pending;    /* memory may not be visible yet */
    unsigned bare_doorbells; /* tails written without a barrier before */
    struct fake_memory memory[FAKE_MEMORIES];
    char line[FAKE_LINES][160];
    unsigned lines;
    unsigned link_changes;
    struct {
        uint32_t offset, value;
    } write[FAKE_WRITES];
    unsigned writes;
};

/* A VMware-like 82545EM, with parameters for small rings. */
struct fake *fake_new(void);
/* Also checks that nothing leaked and that no call took too long. */
void fake_free(struct fake *fake);

/* The words' checksum made right again. */
void fake_seal(struct fake *fake);

/* Ticks until the state is no longer the present one; 5 s at most. */
enum e1000_state fake_settle(struct fake *fake);
/* Ticks for that long. */
void fake_run(struct fake *fake, uint64_t us);
int fake_attach(struct fake *fake);
/* Attached, up, link up (1000 full), all of it checked. */
struct fake *fake_up(void);
void fake_bring_up(struct fake *fake);

/* What MAC and PHY show from now on, with a link interrupt pending: speed is STATUS.SPEED. */
void fake_link(struct fake *fake, bool up, uint32_t speed, bool full);

/* Every call of the core goes through this: a new account of busy-waiting. */
struct e1000_dev *fake_call(struct fake *fake);

/* The core's functions of those names, under the oracle's eyes. */
unsigned fake_transmit(struct fake *fake, const struct e1000_frag *frags, unsigned count);
unsigned fake_reap(struct fake *fake, void **cookies, unsigned max);
unsigned fake_receive(struct fake *fake, struct e1000_frag *frags, unsigned max);
unsigned fake_poll(struct fake *fake, struct e1000_frag *frags, unsigned budget, unsigned *work);
void fake_recycle(struct fake *fake, const struct e1000_frag *frags, unsigned count);

uint32_t fake_reg(const struct fake *fake, uint32_t offset);
void fake_set(struct fake *fake, uint32_t offset, uint32_t value);
/* The last line logged, or "". */
const char *fake_last_line(const struct fake *fake);
bool fake_logged(const struct fake *fake, const char *line);
/* Position of the last write of a register in the trace, or -1; forget clears the trace. */
long fake_written(const struct fake *fake, uint32_t offset);
unsigned fake_write_count(const struct fake *fake, uint32_t offset);
void fake_forget(struct fake *fake);

/* The CPU's view of a bus address. */
void *fake_cpu(struct fake *fake, uint64_t bus);
/* Descriptor i of a ring, found by the registers that the driver wrote. */
struct e1000_desc *fake_rx_desc(struct fake *fake, unsigned i);
struct e1000_desc *fake_tx_desc(struct fake *fake, unsigned i);

#endif
