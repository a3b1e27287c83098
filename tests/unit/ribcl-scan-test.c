/*
 * The scanner of RIBCL: items, faults, and every way to cut a text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE                 /* memmem */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scan.h"
#include "unit.h"

#define LOG_MAX 65536

static struct ribcl_scanner scanner;
static char log_text[LOG_MAX], other[LOG_MAX];

static void log_item(char *log, enum ribcl_item item)
{
    static const char *const names[] = { "", "header", "open", "empty",
                                         "close", "bad" };
    size_t at = strlen(log);

    at += snprintf(log + at, LOG_MAX - at, "%s", names[item]);
    if (item == RIBCL_BAD) {
        at += snprintf(log + at, LOG_MAX - at, " %d", scanner.fault);
    } else if (item != RIBCL_HEADER) {
        at += snprintf(log + at, LOG_MAX - at, " %s", scanner.tag.name);
        for (unsigned i = 0; item != RIBCL_CLOSE &&
                             i < scanner.tag.attributes; i++) {
            at += snprintf(log + at, LOG_MAX - at, " %s=[%s]",
                           scanner.tag.attribute[i].name,
                           scanner.tag.attribute[i].value);
        }
    }
    snprintf(log + at, LOG_MAX - at, ";");
}

/* Scans pieces of @chunk bytes, each in memory of its own size. */
static void scan_chunks(const char *text, size_t length, size_t chunk,
                        char *log)
{
    log[0] = '\0';
    ribcl_scanner_init(&scanner);
    for (size_t at = 0; at < length; at += chunk) {
        size_t size = length - at < chunk ? length - at : chunk;
        char *copy = malloc(size);
        size_t done = 0, used;

        memcpy(copy, text + at, size);
        while (done < size) {
            enum ribcl_item item = ribcl_scan(&scanner, copy + done,
                                              size - done, &used);

            CU_ASSERT(used > 0 || item == RIBCL_BAD);
            done += used;
            if (item == RIBCL_BAD) {
                log_item(log, item);
                free(copy);
                return;
            }
            if (item != RIBCL_MORE) {
                log_item(log, item);
            }
        }
        free(copy);
    }
}

static const char *scan(const char *text)
{
    scan_chunks(text, strlen(text), strlen(text), log_text);
    return log_text;
}

#define CHECK(text, log) CU_ASSERT_STRING_EQUAL(scan(text), log)

static void what_hpilo_sends_is_read(void)
{
    CHECK("<?xml version=\"1.0\"?>\r\n<RIBCL VERSION=\"2.0\">"
          "<LOGIN USER_LOGIN=\"a\" PASSWORD=\"b\"><RIB_INFO MODE=\"read\">"
          "<GET_FW_VERSION /></RIB_INFO></LOGIN></RIBCL>\r\n",
          "header;open RIBCL VERSION=[2.0];open LOGIN USER_LOGIN=[a] "
          "PASSWORD=[b];open RIB_INFO MODE=[read];empty GET_FW_VERSION;"
          "close RIB_INFO;close LOGIN;close RIBCL;");
}

static void what_fence_ilo_sends_is_read(void)
{
    CHECK("<LOGIN USER_LOGIN = \"a\" PASSWORD = 'b\"'>\r\n\r\n"
          "<SERVER_INFO MODE = \"read\"><GET_HOST_POWER_STATUS/>\r\n",
          "open LOGIN USER_LOGIN=[a] PASSWORD=[b\"];open SERVER_INFO "
          "MODE=[read];empty GET_HOST_POWER_STATUS;");
}

static void names_do_not_depend_on_case_and_values_do(void)
{
    CHECK("<Boot device='Cd'/>", "empty BOOT DEVICE=[Cd];");
}

static void unescaped_passwords_are_read_as_they_are(void)
{
    CHECK("<LOGIN PASSWORD=\"a&b<c>d&amp\"/>",
          "empty LOGIN PASSWORD=[a&b<c>d&amp];");
}

static void only_the_five_entities_are_replaced(void)
{
    CHECK("<A B=\"&lt;&gt;&amp;&quot;&apos;&#65;&nbsp;&amp;lt;\"/>",
          "empty A B=[<>&\"'&#65;&nbsp;&lt;];");
}

static void comments_and_nul_and_text_are_passed_over(void)
{
    static const char text[] = "\0x<!-- <A> - -- b --->\0<!----><C/>";

    scan_chunks(text, sizeof(text) - 1, 5, log_text);
    CU_ASSERT_STRING_EQUAL(log_text, "empty C;");
}

static void a_long_comment_costs_no_memory(void)
{
    char *text = malloc(50000);

    memset(text, 'x', 50000);
    memcpy(text, "<!--", 4);
    memcpy(text + 50000 - 7, "--><D/>", 7);
    scan_chunks(text, 50000, 50000, log_text);
    CU_ASSERT_STRING_EQUAL(log_text, "empty D;");
    free(text);
}

static void what_is_not_a_tag_is_a_fault_of_form(void)
{
    static const char *const texts[] = {
        "<>", "</>", "< A>", "<1>", "<A B>", "<A B=c>", "<A B=\"c\"D=\"e\">",
        "<A \"b\">", "</A B=\"c\">", "<A <B>>", "<A =\"b\">", "<A/ >",
        "<A B=>", "<A B=\"c\" \"d\">", "<A/B>",
    };

    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char want[16];

        snprintf(want, sizeof(want), "bad %d;", RIBCL_FAULT_FORM);
        CU_ASSERT_STRING_EQUAL(scan(texts[i]), want);
    }
}

static void declarations_are_refused(void)
{
    static const char *const texts[] = {
        "<!DOCTYPE a [<!ENTITY b \"c\">]>", "<![CDATA[x]]>", "<!-A>", "<!>",
    };

    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        scan(texts[i]);
        CU_ASSERT_EQUAL(scanner.fault, RIBCL_FAULT_DECLARATION);
    }
}

static void bytes_that_are_not_printable_are_refused_in_tags(void)
{
    CHECK("<A B=\"\t\"/>", "bad 5;");
    CHECK("<A\x7f/>", "bad 5;");
    CHECK("<A B=\"\r\n\"/>", "bad 5;");
    CHECK("<A B=\"\xc3\xa4\"/>", "empty A B=[\xc3\xa4];");
}

static void an_attribute_comes_once(void)
{
    CHECK("<A B=\"1\" b=\"2\"/>", "bad 3;");
}

static void a_tag_has_up_to_16_attributes(void)
{
    char text[256] = "<A";

    for (unsigned i = 0; i < 16; i++) {
        sprintf(text + strlen(text), " A%u=\"\"", i);
    }
    strcpy(text + strlen(text), "/>");
    scan(text);
    CU_ASSERT_EQUAL(scanner.tag.attributes, 16);
    strcpy(text + strlen(text) - 2, " Z=\"\"/>");
    scan(text);
    CU_ASSERT_EQUAL(scanner.fault, RIBCL_FAULT_ATTRIBUTES);
}

static void a_tag_has_up_to_8192_bytes(void)
{
    char *text = malloc(RIBCL_TAG_MAX + 4);
    size_t length = RIBCL_TAG_MAX + 2;

    memset(text, 'x', length);
    memcpy(text, "<A B=\"", 6);
    memcpy(text + length - 3, "\"/>", 3);
    scan_chunks(text, length, length, log_text);
    CU_ASSERT_EQUAL(scanner.fault, RIBCL_FAULT_NONE);
    CU_ASSERT_EQUAL(strlen(ribcl_attribute(&scanner.tag, "B")),
                    RIBCL_TAG_MAX - 7);
    memcpy(text + length - 3, "x\"/>", 4);
    scan_chunks(text, length + 1, length, log_text);
    CU_ASSERT_EQUAL(scanner.fault, RIBCL_FAULT_LONG);
    free(text);
}

static void nothing_is_read_after_a_fault(void)
{
    size_t used;

    scan("<1>");
    CU_ASSERT_EQUAL(ribcl_scan(&scanner, "<A/>", 4, &used), RIBCL_BAD);
    CU_ASSERT_EQUAL(used, 4);
}

static void a_wiped_scanner_holds_no_password(void)
{
    scan("<LOGIN PASSWORD=\"sesame\">");
    ribcl_scanner_wipe(&scanner);
    CU_ASSERT_PTR_NULL(memmem(&scanner, sizeof(scanner), "sesame", 6));
}

/* The same items, however the text is cut. */
static void every_chunking_gives_the_same_items(void)
{
    static const char text[] =
        "\0<?xml version='1.0'?>\r\n<RIBCL VERSION = \"2.0\" ><!-- - -->"
        "<LOGIN PASSWORD=\"&amp;&lt;>/'\"\t USER_LOGIN=\"x\" ><Q/><A b='&'/>"
        "</LOGIN ></RIBCL>x<A B=\"c\" / >";

    scan_chunks(text, sizeof(text) - 1, sizeof(text), log_text);
    CU_ASSERT_PTR_NOT_NULL(strstr(log_text, "close RIBCL;bad"));
    for (size_t chunk = 1; chunk < sizeof(text); chunk++) {
        scan_chunks(text, sizeof(text) - 1, chunk, other);
        CU_ASSERT_STRING_EQUAL(log_text, other);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_case cases[] = {
        UNIT_CASE(what_hpilo_sends_is_read),
        UNIT_CASE(what_fence_ilo_sends_is_read),
        UNIT_CASE(names_do_not_depend_on_case_and_values_do),
        UNIT_CASE(unescaped_passwords_are_read_as_they_are),
        UNIT_CASE(only_the_five_entities_are_replaced),
        UNIT_CASE(comments_and_nul_and_text_are_passed_over),
        UNIT_CASE(a_long_comment_costs_no_memory),
        UNIT_CASE(what_is_not_a_tag_is_a_fault_of_form),
        UNIT_CASE(declarations_are_refused),
        UNIT_CASE(bytes_that_are_not_printable_are_refused_in_tags),
        UNIT_CASE(an_attribute_comes_once),
        UNIT_CASE(a_tag_has_up_to_16_attributes),
        UNIT_CASE(a_tag_has_up_to_8192_bytes),
        UNIT_CASE(nothing_is_read_after_a_fault),
        UNIT_CASE(a_wiped_scanner_holds_no_password),
        UNIT_CASE(every_chunking_gives_the_same_items),
    };

    return unit_main("ribcl-scan", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
