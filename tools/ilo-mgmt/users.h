/*
 * The users of iLO: a file of salted hashes that only its owner may read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_USERS_H
#define ILO_MGMT_USERS_H

#include <glib.h>

#include "commands.h"
#include "kdf.h"

#define USERS_MAX 12            /* as many as iLO 2 has */

/* How a password was hashed. */
struct user_hash {
    unsigned iterations;
    uint8_t salt[KDF_SALT_SIZE];
    uint8_t key[KDF_KEY_SIZE];
};

struct user {
    char login[RIBCL_NAME_MAX + 1];
    char name[RIBCL_NAME_MAX + 1];
    uint8_t privileges;
    struct user_hash hash;
};

struct users {
    char *path;
    unsigned count;
    unsigned iterations;        /* for passwords set from now on */
    struct user_hash nobody;    /* takes the place of who is not there */
    struct user user[USERS_MAX];
};

/*
 * Loads the file @path, and makes it, with one administrator, where there is
 * none: their password is then in the file *@first_password beside it, which
 * the caller frees, NULL otherwise.  False after saying what is wrong.
 */
gboolean users_open(struct users *users, const char *path,
                    unsigned iterations, char **first_password);
void users_close(struct users *users);

struct user *users_find(struct users *users, const char *login);

/* Makes a new salt; the key follows from kdf_submit(). */
gboolean users_salt(const struct users *users, struct user_hash *hash);

/* Adds, changes or removes a user and saves; each says how it went. */
enum ribcl_status users_add(struct users *users, const struct user *user);
enum ribcl_status users_change(struct users *users, const struct user *user);
enum ribcl_status users_remove(struct users *users, const char *login);

#endif
