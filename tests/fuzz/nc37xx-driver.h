/*
 * A driver of the fuzzed adapter, as far as good drivers agree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_NC37XX_DRIVER_H
#define TESTS_FUZZ_NC37XX_DRIVER_H

#include <stdbool.h>
#include <stdint.h>

struct driver {
    unsigned slots;             /* of a ring page, the link slot included */
    unsigned tx, rx, page;      /* producers */
    unsigned buffer;
};

extern struct driver driver;

/* The chip's registers; @offset is that in BAR 0. */
void chip_write_sized(uint32_t offset, uint32_t value, unsigned size);
void chip_write(uint32_t offset, uint32_t value);

/* Context memory, what lies behind the GRC window, the PHY. */
void context_write(unsigned cid, unsigned offset, uint32_t value);
void grc_write(uint32_t address, uint32_t value);
void mdio(unsigned command, unsigned reg, uint16_t value);

/* A descriptor of the ring page at @ring: @word2 and @word3 as they are. */
void bd_put(uint64_t ring, unsigned slot, uint64_t address,
            uint32_t word2, uint32_t word3);

/* The index behind @index, that of the link slot left out. */
unsigned next_index(unsigned index);

/* Context @cid gets the ring @page; @low is the low half's offset in it. */
void ring_start(unsigned cid, unsigned low, uint64_t page);

/* @how: page size 2:0, promiscuous 3, loopback 4, attention 5, unmask 6 */
void program(uint8_t how);

/* The doorbell of transmission. */
void ring_tx(void);

/* @count receive buffers of @size bytes each, and their doorbell. */
void buffers_put(unsigned count, uint32_t size);

#endif
