/*
 * The parts of string.h that freestanding C lacks and the ROM's sources use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_LIBC_STRING_H
#define ROM_LIBC_STRING_H

#include <stddef.h>

void *memcpy(void *dst, const void *src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

#endif
