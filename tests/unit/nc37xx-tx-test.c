/*
 * Transmission: from descriptors to the frames on the wire.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define WHOLE (TX_BD_FLAG_START | TX_BD_FLAG_END)
#define ETH 14
#define ERRORS STAT_TX_MAC_ERRORS

static uint8_t frame[70000];

static void sent_is(unsigned n, const uint8_t *data, size_t size)
{
    CU_ASSERT_FATAL(n < card.sent_count);
    CU_ASSERT_EQUAL_FATAL(card.sent[n].size, size);
    CU_ASSERT_FALSE(memcmp(card.sent[n].data, data, size));
}

static uint32_t counter(unsigned offset)
{
    card_write(A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    return card_long(STATISTICS_AT + offset +
                     (offset < STAT_FIRST_32BIT ? 4 : 0));
}

/* Nothing was sent, an error was counted, and the ring goes on. */
static void refused(Nc37xxEvent event)
{
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.events[event], 1);
    CU_ASSERT_EQUAL(counter(ERRORS), 1);
    CU_ASSERT_EQUAL(card_tx_consumer(), card.tx_index);
    frame_fill(frame, 100, 0x88b5);
    card_transmit(frame, 100, 0);
    sent_is(0, frame, 100);
}

static void a_frame_goes_out_as_it_is(void)
{
    card_open();
    frame_fill(frame, 1514, 0x88b5);
    card_transmit(frame, 1514, 0);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    sent_is(0, frame, 1514);
    CU_ASSERT_EQUAL(card_tx_consumer(), 1);
}

static void a_short_frame_is_padded_with_zeroes(void)
{
    card_open();
    frame_fill(frame, 60, 0x88b5);
    memset(frame + 14, 0, 46);
    card_transmit(frame, 14, 0);
    sent_is(0, frame, 60);
}

static void fragments_of_any_size_become_one_frame(void)
{
    static const unsigned sizes[] = { 1, 13, 0, 40, 1000, 0, 246 };
    unsigned i, at = 0;

    card_open();
    frame_fill(frame, 1300, 0x88b5);
    memcpy(card_memory(FRAMES_AT), frame, 1300);
    for (i = 0; i < ARRAY_SIZE(sizes); i++) {
        card_tx_bd(FRAMES_AT + at, sizes[i],
                   (i ? 0 : TX_BD_FLAG_START) |
                   (i == ARRAY_SIZE(sizes) - 1 ? TX_BD_FLAG_END : 0));
        at += sizes[i];
    }
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 1);
    sent_is(0, frame, 1300);
    CU_ASSERT_EQUAL(card_tx_consumer(), ARRAY_SIZE(sizes));
}

static void a_packet_without_its_end_waits_for_it(void)
{
    card_open();
    frame_fill(frame, 200, 0x88b5);
    memcpy(card_memory(FRAMES_AT), frame, 200);
    card_tx_bd(FRAMES_AT, 100, TX_BD_FLAG_START);
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.nc.tx.at.index, 0);
    card_tx_bd(FRAMES_AT + 100, 100, TX_BD_FLAG_END);
    card_tx_doorbell();
    sent_is(0, frame, 200);
}

static void flags_of_the_first_descriptor_count(void)
{
    card_open();
    frame_fill(frame, 100, 0x88b5);
    memcpy(card_memory(FRAMES_AT), frame, 100);
    card_tx_bd(FRAMES_AT, 50, TX_BD_FLAG_START);
    card_tx_bd(FRAMES_AT + 50, 50, TX_BD_FLAG_END | TX_BD_FLAG_VLAN_TAG |
               0x00070000);
    card_tx_doorbell();
    sent_is(0, frame, 100);
}

static void a_packet_that_does_not_begin_with_start_is_refused(void)
{
    card_open();
    card_tx_bd(FRAMES_AT, 100, TX_BD_FLAG_END);
    card_tx_doorbell();
    refused(NC37XX_EVENT_tx_no_start);
}

static void a_packet_of_nothing_is_refused(void)
{
    card_open();
    card_tx_bd(FRAMES_AT, 0, WHOLE);
    card_tx_doorbell();
    refused(NC37XX_EVENT_tx_too_short);
}

static void a_packet_without_an_ethernet_header_is_refused(void)
{
    card_open();
    card_tx_bd(FRAMES_AT, 13, WHOLE);
    card_tx_doorbell();
    refused(NC37XX_EVENT_tx_too_short);
}

static void a_frame_may_be_as_long_as_a_jumbo_but_not_longer(void)
{
    card_open();
    frame_fill(frame, NC37XX_FRAME_MAX + 1, 0x88b5);
    card_transmit(frame, NC37XX_FRAME_MAX, 0);
    sent_is(0, frame, NC37XX_FRAME_MAX);
    card_open();
    card_transmit(frame, NC37XX_FRAME_MAX + 1, 0);
    refused(NC37XX_EVENT_tx_too_long);
}

/* What lies beyond the cap is not even read. */
static void a_packet_longer_than_any_is_refused(void)
{
    unsigned i;

    card_open();
    for (i = 0; i < 20; i++) {
        card_tx_bd(FRAMES_AT, 65535, i ? 0 : TX_BD_FLAG_START);
    }
    card_tx_bd(FRAMES_AT, 65535, TX_BD_FLAG_END);
    card_tx_doorbell();
    CU_ASSERT_TRUE(card.dma_count < 8);
    refused(NC37XX_EVENT_tx_too_long);
}

static void a_wild_fragment_is_refused_and_never_sent(void)
{
    card_open();
    card_tx_bd(FRAMES_AT, 50, TX_BD_FLAG_START);
    card_tx_bd(NOWHERE, 50, TX_BD_FLAG_END);
    card_tx_doorbell();
    refused(NC37XX_EVENT_dma_failed);
}

static void a_wild_ring_sends_nothing_until_it_is_started_again(void)
{
    card_open();
    card_context_write(NC37XX_CID_TX, TX_CTX_BHADDR_HI, NOWHERE >> 32);
    card_context_write(NC37XX_CID_TX, TX_CTX_BHADDR_LO, 0);
    card_transmit(frame, 100, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.nc.tx.at.index, 0);
    CU_ASSERT_FALSE(card.nc.tx.armed);
    card_transmit(frame, 100, 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_dma_failed], 1);
    card_core_reset();
    card_program();
    card_transmit(frame, 100, 0);
    CU_ASSERT_EQUAL(card.sent_count, 1);
}

static void the_ring_goes_round_over_its_link(void)
{
    unsigned i;

    card_open();
    for (i = 0; i < 600; i++) {
        frame_fill(frame, 60 + i, 0x88b5);
        card_transmit(frame, 60 + i, 0);
        sent_is(i, frame, 60 + i);
    }
    CU_ASSERT_EQUAL(card_tx_consumer(), card.tx_index);
}

static void many_frames_are_one_status_post(void)
{
    unsigned i;
    uint16_t before;

    card_open();
    before = card.nc.status_index;
    for (i = 0; i < 20; i++) {
        card_tx_bd(FRAMES_AT, 60, WHOLE);
    }
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 20);
    CU_ASSERT_EQUAL(card_status_index(), before + 1);
}

static void a_doorbell_without_news_posts_nothing(void)
{
    uint16_t before;

    card_open();
    before = card.nc.status_index;
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.nc.status_index, before);
}

static void transmit_timer_runs_out(void)
{
    card.timers[NC37XX_TIMER_TRANSMIT] = 0;
    nc37xx_timer(&card.nc, NC37XX_TIMER_TRANSMIT);
}

static void transmission_stops_at_its_budget_and_goes_on_later(void)
{
    unsigned i;

    card_open();
    for (i = 0; i < 254; i++) {
        card_tx_bd(FRAMES_AT, 60, WHOLE);
    }
    nc37xx_write(&card.nc, NC37XX_DOORBELL_TX_BIDX, 0xfffe, 2);
    card_write(NC37XX_DOORBELL_TX_BSEQ, 0);
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_tx_packet] +
                    card.events[NC37XX_EVENT_tx_no_start], 1024);
    i = card.nc.tx.at.index;
    transmit_timer_runs_out();
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
    CU_ASSERT_TRUE(card.nc.tx.at.index > i);
    card_core_reset();
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_TRANSMIT], 0);
    transmit_timer_runs_out();
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_TRANSMIT], 0);
}

static void a_budget_of_bytes_holds_too(void)
{
    unsigned i;

    card_open();
    for (i = 0; i < 80; i++) {
        card_tx_bd(FRAMES_AT, 65535, WHOLE);
    }
    card_tx_doorbell();
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
    CU_ASSERT_EQUAL(card.nc.tx.at.index, 65);
}

static void disabled_blocks_send_nothing(void)
{
    card_open();
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_TX_DMA_MASK);
    card_transmit(frame, 60, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    card_write(A_MISC_ENABLE_SET, R_MISC_ENABLE_STATUS_TX_DMA_MASK);
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_TX_SCHEDULER_MASK);
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 0);
}

/* A driver's watchdog must not bite while a cable is out. */
static void without_a_link_frames_are_dropped_but_completed(void)
{
    card_open();
    nc37xx_set_carrier(&card.nc, false);
    card_transmit(frame, 60, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_tx_drop_link], 1);
    CU_ASSERT_EQUAL(card_tx_consumer(), 1);
}

static void a_vlan_tag_is_inserted_behind_the_addresses(void)
{
    uint8_t want[104];

    card_open();
    frame_fill(frame, 100, 0x88b5);
    memcpy(want, frame, 12);
    memcpy(want + 12, "\x81\x00\x60\x2a", 4);
    memcpy(want + 16, frame + 12, 88);
    card_transmit(frame, 100, TX_BD_FLAG_VLAN_TAG | 0x602a0000);
    sent_is(0, want, sizeof(want));
}

static void a_frame_grown_too_long_by_its_tag_is_refused(void)
{
    card_open();
    card_transmit(frame, NC37XX_FRAME_MAX, TX_BD_FLAG_VLAN_TAG);
    refused(NC37XX_EVENT_tx_too_long);
}

/* Checksums.  The stack leaves the pseudo header's sum in the field. */

static size_t field_of(unsigned protocol)
{
    return protocol == 6 ? 16 : 6;
}

static void checksum_is_right(unsigned ihl, unsigned protocol, size_t data,
                              bool tagged)
{
    uint8_t *ip = frame + ETH + (tagged ? 4 : 0);
    size_t total = ihl * 4 + data;
    const uint8_t *out;

    card_open();
    frame_fill(frame, 2000, 0x0800);
    if (tagged) {
        memcpy(frame + 12, "\x81\x00\x00\x05\x08\x00", 6);
    }
    frame_ipv4(ip, ihl, protocol, total);
    card_transmit(frame, ip + total - frame, TX_BD_FLAG_TCP_UDP_CKSUM);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    out = card.sent[0].data + (ip - frame);
    CU_ASSERT_EQUAL(frame_l4_sum(out, data), 0xffff);
    CU_ASSERT_NOT_EQUAL(lduw_be_p(out + ihl * 4 + field_of(protocol)), 0);
}

static void tcp_and_udp_checksums_are_computed_at_any_length(void)
{
    size_t data;

    for (data = 20; data < 120; data++) {
        checksum_is_right(5, 6, data, false);
        checksum_is_right(5, 17, data, false);
    }
    checksum_is_right(5, 6, 1480, false);
    checksum_is_right(5, 17, 1479, false);
}

static void ip_options_are_stepped_over(void)
{
    unsigned ihl;

    for (ihl = 6; ihl <= 15; ihl++) {
        checksum_is_right(ihl, 6, 333, false);
        checksum_is_right(ihl, 17, 334, false);
    }
}

static void a_vlan_tag_in_the_frame_is_stepped_over(void)
{
    checksum_is_right(5, 6, 500, true);
    checksum_is_right(7, 17, 501, true);
}

/* Headers may lie in any number of fragments, cut anywhere. */
static void a_checksum_does_not_depend_on_how_a_packet_is_cut(void)
{
    size_t cut, at;

    for (cut = 0; cut <= 200; cut++) {
        card_open();
        frame_fill(frame, 200, 0x0800);
        frame_ipv4(frame + ETH, 6, 6, 186);
        memcpy(card_memory(FRAMES_AT), frame, 200);
        if (cut == 0) {
            for (at = 0; at < 200; at++) {
                card_tx_bd(FRAMES_AT + at, 1, at ? at == 199 ?
                           TX_BD_FLAG_END : 0 : TX_BD_FLAG_START |
                           TX_BD_FLAG_TCP_UDP_CKSUM);
            }
        } else {
            card_tx_bd(FRAMES_AT, cut, TX_BD_FLAG_START |
                       TX_BD_FLAG_TCP_UDP_CKSUM);
            card_tx_bd(FRAMES_AT + cut, 200 - cut, TX_BD_FLAG_END);
        }
        card_tx_doorbell();
        CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
        CU_ASSERT_EQUAL(card.sent[0].size, 200);
        CU_ASSERT_EQUAL(frame_l4_sum(card.sent[0].data + ETH, 162), 0xffff);
        CU_ASSERT_FALSE(memcmp(card.sent[0].data, frame, ETH + 24 + 16));
        CU_ASSERT_FALSE(memcmp(card.sent[0].data + ETH + 24 + 18,
                               frame + ETH + 24 + 18, 200 - ETH - 42));
    }
}

static void padding_behind_the_datagram_is_not_summed(void)
{
    card_open();
    frame_fill(frame, 200, 0x0800);
    frame_ipv4(frame + ETH, 5, 17, 20 + 30);
    card_transmit(frame, 200, TX_BD_FLAG_TCP_UDP_CKSUM);
    CU_ASSERT_EQUAL(frame_l4_sum(card.sent[0].data + ETH, 30), 0xffff);
}

/* RFC 768: a zero would say that there is no checksum. */
static void a_udp_checksum_of_zero_is_sent_as_ones(void)
{
    uint8_t *ip = frame + ETH;
    uint16_t sum;

    card_open();
    frame_fill(frame, 100, 0x0800);
    frame_ipv4(ip, 5, 17, 86);
    stw_be_p(ip + 20 + 6, 0);
    stw_be_p(ip + 84, 0);
    sum = frame_l4_sum(ip, 66);
    stw_be_p(ip + 84, ~sum);
    CU_ASSERT_EQUAL(frame_l4_sum(ip, 66), 0xffff);
    card_transmit(frame, 100, TX_BD_FLAG_TCP_UDP_CKSUM);
    CU_ASSERT_EQUAL(lduw_be_p(card.sent[0].data + ETH + 26), 0xffff);
}

static void a_tcp_checksum_of_zero_stays_zero(void)
{
    uint8_t *ip = frame + ETH;

    card_open();
    frame_fill(frame, 100, 0x0800);
    frame_ipv4(ip, 5, 6, 86);
    stw_be_p(ip + 20 + 16, 0);
    stw_be_p(ip + 84, 0);
    stw_be_p(ip + 84, ~frame_l4_sum(ip, 66));
    card_transmit(frame, 100, TX_BD_FLAG_TCP_UDP_CKSUM);
    CU_ASSERT_EQUAL(lduw_be_p(card.sent[0].data + ETH + 36), 0);
}

static void an_ip_checksum_is_computed_when_asked_for(void)
{
    card_open();
    frame_fill(frame, 100, 0x0800);
    frame_ipv4(frame + ETH, 6, 17, 86);
    stw_be_p(frame + ETH + 10, 0x1234);
    card_transmit(frame, 100, TX_BD_FLAG_IP_CKSUM);
    CU_ASSERT_EQUAL(frame_sum(card.sent[0].data + ETH, 24, 0), 0xffff);
    CU_ASSERT_FALSE(memcmp(card.sent[0].data + ETH + 24, frame + ETH + 24,
                           62));
}

/* What cannot carry the checksum goes out as the driver left it. */
static void not_summed(void)
{
    card_transmit(frame, 100, TX_BD_FLAG_TCP_UDP_CKSUM | TX_BD_FLAG_IP_CKSUM);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_FALSE(memcmp(card.sent[0].data + ETH + 20, frame + ETH + 20,
                           80 - ETH));
}

static void odd_packets_are_sent_without_a_checksum(void)
{
    uint8_t *ip = frame + ETH;

    card_open();
    frame_fill(frame, 100, 0x86dd);
    not_summed();
    card_open();
    frame_fill(frame, 100, 0x0800);
    frame_ipv4(ip, 5, 1, 86);               /* ICMP */
    not_summed();
    card_open();
    frame_fill(frame, 100, 0x0800);
    frame_ipv4(ip, 5, 6, 86);
    stw_be_p(ip + 6, 0x2000);               /* a fragment */
    not_summed();
    card_open();
    frame_ipv4(ip, 5, 6, 87);               /* longer than the frame */
    not_summed();
    card_open();
    frame_ipv4(ip, 5, 6, 20 + 19);          /* no room for the header */
    not_summed();
    card_open();
    frame_ipv4(ip, 5, 17, 20 + 7);
    not_summed();
    card_open();
    frame_ipv4(ip, 5, 6, 19);               /* shorter than its header */
    not_summed();
}

static void a_header_that_is_not_there_is_not_touched(void)
{
    card_open();
    frame_fill(frame, 100, 0x0800);
    frame[ETH] = 0x4f;                      /* 60 bytes of header */
    card_transmit(frame, ETH + 59, TX_BD_FLAG_IP_CKSUM);
    sent_is(0, frame, ETH + 59);
    card_open();
    frame[ETH] = 0x44;                      /* 16: no IPv4 header */
    card_transmit(frame, 100, TX_BD_FLAG_IP_CKSUM);
    sent_is(0, frame, 100);
    card_open();
    frame[ETH] = 0x65;                      /* version 6 */
    card_transmit(frame, 100, TX_BD_FLAG_IP_CKSUM);
    sent_is(0, frame, 100);
}

/* T16: the driver looks at memory 100 us later, with interrupts off. */
static void loopback_is_over_inside_the_doorbell(void)
{
    card_open();
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    card_rx_buffers(1);
    frame_fill(frame, 1514, 0x88b5);
    card_transmit(frame, 1514, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
    CU_ASSERT_EQUAL(card_tx_consumer(), 1);
    CU_ASSERT_FALSE(memcmp(card_rx_buffer(0) + RX_FRAME_OFFSET, frame, 1514));
    CU_ASSERT_EQUAL(lduw_le_p(card_rx_buffer(0) + L2_FHDR_PKT_LEN), 1518);
}

static void the_phy_loops_back_without_a_cable(void)
{
    card_open();
    nc37xx_set_carrier(&card.nc, false);
    card_phy_write(PHY_BMCR, PHY_BMCR_LOOPBACK | PHY_BMCR_FULL_DUPLEX |
                   PHY_BMCR_SPEED1000);
    card_rx_buffers(1);
    frame_fill(frame, 100, 0x88b5);
    card_transmit(frame, 100, 0);
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
    CU_ASSERT_FALSE(memcmp(card_rx_buffer(0) + RX_FRAME_OFFSET, frame, 100));
}

static void a_looped_frame_without_a_buffer_is_dropped_and_counted(void)
{
    card_open();
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    frame_fill(frame, 100, 0x88b5);
    card_transmit(frame, 100, 0);
    CU_ASSERT_EQUAL(counter(STAT_IN_MBUF_DISCARDS), 1);
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_RX_DMA_MASK);
    card_transmit(frame, 100, 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_disabled], 1);
}

static void ring_the_doorbell(void)
{
    card_tx_doorbell();
}

/* A peer's answer may reach the driver before the send returns. */
static void a_doorbell_from_inside_a_send_sends_nothing_twice(void)
{
    card_open();
    card.when_sent = ring_the_doorbell;
    card_tx_bd(FRAMES_AT, 60, WHOLE);
    card_tx_bd(FRAMES_AT, 61, WHOLE);
    card_tx_bd(FRAMES_AT, 62, WHOLE);
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 3);
    CU_ASSERT_EQUAL(card.sent[2].size, 62);
}

static void reset_the_core(void)
{
    card_core_reset();
}

static void a_reset_from_inside_a_send_ends_transmission(void)
{
    card_open();
    card.when_sent = reset_the_core;
    card_tx_bd(FRAMES_AT, 60, WHOLE);
    card_tx_bd(FRAMES_AT, 60, WHOLE);
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_FALSE(card.nc.transmitting);
}

static void frames_are_counted_by_size_and_kind(void)
{
    static const unsigned sizes[] = { 60, 61, 124, 508, 1514, 9018 };

    card_open();
    frame_fill(frame, 9018, 0x88b5);
    for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
        card_transmit(frame, sizes[i], 0);
    }
    frame[0] = 0x01;
    card_transmit(frame, 60, 0);
    memset(frame, 0xff, 6);
    card_transmit(frame, 60, 0);
    CU_ASSERT_EQUAL(counter(STAT_OUT_UCAST_PKTS), 6);
    CU_ASSERT_EQUAL(counter(STAT_OUT_MULTICAST_PKTS), 1);
    CU_ASSERT_EQUAL(counter(STAT_OUT_BROADCAST_PKTS), 1);
    CU_ASSERT_EQUAL(counter(STAT_OUT_OCTETS),
                    64 + 65 + 128 + 512 + 1518 + 9022 + 64 + 64);
    CU_ASSERT_EQUAL(counter(STAT_TX_SIZE_BINS), 3);
    CU_ASSERT_EQUAL(counter(STAT_TX_SIZE_BINS + 4), 1);
    CU_ASSERT_EQUAL(counter(STAT_TX_SIZE_BINS + 8), 1);
    CU_ASSERT_EQUAL(counter(STAT_TX_SIZE_BINS + 12), 0);
    CU_ASSERT_EQUAL(counter(STAT_TX_SIZE_BINS + 16), 1);
    CU_ASSERT_EQUAL(counter(STAT_TX_SIZE_BINS + 20), 1);
    CU_ASSERT_EQUAL(counter(STAT_TX_SIZE_BINS + 24), 1);
}

/*
 * With each access failing in turn, nothing wrong goes out: what was sent is
 * a part of what should have been, in order, and there is no crash.
 */
static void any_access_may_fail(void)
{
    unsigned fail, i, j, accesses;

    for (fail = 0, accesses = 1; fail <= accesses; fail++) {
        card_open();
        for (i = 0; i < 8; i++) {
            frame_fill(frame, 300, 0x88b5);
            frame[20] = i;
            memcpy(card_memory(FRAMES_AT + i * 512), frame, 300);
            card_tx_bd(FRAMES_AT + i * 512, 100, TX_BD_FLAG_START);
            card_tx_bd(FRAMES_AT + i * 512 + 100, 200, TX_BD_FLAG_END);
        }
        card.dma_fail = fail ? card.dma_count + fail : 0;
        i = card.dma_count;
        card_tx_doorbell();
        accesses = fail ? accesses : card.dma_count - i;
        for (i = 0, j = 0; i < card.sent_count; i++, j++) {
            for (; card.sent[i].data[20] != j; j++) {
                CU_ASSERT_FATAL(j < 8);
            }
            frame[20] = j;
            sent_is(i, frame, 300);
        }
        CU_ASSERT_TRUE(card.sent_count == 8 ||
                       card.events[NC37XX_EVENT_dma_failed] == 1);
        CU_ASSERT_TRUE(card.sent_count >= 7 || !card.nc.tx.armed);
    }
    CU_ASSERT_TRUE(accesses > 16);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_frame_goes_out_as_it_is),
    UNIT_CASE(a_short_frame_is_padded_with_zeroes),
    UNIT_CASE(fragments_of_any_size_become_one_frame),
    UNIT_CASE(a_packet_without_its_end_waits_for_it),
    UNIT_CASE(flags_of_the_first_descriptor_count),
    UNIT_CASE(a_packet_that_does_not_begin_with_start_is_refused),
    UNIT_CASE(a_packet_of_nothing_is_refused),
    UNIT_CASE(a_packet_without_an_ethernet_header_is_refused),
    UNIT_CASE(a_frame_may_be_as_long_as_a_jumbo_but_not_longer),
    UNIT_CASE(a_packet_longer_than_any_is_refused),
    UNIT_CASE(a_wild_fragment_is_refused_and_never_sent),
    UNIT_CASE(a_wild_ring_sends_nothing_until_it_is_started_again),
    UNIT_CASE(the_ring_goes_round_over_its_link),
    UNIT_CASE(many_frames_are_one_status_post),
    UNIT_CASE(a_doorbell_without_news_posts_nothing),
    UNIT_CASE(transmission_stops_at_its_budget_and_goes_on_later),
    UNIT_CASE(a_budget_of_bytes_holds_too),
    UNIT_CASE(disabled_blocks_send_nothing),
    UNIT_CASE(without_a_link_frames_are_dropped_but_completed),
    UNIT_CASE(a_vlan_tag_is_inserted_behind_the_addresses),
    UNIT_CASE(a_frame_grown_too_long_by_its_tag_is_refused),
    UNIT_CASE(tcp_and_udp_checksums_are_computed_at_any_length),
    UNIT_CASE(ip_options_are_stepped_over),
    UNIT_CASE(a_vlan_tag_in_the_frame_is_stepped_over),
    UNIT_CASE(a_checksum_does_not_depend_on_how_a_packet_is_cut),
    UNIT_CASE(padding_behind_the_datagram_is_not_summed),
    UNIT_CASE(a_udp_checksum_of_zero_is_sent_as_ones),
    UNIT_CASE(a_tcp_checksum_of_zero_stays_zero),
    UNIT_CASE(an_ip_checksum_is_computed_when_asked_for),
    UNIT_CASE(odd_packets_are_sent_without_a_checksum),
    UNIT_CASE(a_header_that_is_not_there_is_not_touched),
    UNIT_CASE(loopback_is_over_inside_the_doorbell),
    UNIT_CASE(the_phy_loops_back_without_a_cable),
    UNIT_CASE(a_looped_frame_without_a_buffer_is_dropped_and_counted),
    UNIT_CASE(a_doorbell_from_inside_a_send_sends_nothing_twice),
    UNIT_CASE(a_reset_from_inside_a_send_ends_transmission),
    UNIT_CASE(frames_are_counted_by_size_and_kind),
    UNIT_CASE(any_access_may_fail),
};

int main(int argc, char **argv)
{
    return unit_main("tx", cases, CASES, argc, argv);
}
