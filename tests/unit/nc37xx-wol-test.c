/*
 * Wake on LAN, and what each of the three kinds of reset leaves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"
#include "nc37xx-core.h"

#define MAGIC_SIZE 102
#define SCRATCH_PAD 0x164000
#define POINTER (card.nc.model->shm_base + SHM_SCRATCH_FIRST)

/* What Linux does before it lets the computer sleep. */
static void arm(void)
{
    unsigned i;

    card_write(A_EMAC_MAC_MATCH0, card_mac[0] << 8 | card_mac[1]);
    card_write(A_EMAC_MAC_MATCH1, ldl_be_p(card_mac + 2));
    card_write(A_EMAC_MODE, (EMAC_PORT_MII << R_EMAC_MODE_PORT_SHIFT) |
               R_EMAC_MODE_MPKT_RCVD_MASK | R_EMAC_MODE_ACPI_RCVD_MASK |
               R_EMAC_MODE_MPKT_MASK);
    for (i = 0; i < NC37XX_HASH_WORDS; i++) {
        card_write(A_EMAC_MULTICAST_HASH0 + 4 * i, 0xffffffff);
    }
    card_write(A_EMAC_RX_MODE, R_EMAC_RX_MODE_SORT_MODE_MASK);
    card_write(A_RPM_SORT_USER0, 0);
    card_write(A_RPM_SORT_USER0, 0x00030001);
    card_write(A_RPM_SORT_USER0, 0x80030001);
    card_write(A_MISC_ENABLE_SET, 0x00000680);
    card_write(A_RPM_CONFIG, 0);
}

static void asleep(const char *type)
{
    card_power_up(type);
    card.nc.vaux = true;
    nc37xx_pci_reset(&card.nc);
    card_core_reset();
    arm();
}

static size_t magic(uint8_t *frame, size_t at)
{
    unsigned i;

    memset(frame, 0xff, at + 6);
    memcpy(frame + 6, "\x02\x00\x00\x00\x00\x99\x08\x42", 8);
    memset(frame + 14, 0x11, at - 14);
    for (i = 0; i < 16; i++) {
        memcpy(frame + at + 6 + 6 * i, card_mac, 6);
    }
    return at + MAGIC_SIZE;
}

static bool wakes(const uint8_t *frame, size_t size)
{
    bool woken = nc37xx_wake(&card.nc, frame, size);

    CU_ASSERT_EQUAL((card_read(A_EMAC_MODE) & R_EMAC_MODE_MPKT_RCVD_MASK) != 0,
                    woken);
    card_write(A_EMAC_MODE, card_read(A_EMAC_MODE) |
               R_EMAC_MODE_MPKT_RCVD_MASK);
    CU_ASSERT_EQUAL(card_read(A_EMAC_MODE) & R_EMAC_MODE_MPKT_RCVD_MASK, 0);
    return woken;
}

static void a_magic_packet_wakes_both_chips(void)
{
    uint8_t frame[200];

    asleep("nc370t");
    CU_ASSERT_TRUE(wakes(frame, magic(frame, 14)));
    asleep("nc373i");
    CU_ASSERT_TRUE(wakes(frame, magic(frame, 14)));
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_wake], 1);
}

static void a_magic_packet_may_lie_anywhere_in_a_frame(void)
{
    static uint8_t frame[NC37XX_FRAME_MAX];
    size_t at;

    asleep("nc373i");
    for (at = 14; at < 64; at++) {
        CU_ASSERT_TRUE(wakes(frame, magic(frame, at)));
    }
    at = NC37XX_FRAME_MAX - MAGIC_SIZE;
    CU_ASSERT_TRUE(wakes(frame, magic(frame, at)));
}

/* Sent to all, to a group, or to us alone. */
static void a_magic_packet_must_be_let_through_by_the_filter(void)
{
    uint8_t frame[200];
    size_t size;

    asleep("nc373i");
    size = magic(frame, 14);
    memcpy(frame, card_mac, 6);
    CU_ASSERT_TRUE(wakes(frame, size));
    memcpy(frame, "\x01\x00\x5e\x00\x00\x01", 6);
    CU_ASSERT_TRUE(wakes(frame, size));
    memcpy(frame, "\x02\x00\x00\x00\x00\x01", 6);
    CU_ASSERT_FALSE(wakes(frame, size));
}

static void what_is_almost_magic_does_not_wake(void)
{
    uint8_t frame[200];
    size_t size, i;

    asleep("nc373i");
    for (i = 14; i < 14 + MAGIC_SIZE; i++) {
        size = magic(frame, 14);
        frame[i] ^= 1;
        CU_ASSERT_FALSE(wakes(frame, size));
    }
    size = magic(frame, 14);
    CU_ASSERT_FALSE(wakes(frame, size - 1));
    CU_ASSERT_FALSE(wakes(frame, 14));
    CU_ASSERT_FALSE(wakes(frame, 0));
    memset(frame, 0xff, sizeof(frame));
    CU_ASSERT_FALSE(wakes(frame, sizeof(frame)));
}

static void it_does_not_wake_unless_armed(void)
{
    uint8_t frame[200];
    size_t size = magic(frame, 14);

    asleep("nc373i");
    CU_ASSERT_TRUE(nc37xx_wol_armed(&card.nc));
    card.nc.vaux = false;
    CU_ASSERT_FALSE(wakes(frame, size));
    asleep("nc373i");
    card_write(A_EMAC_MODE, 0);
    CU_ASSERT_FALSE(wakes(frame, size));
    asleep("nc373i");
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_EMAC_MASK);
    CU_ASSERT_FALSE(wakes(frame, size));
    asleep("nc373i");
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_RX_PARSER_MAC_MASK);
    CU_ASSERT_FALSE(wakes(frame, size));
    asleep("nc373i");
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_FALSE(wakes(frame, size));
    asleep("nc373i");
    card_core_reset();
    CU_ASSERT_FALSE(wakes(frame, size));
}

static void frames_for_a_sleeper_reach_no_ring(void)
{
    uint8_t frame[200];
    size_t size = magic(frame, 14);
    unsigned before;

    asleep("nc373i");
    before = card.dma_count;
    CU_ASSERT_TRUE(nc37xx_wake(&card.nc, frame, size));
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, size));
    CU_ASSERT_EQUAL(card.dma_count, before);
}

static void auxiliary_power_is_told_of(void)
{
    asleep("nc373i");
    CU_ASSERT_EQUAL(card_read(A_PCI_CONFIG_3), 0xc0000000);
    CU_ASSERT_EQUAL(card_shm(SHM_BC_CONDITION) & SHM_BC_CONDITION_VAUX,
                    SHM_BC_CONDITION_VAUX);
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_read(A_PCI_CONFIG_3), 0x80000000);
    CU_ASSERT_EQUAL(card_shm(SHM_BC_CONDITION) & SHM_BC_CONDITION_VAUX, 0);
}

/* Resets */

static void leave_traces(void)
{
    card_grc_write(SCRATCH_PAD, 0x11223344);
    card_grc_write(POINTER, 0x55667788);
    card_write(A_MISC_CFG, 0x700);
    card_phy_write(PHY_INT_MASK, 0x1234);
    nc37xx_pcicfg_write(&card.nc, A_PCICFG_REG_WINDOW_ADDRESS, 0x1000, 4);
    card_write(A_EMAC_MODE, card_read(A_EMAC_MODE) | R_EMAC_MODE_MPKT_MASK);
}

static void traces_are(bool pad, bool phy, bool wol)
{
    CU_ASSERT_EQUAL(card_grc_read(SCRATCH_PAD), pad ? 0x11223344 : 0);
    CU_ASSERT_EQUAL(card_grc_read(POINTER), pad ? 0x55667788 : 0);
    CU_ASSERT_EQUAL(card_phy_read(PHY_INT_MASK), phy ? 0x1234 : 0);
    CU_ASSERT_EQUAL((card_read(A_EMAC_MODE) & R_EMAC_MODE_MPKT_MASK) != 0,
                    wol);
    CU_ASSERT_EQUAL(card_read(A_MISC_CFG), 0);
    CU_ASSERT_EQUAL(card_read(A_MISC_ENABLE_STATUS), 0);
    CU_ASSERT_FALSE(card.nc.rx.armed);
    /* T10 */
    CU_ASSERT_EQUAL(card_grc_read(NC37XX_SHM_HEADER), 0x53530001);
    CU_ASSERT_EQUAL(card_shm(SHM_DEV_INFO_SIGNATURE), 0x44564901);
}

static void a_core_reset_leaves_the_scratch_pad_and_the_phy(void)
{
    asleep("nc373i");
    leave_traces();
    card_core_reset();
    traces_are(true, true, false);
}

static void a_pci_reset_leaves_nothing(void)
{
    asleep("nc373i");
    leave_traces();
    nc37xx_pci_reset(&card.nc);
    traces_are(false, false, false);
    CU_ASSERT_EQUAL(card_shm(SHM_BC_RESET_TYPE), 0x00025254);
}

static void a_wake_up_reset_leaves_what_auxiliary_power_feeds(void)
{
    uint8_t frame[200];
    size_t size = magic(frame, 14);

    asleep("nc373i");
    leave_traces();
    CU_ASSERT_TRUE(nc37xx_wake(&card.nc, frame, size));
    nc37xx_wake_reset(&card.nc);
    CU_ASSERT_EQUAL(card_read(A_EMAC_MODE), R_EMAC_MODE_MPKT_MASK |
                    R_EMAC_MODE_MPKT_RCVD_MASK);
    CU_ASSERT_EQUAL(card.nc.phy.link, LINK_UP);
    CU_ASSERT_EQUAL(nc37xx_pcicfg_read(&card.nc, A_PCICFG_REG_WINDOW_ADDRESS,
                                       4), 0);
    traces_are(true, true, true);
    CU_ASSERT_EQUAL(card_shm(SHM_BC_RESET_TYPE), 0x00025254);
}

static void a_wake_up_reset_without_that_power_leaves_nothing(void)
{
    asleep("nc373i");
    leave_traces();
    card.nc.vaux = false;
    nc37xx_wake_reset(&card.nc);
    traces_are(false, false, false);
}

/* LEDs */

static void an_override_of_the_leds_is_reported(void)
{
    card_power_up("nc373i");
    card_write(A_MISC_CFG, 0x700);
    card_write(A_EMAC_LED, 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_led], 0);
    card_write(A_EMAC_LED, 0x5f);
    card_write(A_EMAC_LED, 0x5f);
    card_write(A_EMAC_LED, R_EMAC_LED_OVERRIDE_MASK);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_led], 2);
    CU_ASSERT_EQUAL(card_read(A_EMAC_LED), R_EMAC_LED_OVERRIDE_MASK);
    CU_ASSERT_EQUAL(card_read(A_MISC_CFG), 0x700);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_magic_packet_wakes_both_chips),
    UNIT_CASE(a_magic_packet_may_lie_anywhere_in_a_frame),
    UNIT_CASE(a_magic_packet_must_be_let_through_by_the_filter),
    UNIT_CASE(what_is_almost_magic_does_not_wake),
    UNIT_CASE(it_does_not_wake_unless_armed),
    UNIT_CASE(frames_for_a_sleeper_reach_no_ring),
    UNIT_CASE(auxiliary_power_is_told_of),
    UNIT_CASE(a_core_reset_leaves_the_scratch_pad_and_the_phy),
    UNIT_CASE(a_pci_reset_leaves_nothing),
    UNIT_CASE(a_wake_up_reset_leaves_what_auxiliary_power_feeds),
    UNIT_CASE(a_wake_up_reset_without_that_power_leaves_nothing),
    UNIT_CASE(an_override_of_the_leds_is_reported),
};

int main(int argc, char **argv)
{
    return unit_main("wol", cases, CASES, argc, argv);
}
