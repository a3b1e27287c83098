/*
 * The steps of a change: begin, each EV, commit, each EV read back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "changes.h"
#include "mask.h"
#include "qemu/bswap.h"

#define RECORD_OVERHEAD 34      /* bytes of an EV beside its data */

enum step {
    STEP_BEGIN,
    STEP_CHANGE,
    STEP_COMMIT,
    STEP_READ_BACK,
    STEP_ABORT,                 /* after a failure that is not yet told */
    STEP_ASK_ROOM,              /* for the reason of it */
};

struct job {
    const struct ribcl_change *change;
    unsigned count;
    changes_done *done;
    void *opaque;
};

struct changes {
    struct link *link;
    GQueue jobs;                /* the first is under way */
    enum step step;
    unsigned at;                /* which change */
};

static void next(struct changes *changes);

struct changes *changes_new(struct link *link)
{
    struct changes *changes = g_new0(struct changes, 1);

    changes->link = link;
    g_queue_init(&changes->jobs);
    return changes;
}

void changes_free(struct changes *changes)
{
    g_queue_clear_full(&changes->jobs, g_free);
    g_free(changes);
}

/* Ends the first job and begins the next one. */
static void end(struct changes *changes, enum ribcl_status status)
{
    struct job *job = g_queue_pop_head(&changes->jobs);

    changes->step = STEP_BEGIN;
    changes->at = 0;
    job->done(job->opaque, status);
    g_free(job);
    if (!g_queue_is_empty(&changes->jobs)) {
        next(changes);
    }
}

/* The device, too, masks secrets of what it gives to the network's side. */
static bool is_same(const struct ribcl_change *change, const uint8_t *data,
                    size_t size)
{
    uint8_t ours[EV_DATA_MAX], theirs[EV_DATA_MAX];
    size_t ours_size = mask_value(change->name, change->data, change->length,
                                  ours);
    size_t theirs_size = mask_value(change->name, data, size, theirs);

    return ours_size > 0 && ours_size == theirs_size &&
           memcmp(ours, theirs, ours_size) == 0;
}

static bool reads_back(const struct ribcl_change *change,
                       const uint8_t *reply, size_t size)
{
    size_t length;

    if (change->remove || size < SMIF_EV_REPLY_DATA) {
        return change->remove && link_error(reply) == SMIF_EV_NO_SUCH;
    }
    length = lduw_le_p(reply + SMIF_EV_REPLY_LENGTH);
    return link_error(reply) == SMIF_OK && length <= EV_DATA_MAX &&
           size == SMIF_EV_REPLY_DATA + length &&
           is_same(change, reply + SMIF_EV_REPLY_DATA, length);
}

/* Too little room, or another reason? */
static enum ribcl_status reason(const struct job *job, const uint8_t *reply,
                                size_t size)
{
    size_t wanted = 0;

    for (unsigned i = 0; i < job->count; i++) {
        wanted += job->change[i].remove ? 0 :
                  RECORD_OVERHEAD + job->change[i].length;
    }
    return size >= SMIF_EV_STATUS_SIZE &&
           (uint32_t)ldl_le_p(reply + SMIF_EV_STATUS_LEFT) < wanted ?
           RIBCL_EV_FULL : RIBCL_EV_FAILED;
}

static void answered(void *opaque, const uint8_t *reply, size_t size)
{
    struct changes *changes = opaque;
    struct job *job = g_queue_peek_head(&changes->jobs);
    bool fine = reply && link_error(reply) == SMIF_OK;

    if (!reply) {
        end(changes, RIBCL_NO_SERVER);
        return;
    }
    switch (changes->step) {
    case STEP_BEGIN:
        changes->step = fine ? STEP_CHANGE : STEP_ASK_ROOM;
        break;
    case STEP_CHANGE:
        if (!fine) {
            changes->step = STEP_ABORT;
        } else if (++changes->at == job->count) {
            changes->step = STEP_COMMIT;
            changes->at = 0;
        }
        break;
    case STEP_COMMIT:
        changes->step = fine ? STEP_READ_BACK : STEP_ASK_ROOM;
        break;
    case STEP_READ_BACK:
        if (!reads_back(&job->change[changes->at], reply, size)) {
            end(changes, RIBCL_EV_DIFFERS);
            return;
        }
        if (++changes->at == job->count) {
            end(changes, RIBCL_OK);
            return;
        }
        break;
    case STEP_ABORT:
        changes->step = STEP_ASK_ROOM;
        break;
    case STEP_ASK_ROOM:
        end(changes, reason(job, reply, size));
        return;
    }
    next(changes);
}

static size_t build_change(const struct ribcl_change *change, uint8_t *packet)
{
    size_t size = link_request(packet, SMIF_SERVICE_SMIF, SMIF_EV_SET,
                               SMIF_EV_SET_DATA + change->length);

    packet[SMIF_EV_SET_FLAGS] = change->remove ? SMIF_EV_FLAG_DELETE :
                                                 SMIF_EV_FLAG_SET;
    memcpy(packet + SMIF_EV_SET_NAME, change->name, strlen(change->name));
    stw_le_p(packet + SMIF_EV_SET_LENGTH, change->length);
    memcpy(packet + SMIF_EV_SET_DATA, change->data, change->length);
    return size;
}

static size_t build(const struct changes *changes, const struct job *job,
                    uint8_t *packet)
{
    const struct ribcl_change *change = &job->change[changes->at];
    static const uint16_t commands[] = {
        [STEP_BEGIN] = ILO_LINK_EV_BEGIN,
        [STEP_COMMIT] = ILO_LINK_EV_COMMIT,
        [STEP_ABORT] = ILO_LINK_EV_ABORT,
    };

    switch (changes->step) {
    case STEP_CHANGE:
        return build_change(change, packet);
    case STEP_READ_BACK:
        link_request(packet, SMIF_SERVICE_SMIF, SMIF_EV_BY_NAME,
                     SMIF_EV_GET_SIZE);
        memcpy(packet + SMIF_EV_GET_NAME, change->name,
               strlen(change->name));
        return SMIF_EV_GET_SIZE;
    case STEP_ASK_ROOM:
        return link_request(packet, SMIF_SERVICE_SMIF, SMIF_EV_STATUS,
                            SMIF_HEADER_SIZE);
    default:
        return link_request(packet, SMIF_SERVICE_MANAGEMENT,
                            commands[changes->step], SMIF_HEADER_SIZE);
    }
}

static void next(struct changes *changes)
{
    uint8_t packet[ILO_LINK_PACKET_MAX];
    size_t size = build(changes, g_queue_peek_head(&changes->jobs), packet);

    link_call(changes->link, packet, size, answered, changes);
    explicit_bzero(packet, size);
}

void changes_submit(struct changes *changes,
                    const struct ribcl_change *change, unsigned count,
                    changes_done *done, void *opaque)
{
    struct job *job = g_new0(struct job, 1);

    job->change = change;
    job->count = count;
    job->done = done;
    job->opaque = opaque;
    g_queue_push_tail(&changes->jobs, job);
    if (g_queue_get_length(&changes->jobs) == 1) {
        next(changes);
    }
}
