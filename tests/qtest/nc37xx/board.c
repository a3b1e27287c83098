/*
 * NC37xx adapters: boot code, shared memory, resets, and the memories of the
 * chip.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "libnc37xx.h"

/* Where the option ROM leaves its parameters, and what memory tests spoil. */
#define SCRATCH_PAD 0x164000
#define MEMORY_TEST_SIZE 0x4000

static void header(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_indirect_read(nc, NC37XX_SHM_HEADER), ==,
                    NC37XX_SHM_HEADER_SIGNATURE | NC37XX_SHM_HEADER_VERSION);
    g_assert_cmphex(nc37xx_indirect_read(nc, NC37XX_SHM_HEADER +
                                         SHM_HEADER_ADDR_0), ==,
                    nc->facts->shm_base);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_DEV_INFO_SIGNATURE) & 0xffffff00,
                    ==, SHM_DEV_INFO_SIGNATURE_VALUE);
}

static void mac_addresses(QNc37xx *nc)
{
    uint32_t upper = lduw_be_p(nc37xx_mac);
    uint32_t lower = ldl_be_p(nc37xx_mac + 2);

    g_assert_cmphex(nc37xx_shm_read(nc, SHM_MAC_UPPER), ==, upper);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_MAC_LOWER), ==, lower);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_ISCSI_MAC_UPPER), ==, upper);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_ISCSI_MAC_LOWER), ==, lower + 1);
}

static void board_data(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_HW_CFG_CONFIG) &
                    SHM_HW_CFG_LOM, ==,
                    nc->facts->embedded ? SHM_HW_CFG_LOM : 0);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_HW_CFG_CONFIG2), ==,
                    nc->facts->nvm_size);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_BC_REV) & 0xff, ==, 0x05);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_BC_REV) >> 24, !=, 0);
}

/* T20, T21: what would send drivers to firmware that is not there. */
static void features(QNc37xx *nc)
{
    uint32_t features = nc37xx_shm_read(nc, SHM_PORT_FEATURE);
    uint32_t mba = nc37xx_shm_read(nc, SHM_MBA_CONFIG);

    g_assert_cmphex(features & SHM_PORT_FEATURE_ASF, ==, 0);
    g_assert_true(features & SHM_PORT_FEATURE_MBA);
    g_assert_cmphex(mba & SHM_MBA_AGENT_MASK, ==, SHM_MBA_AGENT_ISCSI);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_BC_CONDITION) & 0xe000, ==,
                    SHM_BC_CONDITION_MFW_NONE);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_FW_CAP_MB), ==,
                    SHM_FW_CAP_SIGNATURE | SHM_FW_CAP_MFW_KEEP_VLAN |
                    SHM_FW_CAP_BC_KEEP_VLAN);
    /* No offload: cnic must not find a licence for it. */
    g_assert_cmphex(nc37xx_shm_read(nc, 0x3dc), ==, 0);
    g_assert_cmphex(nc37xx_shm_read(nc, 0x3e4), ==, 0);
}

/* T8 */
static void messages(QNc37xx *nc)
{
    uint16_t sequence = 1;

    for (uint32_t code = 0; code <= 0xff; code++) {
        nc37xx_shm_write(nc, SHM_DRV_MB, code << 24 | SHM_DRV_MSG_WAIT1 |
                         sequence);
        g_assert_cmphex(nc37xx_shm_read(nc, SHM_FW_MB), ==, sequence);
        sequence += 0x101;
    }
}

static bool driver_present(QNc37xx *nc)
{
    return nc37xx_shm_read(nc, SHM_BC_CONDITION) &
           SHM_BC_CONDITION_DRV_PRESENT;
}

static void driver_comes_and_goes(QNc37xx *nc)
{
    static const uint32_t goodbyes[] = {
        SHM_DRV_MSG_CODE_UNLOAD, SHM_DRV_MSG_CODE_SHUTDOWN,
        SHM_DRV_MSG_CODE_SUSPEND_WOL, SHM_DRV_MSG_CODE_SUSPEND_NO_WOL,
        SHM_DRV_MSG_CODE_UNLOAD_LNK_DN,
    };

    g_assert_false(driver_present(nc));
    for (size_t i = 0; i < ARRAY_SIZE(goodbyes); i++) {
        nc37xx_shm_write(nc, SHM_DRV_MB, SHM_DRV_MSG_CODE_RESET);
        g_assert_true(driver_present(nc));
        nc37xx_core_reset(nc);
        g_assert_true(driver_present(nc));
        nc37xx_shm_write(nc, SHM_DRV_MB, goodbyes[i]);
        g_assert_false(driver_present(nc));
    }
}

static void reset_type(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_BC_RESET_TYPE), ==,
                    SHM_BC_RESET_TYPE_SIGNATURE | SHM_BC_RESET_TYPE_PCI);
    nc37xx_shm_write(nc, SHM_DRV_MB, SHM_DRV_MSG_CODE_DIAG |
                     SHM_DRV_MSG_WAIT0 | 7);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_BC_RESET_TYPE), ==,
                    SHM_BC_RESET_TYPE_SIGNATURE | SHM_DRV_MSG_CODE_DIAG);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_FW_MB), ==, 7);
}

/* T10 */
static void header_comes_back(QNc37xx *nc)
{
    for (uint32_t at = 0; at < MEMORY_TEST_SIZE; at += 4) {
        nc37xx_indirect_write(nc, NC37XX_MCP_SCRATCH + at, 0xaa55aa55);
    }
    for (uint32_t at = SHM_DEV_INFO_SIGNATURE; at < SHM_FEATURE_END; at += 4) {
        nc37xx_shm_write(nc, at, 0xaa55aa55);
    }
    nc37xx_core_reset(nc);
    header(nc);
    mac_addresses(nc);
    board_data(nc);
    features(nc);
}

static void scratch_pad(QNc37xx *nc)
{
    nc37xx_indirect_write(nc, SCRATCH_PAD, 0x12345678);
    nc37xx_shm_write(nc, SHM_SCRATCH_FIRST, 0x9abcdef0);
    nc37xx_shm_write(nc, SHM_SCRATCH_END - 4, 0x0fedcba9);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_indirect_read(nc, SCRATCH_PAD), ==, 0x12345678);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_SCRATCH_FIRST), ==, 0x9abcdef0);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_SCRATCH_END - 4), ==, 0x0fedcba9);
}

static void pci_reset_clears(QNc37xx *nc)
{
    nc37xx_indirect_write(nc, SCRATCH_PAD, 0x12345678);
    nc37xx_shm_write(nc, SHM_SCRATCH_FIRST, 0x9abcdef0);
    nc37xx_shm_write(nc, SHM_DRV_PULSE_MB, 0x1234);
    qtest_system_reset(nc->qts);
    qpci_device_enable(&nc->dev);
    qpci_config_writel(&nc->dev, 0x10, nc->bar.addr);
    g_assert_cmphex(nc37xx_indirect_read(nc, SCRATCH_PAD), ==, 0);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_SCRATCH_FIRST), ==, 0);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_DRV_PULSE_MB), ==, 0);
    header(nc);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_BC_RESET_TYPE), ==,
                    SHM_BC_RESET_TYPE_SIGNATURE | SHM_BC_RESET_TYPE_PCI);
}

static void core_reset_clears(QNc37xx *nc)
{
    static const uint32_t cleared[] = {
        A_EMAC_MAC_MATCH0, A_EMAC_MODE, A_EMAC_RX_MODE, A_EMAC_ATTENTION_ENA,
        A_RPM_SORT_USER0, A_HC_STATUS_ADDR_L, A_HC_STATUS_ADDR_H,
        A_HC_STATISTICS_ADDR_L, A_HC_ATTN_BITS_ENABLE, A_TBDR_CONFIG,
        A_MISC_ENABLE_STATUS, A_NVM_SW_ARB, A_NVM_ACCESS_ENABLE,
    };

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_NVM_CFG1, 0x57808201);
    nc37xx_core_reset(nc);
    for (size_t i = 0; i < ARRAY_SIZE(cleared); i++) {
        g_assert_cmphex(nc37xx_read(nc, cleared[i]), ==, 0);
    }
    g_assert_cmphex(nc37xx_read(nc, A_NVM_CFG1), ==, nc->facts->nvm_strap);
    for (uint32_t at = 0; at < NC37XX_CONTEXT_MEMORY; at += 4) {
        g_assert_cmphex(nc37xx_context_read(nc, at), ==, 0);
    }
}

/* M1, and 3.2 step 3 */
static void core_reset_keeps(QNc37xx *nc)
{
    const uint32_t enables = R_PCICFG_MISC_CONFIG_REG_WINDOW_ENA_MASK |
                             R_PCICFG_MISC_CONFIG_TARGET_MB_WORD_SWAP_MASK;

    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_EXT_CTRL, 0x1234);
    nc37xx_write(nc, A_PCICFG_REG_WINDOW_ADDRESS, SCRATCH_PAD);
    qpci_config_writeb(&nc->dev, 0x3c, 0x77);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_MISC_CONFIG) & 0xffff, ==,
                    enables);
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_REG_WINDOW_ADDRESS), ==,
                    SCRATCH_PAD);
    g_assert_cmphex(qpci_config_readb(&nc->dev, 0x3c), ==, 0x77);
    g_assert_cmphex(nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_EXT_CTRL), ==,
                    0x1234);
    g_assert_true(FIELD_EX32(nc37xx_read(nc, A_EMAC_STATUS), EMAC_STATUS,
                             LINK));
}

/* T17 */
static void core_reset_silences(QNc37xx *nc)
{
    uint8_t frame[64], marked[NC37XX_PAGE];

    nc37xx_bring_up(nc);
    nc37xx_core_reset(nc);
    qtest_memset(nc->qts, nc->status, 0xcc, NC37XX_PAGE);
    qtest_memset(nc->qts, nc->rx_buffers, 0xcc, NC37XX_PAGE);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
                 R_HC_COMMAND_STATS_NOW_MASK);
    nc37xx_frame_fill_out(frame, sizeof(frame), 1);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    nc37xx_write(nc, A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    nc37xx_tx_doorbell(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    qtest_memread(nc->qts, nc->status, marked, sizeof(marked));
    for (size_t i = 0; i < sizeof(marked); i++) {
        g_assert_cmphex(marked[i], ==, 0xcc);
    }
    /* It is no cul-de-sac. */
    nc37xx_restart(nc);
    nc37xx_expect_sent(nc, 64, 2);
}

static uint32_t cpu_base(unsigned cpu)
{
    return NC37XX_CPU_FIRST + cpu * NC37XX_CPU_BLOCK;
}

static void scratch_memories(QNc37xx *nc)
{
    for (unsigned cpu = 0; cpu < NC37XX_CPUS; cpu++) {
        uint32_t first = cpu_base(cpu) + CPU_SCRATCH;
        uint32_t last = cpu_base(cpu) + CPU_SCRATCH_END - 4;

        nc37xx_indirect_write(nc, first, 0x11110000 + cpu);
        nc37xx_indirect_write(nc, last, 0x22220000 + cpu);
    }
    for (unsigned cpu = 0; cpu < NC37XX_CPUS; cpu++) {
        uint32_t first = cpu_base(cpu) + CPU_SCRATCH;
        uint32_t last = cpu_base(cpu) + CPU_SCRATCH_END - 4;

        g_assert_cmphex(nc37xx_indirect_read(nc, first), ==,
                        0x11110000 + cpu);
        g_assert_cmphex(nc37xx_indirect_read(nc, last), ==,
                        0x22220000 + cpu);
    }
}

/* As 4.4 does, with fewer words: each of them in each pattern. */
static void memory_test(QNc37xx *nc)
{
    static const struct {
        uint32_t first, size;
    } areas[] = {
        { 0x60000, 0x4000 }, { 0xa0000, 0x3000 }, { 0xe0000, 0x4000 },
        { 0x120000, 0x4000 }, { 0x1a0000, 0x4000 }, { 0x160000, 0x4000 },
    };
    static const uint32_t patterns[] = {
        0, 0xffffffff, 0x55555555, 0xaaaaaaaa, 0xaa55aa55, 0x55aa55aa,
    };

    for (size_t i = 0; i < ARRAY_SIZE(areas); i++) {
        for (uint32_t at = 0; at < areas[i].size; at += 0x1fc) {
            for (size_t p = 0; p < ARRAY_SIZE(patterns); p++) {
                nc37xx_indirect_write(nc, areas[i].first + at, patterns[p]);
                g_assert_cmphex(nc37xx_indirect_read(nc, areas[i].first + at),
                                ==, patterns[p]);
            }
        }
    }
    nc37xx_core_reset(nc);
    header(nc);
}

static void processor_registers(QNc37xx *nc)
{
    for (unsigned cpu = 0; cpu < NC37XX_CPUS; cpu++) {
        uint32_t base = cpu_base(cpu);

        nc37xx_indirect_write(nc, base + CPU_MODE, CPU_MODE_SOFT_HALT);
        nc37xx_indirect_write(nc, base + CPU_STATE, 0xffffff);
        nc37xx_indirect_write(nc, base + CPU_PROGRAM_COUNTER, 0x08000000);
        g_assert_cmphex(nc37xx_indirect_read(nc, base + CPU_MODE), ==,
                        CPU_MODE_SOFT_HALT);
        g_assert_cmphex(nc37xx_indirect_read(nc, base + CPU_STATE), ==, 0);
        g_assert_cmphex(nc37xx_indirect_read(nc, base + CPU_PROGRAM_COUNTER),
                        ==, 0x08000000);
    }
}

/* T14 */
static void receive_drops(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_indirect_read(nc, COM_FW_RX_DROP_COUNT), ==, 0);
    nc37xx_indirect_write(nc, COM_FW_RX_DROP_COUNT, 0xdeadbeef);
    nc37xx_core_reset(nc);
    g_assert_cmphex(nc37xx_indirect_read(nc, COM_FW_RX_DROP_COUNT), ==, 0);
}

static void rbuf(QNc37xx *nc)
{
    uint32_t scratch = nc37xx_indirect_read(nc, 0x1a000c);

    nc37xx_indirect_write(nc, 0x20000c, 0x13579bdf);
    nc37xx_indirect_write(nc, 0x200020, 0x02468ace);
    g_assert_cmphex(nc37xx_indirect_read(nc, 0x20000c), ==, 0x13579bdf);
    g_assert_cmphex(nc37xx_indirect_read(nc, 0x200020), ==, 0x02468ace);
    g_assert_cmphex(nc37xx_indirect_read(nc, 0x1a000c), ==, scratch);
}

static void context_memory(QNc37xx *nc)
{
    const uint32_t initialised = 0x3000;

    for (uint32_t at = 0; at < initialised; at += 0x44) {
        nc37xx_context_write(nc, at, ~at);
    }
    for (uint32_t at = 0; at < initialised; at += 0x44) {
        g_assert_cmphex(nc37xx_context_read(nc, at), ==, ~at);
    }
    nc37xx_context_write(nc, NC37XX_CONTEXT_MEMORY, 0x1234);
    g_assert_cmphex(nc37xx_context_read(nc, NC37XX_CONTEXT_MEMORY), ==, 0);
    nc37xx_context_write(nc, 0x1ffffc, 0x1234);
    g_assert_cmphex(nc37xx_context_read(nc, 0x1ffffc), ==, 0);
}

/* T12 */
static void narrow_mailbox(QNc37xx *nc)
{
    const uint32_t word = NC37XX_CID_TX * NC37XX_CONTEXT_SIZE +
                          TX_CTX_HOST_BIDX;

    nc37xx_context_write(nc, word, TX_CTX_CMD_TYPE_L2);
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_TX_BIDX, 0xbeef);
    g_assert_cmphex(nc37xx_context_read(nc, word), ==,
                    TX_CTX_CMD_TYPE_L2 | 0xbeef);
}

static void block_enables(QNc37xx *nc)
{
    const uint32_t hc = R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK;
    const uint32_t emac = R_MISC_ENABLE_STATUS_EMAC_MASK;

    g_assert_cmphex(nc37xx_read(nc, A_MISC_ENABLE_STATUS), ==, 0);
    nc37xx_write(nc, A_MISC_ENABLE_SET, hc);
    nc37xx_write(nc, A_MISC_ENABLE_SET, emac);
    g_assert_cmphex(nc37xx_read(nc, A_MISC_ENABLE_STATUS), ==, hc | emac);
    g_assert_cmphex(nc37xx_read(nc, A_MISC_ENABLE_SET), ==, hc | emac);
    nc37xx_write(nc, A_MISC_ENABLE_CLR, hc);
    g_assert_cmphex(nc37xx_read(nc, A_MISC_ENABLE_CLR), ==, emac);
    nc37xx_write(nc, A_MISC_ENABLE_STATUS, 0xffffffff);
    g_assert_cmphex(nc37xx_read(nc, A_MISC_ENABLE_STATUS), ==, emac);
}

/* R7: nothing is allocated on the guest's command. */
static void many_resets(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < 50; i++) {
        nc37xx_restart(nc);
        nc37xx_expect_sent(nc, 100, i);
    }
}

static const Nc37xxCase cases[] = {
    { "shared_memory_is_found_by_its_signatures", header },
    { "mac_addresses_are_in_shared_memory", mac_addresses },
    { "board_data_is_in_shared_memory", board_data },
    { "features_name_no_firmware_that_is_not_there", features },
    { "every_message_is_acknowledged_at_once", messages },
    { "driver_is_present_between_reset_and_goodbye", driver_comes_and_goes },
    { "reset_type_tells_pci_reset_from_message", reset_type },
    { "core_reset_restores_what_a_memory_test_spoils", header_comes_back },
    { "core_reset_keeps_the_scratch_pad", scratch_pad },
    { "pci_reset_clears_the_scratch_pad", pci_reset_clears },
    { "core_reset_clears_registers_and_contexts", core_reset_clears },
    { "core_reset_keeps_link_window_and_configuration", core_reset_keeps },
    { "core_reset_ends_all_dma", core_reset_silences },
    { "every_processor_has_its_own_memory", scratch_memories },
    { "memory_test_of_the_driver_passes", memory_test },
    { "processor_mode_is_stored_and_state_is_cleared", processor_registers },
    { "receive_drops_are_zero_after_reset", receive_drops },
    { "rbuf_registers_are_no_processor_memory", rbuf },
    { "context_memory_is_linear_and_bounded", context_memory },
    { "mailbox_of_16_bits_keeps_the_upper_half", narrow_mailbox },
    { "enables_are_set_and_cleared_bit_by_bit", block_enables },
    { "adapter_works_after_each_of_many_resets", many_resets },
};

static void register_tests(void)
{
    nc37xx_register_cases("board", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
