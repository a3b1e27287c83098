/*
 * A logical unit as a disk of 512-byte sectors: requests are cut into pieces,
 * each of which is one SCSI command at a time.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "disk.h"
#include "session.h"
#include "wire.h"

#define SECTOR_SHIFT    9
#define REQUEST_MAX     (1u << 22)  /* sectors */

_Static_assert(sizeof(struct iscsi_disk) <= ISCSI_DISK_SIZE,
               "ISCSI_DISK_SIZE is what an embedder sets aside");

static uint64_t disk_sectors(const struct iscsi_disk *d)
{
    return d->identity.blocks << d->shift;
}

/* ---- requests --------------------------------------------------------- */

static void append(struct iscsi_disk_request **list,
                   struct iscsi_disk_request *request)
{
    while (*list) {
        list = &(*list)->next;
    }
    request->next = NULL;
    *list = request;
}

static void take_out(struct iscsi_disk_request **list,
                     const struct iscsi_disk_request *request)
{
    while (*list && *list != request) {
        list = &(*list)->next;
    }
    if (*list) {
        *list = request->next;
    }
}

/* Hands @request back when nothing of it is left to do. */
static void finish_request(struct iscsi_disk *d,
                           struct iscsi_disk_request *request)
{
    if (request->error != ISCSI_OK) {
        take_out(&d->waiting, request);
    } else if (request->started < request->count) {
        return;
    } else {
        request->failed = request->count;
    }
    if (request->pieces) {
        return;
    }
    request->done = request->failed;
    append(&d->done, request);
}

static void fail_request(struct iscsi_disk_request *request,
                         enum iscsi_error error, uint32_t first)
{
    if (request->error == ISCSI_OK || first < request->failed) {
        request->error = error;
        request->failed = first;
    }
}

/* ---- pieces ----------------------------------------------------------- */

static void free_piece(struct iscsi_disk *d, struct disk_piece *piece)
{
    if (piece->kind != PIECE_DIRECT) {
        d->bounce_used = false;
    }
    piece->kind = PIECE_FREE;
    piece->request->pieces--;
}

static void finish_piece(struct iscsi_disk *d, struct disk_piece *piece,
                         enum iscsi_error error)
{
    struct iscsi_disk_request *request = piece->request;

    if (error != ISCSI_OK) {
        fail_request(request, error, piece->first);
    }
    free_piece(d, piece);
    finish_request(d, request);
}

static void fail_piece(struct iscsi_disk *d, struct disk_piece *piece,
                       const struct scsi_verdict *verdict)
{
    struct iscsi_disk_request *request = piece->request;

    if (request->error == ISCSI_OK || piece->first < request->failed) {
        request->status = piece->command.status;
        request->sense_key = verdict->sense.key;
        request->asc = verdict->sense.asc;
        request->ascq = verdict->sense.ascq;
    }
    finish_piece(d, piece, verdict->error);
}

/* The command for what @piece does now. */
static void build_command(struct iscsi_disk *d, struct disk_piece *piece)
{
    struct iscsi_disk_request *request = piece->request;
    uint64_t block = (request->sector + piece->first) >> d->shift;
    struct iscsi_command *command = &piece->command;
    bool write = request->operation == ISCSI_DISK_WRITE;

    *command = (struct iscsi_command) { .user = piece };
    memcpy(command->lun, d->lun, sizeof(d->lun));
    memset(&piece->attempts, 0, sizeof(piece->attempts));
    piece->submitted = false;
    if (request->operation == ISCSI_DISK_FLUSH) {
        scsi_synchronize_cache(command->cdb);
        return;
    }
    if (piece->kind == PIECE_DIRECT) {
        command->buffer = request->buffer +
                          ((size_t)piece->first << SECTOR_SHIFT);
        command->length = piece->count << SECTOR_SHIFT;
    } else {
        write = piece->kind == PIECE_STORE;
        command->buffer = d->bounce;
        command->length = d->identity.block_size;
    }
    command->direction = write ? ISCSI_WRITE : ISCSI_READ;
    scsi_transfer(command->cdb, write, block,
                  command->length >> (SECTOR_SHIFT + d->shift));
}

/* Sectors that one command moves at most. */
static uint32_t piece_sectors(const struct iscsi_disk *d)
{
    uint32_t burst = d->session->keys.value[KEY_MAX_BURST];
    uint32_t whole = burst >> (SECTOR_SHIFT + d->shift) << d->shift;

    return whole ? whole : 1u << d->shift;
}

/* Cuts the next piece off @request; false: it has to wait for another. */
static bool cut_piece(struct iscsi_disk *d, struct disk_piece *piece,
                      struct iscsi_disk_request *request)
{
    uint32_t per_block = 1u << d->shift;
    uint32_t skipped = (request->sector + request->started) & (per_block - 1);
    uint32_t left = request->count - request->started;
    uint32_t count = left;

    piece->kind = PIECE_DIRECT;
    if (request->operation != ISCSI_DISK_FLUSH &&
        (skipped || left < per_block)) {
        if (d->bounce_used) {
            piece->kind = PIECE_FREE;
            return false;
        }
        d->bounce_used = true;
        piece->kind = PIECE_FETCH;
        count = left < per_block - skipped ? left : per_block - skipped;
    } else if (count > piece_sectors(d)) {
        count = piece_sectors(d);
    } else {
        count = count >> d->shift << d->shift;
    }
    piece->request = request;
    piece->first = request->started;
    piece->count = count;
    request->started += count;
    request->pieces++;
    build_command(d, piece);
    return true;
}

/* The first free slot, so that pieces are submitted in the order of cutting. */
static struct disk_piece *free_slot(struct iscsi_disk *d, unsigned *busy)
{
    struct disk_piece *slot = NULL;
    unsigned i;

    *busy = 0;
    for (i = 0; i < DISK_PIECES; i++) {
        if (d->pieces[i].kind != PIECE_FREE) {
            (*busy)++;
        } else if (!slot) {
            slot = &d->pieces[i];
        }
    }
    return *busy < d->depth ? slot : NULL;
}

/* Cuts as many pieces as may be under way. */
static void cut_pieces(struct iscsi_disk *d)
{
    struct iscsi_disk_request *request;
    struct disk_piece *piece;
    unsigned busy;

    while ((request = d->waiting) && (piece = free_slot(d, &busy))) {
        /* What was written before is to be on the disk. */
        if (request->operation == ISCSI_DISK_FLUSH && busy) {
            return;
        }
        if (!cut_piece(d, piece, request)) {
            return;
        }
        if (request->started == request->count) {
            take_out(&d->waiting, request);
        }
    }
}

static void submit_pieces(struct iscsi_disk *d, uint64_t now)
{
    enum iscsi_error error;
    unsigned i;

    for (i = 0; i < DISK_PIECES; i++) {
        struct disk_piece *piece = &d->pieces[i];

        if (piece->kind == PIECE_FREE || piece->submitted ||
            (piece->attempts.waiting && now < piece->attempts.not_before)) {
            continue;
        }
        error = iscsi_submit(d->session, &piece->command, now);
        piece->submitted = error == ISCSI_OK;
        if (error != ISCSI_OK && error != ISCSI_E_BUSY) {
            finish_piece(d, piece, error);
        }
    }
}

/* The block is in the bounce buffer: gives its part out, or takes it in. */
static void bounced(struct iscsi_disk *d, struct disk_piece *piece)
{
    struct iscsi_disk_request *request = piece->request;
    uint64_t sector = request->sector + piece->first;
    uint8_t *part = d->bounce +
        ((sector & ((1u << d->shift) - 1)) << SECTOR_SHIFT);
    uint8_t *own = request->buffer + ((size_t)piece->first << SECTOR_SHIFT);
    size_t length = (size_t)piece->count << SECTOR_SHIFT;

    if (request->operation == ISCSI_DISK_READ) {
        memcpy(own, part, length);
        finish_piece(d, piece, ISCSI_OK);
        return;
    }
    memcpy(part, own, length);
    piece->kind = PIECE_STORE;
    build_command(d, piece);
}

/* A target without a cache has nothing to flush. */
static bool flush_is_needless(const struct disk_piece *piece,
                              const struct scsi_verdict *verdict)
{
    return piece->request->operation == ISCSI_DISK_FLUSH &&
           verdict->sense.key == 0x5 && verdict->sense.asc == 0x20;
}

static void piece_received(struct iscsi_disk *d, struct disk_piece *piece,
                           uint64_t now)
{
    struct scsi_verdict verdict = scsi_judge(&piece->command);
    bool full = piece->command.status == 0x28;

    if (verdict.error == ISCSI_OK &&
        piece->command.transferred != piece->command.length) {
        verdict.error = ISCSI_E_SCSI;
    }
    if (verdict.error != ISCSI_OK) {
        session_event(d->session, ISCSI_EVENT_COMMAND_RETRY,
                      piece->command.status, verdict.sense.key << 16 |
                      verdict.sense.asc << 8 | verdict.sense.ascq);
    }
    if (full && d->depth > 1) {
        d->depth--;
    }
    if (disk_try_again(d, &piece->attempts, &verdict, now)) {
        piece->submitted = false;
        if (verdict.action == SCSI_CHECK) {
            iscsi_session_hold(d->session);
        }
    } else if (flush_is_needless(piece, &verdict)) {
        finish_piece(d, piece, ISCSI_OK);
    } else if (verdict.error != ISCSI_OK) {
        fail_piece(d, piece, &verdict);
    } else if (piece->kind == PIECE_FETCH) {
        bounced(d, piece);
    } else {
        finish_piece(d, piece, ISCSI_OK);
    }
}

/* ---- the whole -------------------------------------------------------- */

/* Takes back every command, and fails every request. */
static void fail_all(struct iscsi_disk *d, enum iscsi_error error,
                     uint64_t now)
{
    struct iscsi_disk_request *request;
    unsigned i;

    for (i = 0; i < DISK_PIECES; i++) {
        if (d->pieces[i].kind != PIECE_FREE) {
            if (d->pieces[i].submitted) {
                iscsi_abort(d->session, &d->pieces[i].command, now);
            }
            finish_piece(d, &d->pieces[i], error);
        }
    }
    while ((request = d->waiting) != NULL) {
        fail_request(request, error, request->started);
        finish_request(d, request);
    }
}

static unsigned shift_of(uint32_t block_size)
{
    unsigned shift = 0;

    while ((uint32_t)ISCSI_SECTOR_SIZE << shift < block_size) {
        shift++;
    }
    return shift;
}

void disk_identified(struct iscsi_disk *d, enum iscsi_error error,
                     uint64_t now)
{
    bool checking = d->state == ISCSI_DISK_CHECKING;
    bool session_failed = d->session->state == ISCSI_FAILED;

    if (error != ISCSI_OK && session_failed) {
        error = d->session->last_error;
    }
    session_event(d->session, ISCSI_EVENT_DISK_CHECKED, error, d->relogins);
    if (error == ISCSI_OK) {
        d->state = ISCSI_DISK_READY;
        d->shift = shift_of(d->identity.block_size);
        iscsi_session_guard(d->session);
        iscsi_session_release(d->session, now);
        session_event(d->session, ISCSI_EVENT_DISK_READY,
                      SECTOR_SHIFT + d->shift, d->identity.blocks);
        return;
    }
    /* The session failed, not the disk: it is checked when that is back. */
    if (checking && session_failed) {
        d->state = ISCSI_DISK_READY;
    } else {
        d->state = ISCSI_DISK_FAILED;
        d->error = error;
    }
    fail_all(d, error, now);
}

static void identify(struct iscsi_disk *d, enum iscsi_disk_state state,
                     uint64_t now)
{
    d->state = state;
    d->relogins = d->session->relogins;
    disk_identify_start(d, now);
}

static bool is_identifying(const struct iscsi_disk *d)
{
    return d->state == ISCSI_DISK_OPENING || d->state == ISCSI_DISK_CHECKING;
}

/* A new session: what was found out about the unit is in doubt. */
static void watch_session(struct iscsi_disk *d, uint64_t now)
{
    if (d->state == ISCSI_DISK_READY && d->session->hold) {
        identify(d, ISCSI_DISK_CHECKING, now);
    } else if (is_identifying(d) && !d->probing &&
               d->relogins != d->session->relogins) {
        identify(d, d->state, now);
    }
}

static void run(struct iscsi_disk *d, uint64_t now)
{
    struct iscsi_command *command;

    iscsi_tick(d->session, now);
    while ((command = iscsi_reap(d->session)) != NULL) {
        if (command == &d->probe) {
            disk_identify_received(d, now);
        } else {
            piece_received(d, command->user, now);
        }
    }
    watch_session(d, now);
    if (is_identifying(d)) {
        disk_identify_run(d, now);
    }
    if (d->state == ISCSI_DISK_READY) {
        cut_pieces(d);
        submit_pieces(d, now);
    }
}

enum iscsi_error iscsi_disk_init(void *memory, size_t size,
                                 struct iscsi_session *session,
                                 const uint8_t lun[8],
                                 struct iscsi_disk **disk)
{
    struct iscsi_disk *d = memory;

    if (size < sizeof(*d)) {
        return ISCSI_E_CONFIG;
    }
    memset(d, 0, sizeof(*d));
    d->session = session;
    d->depth = session->config.max_commands < DISK_PIECES
        ? session->config.max_commands : DISK_PIECES;
    memcpy(d->lun, lun, sizeof(d->lun));
    *disk = d;
    return ISCSI_OK;
}

enum iscsi_error iscsi_disk_open(struct iscsi_disk *d, uint64_t now)
{
    if (d->state != ISCSI_DISK_CLOSED && d->state != ISCSI_DISK_FAILED) {
        return ISCSI_E_STATE;
    }
    if (d->probing) {
        iscsi_abort(d->session, &d->probe, now);
        d->probing = false;
    }
    d->error = ISCSI_OK;
    memset(&d->sense, 0, sizeof(d->sense));
    identify(d, ISCSI_DISK_OPENING, now);
    return ISCSI_OK;
}

enum iscsi_error iscsi_disk_submit(struct iscsi_disk *d,
                                   struct iscsi_disk_request *request,
                                   uint64_t now)
{
    if (d->state == ISCSI_DISK_FAILED) {
        return d->error;
    }
    if (d->state != ISCSI_DISK_READY && d->state != ISCSI_DISK_CHECKING) {
        return ISCSI_E_STATE;
    }
    if (request->operation == ISCSI_DISK_FLUSH) {
        request->count = 0;
    } else if (request->operation > ISCSI_DISK_FLUSH ||
               (request->count && !request->buffer)) {
        return ISCSI_E_CONFIG;
    } else if (request->count > REQUEST_MAX ||
               request->count > disk_sectors(d) ||
               request->sector > disk_sectors(d) - request->count) {
        return ISCSI_E_RANGE;
    }
    request->error = ISCSI_OK;
    request->done = 0;
    request->status = 0;
    request->sense_key = 0;
    request->asc = 0;
    request->ascq = 0;
    request->started = 0;
    request->failed = 0;
    request->pieces = 0;
    append(request->count || request->operation == ISCSI_DISK_FLUSH
           ? &d->waiting : &d->done, request);
    return ISCSI_OK;
}

void iscsi_disk_cancel(struct iscsi_disk *d,
                       struct iscsi_disk_request *request, uint64_t now)
{
    unsigned i;

    for (i = 0; i < DISK_PIECES; i++) {
        if (d->pieces[i].kind != PIECE_FREE &&
            d->pieces[i].request == request) {
            if (d->pieces[i].submitted) {
                iscsi_abort(d->session, &d->pieces[i].command, now);
            }
            free_piece(d, &d->pieces[i]);
        }
    }
    take_out(&d->waiting, request);
    take_out(&d->done, request);
    request->error = ISCSI_E_CANCELLED;
}

struct iscsi_disk_request *iscsi_disk_reap(struct iscsi_disk *d, uint64_t now)
{
    struct iscsi_disk_request *request;

    run(d, now);
    request = d->done;
    if (request) {
        d->done = request->next;
        request->next = NULL;
    }
    return request;
}

static void sooner(uint64_t *deadline, const struct disk_attempts *attempts)
{
    if (attempts->waiting && attempts->not_before < *deadline) {
        *deadline = attempts->not_before;
    }
}

uint64_t iscsi_disk_deadline(const struct iscsi_disk *d)
{
    uint64_t deadline = iscsi_deadline(d->session);
    unsigned i;

    for (i = 0; i < DISK_PIECES; i++) {
        if (d->pieces[i].kind != PIECE_FREE && !d->pieces[i].submitted) {
            sooner(&deadline, &d->pieces[i].attempts);
        }
    }
    if (is_identifying(d) && !d->probing) {
        sooner(&deadline, &d->attempts);
    }
    return deadline;
}

void iscsi_disk_get_info(const struct iscsi_disk *d,
                         struct iscsi_disk_info *info)
{
    *info = (struct iscsi_disk_info) {
        .state = d->state,
        .error = d->error,
        .block_size = d->identity.block_size,
        .blocks = d->identity.blocks,
        .sectors = disk_sectors(d),
        .sense_key = d->sense.key,
        .asc = d->sense.asc,
        .ascq = d->sense.ascq,
    };
    memcpy(info->vendor, d->vendor, sizeof(info->vendor));
    memcpy(info->product, d->product, sizeof(info->product));
}
