/*
 * The state of the chip under the names of the data sheet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "nc37xx-card.h"
#include "inspect.h"

static const Nc37xxRegisterName *reg(const char *name)
{
    size_t i;

    for (i = 0; i < nc37xx_register_count; i++) {
        if (!strcmp(nc37xx_registers[i].name, name)) {
            return &nc37xx_registers[i];
        }
    }
    CU_FAIL_FATAL("no such register");
    return NULL;
}

static uint32_t field(const char *name, const char *which)
{
    const Nc37xxRegisterName *r = reg(name);
    const Nc37xxFieldName *f = &nc37xx_fields[r->first];

    while (f < &nc37xx_fields[r->first + r->fields] &&
           strcmp(f->name, which)) {
        f++;
    }
    CU_ASSERT_FATAL(f < &nc37xx_fields[r->first + r->fields]);
    return nc37xx_field_peek(nc37xx_register_peek(&card.nc, r), f);
}

static uint64_t counter(const char *name)
{
    size_t i = 0;

    while (i < nc37xx_counter_count &&
           strcmp(nc37xx_counters[i].name, name)) {
        i++;
    }
    CU_ASSERT_FATAL(i < nc37xx_counter_count);
    return nc37xx_counter_peek(&card.nc, &nc37xx_counters[i]);
}

static void look_at_all(void)
{
    Nc37xxRingView ring;
    Nc37xxLinkView link;
    size_t i;

    for (i = 0; i < nc37xx_register_count; i++) {
        nc37xx_register_peek(&card.nc, &nc37xx_registers[i]);
    }
    for (i = 0; i < nc37xx_phy_register_count; i++) {
        nc37xx_phy_peek(&card.nc, &nc37xx_phy_registers[i]);
    }
    for (i = 0; i < nc37xx_counter_count; i++) {
        nc37xx_counter_peek(&card.nc, &nc37xx_counters[i]);
    }
    for (i = 0; i < NC37XX_RINGS; i++) {
        nc37xx_ring_peek(&card.nc, i, &ring);
    }
    nc37xx_link_peek(&card.nc, &link);
}

/* Looks, and compares the whole computer with how it was. */
static void looking_changes_nothing(void)
{
    struct card *before = malloc(sizeof(card));

    memcpy(before, &card, sizeof(card));
    look_at_all();
    CU_ASSERT_FALSE(memcmp(before, &card, sizeof(card)));
    free(before);
}

static void traffic(void)
{
    uint8_t frame[300];

    card_open();
    card_rx_buffers(8);
    frame_fill(frame, sizeof(frame), 0x88b5);
    card_transmit(frame, sizeof(frame), 0);
    nc37xx_receive(&card.nc, frame, sizeof(frame));
    nc37xx_receive(&card.nc, frame, 100);
}

static void looking_at_a_new_adapter_changes_nothing(void)
{
    card_power_up("nc370t");
    looking_changes_nothing();
}

static void looking_at_a_busy_adapter_changes_nothing(void)
{
    traffic();
    card_write(A_PCICFG_INT_ACK_CMD, R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK);
    CU_ASSERT_TRUE(card.intx);
    looking_changes_nothing();
}

/* A link that was lost and came back is a latch in the transceiver. */
static void looking_clears_no_latch(void)
{
    traffic();
    card_phy_read(PHY_BMSR);
    nc37xx_set_carrier(&card.nc, false);
    looking_changes_nothing();
    nc37xx_set_carrier(&card.nc, true);
    looking_changes_nothing();
    CU_ASSERT_FALSE(card_phy_read(PHY_BMSR) & PHY_BMSR_LINK);
}

static void looking_through_a_window_reaches_nothing(void)
{
    traffic();
    card_write(A_PCICFG_REG_WINDOW_ADDRESS, 0x3ffffc);
    card_write(A_CTX_DATA_ADR, NC37XX_CONTEXT_MEMORY);
    looking_changes_nothing();
}

static bool is_window(uint32_t address)
{
    return address == A_PCICFG_REG_WINDOW || address == A_CTX_DATA;
}

static void the_driver_reads_what_is_shown(void)
{
    size_t i;

    traffic();
    for (i = 0; i < nc37xx_register_count; i++) {
        const Nc37xxRegisterName *r = &nc37xx_registers[i];

        if (!is_window(r->address)) {
            CU_ASSERT_EQUAL(nc37xx_register_peek(&card.nc, r),
                            card_read(r->address));
        }
    }
    for (i = 0; i < nc37xx_phy_register_count; i++) {
        const Nc37xxName *r = &nc37xx_phy_registers[i];
        uint16_t shown = nc37xx_phy_peek(&card.nc, r);

        CU_ASSERT_EQUAL(shown, card_phy_read(r->number));
    }
}

static void every_register_has_a_name_and_place_of_its_own(void)
{
    size_t i, j;

    CU_ASSERT(nc37xx_register_count > 100);
    for (i = 0; i < nc37xx_register_count; i++) {
        CU_ASSERT(nc37xx_registers[i].address < NC37XX_BAR_REGS_END);
        for (j = 0; j < i; j++) {
            CU_ASSERT(strcmp(nc37xx_registers[i].name,
                             nc37xx_registers[j].name));
            CU_ASSERT(nc37xx_registers[j].address <
                      nc37xx_registers[i].address);
        }
    }
}

static void fields_lie_in_their_register(void)
{
    size_t i;

    for (i = 0; i < nc37xx_register_count; i++) {
        CU_ASSERT(nc37xx_registers[i].first + nc37xx_registers[i].fields <=
                  nc37xx_field_count);
    }
    for (i = 0; i < nc37xx_field_count; i++) {
        CU_ASSERT(nc37xx_fields[i].length > 0);
        CU_ASSERT(nc37xx_fields[i].shift + nc37xx_fields[i].length <= 32);
    }
}

static void registers_of_an_array_are_numbered(void)
{
    CU_ASSERT_EQUAL(reg("EMAC_MAC_MATCH31")->address, 0x148c);
    CU_ASSERT_EQUAL(reg("EMAC_MULTICAST_HASH7")->address, 0x14ec);
    CU_ASSERT_EQUAL(reg("RPM_SORT_USER3")->address, 0x182c);
    CU_ASSERT_EQUAL(reg("RPM_SORT_USER3")->fields,
                    reg("RPM_SORT_USER0")->fields);
}

static void fields_are_decoded(void)
{
    traffic();
    CU_ASSERT_EQUAL(field("MISC_ID", "CHIP_NUM"), 0x5708);
    CU_ASSERT_EQUAL(field("RPM_SORT_USER0", "PM_EN"), 1);
    CU_ASSERT_EQUAL(field("RPM_SORT_USER0", "ENA"), 1);
    CU_ASSERT_EQUAL(field("PCICFG_MISC_STATUS", "PCIX_SPEED"), 2);
    CU_ASSERT_EQUAL(field("EMAC_STATUS", "LINK"), 1);
}

static void counters_are_those_of_the_statistics_block(void)
{
    size_t i;

    traffic();
    CU_ASSERT_EQUAL(counter("IN_UCAST_PKTS"), 2);
    CU_ASSERT_EQUAL(counter("IN_OCTETS"), 408);
    CU_ASSERT_EQUAL(counter("OUT_UCAST_PKTS"), 1);
    CU_ASSERT_EQUAL(counter("TX_SIZE_BIN3"), 1);
    card_write(A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    for (i = 0; i < nc37xx_counter_count; i++) {
        uint32_t offset = nc37xx_counters[i].number;

        CU_ASSERT_EQUAL((uint32_t)nc37xx_counter_peek(&card.nc,
                                                      &nc37xx_counters[i]),
                        card_long(STATISTICS_AT + offset +
                                  (offset < STAT_FIRST_32BIT ? 4 : 0)));
    }
}

static void rings_show_how_far_both_sides_are(void)
{
    Nc37xxRingView ring;

    traffic();
    nc37xx_ring_peek(&card.nc, 0, &ring);
    CU_ASSERT_STRING_EQUAL(ring.name, "tx");
    CU_ASSERT_TRUE(ring.armed);
    CU_ASSERT_EQUAL(ring.page, TX_RING_AT);
    CU_ASSERT_EQUAL(ring.page_bytes, 4096);
    CU_ASSERT_EQUAL(ring.consumer, 1);
    CU_ASSERT_EQUAL(ring.producer, 1);
    CU_ASSERT_EQUAL(ring.waiting, 0);
    nc37xx_ring_peek(&card.nc, 1, &ring);
    CU_ASSERT_STRING_EQUAL(ring.name, "rx");
    CU_ASSERT_EQUAL(ring.consumer, 2);
    CU_ASSERT_EQUAL(ring.waiting, 6);
    nc37xx_ring_peek(&card.nc, 2, &ring);
    CU_ASSERT_STRING_EQUAL(ring.name, "rx-pages");
    CU_ASSERT_FALSE(ring.armed);
    card_write(A_TBDR_CONFIG, 0xf << R_TBDR_CONFIG_PAGE_SIZE_SHIFT);
    nc37xx_ring_peek(&card.nc, 0, &ring);
    CU_ASSERT_EQUAL(ring.page_bytes, 0);
}

static void the_link_is_shown_as_it_is(void)
{
    Nc37xxLinkView link;

    traffic();
    nc37xx_link_peek(&card.nc, &link);
    CU_ASSERT_TRUE(link.carrier && link.up && !link.loopback);
    CU_ASSERT_STRING_EQUAL(link.state, "up");
    CU_ASSERT_EQUAL(link.speed, 1000);
    CU_ASSERT_TRUE(link.full_duplex && !link.paused && !link.partner_paused);
    nc37xx_set_carrier(&card.nc, false);
    nc37xx_link_peek(&card.nc, &link);
    CU_ASSERT_FALSE(link.carrier || link.up);
    CU_ASSERT_STRING_EQUAL(link.state, "down");
    CU_ASSERT_EQUAL(link.speed, 0);
    CU_ASSERT_FALSE(link.full_duplex);
    card.nc.autoneg_us = 5;
    nc37xx_set_carrier(&card.nc, true);
    nc37xx_link_peek(&card.nc, &link);
    CU_ASSERT_STRING_EQUAL(link.state, "negotiating");
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    nc37xx_link_peek(&card.nc, &link);
    CU_ASSERT_TRUE(link.loopback);
}

static void every_state_of_the_link_has_a_name(void)
{
    Nc37xxLinkView link;
    unsigned state;

    card_open();
    for (state = 0; state < LINK_STATES; state++) {
        card.nc.phy.link = state;
        nc37xx_link_peek(&card.nc, &link);
        CU_ASSERT_PTR_NOT_NULL(link.state);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(looking_at_a_new_adapter_changes_nothing),
    UNIT_CASE(looking_at_a_busy_adapter_changes_nothing),
    UNIT_CASE(looking_clears_no_latch),
    UNIT_CASE(looking_through_a_window_reaches_nothing),
    UNIT_CASE(the_driver_reads_what_is_shown),
    UNIT_CASE(every_register_has_a_name_and_place_of_its_own),
    UNIT_CASE(fields_lie_in_their_register),
    UNIT_CASE(registers_of_an_array_are_numbered),
    UNIT_CASE(fields_are_decoded),
    UNIT_CASE(counters_are_those_of_the_statistics_block),
    UNIT_CASE(rings_show_how_far_both_sides_are),
    UNIT_CASE(the_link_is_shown_as_it_is),
    UNIT_CASE(every_state_of_the_link_has_a_name),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-inspect", cases, CASES, argc, argv);
}
