/*
 * The copper transceiver: 10BASE-T, 100BASE-TX and 1000BASE-T.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "phy.h"

#define BMCR_POWER_ON 0x1140
#define BMSR_CAPABLE 0x7949
#define ADVERTISE_POWER_ON 0x01e1
#define CTRL1000_POWER_ON 0x0300
#define EXPANSION_FIXED 0x000c
#define ESTATUS_FIXED 0x3000

static void power_on(Nc37xxPhy *phy)
{
    phy->regs[PHY_BMCR] = BMCR_POWER_ON;
    phy->regs[PHY_ADVERTISE] = ADVERTISE_POWER_ON;
    phy->regs[PHY_CTRL1000] = CTRL1000_POWER_ON;
}

/* 10 and 100 Mbit/s: what the partner can do, as LPA says it. */
static uint16_t partner_10_100(const Nc37xx *nc)
{
    uint16_t half = PHY_ADVERTISE_10_HALF;
    uint16_t full = PHY_ADVERTISE_10_FULL;

    if (nc->partner.speed >= 100) {
        half |= PHY_ADVERTISE_100_HALF;
        full |= PHY_ADVERTISE_100_FULL;
    }
    return nc->partner.half_duplex ? half : half | full;
}

/* A partner that does not negotiate is known by its signal: half duplex. */
static uint16_t partner_detected(const Nc37xx *nc)
{
    switch (nc->partner.speed) {
    case 10:
        return PHY_ADVERTISE_10_HALF;
    case 100:
        return PHY_ADVERTISE_100_HALF;
    default:
        return 0;               /* 1000BASE-T cannot do without */
    }
}

/* Gigabit partners of today can do half duplex only when nothing else. */
static uint16_t partner_1000(const Nc37xx *nc)
{
    if (nc->partner.forced || nc->partner.speed < 1000) {
        return 0;
    }
    return nc->partner.half_duplex ? PHY_STAT1000_HALF : PHY_STAT1000_FULL;
}

static uint16_t partner_base(const Nc37xx *nc)
{
    return nc->partner.forced ? partner_detected(nc) : partner_10_100(nc);
}

/* The best mode that both sides advertise. */
static LinkMode mode_negotiated(const Nc37xx *nc)
{
    static const struct {
        uint16_t reg, bit;
        LinkMode mode;
    } modes[] = {
        { PHY_CTRL1000, PHY_CTRL1000_FULL, LINK_MODE_1000_FULL },
        { PHY_CTRL1000, PHY_CTRL1000_HALF, LINK_MODE_1000_HALF },
        { PHY_ADVERTISE, PHY_ADVERTISE_100_FULL, LINK_MODE_100_FULL },
        { PHY_ADVERTISE, PHY_ADVERTISE_100_HALF, LINK_MODE_100_HALF },
        { PHY_ADVERTISE, PHY_ADVERTISE_10_FULL, LINK_MODE_10_FULL },
        { PHY_ADVERTISE, PHY_ADVERTISE_10_HALF, LINK_MODE_10_HALF },
    };
    uint16_t partner;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(modes); i++) {
        /* STAT1000 has its bits two places to the left of CTRL1000's. */
        partner = modes[i].reg == PHY_CTRL1000 ? partner_1000(nc) >> 2 :
                                                 partner_base(nc);
        if (nc->phy.regs[modes[i].reg] & modes[i].bit & partner) {
            return modes[i].mode;
        }
    }
    return LINK_MODE_NONE;
}

/*
 * Without negotiation: a partner that negotiates follows our speed, one that
 * does not must have the same.  Duplex is not seen by the other end.
 */
static LinkMode mode_forced(const Nc37xx *nc)
{
    bool full = phy_bmcr(nc) & PHY_BMCR_FULL_DUPLEX;
    unsigned speed = phy_bmcr(nc) & PHY_BMCR_SPEED1000 ? 1000 :
                     phy_bmcr(nc) & PHY_BMCR_SPEED100 ? 100 : 10;

    if (nc->partner.speed < speed ||
        (nc->partner.forced && nc->partner.speed != speed)) {
        return LINK_MODE_NONE;
    }
    switch (speed) {
    case 1000:
        return full ? LINK_MODE_1000_FULL : LINK_MODE_1000_HALF;
    case 100:
        return full ? LINK_MODE_100_FULL : LINK_MODE_100_HALF;
    default:
        return full ? LINK_MODE_10_FULL : LINK_MODE_10_HALF;
    }
}

static LinkMode mode(const Nc37xx *nc)
{
    return phy_negotiates(nc) ? mode_negotiated(nc) : mode_forced(nc);
}

static uint16_t lpa_read(const Nc37xx *nc)
{
    if (!nc37xx_link_up(nc)) {
        return 0;
    }
    if (nc->partner.forced) {
        return partner_detected(nc);
    }
    return PHY_ADVERTISE_SELECTOR | PHY_LPA_ACK | PHY_LPA_NEXT_PAGE |
           partner_10_100(nc) | phy_partner_pause(nc);
}

static uint16_t stat1000_read(const Nc37xx *nc)
{
    uint16_t partner = partner_1000(nc);

    return nc37xx_link_up(nc) && partner ?
           partner | PHY_STAT1000_RECEIVERS_GOOD : 0;
}

static uint16_t reg_read(Nc37xx *nc, unsigned reg)
{
    switch (reg) {
    case PHY_LPA:
        return lpa_read(nc);
    case PHY_EXPANSION:
        return EXPANSION_FIXED |
               (nc->partner.forced ? 0 : PHY_EXPANSION_PARTNER_AUTONEG);
    case PHY_STAT1000:
        return stat1000_read(nc);
    case PHY_ESTATUS:
        return ESTATUS_FIXED;
    case PHY_EXT_STATUS:        /* bit 13: pairs are not crossed */
    case PHY_INT_STATUS:
        return 0;
    case PHY_AUX_STATUS:
        return nc37xx_phy_aux_status(nc);
    case PHY_AUX_CTRL:
    case PHY_SHADOW:
        return nc37xx_phy_shadow_read(nc, reg);
    default:
        return nc->phy.regs[reg];
    }
}

static void reg_write(Nc37xx *nc, unsigned reg, uint16_t value)
{
    switch (reg) {
    case PHY_LPA:
    case PHY_EXPANSION:
    case PHY_STAT1000:
    case PHY_ESTATUS:
    case PHY_EXT_STATUS:
    case PHY_AUX_STATUS:
    case PHY_INT_STATUS:
        break;                  /* read only */
    case PHY_AUX_CTRL:
    case PHY_SHADOW:
        nc37xx_phy_shadow_write(nc, reg, value);
        break;
    default:
        nc->phy.regs[reg] = value;
    }
}

const PhyKind nc37xx_phy_copper = {
    .address = NC37XX_PHY_ADDRESS,
    .bmsr = BMSR_CAPABLE,
    .restarting = PHY_BMCR_LOOPBACK | PHY_BMCR_SPEED100 | PHY_BMCR_AUTONEG |
                  PHY_BMCR_POWER_DOWN | PHY_BMCR_FULL_DUPLEX |
                  PHY_BMCR_SPEED1000,
    .pause = PHY_ADVERTISE_PAUSE,
    .asym_pause = PHY_ADVERTISE_ASYM_PAUSE,
    .ends_alone = true,         /* IEEE 802.3, 28.2.3.1 */
    .power_on = power_on,
    .mode = mode,
    .read = reg_read,
    .write = reg_write,
};
