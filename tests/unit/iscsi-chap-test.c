/*
 * CHAP, one way and mutual.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include "iscsi-peer.h"

#define OP_LOGIN    (OP_LOGIN_REQUEST | OP_IMMEDIATE)
#define TO_NEXT     (LOGIN_TRANSIT | 1)
#define CHALLENGE   "CHAP_A=5\nCHAP_I=17\nCHAP_C=0x0102030405060708"

static const uint8_t secret[] = "initiator-secret";
static const uint8_t mutual_secret[] = "the-targets-secret";

static void use_chap(struct peer *p, bool mutual)
{
    p->config.chap_user = "user";
    p->config.chap_secret = secret;
    p->config.chap_secret_length = sizeof(secret) - 1;
    if (mutual) {
        p->config.mutual_user = "target";
        p->config.mutual_secret = mutual_secret;
        p->config.mutual_secret_length = sizeof(mutual_secret) - 1;
    }
}

/* The response as text: MD5 over @id, @key and @length bytes. */
static void respond(struct peer *p, uint8_t id, const uint8_t *key,
                    size_t key_length, const uint8_t *challenge,
                    size_t length, char text[35])
{
    const struct iscsi_slice slices[] = {
        { &id, 1 }, { key, key_length }, { challenge, length },
    };
    uint8_t digest[16];
    unsigned i;

    p->env.md5(p->env.user, slices, 3, digest);
    strcpy(text, "0x");
    for (i = 0; i < 16; i++) {
        sprintf(text + 2 + 2 * i, "%02x", digest[i]);
    }
}

/* Up to the request that answers @challenge. */
static void begin(struct peer *p, bool mutual, const char *challenge)
{
    use_chap(p, mutual);
    peer_open(p);
    peer_connect(p);
    peer_expect(p, OP_LOGIN);
    peer_login(p, 0, 0, 0, "AuthMethod=CHAP\nTargetPortalGroupTag=1");
    peer_expect(p, OP_LOGIN);
    peer_login(p, 0, 0, 0, challenge);
}

/* Proves the target, with @change applied to its digest, and @flags. */
static void prove(struct peer *p, const char *name, unsigned change,
                  uint8_t flags)
{
    const char *own = peer_text_value(p, "CHAP_C");
    char text[400], response[35];
    uint8_t challenge[16];
    uint64_t id;
    size_t length;

    CU_ASSERT_PTR_NOT_NULL_FATAL(own);
    CU_ASSERT_TRUE(iscsi_text_binary(own, strlen(own), challenge, 16,
                                     &length));
    CU_ASSERT_EQUAL(length, 16);
    own = peer_text_value(p, "CHAP_I");
    CU_ASSERT_TRUE(iscsi_text_number(own, strlen(own), &id));
    respond(p, id, mutual_secret, sizeof(mutual_secret) - 1, challenge, 16,
            response);
    response[33] ^= change;
    snprintf(text, sizeof(text), "CHAP_N=%s\nCHAP_R=%s", name, response);
    peer_login(p, flags, 0, 0, text);
}

static void one_way_is_answered_C1_C2_C3_C8_C9(void)
{
    static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    struct peer p = { };
    char expected[35];

    while (peer_next(&p)) {
        use_chap(&p, false);
        peer_open(&p);
        peer_connect(&p);
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], 0);
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "AuthMethod"),
                               "CHAP,None");
        CU_ASSERT_PTR_NULL(peer_text_value(&p, "MaxBurstLength"));
        peer_login(&p, 0, 0, 0, "AuthMethod=CHAP");
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], 0);
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "CHAP_A"), "5");
        peer_login(&p, 0, 0, 0, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], TO_NEXT);
        respond(&p, 17, secret, sizeof(secret) - 1, bytes, 8, expected);
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "CHAP_N"), "user");
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "CHAP_R"), expected);
        CU_ASSERT_PTR_NULL(peer_text_value(&p, "CHAP_C"));
        peer_login(&p, TO_NEXT, 0, 0, "");
        peer_answer_login(&p);          /* a request of the next stage */
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "MaxConnections"), "1");
        CU_ASSERT_PTR_NULL(peer_text_value(&p, "InitiatorName"));
        CU_ASSERT_TRUE(p.session->authenticated);
        CU_ASSERT_EQUAL(p.events[ISCSI_EVENT_AUTHENTICATED], 1);
    }
}

/* RFC 1994's sum with fixed input, computed apart from this program. */
static void the_response_is_the_md5_of_id_secret_and_challenge_C8(void)
{
    struct peer p = { };
    char text[35];

    while (peer_next(&p)) {
        respond(&p, 'a', (const uint8_t *)"b", 1, (const uint8_t *)"c", 1,
                text);
        CU_ASSERT_STRING_EQUAL(text, "0x900150983cd24fb0d6963f7d28e17f72");
    }
}

static void both_ways_are_proved_C10(void)
{
    struct peer p = { };
    unsigned early;

    while (peer_next(&p)) {
        for (early = 0; early < 2; early++) {
            begin(&p, true, CHALLENGE);
            peer_expect(&p, OP_LOGIN);
            CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], TO_NEXT);
            prove(&p, "target", 0, early ? TO_NEXT : 0);
            if (!early) {
                peer_expect(&p, OP_LOGIN);
                CU_ASSERT_EQUAL(p.last.length, 0);
                CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], TO_NEXT);
                peer_login(&p, TO_NEXT, 0, 0, "");
            }
            peer_answer_login(&p);
            CU_ASSERT_TRUE(p.session->chap.mutual_done);
        }
    }
}

static void a_target_without_proof_is_refused_L16_C13_C16(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p, true, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        prove(&p, "target", 1, TO_NEXT);
        peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
        begin(&p, true, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        prove(&p, "other", 0, TO_NEXT);
        peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
        begin(&p, true, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        peer_login(&p, TO_NEXT, 0, 0, "");
        peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
        begin(&p, true, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        peer_login(&p, 0, 0, 0, "CHAP_N=target");
        peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
        begin(&p, true, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        peer_login(&p, TO_NEXT, 0, 0, "CHAP_N=target\nCHAP_R=0x0011");
        peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_CLOSING);
    }
}

static void only_offered_methods_are_accepted_C1(void)
{
    static const struct {
        const char *answer;
        bool mutual, good;
    } rows[] = {
        { "AuthMethod=CHAP", false, true }, { "AuthMethod=None", false, true },
        { "AuthMethod=CHAP", true, true }, { "AuthMethod=None", true, false },
        { "AuthMethod=Reject", false, false },
        { "AuthMethod=KRB5", false, false },
        { "AuthMethod=CHAP,None", false, false },
        { "AuthMethod=NotUnderstood", false, false }, { "", false, false },
        { "CHAP_A=5", false, false },
        { "AuthMethod=CHAP\nCHAP_A=5", false, false },
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.config.mutual_user = NULL;
            p.config.mutual_secret_length = 0;
            use_chap(&p, rows[i].mutual);
            peer_open(&p);
            peer_connect(&p);
            peer_expect(&p, OP_LOGIN);
            peer_login(&p, 0, 0, 0, rows[i].answer);
            if (rows[i].good) {
                CU_ASSERT_EQUAL(p.session->state, ISCSI_LOGIN);
            } else {
                peer_expect_drop(&p, ISCSI_E_AUTH);
            }
        }
    }
}

static void authentication_may_be_waived_one_way(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        use_chap(&p, false);
        peer_open(&p);
        peer_connect(&p);
        peer_expect(&p, OP_LOGIN);
        peer_login(&p, 0, 0, 0, "AuthMethod=None");
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], TO_NEXT);
        peer_login(&p, TO_NEXT, 0, 0, "");
        peer_answer_login(&p);
        CU_ASSERT_FALSE(p.session->authenticated);
    }
}

static void bad_challenges_are_refused_C4_C7_F22(void)
{
    static const char *const texts[] = {
        "CHAP_A=6\nCHAP_I=1\nCHAP_C=0x00", "CHAP_A=0\nCHAP_I=1\nCHAP_C=0x00",
        "CHAP_A=5,5\nCHAP_I=1\nCHAP_C=0x00",
        "CHAP_A=MD5\nCHAP_I=1\nCHAP_C=0x00",
        "CHAP_A=5\nCHAP_I=256\nCHAP_C=0x00",
        "CHAP_A=5\nCHAP_I=-1\nCHAP_C=0x00",
        "CHAP_A=5\nCHAP_I=0x100\nCHAP_C=0x00",
        "CHAP_A=5\nCHAP_I=\nCHAP_C=0x00", "CHAP_A=5\nCHAP_I=1\nCHAP_C=0x",
        "CHAP_A=5\nCHAP_I=1\nCHAP_C=0b====", "CHAP_A=5\nCHAP_I=1\nCHAP_C=12",
        "CHAP_A=5\nCHAP_I=1\nCHAP_C=0xzz", "CHAP_A=5\nCHAP_I=1",
        "CHAP_A=5\nCHAP_C=0x00", "CHAP_I=1\nCHAP_C=0x00", "",
        "CHAP_A=5\nCHAP_I=1\nCHAP_C=0x00\nCHAP_N=target",
        "CHAP_N=target\nCHAP_R=0x00112233445566778899aabbccddeeff",
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
            begin(&p, false, texts[i]);
            CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
            CU_ASSERT_EQUAL(iscsi_error_group(p.session->last_error),
                            ISCSI_GROUP_AUTH);
        }
    }
}

static void long_challenges_are_taken_up_to_1024_bytes_C6(void)
{
    static uint8_t bytes[TEXT_BINARY_MAX];
    static char text[2300];
    char expected[35];
    struct peer p = { };
    unsigned length, i;
    int at;

    peer_pattern(bytes, sizeof(bytes), 4);
    while (peer_next(&p)) {
        for (length = 1023; length <= 1025; length++) {
            at = sprintf(text, "CHAP_A=5\nCHAP_I=0xFf\nCHAP_C=0X");
            for (i = 0; i < length; i++) {
                at += sprintf(text + at, "%02X", bytes[i % 1024]);
            }
            begin(&p, false, text);
            if (length > TEXT_BINARY_MAX) {
                CU_ASSERT_EQUAL(iscsi_want(p.session, NULL),
                                ISCSI_WANT_CLOSE);
                continue;
            }
            peer_expect(&p, OP_LOGIN);
            respond(&p, 255, secret, sizeof(secret) - 1, bytes, length,
                    expected);
            CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "CHAP_R"), expected);
        }
    }
}

/* The random source is stuck: our challenge is what the target sent. */
static void stuck_random(void *user, void *bytes, size_t length)
{
    memset(bytes, 0x42, length);
}

static void a_reflected_challenge_is_refused_C12(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        p.env.random = stuck_random;
        begin(&p, true, "CHAP_A=5\nCHAP_I=66\n"
              "CHAP_C=0x42424242424242424242424242424242");
        peer_expect_drop(&p, ISCSI_E_AUTH);
    }
}

static void credentials_are_used_first_L15(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        peer_open(&p);
        peer_connect(&p);
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS] >> LOGIN_CSG_SHIFT & 3, 1);
        peer_login(&p, 0, 2, 1, "");        /* it wanted some */
        peer_expect_drop(&p, ISCSI_E_AUTH);
        use_chap(&p, false);
        peer_open(&p);
        peer_connect(&p);
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS] >> LOGIN_CSG_SHIFT & 3, 0);
    }
}

/* Each key of the dialogue in each step that it does not belong to. */
static void keys_out_of_their_step_are_refused_C7(void)
{
    static const char *const method[] = {
        "AuthMethod=CHAP\nCHAP_A=5", "AuthMethod=CHAP\nCHAP_I=1",
        "AuthMethod=CHAP\nCHAP_C=0x01", "AuthMethod=CHAP\nCHAP_N=target",
        "AuthMethod=CHAP\nCHAP_R=0x01", "CHAP_A=5\nCHAP_I=1\nCHAP_C=0x01",
    };
    static const char *const proof[] = {
        "CHAP_A=5", "CHAP_I=1", "CHAP_C=0x01", "AuthMethod=CHAP",
        CHALLENGE,
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        use_chap(&p, true);
        for (i = 0; i < sizeof(method) / sizeof(method[0]); i++) {
            peer_open(&p);
            peer_connect(&p);
            peer_expect(&p, OP_LOGIN);
            peer_login(&p, 0, 0, 0, method[i]);
            CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
            CU_ASSERT_EQUAL(iscsi_error_group(p.session->last_error),
                            ISCSI_GROUP_AUTH);
        }
        for (i = 0; i < sizeof(proof) / sizeof(proof[0]); i++) {
            begin(&p, true, CHALLENGE);
            peer_expect(&p, OP_LOGIN);
            peer_login(&p, 0, 0, 0, proof[i]);
            CU_ASSERT_EQUAL(iscsi_want(p.session, NULL), ISCSI_WANT_CLOSE);
            CU_ASSERT_NOT_EQUAL(p.session->last_error, ISCSI_OK);
        }
    }
}

/* Also one that is the same as ours, which the peer's random bytes give. */
static void any_identifier_is_answered_C5(void)
{
    static const char *const texts[] = { "0", "255", "0xFf", "17" };
    static const uint8_t ids[] = { 0, 255, 255, 17 };
    char text[80], expected[35];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(ids); i++) {
            snprintf(text, sizeof(text), "CHAP_A=5\nCHAP_I=%s\nCHAP_C=0x2a",
                     texts[i]);
            begin(&p, true, text);
            peer_expect(&p, OP_LOGIN);
            respond(&p, ids[i], secret, sizeof(secret) - 1,
                    (const uint8_t *)"*", 1, expected);
            CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "CHAP_R"), expected);
            prove(&p, "target", 0, TO_NEXT);
            peer_answer_login(&p);
        }
    }
}

static void short_challenges_are_taken_in_each_form_C6(void)
{
    static const struct {
        const char *text, *bytes;
        size_t length;
    } rows[] = {
        { "0x0", "\0", 1 }, { "0x00", "\0", 1 }, { "0X0aB", "\0\xab", 2 },
        { "0b/w==", "\xff", 1 }, { "0B//8=", "\xff\xff", 2 },
        { "0bAAAA", "\0\0\0", 3 },
    };
    char text[80], expected[35];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            snprintf(text, sizeof(text), "CHAP_A=5\nCHAP_I=9\nCHAP_C=%s",
                     rows[i].text);
            begin(&p, false, text);
            peer_expect(&p, OP_LOGIN);
            respond(&p, 9, secret, sizeof(secret) - 1,
                    (const uint8_t *)rows[i].bytes, rows[i].length, expected);
            CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "CHAP_R"), expected);
        }
    }
}

static void our_challenge_is_new_each_time_C10(void)
{
    char first[35];
    const char *own;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p, true, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        own = peer_text_value(&p, "CHAP_C");
        CU_ASSERT_EQUAL_FATAL(strlen(own), 2 + 2 * 16);
        strcpy(first, own);
        begin(&p, true, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        CU_ASSERT_STRING_NOT_EQUAL(peer_text_value(&p, "CHAP_C"), first);
    }
}

/* A name of @length bytes proves as well as any, when none was asked for. */
static void the_name_of_the_target_is_compared_if_given_C13(void)
{
    static const unsigned lengths[] = { 1, 255, 256 };
    char name[257];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < 3; i++) {
            memset(name, 'n', lengths[i]);
            name[lengths[i]] = '\0';
            use_chap(&p, true);
            p.config.mutual_user = NULL;
            peer_open(&p);
            peer_connect(&p);
            peer_expect(&p, OP_LOGIN);
            peer_login(&p, 0, 0, 0, "AuthMethod=CHAP");
            peer_expect(&p, OP_LOGIN);
            peer_login(&p, 0, 0, 0, CHALLENGE);
            peer_expect(&p, OP_LOGIN);
            prove(&p, name, 0, TO_NEXT);
            if (lengths[i] > TEXT_VALUE_MAX) {
                peer_expect_drop(&p, ISCSI_E_PROTOCOL_TEXT);
            } else {
                peer_answer_login(&p);
            }
        }
        begin(&p, true, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        prove(&p, "user", 0, TO_NEXT);      /* ours, sent back */
        peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
    }
}

/* What a target without the secret may try in place of its response. */
static void no_other_response_proves_anything_C11_C16_F23(void)
{
    static const char *const rows[] = {
        "CHAP_N=target", "CHAP_R=0x00112233445566778899aabbccddeeff",
        "CHAP_N=target\nCHAP_R=", "CHAP_N=target\nCHAP_R=0x",
        "CHAP_N=target\nCHAP_R=00112233445566778899aabbccddeeff",
        "CHAP_N=target\nCHAP_R=0x00112233445566778899aabbccddee",
        "CHAP_N=target\nCHAP_R=0x00112233445566778899aabbccddeeff00",
        "CHAP_N=target\nCHAP_R=Reject", "CHAP_N=target\nCHAP_R=None", "",
    };
    char text[100], response[35];
    uint8_t challenge[16];
    uint64_t id;
    size_t length;
    const char *own;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            begin(&p, true, CHALLENGE);
            peer_expect(&p, OP_LOGIN);
            peer_login(&p, TO_NEXT, 0, 0, rows[i]);
            peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
        }
        begin(&p, true, CHALLENGE);     /* our own response, sent back */
        peer_expect(&p, OP_LOGIN);
        snprintf(text, sizeof(text), "CHAP_N=target\nCHAP_R=%s",
                 peer_text_value(&p, "CHAP_R"));
        peer_login(&p, TO_NEXT, 0, 0, text);
        peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
        begin(&p, true, CHALLENGE);     /* with our secret for its own */
        peer_expect(&p, OP_LOGIN);
        own = peer_text_value(&p, "CHAP_C");
        iscsi_text_binary(own, strlen(own), challenge, 16, &length);
        own = peer_text_value(&p, "CHAP_I");
        iscsi_text_number(own, strlen(own), &id);
        respond(&p, id, secret, sizeof(secret) - 1, challenge, 16, response);
        snprintf(text, sizeof(text), "CHAP_N=target\nCHAP_R=%s", response);
        peer_login(&p, TO_NEXT, 0, 0, text);
        peer_expect_drop(&p, ISCSI_E_TARGET_AUTH);
    }
}

static bool memory_holds(const void *memory, size_t size, const void *bytes,
                         size_t length)
{
    const uint8_t *from = memory;
    size_t at;

    for (at = 0; at + length <= size; at++) {
        if (memcmp(from + at, bytes, length) == 0) {
            return true;
        }
    }
    return false;
}

static void secrets_may_hold_any_bytes_and_are_not_kept_C15(void)
{
    static const uint8_t own[] = "\0\xff=\n\0secret\x80\x7f";
    static const uint8_t bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };
    char expected[35];
    struct peer p = { };

    while (peer_next(&p)) {
        use_chap(&p, false);
        p.config.chap_secret = own;
        p.config.chap_secret_length = sizeof(own) - 1;
        peer_open(&p);
        peer_connect(&p);
        peer_expect(&p, OP_LOGIN);
        peer_login(&p, 0, 0, 0, "AuthMethod=CHAP");
        peer_expect(&p, OP_LOGIN);
        peer_login(&p, 0, 0, 0, CHALLENGE);
        peer_expect(&p, OP_LOGIN);
        respond(&p, 17, own, sizeof(own) - 1, bytes, 8, expected);
        CU_ASSERT_STRING_EQUAL(peer_text_value(&p, "CHAP_R"), expected);
        peer_login(&p, TO_NEXT, 0, 0, "");
        peer_answer_login(&p);
        CU_ASSERT_FALSE(memory_holds(p.session_memory, ISCSI_SESSION_SIZE,
                                     own, sizeof(own) - 1));
    }
}

static void unusable_credentials_are_refused_C10_C14(void)
{
    enum change { NONE, NO_MD5, NO_RANDOM, SAME, SHORT, ONLY_MUTUAL, EMPTY };
    static const struct {
        enum change change;
        bool strict, good;
    } rows[] = {
        { NONE, true, true }, { NO_MD5, false, false },
        { NO_RANDOM, false, false }, { SAME, false, false },
        { SHORT, false, true }, { SHORT, true, false },
        { ONLY_MUTUAL, false, false }, { EMPTY, false, false },
    };
    struct iscsi_config *c;
    struct peer p = { };
    unsigned i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        peer_end(&p);
        memset(&p, 0, sizeof(p));
        peer_next(&p);
        peer_open(&p);
        use_chap(&p, true);
        c = &p.config;
        c->strict = rows[i].strict;
        switch (rows[i].change) {
        case NONE:
            break;
        case NO_MD5:
            p.env.md5 = NULL;
            break;
        case NO_RANDOM:
            p.env.random = NULL;
            break;
        case SAME:
            c->mutual_secret = c->chap_secret;
            c->mutual_secret_length = c->chap_secret_length;
            break;
        case SHORT:
            c->chap_secret_length = 11;
            break;
        case ONLY_MUTUAL:
            c->chap_user = NULL;
            break;
        case EMPTY:
            c->chap_secret_length = 0;
            break;
        }
        CU_ASSERT_EQUAL(iscsi_init(p.session_memory, ISCSI_SESSION_SIZE, c,
                                   &p.env, &p.session),
                        rows[i].good ? ISCSI_OK : ISCSI_E_CONFIG);
    }
    peer_end(&p);
}

static const struct unit_case cases[] = {
    UNIT_CASE(one_way_is_answered_C1_C2_C3_C8_C9),
    UNIT_CASE(the_response_is_the_md5_of_id_secret_and_challenge_C8),
    UNIT_CASE(both_ways_are_proved_C10),
    UNIT_CASE(a_target_without_proof_is_refused_L16_C13_C16),
    UNIT_CASE(only_offered_methods_are_accepted_C1),
    UNIT_CASE(authentication_may_be_waived_one_way),
    UNIT_CASE(bad_challenges_are_refused_C4_C7_F22),
    UNIT_CASE(long_challenges_are_taken_up_to_1024_bytes_C6),
    UNIT_CASE(a_reflected_challenge_is_refused_C12),
    UNIT_CASE(unusable_credentials_are_refused_C10_C14),
    UNIT_CASE(credentials_are_used_first_L15),
    UNIT_CASE(keys_out_of_their_step_are_refused_C7),
    UNIT_CASE(any_identifier_is_answered_C5),
    UNIT_CASE(short_challenges_are_taken_in_each_form_C6),
    UNIT_CASE(our_challenge_is_new_each_time_C10),
    UNIT_CASE(the_name_of_the_target_is_compared_if_given_C13),
    UNIT_CASE(no_other_response_proves_anything_C11_C16_F23),
    UNIT_CASE(secrets_may_hold_any_bytes_and_are_not_kept_C15),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-chap", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
