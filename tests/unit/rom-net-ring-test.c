/*
 * Ring indices of the adapter's driver.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "unit.h"
#include "bnx-ring.h"

static void the_last_slot_never_holds_a_descriptor(void)
{
    uint16_t index = 0;
    unsigned i;

    for (i = 0; i < 3 * 65536; i++) {
        CU_ASSERT_NOT_EQUAL_FATAL(bnx_ring_slot(index), BNX_RING_LINK);
        index = bnx_ring_next(index);
    }
}

static void a_page_takes_255_descriptors_in_order(void)
{
    uint16_t index = 0;
    unsigned i;

    for (i = 0; i < BNX_RING_LINK; i++) {
        CU_ASSERT_EQUAL(bnx_ring_slot(index), i);
        index = bnx_ring_next(index);
    }
    CU_ASSERT_EQUAL(index, BNX_RING_SLOTS);
    CU_ASSERT_EQUAL(bnx_ring_slot(index), 0);
}

static void indices_wrap_at_16_bits_behind_the_last_link(void)
{
    CU_ASSERT_EQUAL(bnx_ring_next(0xfffe), 0);
    CU_ASSERT_EQUAL(bnx_ring_skip_link(0xffff), 0);
}

static void a_consumer_at_rest_on_the_link_is_one_further(void)
{
    CU_ASSERT_EQUAL(bnx_ring_skip_link(0x00ff), 0x0100);
    CU_ASSERT_EQUAL(bnx_ring_skip_link(0x0100), 0x0100);
    CU_ASSERT_EQUAL(bnx_ring_skip_link(0x00fe), 0x00fe);
}

static void a_consumer_between_seen_and_produced_is_plausible(void)
{
    CU_ASSERT_TRUE(bnx_ring_plausible(10, 10, 58));
    CU_ASSERT_TRUE(bnx_ring_plausible(10, 58, 58));
    CU_ASSERT_TRUE(bnx_ring_plausible(0xfff0, 0x0004, 0x0010));
}

static void a_consumer_before_seen_or_past_produced_is_not(void)
{
    CU_ASSERT_FALSE(bnx_ring_plausible(10, 9, 58));
    CU_ASSERT_FALSE(bnx_ring_plausible(10, 59, 58));
    CU_ASSERT_FALSE(bnx_ring_plausible(0xfff0, 0x0011, 0x0010));
    CU_ASSERT_FALSE(bnx_ring_plausible(0, 0xffff, 0));
}

static const struct unit_case cases[] = {
    UNIT_CASE(the_last_slot_never_holds_a_descriptor),
    UNIT_CASE(a_page_takes_255_descriptors_in_order),
    UNIT_CASE(indices_wrap_at_16_bits_behind_the_last_link),
    UNIT_CASE(a_consumer_at_rest_on_the_link_is_one_further),
    UNIT_CASE(a_consumer_between_seen_and_produced_is_plausible),
    UNIT_CASE(a_consumer_before_seen_or_past_produced_is_not),
};

int main(int argc, char **argv)
{
    return unit_main("rom-net-ring", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
