/*
 * The iSCSI boot firmware table (iBFT 1.03): tells the operating system in
 * the standard form what the ROM did.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_IBFT_H
#define ROM_IBFT_H

#include <stddef.h>
#include <stdint.h>

struct connect_facts;
struct ev_boot_config;

/*
 * Builds the table in the @room bytes at @table.  Returns its size, or 0 when
 * it does not fit.
 */
size_t ibft_build(uint8_t *table, size_t room,
                  const struct ev_boot_config *config,
                  const struct connect_facts *facts);

#endif
