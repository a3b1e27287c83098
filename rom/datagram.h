/*
 * UDP datagrams in Ethernet frames, as they come from the wire.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_DATAGRAM_H
#define ROM_DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Addresses in network order; the data lies in the frame. */
struct datagram {
    uint8_t source[4], destination[4];
    uint16_t source_port, destination_port;
    const uint8_t *data;
    uint16_t length;
};

/*
 * Finds the datagram in the @length bytes at @frame, a frame without FCS.
 * False when it is another protocol, a fragment, too short for what its
 * headers say, or a checksum is wrong.  Source: RFC 768, RFC 791.
 */
bool datagram_parse(const uint8_t *frame, size_t length,
                    struct datagram *datagram);

#endif
