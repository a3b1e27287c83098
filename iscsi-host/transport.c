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
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "transport.h"

#define POLL_MAX_MS 60000
/* Then the caller may send the next command, while the target is busy. */
#define RECEIVE_BUDGET (256 * 1024)
#define REST_SIZE 128

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

static void transport_send(struct transport *t)
{
    const uint8_t *window;
    size_t length;
    ssize_t n;

    while ((window = iscsi_tx_window(t->session, &length)) != NULL) {
        n = send(t->fd, window, length, MSG_NOSIGNAL);
        if (n < 0) {
            return;     /* full, or broken: receiving tells */
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

    while (received < RECEIVE_BUDGET &&
           (window = iscsi_rx_window(t->session, &length)) != NULL) {
        n = receive(t, window, length, rest, sizeof(rest));
        if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
            transport_close(t);
            return;
        }
        if (n < 0) {
            return;
        }
        received += n;
        iscsi_rx_commit(t->session, MIN((size_t)n, length), transport_now());
        if ((size_t)n > length) {
            iscsi_rx(t->session, rest, n - length, transport_now());
        }
    }
}

static void transport_wait(struct transport *t, uint64_t deadline)
{
    struct pollfd fds[2] = {
        { .fd = t->fd, .events = POLLIN }, { .fd = t->wake, .events = POLLIN },
    };
    uint64_t now = transport_now();
    int timeout = deadline <= now ? 0 :
                  deadline - now > POLL_MAX_MS ? POLL_MAX_MS : deadline - now;
    size_t length;

    if (!t->connected || iscsi_tx_window(t->session, &length)) {
        fds[0].events |= POLLOUT;
    }
    if (poll(fds, 2, timeout) <= 0) {
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
    if (iscsi_deadline(t->session) < deadline) {
        deadline = iscsi_deadline(t->session);
    }
    transport_wait(t, deadline);
    if (t->connected) {
        transport_send(t);
    }
}
