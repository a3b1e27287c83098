/*
 * What the setup screen can find out about target and network.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_CHECK_H
#define ROM_CHECK_H

#include "pci.h"

struct ev_boot_config;

/*
 * Tries each of the target's addresses in @config with the adapter at @bdf,
 * step by step, and prints how each step ends and how long it took.  Whoever
 * listens to the keyboard (idle.h) may stop it.
 */
void check_connection(pci_bdf bdf, const struct ev_boot_config *config);

/*
 * Asks the first address that answers for its targets (RFC 7143 Appendix C)
 * and prints their names and addresses, or why there are none.
 */
void check_targets(pci_bdf bdf, const struct ev_boot_config *config);

/*
 * Logs in to the first address that answers and prints the logical units
 * that the target reports, or why there is no list.
 */
void check_luns(pci_bdf bdf, const struct ev_boot_config *config);

#endif
