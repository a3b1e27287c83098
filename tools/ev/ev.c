/*
 * ev, but for where it runs.  Runs under DOS, too: no C library.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "commands.h"
#include "console.h"
#include "ev.h"
#include "options.h"

static int act(const struct ev_options *options, struct ev_place *place)
{
    return options->command == 'c' ? command_configure(place, options->name) :
                                     command_print(place, options->name);
}

static int run(const struct ev_places *places,
               const struct ev_options *options)
{
    if (options->command == 'h') {
        say(CONSOLE_OUTPUT, "%s", ev_usage);
        return EXIT_OK;
    }
    if (options->command == 'v') {
        say(CONSOLE_OUTPUT, "ev (ncsim) " NCSIM_VERSION "\n");
        return EXIT_OK;
    }
    if (!options->image) {
        return act(options, places->ilo);
    }
    if (!places->image) {
        say(CONSOLE_ERROR, "ev: --image: there are no drive images under "
            "DOS; leave it out\n");
        return EXIT_USAGE;
    }
    return act(options, places->image(options->image));
}

int ev_run(const struct ev_places *places, int count,
           const char *const *words)
{
    struct ev_options options;
    int status;

    if (!options_parse(&options, count, words)) {
        return EXIT_USAGE;
    }
    status = run(places, &options);
    if (!console_finish() && status == EXIT_OK) {
        say(CONSOLE_ERROR, "ev: standard output cannot be written; is the "
            "disk full?\n");
        return EXIT_FAILED;
    }
    return status;
}
