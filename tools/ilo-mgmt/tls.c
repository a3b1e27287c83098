/*
 * Key, certificate and sessions of TLS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <arpa/inet.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tls.h"

#define VALID_SECONDS (10 * 365 * 24 * 3600L)
#define SERIAL_SIZE 16
#define FINGERPRINT_SIZE 32

static gboolean complain(const char *what, int error)
{
    g_printerr("ilo-mgmt: %s: %s\n", what, gnutls_strerror(error));
    return FALSE;
}

static gboolean save(const char *path, const gnutls_datum_t *pem, int mode)
{
    GError *error = NULL;

    if (!g_file_set_contents_full(path, (char *)pem->data, pem->size,
                                  G_FILE_SET_CONTENTS_CONSISTENT |
                                  G_FILE_SET_CONTENTS_DURABLE, mode,
                                  &error)) {
        g_printerr("ilo-mgmt: %s\n", error->message);
        g_error_free(error);
        return FALSE;
    }
    return TRUE;
}

static int add_name(gnutls_x509_crt_t certificate, const char *name)
{
    uint8_t address[16];
    size_t size = inet_pton(AF_INET, name, address) == 1 ? 4 :
                  inet_pton(AF_INET6, name, address) == 1 ? 16 : 0;

    if (size > 0) {
        return gnutls_x509_crt_set_subject_alt_name(
            certificate, GNUTLS_SAN_IPADDRESS, address, size,
            GNUTLS_FSAN_APPEND);
    }
    return gnutls_x509_crt_set_subject_alt_name(
        certificate, GNUTLS_SAN_DNSNAME, name, strlen(name),
        GNUTLS_FSAN_APPEND);
}

/* The first error of many calls, none of which depends on the others. */
static void note(int *error, int result)
{
    if (*error >= 0 && result < 0) {
        *error = result;
    }
}

static int fill_certificate(gnutls_x509_crt_t certificate,
                            gnutls_x509_privkey_t key, char **names)
{
    uint8_t serial[SERIAL_SIZE], id[64];
    size_t id_size = sizeof(id);
    int error = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));

    serial[0] &= 0x7f;          /* positive, and not empty */
    serial[0] |= 0x40;
    note(&error, gnutls_x509_crt_set_version(certificate, 3));
    note(&error, gnutls_x509_crt_set_serial(certificate, serial,
                                            sizeof(serial)));
    note(&error, gnutls_x509_crt_set_activation_time(certificate,
                                                     time(NULL) - 3600));
    note(&error, gnutls_x509_crt_set_expiration_time(
        certificate, time(NULL) + VALID_SECONDS));
    note(&error, gnutls_x509_crt_set_dn_by_oid(
        certificate, GNUTLS_OID_X520_COMMON_NAME, 0, names[0],
        strlen(names[0])));
    for (unsigned i = 0; names[i]; i++) {
        note(&error, add_name(certificate, names[i]));
    }
    note(&error, gnutls_x509_crt_set_key(certificate, key));
    note(&error, gnutls_x509_crt_get_key_id(certificate, 0, id, &id_size));
    note(&error, gnutls_x509_crt_set_subject_key_id(certificate, id,
                                                    id_size));
    note(&error, gnutls_x509_crt_set_basic_constraints(certificate, 0, -1));
    note(&error, gnutls_x509_crt_set_key_usage(
        certificate, GNUTLS_KEY_DIGITAL_SIGNATURE));
    note(&error, gnutls_x509_crt_set_key_purpose_oid(
        certificate, GNUTLS_KP_TLS_WWW_SERVER, 0));
    note(&error, gnutls_x509_crt_sign2(certificate, certificate, key,
                                       GNUTLS_DIG_SHA256, 0));
    return error;
}

static gboolean make_pair(const char *certificate_path, const char *key_path,
                          char **names)
{
    gnutls_x509_privkey_t key;
    gnutls_x509_crt_t certificate;
    gnutls_datum_t key_pem = { NULL, 0 }, pem = { NULL, 0 };
    int error = gnutls_x509_privkey_init(&key);
    gboolean saved;

    if (error < 0) {
        return complain("key", error);
    }
    error = gnutls_x509_crt_init(&certificate);
    if (error < 0) {
        gnutls_x509_privkey_deinit(key);
        return complain("certificate", error);
    }
    note(&error, gnutls_x509_privkey_generate(
        key, GNUTLS_PK_ECDSA,
        GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
    note(&error, error < 0 ? error :
         fill_certificate(certificate, key, names));
    note(&error, gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM,
                                                   NULL, 0, &key_pem));
    note(&error, gnutls_x509_crt_export2(certificate, GNUTLS_X509_FMT_PEM,
                                         &pem));
    /* The certificate last: it stands for the pair. */
    saved = error >= 0 ? save(key_path, &key_pem, 0600) &&
                         save(certificate_path, &pem, 0644) :
                         complain("certificate", error);
    if (key_pem.data) {
        explicit_bzero(key_pem.data, key_pem.size);
    }
    gnutls_free(key_pem.data);
    gnutls_free(pem.data);
    gnutls_x509_crt_deinit(certificate);
    gnutls_x509_privkey_deinit(key);
    return saved;
}

static char *fingerprint(const gnutls_datum_t *der)
{
    uint8_t hash[FINGERPRINT_SIZE];
    GString *text = g_string_new("sha256:");

    gnutls_hash_fast(GNUTLS_DIG_SHA256, der->data, der->size, hash);
    for (unsigned i = 0; i < sizeof(hash); i++) {
        g_string_append_printf(text, "%02x", hash[i]);
    }
    return g_string_free(text, FALSE);
}

static gboolean load(struct tls *tls, const char *certificate,
                     const char *key)
{
    gnutls_datum_t der;
    int error = gnutls_certificate_allocate_credentials(&tls->credentials);

    if (error < 0) {
        return complain("TLS", error);
    }
    error = gnutls_certificate_set_x509_key_file(
        tls->credentials, certificate, key, GNUTLS_X509_FMT_PEM);
    if (error < 0) {
        g_printerr("ilo-mgmt: %s and %s: %s; they are PEM files of a "
                   "certificate and its key\n", certificate, key,
                   gnutls_strerror(error));
        return FALSE;
    }
    error = gnutls_certificate_get_crt_raw(tls->credentials, 0, 0, &der);
    if (error < 0) {
        return complain(certificate, error);
    }
    tls->fingerprint = fingerprint(&der);
    return TRUE;
}

gboolean tls_init(struct tls *tls, const char *certificate, const char *key,
                  const char *state, char **names)
{
    char *own_certificate = g_build_filename(state, "certificate.pem", NULL);
    char *own_key = g_build_filename(state, "key.pem", NULL);
    gboolean fine = TRUE;
    int error;

    memset(tls, 0, sizeof(*tls));
    if (!certificate && access(own_certificate, F_OK) < 0) {
        fine = make_pair(own_certificate, own_key, names);
    }
    fine = fine && load(tls, certificate ? certificate : own_certificate,
                        key ? key : own_key);
    g_free(own_certificate);
    g_free(own_key);
    if (!fine) {
        return FALSE;
    }
    error = gnutls_priority_init(&tls->priority, TLS_PRIORITY, NULL);
    return error < 0 ? complain("TLS", error) : TRUE;
}

void tls_close(struct tls *tls)
{
    gnutls_certificate_free_credentials(tls->credentials);
    gnutls_priority_deinit(tls->priority);
    g_free(tls->fingerprint);
}

gnutls_session_t tls_accept(struct tls *tls, int fd)
{
    gnutls_session_t session;

    if (gnutls_init(&session, GNUTLS_SERVER | GNUTLS_NONBLOCK |
                    GNUTLS_NO_SIGNAL) < 0) {
        return NULL;
    }
    if (gnutls_priority_set(session, tls->priority) < 0 ||
        gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                               tls->credentials) < 0) {
        gnutls_deinit(session);
        return NULL;
    }
    gnutls_transport_set_int(session, fd);
    /* Our own clock watches over it. */
    gnutls_handshake_set_timeout(session, GNUTLS_INDEFINITE_TIMEOUT);
    return session;
}
