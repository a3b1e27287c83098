/*
 * What DHCP packets say to a network boot, and the packets that UNDI makes up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "bootp.h"
#include "dhcp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum {
    YIADDR = 16, SIADDR = 20, CHADDR = 28, SNAME = 44, FILE_FIELD = 108,
    COOKIE = 236, OPTIONS = 240, SIZE = 400,
};

static const uint8_t mac[6] = { 0x00, 0x17, 0x08, 0x00, 0x00, 0x01 };
static uint8_t packet[SIZE];
static size_t end;

static void add(uint8_t option, const void *value, uint8_t length)
{
    packet[end++] = option;
    packet[end++] = length;
    memcpy(packet + end, value, length);
    end += length;
    packet[end] = DHCP_END;
}

static void begin(uint8_t message)
{
    memset(packet, 0, sizeof(packet));
    packet[0] = 2;
    memcpy(packet + CHADDR, mac, sizeof(mac));
    memcpy(packet + COOKIE, "\x63\x82\x53\x63", 4);
    end = OPTIONS;
    add(DHCP_HAS_MESSAGE, &message, 1);
}

/* Every look is into memory of exactly the packet's size. */
static uint8_t *exact(void)
{
    uint8_t *copy = malloc(end + 1);

    memcpy(copy, packet, end + 1);
    return copy;
}

static bool boot_file(char file[DHCP_BOOT_FILE_SIZE], uint8_t server[4])
{
    uint8_t *copy = exact();
    bool found = dhcp_boot_file(copy, end + 1, file, server);

    free(copy);
    return found;
}

static void a_reply_is_to_us_and_whole(void)
{
    begin(DHCP_IS_ACK);
    CU_ASSERT_TRUE(dhcp_is_reply(packet, end + 1, mac));
    CU_ASSERT_FALSE(dhcp_is_reply(packet, 240, mac));
    packet[0] = 1;
    CU_ASSERT_FALSE(dhcp_is_reply(packet, end + 1, mac));
    packet[0] = 2;
    packet[CHADDR + 5] ^= 1;
    CU_ASSERT_FALSE(dhcp_is_reply(packet, end + 1, mac));
    packet[CHADDR + 5] ^= 1;
    packet[COOKIE] = 0;
    CU_ASSERT_FALSE(dhcp_is_reply(packet, end + 1, mac));
}

static void options_are_found_past_padding(void)
{
    const uint8_t *value;
    uint8_t *copy, length;

    begin(DHCP_IS_ACK);
    packet[end++] = 0;
    packet[end++] = 0;
    add(DHCP_HAS_SERVER, "\12\0\2\2", 4);
    copy = exact();
    value = dhcp_option(copy, end + 1, DHCP_HAS_SERVER, &length);
    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    CU_ASSERT_EQUAL(length, 4);
    CU_ASSERT_FALSE(memcmp(value, "\12\0\2\2", 4));
    CU_ASSERT_PTR_NULL(dhcp_option(copy, end + 1, DHCP_HAS_UUID, &length));
    CU_ASSERT_EQUAL(dhcp_message(copy, end + 1), DHCP_IS_ACK);
    free(copy);
}

static void options_cut_off_at_any_length_are_not_read_on(void)
{
    uint8_t *copy, length;
    size_t size;

    begin(DHCP_IS_ACK);
    add(DHCP_HAS_CLASS, "PXEClient", 9);
    for (size = OPTIONS + 1; size < end; size++) {
        copy = malloc(size);
        memcpy(copy, packet, size);
        CU_ASSERT_PTR_NULL(dhcp_option(copy, size, DHCP_HAS_CLASS, &length));
        free(copy);
    }
}

static void the_boot_file_comes_from_the_field_and_the_option_wins(void)
{
    char file[DHCP_BOOT_FILE_SIZE];
    uint8_t server[4];

    begin(DHCP_IS_ACK);
    CU_ASSERT_FALSE(boot_file(file, server));
    memcpy(packet + SIADDR, "\12\0\2\2", 4);
    strcpy((char *)packet + FILE_FIELD, "pxelinux.0");
    CU_ASSERT_TRUE(boot_file(file, server));
    CU_ASSERT_STRING_EQUAL(file, "pxelinux.0");
    CU_ASSERT_FALSE(memcmp(server, "\12\0\2\2", 4));
    add(DHCP_HAS_BOOT_FILE, "grub.0", 6);
    CU_ASSERT_TRUE(boot_file(file, server));
    CU_ASSERT_STRING_EQUAL(file, "grub.0");
}

static void without_a_server_address_the_one_who_answers_serves(void)
{
    char file[DHCP_BOOT_FILE_SIZE];
    uint8_t server[4];

    begin(DHCP_IS_ACK);
    add(DHCP_HAS_BOOT_FILE, "x", 1);
    CU_ASSERT_TRUE(boot_file(file, server));
    CU_ASSERT_FALSE(memcmp(server, "\0\0\0\0", 4));
    add(DHCP_HAS_SERVER, "\12\0\2\3", 4);
    CU_ASSERT_TRUE(boot_file(file, server));
    CU_ASSERT_FALSE(memcmp(server, "\12\0\2\3", 4));
}

static void an_overloaded_field_holds_options_and_no_file(void)
{
    char file[DHCP_BOOT_FILE_SIZE];
    uint8_t server[4];

    begin(DHCP_IS_ACK);
    add(DHCP_HAS_OVERLOAD, "\3", 1);
    memcpy(packet + FILE_FIELD, "\x3d\x01\x00\xff", 4);
    CU_ASSERT_FALSE(boot_file(file, server));
    memcpy(packet + SNAME, "\x43\x03one\xff", 6);
    CU_ASSERT_TRUE(boot_file(file, server));
    CU_ASSERT_STRING_EQUAL(file, "one");
    memcpy(packet + FILE_FIELD, "\x43\x03two\xff", 6);
    CU_ASSERT_TRUE(boot_file(file, server));
    CU_ASSERT_STRING_EQUAL(file, "two");
    memcpy(packet + FILE_FIELD, "\x43\x80", 2);     /* past its field */
    CU_ASSERT_TRUE(boot_file(file, server));
    CU_ASSERT_STRING_EQUAL(file, "one");
}

static void a_file_name_too_long_for_tftp_is_none(void)
{
    char file[DHCP_BOOT_FILE_SIZE], name[DHCP_BOOT_FILE_SIZE];
    uint8_t server[4];

    memset(name, 'n', sizeof(name));
    begin(DHCP_IS_ACK);
    memcpy(packet + FILE_FIELD, name, sizeof(name));
    CU_ASSERT_FALSE(boot_file(file, server));
    packet[FILE_FIELD + sizeof(name) - 1] = 0;
    CU_ASSERT_TRUE(boot_file(file, server));
    CU_ASSERT_EQUAL(strlen(file), sizeof(name) - 1);
}

static void a_proxy_offers_no_address_and_is_for_pxe_clients(void)
{
    begin(DHCP_IS_OFFER);
    CU_ASSERT_FALSE(dhcp_is_proxy(packet, end + 1));
    add(DHCP_HAS_CLASS, "PXEClient:Arch", 14);
    CU_ASSERT_TRUE(dhcp_is_proxy(packet, end + 1));
    packet[YIADDR] = 10;
    CU_ASSERT_FALSE(dhcp_is_proxy(packet, end + 1));
    begin(DHCP_IS_OFFER);
    add(DHCP_HAS_CLASS, "PXECli", 6);
    CU_ASSERT_FALSE(dhcp_is_proxy(packet, end + 1));
    begin(DHCP_IS_ACK);
    add(DHCP_HAS_CLASS, "PXEClient", 9);
    CU_ASSERT_FALSE(dhcp_is_proxy(packet, end + 1));
}

static void what_undi_makes_up_reads_as_a_reply(void)
{
    static const struct bootp_facts facts = {
        .mac = { 0x00, 0x17, 0x08, 0x00, 0x00, 0x01 },
        .ip = { 10, 0, 2, 15 }, .netmask = { 255, 255, 255, 0 },
        .gateway = { 10, 0, 2, 1 }, .server = { 10, 0, 2, 2 },
    };
    uint8_t made[BOOTP_SIZE], length;
    const uint8_t *router;

    bootp_build(made, BOOTP_ACK, &facts);
    CU_ASSERT_TRUE(dhcp_is_reply(made, sizeof(made), mac));
    CU_ASSERT_EQUAL(dhcp_message(made, sizeof(made)), DHCP_IS_ACK);
    router = dhcp_option(made, sizeof(made), 3, &length);
    CU_ASSERT_PTR_NOT_NULL_FATAL(router);
    CU_ASSERT_FALSE(memcmp(router, facts.gateway, 4));
    bootp_build(made, BOOTP_DISCOVER, &facts);
    CU_ASSERT_FALSE(dhcp_is_reply(made, sizeof(made), mac));
    CU_ASSERT_EQUAL(dhcp_message(made, sizeof(made)), DHCP_IS_DISCOVER);
    CU_ASSERT_EQUAL(made[YIADDR], 0);
}

static void no_gateway_means_no_router(void)
{
    static const struct bootp_facts facts = { .ip = { 10, 0, 2, 15 } };
    uint8_t made[BOOTP_SIZE], length;

    bootp_build(made, BOOTP_ACK, &facts);
    CU_ASSERT_PTR_NULL(dhcp_option(made, sizeof(made), 3, &length));
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_reply_is_to_us_and_whole),
    UNIT_CASE(options_are_found_past_padding),
    UNIT_CASE(options_cut_off_at_any_length_are_not_read_on),
    UNIT_CASE(the_boot_file_comes_from_the_field_and_the_option_wins),
    UNIT_CASE(without_a_server_address_the_one_who_answers_serves),
    UNIT_CASE(an_overloaded_field_holds_options_and_no_file),
    UNIT_CASE(a_file_name_too_long_for_tftp_is_none),
    UNIT_CASE(a_proxy_offers_no_address_and_is_for_pxe_clients),
    UNIT_CASE(what_undi_makes_up_reads_as_a_reply),
    UNIT_CASE(no_gateway_means_no_router),
};

int main(int argc, char **argv)
{
    return unit_main("rom-dhcp", cases, COUNT(cases), argc, argv);
}
