/*
 * Finds the adapters of this machine in Linux's sysfs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCHANDOFF_ADAPTERS_H
#define NCHANDOFF_ADAPTERS_H

#include <limits.h>
#include <stdbool.h>

#include "handoff-read.h"

#define ADAPTERS_MAX 16

struct adapter {
    char address[24];           /* domain:bus:device.function */
    char folder[PATH_MAX];      /* of the PCI function in sysfs */
    char interface[32];         /* empty: no driver is bound */
    bool up;                    /* the interface is open */
};

/*
 * Lists the adapters below @pci (a folder such as /sys/bus/pci/devices) in
 * order of their addresses, at most ADAPTERS_MAX.  Returns how many, or -1
 * when the folder cannot be read; errno says why.
 */
int adapters_find(const char *pci, struct adapter list[ADAPTERS_MAX]);

/*
 * Opens the adapter's configuration space for handoff_read().  The caller
 * keeps @file as long as @config is used, and closes it.  False when it
 * cannot be opened; errno says why.
 */
bool adapter_open(const struct adapter *adapter, int *file,
                  struct config_space *config);

#endif
