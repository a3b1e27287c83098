/*
 * SMIF commands: every command on every plane, every length, every error.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ilo-host.h"
#include "ilo-packet.h"
#include "ncsim/post_codes.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

static EvStore store;
static IloPost post;
static IloSmif smif;
static TestHost host;
static unsigned events[ILO_EVENT_COUNT];
static uint8_t packet[ILO_PACKET_MAX + 64];
static uint8_t reply[ILO_PACKET_MAX];
static bool drive_works;

static void count_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
    events[event]++;
}

static bool no_read(void *opaque, uint32_t offset, void *buffer, uint32_t size)
{
    return false;
}

static bool maybe_write(void *opaque, uint32_t offset, const void *buffer,
                        uint32_t size)
{
    return drive_works;
}

static bool maybe_flush(void *opaque)
{
    return drive_works;
}

static const EvStoreOps ops = { no_read, maybe_write, maybe_flush };

static void start(void)
{
    const IloListener listener = { count_event, NULL };

    drive_works = true;
    memset(events, 0, sizeof(events));
    ilo_post_reset(&post);
    ev_store_init(&store, &ops, NULL, &listener);
    test_host_init(&host);
    ilo_smif_init(&smif, &store, &post, &test_host_ops, &host, &listener);
    smif.connection.greeted = true;
}

/* Executes from memory of exactly this length. */
static size_t execute_on(IloPlane plane, size_t length)
{
    uint8_t *copy = malloc(length);
    size_t size;

    memcpy(copy, packet, length);
    memset(reply, 0xa5, sizeof(reply));
    size = ilo_smif_execute(&smif, plane, copy, length, reply);
    free(copy);
    return size;
}

static size_t execute(size_t length)
{
    return execute_on(ILO_PLANE_MAILBOX, length);
}

/* Executes and gives the reply's error word. */
static uint32_t error_of(size_t length)
{
    return execute(length) == 0 ? UINT32_MAX : packet_error(reply);
}

static uint32_t set(const char *name, const char *value)
{
    return error_of(packet_set(packet, SMIF_EV_FLAG_SET, name, value,
                               strlen(value)));
}

static bool holds(const char *name, const char *value)
{
    size_t length = strlen(value);
    size_t size = execute(packet_get(packet, name));

    return size == SMIF_EV_REPLY_DATA + length &&
           packet_error(reply) == SMIF_OK &&
           (size_t)lduw_le_p(reply + SMIF_EV_REPLY_LENGTH) == length &&
           memcmp(reply + SMIF_EV_REPLY_DATA, value, length) == 0;
}

static void reply_echoes_sequence_service_and_command(void)
{
    start();
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    stw_le_p(packet + SMIF_SEQUENCE, 0xbeef);
    packet[SMIF_VERSION] = 3;
    CU_ASSERT_EQUAL(execute(SMIF_HEADER_SIZE), SMIF_EV_STATUS_SIZE);
    CU_ASSERT_EQUAL(lduw_le_p(reply + SMIF_SIZE), SMIF_EV_STATUS_SIZE);
    CU_ASSERT_EQUAL(lduw_le_p(reply + SMIF_SEQUENCE), 0xbeef);
    CU_ASSERT_EQUAL(lduw_le_p(reply + SMIF_COMMAND), 0x8132);
    CU_ASSERT_EQUAL(reply[SMIF_SERVICE], 0);
    CU_ASSERT_EQUAL(reply[SMIF_VERSION], 3);
}

static void ev_that_is_set_can_be_read_by_name_and_index(void)
{
    start();
    CU_ASSERT_EQUAL(set("CQTISCSI", "value"), SMIF_OK);
    CU_ASSERT_EQUAL(lduw_le_p(reply), 12);
    CU_ASSERT(holds("CQTISCSI", "value"));
    CU_ASSERT_STRING_EQUAL((char *)reply + SMIF_EV_REPLY_NAME, "CQTISCSI");
    packet_begin(packet, SMIF_EV_BY_INDEX, SMIF_EV_INDEX_SIZE);
    CU_ASSERT_EQUAL(execute(SMIF_EV_INDEX_SIZE), SMIF_EV_REPLY_DATA + 5);
    CU_ASSERT_STRING_EQUAL((char *)reply + SMIF_EV_REPLY_NAME, "CQTISCSI");
    CU_ASSERT_EQUAL(memcmp(reply + SMIF_EV_REPLY_DATA, "value", 5), 0);
    stw_le_p(packet + SMIF_EV_INDEX, 1);
    CU_ASSERT_EQUAL(error_of(SMIF_EV_INDEX_SIZE), SMIF_EV_NO_SUCH);
    stw_le_p(packet + SMIF_EV_INDEX, 0xffff);
    CU_ASSERT_EQUAL(error_of(SMIF_EV_INDEX_SIZE), SMIF_EV_NO_SUCH);
}

static void missing_ev_is_error_2_in_a_full_reply(void)
{
    start();
    CU_ASSERT_EQUAL(execute(packet_get(packet, "CQTISCSI")),
                    SMIF_EV_REPLY_DATA);
    CU_ASSERT_EQUAL(packet_error(reply), SMIF_EV_NO_SUCH);
    for (unsigned i = 12; i < SMIF_EV_REPLY_DATA; i++) {
        CU_ASSERT_EQUAL(reply[i], 0);
    }
}

static void status_counts_evs_and_bytes(void)
{
    start();
    set("A", "1234");
    set("B", "5");
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    CU_ASSERT_EQUAL(error_of(SMIF_HEADER_SIZE), SMIF_OK);
    CU_ASSERT_EQUAL(ldl_le_p(reply + SMIF_EV_STATUS_LEFT),
                    EV_PAYLOAD_MAX - 2 * 34 - 5);
    CU_ASSERT_EQUAL(ldl_le_p(reply + SMIF_EV_STATUS_COUNT), 2);
    CU_ASSERT_EQUAL(ldl_le_p(reply + SMIF_EV_STATUS_KIB), 64);
}

static void delete_forms_all_delete(void)
{
    start();
    set("A", "1");
    set("B", "2");
    set("C", "3");
    set("D", "4");
    CU_ASSERT_EQUAL(error_of(packet_set(packet, SMIF_EV_FLAG_DELETE, "A", "",
                                        0)), SMIF_OK);
    CU_ASSERT_EQUAL(set("B", ""), SMIF_OK);
    CU_ASSERT_EQUAL(store.records.count, 2);
    CU_ASSERT(holds("C", "3"));
    packet_begin(packet, SMIF_EV_SET, SMIF_EV_SET_NAME);
    packet[SMIF_EV_SET_FLAGS] = SMIF_EV_FLAG_DELETE_ALL;
    CU_ASSERT_EQUAL(error_of(SMIF_EV_SET_NAME), SMIF_OK);
    CU_ASSERT_EQUAL(store.records.count, 0);
}

static void deleting_a_missing_ev_is_no_error(void)
{
    start();
    CU_ASSERT_EQUAL(error_of(packet_set(packet, SMIF_EV_FLAG_DELETE, "A", "",
                                        0)), SMIF_OK);
}

static void flags_other_than_one_known_are_error_5(void)
{
    start();
    for (unsigned flags = 0; flags < 256; flags++) {
        uint32_t error = error_of(packet_set(packet, flags, "A", "1", 1));
        bool known = flags == 1 || flags == 2 || flags == 4;

        CU_ASSERT_EQUAL(error, known ? SMIF_OK : SMIF_EV_BAD_FLAG);
    }
}

static void names_without_end_are_error_3(void)
{
    start();
    packet_set(packet, SMIF_EV_FLAG_SET, "A", "1", 1);
    memset(packet + SMIF_EV_SET_NAME, 'N', EV_NAME_SIZE);
    CU_ASSERT_EQUAL(error_of(SMIF_EV_SET_DATA + 1), SMIF_EV_NAME_TOO_LONG);
    packet[SMIF_EV_SET_NAME + EV_NAME_SIZE - 1] = '\0';
    CU_ASSERT_EQUAL(error_of(SMIF_EV_SET_DATA + 1), SMIF_OK);
    packet_get(packet, "NNNNNNNNNNNNNNNNNNNNNNNNNNNNNNNN");
    CU_ASSERT_EQUAL(error_of(SMIF_EV_GET_SIZE), SMIF_EV_NAME_TOO_LONG);
    CU_ASSERT_EQUAL(events[ILO_EVENT_smif_bad_name], 2);
}

static void empty_and_unprintable_names_are_error_1(void)
{
    static const char *const names[] = { "", " ", "A B", "\x01", "A\x7f",
                                         "\xc3\xa4" };

    start();
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        CU_ASSERT_EQUAL(set(names[i], "1"), SMIF_ERROR);
        CU_ASSERT_EQUAL(error_of(packet_get(packet, names[i])), SMIF_ERROR);
    }
    CU_ASSERT_EQUAL(store.records.count, 0);
}

static void name_field_behind_the_end_is_ignored(void)
{
    start();
    packet_set(packet, SMIF_EV_FLAG_SET, "A", "1", 1);
    packet[SMIF_EV_SET_NAME + 2] = 'x';
    CU_ASSERT_EQUAL(error_of(SMIF_EV_SET_DATA + 1), SMIF_OK);
    CU_ASSERT(holds("A", "1"));
    CU_ASSERT_EQUAL(reply[SMIF_EV_REPLY_NAME + 2], 0);
}

static void largest_value_is_taken_and_one_more_is_error_4(void)
{
    static char data[EV_DATA_MAX + 1];

    start();
    memset(data, 'd', sizeof(data));
    CU_ASSERT_EQUAL(error_of(packet_set(packet, SMIF_EV_FLAG_SET, "A", data,
                                        EV_DATA_MAX)), SMIF_OK);
    CU_ASSERT_EQUAL(execute(packet_get(packet, "A")),
                    SMIF_EV_REPLY_DATA + EV_DATA_MAX);
    CU_ASSERT_EQUAL(error_of(packet_set(packet, SMIF_EV_FLAG_SET, "B", data,
                                        EV_DATA_MAX + 1)),
                    SMIF_EV_TOO_LARGE);
}

static void length_beyond_the_packet_is_refused(void)
{
    start();
    for (unsigned length = 0; length < 20; length++) {
        size_t size = packet_set(packet, SMIF_EV_FLAG_SET, "A",
                                 "0123456789", 10);

        stw_le_p(packet + SMIF_EV_SET_LENGTH, length);
        CU_ASSERT_EQUAL(error_of(size) == SMIF_OK, length <= 10);
    }
}

/* Every size from nothing up, for every command: never read beyond it. */
static void short_and_long_packets_are_refused(void)
{
    start();
    for (size_t row = 0; row < ilo_command_count; row++) {
        const IloCommand *command = &ilo_commands[row];

        for (size_t size = 0; size <= 64; size++) {
            size_t got;

            memset(packet, 'x', sizeof(packet));
            packet_begin(packet, command->opcode, SMIF_HEADER_SIZE);
            packet[SMIF_SERVICE] = command->service;
            stw_le_p(packet + SMIF_SIZE, size);
            got = execute_on(command->planes & -command->planes, size);
            CU_ASSERT_EQUAL(got == 0, size < SMIF_HEADER_SIZE);
            if (got && (size < command->min || size > command->max)) {
                CU_ASSERT_EQUAL(got, 12);
                CU_ASSERT_EQUAL(packet_error(reply), SMIF_ERROR);
                CU_ASSERT_EQUAL(lduw_le_p(reply + SMIF_COMMAND),
                                command->opcode | SMIF_REPLY);
            }
        }
    }
}

static void size_beyond_the_packet_is_not_answered(void)
{
    start();
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    stw_le_p(packet + SMIF_SIZE, SMIF_HEADER_SIZE + 1);
    CU_ASSERT_EQUAL(execute(SMIF_HEADER_SIZE), 0);
    stw_le_p(packet + SMIF_SIZE, ILO_PACKET_MAX + 1);
    CU_ASSERT_EQUAL(execute(ILO_PACKET_MAX + 1), 0);
    CU_ASSERT_EQUAL(events[ILO_EVENT_smif_bad_packet], 2);
}

static void padding_behind_the_packet_is_ignored(void)
{
    start();
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    CU_ASSERT_EQUAL(execute(SMIF_HEADER_SIZE + 8), SMIF_EV_STATUS_SIZE);
}

static bool is_unknown_reply(size_t size)
{
    return size == 12 && lduw_le_p(reply + SMIF_COMMAND) == 0xffff &&
           packet_error(reply) == 0xffff0000u &&
           lduw_le_p(reply + SMIF_SEQUENCE) == 0x1234;
}

static void unknown_commands_and_services_are_answered_so(void)
{
    start();
    packet_begin(packet, 0x0120, SMIF_HEADER_SIZE);
    CU_ASSERT(is_unknown_reply(execute(SMIF_HEADER_SIZE)));
    packet_begin(packet, SMIF_EV_STATUS | SMIF_REPLY, SMIF_HEADER_SIZE);
    CU_ASSERT(is_unknown_reply(execute(SMIF_HEADER_SIZE)));
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    packet[SMIF_SERVICE] = 1;
    CU_ASSERT(is_unknown_reply(execute(SMIF_HEADER_SIZE)));
    CU_ASSERT_EQUAL(events[ILO_EVENT_smif_unknown], 3);
}

/* A command runs on the planes of its row and is unknown on all others. */
static void every_command_keeps_to_its_planes(void)
{
    static const IloPlane planes[] = {
        ILO_PLANE_MAILBOX, ILO_PLANE_CHANNEL, ILO_PLANE_LINK
    };

    for (size_t row = 0; row < ilo_command_count; row++) {
        const IloCommand *command = &ilo_commands[row];

        CU_ASSERT(command->planes != 0);
        CU_ASSERT(!(command->planes & ~ILO_PLANES_ALL));
        /* Commands outside service 0 are management's own. */
        CU_ASSERT(command->service == SMIF_SERVICE_SMIF ||
                  command->planes == ILO_PLANE_LINK);
        for (size_t i = 0; i < ARRAY_SIZE(planes); i++) {
            size_t size;

            start();
            packet_begin(packet, command->opcode, command->min);
            packet[SMIF_SERVICE] = command->service;
            size = execute_on(planes[i], command->min);
            CU_ASSERT_EQUAL(is_unknown_reply(size),
                            !(command->planes & planes[i]));
            CU_ASSERT_EQUAL(events[ILO_EVENT_smif_wrong_plane],
                            !(command->planes & planes[i]));
        }
    }
    start();
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    CU_ASSERT(is_unknown_reply(execute_on(0, SMIF_HEADER_SIZE)));
    CU_ASSERT_EQUAL(events[ILO_EVENT_smif_wrong_plane], 1);
}

static void failing_drive_is_error_1_and_the_old_value_stays(void)
{
    start();
    set("A", "old");
    drive_works = false;
    CU_ASSERT_EQUAL(set("A", "new"), SMIF_ERROR);
    CU_ASSERT_EQUAL(error_of(packet_set(packet, SMIF_EV_FLAG_DELETE, "A", "",
                                        0)), SMIF_ERROR);
    CU_ASSERT_EQUAL(error_of(packet_set(packet, SMIF_EV_FLAG_DELETE_ALL, "A",
                                        "", 0)), SMIF_ERROR);
    CU_ASSERT(holds("A", "old"));
}

static void full_store_is_error_1(void)
{
    static char data[EV_DATA_MAX];
    uint32_t error = SMIF_OK;

    start();
    memset(data, 'd', sizeof(data));
    for (unsigned i = 0; i < 100 && error == SMIF_OK; i++) {
        char name[2] = { 'A' + i, '\0' };

        error = error_of(packet_set(packet, SMIF_EV_FLAG_SET, name, data,
                                    sizeof(data)));
    }
    CU_ASSERT_EQUAL(error, SMIF_ERROR);
    CU_ASSERT_EQUAL(store.records.count, EV_PAYLOAD_MAX / 4000);
}

static void post_state_is_the_last_stage(void)
{
    start();
    packet_begin(packet, SMIF_POST_STATE, SMIF_HEADER_SIZE);
    CU_ASSERT_EQUAL(execute(SMIF_HEADER_SIZE), SMIF_POST_STATE_SIZE);
    CU_ASSERT_EQUAL(ldl_le_p(reply + SMIF_POST_STATE_CODE), 0);
    ilo_post_byte(&post, POST_FRAME);
    ilo_post_byte(&post, POST_TCP);
    ilo_post_byte(&post, POST_CHECK(POST_TCP));
    execute(SMIF_HEADER_SIZE);
    CU_ASSERT_EQUAL(ldl_le_p(reply + SMIF_POST_STATE_CODE), POST_TCP);
}

static void replies_never_carry_old_memory(void)
{
    start();
    set("A", "secret");
    holds("A", "secret");
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    execute(SMIF_HEADER_SIZE);
    for (size_t i = SMIF_EV_STATUS_SIZE; i < sizeof(reply); i++) {
        CU_ASSERT_EQUAL_FATAL(reply[i], 0);
    }
}

static void status_tells_version_time_and_last_event(void)
{
    start();
    smif.log_count = 7;
    packet_begin(packet, SMIF_STATUS, SMIF_HEADER_SIZE);
    CU_ASSERT_EQUAL(execute(SMIF_HEADER_SIZE), 100);
    CU_ASSERT_EQUAL(packet_error(reply), SMIF_OK);
    CU_ASSERT_EQUAL(lduw_le_p(reply + 16), 0x0219);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 30), 3);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 56), 7);
    CU_ASSERT_EQUAL(reply[72], 3);
}

static void time_is_packed_as_years_since_1990_and_down(void)
{
    start();
    packet_begin(packet, SMIF_TIME, SMIF_HEADER_SIZE);
    CU_ASSERT_EQUAL(execute(SMIF_HEADER_SIZE), 20);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(reply + 12),
                    36u << 26 | 11 << 22 | 27 << 17 | 1 << 12 | 2 << 6 | 3);
    packet_begin(packet, SMIF_STATUS, SMIF_HEADER_SIZE);
    execute(SMIF_HEADER_SIZE);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(reply + 26),
                    36u << 26 | 11 << 22 | 27 << 17 | 1 << 12 | 2 << 6 | 3);
}

static void firmware_is_an_ilo_2_and_cannot_be_flashed(void)
{
    start();
    packet_begin(packet, SMIF_FIRMWARE, SMIF_FIRMWARE_REQUEST_SIZE);
    CU_ASSERT_EQUAL(execute(SMIF_FIRMWARE_REQUEST_SIZE), 189);
    CU_ASSERT_STRING_EQUAL((char *)reply + 56, "2.25");
    CU_ASSERT_STRING_EQUAL((char *)reply + 76, "iLO 2");
    packet[SMIF_FIRMWARE_OPERATION] = 1;
    CU_ASSERT_EQUAL(error_of(SMIF_FIRMWARE_REQUEST_SIZE), SMIF_ERROR);
}

static size_t log_packet(uint8_t type, const char *text, size_t length)
{
    packet_begin(packet, SMIF_LOG_EVENT, SMIF_LOG_TEXT + strlen(text));
    packet[SMIF_LOG_TYPE] = type;
    stw_le_p(packet + SMIF_LOG_CODE, 0x1234);
    stw_le_p(packet + SMIF_LOG_LENGTH, length);
    memcpy(packet + SMIF_LOG_TEXT, text, strlen(text));
    return SMIF_LOG_TEXT + strlen(text);
}

static void log_entries_are_numbered_and_passed_on(void)
{
    size_t size;

    start();
    for (unsigned i = 1; i <= 2; i++) {
        size = log_packet(SMIF_LOG_IML, "fan 2", 5);
        CU_ASSERT_EQUAL(execute(size), 14);
        CU_ASSERT_EQUAL(reply[8], 0);
        CU_ASSERT_EQUAL(reply[9], SMIF_LOG_IML);
        CU_ASSERT_EQUAL(ldl_le_p(reply + 10), i);
    }
    CU_ASSERT_EQUAL(host.entries, 2);
    CU_ASSERT_EQUAL(host.entry_size, 15);
    CU_ASSERT_EQUAL(memcmp(host.entry + 10, "fan 2", 5), 0);
}

static void log_entries_of_no_log_or_beyond_the_packet_are_error_1(void)
{
    start();
    CU_ASSERT_EQUAL(error_of(log_packet(0, "x", 1)), SMIF_ERROR);
    CU_ASSERT_EQUAL(error_of(log_packet(3, "x", 1)), SMIF_ERROR);
    CU_ASSERT_EQUAL(error_of(log_packet(SMIF_LOG_SL, "x", 2)), SMIF_ERROR);
    CU_ASSERT_EQUAL(error_of(log_packet(SMIF_LOG_SL, "x", 0xffff)),
                    SMIF_ERROR);
    CU_ASSERT_EQUAL(host.entries, 0);
    CU_ASSERT_EQUAL(smif.log_count, 0);
}

static void change_by_the_host_is_told_with_its_name(void)
{
    start();
    set("CQHORD", "x");
    CU_ASSERT_STRING_EQUAL(host.changed, "CQHORD");
    drive_works = false;
    set("A", "x");
    CU_ASSERT_EQUAL(host.ev_changes, 1);
    drive_works = true;
    packet_begin(packet, SMIF_EV_SET, SMIF_EV_SET_NAME);
    packet[SMIF_EV_SET_FLAGS] = SMIF_EV_FLAG_DELETE_ALL;
    execute(SMIF_EV_SET_NAME);
    CU_ASSERT_STRING_EQUAL(host.changed, "");
    CU_ASSERT_EQUAL(host.ev_changes, 2);
}

static const struct unit_case cases[] = {
    UNIT_CASE(reply_echoes_sequence_service_and_command),
    UNIT_CASE(ev_that_is_set_can_be_read_by_name_and_index),
    UNIT_CASE(missing_ev_is_error_2_in_a_full_reply),
    UNIT_CASE(status_counts_evs_and_bytes),
    UNIT_CASE(delete_forms_all_delete),
    UNIT_CASE(deleting_a_missing_ev_is_no_error),
    UNIT_CASE(flags_other_than_one_known_are_error_5),
    UNIT_CASE(names_without_end_are_error_3),
    UNIT_CASE(empty_and_unprintable_names_are_error_1),
    UNIT_CASE(name_field_behind_the_end_is_ignored),
    UNIT_CASE(largest_value_is_taken_and_one_more_is_error_4),
    UNIT_CASE(length_beyond_the_packet_is_refused),
    UNIT_CASE(short_and_long_packets_are_refused),
    UNIT_CASE(size_beyond_the_packet_is_not_answered),
    UNIT_CASE(padding_behind_the_packet_is_ignored),
    UNIT_CASE(unknown_commands_and_services_are_answered_so),
    UNIT_CASE(every_command_keeps_to_its_planes),
    UNIT_CASE(failing_drive_is_error_1_and_the_old_value_stays),
    UNIT_CASE(full_store_is_error_1),
    UNIT_CASE(post_state_is_the_last_stage),
    UNIT_CASE(replies_never_carry_old_memory),
    UNIT_CASE(status_tells_version_time_and_last_event),
    UNIT_CASE(time_is_packed_as_years_since_1990_and_down),
    UNIT_CASE(firmware_is_an_ilo_2_and_cannot_be_flashed),
    UNIT_CASE(log_entries_are_numbered_and_passed_on),
    UNIT_CASE(log_entries_of_no_log_or_beyond_the_packet_are_error_1),
    UNIT_CASE(change_by_the_host_is_told_with_its_name),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-smif", cases, CASES, argc, argv);
}
