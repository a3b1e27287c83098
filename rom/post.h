/*
 * Framed progress codes on port 80h (ncsim/post_codes.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_POST_H
#define ROM_POST_H

#include <stdint.h>

#include "ncsim/post_codes.h"

/* Writes the three bytes that say that stage @code was reached. */
void post_stage(uint8_t code);

#endif
