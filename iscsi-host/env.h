/*
 * What the iSCSI core asks of its environment, on a host with GLib.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ISCSI_HOST_ENV_H
#define ISCSI_HOST_ENV_H

#include "iscsi.h"

/* For the members of struct iscsi_env; @user is not used. */
void host_md5(void *user, const struct iscsi_slice *slices, size_t count,
              uint8_t digest[16]);
/* Fit for keys.  Ends the process when the kernel gives none. */
void host_random(void *user, void *bytes, size_t length);
/* By the processor's own instruction where it has one. */
uint32_t host_crc32c(uint32_t crc, const void *bytes, size_t length);

#endif
