/*
 * The life of a session: losses and how they are mended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-peer.h"

static uint8_t data[PEER_DATA_MAX];

/* A ROM does not run between INT 13h calls. */
static void time_without_polling_is_not_held_against_the_target_X7(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_wait(&p, p.config.nop_idle_ms);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        p.now += 3600 * 1000;
        iscsi_tick(p.session, p.now);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        peer_nop_in(&p, NOP_TAG, RESERVED_TAG);
        peer_read(&p, &command, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_check(&p, peer_itt(&p), 6, 0x29, 0);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
    }
}

static void idle_session_cut_by_the_target_is_restored_X1_X7(void)
{
    struct iscsi_command command;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        peer_log_in(&p);
        for (i = 0; i < 2 * FRUITLESS_MAX; i++) {
            p.now += 600 * 1000;
            peer_come_back(&p);
        }
        peer_read(&p, &command, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(p.session->relogins, 2 * FRUITLESS_MAX);
    }
}

static void unfinished_commands_are_replayed_whole_and_in_order_X2(void)
{
    struct iscsi_command read, write, none;
    struct peer p = { };
    uint32_t itt;

    peer_pattern(data, 2048, 5);
    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No";
        peer_log_in(&p);
        peer_write(&p, &write, 2048);
        peer_read(&p, &read, 2048);
        peer_read(&p, &none, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        itt = peer_itt(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_r2t(&p, itt, 1, 0, 0, 1024);
        peer_expect(&p, OP_DATA_OUT);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_data_in(&p, peer_itt(&p), 0, 0, 0, "abc", 3);
        peer_come_back(&p);

        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_CMD_SN), 1);
        CU_ASSERT_EQUAL(p.last.header[COMMAND_CDB], 0x2a);
        CU_ASSERT_NOT_EQUAL(peer_itt(&p), itt);
        itt = peer_itt(&p);
        peer_r2t(&p, itt, 1, 0, 0, 2048);
        peer_expect(&p, OP_DATA_OUT);
        CU_ASSERT_EQUAL(p.last.length, 2048);
        CU_ASSERT_EQUAL(memcmp(p.last.data, write.buffer, 2048), 0);
        peer_good(&p, itt);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_data_in(&p, peer_itt(&p), FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                     data, 2048);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &write);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &read);
        CU_ASSERT_EQUAL(memcmp(read.buffer, data, 2048), 0);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(get_be32(p.last.header + COMMAND_LENGTH), 8);
        CU_ASSERT_EQUAL(p.session->relogins, 1);
    }
}

/* What the target had asked for on the old connection is not owed any more. */
static void a_write_cut_in_mid_burst_begins_anew_X2(void)
{
    struct iscsi_command write;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No\nMaxRecvDataSegmentLength=1024";
        itt = peer_begin_write(&p, &write, 8192);
        peer_r2t(&p, itt, 1, 0, 0, 4096);
        peer_expect_data_out(&p, &write, 1, 0, 0, 1024, false);
        peer_come_back(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
        itt = peer_itt(&p);
        peer_expect_silence(&p);
        peer_r2t(&p, itt, 2, 0, 0, 1024);
        peer_expect_data_out(&p, &write, 2, 0, 0, 1024, true);
        peer_expect_silence(&p);
    }
}

/* Nobody has proved anything on the new connection yet. */
static void each_login_authenticates_anew_C1_X1(void)
{
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.config.chap_user = "user";
        p.config.chap_secret = (const uint8_t *)"secret of ours";
        p.config.chap_secret_length = 14;
        peer_open(&p);
        peer_connect(&p);
        for (i = 0; i < 2; i++) {
            peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
            CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], 0);
            CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "AuthMethod"),
                                   "CHAP,None");
            CU_ASSERT_FALSE(p.session->authenticated);
            peer_login(&p, 0, 0, 0, "AuthMethod=CHAP");
            peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
            peer_login(&p, 0, 0, 0, "CHAP_A=5\nCHAP_I=1\nCHAP_C=0x01");
            peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
            peer_login(&p, LOGIN_TRANSIT | 1, 0, 0, "");
            peer_answer_login(&p);
            CU_ASSERT_TRUE(p.session->authenticated);
            peer_close(&p);
            while (p.session->state == ISCSI_BACKOFF) {
                peer_wait(&p, 1);
            }
            peer_accept(&p);
        }
    }
}

/* Text that the old connection began is not gone on with. */
static void a_login_cut_in_mid_text_begins_anew_X1(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        peer_open(&p);
        peer_connect(&p);
        peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
        peer_login_bytes(&p, 1 << LOGIN_CSG_SHIFT | LOGIN_CONTINUE,
                         "TargetAlias=half", 16);
        peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
        peer_close(&p);
        while (p.session->state == ISCSI_BACKOFF) {
            peer_wait(&p, 1);
        }
        peer_accept(&p);
        peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], LOGIN_TRANSIT |
                        1 << LOGIN_CSG_SHIFT | 3);
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "TargetName"),
                               PEER_TARGET);
        peer_login(&p, LOGIN_TRANSIT | 1 << LOGIN_CSG_SHIFT | 3, 0, 0,
                   "TargetPortalGroupTag=1");
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

/* Nine losses, and not one command done in between. */
static void a_session_that_gets_nothing_done_fails_X2(void)
{
    struct iscsi_command commands[3];
    struct peer p = { };
    unsigned losses, i;

    while (peer_next(&p)) {
        peer_log_in(&p);
        for (i = 0; i < 3; i++) {
            peer_read(&p, &commands[i], 8);
        }
        for (losses = 0; losses <= FRUITLESS_MAX; losses++) {
            CU_ASSERT_EQUAL_FATAL(p.session->state, ISCSI_FULL_FEATURE);
            for (i = 0; losses == REPLAYS_MAX + 1 && i < 3; i++) {
                /* Lost too often themselves: others take their places. */
                CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &commands[i]);
                peer_read(&p, &commands[i], 8);
            }
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_expect(&p, OP_SCSI_COMMAND);
            if (losses < FRUITLESS_MAX) {
                peer_come_back(&p);
            }
        }
        peer_close(&p);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FAILED);
        for (i = 0; i < 3; i++) {       /* all of them, in their order */
            CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &commands[i]);
            CU_ASSERT_EQUAL(commands[i].error, ISCSI_E_CLOSED);
        }
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
    }
}

/* One command done in each session: it may be lost as often as it likes. */
static void a_session_that_gets_something_done_goes_on_X2(void)
{
    struct iscsi_command done, lost;
    struct peer p = { };
    unsigned losses;

    while (peer_next(&p)) {
        peer_log_in(&p);
        for (losses = 0; losses < 2 * FRUITLESS_MAX; losses++) {
            peer_read(&p, &done, 8);
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_check(&p, peer_itt(&p), 6, 0x29, 0);
            CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &done);
            peer_read(&p, &lost, 8);
            iscsi_abort(p.session, &lost, p.now);
            peer_read(&p, &lost, 8);
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_come_back(&p);
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_check(&p, peer_itt(&p), 6, 0x29, 0);
            CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &lost);
            peer_free_buffer(&p);
            peer_free_buffer(&p);
            peer_free_buffer(&p);
        }
        CU_ASSERT_EQUAL(p.session->relogins, 2 * FRUITLESS_MAX);
    }
}

static void reinstatement_keeps_the_isid_and_asks_for_a_new_handle_L4(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_close(&p);
        peer_wait(&p, 3000);
        peer_accept(&p);
        peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
        CU_ASSERT_EQUAL(memcmp(p.last.header + LOGIN_ISID, p.config.isid, 6),
                        0);
        CU_ASSERT_EQUAL(get_be16(p.last.header + LOGIN_TSIH), 0);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_EXP_STAT_SN), 0);
    }
}

static void time2wait_is_kept_before_coming_back_K7(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        p.login_text = "DefaultTime2Wait=7";
        peer_log_in(&p);
        peer_close(&p);
        peer_wait(&p, 6999);
        CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_WAIT);
        peer_wait(&p, 1);
        CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CONNECT);
    }
}

static void a_command_that_always_ends_the_connection_fails_X2(void)
{
    struct iscsi_command command;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_read(&p, &command, 8);
        for (i = 0; i <= REPLAYS_MAX; i++) {
            CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_come_back(&p);
        }
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_E_CLOSED);
        peer_expect_silence(&p);
    }
}

static void a_lost_target_fails_commands_when_the_budget_is_used_X6(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint64_t start;

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_read(&p, &command, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        start = p.now;
        peer_close(&p);
        while (p.session->state != ISCSI_FAILED &&
               p.now < start + 2 * p.config.recovery_ms) {
            CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            if (iscsi_want(p.session, NULL) == ISCSI_WANT_CONNECT) {
                peer_close(&p);
            }
            peer_wait(&p, 10);
        }
        CU_ASSERT_TRUE(p.now - start <= p.config.recovery_ms + 10);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_E_CONNECT);
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &command, p.now),
                        ISCSI_E_CONNECT);
        CU_ASSERT_EQUAL(iscsi_start(p.session, p.now), ISCSI_OK);
        peer_accept(&p);
        peer_answer_login(&p);
    }
}

static void a_silent_command_costs_the_connection_X6_E10(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.nop_idle_ms = 0;
        peer_log_in(&p);
        peer_read(&p, &command, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_wait(&p, p.config.command_ms);
        peer_expect(&p, OP_TASK_REQUEST | OP_IMMEDIATE);
        peer_wait(&p, 2000);
        peer_expect(&p, OP_TASK_REQUEST | OP_IMMEDIATE);
        peer_wait(&p, 1999);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        peer_wait(&p, 1);
        peer_expect_drop(&p, ISCSI_E_COMMAND_TIMEOUT);
        peer_come_back(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
    }
}

static void single_bytes_do_not_stop_the_clock_F33(void)
{
    struct iscsi_command command;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_read(&p, &command, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_header(&p, header, OP_NOP_IN, FLAG_FINAL, RESERVED_TAG);
        for (i = 0; i < 3; i++) {
            peer_send_bytes(&p, header + i, 1);
            peer_wait(&p, 5000);
        }
        CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
    }
}

static void a_window_closed_for_ever_ends_in_failure_F9(void)
{
    struct iscsi_command command;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.config.nop_idle_ms = 0;
        p.max_cmd_sn = 0;           /* ExpCmdSN - 1, from the login on */
        peer_log_in(&p);
        peer_read(&p, &command, 8);
        for (i = 0; i < FRUITLESS_MAX; i++) {
            peer_expect_silence(&p);
            peer_wait(&p, p.config.command_ms);
            peer_expect_drop(&p, ISCSI_E_COMMAND_TIMEOUT);
            peer_come_back(&p);
        }
        peer_wait(&p, p.config.command_ms);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_E_COMMAND_TIMEOUT);
        peer_close(&p);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FAILED);
    }
}

static void a_withdrawn_write_costs_the_connection(void)
{
    struct iscsi_command gone, other;
    struct peer p = { };

    while (peer_next(&p)) {
        p.max_cmd_sn = 1;
        peer_log_in(&p);
        peer_write(&p, &gone, 8);
        peer_read(&p, &other, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        iscsi_abort(p.session, &other, p.now);      /* not sent yet */
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &other, p.now), ISCSI_OK);
        iscsi_abort(p.session, &gone, p.now);
        peer_expect_drop(&p, ISCSI_E_CANCELLED);
        peer_come_back(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
        peer_data_in(&p, peer_itt(&p), FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                     "12345678", 8);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &other);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
    }
}

static void a_finished_command_can_be_withdrawn(void)
{
    struct iscsi_command a, b;
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_read(&p, &a, 8);
        peer_read(&p, &b, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_check(&p, peer_itt(&p), 5, 0x24, 0);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_check(&p, peer_itt(&p), 5, 0x24, 0);
        iscsi_abort(p.session, &b, p.now);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &a);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
    }
}

static void a_digest_mismatch_is_replayed_not_delivered_D5(void)
{
    struct iscsi_command command;
    uint8_t bad[BHS_SIZE + 4 + 8 + 4] = { OP_DATA_IN, FLAG_FINAL };
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.header_digest = ISCSI_DIGEST_CRC32C;
        p.config.data_digest = ISCSI_DIGEST_CRC32C;
        p.login_text = "HeaderDigest=None\nDataDigest=CRC32C";
        peer_log_in(&p);
        peer_read(&p, &command, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_header(&p, bad, OP_DATA_IN, FLAG_FINAL | DATA_IN_STATUS,
                    peer_itt(&p));
        put_be24(bad + BHS_DATA_LENGTH, 8);
        peer_send_bytes(&p, bad, BHS_SIZE + 8 + 4);
        peer_expect_drop(&p, ISCSI_E_DIGEST);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        peer_come_back(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(time_without_polling_is_not_held_against_the_target_X7),
    UNIT_CASE(idle_session_cut_by_the_target_is_restored_X1_X7),
    UNIT_CASE(unfinished_commands_are_replayed_whole_and_in_order_X2),
    UNIT_CASE(a_write_cut_in_mid_burst_begins_anew_X2),
    UNIT_CASE(each_login_authenticates_anew_C1_X1),
    UNIT_CASE(a_login_cut_in_mid_text_begins_anew_X1),
    UNIT_CASE(a_session_that_gets_nothing_done_fails_X2),
    UNIT_CASE(a_session_that_gets_something_done_goes_on_X2),
    UNIT_CASE(reinstatement_keeps_the_isid_and_asks_for_a_new_handle_L4),
    UNIT_CASE(time2wait_is_kept_before_coming_back_K7),
    UNIT_CASE(a_command_that_always_ends_the_connection_fails_X2),
    UNIT_CASE(a_lost_target_fails_commands_when_the_budget_is_used_X6),
    UNIT_CASE(a_silent_command_costs_the_connection_X6_E10),
    UNIT_CASE(single_bytes_do_not_stop_the_clock_F33),
    UNIT_CASE(a_window_closed_for_ever_ends_in_failure_F9),
    UNIT_CASE(a_withdrawn_write_costs_the_connection),
    UNIT_CASE(a_finished_command_can_be_withdrawn),
    UNIT_CASE(a_digest_mismatch_is_replayed_not_delivered_D5),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-session", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
