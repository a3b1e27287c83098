/*
 * Buffer descriptor rings in guest memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"

/* M8: ldl_le_p() returns int, which must not be widened. */
static uint64_t bd_address(const uint8_t *raw)
{
    return (uint64_t)(uint32_t)ldl_le_p(raw + BD_HADDR_HI) << 32 |
           (uint32_t)ldl_le_p(raw + BD_HADDR_LO);
}

/* Index of the link slot in a page, or 0 when there can be no ring. */
static uint16_t link_slot(const Nc37xx *nc)
{
    uint32_t shift = REG_FIELD(nc, TBDR_CONFIG, PAGE_SIZE);

    return shift > BD_PAGE_SHIFT_MAX ? 0 : (256u << shift) / BD_SIZE - 1;
}

static bool slot_read(Nc37xx *nc, uint64_t address, uint8_t *raw, size_t size)
{
    if (!nc->ops->dma_read(nc, address, raw, size)) {
        EVENT(nc, dma_failed, address, size);
        return false;
    }
    nc37xx_control_order(nc, raw, size);
    return true;
}

static bool link_follow(Nc37xx *nc, uint16_t last, BdPosition *at)
{
    uint8_t raw[BD_SIZE];

    if (!slot_read(nc, at->page + last * BD_SIZE, raw, sizeof(raw))) {
        return false;
    }
    at->page = bd_address(raw);
    at->index++;
    return true;
}

/* One DMA for what lies before the producer and the end of the page. */
static bool cache_fill(Nc37xx *nc, BdRing *ring, uint16_t last,
                       uint16_t producer, const BdPosition *at)
{
    uint16_t slot = at->index & last;
    uint16_t count = MIN(MIN((uint16_t)(producer - at->index), last - slot),
                         BD_BATCH);

    ring->cached_count = 0;
    if (!slot_read(nc, at->page + slot * BD_SIZE, ring->cache,
                   count * BD_SIZE)) {
        return false;
    }
    ring->cached = at->index;
    ring->cached_count = count;
    return true;
}

void bd_ring_forget(BdRing *ring)
{
    ring->cached_count = 0;
}

void bd_ring_start(BdRing *ring, uint64_t page)
{
    ring->at.page = page;
    ring->at.index = 0;
    ring->armed = page != 0;
    bd_ring_forget(ring);
}

bool bd_ring_ready(const Nc37xx *nc, const BdRing *ring, uint16_t producer)
{
    uint16_t last = link_slot(nc);
    uint16_t index = ring->at.index;

    if ((index & last) == last && index != producer) {
        index++;
    }
    return ring->armed && index != producer;
}

BdStatus bd_ring_next(Nc37xx *nc, BdRing *ring, uint16_t producer,
                      BdPosition *at, Bd *bd)
{
    uint16_t last = link_slot(nc);
    const uint8_t *raw;

    if (!last) {
        EVENT(nc, ring_page_size, REG(nc, TBDR_CONFIG), 0);
        return BD_FAULT;
    }
    if (at->index != producer && (at->index & last) == last &&
        !link_follow(nc, last, at)) {
        ring->armed = false;
        return BD_FAULT;
    }
    if (at->index == producer) {
        return BD_EMPTY;
    }
    if ((uint16_t)(at->index - ring->cached) >= ring->cached_count &&
        !cache_fill(nc, ring, last, producer, at)) {
        ring->armed = false;
        return BD_FAULT;
    }
    raw = ring->cache + (uint16_t)(at->index - ring->cached) * BD_SIZE;
    bd->address = bd_address(raw);
    bd->word2 = ldl_le_p(raw + 8);
    bd->word3 = ldl_le_p(raw + 12);
    at->index++;
    return BD_OK;
}
