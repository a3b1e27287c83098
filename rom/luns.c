/*
 * The logical units of the target, by REPORT LUNS and INQUIRY (SPC-4), for
 * the setup screen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "check.h"
#include "clock.h"
#include "console.h"
#include "ev-core/ev.h"
#include "idle.h"
#include "screen.h"
#include "session.h"

#define LUNS_MAX 256                /* as many as can be configured */
#define LUN_SIZE 8
#define LIST_HEADER 8
#define INQUIRY_SIZE 36
#define CAPACITY_SIZE 32
#define CAPACITY_NEEDED 12
#define LIST_MS 30000               /* for all of it */
#define TRIES 10                    /* of a command after unit attentions */

enum {
    SCSI_INQUIRY = 0x12,
    SCSI_SERVICE_ACTION_IN_16 = 0x9e,
    SERVICE_READ_CAPACITY_16 = 0x10,
    SCSI_REPORT_LUNS = 0xa0,
    STATUS_GOOD = 0x00,
    STATUS_CHECK_CONDITION = 0x02,
    SENSE_UNIT_ATTENTION = 6,
    TYPE_DISK = 0,
};

static uint8_t list[LIST_HEADER + LUNS_MAX * LUN_SIZE];
static uint32_t started;            /* clock_ms() */

static uint32_t sense;              /* of the command that failed */

/* Key, ASC and ASCQ as the console has them; 0: none (SPC-4 4.5). */
static uint32_t sense_of(const struct iscsi_command *command)
{
    const uint8_t *data = command->sense;

    if (command->status != STATUS_CHECK_CONDITION) {
        return 0;
    }
    if (command->sense_length >= 4 && (data[0] & 0x7f) >= 0x72) {
        return (data[1] & 15) << 16 | data[2] << 8 | data[3];
    }
    return command->sense_length < 14 ? 0 :
           (data[2] & 15) << 16 | data[12] << 8 | data[13];
}

/* Once; the session may be restored meanwhile. */
static enum rom_error run_once(struct iscsi_command *command)
{
    if (iscsi_submit(session.core, command, net_now()) != ISCSI_OK) {
        return ROM_LUN_TIMEOUT;
    }
    do {
        if (!idle() || clock_ms() - started >= LIST_MS) {
            iscsi_abort(session.core, command, net_now());
            return idle_action() == KEY_STOP ? ROM_ABORTED : ROM_LUN_TIMEOUT;
        }
        wire_step(&session.wire, net_now());
    } while (iscsi_reap(session.core) != command);
    return command->error == ISCSI_OK ? ROM_OK : ROM_LUN_TIMEOUT;
}

/* Reads into @data; what happened to the unit before is no failure. */
static enum rom_error run(struct iscsi_command *command, void *data,
                          uint32_t size)
{
    enum rom_error error;
    unsigned tries;

    command->direction = ISCSI_READ;
    command->buffer = data;
    command->length = size;
    memset(data, 0, size);
    for (tries = 0; tries < TRIES; tries++) {
        error = run_once(command);
        sense = sense_of(command);
        if (error != ROM_OK || sense >> 16 != SENSE_UNIT_ATTENTION) {
            break;
        }
    }
    if (error == ROM_OK && command->status != STATUS_GOOD) {
        error = ROM_LUN_NOT_READY;
    }
    return error;
}

static enum rom_error report(unsigned *count, unsigned *more)
{
    struct iscsi_command command = { .cdb = { SCSI_REPORT_LUNS } };
    enum rom_error error;
    uint32_t all, got;

    stl_be_p(command.cdb + 6, sizeof(list));
    error = run(&command, list, sizeof(list));
    if (error != ROM_OK || command.transferred < LIST_HEADER) {
        return error != ROM_OK ? error : ROM_LUN_NOT_READY;
    }
    all = (uint32_t)ldl_be_p(list) / LUN_SIZE;
    got = (command.transferred - LIST_HEADER) / LUN_SIZE;
    *count = MIN(all, got);
    *more = all - *count;
    return ROM_OK;
}

/* A disk that is not ready has no size to tell. */
static void read_size(struct screen_lun *unit)
{
    uint8_t data[CAPACITY_SIZE];
    struct iscsi_command command = {
        .cdb = { SCSI_SERVICE_ACTION_IN_16, SERVICE_READ_CAPACITY_16,
                 [13] = sizeof(data) },
    };
    uint64_t last;
    uint32_t size;
    unsigned shift;

    memcpy(command.lun, unit->lun, sizeof(command.lun));
    if (run(&command, data, sizeof(data)) != ROM_OK ||
        command.transferred < CAPACITY_NEEDED) {
        return;
    }
    last = (uint64_t)(uint32_t)ldl_be_p(data) << 32 |
           (uint32_t)ldl_be_p(data + 4);
    size = ldl_be_p(data + 8);
    for (shift = 9; shift < 20; shift++) {
        if (size == 1u << shift) {
            unit->sized = true;
            unit->mebibytes = (last + 1) >> (20 - shift);
        }
    }
}

static enum rom_error describe(struct screen_lun *unit)
{
    uint8_t data[INQUIRY_SIZE];
    struct iscsi_command command = {
        .cdb = { SCSI_INQUIRY, [4] = sizeof(data) },
    };
    enum rom_error error;

    memcpy(command.lun, unit->lun, sizeof(command.lun));
    error = run(&command, data, sizeof(data));
    if (error != ROM_OK || command.transferred < INQUIRY_SIZE) {
        return error == ROM_ABORTED ? error : ROM_OK;
    }
    unit->described = true;
    unit->type = data[0] & 0x1f;
    memcpy(unit->vendor, data + 8, sizeof(unit->vendor));
    memcpy(unit->product, data + 16, sizeof(unit->product));
    if (unit->type == TYPE_DISK) {
        read_size(unit);
    }
    return ROM_OK;
}

static enum rom_error print_list(uint16_t configured)
{
    struct screen_lun unit;
    enum rom_error error;
    unsigned i, count, more;

    started = clock_ms();
    error = report(&count, &more);
    for (i = 0; error == ROM_OK && i < count; i++) {
        memset(&unit, 0, sizeof(unit));
        memcpy(unit.lun, list + LIST_HEADER + i * LUN_SIZE, LUN_SIZE);
        error = describe(&unit);
        if (error == ROM_OK) {
            screen_lun(&unit, configured);
        }
    }
    if (error == ROM_OK) {
        console_printf("%u LUNs; * is the configured one\n", count + more);
    }
    return error;
}

void check_luns(pci_bdf bdf, const struct ev_boot_config *config)
{
    struct connect_watch watch = { .login_only = true };
    struct rom_failure failure;

    if (connect_watched(bdf, config, &watch, &failure)) {
        failure.error = print_list(config->lun);
        failure.detail = sense;
        if (failure.error == ROM_OK) {
            session_logout();
        }
        connect_quiesce();
    }
    if (failure.error != ROM_OK) {
        rom_error_print(&failure);
    }
}
