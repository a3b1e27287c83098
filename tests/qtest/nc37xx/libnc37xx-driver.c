/*
 * NC37xx adapters for qtests: a small driver for the rings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

#define MSI_MESSAGE 0x4321

void nc37xx_core_reset(QNc37xx *nc)
{
    uint32_t value;

    nc37xx_write(nc, A_PCICFG_MISC_CONFIG,
                 R_PCICFG_MISC_CONFIG_CORE_RST_REQ_MASK |
                 R_PCICFG_MISC_CONFIG_REG_WINDOW_ENA_MASK |
                 R_PCICFG_MISC_CONFIG_TARGET_MB_WORD_SWAP_MASK);
    value = nc37xx_read(nc, A_PCICFG_MISC_CONFIG);
    g_assert_false(value & (R_PCICFG_MISC_CONFIG_CORE_RST_REQ_MASK |
                            R_PCICFG_MISC_CONFIG_CORE_RST_BSY_MASK));
}

static uint64_t slot_address(const uint64_t *pages, uint16_t index)
{
    return pages[index / NC37XX_PAGE_SLOTS % NC37XX_RING_PAGES] +
           index % NC37XX_PAGE_SLOTS * BD_SIZE;
}

static void bd_write(QNc37xx *nc, uint64_t slot, uint64_t address,
                     uint32_t word2, uint32_t word3)
{
    uint8_t bd[BD_SIZE];

    stl_le_p(bd + BD_HADDR_HI, address >> 32);
    stl_le_p(bd + BD_HADDR_LO, address);
    stl_le_p(bd + 8, word2);
    stl_le_p(bd + 12, word3);
    qtest_memwrite(nc->qts, slot, bd, sizeof(bd));
}

static void ring_link(QNc37xx *nc, const uint64_t *pages)
{
    for (unsigned i = 0; i < NC37XX_RING_PAGES; i++) {
        bd_write(nc, pages[i] + NC37XX_LINK_SLOT * BD_SIZE,
                 pages[(i + 1) % NC37XX_RING_PAGES], 0, 0);
    }
}

static uint16_t next_index(uint16_t index)
{
    index++;
    return index % NC37XX_PAGE_SLOTS == NC37XX_LINK_SLOT ? index + 1 : index;
}

void nc37xx_rx_bd(QNc37xx *nc, uint16_t index, uint64_t address,
                  uint32_t size)
{
    bd_write(nc, slot_address(nc->rx_page, index), address, size,
             RX_BD_FLAG_START | RX_BD_FLAG_END);
}

static uint64_t rx_buffer(const QNc37xx *nc, uint16_t index)
{
    return nc->rx_buffers + index %
           (NC37XX_RING_PAGES * NC37XX_PAGE_SLOTS) * NC37XX_BUFFER;
}

static void rings_start(QNc37xx *nc)
{
    const uint32_t tx = NC37XX_CID_TX * NC37XX_CONTEXT_SIZE;
    const uint32_t rx = NC37XX_CID_RX * NC37XX_CONTEXT_SIZE;
    uint16_t i;

    nc37xx_context_write(nc, tx + TX_CTX_TYPE, TX_CTX_TYPE_L2);
    nc37xx_context_write(nc, tx + TX_CTX_CMD_TYPE, TX_CTX_CMD_TYPE_L2);
    nc37xx_context_write(nc, tx + TX_CTX_BHADDR_HI, nc->tx_page[0] >> 32);
    nc37xx_context_write(nc, tx + TX_CTX_BHADDR_LO, nc->tx_page[0]);
    nc37xx_context_write(nc, rx + RX_CTX_TYPE, RX_CTX_TYPE_L2);
    nc37xx_context_write(nc, rx + RX_CTX_PG_BUF_SIZE, 0);
    nc37xx_context_write(nc, rx + RX_CTX_BDHADDR_HI, nc->rx_page[0] >> 32);
    nc37xx_context_write(nc, rx + RX_CTX_BDHADDR_LO, nc->rx_page[0]);
    ring_link(nc, nc->tx_page);
    ring_link(nc, nc->rx_page);
    for (i = 0; i < NC37XX_RING_PAGES * NC37XX_PAGE_SLOTS - 1;
         i = next_index(i)) {
        nc37xx_rx_bd(nc, i, rx_buffer(nc, i), NC37XX_BUFFER);
    }
    nc->tx_producer = 0;
    nc->rx_consumer = 0;
    nc->rx_producer = NC37XX_RING_PAGES * NC37XX_PAGE_SLOTS - 1;
    nc37xx_rx_doorbell(nc);
}

static void status_start(QNc37xx *nc)
{
    nc37xx_write(nc, A_HC_STATUS_ADDR_L, nc->status);
    nc37xx_write(nc, A_HC_STATUS_ADDR_H, nc->status >> 32);
    nc37xx_write(nc, A_HC_STATISTICS_ADDR_L, nc->statistics);
    nc37xx_write(nc, A_HC_STATISTICS_ADDR_H, nc->statistics >> 32);
    nc37xx_write(nc, A_HC_CONFIG, R_HC_CONFIG_COLLECT_STATS_MASK |
                 R_HC_CONFIG_RX_TMR_MODE_MASK | R_HC_CONFIG_TX_TMR_MODE_MASK);
    nc37xx_write(nc, A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    nc37xx_write(nc, A_HC_ATTN_BITS_ENABLE, STATUS_ATTN_LINK_STATE);
}

static void mac_start(QNc37xx *nc)
{
    uint32_t filter = 1 << R_RPM_SORT_USER0_PM_EN_SHIFT |
                      R_RPM_SORT_USER0_BC_EN_MASK;

    nc37xx_write(nc, A_EMAC_MAC_MATCH0, lduw_be_p(nc37xx_mac));
    nc37xx_write(nc, A_EMAC_MAC_MATCH1, ldl_be_p(nc37xx_mac + 2));
    nc37xx_write(nc, A_EMAC_RX_MTU_SIZE, 1500 + 18);
    nc37xx_write(nc, A_EMAC_MODE, EMAC_PORT_GMII << R_EMAC_MODE_PORT_SHIFT);
    nc37xx_write(nc, A_EMAC_RX_MODE, R_EMAC_RX_MODE_SORT_MODE_MASK);
    nc37xx_write(nc, A_RPM_SORT_USER0, 0);
    nc37xx_write(nc, A_RPM_SORT_USER0, filter);
    nc37xx_write(nc, A_RPM_SORT_USER0, filter | R_RPM_SORT_USER0_ENA_MASK);
}

void nc37xx_restart(QNc37xx *nc)
{
    nc37xx_core_reset(nc);
    nc37xx_write(nc, A_DMA_CONFIG, R_DMA_CONFIG_DATA_BYTE_SWAP_MASK |
                 R_DMA_CONFIG_DATA_WORD_SWAP_MASK |
                 R_DMA_CONFIG_CNTL_WORD_SWAP_MASK);
    nc37xx_write(nc, A_TBDR_CONFIG,
                 TBDR_CONFIG_PAGE_SIZE_4K << R_TBDR_CONFIG_PAGE_SIZE_SHIFT |
                 0x40);
    qtest_memset(nc->qts, nc->status, 0, NC37XX_PAGE);
    status_start(nc);
    mac_start(nc);
    rings_start(nc);
    nc37xx_write(nc, A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    nc37xx_write(nc, A_PCICFG_STATUS_BIT_SET_CMD,
                 nc37xx_status32(nc, STATUS_ATTN_BITS));
}

void nc37xx_bring_up(QNc37xx *nc)
{
    nc->status = guest_alloc(nc->alloc, NC37XX_PAGE);
    nc->statistics = nc->status + STATUS_BLOCK_RESERVED;
    for (unsigned i = 0; i < NC37XX_RING_PAGES; i++) {
        nc->tx_page[i] = guest_alloc(nc->alloc, NC37XX_PAGE);
        nc->rx_page[i] = guest_alloc(nc->alloc, NC37XX_PAGE);
    }
    nc->buffer = guest_alloc(nc->alloc, NC37XX_WIRE_MAX);
    nc->rx_buffers = guest_alloc(nc->alloc, NC37XX_RING_PAGES *
                                 NC37XX_PAGE_SLOTS * NC37XX_BUFFER);
    nc37xx_restart(nc);
}

void nc37xx_tx_bd(QNc37xx *nc, uint64_t address, uint32_t mss_nbytes,
                  uint32_t tag_flags)
{
    bd_write(nc, slot_address(nc->tx_page, nc->tx_producer), address,
             mss_nbytes, tag_flags);
    nc->tx_producer = next_index(nc->tx_producer);
}

void nc37xx_tx_doorbell(QNc37xx *nc)
{
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_TX_BIDX,
                   nc->tx_producer);
    nc37xx_write(nc, NC37XX_DOORBELL_TX_BSEQ, nc->tx_producer);
}

void nc37xx_tx_frame(QNc37xx *nc, const void *frame, size_t size,
                     uint32_t tag_flags)
{
    qtest_memwrite(nc->qts, nc->buffer, frame, size);
    nc37xx_tx_bd(nc, nc->buffer, size,
                 tag_flags | TX_BD_FLAG_START | TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
}

/* The index may rest on a link slot: drivers count it as passed. */
static uint16_t passed(uint16_t index)
{
    return index % NC37XX_PAGE_SLOTS == NC37XX_LINK_SLOT ? index + 1 : index;
}

uint16_t nc37xx_tx_consumer(QNc37xx *nc)
{
    return passed(nc37xx_status16(nc, STATUS_TX_CONS0));
}

void nc37xx_tx_wait(QNc37xx *nc)
{
    gint64 end = g_get_monotonic_time() + NC37XX_DEADLINE;

    while (nc37xx_tx_consumer(nc) != nc->tx_producer) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

void nc37xx_rx_doorbell(QNc37xx *nc)
{
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_RX_BDIDX,
                   nc->rx_producer);
    nc37xx_write(nc, NC37XX_DOORBELL_RX_BSEQ, nc->rx_producer);
}

uint16_t nc37xx_rx_index(QNc37xx *nc)
{
    return passed(nc37xx_status16(nc, STATUS_RX_CONS0));
}

uint64_t nc37xx_rx_wait(QNc37xx *nc)
{
    gint64 end = g_get_monotonic_time() + NC37XX_DEADLINE;
    uint64_t buffer = rx_buffer(nc, nc->rx_consumer);

    while (nc37xx_rx_index(nc) == nc->rx_consumer) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
    nc->rx_consumer = next_index(nc->rx_consumer);
    return buffer;
}

uint16_t nc37xx_guest16(QNc37xx *nc, uint64_t address)
{
    return qtest_readw(nc->qts, address);
}

uint32_t nc37xx_guest32(QNc37xx *nc, uint64_t address)
{
    return qtest_readl(nc->qts, address);
}

uint16_t nc37xx_status16(QNc37xx *nc, unsigned field)
{
    return nc37xx_guest16(nc, nc->status + field);
}

uint32_t nc37xx_status32(QNc37xx *nc, unsigned field)
{
    return nc37xx_guest32(nc, nc->status + field);
}

/* T4: the pin is active low. */
bool nc37xx_intx(QNc37xx *nc)
{
    bool asserted = !FIELD_EX32(nc37xx_read(nc, A_PCICFG_MISC_STATUS),
                                PCICFG_MISC_STATUS, INTA_VALUE);
    bool in_config = qpci_config_readw(&nc->dev, PCI_STATUS) &
                     PCI_STATUS_INTERRUPT;

    g_assert_cmpint(asserted, ==, in_config);
    return asserted;
}

uint64_t nc37xx_msi_enable(QNc37xx *nc)
{
    uint64_t to = guest_alloc(nc->alloc, NC37XX_PAGE);

    qtest_memset(nc->qts, to, 0, NC37XX_PAGE);
    qpci_config_writel(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_ADDRESS_LO, to);
    qpci_config_writel(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_ADDRESS_HI,
                       to >> 32);
    qpci_config_writew(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_DATA_64,
                       MSI_MESSAGE);
    qpci_config_writew(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_FLAGS,
                       PCI_MSI_FLAGS_ENABLE);
    return to;
}

bool nc37xx_msi_came(QNc37xx *nc, uint64_t to)
{
    uint32_t message = nc37xx_guest32(nc, to);

    if (!message) {
        return false;           /* one may be coming just now */
    }
    g_assert_cmphex(message, ==, MSI_MESSAGE);
    qtest_writel(nc->qts, to, 0);
    return true;
}

uint64_t nc37xx_counter(QNc37xx *nc, unsigned counter)
{
    uint64_t at = nc->statistics + counter;

    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    return counter >= STAT_FIRST_32BIT ? nc37xx_guest32(nc, at) :
           (uint64_t)nc37xx_guest32(nc, at) << 32 |
           nc37xx_guest32(nc, at + 4);
}

void nc37xx_expect_received(QNc37xx *nc, const uint8_t *frame, size_t size)
{
    g_autofree uint8_t *got = g_malloc(size);
    uint64_t buffer;

    nc37xx_wire_send(nc, frame, size);
    buffer = nc37xx_rx_wait(nc);
    g_assert_cmpuint(nc37xx_guest16(nc, buffer + L2_FHDR_PKT_LEN), ==,
                     size + NC37XX_FCS_SIZE);
    qtest_memread(nc->qts, buffer + RX_FRAME_OFFSET, got, size);
    g_assert_cmpmem(got, size, frame, size);
}

void nc37xx_expect_sent(QNc37xx *nc, size_t size, uint8_t seed)
{
    g_autofree uint8_t *frame = g_malloc(size);
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    size_t got_size;

    nc37xx_frame_fill_out(frame, size, seed);
    nc37xx_tx_frame(nc, frame, size, 0);
    got_size = nc37xx_wire_receive(nc, got);
    g_assert_cmpmem(got, got_size, frame, size);
    nc37xx_tx_wait(nc);
}

void nc37xx_recover(QNc37xx *nc)
{
    g_autofree uint8_t *stray = g_malloc(NC37XX_WIRE_MAX);
    uint8_t frame[100];

    nc37xx_restart(nc);
    while (!nc37xx_wire_is_quiet(nc)) {
        nc37xx_wire_receive(nc, stray);
    }
    nc37xx_expect_sent(nc, 100, 1);
    nc37xx_frame_fill(frame, sizeof(frame), 2);
    nc37xx_expect_received(nc, frame, sizeof(frame));
}
