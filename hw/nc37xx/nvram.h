/*
 * Content of the adapter's NVRAM: board data, vital product data, boot ROM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_NVRAM_H
#define HW_NC37XX_NVRAM_H

#include "nc37xx.h"

/* Where boot code finds what it puts into shared memory. */
enum {
    NVRAM_SHARED_HW_CFG = NVRAM_MANUFACTURING + 0x04,  /* SHM_PART_NUMBER.. */
    NVRAM_PORT_HW_CFG = NVRAM_MANUFACTURING + 0x2c,    /* SHM_MAC_UPPER.. */
};

/* What makes one adapter's NVRAM differ from another's. */
typedef struct NvramContent {
    const uint8_t *mac;         /* 6 bytes */
    const char *serial;
    const char *part_number;
    const uint8_t *rom;         /* boot ROM image, NULL for none */
    size_t rom_size;            /* bytes */
} NvramContent;

typedef enum NvramError {
    NVRAM_OK,
    NVRAM_ROM_TOO_LARGE,        /* for the expansion ROM BAR or the flash */
    NVRAM_ROM_NOT_PCI,          /* no 55 AA or no PCI data structure */
} NvramError;

/*
 * Fills @flash, model->nvm_size bytes, as the factory does.  The copy of the
 * ROM in it carries the adapter's PCI ids, and its checksum is 0.
 */
NvramError nvram_build(uint8_t *flash, const Nc37xxModel *model,
                       const NvramContent *content);

/* Is there nothing but 00, or nothing but ff, in all @size bytes? */
bool nvram_blank(const uint8_t *flash, size_t size);

/* What of the content cannot be used, a sum of: */
enum {
    NVRAM_DAMAGED_BOOTSTRAP = 1,
    NVRAM_DAMAGED_MANUFACTURING = 2,
    NVRAM_DAMAGED_FEATURE = 4,
    NVRAM_DAMAGED_DIRECTORY = 8,    /* or an entry of it */
};
unsigned nvram_damage(const uint8_t *flash, const Nc37xxModel *model);

/*
 * The MAC address of the manufacturing block.  Returns false, with @mac as it
 * was, when that is damaged.
 */
bool nvram_mac(const uint8_t *flash, uint8_t mac[6]);

/* Is the CRC of the block at NVRAM_MANUFACTURING or NVRAM_FEATURE right? */
bool nvram_block_good(const uint8_t *flash, unsigned block);

/* Is this the header that the chip starts its boot code by? */
bool nvram_bootstrap_good(const uint8_t *flash);

/*
 * Copies the boot ROM that the features enable and select to @to,
 * NC37XX_EXP_ROM_BYTES, and fills the rest with ff.  Returns false, with ff
 * everywhere, when there is none or damage stands before it.
 */
bool nvram_rom_read(const uint8_t *flash, const Nc37xxModel *model,
                    uint8_t *to);

/* CRC-32 of IEEE 802.3 over @size bytes. */
uint32_t nvram_crc32(const uint8_t *data, size_t size);

#endif
