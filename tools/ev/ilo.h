/*
 * EVs in this machine's iLO, by whatever carries packets to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_ILO_H
#define TOOLS_EV_ILO_H

#include "ev-core/ilo.h"
#include "place.h"

struct ilo_place {
    struct ev_place place;
    struct ev_ilo ilo;
};

/* read() and write() of a struct ilo_place. */
enum place_result ilo_place_read(struct ev_place *place, const char *name,
                                 uint8_t *data, size_t *length);
enum place_result ilo_place_write(struct ev_place *place, const char *name,
                                  const uint8_t *data, size_t length);

#endif
