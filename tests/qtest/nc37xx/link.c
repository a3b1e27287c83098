/*
 * NC37xx adapters: the transceiver and the link.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "libnc37xx.h"

#define BMSR_NO_LINK 0x7949
#define BMSR_LINK 0x796d
#define BMCR_NEGOTIATE (PHY_BMCR_AUTONEG | PHY_BMCR_RESTART |                \
                        PHY_BMCR_FULL_DUPLEX | PHY_BMCR_SPEED1000)

/* The driver gets this time to see a loss that it acknowledged. */
#define SETTLE_NS 51000000ll

static uint16_t phy_read(QNc37xx *nc, unsigned reg)
{
    return nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, reg);
}

static void phy_write(QNc37xx *nc, unsigned reg, uint16_t value)
{
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, reg, value);
}

static bool mac_link(QNc37xx *nc)
{
    bool up = FIELD_EX32(nc37xx_read(nc, A_EMAC_STATUS), EMAC_STATUS, LINK);

    g_assert_cmpint(FIELD_EX32(nc37xx_read(nc, A_EMAC_MDIO_STATUS),
                               EMAC_MDIO_STATUS, LINK), ==, up);
    g_assert_cmpint(FIELD_EX32(nc37xx_read(nc, A_EMAC_TX_STATUS),
                               EMAC_TX_STATUS, LINK_UP), ==, up);
    return up;
}

static bool link_in_status(QNc37xx *nc)
{
    return nc37xx_status32(nc, STATUS_ATTN_BITS) & STATUS_ATTN_LINK_STATE;
}

static void acknowledge(QNc37xx *nc, bool up)
{
    nc37xx_write(nc, up ? A_PCICFG_STATUS_BIT_SET_CMD :
                 A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
}

static void phy_ids(QNc37xx *nc)
{
    for (unsigned phy = 0; phy < 32; phy++) {
        bool here = phy == NC37XX_PHY_ADDRESS;

        g_assert_cmphex(nc37xx_phy_read(nc, phy, PHY_ID1), ==,
                        here ? nc->facts->phy_id1 : 0xffff);
        g_assert_cmphex(nc37xx_phy_read(nc, phy, PHY_ID2), ==,
                        here ? nc->facts->phy_id2 : 0xffff);
    }
    nc37xx_phy_write(nc, 2, PHY_EXT_CTRL, 0x5555);
    g_assert_cmphex(phy_read(nc, PHY_EXT_CTRL), ==, 0);
}

/* T24 */
static void mdio_without_command(QNc37xx *nc)
{
    static const uint8_t commands[] = { 0, 3 };

    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        uint32_t value = FIELD_DP32(0x03ffbeef, EMAC_MDIO_COMM, COMMAND,
                                    commands[i]);

        nc37xx_write(nc, A_EMAC_MDIO_COMM, value |
                     R_EMAC_MDIO_COMM_START_BUSY_MASK |
                     R_EMAC_MDIO_COMM_FAIL_MASK);
        g_assert_cmphex(nc37xx_read(nc, A_EMAC_MDIO_COMM), ==, value);
    }
}

static void power_on(QNc37xx *nc)
{
    static const uint16_t values[][2] = {
        { PHY_BMCR, 0x1140 }, { PHY_BMSR, BMSR_LINK },
        { PHY_ADVERTISE, 0x01e1 }, { PHY_LPA, 0xcde1 },
        { PHY_EXPANSION, 0x000d }, { PHY_CTRL1000, 0x0300 },
        { PHY_STAT1000, 0x3800 }, { PHY_ESTATUS, 0x3000 },
        { PHY_EXT_STATUS, 0 }, { PHY_AUX_STATUS, 0x8714 },
        { PHY_INT_STATUS, 0 },
    };

    g_assert_true(mac_link(nc));
    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        g_assert_cmphex(phy_read(nc, values[i][0]), ==, values[i][1]);
    }
}

static void read_only(QNc37xx *nc)
{
    static const uint8_t regs[] = {
        PHY_BMSR, PHY_ID1, PHY_ID2, PHY_LPA, PHY_EXPANSION, PHY_STAT1000,
        PHY_ESTATUS, PHY_EXT_STATUS, PHY_AUX_STATUS, PHY_INT_STATUS,
    };

    for (size_t i = 0; i < ARRAY_SIZE(regs); i++) {
        uint16_t before = phy_read(nc, regs[i]);

        phy_write(nc, regs[i], ~before);
        g_assert_cmphex(phy_read(nc, regs[i]), ==, before);
    }
}

static void shadows(QNc37xx *nc)
{
    for (unsigned select = 0; select < 32; select++) {
        phy_write(nc, PHY_SHADOW, PHY_SHADOW_WRITE |
                  select << PHY_SHADOW_SELECT_SHIFT | (0x300 + select));
    }
    for (unsigned select = 0; select < 32; select++) {
        phy_write(nc, PHY_SHADOW, select << PHY_SHADOW_SELECT_SHIFT);
        g_assert_cmphex(phy_read(nc, PHY_SHADOW), ==,
                        select << PHY_SHADOW_SELECT_SHIFT |
                        (0x300 + select));
    }
}

static void reset_bit(QNc37xx *nc)
{
    phy_write(nc, PHY_ADVERTISE, 0x0001);
    phy_write(nc, PHY_CTRL1000, 0);
    phy_write(nc, PHY_BMCR, PHY_BMCR_RESET);
    g_assert_cmphex(phy_read(nc, PHY_BMCR), ==, 0x1140);
    g_assert_cmphex(phy_read(nc, PHY_ADVERTISE), ==, 0x01e1);
    g_assert_cmphex(phy_read(nc, PHY_CTRL1000), ==, 0x0300);
    g_assert_true(mac_link(nc));
}

/* BMSR's link bit latches a loss until it is read. */
static void loss_is_latched(QNc37xx *nc)
{
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_LINK);
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    g_assert_true(mac_link(nc));
    g_assert_cmphex(phy_read(nc, PHY_BMSR) & PHY_BMSR_LINK, ==, 0);
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_LINK);
    g_assert_cmphex(phy_read(nc, PHY_BMCR), ==,
                    BMCR_NEGOTIATE & ~PHY_BMCR_RESTART);
}

/* C2: Linux looks for the new speed only when it has seen the loss. */
static void loss_is_held(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    g_assert_false(mac_link(nc));
    g_assert_false(link_in_status(nc));
    qtest_clock_step(nc->qts, 1000 * SETTLE_NS);
    g_assert_false(mac_link(nc));
    acknowledge(nc, false);
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_NO_LINK);
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_NO_LINK);
    qtest_clock_step(nc->qts, SETTLE_NS);
    g_assert_true(mac_link(nc));
    g_assert_true(link_in_status(nc));
    acknowledge(nc, true);
    phy_read(nc, PHY_BMSR);
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_LINK);
}

/* A driver that does not look at attentions must not wait for ever. */
static void loss_is_not_held_from_the_blind(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_HC_ATTN_BITS_ENABLE, 0);
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    g_assert_true(mac_link(nc));
    nc37xx_write(nc, A_HC_ATTN_BITS_ENABLE, STATUS_ATTN_LINK_STATE);
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    g_assert_false(mac_link(nc));
    nc37xx_core_reset(nc);
    qtest_clock_step(nc->qts, SETTLE_NS);
    g_assert_true(mac_link(nc));
}

static void cable(QNc37xx *nc)
{
    uint16_t index;

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_STATUS, R_EMAC_STATUS_LINK_CHANGE_MASK);
    index = nc37xx_status16(nc, STATUS_IDX);
    nc37xx_set_link(nc, false);
    g_assert_cmphex(nc37xx_status16(nc, STATUS_IDX), ==, index + 1);
    g_assert_false(link_in_status(nc));
    g_assert_false(mac_link(nc));
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_NO_LINK);
    g_assert_cmphex(phy_read(nc, PHY_LPA), ==, 0);
    g_assert_cmphex(phy_read(nc, PHY_AUX_STATUS), ==, 0);
    g_assert_true(FIELD_EX32(nc37xx_read(nc, A_EMAC_STATUS), EMAC_STATUS,
                             LINK_CHANGE));
    acknowledge(nc, false);
    nc37xx_set_link(nc, true);
    /* The driver still reads of the loss. */
    g_assert_false(mac_link(nc));
    qtest_clock_step(nc->qts, SETTLE_NS);
    g_assert_true(link_in_status(nc));
    g_assert_true(mac_link(nc));
    acknowledge(nc, true);
    nc37xx_expect_sent(nc, 100, 1);
}

static void link_change_bit(QNc37xx *nc)
{
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    nc37xx_write(nc, A_EMAC_STATUS, 0);
    g_assert_true(FIELD_EX32(nc37xx_read(nc, A_EMAC_STATUS), EMAC_STATUS,
                             LINK_CHANGE));
    nc37xx_write(nc, A_EMAC_STATUS, R_EMAC_STATUS_LINK_CHANGE_MASK);
    g_assert_false(FIELD_EX32(nc37xx_read(nc, A_EMAC_STATUS), EMAC_STATUS,
                              LINK_CHANGE));
    g_assert_true(mac_link(nc));
}

/* Pulled and plugged again before the driver could look. */
static void quick_flap(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < 10; i++) {
        nc37xx_set_link(nc, false);
        nc37xx_set_link(nc, true);
        g_assert_false(mac_link(nc));
        g_assert_false(link_in_status(nc));
        acknowledge(nc, false);
        qtest_clock_step(nc->qts, SETTLE_NS);
        g_assert_true(link_in_status(nc));
        acknowledge(nc, true);
        nc37xx_expect_sent(nc, 100, i);
    }
}

static void nothing_in_common(QNc37xx *nc)
{
    phy_write(nc, PHY_ADVERTISE, 0x0001);
    phy_write(nc, PHY_CTRL1000, 0);
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    g_assert_false(mac_link(nc));
    phy_write(nc, PHY_ADVERTISE, 0x0101);
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    g_assert_true(mac_link(nc));
}

static void forced_modes(QNc37xx *nc)
{
    phy_write(nc, PHY_BMCR, PHY_BMCR_SPEED100 | PHY_BMCR_FULL_DUPLEX);
    g_assert_true(mac_link(nc));
    phy_write(nc, PHY_BMCR, PHY_BMCR_POWER_DOWN);
    g_assert_false(mac_link(nc));
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    g_assert_true(mac_link(nc));
}

/* C2: drivers use loopback alone to take the link down. */
static void loopback_link(QNc37xx *nc)
{
    phy_write(nc, PHY_BMCR, PHY_BMCR_LOOPBACK);
    g_assert_false(mac_link(nc));
    g_assert_cmphex(phy_read(nc, PHY_BMSR), ==, BMSR_NO_LINK);
    phy_write(nc, PHY_BMCR, PHY_BMCR_LOOPBACK | PHY_BMCR_FULL_DUPLEX |
              PHY_BMCR_SPEED1000);
    g_assert_true(mac_link(nc));
}

static const char *slow_negotiation(void)
{
    return "-global nc37xx.autoneg-ms=500";
}

static void negotiation_takes_time(QNc37xx *nc)
{
    const int64_t ms = 1000000;

    qtest_clock_step(nc->qts, 501 * ms);
    g_assert_true(mac_link(nc));
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    qtest_clock_step(nc->qts, 490 * ms);
    g_assert_false(mac_link(nc));
    /* Asked again, it begins again. */
    phy_write(nc, PHY_BMCR, BMCR_NEGOTIATE);
    qtest_clock_step(nc->qts, 490 * ms);
    g_assert_false(mac_link(nc));
    qtest_clock_step(nc->qts, 11 * ms);
    g_assert_true(mac_link(nc));
}

static void first_attention(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    g_assert_true(link_in_status(nc));
    /* M5: posted inside the initialisation, while masked. */
    nc37xx_core_reset(nc);
    nc37xx_restart(nc);
    g_assert_cmphex(nc37xx_status16(nc, STATUS_IDX), ==, 1);
}

static const Nc37xxCase cases[] = {
    { "transceiver_answers_at_address_1_only", phy_ids },
    { "mdio_leaves_data_alone_without_a_command", mdio_without_command },
    { "registers_have_their_power_on_values", power_on },
    { "registers_of_the_partner_are_read_only", read_only },
    { "shadow_registers_are_selected_by_five_bits", shadows },
    { "reset_bit_restores_power_on_values", reset_bit },
    { "loss_of_link_is_latched_until_read", loss_is_latched },
    { "loss_of_link_lasts_until_the_driver_has_seen_it", loss_is_held },
    { "loss_of_link_is_short_for_who_does_not_look",
      loss_is_not_held_from_the_blind },
    { "cable_pulled_and_plugged_is_reported", cable },
    { "link_change_is_cleared_by_writing_one", link_change_bit },
    { "quick_flaps_are_seen_as_down_and_up", quick_flap },
    { "no_common_mode_means_no_link", nothing_in_common },
    { "forced_mode_links_and_power_down_does_not", forced_modes },
    { "loopback_links_at_full_speed_only", loopback_link },
    { "negotiation_takes_as_long_as_told", negotiation_takes_time,
      slow_negotiation },
    { "first_attention_is_posted_while_opening", first_attention },
};

static void register_tests(void)
{
    nc37xx_register_cases("link", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
