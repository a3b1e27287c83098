/*
 * IPv4 addresses in the boot ROM: text and routing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "ipv4.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void dotted_decimal_is_read(void)
{
    static const struct {
        const char *text;
        uint8_t address[4];
    } rows[] = {
        { "10.0.2.2", { 10, 0, 2, 2 } },
        { "0.0.0.0", { 0, 0, 0, 0 } },
        { "255.255.255.255", { 255, 255, 255, 255 } },
        { "10.10.10.02", { 10, 10, 10, 2 } },
    };
    uint8_t address[4];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        CU_ASSERT_TRUE(ipv4_parse(rows[i].text, address));
        CU_ASSERT_EQUAL(memcmp(address, rows[i].address, 4), 0);
    }
}

static void anything_else_is_refused(void)
{
    static const char *const texts[] = {
        "", ".", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "1..2.3",
        "256.1.1.1", "1.2.3.0004", "1.2.3.4 ", " 1.2.3.4", "-1.2.3.4",
        "1.2.3.4:3260", "target.example", "::1", "1.2.3.x",
    };
    uint8_t address[4];
    char *copy;
    size_t i;

    for (i = 0; i < COUNT(texts); i++) {
        /* On the heap, so that reading past the end is noticed. */
        copy = strdup(texts[i]);
        CU_ASSERT_FALSE(ipv4_parse(copy, address));
        free(copy);
    }
}

static void the_longest_portal_fits_its_text(void)
{
    static const uint8_t address[4] = { 255, 255, 255, 255 };
    char *text = malloc(IPV4_PORTAL_TEXT);

    CU_ASSERT_STRING_EQUAL(ipv4_portal_text(text, address, 65535),
                           "255.255.255.255:65535");
    CU_ASSERT_EQUAL(strlen(text) + 1, IPV4_PORTAL_TEXT);
    free(text);
}

static void a_portal_is_written_without_leading_zeros(void)
{
    static const uint8_t address[4] = { 10, 0, 20, 105 };
    char text[IPV4_PORTAL_TEXT];

    CU_ASSERT_STRING_EQUAL(ipv4_portal_text(text, address, 3260),
                           "10.0.20.105:3260");
}

static const struct ipv4_addresses routed = {
    { 10, 0, 2, 15 }, { 255, 255, 255, 0 }, { 10, 0, 2, 1 },
};
static const struct ipv4_addresses unrouted = {
    { 172, 16, 3, 9 }, { 255, 240, 0, 0 }, { 0, 0, 0, 0 },
};

static void a_target_on_our_network_is_reached_directly(void)
{
    static const uint8_t near[4] = { 10, 0, 2, 2 };
    static const uint8_t wide[4] = { 172, 31, 255, 254 };
    uint8_t hop[4];

    CU_ASSERT_TRUE(ipv4_next_hop(&routed, near, hop));
    CU_ASSERT_EQUAL(memcmp(hop, near, 4), 0);
    CU_ASSERT_TRUE(ipv4_next_hop(&unrouted, wide, hop));
    CU_ASSERT_EQUAL(memcmp(hop, wide, 4), 0);
}

static void a_target_elsewhere_is_reached_through_the_gateway(void)
{
    static const uint8_t far[4] = { 10, 0, 3, 2 };
    uint8_t hop[4];

    CU_ASSERT_TRUE(ipv4_next_hop(&routed, far, hop));
    CU_ASSERT_EQUAL(memcmp(hop, routed.gateway, 4), 0);
}

static void without_a_gateway_there_is_no_way_elsewhere(void)
{
    static const uint8_t far[4] = { 172, 32, 0, 1 };
    uint8_t hop[4];

    CU_ASSERT_FALSE(ipv4_next_hop(&unrouted, far, hop));
}

static const struct unit_case cases[] = {
    UNIT_CASE(dotted_decimal_is_read),
    UNIT_CASE(anything_else_is_refused),
    UNIT_CASE(the_longest_portal_fits_its_text),
    UNIT_CASE(a_portal_is_written_without_leading_zeros),
    UNIT_CASE(a_target_on_our_network_is_reached_directly),
    UNIT_CASE(a_target_elsewhere_is_reached_through_the_gateway),
    UNIT_CASE(without_a_gateway_there_is_no_way_elsewhere),
};

int main(int argc, char **argv)
{
    return unit_main("rom-net-ipv4", cases, COUNT(cases), argc, argv);
}
