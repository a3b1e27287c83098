/*
 * HP NC37xx network adapter: what the chip reports, as traces and log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/log.h"
#include "nc37xx-pci.h"
#include "trace.h"

#define LOG_INFO(s, event, what, a, b)
#define LOG_GUEST(s, event, what, a, b)                                      \
    qemu_log_mask(LOG_GUEST_ERROR, "%s: " what " (%s 0x%" PRIx64             \
                  ", 0x%" PRIx64 ")\n", (s)->name, #event, a, b);

/* One trace event each; a missing one does not compile. */
#define REPORTER(kind, event, what, a_is, b_is)                              \
static void report_##event(Nc37xxPciState *s, uint64_t a, uint64_t b)        \
{                                                                            \
    trace_nc37xx_##event(s->name, a, b);                                     \
    LOG_##kind(s, event, what, a, b)                                         \
}
NC37XX_EVENTS(REPORTER)

#define REPORTER_ROW(kind, event, what, a_is, b_is)                          \
    [NC37XX_EVENT_##event] = report_##event,
static void (*const reporters[])(Nc37xxPciState *, uint64_t, uint64_t) = {
    NC37XX_EVENTS(REPORTER_ROW)
};

void nc37xx_pci_event(Nc37xx *nc, Nc37xxEvent event, uint64_t a, uint64_t b)
{
    reporters[event](nc37xx_pci_state(nc), a, b);
}
