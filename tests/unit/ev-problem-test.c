/*
 * What people read about a problem.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ev-text.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

static struct ev_problems problems;
static char sentence[512];

/* The sentence about the first problem of this text. */
static const char *first_sentence(struct ev_text text)
{
    static struct ev_boot_config config;

    sentence[0] = '\0';
    ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED, &config, &problems);
    if (problems.listed > 0) {
        ev_problem_text(&problems.list[0], sentence, sizeof(sentence));
    }
    ev_text_free(&text);
    return sentence;
}

static void sentence_has_line_name_value_and_what_is_allowed(void)
{
    static const struct {
        const char *name, *value, *sentence;
    } rows[] = {
        { "TargetPort", "70000", "line 3: TargetPort=70000: allowed is "
          "a decimal number, 1 to 65535" },
        { "VLAN", "Enabled", "line 11: VLAN=Enabled: allowed is "
          "Disabled, or a decimal number, 1 to 4094" },
        { "AuthMethod", "chap", "line 16: AuthMethod=chap: allowed is "
          "None, CHAP or MutualCHAP" },
        { "TargetIP", "nas", "line 2: TargetIP=nas: allowed is "
          "the IPv4 address of a host, like 192.0.2.10" },
        { "CHAPSecret", "short", "line 18: CHAPSecret: too short or too "
          "long; allowed is text, or 0x and two hex digits a byte, "
          "bytes: 12 to 255" },
        { "TargetNam", "x", "line 20: TargetNam: there is no such "
          "variable" },
        { "LUN", "1\nLUN=2", "line 13: LUN=2: it is already given on line "
          "12" },
        { "TargetName", "TargetName=iqn.a.b", "line 1: TargetName="
          "TargetName=iqn.a.b: the value begins with the name again; "
          "remove the second TargetName" },
        { "TargetName", "iqn.2001-01.net.x:a\nrest", "line 2: rest: there "
          "is no '=' in this line; if it is the rest of TargetName, join "
          "the two lines" },
        { "TargetIP", NULL, "TargetIP: it is required; add the IPv4 address "
          "of a host, like 192.0.2.10" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *changes[] = { rows[i].name, rows[i].value, NULL };

        CU_ASSERT_STRING_EQUAL(first_sentence(ev_text_with(changes)),
                               rows[i].sentence);
    }
}

static void every_problem_has_a_sentence_for_every_variable(void)
{
    for (unsigned error = 0; error < EV_ERRORS; error++) {
        for (unsigned variable = 0; variable < EV_VARIABLES; variable++) {
            struct ev_problem problem = {
                .error = error, .variable = variable, .line = 1,
            };
            size_t length = ev_problem_text(&problem, sentence,
                                            sizeof(sentence));

            CU_ASSERT(length > strlen("line 1: "));
            CU_ASSERT(length < sizeof(sentence) - 1);
            CU_ASSERT_EQUAL(length, strlen(sentence));
        }
    }
}

static void problems_of_the_block_need_no_variable(void)
{
    for (unsigned error = EV_BLOCK_SHORT; error <= EV_BLOCK_TOO_LARGE;
         error++) {
        struct ev_problem problem = {
            .error = error, .variable = EV_NO_VARIABLE,
        };

        CU_ASSERT(ev_problem_text(&problem, sentence, sizeof(sentence)) > 0);
    }
}

static void sentence_is_cut_to_the_buffer(void)
{
    struct ev_problem problem = { .error = EV_NAME_MISSING };
    size_t whole = ev_problem_text(&problem, sentence, sizeof(sentence));

    for (size_t room = 1; room <= whole + 2; room++) {
        char *buffer = malloc(room);
        size_t length = ev_problem_text(&problem, buffer, room);

        CU_ASSERT_EQUAL(length, whole < room ? whole : room - 1);
        CU_ASSERT_EQUAL(buffer[length], '\0');
        CU_ASSERT_EQUAL(memcmp(buffer, sentence, length), 0);
        free(buffer);
    }
    CU_ASSERT_EQUAL(ev_problem_text(&problem, sentence, 0), 0);
}

static void long_values_are_cut_and_odd_bytes_never_shown(void)
{
    char value[200] = "";

    memset(value, '9', sizeof(value) - 1);
    first_sentence(EV_TEXT("LUN", value));
    CU_ASSERT(strlen(sentence) < 150);
    CU_ASSERT_PTR_NOT_NULL(strstr(sentence, "999..."));
    first_sentence(EV_TEXT("LU\x1b[2JN", "1"));
    CU_ASSERT_PTR_NULL(strchr(sentence, '\x1b'));
    CU_ASSERT_PTR_NOT_NULL(strstr(sentence, "LU?[2JN"));
}

static const struct unit_case cases[] = {
    UNIT_CASE(sentence_has_line_name_value_and_what_is_allowed),
    UNIT_CASE(every_problem_has_a_sentence_for_every_variable),
    UNIT_CASE(problems_of_the_block_need_no_variable),
    UNIT_CASE(sentence_is_cut_to_the_buffer),
    UNIT_CASE(long_values_are_cut_and_odd_bytes_never_shown),
};

int main(int argc, char **argv)
{
    return unit_main("ev-problem", cases, CASES, argc, argv);
}
