/*
 * One client: TLS, raw or HTTP, and its RIBCL session.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_CONNECTION_H
#define ILO_MGMT_CONNECTION_H

#include "server.h"
#include "session.h"

struct connection;

/*
 * Serves the client on the socket @fd, which it owns from now on.  @source
 * is its address in words.  NULL when there is no memory for TLS.
 */
struct connection *connection_new(struct server *server, int fd,
                                  const char *source,
                                  const uint8_t address[DELAY_SOURCE_SIZE]);

/* Ends it at once.  Nobody may be working for it. */
void connection_free(struct connection *connection);

/* Called every second: ends a client that is late. */
void connection_tick(struct connection *connection);

/*
 * For those who carry acts out.
 */

struct server *connection_server(struct connection *connection);
struct ribcl_session *connection_session(struct connection *connection);

/*
 * Where a payload goes, between connection_begin() and _paid(), or _drop()
 * when there is none after all.
 */
struct ribcl_writer *connection_begin(struct connection *connection);
struct ribcl_writer *connection_writer(struct connection *connection);
void connection_paid(struct connection *connection);
void connection_drop(struct connection *connection);

/* The act, or the commit, is done: answers it without payload. */
void connection_acted(struct connection *connection,
                      enum ribcl_status status, const char *detail);

/* iLO is reset, the server is not, when this connection has ended. */
void connection_resets_ilo(struct connection *connection);

/* Adds to the audit log. */
void connection_audit(struct connection *connection, const char *what,
                      const char *result);

#endif
