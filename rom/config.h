/*
 * The boot configuration of an adapter, out of iLO's variables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_CONFIG_H
#define ROM_CONFIG_H

#include <stdbool.h>

#include "error.h"

struct ev_boot_config;
struct ev_slice;

/*
 * Reads and checks the block of adapter number @adapter (0 or 1) into
 * @config; the second adapter without a block of its own uses the first's.
 * Returns ROM_OK, ROM_NO_MAILBOX, ROM_MAILBOX_FAILED, ROM_NO_CONFIGURATION
 * or ROM_INVALID_CONFIGURATION; @config is valid only with ROM_OK.
 */
enum rom_error config_read(unsigned adapter, struct ev_boot_config *config);

/*
 * The text of the block that config_read() read last, valid until the next
 * call; false when that failed.
 */
bool config_text(struct ev_slice *text);

/*
 * The ROM needs iLO's variables no more: until a reset, whoever reads them in
 * this computer reads asterisks for secrets.
 */
void config_lock(void);

#endif
