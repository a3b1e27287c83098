/*
 * Base64 of RFC 4648 section 4, strict: padded, no line breaks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_BASE64_H
#define ILO_MGMT_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of the text for @length bytes of data, without a terminator. */
#define BASE64_LENGTH(length) (((length) + 2) / 3 * 4)

/* Writes the text and its terminator: BASE64_LENGTH(length) + 1 bytes. */
void base64_encode(const uint8_t *data, size_t length, char *text);

/*
 * Decodes a C string.  Returns false, whatever is in @data then, when it is
 * not base64 or is more than @room bytes.
 */
bool base64_decode(const char *text, uint8_t *data, size_t room,
                   size_t *length);

#endif
