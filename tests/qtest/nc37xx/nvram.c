/*
 * NC37xx adapters: NVRAM, and the boot ROM in it.
 *
 * What a test changes in the NVRAM stays after a reset, so each puts back
 * what it found.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

#define ROM_ADDRESS 0xe8000000u
#define ROM_IMAGE 2048          /* bytes of the made-up one */
#define ROM_PCIR 0x40
/* Words in the NVRAM that are nobody's. */
#define SPARE_WORD (NVRAM_IMAGES + 0x8000)

/* CRC-32 as the drivers check it: raw, over data and CRC. */
static uint32_t raw_crc(const uint8_t *data, size_t size)
{
    uint32_t crc = ~0u;

    for (size_t i = 0; i < size * 8; i++) {
        uint32_t feedback = (crc ^ data[i / 8] >> i % 8) & 1;

        crc = crc >> 1 ^ (feedback ? 0xedb88320 : 0);
    }
    return crc;
}

/* T23 */
static void magic_and_crcs(QNc37xx *nc)
{
    uint8_t block[NVRAM_BLOCK_SIZE];

    g_assert_cmphex(nc37xx_nvm_read(nc, NVRAM_MAGIC), ==, NVRAM_MAGIC_VALUE);
    nc37xx_nvm_bytes(nc, NVRAM_MANUFACTURING, block, sizeof(block));
    g_assert_cmphex(raw_crc(block, sizeof(block)), ==, NVRAM_CRC_RESIDUE);
    nc37xx_nvm_bytes(nc, NVRAM_FEATURE, block, sizeof(block));
    g_assert_cmphex(raw_crc(block, sizeof(block)), ==, NVRAM_CRC_RESIDUE);
}

/* T7 */
static void arbitration(QNc37xx *nc)
{
    const uint32_t granted = NVM_SW_ARB_DRIVER << R_NVM_SW_ARB_GRANTED_SHIFT;
    const uint32_t asked = NVM_SW_ARB_DRIVER << R_NVM_SW_ARB_REQUESTED_SHIFT;

    nc37xx_write(nc, A_NVM_SW_ARB, NVM_SW_ARB_DRIVER);
    g_assert_cmphex(nc37xx_read(nc, A_NVM_SW_ARB), ==, granted | asked);
    nc37xx_write(nc, A_NVM_SW_ARB,
                 NVM_SW_ARB_DRIVER << R_NVM_SW_ARB_REQ_CLR_SHIFT);
    g_assert_cmphex(nc37xx_read(nc, A_NVM_SW_ARB), ==, 0);
}

static void done_bit(QNc37xx *nc)
{
    nc37xx_nvm_read(nc, 0);
    nc37xx_write(nc, A_NVM_COMMAND, 0);
    g_assert_true(nc37xx_read(nc, A_NVM_COMMAND) & R_NVM_COMMAND_DONE_MASK);
    nc37xx_write(nc, A_NVM_COMMAND, R_NVM_COMMAND_DONE_MASK);
    g_assert_false(nc37xx_read(nc, A_NVM_COMMAND) & R_NVM_COMMAND_DONE_MASK);
}

static void strap(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_read(nc, A_NVM_CFG1), ==, nc->facts->nvm_strap);
}

static void words_are_written(QNc37xx *nc)
{
    uint32_t before = nc37xx_nvm_read(nc, SPARE_WORD);

    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, SPARE_WORD, 0x12345678);
    nc37xx_nvm_write(nc, SPARE_WORD + 4, 0x9abcdef0);
    g_assert_cmphex(nc37xx_nvm_read(nc, SPARE_WORD), ==, 0x12345678);
    g_assert_cmphex(nc37xx_nvm_read(nc, SPARE_WORD + 4), ==, 0x9abcdef0);
    g_assert_cmphex(nc37xx_nvm_read(nc, SPARE_WORD - 4), ==, before);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_nvm_read(nc, SPARE_WORD), ==, 0x12345678);
    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, SPARE_WORD, before);
    nc37xx_nvm_write(nc, SPARE_WORD + 4, before);
}

static void write_try(QNc37xx *nc)
{
    const uint32_t command = R_NVM_COMMAND_WR_MASK |
                             R_NVM_COMMAND_FIRST_MASK |
                             R_NVM_COMMAND_LAST_MASK;
    uint32_t before = nc37xx_nvm_read(nc, 0);

    nc37xx_nvm_access(nc, command, 0, 0);
    nc37xx_nvm_access(nc, command | R_NVM_COMMAND_ERASE_MASK, 0, 0);
    g_assert_cmphex(nc37xx_nvm_read(nc, 0), ==, before);
}

static void locks(QNc37xx *nc)
{
    write_try(nc);
    nc37xx_nvm_unlock(nc, true);
    nc37xx_write(nc, A_NVM_ACCESS_ENABLE, R_NVM_ACCESS_ENABLE_EN_MASK);
    nc37xx_nvm_access(nc, R_NVM_COMMAND_WREN_MASK, 0, 0);
    write_try(nc);
    nc37xx_nvm_unlock(nc, true);
    nc37xx_write(nc, A_MISC_CFG, 0);
    nc37xx_nvm_access(nc, R_NVM_COMMAND_WREN_MASK, 0, 0);
    write_try(nc);
    nc37xx_nvm_unlock(nc, true);
    if (nc->facts->nvm_strap == NVM_STRAP_M45PE20) {
        nc37xx_nvm_access(nc, R_NVM_COMMAND_WRDI_MASK, 0, 0);
        write_try(nc);
    }
}

/* What is flash can only be programmed from ones to zeroes. */
static void programming(QNc37xx *nc)
{
    const uint32_t command = R_NVM_COMMAND_WR_MASK |
                             R_NVM_COMMAND_FIRST_MASK |
                             R_NVM_COMMAND_LAST_MASK;

    if (nc->facts->nvm_strap != NVM_STRAP_M45PE20) {
        g_test_skip("this part erases by itself");
        return;
    }
    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, SPARE_WORD, 0xff00ff00);
    nc37xx_nvm_access(nc, R_NVM_COMMAND_WREN_MASK, 0, 0);
    nc37xx_nvm_access(nc, command, SPARE_WORD, 0x0ff0ffff);
    g_assert_cmphex(nc37xx_nvm_read(nc, SPARE_WORD), ==, 0x0f00ff00);
    nc37xx_nvm_access(nc, R_NVM_COMMAND_WREN_MASK, 0, 0);
    nc37xx_nvm_access(nc, command | R_NVM_COMMAND_ERASE_MASK, SPARE_WORD, 0);
    g_assert_cmphex(nc37xx_nvm_read(nc, SPARE_WORD), ==, 0xffffffff);
}

static void addresses_count_on(QNc37xx *nc)
{
    uint32_t words[8];
    uint32_t command = R_NVM_COMMAND_DOIT_MASK | R_NVM_COMMAND_FIRST_MASK;

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        words[i] = nc37xx_nvm_read(nc, i * 4);
    }
    nc37xx_write(nc, A_NVM_ADDR, 0);
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        nc37xx_write(nc, A_NVM_COMMAND, command);
        g_assert_cmphex(nc37xx_read(nc, A_NVM_READ), ==, words[i]);
        command = R_NVM_COMMAND_DOIT_MASK;
    }
    nc37xx_write(nc, A_NVM_COMMAND, command | R_NVM_COMMAND_LAST_MASK);
    g_assert_cmphex(nc37xx_read(nc, A_NVM_ADDR), ==, sizeof(words));
}

static void beyond_the_end(QNc37xx *nc)
{
    const uint32_t last = nc->facts->nvm_size - 4;

    nc37xx_nvm_unlock(nc, true);
    g_assert_cmphex(nc37xx_nvm_read(nc, last), ==, 0xffffffff);
    nc37xx_nvm_write(nc, last, 0x1234abcd);
    g_assert_cmphex(nc37xx_nvm_read(nc, last), ==, 0x1234abcd);
    nc37xx_nvm_write(nc, last, 0xffffffff);
    nc37xx_nvm_access(nc, R_NVM_COMMAND_WREN_MASK, 0, 0);
    for (uint32_t at = last + 4; at < 0x1000000; at += 0x7fffc) {
        g_assert_cmphex(nc37xx_nvm_access(nc, R_NVM_COMMAND_FIRST_MASK |
                                          R_NVM_COMMAND_LAST_MASK, at * 2,
                                          0), ==, 0xffffffff);
        nc37xx_nvm_access(nc, R_NVM_COMMAND_WR_MASK |
                          R_NVM_COMMAND_FIRST_MASK |
                          R_NVM_COMMAND_LAST_MASK, at * 2, 0);
    }
}

static void block_write(QNc37xx *nc, uint32_t block, uint32_t offset,
                        uint32_t value)
{
    uint8_t bytes[NVRAM_BLOCK_SIZE];

    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, block + offset, value);
    nc37xx_nvm_bytes(nc, block, bytes, sizeof(bytes));
    nc37xx_nvm_write(nc, block + NVRAM_BLOCK_CRC,
                     bswap32(~raw_crc(bytes, NVRAM_BLOCK_CRC)));
}

static void new_address(QNc37xx *nc)
{
    const uint32_t lower = 0x30;    /* in the manufacturing block */
    uint32_t before = nc37xx_nvm_read(nc, NVRAM_MANUFACTURING + lower);

    g_assert_cmphex(before, ==, ldl_be_p(nc37xx_mac + 2));
    block_write(nc, NVRAM_MANUFACTURING, lower, 0xaabbccdd);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_MAC_LOWER), ==, before);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_MAC_LOWER), ==, 0xaabbccdd);
    block_write(nc, NVRAM_MANUFACTURING, lower, before);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_MAC_LOWER), ==, before);
}

static void damaged_board(QNc37xx *nc)
{
    const uint32_t spare = NVRAM_MANUFACTURING + 0xf0;
    uint32_t before = nc37xx_nvm_read(nc, spare);

    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, spare, before ^ 1);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_DEV_INFO_SIGNATURE) & 0xffffff00,
                    !=, SHM_DEV_INFO_SIGNATURE_VALUE);
    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, spare, before);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_DEV_INFO_SIGNATURE) & 0xffffff00,
                    ==, SHM_DEV_INFO_SIGNATURE_VALUE);
}

/*
 * Boot ROM
 */

static char *rom_path;

static void rom_remove(void)
{
    g_unlink(rom_path);
    g_free(rom_path);
}

/* For another chip, and with a checksum that is not 0. */
static void rom_make(void)
{
    uint8_t rom[ROM_IMAGE];
    int fd = g_file_open_tmp("nc37xx-XXXXXX.rom", &rom_path, NULL);

    for (size_t i = 0; i < sizeof(rom); i++) {
        rom[i] = i * 3;
    }
    stw_be_p(rom, 0x55aa);
    rom[2] = ROM_IMAGE / 512;
    stw_le_p(rom + 0x18, ROM_PCIR);
    memcpy(rom + ROM_PCIR, "PCIR", 4);
    stl_le_p(rom + ROM_PCIR + 4, 0x12348086);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(write(fd, rom, sizeof(rom)), ==, sizeof(rom));
    close(fd);
    atexit(rom_remove);
}

static const char *with_rom(void)
{
    static char *options;

    if (!options) {
        rom_make();
        options = g_strdup_printf("-global nc37xx.bootrom=%s", rom_path);
    }
    return options;
}

static void rom_read(QNc37xx *nc, uint32_t offset, uint8_t *to, size_t size)
{
    qpci_config_writel(&nc->dev, PCI_ROM_ADDRESS,
                       ROM_ADDRESS | PCI_ROM_ADDRESS_ENABLE);
    qtest_memread(nc->qts, ROM_ADDRESS + offset, to, size);
    qpci_config_writel(&nc->dev, PCI_ROM_ADDRESS, 0);
}

static void expect_no_rom(QNc37xx *nc)
{
    g_autofree uint8_t *rom = g_malloc(NC37XX_EXP_ROM_BYTES);

    rom_read(nc, 0, rom, NC37XX_EXP_ROM_BYTES);
    for (size_t i = 0; i < NC37XX_EXP_ROM_BYTES; i++) {
        g_assert_cmphex(rom[i], ==, 0xff);
    }
}

static void pci_reset(QNc37xx *nc)
{
    qtest_system_reset(nc->qts);
    qpci_device_enable(&nc->dev);
    qpci_config_writel(&nc->dev, PCI_BASE_ADDRESS_0, nc->bar.addr);
}

static void rom_bar_size(QNc37xx *nc)
{
    uint32_t config_2 = nc37xx_read(nc, A_PCI_CONFIG_2);
    uint32_t mba = nc37xx_shm_read(nc, SHM_MBA_CONFIG);

    qpci_config_writel(&nc->dev, PCI_ROM_ADDRESS, PCI_ROM_ADDRESS_MASK);
    g_assert_cmphex(qpci_config_readl(&nc->dev, PCI_ROM_ADDRESS), ==,
                    (uint32_t)-NC37XX_EXP_ROM_BYTES);
    g_assert_cmpuint(FIELD_EX32(config_2, PCI_CONFIG_2, EXP_ROM_SIZE), ==,
                     NC37XX_EXP_ROM_SIZE_128K);
    g_assert_cmpuint(mba >> SHM_MBA_EXP_ROM_SIZE_SHIFT & 0xff, ==,
                     NC37XX_EXP_ROM_SIZE_128K);
    expect_no_rom(nc);
}

static void rom_is_adopted(QNc37xx *nc)
{
    uint8_t rom[ROM_IMAGE + 4], sum = 0;

    rom_read(nc, 0, rom, sizeof(rom));
    g_assert_cmphex(lduw_be_p(rom), ==, 0x55aa);
    g_assert_cmphex(lduw_le_p(rom + ROM_PCIR + 4), ==, NC37XX_PCI_VENDOR);
    g_assert_cmphex(lduw_le_p(rom + ROM_PCIR + 6), ==, nc->facts->device);
    for (size_t i = 0; i < ROM_IMAGE; i++) {
        sum += rom[i];
    }
    g_assert_cmphex(sum, ==, 0);
    g_assert_cmphex(rom[ROM_IMAGE - 1], ==, (ROM_IMAGE - 1) * 3 & 0xff);
    g_assert_cmphex(ldl_le_p(rom + ROM_IMAGE), ==, -1);
}

static void rom_is_updated(QNc37xx *nc)
{
    const uint32_t offset = 0x100, at = NVRAM_IMAGES + offset;
    uint32_t before = nc37xx_nvm_read(nc, at);
    uint8_t word[4];

    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, at, 0xcafef00d);
    rom_read(nc, offset, word, sizeof(word));
    g_assert_cmphex((uint32_t)ldl_be_p(word), ==, before);
    nc37xx_core_reset(nc);
    rom_read(nc, offset, word, sizeof(word));
    g_assert_cmphex((uint32_t)ldl_be_p(word), ==, before);
    pci_reset(nc);
    rom_read(nc, offset, word, sizeof(word));
    g_assert_cmphex((uint32_t)ldl_be_p(word), ==, 0xcafef00d);
    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, at, before);
    pci_reset(nc);
    rom_is_adopted(nc);
}

static void damaged_directory(QNc37xx *nc)
{
    uint32_t before = nc37xx_nvm_read(nc, NVRAM_DIRECTORY_CRC);

    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, NVRAM_DIRECTORY_CRC, ~before);
    pci_reset(nc);
    expect_no_rom(nc);
    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 100, 1);
    nc37xx_nvm_unlock(nc, true);
    nc37xx_nvm_write(nc, NVRAM_DIRECTORY_CRC, before);
    pci_reset(nc);
    rom_is_adopted(nc);
}

/* The features choose; there is no PXE image to be chosen. */
static void agent_chooses(QNc37xx *nc)
{
    const uint32_t mba = SHM_MBA_CONFIG - SHM_FORMAT_REV;
    uint32_t before = nc37xx_nvm_read(nc, NVRAM_FEATURE + mba);

    block_write(nc, NVRAM_FEATURE, mba,
                (before & ~SHM_MBA_AGENT_MASK) | SHM_MBA_AGENT_PXE);
    pci_reset(nc);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_MBA_CONFIG) & SHM_MBA_AGENT_MASK,
                    ==, SHM_MBA_AGENT_PXE);
    expect_no_rom(nc);
    block_write(nc, NVRAM_FEATURE, mba, before);
    pci_reset(nc);
    rom_is_adopted(nc);
}

static void expect_no_device(QNc37xx *nc, const char *rom, int rombar,
                             const char *said)
{
    g_autoptr(QDict) response = qtest_qmp(nc->qts,
        "{'execute': 'device_add', 'arguments': {'driver': %s, 'id': 'bad',"
        " 'addr': '0x9', 'bootrom': %s, 'rombar': %d}}",
        nc->facts->type, rom, rombar);
    const char *got;

    g_assert_true(qdict_haskey(response, "error"));
    got = qdict_get_str(qdict_get_qdict(response, "error"), "desc");
    g_assert_nonnull(strstr(got, said));
}

static void bad_roms(QNc37xx *nc)
{
    g_autofree char *path = NULL;
    int fd = g_file_open_tmp("nc37xx-XXXXXX.rom", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    expect_no_device(nc, "no-such-file.rom", 1,
                     "'no-such-file.rom' not found");
    expect_no_device(nc, path, 1, "no PCI expansion ROM");
    expect_no_device(nc, rom_path, 0, "rombar=0");
    g_assert_cmpint(ftruncate(fd, 1000), ==, 0);
    expect_no_device(nc, path, 1, "no PCI expansion ROM");
    g_assert_cmpint(ftruncate(fd, NC37XX_EXP_ROM_BYTES + 1), ==, 0);
    expect_no_device(nc, path, 1, "too large");
    close(fd);
    g_unlink(path);
    nc37xx_expect_alive(nc);
}

static const Nc37xxCase cases[] = {
    { "magic_and_both_crcs_are_right", magic_and_crcs },
    { "arbitration_is_granted_at_once", arbitration },
    { "done_is_cleared_by_writing_one", done_bit },
    { "strap_names_the_part", strap },
    { "words_are_written_and_survive_a_core_reset", words_are_written },
    { "each_lock_keeps_writes_away", locks },
    { "programming_clears_bits_and_erasing_sets_them", programming },
    { "address_counts_on_until_the_last_word", addresses_count_on },
    { "nothing_is_beyond_the_last_word", beyond_the_end },
    { "new_mac_address_counts_from_the_next_core_reset", new_address },
    { "damaged_board_data_leaves_no_signature", damaged_board },
    { "rom_bar_has_128_kib_of_nothing_without_a_rom", rom_bar_size },
    { "rom_carries_the_adapters_ids_and_sums_to_zero", rom_is_adopted,
      with_rom },
    { "updated_rom_shows_after_the_next_pci_reset", rom_is_updated,
      with_rom },
    { "damaged_directory_costs_the_rom_only", damaged_directory, with_rom },
    { "features_choose_the_rom_that_shows", agent_chooses, with_rom },
    { "unusable_roms_are_refused_with_the_reason", bad_roms, with_rom },
};

static void register_tests(void)
{
    nc37xx_register_cases("nvram", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
