/*
 * CRC32C by Intel's storage library, which takes the processor's best way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <isa-l.h>

#include "env.h"

/* Its register is not inverted, as that of the core is. */
uint32_t host_crc32c(uint32_t crc, const void *bytes, size_t length)
{
    return ~crc32_iscsi((unsigned char *)bytes, length, ~crc);
}
