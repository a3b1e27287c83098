/*
 * Reception: from frames to buffers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"
#include "checksum.h"

/* Page buffers of one frame: 9 KiB in pages of 256 bytes. */
#define RX_PAGES_MAX 40

typedef struct RxFrame {
    const uint8_t *data;
    size_t size;                /* without FCS */
    size_t wire;                /* the same before the tag was taken out */
    uint16_t tag;
    uint32_t status;            /* L2_FHDR_ bits */
    uint16_t ip_sum;
    uint16_t l4_sum;
} RxFrame;

/* Where a frame goes: a first buffer, and pages for what it cannot hold. */
typedef struct RxPlace {
    Bd first;
    size_t head;                /* bytes of frame in it */
    BdPosition at;
    Bd pages[RX_PAGES_MAX];
    unsigned page_count;
    size_t page_size;
    BdPosition pages_at;
} RxPlace;

typedef enum RxResult {
    RX_TAKEN,                   /* or dropped, as the chip does */
    RX_NO_BUFFER,
} RxResult;

static uint16_t producer(const Nc37xx *nc, unsigned offset)
{
    return nc37xx_context(nc, NC37XX_CID_RX, offset);
}

static bool receiver_on(const Nc37xx *nc)
{
    const uint32_t *rxp = nc->cpus[NC37XX_CPU_RXP].regs;

    return nc->rx.armed && ENABLED(nc, EMAC) && ENABLED(nc, RX_PARSER_MAC) &&
           ENABLED(nc, RX_DMA) &&
           !(rxp[(CPU_MODE - CPU_REGS) / 4] & CPU_MODE_SOFT_HALT);
}

static bool tagged(const uint8_t *frame)
{
    return lduw_be_p(frame + ETH_TYPE) == ETH_TYPE_VLAN;
}

static bool too_long(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    size_t limit = REG_FIELD(nc, EMAC_RX_MTU_SIZE, MTU_SIZE);

    limit = MIN(limit - MIN(limit, NC37XX_FCS_SIZE) +
                (tagged(frame) ? VLAN_TAG_SIZE : 0), NC37XX_FRAME_MAX);
    if (size <= limit) {
        return false;
    }
    EVENT(nc, rx_oversize, size, limit);
    nc37xx_count_rx_bad(nc, STAT_OVERSIZE_PKTS, size);
    return true;
}

static bool wanted(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    if (nc37xx_mac_control(nc, frame)) {
        return false;
    }
    if (!nc37xx_filter(nc, frame)) {
        EVENT(nc, rx_filtered, size, (uint64_t)lduw_be_p(frame) << 32 |
              (uint32_t)ldl_be_p(frame + 2));
        nc37xx_count(nc, STAT_IN_L2_FILTER_DISCARDS, 1);
        return false;
    }
    return !too_long(nc, frame, size);
}

/* Takes the VLAN tag out of the frame, into a copy. */
static void vlan_strip(Nc37xx *nc, RxFrame *frame)
{
    const size_t addresses = 2 * ETH_ADDRESS_SIZE;

    frame->tag = lduw_be_p(frame->data + ETH_TYPE + 2);
    frame->status |= L2_FHDR_STATUS_VLAN_TAG;
    memmove(nc->frame + addresses, frame->data + addresses + VLAN_TAG_SIZE,
            frame->size - addresses - VLAN_TAG_SIZE);
    memmove(nc->frame, frame->data, addresses);
    frame->data = nc->frame;
    frame->size -= VLAN_TAG_SIZE;
    if (frame->size < NC37XX_FRAME_MIN) {
        memset(nc->frame + frame->size, 0, NC37XX_FRAME_MIN - frame->size);
        frame->size = NC37XX_FRAME_MIN;
    }
}

/*
 * UDP may come without a checksum (RFC 768), and what lies behind a datagram
 * in its packet is not covered by it.
 */
static bool udp_is_judged(const uint8_t *udp, size_t l4_size)
{
    uint16_t size = lduw_be_p(udp + UDP_LENGTH);

    return size == l4_size && lduw_be_p(udp + UDP_CHECKSUM);
}

static void l4_check(RxFrame *frame, const Ipv4Packet *packet)
{
    size_t field = ipv4_checksum_offset(packet, frame->size);
    size_t l4_size = packet->total - packet->header;
    const uint8_t *ip = frame->data + packet->ip;
    bool tcp = packet->protocol == IP_PROTOCOL_TCP;

    if (!field || (!tcp && !udp_is_judged(ip + packet->header, l4_size))) {
        return;
    }
    frame->l4_sum = checksum_add(ipv4_pseudo_sum(ip, l4_size),
                                 checksum_sum(ip + packet->header, l4_size));
    frame->status |= tcp ? L2_FHDR_STATUS_TCP_SEGMENT :
                           L2_FHDR_STATUS_UDP_DATAGRAM;
    if (frame->l4_sum != 0xffff) {
        frame->status |= tcp ? L2_FHDR_ERRORS_TCP_XSUM :
                               L2_FHDR_ERRORS_UDP_XSUM;
    }
}

static void checksums_check(RxFrame *frame)
{
    Ipv4Packet packet;

    if (!ipv4_parse(frame->data, frame->size, &packet)) {
        return;
    }
    frame->status |= L2_FHDR_STATUS_IP_DATAGRAM;
    frame->ip_sum = checksum_sum(frame->data + packet.ip, packet.header);
    if (frame->ip_sum != 0xffff) {
        frame->status |= L2_FHDR_ERRORS_IP_XSUM;
        return;
    }
    l4_check(frame, &packet);
}

/* How many bytes of a frame stay in the first buffer; the rest is in pages. */
static void split(const Nc37xx *nc, const RxFrame *frame, RxPlace *place)
{
    uint32_t sizes = nc37xx_context(nc, NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE);
    size_t first = sizes >> 16;
    size_t page = sizes & 0xffff;
    size_t wire = frame->size + NC37XX_FCS_SIZE;

    place->head = frame->size;
    place->page_count = 0;
    place->page_size = page;
    if (!nc->rx_pages.armed || !page || first <= RX_FRAME_OFFSET ||
        wire <= first - RX_FRAME_OFFSET) {
        return;
    }
    place->head = MIN(first - RX_FRAME_OFFSET, frame->size);
    place->page_count = (wire - (first - RX_FRAME_OFFSET) + page - 1) / page;
}

static BdStatus pages_find(Nc37xx *nc, RxPlace *place)
{
    BdStatus status = BD_OK;
    unsigned i;

    place->pages_at = nc->rx_pages.at;
    for (i = 0; i < place->page_count && status == BD_OK; i++) {
        status = bd_ring_next(nc, &nc->rx_pages,
                              producer(nc, RX_CTX_PG_BDIDX),
                              &place->pages_at, &place->pages[i]);
    }
    return status;
}

static bool place_too_small(Nc37xx *nc, const RxPlace *place)
{
    size_t needed = RX_FRAME_OFFSET + place->head +
                    (place->page_count ? 0 : NC37XX_FCS_SIZE);

    if (place->first.word2 >= needed && place->page_count <= RX_PAGES_MAX) {
        return false;
    }
    EVENT(nc, rx_buffer_small, place->first.word2, needed);
    return true;
}

/* Finds buffers for @frame without taking them. */
static BdStatus place_find(Nc37xx *nc, const RxFrame *frame, RxPlace *place)
{
    BdStatus status;

    place->at = nc->rx.at;
    status = bd_ring_next(nc, &nc->rx, producer(nc, RX_CTX_HOST_BDIDX),
                          &place->at, &place->first);
    if (status != BD_OK) {
        return status;
    }
    split(nc, frame, place);
    if (place_too_small(nc, place)) {
        return BD_FAULT;
    }
    return pages_find(nc, place);
}

static bool put(Nc37xx *nc, uint64_t address, const uint8_t *data, size_t size)
{
    if (size && !nc->ops->dma_write(nc, address, data, size)) {
        EVENT(nc, dma_failed, address, size);
        return false;
    }
    return true;
}

static void header_fill(const RxFrame *frame, uint8_t *header)
{
    memset(header, 0, RX_FRAME_OFFSET);
    stl_le_p(header + L2_FHDR_STATUS, frame->status);
    stw_le_p(header + L2_FHDR_VLAN_TAG, frame->tag);
    stw_le_p(header + L2_FHDR_PKT_LEN, frame->size + NC37XX_FCS_SIZE);
    stw_le_p(header + L2_FHDR_TCP_UDP_XSUM, frame->l4_sum);
    stw_le_p(header + L2_FHDR_IP_XSUM, frame->ip_sum);
}

/* The FCS is counted but not written: no driver looks at it. */
static bool frame_write(Nc37xx *nc, const RxFrame *frame, const RxPlace *place)
{
    uint8_t header[RX_FRAME_OFFSET];
    size_t done = place->head;
    size_t size;
    unsigned i;

    header_fill(frame, header);
    nc37xx_control_order(nc, header, L2_FHDR_SIZE);
    if (!put(nc, place->first.address, header, sizeof(header)) ||
        !put(nc, place->first.address + sizeof(header), frame->data, done)) {
        return false;
    }
    for (i = 0; i < place->page_count; i++) {
        size = MIN(frame->size - done, place->page_size);
        if (!put(nc, place->pages[i].address, frame->data + done, size)) {
            return false;
        }
        done += size;
    }
    return true;
}

static RxResult frame_store(Nc37xx *nc, const RxFrame *frame)
{
    RxPlace place;

    switch (place_find(nc, frame, &place)) {
    case BD_EMPTY:
        EVENT(nc, rx_wait, nc->rx.at.index, producer(nc, RX_CTX_HOST_BDIDX));
        return RX_NO_BUFFER;
    case BD_FAULT:
        nc37xx_count(nc, STAT_IN_MBUF_DISCARDS, 1);
        return RX_TAKEN;
    case BD_OK:
        break;
    }
    if (!frame_write(nc, frame, &place)) {
        /* The driver must not take what is half there for a frame. */
        nc->rx.armed = false;
        nc37xx_count(nc, STAT_IN_MBUF_DISCARDS, 1);
        return RX_TAKEN;
    }
    nc->rx.at = place.at;
    if (place.page_count) {
        nc->rx_pages.at = place.pages_at;
    }
    nc37xx_count_rx(nc, frame->data, frame->wire);
    EVENT(nc, rx_frame, frame->size, frame->status);
    nc37xx_status_post(nc, false);
    return RX_TAKEN;
}

/* @status holds the L2_FHDR_ERRORS_ of the wire. */
static RxResult frame_take(Nc37xx *nc, const uint8_t *data, size_t size,
                           uint32_t status)
{
    RxFrame frame = { .data = data, .size = size, .status = status };

    if (size > NC37XX_FRAME_MAX) {
        EVENT(nc, rx_oversize, size, NC37XX_FRAME_MAX);
        nc37xx_count_rx_bad(nc, STAT_OVERSIZE_PKTS, size);
        return RX_TAKEN;
    }
    if (size < NC37XX_FRAME_MIN) {
        memcpy(nc->frame, data, size);
        memset(nc->frame + size, 0, NC37XX_FRAME_MIN - size);
        frame.data = nc->frame;
        frame.size = NC37XX_FRAME_MIN;
    }
    if (!wanted(nc, frame.data, frame.size)) {
        return RX_TAKEN;
    }
    frame.wire = frame.size;
    if (tagged(frame.data) && !REG_FIELD(nc, EMAC_RX_MODE, KEEP_VLAN_TAG)) {
        vlan_strip(nc, &frame);
    }
    checksums_check(&frame);
    return frame_store(nc, &frame);
}

bool nc37xx_can_receive(Nc37xx *nc)
{
    if (!receiver_on(nc) || nc37xx_loopback(nc) ||
        bd_ring_ready(nc, &nc->rx, producer(nc, RX_CTX_HOST_BDIDX))) {
        return true;            /* at least to drop it */
    }
    nc->rx_refused = true;
    return false;
}

/* Only a driver that wants no CRC check gets such a frame to see. */
static bool bad_fcs_drops(Nc37xx *nc, size_t size)
{
    bool kept = REG_FIELD(nc, EMAC_RX_MODE, NO_CRC_CHK);

    EVENT(nc, rx_bad_fcs, size, kept);
    nc37xx_count_rx_bad(nc, STAT_FCS_ERRORS, size);
    return !kept;
}

bool nc37xx_receive_frame(Nc37xx *nc, const uint8_t *frame, size_t size,
                          bool bad_fcs)
{
    if (!receiver_on(nc) || nc37xx_loopback(nc) || !nc37xx_link_up(nc)) {
        EVENT(nc, rx_disabled, size, REG(nc, MISC_ENABLE_STATUS));
        return true;
    }
    if (bad_fcs && bad_fcs_drops(nc, size)) {
        return true;
    }
    nc->rx_refused = frame_take(nc, frame, size, bad_fcs ?
                                L2_FHDR_ERRORS_BAD_CRC : 0) == RX_NO_BUFFER;
    nc37xx_pause_partner(nc);
    return !nc->rx_refused;
}

bool nc37xx_receive(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    return nc->faults.active & FAULTS_RX ?
           nc37xx_fault_receive(nc, frame, size) :
           nc37xx_receive_frame(nc, frame, size, false);
}

void nc37xx_receive_looped(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    if (!receiver_on(nc)) {
        EVENT(nc, rx_disabled, size, REG(nc, MISC_ENABLE_STATUS));
    } else if (frame_take(nc, frame, size, 0) == RX_NO_BUFFER) {
        nc37xx_count(nc, STAT_IN_MBUF_DISCARDS, 1);
    }
}
