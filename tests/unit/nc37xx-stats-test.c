/*
 * Statistics: what is counted, and where it can be read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"
#include "nc37xx-core.h"

#define LONGEST NC37XX_FRAME_MAX

/* What all counters are to be; a test fills in what it expects. */
static uint64_t expected[STATISTICS_SIZE / 4];

static uint64_t *counter(unsigned stat)
{
    return &expected[stat / 4];
}

static void open_counting(void)
{
    memset(expected, 0, sizeof(expected));
    card_open();
    card_write(A_EMAC_RX_MTU_SIZE, LONGEST + NC37XX_FCS_SIZE);
    card_rx_buffers(100);
}

/* In the block that the chip writes, as drivers read it. */
static uint64_t posted(unsigned stat)
{
    return stat >= STAT_FIRST_32BIT ? card_long(STATISTICS_AT + stat) :
           (uint64_t)card_long(STATISTICS_AT + stat) << 32 |
           card_long(STATISTICS_AT + stat + 4);
}

static void all_are_as_expected(void)
{
    unsigned stat;

    card_write(A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    for (stat = 0; stat < STATISTICS_SIZE;
         stat += stat < STAT_FIRST_32BIT ? 8 : 4) {
        CU_ASSERT_EQUAL(posted(stat), *counter(stat));
    }
}

static const uint8_t *frame_to(const char *destination, size_t size)
{
    static uint8_t frame[LONGEST + 100];

    frame_fill(frame, size, 0x88b5);
    if (destination) {
        memcpy(frame, destination, 6);
    }
    return frame;
}

static void arrives(const char *destination, size_t size)
{
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame_to(destination, size),
                                  size));
}

static void is_sent(const char *destination, size_t size)
{
    card_transmit(frame_to(destination, size), size, 0);
}

#define BROADCAST "\xff\xff\xff\xff\xff\xff"
#define GROUP "\x01\x00\x5e\x00\x00\x01"
#define STRANGER "\x02\x00\x00\x00\x00\x01"

static void frames_are_counted_by_kind_and_octets(void)
{
    open_counting();
    card_write(A_RPM_SORT_USER0, R_RPM_SORT_USER0_ENA_MASK |
               R_RPM_SORT_USER0_BC_EN_MASK | R_RPM_SORT_USER0_MC_EN_MASK | 1);
    arrives(NULL, 100);
    arrives(NULL, 100);
    arrives(GROUP, 100);
    arrives(BROADCAST, 60);
    arrives(STRANGER, 100);
    is_sent(STRANGER, 200);
    is_sent(GROUP, 200);
    is_sent(GROUP, 200);
    is_sent(BROADCAST, 60);
    *counter(STAT_IN_OCTETS) = 3 * 104 + 64;
    *counter(STAT_IN_UCAST_PKTS) = 2;
    *counter(STAT_IN_MULTICAST_PKTS) = 1;
    *counter(STAT_IN_BROADCAST_PKTS) = 1;
    *counter(STAT_IN_L2_FILTER_DISCARDS) = 1;
    *counter(STAT_RX_SIZE_BINS) = 1;
    *counter(STAT_RX_SIZE_BINS + 4) = 3;
    *counter(STAT_OUT_OCTETS) = 3 * 204 + 64;
    *counter(STAT_OUT_UCAST_PKTS) = 1;
    *counter(STAT_OUT_MULTICAST_PKTS) = 2;
    *counter(STAT_OUT_BROADCAST_PKTS) = 1;
    *counter(STAT_TX_SIZE_BINS) = 1;
    *counter(STAT_TX_SIZE_BINS + 8) = 3;
    all_are_as_expected();
}

/* Bounds of the bins, FCS included. */
static void each_size_has_its_bin(void)
{
    static const struct {
        size_t octets;
        unsigned bin;
    } sizes[] = {
        { 64, 0 }, { 65, 1 }, { 127, 1 }, { 128, 2 }, { 255, 2 }, { 256, 3 },
        { 511, 3 }, { 512, 4 }, { 1023, 4 }, { 1024, 5 }, { 1522, 5 },
        { 1523, 6 }, { 9022, 6 },
    };
    size_t i;

    open_counting();
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, 200 << 16 | 4096);
    card_rx_pages(60, 4096);
    for (i = 0; i < ARRAY_SIZE(sizes); i++) {
        size_t size = sizes[i].octets - NC37XX_FCS_SIZE;

        arrives(NULL, size);
        is_sent(NULL, size);
        *counter(STAT_RX_SIZE_BINS + 4 * sizes[i].bin) += 1;
        *counter(STAT_TX_SIZE_BINS + 4 * sizes[i].bin) += 1;
        *counter(STAT_IN_OCTETS) += sizes[i].octets;
        *counter(STAT_OUT_OCTETS) += sizes[i].octets;
        *counter(STAT_IN_UCAST_PKTS) += 1;
        *counter(STAT_OUT_UCAST_PKTS) += 1;
    }
    all_are_as_expected();
}

static void what_goes_wrong_is_counted_apart(void)
{
    open_counting();
    card_write(A_EMAC_RX_MTU_SIZE, 1518);
    arrives(NULL, 1600);                    /* beyond the MTU */
    arrives(NULL, LONGEST + 1);             /* beyond the chip */
    *counter(STAT_OVERSIZE_PKTS) = 2;
    *counter(STAT_IN_BAD_OCTETS) = 1604 + LONGEST + 5;
    is_sent(NULL, 10);                      /* not even a header */
    is_sent(NULL, LONGEST + 1);
    *counter(STAT_TX_MAC_ERRORS) = 2;
    *counter(STAT_OUT_BAD_OCTETS) = 14 + LONGEST + 5;
    all_are_as_expected();
}

static void a_frame_into_nowhere_misses_its_carrier(void)
{
    open_counting();
    nc37xx_set_carrier(&card.nc, false);
    is_sent(NULL, 100);
    *counter(STAT_CARRIER_SENSE_ERRORS) = 1;
    *counter(STAT_OUT_BAD_OCTETS) = 104;
    all_are_as_expected();
}

static void a_frame_without_a_buffer_is_discarded(void)
{
    open_counting();
    card_bd(RX_RING_AT, 0, NOWHERE, BUFFER_SIZE, 0);
    arrives(NULL, 100);
    *counter(STAT_IN_MBUF_DISCARDS) = 1;
    all_are_as_expected();
}

static void flow_control_is_counted(void)
{
    uint8_t frame[60] = {
        0x01, 0x80, 0xc2, 0, 0, 1, 2, 0, 0, 0, 0, 9, 0x88, 0x08, 0, 1, 0, 9,
    };

    open_counting();
    card_write(A_EMAC_RX_MODE, R_EMAC_RX_MODE_FLOW_EN_MASK);
    nc37xx_receive(&card.nc, frame, sizeof(frame));
    nc37xx_receive(&card.nc, frame, sizeof(frame));
    frame[17] = 0;
    nc37xx_receive(&card.nc, frame, sizeof(frame));
    *counter(STAT_XOFF_RECEIVED) = 2;
    *counter(STAT_XON_RECEIVED) = 1;
    *counter(STAT_MAC_CONTROL_RECEIVED) = 3;
    *counter(STAT_XOFF_STATE_ENTERED) = 1;
    *counter(STAT_FLOW_CONTROL_DONE) = 1;
    all_are_as_expected();
}

static void a_segmented_packet_counts_as_its_segments(void)
{
    uint8_t frame[54 + 2000];

    open_counting();
    memset(frame, 0, sizeof(frame));
    memcpy(frame, STRANGER, 6);
    stw_be_p(frame + 12, 0x0800);
    frame_ipv4(frame + 14, 5, 6, 40 + 2000);
    frame[46] = 0x50;
    memcpy(card_memory(FRAMES_AT), frame, sizeof(frame));
    card_tx_bd(FRAMES_AT, 1000u << 16 | sizeof(frame), TX_BD_FLAG_SW_LSO |
               TX_BD_FLAG_START | TX_BD_FLAG_END);
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 2);
    *counter(STAT_OUT_OCTETS) = 2 * (54 + 1000 + 4);
    *counter(STAT_OUT_UCAST_PKTS) = 2;
    *counter(STAT_TX_SIZE_BINS + 4 * 5) = 2;
    all_are_as_expected();
}

static void loopback_counts_both_ways(void)
{
    open_counting();
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    is_sent(NULL, 100);
    *counter(STAT_OUT_OCTETS) = *counter(STAT_IN_OCTETS) = 104;
    *counter(STAT_OUT_UCAST_PKTS) = *counter(STAT_IN_UCAST_PKTS) = 1;
    *counter(STAT_TX_SIZE_BINS + 4) = *counter(STAT_RX_SIZE_BINS + 4) = 1;
    all_are_as_expected();
}

/* Every counter has its place, and none is written by another's name. */
static void every_counter_is_posted_where_it_belongs(void)
{
    unsigned stat;

    open_counting();
    for (stat = 0; stat < STATISTICS_SIZE;
         stat += stat < STAT_FIRST_32BIT ? 8 : 4) {
        nc37xx_count(&card.nc, stat, 0x1000 + stat);
        *counter(stat) = 0x1000 + stat;
    }
    nc37xx_count(&card.nc, STAT_OUT_OCTETS, 0xffffffff);
    *counter(STAT_OUT_OCTETS) += 0xffffffff;
    all_are_as_expected();
}

/* As in the register lists of the drivers; read apart from our table. */
static void registers_show_the_counters_too(void)
{
    static const uint16_t copies[][2] = {
        { 0x1500, 0x000 }, { 0x1504, 0x008 }, { 0x1508, 0x078 },
        { 0x150c, 0x020 }, { 0x1510, 0x028 }, { 0x1514, 0x030 },
        { 0x1518, 0x058 }, { 0x151c, 0x05c }, { 0x1520, 0x054 },
        { 0x1524, 0x0c0 }, { 0x1528, 0x0c4 }, { 0x152c, 0x0d4 },
        { 0x1530, 0x0d8 }, { 0x1534, 0x084 }, { 0x1538, 0x07c },
        { 0x153c, 0x080 }, { 0x1540, 0x088 }, { 0x1544, 0x08c },
        { 0x1548, 0x090 }, { 0x154c, 0x094 }, { 0x1550, 0x098 },
        { 0x1554, 0x09c }, { 0x1558, 0x0a0 },
        { 0x1600, 0x010 }, { 0x1604, 0x018 }, { 0x1608, 0x074 },
        { 0x160c, 0x0c8 }, { 0x1610, 0x0cc }, { 0x1614, 0x0d0 },
        { 0x1618, 0x060 }, { 0x161c, 0x064 }, { 0x1620, 0x068 },
        { 0x1624, 0x06c }, { 0x1628, 0x070 }, { 0x162c, 0x038 },
        { 0x1630, 0x040 }, { 0x1634, 0x048 }, { 0x1638, 0x0a4 },
        { 0x163c, 0x0a8 }, { 0x1640, 0x0ac }, { 0x1644, 0x0b0 },
        { 0x1648, 0x0b4 }, { 0x164c, 0x0b8 }, { 0x1650, 0x0bc },
        { 0x1654, 0x050 },
        { 0x1840, 0x0dc }, { 0x1844, 0x0e0 }, { 0x1848, 0x0e4 },
        { 0x184c, 0x0e8 }, { 0x1850, 0x0ec },
    };
    size_t i;

    open_counting();
    for (i = 0; i < ARRAY_SIZE(copies); i++) {
        nc37xx_count(&card.nc, copies[i][1], 0x100000000 + copies[i][1] + 1);
    }
    for (i = 0; i < ARRAY_SIZE(copies); i++) {
        CU_ASSERT_EQUAL(card_read(copies[i][0]), copies[i][1] + 1u);
        card_write(copies[i][0], 0);
        CU_ASSERT_EQUAL(card_read(copies[i][0]), copies[i][1] + 1u);
    }
    card_write(A_HC_COMMAND, R_HC_COMMAND_CLR_STAT_NOW_MASK);
    for (i = 0; i < ARRAY_SIZE(copies); i++) {
        CU_ASSERT_EQUAL(card_read(copies[i][0]), 0);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(frames_are_counted_by_kind_and_octets),
    UNIT_CASE(each_size_has_its_bin),
    UNIT_CASE(what_goes_wrong_is_counted_apart),
    UNIT_CASE(a_frame_into_nowhere_misses_its_carrier),
    UNIT_CASE(a_frame_without_a_buffer_is_discarded),
    UNIT_CASE(flow_control_is_counted),
    UNIT_CASE(a_segmented_packet_counts_as_its_segments),
    UNIT_CASE(loopback_counts_both_ways),
    UNIT_CASE(every_counter_is_posted_where_it_belongs),
    UNIT_CASE(registers_show_the_counters_too),
};

int main(int argc, char **argv)
{
    return unit_main("stats", cases, CASES, argc, argv);
}
