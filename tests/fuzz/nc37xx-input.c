/*
 * What the bytes of an input say to the fuzzer of the adapters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-input.h"
#include "nc37xx-world.h"

uint8_t take(struct input *input)
{
    return input->next < input->end ? *input->next++ : 0;
}

uint16_t take16(struct input *input)
{
    uint16_t low = take(input);

    return low | take(input) << 8;
}

uint32_t take_value(struct input *input)
{
    uint8_t kind = take(input);
    uint32_t low;

    switch (kind >> 5) {
    case 0:
        return kind;
    case 1:
        return 1u << (kind & 31);
    case 2:
        return ~(1u << (kind & 31));
    case 3:
        return kind & 1 ? 0xffffffff : 0x80000000u + (kind >> 1 & 15);
    case 4:
        return (uint32_t)MEMORY + (kind & 31) * 0x1000 + take(input) * 16;
    case 5:
        return take16(input);
    default:
        low = take16(input);
        return low | (uint32_t)take16(input) << 16;
    }
}

uint64_t take_address(struct input *input)
{
    uint16_t value = take16(input);
    uint64_t high;

    switch (value & 7) {
    case 0:
        return NOWHERE + value;
    case 1:
        high = take_value(input);
        return high << 32 | take_value(input);
    case 2:
        return MEMORY + MEMORY_SIZE - (value >> 3);
    default:
        return MEMORY + (value >> 3) * 32;
    }
}

size_t packet_make(struct input *input, uint8_t *to, size_t size)
{
    static const uint8_t headers[] = {
        0x00, 0x17, 0x08, 0xa1, 0xb2, 0xc3, 0x02, 0, 0, 0, 0, 0x99,
        0x08, 0x00, 0x45, 0, 0, 0, 0xff, 0xfe, 0x40, 0, 64, 6, 0, 0,
        10, 0, 2, 15, 10, 0, 2, 2, 0x30, 0x39, 0x0c, 0xbc,
        0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x19, 0x20, 0, 0, 0, 0, 0,
    };
    uint8_t patches = take(input);
    size_t i;

    for (i = sizeof(headers); i < size; i++) {
        to[i] = i * 7 + (i >> 8);
    }
    memcpy(to, headers, MIN(size, sizeof(headers)));
    if (size >= sizeof(headers)) {
        stw_be_p(to + 16, size - 14);
        to[23] = patches & 0x40 ? 17 : 6;
    }
    if ((patches & 0x80) && size >= sizeof(headers) + 4) {
        memmove(to + 16, to + 12, size - 16);
        stl_be_p(to + 12, 0x81000123);
    }
    for (patches &= 7; patches && size > 12; patches--) {
        i = 12 + take(input) % 64;
        to[MIN(i, size - 1)] = take(input);
    }
    return size;
}
