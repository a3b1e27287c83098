/*
 * Reading a file by TFTP: the protocol alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "tftp.h"

enum {
    OPCODE_READ = 1,
    OPCODE_DATA = 3,
    OPCODE_ACK = 4,
    OPCODE_ERROR = 5,
    OPCODE_OPTIONS = 6,
};

#define HEADER_SIZE 4                   /* opcode, block number or code */
#define ERROR_UNDEFINED 0               /* what a reader that stops says */
#define ERROR_OPTION 8
#define DECIMAL_MAX 11                  /* digits of a u32, and the end */

static const char mode[] = "octet";
static const char option_block_size[] = "blksize";
static const char option_file_size[] = "tsize";

/*
 * Sending
 */

static void put_text(struct tftp *tftp, const char *text)
{
    do {
        tftp->packet[tftp->packet_length++] = *text;
    } while (*text++);
}

static void put_decimal(struct tftp *tftp, uint16_t value)
{
    char text[DECIMAL_MAX], *at = text + sizeof(text) - 1;

    *at = '\0';
    do {
        *--at = '0' + value % 10;
        value /= 10;
    } while (value);
    put_text(tftp, at);
}

static void send_now(struct tftp *tftp)
{
    tftp->send = true;
    tftp->retries = 0;
}

static void put_header(struct tftp *tftp, uint16_t opcode, uint16_t number)
{
    stw_be_p(tftp->packet, opcode);
    stw_be_p(tftp->packet + 2, number);
    tftp->packet_length = HEADER_SIZE;
    send_now(tftp);
}

static bool is_name(const char *file)
{
    size_t length;

    for (length = 0; length < TFTP_FILE_NAME; length++) {
        if (!file[length]) {
            return length;
        }
    }
    return false;
}

bool tftp_start(struct tftp *tftp, const char *file, uint16_t block_size)
{
    memset(tftp, 0, sizeof(*tftp));
    if (!is_name(file)) {
        return false;
    }
    tftp->block_size = TFTP_BLOCK_MIN;
    tftp->file_size = TFTP_SIZE_UNKNOWN;
    stw_be_p(tftp->packet, OPCODE_READ);
    tftp->packet_length = 2;
    put_text(tftp, file);
    put_text(tftp, mode);
    put_text(tftp, option_block_size);
    put_decimal(tftp, MAX(TFTP_BLOCK_MIN, MIN(block_size, TFTP_BLOCK_MAX)));
    put_text(tftp, option_file_size);
    put_decimal(tftp, 0);
    send_now(tftp);
    return true;
}

bool tftp_output(struct tftp *tftp, uint32_t now_ms)
{
    bool waits = tftp->state == TFTP_REQUESTED || tftp->state == TFTP_WAITING;

    if (waits && !tftp->send &&
        now_ms - tftp->sent_ms >= (uint32_t)TFTP_RETRY_MS << tftp->retries) {
        if (++tftp->retries == TFTP_RETRIES) {
            tftp->state = TFTP_TIMEOUT;
            return false;
        }
        tftp->send = true;
    }
    if (!tftp->send) {
        return false;
    }
    tftp->send = false;
    tftp->sent_ms = now_ms;
    return true;
}

void tftp_next(struct tftp *tftp)
{
    bool last = tftp->length < tftp->block_size;

    tftp->state = last ? TFTP_DONE : TFTP_WAITING;
    put_header(tftp, OPCODE_ACK, tftp->number);
}

void tftp_stop(struct tftp *tftp)
{
    if (tftp->state <= TFTP_BLOCK && tftp->server_port) {
        put_header(tftp, OPCODE_ERROR, ERROR_UNDEFINED);
        tftp->packet[tftp->packet_length++] = '\0';
    }
    tftp->state = TFTP_DONE;
}

/*
 * Receiving
 */

static void take_block(struct tftp *tftp, const uint8_t *data, size_t length)
{
    uint16_t number = lduw_be_p(data + 2);

    if (number != (uint16_t)(tftp->number + 1) ||
        (tftp->state != TFTP_REQUESTED && tftp->state != TFTP_WAITING)) {
        return;                         /* repeated: our answer repeats, too */
    }
    length -= HEADER_SIZE;
    if (length > tftp->block_size) {
        tftp->state = TFTP_BROKEN;
        return;
    }
    tftp->number = number;
    tftp->length = length;
    memcpy(tftp->block, data + HEADER_SIZE, length);
    tftp->state = TFTP_BLOCK;
    tftp->send = false;
}

/* The string at @at, which ends before @length; NULL: it has no end. */
static const char *take_text(const uint8_t *data, size_t length, size_t *at)
{
    const char *text = (const char *)data + *at;

    while (*at < length) {
        if (!data[(*at)++]) {
            return text;
        }
    }
    return NULL;
}

/* Options are named without regard to case, RFC 2347. */
static bool same_name(const char *a, const char *b)
{
    while (*a && (*a | 0x20) == *b) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static bool parse_decimal(const char *text, uint32_t *value)
{
    const char *at;

    *value = 0;
    for (at = text; *at >= '0' && *at <= '9'; at++) {
        if (*value > (UINT32_MAX - 9) / 10) {
            return false;
        }
        *value = *value * 10 + (*at - '0');
    }
    return at > text && !*at;
}

/* False: the server may not say that. */
static bool take_option(struct tftp *tftp, const char *name,
                        const char *text)
{
    uint32_t value;

    if (same_name(name, option_block_size)) {
        if (!parse_decimal(text, &value) || value < 8 ||
            value > TFTP_BLOCK_MAX) {
            return false;
        }
        tftp->block_size = value;
    } else if (same_name(name, option_file_size)) {
        if (!parse_decimal(text, &value)) {
            return false;
        }
        tftp->file_size = value;
    }
    return true;
}

static void take_options(struct tftp *tftp, const uint8_t *data,
                         size_t length)
{
    const char *name, *text;
    size_t at = 2;

    if (tftp->state != TFTP_REQUESTED) {
        return;
    }
    while (at < length) {
        name = take_text(data, length, &at);
        text = take_text(data, length, &at);
        if (!name || !text || !take_option(tftp, name, text)) {
            put_header(tftp, OPCODE_ERROR, ERROR_OPTION);
            tftp->packet[tftp->packet_length++] = '\0';
            tftp->state = TFTP_BROKEN;
            return;
        }
    }
    tftp->state = TFTP_WAITING;
    put_header(tftp, OPCODE_ACK, 0);
}

void tftp_input(struct tftp *tftp, uint16_t port, const uint8_t *data,
                size_t length)
{
    if (length < HEADER_SIZE || tftp->state > TFTP_BLOCK ||
        (tftp->server_port && port != tftp->server_port)) {
        return;
    }
    switch (lduw_be_p(data)) {
    case OPCODE_DATA:
        tftp->server_port = port;
        take_block(tftp, data, length);
        break;
    case OPCODE_OPTIONS:
        tftp->server_port = port;
        take_options(tftp, data, length);
        break;
    case OPCODE_ERROR:
        tftp->error = lduw_be_p(data + 2);
        tftp->state = TFTP_REFUSED;
        tftp->send = false;
        break;
    default:
        break;
    }
}
