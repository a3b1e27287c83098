/*
 * The computer round a fuzzed adapter: it gives way to whatever the chip
 * does, and ends the program when the chip does what it must not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_NC37XX_WORLD_H
#define TESTS_FUZZ_NC37XX_WORLD_H

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx.h"

/* Above 4 GiB, and with bit 31 of the low word set. */
#define MEMORY 0x0000000380000000ull
#define MEMORY_SIZE 0x40000u
#define NOWHERE 0x0000700000000000ull

/* What the driver puts where. */
#define STATUS_AT (MEMORY + 0x100)
#define STATISTICS_AT (MEMORY + 0x400)
#define TX_RING_AT (MEMORY + 0x2000)
#define RX_RING_AT (MEMORY + 0x4000)
#define PAGE_RING_AT (MEMORY + 0x6000)
#define BUFFERS_AT (MEMORY + 0x8000)
#define BUFFER_SIZE 0x800u
#define BUFFER_COUNT 16
#define PAGES_AT (MEMORY + 0x10000)
#define PAGE_COUNT 64
#define PACKET_AT (MEMORY + 0x20000)
#define PACKET_ROOM 0x20000u

struct world {
    Nc37xx nc;
    uint8_t memory[MEMORY_SIZE];
    uint8_t config[256];
    uint8_t kept[NC37XX_NVRAM_MAX];     /* of the NVRAM */
    bool store_fails;
    bool msi_enabled, intx;
    uint64_t time;                      /* microseconds */
    uint64_t timers[NC37XX_TIMERS];     /* microseconds, 0 when off */
    unsigned fail_after, fail_count;    /* DMA: that many work, then fail */
    bool echo;                          /* the peer answers from inside */
    bool echoing;
    bool takes_large;                   /* the peer cuts packets itself */
    unsigned receive_ready;
    uint64_t work;              /* what the chip asked for in one call */
    uint64_t total;             /* the same in all calls */
    unsigned sent;
    uint8_t last_sent[NC37XX_FRAME_MAX];
    size_t last_size;
};

extern struct world world;

/* Ends the program when @truth is not. */
void check(bool truth, const char *what);

/* A new adapter: any number is one of the boards or their variants. */
void world_power_up(unsigned model);

/*
 * Before and after each call of the chip: work space is filled with what
 * nobody may ever see, and the chip is found in good order.
 */
void world_begin(void);
void world_end(void);

/* A frame from the network, unless the chip wants none now. */
void world_receive(const uint8_t *frame, size_t size);

/* NULL when not all of it is in memory. */
uint8_t *world_memory(uint64_t address, size_t size);

#endif
