/*
 * SCSI commands and what their status means, without a session.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "iscsi.h"
#include "scsi.h"
#include "wire.h"
#include "unit.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define CHECK_CONDITION 2

static struct scsi_verdict judge(uint8_t status, const void *sense,
                                 uint16_t length)
{
    struct iscsi_command command = {
        .error = ISCSI_OK, .status = status, .sense_length = length,
    };

    memcpy(command.sense, sense, length);
    return scsi_judge(&command);
}

/* Sense that ends before its key, or its code, says that there is none. */
static void sense_of_any_length_is_judged_S9_F29(void)
{
    static const struct {
        const char *sense;
        uint16_t length;
        uint8_t key, asc, ascq;
    } rows[] = {
        { "", 0, 0, 0, 0 }, { "\x70", 1, 0, 0, 0 }, { "\x70\0", 2, 0, 0, 0 },
        { "\x70\0\x05", 3, 5, 0, 0 },
        { "\x70\0\x05\0\0\0\0\x06\0\0\0\0\x25", 13, 5, 0, 0 },
        { "\x70\0\x05\0\0\0\0\x06\0\0\0\0\x25\x01", 14, 5, 0x25, 1 },
        { "\x71\0\xf6\0\0\0\0\x06\0\0\0\0\x29\x02", 14, 6, 0x29, 2 },
        { "\xf0\0\x03\0\0\0\0\x06\0\0\0\0\x11\0", 14, 3, 0x11, 0 },
        { "\x72", 1, 0, 0, 0 }, { "\x72\x05\x25", 3, 0, 0, 0 },
        { "\x72\x05\x25\x01", 4, 5, 0x25, 1 },
        { "\x73\xf7\x27\x02", 4, 7, 0x27, 2 },
        { "\xf2\x02\x3a\0", 4, 2, 0x3a, 0 },
        { "\x7f\x05\x05\x05", 4, 0, 0, 0 },
        { "\x6f\x05\x05\x05", 4, 0, 0, 0 },
        { "\x74\x05\x05\x05", 4, 0, 0, 0 },
    };
    unsigned i;

    for (i = 0; i < COUNT(rows); i++) {
        struct scsi_verdict verdict = judge(CHECK_CONDITION, rows[i].sense,
                                            rows[i].length);

        CU_ASSERT_EQUAL(verdict.sense.key, rows[i].key);
        CU_ASSERT_EQUAL(verdict.sense.asc, rows[i].asc);
        CU_ASSERT_EQUAL(verdict.sense.ascq, rows[i].ascq);
        CU_ASSERT_NOT_EQUAL(verdict.error, ISCSI_OK);
    }
}

/* Also statuses that SAM does not know, or not any more. */
static void each_status_has_its_meaning_S7_S8(void)
{
    static const struct {
        uint8_t status;
        enum scsi_action action;
        enum iscsi_error error;
    } rows[] = {
        { 0x00, SCSI_DONE, ISCSI_OK }, { 0x04, SCSI_DONE, ISCSI_OK },
        { 0x08, SCSI_LATER, ISCSI_E_NOT_READY },
        { 0x28, SCSI_LATER, ISCSI_E_NOT_READY },
        { 0x18, SCSI_DONE, ISCSI_E_RESERVED },
        { 0x40, SCSI_AGAIN, ISCSI_E_SCSI },
        { 0x10, SCSI_DONE, ISCSI_E_SCSI }, { 0x14, SCSI_DONE, ISCSI_E_SCSI },
        { 0x22, SCSI_DONE, ISCSI_E_SCSI }, { 0x30, SCSI_DONE, ISCSI_E_SCSI },
        { 0xff, SCSI_DONE, ISCSI_E_SCSI },
    };
    unsigned i;

    for (i = 0; i < COUNT(rows); i++) {
        struct scsi_verdict verdict = judge(rows[i].status, "", 0);

        CU_ASSERT_EQUAL(verdict.action, rows[i].action);
        CU_ASSERT_EQUAL(verdict.error, rows[i].error);
    }
}

/* SPC-4 6.4, 6.33; SBC-3 5.15, 5.16, 5.22. */
static void commands_are_built_as_the_standards_have_them_S1_S6(void)
{
    static const struct {
        uint8_t cdb[16];
    } rows[] = {
        { { 0x00 } }, { { 0x12, 0, 0, 0, 36 } },
        { { 0x12, 1, 0x83, 0, 252 } }, { { 0x25 } },
        { { 0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 32 } }, { { 0x35 } },
    };
    uint8_t cdbs[COUNT(rows)][16] = { { 0 } };
    unsigned i;

    scsi_test_unit_ready(cdbs[0]);
    scsi_inquiry(cdbs[1], 36);
    scsi_inquiry_page(cdbs[2], 0x83, 252);
    scsi_read_capacity10(cdbs[3]);
    scsi_read_capacity16(cdbs[4], 32);
    scsi_synchronize_cache(cdbs[5]);
    for (i = 0; i < COUNT(rows); i++) {
        CU_ASSERT_EQUAL(memcmp(cdbs[i], rows[i].cdb, 16), 0);
    }
}

/* Ten bytes reach block 2^32 - 1, and 65535 blocks at a time. */
static void the_command_is_as_long_as_it_has_to_be_S4(void)
{
    static const struct {
        uint64_t block;
        uint32_t count;
        bool wide;
    } rows[] = {
        { 0, 1, false }, { 0, 65535, false }, { 0, 65536, true },
        { 0xffffffff, 1, false }, { 0xffffffff, 2, true },
        { 0x100000000, 1, true }, { 0xffff0001, 65535, false },
        { 0xffff0002, 65535, true },
    };
    unsigned i, write;

    for (i = 0; i < COUNT(rows); i++) {
        for (write = 0; write < 2; write++) {
            uint8_t cdb[16] = { 0 };

            scsi_transfer(cdb, write, rows[i].block, rows[i].count);
            if (rows[i].wide) {
                CU_ASSERT_EQUAL(cdb[0], write ? 0x8a : 0x88);
                CU_ASSERT_EQUAL(get_be64(cdb + 2), rows[i].block);
                CU_ASSERT_EQUAL(get_be32(cdb + 10), rows[i].count);
            } else {
                CU_ASSERT_EQUAL(cdb[0], write ? 0x2a : 0x28);
                CU_ASSERT_EQUAL(get_be32(cdb + 2), rows[i].block);
                CU_ASSERT_EQUAL(get_be16(cdb + 7), rows[i].count);
            }
        }
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(sense_of_any_length_is_judged_S9_F29),
    UNIT_CASE(each_status_has_its_meaning_S7_S8),
    UNIT_CASE(commands_are_built_as_the_standards_have_them_S1_S6),
    UNIT_CASE(the_command_is_as_long_as_it_has_to_be_S4),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-scsi", cases, COUNT(cases), argc, argv);
}
