/*
 * The table of boot configuration variables.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ev-internal.h"

#define NAME_MIN 5

/* Names and meanings: the vendor's guide.  Limits: RFC 7143, IEEE 802.1Q. */
const struct ev_variable ev_variables[EV_VARIABLES] = {
    /* name, kind, required, secret, min, max, default */
    [EV_TARGET_NAME] = { "TargetName", EV_KIND_ISCSI_NAME, true, false,
                         NAME_MIN, EV_ISCSI_NAME_MAX, "" },
    [EV_TARGET_IP] = { "TargetIP", EV_KIND_ADDRESS, true, false,
                       0, 0, "" },
    [EV_INITIATOR_NAME] = { "InitiatorName", EV_KIND_ISCSI_NAME, true, false,
                            NAME_MIN, EV_ISCSI_NAME_MAX, "" },
    [EV_INITIATOR_IP] = { "InitiatorIP", EV_KIND_ADDRESS, true, false,
                          0, 0, "" },
    [EV_INITIATOR_NETMASK] = { "InitiatorNetmask", EV_KIND_NETMASK, true,
                               false, 0, 0, "" },
    [EV_INITIATOR_ROUTE] = { "InitiatorRoute", EV_KIND_ROUTE, false, false,
                             0, 0, "0.0.0.0" },
    [EV_TARGET_PORT] = { "TargetPort", EV_KIND_NUMBER, false, false,
                         1, 65535, "3260" },
    [EV_TARGET_IP2] = { "TargetIP2", EV_KIND_ADDRESS, false, false,
                        0, 0, "" },
    [EV_TARGET_PORT2] = { "TargetPort2", EV_KIND_NUMBER, false, false,
                          1, 65535, "3260" },
    [EV_LAA] = { "LAA", EV_KIND_MAC, false, false,
                 12, 12, "000000000000" },
    [EV_VLAN] = { "VLAN", EV_KIND_VLAN, false, false,
                  1, 4094, "Disabled" },
    [EV_LUN] = { "LUN", EV_KIND_NUMBER, false, false,
                 0, 255, "0" },
    [EV_FORCE_BOOT] = { "ForceBoot", EV_KIND_FORCE_BOOT, false, false,
                        0, 0, "False" },
    [EV_DATA_DIGEST] = { "DataDigest", EV_KIND_BOOLEAN, false, false,
                         0, 0, "False" },
    [EV_HEADER_DIGEST] = { "HeaderDigest", EV_KIND_BOOLEAN, false, false,
                           0, 0, "False" },
    [EV_AUTH_METHOD] = { "AuthMethod", EV_KIND_AUTH, false, false,
                         0, 0, "None" },
    [EV_CHAP_USERNAME] = { "CHAPUsername", EV_KIND_TEXT, false, false,
                           1, EV_USERNAME_MAX, "" },
    [EV_CHAP_SECRET] = { "CHAPSecret", EV_KIND_SECRET, false, true,
                         EV_SECRET_MIN, EV_SECRET_MAX, "" },
    [EV_CHAP_MSECRET] = { "CHAPMSecret", EV_KIND_SECRET, false, true,
                          EV_SECRET_MIN, EV_SECRET_MAX, "" },
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static bool same_but_for_case(struct ev_slice slice, const char *string)
{
    if (slice.length != ev_string_length(string)) {
        return false;
    }
    for (size_t i = 0; i < slice.length; i++) {
        if (lower(slice.start[i]) != lower(string[i])) {
            return false;
        }
    }
    return true;
}

size_t ev_string_length(const char *string)
{
    size_t length = 0;

    while (string[length]) {
        length++;
    }
    return length;
}

struct ev_slice ev_slice_of(const char *string)
{
    return (struct ev_slice) { string, ev_string_length(string) };
}

bool ev_slice_is(struct ev_slice slice, const char *string)
{
    return slice.length == ev_string_length(string) &&
           memcmp(slice.start, string, slice.length) == 0;
}

bool ev_slice_begins(struct ev_slice slice, const char *string)
{
    size_t length = ev_string_length(string);

    return slice.length >= length && memcmp(slice.start, string, length) == 0;
}

enum ev_variable_id ev_variable_find(struct ev_slice name)
{
    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        if (ev_slice_is(name, ev_variables[i].name)) {
            return i;
        }
    }
    return EV_NO_VARIABLE;
}

enum ev_variable_id ev_variable_find_any_case(struct ev_slice name)
{
    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        if (same_but_for_case(name, ev_variables[i].name)) {
            return i;
        }
    }
    return EV_NO_VARIABLE;
}
