/*
 * What lwIP wants to know about the compiler and the machine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_LWIP_ARCH_CC_H
#define ROM_LWIP_ARCH_CC_H

#include <stddef.h>
#include <stdint.h>

#ifndef BYTE_ORDER
#define BYTE_ORDER LITTLE_ENDIAN
#endif

/* There is no C library: of its headers only the freestanding ones. */
#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_UNISTD_H 1
#define LWIP_NO_CTYPE_H 1
#define LWIP_NO_LIMITS_H 1

#ifndef INT_MAX
#define INT_MAX 0x7fffffff
#endif
typedef int ssize_t;
#define SSIZE_MAX INT_MAX

/* Formats of messages that are compiled out. */
#define X8_F "x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "u"

#define LWIP_NOASSERT 1
#define LWIP_PLATFORM_DIAG(x) do { } while (0)
#define LWIP_PLATFORM_ASSERT(x) do { } while (0)

uint32_t random_u32(void);
#define LWIP_RAND() random_u32()

#endif
