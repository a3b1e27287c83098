/*
 * Fault injection: frames that arrive and frames that are sent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-faulty.h"

#define PROMISCUOUS (R_RPM_SORT_USER0_ENA_MASK | R_RPM_SORT_USER0_PROM_EN_MASK)

/* The clock goes on, and rings if it was set to. */
static void clock_later(uint64_t microseconds)
{
    uint64_t timer = card.timers[NC37XX_TIMER_HELD];

    card.time += microseconds;
    if (timer && timer <= microseconds) {
        card.timers[NC37XX_TIMER_HELD] = 0;
        nc37xx_timer(&card.nc, NC37XX_TIMER_HELD);
    } else if (timer) {
        card.timers[NC37XX_TIMER_HELD] = timer - microseconds;
    }
}

static unsigned bits_changed(const uint8_t *a, const uint8_t *b, size_t size)
{
    unsigned changed = 0;
    size_t i;

    for (i = 0; i < size; i++) {
        changed += __builtin_popcount(a[i] ^ b[i]);
    }
    return changed;
}

/* Frames that arrive */

static void a_lost_frame_does_not_arrive(void)
{
    faulty_open(4);
    fault_always(NC37XX_FAULT_RX_DROP);
    CU_ASSERT_TRUE(frame_arrives(1));
    CU_ASSERT_EQUAL(frames_arrived(), 0);
    fault_injected(NC37XX_FAULT_RX_DROP, 1);
}

static void a_doubled_frame_arrives_twice(void)
{
    faulty_open(4);
    fault_at(NC37XX_FAULT_RX_DUPLICATE, 1);
    frame_arrives(1);
    frame_arrives(2);
    CU_ASSERT_EQUAL(frames_arrived(), 3);
    CU_ASSERT_EQUAL(frame_received(0), 1);
    CU_ASSERT_EQUAL(frame_received(1), 1);
    CU_ASSERT_EQUAL(frame_received(2), 2);
    fault_injected(NC37XX_FAULT_RX_DUPLICATE, 1);
}

static void a_double_without_a_buffer_is_a_discard(void)
{
    faulty_open(1);
    fault_at(NC37XX_FAULT_RX_DUPLICATE, 1);
    CU_ASSERT_TRUE(frame_arrives(1));
    CU_ASSERT_EQUAL(frames_arrived(), 1);
    CU_ASSERT_EQUAL(card.nc.counters[STAT_IN_MBUF_DISCARDS / 4], 1);
}

static void a_damaged_frame_is_an_fcs_error(void)
{
    faulty_open(4);
    fault_at(NC37XX_FAULT_RX_CORRUPT, 1);
    CU_ASSERT_TRUE(frame_arrives(1));
    CU_ASSERT_EQUAL(frames_arrived(), 0);
    CU_ASSERT_EQUAL(fault_counter(NC37XX_FAULT_RX_CORRUPT), 1);
    CU_ASSERT_EQUAL(card.nc.counters[STAT_IN_BAD_OCTETS / 4], FRAME_SIZE + 4);
    fault_injected(NC37XX_FAULT_RX_CORRUPT, 1);
    frame_arrives(2);
    CU_ASSERT_EQUAL(frame_received(0), 2);
}

static void a_driver_that_wants_no_crc_check_sees_one_wrong_bit(void)
{
    faulty_open(4);
    card_write(A_RPM_SORT_USER0, PROMISCUOUS);
    card_write(A_EMAC_RX_MODE, R_EMAC_RX_MODE_NO_CRC_CHK_MASK |
                               R_EMAC_RX_MODE_KEEP_VLAN_TAG_MASK);
    fault_at(NC37XX_FAULT_RX_CORRUPT, 1);
    frame_arrives(1);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
    CU_ASSERT_TRUE(card_rx_buffer(0)[2] & L2_FHDR_ERRORS_BAD_CRC >> 16);
    CU_ASSERT_EQUAL(bits_changed(card_rx_buffer(0) + RX_FRAME_OFFSET, frame,
                                 FRAME_SIZE), 1);
    CU_ASSERT_EQUAL(fault_counter(NC37XX_FAULT_RX_CORRUPT), 1);
}

static void a_delayed_frame_arrives_in_time(void)
{
    faulty_open(4);
    fault_parameter(NC37XX_FAULT_DELAY_US, 500);
    fault_at(NC37XX_FAULT_RX_DELAY, 1);
    frame_arrives(1);
    frame_arrives(2);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 500);
    clock_later(499);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
    clock_later(1);
    CU_ASSERT_EQUAL(frames_arrived(), 2);
    CU_ASSERT_EQUAL(frame_received(0), 2);
    CU_ASSERT_EQUAL(frame_received(1), 1);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 0);
    CU_ASSERT_EQUAL(card.nc.faults.active, 0);
    fault_injected(NC37XX_FAULT_RX_DELAY, 1);
}

static void delayed_frames_keep_their_order_and_times(void)
{
    faulty_open(4);
    fault_parameter(NC37XX_FAULT_DELAY_US, 500);
    fault_always(NC37XX_FAULT_RX_DELAY);
    frame_arrives(1);
    clock_later(200);
    frame_arrives(2);
    frame_arrives(3);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 300);
    clock_later(300);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
    clock_later(200);
    CU_ASSERT_EQUAL(frames_arrived(), 3);
    CU_ASSERT_EQUAL(frame_received(1), 2);
    CU_ASSERT_EQUAL(frame_received(2), 3);
}

static void a_frame_is_overtaken_by_the_next(void)
{
    faulty_open(4);
    fault_at(NC37XX_FAULT_RX_REORDER, 2);
    frame_arrives(1);
    frame_arrives(2);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
    frame_arrives(3);
    CU_ASSERT_EQUAL(frames_arrived(), 3);
    CU_ASSERT_EQUAL(frame_received(0), 1);
    CU_ASSERT_EQUAL(frame_received(1), 3);
    CU_ASSERT_EQUAL(frame_received(2), 2);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 0);
    fault_injected(NC37XX_FAULT_RX_REORDER, 1);
}

static void a_frame_that_nothing_overtakes_arrives_late(void)
{
    faulty_open(4);
    fault_at(NC37XX_FAULT_RX_REORDER, 1);
    frame_arrives(1);
    clock_later(1000);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
    CU_ASSERT_EQUAL(frame_received(0), 1);
}

static void a_full_store_lets_frames_pass(void)
{
    unsigned i;

    faulty_open(64);
    fault_always(NC37XX_FAULT_RX_DELAY);
    for (i = 0; i < NC37XX_HELD_FRAMES + 3; i++) {
        CU_ASSERT_TRUE(frame_arrives(i));
    }
    CU_ASSERT_EQUAL(frames_arrived(), 3);
    CU_ASSERT_EQUAL(frame_received(0), NC37XX_HELD_FRAMES);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_fault_no_room], 3);
    fault_injected(NC37XX_FAULT_RX_DELAY, NC37XX_HELD_FRAMES);
    clock_later(1000);
    CU_ASSERT_EQUAL(frames_arrived(), NC37XX_HELD_FRAMES + 3);
}

static void a_frame_beyond_all_sizes_is_dropped_as_ever(void)
{
    faulty_open(4);
    card_write(A_EMAC_RX_MTU_SIZE, 0xffff);
    fault_always(NC37XX_FAULT_RX_DELAY);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, NC37XX_FRAME_MAX + 1));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_oversize], 1);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, 0));
    clock_later(1000);
}

static void a_frame_without_a_buffer_is_judged_when_it_comes(void)
{
    faulty_open(0);
    fault_at(NC37XX_FAULT_RX_DROP, 1);
    CU_ASSERT_FALSE(frame_arrives(1));
    CU_ASSERT_FALSE(frame_arrives(1));
    fault_injected(NC37XX_FAULT_RX_DROP, 0);
    card_rx_buffers(4);
    CU_ASSERT_EQUAL(card.receive_ready, 1);
    CU_ASSERT_TRUE(frame_arrives(1));
    fault_injected(NC37XX_FAULT_RX_DROP, 1);
}

static void a_held_frame_that_finds_no_buffer_is_a_discard(void)
{
    faulty_open(1);
    fault_at(NC37XX_FAULT_RX_DELAY, 1);
    frame_arrives(1);
    frame_arrives(2);
    clock_later(1000);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
    CU_ASSERT_EQUAL(card.nc.counters[STAT_IN_MBUF_DISCARDS / 4], 1);
    CU_ASSERT_EQUAL(card.nc.faults.active, 0);
}

/* It is the peer's, and only the doorbell calls it. */
static void a_held_frame_does_not_hide_one_that_waits(void)
{
    faulty_open(1);
    fault_at(NC37XX_FAULT_RX_DELAY, 1);
    frame_arrives(1);
    frame_arrives(2);
    CU_ASSERT_FALSE(frame_arrives(3));
    card_bd(RX_RING_AT, 1, BUFFERS_AT + BUFFER_SIZE, BUFFER_SIZE, 0);
    nc37xx_write(&card.nc, NC37XX_DOORBELL_RX_BDIDX, ++card.rx_index, 2);
    clock_later(1000);
    CU_ASSERT_EQUAL(frames_arrived(), 2);
    CU_ASSERT_EQUAL(frame_received(1), 1);
    CU_ASSERT_EQUAL(card.receive_ready, 0);
    card_rx_buffers(1);
    CU_ASSERT_EQUAL(card.receive_ready, 1);
}

static void a_frame_of_before_the_reset_does_not_arrive(void)
{
    faulty_open(4);
    fault_always(NC37XX_FAULT_RX_DELAY);
    frame_arrives(1);
    nc37xx_pci_reset(&card.nc);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 0);
    card_program();
    card_rx_buffers(4);
    clock_later(2000);
    nc37xx_timer(&card.nc, NC37XX_TIMER_HELD);
    CU_ASSERT_EQUAL(frames_arrived(), 0);
}

static void loopback_has_no_wire(void)
{
    faulty_open(4);
    fault_always(NC37XX_FAULT_RX_DROP);
    fault_always(NC37XX_FAULT_TX_DROP);
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    frame_leaves(1);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
}

/* Frames that are sent */

static void a_frame_lost_on_its_way_was_sent(void)
{
    faulty_open(0);
    fault_at(NC37XX_FAULT_TX_DROP, 1);
    frame_leaves(1);
    frame_leaves(2);
    CU_ASSERT_EQUAL(card_tx_consumer(), 2);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(frame_sent(0), 2);
    CU_ASSERT_EQUAL(card.nc.counters[STAT_OUT_UCAST_PKTS / 4], 2);
    fault_injected(NC37XX_FAULT_TX_DROP, 1);
}

static void a_frame_doubled_on_its_way_is_seen_twice(void)
{
    faulty_open(0);
    fault_at(NC37XX_FAULT_TX_DUPLICATE, 1);
    frame_leaves(1);
    CU_ASSERT_EQUAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(frame_sent(1), 1);
    fault_injected(NC37XX_FAULT_TX_DUPLICATE, 1);
}

static void a_frame_damaged_on_its_way_goes_out_wrong(void)
{
    faulty_open(0);
    fault_at(NC37XX_FAULT_TX_CORRUPT, 1);
    frame_leaves(1);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(card.sent[0].size, FRAME_SIZE);
    CU_ASSERT_EQUAL(bits_changed(card.sent[0].data, frame, FRAME_SIZE), 1);
    frame_leaves(2);
    CU_ASSERT_EQUAL(bits_changed(card.sent[1].data, frame, FRAME_SIZE), 0);
    fault_injected(NC37XX_FAULT_TX_CORRUPT, 1);
}

static void a_frame_delayed_on_its_way_is_sent_later(void)
{
    faulty_open(0);
    fault_at(NC37XX_FAULT_TX_DELAY, 1);
    frame_leaves(1);
    frame_leaves(2);
    CU_ASSERT_EQUAL(card_tx_consumer(), 2);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    clock_later(999);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    clock_later(1);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(frame_sent(1), 1);
    CU_ASSERT_PTR_EQUAL(card.nc.ops, card.nc.world);
    fault_injected(NC37XX_FAULT_TX_DELAY, 1);
}

static void a_frame_is_overtaken_on_its_way(void)
{
    faulty_open(4);
    fault_at(NC37XX_FAULT_TX_REORDER, 1);
    frame_leaves(1);
    frame_arrives(9);                 /* the other direction is another wire */
    CU_ASSERT_EQUAL(card.sent_count, 0);
    frame_leaves(2);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(frame_sent(0), 2);
    CU_ASSERT_EQUAL(frame_sent(1), 1);
    fault_injected(NC37XX_FAULT_TX_REORDER, 1);
}

/* A TCP packet that makes three segments. */
static void large_leaves(void)
{
    const unsigned size = 14 + 20 + 20 + 2500, mss = 1000;

    frame_fill(frame, size, 0x0800);
    frame_ipv4(frame + 14, 5, 6, size - 14);
    frame[14 + 20 + 12] = 5 << 4;
    memcpy(card_memory(FRAMES_AT), frame, size);
    card_tx_bd(FRAMES_AT, mss << 16 | size, TX_BD_FLAG_SW_LSO |
               TX_BD_FLAG_START | TX_BD_FLAG_END);
    card_tx_doorbell();
}

static void a_faulty_wire_carries_frames_only(void)
{
    faulty_open(0);
    card.takes_large = true;
    fault_at(NC37XX_FAULT_DMA_READ, 100);
    large_leaves();
    CU_ASSERT_EQUAL(card.large_count, 1);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    fault_at(NC37XX_FAULT_TX_DROP, 3);
    large_leaves();
    CU_ASSERT_EQUAL(card.large_count, 1);
    CU_ASSERT_EQUAL(card.sent_count, 3);
    fault_injected(NC37XX_FAULT_TX_DROP, 1);
    large_leaves();
    CU_ASSERT_EQUAL(card.large_count, 2);
}

static void answer(void)
{
    frame_arrives(card.sent_count);
}

/* The peer answers from inside each send, and the answers are delayed too. */
static void an_answer_to_a_held_frame_is_held_in_turn(void)
{
    faulty_open(8);
    fault_always(NC37XX_FAULT_TX_DELAY);
    fault_always(NC37XX_FAULT_RX_DELAY);
    card.when_sent = answer;
    frame_leaves(1);
    frame_leaves(2);
    clock_later(1000);
    CU_ASSERT_EQUAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(frames_arrived(), 0);
    clock_later(1000);
    CU_ASSERT_EQUAL(frames_arrived(), 2);
    CU_ASSERT_EQUAL(card.nc.faults.active & (FAULT_HELD_RX | FAULT_HELD_TX),
                    0);
}

static void two_faults_at_once_do_both(void)
{
    faulty_open(0);
    fault_always(NC37XX_FAULT_TX_DUPLICATE);
    fault_always(NC37XX_FAULT_TX_CORRUPT);
    fault_always(NC37XX_FAULT_TX_DELAY);
    frame_leaves(1);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(bits_changed(card.sent[0].data, frame, FRAME_SIZE), 0);
    clock_later(1000);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(bits_changed(card.sent[1].data, frame, FRAME_SIZE), 1);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_lost_frame_does_not_arrive),
    UNIT_CASE(a_doubled_frame_arrives_twice),
    UNIT_CASE(a_double_without_a_buffer_is_a_discard),
    UNIT_CASE(a_damaged_frame_is_an_fcs_error),
    UNIT_CASE(a_driver_that_wants_no_crc_check_sees_one_wrong_bit),
    UNIT_CASE(a_delayed_frame_arrives_in_time),
    UNIT_CASE(delayed_frames_keep_their_order_and_times),
    UNIT_CASE(a_frame_is_overtaken_by_the_next),
    UNIT_CASE(a_frame_that_nothing_overtakes_arrives_late),
    UNIT_CASE(a_full_store_lets_frames_pass),
    UNIT_CASE(a_frame_beyond_all_sizes_is_dropped_as_ever),
    UNIT_CASE(a_frame_without_a_buffer_is_judged_when_it_comes),
    UNIT_CASE(a_held_frame_that_finds_no_buffer_is_a_discard),
    UNIT_CASE(a_held_frame_does_not_hide_one_that_waits),
    UNIT_CASE(a_frame_of_before_the_reset_does_not_arrive),
    UNIT_CASE(loopback_has_no_wire),
    UNIT_CASE(a_frame_lost_on_its_way_was_sent),
    UNIT_CASE(a_frame_doubled_on_its_way_is_seen_twice),
    UNIT_CASE(a_frame_damaged_on_its_way_goes_out_wrong),
    UNIT_CASE(a_frame_delayed_on_its_way_is_sent_later),
    UNIT_CASE(a_frame_is_overtaken_on_its_way),
    UNIT_CASE(a_faulty_wire_carries_frames_only),
    UNIT_CASE(an_answer_to_a_held_frame_is_held_in_turn),
    UNIT_CASE(two_faults_at_once_do_both),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-fault-wire", cases, CASES, argc, argv);
}
