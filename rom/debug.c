/*
 * The emulators' debugging port: usable in any state of the machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdarg.h>

#include "debug.h"
#include "format.h"
#include "io.h"

#define DEBUG_PORT 0xe9

void debug_put(void *opaque, char c)
{
    outb(DEBUG_PORT, c);
}

void debug_printf(const char *text, ...)
{
    va_list args;

    va_start(args, text);
    format(debug_put, 0, text, args);
    va_end(args);
}
