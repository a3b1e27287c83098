/*
 * The transceiver of the 5708S: 1000BASE-X and 2500 Mbit/s, with blocks of
 * registers behind a selector.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "phy.h"

#define BMCR_POWER_ON 0x1140
#define BMSR_CAPABLE 0x0149
#define ADVERTISE_POWER_ON (PHY_1000X_FULL | PHY_1000X_HALF)

/* Values of the speed in PHY_5708S_DIG_STAT1. */
#define SPEED_1000 2
#define SPEED_2500 3

static void power_on(Nc37xxPhy *phy)
{
    phy->regs[PHY_BMCR] = BMCR_POWER_ON;
    phy->regs[PHY_ADVERTISE] = ADVERTISE_POWER_ON;
    phy->regs[PHY_UP1] = 0;
    memset(phy->blocks, 0, sizeof(phy->blocks));
}

/* Register @reg of block @block, NULL when there is no such block. */
static uint16_t *banked(Nc37xx *nc, unsigned block, unsigned reg)
{
    return block < NC37XX_PHY_BLOCKS ?
           &nc->phy.blocks[block][reg - PHY_5708S_BANKED] : NULL;
}

static uint16_t dig(const Nc37xx *nc, unsigned reg)
{
    return nc->phy.blocks[PHY_5708S_BLOCK_DIG][reg - PHY_5708S_BANKED];
}

static LinkMode mode_negotiated(const Nc37xx *nc)
{
    if (nc->partner.forced) {
        return nc->partner.speed == 1000 &&
               (dig(nc, PHY_5708S_DIG_CTL2) & PHY_DIG_CTL2_PARALLEL_DETECT) ?
               LINK_MODE_1000_FULL : LINK_MODE_NONE;
    }
    if (nc->partner.speed == 2500 && (nc->phy.regs[PHY_UP1] & PHY_UP1_2500)) {
        return LINK_MODE_2500_FULL;
    }
    return phy_partner_gigabit(nc) ? nc37xx_phy_1000x_mode(nc) :
                                     LINK_MODE_NONE;
}

static LinkMode mode_forced(const Nc37xx *nc)
{
    if (phy_bmcr(nc) & PHY_BMCR_FORCE_2500) {
        return nc->partner.speed == 2500 ? LINK_MODE_2500_FULL :
                                           LINK_MODE_NONE;
    }
    return !phy_partner_gigabit(nc) ? LINK_MODE_NONE :
           phy_bmcr(nc) & PHY_BMCR_FULL_DUPLEX ? LINK_MODE_1000_FULL :
                                                 LINK_MODE_1000_HALF;
}

static LinkMode mode(const Nc37xx *nc)
{
    return phy_negotiates(nc) ? mode_negotiated(nc) : mode_forced(nc);
}

static uint16_t stat1_read(const Nc37xx *nc)
{
    unsigned pause = nc37xx_link_pause(nc);
    unsigned speed = nc37xx_link_speed(nc) == 2500 ? SPEED_2500 : SPEED_1000;

    if (!nc37xx_link_up(nc)) {
        return 0;
    }
    return PHY_DIG_STAT1_LINK | speed << PHY_DIG_STAT1_SPEED_SHIFT |
           (nc37xx_link_full_duplex(nc) ? PHY_DIG_STAT1_FULL_DUPLEX : 0) |
           (pause & NC37XX_PAUSE_TX ? PHY_DIG_STAT1_PAUSE_TX : 0) |
           (pause & NC37XX_PAUSE_RX ? PHY_DIG_STAT1_PAUSE_RX : 0);
}

static bool is_stat1(unsigned block, unsigned reg)
{
    return block == PHY_5708S_BLOCK_DIG && reg == PHY_5708S_DIG_STAT1;
}

static uint16_t banked_read(Nc37xx *nc, unsigned reg)
{
    unsigned block = nc->phy.regs[PHY_5708S_BLOCK];
    const uint16_t *word = banked(nc, block, reg);

    return is_stat1(block, reg) ? stat1_read(nc) : word ? *word : 0;
}

static void banked_write(Nc37xx *nc, unsigned reg, uint16_t value)
{
    unsigned block = nc->phy.regs[PHY_5708S_BLOCK];
    uint16_t *word = banked(nc, block, reg);

    if (!word || is_stat1(block, reg)) {
        return;
    }
    *word = value;
    /* A partner that does not negotiate can be noticed from now on. */
    if (nc->phy.link == LINK_DOWN) {
        nc37xx_link_restart(nc);
    }
}

static bool is_banked(unsigned reg)
{
    return reg >= PHY_5708S_BANKED && reg < PHY_5708S_BANKED_END;
}

static uint16_t reg_read(Nc37xx *nc, unsigned reg)
{
    uint16_t value;

    if (is_banked(reg)) {
        return banked_read(nc, reg);
    }
    return nc37xx_phy_1000x_read(nc, reg, &value) ? value :
           nc->phy.regs[reg];
}

/* What is said of 2500 Mbit/s counts from the next negotiation on. */
static void reg_write(Nc37xx *nc, unsigned reg, uint16_t value)
{
    if (is_banked(reg)) {
        banked_write(nc, reg, value);
    } else if (!nc37xx_phy_1000x_reports(reg)) {
        nc->phy.regs[reg] = value;
    }
}

const PhyKind nc37xx_phy_5708s = {
    .address = NC37XX_PHY_ADDRESS_5708S,
    .bmsr = BMSR_CAPABLE,
    .restarting = PHY_BMCR_LOOPBACK | PHY_BMCR_AUTONEG | PHY_BMCR_POWER_DOWN |
                  PHY_BMCR_FULL_DUPLEX | PHY_BMCR_FORCE_2500,
    .pause = PHY_1000X_PAUSE,
    .asym_pause = PHY_1000X_ASYM_PAUSE,
    .power_on = power_on,
    .mode = mode,
    .read = reg_read,
    .write = reg_write,
};
