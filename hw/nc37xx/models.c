/*
 * The adapters: what each board and its chip are.
 *
 * Product names and part numbers are those of HP's own tables of its
 * adapters; boards that are part of a system board have no number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx.h"

#define PHY_ID(id1, id2) ((uint32_t)(id1) << 16 | (id2))

/* The chips; boards add their identity. */
#define BCM5706C_A2                                                          \
    .device = NC37XX_PCI_DEVICE_5706C,                                       \
    .revision = 0x02,                                                        \
    .misc_id = MISC_ID_5706C_A2,                                             \
    .shm_base = NC37XX_SHM_BASE_5706,                                        \
    .variant = NC37XX_VARIANT_COPPER,                                        \
    .media = NC37XX_COPPER,                                                  \
    .phy_id = PHY_ID(PHY_ID1_5706, PHY_ID2_5706)

#define BCM5708C_B2                                                          \
    .device = NC37XX_PCI_DEVICE_5708C,                                       \
    .revision = 0x12,                                                        \
    .misc_id = MISC_ID_5708C_B2,                                             \
    .shm_base = NC37XX_SHM_BASE_5708,                                        \
    .variant = NC37XX_VARIANT_COPPER,                                        \
    .media = NC37XX_COPPER,                                                  \
    .phy_id = PHY_ID(PHY_ID1_5708C, PHY_ID2_5708C)

#define BCM5706S_A2                                                          \
    .device = NC37XX_PCI_DEVICE_5706S,                                       \
    .revision = 0x02,                                                        \
    .misc_id = MISC_ID_5706S_A2,                                             \
    .shm_base = NC37XX_SHM_BASE_5706,                                        \
    .media = NC37XX_SERDES_5706,                                             \
    .phy_id = PHY_ID(PHY_ID1_5706, PHY_ID2_5706)

#define BCM5708S_B2                                                          \
    .device = NC37XX_PCI_DEVICE_5708S,                                       \
    .revision = 0x12,                                                        \
    .misc_id = MISC_ID_5708S_B2,                                             \
    .shm_base = NC37XX_SHM_BASE_5708,                                        \
    .media = NC37XX_SERDES_5708,                                             \
    .phy_id = PHY_ID(PHY_ID1_5708S, PHY_ID2_5708S)

#define FLASH_AT45DB021B                                                     \
    .nvm_strap = NVM_STRAP_AT45DB021B,                                       \
    .nvm_size = NVM_AT45DB021B_SIZE,                                         \
    .nvm_page = NVM_AT45DB021B_PAGE,                                         \
    .nvm_page_shift = NVM_AT45DB021B_PAGE_SHIFT,                             \
    .nvm_buffered = true

#define FLASH_M45PE20                                                        \
    .nvm_strap = NVM_STRAP_M45PE20,                                          \
    .nvm_size = NVM_M45PE20_SIZE,                                            \
    .nvm_page = NVM_M45PE20_PAGE

#define NO_PART_NUMBER "N/A"

/* What a board has beside its first row are its alternatives. */
const Nc37xxModel nc37xx_models[] = {
    {
        .type = "nc370t",
        .product = "HP NC370T Multifunction Gigabit Server Adapter",
        .part_number = "012361-001",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC370T,
        BCM5706C_A2,
        FLASH_AT45DB021B,
    }, {
        .type = "nc370i",
        .product = "HP NC370i Multifunction Gigabit Server Adapter",
        .part_number = NO_PART_NUMBER,
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC370I,
        .embedded = true,
        BCM5706C_A2,
        FLASH_AT45DB021B,
    }, {
        .type = "nc370i",
        .alternative = true,
        .variant = NC37XX_VARIANT_SERDES,
        .product = "HP NC370i Multifunction Gigabit Server Adapter",
        .part_number = NO_PART_NUMBER,
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC370I_SERDES,
        .embedded = true,
        BCM5706S_A2,
        FLASH_AT45DB021B,
    }, {
        .type = "nc370f",
        .variant = NC37XX_VARIANT_SERDES,
        .product = "HP NC370F Multifunction Gigabit Server Adapter",
        .part_number = "012355-001",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC370F,
        BCM5706S_A2,
        FLASH_AT45DB021B,
    }, {
        .type = "nc371i",
        .product = "HP NC371i Multifunction Gigabit Server Adapter",
        .part_number = NO_PART_NUMBER,
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC371I,
        .embedded = true,
        BCM5706C_A2,
        FLASH_AT45DB021B,
    }, {
        .type = "nc373t",
        .product = "HP NC373T PCIe Multifunction Gigabit Server Adapter",
        .part_number = "012789-001",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373T,
        BCM5708C_B2,
        FLASH_M45PE20,
    }, {
        .type = "nc373f",
        .variant = NC37XX_VARIANT_SERDES,
        .product = "HP NC373F PCIe Multifunction Gigabit Server Adapter",
        .part_number = "012785-001",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373F,
        BCM5708S_B2,
        FLASH_M45PE20,
    }, {
        .type = "nc373i",
        .product = "HP NC373i Multifunction Gigabit Server Adapter",
        .part_number = NO_PART_NUMBER,
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373I,
        .embedded = true,
        BCM5708C_B2,
        FLASH_M45PE20,
    }, {
        .type = "nc373i",
        .alternative = true,
        .variant = NC37XX_VARIANT_SERDES,
        .product = "HP NC373i Multifunction Gigabit Server Adapter",
        .part_number = NO_PART_NUMBER,
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373I_SERDES,
        .embedded = true,
        BCM5708S_B2,
        FLASH_M45PE20,
    }, {
        .type = "nc373i",
        .alternative = true,
        .variant = NC37XX_VARIANT_BACKPLANE,
        .product = "HP NC373i Multifunction Gigabit Server Adapter",
        .part_number = NO_PART_NUMBER,
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373I,
        .embedded = true,
        BCM5708S_B2,
        FLASH_M45PE20,
    }, {
        .type = "nc373m-port",
        .port = true,
        .variant = NC37XX_VARIANT_BACKPLANE,
        .product = "HP NC373m Multifunction Gigabit Server Adapter",
        .part_number = NO_PART_NUMBER,
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373M,
        BCM5708S_B2,
        FLASH_M45PE20,
    }, {
        .type = "nc374m-port",
        .port = true,
        .product = "HP NC374m PCIe Multifunction Adapter",
        .part_number = NO_PART_NUMBER,
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC374M,
        BCM5708C_B2,
        FLASH_M45PE20,
    }, {
        .type = "nc380t-port",
        .port = true,
        .product = "HP NC380T PCIe DP Multifunc Gig Server Adapter",
        .part_number = "012392-002",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC380T,
        BCM5706C_A2,
        FLASH_AT45DB021B,
    },
    { .type = NULL },
};

const Nc37xxModel *nc37xx_model_variant(const Nc37xxModel *board,
                                        Nc37xxVariant variant)
{
    const Nc37xxModel *model = board;

    do {
        if (model->variant == variant) {
            return model;
        }
        model++;
    } while (model->alternative);
    return NULL;
}
