/*
 * Boot order and boot-once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "qemu/osdep.h"
#include "boot.h"
#include "unit.h"

static IloBoot boot;
static char letters[ILO_BOOT_LETTERS_MAX + 1];

static void initial_order_is_that_of_the_command_line(void)
{
    ilo_boot_init(&boot, "ncX");
    CU_ASSERT_EQUAL(boot.order[0], ILO_BOOT_NETWORK);
    CU_ASSERT_EQUAL(boot.order[1], ILO_BOOT_DISK);
    CU_ASSERT_EQUAL(boot.order[2], ILO_BOOT_NONE);
    ilo_boot_init(&boot, "cccccad");
    CU_ASSERT_EQUAL(boot.order[0], ILO_BOOT_DISK);
    CU_ASSERT_EQUAL(boot.order[1], ILO_BOOT_FLOPPY);
    CU_ASSERT_EQUAL(boot.order[2], ILO_BOOT_CDROM);
    CU_ASSERT_EQUAL(boot.order[3], ILO_BOOT_NONE);
    CU_ASSERT(ilo_boot_is_sound(&boot));
}

static void boot_without_request_changes_nothing(void)
{
    ilo_boot_init(&boot, "cad");
    CU_ASSERT_FALSE(ilo_boot_begin(&boot, letters));
}

static void boot_once_is_in_front_for_one_boot(void)
{
    ilo_boot_init(&boot, "cad");
    boot.once = ILO_BOOT_NETWORK;
    CU_ASSERT(ilo_boot_begin(&boot, letters));
    CU_ASSERT_STRING_EQUAL(letters, "nca");
    CU_ASSERT_EQUAL(boot.once, ILO_BOOT_NONE);
    CU_ASSERT(ilo_boot_begin(&boot, letters));
    CU_ASSERT_STRING_EQUAL(letters, "cad");
    CU_ASSERT_FALSE(ilo_boot_begin(&boot, letters));
}

static void class_in_front_is_not_named_twice(void)
{
    ilo_boot_init(&boot, "cad");
    boot.once = ILO_BOOT_CDROM;
    CU_ASSERT(ilo_boot_begin(&boot, letters));
    CU_ASSERT_STRING_EQUAL(letters, "dca");
}

static void fourth_class_has_no_room_in_the_bios(void)
{
    static const uint8_t order[] = {
        ILO_BOOT_NETWORK, ILO_BOOT_DISK, ILO_BOOT_CDROM, ILO_BOOT_FLOPPY
    };

    ilo_boot_letters(ILO_BOOT_NONE, order, letters);
    CU_ASSERT_STRING_EQUAL(letters, "ncd");
}

static void orders_with_gaps_repeats_and_unknown_classes_are_bad(void)
{
    static const struct {
        uint8_t order[ILO_LINK_BOOT_ORDER_COUNT];
        bool good;
    } rows[] = {
        { { 0, 0, 0, 0 }, true },
        { { 4, 3, 2, 1 }, true },
        { { 3, 0, 0, 0 }, true },
        { { 0, 3, 0, 0 }, false },
        { { 3, 0, 2, 0 }, false },
        { { 3, 3, 0, 0 }, false },
        { { 5, 0, 0, 0 }, false },
        { { 1, 2, 3, 255 }, false },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        CU_ASSERT_EQUAL(ilo_boot_order_is_good(rows[i].order), rows[i].good);
    }
}

static void snapshot_out_of_range_is_not_sound(void)
{
    ilo_boot_init(&boot, "cad");
    boot.once = ILO_BOOT_NETWORK + 1;
    CU_ASSERT_FALSE(ilo_boot_is_sound(&boot));
    boot.once = ILO_BOOT_NONE;
    boot.once_runs = 2;
    CU_ASSERT_FALSE(ilo_boot_is_sound(&boot));
}

static const struct unit_case cases[] = {
    UNIT_CASE(initial_order_is_that_of_the_command_line),
    UNIT_CASE(boot_without_request_changes_nothing),
    UNIT_CASE(boot_once_is_in_front_for_one_boot),
    UNIT_CASE(class_in_front_is_not_named_twice),
    UNIT_CASE(fourth_class_has_no_room_in_the_bios),
    UNIT_CASE(orders_with_gaps_repeats_and_unknown_classes_are_bad),
    UNIT_CASE(snapshot_out_of_range_is_not_sound),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-boot", cases, ARRAY_SIZE(cases), argc, argv);
}
