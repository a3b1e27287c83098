/*
 * The progress of a boot as JSON lines on a chardev.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "post.h"
#include "progress-qdev.h"
#include "trace.h"

static gboolean take_more(void *opaque, GIOCondition condition, void *user);

static void flush(IloProgress *progress)
{
    int taken = qemu_chr_fe_write(&progress->chr,
                                  (const uint8_t *)progress->pending,
                                  progress->used);

    if (taken > 0) {
        progress->used -= taken;
        memmove(progress->pending, progress->pending + taken, progress->used);
    } else if (taken < 0 && errno != EAGAIN) {
        /* The reader is gone; the next one begins with a whole line. */
        progress->used = 0;
    }
    if (progress->used > 0 && !progress->watch) {
        progress->watch = qemu_chr_fe_add_watch(&progress->chr,
                                                G_IO_OUT | G_IO_HUP,
                                                take_more, progress);
    }
}

static gboolean take_more(void *opaque, GIOCondition condition, void *user)
{
    IloProgress *progress = user;

    progress->watch = 0;
    if (condition & G_IO_HUP) {
        progress->used = 0;
    } else {
        flush(progress);
    }
    return G_SOURCE_REMOVE;
}

void ilo_progress_stage(IloProgress *progress, uint8_t code)
{
    int64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
    size_t room = sizeof(progress->pending) - progress->used;
    int length;

    if (!qemu_chr_fe_backend_connected(&progress->chr)) {
        return;
    }
    length = snprintf(progress->pending + progress->used, room,
                      "{\"v\":1,\"t\":%" PRId64 ",\"src\":\"post\","
                      "\"ev\":\"%s\",\"k\":{\"code\":%u}}\n",
                      now, ilo_post_name(code), code);
    if (length >= room) {
        trace_ilo_ev_progress_dropped(code);
        return;
    }
    progress->used += length;
    flush(progress);
}
