/*
 * PDUs: the offsets of RFC 7143 section 11, and the framing of both
 * directions with header and data digests.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_PDU_H
#define ISCSI_CORE_PDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BHS_SIZE        48
#define DIGEST_SIZE     4
#define RESERVED_TAG    0xffffffffu

/* Byte offsets in the basic header segment, RFC 7143 11.2.1 and following. */
enum {
    BHS_OPCODE = 0, BHS_FLAGS = 1, BHS_AHS_LENGTH = 4, BHS_DATA_LENGTH = 5,
    BHS_LUN = 8, BHS_ITT = 16,
    /* Most requests. */
    BHS_TTT = 20, BHS_CMD_SN = 24, BHS_EXP_STAT_SN = 28,
    /* Most responses. */
    BHS_STAT_SN = 24, BHS_EXP_CMD_SN = 28, BHS_MAX_CMD_SN = 32,
    BHS_DATA_SN = 36, BHS_BUFFER_OFFSET = 40, BHS_RESIDUAL = 44,
    /* SCSI Command, 11.3. */
    COMMAND_LENGTH = 20, COMMAND_CDB = 32,
    /* SCSI Response, 11.4, and a Data-In that carries status, 11.7. */
    RESPONSE_RESPONSE = 2, RESPONSE_STATUS = 3,
    /* Task Management Function Request, 11.5. */
    TASK_REFERENCED_TAG = 20, TASK_REF_CMD_SN = 32,
    /* R2T, 11.8. */
    R2T_SN = 36, R2T_OFFSET = 40, R2T_LENGTH = 44,
    /* Login, 11.12 and 11.13. */
    LOGIN_VERSION_ACTIVE = 3, LOGIN_ISID = 8, LOGIN_TSIH = 14,
    LOGIN_STATUS_CLASS = 36, LOGIN_STATUS_DETAIL = 37,
    /* Reject, 11.17; Asynchronous Message, 11.9. */
    REJECT_REASON = 2, ASYNC_EVENT = 36, ASYNC_PARAMETER2 = 40,
    ASYNC_PARAMETER3 = 42,
};

enum {
    OP_NOP_OUT = 0x00, OP_SCSI_COMMAND = 0x01, OP_TASK_REQUEST = 0x02,
    OP_LOGIN_REQUEST = 0x03, OP_TEXT_REQUEST = 0x04, OP_DATA_OUT = 0x05,
    OP_LOGOUT_REQUEST = 0x06,
    OP_NOP_IN = 0x20, OP_SCSI_RESPONSE = 0x21, OP_TASK_RESPONSE = 0x22,
    OP_LOGIN_RESPONSE = 0x23, OP_TEXT_RESPONSE = 0x24,
    OP_DATA_IN = 0x25, OP_LOGOUT_RESPONSE = 0x26, OP_R2T = 0x31,
    OP_ASYNC = 0x32, OP_REJECT = 0x3f,
    OP_IMMEDIATE = 0x40,        /* the I bit */
};

enum {
    FLAG_FINAL = 0x80,
    /* SCSI Command. */
    COMMAND_READ = 0x40, COMMAND_WRITE = 0x20, COMMAND_SIMPLE = 0x01,
    /* SCSI Response and Data-In. */
    FLAG_OVERFLOW = 0x04, FLAG_UNDERFLOW = 0x02, DATA_IN_STATUS = 0x01,
    /* Text. */
    TEXT_CONTINUE = 0x40,
    /* Login. */
    LOGIN_TRANSIT = 0x80, LOGIN_CONTINUE = 0x40,
    LOGIN_CSG_SHIFT = 2, LOGIN_STAGE_MASK = 3,
};

enum receiver_stage {
    RECEIVE_HEADER, RECEIVE_AHS, RECEIVE_HEADER_DIGEST, RECEIVE_CHOICE,
    RECEIVE_DATA, RECEIVE_PADDING, RECEIVE_DATA_DIGEST,
};

typedef uint32_t iscsi_crc32c_function(uint32_t crc, const void *bytes,
                                       size_t length);

struct iscsi_receiver {
    iscsi_crc32c_function *crc32c;
    uint8_t header[BHS_SIZE];
    uint8_t scratch[64];        /* what is skipped, padding, digests */
    enum receiver_stage stage;
    uint32_t offset;            /* bytes of this stage received */
    uint32_t left;              /* and still to come */
    uint8_t *sink;              /* for the data segment */
    uint32_t sink_size;         /* what exceeds it is skipped */
    uint32_t crc;
    bool header_digest;
    bool data_digest;
};

enum receiver_event {
    RECEIVED_PART,      /* go on */
    RECEIVED_HEADER,    /* judge it and call iscsi_receiver_accept() */
    RECEIVED_PDU,       /* the data segment is in its place */
    RECEIVED_CORRUPT,   /* a digest does not match */
};

/* Expects a new header; digests off, and made by @crc32c later. */
void iscsi_receiver_init(struct iscsi_receiver *receiver,
                         iscsi_crc32c_function *crc32c);

/* Where the next bytes belong; NULL while a header waits to be accepted. */
uint8_t *iscsi_receiver_window(struct iscsi_receiver *receiver,
                               size_t *length);
enum receiver_event iscsi_receiver_commit(struct iscsi_receiver *receiver,
                                          size_t length);

/*
 * Accepts the header: its data segment goes to @sink as far as @size allows.
 * Returns RECEIVED_PDU when there is no data segment, else RECEIVED_PART.
 */
enum receiver_event iscsi_receiver_accept(struct iscsi_receiver *receiver,
                                          uint8_t *sink, uint32_t size);

static inline uint8_t pdu_opcode(const uint8_t *header)
{
    return header[BHS_OPCODE] & 0x7f;
}

struct iscsi_sender {
    iscsi_crc32c_function *crc32c;
    uint8_t header[BHS_SIZE + DIGEST_SIZE];
    uint8_t trailer[3 + DIGEST_SIZE];
    const uint8_t *data;
    uint32_t part_length[3];    /* header, data, trailer */
    uint32_t offset;            /* in this part */
    uint8_t part;               /* 3: nothing to send */
    bool header_digest;
    bool data_digest;
};

/* Nothing to send; digests off, and made by @crc32c later. */
void iscsi_sender_init(struct iscsi_sender *sender,
                       iscsi_crc32c_function *crc32c);

static inline bool iscsi_sender_idle(const struct iscsi_sender *sender)
{
    return sender->part == 3;
}

/* Clears the header and gives it @opcode and @flags.  The sender is idle. */
uint8_t *iscsi_sender_header(struct iscsi_sender *sender, uint8_t opcode,
                             uint8_t flags);

/* Starts sending the header with @length bytes of @data, which stay put. */
void iscsi_sender_start(struct iscsi_sender *sender, const uint8_t *data,
                        uint32_t length);

const uint8_t *iscsi_sender_window(struct iscsi_sender *sender,
                                   size_t *length);

/* Returns true when that was the end of the PDU. */
bool iscsi_sender_commit(struct iscsi_sender *sender, size_t length);

#endif
