/*
 * Prints a configuration as people may write it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ev-print.h"

#define VALUE_MAX 520               /* a secret of 255 bytes in hex */

struct print {
    uint32_t state;                 /* of the chance; 0: none */
    unsigned lines;
    enum ev_variable_id variable[EV_VARIABLES];
    char value[EV_VARIABLES][VALUE_MAX];
    char *text;
    size_t length;
};

/* Marsaglia's xorshift; without a seed always the first choice, 0. */
static uint32_t draw(struct print *p, uint32_t below)
{
    p->state ^= p->state << 13;
    p->state ^= p->state >> 17;
    p->state ^= p->state << 5;
    return p->state % below;
}

static void __attribute__((format(printf, 3, 4)))
put(struct print *p, enum ev_variable_id variable, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    vsnprintf(p->value[p->lines], VALUE_MAX, format, values);
    va_end(values);
    p->variable[p->lines++] = variable;
}

/* A variable that has its default may be left out, or be empty. */
static bool is_left_out(struct print *p, enum ev_variable_id variable)
{
    switch (draw(p, 3)) {
    case 0:
        return false;
    case 1:
        put(p, variable, "%s", "");
        return true;
    default:
        return true;
    }
}

static void put_address(struct print *p, enum ev_variable_id variable,
                        const uint8_t address[4])
{
    static const char *const formats[] = {
        "%u.%u.%u.%u", "%03u.%03u.%03u.%03u", "%u.%02u.%u.%03u"
    };

    put(p, variable, formats[draw(p, 3)], address[0], address[1], address[2],
        address[3]);
}

static void put_number(struct print *p, enum ev_variable_id variable,
                       unsigned number, unsigned fallback)
{
    if (number != fallback || !is_left_out(p, variable)) {
        put(p, variable, draw(p, 2) ? "%06u" : "%u", number);
    }
}

static void put_boolean(struct print *p, enum ev_variable_id variable,
                        bool value)
{
    static const char *const words[2][4] = {
        { "False", "FALSE", "false", "0" }, { "True", "TRUE", "true", "1" }
    };

    if (value || !is_left_out(p, variable)) {
        put(p, variable, "%s", words[value][draw(p, 4)]);
    }
}

static void put_laa(struct print *p, const uint8_t laa[6])
{
    static const uint8_t own[6];

    if (memcmp(laa, own, sizeof(own)) != 0 || !is_left_out(p, EV_LAA)) {
        put(p, EV_LAA, draw(p, 2) ? "%02X%02X%02X%02X%02X%02X" :
            "%02x%02x%02x%02x%02x%02x", laa[0], laa[1], laa[2], laa[3],
            laa[4], laa[5]);
    }
}

static bool is_plain(const struct ev_secret *secret)
{
    bool other = false;

    for (unsigned i = 0; i < secret->length; i++) {
        if (secret->bytes[i] <= ' ' || secret->bytes[i] > '~') {
            return false;
        }
        other |= secret->bytes[i] != '*';
    }
    return other && memcmp(secret->bytes, "0x", 2) != 0 &&
           memcmp(secret->bytes, "CHAP", 4) != 0;
}

static void put_secret(struct print *p, enum ev_variable_id variable,
                       const struct ev_secret *secret)
{
    char hex[2 * EV_SECRET_MAX + 1];

    if (is_plain(secret) && draw(p, 2) == 0) {
        put(p, variable, "%.*s", secret->length,
            (const char *)secret->bytes);
        return;
    }
    for (unsigned i = 0; i < secret->length; i++) {
        snprintf(hex + 2 * i, 3, draw(p, 2) ? "%02X" : "%02x",
                 secret->bytes[i]);
    }
    put(p, variable, "0x%s", hex);
}

static void put_auth(struct print *p, const struct ev_boot_config *config)
{
    static const char *const words[] = { "None", "CHAP", "MutualCHAP" };

    if (config->auth != EV_AUTH_NONE || !is_left_out(p, EV_AUTH_METHOD)) {
        put(p, EV_AUTH_METHOD, "%s", words[config->auth]);
    }
    if (config->auth != EV_AUTH_NONE) {
        put(p, EV_CHAP_USERNAME, "%s", config->chap_username);
        put_secret(p, EV_CHAP_SECRET, &config->chap_secret);
    }
    if (config->auth == EV_AUTH_MUTUAL_CHAP) {
        put_secret(p, EV_CHAP_MSECRET, &config->chap_msecret);
    }
}

static void put_network(struct print *p, const struct ev_boot_config *config)
{
    static const uint8_t none[4];

    put_address(p, EV_TARGET_IP, config->portal[0].address);
    put_number(p, EV_TARGET_PORT, config->portal[0].port, 3260);
    if (config->portals > 1) {
        put_address(p, EV_TARGET_IP2, config->portal[1].address);
        put_number(p, EV_TARGET_PORT2, config->portal[1].port, 3260);
    }
    put_address(p, EV_INITIATOR_IP, config->initiator_ip);
    put_address(p, EV_INITIATOR_NETMASK, config->netmask);
    if (memcmp(config->gateway, none, sizeof(none)) != 0 ||
        !is_left_out(p, EV_INITIATOR_ROUTE)) {
        put_address(p, EV_INITIATOR_ROUTE, config->gateway);
    }
    put_laa(p, config->laa);
    if (config->vlan) {
        put_number(p, EV_VLAN, config->vlan, 0);
    } else if (!is_left_out(p, EV_VLAN)) {
        put(p, EV_VLAN, "Disabled");
    }
}

/* The lines in an order of chance. */
static void shuffle(struct print *p)
{
    for (unsigned left = p->state ? p->lines : 0; left > 1; left--) {
        unsigned a = draw(p, left), b = left - 1;
        enum ev_variable_id variable = p->variable[a];
        char value[VALUE_MAX];

        memcpy(value, p->value[a], VALUE_MAX);
        p->variable[a] = p->variable[b];
        memcpy(p->value[a], p->value[b], VALUE_MAX);
        p->variable[b] = variable;
        memcpy(p->value[b], value, VALUE_MAX);
    }
}

static void append(struct print *p, const char *string)
{
    size_t length = strlen(string);

    memcpy(p->text + p->length, string, length);
    p->length += length;
}

static void append_lines(struct print *p)
{
    static const char *const blanks[] = { "", " ", "\t ", "   " };
    static const char *const ends[] = {
        "\n", "\r\n", "\x20\n", "\n\n", "\n# LUN=9\n", "\t\r\n"
    };

    if (draw(p, 4) == 1) {
        append(p, "\xef\xbb\xbf");
    }
    for (unsigned i = 0; i < p->lines; i++) {
        append(p, blanks[draw(p, 4)]);
        append(p, ev_variables[p->variable[i]].name);
        append(p, blanks[draw(p, 4)]);
        append(p, "=");
        append(p, blanks[draw(p, 4)]);
        append(p, p->value[i]);
        append(p, ends[draw(p, 6)]);
    }
    if (draw(p, 4) == 1) {
        append(p, "\x1aLUN=7\n");
    }
}

size_t ev_print(const struct ev_boot_config *config, uint32_t seed,
                char text[EV_PRINT_MAX])
{
    struct print p;

    memset(&p, 0, sizeof(p));
    p.state = seed;
    p.text = text;
    put(&p, EV_TARGET_NAME, "%s", config->target_name);
    put(&p, EV_INITIATOR_NAME, "%s", config->initiator_name);
    put_network(&p, config);
    put_number(&p, EV_LUN, config->lun, 0);
    put_boolean(&p, EV_FORCE_BOOT, config->force_boot);
    put_boolean(&p, EV_DATA_DIGEST, config->data_digest);
    put_boolean(&p, EV_HEADER_DIGEST, config->header_digest);
    put_auth(&p, config);
    shuffle(&p);
    append_lines(&p);
    return p.length;
}
