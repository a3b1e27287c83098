/*
 * The command line of ev.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_OPTIONS_H
#define TOOLS_EV_OPTIONS_H

#include <stdbool.h>

struct ev_options {
    char command;                   /* 'c', 'p', 'h' (help), 'v' (version) */
    const char *name;               /* of the EV */
    const char *image;              /* path, or NULL: in this machine's iLO */
};

/*
 * Parses the words behind the program's name.  Returns false after telling
 * the user what is wrong.
 */
bool options_parse(struct ev_options *options, int count,
                   const char *const *words);

extern const char ev_usage[];

#endif
