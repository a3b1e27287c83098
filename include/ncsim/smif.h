/*
 * SMIF: the packets in which the host asks iLO for something, the same over
 * every transport.  All integers are little endian.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef NCSIM_SMIF_H
#define NCSIM_SMIF_H

/* Packet header. */
enum {
    SMIF_SIZE = 0,                  /* u16, bytes, this header included */
    SMIF_SEQUENCE = 2,              /* u16, echoed by the reply */
    SMIF_COMMAND = 4,               /* u16, the reply adds SMIF_REPLY */
    SMIF_SERVICE = 6,               /* u8 */
    SMIF_VERSION = 7,               /* u8 */
    SMIF_HEADER_SIZE = 8,
    SMIF_REPLY_ERROR = 8,           /* u32, first word of every reply */
};

#define SMIF_REPLY 0x8000
#define SMIF_SERVICE_SMIF 0

/* A command that nobody knows is answered by these two. */
#define SMIF_COMMAND_UNKNOWN 0xffff
#define SMIF_ERROR_UNKNOWN 0xffff0000u

/* EV commands and the offsets of their fields. */
enum {
    SMIF_EV_BY_INDEX = 0x012b,
    SMIF_EV_SET = 0x012c,
    SMIF_EV_BY_NAME = 0x0130,
    SMIF_EV_STATUS = 0x0132,
    SMIF_POST_STATE = 0x0143,
};

enum {
    /* SMIF_EV_BY_INDEX */
    SMIF_EV_INDEX = 8,              /* u16 */
    SMIF_EV_INDEX_SIZE = 12,
    /* SMIF_EV_SET */
    SMIF_EV_SET_FLAGS = 8,          /* u8, SMIF_EV_FLAG_* */
    SMIF_EV_SET_NAME = 12,
    SMIF_EV_SET_LENGTH = 44,        /* u16, bytes of data */
    SMIF_EV_SET_DATA = 46,
    /* SMIF_EV_BY_NAME */
    SMIF_EV_GET_NAME = 8,
    SMIF_EV_GET_SIZE = 40,
    /* reply to both reads */
    SMIF_EV_REPLY_NAME = 12,
    SMIF_EV_REPLY_LENGTH = 44,      /* u16, bytes of data */
    SMIF_EV_REPLY_DATA = 46,
    /* reply to SMIF_EV_STATUS */
    SMIF_EV_STATUS_LEFT = 12,       /* u32, bytes */
    SMIF_EV_STATUS_COUNT = 16,      /* u32 */
    SMIF_EV_STATUS_KIB = 20,        /* u32, size of the store */
    SMIF_EV_STATUS_SIZE = 24,
    /* reply to SMIF_POST_STATE */
    SMIF_POST_STATE_CODE = 12,      /* u32, last stage, 0 before the first */
    SMIF_POST_STATE_SIZE = 16,
};

#define SMIF_EV_FLAG_SET 0x01
#define SMIF_EV_FLAG_DELETE 0x02
#define SMIF_EV_FLAG_DELETE_ALL 0x04

/* An EV's name: a C string in a field of this size, its end included. */
#define EV_NAME_SIZE 32
#define EV_DATA_MAX 3966

enum {
    SMIF_OK = 0,
    SMIF_ERROR = 1,
    SMIF_EV_NO_SUCH = 2,
    SMIF_EV_NAME_TOO_LONG = 3,
    SMIF_EV_TOO_LARGE = 4,
    SMIF_EV_BAD_FLAG = 5,
};

#endif
