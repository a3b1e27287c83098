/*
 * A logical unit behind the scripted target, and the disk that uses it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ISCSI_LUN_H
#define TESTS_UNIT_ISCSI_LUN_H

#include "iscsi-peer.h"

#define STORE_SIZE  (1024 * 1024)
#define FAULTS      4

enum {
    TEST_UNIT_READY = 0x00, INQUIRY = 0x12, READ_CAPACITY10 = 0x25,
    READ10 = 0x28, WRITE10 = 0x2a, SYNCHRONIZE_CACHE = 0x35, READ16 = 0x88,
    WRITE16 = 0x8a, READ_CAPACITY16 = 0x9e,
};

/* Answers to come instead of the good one. */
struct lun_fault {
    uint8_t opcode;
    unsigned count;
    uint8_t status;
    uint8_t key, asc, ascq;
};

/* A logical unit behind the peer. */
struct lun {
    uint32_t block_size;
    uint64_t blocks;
    uint8_t inquiry0;
    uint8_t id;             /* in its VPD 83h designator */
    bool only16;            /* READ CAPACITY(10) tells nothing */
    uint8_t cut_opcode;     /* this command gets fewer bytes: */
    uint32_t cut_length;
    struct lun_fault faults[FAULTS];
    unsigned counts[256];   /* commands seen, by operation code */
    uint8_t last[16];       /* CDB */
    uint8_t store[STORE_SIZE + 4096];   /* a transfer may end behind it */
};

extern struct lun lun;

/* A unit of 512-byte blocks, and a session that stays quiet when idle. */
void lun_begin(struct peer *p);

/* The next @count commands of @opcode end so; the sense is of status 2. */
void lun_fault(uint8_t opcode, unsigned count, uint8_t status, uint8_t key,
               uint8_t asc, uint8_t ascq);

/* The store repeats when the disk is larger. */
uint8_t *lun_place(uint64_t offset);

/* Answers one command, if there is one. */
bool lun_serve_one(struct peer *p);

/*
 * Serves, connects and turns the clock until a request is done, which is
 * returned, or @ms are over.
 */
struct iscsi_disk_request *lun_run(struct peer *p, uint64_t ms);

/* Logs in if need be, opens the disk, and says how that ended. */
enum iscsi_error lun_open_disk(struct peer *p);

/* A request with a buffer of its own. */
struct iscsi_disk_request *lun_submit(struct peer *p,
                                      struct iscsi_disk_request *request,
                                      uint8_t operation, uint64_t sector,
                                      uint32_t count);

/* The same, served to its end. */
enum iscsi_error lun_transfer(struct peer *p, uint8_t operation,
                              uint64_t sector, uint32_t count);

#endif
