/*
 * nchandoff finds, copies and judges the handoff block of an adapter whose
 * register window is played by this test.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "hw/net/nc37xx_regs.h"
#include "qemu/bswap.h"

#include "handoff-read.h"
#include "unit.h"

#define WINDOW_BEFORE 0x12344
#define SHM_BASE NC37XX_SHM_BASE_5708

/* An adapter's scratch memory, and the register that points into it. */
struct fake {
    uint8_t scratch[0xa000];
    uint32_t window;
    unsigned accesses;
    unsigned fail_at;           /* this access fails; 0: none */
};

static uint8_t block[HANDOFF_SIZE_MAX];
static struct ev_slice text;

static uint8_t *scratch_at(struct fake *fake, uint32_t grc)
{
    return fake->scratch + (grc - NC37XX_MCP_SCRATCH);
}

static bool fake_read(void *opaque, unsigned offset, uint32_t *value)
{
    struct fake *fake = opaque;

    if (++fake->accesses == fake->fail_at) {
        return false;
    }
    if (offset == A_PCICFG_REG_WINDOW_ADDRESS) {
        *value = fake->window;
    } else {
        CU_ASSERT_EQUAL(offset, A_PCICFG_REG_WINDOW);
        *value = 0xffffffff;
        if (fake->window >= NC37XX_MCP_SCRATCH &&
            fake->window - NC37XX_MCP_SCRATCH <= sizeof(fake->scratch) - 4) {
            *value = ldl_le_p(scratch_at(fake, fake->window));
        }
    }
    return true;
}

static bool fake_write(void *opaque, unsigned offset, uint32_t value)
{
    struct fake *fake = opaque;

    CU_ASSERT_EQUAL(offset, A_PCICFG_REG_WINDOW_ADDRESS);
    if (++fake->accesses == fake->fail_at) {
        return false;
    }
    fake->window = value;
    return true;
}

static void set_pointer(struct fake *fake, uint32_t base, uint32_t address,
                        uint32_t length)
{
    memcpy(scratch_at(fake, base + HANDOFF_SHM_MAGIC),
           ENVELOPE_MAGIC_HANDOFF, 4);
    stl_le_p(scratch_at(fake, base + HANDOFF_SHM_ADDRESS), address);
    stl_le_p(scratch_at(fake, base + HANDOFF_SHM_LENGTH), length);
}

/* Seals @lines in a block at @address, with a pointer to it at @base. */
static void give_block(struct fake *fake, uint32_t base, uint32_t address,
                       const char *lines)
{
    struct ev_writer writer;
    struct ev_reader reader;
    struct ev_line line;
    char name[64];
    size_t size;

    ev_writer_init(&writer, scratch_at(fake, address),
                   HANDOFF_GRC_LAST + 1 - address);
    ev_reader_init(&reader, lines, strlen(lines));
    while (ev_reader_next(&reader, &line)) {
        memcpy(name, line.name.start, line.name.length);
        name[line.name.length] = '\0';
        ev_writer_add(&writer, name, line.value);
    }
    size = ev_writer_seal(&writer, ENVELOPE_MAGIC_HANDOFF);
    CU_ASSERT_FATAL(size > 0);
    set_pointer(fake, base, address, size);
}

static struct fake adapter_5708(void)
{
    struct fake fake = { .window = WINDOW_BEFORE };

    stl_le_p(scratch_at(&fake, NC37XX_SHM_HEADER + SHM_HEADER_SIGNATURE),
             NC37XX_SHM_HEADER_SIGNATURE | NC37XX_SHM_HEADER_VERSION);
    stl_le_p(scratch_at(&fake, NC37XX_SHM_HEADER + SHM_HEADER_ADDR_0),
             SHM_BASE);
    return fake;
}

static enum handoff_error read_fake(struct fake *fake)
{
    struct config_space config = { fake, fake_read, fake_write };

    fake->accesses = 0;
    return handoff_read(&config, block, &text);
}

static bool text_is(const char *expected)
{
    return text.length == strlen(expected) &&
           memcmp(text.start, expected, text.length) == 0;
}

static void block_of_a_5708_is_read(void)
{
    struct fake fake = adapter_5708();

    give_block(&fake, SHM_BASE, HANDOFF_GRC_FIRST, "LUN=1\nVLAN=Disabled\n");
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_OK);
    CU_ASSERT(text_is("LUN=1\nVLAN=Disabled\n"));
}

static void without_a_header_shared_memory_is_where_a_5706_has_it(void)
{
    struct fake fake = { .window = WINDOW_BEFORE };

    give_block(&fake, NC37XX_SHM_BASE_5706, HANDOFF_GRC_FIRST, "LUN=1\n");
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_OK);
    CU_ASSERT(text_is("LUN=1\n"));
}

static void window_address_is_put_back_after_every_outcome(void)
{
    struct fake fake = adapter_5708();

    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_NONE);
    CU_ASSERT_EQUAL(fake.window, WINDOW_BEFORE);
    set_pointer(&fake, SHM_BASE, 0, 16);
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_POINTER);
    CU_ASSERT_EQUAL(fake.window, WINDOW_BEFORE);
    give_block(&fake, SHM_BASE, HANDOFF_GRC_FIRST, "LUN=1\n");
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_OK);
    CU_ASSERT_EQUAL(fake.window, WINDOW_BEFORE);
}

static void adapter_without_a_block_says_so(void)
{
    struct fake fake = adapter_5708();

    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_NONE);
}

static void pointer_out_of_the_scratch_pad_is_refused(void)
{
    static const struct {
        uint32_t address, length;
    } pointers[] = {
        { HANDOFF_GRC_FIRST - 4, 32 },
        { HANDOFF_GRC_FIRST + 1, 32 },
        { HANDOFF_GRC_FIRST, HANDOFF_SIZE_MAX + 1 },
        { HANDOFF_GRC_LAST + 1, 0 },
        { HANDOFF_GRC_LAST - 3, 5 },
        { 0xfffffffc, 8 },
        { HANDOFF_GRC_FIRST, 0xffffffff },
    };

    for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++) {
        struct fake fake = adapter_5708();

        set_pointer(&fake, SHM_BASE, pointers[i].address, pointers[i].length);
        CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_POINTER);
    }
}

static void every_damaged_byte_of_a_block_is_noticed(void)
{
    struct fake fake = adapter_5708();
    uint32_t length;

    give_block(&fake, SHM_BASE, HANDOFF_GRC_FIRST, "LUN=1\nVLAN=7\n");
    length = ldl_le_p(scratch_at(&fake, SHM_BASE + HANDOFF_SHM_LENGTH));
    for (uint32_t i = 0; i < length; i++) {
        *scratch_at(&fake, HANDOFF_GRC_FIRST + i) ^= 0x20;
        CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_BLOCK);
        *scratch_at(&fake, HANDOFF_GRC_FIRST + i) ^= 0x20;
    }
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_OK);
}

static void block_shorter_than_its_header_is_refused(void)
{
    for (uint32_t length = 0; length < ENVELOPE_HEADER_SIZE; length++) {
        struct fake fake = adapter_5708();

        set_pointer(&fake, SHM_BASE, HANDOFF_GRC_FIRST, length);
        CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_BLOCK);
    }
}

static void block_may_fill_the_scratch_pad_to_its_last_byte(void)
{
    static char lines[HANDOFF_SIZE_MAX];
    struct fake fake = adapter_5708();
    size_t size = HANDOFF_SIZE_MAX - ENVELOPE_HEADER_SIZE;

    memset(lines, 'x', size);
    memcpy(lines, "N=", 2);
    lines[size - 1] = '\n';
    give_block(&fake, SHM_BASE, HANDOFF_GRC_FIRST, lines);
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_OK);
    CU_ASSERT_EQUAL(text.length, size);
}

static void failure_of_any_access_is_reported(void)
{
    struct fake fake = adapter_5708();
    unsigned accesses;

    give_block(&fake, SHM_BASE, HANDOFF_GRC_FIRST, "LUN=1\n");
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_OK);
    accesses = fake.accesses;
    for (fake.fail_at = 1; fake.fail_at <= accesses; fake.fail_at++) {
        CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_ACCESS);
    }
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_OK);
}

/* Takes a literal, which may contain NUL. */
#define STRICT(lines) \
    handoff_text_is_strict((struct ev_slice) { lines, sizeof(lines) - 1 })

static void only_printable_name_value_lines_are_strict(void)
{
    CU_ASSERT(STRICT(""));
    CU_ASSERT(STRICT("A=\n"));
    CU_ASSERT(STRICT("Active.TargetIP2=10.0.2.2\nX=a=b c\n"));
    CU_ASSERT(!STRICT("A=1"));
    CU_ASSERT(!STRICT("A\n"));
    CU_ASSERT(!STRICT("=1\n"));
    CU_ASSERT(!STRICT("\n"));
    CU_ASSERT(!STRICT("1A=1\n"));
    CU_ASSERT(!STRICT("A B=1\n"));
    CU_ASSERT(!STRICT("A;B=1\n"));
    CU_ASSERT(!STRICT("A=\x1b[2J\n"));
    CU_ASSERT(!STRICT("A=\xc3\xa4\n"));
    CU_ASSERT(!STRICT("A=\0\n"));
    CU_ASSERT(!STRICT("A=1\r\n"));
}

static void sealed_block_with_a_control_character_is_refused(void)
{
    struct fake fake = adapter_5708();
    uint8_t *at = scratch_at(&fake, HANDOFF_GRC_FIRST);
    uint32_t length;

    give_block(&fake, SHM_BASE, HANDOFF_GRC_FIRST, "LUN=1\n");
    length = ldl_le_p(scratch_at(&fake, SHM_BASE + HANDOFF_SHM_LENGTH));
    at[ENVELOPE_HEADER_SIZE + 4] = '\x07';
    stl_le_p(at + ENVELOPE_CRC,
             ev_crc32(ev_crc32(0, at, ENVELOPE_CRC),
                      at + ENVELOPE_HEADER_SIZE,
                      length - ENVELOPE_HEADER_SIZE));
    CU_ASSERT_EQUAL(read_fake(&fake), HANDOFF_TEXT);
}

static bool secret(const char *name)
{
    return handoff_is_secret((struct ev_slice) { name, strlen(name) });
}

static void both_chap_secrets_are_secret_and_nothing_else_is(void)
{
    CU_ASSERT(secret("CHAPSecret"));
    CU_ASSERT(secret("CHAPMSecret"));
    CU_ASSERT(!secret("CHAPUsername"));
    CU_ASSERT(!secret("TargetName"));
    CU_ASSERT(!secret("Active.LUN"));
}

int main(int argc, char **argv)
{
    static const struct unit_case cases[] = {
        UNIT_CASE(block_of_a_5708_is_read),
        UNIT_CASE(without_a_header_shared_memory_is_where_a_5706_has_it),
        UNIT_CASE(window_address_is_put_back_after_every_outcome),
        UNIT_CASE(adapter_without_a_block_says_so),
        UNIT_CASE(pointer_out_of_the_scratch_pad_is_refused),
        UNIT_CASE(every_damaged_byte_of_a_block_is_noticed),
        UNIT_CASE(block_shorter_than_its_header_is_refused),
        UNIT_CASE(block_may_fill_the_scratch_pad_to_its_last_byte),
        UNIT_CASE(failure_of_any_access_is_reported),
        UNIT_CASE(only_printable_name_value_lines_are_strict),
        UNIT_CASE(sealed_block_with_a_control_character_is_refused),
        UNIT_CASE(both_chap_secrets_are_secret_and_nothing_else_is),
    };

    return unit_main("nchandoff-read", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
