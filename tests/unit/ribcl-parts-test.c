/*
 * HTTP heads, base64, and delays after failed logins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "delay.h"
#include "http.h"
#include "unit.h"

#define POST "POST /ribcl HTTP/1.1\r\nHost: localhost\r\n"

static struct http_head head;

/* Reads a head in pieces of @chunk bytes; *@rest is what it left. */
static enum http_result read_chunks(const char *text, size_t chunk,
                                    size_t *rest)
{
    size_t length = strlen(text), at = 0, used;
    enum http_result result = HTTP_MORE;

    http_head_init(&head);
    while (at < length && result == HTTP_MORE) {
        size_t size = length - at < chunk ? length - at : chunk;

        result = http_head_read(&head, text + at, size, &used);
        at += used;
    }
    *rest = length - at;
    return result;
}

static enum http_result read_head(const char *text)
{
    size_t rest, other;
    enum http_result result = read_chunks(text, strlen(text), &rest);

    for (size_t chunk = 1; chunk < strlen(text); chunk++) {
        CU_ASSERT_EQUAL(read_chunks(text, chunk, &other), result);
        CU_ASSERT_EQUAL(other, rest);
    }
    return result;
}

static void head_of_hpilo_is_read_and_its_body_left(void)
{
    size_t rest;

    CU_ASSERT_EQUAL(read_chunks(POST "Content-Length: 52\r\n"
                                "Connection: Close\r\n\r\n<?xml", 7, &rest),
                    HTTP_RIBCL);
    CU_ASSERT_EQUAL(head.body, 52);
    CU_ASSERT_EQUAL(read_head(POST "content-length:0\n\n<?xml"), HTTP_RIBCL);
}

static void other_paths_are_not_found(void)
{
    CU_ASSERT_EQUAL(read_head("GET /xmldata?item=all HTTP/1.1\r\n\r\n"),
                    HTTP_NOT_FOUND);
    CU_ASSERT_EQUAL(read_head("POST /ribcl2 HTTP/1.1\r\n\r\n"),
                    HTTP_NOT_FOUND);
    CU_ASSERT_EQUAL(read_head("GET /ribcl HTTP/1.1\r\n\r\n"),
                    HTTP_NOT_FOUND);
}

static void body_without_a_plain_length_is_refused(void)
{
    static const char *const lines[] = {
        "", "Content-Length:\r\n", "Content-Length: x\r\n",
        "Content-Length: 5x\r\n", "Content-Length: -1\r\n",
        "Content-Length: 5\r\nContent-Length: 6\r\n",
        "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    };

    for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        char text[256] = POST;

        strcat(strcat(text, lines[i]), "\r\n");
        CU_ASSERT_EQUAL(read_head(text), HTTP_BAD);
    }
    CU_ASSERT_EQUAL(read_head("PUT /ribcl HTTP/1.1\r\n\r\n"), HTTP_BAD);
}

static void large_bodies_and_heads_are_refused(void)
{
    char *text = calloc(1, HTTP_HEAD_MAX + 2);
    size_t used;

    CU_ASSERT_EQUAL(read_head(POST "Content-Length: 65536\r\n\r\n"),
                    HTTP_RIBCL);
    CU_ASSERT_EQUAL(read_head(POST "Content-Length: 65537\r\n\r\n"),
                    HTTP_TOO_LARGE);
    CU_ASSERT_EQUAL(read_head(POST "Content-Length: 18446744073709551616"
                              "00000001\r\n\r\n"), HTTP_TOO_LARGE);
    memset(text, 'x', HTTP_HEAD_MAX + 1);
    http_head_init(&head);
    CU_ASSERT_EQUAL(http_head_read(&head, text, HTTP_HEAD_MAX, &used),
                    HTTP_MORE);
    CU_ASSERT_EQUAL(http_head_read(&head, text, 1, &used), HTTP_TOO_LARGE);
    free(text);
}

static void chunks_say_their_length_in_hexadecimal(void)
{
    char line[HTTP_CHUNK_LINE];

    CU_ASSERT_EQUAL(http_chunk_line(line, 0x1f4), 5);
    CU_ASSERT(memcmp(line, "1f4\r\n", 5) == 0);
    CU_ASSERT_EQUAL(http_chunk_line(line, 1), 3);
}

static void base64_is_that_of_rfc_4648(void)
{
    static const char *const vectors[][2] = {
        { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
        { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
        { "foobar", "Zm9vYmFy" },
    };

    for (unsigned i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        const char *plain = vectors[i][0], *coded = vectors[i][1];
        size_t size = strlen(plain), length;
        char text[16];
        uint8_t *data = malloc(size ? size : 1);

        base64_encode((const uint8_t *)plain, size, text);
        CU_ASSERT_STRING_EQUAL(text, coded);
        CU_ASSERT_EQUAL(strlen(text), BASE64_LENGTH(size));
        CU_ASSERT(base64_decode(coded, data, size, &length));
        CU_ASSERT_EQUAL(length, size);
        CU_ASSERT(memcmp(data, plain, size) == 0);
        CU_ASSERT(size == 0 || !base64_decode(coded, data, size - 1,
                                              &length));
        free(data);
    }
}

static void base64_that_is_not_canonical_is_refused(void)
{
    static const char *const texts[] = {
        "Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Zm9v\n", "Z===",
        "====", "Zm 9v", "Zm9v====", "=Zg=", "Zg==x", "\xff\xff\xff\xff",
    };
    uint8_t data[16];
    size_t length;

    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *copy = strdup(texts[i]);

        CU_ASSERT_FALSE(base64_decode(copy, data, sizeof(data), &length));
        free(copy);
    }
}

static struct delay delay;

static void start(void)
{
    static const unsigned seconds[DELAY_STEPS] = DELAY_DEFAULT;

    delay_init(&delay, seconds);
}

static const uint8_t *source(uint8_t number)
{
    static uint8_t address[DELAY_SOURCE_SIZE];

    address[0] = number;
    return address;
}

static void failures_delay_by_5_then_10_then_60_seconds(void)
{
    static const unsigned want[] = { 5, 10, 60, 60, 60 };
    int64_t now = 1000;

    start();
    CU_ASSERT_EQUAL(delay_left(&delay, source(1), now), 0);
    for (unsigned i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        delay_failed(&delay, source(1), now);
        CU_ASSERT_EQUAL(delay_left(&delay, source(1), now), want[i]);
        now += want[i] - 1;
        CU_ASSERT_EQUAL(delay_left(&delay, source(1), now), 1);
        now++;
        CU_ASSERT_EQUAL(delay_left(&delay, source(1), now), 0);
    }
}

static void one_source_does_not_delay_another(void)
{
    start();
    delay_failed(&delay, source(1), 1000);
    CU_ASSERT_EQUAL(delay_left(&delay, source(2), 1000), 0);
}

static void a_login_that_works_ends_the_delay(void)
{
    start();
    delay_failed(&delay, source(1), 1000);
    delay_failed(&delay, source(1), 1005);
    delay_worked(&delay, source(1));
    CU_ASSERT_EQUAL(delay_left(&delay, source(1), 1005), 0);
    delay_failed(&delay, source(1), 1020);
    CU_ASSERT_EQUAL(delay_left(&delay, source(1), 1020), 5);
}

static void failures_are_forgotten_after_ten_minutes(void)
{
    start();
    delay_failed(&delay, source(1), 1000);
    delay_failed(&delay, source(1), 1005);
    CU_ASSERT_EQUAL(delay_left(&delay, source(1), 1605), 0);
    delay_failed(&delay, source(1), 1605);
    CU_ASSERT_EQUAL(delay_left(&delay, source(1), 1605), 5);
}

static void many_sources_together_are_slowed_down(void)
{
    start();
    for (unsigned i = 0; i < DELAY_BURST; i++) {
        CU_ASSERT_EQUAL(delay_left(&delay, source(100 + i), 1000), 0);
        delay_failed(&delay, source(100 + i), 1000);
    }
    delay_failed(&delay, source(200), 1000);
    CU_ASSERT_EQUAL(delay_left(&delay, source(1), 1000), 1);
    CU_ASSERT_EQUAL(delay_left(&delay, source(1), 1001), 0);
}

static void more_sources_than_rows_lose_the_oldest(void)
{
    start();
    for (unsigned i = 0; i <= DELAY_SOURCES; i++) {
        delay_failed(&delay, source(i), 1000 + 2 * i);
    }
    CU_ASSERT_EQUAL(delay_left(&delay, source(DELAY_SOURCES),
                               1000 + 2 * DELAY_SOURCES), 5);
}

int main(int argc, char **argv)
{
    static const struct unit_case cases[] = {
        UNIT_CASE(head_of_hpilo_is_read_and_its_body_left),
        UNIT_CASE(other_paths_are_not_found),
        UNIT_CASE(body_without_a_plain_length_is_refused),
        UNIT_CASE(large_bodies_and_heads_are_refused),
        UNIT_CASE(chunks_say_their_length_in_hexadecimal),
        UNIT_CASE(base64_is_that_of_rfc_4648),
        UNIT_CASE(base64_that_is_not_canonical_is_refused),
        UNIT_CASE(failures_delay_by_5_then_10_then_60_seconds),
        UNIT_CASE(one_source_does_not_delay_another),
        UNIT_CASE(a_login_that_works_ends_the_delay),
        UNIT_CASE(failures_are_forgotten_after_ten_minutes),
        UNIT_CASE(many_sources_together_are_slowed_down),
        UNIT_CASE(more_sources_than_rows_lose_the_oldest),
    };

    return unit_main("ribcl-parts", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
