/*
 * libFuzzer reads pairs, numbers and binary values, and answers them.
 *
 * The first byte chooses how strictly; the rest is the text of a login
 * response.  It lies in memory of its own size, so that the sanitizer sees
 * every byte too far; numbers and binary values are read a second time, by
 * plain code, and have to come to the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzer.h"
#include "keys.h"
#include "text.h"

#define ANSWERS 300     /* bytes: little, so that they overflow */

static void must(int truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c + 32 : c)
                       : NULL;

    return at ? at - digits : 99;
}

/* What a number is, digit by digit, with room for one digit too many. */
static bool plain_number(const char *text, size_t length, uint64_t *value)
{
    bool hex = length > 2 && text[0] == '0' && (text[1] | 32) == 'x';
    size_t i = hex ? 2 : 0;
    unsigned __int128 sum = 0;

    if (length == i) {
        return false;
    }
    for (; i < length; i++) {
        if (digit_of(text[i]) >= (hex ? 16 : 10)) {
            return false;
        }
        sum = sum * (hex ? 16 : 10) + digit_of(text[i]);
        if (sum > UINT64_MAX) {
            return false;
        }
    }
    *value = sum;
    return true;
}

static void check_number(const struct iscsi_text_pair *pair)
{
    uint64_t ours = 0, plain = 0;
    bool taken = iscsi_text_number(pair->value, pair->value_length, &ours);

    must(taken == plain_number(pair->value, pair->value_length, &plain),
         "a number is taken or not");
    must(!taken || ours == plain, "value of a number");
}

/* A hexadecimal value, decoded byte by byte. */
static void check_hex(const struct iscsi_text_pair *pair,
                      const uint8_t *bytes, size_t length)
{
    const char *digits = pair->value + 2;
    size_t count = pair->value_length - 2, i, at;

    must(length == (count + 1) / 2, "length of a binary value");
    for (i = 0; i < count; i++) {
        at = i + count % 2;
        must((bytes[at / 2] >> (at % 2 ? 0 : 4) & 15) == digit_of(digits[i]),
             "a digit of a binary value");
    }
}

static void check_binary(const struct iscsi_text_pair *pair, size_t room)
{
    uint8_t *bytes = malloc(room ? room : 1);
    size_t length = 0;

    if (iscsi_text_binary(pair->value, pair->value_length, bytes, room,
                          &length)) {
        must(length <= room, "a binary value within its room");
        if ((pair->value[1] | 32) == 'x') {
            check_hex(pair, bytes, length);
        }
    }
    free(bytes);
}

/* Answers are whole pairs, whatever did not fit. */
static void check_answers(const struct iscsi_text_writer *writer)
{
    struct iscsi_text_reader reader = {
        writer->buffer, writer->buffer + writer->length, true,
    };
    struct iscsi_text_pair pair;
    enum text_result result;

    must(writer->length <= writer->size, "answers within their room");
    while ((result = iscsi_text_next(&reader, &pair)) == TEXT_PAIR) {
        continue;
    }
    must(result == TEXT_END, "answers that can be read");
}

static void read_pairs(uint8_t *text, size_t size, uint8_t choice)
{
    struct iscsi_text_reader reader = { text, text + size, choice & 1 };
    struct iscsi_config config = { .header_digest = choice >> 1 & 1,
                                   .max_recv_data = 8192, .max_r2t = 1,
                                   .max_burst = 65536, .first_burst = 8192 };
    uint8_t answers[ANSWERS];
    struct iscsi_text_writer writer = { answers, sizeof(answers) };
    struct iscsi_text_pair pair;
    struct iscsi_keys keys;

    iscsi_keys_init(&keys, &config);
    if (choice & 4) {
        iscsi_keys_offer(&keys, &writer);
        writer.length = 0;
        writer.overflow = false;
    }
    while (iscsi_text_next(&reader, &pair) == TEXT_PAIR) {
        must(pair.key_length >= 1 && pair.key_length <= TEXT_KEY_MAX,
             "length of a key");
        must(pair.value + pair.value_length <= (char *)text + size,
             "a value within the text");
        check_number(&pair);
        check_binary(&pair, choice >> 3);
        check_binary(&pair, TEXT_BINARY_MAX);
        if (iscsi_keys_receive(&keys, &pair, &writer) != ISCSI_OK) {
            break;
        }
    }
    check_answers(&writer);
    iscsi_keys_finish(&keys);
    must(keys.value[KEY_MAX_BURST] >= 512, "a burst of some bytes");
    must(keys.value[KEY_FIRST_BURST] <= keys.value[KEY_MAX_BURST],
         "a first burst within the burst");
    /* Offers and answers alike leave no other choice. */
    must(keys.value[KEY_ERROR_RECOVERY] == 0 &&
         keys.value[KEY_MAX_CONNECTIONS] == 1 &&
         keys.value[KEY_PDU_IN_ORDER] && keys.value[KEY_SEQUENCE_IN_ORDER],
         "one connection, in order, at level 0");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint8_t *text;

    if (size < 1) {
        return 0;
    }
    text = malloc(size);
    memcpy(text, bytes + 1, size - 1);
    read_pairs(text, size - 1, bytes[0]);
    free(text);
    return 0;
}
