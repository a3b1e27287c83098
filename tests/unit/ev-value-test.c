/*
 * What each variable takes and what it becomes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "ev-text.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))
#define ROWS(rows) (sizeof(rows) / sizeof((rows)[0]))

static struct ev_boot_config config;
static struct ev_problems problems;

static bool parse(const char *name, const char *value)
{
    return ev_text_parse(EV_TEXT(name, value), &config, &problems);
}

static bool takes(const char *name, const char *value)
{
    return parse(name, value) && problems.warnings == 0;
}

static bool refuses(const char *name, const char *value, enum ev_error error)
{
    struct ev_slice slice = { name, strlen(name) };

    return !parse(name, value) &&
           ev_only_error(&problems, error, ev_variable_find(slice));
}

static bool warns(const char *name, const char *value, enum ev_error warning)
{
    return parse(name, value) && ev_warned(&problems, warning);
}

static bool is_address(const uint8_t address[4], unsigned a, unsigned b,
                       unsigned c, unsigned d)
{
    return address[0] == a && address[1] == b && address[2] == c &&
           address[3] == d;
}

static void the_base_text_is_valid_and_parsed_whole(void)
{
    CU_ASSERT(takes("LUN", "1"));
    CU_ASSERT_STRING_EQUAL(config.target_name,
                           "iqn.2006-06.net.example:disk1");
    CU_ASSERT_STRING_EQUAL(config.initiator_name,
                           "iqn.2006-06.net.example:bench");
    CU_ASSERT_EQUAL(config.portals, 2);
    CU_ASSERT(is_address(config.portal[0].address, 192, 0, 2, 20));
    CU_ASSERT_EQUAL(config.portal[0].port, 3260);
    CU_ASSERT(is_address(config.portal[1].address, 192, 0, 2, 21));
    CU_ASSERT_EQUAL(config.portal[1].port, 3261);
    CU_ASSERT(is_address(config.initiator_ip, 192, 0, 2, 5));
    CU_ASSERT(is_address(config.netmask, 255, 255, 255, 0));
    CU_ASSERT(is_address(config.gateway, 192, 0, 2, 1));
    CU_ASSERT_EQUAL(config.vlan, 0);
    CU_ASSERT_EQUAL(config.lun, 1);
    CU_ASSERT(config.force_boot);
    CU_ASSERT_FALSE(config.header_digest);
    CU_ASSERT_FALSE(config.data_digest);
    CU_ASSERT_EQUAL(config.auth, EV_AUTH_MUTUAL_CHAP);
    CU_ASSERT_STRING_EQUAL(config.chap_username, "bench");
    CU_ASSERT_EQUAL(config.chap_secret.length, 12);
    CU_ASSERT_EQUAL(memcmp(config.chap_secret.bytes, "Twelve4bytes", 12), 0);
    CU_ASSERT_EQUAL(config.chap_msecret.length, 13);
}

static void absent_variables_have_their_defaults(void)
{
    static const uint8_t own[6];

    CU_ASSERT(ev_text_parse(
        EV_TEXT("TargetPort", NULL, "TargetIP2", NULL, "TargetPort2", NULL,
                "InitiatorRoute", NULL, "LAA", NULL, "VLAN", NULL,
                "LUN", NULL, "ForceBoot", NULL, "HeaderDigest", NULL,
                "DataDigest", NULL, "AuthMethod", NULL,
                "CHAPUsername", NULL, "CHAPSecret", NULL,
                "CHAPMSecret", NULL), &config, &problems));
    CU_ASSERT_EQUAL(problems.warnings, 0);
    CU_ASSERT_EQUAL(config.portals, 1);
    CU_ASSERT_EQUAL(config.portal[0].port, 3260);
    CU_ASSERT(is_address(config.gateway, 0, 0, 0, 0));
    CU_ASSERT_EQUAL(memcmp(config.laa, own, sizeof(own)), 0);
    CU_ASSERT_EQUAL(config.vlan, 0);
    CU_ASSERT_EQUAL(config.lun, 0);
    CU_ASSERT_FALSE(config.force_boot);
    CU_ASSERT_EQUAL(config.auth, EV_AUTH_NONE);
    CU_ASSERT_STRING_EQUAL(config.chap_username, "");
    CU_ASSERT_EQUAL(config.chap_secret.length, 0);
}

static void names_of_all_three_kinds_are_taken(void)
{
    static const char *const names[] = { "TargetName", "InitiatorName" };

    for (size_t i = 0; i < ROWS(names); i++) {
        CU_ASSERT(takes(names[i], "iqn.2001-04.com.example"));
        CU_ASSERT(takes(names[i], "iqn.2001-04.com.example:a-b.c:d"));
        CU_ASSERT(takes(names[i], "eui.02004567a425678d"));
        CU_ASSERT(takes(names[i], "naa.52004567ba64678d"));
        CU_ASSERT(takes(names[i], "naa.62004567ba64678d0123456789abcdef"));
    }
}

static void names_that_are_none_are_refused(void)
{
    static const char *const values[] = {
        "disk1", "IQN.2001-04.com.example", "iqn", "iqn2001", "eui:0200",
        "iqn.2001-04.com.example:a b", "target=iqn.2001-04.com.example",
    };

    for (size_t i = 0; i < ROWS(values); i++) {
        CU_ASSERT(refuses("TargetName", values[i], EV_VALUE_REFUSED));
        CU_ASSERT(refuses("InitiatorName", values[i], EV_VALUE_REFUSED));
    }
}

static void odd_names_are_taken_with_a_warning(void)
{
    static const char *const values[] = {
        "iqn.client01", "iqn.2001-4.com.x", "iqn.2001-04.com.x:UPPER",
        "iqn.2001-04.com.x:under_score", "eui.0200", "eui.02004567a425678x",
        "eui.62004567ba64678d0123456789abcdef",
    };

    for (size_t i = 0; i < ROWS(values); i++) {
        CU_ASSERT(warns("InitiatorName", values[i], EV_WARNING_NAME_FORM));
        CU_ASSERT_STRING_EQUAL(config.initiator_name, values[i]);
    }
}

static void names_have_at_most_223_bytes(void)
{
    char name[EV_ISCSI_NAME_MAX + 2];

    memset(name, 'a', sizeof(name));
    memcpy(name, "iqn.2001-04.com.x:", 18);
    name[EV_ISCSI_NAME_MAX] = '\0';
    CU_ASSERT(takes("TargetName", name));
    CU_ASSERT_STRING_EQUAL(config.target_name, name);
    name[EV_ISCSI_NAME_MAX] = 'a';
    name[EV_ISCSI_NAME_MAX + 1] = '\0';
    CU_ASSERT(refuses("TargetName", name, EV_VALUE_LENGTH));
    CU_ASSERT(refuses("TargetName", "iqn.", EV_VALUE_LENGTH));
}

static void addresses_are_decimal_whatever_their_zeros(void)
{
    CU_ASSERT(takes("TargetIP", "192.0.2.010"));
    CU_ASSERT(is_address(config.portal[0].address, 192, 0, 2, 10));
    CU_ASSERT(takes("InitiatorIP", "192.000.002.08"));
    CU_ASSERT(is_address(config.initiator_ip, 192, 0, 2, 8));
}

static void addresses_of_no_host_are_refused(void)
{
    static const char *const names[] = {
        "TargetIP", "TargetIP2", "InitiatorIP"
    };
    static const char *const values[] = {
        "0.0.0.0", "0.1.2.3", "127.0.0.1", "224.0.0.1", "255.255.255.255",
        "192.0.2", "192.0.2.1.2", "192.0.2.256", "192.0.2.0001",
        "192.0.2.", ".0.2.1", "192..2.1", "192.0.2.1:3260", "a.b.c.d",
        "target.example.net", "192.0.2.-1", "192.0.2. 1", "0x0a000001",
        "fe80::1",
    };

    for (size_t i = 0; i < ROWS(names); i++) {
        for (size_t j = 0; j < ROWS(values); j++) {
            CU_ASSERT(refuses(names[i], values[j], EV_VALUE_REFUSED));
        }
    }
}

static void route_may_be_zero_for_none(void)
{
    CU_ASSERT(takes("InitiatorRoute", "0.0.0.0"));
    CU_ASSERT(is_address(config.gateway, 0, 0, 0, 0));
    CU_ASSERT(takes("InitiatorRoute", ""));
    CU_ASSERT(refuses("InitiatorRoute", "0.0.0.1", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("InitiatorRoute", "none", EV_VALUE_REFUSED));
}

static void netmask_is_ones_then_zeros(void)
{
    static const char *const good[] = {
        "255.255.255.0", "255.255.255.254", "255.255.255.255",
        "255.255.255.128"
    };
    static const char *const bad[] = {
        "0.0.0.0", "255.0.255.0", "255.255.255.1", "0.255.255.255", "24",
        "/24", "255.255.255"
    };

    for (size_t i = 0; i < ROWS(good); i++) {
        CU_ASSERT(parse("InitiatorNetmask", good[i]));
    }
    for (size_t i = 0; i < ROWS(bad); i++) {
        CU_ASSERT(refuses("InitiatorNetmask", bad[i], EV_VALUE_REFUSED));
    }
}

static void ports_are_1_to_65535(void)
{
    static const char *const bad[] = {
        "0", "65536", "4294970556", "18446744073709554876", "-1", "+3260",
        "0xcbc", "3260.", "iscsi", "00000003260"
    };

    CU_ASSERT(takes("TargetPort", "1"));
    CU_ASSERT(takes("TargetPort", "65535"));
    CU_ASSERT_EQUAL(config.portal[0].port, 65535);
    CU_ASSERT(takes("TargetPort2", "03260"));
    CU_ASSERT_EQUAL(config.portal[1].port, 3260);
    for (size_t i = 0; i < ROWS(bad); i++) {
        CU_ASSERT(refuses("TargetPort", bad[i], EV_VALUE_REFUSED));
        CU_ASSERT(refuses("TargetPort2", bad[i], EV_VALUE_REFUSED));
    }
}

static void lun_is_0_to_255(void)
{
    CU_ASSERT(takes("LUN", "0"));
    CU_ASSERT(takes("LUN", "255"));
    CU_ASSERT_EQUAL(config.lun, 255);
    CU_ASSERT(refuses("LUN", "256", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("LUN", "0x1", EV_VALUE_REFUSED));
}

static void vlan_is_disabled_or_1_to_4094(void)
{
    CU_ASSERT(takes("VLAN", "1"));
    CU_ASSERT(takes("VLAN", "4094"));
    CU_ASSERT_EQUAL(config.vlan, 4094);
    CU_ASSERT(refuses("VLAN", "0", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("VLAN", "4095", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("VLAN", "Enabled", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("VLAN", "disabled", EV_VALUE_REFUSED));
}

static void laa_is_12_hex_digits_and_no_multicast(void)
{
    static const uint8_t mac[6] = { 0x02, 0x17, 0x08, 0xab, 0xcd, 0xef };

    CU_ASSERT(takes("LAA", "021708abCDef"));
    CU_ASSERT_EQUAL(memcmp(config.laa, mac, sizeof(mac)), 0);
    CU_ASSERT(refuses("LAA", "031708abcdef", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("LAA", "ffffffffffff", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("LAA", "021708abcde", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("LAA", "021708abcdeff", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("LAA", "021708abcdeg", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("LAA", "02:17:08:ab:cd:ef", EV_VALUE_REFUSED));
}

static void force_boot_knows_four_words_for_true(void)
{
    static const char *const yes[] = { "True", "TRUE", "true", "1" };
    static const char *const no[] = { "False", "FALSE", "false", "0" };
    static const char *const odd[] = { "yes", "tRUE", "True1", "On", "2" };

    for (size_t i = 0; i < ROWS(yes); i++) {
        CU_ASSERT(takes("ForceBoot", yes[i]) && config.force_boot);
        CU_ASSERT(takes("ForceBoot", no[i]) && !config.force_boot);
    }
    for (size_t i = 0; i < ROWS(odd); i++) {
        CU_ASSERT(warns("ForceBoot", odd[i], EV_WARNING_FORCE_BOOT));
        CU_ASSERT_FALSE(config.force_boot);
    }
}

static void digests_are_true_or_false(void)
{
    CU_ASSERT(takes("HeaderDigest", "True") && config.header_digest);
    CU_ASSERT_FALSE(config.data_digest);
    CU_ASSERT(takes("DataDigest", "1") && config.data_digest);
    CU_ASSERT_FALSE(config.header_digest);
    CU_ASSERT(takes("DataDigest", "FALSE") && !config.data_digest);
    CU_ASSERT(refuses("HeaderDigest", "CRC32C", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("DataDigest", "yes", EV_VALUE_REFUSED));
}

static void auth_method_is_case_sensitive(void)
{
    CU_ASSERT(takes("AuthMethod", "CHAP") && config.auth == EV_AUTH_CHAP);
    CU_ASSERT(takes("AuthMethod", "None") && config.auth == EV_AUTH_NONE);
    CU_ASSERT(refuses("AuthMethod", "Chap", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("AuthMethod", "NONE", EV_VALUE_REFUSED));
    CU_ASSERT(refuses("AuthMethod", "CHAP,None", EV_VALUE_REFUSED));
}

static void username_has_at_most_255_bytes(void)
{
    char name[EV_USERNAME_MAX + 2] = "";

    CU_ASSERT(takes("CHAPUsername", "iqn.1991-05.com.x:a=b c"));
    memset(name, 'u', EV_USERNAME_MAX);
    CU_ASSERT(takes("CHAPUsername", name));
    CU_ASSERT_STRING_EQUAL(config.chap_username, name);
    name[EV_USERNAME_MAX] = 'u';
    CU_ASSERT(refuses("CHAPUsername", name, EV_VALUE_LENGTH));
}

static void secrets_are_text_or_hex(void)
{
    static const uint8_t bytes[12] = {
        0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaA, 0xFf
    };

    CU_ASSERT(takes("CHAPSecret", "0x00112233445566778899aAFf"));
    CU_ASSERT_EQUAL(config.chap_secret.length, 12);
    CU_ASSERT_EQUAL(memcmp(config.chap_secret.bytes, bytes, 12), 0);
    CU_ASSERT(warns("CHAPMSecret", "0X00112233445566778899aabb",
                    EV_WARNING_SECRET_LONG));
    CU_ASSERT_EQUAL(config.chap_msecret.bytes[1], 'X');
}

static void secrets_have_at_least_12_bytes(void)
{
    static const char *const names[] = { "CHAPSecret", "CHAPMSecret" };

    for (size_t i = 0; i < ROWS(names); i++) {
        CU_ASSERT(takes(names[i], "exactly12byt"));
        CU_ASSERT(refuses(names[i], "only11bytes", EV_SECRET_LENGTH));
        CU_ASSERT(refuses(names[i], "0x", EV_SECRET_LENGTH));
        CU_ASSERT(refuses(names[i], "0x00112233445566778899aa",
                          EV_SECRET_LENGTH));
        CU_ASSERT(refuses(names[i], "0x00112233445566778899aabbc",
                          EV_SECRET_HEX));
        CU_ASSERT(refuses(names[i], "0x00112233445566778899aabg",
                          EV_SECRET_HEX));
    }
}

static void long_secrets_warn_above_16_and_end_at_255(void)
{
    char secret[2 * EV_SECRET_MAX + 6] = "";

    memset(secret, 's', 16);
    CU_ASSERT(takes("CHAPSecret", secret));
    secret[16] = 's';
    CU_ASSERT(warns("CHAPSecret", secret, EV_WARNING_SECRET_LONG));
    memset(secret, 's', EV_SECRET_MAX);
    CU_ASSERT(warns("CHAPSecret", secret, EV_WARNING_SECRET_LONG));
    CU_ASSERT_EQUAL(config.chap_secret.length, EV_SECRET_MAX);
    secret[EV_SECRET_MAX] = 's';
    CU_ASSERT(refuses("CHAPSecret", secret, EV_SECRET_LENGTH));
    memset(secret, 'a', 2 * EV_SECRET_MAX + 2);
    memcpy(secret, "0x", 2);
    CU_ASSERT(warns("CHAPSecret", secret, EV_WARNING_SECRET_LONG));
    CU_ASSERT_EQUAL(config.chap_secret.bytes[EV_SECRET_MAX - 1], 0xaa);
    memset(secret + 2, 'a', 2 * EV_SECRET_MAX + 2);
    CU_ASSERT(refuses("CHAPSecret", secret, EV_SECRET_LENGTH));
}

static void masked_secrets_are_refused_even_when_unused(void)
{
    CU_ASSERT(refuses("CHAPSecret", "********", EV_SECRET_MASKED));
    CU_ASSERT(refuses("CHAPMSecret", "*", EV_SECRET_MASKED));
    CU_ASSERT(takes("CHAPSecret", "****notonly*"));
    CU_ASSERT_FALSE(ev_text_parse(EV_TEXT("AuthMethod", "None", "CHAPSecret",
                                          "************"),
                                  &config, &problems));
    CU_ASSERT(ev_only_error(&problems, EV_SECRET_MASKED, EV_CHAP_SECRET));
}

static const struct unit_case cases[] = {
    UNIT_CASE(the_base_text_is_valid_and_parsed_whole),
    UNIT_CASE(absent_variables_have_their_defaults),
    UNIT_CASE(names_of_all_three_kinds_are_taken),
    UNIT_CASE(names_that_are_none_are_refused),
    UNIT_CASE(odd_names_are_taken_with_a_warning),
    UNIT_CASE(names_have_at_most_223_bytes),
    UNIT_CASE(addresses_are_decimal_whatever_their_zeros),
    UNIT_CASE(addresses_of_no_host_are_refused),
    UNIT_CASE(route_may_be_zero_for_none),
    UNIT_CASE(netmask_is_ones_then_zeros),
    UNIT_CASE(ports_are_1_to_65535),
    UNIT_CASE(lun_is_0_to_255),
    UNIT_CASE(vlan_is_disabled_or_1_to_4094),
    UNIT_CASE(laa_is_12_hex_digits_and_no_multicast),
    UNIT_CASE(force_boot_knows_four_words_for_true),
    UNIT_CASE(digests_are_true_or_false),
    UNIT_CASE(auth_method_is_case_sensitive),
    UNIT_CASE(username_has_at_most_255_bytes),
    UNIT_CASE(secrets_are_text_or_hex),
    UNIT_CASE(secrets_have_at_least_12_bytes),
    UNIT_CASE(long_secrets_warn_above_16_and_end_at_255),
    UNIT_CASE(masked_secrets_are_refused_even_when_unused),
};

int main(int argc, char **argv)
{
    return unit_main("ev-value", cases, CASES, argc, argv);
}
