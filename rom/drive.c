/*
 * Our place among the BIOS's drives: number, vectors, parameter tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "drive.h"
#include "geometry.h"
#include "runtime.h"

#define DRIVE_FIRST 0x80
#define DRIVES_MAX 0x7f

#define VECTOR_DISK 0x13
#define VECTOR_BOOT 0x19
#define VECTOR_FDPT_FIRST 0x41      /* parameter table of drive 80h */
#define VECTOR_FDPT_SECOND 0x46     /* ... and of 81h */

/* The old handler goes to @old in the segment, ours is named at @entry. */
static void hook(uint8_t vector, unsigned old, unsigned entry)
{
    stl_le_p(runtime_at(old), vector_get(vector));
    vector_set(vector, runtime_segment(), lduw_le_p(runtime_at(entry)));
}

static void hook_parameters(const struct geometry *geometry, uint8_t drive,
                            uint8_t natural)
{
    uint32_t displaced = vector_get(VECTOR_FDPT_FIRST);

    geometry_fdpt(geometry, runtime_at(RT_FDPT));
    if (drive == DRIVE_FIRST) {
        vector_set(VECTOR_FDPT_FIRST, runtime_segment(), RT_FDPT);
    }
    if (drive == DRIVE_FIRST + 1) {
        vector_set(VECTOR_FDPT_SECOND, runtime_segment(), RT_FDPT);
    }
    if (drive == DRIVE_FIRST && natural == DRIVE_FIRST + 1) {
        vector_set(VECTOR_FDPT_SECOND, displaced >> 16, displaced);
    }
}

uint8_t drive_hook(const struct geometry *geometry, bool force)
{
    uint8_t drives = bda_read8(BDA_DRIVES);
    uint8_t natural = DRIVE_FIRST | drives;
    uint8_t drive = force ? DRIVE_FIRST : natural;

    if (drives >= DRIVES_MAX) {
        return 0;
    }
    *runtime_at(RT_DRIVE) = drive;
    *runtime_at(RT_NATURAL) = natural;
    *runtime_at(RT_DRIVES) = drives + 1;
    bda_write8(BDA_DRIVES, drives + 1);
    hook_parameters(geometry, drive, natural);
    hook(VECTOR_DISK, RT_OLD_INT13, RT_INT13);
    if (force) {
        hook(VECTOR_BOOT, RT_OLD_INT19, RT_INT19);
    }
    return drive;
}
