/*
 * A LUN as a disk of 512-byte sectors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-lun.h"

static void requests_are_read_and_written_S4(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 0, 1), ISCSI_OK);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_WRITE, 100, 7), ISCSI_OK);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 98, 12), ISCSI_OK);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 2047, 1), ISCSI_OK);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 5, 0), ISCSI_OK);
    }
}

static void requests_beyond_the_end_are_refused(void)
{
    static const struct {
        uint64_t sector;
        uint32_t count;
    } rows[] = {
        { 2048, 1 }, { 2047, 2 }, { 0, 2049 }, { UINT64_MAX, 1 },
        { UINT64_MAX, UINT32_MAX }, { 0, (1 << 22) + 1 },
    };
    uint8_t byte;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct iscsi_disk_request request = {
                .sector = rows[i].sector, .count = rows[i].count,
                .buffer = &byte,
            };

            CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk, &request, p.now),
                            ISCSI_E_RANGE);
        }
    }
}

static void requests_are_split_at_the_burst(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        p.login_text = "DefaultTime2Wait=0\nMaxBurstLength=4096";
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_WRITE, 3, 101), ISCSI_OK);
        CU_ASSERT_EQUAL(lun.counts[WRITE10], 13);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 0, 200), ISCSI_OK);
        CU_ASSERT_EQUAL(lun.counts[READ10], 25);
    }
}

static void large_disks_use_long_commands_S3_S4(void)
{
    struct iscsi_disk_info info;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        lun.blocks = 0x180000000;
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        iscsi_disk_get_info(p.disk, &info);
        CU_ASSERT_EQUAL(info.sectors, 0x180000000);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 0xffffffff, 1),
                        ISCSI_OK);
        CU_ASSERT_EQUAL(lun.counts[READ10], 1);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 0xffffffff, 2),
                        ISCSI_OK);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_WRITE, 0x17fffffff, 1),
                        ISCSI_OK);
        CU_ASSERT_EQUAL(lun.counts[READ16], 1);
        CU_ASSERT_EQUAL(lun.counts[WRITE16], 1);
    }
}

static void parts_of_4096_byte_blocks_are_read_and_written_S5(void)
{
    static const struct {
        uint64_t sector;
        uint32_t count;
    } rows[] = {
        { 0, 8 }, { 0, 1 }, { 7, 1 }, { 3, 4 }, { 7, 2 }, { 1, 15 },
        { 8, 16 }, { 5, 30 }, { 2047, 1 }, { 2040, 8 },
    };
    static uint8_t expected[STORE_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        lun_begin(&p);
        lun.block_size = 4096;
        lun.blocks = STORE_SIZE / 4096;
        memcpy(expected, lun.store, STORE_SIZE);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, rows[i].sector,
                                     rows[i].count), ISCSI_OK);
            CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_WRITE, rows[i].sector,
                                     rows[i].count), ISCSI_OK);
            peer_pattern(expected + rows[i].sector * 512,
                         rows[i].count * 512, rows[i].sector);
            CU_ASSERT_EQUAL(memcmp(expected, lun.store, STORE_SIZE), 0);
        }
    }
}

static void two_parts_of_one_block_do_not_lose_each_other_S5(void)
{
    struct iscsi_disk_request a, b;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        lun.block_size = 4096;
        lun.blocks = STORE_SIZE / 4096;
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &a, ISCSI_DISK_WRITE, 0, 3);
        lun_submit(&p, &b, ISCSI_DISK_WRITE, 3, 3);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 1000), &a);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 1000), &b);
        CU_ASSERT_EQUAL(memcmp(lun.store, a.buffer, 3 * 512), 0);
        CU_ASSERT_EQUAL(memcmp(lun.store + 3 * 512, b.buffer, 3 * 512), 0);
    }
}

static void flush_comes_after_the_writes_S6(void)
{
    struct iscsi_disk_request write, flush;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &write, ISCSI_DISK_WRITE, 0, 8);
        lun_submit(&p, &flush, ISCSI_DISK_FLUSH, 0, 0);
        iscsi_disk_reap(p.disk, p.now);
        lun_serve_one(&p);
        peer_expect_silence(&p);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 100), &write);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 100), &flush);
        CU_ASSERT_EQUAL(lun.last[0], SYNCHRONIZE_CACHE);
        lun_fault(SYNCHRONIZE_CACHE, 1, 2, 5, 0x20, 0);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_FLUSH, 0, 0), ISCSI_OK);
        lun_fault(SYNCHRONIZE_CACHE, 1, 2, 3, 0x0c, 0);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_FLUSH, 0, 0),
                        ISCSI_E_MEDIUM);
    }
}

static void each_failure_is_retried_as_it_deserves_S7_S14(void)
{
    static const struct {
        uint8_t status, key, asc, ascq;
        unsigned faults, attempts;
        enum iscsi_error error;
    } rows[] = {
        { 2, 6, 0x29, 0x00, 5, 6, ISCSI_OK },
        { 2, 6, 0x3f, 0x05, 9, 10, ISCSI_OK },
        { 2, 6, 0x29, 0x00, 99, 11, ISCSI_E_SCSI },
        { 0x08, 0, 0, 0, 6, 7, ISCSI_OK },              /* BUSY */
        { 0x28, 0, 0, 0, 3, 4, ISCSI_OK },              /* TASK SET FULL */
        { 0x40, 0, 0, 0, 2, 3, ISCSI_OK },              /* TASK ABORTED */
        { 0x18, 0, 0, 0, 99, 1, ISCSI_E_RESERVED },
        { 2, 0xb, 0x47, 0x05, 1, 2, ISCSI_OK },
        { 2, 0xb, 0x47, 0x05, 99, 2, ISCSI_E_SCSI },
        { 2, 3, 0x11, 0x00, 99, 1, ISCSI_E_MEDIUM },
        { 2, 5, 0x21, 0x00, 99, 1, ISCSI_E_RANGE },
        { 2, 7, 0x27, 0x00, 99, 1, ISCSI_E_WRITE_PROTECTED },
        { 2, 2, 0x3a, 0x00, 99, 1, ISCSI_E_NOT_READY },
        { 2, 2, 0x04, 0x01, 4, 5, ISCSI_OK },
        { 2, 0, 0, 0, 99, 1, ISCSI_E_SCSI },
        { 0x77, 0, 0, 0, 99, 1, ISCSI_E_SCSI },
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            memset(lun.faults, 0, sizeof(lun.faults));
            memset(lun.counts, 0, sizeof(lun.counts));
            lun_fault(WRITE10, rows[i].faults, rows[i].status, rows[i].key,
                  rows[i].asc, rows[i].ascq);
            CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_WRITE, 8, 4),
                            rows[i].error);
            CU_ASSERT_EQUAL(lun.counts[WRITE10], rows[i].attempts);
        }
    }
}

static void a_busy_unit_is_given_up_in_time_S7(void)
{
    struct peer p = { };
    uint64_t start;

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_fault(READ10, 1000000, 0x08, 0, 0, 0);
        start = p.now;
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 8, 4),
                        ISCSI_E_NOT_READY);
        CU_ASSERT_TRUE(p.now - start < p.config.retry_ms + 3000);
    }
}

static void a_wait_for_a_busy_unit_is_in_the_deadline_S7(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };
    uint64_t wait;

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &request, ISCSI_DISK_READ, 0, 1);
        lun_fault(READ10, 3, 0x08, 0, 0, 0);
        for (wait = DISK_WAIT_MS; wait <= 4 * DISK_WAIT_MS; wait *= 2) {
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            CU_ASSERT_TRUE(lun_serve_one(&p));
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            CU_ASSERT_EQUAL(iscsi_disk_deadline(p.disk), p.now + wait);
            p.now += wait - 1;
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            peer_expect_silence(&p);
            p.now++;
        }
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 10), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_OK);
    }
}

static void descriptor_sense_is_understood_S9(void)
{
    static const uint8_t sense[8] = { 0x72, 7, 0x27, 1 };
    struct iscsi_disk_request request;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &request, ISCSI_DISK_WRITE, 0, 1);
        iscsi_disk_reap(p.disk, p.now);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_response(&p, peer_itt(&p), 2, 0, 0, sense, sizeof(sense));
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_WRITE_PROTECTED);
        CU_ASSERT_EQUAL(request.asc, 0x27);
        CU_ASSERT_EQUAL(request.ascq, 1);
    }
}

static void a_failure_of_the_target_is_tried_once_more_R10(void)
{
    struct iscsi_disk_request request;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &request, ISCSI_DISK_WRITE, 0, 1);
        for (i = 0; i < 2; i++) {
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_header(&p, header, OP_SCSI_RESPONSE, FLAG_FINAL,
                        peer_itt(&p));
            header[RESPONSE_RESPONSE] = 1;
            p.stat_sn++;
            peer_send(&p, header, NULL, 0);
        }
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_TARGET_FAILURE);
    }
}

static void sectors_before_the_failure_are_counted(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        p.login_text = "DefaultTime2Wait=0\nMaxBurstLength=4096";
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &request, ISCSI_DISK_READ, 0, 100);
        iscsi_disk_reap(p.disk, p.now);
        lun_serve_one(&p);
        lun_serve_one(&p);
        lun_fault(READ10, 1, 2, 3, 0x11, 0x04);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 1000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_MEDIUM);
        CU_ASSERT_EQUAL(request.done, 16);
        CU_ASSERT_EQUAL(request.sense_key, 3);
        CU_ASSERT_EQUAL(request.asc, 0x11);
        CU_ASSERT_EQUAL(request.ascq, 4);
        CU_ASSERT_PTR_NULL(lun_run(&p, 100));
    }
}

/* GOOD, with a count that says how much is missing: no sector is proved. */
static void a_short_transfer_is_no_success_R7_F27(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun.cut_opcode = READ10;
        lun.cut_length = 1024;
        lun_submit(&p, &request, ISCSI_DISK_READ, 0, 4);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 1000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_SCSI);
        CU_ASSERT_EQUAL(request.done, 0);
        CU_ASSERT_EQUAL(p.session->relogins, 0);
    }
}

/* Two pieces fail, the later one first: what is told is the earlier one. */
static void the_first_failure_of_a_request_is_told(void)
{
    static const uint8_t late[18] = { 0x70, 0, 3, [7] = 10, [12] = 0x11 };
    static const uint8_t early[18] = { 0x70, 0, 7, [7] = 10, [12] = 0x27 };
    struct iscsi_disk_request request;
    uint32_t itt[3];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        lun_begin(&p);
        p.login_text = "DefaultTime2Wait=0\nMaxBurstLength=4096";
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &request, ISCSI_DISK_READ, 0, 24);
        CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
        for (i = 0; i < 3; i++) {
            peer_expect(&p, OP_SCSI_COMMAND);
            itt[i] = peer_itt(&p);
        }
        peer_response(&p, itt[2], 2, 0, 0, late, sizeof(late));
        CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
        peer_response(&p, itt[0], 2, 0, 0, early, sizeof(early));
        CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
        peer_response(&p, itt[1], 2, 0, 0, late, sizeof(late));
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_WRITE_PROTECTED);
        CU_ASSERT_EQUAL(request.sense_key, 7);
        CU_ASSERT_EQUAL(request.asc, 0x27);
        CU_ASSERT_EQUAL(request.done, 0);
    }
}

static void unusable_requests_are_refused(void)
{
    struct iscsi_disk_request request = { .count = 1 };
    uint8_t lun_bytes[8] = { 0 }, byte;
    struct iscsi_disk *disk;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        peer_open_disk(&p);
        request.buffer = &byte;
        CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk, &request, p.now),
                        ISCSI_E_STATE);
        CU_ASSERT_EQUAL(iscsi_disk_init(p.disk_memory, 100, p.session,
                                        lun_bytes, &disk), ISCSI_E_CONFIG);
        peer_log_in(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        request.operation = ISCSI_DISK_FLUSH + 1;
        CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk, &request, p.now),
                        ISCSI_E_CONFIG);
        request.operation = ISCSI_DISK_READ;
        request.buffer = NULL;
        CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk, &request, p.now),
                        ISCSI_E_CONFIG);
    }
}

static void a_cancelled_request_is_let_go_of_at_once(void)
{
    struct iscsi_disk_request a, b;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &a, ISCSI_DISK_READ, 0, 4);
        lun_submit(&p, &b, ISCSI_DISK_READ, 8, 4);
        iscsi_disk_reap(p.disk, p.now);
        peer_expect(&p, OP_SCSI_COMMAND);
        itt = peer_itt(&p);
        iscsi_disk_cancel(p.disk, &a, p.now);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, lun.store,
                     2048);
        CU_ASSERT_EQUAL(a.buffer[0], 0xa5);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 5000), &b);
        CU_ASSERT_EQUAL(b.error, ISCSI_OK);
        CU_ASSERT_EQUAL(memcmp(b.buffer, lun.store + 8 * 512, 2048), 0);
        CU_ASSERT_PTR_NULL(lun_run(&p, 100));
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(requests_are_read_and_written_S4),
    UNIT_CASE(requests_beyond_the_end_are_refused),
    UNIT_CASE(requests_are_split_at_the_burst),
    UNIT_CASE(large_disks_use_long_commands_S3_S4),
    UNIT_CASE(parts_of_4096_byte_blocks_are_read_and_written_S5),
    UNIT_CASE(two_parts_of_one_block_do_not_lose_each_other_S5),
    UNIT_CASE(flush_comes_after_the_writes_S6),
    UNIT_CASE(each_failure_is_retried_as_it_deserves_S7_S14),
    UNIT_CASE(a_busy_unit_is_given_up_in_time_S7),
    UNIT_CASE(a_wait_for_a_busy_unit_is_in_the_deadline_S7),
    UNIT_CASE(descriptor_sense_is_understood_S9),
    UNIT_CASE(a_failure_of_the_target_is_tried_once_more_R10),
    UNIT_CASE(sectors_before_the_failure_are_counted),
    UNIT_CASE(a_short_transfer_is_no_success_R7_F27),
    UNIT_CASE(the_first_failure_of_a_request_is_told),
    UNIT_CASE(unusable_requests_are_refused),
    UNIT_CASE(a_cancelled_request_is_let_go_of_at_once),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-disk", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
