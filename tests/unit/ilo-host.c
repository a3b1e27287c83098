/*
 * The machine round an iLO, for its unit tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "ilo-host.h"

static void now(void *opaque, IloTime *time)
{
    *time = (IloTime) { 2026, 11, 27, 1, 2, 3 };
}

static bool is_on(void *opaque)
{
    return ((TestHost *)opaque)->is_on;
}

static void power(void *opaque, uint32_t act)
{
    TestHost *host = opaque;

    host->power_acts++;
    host->act = act;
}

static bool boot_order(void *opaque, const char *letters)
{
    TestHost *host = opaque;

    if (host->takes_order) {
        strcpy(host->letters, letters);
    }
    return host->takes_order;
}

static void ev_changed(void *opaque, const char *name)
{
    TestHost *host = opaque;

    host->ev_changes++;
    memset(host->changed, 0, sizeof(host->changed));
    memcpy(host->changed, name, MIN(strlen(name), EV_NAME_SIZE - 1));
}

static void logged(void *opaque, const uint8_t *entry, size_t size)
{
    TestHost *host = opaque;

    host->entries++;
    host->entry_size = MIN(size, sizeof(host->entry));
    memcpy(host->entry, entry, host->entry_size);
}

static void restart(void *opaque)
{
    ((TestHost *)opaque)->restarts++;
}

const IloHostOps test_host_ops = {
    .now = now,
    .is_on = is_on,
    .power = power,
    .boot_order = boot_order,
    .ev_changed = ev_changed,
    .logged = logged,
    .restart = restart,
};

void test_host_init(TestHost *host)
{
    memset(host, 0, sizeof(*host));
    host->is_on = true;
    host->takes_order = true;
}
