/*
 * INT 13h: every function, by its registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "qemu/bswap.h"
#include "int13.h"
#include "linear.h"
#include "rom-machine.h"
#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define PACKET 0x9000               /* DS:SI = 0800:1000 */
#define BUFFER 0x21234              /* ES:BX = 2000:1234 */
#define FRAME_DS_VALUE 0x0800
#define HIGH 0xbeef0000u            /* high halves must come back */

static struct int13_disk disk;
static struct call_frame frame;

static void start(void)
{
    machine_reset();
    memset(&disk, 0, sizeof(disk));
    disk.geometry = (struct geometry) { 4, 16, 63 };
    memset(&frame, 0, sizeof(frame));
    frame.ebx = frame.ecx = frame.esi = HIGH;
    frame.edx = HIGH | 0x80;
}

static uint32_t call(uint16_t ax)
{
    frame.eax = HIGH | ax;
    return int13_call(&disk, &frame);
}

static uint8_t ah(void)
{
    return frame.eax >> 8;
}

static uint8_t al(void)
{
    return frame.eax;
}

static uint8_t *packet(uint8_t size, uint16_t count, uint64_t sector)
{
    uint8_t *p = linear(PACKET);

    frame.ds = FRAME_DS_VALUE;
    frame.esi = HIGH | 0x1000;
    p[0] = size;
    stw_le_p(p + 2, count);
    stw_le_p(p + 4, BUFFER & 0xffff);
    stw_le_p(p + 6, 0x2000);
    stq_le_p(p + 8, sector);
    return p;
}

static void chs(uint16_t cx, uint8_t dh)
{
    frame.ecx = HIGH | cx;
    frame.edx = HIGH | dh << 8 | 0x80;
    frame.es = 0x2000;
    frame.ebx = HIGH | 0x1234;
}

static uint8_t bda_status(void)
{
    return *(uint8_t *)linear(0x474);
}

static void a_chs_read_reaches_the_callers_buffer(void)
{
    start();
    chs(0x0102, 3);
    CU_ASSERT_EQUAL(call(0x0205), CORE_DONE);
    CU_ASSERT_EQUAL(frame.eax, HIGH | 5);
    CU_ASSERT_EQUAL(machine_disk.sector, (16 + 3) * 63 + 1);
    CU_ASSERT_EQUAL(machine_disk.count, 5);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(linear(BUFFER + 4 * 512)),
                    machine_pattern(machine_disk.sector + 4));
    CU_ASSERT_EQUAL(*(uint8_t *)linear(BUFFER + 5 * 512), 0);
}

static void chs_refuses_what_does_not_exist(void)
{
    start();
    chs(0x0001, 0);
    CU_ASSERT_EQUAL(call(0x0200), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
    chs(0x0000, 0);
    CU_ASSERT_EQUAL(call(0x0201), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
    chs(0x0001, 16);
    CU_ASSERT_EQUAL(call(0x0301), CORE_FAILED);
    chs(0x0401, 0);
    CU_ASSERT_EQUAL(call(0x0401), CORE_FAILED);
    CU_ASSERT_EQUAL(machine_disk.requests, 0);
}

static void a_chs_failure_reports_the_sectors_done(void)
{
    start();
    machine_disk.answer = DISK_BAD_SECTOR;
    machine_disk.done = 3;
    chs(0x0001, 0);
    CU_ASSERT_EQUAL(call(0x0208), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x10);
    CU_ASSERT_EQUAL(al(), 3);
    CU_ASSERT_EQUAL(bda_status(), 0x10);
}

static void chs_writes_are_writes(void)
{
    start();
    chs(0x0001, 1);
    CU_ASSERT_EQUAL(call(0x0302), CORE_DONE);
    CU_ASSERT_EQUAL(machine_disk.operation, 'w');
    CU_ASSERT_EQUAL(machine_disk.sector, 63);
}

static void a_verify_reads_every_sector_and_touches_no_memory(void)
{
    start();
    chs(0x0001, 0);
    CU_ASSERT_EQUAL(call(0x0413), CORE_DONE);
    CU_ASSERT_EQUAL(machine_disk.operation, 'r');
    CU_ASSERT_EQUAL(machine_disk.sector + machine_disk.count, 0x13);
    CU_ASSERT_EQUAL(al(), 0x13);
    CU_ASSERT_EQUAL(*(uint8_t *)linear(BUFFER), 0);
}

static void a_packet_read_may_cross_64_kib(void)
{
    start();
    stw_le_p(packet(0x10, 127, 1000) + 4, 0xff00);
    CU_ASSERT_EQUAL(call(0x4200), CORE_DONE);
    CU_ASSERT_EQUAL(ah(), 0);
    CU_ASSERT_EQUAL(machine_disk.sector, 1000);
    CU_ASSERT_EQUAL(machine_disk.count, 127);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(linear(0x2ff00 + 126 * 512)),
                    machine_pattern(1126));
    CU_ASSERT_EQUAL(lduw_le_p(linear(PACKET + 2)), 127);
}

static void a_failed_packet_says_how_much_was_done(void)
{
    start();
    machine_disk.answer = DISK_TIMEOUT;
    machine_disk.done = 7;
    packet(0x10, 20, 0);
    CU_ASSERT_EQUAL(call(0x4200), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x80);
    CU_ASSERT_EQUAL(lduw_le_p(linear(PACKET + 2)), 7);
}

static void a_packet_beyond_the_end_moves_nothing(void)
{
    start();
    packet(0x10, 2, MACHINE_SECTORS - 1);
    CU_ASSERT_EQUAL(call(0x4200), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
    CU_ASSERT_EQUAL(lduw_le_p(linear(PACKET + 2)), 0);
    packet(0x10, 1, UINT64_MAX);
    CU_ASSERT_EQUAL(call(0x4300), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
}

static void a_short_packet_is_refused(void)
{
    start();
    packet(0x0f, 1, 0);
    CU_ASSERT_EQUAL(call(0x4200), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
    CU_ASSERT_EQUAL(machine_disk.requests, 0);
}

static void a_flat_address_is_used_when_the_far_one_is_all_ones(void)
{
    uint8_t *p;

    start();
    p = packet(0x18, 1, 5);
    stl_le_p(p + 4, 0xffffffff);
    stq_le_p(p + 0x10, 0x123456);
    CU_ASSERT_EQUAL(call(0x4200), CORE_DONE);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(linear(0x123456)), machine_pattern(5));
}

static void all_ones_in_a_short_packet_is_a_far_address(void)
{
    uint8_t *p;

    start();
    p = packet(0x10, 1, 5);
    stl_le_p(p + 4, 0xffffffff);
    CU_ASSERT_EQUAL(call(0x4200), CORE_DONE);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(linear(0x10ffef)), machine_pattern(5));
}

static void a_flat_address_above_4_gib_is_refused(void)
{
    uint8_t *p;

    start();
    p = packet(0x18, 1, 5);
    stl_le_p(p + 4, 0xffffffff);
    stq_le_p(p + 0x10, 0x100000000ull);
    CU_ASSERT_EQUAL(call(0x4200), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
    stq_le_p(p + 0x10, 0xfffffe01u);
    CU_ASSERT_EQUAL(call(0x4200), CORE_FAILED);
    CU_ASSERT_EQUAL(machine_disk.requests, 0);
}

static void a_seek_checks_the_sector(void)
{
    start();
    packet(0x10, 0, MACHINE_SECTORS - 1);
    CU_ASSERT_EQUAL(call(0x4700), CORE_DONE);
    packet(0x10, 0, MACHINE_SECTORS);
    CU_ASSERT_EQUAL(call(0x4700), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
}

static void drive_parameters_are_the_geometry(void)
{
    start();
    disk.geometry = (struct geometry) { 1024, 255, 63 };
    *(uint8_t *)linear(0x475) = 2;
    CU_ASSERT_EQUAL(call(0x08aa), CORE_DONE);
    CU_ASSERT_EQUAL(frame.eax, HIGH);
    CU_ASSERT_EQUAL(frame.ecx, HIGH | 0xffff);
    CU_ASSERT_EQUAL(frame.edx, HIGH | 254 << 8 | 2);
}

static void disk_type_answers_hard_disk_and_size(void)
{
    start();
    machine_disk.capacity = 0x12345678;
    CU_ASSERT_EQUAL(call(0x1500), CORE_DONE);
    CU_ASSERT_EQUAL(ah(), 3);
    CU_ASSERT_EQUAL(frame.ecx, HIGH | 0x1234);
    CU_ASSERT_EQUAL(frame.edx, HIGH | 0x5678);
    machine_disk.capacity = 0x100000000ull;
    CU_ASSERT_EQUAL(call(0x1500), CORE_DONE);
    CU_ASSERT_EQUAL(frame.ecx, HIGH | 0xffff);
    CU_ASSERT_EQUAL(frame.edx, HIGH | 0xffff);
}

static void extensions_are_offered(void)
{
    start();
    frame.ebx = HIGH | 0x55aa;
    CU_ASSERT_EQUAL(call(0x4100), CORE_DONE);
    CU_ASSERT_EQUAL(frame.ebx, HIGH | 0xaa55);
    CU_ASSERT_EQUAL(ah(), 0x30);
    CU_ASSERT_EQUAL(frame.ecx & 5, 5);
    frame.ebx = HIGH;
    CU_ASSERT_EQUAL(call(0x4100), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
}

static void the_last_status_is_remembered(void)
{
    start();
    CU_ASSERT_EQUAL(call(0x0100), CORE_DONE);
    chs(0x0000, 0);
    call(0x0201);
    CU_ASSERT_EQUAL(call(0x0100), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x01);
    CU_ASSERT_EQUAL(call(0x0000), CORE_DONE);
    CU_ASSERT_EQUAL(call(0x0100), CORE_DONE);
    CU_ASSERT_EQUAL(ah(), 0);
}

static void a_reset_restores_a_dead_session(void)
{
    start();
    CU_ASSERT_EQUAL(call(0x0000), CORE_DONE);
    CU_ASSERT_EQUAL(machine_disk.operation, 'P');
    machine_disk.answer = DISK_TIMEOUT;
    CU_ASSERT_EQUAL(call(0x0d00), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0x80);
}

static void unknown_functions_are_refused(void)
{
    static const uint8_t numbers[] = { 0x05, 0x06, 0x07, 0x16, 0x4a, 0xff };
    size_t i;

    start();
    for (i = 0; i < COUNT(numbers); i++) {
        CU_ASSERT_EQUAL(call(numbers[i] << 8), CORE_FAILED);
        CU_ASSERT_EQUAL(ah(), 0x01);
    }
    CU_ASSERT_EQUAL(machine_disk.requests, 0);
}

static void functions_without_meaning_succeed(void)
{
    static const uint8_t numbers[] = { 0x09, 0x0c, 0x11, 0x14, 0x45, 0x49 };
    size_t i;

    start();
    for (i = 0; i < COUNT(numbers); i++) {
        CU_ASSERT_EQUAL(call(numbers[i] << 8), CORE_DONE);
    }
    CU_ASSERT_EQUAL(call(0x4600), CORE_FAILED);
    CU_ASSERT_EQUAL(ah(), 0xb2);
    CU_ASSERT_EQUAL(call(0x4e03), CORE_DONE);
    CU_ASSERT_EQUAL(call(0x4e00), CORE_FAILED);
}

static void the_boot_sector_is_noticed(void)
{
    start();
    chs(0x0001, 0);
    frame.es = 0x07c0;
    frame.ebx = 0;
    CU_ASSERT_EQUAL(call(0x0201), CORE_DONE);
    CU_ASSERT_TRUE(disk.boot_sector_read);
    start();
    chs(0x0002, 0);
    frame.es = 0x07c0;
    frame.ebx = 0;
    call(0x0201);
    CU_ASSERT_FALSE(disk.boot_sector_read);
}

static uint8_t *parameters(uint16_t size)
{
    uint8_t *p = linear(PACKET);

    frame.ds = FRAME_DS_VALUE;
    frame.esi = HIGH | 0x1000;
    memset(p, 0xee, 0x60);
    stw_le_p(p, size);
    return p;
}

static void extended_parameters_come_in_four_sizes(void)
{
    static const struct {
        uint16_t room;
        uint16_t size;
    } rows[] = {
        { 0x1a, 0x1a }, { 0x1d, 0x1a }, { 0x1e, 0x1e }, { 0x41, 0x1e },
        { 0x42, 0x42 }, { 0x49, 0x42 }, { 0x4a, 0x4a }, { 0x1000, 0x4a },
    };
    uint8_t *p;
    size_t i;

    start();
    for (i = 0; i < COUNT(rows); i++) {
        p = parameters(rows[i].room);
        CU_ASSERT_EQUAL(call(0x4800), CORE_DONE);
        CU_ASSERT_EQUAL(lduw_le_p(p), rows[i].size);
        CU_ASSERT_EQUAL(p[rows[i].size], 0xee);
        CU_ASSERT_EQUAL(ldq_le_p(p + 0x10), MACHINE_SECTORS);
        CU_ASSERT_EQUAL(lduw_le_p(p + 0x18), 512);
    }
    p = parameters(0x19);
    CU_ASSERT_EQUAL(call(0x4800), CORE_FAILED);
    CU_ASSERT_EQUAL(p[2], 0xee);
}

static void the_device_path_names_adapter_and_lun(void)
{
    uint8_t sum = 0;
    uint8_t *p;
    size_t i;

    start();
    disk.path = (struct edd_path) { 2, 3, 1, 5 };
    p = parameters(0x4a);
    CU_ASSERT_EQUAL(call(0x4800), CORE_DONE);
    CU_ASSERT_EQUAL(lduw_le_p(p + 0x1e), 0xbedd);
    CU_ASSERT_EQUAL(p[0x20], 0x4a - 0x1e);
    CU_ASSERT_EQUAL(memcmp(p + 0x24, "PCI SCSI    ", 12), 0);
    CU_ASSERT_EQUAL(p[0x30], 2);
    CU_ASSERT_EQUAL(p[0x31], 3);
    CU_ASSERT_EQUAL(p[0x32], 1);
    CU_ASSERT_EQUAL(lduw_le_p(p + 0x38), 0);
    CU_ASSERT_EQUAL(ldq_le_p(p + 0x3a), 5);
    for (i = 0x1e; i < 0x4a; i++) {
        sum += p[i];
    }
    CU_ASSERT_EQUAL(sum, 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_chs_read_reaches_the_callers_buffer),
    UNIT_CASE(chs_refuses_what_does_not_exist),
    UNIT_CASE(a_chs_failure_reports_the_sectors_done),
    UNIT_CASE(chs_writes_are_writes),
    UNIT_CASE(a_verify_reads_every_sector_and_touches_no_memory),
    UNIT_CASE(a_packet_read_may_cross_64_kib),
    UNIT_CASE(a_failed_packet_says_how_much_was_done),
    UNIT_CASE(a_packet_beyond_the_end_moves_nothing),
    UNIT_CASE(a_short_packet_is_refused),
    UNIT_CASE(a_flat_address_is_used_when_the_far_one_is_all_ones),
    UNIT_CASE(all_ones_in_a_short_packet_is_a_far_address),
    UNIT_CASE(a_flat_address_above_4_gib_is_refused),
    UNIT_CASE(a_seek_checks_the_sector),
    UNIT_CASE(drive_parameters_are_the_geometry),
    UNIT_CASE(disk_type_answers_hard_disk_and_size),
    UNIT_CASE(extensions_are_offered),
    UNIT_CASE(the_last_status_is_remembered),
    UNIT_CASE(a_reset_restores_a_dead_session),
    UNIT_CASE(unknown_functions_are_refused),
    UNIT_CASE(functions_without_meaning_succeed),
    UNIT_CASE(the_boot_sector_is_noticed),
    UNIT_CASE(extended_parameters_come_in_four_sizes),
    UNIT_CASE(the_device_path_names_adapter_and_lun),
};

int main(int argc, char **argv)
{
    return unit_main("rom-int13", cases, COUNT(cases), argc, argv);
}
