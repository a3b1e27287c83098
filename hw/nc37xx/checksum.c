/*
 * Internet checksums (RFC 1071), and where they lie in a frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "checksum.h"

static uint16_t fold(uint64_t sum)
{
    sum = (sum >> 32) + (uint32_t)sum;
    sum = (sum >> 32) + (uint32_t)sum;
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    sum = (sum >> 16) + (sum & 0xffff);
    return sum;
}

/*
 * The sum does not depend on the order of bytes but for a final swap
 * (RFC 1071 2.B), so it is taken in the host's order, 32 bits at a time and
 * in two chains.
 */
uint16_t checksum_sum(const uint8_t *data, size_t size)
{
    uint64_t even = 0, odd = 0;
    uint8_t bytes[2] = { 0, 0 };
    uint32_t words[8];
    uint16_t folded;

    for (; size >= sizeof(words); size -= sizeof(words)) {
        memcpy(words, data, sizeof(words));
        even += (uint64_t)words[0] + words[2] + words[4] + words[6];
        odd += (uint64_t)words[1] + words[3] + words[5] + words[7];
        data += sizeof(words);
    }
    memset(words, 0, sizeof(words));
    memcpy(words, data, size);
    even += (uint64_t)words[0] + words[2] + words[4] + words[6];
    odd += (uint64_t)words[1] + words[3] + words[5] + words[7];
    folded = fold((uint64_t)fold(even) + fold(odd));
    memcpy(bytes, &folded, sizeof(bytes));
    return lduw_be_p(bytes);
}

uint16_t checksum_add(uint16_t a, uint16_t b)
{
    return fold((uint32_t)a + b);
}

/* 0 is sent as ffff, its equal: to UDP it would mean that there is none. */
bool checksum_complete(uint8_t *frame, size_t size, size_t start,
                       size_t field)
{
    uint16_t sum;

    if (start > field || size < 2 || field > size - 2) {
        return false;
    }
    sum = ~checksum_sum(frame + start, size - start);
    stw_be_p(frame + field, sum ?: 0xffff);
    return true;
}

uint16_t ipv4_pseudo_sum(const uint8_t *ip, size_t size)
{
    uint16_t sum = checksum_sum(ip + IPV4_SOURCE, 8);

    return checksum_add(checksum_add(sum, ip[IPV4_PROTOCOL]), size);
}

bool ipv4_parse(const uint8_t *frame, size_t size, Ipv4Packet *packet)
{
    size_t ip = ETH_HEADER_SIZE;

    if (size >= ETH_HEADER_SIZE + VLAN_TAG_SIZE &&
        lduw_be_p(frame + ETH_TYPE) == ETH_TYPE_VLAN) {
        ip += VLAN_TAG_SIZE;
    }
    if (size < ip + IPV4_HEADER_MIN ||
        lduw_be_p(frame + ip - 2) != ETH_TYPE_IPV4 ||
        frame[ip] >> 4 != 4) {
        return false;
    }
    packet->ip = ip;
    packet->header = (frame[ip] & 15) * 4;
    packet->total = lduw_be_p(frame + ip + IPV4_TOTAL_LENGTH);
    packet->protocol = frame[ip + IPV4_PROTOCOL];
    packet->fragment = lduw_be_p(frame + ip + IPV4_FRAGMENT) &
                       IPV4_FRAGMENT_MASK;
    return packet->header >= IPV4_HEADER_MIN && size >= ip + packet->header;
}

size_t ipv4_checksum_offset(const Ipv4Packet *packet, size_t size)
{
    size_t l4 = packet->ip + packet->header;

    if (packet->fragment || packet->total < packet->header ||
        packet->ip + packet->total > size) {
        return 0;
    }
    if (packet->protocol == IP_PROTOCOL_TCP &&
        packet->total >= packet->header + TCP_HEADER_MIN) {
        return l4 + TCP_CHECKSUM;
    }
    if (packet->protocol == IP_PROTOCOL_UDP &&
        packet->total >= packet->header + UDP_HEADER_SIZE) {
        return l4 + UDP_CHECKSUM;
    }
    return 0;
}
