/*
 * The chip's state in a migration stream.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_VMSTATE_H
#define HW_NC37XX_VMSTATE_H

#include "migration/vmstate.h"
#include "nc37xx.h"

/*
 * Of an Nc37xx that nc37xx_init() has prepared.  Loading fails with -EINVAL
 * when a value is one that the chip cannot have.
 */
extern const VMStateDescription nc37xx_vmstate_chip;

#endif
