/*
 * The parts of string.h that freestanding C lacks and the ROM's sources use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <stdint.h>
#include <string.h>

void *memcpy(void *dst, const void *src, size_t n)
{
    void *to = dst;
    size_t words = n / 4;

    __asm__ volatile("rep movsl" : "+D"(to), "+S"(src), "+c"(words)
                     : : "memory");
    n &= 3;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(src), "+c"(n)
                     : : "memory");
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    uint8_t *to = dst;
    const uint8_t *from = src;

    if (to <= from || to >= from + n) {
        return memcpy(dst, src, n);
    }
    to += n - 1;
    from += n - 1;
    __asm__ volatile("std; rep movsb; cld" : "+D"(to), "+S"(from), "+c"(n)
                     : : "memory", "cc");
    return dst;
}

void *memset(void *dst, int c, size_t n)
{
    void *to = dst;
    size_t words = n / 4;

    __asm__ volatile("rep stosl" : "+D"(to), "+c"(words)
                     : "a"((uint8_t)c * 0x01010101u) : "memory");
    n &= 3;
    __asm__ volatile("rep stosb" : "+D"(to), "+c"(n)
                     : "a"(c) : "memory");
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const uint8_t *x = a;
    const uint8_t *y = b;

    for (; n; n--, x++, y++) {
        if (*x != *y) {
            return *x - *y;
        }
    }
    return 0;
}

size_t strlen(const char *s)
{
    const char *end = s;

    while (*end) {
        end++;
    }
    return end - s;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    while (n && *a && *a == *b) {
        a++;
        b++;
        n--;
    }
    return n ? (uint8_t)*a - (uint8_t)*b : 0;
}
