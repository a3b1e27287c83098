/*
 * NC37xx adapters: state that travels to another QEMU in mid-traffic.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <glib/gstdio.h>
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "libnc37xx.h"

/* The section's name, with its length: the ROM's begins with it too. */
#define STREAM_ID "\0230000:00:04.0/nc37xx"
#define SCRATCH_PAD 0x164000
#define BMCR_NEGOTIATE (PHY_BMCR_AUTONEG | PHY_BMCR_RESTART |                \
                        PHY_BMCR_FULL_DUPLEX | PHY_BMCR_SPEED1000)
#define MILLISECOND 1000000ll

/* Shadow registers are the last thing in the stream before the link state. */
#define SHADOWS 32
#define SHADOW_VALUE(i) (0x200 + (i))

static const char *other_side(void)
{
    return "-incoming defer";
}

/* The stream is a file of its own: returns its name, to be freed. */
static char *save(QNc37xx *nc)
{
    g_autofree char *uri = NULL;
    char *path;
    int fd = g_file_open_tmp("nc37xx-XXXXXX.stream", &path, NULL);

    g_assert_cmpint(fd, >=, 0);
    close(fd);
    uri = g_strdup_printf("file:%s", path);
    qtest_qmp_assert_success(nc->qts, "{'execute': 'migrate', 'arguments': "
                             "{'uri': %s}}", uri);
    g_assert_true(nc37xx_migration_done(nc));
    return path;
}

/* QEMU's own announcement of the move would mix with our frames. */
static bool load(QNc37xx *to, const char *path)
{
    g_autofree char *uri = g_strdup_printf("file:%s", path);

    qtest_qmp_assert_success(to->qts, "{'execute': 'migrate-set-parameters', "
                             "'arguments': {'announce-rounds': 0}}");
    qtest_qmp_assert_success(to->qts, "{'execute': 'migrate-incoming', "
                             "'arguments': {'uri': %s, 'exit-on-error': "
                             "%i}}", uri, false);
    return nc37xx_migration_done(to);
}

static void forget(char *path)
{
    g_unlink(path);
    g_free(path);
}

/* The adapter continues elsewhere.  The clock of a qtest does not travel. */
static QNc37xx *move(QNc37xx *nc, const char *options)
{
    char *path = save(nc);
    QNc37xx *to = nc37xx_clone(nc, options);

    g_assert_true(load(to, path));
    forget(path);
    qtest_clock_set(to->qts, qtest_clock_step(nc->qts, 1));
    return to;
}

/* The source ends as stopped as it is: the next test needs a new one. */
static void end(QNc37xx *to)
{
    nc37xx_clone_free(to);
    qos_invalidate_command_line();
}

/*
 * All that a guest can see, but for what changes when it is looked at.
 */

static void note(GArray *state, uint32_t value)
{
    g_array_append_val(state, value);
}

static void note_memories(QNc37xx *nc, GArray *state)
{
    for (uint32_t at = 0; at < NC37XX_CONTEXT_MEMORY; at += 4) {
        note(state, nc37xx_context_read(nc, at));
    }
    for (uint32_t at = 0; at < NC37XX_SHM_SIZE; at += 4) {
        note(state, nc37xx_shm_read(nc, at));
        note(state, nc37xx_indirect_read(nc, SCRATCH_PAD + at));
    }
    for (unsigned cpu = 0; cpu < NC37XX_CPUS; cpu++) {
        uint32_t base = NC37XX_CPU_FIRST + cpu * NC37XX_CPU_BLOCK;

        note(state, nc37xx_indirect_read(nc, base + CPU_MODE));
        note(state, nc37xx_indirect_read(nc, base + CPU_SCRATCH));
        note(state, nc37xx_indirect_read(nc, base + CPU_SCRATCH_END - 4));
    }
}

static GArray *visible_state(QNc37xx *nc)
{
    GArray *state = g_array_new(false, false, sizeof(uint32_t));

    for (uint32_t at = 0; at < A_PCICFG_REG_WINDOW; at += 4) {
        note(state, qpci_config_readl(&nc->dev, at));
    }
    note(state, nc37xx_read(nc, A_PCICFG_INT_ACK_CMD));
    for (uint32_t at = 0x400; at < NC37XX_BAR_REGS_END; at += 4) {
        note(state, nc37xx_read(nc, at));
    }
    note_memories(nc, state);
    for (unsigned reg = 0; reg < PHY_REGS; reg++) {
        note(state, reg == PHY_BMSR ? 0 :
             nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, reg));
    }
    for (uint32_t at = 0; at < NVRAM_IMAGES; at += 4) {
        note(state, nc37xx_nvm_read(nc, at));
    }
    return state;
}

static void traffic(QNc37xx *nc, unsigned frames)
{
    uint8_t frame[300];

    for (unsigned i = 0; i < frames; i++) {
        nc37xx_expect_sent(nc, 60 + i, i);
        nc37xx_frame_fill(frame, sizeof(frame), i);
        nc37xx_expect_received(nc, frame, sizeof(frame));
    }
}

static void state_is_equal(QNc37xx *nc)
{
    GArray *here, *there;
    QNc37xx *to;

    nc37xx_bring_up(nc);
    traffic(nc, 20);
    nc37xx_indirect_write(nc, SCRATCH_PAD, 0x12345678);
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_EXT_CTRL, 0x4321);
    nc37xx_shm_write(nc, SHM_DRV_MB, SHM_DRV_MSG_CODE_RESET | 77);
    nc37xx_write(nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK | 3);
    to = move(nc, other_side());
    here = visible_state(nc);
    there = visible_state(to);
    g_assert_cmpuint(here->len, ==, there->len);
    for (unsigned i = 0; i < here->len; i++) {
        g_assert_cmphex(g_array_index(here, uint32_t, i), ==,
                        g_array_index(there, uint32_t, i));
    }
    g_array_free(here, true);
    g_array_free(there, true);
    end(to);
}

static void traffic_goes_on(QNc37xx *nc)
{
    uint64_t packets;
    QNc37xx *to;

    nc37xx_bring_up(nc);
    traffic(nc, 250);
    packets = nc37xx_counter(nc, STAT_OUT_UCAST_PKTS);
    to = move(nc, other_side());
    traffic(to, 20);
    g_assert_cmpuint(nc37xx_counter(to, STAT_OUT_UCAST_PKTS), ==,
                     packets + 20);
    end(to);
}

/* Its last descriptor comes when the adapter is already elsewhere. */
static void half_a_packet(QNc37xx *nc)
{
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    uint8_t frame[100];
    QNc37xx *to;

    nc37xx_bring_up(nc);
    traffic(nc, 3);
    nc37xx_frame_fill_out(frame, sizeof(frame), 9);
    qtest_memwrite(nc->qts, nc->buffer, frame, sizeof(frame));
    nc37xx_tx_bd(nc, nc->buffer, 50, TX_BD_FLAG_START);
    nc37xx_tx_doorbell(nc);
    to = move(nc, other_side());
    nc37xx_tx_bd(to, to->buffer + 50, 50, TX_BD_FLAG_END);
    nc37xx_tx_doorbell(to);
    g_assert_cmpmem(got, nc37xx_wire_receive(to, got), frame, sizeof(frame));
    end(to);
}

static void full_ring(QNc37xx *nc)
{
    uint8_t frame[100], got[100];
    uint64_t buffer;
    QNc37xx *to;

    nc37xx_bring_up(nc);
    nc37xx_context_write(nc, RX_CTX_BDHADDR_LO, nc->rx_page[0]);
    nc->rx_producer = 0;
    nc37xx_rx_doorbell(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    nc37xx_expect_alive(nc);
    to = move(nc, other_side());
    nc37xx_wire_send(to, frame, sizeof(frame));
    nc37xx_expect_alive(to);
    g_assert_cmphex(nc37xx_rx_index(to), ==, 0);
    to->rx_producer = 1;
    nc37xx_rx_doorbell(to);
    buffer = nc37xx_rx_wait(to);
    qtest_memread(to->qts, buffer + RX_FRAME_OFFSET, got, sizeof(got));
    g_assert_cmpmem(got, sizeof(got), frame, sizeof(frame));
    end(to);
}

/* What one doorbell does: 64 packets of this size are 4 MiB, less 64 bytes. */
#define BUDGET_SIZE 65535
#define BUDGET_PACKETS 65

static void spent_budget(QNc37xx *nc)
{
    QNc37xx *to;

    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < BUDGET_PACKETS + 5; i++) {
        nc37xx_tx_bd(nc, nc->buffer, BUDGET_SIZE,
                     TX_BD_FLAG_START | TX_BD_FLAG_END);
    }
    nc37xx_tx_doorbell(nc);
    g_assert_cmphex(nc37xx_tx_consumer(nc), ==, BUDGET_PACKETS);
    to = move(nc, other_side());
    g_assert_cmphex(nc37xx_tx_consumer(to), ==, BUDGET_PACKETS);
    qtest_clock_step(to->qts, MILLISECOND);
    g_assert_cmphex(nc37xx_tx_consumer(to), ==, BUDGET_PACKETS + 5);
    traffic(to, 3);
    end(to);
}

static bool link_up(QNc37xx *nc)
{
    return FIELD_EX32(nc37xx_read(nc, A_EMAC_STATUS), EMAC_STATUS, LINK);
}

static void held_link(QNc37xx *nc)
{
    QNc37xx *to;

    nc37xx_bring_up(nc);
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_BMCR, BMCR_NEGOTIATE);
    to = move(nc, other_side());
    qtest_clock_step(to->qts, 100 * MILLISECOND);
    g_assert_false(link_up(to));
    nc37xx_write(to, A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
    qtest_clock_step(to->qts, 100 * MILLISECOND);
    g_assert_true(link_up(to));
    end(to);
}

static const char *slow_negotiation(void)
{
    return "-global nc37xx.autoneg-ms=500";
}

static void slow_link(QNc37xx *nc)
{
    QNc37xx *to;

    qtest_clock_step(nc->qts, 501 * MILLISECOND);
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_BMCR, BMCR_NEGOTIATE);
    qtest_clock_step(nc->qts, 200 * MILLISECOND);
    to = move(nc, "-incoming defer -global nc37xx.autoneg-ms=500");
    qtest_clock_step(to->qts, 290 * MILLISECOND);
    g_assert_false(link_up(to));
    qtest_clock_step(to->qts, 11 * MILLISECOND);
    g_assert_true(link_up(to));
    end(to);
}

static void pulled_cable(QNc37xx *nc)
{
    QNc37xx *to;

    nc37xx_set_link(nc, false);
    to = move(nc, other_side());
    g_assert_false(link_up(to));
    nc37xx_set_link(to, true);
    g_assert_true(link_up(to));
    end(to);
}

static void fault_set(QNc37xx *nc, const char *property, unsigned value)
{
    qtest_qmp_assert_success(nc->qts, "{'execute': 'qom-set', 'arguments': "
                             "{'path': '/machine/peripheral/" NC37XX_ID "', "
                             "'property': %s, 'value': %u}}", property,
                             value);
}

/* One frame waits in the source, and one more is lost at the other end. */
static void faults_go_on(QNc37xx *nc)
{
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    uint8_t frame[200];
    QNc37xx *to;

    nc37xx_bring_up(nc);
    fault_set(nc, "fault-delay-us", 2000);
    fault_set(nc, "fault-tx-delay-at", 1);
    fault_set(nc, "fault-tx-drop-at", 2);
    nc37xx_frame_fill_out(frame, sizeof(frame), 1);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    to = move(nc, other_side());
    nc37xx_tx_frame(to, frame, 100, 0);
    qtest_clock_step(to->qts, MILLISECOND);
    g_assert_true(nc37xx_wire_is_quiet(to));
    qtest_clock_step(to->qts, MILLISECOND);
    g_assert_cmpmem(got, nc37xx_wire_receive(to, got), frame, sizeof(frame));
    traffic(to, 3);
    end(to);
}

/*
 * Damaged streams (R10)
 */

#define DAMAGED_STREAMS 50

typedef struct Stream {
    char *path;
    char *bytes;
    gsize size;
} Stream;

static size_t stream_find(const Stream *stream, const void *what, size_t size)
{
    const char *at = memmem(stream->bytes, stream->size, what, size);

    g_assert_nonnull(at);
    return at - stream->bytes;
}

/* Saves an adapter with what stream_link() and stream_tx() look for. */
static void stream_save(QNc37xx *nc, Stream *stream)
{
    nc37xx_bring_up(nc);
    traffic(nc, 3);
    for (unsigned i = 0; i < SHADOWS; i++) {
        nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_SHADOW,
                         PHY_SHADOW_WRITE | i << PHY_SHADOW_SELECT_SHIFT |
                         SHADOW_VALUE(i));
    }
    stream->path = save(nc);
    g_assert_true(g_file_get_contents(stream->path, &stream->bytes,
                                      &stream->size, NULL));
}

static void stream_free(Stream *stream)
{
    forget(stream->path);
    g_free(stream->bytes);
    qos_invalidate_command_line();
}

/* Offset of the link state. */
static size_t stream_link(const Stream *stream)
{
    uint8_t shadows[SHADOWS * 2];

    for (unsigned i = 0; i < SHADOWS; i++) {
        stw_be_p(shadows + i * 2, SHADOW_VALUE(i));
    }
    return stream_find(stream, shadows, sizeof(shadows)) + sizeof(shadows);
}

/* Offset of the transmit ring: page, index, and whether it is armed. */
static size_t stream_tx(const Stream *stream, QNc37xx *nc)
{
    uint8_t ring[11];

    stq_be_p(ring, nc->tx_page[0]);
    stw_be_p(ring + 8, nc->tx_producer);
    ring[10] = 1;
    return stream_find(stream, ring, sizeof(ring));
}

static bool stream_load(QNc37xx *nc, const Stream *stream, size_t size)
{
    QNc37xx *to = nc37xx_clone(nc, other_side());
    bool done;

    g_assert_true(g_file_set_contents(stream->path, stream->bytes, size,
                                      NULL));
    done = load(to, stream->path);
    if (done) {
        /* Whatever it holds now, it must not run wild. */
        nc37xx_tx_doorbell(to);
        nc37xx_rx_doorbell(to);
        nc37xx_write(to, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
                     R_HC_COMMAND_STATS_NOW_MASK);
        qtest_clock_step(to->qts, 1000 * MILLISECOND);
        nc37xx_read(to, A_MISC_ID);
    }
    nc37xx_clone_free(to);
    return done;
}

static void undamaged(QNc37xx *nc)
{
    Stream stream;

    stream_save(nc, &stream);
    g_assert_true(stream_load(nc, &stream, stream.size));
    stream_free(&stream);
}

static void truncated(QNc37xx *nc)
{
    Stream stream;
    size_t device;

    stream_save(nc, &stream);
    device = stream_find(&stream, STREAM_ID, strlen(STREAM_ID));
    g_assert_false(stream_load(nc, &stream, device + 1000));
    g_assert_false(stream_load(nc, &stream, stream_link(&stream)));
    stream_free(&stream);
}

static void impossible_link(QNc37xx *nc)
{
    Stream stream;

    stream_save(nc, &stream);
    stream.bytes[stream_link(&stream)] = 4;
    g_assert_false(stream_load(nc, &stream, stream.size));
    stream_free(&stream);
}

static void impossible_ring(QNc37xx *nc)
{
    Stream stream;

    stream_save(nc, &stream);
    memset(stream.bytes + stream_tx(&stream, nc), 0, 8);
    g_assert_false(stream_load(nc, &stream, stream.size));
    stream_free(&stream);
}

/*
 * A place in the adapter's part of the stream: half of them in the rings,
 * counters and the like at its end, others in configuration space.
 */
static size_t draw_place(GRand *random, size_t first, size_t end)
{
    switch (g_rand_int_range(random, 0, 4)) {
    case 0:
        return g_rand_int_range(random, first, end);
    case 1:
        return g_rand_int_range(random, first, first + 400);
    default:
        return g_rand_int_range(random, end - 8000, end);
    }
}

/* Spoils up to 16 places; returns how many bytes there are still. */
static size_t spoil(GRand *random, const Stream *stream, size_t first,
                    size_t end)
{
    static const uint8_t values[] = { 0x00, 0xff, 0x7f, 0x80, 0x01 };
    char *bytes = stream->bytes;

    for (int i = g_rand_int_range(random, 1, 17); i; i--) {
        size_t at = draw_place(random, first, end);

        switch (g_rand_int_range(random, 0, 4)) {
        case 0:
            bytes[at] = g_rand_int(random);
            break;
        case 1:
            memset(bytes + at, values[g_rand_int_range(random, 0, 5)],
                   MIN(4, end - at));
            break;
        case 2:
            bytes[at] = bytes[draw_place(random, first, end)];
            break;
        default:
            bytes[at] ^= 1 << g_rand_int_range(random, 0, 8);
        }
    }
    return g_rand_int_range(random, 0, 10) ? stream->size :
           draw_place(random, first, end);
}

/* Tens of thousands in process: vmstate-test.c.  These load a whole QEMU. */
static void mutated(QNc37xx *nc)
{
    GRand *random = g_rand_new_with_seed(1);
    size_t first, end;
    unsigned taken = 0;
    Stream stream;

    if (!g_str_equal(nc->facts->type, "nc373i")) {
        g_rand_free(random);
        return;                 /* more boards would tell nothing new */
    }
    stream_save(nc, &stream);
    first = stream_find(&stream, STREAM_ID, strlen(STREAM_ID)) +
            strlen(STREAM_ID);
    end = stream_link(&stream) + 1;
    for (unsigned round = 0; round < DAMAGED_STREAMS; round++) {
        g_autofree char *bytes = g_memdup2(stream.bytes, stream.size);
        Stream bad = { stream.path, bytes, stream.size };

        taken += stream_load(nc, &bad, spoil(random, &bad, first, end));
    }
    g_assert_cmpuint(taken, >, 0);
    g_assert_cmpuint(taken, <, DAMAGED_STREAMS);
    g_rand_free(random);
    stream_free(&stream);
}

static const Nc37xxCase cases[] = {
    { "all_that_a_guest_sees_is_equal", state_is_equal },
    { "traffic_goes_on_where_it_was", traffic_goes_on },
    { "half_a_packet_is_completed_on_the_other_side", half_a_packet },
    { "transmission_beyond_its_budget_goes_on_there", spent_budget },
    { "full_ring_waits_on_the_other_side_too", full_ring },
    { "link_that_is_held_down_is_released_there", held_link },
    { "negotiation_takes_the_rest_of_its_time", slow_link, slow_negotiation },
    { "pulled_cable_stays_pulled", pulled_cable },
    { "held_frames_and_faults_travel", faults_go_on },
    { "undamaged_stream_is_taken", undamaged },
    { "truncated_stream_is_refused", truncated },
    { "impossible_link_state_is_refused", impossible_link },
    { "armed_ring_without_a_page_is_refused", impossible_ring },
    { "fifty_damaged_streams_do_no_harm", mutated },
};

static void register_tests(void)
{
    nc37xx_register_cases("migration", cases, ARRAY_SIZE(cases));
    nc37xx_register_cases_for_two("migration-of-a-port", cases, 2);
}

libqos_init(register_tests);
