/*
 * EVs in this machine's iLO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "ilo.h"

static const enum place_result results[] = {
    [EV_ILO_OK] = PLACE_OK,
    [EV_ILO_NO_SUCH] = PLACE_NO_SUCH,
    [EV_ILO_REFUSED] = PLACE_REFUSED,
    [EV_ILO_FAILED] = PLACE_NO_ANSWER,
};

static struct ev_ilo *ilo_of(struct ev_place *place)
{
    return &container_of(place, struct ilo_place, place)->ilo;
}

enum place_result ilo_place_read(struct ev_place *place, const char *name,
                                 uint8_t *data, size_t *length)
{
    return results[ev_ilo_read(ilo_of(place), name, data, length)];
}

enum place_result ilo_place_write(struct ev_place *place, const char *name,
                                  const uint8_t *data, size_t length)
{
    return results[ev_ilo_write(ilo_of(place), name, data, length)];
}
