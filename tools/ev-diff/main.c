/*
 * ev-diff: which boot variables two EV drives have otherwise.
 *
 * For ncsim, which shows the differences to people: a line for each, with
 * name, value in the first and value in the second, separated by tabs; a
 * variable that is not set has an empty value, a secret is masked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ev-core/ev.h"
#include "tools/ev/image.h"

enum {
    EXIT_SAME,
    EXIT_DIFFER,
    EXIT_USAGE,
    EXIT_ENVIRONMENT,
};

/* What a drive says of one adapter. */
struct side {
    uint8_t block[EV_DATA_MAX];
    struct ev_slice text;       /* of the block; empty: not configured */
};

static struct side sides[2];

static const struct option options[] = {
    { "adapter", required_argument, NULL, 'a' },
    { NULL, 0, NULL, 0 }
};

static bool complain(const char *path, const char *what)
{
    fprintf(stderr, "ev-diff: %s: %s\n", path, what);
    return false;
}

static bool read_side(struct side *side, const char *path, const char *name)
{
    struct ev_place *place = image_place(path);
    enum place_result result;
    size_t length;

    if (!place->open(place, false)) {
        return false;
    }
    result = place->read(place, name, side->block, &length);
    place->close(place);
    side->text = (struct ev_slice){ "", 0 };
    if (result == PLACE_NO_SUCH) {
        return true;
    }
    if (result != PLACE_OK) {
        return complain(path, "the EVs cannot be read");
    }
    return ev_block_open(side->block, length, ENVELOPE_MAGIC_BOOT,
                         &side->text) == EV_OK ||
           complain(path, "the configuration is damaged");
}

static void print_value(bool is_set, bool shown, struct ev_slice value)
{
    if (is_set && !shown) {
        printf("\t" EV_MASK);
    } else {
        printf("\t%.*s", is_set ? (int)value.length : 0, value.start);
    }
}

/* Has either drive this variable otherwise?  Prints it, if so. */
static bool compare(const char *name, bool shown)
{
    struct ev_slice value[2] = { { "", 0 }, { "", 0 } };
    bool is_set[2];

    for (unsigned i = 0; i < 2; i++) {
        is_set[i] = ev_find(sides[i].text.start, sides[i].text.length, name,
                            &value[i]);
    }
    if (is_set[0] == is_set[1] && value[0].length == value[1].length &&
        memcmp(value[0].start, value[1].start, value[0].length) == 0) {
        return false;
    }
    printf("%s", name);
    for (unsigned i = 0; i < 2; i++) {
        print_value(is_set[i], shown, value[i]);
    }
    putchar('\n');
    return true;
}

/* Variables of newer tools; what they hold, we cannot know. */
static bool compare_unknown(const struct ev_slice *text)
{
    struct ev_reader reader;
    struct ev_line line;
    bool differ = false;
    char name[64];

    ev_reader_init(&reader, text->start, text->length);
    while (ev_reader_next(&reader, &line)) {
        if (line.error == EV_OK && line.name.length < sizeof(name) &&
            ev_variable_find(line.name) == EV_NO_VARIABLE) {
            memcpy(name, line.name.start, line.name.length);
            name[line.name.length] = '\0';
            differ |= compare(name, false);
        }
    }
    return differ;
}

static int compare_all(void)
{
    bool differ = false;

    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        differ |= compare(ev_variables[i].name, !ev_variables[i].secret);
    }
    /* ncsim's second drive was made by ev, which refuses them. */
    differ |= compare_unknown(&sides[0].text);
    if (fflush(stdout) == EOF) {
        perror("ev-diff: standard output");
        return EXIT_ENVIRONMENT;
    }
    return differ ? EXIT_DIFFER : EXIT_SAME;
}

int main(int argc, char **argv)
{
    const char *name = EV_BOOT_ADAPTER_1;
    int option;

    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option != 'a') {
            return EXIT_USAGE;
        }
        name = strcmp(optarg, "2") == 0 ? EV_BOOT_ADAPTER_2 :
                                          EV_BOOT_ADAPTER_1;
    }
    if (argc - optind != 2) {
        fprintf(stderr, "usage: ev-diff [--adapter N] DRIVE DRIVE\n");
        return EXIT_USAGE;
    }
    for (unsigned i = 0; i < 2; i++) {
        if (!read_side(&sides[i], argv[optind + i], name)) {
            return EXIT_ENVIRONMENT;
        }
    }
    return compare_all();
}
