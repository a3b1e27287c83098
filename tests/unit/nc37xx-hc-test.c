/*
 * Host coalescing: status block, attention, interrupts, statistics.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define MASK R_PCICFG_INT_ACK_CMD_MASK_INT_MASK
#define VALID R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK
#define LINK STATUS_ATTN_LINK_STATE

static void command(uint32_t bits)
{
    card_write(A_HC_COMMAND, bits);
}

static void post(void)
{
    command(R_HC_COMMAND_COAL_NOW_MASK);
}

static void ack(uint32_t value)
{
    card_write(A_PCICFG_INT_ACK_CMD, value);
}

static uint32_t acked(void)
{
    return card_read(A_PCICFG_INT_ACK_CMD);
}

static bool pin_is_low(void)
{
    return !(card_read(A_PCICFG_MISC_STATUS) & 1);
}

static void attention_enable(void)
{
    card_write(A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    card_write(A_HC_ATTN_BITS_ENABLE, LINK);
}

static uint32_t attention(void)
{
    return card_long(STATUS_AT + STATUS_ATTN_BITS);
}

/* T22: drivers poll the block, and never unmask. */
static void status_is_posted_while_masked(void)
{
    card_open();
    post();
    CU_ASSERT_EQUAL(card_status_index(), 1);
    post();
    CU_ASSERT_EQUAL(card_status_index(), 2);
    CU_ASSERT_EQUAL(card.intx_changes + card.msi_count, 0);
    CU_ASSERT_FALSE(pin_is_low());
}

/* T15: statistics lie right behind it. */
static void a_status_block_is_56_bytes(void)
{
    unsigned i;

    card_open();
    post();
    for (i = STATUS_BLOCK_SIZE; i < 128; i++) {
        CU_ASSERT_EQUAL(*card_memory(STATUS_AT + i), 0x5a);
    }
    CU_ASSERT_EQUAL(*card_memory(STATUS_AT - 1), 0x5a);
    CU_ASSERT_EQUAL(card_long(STATUS_AT + STATUS_BLOCK_NUM) & 0xffff, 0);
}

static void a_status_block_shows_both_consumers(void)
{
    card_open();
    card.nc.tx.at.index = 0x1234;
    card.nc.rx.at.index = 0xfffe;
    post();
    CU_ASSERT_EQUAL(card_long(STATUS_AT + 0x08), 0x12340000);
    CU_ASSERT_EQUAL(card_long(STATUS_AT + 0x10), 0xfffe0000);
    CU_ASSERT_EQUAL(card_long(STATUS_AT + 0x34), 0x00010000);
}

static void the_index_wraps_at_16_bits(void)
{
    card_open();
    card.nc.status_index = 0xffff;
    post();
    CU_ASSERT_EQUAL(card_status_index(), 0);
}

/* C4: the block is enabled before the driver says where status goes. */
static void nothing_is_posted_before_the_address_is_whole(void)
{
    card_power_up("nc373i");
    card_write(A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    post();
    card_write(A_HC_STATUS_ADDR_L, (uint32_t)STATUS_AT);
    card_write(A_HC_STATISTICS_ADDR_L, (uint32_t)STATISTICS_AT);
    post();
    command(R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card.dma_count, 0);
    card_write(A_HC_STATUS_ADDR_H, STATUS_AT >> 32);
    post();
    CU_ASSERT_EQUAL(card_status_index(), 1);
    command(R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card.dma_count, 1);
    card_write(A_HC_STATISTICS_ADDR_H, STATISTICS_AT >> 32);
    command(R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card.dma_count, 2);
}

/* T17: after unloading a driver its memory belongs to others. */
static void nothing_is_posted_after_a_core_reset(void)
{
    card_open();
    post();
    card_core_reset();
    card.dma_count = 0;
    card_write(A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    post();
    command(R_HC_COMMAND_STATS_NOW_MASK);
    nc37xx_timer(&card.nc, NC37XX_TIMER_STATISTICS);
    CU_ASSERT_EQUAL(card.dma_count, 0);
}

static void nothing_is_posted_at_address_zero_or_when_disabled(void)
{
    card_open();
    card.dma_count = 0;
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK);
    post();
    command(R_HC_COMMAND_STATS_NOW_MASK);
    card_write(A_HC_STATUS_ADDR_L, 0);
    card_write(A_HC_STATUS_ADDR_H, 0);
    card_write(A_HC_STATISTICS_ADDR_L, 0);
    card_write(A_HC_STATISTICS_ADDR_H, 0);
    card_write(A_MISC_ENABLE_SET, R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK);
    post();
    command(R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card.dma_count, 0);
}

static void a_wild_address_is_reported_and_harms_nothing(void)
{
    card_open();
    card_write(A_HC_STATUS_ADDR_H, NOWHERE >> 32);
    card_write(A_HC_STATISTICS_ADDR_H, NOWHERE >> 32);
    post();
    command(R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_dma_failed], 2);
}

/* T6: a driver writes back what it has read here. */
static void commands_are_not_stored(void)
{
    card_open();
    command(0xffffffff);
    CU_ASSERT_EQUAL(card_read(A_HC_COMMAND), 1);
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK);
    CU_ASSERT_EQUAL(card_read(A_HC_COMMAND), 0);
}

/* Interrupts */

static void a_post_asserts_the_pin_until_acknowledged(void)
{
    card_open();
    ack(0);
    CU_ASSERT_FALSE(card.intx);
    post();
    CU_ASSERT_TRUE(card.intx);
    CU_ASSERT_TRUE(pin_is_low());
    ack(MASK);
    CU_ASSERT_FALSE(card.intx);
    CU_ASSERT_FALSE(pin_is_low());
    ack(VALID | MASK | 1);
    ack(VALID | 1);
    CU_ASSERT_FALSE(card.intx);
    post();
    CU_ASSERT_TRUE(card.intx);
    CU_ASSERT_EQUAL(card.intx_changes, 3);
}

/* T5 */
static void unmasking_with_an_old_index_raises_again(void)
{
    card_open();
    ack(0);
    post();
    ack(MASK);
    post();
    ack(VALID | 1);
    CU_ASSERT_TRUE(card.intx);
    ack(VALID | 2);
    CU_ASSERT_FALSE(card.intx);
}

/* T5: the MSI test waits for it to change. */
static void the_acknowledged_index_is_read_back(void)
{
    card_open();
    post();
    post();
    CU_ASSERT_EQUAL(acked(), MASK);
    ack(VALID | MASK | 2);
    CU_ASSERT_EQUAL(acked(), MASK | 2);
    ack(0x1234);
    CU_ASSERT_EQUAL(acked(), 2);
}

static void an_msi_is_sent_once_until_the_next_acknowledgement(void)
{
    card_open();
    card.msi_enabled = true;
    ack(0);
    post();
    post();
    CU_ASSERT_EQUAL(card.msi_count, 1);
    ack(VALID | MASK | 1);
    CU_ASSERT_EQUAL(card.msi_count, 1);
    ack(VALID | 1);
    CU_ASSERT_EQUAL(card.msi_count, 2);
    ack(VALID | 2);
    CU_ASSERT_EQUAL(card.msi_count, 2);
    CU_ASSERT_EQUAL(card.intx_changes, 0);
}

static void switching_to_msi_releases_the_pin(void)
{
    card_open();
    ack(0);
    post();
    CU_ASSERT_TRUE(card.intx);
    card.msi_enabled = true;
    nc37xx_interrupt_update(&card.nc);
    CU_ASSERT_FALSE(card.intx);
    CU_ASSERT_EQUAL(card.msi_count, 1);
    card.msi_enabled = false;
    nc37xx_interrupt_update(&card.nc);
    CU_ASSERT_TRUE(card.intx);
}

static void force(uint32_t how)
{
    command(how << R_HC_COMMAND_FORCE_INT_SHIFT);
}

static void the_pin_can_be_forced_and_freed(void)
{
    card_open();
    force(HC_FORCE_INT_LOW);
    CU_ASSERT_TRUE(card.intx);
    CU_ASSERT_TRUE(pin_is_low());
    force(HC_FORCE_INT_NULL);
    CU_ASSERT_TRUE(card.intx);
    ack(0);
    force(HC_FORCE_INT_HIGH);
    post();
    CU_ASSERT_FALSE(card.intx);
    CU_ASSERT_FALSE(pin_is_low());
    force(HC_FORCE_INT_FREE);
    CU_ASSERT_TRUE(card.intx);
    ack(VALID | 1);
    CU_ASSERT_FALSE(card.intx);
}

static void a_forced_pin_is_freed_by_a_core_reset(void)
{
    card_open();
    force(HC_FORCE_INT_LOW);
    card_core_reset();
    CU_ASSERT_FALSE(card.intx);
}

static void messages_are_not_forced(void)
{
    card_open();
    card.msi_enabled = true;
    force(HC_FORCE_INT_LOW);
    CU_ASSERT_FALSE(card.intx);
    CU_ASSERT_FALSE(pin_is_low());
    CU_ASSERT_EQUAL(card.msi_count, 0);
    force(HC_FORCE_INT_HIGH);
    ack(0);
    post();
    CU_ASSERT_EQUAL(card.msi_count, 1);
}

static void a_post_without_interrupt_advances_the_index_only(void)
{
    card_open();
    ack(0);
    command(R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
    CU_ASSERT_EQUAL(card_status_index(), 1);
    CU_ASSERT_FALSE(card.intx);
    post();
    CU_ASSERT_TRUE(card.intx);
}

static void a_quiet_post_does_not_hush_a_pending_interrupt(void)
{
    card_open();
    ack(MASK);
    post();
    command(R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
    ack(0);
    CU_ASSERT_TRUE(card.intx);
}

static void a_core_reset_masks_and_releases(void)
{
    card_open();
    ack(0);
    post();
    card_core_reset();
    CU_ASSERT_FALSE(card.intx);
    CU_ASSERT_EQUAL(acked(), MASK);
}

/* Attention */

static void a_link_that_is_up_asks_for_attention(void)
{
    card_open();
    attention_enable();
    CU_ASSERT_EQUAL(card_status_index(), 1);
    CU_ASSERT_EQUAL(attention(), LINK);
    CU_ASSERT_EQUAL(card_long(STATUS_AT + STATUS_ATTN_BITS_ACK), 0);
    card_write(A_PCICFG_STATUS_BIT_SET_CMD, LINK);
    CU_ASSERT_EQUAL(card_status_index(), 1);
    post();
    CU_ASSERT_EQUAL(card_long(STATUS_AT + STATUS_ATTN_BITS_ACK), LINK);
}

static void attention_needs_both_its_enables(void)
{
    card_open();
    card_write(A_HC_ATTN_BITS_ENABLE, LINK);
    CU_ASSERT_EQUAL(card.nc.status_index, 0);
    card_write(A_HC_ATTN_BITS_ENABLE, 0);
    card_write(A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    CU_ASSERT_EQUAL(card.nc.status_index, 0);
    card_write(A_HC_ATTN_BITS_ENABLE, LINK);
    CU_ASSERT_EQUAL(card.nc.status_index, 1);
}

static void enabling_the_block_shows_what_waits(void)
{
    card_open();
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK);
    attention_enable();
    CU_ASSERT_EQUAL(card.nc.status_index, 0);
    card_write(A_MISC_ENABLE_SET, R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK);
    CU_ASSERT_EQUAL(attention(), LINK);
}

static void a_lost_link_is_posted_at_once(void)
{
    card_open();
    attention_enable();
    card_write(A_PCICFG_STATUS_BIT_SET_CMD, LINK);
    nc37xx_set_carrier(&card.nc, false);
    CU_ASSERT_EQUAL(card_status_index(), 2);
    CU_ASSERT_EQUAL(attention(), 0);
    card_write(A_PCICFG_STATUS_BIT_CLEAR_CMD, LINK);
    CU_ASSERT_EQUAL(card_status_index(), 2);
}

/* The link changed back between the block and its acknowledgement. */
static void an_acknowledgement_that_came_too_late_is_answered(void)
{
    card_open();
    attention_enable();
    CU_ASSERT_EQUAL(attention(), LINK);
    nc37xx_set_carrier(&card.nc, false);
    card_write(A_PCICFG_STATUS_BIT_SET_CMD, LINK);
    CU_ASSERT_EQUAL(attention(), 0);
    CU_ASSERT_EQUAL(card_long(STATUS_AT + STATUS_ATTN_BITS_ACK), LINK);
}

/* FreeBSD acknowledges all it was shown, without looking at it again. */
static void an_overlooked_attention_is_posted_again(void)
{
    card_open();
    attention_enable();
    card_write(A_PCICFG_STATUS_BIT_SET_CMD, LINK);
    nc37xx_set_carrier(&card.nc, false);
    ack(VALID | MASK | card_status_index());
    CU_ASSERT_FALSE(card.intx);
    ack(VALID | card_status_index());
    CU_ASSERT_TRUE(card.intx);
    card_write(A_PCICFG_STATUS_BIT_CLEAR_CMD, LINK);
    ack(VALID | card_status_index());
    CU_ASSERT_FALSE(card.intx);
}

/* Statistics */

static void statistics_are_0x140_bytes(void)
{
    unsigned i;

    card_open();
    command(R_HC_COMMAND_STATS_NOW_MASK);
    for (i = 0; i < STATISTICS_SIZE; i++) {
        CU_ASSERT_EQUAL(*card_memory(STATISTICS_AT + i), 0);
    }
    for (; i < STATISTICS_SIZE + 64; i++) {
        CU_ASSERT_EQUAL(*card_memory(STATISTICS_AT + i), 0x5a);
    }
}

static void long_counters_have_their_high_word_first(void)
{
    card_open();
    card.nc.counters[STAT_IN_OCTETS / 4] = 0x123456789abcdef0;
    card.nc.counters[STAT_OUT_BROADCAST_PKTS / 4] = 0x100000002;
    card.nc.counters[STAT_TX_MAC_ERRORS / 4] = 7;
    card.nc.counters[STATISTICS_SIZE / 4 - 1] = 8;
    command(R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card_long(STATISTICS_AT), 0x12345678);
    CU_ASSERT_EQUAL(card_long(STATISTICS_AT + 4), 0x9abcdef0);
    CU_ASSERT_EQUAL(card_long(STATISTICS_AT + 0x48), 1);
    CU_ASSERT_EQUAL(card_long(STATISTICS_AT + 0x4c), 2);
    CU_ASSERT_EQUAL(card_long(STATISTICS_AT + 0x50), 7);
    CU_ASSERT_EQUAL(card_long(STATISTICS_AT + 0x13c), 8);
}

static void counters_are_cleared_by_command_and_reset(void)
{
    card_open();
    card.nc.counters[0] = 1;
    command(R_HC_COMMAND_CLR_STAT_NOW_MASK | R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card_long(STATISTICS_AT + 4), 0);
    card.nc.counters[0] = 1;
    card_core_reset();
    CU_ASSERT_EQUAL(card.nc.counters[0], 0);
}

static void statistics_come_by_themselves_when_asked_for(void)
{
    card_open();
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_STATISTICS], 0);
    card_write(A_HC_STATS_TICKS, 0x000f42ff);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_STATISTICS], 0x0f4200);
    card.timers[NC37XX_TIMER_STATISTICS] = 0;
    card.nc.counters[STAT_IN_MBUF_DISCARDS / 4] = 3;
    nc37xx_timer(&card.nc, NC37XX_TIMER_STATISTICS);
    CU_ASSERT_EQUAL(card_long(STATISTICS_AT + STAT_IN_MBUF_DISCARDS), 3);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_STATISTICS], 0x0f4200);
    card_write(A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_STATISTICS], 0);
    card_write(A_MISC_ENABLE_SET, R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_STATISTICS], 0x0f4200);
    card_write(A_HC_STATS_TICKS, 0);
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_STATISTICS], 0);
}

static void a_core_reset_stops_the_periodic_statistics(void)
{
    card_open();
    card_write(A_HC_STATS_TICKS, 0x000f4200);
    card_core_reset();
    CU_ASSERT_EQUAL(card.timers[NC37XX_TIMER_STATISTICS], 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(status_is_posted_while_masked),
    UNIT_CASE(a_status_block_is_56_bytes),
    UNIT_CASE(a_status_block_shows_both_consumers),
    UNIT_CASE(the_index_wraps_at_16_bits),
    UNIT_CASE(nothing_is_posted_before_the_address_is_whole),
    UNIT_CASE(nothing_is_posted_after_a_core_reset),
    UNIT_CASE(nothing_is_posted_at_address_zero_or_when_disabled),
    UNIT_CASE(a_wild_address_is_reported_and_harms_nothing),
    UNIT_CASE(commands_are_not_stored),
    UNIT_CASE(a_post_asserts_the_pin_until_acknowledged),
    UNIT_CASE(unmasking_with_an_old_index_raises_again),
    UNIT_CASE(the_acknowledged_index_is_read_back),
    UNIT_CASE(an_msi_is_sent_once_until_the_next_acknowledgement),
    UNIT_CASE(switching_to_msi_releases_the_pin),
    UNIT_CASE(the_pin_can_be_forced_and_freed),
    UNIT_CASE(a_forced_pin_is_freed_by_a_core_reset),
    UNIT_CASE(messages_are_not_forced),
    UNIT_CASE(a_post_without_interrupt_advances_the_index_only),
    UNIT_CASE(a_quiet_post_does_not_hush_a_pending_interrupt),
    UNIT_CASE(a_core_reset_masks_and_releases),
    UNIT_CASE(a_link_that_is_up_asks_for_attention),
    UNIT_CASE(attention_needs_both_its_enables),
    UNIT_CASE(enabling_the_block_shows_what_waits),
    UNIT_CASE(a_lost_link_is_posted_at_once),
    UNIT_CASE(an_acknowledgement_that_came_too_late_is_answered),
    UNIT_CASE(an_overlooked_attention_is_posted_again),
    UNIT_CASE(statistics_are_0x140_bytes),
    UNIT_CASE(long_counters_have_their_high_word_first),
    UNIT_CASE(counters_are_cleared_by_command_and_reset),
    UNIT_CASE(statistics_come_by_themselves_when_asked_for),
    UNIT_CASE(a_core_reset_stops_the_periodic_statistics),
};

int main(int argc, char **argv)
{
    return unit_main("hc", cases, CASES, argc, argv);
}
