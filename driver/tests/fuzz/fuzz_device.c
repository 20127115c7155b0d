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
#include <stdlib.h>
#include <string.h>

#include "machine.h"

#define OPERATIONS 512u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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
    for (unsigned i = 0; i < m->lent; i++)
        m->lent_out[(uintptr_t)m->held[i].cookie] = false;
    e1000_recycle(call(m), m->held, m->lent);
    m->lent = 0;
}

/* Looks at all that was handed out. */
static void look_at(struct machine *m, unsigned count)
{
    volatile uint8_t seen = 0;

    require(count <= 128, "no more fragments than there is room for");
    for (unsigned i = m->lent; i < m->lent + count; i++) {
        uintptr_t cookie = (uintptr_t)m->held[i].cookie;

        require(cookie < LENT && !m->lent_out[cookie], "each buffer is lent once");
        m->lent_out[cookie] = true;
    }
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

static void do_receive(struct machine *m)
{
    if (m->lent > 128)
        return_lent(m);
    look_at(m, e1000_receive(call(m), m->held + m->lent, 128));
}

static void do_poll(struct machine *m)
{
    unsigned work = UINT32_MAX;
    unsigned budget = 1 + (input_8(&m->in) & 127);

    if (m->lent > 128)
        return_lent(m);
    look_at(m, e1000_poll(call(m), m->held + m->lent, budget, &work));
    require(work <= (E1000_WORK_RX | E1000_WORK_TX | E1000_WORK_LINK), "work is what is known");
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

/* What a stack may ask the chip to do, sensible or not. The headers are those of m->frame, or
 * somebody's invention. */
static void ask(struct machine *m, struct e1000_frag *frag)
{
    uint32_t r = input_32(&m->in);

    frag->flags |= r & (E1000_FRAG_TAGGED | E1000_FRAG_IP_CSUM | E1000_FRAG_TCP_CSUM |
                        E1000_FRAG_UDP_CSUM | E1000_FRAG_TSO | E1000_FRAG_IPV6 | E1000_FRAG_SEEDED);
    frag->l2_length = 14;
    frag->l3_length = frag->flags & E1000_FRAG_IPV6 ? 40 : 20;
    frag->l4_length = 20;
    frag->vlan = (uint16_t)r;
    frag->mss = (uint16_t)(1 + (r >> 24) * 37);
    memcpy(m->frame + 14, frag->flags & E1000_FRAG_IPV6 ? "\x60\0\0\0\0\x50" : "\x45\0\0\x50\0\0",
           6);
    if (r & 0x80000000u) {
        uint32_t odd = input_32(&m->in);

        frag->l2_length = (uint8_t)odd;
        frag->l3_length = (uint8_t)(odd >> 8);
        frag->l4_length = (uint8_t)(odd >> 16);
        m->frame[14 + (odd >> 24 & 31)] ^= (uint8_t)odd;
        if (odd & 0x20)
            frag->data = NULL;
    }
}

static void do_transmit(struct machine *m)
{
    struct e1000_frag frags[32];
    unsigned count = 0, taken;
    unsigned how = input_8(&m->in);
    unsigned wanted = 1 + (how & 31);

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
        if (how & 0x80)
            ask(m, &frags[count - 1]);
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
    uint8_t groups[20][6], stations[20][6];
    uint8_t how = input_8(&m->in);

    for (unsigned i = 0; i < 20; i++) {
        memcpy(groups[i], (uint8_t[]){1, 0, 0x5E, how, 0, (uint8_t)i}, 6);
        memcpy(stations[i], (uint8_t[]){2, 0, 0, how, 0, (uint8_t)i}, 6);
    }

    switch (input_8(&m->in) & 3) {
    case 0:
        e1000_set_filter(call(m), how & 0x80, how & 0x40, (const uint8_t(*)[6])groups, how % 21u);
        break;
    case 1:
        e1000_set_unicast(call(m), (const uint8_t(*)[6])stations, how % 21u);
        break;
    case 2:
        e1000_vlan_filter(call(m), how & 1);
        e1000_vlan_want(call(m), how * 37u, how & 2);
        break;
    default:
        e1000_set_mac(call(m), stations[how & 1]);
        break;
    }
}

static void do_media(struct machine *m)
{
    uint32_t how = input_32(&m->in);
    struct e1000_media media = {.advertise = how & 0x3F,
                                .forced = how & 0x40,
                                .pause = how >> 8 & 7,
                                .crossover = how >> 12 & 3,
                                .loopback = how & 0x80};

    e1000_set_media(call(m), &media);
    e1000_blink(call(m), how & 0x10000);
}

static void do_eeprom_write(struct machine *m)
{
    uint32_t how = input_32(&m->in);
    uint16_t values[64];

    for (unsigned i = 0; i < 64; i++)
        values[i] = (uint16_t)(how * i);
    e1000_eeprom_unlock(call(m), how & 0x100 ? E1000_EEPROM_KEY : how);
    e1000_eeprom_write(call(m), how & 0x7F, values, how >> 16 & 0x7F);
}

static void do_power(struct machine *m)
{
    static const uint8_t ipv4[4] = {10, 0, 0, 1};
    uint8_t how = input_8(&m->in);

    if (how & 0x80)
        e1000_set_wake(call(m), input_32(&m->in), how & 1 ? ipv4 : NULL);
    else if (how & 0x40)
        e1000_suspend(call(m));
    else
        e1000_resume(call(m));
}

static void do_selftest(struct machine *m)
{
    e1000_selftest(call(m), input_8(&m->in));
}

static void do_reset(struct machine *m)
{
    e1000_reset(call(m));
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
    struct e1000_media media;
    struct e1000_selftest result;
    struct e1000_cable cable;
    struct e1000_register reg;
    uint8_t mac[6];
    char line[64];

    e1000_get_identity(m->dev, &identity);
    e1000_get_link(m->dev, &link);
    e1000_get_counters(m->dev, &counters);
    e1000_link_line(m->dev, line, sizeof line);
    require(memchr(line, 0, sizeof line) != NULL, "a line ends");
    require(e1000_tx_room(m->dev) <= E1000_MAX_RING, "room is within the ring");
    for (unsigned i = 0; e1000_stat_name(i); i++)
        e1000_stat(m->dev, i);
    e1000_get_media(m->dev, &media);
    e1000_get_mac(m->dev, mac);
    e1000_woken_by(m->dev);
    e1000_get_job(m->dev);
    require(e1000_strerror(e1000_get_error(m->dev)) != NULL, "an error has a name");
    require(!e1000_tx_stopped(m->dev) || e1000_get_state(m->dev) != E1000_STATE_DETACHED,
            "nobody waits for what is gone");
    e1000_get_selftest(m->dev, &result);
    e1000_get_cable(call(m), &cable);
    e1000_harvest(call(m));
    for (unsigned i = 0; !e1000_dump(call(m), i, &reg); i++)
        require(reg.offset < 0x20000 && i < 1000, "the dump is of registers, and ends");
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

/* What the data path may be asked to do. */
static void choose_path(struct machine *m)
{
    uint32_t how = input_32(&m->in);

    m->params.rx_checksum = how & 1;
    m->params.tx_offload = how & 2;
    m->params.vlan_offload = how & 4;
    m->params.store_bad = how & 8;
    m->params.tx_on_demand = how & 0x10;
    m->params.copybreak = how & 0x20 ? 128 : 0;
    m->params.tx_restart = how >> 6 & 7;
    m->params.interrupts = how >> 9 & 3;
    m->params.moderation = how >> 11 & 3;
    m->params.msi = how >> 13 & 3;
    m->params.tx_delay = m->params.rx_delay = how >> 16 & 0xFF;
    m->params.rx_delay_forced = m->params.rx_delay > 0;
    if (how & 0x8000)
        m->os.dma_owner = NULL;
    if (how & 0x1000000) {
        m->os.io_read32 = NULL;
        m->os.io_write32 = NULL;
    }
}

static void start(struct machine *m)
{
    static const uint16_t devices[] = {0x100F, 0x100E, 0x1010, 0x1011, 0x1026,
                                       0x1028, 0x1079, 0x101D, 0x1000, 0x1076};

    uint8_t device = input_8(&m->in);

    machine_start(m, devices[device % (sizeof devices / sizeof *devices)], input_8(&m->in) & 1);
}

/* Gets the interface up, if the device lets it. */
static void begin(struct machine *m)
{
    for (unsigned i = 0; i < 100 && e1000_get_state(m->dev) == E1000_STATE_ATTACHING; i++)
        do_tick(m);
    e1000_up(call(m));
    for (unsigned i = 0; i < 100 && e1000_get_state(m->dev) == E1000_STATE_STARTING; i++)
        do_tick(m);
}

static void run(struct machine *m)
{
    static void (*const operations[])(struct machine *) = {
        do_scribble, do_scribble, do_write_back, do_write_back, do_temper,       do_time,
        do_tick,     do_tick,     do_interrupt,  do_interrupt,  do_receive,      do_receive,
        do_recycle,  do_reap,     do_transmit,   do_transmit,   do_up,           do_down,
        do_filter,   do_serial,   do_refuse,     do_look,       do_poll,         do_poll,
        do_media,    do_power,    do_selftest,   do_reset,      do_eeprom_write,
    };

    if (input_8(&m->in) & 3)
        begin(m);
    for (unsigned i = 0; i < OPERATIONS && m->in.left > 0; i++)
        operations[input_8(&m->in) % (sizeof operations / sizeof *operations)](m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct machine *m = calloc(1, sizeof *m);

    require(m != NULL, "there is memory");
    m->in = (struct input){data, size};
    m->dev = calloc(1, sizeof *m->dev);
    require(m->dev != NULL, "there is memory");
    start(m);
    choose_parameters(m);
    choose_path(m);
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
