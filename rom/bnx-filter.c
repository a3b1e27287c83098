/*
 * Which frames the chip receives, and what it says of those it dropped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bnx-chip.h"
#include "clock.h"

#define ADDRESS_SIZE 6
#define CRC32_POLYNOMIAL 0xedb88320     /* Ethernet's, bits reversed */

/* The chip writes the block at once, after what it does for other hosts. */
#define STATISTICS_US 50

QEMU_BUILD_BUG_ON(BNX_HASH_WORDS != NC37XX_HASH_WORDS);

void bnx_filter_add_group(struct bnx_filter *filter, const uint8_t mac[6])
{
    uint32_t crc = ~0u;
    unsigned byte, bit;

    for (byte = 0; byte < ADDRESS_SIZE; byte++) {
        crc ^= mac[byte];
        for (bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? CRC32_POLYNOMIAL : 0);
        }
    }
    crc &= BNX_HASH_WORDS * 32 - 1;
    filter->hash[crc / 32] |= 1u << crc % 32;
    filter->multicast = true;
}

static uint32_t sort_rule(const struct bnx_filter *filter)
{
    uint32_t rule = 0;

    rule = FIELD_DP32(rule, RPM_SORT_USER0, PM_EN, filter->directed);
    rule = FIELD_DP32(rule, RPM_SORT_USER0, BC_EN, filter->broadcast);
    rule = FIELD_DP32(rule, RPM_SORT_USER0, MC_HSH_EN, filter->multicast);
    rule = FIELD_DP32(rule, RPM_SORT_USER0, PROM_EN, filter->promiscuous);
    return FIELD_DP32(rule, RPM_SORT_USER0, PROM_VLAN, filter->promiscuous);
}

void bnx_set_filter(struct bnx *nic, const struct bnx_filter *filter)
{
    uint32_t rule = sort_rule(filter);
    unsigned word;

    bnx_write(nic, A_RPM_SORT_USER0, 0);
    bnx_write(nic, A_EMAC_MAC_MATCH0, lduw_be_p(nic->mac));
    bnx_write(nic, A_EMAC_MAC_MATCH1, ldl_be_p(nic->mac + 2));
    for (word = 0; word < BNX_HASH_WORDS; word++) {
        bnx_write(nic, A_EMAC_MULTICAST_HASH0 + word * 4, filter->hash[word]);
    }
    bnx_write(nic, A_EMAC_RX_MODE,
              FIELD_DP32(R_EMAC_RX_MODE_SORT_MODE_MASK, EMAC_RX_MODE,
                         PROMISCUOUS, filter->promiscuous));
    bnx_write(nic, A_RPM_SORT_USER0, rule);
    if (rule) {
        bnx_write(nic, A_RPM_SORT_USER0, rule | R_RPM_SORT_USER0_ENA_MASK);
    }
}

static uint32_t statistic(const struct bnx *nic, unsigned offset)
{
    return bnx_status32(nic, STATUS_BLOCK_RESERVED + offset);
}

void bnx_read_drops(struct bnx *nic, struct bnx_drops *drops)
{
    bnx_write(nic, A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    bnx_read(nic, A_HC_COMMAND);
    clock_delay_us(STATISTICS_US);
    drops->crc = statistic(nic, STAT_FCS_ERRORS);
    drops->resources = statistic(nic, STAT_IN_MBUF_DISCARDS) +
                       statistic(nic, STAT_IN_FTQ_DISCARDS);
}
