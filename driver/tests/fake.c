/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MDIC_PHY_1 (1u << E1000_MDIC_PHY_SHIFT)

/* ---- Registers ------------------------------------------------------------------------------ */

static void fake_reset(struct fake *fake, enum fake_reset_path path)
{
    fake->reset_path = path;
    fake->resets++;
    fake->reg[E1000_CTRL / 4] = E1000_CTRL_FD | (fake->reset_sticks ? E1000_CTRL_RST : 0);
    fake->reg[E1000_RCTL / 4] = 0;
    fake->reg[E1000_TCTL / 4] = 0;
    fake->reg[E1000_IMS / 4] = 0;
    fake->reg[E1000_ICR / 4] = 0;
    fake->reg[E1000_STATUS / 4] &= ~E1000_STATUS_LU;
    /* What a driver would take for its address if it looked here. */
    fake->reg[E1000_RAL(0) / 4] = 0x44332200;
    fake->reg[E1000_RAH(0) / 4] = 0x80006655;
}

static void mdic_write(struct fake *fake, uint32_t value)
{
    unsigned reg = value >> E1000_MDIC_REG_SHIFT & 31;
    uint32_t result = value & ~(E1000_MDIC_R | E1000_MDIC_E);

    if ((value & 0x03E00000) != MDIC_PHY_1 || fake->mdic_error) {
        result |= E1000_MDIC_E;
    } else if (value & E1000_MDIC_OP_WRITE) {
        fake->phy[reg] = (uint16_t)value;
        if (reg == E1000_PHY_BMCR && !fake->phy_reset_sticks)
            fake->phy[reg] &= (uint16_t) ~(E1000_BMCR_RESET | E1000_BMCR_ANRESTART);
    } else {
        result = (result & ~E1000_MDIC_DATA) | fake->phy[reg];
        if (reg == E1000_PHY_BMSR && fake->reg[E1000_STATUS / 4] & E1000_STATUS_LU)
            fake->phy[reg] |= E1000_BMSR_LINK; /* a latched loss was seen now */
    }
    fake->reg[E1000_MDIC / 4] = result;
    fake->mdic_done = fake->mdic_never ? UINT64_MAX : fake->now_us + fake->mdic_us;
}

/* The part sees the clock rise while it is selected. */
static void microwire_clock(struct fake *fake, bool di)
{
    bool big = fake->reg[E1000_EECD / 4] & E1000_EECD_EE_SIZE;
    unsigned command_bits = big ? 11 : 9;

    if (!fake->clocks && !di)
        return; /* waiting for the start bit */
    fake->clocks++;
    if (fake->clocks <= command_bits) {
        fake->command = fake->command << 1 | di;
        if (fake->clocks == command_bits) {
            if (fake->command >> (command_bits - 3) != E1000_EEPROM_READ)
                fake->eeprom_writes++;
            fake->shift = fake->eeprom[fake->command & (big ? 0xFF : 0x3F)];
        }
        return;
    }
    fake->reg[E1000_EECD / 4] &= ~E1000_EECD_DO;
    if (fake->shift & 0x8000)
        fake->reg[E1000_EECD / 4] |= E1000_EECD_DO;
    fake->shift <<= 1;
}

static void eecd_write(struct fake *fake, uint32_t value)
{
    const uint32_t pins = E1000_EECD_SK | E1000_EECD_CS | E1000_EECD_DI | E1000_EECD_EE_REQ;
    uint32_t *eecd = &fake->reg[E1000_EECD / 4];
    bool rises = value & E1000_EECD_SK && !(*eecd & E1000_EECD_SK);

    *eecd = (*eecd & ~pins) | (value & pins);
    if (!(value & E1000_EECD_EE_REQ) || fake->no_grant) {
        *eecd &= ~E1000_EECD_EE_GNT;
        return;
    }
    *eecd |= E1000_EECD_EE_GNT;
    if (!(value & E1000_EECD_CS)) {
        fake->clocks = 0;
        fake->command = 0;
    } else if (rises) {
        microwire_clock(fake, value & E1000_EECD_DI);
    }
}

static bool vanished(struct fake *fake)
{
    if (fake->gone_after > 0)
        fake->gone_after--;
    else if (fake->gone_after == 0)
        fake->gone = true;
    return fake->gone;
}

static uint32_t noise(struct fake *fake)
{
    fake->random ^= fake->random << 13;
    fake->random ^= fake->random >> 7;
    fake->random ^= fake->random << 17;
    return (uint32_t)(fake->random >> 16);
}

static uint32_t read32(void *context, uint32_t offset)
{
    struct fake *fake = context;
    uint32_t value;

    assert_true(offset < sizeof fake->reg && offset % 4 == 0);
    if (vanished(fake))
        return UINT32_MAX;
    if (fake->random)
        return noise(fake);
    fake->array_written = false;
    value = fake->reg[offset / 4];
    switch (offset) {
    case E1000_ICR:
        fake->reg[offset / 4] = 0;
        break;
    case E1000_MDIC:
        if (fake->now_us >= fake->mdic_done)
            value |= E1000_MDIC_R;
        break;
    case E1000_EERD:
        if (fake->now_us >= fake->eerd_done && !(fake->reg[E1000_EECD / 4] & E1000_EECD_EE_REQ))
            value |= E1000_EERD_DONE;
        break;
    default:
        break;
    }
    return value;
}

static void record(struct fake *fake, uint32_t offset, uint32_t value)
{
    if (fake->writes < FAKE_WRITES) {
        fake->write[fake->writes].offset = offset;
        fake->write[fake->writes].value = value;
    }
    fake->writes++;
}

static void ctrl_write(struct fake *fake, uint32_t value, enum fake_reset_path path)
{
    fake->reg[E1000_CTRL / 4] = value & ~E1000_CTRL_RST;
    if (value & E1000_CTRL_RST)
        fake_reset(fake, path);
}

static bool lost_in_burst(struct fake *fake, uint32_t offset)
{
    bool array = offset >= E1000_MTA(0) && offset <= E1000_VFTA(127);
    bool lost = fake->loses_bursts && array && fake->array_written;

    fake->array_written = array && !lost;
    return lost;
}

static void write32(void *context, uint32_t offset, uint32_t value)
{
    struct fake *fake = context;

    assert_true(offset < sizeof fake->reg && offset % 4 == 0);
    if (vanished(fake))
        return;
    record(fake, offset, value);
    if (lost_in_burst(fake, offset))
        return;
    switch (offset) {
    case E1000_CTRL:
        ctrl_write(fake, value, FAKE_RESET_MEMORY);
        break;
    case E1000_CTRL_DUP:
        ctrl_write(fake, value, FAKE_RESET_DUP);
        break;
    case E1000_STATUS:
        break;
    case E1000_EECD:
        eecd_write(fake, value);
        break;
    case E1000_EERD:
        fake->reg[offset / 4] = (value & 0xFF00) | (uint32_t)fake->eeprom[value >> 8 & 0xFF] << 16;
        fake->eerd_done = fake->eerd_never ? UINT64_MAX : fake->now_us + 25;
        break;
    case E1000_MDIC:
        mdic_write(fake, value);
        break;
    case E1000_ICS:
        fake->reg[E1000_ICR / 4] |= value;
        break;
    case E1000_IMS:
        fake->reg[offset / 4] |= value;
        break;
    case E1000_IMC:
        fake->reg[E1000_IMS / 4] &= ~value;
        break;
    case E1000_RDT:
    case E1000_TDT:
        fake->bare_doorbells += fake->barrier_pending && value;
        fake->barrier_pending = true;
        fake->reg[offset / 4] = value;
        break;
    default:
        fake->reg[offset / 4] = value;
        break;
    }
}

static uint32_t io_read32(void *context, uint32_t offset)
{
    struct fake *fake = context;

    return offset == E1000_IOADDR ? fake->ioaddr : read32(context, fake->ioaddr);
}

static void io_write32(void *context, uint32_t offset, uint32_t value)
{
    struct fake *fake = context;

    if (!(fake->config[E1000_PCI_COMMAND / 2] & E1000_PCI_COMMAND_IO))
        return;
    if (offset == E1000_IOADDR)
        fake->ioaddr = value;
    else if (fake->ioaddr == E1000_CTRL && !vanished(fake))
        ctrl_write(fake, value, FAKE_RESET_IO);
}

static uint16_t config_read16(void *context, uint32_t offset)
{
    struct fake *fake = context;

    assert_true(offset < 256 && offset % 2 == 0);
    return fake->config[offset / 2];
}

static void config_write16(void *context, uint32_t offset, uint16_t value)
{
    struct fake *fake = context;

    assert_true(offset < 256 && offset % 2 == 0);
    if (offset == E1000_PCI_COMMAND)
        value &= (uint16_t)~fake->config_fixed_zero;
    fake->config[offset / 2] = value;
}

/* ---- Memory --------------------------------------------------------------------------------- */

static int dma_alloc(void *context, size_t size, size_t align, size_t boundary,
                     struct e1000_dma *memory)
{
    static const uint64_t first = 0x123400000; /* over 4 GiB: high halves matter */
    struct fake *fake = context;
    uint64_t bus = first;
    unsigned free_place = FAKE_MEMORIES;

    fake->allocations++;
    if (fake->fail_alloc && --fake->fail_alloc == 0)
        return -1;
    assert_true(size > 0 && align > 0 && !(align & (align - 1)) && !(boundary & (boundary - 1)));
    for (unsigned i = 0; i < FAKE_MEMORIES; i++) {
        if (!fake->memory[i].cpu)
            free_place = i;
        else if (fake->memory[i].bus + fake->memory[i].size > bus)
            bus = fake->memory[i].bus + fake->memory[i].size;
    }
    assert_true(free_place < FAKE_MEMORIES);
    bus = (bus + align - 1) & ~(uint64_t)(align - 1);
    if (boundary && bus / boundary != (bus + size - 1) / boundary)
        bus = (bus / boundary + 1) * boundary;
    if (fake->misplace)
        bus += 8;

    memory->cpu = calloc(1, size);
    assert_non_null(memory->cpu);
    memory->bus = bus;
    memory->size = size;
    memory->handle = &fake->memory[free_place];
    fake->memory[free_place] = (struct fake_memory){memory->cpu, bus, size, boundary};
    fake->live++;
    return 0;
}

static void dma_free(void *context, struct e1000_dma *memory)
{
    struct fake *fake = context;
    struct fake_memory *place = memory->handle;

    assert_ptr_equal(place->cpu, memory->cpu);
    oracle_unmapped(fake->oracle, place->bus, place->size);
    free(place->cpu);
    *place = (struct fake_memory){0};
    fake->live--;
}

static void dma_owner(void *context, const struct e1000_dma *memory, size_t offset, size_t length,
                      bool device)
{
    struct fake *fake = context;

    assert_true(length > 0 && offset + length <= memory->size);
    fake->owners++;
    oracle_owner(fake->oracle, memory->bus + offset, device);
    fake->device_buffers += device ? 1 : -1;
}

static void barrier(void *context)
{
    struct fake *fake = context;

    fake->barriers++;
    fake->barrier_pending = false;
}

void *fake_cpu(struct fake *fake, uint64_t bus)
{
    for (unsigned i = 0; i < FAKE_MEMORIES; i++) {
        const struct fake_memory *memory = &fake->memory[i];

        if (memory->cpu && bus >= memory->bus && bus < memory->bus + memory->size)
            return (uint8_t *)memory->cpu + (bus - memory->bus);
    }
    return NULL;
}

/* ---- Time and log --------------------------------------------------------------------------- */

static uint64_t time_us(void *context)
{
    return ((struct fake *)context)->now_us;
}

static void delay_us(void *context, uint32_t us)
{
    struct fake *fake = context;

    fake->call_us += us;
    if (fake->call_us > fake->worst_call_us)
        fake->worst_call_us = fake->call_us;
    if (!fake->clock_stands)
        fake->now_us += us;
}

static void sleep_us(void *context, uint32_t us)
{
    struct fake *fake = context;

    fake->call_us = 0; /* only the synchronous helper sleeps: between two ticks of its own */
    if (!fake->clock_stands)
        fake->now_us += us;
}

static void log_line(void *context, enum e1000_log_level level, const char *line)
{
    struct fake *fake = context;

    assert_true(level <= E1000_LOG_DEBUG);
    snprintf(fake->line[fake->lines % FAKE_LINES], sizeof fake->line[0], "%s", line);
    fake->lines++;
}

static void link_changed(void *context)
{
    ((struct fake *)context)->link_changes++;
}

/* ---- For the tests -------------------------------------------------------------------------- */

void fake_seal(struct fake *fake)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < 63; i++)
        sum += fake->eeprom[i];
    fake->eeprom[63] = (uint16_t)(0xBABA - sum);
}

struct fake *fake_new(void)
{
    struct fake *fake = calloc(1, sizeof *fake);

    assert_non_null(fake);
    fake->oracle = oracle_new();
    fake->dev = calloc(1, sizeof *fake->dev);
    assert_non_null(fake->dev);
    fake->os = (struct e1000_os){
        .read32 = read32,
        .write32 = write32,
        .io_read32 = io_read32,
        .io_write32 = io_write32,
        .config_read16 = config_read16,
        .config_write16 = config_write16,
        .dma_alloc = dma_alloc,
        .dma_free = dma_free,
        .dma_owner = dma_owner,
        .barrier = barrier,
        .time_us = time_us,
        .delay_us = delay_us,
        .sleep_us = sleep_us,
        .log = log_line,
        .link_changed = link_changed,
    };
    e1000_params_init(&fake->params);
    fake->params.rx_ring = 16;
    fake->params.tx_ring = 16;
    fake->params.rx_buffers = 32;

    fake->config[0] = 0x8086;
    fake->config[1] = 0x100F;
    fake->config[E1000_PCI_REVISION / 2] = 0x0001;
    fake->config[E1000_PCI_SUBSYSTEM_VENDOR / 2] = 0x8086;
    fake->config[E1000_PCI_SUBSYSTEM / 2] = 0x1001;
    fake->reg[E1000_STATUS / 4] = 0x80 | E1000_STATUS_FD;
    fake->reg[E1000_EECD / 4] = E1000_EECD_EE_PRES;
    fake->eeprom[0] = 0x0C00; /* 00:0c:29:69:17:26 */
    fake->eeprom[1] = 0x6929;
    fake->eeprom[2] = 0x2617;
    fake->eeprom[10] = 0x4408;
    fake_seal(fake);
    fake->phy[E1000_PHY_BMCR] = 0x1140;
    fake->phy[E1000_PHY_BMSR] = 0x7949;
    fake->phy[E1000_PHY_ID1] = 0x0141;
    fake->phy[E1000_PHY_ID2] = 0x0C20;
    fake->mdic_us = 27;
    fake->gone_after = -1;
    fake->now_us = 1000000;
    fake_reset(fake, FAKE_RESET_NONE);
    fake->resets = 0;
    return fake;
}

void fake_free(struct fake *fake)
{
    e1000_detach(fake_call(fake));
    assert_int_equal(fake->live, 0);
    oracle_free(fake->oracle, fake->dev);
    assert_int_equal(fake->eeprom_writes, 0);
    assert_true(fake->worst_call_us <= 1000);
    assert_int_equal(fake->bare_doorbells, 0);
    free(fake->dev);
    free(fake);
}

struct e1000_dev *fake_call(struct fake *fake)
{
    fake->call_us = 0;
    return fake->dev;
}

static void tick_until(struct fake *fake, uint64_t end, enum e1000_state leave, bool any)
{
    /* Without time passing a tick may ask to be called at once, but not for ever. */
    for (unsigned at_once = 0; fake->now_us < end && at_once < 1000; at_once++) {
        uint64_t before = fake->now_us;
        uint64_t due = e1000_tick(fake_call(fake));

        if (!any && e1000_get_state(fake->dev) != leave)
            return;
        if (due > fake->now_us)
            fake->now_us = due < end ? due : end;
        if (fake->now_us > before)
            at_once = 0;
    }
    assert_true(fake->now_us >= end);
}

enum e1000_state fake_settle(struct fake *fake)
{
    tick_until(fake, fake->now_us + 5000000, e1000_get_state(fake->dev), false);
    return e1000_get_state(fake->dev);
}

void fake_run(struct fake *fake, uint64_t us)
{
    tick_until(fake, fake->now_us + us, E1000_STATE_DETACHED, true);
}

int fake_attach(struct fake *fake)
{
    int error = e1000_attach_begin(fake_call(fake), &fake->os, fake, &fake->params);

    if (error)
        return error;
    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_ATTACHING);
    return fake_settle(fake) == E1000_STATE_DOWN ? 0 : e1000_get_error(fake->dev);
}

void fake_bring_up(struct fake *fake)
{
    assert_int_equal(e1000_up(fake_call(fake)), 0);
    assert_int_equal(e1000_get_state(fake->dev), E1000_STATE_STARTING);
    assert_int_equal(fake_settle(fake), E1000_STATE_UP);
}

struct fake *fake_up(void)
{
    struct fake *fake = fake_new();

    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
    return fake;
}

void fake_link(struct fake *fake, bool up, uint32_t speed, bool full)
{
    uint32_t *status = &fake->reg[E1000_STATUS / 4];

    *status &= ~(E1000_STATUS_LU | E1000_STATUS_FD | E1000_STATUS_SPEED);
    *status |= speed | (full ? E1000_STATUS_FD : 0) | (up ? E1000_STATUS_LU : 0);
    if (up) {
        fake->phy[1] = 0x796D;
        fake->phy[17] = 0xAC08;
        fake->phy[5] = 0x41E1;
        fake->phy[10] = 0x7C00;
    } else {
        fake->phy[1] = 0x7949;
    }
    fake->reg[E1000_ICR / 4] |= E1000_ICR_LSC;
}

unsigned fake_transmit(struct fake *fake, const struct e1000_frag *frags, unsigned count)
{
    return oracle_transmit(fake->oracle, fake_call(fake), frags, count);
}

unsigned fake_reap(struct fake *fake, void **cookies, unsigned max)
{
    return oracle_reap(fake->oracle, fake_call(fake), cookies, max);
}

unsigned fake_receive(struct fake *fake, struct e1000_frag *frags, unsigned max)
{
    return oracle_receive(fake->oracle, fake_call(fake), frags, max);
}

unsigned fake_poll(struct fake *fake, struct e1000_frag *frags, unsigned budget, unsigned *work)
{
    return oracle_poll(fake->oracle, fake_call(fake), frags, budget, work);
}

void fake_recycle(struct fake *fake, const struct e1000_frag *frags, unsigned count)
{
    oracle_recycle(fake->oracle, fake_call(fake), frags, count);
}

uint32_t fake_reg(const struct fake *fake, uint32_t offset)
{
    return fake->reg[offset / 4];
}

void fake_set(struct fake *fake, uint32_t offset, uint32_t value)
{
    fake->reg[offset / 4] = value;
}

const char *fake_last_line(const struct fake *fake)
{
    return fake->lines ? fake->line[(fake->lines - 1) % FAKE_LINES] : "";
}

bool fake_logged(const struct fake *fake, const char *line)
{
    for (unsigned i = 0; i < fake->lines && i < FAKE_LINES; i++) {
        if (!strcmp(fake->line[i], line))
            return true;
    }
    return false;
}

long fake_written(const struct fake *fake, uint32_t offset)
{
    for (long i = (long)(fake->writes < FAKE_WRITES ? fake->writes : FAKE_WRITES) - 1; i >= 0;
         i--) {
        if (fake->write[i].offset == offset)
            return i;
    }
    return -1;
}

unsigned fake_write_count(const struct fake *fake, uint32_t offset)
{
    unsigned n = 0;

    for (unsigned i = 0; i < fake->writes && i < FAKE_WRITES; i++)
        n += fake->write[i].offset == offset;
    return n;
}

void fake_forget(struct fake *fake)
{
    fake->writes = 0;
}

static struct e1000_desc *desc(struct fake *fake, uint32_t low, uint32_t high, unsigned i)
{
    uint64_t base = fake_reg(fake, low) | (uint64_t)fake_reg(fake, high) << 32;
    struct e1000_desc *ring = fake_cpu(fake, base);

    assert_non_null(ring);
    return &ring[i];
}

struct e1000_desc *fake_rx_desc(struct fake *fake, unsigned i)
{
    return desc(fake, E1000_RDBAL, E1000_RDBAH, i);
}

struct e1000_desc *fake_tx_desc(struct fake *fake, unsigned i)
{
    return desc(fake, E1000_TDBAL, E1000_TDBAH, i);
}
