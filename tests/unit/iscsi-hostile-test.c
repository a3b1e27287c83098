/*
 * Targets that are broken, or mean no good: each ends as it has to, in time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-peer.h"

/* How long a command may take that no answer comes for. */
#define GIVEN_UP_MS(p) ((p)->config.command_ms + 2 * 2000)

static uint8_t data[4096];

static void additional_headers_end_a_strict_session_F2(void)
{
    uint8_t pdu[BHS_SIZE + 4] = { 0 };
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.strict = true;
        peer_log_in(&p);
        peer_header(&p, pdu, OP_NOP_IN, FLAG_FINAL, RESERVED_TAG);
        put_be32(pdu + BHS_TTT, RESERVED_TAG);
        pdu[BHS_AHS_LENGTH] = 1;
        peer_send_bytes(&p, pdu, sizeof(pdu));
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LENGTH);
    }
}

/* Cut behind each byte of a Data-In, but for the last. */
static void a_connection_that_ends_inside_a_pdu_gives_no_data_X4_F3(void)
{
    struct iscsi_command command;
    uint8_t pdu[BHS_SIZE + 12];
    struct peer p = { };
    unsigned cut;
    uint32_t itt;

    while (peer_next(&p)) {
        for (cut = 1; cut < sizeof(pdu); cut++) {
            p.session = NULL;
            itt = peer_begin_read(&p, &command, 12);
            peer_header(&p, pdu, OP_DATA_IN, FLAG_FINAL | DATA_IN_STATUS,
                        itt);
            put_be24(pdu + BHS_DATA_LENGTH, 12);
            memcpy(pdu + BHS_SIZE, "twelve bytes", 12);
            peer_send_bytes(&p, pdu, cut);
            CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            peer_come_back(&p);
            CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_data_in(&p, peer_itt(&p), FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                         "other  bytes", 12);
            peer_expect_done(&p, &command, 0, 12);
            CU_ASSERT_EQUAL(memcmp(command.buffer, "other  bytes", 12), 0);
            peer_free_buffer(&p);
        }
    }
}

/* The peer's is never zero; buffers end where their data does. */
static void padding_may_hold_anything_F4(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t length;

    peer_pattern(data, sizeof(data), 5);
    while (peer_next(&p)) {
        for (length = 1; length < 10; length++) {
            p.session = NULL;
            peer_begin_read(&p, &command, length);
            peer_data_in(&p, peer_itt(&p), FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                         data, length);
            peer_expect_done(&p, &command, 0, length);
            CU_ASSERT_EQUAL(memcmp(command.buffer, data, length), 0);
            peer_free_buffer(&p);
        }
    }
}

static void a_huge_window_is_no_longer_than_our_own_F8(void)
{
    struct iscsi_command commands[ISCSI_MAX_COMMANDS];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.max_cmd_sn = 0x7fffffff;
        p.config.max_commands = 3;
        peer_log_in(&p);
        for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
            peer_read(&p, &commands[i], 8);
        }
        for (i = 0; i < 3; i++) {
            peer_expect(&p, OP_SCSI_COMMAND);
        }
        peer_expect_silence(&p);
    }
}

/* Digests that were not agreed, or none that were. */
static void lost_framing_ends_in_time_F10(void)
{
    struct iscsi_command command;
    struct peer p = { };
    unsigned agreed, i;
    uint32_t itt;

    while (peer_next(&p)) {
        for (agreed = 0; agreed < 2; agreed++) {
            p.session = NULL;
            p.config.header_digest = agreed ? ISCSI_DIGEST_CRC32C
                                            : ISCSI_DIGEST_NONE;
            p.config.nop_idle_ms = 0;
            p.login_text = agreed ? "HeaderDigest=CRC32C" : "";
            itt = peer_begin_read(&p, &command, sizeof(data));
            p.digests = !agreed;
            for (i = 0; i < 4; i++) {
                peer_data_in(&p, itt, 0, i, i * 1024, data, 1024);
            }
            if (p.session->state == ISCSI_FULL_FEATURE) {
                p.digests = agreed;
                peer_wait(&p, p.config.command_ms);
                peer_expect(&p, OP_TASK_REQUEST | OP_IMMEDIATE);
                peer_wait(&p, GIVEN_UP_MS(&p) - p.config.command_ms);
            }
            CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
            CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            peer_free_buffer(&p);
        }
    }
}

static void an_address_without_a_redirection_is_ignored_F15(void)
{
    struct iscsi_address address;
    struct peer p = { };

    while (peer_next(&p)) {
        p.login_text = "TargetAddress=192.0.2.66:1,1\nDefaultTime2Wait=0";
        peer_log_in(&p);
        peer_close(&p);
        while (p.session->state == ISCSI_BACKOFF) {
            peer_wait(&p, 1);
        }
        CU_ASSERT_EQUAL(iscsi_want(p.session, &address), ISCSI_WANT_CONNECT);
        CU_ASSERT_STRING_EQUAL(address.host, "192.0.2.1");
    }
}

static void a_name_of_control_bytes_changes_nothing_F17(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        p.login_text = "TargetAlias=%s%n\033[2J\xff\xfe\x01\r";
        peer_log_in(&p);
        peer_nop_in(&p, RESERVED_TAG, 1);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
    }
}

/* A byte of a Data-Out each five seconds: the window of a slow target. */
static void single_bytes_taken_do_not_stop_the_clock_F33(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint64_t start;
    size_t length;

    while (peer_next(&p)) {
        p.config.nop_idle_ms = 0;
        p.login_text = "ImmediateData=No";
        peer_begin_write(&p, &command, sizeof(data));
        peer_r2t(&p, peer_itt(&p), 1, 0, 0, sizeof(data));
        start = p.now;
        while (p.session->state == ISCSI_FULL_FEATURE) {
            CU_ASSERT_PTR_NOT_NULL(iscsi_tx_window(p.session, &length));
            iscsi_tx_commit(p.session, 1, p.now);
            peer_wait(&p, 5000);
        }
        peer_expect_drop(&p, ISCSI_E_COMMAND_TIMEOUT);
        CU_ASSERT_TRUE(p.now - start <= GIVEN_UP_MS(&p) + 5000);
    }
}

static void a_target_that_gives_no_time_is_left_at_once_F36(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_async(&p, 1, 0, 0);
        peer_expect(&p, OP_LOGOUT_REQUEST | OP_IMMEDIATE);
    }
}

static void any_answer_to_a_logout_is_enough_F37(void)
{
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned code;

    while (peer_next(&p)) {
        for (code = 0; code <= 3; code++) {
            p.session = NULL;
            peer_log_in(&p);
            CU_ASSERT_EQUAL(iscsi_logout(p.session, p.now), ISCSI_OK);
            iscsi_tick(p.session, p.now);
            peer_expect(&p, OP_LOGOUT_REQUEST | OP_IMMEDIATE);
            peer_header(&p, header, OP_LOGOUT_RESPONSE, FLAG_FINAL,
                        LOGOUT_TAG);
            header[RESPONSE_RESPONSE] = code;
            p.stat_sn++;
            peer_send(&p, header, NULL, 0);
            CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
            peer_close(&p);
            CU_ASSERT_EQUAL(p.session->state, ISCSI_OFF);
        }
    }
}

/* An answer with another tag, or to a logout that was not asked for yet. */
static void no_other_answer_ends_a_logout_F37(void)
{
    struct iscsi_command command;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned early;

    while (peer_next(&p)) {
        for (early = 0; early < 2; early++) {
            p.session = NULL;
            peer_begin_read(&p, &command, 8);
            CU_ASSERT_EQUAL(iscsi_logout(p.session, p.now), ISCSI_OK);
            if (early) {
                peer_header(&p, header, OP_LOGOUT_RESPONSE, FLAG_FINAL,
                            LOGOUT_TAG);
                peer_send(&p, header, NULL, 0);
                peer_expect_drop(&p, ISCSI_E_PROTOCOL_OPCODE);
                continue;
            }
            peer_check(&p, peer_itt(&p), 5, 0x24, 0);
            iscsi_tick(p.session, p.now);
            peer_expect(&p, OP_LOGOUT_REQUEST | OP_IMMEDIATE);
            peer_header(&p, header, OP_LOGOUT_RESPONSE, FLAG_FINAL,
                        LOGOUT_TAG - 1);
            peer_send(&p, header, NULL, 0);
            CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
            CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        }
        p.session = NULL;
        peer_begin_read(&p, &command, 8);
        peer_async(&p, 1, 0, 3);            /* asks, and answers itself */
        peer_header(&p, header, OP_LOGOUT_RESPONSE, FLAG_FINAL, LOGOUT_TAG);
        peer_send(&p, header, NULL, 0);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
    }
}

/* Only what is as good as GOOD may come with the data: 11.7.3. */
static void a_bad_status_does_not_come_with_data_F30(void)
{
    static const uint8_t good[] = { 0x00, 0x04, 0x10, 0x14 };
    struct iscsi_command command;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned status;
    uint32_t itt;

    while (peer_next(&p)) {
        for (status = 0; status < 0x50; status += 2) {
            p.session = NULL;
            itt = peer_begin_read(&p, &command, 4);
            peer_header(&p, header, OP_DATA_IN, FLAG_FINAL | DATA_IN_STATUS,
                        itt);
            header[RESPONSE_STATUS] = status;
            p.stat_sn++;
            peer_send(&p, header, data, 4);
            if (memchr(good, status, sizeof(good))) {
                CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
                CU_ASSERT_EQUAL(command.status, status);
                CU_ASSERT_EQUAL(command.transferred,
                                status == 0 || status == 4 ? 4 : 0);
            } else {
                peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
                CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            }
            peer_free_buffer(&p);
        }
    }
}

/* It says that it sent less than it did: the count is what holds. */
static void more_data_than_counted_is_not_more_data_F27(void)
{
    struct iscsi_command command;
    struct peer p = { };
    unsigned strict;
    uint32_t itt;

    while (peer_next(&p)) {
        for (strict = 0; strict < 2; strict++) {
            p.session = NULL;
            p.config.strict = strict;
            itt = peer_begin_read(&p, &command, 512);
            peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 512);
            peer_response(&p, itt, 0, FLAG_UNDERFLOW, 500, NULL, 0);
            if (strict) {
                peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
            } else {
                peer_expect_done(&p, &command, 0, 12);
            }
        }
    }
}

/* SenseLength against what came; -1: of the length itself only half came. */
static void sense_is_no_longer_than_its_pdu_F29(void)
{
    static const struct {
        const char *bytes;
        uint32_t length;
        int sense;
    } rows[] = {
        { "\0", 1, -1 }, { "\0\1", 2, -1 }, { "\0\2p", 3, -1 },
        { "\xff\xffp", 3, -1 }, { "\0\0", 2, 0 }, { "\0\1p", 3, 1 },
        { "\0\2p\0\5\0", 6, 2 },         /* and what is not sense */
    };
    struct iscsi_command command;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.session = NULL;
            peer_begin_read(&p, &command, 8);
            command.sense_length = 77;
            peer_header(&p, header, OP_SCSI_RESPONSE, FLAG_FINAL,
                        peer_itt(&p));
            header[RESPONSE_STATUS] = 2;
            p.stat_sn++;
            peer_send(&p, header, rows[i].bytes, rows[i].length);
            if (rows[i].sense < 0) {
                peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
                CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            } else {
                peer_expect_done(&p, &command, 2, 0);
                CU_ASSERT_EQUAL(command.sense_length, rows[i].sense);
            }
        }
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(additional_headers_end_a_strict_session_F2),
    UNIT_CASE(a_connection_that_ends_inside_a_pdu_gives_no_data_X4_F3),
    UNIT_CASE(padding_may_hold_anything_F4),
    UNIT_CASE(a_huge_window_is_no_longer_than_our_own_F8),
    UNIT_CASE(lost_framing_ends_in_time_F10),
    UNIT_CASE(an_address_without_a_redirection_is_ignored_F15),
    UNIT_CASE(a_name_of_control_bytes_changes_nothing_F17),
    UNIT_CASE(single_bytes_taken_do_not_stop_the_clock_F33),
    UNIT_CASE(a_target_that_gives_no_time_is_left_at_once_F36),
    UNIT_CASE(any_answer_to_a_logout_is_enough_F37),
    UNIT_CASE(no_other_answer_ends_a_logout_F37),
    UNIT_CASE(a_bad_status_does_not_come_with_data_F30),
    UNIT_CASE(more_data_than_counted_is_not_more_data_F27),
    UNIT_CASE(sense_is_no_longer_than_its_pdu_F29),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-hostile", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
