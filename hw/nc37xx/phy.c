/*
 * The copper transceiver and the state of the link.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

#define BMCR_POWER_ON 0x1140
#define BMSR_FIXED 0x7949
#define ADVERTISE_POWER_ON 0x01e1
#define CTRL1000_POWER_ON 0x0300
/* A partner that can do all speeds and pauses. */
#define LPA_PARTNER 0xcde1
#define STAT1000_PARTNER 0x3800
#define EXPANSION_FIXED 0x000d
#define ESTATUS_FIXED 0x3000
/* PHY_AUX_STATUS when the link is up. */
#define AUX_STATUS_AUTONEG_DONE 0x8000
#define AUX_STATUS_RESULT_SHIFT 8
#define AUX_STATUS_PARTNER_AUTONEG 0x0010

/* Bits of BMCR that begin the negotiation anew when they change. */
#define BMCR_RESTARTING (PHY_BMCR_LOOPBACK | PHY_BMCR_SPEED100 |             \
                         PHY_BMCR_AUTONEG | PHY_BMCR_POWER_DOWN |            \
                         PHY_BMCR_FULL_DUPLEX | PHY_BMCR_SPEED1000)

/* What makes loopback at 1000 Mbit/s report a link of its own. */
#define BMCR_LOOPBACK_LINK (PHY_BMCR_LOOPBACK | PHY_BMCR_FULL_DUPLEX |       \
                            PHY_BMCR_SPEED1000)

/*
 * After the driver has acknowledged a loss it reads the PHY, and there has
 * to find the link down.
 */
#define LINK_SETTLE_US 1000

/* As PHY_AUX_STATUS reports them. */
typedef enum LinkMode {
    MODE_NONE = 0,
    MODE_10_HALF = 1,
    MODE_10_FULL = 2,
    MODE_100_HALF = 3,
    MODE_100_FULL = 5,
    MODE_1000_HALF = 6,
    MODE_1000_FULL = 7,
} LinkMode;

static uint16_t bmcr(const Nc37xx *nc)
{
    return nc->phy.regs[PHY_BMCR];
}

bool nc37xx_link_up(const Nc37xx *nc)
{
    return nc->phy.link == LINK_UP ||
           (bmcr(nc) & BMCR_LOOPBACK_LINK) == BMCR_LOOPBACK_LINK;
}

bool nc37xx_loopback(const Nc37xx *nc)
{
    return REG_FIELD(nc, EMAC_MODE, MAC_LOOP) ||
           (bmcr(nc) & PHY_BMCR_LOOPBACK);
}

/* The best mode that both sides advertise. */
static LinkMode mode_negotiated(const Nc37xx *nc)
{
    static const struct {
        uint16_t reg, bit, partner;
        LinkMode mode;
    } modes[] = {
        { PHY_CTRL1000, 0x0200, STAT1000_PARTNER >> 2, MODE_1000_FULL },
        { PHY_CTRL1000, 0x0100, STAT1000_PARTNER >> 2, MODE_1000_HALF },
        { PHY_ADVERTISE, 0x0100, LPA_PARTNER, MODE_100_FULL },
        { PHY_ADVERTISE, 0x0080, LPA_PARTNER, MODE_100_HALF },
        { PHY_ADVERTISE, 0x0040, LPA_PARTNER, MODE_10_FULL },
        { PHY_ADVERTISE, 0x0020, LPA_PARTNER, MODE_10_HALF },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(modes); i++) {
        if (nc->phy.regs[modes[i].reg] & modes[i].bit & modes[i].partner) {
            return modes[i].mode;
        }
    }
    return MODE_NONE;
}

/* Without negotiation the partner follows. */
static LinkMode mode_forced(const Nc37xx *nc)
{
    bool full = bmcr(nc) & PHY_BMCR_FULL_DUPLEX;

    if (bmcr(nc) & PHY_BMCR_SPEED1000) {
        return full ? MODE_1000_FULL : MODE_1000_HALF;
    }
    if (bmcr(nc) & PHY_BMCR_SPEED100) {
        return full ? MODE_100_FULL : MODE_100_HALF;
    }
    return full ? MODE_10_FULL : MODE_10_HALF;
}

static LinkMode link_mode(const Nc37xx *nc)
{
    return bmcr(nc) & PHY_BMCR_AUTONEG ? mode_negotiated(nc) :
                                         mode_forced(nc);
}

/* Is there somebody to link with, in a mode that both want? */
static bool link_possible(const Nc37xx *nc)
{
    return nc->carrier &&
           !(bmcr(nc) & (PHY_BMCR_LOOPBACK | PHY_BMCR_POWER_DOWN)) &&
           link_mode(nc) != MODE_NONE;
}

/*
 * C2: the driver reads the speed anew only when it sees the link go down, so
 * the link stays down until the driver, if it looks at all, has seen it.
 */
static bool loss_unseen(const Nc37xx *nc)
{
    return (nc->attention_ack & STATUS_ATTN_LINK_STATE) &&
           (REG(nc, HC_ATTN_BITS_ENABLE) & STATUS_ATTN_LINK_STATE) &&
           REG_FIELD(nc, EMAC_ATTENTION_ENA, LINK) &&
           ENABLED(nc, HOST_COALESCE);
}

static void link_set(Nc37xx *nc, LinkState state)
{
    bool was_up = nc->phy.link == LINK_UP;
    bool up = state == LINK_UP;

    nc->phy.link = state;
    EVENT(nc, link, up, state == LINK_HELD);
    if (up == was_up) {
        return;
    }
    if (was_up) {
        nc->phy.link_lost = true;
    }
    REG(nc, EMAC_STATUS) |= R_EMAC_STATUS_LINK_CHANGE_MASK;
    nc37xx_attention_update(nc);
}

static void negotiate(Nc37xx *nc, uint64_t microseconds)
{
    link_set(nc, LINK_NEGOTIATING);
    if (microseconds) {
        nc->ops->timer(nc, NC37XX_TIMER_LINK, microseconds);
    } else {
        nc37xx_link_negotiated(nc);
    }
}

void nc37xx_link_negotiated(Nc37xx *nc)
{
    if (nc->phy.link != LINK_NEGOTIATING) {
        return;
    }
    link_set(nc, !link_possible(nc) ? LINK_DOWN :
                 loss_unseen(nc) ? LINK_HELD : LINK_UP);
}

static void link_restart(Nc37xx *nc)
{
    nc->ops->timer(nc, NC37XX_TIMER_LINK, 0);
    link_set(nc, LINK_DOWN);
    if (link_possible(nc)) {
        negotiate(nc, nc->autoneg_us);
    }
}

void nc37xx_link_release(Nc37xx *nc)
{
    if (nc->phy.link == LINK_HELD && !loss_unseen(nc)) {
        negotiate(nc, LINK_SETTLE_US);
    }
}

void nc37xx_set_carrier(Nc37xx *nc, bool carrier)
{
    if (carrier != nc->carrier) {
        nc->carrier = carrier;
        link_restart(nc);
    }
}

static void regs_power_on(Nc37xx *nc)
{
    nc->phy.regs[PHY_BMCR] = BMCR_POWER_ON;
    nc->phy.regs[PHY_ADVERTISE] = ADVERTISE_POWER_ON;
    nc->phy.regs[PHY_CTRL1000] = CTRL1000_POWER_ON;
}

void nc37xx_phy_reset(Nc37xx *nc)
{
    memset(&nc->phy, 0, sizeof(nc->phy));
    regs_power_on(nc);
    link_restart(nc);
}

/* The link bit says that there was no loss since it was last read. */
static uint16_t bmsr_read(Nc37xx *nc)
{
    bool up = nc37xx_link_up(nc);
    uint16_t value = BMSR_FIXED;

    if (up) {
        if (bmcr(nc) & PHY_BMCR_AUTONEG) {
            value |= PHY_BMSR_AUTONEG_DONE;
        }
        if (!nc->phy.link_lost || nc->phy.link != LINK_UP) {
            value |= PHY_BMSR_LINK;
        }
    }
    nc->phy.link_lost = !up;
    return value;
}

static uint16_t aux_status_read(const Nc37xx *nc)
{
    uint16_t value = PHY_AUX_STATUS_LINK |
                     link_mode(nc) << AUX_STATUS_RESULT_SHIFT;

    if (!nc37xx_link_up(nc)) {
        return 0;
    }
    if (bmcr(nc) & PHY_BMCR_AUTONEG) {
        value |= AUX_STATUS_AUTONEG_DONE | AUX_STATUS_PARTNER_AUTONEG;
    }
    return value;
}

uint16_t nc37xx_phy_read(Nc37xx *nc, unsigned reg)
{
    const uint16_t *regs = nc->phy.regs;
    bool up = nc37xx_link_up(nc);
    unsigned select;

    switch (reg) {
    case PHY_BMSR:
        return bmsr_read(nc);
    case PHY_ID1:
        return nc->model->phy_id >> 16;
    case PHY_ID2:
        return nc->model->phy_id;
    case PHY_LPA:
        return up ? LPA_PARTNER : 0;
    case PHY_EXPANSION:
        return EXPANSION_FIXED;
    case PHY_STAT1000:
        return up ? STAT1000_PARTNER : 0;
    case PHY_ESTATUS:
        return ESTATUS_FIXED;
    case PHY_EXT_STATUS:
    case PHY_INT_STATUS:
        return 0;
    case PHY_AUX_CTRL:
        return nc->phy.aux[regs[PHY_AUX_CTRL] % NC37XX_AUX_SHADOWS];
    case PHY_AUX_STATUS:
        return aux_status_read(nc);
    case PHY_SHADOW:
        select = regs[PHY_SHADOW] >> PHY_SHADOW_SELECT_SHIFT &
                 (NC37XX_SHADOWS - 1);
        return select << PHY_SHADOW_SELECT_SHIFT | nc->phy.shadow[select];
    default:
        return regs[reg % PHY_REGS];
    }
}

static void bmcr_write(Nc37xx *nc, uint16_t value)
{
    uint16_t old = bmcr(nc);

    if (value & PHY_BMCR_RESET) {
        regs_power_on(nc);
        link_restart(nc);
        return;
    }
    nc->phy.regs[PHY_BMCR] = value & ~PHY_BMCR_RESTART;
    if (((old ^ value) & BMCR_RESTARTING) ||
        ((value & PHY_BMCR_AUTONEG) && (value & PHY_BMCR_RESTART))) {
        link_restart(nc);
    }
}

void nc37xx_phy_write(Nc37xx *nc, unsigned reg, uint16_t value)
{
    switch (reg) {
    case PHY_BMCR:
        bmcr_write(nc, value);
        break;
    case PHY_BMSR:
    case PHY_ID1:
    case PHY_ID2:
    case PHY_LPA:
    case PHY_EXPANSION:
    case PHY_STAT1000:
    case PHY_ESTATUS:
    case PHY_EXT_STATUS:
    case PHY_AUX_STATUS:
    case PHY_INT_STATUS:
        break;                  /* read only */
    case PHY_AUX_CTRL:
        nc->phy.aux[value % NC37XX_AUX_SHADOWS] = value;
        nc->phy.regs[reg] = value;
        break;
    case PHY_SHADOW:
        if (value & PHY_SHADOW_WRITE) {
            nc->phy.shadow[value >> PHY_SHADOW_SELECT_SHIFT &
                           (NC37XX_SHADOWS - 1)] =
                value & ((1 << PHY_SHADOW_SELECT_SHIFT) - 1);
        }
        nc->phy.regs[reg] = value;
        break;
    default:
        nc->phy.regs[reg % PHY_REGS] = value;
    }
}
