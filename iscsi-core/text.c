/*
 * key=value text of logins: RFC 7143 6.1.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "text.h"
#include "wire.h"

static const char hex_digits[] = "0123456789abcdef";

size_t iscsi_text_length(const char *text)
{
    size_t length = 0;

    while (text[length]) {
        length++;
    }
    return length;
}

static void put_bytes(struct iscsi_text_writer *w, const char *bytes,
                      size_t length)
{
    memcpy(w->buffer + w->length, bytes, length);
    w->length += length;
}

/* Starts a pair if it and @value_length bytes of value fit. */
static bool begin_pair(struct iscsi_text_writer *w, const char *key,
                       size_t key_length, size_t value_length)
{
    if (key_length + value_length + 2 > w->size - w->length) {
        w->overflow = true;
        return false;
    }
    put_bytes(w, key, key_length);
    put_bytes(w, "=", 1);
    return true;
}

static void put_pair(struct iscsi_text_writer *w, const char *key,
                     size_t key_length, const char *value)
{
    size_t length = iscsi_text_length(value);

    if (begin_pair(w, key, key_length, length)) {
        put_bytes(w, value, length + 1);
    }
}

void iscsi_text_put(struct iscsi_text_writer *w, const char *key,
                    const char *value)
{
    put_pair(w, key, iscsi_text_length(key), value);
}

void iscsi_text_put_number(struct iscsi_text_writer *w, const char *key,
                           uint32_t value)
{
    char digits[11];
    char *p = digits + sizeof(digits) - 1;

    *p = '\0';
    do {
        *--p = '0' + value % 10;
        value /= 10;
    } while (value);
    iscsi_text_put(w, key, p);
}

void iscsi_text_put_binary(struct iscsi_text_writer *w, const char *key,
                           const uint8_t *bytes, size_t length)
{
    size_t i;

    if (!begin_pair(w, key, iscsi_text_length(key), 2 + 2 * length)) {
        return;
    }
    put_bytes(w, "0x", 2);
    for (i = 0; i < length; i++) {
        put_bytes(w, hex_digits + (bytes[i] >> 4), 1);
        put_bytes(w, hex_digits + (bytes[i] & 15), 1);
    }
    put_bytes(w, "", 1);
}

void iscsi_text_answer(struct iscsi_text_writer *w,
                       const struct iscsi_text_pair *pair, const char *value)
{
    put_pair(w, pair->key, pair->key_length, value);
}

enum text_result iscsi_text_next(struct iscsi_text_reader *r,
                                 struct iscsi_text_pair *pair)
{
    uint8_t *p = r->next;

    if (p == r->end) {
        return TEXT_END;
    }
    pair->key = (const char *)p;
    while (p < r->end && *p != '=' && *p != '\0') {
        p++;
    }
    pair->key_length = p - r->next;
    if (p == r->end || *p != '=' || pair->key_length == 0 ||
        pair->key_length > TEXT_KEY_MAX) {
        return TEXT_MALFORMED;
    }
    p++;
    pair->value = (char *)p;
    while (p < r->end && *p != '\0') {
        p++;
    }
    pair->value_length = (char *)p - pair->value;
    if (p == r->end && r->strict) {
        return TEXT_MALFORMED;
    }
    r->next = p < r->end ? p + 1 : p;
    return TEXT_PAIR;
}

static bool same_text(const char *bytes, size_t length, const char *text)
{
    return length == iscsi_text_length(text) &&
           memcmp(bytes, text, length) == 0;
}

bool iscsi_text_is(const struct iscsi_text_pair *pair, const char *text)
{
    return same_text(pair->value, pair->value_length, text);
}

bool iscsi_text_key_is(const struct iscsi_text_pair *pair, const char *text)
{
    return same_text(pair->key, pair->key_length, text);
}

/* The value of a digit in bases up to 16, or 16. */
static unsigned digit_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F') {
        return digit - 'A' + 10;
    }
    return 16;
}

static bool has_prefix(const char *text, size_t length, char lower)
{
    return length >= 2 && text[0] == '0' && (text[1] | 0x20) == lower;
}

/* @n * @base + @digit would not fit. */
static bool number_overflows(uint64_t n, unsigned base, unsigned digit)
{
    const uint64_t most = UINT64_MAX / 10;

    return base == 16 ? n >> 60 != 0
                      : n > most || (n == most && digit > UINT64_MAX % 10);
}

bool iscsi_text_number(const char *text, size_t length, uint64_t *value)
{
    unsigned base = 10, digit;
    uint64_t n = 0, scaled;

    if (has_prefix(text, length, 'x')) {
        base = 16;
        text += 2;
        length -= 2;
    }
    if (length == 0) {
        return false;
    }
    while (length--) {
        digit = digit_value(*text++);
        if (digit >= base || number_overflows(n, base, digit)) {
            return false;
        }
        scaled = base == 16 ? n << 4 : (n << 3) + (n << 1);
        n = scaled + digit;
    }
    *value = n;
    return true;
}

static bool decode_hex(const char *text, size_t text_length, uint8_t *bytes,
                       size_t size, size_t *length)
{
    size_t count = (text_length + 1) / 2;
    size_t i, odd = text_length & 1;
    unsigned digit, byte = 0;

    if (text_length == 0 || count > size) {
        return false;
    }
    for (i = 0; i < text_length; i++) {
        digit = digit_value(text[i]);
        if (digit == 16) {
            return false;
        }
        byte = byte << 4 | digit;
        if (((i + odd) & 1) == 1) {
            bytes[(i + odd) / 2] = byte;
        }
    }
    *length = count;
    return true;
}

/* The value of a base64 digit, RFC 4648 section 4, or 64. */
static unsigned base64_value(char digit)
{
    if (digit >= 'A' && digit <= 'Z') {
        return digit - 'A';
    }
    if (digit >= 'a' && digit <= 'z') {
        return digit - 'a' + 26;
    }
    if (digit >= '0' && digit <= '9') {
        return digit - '0' + 52;
    }
    return digit == '+' ? 62 : digit == '/' ? 63 : 64;
}

static bool decode_base64(const char *text, size_t text_length,
                          uint8_t *bytes, size_t size, size_t *length)
{
    uint32_t bits = 0;
    unsigned value, have = 0;
    size_t padding = 0, count = 0;

    while (padding < 2 && text_length && text[text_length - 1] == '=') {
        text_length--;
        padding++;
    }
    if (text_length == 0 || ((text_length + padding) & 3)) {
        return false;
    }
    while (text_length--) {
        value = base64_value(*text++);
        if (value == 64) {
            return false;
        }
        bits = bits << 6 | value;
        have += 6;
        if (have >= 8) {
            have -= 8;
            if (count == size) {
                return false;
            }
            bytes[count++] = bits >> have;
        }
    }
    *length = count;
    return true;
}

bool iscsi_text_binary(const char *text, size_t text_length, uint8_t *bytes,
                       size_t size, size_t *length)
{
    if (has_prefix(text, text_length, 'x')) {
        return decode_hex(text + 2, text_length - 2, bytes, size, length);
    }
    if (has_prefix(text, text_length, 'b')) {
        return decode_base64(text + 2, text_length - 2, bytes, size, length);
    }
    return false;
}
