/*
 * Loads and stores of a given byte order at any alignment, where there is no
 * QEMU.  The 32-bit loads return int, as QEMU's do: cast before widening.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDALONE_QEMU_BSWAP_H
#define STANDALONE_QEMU_BSWAP_H

#include <stdint.h>

static inline int lduw_le_p(const void *from)
{
    const uint8_t *p = from;

    return p[0] | p[1] << 8;
}

static inline int lduw_be_p(const void *from)
{
    const uint8_t *p = from;

    return p[0] << 8 | p[1];
}

static inline int ldl_le_p(const void *from)
{
    const uint8_t *p = from;

    return (int)(p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24);
}

static inline int ldl_be_p(const void *from)
{
    const uint8_t *p = from;

    return (int)((uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]);
}

static inline uint64_t ldq_le_p(const void *from)
{
    const uint8_t *p = from;

    return (uint32_t)ldl_le_p(p) | (uint64_t)(uint32_t)ldl_le_p(p + 4) << 32;
}

static inline void stw_le_p(void *to, uint16_t value)
{
    uint8_t *p = to;

    p[0] = value;
    p[1] = value >> 8;
}

static inline void stw_be_p(void *to, uint16_t value)
{
    uint8_t *p = to;

    p[0] = value >> 8;
    p[1] = value;
}

static inline void stl_le_p(void *to, uint32_t value)
{
    stw_le_p(to, value);
    stw_le_p((uint8_t *)to + 2, value >> 16);
}

static inline void stl_be_p(void *to, uint32_t value)
{
    stw_be_p(to, value >> 16);
    stw_be_p((uint8_t *)to + 2, value);
}

static inline void stq_le_p(void *to, uint64_t value)
{
    stl_le_p(to, value);
    stl_le_p((uint8_t *)to + 4, value >> 32);
}

#endif
