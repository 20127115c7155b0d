/* SPDX-License-Identifier: BSD-2-Clause */
#include "net_transfer.h"

#include <lwip/icmp.h>
#include <lwip/inet_chksum.h>
#include <lwip/ip.h>
#include <lwip/prot/icmp6.h>
#include <lwip/tcpip.h>
#include <string.h>

#define IDENTIFIER 0x8254u
#define HEADER     8u /* of echo requests and replies, of both versions */

static uint8_t payload_byte(const struct net_ping *ping, unsigned i)
{
    return (uint8_t)(i + ping->sequence);
}

/* The ICMP message behind the IP header, if it answers the last request. */
static bool is_answer(const struct net_ping *ping, struct pbuf *p, uint16_t at)
{
    const bool v6 = IP_IS_V6(&ping->to);
    struct icmp_echo_hdr echo;

    if (p->tot_len != at + HEADER + ping->length ||
        pbuf_copy_partial(p, &echo, HEADER, at) != HEADER)
        return false;
    if (echo.type != (v6 ? ICMP6_TYPE_EREP : ICMP_ER) || echo.id != lwip_htons(IDENTIFIER) ||
        echo.seqno != lwip_htons(ping->sequence))
        return false;
    for (uint16_t i = 0; i < ping->length; i++)
        if (pbuf_get_at(p, (u16_t)(at + HEADER + i)) != payload_byte(ping, i))
            return false;
    return true;
}

static u8_t on_answer(void *opaque, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
    struct net_ping *ping = opaque;
    const uint8_t first = pbuf_get_at(p, 0);
    const uint16_t at = first >> 4 == 6 ? 40 : (uint16_t)((first & 15) * 4);

    (void)pcb;
    if (!ip_addr_cmp(from, &ping->to) || !is_answer(ping, p, at))
        return 0;
    pbuf_free(p);
    atomic_store(&ping->answered, true);
    return 1;
}

static bool open_pcb(struct net_ping *ping, const ip_addr_t *to)
{
    const bool v6 = IP_IS_V6(to);

    if (ping->pcb != NULL)
        return true;
    ping->to = *to;
    ping->pcb = raw_new_ip_type(IP_GET_TYPE(to), v6 ? IP6_NEXTH_ICMP6 : IP_PROTO_ICMP);
    if (ping->pcb == NULL)
        return false;
    if (v6) { /* lwIP computes it, for it knows which address it sends from */
        ping->pcb->chksum_reqd = 1;
        ping->pcb->chksum_offset = 2;
    }
    raw_recv(ping->pcb, on_answer, ping);
    return true;
}

static struct pbuf *make_request(const struct net_ping *ping)
{
    const bool v6 = IP_IS_V6(&ping->to);
    struct pbuf *p = pbuf_alloc(PBUF_IP, (u16_t)(HEADER + ping->length), PBUF_RAM);
    struct icmp_echo_hdr *echo;

    if (p == NULL)
        return NULL;
    echo = p->payload;
    *echo = (struct icmp_echo_hdr){.type = v6 ? ICMP6_TYPE_EREQ : ICMP_ECHO,
                                   .id = lwip_htons(IDENTIFIER),
                                   .seqno = lwip_htons(ping->sequence)};
    for (uint16_t i = 0; i < ping->length; i++)
        ((uint8_t *)p->payload)[HEADER + i] = payload_byte(ping, i);
    if (!v6)
        echo->chksum = inet_chksum(echo, p->len);
    return p;
}

bool net_ping_send(struct net_ping *ping, const ip_addr_t *to, uint16_t length)
{
    struct pbuf *p = NULL;
    bool sent = false;

    LOCK_TCPIP_CORE();
    if (open_pcb(ping, to)) {
        ping->sequence++;
        ping->length = length;
        atomic_store(&ping->answered, false);
        p = make_request(ping);
    }
    if (p != NULL) {
        sent = raw_sendto(ping->pcb, p, to) == ERR_OK;
        pbuf_free(p);
    }
    UNLOCK_TCPIP_CORE();
    return sent;
}

bool net_ping_answered(const struct net_ping *ping)
{
    return atomic_load(&ping->answered);
}

void net_ping_close(struct net_ping *ping)
{
    LOCK_TCPIP_CORE();
    if (ping->pcb != NULL)
        raw_remove(ping->pcb);
    ping->pcb = NULL;
    UNLOCK_TCPIP_CORE();
}
