/*
 * The one network interface of lwIP, over the adapter's driver.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "lwip/etharp.h"
#include "lwip/init.h"
#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/sys.h"
#include "lwip/timeouts.h"

#include "clock.h"
#include "net.h"

#define ARP_RETRY_MS 200
#define MTU 1500

/* A frame on its way through lwIP, still in the adapter's buffer. */
struct lent_frame {
    struct pbuf_custom pbuf;
    uint8_t buffer;
};

static struct {
    struct bnx *nic;                    /* NULL: down */
    bool initialised;
    struct netif netif;
    bool (*listen)(const uint8_t *frame, size_t length);
    struct lent_frame lent[BNX_RX_BUFFERS];
    uint32_t arp_asked;                 /* clock_ms() of the last request */
    bool arp_waiting;
    uint32_t clock_low;                 /* net_now(): last clock_ms() ... */
    uint32_t clock_high;                /* ... and its overflows */
} net;

u32_t sys_now(void)
{
    return clock_ms();
}

uint64_t net_now(void)
{
    uint32_t now = clock_ms();

    net.clock_high += now < net.clock_low;
    net.clock_low = now;
    return (uint64_t)net.clock_high << 32 | now;
}

static ip4_addr_t to_lwip(const uint8_t bytes[4])
{
    ip4_addr_t address;

    memcpy(&address.addr, bytes, sizeof(address.addr));
    return address;
}

/*
 * Frames out and in
 */

static err_t send_frame(struct netif *netif, struct pbuf *frame)
{
    uint8_t *buffer = net.nic ? bnx_send_buffer(net.nic) : NULL;

    if (!buffer || frame->tot_len > BNX_FRAME_MAX) {
        return ERR_MEM;
    }
    pbuf_copy_partial(frame, buffer, frame->tot_len, 0);
    bnx_send(net.nic, frame->tot_len);
    return ERR_OK;
}

static void give_back(struct pbuf *pbuf)
{
    struct lent_frame *lent = (struct lent_frame *)pbuf;

    if (net.nic) {
        bnx_return(net.nic, lent->buffer);
    }
}

void net_listen(bool (*listen)(const uint8_t *frame, size_t length))
{
    net.listen = listen;
}

static void receive_frame(const struct bnx_frame *frame)
{
    struct lent_frame *lent = &net.lent[frame->buffer];
    struct pbuf *pbuf;

    if (net.listen && net.listen(frame->data, frame->length)) {
        bnx_return(net.nic, frame->buffer);
        return;
    }
    lent->buffer = frame->buffer;
    lent->pbuf.custom_free_function = give_back;
    pbuf = pbuf_alloced_custom(PBUF_RAW, frame->length, PBUF_REF,
                               &lent->pbuf, frame->data, frame->length);
    /* TCP checksums of most segments were verified by the adapter. */
    NETIF_SET_CHECKSUM_CTRL(&net.netif, frame->tcp_verified ?
                            NETIF_CHECKSUM_ENABLE_ALL &
                            ~NETIF_CHECKSUM_CHECK_TCP :
                            NETIF_CHECKSUM_ENABLE_ALL);
    if (net.netif.input(pbuf, &net.netif) != ERR_OK) {
        pbuf_free(pbuf);
    }
}

void net_poll(void)
{
    struct bnx_frame frame;
    unsigned frames;

    if (!net.nic) {
        return;
    }
    bnx_link_poll(net.nic);
    for (frames = 0; frames < BNX_RX_BUFFERS; frames++) {
        if (!bnx_receive(net.nic, &frame)) {
            break;
        }
        receive_frame(&frame);
    }
    bnx_flush(net.nic);
    /* A lost link stays down until somebody looks. */
    bnx_link_poll(net.nic);
    sys_check_timeouts();
}

/*
 * Up and down
 */

static err_t init_netif(struct netif *netif)
{
    netif->name[0] = 'n';
    netif->name[1] = 'c';
    netif->mtu = MTU;
    netif->hwaddr_len = ETH_HWADDR_LEN;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP |
                   NETIF_FLAG_ETHERNET;
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    return ERR_OK;
}

void net_up(struct bnx *nic, const struct ipv4_addresses *addresses)
{
    ip4_addr_t ip = to_lwip(addresses->ip);
    ip4_addr_t netmask = to_lwip(addresses->netmask);
    ip4_addr_t gateway = to_lwip(addresses->gateway);

    if (!net.initialised) {
        lwip_init();
        netif_add(&net.netif, &ip, &netmask, &gateway, NULL, init_netif,
                  netif_input);
        netif_set_default(&net.netif);
        net.initialised = true;
    }
    net.nic = nic;
    net.arp_waiting = false;
    memcpy(net.netif.hwaddr, nic->mac, ETH_HWADDR_LEN);
    netif_set_addr(&net.netif, &ip, &netmask, &gateway);
    sys_restart_timeouts();
    netif_set_up(&net.netif);
    netif_set_link_up(&net.netif);
}

void net_down(void)
{
    if (net.nic) {
        netif_set_link_down(&net.netif);
        netif_set_down(&net.netif);
        net.nic = NULL;
    }
}

/*
 * Addresses
 */

bool net_resolved(const uint8_t hop[4])
{
    ip4_addr_t address = to_lwip(hop);
    const ip4_addr_t *found_ip;
    struct eth_addr *found;

    if (etharp_find_addr(&net.netif, &address, &found, &found_ip) >= 0) {
        net.arp_waiting = false;
        return true;
    }
    if (!net.arp_waiting || clock_ms() - net.arp_asked >= ARP_RETRY_MS) {
        /* A query makes the entry that the answer then fills. */
        etharp_query(&net.netif, &address, NULL);
        net.arp_asked = clock_ms();
        net.arp_waiting = true;
    }
    return false;
}

struct netif *net_interface(void)
{
    return &net.netif;
}

void net_addresses(uint8_t ip[4], uint8_t gateway[4])
{
    memcpy(ip, &netif_ip4_addr(&net.netif)->addr, 4);
    memcpy(gateway, &netif_ip4_gw(&net.netif)->addr, 4);
}

void net_forget(void)
{
    etharp_cleanup_netif(&net.netif);
}
