/*
 * ev -c and ev -p.  Runs under DOS, too: no C library but mem*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "commands.h"
#include "console.h"
#include "ev-core/ev.h"

#define INPUT_MAX 16384             /* a DOS program has 64 KiB in all */
#define SENTENCE_MAX 512

/* Large, and one of each is enough. */
static char input[INPUT_MAX + 1];
static uint8_t block[EV_DATA_MAX];
static uint8_t kept[EV_DATA_MAX];   /* what the place holds */
static char sentence[SENTENCE_MAX];

static void show_problems(const struct ev_problems *problems)
{
    for (unsigned i = 0; i < problems->listed; i++) {
        const struct ev_problem *problem = &problems->list[i];
        bool warning = problem->error >= EV_WARNING_FIRST;

        ev_problem_text(problem, sentence, sizeof(sentence));
        say(CONSOLE_ERROR, "ev: %s%s\n", warning ? "warning: " : "",
            sentence);
    }
}

/* Returns the size of the block, 0 after telling the user what is wrong. */
static size_t pack_input(void)
{
    static struct ev_problems problems;
    size_t length;
    size_t size;

    if (!console_read(input, sizeof(input), &length)) {
        say(CONSOLE_ERROR, "ev: standard input cannot be read\n");
        return 0;
    }
    if (length > INPUT_MAX) {
        say(CONSOLE_ERROR, "ev: standard input is longer than %u bytes; "
            "is it a configuration?\n", INPUT_MAX);
        return 0;
    }
    size = ev_pack(input, length, block, &problems);
    show_problems(&problems);
    if (size == 0) {
        say(CONSOLE_ERROR, "ev: %u error%s; nothing was written\n",
            problems.errors, problems.errors == 1 ? "" : "s");
    }
    return size;
}

static int cannot_be_read(const struct ev_place *place)
{
    say(CONSOLE_ERROR, "ev: %s: the EVs cannot be read\n", place->name);
    return EXIT_ENVIRONMENT;
}

/* Do two blocks say the same, but for secrets that are masked in @read? */
static bool agrees(size_t size, size_t length)
{
    struct ev_slice ours, theirs;

    return ev_block_open(block, size, ENVELOPE_MAGIC_BOOT,
                         &ours) == EV_OK &&
           ev_block_open(kept, length, ENVELOPE_MAGIC_BOOT,
                         &theirs) == EV_OK &&
           ev_first_difference(ours, theirs) == EV_NO_VARIABLE;
}

/*
 * Does the place, read anew, hold what was written?  An iLO hides secrets
 * once the boot ROM has handed over.
 */
static int verify(struct ev_place *place, const char *name, size_t size)
{
    const char *remark = "";
    size_t length = 0;

    if (place->read(place, name, kept, &length) != PLACE_OK ||
        (!(length == size && memcmp(kept, block, size) == 0) &&
         !agrees(size, length))) {
        say(CONSOLE_ERROR, "ev: %s: what was written does not read back\n",
            place->name);
        return EXIT_FAILED;
    }
    if (length != size || memcmp(kept, block, size) != 0) {
        remark = "; its secrets are hidden until the next reset, and were "
                 "not compared";
    }
    say(CONSOLE_OUTPUT, "ev: %s: %s written, %u bytes%s\n", place->name, name,
        (unsigned)size, remark);
    return EXIT_OK;
}

static int write_block(struct ev_place *place, const char *name, size_t size)
{
    switch (place->write(place, name, block, size)) {
    case PLACE_OK:
        return verify(place, name, size);
    case PLACE_FULL:
        say(CONSOLE_ERROR, "ev: %s: no room for %u bytes; delete other EVs\n",
            place->name, (unsigned)size);
        break;
    case PLACE_REFUSED:
        say(CONSOLE_ERROR, "ev: %s: refuses the change: the EVs are full, "
            "read-only or failing; the old configuration still holds\n",
            place->name);
        break;
    case PLACE_NO_ANSWER:
        say(CONSOLE_ERROR, "ev: %s: gives no proper answer; see with 'ev -p' "
            "whether it was written\n", place->name);
        break;
    default:
        say(CONSOLE_ERROR, "ev: %s: cannot be written; the old configuration "
            "still holds\n", place->name);
        break;
    }
    return EXIT_FAILED;
}

static void write_slice(struct ev_slice slice)
{
    console_write(CONSOLE_OUTPUT, slice.start, slice.length);
}

static void print_line(const struct ev_line *line)
{
    enum ev_variable_id variable = ev_variable_find(line->name);
    bool shown = variable != EV_NO_VARIABLE && !ev_variables[variable].secret;

    write_slice(line->name);
    if (shown) {
        say(CONSOLE_OUTPUT, "=");
        write_slice(line->value);
        say(CONSOLE_OUTPUT, "\n");
    } else {
        say(CONSOLE_OUTPUT, "=" EV_MASK "\n");
    }
}

static int print_block(size_t length)
{
    struct ev_slice text;
    struct ev_reader reader;
    struct ev_line line;
    struct ev_problem problem = {
        .error = ev_block_open(kept, length, ENVELOPE_MAGIC_BOOT, &text),
        .variable = EV_NO_VARIABLE,
    };

    if (problem.error != EV_OK) {
        ev_problem_text(&problem, sentence, sizeof(sentence));
        say(CONSOLE_ERROR, "ev: Invalid configuration (csum & version)\n"
            "ev: %s; write a new one with 'ev -c'\n", sentence);
        return EXIT_FAILED;
    }
    ev_reader_init(&reader, text.start, text.length);
    while (ev_reader_next(&reader, &line)) {
        print_line(&line);
    }
    return EXIT_OK;
}

static int print_kept(struct ev_place *place, const char *name)
{
    size_t length;

    switch (place->read(place, name, kept, &length)) {
    case PLACE_OK:
        return print_block(length);
    case PLACE_NO_SUCH:
        say(CONSOLE_ERROR, "ev: %s: there is no configuration (%s); "
            "write one with 'ev -c'\n", place->name, name);
        return EXIT_FAILED;
    default:
        return cannot_be_read(place);
    }
}

/* Secrets have passed through. */
static void wipe(void)
{
    memset(input, 0, sizeof(input));
    memset(block, 0, sizeof(block));
    memset(kept, 0, sizeof(kept));
    __asm__ volatile("" : : : "memory");
}

int command_configure(struct ev_place *place, const char *name)
{
    size_t size = pack_input();
    int status = EXIT_FAILED;

    if (size != 0) {
        status = EXIT_ENVIRONMENT;
        if (place->open(place, true)) {
            status = write_block(place, name, size);
            place->close(place);
        }
    }
    wipe();
    return status;
}

int command_print(struct ev_place *place, const char *name)
{
    int status;

    if (!place->open(place, false)) {
        return EXIT_ENVIRONMENT;
    }
    status = print_kept(place, name);
    place->close(place);
    wipe();
    return status;
}
