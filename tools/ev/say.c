/*
 * Formatted text, without a C library.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>

#include "console.h"
#include "rom/format.h"

struct piece {
    int handle;
    size_t used;
    char text[128];
};

static void put(void *opaque, char c)
{
    struct piece *piece = opaque;

    piece->text[piece->used++] = c;
    if (piece->used == sizeof(piece->text)) {
        console_write(piece->handle, piece->text, piece->used);
        piece->used = 0;
    }
}

void say(int handle, const char *text, ...)
{
    struct piece piece = { .handle = handle };
    va_list args;

    va_start(args, text);
    format(put, &piece, text, args);
    va_end(args);
    console_write(handle, piece.text, piece.used);
}
