/*
 * What the BIOS asks of the ROM during POST and when it boots.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_BOOT_H
#define ROM_BOOT_H

#include <stdint.h>

#include "pci.h"

struct call_frame;

/* Init vector: one more adapter with this ROM, at @bdf. */
void boot_init(pci_bdf bdf);

/*
 * Connection vector of the adapter at @bdf: connects, and gives the BIOS a
 * drive.  Does nothing once that was tried.
 */
void boot_connect(pci_bdf bdf);

/*
 * Bootstrap entry vector, and INT 19h when forced: loads the boot sector to
 * 0000:7C00.  Returns CORE_BOOT, or CORE_DONE when there is nothing to boot.
 */
uint32_t boot_entry(pci_bdf bdf);
uint32_t boot_int19(void);

/* INT 13h for our drive; returns CORE_DONE or CORE_FAILED. */
uint32_t boot_int13(struct call_frame *frame);

#endif
