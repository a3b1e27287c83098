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

/* Commands of service 0 and the offsets of their fields. */
enum {
    SMIF_STATUS = 0x0002,
    SMIF_FIRMWARE = 0x0050,
    SMIF_TIME = 0x0055,
    SMIF_EV_BY_INDEX = 0x012b,
    SMIF_EV_SET = 0x012c,
    SMIF_EV_BY_NAME = 0x0130,
    SMIF_EV_STATUS = 0x0132,
    SMIF_POST_STATE = 0x0143,
    SMIF_LOG_EVENT = 0x0146,
    /* Ours: the option ROM says that it needs the secrets no more. */
    SMIF_LOCK_SECRETS = 0x0f01,
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
    /* reply to SMIF_STATUS; the bytes not named are zero */
    SMIF_STATUS_FIRMWARE_VERSION = 16,      /* u16, major << 8 | minor */
    SMIF_STATUS_TIME = 26,                  /* u32, see SMIF_TIME_VALUE */
    SMIF_STATUS_HARDWARE_REVISION = 30,     /* u32 */
    SMIF_STATUS_LAST_EVENT = 56,            /* u32, number of SMIF_LOG_EVENT */
    SMIF_STATUS_SECURITY_STATE = 72,        /* u8, SMIF_SECURITY_PRODUCTION */
    SMIF_STATUS_SIZE = 100,
    /* SMIF_FIRMWARE */
    SMIF_FIRMWARE_OPERATION = 8,            /* u32, 0: tell */
    SMIF_FIRMWARE_REQUEST_SIZE = 12,
    /* its reply; the bytes not named are zero */
    SMIF_FIRMWARE_DATE = 16,                /* char[20] */
    SMIF_FIRMWARE_NUMBER = 56,              /* char[10] */
    SMIF_FIRMWARE_NAME = 76,                /* char[20] */
    SMIF_FIRMWARE_SIZE = 189,
    /* reply to SMIF_TIME */
    SMIF_TIME_VALUE = 12,           /* u32: years since 1990 31:26, month */
                                    /* 25:22, day 21:17, hour 16:12, minute */
                                    /* 11:6, second 5:0; UTC */
    SMIF_TIME_SIZE = 20,
    /* SMIF_LOG_EVENT */
    SMIF_LOG_TYPE = 8,              /* u8, SMIF_LOG_* */
    SMIF_LOG_CLASS = 11,            /* u16 */
    SMIF_LOG_CODE = 13,             /* u16 */
    SMIF_LOG_SEVERITY = 15,         /* u8 */
    SMIF_LOG_LENGTH = 16,           /* u16, bytes of text */
    SMIF_LOG_TEXT = 18,
    SMIF_LOG_TEXT_MAX = 255,
    /* its reply, whose error is a u8 */
    SMIF_LOG_REPLY_TYPE = 9,        /* u8 */
    SMIF_LOG_REPLY_NUMBER = 10,     /* u32, from 1 */
    SMIF_LOG_REPLY_SIZE = 14,
};

#define SMIF_SECURITY_PRODUCTION 3

/* Logs: of the server, of iLO, of security. */
#define SMIF_LOG_IML 0x01
#define SMIF_LOG_IEL 0x02
#define SMIF_LOG_SL 0x04

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
