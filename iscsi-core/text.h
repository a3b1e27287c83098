/*
 * key=value text of logins: RFC 7143 6.1.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_TEXT_H
#define ISCSI_CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_KEY_MAX    63      /* RFC 7143 6.1 */
#define TEXT_VALUE_MAX  255
#define TEXT_BINARY_MAX 1024    /* bytes of a large binary value, decoded */

struct iscsi_text_writer {
    uint8_t *buffer;
    uint32_t size;
    uint32_t length;
    bool overflow;              /* a pair did not fit, and is left out */
};

struct iscsi_text_reader {
    uint8_t *next;
    const uint8_t *end;
    bool strict;                /* the last pair, too, ends with a NUL */
};

/* A pair inside the text it was read from; not terminated. */
struct iscsi_text_pair {
    const char *key;
    char *value;                /* may be decoded in place */
    size_t key_length;
    size_t value_length;
};

enum text_result { TEXT_PAIR, TEXT_END, TEXT_MALFORMED };

/* Appends "key=value" and a NUL. */
void iscsi_text_put(struct iscsi_text_writer *writer, const char *key,
                    const char *value);
void iscsi_text_put_number(struct iscsi_text_writer *writer, const char *key,
                           uint32_t value);
/* Appends @length bytes as "key=0x...". */
void iscsi_text_put_binary(struct iscsi_text_writer *writer, const char *key,
                           const uint8_t *bytes, size_t length);

/* Answers @pair, whose key need not be one we know. */
void iscsi_text_answer(struct iscsi_text_writer *writer,
                       const struct iscsi_text_pair *pair, const char *value);

/* Reads the next pair; a key is of 1..63 bytes. */
enum text_result iscsi_text_next(struct iscsi_text_reader *reader,
                                 struct iscsi_text_pair *pair);

/* The whole value is @text. */
bool iscsi_text_is(const struct iscsi_text_pair *pair, const char *text);
/* The whole key is @text. */
bool iscsi_text_key_is(const struct iscsi_text_pair *pair, const char *text);

/* A number, decimal or 0x: no sign, no blanks, below 2^64. */
bool iscsi_text_number(const char *text, size_t length, uint64_t *value);

/*
 * A binary value, 0x or 0b, into at most @size bytes; *@length is how many.
 * Nothing is written past @size, and @bytes may be @text itself.  An odd number
 * of hexadecimal digits has an implied zero in front.
 */
bool iscsi_text_binary(const char *text, size_t text_length, uint8_t *bytes,
                       size_t size, size_t *length);

size_t iscsi_text_length(const char *text);

#endif
