/*
 * NVRAM: access to it one word at a time, and what is stored of it when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define READ (R_NVM_COMMAND_DOIT_MASK | R_NVM_COMMAND_FIRST_MASK |           \
              R_NVM_COMMAND_LAST_MASK)
#define WRITE (READ | R_NVM_COMMAND_WR_MASK)
#define ERASE (WRITE | R_NVM_COMMAND_ERASE_MASK)
#define WREN (R_NVM_COMMAND_DOIT_MASK | R_NVM_COMMAND_WREN_MASK)

static uint32_t flash_long(unsigned offset)
{
    return ldl_be_p(card.nc.nvram + offset);
}

/* The registers */

static uint32_t command(uint32_t address, uint32_t bits)
{
    card_write(A_NVM_COMMAND, R_NVM_COMMAND_DONE_MASK);
    card_write(A_NVM_ADDR, address);
    card_write(A_NVM_COMMAND, bits);
    CU_ASSERT_TRUE(card_read(A_NVM_COMMAND) & R_NVM_COMMAND_DONE_MASK);
    CU_ASSERT_FALSE(card_read(A_NVM_COMMAND) & R_NVM_COMMAND_DOIT_MASK);
    return card_read(A_NVM_READ);
}

static void allow_writes(void)
{
    card_write(A_NVM_ACCESS_ENABLE, 3);
    card_write(A_MISC_CFG, MISC_CFG_NVM_WR_EN_PCI <<
               R_MISC_CFG_NVM_WR_EN_SHIFT);
}

static void program(uint32_t address, uint32_t value)
{
    card_write(A_NVM_WRITE, value);
    command(address, WRITE);
}

static void a_word_has_its_first_byte_on_top(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(command(0, READ), 0x669955aa);
    CU_ASSERT_EQUAL(command(0x12c, READ), 0x00000017);
    CU_ASSERT_EQUAL(command(0x3fffc, READ), 0xffffffff);
}

/* T7 */
static void done_stays_until_one_is_written_to_it(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_read(A_NVM_COMMAND), 0);
    command(0, READ);
    card_write(A_NVM_COMMAND, 0);
    CU_ASSERT_EQUAL(card_read(A_NVM_COMMAND), R_NVM_COMMAND_DONE_MASK);
    card_write(A_NVM_COMMAND, R_NVM_COMMAND_DONE_MASK);
    CU_ASSERT_EQUAL(card_read(A_NVM_COMMAND), 0);
}

static void the_address_counts_up_until_last(void)
{
    card_power_up("nc373i");
    command(0x300, READ & ~R_NVM_COMMAND_LAST_MASK);
    card_write(A_NVM_COMMAND, R_NVM_COMMAND_DOIT_MASK);
    CU_ASSERT_EQUAL(card_read(A_NVM_READ), flash_long(0x304));
    card_write(A_NVM_COMMAND, R_NVM_COMMAND_DOIT_MASK |
               R_NVM_COMMAND_LAST_MASK);
    CU_ASSERT_EQUAL(card_read(A_NVM_READ), flash_long(0x308));
    CU_ASSERT_EQUAL(card_read(A_NVM_ADDR), 0x308);
}

static void pages_of_264_bytes_are_addressed_by_page(void)
{
    card_power_up("nc370t");
    CU_ASSERT_EQUAL(command(0, READ), 0x669955aa);
    CU_ASSERT_EQUAL(command(1 << 9, READ), flash_long(264));
    CU_ASSERT_EQUAL(command(2 << 9 | 260, READ), flash_long(2 * 264 + 260));
    CU_ASSERT_EQUAL(command(1023 << 9 | 260, READ), 0xffffffff);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_nvm_outside], 0);
    CU_ASSERT_EQUAL(command(264, READ), 0xffffffff);
    CU_ASSERT_EQUAL(command(1024 << 9, READ), 0xffffffff);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_nvm_outside], 2);
}

static void what_is_outside_reads_ones_and_is_not_written(void)
{
    card_power_up("nc373i");
    allow_writes();
    CU_ASSERT_EQUAL(command(0x40000, READ), 0xffffffff);
    command(0, WREN);
    command(0xfffffc, ERASE);
    program(0xfffffc, 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_nvm_outside], 3);
}

static void writing_needs_all_its_enables(void)
{
    card_power_up("nc373i");
    allow_writes();
    program(0x30000, 0x12345678);           /* no WREN */
    command(0, WREN);
    card_write(A_NVM_ACCESS_ENABLE, 1);
    program(0x30000, 0x12345678);
    allow_writes();
    card_write(A_MISC_CFG, 0);
    program(0x30000, 0x12345678);
    allow_writes();
    command(0, R_NVM_COMMAND_DOIT_MASK | R_NVM_COMMAND_WRDI_MASK);
    program(0x30000, 0x12345678);
    command(0x30000, ERASE);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_nvm_protected], 5);
    CU_ASSERT_EQUAL(flash_long(0x30000), 0xffffffff);
    command(0, WREN);
    program(0x30000, 0x12345678);
    CU_ASSERT_EQUAL(flash_long(0x30000), 0x12345678);
    program(0x30004, 0x12345678);           /* WREN is used up */
    CU_ASSERT_EQUAL(flash_long(0x30004), 0xffffffff);
}

static void flash_is_erased_in_pages_before_it_is_written(void)
{
    unsigned i;

    card_power_up("nc373i");
    allow_writes();
    command(0, WREN);
    program(0x1fc, 0x0f0f0f0f & flash_long(0x1fc));
    command(0, WREN);
    command(0x2a4, ERASE);
    for (i = 0x200; i < 0x300; i++) {
        CU_ASSERT_EQUAL(card.nc.nvram[i], 0xff);
    }
    CU_ASSERT_NOT_EQUAL(flash_long(0x1fc), 0xffffffff);
    CU_ASSERT_NOT_EQUAL(flash_long(0x300), 0xffffffff);
    command(0, WREN);
    for (i = 0; i < 64; i++) {
        card_write(A_NVM_WRITE, 0x01010101 * i);
        command(0x200 + i * 4, R_NVM_COMMAND_DOIT_MASK |
                R_NVM_COMMAND_WR_MASK |
                (i == 0 ? R_NVM_COMMAND_FIRST_MASK : 0) |
                (i == 63 ? R_NVM_COMMAND_LAST_MASK : 0));
    }
    for (i = 0; i < 64; i++) {
        CU_ASSERT_EQUAL(flash_long(0x200 + i * 4), 0x01010101 * i);
    }
    command(0, WREN);
    program(0x2fc, 0xf0f0f0f0);             /* only ones become zeroes */
    CU_ASSERT_EQUAL(flash_long(0x2fc), 0x3f3f3f3f & 0xf0f0f0f0);
}

static void a_buffered_part_is_written_without_erasing(void)
{
    card_power_up("nc370t");
    allow_writes();
    program(3 << 9 | 4, 0xcafebabe);
    program(3 << 9 | 4, 0x12345678);
    CU_ASSERT_EQUAL(flash_long(3 * 264 + 4), 0x12345678);
    command(3 << 9, ERASE);
    CU_ASSERT_EQUAL(flash_long(3 * 264 + 4), 0xffffffff);
    CU_ASSERT_EQUAL(card.nc.nvram[3 * 264 + 263], 0xff);
}

static void the_status_of_the_part_is_ready(void)
{
    card_power_up("nc373i");
    command(0, READ);
    CU_ASSERT_EQUAL(command(0, R_NVM_COMMAND_DOIT_MASK |
                            R_NVM_COMMAND_RD_STATUS_MASK), 0);
}

static void a_core_reset_protects_the_part_and_keeps_its_content(void)
{
    card_power_up("nc373i");
    allow_writes();
    card_write(A_NVM_CFG1, 0x57808201);
    command(0, WREN);
    program(0x30000, 0x12345678);
    command(0, WREN);
    card_core_reset();
    allow_writes();
    program(0x30004, 0);
    CU_ASSERT_EQUAL(flash_long(0x30000), 0x12345678);
    CU_ASSERT_EQUAL(flash_long(0x30004), 0xffffffff);
    CU_ASSERT_EQUAL(card_read(A_NVM_CFG1), NVM_STRAP_M45PE20);
}

/* T7: the driver is requester 2. */
static void arbitration_grants_at_once(void)
{
    card_power_up("nc373i");
    card_write(A_NVM_SW_ARB, NVM_SW_ARB_DRIVER);
    CU_ASSERT_EQUAL(card_read(A_NVM_SW_ARB), 1u << 14 | 1u << 10);
    card_write(A_NVM_SW_ARB, 1);
    CU_ASSERT_EQUAL(card_read(A_NVM_SW_ARB), 5u << 12 | 5u << 8);
    card_write(A_NVM_SW_ARB, NVM_SW_ARB_DRIVER << 4);
    CU_ASSERT_EQUAL(card_read(A_NVM_SW_ARB), 1u << 12 | 1u << 8);
    card_write(A_NVM_SW_ARB, 1 << 4);
    CU_ASSERT_EQUAL(card_read(A_NVM_SW_ARB), 0);
}

/* What is stored, and when */

static void burst(uint32_t address, unsigned words)
{
    unsigned i;

    for (i = 0; i < words; i++) {
        card_write(A_NVM_WRITE, 0x01020300 + i);
        command(address + i * 4, R_NVM_COMMAND_DOIT_MASK |
                R_NVM_COMMAND_WR_MASK |
                (i == 0 ? R_NVM_COMMAND_FIRST_MASK : 0));
    }
}

static void stored_is(unsigned count, uint32_t offset, uint32_t size)
{
    CU_ASSERT_EQUAL(card.stored_count, count);
    CU_ASSERT_EQUAL(card.stored_offset, offset);
    CU_ASSERT_EQUAL(card.stored_size, size);
}

static void a_page_is_stored_when_its_last_word_is_written(void)
{
    card_power_up("nc370t");
    allow_writes();
    burst(3 << 9, 65);
    CU_ASSERT_EQUAL(card.stored_count, 0);
    command(3 << 9 | 260, R_NVM_COMMAND_DOIT_MASK | R_NVM_COMMAND_WR_MASK |
            R_NVM_COMMAND_LAST_MASK);
    stored_is(1, 3 * 264, 264);
    command(5 << 9 | 16, ERASE);
    stored_is(2, 5 * 264, 264);
    command(0, READ);
    CU_ASSERT_EQUAL(card.stored_count, 2);
}

static void what_ends_a_burst_stores_it(void)
{
    static const uint32_t enders[] = {
        READ, WREN, R_NVM_COMMAND_DOIT_MASK | R_NVM_COMMAND_RD_STATUS_MASK,
    };
    unsigned i;

    card_power_up("nc370t");
    for (i = 0; i < ARRAY_SIZE(enders); i++) {
        allow_writes();
        burst(3 << 9, 2);
        command(0, enders[i]);
        stored_is(i + 1, 3 * 264, 8);
    }
    burst(3 << 9, 2);
    card_core_reset();
    stored_is(i + 1, 3 * 264, 8);
    allow_writes();
    burst(3 << 9, 2);
    nc37xx_pci_reset(&card.nc);
    stored_is(i + 2, 3 * 264, 8);
    nc37xx_nvm_flush(&card.nc);
    CU_ASSERT_EQUAL(card.stored_count, i + 2);
}

static void what_cannot_be_stored_is_not_written(void)
{
    uint32_t before;

    card_power_up("nc373i");
    allow_writes();
    before = flash_long(0x204);
    card.store_broken = true;
    command(0, WREN);
    command(0x200, ERASE);
    CU_ASSERT_EQUAL(flash_long(0x204), before);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_nvm_refused], 1);
    command(0, WREN);
    program(0x30000, 0x12345678);
    CU_ASSERT_EQUAL(flash_long(0x30000), 0xffffffff);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_nvm_refused], 2);
    nc37xx_vpd_write(&card.nc, 0x80, 0x55555555);
    CU_ASSERT_EQUAL(nc37xx_vpd_read(&card.nc, 0x80), 0);
    card.store_broken = false;
    command(0, WREN);
    program(0x30000, 0x12345678);
    CU_ASSERT_EQUAL(flash_long(0x30000), 0x12345678);
    nc37xx_vpd_write(&card.nc, 0x80, 0x55555555);
    stored_is(5, 0x380, 4);
}

/* It may differ from what the drive at this end of a migration has. */
static void all_that_was_loaded_is_stored(void)
{
    card_power_up("nc370t");
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    CU_ASSERT_EQUAL(card.stored_count, 0);
    nc37xx_nvm_flush(&card.nc);
    stored_is(1, 0, 0x42000);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_word_has_its_first_byte_on_top),
    UNIT_CASE(done_stays_until_one_is_written_to_it),
    UNIT_CASE(the_address_counts_up_until_last),
    UNIT_CASE(pages_of_264_bytes_are_addressed_by_page),
    UNIT_CASE(what_is_outside_reads_ones_and_is_not_written),
    UNIT_CASE(writing_needs_all_its_enables),
    UNIT_CASE(flash_is_erased_in_pages_before_it_is_written),
    UNIT_CASE(a_buffered_part_is_written_without_erasing),
    UNIT_CASE(the_status_of_the_part_is_ready),
    UNIT_CASE(a_core_reset_protects_the_part_and_keeps_its_content),
    UNIT_CASE(arbitration_grants_at_once),
    UNIT_CASE(a_page_is_stored_when_its_last_word_is_written),
    UNIT_CASE(what_ends_a_burst_stores_it),
    UNIT_CASE(what_cannot_be_stored_is_not_written),
    UNIT_CASE(all_that_was_loaded_is_stored),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-nvm", cases, CASES, argc, argv);
}
