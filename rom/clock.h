/*
 * Time, from the time stamp counter: it runs while interrupts are off, when
 * the BIOS tick at 40:6C stands still.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_CLOCK_H
#define ROM_CLOCK_H

#include <stdint.h>

/* Measures the counter against PIT channel 2 (10 ms).  Once, at init. */
void clock_init(void);

/* Milliseconds and microseconds since clock_init(), free-running. */
uint32_t clock_ms(void);
uint32_t clock_us(void);

/* Spins; for hardware delays only, idle() is for waits. */
void clock_delay_us(uint32_t us);

#endif
