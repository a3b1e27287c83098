/*
 * Read-ahead: small reads in a row are served out of one large one.
 *
 * A loader that reads sector by sector would wait for the network at every
 * one.  When a read begins where the last one ended, the whole buffer is
 * filled from there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "clock.h"
#include "read-ahead.h"

#define SECTOR_SIZE 512

/* The disk may have other writers: nothing older is handed out. */
#define AGE_MAX_MS 1000

/* While reads are served from here, the connection is looked after. */
#define POLL_MS 10

static struct {
    uint8_t *buffer;                /* NULL: no read-ahead */
    uint32_t size;                  /* sectors */
    uint64_t first;                 /* sector at the start of the buffer */
    uint32_t count;                 /* sectors that are there */
    uint32_t filled;                /* clock_ms() of the read */
    uint32_t polled;
    uint64_t next;                  /* where the last read ended */
} ahead;

void read_ahead_init(void *buffer, uint32_t sectors)
{
    memset(&ahead, 0, sizeof(ahead));
    ahead.buffer = buffer;
    ahead.size = sectors;
    ahead.next = UINT64_MAX;
}

void read_ahead_forget(void)
{
    ahead.count = 0;
}

/* Sectors from @sector on that the buffer holds. */
static uint32_t held(uint64_t sector)
{
    if (sector < ahead.first || sector - ahead.first >= ahead.count ||
        clock_ms() - ahead.filled > AGE_MAX_MS) {
        return 0;
    }
    return ahead.count - (uint32_t)(sector - ahead.first);
}

static uint32_t take(uint64_t sector, uint32_t count, uint8_t *to)
{
    uint32_t piece = MIN(held(sector), count);

    if (!piece) {
        return 0;
    }
    memcpy(to, ahead.buffer + (uint32_t)(sector - ahead.first) * SECTOR_SIZE,
           piece * SECTOR_SIZE);
    if (clock_ms() - ahead.polled > POLL_MS) {
        ahead.polled = clock_ms();
        disk_poll(false);
    }
    return piece;
}

/* Fills the buffer from @sector on, unless the read is not of this kind. */
static bool fill(uint64_t sector, uint32_t count)
{
    uint64_t left = disk_sectors() - sector;
    uint32_t done;

    if (!ahead.buffer || sector != ahead.next || count > ahead.size / 2 ||
        count > left) {
        return false;
    }
    ahead.count = 0;
    if (disk_read(sector, MIN(left, ahead.size), ahead.buffer,
                  &done) != DISK_OK) {
        return false;
    }
    ahead.first = sector;
    ahead.count = done;
    ahead.filled = ahead.polled = clock_ms();
    return true;
}

/* What the buffer does not hold: through it, or straight from the disk. */
static enum disk_status fetch(uint64_t sector, uint32_t count, uint8_t *to,
                              uint32_t *done)
{
    if (fill(sector, count)) {
        *done = take(sector, count, to);
        return DISK_OK;
    }
    return disk_read(sector, count, to, done);
}

enum disk_status read_ahead_read(uint64_t sector, uint32_t count,
                                 void *buffer, uint32_t *done)
{
    enum disk_status status = DISK_OK;
    uint8_t *to = buffer;
    uint32_t piece;

    *done = take(sector, count, to);
    if (*done) {
        ahead.next = sector + *done;
    }
    if (!count || *done < count) {
        status = fetch(sector + *done, count - *done,
                       to + *done * SECTOR_SIZE, &piece);
        *done += piece;
    }
    ahead.next = sector + *done;
    return status;
}
