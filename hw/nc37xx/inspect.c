/*
 * The state of the chip under the names of the data sheet, for people.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"
#include "inspect.h"

uint32_t nc37xx_register_peek(Nc37xx *nc, const Nc37xxRegisterName *which)
{
    return nc37xx_grc_peek(nc, which->address);
}

uint32_t nc37xx_field_peek(uint32_t value, const Nc37xxFieldName *which)
{
    return value >> which->shift & 0xffffffffu >> (32 - which->length);
}

/* Reading clears latches: they are put back. */
uint16_t nc37xx_phy_peek(Nc37xx *nc, const Nc37xxName *which)
{
    Nc37xxPhy before = nc->phy;
    uint16_t value = nc37xx_phy_read(nc, which->number);

    nc->phy = before;
    return value;
}

uint64_t nc37xx_counter_peek(const Nc37xx *nc, const Nc37xxName *which)
{
    uint64_t value = nc->counters[which->number / 4];

    return which->number < STAT_FIRST_32BIT ? value : (uint32_t)value;
}

void nc37xx_ring_peek(const Nc37xx *nc, unsigned n, Nc37xxRingView *view)
{
    static const struct {
        const char *name;
        unsigned cid, producer;
    } rings[NC37XX_RINGS] = {
        { "tx", NC37XX_CID_TX, TX_CTX_HOST_BIDX },
        { "rx", NC37XX_CID_RX, RX_CTX_HOST_BDIDX },
        { "rx-pages", NC37XX_CID_RX, RX_CTX_PG_BDIDX },
    };
    const BdRing *const states[] = { &nc->tx, &nc->rx, &nc->rx_pages };
    uint32_t shift = REG_FIELD(nc, TBDR_CONFIG, PAGE_SIZE);

    view->name = rings[n].name;
    view->armed = states[n]->armed;
    view->page = states[n]->at.page;
    view->page_bytes = shift > BD_PAGE_SHIFT_MAX ? 0 : 256u << shift;
    view->consumer = states[n]->at.index;
    view->producer = nc37xx_context(nc, rings[n].cid, rings[n].producer);
    view->waiting = view->producer - view->consumer;
}

void nc37xx_link_peek(const Nc37xx *nc, Nc37xxLinkView *view)
{
    static const char *const states[LINK_STATES] = {
        [LINK_DOWN] = "down",
        [LINK_NEGOTIATING] = "negotiating",
        [LINK_HELD] = "held",
        [LINK_UP] = "up",
        [LINK_SETTLING] = "settling",
    };

    view->carrier = nc->carrier;
    view->up = nc37xx_link_up(nc);
    view->state = states[nc->phy.link];
    view->speed = nc37xx_link_speed(nc);
    view->full_duplex = view->speed && nc37xx_link_full_duplex(nc);
    view->loopback = nc37xx_loopback(nc);
    view->paused = nc37xx_paused(nc);
    view->partner_paused = nc->partner_paused;
}
