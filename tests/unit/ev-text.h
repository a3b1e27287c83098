/*
 * Configurations for the tests of ev-core.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_EV_TEXT_H
#define TESTS_UNIT_EV_TEXT_H

#include "ev-core/ev.h"

/* In memory of exactly its length, so that a sanitizer sees a step beyond. */
struct ev_text {
    char *start;
    size_t length;
};

struct ev_text ev_text_new(const char *string);
void ev_text_free(struct ev_text *text);

/*
 * A valid configuration, MutualCHAP and all, with some lines changed:
 * @changes is pairs of name and value and ends with NULL.  A value of NULL
 * leaves the line out; a name that is not in it is appended.
 */
struct ev_text ev_text_with(const char *const *changes);

#define EV_TEXT(...) \
    ev_text_with((const char *const[]) { __VA_ARGS__, NULL })

/* Parses and frees the text. */
bool ev_text_parse(struct ev_text text, struct ev_boot_config *config,
                   struct ev_problems *problems);

/* Is the one and only error this, about this variable? */
bool ev_only_error(const struct ev_problems *problems, enum ev_error error,
                   enum ev_variable_id variable);

/* Is there this warning, and no error? */
bool ev_warned(const struct ev_problems *problems, enum ev_error warning);

#endif
