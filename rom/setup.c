/*
 * The setup screen: what is configured, does it work, and not this time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "hw/net/nc37xx_regs.h"
#include "check.h"
#include "clock.h"
#include "config.h"
#include "connect.h"
#include "console.h"
#include "ev-core/ev.h"
#include "idle.h"
#include "screen.h"
#include "setup.h"

/* Noise on a serial line may have opened it: a server must not stay here. */
#define ALONE_MS 300000

/* The adapter that is looked at. */
struct place {
    const pci_bdf *adapters;
    unsigned count;
    unsigned number;
};

/*
 * The hot key
 */

void setup_offer(pci_bdf bdf)
{
    uint32_t mba = connect_mba_config(bdf);
    uint32_t seconds = mba >> SHM_MBA_TIMEOUT_SHIFT & SHM_MBA_TIMEOUT_MASK;
    char hot = keyboard_hot_key(mba);
    uint32_t since = clock_ms();

    idle_hot_key(hot);
    idle_listen(KEYS_CONNECT);
    console_printf("Ctrl-%c: setup, Esc: next boot device", hot + '@');
    if (seconds) {
        console_printf(" (%u s)", seconds);
    }
    console_printf("\n");
    while (clock_ms() - since < seconds * 1000 && idle()) {
        continue;
    }
}

/*
 * The screen
 */

static bool read_config(const struct place *at, struct ev_boot_config *config)
{
    struct rom_failure failure = { config_read(at->number, config), 0 };

    if (failure.error != ROM_OK) {
        rom_error_print(&failure);
    }
    return failure.error == ROM_OK;
}

static void show(const struct place *at, struct ev_boot_config *config)
{
    pci_bdf bdf = at->adapters[at->number];
    struct ev_slice text;

    console_printf("Adapter %u of %u at %02x:%02x.%u\n", at->number + 1,
                   at->count, pci_bus(bdf), pci_device(bdf),
                   pci_function(bdf));
    if (read_config(at, config) && config_text(&text)) {
        screen_configuration(&text);
    }
}

static void print_menu(const struct place *at)
{
    console_printf("C: configuration  T: test the connection  "
                   "D: discover targets  L: list LUNs\n"
                   "%sS: skip iSCSI this time  B: boot\nsetup> ",
                   at->count > 1 ? "A: other adapter  " : "");
}

static enum key_action wait_for_key(void)
{
    uint32_t since = clock_ms();

    while (idle()) {
        if (clock_ms() - since >= ALONE_MS) {
            console_printf("(no key for 5 minutes) ");
            idle_listen(KEYS_CONNECT);
            return KEY_BOOT;
        }
    }
    return idle_action();
}

/* What is begun here may be stopped; then the menu comes again. */
static void act(struct place *at, enum key_action action)
{
    static struct ev_boot_config config;

    switch (action) {
    case KEY_ADAPTER:
        at->number = (at->number + 1) % at->count;
        show(at, &config);
        break;
    case KEY_SHOW:
        show(at, &config);
        break;
    case KEY_TEST:
        if (read_config(at, &config)) {
            check_connection(at->adapters[at->number], &config);
        }
        break;
    case KEY_TARGETS:
        if (read_config(at, &config)) {
            check_targets(at->adapters[at->number], &config);
        }
        break;
    case KEY_LUNS:
        if (read_config(at, &config)) {
            check_luns(at->adapters[at->number], &config);
        }
        break;
    default:
        break;
    }
}

/* What is typed behind "setup>" shows there. */
static const char *const words[] = {
    [KEY_SHOW] = "configuration",
    [KEY_TEST] = "test (Esc stops it)",
    [KEY_TARGETS] = "discover (Esc stops it)",
    [KEY_LUNS] = "list (Esc stops it)",
    [KEY_ADAPTER] = "adapter",
    [KEY_SKIP] = "skip",
    [KEY_BOOT] = "boot",
};

bool setup_run(const pci_bdf *adapters, unsigned count)
{
    struct place at = { adapters, count, 0 };
    enum key_action action = KEY_SHOW;

    console_printf("\nSetup of HP NC37xx iSCSI boot\n");
    for (;;) {
        act(&at, action);
        idle_listen(KEYS_MENU);
        print_menu(&at);
        action = wait_for_key();
        console_printf("%s\n", words[action]);
        idle_accept();
        if (action == KEY_SKIP || action == KEY_BOOT) {
            return action == KEY_BOOT;
        }
    }
}
