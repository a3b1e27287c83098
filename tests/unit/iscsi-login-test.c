/*
 * Login phase without authentication.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>

#include "iscsi-peer.h"

#define OP_LOGIN    (OP_LOGIN_REQUEST | OP_IMMEDIATE)
#define CSG_1       (1 << LOGIN_CSG_SHIFT)
#define TO_FULL     (LOGIN_TRANSIT | CSG_1 | 3)

/* Ready for the answer to the first login request. */
static void ask(struct peer *p)
{
    peer_open(p);
    peer_connect(p);
    peer_expect(p, OP_LOGIN);
}

static void first_request_is_legal_L1_L5(void)
{
    static const uint8_t fixed[8] = { 0x43, 0x87, 0, 0, 0 };
    struct peer p = { };
    const uint8_t *h;

    while (peer_next(&p)) {
        ask(&p);
        h = p.last.header;
        CU_ASSERT_EQUAL(memcmp(h, fixed, 5), 0);
        CU_ASSERT_EQUAL(memcmp(h + LOGIN_ISID, p.config.isid, 6), 0);
        CU_ASSERT_EQUAL(get_be16(h + LOGIN_TSIH), 0);
        CU_ASSERT_EQUAL(get_be16(h + 20), 0);       /* CID */
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "InitiatorName"),
                               PEER_INITIATOR);
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "TargetName"),
                               PEER_TARGET);
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "SessionType"), "Normal");
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "HeaderDigest"),
                               "None,CRC32C");
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "DefaultTime2Wait"), "0");
        CU_ASSERT_PTR_NULL(peer_text_value(&p, "IFMarker"));
        CU_ASSERT_PTR_NULL(peer_text_value(&p, "AuthMethod"));
        peer_expect_silence(&p);
    }
}

static void login_reaches_full_feature_phase(void)
{
    struct iscsi_info info;
    struct peer p = { };

    while (peer_next(&p)) {
        p.login_text = "TargetPortalGroupTag=5\nInitialR2T=No\n"
                       "MaxRecvDataSegmentLength=65536\nMaxBurstLength=8192";
        peer_log_in(&p);
        iscsi_get_info(p.session, &info);
        CU_ASSERT_EQUAL(info.state, ISCSI_FULL_FEATURE);
        CU_ASSERT_EQUAL(info.tsih, 7);
        CU_ASSERT_EQUAL(info.tpgt, 5);
        CU_ASSERT_EQUAL(info.max_send_data, 65536);
        CU_ASSERT_EQUAL(info.max_burst, 8192);
        CU_ASSERT_EQUAL(info.first_burst, 8192);
        CU_ASSERT_FALSE(info.initial_r2t);
        CU_ASSERT_STRING_EQUAL(info.peer.host, "192.0.2.1");
    }
}

static void names_are_sent_once_and_numbers_stand_still_L2_N2(void)
{
    struct peer p = { };
    uint32_t cmd_sn;

    while (peer_next(&p)) {
        ask(&p);
        cmd_sn = get_be32(p.last.header + BHS_CMD_SN);
        peer_login(&p, CSG_1 | 3, 0, 0, "TargetPortalGroupTag=1");
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_EQUAL(p.last.length, 0);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], TO_FULL);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_ITT), LOGIN_TAG);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_CMD_SN), cmd_sn);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_EXP_STAT_SN),
                        p.stat_sn);
        peer_login(&p, TO_FULL, 0, 0, "");
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static void offers_of_the_target_are_answered_before_the_end_L8(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        ask(&p);
        peer_login(&p, CSG_1, 0, 0,
                   "MaxRecvDataSegmentLength=262144\nX-a=1\nIFMarker=No");
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "X-a"), "NotUnderstood");
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "IFMarker"), "No");
        CU_ASSERT_PTR_NULL(peer_text_value(&p,
                                           "MaxRecvDataSegmentLength"));
        peer_login(&p, TO_FULL, 0, 0, "");
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        CU_ASSERT_EQUAL(p.session->max_send_data, 262144);
    }
}

static void endless_negotiation_ends_L8(void)
{
    struct peer p = { };
    unsigned rounds;

    while (peer_next(&p)) {
        peer_open(&p);
        peer_connect(&p);
        for (rounds = 0; p.session->state == ISCSI_LOGIN; rounds++) {
            peer_expect(&p, OP_LOGIN);
            peer_login(&p, CSG_1, 0, 0, "");
        }
        CU_ASSERT_EQUAL(rounds, LOGIN_ROUNDS_MAX);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LOGIN);
    }
}

static void only_possible_stages_are_followed_L7_L9(void)
{
    struct peer p = { };
    unsigned flags;

    while (peer_next(&p)) {
        for (flags = 0; flags < 256; flags++) {
            bool next_is_full = (flags & 3) == 3;
            bool transit = flags & LOGIN_TRANSIT;
            bool legal = (flags >> 2 & 3) == 1 &&
                (transit ? next_is_full && !(flags & LOGIN_CONTINUE) : true);

            ask(&p);
            peer_login(&p, flags, 0, 0, "");
            if (legal) {
                CU_ASSERT_EQUAL(p.session->state, transit
                                ? ISCSI_FULL_FEATURE : ISCSI_LOGIN);
            } else {
                peer_expect_drop(&p, ISCSI_E_PROTOCOL_LOGIN);
            }
        }
    }
}

static void a_session_needs_a_handle_L6(void)
{
    uint8_t header[BHS_SIZE];
    struct peer p = { };

    while (peer_next(&p)) {
        ask(&p);
        peer_header(&p, header, OP_LOGIN_RESPONSE, TO_FULL, LOGIN_TAG);
        memcpy(header + LOGIN_ISID, p.config.isid, 6);
        peer_send(&p, header, NULL, 0);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LOGIN);
    }
}

static void echoes_are_compared_L6(void)
{
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < 2; i++) {
            ask(&p);
            peer_header(&p, header, OP_LOGIN_RESPONSE, TO_FULL,
                        LOGIN_TAG - i);
            memcpy(header + LOGIN_ISID, p.config.isid, 6);
            header[LOGIN_ISID + 5] += 1 - i;
            peer_send(&p, header, NULL, 0);
            CU_ASSERT_EQUAL(p.session->last_error, ISCSI_E_PROTOCOL_LOGIN);
        }
    }
}

static void each_refusal_has_its_error_L10(void)
{
    static const struct {
        uint8_t class, detail;
        enum iscsi_error error;
        bool retried;
    } rows[] = {
        { 1, 0x03, ISCSI_E_REDIRECT, false },
        { 2, 0x00, ISCSI_E_LOGIN_REFUSED, false },
        { 2, 0x01, ISCSI_E_AUTH, false },
        { 2, 0x02, ISCSI_E_LOGIN_REFUSED, false },
        { 2, 0x03, ISCSI_E_TARGET_NOT_FOUND, false },
        { 2, 0x04, ISCSI_E_TARGET_REMOVED, false },
        { 2, 0x0b, ISCSI_E_LOGIN_REFUSED, false },
        { 2, 0xff, ISCSI_E_LOGIN_REFUSED, false },
        { 3, 0x00, ISCSI_E_LOGIN_UNAVAILABLE, true },
        { 3, 0x02, ISCSI_E_LOGIN_UNAVAILABLE, true },
        { 4, 0x00, ISCSI_E_LOGIN_REFUSED, false },
        { 255, 255, ISCSI_E_LOGIN_REFUSED, false },
    };
    struct iscsi_info info;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            ask(&p);
            peer_login(&p, 0, rows[i].class, rows[i].detail, "");
            peer_expect_drop(&p, rows[i].error);
            peer_close(&p);
            iscsi_get_info(p.session, &info);
            CU_ASSERT_EQUAL(info.login_class, rows[i].class);
            CU_ASSERT_EQUAL(info.login_detail, rows[i].detail);
            CU_ASSERT_EQUAL(info.state, rows[i].retried ? ISCSI_BACKOFF
                                                        : ISCSI_FAILED);
        }
    }
}

static void other_pdus_do_not_belong_in_a_login_L11(void)
{
    static const uint8_t opcodes[] = {
        OP_NOP_IN, OP_SCSI_RESPONSE, OP_DATA_IN, OP_R2T, OP_ASYNC, 0x24,
        OP_LOGOUT_RESPONSE, 0x22, 0x01, 0x63, 0x2f,
    };
    uint8_t header[BHS_SIZE], rejected[BHS_SIZE] = { OP_LOGIN };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(opcodes); i++) {
            ask(&p);
            peer_header(&p, header, opcodes[i], FLAG_FINAL, LOGIN_TAG);
            peer_send(&p, header, NULL, 0);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_OPCODE);
        }
        ask(&p);
        peer_header(&p, header, OP_REJECT, FLAG_FINAL, RESERVED_TAG);
        peer_send(&p, header, rejected, sizeof(rejected));
        peer_expect_drop(&p, ISCSI_E_REJECTED);
    }
}

/* Not one byte of the request is out, or not all. */
static void an_answer_before_its_request_is_an_error_L11(void)
{
    struct peer p = { };
    const uint8_t *window;
    unsigned begun;
    size_t length;

    while (peer_next(&p)) {
        for (begun = 0; begun < 2; begun++) {
            peer_open(&p);
            peer_connect(&p);
            if (begun) {
                window = iscsi_tx_window(p.session, &length);
                CU_ASSERT_PTR_NOT_NULL_FATAL(window);
                iscsi_tx_commit(p.session, 1, p.now);
            }
            peer_login(&p, TO_FULL, 0, 0, "");
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_LOGIN);
        }
    }
}

/* The answer to the first request has a number; the next has another. */
static void numbers_of_login_responses_are_in_sequence_N7(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        ask(&p);
        peer_login(&p, CSG_1, 0, 0, "");
        peer_expect(&p, OP_LOGIN);
        p.stat_sn++;
        peer_login(&p, TO_FULL, 0, 0, "");
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATSN);
    }
}

static void text_split_anywhere_is_joined_L12(void)
{
    static const char text[] =
        "TargetPortalGroupTag=9\0InitialR2T=No\0MaxBurstLength=4096";
    struct peer p = { };
    unsigned at;

    while (peer_next(&p)) {
        for (at = 0; at <= sizeof(text); at++) {
            ask(&p);
            peer_login_bytes(&p, CSG_1 | LOGIN_CONTINUE, text, at);
            peer_expect(&p, OP_LOGIN);
            CU_ASSERT_EQUAL(p.last.length, 0);
            CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], CSG_1);
            peer_login_bytes(&p, CSG_1, text + at, sizeof(text) - at);
            peer_answer_login(&p);
            CU_ASSERT_EQUAL(p.session->keys.value[KEY_PORTAL_GROUP], 9);
            CU_ASSERT_EQUAL(p.session->keys.value[KEY_INITIAL_R2T], 0);
            CU_ASSERT_EQUAL(p.session->keys.value[KEY_MAX_BURST], 4096);
        }
    }
}

static void a_transition_that_was_not_asked_for_is_an_error_L9(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        ask(&p);
        peer_login_bytes(&p, CSG_1 | LOGIN_CONTINUE, "TargetAlias", 11);
        peer_expect(&p, OP_LOGIN);
        peer_login_bytes(&p, TO_FULL, "=1", 3);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LOGIN);
    }
}

static void long_text_is_refused_before_it_is_stored_L14(void)
{
    uint8_t header[BHS_SIZE];
    struct peer p = { };

    while (peer_next(&p)) {
        ask(&p);
        peer_header(&p, header, OP_LOGIN_RESPONSE, TO_FULL, LOGIN_TAG);
        memcpy(header + LOGIN_ISID, p.config.isid, 6);
        put_be24(header + BHS_DATA_LENGTH, LOGIN_DATA_MAX + 1);
        peer_send_bytes(&p, header, BHS_SIZE);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LENGTH);
    }
}

static void text_without_end_is_refused_T2(void)
{
    char *text = calloc(1, LOGIN_DATA_MAX);
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        ask(&p);
        for (i = 0; p.session->state == ISCSI_LOGIN && i < 10; i++) {
            peer_login_bytes(&p, CSG_1 | LOGIN_CONTINUE, text,
                             LOGIN_DATA_MAX);
            if (p.session->state == ISCSI_LOGIN) {
                peer_expect(&p, OP_LOGIN);
            }
        }
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TEXT);
        CU_ASSERT_EQUAL(i, 2);
    }
    free(text);
}

/* As long as text may be in all, and a byte longer. */
static void text_is_taken_up_to_its_limit_T2(void)
{
    static char text[TEXT_IN_SIZE + 1];
    const uint32_t rest = TEXT_IN_SIZE - LOGIN_DATA_MAX;
    struct peer p = { };
    unsigned over, i;

    for (i = 0; i + 250 <= TEXT_IN_SIZE; i += 250) {
        snprintf(text + i, 250, "TargetAddress=%0235u", i);
    }
    snprintf(text + i, TEXT_IN_SIZE - i, "TargetAddress=%0*u",
             (int)(TEXT_IN_SIZE - i - 15), i);
    while (peer_next(&p)) {
        for (over = 0; over < 2; over++) {
            ask(&p);
            peer_login_bytes(&p, CSG_1 | LOGIN_CONTINUE, text,
                             LOGIN_DATA_MAX);
            peer_expect(&p, OP_LOGIN);
            peer_login_bytes(&p, CSG_1, text + LOGIN_DATA_MAX, rest + over);
            if (over) {
                peer_expect_drop(&p, ISCSI_E_PROTOCOL_TEXT);
            } else {
                peer_answer_login(&p);
            }
        }
    }
}

static void bad_text_ends_the_login_T1_T10(void)
{
    static const struct {
        const char *text;
        enum iscsi_error error;
    } rows[] = {
        { "ImmediateData", ISCSI_E_PROTOCOL_TEXT },
        { "=Yes", ISCSI_E_PROTOCOL_TEXT },
        { "ImmediateData=Yes\nImmediateData=Yes", ISCSI_E_PROTOCOL_TEXT },
        { "ImmediateData=Maybe", ISCSI_E_NEGOTIATION },
        { "FirstBurstLength=262144", ISCSI_E_NEGOTIATION },
        { "HeaderDigest=Reject", ISCSI_E_NEGOTIATION },
        { "MaxBurstLength=NotUnderstood", ISCSI_E_NEGOTIATION },
        { "MaxRecvDataSegmentLength=0", ISCSI_E_NEGOTIATION },
        { "CHAP_A=5", ISCSI_E_AUTH }, { "AuthMethod=CHAP", ISCSI_E_AUTH },
        { "X-new=1", ISCSI_E_PROTOCOL_LOGIN },  /* cannot be answered */
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            ask(&p);
            peer_login(&p, TO_FULL, 0, 0, rows[i].text);
            peer_expect_drop(&p, rows[i].error);
        }
    }
}

static void values_end_at_255_bytes_T2(void)
{
    char text[300];
    struct peer p = { };

    while (peer_next(&p)) {
        ask(&p);
        snprintf(text, sizeof(text), "TargetAlias=%0255d", 1);
        peer_login(&p, TO_FULL, 0, 0, text);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        ask(&p);
        snprintf(text, sizeof(text), "TargetAlias=%0256d", 1);
        peer_login(&p, TO_FULL, 0, 0, text);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TEXT);
    }
}

static void more_unknown_keys_than_can_be_answered_are_refused_L13(void)
{
    char text[8192];
    struct peer p = { };
    int length, i;

    while (peer_next(&p)) {
        for (i = 0, length = 0; i < 600; i++) {
            length += snprintf(text + length, sizeof(text) - length,
                               "X-%d=1", i) + 1;
        }
        ask(&p);
        peer_login_bytes(&p, CSG_1, text, length);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TEXT);
    }
}

static void a_silent_target_costs_the_login_time_only_L17(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        ask(&p);
        peer_wait(&p, p.config.login_ms - 1);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_LOGIN);
        peer_wait(&p, 1);
        peer_expect_drop(&p, ISCSI_E_LOGIN_TIMEOUT);
    }
}

static void unusable_configurations_are_refused_L3(void)
{
    static const struct {
        const char *initiator, *target, *portal;
        bool good;
    } rows[] = {
        { "iqn.2024-01.a:b", "eui.02004567A425678D", "h:1", true },
        { "naa.52004567BA64678D", "iqn.2024-01.a:b", "[::1]:1", true },
        { NULL, "iqn.2024-01.a:b", "h", false },
        { "", "iqn.2024-01.a:b", "h", false },
        { "iqn.", "iqn.2024-01.a:b", "h", false },
        { "foo.2024", "iqn.2024-01.a:b", "h", false },
        { "iqn.2024-01.a:b", "iqn.a b", "h", false },
        { "iqn.2024-01.a:b", NULL, "h", false },
        { "iqn.2024-01.a:b", "iqn.2024-01.a:b", NULL, false },
        { "iqn.2024-01.a:b", "iqn.2024-01.a:b", "h:0", false },
    };
    char name[ISCSI_NAME_MAX + 2] = "iqn.";
    struct peer p = { };
    unsigned i;

    peer_next(&p);
    peer_open(&p);
    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        p.config.initiator_name = rows[i].initiator;
        p.config.target_name = rows[i].target;
        p.config.portals[0] = rows[i].portal;
        CU_ASSERT_EQUAL(iscsi_init(p.session_memory, ISCSI_SESSION_SIZE,
                                   &p.config, &p.env, &p.session),
                        rows[i].good ? ISCSI_OK : ISCSI_E_CONFIG);
    }
    memset(name + 4, 'a', ISCSI_NAME_MAX - 4);
    p.config.initiator_name = name;
    p.config.portals[0] = "h";
    CU_ASSERT_EQUAL(iscsi_init(p.session_memory, ISCSI_SESSION_SIZE,
                               &p.config, &p.env, &p.session), ISCSI_OK);
    name[ISCSI_NAME_MAX] = 'a';
    CU_ASSERT_EQUAL(iscsi_init(p.session_memory, ISCSI_SESSION_SIZE,
                               &p.config, &p.env, &p.session),
                    ISCSI_E_CONFIG);
    CU_ASSERT_EQUAL(iscsi_init(p.session_memory, 100, &p.config, &p.env,
                               &p.session), ISCSI_E_CONFIG);
    peer_end(&p);
}

static const struct unit_case cases[] = {
    UNIT_CASE(first_request_is_legal_L1_L5),
    UNIT_CASE(login_reaches_full_feature_phase),
    UNIT_CASE(names_are_sent_once_and_numbers_stand_still_L2_N2),
    UNIT_CASE(offers_of_the_target_are_answered_before_the_end_L8),
    UNIT_CASE(endless_negotiation_ends_L8),
    UNIT_CASE(only_possible_stages_are_followed_L7_L9),
    UNIT_CASE(a_session_needs_a_handle_L6),
    UNIT_CASE(echoes_are_compared_L6),
    UNIT_CASE(each_refusal_has_its_error_L10),
    UNIT_CASE(other_pdus_do_not_belong_in_a_login_L11),
    UNIT_CASE(an_answer_before_its_request_is_an_error_L11),
    UNIT_CASE(numbers_of_login_responses_are_in_sequence_N7),
    UNIT_CASE(text_split_anywhere_is_joined_L12),
    UNIT_CASE(a_transition_that_was_not_asked_for_is_an_error_L9),
    UNIT_CASE(long_text_is_refused_before_it_is_stored_L14),
    UNIT_CASE(text_without_end_is_refused_T2),
    UNIT_CASE(text_is_taken_up_to_its_limit_T2),
    UNIT_CASE(bad_text_ends_the_login_T1_T10),
    UNIT_CASE(values_end_at_255_bytes_T2),
    UNIT_CASE(more_unknown_keys_than_can_be_answered_are_refused_L13),
    UNIT_CASE(a_silent_target_costs_the_login_time_only_L17),
    UNIT_CASE(unusable_configurations_are_refused_L3),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-login", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
