/*
 * A configuration as a whole: what must be there, what goes together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ev-text.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

static struct ev_boot_config config;
static struct ev_problems problems;

static bool parse(struct ev_text text)
{
    return ev_text_parse(text, &config, &problems);
}

static bool parse_string(const char *string)
{
    return parse(ev_text_new(string));
}

static struct ev_text read_sample(void)
{
    char buffer[8192];
    FILE *file = fopen(DATA "/evinput-sample.txt", "r");
    size_t length = 0;

    if (file) {
        length = fread(buffer, 1, sizeof(buffer) - 1, file);
        fclose(file);
    }
    buffer[length] = '\0';
    return ev_text_new(buffer);
}

static bool slice_is(struct ev_slice slice, const char *string)
{
    return slice.length == strlen(string) &&
           memcmp(slice.start, string, slice.length) == 0;
}

static void both_defects_of_the_vendors_sample_are_diagnosed(void)
{
    struct ev_text text = read_sample();

    CU_ASSERT_FALSE(ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED,
                             &config, &problems));
    CU_ASSERT_EQUAL(problems.errors, 2);
    CU_ASSERT_EQUAL(problems.list[0].error, EV_NAME_DOUBLED);
    CU_ASSERT_EQUAL(problems.list[0].variable, EV_TARGET_NAME);
    CU_ASSERT_EQUAL(problems.list[0].line, 8);
    CU_ASSERT_EQUAL(problems.list[1].error, EV_LINE_NO_EQUALS);
    CU_ASSERT_EQUAL(problems.list[1].variable, EV_TARGET_NAME);
    CU_ASSERT_EQUAL(problems.list[1].line, 9);
    CU_ASSERT(slice_is(problems.list[1].value, "9.0123456789ab.disk01"));
    ev_text_free(&text);
}

static void the_sample_without_its_defects_is_valid(void)
{
    struct ev_text text = read_sample();
    char *doubled = text.start;
    char *fold;

    while (memcmp(doubled, "TargetName=TargetName=", 22) != 0) {
        doubled++;
    }
    memset(doubled, ' ', 11);
    fold = memchr(doubled, '\n', text.start + text.length - doubled);
    memmove(fold, fold + 1, text.start + text.length - fold - 1);
    text.length--;
    CU_ASSERT(ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED, &config,
                       &problems));
    CU_ASSERT(ev_warned(&problems, EV_WARNING_NAME_FORM));
    CU_ASSERT_STRING_EQUAL(
        config.target_name,
        "iqn.2006-06.net.example:array.pool7.lab-9.0123456789ab.disk01");
    CU_ASSERT_EQUAL(config.initiator_ip[3], 5);
    CU_ASSERT_EQUAL(config.auth, EV_AUTH_NONE);
    CU_ASSERT_EQUAL(config.chap_secret.length, 0);
    ev_text_free(&text);
}

static void every_required_variable_is_missed(void)
{
    static const char *const names[] = {
        "TargetName", "TargetIP", "InitiatorName", "InitiatorIP",
        "InitiatorNetmask"
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        enum ev_variable_id variable =
            ev_variable_find((struct ev_slice) { names[i],
                                                 strlen(names[i]) });

        CU_ASSERT_FALSE(parse(EV_TEXT(names[i], NULL)));
        CU_ASSERT(ev_only_error(&problems, EV_NAME_MISSING, variable));
        CU_ASSERT_EQUAL(problems.list[0].line, 0);
        CU_ASSERT_FALSE(parse(EV_TEXT(names[i], "")));
        CU_ASSERT(ev_only_error(&problems, EV_NAME_MISSING, variable));
        CU_ASSERT_NOT_EQUAL(problems.list[0].line, 0);
    }
}

static void all_problems_are_found_and_listed_by_line(void)
{
    CU_ASSERT_FALSE(parse_string("LUN=999\nAuthMethod=CHAP\nfoo=1\n"
                                 "TargetIP=1.2.3\nForceBoot=maybe\n=\n"));
    CU_ASSERT_EQUAL(problems.errors, 4 + 6);
    CU_ASSERT_EQUAL(problems.warnings, 1);
    CU_ASSERT_EQUAL(problems.listed, 11);
    CU_ASSERT_EQUAL(problems.list[0].line, 1);
    CU_ASSERT_EQUAL(problems.list[1].line, 3);
    CU_ASSERT_EQUAL(problems.list[2].line, 4);
    CU_ASSERT_EQUAL(problems.list[3].line, 5);
    CU_ASSERT_EQUAL(problems.list[4].line, 6);
    for (unsigned i = 5; i < problems.listed; i++) {
        CU_ASSERT_EQUAL(problems.list[i].line, 0);
    }
}

static void more_problems_than_fit_are_still_counted(void)
{
    char text[6 * 100 + 1];

    for (unsigned i = 0; i < 100; i++) {
        memcpy(text + 6 * i, "foo=1\n", 7);
    }
    CU_ASSERT_FALSE(parse_string(text));
    CU_ASSERT_EQUAL(problems.errors, 100 + 5);
    CU_ASSERT_EQUAL(problems.listed, EV_PROBLEMS_MAX);
    CU_ASSERT_EQUAL(problems.list[EV_PROBLEMS_MAX - 1].line, EV_PROBLEMS_MAX);
}

static void repeated_variable_names_both_lines(void)
{
    struct ev_text text = EV_TEXT("LUN", "1\n\nLUN=1");

    CU_ASSERT_FALSE(parse(text));
    CU_ASSERT(ev_only_error(&problems, EV_NAME_REPEATED, EV_LUN));
    CU_ASSERT_EQUAL(problems.list[0].line, problems.list[0].other_line + 2);
}

static void unknown_names_are_refused_by_tools(void)
{
    struct ev_text text = EV_TEXT("TargetName2", "iqn.x");

    CU_ASSERT_FALSE(ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED,
                             &config, &problems));
    CU_ASSERT(ev_only_error(&problems, EV_NAME_UNKNOWN, EV_NO_VARIABLE));
    CU_ASSERT(slice_is(problems.list[0].name, "TargetName2"));
    CU_ASSERT_EQUAL(problems.list[0].value.length, 0);
    ev_text_free(&text);
}

static void unknown_names_are_ignored_by_the_rom(void)
{
    struct ev_text text = EV_TEXT("Future", "x");

    CU_ASSERT(ev_parse(text.start, text.length, EV_UNKNOWN_IGNORED, &config,
                       &problems));
    CU_ASSERT_EQUAL(problems.warnings, 0);
    ev_text_free(&text);
}

static void wrong_case_is_told_with_the_right_name(void)
{
    struct ev_text text = EV_TEXT("LUN", NULL, "lun", "1");

    CU_ASSERT_FALSE(ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED,
                             &config, &problems));
    CU_ASSERT(ev_only_error(&problems, EV_NAME_CASE, EV_LUN));
    CU_ASSERT(slice_is(problems.list[0].name, "lun"));
    ev_text_free(&text);
}

static void chap_needs_username_and_secret(void)
{
    CU_ASSERT_FALSE(parse(EV_TEXT("AuthMethod", "CHAP",
                                  "CHAPUsername", NULL)));
    CU_ASSERT(ev_only_error(&problems, EV_CHAP_INCOMPLETE, EV_CHAP_USERNAME));
    CU_ASSERT_FALSE(parse(EV_TEXT("AuthMethod", "CHAP", "CHAPSecret", "")));
    CU_ASSERT(ev_only_error(&problems, EV_CHAP_INCOMPLETE, EV_CHAP_SECRET));
    CU_ASSERT(parse(EV_TEXT("AuthMethod", "CHAP", "CHAPMSecret", NULL)));
}

static void mutual_chap_needs_its_own_secret(void)
{
    CU_ASSERT_FALSE(parse(EV_TEXT("CHAPMSecret", NULL)));
    CU_ASSERT(ev_only_error(&problems, EV_CHAP_INCOMPLETE, EV_CHAP_MSECRET));
    CU_ASSERT_NOT_EQUAL(problems.list[0].other_line, 0);
}

static void both_secrets_must_differ_whatever_their_form(void)
{
    CU_ASSERT_FALSE(parse(EV_TEXT("CHAPMSecret", "Twelve4bytes")));
    CU_ASSERT(ev_only_error(&problems, EV_SECRETS_EQUAL, EV_CHAP_MSECRET));
    CU_ASSERT_FALSE(parse(EV_TEXT("CHAPMSecret",
                                  "0x5477656c7665346279746573")));
    CU_ASSERT(ev_only_error(&problems, EV_SECRETS_EQUAL, EV_CHAP_MSECRET));
    CU_ASSERT(parse(EV_TEXT("CHAPMSecret", "Twelve4bytes", "AuthMethod",
                            "CHAP")));
}

static void secrets_are_ignored_without_authentication(void)
{
    CU_ASSERT(parse(EV_TEXT("AuthMethod", "None", "CHAPSecret", "short",
                            "CHAPMSecret", "0xZZ")));
    CU_ASSERT_EQUAL(problems.warnings, 0);
    CU_ASSERT_EQUAL(config.chap_secret.length, 0);
    CU_ASSERT_EQUAL(config.chap_msecret.length, 0);
    CU_ASSERT_STRING_EQUAL(config.chap_username, "");
}

static void refused_text_leaves_no_configuration_behind(void)
{
    static const struct ev_boot_config zero;

    memset(&config, 0xa5, sizeof(config));
    CU_ASSERT_FALSE(parse(EV_TEXT("LUN", "256")));
    CU_ASSERT_EQUAL(memcmp(&config, &zero, sizeof(zero)), 0);
}

static void no_problem_shows_a_secret(void)
{
    static const char *const texts[] = {
        "CHAPSecret=hush\nAuthMethod=CHAP\n",
        "CHAPSecret=CHAPSecret=hush\n",
        "CHAPSecret=\nCHAPSecret=hush\n",
        "CHAPMSecret=a-\nhush\n",
        "CHAPSecrt=hush\n",
        "chapsecret=hush\n",
        "CHAPSecrt=a\nhush\n",
        "CHAPSecret=folded-by-an-edi-\nhush==\n",
        "CHAPMSecret=0x0011223344556677\nand\nhush=\n",
        "CHAPSecret=\x80hush\n",
        "=hush\n",
        "hush\n",
    };
    char sentence[400];

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct ev_text text = ev_text_new(texts[i]);

        CU_ASSERT_FALSE(ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED,
                                 &config, &problems));
        for (unsigned j = 0; j < problems.listed; j++) {
            ev_problem_text(&problems.list[j], sentence, sizeof(sentence));
            CU_ASSERT_PTR_NULL(strstr(sentence, "hush"));
        }
        ev_text_free(&text);
    }
}

static void portal_elsewhere_needs_a_route(void)
{
    CU_ASSERT(parse(EV_TEXT("TargetIP", "198.51.100.1", "InitiatorRoute",
                            NULL)));
    CU_ASSERT(ev_warned(&problems, EV_WARNING_NO_ROUTE));
    CU_ASSERT_EQUAL(problems.list[0].variable, EV_TARGET_IP);
    CU_ASSERT(parse(EV_TEXT("TargetIP2", "198.51.100.1", "InitiatorRoute",
                            "0.0.0.0")));
    CU_ASSERT(ev_warned(&problems, EV_WARNING_NO_ROUTE));
    CU_ASSERT_EQUAL(problems.list[0].variable, EV_TARGET_IP2);
    CU_ASSERT(parse(EV_TEXT("TargetIP", "198.51.100.1")));
    CU_ASSERT_EQUAL(problems.warnings, 0);
}

static void route_outside_the_network_warns(void)
{
    CU_ASSERT(parse(EV_TEXT("InitiatorRoute", "192.0.3.1")));
    CU_ASSERT(ev_warned(&problems, EV_WARNING_ROUTE));
}

static void second_port_alone_warns(void)
{
    CU_ASSERT(parse(EV_TEXT("TargetIP2", NULL)));
    CU_ASSERT(ev_warned(&problems, EV_WARNING_PORT_ALONE));
    CU_ASSERT_EQUAL(config.portals, 1);
    CU_ASSERT_EQUAL(config.portal[1].port, 0);
}

static void second_portal_has_the_default_port(void)
{
    CU_ASSERT(parse(EV_TEXT("TargetPort2", NULL, "TargetPort", "9999")));
    CU_ASSERT_EQUAL(config.portals, 2);
    CU_ASSERT_EQUAL(config.portal[1].port, 3260);
}

static const struct unit_case cases[] = {
    UNIT_CASE(both_defects_of_the_vendors_sample_are_diagnosed),
    UNIT_CASE(the_sample_without_its_defects_is_valid),
    UNIT_CASE(every_required_variable_is_missed),
    UNIT_CASE(all_problems_are_found_and_listed_by_line),
    UNIT_CASE(more_problems_than_fit_are_still_counted),
    UNIT_CASE(repeated_variable_names_both_lines),
    UNIT_CASE(unknown_names_are_refused_by_tools),
    UNIT_CASE(unknown_names_are_ignored_by_the_rom),
    UNIT_CASE(wrong_case_is_told_with_the_right_name),
    UNIT_CASE(chap_needs_username_and_secret),
    UNIT_CASE(mutual_chap_needs_its_own_secret),
    UNIT_CASE(both_secrets_must_differ_whatever_their_form),
    UNIT_CASE(secrets_are_ignored_without_authentication),
    UNIT_CASE(refused_text_leaves_no_configuration_behind),
    UNIT_CASE(no_problem_shows_a_secret),
    UNIT_CASE(portal_elsewhere_needs_a_route),
    UNIT_CASE(route_outside_the_network_warns),
    UNIT_CASE(second_port_alone_warns),
    UNIT_CASE(second_portal_has_the_default_port),
};

int main(int argc, char **argv)
{
    return unit_main("ev-config", cases, CASES, argc, argv);
}
