/*
 * ilo-ev: the progress of a boot on port 80h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qobject/qjson.h"
#include "daemon.h"
#include "ncsim/post_codes.h"

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

static const IloEvTest tests[] = {
    { "stages_are_json_lines_with_virtual_time", test_stages },
    { "reset_forgets_the_stages", test_reset_forgets_stages },
    { "port_80_bears_every_access_size", test_port_80 },
    { "slow_reader_never_holds_up_the_guest", test_slow_reader },
    { "q35_has_mailbox_and_stages_too", test_q35 },
};

static void register_tests(void)
{
    ilo_ev_add_tests(tests, ARRAY_SIZE(tests));
}

libqos_init(register_tests);
