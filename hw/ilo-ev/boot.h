/*
 * Which devices the BIOS tries, as the management side wants it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_BOOT_H
#define HW_ILO_EV_BOOT_H

#include "ncsim/ilo_link.h"

/* Letters "acdn" that a BIOS takes: it has room for three. */
#define ILO_BOOT_LETTERS_MAX 3

typedef struct IloBoot {
    uint8_t order[ILO_LINK_BOOT_ORDER_COUNT];   /* ILO_BOOT_*, _NONE behind */
    uint8_t once;                   /* for the next boot, or ILO_BOOT_NONE */
    uint8_t once_runs;              /* 1: this boot is such a one */
} IloBoot;

/* The order that @letters of QEMU's "-boot order" mean; others are left out. */
void ilo_boot_init(IloBoot *boot, const char *letters);

/* Known classes, none twice, and none behind ILO_BOOT_NONE? */
bool ilo_boot_order_is_good(const uint8_t *order);

/* Letters for @first, unless ILO_BOOT_NONE, and then the classes of @order. */
void ilo_boot_letters(uint8_t first, const uint8_t *order,
                      char letters[ILO_BOOT_LETTERS_MAX + 1]);

/*
 * A boot begins.  Does the BIOS's order have to change, and to what?
 */
bool ilo_boot_begin(IloBoot *boot, char letters[ILO_BOOT_LETTERS_MAX + 1]);

/* After a snapshot was loaded: are the numbers in range? */
bool ilo_boot_is_sound(const IloBoot *boot);

#endif
