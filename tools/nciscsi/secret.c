/*
 * Secrets that do not stand on the command line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>

#include "secret.h"

#define SECRET_MAX 255

bool secret_from_file(const char *path, char **secret)
{
    char line[SECRET_MAX + 2];
    FILE *file = fopen(path, "re");
    bool read = file && fgets(line, sizeof(line), file);

    if (!read) {
        fprintf(stderr, "nciscsi: %s: %s\n", path,
                !file || ferror(file) ? strerror(errno) : "holds no secret");
    } else {
        line[strcspn(line, "\r\n")] = '\0';
        g_free(*secret);
        *secret = g_strdup(line);
        explicit_bzero(line, sizeof(line));
    }
    if (file) {
        fclose(file);
    }
    return read;
}

void value_from_environment(const char *variable, char **value)
{
    const char *found = g_getenv(variable);

    if (found && !*value) {
        *value = g_strdup(found);
    }
}
