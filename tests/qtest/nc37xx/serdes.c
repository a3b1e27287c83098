/*
 * NC37xx adapters: the transceivers of fiber and backplane.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "libnc37xx.h"

#define BMCR_FORCED (PHY_BMCR_FULL_DUPLEX | PHY_BMCR_SPEED1000)
#define BMSR_NO_LINK 0x0149
#define BMSR_LINK 0x016d

static uint16_t phy_read(QNc37xx *nc, unsigned reg)
{
    return nc37xx_phy_read(nc, nc->facts->phy, reg);
}

static void phy_write(QNc37xx *nc, unsigned reg, uint16_t value)
{
    nc37xx_phy_write(nc, nc->facts->phy, reg, value);
}

static bool link_up(QNc37xx *nc)
{
    return FIELD_EX32(nc37xx_read(nc, A_EMAC_STATUS), EMAC_STATUS, LINK);
}

/* What is behind the register that the first write selects. */
static uint16_t selected(QNc37xx *nc, unsigned selector, uint16_t which,
                         unsigned reg)
{
    phy_write(nc, selector, which);
    return phy_read(nc, reg);
}

static bool is_5708(QNc37xx *nc)
{
    return nc->facts->device == NC37XX_PCI_DEVICE_5708S;
}

static void power_on(QNc37xx *nc)
{
    g_assert_true(link_up(nc));
    g_assert_cmphex(phy_read(nc, PHY_BMCR), ==, 0x1140);
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_LINK);
    g_assert_cmphex(phy_read(nc, PHY_LPA), ==, 0x41a0);
    g_assert_cmphex(phy_read(nc, PHY_ESTATUS), ==, 0xc000);
    for (unsigned phy = 0; phy < 32; phy++) {
        g_assert_cmphex(nc37xx_phy_read(nc, phy, PHY_ID1), ==,
                        phy == nc->facts->phy ? nc->facts->phy_id1 : 0xffff);
    }
}

static void cable(QNc37xx *nc)
{
    nc37xx_set_link(nc, false);
    g_assert_false(link_up(nc));
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_NO_LINK);
    g_assert_cmphex(phy_read(nc, PHY_LPA), ==, 0);
    if (!is_5708(nc)) {
        g_assert_cmphex(selected(nc, PHY_SHADOW, PHY_SHADOW_AN_DEBUG <<
                                 PHY_SHADOW_SELECT_SHIFT, PHY_SHADOW) &
                        PHY_AN_DEBUG_NO_SYNC, ==, PHY_AN_DEBUG_NO_SYNC);
    }
    nc37xx_set_link(nc, true);
    g_assert_true(link_up(nc));
}

static void result(QNc37xx *nc)
{
    phy_write(nc, PHY_ADVERTISE, PHY_1000X_FULL | PHY_1000X_PAUSE);
    phy_write(nc, PHY_BMCR, PHY_BMCR_AUTONEG | PHY_BMCR_RESTART);
    if (is_5708(nc)) {
        g_assert_cmphex(selected(nc, PHY_5708S_BLOCK, PHY_5708S_BLOCK_DIG,
                                 PHY_5708S_DIG_STAT1), ==, 0x0076);
    } else {
        g_assert_cmphex(phy_read(nc, PHY_AUX_STATUS), ==, 0x8717);
    }
}

static void loopback(QNc37xx *nc)
{
    uint8_t frame[100];
    uint64_t buffer;

    nc37xx_bring_up(nc);
    phy_write(nc, PHY_BMCR, PHY_BMCR_LOOPBACK | BMCR_FORCED);
    g_assert_true(link_up(nc));
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    buffer = nc37xx_rx_wait(nc);
    g_assert_cmpuint(nc37xx_guest16(nc, buffer + L2_FHDR_PKT_LEN), ==,
                     sizeof(frame) + NC37XX_FCS_SIZE);
    g_assert_true(nc37xx_wire_is_quiet(nc));
}

static const char *silent_partner(void)
{
    return "-global nc37xx.link-autoneg=off";
}

static void parallel_detection(QNc37xx *nc)
{
    g_assert_false(link_up(nc));
    if (is_5708(nc)) {
        phy_write(nc, PHY_5708S_BLOCK, PHY_5708S_BLOCK_DIG);
        phy_write(nc, PHY_5708S_DIG_CTL2, PHY_DIG_CTL2_PARALLEL_DETECT);
    } else {
        g_assert_cmphex(selected(nc, PHY_DSP_ADDRESS, PHY_DSP_EXPANSION | 1,
                                 PHY_DSP_RW_PORT), ==, 0);
        phy_write(nc, PHY_BMCR, BMCR_FORCED);
    }
    g_assert_true(link_up(nc));
    g_assert_cmphex(phy_read(nc, PHY_LPA), ==, 0);
}

static const char *fast_partner(void)
{
    return "-global nc37xx.link-speed=2500";
}

static void fast(QNc37xx *nc)
{
    g_assert_true(link_up(nc));
    phy_write(nc, PHY_UP1, PHY_UP1_2500);
    phy_write(nc, PHY_BMCR, PHY_BMCR_AUTONEG | PHY_BMCR_RESTART);
    g_assert_true(link_up(nc));
    if (is_5708(nc)) {
        g_assert_cmphex(selected(nc, PHY_5708S_BLOCK, PHY_5708S_BLOCK_DIG,
                                 PHY_5708S_DIG_STAT1) & 0x1f, ==, 0x1e);
    }
}

static const Nc37xxCase cases[] = {
    { "transceiver_is_that_of_1000base_x", power_on },
    { "cable_pulled_and_plugged_is_noticed", cable },
    { "result_of_the_negotiation_is_in_its_register", result },
    { "loopback_brings_frames_back", loopback },
    { "partner_that_does_not_negotiate_is_detected", parallel_detection,
      silent_partner },
    { "partner_may_be_faster", fast, fast_partner },
};

static void register_tests(void)
{
    nc37xx_register_cases_for_serdes("serdes", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
