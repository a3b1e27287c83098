/*
 * Memory by its linear address.  In the ROM that is the pointer itself; unit
 * tests give an address space of their own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_LINEAR_H
#define ROM_LINEAR_H

#include <stdint.h>

/* The bytes at linear address @address. */
void *linear(uint32_t address);

static inline uint32_t linear_of(uint16_t segment, uint16_t offset)
{
    return ((uint32_t)segment << 4) + offset;
}

#endif
