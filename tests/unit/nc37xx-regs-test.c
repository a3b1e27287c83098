/*
 * Registers: the masks that the driver's register test expects, the windows
 * through which they are seen, and resets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

typedef struct Mask {
    uint16_t address;
    uint32_t rw;                /* these follow what is written */
    uint32_t ro;                /* these stay as they were */
} Mask;

static const Mask masks[] = {
    { 0x006c, 0x00000000, 0x0000003f },
    { 0x0090, 0xffffffff, 0x00000000 },
    { 0x0404, 0x00003f00, 0x00000000 },
    { 0x0418, 0x00000000, 0xffffffff },
    { 0x041c, 0x00000000, 0xffffffff },
    { 0x0420, 0x00000000, 0x80ffffff },
    { 0x0428, 0x00000000, 0x00000001 },
    { 0x0450, 0x00000000, 0x0000ffff },
    { 0x0454, 0x00000000, 0xffffffff },
    { 0x0458, 0x00000000, 0xffffffff },
    { 0x0808, 0x00000000, 0xffffffff },
    { 0x0854, 0x00000000, 0xffffffff },
    { 0x0868, 0x00000000, 0x77777777 },
    { 0x086c, 0x00000000, 0x77777777 },
    { 0x0870, 0x00000000, 0x77777777 },
    { 0x0874, 0x00000000, 0x77777777 },
    { 0x0c00, 0x00000000, 0x00000001 },
    { 0x0c04, 0x00000000, 0x03ff0001 },
    { 0x0c08, 0x0f0ff073, 0x00000000 },
    { 0x1000, 0x00000000, 0x00000001 },
    { 0x1004, 0x00000000, 0x000f0001 },
    { 0x1408, 0x01c00800, 0x00000000 },
    { 0x149c, 0x8000ffff, 0x00000000 },
    { 0x14a8, 0x00000000, 0x000001ff },
    { 0x14ac, 0x0fffffff, 0x10000000 },
    { 0x14b0, 0x00000002, 0x00000001 },
    { 0x14c0, 0x00000000, 0x00000009 },
    { 0x14c4, 0x00003fff, 0x00000000 },
    { 0x14cc, 0x00000000, 0x00000001 },
    { 0x14d0, 0xffffffff, 0x00000000 },
    { 0x1800, 0x00000000, 0x00000001 },
    { 0x1804, 0x00000000, 0x00000003 },
    { 0x2800, 0x00000000, 0x00000001 },
    { 0x2804, 0x00000000, 0x00003f01 },
    { 0x2808, 0x0f3f3f03, 0x00000000 },
    { 0x2810, 0xffff0000, 0x00000000 },
    { 0x2814, 0xffff0000, 0x00000000 },
    { 0x2818, 0xffff0000, 0x00000000 },
    { 0x281c, 0xffff0000, 0x00000000 },
    { 0x2834, 0xffffffff, 0x00000000 },
    { 0x2840, 0x00000000, 0xffffffff },
    { 0x2844, 0x00000000, 0xffffffff },
    { 0x2848, 0xffffffff, 0x00000000 },
    { 0x284c, 0xf800f800, 0x07ff07ff },
    { 0x2c00, 0x00000000, 0x00000011 },
    { 0x2c04, 0x00000000, 0x00030007 },
    { 0x3c00, 0x00000000, 0x00000001 },
    { 0x3c04, 0x00000000, 0x00070000 },
    { 0x3c08, 0x00007f71, 0x07f00000 },
    { 0x3c0c, 0x1f3ffffc, 0x00000000 },
    { 0x3c10, 0xffffffff, 0x00000000 },
    { 0x3c14, 0x00000000, 0xffffffff },
    { 0x3c18, 0x00000000, 0xffffffff },
    { 0x3c1c, 0xfffff000, 0x00000000 },
    { 0x3c20, 0xffffff00, 0x00000000 },
    { 0x5004, 0x00000000, 0x0000007f },
    { 0x5008, 0x0f0007ff, 0x00000000 },
    { 0x5c00, 0x00000000, 0x00000001 },
    { 0x5c04, 0x00000000, 0x0003000f },
    { 0x5c08, 0x00000003, 0x00000000 },
    { 0x5c0c, 0x0000fff8, 0x00000000 },
    { 0x5c10, 0x00000000, 0xffffffff },
    { 0x5c80, 0x00000000, 0x0f7113f1 },
    { 0x5c84, 0x00000000, 0x0000f333 },
    { 0x5c88, 0x00000000, 0x00077373 },
    { 0x5c8c, 0x00000000, 0x0007f737 },
    { 0x6808, 0x0000ff7f, 0x00000000 },
    { 0x680c, 0xffffffff, 0x00000000 },
    { 0x6810, 0xffffffff, 0x00000000 },
    { 0x6814, 0xffffffff, 0x00000000 },
    { 0x6818, 0xffffffff, 0x00000000 },
    { 0x681c, 0xffffffff, 0x00000000 },
    { 0x6820, 0x00ff00ff, 0x00000000 },
    { 0x6824, 0x00ff00ff, 0x00000000 },
    { 0x6828, 0x00ff00ff, 0x00000000 },
    { 0x682c, 0x03ff03ff, 0x00000000 },
    { 0x6830, 0x03ff03ff, 0x00000000 },
    { 0x6834, 0x03ff03ff, 0x00000000 },
    { 0x6838, 0x03ff03ff, 0x00000000 },
    { 0x683c, 0x0000ffff, 0x00000000 },
    { 0x6840, 0x00000ff0, 0x00000000 },
    { 0x6844, 0x00ffff00, 0x00000000 },
    { 0x684c, 0xffffffff, 0x00000000 },
    { 0x6850, 0x7f7f7f7f, 0x00000000 },
    { 0x6854, 0x7f7f7f7f, 0x00000000 },
    { 0x6858, 0x7f7f7f7f, 0x00000000 },
    { 0x685c, 0x7f7f7f7f, 0x00000000 },
    { 0x6908, 0x00000000, 0x0001ff0f },
    { 0x690c, 0x00000000, 0x0ffe00f0 },
};

/* As the driver does: with the adapter reset and all blocks disabled. */
static void each_register_keeps_what_is_read_only_and_takes_the_rest(void)
{
    static const uint32_t values[] = { 0, 0xffffffff, 0xa5a5a5a5 };
    uint32_t old, now;
    size_t i, v;

    for (i = 0; i < ARRAY_SIZE(masks); i++) {
        card_power_up("nc373i");
        for (v = 0; v < ARRAY_SIZE(values); v++) {
            old = card_read(masks[i].address);
            card_write(masks[i].address, values[v]);
            now = card_read(masks[i].address);
            CU_ASSERT_EQUAL(now & masks[i].rw, values[v] & masks[i].rw);
            CU_ASSERT_EQUAL(now & masks[i].ro, old & masks[i].ro);
        }
    }
}

static void the_register_test_has_no_effect_on_memory(void)
{
    size_t i;

    card_power_up("nc370t");
    for (i = 0; i < ARRAY_SIZE(masks); i++) {
        card_write(masks[i].address, 0xffffffff);
        card_write(masks[i].address, 0);
    }
    CU_ASSERT_EQUAL(card.dma_count, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.msi_count + card.intx_changes, 0);
}

static void every_offset_can_be_read_and_written_in_every_size(void)
{
    static const uint32_t ranges[][2] = {
        { 0, 0x13000 }, { 0x40ff00, 0x411000 }, { 0x1ffff00, 0x2000000 },
    };
    uint32_t offset;
    unsigned size;
    size_t i;

    card_open();
    for (i = 0; i < ARRAY_SIZE(ranges); i++) {
        for (size = 1; size <= 4; size *= 2) {
            for (offset = ranges[i][0]; offset < ranges[i][1];
                 offset += size) {
                nc37xx_write(&card.nc, offset,
                             nc37xx_read(&card.nc, offset, size), size);
                nc37xx_write(&card.nc, offset, 0xffffffff >> (32 - 8 * size),
                             size);
            }
        }
    }
    CU_ASSERT_TRUE(card.events[NC37XX_EVENT_register_narrow] > 0);
    CU_ASSERT_TRUE(card.events[NC37XX_EVENT_mailbox_unknown] > 0);
}

static void every_word_of_grc_can_be_read_and_written(void)
{
    uint32_t address;

    card_power_up("nc370t");
    for (address = 0; address < NC37XX_GRC_SIZE; address += 4) {
        card_grc_write(address, card_grc_read(address));
        card_grc_write(address, 0xffffffff);
    }
    CU_ASSERT_TRUE(card.events[NC37XX_EVENT_register_unknown] > 0);
    nc37xx_pci_reset(&card.nc);
    CU_ASSERT_EQUAL(card_read(A_PCI_SWAP_DIAG0), PCI_SWAP_DIAG0_VALUE);
}

static void a_register_shows_through_all_three_windows(void)
{
    card_power_up("nc373i");
    card_write(A_EMAC_BACKOFF_SEED, 0xcafe0123);
    CU_ASSERT_EQUAL(card_grc_read(A_EMAC_BACKOFF_SEED), 0xcafe0123);
    card_write(A_PCICFG_REG_WINDOW_ADDRESS, A_EMAC_BACKOFF_SEED);
    CU_ASSERT_EQUAL(card_read(A_PCICFG_REG_WINDOW), 0xcafe0123);
    card_write(A_PCI_GRC_WINDOW, 0);
    CU_ASSERT_EQUAL(card_read(NC37XX_BAR_WINDOW + A_EMAC_BACKOFF_SEED),
                    0xcafe0123);
    card_grc_write(A_EMAC_BACKOFF_SEED, 1);
    CU_ASSERT_EQUAL(card_read(A_EMAC_BACKOFF_SEED), 1);
    card_write(NC37XX_BAR_WINDOW + A_EMAC_BACKOFF_SEED, 2);
    CU_ASSERT_EQUAL(card_read(A_EMAC_BACKOFF_SEED), 2);
}

static void the_grc_window_shows_where_its_base_says(void)
{
    card_power_up("nc373i");
    card_write(A_PCI_GRC_WINDOW, NC37XX_MCP_SCRATCH);
    CU_ASSERT_EQUAL(card_read(NC37XX_BAR_WINDOW), NC37XX_SHM_HEADER_SIGNATURE |
                    NC37XX_SHM_HEADER_VERSION);
    card_write(NC37XX_BAR_WINDOW + 0x4000, 0x13572468);
    CU_ASSERT_EQUAL(card_grc_read(NC37XX_MCP_SCRATCH + 0x4000), 0x13572468);
}

static void a_register_can_be_read_in_bytes_but_not_written(void)
{
    card_power_up("nc373i");
    card_write(A_EMAC_BACKOFF_SEED, 0x44332211);
    CU_ASSERT_EQUAL(nc37xx_read(&card.nc, A_EMAC_BACKOFF_SEED + 1, 1), 0x22);
    CU_ASSERT_EQUAL(nc37xx_read(&card.nc, A_EMAC_BACKOFF_SEED + 2, 2),
                    0x4433);
    nc37xx_write(&card.nc, A_EMAC_BACKOFF_SEED + 2, 0, 2);
    nc37xx_pcicfg_write(&card.nc, A_PCICFG_REG_WINDOW, 0, 1);
    CU_ASSERT_EQUAL(card_read(A_EMAC_BACKOFF_SEED), 0x44332211);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_register_narrow], 2);
}

/* T3: a driver reads it before it knows where shared memory is. */
static void configuration_space_shows_in_the_bar_and_in_grc(void)
{
    card_power_up("nc373i");
    stl_le_p(card.config + 0x40, 0x00124807);
    CU_ASSERT_EQUAL(card_read(0x40), 0x00124807);
    CU_ASSERT_EQUAL(card_grc_read(0x40), 0x00124807);
    card_grc_write(0x10, 0xfe000004);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(card.config + 0x10), 0xfe000004);
    nc37xx_write(&card.nc, 0x58, 0x81, 1);
    CU_ASSERT_EQUAL(card.config[0x58], 0x81);
    CU_ASSERT_EQUAL(nc37xx_read(&card.nc, 0x58, 1), 0x81);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_config_write], 2);
}

static void a_window_that_shows_itself_shows_nothing(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_grc_read(A_PCICFG_REG_WINDOW), 0);
    card_grc_write(A_PCICFG_REG_WINDOW, 0xffffffff);
    card_write(A_PCI_GRC_WINDOW, 0);
    CU_ASSERT_EQUAL(card_read(NC37XX_BAR_WINDOW + A_PCICFG_REG_WINDOW), 0);
}

static void a_chip_says_which_it_is(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_read(A_MISC_ID), 0x57081020);
    CU_ASSERT_EQUAL(card_read(A_PCI_ID_VAL1), 0x14e4164c);
    CU_ASSERT_EQUAL(card_read(A_PCI_ID_VAL2), 0x7038103c);
    CU_ASSERT_EQUAL(card_read(A_PCI_ID_VAL3), 0x12020000);
    CU_ASSERT_EQUAL(card_read(A_PCICFG_MISC_CONFIG) >> 16, 0x0102);
    card_power_up("nc370t");
    CU_ASSERT_EQUAL(card_read(A_MISC_ID), 0x57060020);
    CU_ASSERT_EQUAL(card_read(A_PCI_ID_VAL1), 0x14e4164a);
    CU_ASSERT_EQUAL(card_read(A_PCI_ID_VAL2), 0x3101103c);
    CU_ASSERT_EQUAL(card_read(A_PCI_ID_VAL3), 0x02020000);
}

static void a_chip_says_which_bus_it_is_on(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_read(A_PCICFG_MISC_STATUS), 0x29);
    CU_ASSERT_EQUAL(card_read(A_PCICFG_PCI_CLOCK_CONTROL) & 15, 7);
    card_write(A_PCICFG_PCI_CLOCK_CONTROL, 0xfffffff0);
    CU_ASSERT_EQUAL(card_read(A_PCICFG_PCI_CLOCK_CONTROL), 0xfffffff7);
    CU_ASSERT_EQUAL(card_read(A_PCI_CONFIG_2), 0x81a);
    CU_ASSERT_EQUAL(card_read(A_PCI_SWAP_DIAG0), 0x01020304);
}

static void msi_registers_mirror_the_capability(void)
{
    card_power_up("nc373i");
    stl_le_p(card.config + 0x5c, 0xfee0100c);
    stl_le_p(card.config + 0x60, 0x00000001);
    stw_le_p(card.config + 0x64, 0x4031);
    CU_ASSERT_EQUAL(card_read(A_PCI_MSI_ADDR_L), 0xfee0100c);
    CU_ASSERT_EQUAL(card_read(A_PCI_MSI_ADDR_H), 1);
    CU_ASSERT_EQUAL(card_read(A_PCI_MSI_DATA), 0x4031);
}

static void enables_are_set_and_cleared_bit_by_bit(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_read(A_MISC_ENABLE_STATUS), 0);
    card_write(A_MISC_ENABLE_SET, 0x00280001);
    card_write(A_MISC_ENABLE_CLR, 0x00200000);
    card_write(A_MISC_ENABLE_STATUS, 0xffffffff);
    CU_ASSERT_EQUAL(card_read(A_MISC_ENABLE_STATUS), 0x00080001);
    CU_ASSERT_EQUAL(card_read(A_MISC_ENABLE_SET), 0x00080001);
    CU_ASSERT_EQUAL(card_read(A_MISC_ENABLE_CLR), 0x00080001);
}

static void processor_state_is_cleared_by_ones(void)
{
    uint32_t rxp = NC37XX_CPU_FIRST + NC37XX_CPU_RXP * NC37XX_CPU_BLOCK;

    card_power_up("nc373i");
    card.nc.cpus[NC37XX_CPU_RXP].regs[1] = 0x00000c01;
    card_grc_write(rxp + CPU_STATE, 0x00000400);
    CU_ASSERT_EQUAL(card_grc_read(rxp + CPU_STATE), 0x00000801);
    card_grc_write(rxp + CPU_MODE, CPU_MODE_SOFT_HALT);
    CU_ASSERT_EQUAL(card_grc_read(rxp + CPU_MODE), CPU_MODE_SOFT_HALT);
}

static void each_processor_has_memory_of_its_own(void)
{
    uint32_t base, n;

    card_power_up("nc373i");
    for (n = 0; n < NC37XX_CPUS; n++) {
        base = NC37XX_CPU_FIRST + n * NC37XX_CPU_BLOCK;
        card_grc_write(base + CPU_SCRATCH + 0x100, n + 1);
        card_grc_write(base + CPU_SCRATCH_END - 4, ~n);
        card_grc_write(base + CPU_PROGRAM_COUNTER, n + 0x08000000);
        card_grc_write(base + CPU_REGS_END, 0xffffffff);
        card_grc_write(base + CPU_REGS - 4, 0xffffffff);
        card_grc_write(base + CPU_SCRATCH - 4, 0xffffffff);
    }
    for (n = 0; n < NC37XX_CPUS; n++) {
        base = NC37XX_CPU_FIRST + n * NC37XX_CPU_BLOCK;
        CU_ASSERT_NOT_EQUAL(card_grc_read(base + CPU_SCRATCH), 0xffffffff);
        CU_ASSERT_EQUAL(card_grc_read(base + CPU_REGS), 0);
        CU_ASSERT_EQUAL(card_grc_read(base + CPU_REGS_END), 0);
        CU_ASSERT_EQUAL(card_grc_read(base + CPU_SCRATCH + 0x100), n + 1);
        CU_ASSERT_EQUAL(card_grc_read(base + CPU_SCRATCH_END - 4), ~n);
        CU_ASSERT_EQUAL(card_grc_read(base + CPU_PROGRAM_COUNTER),
                        n + 0x08000000);
    }
}

static void what_is_not_there_reads_zero_and_is_reported(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_grc_read(0x10000), 0);
    card_grc_write(0x3ffffc, 1);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_register_unknown], 2);
    CU_ASSERT_EQUAL(card_grc_read(NC37XX_EPB_FIRST), 0);
    CU_ASSERT_EQUAL(card_grc_read(NC37XX_CPU_FIRST), 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_register_unknown], 2);
    CU_ASSERT_EQUAL(card_read(NC37XX_BAR_MAILBOX), 0);
}

static void receive_buffer_configuration_is_storage_of_its_own(void)
{
    card_power_up("nc373i");
    card_grc_write(NC37XX_RBUF_FIRST + 0xc, 0x00400040);
    CU_ASSERT_EQUAL(card_grc_read(NC37XX_RBUF_FIRST + 0xc), 0x00400040);
    card_core_reset();
    CU_ASSERT_EQUAL(card_grc_read(NC37XX_RBUF_FIRST + 0xc), 0);
}

static void context_memory_is_seen_through_its_registers(void)
{
    card_power_up("nc373i");
    card_context_write(3, 0x10, 0x01020304);
    card_write(A_CTX_DATA_ADR, 3 * 0x80 + 0x10);
    CU_ASSERT_EQUAL(card_read(A_CTX_DATA), 0x01020304);
    card_write(A_CTX_DATA_ADR, NC37XX_CONTEXT_MEMORY);
    card_write(A_CTX_DATA, 1);
    CU_ASSERT_EQUAL(card_read(A_CTX_DATA), 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_context_outside], 2);
}

static uint32_t context_word(uint32_t address)
{
    card_write(A_CTX_DATA_ADR, address);
    return card_read(A_CTX_DATA);
}

/* T12 */
static void a_mailbox_of_16_bits_changes_half_a_word(void)
{
    card_power_up("nc373i");
    card_context_write(NC37XX_CID_TX, TX_CTX_CMD_TYPE, TX_CTX_CMD_TYPE_L2);
    nc37xx_write(&card.nc, NC37XX_DOORBELL_TX_BIDX, 0x1234, 2);
    CU_ASSERT_EQUAL(context_word(16 * 0x80 + TX_CTX_CMD_TYPE), 0x00081234);
    nc37xx_write(&card.nc, NC37XX_DOORBELL_TX_BIDX + 2, 0xabcd, 2);
    CU_ASSERT_EQUAL(context_word(16 * 0x80 + TX_CTX_CMD_TYPE), 0xabcd1234);
}

static void a_mailbox_is_written_through_configuration_space(void)
{
    card_power_up("nc373i");
    card_write(A_PCICFG_MAILBOX_QUEUE_ADDR, NC37XX_BAR_MAILBOX + 0x10);
    card_write(A_PCICFG_MAILBOX_QUEUE_DATA, 0x76543210);
    CU_ASSERT_EQUAL(context_word(0x10), 0x76543210);
}

static void a_mailbox_that_is_not_there_is_refused(void)
{
    static const uint32_t offsets[] = {
        0, 0xffff, NC37XX_BAR_MAILBOX + 0xc0, NC37XX_BAR_MAILBOX + 0x8000,
        NC37XX_BAR_MAILBOX_END, 0xffffffff,
    };
    size_t i;

    card_power_up("nc373i");
    for (i = 0; i < ARRAY_SIZE(offsets); i++) {
        card_write(A_PCICFG_MAILBOX_QUEUE_ADDR, offsets[i]);
        card_write(A_PCICFG_MAILBOX_QUEUE_DATA, 0xffffffff);
    }
    nc37xx_write(&card.nc, NC37XX_BAR_MAILBOX + 0x10, 0xff, 1);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_mailbox_unknown],
                    ARRAY_SIZE(offsets) + 1);
    CU_ASSERT_EQUAL(context_word(0x10), 0);
}

static void clearing_context_memory_stops_the_rings(void)
{
    card_open();
    CU_ASSERT_TRUE(card.nc.tx.armed && card.nc.rx.armed);
    card_context_write(NC37XX_CID_TX, TX_CTX_BHADDR_HI, 0);
    card_context_write(NC37XX_CID_TX, TX_CTX_BHADDR_LO, 0);
    card_context_write(NC37XX_CID_RX, RX_CTX_BDHADDR_HI, 0);
    card_context_write(NC37XX_CID_RX, RX_CTX_BDHADDR_LO, 0);
    CU_ASSERT_FALSE(card.nc.tx.armed || card.nc.rx.armed);
}

/* T11: the driver does this at each change of the link. */
static void the_type_of_a_context_does_not_restart_its_ring(void)
{
    card_open();
    card.nc.rx.at.index = 77;
    card_context_write(NC37XX_CID_RX, RX_CTX_TYPE, RX_CTX_TYPE_L2 | 0xff);
    CU_ASSERT_EQUAL(card.nc.rx.at.index, 77);
    CU_ASSERT_TRUE(card.nc.rx.armed);
}

static void a_core_reset_is_over_at_once(void)
{
    card_open();
    card_write(A_EMAC_BACKOFF_SEED, 5);
    card_core_reset();
    CU_ASSERT_EQUAL(card_read(A_PCICFG_MISC_CONFIG) & 0xffff, 0x88);
    CU_ASSERT_EQUAL(card_read(A_EMAC_BACKOFF_SEED), 0);
    CU_ASSERT_EQUAL(card_read(A_MISC_ENABLE_STATUS), 0);
    CU_ASSERT_EQUAL(card_read(A_PCI_SWAP_DIAG0), PCI_SWAP_DIAG0_VALUE);
    CU_ASSERT_FALSE(card.nc.tx.armed || card.nc.rx.armed);
    CU_ASSERT_EQUAL(card_read(A_NVM_CFG1), NVM_STRAP_M45PE20);
}

static void a_core_reset_clears_context_and_firmware(void)
{
    uint32_t com = NC37XX_CPU_FIRST + NC37XX_CPU_COM * NC37XX_CPU_BLOCK;

    card_open();
    card_grc_write(com + CPU_SCRATCH + 0x84, 0xffffffff);
    card_context_write(5, 0, 1);
    card_core_reset();
    CU_ASSERT_EQUAL(card_grc_read(com + CPU_SCRATCH + 0x84), 0);
    CU_ASSERT_EQUAL(context_word(5 * 0x80), 0);
}

static void a_core_reset_keeps_window_and_enables(void)
{
    card_open();
    card_write(A_PCICFG_REG_WINDOW_ADDRESS, 0x160004);
    card_core_reset();
    CU_ASSERT_EQUAL(card_read(A_PCICFG_REG_WINDOW_ADDRESS), 0x160004);
    nc37xx_pci_reset(&card.nc);
    CU_ASSERT_EQUAL(card_read(A_PCICFG_REG_WINDOW_ADDRESS), 0);
    CU_ASSERT_EQUAL(card_read(A_PCICFG_MISC_CONFIG) & 0xffff, 0);
}

static void a_state_that_cannot_be_is_not_loaded(void)
{
    card_open();
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    card.nc.phy.link = LINK_STATES;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    card.nc.phy.link = LINK_UP;
    card.nc.tx.at.page = 0;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    card.nc.tx.armed = false;
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    card.nc.rx.at.page = 0;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    card.nc.rx.armed = false;
    card.nc.rx_pages.armed = true;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
}

static bool loads_with(unsigned reg, uint32_t value)
{
    card_open();
    card.nc.regs[reg] = value;
    return nc37xx_loaded(&card.nc);
}

/* The window would be read through the window, until the stack is full. */
static void a_window_on_itself_is_not_loaded_in_disguise(void)
{
    const unsigned window = R_PCICFG_REG_WINDOW_ADDRESS;

    CU_ASSERT_TRUE(loads_with(window, A_PCICFG_REG_WINDOW));
    CU_ASSERT_EQUAL(card_read(A_PCICFG_REG_WINDOW), 0);
    CU_ASSERT_FALSE(loads_with(window, A_PCICFG_REG_WINDOW | 1));
    CU_ASSERT_FALSE(loads_with(window, A_PCICFG_REG_WINDOW |
                                       NC37XX_GRC_SIZE));
}

static void an_address_register_with_foreign_bits_is_not_loaded(void)
{
    CU_ASSERT_TRUE(loads_with(R_CTX_DATA_ADR, 0x1ffffc));
    CU_ASSERT_FALSE(loads_with(R_CTX_DATA_ADR, 2));
    CU_ASSERT_FALSE(loads_with(R_CTX_DATA_ADR, 0x200000));
    CU_ASSERT_TRUE(loads_with(R_NVM_ADDR, 0xffffff));
    CU_ASSERT_FALSE(loads_with(R_NVM_ADDR, 0x1000000));
}

static void a_loaded_state_has_no_descriptors_of_the_old_one(void)
{
    card_open();
    card.nc.tx.cached_count = card.nc.rx.cached_count = 9;
    card.nc.rx_pages.cached_count = 9;
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    CU_ASSERT_EQUAL(card.nc.tx.cached_count + card.nc.rx.cached_count +
                    card.nc.rx_pages.cached_count, 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(each_register_keeps_what_is_read_only_and_takes_the_rest),
    UNIT_CASE(the_register_test_has_no_effect_on_memory),
    UNIT_CASE(every_offset_can_be_read_and_written_in_every_size),
    UNIT_CASE(every_word_of_grc_can_be_read_and_written),
    UNIT_CASE(a_register_shows_through_all_three_windows),
    UNIT_CASE(the_grc_window_shows_where_its_base_says),
    UNIT_CASE(a_register_can_be_read_in_bytes_but_not_written),
    UNIT_CASE(configuration_space_shows_in_the_bar_and_in_grc),
    UNIT_CASE(a_window_that_shows_itself_shows_nothing),
    UNIT_CASE(a_chip_says_which_it_is),
    UNIT_CASE(a_chip_says_which_bus_it_is_on),
    UNIT_CASE(msi_registers_mirror_the_capability),
    UNIT_CASE(enables_are_set_and_cleared_bit_by_bit),
    UNIT_CASE(processor_state_is_cleared_by_ones),
    UNIT_CASE(each_processor_has_memory_of_its_own),
    UNIT_CASE(what_is_not_there_reads_zero_and_is_reported),
    UNIT_CASE(receive_buffer_configuration_is_storage_of_its_own),
    UNIT_CASE(context_memory_is_seen_through_its_registers),
    UNIT_CASE(a_mailbox_of_16_bits_changes_half_a_word),
    UNIT_CASE(a_mailbox_is_written_through_configuration_space),
    UNIT_CASE(a_mailbox_that_is_not_there_is_refused),
    UNIT_CASE(clearing_context_memory_stops_the_rings),
    UNIT_CASE(the_type_of_a_context_does_not_restart_its_ring),
    UNIT_CASE(a_core_reset_is_over_at_once),
    UNIT_CASE(a_core_reset_clears_context_and_firmware),
    UNIT_CASE(a_core_reset_keeps_window_and_enables),
    UNIT_CASE(a_state_that_cannot_be_is_not_loaded),
    UNIT_CASE(a_window_on_itself_is_not_loaded_in_disguise),
    UNIT_CASE(an_address_register_with_foreign_bits_is_not_loaded),
    UNIT_CASE(a_loaded_state_has_no_descriptors_of_the_old_one),
};

int main(int argc, char **argv)
{
    return unit_main("registers", cases, CASES, argc, argv);
}
