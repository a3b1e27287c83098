/*
 * What lwIP calls in the PXE ROM (LWIP_HOOK_FILENAME).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_PXE_HOOKS_H
#define ROM_PXE_HOOKS_H

#include <stdint.h>

struct dhcp_msg;

/* Adds a PXE client's options to a message of @type, RFC 2132 9.6. */
void lease_append_options(struct dhcp_msg *message, uint8_t type,
                          uint16_t *used);

#define LWIP_HOOK_DHCP_APPEND_OPTIONS(netif, dhcp, state, message, type, \
                                      used)                             \
    lease_append_options(message, type, used)

#endif
