/*
 * Flow control: pause frames in both directions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"
#include "nc37xx-core.h"

#define CONTROL 0x8808
#define SHORT_PAUSE 0x1fff

static const uint8_t pause_address[6] = {
    0x01, 0x80, 0xc2, 0x00, 0x00, 0x01,
};

static uint32_t counter(unsigned stat)
{
    return card.nc.counters[stat / 4];
}

/* What Linux sets when flow control was negotiated for both directions. */
static void open_with_flow_control(unsigned buffers)
{
    card_open();
    card_write(A_EMAC_RX_MODE, R_EMAC_RX_MODE_FLOW_EN_MASK);
    card_write(A_EMAC_TX_MODE, R_EMAC_TX_MODE_FLOW_EN_MASK);
    card_context_write(NC37XX_CID_RX, RX_CTX_TYPE,
                       RX_CTX_TYPE_L2 | RX_CTX_FLOW_CONTROL);
    card_rx_buffers(buffers);
}

static void control_frame(uint8_t *frame, unsigned opcode, unsigned quanta)
{
    memset(frame, 0, 60);
    memcpy(frame, pause_address, 6);
    memcpy(frame + 6, "\x02\x00\x00\x00\x00\x99", 6);
    stw_be_p(frame + 12, CONTROL);
    stw_be_p(frame + 14, opcode);
    stw_be_p(frame + 16, quanta);
}

static void pause_arrives(unsigned quanta)
{
    uint8_t frame[60];

    control_frame(frame, 1, quanta);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, sizeof(frame)));
}

static void frame_arrives(void)
{
    uint8_t frame[60];

    frame_fill(frame, sizeof(frame), 0x88b5);
    nc37xx_receive(&card.nc, frame, sizeof(frame));
}

static void frames_arrive(unsigned count)
{
    while (count--) {
        frame_arrives();
    }
}

static void send_one(void)
{
    uint8_t frame[60];

    frame_fill(frame, sizeof(frame), 0x88b5);
    card_transmit(frame, sizeof(frame), 0);
}

static void time_is_up(Nc37xxTimer timer)
{
    CU_ASSERT_NOT_EQUAL(card.timers[timer], 0);
    card.timers[timer] = 0;
    nc37xx_timer(&card.nc, timer);
}

/* The quanta of the pause frame that was sent as number @n. */
static unsigned sent_quanta(unsigned n)
{
    const struct sent *sent = &card.sent[n];

    CU_ASSERT_FATAL(n < card.sent_count);
    CU_ASSERT_EQUAL(sent->size, 60);
    CU_ASSERT_FALSE(memcmp(sent->data, pause_address, 6));
    CU_ASSERT_FALSE(memcmp(sent->data + 6, card_mac, 6));
    CU_ASSERT_EQUAL(lduw_be_p(sent->data + 12), CONTROL);
    CU_ASSERT_EQUAL(lduw_be_p(sent->data + 14), 1);
    return lduw_be_p(sent->data + 16);
}

/* We are paused */

static void a_pause_stops_the_transmission_for_its_time(void)
{
    open_with_flow_control(10);
    pause_arrives(1000);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 512);
    CU_ASSERT_EQUAL(card_read(A_EMAC_TX_STATUS) & 1, 1);
    send_one();
    send_one();
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.nc.tx.at.index, 0);
    time_is_up(NC37XX_TIMER_PAUSED);
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
    nc37xx_transmit(&card.nc);
    CU_ASSERT_EQUAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(card_tx_consumer(), 2);
    CU_ASSERT_EQUAL(card_read(A_EMAC_TX_STATUS) & 1, 0);
}

static void a_pause_of_zero_ends_a_pause(void)
{
    open_with_flow_control(10);
    pause_arrives(0xffff);
    send_one();
    pause_arrives(0);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 0);
    nc37xx_transmit(&card.nc);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(counter(STAT_XOFF_RECEIVED), 1);
    CU_ASSERT_EQUAL(counter(STAT_XON_RECEIVED), 1);
    CU_ASSERT_EQUAL(counter(STAT_MAC_CONTROL_RECEIVED), 2);
    CU_ASSERT_EQUAL(counter(STAT_XOFF_STATE_ENTERED), 1);
    CU_ASSERT_EQUAL(counter(STAT_FLOW_CONTROL_DONE), 1);
    CU_ASSERT_EQUAL(card_read(A_EMAC_RX_STATUS), 6);
    card_write(A_EMAC_RX_STATUS, 6);
    CU_ASSERT_EQUAL(card_read(A_EMAC_RX_STATUS), 0);
}

/* The last one counts, and none lasts longer than 65535 quanta. */
static void a_pause_lasts_as_long_as_the_last_frame_says(void)
{
    open_with_flow_control(10);
    pause_arrives(0xffff);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 33553);
    pause_arrives(1);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 1);
    CU_ASSERT_EQUAL(counter(STAT_XOFF_STATE_ENTERED), 1);
    card_phy_write(PHY_BMCR, PHY_BMCR_FULL_DUPLEX);
    pause_arrives(0xffff);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 3355392);
}

static void a_pause_is_ignored_unless_flow_control_is_on(void)
{
    open_with_flow_control(10);
    card_write(A_EMAC_RX_MODE, 0);
    pause_arrives(0xffff);
    send_one();
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 0);
    CU_ASSERT_EQUAL(counter(STAT_XOFF_RECEIVED), 1);
    CU_ASSERT_EQUAL(counter(STAT_XOFF_STATE_ENTERED), 0);
}

static void control_frames_never_reach_the_ring(void)
{
    uint8_t frame[60];

    open_with_flow_control(10);
    card_write(A_RPM_SORT_USER0, R_RPM_SORT_USER0_ENA_MASK |
               R_RPM_SORT_USER0_PROM_EN_MASK);
    pause_arrives(1);
    control_frame(frame, 2, 0xffff);        /* no opcode of ours */
    nc37xx_receive(&card.nc, frame, sizeof(frame));
    control_frame(frame, 1, 0xffff);        /* for somebody else */
    frame[5] = 2;
    nc37xx_receive(&card.nc, frame, sizeof(frame));
    CU_ASSERT_EQUAL(card.nc.rx.at.index, 0);
    CU_ASSERT_EQUAL(counter(STAT_MAC_CONTROL_RECEIVED), 3);
    CU_ASSERT_EQUAL(counter(STAT_XOFF_RECEIVED), 1);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 1);
    memcpy(frame, card_mac, 6);             /* but to us alone it may be */
    nc37xx_receive(&card.nc, frame, sizeof(frame));
    CU_ASSERT_EQUAL(counter(STAT_XOFF_RECEIVED), 2);
}

static void loopback_and_a_lost_link_know_no_pause(void)
{
    open_with_flow_control(10);
    pause_arrives(0xffff);
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    send_one();
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
    card_write(A_EMAC_MODE, 0);
    send_one();
    CU_ASSERT_EQUAL(card.sent_count, 0);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 0);
    nc37xx_transmit(&card.nc);
    CU_ASSERT_EQUAL(card_tx_consumer(), 2);     /* completed and dropped */
    CU_ASSERT_EQUAL(card.sent_count, 0);
}

static void a_core_reset_ends_a_pause(void)
{
    open_with_flow_control(10);
    pause_arrives(0xffff);
    card_core_reset();
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_PAUSED], 0);
    CU_ASSERT_FALSE(nc37xx_paused(&card.nc));
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_TRANSMIT], 0);
    CU_ASSERT_EQUAL(counter(STAT_FLOW_CONTROL_DONE), 0);
}

static void pause_the_sender(void)
{
    pause_arrives(100);
}

/* The answer to a frame is a pause: what follows it waits. */
static void a_pause_from_inside_a_send_stops_the_rest(void)
{
    open_with_flow_control(10);
    card.when_sent = pause_the_sender;
    card_tx_bd(FRAMES_AT, 60, TX_BD_FLAG_START | TX_BD_FLAG_END);
    card_tx_bd(FRAMES_AT, 60, TX_BD_FLAG_START | TX_BD_FLAG_END);
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(card_tx_consumer(), 1);
}

/* We pause the partner */

static void the_partner_is_stopped_when_an_eighth_is_left(void)
{
    open_with_flow_control(80);
    frames_arrive(69);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    frame_arrives();
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(sent_quanta(0), SHORT_PAUSE);
    CU_ASSERT_EQUAL(card_read(A_EMAC_RX_STATUS) & 1, 1);
    CU_ASSERT_EQUAL(card_read(A_EMAC_TX_STATUS) & 6, 2);
    frames_arrive(10);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(counter(STAT_OUT_XOFF_SENT), 1);
    CU_ASSERT_EQUAL(counter(STAT_OUT_XON_SENT), 0);
    CU_ASSERT_EQUAL(counter(STAT_OUT_MULTICAST_PKTS), 0);
}

static void the_partner_goes_on_with_half_of_the_buffers(void)
{
    open_with_flow_control(80);
    frames_arrive(80);
    card_rx_buffers(39);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    card_rx_buffers(1);
    CU_ASSERT_EQUAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(sent_quanta(1), 0);
    CU_ASSERT_EQUAL(counter(STAT_OUT_XON_SENT), 1);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_XOFF], 0);
    CU_ASSERT_EQUAL(card_read(A_EMAC_RX_STATUS) & 1, 0);
    CU_ASSERT_EQUAL(card_read(A_EMAC_TX_STATUS) & 6, 6);
    card_write(A_EMAC_TX_STATUS, 2);
    CU_ASSERT_EQUAL(card_read(A_EMAC_TX_STATUS) & 6, 4);
}

static void a_stop_is_repeated_before_its_time_is_up(void)
{
    open_with_flow_control(8);
    frames_arrive(7);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_XOFF],
                    SHORT_PAUSE * 512 / 1000 / 2);
    time_is_up(NC37XX_TIMER_XOFF);
    CU_ASSERT_EQUAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(sent_quanta(1), SHORT_PAUSE);
    card_write(A_EMAC_TX_MODE, R_EMAC_TX_MODE_FLOW_EN_MASK |
               R_EMAC_TX_MODE_LONG_PAUSE_MASK);
    time_is_up(NC37XX_TIMER_XOFF);
    CU_ASSERT_EQUAL(sent_quanta(2), 0xffff);
    card_write(A_EMAC_TX_MODE, 0);
    time_is_up(NC37XX_TIMER_XOFF);
    CU_ASSERT_EQUAL(card.sent_count, 3);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_XOFF], 0);
}

static void small_rings_stop_the_partner_when_they_are_empty(void)
{
    open_with_flow_control(3);
    frames_arrive(2);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    frame_arrives();
    CU_ASSERT_EQUAL(sent_quanta(0), SHORT_PAUSE);
    card_rx_buffers(2);
    CU_ASSERT_EQUAL(sent_quanta(1), 0);
}

/* Of many buffers none is a page: the frame waits all the same. */
static void a_frame_that_waits_for_pages_stops_the_partner(void)
{
    uint8_t frame[1000];

    open_with_flow_control(20);
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, 200 << 16 | 4096);
    card_rx_pages(1, 4096);
    frame_fill(frame, sizeof(frame), 0x88b5);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, sizeof(frame)));
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_FALSE(nc37xx_receive(&card.nc, frame, sizeof(frame)));
    CU_ASSERT_EQUAL(sent_quanta(0), SHORT_PAUSE);
    card_rx_pages(1, 4096);
    CU_ASSERT_EQUAL(sent_quanta(1), 0);
}

static void the_partner_is_let_be_unless_all_want_it(void)
{
    unsigned i;

    for (i = 0; i < 5; i++) {
        open_with_flow_control(8);
        switch (i) {
        case 0:
            card_write(A_EMAC_TX_MODE, 0);
            break;
        case 1:
            card_context_write(NC37XX_CID_RX, RX_CTX_TYPE, RX_CTX_TYPE_L2);
            break;
        case 2:
            card_phy_write(PHY_BMCR, PHY_BMCR_SPEED100);    /* half duplex */
            break;
        case 3:
            card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
            while (card_rx_consumer() < 7) {
                send_one();
            }
            break;
        case 4:
            card_context_write(NC37XX_CID_RX, RX_CTX_BDHADDR_LO, 0);
            break;
        }
        frames_arrive(8);
        CU_ASSERT_EQUAL(card.sent_count, 0);
    }
}

static void a_lost_link_is_forgotten_about(void)
{
    open_with_flow_control(8);
    frames_arrive(8);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_XOFF], 0);
    CU_ASSERT_EQUAL(card_read(A_EMAC_RX_STATUS) & 1, 0);
    card_rx_buffers(8);
    CU_ASSERT_EQUAL(card.sent_count, 1);
}

static void a_core_reset_forgets_the_partner(void)
{
    open_with_flow_control(8);
    frames_arrive(8);
    card_core_reset();
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_XOFF], 0);
    CU_ASSERT_FALSE(card.nc.partner_paused);
    CU_ASSERT_EQUAL(card.nc.rx_depth, 0);
    CU_ASSERT_EQUAL(card.sent_count, 1);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_pause_stops_the_transmission_for_its_time),
    UNIT_CASE(a_pause_of_zero_ends_a_pause),
    UNIT_CASE(a_pause_lasts_as_long_as_the_last_frame_says),
    UNIT_CASE(a_pause_is_ignored_unless_flow_control_is_on),
    UNIT_CASE(control_frames_never_reach_the_ring),
    UNIT_CASE(loopback_and_a_lost_link_know_no_pause),
    UNIT_CASE(a_core_reset_ends_a_pause),
    UNIT_CASE(a_pause_from_inside_a_send_stops_the_rest),
    UNIT_CASE(the_partner_is_stopped_when_an_eighth_is_left),
    UNIT_CASE(the_partner_goes_on_with_half_of_the_buffers),
    UNIT_CASE(a_stop_is_repeated_before_its_time_is_up),
    UNIT_CASE(small_rings_stop_the_partner_when_they_are_empty),
    UNIT_CASE(a_frame_that_waits_for_pages_stops_the_partner),
    UNIT_CASE(the_partner_is_let_be_unless_all_want_it),
    UNIT_CASE(a_lost_link_is_forgotten_about),
    UNIT_CASE(a_core_reset_forgets_the_partner),
};

int main(int argc, char **argv)
{
    return unit_main("pause", cases, CASES, argc, argv);
}
