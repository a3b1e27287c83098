/*
 * The management link: every segmentation, and daemons that do not read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ilo-host.h"
#include "ilo-packet.h"
#include "link.h"
#include "unit.h"

#define SENT_MAX (1 << 20)

static EvStore store;
static IloPost post;
static IloSmif smif;
static TestHost host;
static IloLink peer;
static unsigned events[ILO_EVENT_COUNT];
static uint8_t sent[SENT_MAX];
static size_t sent_used;
static size_t takes;                /* bytes the daemon takes from now on */
static unsigned hang_ups;
static bool is_lost;                /* the next send finds nobody */
static uint8_t packet[ILO_PACKET_MAX];

static void count_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
    events[event]++;
}

static size_t take(void *opaque, const uint8_t *bytes, size_t size)
{
    size_t taken = MIN(MIN(size, takes), SENT_MAX - sent_used);

    if (is_lost) {
        ilo_link_closed(&peer);
        return 0;
    }
    memcpy(sent + sent_used, bytes, taken);
    sent_used += taken;
    takes -= taken;
    return taken;
}

static void hang_up(void *opaque)
{
    hang_ups++;
}

static const IloLinkOps link_ops = { take, hang_up };

static void start(void)
{
    const IloListener listener = { count_event, NULL };

    memset(events, 0, sizeof(events));
    sent_used = 0;
    takes = SIZE_MAX;
    hang_ups = 0;
    is_lost = false;
    ilo_post_reset(&post);
    test_host_init(&host);
    ev_store_init(&store, NULL, NULL, &listener);
    ilo_smif_init(&smif, &store, &post, &test_host_ops, &host, &listener);
    ilo_link_init(&peer, &smif, &link_ops, NULL, &listener);
    ilo_link_opened(&peer);
}

/* As a chardev does it: never more than there is room for. */
static void feed(const uint8_t *bytes, size_t size, size_t chunk)
{
    while (size > 0) {
        size_t part = MIN(MIN(size, chunk), ilo_link_room(&peer));

        if (part == 0) {
            return;
        }
        ilo_link_receive(&peer, bytes, part);
        bytes += part;
        size -= part;
    }
}

static void ask(size_t size, size_t chunk)
{
    uint8_t message[ILO_LINK_FRAME_MAX];

    stl_le_p(message, size);
    memcpy(message + 4, packet, size);
    feed(message, 4 + size, chunk);
}

static void manage(uint16_t command, size_t size, uint32_t field)
{
    packet_begin(packet, command, size);
    packet[SMIF_SERVICE] = SMIF_SERVICE_MANAGEMENT;
    if (size >= 12) {
        stl_le_p(packet + 8, field);
    }
    ask(size, SIZE_MAX);
}

static void greet(void)
{
    start();
    manage(ILO_LINK_HELLO, 12, ILO_LINK_VERSION);
    sent_used = 0;
}

/* Message number @n of what was sent, or NULL. */
static const uint8_t *message(unsigned n)
{
    size_t at = 0;

    while (at + 4 <= sent_used) {
        if (n-- == 0) {
            return sent + at + 4;
        }
        at += 4 + ldl_le_p(sent + at);
    }
    CU_ASSERT_EQUAL(at, sent_used);
    return NULL;
}

static uint16_t command_of(const uint8_t *packet)
{
    return packet ? lduw_le_p(packet + SMIF_COMMAND) : 0;
}

static uint32_t field_of(const uint8_t *packet)
{
    return packet ? (uint32_t)ldl_le_p(packet + ILO_EVENT_FIELD) : UINT32_MAX;
}

static void hello_is_answered_however_it_is_cut(void)
{
    for (size_t chunk = 1; chunk <= 16; chunk++) {
        start();
        packet_begin(packet, ILO_LINK_HELLO, 12);
        packet[SMIF_SERVICE] = SMIF_SERVICE_MANAGEMENT;
        stl_le_p(packet + 8, ILO_LINK_VERSION);
        ask(12, chunk);
        CU_ASSERT_EQUAL(sent_used, 4 + ILO_LINK_HELLO_REPLY_SIZE);
        CU_ASSERT_EQUAL(command_of(message(0)), 0x8001);
        CU_ASSERT_EQUAL(packet_error(message(0)), SMIF_OK);
    }
}

static void answers_come_in_the_order_of_the_questions(void)
{
    greet();
    for (unsigned i = 0; i < 3; i++) {
        packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
        stw_le_p(packet + SMIF_SEQUENCE, i);
        ask(SMIF_HEADER_SIZE, 3);
    }
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(lduw_le_p(message(i) + SMIF_SEQUENCE), i);
    }
}

static void length_that_is_no_packets_ends_the_connection(void)
{
    static const uint32_t lengths[] = { 0, 7, 4097, 0x7fffffff, UINT32_MAX };

    for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
        uint8_t bytes[4];

        greet();
        stl_le_p(bytes, lengths[i]);
        feed(bytes, 4, 4);
        CU_ASSERT_EQUAL(hang_ups, 1);
        CU_ASSERT_EQUAL(events[ILO_EVENT_link_bad_message], 1);
        CU_ASSERT_EQUAL(ilo_link_room(&peer), 0);
        ilo_link_receive(&peer, bytes, 4);
        CU_ASSERT_EQUAL(hang_ups, 1);
        ilo_link_closed(&peer);
        ilo_link_opened(&peer);
        CU_ASSERT_EQUAL(ilo_link_room(&peer), 4);
    }
}

static void packet_that_contradicts_its_message_ends_it_too(void)
{
    greet();
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    stw_le_p(packet + SMIF_SIZE, 9);
    ask(SMIF_HEADER_SIZE, 99);
    CU_ASSERT_EQUAL(hang_ups, 1);
    CU_ASSERT_EQUAL(sent_used, 0);
}

static void more_than_there_was_room_for_ends_it_too(void)
{
    static const uint8_t bytes[5];

    greet();
    ilo_link_receive(&peer, bytes, sizeof(bytes));
    CU_ASSERT_EQUAL(hang_ups, 1);
}

static void largest_message_is_executed(void)
{
    greet();
    memset(packet, 0, sizeof(packet));
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    ask(ILO_LINK_PACKET_MAX, 100);
    CU_ASSERT_EQUAL(command_of(message(0)), 0x8132);
}

static void nobody_is_told_before_hello(void)
{
    start();
    ilo_link_power(&peer, false);
    ilo_link_stage(&peer, 0x10);
    ilo_link_ev_changed(&peer, "A");
    ilo_link_reset(&peer);
    ilo_link_logged(&peer, packet, 10);
    CU_ASSERT_EQUAL(sent_used, 0);
    ilo_link_closed(&peer);
    ilo_link_power(&peer, false);
    CU_ASSERT_EQUAL(sent_used, 0);
}

static void events_are_packets_of_their_own_sequence(void)
{
    static const uint8_t entry[] = { 1, 0, 0, 0, 0, 7, 0, 2, 1, 0, 'x' };

    greet();
    ilo_link_power(&peer, false);
    ilo_link_stage(&peer, 0x1b);
    ilo_link_ev_changed(&peer, "CQTISCSI");
    ilo_link_reset(&peer);
    ilo_link_logged(&peer, entry, sizeof(entry));
    CU_ASSERT_EQUAL(command_of(message(0)), 0x8001);
    CU_ASSERT_EQUAL(field_of(message(0)), ILO_POWER_IS_OFF);
    CU_ASSERT_EQUAL(command_of(message(1)), 0x8002);
    CU_ASSERT_EQUAL(field_of(message(1)), 0x1b);
    CU_ASSERT_EQUAL(command_of(message(2)), 0x8003);
    CU_ASSERT_STRING_EQUAL((const char *)message(2) + 8, "CQTISCSI");
    CU_ASSERT_EQUAL(lduw_le_p(message(2)), 40);
    CU_ASSERT_EQUAL(command_of(message(3)), 0x8004);
    CU_ASSERT_EQUAL(lduw_le_p(message(3)), 8);
    CU_ASSERT_EQUAL(command_of(message(4)), 0x8005);
    CU_ASSERT_EQUAL(message(4)[SMIF_LOG_TEXT], 'x');
    for (unsigned i = 0; i < 5; i++) {
        CU_ASSERT_EQUAL(lduw_le_p(message(i) + SMIF_SEQUENCE), 0xffff);
        CU_ASSERT_EQUAL(message(i)[SMIF_SERVICE], 0);
    }
}

/* However many events: one of each kind is owed, with the newest value. */
static void daemon_that_does_not_read_gets_the_newest_of_each_kind(void)
{
    const uint8_t *last[4] = { NULL };
    unsigned n;

    greet();
    takes = 0;
    for (unsigned i = 0; i < 5000; i++) {
        ilo_link_stage(&peer, i);
        ilo_link_ev_changed(&peer, "A");
        ilo_link_power(&peer, i % 2);
        CU_ASSERT_FATAL(peer.out_used <= ILO_LINK_OUT_MAX);
    }
    CU_ASSERT(events[ILO_EVENT_link_owed] > 0);
    takes = SIZE_MAX;
    CU_ASSERT(ilo_link_flush(&peer));
    for (n = 0; message(n); n++) {
        last[command_of(message(n)) & 3] = message(n);
    }
    CU_ASSERT(n < 1000);
    CU_ASSERT_EQUAL(field_of(last[1]), ILO_POWER_IS_ON);
    CU_ASSERT_EQUAL(field_of(last[2]), 4999 & 0xff);
    CU_ASSERT_EQUAL(field_of(last[3]), 0);
    CU_ASSERT_EQUAL(peer.owed, 0);
}

static void requests_wait_while_replies_do(void)
{
    unsigned asked = 0;
    unsigned answered = 0;

    greet();
    takes = 0;
    while (ilo_link_room(&peer) == 4 && asked < 10000) {
        manage(ILO_LINK_EV_BEGIN, 8, 0);
        asked++;
    }
    CU_ASSERT(asked > 100 && asked < 10000);
    CU_ASSERT_EQUAL(ilo_link_room(&peer), 0);
    CU_ASSERT(peer.out_used <= ILO_LINK_OUT_MAX);
    takes = SIZE_MAX;
    ilo_link_flush(&peer);
    CU_ASSERT_EQUAL(ilo_link_room(&peer), 4);
    while (message(answered)) {
        answered++;
    }
    CU_ASSERT_EQUAL(answered, asked);
}

static void reply_always_has_room_beside_events(void)
{
    static char large[EV_DATA_MAX];

    greet();
    memset(large, 'x', sizeof(large));
    ev_store_set(&store, "A", large, sizeof(large));
    takes = 0;
    while (ilo_link_room(&peer) == 4) {
        ilo_link_stage(&peer, 0);
        ask(packet_get(packet, "A"), 99);
        CU_ASSERT_FATAL(peer.out_used <= ILO_LINK_OUT_MAX);
    }
    takes = SIZE_MAX;
    CU_ASSERT(ilo_link_flush(&peer));
}

static void bytes_that_are_taken_one_by_one_are_the_same(void)
{
    greet();
    takes = 0;
    ilo_link_stage(&peer, 0x15);
    ilo_link_reset(&peer);
    for (unsigned i = 0; i < 100 && peer.out_used; i++) {
        takes = 1;
        ilo_link_flush(&peer);
    }
    CU_ASSERT_EQUAL(command_of(message(0)), 0x8002);
    CU_ASSERT_EQUAL(command_of(message(1)), 0x8004);
    CU_ASSERT_PTR_NULL(message(2));
}

static void lost_connection_aborts_the_open_change(void)
{
    greet();
    manage(ILO_LINK_EV_BEGIN, 8, 0);
    ask(packet_set(packet, SMIF_EV_FLAG_SET, "A", "1", 1), 99);
    ilo_link_closed(&peer);
    CU_ASSERT_FALSE(smif.connection.changing);
    ilo_link_opened(&peer);
    manage(ILO_LINK_HELLO, 12, ILO_LINK_VERSION);
    sent_used = 0;
    manage(ILO_LINK_EV_COMMIT, 8, 0);
    CU_ASSERT_EQUAL(packet_error(message(0)), ILO_LINK_NO_CHANGE_OPEN);
    CU_ASSERT_EQUAL(store.records.count, 0);
}

static void connection_lost_while_an_answer_is_sent_is_forgotten(void)
{
    greet();
    is_lost = true;
    manage(ILO_LINK_EV_BEGIN, 8, 0);
    CU_ASSERT_EQUAL(peer.out_used, 0);
    CU_ASSERT_EQUAL(ilo_link_room(&peer), 0);
    CU_ASSERT_FALSE(smif.connection.changing);
    CU_ASSERT_FALSE(smif.connection.greeted);
}

static void half_a_request_is_not_the_next_connections(void)
{
    static const uint8_t half[] = { 12, 0, 0, 0, 12, 0 };

    greet();
    feed(half, sizeof(half), 1);
    ilo_link_closed(&peer);
    ilo_link_opened(&peer);
    manage(ILO_LINK_HELLO, 12, ILO_LINK_VERSION);
    CU_ASSERT_EQUAL(command_of(message(0)), 0x8001);
}

static void loaded_snapshot_tells_all_anew(void)
{
    greet();
    ilo_link_all_changed(&peer, true, 0x1a);
    CU_ASSERT_EQUAL(command_of(message(0)), 0x8001);
    CU_ASSERT_EQUAL(field_of(message(0)), ILO_POWER_IS_ON);
    CU_ASSERT_EQUAL(field_of(message(1)), 0x1a);
    CU_ASSERT_EQUAL(command_of(message(2)), 0x8003);
    CU_ASSERT_EQUAL(message(2)[8], 0);
}

static void reset_forgets_a_stage_that_is_owed(void)
{
    const uint8_t *last = NULL;

    greet();
    takes = 0;
    for (unsigned i = 0; i < 2000; i++) {
        ilo_link_stage(&peer, 0x10);
    }
    ilo_link_reset(&peer);
    takes = SIZE_MAX;
    ilo_link_flush(&peer);
    for (unsigned n = 0; message(n); n++) {
        last = message(n);
    }
    CU_ASSERT_EQUAL(command_of(last), 0x8004);
}

static const struct unit_case cases[] = {
    UNIT_CASE(hello_is_answered_however_it_is_cut),
    UNIT_CASE(answers_come_in_the_order_of_the_questions),
    UNIT_CASE(length_that_is_no_packets_ends_the_connection),
    UNIT_CASE(packet_that_contradicts_its_message_ends_it_too),
    UNIT_CASE(more_than_there_was_room_for_ends_it_too),
    UNIT_CASE(largest_message_is_executed),
    UNIT_CASE(nobody_is_told_before_hello),
    UNIT_CASE(events_are_packets_of_their_own_sequence),
    UNIT_CASE(daemon_that_does_not_read_gets_the_newest_of_each_kind),
    UNIT_CASE(requests_wait_while_replies_do),
    UNIT_CASE(reply_always_has_room_beside_events),
    UNIT_CASE(bytes_that_are_taken_one_by_one_are_the_same),
    UNIT_CASE(lost_connection_aborts_the_open_change),
    UNIT_CASE(connection_lost_while_an_answer_is_sent_is_forgotten),
    UNIT_CASE(half_a_request_is_not_the_next_connections),
    UNIT_CASE(loaded_snapshot_tells_all_anew),
    UNIT_CASE(reset_forgets_a_stage_that_is_owed),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-link", cases, ARRAY_SIZE(cases), argc, argv);
}
