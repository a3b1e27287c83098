/*
 * IPv4 packets for tests (RFC 791, 768, 9293).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "libnc37xx.h"
#include "packet.h"

#define ETH_HEADER 14
#define TAG_SIZE 4
#define IP_HEADER 20
#define TCP_HEADER 20
#define UDP_HEADER 8
#define IP_ID 0xfffe            /* wraps in the third segment */
#define SEQUENCE 0xfffff000u    /* and so does this */
#define TCP_ALL_FLAGS 0x99      /* CWR, ACK, PSH, FIN */
#define TCP_CWR 0x80
#define TCP_PSH_FIN 0x09

size_t packet_ip(const uint8_t *frame)
{
    return lduw_be_p(frame + 12) == 0x8100 ? ETH_HEADER + TAG_SIZE :
           ETH_HEADER;
}

static size_t packet_l4(const uint8_t *frame)
{
    size_t ip = packet_ip(frame);

    return ip + (frame[ip] & 0xf) * 4;
}

static size_t checksum_at(const uint8_t *frame)
{
    return packet_l4(frame) +
           (frame[packet_ip(frame) + 9] == PACKET_TCP ? 16 : 6);
}

uint16_t packet_l4_checksum(const uint8_t *frame)
{
    return lduw_be_p(frame + checksum_at(frame));
}

void packet_set_l4_checksum(uint8_t *frame, uint16_t value)
{
    stw_be_p(frame + checksum_at(frame), value);
}

/* RFC 1071, a byte at a time. */
static uint32_t sum(const uint8_t *data, size_t size, uint32_t start)
{
    for (size_t i = 0; i < size; i++) {
        start += i % 2 ? data[i] : data[i] << 8;
        start = (start & 0xffff) + (start >> 16);
    }
    return start;
}

static size_t l4_header(const PacketShape *shape)
{
    return shape->protocol == PACKET_TCP ? TCP_HEADER + shape->tcp_options :
           UDP_HEADER;
}

static void l4_fill(uint8_t *l4, const PacketShape *shape)
{
    stw_be_p(l4, 3260);
    stw_be_p(l4 + 2, 40000);
    if (shape->protocol == PACKET_UDP) {
        stw_be_p(l4 + 4, UDP_HEADER + shape->data);
        return;
    }
    stl_be_p(l4 + 4, SEQUENCE);
    stl_be_p(l4 + 8, 0x11223344);
    l4[12] = l4_header(shape) / 4 << 4;
    l4[13] = TCP_ALL_FLAGS;
    stw_be_p(l4 + 14, 0x2000);
    memset(l4 + TCP_HEADER, 1, shape->tcp_options);
}

size_t packet_build(uint8_t *frame, const PacketShape *shape)
{
    size_t ip = ETH_HEADER + (shape->vlan ? TAG_SIZE : 0);
    size_t l4 = ip + IP_HEADER + shape->ip_options;
    size_t data = l4 + l4_header(shape);

    memset(frame, 0, data);
    memcpy(frame, shape->to_adapter ? nc37xx_mac : nc37xx_peer_mac, 6);
    memcpy(frame + 6, shape->to_adapter ? nc37xx_peer_mac : nc37xx_mac, 6);
    if (shape->vlan) {
        stl_be_p(frame + 12, 0x81000123);
    }
    stw_be_p(frame + ip - 2, 0x0800);
    frame[ip] = 0x40 | (IP_HEADER + shape->ip_options) / 4;
    stw_be_p(frame + ip + 2, data - ip + shape->data);
    stw_be_p(frame + ip + 4, IP_ID);
    frame[ip + 8] = 64;
    frame[ip + 9] = shape->protocol;
    stl_be_p(frame + ip + 12, 0x0a00020f);
    stl_be_p(frame + ip + 16, 0x0a000202);
    memset(frame + ip + IP_HEADER, 1, shape->ip_options);
    l4_fill(frame + l4, shape);
    for (size_t i = 0; i < shape->data; i++) {
        frame[data + i] = i * 7 + (i >> 8) + 1;
    }
    return data + shape->data;
}

void packet_seal(uint8_t *frame, size_t size)
{
    size_t ip = packet_ip(frame), l4 = packet_l4(frame);
    size_t l4_size = ip + lduw_be_p(frame + ip + 2) - l4;
    uint16_t value;

    stw_be_p(frame + ip + 10, 0);
    stw_be_p(frame + ip + 10, ~sum(frame + ip, l4 - ip, 0));
    packet_set_l4_checksum(frame, 0);
    value = ~sum(frame + l4, l4_size,
                 sum(frame + ip + 12, 8, frame[ip + 9] + l4_size));
    if (!value && frame[ip + 9] == PACKET_UDP) {
        value = 0xffff;
    }
    packet_set_l4_checksum(frame, value);
}

void packet_spoil(uint8_t *frame)
{
    stw_be_p(frame + packet_ip(frame) + 10, 0xdead);
    packet_set_l4_checksum(frame, 0xbeef);
}

size_t packet_segment(const uint8_t *frame, const PacketShape *shape,
                      uint16_t mss, unsigned number, uint8_t *to)
{
    size_t ip = packet_ip(frame), l4 = packet_l4(frame);
    size_t headers = l4 + l4_header(shape);
    size_t first = (size_t)number * mss;
    size_t data = MIN(mss, shape->data - first);
    size_t size = headers + data;

    memcpy(to, frame, headers);
    memcpy(to + headers, frame + headers + first, data);
    stw_be_p(to + ip + 2, size - ip);
    stw_be_p(to + ip + 4, IP_ID + number);
    stl_be_p(to + l4 + 4, SEQUENCE + first);
    to[l4 + 13] &= number ? ~TCP_CWR : 0xff;
    to[l4 + 13] &= first + data < shape->data ? ~TCP_PSH_FIN : 0xff;
    packet_seal(to, size);
    if (size < NC37XX_FRAME_MIN) {
        memset(to + size, 0, NC37XX_FRAME_MIN - size);
        size = NC37XX_FRAME_MIN;
    }
    return size;
}
