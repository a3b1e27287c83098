/*
 * Secrets in the boot configuration.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "ncsim/envelope.h"
#include "ncsim/smif.h"
#include "secrets.h"


static const struct {
    const char *text;
    size_t length;
} secret_names[] = {
#define NAME(text) { text, sizeof(text) - 1 }
    NAME("CHAPSecret"),
    NAME("CHAPMSecret"),
#undef NAME
};

static bool is_same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool ilo_has_secrets(const char *name)
{
    return is_same(name, EV_BOOT_ADAPTER_1) || is_same(name, EV_BOOT_ADAPTER_2);
}

/* CRC-32 of IEEE 802.3 without its last inversion, a bit at a time. */
static uint32_t crc32_more(uint32_t crc, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return crc;
}

static uint32_t block_crc(const uint8_t *block, size_t size)
{
    uint32_t crc = crc32_more(UINT32_MAX, block, ENVELOPE_CRC);

    return ~crc32_more(crc, block + ENVELOPE_HEADER_SIZE,
                       size - ENVELOPE_HEADER_SIZE);
}

static bool is_whole(const uint8_t *block, size_t size)
{
    return size >= ENVELOPE_HEADER_SIZE &&
           memcmp(block + ENVELOPE_MAGIC, ENVELOPE_MAGIC_BOOT, 4) == 0 &&
           lduw_le_p(block + ENVELOPE_VERSION) == ENVELOPE_VERSION_1 &&
           lduw_le_p(block + ENVELOPE_HEADER_LENGTH) ==
           ENVELOPE_HEADER_SIZE &&
           (uint32_t)ldl_le_p(block + ENVELOPE_TEXT_LENGTH) ==
           size - ENVELOPE_HEADER_SIZE &&
           (uint32_t)ldl_le_p(block + ENVELOPE_CRC) == block_crc(block, size);
}

/*
 * A line is read as those read it who boot from it: blanks round the name,
 * and a byte order mark before it, do not count.
 */
static size_t skip_blanks(const uint8_t *line, size_t length, size_t at)
{
    static const uint8_t byte_order_mark[3] = { 0xef, 0xbb, 0xbf };

    if (at == 0 && length >= sizeof(byte_order_mark) &&
        memcmp(line, byte_order_mark, sizeof(byte_order_mark)) == 0) {
        at += sizeof(byte_order_mark);
    }
    while (at < length && (line[at] == ' ' || line[at] == '\t')) {
        at++;
    }
    return at;
}

/* Bytes of this line that are shown: all, or what is before a secret. */
static size_t shown_part(const uint8_t *line, size_t length)
{
    size_t start = skip_blanks(line, length, 0);

    for (size_t i = 0; i < ARRAY_SIZE(secret_names); i++) {
        size_t end = start + secret_names[i].length;

        if (end > length || memcmp(line + start, secret_names[i].text,
                                   secret_names[i].length) != 0) {
            continue;
        }
        end = skip_blanks(line, length, end);
        if (end < length && line[end] == '=') {
            return end + 1;
        }
    }
    return length;
}

/* Length of the line without its end. */
static size_t line_length(const uint8_t *text, size_t size)
{
    size_t length = 0;

    while (length < size && text[length] != '\n') {
        length++;
    }
    return length;
}

static bool append(uint8_t *out, size_t room, size_t *used, const void *data,
                   size_t size)
{
    if (size > room - *used) {
        return false;
    }
    memcpy(out + *used, data, size);
    *used += size;
    return true;
}

/* Returns the size of the masked text, or 0 when it does not fit. */
static size_t mask_text(const uint8_t *text, size_t size, uint8_t *out,
                        size_t room)
{
    size_t used = 0;
    size_t at = 0;

    while (at < size) {
        size_t length = line_length(text + at, size - at);
        size_t shown = shown_part(text + at, length);
        size_t end = MIN(at + length + 1, size);

        if (!append(out, room, &used, text + at, shown) ||
            (shown < length &&
             !append(out, room, &used, EV_MASK, sizeof(EV_MASK) - 1)) ||
            !append(out, room, &used, text + at + length,
                    end - at - length)) {
            return 0;
        }
        at = end;
    }
    return used;
}

size_t ilo_mask_secrets(const uint8_t *data, size_t size, uint8_t *out,
                        size_t room)
{
    size_t used = 0;

    if (is_whole(data, size)) {
        used = mask_text(data + ENVELOPE_HEADER_SIZE,
                         size - ENVELOPE_HEADER_SIZE,
                         out + ENVELOPE_HEADER_SIZE,
                         room - ENVELOPE_HEADER_SIZE);
    }
    if (used == 0) {
        memset(out, '*', size);
        /* The text that was begun may have been longer. */
        memset(out + size, 0, room - size);
        return size;
    }
    memcpy(out, data, ENVELOPE_HEADER_SIZE);
    stl_le_p(out + ENVELOPE_TEXT_LENGTH, used);
    stl_le_p(out + ENVELOPE_CRC, block_crc(out, ENVELOPE_HEADER_SIZE + used));
    return ENVELOPE_HEADER_SIZE + used;
}
