/*
 * What the iSCSI core asks of its environment, on a host with GLib.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <sys/random.h>

#include "env.h"

void host_md5(void *user, const struct iscsi_slice *slices, size_t count,
              uint8_t digest[16])
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_MD5);
    gsize length = 16;
    size_t i;

    for (i = 0; i < count; i++) {
        g_checksum_update(sum, slices[i].data, slices[i].length);
    }
    g_checksum_get_digest(sum, digest, &length);
    g_checksum_free(sum);
}

void host_random(void *user, void *bytes, size_t length)
{
    uint8_t *p = bytes;
    ssize_t got;

    for (; length; length -= got, p += got) {
        got = getrandom(p, length, 0);
        if (got <= 0) {
            g_error("the kernel has no random bytes");
        }
    }
}
