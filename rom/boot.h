/*
 * What the BIOS asks of the ROM during POST and when it boots.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_BOOT_H
#define ROM_BOOT_H

#include <stdbool.h>
#include <stdint.h>

#include "layout.h"
#include "pci.h"

struct call_frame;

/*
 * What the core does for each CORE_* function, given the caller's registers:
 *
 * CORE_INIT     one more adapter with this ROM
 * CORE_BCV      connects, and gives the BIOS a drive, once
 * CORE_BEV      the same, and loads the boot sector to 0000:7C00
 * CORE_INT19    loads the boot sector, when a disk was forced to the front
 * CORE_INT13    a call for our drive: CORE_DONE or CORE_FAILED
 *
 * All return CORE_DONE, or CORE_BOOT when what was loaded is to be jumped to.
 * NULL: this ROM has no such function.
 */
extern uint32_t (*const boot_functions[CORE_FUNCTIONS])(struct call_frame *);

/* Whether the adapter belongs to the disk that INT 13h serves. */
bool boot_serves_disk(void);

/* Which of the adapters, from 0, lies at @bdf; 0 when none does. */
unsigned boot_adapter_number(pci_bdf bdf);

#endif
