/*
 * The core over a non-blocking socket and poll(): what an embedder does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "transport.h"

#define POLL_MAX_MS 60000
/* Then the caller may send the next command, while the target is busy. */
#define RECEIVE_BUDGET (1024 * 1024)
#define REST_SIZE 128
#define UNPOLLED_MAX 16
#define SEGMENT_MAX (256 * 1024)
/* Received at once when more is on its way, but not waited for for longer. */
#define BATCH_SIZE (1024 * 1024)
#define BATCH_MS 2

uint64_t transport_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000ull + now.tv_nsec / 1000000;
}

static void transport_close(struct transport *t)
{
    if (t->fd >= 0) {
        close(t->fd);
    }
    t->fd = -1;
    t->connected = false;
    t->more = false;
    t->low_water = 0;
    t->staged = t->sent = 0;
    iscsi_tcp_down(t->session, transport_now());
}

static void transport_connect(struct transport *t,
                              const struct iscsi_address *address)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;
    char port[8];
    int one = 1, rc;

    snprintf(port, sizeof(port), "%u", address->port);
    if (getaddrinfo(address->host, port, &hints, &found) != 0) {
        transport_close(t);
        return;
    }
    t->fd = socket(found->ai_family, SOCK_STREAM, 0);
    fcntl(t->fd, F_SETFL, O_NONBLOCK);
    setsockopt(t->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    rc = connect(t->fd, found->ai_addr, found->ai_addrlen);
    freeaddrinfo(found);
    if (rc < 0 && errno != EINPROGRESS) {
        transport_close(t);
    }
}

/* Asks how the connection attempt ended. */
static void transport_connected(struct transport *t)
{
    int error = 0;
    socklen_t size = sizeof(error);

    getsockopt(t->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        transport_close(t);
        return;
    }
    t->connected = true;
    iscsi_tcp_up(t->session, transport_now());
}

/* Small pieces that go behind each other are sent as one. */
static const uint8_t *stage(struct transport *t, const uint8_t *window,
                            size_t *length)
{
    while (window && *length <= sizeof(t->stage) - t->staged) {
        memcpy(t->stage + t->staged, window, *length);
        t->staged += *length;
        iscsi_tx_commit(t->session, *length, transport_now());
        window = iscsi_tx_window(t->session, length);
    }
    return window;
}

/* False when the socket takes no more: full, or broken: receiving tells. */
static bool send_staged(struct transport *t)
{
    ssize_t n;

    while (t->sent < t->staged) {
        n = send(t->fd, t->stage + t->sent, t->staged - t->sent,
                 MSG_NOSIGNAL);
        if (n < 0) {
            return false;
        }
        t->sent += n;
    }
    t->staged = t->sent = 0;
    return true;
}

static void transport_send(struct transport *t)
{
    const uint8_t *window;
    size_t length;
    ssize_t n;

    while (send_staged(t) &&
           (window = iscsi_tx_window(t->session, &length)) != NULL) {
        window = stage(t, window, &length);
        if (!window || t->staged) {
            continue;
        }
        n = send(t->fd, window, length, MSG_NOSIGNAL);
        if (n < 0) {
            return;
        }
        iscsi_tx_commit(t->session, n, transport_now());
    }
}

/*
 * Receives into the window, and what follows it, mostly the next header, into
 * @rest.
 */
static ssize_t receive(struct transport *t, uint8_t *window, size_t length,
                       uint8_t *rest, size_t rest_size)
{
    const struct iovec parts[] = {
        { .iov_base = window, .iov_len = length },
        { .iov_base = rest, .iov_len = rest_size },
    };

    return readv(t->fd, parts, 2);
}

static void transport_receive(struct transport *t)
{
    size_t length, received = 0;
    uint8_t rest[REST_SIZE];
    uint8_t *window;
    ssize_t n;

    t->more = false;
    do {
        window = iscsi_rx_window(t->session, &length);
        if (!window) {
            return;
        }
        n = receive(t, window, length, rest, sizeof(rest));
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            transport_close(t);
            return;
        }
        if (n < 0) {
            t->more = false;
            return;
        }
        received += n;
        t->more = (size_t)n == length + sizeof(rest);
        iscsi_rx_commit(t->session, MIN((size_t)n, length), transport_now());
        if ((size_t)n > length) {
            iscsi_rx(t->session, rest, n - length, transport_now());
        }
    } while (t->more && received < RECEIVE_BUDGET);
}

static bool is_batching(const struct transport *t)
{
    return t->owed > BATCH_SIZE && !t->hasty;
}

/*
 * The rest of a data segment is waited for as a whole, and more where more is
 * to come, so that a target that is slower than we are does not wake us up for
 * each piece of it.
 */
static void set_low_water(struct transport *t)
{
    size_t length;
    int mark = 1;

    if (is_batching(t)) {
        mark = BATCH_SIZE;
    } else if (iscsi_rx_window(t->session, &length)) {
        mark = MIN(length, SEGMENT_MAX);
    }
    if (mark != t->low_water) {
        t->low_water = mark;
        setsockopt(t->fd, SOL_SOCKET, SO_RCVLOWAT, &mark, sizeof(mark));
    }
}

static int timeout_until(const struct transport *t, uint64_t deadline)
{
    uint64_t now = transport_now();
    uint64_t longest = is_batching(t) ? BATCH_MS : POLL_MAX_MS;

    return deadline <= now ? 0 : MIN(deadline - now, longest);
}

static void transport_wait(struct transport *t, uint64_t deadline)
{
    struct pollfd fds[2] = {
        { .fd = t->fd, .events = POLLIN }, { .fd = t->wake, .events = POLLIN },
    };
    size_t length;

    if (t->more && ++t->unpolled < UNPOLLED_MAX) {
        transport_receive(t);
        return;
    }
    t->unpolled = 0;
    set_low_water(t);
    if (!t->connected || t->staged || iscsi_tx_window(t->session, &length)) {
        fds[0].events |= POLLOUT;
    }
    t->hasty = poll(fds, 2, timeout_until(t, deadline)) <= 0;
    if (t->hasty) {
        return;
    }
    t->woken |= fds[1].revents != 0;
    if (t->fd >= 0 && fds[0].revents && !t->connected) {
        transport_connected(t);
    } else if (t->fd >= 0 && fds[0].revents & (POLLIN | POLLHUP | POLLERR)) {
        transport_receive(t);
    }
}

void transport_run(struct transport *t, uint64_t deadline)
{
    struct iscsi_address address;
    uint64_t own;

    switch (iscsi_want(t->session, &address)) {
    case ISCSI_WANT_CONNECT:
        if (t->fd < 0) {
            transport_connect(t, &address);
        }
        break;
    case ISCSI_WANT_CLOSE:
        transport_close(t);
        return;
    case ISCSI_WANT_NOTHING:
        return;
    case ISCSI_WANT_WAIT:
        if (t->connected) {
            transport_send(t);
        }
        break;
    }
    own = iscsi_deadline(t->session);
    transport_wait(t, MIN(deadline, own));
}
