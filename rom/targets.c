/*
 * The targets that an address knows, for the setup screen: whoever is told
 * "Target name unknown" wants to see the names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "qemu/osdep.h"
#include "check.h"
#include "clock.h"
#include "console.h"
#include "ev-core/ev.h"
#include "idle.h"
#include "screen.h"
#include "session.h"

#define DISCOVER_MS 30000
#define LINES_MAX 256               /* of a target that never ends */

/* Prints what has come; returns whether that was all. */
static bool print_found(unsigned *lines, struct rom_failure *failure)
{
    char text[ISCSI_FOUND_SIZE];

    while (*lines < LINES_MAX) {
        switch (iscsi_discover_next(session.core, text)) {
        case ISCSI_FOUND_TARGET:
            screen_target(text, !strcmp(text, session.config->target_name));
            break;
        case ISCSI_FOUND_PORTAL:
            screen_portal(text);
            break;
        case ISCSI_FOUND_NOTHING:
            return false;
        case ISCSI_FOUND_FAILURE:
            session_failure(failure);
            return true;
        case ISCSI_FOUND_END:
            return true;
        }
        ++*lines;
    }
    return true;
}

static void discover(struct rom_failure *failure)
{
    uint32_t since = clock_ms();
    unsigned lines = 0;

    failure->error = ROM_OK;
    if (iscsi_discover(session.core, net_now()) != ISCSI_OK) {
        session_failure(failure);
        return;
    }
    while (!print_found(&lines, failure)) {
        if (!idle() || clock_ms() - since >= DISCOVER_MS) {
            failure->error = idle_action() == KEY_STOP ? ROM_ABORTED :
                             ROM_LOGIN_TIMEOUT;
            return;
        }
        wire_step(&session.wire, net_now());
    }
    if (!lines) {
        console_printf("No targets\n");
    }
}

void check_targets(pci_bdf bdf, const struct ev_boot_config *config)
{
    struct connect_watch watch = { .login_only = true, .discovery = true };
    struct rom_failure failure;

    if (connect_watched(bdf, config, &watch, &failure)) {
        discover(&failure);
        if (failure.error == ROM_OK) {
            session_logout();
        }
        connect_quiesce();
    }
    if (failure.error != ROM_OK) {
        rom_error_print(&failure);
    }
}
