/*
 * Blocks: header, checksum, writer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ev-text.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

static size_t make_block(uint8_t *block, size_t room)
{
    struct ev_writer writer;

    ev_writer_init(&writer, block, room);
    ev_writer_add_string(&writer, "LUN", "1");
    ev_writer_add_string(&writer, "Active.TargetIP", "192.0.2.20");
    return ev_writer_seal(&writer, ENVELOPE_MAGIC_HANDOFF);
}

static enum ev_error open_copy(const uint8_t *block, size_t size)
{
    struct ev_slice text;
    uint8_t *copy = malloc(size);
    enum ev_error error;

    memcpy(copy, block, size);
    error = ev_block_open(copy, size, ENVELOPE_MAGIC_HANDOFF, &text);
    free(copy);
    return error;
}

static void checksum_is_that_of_zlib(void)
{
    CU_ASSERT_EQUAL(ev_crc32(0, "123456789", 9), 0xcbf43926);
    CU_ASSERT_EQUAL(ev_crc32(ev_crc32(0, "1234", 4), "56789", 5), 0xcbf43926);
    CU_ASSERT_EQUAL(ev_crc32(0, "", 0), 0);
}

static void header_is_laid_out_as_the_contract_says(void)
{
    static const uint8_t head[12] = {
        'N', 'C', 'H', 'O', 1, 0, 16, 0, 33, 0, 0, 0
    };
    uint8_t block[64];
    uint32_t crc;

    CU_ASSERT_EQUAL(make_block(block, sizeof(block)), 16 + 33);
    CU_ASSERT_EQUAL(memcmp(block, head, sizeof(head)), 0);
    CU_ASSERT_EQUAL(memcmp(block + 16,
                           "LUN=1\nActive.TargetIP=192.0.2.20\n", 33), 0);
    crc = ev_crc32(ev_crc32(0, block, 12), block + 16, 33);
    CU_ASSERT_EQUAL(crc, block[12] | block[13] << 8 | block[14] << 16 |
                         (uint32_t)block[15] << 24);
}

static void sealed_block_opens_to_its_text(void)
{
    struct ev_slice text;
    uint8_t block[64];
    size_t size = make_block(block, sizeof(block));

    CU_ASSERT_EQUAL(ev_block_open(block, size, ENVELOPE_MAGIC_HANDOFF, &text),
                    EV_OK);
    CU_ASSERT_PTR_EQUAL(text.start, (char *)block + 16);
    CU_ASSERT_EQUAL(text.length, 33);
}

static void empty_text_makes_a_good_block(void)
{
    struct ev_writer writer;
    uint8_t block[16];

    ev_writer_init(&writer, block, sizeof(block));
    CU_ASSERT_EQUAL(ev_writer_seal(&writer, ENVELOPE_MAGIC_HANDOFF), 16);
    CU_ASSERT_EQUAL(open_copy(block, 16), EV_OK);
}

static void every_damaged_bit_is_noticed(void)
{
    uint8_t block[64];
    size_t size = make_block(block, sizeof(block));

    for (size_t i = 0; i < size * 8; i++) {
        block[i / 8] ^= 1 << i % 8;
        CU_ASSERT_NOT_EQUAL(open_copy(block, size), EV_OK);
        block[i / 8] ^= 1 << i % 8;
    }
    CU_ASSERT_EQUAL(open_copy(block, size), EV_OK);
}

static void every_cut_and_every_growth_is_noticed(void)
{
    uint8_t block[64] = { 0 };
    size_t size = make_block(block, sizeof(block));

    for (size_t i = 1; i <= sizeof(block); i++) {
        CU_ASSERT_EQUAL(open_copy(block, i) == EV_OK, i == size);
    }
}

static void damage_is_told_apart(void)
{
    static const struct {
        size_t offset;
        enum ev_error error;
    } rows[] = {
        { ENVELOPE_MAGIC + 3, EV_BLOCK_MAGIC },
        { ENVELOPE_VERSION, EV_BLOCK_VERSION },
        { ENVELOPE_HEADER_LENGTH, EV_BLOCK_VERSION },
        { ENVELOPE_TEXT_LENGTH + 3, EV_BLOCK_LENGTH },
        { ENVELOPE_CRC, EV_BLOCK_CRC },
        { ENVELOPE_HEADER_SIZE, EV_BLOCK_CRC },
    };
    uint8_t block[64];
    size_t size;

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        size = make_block(block, sizeof(block));
        block[rows[i].offset] ^= 0x80;
        CU_ASSERT_EQUAL(open_copy(block, size), rows[i].error);
    }
    CU_ASSERT_EQUAL(open_copy(block, 15), EV_BLOCK_SHORT);
}

static void a_line_that_does_not_fit_fails_the_block(void)
{
    uint8_t block[64];

    for (size_t room = 0; room < 16 + 33; room++) {
        uint8_t *exact = malloc(room);

        CU_ASSERT_EQUAL(make_block(exact, room), 0);
        free(exact);
    }
    CU_ASSERT_EQUAL(make_block(block, 16 + 33), 16 + 33);
}

static void configured_values_come_in_order_without_unknown_ones(void)
{
    static const char text[] = "LUN=7\nFuture=x\nTargetIP=192.0.2.1\n"
                               "TargetName=iqn.a\nLUN=8\n";
    static const char want[] = "TargetName=iqn.a\nTargetIP=192.0.2.1\nLUN=7\n";
    struct ev_writer writer;
    uint8_t block[128];

    ev_writer_init(&writer, block, sizeof(block));
    ev_writer_add_configured(&writer,
                             (struct ev_slice) { text, sizeof(text) - 1 });
    CU_ASSERT_EQUAL(ev_writer_seal(&writer, ENVELOPE_MAGIC_HANDOFF),
                    16 + sizeof(want) - 1);
    CU_ASSERT_EQUAL(memcmp(block + 16, want, sizeof(want) - 1), 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(checksum_is_that_of_zlib),
    UNIT_CASE(header_is_laid_out_as_the_contract_says),
    UNIT_CASE(sealed_block_opens_to_its_text),
    UNIT_CASE(empty_text_makes_a_good_block),
    UNIT_CASE(every_damaged_bit_is_noticed),
    UNIT_CASE(every_cut_and_every_growth_is_noticed),
    UNIT_CASE(damage_is_told_apart),
    UNIT_CASE(a_line_that_does_not_fit_fails_the_block),
    UNIT_CASE(configured_values_come_in_order_without_unknown_ones),
};

int main(int argc, char **argv)
{
    return unit_main("ev-block", cases, CASES, argc, argv);
}
