/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that does as it likes: any register reads anything, memory that it shares with the
 * driver holds anything at any time, time passes at any rate, and memory may be refused. Whatever
 * it does, the core ends every call soon, hands out nothing beyond its buffers, and gives all
 * memory back.
 *
 * The input: parameters, then operations, each a byte and its arguments; what the device answers in
 * between comes from the input too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e1000_core.h"

#define OPERATIONS  512u
#define PIECES      128u
#define SENT        4096u
#define CALL_US     1000u /* that a call may busy-wait, as the header promises */
#define FRAME_BYTES 16384u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    fprintf(stderr, "required: %s\n", what);
    abort();
}

struct input {
    const uint8_t *data;
    size_t left;
};

static uint8_t input_8(struct input *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

static uint32_t input_32(struct input *in)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < 4; i++)
        value = value << 8 | input_8(in);
    return value;
}

/* The machine around the core. Bus addresses are the CPU's with a bit more, so that the core must
 * not take one for the other. */
#define BUS_BIT (1ull << 52)

struct machine {
    struct input in;
    struct e1000_os os;
    struct e1000_params params;
    struct e1000_dev *dev;

    uint64_t now_us;
    uint32_t waited_us;        /* in the present call */
    uint32_t reg[0x20000 / 4]; /* what was written; reads may show it */
    uint16_t config[128];
    uint8_t temper;    /* what registers read as; see read_register() */
    unsigned accesses; /* in the present call */
    struct {
        uint8_t *cpu;
        size_t size;
    } piece[PIECES];
    unsigned pieces;
    uint32_t refuse; /* so many allocations from now; 0: none */

    uint8_t frame[FRAME_BYTES];
    bool out[SENT]; /* cookies that the core has */
    unsigned lent;
    struct e1000_frag held[256];
};

/* Registers that read as written, as zero, as ones, or as the input has it. */
static uint32_t read_register(struct machine *m, uint32_t written)
{
    switch (m->temper & 7) {
    case 0:
        return 0;
    case 1:
        return UINT32_MAX;
    case 2:
    case 3:
        return written;
    case 4: /* all that one can wait for has come */
        return written | 0x10000090u;
    default:
        return input_32(&m->in);
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
    return read_register(m, m->reg[offset / 4]);
}

static void os_write32(void *context, uint32_t offset, uint32_t value)
{
    struct machine *m = context;

    count_access(m);
    require(offset < 0x20000 && offset % 4 == 0, "registers are within the BAR");
    m->reg[offset / 4] = value;
}

static uint32_t os_io_read32(void *context, uint32_t offset)
{
    struct machine *m = context;

    count_access(m);
    require(offset < 8, "the I/O window has two registers");
    return read_register(m, 0);
}

static void os_io_write32(void *context, uint32_t offset, uint32_t value)
{
    (void)value;
    count_access(context);
    require(offset < 8, "the I/O window has two registers");
}

static uint16_t os_config_read16(void *context, uint32_t offset)
{
    struct machine *m = context;

    count_access(m);
    require(offset < 256 && offset % 2 == 0, "configuration space has 256 bytes");
    if (offset >= 4 && m->temper & 0x20)
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

static uint64_t os_time_us(void *context)
{
    struct machine *m = context;

    count_access(m);
    m->now_us += m->temper & 0x40 ? 0 : 1;
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

static struct e1000_dev *call(struct machine *m)
{
    m->waited_us = 0;
    m->accesses = 0;
    return m->dev;
}

/* ---- Operations ----------------------------------------------------------------------------- */

/* The device writes into memory that it shares with the driver: rings and buffers alike. */
static void do_scribble(struct machine *m)
{
    uint32_t r = input_32(&m->in);
    uint8_t *at;
    size_t offset;

    if (m->pieces == 0)
        return;
    at = m->piece[r % m->pieces].cpu;
    offset = (size_t)(r >> 8) * 16 % m->piece[r % m->pieces].size;
    for (unsigned i = 0; i < 16 && offset + i < m->piece[r % m->pieces].size; i++)
        at[offset + i] = input_8(&m->in);
}

/* It marks descriptors of the first rings as done, as a device at work does. */
static void do_write_back(struct machine *m)
{
    uint32_t r = input_32(&m->in);
    uint32_t length = input_32(&m->in);
    unsigned ring = r & 1, first = r >> 1 & 0x3f, count = r >> 7 & 0x3f;

    if (ring >= m->pieces)
        return;
    for (unsigned i = first; i < first + count && 16 * i + 16 <= m->piece[ring].size; i++) {
        uint8_t *descriptor = m->piece[ring].cpu + 16 * i;

        descriptor[8] = (uint8_t)length;
        descriptor[9] = (uint8_t)(length >> 8);
        descriptor[12] = (uint8_t)(length >> 16);
        descriptor[13] = (uint8_t)(length >> 24);
    }
}

static void do_temper(struct machine *m)
{
    m->temper = input_8(&m->in);
}

static void do_time(struct machine *m)
{
    m->now_us += 1ull << (input_8(&m->in) & 31);
}

static void do_tick(struct machine *m)
{
    unsigned times = 1 + (input_8(&m->in) & 31);

    for (unsigned i = 0; i < times; i++) {
        uint64_t next = e1000_tick(call(m));

        if (next > m->now_us && next - m->now_us < 10000000)
            m->now_us = next;
    }
}

static void do_interrupt(struct machine *m)
{
    e1000_interrupt(call(m));
}

static void return_lent(struct machine *m)
{
    e1000_recycle(call(m), m->held, m->lent);
    m->lent = 0;
}

static void do_receive(struct machine *m)
{
    unsigned count;
    volatile uint8_t seen = 0;

    if (m->lent > 128)
        return_lent(m);
    count = e1000_receive(call(m), m->held + m->lent, 128);
    require(count <= 128, "no more fragments than there is room for");
    for (unsigned i = m->lent; i < m->lent + count; i++) {
        const uint8_t *bytes = m->held[i].data;

        /* AddressSanitizer sees where these lie. */
        for (uint32_t k = 0; k < m->held[i].length; k++)
            seen ^= bytes[k];
    }
    (void)seen;
    require(count == 0 || m->held[m->lent + count - 1].flags & E1000_FRAG_EOP,
            "frames come out whole");
    m->lent += count;
}

static void do_recycle(struct machine *m)
{
    return_lent(m);
}

static void take_back(struct machine *m)
{
    void *cookies[64];
    unsigned count;

    do {
        count = e1000_reap(call(m), cookies, 64);
        require(count <= 64, "no more cookies than there is room for");
        for (unsigned i = 0; i < count; i++) {
            uintptr_t cookie = (uintptr_t)cookies[i];

            require(cookie < SENT && m->out[cookie], "each cookie comes back once");
            m->out[cookie] = false;
        }
    } while (count > 0);
}

static void do_reap(struct machine *m)
{
    take_back(m);
}

static void do_transmit(struct machine *m)
{
    struct e1000_frag frags[32];
    unsigned count = 0, taken;
    unsigned wanted = 1 + (input_8(&m->in) & 31);

    memset(frags, 0, sizeof frags);
    for (unsigned cookie = 0; cookie < SENT && count < wanted; cookie++) {
        uint32_t r;

        if (m->out[cookie])
            continue;
        r = input_32(&m->in);
        frags[count++] = (struct e1000_frag){.data = m->frame,
                                             .bus = (uint64_t)(uintptr_t)m->frame | BUS_BIT,
                                             .length = (r & 0xffff) % FRAME_BYTES,
                                             .flags = r & 0x10000 ? 0 : E1000_FRAG_EOP,
                                             .cookie = (void *)(uintptr_t)cookie};
    }
    taken = e1000_transmit(call(m), frags, count);
    require(taken <= count, "no more is taken than was offered");
    for (unsigned i = 0; i < taken; i++)
        m->out[(uintptr_t)frags[i].cookie] = true;
}

static void do_up(struct machine *m)
{
    e1000_up(call(m));
}

static void do_down(struct machine *m)
{
    return_lent(m);
    e1000_down(call(m));
    take_back(m);
}

static void do_filter(struct machine *m)
{
    static const uint8_t addresses[20][6] = {{1, 0, 0x5e, 0, 0, 1}};
    uint8_t how = input_8(&m->in);

    e1000_set_filter(call(m), how & 0x80, how & 0x40, addresses, how % 21u);
}

static void do_serial(struct machine *m)
{
    uint8_t how = input_8(&m->in);
    uint16_t value = 0;

    if (how & 0x80)
        e1000_eeprom_read(call(m), how & 0x7f, &value);
    else if (how & 0x40)
        e1000_phy_write(call(m), how & 31, (uint16_t)input_32(&m->in));
    else
        e1000_phy_read(call(m), how & 31, &value);
}

static void do_refuse(struct machine *m)
{
    m->refuse = input_8(&m->in);
}

static void do_look(struct machine *m)
{
    struct e1000_identity identity;
    struct e1000_link link;
    struct e1000_counters counters;
    char line[64];

    e1000_get_identity(m->dev, &identity);
    e1000_get_link(m->dev, &link);
    e1000_get_counters(m->dev, &counters);
    e1000_link_line(m->dev, line, sizeof line);
    require(memchr(line, 0, sizeof line) != NULL, "a line ends");
    require(e1000_tx_room(m->dev) <= E1000_MAX_RING, "room is within the ring");
}

static void choose_parameters(struct machine *m)
{
    uint8_t how = input_8(&m->in);

    e1000_params_init(&m->params);
    m->params.rx_ring = (uint16_t)(8u << (how & 3));
    m->params.tx_ring = (uint16_t)(8u << (how >> 2 & 3));
    m->params.rx_buffers = (uint16_t)(m->params.rx_ring + (how >> 4));
    m->params.rx_buffer_size = (uint16_t)(256u << (input_8(&m->in) % 7));
    m->params.max_frame = 1514u + input_8(&m->in) * 57u;
    m->params.eeprom_by_eerd = how & 0x80;
}

static void choose_device(struct machine *m)
{
    static const uint16_t devices[] = {0x100F, 0x100E, 0x1010, 0x1011, 0x1026,
                                       0x1028, 0x1079, 0x101D, 0x1000, 0x1076};

    m->config[0] = 0x8086;
    m->config[1] = devices[input_8(&m->in) % (sizeof devices / sizeof *devices)];
    m->config[0x2c / 2] = input_8(&m->in) & 1 ? 0x15ad : 0x8086;
}

static void run(struct machine *m)
{
    static void (*const operations[])(struct machine *) = {
        do_scribble, do_scribble, do_write_back, do_write_back, do_temper,  do_time,
        do_tick,     do_tick,     do_interrupt,  do_interrupt,  do_receive, do_receive,
        do_recycle,  do_reap,     do_transmit,   do_transmit,   do_up,      do_down,
        do_filter,   do_serial,   do_refuse,     do_look,
    };

    for (unsigned i = 0; i < OPERATIONS && m->in.left > 0; i++)
        operations[input_8(&m->in) % (sizeof operations / sizeof *operations)](m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct machine *m = calloc(1, sizeof *m);

    require(m != NULL, "there is memory");
    m->in = (struct input){data, size};
    m->os = (struct e1000_os){.read32 = os_read32,
                              .write32 = os_write32,
                              .io_read32 = os_io_read32,
                              .io_write32 = os_io_write32,
                              .config_read16 = os_config_read16,
                              .config_write16 = os_config_write16,
                              .dma_alloc = os_dma_alloc,
                              .dma_free = os_dma_free,
                              .time_us = os_time_us,
                              .delay_us = os_delay_us,
                              .sleep_us = os_sleep_us,
                              .log = os_log};
    m->dev = calloc(1, sizeof *m->dev);
    require(m->dev != NULL, "there is memory");
    choose_device(m);
    choose_parameters(m);
    m->temper = input_8(&m->in);
    if (e1000_attach_begin(call(m), &m->os, m, &m->params) == 0) {
        run(m);
        return_lent(m);
        e1000_detach(call(m));
        take_back(m);
    }
    require(m->pieces == 0, "all memory is given back");
    for (unsigned i = 0; i < SENT; i++)
        require(!m->out[i], "every cookie comes back");
    free(m->dev);
    free(m);
    return 0;
}
