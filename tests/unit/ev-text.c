/*
 * Configurations for the tests of ev-core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ev-text.h"

static const char *const base[][2] = {
    { "TargetName", "iqn.2006-06.net.example:disk1" },
    { "TargetIP", "192.0.2.20" },
    { "TargetPort", "3260" },
    { "TargetIP2", "192.0.2.21" },
    { "TargetPort2", "3261" },
    { "InitiatorName", "iqn.2006-06.net.example:bench" },
    { "InitiatorIP", "192.0.2.5" },
    { "InitiatorNetmask", "255.255.255.0" },
    { "InitiatorRoute", "192.0.2.1" },
    { "LAA", "000000000000" },
    { "VLAN", "Disabled" },
    { "LUN", "1" },
    { "ForceBoot", "True" },
    { "HeaderDigest", "False" },
    { "DataDigest", "False" },
    { "AuthMethod", "MutualCHAP" },
    { "CHAPUsername", "bench" },
    { "CHAPSecret", "Twelve4bytes" },
    { "CHAPMSecret", "AnotherSecret" },
};

#define BASE_LINES (sizeof(base) / sizeof(base[0]))
#define TEXT_MAX 16384

static bool in_base(const char *name)
{
    for (size_t i = 0; i < BASE_LINES; i++) {
        if (strcmp(base[i][0], name) == 0) {
            return true;
        }
    }
    return false;
}

/* The pair for @name, or NULL. */
static const char *const *change_of(const char *const *changes,
                                    const char *name)
{
    for (; *changes; changes += 2) {
        if (strcmp(*changes, name) == 0) {
            return changes;
        }
    }
    return NULL;
}

static size_t put_line(char *text, size_t length, const char *name,
                       const char *value)
{
    return length + snprintf(text + length, TEXT_MAX - length, "%s=%s\n",
                             name, value);
}

struct ev_text ev_text_new(const char *string)
{
    struct ev_text text = { .length = strlen(string) };

    text.start = malloc(text.length);
    if (text.length > 0) {
        memcpy(text.start, string, text.length);
    }
    return text;
}

void ev_text_free(struct ev_text *text)
{
    free(text->start);
    text->start = NULL;
}

struct ev_text ev_text_with(const char *const *changes)
{
    char text[TEXT_MAX] = "";
    size_t length = 0;

    for (size_t i = 0; i < BASE_LINES; i++) {
        const char *const *change = change_of(changes, base[i][0]);

        if (!change) {
            length = put_line(text, length, base[i][0], base[i][1]);
        } else if (change[1]) {
            length = put_line(text, length, base[i][0], change[1]);
        }
    }
    for (; *changes; changes += 2) {
        if (!in_base(changes[0])) {
            length = put_line(text, length, changes[0], changes[1]);
        }
    }
    return ev_text_new(text);
}

bool ev_text_parse(struct ev_text text, struct ev_boot_config *config,
                   struct ev_problems *problems)
{
    bool valid = ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED, config,
                          problems);

    ev_text_free(&text);
    return valid;
}

bool ev_only_error(const struct ev_problems *problems, enum ev_error error,
                   enum ev_variable_id variable)
{
    unsigned found = 0;

    for (unsigned i = 0; i < problems->listed; i++) {
        found += problems->list[i].error == error &&
                 problems->list[i].variable == variable;
    }
    return problems->errors == 1 && found == 1;
}

bool ev_warned(const struct ev_problems *problems, enum ev_error warning)
{
    unsigned found = 0;

    for (unsigned i = 0; i < problems->listed; i++) {
        found += problems->list[i].error == warning;
    }
    return problems->errors == 0 && problems->warnings == found && found == 1;
}
