/*
 * The ilo-ev device, under its register names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qemu/sockets.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "hw/pci/pci_ids.h"
#include "hw/pci/pci_regs.h"
#include "libilo-ev.h"
#include "ncsim/post_codes.h"

#define DRIVE_SIZE 131072
#define SLOT_SIZE 65536
#define SLOT_HEADER_SIZE 64

/*
 * Files of a test
 */

typedef struct Folder {
    char *path;
    char *drive;        /* of EVs, blank at first */
    char *events;
    char *stream;       /* of a migration */
} Folder;

static void write_file(const char *path, const char *data, size_t size)
{
    g_autoptr(GError) error = NULL;

    g_file_set_contents(path, data, size, &error);
    g_assert_no_error(error);
}

static char *read_file(const char *path, size_t *size)
{
    g_autoptr(GError) error = NULL;
    char *data;

    g_file_get_contents(path, &data, size, &error);
    g_assert_no_error(error);
    return data;
}

static Folder *folder_new(void)
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

static void folder_free(Folder *folder)
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

static IloEvMachine *boot_with_drive(Folder *folder, const char *options)
{
    g_autofree char *line = g_strdup_printf(
        "-drive if=none,id=ev,format=raw,file=%s%s", folder->drive, options);

    return ilo_ev_boot("drive=ev", line);
}

static IloEvMachine *boot_with_events(Folder *folder)
{
    g_autofree char *line = g_strdup_printf("-chardev file,id=evs,path=%s",
                                            folder->events);

    return ilo_ev_boot("events=evs", line);
}

/* Does the machine hold this value?  NULL: no such EV. */
static void expect_ev(IloEvMachine *machine, const char *name,
                      const char *value)
{
    g_autofree char *got = ilo_ev_get(&machine->ilo, name);

    g_assert_cmpstr(got, ==, value);
}

/* A machine with one EV in each slot's generation: "old", then "new". */
static void furnish(Folder *folder)
{
    IloEvMachine *machine = boot_with_drive(folder, "");

    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "old"), ==,
                     SMIF_OK);
    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "new"), ==,
                     SMIF_OK);
    ilo_ev_shut_down(machine);
}

static void damage_slot(Folder *folder, unsigned slot)
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
static char *refused_start(const char *drive, const char *devices)
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
 * PCI
 */

static void test_identity(void *obj, void *data, QGuestAllocator *alloc)
{
    QPCIDevice *dev = &((QIloEv *)obj)->dev;

    g_assert_cmphex(qpci_config_readw(dev, PCI_VENDOR_ID), ==, 0x0e11);
    g_assert_cmphex(qpci_config_readw(dev, PCI_DEVICE_ID), ==, 0xb204);
    g_assert_cmphex(qpci_config_readb(dev, PCI_REVISION_ID), ==, 3);
    g_assert_cmphex(qpci_config_readw(dev, PCI_CLASS_DEVICE), ==,
                    PCI_CLASS_SYSTEM_OTHER);
    g_assert_cmphex(qpci_config_readw(dev, PCI_SUBSYSTEM_VENDOR_ID), ==,
                    0x103c);
    g_assert_cmphex(qpci_config_readw(dev, PCI_SUBSYSTEM_ID), ==, 0x3305);
}

static void test_bar(void *obj, void *data, QGuestAllocator *alloc)
{
    QPCIDevice *dev = &((QIloEv *)obj)->dev;
    uint32_t kept = qpci_config_readl(dev, PCI_BASE_ADDRESS_0);

    qpci_config_writel(dev, PCI_BASE_ADDRESS_0, UINT32_MAX);
    g_assert_cmphex(qpci_config_readl(dev, PCI_BASE_ADDRESS_0), ==,
                    ~(uint32_t)(ILO_MAILBOX_PORTS - 1) |
                    PCI_BASE_ADDRESS_SPACE_IO);
    qpci_config_writel(dev, PCI_BASE_ADDRESS_0, kept);
}

static void test_only_one(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    g_autofree char *text = refused_start(folder->drive, "-device ilo-ev");

    g_assert_nonnull(strstr(text, "at most one ilo-ev"));
    folder_free(folder);
}

/*
 * Mailbox
 */

static void test_registers(void *obj, void *data, QGuestAllocator *alloc)
{
    QIloEv *ilo = obj;

    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_MAGIC), ==, 0x5645434e);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_STATUS), ==,
                    ILO_MAILBOX_VERSION << ILO_STATUS_VERSION_SHIFT |
                    ILO_STATUS_READY);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_LENGTH), ==, 0);
    ilo_ev_write(ilo, ILO_MAILBOX_DATA, 0x11223344);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_LENGTH), ==, 4);
}

static void test_exchange(void *obj, void *data, QGuestAllocator *alloc)
{
    QIloEv *ilo = obj;
    g_autofree char *value = NULL;

    g_assert_cmpuint(ilo_ev_set(ilo, "CQTISCSI", "through the ports"), ==,
                     SMIF_OK);
    value = ilo_ev_get(ilo, "CQTISCSI");
    g_assert_cmpstr(value, ==, "through the ports");
    g_assert_null(ilo_ev_get(ilo, "CQTISCS2"));
}

static void test_words(void *obj, void *data, QGuestAllocator *alloc)
{
    static const uint32_t packet[] = { 0x12340008, SMIF_EV_STATUS };
    QIloEv *ilo = obj;

    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    for (unsigned i = 0; i < ARRAY_SIZE(packet); i++) {
        ilo_ev_write(ilo, ILO_MAILBOX_DATA, packet[i]);
    }
    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_LENGTH), ==,
                    SMIF_EV_STATUS_SIZE);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_DATA), ==,
                    0x12340000 | SMIF_EV_STATUS_SIZE);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_DATA), ==,
                    SMIF_EV_STATUS | SMIF_REPLY);
    g_assert_cmphex(qpci_io_readw(&ilo->dev, ilo->bar, ILO_MAILBOX_DATA), ==,
                    SMIF_OK);
}

static void test_overflow(void *obj, void *data, QGuestAllocator *alloc)
{
    QIloEv *ilo = obj;

    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    for (unsigned i = 0; i < ILO_PACKET_MAX / 4; i++) {
        ilo_ev_write(ilo, ILO_MAILBOX_DATA, 0);
    }
    g_assert_false(ilo_ev_read(ilo, ILO_MAILBOX_STATUS) & ILO_STATUS_ERROR);
    ilo_ev_write(ilo, ILO_MAILBOX_DATA, 0);
    g_assert_true(ilo_ev_read(ilo, ILO_MAILBOX_STATUS) & ILO_STATUS_ERROR);
    g_assert_null(ilo_ev_get(ilo, "NONE"));
}

static void access_port(QIloEv *ilo, uint32_t port, unsigned size)
{
    switch (size) {
    case 1:
        qpci_io_writeb(&ilo->dev, ilo->bar, port, 0xa5);
        qpci_io_readb(&ilo->dev, ilo->bar, port);
        break;
    case 2:
        qpci_io_writew(&ilo->dev, ilo->bar, port, 0xa5a5);
        qpci_io_readw(&ilo->dev, ilo->bar, port);
        break;
    default:
        qpci_io_writel(&ilo->dev, ilo->bar, port, 0xa5a5a5a5);
        qpci_io_readl(&ilo->dev, ilo->bar, port);
        break;
    }
}

static void test_every_port(void *obj, void *data, QGuestAllocator *alloc)
{
    QIloEv *ilo = obj;
    g_autofree char *value = NULL;

    ilo_ev_set(ilo, "CQTISCSI", "still here");
    for (unsigned size = 1; size <= 4; size *= 2) {
        for (uint32_t port = 0; port + size <= ILO_MAILBOX_PORTS; port++) {
            access_port(ilo, port, size);
        }
    }
    value = ilo_ev_get(ilo, "CQTISCSI");
    g_assert_cmpstr(value, ==, "still here");
}

/*
 * Drive
 */

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

/*
 * Progress
 */

static void write_stage(QTestState *qts, uint8_t code)
{
    qtest_outb(qts, POST_PORT, POST_FRAME);
    qtest_outb(qts, POST_PORT, code);
    qtest_outb(qts, POST_PORT, POST_CHECK(code));
}

static void expect_line(const char *line, int64_t time, const char *name,
                        int code)
{
    QDict *event = qobject_to(QDict, qobject_from_json(line, NULL));

    g_assert_nonnull(event);
    g_assert_cmpint(qdict_get_int(event, "v"), ==, 1);
    g_assert_cmpint(qdict_get_int(event, "t"), ==, time);
    g_assert_cmpstr(qdict_get_str(event, "src"), ==, "post");
    g_assert_cmpstr(qdict_get_str(event, "ev"), ==, name);
    g_assert_cmpint(qdict_get_int(qdict_get_qdict(event, "k"), "code"), ==,
                    code);
    qobject_unref(event);
}

static void test_stages(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    IloEvMachine *machine = boot_with_events(folder);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    int64_t first, second;

    qtest_outb(machine->qts, POST_PORT, 0xb5);
    first = qtest_clock_step(machine->qts, 1000000);
    write_stage(machine->qts, POST_ROM);
    qtest_outb(machine->qts, POST_PORT, 0);
    second = qtest_clock_step(machine->qts, 2000000);
    write_stage(machine->qts, POST_FAIL + 3);
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_FAIL + 3);
    ilo_ev_shut_down(machine);
    text = read_file(folder->events, NULL);
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 3);
    expect_line(lines[0], first, "rom", 0x10);
    expect_line(lines[1], second, "fail", 0xe3);
    g_assert_cmpstr(lines[2], ==, "");
    folder_free(folder);
}

static void test_reset_forgets_stages(void *obj, void *data,
                                      QGuestAllocator *alloc)
{
    IloEvMachine *machine = ilo_ev_boot("", "");

    write_stage(machine->qts, POST_LUN);
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_LUN);
    qtest_outb(machine->qts, POST_PORT, POST_FRAME);
    qtest_outb(machine->qts, POST_PORT, POST_ROM);
    qtest_system_reset(machine->qts);
    ilo_ev_enable(&machine->ilo);
    qtest_outb(machine->qts, POST_PORT, POST_CHECK(POST_ROM));
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, 0);
    ilo_ev_shut_down(machine);
}

static void test_port_80(void *obj, void *data, QGuestAllocator *alloc)
{
    IloEvMachine *machine = ilo_ev_boot("", "");

    g_assert_cmphex(qtest_inb(machine->qts, POST_PORT), ==, 0xff);
    qtest_outw(machine->qts, POST_PORT, 0xb5b5);
    qtest_outl(machine->qts, POST_PORT, 0xb5b5b5b5);
    qtest_inw(machine->qts, POST_PORT);
    qtest_inl(machine->qts, POST_PORT);
    write_stage(machine->qts, POST_TCP);
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_TCP);
    ilo_ev_shut_down(machine);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpuint(strlen(path), <, sizeof(address.sun_path));
    memcpy(address.sun_path, path, strlen(path));
    g_assert_cmpint(connect(fd, (struct sockaddr *)&address,
                            sizeof(address)), ==, 0);
    return fd;
}

/* All that comes until the other side closes. */
static char *read_to_end(int fd)
{
    GString *text = g_string_new(NULL);
    char buffer[4096];
    ssize_t n;

    while ((n = read(fd, buffer, sizeof(buffer))) > 0) {
        g_string_append_len(text, buffer, n);
    }
    return g_string_free(text, false);
}

/* A reader that does not read: the guest runs on, no line is half there. */
static void test_slow_reader(void *obj, void *data, QGuestAllocator *alloc)
{
    enum { STAGES = 8000 };
    Folder *folder = folder_new();
    g_autofree char *option = g_strdup_printf(
        "-chardev socket,id=evs,path=%s,server=on,wait=off", folder->events);
    IloEvMachine *machine = ilo_ev_boot("events=evs", option);
    int fd = connect_to(folder->events);
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;

    for (unsigned i = 0; i < STAGES; i++) {
        write_stage(machine->qts, POST_RELOGIN);
    }
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_RELOGIN);
    ilo_ev_shut_down(machine);
    text = read_to_end(fd);
    close(fd);
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), >, 1);
    g_assert_cmpuint(g_strv_length(lines), <, STAGES);
    for (unsigned i = 0; lines[i + 1] && lines[i + 2]; i++) {
        expect_line(lines[i], 0, "relogin", POST_RELOGIN);
    }
    folder_free(folder);
}

static void test_q35(void *obj, void *data, QGuestAllocator *alloc)
{
    IloEvMachine *machine = ilo_ev_boot("", "-machine q35");

    g_assert_cmpuint(ilo_ev_set(&machine->ilo, "CQTISCSI", "x"), ==, SMIF_OK);
    expect_ev(machine, "CQTISCSI", "x");
    write_stage(machine->qts, POST_LINK);
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_LINK);
    ilo_ev_shut_down(machine);
}

/*
 * Snapshots
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

static void save(IloEvMachine *machine, Folder *folder)
{
    g_autofree char *uri = g_strdup_printf("file:%s", folder->stream);

    want_migration_events(machine->qts);
    qtest_qmp_assert_success(machine->qts, "{ 'execute': 'migrate',"
                             "'arguments': { 'uri': %s }}", uri);
    g_assert_true(migration_works(machine->qts));
}

static bool restore(IloEvMachine *machine, Folder *folder)
{
    g_autofree char *uri = g_strdup_printf("file:%s", folder->stream);

    want_migration_events(machine->qts);
    qtest_qmp_assert_success(machine->qts, "{ 'execute': 'migrate-incoming',"
                             "'arguments': { 'uri': %s,"
                             "'exit-on-error': false }}", uri);
    return migration_works(machine->qts);
}

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
    ilo_ev_write(&machine->ilo, ILO_MAILBOX_DATA, SMIF_POST_STATE);
    ilo_ev_write(&machine->ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT);
    g_assert_cmphex(ilo_ev_read(&machine->ilo, ILO_MAILBOX_DATA), ==,
                    0x77770000 | SMIF_POST_STATE_SIZE);
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_INT13);
    qtest_outb(machine->qts, POST_PORT, POST_HANDOFF);
    qtest_outb(machine->qts, POST_PORT, POST_CHECK(POST_HANDOFF));
    g_assert_cmphex(ilo_ev_post_state(&machine->ilo), ==, POST_HANDOFF);
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

static void register_tests(void)
{
    static const struct {
        const char *sentence;
        void (*run)(void *obj, void *data, QGuestAllocator *alloc);
    } tests[] = {
        { "function_is_an_ilo_2", test_identity },
        { "bar_0_is_256_ports", test_bar },
        { "machine_has_at_most_one", test_only_one },
        { "registers_have_their_reset_values", test_registers },
        { "ev_is_set_and_read_through_the_ports", test_exchange },
        { "packet_of_words_is_answered_in_words", test_words },
        { "overlong_packet_is_an_error", test_overflow },
        { "every_port_bears_every_access_size", test_every_port },
        { "evs_are_lost_without_a_drive", test_volatile },
        { "evs_survive_a_restart_on_a_drive", test_restart },
        { "read_only_drive_refuses_changes", test_read_only },
        { "failing_flush_is_an_error_and_keeps_the_ev", test_failing_flush },
        { "one_damaged_slot_brings_the_older_value", test_one_damaged_slot },
        { "two_damaged_slots_make_an_empty_store", test_two_damaged_slots },
        { "drive_of_wrong_size_is_refused", test_wrong_size },
        { "drive_has_no_second_writer", test_second_writer },
        { "reset_keeps_evs_and_drops_the_exchange", test_reset_keeps_evs },
        { "stages_are_json_lines_with_virtual_time", test_stages },
        { "reset_forgets_the_stages", test_reset_forgets_stages },
        { "port_80_bears_every_access_size", test_port_80 },
        { "slow_reader_never_holds_up_the_guest", test_slow_reader },
        { "q35_has_mailbox_and_stages_too", test_q35 },
        { "snapshot_goes_on_inside_packet_and_frame", test_migration },
        { "damaged_snapshot_is_refused", test_damaged_stream },
    };

    for (unsigned i = 0; i < ARRAY_SIZE(tests); i++) {
        qos_add_test(tests[i].sentence, "ilo-ev", tests[i].run, NULL);
    }
}

libqos_init(register_tests);
