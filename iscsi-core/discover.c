/*
 * Discovery: SendTargets in a discovery session.  RFC 7143 4.3, 11.10, 11.11,
 * Appendix C.
 *
 * The answer may be longer than any buffer, so it is read as a stream of
 * pairs: those that are whole are handed out, what is left of the last one
 * waits for the next response.  The next response is asked for when all pairs
 * have been fetched.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

/* The longest pair: key, '=', value. */
#define PAIR_MAX (TEXT_KEY_MAX + 1 + TEXT_VALUE_MAX)

static const char send_targets[] = "SendTargets=All";   /* with its NUL */

enum iscsi_error iscsi_discover(struct iscsi_session *s, uint64_t now)
{
    if (!s->config.discovery || s->state != ISCSI_FULL_FEATURE) {
        return ISCSI_E_STATE;
    }
    s->discovery = (struct iscsi_text_exchange) {
        .state = DISCOVERY_DUE, .ttt = RESERVED_TAG,
        .end = time_after(now, s->config.command_ms),
    };
    s->text_in_length = 0;
    return ISCSI_OK;
}

bool iscsi_discover_send(struct iscsi_session *s)
{
    struct iscsi_text_exchange *d = &s->discovery;
    bool first = d->rounds == 0;
    uint8_t *header;

    if (d->state != DISCOVERY_DUE) {
        return false;
    }
    header = iscsi_conn_header(s, OP_TEXT_REQUEST | OP_IMMEDIATE, FLAG_FINAL,
                               TEXT_TAG);
    memcpy(header + BHS_LUN, d->lun, sizeof(d->lun));
    put_be32(header + BHS_TTT, d->ttt);
    iscsi_sender_start(&s->sender, (const uint8_t *)send_targets,
                       first ? sizeof(send_targets) : 0);
    d->state = DISCOVERY_ASKED;
    d->rounds++;
    return true;
}

enum iscsi_error iscsi_discover_header(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;

    if (s->discovery.state == DISCOVERY_NONE) {
        return ISCSI_E_PROTOCOL_OPCODE;
    }
    if (s->discovery.state != DISCOVERY_ASKED ||
        !iscsi_sender_idle(&s->sender) ||
        get_be32(h + BHS_ITT) != TEXT_TAG) {
        return ISCSI_E_PROTOCOL_TASK;
    }
    return get_be24(h + BHS_DATA_LENGTH) > LOGIN_DATA_MAX
        ? ISCSI_E_PROTOCOL_LENGTH : ISCSI_OK;
}

/* The end of the last pair that is whole. */
static uint32_t whole_pairs(const struct iscsi_session *s)
{
    uint32_t end = s->text_in_length;

    while (end && s->text_in[end - 1] != '\0') {
        end--;
    }
    return end;
}

enum iscsi_error iscsi_discover_received(struct iscsi_session *s)
{
    struct iscsi_text_exchange *d = &s->discovery;
    const uint8_t *h = s->receiver.header;
    bool final = h[BHS_FLAGS] & FLAG_FINAL;

    d->ttt = get_be32(h + BHS_TTT);
    memcpy(d->lun, h + BHS_LUN, sizeof(d->lun));
    if (!iscsi_conn_stat_sn(s)) {
        return ISCSI_E_PROTOCOL_STATSN;
    }
    /* A tag says that there is more; C=1 may not be final: 11.11.1, 11.11.4 */
    if (final != (d->ttt == RESERVED_TAG) ||
        (final && h[BHS_FLAGS] & TEXT_CONTINUE) ||
        d->rounds > DISCOVERY_ROUNDS_MAX) {
        return ISCSI_E_PROTOCOL_TEXT;
    }
    s->text_in_length += get_be24(h + BHS_DATA_LENGTH);
    d->next = 0;
    d->whole = final && !s->config.strict ? s->text_in_length
                                          : whole_pairs(s);
    d->last = final;
    if (s->text_in_length - d->whole > (final ? 0 : PAIR_MAX)) {
        return ISCSI_E_PROTOCOL_TEXT;
    }
    d->state = DISCOVERY_READY;
    session_progress(s);
    return ISCSI_OK;
}

/* What is left of the last pair moves to the front, and more is asked for. */
static void go_on(struct iscsi_session *s)
{
    struct iscsi_text_exchange *d = &s->discovery;

    s->text_in_length -= d->whole;
    memmove(s->text_in, s->text_in + d->whole, s->text_in_length);
    d->state = d->last ? DISCOVERY_DONE : DISCOVERY_DUE;
    d->end = time_after(s->polled, s->config.command_ms);
}

static bool fetch(struct iscsi_session *s, struct iscsi_text_pair *pair)
{
    struct iscsi_text_exchange *d = &s->discovery;
    struct iscsi_text_reader reader = {
        s->text_in + d->next, s->text_in + d->whole, s->config.strict,
    };

    if (iscsi_text_next(&reader, pair) != TEXT_PAIR ||
        pair->value_length > TEXT_VALUE_MAX) {
        iscsi_session_lost(s, ISCSI_E_PROTOCOL_TEXT, s->polled);
        return false;
    }
    d->next = reader.next - s->text_in;
    return true;
}

enum iscsi_found iscsi_discover_next(struct iscsi_session *s, char *text)
{
    struct iscsi_text_exchange *d = &s->discovery;
    struct iscsi_text_pair pair;
    enum iscsi_found found;

    while (d->state == DISCOVERY_READY) {
        if (d->next == d->whole) {
            go_on(s);
            break;
        }
        if (!fetch(s, &pair)) {
            break;
        }
        found = iscsi_text_key_is(&pair, "TargetName") ? ISCSI_FOUND_TARGET :
                iscsi_text_key_is(&pair, "TargetAddress") ?
                ISCSI_FOUND_PORTAL : ISCSI_FOUND_NOTHING;
        if (found != ISCSI_FOUND_NOTHING) {
            memcpy(text, pair.value, pair.value_length);
            text[pair.value_length] = '\0';
            return found;
        }
    }
    return d->state == DISCOVERY_DONE ? ISCSI_FOUND_END :
           d->state == DISCOVERY_LOST ? ISCSI_FOUND_FAILURE :
                                        ISCSI_FOUND_NOTHING;
}
