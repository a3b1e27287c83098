/*
 * Login phase: RFC 7143 6.3, 11.12, 11.13.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

enum login_stage { STAGE_SECURITY = 0, STAGE_OPERATIONAL = 1, STAGE_FULL = 3 };

/* Status classes and details, RFC 7143 11.13.5. */
static const struct status_row {
    uint8_t class;
    uint8_t detail;
    uint8_t error;
} status_rows[] = {
    { 2, 0x01, ISCSI_E_AUTH },
    { 2, 0x03, ISCSI_E_TARGET_NOT_FOUND },
    { 2, 0x04, ISCSI_E_TARGET_REMOVED },
};

static bool uses_chap(const struct iscsi_session *s)
{
    return s->config.chap_user != NULL;
}

void iscsi_login_start(struct iscsi_session *s)
{
    s->text_out = (struct iscsi_text_writer) {
        .buffer = s->text_out_bytes, .size = TEXT_OUT_SIZE,
    };
    s->text_in_length = 0;
    s->rounds = 0;
    s->joining = false;
    s->tsih = 0;
    s->authenticated = false;
    iscsi_keys_init(&s->keys, &s->config);
    iscsi_text_put(&s->text_out, "InitiatorName", s->config.initiator_name);
    if (!s->config.discovery) {
        iscsi_text_put(&s->text_out, "TargetName", s->config.target_name);
    }
    iscsi_text_put(&s->text_out, "SessionType",
                   s->config.discovery ? "Discovery" : "Normal");
    if (uses_chap(s)) {
        s->stage = STAGE_SECURITY;
        s->next_stage = STAGE_SECURITY;
        s->keys.offered |= KEY_BIT(KEY_AUTH_METHOD);
        iscsi_chap_start(&s->chap, &s->config, &s->text_out);
    } else {
        s->stage = STAGE_OPERATIONAL;
        s->next_stage = STAGE_FULL;
        iscsi_keys_offer(&s->keys, &s->text_out);
    }
    s->login_due = true;
}

void iscsi_login_send(struct iscsi_session *s)
{
    uint8_t flags = s->stage << LOGIN_CSG_SHIFT;
    uint8_t *header;

    if (s->next_stage != s->stage && !s->joining) {
        flags |= LOGIN_TRANSIT | s->next_stage;
    }
    header = iscsi_conn_header(s, OP_LOGIN_REQUEST | OP_IMMEDIATE, flags,
                               LOGIN_TAG);
    memcpy(header + LOGIN_ISID, s->config.isid, sizeof(s->config.isid));
    iscsi_sender_start(&s->sender, s->text_out.buffer, s->text_out.length);
    session_event(s, ISCSI_EVENT_LOGIN_SENT, flags, s->text_out.length);
    s->text_out.length = 0;
    s->login_due = false;
    s->rounds++;
}

/* Judges a header before its text is read in. */
enum iscsi_error iscsi_login_header(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;
    uint32_t length = get_be24(h + BHS_DATA_LENGTH);

    if (length > LOGIN_DATA_MAX) {
        return ISCSI_E_PROTOCOL_LENGTH;
    }
    if (s->login_due || !iscsi_sender_idle(&s->sender) ||
        get_be32(h + BHS_ITT) != LOGIN_TAG) {
        return ISCSI_E_PROTOCOL_LOGIN;
    }
    /* tgt leaves the ISID out of a refusal. */
    if (h[LOGIN_STATUS_CLASS] == 0 &&
        memcmp(h + LOGIN_ISID, s->config.isid, sizeof(s->config.isid))) {
        return ISCSI_E_PROTOCOL_LOGIN;
    }
    if (length > TEXT_IN_SIZE - s->text_in_length) {
        return ISCSI_E_PROTOCOL_TEXT;
    }
    return ISCSI_OK;
}

/* Finds TargetAddress in the text of a redirection. */
static void redirect(struct iscsi_session *s, uint64_t now)
{
    struct iscsi_text_reader reader = {
        s->text_in, s->text_in + s->text_in_length, s->config.strict,
    };
    bool for_good = s->login_detail == 2;
    struct iscsi_text_pair pair;

    while (iscsi_text_next(&reader, &pair) == TEXT_PAIR) {
        if (iscsi_keys_find(&pair) == KEY_TARGET_ADDRESS) {
            iscsi_session_redirected(s, pair.value, pair.value_length,
                                     for_good, now);
            return;
        }
    }
    iscsi_session_refused(s, ISCSI_E_REDIRECT, now);
}

/* The target refused, or sends us elsewhere; numbers are not valid. */
static void login_refused(struct iscsi_session *s, uint64_t now)
{
    enum iscsi_error error = ISCSI_E_LOGIN_REFUSED;
    unsigned i;

    if (s->login_class == 1) {
        redirect(s, now);
        return;
    }
    if (s->login_class == 3) {
        iscsi_session_lost(s, ISCSI_E_LOGIN_UNAVAILABLE, now);
        return;
    }
    for (i = 0; i < sizeof(status_rows) / sizeof(status_rows[0]); i++) {
        if (status_rows[i].class == s->login_class &&
            status_rows[i].detail == s->login_detail) {
            error = status_rows[i].error;
        }
    }
    iscsi_session_refused(s, error, now);
}

static bool value_too_long(const struct iscsi_text_pair *pair,
                           enum iscsi_key key)
{
    bool binary = key == KEY_CHAP_C || key == KEY_CHAP_R;

    return pair->value_length >
           (binary ? 2 + 2 * TEXT_BINARY_MAX : TEXT_VALUE_MAX);
}

/* Takes in the joined text of one step. */
static enum iscsi_error receive_text(struct iscsi_session *s)
{
    struct iscsi_text_reader reader = {
        s->text_in, s->text_in + s->text_in_length, s->config.strict,
    };
    enum iscsi_error error = ISCSI_OK;
    struct iscsi_text_pair pair;
    enum text_result result;
    enum iscsi_key key;

    while ((result = iscsi_text_next(&reader, &pair)) == TEXT_PAIR) {
        key = iscsi_keys_find(&pair);
        if (value_too_long(&pair, key)) {
            return ISCSI_E_PROTOCOL_TEXT;
        }
        error = iscsi_keys_receive(&s->keys, &pair, &s->text_out);
        if (error == ISCSI_OK && key >= KEY_AUTH_METHOD && key < KEY_COUNT) {
            error = s->stage == STAGE_SECURITY
                ? iscsi_chap_receive(&s->chap, &s->config, key, &pair)
                : ISCSI_E_AUTH;
        }
        if (error != ISCSI_OK) {
            return error;
        }
    }
    return result == TEXT_MALFORMED || s->text_out.overflow
        ? ISCSI_E_PROTOCOL_TEXT : ISCSI_OK;
}

/* The stages of the response are possible after our request. */
static bool stages_fit(const struct iscsi_session *s, uint8_t flags)
{
    uint8_t current = flags >> LOGIN_CSG_SHIFT & LOGIN_STAGE_MASK;
    uint8_t next = flags & LOGIN_STAGE_MASK;

    if (current != s->stage || (flags & LOGIN_CONTINUE &&
                                flags & LOGIN_TRANSIT)) {
        return false;
    }
    if (!(flags & LOGIN_TRANSIT)) {
        return true;
    }
    return s->next_stage != s->stage && !s->joining && next > s->stage &&
           next <= s->next_stage && next != 2;
}

/* The negotiation is over: what was agreed holds from here. */
static enum iscsi_error finish(struct iscsi_session *s)
{
    const uint32_t *value = s->keys.value;

    iscsi_keys_finish(&s->keys);
    /* Neither an offer nor a session that does not exist can be answered. */
    if (s->text_out.length || s->tsih == 0) {
        return ISCSI_E_PROTOCOL_LOGIN;
    }
    s->max_send_data = value[KEY_MAX_RECV_DATA];
    s->receiver.header_digest = value[KEY_HEADER_DIGEST];
    s->receiver.data_digest = value[KEY_DATA_DIGEST];
    s->sender.header_digest = value[KEY_HEADER_DIGEST];
    s->sender.data_digest = value[KEY_DATA_DIGEST];
    return ISCSI_OK;
}

/* The security stage goes on with its next step. */
static enum iscsi_error continue_security(struct iscsi_session *s)
{
    enum iscsi_error error;
    bool last;

    error = iscsi_chap_continue(&s->chap, &s->config, &s->env, &s->text_out,
                                &last);
    if (error == ISCSI_OK && last) {
        s->next_stage = STAGE_OPERATIONAL;
    }
    return error;
}

static enum iscsi_error enter_stage(struct iscsi_session *s, uint8_t stage)
{
    if (s->stage == STAGE_SECURITY) {
        s->authenticated = s->chap.method_is_chap;
        if (s->authenticated) {
            session_event(s, ISCSI_EVENT_AUTHENTICATED, s->chap.mutual_done,
                          0);
        }
    }
    s->stage = stage;
    if (stage == STAGE_FULL) {
        return finish(s);
    }
    s->next_stage = STAGE_FULL;
    iscsi_keys_offer(&s->keys, &s->text_out);
    return ISCSI_OK;
}

static enum iscsi_error receive_step(struct iscsi_session *s, uint8_t flags)
{
    enum iscsi_error error = receive_text(s);

    s->text_in_length = 0;
    /* Also when the target goes on to the next stage: it owes the rest. */
    if (error == ISCSI_OK && s->stage == STAGE_SECURITY) {
        error = continue_security(s);
    }
    if (error == ISCSI_OK && flags & LOGIN_TRANSIT) {
        error = enter_stage(s, flags & LOGIN_STAGE_MASK);
    }
    return error;
}

/* Numbers and stages of a response that is not a refusal. */
static enum iscsi_error receive_response(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;
    uint8_t flags = h[BHS_FLAGS];
    enum iscsi_error error = ISCSI_OK;

    if (!stages_fit(s, flags)) {
        return ISCSI_E_PROTOCOL_LOGIN;
    }
    if (!iscsi_conn_stat_sn(s)) {
        return ISCSI_E_PROTOCOL_STATSN;
    }
    s->tsih = get_be16(h + LOGIN_TSIH);
    s->joining = flags & LOGIN_CONTINUE;
    if (!(flags & LOGIN_CONTINUE)) {
        error = receive_step(s, flags);
    }
    if (error == ISCSI_OK && s->rounds == LOGIN_ROUNDS_MAX &&
        s->stage != STAGE_FULL) {
        return ISCSI_E_PROTOCOL_LOGIN;
    }
    s->login_due = s->stage != STAGE_FULL;
    return error;
}

void iscsi_login_received(struct iscsi_session *s, uint64_t now)
{
    const uint8_t *h = s->receiver.header;
    enum iscsi_error error;

    s->text_in_length += get_be24(h + BHS_DATA_LENGTH);
    session_event(s, ISCSI_EVENT_LOGIN_STATUS,
                  get_be16(h + LOGIN_STATUS_CLASS), h[BHS_FLAGS]);
    if (h[LOGIN_STATUS_CLASS] != 0) {
        s->login_class = h[LOGIN_STATUS_CLASS];
        s->login_detail = h[LOGIN_STATUS_DETAIL];
        login_refused(s, now);
        return;
    }
    error = receive_response(s);
    if (error != ISCSI_OK) {
        iscsi_session_refused(s, error, now);
    } else if (s->stage == STAGE_FULL) {
        iscsi_session_entered(s, now);
    }
}
