/*
 * CRC32C by nibbles: 64 bytes of table are worth more to a boot ROM than the
 * speed of a kilobyte.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "crc32c.h"

/* The reflected Castagnoli polynomial 0x82f63b78, for each low nibble. */
static const uint32_t crc_of_nibble[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
    0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
    0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

uint32_t iscsi_crc32c(uint32_t crc, const void *bytes, size_t length)
{
    const uint8_t *p = bytes;

    crc = ~crc;
    while (length--) {
        crc ^= *p++;
        crc = crc >> 4 ^ crc_of_nibble[crc & 15];
        crc = crc >> 4 ^ crc_of_nibble[crc & 15];
    }
    return ~crc;
}
