/*
 * Random numbers from a pool of 16 bytes.  Each draw stirs fresh samples in
 * and gives out a digest that does not show the pool.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "io.h"
#include "random.h"
#include "netif/ppp/polarssl/md5.h"

#define SAMPLES 64
#define POOL 16

#define PIT_LATCH_COUNTER_0 0x00
#define PIT_COUNTER_0 0x40
#define PIT_CONTROL 0x43

#define CPUID_ECX_RDRAND (1u << 30)
#define FLAGS_ID (1u << 21)

static struct {
    uint8_t bytes[POOL];
    uint32_t draws;
} pool;

/* Whether CPUID exists: the ID flag can be turned. */
static bool has_cpuid(void)
{
    uint32_t before, after;

    __asm__ volatile("pushfl; pushfl; xorl %2, (%%esp); popfl; pushfl;"
                     "popl %0; popl %1; pushl %1; popfl"
                     : "=&r"(after), "=&r"(before) : "i"(FLAGS_ID));
    return (before ^ after) & FLAGS_ID;
}

static bool has_rdrand(void)
{
    uint32_t eax = 1, ebx, ecx = 0, edx;

    if (!has_cpuid()) {
        return false;
    }
    __asm__ volatile("cpuid"
                     : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
    return ecx & CPUID_ECX_RDRAND;
}

static uint32_t rdrand(void)
{
    uint32_t value;

    /* rdrand %eax; a failure leaves 0, which does no harm to the pool. */
    __asm__ volatile(".byte 0x0f, 0xc7, 0xf0" : "=a"(value) : : "cc");
    return value;
}

/* The counter against the timer chip, which runs from another crystal. */
static uint32_t jitter(void)
{
    uint32_t low, high;

    outb(PIT_CONTROL, PIT_LATCH_COUNTER_0);
    low = inb(PIT_COUNTER_0);
    high = inb(PIT_COUNTER_0);
    return (uint32_t)rdtsc() ^ low << 16 ^ high << 24;
}

static void stir(unsigned samples)
{
    bool hardware = has_rdrand();
    md5_context context;
    uint32_t sample;

    md5_starts(&context);
    md5_update(&context, (unsigned char *)&pool, sizeof(pool));
    while (samples--) {
        sample = jitter();
        md5_update(&context, (unsigned char *)&sample, sizeof(sample));
        if (hardware) {
            sample = rdrand();
            md5_update(&context, (unsigned char *)&sample, sizeof(sample));
        }
    }
    md5_finish(&context, pool.bytes);
}

void random_bytes(void *bytes, size_t length)
{
    uint8_t *to = bytes, digest[POOL];
    size_t part;

    stir(pool.draws ? 4 : SAMPLES);
    while (length) {
        pool.draws++;
        md5((unsigned char *)&pool, sizeof(pool), digest);
        part = MIN(length, sizeof(digest));
        memcpy(to, digest, part);
        to += part;
        length -= part;
    }
    /* What was given out cannot be computed from the pool that follows. */
    stir(1);
}

uint32_t random_u32(void)
{
    uint32_t value;

    random_bytes(&value, sizeof(value));
    return value;
}
