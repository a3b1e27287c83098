/*
 * Large send offload: one TCP packet becomes many frames.
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

bool nc37xx_send_segments(Nc37xx *nc, uint8_t *frame, size_t size,
                          const Ipv4Packet *packet, uint16_t mss)
{
    unsigned number = 0;
    size_t offset, data;
    Template t;

    if (!template_init(&t, frame, size, packet) || mss < MSS_MIN ||
        t.headers + mss > NC37XX_FRAME_MAX) {
        return false;
    }
    offset = t.headers;
    do {
        data = MIN(mss, size - offset);
        segment_send(nc, &t, frame, number++, offset, data,
                     offset + data == size);
        offset += data;
    } while (offset < size);
    return true;
}
