/*
 * One session with a target, and the disk behind it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCISCSI_CLIENT_H
#define NCISCSI_CLIENT_H

#include "iscsi.h"
#include "transport.h"
#include "url.h"

/* How a run ended: the exit status.  X(name, status, text) */
#define EXIT_LIST(X) \
    X(OK, 0, "done") \
    X(IO, 1, "the target or its LUN failed a command") \
    X(USAGE, 2, "wrong usage, or a value that cannot be used") \
    X(CONNECT, 3, "no connection to the target") \
    X(LOGIN, 4, "login refused, or nothing agreed") \
    X(AUTH, 5, "authentication failed, of us or of the target") \
    X(TARGET, 6, "no such target") \
    X(LUN, 7, "no such LUN, or not a disk") \
    X(NOT_READY, 8, "LUN not ready, or reserved by another initiator") \
    X(PROTOCOL, 9, "the target broke the protocol") \
    X(TIMEOUT, 10, "the target took too long") \
    X(DIFFERENT, 11, "verify: the LUN holds something else") \
    X(FILE, 12, "a local file cannot be read or written") \
    X(INTERRUPTED, 130, "interrupted")

enum exit_status {
#define EXIT_ENUM(name, status, text) EXIT_##name = status,
    EXIT_LIST(EXIT_ENUM)
#undef EXIT_ENUM
};

struct settings {
    const char *initiator;
    bool discovery;
    bool strict;
    bool trace;
};

struct client {
    struct transport transport;
    struct iscsi_disk *disk;    /* NULL: none was opened */
    struct url *url;
    uint64_t session_memory[ISCSI_SESSION_SIZE / 8];
    uint64_t disk_memory[ISCSI_DISK_SIZE / 8];
};

/* SIGINT and SIGTERM end waits from now on, and nothing else. */
void client_catch_signals(void);
bool client_interrupted(const struct client *client);

/* What an error of the core means for the exit status. */
enum exit_status client_status(enum iscsi_error error);

/*
 * Logs in to the target of @url, which the client keeps and frees.  Complains
 * on standard error and returns what went wrong, after which the client needs
 * to be closed all the same.
 */
enum exit_status client_open(struct client *client, struct url *url,
                             const struct settings *settings);

/* Finds out about the LUN of the URL.  Complains as client_open(). */
enum exit_status client_open_disk(struct client *client,
                                  struct iscsi_disk_info *info);

/* Moves bytes, and waits for a while when there are none. */
void client_wait(struct client *client);

/*
 * Waits until a pipe or terminal can be read or written (POLLIN, POLLOUT),
 * however long that takes; false when interrupted.
 */
bool client_wait_for_file(struct client *client, int fd, short events);

/*
 * The next disk request that is done, waiting for it; NULL when interrupted.
 */
struct iscsi_disk_request *client_reap(struct client *client);

/* Runs one SCSI command.  For sessions without a disk. */
enum iscsi_error client_command(struct client *client,
                                struct iscsi_command *command);

/*
 * Complains of @error with what the target said of the login or the disk, or
 * of @request, if there is one; returns its status.
 */
enum exit_status client_complain(const struct client *client,
                                 const char *what, enum iscsi_error error);
enum exit_status
client_complain_of_request(const struct client *client, const char *what,
                           enum iscsi_error error,
                           const struct iscsi_disk_request *request);

/* Logs out, unless the target is gone, and frees what there is. */
void client_close(struct client *client);

#endif
