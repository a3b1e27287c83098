/*
 * The chip and a driver that means no good: what docs/hostile-input.md calls
 * R1 to R15 is proved here where the other tests do not do it by the way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "checksum.h"
#include "nc37xx-card.h"

#define WHOLE (TX_BD_FLAG_START | TX_BD_FLAG_END)
#define OFFLOADS (TX_BD_FLAG_TCP_UDP_CKSUM | TX_BD_FLAG_IP_CKSUM)
#define MSS(bytes) ((uint32_t)(bytes) << 16)

/* Nothing that guest or network holds has this value. */
#define SECRET 0xa5

static uint8_t frame[NC37XX_PACKET_MAX];

static void frame_plain(size_t size, uint16_t type)
{
    memset(frame, 0x11, size);
    memcpy(frame, card_mac, MIN(size, sizeof(card_mac)));
    if (size >= 14) {
        stw_be_p(frame + 12, type);
    }
}

/* ---- R1: nothing is sent that the driver did not write ---------------- */

static void hide_secret(void)
{
    memset(card.nc.packet, SECRET, sizeof(card.nc.packet));
    memset(card.nc.segment, SECRET, sizeof(card.nc.segment));
    memset(card.nc.frame, SECRET, sizeof(card.nc.frame));
}

static bool shows_secret(const uint8_t *bytes, size_t size)
{
    return memchr(bytes, SECRET, size) != NULL;
}

static void send_and_look(size_t size, uint32_t word2, uint32_t flags)
{
    hide_secret();
    card_tx_bd(FRAMES_AT, word2 | size, flags | WHOLE);
    card_tx_doorbell();
    while (card.sent_count) {
        card.sent_count--;
        CU_ASSERT_FALSE(shows_secret(card.sent[card.sent_count].data,
                                     card.sent[card.sent_count].size));
        free(card.sent[card.sent_count].data);
    }
}

static void nothing_in_work_space_is_ever_sent(void)
{
    static const uint32_t flags[] = {
        0, OFFLOADS, TX_BD_FLAG_VLAN_TAG, OFFLOADS | TX_BD_FLAG_VLAN_TAG,
    };
    static const uint16_t types[] = { 0x0800, 0x8100, 0x88b5 };
    size_t size, i, type;

    card_open();
    for (type = 0; type < ARRAY_SIZE(types); type++) {
        for (size = 0; size < 100; size++) {
            frame_plain(100, types[type]);
            frame[14] = 0x45;
            frame[23] = IP_PROTOCOL_TCP;
            stw_be_p(frame + 16, 1500);         /* a lie */
            memcpy(card_memory(FRAMES_AT), frame, 100);
            for (i = 0; i < ARRAY_SIZE(flags); i++) {
                send_and_look(size, 0, flags[i]);
                send_and_look(size, MSS(48), flags[i] | TX_BD_FLAG_SW_LSO);
            }
        }
    }
}

static void nothing_in_work_space_is_ever_received(void)
{
    size_t size;
    unsigned i;

    card_open();
    card_write(A_RPM_SORT_USER0, R_RPM_SORT_USER0_ENA_MASK |
               R_RPM_SORT_USER0_PROM_EN_MASK);
    for (size = 1; size < 100; size++) {
        for (i = 0; i < 2; i++) {
            frame_plain(size, i ? ETH_TYPE_VLAN : 0x0800);
            hide_secret();
            card_rx_buffers(1);
            nc37xx_receive(&card.nc, frame, size);
        }
    }
    CU_ASSERT_TRUE(card.events[NC37XX_EVENT_rx_frame] >= 190);
    CU_ASSERT_FALSE(shows_secret(card_memory(BUFFERS_AT), 128 * BUFFER_SIZE));
}

/* What could not be read is not what was read before. */
static void a_fragment_that_fails_leaves_nothing_of_the_last_packet(void)
{
    card_open();
    frame_plain(1000, 0x88b5);
    memset(frame + 14, 0x77, 986);
    card_transmit(frame, 1000, 0);
    card_tx_bd(FRAMES_AT, 20, TX_BD_FLAG_START);
    card_tx_bd(NOWHERE, 900, TX_BD_FLAG_END);
    card_tx_bd(FRAMES_AT, 14, WHOLE);
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(card.sent[1].size, NC37XX_FRAME_MIN);
    CU_ASSERT_PTR_NULL(memchr(card.sent[1].data, 0x77, NC37XX_FRAME_MIN));
}

/* ---- R2: indices are reduced where they are used ---------------------- */

static void producers_may_have_any_value_in_pages_of_any_size(void)
{
    static const uint16_t producers[] = {
        0, 1, 14, 15, 16, 254, 255, 256, 0x7fff, 0x8000, 0xfffe, 0xffff,
    };
    unsigned shift;
    size_t i;

    for (shift = 0; shift < 16; shift++) {
        card_open();
        card_write(A_TBDR_CONFIG, shift << R_TBDR_CONFIG_PAGE_SIZE_SHIFT);
        memset(card_memory(TX_RING_AT), 0, 0x30000);
        for (i = 0; i < ARRAY_SIZE(producers); i++) {
            card.tx_index = card.rx_index = producers[i];
            card_tx_doorbell();
            card_rx_doorbell();
            frame_plain(60, 0x88b5);
            nc37xx_can_receive(&card.nc);
            nc37xx_receive(&card.nc, frame, 60);
        }
        CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    }
}

/* ---- R3: what a driver can make long has a budget --------------------- */

/* Fills a page that links to itself with the same descriptor. */
static void fill_ring(uint64_t page, unsigned slots, unsigned size,
                      uint32_t flags)
{
    unsigned i;

    for (i = 0; i < slots - 1; i++) {
        card_bd(page, i, FRAMES_AT, size, flags);
    }
    card_bd(page, slots - 1, page, 0, 0);
}

/* Bus accesses of one doorbell that announces all there can be. */
static unsigned doorbell_cost(void)
{
    unsigned before = card.dma_count;

    card.tx_index = card.nc.tx.at.index - 1;
    card_tx_doorbell();
    return card.dma_count - before;
}

static void a_packet_without_an_end_costs_one_round_of_the_indices(void)
{
    const unsigned slots = RING_PAGE / BD_SIZE;

    card_open();
    fill_ring(TX_RING_AT, slots, 1, TX_BD_FLAG_START);
    /* Each descriptor, its batch of 64, the link of each page. */
    CU_ASSERT_TRUE(doorbell_cost() <= 65536 + 65536 / slots * 5 + 8);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_TRUE(card.nc.tx.armed);
    CU_ASSERT_EQUAL(card.nc.tx.at.index, 0);
}

static void the_smallest_pages_cost_two_accesses_each(void)
{
    card_open();
    card_write(A_TBDR_CONFIG, 0);
    fill_ring(TX_RING_AT, 16, 0, TX_BD_FLAG_START);
    CU_ASSERT_TRUE(doorbell_cost() <= 65536 / 16 * 2 + 8);
    CU_ASSERT_EQUAL(card.nc.tx.at.index, 0);
}

static void one_doorbell_handles_1024_descriptors(void)
{
    card_open();
    fill_ring(TX_RING_AT, RING_PAGE / BD_SIZE, 60, WHOLE);
    CU_ASSERT_TRUE(doorbell_cost() <= 1024 + 1024 / 51 + 8);
    CU_ASSERT_EQUAL(card.sent_count, 1024);
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
    /* Those that are refused count too. */
    fill_ring(TX_RING_AT, RING_PAGE / BD_SIZE, 0, WHOLE);
    card.timers[NC37XX_TIMER_TRANSMIT] = 0;
    nc37xx_timer(&card.nc, NC37XX_TIMER_TRANSMIT);
    CU_ASSERT_TRUE(card.events[NC37XX_EVENT_tx_too_short] <= 1024);
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
}

static void one_doorbell_makes_a_bounded_number_of_segments(void)
{
    const size_t size = 65000;
    unsigned largest;

    card_open();
    frame_plain(size, 0x0800);
    frame_ipv4(frame + 14, 5, IP_PROTOCOL_TCP, size - 14);
    frame[14 + 20 + TCP_DATA_OFFSET] = 0x50;
    memcpy(card_memory(FRAMES_AT), frame, size);
    fill_ring(TX_RING_AT, RING_PAGE / BD_SIZE, MSS(48) | size,
              WHOLE | TX_BD_FLAG_SW_LSO);
    doorbell_cost();
    /* 4 MiB at 1 KiB a segment, and the packet that was begun last. */
    largest = 4096 + size / 48 + 1;
    CU_ASSERT_TRUE(card.sent_count > 1000);
    CU_ASSERT_TRUE(card.sent_count <= largest);
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
}

static void one_frame_takes_at_most_40_pages(void)
{
    unsigned before;

    card_open();
    card_write(A_TBDR_CONFIG, 0);
    card_write(A_EMAC_RX_MTU_SIZE, 0xffff);
    fill_ring(RX_RING_AT, 16, BUFFER_SIZE, 0);
    fill_ring(PAGE_RING_AT, 16, 256, 0);
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, MSS(20) | 256);
    card_rx_pages(0, 256);
    nc37xx_write(&card.nc, NC37XX_DOORBELL_RX_PG_BDIDX, 0xfffe, 2);
    card.rx_index = 10;
    card_rx_doorbell();
    frame_plain(NC37XX_FRAME_MAX, 0x88b5);
    before = card.dma_count;
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, NC37XX_FRAME_MAX));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_frame], 1);
    /* 36 pages in three ring pages, header, first buffer, status. */
    CU_ASSERT_TRUE(card.dma_count - before <= 36 + 3 * 2 + 5);
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, MSS(20) | 1);
    before = card.dma_count;
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, NC37XX_FRAME_MAX));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_buffer_small], 1);
    CU_ASSERT_TRUE(card.dma_count - before <= 2);
}

/* ---- R7: nothing is left behind --------------------------------------- */

static void ten_thousand_resets_leave_nothing_behind(void)
{
    unsigned i;

    card_open();
    frame_plain(60, 0x88b5);
    for (i = 0; i < 10000; i++) {
        if (i % 2) {
            nc37xx_pci_reset(&card.nc);
        } else {
            card_core_reset();
        }
        if (i % 100 == 0) {
            card_program();
            card_transmit(frame, 60, 0);
        }
    }
    CU_ASSERT_EQUAL(card.sent_count, 100);
    CU_ASSERT_FALSE(card.intx);
}

/* ---- R9: every byte that is written is meant -------------------------- */

static void expect_bytes(uint64_t address, const uint8_t *bytes, size_t size)
{
    CU_ASSERT_EQUAL(memcmp(card_memory(address), bytes, size), 0);
    CU_ASSERT_EQUAL(*card_memory(address + size), 0x5a);
}

static void every_byte_of_a_status_block_is_meant(void)
{
    uint8_t block[STATUS_BLOCK_SIZE] = { 0 };

    card_open();
    card.nc.attention = 0x01020304;
    card.nc.attention_ack = 0x05060708;
    card.nc.tx.at.index = 0x090a;
    card.nc.rx.at.index = 0x0b0c;
    card.nc.status_index = 0x0d0d;
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
    stl_le_p(block + STATUS_ATTN_BITS, 0x01020304);
    stl_le_p(block + STATUS_ATTN_BITS_ACK, 0x05060708);
    stw_le_p(block + STATUS_TX_CONS0, 0x090a);
    stw_le_p(block + STATUS_RX_CONS0, 0x0b0c);
    stw_le_p(block + STATUS_IDX, 0x0d0e);
    expect_bytes(STATUS_AT, block, sizeof(block));
}

static void every_byte_of_the_statistics_is_meant(void)
{
    uint8_t block[STATISTICS_SIZE];
    unsigned at;

    card_open();
    for (at = 0; at < STATISTICS_SIZE; at += 4) {
        card.nc.counters[at / 4] = 0x0102030400000000 + at;
        stl_le_p(block + at, at);
    }
    for (at = 0; at < STAT_FIRST_32BIT; at += 8) {
        stl_le_p(block + at, 0x01020304);
        stl_le_p(block + at + 4, at);
    }
    card_write(A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    expect_bytes(STATISTICS_AT, block, sizeof(block));
}

static void every_byte_before_a_frame_is_meant(void)
{
    uint8_t header[RX_FRAME_OFFSET] = { 0 };
    uint64_t buffer;

    card_open();
    card_rx_buffers(1);
    buffer = BUFFERS_AT;
    frame_plain(80, 0x88b5);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, 80));
    stw_le_p(header + L2_FHDR_PKT_LEN, 80 + NC37XX_FCS_SIZE);
    CU_ASSERT_EQUAL(memcmp(card_memory(buffer), header, sizeof(header)), 0);
    expect_bytes(buffer + RX_FRAME_OFFSET, frame, 80);
}

/* ---- R14, R15: who answers from inside gets no hold ------------------- */

/* A looped frame lands on the ring that it came from. */
static void a_looped_frame_on_the_ring_itself_ends_in_time(void)
{
    unsigned i;

    card_open();
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    for (i = 0; i < 200; i++) {
        card_bd(RX_RING_AT, i, TX_RING_AT + i * BD_SIZE, BUFFER_SIZE, 0);
    }
    card.rx_index = 200;
    card_rx_doorbell();
    frame_plain(64, 0x88b5);
    memcpy(card_memory(FRAMES_AT), frame, 64);
    for (i = 0; i < 100; i++) {
        card_tx_bd(FRAMES_AT, 64, WHOLE);
    }
    card.dma_count = 0;
    card_tx_doorbell();
    CU_ASSERT_TRUE(card.events[NC37XX_EVENT_rx_frame] > 0);
    CU_ASSERT_TRUE(card.dma_count < 1000);
    CU_ASSERT_FALSE(card.nc.transmitting);
}

static void spoil_packets_and_ring(void)
{
    memset(card_memory(FRAMES_AT), 0xee, 0x10000);
    memset(card_memory(TX_RING_AT), 0xee, 64 * BD_SIZE);
}

static void a_packet_spoilt_while_it_is_cut_goes_out_as_it_was(void)
{
    const size_t headers = 54, mss = 1000, size = headers + 5 * mss;
    unsigned i;

    card_open();
    frame_plain(size, 0x0800);
    frame_ipv4(frame + 14, 5, IP_PROTOCOL_TCP, size - 14);
    frame[14 + 20 + TCP_DATA_OFFSET] = 0x50;
    memcpy(card_memory(FRAMES_AT), frame, size);
    card.when_sent = spoil_packets_and_ring;
    card_tx_bd(FRAMES_AT, MSS(mss) | size, WHOLE | TX_BD_FLAG_SW_LSO);
    card_tx_doorbell();
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 5);
    for (i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(card.sent[i].size, headers + mss);
        CU_ASSERT_PTR_NULL(memchr(card.sent[i].data + headers, 0xee, mss));
    }
    CU_ASSERT_EQUAL(card_tx_consumer(), 1);
}

/* Fetched with the first, it counts as it was when it was looked at. */
static void a_descriptor_spoilt_after_it_was_fetched_is_not_read_again(void)
{
    card_open();
    frame_plain(100, 0x88b5);
    memcpy(card_memory(FRAMES_AT), frame, 100);
    memcpy(card_memory(FRAMES_AT + 0x20000), frame, 100);
    card.when_sent = spoil_packets_and_ring;
    card_tx_bd(FRAMES_AT, 100, WHOLE);
    card_tx_bd(FRAMES_AT + 0x20000, 90, WHOLE);
    card_tx_doorbell();
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(card.sent[1].size, 90);
    CU_ASSERT_EQUAL(memcmp(card.sent[1].data, frame, 90), 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(nothing_in_work_space_is_ever_sent),
    UNIT_CASE(nothing_in_work_space_is_ever_received),
    UNIT_CASE(a_fragment_that_fails_leaves_nothing_of_the_last_packet),
    UNIT_CASE(producers_may_have_any_value_in_pages_of_any_size),
    UNIT_CASE(a_packet_without_an_end_costs_one_round_of_the_indices),
    UNIT_CASE(the_smallest_pages_cost_two_accesses_each),
    UNIT_CASE(one_doorbell_handles_1024_descriptors),
    UNIT_CASE(one_doorbell_makes_a_bounded_number_of_segments),
    UNIT_CASE(one_frame_takes_at_most_40_pages),
    UNIT_CASE(ten_thousand_resets_leave_nothing_behind),
    UNIT_CASE(every_byte_of_a_status_block_is_meant),
    UNIT_CASE(every_byte_of_the_statistics_is_meant),
    UNIT_CASE(every_byte_before_a_frame_is_meant),
    UNIT_CASE(a_looped_frame_on_the_ring_itself_ends_in_time),
    UNIT_CASE(a_packet_spoilt_while_it_is_cut_goes_out_as_it_was),
    UNIT_CASE(a_descriptor_spoilt_after_it_was_fetched_is_not_read_again),
};

int main(int argc, char **argv)
{
    return unit_main("robust", cases, CASES, argc, argv);
}
