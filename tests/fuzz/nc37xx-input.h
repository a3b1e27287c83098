/*
 * What the bytes of an input say to the fuzzer of the adapters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_FUZZ_NC37XX_INPUT_H
#define TESTS_FUZZ_NC37XX_INPUT_H

#include <stddef.h>
#include <stdint.h>

struct input {
    const uint8_t *next;
    const uint8_t *end;
};

/* The next byte, or two; behind the end there are zeros. */
uint8_t take(struct input *input);
uint16_t take16(struct input *input);

/* Values that matter take few bytes. */
uint32_t take_value(struct input *input);

/* Mostly one in the memory of nc37xx-world.h. */
uint64_t take_address(struct input *input);

/*
 * Makes @size bytes of a TCP or UDP packet over IPv4, to which fields of the
 * input are put; returns @size.
 */
size_t packet_make(struct input *input, uint8_t *to, size_t size);

#endif
