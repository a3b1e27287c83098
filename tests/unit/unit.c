/*
 * CUnit to TAP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>

#include "unit.h"

static bool wanted(const char *sentence, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strstr(sentence, argv[i])) {
            return true;
        }
    }
    return argc < 2;
}

static void print_case(const CU_pTest test, const CU_pSuite suite,
                       const CU_pFailureRecord failures)
{
    static unsigned number;

    printf("%s %u - %s/%s\n", failures ? "not ok" : "ok", ++number,
           suite->pName, test->pName);
    for (CU_pFailureRecord f = failures; f; f = f->pNext) {
        printf("# %s:%u: %s\n", f->strFileName, f->uiLineNumber,
               f->strCondition);
    }
    fflush(stdout);
}

static unsigned add_cases(CU_pSuite suite, const struct unit_case *cases,
                          size_t count, int argc, char **argv)
{
    unsigned added = 0;

    for (size_t i = 0; i < count; i++) {
        if (wanted(cases[i].sentence, argc, argv)) {
            if (!CU_add_test(suite, cases[i].sentence, cases[i].run)) {
                fprintf(stderr, "%s: %s\n", cases[i].sentence,
                        CU_get_error_msg());
                exit(2);
            }
            added++;
        }
    }
    return added;
}

int unit_main(const char *suite_name, const struct unit_case *cases,
              size_t count, int argc, char **argv)
{
    CU_pSuite suite;
    unsigned planned, failed;

    if (CU_initialize_registry() != CUE_SUCCESS) {
        return 2;
    }
    suite = CU_add_suite(suite_name, NULL, NULL);
    planned = add_cases(suite, cases, count, argc, argv);
    printf("1..%u\n", planned);
    CU_set_test_complete_handler(print_case);
    CU_run_all_tests();
    failed = CU_get_number_of_tests_failed();
    CU_cleanup_registry();
    return planned == 0 ? 2 : failed ? 1 : 0;
}

/* Marsaglia's xorshift. */
uint32_t unit_random(uint32_t *state, uint32_t below)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}
