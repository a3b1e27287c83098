/*
 * PBKDF2 in slices.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <string.h>

#include "kdf.h"

#define SLICE 1000              /* iterations, about 1 ms */

struct job {
    gnutls_hmac_hd_t hmac;      /* keyed with the password */
    uint8_t last[KDF_KEY_SIZE];
    uint8_t key[KDF_KEY_SIZE];
    unsigned left;
    kdf_done *done;
    void *opaque;
};

struct kdf {
    GQueue jobs;
    guint idle;
};

static void job_free(struct job *job)
{
    gnutls_hmac_deinit(job->hmac, NULL);
    gnutls_memset(job, 0, sizeof(*job));
    g_free(job);
}

/* One block of one key: KDF_KEY_SIZE is that of the hash. */
static void iterate(struct job *job, unsigned count)
{
    for (; count > 0; count--) {
        gnutls_hmac(job->hmac, job->last, KDF_KEY_SIZE);
        gnutls_hmac_output(job->hmac, job->last);
        for (unsigned i = 0; i < KDF_KEY_SIZE; i++) {
            job->key[i] ^= job->last[i];
        }
    }
}

static gboolean work(gpointer opaque)
{
    struct kdf *kdf = opaque;
    struct job *job = g_queue_peek_head(&kdf->jobs);
    unsigned count = MIN(job->left, SLICE);

    iterate(job, count);
    job->left -= count;
    if (job->left == 0) {
        g_queue_pop_head(&kdf->jobs);
        job->done(job->opaque, job->key);
        job_free(job);
    }
    if (g_queue_is_empty(&kdf->jobs)) {
        kdf->idle = 0;
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

struct kdf *kdf_new(void)
{
    struct kdf *kdf = g_new0(struct kdf, 1);

    g_queue_init(&kdf->jobs);
    return kdf;
}

void kdf_free(struct kdf *kdf)
{
    g_queue_clear_full(&kdf->jobs, (GDestroyNotify)job_free);
    if (kdf->idle) {
        g_source_remove(kdf->idle);
    }
    g_free(kdf);
}

gboolean kdf_submit(struct kdf *kdf, const char *password,
                    const uint8_t salt[KDF_SALT_SIZE], unsigned iterations,
                    kdf_done *done, void *opaque)
{
    static const uint8_t first_block[] = { 0, 0, 0, 1 };
    struct job *job;

    if (g_queue_get_length(&kdf->jobs) >= KDF_QUEUE_MAX) {
        return FALSE;
    }
    job = g_new0(struct job, 1);
    if (gnutls_hmac_init(&job->hmac, GNUTLS_MAC_SHA256, password,
                         strlen(password)) < 0) {
        g_free(job);
        return FALSE;
    }
    job->left = iterations - 1;
    job->done = done;
    job->opaque = opaque;
    gnutls_hmac(job->hmac, salt, KDF_SALT_SIZE);
    gnutls_hmac(job->hmac, first_block, sizeof(first_block));
    gnutls_hmac_output(job->hmac, job->last);
    memcpy(job->key, job->last, KDF_KEY_SIZE);
    g_queue_push_tail(&kdf->jobs, job);
    if (!kdf->idle) {
        kdf->idle = g_idle_add(work, kdf);
    }
    return TRUE;
}
