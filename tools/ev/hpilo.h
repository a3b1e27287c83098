/*
 * EVs in this machine's iLO, through Linux' driver hpilo.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TOOLS_EV_HPILO_H
#define TOOLS_EV_HPILO_H

#include "place.h"

extern struct ev_place *const hpilo_place;

#endif
