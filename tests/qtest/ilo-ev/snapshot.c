/*
 * ilo-ev: state that travels to another QEMU.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "folder.h"
#include "ncsim/post_codes.h"

/* In the middle of a packet and of a frame, with changes on the drive. */
static void test_migration(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine;

    furnish(folder);
    machine = boot_with_drive(folder, "");
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQHORD", "order"), ==,
                     SMIF_OK);
    write_stage(machine->qts, POST_INT13);
    qtest_outb(machine->qts, POST_PORT, POST_FRAME);
    ilo_ev_write(&machine->ilo, ILO_MAILBOX_DATA, 0x77770008);
    save(machine, folder);
    ilo_ev_shut_down(machine);

    machine = boot_with_drive(folder, " -incoming defer");
    g_assert_true(restore(machine, folder));
    expect_halves_go_on(machine);
    expect_ev(machine, "CQTISCSI", "new");
    expect_ev(machine, "CQHORD", "order");
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQHORD", "later"), ==,
                     SMIF_OK);
    ilo_ev_shut_down(machine);

    machine = boot_with_drive(folder, "");
    expect_ev(machine, "CQHORD", "later");
    expect_ev(machine, "CQTISCSI", "new");
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

/* A record in the stream whose length goes beyond the store. */
static void test_damaged_stream(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine = ilo_ev_boot("", "");
    char *stream, *record;
    size_t size;

    ilo_ev_set(&machine->ilo, "WITNESS", "value");
    ilo_ev_write(&machine->ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    save(machine, folder);
    ilo_ev_shut_down(machine);

    stream = read_file(folder->stream, &size);
    record = memmem(stream, size, "WITNESS", sizeof("WITNESS"));
    g_assert_nonnull(record);
    stw_le_p(record + EV_NAME_SIZE, 0xffff);
    write_file(folder->stream, stream, size);
    g_free(stream);

    machine = ilo_ev_boot("", "-incoming defer");
    g_assert_false(restore(machine, folder));
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static const IloEvTest tests[] = {
    { "snapshot_goes_on_inside_packet_and_frame", test_migration },
    { "damaged_snapshot_is_refused", test_damaged_stream },
};

static void register_tests(void)
{
    ilo_ev_add_tests(tests, ARRAY_SIZE(tests));
}

libqos_init(register_tests);
