/*
 * What the device cores need of QEMU's qemu/osdep.h where there is no QEMU:
 * in unit tests, fuzzers and the option ROM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STANDALONE_QEMU_OSDEP_H
#define STANDALONE_QEMU_OSDEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Freestanding C has no string.h; these are all that a core may call. */
void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);

#ifndef MIN
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#endif
#ifndef MAX
#define MAX(a, b) ((a) > (b) ? (a) : (b))
#endif
#ifndef ARRAY_SIZE
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif
#ifndef container_of
#define container_of(ptr, type, member) \
    ((type *)((char *)(ptr) - offsetof(type, member)))
#endif

#ifndef QEMU_PACKED
#define QEMU_PACKED __attribute__((packed))
#endif

#define QEMU_BUILD_BUG_ON(x) _Static_assert(!(x), "must not be: " #x)

#endif
