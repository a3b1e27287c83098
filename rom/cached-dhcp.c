/*
 * The PXE ROM's packets: those by which it got its address, as they were sent
 * and received.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "cached.h"
#include "dhcp.h"
#include "lease.h"
#include "pxe.h"
#include "undi-segment.h"

static struct {
    uint16_t length;                    /* 0: none */
    uint8_t bytes[UNDI_PACKET_SIZE];
} cached[PXE_CACHED];

void cached_clear(void)
{
    memset(cached, 0, sizeof(cached));
}

void cached_keep(unsigned type, const uint8_t *packet, size_t length)
{
    length = MIN(length, sizeof(cached[0].bytes));
    memcpy(cached[type - 1].bytes, packet, length);
    cached[type - 1].length = length;
}

/* Without an answer of a boot server of its own, the DHCP server's is it. */
size_t cached_packet(unsigned type, uint8_t *packet, size_t room)
{
    unsigned index = type - 1;

    if (type == PXE_CACHED_REPLY && !cached[index].length) {
        index = PXE_CACHED_ACK - 1;
    }
    if (cached[index].length > room) {
        return 0;
    }
    memcpy(packet, cached[index].bytes, cached[index].length);
    return cached[index].length;
}

bool cached_boot_file(char file[DHCP_BOOT_FILE_SIZE], uint8_t server[4])
{
    unsigned at;

    for (at = PXE_CACHED; at >= PXE_CACHED_ACK; at--) {
        if (cached[at - 1].length &&
            dhcp_boot_file(cached[at - 1].bytes, cached[at - 1].length, file,
                           server)) {
            return true;
        }
    }
    return false;
}
