/*
 * Where the 16-bit parts enter the core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "block.h"
#include "boot.h"
#include "clock.h"
#include "debug.h"
#include "runtime.h"

static void start(void)
{
    runtime_init();
    clock_init();
    debug_printf("core at %08x, run-time segment %04x\n",
                 (uint32_t)block_header, runtime_segment());
}

uint32_t core_entry(uint32_t function, struct call_frame *frame)
{
    static bool started;

    if (!started) {
        started = true;
        start();
    }
    if (function >= CORE_FUNCTIONS || !boot_functions[function]) {
        return CORE_FAILED;
    }
    return boot_functions[function](frame);
}
