/*
 * Content of the adapter's NVRAM.
 *
 *   000  bootstrap header, 014 directory, each with its CRC
 *   100  manufacturing information: part number, MAC addresses
 *   200  features: what the boot code offers, which boot ROM is active
 *   300  vital product data, the bytes of each word reversed
 *   400  images named by the directory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nvram.h"

#define SRAM_START 0x08000010
#define FORMAT_REVISION ((uint32_t)'A' << 24)

/* PCI expansion ROM (PCI Firmware Specification 3.0, 5.1). */
enum {
    ROM_SIZE_BLOCKS = 0x02,     /* u8, 512 bytes each */
    ROM_CHECKSUM = 0x06,        /* free in all headers; QEMU uses it too */
    ROM_PCIR_POINTER = 0x18,
    ROM_HEADER_SIZE = 0x1a,
    PCIR_VENDOR = 0x04,
    PCIR_DEVICE = 0x06,
    PCIR_SIZE = 0x18,
};
#define ROM_BLOCK_SIZE 512

/* Plug and Play expansion header (Plug and Play BIOS 1.0A, 3.2). */
enum {
    ROM_PNP_POINTER = 0x1a,
    PNP_BASE_CLASS = 0x12,
    PNP_SIZE = 0x20,
};
#define PNP_NETWORK 2

/* Vital product data (PCI 2.2, appendix I). */
#define VPD_TAG_PRODUCT 0x82
#define VPD_TAG_READ_ONLY 0x90
#define VPD_TAG_END 0x78
#define VPD_RV_SIZE 4

uint32_t nvram_crc32(const uint8_t *data, size_t size)
{
    uint32_t crc = ~0u;
    unsigned bit;

    while (size--) {
        crc ^= *data++;
        for (bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

static size_t length(const char *text, size_t max)
{
    size_t n = 0;

    while (n < max && text[n]) {
        n++;
    }
    return n;
}

bool nvram_block_good(const uint8_t *flash, unsigned block)
{
    return nvram_crc32(flash + block, NVRAM_BLOCK_CRC) ==
           (uint32_t)ldl_le_p(flash + block + NVRAM_BLOCK_CRC);
}

static void block_seal(uint8_t *flash, unsigned block)
{
    stl_le_p(flash + block + NVRAM_BLOCK_CRC,
             nvram_crc32(flash + block, NVRAM_BLOCK_CRC));
}

static void bootstrap_fill(uint8_t *flash)
{
    stl_be_p(flash + NVRAM_MAGIC, NVRAM_MAGIC_VALUE);
    stl_be_p(flash + NVRAM_SRAM_START, SRAM_START);
    stl_be_p(flash + NVRAM_CODE_OFFSET, NVRAM_IMAGES);
    stl_le_p(flash + NVRAM_BOOTSTRAP_CRC,
             nvram_crc32(flash, NVRAM_BOOTSTRAP_CRC));
}

static void directory_seal(uint8_t *flash)
{
    stl_le_p(flash + NVRAM_DIRECTORY_CRC,
             nvram_crc32(flash + NVRAM_DIRECTORY,
                         NVRAM_DIRECTORY_CRC - NVRAM_DIRECTORY));
}

/* The word of flash that becomes shared memory @offset. */
static uint8_t *hw_word(uint8_t *flash, unsigned offset)
{
    return offset < SHM_BC_REV ?
           flash + NVRAM_SHARED_HW_CFG + offset - SHM_PART_NUMBER :
           flash + NVRAM_PORT_HW_CFG + offset - SHM_MAC_UPPER;
}

static uint8_t *feature_word(uint8_t *flash, unsigned offset)
{
    return flash + NVRAM_FEATURE + offset - SHM_FORMAT_REV;
}

/* Serdes has nothing slower than a gigabit link to listen on while asleep. */
static uint32_t hw_config(const Nc37xxModel *model)
{
    uint32_t config = model->embedded ? SHM_HW_CFG_LOM : 0;
    bool backplane = model->variant == NC37XX_VARIANT_BACKPLANE;

    if (model->media != NC37XX_COPPER) {
        config |= SHM_HW_CFG_FIBER | SHM_HW_CFG_GIG_LINK_ON_VAUX;
    }
    if (backplane) {
        config |= SHM_HW_CFG_BACKPLANE | SHM_HW_CFG_2500;
    }
    return config;
}

static void manufacturing_fill(uint8_t *flash, const Nc37xxModel *model,
                               const NvramContent *content)
{
    const uint8_t *mac = content->mac;
    uint32_t upper = (uint32_t)mac[0] << 8 | mac[1];
    uint32_t lower = ldl_be_p(mac + 2);
    const size_t part_size = 16;

    stl_be_p(flash + NVRAM_MANUFACTURING, FORMAT_REVISION);
    memcpy(hw_word(flash, SHM_PART_NUMBER), content->part_number,
           length(content->part_number, part_size));
    stl_be_p(hw_word(flash, SHM_HW_CFG_CONFIG), hw_config(model));
    stl_be_p(hw_word(flash, SHM_HW_CFG_CONFIG2), model->nvm_size);
    stl_be_p(hw_word(flash, SHM_MAC_UPPER), upper);
    stl_be_p(hw_word(flash, SHM_MAC_LOWER), lower);
    stl_be_p(hw_word(flash, SHM_ISCSI_MAC_UPPER), upper);
    stl_be_p(hw_word(flash, SHM_ISCSI_MAC_LOWER), lower + 1);
    block_seal(flash, NVRAM_MANUFACTURING);
}

/* A ROM whose first Plug and Play header is that of a network device. */
static bool rom_is_pxe(const NvramContent *content)
{
    const uint8_t *rom = content->rom;
    size_t header;

    if (!rom || content->rom_size < ROM_PNP_POINTER + 2) {
        return false;
    }
    header = lduw_le_p(rom + ROM_PNP_POINTER);
    return header && header + PNP_SIZE <= content->rom_size &&
           !memcmp(rom + header, "$PnP", 4) &&
           rom[header + PNP_BASE_CLASS] == PNP_NETWORK;
}

static void features_fill(uint8_t *flash, bool pxe)
{
    stl_be_p(feature_word(flash, SHM_FORMAT_REV), FORMAT_REVISION);
    stl_be_p(feature_word(flash, SHM_PORT_FEATURE),
             SHM_PORT_FEATURE_MBA | SHM_PORT_FEATURE_BAR1_SIZE_32M);
    stl_be_p(feature_word(flash, SHM_MBA_CONFIG),
             NC37XX_EXP_ROM_SIZE_128K << SHM_MBA_EXP_ROM_SIZE_SHIFT |
             (pxe ? SHM_MBA_AGENT_PXE : SHM_MBA_AGENT_ISCSI));
    block_seal(flash, NVRAM_FEATURE);
}

static uint8_t *vpd_field(uint8_t *to, const char *key, const char *text)
{
    size_t size = length(text, 32);

    to[0] = key[0];
    to[1] = key[1];
    to[2] = size;
    memcpy(to + 3, text, size);
    return to + 3 + size;
}

/* The checksum field makes the bytes from the first to it add up to 0. */
static uint8_t *vpd_checksum(const uint8_t *first, uint8_t *to)
{
    uint8_t sum = 0;

    vpd_field(to, "RV", "");
    to[2] = 1;
    while (first < to + 3) {
        sum += *first++;
    }
    to[3] = -sum;
    return to + VPD_RV_SIZE;
}

static void vpd_fill(uint8_t *flash, const Nc37xxModel *model,
                     const NvramContent *content)
{
    uint8_t vpd[NVRAM_VPD_SIZE] = { 0 };
    size_t name = length(model->product, 64);
    uint8_t *fields = vpd + 3 + name + 3;
    uint8_t *at = fields;
    unsigned i;

    vpd[0] = VPD_TAG_PRODUCT;
    stw_le_p(vpd + 1, name);
    memcpy(vpd + 3, model->product, name);
    at = vpd_field(at, "PN", content->part_number);
    at = vpd_field(at, "SN", content->serial);
    at = vpd_field(at, "MN", "103C");
    fields[-3] = VPD_TAG_READ_ONLY;
    stw_le_p(fields - 2, at - fields + VPD_RV_SIZE);
    at = vpd_checksum(vpd, at);
    *at = VPD_TAG_END;
    for (i = 0; i < NVRAM_VPD_SIZE; i += 4) {
        stl_be_p(flash + NVRAM_VPD + i, ldl_le_p(vpd + i));
    }
}

/* Offset of the PCI data structure in @rom, 0 if it is none of PCI's. */
static size_t pcir_find(const uint8_t *rom, size_t size)
{
    size_t pcir;

    if (size < ROM_HEADER_SIZE || rom[0] != 0x55 || rom[1] != 0xaa) {
        return 0;
    }
    pcir = lduw_le_p(rom + ROM_PCIR_POINTER);
    if (pcir < ROM_HEADER_SIZE || pcir + PCIR_SIZE > size ||
        memcmp(rom + pcir, "PCIR", 4)) {
        return 0;
    }
    return pcir;
}

static bool rom_adopt(uint8_t *rom, size_t size, const Nc37xxModel *model)
{
    size_t pcir = pcir_find(rom, size);
    size_t image = pcir ? rom[ROM_SIZE_BLOCKS] * ROM_BLOCK_SIZE : 0;
    uint8_t sum = 0;
    size_t i;

    if (!image || image > size) {
        return false;
    }
    stw_le_p(rom + pcir + PCIR_VENDOR, NC37XX_PCI_VENDOR);
    stw_le_p(rom + pcir + PCIR_DEVICE, model->device);
    for (i = 0; i < image; i++) {
        sum += rom[i];
    }
    rom[ROM_CHECKSUM] -= sum;
    return true;
}

static NvramError rom_fill(uint8_t *flash, const Nc37xxModel *model,
                           const NvramContent *content)
{
    uint8_t *entry = flash + NVRAM_DIRECTORY;
    size_t stored = (content->rom_size + 3) & ~(size_t)3;

    if (!content->rom) {
        return NVRAM_OK;
    }
    if (stored > NC37XX_EXP_ROM_BYTES ||
        stored > model->nvm_size - NVRAM_IMAGES) {
        return NVRAM_ROM_TOO_LARGE;
    }
    memcpy(flash + NVRAM_IMAGES, content->rom, content->rom_size);
    if (!rom_adopt(flash + NVRAM_IMAGES, content->rom_size, model)) {
        return NVRAM_ROM_NOT_PCI;
    }
    stl_be_p(entry + NVRAM_ENTRY_ATTRIBUTE,
             (rom_is_pxe(content) ? NVRAM_TYPE_PXE : NVRAM_TYPE_ISCSI_BOOT) <<
             NVRAM_TYPE_SHIFT | NVRAM_AGENT_HOST | stored);
    stl_be_p(entry + NVRAM_ENTRY_OFFSET, NVRAM_IMAGES);
    return NVRAM_OK;
}

NvramError nvram_build(uint8_t *flash, const Nc37xxModel *model,
                       const NvramContent *content)
{
    NvramError error;

    memset(flash, 0xff, model->nvm_size);
    memset(flash, 0, NVRAM_IMAGES);
    bootstrap_fill(flash);
    manufacturing_fill(flash, model, content);
    features_fill(flash, rom_is_pxe(content));
    vpd_fill(flash, model, content);
    error = rom_fill(flash, model, content);
    directory_seal(flash);
    return error;
}

bool nvram_bootstrap_good(const uint8_t *flash)
{
    return (uint32_t)ldl_be_p(flash + NVRAM_MAGIC) == NVRAM_MAGIC_VALUE &&
           nvram_crc32(flash, NVRAM_BOOTSTRAP_CRC) ==
           (uint32_t)ldl_le_p(flash + NVRAM_BOOTSTRAP_CRC);
}

static bool directory_good(const uint8_t *flash)
{
    return nvram_crc32(flash + NVRAM_DIRECTORY,
                       NVRAM_DIRECTORY_CRC - NVRAM_DIRECTORY) ==
           (uint32_t)ldl_le_p(flash + NVRAM_DIRECTORY_CRC);
}

static const uint8_t *entry_find(const uint8_t *flash, uint32_t type)
{
    const uint8_t *entry = flash + NVRAM_DIRECTORY;
    unsigned i;

    for (i = 0; i < NVRAM_DIRECTORY_ENTRIES; i++) {
        uint32_t attribute = ldl_be_p(entry + NVRAM_ENTRY_ATTRIBUTE);

        if (attribute && attribute >> NVRAM_TYPE_SHIFT == type) {
            return entry;
        }
        entry += NVRAM_ENTRY_SIZE;
    }
    return NULL;
}

static uint32_t feature(const uint8_t *flash, unsigned offset)
{
    return ldl_be_p(flash + NVRAM_FEATURE + offset - SHM_FORMAT_REV);
}

/* The entry of the boot ROM that the features select, NULL if there is none. */
static const uint8_t *rom_entry(const uint8_t *flash)
{
    uint32_t agent = feature(flash, SHM_MBA_CONFIG) & SHM_MBA_AGENT_MASK;

    return entry_find(flash, agent == SHM_MBA_AGENT_ISCSI ?
                      NVRAM_TYPE_ISCSI_BOOT : NVRAM_TYPE_PXE);
}

static uint32_t entry_size(const uint8_t *entry)
{
    return ldl_be_p(entry + NVRAM_ENTRY_ATTRIBUTE) & NVRAM_LENGTH_MASK;
}

static bool rom_fits(const uint8_t *entry, const Nc37xxModel *model)
{
    uint32_t offset = ldl_be_p(entry + NVRAM_ENTRY_OFFSET);
    uint32_t size = entry_size(entry);

    return size <= NC37XX_EXP_ROM_BYTES && offset <= model->nvm_size &&
           size <= model->nvm_size - offset;
}

unsigned nvram_damage(const uint8_t *flash, const Nc37xxModel *model)
{
    const uint8_t *rom = rom_entry(flash);
    unsigned damage = 0;

    if (!nvram_bootstrap_good(flash)) {
        damage |= NVRAM_DAMAGED_BOOTSTRAP;
    }
    if (!nvram_block_good(flash, NVRAM_MANUFACTURING)) {
        damage |= NVRAM_DAMAGED_MANUFACTURING;
    }
    if (!nvram_block_good(flash, NVRAM_FEATURE)) {
        damage |= NVRAM_DAMAGED_FEATURE;
    }
    if (!directory_good(flash) || (rom && !rom_fits(rom, model))) {
        damage |= NVRAM_DAMAGED_DIRECTORY;
    }
    return damage;
}

bool nvram_rom_read(const uint8_t *flash, const Nc37xxModel *model,
                    uint8_t *to)
{
    const uint8_t *entry;

    memset(to, 0xff, NC37XX_EXP_ROM_BYTES);
    if (nvram_damage(flash, model) & ~NVRAM_DAMAGED_MANUFACTURING ||
        !(feature(flash, SHM_PORT_FEATURE) & SHM_PORT_FEATURE_MBA)) {
        return false;
    }
    entry = rom_entry(flash);
    if (!entry) {
        return false;
    }
    memcpy(to, flash + ldl_be_p(entry + NVRAM_ENTRY_OFFSET),
           entry_size(entry));
    return true;
}

bool nvram_blank(const uint8_t *flash, size_t size)
{
    size_t i;

    for (i = 1; i < size; i++) {
        if (flash[i] != flash[0]) {
            return false;
        }
    }
    return flash[0] == 0x00 || flash[0] == 0xff;
}

bool nvram_mac(const uint8_t *flash, uint8_t mac[6])
{
    if (!nvram_block_good(flash, NVRAM_MANUFACTURING)) {
        return false;
    }
    /* The upper word has two bytes of it, right-aligned. */
    memcpy(mac, flash + NVRAM_PORT_HW_CFG + 2, 6);
    return true;
}
