/*
 * IPv4 addresses as four bytes in network order: text and routing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_IPV4_H
#define ROM_IPV4_H

#include <stdbool.h>
#include <stdint.h>

/* "255.255.255.255:65535" and its terminator. */
#define IPV4_PORTAL_TEXT 22

/* gateway 0.0.0.0: none. */
struct ipv4_addresses {
    uint8_t ip[4];
    uint8_t netmask[4];
    uint8_t gateway[4];
};

/*
 * Reads dotted decimal, the whole of @text.  Returns false, with @address
 * undefined, for anything else; names are not resolved.
 */
bool ipv4_parse(const char *text, uint8_t address[4]);

/* Writes "address:port"; returns @text. */
char *ipv4_portal_text(char text[IPV4_PORTAL_TEXT], const uint8_t address[4],
                       uint16_t port);

/*
 * Where frames to @destination go first: to itself on our own network, else
 * to the gateway.  False: off our network, and there is no gateway.
 */
bool ipv4_next_hop(const struct ipv4_addresses *addresses,
                   const uint8_t destination[4], uint8_t hop[4]);

#endif
