/*
 * Unit tests are CUnit tests whose names are sentences, reported as TAP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <stdint.h>

#include <CUnit/CUnit.h>

struct unit_case {
    const char *sentence;
    void (*run)(void);
};

/* A row of a case table: the function's name is the sentence. */
#define UNIT_CASE(function) { #function, function }

/*
 * Runs @cases as suite @suite and prints TAP to standard output.  With
 * arguments, only the cases whose sentence contains one of them.  Returns
 * the exit status for main(): 0 when all passed, 1 when one failed, 2 when
 * nothing ran.
 */
int unit_main(const char *suite, const struct unit_case *cases, size_t count,
              int argc, char **argv);

/*
 * A number below @below, by chance, but the same in every run: *@state is not
 * 0 at first, and what comes hangs on it alone.
 */
uint32_t unit_random(uint32_t *state, uint32_t below);

#endif
