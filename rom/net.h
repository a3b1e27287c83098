/*
 * IPv4 over one adapter: lwIP without an operating system.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_NET_H
#define ROM_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bnx.h"
#include "ipv4.h"

struct netif;

/* Brings the stack up on @nic, which must be started. */
void net_up(struct bnx *nic, const struct ipv4_addresses *addresses);

/* Takes it down: no frame is held or sent afterwards. */
void net_down(void);

/*
 * Handles a change of the link, every frame that waits, at most a ring of
 * them, and the timers that are due.  TCP calls back from here.
 */
void net_poll(void);

/*
 * Shows each received frame to @listen first, which keeps it from the stack
 * by returning true.  NULL: nobody.
 */
void net_listen(bool (*listen)(const uint8_t *frame, size_t length));

/* lwIP's interface, for its DHCP client and the address that it gets. */
struct netif *net_interface(void);

/* The interface's address, and its gateway's. */
void net_addresses(uint8_t ip[4], uint8_t gateway[4]);

/* Milliseconds, monotonic. */
uint64_t net_now(void);

/*
 * Whether the MAC address of @hop, on our network, is known.  If not, asks
 * for it, again every 200 ms; call it until it is.
 */
bool net_resolved(const uint8_t hop[4]);

/* Forgets every MAC address, because one of them may no longer hold. */
void net_forget(void);

#endif
