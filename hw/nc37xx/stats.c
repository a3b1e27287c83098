/*
 * Statistics counters and their block in guest memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"
#include "checksum.h"

/* The longest frame of each size bin, FCS included. */
static const uint16_t size_bins[NC37XX_SIZE_BINS] = {
    64, 127, 255, 511, 1023, 1522, 9022,
};

static const uint8_t broadcast[ETH_ADDRESS_SIZE] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

static unsigned size_bin(size_t size)
{
    unsigned bin = 0;

    while (bin < NC37XX_SIZE_BINS - 1 && size > size_bins[bin]) {
        bin++;
    }
    return bin;
}

/* @unicast is followed by the counters of multicast and broadcast. */
static void count_kind(Nc37xx *nc, const uint8_t *frame, unsigned unicast,
                       unsigned count)
{
    unsigned kind = !(frame[0] & 1) ? 0 :
                    memcmp(frame, broadcast, ETH_ADDRESS_SIZE) ? 1 : 2;

    nc37xx_count(nc, unicast + kind * 8, count);
}

void nc37xx_count_tx(Nc37xx *nc, const uint8_t *frame, size_t size,
                     unsigned count)
{
    size_t octets = size + NC37XX_FCS_SIZE;

    nc37xx_count(nc, STAT_OUT_OCTETS, octets * count);
    nc37xx_count(nc, STAT_TX_SIZE_BINS + size_bin(octets) * 4, count);
    count_kind(nc, frame, STAT_OUT_UCAST_PKTS, count);
}

void nc37xx_count_rx(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    size_t octets = size + NC37XX_FCS_SIZE;

    nc37xx_count(nc, STAT_IN_OCTETS, octets);
    nc37xx_count(nc, STAT_RX_SIZE_BINS + size_bin(octets) * 4, 1);
    count_kind(nc, frame, STAT_IN_UCAST_PKTS, 1);
}

void nc37xx_count_tx_bad(Nc37xx *nc, unsigned counter, size_t size)
{
    nc37xx_count(nc, STAT_OUT_BAD_OCTETS, size + NC37XX_FCS_SIZE);
    nc37xx_count(nc, counter, 1);
}

void nc37xx_count_rx_bad(Nc37xx *nc, unsigned counter, size_t size)
{
    nc37xx_count(nc, STAT_IN_BAD_OCTETS, size + NC37XX_FCS_SIZE);
    nc37xx_count(nc, counter, 1);
}

static bool statistics_ready(const Nc37xx *nc)
{
    return ENABLED(nc, HOST_COALESCE) && nc->statistics_armed;
}

/* T15: never a byte more than STATISTICS_SIZE, the driver's words follow. */
void nc37xx_statistics_post(Nc37xx *nc)
{
    uint64_t address = (uint64_t)REG(nc, HC_STATISTICS_ADDR_H) << 32 |
                       REG(nc, HC_STATISTICS_ADDR_L);
    uint8_t block[STATISTICS_SIZE];
    unsigned offset;

    if (!statistics_ready(nc) || !address) {
        EVENT(nc, statistics_off, ENABLED(nc, HOST_COALESCE),
              nc->statistics_armed && address);
        return;
    }
    for (offset = 0; offset < STAT_FIRST_32BIT; offset += 8) {
        stl_le_p(block + offset, nc->counters[offset / 4] >> 32);
        stl_le_p(block + offset + 4, nc->counters[offset / 4]);
    }
    for (; offset < STATISTICS_SIZE; offset += 4) {
        stl_le_p(block + offset, nc->counters[offset / 4]);
    }
    nc37xx_control_order(nc, block, sizeof(block));
    if (!nc->ops->dma_write(nc, address, block, sizeof(block))) {
        EVENT(nc, dma_failed, address, sizeof(block));
    }
    EVENT(nc, statistics_post, address, 0);
}

void nc37xx_statistics_clear(Nc37xx *nc)
{
    memset(nc->counters, 0, sizeof(nc->counters));
}

void nc37xx_statistics_schedule(Nc37xx *nc)
{
    uint64_t period = REG(nc, HC_STATS_TICKS) & R_HC_STATS_TICKS_TICKS_MASK;

    nc->ops->timer(nc, NC37XX_TIMER_STATISTICS,
                   statistics_ready(nc) ? period : 0);
}
