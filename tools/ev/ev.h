/*
 * ev: writes and prints the iSCSI boot configuration in iLO's memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_EV_H
#define TOOLS_EV_EV_H

#include "place.h"

/* The places that the system at hand offers. */
struct ev_places {
    struct ev_place *ilo;
    struct ev_place *(*image)(const char *path);    /* NULL: no images */
};

/* Does what the @count words behind the program's name say; exit status. */
int ev_run(const struct ev_places *places, int count,
           const char *const *words);

#endif
