/*
 * Accepts clients, and keeps time for all of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <arpa/inet.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "connection.h"

#define ACCEPTS_AT_ONCE 16

gint64 server_now(void)
{
    return g_get_monotonic_time() / G_USEC_PER_SEC;
}

/*
 * Where a client comes from: in words, and whom its failures count for.
 */
static void name_source(const struct sockaddr_storage *from, char *text,
                        size_t room, uint8_t *address)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;

    memset(address, 0, DELAY_SOURCE_SIZE);
    g_strlcpy(text, "unknown", room);
    if (from->ss_family == AF_INET) {
        inet_ntop(AF_INET, &v4->sin_addr, text, room);
        /* Apart from all networks of IPv6. */
        address[0] = 0xff;
        memcpy(address + 4, &v4->sin_addr, 4);
    } else if (from->ss_family == AF_INET6) {
        inet_ntop(AF_INET6, &v6->sin6_addr, text, room);
        memcpy(address, &v6->sin6_addr, DELAY_SOURCE_SIZE);
    }
}

static void serve(struct server *server, int fd,
                  const struct sockaddr_storage *from)
{
    uint8_t address[DELAY_SOURCE_SIZE];
    char source[INET6_ADDRSTRLEN];
    int on = 1;

    name_source(from, source, sizeof(source), address);
    if (g_list_length(server->connections) >= SERVER_CONNECTIONS) {
        server->refused++;
        close(fd);
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    connection_new(server, fd, source, address);
}

static gboolean acceptable(int listener, GIOCondition condition,
                           gpointer opaque)
{
    struct server *server = opaque;

    for (unsigned i = 0; i < ACCEPTS_AT_ONCE; i++) {
        struct sockaddr_storage from;
        socklen_t size = sizeof(from);
        int fd = accept4(listener, (struct sockaddr *)&from, &size,
                         SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd < 0) {
            break;
        }
        serve(server, fd, &from);
    }
    return G_SOURCE_CONTINUE;
}

static gboolean tick(gpointer opaque)
{
    struct server *server = opaque;
    GList *at = server->connections;
    char text[64];

    while (at) {
        struct connection *connection = at->data;

        at = at->next;
        connection_tick(connection);
    }
    if (server->refused > 0) {
        g_snprintf(text, sizeof(text), "%u refused: %u are served already",
                   server->refused, SERVER_CONNECTIONS);
        journal_audit(&server->journal, "-", "", "connection", text);
        server->refused = 0;
    }
    return G_SOURCE_CONTINUE;
}

void server_start(struct server *server)
{
    server->accepts = g_unix_fd_add(server->listener, G_IO_IN, acceptable,
                                    server);
    server->ticks = g_timeout_add_seconds(1, tick, server);
}

void server_stop(struct server *server)
{
    g_source_remove(server->accepts);
    g_source_remove(server->ticks);
    while (server->connections) {
        connection_free(server->connections->data);
    }
}

void server_load_name(struct server *server)
{
    char *text;

    if (g_file_get_contents(server->name_path, &text, NULL, NULL)) {
        g_strlcpy(server->name, g_strchomp(text), sizeof(server->name));
        g_free(text);
    }
}

gboolean server_save_name(struct server *server, const char *name)
{
    char *line = g_strconcat(name, "\n", NULL);
    gboolean saved = g_file_set_contents_full(
        server->name_path, line, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
        NULL);

    g_free(line);
    if (saved) {
        g_strlcpy(server->name, name, sizeof(server->name));
    }
    return saved;
}
