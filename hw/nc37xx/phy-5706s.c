/*
 * The transceiver of the 5706S: 1000BASE-X out of the registers of a
 * copper PHY.
 *
 * The driver finds out by itself about a partner that does not negotiate: it
 * asks for signal, synchronisation and /C/ (configuration) ordered sets, and
 * then switches negotiation off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "phy.h"

#define BMCR_POWER_ON 0x1140
#define BMSR_CAPABLE 0x0149
#define ADVERTISE_POWER_ON (PHY_1000X_FULL | PHY_1000X_HALF)
#define SERDES_CTL_POWER_ON 0x00c0

static void power_on(Nc37xxPhy *phy)
{
    phy->regs[PHY_BMCR] = BMCR_POWER_ON;
    phy->regs[PHY_ADVERTISE] = ADVERTISE_POWER_ON;
    phy->expansion[PHY_EXPANSION_SERDES_CTL] = SERDES_CTL_POWER_ON;
}

static bool transmitter_on(const Nc37xx *nc)
{
    return nc->phy.expansion[PHY_EXPANSION_SERDES_CTL] &
           PHY_SERDES_CTL_TRANSMITTER;
}

/* The receiver has locked on to the partner's code groups, or on our own. */
static bool synchronised(const Nc37xx *nc)
{
    return (phy_bmcr(nc) & PHY_BMCR_LOOPBACK) ||
           (nc->carrier && phy_partner_gigabit(nc));
}

static LinkMode mode(const Nc37xx *nc)
{
    if (!phy_partner_gigabit(nc) || !transmitter_on(nc)) {
        return LINK_MODE_NONE;
    }
    if (!phy_negotiates(nc)) {
        return phy_bmcr(nc) & PHY_BMCR_FULL_DUPLEX ? LINK_MODE_1000_FULL :
                                                     LINK_MODE_1000_HALF;
    }
    return nc->partner.forced ? LINK_MODE_NONE : nc37xx_phy_1000x_mode(nc);
}

/* The partner asks us for our configuration as long as there is no link. */
static bool receives_config(const Nc37xx *nc)
{
    return nc->carrier && phy_both_negotiate(nc) && !nc37xx_link_up(nc);
}

static uint16_t expansion_read(const Nc37xx *nc)
{
    unsigned select = nc->phy.regs[PHY_DSP_ADDRESS] - PHY_DSP_EXPANSION;

    if (select >= NC37XX_PHY_EXPANSIONS) {
        return nc->phy.regs[PHY_DSP_RW_PORT];
    }
    if (select == 1) {
        return receives_config(nc) ? PHY_EXPANSION1_CONFIG : 0;
    }
    return nc->phy.expansion[select];
}

static void expansion_write(Nc37xx *nc, uint16_t value)
{
    unsigned select = nc->phy.regs[PHY_DSP_ADDRESS] - PHY_DSP_EXPANSION;
    bool was_on = transmitter_on(nc);

    if (select >= NC37XX_PHY_EXPANSIONS) {
        nc->phy.regs[PHY_DSP_RW_PORT] = value;
        return;
    }
    nc->phy.expansion[select] = value;
    if (transmitter_on(nc) != was_on) {
        nc37xx_link_restart(nc);
    }
}

static uint16_t shadow_read(const Nc37xx *nc)
{
    uint16_t value = nc37xx_phy_shadow_read(nc, PHY_SHADOW);

    switch (value >> PHY_SHADOW_SELECT_SHIFT) {
    case PHY_SHADOW_AN_DEBUG:
        value &= ~(PHY_AN_DEBUG_NO_SYNC | PHY_AN_DEBUG_INVALID);
        return synchronised(nc) ? value :
               value | PHY_AN_DEBUG_NO_SYNC | PHY_AN_DEBUG_INVALID;
    case PHY_SHADOW_MODE_CTL:
        value &= ~PHY_MODE_CTL_SIGNAL;
        return value | PHY_MODE_CTL_1000X |
               (nc->carrier ? PHY_MODE_CTL_SIGNAL : 0);
    default:
        return value;
    }
}

static uint16_t reg_read(Nc37xx *nc, unsigned reg)
{
    uint16_t value;

    if (nc37xx_phy_1000x_read(nc, reg, &value)) {
        return value;
    }
    switch (reg) {
    case PHY_EXT_STATUS:
    case PHY_INT_STATUS:
        return 0;
    case PHY_DSP_RW_PORT:
        return expansion_read(nc);
    case PHY_AUX_CTRL:
        return nc37xx_phy_shadow_read(nc, reg);
    case PHY_AUX_STATUS:
        return nc37xx_phy_aux_status(nc);
    case PHY_SHADOW:
        return shadow_read(nc);
    default:
        return nc->phy.regs[reg];
    }
}

static void reg_write(Nc37xx *nc, unsigned reg, uint16_t value)
{
    if (nc37xx_phy_1000x_reports(reg)) {
        return;
    }
    switch (reg) {
    case PHY_EXT_STATUS:
    case PHY_AUX_STATUS:
    case PHY_INT_STATUS:
        break;                  /* read only */
    case PHY_DSP_RW_PORT:
        expansion_write(nc, value);
        break;
    case PHY_AUX_CTRL:
    case PHY_SHADOW:
        nc37xx_phy_shadow_write(nc, reg, value);
        break;
    default:
        nc->phy.regs[reg] = value;
    }
}

const PhyKind nc37xx_phy_5706s = {
    .address = NC37XX_PHY_ADDRESS,
    .bmsr = BMSR_CAPABLE,
    .restarting = PHY_BMCR_LOOPBACK | PHY_BMCR_AUTONEG | PHY_BMCR_POWER_DOWN |
                  PHY_BMCR_FULL_DUPLEX,
    .pause = PHY_1000X_PAUSE,
    .asym_pause = PHY_1000X_ASYM_PAUSE,
    .power_on = power_on,
    .mode = mode,
    .read = reg_read,
    .write = reg_write,
};
