/*
 * Where EVs are: in an iLO, or in a drive image.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_PLACE_H
#define TOOLS_EV_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ncsim/smif.h"

enum place_result {
    PLACE_OK,
    PLACE_NO_SUCH,                  /* no EV of that name */
    PLACE_FULL,
    PLACE_REFUSED,                  /* full, read-only, or failing */
    PLACE_FAILED,                   /* cannot be read or written */
    PLACE_NO_ANSWER,                /* it may have been written, or not */
};

struct ev_place {
    const char *name;               /* for messages */
    /*
     * Makes it ready for read(), and with @change for write(), too.  Returns
     * false after telling the user what is missing and what to do.
     */
    bool (*open)(struct ev_place *place, bool change);
    /* The EV @name, as it is kept now, into EV_DATA_MAX bytes. */
    enum place_result (*read)(struct ev_place *place, const char *name,
                              uint8_t *data, size_t *length);
    /* Unless PLACE_OK or _NO_ANSWER comes back, the old value still holds. */
    enum place_result (*write)(struct ev_place *place, const char *name,
                               const uint8_t *data, size_t length);
    void (*close)(struct ev_place *place);
};

#endif
