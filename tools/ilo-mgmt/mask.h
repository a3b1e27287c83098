/*
 * Boot configurations on the network: judged on their way in, without
 * secrets on their way out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_MASK_H
#define ILO_MGMT_MASK_H

#include <stdbool.h>

#include "commands.h"

/*
 * Writes what may be seen of an EV's @value to @shown, of EV_DATA_MAX bytes,
 * and returns its size.  Secrets of a boot configuration are replaced, under
 * whatever name it is; of one that is damaged nothing is shown: 0.
 */
size_t mask_value(const char *name, const uint8_t *value, size_t size,
                  uint8_t shown[EV_DATA_MAX]);

/*
 * May this value be written under this name?  If not, a sentence is in
 * @detail, of @room bytes.
 */
bool mask_may_write(const char *name, const uint8_t *value, size_t size,
                    char *detail, size_t room);

#endif
