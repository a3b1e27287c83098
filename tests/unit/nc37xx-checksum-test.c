/*
 * Internet checksums beside the plain sum of RFC 1071.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "nc37xx-card.h"
#include "checksum.h"

#define LONGEST 300

/* On the heap, so that the sanitizer sees what is read beyond its end. */
static uint8_t *data_new(const uint8_t *from, size_t size)
{
    uint8_t *data = malloc(size ?: 1);

    CU_ASSERT_PTR_NOT_NULL_FATAL(data);
    memcpy(data, from, size);
    return data;
}

static void pattern(uint8_t *data, size_t size, uint32_t seed)
{
    while (size--) {
        seed = seed * 1664525 + 1013904223;
        *data++ = seed >> 24;
    }
}

static void any_length_is_summed_as_byte_by_byte(void)
{
    uint8_t bytes[LONGEST];
    uint8_t *data;
    size_t size;

    for (size = 0; size <= LONGEST; size++) {
        pattern(bytes, size, size);
        data = data_new(bytes, size);
        CU_ASSERT_EQUAL(checksum_sum(data, size), frame_sum(data, size, 0));
        free(data);
    }
}

static void any_alignment_is_summed_alike(void)
{
    uint8_t bytes[LONGEST + 16];
    size_t shift;

    for (shift = 0; shift < 16; shift++) {
        pattern(bytes + shift, LONGEST, 7);
        CU_ASSERT_EQUAL(checksum_sum(bytes + shift, LONGEST),
                        frame_sum(bytes + shift, LONGEST, 0));
    }
}

/* The most carries there can be, over the longest packet. */
static void carries_are_not_lost(void)
{
    static uint8_t data[NC37XX_PACKET_MAX];

    memset(data, 0xff, sizeof(data));
    CU_ASSERT_EQUAL(checksum_sum(data, sizeof(data)),
                    frame_sum(data, sizeof(data), 0));
    memset(data, 0, sizeof(data));
    CU_ASSERT_EQUAL(checksum_sum(data, sizeof(data)), 0);
    data[0] = 1;
    data[sizeof(data) - 1] = 0xff;
    CU_ASSERT_EQUAL(checksum_sum(data, sizeof(data)),
                    frame_sum(data, sizeof(data), 0));
}

static void two_sums_add_as_their_data_do(void)
{
    uint8_t data[LONGEST];
    size_t cut;

    pattern(data, sizeof(data), 3);
    for (cut = 0; cut <= sizeof(data); cut += 2) {
        CU_ASSERT_EQUAL(checksum_add(checksum_sum(data, cut),
                                     checksum_sum(data + cut,
                                                  sizeof(data) - cut)),
                        checksum_sum(data, sizeof(data)));
    }
    CU_ASSERT_EQUAL(checksum_add(0xffff, 0xffff), 0xffff);
    CU_ASSERT_EQUAL(checksum_add(0xffff, 1), 1);
}

/* A TCP segment whose checksum field holds the pseudo header's sum. */
static void partial_make(uint8_t *frame, size_t l4_size)
{
    frame_fill(frame, 34 + l4_size, 0x0800);
    frame_ipv4(frame + 14, 5, 6, 20 + l4_size);
    stw_be_p(frame + 34 + 16, ipv4_pseudo_sum(frame + 14, l4_size));
}

static void a_partial_checksum_is_completed(void)
{
    uint8_t frame[1514];
    size_t l4_size;

    for (l4_size = 20; l4_size <= 1480; l4_size++) {
        partial_make(frame, l4_size);
        CU_ASSERT_TRUE(checksum_complete(frame, 34 + l4_size, 34, 50));
        CU_ASSERT_EQUAL(frame_l4_sum(frame + 14, l4_size), 0xffff);
    }
}

static void a_completed_checksum_is_never_zero(void)
{
    uint8_t frame[100];

    partial_make(frame, 66);
    stw_be_p(frame + 60, 0);
    stw_be_p(frame + 60, ~frame_sum(frame + 34, 66, 0));
    CU_ASSERT_TRUE(checksum_complete(frame, 100, 34, 50));
    CU_ASSERT_EQUAL(lduw_be_p(frame + 50), 0xffff);
    CU_ASSERT_EQUAL(frame_l4_sum(frame + 14, 66), 0xffff);
}

/* Where it lies is said by a peer, who may say anything. */
static void a_checksum_outside_the_frame_is_refused(void)
{
    uint8_t bytes[100];
    uint8_t *frame;

    pattern(bytes, sizeof(bytes), 1);
    frame = data_new(bytes, sizeof(bytes));
    CU_ASSERT_FALSE(checksum_complete(frame, 100, 34, 99));
    CU_ASSERT_FALSE(checksum_complete(frame, 100, 34, 100));
    CU_ASSERT_FALSE(checksum_complete(frame, 100, 34, 33));
    CU_ASSERT_FALSE(checksum_complete(frame, 100, 101, 101));
    CU_ASSERT_FALSE(checksum_complete(frame, 100, 65535, 65535 * 2));
    CU_ASSERT_FALSE(checksum_complete(frame, 1, 0, 0));
    CU_ASSERT_FALSE(checksum_complete(frame, 0, 0, 0));
    CU_ASSERT_FALSE(memcmp(frame, bytes, sizeof(bytes)));
    CU_ASSERT_TRUE(checksum_complete(frame, 100, 98, 98));
    free(frame);
}

static const struct unit_case cases[] = {
    UNIT_CASE(any_length_is_summed_as_byte_by_byte),
    UNIT_CASE(any_alignment_is_summed_alike),
    UNIT_CASE(carries_are_not_lost),
    UNIT_CASE(two_sums_add_as_their_data_do),
    UNIT_CASE(a_partial_checksum_is_completed),
    UNIT_CASE(a_completed_checksum_is_never_zero),
    UNIT_CASE(a_checksum_outside_the_frame_is_refused),
};

int main(int argc, char **argv)
{
    return unit_main("checksum", cases, CASES, argc, argv);
}
