/*
 * The order of control data in memory, as DMA_CONFIG asks for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define WORD_SWAP R_DMA_CONFIG_CNTL_WORD_SWAP_MASK
#define BYTE_SWAP R_DMA_CONFIG_CNTL_BYTE_SWAP_MASK
#define SIZE 200

/* Where the bytes of a unit come from, least significant byte first. */
typedef struct Order {
    uint32_t config;
    uint8_t from[8];
} Order;

static const Order orders[] = {
    { WORD_SWAP,             { 0, 1, 2, 3, 4, 5, 6, 7 } },
    { WORD_SWAP | BYTE_SWAP, { 3, 2, 1, 0, 7, 6, 5, 4 } },
    { 0,                     { 4, 5, 6, 7, 0, 1, 2, 3 } },
    { BYTE_SWAP,             { 7, 6, 5, 4, 3, 2, 1, 0 } },
};
#define ORDERS (sizeof(orders) / sizeof(orders[0]))

static uint8_t frame[SIZE];

/* @size bytes at @address as they would be in little-endian order. */
static void straighten(const Order *order, uint64_t address, size_t size)
{
    uint8_t *memory = card_memory(address);
    uint8_t unit[8];
    size_t i, n;

    for (i = 0; i < size; i += 8) {
        for (n = 0; n < 8; n++) {
            unit[order->from[n]] = memory[i + n];
        }
        memcpy(memory + i, unit, 8);
    }
}

static void open_in(const Order *order)
{
    card_open();
    card_write(A_DMA_CONFIG, order->config);
    frame_fill(frame, SIZE, 0x88b5);
}

static void the_status_block_comes_in_every_order(void)
{
    size_t i;

    for (i = 0; i < ORDERS; i++) {
        open_in(&orders[i]);
        card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
        card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
        straighten(&orders[i], STATUS_AT, STATUS_BLOCK_SIZE);
        CU_ASSERT_EQUAL(card_status_index(), 2);
        CU_ASSERT_EQUAL(card_long(STATUS_AT + STATUS_BLOCK_NUM), 0x00020000);
    }
}

/* As a big-endian driver finds it: its structure has the index first. */
static void a_big_endian_driver_reads_halfwords_in_place(void)
{
    open_in(&orders[1]);
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
    CU_ASSERT_EQUAL(lduw_be_p(card_memory(STATUS_AT + 0x34)), 1);
}

static void statistics_come_in_every_order(void)
{
    size_t i;

    for (i = 0; i < ORDERS; i++) {
        open_in(&orders[i]);
        card.nc.counters[STAT_IN_OCTETS / 4] = 0x0123456789abcdefull;
        card.nc.counters[STAT_FCS_ERRORS / 4] = 77;
        card_write(A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
        straighten(&orders[i], STATISTICS_AT, STATISTICS_SIZE);
        CU_ASSERT_EQUAL(card_long(STATISTICS_AT), 0x01234567);
        CU_ASSERT_EQUAL(card_long(STATISTICS_AT + 4), 0x89abcdef);
        CU_ASSERT_EQUAL(card_long(STATISTICS_AT + STAT_FCS_ERRORS), 77);
    }
}

/* Packet data are bytes in their order whatever control data are. */
static void descriptors_are_read_in_every_order(void)
{
    size_t i;

    for (i = 0; i < ORDERS; i++) {
        open_in(&orders[i]);
        memcpy(card_memory(FRAMES_AT), frame, SIZE);
        card_tx_bd(FRAMES_AT, SIZE, TX_BD_FLAG_START | TX_BD_FLAG_END);
        straighten(&orders[i], TX_RING_AT, RING_PAGE);
        card_tx_doorbell();
        CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
        CU_ASSERT_EQUAL(card.sent[0].size, SIZE);
        CU_ASSERT_FALSE(memcmp(card.sent[0].data, frame, SIZE));
    }
}

static void frame_headers_come_in_every_order(void)
{
    uint64_t at = BUFFERS_AT;
    size_t i;

    for (i = 0; i < ORDERS; i++) {
        open_in(&orders[i]);
        card_rx_buffers(4);
        straighten(&orders[i], RX_RING_AT, RING_PAGE);
        CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, SIZE));
        straighten(&orders[i], at, L2_FHDR_SIZE);
        CU_ASSERT_EQUAL(card_word(at + L2_FHDR_PKT_LEN), SIZE + 4);
        CU_ASSERT_FALSE(memcmp(card_memory(at + RX_FRAME_OFFSET), frame,
                               SIZE));
    }
}

/* The last slot of a page is a descriptor like the others. */
static void links_are_followed_in_every_order(void)
{
    size_t i, n;

    for (i = 0; i < ORDERS; i++) {
        open_in(&orders[i]);
        memcpy(card_memory(FRAMES_AT), frame, SIZE);
        card_ring_link(TX_RING_AT, TX_RING_AT);
        for (n = 0; n < RING_PAGE / BD_SIZE - 1; n++) {
            card_tx_bd(FRAMES_AT, SIZE, TX_BD_FLAG_START | TX_BD_FLAG_END);
        }
        straighten(&orders[i], TX_RING_AT, RING_PAGE);
        card_tx_doorbell();
        straighten(&orders[i], TX_RING_AT, RING_PAGE);
        card_tx_bd(FRAMES_AT, SIZE, TX_BD_FLAG_START | TX_BD_FLAG_END);
        straighten(&orders[i], TX_RING_AT, RING_PAGE);
        card_tx_doorbell();
        CU_ASSERT_EQUAL(card.sent_count, RING_PAGE / BD_SIZE);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(the_status_block_comes_in_every_order),
    UNIT_CASE(a_big_endian_driver_reads_halfwords_in_place),
    UNIT_CASE(statistics_come_in_every_order),
    UNIT_CASE(descriptors_are_read_in_every_order),
    UNIT_CASE(frame_headers_come_in_every_order),
    UNIT_CASE(links_are_followed_in_every_order),
};

int main(int argc, char **argv)
{
    return unit_main("dma", cases, CASES, argc, argv);
}
