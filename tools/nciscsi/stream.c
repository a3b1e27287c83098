/*
 * Bytes of a disk in order, several requests ahead.
 *
 * The requests form a ring: they are submitted at its head, finish in any
 * order, and are taken from its tail.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "progress.h"
#include "stream.h"

#define SLOTS       8
#define SECTOR      ISCSI_SECTOR_SIZE
#define DRAIN_MS    5000        /* for what is under way when interrupted */

struct slot {
    struct iscsi_disk_request request;
    uint8_t *buffer;            /* a chunk and a sector before or behind it */
    size_t skip;                /* bytes before those asked for */
    size_t size;                /* bytes asked for */
    bool done;
};

struct ring {
    struct stream *stream;
    struct slot slots[SLOTS];
    uint8_t *buffers[SLOTS];    /* as far as each slot has its own */
    unsigned head, tail;        /* free-running */
    uint64_t next;              /* offset of the next chunk */
    uint64_t end;
    bool ended;                 /* nothing more is submitted */
    enum exit_status status;
    struct progress progress;
};

static void ring_fail(struct ring *r, enum exit_status status)
{
    r->ended = true;
    if (r->status == EXIT_OK) {
        r->status = status;
    }
}

static const char *verb(const struct ring *r)
{
    return r->stream->fill ? "write" : "read";
}

/* @request is NULL when none was made. */
static void ring_disk_fail(struct ring *r, const char *what,
                           enum iscsi_error error,
                           const struct iscsi_disk_request *request)
{
    char text[64];

    snprintf(text, sizeof(text), "%s at byte %llu", what,
             (unsigned long long)(r->stream->offset + r->stream->done));
    ring_fail(r, client_complain_of_request(r->stream->client, text, error,
                                            request));
}

/* What the target has yet to send, but for a request that is half here. */
static size_t bytes_owed(const struct ring *r)
{
    unsigned i, waiting = 0;

    for (i = r->tail; i != r->head; i++) {
        waiting += !r->slots[i % SLOTS].done;
    }
    return waiting && !r->stream->fill ? (waiting - 1) * STREAM_CHUNK : 0;
}

/* Waits for any request; false when interrupted. */
static bool ring_wait(struct ring *r)
{
    struct transport *transport = &r->stream->client->transport;
    struct iscsi_disk_request *request;

    transport->owed = bytes_owed(r);
    request = client_reap(r->stream->client);
    transport->owed = 0;
    if (request) {
        ((struct slot *)request->user)->done = true;
    }
    return request != NULL;
}

static enum iscsi_error slot_submit(struct ring *r, struct slot *slot,
                                    uint8_t operation, uint64_t sector,
                                    uint32_t count, uint8_t *buffer)
{
    slot->done = false;
    slot->request = (struct iscsi_disk_request) {
        .operation = operation, .sector = sector, .count = count,
        .buffer = buffer, .user = slot,
    };
    return iscsi_disk_submit(r->stream->client->disk, &slot->request,
                             transport_now());
}

/* One request from its begin to its end, while others go on. */
static bool run_one(struct ring *r, uint8_t operation, uint64_t sector,
                    uint32_t count, uint8_t *buffer)
{
    struct slot slot;
    enum iscsi_error error = slot_submit(r, &slot, operation, sector, count,
                                         buffer);

    while (error == ISCSI_OK && !slot.done) {
        if (!ring_wait(r)) {
            iscsi_disk_cancel(r->stream->client->disk, &slot.request,
                              transport_now());
            error = ISCSI_E_CANCELLED;
        }
    }
    if (error == ISCSI_OK) {
        error = slot.request.error;
    }
    if (error != ISCSI_OK) {
        ring_disk_fail(r, operation == ISCSI_DISK_FLUSH ? "flush" : "read",
                       error, &slot.request);
    }
    return error == ISCSI_OK;
}

/* What is written in part keeps its other bytes. */
static bool read_edges(struct ring *r, struct slot *slot, uint64_t sector,
                       uint32_t count)
{
    uint64_t last = sector + count - 1;
    bool before = slot->skip != 0;
    bool behind = (slot->skip + slot->size) % SECTOR != 0;

    if (before && !run_one(r, ISCSI_DISK_READ, sector, 1, slot->buffer)) {
        return false;
    }
    return !behind || (before && last == sector) ||
           run_one(r, ISCSI_DISK_READ, last, 1,
                   slot->buffer + (count - 1) * SECTOR);
}

/*
 * Fills the slot with what is to be written.  The bytes come first, so that
 * the end is known; the edges are read around them.
 */
static bool slot_fill(struct ring *r, struct slot *slot)
{
    g_autofree uint8_t *bytes = g_malloc(slot->size);
    ssize_t got = r->stream->fill(r->stream->user, bytes, slot->size);
    uint32_t count;

    if (got < 0) {
        ring_fail(r, EXIT_FILE);
        return false;
    }
    if ((size_t)got < slot->size) {
        r->ended = true;
        slot->size = got;
    }
    count = (slot->skip + slot->size + SECTOR - 1) / SECTOR;
    if (!slot->size || !read_edges(r, slot, r->next / SECTOR, count)) {
        return false;
    }
    memcpy(slot->buffer + slot->skip, bytes, slot->size);
    return true;
}

/* Submits the next chunk; chunks end at whole multiples of their size. */
static void ring_push(struct ring *r)
{
    struct slot *slot = &r->slots[r->head % SLOTS];
    enum iscsi_error error;

    slot->skip = r->next % SECTOR;
    slot->size = MIN(STREAM_CHUNK - r->next % STREAM_CHUNK, r->end - r->next);
    if (r->stream->fill && !slot_fill(r, slot)) {
        return;
    }
    error = slot_submit(r, slot, r->stream->fill ? ISCSI_DISK_WRITE :
                                                   ISCSI_DISK_READ,
                        r->next / SECTOR,
                        (slot->skip + slot->size + SECTOR - 1) / SECTOR,
                        slot->buffer);
    if (error != ISCSI_OK) {
        ring_disk_fail(r, verb(r), error, NULL);
        return;
    }
    r->next += slot->size;
    r->head++;
    r->ended |= r->next == r->end;
}

/* The oldest chunk is done. */
static void ring_pop(struct ring *r)
{
    struct slot *slot = &r->slots[r->tail++ % SLOTS];

    if (r->status != EXIT_OK) {
        return;
    }
    if (slot->request.error != ISCSI_OK) {
        ring_disk_fail(r, verb(r), slot->request.error, &slot->request);
    } else if (r->stream->take &&
               !r->stream->take(r->stream->user, slot->buffer + slot->skip,
                                slot->size)) {
        ring_fail(r, EXIT_FILE);
    } else {
        r->stream->done += slot->size;
        progress_show(&r->progress, r->stream->done);
    }
}

/* What is under way may end; the rest is taken back. */
static void ring_drain(struct ring *r)
{
    struct iscsi_disk *disk = r->stream->client->disk;
    uint64_t end = transport_now() + DRAIN_MS;
    struct iscsi_disk_request *request;

    for (; r->head != r->tail && transport_now() < end;) {
        request = iscsi_disk_reap(disk, transport_now());
        if (request) {
            ((struct slot *)request->user)->done = true;
        } else {
            client_wait(r->stream->client);
        }
        while (r->head != r->tail && r->slots[r->tail % SLOTS].done) {
            r->tail++;
        }
    }
    for (; r->head != r->tail; r->tail++) {
        if (!r->slots[r->tail % SLOTS].done) {
            iscsi_disk_cancel(disk, &r->slots[r->tail % SLOTS].request,
                              transport_now());
        }
    }
}

static void ring_run(struct ring *r)
{
    while (!r->ended || r->head != r->tail) {
        if (!r->ended && r->head - r->tail < SLOTS) {
            ring_push(r);
        } else if (r->slots[r->tail % SLOTS].done) {
            ring_pop(r);
        } else if (!ring_wait(r)) {
            ring_disk_fail(r, verb(r), ISCSI_E_CANCELLED, NULL);
            return;
        }
    }
}

/* What is thrown away goes to one place, which stays in the caches. */
static void ring_allocate(struct ring *r)
{
    bool thrown_away = !r->stream->fill && !r->stream->take;
    unsigned i;

    for (i = 0; i < SLOTS; i++) {
        r->slots[i].buffer = thrown_away && i ? r->slots[0].buffer :
                             (r->buffers[i] = g_malloc(STREAM_CHUNK + SECTOR));
    }
}

static void ring_free(struct ring *r)
{
    unsigned i;

    for (i = 0; i < SLOTS; i++) {
        g_free(r->buffers[i]);
    }
}

enum exit_status stream_run(struct stream *stream)
{
    struct ring r = { .stream = stream, .next = stream->offset };

    r.end = stream->length < UINT64_MAX - stream->offset ?
            stream->offset + stream->length : UINT64_MAX;
    r.ended = r.next == r.end;
    ring_allocate(&r);
    progress_begin(&r.progress, stream->progress, stream->length);
    ring_run(&r);
    ring_drain(&r);
    if (r.status == EXIT_OK && stream->fill) {
        run_one(&r, ISCSI_DISK_FLUSH, 0, 0, NULL);
    }
    progress_end(&r.progress);
    ring_free(&r);
    return r.status;
}
