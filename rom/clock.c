/*
 * Time, from the time stamp counter measured against PIT channel 2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "clock.h"
#include "io.h"

#define PIT_HZ 1193182
#define PIT_CHANNEL_2 0x42
#define PIT_COMMAND 0x43
#define PIT_MODE_0 0xb0             /* channel 2, low then high, count down */
#define PORT_B 0x61
#define PORT_B_GATE 0x01
#define PORT_B_SPEAKER 0x02
#define PORT_B_OUT 0x20

#define MEASURE_MS 2
#define MEASURE_COUNT (PIT_HZ * MEASURE_MS / 1000)
#define MEASUREMENTS 8

/* A PIT that never ends its count must not hang POST: about 0.1 s. */
#define MEASURE_POLLS 100000
#define FALLBACK_TICKS_PER_MS 1000000

static uint64_t start;
static uint32_t ticks_per_ms;

/* @value / @divisor modulo 2^32, by two divisions that cannot overflow. */
static uint32_t divide(uint64_t value, uint32_t divisor, uint32_t *rest)
{
    uint32_t high = (uint32_t)(value >> 32) % divisor;
    uint32_t low = value;

    __asm__("divl %2" : "+a"(low), "+d"(high) : "r"(divisor) : "cc");
    *rest = high;
    return low;
}

/* Counter ticks of a millisecond of the PIT; 0 when it does not count. */
static uint32_t measure(void)
{
    uint64_t before;
    uint32_t polls = 0;
    uint32_t rest;

    before = rdtsc();
    outb(PIT_COMMAND, PIT_MODE_0);
    outb(PIT_CHANNEL_2, MEASURE_COUNT & 0xff);
    outb(PIT_CHANNEL_2, MEASURE_COUNT >> 8);
    while (!(inb(PORT_B) & PORT_B_OUT)) {
        if (++polls == MEASURE_POLLS) {
            return 0;
        }
    }
    return divide(rdtsc() - before, MEASURE_MS, &rest);
}

/* A host that takes the processor away only lengthens a measurement. */
void clock_init(void)
{
    uint8_t port_b = inb(PORT_B);
    uint32_t ticks;
    unsigned i;

    outb(PORT_B, (port_b | PORT_B_GATE) & ~PORT_B_SPEAKER);
    ticks_per_ms = measure();
    for (i = 1; i < MEASUREMENTS && ticks_per_ms; i++) {
        ticks = measure();
        if (ticks < ticks_per_ms) {
            ticks_per_ms = ticks;
        }
    }
    outb(PORT_B, port_b);
    if (!ticks_per_ms) {
        ticks_per_ms = FALLBACK_TICKS_PER_MS;
    }
    start = rdtsc();
}

uint32_t clock_ms(void)
{
    uint32_t rest;

    return divide(rdtsc() - start, ticks_per_ms, &rest);
}

uint32_t clock_us(void)
{
    uint32_t rest;
    uint32_t ms = divide(rdtsc() - start, ticks_per_ms, &rest);

    return ms * 1000 + divide((uint64_t)rest * 1000, ticks_per_ms, &rest);
}

void clock_delay_us(uint32_t us)
{
    uint32_t since = clock_us();

    while (clock_us() - since < us) {
        cpu_relax();
    }
}
