/*
 * TLS: versions, key and certificate of the daemon.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_TLS_H
#define ILO_MGMT_TLS_H

#include <glib.h>
#include <gnutls/gnutls.h>

/* TLS 1.2 and 1.3, ciphers of at least 128 bits, none without a MAC. */
#define TLS_PRIORITY "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:" \
                     "-RSA:-SHA1:%SERVER_PRECEDENCE"

struct tls {
    gnutls_certificate_credentials_t credentials;
    gnutls_priority_t priority;
    char *fingerprint;          /* sha256:HEX of the certificate */
};

/*
 * Loads the operator's PEM files; or those in the folder @state, which it
 * makes at the first start for the host names and addresses @names.  False
 * after saying what is wrong.
 */
gboolean tls_init(struct tls *tls, const char *certificate, const char *key,
                  const char *state, char **names);
void tls_close(struct tls *tls);

/* A server's end of a connection over @fd; NULL when there is no memory. */
gnutls_session_t tls_accept(struct tls *tls, int fd);

#endif
