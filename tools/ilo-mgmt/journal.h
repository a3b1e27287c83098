/*
 * Two records of what happened: the audit log, a file for the operator, and
 * iLO's event logs, which RIBCL shows.  Neither ever has a password or the
 * value of an EV in it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_JOURNAL_H
#define ILO_MGMT_JOURNAL_H

#include <glib.h>
#include <stdio.h>

#include "reply.h"

#define JOURNAL_EVENTS 64       /* the newest of each log */
#define JOURNAL_TEXT_MAX 96

enum journal_log {
    JOURNAL_ILO,                /* logins and changes */
    JOURNAL_SERVER,             /* power, resets, POST */
    JOURNAL_LOGS,
};

struct journal_event {
    gint64 time;                /* seconds since 1970 */
    char text[JOURNAL_TEXT_MAX];
};

struct journal {
    FILE *audit;                /* not owned; NULL: none is kept */
    unsigned count[JOURNAL_LOGS];       /* ever, since the last clearing */
    struct journal_event event[JOURNAL_LOGS][JOURNAL_EVENTS];
};

void journal_init(struct journal *journal, FILE *audit);

/*
 * A line of the audit log: when, from where, who, what, and how it went.
 * What is not printable ASCII in @who and @what is escaped.
 */
void journal_audit(struct journal *journal, const char *source,
                   const char *who, const char *what, const char *result);

/* Adds to an event log; longer texts are cut. */
void journal_add(struct journal *journal, enum journal_log log,
                 const char *format, ...) G_GNUC_PRINTF(3, 4);
void journal_clear(struct journal *journal, enum journal_log log);

/* Writes <EVENT_LOG ...>...</EVENT_LOG>, oldest event first. */
void journal_write(const struct journal *journal, enum journal_log log,
                   struct ribcl_writer *writer);

#endif
