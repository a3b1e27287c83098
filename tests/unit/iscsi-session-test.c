/*
 * The life of a session: pings, messages, losses and how they are mended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-peer.h"

static uint8_t data[PEER_DATA_MAX];

/* After a loss: waits, and follows the new attempt into a login. */
static void come_back(struct peer *p)
{
    peer_close(p);
    CU_ASSERT_EQUAL(p->session->state, ISCSI_BACKOFF);
    while (p->session->state == ISCSI_BACKOFF) {
        peer_wait(p, 1);
    }
    peer_accept(p);
    peer_answer_login(p);
}

static void pings_are_answered_E1(void)
{
    const uint8_t *h;
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_nop_in(&p, RESERVED_TAG, 0x1234);
        h = peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE)->header;
        CU_ASSERT_EQUAL(h[BHS_FLAGS], FLAG_FINAL);
        CU_ASSERT_EQUAL(get_be32(h + BHS_ITT), RESERVED_TAG);
        CU_ASSERT_EQUAL(get_be32(h + BHS_TTT), 0x1234);
        CU_ASSERT_EQUAL(h[BHS_LUN + 1], 0x55);
        CU_ASSERT_EQUAL(get_be32(h + BHS_EXP_STAT_SN), p.stat_sn);
        peer_expect_silence(&p);
    }
}

static void a_ping_of_the_old_connection_is_not_answered_on_the_new(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_nop_in(&p, RESERVED_TAG, 0x1234);
        come_back(&p);
        peer_expect_silence(&p);
    }
}

static void nops_with_foreign_tags_cost_the_connection_E4(void)
{
    static const uint32_t tags[][2] = {
        { 0, RESERVED_TAG }, { 0, 1 }, { NOP_TAG, RESERVED_TAG },
        { NOP_TAG, 1 },
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < 4; i++) {
            p.session = NULL;
            peer_log_in(&p);
            peer_nop_in(&p, tags[i][0], tags[i][1]);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        }
    }
}

static void idle_sessions_are_pinged_E2(void)
{
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        peer_log_in(&p);
        for (i = 0; i < 3; i++) {
            peer_wait(&p, p.config.nop_idle_ms - 1);
            peer_expect_silence(&p);
            peer_wait(&p, 1);
            peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
            CU_ASSERT_EQUAL(peer_itt(&p), NOP_TAG);
            CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_TTT), RESERVED_TAG);
            peer_nop_in(&p, NOP_TAG, RESERVED_TAG);
        }
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static void an_unanswered_ping_costs_the_connection_E3(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_wait(&p, p.config.nop_idle_ms);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        peer_wait(&p, p.config.nop_ms - 1);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        peer_wait(&p, 1);
        peer_expect_drop(&p, ISCSI_E_NOP_TIMEOUT);
    }
}

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
            come_back(&p);
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
        come_back(&p);

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
            come_back(&p);
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
        come_back(&p);
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
        p.max_cmd_sn = 0;
        peer_log_in(&p);
        p.session->max_cmd_sn = 0;
        peer_read(&p, &command, 8);
        for (i = 0; i < FRUITLESS_MAX; i++) {
            peer_expect_silence(&p);
            peer_wait(&p, p.config.command_ms);
            peer_expect_drop(&p, ISCSI_E_COMMAND_TIMEOUT);
            come_back(&p);
            p.session->max_cmd_sn = 0;
        }
        peer_wait(&p, p.config.command_ms);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_E_COMMAND_TIMEOUT);
        peer_close(&p);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FAILED);
    }
}

static void a_flood_of_pings_ends_F26(void)
{
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        peer_log_in(&p);
        for (i = 0; p.session->state == ISCSI_FULL_FEATURE && i < 5000; i++) {
            peer_nop_in(&p, RESERVED_TAG, i);
        }
        peer_expect_drop(&p, ISCSI_E_FLOOD);
        CU_ASSERT_TRUE(i <= IDLE_PDUS_MAX + 1);
    }
}

static void unknown_pdus_cost_the_connection_E7(void)
{
    static const uint8_t opcodes[] = {
        0x00, 0x01, 0x03, 0x23, 0x24, 0x26, 0x27, 0x30, 0x3e, 0x60, 0x65,
    };
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(opcodes); i++) {
            p.session = NULL;
            peer_log_in(&p);
            peer_header(&p, header, opcodes[i], FLAG_FINAL, RESERVED_TAG);
            peer_send(&p, header, NULL, 0);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_OPCODE);
        }
    }
}

static void a_target_may_ask_to_be_left_E5(void)
{
    static const uint8_t events[] = { 1, 4 };
    struct iscsi_command running, waiting;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(events); i++) {
            p.session = NULL;
            peer_log_in(&p);
            peer_read(&p, &running, 8);
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_async(&p, events[i], 0, 3);
            peer_read(&p, &waiting, 8);
            peer_expect_silence(&p);
            peer_data_in(&p, peer_itt(&p), FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                         "12345678", 8);
            CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &running);
            peer_expect(&p, OP_LOGOUT_REQUEST | OP_IMMEDIATE);
            CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], FLAG_FINAL);
            peer_header(&p, header, OP_LOGOUT_RESPONSE, FLAG_FINAL,
                        LOGOUT_TAG);
            peer_send(&p, header, NULL, 0);
            come_back(&p);
            peer_expect(&p, OP_SCSI_COMMAND);
        }
    }
}

static void a_target_that_goes_is_given_its_time_E5_F36(void)
{
    static const struct {
        uint8_t event;
        uint16_t seconds;
        uint32_t wait_ms;
    } rows[] = {
        { 2, 3, 3000 }, { 3, 4, 4000 }, { 2, 65535, WAIT_MAX_MS },
        { 5, 9, 0 },        /* tasks terminated: at once */
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < 4; i++) {
            p.session = NULL;
            p.login_text = "DefaultTime2Wait=0";
            peer_log_in(&p);
            peer_async(&p, rows[i].event, rows[i].seconds, 0);
            peer_expect_drop(&p, ISCSI_E_CLOSED);
            peer_close(&p);
            if (rows[i].wait_ms) {
                peer_wait(&p, rows[i].wait_ms - 1);
            }
            CU_ASSERT_EQUAL(p.session->state, ISCSI_BACKOFF);
            peer_wait(&p, 1);
            CU_ASSERT_EQUAL(p.session->state, ISCSI_CONNECTING);
        }
    }
}

static void other_messages_only_take_a_status_number_E5(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_async(&p, 0, 0, 0);
        peer_async(&p, 248, 0, 0);
        peer_async(&p, 255, 0, 0);
        peer_nop_in(&p, RESERVED_TAG, 1);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_EXP_STAT_SN),
                        p.stat_sn);
    }
}

/* Rejects @rejected, @length bytes of it, for @reason. */
static void reject(struct peer *p, uint8_t reason, const uint8_t *rejected,
                   uint32_t length)
{
    uint8_t header[BHS_SIZE];

    peer_header(p, header, OP_REJECT, FLAG_FINAL, RESERVED_TAG);
    header[REJECT_REASON] = reason;
    p->stat_sn++;
    peer_send(p, header, rejected, length);
}

static void a_reject_ends_the_command_or_the_connection_E6(void)
{
    static const struct {
        uint8_t reason;
        bool final;
    } rows[] = {
        { 0x02, false }, { 0x03, false }, { 0x04, true }, { 0x05, true },
        { 0x06, false }, { 0x09, true }, { 0x0a, false }, { 0x0b, false },
        { 0x0c, true },
    };
    struct iscsi_command command;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.session = NULL;
            peer_log_in(&p);
            peer_read(&p, &command, 8);
            peer_expect(&p, OP_SCSI_COMMAND);
            reject(&p, rows[i].reason, p.last.header, BHS_SIZE);
            if (rows[i].final) {
                CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
                CU_ASSERT_EQUAL(command.error, ISCSI_E_REJECTED);
                CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
            } else {
                peer_expect_drop(&p, ISCSI_E_REJECTED);
            }
        }
    }
}

static void a_reject_without_a_whole_header_is_refused_F35(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_read(&p, &command, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        reject(&p, 4, p.last.header, BHS_SIZE - 1);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LENGTH);
    }
}

static void logout_waits_for_commands_and_not_for_ever_E11(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_read(&p, &command, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(iscsi_logout(p.session, p.now), ISCSI_OK);
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &command, p.now),
                        ISCSI_E_STATE);
        peer_expect_silence(&p);
        peer_check(&p, peer_itt(&p), 5, 0x24, 0);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        iscsi_tick(p.session, p.now);
        peer_expect(&p, OP_LOGOUT_REQUEST | OP_IMMEDIATE);
        peer_wait(&p, LOGOUT_MS);
        CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
        peer_close(&p);
        CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_NOTHING);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_OFF);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), ISCSI_NEVER);
        peer_connect(&p);
        peer_answer_login(&p);
    }
}

static void two_portals_take_turns(void)
{
    static const char *const order[] = {
        "192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.2",
    };
    struct iscsi_address address;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.config.portals[1] = "192.0.2.2:3261";
        peer_open(&p);
        iscsi_start(p.session, p.now);
        for (i = 0; i < 4; i++) {
            while (iscsi_want(p.session, &address) != ISCSI_WANT_CONNECT) {
                peer_wait(&p, 1);
            }
            CU_ASSERT_STRING_EQUAL(address.host, order[i]);
            CU_ASSERT_EQUAL(address.port, i & 1 ? 3261 : 3260);
            peer_close(&p);
        }
    }
}

static void a_portal_that_refuses_leaves_the_other_one(void)
{
    struct iscsi_address address;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.config.portals[1] = "192.0.2.2";
        peer_open(&p);
        peer_connect(&p);
        for (i = 0; i < 2; i++) {
            peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
            peer_login(&p, 0, 2, 3, "");
            peer_expect_drop(&p, ISCSI_E_TARGET_NOT_FOUND);
            peer_close(&p);
            if (i == 0) {
                peer_wait(&p, 1000);
                CU_ASSERT_EQUAL(iscsi_want(p.session, &address),
                                ISCSI_WANT_CONNECT);
                CU_ASSERT_STRING_EQUAL(address.host, "192.0.2.2");
                peer_accept(&p);
            }
        }
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FAILED);
    }
}

static void a_silent_portal_costs_its_connect_time_only_F34(void)
{
    struct iscsi_address address;
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.portals[1] = "192.0.2.2";
        peer_open(&p);
        iscsi_start(p.session, p.now);
        peer_wait(&p, p.config.connect_ms - 1);
        CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CONNECT);
        peer_wait(&p, 1);
        peer_expect_drop(&p, ISCSI_E_CONNECT_TIMEOUT);
        peer_close(&p);
        peer_wait(&p, 0);
        CU_ASSERT_EQUAL(iscsi_want(p.session, &address), ISCSI_WANT_CONNECT);
        CU_ASSERT_STRING_EQUAL(address.host, "192.0.2.2");
    }
}

static void the_start_has_a_budget_X6(void)
{
    struct peer p = { };
    uint64_t start;

    while (peer_next(&p)) {
        peer_open(&p);
        start = p.now;
        iscsi_start(p.session, p.now);
        while (p.session->state != ISCSI_FAILED &&
               p.now < start + 2 * p.config.start_ms) {
            if (iscsi_want(p.session, NULL) == ISCSI_WANT_CLOSE) {
                peer_close(&p);
            }
            peer_wait(&p, 5);
        }
        CU_ASSERT_TRUE(p.now - start <= p.config.start_ms + 5);
        CU_ASSERT_EQUAL(p.session->last_error, ISCSI_E_CONNECT_TIMEOUT);
    }
}

/* Redirects the login that is being asked for. */
static void redirect(struct peer *p, uint8_t detail, const char *text)
{
    peer_expect(p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
    peer_login(p, 0, 1, detail, text);
}

static void redirection_is_followed_X5(void)
{
    struct iscsi_address address;
    struct peer p = { };
    uint8_t detail;

    while (peer_next(&p)) {
        for (detail = 1; detail <= 2; detail++) {
            p.session = NULL;
            peer_open(&p);
            peer_connect(&p);
            redirect(&p, detail, "X-a=1\nTargetAddress=[2001:db8::7]:99,3");
            CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
            peer_close(&p);
            peer_wait(&p, 0);
            CU_ASSERT_EQUAL(iscsi_want(p.session, &address),
                            ISCSI_WANT_CONNECT);
            CU_ASSERT_STRING_EQUAL(address.host, "2001:db8::7");
            CU_ASSERT_EQUAL(address.port, 99);
            CU_ASSERT_TRUE(address.v6);
            peer_accept(&p);
            peer_answer_login(&p);
            peer_close(&p);
            peer_wait(&p, 2500);
            CU_ASSERT_EQUAL(iscsi_want(p.session, &address),
                            ISCSI_WANT_CONNECT);
            CU_ASSERT_STRING_EQUAL(address.host, detail == 1
                                   ? "192.0.2.1" : "2001:db8::7");
        }
    }
}

static void redirection_ends_F14(void)
{
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        peer_open(&p);
        peer_connect(&p);
        for (i = 0; i < p.config.max_redirects; i++) {
            redirect(&p, 1, "TargetAddress=192.0.2.1");
            peer_close(&p);
            peer_wait(&p, 0);
            peer_accept(&p);
        }
        redirect(&p, 1, "TargetAddress=192.0.2.1");
        peer_expect_drop(&p, ISCSI_E_REDIRECT);
        peer_close(&p);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FAILED);
    }
}

static void redirection_to_nowhere_is_refused_F14(void)
{
    static const char *const texts[] = {
        "", "TargetAddress=", "TargetAddress=[::1", "TargetAddress=h:0",
        "TargetAddress=h:99999", "TargetAddress=:3260", "Target=192.0.2.1",
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
            peer_open(&p);
            peer_connect(&p);
            redirect(&p, 1, texts[i]);
            peer_expect_drop(&p, ISCSI_E_REDIRECT);
        }
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
        come_back(&p);
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
        come_back(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(pings_are_answered_E1),
    UNIT_CASE(a_ping_of_the_old_connection_is_not_answered_on_the_new),
    UNIT_CASE(nops_with_foreign_tags_cost_the_connection_E4),
    UNIT_CASE(idle_sessions_are_pinged_E2),
    UNIT_CASE(an_unanswered_ping_costs_the_connection_E3),
    UNIT_CASE(time_without_polling_is_not_held_against_the_target_X7),
    UNIT_CASE(idle_session_cut_by_the_target_is_restored_X1_X7),
    UNIT_CASE(unfinished_commands_are_replayed_whole_and_in_order_X2),
    UNIT_CASE(reinstatement_keeps_the_isid_and_asks_for_a_new_handle_L4),
    UNIT_CASE(time2wait_is_kept_before_coming_back_K7),
    UNIT_CASE(a_command_that_always_ends_the_connection_fails_X2),
    UNIT_CASE(a_lost_target_fails_commands_when_the_budget_is_used_X6),
    UNIT_CASE(a_silent_command_costs_the_connection_X6_E10),
    UNIT_CASE(single_bytes_do_not_stop_the_clock_F33),
    UNIT_CASE(a_window_closed_for_ever_ends_in_failure_F9),
    UNIT_CASE(a_flood_of_pings_ends_F26),
    UNIT_CASE(unknown_pdus_cost_the_connection_E7),
    UNIT_CASE(a_target_may_ask_to_be_left_E5),
    UNIT_CASE(a_target_that_goes_is_given_its_time_E5_F36),
    UNIT_CASE(other_messages_only_take_a_status_number_E5),
    UNIT_CASE(a_reject_ends_the_command_or_the_connection_E6),
    UNIT_CASE(a_reject_without_a_whole_header_is_refused_F35),
    UNIT_CASE(logout_waits_for_commands_and_not_for_ever_E11),
    UNIT_CASE(two_portals_take_turns),
    UNIT_CASE(a_portal_that_refuses_leaves_the_other_one),
    UNIT_CASE(a_silent_portal_costs_its_connect_time_only_F34),
    UNIT_CASE(the_start_has_a_budget_X6),
    UNIT_CASE(redirection_is_followed_X5),
    UNIT_CASE(redirection_ends_F14),
    UNIT_CASE(redirection_to_nowhere_is_refused_F14),
    UNIT_CASE(a_withdrawn_write_costs_the_connection),
    UNIT_CASE(a_finished_command_can_be_withdrawn),
    UNIT_CASE(a_digest_mismatch_is_replayed_not_delivered_D5),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-session", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
