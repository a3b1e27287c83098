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

static uint32_t entry_init(struct call_frame *frame)
{
    static bool started;

    if (!started) {
        started = true;
        start();
    }
    boot_init(frame->ebx);
    return CORE_DONE;
}

static uint32_t entry_bcv(struct call_frame *frame)
{
    boot_connect(frame->ebx);
    return CORE_DONE;
}

static uint32_t entry_bev(struct call_frame *frame)
{
    return boot_entry(frame->ebx);
}

static uint32_t entry_int19(struct call_frame *frame)
{
    return boot_int19();
}

static uint32_t (*const entries[])(struct call_frame *frame) = {
    [CORE_INIT] = entry_init,
    [CORE_BCV] = entry_bcv,
    [CORE_BEV] = entry_bev,
    [CORE_INT13] = boot_int13,
    [CORE_INT19] = entry_int19,
};

uint32_t core_entry(uint32_t function, struct call_frame *frame)
{
    if (function >= ARRAY_SIZE(entries)) {
        return CORE_FAILED;
    }
    return entries[function](frame);
}
