/*
 * What to do while waiting: call it in every wait loop.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_IDLE_H
#define ROM_IDLE_H

#include <stdbool.h>

#include "keyboard.h"

/*
 * Lets interrupts in through real mode every 10 ms when the caller of the ROM
 * had them enabled (INT 13h with IF = 1, and all of the connect phase), so
 * that the BIOS clock and keyboard go on, and looks for keys when somebody
 * listens.  Returns false when the user wants something: give up what is
 * going on, with ROM_ABORTED.  Inside INT 13h it always returns true.
 */
bool idle(void);

/* The character that opens the setup screen. */
void idle_hot_key(char hot);

/* From now on @keys listens; what the user wanted before is forgotten. */
void idle_listen(enum keys keys);

/* What the user wants, as of now; stays so until somebody else listens. */
enum key_action idle_action(void);

/* That is being done: who comes next in the table of keys listens now. */
void idle_accept(void);

#endif
