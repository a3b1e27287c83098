/*
 * libFuzzer writes boot configurations, as people write them.
 *
 * Every text is judged whole, and what is said about it is held against it:
 *   - problems are counted, in order, and their sentences fit and are clean;
 *   - no sentence depends on what a secret is, only on its form;
 *   - a text without an error prints, parses and packs to the same values;
 *   - one with an error leaves no configuration and no block.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ev-core/ev.h"
#include "fuzzer.h"
#include "../unit/ev-print.h"

#define SENTENCE_MAX 512
#define SENTENCES_MAX (EV_PROBLEMS_MAX * SENTENCE_MAX)

static void must(bool truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static bool is_zero(const struct ev_boot_config *config)
{
    static const struct ev_boot_config zero;

    return memcmp(config, &zero, sizeof(zero)) == 0;
}

static bool same(const struct ev_boot_config *a,
                 const struct ev_boot_config *b)
{
    return memcmp(a, b, sizeof(*a)) == 0;
}

/*
 * Problems
 */

/* The sentence, in any room: cut, terminated, and nothing but text. */
static size_t check_sentence(const struct ev_problem *problem, char *sentence)
{
    size_t length = ev_problem_text(problem, sentence, SENTENCE_MAX);
    char small[8];

    must(length > 0 && length < SENTENCE_MAX - 1 &&
         sentence[length] == '\0', "a sentence that fits");
    for (size_t i = 0; i < length; i++) {
        must(sentence[i] >= ' ' && sentence[i] <= '~',
             "a sentence that a terminal may see");
    }
    must(ev_problem_text(problem, small, sizeof(small)) == 7 &&
         memcmp(small, sentence, 7) == 0 && small[7] == '\0',
         "a sentence that is cut");
    return length;
}

static bool is_in_order(const struct ev_problem *a, const struct ev_problem *b)
{
    return b->line == 0 || (a->line != 0 && a->line <= b->line);
}

/* All sentences, one behind the other; returns their length. */
static size_t check_problems(const struct ev_problems *problems,
                             char sentences[SENTENCES_MAX])
{
    unsigned all = problems->errors + problems->warnings;
    size_t length = 0;

    must(problems->listed == (all < EV_PROBLEMS_MAX ? all : EV_PROBLEMS_MAX),
         "as many problems as are counted");
    for (unsigned i = 0; i < problems->listed; i++) {
        const struct ev_problem *problem = &problems->list[i];

        must(problem->error != EV_OK && problem->error < EV_ERRORS &&
             problem->variable <= EV_VARIABLES, "a problem in the tables");
        must(problem->variable == EV_NO_VARIABLE ||
             !ev_variables[problem->variable].secret ||
             problem->value.length == 0, "a problem without a secret");
        must(i == 0 || is_in_order(problem - 1, problem), "problems by line");
        length += check_sentence(problem, sentences + length);
    }
    return length;
}

/*
 * Secrets
 */

static char turn(char c, char first, char last)
{
    return c < last ? c + 1 : first;
}

/* Another byte of the same kind: hex digit, letter, asterisk, odd. */
static char another(char c)
{
    static const char ranges[][2] = {
        { '0', '9' }, { 'a', 'f' }, { 'A', 'F' }, { 'g', 'z' }, { 'G', 'Z' }
    };

    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1]) {
            return turn(c, ranges[i][0], ranges[i][1]);
        }
    }
    return c;
}

/* What comes before is what tells the forms of a secret apart. */
static size_t form_length(struct ev_slice value, enum ev_variable_id variable)
{
    size_t name = variable == EV_NO_VARIABLE ? 0 :
                  strlen(ev_variables[variable].name);

    if (name && value.length > name && value.start[name] == '=' &&
        memcmp(value.start, ev_variables[variable].name, name) == 0) {
        return name + 1;
    }
    return value.length < 2 ? value.length : 2;
}

/*
 * Is the value of this line a secret, or what may be one?  A name that
 * nobody knows may be a misspelt CHAPSecret, and a line without '=' the rest
 * of the line before.
 */
static bool is_secret(const struct ev_line *line, bool *before)
{
    struct ev_slice name = line->name;
    enum ev_variable_id variable = ev_variable_find(name);
    bool secret = variable == EV_NO_VARIABLE || ev_variables[variable].secret;

    if (line->error == EV_LINE_NO_EQUALS) {
        return *before;
    }
    if (line->error == EV_OK) {
        *before = secret;
    }
    return secret;
}

/* The same text with other secrets. */
static char *with_other_secrets(const char *text, size_t size)
{
    char *other = malloc(size);
    struct ev_reader reader;
    struct ev_line line;
    bool before = true;

    memcpy(other, text, size);
    ev_reader_init(&reader, text, size);
    while (ev_reader_next(&reader, &line)) {
        char *value = other + (line.value.start - text);

        if (is_secret(&line, &before)) {
            for (size_t i = form_length(line.value,
                                        ev_variable_find(line.name));
                 i < line.value.length; i++) {
                value[i] = another(value[i]);
            }
        }
    }
    return other;
}

static bool has(const struct ev_problems *problems, enum ev_error error)
{
    for (unsigned i = 0; i < problems->listed; i++) {
        if (problems->list[i].error == error) {
            return true;
        }
    }
    return false;
}

/* Whether two secrets are the same may be told, and does depend on them. */
static void check_silence(const char *text, size_t size,
                          const struct ev_problems *problems,
                          const char *sentences, size_t length)
{
    static struct ev_boot_config config;
    static struct ev_problems others;
    static char said[SENTENCES_MAX];
    char *other = with_other_secrets(text, size);

    ev_parse(other, size, EV_UNKNOWN_REFUSED, &config, &others);
    if (!has(problems, EV_SECRETS_EQUAL) && !has(&others, EV_SECRETS_EQUAL)) {
        must(check_problems(&others, said) == length &&
             memcmp(said, sentences, length) == 0,
             "the same is said whatever the secrets are");
    }
    free(other);
}

/*
 * The way back
 */

static void check_print(const struct ev_boot_config *config, uint32_t seed)
{
    static struct ev_boot_config again;
    static struct ev_problems problems;
    static char text[EV_PRINT_MAX];
    size_t length = ev_print(config, seed, text);

    must(ev_parse(text, length, EV_UNKNOWN_REFUSED, &again, &problems),
         "what is printed is valid");
    must(same(config, &again), "what is printed is what was parsed");
}

static void check_pack(const char *text, size_t size, bool valid,
                       const struct ev_boot_config *config)
{
    static struct ev_boot_config again;
    static struct ev_problems problems;
    static uint8_t block[EV_DATA_MAX], second[EV_DATA_MAX];
    struct ev_slice packed;
    size_t length = ev_pack(text, size, block, &problems);

    if (length == 0) {
        must(problems.errors > 0 && (!valid ||
             has(&problems, EV_BLOCK_TOO_LARGE)), "a reason not to pack");
        return;
    }
    must(valid && length <= EV_DATA_MAX, "only what is valid is packed");
    must(ev_block_open(block, length, ENVELOPE_MAGIC_BOOT, &packed) == EV_OK,
         "a block that opens");
    must(ev_parse_block(block, length, EV_UNKNOWN_IGNORED, &again,
                        &problems) && same(config, &again),
         "a block with the same values");
    must(ev_pack(packed.start, packed.length, second, &problems) == length &&
         memcmp(block, second, length) == 0, "a block that packs to itself");
}

static void check_text(const char *text, size_t size)
{
    static struct ev_boot_config config, tolerant;
    static struct ev_problems problems, fewer;
    static char sentences[SENTENCES_MAX];
    bool valid = ev_parse(text, size, EV_UNKNOWN_REFUSED, &config, &problems);
    bool taken = ev_parse(text, size, EV_UNKNOWN_IGNORED, &tolerant, &fewer);
    size_t length = check_problems(&problems, sentences);

    must(valid == (problems.errors == 0) && taken == (fewer.errors == 0),
         "errors are what makes a text invalid");
    must(valid || is_zero(&config), "no configuration of an invalid text");
    must(!valid || (taken && same(&config, &tolerant)),
         "the ROM takes what the tools take");
    check_silence(text, size, &problems, sentences, length);
    check_pack(text, size, valid, &config);
    if (taken) {
        check_print(&tolerant, 0);
        check_print(&tolerant, ev_crc32(0, text, size));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    check_text((const char *)bytes, size);
    return 0;
}
