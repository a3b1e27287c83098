/*
 * NC37xx adapters: transmission.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "libnc37xx.h"
#include "packet.h"

static void whole_frame(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 60, 1);
    nc37xx_expect_sent(nc, 1514, 2);
}

/* M4, and R1: the padding must not be what an earlier frame left. */
static void short_frames(QNc37xx *nc)
{
    uint8_t frame[60], got[NC37XX_WIRE_MAX];

    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 1514, 0xa5);
    for (size_t size = 14; size < 60; size += 9) {
        nc37xx_frame_fill_out(frame, size, 3);
        memset(frame + size, 0, sizeof(frame) - size);
        nc37xx_tx_frame(nc, frame, size, 0);
        g_assert_cmpuint(nc37xx_wire_receive(nc, got), ==, 60);
        g_assert_cmpmem(got, 60, frame, 60);
    }
}

static void status_is_posted(QNc37xx *nc)
{
    uint16_t index;

    nc37xx_bring_up(nc);
    index = nc37xx_status16(nc, STATUS_IDX);
    nc37xx_expect_sent(nc, 60, 1);
    g_assert_cmphex(nc37xx_tx_consumer(nc), ==, nc->tx_producer);
    g_assert_cmphex(nc37xx_status16(nc, STATUS_IDX), ==, index + 1);
}

/* Fragments of growing size, from one byte on and at odd addresses. */
static void fragments(QNc37xx *nc)
{
    const size_t size = 1000;
    uint8_t frame[1000], got[NC37XX_WIRE_MAX];
    size_t done = 0;

    nc37xx_bring_up(nc);
    nc37xx_frame_fill_out(frame, size, 7);
    qtest_memwrite(nc->qts, nc->buffer + 1, frame, size);
    for (size_t n = 1; done < size; n++) {
        size_t part = MIN(n, size - done);

        nc37xx_tx_bd(nc, nc->buffer + 1 + done, part,
                     (done ? 0 : TX_BD_FLAG_START) |
                     (done + part == size ? TX_BD_FLAG_END : 0));
        done += part;
    }
    nc37xx_tx_doorbell(nc);
    g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame, size);
    nc37xx_tx_wait(nc);
}

static void packet_waits_for_its_end(QNc37xx *nc)
{
    uint8_t frame[100], got[NC37XX_WIRE_MAX];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill_out(frame, sizeof(frame), 7);
    qtest_memwrite(nc->qts, nc->buffer, frame, sizeof(frame));
    nc37xx_tx_bd(nc, nc->buffer, 40, TX_BD_FLAG_START);
    nc37xx_tx_doorbell(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    g_assert_cmphex(nc37xx_tx_consumer(nc), ==, 0);
    nc37xx_tx_bd(nc, nc->buffer + 40, 60, TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
    g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame, sizeof(frame));
    nc37xx_tx_wait(nc);
}

static void rings_wrap(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < 3 * NC37XX_PAGE_SLOTS; i++) {
        nc37xx_expect_sent(nc, 60 + i, i);
    }
    g_assert_cmpuint(nc->tx_producer, >, 2 * NC37XX_PAGE_SLOTS);
}

/* One page that links to itself; one packet fills it. */
static void indices_run_free(QNc37xx *nc)
{
    uint8_t frame[NC37XX_LINK_SLOT], got[NC37XX_WIRE_MAX];

    nc37xx_bring_up(nc);
    nc->tx_page[1] = nc->tx_page[0];
    nc37xx_frame_fill_out(frame, sizeof(frame), 9);
    qtest_memwrite(nc->qts, nc->buffer, frame, sizeof(frame));
    for (unsigned i = 0; i < NC37XX_LINK_SLOT; i++) {
        nc37xx_tx_bd(nc, nc->buffer + i, 1,
                     (i == 0 ? TX_BD_FLAG_START : 0) |
                     (i == NC37XX_LINK_SLOT - 1 ? TX_BD_FLAG_END : 0));
    }
    qtest_writel(nc->qts, nc->tx_page[0] + NC37XX_LINK_SLOT * BD_SIZE +
                 BD_HADDR_LO, nc->tx_page[0]);
    for (unsigned turn = 0; turn <= 0x10000 / NC37XX_PAGE_SLOTS; turn++) {
        nc->tx_producer = (turn + 1) * NC37XX_PAGE_SLOTS;
        nc37xx_tx_doorbell(nc);
        g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame,
                        sizeof(frame));
        nc37xx_tx_wait(nc);
    }
}

/* 256 bytes: 15 descriptors and the link. */
static void small_pages(QNc37xx *nc)
{
    const unsigned slots = 16;
    uint8_t frame[64], got[NC37XX_WIRE_MAX], bd[BD_SIZE] = { 0 };
    uint64_t page;
    uint16_t index = 0;

    nc37xx_bring_up(nc);
    page = nc->tx_page[0];
    nc37xx_write(nc, A_TBDR_CONFIG, 0);
    stl_le_p(bd + BD_HADDR_LO, page);
    qtest_memwrite(nc->qts, page + (slots - 1) * BD_SIZE, bd, sizeof(bd));
    for (unsigned i = 0; i < 40; i++) {
        nc37xx_frame_fill_out(frame, sizeof(frame), i);
        qtest_memwrite(nc->qts, nc->buffer, frame, sizeof(frame));
        stl_le_p(bd + BD_HADDR_LO, nc->buffer);
        stl_le_p(bd + TX_BD_MSS_NBYTES, sizeof(frame));
        stl_le_p(bd + TX_BD_VLAN_TAG_FLAGS,
                 TX_BD_FLAG_START | TX_BD_FLAG_END);
        qtest_memwrite(nc->qts, page + index % slots * BD_SIZE, bd,
                       sizeof(bd));
        index++;
        index += index % slots == slots - 1;
        nc->tx_producer = index;
        nc37xx_tx_doorbell(nc);
        g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame,
                        sizeof(frame));
    }
}

static const char *five_gib(void)
{
    return "-m 5G";
}

/* M8: bit 31 of an address is no sign; and there is memory above 4 GiB. */
static void high_memory(QNc37xx *nc)
{
    const uint64_t above_2g = 0x90000000, above_4g = 0x118000000;

    nc37xx_bring_up(nc);
    nc->tx_page[0] = above_2g;
    nc->tx_page[1] = above_4g;
    nc->rx_page[0] = above_4g + 0x1000;
    nc->rx_page[1] = above_2g + 0x1000;
    nc->status = above_2g + 0x2000;
    nc->statistics = nc->status + STATUS_BLOCK_RESERVED;
    for (unsigned i = 0; i < 2; i++) {
        uint8_t frame[600];

        nc->buffer = (i ? above_2g : above_4g) + 0x10000;
        nc->rx_buffers = (i ? above_4g : above_2g) + 0x200000;
        nc37xx_restart(nc);
        nc37xx_expect_sent(nc, 600, i);
        nc37xx_frame_fill(frame, sizeof(frame), i);
        nc37xx_expect_received(nc, frame, sizeof(frame));
    }
}

static void vlan_tag(QNc37xx *nc)
{
    uint8_t frame[100], got[NC37XX_WIRE_MAX];
    const uint16_t tag = 0x6123;

    nc37xx_bring_up(nc);
    nc37xx_frame_fill_out(frame, sizeof(frame), 5);
    nc37xx_tx_frame(nc, frame, sizeof(frame),
                    (uint32_t)tag << 16 | TX_BD_FLAG_VLAN_TAG);
    g_assert_cmpuint(nc37xx_wire_receive(nc, got), ==, sizeof(frame) + 4);
    g_assert_cmpmem(got, 12, frame, 12);
    g_assert_cmphex(lduw_be_p(got + 12), ==, 0x8100);
    g_assert_cmphex(lduw_be_p(got + 14), ==, tag);
    g_assert_cmpmem(got + 16, sizeof(frame) - 12, frame + 12,
                    sizeof(frame) - 12);
}

/* M3: what later descriptors of a packet say does not matter. */
static void start_flags_count(QNc37xx *nc)
{
    uint8_t frame[100], got[NC37XX_WIRE_MAX];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill_out(frame, sizeof(frame), 5);
    qtest_memwrite(nc->qts, nc->buffer, frame, sizeof(frame));
    nc37xx_tx_bd(nc, nc->buffer, 50, TX_BD_FLAG_START);
    nc37xx_tx_bd(nc, nc->buffer + 50, 50, 0x0fff0000 | TX_BD_FLAG_VLAN_TAG |
                 TX_BD_FLAG_END);
    nc37xx_tx_doorbell(nc);
    g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame, sizeof(frame));
}

static void checksum_case(QNc37xx *nc, const PacketShape *shape)
{
    uint8_t frame[1514], got[NC37XX_WIRE_MAX];
    size_t size = packet_build(frame, shape);
    uint8_t expected[1514];

    memcpy(expected, frame, size);
    packet_seal(expected, size);
    packet_spoil(frame);
    nc37xx_tx_frame(nc, frame, size, TX_BD_FLAG_TCP_UDP_CKSUM |
                    TX_BD_FLAG_IP_CKSUM);
    g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), expected, size);
}

static void checksums(QNc37xx *nc)
{
    static const PacketShape shapes[] = {
        { .protocol = PACKET_TCP, .data = 1000 },
        { .protocol = PACKET_TCP, .data = 7, .tcp_options = 12 },
        { .protocol = PACKET_TCP, .data = 101, .ip_options = 8 },
        { .protocol = PACKET_TCP, .data = 333, .vlan = true },
        { .protocol = PACKET_UDP, .data = 512 },
        { .protocol = PACKET_UDP, .data = 33, .ip_options = 40 },
    };

    nc37xx_bring_up(nc);
    for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
        checksum_case(nc, &shapes[i]);
    }
}

/* RFC 768: 0 would mean that there is none. */
static void udp_zero(QNc37xx *nc)
{
    const PacketShape shape = { .protocol = PACKET_UDP, .data = 18 };
    uint8_t frame[1514], got[NC37XX_WIRE_MAX];
    size_t size = packet_build(frame, &shape);
    uint8_t *data = frame + size - 18;
    uint16_t sum;

    stw_be_p(data, 0);
    packet_seal(frame, size);
    sum = packet_l4_checksum(frame);
    /* The data takes up all that the checksum had to make good. */
    stw_be_p(data, sum);
    nc37xx_bring_up(nc);
    nc37xx_tx_frame(nc, frame, size, TX_BD_FLAG_TCP_UDP_CKSUM);
    nc37xx_wire_receive(nc, got);
    g_assert_cmphex(packet_l4_checksum(got), ==, 0xffff);
}

static void untouched_without_flags(QNc37xx *nc)
{
    const PacketShape shape = { .protocol = PACKET_TCP, .data = 100 };
    uint8_t frame[1514], got[NC37XX_WIRE_MAX];
    size_t size = packet_build(frame, &shape);

    packet_spoil(frame);
    nc37xx_bring_up(nc);
    nc37xx_tx_frame(nc, frame, size, 0);
    g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame, size);
}

/* Each segment must be what a stack would have sent in its place. */
static void lso_case(QNc37xx *nc, const PacketShape *shape, uint16_t mss)
{
    g_autofree uint8_t *frame = g_malloc0(NC37XX_WIRE_MAX);
    uint8_t expected[1600], got[NC37XX_WIRE_MAX];
    size_t size = packet_build(frame, shape);
    unsigned segments = DIV_ROUND_UP(shape->data, mss);

    qtest_memwrite(nc->qts, nc->buffer, frame, size);
    nc37xx_tx_bd(nc, nc->buffer, (uint32_t)mss << 16 | size,
                 TX_BD_FLAG_START | TX_BD_FLAG_END | TX_BD_FLAG_SW_LSO |
                 (shape->tcp_options + shape->ip_options) / 4 <<
                 TX_BD_FLAG_OPTION_WORDS_SHIFT);
    nc37xx_tx_doorbell(nc);
    for (unsigned i = 0; i < segments; i++) {
        size_t expected_size = packet_segment(frame, shape, mss, i, expected);

        g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), expected,
                        expected_size);
    }
    nc37xx_tx_wait(nc);
    g_assert_true(nc37xx_wire_is_quiet(nc));
}

static void lso(QNc37xx *nc)
{
    static const struct {
        PacketShape shape;
        uint16_t mss;
    } rows[] = {
        { { .protocol = PACKET_TCP, .data = 3000 }, 1460 },
        { { .protocol = PACKET_TCP, .data = 2920 }, 1460 },
        { { .protocol = PACKET_TCP, .data = 1461 }, 1460 },
        { { .protocol = PACKET_TCP, .data = 64000, .tcp_options = 12 }, 1448 },
        { { .protocol = PACKET_TCP, .data = 999, .ip_options = 4 }, 100 },
        { { .protocol = PACKET_TCP, .data = 5000, .vlan = true }, 1456 },
        { { .protocol = PACKET_TCP, .data = 10 }, 1460 },
    };

    nc37xx_bring_up(nc);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        lso_case(nc, &rows[i].shape, rows[i].mss);
    }
}

static void jumbo(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 9014, 1);
    nc37xx_expect_sent(nc, NC37XX_FRAME_MAX, 2);
}

/* Not stalled: the driver's watchdog would take the adapter for dead. */
static void no_link(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill_out(frame, sizeof(frame), 1);
    nc37xx_set_link(nc, false);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    g_assert_cmphex(nc37xx_tx_consumer(nc), ==, nc->tx_producer);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_UCAST_PKTS), ==, 0);
    nc37xx_set_link(nc, true);
}

static void needs_its_enables(QNc37xx *nc)
{
    static const uint32_t enables[] = {
        R_MISC_ENABLE_STATUS_TX_SCHEDULER_MASK,
        R_MISC_ENABLE_STATUS_TX_DMA_MASK,
    };
    uint8_t frame[100], got[NC37XX_WIRE_MAX];

    nc37xx_bring_up(nc);
    nc37xx_frame_fill_out(frame, sizeof(frame), 1);
    for (size_t i = 0; i < ARRAY_SIZE(enables); i++) {
        nc37xx_write(nc, A_MISC_ENABLE_CLR, enables[i]);
        nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
        g_assert_true(nc37xx_wire_is_quiet(nc));
        nc37xx_write(nc, A_MISC_ENABLE_SET, enables[i]);
        nc37xx_tx_doorbell(nc);
        g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame,
                        sizeof(frame));
    }
}

/* C3: drivers clear the contexts when they open the adapter. */
static void cleared_context_stops(QNc37xx *nc)
{
    const uint32_t tx = NC37XX_CID_TX * NC37XX_CONTEXT_SIZE;
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_context_write(nc, tx + TX_CTX_BHADDR_HI, 0);
    nc37xx_context_write(nc, tx + TX_CTX_BHADDR_LO, 0);
    nc37xx_frame_fill_out(frame, sizeof(frame), 1);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    g_assert_cmphex(nc37xx_tx_consumer(nc), ==, 0);
    nc37xx_context_write(nc, tx + TX_CTX_BHADDR_LO, nc->tx_page[0]);
    nc->tx_producer = 0;
    nc37xx_expect_sent(nc, 100, 2);
}

/* More than one call may do: the rest follows from the main loop. */
static void long_queues(QNc37xx *nc)
{
    const unsigned packets = NC37XX_RING_PAGES * (NC37XX_PAGE_SLOTS - 1) - 1;
    uint8_t frame[60], got[NC37XX_WIRE_MAX];
    unsigned i;

    nc37xx_bring_up(nc);
    nc37xx_frame_fill_out(frame, sizeof(frame), 1);
    qtest_memwrite(nc->qts, nc->buffer, frame, sizeof(frame));
    for (i = 0; i < packets; i++) {
        nc37xx_tx_bd(nc, nc->buffer, sizeof(frame),
                     TX_BD_FLAG_START | TX_BD_FLAG_END);
    }
    nc37xx_tx_doorbell(nc);
    for (i = 0; i < packets; i++) {
        g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame,
                        sizeof(frame));
    }
    nc37xx_tx_wait(nc);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_UCAST_PKTS), ==, packets);
}

static const Nc37xxCase cases[] = {
    { "frame_arrives_unchanged", whole_frame },
    { "short_frame_is_padded_with_zeroes", short_frames },
    { "status_is_posted_before_the_doorbell_returns", status_is_posted },
    { "frame_is_gathered_from_many_fragments", fragments },
    { "packet_waits_for_its_last_descriptor", packet_waits_for_its_end },
    { "link_slots_of_two_pages_are_followed", rings_wrap },
    { "index_runs_free_over_16_bits", indices_run_free },
    { "pages_of_256_bytes_have_16_slots", small_pages },
    { "memory_above_2_and_4_gib_is_reached", high_memory, five_gib },
    { "vlan_tag_is_inserted", vlan_tag },
    { "flags_of_the_first_descriptor_count", start_flags_count },
    { "checksums_are_computed_over_any_headers", checksums },
    { "udp_checksum_of_zero_is_sent_as_ffff", udp_zero },
    { "packet_is_left_alone_without_flags", untouched_without_flags },
    { "large_send_becomes_right_segments", lso },
    { "jumbo_frame_is_sent_whole", jumbo },
    { "frame_is_completed_and_dropped_without_link", no_link },
    { "transmission_needs_scheduler_and_dma", needs_its_enables },
    { "clearing_the_context_stops_the_ring", cleared_context_stops },
    { "full_ring_is_sent_to_the_last_packet", long_queues },
};

static void register_tests(void)
{
    nc37xx_register_cases("tx", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
