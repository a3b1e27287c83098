/*
 * CRC32C by the instruction of SSE 4.2, which has this very polynomial.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "crc32c.h"
#include "env.h"

/* The register is inverted as that of the core is. */
__attribute__((target("sse4.2")))
static uint32_t crc32c_sse42(uint32_t crc, const uint8_t *p, size_t length)
{
    uint64_t state = (uint32_t)~crc, word;

    for (; length >= sizeof(word); length -= sizeof(word), p += sizeof(word)) {
        memcpy(&word, p, sizeof(word));
        state = __builtin_ia32_crc32di(state, word);
    }
    while (length--) {
        state = __builtin_ia32_crc32qi(state, *p++);
    }
    return ~(uint32_t)state;
}

uint32_t host_crc32c(uint32_t crc, const void *bytes, size_t length)
{
    return __builtin_cpu_supports("sse4.2") ?
           crc32c_sse42(crc, bytes, length) :
           iscsi_crc32c(crc, bytes, length);
}
