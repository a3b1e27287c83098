/*
 * The transceivers of the 5706S and the 5708S.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"
#include "nc37xx-core.h"

#define RESTART (PHY_BMCR_AUTONEG | PHY_BMCR_RESTART)
#define FORCED (PHY_BMCR_SPEED1000 | PHY_BMCR_FULL_DUPLEX)
#define LOOP (FORCED | PHY_BMCR_LOOPBACK)

static void open_5706s(void)
{
    card_open_variant("nc370f", NC37XX_VARIANT_SERDES);
}

static void open_5708s(void)
{
    card_open_variant("nc373i", NC37XX_VARIANT_BACKPLANE);
}

static bool link_is_up(void)
{
    return (card_read(A_EMAC_STATUS) & R_EMAC_STATUS_LINK_MASK) != 0;
}

static void restart(void)
{
    card_phy_write(PHY_BMCR, RESTART);
}

static void partner_does_not_negotiate(uint16_t speed)
{
    card.nc.partner.forced = true;
    card.nc.partner.speed = speed;
}

/* As drivers read them: the register is selected by writing it first. */
static uint16_t shadow(unsigned select)
{
    card_phy_write(PHY_SHADOW, select << PHY_SHADOW_SELECT_SHIFT);
    return card_phy_read(PHY_SHADOW) & 0x3ff;
}

static uint16_t expansion(unsigned select)
{
    card_phy_write(PHY_DSP_ADDRESS, 0x0f00 | select);
    return card_phy_read(PHY_DSP_RW_PORT);
}

static void expansion_write(unsigned select, uint16_t value)
{
    card_phy_write(PHY_DSP_ADDRESS, 0x0f00 | select);
    card_phy_write(PHY_DSP_RW_PORT, value);
}

static uint16_t block_read(unsigned block, unsigned reg)
{
    card_phy_write(PHY_5708S_BLOCK, block);
    return card_phy_read(reg);
}

static void block_write(unsigned block, unsigned reg, uint16_t value)
{
    card_phy_write(PHY_5708S_BLOCK, block);
    card_phy_write(reg, value);
}

static uint16_t stat1(void)
{
    return block_read(PHY_5708S_BLOCK_DIG, PHY_5708S_DIG_STAT1);
}

static void values_are(const uint16_t values[][2], size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        CU_ASSERT_EQUAL(card_phy_read(values[i][0]), values[i][1]);
    }
}

static void registers_have_their_power_on_values(void)
{
    static const uint16_t s5706[][2] = {
        { PHY_BMCR, 0x1140 }, { PHY_BMSR, 0x016d }, { PHY_ID1, 0x0020 },
        { PHY_ID2, 0x6150 }, { PHY_ADVERTISE, 0x0060 }, { PHY_LPA, 0x41a0 },
        { PHY_EXPANSION, 0x0005 }, { PHY_ESTATUS, 0xc000 },
        { PHY_AUX_STATUS, 0x8714 },
    };
    static const uint16_t s5708[][2] = {
        { PHY_BMCR, 0x1140 }, { PHY_BMSR, 0x016d }, { PHY_ID1, 0x0143 },
        { PHY_ID2, 0xbd50 }, { PHY_ADVERTISE, 0x0060 }, { PHY_LPA, 0x41a0 },
        { PHY_EXPANSION, 0x0005 }, { PHY_ESTATUS, 0xc000 },
        { PHY_UP1, 0 }, { PHY_5708S_DIG_STAT1, 0x0016 },
    };

    open_5706s();
    values_are(s5706, ARRAY_SIZE(s5706));
    open_5708s();
    values_are(s5708, ARRAY_SIZE(s5708));
}

static void registers_say_so_when_there_is_no_link(void)
{
    open_5706s();
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMSR), 0x0149);
    CU_ASSERT_EQUAL(card_phy_read(PHY_LPA), 0);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS), 0);
    open_5708s();
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMSR), 0x0149);
    CU_ASSERT_EQUAL(card_phy_read(PHY_LPA), 0);
    CU_ASSERT_EQUAL(stat1(), 0);
}

static void registers_that_report_are_read_only(void)
{
    static const uint8_t regs[] = {
        PHY_ID1, PHY_ID2, PHY_LPA, PHY_EXPANSION, PHY_ESTATUS,
    };
    uint16_t before;
    size_t i, chip;

    for (chip = 0; chip < 2; chip++) {
        if (chip) {
            open_5708s();
        } else {
            open_5706s();
        }
        for (i = 0; i < ARRAY_SIZE(regs); i++) {
            before = card_phy_read(regs[i]);
            card_phy_write(regs[i], ~before);
            CU_ASSERT_EQUAL(card_phy_read(regs[i]), before);
        }
    }
    block_write(PHY_5708S_BLOCK_DIG, PHY_5708S_DIG_STAT1, 0xffff);
    CU_ASSERT_EQUAL(stat1(), 0x0016);
}

/* 5708S at 2, the others at 1. */
static void only_its_own_address_answers(void)
{
    unsigned phy;

    open_5708s();
    for (phy = 0; phy < 32; phy++) {
        card_write(A_EMAC_MDIO_COMM, 1u << 29 | 2u << 26 | phy << 21 |
                   PHY_ID1 << 16);
        CU_ASSERT_EQUAL(card_read(A_EMAC_MDIO_COMM) & 0xffff,
                        phy == 2 ? 0x0143 : 0xffff);
    }
}

static void shared_memory_tells_the_driver_of_the_medium(void)
{
    static const struct {
        const char *type;
        Nc37xxVariant variant;
        uint32_t config;
    } boards[] = {
        { "nc370f", NC37XX_VARIANT_SERDES, 0x8002 },
        { "nc373f", NC37XX_VARIANT_SERDES, 0x8002 },
        { "nc370i", NC37XX_VARIANT_SERDES, 0x8003 },
        { "nc373i", NC37XX_VARIANT_SERDES, 0x8003 },
        { "nc373i", NC37XX_VARIANT_BACKPLANE, 0x8063 },
        { "nc373i", NC37XX_VARIANT_COPPER, 0x0001 },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(boards); i++) {
        card_power_up_variant(boards[i].type, boards[i].variant);
        CU_ASSERT_EQUAL(card_shm(SHM_HW_CFG_CONFIG), boards[i].config);
        /* T21: nothing is done for the driver by the boot code. */
        CU_ASSERT_EQUAL(card_shm(SHM_FW_CAP_MB) & 1, 0);
    }
}

/* 5706S */

static void the_5706s_shows_signal_and_synchronisation(void)
{
    open_5706s();
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_AN_DEBUG), 0);
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_MODE_CTL), 0x0011);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_AN_DEBUG), 0x0102);
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_MODE_CTL), 0x0001);
    card_phy_write(PHY_BMCR, LOOP);
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_AN_DEBUG), 0);
}

/* The other shadow and expansion registers are storage. */
static void the_5706s_keeps_what_is_written(void)
{
    open_5706s();
    card_phy_write(PHY_SHADOW, 0xec02);
    CU_ASSERT_EQUAL(shadow(0x1b), 0x0002);
    card_phy_write(PHY_SHADOW, 0x8000 | PHY_SHADOW_MODE_CTL << 10 | 0x3ff);
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_MODE_CTL), 0x3ff);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_MODE_CTL), 0x3ef);
    card_phy_write(PHY_AUX_CTRL, 0x4007);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_CTRL), 0x4007);
    expansion_write(8, 0x1234);
    expansion_write(9, 0x5678);
    CU_ASSERT_EQUAL(expansion(8), 0x1234);
    card_phy_write(PHY_DSP_ADDRESS, 0x0f10);
    card_phy_write(PHY_DSP_RW_PORT, 0x4321);
    CU_ASSERT_EQUAL(card_phy_read(PHY_DSP_RW_PORT), 0x4321);
    CU_ASSERT_EQUAL(expansion(9), 0x5678);
}

/*
 * The driver lets a partner that does not negotiate have its way when it
 * hears it, synchronised and without /C/.
 */
static void the_5706s_hears_a_partner_that_does_not_negotiate(void)
{
    open_5706s();
    partner_does_not_negotiate(1000);
    restart();
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_MODE_CTL) & PHY_MODE_CTL_SIGNAL,
                    PHY_MODE_CTL_SIGNAL);
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_AN_DEBUG), 0);
    CU_ASSERT_EQUAL(expansion(1), 0);
    CU_ASSERT_EQUAL(card_phy_read(PHY_EXPANSION), 0x0004);
    card_phy_write(PHY_BMCR, FORCED);
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_EQUAL(card_phy_read(PHY_LPA), 0);
    CU_ASSERT_EQUAL(expansion(1), 0);
}

/* A negotiation that is not over is not to be mistaken for that. */
static void the_5706s_hears_configuration_while_it_negotiates(void)
{
    open_5706s();
    card.nc.autoneg_us = 100000;
    restart();
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_EQUAL(expansion(1), PHY_EXPANSION1_CONFIG);
    nc37xx_timer(&card.nc, NC37XX_TIMER_LINK);
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_EQUAL(expansion(1), 0);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(expansion(1), 0);
}

static void the_5706s_has_no_link_with_its_transmitter_off(void)
{
    uint16_t control;

    open_5706s();
    control = expansion(PHY_EXPANSION_SERDES_CTL);
    expansion_write(PHY_EXPANSION_SERDES_CTL, control & 0xff0f);
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_AN_DEBUG), 0);    /* still hears */
    expansion_write(PHY_EXPANSION_SERDES_CTL, control | 0x00c0);
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_EQUAL(expansion(PHY_EXPANSION_SERDES_CTL), control | 0x00c0);
}

static void the_5706s_knows_only_gigabit(void)
{
    open_5706s();
    card.nc.partner.speed = 100;
    restart();
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_EQUAL(shadow(PHY_SHADOW_AN_DEBUG), 0x0102);
    partner_does_not_negotiate(2500);
    card_phy_write(PHY_BMCR, FORCED);
    CU_ASSERT_FALSE(link_is_up());
    card.nc.partner.forced = false;
    restart();
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_EQUAL(nc37xx_link_speed(&card.nc), 1000);
}

static void duplex_and_pause_are_negotiated_in_1000base_x(void)
{
    open_5706s();
    card_phy_write(PHY_ADVERTISE, 0x00a0);
    restart();
    CU_ASSERT_EQUAL(card_phy_read(PHY_LPA), 0x41a0);
    CU_ASSERT_EQUAL(nc37xx_link_pause(&card.nc),
                    NC37XX_PAUSE_TX | NC37XX_PAUSE_RX);
    card_phy_write(PHY_ADVERTISE, 0x0120);
    restart();
    CU_ASSERT_EQUAL(nc37xx_link_pause(&card.nc), NC37XX_PAUSE_TX);
    card.nc.partner.half_duplex = true;
    card_phy_write(PHY_ADVERTISE, 0x0060);
    restart();
    CU_ASSERT_EQUAL(card_phy_read(PHY_LPA), 0x41c0);
    CU_ASSERT_FALSE(nc37xx_link_full_duplex(&card.nc));
    /* Nothing in common does not refuse the link (clause 37). */
    card_phy_write(PHY_ADVERTISE, 0x0001);
    restart();
    CU_ASSERT_TRUE(link_is_up());
}

/* 5708S */

static void the_5708s_reports_its_result_in_one_register(void)
{
    open_5708s();
    card_phy_write(PHY_ADVERTISE, 0x00a0);
    restart();
    CU_ASSERT_EQUAL(stat1(), 0x0076);
    card.nc.partner.pause = false;
    restart();
    CU_ASSERT_EQUAL(stat1(), 0x0016);
    card_phy_write(PHY_ADVERTISE, 0x01a0);
    restart();
    CU_ASSERT_EQUAL(stat1(), 0x0056);           /* it may pause us */
    card.nc.partner.half_duplex = true;
    card_phy_write(PHY_ADVERTISE, 0x01e0);
    restart();
    CU_ASSERT_EQUAL(stat1(), 0x0012);
}

static void the_5708s_negotiates_2500_when_both_want_it(void)
{
    open_5708s();
    card_phy_write(PHY_UP1, PHY_UP1_2500);
    restart();
    CU_ASSERT_EQUAL(nc37xx_link_speed(&card.nc), 1000);
    card.nc.partner.speed = 2500;
    restart();
    CU_ASSERT_EQUAL(nc37xx_link_speed(&card.nc), 2500);
    CU_ASSERT_EQUAL(stat1() & 0x001f, 0x001e);
    card_phy_write(PHY_UP1, 0);
    CU_ASSERT_EQUAL(nc37xx_link_speed(&card.nc), 2500);
    restart();
    CU_ASSERT_EQUAL(nc37xx_link_speed(&card.nc), 1000);
}

static void the_5708s_can_be_forced_to_either_speed(void)
{
    static const struct {
        uint16_t speed;
        bool forced;
        uint16_t bmcr;
        unsigned result;
    } table[] = {
        { 1000, 0, FORCED, 1000 },
        { 1000, 0, FORCED | PHY_BMCR_FORCE_2500, 0 },
        { 2500, 0, FORCED, 1000 },
        { 2500, 0, FORCED | PHY_BMCR_FORCE_2500, 2500 },
        { 1000, 1, FORCED, 1000 },
        { 2500, 1, FORCED, 0 },
        { 2500, 1, FORCED | PHY_BMCR_FORCE_2500, 2500 },
        { 100, 0, FORCED, 0 },
    };
    size_t i;

    open_5708s();
    for (i = 0; i < ARRAY_SIZE(table); i++) {
        card.nc.partner.speed = table[i].speed;
        card.nc.partner.forced = table[i].forced;
        card_phy_write(PHY_BMCR, PHY_BMCR_LOOPBACK);
        card_phy_write(PHY_BMCR, table[i].bmcr);
        CU_ASSERT_EQUAL(nc37xx_link_speed(&card.nc), table[i].result);
    }
}

static void the_5708s_detects_a_partner_that_does_not_negotiate(void)
{
    open_5708s();
    partner_does_not_negotiate(1000);
    restart();
    CU_ASSERT_FALSE(link_is_up());
    block_write(PHY_5708S_BLOCK_DIG, PHY_5708S_DIG_CTL2,
                PHY_DIG_CTL2_PARALLEL_DETECT);
    CU_ASSERT_TRUE(link_is_up());
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMSR) & PHY_BMSR_AUTONEG_DONE, 0);
    CU_ASSERT_EQUAL(card_phy_read(PHY_LPA), 0);
    CU_ASSERT_EQUAL(stat1(), 0x0016);
    card.nc.partner.speed = 2500;
    restart();
    CU_ASSERT_FALSE(link_is_up());
}

static void the_5708s_has_registers_in_blocks(void)
{
    unsigned block, reg;

    open_5708s();
    for (block = 0; block < 8; block++) {
        for (reg = 0x10; reg < 0x1f; reg++) {
            if (block || reg != PHY_5708S_DIG_STAT1) {
                block_write(block, reg, block << 8 | reg);
            }
        }
    }
    for (block = 0; block < 8; block++) {
        for (reg = 0x10; reg < 0x1f; reg++) {
            if (block || reg != PHY_5708S_DIG_STAT1) {
                CU_ASSERT_EQUAL(block_read(block, reg), block << 8 | reg);
            }
        }
    }
    block_write(0xffff, 0x10, 0x1234);
    CU_ASSERT_EQUAL(block_read(0xffff, 0x10), 0);
    CU_ASSERT_EQUAL(card_phy_read(PHY_5708S_BLOCK), 0xffff);
    CU_ASSERT_EQUAL(card_phy_read(PHY_ID1), 0x0143);
    card_phy_write(PHY_BMCR, PHY_BMCR_RESET);
    CU_ASSERT_EQUAL(block_read(PHY_5708S_BLOCK_TX_MISC, 0x17), 0);
}

/* Both */

static void serdes_loops_back_for_the_self_test(void)
{
    uint8_t frame[100];
    unsigned chip;

    for (chip = 0; chip < 2; chip++) {
        if (chip) {
            open_5708s();
        } else {
            open_5706s();
        }
        card_phy_write(PHY_BMCR, PHY_BMCR_LOOPBACK);
        CU_ASSERT_FALSE(link_is_up());
        CU_ASSERT_EQUAL(card_phy_read(PHY_BMSR) & PHY_BMSR_LINK, 0);
        card_phy_write(PHY_BMCR, LOOP);
        card_phy_read(PHY_BMSR);
        CU_ASSERT_EQUAL(card_phy_read(PHY_BMSR) & PHY_BMSR_LINK,
                        PHY_BMSR_LINK);
        card_rx_buffers(1);
        frame_fill(frame, sizeof(frame), 0x88b5);
        card_transmit(frame, sizeof(frame), 0);
        CU_ASSERT_EQUAL(card_rx_consumer(), 1);
        CU_ASSERT_FALSE(memcmp(card_rx_buffer(0) + RX_FRAME_OFFSET, frame,
                               sizeof(frame)));
        CU_ASSERT_EQUAL(card.sent_count, 0);
    }
}

static void a_reset_of_the_phy_restores_it(void)
{
    open_5706s();
    card_phy_write(PHY_ADVERTISE, 0x0001);
    expansion_write(PHY_EXPANSION_SERDES_CTL, 0);
    card_phy_write(PHY_BMCR, PHY_BMCR_RESET);
    CU_ASSERT_EQUAL(card_phy_read(PHY_BMCR), 0x1140);
    CU_ASSERT_EQUAL(card_phy_read(PHY_ADVERTISE), 0x0060);
    CU_ASSERT_TRUE(link_is_up());
    open_5708s();
    card_phy_write(PHY_UP1, PHY_UP1_2500);
    card_phy_write(PHY_BMCR, PHY_BMCR_RESET);
    CU_ASSERT_EQUAL(card_phy_read(PHY_UP1), 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(registers_have_their_power_on_values),
    UNIT_CASE(registers_say_so_when_there_is_no_link),
    UNIT_CASE(registers_that_report_are_read_only),
    UNIT_CASE(only_its_own_address_answers),
    UNIT_CASE(shared_memory_tells_the_driver_of_the_medium),
    UNIT_CASE(the_5706s_shows_signal_and_synchronisation),
    UNIT_CASE(the_5706s_keeps_what_is_written),
    UNIT_CASE(the_5706s_hears_a_partner_that_does_not_negotiate),
    UNIT_CASE(the_5706s_hears_configuration_while_it_negotiates),
    UNIT_CASE(the_5706s_has_no_link_with_its_transmitter_off),
    UNIT_CASE(the_5706s_knows_only_gigabit),
    UNIT_CASE(duplex_and_pause_are_negotiated_in_1000base_x),
    UNIT_CASE(the_5708s_reports_its_result_in_one_register),
    UNIT_CASE(the_5708s_negotiates_2500_when_both_want_it),
    UNIT_CASE(the_5708s_can_be_forced_to_either_speed),
    UNIT_CASE(the_5708s_detects_a_partner_that_does_not_negotiate),
    UNIT_CASE(the_5708s_has_registers_in_blocks),
    UNIT_CASE(serdes_loops_back_for_the_self_test),
    UNIT_CASE(a_reset_of_the_phy_restores_it),
};

int main(int argc, char **argv)
{
    return unit_main("serdes", cases, CASES, argc, argv);
}
