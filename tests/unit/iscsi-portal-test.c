/*
 * Portals and redirection: where a session connects to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-peer.h"

/* Redirects the login that is being asked for. */
static void redirect(struct peer *p, uint8_t detail, const char *text)
{
    peer_expect(p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
    peer_login(p, 0, 1, detail, text);
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

/* The budget ends inside the first attempt: what it waited for is told. */
static void a_budget_shorter_than_an_attempt_ends_it_X6(void)
{
    struct peer p = { };
    unsigned connected;

    while (peer_next(&p)) {
        for (connected = 0; connected < 2; connected++) {
            p.config.start_ms = 1000;
            peer_open(&p);
            iscsi_start(p.session, p.now);
            if (connected) {
                peer_accept(&p);
                peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
            }
            CU_ASSERT_EQUAL(iscsi_deadline(p.session), p.now + 1000);
            peer_wait(&p, 999);
            CU_ASSERT_NOT_EQUAL(iscsi_want(p.session, NULL),
                                ISCSI_WANT_CLOSE);
            peer_wait(&p, 1);
            peer_expect_drop(&p, connected ? ISCSI_E_LOGIN_TIMEOUT
                                           : ISCSI_E_CONNECT_TIMEOUT);
            peer_close(&p);
            CU_ASSERT_EQUAL(p.session->state, ISCSI_FAILED);
        }
    }
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

/* What one target has proved counts for no other. */
static void a_redirected_login_authenticates_anew_X5(void)
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
            CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "TargetName"),
                                   PEER_TARGET);
            peer_login(&p, 0, 0, 0, "AuthMethod=CHAP");
            redirect(&p, 1, "TargetAddress=192.0.2.7");
            CU_ASSERT_FALSE(p.session->authenticated);
            peer_close(&p);
            peer_wait(&p, 0);
            peer_accept(&p);
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

static const struct unit_case cases[] = {
    UNIT_CASE(two_portals_take_turns),
    UNIT_CASE(a_portal_that_refuses_leaves_the_other_one),
    UNIT_CASE(a_silent_portal_costs_its_connect_time_only_F34),
    UNIT_CASE(the_start_has_a_budget_X6),
    UNIT_CASE(a_budget_shorter_than_an_attempt_ends_it_X6),
    UNIT_CASE(redirection_is_followed_X5),
    UNIT_CASE(a_redirected_login_authenticates_anew_X5),
    UNIT_CASE(redirection_ends_F14),
    UNIT_CASE(redirection_to_nowhere_is_refused_F14),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-portal", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
