/*
 * Discovery sessions: RFC 7143 4.3, 11.10, 11.11, Appendix C.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "iscsi-peer.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NAME "iqn.2024-01.test.local:"

static const char three_targets[] =
    "TargetName=" NAME "one\0TargetAddress=192.0.2.1:3260,1\0"
    "TargetAddress=[2001:db8::1]:3261,2\0TargetAlias=first\0"
    "TargetName=" NAME "two\0"
    "TargetName=" NAME "three\0TargetAddress=192.0.2.3:3260,1";

/* What is found of these, a line each. */
static const char three_found[] =
    "T " NAME "one\nP 192.0.2.1:3260,1\nP [2001:db8::1]:3261,2\n"
    "T " NAME "two\nT " NAME "three\nP 192.0.2.3:3260,1\n";

static void begin(struct peer *p)
{
    p->config.target_name = NULL;
    p->config.discovery = true;
    peer_open(p);
    peer_log_in(p);
    CU_ASSERT_EQUAL(iscsi_discover(p->session, p->now), ISCSI_OK);
}

/* A text response with the next StatSN. */
static void answer(struct peer *p, uint8_t flags, uint32_t ttt,
                   const void *text, uint32_t length)
{
    uint8_t header[BHS_SIZE];

    peer_header(p, header, OP_TEXT_RESPONSE, flags, TEXT_TAG);
    put_be32(header + BHS_TTT, ttt);
    header[BHS_LUN + 1] = ttt == RESERVED_TAG ? 0 : 7;
    p->stat_sn++;
    peer_send(p, header, text, length);
}

/* Fetches what there is into @lines; returns why there is no more. */
static enum iscsi_found fetch(struct peer *p, char *lines)
{
    char text[ISCSI_FOUND_SIZE];
    enum iscsi_found found;

    while ((found = iscsi_discover_next(p->session, text)) ==
           ISCSI_FOUND_TARGET || found == ISCSI_FOUND_PORTAL) {
        strcat(lines, found == ISCSI_FOUND_TARGET ? "T " : "P ");
        strcat(lines, text);
        strcat(lines, "\n");
    }
    return found;
}

static void a_discovery_session_names_no_target_L2_K1(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.target_name = NULL;
        p.config.discovery = true;
        peer_open(&p);
        peer_connect(&p);
        peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
        CU_ASSERT_PTR_NULL(peer_text_value(&p, "TargetName"));
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "SessionType"),
                               "Discovery");
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "InitiatorName"),
                               PEER_INITIATOR);
    }
}

static void a_name_does_not_go_with_discovery_L3(void)
{
    struct peer p = { };
    struct iscsi_session *session;

    while (peer_next(&p)) {
        peer_open(&p);
        p.config.discovery = true;
        CU_ASSERT_EQUAL(iscsi_init(p.session_memory, ISCSI_SESSION_SIZE,
                                   &p.config, &p.env, &session),
                        ISCSI_E_CONFIG);
        p.config.discovery = false;
        p.config.target_name = NULL;
        CU_ASSERT_EQUAL(iscsi_init(p.session_memory, ISCSI_SESSION_SIZE,
                                   &p.config, &p.env, &session),
                        ISCSI_E_CONFIG);
    }
}

static void send_targets_is_asked_once_and_answered_T11(void)
{
    struct peer p = { };
    struct peer_pdu *request;
    char lines[1000];

    while (peer_next(&p)) {
        begin(&p);
        request = peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
        CU_ASSERT_EQUAL(request->header[BHS_FLAGS], FLAG_FINAL);
        CU_ASSERT_EQUAL(get_be32(request->header + BHS_TTT), RESERVED_TAG);
        CU_ASSERT_EQUAL(request->length, 16);
        CU_ASSERT_EQUAL(memcmp(request->data, "SendTargets=All", 16), 0);
        answer(&p, FLAG_FINAL, RESERVED_TAG, three_targets,
               sizeof(three_targets));
        lines[0] = '\0';
        CU_ASSERT_EQUAL(fetch(&p, lines), ISCSI_FOUND_END);
        CU_ASSERT_STRING_EQUAL(lines, three_found);
        peer_expect_silence(&p);
    }
}

/* @flags of the first part: tgt leaves C out, others set it. */
static void split_everywhere(uint8_t flags)
{
    struct peer p = { };
    struct peer_pdu *request;
    char lines[1000];
    size_t at;

    while (peer_next(&p)) {
        for (at = 0; at <= sizeof(three_targets); at += p.random % 3 + 1) {
            begin(&p);
            peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
            answer(&p, flags, 0x1234, three_targets, at);
            lines[0] = '\0';
            CU_ASSERT_EQUAL(fetch(&p, lines), ISCSI_FOUND_NOTHING);
            request = peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
            CU_ASSERT_EQUAL(get_be32(request->header + BHS_TTT), 0x1234);
            CU_ASSERT_EQUAL(request->header[BHS_LUN + 1], 7);
            CU_ASSERT_EQUAL(request->length, 0);
            answer(&p, FLAG_FINAL, RESERVED_TAG, three_targets + at,
                   sizeof(three_targets) - at);
            CU_ASSERT_EQUAL(fetch(&p, lines), ISCSI_FOUND_END);
            CU_ASSERT_STRING_EQUAL(lines, three_found);
        }
    }
}

static void answers_split_anywhere_are_joined_T11(void)
{
    split_everywhere(0);
}

static void answers_that_say_they_go_on_are_joined_T11(void)
{
    split_everywhere(TEXT_CONTINUE);
}

static void an_answer_may_be_longer_than_any_buffer_T11(void)
{
    struct peer p = { };
    enum iscsi_found found;
    char text[ISCSI_FOUND_SIZE];
    char pairs[8000];
    unsigned part, count, i;

    while (peer_next(&p)) {
        begin(&p);
        count = 0;
        for (part = 0; part < 20; part++) {
            peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
            for (i = 0; i + 40 <= sizeof(pairs); i += 40) {
                memcpy(pairs + i, "TargetName=iqn.2024-01.test.local:number",
                       40);
                pairs[i + 39] = '\0';
            }
            answer(&p, part == 19 ? FLAG_FINAL : 0,
                   part == 19 ? RESERVED_TAG : 1, pairs, sizeof(pairs));
            while ((found = iscsi_discover_next(p.session, text)) ==
                   ISCSI_FOUND_TARGET) {
                count++;
            }
        }
        CU_ASSERT_EQUAL(found, ISCSI_FOUND_END);
        CU_ASSERT_EQUAL(count, 20 * 200);
    }
}

static void no_targets_are_an_answer_too_T11(void)
{
    struct peer p = { };
    char lines[10];

    while (peer_next(&p)) {
        begin(&p);
        peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
        answer(&p, FLAG_FINAL, RESERVED_TAG, NULL, 0);
        lines[0] = '\0';
        CU_ASSERT_EQUAL(fetch(&p, lines), ISCSI_FOUND_END);
        CU_ASSERT_STRING_EQUAL(lines, "");
    }
}

/* Each row costs the connection, and discovery with it. */
static void answers_that_may_not_be_end_discovery_T11_F16(void)
{
    static char long_key[400], long_value[400];
    static const struct {
        uint8_t flags;
        uint32_t ttt;
        const char *text;
        uint32_t length;
        enum iscsi_error error;
    } rows[] = {
        /* The end with a tag, more without one. */
        { FLAG_FINAL, 7, "TargetName=iqn.x", 17, ISCSI_E_PROTOCOL_TEXT },
        { 0, RESERVED_TAG, "TargetName=iqn.x", 17, ISCSI_E_PROTOCOL_TEXT },
        { FLAG_FINAL | TEXT_CONTINUE, RESERVED_TAG, "TargetName=iqn.x", 17,
          ISCSI_E_PROTOCOL_TEXT },
        { FLAG_FINAL, RESERVED_TAG, "TargetName", 11, ISCSI_E_PROTOCOL_TEXT },
        { FLAG_FINAL, RESERVED_TAG, "=iqn.x", 7, ISCSI_E_PROTOCOL_TEXT },
        { FLAG_FINAL, RESERVED_TAG, long_key, 400, ISCSI_E_PROTOCOL_TEXT },
        { FLAG_FINAL, RESERVED_TAG, long_value, 400, ISCSI_E_PROTOCOL_TEXT },
        { 0, 7, long_value, 400, ISCSI_E_PROTOCOL_TEXT },
    };
    struct peer p = { };
    char lines[1000];
    size_t i;

    memset(long_key, 'k', sizeof(long_key));
    long_key[390] = '=';
    memset(long_value, 'v', sizeof(long_value));
    memcpy(long_value, "TargetName=", 11);
    while (peer_next(&p)) {
        for (i = 0; i < COUNT(rows); i++) {
            begin(&p);
            peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
            answer(&p, rows[i].flags, rows[i].ttt, rows[i].text,
                   rows[i].length);
            lines[0] = '\0';
            CU_ASSERT_EQUAL(fetch(&p, lines), ISCSI_FOUND_FAILURE);
            CU_ASSERT_STRING_EQUAL(lines, "");
            peer_expect_drop(&p, rows[i].error);
        }
    }
}

static void a_missing_last_nul_is_judged_as_configured_T1(void)
{
    struct peer p = { };
    char lines[1000];
    unsigned strict;

    while (peer_next(&p)) {
        for (strict = 0; strict < 2; strict++) {
            p.config.strict = strict;
            begin(&p);
            peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
            answer(&p, FLAG_FINAL, RESERVED_TAG, three_targets,
                   sizeof(three_targets) - 1);
            lines[0] = '\0';
            CU_ASSERT_EQUAL(fetch(&p, lines), strict ? ISCSI_FOUND_FAILURE :
                                                       ISCSI_FOUND_END);
            CU_ASSERT_EQUAL(strcmp(lines, three_found) == 0, !strict);
        }
    }
}

static void text_that_was_not_asked_for_costs_the_connection_T11(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        answer(&p, FLAG_FINAL, RESERVED_TAG, three_targets,
               sizeof(three_targets));
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        peer_open(&p);
    }
}

/* Half a request is out; another tag; twice; a number out of turn. */
static void answers_out_of_turn_cost_the_connection_T11_N7(void)
{
    enum { HALF, TAG, TWICE, NUMBER, TURNS };
    static const char pair[] = "TargetName=iqn.x";
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned turn;
    size_t length;

    while (peer_next(&p)) {
        for (turn = 0; turn < TURNS; turn++) {
            begin(&p);
            if (turn == HALF) {
                iscsi_tx_window(p.session, &length);
                iscsi_tx_commit(p.session, length - 1, p.now);
            } else {
                peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
            }
            if (turn == TWICE) {
                answer(&p, FLAG_FINAL, RESERVED_TAG, pair, sizeof(pair));
            }
            peer_header(&p, header, OP_TEXT_RESPONSE, FLAG_FINAL,
                        turn == TAG ? TEXT_TAG - 1 : TEXT_TAG);
            put_be32(header + BHS_TTT, RESERVED_TAG);
            if (turn == NUMBER) {
                put_be32(header + BHS_STAT_SN, p.stat_sn + 1);
            }
            peer_send(&p, header, pair, sizeof(pair));
            peer_expect_drop(&p, turn == NUMBER ? ISCSI_E_PROTOCOL_STATSN
                                                : ISCSI_E_PROTOCOL_TASK);
        }
    }
}

/* The embedder leaves while half an answer is here. */
static void a_logout_in_mid_answer_ends_discovery_E11(void)
{
    static const char pair[] = "TargetName=iqn.x";
    uint8_t header[BHS_SIZE];
    char text[ISCSI_FOUND_SIZE];
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
        peer_header(&p, header, OP_TEXT_RESPONSE, FLAG_FINAL, TEXT_TAG);
        put_be32(header + BHS_TTT, RESERVED_TAG);
        put_be24(header + BHS_DATA_LENGTH, 16);
        p.stat_sn++;
        peer_send_bytes(&p, header, BHS_SIZE);
        peer_send_bytes(&p, pair, 8);
        CU_ASSERT_EQUAL(iscsi_logout(p.session, p.now), ISCSI_OK);
        peer_send_bytes(&p, pair + 8, 8);
        CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
        peer_close(&p);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_OFF);
        CU_ASSERT_EQUAL(iscsi_discover_next(p.session, text),
                        ISCSI_FOUND_FAILURE);
    }
}

static void a_segment_beyond_8192_bytes_is_refused_T11_F1(void)
{
    static const uint8_t zeros[8193];
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
        answer(&p, FLAG_FINAL, RESERVED_TAG, zeros, sizeof(zeros));
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LENGTH);
    }
}

static void a_portal_that_does_not_answer_costs_the_command_time_X6(void)
{
    struct peer p = { };
    char text[ISCSI_FOUND_SIZE];

    while (peer_next(&p)) {
        p.config.command_ms = 3000;
        p.config.nop_idle_ms = 0;
        begin(&p);
        peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), p.now + 3000);
        peer_wait(&p, 2999);
        CU_ASSERT_EQUAL(iscsi_discover_next(p.session, text),
                        ISCSI_FOUND_NOTHING);
        peer_wait(&p, 1);
        CU_ASSERT_EQUAL(iscsi_discover_next(p.session, text),
                        ISCSI_FOUND_FAILURE);
        peer_expect_drop(&p, ISCSI_E_COMMAND_TIMEOUT);
    }
}

static void discovery_without_end_is_ended_T11_F26(void)
{
    static const char pair[] = "TargetName=" NAME "again";
    struct peer p = { };
    enum iscsi_found found = ISCSI_FOUND_NOTHING;
    char text[ISCSI_FOUND_SIZE];
    unsigned rounds = 0;

    peer_next(&p);          /* whole PDUs: it is long enough */
    begin(&p);
    while (found != ISCSI_FOUND_FAILURE && rounds <= DISCOVERY_ROUNDS_MAX) {
        peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
        answer(&p, 0, 1, pair, sizeof(pair));
        while ((found = iscsi_discover_next(p.session, text)) ==
               ISCSI_FOUND_TARGET) {
            continue;
        }
        rounds++;
        p.now += 2;
    }
    CU_ASSERT_EQUAL(found, ISCSI_FOUND_FAILURE);
    CU_ASSERT_EQUAL(rounds, DISCOVERY_ROUNDS_MAX + 1);
    peer_end(&p);
}

static void a_discovery_session_takes_no_commands(void)
{
    struct peer p = { };
    struct iscsi_command command = { .direction = ISCSI_NO_DATA };

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &command, p.now),
                        ISCSI_E_STATE);
        peer_open(&p);
        CU_ASSERT_EQUAL(iscsi_discover(p.session, p.now), ISCSI_E_STATE);
        p.config.discovery = false;
        p.config.target_name = PEER_TARGET;
        peer_open(&p);
        peer_log_in(&p);
        CU_ASSERT_EQUAL(iscsi_discover(p.session, p.now), ISCSI_E_STATE);
    }
}

static void a_discovery_session_logs_out_E11(void)
{
    struct peer p = { };
    char lines[1000];

    while (peer_next(&p)) {
        begin(&p);
        peer_expect(&p, OP_TEXT_REQUEST | OP_IMMEDIATE);
        answer(&p, FLAG_FINAL, RESERVED_TAG, three_targets,
               sizeof(three_targets));
        lines[0] = '\0';
        fetch(&p, lines);
        CU_ASSERT_EQUAL(iscsi_logout(p.session, p.now), ISCSI_OK);
        peer_expect(&p, OP_LOGOUT_REQUEST | OP_IMMEDIATE);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_discovery_session_names_no_target_L2_K1),
    UNIT_CASE(a_name_does_not_go_with_discovery_L3),
    UNIT_CASE(send_targets_is_asked_once_and_answered_T11),
    UNIT_CASE(answers_split_anywhere_are_joined_T11),
    UNIT_CASE(answers_that_say_they_go_on_are_joined_T11),
    UNIT_CASE(an_answer_may_be_longer_than_any_buffer_T11),
    UNIT_CASE(no_targets_are_an_answer_too_T11),
    UNIT_CASE(answers_that_may_not_be_end_discovery_T11_F16),
    UNIT_CASE(a_missing_last_nul_is_judged_as_configured_T1),
    UNIT_CASE(text_that_was_not_asked_for_costs_the_connection_T11),
    UNIT_CASE(answers_out_of_turn_cost_the_connection_T11_N7),
    UNIT_CASE(a_logout_in_mid_answer_ends_discovery_E11),
    UNIT_CASE(a_segment_beyond_8192_bytes_is_refused_T11_F1),
    UNIT_CASE(a_portal_that_does_not_answer_costs_the_command_time_X6),
    UNIT_CASE(discovery_without_end_is_ended_T11_F26),
    UNIT_CASE(a_discovery_session_takes_no_commands),
    UNIT_CASE(a_discovery_session_logs_out_E11),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-discover", cases, COUNT(cases), argc, argv);
}
