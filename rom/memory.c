/*
 * The rest of the permanent memory block, handed out from its start.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "block.h"
#include "layout.h"
#include "memory.h"

static size_t used;

size_t memory_left(void)
{
    size_t length = (uint32_t)ldl_le_p(block_header + BLOCK_LENGTH);

    return length - (core_end - block_header) - used;
}

void *memory_alloc(size_t size, size_t align)
{
    uintptr_t next = (uintptr_t)core_end + used;
    size_t gap = -next & (align - 1);
    size_t left = memory_left();

    if (gap > left || size > left - gap) {
        return NULL;
    }
    used += gap + size;
    return memset((void *)(next + gap), 0, size);
}
