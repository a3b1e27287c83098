/*
 * The boot console: INT 10h teletype, so that serial redirection sees it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "clock.h"
#include "console.h"
#include "debug.h"
#include "format.h"
#include "runtime.h"

#define VECTOR_VIDEO 0x10
#define VIDEO_TELETYPE 0x0e00
#define VIDEO_PAGE_COLOUR 0x0007

static bool stamping;
static uint32_t stamp_start;        /* clock_ms() */
static bool line_begins = true;

static void teletype(char c)
{
    struct bios_regs regs = {
        .eax = VIDEO_TELETYPE | (uint8_t)c,
        .ebx = VIDEO_PAGE_COLOUR,
        .flags = FLAGS_INTERRUPTS,
    };

    bios_interrupt(VECTOR_VIDEO, &regs);
}

static void put_raw(void *opaque, char c)
{
    debug_put(NULL, c);
    if (c == '\n') {
        teletype('\r');
    }
    teletype(c);
}

static void print_raw(const char *text, ...)
{
    va_list args;

    va_start(args, text);
    format(put_raw, NULL, text, args);
    va_end(args);
}

static void put(void *opaque, char c)
{
    uint32_t ms = clock_ms() - stamp_start;

    if (stamping && line_begins && c != '\n') {
        print_raw("%2u.%03u ", ms / 1000, ms % 1000);
    }
    line_begins = c == '\n';
    put_raw(NULL, c);
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

void console_stamp(bool on)
{
    stamping = on;
    stamp_start = clock_ms();
}
