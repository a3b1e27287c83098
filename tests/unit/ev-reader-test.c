/*
 * Name=Value text, line by line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "ev-text.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))
#define LINES_MAX 8

struct read_line {
    enum ev_error error;
    unsigned number;
    char name[40];
    char value[40];
};

static void copy(char *to, struct ev_slice from)
{
    memcpy(to, from.start, from.length);
    to[from.length] = '\0';
}

static unsigned read_all(const char *string, struct read_line *lines)
{
    struct ev_text text = ev_text_new(string);
    struct ev_reader reader;
    struct ev_line line;
    unsigned count = 0;

    ev_reader_init(&reader, text.start, text.length);
    while (count < LINES_MAX && ev_reader_next(&reader, &line)) {
        lines[count].error = line.error;
        lines[count].number = line.number;
        copy(lines[count].name, line.name);
        copy(lines[count].value, line.value);
        count++;
    }
    ev_text_free(&text);
    return count;
}

/* Is this text one line, with this name and value? */
static bool reads_as(const char *text, const char *name, const char *value)
{
    struct read_line lines[LINES_MAX];

    return read_all(text, lines) == 1 && lines[0].error == EV_OK &&
           strcmp(lines[0].name, name) == 0 &&
           strcmp(lines[0].value, value) == 0;
}

static void line_ends_may_be_lf_or_crlf_or_the_end(void)
{
    CU_ASSERT(reads_as("LUN=1\n", "LUN", "1"));
    CU_ASSERT(reads_as("LUN=1\r\n", "LUN", "1"));
    CU_ASSERT(reads_as("LUN=1", "LUN", "1"));
    CU_ASSERT(reads_as("LUN=1\r", "LUN", "1"));
}

static void value_may_contain_equals_and_hash(void)
{
    CU_ASSERT(reads_as("CHAPSecret=a=b#c=\n", "CHAPSecret", "a=b#c="));
}

static void blanks_around_name_and_value_are_cut_off(void)
{
    CU_ASSERT(reads_as(" \tLUN \t= 1 \t\r\n", "LUN", "1"));
    CU_ASSERT(reads_as("N= a b \t\n", "N", "a b"));
}

static void value_may_be_empty(void)
{
    CU_ASSERT(reads_as("N=\n", "N", ""));
    CU_ASSERT(reads_as("N=", "N", ""));
}

static void comments_and_empty_lines_count_but_are_skipped(void)
{
    struct read_line lines[LINES_MAX];

    CU_ASSERT_EQUAL(read_all("# c=1\n\r\n \t\n  #x\nA=1\n\nB=2\n", lines), 2);
    CU_ASSERT_EQUAL(lines[0].number, 5);
    CU_ASSERT_EQUAL(lines[1].number, 7);
    CU_ASSERT_EQUAL(read_all("", lines), 0);
    CU_ASSERT_EQUAL(read_all("#", lines), 0);
}

static void notepads_byte_order_mark_is_skipped(void)
{
    struct read_line lines[LINES_MAX];

    CU_ASSERT(reads_as("\xef\xbb\xbfLUN=1\n", "LUN", "1"));
    CU_ASSERT_EQUAL(read_all("\xef\xbb\xbf", lines), 0);
    CU_ASSERT_EQUAL(read_all("\xef\xbb", lines), 1);
}

static void dos_end_of_file_ends_the_text(void)
{
    CU_ASSERT(reads_as("LUN=1\r\n\x1aLUN=2\r\n", "LUN", "1"));
    CU_ASSERT(reads_as("LUN=1\x1a", "LUN", "1"));
}

static void bad_lines_are_named_and_reading_goes_on(void)
{
    struct read_line lines[LINES_MAX];

    CU_ASSERT_EQUAL(read_all("folded rest\n=v\nA=\x80\n\x07=1\nB\t=\t2\n",
                             lines), 5);
    CU_ASSERT_EQUAL(lines[0].error, EV_LINE_NO_EQUALS);
    CU_ASSERT_STRING_EQUAL(lines[0].value, "folded rest");
    CU_ASSERT_EQUAL(lines[1].error, EV_LINE_NO_NAME);
    CU_ASSERT_EQUAL(lines[2].error, EV_LINE_CHARACTER);
    CU_ASSERT_EQUAL(lines[3].error, EV_LINE_CHARACTER);
    CU_ASSERT_EQUAL(lines[4].error, EV_OK);
    CU_ASSERT_EQUAL(lines[4].number, 5);
}

static void nul_inside_a_line_is_refused(void)
{
    static const char text[] = { 'A', '=', '\0', 'b', '\n' };
    struct ev_reader reader;
    struct ev_line line;

    ev_reader_init(&reader, text, sizeof(text));
    CU_ASSERT(ev_reader_next(&reader, &line));
    CU_ASSERT_EQUAL(line.error, EV_LINE_CHARACTER);
    CU_ASSERT_FALSE(ev_reader_next(&reader, &line));
}

static void find_takes_the_first_whole_name(void)
{
    static const char text[] = "LUNA=9\n#LUN=8\nLUN=1\nLUN=2\n";
    struct ev_slice value;

    CU_ASSERT(ev_find(text, sizeof(text) - 1, "LUN", &value));
    CU_ASSERT_EQUAL(value.length, 1);
    CU_ASSERT_EQUAL(value.start[0], '1');
    CU_ASSERT_FALSE(ev_find(text, sizeof(text) - 1, "LU", &value));
    CU_ASSERT_FALSE(ev_find(text, sizeof(text) - 1, "lun", &value));
}

static const struct unit_case cases[] = {
    UNIT_CASE(line_ends_may_be_lf_or_crlf_or_the_end),
    UNIT_CASE(value_may_contain_equals_and_hash),
    UNIT_CASE(blanks_around_name_and_value_are_cut_off),
    UNIT_CASE(value_may_be_empty),
    UNIT_CASE(comments_and_empty_lines_count_but_are_skipped),
    UNIT_CASE(notepads_byte_order_mark_is_skipped),
    UNIT_CASE(dos_end_of_file_ends_the_text),
    UNIT_CASE(bad_lines_are_named_and_reading_goes_on),
    UNIT_CASE(nul_inside_a_line_is_refused),
    UNIT_CASE(find_takes_the_first_whole_name),
};

int main(int argc, char **argv)
{
    return unit_main("ev-reader", cases, CASES, argc, argv);
}
