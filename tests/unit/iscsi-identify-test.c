/*
 * What a logical unit is, and until when it is waited for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "iscsi-lun.h"

static void the_unit_is_identified_S1_S3(void)
{
    struct iscsi_disk_info info;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        iscsi_disk_get_info(p.disk, &info);
        CU_ASSERT_EQUAL(info.state, ISCSI_DISK_READY);
        CU_ASSERT_EQUAL(info.sectors, STORE_SIZE / 512);
        CU_ASSERT_EQUAL(info.block_size, 512);
        CU_ASSERT_STRING_EQUAL(info.vendor, "VENDOR");
        CU_ASSERT_STRING_EQUAL(info.product, "PRODUCT.[31m");
        CU_ASSERT_EQUAL(lun.counts[READ_CAPACITY16], 0);
    }
}

static void a_disk_opened_before_the_login_waits_for_it(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        peer_open_disk(&p);
        iscsi_start(p.session, p.now);
        iscsi_disk_open(p.disk, p.now);
        iscsi_disk_reap(p.disk, p.now);
        peer_close(&p);
        peer_wait(&p, 500);
        peer_accept(&p);
        peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
        peer_login(&p, 0, 1, 1, "TargetAddress=192.0.2.9");
        CU_ASSERT_PTR_NULL(lun_run(&p, 1000));
        CU_ASSERT_EQUAL(p.disk->state, ISCSI_DISK_READY);
    }
}

static void what_is_not_a_usable_disk_is_refused_S1_F31(void)
{
    static const struct {
        uint8_t inquiry0;
        uint64_t blocks;
        uint32_t block_size;
        enum iscsi_error error;
    } rows[] = {
        { 0x7f, 16, 512, ISCSI_E_NO_LUN }, { 0x20, 16, 512, ISCSI_E_NO_LUN },
        { 0x0c, 16, 512, ISCSI_E_NOT_DISK },
        { 0x05, 16, 2048, ISCSI_E_NOT_DISK },
        { 0, 16, 0, ISCSI_E_CAPACITY }, { 0, 16, 3, ISCSI_E_CAPACITY },
        { 0, 16, 256, ISCSI_E_CAPACITY }, { 0, 16, 520, ISCSI_E_CAPACITY },
        { 0, 16, 8192, ISCSI_E_CAPACITY },
        { 0, 16, 0x80000000, ISCSI_E_CAPACITY },
        { 0, 0, 512, ISCSI_E_CAPACITY },        /* last block ffff... */
        { 0, (uint64_t)1 << 60, 512, ISCSI_E_CAPACITY },
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            lun_begin(&p);
            lun.inquiry0 = rows[i].inquiry0;
            lun.blocks = rows[i].blocks;
            lun.block_size = rows[i].block_size;
            free(p.disk_memory);
            p.disk = NULL;
            p.session = NULL;
            CU_ASSERT_EQUAL(lun_open_disk(&p), rows[i].error);
            CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk,
                                              &(struct iscsi_disk_request) { },
                                              p.now), rows[i].error);
        }
    }
}

/* GOOD, and less than was to be told, with the count that goes with it. */
static void short_answers_make_no_disk_F31(void)
{
    static const struct {
        uint8_t opcode;
        uint32_t length;
        enum iscsi_error error;
    } rows[] = {
        { INQUIRY, 35, ISCSI_E_NO_LUN }, { INQUIRY, 0, ISCSI_E_NO_LUN },
        { READ_CAPACITY10, 7, ISCSI_E_CAPACITY },
        { READ_CAPACITY10, 0, ISCSI_E_CAPACITY },
        { READ_CAPACITY16, 11, ISCSI_E_CAPACITY },
        { READ_CAPACITY16, 0, ISCSI_E_CAPACITY },
        { READ_CAPACITY16, 12, ISCSI_OK },
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            lun_begin(&p);
            lun.only16 = rows[i].opcode == READ_CAPACITY16;
            lun.cut_opcode = rows[i].opcode;
            lun.cut_length = rows[i].length;
            free(p.disk_memory);
            p.disk = NULL;
            p.session = NULL;
            CU_ASSERT_EQUAL(lun_open_disk(&p), rows[i].error);
        }
    }
}

/* What the long command tells is held to the same. */
static void capacities_of_16_bytes_are_judged_too_S3_F31(void)
{
    static const struct {
        uint64_t blocks;
        uint32_t block_size;
        enum iscsi_error error;
    } rows[] = {
        { 1, 512, ISCSI_OK }, { 16, 4096, ISCSI_OK },
        { (uint64_t)1 << 55, 512, ISCSI_OK },
        { ((uint64_t)1 << 55) + 1, 512, ISCSI_E_CAPACITY },
        { 0, 512, ISCSI_E_CAPACITY }, { 16, 0, ISCSI_E_CAPACITY },
        { 16, 513, ISCSI_E_CAPACITY }, { 16, 0x80000000, ISCSI_E_CAPACITY },
    };
    struct iscsi_disk_info info;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            lun_begin(&p);
            lun.only16 = true;
            lun.blocks = rows[i].blocks;
            lun.block_size = rows[i].block_size;
            free(p.disk_memory);
            p.disk = NULL;
            p.session = NULL;
            CU_ASSERT_EQUAL(lun_open_disk(&p), rows[i].error);
            CU_ASSERT_EQUAL(lun.counts[READ_CAPACITY16], 1);
            iscsi_disk_get_info(p.disk, &info);
            if (rows[i].error == ISCSI_OK) {
                CU_ASSERT_EQUAL(info.blocks, rows[i].blocks);
                CU_ASSERT_EQUAL(info.sectors, rows[i].blocks *
                                (rows[i].block_size / 512));
            }
        }
    }
}

/* Until the next look at a unit that becomes ready, nothing is due. */
static void a_wait_for_a_unit_is_in_the_deadline_S2(void)
{
    struct peer p = { };
    uint64_t due;

    while (peer_next(&p)) {
        lun_begin(&p);
        lun_fault(TEST_UNIT_READY, 1, 2, 2, 0x04, 0x01);
        peer_open_disk(&p);
        peer_log_in(&p);
        CU_ASSERT_EQUAL(iscsi_disk_open(p.disk, p.now), ISCSI_OK);
        CU_ASSERT_EQUAL(iscsi_disk_open(p.disk, p.now), ISCSI_E_STATE);
        while (lun.counts[TEST_UNIT_READY] == 0) {
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            CU_ASSERT_TRUE_FATAL(lun_serve_one(&p));
        }
        CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
        due = iscsi_disk_deadline(p.disk);
        CU_ASSERT_EQUAL(due, p.now + DISK_WAIT_MS);
        p.now = due - 1;
        CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
        peer_expect_silence(&p);
        p.now = due;
        CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
        CU_ASSERT_TRUE(lun_serve_one(&p));
        CU_ASSERT_EQUAL(lun.counts[TEST_UNIT_READY], 2);
        CU_ASSERT_EQUAL(iscsi_disk_open(p.disk, p.now), ISCSI_E_STATE);
    }
}

static void a_missing_lun_by_sense_is_named(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        lun_fault(INQUIRY, 1, 2, 5, 0x25, 0);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_E_NO_LUN);
    }
}

static void unit_attention_and_becoming_ready_are_waited_for_S2(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        lun_fault(TEST_UNIT_READY, 3, 2, 6, 0x29, 0);
        lun_fault(TEST_UNIT_READY, 12, 2, 2, 0x04, 0x01);
        lun_fault(READ_CAPACITY10, 1, 2, 6, 0x2a, 0x09);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        CU_ASSERT_EQUAL(lun.counts[TEST_UNIT_READY], 16);
    }
}

static void a_unit_that_never_gets_ready_is_given_up_S2(void)
{
    struct peer p = { };
    uint64_t start;

    while (peer_next(&p)) {
        lun_begin(&p);
        lun_fault(TEST_UNIT_READY, 1000000, 2, 2, 0x04, 0x01);
        start = p.now;
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_E_NOT_READY);
        CU_ASSERT_TRUE(p.now - start >= p.config.retry_ms);
        CU_ASSERT_TRUE(p.now - start < p.config.retry_ms + 3000);
        CU_ASSERT_TRUE(lun.counts[TEST_UNIT_READY] < 40);
    }
}

static void final_states_of_a_unit_are_not_waited_for_S2(void)
{
    static const uint8_t sense[][2] = { { 0x3a, 0 }, { 0x04, 0x03 } };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < 2; i++) {
            lun_begin(&p);
            lun_fault(TEST_UNIT_READY, 1000, 2, 2, sense[i][0], sense[i][1]);
            free(p.disk_memory);
            p.disk = NULL;
            p.session = NULL;
            CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_E_NOT_READY);
            CU_ASSERT_EQUAL(lun.counts[TEST_UNIT_READY], 1);
        }
    }
}

static void a_unit_without_vpd_pages_is_still_a_disk(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        peer_open_disk(&p);
        peer_log_in(&p);
        iscsi_disk_open(p.disk, p.now);
        lun_run(&p, 0);
        lun_serve_one(&p);          /* INQUIRY; the page comes after */
        lun_fault(INQUIRY, 1, 2, 5, 0x24, 0);
        lun_run(&p, 100);
        CU_ASSERT_EQUAL(p.disk->state, ISCSI_DISK_READY);
    }
}

static void luns_have_two_forms_S12(void)
{
    static const struct {
        uint16_t number;
        uint8_t lun[8];
    } rows[] = {
        { 0, { 0, 0 } }, { 1, { 0, 1 } }, { 255, { 0, 255 } },
        { 256, { 0x41, 0 } }, { 300, { 0x41, 0x2c } },
        { 16383, { 0x7f, 0xff } },
    };
    uint8_t lun[8];
    unsigned i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        iscsi_lun_from_number(rows[i].number, lun);
        CU_ASSERT_EQUAL(memcmp(lun, rows[i].lun, 8), 0);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(the_unit_is_identified_S1_S3),
    UNIT_CASE(a_disk_opened_before_the_login_waits_for_it),
    UNIT_CASE(what_is_not_a_usable_disk_is_refused_S1_F31),
    UNIT_CASE(short_answers_make_no_disk_F31),
    UNIT_CASE(capacities_of_16_bytes_are_judged_too_S3_F31),
    UNIT_CASE(a_wait_for_a_unit_is_in_the_deadline_S2),
    UNIT_CASE(a_missing_lun_by_sense_is_named),
    UNIT_CASE(unit_attention_and_becoming_ready_are_waited_for_S2),
    UNIT_CASE(a_unit_that_never_gets_ready_is_given_up_S2),
    UNIT_CASE(final_states_of_a_unit_are_not_waited_for_S2),
    UNIT_CASE(a_unit_without_vpd_pages_is_still_a_disk),
    UNIT_CASE(luns_have_two_forms_S12),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-identify", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
