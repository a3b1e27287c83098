/*
 * Whether an iLO is the one that is meant: by a CA, by a fingerprint, or by
 * what was there the first time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "channel.h"

#define HASH_SIZE 32
#define FINGERPRINT_SIZE (sizeof("sha256:") + 2 * HASH_SIZE)

/* "sha256:HEX" of the server's certificate. */
static bool fingerprint(struct channel *channel, char text[FINGERPRINT_SIZE])
{
    unsigned count = 0;
    const gnutls_datum_t *der =
        gnutls_certificate_get_peers(channel->session, &count);
    uint8_t hash[HASH_SIZE];

    if (!der || count == 0 ||
        gnutls_hash_fast(GNUTLS_DIG_SHA256, der[0].data, der[0].size,
                         hash) < 0) {
        return false;
    }
    strcpy(text, "sha256:");
    for (unsigned i = 0; i < HASH_SIZE; i++) {
        sprintf(text + strlen(text), "%02x", hash[i]);
    }
    return true;
}

static int check_ca(struct channel *channel)
{
    const struct options *options = channel->options;
    unsigned problems = 0;
    gnutls_datum_t text;
    int loaded = gnutls_certificate_set_x509_trust_file(
        channel->credentials, options->ca_file, GNUTLS_X509_FMT_PEM);

    if (loaded <= 0) {
        return complain(EXIT_ENVIRONMENT, "%s: %s", options->ca_file,
                        loaded < 0 ? gnutls_strerror(loaded) :
                                     "holds no certificate");
    }
    if (gnutls_certificate_verify_peers3(channel->session, options->host,
                                         &problems) < 0) {
        return complain(EXIT_ENVIRONMENT, "%s: has no certificate to verify",
                        options->server);
    }
    if (problems == 0) {
        return EXIT_OK;
    }
    gnutls_certificate_verification_status_print(problems, GNUTLS_CRT_X509,
                                                 &text, 0);
    complain(EXIT_ENVIRONMENT, "%s: bad certificate: %s The password was not "
             "sent.", options->server, text.data);
    gnutls_free(text.data);
    return EXIT_ENVIRONMENT;
}

static int check_fingerprint(const struct options *options, const char *found)
{
    if (g_ascii_strcasecmp(options->fingerprint, found) == 0) {
        return EXIT_OK;
    }
    return complain(EXIT_ENVIRONMENT, "%s: bad certificate: it is %s, not %s. "
                    "The password was not sent.", options->server, found,
                    options->fingerprint);
}

/* What is remembered of this iLO, to be freed; NULL when nothing is. */
static char *recall(const struct options *options, const char *name)
{
    char *text = NULL, *found = NULL, **lines;

    if (!g_file_get_contents(options->known, &text, NULL, NULL)) {
        return NULL;
    }
    lines = g_strsplit(text, "\n", 0);
    for (unsigned i = 0; lines[i] && !found; i++) {
        char *blank = strchr(lines[i], ' ');

        if (blank && (size_t)(blank - lines[i]) == strlen(name) &&
            g_str_has_prefix(lines[i], name)) {
            found = g_strdup(g_strstrip(blank));
        }
    }
    g_strfreev(lines);
    g_free(text);
    return found;
}

/* One line is written at once, so that two at a time do not mix. */
static bool remember(const struct options *options, const char *name,
                     const char *found)
{
    char *folder = g_path_get_dirname(options->known);
    char *line = g_strdup_printf("%s %s\n", name, found);
    ssize_t length = strlen(line);
    bool written = false;
    int fd = -1;

    if (g_mkdir_with_parents(folder, 0700) == 0) {
        fd = open(options->known, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC,
                  0600);
    }
    if (fd >= 0) {
        written = write(fd, line, length) == length;
        close(fd);
    }
    g_free(folder);
    g_free(line);
    return written;
}

static int check_known(const struct options *options, const char *found)
{
    char *name = g_strdup_printf("[%s]:%s", options->host, options->port);
    char *known = recall(options, name);
    int status = EXIT_OK;

    if (!known) {
        if (remember(options, name, found)) {
            complain(0, "%s: first contact; its certificate is remembered: "
                     "%s", options->server, found);
        } else {
            status = complain(EXIT_ENVIRONMENT, "%s: %s; the certificate "
                              "cannot be remembered: see --known",
                              options->known, strerror(errno));
        }
    } else if (strcmp(known, found) != 0) {
        status = complain(EXIT_ENVIRONMENT, "%s: bad certificate: it is %s, "
                          "and was %s. The password was not sent. If iLO has "
                          "a new one, remove the line of %s from %s.",
                          options->server, found, known, name,
                          options->known);
    }
    g_free(known);
    g_free(name);
    return status;
}

int trust_check(struct channel *channel)
{
    const struct options *options = channel->options;
    char found[FINGERPRINT_SIZE];

    if (options->ca_file) {
        return check_ca(channel);
    }
    if (!fingerprint(channel, found)) {
        return complain(EXIT_ENVIRONMENT, "%s: has no certificate",
                        options->server);
    }
    if (options->insecure) {
        complain(0, "warning: %s: nobody vouches for %s", options->server,
                 found);
        return EXIT_OK;
    }
    return options->fingerprint ? check_fingerprint(options, found) :
                                  check_known(options, found);
}
