/*
 * IPv4 packets for tests, made and segmented without the device's help.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_NC37XX_PACKET_H
#define TESTS_NC37XX_PACKET_H

#define PACKET_TCP 6
#define PACKET_UDP 17

typedef struct PacketShape {
    uint8_t protocol;
    size_t data;                /* bytes behind all headers */
    size_t ip_options;          /* bytes, a multiple of 4 */
    size_t tcp_options;
    bool vlan;                  /* a tag in the frame */
    bool to_adapter;            /* else to the peer */
} PacketShape;

/* Returns the frame's size.  The checksums are 0. */
size_t packet_build(uint8_t *frame, const PacketShape *shape);

/* Puts in the right checksums, or the wrong ones that drivers leave. */
void packet_seal(uint8_t *frame, size_t size);
void packet_spoil(uint8_t *frame);

/* The checksum in the TCP or UDP header. */
uint16_t packet_l4_checksum(const uint8_t *frame);
void packet_set_l4_checksum(uint8_t *frame, uint16_t value);

/* Offset of the IP header. */
size_t packet_ip(const uint8_t *frame);

/*
 * What segment @number of @frame is on the wire, in @to; returns its size.
 */
size_t packet_segment(const uint8_t *frame, const PacketShape *shape,
                      uint16_t mss, unsigned number, uint8_t *to);

#endif
