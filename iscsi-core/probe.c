/*
 * Probes: what to do when the bytes of an answer are missing.
 *
 * A transport notices a lost segment quickly by what comes behind it.  Behind
 * the end of an answer nothing comes until its retransmission timer ends, a
 * second or more.  So, when nothing has moved for a while although a command
 * is out, the target is asked for something small that it answers at once,
 * three times in a row: NOP-Out with a tag of ours (RFC 7143 11.18), in
 * command order, as many immediate ones need not be taken (4.2.2.1).  Each is
 * a segment of its own, and so are the answers.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

/* Three repeated acknowledgements are what RFC 5681 3.2 waits for. */
#define PROBES 3
#define SPACING_MS 10

/* A second hole leaves the answers of the first probes waiting behind it. */
#define TAGS 8

/* A target that is only slow is asked ever more rarely. */
#define ROUNDS_MAX 5

uint64_t iscsi_probe_deadline(const struct iscsi_session *s)
{
    if (!s->config.stall_ms || s->state != ISCSI_FULL_FEATURE ||
        s->probe.due || !iscsi_task_count(s, TASK_ACTIVE)) {
        return ISCSI_NEVER;
    }
    if (s->probe.sent) {
        return s->probe.sent == PROBES ? ISCSI_NEVER :
               time_after(s->probe.asked, SPACING_MS);
    }
    return time_after(s->probe.moved, s->config.stall_ms << s->probe.rounds);
}

void iscsi_probe_tick(struct iscsi_session *s, uint64_t now)
{
    if (now >= iscsi_probe_deadline(s)) {
        s->probe.due = true;
        s->probe.rounds += !s->probe.sent && s->probe.rounds < ROUNDS_MAX;
    }
}

void iscsi_probe_moved(struct iscsi_session *s, bool received, uint64_t now)
{
    s->probe.moved = now;
    if (received) {
        s->probe.sent = 0;
        s->probe.due = false;
    }
}

bool iscsi_probe_send(struct iscsi_session *s)
{
    uint8_t *header;
    unsigned tag = 0;

    if (!s->probe.due) {
        return false;
    }
    s->probe.due = false;
    s->probe.asked = s->polled;
    while (tag < TAGS && s->probe.out & 1u << tag) {
        tag++;
    }
    if (tag == TAGS || serial_less(s->max_cmd_sn, s->cmd_sn)) {
        s->probe.sent = PROBES;         /* no room: it is not worth waiting */
        return false;
    }
    header = iscsi_conn_header(s, OP_NOP_OUT, FLAG_FINAL, PROBE_TAG + tag);
    put_be32(header + BHS_TTT, RESERVED_TAG);
    iscsi_sender_start(&s->sender, NULL, 0);
    s->probe.out |= 1u << tag;
    s->probe.sent++;
    s->cmd_sn++;
    return true;
}

bool iscsi_probe_answered(struct iscsi_session *s, uint32_t itt)
{
    uint32_t number = itt - PROBE_TAG;

    if (number >= TAGS || !(s->probe.out & 1u << number)) {
        return false;
    }
    s->probe.out &= ~(1u << number);
    return true;
}
