/*
 * A bar on the terminal for what takes long.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "progress.h"
#include "transport.h"

#define EVERY_MS 200
#define WIDTH    30
#define MIB      1048576.0

void progress_begin(struct progress *p, bool wanted, uint64_t total)
{
    *p = (struct progress) {
        .on = wanted && isatty(STDERR_FILENO), .total = total,
        .began = transport_now(), .next = transport_now() + EVERY_MS,
    };
}

static void show_bar(double part)
{
    char bar[WIDTH + 1];
    int full = part * WIDTH;

    memset(bar, ' ', WIDTH);
    memset(bar, '=', full);
    bar[WIDTH] = '\0';
    fprintf(stderr, "[%s] %3.0f %% ", bar, part * 100);
}

void progress_show(struct progress *p, uint64_t done)
{
    uint64_t now = transport_now();

    if (!p->on || now < p->next) {
        return;
    }
    p->next = now + EVERY_MS;
    p->shown = true;
    fprintf(stderr, "\r");
    if (p->total != UINT64_MAX) {
        show_bar((double)done / p->total);
    }
    fprintf(stderr, "%.1f MiB, %.1f MiB/s  ", done / MIB,
            done / MIB * 1000 / (now - p->began));
}

void progress_end(struct progress *p)
{
    if (p->shown) {
        fprintf(stderr, "\n");
    }
}
