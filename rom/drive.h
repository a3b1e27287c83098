/*
 * Our place among the BIOS's drives: number, vectors, parameter tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_DRIVE_H
#define ROM_DRIVE_H

#include <stdbool.h>
#include <stdint.h>

struct geometry;

/*
 * Takes the next free drive number, or 80h when @force; the drive that had
 * 80h then answers at the free one.  Hooks INT 13h and, when @force, INT 19h,
 * so that the machine boots from us whatever the boot order says.  Returns
 * our number, 0 when none is left.
 */
uint8_t drive_hook(const struct geometry *geometry, bool force);

#endif
