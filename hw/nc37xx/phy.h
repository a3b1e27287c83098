/*
 * The transceivers, and what is at the other end of the cable.
 *
 * link.c keeps the state of the link, phy.c the registers that all kinds have
 * in common, and there is a file for each kind.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_PHY_H
#define HW_NC37XX_PHY_H

#include "nc37xx-core.h"

/* One kind of transceiver. */
typedef struct PhyKind {
    unsigned address;           /* on the MDIO bus */
    uint16_t bmsr;              /* what it can do; not the state of the link */
    uint16_t restarting;        /* BMCR bits whose change restarts the link */
    uint16_t pause;             /* bits of ADVERTISE and LPA */
    uint16_t asym_pause;
    bool ends_alone;            /* negotiation, with a silent partner */
    void (*power_on)(Nc37xxPhy *phy);
    /* The mode that both ends are set up for; LINK_MODE_NONE: no link. */
    LinkMode (*mode)(const Nc37xx *nc);
    /* Registers but BMCR, BMSR and the ids. */
    uint16_t (*read)(Nc37xx *nc, unsigned reg);
    void (*write)(Nc37xx *nc, unsigned reg, uint16_t value);
} PhyKind;

extern const PhyKind nc37xx_phy_copper;
extern const PhyKind nc37xx_phy_5706s;
extern const PhyKind nc37xx_phy_5708s;

const PhyKind *nc37xx_phy_kind(const Nc37xx *nc);

static inline uint16_t phy_bmcr(const Nc37xx *nc)
{
    return nc->phy.regs[PHY_BMCR];
}

static inline bool phy_negotiates(const Nc37xx *nc)
{
    return phy_bmcr(nc) & PHY_BMCR_AUTONEG;
}

/* Both ends negotiate, and so learn of each other. */
static inline bool phy_both_negotiate(const Nc37xx *nc)
{
    return phy_negotiates(nc) && !nc->partner.forced;
}

/* The partner can do 1000BASE-X at the rate of 1000 Mbit/s. */
static inline bool phy_partner_gigabit(const Nc37xx *nc)
{
    return nc->partner.speed == 1000 ||
           (nc->partner.speed == 2500 && !nc->partner.forced);
}

/* What a negotiating partner advertises of pause frames. */
static inline uint16_t phy_partner_pause(const Nc37xx *nc)
{
    const PhyKind *kind = nc37xx_phy_kind(nc);

    return (nc->partner.pause ? kind->pause : 0) |
           (nc->partner.asym_pause ? kind->asym_pause : 0);
}

/*
 * 1000BASE-X: what both ends agree upon, and the registers that only report
 * of it.  nc37xx_phy_1000x_read() returns false for other registers.
 */
LinkMode nc37xx_phy_1000x_mode(const Nc37xx *nc);
bool nc37xx_phy_1000x_read(const Nc37xx *nc, unsigned reg, uint16_t *value);
bool nc37xx_phy_1000x_reports(unsigned reg);

/*
 * The shadow registers of copper and 5706S: AUX_CTRL and SHADOW show what
 * their last write selects.
 */
uint16_t nc37xx_phy_shadow_read(const Nc37xx *nc, unsigned reg);
void nc37xx_phy_shadow_write(Nc37xx *nc, unsigned reg, uint16_t value);
uint16_t nc37xx_phy_aux_status(const Nc37xx *nc);

/* link.c: takes the link down; it comes up again if both ends allow. */
void nc37xx_link_restart(Nc37xx *nc);

#endif
