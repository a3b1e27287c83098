/*
 * Transmission: from descriptors to frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"
#include "checksum.h"
#include "tx.h"

/* What one call may do before the main loop gets its turn. */
#define TX_BUDGET_BDS 1024
#define TX_BUDGET_BYTES (4 * 1024 * 1024)
/* By the guest's clock: a guest that is stopped sends nothing. */
#define TX_LATER_US 1
/* A segment costs as much as so many bytes, however short it is. */
#define TX_SEGMENT_COST 1024

/* Room before a packet for the VLAN tag that may be inserted. */
#define HEADROOM VLAN_TAG_SIZE

typedef struct TxBudget {
    uint32_t bds;
    uint32_t bytes;
} TxBudget;

typedef struct TxPacket {
    size_t size;                /* as the descriptors say */
    uint16_t flags;             /* of the first descriptor: M3 */
    uint16_t mss;
    uint16_t tag;
    bool bad;
} TxPacket;

static void tx_error(Nc37xx *nc, size_t size)
{
    nc37xx_count_tx_bad(nc, STAT_TX_MAC_ERRORS, size);
}

static void packet_begin(Nc37xx *nc, TxPacket *packet, const Bd *bd)
{
    packet->size = 0;
    packet->flags = bd->word3;
    packet->tag = bd->word3 >> 16;
    packet->mss = bd->word2 >> 16 & TX_BD_MSS_MASK;
    packet->bad = !(packet->flags & TX_BD_FLAG_START);
    if (packet->bad) {
        EVENT(nc, tx_no_start, nc->tx.at.index, packet->flags);
    }
}

static void packet_append(Nc37xx *nc, TxPacket *packet, const Bd *bd)
{
    size_t size = bd->word2 & 0xffff;
    uint8_t *to = nc->packet + HEADROOM + packet->size;

    packet->size += size;
    if (packet->bad || !size || packet->size > NC37XX_PACKET_MAX) {
        return;
    }
    if (!nc->ops->dma_read(nc, bd->address, to, size)) {
        EVENT(nc, dma_failed, bd->address, size);
        packet->bad = true;
    }
}

static uint32_t packet_cost(const TxPacket *packet)
{
    uint32_t size = MIN(packet->size, NC37XX_PACKET_MAX);

    if ((packet->flags & TX_BD_FLAG_SW_LSO) && packet->mss) {
        return size + size / packet->mss * TX_SEGMENT_COST;
    }
    return size;
}

/*
 * Collects one whole packet.  The ring moves only when its END is there:
 * what is incomplete stays with the driver, and is no state of ours.
 */
static bool packet_fetch(Nc37xx *nc, TxPacket *packet, TxBudget *budget)
{
    uint16_t producer = nc37xx_context(nc, NC37XX_CID_TX, TX_CTX_HOST_BIDX);
    BdPosition at = nc->tx.at;
    bool first = true;
    Bd bd;

    while (bd_ring_next(nc, &nc->tx, producer, &at, &bd) == BD_OK) {
        budget->bds++;
        if (first) {
            packet_begin(nc, packet, &bd);
            first = false;
        }
        packet_append(nc, packet, &bd);
        if (bd.word3 & TX_BD_FLAG_END) {
            budget->bytes += packet_cost(packet);
            nc->tx.at = at;
            return true;
        }
    }
    return false;
}

void nc37xx_send_frame(Nc37xx *nc, uint8_t *frame, size_t size)
{
    if (size > NC37XX_FRAME_MAX) {
        EVENT(nc, tx_too_long, size, NC37XX_FRAME_MAX);
        tx_error(nc, size);
        return;
    }
    if (size < NC37XX_FRAME_MIN) {
        memset(frame + size, 0, NC37XX_FRAME_MIN - size);
        size = NC37XX_FRAME_MIN;
    }
    if (nc37xx_loopback(nc)) {
        nc37xx_count_tx(nc, frame, size, 1);
        nc37xx_receive_looped(nc, frame, size);
    } else if (nc37xx_link_up(nc)) {
        nc37xx_count_tx(nc, frame, size, 1);
        nc->ops->send(nc, frame, size);
    } else {
        EVENT(nc, tx_drop_link, size, 0);
        nc37xx_count_tx_bad(nc, STAT_CARRIER_SENSE_ERRORS, size);
    }
}

/* Moves the addresses down into the headroom. */
static uint8_t *vlan_insert(uint8_t *frame, uint16_t tag)
{
    memmove(frame - VLAN_TAG_SIZE, frame, 2 * ETH_ADDRESS_SIZE);
    frame -= VLAN_TAG_SIZE;
    stw_be_p(frame + ETH_TYPE, ETH_TYPE_VLAN);
    stw_be_p(frame + ETH_TYPE + 2, tag);
    return frame;
}

static void ip_checksum_insert(uint8_t *frame, const Ipv4Packet *packet)
{
    uint8_t *ip = frame + packet->ip;

    stw_be_p(ip + IPV4_CHECKSUM, 0);
    stw_be_p(ip + IPV4_CHECKSUM, ~checksum_sum(ip, packet->header));
}

/* Returns false if there is nothing to put it in. */
static bool l4_checksum_insert(uint8_t *frame, size_t size,
                               const Ipv4Packet *packet)
{
    size_t field = ipv4_checksum_offset(packet, size);
    size_t l4 = packet->ip + packet->header;
    size_t l4_size = packet->total - packet->header;
    uint16_t sum;

    if (!field) {
        return false;
    }
    stw_be_p(frame + field, 0);
    sum = ~checksum_add(ipv4_pseudo_sum(frame + packet->ip, l4_size),
                        checksum_sum(frame + l4, l4_size));
    if (!sum && packet->protocol == IP_PROTOCOL_UDP) {
        sum = 0xffff;           /* 0 would mean: no checksum (RFC 768) */
    }
    stw_be_p(frame + field, sum);
    return true;
}

/* What cannot have a checksum goes out as it is. */
static void checksums_insert(Nc37xx *nc, uint8_t *frame, size_t size,
                             const Ipv4Packet *ipv4, uint16_t flags)
{
    bool done = ipv4 ||
                !(flags & (TX_BD_FLAG_IP_CKSUM | TX_BD_FLAG_TCP_UDP_CKSUM));

    if (ipv4 && (flags & TX_BD_FLAG_IP_CKSUM)) {
        ip_checksum_insert(frame, ipv4);
    }
    if (ipv4 && (flags & TX_BD_FLAG_TCP_UDP_CKSUM)) {
        done = l4_checksum_insert(frame, size, ipv4);
    }
    if (!done) {
        EVENT(nc, tx_no_checksum, size, flags);
    }
}

static void packet_send(Nc37xx *nc, const TxPacket *packet)
{
    uint8_t *frame = nc->packet + HEADROOM;
    size_t size = packet->size;
    Ipv4Packet ipv4;
    bool is_ipv4;

    EVENT(nc, tx_packet, size, packet->flags);
    if (packet->flags & TX_BD_FLAG_VLAN_TAG) {
        frame = vlan_insert(frame, packet->tag);
        size += VLAN_TAG_SIZE;
    }
    is_ipv4 = ipv4_parse(frame, size, &ipv4);
    if ((packet->flags & TX_BD_FLAG_SW_LSO) && packet->mss) {
        if (!is_ipv4 ||
            !nc37xx_send_large(nc, frame, size, &ipv4, packet->mss)) {
            EVENT(nc, tx_bad_lso, size, packet->mss);
            tx_error(nc, size);
        }
        return;
    }
    checksums_insert(nc, frame, size, is_ipv4 ? &ipv4 : NULL, packet->flags);
    nc37xx_send_frame(nc, frame, size);
}

/* Is there a whole packet of a size that can be sent? */
static bool packet_good(Nc37xx *nc, const TxPacket *packet)
{
    if (packet->bad) {
        return false;
    }
    if (packet->size > NC37XX_PACKET_MAX) {
        EVENT(nc, tx_too_long, packet->size, NC37XX_PACKET_MAX);
        return false;
    }
    if (packet->size < ETH_HEADER_SIZE) {
        EVENT(nc, tx_too_short, packet->size, ETH_HEADER_SIZE);
        return false;
    }
    return true;
}

static void packet_handle(Nc37xx *nc, const TxPacket *packet)
{
    if (packet_good(nc, packet)) {
        packet_send(nc, packet);
    } else {
        tx_error(nc, packet->size);
    }
}

void nc37xx_transmit_later(Nc37xx *nc)
{
    nc->ops->timer(nc, NC37XX_TIMER_TRANSMIT, TX_LATER_US);
}

static bool transmitter_on(const Nc37xx *nc)
{
    return nc->tx.armed && ENABLED(nc, TX_SCHEDULER) && ENABLED(nc, TX_DMA) &&
           !nc37xx_paused(nc);
}

/*
 * A peer may answer from inside the send, and that answer may ring the
 * doorbell: the inner call leaves its work to the outer one.
 */
void nc37xx_transmit(Nc37xx *nc)
{
    TxBudget budget = { 0, 0 };
    TxPacket packet;
    uint16_t first = nc->tx.at.index;

    if (nc->transmitting) {
        return;
    }
    nc->transmitting = true;
    while (transmitter_on(nc) && packet_fetch(nc, &packet, &budget)) {
        packet_handle(nc, &packet);
        if (budget.bds >= TX_BUDGET_BDS || budget.bytes >= TX_BUDGET_BYTES) {
            nc37xx_transmit_later(nc);
            break;
        }
    }
    nc->transmitting = false;
    if (nc->tx.at.index != first) {
        nc37xx_status_post(nc, false);
    }
}
