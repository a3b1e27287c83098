/*
 * An address and a boot file by DHCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_LEASE_H
#define ROM_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dhcp.h"
#include "error.h"

#define LEASE_MS 30000                  /* after which there is no server */
#define LEASE_PROXY_MS 1000             /* a proxy may be slower */

/*
 * Asks for an address for the interface that is up, as a PXE client, and
 * waits for it and for the name of a boot file; the packets are kept for
 * GET_CACHED_INFO.  Returns ROM_OK, ROM_NO_DHCP_ANSWER, ROM_NO_BOOT_FILE or
 * ROM_ABORTED.
 */
enum rom_error lease_get(void);

/* The server and the file to boot from; false: nobody named one. */
bool cached_boot_file(char file[DHCP_BOOT_FILE_SIZE], uint8_t server[4]);

/* Keeps a packet of type PXE_CACHED_*, or forgets all of them. */
void cached_keep(unsigned type, const uint8_t *packet, size_t length);
void cached_clear(void);

#endif
