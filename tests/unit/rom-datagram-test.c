/*
 * UDP datagrams in frames: what is one, and what is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "datagram.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ETHER = 0, IP = 14, UDP = 34, DATA = 42, SIZE = 47 };

/* 10.0.2.2 port 69 to 10.0.2.15 port 49152: "hello". */
static const uint8_t good[SIZE] = {
    0x00, 0x17, 0x08, 0x00, 0x00, 0x01, 0x52, 0x55, 0x0a, 0x00, 0x02, 0x02,
    0x08, 0x00,
    0x45, 0x00, 0x00, 0x21, 0x00, 0x01, 0x00, 0x00, 0x40, 0x11, 0x62, 0xbb,
    10, 0, 2, 2, 10, 0, 2, 15,
    0x00, 0x45, 0xc0, 0x00, 0x00, 0x0d, 0xe3, 0xab,
    'h', 'e', 'l', 'l', 'o',
};

/* In memory of exactly that size: a byte read too far is found. */
static bool parse(const uint8_t *frame, size_t length,
                  struct datagram *datagram)
{
    uint8_t *copy = malloc(length ? length : 1);
    bool found;

    memcpy(copy, frame, length);
    found = datagram_parse(copy, length, datagram);
    if (found) {
        datagram->data = frame + (datagram->data - copy);
    }
    free(copy);
    return found;
}

static void a_datagram_is_found(void)
{
    struct datagram datagram;

    CU_ASSERT_TRUE_FATAL(parse(good, SIZE, &datagram));
    CU_ASSERT_FALSE(memcmp(datagram.source, "\12\0\2\2", 4));
    CU_ASSERT_FALSE(memcmp(datagram.destination, "\12\0\2\17", 4));
    CU_ASSERT_EQUAL(datagram.source_port, 69);
    CU_ASSERT_EQUAL(datagram.destination_port, 0xc000);
    CU_ASSERT_EQUAL(datagram.length, 5);
    CU_ASSERT_PTR_EQUAL(datagram.data, good + DATA);
}

static void padding_of_the_frame_is_no_data(void)
{
    uint8_t padded[60] = { 0 };
    struct datagram datagram;

    memcpy(padded, good, SIZE);
    CU_ASSERT_TRUE(parse(padded, sizeof(padded), &datagram));
    CU_ASSERT_EQUAL(datagram.length, 5);
}

static void what_is_cut_off_is_refused_at_every_length(void)
{
    struct datagram datagram;
    size_t length;

    for (length = 0; length < SIZE; length++) {
        CU_ASSERT_FALSE(parse(good, length, &datagram));
    }
}

static void each_changed_byte_of_headers_and_data_is_noticed(void)
{
    struct datagram datagram;
    uint8_t frame[SIZE];
    size_t at;

    for (at = IP - 2; at < SIZE; at++) {
        memcpy(frame, good, SIZE);
        frame[at] ^= 0x41;
        CU_ASSERT_FALSE(parse(frame, SIZE, &datagram));
    }
}

/* Its sum is 0 when nobody computed it (RFC 768). */
static void a_datagram_without_checksum_is_taken_as_it_is(void)
{
    struct datagram datagram;
    uint8_t frame[SIZE];

    memcpy(frame, good, SIZE);
    memset(frame + UDP + 6, 0, 2);
    frame[DATA] = 'j';
    CU_ASSERT_TRUE(parse(frame, SIZE, &datagram));
    CU_ASSERT_EQUAL(*datagram.data, 'j');
}

/* Changes two bytes of the IP header and mends its checksum. */
static bool parse_changed(unsigned at, uint8_t high, uint8_t low)
{
    struct datagram datagram;
    uint8_t frame[SIZE];
    uint32_t sum = 0;
    unsigned i;

    memcpy(frame, good, SIZE);
    frame[IP + at] = high;
    frame[IP + at + 1] = low;
    memset(frame + IP + 10, 0, 2);
    for (i = IP; i < UDP; i += 2) {
        sum += frame[i] << 8 | frame[i + 1];
    }
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    frame[IP + 10] = sum >> 8;
    frame[IP + 11] = sum;
    return parse(frame, SIZE, &datagram);
}

static void headers_that_make_no_sense_are_refused(void)
{
    CU_ASSERT_TRUE(parse_changed(0, 0x45, 0x00));
    CU_ASSERT_FALSE(parse_changed(0, 0x65, 0x00));      /* version 6 */
    CU_ASSERT_FALSE(parse_changed(0, 0x44, 0x00));      /* header of 16 */
    CU_ASSERT_FALSE(parse_changed(2, 0x00, 0x13));      /* less than that */
    CU_ASSERT_FALSE(parse_changed(2, 0x00, 0x22));      /* more than came */
    CU_ASSERT_FALSE(parse_changed(2, 0x00, 0x1b));      /* no room for UDP */
    CU_ASSERT_TRUE(parse_changed(6, 0x40, 0x00));       /* do not fragment */
    CU_ASSERT_FALSE(parse_changed(6, 0x20, 0x00));      /* more follow */
    CU_ASSERT_FALSE(parse_changed(6, 0x00, 0x01));      /* not the first */
    CU_ASSERT_FALSE(parse_changed(8, 0x40, 0x06));      /* TCP */
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_datagram_is_found),
    UNIT_CASE(padding_of_the_frame_is_no_data),
    UNIT_CASE(what_is_cut_off_is_refused_at_every_length),
    UNIT_CASE(each_changed_byte_of_headers_and_data_is_noticed),
    UNIT_CASE(a_datagram_without_checksum_is_taken_as_it_is),
    UNIT_CASE(headers_that_make_no_sense_are_refused),
};

int main(int argc, char **argv)
{
    return unit_main("rom-datagram", cases, COUNT(cases), argc, argv);
}
