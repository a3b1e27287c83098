/*
 * Read-ahead of the option ROM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "read-ahead.h"
#include "rom-machine.h"
#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define AHEAD 64

static uint8_t ahead[AHEAD * MACHINE_SECTOR_SIZE];
static uint32_t buffer[MACHINE_SECTORS * MACHINE_SECTOR_SIZE / 4];

static void start(void)
{
    machine_reset();
    machine_ms = 5000;
    read_ahead_init(ahead, AHEAD);
}

/* Reads and checks the data; returns how many requests the disk saw. */
static unsigned reads(uint64_t sector, uint32_t count)
{
    unsigned before = machine_disk.requests;
    uint32_t done = 0;
    uint32_t i;

    memset(buffer, 0, sizeof(buffer));
    CU_ASSERT_EQUAL(read_ahead_read(sector, count, buffer, &done), DISK_OK);
    CU_ASSERT_EQUAL(done, count);
    for (i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(buffer[i * MACHINE_SECTOR_SIZE / 4],
                        machine_pattern(sector + i));
    }
    CU_ASSERT_EQUAL(buffer[count * MACHINE_SECTOR_SIZE / 4], 0);
    return machine_disk.requests - before;
}

static void reads_in_a_row_cost_one_request(void)
{
    unsigned i;

    start();
    CU_ASSERT_EQUAL(reads(100, 1), 1);
    CU_ASSERT_EQUAL(machine_disk.count, 1);
    CU_ASSERT_EQUAL(reads(101, 1), 1);
    CU_ASSERT_EQUAL(machine_disk.count, AHEAD);
    for (i = 102; i < 101 + AHEAD; i++) {
        CU_ASSERT_EQUAL(reads(i, 1), 0);
    }
    CU_ASSERT_EQUAL(reads(101 + AHEAD, 1), 1);
    CU_ASSERT_EQUAL(machine_disk.count, AHEAD);
}

static void a_read_past_the_buffer_continues_on_the_disk(void)
{
    start();
    reads(0, 8);
    reads(8, 8);
    CU_ASSERT_EQUAL(reads(8 + AHEAD - 4, 8), 1);
    CU_ASSERT_EQUAL(machine_disk.sector, 8 + AHEAD);
    CU_ASSERT_EQUAL(machine_disk.count, AHEAD);
}

static void reads_here_and_there_are_not_enlarged(void)
{
    start();
    reads(100, 4);
    reads(300, 4);
    CU_ASSERT_EQUAL(machine_disk.count, 4);
    reads(200, 4);
    CU_ASSERT_EQUAL(machine_disk.count, 4);
}

static void large_reads_go_straight_to_the_caller(void)
{
    start();
    reads(0, AHEAD);
    CU_ASSERT_EQUAL(reads(AHEAD, AHEAD / 2 + 1), 1);
    CU_ASSERT_EQUAL(machine_disk.count, AHEAD / 2 + 1);
}

static void the_end_of_the_disk_limits_it(void)
{
    start();
    reads(MACHINE_SECTORS - 12, 2);
    CU_ASSERT_EQUAL(reads(MACHINE_SECTORS - 10, 2), 1);
    CU_ASSERT_EQUAL(machine_disk.count, 10);
    CU_ASSERT_EQUAL(reads(MACHINE_SECTORS - 8, 8), 0);
}

static void beyond_the_end_the_disk_decides(void)
{
    uint32_t done = 99;

    start();
    reads(MACHINE_SECTORS - 2, 2);
    CU_ASSERT_EQUAL(read_ahead_read(MACHINE_SECTORS, 1, buffer, &done),
                    DISK_BAD_COMMAND);
    CU_ASSERT_EQUAL(done, 0);
    CU_ASSERT_EQUAL(read_ahead_read(UINT64_MAX, 1, buffer, &done),
                    DISK_BAD_COMMAND);
}

static void old_data_is_not_handed_out(void)
{
    start();
    reads(0, 1);
    reads(1, 1);
    machine_ms += 1000;
    CU_ASSERT_NOT_EQUAL(machine_disk.operation, 'p');
    reads(2, 1);
    machine_ms += 1;
    CU_ASSERT_EQUAL(reads(3, 1), 1);
    CU_ASSERT_EQUAL(machine_disk.operation, 'r');
}

static void the_connection_is_polled_now_and_then(void)
{
    start();
    reads(0, 1);
    reads(1, 1);
    CU_ASSERT_EQUAL(reads(2, 1), 0);
    machine_ms += 11;
    CU_ASSERT_EQUAL(reads(3, 1), 1);
    CU_ASSERT_EQUAL(machine_disk.operation, 'p');
    CU_ASSERT_EQUAL(reads(4, 1), 0);
}

static void what_is_forgotten_is_read_again(void)
{
    start();
    reads(0, 1);
    reads(1, 1);
    read_ahead_forget();
    CU_ASSERT_EQUAL(reads(2, 1), 1);
}

static void a_failure_ahead_is_not_the_callers(void)
{
    uint32_t done;

    start();
    reads(0, 1);
    machine_disk.answer = DISK_BAD_SECTOR;
    machine_disk.done = 0;
    CU_ASSERT_EQUAL(read_ahead_read(1, 2, buffer, &done), DISK_BAD_SECTOR);
    CU_ASSERT_EQUAL(machine_disk.sector, 1);
    CU_ASSERT_EQUAL(machine_disk.count, 2);
    CU_ASSERT_EQUAL(done, 0);
    machine_disk.answer = DISK_OK;
    CU_ASSERT_EQUAL(reads(1, 2), 1);
}

static void without_memory_every_read_is_a_request(void)
{
    start();
    read_ahead_init(NULL, AHEAD);
    CU_ASSERT_EQUAL(reads(0, 1), 1);
    CU_ASSERT_EQUAL(reads(1, 1), 1);
    CU_ASSERT_EQUAL(machine_disk.count, 1);
}

static const struct unit_case cases[] = {
    UNIT_CASE(reads_in_a_row_cost_one_request),
    UNIT_CASE(a_read_past_the_buffer_continues_on_the_disk),
    UNIT_CASE(reads_here_and_there_are_not_enlarged),
    UNIT_CASE(large_reads_go_straight_to_the_caller),
    UNIT_CASE(the_end_of_the_disk_limits_it),
    UNIT_CASE(beyond_the_end_the_disk_decides),
    UNIT_CASE(old_data_is_not_handed_out),
    UNIT_CASE(the_connection_is_polled_now_and_then),
    UNIT_CASE(what_is_forgotten_is_read_again),
    UNIT_CASE(a_failure_ahead_is_not_the_callers),
    UNIT_CASE(without_memory_every_read_is_a_request),
};

int main(int argc, char **argv)
{
    return unit_main("rom-read-ahead", cases, COUNT(cases), argc, argv);
}
