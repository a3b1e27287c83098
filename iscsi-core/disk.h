/*
 * The disk, as its two files see it.
 *
 * identify.c  what the LUN is, and whether it is still the same
 * disk.c      requests, pieces, retries; the public interface
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_DISK_H
#define ISCSI_CORE_DISK_H

#include "iscsi.h"
#include "scsi.h"

#define DISK_PIECES         8
#define DISK_BLOCK_MAX      4096
#define DISK_PROBE_SIZE     252     /* of INQUIRY and VPD data */
#define DISK_ATTEMPTS_MAX   10
#define DISK_WAIT_MS        100     /* doubles */
#define DISK_WAIT_MAX_MS    2000

/* Attempts at one command, as far as its status asks for them. */
struct disk_attempts {
    uint8_t count;
    bool waiting;               /* until @not_before */
    uint32_t wait_ms;
    uint64_t not_before;
    uint64_t end;               /* of waiting; 0: has not begun */
};

enum piece_kind {
    PIECE_FREE,
    PIECE_DIRECT,       /* whole blocks, or no data */
    PIECE_FETCH,        /* part of a block: its block is read */
    PIECE_STORE,        /* and, for a write, written back */
};

/* A part of a request that is one SCSI command at a time. */
struct disk_piece {
    struct iscsi_command command;
    struct iscsi_disk_request *request;
    struct disk_attempts attempts;
    uint32_t first;             /* sector in the request */
    uint32_t count;
    uint8_t kind;
    bool submitted;
};

/* What must not change under a running system. */
struct disk_identity {
    uint32_t designators;       /* CRC32C of those of the unit, VPD 83h */
    uint32_t block_size;
    uint64_t blocks;
};

struct iscsi_disk {
    struct iscsi_session *session;
    uint8_t lun[8];
    enum iscsi_disk_state state;
    enum iscsi_error error;
    struct scsi_sense sense;
    uint32_t relogins;          /* of the session when last checked */
    bool known;                 /* @identity is what the disk must be */
    struct disk_identity identity;
    char vendor[9];
    char product[17];

    /* identify.c */
    uint8_t step;
    bool probing;               /* @probe is the session's */
    struct disk_identity found;
    struct disk_attempts attempts;
    uint64_t identify_end;
    struct iscsi_command probe;
    uint8_t data[DISK_PROBE_SIZE];

    /* disk.c */
    uint8_t shift;              /* log2 of sectors a block */
    uint8_t depth;              /* pieces under way at most */
    bool bounce_used;
    struct iscsi_disk_request *waiting;     /* not all put into pieces yet */
    struct iscsi_disk_request *done;
    struct disk_piece pieces[DISK_PIECES];
    uint8_t bounce[DISK_BLOCK_MAX];
};

/* Begins to identify the unit, or to check it. */
void disk_identify_start(struct iscsi_disk *disk, uint64_t now);
/* Sends the next probe when it is due. */
void disk_identify_run(struct iscsi_disk *disk, uint64_t now);
/* The probe came back. */
void disk_identify_received(struct iscsi_disk *disk, uint64_t now);
/* How it ended; disk.c goes on from there. */
void disk_identified(struct iscsi_disk *disk, enum iscsi_error error,
                     uint64_t now);

/*
 * Follows @verdict: true when the command is to be sent again, at
 * attempts->not_before if it is waiting.
 */
bool disk_try_again(const struct iscsi_disk *disk,
                    struct disk_attempts *attempts,
                    const struct scsi_verdict *verdict, uint64_t now);

#endif
