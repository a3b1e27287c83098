/*
 * The state of the link.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "phy.h"

/*
 * After the driver has acknowledged a loss it reads the PHY, and there has
 * to find the link down: also on a host that is busy elsewhere in between.
 */
#define LINK_SETTLE_US 50000

/* What makes loopback at 1000 Mbit/s report a link of its own. */
#define BMCR_LOOPBACK_LINK (PHY_BMCR_LOOPBACK | PHY_BMCR_FULL_DUPLEX |       \
                            PHY_BMCR_SPEED1000)

typedef enum LinkEvent {
    LINK_LOST,                  /* the cable or the PHY's mode has changed */
    LINK_BEGIN,                 /* look for a partner */
    LINK_TIME,                  /* NC37XX_TIMER_LINK */
    LINK_ACKNOWLEDGED,          /* the driver has noticed a loss */
    LINK_RELEASED,              /* or does not watch any more */
} LinkEvent;

typedef struct LinkRule {
    LinkState from;
    LinkEvent event;
    bool (*when)(const Nc37xx *nc);
    LinkState to;
} LinkRule;

static bool link_in_loopback(const Nc37xx *nc)
{
    return (phy_bmcr(nc) & BMCR_LOOPBACK_LINK) == BMCR_LOOPBACK_LINK;
}

bool nc37xx_link_up(const Nc37xx *nc)
{
    return nc->phy.link == LINK_UP || link_in_loopback(nc);
}

bool nc37xx_loopback(const Nc37xx *nc)
{
    return REG_FIELD(nc, EMAC_MODE, MAC_LOOP) ||
           (phy_bmcr(nc) & PHY_BMCR_LOOPBACK);
}

LinkMode nc37xx_link_mode(const Nc37xx *nc)
{
    return nc->phy.link == LINK_UP ? nc->phy.mode :
           link_in_loopback(nc) ? LINK_MODE_1000_FULL : LINK_MODE_NONE;
}

unsigned nc37xx_link_speed(const Nc37xx *nc)
{
    static const uint16_t speeds[LINK_MODES] = {
        [LINK_MODE_10_HALF] = 10, [LINK_MODE_10_FULL] = 10,
        [LINK_MODE_100_HALF] = 100, [LINK_MODE_100_FULL] = 100,
        [LINK_MODE_1000_HALF] = 1000, [LINK_MODE_1000_FULL] = 1000,
        [LINK_MODE_2500_FULL] = 2500,
    };

    return speeds[nc37xx_link_mode(nc)];
}

bool nc37xx_link_full_duplex(const Nc37xx *nc)
{
    switch (nc37xx_link_mode(nc)) {
    case LINK_MODE_10_FULL:
    case LINK_MODE_100_FULL:
    case LINK_MODE_1000_FULL:
    case LINK_MODE_2500_FULL:
        return true;
    default:
        return false;
    }
}

/* IEEE 802.3, table 28B-3: who may send pause frames to whom. */
unsigned nc37xx_link_pause(const Nc37xx *nc)
{
    const PhyKind *kind = nc37xx_phy_kind(nc);
    uint16_t advertised = nc->phy.regs[PHY_ADVERTISE];
    bool pause = advertised & kind->pause;
    bool asym = advertised & kind->asym_pause;

    if (!phy_both_negotiate(nc) || !nc37xx_link_full_duplex(nc)) {
        return 0;
    }
    if (pause && nc->partner.pause) {
        return NC37XX_PAUSE_TX | NC37XX_PAUSE_RX;
    }
    if (!asym || !nc->partner.asym_pause) {
        return 0;
    }
    return pause ? NC37XX_PAUSE_RX : nc->partner.pause ? NC37XX_PAUSE_TX : 0;
}

/* Nobody to link with, or no mode that both want. */
static bool link_impossible(const Nc37xx *nc)
{
    return !nc->carrier ||
           (phy_bmcr(nc) & (PHY_BMCR_LOOPBACK | PHY_BMCR_POWER_DOWN)) ||
           nc37xx_phy_kind(nc)->mode(nc) == LINK_MODE_NONE;
}

/* A driver that wants to be told of the link. */
static bool link_watched(const Nc37xx *nc)
{
    return (REG(nc, HC_ATTN_BITS_ENABLE) & STATUS_ATTN_LINK_STATE) &&
           REG_FIELD(nc, EMAC_ATTENTION_ENA, LINK) &&
           ENABLED(nc, HOST_COALESCE);
}

static bool loss_unseen(const Nc37xx *nc)
{
    return link_watched(nc) && (nc->attention_ack & STATUS_ATTN_LINK_STATE);
}

static bool loss_seen(const Nc37xx *nc)
{
    return !loss_unseen(nc);
}

/*
 * C2: the driver reads the speed anew only when it sees the link go down, so
 * the link stays down until the driver, if it looks at all, has seen it.
 * The first rule that fits is followed.
 */
static const LinkRule rules[] = {
    { LINK_UP, LINK_LOST, NULL, LINK_DOWN },
    { LINK_NEGOTIATING, LINK_LOST, NULL, LINK_DOWN },
    { LINK_HELD, LINK_LOST, NULL, LINK_DOWN },
    { LINK_DOWN, LINK_BEGIN, link_impossible, LINK_DOWN },
    { LINK_DOWN, LINK_BEGIN, loss_unseen, LINK_HELD },
    { LINK_DOWN, LINK_BEGIN, NULL, LINK_NEGOTIATING },
    { LINK_DOWN, LINK_ACKNOWLEDGED, NULL, LINK_SETTLING },
    { LINK_HELD, LINK_ACKNOWLEDGED, NULL, LINK_SETTLING },
    { LINK_NEGOTIATING, LINK_ACKNOWLEDGED, NULL, LINK_SETTLING },
    { LINK_SETTLING, LINK_TIME, NULL, LINK_DOWN },
    { LINK_HELD, LINK_RELEASED, loss_seen, LINK_NEGOTIATING },
    { LINK_NEGOTIATING, LINK_TIME, link_impossible, LINK_DOWN },
    { LINK_NEGOTIATING, LINK_TIME, loss_unseen, LINK_HELD },
    { LINK_NEGOTIATING, LINK_TIME, NULL, LINK_UP },
};

static void link_follow(Nc37xx *nc, LinkEvent event);

static void link_enter(Nc37xx *nc, LinkState state)
{
    bool was_up = nc->phy.link == LINK_UP;
    bool up = state == LINK_UP;

    if (state == nc->phy.link) {
        return;
    }
    nc->phy.link = state;
    nc->phy.mode = up ? nc37xx_phy_kind(nc)->mode(nc) : LINK_MODE_NONE;
    EVENT(nc, link, nc37xx_link_speed(nc), state == LINK_HELD);
    if (up == was_up) {
        return;
    }
    if (was_up) {
        nc->phy.link_lost = true;
        nc37xx_pause_reset(nc);
    }
    REG(nc, EMAC_STATUS) |= R_EMAC_STATUS_LINK_CHANGE_MASK;
    nc37xx_attention_update(nc);
}

static uint64_t time_in(const Nc37xx *nc, LinkState state)
{
    return state == LINK_SETTLING ? LINK_SETTLE_US :
           state == LINK_NEGOTIATING && phy_negotiates(nc) ? nc->autoneg_us :
           0;
}

static void link_follow(Nc37xx *nc, LinkEvent event)
{
    const LinkRule *rule = rules;
    uint64_t time;

    while (rule->from != nc->phy.link || rule->event != event ||
           (rule->when && !rule->when(nc))) {
        if (++rule == rules + ARRAY_SIZE(rules)) {
            return;             /* nothing to it */
        }
    }
    time = time_in(nc, rule->to);
    nc->ops->timer(nc, NC37XX_TIMER_LINK, time);
    link_enter(nc, rule->to);
    if (rule->to == LINK_NEGOTIATING && !time) {
        link_follow(nc, LINK_TIME);
    }
}

/* Not while the driver reads the PHY: what it shows then has to last. */
void nc37xx_link_restart(Nc37xx *nc)
{
    link_follow(nc, LINK_LOST);
    link_follow(nc, LINK_BEGIN);
}

void nc37xx_link_timer(Nc37xx *nc)
{
    bool settled = nc->phy.link == LINK_SETTLING;

    link_follow(nc, LINK_TIME);
    if (settled) {
        link_follow(nc, LINK_BEGIN);
    }
}

void nc37xx_link_acknowledged(Nc37xx *nc)
{
    link_follow(nc, LINK_ACKNOWLEDGED);
}

void nc37xx_link_release(Nc37xx *nc)
{
    link_follow(nc, LINK_RELEASED);
}

void nc37xx_set_carrier(Nc37xx *nc, bool carrier)
{
    if (carrier != nc->carrier) {
        nc->carrier = carrier;
        nc37xx_link_restart(nc);
    }
}

bool nc37xx_link_loaded(const Nc37xx *nc)
{
    LinkMode mode = nc->phy.mode;

    if (nc->phy.link >= LINK_STATES || mode >= LINK_MODES) {
        return false;
    }
    return (nc->phy.link == LINK_UP) == (mode != LINK_MODE_NONE) &&
           mode != LINK_MODE_RESERVED;
}
