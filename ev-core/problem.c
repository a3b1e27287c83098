/*
 * The list of problems, and what people read about one.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ev-internal.h"

#define NAME_SHOWN 40
#define VALUE_SHOWN 64

/* Text that grows in a caller's buffer and is cut at its end. */
struct text {
    char *buffer;
    size_t room;
    size_t length;
};

static void put_slice(struct text *t, struct ev_slice slice)
{
    for (size_t i = 0; i < slice.length && t->length + 1 < t->room; i++) {
        t->buffer[t->length++] = slice.start[i];
    }
}

static void put(struct text *t, const char *string)
{
    put_slice(t, ev_slice_of(string));
}

static void put_number(struct text *t, unsigned number)
{
    char digits[10];
    unsigned first = sizeof(digits);

    do {
        digits[--first] = '0' + number % 10;
        number /= 10;
    } while (number > 0);
    put_slice(t, (struct ev_slice) { digits + first,
                                     sizeof(digits) - first });
}

/* A long name or value is cut; bytes that no terminal should see are not. */
static void put_shown(struct text *t, struct ev_slice slice, size_t most)
{
    size_t length = slice.length < most ? slice.length : most;

    for (size_t i = 0; i < length; i++) {
        bool printable = slice.start[i] >= ' ' && slice.start[i] <= '~';

        put_slice(t, (struct ev_slice) { printable ? slice.start + i : "?",
                                         1 });
    }
    if (slice.length > most) {
        put(t, "...");
    }
}

static void put_range(struct text *t, const char *what,
                      const struct ev_variable *variable)
{
    put(t, what);
    put_number(t, variable->min);
    put(t, " to ");
    put_number(t, variable->max);
}

/* What the variable takes. */
static void put_allowed(struct text *t, enum ev_variable_id id)
{
    static const char *const texts[] = {
        [EV_KIND_ISCSI_NAME] =
            "an iSCSI name (iqn., eui. or naa.) without blanks, bytes: ",
        [EV_KIND_ADDRESS] = "the IPv4 address of a host, like 192.0.2.10",
        [EV_KIND_NETMASK] = "an IPv4 netmask, like 255.255.255.0",
        [EV_KIND_ROUTE] = "the IPv4 address of a gateway, or 0.0.0.0",
        [EV_KIND_NUMBER] = "a decimal number, ",
        [EV_KIND_VLAN] = "Disabled, or a decimal number, ",
        [EV_KIND_MAC] = "12 hex digits, not a multicast address",
        [EV_KIND_FORCE_BOOT] = "True or False",
        [EV_KIND_BOOLEAN] = "True or False",
        [EV_KIND_AUTH] = "None, CHAP or MutualCHAP",
        [EV_KIND_TEXT] = "printable ASCII, bytes: ",
        [EV_KIND_SECRET] =
            "text, or 0x and two hex digits a byte, bytes: ",
    };
    const struct ev_variable *variable = &ev_variables[id];

    switch (variable->kind) {
    case EV_KIND_ISCSI_NAME:
    case EV_KIND_NUMBER:
    case EV_KIND_VLAN:
    case EV_KIND_TEXT:
    case EV_KIND_SECRET:
        put_range(t, texts[variable->kind], variable);
        break;
    default:
        put(t, texts[variable->kind]);
    }
}

enum {
    ADD_NOTHING,
    ADD_ALLOWED,            /* what the variable takes */
    ADD_NAME,               /* the variable's right name */
    ADD_OTHER_LINE,         /* the number of the second line */
    ADD_FOLDED,             /* of which variable it may be the rest */
};

static const struct {
    const char *text;
    uint8_t add;
} sentences[EV_ERRORS] = {
    [EV_OK] = { "no error" },
    [EV_BLOCK_SHORT] = { "the block is shorter than its header" },
    [EV_BLOCK_MAGIC] = { "this is not a boot configuration block" },
    [EV_BLOCK_VERSION] = { "the version of the block is not known" },
    [EV_BLOCK_LENGTH] = { "the block's length is wrong" },
    [EV_BLOCK_CRC] = { "the block's checksum is wrong" },
    [EV_BLOCK_TOO_LARGE] = {
        "the configuration is too large; shorten its values" },
    [EV_LINE_NO_EQUALS] = { "there is no '=' in this line", ADD_FOLDED },
    [EV_LINE_NO_NAME] = { "there is no name before the '='" },
    [EV_LINE_CHARACTER] = {
        "only printable ASCII is allowed; retype the line" },
    [EV_NAME_UNKNOWN] = { "there is no such variable" },
    [EV_NAME_CASE] = { "names are case sensitive; write ", ADD_NAME },
    [EV_NAME_REPEATED] = { "it is already given on line ", ADD_OTHER_LINE },
    [EV_NAME_DOUBLED] = {
        "the value begins with the name again; remove the second ",
        ADD_NAME },
    [EV_NAME_MISSING] = { "it is required; add ", ADD_ALLOWED },
    [EV_VALUE_REFUSED] = { "allowed is ", ADD_ALLOWED },
    [EV_VALUE_LENGTH] = { "too short or too long; allowed is ",
                          ADD_ALLOWED },
    [EV_SECRET_MASKED] = {
        "these asterisks are what 'ev -p' shows; write the secret itself" },
    [EV_SECRET_LENGTH] = { "too short or too long; allowed is ",
                           ADD_ALLOWED },
    [EV_SECRET_HEX] = { "not hex digits in pairs; allowed is ",
                        ADD_ALLOWED },
    [EV_SECRETS_EQUAL] = {
        "it must differ from CHAPSecret on line ", ADD_OTHER_LINE },
    [EV_CHAP_INCOMPLETE] = {
        "it is missing, but needed by AuthMethod on line ",
        ADD_OTHER_LINE },
    [EV_WARNING_NAME_FORM] = {
        "not formed as RFC 7143 says (iqn.yyyy-mm.domain:name); "
        "accepted if the target has exactly this name" },
    [EV_WARNING_SECRET_LONG] = {
        "longer than 16 bytes, which some targets do not take" },
    [EV_WARNING_FORCE_BOOT] = { "counts as False; usual is ", ADD_ALLOWED },
    [EV_WARNING_ROUTE] = {
        "this gateway is outside the network of InitiatorIP and "
        "InitiatorNetmask" },
    [EV_WARNING_NO_ROUTE] = {
        "another network than the initiator's, and no InitiatorRoute "
        "leads there" },
    [EV_WARNING_PORT_ALONE] = { "ignored, as there is no TargetIP2" },
};

static void put_sentence(struct text *t, const struct ev_problem *problem)
{
    enum ev_variable_id id = problem->variable;

    put(t, sentences[problem->error].text);
    switch (sentences[problem->error].add) {
    case ADD_ALLOWED:
        put_allowed(t, id);
        break;
    case ADD_NAME:
        put(t, ev_variables[id].name);
        break;
    case ADD_OTHER_LINE:
        put_number(t, problem->other_line);
        break;
    case ADD_FOLDED:
        if (id != EV_NO_VARIABLE) {
            put(t, "; if it is the rest of ");
            put(t, ev_variables[id].name);
            put(t, ", join the two lines");
        }
        break;
    default:
        break;
    }
}

static void put_subject(struct text *t, const struct ev_problem *problem)
{
    bool named = problem->name.length > 0;

    if (problem->line > 0) {
        put(t, "line ");
        put_number(t, problem->line);
        put(t, ": ");
    }
    if (named) {
        put_shown(t, problem->name, NAME_SHOWN);
        put(t, problem->value.length > 0 ? "=" : "");
    }
    put_shown(t, problem->value, VALUE_SHOWN);
    if (named || problem->value.length > 0) {
        put(t, ": ");
    }
}

static unsigned order(const struct ev_problem *problem)
{
    return problem->line - 1;       /* no line, 0, comes last */
}

void ev_problem_add(struct ev_problems *problems,
                    const struct ev_problem *problem)
{
    unsigned at = problems->listed;
    struct ev_problem *list = problems->list;

    if (ev_is_error(problem->error)) {
        problems->errors++;
    } else {
        problems->warnings++;
    }
    if (at == EV_PROBLEMS_MAX) {
        return;
    }
    for (; at > 0 && order(&list[at - 1]) > order(problem); at--) {
        list[at] = list[at - 1];
    }
    list[at] = *problem;
    if (problem->name.length == 0 && problem->variable != EV_NO_VARIABLE &&
        problem->error != EV_LINE_NO_EQUALS) {
        list[at].name = ev_slice_of(ev_variables[problem->variable].name);
    }
    problems->listed++;
}

size_t ev_problem_text(const struct ev_problem *problem, char *buffer,
                       size_t room)
{
    struct text t = { buffer, room, 0 };

    if (room == 0) {
        return 0;
    }
    put_subject(&t, problem);
    put_sentence(&t, problem);
    buffer[t.length] = '\0';
    return t.length;
}
