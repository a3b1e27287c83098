/*
 * The core over a non-blocking socket and poll(): what an embedder does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_REAL_TRANSPORT_H
#define TESTS_REAL_TRANSPORT_H

#include "iscsi.h"

struct transport {
    struct iscsi_session *session;
    int fd;                 /* -1: no connection and no attempt */
    bool connected;
};

/* Milliseconds of the monotonic clock. */
uint64_t transport_now(void);

/*
 * Does what the session wants and moves the bytes there are, waiting for the
 * socket until @deadline at the latest.
 */
void transport_run(struct transport *transport, uint64_t deadline);

#endif
