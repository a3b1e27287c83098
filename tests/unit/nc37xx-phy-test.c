/*
 * The transceiver: MDIO, the link, negotiation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define LINK STATUS_ATTN_LINK_STATE
#define RESTART (PHY_BMCR_AUTONEG | PHY_BMCR_RESTART)
#define LOOP_1000 (PHY_BMCR_LOOPBACK | PHY_BMCR_FULL_DUPLEX |                \
                   PHY_BMCR_SPEED1000)

static bool link_is_up(void)
{
    return (card_read(A_EMAC_STATUS) & R_EMAC_STATUS_LINK_MASK) != 0;
}

static bool bmsr_link(void)
{
    return (card_phy_read(PHY_BMSR) & PHY_BMSR_LINK) != 0;
}

/* A driver that watches the link, and has seen it up. */
static void open_watching(void)
{
    card_open();
    card_write(A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    card_write(A_HC_ATTN_BITS_ENABLE, LINK);
    card_write(A_PCICFG_STATUS_BIT_SET_CMD, LINK);
    card_phy_read(PHY_BMSR);
}

static void seen(bool up)
{
    card_write(up ? A_PCICFG_STATUS_BIT_SET_CMD :
                    A_PCICFG_STATUS_BIT_CLEAR_CMD, LINK);
}

static void timer_runs_out(void)
{
    card.timers[NC37XX_TIMER_LINK] = 0;
    nc37xx_timer(&card.nc, NC37XX_TIMER_LINK);
}

static void registers_have_their_power_on_values(void)
{
    static const uint16_t values[][2] = {
        { PHY_BMCR, 0x1140 }, { PHY_BMSR, 0x796d }, { PHY_ID1, 0x0020 },
        { PHY_ID2, 0x6360 }, { PHY_ADVERTISE, 0x01e1 }, { PHY_LPA, 0xcde1 },
        { PHY_EXPANSION, 0x000d }, { PHY_CTRL1000, 0x0300 },
        { PHY_STAT1000, 0x3800 }, { PHY_ESTATUS, 0x3000 },
        { PHY_EXT_STATUS, 0 }, { PHY_AUX_STATUS, 0x8714 },
        { PHY_INT_STATUS, 0 },
    };
    size_t i;

    card_power_up("nc373i");
    for (i = 0; i < ARRAY_SIZE(values); i++) {
        CU_ASSERT_EQUAL(card_phy_read(values[i][0]), values[i][1]);
    }
    card_power_up("nc370t");
    CU_ASSERT_EQUAL(card_phy_read(PHY_ID2), 0x6150);
}

static void registers_say_so_when_there_is_no_link(void)
{
    card_power_up("nc373i");
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMSR), 0x7949);
    CU_ASSERT_EQUAL(card_phy_read(PHY_LPA), 0);
    CU_ASSERT_EQUAL(card_phy_read(PHY_STAT1000), 0);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS), 0);
    CU_ASSERT_EQUAL(card_read(A_EMAC_TX_STATUS), 0);
    CU_ASSERT_EQUAL(card_read(A_EMAC_MDIO_STATUS), 0);
}

static void read_only_registers_stay_as_they_are(void)
{
    static const uint8_t regs[] = {
        PHY_BMSR, PHY_ID1, PHY_ID2, PHY_LPA, PHY_EXPANSION, PHY_STAT1000,
        PHY_ESTATUS, PHY_EXT_STATUS, PHY_AUX_STATUS, PHY_INT_STATUS,
    };
    uint16_t before;
    size_t i;

    card_power_up("nc373i");
    for (i = 0; i < ARRAY_SIZE(regs); i++) {
        before = card_phy_read(regs[i]);
        card_phy_write(regs[i], ~before);
        CU_ASSERT_EQUAL(card_phy_read(regs[i]), before);
    }
    card_phy_write(PHY_INT_MASK, 0xfeff);
    CU_ASSERT_EQUAL(card_phy_read(PHY_INT_MASK), 0xfeff);
}

static void a_transaction_is_over_at_once(void)
{
    uint32_t value;

    card_power_up("nc373i");
    value = 1u << R_EMAC_MDIO_COMM_PHY_ADDR_SHIFT |
            PHY_ID1 << R_EMAC_MDIO_COMM_REG_ADDR_SHIFT |
            EMAC_MDIO_COMMAND_READ << R_EMAC_MDIO_COMM_COMMAND_SHIFT;
    card_write(A_EMAC_MDIO_COMM, value | 1u << 29 | 1u << 30);
    CU_ASSERT_EQUAL(card_read(A_EMAC_MDIO_COMM), value | 1u << 30 | 0x0020);
}

static void without_start_nothing_is_transferred(void)
{
    card_power_up("nc373i");
    card_write(A_EMAC_MDIO_COMM, 1u << 21 | 1u << 26 | 0x0800);
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMCR), 0x1140);
}

/* T24 */
static void commands_that_are_none_leave_the_data(void)
{
    card_power_up("nc373i");
    card_write(A_EMAC_MDIO_COMM, 0xffffffff);
    CU_ASSERT_EQUAL(card_read(A_EMAC_MDIO_COMM), 0xcfffffff);
    card_write(A_EMAC_MDIO_COMM, 1u << 29 | 0x1234);
    CU_ASSERT_EQUAL(card_read(A_EMAC_MDIO_COMM), 0x1234);
}

static void only_address_1_answers(void)
{
    unsigned phy;

    card_power_up("nc373i");
    for (phy = 0; phy < 32; phy++) {
        card_write(A_EMAC_MDIO_COMM, 1u << 29 | 2u << 26 | phy << 21 |
                   PHY_ID1 << 16);
        CU_ASSERT_EQUAL(card_read(A_EMAC_MDIO_COMM) & 0xffff,
                        phy == 1 ? 0x0020 : 0xffff);
        CU_ASSERT_EQUAL(card_read(A_EMAC_MDIO_COMM) & 1u << 28, 0);
    }
    card_write(A_EMAC_MDIO_COMM, 1u << 29 | 1u << 26 | 0x0800);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_phy_absent], 32);
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMCR), 0x1140);
}

static void shadow_registers_are_selected_by_the_last_write(void)
{
    card_power_up("nc373i");
    card_phy_write(PHY_SHADOW, 0x8000 | 0x05 << 10 | 0x155);
    card_phy_write(PHY_SHADOW, 0x8000 | 0x1a << 10 | 0x2aa);
    card_phy_write(PHY_SHADOW, 0x05 << 10);
    CU_ASSERT_EQUAL(card_phy_read(PHY_SHADOW), 0x05 << 10 | 0x155);
    card_phy_write(PHY_SHADOW, 0x1a << 10 | 0x3ff);
    CU_ASSERT_EQUAL(card_phy_read(PHY_SHADOW), 0x1a << 10 | 0x2aa);
    card_phy_write(PHY_SHADOW, 0x1f << 10);
    CU_ASSERT_EQUAL(card_phy_read(PHY_SHADOW) & 1, 0);     /* copper */
    card_phy_write(PHY_AUX_CTRL, 0x7007);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_CTRL), 0x7007);
    card_phy_write(PHY_AUX_CTRL, 0x0c00);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_CTRL), 0x0c00);
}

static void a_lost_link_shows_until_it_is_read(void)
{
    card_open();
    CU_ASSERT_TRUE(bmsr_link());
    nc37xx_set_carrier(&card.nc, false);
    nc37xx_set_carrier(&card.nc, true);
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_FALSE(bmsr_link());
    CU_ASSERT_TRUE(bmsr_link());
}

static void a_change_of_the_link_is_latched_in_the_mac(void)
{
    card_open();
    card_write(A_EMAC_STATUS, 0xffffffff);
    CU_ASSERT_EQUAL(card_read(A_EMAC_STATUS), R_EMAC_STATUS_LINK_MASK);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card_read(A_EMAC_STATUS), R_EMAC_STATUS_LINK_CHANGE_MASK);
    card_write(A_EMAC_STATUS, R_EMAC_STATUS_LINK_CHANGE_MASK);
    CU_ASSERT_EQUAL(card_read(A_EMAC_STATUS), 0);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card_read(A_EMAC_STATUS), 0);
    nc37xx_set_carrier(&card.nc, true);
    CU_ASSERT_EQUAL(card_read(A_EMAC_STATUS), R_EMAC_STATUS_LINK_MASK |
                    R_EMAC_STATUS_LINK_CHANGE_MASK);
    CU_ASSERT_EQUAL(card_read(A_EMAC_TX_STATUS), 8);
    CU_ASSERT_EQUAL(card_read(A_EMAC_MDIO_STATUS), 1);
}

/* C2: the driver reads the speed anew only when it sees the link go down. */
static void a_restart_takes_the_link_down_until_that_is_seen(void)
{
    uint16_t before;

    open_watching();
    before = card_status_index();
    card_phy_write(PHY_BMCR, RESTART);
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMCR), PHY_BMCR_AUTONEG);
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_EQUAL(card_status_index(), before + 1);
    CU_ASSERT_EQUAL(card_long(STATUS_AT), 0);
    seen(false);
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_LINK] > 0);
    timer_runs_out();
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_EQUAL(card_status_index(), before + 2);
    CU_ASSERT_EQUAL(card_long(STATUS_AT), LINK);
}

static void a_flap_of_the_cable_is_seen_too(void)
{
    open_watching();
    nc37xx_set_carrier(&card.nc, false);
    nc37xx_set_carrier(&card.nc, true);
    CU_ASSERT_FALSE(link_is_up());
    seen(false);
    timer_runs_out();
    CU_ASSERT_TRUE(link_is_up());
}

static void who_does_not_watch_is_not_waited_for(void)
{
    card_open();
    card_phy_write(PHY_BMCR, RESTART);
    CU_ASSERT_TRUE(link_is_up());
}

static void who_stops_watching_is_not_waited_for(void)
{
    open_watching();
    card_phy_write(PHY_BMCR, RESTART);
    card_write(A_HC_ATTN_BITS_ENABLE, 0);
    timer_runs_out();
    CU_ASSERT_TRUE(link_is_up());
    open_watching();
    card_phy_write(PHY_BMCR, RESTART);
    card_core_reset();
    timer_runs_out();
    CU_ASSERT_TRUE(link_is_up());
}

static void a_reset_of_the_phy_restores_and_restarts(void)
{
    open_watching();
    card_phy_write(PHY_ADVERTISE, 0x0041);
    card_phy_write(PHY_CTRL1000, 0);
    card_phy_write(PHY_BMCR, PHY_BMCR_RESET);
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMCR), 0x1140);
    CU_ASSERT_EQUAL(card_phy_read(PHY_ADVERTISE), 0x01e1);
    CU_ASSERT_EQUAL(card_phy_read(PHY_CTRL1000), 0x0300);
    CU_ASSERT_FALSE(link_is_up());
}

static void negotiation_takes_the_time_it_is_given(void)
{
    card_power_up("nc373i");
    card.nc.autoneg_us = 2000000;
    nc37xx_pci_reset(&card.nc);
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_LINK], 2000000);
    timer_runs_out();
    CU_ASSERT_TRUE(link_is_up());
    card_phy_write(PHY_BMCR, RESTART);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_LINK], 0);
    timer_runs_out();
    CU_ASSERT_FALSE(link_is_up());
}

static void mode_is(uint16_t ctrl1000, uint16_t advertise, uint16_t aux)
{
    card_phy_write(PHY_CTRL1000, ctrl1000);
    card_phy_write(PHY_ADVERTISE, advertise);
    card_phy_write(PHY_BMCR, RESTART);
    CU_ASSERT_EQUAL(link_is_up(), aux != 0);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS), aux);
}

static void the_best_common_mode_is_negotiated(void)
{
    card_open();
    mode_is(0x0200, 0x0001, 0x8714);
    mode_is(0x0000, 0x01e1, 0x8514);
    mode_is(0x0000, 0x00e1, 0x8314);
    mode_is(0x0000, 0x0061, 0x8214);
    mode_is(0x0000, 0x0021, 0x8114);
    mode_is(0x0100, 0x0021, 0x8114);        /* no 1000 half duplex there */
    mode_is(0x0100, 0x0001, 0);
    mode_is(0x0000, 0x0001, 0);
}

static void a_forced_mode_links_without_negotiation(void)
{
    static const uint16_t modes[][2] = {
        { PHY_BMCR_SPEED1000 | PHY_BMCR_FULL_DUPLEX, 0x0704 },
        { PHY_BMCR_SPEED1000, 0x0604 },
        { PHY_BMCR_SPEED100 | PHY_BMCR_FULL_DUPLEX, 0x0504 },
        { PHY_BMCR_SPEED100, 0x0304 },
        { PHY_BMCR_FULL_DUPLEX, 0x0204 },
        { 0, 0x0104 },
    };
    size_t i;

    card_open();
    for (i = 0; i < ARRAY_SIZE(modes); i++) {
        card_phy_write(PHY_BMCR, modes[i][0]);
        CU_ASSERT_TRUE(link_is_up());
        CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS), modes[i][1]);
        CU_ASSERT_EQUAL(card_phy_read(PHY_BMSR) & PHY_BMSR_AUTONEG_DONE, 0);
    }
}

static void a_change_of_mode_restarts_the_link(void)
{
    open_watching();
    card_phy_write(PHY_BMCR, PHY_BMCR_SPEED100 | PHY_BMCR_FULL_DUPLEX);
    CU_ASSERT_FALSE(link_is_up());
    open_watching();
    card_phy_write(PHY_BMCR, 0x1140);
    CU_ASSERT_TRUE(link_is_up());
}

static void power_down_takes_the_link_down(void)
{
    card_open();
    card_phy_write(PHY_BMCR, 0x1140 | PHY_BMCR_POWER_DOWN);
    CU_ASSERT_FALSE(link_is_up());
    card_phy_write(PHY_BMCR, 0x1140);
    CU_ASSERT_TRUE(link_is_up());
}

/* The driver uses loopback alone to take the link down. */
static void loopback_has_a_link_only_at_gigabit(void)
{
    card_open();
    card_phy_write(PHY_BMCR, PHY_BMCR_LOOPBACK);
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_FALSE(bmsr_link());
    card_phy_write(PHY_BMCR, LOOP_1000);
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_TRUE(bmsr_link());
    card_phy_write(PHY_BMCR, 0x1140);
    CU_ASSERT_TRUE(link_is_up());
}

static void a_core_reset_leaves_the_link_alone(void)
{
    card_open();
    card_phy_write(PHY_INT_MASK, 0x1234);
    card_core_reset();
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_TRUE(bmsr_link());
    CU_ASSERT_EQUAL(card_phy_read(PHY_INT_MASK), 0x1234);
    nc37xx_pci_reset(&card.nc);
    CU_ASSERT_EQUAL(card_phy_read(PHY_INT_MASK), 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(registers_have_their_power_on_values),
    UNIT_CASE(registers_say_so_when_there_is_no_link),
    UNIT_CASE(read_only_registers_stay_as_they_are),
    UNIT_CASE(a_transaction_is_over_at_once),
    UNIT_CASE(without_start_nothing_is_transferred),
    UNIT_CASE(commands_that_are_none_leave_the_data),
    UNIT_CASE(only_address_1_answers),
    UNIT_CASE(shadow_registers_are_selected_by_the_last_write),
    UNIT_CASE(a_lost_link_shows_until_it_is_read),
    UNIT_CASE(a_change_of_the_link_is_latched_in_the_mac),
    UNIT_CASE(a_restart_takes_the_link_down_until_that_is_seen),
    UNIT_CASE(a_flap_of_the_cable_is_seen_too),
    UNIT_CASE(who_does_not_watch_is_not_waited_for),
    UNIT_CASE(who_stops_watching_is_not_waited_for),
    UNIT_CASE(a_reset_of_the_phy_restores_and_restarts),
    UNIT_CASE(negotiation_takes_the_time_it_is_given),
    UNIT_CASE(the_best_common_mode_is_negotiated),
    UNIT_CASE(a_forced_mode_links_without_negotiation),
    UNIT_CASE(a_change_of_mode_restarts_the_link),
    UNIT_CASE(power_down_takes_the_link_down),
    UNIT_CASE(loopback_has_a_link_only_at_gigabit),
    UNIT_CASE(a_core_reset_leaves_the_link_alone),
};

int main(int argc, char **argv)
{
    return unit_main("phy", cases, CASES, argc, argv);
}
