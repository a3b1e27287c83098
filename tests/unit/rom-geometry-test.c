/*
 * Geometry of a disk that has none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "qemu/bswap.h"
#include "geometry.h"
#include "unit.h"

#define MBR_SIZE 512
#define PARTITIONS 446
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static uint8_t mbr[MBR_SIZE];

static void sign(void)
{
    memset(mbr, 0, sizeof(mbr));
    mbr[510] = 0x55;
    mbr[511] = 0xaa;
}

static void put_chs(uint8_t *to, uint32_t sector, unsigned heads,
                    unsigned sectors)
{
    uint32_t cylinder = sector / sectors / heads;

    if (cylinder > 1022) {
        memcpy(to, (uint8_t[]) { 254, 0xff, 0xff }, 3);
        return;
    }
    to[0] = sector / sectors % heads;
    to[1] = (sector % sectors + 1) | (cylinder >> 8) << 6;
    to[2] = cylinder;
}

/* Entry @number, written by somebody who counts in @heads and @sectors. */
static uint8_t *partition(unsigned number, uint32_t first, uint32_t count,
                          unsigned heads, unsigned sectors)
{
    uint8_t *entry = mbr + PARTITIONS + number * 16;

    put_chs(entry + 1, first, heads, sectors);
    entry[4] = 0x83;
    put_chs(entry + 5, first + count - 1, heads, sectors);
    stl_le_p(entry + 8, first);
    stl_le_p(entry + 12, count);
    return entry;
}

static void expect(uint64_t capacity, unsigned cylinders, unsigned heads,
                   unsigned sectors)
{
    struct geometry geometry = geometry_of(mbr, capacity);

    CU_ASSERT_EQUAL(geometry.cylinders, cylinders);
    CU_ASSERT_EQUAL(geometry.heads, heads);
    CU_ASSERT_EQUAL(geometry.sectors, sectors);
}

static void an_empty_disk_is_translated_by_size(void)
{
    memset(mbr, 0, sizeof(mbr));
    expect(131072, 130, 16, 63);
    expect(16 * 63 * 1024, 1024, 16, 63);
    expect(16 * 63 * 1024 + 1, 512, 32, 63);
    expect(2097152, 520, 64, 63);
    expect(8000000, 992, 128, 63);
    expect(16000000, 995, 255, 63);
}

static void cylinders_stop_at_1024(void)
{
    sign();
    expect(0xffffffffu, 1024, 255, 63);
    expect(0x100000000ull, 1024, 255, 63);
    expect(UINT64_MAX / 512, 1024, 255, 63);
}

static void a_tiny_disk_has_one_cylinder(void)
{
    sign();
    expect(1, 1, 16, 63);
}

static void a_table_of_whole_cylinders_says_its_geometry(void)
{
    sign();
    partition(0, 17, 30 * 9 * 17 - 17, 9, 17);
    partition(2, 30 * 9 * 17, 9 * 17, 9, 17);
    expect(131072, 131072 / 9 / 17, 9, 17);
}

static void partitions_that_end_anywhere_fit_a_usual_geometry(void)
{
    sign();
    partition(0, 2048, 260049, 255, 63);
    expect(262144, 16, 255, 63);
    sign();
    partition(0, 2048, 100001, 64, 32);
    expect(262144, 128, 64, 32);
}

static void addresses_too_far_for_chs_do_not_contradict(void)
{
    sign();
    partition(0, 2048, 16000000, 255, 63);
    partition(1, 16002048, 40000000, 255, 63);
    expect(60000000, 1024, 255, 63);
}

static void entries_that_disagree_are_ignored(void)
{
    sign();
    partition(0, 32, 10001, 64, 32);
    partition(1, 20000, 10001, 255, 63);
    expect(131072, 130, 16, 63);
}

static void empty_entries_do_not_count(void)
{
    sign();
    partition(0, 777, 778, 7, 9)[4] = 0;
    partition(1, 2048, 100000, 255, 63);
    expect(131072, 8, 255, 63);
}

static void a_protective_table_is_translated_by_size(void)
{
    uint8_t *entry;

    sign();
    entry = partition(0, 1, 131071, 255, 63);
    memcpy(entry + 1, (uint8_t[]) { 0x00, 0x02, 0x00, 0xee }, 4);
    memcpy(entry + 5, (uint8_t[]) { 0xff, 0xff, 0xff }, 3);
    CU_ASSERT_TRUE(geometry_of(mbr, 131072).heads <= 255);
    CU_ASSERT_EQUAL(geometry_of(mbr, 131072).sectors, 63);
}

static void an_unsigned_table_is_not_looked_at(void)
{
    sign();
    partition(0, 17, 30 * 9 * 17 - 17, 9, 17);
    mbr[510] = 0;
    expect(131072, 130, 16, 63);
}

static void nonsense_in_a_table_is_ignored(void)
{
    sign();
    memset(mbr + PARTITIONS, 0xff, 64);
    expect(131072, 8, 255, 63);
    sign();
    memset(mbr + PARTITIONS, 0x01, 64);
    expect(131072, 130, 16, 63);
    sign();
    partition(0, 63, 1000, 16, 63)[6] = 0;
    expect(131072, 130, 16, 63);
}

static void a_table_claims_what_its_last_partition_needs(void)
{
    sign();
    CU_ASSERT_EQUAL(geometry_claimed(mbr), 0);
    partition(2, 2048, 4096, 255, 63)[0] = 0x80;
    partition(0, 63, 1000, 255, 63);
    CU_ASSERT_EQUAL(geometry_claimed(mbr), 2048 + 4096);
    partition(3, 0xffffffff, 0xfffffffe, 255, 63);
    CU_ASSERT_EQUAL(geometry_claimed(mbr), 0x1fffffffd);
}

static void empty_entries_claim_nothing(void)
{
    sign();
    partition(0, 2048, 4096, 255, 63)[4] = 0;
    partition(1, 1 << 30, 0, 255, 63);
    CU_ASSERT_EQUAL(geometry_claimed(mbr), 0);
}

static void a_protective_partition_claims_only_a_size_that_it_tells(void)
{
    sign();
    partition(0, 1, 0xffffffff, 255, 63)[4] = 0xee;
    CU_ASSERT_EQUAL(geometry_claimed(mbr), 0);
    partition(0, 1, 9999, 255, 63)[4] = 0xee;
    CU_ASSERT_EQUAL(geometry_claimed(mbr), 10000);
}

static void a_boot_sector_without_a_table_claims_nothing(void)
{
    sign();
    partition(0, 2048, 4096, 255, 63);
    partition(3, 2048, 4096, 255, 63)[0] = 'S';
    CU_ASSERT_EQUAL(geometry_claimed(mbr), 0);
    sign();
    partition(0, 2048, 4096, 255, 63);
    mbr[511] = 0;
    CU_ASSERT_EQUAL(geometry_claimed(mbr), 0);
}

static void addresses_become_sectors(void)
{
    static const struct geometry geometry = { 600, 16, 63 };
    static const struct {
        uint16_t cx;
        uint8_t dh;
        bool exists;
        uint32_t sector;
    } rows[] = {
        { 0x0001, 0, true, 0 },
        { 0x0002, 0, true, 1 },
        { 0x003f, 15, true, 15 * 63 + 62 },
        { 0x0101, 0, true, 16 * 63 },
        { 0x5781, 15, true, (0x257 * 16 + 15) * 63 },
        { 0x0000, 0, false, 0 },        /* sectors count from 1 */
        { 0x0001, 16, false, 0 },       /* no such head */
        { 0x5881, 0, false, 0 },        /* no such cylinder */
    };
    uint32_t sector;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        bool exists = geometry_sector(&geometry, rows[i].cx, rows[i].dh,
                                      &sector);

        CU_ASSERT_EQUAL(exists, rows[i].exists);
        if (exists) {
            CU_ASSERT_EQUAL(sector, rows[i].sector);
        }
    }
}

static void the_parameter_table_has_the_fields_of_the_at(void)
{
    static const struct geometry geometry = { 0x257, 16, 63 };
    static const uint8_t want[16] = {
        0x57, 0x02, 16, 0, 0, 0xff, 0xff, 0, 0xc8, 0, 0, 0, 0x57, 0x02, 63, 0,
    };
    uint8_t fdpt[16];

    memset(fdpt, 0xee, sizeof(fdpt));
    geometry_fdpt(&geometry, fdpt);
    CU_ASSERT_EQUAL(memcmp(fdpt, want, sizeof(want)), 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(an_empty_disk_is_translated_by_size),
    UNIT_CASE(cylinders_stop_at_1024),
    UNIT_CASE(a_tiny_disk_has_one_cylinder),
    UNIT_CASE(a_table_of_whole_cylinders_says_its_geometry),
    UNIT_CASE(partitions_that_end_anywhere_fit_a_usual_geometry),
    UNIT_CASE(addresses_too_far_for_chs_do_not_contradict),
    UNIT_CASE(entries_that_disagree_are_ignored),
    UNIT_CASE(empty_entries_do_not_count),
    UNIT_CASE(a_protective_table_is_translated_by_size),
    UNIT_CASE(an_unsigned_table_is_not_looked_at),
    UNIT_CASE(nonsense_in_a_table_is_ignored),
    UNIT_CASE(a_table_claims_what_its_last_partition_needs),
    UNIT_CASE(empty_entries_claim_nothing),
    UNIT_CASE(a_protective_partition_claims_only_a_size_that_it_tells),
    UNIT_CASE(a_boot_sector_without_a_table_claims_nothing),
    UNIT_CASE(addresses_become_sectors),
    UNIT_CASE(the_parameter_table_has_the_fields_of_the_at),
};

int main(int argc, char **argv)
{
    return unit_main("rom-geometry", cases, COUNT(cases), argc, argv);
}
