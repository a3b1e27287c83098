/*
 * What the parts of hpibootcfg share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HPIBOOTCFG_H
#define HPIBOOTCFG_H

#include <glib.h>
#include <stdint.h>

#include "ev-core/ev.h"

/* As of all tools of ncsim. */
enum {
    EXIT_OK = 0,
    EXIT_FAILED = 1,            /* bad configuration, refused, not written */
    EXIT_USAGE = 2,
    EXIT_ENVIRONMENT = 3,       /* no file, no iLO, no trust */
    EXIT_LATE = 4,
};

struct options {
    const char *input;
    const char *server;         /* as the user wrote it */
    char *host, *port;          /* taken apart */
    const char *user;
    char *password;             /* wiped by main() */
    const char *ca_file;
    const char *fingerprint;
    char *known;                /* file of pinned certificates */
    const char *ev_name;
    gboolean insecure;
    unsigned seconds;           /* for all that has to do with the network */
};

/* A boot configuration as iLO keeps it. */
struct block {
    uint8_t bytes[EV_DATA_MAX];
    size_t size;
};

/* "hpibootcfg: " and the sentence; returns @status. */
int complain(int status, const char *format, ...) G_GNUC_PRINTF(2, 3);

/*
 * Reads and judges options->input.  Returns the exit status after telling
 * the user about every problem.
 */
int configuration_read(const struct options *options, struct block *block);

/*
 * Says how a configuration that was read back, its secrets masked, differs
 * from the one that was written: a sentence to be freed, NULL for not at all.
 */
char *configuration_differs(const struct block *written,
                            const struct block *read);

/*
 * Writes the block, over TLS, and reads it back into @read.  Returns the
 * exit status after telling the user what is wrong.
 */
int ilo_write(const struct options *options, const struct block *block,
              struct block *read);

#endif
