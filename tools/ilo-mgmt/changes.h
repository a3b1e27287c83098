/*
 * Changes of EVs: all of a block, or none; and one block after the other,
 * as the link has room for one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_CHANGES_H
#define ILO_MGMT_CHANGES_H

#include "commands.h"
#include "link.h"

struct changes;

/* RIBCL_OK: written, read back and found the same. */
typedef void changes_done(void *opaque, enum ribcl_status status);

/* @link is not owned. */
struct changes *changes_new(struct link *link);
void changes_free(struct changes *changes);

/* @change is @count changes that stay there until @done is called. */
void changes_submit(struct changes *changes,
                    const struct ribcl_change *change, unsigned count,
                    changes_done *done, void *opaque);

#endif
