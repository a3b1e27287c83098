/*
 * NC37xx adapters: status block, interrupts and statistics.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

static void coal_now(QNc37xx *nc)
{
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
}

static uint16_t status_index(QNc37xx *nc)
{
    return nc37xx_status16(nc, STATUS_IDX);
}

/* What drivers write at the end of their work. */
static void acknowledge(QNc37xx *nc, uint16_t index)
{
    nc37xx_write(nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK | index);
}

static void mask(QNc37xx *nc)
{
    nc37xx_write(nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_USE_INT_HC_PARAM_MASK |
                 R_PCICFG_INT_ACK_CMD_MASK_INT_MASK);
}

static void post_on_command(QNc37xx *nc)
{
    uint16_t index;

    nc37xx_bring_up(nc);
    index = status_index(nc);
    for (unsigned i = 1; i <= 3; i++) {
        coal_now(nc);
        g_assert_cmphex(status_index(nc), ==, index + i);
    }
    g_assert_false(nc37xx_intx(nc));
}

/* An index from before the wrap looks larger, but is another one. */
static void index_is_compared_for_equality(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    acknowledge(nc, 0xffff);
    g_assert_true(nc37xx_intx(nc));
    acknowledge(nc, status_index(nc));
    g_assert_false(nc37xx_intx(nc));
}

static void block_layout(QNc37xx *nc)
{
    uint8_t page[NC37XX_PAGE];

    nc37xx_bring_up(nc);
    qtest_memset(nc->qts, nc->status, 0xcc, NC37XX_PAGE);
    coal_now(nc);
    qtest_memread(nc->qts, nc->status, page, sizeof(page));
    g_assert_cmphex(page[STATUS_ATTN_BITS], ==, STATUS_ATTN_LINK_STATE);
    g_assert_cmphex(page[STATUS_ATTN_BITS_ACK], ==, STATUS_ATTN_LINK_STATE);
    for (size_t i = STATUS_TX_CONS1; i < STATUS_IDX; i++) {
        g_assert_cmphex(page[i], ==, 0);
    }
    /* T15: drivers keep their statistics right behind. */
    for (size_t i = STATUS_BLOCK_SIZE; i < sizeof(page); i++) {
        g_assert_cmphex(page[i], ==, 0xcc);
    }
}

static void intx_follows(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    acknowledge(nc, status_index(nc));
    g_assert_false(nc37xx_intx(nc));
    coal_now(nc);
    g_assert_true(nc37xx_intx(nc));
    mask(nc);
    g_assert_false(nc37xx_intx(nc));
    acknowledge(nc, status_index(nc));
    g_assert_false(nc37xx_intx(nc));
}

/* T5: nothing posted between the last look and the ack is lost. */
static void old_index_raises(QNc37xx *nc)
{
    uint16_t seen;

    nc37xx_bring_up(nc);
    seen = status_index(nc);
    mask(nc);
    coal_now(nc);
    acknowledge(nc, seen);
    g_assert_true(nc37xx_intx(nc));
    acknowledge(nc, status_index(nc));
    g_assert_false(nc37xx_intx(nc));
}

static void acknowledged_index_reads(QNc37xx *nc)
{
    const uint32_t mask_bit = R_PCICFG_INT_ACK_CMD_MASK_INT_MASK;
    uint16_t acked;

    nc37xx_bring_up(nc);
    acked = status_index(nc);
    acknowledge(nc, acked);
    coal_now(nc);
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_INT_ACK_CMD), ==, acked);
    mask(nc);
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_INT_ACK_CMD), ==,
                    acked | mask_bit);
    qpci_config_writel(&nc->dev, A_PCICFG_INT_ACK_CMD,
                       R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK | mask_bit |
                       status_index(nc));
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_INT_ACK_CMD), ==,
                    status_index(nc) | mask_bit);
}

static void masked_after_reset(QNc37xx *nc)
{
    g_assert_true(FIELD_EX32(nc37xx_read(nc, A_PCICFG_INT_ACK_CMD),
                             PCICFG_INT_ACK_CMD, MASK_INT));
    nc37xx_bring_up(nc);
    acknowledge(nc, 0);
    g_assert_true(nc37xx_intx(nc));
    nc37xx_core_reset(nc);
    g_assert_false(nc37xx_intx(nc));
    g_assert_cmphex(nc37xx_read(nc, A_PCICFG_INT_ACK_CMD), ==,
                    R_PCICFG_INT_ACK_CMD_MASK_INT_MASK);
}

static void msi_is_sent(QNc37xx *nc)
{
    uint64_t to = nc37xx_msi_enable(nc);

    nc37xx_bring_up(nc);
    acknowledge(nc, status_index(nc));
    g_assert_false(nc37xx_msi_came(nc, to));
    coal_now(nc);
    g_assert_true(nc37xx_msi_came(nc, to));
    g_assert_false(qpci_config_readw(&nc->dev, PCI_STATUS) &
                   PCI_STATUS_INTERRUPT);
    /* One message until the driver answers. */
    coal_now(nc);
    g_assert_false(nc37xx_msi_came(nc, to));
    acknowledge(nc, status_index(nc) - 1);
    g_assert_true(nc37xx_msi_came(nc, to));
    acknowledge(nc, status_index(nc));
    g_assert_false(nc37xx_msi_came(nc, to));
}

static void msi_is_masked(QNc37xx *nc)
{
    uint64_t to = nc37xx_msi_enable(nc);
    uint16_t seen;

    nc37xx_bring_up(nc);
    seen = status_index(nc);
    mask(nc);
    coal_now(nc);
    g_assert_false(nc37xx_msi_came(nc, to));
    acknowledge(nc, seen);
    g_assert_true(nc37xx_msi_came(nc, to));
}

static void pending_moves_to_msi(QNc37xx *nc)
{
    uint64_t to;

    nc37xx_bring_up(nc);
    acknowledge(nc, status_index(nc));
    coal_now(nc);
    g_assert_true(nc37xx_intx(nc));
    to = nc37xx_msi_enable(nc);
    g_assert_true(nc37xx_msi_came(nc, to));
    g_assert_false(qpci_config_readw(&nc->dev, PCI_STATUS) &
                   PCI_STATUS_INTERRUPT);
    qpci_config_writew(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_FLAGS, 0);
    g_assert_true(nc37xx_intx(nc));
}

static void quiet_post(QNc37xx *nc)
{
    uint16_t index;

    nc37xx_bring_up(nc);
    index = status_index(nc);
    acknowledge(nc, index);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
    g_assert_cmphex(status_index(nc), ==, index + 1);
    g_assert_false(nc37xx_intx(nc));
    coal_now(nc);
    g_assert_true(nc37xx_intx(nc));
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
    g_assert_true(nc37xx_intx(nc));
}

/* T6: drivers OR what they read into all later commands. */
static void command_reads_enable(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_read(nc, A_HC_COMMAND), ==, 0);
    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_HC_COMMAND, 0xffffffff);
    g_assert_cmphex(nc37xx_read(nc, A_HC_COMMAND), ==,
                    R_HC_COMMAND_ENABLE_MASK);
}

/* C4 */
static void no_post_without_address(QNc37xx *nc)
{
    uint64_t page = guest_alloc(nc->alloc, NC37XX_PAGE);
    uint8_t marked[NC37XX_PAGE];

    qtest_memset(nc->qts, page, 0xcc, NC37XX_PAGE);
    nc37xx_write(nc, A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    nc37xx_write(nc, A_HC_STATUS_ADDR_L, page);
    nc37xx_write(nc, A_HC_STATISTICS_ADDR_L, page + STATUS_BLOCK_RESERVED);
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
                 R_HC_COMMAND_STATS_NOW_MASK);
    qtest_memread(nc->qts, page, marked, sizeof(marked));
    for (size_t i = 0; i < sizeof(marked); i++) {
        g_assert_cmphex(marked[i], ==, 0xcc);
    }
    nc37xx_write(nc, A_HC_STATUS_ADDR_H, 0);
    coal_now(nc);
    g_assert_cmphex(nc37xx_guest16(nc, page + STATUS_IDX), !=, 0xcccc);
    g_assert_cmphex(nc37xx_guest32(nc, page + STATUS_BLOCK_RESERVED), ==,
                    0xcccccccc);
}

static void attention_bits(QNc37xx *nc)
{
    uint16_t index;

    nc37xx_bring_up(nc);
    index = status_index(nc);
    acknowledge(nc, index);
    nc37xx_write(nc, A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
    coal_now(nc);
    g_assert_cmphex(nc37xx_status32(nc, STATUS_ATTN_BITS), ==,
                    STATUS_ATTN_LINK_STATE);
    g_assert_cmphex(nc37xx_status32(nc, STATUS_ATTN_BITS_ACK), ==, 0);
    nc37xx_write(nc, A_PCICFG_STATUS_BIT_SET_CMD, STATUS_ATTN_LINK_STATE);
    coal_now(nc);
    g_assert_cmphex(nc37xx_status32(nc, STATUS_ATTN_BITS_ACK), ==,
                    STATUS_ATTN_LINK_STATE);
}

/* A3: what is enabled later is looked at then. */
static void attention_enabled_late(QNc37xx *nc)
{
    uint16_t index;

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_HC_ATTN_BITS_ENABLE, 0);
    nc37xx_write(nc, A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
    index = status_index(nc);
    nc37xx_write(nc, A_HC_ATTN_BITS_ENABLE, STATUS_ATTN_LINK_STATE);
    g_assert_cmphex(status_index(nc), ==, index + 1);
}

static void statistics_on_command(QNc37xx *nc)
{
    uint8_t page[NC37XX_PAGE];
    size_t end = STATUS_BLOCK_RESERVED + STATISTICS_SIZE;

    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 100, 1);
    nc37xx_expect_sent(nc, 1000, 2);
    qtest_memset(nc->qts, nc->status, 0xcc, NC37XX_PAGE);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_OCTETS), ==,
                     1100 + 2 * NC37XX_FCS_SIZE);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_UCAST_PKTS), ==, 2);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_TX_SIZE_BINS + 4), ==, 1);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_TX_SIZE_BINS + 16), ==, 1);
    qtest_memread(nc->qts, nc->status, page, sizeof(page));
    for (size_t i = end; i < sizeof(page); i++) {
        g_assert_cmphex(page[i], ==, 0xcc);
    }
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_CLR_STAT_NOW_MASK);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_OCTETS), ==, 0);
}

static void statistics_by_time(QNc37xx *nc)
{
    const uint32_t period = 0x0f4200;   /* microseconds */
    uint64_t packets;

    nc37xx_bring_up(nc);
    packets = nc->statistics + STAT_OUT_UCAST_PKTS + 4;
    nc37xx_write(nc, A_HC_STATS_TICKS, period);
    nc37xx_expect_sent(nc, 100, 1);
    g_assert_cmpuint(nc37xx_guest32(nc, packets), ==, 0);
    qtest_clock_step(nc->qts, (period + 1) * 1000ll);
    g_assert_cmpuint(nc37xx_guest32(nc, packets), ==, 1);
    nc37xx_expect_sent(nc, 100, 2);
    qtest_clock_step(nc->qts, (period + 1) * 1000ll);
    g_assert_cmpuint(nc37xx_guest32(nc, packets), ==, 2);
    nc37xx_write(nc, A_HC_STATS_TICKS, 0);
    nc37xx_expect_sent(nc, 100, 3);
    qtest_clock_step(nc->qts, 10ll * period * 1000);
    g_assert_cmpuint(nc37xx_guest32(nc, packets), ==, 2);
}

static const Nc37xxCase cases[] = {
    { "status_is_posted_when_commanded_also_while_masked", post_on_command },
    { "any_other_index_than_the_last_raises", index_is_compared_for_equality },
    { "status_block_is_as_long_as_drivers_expect", block_layout },
    { "intx_is_up_while_unmasked_and_unacknowledged", intx_follows },
    { "acknowledging_an_old_index_raises_again", old_index_raises },
    { "acknowledge_register_reads_what_was_acknowledged",
      acknowledged_index_reads },
    { "interrupt_is_masked_after_a_reset", masked_after_reset },
    { "msi_is_sent_once_until_acknowledged", msi_is_sent },
    { "msi_waits_while_masked", msi_is_masked },
    { "pending_interrupt_moves_between_intx_and_msi", pending_moves_to_msi },
    { "quiet_post_raises_and_hushes_nothing", quiet_post },
    { "command_register_reads_the_enable_only", command_reads_enable },
    { "nothing_is_posted_before_the_address_is_whole",
      no_post_without_address },
    { "attention_is_acknowledged_in_the_status_block", attention_bits },
    { "attention_enabled_late_is_posted_then", attention_enabled_late },
    { "statistics_are_posted_and_cleared_on_command", statistics_on_command },
    { "statistics_are_posted_by_time", statistics_by_time },
};

static void register_tests(void)
{
    nc37xx_register_cases("interrupt", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
