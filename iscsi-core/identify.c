/*
 * What a LUN is: a disk, ready, of which capacity - and after a reconnection,
 * whether it is still the same one.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "crc32c.h"
#include "disk.h"
#include "session.h"
#include "wire.h"

#define INQUIRY_LENGTH      36
#define CAPACITY10_LENGTH   8
#define CAPACITY16_LENGTH   32
#define CAPACITY16_NEEDED   12

enum step_result { STEP_NEXT, STEP_SKIP_NEXT, STEP_FAILED };

static void build_inquiry(uint8_t *cdb)
{
    scsi_inquiry(cdb, INQUIRY_LENGTH);
}

static void build_page(uint8_t *cdb)
{
    scsi_inquiry_page(cdb, VPD_DEVICE_ID, DISK_PROBE_SIZE);
}

static void build_capacity16(uint8_t *cdb)
{
    scsi_read_capacity16(cdb, CAPACITY16_LENGTH);
}

/* Copies a field of the inquiry data, printable and trimmed. */
static void copy_name(char *to, const uint8_t *from, size_t length)
{
    size_t i;

    for (i = 0; i < length; i++) {
        to[i] = from[i] >= ' ' && from[i] < 0x7f ? from[i] : '.';
    }
    while (i && to[i - 1] == ' ') {
        i--;
    }
    to[i] = '\0';
}

static enum step_result take_inquiry(struct iscsi_disk *d)
{
    if (d->probe.transferred < INQUIRY_LENGTH || d->data[0] >> 5 != 0) {
        d->error = ISCSI_E_NO_LUN;
        return STEP_FAILED;
    }
    if ((d->data[0] & 0x1f) != 0) {
        d->error = ISCSI_E_NOT_DISK;
        return STEP_FAILED;
    }
    copy_name(d->vendor, d->data + 8, 8);
    copy_name(d->product, d->data + 16, 16);
    return STEP_NEXT;
}

static enum step_result take_nothing(struct iscsi_disk *d)
{
    return STEP_NEXT;
}

/* Sums up the designators of the unit itself, not of a port: SPC-4 7.8.6. */
static enum step_result take_page(struct iscsi_disk *d)
{
    size_t end = d->probe.transferred, p = 4, length;
    uint32_t crc = 0;

    if (end >= 4 && get_be16(d->data + 2) + 4u < end) {
        end = get_be16(d->data + 2) + 4u;
    }
    while (p + 4 <= end) {
        length = 4u + d->data[p + 3];
        if (length > end - p) {
            break;
        }
        if ((d->data[p + 1] & 0x30) == 0) {
            crc = iscsi_crc32c(crc, d->data + p, length);
        }
        p += length;
    }
    d->found.designators = crc;
    return STEP_NEXT;
}

/* A capacity that the 512-byte view can show. */
static enum step_result take_capacity(struct iscsi_disk *d, uint64_t last,
                                      uint32_t block_size)
{
    if (block_size < ISCSI_SECTOR_SIZE || block_size > DISK_BLOCK_MAX ||
        (block_size & (block_size - 1)) || last >= (uint64_t)1 << 55) {
        d->error = ISCSI_E_CAPACITY;
        return STEP_FAILED;
    }
    d->found.blocks = last + 1;
    d->found.block_size = block_size;
    return STEP_NEXT;
}

static enum step_result take_capacity10(struct iscsi_disk *d)
{
    uint32_t last = get_be32(d->data);

    if (d->probe.transferred < CAPACITY10_LENGTH) {
        d->error = ISCSI_E_CAPACITY;
        return STEP_FAILED;
    }
    if (last == 0xffffffff) {
        return STEP_NEXT;
    }
    return take_capacity(d, last, get_be32(d->data + 4)) == STEP_FAILED
        ? STEP_FAILED : STEP_SKIP_NEXT;
}

static enum step_result take_capacity16(struct iscsi_disk *d)
{
    if (d->probe.transferred < CAPACITY16_NEEDED) {
        d->error = ISCSI_E_CAPACITY;
        return STEP_FAILED;
    }
    return take_capacity(d, get_be64(d->data), get_be32(d->data + 8));
}

/* The steps, in order. */
static const struct step_row {
    void (*build)(uint8_t *cdb);
    uint8_t length;
    bool optional;          /* a target need not know the command */
    enum step_result (*take)(struct iscsi_disk *d);
} step_rows[] = {
    { build_inquiry, INQUIRY_LENGTH, false, take_inquiry },
    { scsi_test_unit_ready, 0, false, take_nothing },
    { build_page, DISK_PROBE_SIZE, true, take_page },
    { scsi_read_capacity10, CAPACITY10_LENGTH, false, take_capacity10 },
    { build_capacity16, CAPACITY16_LENGTH, false, take_capacity16 },
};

#define STEP_COUNT (sizeof(step_rows) / sizeof(step_rows[0]))

bool disk_try_again(const struct iscsi_disk *d,
                    struct disk_attempts *attempts,
                    const struct scsi_verdict *verdict, uint64_t now)
{
    unsigned most = verdict->action == SCSI_ONCE_MORE ? 1 : DISK_ATTEMPTS_MAX;

    attempts->waiting = verdict->action == SCSI_LATER;
    if (verdict->action == SCSI_DONE) {
        return false;
    }
    if (!attempts->waiting) {
        return attempts->count++ < most;
    }
    if (attempts->end == 0) {
        attempts->end = time_after(now, d->session->config.retry_ms);
        attempts->wait_ms = DISK_WAIT_MS;
    }
    attempts->not_before = time_after(now, attempts->wait_ms);
    if (attempts->wait_ms < DISK_WAIT_MAX_MS) {
        attempts->wait_ms *= 2;
    }
    return now < attempts->end;
}

static void start_step(struct iscsi_disk *d, unsigned step)
{
    d->step = step;
    memset(&d->attempts, 0, sizeof(d->attempts));
}

void disk_identify_start(struct iscsi_disk *d, uint64_t now)
{
    const struct iscsi_config *config = &d->session->config;

    memset(&d->found, 0, sizeof(d->found));
    d->identify_end = time_after(now, (uint64_t)config->recovery_ms +
                                 config->retry_ms);
    start_step(d, 0);
}

/* All steps done: the first time it is learnt, later it is compared. */
static void finish(struct iscsi_disk *d, uint64_t now)
{
    enum iscsi_error error = ISCSI_OK;

    if (!d->known) {
        d->identity = d->found;
        d->known = true;
    } else if (d->identity.designators != d->found.designators ||
               d->identity.block_size != d->found.block_size ||
               d->identity.blocks != d->found.blocks) {
        error = ISCSI_E_CHANGED;
    }
    disk_identified(d, error, now);
}

void disk_identify_run(struct iscsi_disk *d, uint64_t now)
{
    const struct step_row *row = &step_rows[d->step];
    enum iscsi_error error;

    if (d->probing || (d->attempts.waiting && now < d->attempts.not_before)) {
        return;
    }
    memset(d->data, 0, sizeof(d->data));
    d->probe = (struct iscsi_command) {
        .direction = row->length ? ISCSI_READ : ISCSI_NO_DATA,
        .buffer = d->data, .length = row->length, .user = NULL,
    };
    memcpy(d->probe.lun, d->lun, sizeof(d->lun));
    row->build(d->probe.cdb);
    error = iscsi_session_probe(d->session, &d->probe, now);
    d->probing = error == ISCSI_OK;
    if (error != ISCSI_OK && error != ISCSI_E_BUSY) {
        disk_identified(d, error, now);
    }
}

/* The command failed for good, which an optional step may. */
static void step_refused(struct iscsi_disk *d,
                         const struct scsi_verdict *verdict, uint64_t now)
{
    if (step_rows[d->step].optional && verdict->sense.key == 0x5) {
        start_step(d, d->step + 1);
        return;
    }
    d->sense = verdict->sense;
    disk_identified(d, verdict->error, now);
}

void disk_identify_received(struct iscsi_disk *d, uint64_t now)
{
    struct scsi_verdict verdict = scsi_judge(&d->probe);
    unsigned step;

    d->probing = false;
    if (now >= d->identify_end) {
        verdict.action = SCSI_DONE;
    } else if (d->probe.error != ISCSI_OK &&
               d->session->state != ISCSI_FAILED) {
        /* The connection went; all that was learnt over it is void. */
        start_step(d, 0);
        return;
    }
    if (disk_try_again(d, &d->attempts, &verdict, now)) {
        return;
    }
    if (verdict.error != ISCSI_OK) {
        step_refused(d, &verdict, now);
        return;
    }
    switch (step_rows[d->step].take(d)) {
    case STEP_FAILED:
        disk_identified(d, d->error, now);
        return;
    case STEP_SKIP_NEXT:
        step = d->step + 2;
        break;
    default:
        step = d->step + 1;
        break;
    }
    if (step >= STEP_COUNT) {
        finish(d, now);
    } else {
        start_step(d, step);
    }
}
