/*
 * What ev does, wherever the EVs are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_COMMANDS_H
#define TOOLS_EV_COMMANDS_H

#include "place.h"

enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,        /* bad configuration, or not written */
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,   /* no such image, no iLO, not readable, in use */
};

/*
 * Judges the configuration on standard input and writes it as the EV @name.
 * Nothing is written, and no image is made, unless all of it is valid.
 * Returns the exit status.
 */
int command_configure(struct ev_place *place, const char *name);

/*
 * Prints the configuration in the EV @name to standard output, with secrets
 * masked.  Returns the exit status.
 */
int command_print(struct ev_place *place, const char *name);

#endif
