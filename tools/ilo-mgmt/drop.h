/*
 * Rights that a daemon does not need once it listens.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_DROP_H
#define ILO_MGMT_DROP_H

#include <stdbool.h>

/*
 * Started by root, becomes the user @name, or the owner of the folder @state
 * when @name is NULL, for good; else nothing is to be done.  Root itself
 * only when named.  False after saying what is wrong.
 */
bool drop_privileges(const char *name, const char *state);

#endif
