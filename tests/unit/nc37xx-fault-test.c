/*
 * Fault injection: the catalogue, and when a fault strikes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-faulty.h"

/* The catalogue */

static void every_fault_has_a_name_of_its_own_and_says_all(void)
{
    unsigned i, j;

    for (i = 0; i < NC37XX_FAULT_COUNT; i++) {
        const Nc37xxFaultRow *row = &nc37xx_fault_rows[i];

        CU_ASSERT_FATAL(row->name && row->opportunity && row->what);
        CU_ASSERT(*row->name && *row->opportunity && *row->what);
        CU_ASSERT(!strncmp(row->event_name, "fault_", 6));
        for (j = 0; j < i; j++) {
            CU_ASSERT(strcmp(row->name, nc37xx_fault_rows[j].name));
            CU_ASSERT(row->event != nc37xx_fault_rows[j].event);
        }
    }
}

static void what_is_out_of_range_is_refused_and_changes_nothing(void)
{
    Nc37xx *nc = &card.nc;

    card_open();
    CU_ASSERT_FALSE(nc37xx_fault_set_ppm(nc, NC37XX_FAULT_RX_DROP, 1000001));
    CU_ASSERT_FALSE(nc37xx_fault_set_at(nc, NC37XX_FAULT_RX_DROP, 1ull << 32));
    CU_ASSERT_FALSE(nc37xx_fault_set_parameter(nc, NC37XX_FAULT_DELAY_US, 0));
    CU_ASSERT_FALSE(nc37xx_fault_set_parameter(nc, NC37XX_FAULT_DELAY_US,
                                               10000001));
    CU_ASSERT_EQUAL(nc->faults.parameters[NC37XX_FAULT_DELAY_US], 1000);
    CU_ASSERT_EQUAL(nc->faults.active, 0);
}

static void without_faults_nothing_stands_between_core_and_world(void)
{
    unsigned i;

    card_open();
    CU_ASSERT_PTR_EQUAL(card.nc.ops, card.nc.world);
    for (i = 0; i < NC37XX_FAULT_COUNT; i++) {
        fault_at(i, 7);
        CU_ASSERT_EQUAL(card.nc.faults.active, 1u << i);
        fault_at(i, 0);
        CU_ASSERT_EQUAL(card.nc.faults.active, 0);
    }
    fault_always(NC37XX_FAULT_TX_DROP);
    CU_ASSERT_PTR_NOT_EQUAL(card.nc.ops, card.nc.world);
    fault_never(NC37XX_FAULT_TX_DROP);
    CU_ASSERT_PTR_EQUAL(card.nc.ops, card.nc.world);
}

/* When */

static void the_nth_alone_is_struck(void)
{
    faulty_open(8);
    fault_at(NC37XX_FAULT_RX_DROP, 3);
    frame_arrives(1);
    CU_ASSERT_EQUAL(card.nc.faults.faults[NC37XX_FAULT_RX_DROP].at, 2);
    frame_arrives(2);
    frame_arrives(3);
    frame_arrives(4);
    CU_ASSERT_EQUAL(frames_arrived(), 3);
    CU_ASSERT_EQUAL(frame_received(2), 4);
    fault_injected(NC37XX_FAULT_RX_DROP, 1);
    CU_ASSERT_EQUAL(card.nc.faults.active, 0);
}

static unsigned lost_of(unsigned frames, uint32_t ppm, uint64_t *pattern)
{
    uint64_t before, lost;
    unsigned i;

    nc37xx_fault_set_ppm(&card.nc, NC37XX_FAULT_TX_DROP, ppm);
    before = card.nc.faults.faults[NC37XX_FAULT_TX_DROP].injected;
    for (i = 0; i < frames; i++) {
        lost = card.nc.faults.faults[NC37XX_FAULT_TX_DROP].injected;
        frame_leaves(i);
        lost = card.nc.faults.faults[NC37XX_FAULT_TX_DROP].injected - lost;
        *pattern = *pattern << 1 | lost;
    }
    return card.nc.faults.faults[NC37XX_FAULT_TX_DROP].injected - before;
}

/* Four standard deviations either way. */
static void so_many_of_a_million_are_struck(void)
{
    uint64_t pattern;
    unsigned lost;

    faulty_open(0);
    lost = lost_of(4000, 250000, &pattern);
    CU_ASSERT(lost > 890 && lost < 1110);
    lost = lost_of(4000, 10000, &pattern);
    CU_ASSERT(lost > 14 && lost < 66);
    CU_ASSERT_EQUAL(lost_of(100, 1000000, &pattern), 100);
    CU_ASSERT_EQUAL(lost_of(100, 0, &pattern), 0);
}

static void the_same_seed_strikes_the_same_again(void)
{
    uint64_t first = 0, second = 0, third = 0;

    faulty_open(0);
    fault_parameter(NC37XX_FAULT_SEED, 42);
    lost_of(64, 500000, &first);
    fault_parameter(NC37XX_FAULT_SEED, 42);
    lost_of(64, 500000, &second);
    fault_parameter(NC37XX_FAULT_SEED, 43);
    lost_of(64, 500000, &third);
    CU_ASSERT_EQUAL(first, second);
    CU_ASSERT_NOT_EQUAL(first, third);
}

/* What happens to a frame does not hang on how busy the bus was. */
static void faults_have_sequences_of_their_own(void)
{
    uint64_t alone = 0, together = 0;

    faulty_open(0);
    lost_of(64, 500000, &alone);
    fault_parameter(NC37XX_FAULT_SEED, 0);
    nc37xx_fault_set_ppm(&card.nc, NC37XX_FAULT_TX_DUPLICATE, 500000);
    nc37xx_fault_set_ppm(&card.nc, NC37XX_FAULT_MSI_LOST, 500000);
    lost_of(64, 500000, &together);
    CU_ASSERT_EQUAL(alone, together);
}

static void settings_survive_resets(void)
{
    card_open();
    fault_always(NC37XX_FAULT_TX_DROP);
    card_core_reset();
    nc37xx_pci_reset(&card.nc);
    card_program();
    frame_fill(frame, FRAME_SIZE, 0x88b5);
    frame_leaves(1);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    fault_injected(NC37XX_FAULT_TX_DROP, 1);
}

/* Migration */

static void a_stream_with_impossible_faults_is_refused(void)
{
    Nc37xxFaultSet *set = &card.nc.faults;

    card_open();
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    set->faults[NC37XX_FAULT_FW_FAIL].ppm = NC37XX_FAULT_ALWAYS + 1;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    set->faults[NC37XX_FAULT_FW_FAIL].ppm = 0;
    set->parameters[NC37XX_FAULT_DELAY_US] = 0;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    set->parameters[NC37XX_FAULT_DELAY_US] = 1;
    set->held[3].state = HELD_GOING;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    set->held[3].state = HELD_WAITING;
    set->held[3].size = NC37XX_FRAME_MAX + 1;
    CU_ASSERT_FALSE(nc37xx_loaded(&card.nc));
    set->held[3].size = NC37XX_FRAME_MAX;
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    CU_ASSERT_EQUAL(set->active, FAULT_HELD_RX);
}

static const struct unit_case cases[] = {
    UNIT_CASE(every_fault_has_a_name_of_its_own_and_says_all),
    UNIT_CASE(what_is_out_of_range_is_refused_and_changes_nothing),
    UNIT_CASE(without_faults_nothing_stands_between_core_and_world),
    UNIT_CASE(the_nth_alone_is_struck),
    UNIT_CASE(so_many_of_a_million_are_struck),
    UNIT_CASE(the_same_seed_strikes_the_same_again),
    UNIT_CASE(faults_have_sequences_of_their_own),
    UNIT_CASE(settings_survive_resets),
    UNIT_CASE(a_stream_with_impossible_faults_is_refused),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-fault", cases, CASES, argc, argv);
}
