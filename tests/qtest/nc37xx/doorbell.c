/*
 * NC37xx adapters: an index says how far, a byte sequence says go.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "libnc37xx.h"

static void index_write(QNc37xx *nc, uint64_t doorbell, uint16_t index)
{
    qpci_io_writew(&nc->dev, nc->bar, doorbell, index);
}

static void frame_queue(QNc37xx *nc, uint64_t at, uint8_t seed)
{
    uint8_t frame[100];

    nc37xx_frame_fill_out(frame, sizeof(frame), seed);
    qtest_memwrite(nc->qts, at, frame, sizeof(frame));
    nc37xx_tx_bd(nc, at, sizeof(frame), TX_BD_FLAG_START | TX_BD_FLAG_END);
}

static void sent(QNc37xx *nc, uint8_t seed)
{
    uint8_t frame[100], got[NC37XX_WIRE_MAX];

    nc37xx_frame_fill_out(frame, sizeof(frame), seed);
    g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame, sizeof(frame));
}

static void tx_index_waits(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    frame_queue(nc, nc->buffer, 1);
    index_write(nc, NC37XX_DOORBELL_TX_BIDX, nc->tx_producer);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    g_assert_cmphex(nc37xx_tx_consumer(nc), ==, 0);
    nc37xx_write(nc, NC37XX_DOORBELL_TX_BSEQ, 100);
    sent(nc, 1);
    nc37xx_tx_wait(nc);
}

/* The index that was written last counts, and all that came before it. */
static void tx_indices_add_up(QNc37xx *nc)
{
    unsigned i;

    nc37xx_bring_up(nc);
    for (i = 0; i < 8; i++) {
        frame_queue(nc, nc->buffer + i * 128, i);
        index_write(nc, NC37XX_DOORBELL_TX_BIDX, nc->tx_producer);
    }
    g_assert_true(nc37xx_wire_is_quiet(nc));
    nc37xx_write(nc, NC37XX_DOORBELL_TX_BSEQ, 800);
    for (i = 0; i < 8; i++) {
        sent(nc, i);
    }
    nc37xx_tx_wait(nc);
}

/* Any other register may come between them. */
static void tx_index_is_kept(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    frame_queue(nc, nc->buffer, 3);
    index_write(nc, NC37XX_DOORBELL_TX_BIDX, nc->tx_producer);
    nc37xx_read(nc, A_MISC_ENABLE_STATUS);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    nc37xx_write(nc, NC37XX_DOORBELL_TX_BSEQ, 100);
    sent(nc, 3);
}

/* Of a ring without buffers a frame is refused; the sequence asks again. */
static void rx_sequence_asks_again(QNc37xx *nc)
{
    uint8_t frame[200];

    nc37xx_bring_up(nc);
    index_write(nc, NC37XX_DOORBELL_RX_BDIDX, 0);
    nc37xx_frame_fill(frame, sizeof(frame), 5);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    /* The frame has been looked at when one after it has been sent. */
    nc37xx_expect_sent(nc, 60, 1);
    g_assert_cmphex(nc37xx_rx_index(nc), ==, 0);
    nc37xx_rx_doorbell(nc);
    g_assert_cmpuint(nc37xx_guest16(nc, nc37xx_rx_wait(nc) +
                                    L2_FHDR_PKT_LEN), ==,
                     sizeof(frame) + NC37XX_FCS_SIZE);
}

static const Nc37xxCase cases[] = {
    { "transmit_index_alone_sends_nothing", tx_index_waits },
    { "indices_add_up_until_the_sequence", tx_indices_add_up },
    { "other_registers_do_not_lose_an_index", tx_index_is_kept },
    { "refused_frame_comes_with_the_sequence", rx_sequence_asks_again },
};

static void register_tests(void)
{
    nc37xx_register_cases("doorbell", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
