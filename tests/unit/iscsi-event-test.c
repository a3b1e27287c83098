/*
 * Pings, messages, rejections and logout.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-peer.h"

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
        peer_come_back(&p);
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
            peer_come_back(&p);
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

static const struct unit_case cases[] = {
    UNIT_CASE(pings_are_answered_E1),
    UNIT_CASE(a_ping_of_the_old_connection_is_not_answered_on_the_new),
    UNIT_CASE(nops_with_foreign_tags_cost_the_connection_E4),
    UNIT_CASE(idle_sessions_are_pinged_E2),
    UNIT_CASE(an_unanswered_ping_costs_the_connection_E3),
    UNIT_CASE(a_flood_of_pings_ends_F26),
    UNIT_CASE(unknown_pdus_cost_the_connection_E7),
    UNIT_CASE(a_target_may_ask_to_be_left_E5),
    UNIT_CASE(a_target_that_goes_is_given_its_time_E5_F36),
    UNIT_CASE(other_messages_only_take_a_status_number_E5),
    UNIT_CASE(a_reject_ends_the_command_or_the_connection_E6),
    UNIT_CASE(a_reject_without_a_whole_header_is_refused_F35),
    UNIT_CASE(logout_waits_for_commands_and_not_for_ever_E11),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-event", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
