/*
 * The connection test of the setup screen.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "check.h"
#include "clock.h"
#include "console.h"
#include "ev-core/ev.h"
#include "screen.h"
#include "session.h"

static const char *const step_names[CONNECT_STEPS] = {
    [CONNECT_LINK] = "Link",
    [CONNECT_ARP] = "ARP",
    [CONNECT_TCP] = "TCP",
    [CONNECT_LOGIN] = "Login",
    [CONNECT_LUN] = "LUN",
};

struct test {
    struct connect_watch watch;
    enum connect_step step;             /* that goes on */
    uint32_t since;                     /* clock_ms() */
};

static void begin(struct test *test, enum connect_step step)
{
    test->step = step;
    test->since = clock_ms();
    if (step < CONNECT_STEPS) {
        screen_step(step_names[step]);
    }
}

static void print_login(void)
{
    static const char *const proofs[] = {
        [EV_AUTH_NONE] = "without authentication",
        [EV_AUTH_CHAP] = "with CHAP",
        [EV_AUTH_MUTUAL_CHAP] = "with CHAP both ways",
    };
    struct iscsi_info info;

    /* The target may have been content with less than is configured. */
    iscsi_get_info(session.core, &info);
    console_printf("%s", proofs[info.authenticated ? session.config->auth :
                                EV_AUTH_NONE]);
}

static void print_found(enum connect_step step)
{
    struct iscsi_disk_info disk;

    switch (step) {
    case CONNECT_LINK:
        console_printf("%u Mb/s %s duplex", session.nic.link.speed,
                       session.nic.link.full_duplex ? "full" : "half");
        break;
    case CONNECT_ARP:
        console_printf("%I", session.wire.hop);
        break;
    case CONNECT_TCP:
        console_printf("%I port %u", session.wire.peer, session.wire.port);
        break;
    case CONNECT_LOGIN:
        print_login();
        break;
    default:
        iscsi_disk_get_info(session.disk, &disk);
        console_printf("%u: %s %s, %u MiB", session.config->lun, disk.vendor,
                       disk.product, (uint32_t)(disk.sectors >> 11));
        break;
    }
}

/* Steps that come again after a redirection have been told. */
static void reached(struct connect_watch *watch, enum connect_step step)
{
    struct test *test = (struct test *)watch;

    if (step != test->step) {
        return;
    }
    screen_step_ok(clock_ms() - test->since);
    console_printf("  ");
    print_found(step);
    console_printf("\n");
    begin(test, step + 1);
}

/* Returns the failure, ROM_OK for none. */
static enum rom_error test_address(pci_bdf bdf,
                                   const struct ev_boot_config *config)
{
    struct test test = { .watch.reached = reached };
    struct rom_failure failure;

    begin(&test, CONNECT_LINK);
    if (connect_watched(bdf, config, &test.watch, &failure)) {
        session_logout();
        connect_quiesce();
        console_printf("Test passed\n");
        return ROM_OK;
    }
    screen_step_failed(clock_ms() - test.since, &failure);
    console_printf("Test failed at %s\n", step_names[test.step]);
    return failure.error;
}

void check_connection(pci_bdf bdf, const struct ev_boot_config *config)
{
    static struct ev_boot_config only;
    unsigned i;

    for (i = 0; i < config->portals; i++) {
        only = *config;
        only.portal[0] = config->portal[i];
        only.portals = 1;
        console_printf("Target address %u: %I port %u\n", i + 1,
                       only.portal[0].address, only.portal[0].port);
        if (test_address(bdf, &only) == ROM_ABORTED) {
            return;
        }
    }
}
