/*
 * The session: states, clock, commands; the public interface.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

#define LATE_MS 1000    /* the embedder was away */

_Static_assert(sizeof(struct iscsi_session) <= ISCSI_SESSION_SIZE,
               "ISCSI_SESSION_SIZE is what an embedder sets aside");

/* What holds in each state. */
static const struct state_row {
    uint8_t want;
    bool moves_bytes;
    uint8_t timeout;        /* enum iscsi_error at the state's deadline */
} state_rows[] = {
    [ISCSI_OFF] = { ISCSI_WANT_NOTHING },
    [ISCSI_CONNECTING] = { ISCSI_WANT_CONNECT, false,
                           ISCSI_E_CONNECT_TIMEOUT },
    [ISCSI_LOGIN] = { ISCSI_WANT_WAIT, true, ISCSI_E_LOGIN_TIMEOUT },
    [ISCSI_FULL_FEATURE] = { ISCSI_WANT_WAIT, true },
    [ISCSI_LOGOUT] = { ISCSI_WANT_WAIT, true, ISCSI_E_CLOSED },
    [ISCSI_CLOSING] = { ISCSI_WANT_CLOSE },
    [ISCSI_BACKOFF] = { ISCSI_WANT_WAIT },
    [ISCSI_FAILED] = { ISCSI_WANT_NOTHING },
};

void session_event(const struct iscsi_session *s, enum iscsi_event event,
                   uint32_t a, uint32_t b)
{
    if (s->env.event) {
        s->env.event(s->env.user, event, a, b);
    }
}

/* The clock never goes back. */
static uint64_t advance(struct iscsi_session *s, uint64_t now)
{
    if (now > s->polled) {
        s->polled = now;
    }
    return s->polled;
}

/* On the way to full feature phase, against the budget. */
static bool is_striving(const struct iscsi_session *s)
{
    return s->state == ISCSI_CONNECTING || s->state == ISCSI_LOGIN ||
           s->state == ISCSI_BACKOFF ||
           (s->state == ISCSI_CLOSING && s->verdict == VERDICT_RETRY);
}

enum iscsi_error iscsi_init(void *memory, size_t size,
                            const struct iscsi_config *config,
                            const struct iscsi_env *env,
                            struct iscsi_session **session)
{
    struct iscsi_session *s = memory;

    if (size < sizeof(*s) || !iscsi_config_valid(config, env)) {
        return ISCSI_E_CONFIG;
    }
    memset(s, 0, sizeof(*s));
    s->config = *config;
    s->env = *env;
    /* Text has to fit in beside the rest of the last pair. */
    if (config->discovery && config->max_recv_data > LOGIN_DATA_MAX) {
        s->config.max_recv_data = LOGIN_DATA_MAX;
    }
    s->first_cmd_sn = 1;
    s->done_tail = &s->done;
    iscsi_conn_init(s);
    *session = s;
    return ISCSI_OK;
}

enum iscsi_error iscsi_start(struct iscsi_session *s, uint64_t now)
{
    now = advance(s, now);
    if (s->state != ISCSI_OFF && s->state != ISCSI_FAILED) {
        return ISCSI_E_STATE;
    }
    iscsi_recovery_start(s, now);
    return ISCSI_OK;
}

enum iscsi_want iscsi_want(const struct iscsi_session *s,
                           struct iscsi_address *address)
{
    enum iscsi_want want = state_rows[s->state].want;

    if (want == ISCSI_WANT_CONNECT && address) {
        *address = s->peer;
    }
    return want;
}

void iscsi_tcp_up(struct iscsi_session *s, uint64_t now)
{
    now = advance(s, now);
    if (s->state != ISCSI_CONNECTING) {
        return;
    }
    iscsi_conn_init(s);
    s->tcp_up = true;
    s->state = ISCSI_LOGIN;
    s->state_end = time_after(now, s->config.login_ms);
    iscsi_login_start(s);
}

void iscsi_tcp_down(struct iscsi_session *s, uint64_t now)
{
    now = advance(s, now);
    iscsi_session_lost(s, s->state == ISCSI_CONNECTING ? ISCSI_E_CONNECT
                                                       : ISCSI_E_CLOSED, now);
    if (s->state == ISCSI_CLOSING) {
        iscsi_recovery_go_on(s, now);
    }
}

uint8_t *iscsi_rx_window(struct iscsi_session *s, size_t *length)
{
    *length = 0;
    return state_rows[s->state].moves_bytes
        ? iscsi_receiver_window(&s->receiver, length) : NULL;
}

void iscsi_rx_commit(struct iscsi_session *s, size_t length, uint64_t now)
{
    now = advance(s, now);
    if (state_rows[s->state].moves_bytes && length) {
        iscsi_probe_moved(s, true, now);
        iscsi_conn_received(s, iscsi_receiver_commit(&s->receiver, length),
                            now);
    }
}

const uint8_t *iscsi_tx_window(struct iscsi_session *s, size_t *length)
{
    *length = 0;
    if (!state_rows[s->state].moves_bytes) {
        return NULL;
    }
    iscsi_conn_send(s, s->polled);
    return iscsi_sender_window(&s->sender, length);
}

void iscsi_tx_commit(struct iscsi_session *s, size_t length, uint64_t now)
{
    now = advance(s, now);
    if (length) {
        iscsi_probe_moved(s, false, now);
    }
    if (state_rows[s->state].moves_bytes &&
        iscsi_sender_commit(&s->sender, length)) {
        iscsi_task_sent(s);
    }
}

size_t iscsi_rx(struct iscsi_session *s, const void *bytes, size_t length,
                uint64_t now)
{
    const uint8_t *from = bytes;
    size_t taken = 0, size;
    uint8_t *window;

    while (taken < length && (window = iscsi_rx_window(s, &size)) != NULL) {
        if (size > length - taken) {
            size = length - taken;
        }
        memcpy(window, from + taken, size);
        taken += size;
        iscsi_rx_commit(s, size, now);
    }
    return taken;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When a ping is due, or its answer. */
static uint64_t ping_deadline(const struct iscsi_session *s)
{
    if (s->ping_end != ISCSI_NEVER || s->config.nop_idle_ms == 0) {
        return s->ping_end;
    }
    return time_after(s->heard, s->config.nop_idle_ms);
}

/* While a task is being aborted, the others have time. */
static uint64_t task_deadline(const struct iscsi_session *s)
{
    uint64_t deadline = ISCSI_NEVER;
    unsigned i;

    if (s->management.state != MANAGEMENT_NONE) {
        return s->management.end;
    }
    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        if (s->tasks[i].state != TASK_FREE) {
            deadline = earlier(deadline, s->tasks[i].deadline);
        }
    }
    return deadline;
}

/* When the target has to have answered with text. */
static uint64_t text_deadline(const struct iscsi_session *s)
{
    return s->discovery.state == DISCOVERY_DUE ||
           s->discovery.state == DISCOVERY_ASKED ? s->discovery.end
                                                 : ISCSI_NEVER;
}

/* The caller asked for it, and nothing is left to do. */
static bool may_log_out(const struct iscsi_session *s)
{
    return s->state == ISCSI_FULL_FEATURE && s->logout_asked &&
           iscsi_task_count(s, TASK_FREE) == ISCSI_MAX_COMMANDS;
}

uint64_t iscsi_deadline(const struct iscsi_session *s)
{
    switch (s->state) {
    case ISCSI_OFF:
    case ISCSI_FAILED:
        return ISCSI_NEVER;
    case ISCSI_FULL_FEATURE:
        if (may_log_out(s)) {
            return s->polled;
        }
        return earlier(earlier(task_deadline(s), text_deadline(s)),
                       earlier(ping_deadline(s), iscsi_probe_deadline(s)));
    case ISCSI_LOGOUT:
        return s->state_end;
    case ISCSI_CLOSING:
        return s->verdict == VERDICT_RETRY ? s->budget_end : ISCSI_NEVER;
    default:
        return earlier(s->state_end, s->budget_end);
    }
}

/*
 * A task that was sent is aborted.  One that the window holds back is not, nor
 * one whose data does not get out.
 */
static void give_up_task(struct iscsi_session *s, uint64_t now)
{
    unsigned i = 0;

    while (s->tasks[i].state == TASK_FREE || now < s->tasks[i].deadline) {
        i++;
    }
    if (s->tasks[i].state == TASK_ACTIVE) {
        iscsi_manage_abort(s, &s->tasks[i], now);
    } else {
        iscsi_session_lost(s, ISCSI_E_COMMAND_TIMEOUT, now);
    }
}

/* Full feature phase at @now. */
static void tick_commands(struct iscsi_session *s, uint64_t now)
{
    if (now >= text_deadline(s)) {
        iscsi_session_lost(s, ISCSI_E_COMMAND_TIMEOUT, now);
        return;
    }
    if (s->management.state != MANAGEMENT_NONE) {
        iscsi_manage_tick(s, now);
    } else if (now >= task_deadline(s)) {
        give_up_task(s, now);
    }
    if (s->state != ISCSI_FULL_FEATURE) {
        return;
    }
    iscsi_probe_tick(s, now);
    if (now < ping_deadline(s)) {
        return;
    }
    if (s->ping_end != ISCSI_NEVER) {
        iscsi_session_lost(s, ISCSI_E_NOP_TIMEOUT, now);
        return;
    }
    s->ping_due = true;
    s->ping_end = time_after(now, s->config.nop_ms);
}

static void begin_logout(struct iscsi_session *s)
{
    if (may_log_out(s)) {
        s->state = ISCSI_LOGOUT;
        s->verdict = VERDICT_OFF;
        s->logout_due = true;
        s->state_end = time_after(s->polled, LOGOUT_MS);
    }
}

void iscsi_tick(struct iscsi_session *s, uint64_t now)
{
    uint64_t deadline = iscsi_deadline(s);

    now = advance(s, now);
    /* While the embedder was away nobody could hear the target's answer. */
    if (s->ping_end != ISCSI_NEVER && deadline < now &&
        now - deadline > LATE_MS) {
        s->ping_end = time_after(now, s->config.nop_ms);
    }
    begin_logout(s);
    if (s->state == ISCSI_FULL_FEATURE) {
        tick_commands(s, now);
    } else if (is_striving(s) && now >= s->budget_end) {
        iscsi_recovery_give_up(s);
    } else if (s->state == ISCSI_BACKOFF && now >= s->state_end) {
        iscsi_recovery_connect(s, now);
    } else if (now >= s->state_end && state_rows[s->state].timeout) {
        iscsi_session_lost(s, state_rows[s->state].timeout, now);
    }
}

static bool takes_commands(const struct iscsi_session *s)
{
    return !s->config.discovery &&
           (s->state == ISCSI_FULL_FEATURE || is_striving(s) ||
            (s->state == ISCSI_LOGOUT && s->verdict == VERDICT_RETRY));
}

/* All hope is lost, though the connection may still have to be closed. */
static bool has_failed(const struct iscsi_session *s)
{
    return s->state == ISCSI_FAILED ||
           (s->state == ISCSI_CLOSING && s->verdict == VERDICT_FAIL);
}

static enum iscsi_error submit(struct iscsi_session *s,
                               struct iscsi_command *command, bool probe,
                               uint64_t now)
{
    struct iscsi_task *task;
    unsigned i = 0;

    now = advance(s, now);
    if (!takes_commands(s) || s->logout_asked) {
        return has_failed(s) ? s->last_error : ISCSI_E_STATE;
    }
    if (command->direction > ISCSI_WRITE ||
        (command->direction != ISCSI_NO_DATA && !command->buffer)) {
        return ISCSI_E_CONFIG;
    }
    while (i < ISCSI_MAX_COMMANDS && s->tasks[i].state != TASK_FREE) {
        i++;
    }
    if (i == ISCSI_MAX_COMMANDS) {
        return ISCSI_E_BUSY;
    }
    task = &s->tasks[i];
    task->command = command;
    task->state = TASK_QUEUED;
    task->order = s->next_order++;
    task->replays = 0;
    task->probe = probe;
    task->deadline = s->state == ISCSI_FULL_FEATURE && (probe || !s->hold)
        ? time_after(now, s->config.command_ms) : ISCSI_NEVER;
    command->status = 0;
    command->sense_length = 0;
    command->transferred = 0;
    command->overflow = 0;
    return ISCSI_OK;
}

enum iscsi_error iscsi_submit(struct iscsi_session *s,
                              struct iscsi_command *command, uint64_t now)
{
    return submit(s, command, false, now);
}

enum iscsi_error iscsi_session_probe(struct iscsi_session *s,
                                     struct iscsi_command *command,
                                     uint64_t now)
{
    return submit(s, command, true, now);
}

void iscsi_session_guard(struct iscsi_session *s)
{
    s->guarded = true;
}

void iscsi_session_hold(struct iscsi_session *s)
{
    s->hold = true;
}

void iscsi_session_release(struct iscsi_session *s, uint64_t now)
{
    unsigned i;

    s->hold = false;
    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        s->tasks[i].deadline = time_after(now, s->config.command_ms);
    }
}

struct iscsi_command *iscsi_reap(struct iscsi_session *s)
{
    struct iscsi_command *command = s->done;

    if (command) {
        s->done = command->next;
        if (!s->done) {
            s->done_tail = &s->done;
        }
        command->next = NULL;
    }
    return command;
}

/* Takes @command out of the finished ones. */
static void unreap(struct iscsi_session *s, struct iscsi_command *command)
{
    struct iscsi_command **link = &s->done;

    while (*link && *link != command) {
        link = &(*link)->next;
    }
    if (*link) {
        *link = command->next;
        if (!*link) {
            s->done_tail = link;
        }
    }
}

void iscsi_abort(struct iscsi_session *s, struct iscsi_command *command,
                 uint64_t now)
{
    enum task_state state;
    unsigned i;

    now = advance(s, now);
    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        state = s->tasks[i].state;
        if (state == TASK_FREE || s->tasks[i].command != command) {
            continue;
        }
        if (s->state == ISCSI_FULL_FEATURE &&
            iscsi_task_orphan(s, &s->tasks[i])) {
            iscsi_manage_abort(s, &s->tasks[i], now);
            return;
        }
        s->tasks[i].state = TASK_FREE;
        s->tasks[i].command = NULL;
        if (state != TASK_QUEUED) {
            iscsi_session_lost(s, ISCSI_E_CANCELLED, now);
        }
        return;
    }
    unreap(s, command);
}

enum iscsi_error iscsi_logout(struct iscsi_session *s, uint64_t now)
{
    advance(s, now);
    if (s->state != ISCSI_FULL_FEATURE) {
        return ISCSI_E_STATE;
    }
    s->logout_asked = true;
    begin_logout(s);
    return ISCSI_OK;
}

void iscsi_get_info(const struct iscsi_session *s, struct iscsi_info *info)
{
    const uint32_t *value = s->keys.value;

    *info = (struct iscsi_info) {
        .state = s->state,
        .last_error = s->last_error,
        .login_class = s->login_class,
        .login_detail = s->login_detail,
        .portal = s->portal,
        .authenticated = s->authenticated,
        .tsih = s->tsih,
        .tpgt = value[KEY_PORTAL_GROUP],
        .relogins = s->relogins,
        .redirects = s->redirects_total,
        .max_send_data = s->max_send_data,
        .max_burst = value[KEY_MAX_BURST],
        .first_burst = value[KEY_FIRST_BURST],
        .initial_r2t = value[KEY_INITIAL_R2T],
        .immediate_data = value[KEY_IMMEDIATE_DATA],
        .header_digest = value[KEY_HEADER_DIGEST],
        .data_digest = value[KEY_DATA_DIGEST],
        .peer = s->peer,
    };
}
