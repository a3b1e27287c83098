/*
 * Register blocks with little behaviour of their own: bus interface, block
 * enables, and the machinery between rings and wire.
 *
 * The read-only bits are those that the driver's register test expects.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

#define ROW_COUNT(rows) { rows, ARRAY_SIZE(rows) }

/* PCI: bus interface */

static uint32_t id_val1_read(Nc37xx *nc, uint32_t stored)
{
    return (uint32_t)NC37XX_PCI_VENDOR << 16 | nc->model->device;
}

static uint32_t id_val2_read(Nc37xx *nc, uint32_t stored)
{
    return (uint32_t)nc->model->subsystem << 16 | NC37XX_PCI_SUBVENDOR;
}

static uint32_t id_val3_read(Nc37xx *nc, uint32_t stored)
{
    return (uint32_t)nc->model->revision << 24 | 0x020000;
}

/* Offsets in the MSI capability with 64-bit addresses. */
static uint32_t msi_data_read(Nc37xx *nc, uint32_t stored)
{
    return nc->ops->config_read(nc, NC37XX_CAP_MSI + 12, 2) |
           (stored & 0xffff0000);
}

static uint32_t msi_addr_h_read(Nc37xx *nc, uint32_t stored)
{
    return nc->ops->config_read(nc, NC37XX_CAP_MSI + 8, 4);
}

static uint32_t msi_addr_l_read(Nc37xx *nc, uint32_t stored)
{
    return nc->ops->config_read(nc, NC37XX_CAP_MSI + 4, 4);
}

#define PCI_CONFIG_2_RESET                                                   \
    (NC37XX_EXP_ROM_SIZE_128K << R_PCI_CONFIG_2_EXP_ROM_SIZE_SHIFT |         \
     R_PCI_CONFIG_2_BAR1_64ENA_MASK | PCI_CONFIG_2_BAR1_SIZE_32M)

static uint32_t config_3_read(Nc37xx *nc, uint32_t stored)
{
    return FIELD_DP32(R_PCI_CONFIG_3_PCI_POWER_MASK, PCI_CONFIG_3,
                      VAUX_PRESENT, nc->vaux);
}

static const RegDesc pci_rows[] = {
    { A_PCI_CONFIG_2, .reset = PCI_CONFIG_2_RESET, .ro = 0xffffffff },
    { A_PCI_CONFIG_3, .ro = 0xffffffff, .read = config_3_read },
    { A_PCI_SWAP_DIAG0, .reset = PCI_SWAP_DIAG0_VALUE, .ro = 0xffffffff },
    { A_PCI_SWAP_DIAG1, .reset = PCI_SWAP_DIAG0_VALUE, .ro = 0xffffffff },
    { A_PCI_EXP_ROM_ADDR, .ro = 0x80ffffff },
    { A_PCI_VPD_INTF, .ro = 0x00000001 },
    { A_PCI_ID_VAL1, .ro = 0xffffffff, .read = id_val1_read },
    { A_PCI_ID_VAL2, .ro = 0xffffffff, .read = id_val2_read },
    { A_PCI_ID_VAL3, .ro = 0xffffffff, .read = id_val3_read },
    { A_PCI_MSI_DATA, .ro = 0x0000ffff, .read = msi_data_read },
    { A_PCI_MSI_ADDR_H, .ro = 0xffffffff, .read = msi_addr_h_read },
    { A_PCI_MSI_ADDR_L, .ro = 0xffffffff, .read = msi_addr_l_read },
};
const RegBlock nc37xx_pci_block = ROW_COUNT(pci_rows);

/* MISC: identity and block enables */

static uint32_t misc_id_read(Nc37xx *nc, uint32_t stored)
{
    return nc->model->misc_id;
}

static uint32_t enable_read(Nc37xx *nc, uint32_t stored)
{
    return REG(nc, MISC_ENABLE_STATUS);
}

static void enable_changed(Nc37xx *nc)
{
    nc37xx_attention_update(nc);
    nc37xx_link_release(nc);
    nc37xx_statistics_schedule(nc);
}

static void enable_set_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    REG(nc, MISC_ENABLE_STATUS) |= value;
    enable_changed(nc);
}

static void enable_clr_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    REG(nc, MISC_ENABLE_STATUS) &= ~value;
    enable_changed(nc);
}

static const RegDesc misc_rows[] = {
    { A_MISC_COMMAND, .ro = 0xffffffff },
    { A_MISC_ID, .ro = 0xffffffff, .read = misc_id_read },
    { A_MISC_ENABLE_STATUS, .ro = 0xffffffff },
    { A_MISC_ENABLE_SET, .ro = 0xffffffff, .read = enable_read,
      .written = enable_set_written },
    { A_MISC_ENABLE_CLR, .ro = 0xffffffff, .read = enable_read,
      .written = enable_clr_written },
    { 0x854, .ro = 0xffffffff },
    { 0x868, .ro = 0x77777777 },
    { 0x86c, .ro = 0x77777777 },
    { 0x870, .ro = 0x77777777 },
    { 0x874, .ro = 0x77777777 },
};
const RegBlock nc37xx_misc_block = ROW_COUNT(misc_rows);

/* Bit 0 of a block's COMMAND register says that the block works. */

/* Until the driver says how it wants control data, they are little endian. */
#define DMA_CONFIG_RESET                                                     \
    (R_DMA_CONFIG_DATA_BYTE_SWAP_MASK | R_DMA_CONFIG_DATA_WORD_SWAP_MASK |   \
     R_DMA_CONFIG_CNTL_WORD_SWAP_MASK)

static const RegDesc dma_rows[] = {
    { A_DMA_COMMAND, .reset = 1, .ro = 0x00000001 },
    { A_DMA_STATUS, .ro = 0x03ff0001 },
    { A_DMA_CONFIG, .reset = DMA_CONFIG_RESET },
};
const RegBlock nc37xx_dma_block = ROW_COUNT(dma_rows);

static const RegDesc rpm_rows[] = {
    { A_RPM_COMMAND, .reset = 1, .ro = 0x00000001 },
    { A_RPM_STATUS, .ro = 0x00000003 },
    { A_RPM_STAT, .counter = STAT_IN_L2_FILTER_DISCARDS + 1,
      .ro = 0xffffffff },
    { A_RPM_STAT + 4, .counter = STAT_IN_RULE_CHECKER_DISCARDS + 1,
      .ro = 0xffffffff },
    { A_RPM_STAT + 8, .counter = STAT_IN_FTQ_DISCARDS + 1,
      .ro = 0xffffffff },
    { A_RPM_STAT + 12, .counter = STAT_IN_MBUF_DISCARDS + 1,
      .ro = 0xffffffff },
    { A_RPM_STAT + 16, .counter = STAT_IN_RULE_CHECKER_P4_HIT + 1,
      .ro = 0xffffffff },
};
const RegBlock nc37xx_rpm_block = ROW_COUNT(rpm_rows);

static const RegDesc rv2p_rows[] = {
    { A_RV2P_COMMAND, .reset = 1, .ro = 0x00000001 },
    { A_RV2P_STATUS, .ro = 0x00003f01 },
    { 0x2840, .ro = 0xffffffff },
    { 0x2844, .ro = 0xffffffff },
    { 0x284c, .ro = 0x07ff07ff },
};
const RegBlock nc37xx_rv2p_block = ROW_COUNT(rv2p_rows);

static const RegDesc rv2pcsr_rows[] = {
    { 0x2c00, .reset = 1, .ro = 0x00000011 },
    { 0x2c04, .ro = 0x00030007 },
};
const RegBlock nc37xx_rv2pcsr_block = ROW_COUNT(rv2pcsr_rows);

static const RegDesc mq_rows[] = {
    { A_MQ_COMMAND, .reset = 1, .ro = 0x00000001 },
    { A_MQ_STATUS, .ro = 0x00070000 },
    { A_MQ_CONFIG, .ro = 0x07f00000 },
    { 0x3c14, .ro = 0xffffffff },
    { 0x3c18, .ro = 0xffffffff },
};
const RegBlock nc37xx_mq_block = ROW_COUNT(mq_rows);

static const RegDesc tbdr_rows[] = {
    { 0x5004, .ro = 0x0000007f },
};
const RegBlock nc37xx_tbdr_block = ROW_COUNT(tbdr_rows);

/* A command is over before the write returns. */
static const RegDesc tbdc_rows[] = {
    { A_TBDC_COMMAND, .ro = R_TBDC_COMMAND_CMD_REG_ARB_MASK },
};
const RegBlock nc37xx_tbdc_block = ROW_COUNT(tbdc_rows);

static const RegDesc tdma_rows[] = {
    { 0x5c00, .reset = 1, .ro = 0x00000001 },
    { 0x5c04, .ro = 0x0003000f },
    { 0x5c10, .ro = 0xffffffff },
    { 0x5c80, .ro = 0x0f7113f1 },
    { 0x5c84, .ro = 0x0000f333 },
    { 0x5c88, .ro = 0x00077373 },
    { 0x5c8c, .ro = 0x0007f737 },
};
const RegBlock nc37xx_tdma_block = ROW_COUNT(tdma_rows);
