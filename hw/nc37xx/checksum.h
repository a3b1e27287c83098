/*
 * Internet checksums, and where they lie in a frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_CHECKSUM_H
#define HW_NC37XX_CHECKSUM_H

#include "qemu/osdep.h"

enum {
    ETH_TYPE = 12,
    ETH_HEADER_SIZE = 14,
    VLAN_TAG_SIZE = 4,
    ETH_ADDRESS_SIZE = 6,

    IPV4_TOTAL_LENGTH = 2,
    IPV4_ID = 4,
    IPV4_FRAGMENT = 6,
    IPV4_PROTOCOL = 9,
    IPV4_CHECKSUM = 10,
    IPV4_SOURCE = 12,
    IPV4_HEADER_MIN = 20,
    IPV4_TOTAL_MAX = 65535,

    TCP_SEQUENCE = 4,
    TCP_DATA_OFFSET = 12,
    TCP_FLAGS = 13,
    TCP_CHECKSUM = 16,
    TCP_HEADER_MIN = 20,

    UDP_LENGTH = 4,
    UDP_CHECKSUM = 6,
    UDP_HEADER_SIZE = 8,
};

#define ETH_TYPE_IPV4 0x0800
#define ETH_TYPE_VLAN 0x8100
#define ETH_TYPE_MAC_CONTROL 0x8808
#define IPV4_FRAGMENT_MASK 0x3fff       /* more fragments, and the offset */
#define IP_PROTOCOL_TCP 6
#define IP_PROTOCOL_UDP 17
#define TCP_FLAG_FIN 0x01
#define TCP_FLAG_PSH 0x08
#define TCP_FLAG_CWR 0x80

/* An IPv4 packet in a frame; its header is all there. */
typedef struct Ipv4Packet {
    size_t ip;                  /* offset of the IP header in the frame */
    size_t header;              /* bytes of it, options included */
    size_t total;               /* as the header says, unchecked */
    uint8_t protocol;
    bool fragment;
} Ipv4Packet;

/*
 * Finds the IPv4 header of a frame of @size bytes, behind at most one VLAN
 * tag.  Returns false when there is no whole header.
 */
bool ipv4_parse(const uint8_t *frame, size_t size, Ipv4Packet *packet);

/*
 * Offset of the checksum in the TCP or UDP header of a whole datagram that
 * lies in @size bytes of frame; 0 when there is none.
 */
size_t ipv4_checksum_offset(const Ipv4Packet *packet, size_t size);

/* Ones' complement sum of big-endian halfwords, folded; not inverted. */
uint16_t checksum_sum(const uint8_t *data, size_t size);
uint16_t checksum_add(uint16_t a, uint16_t b);

/*
 * Completes the checksum at @field of a frame of @size bytes, which holds the
 * sum of a pseudo header: it covers what is from @start on.  Returns false
 * if it is not all in the frame.
 */
bool checksum_complete(uint8_t *frame, size_t size, size_t start,
                       size_t field);

/* Sum over the pseudo header of a datagram with @size bytes behind @ip's. */
uint16_t ipv4_pseudo_sum(const uint8_t *ip, size_t size);

#endif
