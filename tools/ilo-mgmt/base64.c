/*
 * Base64.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "base64.h"

#define NO_DIGIT 64

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "abcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const uint8_t *data, size_t length, char *text)
{
    for (; length > 0; data += 3) {
        size_t part = length < 3 ? length : 3;
        uint32_t bits = data[0] << 16 | (part > 1 ? data[1] << 8 : 0) |
                        (part > 2 ? data[2] : 0);

        *text++ = digits[bits >> 18];
        *text++ = digits[bits >> 12 & 63];
        *text++ = part > 1 ? digits[bits >> 6 & 63] : '=';
        *text++ = part > 2 ? digits[bits & 63] : '=';
        length -= part;
    }
    *text = '\0';
}

static uint32_t digit_of(char c)
{
    uint32_t i = 0;

    while (i < NO_DIGIT && digits[i] != c) {
        i++;
    }
    return i;
}

/* How many of the four characters are digits, the rest being padding. */
static unsigned count_digits(const char *text, uint32_t *bits)
{
    unsigned count = 0;

    *bits = 0;
    for (; count < 4; count++) {
        uint32_t digit = digit_of(text[count]);

        if (digit == NO_DIGIT) {
            break;
        }
        *bits |= digit << (18 - 6 * count);
    }
    for (unsigned i = count; i < 4; i++) {
        if (text[i] != '=') {
            return 0;
        }
    }
    return count;
}

bool base64_decode(const char *text, uint8_t *data, size_t room,
                   size_t *length)
{
    size_t used = 0;
    unsigned count = 4;

    while (*text) {
        uint32_t bits;

        /* Nothing follows padding; bits that nobody sees are zero. */
        if (count < 4) {
            return false;
        }
        count = count_digits(text, &bits);
        if (count < 2 || (bits & (0xffffff >> 8 * (count - 1)))) {
            return false;
        }
        if (count - 1 > room - used) {
            return false;
        }
        for (unsigned i = 0; i < count - 1; i++) {
            data[used++] = bits >> (16 - 8 * i);
        }
        text += 4;
    }
    *length = used;
    return true;
}
