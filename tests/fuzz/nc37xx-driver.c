/*
 * A driver of the fuzzed adapter, as far as good drivers agree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "nc37xx-core.h"
#include "nc37xx-driver.h"
#include "nc37xx-world.h"

struct driver driver;

void chip_write_sized(uint32_t offset, uint32_t value, unsigned size)
{
    world_begin();
    nc37xx_write(&world.nc, offset & (NC37XX_BAR_SIZE - size), value, size);
    world_end();
}

void chip_write(uint32_t offset, uint32_t value)
{
    chip_write_sized(offset, value, 4);
}

void context_write(unsigned cid, unsigned offset, uint32_t value)
{
    chip_write(A_CTX_DATA_ADR, cid * NC37XX_CONTEXT_SIZE + offset);
    chip_write(A_CTX_DATA, value);
}

void grc_write(uint32_t address, uint32_t value)
{
    chip_write(A_PCICFG_REG_WINDOW_ADDRESS, address);
    chip_write(A_PCICFG_REG_WINDOW, value);
}

void mdio(unsigned command, unsigned reg, uint16_t value)
{
    uint32_t word = FIELD_DP32(value, EMAC_MDIO_COMM, REG_ADDR, reg);

    word = FIELD_DP32(word, EMAC_MDIO_COMM, PHY_ADDR,
                      world.nc.model->media == NC37XX_SERDES_5708 ? 2 : 1);
    word = FIELD_DP32(word, EMAC_MDIO_COMM, COMMAND, command);
    chip_write(A_EMAC_MDIO_COMM,
               FIELD_DP32(word, EMAC_MDIO_COMM, START_BUSY, 1));
}

void bd_put(uint64_t ring, unsigned slot, uint64_t address,
            uint32_t word2, uint32_t word3)
{
    uint8_t *bd = world_memory(ring + slot % driver.slots * BD_SIZE, BD_SIZE);

    stl_le_p(bd + BD_HADDR_HI, address >> 32);
    stl_le_p(bd + BD_HADDR_LO, address);
    stl_le_p(bd + 8, word2);
    stl_le_p(bd + 12, word3);
}

unsigned next_index(unsigned index)
{
    index++;
    return (index + 1) % driver.slots ? index : index + 1;
}

void ring_start(unsigned cid, unsigned low, uint64_t page)
{
    bd_put(page, driver.slots - 1, page, 0, 0);
    context_write(cid, low - 4, page >> 32);
    context_write(cid, low, page);
}

static void program_rings(unsigned shift)
{
    driver = (struct driver) { .slots = (256u << shift) / BD_SIZE };
    chip_write(A_TBDR_CONFIG, shift << R_TBDR_CONFIG_PAGE_SIZE_SHIFT);
    ring_start(NC37XX_CID_TX, TX_CTX_BHADDR_LO, TX_RING_AT);
    ring_start(NC37XX_CID_RX, RX_CTX_BDHADDR_LO, RX_RING_AT);
}

static void program_filter(bool promiscuous)
{
    chip_write(A_EMAC_MAC_MATCH0, 0x0017);
    chip_write(A_EMAC_MAC_MATCH1, 0x08a1b2c3);
    chip_write(A_EMAC_RX_MTU_SIZE, NC37XX_FRAME_MAX);
    chip_write(A_RPM_SORT_USER0, R_RPM_SORT_USER0_ENA_MASK |
               R_RPM_SORT_USER0_BC_EN_MASK | 1 |
               (promiscuous ? R_RPM_SORT_USER0_PROM_EN_MASK : 0));
}

static void program_blocks(void)
{
    chip_write(A_HC_STATUS_ADDR_L, (uint32_t)STATUS_AT);
    chip_write(A_HC_STATUS_ADDR_H, STATUS_AT >> 32);
    chip_write(A_HC_STATISTICS_ADDR_L, (uint32_t)STATISTICS_AT);
    chip_write(A_HC_STATISTICS_ADDR_H, STATISTICS_AT >> 32);
}

void program(uint8_t how)
{
    program_filter(how & 8);
    program_blocks();
    chip_write(A_DMA_CONFIG, R_DMA_CONFIG_CNTL_WORD_SWAP_MASK);
    chip_write(A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    program_rings((how & 7) % 6);
    chip_write(A_EMAC_MODE, how & 16 ? R_EMAC_MODE_MAC_LOOP_MASK : 0);
    if (how & 32) {
        chip_write(A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
        chip_write(A_HC_ATTN_BITS_ENABLE, STATUS_ATTN_LINK_STATE);
        chip_write(A_PCICFG_STATUS_BIT_SET_CMD, STATUS_ATTN_LINK_STATE);
    }
    if (how & 64) {
        chip_write(A_PCICFG_INT_ACK_CMD,
                   R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK);
    }
}

void ring_tx(void)
{
    chip_write_sized(NC37XX_DOORBELL_TX_BIDX, driver.tx & 0xffff, 2);
    chip_write(NC37XX_DOORBELL_TX_BSEQ, 0);
}

static void ring_rx(void)
{
    chip_write_sized(NC37XX_DOORBELL_RX_BDIDX, driver.rx & 0xffff, 2);
    chip_write(NC37XX_DOORBELL_RX_BSEQ, 0);
}

void buffers_put(unsigned count, uint32_t size)
{
    for (; count; count--) {
        bd_put(RX_RING_AT, driver.rx,
               BUFFERS_AT + driver.buffer++ % BUFFER_COUNT * BUFFER_SIZE,
               size, RX_BD_FLAG_START | RX_BD_FLAG_END);
        driver.rx = next_index(driver.rx);
    }
    ring_rx();
}
