/*
 * NC37xx adapters under what the drivers of FreeBSD and OpenBSD do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "bce-driver.h"
#include "packet.h"

#define MTU_JUMBO 9000
#define FRAME_JUMBO (14 + MTU_JUMBO)
/* More frames of MTU 9000 than the page ring has room for, round and round. */
#define MANY_JUMBOS 900
#define MANY_FRAMES 1100

#define LINK_SETTLES_NS (100 * 1000 * 1000)

/* Results of the negotiation, in bits 10:8 of the auxiliary status. */
#define RESULT_1000_FULL 7
#define RESULT_100_FULL 5

/* All there are; how many. */
static unsigned interrupts_serve(Bce *bce)
{
    unsigned served = 0;

    while (bce_interrupted(bce)) {
        g_assert_true(bce_interrupt(bce));
        g_assert_cmpuint(++served, <, 10);
    }
    g_assert_false(bce->fatal);
    return served;
}

/* What a change of the link makes, until the link has settled. */
static void link_serve(Bce *bce)
{
    unsigned served = interrupts_serve(bce);

    qtest_clock_step(bce->nc->qts, LINK_SETTLES_NS);
    served += interrupts_serve(bce);
    g_assert_cmpuint(served, >, 0);
}

static void open_up(Bce *bce, QNc37xx *nc, BceKind kind, bool msi,
                    unsigned mtu)
{
    g_assert_true(bce_attach(bce, nc, kind, msi));
    bce_open(bce, mtu);
    link_serve(bce);
}

static void expect_received(Bce *bce, const uint8_t *frame, size_t size)
{
    g_autoptr(GBytes) got = NULL;

    nc37xx_wire_send(bce->nc, frame, size);
    got = bce_receive(bce);
    g_assert_cmpmem(g_bytes_get_data(got, NULL), g_bytes_get_size(got), frame,
                    size);
}

static void expect_size_received(Bce *bce, size_t size, uint8_t seed)
{
    g_autofree uint8_t *frame = g_malloc(size);

    nc37xx_frame_fill(frame, size, seed);
    expect_received(bce, frame, size);
}

/* Sends a frame of two fragments and serves its interrupt. */
static void expect_size_sent(Bce *bce, size_t size, uint8_t seed)
{
    g_autofree uint8_t *frame = g_malloc(size);
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    const size_t fragments[] = { 14, size - 14 };

    nc37xx_frame_fill_out(frame, size, seed);
    bce_send(bce, frame, fragments, ARRAY_SIZE(fragments), 0, 0);
    g_assert_cmpmem(got, nc37xx_wire_receive(bce->nc, got), frame, size);
    g_assert_cmpuint(interrupts_serve(bce), >, 0);
    g_assert_cmphex(bce->tx.consumer, ==, bce->tx.producer);
}

static void attach_freebsd(QNc37xx *nc)
{
    Bce bce;

    g_assert_true(bce_attach(&bce, nc, BCE_FREEBSD, true));
    g_assert_cmpmem(bce.mac, 6, nc37xx_mac, 6);
    g_assert_cmphex(bce.shared, ==, nc->facts->shm_base);
    g_assert_cmphex(bce_shared_read(&bce, SHM_DRV_ACK_CAP_MB), ==,
                    SHM_DRV_ACK_CAP_SIGNATURE | SHM_FW_CAP_MFW_KEEP_VLAN |
                    SHM_FW_CAP_BC_KEEP_VLAN);
    g_assert_cmphex(bce_indirect_read(&bce, COM_FW_RX_DROP_COUNT), ==, 3 << 24
                    | (COM_FW_RX_DROP_COUNT & 0xffff) / 4);
    bce_detach(&bce);
}

/* T23: one wrong bit in any of the three, and there is no interface. */
static void attach_refused(QNc37xx *nc)
{
    static const uint32_t places[] = {
        NVRAM_MAGIC, NVRAM_MANUFACTURING + 0x80, NVRAM_FEATURE + 0x80,
    };

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        uint32_t word = nc37xx_nvm_read(nc, places[i]);
        Bce bce;

        nc37xx_nvm_unlock(nc, true);
        nc37xx_nvm_write(nc, places[i], word ^ 0x00000100);
        nc37xx_nvm_unlock(nc, false);
        g_assert_false(bce_attach(&bce, nc, BCE_FREEBSD, false));
        bce_detach(&bce);
        nc37xx_nvm_unlock(nc, true);
        nc37xx_nvm_write(nc, places[i], word);
        nc37xx_nvm_unlock(nc, false);
        g_assert_true(bce_attach(&bce, nc, BCE_FREEBSD, false));
        bce_detach(&bce);
    }
}

/*
 * T26: all that the header buffer cannot hold goes on in clusters, whether it
 * is a jumbo or not; also when only the FCS is left over.
 */
static void sizes_received(QNc37xx *nc, BceKind kind, bool msi)
{
    static const size_t edges[] = {
        60, 137, 138, 139, 142, 143, 146, 147, 500, 1514,
        142 + BCE_CLUSTER - 5, 142 + BCE_CLUSTER - 4, 142 + BCE_CLUSTER - 3,
    };
    Bce bce;

    open_up(&bce, nc, kind, msi, 1500);
    for (size_t i = 0; i < ARRAY_SIZE(edges); i++) {
        if (kind == BCE_FREEBSD || edges[i] <= 1514) {
            expect_size_received(&bce, edges[i], i);
        }
    }
    g_assert_false(bce.fatal);
    bce_detach(&bce);
}

static void page_ring(QNc37xx *nc)
{
    sizes_received(nc, BCE_FREEBSD, true);
}

static void page_ring_intx(QNc37xx *nc)
{
    sizes_received(nc, BCE_FREEBSD, false);
}

static void clusters(QNc37xx *nc)
{
    sizes_received(nc, BCE_OPENBSD, false);
}

/* Over the links of all pages, and over the producer's 16 bits. */
static void page_ring_goes_round(QNc37xx *nc)
{
    g_autofree uint8_t *frame = g_malloc(FRAME_JUMBO);
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, true, MTU_JUMBO);
    for (unsigned i = 0; i < MANY_JUMBOS; i++) {
        size_t size = FRAME_JUMBO - i % 700;

        nc37xx_frame_fill(frame, size, i);
        expect_received(&bce, frame, size);
    }
    g_assert_cmpuint(bce.pg.consumer, >, 2 * BCE_PG_PAGES *
                     NC37XX_LINK_SLOT);
    bce_detach(&bce);
}

/* Frames come while the driver does not look: none is lost or mixed up. */
static void page_ring_runs_dry(QNc37xx *nc)
{
    const unsigned count = BCE_RX_PAGES * NC37XX_LINK_SLOT + 40;
    uint8_t frame[600];
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, false, 1500);
    for (unsigned sent = 0, got = 0; got < count;) {
        for (unsigned i = 0; i < 8 && sent < count; i++, sent++) {
            nc37xx_frame_fill(frame, sizeof(frame), sent);
            nc37xx_wire_send(nc, frame, sizeof(frame));
        }
        for (unsigned i = 0; i < 8 && got < count; i++, got++) {
            g_autoptr(GBytes) bytes = bce_receive(&bce);

            nc37xx_frame_fill(frame, sizeof(frame), got);
            g_assert_cmpmem(g_bytes_get_data(bytes, NULL),
                            g_bytes_get_size(bytes), frame, sizeof(frame));
        }
    }
    bce_detach(&bce);
}

/* The driver believes ip_xsum when it did not see SPLIT. */
static void checksums_of_long_packets(QNc37xx *nc)
{
    const PacketShape shape = {
        .protocol = PACKET_TCP, .data = 1400, .tcp_options = 12,
        .to_adapter = true,
    };
    uint8_t frame[1514];
    size_t size = packet_build(frame, &shape);
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, true, 1500);
    packet_seal(frame, size);
    expect_received(&bce, frame, size);
    g_assert_cmphex(bce.received_status, ==, L2_FHDR_STATUS_IP_DATAGRAM |
                    L2_FHDR_STATUS_TCP_SEGMENT);
    g_assert_cmphex(bce.received_ip_sum, ==, 0xffff);
    g_assert_cmphex(bce.received_l4_sum, ==, 0xffff);
    packet_set_l4_checksum(frame, packet_l4_checksum(frame) ^ 1);
    expect_received(&bce, frame, size);
    g_assert_true(bce.received_status & L2_FHDR_ERRORS_TCP_XSUM);
    bce_detach(&bce);
}

/* It always has tags taken out, and puts them back when it must. */
static void tags_taken_out(QNc37xx *nc)
{
    const PacketShape shape = {
        .protocol = PACKET_UDP, .data = 1000, .vlan = true,
        .to_adapter = true,
    };
    uint8_t frame[1518];
    size_t size = packet_build(frame, &shape);
    g_autoptr(GBytes) got = NULL;
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, true, 1500);
    packet_seal(frame, size);
    nc37xx_wire_send(nc, frame, size);
    got = bce_receive(&bce);
    g_assert_true(bce.received_status & L2_FHDR_STATUS_VLAN_TAG);
    g_assert_cmphex(bce.received_tag, ==, lduw_be_p(frame + 14));
    memmove(frame + 12, frame + 16, size - 16);
    g_assert_cmpmem(g_bytes_get_data(got, NULL), g_bytes_get_size(got), frame,
                    size - 4);
    bce_detach(&bce);
}

static void tx_chain(QNc37xx *nc)
{
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, true, 1500);
    for (unsigned i = 0; i < MANY_FRAMES; i++) {
        expect_size_sent(&bce, 60 + i % 1400, i);
    }
    g_assert_cmpuint(bce.tx.producer, >, 2 * BCE_TX_PAGES *
                     NC37XX_PAGE_SLOTS);
    bce_detach(&bce);
}

static void expect_segments(Bce *bce, const uint8_t *packet,
                            const PacketShape *shape, uint16_t mss)
{
    g_autofree uint8_t *wanted = g_malloc(NC37XX_WIRE_MAX);
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    unsigned segments = (shape->data + mss - 1) / mss;

    for (unsigned i = 0; i < segments; i++) {
        size_t size = packet_segment(packet, shape, mss, i, wanted);
        size_t got_size = nc37xx_wire_receive(bce->nc, got);

        g_assert_cmpmem(got, got_size, wanted, size);
    }
}

/* What the stack hands over: no length, no checksum in the IP header. */
static void large_send(QNc37xx *nc)
{
    const PacketShape shape = {
        .protocol = PACKET_TCP, .data = 6000, .tcp_options = 12,
        .ip_options = 4,
    };
    const uint16_t mss = 1448;
    const size_t headers = 14 + 24 + 32;
    const size_t fragments[] = { headers, 2000, 2000, 2000 };
    const uint32_t options = (4 + 12) / 4;
    uint8_t packet[NC37XX_WIRE_MAX], queued[NC37XX_WIRE_MAX];
    size_t size = packet_build(packet, &shape);
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, true, 1500);
    memcpy(queued, packet, size);
    stw_be_p(queued + packet_ip(queued) + 2, 0);
    stw_be_p(queued + packet_ip(queued) + 10, 0);
    packet_set_l4_checksum(queued, 0x1234);
    bce_send(&bce, queued, fragments, ARRAY_SIZE(fragments), mss,
             TX_BD_FLAG_SW_LSO | options << TX_BD_FLAG_OPTION_WORDS_SHIFT);
    expect_segments(&bce, packet, &shape, mss);
    g_assert_true(bce_interrupt(&bce));
    g_assert_cmphex(bce.tx.consumer, ==, bce.tx.producer);
    bce_detach(&bce);
}

static void header_checksum(QNc37xx *nc)
{
    const PacketShape shape = { .protocol = PACKET_UDP, .data = 300 };
    uint8_t frame[NC37XX_WIRE_MAX], got[NC37XX_WIRE_MAX];
    size_t size = packet_build(frame, &shape);
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, false, 1500);
    bce_send(&bce, frame, &size, 1, 0,
             TX_BD_FLAG_IP_CKSUM | TX_BD_FLAG_TCP_UDP_CKSUM);
    packet_seal(frame, size);
    g_assert_cmpmem(got, nc37xx_wire_receive(nc, got), frame, size);
    bce_detach(&bce);
}

static void expect_media(Bce *bce, bool active, unsigned result)
{
    BceMedia media = bce_media(bce);

    g_assert_true(media.valid);
    g_assert_cmpint(media.active, ==, active);
    if (active) {
        g_assert_cmpuint(media.result, ==, result);
    }
}

static void link_changes(QNc37xx *nc, BceKind kind, bool msi)
{
    Bce bce;

    open_up(&bce, nc, kind, msi, 1500);
    expect_media(&bce, true, RESULT_1000_FULL);
    nc37xx_set_link(nc, false);
    link_serve(&bce);
    expect_media(&bce, false, 0);
    nc37xx_set_link(nc, true);
    link_serve(&bce);
    expect_media(&bce, true, RESULT_1000_FULL);
    bce_set_media(&bce, PHY_BMCR_SPEED100 | PHY_BMCR_FULL_DUPLEX);
    link_serve(&bce);
    expect_media(&bce, true, RESULT_100_FULL);
    expect_size_received(&bce, 200, 1);
    bce_set_media(&bce, 0);
    link_serve(&bce);
    expect_media(&bce, true, RESULT_1000_FULL);
    expect_size_sent(&bce, 200, 2);
    bce_detach(&bce);
}

static void link_msi(QNc37xx *nc)
{
    link_changes(nc, BCE_FREEBSD, true);
}

static void link_intx(QNc37xx *nc)
{
    link_changes(nc, BCE_FREEBSD, false);
}

static void link_openbsd(QNc37xx *nc)
{
    link_changes(nc, BCE_OPENBSD, false);
}

static uint64_t octets_in_memory(Bce *bce)
{
    uint64_t at = bce->nc->statistics + STAT_IN_OCTETS;

    return (uint64_t)nc37xx_guest32(bce->nc, at) << 32 |
           nc37xx_guest32(bce->nc, at + 4);
}

/* Nobody asks for them: the chip writes them once a second. */
static void statistics_tick(QNc37xx *nc)
{
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, true, 1500);
    expect_size_received(&bce, 996, 1);
    g_assert_cmpuint(octets_in_memory(&bce), ==, 0);
    qtest_clock_step(nc->qts, 1000 * 1000 * 1000);
    g_assert_cmpuint(octets_in_memory(&bce), ==, 1000);
    expect_size_received(&bce, 996, 2);
    qtest_clock_step(nc->qts, 1000 * 1000 * 1000);
    g_assert_cmpuint(octets_in_memory(&bce), ==, 2000);
    bce_detach(&bce);
}

/* An interrupt that is none leaves everything as it is. */
static void spurious(QNc37xx *nc)
{
    Bce bce;

    open_up(&bce, nc, BCE_FREEBSD, false, 1500);
    g_assert_false(bce_interrupted(&bce));
    g_assert_false(bce_interrupt(&bce));
    expect_size_received(&bce, 300, 1);
    g_assert_false(bce_interrupt(&bce));
    bce_detach(&bce);
}

/* What the watchdog does, or ifconfig down and up, in the midst of traffic. */
static void reopen(QNc37xx *nc, BceKind kind, bool msi)
{
    Bce bce;

    open_up(&bce, nc, kind, msi, 1500);
    for (unsigned i = 0; i < 3; i++) {
        uint8_t frame[100];

        expect_size_received(&bce, 700, i);
        expect_size_sent(&bce, 700, i);
        nc37xx_frame_fill_out(frame, sizeof(frame), i);
        nc37xx_wire_send(nc, frame, sizeof(frame));
        bce_open(&bce, 1500);
        link_serve(&bce);
    }
    expect_size_received(&bce, 700, 9);
    bce_detach(&bce);
}

static void reopen_freebsd(QNc37xx *nc)
{
    reopen(nc, BCE_FREEBSD, true);
}

static void reopen_openbsd(QNc37xx *nc)
{
    reopen(nc, BCE_OPENBSD, false);
}

static void attach_openbsd(QNc37xx *nc)
{
    Bce bce;

    g_assert_true(bce_attach(&bce, nc, BCE_OPENBSD, false));
    g_assert_cmpmem(bce.mac, 6, nc37xx_mac, 6);
    bce_detach(&bce);
}

static const Nc37xxCase cases[] = {
    { "freebsd_attaches", attach_freebsd },
    { "freebsd_does_not_attach_to_damaged_nvram", attach_refused },
    { "freebsd_receives_through_its_page_ring", page_ring },
    { "freebsd_receives_through_its_page_ring_with_intx", page_ring_intx },
    { "freebsd_receives_jumbos_round_its_page_ring", page_ring_goes_round },
    { "freebsd_receives_in_bursts_in_order", page_ring_runs_dry },
    { "freebsd_finds_checksums_of_long_packets", checksums_of_long_packets },
    { "freebsd_has_tags_taken_out", tags_taken_out },
    { "freebsd_sends_round_a_chain_of_pages", tx_chain },
    { "freebsd_sends_large_packets_without_a_length", large_send },
    { "freebsd_has_the_header_checksum_computed", header_checksum },
    { "freebsd_follows_the_link_with_msi", link_msi },
    { "freebsd_follows_the_link_with_intx", link_intx },
    { "freebsd_has_statistics_written_each_second", statistics_tick },
    { "freebsd_knows_an_interrupt_that_is_not_its_own", spurious },
    { "freebsd_starts_again_under_traffic", reopen_freebsd },
    { "openbsd_attaches", attach_openbsd },
    { "openbsd_receives_into_clusters", clusters },
    { "openbsd_follows_the_link", link_openbsd },
    { "openbsd_starts_again_under_traffic", reopen_openbsd },
};

static void register_tests(void)
{
    nc37xx_register_cases("bce", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
