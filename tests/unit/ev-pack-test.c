/*
 * From text to block and back.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "ev-text.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

static struct ev_boot_config config;
static struct ev_problems problems;
static uint8_t block[EV_DATA_MAX];

static size_t pack(struct ev_text text)
{
    size_t size = ev_pack(text.start, text.length, block, &problems);

    ev_text_free(&text);
    return size;
}

static bool parse_copy(const uint8_t *from, size_t size)
{
    uint8_t *copy = malloc(size);
    bool valid;

    memcpy(copy, from, size);
    valid = ev_parse_block(copy, size, EV_UNKNOWN_IGNORED, &config,
                           &problems);
    free(copy);
    return valid;
}

static void block_has_the_order_of_the_table_and_no_comments(void)
{
    static const char want[] =
        "TargetName=iqn.2006-06.net.example:disk1\nTargetIP=192.0.2.20\n"
        "InitiatorName=iqn.2006-06.net.example:bench\n"
        "InitiatorIP=192.0.2.05\nInitiatorNetmask=255.255.255.0\nLUN=1\n";
    struct ev_slice text;
    size_t size = pack(ev_text_new(
        "# comment\r\n  LUN = 1\r\nInitiatorNetmask=255.255.255.0\r\n\r\n"
        "InitiatorIP=192.0.2.05\r\nVLAN=\r\n"
        "InitiatorName=iqn.2006-06.net.example:bench\r\n"
        "TargetIP=192.0.2.20\r\n"
        "TargetName=iqn.2006-06.net.example:disk1"));

    CU_ASSERT_EQUAL_FATAL(ev_block_open(block, size, ENVELOPE_MAGIC_BOOT,
                                        &text), EV_OK);
    CU_ASSERT_EQUAL(text.length, sizeof(want) - 1);
    CU_ASSERT_EQUAL(memcmp(text.start, want, sizeof(want) - 1), 0);
}

static void packed_configuration_parses_to_the_same_values(void)
{
    static struct ev_boot_config before;
    struct ev_text text = EV_TEXT("LAA", "0217080a0b0c", "VLAN", "12",
                                  "CHAPSecret", "a=b#c=d e~!\"");
    size_t size;

    CU_ASSERT(ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED, &before,
                       &problems));
    size = pack(text);
    CU_ASSERT(size > 0);
    CU_ASSERT(parse_copy(block, size));
    CU_ASSERT_EQUAL(memcmp(&before, &config, sizeof(config)), 0);
}

static void one_error_packs_nothing(void)
{
    memset(block, 0xa5, sizeof(block));
    CU_ASSERT_EQUAL(pack(EV_TEXT("LUN", "256")), 0);
    CU_ASSERT(ev_only_error(&problems, EV_VALUE_REFUSED, EV_LUN));
    for (size_t i = 0; i < sizeof(block); i++) {
        CU_ASSERT_EQUAL_FATAL(block[i], 0xa5);
    }
}

static void warnings_do_not_keep_from_packing(void)
{
    CU_ASSERT(pack(EV_TEXT("ForceBoot", "yes")) > 0);
    CU_ASSERT(ev_warned(&problems, EV_WARNING_FORCE_BOOT));
}

/* ForceBoot is the one variable that takes text of any length. */
static void block_has_at_most_3966_bytes(void)
{
    size_t small = pack(EV_TEXT("ForceBoot", "x"));
    size_t fill = EV_DATA_MAX - small + 1;
    char value[EV_DATA_MAX] = "";

    memset(value, 'x', fill);
    CU_ASSERT_EQUAL(pack(EV_TEXT("ForceBoot", value)), EV_DATA_MAX);
    CU_ASSERT(parse_copy(block, EV_DATA_MAX));
    value[fill] = 'x';
    CU_ASSERT_EQUAL(pack(EV_TEXT("ForceBoot", value)), 0);
    CU_ASSERT(ev_only_error(&problems, EV_BLOCK_TOO_LARGE, EV_NO_VARIABLE));
}

static void largest_values_fit(void)
{
    char name[224], user[256], secret[513], mutual[513];

    memset(name, 'n', 223);
    memcpy(name, "iqn.2001-04.com.x:", 18);
    name[223] = '\0';
    memset(user, 'u', 255);
    user[255] = '\0';
    memset(secret, 'a', 512);
    memcpy(secret, "0x", 2);
    secret[512] = '\0';
    memcpy(mutual, secret, sizeof(mutual));
    mutual[511] = 'b';
    CU_ASSERT(pack(EV_TEXT("TargetName", name, "InitiatorName", name,
                           "CHAPUsername", user, "CHAPSecret", secret,
                           "CHAPMSecret", mutual)) > 0);
}

static void damage_at_every_byte_is_an_error_of_the_block(void)
{
    size_t size = pack(EV_TEXT("LUN", "7"));

    for (size_t i = 0; i < size; i++) {
        block[i] ^= 0x20;
        CU_ASSERT_FALSE(parse_copy(block, size));
        CU_ASSERT_EQUAL(problems.errors, 1);
        CU_ASSERT(problems.list[0].error >= EV_BLOCK_SHORT &&
                  problems.list[0].error <= EV_BLOCK_CRC);
        block[i] ^= 0x20;
    }
    CU_ASSERT(parse_copy(block, size));
}

static void sound_block_with_a_bad_value_is_refused(void)
{
    struct ev_writer writer;
    size_t size;

    ev_writer_init(&writer, block, sizeof(block));
    ev_writer_add_string(&writer, "LUN", "many");
    size = ev_writer_seal(&writer, ENVELOPE_MAGIC_BOOT);
    CU_ASSERT_FALSE(parse_copy(block, size));
    CU_ASSERT_EQUAL(problems.list[0].error, EV_VALUE_REFUSED);
}

static uint32_t random_state;

static uint32_t next_random(uint32_t below)
{
    return unit_random(&random_state, below);
}

/* Changes, doubles or drops a few bytes. */
static void mutate(struct ev_text *text)
{
    static const char likely[] = "=\n\r#0129.*x \t\x1a\x80TrueCHAPiqn:";
    unsigned changes = 1 + next_random(4);

    for (unsigned i = 0; i < changes && text->length > 1; i++) {
        size_t at = next_random(text->length);

        switch (next_random(3)) {
        case 0:
            text->start[at] = likely[next_random(sizeof(likely))];
            break;
        case 1:
            text->start[at] = text->start[next_random(text->length)];
            break;
        default:
            memmove(text->start + at, text->start + at + 1,
                    text->length - at - 1);
            text->length--;
        }
    }
    text->start = realloc(text->start, text->length);
}

static void mutated_texts_pack_whole_or_not_at_all(void)
{
    static struct ev_boot_config before;
    unsigned packed = 0;

    random_state = 20061;
    for (unsigned i = 0; i < 20000; i++) {
        struct ev_text text = EV_TEXT("LUN", "1");
        char sentence[200];
        bool valid;
        size_t size;

        mutate(&text);
        valid = ev_parse(text.start, text.length, EV_UNKNOWN_REFUSED,
                         &before, &problems);
        size = ev_pack(text.start, text.length, block, &problems);
        CU_ASSERT_EQUAL_FATAL(valid, size > 0);
        CU_ASSERT_EQUAL_FATAL(valid, problems.errors == 0);
        for (unsigned j = 0; j < problems.listed; j++) {
            ev_problem_text(&problems.list[j], sentence, sizeof(sentence));
        }
        if (valid) {
            packed++;
            CU_ASSERT_FATAL(parse_copy(block, size));
            CU_ASSERT_EQUAL_FATAL(memcmp(&before, &config, sizeof(config)),
                                  0);
        }
        ev_text_free(&text);
    }
    CU_ASSERT(packed > 1000 && packed < 19000);
}

static const struct unit_case cases[] = {
    UNIT_CASE(block_has_the_order_of_the_table_and_no_comments),
    UNIT_CASE(packed_configuration_parses_to_the_same_values),
    UNIT_CASE(one_error_packs_nothing),
    UNIT_CASE(warnings_do_not_keep_from_packing),
    UNIT_CASE(block_has_at_most_3966_bytes),
    UNIT_CASE(largest_values_fit),
    UNIT_CASE(damage_at_every_byte_is_an_error_of_the_block),
    UNIT_CASE(sound_block_with_a_bad_value_is_refused),
    UNIT_CASE(mutated_texts_pack_whole_or_not_at_all),
};

int main(int argc, char **argv)
{
    return unit_main("ev-pack", cases, CASES, argc, argv);
}
