/*
 * The connection: which PDU is sent next, and who receives which PDU.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "crc32c.h"
#include "wire.h"

enum async_event {
    ASYNC_SCSI = 0, ASYNC_LOGOUT = 1, ASYNC_DROP_CONNECTION = 2,
    ASYNC_DROP_SESSION = 3, ASYNC_NEGOTIATE = 4, ASYNC_TASKS_TERMINATED = 5,
    ASYNC_VENDOR = 248,
};

void iscsi_conn_init(struct iscsi_session *s)
{
    iscsi_crc32c_function *crc32c = s->env.crc32c ? s->env.crc32c
                                                  : iscsi_crc32c;

    iscsi_receiver_init(&s->receiver, crc32c);
    iscsi_sender_init(&s->sender, crc32c);
    s->sending = NULL;
    s->receiving = NULL;
    s->cmd_sn = s->first_cmd_sn;
    s->max_cmd_sn = s->first_cmd_sn - 1;    /* closed until it says more */
    s->exp_stat_sn = 0;
    s->stat_sn_known = false;
    s->ping_due = false;
    s->pong_due = false;
    s->logout_due = false;
    s->ping_end = ISCSI_NEVER;
    memset(&s->probe, 0, sizeof(s->probe));
    s->management.state = MANAGEMENT_NONE;
    s->late_known = false;
    s->idle_pdus = 0;
    s->max_send_data = LOGIN_DATA_MAX;
}

uint8_t *iscsi_conn_header(struct iscsi_session *s, uint8_t opcode,
                           uint8_t flags, uint32_t itt)
{
    uint8_t *header = iscsi_sender_header(&s->sender, opcode, flags);

    put_be32(header + BHS_ITT, itt);
    put_be32(header + BHS_CMD_SN, s->cmd_sn);
    put_be32(header + BHS_EXP_STAT_SN, s->exp_stat_sn);
    return header;
}

bool iscsi_conn_stat_sn(struct iscsi_session *s)
{
    uint32_t stat_sn = get_be32(s->receiver.header + BHS_STAT_SN);

    if (s->stat_sn_known && stat_sn != s->exp_stat_sn) {
        return false;
    }
    s->stat_sn_known = true;
    s->exp_stat_sn = stat_sn + 1;
    return true;
}

/* Takes in MaxCmdSN unless it and ExpCmdSN make no sense: 4.2.2.1. */
static void update_window(struct iscsi_session *s)
{
    uint32_t exp = get_be32(s->receiver.header + BHS_EXP_CMD_SN);
    uint32_t max = get_be32(s->receiver.header + BHS_MAX_CMD_SN);

    if (!serial_less(max, exp - 1) && serial_less(s->max_cmd_sn, max)) {
        s->max_cmd_sn = max;
    }
}

static void tell_pdu(const struct iscsi_session *s, bool sent,
                     const uint8_t *header)
{
    session_event(s, sent ? ISCSI_EVENT_PDU_SENT : ISCSI_EVENT_PDU_RECEIVED,
                  header[BHS_OPCODE], get_be32(header + BHS_ITT));
    if (s->env.pdu) {
        s->env.pdu(s->env.user, sent, header);
    }
}

/* ---- sending, in order of precedence ---------------------------------- */

static bool send_login(struct iscsi_session *s)
{
    if (!s->login_due) {
        return false;
    }
    iscsi_login_send(s);
    return true;
}

/* Answers a ping: RFC 7143 11.18. */
static bool send_pong(struct iscsi_session *s)
{
    uint8_t *header;

    if (!s->pong_due) {
        return false;
    }
    header = iscsi_conn_header(s, OP_NOP_OUT | OP_IMMEDIATE, FLAG_FINAL,
                               RESERVED_TAG);
    memcpy(header + BHS_LUN, s->pong_lun, sizeof(s->pong_lun));
    put_be32(header + BHS_TTT, s->pong_ttt);
    iscsi_sender_start(&s->sender, NULL, 0);
    s->pong_due = false;
    return true;
}

static bool send_ping(struct iscsi_session *s)
{
    uint8_t *header;

    if (!s->ping_due) {
        return false;
    }
    header = iscsi_conn_header(s, OP_NOP_OUT | OP_IMMEDIATE, FLAG_FINAL,
                               NOP_TAG);
    put_be32(header + BHS_TTT, RESERVED_TAG);
    iscsi_sender_start(&s->sender, NULL, 0);
    s->ping_due = false;
    return true;
}

/* Closes the session when no task is left: RFC 7143 11.14. */
static bool send_logout(struct iscsi_session *s)
{
    if (!s->logout_due || iscsi_task_count(s, TASK_ACTIVE)) {
        return false;
    }
    iscsi_conn_header(s, OP_LOGOUT_REQUEST | OP_IMMEDIATE, FLAG_FINAL,
                      LOGOUT_TAG);
    iscsi_sender_start(&s->sender, NULL, 0);
    s->logout_due = false;
    s->state_end = time_after(s->polled, LOGOUT_MS);
    return true;
}

#define IN(state) (1u << ISCSI_##state)

static const struct send_row {
    uint16_t states;
    bool (*send)(struct iscsi_session *s);
} send_rows[] = {
    { IN(LOGIN), send_login },
    { IN(FULL_FEATURE) | IN(LOGOUT), send_pong },
    { IN(FULL_FEATURE), send_ping },
    { IN(FULL_FEATURE), iscsi_probe_send },
    { IN(FULL_FEATURE), iscsi_manage_send },
    { IN(FULL_FEATURE) | IN(LOGOUT), iscsi_task_send_data },
    { IN(FULL_FEATURE), iscsi_task_send_command },
    { IN(FULL_FEATURE), iscsi_discover_send },
    { IN(LOGOUT), send_logout },
};

void iscsi_conn_send(struct iscsi_session *s, uint64_t now)
{
    unsigned i;

    if (!iscsi_sender_idle(&s->sender)) {
        return;
    }
    for (i = 0; i < sizeof(send_rows) / sizeof(send_rows[0]); i++) {
        if (send_rows[i].states & 1u << s->state && send_rows[i].send(s)) {
            tell_pdu(s, true, s->sender.header);
            return;
        }
    }
}

/* ---- receiving -------------------------------------------------------- */

static enum iscsi_error nop_in(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;
    uint32_t ttt = get_be32(h + BHS_TTT);

    if (get_be32(h + BHS_ITT) == NOP_TAG) {
        if (ttt != RESERVED_TAG || s->ping_end == ISCSI_NEVER) {
            return ISCSI_E_PROTOCOL_TASK;
        }
        s->ping_end = ISCSI_NEVER;
        return iscsi_conn_stat_sn(s) ? ISCSI_OK : ISCSI_E_PROTOCOL_STATSN;
    }
    if (get_be32(h + BHS_ITT) != RESERVED_TAG) {
        if (ttt != RESERVED_TAG ||
            !iscsi_probe_answered(s, get_be32(h + BHS_ITT))) {
            return ISCSI_E_PROTOCOL_TASK;
        }
        return iscsi_conn_stat_sn(s) ? ISCSI_OK : ISCSI_E_PROTOCOL_STATSN;
    }
    if (ttt != RESERVED_TAG) {
        memcpy(s->pong_lun, h + BHS_LUN, sizeof(s->pong_lun));
        s->pong_ttt = ttt;
        s->pong_due = true;
    } else if (s->config.nop_idle_ms && s->ping_end == ISCSI_NEVER) {
        /* Some targets wait for any sign of life after this form. */
        s->ping_due = true;
        s->ping_end = time_after(s->polled, s->config.nop_ms);
    }
    return ISCSI_OK;
}

/* Ends the session in good order, and comes back with a new one. */
static void leave(struct iscsi_session *s, uint32_t limit_ms)
{
    if (s->state == ISCSI_FULL_FEATURE) {
        s->state = ISCSI_LOGOUT;
        s->verdict = VERDICT_RETRY;
        s->logout_due = true;
        s->state_end = time_after(s->polled, limit_ms);
    }
}

/* Milliseconds from a target's seconds, within reason. */
static uint32_t wait_of(const uint8_t *seconds)
{
    uint32_t ms = get_be16(seconds) * 1000u;

    return ms < WAIT_MAX_MS ? ms : WAIT_MAX_MS;
}

/* RFC 7143 11.9. */
static enum iscsi_error async(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;

    if (!iscsi_conn_stat_sn(s)) {
        return ISCSI_E_PROTOCOL_STATSN;
    }
    session_event(s, ISCSI_EVENT_ASYNC, h[ASYNC_EVENT],
                  get_be16(h + ASYNC_PARAMETER3));
    switch (h[ASYNC_EVENT]) {
    case ASYNC_LOGOUT:
        leave(s, wait_of(h + ASYNC_PARAMETER3));
        break;
    case ASYNC_NEGOTIATE:
        /* Instead of negotiating, which the RFC leaves to us. */
        leave(s, LOGOUT_MS);
        break;
    case ASYNC_DROP_CONNECTION:
    case ASYNC_DROP_SESSION:
        s->wait_ms = wait_of(h + ASYNC_PARAMETER2);
        return ISCSI_E_CLOSED;
    case ASYNC_TASKS_TERMINATED:
        /* Never agreed to; a new session replays what was terminated. */
        return ISCSI_E_CLOSED;
    }
    return ISCSI_OK;
}

/* Reasons for which the same command would be rejected again: 11.17.1. */
static bool reject_is_final(uint8_t reason)
{
    return reason == 0x04 || reason == 0x05 || reason == 0x09 ||
           reason == 0x0c;
}

static enum iscsi_error reject_header(struct iscsi_session *s)
{
    return get_be24(s->receiver.header + BHS_DATA_LENGTH) < BHS_SIZE
        ? ISCSI_E_PROTOCOL_LENGTH : ISCSI_OK;
}

/* A command that is rejected for good fails; all else costs the session. */
static enum iscsi_error reject(struct iscsi_session *s)
{
    const uint8_t *rejected = s->text_in;
    uint8_t reason = s->receiver.header[REJECT_REASON];
    struct iscsi_task *task;

    session_event(s, ISCSI_EVENT_REJECT, reason, pdu_opcode(rejected));
    if (s->state == ISCSI_LOGIN) {
        return ISCSI_E_REJECTED;
    }
    if (!iscsi_conn_stat_sn(s)) {
        return ISCSI_E_PROTOCOL_STATSN;
    }
    task = iscsi_task_find(s, get_be32(rejected + BHS_ITT));
    if (!task || pdu_opcode(rejected) != OP_SCSI_COMMAND ||
        task == s->sending || !reject_is_final(reason)) {
        return ISCSI_E_REJECTED;
    }
    iscsi_task_finish(s, task, ISCSI_E_REJECTED);
    return ISCSI_OK;
}

static enum iscsi_error logout_response(struct iscsi_session *s)
{
    return get_be32(s->receiver.header + BHS_ITT) == LOGOUT_TAG &&
           !s->logout_due ? ISCSI_E_CLOSED : ISCSI_E_PROTOCOL_TASK;
}

static enum iscsi_error login_done(struct iscsi_session *s)
{
    iscsi_login_received(s, s->polled);
    return ISCSI_OK;
}

enum sink { SINK_NONE, SINK_TEXT, SINK_TASK };

/* What may come, when, and where its data segment goes. */
static const struct receive_row {
    uint8_t opcode;
    uint8_t sink;
    uint16_t states;
    enum iscsi_error (*header)(struct iscsi_session *s);
    enum iscsi_error (*done)(struct iscsi_session *s);
} receive_rows[] = {
    { OP_LOGIN_RESPONSE, SINK_TEXT, IN(LOGIN),
      iscsi_login_header, login_done },
    { OP_DATA_IN, SINK_TASK, IN(FULL_FEATURE) | IN(LOGOUT),
      iscsi_task_data_in_header, iscsi_task_data_in },
    { OP_SCSI_RESPONSE, SINK_TEXT, IN(FULL_FEATURE) | IN(LOGOUT),
      iscsi_task_response_header, iscsi_task_response },
    { OP_TASK_RESPONSE, SINK_NONE, IN(FULL_FEATURE) | IN(LOGOUT),
      NULL, iscsi_manage_response },
    { OP_TEXT_RESPONSE, SINK_TEXT, IN(FULL_FEATURE),
      iscsi_discover_header, iscsi_discover_received },
    { OP_R2T, SINK_NONE, IN(FULL_FEATURE) | IN(LOGOUT),
      NULL, iscsi_task_r2t },
    { OP_NOP_IN, SINK_NONE, IN(FULL_FEATURE) | IN(LOGOUT), NULL, nop_in },
    { OP_ASYNC, SINK_NONE, IN(FULL_FEATURE) | IN(LOGOUT), NULL, async },
    { OP_REJECT, SINK_TEXT, IN(LOGIN) | IN(FULL_FEATURE) | IN(LOGOUT),
      reject_header, reject },
    { OP_LOGOUT_RESPONSE, SINK_NONE, IN(LOGOUT), NULL, logout_response },
};

static const struct receive_row *find_row(const struct iscsi_session *s)
{
    unsigned i;

    for (i = 0; i < sizeof(receive_rows) / sizeof(receive_rows[0]); i++) {
        if (receive_rows[i].opcode == pdu_opcode(s->receiver.header) &&
            receive_rows[i].states & 1u << s->state) {
            return &receive_rows[i];
        }
    }
    return NULL;
}

/* Too many PDUs in a second that got nothing done. */
static bool is_flood(struct iscsi_session *s, uint64_t now)
{
    if (now - s->idle_since >= 1000) {
        s->idle_since = now;
        s->idle_pdus = 0;
    }
    return ++s->idle_pdus > IDLE_PDUS_MAX;
}

static enum iscsi_error judge_header(struct iscsi_session *s, uint64_t now)
{
    const struct receive_row *row = find_row(s);
    const uint8_t *h = s->receiver.header;

    tell_pdu(s, false, h);
    s->heard = now;
    if (!row) {
        return ISCSI_E_PROTOCOL_OPCODE;
    }
    /* No additional header is defined for what a target sends. */
    if (h[BHS_AHS_LENGTH] && s->config.strict) {
        return ISCSI_E_PROTOCOL_LENGTH;
    }
    if (get_be24(h + BHS_DATA_LENGTH) > s->config.max_recv_data &&
        row->opcode != OP_LOGIN_RESPONSE) {
        return ISCSI_E_PROTOCOL_LENGTH;
    }
    if (is_flood(s, now)) {
        return ISCSI_E_FLOOD;
    }
    return row->header ? row->header(s) : ISCSI_OK;
}

static enum receiver_event accept_header(struct iscsi_session *s)
{
    const struct iscsi_command *command;

    switch (find_row(s)->sink) {
    case SINK_TEXT:
        return iscsi_receiver_accept(&s->receiver,
                                     s->text_in + s->text_in_length,
                                     TEXT_IN_SIZE - s->text_in_length);
    case SINK_TASK:
        if (!s->receiving || !s->receiving->command->buffer) {
            return iscsi_receiver_accept(&s->receiver, NULL, 0);
        }
        command = s->receiving->command;
        return iscsi_receiver_accept(&s->receiver,
                                     command->buffer + s->receiving->received,
                                     command->length - s->receiving->received);
    default:
        return iscsi_receiver_accept(&s->receiver, NULL, 0);
    }
}

static enum iscsi_error finish_pdu(struct iscsi_session *s)
{
    const struct receive_row *row = find_row(s);
    const uint8_t *h = s->receiver.header;

    if (!row) {
        return ISCSI_E_PROTOCOL_OPCODE;
    }
    /* The numbers of a login that is refused are not valid: 11.13.5. */
    if (row->opcode != OP_LOGIN_RESPONSE || h[LOGIN_STATUS_CLASS] == 0) {
        update_window(s);
    }
    if (row->opcode != OP_NOP_IN) {
        s->probe.rounds = 0;
    }
    return row->done(s);
}

void iscsi_conn_received(struct iscsi_session *s, enum receiver_event event,
                         uint64_t now)
{
    enum iscsi_error error = ISCSI_OK;

    if (event == RECEIVED_CORRUPT) {
        error = ISCSI_E_DIGEST;
    }
    if (event == RECEIVED_HEADER) {
        error = judge_header(s, now);
        if (error == ISCSI_OK) {
            event = accept_header(s);
        }
    }
    if (event == RECEIVED_PDU && error == ISCSI_OK) {
        error = finish_pdu(s);
    }
    if (error != ISCSI_OK) {
        iscsi_session_lost(s, error, now);
    }
}
