/*
 * Secrets that do not stand on the command line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCISCSI_SECRET_H
#define NCISCSI_SECRET_H

#include <stdbool.h>

/*
 * Reads the first line of the file into *@secret, in place of what is there.
 * Complains, of the file and not of what is in it, and returns false when it
 * cannot.
 */
bool secret_from_file(const char *path, char **secret);

/* Takes the value of the variable, if it is set and *@value is not. */
void value_from_environment(const char *variable, char **value);

#endif
