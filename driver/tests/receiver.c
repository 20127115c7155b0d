/* SPDX-License-Identifier: BSD-2-Clause */
#include "receiver.h"

#include <stdlib.h>
#include <string.h>

struct rx *rx_start(struct fake *fake)
{
    struct rx *rx = calloc(1, sizeof *rx);

    assert_non_null(rx);
    rx->fake = fake;
    assert_int_equal(fake_attach(fake), 0);
    fake_bring_up(fake);
    rx->count = fake->params.rx_ring;
    return rx;
}

struct rx *rx_new(uint16_t ring, uint16_t buffers, uint16_t size, uint32_t max_frame)
{
    struct fake *fake = fake_new();

    fake->params.rx_ring = ring;
    fake->params.rx_buffers = buffers;
    fake->params.rx_buffer_size = size;
    fake->params.max_frame = max_frame;
    return rx_start(fake);
}

struct e1000_counters rx_free(struct rx *rx)
{
    struct e1000_counters counters;

    assert_int_equal(rx->lent, 0);
    e1000_get_counters(rx->fake->dev, &counters);
    assert_int_equal(e1000_down(fake_call(rx->fake)), 0);
    fake_free(rx->fake);
    free(rx);
    return counters;
}

unsigned rx_posted(const struct rx *rx)
{
    return (fake_reg(rx->fake, E1000_RDT) + rx->count - rx->head) % rx->count;
}

bool rx_store(struct rx *rx, uint32_t length, uint64_t status)
{
    struct e1000_desc *desc = fake_rx_desc(rx->fake, rx->head);

    if (!rx_posted(rx))
        return false;
    assert_int_equal(desc->rest, 0); /* given with a clean status */
    void *data = fake_cpu(rx->fake, desc->address);
    assert_non_null(data);
    memset(data, 0, rx->fake->params.rx_buffer_size); /* all of it is there */
    memcpy(data, &rx->stamp, length < 4 ? length : 4);
    rx->stamp++;
    desc->rest = length | status;
    rx->head = (rx->head + 1) % rx->count;
    fake_set(rx->fake, E1000_RDH, rx->head);
    return true;
}

unsigned rx_receive(struct rx *rx, unsigned max)
{
    unsigned n = fake_receive(rx->fake, rx->frags + rx->lent, max);

    rx->lent += n;
    return n;
}

void rx_recycle(struct rx *rx, unsigned first, unsigned count)
{
    fake_recycle(rx->fake, rx->frags + first, count);
    memmove(rx->frags + first, rx->frags + first + count,
            (rx->lent - first - count) * sizeof rx->frags[0]);
    rx->lent -= count;
}

uint32_t rx_stamp(const struct rx *rx, unsigned i)
{
    uint32_t stamp;

    memcpy(&stamp, rx->frags[i].data, 4);
    return stamp;
}
