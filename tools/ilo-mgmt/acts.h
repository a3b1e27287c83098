/*
 * Carries out what RIBCL asks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_ACTS_H
#define ILO_MGMT_ACTS_H

#include "connection.h"

/* Does the session's act; the connection is told when it is done. */
void act_start(struct connection *connection);

/* Does the session's changes of EVs. */
void act_commit(struct connection *connection);

/* Those about users; act_start() calls it. */
void act_on_users(struct connection *connection);

#endif
