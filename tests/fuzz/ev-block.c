/*
 * libFuzzer writes what iLO keeps: boot configurations as blocks, and drives
 * with slots of EVs.  The first byte says which of the two ends is meant:
 *
 *   RAW     the rest is a block, sound or not
 *   SEALED  the rest is the text of a sound block: what may be seen of it
 *           does not depend on its secrets, and no damage goes unnoticed
 *   LINES   the rest is lines for the writer, whose room may end
 *   SLOTS   the rest is the beginning of both slots of a drive
 *
 * Layouts and checksums are written down a second time here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "ev-core/ev.h"
#include "ev-store.h"
#include "fuzzer.h"
#include "mask.h"
#include "secrets.h"

#define HEADER 16

enum { RAW, SEALED, LINES, SLOTS, MODES };

static void must(bool truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

/* Reflected, a bit at a time; begin and end with all bits inverted. */
static uint32_t crc_more(uint32_t polynomial, uint32_t crc,
                         const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? polynomial : 0);
        }
    }
    return crc;
}

static uint32_t block_crc(const uint8_t *block, size_t size)
{
    uint32_t crc = crc_more(0xedb88320, UINT32_MAX, block, 12);

    return ~crc_more(0xedb88320, crc, block + HEADER, size - HEADER);
}

/*
 * Blocks
 */

static bool is_block(const uint8_t *block, size_t size)
{
    return size >= HEADER && memcmp(block, "NCEB\1\0\20\0", 8) == 0 &&
           (uint32_t)ldl_le_p(block + 8) == size - HEADER &&
           (uint32_t)ldl_le_p(block + 12) == block_crc(block, size);
}

static void check_open(const uint8_t *block, size_t size)
{
    static struct ev_boot_config config;
    static struct ev_problems problems;
    struct ev_slice text;
    bool sound = ev_block_open(block, size, ENVELOPE_MAGIC_BOOT, &text) ==
                 EV_OK;
    bool valid = ev_parse_block(block, size, EV_UNKNOWN_IGNORED, &config,
                                &problems);

    must(sound == is_block(block, size), "a block is sound or not");
    must(sound ? text.start == (const char *)block + HEADER &&
                 text.length == size - HEADER : text.length == 0,
         "the text is the block's");
    must(sound || (!valid && problems.errors == 1 &&
                   problems.list[0].error <= EV_BLOCK_CRC),
         "a block that is not sound has one error");
    must(valid == (problems.errors == 0), "errors refuse a block");
}

static uint8_t *seal(const uint8_t *text, size_t size)
{
    uint8_t *block = malloc(HEADER + size);

    memcpy(block, "NCEB\1\0\20\0", 8);
    stl_le_p(block + 8, size);
    memcpy(block + HEADER, text, size);
    stl_le_p(block + 12, block_crc(block, HEADER + size));
    return block;
}

/* A bit of every byte, and the last byte gone. */
static void check_damage(uint8_t *block, size_t size)
{
    struct ev_slice text;

    for (size_t i = 0; i < size; i += 1 + size / 16) {
        block[i] ^= 1 << i % 8;
        must(ev_block_open(block, size, ENVELOPE_MAGIC_BOOT, &text) != EV_OK,
             "damage is noticed");
        block[i] ^= 1 << i % 8;
    }
    must(ev_block_open(block, size - 1, ENVELOPE_MAGIC_BOOT, &text) != EV_OK,
         "a cut is noticed");
}

/*
 * Masks
 */

/* Another byte that is as printable. */
static uint8_t another(uint8_t c)
{
    return c > ' ' && c < '~' ? c + 1 : c == '~' ? '!' : c;
}

/* Does the line hold what nobody may see?  @all: names nobody knows too. */
static bool is_secret(const struct ev_line *line, bool all)
{
    enum ev_variable_id variable = ev_variable_find(line->name);

    if (line->error != EV_OK) {
        return false;
    }
    return variable == EV_NO_VARIABLE ? all : ev_variables[variable].secret;
}

/* The same block with other secrets. */
static uint8_t *with_other_secrets(const uint8_t *block, size_t size,
                                   bool all)
{
    uint8_t *text = malloc(size - HEADER);
    const char *start = (const char *)block + HEADER;
    struct ev_reader reader;
    struct ev_line line;
    uint8_t *other;

    memcpy(text, start, size - HEADER);
    ev_reader_init(&reader, start, size - HEADER);
    while (ev_reader_next(&reader, &line)) {
        for (size_t i = 0; is_secret(&line, all) && i < line.value.length;
             i++) {
            uint8_t *c = text + (line.value.start - start) + i;

            *c = another(*c);
        }
    }
    other = seal(text, size - HEADER);
    free(text);
    return other;
}

/* What the daemon shows. */
static void check_network(const uint8_t *block, size_t size)
{
    static uint8_t shown[EV_DATA_MAX], also[EV_DATA_MAX];
    uint8_t *other = with_other_secrets(block, size, true);
    size_t length = mask_value("CQTISCSI", block, size, shown);

    must(length == 0 || is_block(shown, length), "what is shown is a block");
    must(mask_value("CQTISCSI", other, size, also) == length &&
         memcmp(shown, also, length) == 0,
         "the network sees no secret");
    must(mask_value("CQHORD", other, size, also) == length &&
         memcmp(shown, also, length) == 0, "under whatever name");
    free(other);
}

/* What the device shows. */
static void check_link(const uint8_t *block, size_t size)
{
    static uint8_t shown[EV_DATA_MAX], also[EV_DATA_MAX];
    uint8_t *other = with_other_secrets(block, size, false);
    size_t length = ilo_mask_secrets(block, size, shown, sizeof(shown));

    must(length <= sizeof(shown) &&
         (is_block(shown, length) || shown[0] == '*'),
         "what is shown is a block or hidden");
    must(ilo_mask_secrets(other, size, also, sizeof(also)) == length &&
         memcmp(shown, also, sizeof(shown)) == 0, "the link sees no secret");
    free(other);
}

static void check_sealed(const uint8_t *text, size_t size)
{
    uint8_t *block = seal(text, size);

    size += HEADER;
    must(is_block(block, size), "a block that was sealed");
    check_open(block, size);
    if (size <= EV_DATA_MAX) {
        check_network(block, size);
        check_link(block, size);
    }
    check_damage(block, size);
    free(block);
}

/*
 * The writer
 */

/* Lines with the names of the table, until the room ends. */
static size_t write_lines(const uint8_t *bytes, size_t size, size_t room,
                          uint8_t *block, uint8_t *want)
{
    struct ev_writer writer;
    size_t used = HEADER;
    bool fits = room >= HEADER;

    ev_writer_init(&writer, block, room);
    while (size >= 2) {
        const char *name = ev_variables[bytes[0] % EV_VARIABLES].name;
        size_t length = MIN(bytes[1], size - 2);
        struct ev_slice value = { (const char *)bytes + 2, length };
        size_t line = strlen(name) + length + 2;

        ev_writer_add(&writer, name, value);
        fits = fits && line <= room - used;
        if (fits) {
            sprintf((char *)want + used, "%s=", name);
            memcpy(want + used + strlen(name) + 1, value.start, length);
            used += line;
            want[used - 1] = '\n';
        }
        bytes += 2 + length;
        size -= 2 + length;
    }
    must(ev_writer_seal(&writer, ENVELOPE_MAGIC_BOOT) == (fits ? used : 0),
         "a block is whole or none");
    return fits ? used : 0;
}

static void check_lines(const uint8_t *bytes, size_t size)
{
    size_t room = size < 2 ? 0 : (bytes[0] | bytes[1] << 8) % 1024;
    uint8_t *block = malloc(room), *want = calloc(1, room + 32), *sealed;
    size_t used = size < 2 ? 0 : write_lines(bytes + 2, size - 2, room,
                                             block, want);

    if (used) {
        sealed = seal(want + HEADER, used - HEADER);
        must(memcmp(block, sealed, used) == 0, "the lines are in the block");
        free(sealed);
    }
    free(block);
    free(want);
}

/*
 * Slots
 */

static uint8_t medium[EV_DRIVE_SIZE];
static EvStore store;

static void no_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
}

static bool drive_read(void *opaque, uint32_t offset, void *buffer,
                       uint32_t size)
{
    must(offset <= EV_DRIVE_SIZE && size <= EV_DRIVE_SIZE - offset,
         "a read stays on the drive");
    memcpy(buffer, medium + offset, size);
    return true;
}

static bool drive_write(void *opaque, uint32_t offset, const void *buffer,
                        uint32_t size)
{
    must(offset <= EV_DRIVE_SIZE && size <= EV_DRIVE_SIZE - offset,
         "a write stays on the drive");
    memcpy(medium + offset, buffer, size);
    return true;
}

static bool drive_flush(void *opaque)
{
    return true;
}

static const EvStoreOps drive_ops = { drive_read, drive_write, drive_flush };

/* A checksum that is right, where the length lets there be one. */
static void fix_slot(uint8_t *slot)
{
    uint32_t length = ldl_le_p(slot + EV_SLOT_LENGTH);

    if (length <= EV_PAYLOAD_MAX) {
        uint32_t crc;

        stl_le_p(slot + EV_SLOT_MAGIC, EV_SLOT_MAGIC_VALUE);
        stl_le_p(slot + EV_SLOT_VERSION, EV_SLOT_VERSION_1);
        stl_le_p(slot + EV_SLOT_CRC, 0);
        crc = crc_more(0x82f63b78, UINT32_MAX, slot,
                       EV_SLOT_HEADER_SIZE + length);
        stl_le_p(slot + EV_SLOT_CRC, ~crc);
    }
}

static EvLoad load(void)
{
    const IloListener listener = { no_event, NULL };

    ev_store_init(&store, &drive_ops, NULL, &listener);
    return ev_store_load(&store);
}

/* Every record is one that the host may see. */
static void check_records(void)
{
    EvRecord record;
    uint32_t used = 0, count = 0;

    while (ev_store_at(&store, count, &record)) {
        size_t name = strnlen(record.name, EV_NAME_SIZE);

        must(name > 0 && name < EV_NAME_SIZE && record.length > 0 &&
             record.length <= EV_DATA_MAX, "a record that may be");
        must(ev_store_find(&store, record.name, &record),
             "a record that is found");
        used += EV_RECORD_DATA + record.length;
        count++;
    }
    must(count == store.records.count && ev_store_resume(&store),
         "a store that is sound");
    must(count == 0 || used <= EV_PAYLOAD_MAX, "records that fit");
}

static void check_slots(const uint8_t *bytes, size_t size)
{
    uint8_t flags = size ? bytes[0] : 0;
    size_t half = size ? (size - 1) / 2 : 0;
    EvChange change;
    EvRecord record;
    EvLoad loaded;

    memset(medium, 0, sizeof(medium));
    for (unsigned slot = 0; slot < EV_SLOTS && half; slot++) {
        uint8_t *start = medium + slot * EV_SLOT_SIZE;

        memcpy(start, bytes + 1 + slot * half, MIN(half, EV_SLOT_SIZE));
        if (flags & 1 << slot) {
            fix_slot(start);
        }
    }
    loaded = load();
    must(loaded != EV_LOAD_FAILED, "a drive that reads");
    must(loaded == EV_LOAD_OK || store.records.count == 0,
         "no EV without a good slot");
    check_records();
    change = ev_store_set(&store, "CQTISCSI", "value", 5);
    must(change != EV_CHANGE_FAILED, "a drive that takes all");
    if (change == EV_CHANGE_OK) {
        must(load() == EV_LOAD_OK &&
             ev_store_find(&store, "CQTISCSI", &record) &&
             record.length == 5 && memcmp(record.data, "value", 5) == 0,
             "what was set last is there");
        check_records();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) {
        return 0;
    }
    switch (bytes[0] % MODES) {
    case RAW:
        check_open(bytes + 1, size - 1);
        break;
    case SEALED:
        check_sealed(bytes + 1, size - 1);
        break;
    case LINES:
        check_lines(bytes + 1, size - 1);
        break;
    default:
        check_slots(bytes + 1, size - 1);
    }
    return 0;
}
