/*
 * The progress of a boot as JSON lines on a chardev.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_PROGRESS_QDEV_H
#define HW_ILO_EV_PROGRESS_QDEV_H

#include "chardev/char-fe.h"

typedef struct IloProgress {
    CharBackend chr;                /* property "events"; may be absent */
    guint watch;                    /* waits until @chr takes more, or 0 */
    uint32_t used;
    char pending[4096];             /* lines that @chr has not taken yet */
} IloProgress;

/*
 * Writes the line of a stage, with the virtual time.  Never waits: a line
 * for which a slow reader leaves no room is dropped whole.
 */
void ilo_progress_stage(IloProgress *progress, uint8_t code);

#endif
