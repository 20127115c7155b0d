/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "required: %s\n", what);
    abort();
}

uint8_t input_8(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

uint32_t input_32(struct input *in)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < 4; i++)
        value = value << 8 | input_8(in);
    return value;
}

/* ---- A device that does as it should -------------------------------------------------------- */

/* The EEPROM's pins: a bit of the command, or of the word, with each clock. */
static void clock_eeprom(struct machine *m, bool di)
{
    if (!m->clocks && !di)
        return; /* waiting for the start bit */
    m->clocks++;
    if (m->clocks <= 9)
        m->command = m->command << 1 | di;
}

static void write_eecd(struct machine *m, uint32_t value)
{
    bool rises = value & E1000_EECD_SK && !(m->reg[E1000_EECD / 4] & E1000_EECD_SK);

    if (!(value & E1000_EECD_CS))
        m->clocks = m->command = 0;
    else if (rises)
        clock_eeprom(m, value & E1000_EECD_DI);
}

static uint32_t read_eecd(const struct machine *m, uint32_t value)
{
    unsigned bit = m->clocks - 10;

    value |= E1000_EECD_EE_PRES | E1000_EECD_DO;
    if (value & E1000_EECD_EE_REQ)
        value |= E1000_EECD_EE_GNT;
    if (bit < 16 && !(m->eeprom[m->command & 63] >> (15 - bit) & 1))
        value &= ~E1000_EECD_DO;
    return value;
}

static void write_mdic(struct machine *m, uint32_t value)
{
    if (value & E1000_MDIC_OP_WRITE)
        m->phy[value >> E1000_MDIC_REG_SHIFT & 31] = (uint16_t)value;
}

static uint32_t read_mdic(const struct machine *m, uint32_t value)
{
    unsigned reg = value >> E1000_MDIC_REG_SHIFT & 31;
    uint16_t data = m->phy[reg];

    if (reg == E1000_PHY_BMCR)
        data &= (uint16_t) ~(E1000_BMCR_RESET | E1000_BMCR_ANRESTART);
    return (value & ~E1000_MDIC_DATA) | E1000_MDIC_R | data;
}

static uint32_t read_properly(struct machine *m, uint32_t offset)
{
    uint32_t value = m->reg[offset / 4];

    switch (offset) {
    case E1000_CTRL:
        return value & ~E1000_CTRL_RST;
    case E1000_STATUS:
        return value | 0x80 | E1000_STATUS_FD | E1000_STATUS_LU;
    case E1000_EECD:
        return read_eecd(m, value);
    case E1000_EERD:
        return E1000_EERD_DONE | (uint32_t)m->eeprom[value >> E1000_EERD_ADDR_SHIFT & 63]
                                     << E1000_EERD_DATA_SHIFT;
    case E1000_MDIC:
        return read_mdic(m, value);
    case E1000_ICR:
        return input_32(&m->in) & 0x1FFFF;
    default:
        return value;
    }
}

/* ---- The operating system ------------------------------------------------------------------- */

static uint32_t read_register(struct machine *m, uint32_t offset)
{
    switch (m->temper & TEMPER) {
    case TEMPER_ZERO:
        return 0;
    case TEMPER_ONES:
        return UINT32_MAX;
    case TEMPER_WRITTEN:
        return m->reg[offset / 4];
    default:
        if ((m->temper & TEMPER) >= TEMPER_WILD)
            return input_32(&m->in);
        return read_properly(m, offset);
    }
}

static void count_access(struct machine *m)
{
    m->accesses++;
    require(m->accesses < 200000, "a call makes a bounded number of accesses");
}

static uint32_t os_read32(void *context, uint32_t offset)
{
    struct machine *m = context;

    count_access(m);
    require(offset < 0x20000 && offset % 4 == 0, "registers are within the BAR");
    return read_register(m, offset);
}

static void os_write32(void *context, uint32_t offset, uint32_t value)
{
    struct machine *m = context;

    count_access(m);
    require(offset < 0x20000 && offset % 4 == 0, "registers are within the BAR");
    if (offset == E1000_EECD)
        write_eecd(m, value);
    if (offset == E1000_MDIC)
        write_mdic(m, value);
    m->reg[offset / 4] = value;
}

static uint32_t os_io_read32(void *context, uint32_t offset)
{
    struct machine *m = context;

    require(offset == E1000_IOADDR || offset == E1000_IODATA, "the I/O window has two registers");
    if (offset == E1000_IODATA)
        return os_read32(m, m->ioaddr & 0x1FFFC);
    count_access(m);
    return (m->temper & TEMPER) < TEMPER_ZERO ? m->ioaddr : read_register(m, 0);
}

static void os_io_write32(void *context, uint32_t offset, uint32_t value)
{
    struct machine *m = context;

    require(offset == E1000_IOADDR || offset == E1000_IODATA, "the I/O window has two registers");
    if (offset == E1000_IODATA)
        os_write32(m, m->ioaddr & 0x1FFFC, value);
    else
        m->ioaddr = value;
}

static uint16_t os_config_read16(void *context, uint32_t offset)
{
    struct machine *m = context;

    count_access(m);
    require(offset < 256 && offset % 2 == 0, "configuration space has 256 bytes");
    if (offset >= 4 && m->temper & TEMPER_CONFIG)
        return (uint16_t)input_32(&m->in);
    return m->config[offset / 2];
}

static void os_config_write16(void *context, uint32_t offset, uint16_t value)
{
    struct machine *m = context;

    count_access(m);
    require(offset < 256 && offset % 2 == 0, "configuration space has 256 bytes");
    if (offset >= 4)
        m->config[offset / 2] = value;
}

static int os_dma_alloc(void *context, size_t size, size_t align, size_t boundary,
                        struct e1000_dma *memory)
{
    struct machine *m = context;
    size_t step = align > 16 ? align : 16;
    uint8_t *cpu;

    require(size > 0 && align > 0 && (align & (align - 1)) == 0, "an allocation is a sensible one");
    require(boundary == 0 || size <= boundary, "what must not cross a boundary fits between two");
    if (m->refuse > 0 && --m->refuse == 0)
        return -1;
    if (m->pieces == PIECES)
        return -1;
    if (boundary > step)
        step = boundary;
    cpu = aligned_alloc(step, (size + step - 1) / step * step);
    if (!cpu)
        return -1;
    memset(cpu, 0, size);
    m->piece[m->pieces].cpu = cpu;
    m->piece[m->pieces++].size = size;
    *memory = (struct e1000_dma){
        .cpu = cpu, .bus = (uint64_t)(uintptr_t)cpu | BUS_BIT, .size = size, .handle = cpu};
    return 0;
}

static void os_dma_free(void *context, struct e1000_dma *memory)
{
    struct machine *m = context;

    for (unsigned i = 0; i < m->pieces; i++) {
        if (m->piece[i].cpu != memory->handle)
            continue;
        require(m->piece[i].size == memory->size, "what is given back is what was got");
        free(m->piece[i].cpu);
        m->piece[i] = m->piece[--m->pieces];
        return;
    }
    require(false, "only what was got is given back, once");
}

static void os_dma_owner(void *context, const struct e1000_dma *memory, size_t offset,
                         size_t length, bool device)
{
    (void)context;
    (void)device;
    require(length > 0 && offset <= memory->size && length <= memory->size - offset,
            "what changes its owner is memory");
}

static uint64_t os_time_us(void *context)
{
    struct machine *m = context;

    count_access(m);
    m->now_us += m->temper & TEMPER_CLOCK ? 0 : 1;
    return m->now_us;
}

static void os_delay_us(void *context, uint32_t us)
{
    struct machine *m = context;

    m->waited_us += us;
    m->now_us += us;
    require(m->waited_us <= CALL_US, "no call waits longer than a millisecond");
}

static void os_sleep_us(void *context, uint32_t us)
{
    struct machine *m = context;

    m->now_us += us;
}

static void os_log(void *context, enum e1000_log_level level, const char *line)
{
    (void)context;
    require(level <= E1000_LOG_DEBUG && strlen(line) < 1024, "a line is a line");
}

struct e1000_dev *call(struct machine *m)
{
    m->waited_us = 0;
    m->accesses = 0;
    return m->dev;
}

void machine_start(struct machine *m, uint16_t device, bool vmware)
{
    uint32_t sum = 0;

    m->os = (struct e1000_os){.read32 = os_read32,
                              .write32 = os_write32,
                              .io_read32 = os_io_read32,
                              .io_write32 = os_io_write32,
                              .config_read16 = os_config_read16,
                              .config_write16 = os_config_write16,
                              .dma_alloc = os_dma_alloc,
                              .dma_free = os_dma_free,
                              .dma_owner = os_dma_owner,
                              .time_us = os_time_us,
                              .delay_us = os_delay_us,
                              .sleep_us = os_sleep_us,
                              .log = os_log};
    m->config[0] = 0x8086;
    m->config[1] = device;
    m->config[0x2c / 2] = vmware ? 0x15ad : 0x8086;
    m->config[0x06 / 2] = 0x0010; /* capabilities: power management, PCI-X, MSI */
    m->config[0x34 / 2] = 0xDC;
    m->config[0xDC / 2] = 0xE401;
    m->config[0xDE / 2] = 0x4822;
    m->config[0xE4 / 2] = 0xF007;
    m->config[0xF0 / 2] = 0x0005;
    m->config[0xF2 / 2] = 0x0080;
    m->eeprom[0] = 0x0C00;
    m->eeprom[1] = 0x6929;
    m->eeprom[2] = 0x2617;
    for (unsigned i = 0; i < 63; i++)
        sum += m->eeprom[i];
    m->eeprom[63] = (uint16_t)(0xBABA - sum);
    m->phy[E1000_PHY_BMCR] = 0x1140;
    m->phy[E1000_PHY_BMSR] = 0x796D;
    m->phy[E1000_PHY_ID1] = E1000_PHY_ID >> 16;
    m->phy[E1000_PHY_ID2] = E1000_PHY_ID & 0xFFFF;
    m->phy[5] = 0x41E1;
    m->phy[10] = 0x7C00;
    m->phy[17] = 0xAC08;
}
