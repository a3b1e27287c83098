/*
 * The boot configuration of an adapter, out of iLO's variables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_CONFIG_H
#define ROM_CONFIG_H

#include "error.h"

struct ev_boot_config;

/*
 * Reads and checks the block of adapter number @adapter (0 or 1) into
 * @config; the second adapter without a block of its own uses the first's.
 * Returns ROM_OK, ROM_NO_MAILBOX, ROM_NO_CONFIGURATION or
 * ROM_INVALID_CONFIGURATION; @config is valid only with ROM_OK.
 */
enum rom_error config_read(unsigned adapter, struct ev_boot_config *config);

/* Tells iLO to hide the secrets until the next reset. */
void config_lock_secrets(void);

#endif
