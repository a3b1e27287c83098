/*
 * NC37xx adapters: a guest and a network that mean no good.
 *
 * What is looked for is that QEMU lives, in time, and that the adapter works
 * again after a reset.  Sanitizers look for the rest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"
#include "packet.h"

#define TX_CTX (NC37XX_CID_TX * NC37XX_CONTEXT_SIZE)
#define RX_CTX (NC37XX_CID_RX * NC37XX_CONTEXT_SIZE)

/* Nothing answers there. */
#define NOWHERE 0xffffffff00000000ull

/* The same numbers in each run: a failure comes back. */
static uint32_t random_next(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8 ^ *state << 16;
}

/*
 * Access of all kinds (R6); access.c has more
 */

static void registers_read_harmlessly(QNc37xx *nc)
{
    g_autofree uint8_t *all = g_malloc(NC37XX_BAR_WINDOW_END);
    uint16_t index;

    nc37xx_bring_up(nc);
    index = nc37xx_status16(nc, STATUS_IDX);
    for (unsigned shift = 0; shift < 4; shift++) {
        qtest_memread(nc->qts, nc->bar.addr + shift, all,
                      NC37XX_BAR_WINDOW_END - shift);
    }
    g_assert_cmphex(nc37xx_status16(nc, STATUS_IDX), ==, index);
    nc37xx_expect_sent(nc, 100, 1);
}

static void narrow_writes(QNc37xx *nc)
{
    nc37xx_write(nc, A_EMAC_BACKOFF_SEED, 0x12345678);
    for (unsigned i = 0; i < 4; i++) {
        qpci_io_writeb(&nc->dev, nc->bar, A_EMAC_BACKOFF_SEED + i, 0xff);
        g_assert_cmphex(qpci_io_readb(&nc->dev, nc->bar,
                                      A_EMAC_BACKOFF_SEED + i), ==,
                        0x12345678 >> i * 8 & 0xff);
    }
    qpci_io_writew(&nc->dev, nc->bar, A_EMAC_BACKOFF_SEED + 2, 0xffff);
    g_assert_cmphex(nc37xx_read(nc, A_EMAC_BACKOFF_SEED), ==, 0x12345678);
    g_assert_cmphex(qpci_io_readw(&nc->dev, nc->bar,
                                  A_EMAC_BACKOFF_SEED + 2), ==, 0x1234);
}

static void window_everywhere(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    for (uint32_t at = 0x98; at < NC37XX_GRC_SIZE; at += 0x3fc) {
        nc37xx_indirect_read(nc, at);
        nc37xx_indirect_write(nc, at, ~at);
    }
    nc37xx_indirect_read(nc, 0xffffffff);
    nc37xx_indirect_write(nc, 0xffffffff, 0);
    nc37xx_write(nc, A_PCI_GRC_WINDOW, 0xffffffff);
    nc37xx_read(nc, NC37XX_BAR_WINDOW_END - 4);
    nc37xx_write(nc, NC37XX_BAR_WINDOW_END - 4, 0xffffffff);
    nc37xx_recover(nc);
}

static void dead_mailboxes(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    for (uint32_t at = NC37XX_BAR_MAILBOX; at < NC37XX_BAR_MAILBOX_END;
         at += NC37XX_MAILBOX_SIZE * 7 + 8) {
        qpci_io_writew(&nc->dev, nc->bar, at, 0xffff);
        nc37xx_write(nc, at, 0xffffffff);
        g_assert_cmphex(nc37xx_read(nc, at), ==, 0);
    }
    nc37xx_recover(nc);
}

static void doorbells_without_rings(QNc37xx *nc)
{
    nc37xx_write(nc, A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_TX_BIDX, 0x1234);
    nc37xx_write(nc, NC37XX_DOORBELL_TX_BSEQ, 1);
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_RX_BDIDX, 0x1234);
    nc37xx_write(nc, NC37XX_DOORBELL_RX_BSEQ, 1);
    nc37xx_bring_up(nc);
    nc37xx_recover(nc);
}

/*
 * Rings (R2, R3)
 */

static void tx_start(QNc37xx *nc, uint64_t page, uint16_t producer)
{
    nc37xx_context_write(nc, TX_CTX + TX_CTX_BHADDR_HI, page >> 32);
    nc37xx_context_write(nc, TX_CTX + TX_CTX_BHADDR_LO, page);
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_TX_BIDX, producer);
    nc37xx_write(nc, NC37XX_DOORBELL_TX_BSEQ, 1);
}

static void wild_pages(QNc37xx *nc)
{
    static const uint64_t pages[] = {
        NOWHERE, NOWHERE | 0xfffff000, 0xfffffffffffffff0ull, 0xfee00000,
        0xa0000, 0x7fffff0, 0x123456789abcdef0ull, 8,
    };
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
        tx_start(nc, pages[i], 0xffff);
        nc37xx_context_write(nc, RX_CTX + RX_CTX_BDHADDR_HI, pages[i] >> 32);
        nc37xx_context_write(nc, RX_CTX + RX_CTX_BDHADDR_LO, pages[i]);
        nc37xx_rx_doorbell(nc);
        nc37xx_wire_send(nc, frame, sizeof(frame));
        nc37xx_expect_alive(nc);
    }
    nc37xx_recover(nc);
}

static void wild_links(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    qtest_writel(nc->qts, nc->tx_page[0] + NC37XX_LINK_SLOT * BD_SIZE,
                 0xffffffff);
    tx_start(nc, nc->tx_page[0], 0xfffe);
    nc37xx_expect_alive(nc);
    nc37xx_recover(nc);
}

/* 16 bits of producer on pages of 256 bytes that link to themselves. */
static void endless_chain(QNc37xx *nc)
{
    uint8_t bd[BD_SIZE] = { 0 };

    nc37xx_bring_up(nc);
    for (unsigned shift = 0; shift < 16; shift++) {
        nc37xx_write(nc, A_TBDR_CONFIG,
                     shift << R_TBDR_CONFIG_PAGE_SIZE_SHIFT);
        qtest_memset(nc->qts, nc->buffer, 0, NC37XX_WIRE_MAX);
        if (shift <= 8) {
            stl_le_p(bd + BD_HADDR_LO, nc->buffer);
            qtest_memwrite(nc->qts, nc->buffer + (256u << shift) - BD_SIZE,
                           bd, sizeof(bd));
        }
        tx_start(nc, nc->buffer, 0xffff);
        tx_start(nc, nc->buffer, 0xfffe);
        nc37xx_expect_alive(nc);
    }
    nc37xx_recover(nc);
}

static void zero_lengths(QNc37xx *nc)
{
    const uint32_t both = TX_BD_FLAG_START | TX_BD_FLAG_END;
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < NC37XX_LINK_SLOT; i++) {
        nc37xx_tx_bd(nc, nc->buffer, 0, i % 3 ? both : TX_BD_FLAG_START);
    }
    nc37xx_tx_bd(nc, nc->buffer, 0, TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
    nc37xx_tx_wait(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    for (unsigned i = 0; i < 10; i++) {
        nc37xx_rx_bd(nc, i, nc->rx_buffers, 0);
    }
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    nc37xx_expect_alive(nc);
    nc37xx_recover(nc);
}

/* The packet never ends: 65535 descriptors of 65535 bytes. */
static void no_end(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc->tx_page[1] = nc->tx_page[0];
    nc37xx_restart(nc);
    for (unsigned i = 0; i < NC37XX_LINK_SLOT; i++) {
        nc37xx_tx_bd(nc, nc->buffer, 0xffff, i ? 0 : TX_BD_FLAG_START);
    }
    nc->tx_producer = 0xfffe;
    for (unsigned i = 0; i < 10; i++) {
        nc37xx_tx_doorbell(nc);
    }
    g_assert_true(nc37xx_wire_is_quiet(nc));
    nc37xx_recover(nc);
}

static void too_long(QNc37xx *nc)
{
    const unsigned parts = 3;

    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < parts; i++) {
        nc37xx_tx_bd(nc, nc->buffer, 0xffff,
                     (i == 0 ? TX_BD_FLAG_START : 0) |
                     (i == parts - 1 ? TX_BD_FLAG_END : 0));
    }
    nc37xx_tx_bd(nc, nc->buffer, NC37XX_FRAME_MAX + 1,
                 TX_BD_FLAG_START | TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
    nc37xx_tx_wait(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    g_assert_cmpuint(nc37xx_counter(nc, STAT_TX_MAC_ERRORS), ==, 2);
    nc37xx_recover(nc);
}

static void no_start(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc37xx_tx_bd(nc, nc->buffer, 100, TX_BD_FLAG_END);
    nc37xx_tx_bd(nc, NOWHERE, 100, TX_BD_FLAG_START | TX_BD_FLAG_END);
    nc37xx_tx_bd(nc, nc->buffer, 13, TX_BD_FLAG_START | TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
    nc37xx_tx_wait(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    g_assert_cmpuint(nc37xx_counter(nc, STAT_TX_MAC_ERRORS), ==, 3);
    nc37xx_expect_sent(nc, 100, 1);
}

/* R1: no header is believed that is not there. */
static void offload_of_nonsense(QNc37xx *nc)
{
    const uint32_t flags = TX_BD_FLAG_START | TX_BD_FLAG_END |
                           TX_BD_FLAG_TCP_UDP_CKSUM | TX_BD_FLAG_IP_CKSUM;
    const PacketShape shape = { .protocol = PACKET_TCP, .data = 200 };
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    uint8_t frame[1514];
    size_t size = packet_build(frame, &shape);
    uint32_t seed = 1;

    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < 500; i++) {
        size_t cut = 14 + random_next(&seed) % (size - 14);
        uint32_t mss = i % 3 ? 0 : random_next(&seed) & TX_BD_MSS_MASK;
        uint8_t spoilt[1514];

        memcpy(spoilt, frame, size);
        for (unsigned n = 0; n < 3; n++) {
            spoilt[12 + random_next(&seed) % 42] = random_next(&seed);
        }
        qtest_memwrite(nc->qts, nc->buffer, spoilt, size);
        nc37xx_tx_bd(nc, nc->buffer, mss << 16 | cut,
                     flags | (mss ? TX_BD_FLAG_SW_LSO : 0) |
                     (i % 2 ? TX_BD_FLAG_VLAN_TAG : 0));
        nc37xx_tx_doorbell(nc);
        nc37xx_tx_wait(nc);
        while (!nc37xx_wire_is_quiet(nc)) {
            g_assert_cmpuint(nc37xx_wire_receive(nc, got), >=,
                             NC37XX_FRAME_MIN);
        }
    }
    nc37xx_recover(nc);
}

static void hostile_mss(QNc37xx *nc)
{
    const PacketShape shape = { .protocol = PACKET_TCP, .data = 60000 };
    g_autofree uint8_t *frame = g_malloc(NC37XX_WIRE_MAX);
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    static const uint16_t mss[] = { 1, 2, 47, 8965, 9001, TX_BD_MSS_MASK };
    size_t size = packet_build(frame, &shape);

    nc37xx_bring_up(nc);
    qtest_memwrite(nc->qts, nc->buffer, frame, size);
    for (size_t i = 0; i < ARRAY_SIZE(mss); i++) {
        nc37xx_tx_bd(nc, nc->buffer, (uint32_t)mss[i] << 16 | size,
                     TX_BD_FLAG_START | TX_BD_FLAG_END | TX_BD_FLAG_SW_LSO);
        nc37xx_tx_doorbell(nc);
        nc37xx_tx_wait(nc);
        while (!nc37xx_wire_is_quiet(nc)) {
            g_assert_cmpuint(nc37xx_wire_receive(nc, got), <=,
                             NC37XX_FRAME_MAX);
        }
    }
    nc37xx_recover(nc);
}

/*
 * DMA into the adapter itself (R13, R14)
 */

static void dma_to_itself(QNc37xx *nc)
{
    const uint64_t doorbell = nc->bar.addr + NC37XX_DOORBELL_TX_BSEQ;
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    /* Buffers */
    nc37xx_tx_bd(nc, nc->bar.addr, 1000, TX_BD_FLAG_START | TX_BD_FLAG_END);
    nc37xx_tx_bd(nc, doorbell, 4, TX_BD_FLAG_START | TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    nc37xx_rx_bd(nc, 0, doorbell - 16, NC37XX_BUFFER);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    nc37xx_expect_alive(nc);
    /* Blocks */
    nc37xx_write(nc, A_HC_STATUS_ADDR_L, doorbell);
    nc37xx_write(nc, A_HC_STATUS_ADDR_H, doorbell >> 32);
    nc37xx_write(nc, A_HC_STATISTICS_ADDR_L, nc->bar.addr);
    nc37xx_write(nc, A_HC_STATISTICS_ADDR_H, nc->bar.addr >> 32);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
                 R_HC_COMMAND_STATS_NOW_MASK);
    /* Rings */
    tx_start(nc, nc->bar.addr, 0xff00);
    tx_start(nc, doorbell & -NC37XX_PAGE, 0xff00);
    nc37xx_recover(nc);
}

/* A frame that comes back rings the doorbell that sends it. */
static void loopback_into_doorbell(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    for (unsigned i = 0; i < 10; i++) {
        nc37xx_rx_bd(nc, i, nc->bar.addr + NC37XX_DOORBELL_TX_BIDX -
                     RX_FRAME_OFFSET, NC37XX_BUFFER);
    }
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    nc37xx_expect_alive(nc);
    nc37xx_recover(nc);
}

/* R4: the largest frames, one and four bytes more. */
static void loopback_sizes(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    nc37xx_write(nc, A_EMAC_RX_MTU_SIZE, 0xffff);
    for (unsigned i = 0; i < 8; i++) {
        nc37xx_rx_bd(nc, i, nc->rx_buffers, 0xffff);
    }
    for (size_t size = NC37XX_FRAME_MAX - 4; size <= NC37XX_FRAME_MAX + 4;
         size++) {
        nc37xx_tx_bd(nc, nc->buffer, size, TX_BD_FLAG_START |
                     TX_BD_FLAG_END | TX_BD_FLAG_VLAN_TAG);
    }
    nc37xx_write(nc, A_RPM_SORT_USER0, R_RPM_SORT_USER0_ENA_MASK |
                 R_RPM_SORT_USER0_PROM_EN_MASK);
    nc37xx_tx_doorbell(nc);
    nc37xx_tx_wait(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    nc37xx_recover(nc);
}

static void blocks_nowhere(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_HC_STATUS_ADDR_H, 0xffffffff);
    nc37xx_write(nc, A_HC_STATISTICS_ADDR_H, 0xffffffff);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
                 R_HC_COMMAND_STATS_NOW_MASK);
    nc37xx_expect_alive(nc);
    nc37xx_recover(nc);
}

/*
 * The network (R5)
 */

static void frames_of_all_sizes(QNc37xx *nc)
{
    static const size_t sizes[] = {
        1, 5, 12, 13, 14, 15, 59, 1515, 9018, 9019, 9022, 9023, 20000, 65000,
    };
    g_autofree uint8_t *frame = g_malloc(NC37XX_WIRE_MAX);

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_RX_MTU_SIZE, 0xffff);
    nc37xx_write(nc, A_RPM_SORT_USER0, R_RPM_SORT_USER0_ENA_MASK |
                 R_RPM_SORT_USER0_PROM_EN_MASK);
    nc37xx_frame_fill(frame, NC37XX_WIRE_MAX, 1);
    for (unsigned tagged = 0; tagged < 2; tagged++) {
        for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
            nc37xx_wire_send(nc, frame, sizes[i]);
            nc37xx_expect_alive(nc);
        }
        stl_be_p(frame + 12, 0x81000001);
    }
    nc37xx_recover(nc);
}

static void frames_of_nonsense(QNc37xx *nc)
{
    const PacketShape shape = {
        .protocol = PACKET_TCP, .data = 200, .to_adapter = true,
    };
    uint8_t frame[1514];
    size_t size = packet_build(frame, &shape);
    uint32_t seed = 2;

    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < 300; i++) {
        uint8_t spoilt[1514];

        memcpy(spoilt, frame, size);
        for (unsigned n = 0; n < 3; n++) {
            spoilt[12 + random_next(&seed) % 42] = random_next(&seed);
        }
        nc37xx_wire_send(nc, spoilt, 14 + random_next(&seed) % (size - 14));
        nc37xx_expect_alive(nc);
    }
    nc37xx_recover(nc);
}

static void wild_page_sizes(QNc37xx *nc)
{
    static const uint32_t sizes[] = {
        0xffffffff, 0x00000001, 0x00010001, 0x00130001, 0x0013ffff,
        0x00920100, 0xffff0001, 0x00120000,
    };
    g_autofree uint8_t *frame = g_malloc(9018);

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_RX_MTU_SIZE, 0xffff);
    nc37xx_frame_fill(frame, 9018, 1);
    for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
        nc37xx_context_write(nc, RX_CTX + RX_CTX_PG_BUF_SIZE, sizes[i]);
        nc37xx_context_write(nc, RX_CTX + RX_CTX_PG_BDHADDR_LO,
                             nc->rx_page[1]);
        qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_RX_PG_BDIDX, 0xfe);
        nc37xx_rx_doorbell(nc);
        nc37xx_wire_send(nc, frame, 9018);
        nc37xx_wire_send(nc, frame, 60);
        nc37xx_expect_alive(nc);
    }
    nc37xx_recover(nc);
}

/* A guest that has lost its mind. */
static void random_writes(QNc37xx *nc)
{
    uint32_t seed = 3;
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    for (unsigned i = 0; i < 5000; i++) {
        uint32_t where = random_next(&seed);
        uint32_t value = random_next(&seed);

        switch (where >> 28 & 3) {
        case 0:
            nc37xx_write(nc, 0x400 + where % 0x7c00 / 4 * 4, value);
            break;
        case 1:
            nc37xx_context_write(nc, where % NC37XX_CONTEXT_MEMORY / 4 * 4,
                                 value);
            break;
        case 2:
            nc37xx_write(nc, NC37XX_BAR_MAILBOX + where % 0x2000 / 4 * 4,
                         value);
            break;
        case 3:
            nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, where % 32, value);
            break;
        }
        if (i % 100 == 0) {
            nc37xx_wire_send(nc, frame, sizeof(frame));
            qtest_clock_step(nc->qts, 1000000);
        }
    }
    nc37xx_core_reset(nc);
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_BMCR, PHY_BMCR_RESET);
    qtest_clock_step(nc->qts, 100000000);
    nc37xx_recover(nc);
}

/* A driver that puts the adapter to sleep and leaves it set up. */
static void asleep(QNc37xx *nc)
{
    uint16_t index;

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    nc37xx_write(nc, A_HC_ATTN_BITS_ENABLE, STATUS_ATTN_LINK_STATE);
    nc37xx_write(nc, A_PCICFG_STATUS_BIT_SET_CMD, STATUS_ATTN_LINK_STATE);
    index = nc37xx_status16(nc, STATUS_IDX);
    qpci_config_writew(&nc->dev, NC37XX_CAP_PM + PCI_PM_CTRL, 3);
    nc37xx_set_link(nc, false);
    g_assert_cmpuint(nc37xx_status16(nc, STATUS_IDX), ==, index);
    qpci_config_writew(&nc->dev, NC37XX_CAP_PM + PCI_PM_CTRL, 0);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
    g_assert_cmpuint(nc37xx_status16(nc, STATUS_IDX), !=, index);
    nc37xx_set_link(nc, true);
    nc37xx_write(nc, A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
    qtest_clock_step(nc->qts, 100000000);
    nc37xx_recover(nc);
}

static const Nc37xxCase cases[] = {
    { "reading_all_registers_changes_nothing", registers_read_harmlessly },
    { "narrow_writes_leave_registers_alone", narrow_writes },
    { "window_goes_anywhere_in_the_chip", window_everywhere },
    { "mailboxes_of_dead_contexts_do_nothing", dead_mailboxes },
    { "doorbells_without_rings_do_nothing", doorbells_without_rings },
    { "ring_pages_may_be_anywhere", wild_pages },
    { "link_slots_may_lead_nowhere", wild_links },
    { "chain_of_links_ends_in_time", endless_chain },
    { "descriptors_of_no_length_are_passed", zero_lengths },
    { "packet_without_end_holds_nobody_up", no_end },
    { "too_long_packets_are_counted_as_errors", too_long },
    { "packets_without_start_or_memory_are_errors", no_start },
    { "offload_of_nonsense_sends_whole_frames", offload_of_nonsense },
    { "segments_are_neither_tiny_nor_giant", hostile_mss },
    { "dma_to_the_adapter_itself_is_refused", dma_to_itself },
    { "looped_frame_cannot_ring_the_doorbell", loopback_into_doorbell },
    { "largest_frames_loop_back_within_bounds", loopback_sizes },
    { "blocks_posted_nowhere_are_forgotten", blocks_nowhere },
    { "frames_of_any_size_come_from_the_wire", frames_of_all_sizes },
    { "frames_of_nonsense_come_from_the_wire", frames_of_nonsense },
    { "asleep_it_leaves_memory_alone", asleep },
    { "page_ring_takes_any_sizes", wild_page_sizes },
    { "random_writes_end_with_a_reset", random_writes },
};

static void register_tests(void)
{
    nc37xx_register_cases("robust", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
