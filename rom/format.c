/*
 * The printf of the boot console, without a place to print to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "format.h"

#define DIGITS_MAX 10               /* of a 32-bit number */

struct sink {
    void (*put)(void *opaque, char c);
    void *opaque;
};

struct spec {
    char conversion;
    char pad;
    unsigned width;
};

static void put_string(const struct sink *sink, const char *text,
                       unsigned width)
{
    while (*text) {
        sink->put(sink->opaque, *text++);
        width -= width > 0;
    }
    while (width--) {
        sink->put(sink->opaque, ' ');
    }
}

static void put_number(const struct sink *sink, uint32_t value,
                       unsigned base, const struct spec *spec)
{
    const char *digits = spec->conversion == 'X' ? "0123456789ABCDEF"
                                                 : "0123456789abcdef";
    char text[DIGITS_MAX];
    unsigned length = 0;
    unsigned i;

    do {
        text[length++] = digits[value % base];
        value /= base;
    } while (value);
    for (i = length; i < spec->width; i++) {
        sink->put(sink->opaque, spec->pad);
    }
    while (length) {
        sink->put(sink->opaque, text[--length]);
    }
}

static void put_bytes(const struct sink *sink, const uint8_t *bytes,
                      unsigned count, char between, unsigned base)
{
    struct spec spec = { .pad = '0', .width = base == 16 ? 2 : 1 };
    unsigned i;

    for (i = 0; i < count; i++) {
        if (i) {
            sink->put(sink->opaque, between);
        }
        put_number(sink, bytes[i], base, &spec);
    }
}

static const char *parse_spec(const char *at, struct spec *spec)
{
    spec->pad = *at == '0' ? '0' : ' ';
    spec->width = 0;
    while (*at >= '0' && *at <= '9') {
        spec->width = spec->width * 10 + *at++ - '0';
    }
    spec->conversion = *at;
    return *at ? at + 1 : at;
}

static void put_signed(const struct sink *sink, int value,
                       const struct spec *spec)
{
    if (value < 0) {
        sink->put(sink->opaque, '-');
        put_number(sink, -(uint32_t)value, 10, spec);
    } else {
        put_number(sink, value, 10, spec);
    }
}

void format(void (*put)(void *opaque, char c), void *opaque,
            const char *text, va_list args)
{
    struct sink sink = { put, opaque };
    struct spec spec;

    while (*text) {
        if (*text != '%') {
            put(opaque, *text++);
            continue;
        }
        text = parse_spec(text + 1, &spec);
        switch (spec.conversion) {
        case 's':
            put_string(&sink, va_arg(args, const char *), spec.width);
            break;
        case 'c':
            put(opaque, va_arg(args, int));
            break;
        case 'd':
            put_signed(&sink, va_arg(args, int), &spec);
            break;
        case 'u':
            put_number(&sink, va_arg(args, unsigned), 10, &spec);
            break;
        case 'x':
        case 'X':
            put_number(&sink, va_arg(args, unsigned), 16, &spec);
            break;
        case 'I':
            put_bytes(&sink, va_arg(args, const uint8_t *), 4, '.', 10);
            break;
        case 'M':
            put_bytes(&sink, va_arg(args, const uint8_t *), 6, ':', 16);
            break;
        default:
            put(opaque, spec.conversion);
            break;
        }
    }
}
