/*
 * SCSI commands in full feature phase: data and status.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-peer.h"

#define DATA_IN_ACKNOWLEDGE 0x40    /* the A bit: RFC 7143 11.7 */

static uint8_t data[PEER_DATA_MAX];

static void read_lands_in_its_buffer_S1_R4(void)
{
    struct iscsi_command command;
    const uint8_t *h;
    struct peer p = { };
    uint32_t itt;

    peer_pattern(data, 5000, 3);
    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 5000);
        h = p.last.header;
        CU_ASSERT_EQUAL(h[BHS_FLAGS], FLAG_FINAL | COMMAND_READ |
                        COMMAND_SIMPLE);
        CU_ASSERT_EQUAL(h[BHS_LUN + 1], 1);
        CU_ASSERT_EQUAL(get_be32(h + COMMAND_LENGTH), 5000);
        CU_ASSERT_EQUAL(h[COMMAND_CDB], 0x28);
        CU_ASSERT_EQUAL(p.last.length, 0);
        peer_data_in(&p, itt, 0, 0, 0, data, 4095);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 1, 4095,
                     data + 4095, 905);
        peer_expect_done(&p, &command, 0, 5000);
        CU_ASSERT_EQUAL(memcmp(command.buffer, data, 5000), 0);
    }
}

/* UNH-IOL full feature phase 16.1.2: neither R nor W, and nothing expected. */
static void a_command_without_data_says_so_W1(void)
{
    struct iscsi_command command = {
        .direction = ISCSI_NO_DATA, .length = 77, .lun = { 0, 1 },
    };
    const uint8_t *h;
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &command, p.now), ISCSI_OK);
        h = peer_expect(&p, OP_SCSI_COMMAND)->header;
        CU_ASSERT_EQUAL(h[BHS_FLAGS], FLAG_FINAL | COMMAND_SIMPLE);
        CU_ASSERT_EQUAL(get_be32(h + COMMAND_LENGTH), 0);
        CU_ASSERT_EQUAL(h[BHS_AHS_LENGTH], 0);
        CU_ASSERT_EQUAL(p.last.length, 0);
        CU_ASSERT_EQUAL(memcmp(h + BHS_LUN, command.lun, 8), 0);
        CU_ASSERT_EQUAL(memcmp(h + COMMAND_CDB, command.cdb, 16), 0);
        peer_good(&p, peer_itt(&p));
        peer_expect_done(&p, &command, 0, 0);
    }
}

/* More PDUs in a second than may achieve nothing: these achieve something. */
static void work_that_gets_done_is_no_flood_F26(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt, i;

    while (peer_next(&p)) {
        p.max_cmd_sn = 10 * IDLE_PDUS_MAX;
        itt = peer_begin_read(&p, &command, IDLE_PDUS_MAX + 100);
        for (i = 0; i < IDLE_PDUS_MAX + 99; i++) {
            peer_data_in(&p, itt, 0, i, i, data, 1);
        }
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, i, i, data, 1);
        peer_expect_done(&p, &command, 0, IDLE_PDUS_MAX + 100);
        for (i = 0; i < IDLE_PDUS_MAX + 100; i++) {
            CU_ASSERT_EQUAL(iscsi_submit(p.session, &command, p.now),
                            ISCSI_OK);
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_check(&p, peer_itt(&p), 6, 0x29, 0);
            CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        }
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static void status_may_come_by_itself(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 512);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 512);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        peer_good(&p, itt);
        peer_expect_done(&p, &command, 0, 512);
    }
}

/* Data-In that is not where it has to be: rows of DataSN, offset, length. */
static void misplaced_data_costs_the_connection_R3_R5(void)
{
    static const struct {
        uint32_t data_sn, offset, length;
    } rows[] = {
        { 1, 1000, 1001 }, { 1, 999, 10 }, { 1, 1001, 10 },
        { 1, 0xfffffff0, 32 }, { 0, 1000, 10 }, { 2, 1000, 10 },
        { 1, 0, 1000 }, { 1, 1000, 65536 },
    };
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.session = NULL;
            itt = peer_begin_read(&p, &command, 2000);
            peer_data_in(&p, itt, 0, 0, 0, data, 1000);
            peer_data_in(&p, itt, 0, rows[i].data_sn, rows[i].offset, data,
                         rows[i].length);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_DATA);
            peer_free_buffer(&p);
        }
    }
}

static void data_beyond_our_segment_length_is_refused_R2(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.max_recv_data = 1024;
        peer_begin_read(&p, &command, 2000);
        peer_data_in(&p, peer_itt(&p), 0, 0, 0, data, 1025);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LENGTH);
        CU_ASSERT_EQUAL(command.buffer[0], 0xa5);
        p.session = NULL;
        peer_begin_read(&p, &command, 1024);
        peer_data_in(&p, peer_itt(&p), FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                     data, 1024);
        peer_expect_done(&p, &command, 0, 1024);
    }
}

static void data_for_no_command_costs_the_connection_R1(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 512);
        peer_data_in(&p, itt + 256, 0, 0, 0, data, 512);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        p.session = NULL;
        peer_begin_read(&p, &command, 512);
        peer_good(&p, NOP_TAG);     /* of a ping, not of a command */
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        p.session = NULL;
        itt = peer_begin_write(&p, &command, 512);
        peer_data_in(&p, itt, 0, 0, 0, data, 512);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        p.session = NULL;
        itt = peer_begin_read(&p, &command, 512);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, data, 512);
        peer_data_in(&p, itt, 0, 1, 512, data, 1);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
    }
}

static void short_reads_need_a_residual_R6_R7(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 8192);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 4096);
        peer_response(&p, itt, 0, FLAG_UNDERFLOW, 4096, NULL, 0);
        peer_expect_done(&p, &command, 0, 4096);
        CU_ASSERT_EQUAL(command.overflow, 0);
        p.session = NULL;
        itt = peer_begin_read(&p, &command, 8192);
        peer_response(&p, itt, 0, FLAG_UNDERFLOW, 8192, NULL, 0);
        peer_expect_done(&p, &command, 0, 0);
        p.session = NULL;
        itt = peer_begin_read(&p, &command, 2048);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 2048);
        peer_response(&p, itt, 0, FLAG_OVERFLOW, 2048, NULL, 0);
        peer_expect_done(&p, &command, 0, 2048);
        CU_ASSERT_EQUAL(command.overflow, 2048);
        p.session = NULL;
        itt = peer_begin_read(&p, &command, 8192);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 4096);
        peer_good(&p, itt);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static void contradictory_status_costs_the_connection_R4_R7(void)
{
    static const struct {
        uint8_t flags;
        uint32_t residual;
    } rows[] = {
        { FLAG_UNDERFLOW | FLAG_OVERFLOW, 0 }, { FLAG_UNDERFLOW, 513 },
        { FLAG_UNDERFLOW, 0xffffffff },
    };
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.session = NULL;
            itt = peer_begin_read(&p, &command, 512);
            peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 512);
            peer_response(&p, itt, 0, rows[i].flags, rows[i].residual, NULL,
                          0);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
        }
        p.session = NULL;
        itt = peer_begin_read(&p, &command, 512);
        peer_data_in(&p, itt, DATA_IN_STATUS, 0, 0, data, 512);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static void data_before_a_bad_status_is_not_data_R9(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 8);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, "\0\0\0\0\0\0\0\0", 8);
        peer_check(&p, itt, 6, 0x29, 0);
        peer_expect_done(&p, &command, 2, 0);
        CU_ASSERT_EQUAL(command.sense_length, 18);
        CU_ASSERT_EQUAL(command.sense[12], 0x29);
    }
}

static void sense_is_bounded_S9(void)
{
    uint8_t sense[252], header[BHS_SIZE];
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    memset(sense, 0x72, sizeof(sense));
    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 8);
        peer_response(&p, itt, 2, 0, 0, sense, sizeof(sense));
        peer_expect_done(&p, &command, 2, 0);
        CU_ASSERT_EQUAL(command.sense_length, ISCSI_SENSE_MAX);
        p.session = NULL;
        itt = peer_begin_read(&p, &command, 8);
        peer_header(&p, header, OP_SCSI_RESPONSE, FLAG_FINAL, itt);
        header[RESPONSE_STATUS] = 2;
        peer_send(&p, header, "\xff\xff\x70\x00", 4);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static void no_sense_is_taken_or_refused_as_configured_S10(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        peer_begin_read(&p, &command, 8);
        peer_response(&p, peer_itt(&p), 2, 0, 0, NULL, 0);
        peer_expect_done(&p, &command, 2, 0);
        CU_ASSERT_EQUAL(command.sense_length, 0);
        p.session = NULL;
        p.config.strict = true;
        peer_begin_read(&p, &command, 8);
        peer_response(&p, peer_itt(&p), 2, 0, 0, NULL, 0);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static void a_failure_of_the_target_is_no_status_R10(void)
{
    uint8_t header[BHS_SIZE];
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        peer_begin_read(&p, &command, 8);
        peer_header(&p, header, OP_SCSI_RESPONSE, FLAG_FINAL, peer_itt(&p));
        header[RESPONSE_RESPONSE] = 1;
        p.stat_sn++;
        peer_send(&p, header, NULL, 0);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_E_TARGET_FAILURE);
    }
}

static void empty_data_without_end_is_a_flood_F26(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt, i;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 8);
        for (i = 0; p.session->state == ISCSI_FULL_FEATURE && i < 1000; i++) {
            peer_data_in(&p, itt, 0, i, 0, NULL, 0);
        }
        peer_expect_drop(&p, ISCSI_E_FLOOD);
        CU_ASSERT_EQUAL(i, EMPTY_DATA_MAX + 1);
    }
}

/* At level 0 there is nothing to acknowledge: RFC 7143 11.7.2. */
static void an_acknowledgement_asked_for_is_not_given_R8_E9(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 1024);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_ACKNOWLEDGE, 0, 0, data,
                     512);
        peer_expect_silence(&p);
        peer_data_in(&p, itt, 0, 1, 512, NULL, 0);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 2, 512, data, 512);
        peer_expect_done(&p, &command, 0, 1024);
        peer_expect_silence(&p);
    }
}

/* Also when they were agreed on some requests before the last. */
static void digests_begin_behind_the_login_D2(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.header_digest = ISCSI_DIGEST_CRC32C;
        p.config.data_digest = ISCSI_DIGEST_CRC32C;
        peer_open(&p);
        peer_connect(&p);
        peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
        peer_login(&p, 1 << LOGIN_CSG_SHIFT, 0, 0,
                   "HeaderDigest=CRC32C\nDataDigest=CRC32C");
        peer_answer_login(&p);
        CU_ASSERT_TRUE(p.digests);
        peer_nop_in(&p, RESERVED_TAG, 1);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        peer_write(&p, &command, 100);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(p.last.length, 100);
    }
}

static void verified_data_survives_digests_D6(void)
{
    struct iscsi_command read, write;
    struct peer p = { };
    uint32_t itt;

    peer_pattern(data, 4093, 8);
    while (peer_next(&p)) {
        p.config.header_digest = ISCSI_DIGEST_CRC32C;
        p.config.data_digest = ISCSI_DIGEST_CRC32C;
        p.login_text = "HeaderDigest=CRC32C\nDataDigest=CRC32C";
        itt = peer_begin_read(&p, &read, 4093);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, data, 4093);
        peer_expect_done(&p, &read, 0, 4093);
        CU_ASSERT_EQUAL(memcmp(read.buffer, data, 4093), 0);
        peer_write(&p, &write, 9001);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(p.last.length, 8192);
        itt = peer_itt(&p);
        peer_r2t(&p, itt, 1, 0, 8192, 809);
        peer_expect_data_out(&p, &write, 1, 0, 8192, 809, true);
        peer_good(&p, itt);
        peer_expect_done(&p, &write, 0, 9001);
    }
}

static void a_command_without_buffer_is_refused(void)
{
    struct iscsi_command command = { .direction = ISCSI_READ, .length = 8 };
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &command, p.now),
                        ISCSI_E_CONFIG);
    }
}

static void slots_are_limited(void)
{
    struct iscsi_command commands[ISCSI_MAX_COMMANDS + 1] = { };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.config.max_commands = 2;
        peer_log_in(&p);
        for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
            CU_ASSERT_EQUAL(iscsi_submit(p.session, &commands[i], p.now),
                            ISCSI_OK);
        }
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &commands[i], p.now),
                        ISCSI_E_BUSY);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
        peer_good(&p, peer_itt(&p));
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &commands[1]);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(read_lands_in_its_buffer_S1_R4),
    UNIT_CASE(a_command_without_data_says_so_W1),
    UNIT_CASE(work_that_gets_done_is_no_flood_F26),
    UNIT_CASE(status_may_come_by_itself),
    UNIT_CASE(misplaced_data_costs_the_connection_R3_R5),
    UNIT_CASE(data_beyond_our_segment_length_is_refused_R2),
    UNIT_CASE(data_for_no_command_costs_the_connection_R1),
    UNIT_CASE(short_reads_need_a_residual_R6_R7),
    UNIT_CASE(contradictory_status_costs_the_connection_R4_R7),
    UNIT_CASE(data_before_a_bad_status_is_not_data_R9),
    UNIT_CASE(sense_is_bounded_S9),
    UNIT_CASE(no_sense_is_taken_or_refused_as_configured_S10),
    UNIT_CASE(a_failure_of_the_target_is_no_status_R10),
    UNIT_CASE(empty_data_without_end_is_a_flood_F26),
    UNIT_CASE(an_acknowledgement_asked_for_is_not_given_R8_E9),
    UNIT_CASE(digests_begin_behind_the_login_D2),
    UNIT_CASE(verified_data_survives_digests_D6),
    UNIT_CASE(a_command_without_buffer_is_refused),
    UNIT_CASE(slots_are_limited),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-command", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
