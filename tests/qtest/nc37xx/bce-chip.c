/*
 * What FreeBSD's bce and OpenBSD's bnx do to the adapter: attaching it, and
 * resetting and initialising the chip.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "bce-driver.h"

#define PAGE_BITS 12
/* Polls of whatever the chip should have done; the drivers wait between. */
#define POLLS 10

#define PCIX_COMMAND NC37XX_CAP_PCIX
#define PCIX_RELAXED_ORDER 0x20000

/* Contexts that are cleared, and pages of the context map. */
#define CLEARED_CONTEXTS 96
#define MAP_PAGE 64
#define MQ_BYPASS 0x410000
#define MQ_BLOCK_SIZE_256 0

/* Firmware is a pattern here: nobody executes it, and it must stay. */
#define FIRMWARE_WORDS 64
#define FIRMWARE_START 0x08000000

#define RXP_PM_CTRL 0xe00d0

/* What a flash table says of the two parts that our adapters have. */
typedef struct Flash {
    uint32_t strap, config1, config2, config3, write1;
    uint32_t page_size;
    unsigned page_bits;
    bool translate;
} Flash;

static const Flash flash_table[] = {
    { NVM_STRAP_M45PE20, 0x57808201, 0x000500db, 0x03840253, 0xaf020406,
      NVM_M45PE20_PAGE, 8, false },
    { NVM_STRAP_AT45DB021B, 0x7e808273, 0x00570081, 0x68848353, 0xaf000400,
      NVM_AT45DB021B_PAGE, NVM_AT45DB021B_PAGE_SHIFT, true },
};
#define FLASH_STRAP_MASK 0x03000003
#define FLASH_BACKUP_STRAP_MASK R_NVM_CFG1_STRAP_MASK

uint32_t bce_indirect_read(Bce *bce, uint32_t address)
{
    qpci_config_writel(&bce->nc->dev, A_PCICFG_REG_WINDOW_ADDRESS, address);
    return qpci_config_readl(&bce->nc->dev, A_PCICFG_REG_WINDOW);
}

void bce_indirect_write(Bce *bce, uint32_t address, uint32_t value)
{
    qpci_config_writel(&bce->nc->dev, A_PCICFG_REG_WINDOW_ADDRESS, address);
    qpci_config_writel(&bce->nc->dev, A_PCICFG_REG_WINDOW, value);
}

uint32_t bce_shared_read(Bce *bce, uint32_t offset)
{
    return bce_indirect_read(bce, bce->shared + offset);
}

static void shared_write(Bce *bce, uint32_t offset, uint32_t value)
{
    bce_indirect_write(bce, bce->shared + offset, value);
}

/* Waits until the bits of @mask in register @address are @value. */
static void poll_register(Bce *bce, uint32_t address, uint32_t mask,
                          uint32_t value)
{
    for (unsigned i = 0; i < POLLS; i++) {
        if ((nc37xx_read(bce->nc, address) & mask) == value) {
            return;
        }
    }
    g_assert_cmphex(nc37xx_read(bce->nc, address) & mask, ==, value);
}

/*
 * Reset and initialisation
 */

void bce_sync(Bce *bce, uint32_t code)
{
    uint32_t message = code | ++bce->message;

    shared_write(bce, SHM_DRV_MB, message);
    g_assert_cmphex(bce_shared_read(bce, SHM_FW_MB) & SHM_FW_MSG_ACK_MASK, ==,
                    message & SHM_DRV_MSG_SEQ_MASK);
}

static void capabilities_acknowledge(Bce *bce)
{
    const uint32_t keep_vlan = SHM_FW_CAP_MFW_KEEP_VLAN |
                               SHM_FW_CAP_BC_KEEP_VLAN;
    uint32_t capabilities = bce_shared_read(bce, SHM_FW_CAP_MB);

    if ((capabilities & 0xffff0000) == SHM_FW_CAP_SIGNATURE &&
        (capabilities & keep_vlan) == keep_vlan) {
        shared_write(bce, SHM_DRV_ACK_CAP_MB,
                     SHM_DRV_ACK_CAP_SIGNATURE | keep_vlan);
    }
}

void bce_chip_reset(Bce *bce, uint32_t code)
{
    QNc37xx *nc = bce->nc;
    const uint32_t reset = R_PCICFG_MISC_CONFIG_CORE_RST_REQ_MASK |
                           R_PCICFG_MISC_CONFIG_CORE_RST_BSY_MASK;

    nc37xx_write(nc, A_MISC_ENABLE_CLR,
                 R_MISC_ENABLE_STATUS_TX_DMA_MASK |
                 R_MISC_ENABLE_STATUS_DMA_ENGINE_MASK |
                 R_MISC_ENABLE_STATUS_RX_DMA_MASK |
                 R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK);
    nc37xx_read(nc, A_MISC_ENABLE_CLR);
    bce_sync(bce, code | SHM_DRV_MSG_WAIT0);
    shared_write(bce, SHM_DRV_RESET_SIGNATURE, SHM_DRV_RESET_SIGNATURE_VALUE);
    nc37xx_read(nc, A_MISC_ID);
    nc37xx_write(nc, A_PCICFG_MISC_CONFIG,
                 R_PCICFG_MISC_CONFIG_CORE_RST_REQ_MASK |
                 R_PCICFG_MISC_CONFIG_REG_WINDOW_ENA_MASK |
                 R_PCICFG_MISC_CONFIG_TARGET_MB_WORD_SWAP_MASK);
    poll_register(bce, A_PCICFG_MISC_CONFIG, reset, 0);
    g_assert_cmphex(nc37xx_read(nc, A_PCI_SWAP_DIAG0), ==,
                    PCI_SWAP_DIAG0_VALUE);
    bce_sync(bce, code | SHM_DRV_MSG_WAIT1);
    if (bce->kind == BCE_FREEBSD) {
        capabilities_acknowledge(bce);
    }
}

/* Each page of the map in turn is put at address 0, cleared, and put back. */
static void contexts_clear(Bce *bce)
{
    QNc37xx *nc = bce->nc;
    uint32_t address = CLEARED_CONTEXTS * NC37XX_CONTEXT_SIZE;

    while (address) {
        address -= MAP_PAGE;
        nc37xx_write(nc, A_CTX_VIRT_ADDR, 0);
        nc37xx_write(nc, A_CTX_PAGE_TBL, address);
        for (unsigned offset = 0; offset < MAP_PAGE; offset += 4) {
            nc37xx_context_write(nc, offset, 0);
        }
        nc37xx_write(nc, A_CTX_VIRT_ADDR, address);
        nc37xx_write(nc, A_CTX_PAGE_TBL, address);
    }
}

static void rv2p_load(Bce *bce, uint32_t command, uint32_t reset)
{
    for (unsigned i = 0; i < FIRMWARE_WORDS / 2; i++) {
        nc37xx_write(bce->nc, A_RV2P_INSTR_HIGH, 0xfeed0000 | i);
        nc37xx_write(bce->nc, A_RV2P_INSTR_LOW, 0xbeef0000 | i);
        nc37xx_write(bce->nc, command, 0x80000000 | i);
    }
    nc37xx_write(bce->nc, A_RV2P_COMMAND, reset);
}

static uint32_t cpu_block(unsigned cpu)
{
    return NC37XX_CPU_FIRST + cpu * NC37XX_CPU_BLOCK;
}

void bce_cpu_halt(Bce *bce, unsigned cpu, bool halt)
{
    uint32_t mode = bce_indirect_read(bce, cpu_block(cpu) + CPU_MODE);

    mode = halt ? mode | CPU_MODE_SOFT_HALT : mode & ~CPU_MODE_SOFT_HALT;
    bce_indirect_write(bce, cpu_block(cpu) + CPU_MODE, mode);
    bce_indirect_write(bce, cpu_block(cpu) + CPU_STATE, 0xffffff);
}

static void cpu_load(Bce *bce, unsigned cpu)
{
    uint32_t scratch = cpu_block(cpu) + CPU_SCRATCH;

    bce_cpu_halt(bce, cpu, true);
    for (unsigned i = 0; i < FIRMWARE_WORDS; i++) {
        bce_indirect_write(bce, scratch + i * 4, cpu << 24 | i);
    }
    bce_indirect_write(bce, cpu_block(cpu) + CPU_INSTRUCTION, 0);
    bce_indirect_write(bce, cpu_block(cpu) + CPU_PROGRAM_COUNTER,
                       FIRMWARE_START);
    g_assert_cmphex(bce_indirect_read(bce, scratch + 4), ==, cpu << 24 | 1);
}

/* FreeBSD starts the RXP much later, when the rest of the chip is ready. */
void bce_cpus_load(Bce *bce)
{
    static const uint8_t order[] = {
        NC37XX_CPU_RXP, NC37XX_CPU_TXP, NC37XX_CPU_TPAT, NC37XX_CPU_COM,
        NC37XX_CPU_CP,
    };

    rv2p_load(bce, A_RV2P_PROC1_ADDR_CMD, R_RV2P_COMMAND_PROC1_RESET_MASK);
    rv2p_load(bce, A_RV2P_PROC2_ADDR_CMD, R_RV2P_COMMAND_PROC2_RESET_MASK);
    for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
        cpu_load(bce, order[i]);
        if (order[i] != NC37XX_CPU_RXP || bce->kind == BCE_OPENBSD) {
            bce_cpu_halt(bce, order[i], false);
        }
    }
}

/*
 * NVRAM
 */

static void nvram_lock(Bce *bce, bool lock)
{
    const uint32_t granted = NVM_SW_ARB_DRIVER << R_NVM_SW_ARB_GRANTED_SHIFT;

    nc37xx_write(bce->nc, A_NVM_SW_ARB, NVM_SW_ARB_DRIVER <<
                 (lock ? R_NVM_SW_ARB_REQ_SET_SHIFT :
                  R_NVM_SW_ARB_REQ_CLR_SHIFT));
    poll_register(bce, A_NVM_SW_ARB, granted, lock ? granted : 0);
}

static void nvram_access(Bce *bce, bool on)
{
    const uint32_t both = R_NVM_ACCESS_ENABLE_EN_MASK |
                          R_NVM_ACCESS_ENABLE_WR_EN_MASK;
    uint32_t value = nc37xx_read(bce->nc, A_NVM_ACCESS_ENABLE);

    nc37xx_write(bce->nc, A_NVM_ACCESS_ENABLE,
                 on ? value | both : value & ~both);
}

static void flash_configure(Bce *bce, const Flash *flash)
{
    nvram_lock(bce, true);
    nvram_access(bce, true);
    nc37xx_write(bce->nc, A_NVM_CFG1, flash->config1);
    nc37xx_write(bce->nc, A_NVM_CFG2, flash->config2);
    nc37xx_write(bce->nc, A_NVM_CFG3, flash->config3);
    nc37xx_write(bce->nc, A_NVM_WRITE1, flash->write1);
    nvram_access(bce, false);
    nvram_lock(bce, false);
}

static const Flash *flash_find(Bce *bce)
{
    uint32_t value = nc37xx_read(bce->nc, A_NVM_CFG1);
    bool configured = FIELD_EX32(value, NVM_CFG1, CONFIGURED);
    uint32_t mask = configured || value & 1 << 23 ? FLASH_BACKUP_STRAP_MASK :
                    FLASH_STRAP_MASK;

    for (size_t i = 0; i < ARRAY_SIZE(flash_table); i++) {
        const Flash *flash = &flash_table[i];
        uint32_t other = configured ? flash->config1 : flash->strap;

        if ((value & mask) == (other & mask)) {
            if (!configured) {
                flash_configure(bce, flash);
            }
            return flash;
        }
    }
    g_assert_not_reached();
}

static void nvram_word(Bce *bce, const Flash *flash, uint32_t offset,
                       uint32_t command, uint8_t *to)
{
    QNc37xx *nc = bce->nc;

    if (flash->translate) {
        offset = (offset / flash->page_size << flash->page_bits) +
                 offset % flash->page_size;
    }
    nc37xx_write(nc, A_NVM_COMMAND, R_NVM_COMMAND_DONE_MASK);
    nc37xx_write(nc, A_NVM_ADDR, offset & R_NVM_ADDR_ADDRESS_MASK);
    nc37xx_write(nc, A_NVM_COMMAND, command | R_NVM_COMMAND_DOIT_MASK);
    poll_register(bce, A_NVM_COMMAND, R_NVM_COMMAND_DONE_MASK,
                  R_NVM_COMMAND_DONE_MASK);
    stl_be_p(to, nc37xx_read(nc, A_NVM_READ));
}

static void nvram_read(Bce *bce, uint32_t offset, uint8_t *to, size_t size)
{
    const Flash *flash = flash_find(bce);

    nvram_lock(bce, true);
    nvram_access(bce, true);
    for (size_t i = 0; i < size; i += 4) {
        nvram_word(bce, flash, offset + i,
                   (i == 0 ? R_NVM_COMMAND_FIRST_MASK : 0) |
                   (i + 4 == size ? R_NVM_COMMAND_LAST_MASK : 0), to + i);
    }
    nvram_access(bce, false);
    nvram_lock(bce, false);
}

/* IEEE 802.3's CRC without the final inversion, a bit at a time. */
static uint32_t crc_raw(const uint8_t *data, size_t size)
{
    uint32_t crc = 0xffffffff;

    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return crc;
}

static bool nvram_good(Bce *bce)
{
    uint8_t data[2 * NVRAM_BLOCK_SIZE];

    nvram_read(bce, NVRAM_MAGIC, data, 4);
    if (ldl_be_p(data) != NVRAM_MAGIC_VALUE) {
        return false;
    }
    nvram_read(bce, NVRAM_MANUFACTURING, data, sizeof(data));
    return crc_raw(data, NVRAM_BLOCK_SIZE) == NVRAM_CRC_RESIDUE &&
           crc_raw(data + NVRAM_BLOCK_SIZE, NVRAM_BLOCK_SIZE) ==
           NVRAM_CRC_RESIDUE;
}

/*
 * Chip and blocks
 */

void bce_interrupt_disable(Bce *bce)
{
    nc37xx_write(bce->nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_MASK_INT_MASK);
    nc37xx_read(bce->nc, A_PCICFG_INT_ACK_CMD);
}

static void dma_configure(Bce *bce)
{
    uint32_t value = R_DMA_CONFIG_DATA_BYTE_SWAP_MASK |
                     R_DMA_CONFIG_DATA_WORD_SWAP_MASK |
                     R_DMA_CONFIG_CNTL_WORD_SWAP_MASK |
                     5 << 12 | 3 << 16 | 2 << 20 | 1 << 11;

    if (FIELD_EX32(nc37xx_read(bce->nc, A_PCICFG_MISC_STATUS),
                   PCICFG_MISC_STATUS, PCIX_DET)) {
        g_assert_cmphex(nc37xx_read(bce->nc, A_PCICFG_PCI_CLOCK_CONTROL) & 15,
                        ==, 7);
        value |= R_DMA_CONFIG_PCI_FAST_CLK_CMP_MASK;
    }
    nc37xx_write(bce->nc, A_DMA_CONFIG, value);
    if (bce->kind == BCE_OPENBSD) {
        value = qpci_config_readl(&bce->nc->dev, PCIX_COMMAND);
        qpci_config_writel(&bce->nc->dev, PCIX_COMMAND,
                           value & ~PCIX_RELAXED_ORDER);
    }
}

void bce_chip_init(Bce *bce)
{
    QNc37xx *nc = bce->nc;
    uint32_t value;

    bce_interrupt_disable(bce);
    dma_configure(bce);
    nc37xx_write(nc, A_MISC_ENABLE_SET,
                 R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK |
                 R_MISC_ENABLE_STATUS_RX_V2P_MASK |
                 R_MISC_ENABLE_STATUS_CONTEXT_MASK);
    contexts_clear(bce);
    bce_cpus_load(bce);
    flash_find(bce);
    value = bce_shared_read(bce, SHM_HW_CFG_CONFIG2) & 0x00fff000;
    g_assert_true(!value || value == nc->facts->nvm_size);
    value = nc37xx_read(nc, A_MQ_CONFIG) & ~R_MQ_CONFIG_KNL_BYP_BLK_SIZE_MASK;
    nc37xx_write(nc, A_MQ_CONFIG, value | MQ_BLOCK_SIZE_256);
    nc37xx_write(nc, A_MQ_KNL_BYP_WIND_START, MQ_BYPASS);
    nc37xx_write(nc, A_MQ_KNL_BYP_WIND_END, MQ_BYPASS);
    nc37xx_write(nc, A_RV2P_CONFIG, (PAGE_BITS - 8) << 24);
    value = nc37xx_read(nc, A_TBDR_CONFIG) & ~R_TBDR_CONFIG_PAGE_SIZE_MASK;
    nc37xx_write(nc, A_TBDR_CONFIG, value | (PAGE_BITS - 8) << 24 | 0x40);
    if (bce->kind == BCE_FREEBSD) {
        bce_indirect_write(bce, RXP_PM_CTRL, 0);
    }
}

static void ring_allocate(Bce *bce, BceRing *ring, unsigned pages,
                          uint32_t size)
{
    ring->pages = pages;
    ring->size = size;
    ring->stride = BCE_CLUSTER;
    for (unsigned i = 0; i < pages; i++) {
        ring->page[i] = guest_alloc(bce->nc->alloc, NC37XX_PAGE);
    }
    ring->buffers = guest_alloc(bce->nc->alloc, pages * NC37XX_PAGE_SLOTS *
                                ring->stride);
}

/*
 * Attach
 */

/* The revisions that the drivers will not touch. */
static void revision_check(uint32_t id)
{
    static const uint16_t unsupported[] = { 0x5706, 0x5708 };

    g_assert_cmphex(id, !=, 0x57060010);
    g_assert_cmphex(id, !=, 0x57081000);
    for (size_t i = 0; i < ARRAY_SIZE(unsupported); i++) {
        g_assert_cmphex(id, !=, (uint32_t)unsupported[i] << 16);
    }
}

static void shared_memory_find(Bce *bce)
{
    uint32_t signature = bce_indirect_read(bce, NC37XX_SHM_HEADER);

    g_assert_cmphex(signature & 0xffff0000, ==, NC37XX_SHM_HEADER_SIGNATURE);
    bce->shared = bce_indirect_read(bce, NC37XX_SHM_HEADER +
                                    SHM_HEADER_ADDR_0);
}

static void memory_allocate(Bce *bce)
{
    QNc37xx *nc = bce->nc;
    bool split = bce->kind == BCE_FREEBSD;

    nc->status = guest_alloc(nc->alloc, NC37XX_PAGE);
    nc->statistics = guest_alloc(nc->alloc, NC37XX_PAGE);
    qtest_memset(nc->qts, nc->status, 0, NC37XX_PAGE);
    qtest_memset(nc->qts, nc->statistics, 0, NC37XX_PAGE);
    ring_allocate(bce, &bce->tx, BCE_TX_PAGES, 0);
    ring_allocate(bce, &bce->rx, BCE_RX_PAGES,
                  split ? BCE_HEADER_BUFFER : BCE_CLUSTER);
    if (split) {
        ring_allocate(bce, &bce->pg, BCE_PG_PAGES, BCE_CLUSTER);
    }
}

bool bce_attach(Bce *bce, QNc37xx *nc, BceKind kind, bool msi)
{
    uint32_t upper, lower;

    *bce = (Bce) { .nc = nc, .kind = kind, .msi = msi };
    g_queue_init(&bce->received);
    if (msi) {
        bce->msi_at = nc37xx_msi_enable(nc);
    }
    qpci_config_writel(&nc->dev, A_PCICFG_MISC_CONFIG,
                       R_PCICFG_MISC_CONFIG_REG_WINDOW_ENA_MASK |
                       R_PCICFG_MISC_CONFIG_TARGET_MB_WORD_SWAP_MASK);
    revision_check(nc37xx_read(nc, A_MISC_ID));
    shared_memory_find(bce);
    bce_chip_reset(bce, SHM_DRV_MSG_CODE_RESET);
    bce_chip_init(bce);
    if (!nvram_good(bce)) {
        return false;
    }
    upper = bce_shared_read(bce, SHM_MAC_UPPER);
    lower = bce_shared_read(bce, SHM_MAC_LOWER);
    stw_be_p(bce->mac, upper);
    stl_be_p(bce->mac + 2, lower);
    memory_allocate(bce);
    return true;
}

void bce_detach(Bce *bce)
{
    g_queue_clear_full(&bce->received, (GDestroyNotify)g_bytes_unref);
}
