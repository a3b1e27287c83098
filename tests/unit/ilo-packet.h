/*
 * SMIF packets for the tests of ilo-ev.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ILO_PACKET_H
#define TESTS_UNIT_ILO_PACKET_H

#include <string.h>

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "smif.h"

/* A header of @size bytes' packet; the payload is zero.  Returns @size. */
static inline size_t packet_begin(uint8_t *packet, uint16_t command,
                                  size_t size)
{
    memset(packet, 0, size);
    stw_le_p(packet + SMIF_SIZE, size);
    stw_le_p(packet + SMIF_SEQUENCE, 0x1234);
    stw_le_p(packet + SMIF_COMMAND, command);
    return size;
}

static inline size_t packet_get(uint8_t *packet, const char *name)
{
    packet_begin(packet, SMIF_EV_BY_NAME, SMIF_EV_GET_SIZE);
    memcpy(packet + SMIF_EV_GET_NAME, name, strlen(name));
    return SMIF_EV_GET_SIZE;
}

static inline size_t packet_set(uint8_t *packet, uint8_t flags,
                                const char *name, const void *data,
                                size_t length)
{
    packet_begin(packet, SMIF_EV_SET, SMIF_EV_SET_DATA + length);
    packet[SMIF_EV_SET_FLAGS] = flags;
    memcpy(packet + SMIF_EV_SET_NAME, name, strlen(name));
    stw_le_p(packet + SMIF_EV_SET_LENGTH, length);
    memcpy(packet + SMIF_EV_SET_DATA, data, length);
    return SMIF_EV_SET_DATA + length;
}

static inline uint32_t packet_error(const uint8_t *reply)
{
    return ldl_le_p(reply + SMIF_REPLY_ERROR);
}

#endif
