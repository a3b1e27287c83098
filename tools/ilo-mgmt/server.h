/*
 * What the parts of the daemon share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_SERVER_H
#define ILO_MGMT_SERVER_H

#include <glib.h>

#include "delay.h"
#include "journal.h"
#include "kdf.h"
#include "link.h"
#include "tls.h"
#include "users.h"

#define SERVER_CONNECTIONS 8
#define SERVER_IDLE_SECONDS 30
#define SERVER_LIFE_SECONDS 600

struct changes;

struct server {
    struct tls tls;
    struct link *link;
    struct users users;
    struct kdf *kdf;
    struct delay delay;
    struct journal journal;
    struct changes *changes;
    char *name_path;            /* file with the server's name */
    char name[RIBCL_SERVER_NAME_MAX + 1];
    unsigned idle_seconds;
    int listener;
    guint accepts, ticks;
    GList *connections;         /* of struct connection */
    unsigned refused;           /* connections since the last tick */
};

/*
 * Serves connections of server->listener, which is non-blocking, in the
 * default main context.  Everything else is initialised by the caller.
 */
void server_start(struct server *server);

/* Drops all connections. */
void server_stop(struct server *server);

/* Seconds of a clock that does not go back. */
gint64 server_now(void);

/* Reads and keeps the name of the server; false when it cannot be saved. */
void server_load_name(struct server *server);
gboolean server_save_name(struct server *server, const char *name);

#endif
