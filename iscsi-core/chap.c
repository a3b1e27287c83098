/*
 * CHAP with MD5, one way and mutual: RFC 1994, RFC 7143 9.2.1 and 12.1.3.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "chap.h"
#include "wire.h"

#define CHAP_MD5 5

static bool is_mutual(const struct iscsi_config *config)
{
    return config->mutual_secret_length != 0;
}

static bool secrets_equal(const struct iscsi_config *c)
{
    return c->chap_secret_length == c->mutual_secret_length &&
           memcmp(c->chap_secret, c->mutual_secret,
                  c->chap_secret_length) == 0;
}

bool iscsi_chap_config_valid(const struct iscsi_config *c,
                             const struct iscsi_env *env)
{
    if (!c->chap_user) {
        return !is_mutual(c) && !c->mutual_user;
    }
    if (!env->md5 || !c->chap_secret || c->chap_secret_length == 0 ||
        (c->strict && c->chap_secret_length < CHAP_SECRET_MIN)) {
        return false;
    }
    if (!is_mutual(c)) {
        return !c->mutual_user;
    }
    return env->random && c->mutual_secret && !secrets_equal(c) &&
           !(c->strict && c->mutual_secret_length < CHAP_SECRET_MIN);
}

void iscsi_chap_start(struct iscsi_chap *chap,
                      const struct iscsi_config *config,
                      struct iscsi_text_writer *writer)
{
    memset(chap, 0, sizeof(*chap));
    chap->step = CHAP_METHOD;
    iscsi_text_put(writer, "AuthMethod",
                   is_mutual(config) ? "CHAP" : "CHAP,None");
}

static enum iscsi_error receive_method(struct iscsi_chap *chap,
                                       const struct iscsi_config *config,
                                       const struct iscsi_text_pair *pair)
{
    chap->method_is_chap = iscsi_text_is(pair, "CHAP");
    if (chap->method_is_chap ||
        (iscsi_text_is(pair, "None") && !is_mutual(config))) {
        return ISCSI_OK;
    }
    return ISCSI_E_AUTH;
}

static enum iscsi_error receive_number(const struct iscsi_text_pair *pair,
                                       uint64_t least, uint64_t most,
                                       uint64_t *number)
{
    if (!iscsi_text_number(pair->value, pair->value_length, number) ||
        *number < least || *number > most) {
        return ISCSI_E_AUTH;
    }
    return ISCSI_OK;
}

static enum iscsi_error receive_challenge(struct iscsi_chap *chap,
                                          struct iscsi_text_pair *pair)
{
    uint8_t *bytes = (uint8_t *)pair->value;

    if (!iscsi_text_binary(pair->value, pair->value_length, bytes,
                           TEXT_BINARY_MAX, &chap->challenge_length)) {
        return ISCSI_E_AUTH;
    }
    chap->challenge = bytes;
    return ISCSI_OK;
}

static enum iscsi_error receive_response(struct iscsi_chap *chap,
                                         const struct iscsi_text_pair *pair)
{
    size_t length;

    if (!iscsi_text_binary(pair->value, pair->value_length, chap->response,
                           sizeof(chap->response), &length) ||
        length != sizeof(chap->response)) {
        return ISCSI_E_TARGET_AUTH;
    }
    return ISCSI_OK;
}

static enum iscsi_error receive_name(const struct iscsi_config *config,
                                     const struct iscsi_text_pair *pair)
{
    return config->mutual_user && !iscsi_text_is(pair, config->mutual_user)
        ? ISCSI_E_TARGET_AUTH : ISCSI_OK;
}

enum iscsi_error iscsi_chap_receive(struct iscsi_chap *chap,
                                    const struct iscsi_config *config,
                                    enum iscsi_key key,
                                    struct iscsi_text_pair *pair)
{
    enum iscsi_error error;
    uint64_t number = 0;

    chap->keys |= KEY_BIT(key);
    switch (key) {
    case KEY_AUTH_METHOD:
        return receive_method(chap, config, pair);
    case KEY_CHAP_A:
        return receive_number(pair, CHAP_MD5, CHAP_MD5, &number);
    case KEY_CHAP_I:
        error = receive_number(pair, 0, 255, &number);
        chap->id = number;
        return error;
    case KEY_CHAP_C:
        return receive_challenge(chap, pair);
    case KEY_CHAP_N:
        return receive_name(config, pair);
    default:
        return receive_response(chap, pair);
    }
}

/* MD5 over identifier, secret and challenge. */
static void respond(const struct iscsi_env *env, uint8_t id,
                    const uint8_t *secret, size_t secret_length,
                    const uint8_t *challenge, size_t challenge_length,
                    uint8_t digest[CHAP_DIGEST_SIZE])
{
    const struct iscsi_slice slices[] = {
        { &id, 1 }, { secret, secret_length }, { challenge, challenge_length },
    };

    env->md5(env->user, slices, 3, digest);
}

static void challenge_target(struct iscsi_chap *chap,
                             const struct iscsi_env *env,
                             struct iscsi_text_writer *writer)
{
    env->random(env->user, &chap->own_id, 1);
    env->random(env->user, chap->own_challenge, sizeof(chap->own_challenge));
    iscsi_text_put_number(writer, "CHAP_I", chap->own_id);
    iscsi_text_put_binary(writer, "CHAP_C", chap->own_challenge,
                          sizeof(chap->own_challenge));
}

/* The target's challenge must not be ours, sent back: RFC 7143 9.2.1. */
static bool is_reflection(const struct iscsi_chap *chap)
{
    return chap->challenge_length == sizeof(chap->own_challenge) &&
           memcmp(chap->challenge, chap->own_challenge,
                  sizeof(chap->own_challenge)) == 0;
}

static enum iscsi_error answer_challenge(struct iscsi_chap *chap,
                                         const struct iscsi_config *config,
                                         const struct iscsi_env *env,
                                         struct iscsi_text_writer *writer)
{
    uint8_t digest[CHAP_DIGEST_SIZE];

    respond(env, chap->id, config->chap_secret, config->chap_secret_length,
            chap->challenge, chap->challenge_length, digest);
    iscsi_text_put(writer, "CHAP_N", config->chap_user);
    iscsi_text_put_binary(writer, "CHAP_R", digest, sizeof(digest));
    if (is_mutual(config)) {
        challenge_target(chap, env, writer);
        if (is_reflection(chap)) {
            return ISCSI_E_AUTH;
        }
    }
    return ISCSI_OK;
}

/* Compares in a time that does not depend on where the two differ. */
static bool digests_equal(const uint8_t *a, const uint8_t *b)
{
    uint8_t difference = 0;
    unsigned i;

    for (i = 0; i < CHAP_DIGEST_SIZE; i++) {
        difference |= a[i] ^ b[i];
    }
    return difference == 0;
}

static enum iscsi_error check_proof(struct iscsi_chap *chap,
                                    const struct iscsi_config *config,
                                    const struct iscsi_env *env)
{
    uint8_t digest[CHAP_DIGEST_SIZE];

    respond(env, chap->own_id, config->mutual_secret,
            config->mutual_secret_length, chap->own_challenge,
            sizeof(chap->own_challenge), digest);
    chap->mutual_done = digests_equal(digest, chap->response);
    return chap->mutual_done ? ISCSI_OK : ISCSI_E_TARGET_AUTH;
}

/* Exactly these keys belong to the response of each step. */
static const uint32_t step_keys[] = {
    [CHAP_METHOD] = KEY_BIT(KEY_AUTH_METHOD),
    [CHAP_CHALLENGE] = KEY_BIT(KEY_CHAP_A) | KEY_BIT(KEY_CHAP_I) |
                       KEY_BIT(KEY_CHAP_C),
    [CHAP_PROOF] = KEY_BIT(KEY_CHAP_N) | KEY_BIT(KEY_CHAP_R),
    [CHAP_DONE] = 0,
};

enum iscsi_error iscsi_chap_continue(struct iscsi_chap *chap,
                                     const struct iscsi_config *config,
                                     const struct iscsi_env *env,
                                     struct iscsi_text_writer *writer,
                                     bool *last)
{
    enum iscsi_error error = ISCSI_OK;

    *last = true;
    if (chap->keys != step_keys[chap->step]) {
        return chap->step == CHAP_PROOF ? ISCSI_E_TARGET_AUTH : ISCSI_E_AUTH;
    }
    chap->keys = 0;
    switch (chap->step) {
    case CHAP_METHOD:
        chap->step = chap->method_is_chap ? CHAP_CHALLENGE : CHAP_DONE;
        *last = !chap->method_is_chap;
        if (chap->method_is_chap) {
            iscsi_text_put_number(writer, "CHAP_A", CHAP_MD5);
        }
        break;
    case CHAP_CHALLENGE:
        chap->step = is_mutual(config) ? CHAP_PROOF : CHAP_DONE;
        error = answer_challenge(chap, config, env, writer);
        break;
    case CHAP_PROOF:
        chap->step = CHAP_DONE;
        error = check_proof(chap, config, env);
        break;
    }
    return error;
}
