/*
 * NC37xx adapters: TCP packets in one piece for the user network.
 *
 * It answers data of a connection that there is not with a reset, which
 * acknowledges all of it: as many resets come back as it got packets, each
 * with the end of its packet, and only if its checksums are right.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "libnc37xx.h"
#include "packet.h"

#define MSS 1460
#define IP 14
#define TCP (IP + 20)
#define TCP_SEQUENCE 4
#define TCP_ACKNOWLEDGED 8
#define TCP_FLAGS 13
#define TCP_RST 0x04
#define TCP_PSH 0x08
/* The longest packet that goes whole: see the gso property. */
#define WHOLE_MAX 60000

static const char *user_network(void)
{
    return "-netdev user,id=user -set device.nic.netdev=user";
}

static const char *user_network_gso_off(void)
{
    return "-netdev user,id=user -set device.nic.netdev=user "
           "-global nc37xx.gso=off";
}

/* So that it need not ask where to send the resets. */
static void announce(QNc37xx *nc)
{
    uint8_t frame[60] = { };

    nc37xx_frame_fill_out(frame, 14, 0);
    memset(frame, 0xff, 6);
    stw_be_p(frame + 12, 0x0806);
    stl_be_p(frame + 14, 0x00010800);
    stl_be_p(frame + 18, 0x06040001);
    memcpy(frame + 22, nc37xx_mac, 6);
    stl_be_p(frame + 28, 0x0a00020f);
    stl_be_p(frame + 38, 0x0a00020f);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    nc37xx_tx_wait(nc);
}

static uint32_t packet_send(QNc37xx *nc, size_t data)
{
    const PacketShape shape = { .protocol = PACKET_TCP, .data = data };
    g_autofree uint8_t *frame = g_malloc0(NC37XX_WIRE_MAX);
    size_t size = packet_build(frame, &shape);

    frame[TCP + TCP_FLAGS] = TCP_PSH;
    packet_spoil(frame);
    qtest_memwrite(nc->qts, nc->buffer, frame, size);
    nc37xx_tx_bd(nc, nc->buffer, MSS << 16 | size, TX_BD_FLAG_START |
                 TX_BD_FLAG_END | TX_BD_FLAG_SW_LSO);
    nc37xx_tx_doorbell(nc);
    return ldl_be_p(frame + TCP + TCP_SEQUENCE);
}

static void packet_is_answered(QNc37xx *nc, size_t data, size_t piece)
{
    uint16_t before = nc37xx_rx_index(nc);
    uint8_t reset[L2_FHDR_SIZE + 2 + TCP + 20];
    uint32_t sequence = packet_send(nc, data);
    uint32_t acknowledged;
    size_t end = 0;

    do {
        end = MIN(data, end + piece);
        qtest_memread(nc->qts, nc37xx_rx_wait(nc), reset, sizeof(reset));
        g_assert_cmphex(reset[RX_FRAME_OFFSET + TCP + TCP_FLAGS] & TCP_RST,
                        ==, TCP_RST);
        acknowledged = ldl_be_p(reset + RX_FRAME_OFFSET + TCP +
                                TCP_ACKNOWLEDGED);
        g_assert_cmphex(acknowledged, ==, (uint32_t)(sequence + end));
    } while (end < data);
    g_assert_cmpuint((uint16_t)(nc37xx_rx_index(nc) - before), ==,
                     DIV_ROUND_UP(data, piece));
}

static void start(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    announce(nc);
}

static void whole(QNc37xx *nc)
{
    start(nc);
    packet_is_answered(nc, MSS, MSS);
    packet_is_answered(nc, MSS + 1, MSS + 1);
    packet_is_answered(nc, 32000, 32000);
    packet_is_answered(nc, WHOLE_MAX - TCP - 20, WHOLE_MAX);
    packet_is_answered(nc, WHOLE_MAX - TCP - 20 + 1, MSS);
}

static void wire_true(QNc37xx *nc)
{
    start(nc);
    packet_is_answered(nc, 10000, MSS);
    packet_is_answered(nc, 60000, MSS);
}

static void filter_add(QNc37xx *nc)
{
    qtest_qmp_assert_success(nc->qts,
        "{ 'execute': 'object-add', 'arguments': { 'id': 'filter',"
        "  'qom-type': 'filter-dump', 'netdev': 'user',"
        "  'file': '/dev/null' } }");
}

static void filter_switch(QNc37xx *nc, const char *status)
{
    qtest_qmp_assert_success(nc->qts,
        "{ 'execute': 'qom-set', 'arguments': { 'path': '/objects/filter',"
        "  'property': 'status', 'value': %s } }", status);
}

static void filter_remove(QNc37xx *nc)
{
    qtest_qmp_assert_success(nc->qts,
        "{ 'execute': 'object-del', 'arguments': { 'id': 'filter' } }");
}

static void filters_come_and_go(QNc37xx *nc)
{
    start(nc);
    packet_is_answered(nc, 10000, 10000);
    filter_add(nc);
    packet_is_answered(nc, 10000, MSS);
    filter_switch(nc, "off");
    packet_is_answered(nc, 10000, MSS);
    filter_remove(nc);
    packet_is_answered(nc, 10000, 10000);
}

/* What the wire would have carried, whoever cut the packet. */
static void statistics(QNc37xx *nc)
{
    const uint64_t octets = 6 * (TCP + 20 + MSS + 4) +
                            TCP + 20 + 10000 % MSS + 4;
    uint64_t before, frames;

    start(nc);
    before = nc37xx_counter(nc, STAT_OUT_OCTETS);
    frames = nc37xx_counter(nc, STAT_OUT_UCAST_PKTS);
    packet_is_answered(nc, 10000, 10000);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_OCTETS) - before, ==,
                     octets);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_UCAST_PKTS) - frames, ==, 7);
}

static void cable_out_and_in(QNc37xx *nc)
{
    uint16_t before;

    start(nc);
    /* Who does not want to know of a loss is not made to see it. */
    nc37xx_write(nc, A_EMAC_ATTENTION_ENA, 0);
    before = nc37xx_rx_index(nc);
    nc37xx_set_link(nc, false);
    packet_send(nc, 10000);
    nc37xx_tx_wait(nc);
    g_assert_cmphex(nc37xx_rx_index(nc), ==, before);
    nc37xx_set_link(nc, true);
    packet_is_answered(nc, 10000, 10000);
}

static const Nc37xxCase cases[] = {
    { "user_network_gets_a_packet_in_one_piece", whole, user_network },
    { "with_gso_off_it_gets_segments", wire_true, user_network_gso_off },
    { "a_filter_sees_segments_from_when_it_comes_until_it_goes",
      filters_come_and_go, user_network },
    { "statistics_count_segments_of_a_whole_packet", statistics,
      user_network },
    { "without_link_a_whole_packet_is_completed_and_dropped",
      cable_out_and_in, user_network },
};

static void register_tests(void)
{
    nc37xx_register_cases("large", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
