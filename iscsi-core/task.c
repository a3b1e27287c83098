/*
 * SCSI commands: requests, data in and out, R2T, responses.
 * RFC 7143 11.3, 11.4, 11.7, 11.8.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "session.h"
#include "wire.h"

#define SLOT_MASK   0xff
#define GENERATION_MASK 0x7fffff
#define SENSE_LENGTH_SIZE 2

enum {
    STATUS_GOOD = 0x00, STATUS_CHECK_CONDITION = 0x02,
    STATUS_CONDITION_MET = 0x04, STATUS_INTERMEDIATE = 0x10,
    STATUS_INTERMEDIATE_MET = 0x14,
};

static uint32_t lesser(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

struct iscsi_task *iscsi_task_find(struct iscsi_session *s, uint32_t itt)
{
    uint32_t slot = itt & SLOT_MASK;

    if (slot >= ISCSI_MAX_COMMANDS || s->tasks[slot].state != TASK_ACTIVE ||
        s->tasks[slot].itt != itt) {
        return NULL;
    }
    return &s->tasks[slot];
}

/* An answer to a task that a management function has ended. */
static bool is_late(const struct iscsi_session *s, uint32_t itt)
{
    return s->late_known && (itt & SLOT_MASK) < ISCSI_MAX_COMMANDS &&
           ((s->late_generation - (itt >> 8)) & GENERATION_MASK) <=
           GENERATION_MASK / 2;
}

unsigned iscsi_task_count(const struct iscsi_session *s,
                          enum task_state state)
{
    unsigned i, count = 0;

    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        count += s->tasks[i].state == state;
    }
    return count;
}

/* ---- sending ---------------------------------------------------------- */

/* The oldest task in @state, of those that @fits. */
static struct iscsi_task *
oldest(struct iscsi_session *s, enum task_state state,
       bool (*fits)(const struct iscsi_session *s,
                    const struct iscsi_task *task))
{
    struct iscsi_task *best = NULL;
    unsigned i;

    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        struct iscsi_task *task = &s->tasks[i];

        if (task->state == state && fits(s, task) &&
            (!best || serial_less(task->order, best->order))) {
            best = task;
        }
    }
    return best;
}

static bool has_burst(const struct iscsi_session *s,
                      const struct iscsi_task *task)
{
    return task->bursts != 0;
}

bool iscsi_task_may_start(const struct iscsi_session *s,
                          const struct iscsi_task *task)
{
    return task->probe || !s->hold;
}

static void add_burst(struct iscsi_task *task, const uint8_t *lun,
                      uint32_t ttt, uint32_t length)
{
    struct iscsi_burst *burst = &task->burst[task->bursts++];

    memcpy(burst->lun, lun, sizeof(burst->lun));
    burst->ttt = ttt;
    burst->offset = task->asked;
    burst->left = length;
    burst->data_sn = 0;
    task->asked += length;
}

static void drop_first_burst(struct iscsi_task *task)
{
    task->bursts--;
    memmove(task->burst, task->burst + 1,
            task->bursts * sizeof(task->burst[0]));
}

/* One Data-Out of the oldest burst: RFC 7143 11.7. */
bool iscsi_task_send_data(struct iscsi_session *s)
{
    struct iscsi_task *task = oldest(s, TASK_ACTIVE, has_burst);
    struct iscsi_burst *burst;
    uint32_t length;
    uint8_t *header;

    if (!task) {
        return false;
    }
    burst = &task->burst[0];
    length = lesser(burst->left, s->max_send_data);
    header = iscsi_conn_header(s, OP_DATA_OUT,
                               length == burst->left ? FLAG_FINAL : 0,
                               task->itt);
    memcpy(header + BHS_LUN, burst->lun, sizeof(burst->lun));
    put_be32(header + BHS_TTT, burst->ttt);
    put_be32(header + BHS_CMD_SN, 0);       /* reserved in a Data-Out */
    put_be32(header + BHS_DATA_SN, burst->data_sn++);
    put_be32(header + BHS_BUFFER_OFFSET, burst->offset);
    iscsi_sender_start(&s->sender, task->command->buffer + burst->offset,
                       length);
    s->sending = task;
    task->sent += length;
    burst->offset += length;
    burst->left -= length;
    if (burst->left == 0) {
        drop_first_burst(task);
    }
    return true;
}

/* Bytes that may go out with and after the command, unasked: 13.10-13.14. */
static void unasked_bytes(const struct iscsi_session *s,
                          const struct iscsi_command *command,
                          uint32_t *immediate, uint32_t *unsolicited)
{
    const uint32_t *value = s->keys.value;
    uint32_t first = lesser(value[KEY_FIRST_BURST], command->length);

    *immediate = 0;
    *unsolicited = 0;
    if (command->direction != ISCSI_WRITE) {
        return;
    }
    if (value[KEY_IMMEDIATE_DATA]) {
        *immediate = lesser(first, s->max_send_data);
    }
    if (!value[KEY_INITIAL_R2T]) {
        *unsolicited = first - *immediate;
    }
}

static uint8_t command_flags(const struct iscsi_command *command,
                             uint32_t unsolicited)
{
    uint8_t flags = COMMAND_SIMPLE | (unsolicited ? 0 : FLAG_FINAL);

    if (command->direction == ISCSI_READ) {
        flags |= COMMAND_READ;
    }
    if (command->direction == ISCSI_WRITE) {
        flags |= COMMAND_WRITE;
    }
    return flags;
}

/* A task begins, or begins again. */
static void activate(struct iscsi_session *s, struct iscsi_task *task)
{
    /* 24 bits of generation: a late answer does not fit a new task. */
    s->generation = (s->generation + 1) & GENERATION_MASK;
    task->itt = s->generation << 8 | (task - s->tasks);
    task->cmd_sn = s->cmd_sn;
    task->state = TASK_ACTIVE;
    task->received = 0;
    task->asked = 0;
    task->sent = 0;
    task->data_sn = 0;
    task->r2t_sn = 0;
    task->empty = 0;
    task->bursts = 0;
}

bool iscsi_task_send_command(struct iscsi_session *s)
{
    struct iscsi_task *task = oldest(s, TASK_QUEUED, iscsi_task_may_start);
    struct iscsi_command *command;
    uint32_t immediate, unsolicited;
    uint8_t *header;

    if (!task || serial_less(s->max_cmd_sn, s->cmd_sn) ||
        iscsi_task_count(s, TASK_ACTIVE) >= s->config.max_commands) {
        return false;
    }
    command = task->command;
    activate(s, task);
    unasked_bytes(s, command, &immediate, &unsolicited);
    header = iscsi_conn_header(s, OP_SCSI_COMMAND,
                               command_flags(command, unsolicited),
                               task->itt);
    memcpy(header + BHS_LUN, command->lun, sizeof(command->lun));
    put_be32(header + COMMAND_LENGTH,
             command->direction == ISCSI_NO_DATA ? 0 : command->length);
    memcpy(header + COMMAND_CDB, command->cdb, sizeof(command->cdb));
    s->cmd_sn++;
    task->asked = immediate;
    task->sent = immediate;
    if (unsolicited) {
        add_burst(task, command->lun, RESERVED_TAG, unsolicited);
    }
    iscsi_sender_start(&s->sender, command->buffer, immediate);
    s->sending = immediate ? task : NULL;
    return true;
}

/* ---- ending ----------------------------------------------------------- */

static void hand_back(struct iscsi_session *s, struct iscsi_task *task)
{
    struct iscsi_command *command = task->command;

    session_event(s, ISCSI_EVENT_COMMAND_DONE, command->error,
                  command->status);
    task->state = TASK_FREE;
    task->command = NULL;
    if (command == &s->orphan) {
        command->user = NULL;
        return;
    }
    command->next = NULL;
    *s->done_tail = command;
    s->done_tail = &command->next;
}

void iscsi_task_finish(struct iscsi_session *s, struct iscsi_task *task,
                       enum iscsi_error error)
{
    struct iscsi_command *command = task->command;

    command->error = error;
    if (error != ISCSI_OK) {
        command->transferred = 0;
    }
    session_progress(s);
    s->fruitless = 0;
    if (s->receiving == task) {
        s->receiving = NULL;
    }
    /* The sender still reads this buffer: keep it until the PDU is out. */
    if (s->sending == task && !iscsi_sender_idle(&s->sender)) {
        task->state = TASK_ANSWERED;
        task->bursts = 0;
        return;
    }
    hand_back(s, task);
}

void iscsi_task_sent(struct iscsi_session *s)
{
    struct iscsi_task *task = s->sending;

    s->sending = NULL;
    if (task && task->state == TASK_ANSWERED) {
        hand_back(s, task);
    } else if (task && task->state == TASK_AGAIN) {
        task->state = TASK_QUEUED;
    }
}

void iscsi_task_again(struct iscsi_session *s, struct iscsi_task *task,
                      enum iscsi_error error)
{
    if (task->probe || task->command == &s->orphan ||
        ++task->replays > REPLAYS_MAX) {
        iscsi_task_finish(s, task, error);
        return;
    }
    task->bursts = 0;
    task->deadline = time_after(s->polled, s->config.command_ms);
    task->state = s->sending == task && !iscsi_sender_idle(&s->sender) ?
                  TASK_AGAIN : TASK_QUEUED;
}

/*
 * Nobody could answer an R2T of a write, and there is one orphan only, known
 * by its user.
 */
bool iscsi_task_orphan(struct iscsi_session *s, struct iscsi_task *task)
{
    if (task->state != TASK_ACTIVE || s->orphan.user ||
        s->management.state != MANAGEMENT_NONE ||
        task->command->direction == ISCSI_WRITE) {
        return false;
    }
    s->orphan = *task->command;
    s->orphan.user = s;
    s->orphan.buffer = NULL;
    task->command = &s->orphan;
    if (s->receiving == task) {
        s->receiver.sink_size = 0;
    }
    return true;
}

void iscsi_task_requeue(struct iscsi_session *s, enum iscsi_error error)
{
    unsigned i;

    s->sending = NULL;
    s->receiving = NULL;
    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        struct iscsi_task *task = &s->tasks[i];

        if (task->state == TASK_ANSWERED || task->command == &s->orphan) {
            hand_back(s, task);
        } else if (task->state == TASK_AGAIN) {
            task->state = TASK_QUEUED;
        } else if (task->state != TASK_FREE && task->probe) {
            task->state = TASK_QUEUED;
            task->command->error = error;
            hand_back(s, task);
        } else if (task->state == TASK_ACTIVE) {
            task->state = TASK_QUEUED;
            if (++task->replays > REPLAYS_MAX) {
                task->command->error = error;
                hand_back(s, task);
            }
        }
    }
}

void iscsi_task_fail_all(struct iscsi_session *s, enum iscsi_error error)
{
    unsigned i;

    for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
        if (s->tasks[i].state != TASK_FREE) {
            s->tasks[i].command->error = error;
            hand_back(s, &s->tasks[i]);
        }
    }
}

/* ---- receiving -------------------------------------------------------- */

/*
 * Residual counts of a response: RFC 7143 11.4.5.  False: contradictory.
 * *@expected: bytes that were to be moved.
 */
static bool read_residual(const uint8_t *h, struct iscsi_command *command,
                          uint32_t *expected)
{
    uint32_t residual = get_be32(h + BHS_RESIDUAL);
    uint8_t flags = h[BHS_FLAGS] & (FLAG_OVERFLOW | FLAG_UNDERFLOW);

    *expected = command->direction == ISCSI_NO_DATA ? 0 : command->length;
    command->overflow = 0;
    if (flags == (FLAG_OVERFLOW | FLAG_UNDERFLOW)) {
        return false;
    }
    if (flags == FLAG_OVERFLOW) {
        command->overflow = residual;
    }
    if (flags == FLAG_UNDERFLOW) {
        if (residual > *expected) {
            return false;
        }
        *expected -= residual;
    }
    return true;
}

/* A status came: checks that the data fits it, and ends the task. */
static enum iscsi_error take_status(struct iscsi_session *s,
                                    struct iscsi_task *task, uint8_t status)
{
    struct iscsi_command *command = task->command;
    uint32_t expected, moved;

    if (!read_residual(s->receiver.header, command, &expected)) {
        return ISCSI_E_PROTOCOL_STATUS;
    }
    command->status = status;
    command->transferred = 0;
    if (status == STATUS_GOOD || status == STATUS_CONDITION_MET) {
        moved = command->direction == ISCSI_WRITE ? task->sent
                                                  : task->received;
        if (moved < expected ||
            (moved > expected && command->direction == ISCSI_READ &&
             s->config.strict)) {
            return ISCSI_E_PROTOCOL_STATUS;
        }
        command->transferred = expected;
    }
    iscsi_task_finish(s, task, ISCSI_OK);
    return ISCSI_OK;
}

enum iscsi_error iscsi_task_data_in_header(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;
    uint32_t length = get_be24(h + BHS_DATA_LENGTH);
    struct iscsi_task *task = iscsi_task_find(s, get_be32(h + BHS_ITT));

    s->receiving = NULL;
    if (!task && is_late(s, get_be32(h + BHS_ITT))) {
        return ISCSI_OK;
    }
    if (!task || task->command->direction != ISCSI_READ) {
        return ISCSI_E_PROTOCOL_TASK;
    }
    if (get_be32(h + BHS_DATA_SN) != task->data_sn ||
        get_be32(h + BHS_BUFFER_OFFSET) != task->received ||
        length > task->command->length - task->received) {
        return ISCSI_E_PROTOCOL_DATA;
    }
    if (h[BHS_FLAGS] & DATA_IN_STATUS && !(h[BHS_FLAGS] & FLAG_FINAL)) {
        return ISCSI_E_PROTOCOL_STATUS;
    }
    if (length == 0 && ++task->empty > EMPTY_DATA_MAX) {
        return ISCSI_E_FLOOD;
    }
    s->receiving = task;
    return ISCSI_OK;
}

/* Nothing is known of a late answer but whether it takes a number. */
static enum iscsi_error late_status(struct iscsi_session *s, bool has_status)
{
    return !has_status || iscsi_conn_stat_sn(s) ? ISCSI_OK
                                                : ISCSI_E_PROTOCOL_STATSN;
}

static bool status_fits_data_in(uint8_t status)
{
    return status == STATUS_GOOD || status == STATUS_CONDITION_MET ||
           status == STATUS_INTERMEDIATE || status == STATUS_INTERMEDIATE_MET;
}

enum iscsi_error iscsi_task_data_in(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;
    uint32_t length = get_be24(h + BHS_DATA_LENGTH);
    struct iscsi_task *task = s->receiving;

    s->receiving = NULL;
    if (!task) {
        return late_status(s, h[BHS_FLAGS] & DATA_IN_STATUS);
    }
    task->received += length;
    task->data_sn++;
    if (length) {
        session_progress(s);
    }
    if (!(h[BHS_FLAGS] & DATA_IN_STATUS)) {
        return ISCSI_OK;
    }
    if (!status_fits_data_in(h[RESPONSE_STATUS])) {
        return ISCSI_E_PROTOCOL_STATUS;
    }
    if (!iscsi_conn_stat_sn(s)) {
        return ISCSI_E_PROTOCOL_STATSN;
    }
    return take_status(s, task, h[RESPONSE_STATUS]);
}

enum iscsi_error iscsi_task_response_header(struct iscsi_session *s)
{
    uint32_t itt = get_be32(s->receiver.header + BHS_ITT);

    return iscsi_task_find(s, itt) || is_late(s, itt) ? ISCSI_OK
                                                      : ISCSI_E_PROTOCOL_TASK;
}

/* Copies the sense data out of the response's data segment: 11.4.7. */
static bool take_sense(struct iscsi_session *s, struct iscsi_command *command)
{
    uint32_t length = get_be24(s->receiver.header + BHS_DATA_LENGTH);
    uint32_t sense;

    command->sense_length = 0;
    if (length < SENSE_LENGTH_SIZE) {
        return length == 0;
    }
    sense = get_be16(s->text_in);
    if (sense > length - SENSE_LENGTH_SIZE) {
        return false;
    }
    command->sense_length = lesser(sense, ISCSI_SENSE_MAX);
    memcpy(command->sense, s->text_in + SENSE_LENGTH_SIZE,
           command->sense_length);
    return true;
}

enum iscsi_error iscsi_task_response(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;
    struct iscsi_task *task = iscsi_task_find(s, get_be32(h + BHS_ITT));
    uint8_t status = h[RESPONSE_STATUS];

    if (!task) {
        return is_late(s, get_be32(h + BHS_ITT)) ? late_status(s, true)
                                                 : ISCSI_E_PROTOCOL_TASK;
    }
    if (!iscsi_conn_stat_sn(s)) {
        return ISCSI_E_PROTOCOL_STATSN;
    }
    if (h[RESPONSE_RESPONSE] != 0) {
        iscsi_task_finish(s, task, ISCSI_E_TARGET_FAILURE);
        return ISCSI_OK;
    }
    if (!take_sense(s, task->command) ||
        (status == STATUS_CHECK_CONDITION && s->config.strict &&
         task->command->sense_length == 0)) {
        return ISCSI_E_PROTOCOL_STATUS;
    }
    return take_status(s, task, status);
}

/* RFC 7143 11.8: R2Ts come in order, and within the command. */
enum iscsi_error iscsi_task_r2t(struct iscsi_session *s)
{
    const uint8_t *h = s->receiver.header;
    uint32_t length = get_be32(h + R2T_LENGTH);
    uint32_t ttt = get_be32(h + BHS_TTT);
    struct iscsi_task *task = iscsi_task_find(s, get_be32(h + BHS_ITT));
    unsigned limit = lesser(s->keys.value[KEY_MAX_R2T], R2T_MAX);

    if (!task && is_late(s, get_be32(h + BHS_ITT))) {
        return ISCSI_OK;
    }
    if (!task || task->command->direction != ISCSI_WRITE) {
        return ISCSI_E_PROTOCOL_TASK;
    }
    if (task->bursts && task->burst[0].ttt == RESERVED_TAG) {
        limit++;
    }
    if (ttt == RESERVED_TAG || length == 0 || task->bursts >= limit ||
        length > s->keys.value[KEY_MAX_BURST] ||
        get_be32(h + R2T_SN) != task->r2t_sn ||
        get_be32(h + R2T_OFFSET) != task->asked ||
        length > task->command->length - task->asked) {
        return ISCSI_E_PROTOCOL_R2T;
    }
    task->r2t_sn++;
    add_burst(task, h + BHS_LUN, ttt, length);
    session_progress(s);
    return ISCSI_OK;
}
