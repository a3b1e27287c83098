/*
 * HTTP heads and chunks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "http.h"
#include "scan.h"

const char http_ok[] = "HTTP/1.1 200 OK\r\n"
                       "Content-Type: application/xml\r\n"
                       "Transfer-Encoding: chunked\r\n"
                       "Connection: close\r\n\r\n";
const char http_last_chunk[] = "0\r\n\r\n";

void http_head_init(struct http_head *head)
{
    head->length = 0;
    head->body = 0;
}

static bool begins(const char *text, const char *with)
{
    size_t length = ribcl_length(with);

    return ribcl_length(text) >= length && memcmp(text, with, length) == 0;
}

static bool begins_word(const char *text, const char *with)
{
    for (; *with; text++, with++) {
        if ((*text | 0x20) != (*with | 0x20)) {
            return false;
        }
    }
    return true;
}

/* A decimal number up to the end of the line, at most HTTP_BODY_MAX + 1. */
static bool read_length(const char *text, size_t *length)
{
    *length = 0;
    while (*text == ' ' || *text == '\t') {
        text++;
    }
    if (*text < '0' || *text > '9') {
        return false;
    }
    for (; *text >= '0' && *text <= '9'; text++) {
        *length = *length * 10 + (*text - '0');
        if (*length > HTTP_BODY_MAX) {
            *length = HTTP_BODY_MAX + 1;
        }
    }
    return *text == '\r' || *text == '\n' || *text == ' ';
}

/* Exactly one Content-Length; a chunked body is not read. */
static bool find_length(const char *text, size_t *body)
{
    unsigned found = 0;

    for (; *text; text++) {
        if (*text != '\n') {
            continue;
        }
        if (begins_word(text + 1, "content-length:")) {
            found += read_length(text + 16, body) ? 1 : 2;
        } else if (begins_word(text + 1, "transfer-encoding:")) {
            return false;
        }
    }
    return found == 1;
}

static enum http_result judge(struct http_head *head)
{
    const char *text = head->text;

    if (!begins(text, "POST ") && !begins(text, "GET ") &&
        !begins(text, "HEAD ")) {
        return HTTP_BAD;
    }
    if (!begins(text, "POST /ribcl HTTP/1.")) {
        return HTTP_NOT_FOUND;
    }
    if (!find_length(text, &head->body)) {
        return HTTP_BAD;
    }
    return head->body > HTTP_BODY_MAX ? HTTP_TOO_LARGE : HTTP_RIBCL;
}

/* Does the head end here: an empty line, with or without CR? */
static bool is_whole(const struct http_head *head)
{
    const char *end = head->text + head->length;

    return (head->length >= 2 && memcmp(end - 2, "\n\n", 2) == 0) ||
           (head->length >= 3 && memcmp(end - 3, "\n\r\n", 3) == 0);
}

enum http_result http_head_read(struct http_head *head, const char *bytes,
                                size_t length, size_t *used)
{
    for (*used = 0; *used < length;) {
        char c = bytes[(*used)++];

        if (head->length == HTTP_HEAD_MAX) {
            return HTTP_TOO_LARGE;
        }
        if (c == '\0') {
            return HTTP_BAD;
        }
        head->text[head->length++] = c;
        if (c == '\n' && is_whole(head)) {
            head->text[head->length] = '\0';
            return judge(head);
        }
    }
    return HTTP_MORE;
}

const char *http_refusal(enum http_result result)
{
    switch (result) {
    case HTTP_NOT_FOUND:
        return "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
               "Connection: close\r\n\r\n";
    case HTTP_TOO_LARGE:
        return "HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n"
               "Connection: close\r\n\r\n";
    default:
        return "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n"
               "Connection: close\r\n\r\n";
    }
}

size_t http_chunk_line(char line[HTTP_CHUNK_LINE], size_t length)
{
    char digits[16];
    size_t first = sizeof(digits), count;

    do {
        digits[--first] = "0123456789abcdef"[length & 15];
        length >>= 4;
    } while (length > 0);
    count = sizeof(digits) - first;
    memcpy(line, digits + first, count);
    memcpy(line + count, "\r\n", 2);
    return count + 2;
}
