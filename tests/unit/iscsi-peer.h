/*
 * A target that follows a script, on a clock that the test turns.
 *
 * Each case runs in three chunkings: whole PDUs, one byte at a time, and
 * random splits; all of them have to come to the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_ISCSI_PEER_H
#define TESTS_UNIT_ISCSI_PEER_H

#include "disk.h"
#include "session.h"
#include "wire.h"
#include "unit.h"

#define PEER_BUFFERS    32
#define PEER_DATA_MAX   300000

#define PEER_INITIATOR  "iqn.2024-01.test.local:initiator"
#define PEER_TARGET     "iqn.2024-01.test.local:disk"

enum peer_chunking {
    PEER_NOT_BEGUN, PEER_WHOLE, PEER_BYTES, PEER_RANDOM, PEER_CHUNKINGS,
};

struct peer_pdu {
    uint8_t header[BHS_SIZE];
    uint8_t *data;
    uint32_t length;
};

struct peer {
    enum peer_chunking chunking;
    uint32_t random;
    uint64_t now;
    struct iscsi_config config;
    struct iscsi_env env;
    void *session_memory;
    void *disk_memory;
    struct iscsi_session *session;
    struct iscsi_disk *disk;
    void *buffers[PEER_BUFFERS];
    unsigned buffer_count;

    /* What the target says in the next PDUs; StatSN counts by itself. */
    uint32_t stat_sn;
    uint32_t exp_cmd_sn;
    uint32_t max_cmd_sn;
    bool digests;
    const char *login_text;     /* of the operational answer; NULL: none */

    struct peer_pdu last;       /* the PDU expected last */
    uint8_t *last_data;
    unsigned events[ISCSI_EVENT_COUNT];
};

/*
 * while (peer_next(&p)) { the body of a case } runs it in each chunking, from
 * a zeroed @p.
 */
bool peer_next(struct peer *p);
/* Frees what belongs to @p. */
void peer_end(struct peer *p);

/* Makes the session from p->config; twice is a fresh one. */
void peer_open(struct peer *p);
/* Makes the disk, too. */
void peer_open_disk(struct peer *p);

/* A buffer of @size bytes of 0xa5 with nothing mapped on to it around. */
uint8_t *peer_buffer(struct peer *p, size_t size);
/* Frees the last one: cases of many rows would run out. */
void peer_free_buffer(struct peer *p);

/* Starts the session and brings the connection up. */
void peer_connect(struct peer *p);
/* Follows WANT_CONNECT. */
void peer_accept(struct peer *p);
/* All of it: full feature phase. */
void peer_log_in(struct peer *p);
/* Answers the login request that comes now, into full feature phase. */
void peer_answer_login(struct peer *p);

/* The next PDU the initiator sends, which must be of @opcode. */
struct peer_pdu *peer_expect(struct peer *p, uint8_t opcode);
/* Nothing is sent. */
void peer_expect_silence(struct peer *p);
/* The value of @key in the text of the last PDU, or NULL. */
const char *peer_text_value(const struct peer *p, const char *key);

/* A header from the target, with its numbers filled in. */
uint8_t *peer_header(struct peer *p, uint8_t header[BHS_SIZE],
                     uint8_t opcode, uint8_t flags, uint32_t itt);
/* Sends raw bytes, in chunks. */
void peer_send_bytes(struct peer *p, const void *bytes, size_t length);
/* Sends a PDU; the data length goes into the header. */
void peer_send(struct peer *p, uint8_t header[BHS_SIZE], const void *data,
               uint32_t length);

/*
 * Login response: @flags, status @class and @detail; @text has its pairs
 * separated by newlines.
 */
void peer_login(struct peer *p, uint8_t flags, uint8_t class, uint8_t detail,
                const char *text);
/* As peer_login(), with the bytes as they are. */
void peer_login_bytes(struct peer *p, uint8_t flags, const void *text,
                      uint32_t length);

/* SCSI Response; @sense of @sense_length bytes goes with it. */
void peer_response(struct peer *p, uint32_t itt, uint8_t status,
                   uint8_t flags, uint32_t residual, const uint8_t *sense,
                   uint16_t sense_length);
void peer_good(struct peer *p, uint32_t itt);
/* CHECK CONDITION with fixed sense. */
void peer_check(struct peer *p, uint32_t itt, uint8_t key, uint8_t asc,
                uint8_t ascq);
/* Data-In; with DATA_IN_STATUS in @flags it carries GOOD. */
void peer_data_in(struct peer *p, uint32_t itt, uint8_t flags,
                  uint32_t data_sn, uint32_t offset, const void *data,
                  uint32_t length);
void peer_r2t(struct peer *p, uint32_t itt, uint32_t ttt, uint32_t sn,
              uint32_t offset, uint32_t length);
void peer_nop_in(struct peer *p, uint32_t itt, uint32_t ttt);
void peer_async(struct peer *p, uint8_t event, uint16_t parameter2,
                uint16_t parameter3);

/* Commands for the session. */
void peer_read(struct peer *p, struct iscsi_command *command,
               uint32_t length);
void peer_write(struct peer *p, struct iscsi_command *command,
                uint32_t length);

/* Logs in, and such a command is on its way; returns its ITT. */
uint32_t peer_begin_read(struct peer *p, struct iscsi_command *command,
                         uint32_t length);
uint32_t peer_begin_write(struct peer *p, struct iscsi_command *command,
                          uint32_t length);
/* The next PDU is a Data-Out of exactly this. */
void peer_expect_data_out(struct peer *p, const struct iscsi_command *command,
                          uint32_t ttt, uint32_t sn, uint32_t offset,
                          uint32_t length, bool final);
/* This command, and no other, has come to this end. */
void peer_expect_done(struct peer *p, struct iscsi_command *command,
                      uint8_t status, uint32_t transferred);

/* The initiator gave the connection up because of @error. */
void peer_expect_drop(struct peer *p, enum iscsi_error error);
/* Closes it from the target's side, or follows WANT_CLOSE. */
void peer_close(struct peer *p);
/* After a loss: waits, and follows the new attempt into a session. */
void peer_come_back(struct peer *p);
/* Turns the clock and ticks, deadline by deadline. */
void peer_wait(struct peer *p, uint64_t ms);

uint32_t peer_itt(const struct peer *p);

/* @length bytes that differ with @seed. */
void peer_pattern(uint8_t *bytes, size_t length, uint32_t seed);

#endif
