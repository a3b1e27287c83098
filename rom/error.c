/*
 * The numbered errors: text, POST code, one line on the console.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "console.h"
#include "error.h"
#include "ncsim/post_codes.h"

static const struct {
    enum rom_error error;
    const char *text;
} errors[] = {
#define ROM_ERROR_ROW(number, constant, text) { ROM_##constant, text },
    ROM_ERRORS(ROM_ERROR_ROW)
#undef ROM_ERROR_ROW
};

const char *rom_error_text(enum rom_error error)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(errors); i++) {
        if (errors[i].error == error) {
            return errors[i].text;
        }
    }
    return "unknown error";
}

uint8_t rom_error_post(enum rom_error error)
{
    return POST_FAIL + error / 10;
}

/* Takes the detail as number or as pointer to an address: the format says. */
static void print_detail(const char *text, const uint32_t *detail)
{
    const char *at = text;

    while (*at && *at != 'I') {
        at++;
    }
    if (at > text && *at == 'I' && at[-1] == '%') {
        console_printf(text, detail);
    } else {
        console_printf(text, *detail);
    }
}

void rom_error_print(const struct rom_failure *failure)
{
    console_printf("Error %u: ", failure->error);
    print_detail(rom_error_text(failure->error), &failure->detail);
    console_printf("\n");
}
