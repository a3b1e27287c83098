/*
 * The management service: power, boot, and EV changes that are made as one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ilo-host.h"
#include "ilo-packet.h"
#include "unit.h"

static EvStore store;
static IloPost post;
static IloSmif smif;
static TestHost host;
static uint8_t packet[ILO_PACKET_MAX], reply[ILO_PACKET_MAX];
static unsigned writes;             /* of slot headers */
static bool drive_works;

static void no_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
}

static bool no_read(void *opaque, uint32_t offset, void *buffer, uint32_t size)
{
    return false;
}

static bool count_write(void *opaque, uint32_t offset, const void *buffer,
                        uint32_t size)
{
    writes += offset % EV_SLOT_SIZE == 0;
    return drive_works;
}

static bool maybe_flush(void *opaque)
{
    return drive_works;
}

static const EvStoreOps drive = { no_read, count_write, maybe_flush };

static void start_ungreeted(void)
{
    const IloListener listener = { no_event, NULL };

    writes = 0;
    drive_works = true;
    ilo_post_reset(&post);
    test_host_init(&host);
    ev_store_init(&store, &drive, NULL, &listener);
    ilo_smif_init(&smif, &store, &post, &test_host_ops, &host, &listener);
}

static void start(void)
{
    start_ungreeted();
    smif.connection.greeted = true;
}

static uint32_t execute_on(IloPlane plane, size_t size)
{
    CU_ASSERT_FATAL(ilo_smif_execute(&smif, plane, packet, size, reply) != 0);
    return packet_error(reply);
}

static uint32_t execute(size_t size)
{
    return execute_on(ILO_PLANE_LINK, size);
}

static uint32_t manage(uint16_t command, size_t size, uint32_t field)
{
    packet_begin(packet, command, size);
    packet[SMIF_SERVICE] = SMIF_SERVICE_MANAGEMENT;
    if (size >= 12) {
        stl_le_p(packet + 8, field);
    }
    return execute(size);
}

static uint32_t power(uint32_t act)
{
    return manage(ILO_LINK_POWER, ILO_LINK_POWER_SIZE, act);
}

static uint32_t set_on(IloPlane plane, const char *name, const char *value)
{
    return execute_on(plane, packet_set(packet, SMIF_EV_FLAG_SET, name, value,
                                        strlen(value)));
}

static uint32_t set(const char *name, const char *value)
{
    return set_on(ILO_PLANE_LINK, name, value);
}

static uint32_t delete(const char *name)
{
    return execute(packet_set(packet, SMIF_EV_FLAG_DELETE, name, "", 0));
}

static uint32_t begin(void)
{
    return manage(ILO_LINK_EV_BEGIN, 8, 0);
}

static uint32_t commit(void)
{
    return manage(ILO_LINK_EV_COMMIT, 8, 0);
}

static bool holds(const char *name, const char *value)
{
    EvRecord record;

    if (!ev_store_find(&store, name, &record)) {
        return value == NULL;
    }
    return value && record.length == strlen(value) &&
           memcmp(record.data, value, record.length) == 0;
}

static void hello_tells_version_power_and_stage(void)
{
    start_ungreeted();
    post.stages[0] = 0x1b;
    post.count = 1;
    CU_ASSERT_EQUAL(manage(ILO_LINK_HELLO, 12, 1), SMIF_OK);
    CU_ASSERT_EQUAL(lduw_le_p(reply), ILO_LINK_HELLO_REPLY_SIZE);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 12), ILO_LINK_VERSION);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 16), ILO_POWER_IS_ON);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 20), 0x1b);
    host.is_on = false;
    CU_ASSERT_EQUAL(manage(ILO_LINK_HELLO, 12, 1), SMIF_OK);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 16), ILO_POWER_IS_OFF);
}

static void nothing_is_answered_before_hello(void)
{
    start_ungreeted();
    for (size_t i = 0; i < ilo_command_count; i++) {
        const IloCommand *command = &ilo_commands[i];

        if (command->planes & ILO_PLANE_LINK &&
            !(command->service && command->opcode == ILO_LINK_HELLO)) {
            packet_begin(packet, command->opcode, command->min);
            packet[SMIF_SERVICE] = command->service;
            CU_ASSERT_EQUAL(execute(command->min), ILO_LINK_NO_HELLO);
        }
    }
    CU_ASSERT_EQUAL(host.power_acts, 0);
}

static void hello_of_another_version_opens_nothing(void)
{
    start_ungreeted();
    CU_ASSERT_EQUAL(manage(ILO_LINK_HELLO, 12, 2), ILO_LINK_WRONG_VERSION);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 12), ILO_LINK_VERSION);
    CU_ASSERT_EQUAL(power(ILO_POWER_OFF), ILO_LINK_NO_HELLO);
    CU_ASSERT_EQUAL(manage(ILO_LINK_HELLO, 12, 1), SMIF_OK);
    CU_ASSERT_EQUAL(power(ILO_POWER_OFF), SMIF_OK);
}

static void power_acts_suit_the_state(void)
{
    static const struct {
        uint32_t asked;
        bool is_on;
        uint32_t error, act;        /* 0: nothing is done */
    } rows[] = {
        { ILO_POWER_ON, true, SMIF_OK, 0 },
        { ILO_POWER_ON, false, SMIF_OK, ILO_POWER_ON },
        { ILO_POWER_OFF, true, SMIF_OK, ILO_POWER_OFF },
        { ILO_POWER_OFF, false, SMIF_OK, 0 },
        { ILO_POWER_PRESS, true, SMIF_OK, ILO_POWER_PRESS },
        { ILO_POWER_PRESS, false, SMIF_OK, ILO_POWER_ON },
        { ILO_POWER_HOLD, true, SMIF_OK, ILO_POWER_OFF },
        { ILO_POWER_HOLD, false, SMIF_OK, 0 },
        { ILO_POWER_RESET, true, SMIF_OK, ILO_POWER_RESET },
        { ILO_POWER_RESET, false, ILO_LINK_POWER_IS_OFF, 0 },
        { ILO_POWER_COLD, true, SMIF_OK, ILO_POWER_COLD },
        { ILO_POWER_COLD, false, ILO_LINK_POWER_IS_OFF, 0 },
        { 0, true, SMIF_ERROR, 0 },
        { 7, true, SMIF_ERROR, 0 },
        { UINT32_MAX, true, SMIF_ERROR, 0 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        start();
        host.is_on = rows[i].is_on;
        CU_ASSERT_EQUAL(power(rows[i].asked), rows[i].error);
        CU_ASSERT_EQUAL(host.power_acts, rows[i].act != 0);
        CU_ASSERT_EQUAL(host.act, rows[i].act);
    }
}

static void boot_once_holds_for_the_next_reset_only(void)
{
    start();
    ilo_boot_init(&smif.boot, "cad");
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ONCE, 12, ILO_BOOT_NETWORK),
                    SMIF_OK);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 12), ILO_BOOT_NETWORK);
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ONCE, 12, ILO_BOOT_ASK), SMIF_OK);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 12), ILO_BOOT_NETWORK);
    CU_ASSERT_STRING_EQUAL(host.letters, "");
    ilo_smif_reset(&smif);
    CU_ASSERT_STRING_EQUAL(host.letters, "nca");
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ONCE, 12, ILO_BOOT_ASK), SMIF_OK);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 12), ILO_BOOT_NONE);
    ilo_smif_reset(&smif);
    CU_ASSERT_STRING_EQUAL(host.letters, "cad");
}

static void boot_once_can_be_taken_back(void)
{
    start();
    manage(ILO_LINK_BOOT_ONCE, 12, ILO_BOOT_NETWORK);
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ONCE, 12, ILO_BOOT_NONE), SMIF_OK);
    ilo_smif_reset(&smif);
    CU_ASSERT_STRING_EQUAL(host.letters, "");
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ONCE, 12, 5), SMIF_ERROR);
}

static void boot_order_is_set_at_once_and_can_be_asked(void)
{
    start();
    ilo_boot_init(&smif.boot, "cad");
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ORDER, 12, 0x00000304), SMIF_OK);
    CU_ASSERT_STRING_EQUAL(host.letters, "nc");
    CU_ASSERT_EQUAL(ldl_le_p(reply + 12), 0x304);
    host.letters[0] = '\0';
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ORDER, 12, 0), SMIF_OK);
    CU_ASSERT_EQUAL(ldl_le_p(reply + 12), 0x304);
    CU_ASSERT_STRING_EQUAL(host.letters, "");
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ORDER, 12, 0x0303), SMIF_ERROR);
}

static void machine_without_boot_order_is_error_1(void)
{
    start();
    ilo_boot_init(&smif.boot, "c");
    host.takes_order = false;
    CU_ASSERT_EQUAL(manage(ILO_LINK_BOOT_ORDER, 12, 4), SMIF_ERROR);
    CU_ASSERT_EQUAL(smif.boot.order[0], ILO_BOOT_DISK);
}

static void changes_of_a_transaction_are_one_write(void)
{
    start();
    set("OLD", "1");
    writes = 0;
    host.ev_changes = 0;
    CU_ASSERT_EQUAL(begin(), SMIF_OK);
    CU_ASSERT_EQUAL(set("A", "1"), SMIF_OK);
    CU_ASSERT_EQUAL(set("A", "22"), SMIF_OK);
    CU_ASSERT_EQUAL(set("B", "3"), SMIF_OK);
    CU_ASSERT_EQUAL(delete("OLD"), SMIF_OK);
    CU_ASSERT_EQUAL(writes, 0);
    CU_ASSERT(holds("A", NULL) && holds("OLD", "1"));
    CU_ASSERT_EQUAL(commit(), SMIF_OK);
    CU_ASSERT_EQUAL(writes, 1);
    CU_ASSERT_EQUAL(host.ev_changes, 1);
    CU_ASSERT_STRING_EQUAL(host.changed, "");
    CU_ASSERT(holds("A", "22") && holds("B", "3") && holds("OLD", NULL));
    CU_ASSERT_EQUAL(store.records.count, 2);
}

static void aborted_changes_are_forgotten(void)
{
    start();
    begin();
    set("A", "1");
    CU_ASSERT_EQUAL(manage(ILO_LINK_EV_ABORT, 8, 0), SMIF_OK);
    CU_ASSERT_EQUAL(begin(), SMIF_OK);
    CU_ASSERT_EQUAL(commit(), SMIF_OK);
    CU_ASSERT(holds("A", NULL));
    CU_ASSERT_EQUAL(writes, 0);
}

static void end_of_the_connection_aborts(void)
{
    start();
    begin();
    set("A", "1");
    ilo_smif_disconnect(&smif);
    CU_ASSERT_EQUAL(commit(), ILO_LINK_NO_HELLO);
    smif.connection.greeted = true;
    CU_ASSERT_EQUAL(commit(), ILO_LINK_NO_CHANGE_OPEN);
    CU_ASSERT(holds("A", NULL));
}

static void transactions_are_opened_and_closed_in_turn(void)
{
    start();
    CU_ASSERT_EQUAL(commit(), ILO_LINK_NO_CHANGE_OPEN);
    CU_ASSERT_EQUAL(manage(ILO_LINK_EV_ABORT, 8, 0),
                    ILO_LINK_NO_CHANGE_OPEN);
    CU_ASSERT_EQUAL(begin(), SMIF_OK);
    CU_ASSERT_EQUAL(begin(), ILO_LINK_IN_PROGRESS);
}

static void changes_of_the_host_meanwhile_are_kept(void)
{
    start();
    begin();
    set("A", "daemon");
    CU_ASSERT_EQUAL(set_on(ILO_PLANE_MAILBOX, "H", "host"), SMIF_OK);
    CU_ASSERT_EQUAL(set_on(ILO_PLANE_CHANNEL, "A", "host"), SMIF_OK);
    CU_ASSERT(holds("H", "host") && holds("A", "host"));
    CU_ASSERT_EQUAL(commit(), SMIF_OK);
    CU_ASSERT(holds("H", "host") && holds("A", "daemon"));
}

static void delete_all_waits_for_the_commit_too(void)
{
    start();
    set("OLD", "1");
    begin();
    set("A", "1");
    packet_begin(packet, SMIF_EV_SET, SMIF_EV_SET_NAME);
    packet[SMIF_EV_SET_FLAGS] = SMIF_EV_FLAG_DELETE_ALL;
    CU_ASSERT_EQUAL(execute(SMIF_EV_SET_NAME), SMIF_OK);
    CU_ASSERT_EQUAL(set("B", "2"), SMIF_OK);
    CU_ASSERT(holds("OLD", "1"));
    CU_ASSERT_EQUAL(commit(), SMIF_OK);
    CU_ASSERT(holds("OLD", NULL) && holds("A", NULL) && holds("B", "2"));
}

static void failing_drive_leaves_all_as_it_was(void)
{
    start();
    set("OLD", "1");
    begin();
    delete("OLD");
    set("A", "1");
    drive_works = false;
    CU_ASSERT_EQUAL(commit(), SMIF_ERROR);
    drive_works = true;
    CU_ASSERT(holds("OLD", "1") && holds("A", NULL));
    CU_ASSERT_EQUAL(commit(), ILO_LINK_NO_CHANGE_OPEN);
}

static void changes_that_do_not_fit_are_none(void)
{
    static char large[EV_DATA_MAX + 1];
    char name[2] = "A";
    uint32_t error = SMIF_OK;

    start();
    memset(large, 'x', EV_DATA_MAX);
    set("OLD", large);
    begin();
    for (unsigned i = 0; i < 16; i++) {
        name[0] = 'A' + i;
        CU_ASSERT_EQUAL(set(name, large), SMIF_OK);
    }
    CU_ASSERT_EQUAL(set("Z", large), SMIF_ERROR);
    error = commit();
    CU_ASSERT_EQUAL(error, SMIF_ERROR);
    CU_ASSERT_EQUAL(store.records.count, 1);
    /* What is deleted makes room, in whatever order it was asked for. */
    begin();
    for (unsigned i = 0; i < 16; i++) {
        name[0] = 'A' + i;
        set(name, large);
    }
    CU_ASSERT_EQUAL(delete("OLD"), SMIF_OK);
    CU_ASSERT_EQUAL(commit(), SMIF_OK);
    CU_ASSERT_EQUAL(store.records.count, 16);
}

static void snapshot_out_of_range_is_not_sound(void)
{
    start();
    CU_ASSERT(ilo_smif_is_sound(&smif));
    smif.secrets_locked = 2;
    CU_ASSERT_FALSE(ilo_smif_is_sound(&smif));
}

static const struct unit_case cases[] = {
    UNIT_CASE(hello_tells_version_power_and_stage),
    UNIT_CASE(nothing_is_answered_before_hello),
    UNIT_CASE(hello_of_another_version_opens_nothing),
    UNIT_CASE(power_acts_suit_the_state),
    UNIT_CASE(boot_once_holds_for_the_next_reset_only),
    UNIT_CASE(boot_once_can_be_taken_back),
    UNIT_CASE(boot_order_is_set_at_once_and_can_be_asked),
    UNIT_CASE(machine_without_boot_order_is_error_1),
    UNIT_CASE(changes_of_a_transaction_are_one_write),
    UNIT_CASE(aborted_changes_are_forgotten),
    UNIT_CASE(end_of_the_connection_aborts),
    UNIT_CASE(transactions_are_opened_and_closed_in_turn),
    UNIT_CASE(changes_of_the_host_meanwhile_are_kept),
    UNIT_CASE(delete_all_waits_for_the_commit_too),
    UNIT_CASE(failing_drive_leaves_all_as_it_was),
    UNIT_CASE(changes_that_do_not_fit_are_none),
    UNIT_CASE(snapshot_out_of_range_is_not_sound),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-manage", cases, ARRAY_SIZE(cases), argc, argv);
}
