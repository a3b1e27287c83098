/*
 * Logins: delays, hashes, and what the logs say of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <gnutls/gnutls.h>
#include <string.h>

#include "login.h"

struct job {
    struct server *server;
    char login[RIBCL_NAME_MAX + 1];     /* empty: nobody has this one */
    struct user_hash hash;
    char source[64];
    uint8_t address[DELAY_SOURCE_SIZE];
    login_done *done;
    void *opaque;
};

static void audit(const struct job *job, const char *result)
{
    /* What nobody is called may be a password in the wrong place. */
    journal_audit(&job->server->journal, job->source,
                  job->login[0] ? job->login : "(unknown)", "LOGIN", result);
}

/* Ends the job: nobody may say more than that it did not work. */
static void reject(struct job *job, unsigned seconds)
{
    char detail[96] = "Login failed.";

    if (seconds > 0) {
        g_snprintf(detail, sizeof(detail),
                   "Login failed. Logins are delayed; try again in %u s.",
                   seconds);
    }
    audit(job, detail);
    job->done(job->opaque, RIBCL_REJECTED, detail, 0);
    g_free(job);
}

static void judge(void *opaque, const uint8_t *key)
{
    struct job *job = opaque;
    struct server *server = job->server;
    struct user *user = users_find(&server->users, job->login);
    bool right = gnutls_memcmp(key, job->hash.key, KDF_KEY_SIZE) == 0;
    /* Others may have failed while this one was under way. */
    unsigned left = delay_left(&server->delay, job->address, server_now());

    if (left > 0) {
        reject(job, left);
    } else if (!right || !user) {
        delay_failed(&server->delay, job->address, server_now());
        journal_add(&server->journal, JOURNAL_ILO,
                    "Login failed: %s from %s",
                    user ? job->login : "unknown user", job->source);
        reject(job, 0);
    } else {
        delay_worked(&server->delay, job->address);
        journal_add(&server->journal, JOURNAL_ILO, "Login: %s from %s",
                    job->login, job->source);
        audit(job, "No error");
        job->done(job->opaque, RIBCL_OK, NULL, user->privileges);
        g_free(job);
    }
}

void login_try(struct server *server, const struct login_attempt *attempt,
               login_done *done, void *opaque)
{
    struct job *job = g_new0(struct job, 1);
    struct user *user = users_find(&server->users, attempt->login);
    unsigned left = delay_left(&server->delay, attempt->address,
                               server_now());

    job->server = server;
    job->done = done;
    job->opaque = opaque;
    job->hash = user ? user->hash : server->users.nobody;
    g_strlcpy(job->login, user ? user->login : "", sizeof(job->login));
    g_strlcpy(job->source, attempt->source, sizeof(job->source));
    memcpy(job->address, attempt->address, DELAY_SOURCE_SIZE);
    if (left > 0) {
        reject(job, left);
    } else if (!kdf_submit(server->kdf, attempt->password, job->hash.salt,
                           job->hash.iterations, judge, job)) {
        audit(job, ribcl_status_text(RIBCL_TOO_MANY_LOGINS));
        done(opaque, RIBCL_TOO_MANY_LOGINS, NULL, 0);
        g_free(job);
    }
}
