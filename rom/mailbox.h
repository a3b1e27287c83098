/*
 * The iLO mailbox: SMIF packets through I/O ports (ncsim/ilo_mailbox.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_MAILBOX_H
#define ROM_MAILBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Whether there is an iLO whose mailbox we know; switches its ports on.
 */
bool mailbox_find(void);

/*
 * Exchanges packets with the iLO that was found; as exchange of struct ev_ilo
 * (ev-core/ilo.h), @opaque is not used.
 */
size_t mailbox_exchange(void *opaque, uint8_t *packet, size_t length);

#endif
