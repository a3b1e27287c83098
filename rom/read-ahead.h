/*
 * Read-ahead: small reads in a row are served out of one large one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_READ_AHEAD_H
#define ROM_READ_AHEAD_H

#include <stdint.h>

#include "disk.h"

/*
 * Uses @buffer, @sectors of 512 bytes, from now on; with NULL every read
 * goes to the disk.
 */
void read_ahead_init(void *buffer, uint32_t sectors);

/* As disk_read(); may return what was read up to a second ago. */
enum disk_status read_ahead_read(uint64_t sector, uint32_t count,
                                 void *buffer, uint32_t *done);

/* The disk changes, or should be looked at anew. */
void read_ahead_forget(void);

#endif
