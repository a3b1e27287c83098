/*
 * Every variable: values that it takes, values at its edges, values that it
 * does not take, and none at all, each with the whole sentence about it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ev-text.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))
#define ROWS (sizeof(rows) / sizeof(rows[0]))
#define VALUE_MAX 600
#define SENTENCE_MAX 512
#define VALUE_SHOWN 64

enum row_class {
    VALID,
    EDGE,               /* valid, but only just */
    ODD,                /* valid, with a warning */
    INVALID,
    ABSENT,
    CLASSES,
};

struct row {
    const char *name;
    enum row_class class;
    const char *value;          /* its last byte is repeated up to ... */
    unsigned length;            /* ... this length, unless 0 */
    const char *sentence;       /* behind line, name and value; NULL: none */
};

#define NAME_ALLOWED "an iSCSI name (iqn., eui. or naa.) without blanks, " \
                     "bytes: 5 to 223"
#define NAME_REFUSED "allowed is " NAME_ALLOWED
#define NAME_LENGTH "too short or too long; allowed is " NAME_ALLOWED
#define NAME_ODD "not formed as RFC 7143 says (iqn.yyyy-mm.domain:name); " \
                 "accepted if the target has exactly this name"
#define HOST "allowed is the IPv4 address of a host, like 192.0.2.10"
#define MASK "allowed is an IPv4 netmask, like 255.255.255.0"
#define ROUTE "allowed is the IPv4 address of a gateway, or 0.0.0.0"
#define ROUTE_ODD "this gateway is outside the network of InitiatorIP and " \
                  "InitiatorNetmask"
#define PORT "allowed is a decimal number, 1 to 65535"
#define MAC "allowed is 12 hex digits, not a multicast address"
#define TAG "allowed is Disabled, or a decimal number, 1 to 4094"
#define NUMBER "allowed is a decimal number, 0 to 255"
#define WORD "allowed is True or False"
#define WORD_ODD "counts as False; usual is True or False"
#define AUTH "allowed is None, CHAP or MutualCHAP"
#define USER_LENGTH "too short or too long; allowed is printable ASCII, " \
                    "bytes: 1 to 255"
#define SECRET "allowed is text, or 0x and two hex digits a byte, " \
               "bytes: 12 to 255"
#define SECRET_LENGTH "too short or too long; " SECRET
#define SECRET_HEX "not hex digits in pairs; " SECRET
#define SECRET_LONG "longer than 16 bytes, which some targets do not take"
#define SECRET_MASKED "these asterisks are what 'ev -p' shows; write the " \
                      "secret itself"
#define REQUIRED(what) "it is required; add " what
#define FOR_CHAP "it is missing, but needed by AuthMethod on line 16"
#define DOUBLED(name) "the value begins with the name again; remove the " \
                      "second " name

static const struct row rows[] = {
    { "TargetName", VALID, "iqn.2001-04.com.example:disk.1" },
    { "TargetName", VALID, "eui.02004567a425678d" },
    { "TargetName", EDGE, "naa.62004567ba64678d0123456789abcdef" },
    { "TargetName", EDGE, "iqn.2001-04.com.x:a", 223 },
    { "TargetName", ODD, "iqn.x", 0, NAME_ODD },
    { "TargetName", ODD, "iqn.2001-04.com.x:A", 0, NAME_ODD },
    { "TargetName", INVALID, "iqn.", 0, NAME_LENGTH },
    { "TargetName", INVALID, "iqn.2001-04.com.x:a", 224, NAME_LENGTH },
    { "TargetName", INVALID, "disk1", 0, NAME_REFUSED },
    { "TargetName", INVALID, "IQN.2001-04.com.x", 0, NAME_REFUSED },
    { "TargetName", INVALID, "iqn.2001-04.com.x:a b", 0, NAME_REFUSED },
    { "TargetName", INVALID, "TargetName=iqn.2001-04.com.x", 0,
      DOUBLED("TargetName") },
    { "TargetName", ABSENT, NULL, 0, REQUIRED(NAME_ALLOWED) },

    { "TargetIP", VALID, "192.0.2.77" },
    { "TargetIP", EDGE, "1.0.0.0" },
    { "TargetIP", EDGE, "223.255.255.255" },
    { "TargetIP", EDGE, "192.000.002.009" },
    { "TargetIP", INVALID, "0.255.255.255", 0, HOST },
    { "TargetIP", INVALID, "127.0.0.1", 0, HOST },
    { "TargetIP", INVALID, "224.0.0.0", 0, HOST },
    { "TargetIP", INVALID, "192.0.2.256", 0, HOST },
    { "TargetIP", INVALID, "192.0.2", 0, HOST },
    { "TargetIP", INVALID, "nas.example.net", 0, HOST },
    { "TargetIP", INVALID, "TargetIP=192.0.2.1", 0, DOUBLED("TargetIP") },
    { "TargetIP", ABSENT, NULL, 0,
      REQUIRED("the IPv4 address of a host, like 192.0.2.10") },

    { "TargetPort", VALID, "860" },
    { "TargetPort", EDGE, "1" },
    { "TargetPort", EDGE, "65535" },
    { "TargetPort", EDGE, "0000000001" },
    { "TargetPort", INVALID, "0", 0, PORT },
    { "TargetPort", INVALID, "65536", 0, PORT },
    { "TargetPort", INVALID, "00000000001", 0, PORT },
    { "TargetPort", INVALID, "-1", 0, PORT },
    { "TargetPort", INVALID, "iscsi", 0, PORT },
    { "TargetPort", ABSENT, NULL },

    { "TargetIP2", VALID, "192.0.2.78" },
    { "TargetIP2", EDGE, "223.255.255.255" },
    { "TargetIP2", INVALID, "255.255.255.255", 0, HOST },
    { "TargetIP2", INVALID, "0.0.0.0", 0, HOST },
    { "TargetIP2", INVALID, "192.0.2.1:3260", 0, HOST },

    { "TargetPort2", VALID, "3260" },
    { "TargetPort2", EDGE, "65535" },
    { "TargetPort2", INVALID, "70000", 0, PORT },
    { "TargetPort2", INVALID, "0x1", 0, PORT },
    { "TargetPort2", ABSENT, NULL },

    { "InitiatorName", VALID, "iqn.1991-05.com.example:host" },
    { "InitiatorName", EDGE, "eui.0123456789ABCDEF" },
    { "InitiatorName", EDGE, "iqn.2001-04.com.x:b", 223 },
    { "InitiatorName", ODD, "eui.0123", 0, NAME_ODD },
    { "InitiatorName", INVALID, "naa.", 0, NAME_LENGTH },
    { "InitiatorName", INVALID, "iqn.2001-04.com.x:b", 300, NAME_LENGTH },
    { "InitiatorName", INVALID, "host", 0, NAME_REFUSED },
    { "InitiatorName", ABSENT, NULL, 0, REQUIRED(NAME_ALLOWED) },

    { "InitiatorIP", VALID, "192.0.2.6" },
    { "InitiatorIP", EDGE, "192.0.2.255" },
    { "InitiatorIP", INVALID, "127.0.0.1", 0, HOST },
    { "InitiatorIP", INVALID, "DHCP", 0, HOST },
    { "InitiatorIP", ABSENT, NULL, 0,
      REQUIRED("the IPv4 address of a host, like 192.0.2.10") },

    { "InitiatorNetmask", VALID, "255.255.0.0" },
    { "InitiatorNetmask", EDGE, "128.0.0.0" },
    { "InitiatorNetmask", EDGE, "255.255.255.248" },
    { "InitiatorNetmask", INVALID, "0.0.0.0", 0, MASK },
    { "InitiatorNetmask", INVALID, "255.0.255.0", 0, MASK },
    { "InitiatorNetmask", INVALID, "/24", 0, MASK },
    { "InitiatorNetmask", ABSENT, NULL, 0,
      REQUIRED("an IPv4 netmask, like 255.255.255.0") },

    { "InitiatorRoute", VALID, "192.0.2.254" },
    { "InitiatorRoute", EDGE, "0.0.0.0" },
    { "InitiatorRoute", EDGE, "000.00.0.000" },
    { "InitiatorRoute", ODD, "192.0.3.1", 0, ROUTE_ODD },
    { "InitiatorRoute", INVALID, "0.0.0.1", 0, ROUTE },
    { "InitiatorRoute", INVALID, "none", 0, ROUTE },
    { "InitiatorRoute", ABSENT, NULL },

    { "LAA", VALID, "0217A4001122" },
    { "LAA", EDGE, "000000000000" },
    { "LAA", EDGE, "fefFffFFffff" },
    { "LAA", INVALID, "010000000000", 0, MAC },
    { "LAA", INVALID, "00:17:a4:00:11:22", 0, MAC },
    { "LAA", INVALID, "0217a400112", 0, MAC },
    { "LAA", INVALID, "0217a4001122a", 0, MAC },
    { "LAA", INVALID, "0217a400112g", 0, MAC },
    { "LAA", ABSENT, NULL },

    { "VLAN", VALID, "100" },
    { "VLAN", VALID, "Disabled" },
    { "VLAN", EDGE, "1" },
    { "VLAN", EDGE, "4094" },
    { "VLAN", INVALID, "0", 0, TAG },
    { "VLAN", INVALID, "4095", 0, TAG },
    { "VLAN", INVALID, "disabled", 0, TAG },
    { "VLAN", ABSENT, NULL },

    { "LUN", VALID, "7" },
    { "LUN", EDGE, "0" },
    { "LUN", EDGE, "255" },
    { "LUN", INVALID, "256", 0, NUMBER },
    { "LUN", INVALID, "1.0", 0, NUMBER },
    { "LUN", INVALID, "4294967296", 0, NUMBER },
    { "LUN", ABSENT, NULL },

    { "ForceBoot", VALID, "True" },
    { "ForceBoot", EDGE, "0" },
    { "ForceBoot", ODD, "yes", 0, WORD_ODD },
    { "ForceBoot", ODD, "y", 200, WORD_ODD },
    { "ForceBoot", INVALID, "ForceBoot=True", 0, DOUBLED("ForceBoot") },
    { "ForceBoot", ABSENT, NULL },

    { "HeaderDigest", VALID, "true" },
    { "HeaderDigest", EDGE, "1" },
    { "HeaderDigest", INVALID, "CRC32C", 0, WORD },
    { "HeaderDigest", INVALID, "tRUE", 0, WORD },
    { "HeaderDigest", ABSENT, NULL },

    { "DataDigest", VALID, "FALSE" },
    { "DataDigest", EDGE, "0" },
    { "DataDigest", INVALID, "2", 0, WORD },
    { "DataDigest", INVALID, "None", 0, WORD },
    { "DataDigest", ABSENT, NULL },

    { "AuthMethod", VALID, "CHAP" },
    { "AuthMethod", EDGE, "None" },
    { "AuthMethod", INVALID, "chap", 0, AUTH },
    { "AuthMethod", INVALID, "CHAP,None", 0, AUTH },
    { "AuthMethod", ABSENT, NULL },

    { "CHAPUsername", VALID, "iqn.1991-05.com.example:host" },
    { "CHAPUsername", EDGE, "u" },
    { "CHAPUsername", EDGE, "a = b#c" },
    { "CHAPUsername", EDGE, "u", 255 },
    { "CHAPUsername", INVALID, "u", 256, USER_LENGTH },
    { "CHAPUsername", ABSENT, NULL, 0, FOR_CHAP },

    { "CHAPSecret", VALID, "fourteen bytes" },
    { "CHAPSecret", EDGE, "s", 12 },
    { "CHAPSecret", EDGE, "s", 16 },
    { "CHAPSecret", EDGE, "0xF", 26 },
    { "CHAPSecret", EDGE, "****notonly*" },
    { "CHAPSecret", ODD, "s", 17, SECRET_LONG },
    { "CHAPSecret", ODD, "s", 255, SECRET_LONG },
    { "CHAPSecret", ODD, "0xa", 512, SECRET_LONG },
    { "CHAPSecret", INVALID, "s", 11, SECRET_LENGTH },
    { "CHAPSecret", INVALID, "s", 256, SECRET_LENGTH },
    { "CHAPSecret", INVALID, "0xa", 24, SECRET_LENGTH },
    { "CHAPSecret", INVALID, "0xa", 514, SECRET_LENGTH },
    { "CHAPSecret", INVALID, "0xa", 27, SECRET_HEX },
    { "CHAPSecret", INVALID, "0xg", 26, SECRET_HEX },
    { "CHAPSecret", INVALID, "*", 8, SECRET_MASKED },
    { "CHAPSecret", INVALID, "CHAPSecret=fourteen bytes", 0,
      DOUBLED("CHAPSecret") },
    { "CHAPSecret", ABSENT, NULL, 0, FOR_CHAP },

    { "CHAPMSecret", VALID, "another secret" },
    { "CHAPMSecret", EDGE, "m", 12 },
    { "CHAPMSecret", EDGE, "0x0", 26 },
    { "CHAPMSecret", ODD, "m", 255, SECRET_LONG },
    { "CHAPMSecret", INVALID, "m", 11, SECRET_LENGTH },
    { "CHAPMSecret", INVALID, "0x0", 516, SECRET_LENGTH },
    { "CHAPMSecret", INVALID, "0x", 0, SECRET_LENGTH },
    { "CHAPMSecret", INVALID, "0xz", 26, SECRET_HEX },
    { "CHAPMSecret", INVALID, "*", 12, SECRET_MASKED },
    { "CHAPMSecret", INVALID, "Twelve4bytes", 0,
      "it must differ from CHAPSecret on line 18" },
    { "CHAPMSecret", INVALID, "0x5477656c7665346279746573", 0,
      "it must differ from CHAPSecret on line 18" },
    { "CHAPMSecret", ABSENT, NULL, 0, FOR_CHAP },
};

/* The value of a row, NULL when it has none. */
static const char *value_of(const struct row *row, char value[VALUE_MAX])
{
    size_t length;

    if (!row->value) {
        return NULL;
    }
    length = strlen(row->value);
    memset(value, 0, VALUE_MAX);
    memcpy(value, row->value, length);
    if (row->length) {
        memset(value + length, row->value[length - 1], row->length - length);
    }
    return value;
}

/* In the text of ev_text_with(), which has every variable. */
static unsigned line_of(const char *name)
{
    struct ev_text text = ev_text_with((const char *const[]) { NULL });
    struct ev_reader reader;
    struct ev_line line = { .number = 0 };

    ev_reader_init(&reader, text.start, text.length);
    while (ev_reader_next(&reader, &line) &&
           (line.name.length != strlen(name) ||
            memcmp(line.name.start, name, line.name.length) != 0)) {
        continue;
    }
    ev_text_free(&text);
    return line.number;
}

static enum ev_variable_id find(const char *name)
{
    return ev_variable_find((struct ev_slice) { name, strlen(name) });
}

/* All of the sentence that the row wants. */
static void want(const struct row *row, const char *value,
                 char sentence[SENTENCE_MAX])
{
    bool secret = ev_variables[find(row->name)].secret;
    bool cut = value && strlen(value) > VALUE_SHOWN;

    if (!value) {
        snprintf(sentence, SENTENCE_MAX, "%s: %s", row->name, row->sentence);
    } else if (secret) {
        snprintf(sentence, SENTENCE_MAX, "line %u: %s: %s",
                 line_of(row->name), row->name, row->sentence);
    } else {
        snprintf(sentence, SENTENCE_MAX, "line %u: %s=%.64s%s: %s",
                 line_of(row->name), row->name, value, cut ? "..." : "",
                 row->sentence);
    }
}

static bool is_refused(const struct row *row)
{
    return row->class == INVALID || (row->class == ABSENT && row->sentence);
}

/* Says which row it was; CUnit knows only the line. */
static bool right(const struct row *row, bool truth, const char *said)
{
    if (!truth) {
        printf("# %s=%s: %s\n", row->name, row->value ? row->value : "(none)",
               said);
    }
    return truth;
}

static void check_row(const struct row *row)
{
    static struct ev_boot_config config;
    static struct ev_problems problems;
    char buffer[VALUE_MAX], wanted[SENTENCE_MAX], said[SENTENCE_MAX] = "";
    const char *value = value_of(row, buffer);
    struct ev_text text = EV_TEXT(row->name, value);
    bool valid = ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED,
                          &config, &problems);

    if (problems.listed) {
        ev_problem_text(&problems.list[0], said, sizeof(said));
    }
    ev_text_free(&text);
    CU_ASSERT(right(row, valid == !is_refused(row), said));
    CU_ASSERT(right(row, problems.listed == (row->sentence != NULL), said));
    CU_ASSERT(right(row, problems.warnings == (row->class == ODD), said));
    if (row->sentence) {
        want(row, value, wanted);
        CU_ASSERT(right(row, strcmp(said, wanted) == 0, said));
    }
}

static void each_value_is_taken_or_refused_with_its_sentence(void)
{
    for (size_t i = 0; i < ROWS; i++) {
        check_row(&rows[i]);
    }
}

/* No variable may be forgotten, nor half of what there is to say of it. */
static void each_variable_has_rows_of_each_class(void)
{
    unsigned seen[EV_VARIABLES][CLASSES] = { { 0 } };

    for (size_t i = 0; i < ROWS; i++) {
        seen[find(rows[i].name)][rows[i].class]++;
    }
    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        CU_ASSERT(seen[i][VALID] > 0);
        CU_ASSERT(seen[i][EDGE] > 0);
        CU_ASSERT(seen[i][INVALID] > 0);
        /* What its absence makes of TargetPort2 is in ev-config-test. */
        CU_ASSERT(seen[i][ABSENT] > 0 || i == EV_TARGET_IP2);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(each_value_is_taken_or_refused_with_its_sentence),
    UNIT_CASE(each_variable_has_rows_of_each_class),
};

int main(int argc, char **argv)
{
    return unit_main("ev-table", cases, CASES, argc, argv);
}
