/*
 * NC37xx adapters: flow control by pause frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "libnc37xx.h"

#define SHORT_PAUSE 0x1fff
#define QUANTUM_NS 512          /* at 1000 Mbit/s */
/* More than transmission takes to go on by itself. */
#define RESUME_NS 1000000
#define POSTED (NC37XX_RING_PAGES * (NC37XX_PAGE_SLOTS - 1))

static const uint8_t pause_address[6] = {
    0x01, 0x80, 0xc2, 0x00, 0x00, 0x01,
};

static void open_with_flow_control(QNc37xx *nc)
{
    uint32_t mode;

    nc37xx_bring_up(nc);
    mode = nc37xx_read(nc, A_EMAC_RX_MODE);
    nc37xx_write(nc, A_EMAC_RX_MODE, mode | R_EMAC_RX_MODE_FLOW_EN_MASK);
    nc37xx_write(nc, A_EMAC_TX_MODE, R_EMAC_TX_MODE_FLOW_EN_MASK);
    nc37xx_context_write(nc, NC37XX_CID_RX * NC37XX_CONTEXT_SIZE +
                         RX_CTX_TYPE, RX_CTX_TYPE_L2 | RX_CTX_FLOW_CONTROL);
}

static bool paused(QNc37xx *nc)
{
    return FIELD_EX32(nc37xx_read(nc, A_EMAC_TX_STATUS), EMAC_TX_STATUS,
                      XOFFED);
}

static void pause_send(QNc37xx *nc, uint16_t quanta)
{
    uint8_t frame[60] = { 0 };

    memcpy(frame, pause_address, 6);
    memcpy(frame + 6, nc37xx_peer_mac, 6);
    stw_be_p(frame + 12, 0x8808);
    stw_be_p(frame + 14, 1);
    stw_be_p(frame + 16, quanta);
    nc37xx_wire_send(nc, frame, sizeof(frame));
}

static void pause_wait(QNc37xx *nc, bool on)
{
    gint64 end = g_get_monotonic_time() + NC37XX_DEADLINE;

    while (paused(nc) != on) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

/* The quanta of the next frame on the wire, a pause frame of ours. */
static uint16_t pause_receive(QNc37xx *nc)
{
    g_autofree uint8_t *frame = g_malloc(NC37XX_WIRE_MAX);
    size_t size = nc37xx_wire_receive(nc, frame);

    g_assert_cmpuint(size, ==, 60);
    g_assert_cmpmem(frame, 6, pause_address, 6);
    g_assert_cmpmem(frame + 6, 6, nc37xx_mac, 6);
    g_assert_cmphex(lduw_be_p(frame + 12), ==, 0x8808);
    g_assert_cmphex(lduw_be_p(frame + 14), ==, 1);
    return lduw_be_p(frame + 16);
}

static void frame_expect(QNc37xx *nc, uint8_t seed)
{
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    uint8_t frame[100];

    nc37xx_frame_fill_out(frame, sizeof(frame), seed);
    g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame, sizeof(frame));
}

static void frame_queue(QNc37xx *nc, uint8_t seed)
{
    uint8_t frame[100];

    nc37xx_frame_fill_out(frame, sizeof(frame), seed);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
}

static void stops_for_its_time(QNc37xx *nc)
{
    open_with_flow_control(nc);
    pause_send(nc, 1000);
    pause_wait(nc, true);
    frame_queue(nc, 1);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    g_assert_cmpuint(nc37xx_tx_consumer(nc), ==, 0);
    qtest_clock_step(nc->qts, 990 * QUANTUM_NS);
    g_assert_true(paused(nc));
    g_assert_true(nc37xx_wire_is_quiet(nc));
    qtest_clock_step(nc->qts, 20 * QUANTUM_NS);
    g_assert_false(paused(nc));
    qtest_clock_step(nc->qts, RESUME_NS);
    frame_expect(nc, 1);
    nc37xx_tx_wait(nc);
}

static void goes_on_when_told(QNc37xx *nc)
{
    open_with_flow_control(nc);
    pause_send(nc, 0xffff);
    pause_wait(nc, true);
    frame_queue(nc, 1);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    pause_send(nc, 0);
    pause_wait(nc, false);
    qtest_clock_step(nc->qts, RESUME_NS);
    frame_expect(nc, 1);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_XOFF_RECEIVED), ==, 1);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_XON_RECEIVED), ==, 1);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_MAC_CONTROL_RECEIVED), ==, 2);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_XOFF_STATE_ENTERED), ==, 1);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_FLOW_CONTROL_DONE), ==, 1);
    g_assert_cmpuint(nc37xx_rx_index(nc), ==, 0);
}

static void ignored_when_off(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    pause_send(nc, 0xffff);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    g_assert_false(paused(nc));
    nc37xx_expect_sent(nc, 100, 2);
}

static void stops_partner(QNc37xx *nc)
{
    uint8_t frame[100];
    unsigned left = POSTED;

    open_with_flow_control(nc);
    nc37xx_rx_doorbell(nc);
    while (left > nc->rx_producer / 8 + 1) {
        nc37xx_frame_fill(frame, sizeof(frame), left);
        nc37xx_expect_received(nc, frame, sizeof(frame));
        left--;
    }
    while (nc37xx_wire_is_quiet(nc)) {
        nc37xx_frame_fill(frame, sizeof(frame), left);
        nc37xx_expect_received(nc, frame, sizeof(frame));
        g_assert_cmpuint(left--, >, 0);
    }
    g_assert_cmphex(pause_receive(nc), ==, SHORT_PAUSE);
    qtest_clock_step(nc->qts, SHORT_PAUSE * QUANTUM_NS / 2);
    g_assert_cmphex(pause_receive(nc), ==, SHORT_PAUSE);
    /* All that were used are posted again. */
    nc->rx_producer += NC37XX_PAGE_SLOTS;
    nc37xx_rx_doorbell(nc);
    g_assert_cmphex(pause_receive(nc), ==, 0);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_XOFF_SENT), ==, 2);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_XON_SENT), ==, 1);
    qtest_clock_step(nc->qts, SHORT_PAUSE * QUANTUM_NS);
    g_assert_true(nc37xx_wire_is_quiet(nc));
}

static const Nc37xxCase cases[] = {
    { "pause_stops_the_transmission_for_its_time", stops_for_its_time },
    { "pause_of_zero_lets_it_go_on", goes_on_when_told },
    { "pause_is_ignored_when_flow_control_is_off", ignored_when_off },
    { "partner_is_stopped_before_the_buffers_run_out", stops_partner },
};

static void register_tests(void)
{
    nc37xx_register_cases("flow", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
