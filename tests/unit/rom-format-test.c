/*
 * The printf of the boot console, and the texts of the errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include "console.h"
#include "error.h"
#include "format.h"
#include "ncsim/post_codes.h"
#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char out[256];
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

#define EXPECT(want, ...) do {              \
    length = 0;                             \
    out[0] = 0;                             \
    console_printf(__VA_ARGS__);            \
    CU_ASSERT_STRING_EQUAL(out, want);      \
} while (0)

static void conversions_print_their_arguments(void)
{
    EXPECT("", "%s", "");
    EXPECT("a%b", "%c%%%c", 'a', 'b');
    EXPECT("0 -1 -2147483648", "%d %d %d", 0, -1, INT32_MIN);
    EXPECT("4294967295 ffffffff FFFFFFFF", "%u %x %X", UINT32_MAX,
           UINT32_MAX, UINT32_MAX);
    EXPECT("0", "%x", 0);
}

static void widths_pad(void)
{
    EXPECT("  7|007|1234|00ff", "%3u|%03u|%3u|%04x", 7, 7, 1234, 255);
    EXPECT("ab  |abcde", "%4s|%4s", "ab", "abcde");
}

static void addresses_print_as_people_write_them(void)
{
    static const uint8_t ip[4] = { 10, 0, 2, 255 };
    static const uint8_t mac[6] = { 0, 0x17, 0xa4, 1, 0xfe, 0xff };

    EXPECT("10.0.2.255 00:17:a4:01:fe:ff", "%I %M", ip, mac);
}

static void a_format_that_ends_early_ends(void)
{
    EXPECT("x", "x%");
    EXPECT("x", "x%0");
}

static void errors_print_number_text_and_detail(void)
{
    struct rom_failure failure = { ROM_LOGIN_REFUSED, 0x0203 };

    length = 0;
    rom_error_print(&failure);
    CU_ASSERT_STRING_EQUAL(out, "Error 70: Login refused (status 0203)\n");
    failure.error = ROM_NO_ARP_ANSWER;
    memcpy(&failure.detail, (uint8_t[]) { 10, 0, 2, 2 }, 4);
    length = 0;
    rom_error_print(&failure);
    CU_ASSERT_STRING_EQUAL(out, "Error 40: No ARP answer from 10.0.2.2\n");
    failure.error = ROM_INVALID_CONFIGURATION;
    length = 0;
    rom_error_print(&failure);
    CU_ASSERT_STRING_EQUAL(out, "Error 12: Invalid Configuration Data\n");
}

static void an_error_shows_the_stage_not_reached(void)
{
    CU_ASSERT_EQUAL(rom_error_post(ROM_INVALID_CONFIGURATION),
                    POST_FAIL + (POST_CONFIG & 15));
    CU_ASSERT_EQUAL(rom_error_post(ROM_LINK_DOWN),
                    POST_FAIL + (POST_LINK & 15));
    CU_ASSERT_EQUAL(rom_error_post(ROM_NO_ARP_ANSWER),
                    POST_FAIL + (POST_ARP & 15));
    CU_ASSERT_EQUAL(rom_error_post(ROM_CONNECTION_REFUSED),
                    POST_FAIL + (POST_TCP & 15));
    CU_ASSERT_EQUAL(rom_error_post(ROM_AUTH_FAILED),
                    POST_FAIL + (POST_AUTH & 15));
    CU_ASSERT_EQUAL(rom_error_post(ROM_LOGIN_REFUSED),
                    POST_FAIL + (POST_LOGIN & 15));
    CU_ASSERT_EQUAL(rom_error_post(ROM_LUN_MISSING),
                    POST_FAIL + (POST_LUN & 15));
    CU_ASSERT_EQUAL(rom_error_post(ROM_NO_BOOT_SIGNATURE),
                    POST_FAIL + (POST_BOOTSECTOR & 15));
}

#define CHECK_ROW(number, constant, text)                                   \
    CU_ASSERT_TRUE(POST_FAIL + (number) / 10 <= POST_FAIL_LAST);            \
    CU_ASSERT_STRING_EQUAL(rom_error_text(ROM_##constant), text);

static void every_error_has_its_own_text(void)
{
    ROM_ERRORS(CHECK_ROW)
    CU_ASSERT_STRING_EQUAL(rom_error_text(ROM_OK), "unknown error");
}

static const struct unit_case cases[] = {
    UNIT_CASE(conversions_print_their_arguments),
    UNIT_CASE(widths_pad),
    UNIT_CASE(addresses_print_as_people_write_them),
    UNIT_CASE(a_format_that_ends_early_ends),
    UNIT_CASE(errors_print_number_text_and_detail),
    UNIT_CASE(an_error_shows_the_stage_not_reached),
    UNIT_CASE(every_error_has_its_own_text),
};

int main(int argc, char **argv)
{
    return unit_main("rom-format", cases, COUNT(cases), argc, argv);
}
