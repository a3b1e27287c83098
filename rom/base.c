/*
 * The PXE base code: the table of its commands, and UDP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/udp.h"

#include "base.h"
#include "clock.h"
#include "idle.h"
#include "net.h"
#include "undi.h"

#define QUEUE_FRAMES 8
#define ARP_MS 3000
#define SOURCE_PORT 2069                /* PXE 2.1: when none is given */

static struct {
    bool udp_open;
    uint32_t oldest, newest;            /* of the queue, free-running */
    struct {
        uint16_t length;                /* 0: was read out of order */
        uint8_t bytes[BNX_FRAME_MAX];
    } queue[QUEUE_FRAMES];
} base;

/*
 * Receiving: all datagrams wait in a queue for whoever asks for their port
 */

static void enqueue(const uint8_t *frame, size_t length)
{
    if (base.newest - base.oldest == QUEUE_FRAMES) {
        base.oldest++;
    }
    memcpy(base.queue[base.newest % QUEUE_FRAMES].bytes, frame, length);
    base.queue[base.newest % QUEUE_FRAMES].length = length;
    base.newest++;
}

/* True: lwIP need not see it. */
static bool listen(const uint8_t *frame, size_t length)
{
    struct datagram datagram;

    if (!datagram_parse(frame, length, &datagram)) {
        return false;
    }
    if (base_tftp_input(&datagram)) {
        return true;
    }
    if (base.udp_open && length <= BNX_FRAME_MAX) {
        enqueue(frame, length);
    }
    return base.udp_open;
}

void base_resume(void)
{
    static const struct bnx_filter filter = {
        .directed = true,
        .broadcast = true,
    };

    net_listen(listen);
    if (!undi.base_listens) {
        undi.base_listens = true;
        bnx_set_filter(&undi.nic, &filter);
    }
}

static bool wanted(const struct datagram *datagram, uint16_t port,
                   const uint8_t destination[4])
{
    static const uint8_t any[4];

    return (!port || datagram->destination_port == port) &&
           (!memcmp(destination, any, 4) ||
            !memcmp(destination, datagram->destination, 4));
}

/* The oldest datagram that is wanted; stays in the queue till it is reused. */
static bool dequeue(uint16_t port, const uint8_t destination[4],
                    struct datagram *datagram)
{
    uint32_t at;

    for (at = base.oldest; at != base.newest; at++) {
        uint16_t length = base.queue[at % QUEUE_FRAMES].length;

        if (length &&
            datagram_parse(base.queue[at % QUEUE_FRAMES].bytes, length,
                           datagram) &&
            wanted(datagram, port, destination)) {
            base.queue[at % QUEUE_FRAMES].length = 0;
            return true;
        }
    }
    base.oldest = base.newest;          /* what nobody asks for goes */
    return false;
}

static uint16_t udp_read(void *block)
{
    struct pxe_udp_read *request = block;
    struct datagram datagram;

    if (!base.udp_open) {
        return PXE_UDP_CLOSED;
    }
    base_resume();
    net_poll();
    if (!dequeue(lduw_be_p(request->destination_port), request->destination,
                 &datagram)) {
        return PXE_FAILURE;
    }
    if (datagram.length > request->size) {
        request->size = datagram.length;
        return PXE_OUT_OF_RESOURCES;
    }
    memcpy(request->source, datagram.source, 4);
    memcpy(request->destination, datagram.destination, 4);
    stw_be_p(request->source_port, datagram.source_port);
    stw_be_p(request->destination_port, datagram.destination_port);
    request->size = datagram.length;
    memcpy(undi_memory(request->buffer), datagram.data, datagram.length);
    return PXE_SUCCESS;
}

/*
 * Sending
 */

static ip4_addr_t to_lwip(const uint8_t bytes[4])
{
    ip4_addr_t address;

    memcpy(&address.addr, bytes, sizeof(address.addr));
    return address;
}

/* The neighbour on the way to @ip; a broadcast is its own. */
static void find_hop(ip4_addr_t ip, ip4_addr_t gateway, uint8_t hop[4])
{
    struct netif *netif = net_interface();

    if (!ip4_addr_netcmp(&ip, netif_ip4_addr(netif),
                         netif_ip4_netmask(netif))) {
        if (ip4_addr_isany_val(gateway)) {
            gateway = *netif_ip4_gw(netif);
        }
        netif_set_gw(netif, &gateway);
        ip = gateway;
    }
    memcpy(hop, &ip.addr, 4);
}

static bool wait_for_neighbour(const uint8_t hop[4])
{
    uint32_t started = clock_ms();

    while (!net_resolved(hop)) {
        net_poll();
        if (clock_ms() - started >= ARP_MS) {
            return false;
        }
        idle();
    }
    return true;
}

static uint16_t send_datagram(ip4_addr_t ip, uint16_t source_port,
                              uint16_t destination_port, const void *data,
                              size_t length)
{
    struct pbuf *pbuf = pbuf_alloc(PBUF_TRANSPORT, length, PBUF_RAM);
    struct udp_pcb *pcb = udp_new();
    uint16_t status = PXE_OUT_OF_RESOURCES;

    if (pbuf && pcb) {
        pbuf_take(pbuf, data, length);
        ip_set_option(pcb, SOF_BROADCAST);
        if (udp_bind(pcb, IP4_ADDR_ANY, source_port) == ERR_OK &&
            udp_sendto(pcb, pbuf, &ip, destination_port) == ERR_OK) {
            status = PXE_SUCCESS;
        }
    }
    if (pcb) {
        udp_remove(pcb);
    }
    if (pbuf) {
        pbuf_free(pbuf);
    }
    return status;
}

uint16_t base_send(const uint8_t ip[4], const uint8_t gateway[4],
                   uint16_t source_port, uint16_t destination_port,
                   const void *data, size_t length)
{
    ip4_addr_t address = to_lwip(ip);
    uint8_t hop[4];

    if (length > BASE_DATAGRAM_MAX) {
        return PXE_OUT_OF_RESOURCES;
    }
    base_resume();
    if (!ip4_addr_isbroadcast(&address, net_interface())) {
        find_hop(address, to_lwip(gateway), hop);
        if (!wait_for_neighbour(hop)) {
            return PXE_ARP_TIMEOUT;
        }
    }
    return send_datagram(address, source_port, destination_port, data,
                         length);
}

static uint16_t udp_write(void *block)
{
    struct pxe_udp_write *request = block;
    uint16_t source_port = lduw_be_p(request->source_port);

    if (!base.udp_open) {
        return PXE_UDP_CLOSED;
    }
    return base_send(request->ip, request->gateway,
                     source_port ? source_port : SOURCE_PORT,
                     lduw_be_p(request->destination_port),
                     undi_memory(request->buffer), request->size);
}

static uint16_t udp_open(void *block)
{
    if (base.udp_open) {
        return PXE_UDP_IS_OPEN;
    }
    base_resume();
    base.udp_open = true;
    base.oldest = base.newest;
    return PXE_SUCCESS;
}

static uint16_t udp_close(void *block)
{
    if (!base.udp_open) {
        return PXE_UDP_CLOSED;
    }
    base.udp_open = false;
    return PXE_SUCCESS;
}

/* It runs as long as UNDI is not open. */
static uint16_t base_runs(void *block)
{
    return PXE_SUCCESS;
}

const struct pxe_command pxe_base_commands[] = {
    PXE_ROW(TFTP_OPEN, INITIALIZED, INITIALIZED, struct pxe_tftp_open,
            base_tftp_open),
    PXE_ROW(TFTP_CLOSE, INITIALIZED, INITIALIZED, uint16_t, base_tftp_close),
    PXE_ROW(TFTP_READ, INITIALIZED, INITIALIZED, struct pxe_tftp_read,
            base_tftp_read),
    PXE_ROW(TFTP_READ_FILE, INITIALIZED, INITIALIZED,
            struct pxe_tftp_read_file, base_tftp_read_file),
    PXE_ROW(TFTP_GET_FSIZE, INITIALIZED, INITIALIZED, struct pxe_tftp_size,
            base_tftp_get_size),
    PXE_ROW(UDP_OPEN, INITIALIZED, INITIALIZED, struct pxe_udp_open,
            udp_open),
    PXE_ROW(UDP_CLOSE, LOADED, INITIALIZED, uint16_t, udp_close),
    PXE_ROW(UDP_READ, INITIALIZED, INITIALIZED, struct pxe_udp_read,
            udp_read),
    PXE_ROW(UDP_WRITE, INITIALIZED, INITIALIZED, struct pxe_udp_write,
            udp_write),
    PXE_ROW(RESTART_TFTP, LOADED, OPEN, uint16_t, NULL),
    PXE_ROW(START_BASE, INITIALIZED, INITIALIZED, uint16_t, base_runs),
    PXE_ROW(STOP_BASE, INITIALIZED, INITIALIZED, uint16_t, base_runs),
};
const unsigned pxe_base_command_count = ARRAY_SIZE(pxe_base_commands);
