/*
 * Blocks: the envelope round a Name=Value text, its emitter and its parser.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ev-internal.h"

#define MAGIC_SIZE 4

/* CRC-32 of IEEE 802.3, reflected, one entry for each four bits. */
static const uint32_t crc_of_nibble[16] = {
    0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
    0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
    0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
    0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

/* Over the header up to the checksum, and the text. */
static uint32_t block_crc(const uint8_t *block, size_t text_length)
{
    uint32_t crc = ev_crc32(0, block, ENVELOPE_CRC);

    return ev_crc32(crc, block + ENVELOPE_HEADER_SIZE, text_length);
}

uint32_t ev_crc32(uint32_t crc, const void *data, size_t length)
{
    const uint8_t *p = data;

    crc = ~crc;
    for (size_t i = 0; i < length; i++) {
        crc ^= p[i];
        crc = crc >> 4 ^ crc_of_nibble[crc & 15];
        crc = crc >> 4 ^ crc_of_nibble[crc & 15];
    }
    return ~crc;
}

enum ev_error ev_block_open(const void *block, size_t size, const char *magic,
                            struct ev_slice *text)
{
    const uint8_t *p = block;

    *text = (struct ev_slice) { NULL, 0 };
    if (size < ENVELOPE_HEADER_SIZE) {
        return EV_BLOCK_SHORT;
    }
    if (memcmp(p + ENVELOPE_MAGIC, magic, MAGIC_SIZE) != 0) {
        return EV_BLOCK_MAGIC;
    }
    if (get_le16(p + ENVELOPE_VERSION) != ENVELOPE_VERSION_1 ||
        get_le16(p + ENVELOPE_HEADER_LENGTH) != ENVELOPE_HEADER_SIZE) {
        return EV_BLOCK_VERSION;
    }
    if (get_le32(p + ENVELOPE_TEXT_LENGTH) != size - ENVELOPE_HEADER_SIZE) {
        return EV_BLOCK_LENGTH;
    }
    if (get_le32(p + ENVELOPE_CRC) !=
        block_crc(p, size - ENVELOPE_HEADER_SIZE)) {
        return EV_BLOCK_CRC;
    }
    text->start = (const char *)p + ENVELOPE_HEADER_SIZE;
    text->length = size - ENVELOPE_HEADER_SIZE;
    return EV_OK;
}

void ev_writer_init(struct ev_writer *writer, void *block, size_t room)
{
    writer->block = block;
    writer->room = room;
    writer->used = ENVELOPE_HEADER_SIZE;
    writer->full = room < ENVELOPE_HEADER_SIZE;
}

void ev_writer_add(struct ev_writer *writer, const char *name,
                   struct ev_slice value)
{
    size_t name_length = ev_string_length(name);
    size_t left = writer->full ? 0 : writer->room - writer->used;
    uint8_t *p = writer->block + writer->used;

    if (value.length > left || name_length + 2 > left - value.length) {
        writer->full = true;
        return;
    }
    memcpy(p, name, name_length);
    p += name_length;
    *p++ = '=';
    if (value.length > 0) {
        memcpy(p, value.start, value.length);
    }
    p[value.length] = '\n';
    writer->used += name_length + value.length + 2;
}

void ev_writer_add_string(struct ev_writer *writer, const char *name,
                          const char *value)
{
    ev_writer_add(writer, name, ev_slice_of(value));
}

void ev_writer_add_configured(struct ev_writer *writer, struct ev_slice text)
{
    struct ev_slice value;

    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        if (ev_find(text.start, text.length, ev_variables[i].name, &value)) {
            ev_writer_add(writer, ev_variables[i].name, value);
        }
    }
}

size_t ev_writer_seal(struct ev_writer *writer, const char *magic)
{
    size_t text_length = writer->used - ENVELOPE_HEADER_SIZE;
    uint8_t *p = writer->block;

    if (writer->full) {
        return 0;
    }
    memcpy(p + ENVELOPE_MAGIC, magic, MAGIC_SIZE);
    put_le16(p + ENVELOPE_VERSION, ENVELOPE_VERSION_1);
    put_le16(p + ENVELOPE_HEADER_LENGTH, ENVELOPE_HEADER_SIZE);
    put_le32(p + ENVELOPE_TEXT_LENGTH, text_length);
    put_le32(p + ENVELOPE_CRC, block_crc(p, text_length));
    return writer->used;
}
