/*
 * The link: what both ends agree upon, and how a driver hears of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "nc37xx-card.h"
#include "nc37xx-core.h"

#define LINK STATUS_ATTN_LINK_STATE
#define RESTART (PHY_BMCR_AUTONEG | PHY_BMCR_RESTART)
#define FULL PHY_BMCR_FULL_DUPLEX

static bool link_is_up(void)
{
    return (card_read(A_EMAC_STATUS) & R_EMAC_STATUS_LINK_MASK) != 0;
}

static void watch(void)
{
    card_write(A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    card_write(A_HC_ATTN_BITS_ENABLE, LINK);
}

static void timer_runs_out(void)
{
    if (card.timers[NC37XX_TIMER_LINK]) {
        card.timers[NC37XX_TIMER_LINK] = 0;
        nc37xx_timer(&card.nc, NC37XX_TIMER_LINK);
    }
}

/*
 * A driver that takes its time: it looks at the status block, acknowledges,
 * and only then reads the PHY, as Linux does.
 */
static struct {
    uint16_t index;             /* of the status block it has looked at */
    bool reads_next;            /* it has acknowledged */
    bool sees_link;
    unsigned seen_down;
} driver;

static void driver_look(void)
{
    uint32_t attn = card_long(STATUS_AT + STATUS_ATTN_BITS) & LINK;

    if (driver.index == card_status_index()) {
        return;
    }
    driver.index = card_status_index();
    if (attn != (card_long(STATUS_AT + STATUS_ATTN_BITS_ACK) & LINK)) {
        card_write(attn ? A_PCICFG_STATUS_BIT_SET_CMD :
                          A_PCICFG_STATUS_BIT_CLEAR_CMD, LINK);
        driver.reads_next = true;
    }
}

static void driver_read(void)
{
    bool up;

    card_phy_read(PHY_BMSR);
    up = card_phy_read(PHY_BMSR) & PHY_BMSR_LINK;
    driver.seen_down += driver.sees_link && !up;
    driver.sees_link = up;
    driver.reads_next = false;
}

static void driver_step(void)
{
    if (driver.reads_next) {
        driver_read();
    } else {
        driver_look();
    }
}

static void driver_catches_up(void)
{
    unsigned i;

    for (i = 0; i < 10; i++) {
        driver_step();
        driver_step();
        timer_runs_out();
    }
}

static void driver_start(void)
{
    card_open();
    watch();
    memset(&driver, 0, sizeof(driver));
    driver_catches_up();
    CU_ASSERT_TRUE(driver.sees_link);
}

/* What may happen next: pulling and plugging is as fast as can be. */
static void something_happens(void)
{
    bool was_up = card.nc.phy.link == LINK_UP;
    bool seen = driver.sees_link;

    switch (rand() % 4) {
    case 0:
    case 1:
        nc37xx_set_carrier(&card.nc, !card.nc.carrier);
        break;
    case 2:
        driver_step();
        break;
    case 3:
        /* Acknowledging and reading are closer than the timer is short. */
        if (!driver.reads_next) {
            timer_runs_out();
        }
        break;
    }
    if (!was_up && card.nc.phy.link == LINK_UP) {
        CU_ASSERT_FALSE(seen);
    }
}

static void no_rhythm_of_flaps_hides_a_loss(void)
{
    unsigned i, round;

    srand(1);
    for (round = 0; round < 200; round++) {
        driver_start();
        for (i = 0; i < 200; i++) {
            something_happens();
        }
        driver_catches_up();
        CU_ASSERT_EQUAL(driver.sees_link, card.nc.carrier);
        CU_ASSERT_EQUAL(link_is_up(), card.nc.carrier);
        nc37xx_set_carrier(&card.nc, true);
        driver_catches_up();
        CU_ASSERT_TRUE(driver.sees_link);
        CU_ASSERT_TRUE(driver.seen_down > 0);
    }
}

static void each_of_fifty_flaps_is_seen(void)
{
    unsigned i;

    driver_start();
    for (i = 0; i < 50; i++) {
        nc37xx_set_carrier(&card.nc, false);
        nc37xx_set_carrier(&card.nc, true);
        driver_catches_up();
        CU_ASSERT_EQUAL(driver.seen_down, i + 1);
        CU_ASSERT_TRUE(driver.sees_link);
    }
}

/* It would find the link up that it was told is lost. */
static void a_flap_while_the_driver_reads_leaves_the_link_down(void)
{
    driver_start();
    nc37xx_set_carrier(&card.nc, false);
    nc37xx_set_carrier(&card.nc, true);
    driver_look();
    CU_ASSERT_TRUE(driver.reads_next);
    nc37xx_set_carrier(&card.nc, false);
    nc37xx_set_carrier(&card.nc, true);
    driver_read();
    CU_ASSERT_FALSE(driver.sees_link);
    driver_catches_up();
    CU_ASSERT_TRUE(driver.sees_link);
}

static void a_held_link_is_lost_with_its_cable(void)
{
    driver_start();
    nc37xx_set_carrier(&card.nc, false);
    nc37xx_set_carrier(&card.nc, true);
    CU_ASSERT_EQUAL(card.nc.phy.link, LINK_HELD);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card.nc.phy.link, LINK_DOWN);
    driver_catches_up();
    CU_ASSERT_FALSE(link_is_up());
}

/* The 5706S driver looks at once whether it was right to force the mode. */
static void a_forced_mode_has_its_link_at_once(void)
{
    driver_start();
    card.nc.autoneg_us = 2000000;
    nc37xx_set_carrier(&card.nc, false);
    driver_catches_up();
    card_phy_write(PHY_BMCR, PHY_BMCR_SPEED100 | FULL);
    nc37xx_set_carrier(&card.nc, true);
    CU_ASSERT_TRUE(link_is_up());
    driver_look();
    driver_read();
    CU_ASSERT_TRUE(driver.sees_link);
    card_phy_write(PHY_BMCR, RESTART);
    driver_look();
    driver_read();
    timer_runs_out();
    CU_ASSERT_FALSE(link_is_up());
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_LINK], 2000000);
    timer_runs_out();
    CU_ASSERT_TRUE(link_is_up());
}

/* A loss that was acknowledged while there was no cable, too. */
static void a_cable_plugged_while_the_driver_reads_waits(void)
{
    driver_start();
    nc37xx_set_carrier(&card.nc, false);
    driver_look();
    CU_ASSERT_TRUE(driver.reads_next);
    nc37xx_set_carrier(&card.nc, true);
    driver_read();
    CU_ASSERT_FALSE(driver.sees_link);
    driver_catches_up();
    CU_ASSERT_TRUE(driver.sees_link);
}

/* Partners */

static void partner(uint16_t speed, bool half_duplex, bool forced)
{
    card.nc.partner.speed = speed;
    card.nc.partner.half_duplex = half_duplex;
    card.nc.partner.forced = forced;
}

static void copper_follows_what_its_partner_can_do(void)
{
    static const struct {
        uint16_t speed;
        bool half, forced;
        uint16_t lpa, stat1000, aux;
    } table[] = {
        { 2500, 0, 0, 0xcde1, 0x3800, 0x8714 },
        { 1000, 0, 0, 0xcde1, 0x3800, 0x8714 },
        { 1000, 1, 0, 0xcca1, 0x3400, 0x8614 },
        { 100,  0, 0, 0xcde1, 0x0000, 0x8514 },
        { 100,  1, 0, 0xcca1, 0x0000, 0x8314 },
        { 10,   0, 0, 0xcc61, 0x0000, 0x8214 },
        { 10,   1, 0, 0xcc21, 0x0000, 0x8114 },
        /* Not negotiating, it is heard but not understood. */
        { 100,  0, 1, 0x0080, 0x0000, 0x8304 },
        { 10,   0, 1, 0x0020, 0x0000, 0x8104 },
        { 1000, 0, 1, 0x0000, 0x0000, 0x0000 },
    };
    size_t i;

    card_open();
    for (i = 0; i < ARRAY_SIZE(table); i++) {
        partner(table[i].speed, table[i].half, table[i].forced);
        card_phy_write(PHY_BMCR, RESTART);
        CU_ASSERT_EQUAL(link_is_up(), table[i].aux != 0);
        CU_ASSERT_EQUAL(card_phy_read(PHY_LPA), table[i].lpa);
        CU_ASSERT_EQUAL(card_phy_read(PHY_STAT1000), table[i].stat1000);
        CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS), table[i].aux);
        card_phy_read(PHY_BMSR);
        CU_ASSERT_EQUAL(card_phy_read(PHY_BMSR),
                        table[i].aux ? 0x796d : 0x7949);
        CU_ASSERT_EQUAL(card_phy_read(PHY_EXPANSION),
                        table[i].forced ? 0x000c : 0x000d);
        CU_ASSERT_EQUAL(nc37xx_link_loaded(&card.nc), true);
    }
}

static void a_forced_speed_needs_a_partner_that_can_follow(void)
{
    static const struct {
        uint16_t speed;
        bool forced;
        uint16_t bmcr;
        unsigned result;
    } table[] = {
        { 1000, 0, PHY_BMCR_SPEED100 | FULL, 100 },
        { 1000, 0, FULL, 10 },
        { 100, 0, PHY_BMCR_SPEED1000 | FULL, 0 },
        { 10, 0, PHY_BMCR_SPEED100, 0 },
        { 100, 1, PHY_BMCR_SPEED100, 100 },
        { 100, 1, FULL, 0 },
        { 10, 1, FULL, 10 },
        { 10, 1, PHY_BMCR_SPEED100, 0 },
    };
    size_t i;

    card_open();
    for (i = 0; i < ARRAY_SIZE(table); i++) {
        partner(table[i].speed, false, table[i].forced);
        card_phy_write(PHY_BMCR, PHY_BMCR_LOOPBACK);
        card_phy_write(PHY_BMCR, table[i].bmcr);
        CU_ASSERT_EQUAL(nc37xx_link_speed(&card.nc), table[i].result);
        CU_ASSERT_EQUAL(link_is_up(), table[i].result != 0);
        CU_ASSERT_EQUAL(nc37xx_link_full_duplex(&card.nc),
                        table[i].result && (table[i].bmcr & FULL));
    }
}

/* What was agreed lasts, though the registers be written. */
static void a_mode_lasts_until_the_next_negotiation(void)
{
    card_open();
    card_phy_write(PHY_CTRL1000, 0);
    card_phy_write(PHY_ADVERTISE, 0x0101);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS), 0x8714);
    card_phy_write(PHY_BMCR, RESTART);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS), 0x8514);
}

/* IEEE 802.3, table 28B-3 */
static void pause_is_agreed_upon_as_the_standard_says(void)
{
    static const struct {
        bool pause, asym, partner_pause, partner_asym;
        unsigned result;
    } table[] = {
        { 0, 0, 1, 1, 0 },
        { 0, 1, 0, 1, 0 },
        { 0, 1, 1, 0, 0 },
        { 0, 1, 1, 1, NC37XX_PAUSE_TX },
        { 1, 0, 0, 0, 0 },
        { 1, 0, 0, 1, 0 },
        { 1, 0, 1, 0, NC37XX_PAUSE_TX | NC37XX_PAUSE_RX },
        { 1, 0, 1, 1, NC37XX_PAUSE_TX | NC37XX_PAUSE_RX },
        { 1, 1, 0, 0, 0 },
        { 1, 1, 0, 1, NC37XX_PAUSE_RX },
        { 1, 1, 1, 0, NC37XX_PAUSE_TX | NC37XX_PAUSE_RX },
        { 1, 1, 1, 1, NC37XX_PAUSE_TX | NC37XX_PAUSE_RX },
    };
    size_t i;

    card_open();
    for (i = 0; i < ARRAY_SIZE(table); i++) {
        card.nc.partner.pause = table[i].partner_pause;
        card.nc.partner.asym_pause = table[i].partner_asym;
        card_phy_write(PHY_ADVERTISE, 0x01e1 | table[i].pause << 10 |
                       table[i].asym << 11);
        card_phy_write(PHY_BMCR, RESTART);
        CU_ASSERT_EQUAL(nc37xx_link_pause(&card.nc), table[i].result);
        CU_ASSERT_EQUAL(card_phy_read(PHY_LPA) >> 10 & 3,
                        table[i].partner_pause | table[i].partner_asym << 1);
        CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS) & 3,
                        (table[i].result & NC37XX_PAUSE_RX ? 2 : 0) |
                        (table[i].result & NC37XX_PAUSE_TX ? 1 : 0));
    }
}

static void nobody_pauses_in_half_duplex(void)
{
    card_open();
    partner(100, true, false);
    card_phy_write(PHY_ADVERTISE, 0x0de1);
    card_phy_write(PHY_BMCR, RESTART);
    CU_ASSERT_EQUAL(card_phy_read(PHY_AUX_STATUS), 0x8314);
    CU_ASSERT_EQUAL(nc37xx_link_pause(&card.nc), 0);
}

/* Streams */

static void states_that_a_link_cannot_have_are_not_loaded(void)
{
    card_open();
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    card.nc.phy.mode = LINK_MODE_NONE;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    card.nc.phy.mode = LINK_MODE_RESERVED;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    card.nc.phy.mode = LINK_MODES;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    card.nc.phy.mode = LINK_MODE_10_HALF;
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    card.nc.phy.link = LINK_HELD;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    card.nc.phy.link = LINK_STATES;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
}

static const struct unit_case cases[] = {
    UNIT_CASE(no_rhythm_of_flaps_hides_a_loss),
    UNIT_CASE(each_of_fifty_flaps_is_seen),
    UNIT_CASE(a_flap_while_the_driver_reads_leaves_the_link_down),
    UNIT_CASE(a_held_link_is_lost_with_its_cable),
    UNIT_CASE(a_forced_mode_has_its_link_at_once),
    UNIT_CASE(a_cable_plugged_while_the_driver_reads_waits),
    UNIT_CASE(copper_follows_what_its_partner_can_do),
    UNIT_CASE(a_forced_speed_needs_a_partner_that_can_follow),
    UNIT_CASE(a_mode_lasts_until_the_next_negotiation),
    UNIT_CASE(pause_is_agreed_upon_as_the_standard_says),
    UNIT_CASE(nobody_pauses_in_half_duplex),
    UNIT_CASE(states_that_a_link_cannot_have_are_not_loaded),
};

int main(int argc, char **argv)
{
    return unit_main("link", cases, CASES, argc, argv);
}
