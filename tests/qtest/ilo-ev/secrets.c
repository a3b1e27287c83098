/*
 * ilo-ev: who reads secrets, and what iLO tells of itself.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "daemon.h"

#define RUN(name) \
    static void name(void *obj, void *data, QGuestAllocator *alloc)

/* No whole block: what may not be read becomes asterisks altogether. */
#define SECRET "CHAPSecret=of-sixteen-bytes"
#define MASKED "***************************"

static uint32_t lock(IloEvMachine *machine)
{
    uint8_t reply[ILO_PACKET_MAX];

    return ilo_ev_command(&machine->ilo, SMIF_LOCK_SECRETS, reply);
}

RUN(test_lock)
{
    IloEvMachine *machine = ilo_ev_boot("", "");

    ilo_ev_set(&machine->ilo, "CQTISCSI", SECRET);
    ilo_ev_set(&machine->ilo, "CQTISCS2", SECRET);
    ilo_ev_set(&machine->ilo, "CQHORD", SECRET);
    expect_ev(machine, "CQTISCSI", SECRET);
    g_assert_cmpuint(lock(machine), ==, SMIF_OK);
    expect_ev(machine, "CQTISCSI", MASKED);
    expect_ev(machine, "CQTISCS2", MASKED);
    expect_ev(machine, "CQHORD", SECRET);
    ilo_ev_shut_down(machine);
}

RUN(test_reset)
{
    IloEvMachine *machine = ilo_ev_boot("", "");

    ilo_ev_set(&machine->ilo, "CQTISCSI", SECRET);
    lock(machine);
    qtest_system_reset(machine->qts);
    ilo_ev_enable(&machine->ilo);
    expect_ev(machine, "CQTISCSI", SECRET);
    ilo_ev_shut_down(machine);
}

RUN(test_property)
{
    IloEvMachine *machine = ilo_ev_boot("lock-secrets=off", "");

    ilo_ev_set(&machine->ilo, "CQTISCSI", SECRET);
    g_assert_cmpuint(lock(machine), ==, SMIF_OK);
    expect_ev(machine, "CQTISCSI", SECRET);
    ilo_ev_shut_down(machine);
}

RUN(test_snapshot)
{
    Folder *folder = folder_new();
    IloEvMachine *machine = boot_with_drive(folder, "");

    ilo_ev_set(&machine->ilo, "CQTISCSI", SECRET);
    lock(machine);
    save(machine, folder);
    ilo_ev_shut_down(machine);
    machine = boot_with_drive(folder, " -incoming defer");
    g_assert_true(restore(machine, folder));
    expect_ev(machine, "CQTISCSI", MASKED);
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

RUN(test_link)
{
    Daemon *daemon = daemon_new("lock-secrets=off", "");
    uint8_t packet[SMIF_EV_GET_SIZE];

    daemon_set(daemon, "CQTISCSI", SECRET);
    expect_ev(daemon->machine, "CQTISCSI", SECRET);
    ilo_ev_begin(packet, SMIF_EV_BY_NAME, sizeof(packet));
    memcpy(packet + SMIF_EV_GET_NAME, "CQTISCSI", 8);
    g_assert_cmpuint(daemon_ask(daemon, packet, sizeof(packet)), ==, SMIF_OK);
    g_assert_cmpmem(daemon->packet + SMIF_EV_REPLY_DATA,
                    lduw_le_p(daemon->packet + SMIF_EV_REPLY_LENGTH),
                    MASKED, strlen(MASKED));
    daemon_free(daemon);
}

RUN(test_management_is_the_links)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    uint8_t packet[ILO_LINK_POWER_SIZE], reply[ILO_PACKET_MAX];

    ilo_ev_begin(packet, ILO_LINK_POWER, sizeof(packet));
    packet[SMIF_SERVICE] = SMIF_SERVICE_MANAGEMENT;
    stl_le_p(packet + ILO_LINK_POWER_ACT, ILO_POWER_OFF);
    ilo_ev_exchange(&machine->ilo, packet, sizeof(packet), reply);
    g_assert_cmphex(lduw_le_p(reply + SMIF_COMMAND), ==,
                    SMIF_COMMAND_UNKNOWN);
    g_assert_cmphex((uint32_t)ldl_le_p(reply + SMIF_REPLY_ERROR), ==,
                    SMIF_ERROR_UNKNOWN);
    ilo_ev_shut_down(machine);
}

RUN(test_time)
{
    IloEvMachine *machine = ilo_ev_boot(
        "", "-rtc base=2006-11-27T01:02:03,clock=vm");
    uint8_t reply[ILO_PACKET_MAX];

    g_assert_cmpuint(ilo_ev_command(&machine->ilo, SMIF_TIME, reply), ==,
                     SMIF_OK);
    g_assert_cmphex(ldl_le_p(reply + SMIF_TIME_VALUE), ==,
                    16u << 26 | 11 << 22 | 27 << 17 | 1 << 12 | 2 << 6 | 3);
    ilo_ev_shut_down(machine);
}

RUN(test_status)
{
    Folder *folder = folder_new();
    IloEvMachine *machine = boot_with_drive(folder, "");
    uint8_t packet[SMIF_LOG_TEXT] = { 0 }, reply[ILO_PACKET_MAX];

    ilo_ev_begin(packet, SMIF_LOG_EVENT, sizeof(packet));
    packet[SMIF_LOG_TYPE] = SMIF_LOG_SL;
    ilo_ev_exchange(&machine->ilo, packet, sizeof(packet), reply);
    save(machine, folder);
    ilo_ev_shut_down(machine);
    machine = boot_with_drive(folder, " -incoming defer");
    g_assert_true(restore(machine, folder));
    g_assert_cmpuint(ilo_ev_command(&machine->ilo, SMIF_STATUS, reply), ==,
                     SMIF_OK);
    g_assert_cmpuint(ldl_le_p(reply + SMIF_STATUS_LAST_EVENT), ==, 1);
    g_assert_cmphex(lduw_le_p(reply + SMIF_STATUS_FIRMWARE_VERSION), ==,
                    0x0219);
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static const IloEvTest tests[] = {
    { "locked_secrets_are_asterisks", test_lock },
    { "reset_unlocks_the_secrets", test_reset },
    { "property_off_keeps_them_readable", test_property },
    { "snapshot_stays_locked", test_snapshot },
    { "link_reads_no_secret_even_unlocked", test_link },
    { "host_has_no_management_commands", test_management_is_the_links },
    { "time_is_that_of_the_machines_clock", test_time },
    { "log_goes_on_counting_after_a_snapshot", test_status },
};

static void register_tests(void)
{
    ilo_ev_add_tests(tests, ARRAY_SIZE(tests));
}

libqos_init(register_tests);
