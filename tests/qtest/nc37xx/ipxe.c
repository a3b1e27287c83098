/*
 * NC37xx adapters under what iPXE's own bnx2 driver does: it polls, never
 * unmasks, has twenty buffers, and gives up when two frames are unreported.
 * Debian's iPXE comes without that driver, so it cannot be run here.
 *
 * The facts are those of iPXE's src/drivers/net/bnx2.c; the words are ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "libnc37xx.h"

#define BUFFERS 20
#define BURST 8
#define MANY_FRAMES 600
#define LINK_SETTLES_NS (100 * 1000 * 1000)

static uint16_t next_index(uint16_t index)
{
    index++;
    return index % NC37XX_PAGE_SLOTS == NC37XX_LINK_SLOT ? index + 1 : index;
}

/*
 * C1: all frames but the last must be reported before the next is queued;
 * the driver reads the block once, and then waits for five seconds.
 */
static void polls_for_transmission(QNc37xx *nc)
{
    uint8_t frame[200], got[NC37XX_WIRE_MAX];
    uint16_t previous = 0;

    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < MANY_FRAMES; i++) {
        uint16_t consumer = nc37xx_tx_consumer(nc);

        g_assert_true(consumer == nc->tx_producer || consumer == previous);
        previous = nc->tx_producer;
        nc37xx_frame_fill_out(frame, sizeof(frame), i);
        nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
        g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame,
                        sizeof(frame));
    }
}

/* M10: bursts that fill all buffers; each frame gives one of them back. */
static void polls_for_reception(QNc37xx *nc)
{
    uint8_t frame[300], got[300];
    unsigned sent = 0;

    nc37xx_bring_up(nc);
    nc->rx_producer = BUFFERS;
    nc37xx_rx_doorbell(nc);
    for (unsigned i = 0; i < MANY_FRAMES; i++) {
        uint64_t at;

        for (; sent < MANY_FRAMES && sent < i + BURST; sent++) {
            nc37xx_frame_fill(frame, sizeof(frame), sent);
            nc37xx_wire_send(nc, frame, sizeof(frame));
        }
        at = nc37xx_rx_wait(nc);
        nc37xx_frame_fill(frame, sizeof(frame), i);
        qtest_memread(nc->qts, at + RX_FRAME_OFFSET, got, sizeof(got));
        g_assert_cmpmem(got, sizeof(got), frame, sizeof(frame));
        nc->rx_producer = next_index(nc->rx_producer);
        nc37xx_rx_doorbell(nc);
    }
}

/* The link as it polls it, out of the block in memory. */
static void polls_for_the_link(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < 4; i++) {
        bool up = i % 2;

        nc37xx_set_link(nc, up);
        qtest_clock_step(nc->qts, LINK_SETTLES_NS);
        g_assert_cmphex(nc37xx_status32(nc, STATUS_ATTN_BITS), ==,
                        up ? STATUS_ATTN_LINK_STATE : 0);
        nc37xx_write(nc, up ? A_PCICFG_STATUS_BIT_SET_CMD :
                     A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
        nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
        nc37xx_read(nc, A_HC_COMMAND);
        g_assert_cmphex(nc37xx_status32(nc, STATUS_ATTN_BITS_ACK), ==,
                        up ? STATUS_ATTN_LINK_STATE : 0);
        g_assert_cmpint(FIELD_EX32(nc37xx_read(nc, A_EMAC_STATUS),
                                   EMAC_STATUS, LINK), ==, up);
    }
}

static const Nc37xxCase cases[] = {
    { "ipxe_sees_each_frame_reported_in_time", polls_for_transmission },
    { "ipxe_receives_with_twenty_buffers", polls_for_reception },
    { "ipxe_finds_the_link_in_the_block", polls_for_the_link },
};

static void register_tests(void)
{
    nc37xx_register_cases("ipxe", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
