/*
 * Writes iLO's documents.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "reply.h"
#include "scan.h"

static const struct {
    uint16_t number;
    const char *text;
} statuses[RIBCL_STATUS_COUNT] = {
#define RIBCL_STATUS_ROW(constant, number, text) [constant] = { number, text },
    RIBCL_STATUSES(RIBCL_STATUS_ROW)
};

const char *ribcl_status_text(enum ribcl_status status)
{
    return statuses[status].text;
}

unsigned ribcl_status_number(enum ribcl_status status)
{
    return statuses[status].number;
}

void ribcl_writer_init(struct ribcl_writer *writer, char *buffer, size_t room)
{
    *writer = (struct ribcl_writer) { buffer, room, 0, false };
}

static void put_bytes(struct ribcl_writer *writer, const char *bytes,
                      size_t length)
{
    if (length > writer->room - writer->length) {
        writer->full = true;
        return;
    }
    memcpy(writer->buffer + writer->length, bytes, length);
    writer->length += length;
}

void ribcl_put(struct ribcl_writer *writer, const char *text)
{
    put_bytes(writer, text, ribcl_length(text));
}

static const char *replacement(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&apos;";
    default:
        return c >= ' ' && c <= '~' ? NULL : "?";
    }
}

void ribcl_put_escaped(struct ribcl_writer *writer, const char *text)
{
    for (; *text; text++) {
        const char *instead = replacement(*text);

        if (instead) {
            ribcl_put(writer, instead);
        } else {
            put_bytes(writer, text, 1);
        }
    }
}

void ribcl_put_number(struct ribcl_writer *writer, unsigned number)
{
    char digits[10];
    unsigned first = sizeof(digits);

    do {
        digits[--first] = '0' + number % 10;
        number /= 10;
    } while (number > 0);
    put_bytes(writer, digits + first, sizeof(digits) - first);
}

void ribcl_put_attribute(struct ribcl_writer *writer, const char *name,
                         const char *value)
{
    ribcl_put(writer, " ");
    ribcl_put(writer, name);
    ribcl_put(writer, "=\"");
    ribcl_put_escaped(writer, value);
    ribcl_put(writer, "\"");
}

static void put_status(struct ribcl_writer *writer, unsigned number)
{
    char digits[] = "0x0000";

    for (unsigned i = 5; i >= 2; i--) {
        digits[i] = "0123456789ABCDEF"[number & 15];
        number >>= 4;
    }
    ribcl_put(writer, digits);
}

void ribcl_begin(struct ribcl_writer *writer, enum ribcl_status status,
                 const char *detail)
{
    /* Line for line as iLO 2 does: fence_ilo reads it with patterns. */
    ribcl_put(writer, "<?xml version=\"1.0\"?>\r\n"
                      "<RIBCL VERSION=\"" RIBCL_VERSION "\">\r\n"
                      "<RESPONSE\r\n"
                      "    STATUS=\"");
    put_status(writer, statuses[status].number);
    ribcl_put(writer, "\"\r\n    MESSAGE='");
    ribcl_put_escaped(writer, detail ? detail : statuses[status].text);
    ribcl_put(writer, "'\r\n     />\r\n");
}

void ribcl_end(struct ribcl_writer *writer)
{
    ribcl_put(writer, "</RIBCL>\r\n");
}

void ribcl_answer(struct ribcl_writer *writer, enum ribcl_status status,
                  const char *detail)
{
    ribcl_begin(writer, status, detail);
    ribcl_end(writer);
}
