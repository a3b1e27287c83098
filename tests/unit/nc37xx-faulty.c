/*
 * Faults of an adapter in an imaginary computer, and frames to be struck.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-faulty.h"

uint8_t frame[NC37XX_FRAME_MAX + 100];

void fault_always(Nc37xxFault fault)
{
    CU_ASSERT_TRUE(nc37xx_fault_set_ppm(&card.nc, fault,
                                        NC37XX_FAULT_ALWAYS));
}

void fault_never(Nc37xxFault fault)
{
    CU_ASSERT_TRUE(nc37xx_fault_set_ppm(&card.nc, fault, 0));
}

void fault_at(Nc37xxFault fault, unsigned n)
{
    CU_ASSERT_TRUE(nc37xx_fault_set_at(&card.nc, fault, n));
}

void fault_parameter(Nc37xxFaultParameter which, uint64_t value)
{
    CU_ASSERT_TRUE(nc37xx_fault_set_parameter(&card.nc, which, value));
}

void fault_injected(Nc37xxFault fault, unsigned n)
{
    CU_ASSERT_EQUAL(card.nc.faults.faults[fault].injected, n);
    CU_ASSERT_EQUAL(card.events[nc37xx_fault_rows[fault].event], n);
}

uint64_t fault_counter(Nc37xxFault fault)
{
    CU_ASSERT_NOT_EQUAL_FATAL(nc37xx_fault_rows[fault].counter_offset,
                              STATISTICS_SIZE);
    return card.nc.counters[nc37xx_fault_rows[fault].counter_offset / 4];
}

void faulty_open(unsigned count)
{
    card_open();
    card_rx_buffers(count);
    frame_fill(frame, sizeof(frame), 0x88b5);
}

bool frame_arrives(uint8_t number)
{
    memset(frame + 14, number, FRAME_SIZE - 14);
    return nc37xx_receive(&card.nc, frame, FRAME_SIZE);
}

void frame_leaves(uint8_t number)
{
    memset(frame + 14, number, FRAME_SIZE - 14);
    card_transmit(frame, FRAME_SIZE, 0);
}

unsigned frames_arrived(void)
{
    return card.nc.rx.at.index;
}

uint8_t frame_received(unsigned n)
{
    return card_rx_buffer(n)[RX_FRAME_OFFSET + 100];
}

uint8_t frame_sent(unsigned n)
{
    CU_ASSERT_FATAL(n < card.sent_count);
    return card.sent[n].data[100];
}
