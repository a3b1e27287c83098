/*
 * EMAC: MAC registers and the MDIO bus to the transceiver.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

static uint32_t status_read(Nc37xx *nc, uint32_t stored)
{
    return FIELD_DP32(stored, EMAC_STATUS, LINK, nc37xx_link_up(nc));
}

/* A3: a change of what is wanted can make an old change worth reporting. */
static void attention_ena_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc37xx_attention_update(nc);
    nc37xx_link_release(nc);
}

static uint16_t mdio_read(Nc37xx *nc, uint32_t value)
{
    unsigned phy = FIELD_EX32(value, EMAC_MDIO_COMM, PHY_ADDR);
    unsigned reg = FIELD_EX32(value, EMAC_MDIO_COMM, REG_ADDR);

    if (phy != nc37xx_phy_address(nc)) {
        EVENT(nc, phy_absent, phy, reg);
        return 0xffff;          /* the bus is pulled up */
    }
    return nc37xx_phy_read(nc, reg);
}

static void mdio_write(Nc37xx *nc, uint32_t value)
{
    unsigned phy = FIELD_EX32(value, EMAC_MDIO_COMM, PHY_ADDR);
    unsigned reg = FIELD_EX32(value, EMAC_MDIO_COMM, REG_ADDR);

    if (phy != nc37xx_phy_address(nc)) {
        EVENT(nc, phy_absent, phy, reg);
        return;
    }
    nc37xx_phy_write(nc, reg, FIELD_EX32(value, EMAC_MDIO_COMM, DATA));
}

/* A transaction is over before the write returns, so it is never busy. */
static void mdio_comm_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    uint32_t *reg = &REG(nc, EMAC_MDIO_COMM);

    *reg = FIELD_DP32(*reg, EMAC_MDIO_COMM, START_BUSY, 0);
    if (!FIELD_EX32(value, EMAC_MDIO_COMM, START_BUSY)) {
        return;
    }
    switch (FIELD_EX32(value, EMAC_MDIO_COMM, COMMAND)) {
    case EMAC_MDIO_COMMAND_WRITE:
        mdio_write(nc, value);
        break;
    case EMAC_MDIO_COMMAND_READ:
        *reg = FIELD_DP32(*reg, EMAC_MDIO_COMM, DATA, mdio_read(nc, value));
        break;
    }
}

static uint32_t mdio_status_read(Nc37xx *nc, uint32_t stored)
{
    return FIELD_DP32(stored, EMAC_MDIO_STATUS, LINK, nc37xx_link_up(nc));
}

static uint32_t tx_status_read(Nc37xx *nc, uint32_t stored)
{
    return FIELD_DP32(stored, EMAC_TX_STATUS, LINK_UP, nc37xx_link_up(nc));
}

static const RegDesc emac_rows[] = {
    { A_EMAC_STATUS, .ro = 0xffffffff, .w1c = R_EMAC_STATUS_LINK_CHANGE_MASK,
      .read = status_read },
    { A_EMAC_ATTENTION_ENA, .written = attention_ena_written },
    { A_EMAC_SERDES_STATUS, .ro = 0x000001ff },
    { A_EMAC_MDIO_COMM, .ro = R_EMAC_MDIO_COMM_FAIL_MASK,
      .written = mdio_comm_written },
    { A_EMAC_MDIO_STATUS, .ro = R_EMAC_MDIO_STATUS_LINK_MASK,
      .read = mdio_status_read },
    { A_EMAC_TX_STATUS, .ro = R_EMAC_TX_STATUS_XOFFED_MASK |
                              R_EMAC_TX_STATUS_LINK_UP_MASK,
      .read = tx_status_read },
    { A_EMAC_RX_STATUS, .ro = 0x00000001 },
};

const RegBlock nc37xx_emac_block = { emac_rows, ARRAY_SIZE(emac_rows) };
