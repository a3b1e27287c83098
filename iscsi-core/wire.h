/*
 * Big-endian integers on the wire, and the four functions a freestanding
 * compiler expects to find anyway.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_WIRE_H
#define ISCSI_CORE_WIRE_H

#include <stddef.h>
#include <stdint.h>

/* <string.h> is not there for every freestanding compiler. */
void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int byte, size_t length);
int memcmp(const void *a, const void *b, size_t length);

static inline uint16_t get_be16(const uint8_t *p)
{
    return p[0] << 8 | p[1];
}

static inline uint32_t get_be24(const uint8_t *p)
{
    return (uint32_t)p[0] << 16 | p[1] << 8 | p[2];
}

/* In one expression each, which compilers know for one instruction. */
static inline uint32_t get_be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | p[2] << 8 | p[3];
}

static inline uint64_t get_be64(const uint8_t *p)
{
    return (uint64_t)get_be32(p) << 32 | get_be32(p + 4);
}

static inline void put_be16(uint8_t *p, uint16_t value)
{
    p[0] = value >> 8;
    p[1] = value;
}

static inline void put_be24(uint8_t *p, uint32_t value)
{
    p[0] = value >> 16;
    put_be16(p + 1, value);
}

static inline void put_be32(uint8_t *p, uint32_t value)
{
    p[0] = value >> 24;
    p[1] = value >> 16;
    p[2] = value >> 8;
    p[3] = value;
}

static inline void put_be64(uint8_t *p, uint64_t value)
{
    put_be32(p, value >> 32);
    put_be32(p + 4, value);
}

/* The digest's bytes go out least significant first: RFC 7143 13.1. */
static inline uint32_t get_le32(const uint8_t *p)
{
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | p[1] << 8 | p[0];
}

static inline void put_le32(uint8_t *p, uint32_t value)
{
    p[0] = value;
    p[1] = value >> 8;
    p[2] = value >> 16;
    p[3] = value >> 24;
}

#endif
