/*
 * ilo-ev: the management daemon's side of the link, for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_ILO_EV_DAEMON_H
#define TESTS_ILO_EV_DAEMON_H

#include "folder.h"
#include "ncsim/ilo_link.h"

typedef struct Daemon {
    Folder *folder;
    IloEvMachine *machine;
    int fd;
    uint16_t sequence;
    uint8_t packet[ILO_LINK_PACKET_MAX];    /* the last that came */
} Daemon;

/* A machine with a link, and a daemon that is connected and has said hello. */
Daemon *daemon_new(const char *device_options, const char *options);
void daemon_free(Daemon *daemon);

/* A Unix socket, connected to @path. */
int connect_to(const char *path);

/* Gives up the connection, and makes a new one; without hello. */
void daemon_reconnect(Daemon *daemon);
void daemon_hello(Daemon *daemon);

/* Sends these bytes as a message. */
void daemon_send(Daemon *daemon, const uint8_t *packet, size_t size);

/* Waits for a packet, which is in daemon->packet; false when there is no */
/* connection any more. */
bool daemon_receive(Daemon *daemon);

/* Waits for this event; others before it are dropped. */
void daemon_expect(Daemon *daemon, uint16_t event);

/* Sends and waits for the reply; events meanwhile are dropped.  Its error. */
uint32_t daemon_ask(Daemon *daemon, uint8_t *packet, size_t size);

/* A management command with one field, or none (@size 8). */
uint32_t daemon_manage(Daemon *daemon, uint16_t command, size_t size,
                       uint32_t field);

uint32_t daemon_set(Daemon *daemon, const char *name, const char *value);

#endif
