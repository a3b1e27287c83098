/*
 * From errors of the core and SCSI sense to INT 13h status.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "disk-status.h"

/* Sense keys (SPC-4 table 48), where the core has no error of its own. */
static const uint8_t by_sense_key[16] = {
    [0x0] = DISK_UNKNOWN,
    [0x1] = DISK_OK,                    /* RECOVERED ERROR */
    [0x2] = DISK_NOT_READY,
    [0x3] = DISK_BAD_SECTOR,            /* MEDIUM ERROR */
    [0x4] = DISK_CONTROLLER,            /* HARDWARE ERROR */
    [0x5] = DISK_BAD_COMMAND,           /* ILLEGAL REQUEST */
    [0x6] = DISK_NOT_READY,             /* UNIT ATTENTION that does not end */
    [0x7] = DISK_WRITE_PROTECTED,       /* DATA PROTECT */
    [0x8] = DISK_BAD_SECTOR,            /* BLANK CHECK */
    [0x9] = DISK_UNKNOWN,
    [0xa] = DISK_CONTROLLER,            /* COPY ABORTED */
    [0xb] = DISK_CONTROLLER,            /* ABORTED COMMAND */
    [0xc] = DISK_UNKNOWN,
    [0xd] = DISK_CONTROLLER,            /* VOLUME OVERFLOW */
    [0xe] = DISK_BAD_SECTOR,            /* MISCOMPARE */
    [0xf] = DISK_UNKNOWN,
};

static const struct {
    uint8_t error;                      /* enum iscsi_error */
    uint8_t status;
} by_error[] = {
    { ISCSI_OK,                DISK_OK },
    { ISCSI_E_RANGE,           DISK_BAD_COMMAND },
    { ISCSI_E_MEDIUM,          DISK_BAD_SECTOR },
    { ISCSI_E_WRITE_PROTECTED, DISK_WRITE_PROTECTED },
    { ISCSI_E_NOT_READY,       DISK_NOT_READY },
    { ISCSI_E_RESERVED,        DISK_NOT_READY },
    { ISCSI_E_NO_LUN,          DISK_NOT_READY },
    { ISCSI_E_CHANGED,         DISK_CONTROLLER },
    { ISCSI_E_TARGET_FAILURE,  DISK_CONTROLLER },
};

enum disk_status disk_status_of(const struct iscsi_disk_request *request)
{
    unsigned i;

    if (request->error == ISCSI_E_SCSI) {
        return by_sense_key[request->sense_key & 0xf];
    }
    for (i = 0; i < ARRAY_SIZE(by_error); i++) {
        if (by_error[i].error == request->error) {
            return by_error[i].status;
        }
    }
    switch (iscsi_error_group(request->error)) {
    case ISCSI_GROUP_CONNECT:
    case ISCSI_GROUP_LOGIN:
    case ISCSI_GROUP_AUTH:
    case ISCSI_GROUP_TARGET:
    case ISCSI_GROUP_TIMEOUT:
        return DISK_TIMEOUT;
    default:
        return DISK_CONTROLLER;
    }
}
