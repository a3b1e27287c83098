/*
 * What FreeBSD's bce and OpenBSD's bnx do to the adapter: opening it, rings
 * and interrupts, and brgphy's part.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "bce-driver.h"

#define STATS_TICKS (1000000 & 0xffff00)

static void mac_address_set(Bce *bce)
{
    nc37xx_write(bce->nc, A_EMAC_MAC_MATCH0, lduw_be_p(bce->mac));
    nc37xx_write(bce->nc, A_EMAC_MAC_MATCH1, ldl_be_p(bce->mac + 2));
}

/* The thresholds that would delay a frame, were they more than storage. */
static void coalescing_set(Bce *bce)
{
    QNc37xx *nc = bce->nc;

    nc37xx_write(nc, A_HC_TX_QUICK_CONS_TRIP, 20 << 16 | 20);
    nc37xx_write(nc, A_HC_RX_QUICK_CONS_TRIP, 6 << 16 | 6);
    nc37xx_write(nc, A_HC_TX_TICKS, 80 << 16 | 80);
    nc37xx_write(nc, A_HC_RX_TICKS, 18 << 16 | 18);
    nc37xx_write(nc, A_HC_STATS_TICKS, STATS_TICKS);
    nc37xx_write(nc, A_HC_STAT_COLLECT_TICKS, 0xbb8);
    nc37xx_write(nc, A_HC_COMP_PROD_TRIP, 0);
    nc37xx_write(nc, A_HC_COM_TICKS, 0);
    nc37xx_write(nc, A_HC_CMD_TICKS, 0);
    nc37xx_write(nc, A_HC_CONFIG, R_HC_CONFIG_RX_TMR_MODE_MASK |
                 R_HC_CONFIG_TX_TMR_MODE_MASK |
                 R_HC_CONFIG_COLLECT_STATS_MASK);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_CLR_STAT_NOW_MASK);
}

static void attention_enable(Bce *bce)
{
    nc37xx_write(bce->nc, A_HC_ATTN_BITS_ENABLE, STATUS_ATTN_LINK_STATE);
}

static void blocks_init(Bce *bce)
{
    QNc37xx *nc = bce->nc;

    mac_address_set(bce);
    nc37xx_write(nc, A_EMAC_BACKOFF_SEED, ldl_le_p(bce->mac) & 0xffffff);
    bce->status_index = 0;
    nc37xx_write(nc, A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    if (bce->kind == BCE_OPENBSD) {
        attention_enable(bce);
    }
    nc37xx_write(nc, A_HC_STATUS_ADDR_L, nc->status);
    nc37xx_write(nc, A_HC_STATUS_ADDR_H, nc->status >> 32);
    nc37xx_write(nc, A_HC_STATISTICS_ADDR_L, nc->statistics);
    nc37xx_write(nc, A_HC_STATISTICS_ADDR_H, nc->statistics >> 32);
    coalescing_set(bce);
    g_assert_cmphex(bce_shared_read(bce, SHM_DEV_INFO_SIGNATURE) & 0xffffff00,
                    ==, SHM_DEV_INFO_SIGNATURE_VALUE);
    g_assert_false(bce_shared_read(bce, SHM_PORT_FEATURE) &
                   SHM_PORT_FEATURE_ASF);
    bce_sync(bce, SHM_DRV_MSG_CODE_RESET | SHM_DRV_MSG_WAIT2);
    if (bce->kind == BCE_FREEBSD) {
        attention_enable(bce);
        bce_cpu_halt(bce, NC37XX_CPU_RXP, false);
    }
    nc37xx_write(nc, A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    nc37xx_read(nc, A_MISC_ENABLE_SET);
    bce->hc_command = nc37xx_read(nc, A_HC_COMMAND);
}

/*
 * Rings
 */

static uint16_t next_index(uint16_t index)
{
    index++;
    return index % NC37XX_PAGE_SLOTS == NC37XX_LINK_SLOT ? index + 1 : index;
}

/* The index in the status block may rest on a link slot. */
static uint16_t passed(uint16_t index)
{
    return index % NC37XX_PAGE_SLOTS == NC37XX_LINK_SLOT ? index + 1 : index;
}

static void slot_write(Bce *bce, const BceRing *ring, uint16_t index,
                       uint64_t address, uint32_t word2, uint32_t word3)
{
    uint8_t bd[BD_SIZE];

    stl_le_p(bd + BD_HADDR_HI, address >> 32);
    stl_le_p(bd + BD_HADDR_LO, address);
    stl_le_p(bd + 8, word2);
    stl_le_p(bd + 12, word3);
    qtest_memwrite(bce->nc->qts,
                   ring->page[index / NC37XX_PAGE_SLOTS % ring->pages] +
                   index % NC37XX_PAGE_SLOTS * BD_SIZE, bd, sizeof(bd));
}

static uint64_t slot_buffer(const BceRing *ring, uint16_t index)
{
    return ring->buffers + index % (ring->pages * NC37XX_PAGE_SLOTS) *
           ring->stride;
}

static void ring_clear(Bce *bce, BceRing *ring)
{
    ring->producer = 0;
    ring->consumer = 0;
    ring->sequence = 0;
    for (unsigned i = 0; i < ring->pages; i++) {
        qtest_memset(bce->nc->qts, ring->page[i], 0, NC37XX_PAGE);
        slot_write(bce, ring, i * NC37XX_PAGE_SLOTS + NC37XX_LINK_SLOT,
                   ring->page[(i + 1) % ring->pages], 0, 0);
    }
}

/* Puts a buffer into every slot that is free. */
static void ring_fill(Bce *bce, BceRing *ring)
{
    uint16_t slots = ring->pages * NC37XX_PAGE_SLOTS;

    while ((uint16_t)(ring->producer - ring->consumer) < slots) {
        slot_write(bce, ring, ring->producer,
                   slot_buffer(ring, ring->producer), ring->size,
                   RX_BD_FLAG_START | RX_BD_FLAG_END);
        ring->producer = next_index(ring->producer);
        ring->sequence += ring->size;
    }
}

static void rx_fill(Bce *bce)
{
    QNc37xx *nc = bce->nc;

    ring_fill(bce, &bce->rx);
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_RX_BDIDX,
                   bce->rx.producer);
    nc37xx_write(nc, NC37XX_DOORBELL_RX_BSEQ, bce->rx.sequence);
}

static void pg_fill(Bce *bce)
{
    QNc37xx *nc = bce->nc;

    ring_fill(bce, &bce->pg);
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_RX_PG_BDIDX,
                   bce->pg.producer);
}

static void context_set(Bce *bce, unsigned cid, unsigned offset,
                        uint32_t value)
{
    nc37xx_context_write(bce->nc, cid * NC37XX_CONTEXT_SIZE + offset, value);
}

/* The page ring: its context first, then its buffers. */
static void pg_init(Bce *bce)
{
    ring_clear(bce, &bce->pg);
    context_set(bce, NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, 0);
    context_set(bce, NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE,
                bce->rx.size << 16 | BCE_CLUSTER);
    context_set(bce, NC37XX_CID_RX, RX_CTX_PG_RBDC_KEY, 0x3ffe);
    context_set(bce, NC37XX_CID_RX, RX_CTX_PG_BDHADDR_HI,
                bce->pg.page[0] >> 32);
    context_set(bce, NC37XX_CID_RX, RX_CTX_PG_BDHADDR_LO, bce->pg.page[0]);
    pg_fill(bce);
}

/* The receive ring: its doorbells are rung before it has an address. */
static void rx_init(Bce *bce)
{
    ring_clear(bce, &bce->rx);
    rx_fill(bce);
    context_set(bce, NC37XX_CID_RX, RX_CTX_TYPE, RX_CTX_TYPE_L2);
    context_set(bce, NC37XX_CID_RX, RX_CTX_BDHADDR_HI,
                bce->rx.page[0] >> 32);
    context_set(bce, NC37XX_CID_RX, RX_CTX_BDHADDR_LO, bce->rx.page[0]);
}

static void tx_init(Bce *bce)
{
    ring_clear(bce, &bce->tx);
    context_set(bce, NC37XX_CID_TX, TX_CTX_TYPE, TX_CTX_TYPE_L2);
    context_set(bce, NC37XX_CID_TX, TX_CTX_CMD_TYPE, TX_CTX_CMD_TYPE_L2);
    context_set(bce, NC37XX_CID_TX, TX_CTX_BHADDR_HI, bce->tx.page[0] >> 32);
    context_set(bce, NC37XX_CID_TX, TX_CTX_BHADDR_LO, bce->tx.page[0]);
}

static void filter_set(Bce *bce)
{
    QNc37xx *nc = bce->nc;
    const uint32_t mode = 1 | R_RPM_SORT_USER0_BC_EN_MASK |
                          R_RPM_SORT_USER0_MC_HSH_EN_MASK;

    for (unsigned i = 0; i < NC37XX_HASH_WORDS; i++) {
        nc37xx_write(nc, A_EMAC_MULTICAST_HASH0 + i * 4, 0);
    }
    nc37xx_write(nc, A_RPM_SORT_USER0, 0);
    nc37xx_write(nc, A_RPM_SORT_USER0, mode);
    nc37xx_write(nc, A_RPM_SORT_USER0, mode | R_RPM_SORT_USER0_ENA_MASK);
}

/*
 * FreeBSD lets in whatever a header and a cluster hold; OpenBSD never has
 * jumbos, and always allows them.
 */
static void mtu_set(Bce *bce, unsigned mtu)
{
    unsigned room = bce->kind == BCE_FREEBSD ?
                    bce->rx.size + BCE_CLUSTER : 0;
    unsigned size = MAX(mtu, room) + 14 + 4 + NC37XX_FCS_SIZE;

    nc37xx_write(bce->nc, A_EMAC_RX_MTU_SIZE,
                 size | R_EMAC_RX_MTU_SIZE_JUMBO_ENA_MASK);
}

static void interrupt_enable(Bce *bce)
{
    nc37xx_write(bce->nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK |
                 R_PCICFG_INT_ACK_CMD_MASK_INT_MASK | bce->status_index);
    nc37xx_write(bce->nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK | bce->status_index);
}

void bce_open(Bce *bce, unsigned mtu)
{
    bce_stop(bce);
    bce_chip_reset(bce, SHM_DRV_MSG_CODE_RESET);
    bce_chip_init(bce);
    blocks_init(bce);
    mtu_set(bce, mtu);
    filter_set(bce);
    if (bce->kind == BCE_FREEBSD) {
        pg_init(bce);
    }
    rx_init(bce);
    tx_init(bce);
    interrupt_enable(bce);
    if (bce->kind == BCE_OPENBSD) {
        bce->hc_command = nc37xx_read(bce->nc, A_HC_COMMAND);
    }
    nc37xx_write(bce->nc, A_HC_COMMAND,
                 bce->hc_command | R_HC_COMMAND_COAL_NOW_MASK);
    bce_set_media(bce, 0);
}

/* OpenBSD starts the firmware again, should there be one for management. */
static void management_init(Bce *bce)
{
    bce_cpus_load(bce);
    nc37xx_write(bce->nc, A_RV2P_CONFIG,
                 TBDR_CONFIG_PAGE_SIZE_4K << 24);
    nc37xx_write(bce->nc, A_MISC_ENABLE_SET,
                 R_MISC_ENABLE_STATUS_RX_V2P_MASK |
                 R_MISC_ENABLE_STATUS_RX_DMA_MASK | 1 << 18);
    nc37xx_read(bce->nc, A_MISC_ENABLE_SET);
    bce_set_media(bce, 0);
}

void bce_stop(Bce *bce)
{
    nc37xx_write(bce->nc, A_MISC_ENABLE_CLR, 0x17ffffff);
    g_assert_cmphex(nc37xx_read(bce->nc, A_MISC_ENABLE_CLR), ==, 0);
    bce_interrupt_disable(bce);
    if (bce->kind == BCE_OPENBSD) {
        bce_chip_reset(bce, SHM_DRV_MSG_CODE_SUSPEND_NO_WOL);
        management_init(bce);
    }
}

/*
 * Interrupts
 */

bool bce_interrupted(Bce *bce)
{
    return bce->msi ? nc37xx_msi_came(bce->nc, bce->msi_at) :
           nc37xx_intx(bce->nc);
}

/* OpenBSD looks at the link first, and acknowledges then. */
static void link_interrupt(Bce *bce)
{
    QNc37xx *nc = bce->nc;
    bool up = nc37xx_status32(nc, STATUS_ATTN_BITS) & STATUS_ATTN_LINK_STATE;

    if (bce->kind == BCE_OPENBSD) {
        bce_media(bce);
    }
    nc37xx_write(nc, up ? A_PCICFG_STATUS_BIT_SET_CMD :
                 A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
    if (bce->kind == BCE_FREEBSD) {
        bce_media(bce);
    }
    nc37xx_write(nc, A_EMAC_STATUS, R_EMAC_STATUS_LINK_CHANGE_MASK);
    if (bce->kind == BCE_FREEBSD) {
        nc37xx_write(nc, A_HC_COMMAND,
                     bce->hc_command | R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
        nc37xx_read(nc, A_HC_COMMAND);
    }
}

/* The rest of a frame of @size, FCS included, out of the page ring. */
static void pages_take(Bce *bce, GByteArray *frame, size_t size)
{
    uint8_t cluster[BCE_CLUSTER];

    while (frame->len < size) {
        size_t part = MIN(size - frame->len, BCE_CLUSTER);

        qtest_memread(bce->nc->qts, slot_buffer(&bce->pg, bce->pg.consumer),
                      cluster, part);
        g_byte_array_append(frame, cluster, part);
        bce->pg.consumer = next_index(bce->pg.consumer);
    }
}

static void frame_take(Bce *bce)
{
    QNc37xx *nc = bce->nc;
    uint64_t at = slot_buffer(&bce->rx, bce->rx.consumer);
    size_t size = nc37xx_guest16(nc, at + L2_FHDR_PKT_LEN);
    size_t first = MIN(size, bce->rx.size - RX_FRAME_OFFSET);
    g_autofree uint8_t *data = g_malloc(first);
    GByteArray *frame = g_byte_array_new();

    qtest_memread(nc->qts, at + RX_FRAME_OFFSET, data, first);
    g_byte_array_append(frame, data, first);
    bce->received_status = nc37xx_guest32(nc, at + L2_FHDR_STATUS);
    g_assert_false(bce->received_status & L2_FHDR_STATUS_SPLIT);
    bce->received_ip_sum = nc37xx_guest16(nc, at + L2_FHDR_IP_XSUM);
    bce->received_l4_sum = nc37xx_guest16(nc, at + L2_FHDR_TCP_UDP_XSUM);
    bce->received_tag = nc37xx_guest16(nc, at + L2_FHDR_VLAN_TAG);
    if (bce->kind == BCE_FREEBSD) {
        pages_take(bce, frame, size);
    }
    g_assert_cmpuint(frame->len, ==, size);
    g_byte_array_set_size(frame, size - NC37XX_FCS_SIZE);
    g_queue_push_tail(&bce->received, g_byte_array_free_to_bytes(frame));
    bce->rx.consumer = next_index(bce->rx.consumer);
}

static uint16_t rx_consumer(Bce *bce)
{
    return passed(nc37xx_status16(bce->nc, STATUS_RX_CONS0));
}

static void rx_interrupt(Bce *bce)
{
    while (bce->rx.consumer != rx_consumer(bce)) {
        frame_take(bce);
    }
    if (bce->kind == BCE_FREEBSD) {
        pg_fill(bce);
    }
    rx_fill(bce);
}

static void attention_check(Bce *bce)
{
    uint32_t bits = nc37xx_status32(bce->nc, STATUS_ATTN_BITS);
    uint32_t ack = nc37xx_status32(bce->nc, STATUS_ATTN_BITS_ACK);

    if ((bits ^ ack) & STATUS_ATTN_LINK_STATE) {
        link_interrupt(bce);
    }
    ack = nc37xx_status32(bce->nc, STATUS_ATTN_BITS_ACK);
    if ((bits ^ ack) & ~STATUS_ATTN_LINK_STATE) {
        bce->fatal = true;
    }
}

static void rings_serve(Bce *bce)
{
    if (rx_consumer(bce) != bce->rx.consumer) {
        rx_interrupt(bce);
    }
    bce->tx.consumer = passed(nc37xx_status16(bce->nc, STATUS_TX_CONS0));
}

/* Masked while it works, until there is nothing left. */
static void serve_freebsd(Bce *bce)
{
    nc37xx_write(bce->nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_USE_INT_HC_PARAM_MASK |
                 R_PCICFG_INT_ACK_CMD_MASK_INT_MASK);
    do {
        attention_check(bce);
        rings_serve(bce);
        bce->status_index = nc37xx_status16(bce->nc, STATUS_IDX);
    } while (rx_consumer(bce) != bce->rx.consumer);
    interrupt_enable(bce);
}

/* Acknowledges first, and is open to the next one while it works. */
static void serve_openbsd(Bce *bce)
{
    uint16_t index = nc37xx_status16(bce->nc, STATUS_IDX);

    nc37xx_write(bce->nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK | index);
    attention_check(bce);
    rings_serve(bce);
    bce->status_index = index;
}

bool bce_interrupt(Bce *bce)
{
    QNc37xx *nc = bce->nc;

    if (!bce->msi &&
        nc37xx_status16(nc, STATUS_IDX) == bce->status_index &&
        FIELD_EX32(nc37xx_read(nc, A_PCICFG_MISC_STATUS),
                   PCICFG_MISC_STATUS, INTA_VALUE)) {
        return false;
    }
    if (bce->kind == BCE_FREEBSD) {
        serve_freebsd(bce);
    } else {
        serve_openbsd(bce);
    }
    return true;
}

GBytes *bce_receive(Bce *bce)
{
    gint64 end = g_get_monotonic_time() + NC37XX_DEADLINE;

    while (g_queue_is_empty(&bce->received)) {
        if (bce_interrupted(bce)) {
            g_assert_true(bce_interrupt(bce));
        }
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
    return g_queue_pop_head(&bce->received);
}

void bce_send(Bce *bce, const uint8_t *packet, const size_t *fragments,
              unsigned count, uint16_t mss, uint32_t tag_flags)
{
    QNc37xx *nc = bce->nc;
    BceRing *ring = &bce->tx;

    for (unsigned i = 0; i < count; i++) {
        uint64_t to = slot_buffer(ring, ring->producer);

        g_assert_cmpuint(fragments[i], <=, ring->stride);
        qtest_memwrite(nc->qts, to, packet, fragments[i]);
        slot_write(bce, ring, ring->producer, to,
                   (uint32_t)mss << 16 | fragments[i],
                   tag_flags | (i == 0 ? TX_BD_FLAG_START : 0) |
                   (i == count - 1 ? TX_BD_FLAG_END : 0));
        packet += fragments[i];
        ring->sequence += fragments[i];
        ring->producer = next_index(ring->producer);
    }
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_TX_BIDX,
                   ring->producer);
    nc37xx_write(nc, NC37XX_DOORBELL_TX_BSEQ, ring->sequence);
}

/*
 * brgphy
 */

BceMedia bce_media(Bce *bce)
{
    QNc37xx *nc = bce->nc;
    BceMedia media = { .valid = true };
    uint16_t bmsr = nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_BMSR) |
                    nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_BMSR);
    uint16_t bmcr = nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_BMCR);
    uint16_t aux;

    if (bmcr & PHY_BMCR_AUTONEG && !(bmsr & PHY_BMSR_AUTONEG_DONE)) {
        return media;
    }
    nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_ADVERTISE);
    nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_LPA);
    nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_STAT1000);
    aux = nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_AUX_STATUS);
    media.active = aux & PHY_AUX_STATUS_LINK;
    media.result = aux >> 8 & 7;
    return media;
}

static void phy_set(Bce *bce, unsigned reg, uint16_t value)
{
    nc37xx_phy_write(bce->nc, NC37XX_PHY_ADDRESS, reg, value);
}

/* Loopback takes the link down; then a mode without 1000 Mbit/s, if any. */
static void mode_force(Bce *bce, uint16_t forced)
{
    phy_set(bce, PHY_BMCR, PHY_BMCR_LOOPBACK);
    g_assert_false(nc37xx_phy_read(bce->nc, NC37XX_PHY_ADDRESS, PHY_BMSR) &
                   nc37xx_phy_read(bce->nc, NC37XX_PHY_ADDRESS, PHY_BMSR) &
                   PHY_BMSR_LINK);
    phy_set(bce, PHY_CTRL1000, 0);
    phy_set(bce, PHY_ADVERTISE, 1);
    phy_set(bce, PHY_BMCR, forced);
}

void bce_set_media(Bce *bce, uint16_t forced)
{
    if (forced) {
        mode_force(bce, forced);
        return;
    }
    phy_set(bce, PHY_BMCR, PHY_BMCR_RESET);
    g_assert_false(nc37xx_phy_read(bce->nc, NC37XX_PHY_ADDRESS, PHY_BMCR) &
                   PHY_BMCR_RESET);
    phy_set(bce, PHY_ADVERTISE, 0x0c00 | PHY_ADVERTISE_10_100 | 1);
    phy_set(bce, PHY_CTRL1000, PHY_CTRL1000_1000);
    phy_set(bce, PHY_BMCR, PHY_BMCR_AUTONEG | PHY_BMCR_RESTART);
    phy_set(bce, PHY_INT_MASK, 0xff00);
}

