/*
 * NVRAM: what the factory puts in, and what is done with what is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

static uint8_t rom[NC37XX_EXP_ROM_BYTES + 512];
static uint8_t bar[NC37XX_EXP_ROM_BYTES];

/* CRC-32 as the standard draws it: a shift register, bit by bit. */
static uint32_t crc_register(const uint8_t *data, size_t size)
{
    uint32_t crc = 0xffffffff;
    size_t i;

    for (i = 0; i < size * 8; i++) {
        uint32_t bit = (data[i / 8] >> i % 8 ^ crc) & 1;

        crc >>= 1;
        crc ^= bit ? 0xedb88320 : 0;
    }
    return crc;
}

static uint32_t flash_long(unsigned offset)
{
    return ldl_be_p(card.nc.nvram + offset);
}

static void blocks_have_the_residue_that_drivers_expect(void)
{
    static const char *const types[] = { "nc373i", "nc370t" };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(types); i++) {
        card_power_up(types[i]);
        CU_ASSERT_EQUAL(flash_long(0), 0x669955aa);
        CU_ASSERT_EQUAL(crc_register(card.nc.nvram + 0x100, 0x100),
                        0xdebb20e3);
        CU_ASSERT_EQUAL(crc_register(card.nc.nvram + 0x200, 0x100),
                        0xdebb20e3);
        CU_ASSERT_EQUAL(crc_register(card.nc.nvram + 0x14, 0xec), 0xdebb20e3);
        CU_ASSERT_EQUAL(crc_register(card.nc.nvram, 0x14), 0xdebb20e3);
    }
}

static void the_board_data_are_where_the_boot_code_looks(void)
{
    card_power_up("nc373i");
    CU_ASSERT_FALSE(memcmp(card.nc.nvram + 0x12e, card_mac, 6));
    CU_ASSERT_EQUAL(flash_long(0x154), 0x0017);
    CU_ASSERT_EQUAL(flash_long(0x158), 0x08a1b2c4);     /* for iSCSI: +1 */
    CU_ASSERT_EQUAL(flash_long(0x11c), 1);              /* on the board */
    CU_ASSERT_EQUAL(flash_long(0x120), 0x40000);
    CU_ASSERT_FALSE(memcmp(card.nc.nvram + 0x104, "N/A", 4));
    card_power_up("nc370t");
    CU_ASSERT_EQUAL(flash_long(0x11c), 0);
    CU_ASSERT_EQUAL(flash_long(0x120), 0x42000);
    CU_ASSERT_FALSE(memcmp(card.nc.nvram + 0x104, "012361-001", 11));
}

/* Vital product data */

static uint8_t vpd[NVRAM_VPD_SIZE];

/* As Linux does: each word with its bytes turned round. */
static void vpd_read_like_linux(void)
{
    unsigned i;

    for (i = 0; i < NVRAM_VPD_SIZE; i++) {
        vpd[i] = card.nc.nvram[NVRAM_VPD + (i & ~3u) + 3 - i % 4];
    }
}

static const uint8_t *vpd_field(const char *key, unsigned *size)
{
    const uint8_t *at = vpd + 3 + vpd[1] + 3;
    const uint8_t *end = at + at[-2];

    for (; at < end; at += 3 + at[2]) {
        if (!memcmp(at, key, 2)) {
            *size = at[2];
            return at + 3;
        }
    }
    *size = 0;
    return NULL;
}

static void vpd_field_is(const char *key, const char *value)
{
    unsigned size;
    const uint8_t *field = vpd_field(key, &size);

    CU_ASSERT_EQUAL_FATAL(size, strlen(value));
    CU_ASSERT_FALSE(memcmp(field, value, size));
}

static void vital_product_data_name_the_board(void)
{
    const char *name = "HP NC373i Multifunction Gigabit Server Adapter";
    const uint8_t *rv;
    unsigned size, i;
    uint8_t sum = 0;

    card_power_up("nc373i");
    vpd_read_like_linux();
    CU_ASSERT_EQUAL(vpd[0], 0x82);
    CU_ASSERT_EQUAL(vpd[1], strlen(name));
    CU_ASSERT_FALSE(memcmp(vpd + 3, name, strlen(name)));
    CU_ASSERT_EQUAL(vpd[3 + vpd[1]], 0x90);
    vpd_field_is("PN", "N/A");
    vpd_field_is("SN", "USE123XYZ9");
    vpd_field_is("MN", "103C");
    rv = vpd_field("RV", &size);
    CU_ASSERT_EQUAL_FATAL(size, 1);
    for (i = 0; vpd + i <= rv; i++) {
        sum += vpd[i];
    }
    CU_ASSERT_EQUAL(sum, 0);
    CU_ASSERT_EQUAL(vpd[i], 0x78);
}

static void vital_product_data_come_through_the_capability(void)
{
    unsigned i;

    card_power_up("nc373i");
    vpd_read_like_linux();
    for (i = 0; i < NVRAM_VPD_SIZE; i += 4) {
        CU_ASSERT_EQUAL(nc37xx_vpd_read(&card.nc, i),
                        (uint32_t)ldl_le_p(vpd + i));
    }
    nc37xx_vpd_write(&card.nc, 0xfc, 0x11223344);
    vpd_read_like_linux();
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(vpd + 0xfc), 0x11223344);
    CU_ASSERT_EQUAL(nc37xx_vpd_read(&card.nc, 0x100), 0);
    nc37xx_vpd_write(&card.nc, 0x7ffc, 0xffffffff);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_vpd_outside], 1);
}

static void long_names_are_cut_and_nothing_overflows(void)
{
    static char text[200];
    NvramContent content = {
        .mac = card_mac, .serial = text, .part_number = text,
    };

    memset(text, 'x', sizeof(text) - 1);
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(nvram_build(card.nc.nvram, card.nc.model, &content),
                    NVRAM_OK);
    CU_ASSERT_EQUAL(crc_register(card.nc.nvram + 0x100, 0x100), 0xdebb20e3);
    CU_ASSERT_EQUAL(flash_long(0x11c), 1);
    vpd_read_like_linux();
    text[32] = 0;
    vpd_field_is("SN", text);
}

/* The boot ROM */

static void rom_make(size_t size)
{
    memset(rom, 0, sizeof(rom));
    rom[0] = 0x55;
    rom[1] = 0xaa;
    rom[2] = MIN(size / 512, 255);
    rom[0x18] = 0x40;
    memcpy(rom + 0x40, "PCIR\x34\x12\x78\x56", 8);
    rom[size - 1] = 0x99;
}

static NvramError rom_build(size_t size)
{
    const NvramContent content = {
        .mac = card_mac, .serial = "", .part_number = "", .rom = rom,
        .rom_size = size,
    };

    return nvram_build(card.nc.nvram, card.nc.model, &content);
}

static bool rom_shows(void)
{
    return nvram_rom_read(card.nc.nvram, card.nc.model, bar);
}

static unsigned damage(void)
{
    return nvram_damage(card.nc.nvram, card.nc.model);
}

static void a_boot_rom_shows_with_the_ids_of_the_adapter(void)
{
    uint8_t sum = 0;
    size_t i;

    card_power_up("nc373i");
    rom_make(65536);
    CU_ASSERT_EQUAL(rom_build(65536), NVRAM_OK);
    CU_ASSERT_TRUE(rom_shows());
    CU_ASSERT_EQUAL(damage(), 0);
    CU_ASSERT_FALSE(memcmp(bar + 0x40, "PCIR\xe4\x14\x4c\x16", 8));
    for (i = 0; i < 65536; i++) {
        sum += bar[i];
    }
    CU_ASSERT_EQUAL(sum, 0);
    CU_ASSERT_EQUAL(bar[65535], 0x99);
    for (i = 65536; i < sizeof(bar); i++) {
        CU_ASSERT_EQUAL_FATAL(bar[i], 0xff);
    }
}

static void the_directory_names_the_boot_rom(void)
{
    card_power_up("nc370t");
    rom_make(1024);
    CU_ASSERT_EQUAL(rom_build(1022), NVRAM_ROM_NOT_PCI);
    rom_make(1024);
    CU_ASSERT_EQUAL(rom_build(1026), NVRAM_OK);
    CU_ASSERT_EQUAL(flash_long(0x14), 0);
    CU_ASSERT_EQUAL(flash_long(0x18), 0xd1000404);
    CU_ASSERT_EQUAL(flash_long(0x1c), 0x400);
    CU_ASSERT_EQUAL(crc_register(card.nc.nvram + 0x14, 0xec), 0xdebb20e3);
}

/* By the class in its first Plug and Play header: 1 disk, 2 network. */
static void a_network_boot_rom_is_the_pxe_image_and_shows(void)
{
    card_power_up("nc370t");
    rom_make(1024);
    stw_le_p(rom + 0x1a, 0x80);
    memcpy(rom + 0x80, "$PnP", 4);
    rom[0x80 + 0x12] = 1;
    CU_ASSERT_EQUAL(rom_build(1024), NVRAM_OK);
    CU_ASSERT_EQUAL(flash_long(0x18) >> 28, 0xd);
    CU_ASSERT_EQUAL(flash_long(0x21c) & 3, 3);
    CU_ASSERT_TRUE(rom_shows());

    rom_make(1024);
    stw_le_p(rom + 0x1a, 0x80);
    memcpy(rom + 0x80, "$PnP", 4);
    rom[0x80 + 0x12] = 2;
    CU_ASSERT_EQUAL(rom_build(1024), NVRAM_OK);
    CU_ASSERT_EQUAL(flash_long(0x18) >> 28, 0x1);
    CU_ASSERT_EQUAL(flash_long(0x21c) & 3, 0);
    CU_ASSERT_TRUE(rom_shows());

    stw_le_p(rom + 0x1a, 1024 - 0x1f);      /* the header is cut off */
    CU_ASSERT_EQUAL(rom_build(1024), NVRAM_OK);
    CU_ASSERT_EQUAL(flash_long(0x18) >> 28, 0xd);
}

static void the_largest_boot_rom_is_128_kilobytes(void)
{
    card_power_up("nc373i");
    rom_make(NC37XX_EXP_ROM_BYTES);
    CU_ASSERT_EQUAL(rom_build(NC37XX_EXP_ROM_BYTES), NVRAM_OK);
    CU_ASSERT_TRUE(rom_shows());
    CU_ASSERT_EQUAL(bar[sizeof(bar) - 1], 0x99);
    CU_ASSERT_EQUAL(rom_build(NC37XX_EXP_ROM_BYTES + 1), NVRAM_ROM_TOO_LARGE);
}

static void what_is_no_pci_rom_is_refused(void)
{
    static const struct {
        unsigned offset;
        uint8_t value;
    } damages[] = {
        { 0, 0 }, { 1, 0 }, { 2, 0 }, { 2, 3 }, { 0x18, 0x19 },
        { 0x19, 0x04 }, { 0x43, 'S' },
    };
    size_t i;

    card_power_up("nc373i");
    for (i = 0; i < ARRAY_SIZE(damages); i++) {
        rom_make(1024);
        rom[damages[i].offset] = damages[i].value;
        CU_ASSERT_EQUAL(rom_build(1024), NVRAM_ROM_NOT_PCI);
    }
    rom_make(1024);
    CU_ASSERT_EQUAL(rom_build(0x19), NVRAM_ROM_NOT_PCI);
}

static void the_data_structure_lies_wholly_in_the_rom(void)
{
    card_power_up("nc373i");
    rom_make(512);
    stw_le_p(rom + 0x18, 512 - 0x18);
    memcpy(rom + 512 - 0x18, "PCIR", 4);
    CU_ASSERT_EQUAL(rom_build(512), NVRAM_OK);
    stw_le_p(rom + 0x18, 512 - 0x14);
    memcpy(rom + 512 - 0x14, "PCIR", 4);
    CU_ASSERT_EQUAL(rom_build(512), NVRAM_ROM_NOT_PCI);
    stw_le_p(rom + 0x18, 0xffff);
    CU_ASSERT_EQUAL(rom_build(512), NVRAM_ROM_NOT_PCI);
}

static bool bar_is_empty(void)
{
    size_t i;

    for (i = 0; i < sizeof(bar); i++) {
        if (bar[i] != 0xff) {
            return false;
        }
    }
    return true;
}

static void seal(unsigned first, unsigned crc)
{
    stl_le_p(card.nc.nvram + crc,
             ~crc_register(card.nc.nvram + first, crc - first));
}

/* One byte of damage: nothing shows, and it is said that it is damage. */
static void damage_hides_the_boot_rom(void)
{
    static const unsigned offsets[] = {
        0x000, 0x014, 0x018, 0x0ff, 0x200, 0x218, 0x2fc,
    };
    size_t i;

    card_power_up("nc373i");
    for (i = 0; i < ARRAY_SIZE(offsets); i++) {
        rom_make(1024);
        CU_ASSERT_EQUAL(rom_build(1024), NVRAM_OK);
        card.nc.nvram[offsets[i]] ^= 4;
        CU_ASSERT_FALSE(rom_shows());
        CU_ASSERT_NOT_EQUAL(damage(), 0);
        CU_ASSERT_TRUE(bar_is_empty());
    }
}

static void an_entry_that_points_outside_hides_the_boot_rom(void)
{
    static const uint32_t entries[][2] = {
        { 0xd1000400, 0x40000 - 0x3fc }, { 0xd1000400, 0x40001 },
        { 0xd1000400, 0xfffffffc }, { 0xd1020004, 0x400 },
        { 0xd17ffffc, 0 },
    };
    size_t i;

    card_power_up("nc373i");
    for (i = 0; i < ARRAY_SIZE(entries); i++) {
        rom_make(1024);
        CU_ASSERT_EQUAL(rom_build(1024), NVRAM_OK);
        stl_be_p(card.nc.nvram + 0x18, entries[i][0]);
        stl_be_p(card.nc.nvram + 0x1c, entries[i][1]);
        seal(0x14, 0xfc);
        CU_ASSERT_FALSE(rom_shows());
        CU_ASSERT_NOT_EQUAL(damage(), 0);
        CU_ASSERT_TRUE(bar_is_empty());
    }
}

static void the_features_select_the_boot_rom(void)
{
    card_power_up("nc373i");
    rom_make(1024);
    CU_ASSERT_EQUAL(rom_build(1024), NVRAM_OK);
    card.nc.nvram[0x21f] &= ~3;             /* PXE, which is not there */
    seal(0x200, 0x2fc);
    CU_ASSERT_FALSE(rom_shows());
    CU_ASSERT_EQUAL(damage(), 0);
    CU_ASSERT_TRUE(bar_is_empty());
    memcpy(card.nc.nvram + 0x20, card.nc.nvram + 0x14, 12);
    stl_be_p(card.nc.nvram + 0x24, 0x11000400);
    seal(0x14, 0xfc);
    CU_ASSERT_TRUE(rom_shows());
    CU_ASSERT_EQUAL(bar[0], 0x55);
}

static void without_a_boot_rom_nothing_is_damaged(void)
{
    card_power_up("nc373i");
    CU_ASSERT_FALSE(rom_shows());
    CU_ASSERT_EQUAL(damage(), 0);
    CU_ASSERT_TRUE(bar_is_empty());
}

static void the_features_switch_the_boot_rom_off(void)
{
    card_power_up("nc373i");
    rom_make(1024);
    CU_ASSERT_EQUAL(rom_build(1024), NVRAM_OK);
    CU_ASSERT_EQUAL_FATAL(card.nc.nvram[0x214] & 2, 2);
    card.nc.nvram[0x214] &= ~2;
    seal(0x200, 0x2fc);
    CU_ASSERT_FALSE(rom_shows());
    CU_ASSERT_EQUAL(damage(), 0);
    CU_ASSERT_TRUE(bar_is_empty());
}

static void damage_is_told_apart(void)
{
    static const struct {
        unsigned offset, damage;
    } bytes[] = {
        { 0x003, NVRAM_DAMAGED_BOOTSTRAP },
        { 0x007, NVRAM_DAMAGED_BOOTSTRAP },
        { 0x020, NVRAM_DAMAGED_DIRECTORY },
        { 0x12f, NVRAM_DAMAGED_MANUFACTURING },
        { 0x1ff, NVRAM_DAMAGED_MANUFACTURING },
        { 0x280, NVRAM_DAMAGED_FEATURE },
        { 0x300, 0 }, { 0x400, 0 },
    };
    size_t i;

    card_power_up("nc370t");
    CU_ASSERT_EQUAL(damage(), 0);
    for (i = 0; i < ARRAY_SIZE(bytes); i++) {
        card.nc.nvram[bytes[i].offset] ^= 0x10;
        CU_ASSERT_EQUAL(damage(), bytes[i].damage);
        card.nc.nvram[bytes[i].offset] ^= 0x10;
    }
}

static void an_image_of_zeroes_or_ones_is_blank(void)
{
    static uint8_t flash[NVM_M45PE20_SIZE];

    CU_ASSERT_TRUE(nvram_blank(flash, sizeof(flash)));
    flash[sizeof(flash) - 1] = 1;
    CU_ASSERT_FALSE(nvram_blank(flash, sizeof(flash)));
    memset(flash, 0xff, sizeof(flash));
    CU_ASSERT_TRUE(nvram_blank(flash, sizeof(flash)));
    flash[0] = 0;
    CU_ASSERT_FALSE(nvram_blank(flash, sizeof(flash)));
    memset(flash, 0x55, sizeof(flash));
    CU_ASSERT_FALSE(nvram_blank(flash, sizeof(flash)));
    card_power_up("nc370t");
    CU_ASSERT_FALSE(nvram_blank(card.nc.nvram, NVM_AT45DB021B_SIZE));
}

static void the_mac_address_is_that_of_the_manufacturing_block(void)
{
    uint8_t mac[6] = { 0 }, told[6] = { 0 };

    card_power_up("nc373i");
    CU_ASSERT_TRUE(nvram_mac(card.nc.nvram, mac));
    CU_ASSERT_FALSE(memcmp(mac, card_mac, 6));
    CU_ASSERT_TRUE(nc37xx_station_address(&card.nc, told));
    CU_ASSERT_FALSE(memcmp(told, card_mac, 6));
    card.nc.nvram[0x130] ^= 1;
    mac[0] = 0xee;
    CU_ASSERT_FALSE(nvram_mac(card.nc.nvram, mac));
    CU_ASSERT_EQUAL(mac[0], 0xee);
    CU_ASSERT_TRUE(nc37xx_station_address(&card.nc, told));
    card_core_reset();
    told[0] = 0xee;
    CU_ASSERT_FALSE(nc37xx_station_address(&card.nc, told));
    CU_ASSERT_EQUAL(told[0], 0xee);
}

static const struct unit_case cases[] = {
    UNIT_CASE(blocks_have_the_residue_that_drivers_expect),
    UNIT_CASE(the_board_data_are_where_the_boot_code_looks),
    UNIT_CASE(vital_product_data_name_the_board),
    UNIT_CASE(vital_product_data_come_through_the_capability),
    UNIT_CASE(long_names_are_cut_and_nothing_overflows),
    UNIT_CASE(a_boot_rom_shows_with_the_ids_of_the_adapter),
    UNIT_CASE(the_directory_names_the_boot_rom),
    UNIT_CASE(a_network_boot_rom_is_the_pxe_image_and_shows),
    UNIT_CASE(the_largest_boot_rom_is_128_kilobytes),
    UNIT_CASE(what_is_no_pci_rom_is_refused),
    UNIT_CASE(the_data_structure_lies_wholly_in_the_rom),
    UNIT_CASE(damage_hides_the_boot_rom),
    UNIT_CASE(an_entry_that_points_outside_hides_the_boot_rom),
    UNIT_CASE(the_features_select_the_boot_rom),
    UNIT_CASE(without_a_boot_rom_nothing_is_damaged),
    UNIT_CASE(the_features_switch_the_boot_rom_off),
    UNIT_CASE(damage_is_told_apart),
    UNIT_CASE(an_image_of_zeroes_or_ones_is_blank),
    UNIT_CASE(the_mac_address_is_that_of_the_manufacturing_block),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-nvram", cases, CASES, argc, argv);
}
