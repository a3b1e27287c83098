/*
 * nciscsi discover: the targets of a portal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>

#include "commands.h"

/* A target's words may hold what a terminal obeys. */
static void print_safe(const char *text)
{
    for (; *text; text++) {
        putchar(g_ascii_isprint(*text) ? *text : '.');
    }
}

static enum exit_status print_found(struct client *client)
{
    struct iscsi_session *session = client->transport.session;
    char text[ISCSI_FOUND_SIZE];
    struct iscsi_info info;

    while (!client_interrupted(client)) {
        switch (iscsi_discover_next(session, text)) {
        case ISCSI_FOUND_TARGET:
            print_safe(text);
            putchar('\n');
            break;
        case ISCSI_FOUND_PORTAL:
            printf("    at ");
            print_safe(text);
            putchar('\n');
            break;
        case ISCSI_FOUND_END:
            return EXIT_OK;
        case ISCSI_FOUND_FAILURE:
            iscsi_get_info(session, &info);
            return client_complain(client, "SendTargets", info.last_error);
        case ISCSI_FOUND_NOTHING:
            client_wait(client);
        }
    }
    return client_complain(client, "SendTargets", ISCSI_E_CANCELLED);
}

enum exit_status command_discover(const struct order *order)
{
    struct settings settings = order->settings;
    struct client client;
    enum exit_status status;
    enum iscsi_error error;

    settings.discovery = true;
    status = client_open(&client, order->url, &settings);
    if (status == EXIT_OK) {
        error = iscsi_discover(client.transport.session, transport_now());
        status = error == ISCSI_OK ? print_found(&client) :
                 client_complain(&client, "SendTargets", error);
    }
    client_close(&client);
    return status;
}
