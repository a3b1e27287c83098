/*
 * The little of HTTP that clients of iLO 3 and later speak: one POST of a
 * known length, one answer in chunks.
 *
 * Pure: no allocation, no input or output, nothing but mem*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_HTTP_H
#define ILO_MGMT_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_HEAD_MAX 4096
#define HTTP_BODY_MAX 65536

enum http_result {
    HTTP_MORE,                  /* the head is not yet whole */
    HTTP_RIBCL,                 /* POST /ribcl with a body of known length */
    HTTP_NOT_FOUND,             /* something else that is HTTP */
    HTTP_TOO_LARGE,             /* head or body */
    HTTP_BAD,                   /* not HTTP, or no usable length */
};

struct http_head {
    size_t length;
    size_t body;                /* bytes, once the head is whole */
    char text[HTTP_HEAD_MAX + 1];
};

void http_head_init(struct http_head *head);

/* Reads as far as the head's end; *@used says how many bytes it took. */
enum http_result http_head_read(struct http_head *head, const char *bytes,
                                size_t length, size_t *used);

/* What begins the answer to HTTP_RIBCL; chunks follow. */
extern const char http_ok[];

/* The whole answer to anything else. */
const char *http_refusal(enum http_result result);

/* "1f4\r\n": the line before @length bytes; a CR LF goes after them. */
#define HTTP_CHUNK_LINE 20
size_t http_chunk_line(char line[HTTP_CHUNK_LINE], size_t length);

/* The end of all chunks. */
extern const char http_last_chunk[];

#endif
