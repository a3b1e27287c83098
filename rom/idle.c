/*
 * Waiting: interrupts are let in, and the keyboard may end the wait.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "clock.h"
#include "idle.h"
#include "io.h"
#include "layout.h"
#include "linear.h"
#include "runtime.h"

#define WINDOW_MS 10

#define VECTOR_KEYBOARD 0x16
#define KEYBOARD_PEEK 0x0100

static uint32_t last_window;
static enum keys listening;
static char hot_key;
static struct key_step wanted;

void idle_hot_key(char hot)
{
    hot_key = hot;
}

void idle_listen(enum keys keys)
{
    listening = keys;
    wanted = (struct key_step) { KEY_NOTHING, keys };
}

void idle_accept(void)
{
    idle_listen(wanted.next);
}

enum key_action idle_action(void)
{
    struct bios_regs regs = { .eax = KEYBOARD_PEEK };

    if (listening != KEYS_NONE && wanted.action == KEY_NOTHING) {
        /* Some BIOSes fetch keys only when they are asked for one. */
        bios_interrupt(VECTOR_KEYBOARD, &regs);
        wanted = keyboard_take(linear(BDA_LINEAR), listening, hot_key);
    }
    return wanted.action;
}

bool idle(void)
{
    cpu_relax();
    if (!runtime_caller_interruptible() ||
        clock_ms() - last_window < WINDOW_MS) {
        return wanted.action == KEY_NOTHING;
    }
    last_window = clock_ms();
    bios_idle_window();
    return idle_action() == KEY_NOTHING;
}
