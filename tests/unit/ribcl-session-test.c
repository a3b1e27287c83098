/*
 * RIBCL sessions: which documents answer what, and who may do it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "unit.h"

#define HEAD "<?xml version=\"1.0\"?><RIBCL VERSION=\"2.0\">"
#define LOGIN "<LOGIN USER_LOGIN=\"me\" PASSWORD=\"secret-12\">"
#define TOP HEAD LOGIN
#define READ TOP "<SERVER_INFO MODE=\"read\">"
#define WRITE TOP "<SERVER_INFO MODE=\"write\">"
#define USERS TOP "<USER_INFO MODE=\"write\">"

static struct ribcl_scanner scanner;
static struct ribcl_session session;
static char answer[65536], answers[65536];
static uint8_t privileges;
static enum ribcl_status act_status;
static unsigned acts, commits, committed, logins;
static bool finished;

/* Meets what the session needs. */
static enum ribcl_need meet(enum ribcl_need need, struct ribcl_writer *writer)
{
    switch (need) {
    case RIBCL_NEED_LOGIN:
        logins++;
        return ribcl_session_login(
            &session, strcmp(session.asked_password, "secret-12") == 0 ?
            RIBCL_OK : RIBCL_REJECTED, NULL, privileges, writer);
    case RIBCL_NEED_ACT:
        acts++;
        ribcl_session_acted(&session, act_status, NULL, writer);
        return RIBCL_GO_ON;
    case RIBCL_NEED_COMMIT:
        commits++;
        committed = session.changes;
        ribcl_session_acted(&session, act_status, NULL, writer);
        return RIBCL_GO_ON;
    default:
        return need;
    }
}

/* Says one text and gathers the answers. */
static const char *say_as(const char *text, size_t chunk)
{
    size_t length = strlen(text), at = 0, used, size;
    struct ribcl_writer writer;

    acts = commits = committed = logins = 0;
    finished = false;
    answers[0] = '\0';
    ribcl_scanner_init(&scanner);
    ribcl_session_init(&session);
    while (at < length && !finished) {
        enum ribcl_item item;

        size = length - at < chunk ? length - at : chunk;
        item = ribcl_scan(&scanner, text + at, size, &used);
        at += used;
        if (item == RIBCL_MORE) {
            continue;
        }
        ribcl_writer_init(&writer, answer, RIBCL_ANSWER_MAX);
        finished = meet(ribcl_session_take(&session, item, &scanner, &writer),
                        &writer) == RIBCL_FINISHED;
        CU_ASSERT_FALSE(writer.full);
        answer[writer.length] = '\0';
        strcat(answers, answer);
    }
    return answers;
}

static const char *say(const char *text)
{
    return say_as(text, strlen(text));
}

/* The status numbers of all documents, one after the other. */
static const char *statuses(const char *text)
{
    static char list[1024];
    const char *at = say(text);

    list[0] = '\0';
    while ((at = strstr(at, "STATUS=\"0x"))) {
        at += strlen("STATUS=\"0x");
        sprintf(list + strlen(list), "%.4s ", at);
    }
    return list;
}

#define CHECK(text, list) CU_ASSERT_STRING_EQUAL(statuses(text), list)

static void start(uint8_t with)
{
    privileges = with;
    act_status = RIBCL_OK;
}

static void each_opening_tag_is_answered_and_no_closing_tag(void)
{
    start(0);
    CHECK(READ "<GET_SERVER_NAME/></SERVER_INFO></LOGIN></RIBCL>",
          "0000 0000 0000 0000 0000 ");
    CU_ASSERT(finished);
    CU_ASSERT_EQUAL(acts, 1);
}

static void documents_are_shaped_as_those_of_ilo_2(void)
{
    start(0);
    CU_ASSERT_STRING_EQUAL(say("<?xml?>"),
        "<?xml version=\"1.0\"?>\r\n<RIBCL VERSION=\"2.22\">\r\n"
        "<RESPONSE\r\n    STATUS=\"0x0000\"\r\n    MESSAGE='No error'\r\n"
        "     />\r\n</RIBCL>\r\n");
}

static void one_connection_may_log_in_more_than_once(void)
{
    start(0);
    say(READ "</SERVER_INFO></LOGIN>" LOGIN "<SERVER_INFO><GET_EV_LIST/>");
    CU_ASSERT_EQUAL(logins, 2);
    CU_ASSERT_EQUAL(acts, 1);
    CU_ASSERT_FALSE(finished);
}

static void refused_login_ends_the_session(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    CHECK(HEAD "<LOGIN USER_LOGIN=\"me\" PASSWORD=\"wrong\"><SERVER_INFO>"
          "<GET_EV_LIST/>", "0000 0000 005F ");
    CU_ASSERT(finished);
    CU_ASSERT_EQUAL(acts, 0);
}

static void nothing_is_done_outside_a_login(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    CHECK(HEAD "<SERVER_INFO MODE=\"write\"><RESET_SERVER/></SERVER_INFO>",
          "0000 0000 0001 0001 0001 ");
    CHECK("<SERVER_INFO MODE=\"write\"><RESET_SERVER/>", "0001 0001 ");
    CHECK(TOP "</LOGIN><SERVER_INFO MODE=\"write\"><RESET_SERVER/>",
          "0000 0000 0000 0001 0001 ");
    CU_ASSERT_EQUAL(acts, 0);
}

static void locfg_is_ignored(void)
{
    start(0);
    CHECK("<?xml?><LOCFG VERSION=\"2.21\"/><RIBCL VERSION=\"2.0\">",
          "0000 0000 ");
}

static void unknown_command_is_named(void)
{
    start(0);
    CU_ASSERT_PTR_NOT_NULL(strstr(say(READ "<GET_SPATIAL/>"),
        "Syntax error: Line #0: syntax error near &quot;GET_SPATIAL&quot;"));
    CHECK(READ "<GET_SPATIAL><A/><B><C/></B></GET_SPATIAL><GET_EV_LIST/>",
          "0000 0000 0000 0000 0001 0000 ");
}

static void command_of_another_block_is_unknown(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    CHECK(USERS "<RESET_SERVER/>", "0000 0000 0000 0000 0001 ");
    CHECK(TOP "<SSO_INFO><GET_SSO_SETTINGS/>", "0000 0000 0000 0000 0001 ");
}

static void crossed_tags_end_the_session(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    say(WRITE "<SET_PERSISTENT_BOOT></SERVER_INFO>");
    CU_ASSERT(finished);
    say(WRITE "</USER_INFO>");
    CU_ASSERT(finished);
    say(WRITE "</RIBCL>");
    CU_ASSERT(finished);
    CU_ASSERT_EQUAL(acts, 0);
}

static void depth_is_at_most_8(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    say(WRITE "<MOD_USER><A><B><C><D></D></C></B></A>");
    CU_ASSERT_FALSE(finished);
    say(WRITE "<MOD_USER><A><B><C><D><E/>");
    CU_ASSERT(finished);
}

static void read_only_block_refuses_changes(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    CHECK(READ "<RESET_SERVER/>", "0000 0000 0000 0000 0100 ");
    CHECK(TOP "<SERVER_INFO><RESET_SERVER/>", "0000 0000 0000 0000 0100 ");
    CHECK(WRITE "<GET_SERVER_NAME/>", "0000 0000 0000 0000 0000 ");
    CU_ASSERT_EQUAL(acts, 1);
}

/* What makes each command whole, for the tests that walk the table. */
static const char *fields_of(const char *name)
{
    static const struct {
        const char *name, *fields;
    } rows[] = {
        { "SET_HOST_POWER", "HOST_POWER=\"Yes\"" },
        { "SERVER_NAME", "VALUE=\"x\"" },
        { "SET_ONE_TIME_BOOT", "VALUE=\"CDROM\"" },
        { "SET_PERSISTENT_BOOT", "DEVICE=\"HDD\"" },
        { "GET_EV", "NAME=\"CQTISCSI\"" },
        { "SET_EV", "NAME=\"CQHORD\" VALUE=\"QUJD\"" },
        { "DELETE_EV", "NAME=\"CQHORD\"" },
        { "GET_USER", "USER_LOGIN=\"other\"" },
        { "ADD_USER", "USER_LOGIN=\"other\" PASSWORD=\"12345678\"" },
        { "MOD_USER", "USER_LOGIN=\"other\" PASSWORD=\"12345678\"" },
        { "DELETE_USER", "USER_LOGIN=\"other\"" },
    };

    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return rows[i].fields;
        }
    }
    return "";
}

/* Gives one command in a block of its own; the last status. */
static unsigned give(const struct ribcl_command *command)
{
    const char *block = ribcl_block_names[command->block];
    char text[1024];
    const char *list;
    unsigned status = ~0u;

    snprintf(text, sizeof(text), TOP "<%s MODE=\"write\"><%s %s/></%s>",
             block, command->name, fields_of(command->name), block);
    list = statuses(text);
    CU_ASSERT_EQUAL(sscanf(list + strlen(list) - 5, "%x", &status), 1);
    return status;
}

static void each_command_needs_exactly_its_privileges(void)
{
    for (unsigned i = 0; i < ribcl_command_count; i++) {
        const struct ribcl_command *command = &ribcl_commands[i];
        uint8_t needs = strcmp(command->name, "GET_EV") == 0 ?
                        RIBCL_CONFIG_ILO : command->privileges;

        for (unsigned with = 0; with <= RIBCL_ALL_PRIVILEGES; with++) {
            bool may = (needs & ~with) == 0;

            start(with);
            CU_ASSERT_EQUAL(give(command), may ? 0 : 0x23);
            CU_ASSERT_EQUAL(acts + commits, may ? 1 : 0);
        }
    }
}

static void each_command_that_changes_something_needs_a_privilege(void)
{
    for (unsigned i = 0; i < ribcl_command_count; i++) {
        CU_ASSERT(!ribcl_commands[i].write || ribcl_commands[i].privileges);
    }
}

static void users_may_see_themselves_and_change_their_password(void)
{
    start(0);
    CHECK(USERS "<GET_USER USER_LOGIN=\"me\"/>", "0000 0000 0000 0000 0000 ");
    CHECK(USERS "<MOD_USER USER_LOGIN=\"me\"><PASSWORD VALUE=\"12345678\"/>"
          "</MOD_USER>", "0000 0000 0000 0000 0000 ");
    CHECK(USERS "<MOD_USER USER_LOGIN=\"me\"><PASSWORD VALUE=\"12345678\"/>"
          "<ADMIN_PRIV VALUE=\"Yes\"/></MOD_USER>",
          "0000 0000 0000 0000 0023 ");
    CHECK(USERS "<MOD_USER USER_LOGIN=\"ME\"><PASSWORD VALUE=\"12345678\"/>"
          "</MOD_USER>", "0000 0000 0000 0000 0023 ");
}

static void children_are_fields_of_their_command(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    say(WRITE "<SET_PERSISTENT_BOOT><DEVICE VALUE=\"NETWORK\"/>"
        "<DEVICE value=\"HDD\"></DEVICE></SET_PERSISTENT_BOOT>");
    CU_ASSERT_EQUAL(acts, 1);
    CU_ASSERT_EQUAL(session.act.kind, RIBCL_ACT_BOOT_ORDER);
    CU_ASSERT_EQUAL(session.act.classes[0], ILO_BOOT_NETWORK);
    CU_ASSERT_EQUAL(session.act.classes[1], ILO_BOOT_DISK);
    CU_ASSERT_EQUAL(session.act.classes[2], ILO_BOOT_NONE);
}

static void add_user_of_hpilo_is_understood(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    say(USERS "<ADD_USER USER_LOGIN=\"bob\" USER_NAME=\"Bob B\" "
        "PASSWORD=\"a<b>c&d12\"><ADMIN_PRIV VALUE=\"No\"/>"
        "<RESET_SERVER_PRIV VALUE=\"Yes\"/></ADD_USER>");
    CU_ASSERT_EQUAL(acts, 1);
    CU_ASSERT_STRING_EQUAL(session.act.login, "bob");
    CU_ASSERT_STRING_EQUAL(session.act.name, "Bob B");
    CU_ASSERT_EQUAL(session.act.set, RIBCL_RESET_SERVER);
    CU_ASSERT_EQUAL(session.act.clear, RIBCL_ADMIN);
}

static void passwords_are_gone_when_the_command_is_done(void)
{
    start(RIBCL_ALL_PRIVILEGES);
    say(USERS "<ADD_USER USER_LOGIN=\"bob\" PASSWORD=\"open-sesame\"/>");
    for (size_t i = 0; i + 6 < sizeof(session); i++) {
        CU_ASSERT(memcmp((char *)&session + i, "sesame", 6) != 0);
    }
}

static void bad_arguments_are_refused(void)
{
    static const char *const commands[] = {
        "<SET_HOST_POWER/>", "<SET_HOST_POWER HOST_POWER=\"maybe\"/>",
        "<HOLD_PWR_BTN TOGGLE=\"\"/>", "<SERVER_NAME/>",
        "<SERVER_NAME VALUE=\"\xc3\xa4\"/>",
        "<SERVER_NAME VALUE=\"01234567890123456789012345678901234567890123456"
        "789\"/>",
        "<SET_ONE_TIME_BOOT/>", "<SET_ONE_TIME_BOOT VALUE=\"USB\"/>",
        "<SET_PERSISTENT_BOOT/>", "<SET_PERSISTENT_BOOT DEVICE=\"NORMAL\"/>",
        "<SET_PERSISTENT_BOOT DEVICE=\"HDD\"><DEVICE VALUE=\"hdd\"/>"
        "</SET_PERSISTENT_BOOT>",
        "<GET_EV/>", "<GET_EV NAME=\"\"/>",
        "<GET_EV NAME=\"01234567890123456789012345678901\"/>",
        "<SET_EV NAME=\"A\"/>", "<SET_EV NAME=\"A\" VALUE=\"\"/>",
        "<SET_EV NAME=\"A\" VALUE=\"QUJ\"/>", "<SET_EV VALUE=\"QUJD\"/>",
        "<DELETE_EV/>",
    };

    start(RIBCL_ALL_PRIVILEGES);
    for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        char text[512];

        snprintf(text, sizeof(text), WRITE "%s", commands[i]);
        CHECK(text, "0000 0000 0000 0000 0001 ");
        CU_ASSERT_EQUAL(acts, 0);
    }
    CHECK(USERS "<ADD_USER USER_LOGIN=\"a\" PASSWORD=\"1234567\"/>",
          "0000 0000 0000 0000 010C ");
    CHECK(USERS "<ADD_USER USER_LOGIN=\"a\"/>", "0000 0000 0000 0000 010C ");
}

static void changes_of_a_block_are_done_together_at_its_end(void)
{
    start(RIBCL_CONFIG_ILO);
    CHECK(WRITE "<SET_EV NAME=\"A\" VALUE=\"QUJD\"/><DELETE_EV NAME=\"B\"/>",
          "0000 0000 0000 0000 ");
    CU_ASSERT_EQUAL(commits, 0);
    CHECK(WRITE "<SET_EV NAME=\"A\" VALUE=\"QUJD\"/><DELETE_EV NAME=\"B\"/>"
          "</SERVER_INFO>", "0000 0000 0000 0000 0000 0000 ");
    CU_ASSERT_EQUAL(commits, 1);
    CU_ASSERT_EQUAL(committed, 2);
    CU_ASSERT_STRING_EQUAL(session.change[0].name, "A");
    CU_ASSERT_EQUAL(session.change[0].length, 3);
    CU_ASSERT(session.change[1].remove);
}

static void a_commit_that_fails_is_told_for_each_change(void)
{
    start(RIBCL_CONFIG_ILO);
    act_status = RIBCL_EV_FULL;
    CHECK(WRITE "<SET_EV NAME=\"A\" VALUE=\"QUJD\"/><DELETE_EV NAME=\"B\"/>"
          "</SERVER_INFO>", "0000 0000 0000 0000 0104 0104 ");
}

static void an_error_discards_the_changes_of_its_block(void)
{
    start(RIBCL_CONFIG_ILO);
    CHECK(WRITE "<SET_EV NAME=\"A\" VALUE=\"QUJD\"/><FOO/>"
          "<DELETE_EV NAME=\"B\"/></SERVER_INFO>",
          "0000 0000 0000 0000 0001 0103 0103 ");
    CU_ASSERT_EQUAL(commits, 0);
    CHECK(WRITE "<FOO/></SERVER_INFO><SERVER_INFO MODE=\"write\">"
          "<DELETE_EV NAME=\"B\"/></SERVER_INFO>",
          "0000 0000 0000 0000 0001 0000 0000 ");
    CU_ASSERT_EQUAL(commits, 1);
}

static void four_evs_change_in_one_block(void)
{
    start(RIBCL_CONFIG_ILO);
    CHECK(WRITE "<DELETE_EV NAME=\"A\"/><DELETE_EV NAME=\"B\"/>"
          "<DELETE_EV NAME=\"C\"/><DELETE_EV NAME=\"D\"/></SERVER_INFO>",
          "0000 0000 0000 0000 0000 0000 0000 0000 ");
    CU_ASSERT_EQUAL(committed, 4);
    CHECK(WRITE "<DELETE_EV NAME=\"A\"/><DELETE_EV NAME=\"B\"/>"
          "<DELETE_EV NAME=\"C\"/><DELETE_EV NAME=\"D\"/>"
          "<DELETE_EV NAME=\"E\"/></SERVER_INFO>",
          "0000 0000 0000 0000 0109 0103 0103 0103 0103 ");
    CU_ASSERT_EQUAL(commits, 0);
}

static void every_chunking_gets_the_same_answers(void)
{
    static const char text[] = WRITE
        "<SET_EV NAME=\"A\" VALUE=\"QUJD\"/><HOLD_PWR_BTN TOGGLE='yes'/>"
        "</SERVER_INFO><USER_INFO><FOO/><GET_USER USER_LOGIN=\"me\"/>"
        "</USER_INFO></LOGIN></RIBCL>";
    static char want[65536];

    start(RIBCL_CONFIG_ILO | RIBCL_RESET_SERVER);
    strcpy(want, say(text));
    CU_ASSERT(finished);
    for (size_t chunk = 1; chunk < sizeof(text); chunk++) {
        CU_ASSERT_STRING_EQUAL(say_as(text, chunk), want);
        CU_ASSERT_EQUAL(acts, 2);
        CU_ASSERT_EQUAL(commits, 1);
    }
}

/* Each byte replaced, left out and doubled: an end, and no act unasked. */
static void changed_documents_do_nothing_unexpected(void)
{
    static const char text[] = READ "<GET_EV NAME=\"CQHORD\"/></SERVER_INFO>"
                               "</LOGIN></RIBCL>";
    static const char bytes[] = " <>/\"'&=\n\x01";
    char changed[sizeof(text) + 1];

    start(RIBCL_ALL_PRIVILEGES);
    for (size_t i = 0; i < sizeof(text) - 1; i++) {
        for (size_t b = 0; b < sizeof(bytes) - 1; b++) {
            strcpy(changed, text);
            changed[i] = bytes[b];
            say(changed);
            CU_ASSERT(acts <= 1 && commits == 0);
        }
        memcpy(changed, text, i);
        strcpy(changed + i, text + i + 1);
        say(changed);
        CU_ASSERT(acts <= 1 && commits == 0);
        memcpy(changed, text, i + 1);
        strcpy(changed + i + 1, text + i);
        say(changed);
        CU_ASSERT(acts <= 1 && commits == 0);
    }
}

static void writer_that_is_full_keeps_within_its_room(void)
{
    for (size_t room = 0; room < 200; room++) {
        char *buffer = malloc(room ? room : 1);
        struct ribcl_writer writer;

        ribcl_writer_init(&writer, buffer, room);
        ribcl_answer(&writer, RIBCL_NO_USER, "<&\"'>\xff");
        CU_ASSERT(writer.length <= room);
        free(buffer);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_case cases[] = {
        UNIT_CASE(each_opening_tag_is_answered_and_no_closing_tag),
        UNIT_CASE(documents_are_shaped_as_those_of_ilo_2),
        UNIT_CASE(one_connection_may_log_in_more_than_once),
        UNIT_CASE(refused_login_ends_the_session),
        UNIT_CASE(nothing_is_done_outside_a_login),
        UNIT_CASE(locfg_is_ignored),
        UNIT_CASE(unknown_command_is_named),
        UNIT_CASE(command_of_another_block_is_unknown),
        UNIT_CASE(crossed_tags_end_the_session),
        UNIT_CASE(depth_is_at_most_8),
        UNIT_CASE(read_only_block_refuses_changes),
        UNIT_CASE(each_command_needs_exactly_its_privileges),
        UNIT_CASE(each_command_that_changes_something_needs_a_privilege),
        UNIT_CASE(users_may_see_themselves_and_change_their_password),
        UNIT_CASE(children_are_fields_of_their_command),
        UNIT_CASE(add_user_of_hpilo_is_understood),
        UNIT_CASE(passwords_are_gone_when_the_command_is_done),
        UNIT_CASE(bad_arguments_are_refused),
        UNIT_CASE(changes_of_a_block_are_done_together_at_its_end),
        UNIT_CASE(a_commit_that_fails_is_told_for_each_change),
        UNIT_CASE(an_error_discards_the_changes_of_its_block),
        UNIT_CASE(four_evs_change_in_one_block),
        UNIT_CASE(every_chunking_gets_the_same_answers),
        UNIT_CASE(changed_documents_do_nothing_unexpected),
        UNIT_CASE(writer_that_is_full_keeps_within_its_room),
    };

    return unit_main("ribcl-session", cases,
                     sizeof(cases) / sizeof(cases[0]), argc, argv);
}
