/*
 * libFuzzer plays a target that authenticates itself, or does not.
 *
 * The first byte chooses the configuration; the rest is text, a step of the
 * dialogue to each line feed.  A digest that is not one (but depends on all of
 * its input) stands in for MD5, so that a mutation may find the right answer:
 * "=R" as a value of CHAP_R means it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chap.h"
#include "crc32c.h"
#include "fuzzer.h"

#define STEPS_MAX   5
#define OUT_SIZE    4096
#define GUARD       0x5a

static const uint8_t our_secret[] = "a secret of our own";
static const uint8_t their_secret[] = "and one of the target's";

static void must(int truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void digest_of(void *user, const struct iscsi_slice *slices,
                      size_t count, uint8_t digest[16])
{
    uint32_t crc = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        crc = iscsi_crc32c(crc, slices[i].data, slices[i].length);
    }
    for (i = 0; i < 16; i += sizeof(crc)) {
        memcpy(digest + i, &crc, sizeof(crc));
    }
}

static void numbers_of(void *user, void *bytes, size_t length)
{
    memset(bytes, ++*(uint8_t *)user, length);
}

struct dialogue {
    struct iscsi_config config;
    struct iscsi_env env;
    struct iscsi_chap chap;
    uint8_t random;
    bool proved;                /* the right answer was given */
    uint8_t out[OUT_SIZE];
};

/* The answer that proves the target, as digits behind "0x". */
static void right_answer(const struct dialogue *d, char digits[35])
{
    const struct iscsi_slice slices[] = {
        { &d->chap.own_id, 1 },
        { their_secret, sizeof(their_secret) - 1 },
        { d->chap.own_challenge, sizeof(d->chap.own_challenge) },
    };
    uint8_t digest[16];
    unsigned i;

    digest_of(NULL, slices, 3, digest);
    strcpy(digits, "0x");
    for (i = 0; i < 16; i++) {
        sprintf(digits + 2 + 2 * i, "%02x", digest[i]);
    }
}

static enum iscsi_error take_pair(struct dialogue *d,
                                  struct iscsi_text_pair *pair)
{
    enum iscsi_key key = iscsi_keys_find(pair);
    char digits[35];

    if (key < KEY_AUTH_METHOD || key >= KEY_COUNT) {
        return ISCSI_OK;
    }
    if (key == KEY_CHAP_R && iscsi_text_is(pair, "=R")) {
        right_answer(d, digits);
        pair->value = digits;
        pair->value_length = 34;
        d->proved |= d->chap.step == CHAP_PROOF;
        return iscsi_chap_receive(&d->chap, &d->config, key, pair);
    }
    return iscsi_chap_receive(&d->chap, &d->config, key, pair);
}

/* One response of the target; its text stays until it is answered. */
static enum iscsi_error step(struct dialogue *d, const uint8_t *bytes,
                             size_t size)
{
    struct iscsi_text_writer writer = { d->out, sizeof(d->out) - 1 };
    uint8_t *text = malloc(size ? size : 1);
    struct iscsi_text_reader reader = { text, text + size, false };
    enum iscsi_error error = ISCSI_OK;
    struct iscsi_text_pair pair;
    bool last = false;

    memcpy(text, bytes, size);
    d->out[sizeof(d->out) - 1] = GUARD;
    while (error == ISCSI_OK &&
           iscsi_text_next(&reader, &pair) == TEXT_PAIR) {
        error = take_pair(d, &pair);
    }
    if (error == ISCSI_OK) {
        error = iscsi_chap_continue(&d->chap, &d->config, &d->env, &writer,
                                    &last);
    }
    must(d->out[sizeof(d->out) - 1] == GUARD && !writer.overflow,
         "what is sent fits");
    free(text);
    return error;
}

static void configure(struct dialogue *d, uint8_t choice)
{
    d->config = (struct iscsi_config) {
        .chap_user = "me", .chap_secret = our_secret,
        .chap_secret_length = sizeof(our_secret) - 1, .strict = choice & 2,
    };
    if (choice & 1) {
        d->config.mutual_user = choice & 4 ? "them" : NULL;
        d->config.mutual_secret = their_secret;
        d->config.mutual_secret_length = sizeof(their_secret) - 1;
    }
    d->env = (struct iscsi_env) {
        .user = &d->random, .random = numbers_of, .md5 = digest_of,
    };
    must(iscsi_chap_config_valid(&d->config, &d->env), "configuration");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const uint8_t *end = bytes + size, *next;
    struct dialogue d = { .random = 0 };
    struct iscsi_text_writer writer = { d.out, sizeof(d.out) };
    enum iscsi_error error = ISCSI_OK;
    unsigned steps;

    if (size < 1) {
        return 0;
    }
    configure(&d, *bytes++);
    iscsi_chap_start(&d.chap, &d.config, &writer);
    for (steps = 0; steps < STEPS_MAX && error == ISCSI_OK; steps++) {
        next = memchr(bytes, '\n', end - bytes);
        error = step(&d, bytes, (next ? next : end) - bytes);
        bytes = next ? next + 1 : end;
        must(!d.chap.mutual_done || d.proved, "no proof but the right one");
    }
    must(error != ISCSI_OK || !d.config.mutual_secret ||
         d.chap.step != CHAP_DONE || d.chap.mutual_done,
         "no way round the target's proof");
    return 0;
}
