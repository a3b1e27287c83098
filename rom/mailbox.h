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

enum mailbox_result {
    MAILBOX_OK,
    MAILBOX_ABSENT,                 /* no iLO, or not one we know */
    MAILBOX_NO_SUCH,                /* iLO has no variable of that name */
    MAILBOX_FAILED,                 /* iLO's answer makes no sense */
};

/*
 * Reads variable @name into @data (EV_DATA_MAX bytes); *@length is its size.
 */
enum mailbox_result mailbox_read_variable(const char *name, uint8_t *data,
                                          size_t *length);

#endif
