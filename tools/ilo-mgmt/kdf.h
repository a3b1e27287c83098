/*
 * PBKDF2 with HMAC-SHA-256 (RFC 8018 5.2), one password at a time and in
 * slices of about a millisecond, when nothing else is to be done: whoever
 * tries passwords holds nobody else up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_KDF_H
#define ILO_MGMT_KDF_H

#include <glib.h>
#include <stdint.h>

#define KDF_SALT_SIZE 16
#define KDF_KEY_SIZE 32
#define KDF_ITERATIONS 600000
#define KDF_ITERATIONS_MIN 1000
#define KDF_ITERATIONS_MAX 10000000
#define KDF_QUEUE_MAX 16

struct kdf;

typedef void kdf_done(void *opaque, const uint8_t *key);

struct kdf *kdf_new(void);

/* Drops all jobs, and calls nobody back. */
void kdf_free(struct kdf *kdf);

/*
 * Derives a key in the background; false when too many wait.  The password
 * is not kept.
 */
gboolean kdf_submit(struct kdf *kdf, const char *password,
                    const uint8_t salt[KDF_SALT_SIZE], unsigned iterations,
                    kdf_done *done, void *opaque);

#endif
