/*
 * Large send offload, beside a plain segmenter that shares no code with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"
#include "checksum.h"

#define ETH 14
#define FIN 0x01
#define PSH 0x08
#define CWR 0x80

/* A TCP packet as a stack hands it over. */
struct packet {
    unsigned tag;               /* bytes of VLAN tag in the frame, 0 or 4 */
    unsigned ihl;
    unsigned tcp;               /* bytes of TCP header */
    unsigned flags;
    size_t data;
    unsigned mss;
};

static uint8_t frame[80000];
static uint8_t want[80000];

static size_t packet_make(const struct packet *p)
{
    size_t ip = ETH + p->tag;
    size_t tcp = ip + p->ihl * 4;
    size_t size = tcp + p->tcp + p->data;

    frame_fill(frame, size, 0x0800);
    if (p->tag) {
        memcpy(frame + 12, "\x81\x00\x20\x07\x08\x00", 6);
    }
    frame_ipv4(frame + ip, p->ihl, 6, size - ip);
    stl_be_p(frame + tcp + 4, 0xfffffc00);      /* soon to wrap */
    frame[tcp + 12] = p->tcp / 4 << 4;
    frame[tcp + 13] = p->flags;
    return size;
}

static void packet_send(size_t size, unsigned mss, uint32_t flags)
{
    size_t at, part;

    memcpy(card_memory(FRAMES_AT), frame, size);
    for (at = 0; at < size; at += part) {
        part = MIN(size - at, 16384);
        card_tx_bd(FRAMES_AT + at, mss << 16 | part,
                   (at ? 0 : TX_BD_FLAG_START | TX_BD_FLAG_SW_LSO |
                    TX_BD_FLAG_TCP_UDP_CKSUM | flags) |
                   (at + part == size ? TX_BD_FLAG_END : 0));
    }
    card_tx_doorbell();
}

static void put16(uint8_t *to, unsigned value)
{
    to[0] = value >> 8;
    to[1] = value;
}

/* Segment @n of @count; returns its size. */
static size_t segment_make(const struct packet *p, unsigned n, unsigned count)
{
    size_t ip = ETH + p->tag, tcp = ip + p->ihl * 4, headers = tcp + p->tcp;
    size_t first = (size_t)n * p->mss;
    size_t data = n == count - 1 ? p->data - first : p->mss;
    uint32_t sequence = 0xfffffc00u + first;

    memcpy(want, frame, headers);
    memcpy(want + headers, frame + headers + first, data);
    put16(want + ip + 2, headers - ip + data);
    put16(want + ip + 4, 0xfffe + n);
    put16(want + ip + 10, 0);
    put16(want + ip + 10, ~frame_sum(want + ip, p->ihl * 4, 0));
    put16(want + tcp + 4, sequence >> 16);
    put16(want + tcp + 6, sequence);
    want[tcp + 13] &= ~((n ? CWR : 0) | (n == count - 1 ? 0 : FIN | PSH));
    put16(want + tcp + 16, 0);
    put16(want + tcp + 16, ~frame_l4_sum(want + ip, p->tcp + data));
    return headers + data;
}

static void segments_are_right(const struct packet *p)
{
    unsigned count = p->data ? (p->data + p->mss - 1) / p->mss : 1;
    unsigned n;
    size_t size;

    card_open();
    packet_send(packet_make(p), p->mss, 0);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, count);
    for (n = 0; n < count; n++) {
        size = segment_make(p, n, count);
        if (size < 60) {
            memset(want + size, 0, 60 - size);
            size = 60;
        }
        CU_ASSERT_EQUAL_FATAL(card.sent[n].size, size);
        CU_ASSERT_FALSE_FATAL(memcmp(card.sent[n].data, want, size));
    }
    CU_ASSERT_EQUAL(card_tx_consumer(), card.tx_index);
}

static void segments_are_what_a_plain_segmenter_makes(void)
{
    static const struct packet packets[] = {
        { 0, 5, 20, 0x18, 14600, 1460 },
        { 0, 5, 20, 0x18, 14601, 1460 },
        { 0, 5, 32, 0x10, 60000, 1448 },
        { 0, 5, 20, 0x99, 4000, 536 },
        { 0, 5, 60, 0xff, 3001, 1000 },
        { 0, 15, 60, 0x19, 2999, 1000 },
        { 0, 6, 24, 0x98, 101, 100 },
        { 4, 5, 20, 0x19, 5000, 1456 },
        { 0, 5, 20, 0x18, 30000, 8960 },
        { 0, 5, 20, 0x18, 100, 1460 },
        { 0, 5, 20, 0x11, 0, 1460 },
        { 0, 5, 20, 0x18, 1001, 48 },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(packets); i++) {
        segments_are_right(&packets[i]);
    }
}

static void every_length_around_a_segment_is_right(void)
{
    struct packet p = { 0, 5, 32, 0xd9, 0, 200 };

    for (p.data = 1; p.data < 620; p.data++) {
        segments_are_right(&p);
    }
}

static void the_largest_packet_is_segmented(void)
{
    struct packet p = { 0, 5, 20, 0x18, 65535 - 40, 1460 };

    segments_are_right(&p);
}

static unsigned random_below(uint32_t *seed, unsigned limit)
{
    *seed = *seed * 1664525 + 1013904223;
    return (*seed >> 8) % limit;
}

static void any_packet_is_segmented_as_the_plain_segmenter_does(void)
{
    uint32_t seed = 37;
    struct packet p;
    unsigned i;

    for (i = 0; i < 300; i++) {
        p.tag = random_below(&seed, 2) * 4;
        p.ihl = 5 + random_below(&seed, 11);
        p.tcp = 20 + random_below(&seed, 11) * 4;
        p.flags = random_below(&seed, 256);
        p.mss = 48 + random_below(&seed, i % 4 ? 1460 : 8800);
        p.data = random_below(&seed, MIN(p.mss * 100, 65000));
        segments_are_right(&p);
    }
}

/* Headers may lie in any number of fragments, cut anywhere. */
static void segments_do_not_depend_on_how_a_packet_is_cut(void)
{
    static const struct packet p = { 0, 6, 32, 0x19, 100, 48 };
    size_t size = packet_make(&p);
    size_t cut, part;
    unsigned n;

    for (cut = 1; cut < size; cut++) {
        card_open();
        memcpy(card_memory(FRAMES_AT), frame, size);
        card_tx_bd(FRAMES_AT, p.mss << 16 | cut, TX_BD_FLAG_START |
                   TX_BD_FLAG_SW_LSO);
        card_tx_bd(FRAMES_AT + cut, size - cut, TX_BD_FLAG_END);
        card_tx_doorbell();
        CU_ASSERT_EQUAL_FATAL(card.sent_count, 3);
        for (n = 0; n < 3; n++) {
            part = segment_make(&p, n, 3);
            CU_ASSERT_EQUAL_FATAL(card.sent[n].size, part);
            CU_ASSERT_FALSE_FATAL(memcmp(card.sent[n].data, want, part));
        }
    }
}

/* The stack's own length and checksum fields may hold anything. */
static void fields_of_the_stack_are_not_believed(void)
{
    struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };
    size_t size;

    card_open();
    size = packet_make(&p);
    put16(frame + ETH + 2, 0);
    put16(frame + ETH + 10, 0);
    put16(frame + ETH + 36, 0xbeef);
    packet_send(size, p.mss, 0);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 3);
    size = segment_make(&p, 2, 3);
    CU_ASSERT_EQUAL(card.sent[2].size, size);
    CU_ASSERT_FALSE(memcmp(card.sent[2].data, want, size));
}

static void each_segment_gets_the_tag_that_is_inserted(void)
{
    struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };
    size_t size = packet_make(&p);
    unsigned n;

    card_open();
    packet_send(size, p.mss, TX_BD_FLAG_VLAN_TAG | 0x20070000);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 3);
    p.tag = 4;
    memmove(frame + 16, frame + 12, size - 12);
    memcpy(frame + 12, "\x81\x00\x20\x07", 4);
    for (n = 0; n < 3; n++) {
        size = segment_make(&p, n, 3);
        CU_ASSERT_EQUAL_FATAL(card.sent[n].size, size);
        CU_ASSERT_FALSE(memcmp(card.sent[n].data, want, size));
    }
}

static void segments_of_zero_bytes_mean_no_segmentation(void)
{
    struct packet p = { 0, 5, 20, 0x18, 500, 0 };
    size_t size;

    card_open();
    size = packet_make(&p);
    packet_send(size, 0, 0);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(card.sent[0].size, size);
    CU_ASSERT_EQUAL(frame_l4_sum(card.sent[0].data + ETH, 520), 0xffff);
}

static void without_its_flag_nothing_is_segmented(void)
{
    struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };
    size_t size;

    card_open();
    size = packet_make(&p);
    memcpy(card_memory(FRAMES_AT), frame, size);
    card_tx_bd(FRAMES_AT, p.mss << 16 | size, TX_BD_FLAG_START |
               TX_BD_FLAG_END);
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(card.sent[0].size, size);
}

static void refused(size_t size, unsigned mss)
{
    uint32_t errors;

    packet_send(size, mss, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_tx_bad_lso], 1);
    card_write(A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    errors = card_long(STATISTICS_AT + STAT_TX_MAC_ERRORS);
    CU_ASSERT_EQUAL(errors, 1);
    CU_ASSERT_EQUAL(card_tx_consumer(), card.tx_index);
    card_open();
}

static void what_cannot_be_segmented_is_refused(void)
{
    static const struct packet good = { 0, 5, 20, 0x18, 3000, 1460 };
    size_t size;

    card_open();
    size = packet_make(&good);
    frame[12] = 0x86;                       /* not IPv4 */
    refused(size, 1460);
    size = packet_make(&good);
    frame[ETH + 9] = 17;                    /* not TCP */
    refused(size, 1460);
    size = packet_make(&good);
    frame[ETH + 6] = 0x20;                  /* a fragment */
    refused(size, 1460);
    size = packet_make(&good);
    frame[ETH + 20 + 12] = 0x40;            /* TCP header of 16 bytes */
    refused(size, 1460);
    packet_make(&good);
    refused(ETH + 20 + 19, 1460);           /* TCP header cut off */
    packet_make(&good);
    frame[ETH + 20 + 12] = 0xf0;
    refused(ETH + 20 + 59, 1460);           /* its options cut off */
    size = packet_make(&good);
    refused(size, 47);                      /* a flood of small frames */
    size = packet_make(&good);
    refused(size, NC37XX_FRAME_MAX - 53);   /* segments too long */
}

/* However small the segments are, the main loop gets its turn. */
static void small_segments_use_the_budget_up_sooner(void)
{
    static const struct packet p = { 0, 5, 20, 0x18, 60000, 48 };
    size_t size = packet_make(&p);
    unsigned i;

    card_open();
    memcpy(card_memory(FRAMES_AT), frame, size);
    for (i = 0; i < 20; i++) {
        card_tx_bd(FRAMES_AT, p.mss << 16 | size, TX_BD_FLAG_START |
                   TX_BD_FLAG_END | TX_BD_FLAG_SW_LSO);
    }
    card_tx_doorbell();
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
    CU_ASSERT_EQUAL(card.sent_count, 4 * 1250);
    while (card.nc.tx.at.index != card.tx_index) {
        nc37xx_transmit(&card.nc);
    }
    CU_ASSERT_EQUAL(card.sent_count, 20 * 1250);
}

static void without_a_link_segments_are_dropped(void)
{
    static const struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };

    card_open();
    nc37xx_set_carrier(&card.nc, false);
    packet_send(packet_make(&p), 1460, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_tx_drop_link], 3);
    CU_ASSERT_EQUAL(card_tx_consumer(), card.tx_index);
}

static void segments_come_back_in_loopback(void)
{
    static const struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };
    unsigned n;
    size_t size;

    card_open();
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    card_rx_buffers(3);
    packet_send(packet_make(&p), 1460, 0);
    CU_ASSERT_EQUAL(card_rx_consumer(), 3);
    for (n = 0; n < 3; n++) {
        size = segment_make(&p, n, 3);
        CU_ASSERT_FALSE(memcmp(card_rx_buffer(n) + RX_FRAME_OFFSET, want,
                               size));
    }
}

/* In one piece, for a peer that takes it so */

static void statistics_now(uint8_t *block)
{
    card_write(A_HC_COMMAND, R_HC_COMMAND_STATS_NOW_MASK);
    memcpy(block, card_memory(STATISTICS_AT), STATISTICS_SIZE);
}

/* The packet as sent: lengths and IP checksum right, TCP's to be completed. */
static void whole_make(const struct packet *p)
{
    uint8_t *ip = want + ETH + p->tag, *tcp = ip + p->ihl * 4;
    size_t l4 = p->tcp + p->data;
    uint32_t pseudo = frame_sum(ip + 12, 8, 6) + l4;

    put16(ip + 2, p->ihl * 4 + l4);
    put16(ip + 10, 0);
    put16(ip + 10, ~frame_sum(ip, p->ihl * 4, 0));
    put16(tcp + 16, (pseudo & 0xffff) + (pseudo >> 16));
}

static void whole_is_right(const struct packet *p)
{
    size_t size = packet_make(p);

    card_open();
    card.takes_large = true;
    memcpy(want, frame, size);
    put16(frame + ETH + p->tag + 2, 0);         /* as some drivers leave it */
    packet_send(size, p->mss, 0);
    whole_make(p);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_EQUAL_FATAL(card.sent[0].size, size);
    CU_ASSERT_FALSE(memcmp(card.sent[0].data, want, size));
    CU_ASSERT_EQUAL(card.large.mss, p->mss);
    CU_ASSERT_EQUAL(card.large.tcp, ETH + p->tag + p->ihl * 4);
    CU_ASSERT_EQUAL(card.large.headers, card.large.tcp + p->tcp);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_tx_large], 1);
    CU_ASSERT_EQUAL(card_tx_consumer(), card.tx_index);
    CU_ASSERT_TRUE(checksum_complete(card.sent[0].data, size, card.large.tcp,
                                     card.large.tcp + 16));
    CU_ASSERT_EQUAL(frame_l4_sum(card.sent[0].data + ETH + p->tag,
                                 p->tcp + p->data), 0xffff);
}

static void a_peer_that_takes_it_gets_the_whole_packet(void)
{
    static const struct packet packets[] = {
        { 0, 5, 20, 0x18, 14600, 1460 },
        { 0, 5, 32, 0x10, 60000, 1448 },
        { 0, 15, 60, 0x99, 2999, 1000 },
        { 4, 5, 20, 0x19, 5000, 1456 },
        { 4, 7, 32, 0x10, 1449, 1448 },
        { 0, 5, 20, 0x18, 65535 - 40, 1460 },
    };
    size_t i;

    for (i = 0; i < ARRAY_SIZE(packets); i++) {
        whole_is_right(&packets[i]);
    }
}

static void a_peer_gets_segments_when_a_datagram_would_be_too_long(void)
{
    struct packet p = { 0, 5, 20, 0x18, 65535 - 40 + 1, 1460 };

    card_open();
    card.takes_large = true;
    packet_send(packet_make(&p), p.mss, 0);
    CU_ASSERT_EQUAL(card.large_count, 0);
    CU_ASSERT_EQUAL(card.sent_count, 45);
}

static void what_is_one_segment_is_a_frame_to_every_peer(void)
{
    struct packet p = { 0, 5, 20, 0x18, 1460, 1460 };

    card_open();
    card.takes_large = true;
    packet_send(packet_make(&p), p.mss, 0);
    CU_ASSERT_EQUAL(card.large_count, 0);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_EQUAL(frame_l4_sum(card.sent[0].data + ETH, 1480), 0xffff);
}

static void a_tag_is_inserted_into_a_whole_packet(void)
{
    struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };
    size_t size = packet_make(&p);

    card_open();
    card.takes_large = true;
    packet_send(size, p.mss, TX_BD_FLAG_VLAN_TAG | 0x20070000);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_EQUAL_FATAL(card.sent[0].size, size + 4);
    CU_ASSERT_FALSE(memcmp(card.sent[0].data + 12,
                           "\x81\x00\x20\x07\x08\x00", 6));
    CU_ASSERT_EQUAL(card.large.tcp, ETH + 4 + 20);
}

/* The wire has carried frames in any case. */
static void statistics_do_not_tell_who_cut_the_packet(void)
{
    struct packet p = { 0, 5, 20, 0x18, 0, 0 };
    uint8_t cut[STATISTICS_SIZE], whole[STATISTICS_SIZE];
    unsigned count, rest;

    for (p.mss = 48; p.mss < 9000; p.mss = p.mss * 2 + 1) {
        /* A last segment of one byte is padded, one of none is not there. */
        for (count = 0; count < 6; count++) {
            for (rest = 1; rest <= p.mss; rest = rest * 5 + 1) {
                p.data = count * p.mss + (rest * 5 + 1 > p.mss ? p.mss :
                                          rest);
                card_open();
                packet_send(packet_make(&p), p.mss, 0);
                statistics_now(cut);
                card_open();
                card.takes_large = true;
                packet_send(packet_make(&p), p.mss, 0);
                statistics_now(whole);
                CU_ASSERT_EQUAL(card.large_count, p.data > p.mss);
                CU_ASSERT_FALSE(memcmp(cut, whole, sizeof(cut)));
            }
        }
    }
}

static void without_a_link_no_whole_packet_is_sent(void)
{
    static const struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };

    card_open();
    card.takes_large = true;
    nc37xx_set_carrier(&card.nc, false);
    packet_send(packet_make(&p), 1460, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_tx_drop_link], 3);
    CU_ASSERT_EQUAL(card_tx_consumer(), card.tx_index);
}

static void in_loopback_a_packet_is_always_cut(void)
{
    static const struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };

    card_open();
    card.takes_large = true;
    card_write(A_EMAC_MODE, R_EMAC_MODE_MAC_LOOP_MASK);
    card_rx_buffers(3);
    packet_send(packet_make(&p), 1460, 0);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(card_rx_consumer(), 3);
}

static void the_budget_holds_for_whole_packets_too(void)
{
    static const struct packet p = { 0, 5, 20, 0x18, 60000, 1460 };
    size_t size = packet_make(&p);
    unsigned i;

    card_open();
    card.takes_large = true;
    memcpy(card_memory(FRAMES_AT), frame, size);
    for (i = 0; i < 80; i++) {
        card_tx_bd(FRAMES_AT, p.mss << 16 | size, TX_BD_FLAG_START |
                   TX_BD_FLAG_END | TX_BD_FLAG_SW_LSO);
    }
    card_tx_doorbell();
    CU_ASSERT_TRUE(card.timers[NC37XX_TIMER_TRANSMIT] > 0);
    CU_ASSERT_TRUE(card.large_count < 80);
}

static void ring_the_doorbell(void)
{
    card_tx_doorbell();
}

/* A peer's answer may reach the driver before the packet is gone. */
static void a_doorbell_inside_a_whole_send_is_heard(void)
{
    static const struct packet p = { 0, 5, 20, 0x18, 3000, 1460 };
    size_t size = packet_make(&p);
    unsigned i;

    card_open();
    card.takes_large = true;
    card.when_sent = ring_the_doorbell;
    memcpy(card_memory(FRAMES_AT), frame, size);
    for (i = 0; i < 3; i++) {
        card_tx_bd(FRAMES_AT, p.mss << 16 | size, TX_BD_FLAG_START |
                   TX_BD_FLAG_END | TX_BD_FLAG_SW_LSO);
    }
    card_tx_doorbell();
    CU_ASSERT_EQUAL(card.large_count, 3);
    CU_ASSERT_EQUAL(card_tx_consumer(), card.tx_index);
}

static const struct unit_case cases[] = {
    UNIT_CASE(segments_are_what_a_plain_segmenter_makes),
    UNIT_CASE(every_length_around_a_segment_is_right),
    UNIT_CASE(the_largest_packet_is_segmented),
    UNIT_CASE(any_packet_is_segmented_as_the_plain_segmenter_does),
    UNIT_CASE(segments_do_not_depend_on_how_a_packet_is_cut),
    UNIT_CASE(fields_of_the_stack_are_not_believed),
    UNIT_CASE(each_segment_gets_the_tag_that_is_inserted),
    UNIT_CASE(segments_of_zero_bytes_mean_no_segmentation),
    UNIT_CASE(without_its_flag_nothing_is_segmented),
    UNIT_CASE(what_cannot_be_segmented_is_refused),
    UNIT_CASE(small_segments_use_the_budget_up_sooner),
    UNIT_CASE(without_a_link_segments_are_dropped),
    UNIT_CASE(segments_come_back_in_loopback),
    UNIT_CASE(a_peer_that_takes_it_gets_the_whole_packet),
    UNIT_CASE(a_peer_gets_segments_when_a_datagram_would_be_too_long),
    UNIT_CASE(what_is_one_segment_is_a_frame_to_every_peer),
    UNIT_CASE(a_tag_is_inserted_into_a_whole_packet),
    UNIT_CASE(statistics_do_not_tell_who_cut_the_packet),
    UNIT_CASE(without_a_link_no_whole_packet_is_sent),
    UNIT_CASE(in_loopback_a_packet_is_always_cut),
    UNIT_CASE(the_budget_holds_for_whole_packets_too),
    UNIT_CASE(a_doorbell_inside_a_whole_send_is_heard),
};

int main(int argc, char **argv)
{
    return unit_main("lso", cases, CASES, argc, argv);
}
