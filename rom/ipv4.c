/*
 * IPv4 addresses: text and routing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "ipv4.h"

bool ipv4_parse(const char *text, uint8_t address[4])
{
    unsigned part, digits, value;

    for (part = 0; part < 4; part++) {
        value = digits = 0;
        while (*text >= '0' && *text <= '9' && digits < 3) {
            value = value * 10 + (*text++ - '0');
            digits++;
        }
        if (!digits || value > 255 || *text != (part < 3 ? '.' : '\0')) {
            return false;
        }
        address[part] = value;
        text++;
    }
    return true;
}

static char *put_decimal(char *to, unsigned value)
{
    char digits[5];
    unsigned n = 0;

    do {
        digits[n++] = '0' + value % 10;
        value /= 10;
    } while (value && n < sizeof(digits));
    while (n) {
        *to++ = digits[--n];
    }
    return to;
}

char *ipv4_portal_text(char text[IPV4_PORTAL_TEXT], const uint8_t address[4],
                       uint16_t port)
{
    char *to = text;
    unsigned i;

    for (i = 0; i < 4; i++) {
        to = put_decimal(to, address[i]);
        *to++ = i < 3 ? '.' : ':';
    }
    to = put_decimal(to, port);
    *to = '\0';
    return text;
}

bool ipv4_next_hop(const struct ipv4_addresses *addresses,
                   const uint8_t destination[4], uint8_t hop[4])
{
    static const uint8_t none[4];
    bool on_link = true;
    unsigned i;

    for (i = 0; i < 4; i++) {
        if ((addresses->ip[i] ^ destination[i]) & addresses->netmask[i]) {
            on_link = false;
        }
    }
    memcpy(hop, on_link ? destination : addresses->gateway, 4);
    return on_link || memcmp(addresses->gateway, none, sizeof(none));
}
