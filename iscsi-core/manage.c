/*
 * Task management: RFC 7143 11.5, 11.6.
 *
 * A command that takes too long is aborted and sent again; if the target does
 * not do even that, its logical unit is reset, and then the connection is
 * given up.  One function is under way at a time.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

#define MANAGE_MS 2000      /* for the answer to one function */

enum { ABORT_TASK = 1, LOGICAL_UNIT_RESET = 5 };

/* What the target may say of a function: 11.6.1. */
enum { FUNCTION_COMPLETE = 0, TASK_DOES_NOT_EXIST = 1 };

static void begin(struct iscsi_session *s, uint8_t function, uint64_t now)
{
    s->management.state = MANAGEMENT_DUE;
    s->management.function = function;
    s->management.end = time_after(now, MANAGE_MS);
    session_event(s, ISCSI_EVENT_MANAGEMENT, function, s->management.itt);
}

void iscsi_manage_abort(struct iscsi_session *s, struct iscsi_task *task,
                        uint64_t now)
{
    s->management.itt = task->itt;
    s->management.cmd_sn = task->cmd_sn;
    memcpy(s->management.lun, task->command->lun, sizeof(task->command->lun));
    begin(s, ABORT_TASK, now);
}

bool iscsi_manage_send(struct iscsi_session *s)
{
    bool abort = s->management.function == ABORT_TASK;
    uint8_t *header;

    if (s->management.state != MANAGEMENT_DUE) {
        return false;
    }
    header = iscsi_conn_header(s, OP_TASK_REQUEST | OP_IMMEDIATE,
                               FLAG_FINAL | s->management.function,
                               MANAGE_TAG);
    memcpy(header + BHS_LUN, s->management.lun, sizeof(s->management.lun));
    put_be32(header + TASK_REFERENCED_TAG,
             abort ? s->management.itt : RESERVED_TAG);
    put_be32(header + TASK_REF_CMD_SN, abort ? s->management.cmd_sn : 0);
    iscsi_sender_start(&s->sender, NULL, 0);
    s->management.state = MANAGEMENT_ASKED;
    return true;
}

/* The next harder means, or none is left. */
static void escalate(struct iscsi_session *s, uint64_t now)
{
    if (s->management.function == ABORT_TASK) {
        begin(s, LOGICAL_UNIT_RESET, now);
    } else {
        iscsi_session_lost(s, ISCSI_E_COMMAND_TIMEOUT, now);
    }
}

void iscsi_manage_tick(struct iscsi_session *s, uint64_t now)
{
    if (now >= s->management.end) {
        escalate(s, now);
    }
}

static bool was_effective(const struct iscsi_session *s, uint8_t response)
{
    return response == FUNCTION_COMPLETE ||
           (response == TASK_DOES_NOT_EXIST &&
            s->management.function == ABORT_TASK);
}

/* The tasks that the function has ended are sent again. */
static void end_tasks(struct iscsi_session *s)
{
    bool abort = s->management.function == ABORT_TASK;
    unsigned i;

    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        struct iscsi_task *task = &s->tasks[i];

        if (task->state == TASK_ACTIVE &&
            (abort ? task->itt == s->management.itt :
             !memcmp(task->command->lun, s->management.lun,
                     sizeof(s->management.lun)))) {
            iscsi_task_again(s, task, ISCSI_E_COMMAND_TIMEOUT);
        }
    }
}

enum iscsi_error iscsi_manage_response(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;
    bool asked = s->management.state == MANAGEMENT_ASKED;

    if (get_be32(h + BHS_ITT) != MANAGE_TAG || !asked) {
        return ISCSI_E_PROTOCOL_TASK;
    }
    if (!iscsi_conn_stat_sn(s)) {
        return ISCSI_E_PROTOCOL_STATSN;
    }
    s->management.state = MANAGEMENT_NONE;
    if (!was_effective(s, h[RESPONSE_RESPONSE])) {
        escalate(s, s->polled);
        return ISCSI_OK;
    }
    s->late_known = true;
    s->late_generation = s->generation;
    end_tasks(s);
    session_progress(s);
    return ISCSI_OK;
}
