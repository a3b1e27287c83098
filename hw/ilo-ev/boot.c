/*
 * Which devices the BIOS tries.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "boot.h"

static const char letter_of[] = {
    [ILO_BOOT_FLOPPY] = 'a',
    [ILO_BOOT_CDROM] = 'd',
    [ILO_BOOT_DISK] = 'c',
    [ILO_BOOT_NETWORK] = 'n',
};

static uint8_t class_of(char letter)
{
    for (uint8_t i = ILO_BOOT_FLOPPY; i < ARRAY_SIZE(letter_of); i++) {
        if (letter_of[i] == letter) {
            return i;
        }
    }
    return ILO_BOOT_NONE;
}

static bool holds(const uint8_t *order, unsigned count, uint8_t class)
{
    for (unsigned i = 0; i < count; i++) {
        if (order[i] == class) {
            return true;
        }
    }
    return false;
}

void ilo_boot_init(IloBoot *boot, const char *letters)
{
    unsigned count = 0;

    memset(boot, 0, sizeof(*boot));
    for (; *letters && count < ILO_LINK_BOOT_ORDER_COUNT; letters++) {
        uint8_t class = class_of(*letters);

        if (class != ILO_BOOT_NONE && !holds(boot->order, count, class)) {
            boot->order[count++] = class;
        }
    }
}

bool ilo_boot_order_is_good(const uint8_t *order)
{
    for (unsigned i = 0; i < ILO_LINK_BOOT_ORDER_COUNT; i++) {
        if (order[i] > ILO_BOOT_NETWORK ||
            (order[i] != ILO_BOOT_NONE &&
             holds(order, i, order[i])) ||
            (i > 0 && order[i] != ILO_BOOT_NONE &&
             order[i - 1] == ILO_BOOT_NONE)) {
            return false;
        }
    }
    return true;
}

void ilo_boot_letters(uint8_t first, const uint8_t *order,
                      char letters[ILO_BOOT_LETTERS_MAX + 1])
{
    unsigned count = 0;

    if (first != ILO_BOOT_NONE) {
        letters[count++] = letter_of[first];
    }
    for (unsigned i = 0; i < ILO_LINK_BOOT_ORDER_COUNT &&
         count < ILO_BOOT_LETTERS_MAX; i++) {
        if (order[i] != ILO_BOOT_NONE && order[i] != first) {
            letters[count++] = letter_of[order[i]];
        }
    }
    letters[count] = '\0';
}

bool ilo_boot_begin(IloBoot *boot, char letters[ILO_BOOT_LETTERS_MAX + 1])
{
    bool change = boot->once != ILO_BOOT_NONE || boot->once_runs;

    ilo_boot_letters(boot->once, boot->order, letters);
    boot->once_runs = boot->once != ILO_BOOT_NONE;
    boot->once = ILO_BOOT_NONE;
    return change;
}

bool ilo_boot_is_sound(const IloBoot *boot)
{
    return ilo_boot_order_is_good(boot->order) &&
           boot->once <= ILO_BOOT_NETWORK && boot->once_runs <= 1;
}
