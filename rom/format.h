/*
 * The printf of the boot console, without a place to print to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_FORMAT_H
#define ROM_FORMAT_H

#include <stdarg.h>

/* Gives every character of the result to @put, in order (console.h). */
void format(void (*put)(void *opaque, char c), void *opaque,
            const char *text, va_list args);

#endif
