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

/* Integers of blocks and packets. */
static inline uint16_t get_le16(const uint8_t *p)
{
    return p[0] | p[1] << 8;
}

static inline uint32_t get_le32(const uint8_t *p)
{
    return get_le16(p) | (uint32_t)get_le16(p + 2) << 16;
}

static inline void put_le16(uint8_t *p, uint16_t value)
{
    p[0] = value;
    p[1] = value >> 8;
}

static inline void put_le32(uint8_t *p, uint32_t value)
{
    put_le16(p, value);
    put_le16(p + 2, value >> 16);
}

/* Where a text gives each variable; an absent one has line 0. */
struct ev_values {
    struct ev_slice value[EV_VARIABLES];
    unsigned line[EV_VARIABLES];
};

/* Helpers on strings. */
size_t ev_string_length(const char *string);
struct ev_slice ev_slice_of(const char *string);
bool ev_slice_is(struct ev_slice slice, const char *string);
bool ev_slice_begins(struct ev_slice slice, const char *string);

/* The variable of this name whatever its case, or EV_NO_VARIABLE. */
enum ev_variable_id ev_variable_find_any_case(struct ev_slice name);

/*
 * Adds a problem in order of lines, those without a line last; only counts
 * it when the list is full.  An empty name becomes that of the variable.
 */
void ev_problem_add(struct ev_problems *problems,
                    const struct ev_problem *problem);

static inline bool ev_is_error(enum ev_error error)
{
    return error != EV_OK && error < EV_WARNING_FIRST;
}

/*
 * Parses one value into its member of @config.  Returns EV_OK, the error for
 * which it is refused, or a warning with which it is accepted.
 */
enum ev_error ev_value_parse(enum ev_variable_id variable,
                             struct ev_slice value,
                             struct ev_boot_config *config);

/* ev_parse() that also tells where each variable is. */
bool ev_parse_values(const char *text, size_t length, enum ev_unknown unknown,
                     struct ev_boot_config *config, struct ev_values *values,
                     struct ev_problems *problems);

#endif
