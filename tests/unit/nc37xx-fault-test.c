/*
 * Fault injection: each fault, when it strikes, and what shows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define SIZE 200
#define NVM_READ_WORD (R_NVM_COMMAND_DOIT_MASK | R_NVM_COMMAND_FIRST_MASK |  \
                       R_NVM_COMMAND_LAST_MASK)
#define PROMISCUOUS (R_RPM_SORT_USER0_ENA_MASK | R_RPM_SORT_USER0_PROM_EN_MASK)

static uint8_t frame[NC37XX_FRAME_MAX + 100];

static void always(Nc37xxFault fault)
{
    CU_ASSERT_TRUE(nc37xx_fault_set_ppm(&card.nc, fault,
                                        NC37XX_FAULT_ALWAYS));
}

static void never(Nc37xxFault fault)
{
    CU_ASSERT_TRUE(nc37xx_fault_set_ppm(&card.nc, fault, 0));
}

static void at(Nc37xxFault fault, unsigned n)
{
    CU_ASSERT_TRUE(nc37xx_fault_set_at(&card.nc, fault, n));
}

static void parameter(Nc37xxFaultParameter which, uint64_t value)
{
    CU_ASSERT_TRUE(nc37xx_fault_set_parameter(&card.nc, which, value));
}

/* It was injected @n times, and each time an event told so. */
static void injected(Nc37xxFault fault, unsigned n)
{
    CU_ASSERT_EQUAL(card.nc.faults.faults[fault].injected, n);
    CU_ASSERT_EQUAL(card.events[nc37xx_fault_rows[fault].event], n);
}

static uint64_t counter(Nc37xxFault fault)
{
    CU_ASSERT_NOT_EQUAL_FATAL(nc37xx_fault_rows[fault].counter_offset,
                              STATISTICS_SIZE);
    return card.nc.counters[nc37xx_fault_rows[fault].counter_offset / 4];
}

static void open_with_buffers(unsigned count)
{
    card_open();
    card_rx_buffers(count);
    frame_fill(frame, sizeof(frame), 0x88b5);
}

/* A frame whose bytes say its @number arrives. */
static bool arrives(uint8_t number)
{
    memset(frame + 14, number, SIZE - 14);
    return nc37xx_receive(&card.nc, frame, SIZE);
}

static void leaves(uint8_t number)
{
    memset(frame + 14, number, SIZE - 14);
    card_transmit(frame, SIZE, 0);
}

static unsigned arrived(void)
{
    return card.nc.rx.at.index;
}

static uint8_t received(unsigned n)
{
    return card_rx_buffer(n)[RX_FRAME_OFFSET + 100];
}

static uint8_t sent(unsigned n)
{
    CU_ASSERT_FATAL(n < card.sent_count);
    return card.sent[n].data[100];
}

/* The clock goes on, and rings if it was set to. */
static void later(uint64_t microseconds)
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

/* The catalogue */

static void every_fault_has_a_name_of_its_own_and_says_all(void)
{
    unsigned i, j;

    for (i = 0; i < NC37XX_FAULT_COUNT; i++) {
        const Nc37xxFaultRow *row = &nc37xx_fault_rows[i];

        CU_ASSERT_FATAL(row->name && row->opportunity && row->what);
        CU_ASSERT(*row->name && *row->opportunity && *row->what);
        CU_ASSERT(!strncmp(row->event_name, "fault_", 6));
        for (j = 0; j < i; j++) {
            CU_ASSERT(strcmp(row->name, nc37xx_fault_rows[j].name));
            CU_ASSERT(row->event != nc37xx_fault_rows[j].event);
        }
    }
}

static void what_is_out_of_range_is_refused_and_changes_nothing(void)
{
    Nc37xx *nc = &card.nc;

    card_open();
    CU_ASSERT_FALSE(nc37xx_fault_set_ppm(nc, NC37XX_FAULT_RX_DROP, 1000001));
    CU_ASSERT_FALSE(nc37xx_fault_set_at(nc, NC37XX_FAULT_RX_DROP, 1ull << 32));
    CU_ASSERT_FALSE(nc37xx_fault_set_parameter(nc, NC37XX_FAULT_DELAY_US, 0));
    CU_ASSERT_FALSE(nc37xx_fault_set_parameter(nc, NC37XX_FAULT_DELAY_US,
                                               10000001));
    CU_ASSERT_EQUAL(nc->faults.parameters[NC37XX_FAULT_DELAY_US], 1000);
    CU_ASSERT_EQUAL(nc->faults.active, 0);
}

static void without_faults_nothing_stands_between_core_and_world(void)
{
    unsigned i;

    card_open();
    CU_ASSERT_PTR_EQUAL(card.nc.ops, card.nc.world);
    for (i = 0; i < NC37XX_FAULT_COUNT; i++) {
        at(i, 7);
        CU_ASSERT_EQUAL(card.nc.faults.active, 1u << i);
        at(i, 0);
        CU_ASSERT_EQUAL(card.nc.faults.active, 0);
    }
    always(NC37XX_FAULT_TX_DROP);
    CU_ASSERT_PTR_NOT_EQUAL(card.nc.ops, card.nc.world);
    never(NC37XX_FAULT_TX_DROP);
    CU_ASSERT_PTR_EQUAL(card.nc.ops, card.nc.world);
}

/* When */

static void the_nth_alone_is_struck(void)
{
    open_with_buffers(8);
    at(NC37XX_FAULT_RX_DROP, 3);
    arrives(1);
    CU_ASSERT_EQUAL(card.nc.faults.faults[NC37XX_FAULT_RX_DROP].at, 2);
    arrives(2);
    arrives(3);
    arrives(4);
    CU_ASSERT_EQUAL(arrived(), 3);
    CU_ASSERT_EQUAL(received(2), 4);
    injected(NC37XX_FAULT_RX_DROP, 1);
    CU_ASSERT_EQUAL(card.nc.faults.active, 0);
}

static unsigned lost_of(unsigned frames, uint32_t ppm, uint64_t *pattern)
{
    uint64_t before, lost;
    unsigned i;

    nc37xx_fault_set_ppm(&card.nc, NC37XX_FAULT_TX_DROP, ppm);
    before = card.nc.faults.faults[NC37XX_FAULT_TX_DROP].injected;
    for (i = 0; i < frames; i++) {
        lost = card.nc.faults.faults[NC37XX_FAULT_TX_DROP].injected;
        leaves(i);
        lost = card.nc.faults.faults[NC37XX_FAULT_TX_DROP].injected - lost;
        *pattern = *pattern << 1 | lost;
    }
    return card.nc.faults.faults[NC37XX_FAULT_TX_DROP].injected - before;
}

/* Four standard deviations either way. */
static void so_many_of_a_million_are_struck(void)
{
    uint64_t pattern;
    unsigned lost;

    open_with_buffers(0);
    lost = lost_of(4000, 250000, &pattern);
    CU_ASSERT(lost > 890 && lost < 1110);
    lost = lost_of(4000, 10000, &pattern);
    CU_ASSERT(lost > 14 && lost < 66);
    CU_ASSERT_EQUAL(lost_of(100, 1000000, &pattern), 100);
    CU_ASSERT_EQUAL(lost_of(100, 0, &pattern), 0);
}

static void the_same_seed_strikes_the_same_again(void)
{
    uint64_t first = 0, second = 0, third = 0;

    open_with_buffers(0);
    parameter(NC37XX_FAULT_SEED, 42);
    lost_of(64, 500000, &first);
    parameter(NC37XX_FAULT_SEED, 42);
    lost_of(64, 500000, &second);
    parameter(NC37XX_FAULT_SEED, 43);
    lost_of(64, 500000, &third);
    CU_ASSERT_EQUAL(first, second);
    CU_ASSERT_NOT_EQUAL(first, third);
}

/* What happens to a frame does not hang on how busy the bus was. */
static void faults_have_sequences_of_their_own(void)
{
    uint64_t alone = 0, together = 0;

    open_with_buffers(0);
    lost_of(64, 500000, &alone);
    parameter(NC37XX_FAULT_SEED, 0);
    nc37xx_fault_set_ppm(&card.nc, NC37XX_FAULT_TX_DUPLICATE, 500000);
    nc37xx_fault_set_ppm(&card.nc, NC37XX_FAULT_MSI_LOST, 500000);
    lost_of(64, 500000, &together);
    CU_ASSERT_EQUAL(alone, together);
}

static void settings_survive_resets(void)
{
    card_open();
    always(NC37XX_FAULT_TX_DROP);
    card_core_reset();
    nc37xx_pci_reset(&card.nc);
    card_program();
    frame_fill(frame, SIZE, 0x88b5);
    leaves(1);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    injected(NC37XX_FAULT_TX_DROP, 1);
}

/* Frames that arrive */

static void a_lost_frame_does_not_arrive(void)
{
    open_with_buffers(4);
    always(NC37XX_FAULT_RX_DROP);
    CU_ASSERT_TRUE(arrives(1));
    CU_ASSERT_EQUAL(arrived(), 0);
    injected(NC37XX_FAULT_RX_DROP, 1);
}

static void a_doubled_frame_arrives_twice(void)
{
    open_with_buffers(4);
    at(NC37XX_FAULT_RX_DUPLICATE, 1);
    arrives(1);
    arrives(2);
    CU_ASSERT_EQUAL(arrived(), 3);
    CU_ASSERT_EQUAL(received(0), 1);
    CU_ASSERT_EQUAL(received(1), 1);
    CU_ASSERT_EQUAL(received(2), 2);
    injected(NC37XX_FAULT_RX_DUPLICATE, 1);
}

static void a_double_without_a_buffer_is_a_discard(void)
{
    open_with_buffers(1);
    at(NC37XX_FAULT_RX_DUPLICATE, 1);
    CU_ASSERT_TRUE(arrives(1));
    CU_ASSERT_EQUAL(arrived(), 1);
    CU_ASSERT_EQUAL(card.nc.counters[STAT_IN_MBUF_DISCARDS / 4], 1);
}

static void a_damaged_frame_is_an_fcs_error(void)
{
    open_with_buffers(4);
    at(NC37XX_FAULT_RX_CORRUPT, 1);
    CU_ASSERT_TRUE(arrives(1));
    CU_ASSERT_EQUAL(arrived(), 0);
    CU_ASSERT_EQUAL(counter(NC37XX_FAULT_RX_CORRUPT), 1);
    CU_ASSERT_EQUAL(card.nc.counters[STAT_IN_BAD_OCTETS / 4], SIZE + 4);
    injected(NC37XX_FAULT_RX_CORRUPT, 1);
    arrives(2);
    CU_ASSERT_EQUAL(received(0), 2);
}

static void a_driver_that_wants_no_crc_check_sees_one_wrong_bit(void)
{
    open_with_buffers(4);
    card_write(A_RPM_SORT_USER0, PROMISCUOUS);
    card_write(A_EMAC_RX_MODE, R_EMAC_RX_MODE_NO_CRC_CHK_MASK |
                               R_EMAC_RX_MODE_KEEP_VLAN_TAG_MASK);
    at(NC37XX_FAULT_RX_CORRUPT, 1);
    arrives(1);
    CU_ASSERT_EQUAL(arrived(), 1);
    CU_ASSERT_TRUE(card_rx_buffer(0)[2] & L2_FHDR_ERRORS_BAD_CRC >> 16);
    CU_ASSERT_EQUAL(bits_changed(card_rx_buffer(0) + RX_FRAME_OFFSET, frame,
                                 SIZE), 1);
    CU_ASSERT_EQUAL(counter(NC37XX_FAULT_RX_CORRUPT), 1);
}

static void a_delayed_frame_arrives_in_time(void)
{
    open_with_buffers(4);
    parameter(NC37XX_FAULT_DELAY_US, 500);
    at(NC37XX_FAULT_RX_DELAY, 1);
    arrives(1);
    arrives(2);
    CU_ASSERT_EQUAL(arrived(), 1);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 500);
    later(499);
    CU_ASSERT_EQUAL(arrived(), 1);
    later(1);
    CU_ASSERT_EQUAL(arrived(), 2);
    CU_ASSERT_EQUAL(received(0), 2);
    CU_ASSERT_EQUAL(received(1), 1);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 0);
    CU_ASSERT_EQUAL(card.nc.faults.active, 0);
    injected(NC37XX_FAULT_RX_DELAY, 1);
}

static void delayed_frames_keep_their_order_and_times(void)
{
    open_with_buffers(4);
    parameter(NC37XX_FAULT_DELAY_US, 500);
    always(NC37XX_FAULT_RX_DELAY);
    arrives(1);
    later(200);
    arrives(2);
    arrives(3);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 300);
    later(300);
    CU_ASSERT_EQUAL(arrived(), 1);
    later(200);
    CU_ASSERT_EQUAL(arrived(), 3);
    CU_ASSERT_EQUAL(received(1), 2);
    CU_ASSERT_EQUAL(received(2), 3);
}

static void a_frame_is_overtaken_by_the_next(void)
{
    open_with_buffers(4);
    at(NC37XX_FAULT_RX_REORDER, 2);
    arrives(1);
    arrives(2);
    CU_ASSERT_EQUAL(arrived(), 1);
    arrives(3);
    CU_ASSERT_EQUAL(arrived(), 3);
    CU_ASSERT_EQUAL(received(0), 1);
    CU_ASSERT_EQUAL(received(1), 3);
    CU_ASSERT_EQUAL(received(2), 2);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 0);
    injected(NC37XX_FAULT_RX_REORDER, 1);
}

static void a_frame_that_nothing_overtakes_arrives_late(void)
{
    open_with_buffers(4);
    at(NC37XX_FAULT_RX_REORDER, 1);
    arrives(1);
    later(1000);
    CU_ASSERT_EQUAL(arrived(), 1);
    CU_ASSERT_EQUAL(received(0), 1);
}

static void a_full_store_lets_frames_pass(void)
{
    unsigned i;

    open_with_buffers(64);
    always(NC37XX_FAULT_RX_DELAY);
    for (i = 0; i < NC37XX_HELD_FRAMES + 3; i++) {
        CU_ASSERT_TRUE(arrives(i));
    }
    CU_ASSERT_EQUAL(arrived(), 3);
    CU_ASSERT_EQUAL(received(0), NC37XX_HELD_FRAMES);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_fault_no_room], 3);
    injected(NC37XX_FAULT_RX_DELAY, NC37XX_HELD_FRAMES);
    later(1000);
    CU_ASSERT_EQUAL(arrived(), NC37XX_HELD_FRAMES + 3);
}

static void a_frame_beyond_all_sizes_is_dropped_as_ever(void)
{
    open_with_buffers(4);
    card_write(A_EMAC_RX_MTU_SIZE, 0xffff);
    always(NC37XX_FAULT_RX_DELAY);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, NC37XX_FRAME_MAX + 1));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_rx_oversize], 1);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, 0));
    later(1000);
}

static void a_frame_without_a_buffer_is_judged_when_it_comes(void)
{
    open_with_buffers(0);
    at(NC37XX_FAULT_RX_DROP, 1);
    CU_ASSERT_FALSE(arrives(1));
    CU_ASSERT_FALSE(arrives(1));
    injected(NC37XX_FAULT_RX_DROP, 0);
    card_rx_buffers(4);
    CU_ASSERT_EQUAL(card.receive_ready, 1);
    CU_ASSERT_TRUE(arrives(1));
    injected(NC37XX_FAULT_RX_DROP, 1);
}

static void a_held_frame_that_finds_no_buffer_is_a_discard(void)
{
    open_with_buffers(1);
    at(NC37XX_FAULT_RX_DELAY, 1);
    arrives(1);
    arrives(2);
    later(1000);
    CU_ASSERT_EQUAL(arrived(), 1);
    CU_ASSERT_EQUAL(card.nc.counters[STAT_IN_MBUF_DISCARDS / 4], 1);
    CU_ASSERT_EQUAL(card.nc.faults.active, 0);
}

/* It is the peer's, and only the doorbell calls it. */
static void a_held_frame_does_not_hide_one_that_waits(void)
{
    open_with_buffers(1);
    at(NC37XX_FAULT_RX_DELAY, 1);
    arrives(1);
    arrives(2);
    CU_ASSERT_FALSE(arrives(3));
    card_bd(RX_RING_AT, 1, BUFFERS_AT + BUFFER_SIZE, BUFFER_SIZE, 0);
    nc37xx_write(&card.nc, NC37XX_DOORBELL_RX_BDIDX, ++card.rx_index, 2);
    later(1000);
    CU_ASSERT_EQUAL(arrived(), 2);
    CU_ASSERT_EQUAL(received(1), 1);
    CU_ASSERT_EQUAL(card.receive_ready, 0);
    card_rx_buffers(1);
    CU_ASSERT_EQUAL(card.receive_ready, 1);
}

static void a_frame_of_before_the_reset_does_not_arrive(void)
{
    open_with_buffers(4);
    always(NC37XX_FAULT_RX_DELAY);
    arrives(1);
    nc37xx_pci_reset(&card.nc);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_HELD], 0);
    card_program();
    card_rx_buffers(4);
    later(2000);
    nc37xx_timer(&card.nc, NC37XX_TIMER_HELD);
    CU_ASSERT_EQUAL(arrived(), 0);
}

static void loopback_has_no_wire(void)
{
    open_with_buffers(4);
    always(NC37XX_FAULT_RX_DROP);
    always(NC37XX_FAULT_TX_DROP);
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    leaves(1);
    CU_ASSERT_EQUAL(arrived(), 1);
}

/* Frames that are sent */

static void a_frame_lost_on_its_way_was_sent(void)
{
    open_with_buffers(0);
    at(NC37XX_FAULT_TX_DROP, 1);
    leaves(1);
    leaves(2);
    CU_ASSERT_EQUAL(card_tx_consumer(), 2);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(sent(0), 2);
    CU_ASSERT_EQUAL(card.nc.counters[STAT_OUT_UCAST_PKTS / 4], 2);
    injected(NC37XX_FAULT_TX_DROP, 1);
}

static void a_frame_doubled_on_its_way_is_seen_twice(void)
{
    open_with_buffers(0);
    at(NC37XX_FAULT_TX_DUPLICATE, 1);
    leaves(1);
    CU_ASSERT_EQUAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(sent(1), 1);
    injected(NC37XX_FAULT_TX_DUPLICATE, 1);
}

static void a_frame_damaged_on_its_way_goes_out_wrong(void)
{
    open_with_buffers(0);
    at(NC37XX_FAULT_TX_CORRUPT, 1);
    leaves(1);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(card.sent[0].size, SIZE);
    CU_ASSERT_EQUAL(bits_changed(card.sent[0].data, frame, SIZE), 1);
    leaves(2);
    CU_ASSERT_EQUAL(bits_changed(card.sent[1].data, frame, SIZE), 0);
    injected(NC37XX_FAULT_TX_CORRUPT, 1);
}

static void a_frame_delayed_on_its_way_is_sent_later(void)
{
    open_with_buffers(0);
    at(NC37XX_FAULT_TX_DELAY, 1);
    leaves(1);
    leaves(2);
    CU_ASSERT_EQUAL(card_tx_consumer(), 2);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    later(999);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    later(1);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(sent(1), 1);
    CU_ASSERT_PTR_EQUAL(card.nc.ops, card.nc.world);
    injected(NC37XX_FAULT_TX_DELAY, 1);
}

static void a_frame_is_overtaken_on_its_way(void)
{
    open_with_buffers(4);
    at(NC37XX_FAULT_TX_REORDER, 1);
    leaves(1);
    arrives(9);                 /* the other direction is another wire */
    CU_ASSERT_EQUAL(card.sent_count, 0);
    leaves(2);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(sent(0), 2);
    CU_ASSERT_EQUAL(sent(1), 1);
    injected(NC37XX_FAULT_TX_REORDER, 1);
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
    open_with_buffers(0);
    card.takes_large = true;
    at(NC37XX_FAULT_DMA_READ, 100);
    large_leaves();
    CU_ASSERT_EQUAL(card.large_count, 1);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    at(NC37XX_FAULT_TX_DROP, 3);
    large_leaves();
    CU_ASSERT_EQUAL(card.large_count, 1);
    CU_ASSERT_EQUAL(card.sent_count, 3);
    injected(NC37XX_FAULT_TX_DROP, 1);
    large_leaves();
    CU_ASSERT_EQUAL(card.large_count, 2);
}

static void answer(void)
{
    arrives(card.sent_count);
}

/* The peer answers from inside each send, and the answers are delayed too. */
static void an_answer_to_a_held_frame_is_held_in_turn(void)
{
    open_with_buffers(8);
    always(NC37XX_FAULT_TX_DELAY);
    always(NC37XX_FAULT_RX_DELAY);
    card.when_sent = answer;
    leaves(1);
    leaves(2);
    later(1000);
    CU_ASSERT_EQUAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(arrived(), 0);
    later(1000);
    CU_ASSERT_EQUAL(arrived(), 2);
    CU_ASSERT_EQUAL(card.nc.faults.active & (FAULT_HELD_RX | FAULT_HELD_TX),
                    0);
}

static void two_faults_at_once_do_both(void)
{
    open_with_buffers(0);
    always(NC37XX_FAULT_TX_DUPLICATE);
    always(NC37XX_FAULT_TX_CORRUPT);
    always(NC37XX_FAULT_TX_DELAY);
    leaves(1);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(bits_changed(card.sent[0].data, frame, SIZE), 0);
    later(1000);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 2);
    CU_ASSERT_EQUAL(bits_changed(card.sent[1].data, frame, SIZE), 1);
}

/* Bus */

static void a_failed_read_loses_a_packet_or_stops_the_ring(void)
{
    open_with_buffers(0);
    at(NC37XX_FAULT_DMA_READ, 2);       /* descriptors, then the packet */
    leaves(1);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(counter(NC37XX_FAULT_DMA_READ), 1);
    leaves(2);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    at(NC37XX_FAULT_DMA_READ, 1);
    leaves(3);
    CU_ASSERT_FALSE(card.nc.tx.armed);
    injected(NC37XX_FAULT_DMA_READ, 2);
    card_core_reset();
    card_program();
    leaves(4);
    CU_ASSERT_EQUAL(card.sent_count, 2);
}

static void a_failed_write_loses_a_frame_and_stops_the_ring(void)
{
    open_with_buffers(4);
    at(NC37XX_FAULT_DMA_WRITE, 1);
    CU_ASSERT_TRUE(arrives(1));
    CU_ASSERT_FALSE(card.nc.rx.armed);
    CU_ASSERT_EQUAL(counter(NC37XX_FAULT_DMA_WRITE), 1);
    injected(NC37XX_FAULT_DMA_WRITE, 1);
    card_core_reset();
    card_program();
    card_rx_buffers(4);
    arrives(2);
    CU_ASSERT_EQUAL(arrived(), 1);
}

static void every_read_and_write_may_fail_for_ever(void)
{
    open_with_buffers(4);
    always(NC37XX_FAULT_DMA_READ);
    always(NC37XX_FAULT_DMA_WRITE);
    arrives(1);
    leaves(1);
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
               R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_FALSE(card.nc.tx.armed);
    CU_ASSERT_FALSE(card.nc.rx.armed);
}

/* Interrupts */

static void unmask(void)
{
    card_write(A_PCICFG_INT_ACK_CMD, R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK |
               card.nc.status_index);
}

static void post(void)
{
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
}

static void a_lost_message_is_not_sent_again(void)
{
    card_open();
    card.msi_enabled = true;
    unmask();
    at(NC37XX_FAULT_MSI_LOST, 1);
    post();
    post();
    CU_ASSERT_EQUAL(card.msi_count, 0);
    injected(NC37XX_FAULT_MSI_LOST, 1);
    unmask();
    post();
    CU_ASSERT_EQUAL(card.msi_count, 1);
}

static void a_lost_assertion_leaves_the_pin_alone(void)
{
    card_open();
    unmask();
    at(NC37XX_FAULT_INTX_LOST, 1);
    post();
    CU_ASSERT_FALSE(card.intx);
    injected(NC37XX_FAULT_INTX_LOST, 1);
    unmask();
    post();
    CU_ASSERT_TRUE(card.intx);
}

static void a_stuck_pin_stays_asserted_until_it_is_freed(void)
{
    card_open();
    unmask();
    always(NC37XX_FAULT_INTX_STUCK);
    post();
    CU_ASSERT_TRUE(card.intx);
    unmask();
    CU_ASSERT_TRUE(card.intx);
    CU_ASSERT_TRUE(card_read(A_PCICFG_MISC_STATUS) &
                   R_PCICFG_MISC_STATUS_INTA_VALUE_MASK);
    injected(NC37XX_FAULT_INTX_STUCK, 1);
    never(NC37XX_FAULT_INTX_STUCK);
    CU_ASSERT_FALSE(card.intx);
}

static void a_stuck_pin_is_not_released_below_a_pending_interrupt(void)
{
    card_open();
    unmask();
    always(NC37XX_FAULT_INTX_STUCK);
    post();
    unmask();
    post();
    never(NC37XX_FAULT_INTX_STUCK);
    CU_ASSERT_TRUE(card.intx);
    unmask();
    CU_ASSERT_FALSE(card.intx);
}

/* NVRAM */

static uint32_t nvm_read(uint32_t offset)
{
    card_write(A_NVM_COMMAND, R_NVM_COMMAND_DONE_MASK);
    card_write(A_NVM_ADDR, offset);
    card_write(A_NVM_COMMAND, NVM_READ_WORD);
    return card_read(A_NVM_READ);
}

static void a_bit_of_the_nvram_is_read_wrong(void)
{
    uint32_t stored, word;

    card_open();
    stored = ldl_be_p(card.nc.nvram + 0x104);
    at(NC37XX_FAULT_NVRAM_BIT, 1);
    word = nvm_read(0x104);
    CU_ASSERT_EQUAL(__builtin_popcount(word ^ stored), 1);
    CU_ASSERT_EQUAL(nvm_read(0x104), stored);
    injected(NC37XX_FAULT_NVRAM_BIT, 1);
}

static void a_wrong_bit_can_be_at_one_place(void)
{
    uint32_t stored;

    card_open();
    parameter(NC37XX_FAULT_NVRAM_OFFSET, 0x306);
    always(NC37XX_FAULT_NVRAM_BIT);
    CU_ASSERT_EQUAL(nvm_read(0x300),
                    (uint32_t)ldl_be_p(card.nc.nvram + 0x300));
    stored = ldl_be_p(card.nc.nvram + 0x304);
    CU_ASSERT_NOT_EQUAL(nvm_read(0x304), stored);
    CU_ASSERT_NOT_EQUAL(nc37xx_vpd_read(&card.nc, 4), stored);
    injected(NC37XX_FAULT_NVRAM_BIT, 2);
}

/* Boot code */

static void message(uint32_t value)
{
    card_grc_write(card.nc.model->shm_base + SHM_DRV_MB, value);
}

static void a_silent_boot_code_does_not_acknowledge(void)
{
    card_open();
    message(SHM_DRV_MSG_CODE_RESET | SHM_DRV_MSG_WAIT0 | 1);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB) & SHM_FW_MSG_ACK_MASK, 1);
    at(NC37XX_FAULT_FW_SILENT, 1);
    message(SHM_DRV_MSG_CODE_UNLOAD | SHM_DRV_MSG_WAIT0 | 2);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB) & SHM_FW_MSG_ACK_MASK, 1);
    CU_ASSERT_TRUE(card_shm(SHM_BC_CONDITION) & SHM_BC_CONDITION_DRV_PRESENT);
    injected(NC37XX_FAULT_FW_SILENT, 1);
    message(SHM_DRV_MSG_CODE_UNLOAD | SHM_DRV_MSG_WAIT0 | 3);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB), 3);
}

static void a_failing_boot_code_says_so(void)
{
    card_open();
    at(NC37XX_FAULT_FW_FAIL, 1);
    message(SHM_DRV_MSG_CODE_RESET | SHM_DRV_MSG_WAIT2 | 7);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB) & SHM_FW_MSG_ACK_MASK, 7);
    CU_ASSERT_NOT_EQUAL(card_shm(SHM_FW_MB) & SHM_FW_MSG_STATUS_MASK, 0);
    injected(NC37XX_FAULT_FW_FAIL, 1);
    message(SHM_DRV_MSG_CODE_RESET | SHM_DRV_MSG_WAIT2 | 8);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB), 8);
}

/* Migration */

static void a_stream_with_impossible_faults_is_refused(void)
{
    Nc37xxFaultSet *set = &card.nc.faults;

    card_open();
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    set->faults[NC37XX_FAULT_FW_FAIL].ppm = NC37XX_FAULT_ALWAYS + 1;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    set->faults[NC37XX_FAULT_FW_FAIL].ppm = 0;
    set->parameters[NC37XX_FAULT_DELAY_US] = 0;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    set->parameters[NC37XX_FAULT_DELAY_US] = 1;
    set->held[3].state = HELD_GOING;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    set->held[3].state = HELD_WAITING;
    set->held[3].size = NC37XX_FRAME_MAX + 1;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    set->held[3].size = NC37XX_FRAME_MAX;
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    CU_ASSERT_EQUAL(set->active, FAULT_HELD_RX);
}

static const struct unit_case cases[] = {
    UNIT_CASE(every_fault_has_a_name_of_its_own_and_says_all),
    UNIT_CASE(what_is_out_of_range_is_refused_and_changes_nothing),
    UNIT_CASE(without_faults_nothing_stands_between_core_and_world),
    UNIT_CASE(the_nth_alone_is_struck),
    UNIT_CASE(so_many_of_a_million_are_struck),
    UNIT_CASE(the_same_seed_strikes_the_same_again),
    UNIT_CASE(faults_have_sequences_of_their_own),
    UNIT_CASE(settings_survive_resets),
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
    UNIT_CASE(a_failed_read_loses_a_packet_or_stops_the_ring),
    UNIT_CASE(a_failed_write_loses_a_frame_and_stops_the_ring),
    UNIT_CASE(every_read_and_write_may_fail_for_ever),
    UNIT_CASE(a_lost_message_is_not_sent_again),
    UNIT_CASE(a_lost_assertion_leaves_the_pin_alone),
    UNIT_CASE(a_stuck_pin_stays_asserted_until_it_is_freed),
    UNIT_CASE(a_stuck_pin_is_not_released_below_a_pending_interrupt),
    UNIT_CASE(a_bit_of_the_nvram_is_read_wrong),
    UNIT_CASE(a_wrong_bit_can_be_at_one_place),
    UNIT_CASE(a_silent_boot_code_does_not_acknowledge),
    UNIT_CASE(a_failing_boot_code_says_so),
    UNIT_CASE(a_stream_with_impossible_faults_is_refused),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-fault", cases, CASES, argc, argv);
}
