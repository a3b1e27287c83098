/*
 * The management link: what iLO and its management daemon say to each other.
 * Every message is a u32 with the bytes of the packet that follows, and one
 * SMIF packet (smif.h); a length that is no packet's ends the connection.
 * The daemon asks and iLO answers, in the order of the questions; iLO's own
 * messages are events and are not answered.  All integers are little endian.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef NCSIM_ILO_LINK_H
#define NCSIM_ILO_LINK_H

#include "ncsim/smif.h"

#define ILO_LINK_VERSION 1
#define ILO_LINK_LENGTH_SIZE 4
#define ILO_LINK_PACKET_MAX 4096

/*
 * The service that only the link has; the host's planes know nothing of it.
 * EV reads by the link never have secrets: their values are "********", and
 * a boot configuration that is damaged is asterisks altogether.  Reads tell
 * what is committed, also while a change is open.
 */
#define SMIF_SERVICE_MANAGEMENT 0x80

enum {
    ILO_LINK_HELLO = 0x01,          /* first request of a connection */
    ILO_LINK_POWER = 0x02,
    ILO_LINK_BOOT_ONCE = 0x03,
    ILO_LINK_BOOT_ORDER = 0x04,
    ILO_LINK_EV_BEGIN = 0x05,       /* EV changes wait for commit or abort */
    ILO_LINK_EV_COMMIT = 0x06,      /* all of them in one write, or none */
    ILO_LINK_EV_ABORT = 0x07,       /* so does the end of the connection */
    ILO_LINK_RESET = 0x08,          /* iLO, not the server: hpilo's channels */
                                    /* are closed; EVs and the link stay */
};

/* Fields of requests and replies, counted from the start of the packet. */
enum {
    /* ILO_LINK_HELLO */
    ILO_LINK_HELLO_VERSION = 8,     /* u32, ILO_LINK_VERSION */
    ILO_LINK_HELLO_SIZE = 12,
    /* its reply */
    ILO_LINK_HELLO_REPLY_VERSION = 12,      /* u32 */
    ILO_LINK_HELLO_REPLY_POWER = 16,        /* u32, ILO_POWER_IS_* */
    ILO_LINK_HELLO_REPLY_STAGE = 20,        /* u32, last POST stage or 0 */
    ILO_LINK_HELLO_REPLY_SIZE = 24,
    /* ILO_LINK_POWER */
    ILO_LINK_POWER_ACT = 8,         /* u32, ILO_POWER_* */
    ILO_LINK_POWER_SIZE = 12,
    /* ILO_LINK_BOOT_ONCE: _NONE takes an earlier one back, _ASK asks only */
    ILO_LINK_BOOT_ONCE_CLASS = 8,   /* u32, ILO_BOOT_* */
    ILO_LINK_BOOT_ONCE_SIZE = 12,
    /* its reply has the class that holds now */
    ILO_LINK_BOOT_ONCE_REPLY_CLASS = 12,    /* u32 */
    ILO_LINK_BOOT_ONCE_REPLY_SIZE = 16,
    /* ILO_LINK_BOOT_ORDER: no class, _NONE in front, asks without change */
    ILO_LINK_BOOT_ORDER_CLASSES = 8,        /* u8[4], ILO_BOOT_* */
    ILO_LINK_BOOT_ORDER_COUNT = 4,
    ILO_LINK_BOOT_ORDER_SIZE = 12,
    /* its reply has the order that holds now, padded with _NONE */
    ILO_LINK_BOOT_ORDER_REPLY_CLASSES = 12,
    ILO_LINK_BOOT_ORDER_REPLY_SIZE = 16,
};

enum {
    ILO_POWER_IS_OFF = 0,
    ILO_POWER_IS_ON = 1,
};

/* What ILO_LINK_POWER does. */
enum {
    ILO_POWER_ON = 1,               /* nothing when it is on */
    ILO_POWER_OFF = 2,              /* at once; nothing when it is off */
    ILO_POWER_PRESS = 3,            /* the button: on, or an ACPI request */
    ILO_POWER_HOLD = 4,             /* the button held: off at once */
    ILO_POWER_RESET = 5,            /* warm; an error when it is off */
    ILO_POWER_COLD = 6,             /* off and on; an error when it is off */
};

enum {
    ILO_BOOT_NONE = 0,
    ILO_BOOT_FLOPPY = 1,
    ILO_BOOT_CDROM = 2,
    ILO_BOOT_DISK = 3,
    ILO_BOOT_NETWORK = 4,
    ILO_BOOT_ASK = 0xff,
};

/* Errors of the service beside those of smif.h. */
enum {
    ILO_LINK_WRONG_VERSION = 0x10,
    ILO_LINK_NO_HELLO = 0x11,       /* a request before hello */
    ILO_LINK_POWER_IS_OFF = 0x12,
    ILO_LINK_IN_PROGRESS = 0x13,    /* begin inside begin */
    ILO_LINK_NO_CHANGE_OPEN = 0x14, /* commit or abort without begin */
};

/*
 * Events: packets of this sequence number and service 0, from hello on.  A
 * daemon that does not read loses none for good: of those that found no room
 * the newest power state and stage follow later, one reset for all, and
 * EV_CHANGED without a name; only LOG may be lost.
 */
#define ILO_LINK_EVENT_SEQUENCE 0xffff

enum {
    ILO_EVENT_POWER = 0x8001,       /* u32, ILO_POWER_IS_* */
    ILO_EVENT_STAGE = 0x8002,       /* u32, code of the POST stage */
    ILO_EVENT_EV_CHANGED = 0x8003,  /* char[EV_NAME_SIZE], empty: many */
    ILO_EVENT_RESET = 0x8004,       /* no field */
    ILO_EVENT_LOG = 0x8005,         /* the request SMIF_LOG_EVENT, from its */
                                    /* type on: same offsets */
};

enum {
    ILO_EVENT_FIELD = 8,
};

#endif
