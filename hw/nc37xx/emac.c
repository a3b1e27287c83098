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
    uint16_t data;

    if (phy != nc37xx_phy_address(nc)) {
        EVENT(nc, phy_absent, phy, reg);
        return 0xffff;          /* the bus is pulled up */
    }
    data = nc37xx_phy_read(nc, reg);
    EVENT(nc, mdio_read, reg, data);
    return data;
}

static void mdio_write(Nc37xx *nc, uint32_t value)
{
    unsigned phy = FIELD_EX32(value, EMAC_MDIO_COMM, PHY_ADDR);
    unsigned reg = FIELD_EX32(value, EMAC_MDIO_COMM, REG_ADDR);

    if (phy != nc37xx_phy_address(nc)) {
        EVENT(nc, phy_absent, phy, reg);
        return;
    }
    EVENT(nc, mdio_write, reg, FIELD_EX32(value, EMAC_MDIO_COMM, DATA));
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
    stored = FIELD_DP32(stored, EMAC_TX_STATUS, XOFFED, nc37xx_paused(nc));
    return FIELD_DP32(stored, EMAC_TX_STATUS, LINK_UP, nc37xx_link_up(nc));
}

static uint32_t rx_status_read(Nc37xx *nc, uint32_t stored)
{
    return FIELD_DP32(stored, EMAC_RX_STATUS, FFED, nc->partner_paused);
}

/* For the eyes of somebody who looks for the adapter in a rack. */
static void led_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    if (value != old) {
        EVENT(nc, led, value, REG(nc, MISC_CFG));
    }
}

#define EMAC_MODE_WOL (R_EMAC_MODE_MPKT_RCVD_MASK |                          \
                       R_EMAC_MODE_ACPI_RCVD_MASK)
#define EMAC_TX_STATUS_SENT (R_EMAC_TX_STATUS_XOFF_SENT_MASK |               \
                             R_EMAC_TX_STATUS_XON_SENT_MASK)
#define EMAC_RX_STATUS_RECEIVED (R_EMAC_RX_STATUS_FF_RECEIVED_MASK |         \
                                 R_EMAC_RX_STATUS_N_RECEIVED_MASK)

/* The low 32 bits of a counter, in the @n-th of a row of registers. */
#define COPY(reg, n, stat)                                                   \
    { A_##reg + (n) * 4, .counter = (stat) + 1, .ro = 0xffffffff }

static const RegDesc emac_rows[] = {
    { A_EMAC_MODE, .ro = EMAC_MODE_WOL, .w1c = EMAC_MODE_WOL },
    { A_EMAC_STATUS, .ro = 0xffffffff, .w1c = R_EMAC_STATUS_LINK_CHANGE_MASK,
      .read = status_read },
    { A_EMAC_ATTENTION_ENA, .written = attention_ena_written },
    { A_EMAC_LED, .written = led_written },
    { A_EMAC_SERDES_STATUS, .ro = 0x000001ff },
    { A_EMAC_MDIO_COMM, .ro = R_EMAC_MDIO_COMM_FAIL_MASK,
      .written = mdio_comm_written },
    { A_EMAC_MDIO_STATUS, .ro = R_EMAC_MDIO_STATUS_LINK_MASK,
      .read = mdio_status_read },
    { A_EMAC_TX_STATUS, .ro = R_EMAC_TX_STATUS_XOFFED_MASK |
                              R_EMAC_TX_STATUS_LINK_UP_MASK |
                              EMAC_TX_STATUS_SENT,
      .w1c = EMAC_TX_STATUS_SENT, .read = tx_status_read },
    { A_EMAC_RX_STATUS, .ro = R_EMAC_RX_STATUS_FFED_MASK |
                              EMAC_RX_STATUS_RECEIVED,
      .w1c = EMAC_RX_STATUS_RECEIVED, .read = rx_status_read },
    COPY(EMAC_RX_STAT, 0, STAT_IN_OCTETS),
    COPY(EMAC_RX_STAT, 1, STAT_IN_BAD_OCTETS),
    COPY(EMAC_RX_STAT, 2, STAT_FRAGMENTS),
    COPY(EMAC_RX_STAT, 3, STAT_IN_UCAST_PKTS),
    COPY(EMAC_RX_STAT, 4, STAT_IN_MULTICAST_PKTS),
    COPY(EMAC_RX_STAT, 5, STAT_IN_BROADCAST_PKTS),
    COPY(EMAC_RX_STAT, 6, STAT_FCS_ERRORS),
    COPY(EMAC_RX_STAT, 7, STAT_ALIGNMENT_ERRORS),
    COPY(EMAC_RX_STAT, 8, STAT_CARRIER_SENSE_ERRORS),
    COPY(EMAC_RX_STAT, 9, STAT_XON_RECEIVED),
    COPY(EMAC_RX_STAT, 10, STAT_XOFF_RECEIVED),
    COPY(EMAC_RX_STAT, 11, STAT_MAC_CONTROL_RECEIVED),
    COPY(EMAC_RX_STAT, 12, STAT_XOFF_STATE_ENTERED),
    COPY(EMAC_RX_STAT, 13, STAT_OVERSIZE_PKTS),
    COPY(EMAC_RX_STAT, 14, STAT_JABBERS),
    COPY(EMAC_RX_STAT, 15, STAT_UNDERSIZE_PKTS),
    COPY(EMAC_RX_STAT, 16, STAT_RX_SIZE_BINS + 0),
    COPY(EMAC_RX_STAT, 17, STAT_RX_SIZE_BINS + 4),
    COPY(EMAC_RX_STAT, 18, STAT_RX_SIZE_BINS + 8),
    COPY(EMAC_RX_STAT, 19, STAT_RX_SIZE_BINS + 12),
    COPY(EMAC_RX_STAT, 20, STAT_RX_SIZE_BINS + 16),
    COPY(EMAC_RX_STAT, 21, STAT_RX_SIZE_BINS + 20),
    COPY(EMAC_RX_STAT, 22, STAT_RX_SIZE_BINS + 24),
    COPY(EMAC_TX_STAT, 0, STAT_OUT_OCTETS),
    COPY(EMAC_TX_STAT, 1, STAT_OUT_BAD_OCTETS),
    COPY(EMAC_TX_STAT, 2, STAT_COLLISIONS),
    COPY(EMAC_TX_STAT, 3, STAT_OUT_XON_SENT),
    COPY(EMAC_TX_STAT, 4, STAT_OUT_XOFF_SENT),
    COPY(EMAC_TX_STAT, 5, STAT_FLOW_CONTROL_DONE),
    COPY(EMAC_TX_STAT, 6, STAT_SINGLE_COLLISION_FRAMES),
    COPY(EMAC_TX_STAT, 7, STAT_MULTIPLE_COLLISION_FRAMES),
    COPY(EMAC_TX_STAT, 8, STAT_DEFERRED_TRANSMISSIONS),
    COPY(EMAC_TX_STAT, 9, STAT_EXCESSIVE_COLLISIONS),
    COPY(EMAC_TX_STAT, 10, STAT_LATE_COLLISIONS),
    COPY(EMAC_TX_STAT, 11, STAT_OUT_UCAST_PKTS),
    COPY(EMAC_TX_STAT, 12, STAT_OUT_MULTICAST_PKTS),
    COPY(EMAC_TX_STAT, 13, STAT_OUT_BROADCAST_PKTS),
    COPY(EMAC_TX_STAT, 14, STAT_TX_SIZE_BINS + 0),
    COPY(EMAC_TX_STAT, 15, STAT_TX_SIZE_BINS + 4),
    COPY(EMAC_TX_STAT, 16, STAT_TX_SIZE_BINS + 8),
    COPY(EMAC_TX_STAT, 17, STAT_TX_SIZE_BINS + 12),
    COPY(EMAC_TX_STAT, 18, STAT_TX_SIZE_BINS + 16),
    COPY(EMAC_TX_STAT, 19, STAT_TX_SIZE_BINS + 20),
    COPY(EMAC_TX_STAT, 20, STAT_TX_SIZE_BINS + 24),
    COPY(EMAC_TX_STAT, 21, STAT_TX_MAC_ERRORS),
};

const RegBlock nc37xx_emac_block = { emac_rows, ARRAY_SIZE(emac_rows) };
