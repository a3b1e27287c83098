/*
 * The packets by which the adapter got, or would have got, its address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_CACHED_H
#define ROM_CACHED_H

#include <stddef.h>
#include <stdint.h>

/*
 * Writes the packet of @type (PXE_CACHED_*) into the @room bytes at @packet
 * and returns its size; 0 when there is none.
 */
size_t cached_packet(unsigned type, uint8_t *packet, size_t room);

#endif
