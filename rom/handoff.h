/*
 * The handoff block: configured values and what was really used, for the
 * operating system (docs/specs/handoff.rst).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_HANDOFF_H
#define ROM_HANDOFF_H

#include <stddef.h>
#include <stdint.h>

struct connect_facts;
struct ev_slice;

/*
 * Writes the block into the @room bytes at @block: the configured values out
 * of @configured, the text of the boot configuration, then the facts.
 * Returns its size, or 0 when it does not fit.
 */
size_t handoff_build(uint8_t *block, size_t room, struct ev_slice configured,
                     const struct connect_facts *facts);

#endif
