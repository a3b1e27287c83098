/*
 * The permanent memory block that the BIOS gave us (PMM, extended memory,
 * 512 or 320 KiB).  Physical address = linear address = pointer, so a pointer
 * may be handed to the adapter as a DMA address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_MEMORY_H
#define ROM_MEMORY_H

#include <stddef.h>
#include <stdint.h>

/*
 * Takes @size bytes, zeroed, aligned to @align (a power of two), for good:
 * there is no free.  Returns NULL when the block is used up.  Only at init
 * and in the connect phase.
 */
void *memory_alloc(size_t size, size_t align);

/* Bytes still to be had, before alignment. */
size_t memory_left(void);

#endif
