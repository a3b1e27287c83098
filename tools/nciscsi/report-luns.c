/*
 * The logical units behind a target, by REPORT LUNS and INQUIRY (SPC-4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "report-luns.h"
#include "wire.h"

#define LIST_HEADER     8
#define LIST_FIRST      (LIST_HEADER + 8 * 256)
#define LIST_MAX        (LIST_HEADER + 8 * 16384)
#define INQUIRY_SIZE    36
#define CAPACITY_SIZE   32
#define TRIES           10      /* of a command with unit attention before it */

enum {
    SCSI_INQUIRY = 0x12, SCSI_SERVICE_ACTION_IN_16 = 0x9e,
    SCSI_REPORT_LUNS = 0xa0,
    SERVICE_READ_CAPACITY_16 = 0x10,
    STATUS_GOOD = 0x00, STATUS_CHECK_CONDITION = 0x02,
    SENSE_UNIT_ATTENTION = 6,
};

static uint8_t sense_key(const struct iscsi_command *command)
{
    bool descriptor = (command->sense[0] & 0x7f) >= 0x72;

    return command->sense_length < 3 ? 0 :
           command->sense[descriptor ? 1 : 2] & 15;
}

/* Runs a command that reads; what happened before it is not its failure. */
static enum iscsi_error run(struct client *client,
                            struct iscsi_command *command)
{
    enum iscsi_error error = ISCSI_OK;
    unsigned tries;

    for (tries = 0; tries < TRIES; tries++) {
        error = client_command(client, command);
        if (error != ISCSI_OK || command->status == STATUS_GOOD) {
            return error;
        }
        if (command->status != STATUS_CHECK_CONDITION ||
            sense_key(command) != SENSE_UNIT_ATTENTION) {
            break;
        }
    }
    return ISCSI_E_SCSI;
}

static enum iscsi_error report(struct client *client, uint8_t *data,
                               uint32_t size, uint32_t *got)
{
    struct iscsi_command command = {
        .cdb = { SCSI_REPORT_LUNS }, .direction = ISCSI_READ,
        .buffer = data, .length = size,
    };
    enum iscsi_error error;

    put_be32(command.cdb + 6, size);
    error = run(client, &command);
    *got = command.transferred;
    return error == ISCSI_OK && *got < LIST_HEADER ? ISCSI_E_SCSI : error;
}

enum iscsi_error report_luns(struct client *client, struct lun_list *list)
{
    uint32_t size = LIST_FIRST, length, got;
    enum iscsi_error error;
    uint8_t *data;

    for (;;) {
        data = g_malloc0(size);
        error = report(client, data, size, &got);
        length = get_be32(data) / 8 * 8;
        if (error != ISCSI_OK || length <= size - LIST_HEADER ||
            size == LIST_MAX) {
            break;
        }
        size = MIN(length, LIST_MAX - LIST_HEADER) + LIST_HEADER;
        g_free(data);
    }
    if (error == ISCSI_OK) {
        list->count = MIN(length, got - LIST_HEADER) / 8;
        list->luns = g_memdup2(data + LIST_HEADER, list->count * 8);
    }
    g_free(data);
    return error;
}

/* A field of ASCII, without its blanks and without what might do harm. */
static void copy_text(char *to, const uint8_t *from, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        to[i] = g_ascii_isprint(from[i]) ? from[i] : '.';
    }
    to[length] = '\0';
    g_strstrip(to);
}

/* A disk that is not ready has none to tell, which is no failure. */
static void read_capacity(struct client *client, const uint8_t lun[8],
                          struct unit_facts *facts)
{
    uint8_t data[CAPACITY_SIZE] = { };
    struct iscsi_command command = {
        .cdb = { SCSI_SERVICE_ACTION_IN_16, SERVICE_READ_CAPACITY_16,
                 [13] = sizeof(data) },
        .direction = ISCSI_READ, .buffer = data, .length = sizeof(data),
    };

    memcpy(command.lun, lun, sizeof(command.lun));
    if (run(client, &command) == ISCSI_OK && command.transferred >= 12) {
        facts->has_capacity = true;
        facts->blocks = get_be64(data) + 1;
        facts->block_size = get_be32(data + 8);
    }
}

enum iscsi_error unit_inquire(struct client *client, const uint8_t lun[8],
                              struct unit_facts *facts)
{
    uint8_t data[INQUIRY_SIZE] = { };
    struct iscsi_command command = {
        .cdb = { SCSI_INQUIRY, [4] = sizeof(data) },
        .direction = ISCSI_READ, .buffer = data, .length = sizeof(data),
    };
    enum iscsi_error error;

    memcpy(command.lun, lun, sizeof(command.lun));
    error = run(client, &command);
    if (error != ISCSI_OK) {
        return error;
    }
    *facts = (struct unit_facts) { .type = data[0] & 0x1f };
    copy_text(facts->vendor, data + 8, 8);
    copy_text(facts->product, data + 16, 16);
    if (facts->type == 0) {
        read_capacity(client, lun, facts);
    }
    return ISCSI_OK;
}
