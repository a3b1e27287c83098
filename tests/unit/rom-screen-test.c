/*
 * The lines of the boot ROM's setup screen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <string.h>

#include "qemu/osdep.h"
#include "console.h"
#include "error.h"
#include "ev-core/ev.h"
#include "format.h"
#include "screen.h"
#include "unit.h"

#define LINE_MAX 79

static char out[4096];
static size_t length;

static void put(void *opaque, char c)
{
    if (length < sizeof(out) - 1) {
        out[length++] = c;
        out[length] = 0;
    }
}

/* In the ROM this prints; here it collects. */
void console_printf(const char *text, ...)
{
    va_list args;

    va_start(args, text);
    format(put, NULL, text, args);
    va_end(args);
}

static void clear(void)
{
    length = 0;
    out[0] = '\0';
}

static void show(const char *text)
{
    struct ev_slice slice = { text, strlen(text) };

    clear();
    screen_configuration(&slice);
}

static void expect_lines_fit(void)
{
    const char *line = out;

    while (*line) {
        size_t width = strcspn(line, "\n");

        CU_ASSERT_TRUE(width <= LINE_MAX);
        CU_ASSERT_EQUAL(line[width], '\n');
        line += width + 1;
    }
}

static void variables_stand_under_each_other(void)
{
    show("TargetIP=10.0.2.2\nInitiatorNetmask=255.255.255.0\n");
    CU_ASSERT_STRING_EQUAL(out,
        "  TargetIP          10.0.2.2\n"
        "  InitiatorNetmask  255.255.255.0\n");
}

static void secrets_are_masked_whatever_their_length(void)
{
    show("CHAPUsername=boot\nCHAPSecret=Some12day123\n"
         "CHAPMSecret=0x000102030405060708090a0b\n");
    CU_ASSERT_STRING_EQUAL(out,
        "  CHAPUsername      boot\n"
        "  CHAPSecret        ********\n"
        "  CHAPMSecret       ********\n");
}

static void what_may_be_a_misspelt_secret_is_not_shown(void)
{
    show("CHAPsecret=Some12day123\nSome12day123\nLUN=1\n");
    CU_ASSERT_STRING_EQUAL(out, "  LUN               1\n");
}

static void long_names_go_on_under_themselves(void)
{
    char text[16 + EV_ISCSI_NAME_MAX + 2] = "TargetName=";
    size_t at = strlen(text), i, shown = 0;

    for (i = 0; i < EV_ISCSI_NAME_MAX; i++) {
        text[at + i] = 'a' + i % 26;
    }
    text[at + i] = '\n';
    show(text);
    expect_lines_fit();
    for (i = strlen("  TargetName"); out[i]; i++) {
        if (out[i] != ' ' && out[i] != '\n') {
            CU_ASSERT_EQUAL(out[i], text[at + shown]);
            shown++;
        }
    }
    CU_ASSERT_EQUAL(shown, EV_ISCSI_NAME_MAX);
}

static void a_value_that_just_fits_takes_one_line(void)
{
    char text[128] = "TargetName=";

    memset(text + strlen(text), 'x', 59);
    show(text);
    CU_ASSERT_EQUAL(length, LINE_MAX + 1);
    expect_lines_fit();
}

static void steps_show_their_result_and_time(void)
{
    struct rom_failure failure = { ROM_LINK_DOWN, 0 };

    clear();
    screen_step("Link");
    screen_step_ok(12);
    CU_ASSERT_STRING_EQUAL(out, "  Link    ok       0.012 s");
    clear();
    screen_step("Link");
    screen_step_failed(8001, &failure);
    CU_ASSERT_STRING_EQUAL(out, "  Link    failed   8.001 s\n"
                           "          Error 30: No link\n");
}

static void fails_with(enum rom_error error)
{
    struct rom_failure failure = { error, UINT32_MAX };

    clear();
    screen_step("Login");
    screen_step_failed(UINT32_MAX, &failure);
    expect_lines_fit();
}

#define FAIL_ROW(number, constant, text) fails_with(ROM_##constant);

static void every_error_fits_on_a_line(void)
{
    ROM_ERRORS(FAIL_ROW)
}

static void lun_numbers_have_one_level(void)
{
    static const struct {
        uint8_t lun[8];
        bool numbered;
        uint16_t number;
    } luns[] = {
        { { 0, 0 }, true, 0 },
        { { 0, 255 }, true, 255 },
        { { 0x41, 2 }, true, 258 },         /* flat space addressing */
        { { 0x7f, 255 }, true, 16383 },
        { { 1, 2 }, false, 0 },             /* another bus */
        { { 0xc1, 1 }, false, 0 },          /* well known: REPORT LUNS */
        { { 0x80, 1 }, false, 0 },          /* logical unit addressing */
        { { 0, 1, 0, 0, 0, 0, 0, 1 }, false, 0 },
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(luns); i++) {
        uint16_t number = 0;

        CU_ASSERT_EQUAL(screen_lun_number(luns[i].lun, &number),
                        luns[i].numbered);
        if (luns[i].numbered) {
            CU_ASSERT_EQUAL(number, luns[i].number);
        }
    }
}

static struct screen_lun disk(uint8_t number)
{
    struct screen_lun unit = {
        .lun = { 0, number }, .described = true, .sized = true,
        .mebibytes = 4096,
    };

    memcpy(unit.vendor, "IET     ", sizeof(unit.vendor));
    memcpy(unit.product, "VIRTUAL-DISK    ", sizeof(unit.product));
    return unit;
}

static void the_configured_lun_is_marked(void)
{
    struct screen_lun unit = disk(1);

    clear();
    screen_lun(&unit, 1);
    screen_lun(&unit, 2);
    CU_ASSERT_STRING_EQUAL(out,
        "*LUN     1  disk            4096 MiB  IET VIRTUAL-DISK\n"
        " LUN     1  disk            4096 MiB  IET VIRTUAL-DISK\n");
}

static void units_without_size_or_description_are_listed(void)
{
    struct screen_lun unit = disk(0);

    unit.type = 0x0c;
    unit.sized = false;
    clear();
    screen_lun(&unit, 1);
    unit.described = false;
    screen_lun(&unit, 1);
    CU_ASSERT_STRING_EQUAL(out,
        " LUN     0  controller                IET VIRTUAL-DISK\n"
        " LUN     0  does not say what it is\n");
}

static void targets_are_folded_and_the_configured_one_is_marked(void)
{
    char name[256];

    clear();
    screen_target("iqn.2026-01.example:a", true);
    screen_portal("10.0.2.2:3260,1");
    screen_target("iqn.2026-01.example:b", false);
    CU_ASSERT_STRING_EQUAL(out,
        "*    iqn.2026-01.example:a\n"
        "     10.0.2.2:3260,1\n"
        "     iqn.2026-01.example:b\n");
    memset(name, '\x1b', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    clear();
    screen_target(name, false);
    expect_lines_fit();
    CU_ASSERT_PTR_NULL(strchr(out, '\x1b'));
}

static void what_a_target_says_cannot_move_the_cursor(void)
{
    struct screen_lun unit = {
        .lun = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
        .type = 0x1f, .described = true, .sized = true,
        .mebibytes = UINT64_MAX,
    };
    size_t i;

    memcpy(unit.vendor, "\x1b[2J\r\n\x80\xff", sizeof(unit.vendor));
    memset(unit.product, '\a', sizeof(unit.product));
    clear();
    screen_lun(&unit, 1);
    expect_lines_fit();
    for (i = 0; i + 1 < length; i++) {
        CU_ASSERT_TRUE(out[i] >= ' ' && out[i] < 0x7f);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(variables_stand_under_each_other),
    UNIT_CASE(secrets_are_masked_whatever_their_length),
    UNIT_CASE(what_may_be_a_misspelt_secret_is_not_shown),
    UNIT_CASE(long_names_go_on_under_themselves),
    UNIT_CASE(a_value_that_just_fits_takes_one_line),
    UNIT_CASE(steps_show_their_result_and_time),
    UNIT_CASE(every_error_fits_on_a_line),
    UNIT_CASE(lun_numbers_have_one_level),
    UNIT_CASE(the_configured_lun_is_marked),
    UNIT_CASE(units_without_size_or_description_are_listed),
    UNIT_CASE(targets_are_folded_and_the_configured_one_is_marked),
    UNIT_CASE(what_a_target_says_cannot_move_the_cursor),
};

int main(int argc, char **argv)
{
    return unit_main("rom-screen", cases, ARRAY_SIZE(cases), argc, argv);
}
