/*
 * From one connection to the next: attempts, portals, redirection, recovery.
 * RFC 7143 6.3.5, 7.1, 11.12.5, 11.13.5.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

#define BACKOFF_MS      250     /* doubles with each round of portals */
#define BACKOFF_DOUBLES 4

static unsigned portal_count(const struct iscsi_session *s)
{
    return s->config.portals[1] ? 2 : 1;
}

static void begin_budget(struct iscsi_session *s, uint32_t ms, uint64_t now)
{
    s->budget_end = time_after(now, ms);
    s->attempts = 0;
    s->redirects = 0;
    s->portals_refused = 0;
    s->wait_ms = 0;
}

static void fail(struct iscsi_session *s)
{
    session_event(s, ISCSI_EVENT_FAILED, s->last_error,
                  s->login_class << 8 | s->login_detail);
    iscsi_task_fail_all(s, s->last_error);
    s->state = ISCSI_FAILED;
}

void iscsi_recovery_connect(struct iscsi_session *s, uint64_t now)
{
    const char *portal = s->config.portals[s->portal];

    if (!s->redirected && !s->moved) {
        iscsi_address_parse(portal, iscsi_text_length(portal), &s->peer);
    }
    s->attempts++;
    s->state = ISCSI_CONNECTING;
    s->state_end = time_after(now, s->config.connect_ms);
    session_event(s, ISCSI_EVENT_CONNECT, s->attempts, s->portal);
}

void iscsi_recovery_go_on(struct iscsi_session *s, uint64_t now)
{
    s->tcp_up = false;
    switch (s->verdict) {
    case VERDICT_RETRY:
        s->state = ISCSI_BACKOFF;
        s->state_end = time_after(now, s->wait_ms);
        s->wait_ms = 0;
        break;
    case VERDICT_FAIL:
        fail(s);
        break;
    case VERDICT_OFF:
        s->state = ISCSI_OFF;
        s->hold = false;
        break;
    }
}

/* Nothing more is sent or taken in; the embedder is asked to close. */
static void close_connection(struct iscsi_session *s, enum iscsi_error error,
                             enum verdict verdict)
{
    /* On the way to a session nothing was sent that could be lost. */
    if (s->state == ISCSI_FULL_FEATURE || s->state == ISCSI_LOGOUT) {
        iscsi_task_requeue(s, error);
    }
    if (s->discovery.state != DISCOVERY_NONE &&
        s->discovery.state != DISCOVERY_DONE) {
        s->discovery.state = DISCOVERY_LOST;
    }
    s->last_error = verdict == VERDICT_OFF ? ISCSI_OK : error;
    s->verdict = verdict;
    s->state = ISCSI_CLOSING;
    session_event(s, ISCSI_EVENT_CONNECTION_LOST, error,
                  iscsi_task_count(s, TASK_QUEUED));
    if (verdict == VERDICT_FAIL) {
        iscsi_task_fail_all(s, error);
    }
}

/* An attempt failed: the other portal is next, and later attempts wait. */
static void next_portal(struct iscsi_session *s)
{
    unsigned rounds = s->attempts / portal_count(s);
    unsigned other = (s->portal + 1) % portal_count(s);

    s->redirected = false;
    if (!(s->portals_refused & 1u << other) && other != s->portal) {
        s->portal = other;
        s->moved = false;
    }
    if (rounds) {
        rounds = rounds < BACKOFF_DOUBLES ? rounds : BACKOFF_DOUBLES;
        s->wait_ms = BACKOFF_MS << rounds;
    }
}

/* Is it worth another attempt after @error on the way to a session? */
static bool worth_retrying(const struct iscsi_session *s,
                           enum iscsi_error error)
{
    enum iscsi_group group = iscsi_error_group(error);

    if (s->recovering) {
        return group != ISCSI_GROUP_AUTH;
    }
    return group == ISCSI_GROUP_CONNECT || group == ISCSI_GROUP_TIMEOUT ||
           error == ISCSI_E_LOGIN_UNAVAILABLE;
}

/* The session was up, and is to be restored. */
static enum verdict begin_recovery(struct iscsi_session *s,
                                   enum iscsi_error error, uint64_t now)
{
    bool busy = iscsi_task_count(s, TASK_FREE) < ISCSI_MAX_COMMANDS;
    uint32_t wait = s->wait_ms;

    if (wait < s->keys.value[KEY_TIME2WAIT] * 1000) {
        wait = s->keys.value[KEY_TIME2WAIT] * 1000;
    }
    begin_budget(s, s->config.recovery_ms, now);
    s->wait_ms = wait < WAIT_MAX_MS ? wait : WAIT_MAX_MS;
    s->recovering = true;
    s->redirected = false;
    if (busy || iscsi_error_group(error) == ISCSI_GROUP_PROTOCOL) {
        s->fruitless++;
    }
    return s->fruitless > FRUITLESS_MAX ? VERDICT_FAIL : VERDICT_RETRY;
}

void iscsi_session_lost(struct iscsi_session *s, enum iscsi_error error,
                        uint64_t now)
{
    enum verdict verdict = VERDICT_FAIL;

    switch (s->state) {
    case ISCSI_FULL_FEATURE:
        verdict = begin_recovery(s, error, now);
        break;
    case ISCSI_LOGOUT:
        verdict = s->verdict;
        if (verdict == VERDICT_RETRY) {
            verdict = begin_recovery(s, error, now);
        }
        break;
    case ISCSI_CONNECTING:
    case ISCSI_LOGIN:
        if (!worth_retrying(s, error)) {
            iscsi_session_refused(s, error, now);
            return;
        }
        next_portal(s);
        verdict = VERDICT_RETRY;
        break;
    default:
        return;
    }
    close_connection(s, error, verdict);
}

void iscsi_session_refused(struct iscsi_session *s, enum iscsi_error error,
                           uint64_t now)
{
    unsigned all = (1u << portal_count(s)) - 1;
    enum verdict verdict = VERDICT_RETRY;

    if (!(s->recovering && worth_retrying(s, error))) {
        s->portals_refused |= 1u << s->portal;
    }
    if (s->portals_refused == all) {
        verdict = VERDICT_FAIL;
    } else {
        next_portal(s);
    }
    close_connection(s, error, verdict);
}

void iscsi_session_entered(struct iscsi_session *s, uint64_t now)
{
    unsigned i;

    if (s->was_up) {
        s->relogins++;
    }
    s->hold = s->guarded && s->was_up;
    s->was_up = true;
    s->recovering = false;
    s->state = ISCSI_FULL_FEATURE;
    s->heard = now;
    s->idle_since = now;
    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        s->tasks[i].deadline = s->hold
            ? ISCSI_NEVER : time_after(now, s->config.command_ms);
    }
    session_event(s, ISCSI_EVENT_LOGGED_IN, s->tsih, s->relogins);
}

void iscsi_session_redirected(struct iscsi_session *s, const char *value,
                              size_t length, bool for_good, uint64_t now)
{
    struct iscsi_address address;

    if (s->redirects >= s->config.max_redirects ||
        !iscsi_address_parse(value, length, &address)) {
        iscsi_session_refused(s, ISCSI_E_REDIRECT, now);
        return;
    }
    s->peer = address;
    s->redirects++;
    s->redirects_total++;
    s->redirected = true;
    s->moved |= for_good;
    s->wait_ms = 0;
    session_event(s, ISCSI_EVENT_REDIRECTED, for_good, s->redirects);
    close_connection(s, ISCSI_OK, VERDICT_RETRY);
}

void iscsi_recovery_give_up(struct iscsi_session *s)
{
    enum iscsi_error error = s->last_error;

    if (error == ISCSI_OK) {
        error = s->state == ISCSI_LOGIN ? ISCSI_E_LOGIN_TIMEOUT
                                        : ISCSI_E_CONNECT_TIMEOUT;
    }
    if (s->state == ISCSI_BACKOFF) {
        s->last_error = error;
        fail(s);
    } else {
        close_connection(s, error, VERDICT_FAIL);
    }
}

void iscsi_recovery_start(struct iscsi_session *s, uint64_t now)
{
    begin_budget(s, s->config.start_ms, now);
    s->last_error = ISCSI_OK;
    s->login_class = 0;
    s->login_detail = 0;
    s->recovering = false;
    s->redirected = false;
    s->logout_asked = false;
    s->fruitless = 0;
    iscsi_recovery_connect(s, now);
}
