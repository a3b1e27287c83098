/*
 * NC37xx adapters: reception.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "libnc37xx.h"
#include "packet.h"

#define RX_CTX (NC37XX_CID_RX * NC37XX_CONTEXT_SIZE)

static uint32_t fhdr_status(QNc37xx *nc, uint64_t buffer)
{
    return nc37xx_guest32(nc, buffer + L2_FHDR_STATUS);
}

static void filter_set(QNc37xx *nc, uint32_t bits)
{
    nc37xx_write(nc, A_RPM_SORT_USER0, bits | R_RPM_SORT_USER0_ENA_MASK);
}

/* A refused frame shows when the next one is the first to come in. */
static void expect_refused(QNc37xx *nc, const uint8_t *frame, size_t size)
{
    uint8_t next[80];

    nc37xx_wire_send(nc, frame, size);
    nc37xx_frame_fill(next, sizeof(next), size);
    memset(next, 0xff, 6);
    nc37xx_expect_received(nc, next, sizeof(next));
}

static void unicast(QNc37xx *nc)
{
    uint8_t frame[1514];
    uint64_t buffer;

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    nc37xx_wire_send(nc, frame, 60);
    buffer = nc37xx_rx_wait(nc);
    g_assert_cmphex(fhdr_status(nc, buffer), ==, 0);
    g_assert_cmphex(nc37xx_guest16(nc, buffer + L2_FHDR_PKT_LEN), ==, 64);
    g_assert_cmphex(nc37xx_guest16(nc, buffer + L2_FHDR_VLAN_TAG), ==, 0);
    g_assert_cmphex(nc37xx_guest16(nc, buffer + L2_FHDR_SIZE), ==, 0);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_UCAST_PKTS), ==, 2);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_OCTETS), ==, 1518 + 64);
}

static void short_frames(QNc37xx *nc)
{
    uint8_t frame[60] = { 0 }, got[60];
    uint64_t buffer;

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, 20, 1);
    qtest_memset(nc->qts, nc->rx_buffers, 0xcc, NC37XX_BUFFER);
    nc37xx_wire_send(nc, frame, 20);
    buffer = nc37xx_rx_wait(nc);
    g_assert_cmphex(nc37xx_guest16(nc, buffer + L2_FHDR_PKT_LEN), ==, 64);
    qtest_memread(nc->qts, buffer + RX_FRAME_OFFSET, got, sizeof(got));
    g_assert_cmpmem(got, sizeof(got), frame, sizeof(frame));
}

static void somebody_elses(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    frame[5] ^= 1;
    expect_refused(nc, frame, sizeof(frame));
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_L2_FILTER_DISCARDS), ==, 1);
    filter_set(nc, R_RPM_SORT_USER0_PROM_EN_MASK);
    nc37xx_expect_received(nc, frame, sizeof(frame));
}

static void broadcasts(QNc37xx *nc)
{
    uint8_t broadcast[100], unicast[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(unicast, sizeof(unicast), 2);
    nc37xx_frame_fill(broadcast, sizeof(broadcast), 1);
    memset(broadcast, 0xff, 6);
    nc37xx_expect_received(nc, broadcast, sizeof(broadcast));
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_BROADCAST_PKTS), ==, 1);
    filter_set(nc, 1);
    nc37xx_wire_send(nc, broadcast, sizeof(broadcast));
    nc37xx_expect_received(nc, unicast, sizeof(unicast));
}

/* 01:00:5e:00:00:01 has the CRC ..., of which the low byte selects. */
static unsigned hash_of(const uint8_t *address)
{
    uint32_t crc = ~0u;

    for (unsigned bit = 0; bit < 48; bit++) {
        uint32_t feedback = (crc ^ address[bit / 8] >> bit % 8) & 1;

        crc = crc >> 1 ^ (feedback ? 0xedb88320 : 0);
    }
    return crc & 0xff;
}

static void multicast(QNc37xx *nc)
{
    static const uint8_t group[6] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };
    unsigned hash = hash_of(group);
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    memcpy(frame, group, sizeof(group));
    expect_refused(nc, frame, sizeof(frame));
    filter_set(nc, R_RPM_SORT_USER0_MC_HSH_EN_MASK |
               R_RPM_SORT_USER0_BC_EN_MASK);
    nc37xx_write(nc, A_EMAC_MULTICAST_HASH0 + hash / 32 * 4,
                 ~(1u << hash % 32));
    expect_refused(nc, frame, sizeof(frame));
    nc37xx_write(nc, A_EMAC_MULTICAST_HASH0 + hash / 32 * 4,
                 1u << hash % 32);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    nc37xx_write(nc, A_EMAC_MULTICAST_HASH0 + hash / 32 * 4, 0);
    filter_set(nc, R_RPM_SORT_USER0_MC_EN_MASK);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_MULTICAST_PKTS), ==, 2);
}

static void more_addresses(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    for (unsigned entry = 1; entry < NC37XX_MAC_MATCHES; entry++) {
        frame[5] = entry;
        nc37xx_write(nc, A_EMAC_MAC_MATCH0 + entry * 8, lduw_be_p(frame));
        nc37xx_write(nc, A_EMAC_MAC_MATCH1 + entry * 8,
                     ldl_be_p(frame + 2));
        filter_set(nc, R_RPM_SORT_USER0_BC_EN_MASK);
        expect_refused(nc, frame, sizeof(frame));
        filter_set(nc, R_RPM_SORT_USER0_BC_EN_MASK | 1u << entry);
        nc37xx_expect_received(nc, frame, sizeof(frame));
    }
}

static void any_sort_user(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    for (unsigned user = 0; user < NC37XX_SORT_USERS; user++) {
        nc37xx_write(nc, A_RPM_SORT_USER0, 0);
        nc37xx_write(nc, A_RPM_SORT_USER0 + user * 4,
                     R_RPM_SORT_USER0_ENA_MASK |
                     R_RPM_SORT_USER0_PROM_EN_MASK);
        nc37xx_expect_received(nc, frame, sizeof(frame));
        nc37xx_write(nc, A_RPM_SORT_USER0 + user * 4, 0);
    }
}

static void too_long(QNc37xx *nc)
{
    uint8_t frame[1519];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_expect_received(nc, frame, 1514);
    expect_refused(nc, frame, 1515);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OVERSIZE_PKTS), ==, 1);
    nc37xx_write(nc, A_EMAC_RX_MODE, R_EMAC_RX_MODE_KEEP_VLAN_TAG_MASK);
    stw_be_p(frame + 12, 0x8100);
    nc37xx_expect_received(nc, frame, 1518);
    expect_refused(nc, frame, 1519);
}

static void vlan(QNc37xx *nc)
{
    uint8_t frame[100], got[96];
    uint64_t buffer;

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    stl_be_p(frame + 12, 0x81004567);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    buffer = nc37xx_rx_wait(nc);
    g_assert_true(fhdr_status(nc, buffer) & L2_FHDR_STATUS_VLAN_TAG);
    g_assert_cmphex(nc37xx_guest16(nc, buffer + L2_FHDR_VLAN_TAG), ==, 0x4567);
    g_assert_cmphex(nc37xx_guest16(nc, buffer + L2_FHDR_PKT_LEN), ==, 100);
    qtest_memread(nc->qts, buffer + RX_FRAME_OFFSET, got, sizeof(got));
    g_assert_cmpmem(got, 12, frame, 12);
    g_assert_cmpmem(got + 12, 84, frame + 16, 84);

    nc37xx_write(nc, A_EMAC_RX_MODE, R_EMAC_RX_MODE_KEEP_VLAN_TAG_MASK);
    nc37xx_expect_received(nc, frame, sizeof(frame));
}

/* After stripping it has less than 60 bytes. */
static void short_tagged_frame(QNc37xx *nc)
{
    uint8_t frame[60];
    uint64_t buffer;

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    stl_be_p(frame + 12, 0x81000001);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    buffer = nc37xx_rx_wait(nc);
    g_assert_cmphex(nc37xx_guest16(nc, buffer + L2_FHDR_PKT_LEN), ==, 64);
    g_assert_cmphex(nc37xx_guest32(nc, buffer + RX_FRAME_OFFSET + 56), ==, 0);
}

#define IP_DATAGRAM L2_FHDR_STATUS_IP_DATAGRAM
#define IP_TCP (IP_DATAGRAM | L2_FHDR_STATUS_TCP_SEGMENT)
#define IP_UDP (IP_DATAGRAM | L2_FHDR_STATUS_UDP_DATAGRAM)

typedef struct ChecksumRow {
    PacketShape shape;
    size_t flip;                /* offset of a byte to damage, from the IP */
    uint32_t status;
    bool ip_good, l4_good;
} ChecksumRow;

static void checksum_row(QNc37xx *nc, const ChecksumRow *row)
{
    uint8_t frame[1514];
    size_t size = packet_build(frame, &row->shape);
    uint64_t buffer;

    packet_seal(frame, size);
    if (row->flip) {
        frame[packet_ip(frame) + row->flip] ^= 0x10;
    }
    nc37xx_wire_send(nc, frame, size);
    buffer = nc37xx_rx_wait(nc);
    g_assert_cmphex(fhdr_status(nc, buffer), ==, row->status);
    g_assert_cmpint(nc37xx_guest16(nc, buffer + L2_FHDR_IP_XSUM) == 0xffff,
                    ==, row->ip_good);
    g_assert_cmpint(nc37xx_guest16(nc, buffer + L2_FHDR_TCP_UDP_XSUM) ==
                    0xffff, ==, row->l4_good);
}

static void checksums(QNc37xx *nc)
{
    static const ChecksumRow rows[] = {
        { { PACKET_TCP, 100, .to_adapter = true }, 0, IP_TCP, true, true },
        { { PACKET_TCP, 101, 8, 12, .to_adapter = true }, 0, IP_TCP, true,
          true },
        { { PACKET_UDP, 333, .to_adapter = true }, 0, IP_UDP, true, true },
        { { PACKET_TCP, 100, .to_adapter = true }, 60,
          IP_TCP | L2_FHDR_ERRORS_TCP_XSUM, true, false },
        { { PACKET_UDP, 100, .to_adapter = true }, 60,
          IP_UDP | L2_FHDR_ERRORS_UDP_XSUM, true, false },
        { { PACKET_TCP, 100, .to_adapter = true }, 8,
          IP_DATAGRAM | L2_FHDR_ERRORS_IP_XSUM, false, false },
    };

    nc37xx_bring_up(nc);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        checksum_row(nc, &rows[i]);
    }
}

static void unchecked(QNc37xx *nc)
{
    const PacketShape udp = { PACKET_UDP, 100, .to_adapter = true };
    const PacketShape tcp = { PACKET_TCP, 100, .to_adapter = true };
    uint8_t frame[1514];
    size_t size = packet_build(frame, &udp);
    size_t ip = packet_ip(frame);

    nc37xx_bring_up(nc);
    /* UDP without a checksum */
    packet_seal(frame, size);
    packet_set_l4_checksum(frame, 0);
    nc37xx_wire_send(nc, frame, size);
    g_assert_cmphex(fhdr_status(nc, nc37xx_rx_wait(nc)), ==, IP_DATAGRAM);
    /* a fragment */
    size = packet_build(frame, &tcp);
    stw_be_p(frame + ip + 6, 0x2000);
    packet_seal(frame, size);
    nc37xx_wire_send(nc, frame, size);
    g_assert_cmphex(fhdr_status(nc, nc37xx_rx_wait(nc)), ==, IP_DATAGRAM);
    /* a header that promises more than there is */
    size = packet_build(frame, &tcp);
    stw_be_p(frame + ip + 2, 1500);
    packet_seal(frame, size);
    nc37xx_wire_send(nc, frame, size);
    g_assert_false(fhdr_status(nc, nc37xx_rx_wait(nc)) &
                   L2_FHDR_STATUS_TCP_SEGMENT);
}

static void page_ring_start(QNc37xx *nc, uint64_t page, uint32_t first,
                            uint32_t size)
{
    nc37xx_context_write(nc, RX_CTX + RX_CTX_PG_BUF_SIZE,
                         first << 16 | size);
    nc37xx_context_write(nc, RX_CTX + RX_CTX_PG_BDHADDR_HI, page >> 32);
    nc37xx_context_write(nc, RX_CTX + RX_CTX_PG_BDHADDR_LO, page);
}

static void page_ring(QNc37xx *nc)
{
    const uint32_t head = 128, page_size = 4096;
    uint64_t ring = guest_alloc(nc->alloc, NC37XX_PAGE);
    uint64_t pages = guest_alloc(nc->alloc, 4 * page_size);
    uint8_t frame[9014], got[9014], bd[BD_SIZE] = { 0 };
    uint64_t buffer;

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_RX_MTU_SIZE, 9018 | 1u << 31);
    for (unsigned i = 0; i < 4; i++) {
        stl_le_p(bd + BD_HADDR_LO, pages + i * page_size);
        stl_le_p(bd + RX_BD_LEN, page_size);
        qtest_memwrite(nc->qts, ring + i * BD_SIZE, bd, sizeof(bd));
    }
    page_ring_start(nc, ring, head + RX_FRAME_OFFSET, page_size);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    /* Fits into the first buffer, FCS included: no page is taken. */
    nc37xx_expect_received(nc, frame, head - NC37XX_FCS_SIZE);
    /* No page is there yet: the frame waits. */
    nc37xx_wire_send(nc, frame, sizeof(frame));
    nc37xx_expect_alive(nc);
    qpci_io_writew(&nc->dev, nc->bar, NC37XX_DOORBELL_RX_PG_BDIDX, 4);
    nc37xx_rx_doorbell(nc);
    buffer = nc37xx_rx_wait(nc);
    g_assert_cmphex(fhdr_status(nc, buffer), ==, 0);
    g_assert_cmphex(nc37xx_guest16(nc, buffer + L2_FHDR_PKT_LEN), ==, 9018);
    qtest_memread(nc->qts, buffer + RX_FRAME_OFFSET, got, head);
    qtest_memread(nc->qts, pages, got + head, sizeof(got) - head);
    g_assert_cmpmem(got, sizeof(got), frame, sizeof(frame));
}

/* Nothing is lost: frames wait in the backend until there is a buffer. */
static void full_ring(QNc37xx *nc)
{
    uint8_t frames[3][100], got[100];

    nc37xx_bring_up(nc);
    nc->rx_producer = 0;
    nc37xx_context_write(nc, RX_CTX + RX_CTX_BDHADDR_LO, nc->rx_page[0]);
    nc37xx_rx_doorbell(nc);
    for (unsigned i = 0; i < 3; i++) {
        nc37xx_frame_fill(frames[i], sizeof(frames[i]), i);
        nc37xx_wire_send(nc, frames[i], sizeof(frames[i]));
    }
    nc37xx_expect_alive(nc);
    g_assert_cmphex(nc37xx_rx_index(nc), ==, 0);
    for (unsigned i = 0; i < 3; i++) {
        uint64_t buffer;

        nc->rx_producer++;
        nc37xx_rx_doorbell(nc);
        buffer = nc37xx_rx_wait(nc);
        g_assert_cmphex(nc37xx_rx_index(nc), ==, i + 1);
        qtest_memread(nc->qts, buffer + RX_FRAME_OFFSET, got, sizeof(got));
        g_assert_cmpmem(got, sizeof(got), frames[i], sizeof(frames[i]));
    }
}

static void rings_wrap(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < 3 * NC37XX_PAGE_SLOTS; i++) {
        nc37xx_frame_fill(frame, sizeof(frame), i);
        nc37xx_expect_received(nc, frame, sizeof(frame));
        nc->rx_producer++;
        nc->rx_producer += nc->rx_producer % NC37XX_PAGE_SLOTS ==
                           NC37XX_LINK_SLOT;
        nc37xx_rx_doorbell(nc);
    }
}

/* T11: Linux rewrites the type at every change of the link. */
static void type_is_no_reset(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    nc37xx_context_write(nc, RX_CTX + RX_CTX_TYPE, RX_CTX_TYPE_L2 | 0xff);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    g_assert_cmphex(nc37xx_rx_index(nc), ==, 2);
}

static void needs_its_enables(QNc37xx *nc)
{
    static const uint32_t enables[] = {
        R_MISC_ENABLE_STATUS_EMAC_MASK,
        R_MISC_ENABLE_STATUS_RX_PARSER_MAC_MASK,
        R_MISC_ENABLE_STATUS_RX_DMA_MASK,
    };
    const uint32_t rxp_mode = NC37XX_CPU_FIRST +
                              NC37XX_CPU_RXP * NC37XX_CPU_BLOCK + CPU_MODE;
    uint8_t lost[100], frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(lost, sizeof(lost), 1);
    nc37xx_frame_fill(frame, sizeof(frame), 2);
    for (size_t i = 0; i < ARRAY_SIZE(enables); i++) {
        nc37xx_write(nc, A_MISC_ENABLE_CLR, enables[i]);
        nc37xx_wire_send(nc, lost, sizeof(lost));
        nc37xx_expect_alive(nc);
        nc37xx_expect_alive(nc);
        nc37xx_write(nc, A_MISC_ENABLE_SET, enables[i]);
        nc37xx_expect_received(nc, frame, sizeof(frame));
    }
    nc37xx_indirect_write(nc, rxp_mode, CPU_MODE_SOFT_HALT);
    nc37xx_wire_send(nc, lost, sizeof(lost));
    nc37xx_expect_alive(nc);
    nc37xx_expect_alive(nc);
    nc37xx_indirect_write(nc, rxp_mode, 0);
    nc37xx_expect_received(nc, frame, sizeof(frame));
}

static void small_buffer(QNc37xx *nc)
{
    uint8_t frame[1000];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_rx_bd(nc, 0, nc->rx_buffers, 256);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    nc37xx_expect_received(nc, frame, 200);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_MBUF_DISCARDS), ==, 1);
}

static void pause_frames(QNc37xx *nc)
{
    uint8_t frame[60];

    nc37xx_bring_up(nc);
    filter_set(nc, R_RPM_SORT_USER0_PROM_EN_MASK);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    stw_be_p(frame + 12, 0x8808);
    expect_refused(nc, frame, sizeof(frame));
    g_assert_cmpuint(nc37xx_counter(nc, STAT_MAC_CONTROL_RECEIVED), ==, 1);
}

/* T16: with interrupts off and nothing to wait for. */
static void loopback(QNc37xx *nc)
{
    uint8_t frame[1514], got[1514];
    uint64_t buffer;

    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
    buffer = nc->rx_buffers + nc->rx_consumer * NC37XX_BUFFER;
    g_assert_cmphex(nc37xx_rx_index(nc), ==, ++nc->rx_consumer);
    g_assert_cmphex(nc37xx_tx_consumer(nc), ==, nc->tx_producer);
    qtest_memread(nc->qts, buffer + RX_FRAME_OFFSET, got, sizeof(got));
    g_assert_cmpmem(got, sizeof(got), frame, sizeof(frame));
    g_assert_true(nc37xx_wire_is_quiet(nc));
}

static void mac_loopback(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    loopback(nc);
    nc37xx_set_link(nc, false);
    loopback(nc);
    nc37xx_set_link(nc, true);
}

static void phy_loopback(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_BMCR, PHY_BMCR_LOOPBACK |
                     PHY_BMCR_FULL_DUPLEX | PHY_BMCR_SPEED1000);
    loopback(nc);
}

static void no_link(QNc37xx *nc)
{
    uint8_t lost[100], frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill(lost, sizeof(lost), 1);
    nc37xx_frame_fill(frame, sizeof(frame), 2);
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_BMCR, PHY_BMCR_POWER_DOWN);
    nc37xx_wire_send(nc, lost, sizeof(lost));
    nc37xx_expect_alive(nc);
    nc37xx_expect_alive(nc);
    nc37xx_write(nc, A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_BMCR, PHY_BMCR_AUTONEG);
    qtest_clock_step(nc->qts, 100000000);
    nc37xx_expect_received(nc, frame, sizeof(frame));
}

static const Nc37xxCase cases[] = {
    { "unicast_frame_comes_with_its_header", unicast },
    { "short_frame_is_padded_with_zeroes", short_frames },
    { "frame_for_somebody_else_needs_promiscuity", somebody_elses },
    { "broadcasts_come_in_when_enabled", broadcasts },
    { "multicast_comes_in_by_hash_or_all", multicast },
    { "each_match_entry_lets_its_address_in", more_addresses },
    { "any_of_the_sort_users_may_accept", any_sort_user },
    { "longer_than_the_mtu_is_counted_and_dropped", too_long },
    { "vlan_tag_is_stripped_or_kept", vlan },
    { "stripped_short_frame_is_padded_again", short_tagged_frame },
    { "checksums_are_verified_over_any_headers", checksums },
    { "what_has_no_checksum_is_not_verified", unchecked },
    { "jumbo_frame_is_split_into_pages", page_ring },
    { "frames_wait_for_buffers_and_keep_their_order", full_ring },
    { "link_slots_of_two_pages_are_followed", rings_wrap },
    { "rewriting_the_context_type_restarts_nothing", type_is_no_reset },
    { "reception_needs_mac_parser_dma_and_processor", needs_its_enables },
    { "buffer_too_small_costs_one_frame_only", small_buffer },
    { "pause_frames_end_in_the_mac", pause_frames },
    { "mac_loopback_is_over_with_the_doorbell", mac_loopback },
    { "phy_loopback_is_over_with_the_doorbell", phy_loopback },
    { "frames_without_link_are_lost", no_link },
};

static void register_tests(void)
{
    nc37xx_register_cases("rx", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
