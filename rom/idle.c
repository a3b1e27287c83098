/*
 * Waiting: interrupts are let in, and the keyboard may end the connect phase.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "clock.h"
#include "idle.h"
#include "io.h"
#include "runtime.h"

#define WINDOW_MS 10

#define VECTOR_KEYBOARD 0x16
#define KEYBOARD_READ 0x0000
#define KEYBOARD_PEEK 0x0100
#define KEY_ESCAPE 0x1b
#define KEY_CTRL_C 0x03

static uint32_t last_window;
static bool connecting;
static bool stopped;

void idle_connect_phase(bool entered)
{
    connecting = entered;
    stopped = false;
}

/* Other keys stay in the buffer for whoever waits for them. */
static bool stop_key(void)
{
    struct bios_regs regs = { .eax = KEYBOARD_PEEK };
    uint8_t key;

    bios_interrupt(VECTOR_KEYBOARD, &regs);
    key = regs.eax;
    if (regs.flags & FLAGS_ZERO || (key != KEY_ESCAPE && key != KEY_CTRL_C)) {
        return false;
    }
    regs = (struct bios_regs) { .eax = KEYBOARD_READ };
    bios_interrupt(VECTOR_KEYBOARD, &regs);
    return true;
}

bool idle(void)
{
    cpu_relax();
    if (!runtime_caller_interruptible() ||
        clock_ms() - last_window < WINDOW_MS) {
        return !stopped;
    }
    last_window = clock_ms();
    bios_idle_window();
    if (connecting && !stopped) {
        stopped = stop_key();
    }
    return !stopped;
}
