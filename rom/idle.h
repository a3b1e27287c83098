/*
 * What to do while waiting: call it in every wait loop.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_IDLE_H
#define ROM_IDLE_H

#include <stdbool.h>

/*
 * Lets interrupts in through real mode every 10 ms when the caller of the ROM
 * had them enabled (INT 13h with IF = 1, and all of the connect phase), so
 * that the BIOS clock and keyboard go on.  In the connect phase also looks
 * for Esc or Ctrl-C.  Returns false when the user wants to stop: give up
 * with ROM_ABORTED.  Inside INT 13h it always returns true.
 */
bool idle(void);

/* The connect phase begins or ends. */
void idle_connect_phase(bool entered);

#endif
