/*
 * UDP datagrams in Ethernet frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "datagram.h"

enum {
    ETHER_TYPE = 12,
    ETHER_SIZE = 14,
};
#define ETHER_TYPE_IPV4 0x0800

enum {
    IP_VERSION_LENGTH = 0,
    IP_TOTAL_LENGTH = 2,
    IP_FRAGMENT = 6,
    IP_PROTOCOL = 9,
    IP_SOURCE = 12,
    IP_DESTINATION = 16,
    IP_SIZE_MIN = 20,
};
#define IP_VERSION_4 0x40
#define IP_FRAGMENT_BITS 0x3fff     /* more fragments, offset */
#define IP_PROTOCOL_UDP 17

enum {
    UDP_SOURCE_PORT = 0,
    UDP_DESTINATION_PORT = 2,
    UDP_LENGTH = 4,
    UDP_CHECKSUM = 6,
    UDP_SIZE = 8,
};

/* RFC 1071; adds to @sum, which has room for all of a frame. */
static uint32_t add_words(uint32_t sum, const uint8_t *bytes, size_t length)
{
    size_t at;

    for (at = 0; at + 1 < length; at += 2) {
        sum += lduw_be_p(bytes + at);
    }
    return length & 1 ? sum + (bytes[length - 1] << 8) : sum;
}

static bool sum_is_good(uint32_t sum)
{
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum == 0xffff;
}

/* The length of the IPv4 header at @ip; 0: none that goes on with UDP. */
static size_t ip_header(const uint8_t *ip, size_t length)
{
    size_t header, total;

    if (length < IP_SIZE_MIN ||
        (ip[IP_VERSION_LENGTH] & 0xf0) != IP_VERSION_4) {
        return 0;
    }
    header = (ip[IP_VERSION_LENGTH] & 0x0f) * 4;
    total = lduw_be_p(ip + IP_TOTAL_LENGTH);
    if (header < IP_SIZE_MIN || total < header || total > length ||
        (lduw_be_p(ip + IP_FRAGMENT) & IP_FRAGMENT_BITS) ||
        ip[IP_PROTOCOL] != IP_PROTOCOL_UDP ||
        !sum_is_good(add_words(0, ip, header))) {
        return 0;
    }
    return header;
}

static bool udp_is_good(const uint8_t *ip, const uint8_t *udp, size_t left)
{
    uint32_t sum;
    size_t length;

    if (left < UDP_SIZE) {
        return false;
    }
    length = lduw_be_p(udp + UDP_LENGTH);
    if (length < UDP_SIZE || length > left) {
        return false;
    }
    if (!lduw_be_p(udp + UDP_CHECKSUM)) {
        return true;                    /* the sender computed none */
    }
    sum = add_words(IP_PROTOCOL_UDP + length, ip + IP_SOURCE, 8);
    return sum_is_good(add_words(sum, udp, length));
}

bool datagram_parse(const uint8_t *frame, size_t length,
                    struct datagram *datagram)
{
    const uint8_t *ip = frame + ETHER_SIZE, *udp;
    size_t header;

    if (length < ETHER_SIZE ||
        lduw_be_p(frame + ETHER_TYPE) != ETHER_TYPE_IPV4) {
        return false;
    }
    header = ip_header(ip, length - ETHER_SIZE);
    udp = ip + header;
    if (!header ||
        !udp_is_good(ip, udp, lduw_be_p(ip + IP_TOTAL_LENGTH) - header)) {
        return false;
    }
    memcpy(datagram->source, ip + IP_SOURCE, 4);
    memcpy(datagram->destination, ip + IP_DESTINATION, 4);
    datagram->source_port = lduw_be_p(udp + UDP_SOURCE_PORT);
    datagram->destination_port = lduw_be_p(udp + UDP_DESTINATION_PORT);
    datagram->data = udp + UDP_SIZE;
    datagram->length = lduw_be_p(udp + UDP_LENGTH) - UDP_SIZE;
    return true;
}
