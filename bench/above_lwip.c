/* SPDX-License-Identifier: BSD-2-Clause */
#include "above_lwip.h"

#include "columns.h"
#include "frags.h"
#include "frame_queue.h"
#include "send_pool.h"

#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <lwip/mld6.h>
#include <lwip/pbuf.h>
#include <lwip/tcpip.h>
#include <netif/ethernet.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* Frames on their way between the bench's thread and lwIP's, each way: several times what the
 * windows of lwIP's connections allow. */
#define ROOM 1024u

/* Frames sent at once, and buffers to send from. */
#define BATCH   32u
#define BUFFERS 256u

#define HEADER_AND_TAG 18u
#define MTU            1500u /* lwIP was built with a segment size of 1460 */
#define PIECES_MAX     SEND_POOL_PIECES(HEADER_AND_TAG + MTU)

struct above_lwip {
    struct above base;
    struct netif netif; /* lwIP's, under its core lock */
    struct lwip_addresses addresses;
    uint8_t mac[6];
    uint16_t mtu;
    struct dmamem *memory;
    struct send_pool pool;
    struct tcpip_callback_msg *look; /* makes lwIP's thread look at what came in */
    int wake;                        /* an eventfd: there is something to send */

    pthread_mutex_t lock; /* of what follows; frames that were peeked at are the peeker's */
    bool locks;           /* the mutex exists */
    struct frame_queue in, out;
    bool looking; /* lwIP's thread was told, and has not come to the end of in */
    bool woken;   /* wake was written to, and not read */
    uint64_t dropped;
};

static struct above_lwip *self(struct above *above)
{
    return (struct above_lwip *)above;
}

struct netif *above_lwip_netif(struct above *above)
{
    return &self(above)->netif;
}

uint64_t above_lwip_dropped(const struct above *above)
{
    return ((const struct above_lwip *)above)->dropped;
}

/* ---- lwIP's thread ---- */

/* Makes the bench's thread look what there is to send, or what became of a request. Under the lock;
 * the eventfd does not block. */
static void wake(struct above_lwip *lwip)
{
    const uint64_t one = 1;

    if (!lwip->woken)
        lwip->woken = write(lwip->wake, &one, sizeof(one)) > 0;
}

/* lwIP sends a frame. Whoever called holds the core lock. */
static err_t on_output(struct netif *netif, struct pbuf *p)
{
    struct above_lwip *lwip = netif->state;
    err_t result = ERR_MEM;
    uint8_t *place;

    pthread_mutex_lock(&lwip->lock);
    place = p->tot_len <= lwip->out.slot ? frame_queue_place(&lwip->out) : NULL;
    if (place != NULL) {
        pbuf_copy_partial(p, place, p->tot_len, 0);
        frame_queue_add(&lwip->out, p->tot_len, 0, 0);
        result = ERR_OK;
    }
    wake(lwip);
    pthread_mutex_unlock(&lwip->lock);
    return result;
}

static void hand_in(struct above_lwip *lwip, const struct e1000emu_frame *frame)
{
    /* Not from PBUF_POOL: Debian's liblwip takes its buffers for longer than it allocates them. */
    struct pbuf *p = pbuf_alloc(PBUF_RAW, (u16_t)frame->length, PBUF_RAM);

    if (p == NULL)
        return;
    pbuf_take(p, frame->data, (u16_t)frame->length);
    if (lwip->netif.input(p, &lwip->netif) != ERR_OK)
        pbuf_free(p);
}

/* Takes in all that has come, in lwIP's thread. */
static void on_look(void *opaque)
{
    struct above_lwip *lwip = opaque;
    const struct e1000emu_frame *frames;
    size_t count = 0;

    for (;;) {
        pthread_mutex_lock(&lwip->lock);
        frame_queue_take(&lwip->in, count);
        count = frame_queue_peek(&lwip->in, BENCH_NEVER, ROOM, &frames);
        lwip->looking = count != 0;
        if (count == 0)
            wake(lwip);
        pthread_mutex_unlock(&lwip->lock);
        if (count == 0)
            return;
        for (size_t i = 0; i < count; i++)
            hand_in(lwip, &frames[i]);
    }
}

static err_t on_init(struct netif *netif)
{
    struct above_lwip *lwip = netif->state;

    netif->name[0] = 'e';
    netif->name[1] = 'n';
    netif->mtu = lwip->mtu;
    netif->mtu6 = lwip->mtu;
    netif->hwaddr_len = 6;
    memcpy(netif->hwaddr, lwip->mac, 6);
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET |
                   NETIF_FLAG_IGMP | NETIF_FLAG_MLD6 | NETIF_FLAG_LINK_UP;
    netif->output = etharp_output;
    netif->output_ip6 = ethip6_output;
    netif->linkoutput = on_output;
    return ERR_OK;
}

/* There is nobody else in this network who could have our addresses: no duplicate is looked for. */
static void set_address6(struct netif *netif, s8_t index, const ip6_addr_t *address)
{
    netif_ip6_addr_set(netif, index, address);
    netif_ip6_addr_set_state(netif, index, IP6_ADDR_PREFERRED);
}

static void add(struct above_lwip *lwip)
{
    const struct lwip_addresses *addresses = &lwip->addresses;
    struct netif *netif = &lwip->netif;

    LOCK_TCPIP_CORE();
    netif_add(netif, &addresses->address, &addresses->netmask, &addresses->gateway, lwip, on_init,
              ethernet_input);
    netif_create_ip6_linklocal_address(netif, 1);
    netif_ip6_addr_set_state(netif, 0, IP6_ADDR_PREFERRED);
    set_address6(netif, 1, &addresses->address6);
    netif_set_default(netif);
    netif_set_up(netif);
    UNLOCK_TCPIP_CORE();
}

/* ---- The bench's thread ---- */

/* Makes lwIP's thread look, unless it will anyway. Its mailbox may be full: then at the next turn.
 */
static void tell(struct above_lwip *lwip)
{
    bool tells;

    pthread_mutex_lock(&lwip->lock);
    tells = !lwip->looking && frame_queue_count(&lwip->in) != 0;
    lwip->looking |= tells;
    pthread_mutex_unlock(&lwip->lock);
    if (!tells || tcpip_callbackmsg_trycallback(lwip->look) == ERR_OK)
        return;
    pthread_mutex_lock(&lwip->lock);
    lwip->looking = false;
    pthread_mutex_unlock(&lwip->lock);
}

static void lwip_received(struct above *above, struct driver *driver,
                          const struct e1000_frag *frags, unsigned count)
{
    struct above_lwip *lwip = self(above);

    pthread_mutex_lock(&lwip->lock);
    for (unsigned i = 0, n; i < count; i += n) {
        uint8_t *place = frame_queue_place(&lwip->in);

        n = frags_of_frame(frags + i, count - i);
        above->received++;
        if (place != NULL)
            frame_queue_add(&lwip->in, frags_gather(frags + i, n, place, lwip->in.slot), 0, 0);
        else
            lwip->dropped++;
    }
    pthread_mutex_unlock(&lwip->lock);
    driver->ops->recycle(driver, frags, count);
    tell(lwip);
}

/* Puts frames into buffers. Returns how many fragments they have. */
static unsigned prepare(struct above_lwip *lwip, const struct e1000emu_frame *frames, size_t count,
                        struct e1000_frag *frags)
{
    unsigned n = 0, pieces;

    for (size_t i = 0; i < count; i++) {
        pieces = send_pool_frame(&lwip->pool, frames[i].data, frames[i].length, frags + n);
        if (pieces == 0)
            break;
        n += pieces;
    }
    return n;
}

static bool lwip_work(struct above *above, struct driver *driver, uint64_t now)
{
    struct above_lwip *lwip = self(above);
    struct e1000_frag frags[BATCH * PIECES_MAX];
    const struct e1000emu_frame *frames;
    const bool reaped = send_pool_reap(&lwip->pool, driver);
    unsigned count, taken, sent;
    size_t waiting;

    (void)now;
    pthread_mutex_lock(&lwip->lock);
    waiting = frame_queue_peek(&lwip->out, BENCH_NEVER, BATCH, &frames);
    pthread_mutex_unlock(&lwip->lock);
    if (waiting == 0)
        return reaped;
    count = prepare(lwip, frames, waiting, frags);
    taken = driver->ops->transmit(driver, frags, count);
    send_pool_undo(&lwip->pool, frags + taken, count - taken);
    sent = frags_frames(frags, taken);
    above->sent += sent;
    pthread_mutex_lock(&lwip->lock);
    frame_queue_take(&lwip->out, sent);
    pthread_mutex_unlock(&lwip->lock);
    return reaped || sent != 0;
}

static void lwip_pump(struct above *above, uint64_t now)
{
    struct above_lwip *lwip = self(above);
    uint64_t count;

    (void)now;
    pthread_mutex_lock(&lwip->lock);
    if (lwip->woken && read(lwip->wake, &count, sizeof(count)) > 0)
        lwip->woken = false;
    pthread_mutex_unlock(&lwip->lock);
    tell(lwip);
}

static unsigned lwip_wait_for(struct above *above, struct pollfd *fds, unsigned max)
{
    if (max == 0)
        return 0;
    fds[0] = (struct pollfd){.fd = self(above)->wake, .events = POLLIN};
    return 1;
}

static uint64_t lwip_next(const struct above *above)
{
    (void)above;
    return BENCH_NEVER;
}

static bool lwip_idle(const struct above *above)
{
    (void)above;
    return false;
}

/* ---- Setting up and taking down ---- */

static void on_barrier(void *opaque)
{
    sem_post(opaque);
}

/* lwIP's thread deals with its messages in order: when this one has come, all before it are done.
 * (tcpip_callback_wait() would not do: with the core lock it sends no message.) */
static void wait_for_messages(void)
{
    sem_t done;

    sem_init(&done, 0, 0);
    if (tcpip_callback(on_barrier, &done) == ERR_OK)
        while (sem_wait(&done) < 0)
            ; /* interrupted */
    sem_destroy(&done);
}

static void remove_netif(struct above_lwip *lwip)
{
    LOCK_TCPIP_CORE();
    netif_set_down(&lwip->netif);
    netif_remove(&lwip->netif);
    UNLOCK_TCPIP_CORE();
    wait_for_messages();
}

static void lwip_close(struct above *above)
{
    struct above_lwip *lwip = self(above);

    if (lwip->netif.state != NULL)
        remove_netif(lwip);
    if (lwip->look != NULL)
        tcpip_callbackmsg_delete(lwip->look);
    if (lwip->locks)
        pthread_mutex_destroy(&lwip->lock);
    if (lwip->wake >= 0)
        close(lwip->wake);
    frame_queue_close(&lwip->in);
    frame_queue_close(&lwip->out);
    send_pool_close(&lwip->pool, lwip->memory);
    free(lwip);
}

static const struct above_ops above_lwip = {
    .close = lwip_close,
    .received = lwip_received,
    .work = lwip_work,
    .next = lwip_next,
    .idle = lwip_idle,
    .pump = lwip_pump,
    .wait_for = lwip_wait_for,
};

/* lwIP's thread starts once in a process and then never ends. */
static void start(void)
{
    tcpip_init(NULL, NULL);
}

static int make(struct above_lwip *lwip, const struct column_setup *setup)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start);
    lwip->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    lwip->locks = pthread_mutex_init(&lwip->lock, NULL) == 0;
    lwip->look = tcpip_callbackmsg_new(on_look, lwip);
    if (lwip->wake < 0 || !lwip->locks || lwip->look == NULL)
        return -1;
    if (frame_queue_open(&lwip->in, ROOM, setup->max_frame) < 0 ||
        frame_queue_open(&lwip->out, ROOM, setup->max_frame) < 0)
        return -1;
    return send_pool_open(&lwip->pool, lwip->memory, BUFFERS);
}

static int lwip_open(struct above **result, const struct column_setup *setup, char *error,
                     size_t size)
{
    struct above_lwip *lwip = calloc(1, sizeof(*lwip));
    const uint32_t mtu = setup->max_frame - HEADER_AND_TAG;

    if (lwip == NULL) {
        snprintf(error, size, "out of memory");
        return -1;
    }
    lwip->base.ops = &above_lwip;
    lwip->wake = -1;
    lwip->memory = setup->memory;
    lwip->mtu = (uint16_t)(mtu < MTU ? mtu : MTU);
    memcpy(lwip->mac, setup->mac, 6);
    if (lwip_addresses_read(&lwip->addresses, setup->argument, error, size) < 0) {
        lwip_close(&lwip->base);
        return -1;
    }
    if (make(lwip, setup) < 0) {
        snprintf(error, size, "above 'lwip': no memory or no file descriptor is left");
        lwip_close(&lwip->base);
        return -1;
    }
    add(lwip);
    *result = &lwip->base;
    return 0;
}

static int check_argument(const char *argument, char *error, size_t size)
{
    struct lwip_addresses addresses;

    return lwip_addresses_read(&addresses, argument, error, size);
}

const struct above_kind above_kind_lwip = {
    .column = {.name = "lwip",
               .argument = "OPTION=VALUE,...",
               .summary = "the stack of liblwip, in this process, with a static address",
               .flags = COLUMN_REAL_TIME | COLUMN_ONCE | COLUMN_GROUPS,
               .check = check_argument},
    .open = lwip_open,
};
