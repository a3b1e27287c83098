/*
 * NC37xx adapters: PCI identity, configuration space, and the ways to the
 * chip's registers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "standard-headers/linux/pci_regs.h"
#include "nc37xx/libnc37xx.h"

/* Offsets in the PCI-X capability. */
#define PCIX_COMMAND (NC37XX_CAP_PCIX + 2)
#define PCIX_STATUS (NC37XX_CAP_PCIX + 4)
#define PCIX_COMMAND_RELAXED_ORDER 0x0002
#define PCIX_STATUS_64BIT_133MHZ 0x00030000
#define PCIX_STATUS_533_266 0xc0000000

#define PM_CSR (NC37XX_CAP_PM + PCI_PM_CTRL)
#define VPD_DATA (NC37XX_CAP_VPD + 4)
#define VPD_PRODUCT_NAME 0x82
#define MSI_FLAGS (NC37XX_CAP_MSI + PCI_MSI_FLAGS)

static void pci_ids(QNc37xx *nc)
{
    const Nc37xxFacts *f = nc->facts;

    g_assert_cmphex(qpci_config_readw(&nc->dev, PCI_VENDOR_ID), ==,
                    NC37XX_PCI_VENDOR);
    g_assert_cmphex(qpci_config_readw(&nc->dev, PCI_DEVICE_ID), ==,
                    f->device);
    g_assert_cmphex(qpci_config_readw(&nc->dev, PCI_SUBSYSTEM_VENDOR_ID), ==,
                    NC37XX_PCI_SUBVENDOR);
    g_assert_cmphex(qpci_config_readw(&nc->dev, PCI_SUBSYSTEM_ID), ==,
                    f->subsystem);
    g_assert_cmphex(qpci_config_readl(&nc->dev, PCI_CLASS_REVISION), ==,
                    0x02000000u | f->revision);
    g_assert_cmphex(qpci_config_readb(&nc->dev, PCI_INTERRUPT_PIN), ==, 1);
}

static void pci_ids_in_registers(QNc37xx *nc)
{
    const Nc37xxFacts *f = nc->facts;

    g_assert_cmphex(nc37xx_read(nc, A_PCI_ID_VAL1), ==,
                    (uint32_t)NC37XX_PCI_VENDOR << 16 | f->device);
    g_assert_cmphex(nc37xx_read(nc, A_PCI_ID_VAL2), ==,
                    (uint32_t)f->subsystem << 16 | NC37XX_PCI_SUBVENDOR);
    g_assert_cmphex(nc37xx_read(nc, A_PCI_ID_VAL3), ==,
                    (uint32_t)f->revision << 24 | 0x020000);
}

static void capability_list(QNc37xx *nc)
{
    static const uint8_t list[][2] = {
        { NC37XX_CAP_PCIX, PCI_CAP_ID_PCIX }, { NC37XX_CAP_PM, PCI_CAP_ID_PM },
        { NC37XX_CAP_VPD, PCI_CAP_ID_VPD }, { NC37XX_CAP_MSI, PCI_CAP_ID_MSI },
    };
    uint8_t at = qpci_config_readb(&nc->dev, PCI_CAPABILITY_LIST);

    for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
        g_assert_cmphex(at, ==, list[i][0]);
        g_assert_cmphex(qpci_config_readb(&nc->dev, at), ==, list[i][1]);
        at = qpci_config_readb(&nc->dev, at + PCI_CAP_LIST_NEXT);
    }
    g_assert_cmphex(at, ==, 0);
}

/* T2: bits 31 and 30 would promise 4 KiB of configuration space. */
static void pcix_status(QNc37xx *nc)
{
    uint32_t status = qpci_config_readl(&nc->dev, PCIX_STATUS);

    g_assert_cmphex(status & 0xffff, ==, nc->dev.devfn);
    g_assert_cmphex(status & PCIX_STATUS_64BIT_133MHZ, ==,
                    PCIX_STATUS_64BIT_133MHZ);
    g_assert_cmphex(status & PCIX_STATUS_533_266, ==, 0);
    qpci_config_writel(&nc->dev, PCIX_STATUS, 0xffffffff);
    g_assert_cmphex(qpci_config_readl(&nc->dev, PCIX_STATUS), ==, status);
}

static void pcix_command(QNc37xx *nc)
{
    qpci_config_writew(&nc->dev, PCIX_COMMAND, PCIX_COMMAND_RELAXED_ORDER);
    g_assert_cmphex(qpci_config_readw(&nc->dev, PCIX_COMMAND), ==,
                    PCIX_COMMAND_RELAXED_ORDER);
    qpci_config_writew(&nc->dev, PCIX_COMMAND, 0xff80);
    g_assert_cmphex(qpci_config_readw(&nc->dev, PCIX_COMMAND), ==, 0);
}

static void bar_size(QNc37xx *nc)
{
    uint32_t bar = qpci_config_readl(&nc->dev, PCI_BASE_ADDRESS_0);
    uint32_t config_2 = nc37xx_read(nc, A_PCI_CONFIG_2);
    uint64_t mask;

    g_assert_cmphex(bar & ~PCI_BASE_ADDRESS_MEM_MASK, ==,
                    PCI_BASE_ADDRESS_MEM_TYPE_64);
    g_assert_cmpuint(1u << (FIELD_EX32(config_2, PCI_CONFIG_2, BAR1_SIZE) +
                            15), ==, NC37XX_BAR_SIZE);
    g_assert_true(FIELD_EX32(config_2, PCI_CONFIG_2, BAR1_64ENA));
    qpci_config_writel(&nc->dev, PCI_BASE_ADDRESS_0, 0xffffffff);
    qpci_config_writel(&nc->dev, PCI_BASE_ADDRESS_1, 0xffffffff);
    mask = qpci_config_readl(&nc->dev, PCI_BASE_ADDRESS_0) &
           PCI_BASE_ADDRESS_MEM_MASK;
    mask |= (uint64_t)qpci_config_readl(&nc->dev, PCI_BASE_ADDRESS_1) << 32;
    g_assert_cmphex(-mask, ==, NC37XX_BAR_SIZE);
    qpci_config_writel(&nc->dev, PCI_BASE_ADDRESS_0, bar);
    qpci_config_writel(&nc->dev, PCI_BASE_ADDRESS_1, 0);
    nc37xx_expect_alive(nc);
}

static void three_ways(QNc37xx *nc)
{
    const uint32_t id = nc->facts->misc_id;

    g_assert_cmphex(nc37xx_read(nc, A_MISC_ID), ==, id);
    g_assert_cmphex(nc37xx_indirect_read(nc, A_MISC_ID), ==, id);
    qpci_config_writel(&nc->dev, A_PCICFG_REG_WINDOW_ADDRESS, A_MISC_ID);
    g_assert_cmphex(qpci_config_readl(&nc->dev, A_PCICFG_REG_WINDOW), ==, id);
    nc37xx_write(nc, A_PCI_GRC_WINDOW, 0);
    g_assert_cmphex(nc37xx_read(nc, NC37XX_BAR_WINDOW + A_MISC_ID), ==, id);
}

static void writes_three_ways(QNc37xx *nc)
{
    nc37xx_indirect_write(nc, A_EMAC_BACKOFF_SEED, 0x11111111);
    g_assert_cmphex(nc37xx_read(nc, A_EMAC_BACKOFF_SEED), ==, 0x11111111);
    qpci_config_writel(&nc->dev, A_PCICFG_REG_WINDOW, 0x22222222);
    g_assert_cmphex(nc37xx_read(nc, A_EMAC_BACKOFF_SEED), ==, 0x22222222);
    nc37xx_write(nc, A_PCI_GRC_WINDOW, 0);
    nc37xx_write(nc, NC37XX_BAR_WINDOW + A_EMAC_BACKOFF_SEED, 0x33333333);
    g_assert_cmphex(nc37xx_read(nc, A_EMAC_BACKOFF_SEED), ==, 0x33333333);
}

static void grc_window(QNc37xx *nc)
{
    uint32_t shm = nc->facts->shm_base;
    uint32_t base = shm & R_PCI_GRC_WINDOW_BASE_MASK;

    nc37xx_write(nc, A_PCI_GRC_WINDOW, base);
    g_assert_cmphex(nc37xx_read(nc, NC37XX_BAR_WINDOW + shm - base +
                                SHM_MAC_LOWER), ==,
                    nc37xx_shm_read(nc, SHM_MAC_LOWER));
}

static void config_mirror(QNc37xx *nc)
{
    for (uint32_t at = 0; at < NC37XX_PCICFG_FIRST; at += 4) {
        g_assert_cmphex(nc37xx_read(nc, at), ==,
                        qpci_config_readl(&nc->dev, at));
    }
    qpci_io_writeb(&nc->dev, nc->bar, PCI_INTERRUPT_LINE, 0x5a);
    g_assert_cmphex(qpci_config_readb(&nc->dev, PCI_INTERRUPT_LINE), ==, 0x5a);
    qpci_config_writeb(&nc->dev, PCI_INTERRUPT_LINE, 0xa5);
    g_assert_cmphex(qpci_io_readb(&nc->dev, nc->bar, PCI_INTERRUPT_LINE), ==,
                    0xa5);
}

/* T3: the driver reads there before it knows where shared memory is. */
static void indirect_config(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_indirect_read(nc, NC37XX_CAP_PCIX), ==,
                    qpci_config_readl(&nc->dev, NC37XX_CAP_PCIX));
}

static void window_on_itself(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_indirect_read(nc, A_PCICFG_REG_WINDOW), ==, 0);
    nc37xx_indirect_write(nc, A_PCICFG_REG_WINDOW, 0xffffffff);
    g_assert_cmphex(nc37xx_indirect_read(nc, A_PCICFG_REG_WINDOW_ADDRESS), ==,
                    A_PCICFG_REG_WINDOW_ADDRESS);
    nc37xx_expect_alive(nc);
}

static void fixed_values(QNc37xx *nc)
{
    uint32_t config = nc37xx_read(nc, A_PCICFG_MISC_CONFIG);
    uint32_t id = nc->facts->misc_id;

    g_assert_cmphex(nc37xx_read(nc, A_PCI_SWAP_DIAG0), ==,
                    PCI_SWAP_DIAG0_VALUE);
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_MISC_STATUS), ==, 0x29);
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_PCI_CLOCK_CONTROL) & 0xf, ==, 7);
    g_assert_cmphex(FIELD_EX32(config, PCICFG_MISC_CONFIG, REVISION), ==,
                    FIELD_EX32(id, MISC_ID, CHIP_REV) << 8 |
                    FIELD_EX32(id, MISC_ID, CHIP_METAL));
}

/* T27: the driver's recovery from a lost MSI goes this way. */
static void msi_through_bar(QNc37xx *nc)
{
    uint32_t cap = nc37xx_read(nc, NC37XX_CAP_MSI);

    g_assert_true(cap >> 16 & PCI_MSI_FLAGS_64BIT);
    g_assert_false(cap >> 16 & (PCI_MSI_FLAGS_ENABLE | PCI_MSI_FLAGS_QMASK |
                                PCI_MSI_FLAGS_MASKBIT));
    nc37xx_write(nc, NC37XX_CAP_MSI, cap | PCI_MSI_FLAGS_ENABLE << 16);
    g_assert_true(qpci_config_readw(&nc->dev, MSI_FLAGS) &
                  PCI_MSI_FLAGS_ENABLE);
    nc37xx_write(nc, NC37XX_CAP_MSI, cap);
    g_assert_false(qpci_config_readw(&nc->dev, MSI_FLAGS) &
                   PCI_MSI_FLAGS_ENABLE);
}

static void msi_mirror(QNc37xx *nc)
{
    qpci_config_writel(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_ADDRESS_LO,
                       0xfee01234 & ~3);
    qpci_config_writel(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_ADDRESS_HI, 0x12);
    qpci_config_writew(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_DATA_64, 0x4567);
    g_assert_cmphex(nc37xx_read(nc, A_PCI_MSI_ADDR_L), ==, 0xfee01234 & ~3);
    g_assert_cmphex(nc37xx_read(nc, A_PCI_MSI_ADDR_H), ==, 0x12);
    g_assert_cmphex(nc37xx_read(nc, A_PCI_MSI_DATA) & 0xffff, ==, 0x4567);
}

/* T28 */
static void power_states(QNc37xx *nc)
{
    nc37xx_write(nc, A_EMAC_BACKOFF_SEED, 0x5eed);
    qpci_config_writew(&nc->dev, PM_CSR, 3);
    g_assert_cmphex(qpci_config_readw(&nc->dev, PM_CSR), ==, 3);
    g_assert_cmphex(nc37xx_read(nc, A_MISC_ID), !=, nc->facts->misc_id);
    qpci_config_writew(&nc->dev, PM_CSR, 0);
    nc37xx_expect_alive(nc);
    g_assert_cmphex(nc37xx_read(nc, A_EMAC_BACKOFF_SEED), ==, 0x5eed);
}

static void pme_bits(QNc37xx *nc)
{
    qpci_config_writew(&nc->dev, PM_CSR, PCI_PM_CTRL_PME_ENABLE);
    g_assert_cmphex(qpci_config_readw(&nc->dev, PM_CSR), ==,
                    PCI_PM_CTRL_PME_ENABLE);
    qpci_config_writew(&nc->dev, PM_CSR, PCI_PM_CTRL_PME_STATUS);
    g_assert_cmphex(qpci_config_readw(&nc->dev, PM_CSR), ==, 0);
}

static uint32_t vpd_read(QNc37xx *nc, uint16_t address)
{
    qpci_config_writew(&nc->dev, NC37XX_CAP_VPD + PCI_VPD_ADDR, address);
    g_assert_cmphex(qpci_config_readw(&nc->dev,
                                      NC37XX_CAP_VPD + PCI_VPD_ADDR), ==,
                    address | PCI_VPD_ADDR_F);
    return qpci_config_readl(&nc->dev, VPD_DATA);
}

static void vpd_reads(QNc37xx *nc)
{
    g_assert_cmphex(vpd_read(nc, 0) & 0xff, ==, VPD_PRODUCT_NAME);
    for (uint16_t at = 0; at < NVRAM_VPD_SIZE; at += 4) {
        g_assert_cmphex(vpd_read(nc, at), ==,
                        nc37xx_nvm_read(nc, NVRAM_VPD + at));
    }
    g_assert_cmphex(vpd_read(nc, NVRAM_VPD_SIZE), ==, 0);
    g_assert_cmphex(vpd_read(nc, 0x7ffc), ==, 0);
}

static void vpd_writes(QNc37xx *nc)
{
    const uint16_t last = NVRAM_VPD_SIZE - 4;
    uint32_t before = vpd_read(nc, last);

    qpci_config_writel(&nc->dev, VPD_DATA, 0x11223344);
    qpci_config_writew(&nc->dev, NC37XX_CAP_VPD + PCI_VPD_ADDR,
                       last | PCI_VPD_ADDR_F);
    g_assert_cmphex(qpci_config_readw(&nc->dev,
                                      NC37XX_CAP_VPD + PCI_VPD_ADDR), ==,
                    last);
    g_assert_cmphex(vpd_read(nc, last), ==, 0x11223344);
    g_assert_cmphex(nc37xx_nvm_read(nc, NVRAM_VPD + last), ==, 0x11223344);
    qpci_config_writel(&nc->dev, VPD_DATA, before);
    qpci_config_writew(&nc->dev, NC37XX_CAP_VPD + PCI_VPD_ADDR,
                       last | PCI_VPD_ADDR_F);
}

static void mailbox_queue(QNc37xx *nc)
{
    nc37xx_write(nc, A_PCICFG_MAILBOX_QUEUE_ADDR, 0xffffffff);
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_MAILBOX_QUEUE_ADDR), ==,
                    0xffffffff);
    nc37xx_write(nc, A_PCICFG_MAILBOX_QUEUE_DATA, 0xffffffff);
    nc37xx_write(nc, A_PCICFG_MAILBOX_QUEUE_ADDR, NC37XX_DOORBELL_TX_BSEQ);
    nc37xx_write(nc, A_PCICFG_MAILBOX_QUEUE_DATA, 0x12345678);
    g_assert_cmphex(nc37xx_context_read(nc, NC37XX_CID_TX *
                                        NC37XX_CONTEXT_SIZE +
                                        TX_CTX_HOST_BSEQ), ==, 0x12345678);
}

static const Nc37xxCase cases[] = {
    { "pci_ids_are_those_of_the_board", pci_ids },
    { "registers_repeat_the_pci_ids", pci_ids_in_registers },
    { "capabilities_are_pcix_pm_vpd_and_msi", capability_list },
    { "pcix_status_has_no_bit_that_means_4_kib", pcix_status },
    { "pcix_relaxed_order_can_be_set_and_cleared", pcix_command },
    { "bar_is_32_mib_of_64_bit_memory", bar_size },
    { "a_register_reads_the_same_three_ways", three_ways },
    { "a_register_is_written_three_ways", writes_three_ways },
    { "grc_window_in_the_bar_shows_shared_memory", grc_window },
    { "bar_begins_with_configuration_space", config_mirror },
    { "window_shows_configuration_space_too", indirect_config },
    { "window_that_shows_itself_shows_nothing", window_on_itself },
    { "fixed_registers_tell_revision_bus_and_endianness", fixed_values },
    { "msi_is_switched_through_the_bar", msi_through_bar },
    { "registers_repeat_the_msi_message", msi_mirror },
    { "d3hot_hides_the_bar_and_d0_shows_it_unchanged", power_states },
    { "pme_status_is_cleared_by_writing_one", pme_bits },
    { "vpd_reads_as_the_nvram_holds_it", vpd_reads },
    { "vpd_writes_reach_the_nvram", vpd_writes },
    { "mailbox_queue_writes_live_mailboxes_only", mailbox_queue },
};

static void register_tests(void)
{
    nc37xx_register_cases_for_all("identity", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
