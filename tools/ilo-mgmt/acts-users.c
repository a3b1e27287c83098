/*
 * What RIBCL does to users.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "acts.h"

/* A change that waits for the hash of a password. */
struct job {
    struct connection *connection;
    struct user_hash hash;
};

static struct users *users_of(struct connection *connection)
{
    return &connection_server(connection)->users;
}

static const struct ribcl_act *act_of(struct connection *connection)
{
    return &connection_session(connection)->act;
}

static void put_user(struct ribcl_writer *writer, const struct user *user)
{
    ribcl_put(writer, "<GET_USER");
    ribcl_put_attribute(writer, "USER_NAME", user->name);
    ribcl_put_attribute(writer, "USER_LOGIN", user->login);
    ribcl_put_attribute(writer, "PASSWORD", "%user_password%");
    for (unsigned i = 0; i < RIBCL_PRIVILEGES; i++) {
        ribcl_put_attribute(writer, ribcl_privilege_names[i],
                            user->privileges >> i & 1 ? "Y" : "N");
    }
    ribcl_put(writer, "/>\r\n");
}

static void get_user(struct connection *connection)
{
    struct user *user = users_find(users_of(connection),
                                   act_of(connection)->login);

    if (!user) {
        connection_acted(connection, RIBCL_NO_USER, NULL);
        return;
    }
    put_user(connection_begin(connection), user);
    connection_paid(connection);
}

static void get_all_users(struct connection *connection)
{
    const struct users *users = users_of(connection);
    struct ribcl_writer *writer = connection_begin(connection);

    ribcl_put(writer, "<GET_ALL_USERS>\r\n");
    for (unsigned i = 0; i < USERS_MAX; i++) {
        ribcl_put(writer, "<USER_LOGIN");
        ribcl_put_attribute(writer, "VALUE", i < users->count ?
                            users->user[i].login : "");
        ribcl_put(writer, "/>\r\n");
    }
    ribcl_put(writer, "</GET_ALL_USERS>\r\n");
    connection_paid(connection);
}

static void get_all_user_info(struct connection *connection)
{
    const struct users *users = users_of(connection);
    struct ribcl_writer *writer = connection_begin(connection);

    ribcl_put(writer, "<GET_ALL_USER_INFO>\r\n");
    for (unsigned i = 0; i < users->count; i++) {
        put_user(writer, &users->user[i]);
    }
    ribcl_put(writer, "</GET_ALL_USER_INFO>\r\n");
    connection_paid(connection);
}

static void finish(struct connection *connection, const char *what,
                   const char *login, enum ribcl_status status)
{
    if (status == RIBCL_OK) {
        journal_add(&connection_server(connection)->journal, JOURNAL_ILO,
                    "User %s %s by %s", login, what,
                    connection_session(connection)->login);
        connection_audit(connection, login, what);
    }
    connection_acted(connection, status, NULL);
}

/* What the act makes of a user; of the one that is there, if any. */
static void apply(const struct ribcl_act *act, const struct user *old,
                  const struct user_hash *hash, struct user *user)
{
    memset(user, 0, sizeof(*user));
    if (old) {
        *user = *old;
    }
    strcpy(user->login, act->login);
    user->privileges = (user->privileges | act->set) & ~act->clear;
    if (act->has_name) {
        strcpy(user->name, act->name);
    }
    if (hash) {
        user->hash = *hash;
    }
}

/* Looks anew who is there: others may have changed it meanwhile. */
static void save(struct connection *connection, const struct user_hash *hash)
{
    const struct ribcl_act *act = act_of(connection);
    struct users *users = users_of(connection);
    struct user user;

    if (act->kind == RIBCL_ACT_ADD_USER) {
        apply(act, NULL, hash, &user);
        finish(connection, "added", user.login, users_add(users, &user));
    } else {
        apply(act, users_find(users, act->login), hash, &user);
        finish(connection, "changed", user.login,
               users_change(users, &user));
    }
    explicit_bzero(&user, sizeof(user));
}

static void hashed(void *opaque, const uint8_t *key)
{
    struct job *job = opaque;

    memcpy(job->hash.key, key, KDF_KEY_SIZE);
    save(job->connection, &job->hash);
    explicit_bzero(job, sizeof(*job));
    g_free(job);
}

static void hash_and_save(struct connection *connection)
{
    struct server *server = connection_server(connection);
    struct job *job = g_new0(struct job, 1);

    job->connection = connection;
    if (!users_salt(&server->users, &job->hash) ||
        !kdf_submit(server->kdf, act_of(connection)->password,
                    job->hash.salt, job->hash.iterations, hashed, job)) {
        connection_acted(connection, RIBCL_TOO_MANY_LOGINS, NULL);
        g_free(job);
    }
}

static void add_user(struct connection *connection)
{
    if (users_find(users_of(connection), act_of(connection)->login)) {
        connection_acted(connection, RIBCL_USER_EXISTS, NULL);
    } else {
        hash_and_save(connection);
    }
}

static void mod_user(struct connection *connection)
{
    const struct ribcl_act *act = act_of(connection);

    if (!users_find(users_of(connection), act->login)) {
        connection_acted(connection, RIBCL_NO_USER, NULL);
    } else if (act->has_password) {
        hash_and_save(connection);
    } else {
        save(connection, NULL);
    }
}

static void delete_user(struct connection *connection)
{
    const char *login = act_of(connection)->login;

    finish(connection, "deleted", login,
           users_remove(users_of(connection), login));
}

void act_on_users(struct connection *connection)
{
    switch (act_of(connection)->kind) {
    case RIBCL_ACT_GET_ALL_USERS:
        get_all_users(connection);
        break;
    case RIBCL_ACT_GET_ALL_USER_INFO:
        get_all_user_info(connection);
        break;
    case RIBCL_ACT_GET_USER:
        get_user(connection);
        break;
    case RIBCL_ACT_ADD_USER:
        add_user(connection);
        break;
    case RIBCL_ACT_MOD_USER:
        mod_user(connection);
        break;
    case RIBCL_ACT_DELETE_USER:
        delete_user(connection);
        break;
    default:
        connection_acted(connection, RIBCL_NOT_SUPPORTED, NULL);
        break;
    }
}
