/*
 * Standard input and outputs of Linux.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>

#include "console.h"

bool console_read(char *buffer, size_t room, size_t *length)
{
    *length = fread(buffer, 1, room, stdin);
    return !ferror(stdin);
}

void console_write(int handle, const char *text, size_t length)
{
    fwrite(text, 1, length, handle == CONSOLE_OUTPUT ? stdout : stderr);
}

/* Flushed, so that a full disk is not taken for success. */
bool console_finish(void)
{
    return fflush(stdout) == 0 && !ferror(stdout);
}
