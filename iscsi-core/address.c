/*
 * Addresses of portals, as people and TargetAddress write them:
 * RFC 7143 13.8.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

#define ISCSI_PORT 3260

/* Bytes that a host name or a literal address is made of. */
static bool is_host_byte(char byte, bool v6)
{
    if ((byte >= '0' && byte <= '9') || byte == '.') {
        return true;
    }
    if (v6) {
        return byte == ':' || byte == '%' ||
               ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
    }
    return byte == '-' || byte == '_' ||
           ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

static bool parse_port(const char *text, size_t length, uint16_t *port)
{
    uint32_t number = 0;
    size_t i;

    if (length == 0 || length > 5) {
        return false;
    }
    for (i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        number = number * 10 + (text[i] - '0');
    }
    *port = number;
    return number >= 1 && number <= 65535;
}

/* Takes the host off the front; *@used bytes of @text belong to it. */
static bool parse_host(const char *text, size_t length, size_t *used,
                       struct iscsi_address *address)
{
    size_t start = 0, end;

    address->v6 = length && text[0] == '[';
    if (address->v6) {
        start = 1;
    }
    for (end = start; end < length &&
         is_host_byte(text[end], address->v6); end++) {
        continue;
    }
    *used = end;
    if (address->v6) {
        if (end == length || text[end] != ']') {
            return false;
        }
        *used = end + 1;
    }
    if (end == start || end - start > ISCSI_HOST_MAX) {
        return false;
    }
    memcpy(address->host, text + start, end - start);
    address->host[end - start] = '\0';
    return true;
}

bool iscsi_address_parse(const char *text, size_t length,
                         struct iscsi_address *address)
{
    size_t used, i;

    for (i = 0; i < length && text[i] != ','; i++) {
        continue;
    }
    length = i;
    if (!parse_host(text, length, &used, address)) {
        return false;
    }
    address->port = ISCSI_PORT;
    if (used == length) {
        return true;
    }
    return text[used] == ':' &&
           parse_port(text + used + 1, length - used - 1, &address->port);
}
