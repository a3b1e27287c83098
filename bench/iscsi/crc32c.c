/*
 * CRC32C for tgtd, by ISA-L: takes the place of its usr/libcrc32c.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "crc32c.h"
#include <isa-l/crc.h>

/*
 * The sum of crc's bytes and these, in tgtd's convention: it complements the
 * sum itself, at the beginning and at the end.
 */
uint32_t crc32c_le(uint32_t crc, unsigned char const *address, size_t length)
{
    return crc32_iscsi((unsigned char *)address, length, crc);
}
