/*
 * The boot console: INT 10h teletype, so that serial redirection sees it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "console.h"
#include "debug.h"
#include "format.h"
#include "runtime.h"

#define VECTOR_VIDEO 0x10
#define VIDEO_TELETYPE 0x0e00
#define VIDEO_PAGE_COLOUR 0x0007

static void teletype(char c)
{
    struct bios_regs regs = {
        .eax = VIDEO_TELETYPE | (uint8_t)c,
        .ebx = VIDEO_PAGE_COLOUR,
        .flags = FLAGS_INTERRUPTS,
    };

    bios_interrupt(VECTOR_VIDEO, &regs);
}

static void put(void *opaque, char c)
{
    debug_put(NULL, c);
    if (c == '\n') {
        teletype('\r');
    }
    teletype(c);
}

void console_vprintf(const char *text, va_list args)
{
    format(put, NULL, text, args);
}

void console_printf(const char *text, ...)
{
    va_list args;

    va_start(args, text);
    console_vprintf(text, args);
    va_end(args);
}
