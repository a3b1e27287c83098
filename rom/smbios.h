/*
 * The machine's identity, from the BIOS's tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_SMBIOS_H
#define ROM_SMBIOS_H

#include <stdbool.h>
#include <stdint.h>

#define SMBIOS_UUID_SIZE 16

/*
 * The UUID as the table has it, which is the order of DHCP's option 97, too.
 * False: there is no table, or no UUID in it.  Source: SMBIOS 2.8, 5.2.1 and
 * 7.2.
 */
bool smbios_uuid(uint8_t uuid[SMBIOS_UUID_SIZE]);

#endif
