/*
 * Values: one parser for each kind of variable.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ev-internal.h"

#define DIGITS_MAX 10               /* of a number, leading zeros too */
#define OCTET_DIGITS_MAX 3
#define SECRET_USUAL_MAX 16         /* what Microsoft's initiator takes */

typedef enum ev_error (*parse_function)(const struct ev_variable *variable,
                                        struct ev_slice value, void *member);

static const size_t members[EV_VARIABLES] = {
    [EV_TARGET_NAME] = offsetof(struct ev_boot_config, target_name),
    [EV_TARGET_IP] = offsetof(struct ev_boot_config, portal[0].address),
    [EV_INITIATOR_NAME] = offsetof(struct ev_boot_config, initiator_name),
    [EV_INITIATOR_IP] = offsetof(struct ev_boot_config, initiator_ip),
    [EV_INITIATOR_NETMASK] = offsetof(struct ev_boot_config, netmask),
    [EV_INITIATOR_ROUTE] = offsetof(struct ev_boot_config, gateway),
    [EV_TARGET_PORT] = offsetof(struct ev_boot_config, portal[0].port),
    [EV_TARGET_IP2] = offsetof(struct ev_boot_config, portal[1].address),
    [EV_TARGET_PORT2] = offsetof(struct ev_boot_config, portal[1].port),
    [EV_LAA] = offsetof(struct ev_boot_config, laa),
    [EV_VLAN] = offsetof(struct ev_boot_config, vlan),
    [EV_LUN] = offsetof(struct ev_boot_config, lun),
    [EV_FORCE_BOOT] = offsetof(struct ev_boot_config, force_boot),
    [EV_DATA_DIGEST] = offsetof(struct ev_boot_config, data_digest),
    [EV_HEADER_DIGEST] = offsetof(struct ev_boot_config, header_digest),
    [EV_AUTH_METHOD] = offsetof(struct ev_boot_config, auth),
    [EV_CHAP_USERNAME] = offsetof(struct ev_boot_config, chap_username),
    [EV_CHAP_SECRET] = offsetof(struct ev_boot_config, chap_secret),
    [EV_CHAP_MSECRET] = offsetof(struct ev_boot_config, chap_msecret),
};

/* Takes a decimal number off the front; false when there is none. */
static bool take_decimal(struct ev_slice *text, unsigned digits_max,
                         uint64_t *number)
{
    unsigned digits = 0;

    *number = 0;
    while (text->length > 0 && *text->start >= '0' && *text->start <= '9') {
        if (++digits > digits_max) {
            return false;
        }
        *number = *number * 10 + (*text->start - '0');
        text->start++;
        text->length--;
    }
    return digits > 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* @count bytes out of twice as many hex digits. */
static bool take_hex(const char *digits, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int high = hex_digit(digits[2 * i]);
        int low = hex_digit(digits[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = high << 4 | low;
    }
    return true;
}

static bool all_in(struct ev_slice text, const char *allowed)
{
    for (size_t i = 0; i < text.length; i++) {
        const char *p = allowed;

        while (*p && *p != text.start[i]) {
            p++;
        }
        if (!*p) {
            return false;
        }
    }
    return true;
}

static bool any_of(struct ev_slice value, const char *const *words)
{
    for (; *words; words++) {
        if (ev_slice_is(value, *words)) {
            return true;
        }
    }
    return false;
}

static void copy_string(struct ev_slice value, char *to)
{
    memcpy(to, value.start, value.length);
    to[value.length] = '\0';
}

/* RFC 7143 4.2.7.4: iqn.yyyy-mm.naming-authority[:string] */
static bool iqn_is_well_formed(struct ev_slice name)
{
    static const char digits[] = "0123456789";
    const char *p = name.start;

    return name.length > 12 && all_in((struct ev_slice) { p + 4, 4 }, digits) &&
           p[8] == '-' && all_in((struct ev_slice) { p + 9, 2 }, digits) &&
           p[11] == '.' && all_in(name, "abcdefghijklmnopqrstuvwxyz"
                                        "0123456789-.:");
}

/* RFC 7143 4.2.7.5, 4.2.7.6: 16 hex digits; naa. also 32. */
static bool number_is_well_formed(struct ev_slice name)
{
    struct ev_slice number = { name.start + 4, name.length - 4 };

    return all_in(number, "0123456789abcdefABCDEF") &&
           (number.length == 16 ||
            (number.length == 32 && ev_slice_begins(name, "naa.")));
}

static enum ev_error parse_iscsi_name(const struct ev_variable *variable,
                                      struct ev_slice value, void *member)
{
    bool iqn = ev_slice_begins(value, "iqn.");

    if (!iqn && !ev_slice_begins(value, "eui.") &&
        !ev_slice_begins(value, "naa.")) {
        return EV_VALUE_REFUSED;
    }
    if (value.length < variable->min || value.length > variable->max) {
        return EV_VALUE_LENGTH;
    }
    for (size_t i = 0; i < value.length; i++) {
        if (value.start[i] == ' ') {
            return EV_VALUE_REFUSED;
        }
    }
    copy_string(value, member);
    return (iqn ? iqn_is_well_formed(value) : number_is_well_formed(value)) ?
           EV_OK : EV_WARNING_NAME_FORM;
}

/* Decimal whatever the leading zeros: the vendor's sample has them. */
static bool take_address(struct ev_slice value, uint8_t address[4])
{
    uint64_t octet;

    for (unsigned i = 0; i < 4; i++) {
        if (i > 0) {
            if (value.length == 0 || *value.start != '.') {
                return false;
            }
            value.start++;
            value.length--;
        }
        if (!take_decimal(&value, OCTET_DIGITS_MAX, &octet) || octet > 255) {
            return false;
        }
        address[i] = octet;
    }
    return value.length == 0;
}

static enum ev_error parse_address(const struct ev_variable *variable,
                                   struct ev_slice value, void *member)
{
    uint8_t address[4];

    /* Not this network, loopback, multicast and above: RFC 6890. */
    if (!take_address(value, address) || address[0] == 0 ||
        address[0] == 127 || address[0] >= 224) {
        return EV_VALUE_REFUSED;
    }
    memcpy(member, address, sizeof(address));
    return EV_OK;
}

static enum ev_error parse_route(const struct ev_variable *variable,
                                 struct ev_slice value, void *member)
{
    static const uint8_t none[4];
    uint8_t address[4];

    if (take_address(value, address) &&
        memcmp(address, none, sizeof(none)) == 0) {
        memcpy(member, none, sizeof(none));
        return EV_OK;
    }
    return parse_address(variable, value, member);
}

static enum ev_error parse_netmask(const struct ev_variable *variable,
                                   struct ev_slice value, void *member)
{
    uint8_t mask[4];
    uint32_t zeros;

    if (!take_address(value, mask)) {
        return EV_VALUE_REFUSED;
    }
    zeros = ~((uint32_t)mask[0] << 24 | mask[1] << 16 | mask[2] << 8 |
              mask[3]);
    if (zeros == UINT32_MAX || (zeros & (zeros + 1)) != 0) {
        return EV_VALUE_REFUSED;
    }
    memcpy(member, mask, sizeof(mask));
    return EV_OK;
}

static enum ev_error parse_number(const struct ev_variable *variable,
                                  struct ev_slice value, void *member)
{
    uint64_t number;
    uint16_t stored;

    if (!take_decimal(&value, DIGITS_MAX, &number) || value.length > 0 ||
        number < variable->min || number > variable->max) {
        return EV_VALUE_REFUSED;
    }
    stored = number;
    memcpy(member, &stored, sizeof(stored));
    return EV_OK;
}

static enum ev_error parse_vlan(const struct ev_variable *variable,
                                struct ev_slice value, void *member)
{
    static const uint16_t untagged;

    if (ev_slice_is(value, "Disabled")) {
        memcpy(member, &untagged, sizeof(untagged));
        return EV_OK;
    }
    return parse_number(variable, value, member);
}

static enum ev_error parse_mac(const struct ev_variable *variable,
                               struct ev_slice value, void *member)
{
    uint8_t mac[6];

    if (value.length != 2 * sizeof(mac) ||
        !take_hex(value.start, mac, sizeof(mac)) || (mac[0] & 1)) {
        return EV_VALUE_REFUSED;
    }
    memcpy(member, mac, sizeof(mac));
    return EV_OK;
}

static bool is_true(struct ev_slice value)
{
    static const char *const words[] = { "True", "TRUE", "true", "1", NULL };

    return any_of(value, words);
}

static bool is_false(struct ev_slice value)
{
    static const char *const words[] = {
        "False", "FALSE", "false", "0", NULL
    };

    return any_of(value, words);
}

static enum ev_error parse_force_boot(const struct ev_variable *variable,
                                      struct ev_slice value, void *member)
{
    *(bool *)member = is_true(value);
    return is_true(value) || is_false(value) ? EV_OK : EV_WARNING_FORCE_BOOT;
}

static enum ev_error parse_boolean(const struct ev_variable *variable,
                                   struct ev_slice value, void *member)
{
    if (!is_true(value) && !is_false(value)) {
        return EV_VALUE_REFUSED;
    }
    *(bool *)member = is_true(value);
    return EV_OK;
}

static enum ev_error parse_auth(const struct ev_variable *variable,
                                struct ev_slice value, void *member)
{
    static const char words[][12] = {
        [EV_AUTH_NONE] = "None",
        [EV_AUTH_CHAP] = "CHAP",
        [EV_AUTH_MUTUAL_CHAP] = "MutualCHAP",
    };

    for (enum ev_auth i = EV_AUTH_NONE; i <= EV_AUTH_MUTUAL_CHAP; i++) {
        if (ev_slice_is(value, words[i])) {
            *(enum ev_auth *)member = i;
            return EV_OK;
        }
    }
    return EV_VALUE_REFUSED;
}

static enum ev_error parse_text(const struct ev_variable *variable,
                                struct ev_slice value, void *member)
{
    if (value.length < variable->min || value.length > variable->max) {
        return EV_VALUE_LENGTH;
    }
    copy_string(value, member);
    return EV_OK;
}

static enum ev_error parse_secret(const struct ev_variable *variable,
                                  struct ev_slice value, void *member)
{
    struct ev_secret *secret = member;
    bool hex = ev_slice_begins(value, "0x");
    size_t length = hex ? (value.length - 2) / 2 : value.length;

    if (all_in(value, "*")) {
        return EV_SECRET_MASKED;
    }
    if (hex && (value.length % 2 != 0 ||
                !all_in((struct ev_slice) { value.start + 2,
                                            value.length - 2 },
                        "0123456789abcdefABCDEF"))) {
        return EV_SECRET_HEX;
    }
    if (length < variable->min || length > variable->max) {
        return EV_SECRET_LENGTH;
    }
    if (hex) {
        take_hex(value.start + 2, secret->bytes, length);
    } else {
        memcpy(secret->bytes, value.start, length);
    }
    secret->length = length;
    return length > SECRET_USUAL_MAX ? EV_WARNING_SECRET_LONG : EV_OK;
}

enum ev_error ev_value_parse(enum ev_variable_id variable,
                             struct ev_slice value,
                             struct ev_boot_config *config)
{
    static const parse_function parsers[] = {
        [EV_KIND_ISCSI_NAME] = parse_iscsi_name,
        [EV_KIND_ADDRESS] = parse_address,
        [EV_KIND_NETMASK] = parse_netmask,
        [EV_KIND_ROUTE] = parse_route,
        [EV_KIND_NUMBER] = parse_number,
        [EV_KIND_VLAN] = parse_vlan,
        [EV_KIND_MAC] = parse_mac,
        [EV_KIND_FORCE_BOOT] = parse_force_boot,
        [EV_KIND_BOOLEAN] = parse_boolean,
        [EV_KIND_AUTH] = parse_auth,
        [EV_KIND_TEXT] = parse_text,
        [EV_KIND_SECRET] = parse_secret,
    };
    const struct ev_variable *row = &ev_variables[variable];

    return parsers[row->kind](row, value,
                              (char *)config + members[variable]);
}
