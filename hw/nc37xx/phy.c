/*
 * Transceivers: the registers that all kinds have, and those of the 1000BASE
 * core that copper and 5706S share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "phy.h"

#define EXPANSION_1000X 0x0004          /* knows next pages */
#define ESTATUS_1000X 0xc000            /* 1000BASE-X, both duplexes */

const PhyKind *nc37xx_phy_kind(const Nc37xx *nc)
{
    static const PhyKind *const kinds[] = {
        [NC37XX_COPPER] = &nc37xx_phy_copper,
        [NC37XX_SERDES_5706] = &nc37xx_phy_5706s,
        [NC37XX_SERDES_5708] = &nc37xx_phy_5708s,
    };

    return kinds[nc->model->media];
}

/* The link bit says that there was no loss since it was last read. */
static uint16_t bmsr_read(Nc37xx *nc)
{
    bool up = nc37xx_link_up(nc);
    const PhyKind *kind = nc37xx_phy_kind(nc);
    uint16_t value = kind->bmsr;

    if (up) {
        if (phy_both_negotiate(nc) ||
            (kind->ends_alone && phy_negotiates(nc))) {
            value |= PHY_BMSR_AUTONEG_DONE;
        }
        if (!nc->phy.link_lost || nc->phy.link != LINK_UP) {
            value |= PHY_BMSR_LINK;
        }
    }
    nc->phy.link_lost = !up;
    return value;
}

static void bmcr_write(Nc37xx *nc, uint16_t value)
{
    const PhyKind *kind = nc37xx_phy_kind(nc);
    uint16_t old = phy_bmcr(nc);

    if (value & PHY_BMCR_RESET) {
        kind->power_on(&nc->phy);
        nc37xx_link_restart(nc);
        return;
    }
    nc->phy.regs[PHY_BMCR] = value & ~PHY_BMCR_RESTART;
    if (((old ^ value) & kind->restarting) ||
        ((value & PHY_BMCR_AUTONEG) && (value & PHY_BMCR_RESTART))) {
        nc37xx_link_restart(nc);
    }
}

static uint16_t lpa_1000x(const Nc37xx *nc)
{
    if (!nc37xx_link_up(nc) || !phy_both_negotiate(nc)) {
        return 0;
    }
    return PHY_LPA_ACK | phy_partner_pause(nc) |
           (nc->partner.half_duplex ? PHY_1000X_HALF : PHY_1000X_FULL);
}

/*
 * IEEE 802.3, clause 37 does not refuse a link when the ends want different
 * duplex: what then comes of it is up to management.
 */
LinkMode nc37xx_phy_1000x_mode(const Nc37xx *nc)
{
    return nc->partner.half_duplex &&
           (nc->phy.regs[PHY_ADVERTISE] & PHY_1000X_HALF) ?
           LINK_MODE_1000_HALF : LINK_MODE_1000_FULL;
}

bool nc37xx_phy_1000x_reports(unsigned reg)
{
    return reg == PHY_LPA || reg == PHY_EXPANSION || reg == PHY_ESTATUS;
}

bool nc37xx_phy_1000x_read(const Nc37xx *nc, unsigned reg, uint16_t *value)
{
    switch (reg) {
    case PHY_LPA:
        *value = lpa_1000x(nc);
        return true;
    case PHY_EXPANSION:
        *value = EXPANSION_1000X | (nc->partner.forced ? 0 :
                                    PHY_EXPANSION_PARTNER_AUTONEG);
        return true;
    case PHY_ESTATUS:
        *value = ESTATUS_1000X;
        return true;
    default:
        return false;
    }
}

uint16_t nc37xx_phy_shadow_read(const Nc37xx *nc, unsigned reg)
{
    uint16_t selected = nc->phy.regs[reg];
    unsigned select;

    if (reg == PHY_AUX_CTRL) {
        return nc->phy.aux[selected % NC37XX_AUX_SHADOWS];
    }
    select = selected >> PHY_SHADOW_SELECT_SHIFT & (NC37XX_SHADOWS - 1);
    return select << PHY_SHADOW_SELECT_SHIFT | nc->phy.shadow[select];
}

void nc37xx_phy_shadow_write(Nc37xx *nc, unsigned reg, uint16_t value)
{
    unsigned select = value >> PHY_SHADOW_SELECT_SHIFT & (NC37XX_SHADOWS - 1);

    nc->phy.regs[reg] = value;
    if (reg == PHY_AUX_CTRL) {
        nc->phy.aux[value % NC37XX_AUX_SHADOWS] = value;
    } else if (value & PHY_SHADOW_WRITE) {
        nc->phy.shadow[select] = value & ((1 << PHY_SHADOW_SELECT_SHIFT) - 1);
    }
}

uint16_t nc37xx_phy_aux_status(const Nc37xx *nc)
{
    unsigned pause = nc37xx_link_pause(nc);
    uint16_t value = PHY_AUX_STATUS_LINK |
                     nc37xx_link_mode(nc) << PHY_AUX_STATUS_RESULT_SHIFT;

    if (!nc37xx_link_up(nc)) {
        return 0;
    }
    if (phy_negotiates(nc)) {
        value |= PHY_AUX_STATUS_AUTONEG_DONE;
    }
    if (phy_both_negotiate(nc)) {
        value |= PHY_AUX_STATUS_PARTNER_AUTONEG;
    }
    return value | (pause & NC37XX_PAUSE_RX ? PHY_AUX_STATUS_PAUSE_RX : 0) |
           (pause & NC37XX_PAUSE_TX ? PHY_AUX_STATUS_PAUSE_TX : 0);
}

unsigned nc37xx_phy_address(const Nc37xx *nc)
{
    return nc37xx_phy_kind(nc)->address;
}

uint16_t nc37xx_phy_read(Nc37xx *nc, unsigned reg)
{
    switch (reg) {
    case PHY_BMCR:
        return phy_bmcr(nc);
    case PHY_BMSR:
        return bmsr_read(nc);
    case PHY_ID1:
        return nc->model->phy_id >> 16;
    case PHY_ID2:
        return nc->model->phy_id;
    default:
        return nc37xx_phy_kind(nc)->read(nc, reg % PHY_REGS);
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
        break;                  /* read only */
    default:
        nc37xx_phy_kind(nc)->write(nc, reg % PHY_REGS, value);
    }
}

void nc37xx_phy_reset(Nc37xx *nc)
{
    memset(&nc->phy, 0, sizeof(nc->phy));
    nc37xx_phy_kind(nc)->power_on(&nc->phy);
    nc37xx_link_restart(nc);
}
