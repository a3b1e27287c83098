/*
 * The file of users: a line each,
 *
 *   LOGIN:NAME:PRIVILEGES:ITERATIONS:SALT:KEY
 *
 * with login and name escaped as in URIs, and privileges, salt and key in
 * hexadecimal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>
#include <sys/stat.h>

#include "users.h"

#define FIELDS 6
#define FILE_MAX 65536
#define PASSWORD_LENGTH 16

static const char first_login[] = "Administrator";

static gboolean from_hex(const char *text, uint8_t *bytes, size_t size)
{
    if (strlen(text) != 2 * size) {
        return FALSE;
    }
    for (size_t i = 0; i < size; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return FALSE;
        }
        bytes[i] = high << 4 | low;
    }
    return TRUE;
}

static void put_hex(GString *text, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        g_string_append_printf(text, "%02x", bytes[i]);
    }
}

static gboolean unescape(const char *field, char *text)
{
    char *plain = g_uri_unescape_string(field, NULL);
    gboolean fits = plain && strlen(plain) <= RIBCL_NAME_MAX;

    if (fits) {
        strcpy(text, plain);
    }
    g_free(plain);
    return fits;
}

static gboolean parse_user(const char *line, struct user *user)
{
    char **field = g_strsplit(line, ":", FIELDS);
    guint64 iterations;
    gboolean fine = g_strv_length(field) == FIELDS &&
        unescape(field[0], user->login) && user->login[0] &&
        unescape(field[1], user->name) &&
        from_hex(field[2], &user->privileges, 1) &&
        (user->privileges & ~RIBCL_ALL_PRIVILEGES) == 0 &&
        g_ascii_string_to_unsigned(field[3], 10, KDF_ITERATIONS_MIN,
                                   KDF_ITERATIONS_MAX, &iterations, NULL) &&
        from_hex(field[4], user->hash.salt, KDF_SALT_SIZE) &&
        from_hex(field[5], user->hash.key, KDF_KEY_SIZE);

    if (fine) {
        user->hash.iterations = iterations;
    }
    g_strfreev(field);
    return fine;
}

static gboolean parse(struct users *users, const char *text)
{
    char **lines = g_strsplit(text, "\n", 0);
    gboolean fine = TRUE;

    for (unsigned i = 0; lines[i] && fine; i++) {
        struct user user = { 0 };

        if (!lines[i][0]) {
            continue;
        }
        fine = users->count < USERS_MAX && parse_user(lines[i], &user) &&
               !users_find(users, user.login);
        if (fine) {
            users->user[users->count++] = user;
        } else {
            g_printerr("ilo-mgmt: %s: line %u is no user; restore the file, "
                       "or remove it for a new administrator\n", users->path,
                       i + 1);
        }
    }
    g_strfreev(lines);
    return fine;
}

static gboolean has_admin(const struct users *users)
{
    for (unsigned i = 0; i < users->count; i++) {
        if (users->user[i].privileges & RIBCL_ADMIN) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean load(struct users *users, gboolean *absent)
{
    GError *error = NULL;
    struct stat st;
    char *text;
    gboolean fine;

    *absent = FALSE;
    if (stat(users->path, &st) < 0) {
        *absent = errno == ENOENT;
        if (!*absent) {
            g_printerr("ilo-mgmt: %s: %s\n", users->path, g_strerror(errno));
        }
        return FALSE;
    }
    if (!S_ISREG(st.st_mode) || (st.st_mode & 077) ||
        st.st_size > FILE_MAX) {
        g_printerr("ilo-mgmt: %s: others than its owner may use it; "
                   "chmod 600 it after making sure that nobody did\n",
                   users->path);
        return FALSE;
    }
    if (!g_file_get_contents(users->path, &text, NULL, &error)) {
        g_printerr("ilo-mgmt: %s\n", error->message);
        g_error_free(error);
        return FALSE;
    }
    fine = parse(users, text);
    g_free(text);
    if (fine && !has_admin(users)) {
        g_printerr("ilo-mgmt: %s: there is nobody with ADMIN_PRIV; restore "
                   "the file, or remove it for a new administrator\n",
                   users->path);
        return FALSE;
    }
    return fine;
}

static gboolean save(const struct users *users)
{
    GString *text = g_string_new(NULL);
    GError *error = NULL;
    gboolean saved;

    for (unsigned i = 0; i < users->count; i++) {
        const struct user *user = &users->user[i];
        char *login = g_uri_escape_string(user->login, NULL, FALSE);
        char *name = g_uri_escape_string(user->name, NULL, FALSE);

        g_string_append_printf(text, "%s:%s:%02x:%u:", login, name,
                               user->privileges, user->hash.iterations);
        put_hex(text, user->hash.salt, KDF_SALT_SIZE);
        g_string_append_c(text, ':');
        put_hex(text, user->hash.key, KDF_KEY_SIZE);
        g_string_append_c(text, '\n');
        g_free(login);
        g_free(name);
    }
    saved = g_file_set_contents_full(
        users->path, text->str, text->len,
        G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
        &error);
    if (!saved) {
        g_warning("%s", error->message);
        g_error_free(error);
    }
    g_string_free(text, TRUE);
    return saved;
}

gboolean users_salt(const struct users *users, struct user_hash *hash)
{
    hash->iterations = users->iterations;
    return gnutls_rnd(GNUTLS_RND_RANDOM, hash->salt, KDF_SALT_SIZE) == 0;
}

/* 16 of 32 characters without look-alikes: 80 bits. */
static gboolean make_password(char password[PASSWORD_LENGTH + 1])
{
    static const char characters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t random[PASSWORD_LENGTH];

    if (gnutls_rnd(GNUTLS_RND_RANDOM, random, sizeof(random)) < 0) {
        return FALSE;
    }
    for (unsigned i = 0; i < PASSWORD_LENGTH; i++) {
        password[i] = characters[random[i] % 32];
    }
    password[PASSWORD_LENGTH] = '\0';
    return TRUE;
}

static gboolean hash_now(struct user_hash *hash, const char *password)
{
    gnutls_datum_t key = { (unsigned char *)password, strlen(password) };
    gnutls_datum_t salt = { hash->salt, KDF_SALT_SIZE };

    return gnutls_pbkdf2(GNUTLS_MAC_SHA256, &key, &salt, hash->iterations,
                         hash->key, KDF_KEY_SIZE) == 0;
}

/* The password is in its file before anybody needs it. */
static gboolean make_first(struct users *users, char **path)
{
    struct user user = { .privileges = RIBCL_ALL_PRIVILEGES };
    char password[PASSWORD_LENGTH + 1], *folder, *text;
    gboolean fine;

    strcpy(user.login, first_login);
    strcpy(user.name, first_login);
    if (!make_password(password) || !users_salt(users, &user.hash) ||
        !hash_now(&user.hash, password)) {
        g_printerr("ilo-mgmt: no random numbers can be had\n");
        return FALSE;
    }
    folder = g_path_get_dirname(users->path);
    *path = g_build_filename(folder, "first-password", NULL);
    text = g_strdup_printf("%s %s\n", user.login, password);
    fine = g_file_set_contents_full(*path, text, -1,
                                    G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                    NULL) &&
           users_add(users, &user) == RIBCL_OK;
    if (!fine) {
        g_printerr("ilo-mgmt: %s: cannot be written\n", folder);
    }
    explicit_bzero(password, sizeof(password));
    explicit_bzero(text, strlen(text));
    g_free(text);
    g_free(folder);
    return fine;
}

gboolean users_open(struct users *users, const char *path,
                    unsigned iterations, char **first_password)
{
    gboolean absent;

    memset(users, 0, sizeof(*users));
    *first_password = NULL;
    users->path = g_strdup(path);
    users->iterations = iterations;
    if (!users_salt(users, &users->nobody)) {
        return FALSE;
    }
    return load(users, &absent) ||
           (absent && make_first(users, first_password));
}

void users_close(struct users *users)
{
    g_free(users->path);
    explicit_bzero(users, sizeof(*users));
}

struct user *users_find(struct users *users, const char *login)
{
    for (unsigned i = 0; i < users->count; i++) {
        if (strcmp(users->user[i].login, login) == 0) {
            return &users->user[i];
        }
    }
    return NULL;
}

/* Keeps what was changed if it may stand and can be saved. */
static enum ribcl_status settle(struct users *users,
                                const struct users *before)
{
    if (!has_admin(users)) {
        *users = *before;
        return RIBCL_LAST_ADMIN;
    }
    if (!save(users)) {
        *users = *before;
        return RIBCL_NOT_SAVED;
    }
    return RIBCL_OK;
}

enum ribcl_status users_add(struct users *users, const struct user *user)
{
    struct users before = *users;

    if (users_find(users, user->login)) {
        return RIBCL_USER_EXISTS;
    }
    if (users->count == USERS_MAX) {
        return RIBCL_USERS_FULL;
    }
    users->user[users->count++] = *user;
    return settle(users, &before);
}

enum ribcl_status users_change(struct users *users, const struct user *user)
{
    struct users before = *users;
    struct user *old = users_find(users, user->login);

    if (!old) {
        return RIBCL_NO_USER;
    }
    *old = *user;
    return settle(users, &before);
}

enum ribcl_status users_remove(struct users *users, const char *login)
{
    struct users before = *users;
    struct user *user = users_find(users, login);

    if (!user) {
        return RIBCL_NO_USER;
    }
    *user = users->user[--users->count];
    return settle(users, &before);
}
