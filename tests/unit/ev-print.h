/*
 * Prints a configuration as people may write it: the way back from
 * ev_parse(), for tests only, as a tool never shows a secret.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_UNIT_EV_PRINT_H
#define TESTS_UNIT_EV_PRINT_H

#include "ev-core/ev.h"

#define EV_PRINT_MAX 8192

/*
 * Writes a text that ev_parse() has to read as @config, and returns its
 * length.  With @seed 0 it is in the plainest form; any other number draws
 * order, line ends, comments, blanks, and one of the forms that a value may
 * have.  @config is one that ev_parse() could give.
 */
size_t ev_print(const struct ev_boot_config *config, uint32_t seed,
                char text[EV_PRINT_MAX]);

#endif
