/*
 * Faults of the adapter in nc37xx-card.h, and frames that they strike.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_NC37XX_FAULTY_H
#define TESTS_NC37XX_FAULTY_H

#include "nc37xx-card.h"

#define FRAME_SIZE 200

/* What frame_arrives() and frame_leaves() move, FRAME_SIZE bytes of it. */
extern uint8_t frame[NC37XX_FRAME_MAX + 100];

/* A fault that strikes always, never, or the @n-th time from now on. */
void fault_always(Nc37xxFault fault);
void fault_never(Nc37xxFault fault);
void fault_at(Nc37xxFault fault, unsigned n);

void fault_parameter(Nc37xxFaultParameter which, uint64_t value);

/* Asserts that it was injected @n times, and each time an event told so. */
void fault_injected(Nc37xxFault fault, unsigned n);

/* The adapter's own counter of what the fault looks like. */
uint64_t fault_counter(Nc37xxFault fault);

/* An adapter that runs, with @count receive buffers. */
void faulty_open(unsigned count);

/* A frame whose bytes say its @number; false: it has to wait. */
bool frame_arrives(uint8_t number);
void frame_leaves(uint8_t number);

/* How many have arrived; the number of the @n-th, and of the @n-th sent. */
unsigned frames_arrived(void);
uint8_t frame_received(unsigned n);
uint8_t frame_sent(unsigned n);

#endif
