/*
 * ev -c and ev -p.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "ev-core/ev.h"
#include "image.h"

#define INPUT_MAX 65536
#define SENTENCE_MAX 512
#define MASK "********"

/* Large, and one of each is enough. */
static struct image image;
static char input[INPUT_MAX + 1];

static void show_problems(const struct ev_problems *problems)
{
    char sentence[SENTENCE_MAX];

    for (unsigned i = 0; i < problems->listed; i++) {
        const struct ev_problem *problem = &problems->list[i];
        bool warning = problem->error >= EV_WARNING_FIRST;

        ev_problem_text(problem, sentence, sizeof(sentence));
        fprintf(stderr, "ev: %s%s\n", warning ? "warning: " : "", sentence);
    }
}

/* Returns the size of the block, 0 after telling the user what is wrong. */
static size_t pack_input(uint8_t block[EV_DATA_MAX])
{
    struct ev_problems problems;
    size_t length = fread(input, 1, sizeof(input), stdin);
    size_t size;

    if (ferror(stdin)) {
        perror("ev: standard input");
        return 0;
    }
    if (length > INPUT_MAX) {
        fprintf(stderr, "ev: standard input is longer than %u bytes; "
                "is it a configuration?\n", INPUT_MAX);
        return 0;
    }
    size = ev_pack(input, length, block, &problems);
    show_problems(&problems);
    if (size == 0) {
        fprintf(stderr, "ev: %u error%s; nothing was written\n",
                problems.errors, problems.errors == 1 ? "" : "s");
    }
    return size;
}

/* Does the image, read anew, hold exactly this? */
static bool verify(const char *name, const uint8_t *block, size_t size)
{
    EvRecord record;

    memset(&image.store.records, 0, sizeof(image.store.records));
    return ev_store_load(&image.store) == EV_LOAD_OK &&
           ev_store_find(&image.store, name, &record) &&
           record.length == size && memcmp(record.data, block, size) == 0;
}

static int write_block(const char *name, const uint8_t *block, size_t size)
{
    switch (ev_store_set(&image.store, name, block, size)) {
    case EV_CHANGE_FULL:
        fprintf(stderr, "ev: %s: no room for %zu bytes; delete other EVs\n",
                image.path, size);
        return EXIT_FAILED;
    case EV_CHANGE_FAILED:
        fprintf(stderr, "ev: %s: cannot be written; the old configuration "
                "still holds\n", image.path);
        return EXIT_FAILED;
    case EV_CHANGE_OK:
        break;
    }
    if (!verify(name, block, size)) {
        fprintf(stderr, "ev: %s: what was written does not read back\n",
                image.path);
        return EXIT_FAILED;
    }
    printf("ev: %s: %s written, %zu bytes\n", image.path, name, size);
    return EXIT_OK;
}

static void print_line(const struct ev_line *line)
{
    enum ev_variable_id variable = ev_variable_find(line->name);
    bool shown = variable != EV_NO_VARIABLE && !ev_variables[variable].secret;

    printf("%.*s=", (int)line->name.length, line->name.start);
    if (shown) {
        printf("%.*s\n", (int)line->value.length, line->value.start);
    } else {
        printf(MASK "\n");
    }
}

static int print_block(const EvRecord *record)
{
    struct ev_slice text;
    struct ev_reader reader;
    struct ev_line line;
    struct ev_problem problem = {
        .error = ev_block_open(record->data, record->length,
                               ENVELOPE_MAGIC_BOOT, &text),
        .variable = EV_NO_VARIABLE,
    };
    char sentence[SENTENCE_MAX];

    if (problem.error != EV_OK) {
        ev_problem_text(&problem, sentence, sizeof(sentence));
        fprintf(stderr, "ev: Invalid configuration (csum & version)\n"
                "ev: %s; write a new one with 'ev -c'\n", sentence);
        return EXIT_FAILED;
    }
    ev_reader_init(&reader, text.start, text.length);
    while (ev_reader_next(&reader, &line)) {
        print_line(&line);
    }
    return EXIT_OK;
}

int command_configure(const char *image_path, const char *name)
{
    uint8_t block[EV_DATA_MAX];
    size_t size = pack_input(block);
    int status;

    if (size == 0) {
        return EXIT_FAILED;
    }
    if (!image_open_for_change(&image, image_path)) {
        return EXIT_ENVIRONMENT;
    }
    status = write_block(name, block, size);
    image_close(&image);
    return status;
}

int command_print(const char *image_path, const char *name)
{
    EvRecord record;
    int status;

    if (!image_open(&image, image_path)) {
        return EXIT_ENVIRONMENT;
    }
    if (ev_store_find(&image.store, name, &record)) {
        status = print_block(&record);
    } else {
        fprintf(stderr, "ev: %s: there is no configuration (%s); "
                "write one with 'ev -c'\n", image_path, name);
        status = EXIT_FAILED;
    }
    image_close(&image);
    return status;
}
