/*
 * CRC32C on processors for which nothing faster was written.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "crc32c.h"
#include "env.h"

uint32_t host_crc32c(uint32_t crc, const void *bytes, size_t length)
{
    return iscsi_crc32c(crc, bytes, length);
}
