/*
 * The machine round the pure parts of the option ROM: memory by linear
 * address, and a disk that remembers what was asked of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_MACHINE_H
#define ROM_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "disk.h"

#define MACHINE_SECTORS 4000
#define MACHINE_SECTOR_SIZE 512

/* The last request, and what the next one shall answer. */
struct machine_disk {
    uint64_t capacity;
    char operation;             /* 'r', 'w', 'p' poll, 'P' with restore; 0 */
    uint64_t sector;
    uint32_t count;
    unsigned requests;
    enum disk_status answer;    /* of a request within the disk */
    uint32_t done;              /* sectors done when answer is not DISK_OK */
};

extern struct machine_disk machine_disk;

/* What clock_ms() says. */
extern uint32_t machine_ms;

/* Zeroes memory; the disk is MACHINE_SECTORS of "sector number" words. */
void machine_reset(void);

/* What machine_reset() put into every 32-bit word of @sector. */
uint32_t machine_pattern(uint64_t sector);

#endif
