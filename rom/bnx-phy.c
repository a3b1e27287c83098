/*
 * The transceiver of the chip, over MDIO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bnx-chip.h"
#include "clock.h"

/* A transfer takes 64 cycles of 2.5 MHz. */
#define MDIO_TIMEOUT_US 500
#define MDIO_NO_ANSWER 0xffff

/* Abilities of PHY_ADVERTISE and PHY_LPA, and of PHY_CTRL1000. */
#define ABILITY_10_HALF 0x0020
#define ABILITY_10_FULL 0x0040
#define ABILITY_100_HALF 0x0080
#define ABILITY_100_FULL 0x0100
#define ABILITY_1000_HALF 0x0100
#define ABILITY_1000_FULL 0x0200
#define STAT1000_SHIFT 2            /* from the partner's bits to ours */

static uint32_t mdio(const struct bnx *nic, uint32_t command, unsigned reg,
                     uint16_t data)
{
    uint32_t started = clock_us(), value = 0;

    value = FIELD_DP32(value, EMAC_MDIO_COMM, COMMAND, command);
    value = FIELD_DP32(value, EMAC_MDIO_COMM, PHY_ADDR, NC37XX_PHY_ADDRESS);
    value = FIELD_DP32(value, EMAC_MDIO_COMM, REG_ADDR, reg);
    value = FIELD_DP32(value, EMAC_MDIO_COMM, DATA, data);
    bnx_write(nic, A_EMAC_MDIO_COMM, value |
              R_EMAC_MDIO_COMM_START_BUSY_MASK |
              R_EMAC_MDIO_COMM_DISEXT_MASK);
    do {
        value = bnx_read(nic, A_EMAC_MDIO_COMM);
        if (!(value & R_EMAC_MDIO_COMM_START_BUSY_MASK)) {
            return FIELD_EX32(value, EMAC_MDIO_COMM, DATA);
        }
        clock_delay_us(5);
    } while (clock_us() - started < MDIO_TIMEOUT_US);
    return MDIO_NO_ANSWER;
}

static uint16_t phy_read(const struct bnx *nic, unsigned reg)
{
    return mdio(nic, EMAC_MDIO_COMMAND_READ, reg, 0);
}

static void phy_write(const struct bnx *nic, unsigned reg, uint16_t value)
{
    mdio(nic, EMAC_MDIO_COMMAND_WRITE, reg, value);
}

/*
 * The boot code keeps the link up over resets, and restarting negotiation
 * would cost seconds: only a transceiver that was left off or forced by the
 * software before us is started again.
 */
void bnx_phy_start(struct bnx *nic)
{
    const uint16_t off = PHY_BMCR_LOOPBACK | PHY_BMCR_POWER_DOWN |
                         PHY_BMCR_ISOLATE;
    uint16_t control;

    if (nic->serdes) {
        return;
    }
    control = phy_read(nic, PHY_BMCR);
    if (control == MDIO_NO_ANSWER ||
        ((control & PHY_BMCR_AUTONEG) && !(control & off))) {
        return;
    }
    phy_write(nic, PHY_ADVERTISE,
              phy_read(nic, PHY_ADVERTISE) | PHY_ADVERTISE_10_100);
    phy_write(nic, PHY_CTRL1000,
              phy_read(nic, PHY_CTRL1000) | PHY_CTRL1000_1000);
    phy_write(nic, PHY_BMCR, PHY_BMCR_AUTONEG | PHY_BMCR_RESTART);
}

/* The best ability that both ends have. */
static void negotiated(const struct bnx *nic, struct bnx_link *link)
{
    uint16_t gigabit = phy_read(nic, PHY_CTRL1000) &
                       phy_read(nic, PHY_STAT1000) >> STAT1000_SHIFT;
    uint16_t common = phy_read(nic, PHY_ADVERTISE) & phy_read(nic, PHY_LPA);

    if (gigabit & (ABILITY_1000_FULL | ABILITY_1000_HALF)) {
        link->speed = 1000;
        link->full_duplex = gigabit & ABILITY_1000_FULL;
    } else if (common & (ABILITY_100_FULL | ABILITY_100_HALF)) {
        link->speed = 100;
        link->full_duplex = common & ABILITY_100_FULL;
    } else if (common & (ABILITY_10_FULL | ABILITY_10_HALF)) {
        link->speed = 10;
        link->full_duplex = common & ABILITY_10_FULL;
    } else {
        link->up = false;
    }
}

static void copper_link(const struct bnx *nic, struct bnx_link *link)
{
    uint16_t status;

    /* The bit keeps a loss until it is read: the second reading is now. */
    phy_read(nic, PHY_BMSR);
    status = phy_read(nic, PHY_BMSR);
    if (status == MDIO_NO_ANSWER || !(status & PHY_BMSR_LINK) ||
        !(status & PHY_BMSR_AUTONEG_DONE)) {
        return;
    }
    link->up = true;
    negotiated(nic, link);
}

void bnx_phy_read_link(struct bnx *nic, struct bnx_link *link)
{
    memset(link, 0, sizeof(*link));
    if (!nic->serdes) {
        copper_link(nic, link);
    } else if (bnx_read(nic, A_EMAC_STATUS) & R_EMAC_STATUS_LINK_MASK) {
        link->up = true;
        link->speed = 1000;
        link->full_duplex = true;
    }
}
