/*
 * What the files of ev-core share among themselves.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef EV_CORE_EV_INTERNAL_H
#define EV_CORE_EV_INTERNAL_H

#include "ev.h"

/* Declared here because freestanding C has no string.h. */
void *memcpy(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

/* Where a text gives each variable; a value without start is absent. */
struct ev_values {
    struct ev_slice value[EV_VARIABLES];
    unsigned line[EV_VARIABLES];
};

size_t ev_string_length(const char *string);
bool ev_slice_is(struct ev_slice slice, const char *string);

/* The variable of this name whatever its case, or EV_NO_VARIABLE. */
enum ev_variable_id ev_variable_find_any_case(struct ev_slice name);

/* @string as a slice. */
struct ev_slice ev_slice_of(const char *string);

/* Adds a problem, or counts it when the list is full. */
void ev_problem_add(struct ev_problems *problems, enum ev_error error,
                    enum ev_variable_id variable, unsigned line,
                    struct ev_slice value);

/* The one added last, to fill in more; a spare one when the list is full. */
struct ev_problem *ev_problem_last(struct ev_problems *problems);

#endif
