/*
 * Bytes of a disk in order, several requests ahead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCISCSI_STREAM_H
#define NCISCSI_STREAM_H

#include "client.h"

#define STREAM_CHUNK (256 * 1024)

/*
 * A run over the disk, from @offset on.  @fill gives what is to be written,
 * at most @size bytes, and returns how many there are: fewer only at the end.
 * @take gets what was read, in order.  Either complains by itself and returns
 * -1 or false when it cannot.  @fill NULL: read; with @take NULL, too, what
 * was read is thrown away.
 */
struct stream {
    struct client *client;
    uint64_t offset;            /* in bytes, any */
    uint64_t length;            /* in bytes; UINT64_MAX: until @fill ends */
    ssize_t (*fill)(void *user, uint8_t *bytes, size_t size);
    bool (*take)(void *user, const uint8_t *bytes, size_t size);
    void *user;
    bool progress;              /* show a bar, on a terminal */
    uint64_t done;              /* bytes, in order from @offset on */
};

/*
 * Runs it to its end or the first failure, and tells of it.  Sectors that are
 * written in part are read before.
 */
enum exit_status stream_run(struct stream *stream);

#endif
