/*
 * Cylinders, heads and sectors for a disk that has none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_GEOMETRY_H
#define ROM_GEOMETRY_H

#include <stdbool.h>
#include <stdint.h>

struct geometry {
    uint16_t cylinders;             /* 1..1024 */
    uint16_t heads;                 /* 1..255: 256 breaks DOS */
    uint16_t sectors;               /* 1..63 a track */
};

/*
 * The geometry of a disk of @capacity sectors whose first one is @mbr (512
 * bytes): one that explains every address in its partition table, else the
 * usual translation by size.
 */
struct geometry geometry_of(const uint8_t *mbr, uint64_t capacity);

/*
 * Turns the address in CX and DH of INT 13h into a sector number.  False
 * when it does not exist in @geometry.
 */
bool geometry_sector(const struct geometry *geometry, uint16_t cx, uint8_t dh,
                     uint32_t *sector);

/*
 * How many sectors a disk must have for all partitions in the table of @mbr;
 * 0 when that is no partition table.  One that only protects a GUID table and
 * does not tell its size does not count.
 */
uint64_t geometry_claimed(const uint8_t *mbr);

/* Fills the 16 bytes of a fixed disk parameter table (INT 41h, 46h). */
void geometry_fdpt(const struct geometry *geometry, uint8_t fdpt[16]);

#endif
