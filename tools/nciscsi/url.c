/*
 * URLs of LUNs, targets and portals, as users of libiscsi write them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "url.h"

#define SCHEME  "iscsi://"
#define LUN_MAX 16383           /* flat addressing: SAM-5 4.7.7.4 */

/* Forgets a secret before its memory is used again. */
static void free_secret(char *secret)
{
    if (secret) {
        explicit_bzero(secret, strlen(secret));
        g_free(secret);
    }
}

void url_free(struct url *url)
{
    if (url) {
        g_free(url->portal);
        g_free(url->target);
        g_free(url->user);
        g_free(url->target_user);
        free_secret(url->secret);
        free_secret(url->target_secret);
        g_free(url);
    }
}

/* Cuts @text at the first of @stops; returns what is behind, or NULL. */
static char *cut(char *text, char stop)
{
    char *at = strchr(text, stop);

    if (!at) {
        return NULL;
    }
    *at = '\0';
    return at + 1;
}

/* A copy in which %XX has become a byte; NULL if one is no such. */
static char *unescape(const char *text)
{
    char *bytes = g_malloc(strlen(text) + 1), *to = bytes;

    for (; *text; text++) {
        if (*text != '%') {
            *to++ = *text;
        } else if (g_ascii_isxdigit(text[1]) && g_ascii_isxdigit(text[2]) &&
                   strncmp(text + 1, "00", 2)) {
            *to++ = g_ascii_xdigit_value(text[1]) << 4 |
                    g_ascii_xdigit_value(text[2]);
            text += 2;
        } else {
            *to = '\0';
            free_secret(bytes);
            return NULL;
        }
    }
    *to = '\0';
    return bytes;
}

static bool set_secret(char **secret, const char *text, char **problem)
{
    free_secret(*secret);
    *secret = unescape(text);
    if (!*secret) {
        *problem = g_strdup("URL: in the secret, % stands before two "
                            "hexadecimal digits that are not 00; write %25 "
                            "for the sign itself");
    }
    return *secret != NULL;
}

/* "user[%secret]" */
static bool parse_user(struct url *url, char *text, char **problem)
{
    char *secret = cut(text, '%');

    url->user = g_strdup(text);
    if (!*text) {
        *problem = g_strdup("URL: no user stands before @");
        return false;
    }
    return !secret || set_secret(&url->secret, secret, problem);
}

static bool parse_raw_lun(const char *digits, uint8_t lun[8])
{
    unsigned i;

    for (i = 0; i < 16; i++) {
        if (!g_ascii_isxdigit(digits[i])) {
            return false;
        }
        lun[i / 2] = lun[i / 2] << 4 | g_ascii_xdigit_value(digits[i]);
    }
    return digits[16] == '\0';
}

static bool parse_lun(struct url *url, const char *text, char **problem)
{
    guint64 number;

    url->has_lun = true;
    if (g_str_has_prefix(text, "0x") && parse_raw_lun(text + 2, url->lun)) {
        return true;
    }
    if (g_ascii_string_to_unsigned(text, 10, 0, LUN_MAX, &number, NULL)) {
        iscsi_lun_from_number(number, url->lun);
        return true;
    }
    *problem = g_strdup_printf("URL: LUN '%s': a number up to %u, or 0x and "
                               "16 hexadecimal digits", text, LUN_MAX);
    return false;
}

static bool parse_digest(const char *name, const char *value, bool *on,
                         char **problem)
{
    *on = g_ascii_strcasecmp(value, "crc32c") == 0;
    if (*on || g_ascii_strcasecmp(value, "none") == 0) {
        return true;
    }
    *problem = g_strdup_printf("URL: %s=%s: there is none and crc32c", name,
                               value);
    return false;
}

static bool parse_option(struct url *url, char *text, char **problem)
{
    char *value = cut(text, '=');

    if (value && strcmp(text, "target_user") == 0) {
        g_free(url->target_user);
        url->target_user = g_strdup(value);
        return true;
    }
    if (value && strcmp(text, "target_password") == 0) {
        return set_secret(&url->target_secret, value, problem);
    }
    if (value && strcmp(text, "header_digest") == 0) {
        return parse_digest(text, value, &url->header_digest, problem);
    }
    if (value && strcmp(text, "data_digest") == 0) {
        return parse_digest(text, value, &url->data_digest, problem);
    }
    *problem = g_strdup_printf("URL: unknown option '%s': there is "
                               "target_user=, target_password=, "
                               "header_digest= and data_digest=", text);
    return false;
}

static bool parse_options(struct url *url, char *text, char **problem)
{
    char *next;

    for (; text && *text; text = next) {
        next = cut(text, '&');
        if (!parse_option(url, text, problem)) {
            return false;
        }
    }
    return true;
}

static bool parse_path(struct url *url, char *path, char **problem)
{
    char *lun = cut(path, '/');

    if (*path) {
        url->target = g_strdup(path);
    } else if (lun) {
        *problem = g_strdup("URL: no target stands before the LUN");
        return false;
    }
    return !lun || !*lun || parse_lun(url, lun, problem);
}

/* Takes @text apart, in place. */
static bool parse(struct url *url, char *text, char **problem)
{
    char *options = cut(text, '?');
    char *at = strrchr(text, '@');
    char *path;

    if (at) {
        *at = '\0';
        if (!parse_user(url, text, problem)) {
            return false;
        }
        text = at + 1;
    }
    path = cut(text, '/');
    if (!*text) {
        *problem = g_strdup("URL: no host; write "
                            "iscsi://host[:port]/target/lun");
        return false;
    }
    url->portal = g_strdup(text);
    return (!path || parse_path(url, path, problem)) &&
           parse_options(url, options, problem);
}

struct url *url_parse(const char *text, char **problem)
{
    struct url *url = g_new0(struct url, 1);
    char *copy;

    if (g_str_has_prefix(text, SCHEME)) {
        text += strlen(SCHEME);
    }
    copy = g_strdup(text);
    if (!parse(url, copy, problem)) {
        url_free(url);
        url = NULL;
    }
    explicit_bzero(copy, strlen(text));
    g_free(copy);
    return url;
}
