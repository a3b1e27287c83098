/*
 * BOOTP packets that nobody sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "bootp.h"

enum {
    OP = 0,
    HARDWARE_TYPE = 1,
    HARDWARE_LENGTH = 2,
    YOUR_ADDRESS = 16,
    SERVER_ADDRESS = 20,
    HARDWARE_ADDRESS = 28,
    COOKIE = 236,
    OPTIONS = 240,
};

#define OP_REQUEST 1
#define OP_REPLY 2
#define ETHERNET 1
#define ADDRESS_SIZE 6
#define COOKIE_VALUE 0x63825363

/* Options, RFC 2132. */
enum {
    OPTION_NETMASK = 1,
    OPTION_ROUTER = 3,
    OPTION_MESSAGE = 53,
    OPTION_SERVER = 54,
    OPTION_END = 255,
};

static uint8_t *put_option(uint8_t *at, uint8_t option, const uint8_t *value,
                           uint8_t length)
{
    at[0] = option;
    at[1] = length;
    memcpy(at + 2, value, length);
    return at + 2 + length;
}

static uint8_t *put_addresses(uint8_t *at, const struct bootp_facts *facts)
{
    static const uint8_t none[4];

    at = put_option(at, OPTION_SERVER, facts->server, 4);
    at = put_option(at, OPTION_NETMASK, facts->netmask, 4);
    if (memcmp(facts->gateway, none, sizeof(none))) {
        at = put_option(at, OPTION_ROUTER, facts->gateway, 4);
    }
    return at;
}

void bootp_build(uint8_t packet[BOOTP_SIZE], enum bootp_message message,
                 const struct bootp_facts *facts)
{
    uint8_t *at = packet + OPTIONS, type = message;

    memset(packet, 0, BOOTP_SIZE);
    packet[OP] = message == BOOTP_DISCOVER ? OP_REQUEST : OP_REPLY;
    packet[HARDWARE_TYPE] = ETHERNET;
    packet[HARDWARE_LENGTH] = ADDRESS_SIZE;
    memcpy(packet + HARDWARE_ADDRESS, facts->mac, ADDRESS_SIZE);
    stl_be_p(packet + COOKIE, COOKIE_VALUE);
    at = put_option(at, OPTION_MESSAGE, &type, sizeof(type));
    if (message != BOOTP_DISCOVER) {
        memcpy(packet + YOUR_ADDRESS, facts->ip, 4);
        memcpy(packet + SERVER_ADDRESS, facts->server, 4);
        at = put_addresses(at, facts);
    }
    *at = OPTION_END;
}
