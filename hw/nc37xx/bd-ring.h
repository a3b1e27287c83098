/*
 * Buffer descriptor rings in guest memory.
 *
 * A ring is a chain of pages.  All slots of a page but the last hold
 * descriptors of BD_SIZE bytes; the last holds the address of the next page:
 *
 *     page          page
 *     +--+--+-..-+  +--+--+-..-+
 *  .->| 0| 1|254|->-|256| ..  |->-.
 *  |  +--+--+-..-+  +--+--+-..-+  |
 *  '------------------------------'
 *
 * Indices run free over 16 bits and count the link slots.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_BD_RING_H
#define HW_NC37XX_BD_RING_H

#include "qemu/osdep.h"

typedef struct Nc37xx Nc37xx;

/* Descriptors that one DMA fetches ahead. */
#define BD_BATCH 64
/* Largest ring page: 64 KiB, as drivers with such pages use. */
#define BD_PAGE_SHIFT_MAX 8

typedef struct Bd {
    uint64_t address;           /* of the fragment or buffer */
    uint32_t word2;
    uint32_t word3;
} Bd;

/* A place in a ring. */
typedef struct BdPosition {
    uint64_t page;              /* address of the page that index lies in */
    uint16_t index;
} BdPosition;

typedef struct BdRing {
    BdPosition at;              /* next descriptor to be used */
    bool armed;
    /* Copies of descriptors from index cached on; none survive migration. */
    uint16_t cached;
    uint16_t cached_count;
    uint8_t cache[BD_BATCH * 16];
} BdRing;

typedef enum BdStatus {
    BD_OK,
    BD_EMPTY,                   /* the producer has got no further */
    BD_FAULT,                   /* DMA failed: the ring has stopped */
} BdStatus;

/* (Re)starts @ring at index 0 of @page; page 0 stops it. */
void bd_ring_start(BdRing *ring, uint64_t page);

/* Forgets the fetched descriptors. */
void bd_ring_forget(BdRing *ring);

/* Is there a descriptor before @producer? */
bool bd_ring_ready(const Nc37xx *nc, const BdRing *ring, uint16_t producer);

/*
 * Reads the descriptor at @at into @bd and moves @at behind it; the ring
 * itself does not move until the caller stores @at in ring->at.  @producer is
 * the guest's index, which may be any value: a caller bounds its own loop.
 */
BdStatus bd_ring_next(Nc37xx *nc, BdRing *ring, uint16_t producer,
                      BdPosition *at, Bd *bd);

#endif
