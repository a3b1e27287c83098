/*
 * The few SCSI commands that a disk needs, and what their status means.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "scsi.h"
#include "wire.h"

enum {
    OPCODE_TEST_UNIT_READY = 0x00, OPCODE_INQUIRY = 0x12,
    OPCODE_READ_CAPACITY10 = 0x25, OPCODE_READ10 = 0x28,
    OPCODE_WRITE10 = 0x2a, OPCODE_SYNCHRONIZE_CACHE10 = 0x35,
    OPCODE_READ16 = 0x88, OPCODE_WRITE16 = 0x8a,
    OPCODE_SERVICE_ACTION_IN16 = 0x9e, ACTION_READ_CAPACITY16 = 0x10,
};

enum {
    STATUS_GOOD = 0x00, STATUS_CHECK_CONDITION = 0x02,
    STATUS_CONDITION_MET = 0x04, STATUS_BUSY = 0x08,
    STATUS_RESERVATION_CONFLICT = 0x18, STATUS_TASK_SET_FULL = 0x28,
    STATUS_TASK_ABORTED = 0x40,
};

#define ANY 0xff

static const struct status_row {
    uint8_t status;
    uint8_t action;
    uint8_t error;
} status_rows[] = {
    { STATUS_GOOD, SCSI_DONE, ISCSI_OK },
    { STATUS_CONDITION_MET, SCSI_DONE, ISCSI_OK },
    { STATUS_BUSY, SCSI_LATER, ISCSI_E_NOT_READY },
    { STATUS_TASK_SET_FULL, SCSI_LATER, ISCSI_E_NOT_READY },
    { STATUS_RESERVATION_CONFLICT, SCSI_DONE, ISCSI_E_RESERVED },
    { STATUS_TASK_ABORTED, SCSI_AGAIN, ISCSI_E_SCSI },
};

/* Sense of CHECK CONDITION; the first row that fits decides. */
static const struct sense_row {
    uint8_t key;
    uint8_t asc;
    uint8_t ascq;
    uint8_t action;
    uint8_t error;
} sense_rows[] = {
    { 0x0, ANY, ANY, SCSI_DONE, ISCSI_E_SCSI },
    { 0x1, ANY, ANY, SCSI_ONCE_MORE, ISCSI_E_SCSI },        /* recovered */
    { 0x2, 0x04, 0x00, SCSI_LATER, ISCSI_E_NOT_READY },
    { 0x2, 0x04, 0x01, SCSI_LATER, ISCSI_E_NOT_READY },     /* becoming */
    { 0x2, ANY, ANY, SCSI_DONE, ISCSI_E_NOT_READY },
    { 0x3, ANY, ANY, SCSI_DONE, ISCSI_E_MEDIUM },
    { 0x4, ANY, ANY, SCSI_ONCE_MORE, ISCSI_E_SCSI },        /* hardware */
    { 0x5, 0x21, ANY, SCSI_DONE, ISCSI_E_RANGE },
    { 0x5, 0x25, ANY, SCSI_DONE, ISCSI_E_NO_LUN },
    { 0x5, ANY, ANY, SCSI_DONE, ISCSI_E_SCSI },
    { 0x6, 0x2a, 0x09, SCSI_CHECK, ISCSI_E_SCSI },  /* capacity changed */
    { 0x6, 0x3f, 0x03, SCSI_CHECK, ISCSI_E_SCSI },  /* inquiry changed */
    { 0x6, 0x3f, 0x0e, SCSI_CHECK, ISCSI_E_SCSI },  /* LUNs changed */
    { 0x6, ANY, ANY, SCSI_AGAIN, ISCSI_E_SCSI },    /* unit attention */
    { 0x7, ANY, ANY, SCSI_DONE, ISCSI_E_WRITE_PROTECTED },
    { 0xb, ANY, ANY, SCSI_ONCE_MORE, ISCSI_E_SCSI },        /* aborted */
    { ANY, ANY, ANY, SCSI_DONE, ISCSI_E_SCSI },
};

void scsi_test_unit_ready(uint8_t cdb[16])
{
    cdb[0] = OPCODE_TEST_UNIT_READY;
}

void scsi_inquiry(uint8_t cdb[16], uint8_t length)
{
    cdb[0] = OPCODE_INQUIRY;
    cdb[4] = length;
}

void scsi_inquiry_page(uint8_t cdb[16], uint8_t page, uint8_t length)
{
    scsi_inquiry(cdb, length);
    cdb[1] = 1;
    cdb[2] = page;
}

void scsi_read_capacity10(uint8_t cdb[16])
{
    cdb[0] = OPCODE_READ_CAPACITY10;
}

void scsi_read_capacity16(uint8_t cdb[16], uint8_t length)
{
    cdb[0] = OPCODE_SERVICE_ACTION_IN16;
    cdb[1] = ACTION_READ_CAPACITY16;
    put_be32(cdb + 10, length);
}

void scsi_synchronize_cache(uint8_t cdb[16])
{
    cdb[0] = OPCODE_SYNCHRONIZE_CACHE10;
}

void scsi_transfer(uint8_t cdb[16], bool write, uint64_t block,
                   uint32_t count)
{
    if (block + count <= 0x100000000u && count <= 0xffff) {
        cdb[0] = write ? OPCODE_WRITE10 : OPCODE_READ10;
        put_be32(cdb + 2, block);
        put_be16(cdb + 7, count);
    } else {
        cdb[0] = write ? OPCODE_WRITE16 : OPCODE_READ16;
        put_be64(cdb + 2, block);
        put_be32(cdb + 10, count);
    }
}

/* Fixed and descriptor format, SPC-4 4.5; zeros for what is not there. */
static struct scsi_sense read_sense(const struct iscsi_command *command)
{
    const uint8_t *p = command->sense;
    struct scsi_sense sense = { 0 };
    uint8_t format = p[0] & 0x7f;

    if ((format == 0x70 || format == 0x71) && command->sense_length >= 3) {
        sense.key = p[2] & 0xf;
        if (command->sense_length >= 14) {
            sense.asc = p[12];
            sense.ascq = p[13];
        }
    } else if ((format == 0x72 || format == 0x73) &&
               command->sense_length >= 4) {
        sense.key = p[1] & 0xf;
        sense.asc = p[2];
        sense.ascq = p[3];
    }
    return sense;
}

static bool fits(uint8_t pattern, uint8_t value)
{
    return pattern == ANY || pattern == value;
}

static struct scsi_verdict judge_sense(struct scsi_sense sense)
{
    const struct sense_row *row = sense_rows;

    while (!fits(row->key, sense.key) || !fits(row->asc, sense.asc) ||
           !fits(row->ascq, sense.ascq)) {
        row++;
    }
    return (struct scsi_verdict) { row->action, row->error, sense };
}

struct scsi_verdict scsi_judge(const struct iscsi_command *command)
{
    struct scsi_verdict verdict = { SCSI_DONE, command->error };
    unsigned i;

    if (command->error == ISCSI_E_TARGET_FAILURE) {
        verdict.action = SCSI_ONCE_MORE;
    }
    if (command->error != ISCSI_OK) {
        return verdict;
    }
    if (command->status == STATUS_CHECK_CONDITION) {
        return judge_sense(read_sense(command));
    }
    verdict.error = ISCSI_E_SCSI;
    for (i = 0; i < sizeof(status_rows) / sizeof(status_rows[0]); i++) {
        if (status_rows[i].status == command->status) {
            verdict.action = status_rows[i].action;
            verdict.error = status_rows[i].error;
        }
    }
    return verdict;
}
