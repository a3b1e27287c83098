/*
 * Standard input and outputs of DOS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "rom/runtime.h"
#include "tools/ev/console.h"

#define VECTOR_DOS 0x21
#define DOS_READ 0x3f
#define DOS_WRITE 0x40

#define STANDARD_INPUT 0

static bool output_failed;

/* Returns the bytes moved, or SIZE_MAX. */
static size_t transfer(uint8_t function, int handle, const void *buffer,
                       size_t length)
{
    struct bios_regs regs = {
        .eax = function << 8,
        .ebx = handle,
        .ecx = length,
        .edx = (uintptr_t)buffer,
    };

    bios_interrupt(VECTOR_DOS, &regs);
    return regs.flags & FLAGS_CARRY ? SIZE_MAX : (uint16_t)regs.eax;
}

/* A keyboard gives a line at a time, and ends with Ctrl-Z. */
bool console_read(char *buffer, size_t room, size_t *length)
{
    size_t got = 0;

    *length = 0;
    do {
        *length += got;
        got = *length == room ? 0 :
              transfer(DOS_READ, STANDARD_INPUT, buffer + *length,
                       room - *length);
    } while (got != 0 && got != SIZE_MAX);
    return got == 0;
}

static void write_part(int handle, const char *text, size_t length)
{
    if (length > 0 &&
        transfer(DOS_WRITE, handle, text, length) != length &&
        handle == CONSOLE_OUTPUT) {
        output_failed = true;
    }
}

void console_write(int handle, const char *text, size_t length)
{
    size_t begun = 0;

    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            write_part(handle, text + begun, i - begun);
            write_part(handle, "\r\n", 2);
            begun = i + 1;
        }
    }
    write_part(handle, text + begun, length - begun);
}

bool console_finish(void)
{
    return !output_failed;
}
