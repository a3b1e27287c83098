/*
 * The core over a non-blocking socket and poll(): what an embedder does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ISCSI_HOST_TRANSPORT_H
#define ISCSI_HOST_TRANSPORT_H

#include "iscsi.h"

/* PDUs without data, put together so that the target wakes up once. */
#define TRANSPORT_STAGE_SIZE 1024

struct transport {
    struct iscsi_session *session;
    int fd;                 /* -1: no connection and no attempt */
    bool connected;
    int wake;               /* what ends a wait by being readable, or -1 */
    bool woken;
    size_t owed;            /* the caller's: bytes to come without a command */
    bool hasty;             /* the last wait was in vain */
    bool more;              /* there was more to receive than was */
    int low_water;          /* bytes that wake us up; 0: not set yet */
    unsigned unpolled;      /* calls in a row that did not look at @wake */
    uint8_t stage[TRANSPORT_STAGE_SIZE];
    size_t staged, sent;    /* of @stage: bytes there are, bytes that went */
};

/* Milliseconds of the monotonic clock. */
uint64_t transport_now(void);

/*
 * Does what the session wants and moves the bytes there are, waiting for the
 * socket, or to be woken, until @deadline at the latest.  What is due because
 * of what came is sent by the next call.  Looking up the name of a portal takes
 * as long as the resolver does.
 */
void transport_run(struct transport *transport, uint64_t deadline);

#endif
