/*
 * EVs in this machine's iLO, through Linux' driver hpilo.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "console.h"
#include "hpilo.h"
#include "ilo.h"

#define FOLDER "/dev/hpilo"
#define CHANNELS 16                 /* of the first iLO; the driver's default */
#define REPLY_MILLISECONDS 10000

static int channel = -1;
static char node[32];               /* its name */
static uint8_t packet[ILO_PACKET_MAX];

static size_t failed(const char *what)
{
    say(CONSOLE_ERROR, "ev: %s: %s\n", node, what);
    return 0;
}

/* A device answers before write() returns, a real iLO a little later. */
static bool wait_for_reply(void)
{
    struct pollfd poll_fd = { .fd = channel, .events = POLLIN };
    int ready;

    do {
        ready = poll(&poll_fd, 1, REPLY_MILLISECONDS);
    } while (ready < 0 && errno == EINTR);
    return ready > 0;
}

/* The driver gives whole quadwords; the packet itself says its length. */
static size_t packet_length(size_t got)
{
    size_t length = got < SMIF_HEADER_SIZE ? 0 :
                    packet[SMIF_SIZE] | packet[SMIF_SIZE + 1] << 8;

    return length <= got ? length : 0;
}

static size_t exchange(void *opaque, uint8_t *bytes, size_t length)
{
    ssize_t done = write(channel, bytes, length);

    if (done != (ssize_t)length) {
        return failed(done < 0 ? strerror(errno) : "takes no whole packet");
    }
    if (!wait_for_reply()) {
        return failed("iLO does not answer");
    }
    done = read(channel, bytes, ILO_PACKET_MAX);
    return done < 0 ? failed(strerror(errno)) : packet_length(done);
}

static bool missing(void)
{
    say(CONSOLE_ERROR, "ev: " FOLDER " is missing: load the driver of iLO "
        "with 'modprobe hpilo', or name a drive image with --image FILE\n");
    return false;
}

/* A channel has one user at a time; the first that is free will do. */
static bool open_channel(void)
{
    struct stat st;
    int error = ENOENT;

    if (stat(FOLDER, &st) < 0) {
        return missing();
    }
    for (unsigned i = 0; i < CHANNELS; i++) {
        snprintf(node, sizeof(node), FOLDER "/d0ccb%u", i);
        channel = open(node, O_RDWR | O_EXCL | O_CLOEXEC);
        if (channel >= 0) {
            return true;
        }
        error = errno;
        if (error != EBUSY) {
            break;
        }
    }
    failed(error == EBUSY ? "this and all other channels are in use" :
           error == EACCES ? "only root may talk to iLO" : strerror(error));
    return false;
}

static bool hpilo_open(struct ev_place *place, bool change)
{
    return open_channel();
}

static void hpilo_close(struct ev_place *place)
{
    close(channel);
    explicit_bzero(packet, sizeof(packet));
}

static struct ilo_place hpilo = {
    .place = {
        .name = "iLO",
        .open = hpilo_open,
        .read = ilo_place_read,
        .write = ilo_place_write,
        .close = hpilo_close,
    },
    .ilo = {
        .exchange = exchange,
        .packet = packet,
    },
};

struct ev_place *const hpilo_place = &hpilo.place;
