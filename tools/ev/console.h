/*
 * What ev needs of the system it runs on: standard input and outputs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_CONSOLE_H
#define TOOLS_EV_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

/* Handles, the same under Linux and DOS. */
enum {
    CONSOLE_OUTPUT = 1,
    CONSOLE_ERROR = 2,
};

/*
 * Reads standard input until @room bytes are there or it ends.  Returns
 * whether that worked; *@length bytes were read.
 */
bool console_read(char *buffer, size_t room, size_t *length);

/* Writes @length bytes; a line ends as the system wants it. */
void console_write(int handle, const char *text, size_t length);

/* Whether all that was written to standard output has got there. */
bool console_finish(void);

/*
 * Writes formatted text: %s, %u and %%, as rom/format.h knows them.  Needs
 * nothing but console_write().
 */
void say(int handle, const char *text, ...)
    __attribute__((format(printf, 2, 3)));

#endif
