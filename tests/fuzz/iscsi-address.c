/*
 * libFuzzer writes addresses of portals, TargetAddress of a login.
 *
 * What is taken is written again in the one plain form, and has to be taken
 * for the same; what is in it is what may be in a host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzer.h"
#include "session.h"

#define FORM_SIZE (ISCSI_HOST_MAX + 16)

static void must(int truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

/* No separator, blank, control or other byte that something obeys. */
static void check_host(const struct iscsi_address *address)
{
    const char *p;

    must(address->host[0] != '\0', "a host");
    must(memchr(address->host, '\0', sizeof(address->host)) != NULL,
         "a host that ends");
    for (p = address->host; *p; p++) {
        must((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
             (*p >= 'A' && *p <= 'Z') || *p == '.' ||
             (address->v6 ? *p == ':' || *p == '%' : *p == '-' || *p == '_'),
             "bytes of a host");
    }
    must(address->port != 0, "a port");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = malloc(size ? size : 1);
    struct iscsi_address address, again;
    char form[FORM_SIZE];

    memcpy(text, bytes, size);
    memset(&address, 0xa5, sizeof(address));
    if (iscsi_address_parse(text, size, &address)) {
        check_host(&address);
        snprintf(form, sizeof(form), "%s%s%s:%u", address.v6 ? "[" : "",
                 address.host, address.v6 ? "]" : "", address.port);
        must(iscsi_address_parse(form, strlen(form), &again) &&
             !strcmp(again.host, address.host) &&
             again.port == address.port && again.v6 == address.v6,
             "the same once more");
    }
    free(text);
    return 0;
}
