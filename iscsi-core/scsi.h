/*
 * The few SCSI commands that a disk needs, and what their status means.
 * SPC-4, SBC-3.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_SCSI_H
#define ISCSI_CORE_SCSI_H

#include "iscsi.h"

#define VPD_DEVICE_ID 0x83

struct scsi_sense {
    uint8_t key;
    uint8_t asc;
    uint8_t ascq;
};

enum scsi_action {
    SCSI_DONE,          /* as the error says */
    SCSI_AGAIN,         /* send it again, a few times */
    SCSI_ONCE_MORE,     /* send it again, once */
    SCSI_LATER,         /* send it again after a while, for some time */
    SCSI_CHECK,         /* see first whether the disk is the same */
};

struct scsi_verdict {
    enum scsi_action action;
    enum iscsi_error error;     /* when there are no more attempts */
    struct scsi_sense sense;
};

/* Commands into a cleared @cdb. */
void scsi_test_unit_ready(uint8_t cdb[16]);
void scsi_inquiry(uint8_t cdb[16], uint8_t length);
void scsi_inquiry_page(uint8_t cdb[16], uint8_t page, uint8_t length);
void scsi_read_capacity10(uint8_t cdb[16]);
void scsi_read_capacity16(uint8_t cdb[16], uint8_t length);
void scsi_synchronize_cache(uint8_t cdb[16]);
/* READ or WRITE, (10) where that reaches, else (16). */
void scsi_transfer(uint8_t cdb[16], bool write, uint64_t block,
                   uint32_t count);

/* What to make of a command that came back. */
struct scsi_verdict scsi_judge(const struct iscsi_command *command);

#endif
