/*
 * Large send offload: one TCP packet becomes many frames, or goes in one
 * piece to a peer that can do with it.
 *
 * Drivers leave the length and checksum fields in different states, so each
 * segment's are computed from nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "tx.h"

/* Less than any stack uses; it bounds how many frames a packet becomes. */
#define MSS_MIN 48

typedef struct Template {
    const Ipv4Packet *packet;
    size_t tcp;                 /* offset of the TCP header */
    size_t headers;             /* bytes before the data */
    uint16_t id;
    uint32_t sequence;
    uint8_t flags;
} Template;

static bool template_init(Template *t, const uint8_t *frame, size_t size,
                          const Ipv4Packet *packet)
{
    size_t tcp = packet->ip + packet->header;

    if (packet->protocol != IP_PROTOCOL_TCP || packet->fragment ||
        size < tcp + TCP_HEADER_MIN) {
        return false;
    }
    t->packet = packet;
    t->tcp = tcp;
    t->headers = tcp + (frame[tcp + TCP_DATA_OFFSET] >> 4) * 4;
    t->id = lduw_be_p(frame + packet->ip + IPV4_ID);
    t->sequence = ldl_be_p(frame + tcp + TCP_SEQUENCE);
    t->flags = frame[tcp + TCP_FLAGS];
    return t->headers >= tcp + TCP_HEADER_MIN && t->headers <= size;
}

static void ip_header_fill(const Template *t, uint8_t *ip, unsigned number,
                           size_t total)
{
    stw_be_p(ip + IPV4_TOTAL_LENGTH, total);
    stw_be_p(ip + IPV4_ID, t->id + number);
    stw_be_p(ip + IPV4_CHECKSUM, 0);
    stw_be_p(ip + IPV4_CHECKSUM, ~checksum_sum(ip, t->packet->header));
}

/* CWR belongs to the first segment, PSH and FIN to the last. */
static uint8_t segment_flags(const Template *t, bool first, bool last)
{
    uint8_t flags = t->flags;

    if (!first) {
        flags &= ~TCP_FLAG_CWR;
    }
    if (!last) {
        flags &= ~(TCP_FLAG_FIN | TCP_FLAG_PSH);
    }
    return flags;
}

static void tcp_checksum_fill(uint8_t *ip, uint8_t *tcp, size_t tcp_size)
{
    stw_be_p(tcp + TCP_CHECKSUM, 0);
    stw_be_p(tcp + TCP_CHECKSUM,
             ~checksum_add(ipv4_pseudo_sum(ip, tcp_size),
                           checksum_sum(tcp, tcp_size)));
}

static void segment_send(Nc37xx *nc, const Template *t, const uint8_t *frame,
                         unsigned number, size_t offset, size_t data,
                         bool last)
{
    uint8_t *segment = nc->segment;
    uint8_t *ip = segment + t->packet->ip;
    uint8_t *tcp = segment + t->tcp;
    size_t size = t->headers + data;

    memcpy(segment, frame, t->headers);
    memcpy(segment + t->headers, frame + offset, data);
    ip_header_fill(t, ip, number, size - t->packet->ip);
    stl_be_p(tcp + TCP_SEQUENCE, t->sequence + (offset - t->headers));
    tcp[TCP_FLAGS] = segment_flags(t, number == 0, last);
    tcp_checksum_fill(ip, tcp, size - t->tcp);
    nc37xx_send_frame(nc, segment, size);
}

static void segments_send(Nc37xx *nc, const Template *t, const uint8_t *frame,
                          size_t size, uint16_t mss)
{
    unsigned number = 0;
    size_t offset = t->headers;
    size_t data;

    do {
        data = MIN(mss, size - offset);
        segment_send(nc, t, frame, number++, offset, data,
                     offset + data == size);
        offset += data;
    } while (offset < size);
}

/* The wire has carried segments, whoever cut them. */
static void segments_count(Nc37xx *nc, const Template *t, const uint8_t *frame,
                           size_t size, uint16_t mss)
{
    size_t data = size - t->headers;
    unsigned full = (data - 1) / mss;
    size_t last = t->headers + data - full * mss;

    nc37xx_count_tx(nc, frame, t->headers + mss, full);
    nc37xx_count_tx(nc, frame, MAX(last, NC37XX_FRAME_MIN), 1);
}

static bool whole_send(Nc37xx *nc, const Template *t, uint8_t *frame,
                       size_t size, uint16_t mss)
{
    const Nc37xxLarge large = {
        .tcp = t->tcp, .headers = t->headers, .mss = mss,
    };
    uint8_t *ip = frame + t->packet->ip;
    size_t total = size - t->packet->ip;

    if (size <= t->headers + mss || total > IPV4_TOTAL_MAX ||
        nc37xx_loopback(nc) || !nc37xx_link_up(nc)) {
        return false;
    }
    ip_header_fill(t, ip, 0, total);
    stw_be_p(frame + t->tcp + TCP_CHECKSUM,
             ipv4_pseudo_sum(ip, size - t->tcp));
    if (!nc->ops->send_large(nc, frame, size, &large)) {
        return false;
    }
    EVENT(nc, tx_large, size, mss);
    segments_count(nc, t, frame, size, mss);
    return true;
}

bool nc37xx_send_large(Nc37xx *nc, uint8_t *frame, size_t size,
                       const Ipv4Packet *packet, uint16_t mss)
{
    Template t;

    if (!template_init(&t, frame, size, packet) || mss < MSS_MIN ||
        t.headers + mss > NC37XX_FRAME_MAX) {
        return false;
    }
    if (!whole_send(nc, &t, frame, size, mss)) {
        segments_send(nc, &t, frame, size, mss);
    }
    return true;
}
