/*
 * A bar on the terminal for what takes long.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCISCSI_PROGRESS_H
#define NCISCSI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    bool on;
    bool shown;
    uint64_t total;             /* bytes; UINT64_MAX: not known */
    uint64_t began;
    uint64_t next;              /* time of the next change */
};

/* @wanted, and standard error is a terminal: else nothing is ever shown. */
void progress_begin(struct progress *progress, bool wanted, uint64_t total);
void progress_show(struct progress *progress, uint64_t done);
/* Leaves the line to what comes next. */
void progress_end(struct progress *progress);

#endif
