/*
 * Name=Value text, line by line.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ev-internal.h"

#define DOS_END_OF_FILE 0x1a

static const char byte_order_mark[3] = { '\xef', '\xbb', '\xbf' };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct ev_slice trim(const char *start, const char *end)
{
    while (start < end && is_blank(*start)) {
        start++;
    }
    while (start < end && is_blank(end[-1])) {
        end--;
    }
    return (struct ev_slice) { start, end - start };
}

/* Takes one line off the text; its end, LF or CR LF, is not part of it. */
static struct ev_slice take_line(struct ev_reader *reader)
{
    const char *start = reader->next;
    const char *end = start;

    while (end < reader->end && *end != '\n') {
        end++;
    }
    reader->next = end < reader->end ? end + 1 : end;
    if (end > start && end[-1] == '\r') {
        end--;
    }
    reader->number++;
    return trim(start, end);
}

static bool is_printable(struct ev_slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text.start[i] < ' ' || text.start[i] > '~') {
            return false;
        }
    }
    return true;
}

static void split(struct ev_slice text, struct ev_line *line)
{
    const char *end = text.start + text.length;
    const char *equals = text.start;

    while (equals < end && *equals != '=') {
        equals++;
    }
    line->name = trim(text.start, equals);
    if (equals == end) {
        line->error = EV_LINE_NO_EQUALS;
        line->name.length = 0;
        line->value = text;
        return;
    }
    line->value = trim(equals + 1, end);
    line->error = line->name.length == 0 ? EV_LINE_NO_NAME : EV_OK;
}

void ev_reader_init(struct ev_reader *reader, const char *text, size_t length)
{
    reader->next = text;
    reader->end = text;
    reader->number = 0;
    if (length >= sizeof(byte_order_mark) &&
        memcmp(text, byte_order_mark, sizeof(byte_order_mark)) == 0) {
        reader->next += sizeof(byte_order_mark);
    }
    while (reader->end < text + length && *reader->end != DOS_END_OF_FILE) {
        reader->end++;
    }
}

bool ev_reader_next(struct ev_reader *reader, struct ev_line *line)
{
    struct ev_slice text;

    while (reader->next < reader->end) {
        text = take_line(reader);
        if (text.length == 0 || text.start[0] == '#') {
            continue;
        }
        line->number = reader->number;
        split(text, line);
        if (!is_printable(line->name) || !is_printable(line->value)) {
            line->error = EV_LINE_CHARACTER;
        }
        return true;
    }
    return false;
}

bool ev_find(const char *text, size_t length, const char *name,
             struct ev_slice *value)
{
    struct ev_reader reader;
    struct ev_line line;

    ev_reader_init(&reader, text, length);
    while (ev_reader_next(&reader, &line)) {
        if (line.error == EV_OK && ev_slice_is(line.name, name)) {
            *value = line.value;
            return true;
        }
    }
    return false;
}
