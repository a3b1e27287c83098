/*
 * A whole configuration: reads the lines, judges each value, then how they
 * fit together.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ev-internal.h"

#define FOLDED_MIN 17               /* bytes: editors fold no shorter value */

struct judge {
    enum ev_unknown unknown;
    struct ev_boot_config *config;
    struct ev_values *values;
    struct ev_problems *problems;
    enum ev_variable_id before;     /* on the line before */
    size_t before_length;           /* of its value */
};

static void complain(struct judge *j, enum ev_error error,
                     enum ev_variable_id variable, unsigned line,
                     unsigned other_line, struct ev_slice value)
{
    struct ev_problem problem = {
        .error = error,
        .variable = variable,
        .line = line,
        .other_line = other_line,
        .value = value,
    };

    if (variable != EV_NO_VARIABLE && ev_variables[variable].secret) {
        problem.value.length = 0;
    }
    ev_problem_add(j->problems, &problem);
}

/* About a variable as it stands in the text. */
static void complain_value(struct judge *j, enum ev_error error,
                           enum ev_variable_id variable, unsigned other_line)
{
    complain(j, error, variable, j->values->line[variable], other_line,
             j->values->value[variable]);
}

/* May what this line begins with be the rest of a secret? */
static bool is_after_secret(const struct judge *j)
{
    return j->before != EV_NO_VARIABLE && ev_variables[j->before].secret &&
           j->before_length >= FOLDED_MIN;
}

static void complain_name(struct judge *j, const struct ev_line *line)
{
    struct ev_problem problem = {
        .error = EV_NAME_UNKNOWN,
        .variable = ev_variable_find_any_case(line->name),
        .line = line->number,
        .name = line->name,
    };

    if (problem.variable != EV_NO_VARIABLE) {
        problem.error = EV_NAME_CASE;
    } else if (is_after_secret(j)) {
        problem.name.length = 0;
    }
    ev_problem_add(j->problems, &problem);
}

static void complain_line(struct judge *j, const struct ev_line *line)
{
    struct ev_problem problem = {
        .error = line->error,
        .variable = EV_NO_VARIABLE,
        .line = line->number,
        .name = line->name,
    };

    /* Probably folded.  The rest of a secret stays unseen. */
    if (line->error == EV_LINE_NO_EQUALS) {
        problem.variable = j->before;
        if (j->before != EV_NO_VARIABLE && !ev_variables[j->before].secret) {
            problem.value = line->value;
        }
    }
    ev_problem_add(j->problems, &problem);
}

/* The sample in the vendor's guide reads TargetName=TargetName=iqn... */
static bool is_doubled(enum ev_variable_id variable, struct ev_slice value)
{
    const char *name = ev_variables[variable].name;
    size_t length = ev_string_length(name);

    return value.length > length && ev_slice_begins(value, name) &&
           value.start[length] == '=';
}

static void take_variable(struct judge *j, const struct ev_line *line)
{
    enum ev_variable_id variable = ev_variable_find(line->name);
    struct ev_values *values = j->values;

    if (variable == EV_NO_VARIABLE) {
        if (j->unknown == EV_UNKNOWN_REFUSED) {
            complain_name(j, line);
        }
    } else if (values->line[variable]) {
        complain(j, EV_NAME_REPEATED, variable, line->number,
                 values->line[variable], line->value);
    } else {
        values->line[variable] = line->number;
        values->value[variable] = line->value;
    }
    j->before = variable;
    j->before_length = line->value.length;
}

static void take_lines(struct judge *j, const char *text, size_t length)
{
    struct ev_reader reader;
    struct ev_line line;

    ev_reader_init(&reader, text, length);
    while (ev_reader_next(&reader, &line)) {
        if (line.error == EV_OK) {
            take_variable(j, &line);
        } else {
            complain_line(j, &line);
        }
    }
}

/* An empty value is as good as none. */
static bool is_given(const struct judge *j, enum ev_variable_id variable)
{
    return j->values->value[variable].length > 0;
}

/* Is it of use with this AuthMethod?  If not, the guide says, ignore it. */
static bool is_used(const struct judge *j, enum ev_variable_id variable)
{
    switch (variable) {
    case EV_CHAP_USERNAME:
    case EV_CHAP_SECRET:
        return j->config->auth != EV_AUTH_NONE;
    case EV_CHAP_MSECRET:
        return j->config->auth == EV_AUTH_MUTUAL_CHAP;
    default:
        return true;
    }
}

static bool is_masked(struct ev_slice value)
{
    for (size_t i = 0; i < value.length; i++) {
        if (value.start[i] != '*') {
            return false;
        }
    }
    return value.length > 0;
}

static void judge_value(struct judge *j, enum ev_variable_id variable)
{
    struct ev_slice value = j->values->value[variable];
    enum ev_error error = EV_OK;

    if (is_doubled(variable, value)) {
        error = EV_NAME_DOUBLED;
    } else if (is_used(j, variable)) {
        error = ev_value_parse(variable, value, j->config);
    } else if (ev_variables[variable].secret && is_masked(value)) {
        error = EV_SECRET_MASKED;
    }
    if (error != EV_OK) {
        complain_value(j, error, variable, 0);
    }
}

static void judge_absent(struct judge *j, enum ev_variable_id variable)
{
    bool chap = variable >= EV_CHAP_USERNAME && is_used(j, variable);

    if (ev_variables[variable].required) {
        complain_value(j, EV_NAME_MISSING, variable, 0);
    } else if (chap) {
        complain_value(j, EV_CHAP_INCOMPLETE, variable,
                       j->values->line[EV_AUTH_METHOD]);
    }
}

/* In the order of the table: AuthMethod comes before what depends on it. */
static void judge_values(struct judge *j)
{
    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        const char *fallback = ev_variables[i].fallback;

        if (*fallback) {
            ev_value_parse(i, ev_slice_of(fallback), j->config);
        }
        if (is_given(j, i)) {
            judge_value(j, i);
        } else {
            judge_absent(j, i);
        }
    }
}

/* RFC 7143 9.2.1 forbids one secret for both directions. */
static void judge_secrets(struct judge *j)
{
    const struct ev_secret *secret = &j->config->chap_secret;
    const struct ev_secret *mutual = &j->config->chap_msecret;

    if (mutual->length > 0 && mutual->length == secret->length &&
        memcmp(mutual->bytes, secret->bytes, mutual->length) == 0) {
        complain_value(j, EV_SECRETS_EQUAL, EV_CHAP_MSECRET,
                       j->values->line[EV_CHAP_SECRET]);
    }
}

static bool is_zero(const uint8_t address[4])
{
    return !(address[0] | address[1] | address[2] | address[3]);
}

static bool is_near(const struct ev_boot_config *config,
                    const uint8_t address[4])
{
    for (unsigned i = 0; i < 4; i++) {
        if ((config->initiator_ip[i] ^ address[i]) & config->netmask[i]) {
            return false;
        }
    }
    return true;
}

static void judge_network(struct judge *j)
{
    static const enum ev_variable_id portals[EV_PORTALS] = {
        EV_TARGET_IP, EV_TARGET_IP2
    };
    const struct ev_boot_config *config = j->config;

    if (!is_zero(config->gateway)) {
        if (!is_near(config, config->gateway)) {
            complain_value(j, EV_WARNING_ROUTE, EV_INITIATOR_ROUTE, 0);
        }
        return;
    }
    for (unsigned i = 0; i < config->portals; i++) {
        if (!is_near(config, config->portal[i].address)) {
            complain_value(j, EV_WARNING_NO_ROUTE, portals[i], 0);
        }
    }
}

static void judge_portals(struct judge *j)
{
    j->config->portals = is_given(j, EV_TARGET_IP2) ? 2 : 1;
    if (j->config->portals == 1) {
        memset(&j->config->portal[1], 0, sizeof(j->config->portal[1]));
        if (is_given(j, EV_TARGET_PORT2)) {
            complain_value(j, EV_WARNING_PORT_ALONE, EV_TARGET_PORT2, 0);
        }
    }
}

bool ev_parse_values(const char *text, size_t length, enum ev_unknown unknown,
                     struct ev_boot_config *config, struct ev_values *values,
                     struct ev_problems *problems)
{
    struct judge j = {
        .unknown = unknown,
        .config = config,
        .values = values,
        .problems = problems,
        .before = EV_NO_VARIABLE,
    };

    memset(config, 0, sizeof(*config));
    memset(values, 0, sizeof(*values));
    memset(problems, 0, sizeof(*problems));
    take_lines(&j, text, length);
    judge_values(&j);
    judge_secrets(&j);
    judge_portals(&j);
    if (problems->errors == 0) {
        judge_network(&j);
        return true;
    }
    memset(config, 0, sizeof(*config));
    return false;
}

bool ev_parse(const char *text, size_t length, enum ev_unknown unknown,
              struct ev_boot_config *config, struct ev_problems *problems)
{
    struct ev_values values;

    return ev_parse_values(text, length, unknown, config, &values, problems);
}

bool ev_parse_block(const void *block, size_t size, enum ev_unknown unknown,
                    struct ev_boot_config *config,
                    struct ev_problems *problems)
{
    struct ev_slice text;
    struct ev_problem problem = {
        .error = ev_block_open(block, size, ENVELOPE_MAGIC_BOOT, &text),
        .variable = EV_NO_VARIABLE,
    };

    if (problem.error == EV_OK) {
        return ev_parse(text.start, text.length, unknown, config, problems);
    }
    memset(config, 0, sizeof(*config));
    memset(problems, 0, sizeof(*problems));
    ev_problem_add(problems, &problem);
    return false;
}

enum ev_variable_id ev_first_difference(struct ev_slice a, struct ev_slice b)
{
    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        const struct ev_variable *variable = &ev_variables[i];
        struct ev_slice x, y;
        bool in_a = ev_find(a.start, a.length, variable->name, &x);
        bool in_b = ev_find(b.start, b.length, variable->name, &y);

        if (in_a != in_b ||
            (in_a && !(variable->secret && is_masked(y)) &&
             (x.length != y.length ||
              memcmp(x.start, y.start, x.length) != 0))) {
            return i;
        }
    }
    return EV_NO_VARIABLE;
}
