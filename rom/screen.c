/*
 * Lines of the setup screen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "qemu/osdep.h"
#include "console.h"
#include "error.h"
#include "ev-core/ev.h"
#include "screen.h"

#define LINE_MAX 79
#define NAME_WIDTH 20               /* of variables, with what is before */
#define TARGET_INDENT 5

/* Of a target's words: nothing in them may move a terminal's cursor. */
static char printable(char c)
{
    return c >= ' ' && c < 0x7f ? c : '.';
}

/* Goes on under itself, @indent characters from the left. */
static void print_folded(const char *text, size_t length, unsigned indent)
{
    size_t i;

    for (i = 0; i < length; i++) {
        if (i && i % (LINE_MAX - indent) == 0) {
            console_printf(indent == NAME_WIDTH ? "\n%20s" : "\n%5s", "");
        }
        console_printf("%c", printable(text[i]));
    }
}

/*
 * Configuration
 */

void screen_configuration(const struct ev_slice *text)
{
    enum ev_variable_id id;
    struct ev_reader reader;
    struct ev_line line;

    ev_reader_init(&reader, text->start, text->length);
    while (ev_reader_next(&reader, &line)) {
        id = ev_variable_find(line.name);
        if (line.error != EV_OK || id == EV_NO_VARIABLE) {
            continue;
        }
        console_printf("  %18s", ev_variables[id].name);
        if (ev_variables[id].secret) {
            console_printf(EV_MASK);
        } else {
            print_folded(line.value.start, line.value.length, NAME_WIDTH);
        }
        console_printf("\n");
    }
}

/*
 * Connection test
 */

void screen_step(const char *name)
{
    console_printf("  %8s", name);
}

static void print_end(const char *how, uint32_t ms)
{
    console_printf("%6s %3u.%03u s", how, ms / 1000, ms % 1000);
}

void screen_step_ok(uint32_t ms)
{
    print_end("ok", ms);
}

void screen_step_failed(uint32_t ms, const struct rom_failure *failure)
{
    print_end("failed", ms);
    console_printf("\n          ");
    rom_error_print(failure);
}

/*
 * Targets
 */

void screen_target(const char *name, bool configured)
{
    console_printf("%5s", configured ? "*" : "");
    print_folded(name, strlen(name), TARGET_INDENT);
    console_printf("\n");
}

void screen_portal(const char *address)
{
    console_printf("%5s", "");
    print_folded(address, strlen(address), TARGET_INDENT);
    console_printf("\n");
}

/*
 * Logical units
 */

#define METHOD_PERIPHERAL 0         /* SAM-5 4.7.7 */
#define METHOD_FLAT 1

bool screen_lun_number(const uint8_t lun[8], uint16_t *number)
{
    unsigned method = lun[0] >> 6;
    unsigned i;

    for (i = 2; i < 8; i++) {
        if (lun[i]) {
            return false;
        }
    }
    *number = (lun[0] & 0x3f) << 8 | lun[1];
    return method == METHOD_FLAT ||
           (method == METHOD_PERIPHERAL && !lun[0]);
}

static const char *type_name(uint8_t type)
{
    switch (type) {
    case 0x00:
        return "disk";
    case 0x01:
        return "tape";
    case 0x05:
        return "CD";
    case 0x08:
        return "changer";
    case 0x0c:
        return "controller";
    case 0x1f:
        return "nothing";
    default:
        return "other";
    }
}

static void print_field(const uint8_t *text, size_t length)
{
    size_t i;

    while (length && (text[length - 1] == ' ' || !text[length - 1])) {
        length--;
    }
    for (i = 0; i < length; i++) {
        console_printf("%c", printable(text[i]));
    }
}

void screen_lun(const struct screen_lun *unit, uint16_t number)
{
    uint16_t own;
    unsigned i;

    if (screen_lun_number(unit->lun, &own)) {
        console_printf("%cLUN %5u  ", own == number ? '*' : ' ', own);
    } else {
        console_printf(" LUN ");
        for (i = 0; i < sizeof(unit->lun); i++) {
            console_printf("%02x", unit->lun[i]);
        }
        console_printf("  ");
    }
    if (!unit->described) {
        console_printf("does not say what it is\n");
        return;
    }
    console_printf("%11s", type_name(unit->type));
    if (unit->sized) {
        console_printf("%9u MiB  ", (uint32_t)MIN(unit->mebibytes,
                                                  UINT32_MAX));
    } else {
        console_printf("%15s", "");
    }
    print_field(unit->vendor, sizeof(unit->vendor));
    console_printf(" ");
    print_field(unit->product, sizeof(unit->product));
    console_printf("\n");
}
