/*
 * Indices of a descriptor ring that is one 4 KiB page of 256 slots.
 *
 * The chip's indices run free in 16 bits and count slots, the last of which
 * holds no buffer: it links back to the page.  A producer index never rests
 * on that slot; the consumer index that the chip reports may.
 *
 *     slot   0    1    2   ...  254   255
 *          [bd] [bd] [bd]       [bd] [link -> slot 0]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_BNX_RING_H
#define ROM_BNX_RING_H

#include <stdbool.h>
#include <stdint.h>

#define BNX_RING_SLOTS 256
#define BNX_RING_LINK (BNX_RING_SLOTS - 1)

static inline unsigned bnx_ring_slot(uint16_t index)
{
    return index % BNX_RING_SLOTS;
}

/* Steps off the link slot, if @index rests on it. */
static inline uint16_t bnx_ring_skip_link(uint16_t index)
{
    return bnx_ring_slot(index) == BNX_RING_LINK ? index + 1 : index;
}

/* The index of the descriptor after the one at @index. */
static inline uint16_t bnx_ring_next(uint16_t index)
{
    return bnx_ring_skip_link(index + 1);
}

/*
 * Whether @consumer, as the chip reports it, lies between what the driver has
 * seen (@seen) and what it has produced.  Anything else is a chip gone wrong.
 */
static inline bool bnx_ring_plausible(uint16_t seen, uint16_t consumer,
                                      uint16_t producer)
{
    return (uint16_t)(consumer - seen) <= (uint16_t)(producer - seen);
}

#endif
