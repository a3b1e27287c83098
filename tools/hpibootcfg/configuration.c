/*
 * The boot configuration: from the user's file, and back from iLO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "hpibootcfg.h"

#define INPUT_MAX 65536
#define SENTENCE_MAX 512

static void show_problems(const char *name,
                          const struct ev_problems *problems)
{
    char sentence[SENTENCE_MAX];

    for (unsigned i = 0; i < problems->listed; i++) {
        const struct ev_problem *problem = &problems->list[i];
        bool warning = problem->error >= EV_WARNING_FIRST;

        ev_problem_text(problem, sentence, sizeof(sentence));
        complain(0, "%s: %s%s", name, warning ? "warning: " : "", sentence);
    }
}

static int pack(const char *name, const char *text, size_t length,
                struct block *block)
{
    struct ev_problems problems;

    block->size = ev_pack(text, length, block->bytes, &problems);
    show_problems(name, &problems);
    if (block->size == 0) {
        return complain(EXIT_FAILED, "%s: %u error%s; nothing was sent", name,
                        problems.errors, problems.errors == 1 ? "" : "s");
    }
    return EXIT_OK;
}

int configuration_read(const struct options *options, struct block *block)
{
    static char text[INPUT_MAX + 1];
    FILE *file = fopen(options->input, "re");
    size_t length;
    int status;

    if (!file) {
        return complain(EXIT_ENVIRONMENT, "%s: %s", options->input,
                        strerror(errno));
    }
    length = fread(text, 1, sizeof(text), file);
    if (ferror(file)) {
        status = complain(EXIT_ENVIRONMENT, "%s: %s", options->input,
                          strerror(errno));
    } else if (length > INPUT_MAX) {
        status = complain(EXIT_FAILED, "%s: longer than %u bytes; is it a "
                          "configuration?", options->input, INPUT_MAX);
    } else {
        status = pack(options->input, text, length, block);
    }
    fclose(file);
    explicit_bzero(text, sizeof(text));
    return status;
}

char *configuration_differs(const struct block *written,
                            const struct block *read)
{
    struct ev_slice ours, theirs;
    enum ev_variable_id variable;

    if (ev_block_open(written->bytes, written->size, ENVELOPE_MAGIC_BOOT,
                      &ours) != EV_OK ||
        ev_block_open(read->bytes, read->size, ENVELOPE_MAGIC_BOOT,
                      &theirs) != EV_OK) {
        return g_strdup("what was read back is no boot configuration");
    }
    variable = ev_first_difference(ours, theirs);
    return variable == EV_NO_VARIABLE ? NULL :
           g_strdup_printf("%s reads back differently",
                           ev_variables[variable].name);
}
