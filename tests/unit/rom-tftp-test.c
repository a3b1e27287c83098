/*
 * The TFTP reader, against a server that follows a script.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "unit.h"
#include "tftp.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define SERVER 40000
#define STRANGER 40001

static struct tftp tftp;
static uint32_t now;

/* A datagram in memory of exactly its size. */
static void from(uint16_t port, const void *data, size_t length)
{
    uint8_t *copy = malloc(length ? length : 1);

    memcpy(copy, data, length);
    tftp_input(&tftp, port, copy, length);
    free(copy);
}

static void data_from(uint16_t port, uint16_t number, size_t length)
{
    uint8_t packet[4 + TFTP_BLOCK_MAX + 1] = { 0, 3, number >> 8, number };

    memset(packet + 4, 'a' + number % 26, length);
    from(port, packet, 4 + length);
}

#define OPTIONS(text) from(SERVER, "\0\6" text, sizeof("\0\6" text))

static bool sent(const void *expected, size_t length)
{
    return tftp_output(&tftp, now) && tftp.packet_length == length &&
           !memcmp(tftp.packet, expected, length);
}

#define SENT(text) sent(text, sizeof(text) - 1)

static void start(void)
{
    now = 5000;
    CU_ASSERT_TRUE(tftp_start(&tftp, "pxelinux.0", 1456));
    CU_ASSERT_TRUE(SENT("\0\1pxelinux.0\0octet\0blksize\0" "1456\0"
                        "tsize\0" "0\0"));
    CU_ASSERT_EQUAL(tftp.server_port, 0);
    CU_ASSERT_FALSE(tftp_output(&tftp, now));
}

static void a_file_comes_in_blocks_of_the_size_agreed(void)
{
    start();
    OPTIONS("blksize\0" "1024\0tsize\0" "1500");
    CU_ASSERT_EQUAL(tftp.state, TFTP_WAITING);
    CU_ASSERT_EQUAL(tftp.block_size, 1024);
    CU_ASSERT_EQUAL(tftp.file_size, 1500);
    CU_ASSERT_TRUE(SENT("\0\4\0\0"));
    CU_ASSERT_EQUAL(tftp.server_port, SERVER);
    data_from(SERVER, 1, 1024);
    CU_ASSERT_EQUAL(tftp.state, TFTP_BLOCK);
    CU_ASSERT_EQUAL(tftp.length, 1024);
    CU_ASSERT_EQUAL(tftp.block[1023], 'b');
    CU_ASSERT_FALSE(tftp_output(&tftp, now));   /* until it was used */
    tftp_next(&tftp);
    CU_ASSERT_TRUE(SENT("\0\4\0\1"));
    data_from(SERVER, 2, 476);
    tftp_next(&tftp);
    CU_ASSERT_EQUAL(tftp.state, TFTP_DONE);
    CU_ASSERT_TRUE(SENT("\0\4\0\2"));
    CU_ASSERT_FALSE(tftp_output(&tftp, now + 100000));
}

static void a_server_without_options_sends_512_bytes(void)
{
    start();
    data_from(SERVER, 1, 512);
    CU_ASSERT_EQUAL(tftp.state, TFTP_BLOCK);
    CU_ASSERT_EQUAL(tftp.block_size, 512);
    CU_ASSERT_EQUAL(tftp.file_size, TFTP_SIZE_UNKNOWN);
    tftp_next(&tftp);
    CU_ASSERT_EQUAL(tftp.state, TFTP_WAITING);
    data_from(SERVER, 2, 0);
    CU_ASSERT_EQUAL(tftp.length, 0);
    tftp_next(&tftp);
    CU_ASSERT_EQUAL(tftp.state, TFTP_DONE);
}

static void lost_packets_are_sent_again_after_1_2_4_8_seconds(void)
{
    unsigned i;

    start();
    for (i = 0; i < TFTP_RETRIES - 1; i++) {
        now += (TFTP_RETRY_MS << i) - 1;
        CU_ASSERT_FALSE(tftp_output(&tftp, now));
        now++;
        CU_ASSERT_TRUE(tftp_output(&tftp, now));
        CU_ASSERT_EQUAL(tftp.packet[1], 1);
    }
    now += TFTP_RETRY_MS << i;
    CU_ASSERT_FALSE(tftp_output(&tftp, now));
    CU_ASSERT_EQUAL(tftp.state, TFTP_TIMEOUT);
}

static void an_answer_begins_the_count_anew(void)
{
    start();
    now += TFTP_RETRY_MS;
    CU_ASSERT_TRUE(tftp_output(&tftp, now));
    data_from(SERVER, 1, 512);
    tftp_next(&tftp);
    CU_ASSERT_TRUE(SENT("\0\4\0\1"));
    now += TFTP_RETRY_MS;
    CU_ASSERT_TRUE(SENT("\0\4\0\1"));
}

static void repeated_and_strange_blocks_change_nothing(void)
{
    start();
    data_from(SERVER, 1, 512);
    tftp_next(&tftp);
    CU_ASSERT_TRUE(tftp_output(&tftp, now));
    data_from(SERVER, 1, 512);
    data_from(SERVER, 3, 512);
    data_from(SERVER, 0, 512);
    data_from(STRANGER, 2, 512);
    OPTIONS("blksize\0" "8");
    from(SERVER, "\0\4\0\1", 4);
    from(SERVER, "\0\3\0", 3);
    CU_ASSERT_EQUAL(tftp.state, TFTP_WAITING);
    CU_ASSERT_EQUAL(tftp.block_size, 512);
    CU_ASSERT_FALSE(tftp_output(&tftp, now));   /* no answer to an answer */
    data_from(SERVER, 2, 512);
    data_from(SERVER, 3, 512);                  /* not before the second */
    CU_ASSERT_EQUAL(tftp.state, TFTP_BLOCK);
    CU_ASSERT_EQUAL(tftp.number, 2);
}

static void block_numbers_start_again_after_65535(void)
{
    uint32_t n;

    start();
    for (n = 1; n <= 65537; n++) {
        data_from(SERVER, n, 512);
        CU_ASSERT_EQUAL_FATAL(tftp.state, TFTP_BLOCK);
        tftp_next(&tftp);
        tftp_output(&tftp, now);
    }
    CU_ASSERT_EQUAL(tftp.number, 1);
}

static void a_refusal_keeps_the_server_s_code(void)
{
    start();
    from(SERVER, "\0\5\0\1File not found", 19);
    CU_ASSERT_EQUAL(tftp.state, TFTP_REFUSED);
    CU_ASSERT_EQUAL(tftp.error, 1);
    CU_ASSERT_FALSE(tftp_output(&tftp, now + 100000));
}

static void a_block_larger_than_agreed_ends_it(void)
{
    start();
    data_from(SERVER, 1, 513);
    CU_ASSERT_EQUAL(tftp.state, TFTP_BROKEN);
}

static void options_that_were_not_asked_for_so_are_refused(void)
{
    static const struct {
        const char *text;
        size_t length;
    } rows[] = {
        { "\0\6blksize\0" "1457", 15 }, { "\0\6blksize\0" "7", 12 },
        { "\0\6blksize\0", 10 }, { "\0\6blksize", 10 },
        { "\0\6blksize\0" "x", 12 }, { "\0\6blksize\0" "12", 12 },
        { "\0\6tsize\0" "99999999999", 20 },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        start();
        from(SERVER, rows[i].text, rows[i].length);
        CU_ASSERT_EQUAL(tftp.state, TFTP_BROKEN);
        CU_ASSERT_TRUE(SENT("\0\5\0\10\0"));
    }
}

static void option_names_know_no_case_and_others_are_skipped(void)
{
    start();
    OPTIONS("Timeout\0" "9\0BLKSIZE\0" "600");
    CU_ASSERT_EQUAL(tftp.state, TFTP_WAITING);
    CU_ASSERT_EQUAL(tftp.block_size, 600);
}

static void the_size_asked_for_is_within_bounds(void)
{
    CU_ASSERT_TRUE(tftp_start(&tftp, "f", 0));
    CU_ASSERT_PTR_NOT_NULL(memmem(tftp.packet, tftp.packet_length, "512", 4));
    CU_ASSERT_TRUE(tftp_start(&tftp, "f", 65535));
    CU_ASSERT_PTR_NOT_NULL(memmem(tftp.packet, tftp.packet_length, "1456",
                                  5));
}

static void a_name_is_neither_empty_nor_without_end(void)
{
    char name[TFTP_FILE_NAME];

    memset(name, 'n', sizeof(name));
    CU_ASSERT_FALSE(tftp_start(&tftp, name, 512));
    name[sizeof(name) - 1] = '\0';
    CU_ASSERT_TRUE(tftp_start(&tftp, name, 512));
    CU_ASSERT_FALSE(tftp_start(&tftp, "", 512));
}

static void who_stops_tells_the_server_once(void)
{
    start();
    tftp_stop(&tftp);
    CU_ASSERT_FALSE(tftp_output(&tftp, now));   /* nobody has answered yet */
    start();
    data_from(SERVER, 1, 512);
    tftp_stop(&tftp);
    CU_ASSERT_TRUE(SENT("\0\5\0\0\0"));
    CU_ASSERT_FALSE(tftp_output(&tftp, now + 100000));
    CU_ASSERT_EQUAL(tftp.state, TFTP_DONE);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_file_comes_in_blocks_of_the_size_agreed),
    UNIT_CASE(a_server_without_options_sends_512_bytes),
    UNIT_CASE(lost_packets_are_sent_again_after_1_2_4_8_seconds),
    UNIT_CASE(an_answer_begins_the_count_anew),
    UNIT_CASE(repeated_and_strange_blocks_change_nothing),
    UNIT_CASE(block_numbers_start_again_after_65535),
    UNIT_CASE(a_refusal_keeps_the_server_s_code),
    UNIT_CASE(a_block_larger_than_agreed_ends_it),
    UNIT_CASE(options_that_were_not_asked_for_so_are_refused),
    UNIT_CASE(option_names_know_no_case_and_others_are_skipped),
    UNIT_CASE(the_size_asked_for_is_within_bounds),
    UNIT_CASE(a_name_is_neither_empty_nor_without_end),
    UNIT_CASE(who_stops_tells_the_server_once),
};

int main(int argc, char **argv)
{
    return unit_main("rom-tftp", cases, COUNT(cases), argc, argv);
}
