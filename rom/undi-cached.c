/*
 * UNDI: GET_CACHED_INFO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "cached.h"
#include "linear.h"
#include "undi.h"
#include "undi-segment.h"

QEMU_BUILD_BUG_ON(UNDI_PACKETS + PXE_CACHED * UNDI_PACKET_SIZE >
                  UNDI_DATA_SIZE);
QEMU_BUILD_BUG_ON(BNX_FRAME_MAX > UNDI_FRAME_SIZE);

/* A client without a buffer is shown ours, one for each packet. */
uint16_t undi_get_cached_info(void *block)
{
    struct pxe_cached_info *request = block;
    struct pxe_pointer own = { .segment = undi.data_segment };
    size_t length;
    uint8_t *packet;

    if (request->type < 1 || request->type > PXE_CACHED) {
        return PXE_UNSUPPORTED;
    }
    own.offset = UNDI_PACKETS + (request->type - 1) * UNDI_PACKET_SIZE;
    packet = undi_memory(own);
    length = cached_packet(request->type, packet, UNDI_PACKET_SIZE);
    if (!length) {
        return PXE_FAILURE;
    }
    request->limit = UNDI_PACKET_SIZE;
    if (!request->size) {
        request->buffer = own;
        request->size = length;
        return PXE_SUCCESS;
    }
    request->size = MIN(request->size, length);
    memcpy(undi_memory(request->buffer), packet, request->size);
    return PXE_SUCCESS;
}
