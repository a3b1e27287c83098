/*
 * Reception: filter, checks, headers, buffers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define SIZE 200
#define ALL_ON (R_RPM_SORT_USER0_ENA_MASK | R_RPM_SORT_USER0_PROM_EN_MASK)

static uint8_t frame[20000];

static bool receive(size_t size)
{
    return nc37xx_receive(&card.nc, frame, size);
}

static void open_with_buffers(unsigned count)
{
    card_open();
    card_rx_buffers(count);
    frame_fill(frame, sizeof(frame), 0x88b5);
}

static uint32_t counter(unsigned offset)
{
    card_write(A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    return card_long(STATISTICS_AT + offset +
                     (offset < STAT_FIRST_32BIT ? 4 : 0));
}

/* Frame @n lies in its buffer: @size bytes of @data. */
static void received(unsigned n, const uint8_t *data, size_t size)
{
    CU_ASSERT_EQUAL(card_rx_consumer(), n + 1);
    CU_ASSERT_EQUAL(card_rx_header(n, L2_FHDR_PKT_LEN), size + 4);
    CU_ASSERT_FALSE(memcmp(card_rx_buffer(n) + RX_FRAME_OFFSET, data, size));
}

static void a_frame_lies_behind_its_header(void)
{
    open_with_buffers(4);
    CU_ASSERT_TRUE(receive(SIZE));
    received(0, frame, SIZE);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_STATUS), 0);
    CU_ASSERT_EQUAL(lduw_le_p(card_rx_buffer(0) + L2_FHDR_SIZE), 0);
    CU_ASSERT_TRUE(receive(SIZE + 1));
    received(1, frame, SIZE + 1);
}

static void nothing_is_written_behind_a_frame(void)
{
    open_with_buffers(1);
    receive(SIZE);
    CU_ASSERT_EQUAL(card_rx_buffer(0)[RX_FRAME_OFFSET + SIZE], 0x5a);
}

static void each_frame_is_one_status_post(void)
{
    uint16_t before;

    open_with_buffers(4);
    before = card.nc.status_index;
    receive(SIZE);
    CU_ASSERT_EQUAL(card_status_index(), before + 1);
    receive(SIZE);
    CU_ASSERT_EQUAL(card_status_index(), before + 2);
}

static void a_short_frame_is_padded(void)
{
    open_with_buffers(2);
    memset(frame + 20, 0, 40);
    receive(20);
    received(0, frame, 60);
    memset(frame, 0, 60);
    card_write(A_RPM_SORT_USER0, ALL_ON);
    receive(0);
    received(1, frame, 60);
}

static void the_limit_is_what_the_driver_says(void)
{
    open_with_buffers(4);
    receive(1514);
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
    receive(1515);
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_oversize], 1);
    stw_be_p(frame + 12, 0x8100);
    receive(1518);
    CU_ASSERT_EQUAL(card_rx_consumer(), 2);
    receive(1519);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_oversize], 2);
    CU_ASSERT_EQUAL(counter(STAT_OVERSIZE_PKTS), 2);
}

static void a_limit_of_nothing_drops_all(void)
{
    open_with_buffers(4);
    card_write(A_EMAC_RX_MTU_SIZE, 0);
    CU_ASSERT_TRUE(receive(SIZE));
    card_write(A_EMAC_RX_MTU_SIZE, 3);
    CU_ASSERT_TRUE(receive(SIZE));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_oversize], 2);
}

static void no_limit_lets_more_than_a_jumbo_through(void)
{
    open_with_buffers(4);
    card_write(A_RPM_SORT_USER0, ALL_ON);
    card_write(A_EMAC_RX_MTU_SIZE, 0x8000ffff);
    CU_ASSERT_TRUE(receive(NC37XX_FRAME_MAX + 1));
    CU_ASSERT_TRUE(receive(sizeof(frame)));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_oversize], 2);
    CU_ASSERT_EQUAL(counter(STAT_OVERSIZE_PKTS), 2);
}

static void a_frame_longer_than_its_buffer_is_dropped(void)
{
    open_with_buffers(4);
    card_write(A_EMAC_RX_MTU_SIZE, 9018);
    receive(BUFFER_SIZE - RX_FRAME_OFFSET - 4);
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
    CU_ASSERT_TRUE(receive(BUFFER_SIZE - RX_FRAME_OFFSET - 3));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_buffer_small], 1);
    CU_ASSERT_EQUAL(counter(STAT_IN_MBUF_DISCARDS), 1);
    CU_ASSERT_EQUAL(card.nc.rx.at.index, 1);
}

/* The frame waits in the network; the doorbell asks for it again. */
static void without_a_buffer_a_frame_waits(void)
{
    open_with_buffers(1);
    CU_ASSERT_TRUE(nc37xx_can_receive(&card.nc));
    receive(SIZE);
    CU_ASSERT_FALSE(nc37xx_can_receive(&card.nc));
    CU_ASSERT_FALSE(receive(SIZE));
    CU_ASSERT_EQUAL(card.receive_ready, 0);
    card_rx_buffers(1);
    CU_ASSERT_EQUAL(card.receive_ready, 1);
    CU_ASSERT_TRUE(nc37xx_can_receive(&card.nc));
    CU_ASSERT_TRUE(receive(SIZE));
    card_rx_buffers(1);
    CU_ASSERT_EQUAL(card.receive_ready, 1);
}

static void a_waiting_frame_is_asked_for_after_a_reset(void)
{
    open_with_buffers(0);
    CU_ASSERT_FALSE(receive(SIZE));
    card_core_reset();
    CU_ASSERT_EQUAL(card.receive_ready, 1);
    CU_ASSERT_TRUE(nc37xx_can_receive(&card.nc));
    CU_ASSERT_TRUE(receive(SIZE));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_disabled], 1);
}

static void every_block_on_the_way_must_be_enabled(void)
{
    static const uint32_t blocks[] = {
        R_MISC_ENABLE_STATUS_EMAC_MASK,
        R_MISC_ENABLE_STATUS_RX_PARSER_MAC_MASK,
        R_MISC_ENABLE_STATUS_RX_DMA_MASK,
    };
    size_t i;

    open_with_buffers(4);
    for (i = 0; i < ARRAY_SIZE(blocks); i++) {
        card_write(A_MISC_ENABLE_CLR, blocks[i]);
        CU_ASSERT_TRUE(receive(SIZE));
        card_write(A_MISC_ENABLE_SET, blocks[i]);
    }
    card_grc_write(NC37XX_CPU_FIRST + NC37XX_CPU_RXP * NC37XX_CPU_BLOCK +
                   CPU_MODE, CPU_MODE_SOFT_HALT);
    CU_ASSERT_TRUE(receive(SIZE));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_disabled], 4);
    CU_ASSERT_EQUAL(card.nc.rx.at.index, 0);
}

static void a_frame_without_a_link_or_in_loopback_is_dropped(void)
{
    open_with_buffers(4);
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    CU_ASSERT_TRUE(receive(SIZE));
    card_write(A_EMAC_MODE, 0);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_TRUE(receive(SIZE));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_disabled], 2);
}

/* Filter */

static bool accepted(const char *address)
{
    uint16_t before = card.nc.rx.at.index;

    memcpy(frame, address, 6);
    CU_ASSERT_TRUE(receive(SIZE));
    return card.nc.rx.at.index != before;
}

#define OURS "\x00\x17\x08\xa1\xb2\xc3"
#define OTHER "\x00\x17\x08\xa1\xb2\xc4"
#define BROADCAST "\xff\xff\xff\xff\xff\xff"
#define MULTICAST_HASH 254
#define MULTICAST2_HASH 159
#define MULTICAST "\x01\x00\x5e\x00\x00\x01"
#define MULTICAST2 "\x33\x33\x00\x00\x00\x01"

static void rules(uint32_t rule)
{
    card_write(A_RPM_SORT_USER0, 0);
    card_write(A_RPM_SORT_USER0, rule);
    card_write(A_RPM_SORT_USER0, rule | R_RPM_SORT_USER0_ENA_MASK);
}

static void our_address_and_broadcasts_are_accepted(void)
{
    open_with_buffers(20);
    rules(0x00010001);
    CU_ASSERT_TRUE(accepted(OURS));
    CU_ASSERT_TRUE(accepted(BROADCAST));
    CU_ASSERT_FALSE(accepted(OTHER));
    CU_ASSERT_FALSE(accepted(MULTICAST));
    rules(0x00000001);
    CU_ASSERT_FALSE(accepted(BROADCAST));
    rules(0x00020000);
    CU_ASSERT_TRUE(accepted(MULTICAST));
    CU_ASSERT_FALSE(accepted(BROADCAST));
    CU_ASSERT_FALSE(accepted(OURS));
    rules(0x00080000);
    CU_ASSERT_TRUE(accepted(OTHER));
    CU_ASSERT_TRUE(accepted(MULTICAST));
    CU_ASSERT_EQUAL(counter(STAT_IN_L2_FILTER_DISCARDS), 5);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_filtered], 5);
}

static void a_rule_that_is_not_enabled_accepts_nothing(void)
{
    open_with_buffers(4);
    card_write(A_RPM_SORT_USER0, 0x000f0001);
    CU_ASSERT_FALSE(accepted(OURS));
    CU_ASSERT_FALSE(accepted(BROADCAST));
}

static void any_of_the_four_users_may_accept(void)
{
    unsigned user;

    open_with_buffers(20);
    for (user = 0; user < NC37XX_SORT_USERS; user++) {
        rules(0);
        card_write(A_RPM_SORT_USER0 + user * 4,
                   R_RPM_SORT_USER0_ENA_MASK | 1);
        CU_ASSERT_TRUE(accepted(OURS));
        card_write(A_RPM_SORT_USER0 + user * 4, 0);
        CU_ASSERT_FALSE(accepted(OURS));
    }
}

static void each_match_entry_has_its_enable(void)
{
    unsigned entry;

    open_with_buffers(40);
    for (entry = 0; entry < NC37XX_MAC_MATCHES; entry++) {
        card_write(A_EMAC_MAC_MATCH0 + entry * 8, 0xffff0017);
        card_write(A_EMAC_MAC_MATCH1 + entry * 8, 0x08a1b2c4);
        rules(1u << entry);
        CU_ASSERT_TRUE(accepted(OTHER));
        rules(0xffff & ~(1u << entry));
        CU_ASSERT_FALSE(accepted(OTHER));
        card_write(A_EMAC_MAC_MATCH1 + entry * 8, 0);
    }
}

/* The hashes were worked out with zlib's crc32() of the addresses. */
static void multicast_is_filtered_by_hash(void)
{
    open_with_buffers(20);
    rules(0x00040000);
    CU_ASSERT_FALSE(accepted(MULTICAST));
    card_write(A_EMAC_MULTICAST_HASH0 + MULTICAST_HASH / 32 * 4,
               1u << MULTICAST_HASH % 32);
    CU_ASSERT_TRUE(accepted(MULTICAST));
    CU_ASSERT_FALSE(accepted(MULTICAST2));
    CU_ASSERT_FALSE(accepted(BROADCAST));
    card_write(A_EMAC_MULTICAST_HASH0 + MULTICAST2_HASH / 32 * 4,
               1u << MULTICAST2_HASH % 32);
    CU_ASSERT_TRUE(accepted(MULTICAST2));
}

static void pause_frames_end_in_the_mac(void)
{
    open_with_buffers(4);
    rules(0x00080000);
    stw_be_p(frame + 12, 0x8808);
    CU_ASSERT_FALSE(accepted("\x01\x80\xc2\x00\x00\x01"));
    CU_ASSERT_EQUAL(counter(STAT_MAC_CONTROL_RECEIVED), 1);
}

/* VLAN */

static void a_tag_is_taken_out_and_reported(void)
{
    uint8_t want[SIZE - 4];

    open_with_buffers(4);
    memcpy(frame + 12, "\x81\x00\x60\x2a", 4);
    memcpy(want, frame, 12);
    memcpy(want + 12, frame + 16, SIZE - 16);
    receive(SIZE);
    received(0, want, SIZE - 4);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_STATUS), L2_FHDR_STATUS_VLAN_TAG);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_VLAN_TAG), 0x602a);
    CU_ASSERT_EQUAL(counter(STAT_IN_OCTETS), SIZE + 4);
}

static void a_tag_stays_when_the_driver_wants_it(void)
{
    open_with_buffers(4);
    card_write(A_EMAC_RX_MODE, R_EMAC_RX_MODE_KEEP_VLAN_TAG_MASK);
    memcpy(frame + 12, "\x81\x00\x60\x2a", 4);
    receive(SIZE);
    received(0, frame, SIZE);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_STATUS), 0);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_VLAN_TAG), 0);
}

static void a_short_tagged_frame_is_padded_without_its_tag(void)
{
    uint8_t want[60] = { 0 };

    open_with_buffers(4);
    memcpy(frame + 12, "\x81\x00\x00\x01", 4);
    memcpy(want, frame, 12);
    memcpy(want + 12, frame + 16, 14);
    receive(30);
    received(0, want, 60);
}

/* Page ring */

static void pages_set_up(unsigned first, unsigned page, unsigned count)
{
    card_write(A_EMAC_RX_MTU_SIZE, 0x80000000 | 9018);
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, first << 16 | page);
    card_rx_pages(count, page);
}

/* @size bytes of @frame: some in buffer @n, the rest in pages from @page. */
static void received_split(unsigned n, size_t head, size_t size,
                           uint64_t page)
{
    CU_ASSERT_EQUAL(card_rx_header(n, L2_FHDR_PKT_LEN), size + 4);
    CU_ASSERT_FALSE(card_rx_header(n, L2_FHDR_STATUS) & L2_FHDR_STATUS_SPLIT);
    CU_ASSERT_FALSE(memcmp(card_rx_buffer(n) + RX_FRAME_OFFSET, frame, head));
    CU_ASSERT_FALSE(memcmp(card_memory(page), frame + head, size - head));
}

static void a_long_frame_goes_on_in_pages(void)
{
    open_with_buffers(8);
    pages_set_up(146, 4096, 8);
    receive(9000);
    received_split(0, 128, 9000, PAGES_AT);
    CU_ASSERT_EQUAL(card.nc.rx_pages.at.index, 3);
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
    CU_ASSERT_EQUAL(card_rx_buffer(0)[RX_FRAME_OFFSET + 128], 0x5a);
    receive(300);
    received_split(1, 128, 300, PAGES_AT + 3 * 4096);
}

static void a_frame_that_fits_uses_no_page(void)
{
    open_with_buffers(8);
    pages_set_up(146, 4096, 8);
    receive(124);
    received(0, frame, 124);
    CU_ASSERT_EQUAL(card.nc.rx_pages.at.index, 0);
    receive(125);
    CU_ASSERT_EQUAL(card.nc.rx_pages.at.index, 1);
    CU_ASSERT_FALSE(memcmp(card_rx_buffer(1) + RX_FRAME_OFFSET, frame, 125));
}

/* The FCS is counted, so it can need a page of its own. */
static void the_fcs_alone_may_start_a_page(void)
{
    open_with_buffers(8);
    pages_set_up(146, 256, 40);
    receive(128 + 256);
    CU_ASSERT_EQUAL(card.nc.rx_pages.at.index, 2);
    received_split(0, 128, 128 + 256, PAGES_AT);
    receive(128 + 252);
    CU_ASSERT_EQUAL(card.nc.rx_pages.at.index, 3);
}

static void without_enough_pages_a_frame_waits_and_takes_nothing(void)
{
    open_with_buffers(8);
    pages_set_up(146, 4096, 2);
    CU_ASSERT_FALSE(receive(9000));
    CU_ASSERT_EQUAL(card.nc.rx.at.index, 0);
    CU_ASSERT_EQUAL(card.nc.rx_pages.at.index, 0);
    card_rx_pages(1, 4096);
    CU_ASSERT_EQUAL(card.receive_ready, 1);
    CU_ASSERT_TRUE(receive(9000));
    received_split(0, 128, 9000, PAGES_AT);
}

static void sizes_that_make_no_sense_use_no_pages(void)
{
    open_with_buffers(8);
    pages_set_up(18, 4096, 4);
    receive(SIZE);
    received(0, frame, SIZE);
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, 146 << 16);
    receive(SIZE);
    received(1, frame, SIZE);
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, 146 << 16 | 1);
    CU_ASSERT_TRUE(receive(SIZE));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_buffer_small], 1);
    CU_ASSERT_EQUAL(card_rx_consumer(), 2);
}

/* DMA */

static void a_wild_ring_stops_reception_and_does_not_advance(void)
{
    open_with_buffers(8);
    card_context_write(NC37XX_CID_RX, RX_CTX_BDHADDR_HI, NOWHERE >> 32);
    card_context_write(NC37XX_CID_RX, RX_CTX_BDHADDR_LO, 0);
    CU_ASSERT_TRUE(receive(SIZE));
    CU_ASSERT_TRUE(receive(SIZE));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_dma_failed], 1);
    CU_ASSERT_EQUAL(card.nc.rx.at.index, 0);
    CU_ASSERT_EQUAL(counter(STAT_IN_MBUF_DISCARDS), 1);
}

static void a_wild_buffer_stops_reception(void)
{
    card_open();
    frame_fill(frame, SIZE, 0x88b5);
    card_bd(RX_RING_AT, 0, NOWHERE, BUFFER_SIZE, 0);
    card.rx_index = 1;
    card_rx_doorbell();
    CU_ASSERT_TRUE(receive(SIZE));
    CU_ASSERT_FALSE(card.nc.rx.armed);
    CU_ASSERT_EQUAL(card.nc.rx.at.index, 0);
}

static void any_access_may_fail(void)
{
    unsigned fail, accesses, start, n;

    for (fail = 0, accesses = 1; fail <= accesses; fail++) {
        open_with_buffers(8);
        pages_set_up(146, 4096, 8);
        start = card.dma_count;
        card.dma_fail = fail ? start + fail : 0;
        for (n = 0; n < 3; n++) {
            CU_ASSERT_TRUE(receive(5000));
        }
        accesses = fail ? accesses : card.dma_count - start;
        CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_dma_failed], fail ? 1 : 0);
        for (n = 0; n < card.nc.rx.at.index; n++) {
            received_split(n, 128, 5000, PAGES_AT + n * 2 * 4096);
        }
        CU_ASSERT_TRUE(n == 3 || !card.nc.rx.armed ||
                       !card.nc.rx_pages.armed);
    }
    CU_ASSERT_TRUE(accesses > 12);
}

static void the_ring_goes_round_over_its_link(void)
{
    unsigned i;

    open_with_buffers(0);
    for (i = 0; i < 600; i++) {
        card_rx_buffers(1);
        CU_ASSERT_TRUE_FATAL(receive(60 + i % 1000));
        CU_ASSERT_EQUAL_FATAL(card_rx_consumer(), card.nc.rx.at.index);
    }
    CU_ASSERT_EQUAL(card.nc.rx.at.index, card.rx_index);
}

static void frames_are_counted_by_size_and_kind(void)
{
    open_with_buffers(8);
    receive(60);
    receive(1514);
    memset(frame, 0xff, 6);
    receive(124);
    CU_ASSERT_EQUAL(counter(STAT_IN_UCAST_PKTS), 2);
    CU_ASSERT_EQUAL(counter(STAT_IN_BROADCAST_PKTS), 1);
    CU_ASSERT_EQUAL(counter(STAT_IN_OCTETS), 64 + 1518 + 128);
    CU_ASSERT_EQUAL(counter(STAT_RX_SIZE_BINS), 1);
    CU_ASSERT_EQUAL(counter(STAT_RX_SIZE_BINS + 8), 1);
    CU_ASSERT_EQUAL(counter(STAT_RX_SIZE_BINS + 20), 1);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_frame_lies_behind_its_header),
    UNIT_CASE(nothing_is_written_behind_a_frame),
    UNIT_CASE(each_frame_is_one_status_post),
    UNIT_CASE(a_short_frame_is_padded),
    UNIT_CASE(the_limit_is_what_the_driver_says),
    UNIT_CASE(a_limit_of_nothing_drops_all),
    UNIT_CASE(no_limit_lets_more_than_a_jumbo_through),
    UNIT_CASE(a_frame_longer_than_its_buffer_is_dropped),
    UNIT_CASE(without_a_buffer_a_frame_waits),
    UNIT_CASE(a_waiting_frame_is_asked_for_after_a_reset),
    UNIT_CASE(every_block_on_the_way_must_be_enabled),
    UNIT_CASE(a_frame_without_a_link_or_in_loopback_is_dropped),
    UNIT_CASE(our_address_and_broadcasts_are_accepted),
    UNIT_CASE(a_rule_that_is_not_enabled_accepts_nothing),
    UNIT_CASE(any_of_the_four_users_may_accept),
    UNIT_CASE(each_match_entry_has_its_enable),
    UNIT_CASE(multicast_is_filtered_by_hash),
    UNIT_CASE(pause_frames_end_in_the_mac),
    UNIT_CASE(a_tag_is_taken_out_and_reported),
    UNIT_CASE(a_tag_stays_when_the_driver_wants_it),
    UNIT_CASE(a_short_tagged_frame_is_padded_without_its_tag),
    UNIT_CASE(a_long_frame_goes_on_in_pages),
    UNIT_CASE(a_frame_that_fits_uses_no_page),
    UNIT_CASE(the_fcs_alone_may_start_a_page),
    UNIT_CASE(without_enough_pages_a_frame_waits_and_takes_nothing),
    UNIT_CASE(sizes_that_make_no_sense_use_no_pages),
    UNIT_CASE(a_wild_ring_stops_reception_and_does_not_advance),
    UNIT_CASE(a_wild_buffer_stops_reception),
    UNIT_CASE(any_access_may_fail),
    UNIT_CASE(the_ring_goes_round_over_its_link),
    UNIT_CASE(frames_are_counted_by_size_and_kind),
};

int main(int argc, char **argv)
{
    return unit_main("rx", cases, CASES, argc, argv);
}
