/*
 * Cylinders, heads and sectors for a disk that has none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "geometry.h"

#define CYLINDERS_MAX 1024
#define HEADS_MAX 255
#define SECTORS_MAX 63

/* Master boot record. */
#define MBR_SIGNATURE 510
#define MBR_SIGNATURE_VALUE 0xaa55
#define MBR_PARTITIONS 446
#define MBR_PARTITION_COUNT 4
#define PARTITION_SIZE 16
#define PARTITION_START 1           /* head, sector and cylinder, cylinder */
#define PARTITION_FLAG 0            /* 80h: boot from this one */
#define PARTITION_BOOTABLE 0x80
#define PARTITION_TYPE 4
#define TYPE_PROTECTIVE 0xee        /* UEFI 2.10, 5.2.3 */
#define SIZE_UNKNOWN 0xffffffff
#define PARTITION_END 5             /* the same */
#define PARTITION_FIRST 8           /* u32, sector */
#define PARTITION_COUNT 12          /* u32, sectors */

/* Fixed disk parameter table. */
#define FDPT_CYLINDERS 0
#define FDPT_HEADS 2
#define FDPT_PRECOMPENSATION 5
#define FDPT_CONTROL 8
#define FDPT_LANDING_ZONE 12
#define FDPT_SECTORS 14
#define FDPT_SIZE 16
#define CONTROL_NO_RETRY 0xc0
#define CONTROL_MANY_HEADS 0x08

/* Up to this many sectors, that many heads: the LBA-assisted translation. */
static const struct {
    uint32_t capacity;
    uint16_t heads;
} ladder[] = {
    { 16 * SECTORS_MAX * CYLINDERS_MAX, 16 },
    { 32 * SECTORS_MAX * CYLINDERS_MAX, 32 },
    { 64 * SECTORS_MAX * CYLINDERS_MAX, 64 },
    { 128 * SECTORS_MAX * CYLINDERS_MAX, 128 },
};

/* Translations in use, the most frequent first. */
static const struct geometry usual[] = {
    { .heads = 255, .sectors = 63 },
    { .heads = 16, .sectors = 63 },
    { .heads = 32, .sectors = 63 },
    { .heads = 64, .sectors = 63 },
    { .heads = 128, .sectors = 63 },
    { .heads = 240, .sectors = 63 },
    { .heads = 64, .sectors = 32 },
    { .heads = 32, .sectors = 32 },
};

/* Whether the CHS address at @chs means @sector, or says "too far". */
static bool address_fits(const uint8_t *chs, uint32_t sector,
                         const struct geometry *geometry)
{
    uint32_t cylinder = chs[2] | (chs[1] & 0xc0) << 2;
    uint32_t in_track = chs[1] & 0x3f;

    if (cylinder == CYLINDERS_MAX - 1) {
        return true;
    }
    return in_track >= 1 && in_track <= geometry->sectors &&
           chs[0] < geometry->heads &&
           (cylinder * geometry->heads + chs[0]) * geometry->sectors +
           in_track - 1 == sector;
}

/* Whether the table can have been made with @geometry; an empty one not. */
static bool table_fits(const uint8_t *mbr, const struct geometry *geometry)
{
    unsigned used = 0;
    unsigned i;

    for (i = 0; i < MBR_PARTITION_COUNT; i++) {
        const uint8_t *entry = mbr + MBR_PARTITIONS + i * PARTITION_SIZE;
        uint32_t first = ldl_le_p(entry + PARTITION_FIRST);
        uint32_t last = first + (uint32_t)ldl_le_p(entry + PARTITION_COUNT) -
                        1;

        if (!entry[PARTITION_TYPE]) {
            continue;
        }
        if (!address_fits(entry + PARTITION_START, first, geometry) ||
            !address_fits(entry + PARTITION_END, last, geometry)) {
            return false;
        }
        used++;
    }
    return used > 0;
}

/* As if the partition at @entry ended with a cylinder. */
static bool from_end(const uint8_t *entry, struct geometry *geometry)
{
    geometry->heads = entry[PARTITION_END] + 1;
    geometry->sectors = entry[PARTITION_END + 1] & 0x3f;
    return entry[PARTITION_TYPE] && geometry->heads >= 2 &&
           geometry->heads <= HEADS_MAX && geometry->sectors >= 1;
}

/* The geometry that explains all addresses in the table; false: none. */
static bool from_partitions(const uint8_t *mbr, struct geometry *geometry)
{
    unsigned i;

    if (lduw_le_p(mbr + MBR_SIGNATURE) != MBR_SIGNATURE_VALUE) {
        return false;
    }
    for (i = 0; i < MBR_PARTITION_COUNT; i++) {
        if (from_end(mbr + MBR_PARTITIONS + i * PARTITION_SIZE, geometry) &&
            table_fits(mbr, geometry)) {
            return true;
        }
    }
    for (i = 0; i < ARRAY_SIZE(usual); i++) {
        *geometry = usual[i];
        if (table_fits(mbr, geometry)) {
            return true;
        }
    }
    return false;
}

static void from_capacity(uint64_t capacity, struct geometry *geometry)
{
    unsigned i = 0;

    while (i < ARRAY_SIZE(ladder) && capacity > ladder[i].capacity) {
        i++;
    }
    geometry->heads = i < ARRAY_SIZE(ladder) ? ladder[i].heads : HEADS_MAX;
    geometry->sectors = SECTORS_MAX;
}

struct geometry geometry_of(const uint8_t *mbr, uint64_t capacity)
{
    struct geometry geometry;
    uint32_t cylinders = CYLINDERS_MAX;

    if (!from_partitions(mbr, &geometry)) {
        from_capacity(capacity, &geometry);
    }
    if (!(capacity >> 32)) {
        cylinders = (uint32_t)capacity / (geometry.heads * geometry.sectors);
    }
    geometry.cylinders = MAX(1, MIN(cylinders, CYLINDERS_MAX));
    return geometry;
}

uint64_t geometry_claimed(const uint8_t *mbr)
{
    uint64_t claimed = 0;
    unsigned i;

    if (lduw_le_p(mbr + MBR_SIGNATURE) != MBR_SIGNATURE_VALUE) {
        return 0;
    }
    for (i = 0; i < MBR_PARTITION_COUNT; i++) {
        const uint8_t *entry = mbr + MBR_PARTITIONS + i * PARTITION_SIZE;
        uint32_t count = ldl_le_p(entry + PARTITION_COUNT);

        /* A boot sector without a table has other bytes here. */
        if (entry[PARTITION_FLAG] & ~PARTITION_BOOTABLE) {
            return 0;
        }
        if (entry[PARTITION_TYPE] && count &&
            !(entry[PARTITION_TYPE] == TYPE_PROTECTIVE &&
              count == SIZE_UNKNOWN)) {
            uint64_t end = (uint64_t)(uint32_t)ldl_le_p(entry +
                                                        PARTITION_FIRST) +
                           count;

            claimed = MAX(claimed, end);
        }
    }
    return claimed;
}

bool geometry_sector(const struct geometry *geometry, uint16_t cx, uint8_t dh,
                     uint32_t *sector)
{
    unsigned cylinder = cx >> 8 | (cx & 0xc0) << 2;
    unsigned in_track = cx & 0x3f;

    if (cylinder >= geometry->cylinders || dh >= geometry->heads ||
        in_track < 1 || in_track > geometry->sectors) {
        return false;
    }
    *sector = (cylinder * geometry->heads + dh) * geometry->sectors +
              in_track - 1;
    return true;
}

void geometry_fdpt(const struct geometry *geometry, uint8_t fdpt[16])
{
    memset(fdpt, 0, FDPT_SIZE);
    stw_le_p(fdpt + FDPT_CYLINDERS, geometry->cylinders);
    fdpt[FDPT_HEADS] = geometry->heads;
    stw_le_p(fdpt + FDPT_PRECOMPENSATION, 0xffff);
    fdpt[FDPT_CONTROL] = CONTROL_NO_RETRY |
                         (geometry->heads > 8 ? CONTROL_MANY_HEADS : 0);
    stw_le_p(fdpt + FDPT_LANDING_ZONE, geometry->cylinders);
    fdpt[FDPT_SECTORS] = geometry->sectors;
}
