/*
 * BOOTP packets that nobody sent: what a network boot program wants to know
 * of an address that was configured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_BOOTP_H
#define ROM_BOOTP_H

#include <stdint.h>

#define BOOTP_SIZE 300              /* RFC 1542 2.1: the least */

/* DHCP's message types, RFC 2132 9.6. */
enum bootp_message {
    BOOTP_DISCOVER = 1,
    BOOTP_ACK = 5,
};

/* Addresses as four bytes in network order. */
struct bootp_facts {
    uint8_t mac[6];
    uint8_t ip[4], netmask[4];
    uint8_t gateway[4];             /* 0.0.0.0: none */
    uint8_t server[4];
};

/*
 * Writes the packet with which @facts would have been asked for or given.
 * Source: RFC 951, RFC 2131 2, RFC 2132.
 */
void bootp_build(uint8_t packet[BOOTP_SIZE], enum bootp_message message,
                 const struct bootp_facts *facts);

#endif
