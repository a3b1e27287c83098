/*
 * The LUN as a disk of 512-byte sectors, one synchronous request at a time.
 * Every call drains what arrived since the last one, restores a lost session
 * within its budget (contracts.md 9) and repeats the command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_DISK_H
#define ROM_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* INT 13h status, the values that end in AH. */
enum disk_status {
    DISK_OK = 0x00,
    DISK_BAD_COMMAND = 0x01,        /* also a sector beyond the end */
    DISK_WRITE_PROTECTED = 0x03,
    DISK_RESET_FAILED = 0x05,
    DISK_BAD_SECTOR = 0x10,         /* MEDIUM ERROR */
    DISK_CONTROLLER = 0x20,         /* core or adapter failure */
    DISK_TIMEOUT = 0x80,            /* transport gone after all retries */
    DISK_NOT_READY = 0xaa,
    DISK_UNKNOWN = 0xbb,            /* sense without a meaning here */
};

/*
 * Moves @count sectors from or to @buffer, a linear address anywhere below
 * 4 GiB, with no alignment.  *@done is the number of sectors moved, also on
 * failure.  A range beyond the capacity moves nothing:
 * DISK_BAD_COMMAND, as of the BIOS.
 */
enum disk_status disk_read(uint64_t sector, uint32_t count, void *buffer,
                           uint32_t *done);
enum disk_status disk_write(uint64_t sector, uint32_t count,
                            const void *buffer, uint32_t *done);

/*
 * Drains the receive ring and answers what waits there, without waiting.
 * With @restore also brings a dead session back (INT 13h reset).
 */
enum disk_status disk_poll(bool restore);

/* Capacity in units of 512 bytes. */
uint64_t disk_sectors(void);

#endif
