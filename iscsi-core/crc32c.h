/*
 * CRC32C, the digest of RFC 7143 13.1.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_CRC32C_H
#define ISCSI_CORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/* Continues from @crc, which is 0 at the start, over @length bytes. */
uint32_t iscsi_crc32c(uint32_t crc, const void *bytes, size_t length);

#endif
