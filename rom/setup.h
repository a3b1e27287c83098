/*
 * The setup screen: what is configured, does it work, and not this time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_SETUP_H
#define ROM_SETUP_H

#include <stdbool.h>

#include "pci.h"

/*
 * Says which key opens the setup screen and, if the adapter at @bdf is set up
 * so, waits for it; the keyboard is listened to from now on (idle.h).
 */
void setup_offer(pci_bdf bdf);

/*
 * Shows the screen until the user wants to boot, or has not touched a key for
 * a few minutes.  @adapters: @count of them, one at least; none is in use.
 * Returns false when iSCSI is to be skipped this time.
 */
bool setup_run(const pci_bdf *adapters, unsigned count);

#endif
