/*
 * Pings, messages, rejections and logout.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

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

static void a_ping_that_was_due_is_not_sent_on_the_new_connection_E2(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        peer_wait(&p, p.config.nop_idle_ms);
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
    /* Text comes in a discovery session that asked for it, and only there. */
    static const uint8_t known[] = {
        OP_NOP_IN, OP_SCSI_RESPONSE, OP_TASK_RESPONSE, OP_DATA_IN, OP_R2T,
        OP_ASYNC, OP_REJECT,
    };
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned opcode;

    while (peer_next(&p)) {
        for (opcode = 0; opcode < 0x80; opcode++) {
            if (memchr(known, opcode, sizeof(known))) {
                continue;
            }
            p.session = NULL;
            peer_log_in(&p);
            peer_header(&p, header, opcode, FLAG_FINAL, RESERVED_TAG);
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

/* Rejected is a PDU that we never sent, or that no command is. */
static void a_reject_of_anything_else_costs_the_connection_F35(void)
{
    static const struct {
        uint8_t opcode;
        uint32_t itt_offset;
    } rows[] = {
        { OP_SCSI_COMMAND, 256 }, { OP_SCSI_COMMAND, 1 },
        { OP_NOP_OUT | OP_IMMEDIATE, 0 }, { OP_DATA_OUT, 0 }, { 0x3f, 0 },
    };
    uint8_t rejected[BHS_SIZE];
    struct iscsi_command command;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.session = NULL;
            peer_begin_read(&p, &command, 8);
            memcpy(rejected, p.last.header, BHS_SIZE);
            rejected[BHS_OPCODE] = rows[i].opcode;
            put_be32(rejected + BHS_ITT, peer_itt(&p) + rows[i].itt_offset);
            reject(&p, 0x09, rejected, BHS_SIZE);
            peer_expect_drop(&p, ISCSI_E_REJECTED);
            CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            peer_free_buffer(&p);
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

/* While we leave, it asks again: what is under way still comes to its end. */
static void a_target_that_asks_twice_to_be_left_is_left_once_E5(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint64_t end;

    while (peer_next(&p)) {
        peer_begin_read(&p, &command, 8);
        peer_async(&p, 1, 0, 3);
        end = iscsi_deadline(p.session);
        CU_ASSERT_EQUAL(end, p.now + 3000);
        peer_wait(&p, 1000);
        peer_async(&p, 1, 0, 3);
        peer_async(&p, 4, 0, 3);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), end);
        peer_check(&p, peer_itt(&p), 5, 0x24, 0);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        peer_expect(&p, OP_LOGOUT_REQUEST | OP_IMMEDIATE);
        peer_expect_silence(&p);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), p.now + LOGOUT_MS);
        peer_wait(&p, LOGOUT_MS);
        peer_expect_drop(&p, ISCSI_E_CLOSED);
        peer_come_back(&p);
    }
}

/* Without pings of our own none is sent for a sign of life either. */
static void a_sign_of_life_is_given_as_configured_E2(void)
{
    struct peer p = { };
    unsigned quiet;

    while (peer_next(&p)) {
        for (quiet = 0; quiet < 2; quiet++) {
            p.session = NULL;
            if (quiet) {
                p.config.nop_idle_ms = 0;
            }
            peer_log_in(&p);
            peer_nop_in(&p, RESERVED_TAG, RESERVED_TAG);
            if (!quiet) {
                peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
                CU_ASSERT_EQUAL(peer_itt(&p), NOP_TAG);
                /* One is under way; another would be for nothing. */
                peer_nop_in(&p, RESERVED_TAG, RESERVED_TAG);
            }
            peer_expect_silence(&p);
        }
    }
}

/* Messages and other PDUs that achieve nothing, without end. */
static void floods_of_every_kind_end_F26(void)
{
    struct peer p = { };
    unsigned kind, i;

    while (peer_next(&p)) {
        for (kind = 0; kind < 3; kind++) {
            p.session = NULL;
            peer_log_in(&p);
            for (i = 0; p.session->state == ISCSI_FULL_FEATURE && i < 5000;
                 i++) {
                if (kind == 2) {
                    peer_nop_in(&p, RESERVED_TAG, RESERVED_TAG);
                } else {
                    peer_async(&p, kind ? 255 : 0, 0, 0);
                }
            }
            peer_expect_drop(&p, ISCSI_E_FLOOD);
            /* The answer to the login was the first. */
            CU_ASSERT_EQUAL(i, IDLE_PDUS_MAX);
        }
    }
}

/* As many, but no more than the limit in each second: not a flood. */
static void many_pings_in_their_time_are_no_flood_F26(void)
{
    struct peer p = { };
    unsigned second, i;

    while (peer_next(&p)) {
        p.config.nop_idle_ms = 0;
        peer_log_in(&p);
        for (second = 0; second < 3; second++) {
            peer_wait(&p, 1000);
            for (i = 0; i < IDLE_PDUS_MAX; i++) {
                peer_nop_in(&p, RESERVED_TAG, i);
            }
        }
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(pings_are_answered_E1),
    UNIT_CASE(a_ping_of_the_old_connection_is_not_answered_on_the_new),
    UNIT_CASE(a_ping_that_was_due_is_not_sent_on_the_new_connection_E2),
    UNIT_CASE(nops_with_foreign_tags_cost_the_connection_E4),
    UNIT_CASE(idle_sessions_are_pinged_E2),
    UNIT_CASE(an_unanswered_ping_costs_the_connection_E3),
    UNIT_CASE(a_flood_of_pings_ends_F26),
    UNIT_CASE(unknown_pdus_cost_the_connection_E7),
    UNIT_CASE(a_target_may_ask_to_be_left_E5),
    UNIT_CASE(a_target_that_goes_is_given_its_time_E5_F36),
    UNIT_CASE(other_messages_only_take_a_status_number_E5),
    UNIT_CASE(a_reject_ends_the_command_or_the_connection_E6),
    UNIT_CASE(a_reject_of_anything_else_costs_the_connection_F35),
    UNIT_CASE(a_reject_without_a_whole_header_is_refused_F35),
    UNIT_CASE(logout_waits_for_commands_and_not_for_ever_E11),
    UNIT_CASE(a_target_that_asks_twice_to_be_left_is_left_once_E5),
    UNIT_CASE(a_sign_of_life_is_given_as_configured_E2),
    UNIT_CASE(floods_of_every_kind_end_F26),
    UNIT_CASE(many_pings_in_their_time_are_no_flood_F26),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-event", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
