/*
 * A TLS connection with one deadline for everything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HPIBOOTCFG_CHANNEL_H
#define HPIBOOTCFG_CHANNEL_H

#include <gnutls/gnutls.h>

#include "hpibootcfg.h"

struct channel {
    const struct options *options;
    int fd;
    gint64 deadline;            /* monotonic us */
    gnutls_certificate_credentials_t credentials;
    gnutls_session_t session;
};

/*
 * Connects and makes sure of who is there.  Returns the exit status after
 * telling the user what is wrong; channel_close() is to be called anyway.
 */
int channel_open(struct channel *channel, const struct options *options);

/* Sends all of it. */
int channel_send(struct channel *channel, const char *text, size_t length);

/*
 * Receives up to @room bytes; *@length is 0 at the end of the connection.
 */
int channel_receive(struct channel *channel, char *buffer, size_t room,
                    size_t *length);

void channel_close(struct channel *channel);

/* Is this server's certificate the right one?  As channel_open(). */
int trust_check(struct channel *channel);

#endif
