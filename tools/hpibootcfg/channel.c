/*
 * TCP and TLS to an iLO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"

#define PRIORITY "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

/* Waits for @events; false when it is too late. */
static bool wait_for(struct channel *channel, int fd, short events)
{
    struct pollfd wanted = { .fd = fd, .events = events };
    gint64 left = (channel->deadline - g_get_monotonic_time()) / 1000;

    return left > 0 && (poll(&wanted, 1, left) > 0 || errno == EINTR);
}

static int late(const struct channel *channel)
{
    return complain(EXIT_LATE, "%s: no answer within %u s; is this an iLO?",
                    channel->options->server, channel->options->seconds);
}

/* 0, or an errno. */
static int try_address(struct channel *channel, const struct addrinfo *at)
{
    int error = 0;
    socklen_t size = sizeof(error);

    channel->fd = socket(at->ai_family,
                         SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (channel->fd < 0) {
        return errno;
    }
    if (connect(channel->fd, at->ai_addr, at->ai_addrlen) == 0) {
        return 0;
    }
    error = errno;
    if (error == EINPROGRESS) {
        error = ETIMEDOUT;
        if (wait_for(channel, channel->fd, POLLOUT)) {
            getsockopt(channel->fd, SOL_SOCKET, SO_ERROR, &error, &size);
        }
    }
    if (error) {
        close(channel->fd);
        channel->fd = -1;
    }
    return error;
}

static int unreachable(const struct options *options, int error)
{
    if (error == ETIMEDOUT) {
        return complain(EXIT_LATE, "%s: port %s does not answer; check the "
                        "address and the network", options->server,
                        options->port);
    }
    return complain(EXIT_ENVIRONMENT, "%s: port %s: %s%s", options->server,
                    options->port, strerror(error),
                    error == ECONNREFUSED ?
                    "; nobody listens there, is iLO running?" : "");
}

static int connect_tcp(struct channel *channel)
{
    const struct options *options = channel->options;
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;
    int error = getaddrinfo(options->host, options->port, &hints, &found);

    if (error) {
        return complain(EXIT_ENVIRONMENT, "%s: %s", options->server,
                        gai_strerror(error));
    }
    for (struct addrinfo *at = found; at; at = at->ai_next) {
        error = try_address(channel, at);
        if (!error) {
            break;
        }
    }
    freeaddrinfo(found);
    return error ? unreachable(options, error) : EXIT_OK;
}

/* Waits for what TLS waits for; EXIT_OK to try again. */
static int again(struct channel *channel, int error)
{
    bool out = gnutls_record_get_direction(channel->session);

    if (error == GNUTLS_E_INTERRUPTED) {
        return EXIT_OK;
    }
    return wait_for(channel, channel->fd, out ? POLLOUT : POLLIN) ?
           EXIT_OK : late(channel);
}

static bool is_again(int error)
{
    return error == GNUTLS_E_AGAIN || error == GNUTLS_E_INTERRUPTED;
}

static int explain_handshake(const struct channel *channel, int error)
{
    const char *server = channel->options->server;

    switch (error) {
    case GNUTLS_E_PREMATURE_TERMINATION:
    case GNUTLS_E_PULL_ERROR:
    case GNUTLS_E_PUSH_ERROR:
        return complain(EXIT_ENVIRONMENT, "%s: closed the connection; iLO "
                        "does that when it serves others already: try again",
                        server);
    case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
    case GNUTLS_E_UNEXPECTED_PACKET:
    case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
        return complain(EXIT_ENVIRONMENT, "%s: port %s does not speak TLS "
                        "1.2 or 1.3; is it iLO's?", server,
                        channel->options->port);
    default:
        return complain(EXIT_ENVIRONMENT, "%s: TLS: %s", server,
                        gnutls_strerror(error));
    }
}

static int shake_hands(struct channel *channel)
{
    for (;;) {
        int error = gnutls_handshake(channel->session), status;

        if (error >= 0) {
            return EXIT_OK;
        }
        if (is_again(error)) {
            status = again(channel, error);
            if (status != EXIT_OK) {
                return status;
            }
        } else if (gnutls_error_is_fatal(error)) {
            return explain_handshake(channel, error);
        }
    }
}

/* True when TLS is ready for a handshake. */
static bool prepare(struct channel *channel)
{
    const struct options *options = channel->options;

    if (gnutls_certificate_allocate_credentials(&channel->credentials) < 0 ||
        gnutls_init(&channel->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK |
                    GNUTLS_NO_SIGNAL) < 0 ||
        gnutls_priority_set_direct(channel->session, PRIORITY, NULL) < 0 ||
        gnutls_credentials_set(channel->session, GNUTLS_CRD_CERTIFICATE,
                               channel->credentials) < 0) {
        return false;
    }
    /* Not for addresses, says RFC 6066. */
    if (!g_hostname_is_ip_address(options->host)) {
        gnutls_server_name_set(channel->session, GNUTLS_NAME_DNS,
                               options->host, strlen(options->host));
    }
    gnutls_transport_set_int(channel->session, channel->fd);
    gnutls_handshake_set_timeout(channel->session,
                                 GNUTLS_INDEFINITE_TIMEOUT);
    return true;
}

int channel_open(struct channel *channel, const struct options *options)
{
    int status;

    memset(channel, 0, sizeof(*channel));
    channel->options = options;
    channel->fd = -1;
    channel->deadline = g_get_monotonic_time() +
                        options->seconds * G_USEC_PER_SEC;
    status = connect_tcp(channel);
    if (status != EXIT_OK) {
        return status;
    }
    if (!prepare(channel)) {
        return complain(EXIT_ENVIRONMENT, "TLS cannot be set up");
    }
    status = shake_hands(channel);
    return status == EXIT_OK ? trust_check(channel) : status;
}

int channel_send(struct channel *channel, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t sent = gnutls_record_send(channel->session, text, length);

        if (sent >= 0) {
            text += sent;
            length -= sent;
        } else if (is_again(sent)) {
            int status = again(channel, sent);

            if (status != EXIT_OK) {
                return status;
            }
        } else {
            return complain(EXIT_ENVIRONMENT, "%s: %s",
                            channel->options->server, gnutls_strerror(sent));
        }
    }
    return EXIT_OK;
}

int channel_receive(struct channel *channel, char *buffer, size_t room,
                    size_t *length)
{
    for (;;) {
        ssize_t got = gnutls_record_recv(channel->session, buffer, room);

        if (got >= 0 || !is_again(got)) {
            /* A connection that breaks off has ended, too. */
            *length = got > 0 ? got : 0;
            return EXIT_OK;
        }
        if (again(channel, got) != EXIT_OK) {
            return EXIT_LATE;
        }
    }
}

void channel_close(struct channel *channel)
{
    if (channel->session) {
        gnutls_deinit(channel->session);
    }
    if (channel->credentials) {
        gnutls_certificate_free_credentials(channel->credentials);
    }
    if (channel->fd >= 0) {
        close(channel->fd);
    }
}
