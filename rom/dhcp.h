/*
 * DHCP packets as data: what they say to a network boot.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_DHCP_H
#define ROM_DHCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP_SERVER_UDP_PORT 67
#define DHCP_CLIENT_UDP_PORT 68
#define DHCP_PACKET_MIN 241             /* fixed part, cookie, end */
#define DHCP_BOOT_FILE_SIZE 128         /* with its end */

/* Message types, RFC 2132 9.6. */
enum {
    DHCP_IS_DISCOVER = 1,
    DHCP_IS_OFFER = 2,
    DHCP_IS_ACK = 5,
};

/* Options, RFC 2132, 4578. */
enum {
    DHCP_HAS_OVERLOAD = 52,
    DHCP_HAS_MESSAGE = 53,
    DHCP_HAS_SERVER = 54,
    DHCP_HAS_CLASS = 60,
    DHCP_HAS_BOOT_SERVER = 66,
    DHCP_HAS_BOOT_FILE = 67,
    DHCP_HAS_SYSTEM = 93,
    DHCP_HAS_INTERFACE = 94,
    DHCP_HAS_UUID = 97,
    DHCP_END = 255,
};

/* Whether it is an answer to the client with this address, and whole. */
bool dhcp_is_reply(const uint8_t *packet, size_t length,
                   const uint8_t mac[6]);

/*
 * The value of @option and in @value_length its size; NULL: not given.  Also
 * looked for in the fields that an overload declares to hold options.
 */
const uint8_t *dhcp_option(const uint8_t *packet, size_t length,
                           uint8_t option, uint8_t *value_length);

/* The message type, 0: a BOOTP packet. */
uint8_t dhcp_message(const uint8_t *packet, size_t length);

/* Whether it is a proxy's offer: no address, but word of a boot server. */
bool dhcp_is_proxy(const uint8_t *packet, size_t length);

/*
 * Which file is to be loaded, and from whom: the server's address field, or
 * the server that answered.  False: it names no file.
 */
bool dhcp_boot_file(const uint8_t *packet, size_t length,
                    char file[DHCP_BOOT_FILE_SIZE], uint8_t server[4]);

#endif
