/*
 * INT 13h for our disk: every function in a table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_INT13_H
#define ROM_INT13_H

#include <stdbool.h>
#include <stdint.h>

#include "edd.h"
#include "geometry.h"
#include "runtime.h"

struct int13_disk {
    struct geometry geometry;
    struct edd_path path;
    uint8_t status;                 /* of the last call, for function 01h */
    bool boot_sector_read;          /* sector 0 came to 0000:7C00 */
};

/*
 * Executes the call whose registers are @frame and leaves the result in them.
 * Returns CORE_DONE, or CORE_FAILED for the carry flag.
 */
uint32_t int13_call(struct int13_disk *disk, struct call_frame *frame);

#endif
