/*
 * DHCP packets as data.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "dhcp.h"

/* Offsets, RFC 2131 2. */
enum {
    OP = 0,
    YOUR_ADDRESS = 16,
    SERVER_ADDRESS = 20,
    HARDWARE_ADDRESS = 28,
    SERVER_NAME = 44,
    SERVER_NAME_END = 108,
    FILE = 108,
    FILE_END = 236,
    COOKIE = 236,
    OPTIONS = 240,
};

#define OP_REPLY 2
#define COOKIE_VALUE 0x63825363
#define PAD 0
#define OVERLOAD_FILE 1
#define OVERLOAD_NAME 2

static const char pxe_class[] = "PXEClient";

bool dhcp_is_reply(const uint8_t *packet, size_t length, const uint8_t mac[6])
{
    return length >= DHCP_PACKET_MIN && packet[OP] == OP_REPLY &&
           ldl_be_p(packet + COOKIE) == (int)COOKIE_VALUE &&
           !memcmp(packet + HARDWARE_ADDRESS, mac, 6);
}

/* In the options from @at to @end. */
static const uint8_t *find(const uint8_t *packet, size_t at, size_t end,
                           uint8_t option, uint8_t *value_length)
{
    while (at < end && packet[at] != DHCP_END) {
        if (packet[at] == PAD) {
            at++;
            continue;
        }
        if (at + 2 > end || packet[at + 1] > end - at - 2) {
            return NULL;
        }
        if (packet[at] == option) {
            *value_length = packet[at + 1];
            return packet + at + 2;
        }
        at += 2 + packet[at + 1];
    }
    return NULL;
}

static uint8_t overload(const uint8_t *packet, size_t length)
{
    uint8_t size = 0;
    const uint8_t *value = find(packet, OPTIONS, length, DHCP_HAS_OVERLOAD,
                                &size);

    return value && size == 1 ? *value : 0;
}

const uint8_t *dhcp_option(const uint8_t *packet, size_t length,
                           uint8_t option, uint8_t *value_length)
{
    uint8_t more = overload(packet, length);
    const uint8_t *value = find(packet, OPTIONS, length, option,
                                value_length);

    if (!value && (more & OVERLOAD_FILE)) {
        value = find(packet, FILE, FILE_END, option, value_length);
    }
    if (!value && (more & OVERLOAD_NAME)) {
        value = find(packet, SERVER_NAME, SERVER_NAME_END, option,
                     value_length);
    }
    return value;
}

uint8_t dhcp_message(const uint8_t *packet, size_t length)
{
    uint8_t size = 0;
    const uint8_t *value = dhcp_option(packet, length, DHCP_HAS_MESSAGE,
                                       &size);

    return value && size == 1 ? *value : 0;
}

static bool is_zero(const uint8_t address[4])
{
    return !(address[0] | address[1] | address[2] | address[3]);
}

bool dhcp_is_proxy(const uint8_t *packet, size_t length)
{
    uint8_t size = 0;
    const uint8_t *class = dhcp_option(packet, length, DHCP_HAS_CLASS, &size);

    return dhcp_message(packet, length) == DHCP_IS_OFFER &&
           is_zero(packet + YOUR_ADDRESS) && class &&
           size >= sizeof(pxe_class) - 1 &&
           !memcmp(class, pxe_class, sizeof(pxe_class) - 1);
}

/* A text of @size bytes that may have an end; false: empty or too long. */
static bool take_text(char file[DHCP_BOOT_FILE_SIZE], const uint8_t *text,
                      size_t size)
{
    size_t length = 0;

    while (length < size && text[length]) {
        length++;
    }
    if (!length || length >= DHCP_BOOT_FILE_SIZE) {
        return false;
    }
    memcpy(file, text, length);
    file[length] = '\0';
    return true;
}

static void take_server(const uint8_t *packet, size_t length,
                        uint8_t server[4])
{
    const uint8_t *from = packet + SERVER_ADDRESS, *value;
    uint8_t size = 0;

    if (is_zero(from)) {
        value = dhcp_option(packet, length, DHCP_HAS_SERVER, &size);
        if (value && size == 4) {
            from = value;
        }
    }
    memcpy(server, from, 4);
}

bool dhcp_boot_file(const uint8_t *packet, size_t length,
                    char file[DHCP_BOOT_FILE_SIZE], uint8_t server[4])
{
    uint8_t size = 0;
    const uint8_t *value = dhcp_option(packet, length, DHCP_HAS_BOOT_FILE,
                                       &size);
    bool in_field = !(overload(packet, length) & OVERLOAD_FILE);

    take_server(packet, length, server);
    return (value && take_text(file, value, size)) ||
           (in_field && take_text(file, packet + FILE, FILE_END - FILE));
}
