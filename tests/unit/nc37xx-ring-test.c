/*
 * Buffer descriptor rings: link slots, wild pages, indices out of step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define SLOTS (RING_PAGE / BD_SIZE)
#define LINK (SLOTS - 1)
/* Not behind the first: what lies there is another page's. */
#define SECOND_PAGE (TX_RING_AT + 2 * RING_PAGE)

static BdRing ring;
static BdPosition at;
static Bd bd;

/* Each descriptor's word2 is its number in memory. */
static void ring_new(uint64_t page)
{
    unsigned i;

    card_open();
    for (i = 0; i < 3 * SLOTS; i++) {
        card_bd(TX_RING_AT, i, FRAMES_AT + i, i, ~i);
    }
    bd_ring_start(&ring, page);
    at = ring.at;
    card.dma_count = 0;
}

static BdStatus next(uint16_t producer)
{
    return bd_ring_next(&card.nc, &ring, producer, &at, &bd);
}

static BdStatus take(uint16_t producer)
{
    BdStatus status = next(producer);

    if (status == BD_OK) {
        ring.at = at;
    }
    return status;
}

static void a_new_ring_is_empty(void)
{
    ring_new(TX_RING_AT);
    CU_ASSERT_EQUAL(next(0), BD_EMPTY);
    CU_ASSERT_FALSE(bd_ring_ready(&card.nc, &ring, 0));
    CU_ASSERT_EQUAL(card.dma_count, 0);
}

static void page_address_zero_stops_a_ring(void)
{
    ring_new(0);
    CU_ASSERT_FALSE(ring.armed);
    CU_ASSERT_FALSE(bd_ring_ready(&card.nc, &ring, 5));
}

static void descriptors_come_in_order_with_all_their_bits(void)
{
    unsigned i;

    ring_new(TX_RING_AT);
    for (i = 0; i < 100; i++) {
        CU_ASSERT_EQUAL_FATAL(take(100), BD_OK);
        CU_ASSERT_EQUAL(bd.address, FRAMES_AT + i);
        CU_ASSERT_EQUAL(bd.word2, i);
        CU_ASSERT_EQUAL(bd.word3, ~i);
    }
    CU_ASSERT_EQUAL(take(100), BD_EMPTY);
}

static void one_access_fetches_up_to_a_batch(void)
{
    unsigned i;

    ring_new(TX_RING_AT);
    for (i = 0; i < BD_BATCH + 1; i++) {
        CU_ASSERT_EQUAL_FATAL(take(BD_BATCH + 1), BD_OK);
    }
    CU_ASSERT_EQUAL(card.dma_count, 2);
}

/* What is behind the producer may still be written by the driver. */
static void nothing_behind_the_producer_is_fetched(void)
{
    ring_new(TX_RING_AT);
    card.read_largest = 0;
    CU_ASSERT_EQUAL(take(3), BD_OK);
    CU_ASSERT_EQUAL(card.read_largest, 3 * BD_SIZE);
    card_bd(TX_RING_AT, 3, FRAMES_AT, 0x1234, 0);
    take(3);
    take(3);
    CU_ASSERT_EQUAL(take(4), BD_OK);
    CU_ASSERT_EQUAL(bd.word2, 0x1234);
}

static void the_last_slot_is_a_link(void)
{
    unsigned i;

    ring_new(TX_RING_AT);
    card_ring_link(TX_RING_AT, SECOND_PAGE);
    for (i = 0; i < LINK; i++) {
        /* Batches that do not end with the page by chance. */
        CU_ASSERT_EQUAL_FATAL(take(i < 10 ? 10 : SLOTS + 2), BD_OK);
    }
    CU_ASSERT_EQUAL(ring.at.index, LINK);
    CU_ASSERT_EQUAL(take(SLOTS + 2), BD_OK);
    CU_ASSERT_EQUAL(bd.word2, 2 * SLOTS);
    CU_ASSERT_EQUAL(ring.at.page, SECOND_PAGE);
    CU_ASSERT_EQUAL(ring.at.index, SLOTS + 1);
}

static void a_producer_behind_the_link_alone_is_no_descriptor(void)
{
    unsigned i;

    ring_new(TX_RING_AT);
    card_ring_link(TX_RING_AT, SECOND_PAGE);
    for (i = 0; i < LINK; i++) {
        take(LINK);
    }
    CU_ASSERT_FALSE(bd_ring_ready(&card.nc, &ring, LINK));
    CU_ASSERT_FALSE(bd_ring_ready(&card.nc, &ring, SLOTS));
    CU_ASSERT_TRUE(bd_ring_ready(&card.nc, &ring, SLOTS + 1));
    CU_ASSERT_EQUAL(take(LINK), BD_EMPTY);
    CU_ASSERT_EQUAL(take(SLOTS), BD_EMPTY);
    CU_ASSERT_EQUAL(ring.at.index, LINK);
    CU_ASSERT_EQUAL(take(SLOTS + 1), BD_OK);
    CU_ASSERT_EQUAL(bd.word2, 2 * SLOTS);
}

static void a_page_that_links_to_itself_goes_round(void)
{
    unsigned i;

    ring_new(TX_RING_AT);
    card_ring_link(TX_RING_AT, TX_RING_AT);
    for (i = 0; i < 65536 / SLOTS * LINK; i++) {
        CU_ASSERT_EQUAL_FATAL(take(ring.at.index + 2), BD_OK);
        CU_ASSERT_EQUAL_FATAL(bd.word2, i % LINK);
    }
    at = ring.at;
    CU_ASSERT_EQUAL(at.index, 0xffff);
    CU_ASSERT_EQUAL(take(1), BD_OK);
    CU_ASSERT_EQUAL(ring.at.index, 1);
}

static void a_link_is_read_when_it_is_reached(void)
{
    unsigned i;

    ring_new(TX_RING_AT);
    card_ring_link(TX_RING_AT, NOWHERE);
    for (i = 0; i < LINK; i++) {
        CU_ASSERT_EQUAL_FATAL(take(LINK), BD_OK);
    }
    card_ring_link(TX_RING_AT, SECOND_PAGE);
    CU_ASSERT_EQUAL(take(SLOTS + 1), BD_OK);
    CU_ASSERT_EQUAL(bd.word2, 2 * SLOTS);
}

static void a_wild_page_faults_and_does_not_advance(void)
{
    ring_new(NOWHERE);
    CU_ASSERT_EQUAL(take(10), BD_FAULT);
    CU_ASSERT_EQUAL(ring.at.index, 0);
    CU_ASSERT_FALSE(ring.armed);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_dma_failed], 1);
}

static void a_wild_link_faults_and_does_not_advance(void)
{
    unsigned i;

    ring_new(TX_RING_AT);
    card_ring_link(TX_RING_AT, NOWHERE);
    for (i = 0; i < LINK; i++) {
        take(SLOTS + 2);
    }
    CU_ASSERT_EQUAL(take(SLOTS + 2), BD_FAULT);
    CU_ASSERT_EQUAL(ring.at.index, LINK);
    CU_ASSERT_EQUAL(ring.at.page, TX_RING_AT);
    CU_ASSERT_FALSE(ring.armed);
}

static void a_failing_link_access_faults(void)
{
    unsigned i;

    ring_new(TX_RING_AT);
    card_ring_link(TX_RING_AT, TX_RING_AT);
    for (i = 0; i < LINK; i++) {
        take(LINK);
    }
    card.dma_fail = card.dma_count + 1;
    CU_ASSERT_EQUAL(take(SLOTS + 1), BD_FAULT);
    CU_ASSERT_FALSE(ring.armed);
}

static void every_page_size_has_its_link_slot(void)
{
    unsigned shift, slots, i;

    for (shift = 0; shift <= BD_PAGE_SHIFT_MAX; shift++) {
        ring_new(TX_RING_AT);
        card_write(A_TBDR_CONFIG, shift << R_TBDR_CONFIG_PAGE_SIZE_SHIFT);
        slots = (256u << shift) / BD_SIZE;
        card_bd(TX_RING_AT, slots - 1, TX_RING_AT, 0, 0);
        for (i = 0; i < slots - 1; i++) {
            CU_ASSERT_EQUAL_FATAL(take(slots + 1), BD_OK);
        }
        CU_ASSERT_EQUAL(ring.at.index, slots - 1);
        CU_ASSERT_EQUAL(take(slots + 1), BD_OK);
        CU_ASSERT_EQUAL(ring.at.index, slots + 1);
    }
}

static void a_page_size_beyond_the_largest_is_refused(void)
{
    unsigned shift;

    for (shift = BD_PAGE_SHIFT_MAX + 1; shift < 16; shift++) {
        ring_new(TX_RING_AT);
        card_write(A_TBDR_CONFIG, shift << R_TBDR_CONFIG_PAGE_SIZE_SHIFT);
        CU_ASSERT_EQUAL(take(10), BD_FAULT);
        CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_ring_page_size], 1);
        CU_ASSERT_EQUAL(card.dma_count, 0);
    }
}

static void a_restart_forgets_what_was_fetched(void)
{
    ring_new(TX_RING_AT);
    CU_ASSERT_EQUAL(take(10), BD_OK);
    bd_ring_start(&ring, SECOND_PAGE);
    at = ring.at;
    CU_ASSERT_EQUAL(take(10), BD_OK);
    CU_ASSERT_EQUAL(bd.word2, 2 * SLOTS);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_new_ring_is_empty),
    UNIT_CASE(page_address_zero_stops_a_ring),
    UNIT_CASE(descriptors_come_in_order_with_all_their_bits),
    UNIT_CASE(one_access_fetches_up_to_a_batch),
    UNIT_CASE(nothing_behind_the_producer_is_fetched),
    UNIT_CASE(the_last_slot_is_a_link),
    UNIT_CASE(a_producer_behind_the_link_alone_is_no_descriptor),
    UNIT_CASE(a_page_that_links_to_itself_goes_round),
    UNIT_CASE(a_link_is_read_when_it_is_reached),
    UNIT_CASE(a_wild_page_faults_and_does_not_advance),
    UNIT_CASE(a_wild_link_faults_and_does_not_advance),
    UNIT_CASE(a_failing_link_access_faults),
    UNIT_CASE(every_page_size_has_its_link_slot),
    UNIT_CASE(a_page_size_beyond_the_largest_is_refused),
    UNIT_CASE(a_restart_forgets_what_was_fetched),
};

int main(int argc, char **argv)
{
    return unit_main("bd-ring", cases, CASES, argc, argv);
}
