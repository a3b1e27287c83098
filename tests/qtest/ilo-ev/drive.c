/*
 * ilo-ev: EVs on a drive, and without one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "folder.h"

static void test_volatile(void *obj, void *data, QGuestAllocator *alloc)
{
    IloEvMachine *machine = ilo_ev_boot("", "");

    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "x"), ==, SMIF_OK);
    expect_ev(machine, "CQTISCSI", "x");
    ilo_ev_shut_down(machine);
    machine = ilo_ev_boot("", "");
    expect_ev(machine, "CQTISCSI", NULL);
    ilo_ev_shut_down(machine);
}

static void test_restart(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine;

    furnish(folder);
    machine = boot_with_drive(folder, "");
    expect_ev(machine, "CQTISCSI", "new");
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static void test_read_only(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine;

    furnish(folder);
    machine = boot_with_drive(folder, ",readonly=on");
    expect_ev(machine, "CQTISCSI", "new");
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "x"), ==,
                     SMIF_ERROR);
    expect_ev(machine, "CQTISCSI", "new");
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static void test_failing_flush(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine;
    g_autofree char *line = g_strdup_printf(
        "-drive if=none,id=ev,driver=blkdebug,image.driver=file,"
        "image.filename=%s,inject-error.0.event=none,"
        "inject-error.0.iotype=flush", folder->drive);

    furnish(folder);
    machine = ilo_ev_boot("drive=ev", line);
    expect_ev(machine, "CQTISCSI", "new");
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "x"), ==,
                     SMIF_ERROR);
    expect_ev(machine, "CQTISCSI", "new");
    ilo_ev_shut_down(machine);
    machine = boot_with_drive(folder, "");
    expect_ev(machine, "CQTISCSI", "new");
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

/*
 * QEMU's block layer fails at this step of a change: write, flush, write,
 * flush.  What fails a flush is armed by the write before it.
 */
static void fail_at(Folder *folder, unsigned step)
{
    g_autofree char *line = g_strdup_printf(
        "-drive if=none,id=ev,driver=blkdebug,image.driver=file,"
        "image.filename=%s,set-state.0.event=pwritev,set-state.0.state=1,"
        "set-state.0.new_state=2,inject-error.0.event=pwritev,"
        "inject-error.0.state=%u,inject-error.0.iotype=%s", folder->drive,
        step / 2 + 1, step % 2 ? "flush" : "write");
    IloEvMachine *machine = ilo_ev_boot("drive=ev", line);

    expect_ev(machine, "CQTISCSI", "new");
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "newest"), ==,
                     SMIF_ERROR);
    expect_ev(machine, "CQTISCSI", "new");
    ilo_ev_shut_down(machine);
}

static void test_each_step(void *obj, void *data, QGuestAllocator *alloc)
{
    for (unsigned step = 0; step < 4; step++) {
        Folder *folder = folder_new();
        IloEvMachine *machine;

        furnish(folder);
        fail_at(folder, step);
        machine = boot_with_drive(folder, "");
        /* Whether what was not flushed is there is up to the drive. */
        expect_ev(machine, "CQTISCSI", step < 3 ? "new" : "newest");
        g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "after"), ==,
                         SMIF_OK);
        ilo_ev_shut_down(machine);
        machine = boot_with_drive(folder, "");
        expect_ev(machine, "CQTISCSI", "after");
        ilo_ev_shut_down(machine);
        folder_free(folder);
    }
}

static void test_one_damaged_slot(void *obj, void *data,
                                  QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine;

    furnish(folder);
    damage_slot(folder, 1);
    machine = boot_with_drive(folder, "");
    expect_ev(machine, "CQTISCSI", "old");
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "x"), ==, SMIF_OK);
    ilo_ev_shut_down(machine);
    machine = boot_with_drive(folder, "");
    expect_ev(machine, "CQTISCSI", "x");
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static void test_two_damaged_slots(void *obj, void *data,
                                   QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine;

    furnish(folder);
    damage_slot(folder, 0);
    damage_slot(folder, 1);
    machine = boot_with_drive(folder, "");
    expect_ev(machine, "CQTISCSI", NULL);
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "x"), ==, SMIF_OK);
    ilo_ev_shut_down(machine);
    machine = boot_with_drive(folder, "");
    expect_ev(machine, "CQTISCSI", "x");
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static void test_wrong_size(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    g_autofree char *text = NULL;

    write_file(folder->drive, "short", 5);
    text = refused_start(folder->drive, "");
    g_assert_nonnull(strstr(text, "must have exactly 131072"));
    folder_free(folder);
}

static void test_second_writer(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine = boot_with_drive(folder, "");
    g_autofree char *text = refused_start(folder->drive, "");

    g_assert_nonnull(strstr(text, "lock"));
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static void test_reset_keeps_evs(void *obj, void *data,
                                 QGuestAllocator *alloc)
{
    IloEvMachine *machine = ilo_ev_boot("", "");

    ilo_ev_set(&machine->ilo, "CQTISCSI", "stays");
    ilo_ev_write(&machine->ilo, ILO_MAILBOX_DATA, 0x12345678);
    qtest_system_reset(machine->qts);
    ilo_ev_enable(&machine->ilo);
    g_assert_cmphex(ilo_ev_read(&machine->ilo, ILO_MAILBOX_LENGTH), ==, 0);
    g_assert_cmphex(ilo_ev_read(&machine->ilo, ILO_MAILBOX_STATUS) & 0xffff,
                    ==, ILO_STATUS_READY);
    expect_ev(machine, "CQTISCSI", "stays");
    ilo_ev_shut_down(machine);
}

static const IloEvTest tests[] = {
    { "evs_are_lost_without_a_drive", test_volatile },
    { "evs_survive_a_restart_on_a_drive", test_restart },
    { "read_only_drive_refuses_changes", test_read_only },
    { "failing_flush_is_an_error_and_keeps_the_ev", test_failing_flush },
    { "each_step_of_a_change_may_be_the_last", test_each_step },
    { "one_damaged_slot_brings_the_older_value", test_one_damaged_slot },
    { "two_damaged_slots_make_an_empty_store", test_two_damaged_slots },
    { "drive_of_wrong_size_is_refused", test_wrong_size },
    { "drive_has_no_second_writer", test_second_writer },
    { "reset_keeps_evs_and_drops_the_exchange", test_reset_keeps_evs },
};

static void register_tests(void)
{
    ilo_ev_add_tests(tests, ARRAY_SIZE(tests));
}

libqos_init(register_tests);
