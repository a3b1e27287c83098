/*
 * Reception: what the adapter says of IP, TCP and UDP checksums.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define ETH 14

static uint8_t frame[20000];

static bool receive(size_t size)
{
    return nc37xx_receive(&card.nc, frame, size);
}

static void open_with_buffers(unsigned count)
{
    card_open();
    card_rx_buffers(count);
}

static void datagram(unsigned tag, unsigned ihl, unsigned protocol,
                     size_t data)
{
    uint8_t *ip = frame + ETH + tag;
    uint8_t *sum = ip + ihl * 4 + (protocol == 6 ? 16 : 6);

    frame_fill(frame, sizeof(frame), 0x0800);
    if (tag) {
        memcpy(frame + 12, "\x81\x00\x00\x05\x08\x00", 6);
    }
    frame_ipv4(ip, ihl, protocol, ihl * 4 + data);
    if (protocol == 17) {
        stw_be_p(ip + ihl * 4 + 4, data);
    }
    stw_be_p(sum, 0);
    stw_be_p(sum, ~frame_l4_sum(ip, data));
}

#define TCP_GOOD (L2_FHDR_STATUS_IP_DATAGRAM | L2_FHDR_STATUS_TCP_SEGMENT)
#define UDP_GOOD (L2_FHDR_STATUS_IP_DATAGRAM | L2_FHDR_STATUS_UDP_DATAGRAM)

static void good_checksums_are_reported(void)
{
    static const struct {
        unsigned tag, ihl, protocol;
        size_t data;
        uint32_t status;
    } good[] = {
        { 0, 5, 6, 100, TCP_GOOD },
        { 0, 5, 17, 101, UDP_GOOD },
        { 0, 8, 6, 1000, TCP_GOOD },
        { 0, 15, 17, 8, UDP_GOOD },
        { 4, 5, 6, 200, TCP_GOOD | L2_FHDR_STATUS_VLAN_TAG },
    };
    unsigned i;

    open_with_buffers(20);
    for (i = 0; i < ARRAY_SIZE(good); i++) {
        datagram(good[i].tag, good[i].ihl, good[i].protocol, good[i].data);
        receive(ETH + good[i].tag + good[i].ihl * 4 + good[i].data);
        CU_ASSERT_EQUAL(card_rx_header(i, L2_FHDR_STATUS), good[i].status);
        CU_ASSERT_EQUAL(card_rx_header(i, L2_FHDR_IP_XSUM), 0xffff);
        CU_ASSERT_EQUAL(card_rx_header(i, L2_FHDR_TCP_UDP_XSUM), 0xffff);
    }
}

static void padding_does_not_spoil_a_checksum(void)
{
    open_with_buffers(4);
    datagram(0, 5, 17, 9);
    receive(60);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_STATUS), UDP_GOOD);
}

static void bad_checksums_are_errors(void)
{
    open_with_buffers(8);
    datagram(0, 5, 6, 100);
    frame[ETH + 50] ^= 1;
    receive(ETH + 120);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_STATUS),
                    TCP_GOOD | L2_FHDR_ERRORS_TCP_XSUM);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_TCP_UDP_XSUM),
                    frame_l4_sum(frame + ETH, 100));
    datagram(0, 5, 17, 100);
    frame[ETH + 50] ^= 1;
    receive(ETH + 120);
    CU_ASSERT_EQUAL(card_rx_header(1, L2_FHDR_STATUS),
                    UDP_GOOD | L2_FHDR_ERRORS_UDP_XSUM);
    datagram(0, 5, 6, 100);
    frame[ETH + 8] ^= 1;
    receive(ETH + 120);
    CU_ASSERT_EQUAL(card_rx_header(2, L2_FHDR_STATUS),
                    L2_FHDR_STATUS_IP_DATAGRAM | L2_FHDR_ERRORS_IP_XSUM);
    CU_ASSERT_NOT_EQUAL(card_rx_header(2, L2_FHDR_IP_XSUM), 0xffff);
}

static void what_has_no_checksum_is_not_judged(void)
{
    open_with_buffers(8);
    datagram(0, 5, 17, 100);
    stw_be_p(frame + ETH + 26, 0);          /* UDP without one */
    receive(ETH + 120);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_STATUS),
                    L2_FHDR_STATUS_IP_DATAGRAM);
    datagram(0, 5, 1, 100);                 /* ICMP */
    receive(ETH + 120);
    CU_ASSERT_EQUAL(card_rx_header(1, L2_FHDR_STATUS),
                    L2_FHDR_STATUS_IP_DATAGRAM);
    datagram(0, 5, 6, 100);
    stw_be_p(frame + ETH + 6, 0x00b9);      /* a fragment */
    stw_be_p(frame + ETH + 10, 0);
    stw_be_p(frame + ETH + 10, ~frame_sum(frame + ETH, 20, 0));
    receive(ETH + 120);
    CU_ASSERT_EQUAL(card_rx_header(2, L2_FHDR_STATUS),
                    L2_FHDR_STATUS_IP_DATAGRAM);
    datagram(0, 5, 6, 1000);
    receive(ETH + 120);                     /* cut off */
    CU_ASSERT_EQUAL(card_rx_header(3, L2_FHDR_STATUS),
                    L2_FHDR_STATUS_IP_DATAGRAM);
}

static void a_checksum_is_judged_behind_any_ip_header(void)
{
    unsigned ihl, n = 0;

    open_with_buffers(44);
    for (ihl = 5; ihl <= 15; ihl++, n += 4) {
        datagram(0, ihl, 6, 333);
        receive(ETH + ihl * 4 + 333);
        CU_ASSERT_EQUAL(card_rx_header(n, L2_FHDR_STATUS), TCP_GOOD);
        frame[ETH + ihl * 4 + 332] ^= 0x80;
        receive(ETH + ihl * 4 + 333);
        CU_ASSERT_EQUAL(card_rx_header(n + 1, L2_FHDR_STATUS),
                        TCP_GOOD | L2_FHDR_ERRORS_TCP_XSUM);
        datagram(4, ihl, 17, 334);
        receive(ETH + 4 + ihl * 4 + 334);
        CU_ASSERT_EQUAL(card_rx_header(n + 2, L2_FHDR_STATUS),
                        UDP_GOOD | L2_FHDR_STATUS_VLAN_TAG);
        frame[ETH + 4 + ihl * 4 - 1] ^= 0x80;   /* the IP header's last */
        receive(ETH + 4 + ihl * 4 + 334);
        CU_ASSERT_EQUAL(card_rx_header(n + 3, L2_FHDR_STATUS),
                        L2_FHDR_STATUS_IP_DATAGRAM | L2_FHDR_STATUS_VLAN_TAG |
                        L2_FHDR_ERRORS_IP_XSUM);
    }
}

static void a_checksum_is_judged_behind_a_tag_that_stays(void)
{
    open_with_buffers(4);
    card_write(A_EMAC_RX_MODE, R_EMAC_RX_MODE_KEEP_VLAN_TAG_MASK);
    datagram(4, 5, 6, 200);
    receive(ETH + 4 + 220);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_STATUS), TCP_GOOD);
    CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_TCP_UDP_XSUM), 0xffff);
}

/* The checksum covers what UDP's own length says, not all of the packet. */
static void udp_of_another_length_than_its_packet_is_not_judged(void)
{
    uint8_t *udp = frame + ETH + 20;
    unsigned n;

    open_with_buffers(4);
    for (n = 0; n < 3; n++) {
        datagram(0, 5, 17, 100);
        stw_be_p(udp + 4, n == 0 ? 80 : n == 1 ? 101 : 0);
        receive(ETH + 120);
        CU_ASSERT_EQUAL(card_rx_header(n, L2_FHDR_STATUS),
                        L2_FHDR_STATUS_IP_DATAGRAM);
        CU_ASSERT_EQUAL(card_rx_header(n, L2_FHDR_TCP_UDP_XSUM), 0);
    }
}

/* Good and bad at every length, beside the plain sum. */
static void a_verdict_is_right_at_any_length(void)
{
    size_t data;

    for (data = 20; data <= 1480; data += data < 100 ? 1 : 23) {
        open_with_buffers(2);
        datagram(0, 5, data % 2 ? 6 : 17, data);
        receive(ETH + 20 + data);
        CU_ASSERT_EQUAL(card_rx_header(0, L2_FHDR_TCP_UDP_XSUM), 0xffff);
        frame[ETH + 20 + data - 1]++;
        receive(ETH + 20 + data);
        CU_ASSERT_EQUAL(card_rx_header(1, L2_FHDR_TCP_UDP_XSUM),
                        frame_l4_sum(frame + ETH, data));
        CU_ASSERT_NOT_EQUAL(card_rx_header(1, L2_FHDR_STATUS) >> 16, 0);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(good_checksums_are_reported),
    UNIT_CASE(padding_does_not_spoil_a_checksum),
    UNIT_CASE(bad_checksums_are_errors),
    UNIT_CASE(what_has_no_checksum_is_not_judged),
    UNIT_CASE(a_checksum_is_judged_behind_any_ip_header),
    UNIT_CASE(a_checksum_is_judged_behind_a_tag_that_stays),
    UNIT_CASE(udp_of_another_length_than_its_packet_is_not_judged),
    UNIT_CASE(a_verdict_is_right_at_any_length),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-rx-checksum", cases, CASES, argc, argv);
}
