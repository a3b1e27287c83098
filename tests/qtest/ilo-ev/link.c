/*
 * ilo-ev: the management link.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "daemon.h"
#include "ncsim/post_codes.h"

#define RUN(name) \
    static void name(void *obj, void *data, QGuestAllocator *alloc)

static uint32_t field(const Daemon *daemon)
{
    return ldl_le_p(daemon->packet + ILO_EVENT_FIELD);
}

static uint32_t power(Daemon *daemon, uint32_t act)
{
    return daemon_manage(daemon, ILO_LINK_POWER, ILO_LINK_POWER_SIZE, act);
}

static void expect_power(Daemon *daemon, uint32_t state)
{
    daemon_expect(daemon, ILO_EVENT_POWER);
    g_assert_cmpuint(field(daemon), ==, state);
}

static void expect_status(Daemon *daemon, const char *status)
{
    QDict *answer = qtest_qmp(daemon->machine->qts,
                              "{ 'execute': 'query-status' }");

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(answer, "return"),
                                  "status"), ==, status);
    qobject_unref(answer);
}

/* Boot devices as the BIOS finds them: two nibbles, the first one low. */
static uint8_t boot_devices(Daemon *daemon)
{
    qtest_outb(daemon->machine->qts, 0x70, 0x3d);
    return qtest_inb(daemon->machine->qts, 0x71);
}

/* The newest generation on the drive. */
static uint64_t generation(Daemon *daemon)
{
    g_autofree char *drive = read_file(daemon->folder->drive, NULL);

    return MAX(ldq_le_p(drive + 8), ldq_le_p(drive + 65536 + 8));
}

static uint32_t begin(Daemon *daemon)
{
    return daemon_manage(daemon, ILO_LINK_EV_BEGIN, 8, 0);
}

static uint32_t commit(Daemon *daemon)
{
    return daemon_manage(daemon, ILO_LINK_EV_COMMIT, 8, 0);
}

RUN(test_hello)
{
    Daemon *daemon = daemon_new("", "");

    write_stage(daemon->machine->qts, POST_LUN);
    daemon_hello(daemon);
    g_assert_cmpuint(ldl_le_p(daemon->packet + ILO_LINK_HELLO_REPLY_VERSION),
                     ==, ILO_LINK_VERSION);
    g_assert_cmpuint(ldl_le_p(daemon->packet + ILO_LINK_HELLO_REPLY_POWER),
                     ==, ILO_POWER_IS_ON);
    g_assert_cmpuint(ldl_le_p(daemon->packet + ILO_LINK_HELLO_REPLY_STAGE),
                     ==, POST_LUN);
    daemon_free(daemon);
}

RUN(test_no_hello)
{
    Daemon *daemon = daemon_new("", "");

    daemon_reconnect(daemon);
    g_assert_cmpuint(power(daemon, ILO_POWER_OFF), ==, ILO_LINK_NO_HELLO);
    expect_status(daemon, "running");
    daemon_free(daemon);
}

RUN(test_ev)
{
    Daemon *daemon = daemon_new("drive=ev", "");

    g_assert_cmpuint(daemon_set(daemon, "CQHORD", "by link"), ==, SMIF_OK);
    expect_ev(daemon->machine, "CQHORD", "by link");
    g_assert_cmpuint(ilo_ev_set(&daemon->machine->ilo, "CQHORD", "by host"),
                     ==, SMIF_OK);
    daemon_expect(daemon, ILO_EVENT_EV_CHANGED);
    g_assert_cmpstr((char *)daemon->packet + ILO_EVENT_FIELD, ==, "CQHORD");
    daemon_free(daemon);
}

RUN(test_commit)
{
    Daemon *daemon = daemon_new("drive=ev", "");
    uint64_t before;

    daemon_set(daemon, "OLD", "1");
    before = generation(daemon);
    g_assert_cmpuint(begin(daemon), ==, SMIF_OK);
    g_assert_cmpuint(daemon_set(daemon, "A", "1"), ==, SMIF_OK);
    g_assert_cmpuint(daemon_set(daemon, "B", "2"), ==, SMIF_OK);
    g_assert_cmpuint(daemon_set(daemon, "OLD", ""), ==, SMIF_OK);
    expect_ev(daemon->machine, "A", NULL);
    expect_ev(daemon->machine, "OLD", "1");
    g_assert_cmpuint(generation(daemon), ==, before);
    g_assert_cmpuint(commit(daemon), ==, SMIF_OK);
    g_assert_cmpuint(generation(daemon), ==, before + 1);
    expect_ev(daemon->machine, "A", "1");
    expect_ev(daemon->machine, "B", "2");
    expect_ev(daemon->machine, "OLD", NULL);
    daemon_free(daemon);
}

RUN(test_abort)
{
    Daemon *daemon = daemon_new("drive=ev", "");

    begin(daemon);
    daemon_set(daemon, "A", "1");
    g_assert_cmpuint(daemon_manage(daemon, ILO_LINK_EV_ABORT, 8, 0), ==,
                     SMIF_OK);
    g_assert_cmpuint(commit(daemon), ==, ILO_LINK_NO_CHANGE_OPEN);
    expect_ev(daemon->machine, "A", NULL);
    daemon_free(daemon);
}

RUN(test_lost_connection)
{
    Daemon *daemon = daemon_new("drive=ev", "");

    begin(daemon);
    daemon_set(daemon, "A", "1");
    daemon_reconnect(daemon);
    daemon_hello(daemon);
    g_assert_cmpuint(commit(daemon), ==, ILO_LINK_NO_CHANGE_OPEN);
    expect_ev(daemon->machine, "A", NULL);
    daemon_free(daemon);
}

RUN(test_read_only_drive)
{
    Folder *folder = folder_new();
    g_autofree char *line = g_strdup_printf(
        "-drive if=none,id=ro,format=raw,readonly=on,file=%s", folder->drive);
    Daemon *daemon = daemon_new("drive=ro", line);

    begin(daemon);
    daemon_set(daemon, "A", "1");
    g_assert_cmpuint(commit(daemon), ==, SMIF_ERROR);
    expect_ev(daemon->machine, "A", NULL);
    daemon_free(daemon);
    folder_free(folder);
}

RUN(test_off_and_on)
{
    Daemon *daemon = daemon_new("drive=ev", "");

    g_assert_cmpuint(power(daemon, ILO_POWER_OFF), ==, SMIF_OK);
    expect_power(daemon, ILO_POWER_IS_OFF);
    expect_status(daemon, "shutdown");
    g_assert_cmpuint(daemon_set(daemon, "A", "set when off"), ==, SMIF_OK);
    g_assert_cmpuint(power(daemon, ILO_POWER_RESET), ==,
                     ILO_LINK_POWER_IS_OFF);
    g_assert_cmpuint(power(daemon, ILO_POWER_COLD), ==,
                     ILO_LINK_POWER_IS_OFF);
    g_assert_cmpuint(power(daemon, ILO_POWER_ON), ==, SMIF_OK);
    expect_power(daemon, ILO_POWER_IS_ON);
    expect_status(daemon, "running");
    ilo_ev_enable(&daemon->machine->ilo);
    expect_ev(daemon->machine, "A", "set when off");
    daemon_free(daemon);
}

RUN(test_button)
{
    Daemon *daemon = daemon_new("", "");

    g_assert_cmpuint(power(daemon, ILO_POWER_PRESS), ==, SMIF_OK);
    qtest_qmp_eventwait(daemon->machine->qts, "POWERDOWN");
    expect_status(daemon, "running");
    g_assert_cmpuint(power(daemon, ILO_POWER_HOLD), ==, SMIF_OK);
    expect_power(daemon, ILO_POWER_IS_OFF);
    g_assert_cmpuint(power(daemon, ILO_POWER_PRESS), ==, SMIF_OK);
    expect_power(daemon, ILO_POWER_IS_ON);
    expect_status(daemon, "running");
    daemon_free(daemon);
}

RUN(test_reset)
{
    Daemon *daemon = daemon_new("", "");

    write_stage(daemon->machine->qts, POST_LUN);
    g_assert_cmpuint(power(daemon, ILO_POWER_RESET), ==, SMIF_OK);
    daemon_expect(daemon, ILO_EVENT_RESET);
    daemon_hello(daemon);
    g_assert_cmpuint(ldl_le_p(daemon->packet + ILO_LINK_HELLO_REPLY_STAGE),
                     ==, 0);
    expect_status(daemon, "running");
    daemon_free(daemon);
}

RUN(test_cold)
{
    Daemon *daemon = daemon_new("", "");

    g_assert_cmpuint(power(daemon, ILO_POWER_COLD), ==, SMIF_OK);
    expect_power(daemon, ILO_POWER_IS_OFF);
    expect_power(daemon, ILO_POWER_IS_ON);
    daemon_expect(daemon, ILO_EVENT_RESET);
    daemon_free(daemon);
}

RUN(test_boot_order)
{
    Daemon *daemon = daemon_new("", "-boot order=cd");

    g_assert_cmphex(boot_devices(daemon), ==, 0x32);
    g_assert_cmpuint(daemon_manage(daemon, ILO_LINK_BOOT_ORDER, 12, 0), ==,
                     SMIF_OK);
    g_assert_cmphex(ldl_le_p(daemon->packet + 12), ==, 0x0203);
    g_assert_cmpuint(daemon_manage(daemon, ILO_LINK_BOOT_ORDER, 12, 0x0304),
                     ==, SMIF_OK);
    g_assert_cmphex(boot_devices(daemon), ==, 0x24);
    qtest_system_reset(daemon->machine->qts);
    g_assert_cmphex(boot_devices(daemon), ==, 0x24);
    daemon_free(daemon);
}

RUN(test_boot_once)
{
    Daemon *daemon = daemon_new("", "-boot order=cd");

    g_assert_cmpuint(daemon_manage(daemon, ILO_LINK_BOOT_ONCE, 12,
                                   ILO_BOOT_NETWORK), ==, SMIF_OK);
    g_assert_cmphex(boot_devices(daemon), ==, 0x32);
    qtest_system_reset(daemon->machine->qts);
    g_assert_cmphex(boot_devices(daemon), ==, 0x24);
    qtest_system_reset(daemon->machine->qts);
    g_assert_cmphex(boot_devices(daemon), ==, 0x32);
    daemon_free(daemon);
}

RUN(test_stages)
{
    Daemon *daemon = daemon_new("", "");

    write_stage(daemon->machine->qts, POST_ROM);
    write_stage(daemon->machine->qts, POST_FAIL + 2);
    daemon_expect(daemon, ILO_EVENT_STAGE);
    g_assert_cmphex(field(daemon), ==, POST_ROM);
    daemon_expect(daemon, ILO_EVENT_STAGE);
    g_assert_cmphex(field(daemon), ==, POST_FAIL + 2);
    daemon_free(daemon);
}

RUN(test_log)
{
    Daemon *daemon = daemon_new("", "");
    uint8_t packet[SMIF_LOG_TEXT + 3], reply[ILO_PACKET_MAX];

    ilo_ev_begin(packet, SMIF_LOG_EVENT, sizeof(packet));
    packet[SMIF_LOG_TYPE] = SMIF_LOG_IML;
    stw_le_p(packet + SMIF_LOG_LENGTH, 3);
    memcpy(packet + SMIF_LOG_TEXT, "fan", 3);
    ilo_ev_exchange(&daemon->machine->ilo, packet, sizeof(packet), reply);
    g_assert_cmpuint(ldl_le_p(reply + SMIF_LOG_REPLY_NUMBER), ==, 1);
    daemon_expect(daemon, ILO_EVENT_LOG);
    g_assert_cmpuint(lduw_le_p(daemon->packet), ==, sizeof(packet));
    g_assert_cmpmem(daemon->packet + SMIF_LOG_TEXT, 3, "fan", 3);
    daemon_free(daemon);
}

RUN(test_bad_length)
{
    static const uint32_t lengths[] = { 0, 7, 4097, UINT32_MAX };
    Daemon *daemon = daemon_new("", "");

    for (unsigned i = 0; i < ARRAY_SIZE(lengths); i++) {
        uint8_t bytes[4];

        stl_le_p(bytes, lengths[i]);
        g_assert_cmpint(write(daemon->fd, bytes, 4), ==, 4);
        g_assert_false(daemon_receive(daemon));
        daemon_reconnect(daemon);
        daemon_hello(daemon);
    }
    daemon_free(daemon);
}

/* Sends without reading until nothing more is taken; the guest runs on. */
RUN(test_daemon_that_does_not_read)
{
    Daemon *daemon = daemon_new("", "");
    uint8_t message[12] = { SMIF_HEADER_SIZE };
    unsigned asked = 0;
    unsigned answered = 0;
    int refused = 0;

    ilo_ev_begin(message + 4, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    while (refused < 50 && asked < 1000000) {
        if (send(daemon->fd, message, sizeof(message), MSG_DONTWAIT) ==
            sizeof(message)) {
            asked++;
            refused = 0;
        } else {
            refused++;
            /* QEMU's loop has had its turn when this is answered. */
            qtest_clock_step(daemon->machine->qts, 1);
        }
    }
    g_assert_cmpint(refused, ==, 50);
    for (unsigned i = 0; i < 3000; i++) {
        write_stage(daemon->machine->qts, POST_RELOGIN);
    }
    g_assert_cmphex(ilo_ev_post_state(&daemon->machine->ilo), ==,
                    POST_RELOGIN);
    while (answered < asked && daemon_receive(daemon)) {
        answered += lduw_le_p(daemon->packet + SMIF_COMMAND) ==
                    (SMIF_EV_STATUS | SMIF_REPLY);
    }
    g_assert_cmpuint(answered, ==, asked);
    daemon_free(daemon);
}

RUN(test_second_daemon)
{
    Daemon *daemon = daemon_new("", "");
    unsigned i;

    for (i = 0; i < 20; i++) {
        daemon_reconnect(daemon);
        daemon_hello(daemon);
    }
    g_assert_cmpuint(power(daemon, ILO_POWER_ON), ==, SMIF_OK);
    daemon_free(daemon);
}

static const IloEvTest tests[] = {
    { "hello_tells_version_power_and_stage", test_hello },
    { "request_before_hello_is_refused", test_no_hello },
    { "ev_by_the_link_and_by_the_host_are_the_same", test_ev },
    { "committed_changes_are_one_write_of_the_drive", test_commit },
    { "aborted_changes_are_forgotten", test_abort },
    { "lost_connection_aborts_the_open_change", test_lost_connection },
    { "commit_to_a_read_only_drive_changes_nothing", test_read_only_drive },
    { "machine_is_switched_off_and_on", test_off_and_on },
    { "button_is_pressed_and_held", test_button },
    { "reset_is_asked_for_and_told", test_reset },
    { "cold_reset_is_told_as_off_and_on", test_cold },
    { "boot_order_goes_to_the_bios", test_boot_order },
    { "boot_once_holds_for_one_boot", test_boot_once },
    { "stages_are_events", test_stages },
    { "log_entry_of_the_host_is_an_event", test_log },
    { "bad_length_ends_the_connection_alone", test_bad_length },
    { "daemon_that_does_not_read_holds_up_nobody",
      test_daemon_that_does_not_read },
    { "daemon_may_come_and_go", test_second_daemon },
};

static void register_tests(void)
{
    ilo_ev_add_tests(tests, ARRAY_SIZE(tests));
}

libqos_init(register_tests);
