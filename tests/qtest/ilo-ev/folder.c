/*
 * ilo-ev: the files of a test, and machines that use them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qobject/qdict.h"
#include "folder.h"
#include "ncsim/post_codes.h"

#define DRIVE_SIZE 131072
#define SLOT_SIZE 65536
#define SLOT_HEADER_SIZE 64


void write_file(const char *path, const char *data, size_t size)
{
    g_autoptr(GError) error = NULL;

    g_file_set_contents(path, data, size, &error);
    g_assert_no_error(error);
}

char *read_file(const char *path, size_t *size)
{
    g_autoptr(GError) error = NULL;
    char *data;

    g_file_get_contents(path, &data, size, &error);
    g_assert_no_error(error);
    return data;
}

Folder *folder_new(void)
{
    g_autofree char *blank = g_malloc0(DRIVE_SIZE);
    g_autoptr(GError) error = NULL;
    Folder *folder = g_new0(Folder, 1);

    folder->path = g_dir_make_tmp("ilo-ev-test-XXXXXX", &error);
    g_assert_no_error(error);
    folder->drive = g_build_filename(folder->path, "ev.img", NULL);
    folder->events = g_build_filename(folder->path, "events", NULL);
    folder->stream = g_build_filename(folder->path, "stream", NULL);
    write_file(folder->drive, blank, DRIVE_SIZE);
    return folder;
}

void folder_free(Folder *folder)
{
    unlink(folder->drive);
    unlink(folder->events);
    unlink(folder->stream);
    g_assert_cmpint(rmdir(folder->path), ==, 0);
    g_free(folder->drive);
    g_free(folder->events);
    g_free(folder->stream);
    g_free(folder->path);
    g_free(folder);
}

IloEvMachine *boot_with_drive(Folder *folder, const char *options)
{
    g_autofree char *line = g_strdup_printf(
        "-drive if=none,id=ev,format=raw,file=%s%s", folder->drive, options);

    return ilo_ev_boot("drive=ev", line);
}

IloEvMachine *boot_with_events(Folder *folder)
{
    g_autofree char *line = g_strdup_printf("-chardev file,id=evs,path=%s",
                                            folder->events);

    return ilo_ev_boot("events=evs", line);
}

/* Does the machine hold this value?  NULL: no such EV. */
void expect_ev(IloEvMachine *machine, const char *name,
                      const char *value)
{
    g_autofree char *got = ilo_ev_get(&machine->ilo, name);

    g_assert_cmpstr(got, ==, value);
}

/* A machine with one EV in each slot's generation: "old", then "new". */
void furnish(Folder *folder)
{
    IloEvMachine *machine = boot_with_drive(folder, "");

    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "old"), ==,
                     SMIF_OK);
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "new"), ==,
                     SMIF_OK);
    ilo_ev_shut_down(machine);
}

void damage_slot(Folder *folder, unsigned slot)
{
    size_t size;
    g_autofree char *data = read_file(folder->drive, &size);

    g_assert_cmpuint(size, ==, DRIVE_SIZE);
    data[slot * SLOT_SIZE + SLOT_HEADER_SIZE] ^= 1;
    write_file(folder->drive, data, size);
}

/*
 * Starts QEMU where it must refuse to start, with further @devices, and
 * returns what it says.
 */
char *refused_start(const char *drive, const char *devices)
{
    g_autofree char *line = g_strdup_printf(
        "timeout 60 %s -machine pc -accel qtest -display none -nodefaults "
        "-drive if=none,id=ev,format=raw,file=%s -device ilo-ev,drive=ev %s",
        getenv("QTEST_QEMU_BINARY"), drive, devices);
    g_autoptr(GError) error = NULL;
    char *text;
    int status;

    g_spawn_command_line_sync(line, NULL, &text, &status, &error);
    g_assert_no_error(error);
    g_assert_true(WIFEXITED(status));
    g_assert_cmpint(WEXITSTATUS(status), ==, 1);
    return text;
}

/*
 * Migration
 */

static void want_migration_events(QTestState *qts)
{
    qtest_qmp_assert_success(qts, "{ 'execute': 'migrate-set-capabilities',"
                             "'arguments': { 'capabilities': ["
                             "{ 'capability': 'events', 'state': true }]}}");
}

/* Waits for the end of a migration and returns whether it worked. */
static bool migration_works(QTestState *qts)
{
    for (;;) {
        QDict *event = qtest_qmp_eventwait_ref(qts, "MIGRATION");
        QDict *what = qdict_get_qdict(event, "data");
        bool done = g_str_equal(qdict_get_str(what, "status"), "completed");
        bool failed = g_str_equal(qdict_get_str(what, "status"), "failed");

        qobject_unref(event);
        if (done || failed) {
            return done;
        }
    }
}

void save(IloEvMachine *machine, Folder *folder)
{
    g_autofree char *uri = g_strdup_printf("file:%s", folder->stream);

    want_migration_events(machine->qts);
    qtest_qmp_assert_success(machine->qts, "{ 'execute': 'migrate',"
                             "'arguments': { 'uri': %s }}", uri);
    g_assert_true(migration_works(machine->qts));
}

bool restore(IloEvMachine *machine, Folder *folder)
{
    g_autofree char *uri = g_strdup_printf("file:%s", folder->stream);

    want_migration_events(machine->qts);
    qtest_qmp_assert_success(machine->qts, "{ 'execute': 'migrate-incoming',"
                             "'arguments': { 'uri': %s,"
                             "'exit-on-error': false }}", uri);
    return migration_works(machine->qts);
}

void expect_halves_go_on(IloEvMachine *machine)
{
    ilo_ev_write(&machine->ilo, ILO_MAILBOX_DATA, SMIF_POST_STATE);
    ilo_ev_write(&machine->ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT);
    g_assert_cmphex(ilo_ev_read(&machine->ilo, ILO_MAILBOX_DATA), ==,
                    0x77770000 | SMIF_POST_STATE_SIZE);
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_INT13);
    qtest_outb(machine->qts, POST_PORT, POST_HANDOFF);
    qtest_outb(machine->qts, POST_PORT, POST_CHECK(POST_HANDOFF));
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_HANDOFF);
}
