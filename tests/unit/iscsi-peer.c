/*
 * A target that follows a script, on a clock that the test turns.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>

#include "crc32c.h"
#include "env.h"
#include "iscsi-peer.h"

static uint32_t next_random(struct peer *p)
{
    p->random = p->random * 1664525 + 1013904223;
    return p->random >> 8;
}

/* How many of @length bytes go in the next chunk. */
static size_t chunk(struct peer *p, size_t length)
{
    switch (p->chunking) {
    case PEER_BYTES:
        return 1;
    case PEER_RANDOM:
        return 1 + next_random(p) % (length < 97 ? length : 97);
    default:
        return length;
    }
}

static void count_event(void *user, enum iscsi_event event, uint32_t a,
                        uint32_t b)
{
    struct peer *p = user;

    p->events[event]++;
}

static void random_bytes(void *user, void *bytes, size_t length)
{
    uint8_t *byte = bytes;

    while (length--) {
        *byte++ = next_random(user);
    }
}

/* ---- the fixture ------------------------------------------------------ */

static void begin(struct peer *p, enum peer_chunking chunking)
{
    memset(p, 0, sizeof(*p));
    p->chunking = chunking;
    if (chunking == PEER_CHUNKINGS) {
        return;
    }
    p->random = 12345;
    p->now = 1000;
    p->max_cmd_sn = 64;
    p->exp_cmd_sn = 1;
    p->stat_sn = 0xfffffffd;
    p->env = (struct iscsi_env) {
        .user = p, .random = random_bytes, .md5 = host_md5,
        .event = count_event,
    };
    iscsi_config_defaults(&p->config);
    p->config.initiator_name = PEER_INITIATOR;
    p->config.target_name = PEER_TARGET;
    p->config.portals[0] = "192.0.2.1";
    memcpy(p->config.isid, "\x80\x12\x34\x56\x00\x01", 6);
    p->login_text = "";
}

void peer_end(struct peer *p)
{
    while (p->buffer_count) {
        peer_free_buffer(p);
    }
    free(p->session_memory);
    free(p->disk_memory);
    free(p->last_data);
}

bool peer_next(struct peer *p)
{
    peer_end(p);
    begin(p, p->chunking + 1);
    return p->chunking < PEER_CHUNKINGS;
}

void peer_open(struct peer *p)
{
    enum iscsi_error error;

    free(p->session_memory);
    p->session_memory = malloc(ISCSI_SESSION_SIZE);
    error = iscsi_init(p->session_memory, ISCSI_SESSION_SIZE, &p->config,
                       &p->env, &p->session);
    CU_ASSERT_EQUAL_FATAL(error, ISCSI_OK);
}

void peer_open_disk(struct peer *p)
{
    uint8_t lun[8];

    peer_open(p);
    iscsi_lun_from_number(1, lun);
    p->disk_memory = malloc(ISCSI_DISK_SIZE);
    CU_ASSERT_EQUAL_FATAL(iscsi_disk_init(p->disk_memory, ISCSI_DISK_SIZE,
                                          p->session, lun, &p->disk),
                          ISCSI_OK);
}

uint8_t *peer_buffer(struct peer *p, size_t size)
{
    CU_ASSERT_FATAL(p->buffer_count < PEER_BUFFERS);
    p->buffers[p->buffer_count] = malloc(size);
    memset(p->buffers[p->buffer_count], 0xa5, size);
    return p->buffers[p->buffer_count++];
}

void peer_free_buffer(struct peer *p)
{
    free(p->buffers[--p->buffer_count]);
}

void peer_pattern(uint8_t *bytes, size_t length, uint32_t seed)
{
    while (length--) {
        seed = seed * 1664525 + 1013904223;
        *bytes++ = seed >> 24;
    }
}

/* ---- what the initiator sends ----------------------------------------- */

/* Takes exactly @length bytes; false when there are not that many. */
static bool take_bytes(struct peer *p, uint8_t *bytes, size_t length)
{
    const uint8_t *window;
    size_t size;

    while (length) {
        window = iscsi_tx_window(p->session, &size);
        if (!window) {
            return false;
        }
        size = size < length ? size : length;
        size = chunk(p, size);
        memcpy(bytes, window, size);
        iscsi_tx_commit(p->session, size, p->now);
        bytes += size;
        length -= size;
    }
    return true;
}

static void take_digest(struct peer *p, const uint8_t *bytes, size_t length,
                        const uint8_t *padding, size_t padding_length)
{
    uint8_t digest[DIGEST_SIZE];
    uint32_t crc = iscsi_crc32c(0, bytes, length);

    crc = iscsi_crc32c(crc, padding, padding_length);
    CU_ASSERT_FATAL(take_bytes(p, digest, sizeof(digest)));
    CU_ASSERT_EQUAL(get_le32(digest), crc);
}

struct peer_pdu *peer_expect(struct peer *p, uint8_t opcode)
{
    struct peer_pdu *pdu = &p->last;
    static const uint8_t zeros[3];
    uint8_t padding[3];
    size_t pad;

    CU_ASSERT_FATAL(take_bytes(p, pdu->header, BHS_SIZE));
    CU_ASSERT_EQUAL_FATAL(pdu->header[BHS_OPCODE], opcode);
    CU_ASSERT_EQUAL(pdu->header[BHS_AHS_LENGTH], 0);
    if (p->digests) {
        take_digest(p, pdu->header, BHS_SIZE, NULL, 0);
    }
    pdu->length = get_be24(pdu->header + BHS_DATA_LENGTH);
    pad = -pdu->length & 3;
    free(p->last_data);
    p->last_data = malloc(pdu->length + 1);
    p->last_data[pdu->length] = '\0';
    pdu->data = p->last_data;
    CU_ASSERT_FATAL(take_bytes(p, pdu->data, pdu->length));
    CU_ASSERT_FATAL(take_bytes(p, padding, pad));
    CU_ASSERT_EQUAL(memcmp(padding, zeros, pad), 0);
    if (p->digests && pdu->length) {
        take_digest(p, pdu->data, pdu->length, padding, pad);
    }
    if (opcode == OP_SCSI_COMMAND) {
        p->exp_cmd_sn = get_be32(pdu->header + BHS_CMD_SN) + 1;
    }
    return pdu;
}

void peer_expect_silence(struct peer *p)
{
    size_t length;

    CU_ASSERT_PTR_NULL(iscsi_tx_window(p->session, &length));
}

const char *peer_text_value(const struct peer *p, const char *key)
{
    const char *text = (const char *)p->last.data;
    const char *text_end = text + p->last.length;
    size_t length = iscsi_text_length(key);

    while (text < text_end) {
        if (iscsi_text_length(text) > length &&
            memcmp(text, key, length) == 0 && text[length] == '=') {
            return text + length + 1;
        }
        text += iscsi_text_length(text) + 1;
    }
    return NULL;
}

uint32_t peer_itt(const struct peer *p)
{
    return get_be32(p->last.header + BHS_ITT);
}

/* ---- what the target sends -------------------------------------------- */

uint8_t *peer_header(struct peer *p, uint8_t header[BHS_SIZE],
                     uint8_t opcode, uint8_t flags, uint32_t itt)
{
    memset(header, 0, BHS_SIZE);
    header[BHS_OPCODE] = opcode;
    header[BHS_FLAGS] = flags;
    put_be32(header + BHS_ITT, itt);
    put_be32(header + BHS_STAT_SN, p->stat_sn);
    put_be32(header + BHS_EXP_CMD_SN, p->exp_cmd_sn);
    put_be32(header + BHS_MAX_CMD_SN, p->max_cmd_sn);
    return header;
}

void peer_send_bytes(struct peer *p, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    size_t size, taken;

    while (length) {
        size = chunk(p, length);
        taken = iscsi_rx(p->session, from, size, p->now);
        if (taken < size) {
            return;
        }
        from += size;
        length -= size;
    }
}

void peer_send(struct peer *p, uint8_t header[BHS_SIZE], const void *data,
               uint32_t length)
{
    uint8_t digest[DIGEST_SIZE];
    static const uint8_t padding[3] = { 1, 2, 3 };
    uint8_t *whole = malloc(BHS_SIZE + length + 3 + 2 * DIGEST_SIZE);
    uint8_t *to = whole;

    put_be24(header + BHS_DATA_LENGTH, length);
    memcpy(to, header, BHS_SIZE);
    to += BHS_SIZE;
    if (p->digests) {
        put_le32(digest, iscsi_crc32c(0, header, BHS_SIZE));
        memcpy(to, digest, DIGEST_SIZE);
        to += DIGEST_SIZE;
    }
    if (length) {
        memcpy(to, data, length);
        memcpy(to + length, padding, -length & 3);
        if (p->digests) {
            put_le32(to + length + (-length & 3),
                     iscsi_crc32c(0, to, length + (-length & 3)));
            to += DIGEST_SIZE;
        }
        to += length + (-length & 3);
    }
    peer_send_bytes(p, whole, to - whole);
    free(whole);
}

void peer_login_bytes(struct peer *p, uint8_t flags, const void *text,
                      uint32_t length)
{
    uint8_t header[BHS_SIZE];

    peer_header(p, header, OP_LOGIN_RESPONSE, flags, LOGIN_TAG);
    memcpy(header + LOGIN_ISID, p->config.isid, 6);
    if (flags & LOGIN_TRANSIT && (flags & LOGIN_STAGE_MASK) == 3) {
        put_be16(header + LOGIN_TSIH, 7);
    }
    p->stat_sn++;
    peer_send(p, header, text, length);
}

static char *join_pairs(const char *text, uint32_t *length)
{
    char *joined = g_strdup(text);

    *length = strlen(text) ? strlen(text) + 1 : 0;
    g_strdelimit(joined, "\n", '\0');
    for (uint32_t i = 0; i < *length; i++) {
        joined[i] = joined[i] == '\n' ? '\0' : joined[i];
    }
    return joined;
}

void peer_login(struct peer *p, uint8_t flags, uint8_t class, uint8_t detail,
                const char *text)
{
    uint8_t header[BHS_SIZE];
    uint32_t length;
    char *joined = join_pairs(text, &length);

    if (class == 0) {
        peer_login_bytes(p, flags, joined, length);
    } else {
        peer_header(p, header, OP_LOGIN_RESPONSE, flags, LOGIN_TAG);
        header[LOGIN_STATUS_CLASS] = class;
        header[LOGIN_STATUS_DETAIL] = detail;
        put_be32(header + BHS_STAT_SN, 0);
        peer_send(p, header, joined, length);
    }
    g_free(joined);
}

void peer_answer_login(struct peer *p)
{
    p->digests = false;
    peer_expect(p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
    p->exp_cmd_sn = get_be32(p->last.header + BHS_CMD_SN);
    peer_login(p, LOGIN_TRANSIT | 1 << LOGIN_CSG_SHIFT | 3, 0, 0,
               p->login_text);
    CU_ASSERT_EQUAL_FATAL(p->session->state, ISCSI_FULL_FEATURE);
    p->digests = p->session->sender.header_digest;
}

void peer_accept(struct peer *p)
{
    struct iscsi_address address;

    CU_ASSERT_EQUAL_FATAL(iscsi_want(p->session, &address),
                          ISCSI_WANT_CONNECT);
    iscsi_tcp_up(p->session, p->now);
    p->stat_sn += 1000;     /* a new connection counts from anywhere */
}

void peer_connect(struct peer *p)
{
    CU_ASSERT_EQUAL_FATAL(iscsi_start(p->session, p->now), ISCSI_OK);
    peer_accept(p);
}

void peer_log_in(struct peer *p)
{
    if (!p->session) {
        peer_open(p);
    }
    peer_connect(p);
    peer_answer_login(p);
}

void peer_response(struct peer *p, uint32_t itt, uint8_t status,
                   uint8_t flags, uint32_t residual, const uint8_t *sense,
                   uint16_t sense_length)
{
    uint8_t header[BHS_SIZE];
    uint8_t data[2 + 256];

    peer_header(p, header, OP_SCSI_RESPONSE, FLAG_FINAL | flags, itt);
    header[RESPONSE_STATUS] = status;
    put_be32(header + BHS_RESIDUAL, residual);
    put_be16(data, sense_length);
    p->stat_sn++;
    if (sense_length) {
        memcpy(data + 2, sense, sense_length);
    }
    peer_send(p, header, data, sense_length ? 2u + sense_length : 0);
}

void peer_good(struct peer *p, uint32_t itt)
{
    peer_response(p, itt, 0, 0, 0, NULL, 0);
}

void peer_check(struct peer *p, uint32_t itt, uint8_t key, uint8_t asc,
                uint8_t ascq)
{
    uint8_t sense[18] = { [0] = 0x70, [2] = key, [7] = 10, [12] = asc,
                          [13] = ascq };

    peer_response(p, itt, 2, 0, 0, sense, sizeof(sense));
}

void peer_data_in(struct peer *p, uint32_t itt, uint8_t flags,
                  uint32_t data_sn, uint32_t offset, const void *data,
                  uint32_t length)
{
    uint8_t header[BHS_SIZE];

    peer_header(p, header, OP_DATA_IN, flags, itt);
    put_be32(header + BHS_TTT, RESERVED_TAG);
    put_be32(header + BHS_DATA_SN, data_sn);
    put_be32(header + BHS_BUFFER_OFFSET, offset);
    if (flags & DATA_IN_STATUS) {
        p->stat_sn++;
    }
    peer_send(p, header, data, length);
}

void peer_r2t(struct peer *p, uint32_t itt, uint32_t ttt, uint32_t sn,
              uint32_t offset, uint32_t length)
{
    uint8_t header[BHS_SIZE];

    peer_header(p, header, OP_R2T, FLAG_FINAL, itt);
    header[BHS_LUN + 1] = 0x77;
    put_be32(header + BHS_TTT, ttt);
    put_be32(header + R2T_SN, sn);
    put_be32(header + R2T_OFFSET, offset);
    put_be32(header + R2T_LENGTH, length);
    peer_send(p, header, NULL, 0);
}

void peer_nop_in(struct peer *p, uint32_t itt, uint32_t ttt)
{
    uint8_t header[BHS_SIZE];

    peer_header(p, header, OP_NOP_IN, FLAG_FINAL, itt);
    header[BHS_LUN + 1] = 0x55;
    put_be32(header + BHS_TTT, ttt);
    if (itt != RESERVED_TAG) {
        p->stat_sn++;
    }
    peer_send(p, header, NULL, 0);
}

void peer_async(struct peer *p, uint8_t event, uint16_t parameter2,
                uint16_t parameter3)
{
    uint8_t header[BHS_SIZE];

    peer_header(p, header, OP_ASYNC, FLAG_FINAL, RESERVED_TAG);
    header[ASYNC_EVENT] = event;
    put_be16(header + ASYNC_PARAMETER2, parameter2);
    put_be16(header + ASYNC_PARAMETER3, parameter3);
    p->stat_sn++;
    peer_send(p, header, NULL, 0);
}

/* ---- the caller's side ------------------------------------------------ */

static void submit(struct peer *p, struct iscsi_command *command,
                   uint8_t direction, uint32_t length)
{
    *command = (struct iscsi_command) {
        .direction = direction, .length = length,
        .buffer = peer_buffer(p, length),
    };
    command->cdb[0] = direction == ISCSI_READ ? 0x28 : 0x2a;
    command->lun[1] = 1;
    if (direction == ISCSI_WRITE) {
        peer_pattern(command->buffer, length, length);
    }
    CU_ASSERT_EQUAL_FATAL(iscsi_submit(p->session, command, p->now),
                          ISCSI_OK);
}

void peer_read(struct peer *p, struct iscsi_command *command, uint32_t length)
{
    submit(p, command, ISCSI_READ, length);
}

void peer_write(struct peer *p, struct iscsi_command *command,
                uint32_t length)
{
    submit(p, command, ISCSI_WRITE, length);
}

uint32_t peer_begin_read(struct peer *p, struct iscsi_command *command,
                           uint32_t length)
{
    peer_log_in(p);
    peer_read(p, command, length);
    peer_expect(p, OP_SCSI_COMMAND);
    return peer_itt(p);
}

uint32_t peer_begin_write(struct peer *p, struct iscsi_command *command,
                            uint32_t length)
{
    peer_log_in(p);
    peer_write(p, command, length);
    peer_expect(p, OP_SCSI_COMMAND);
    return peer_itt(p);
}

void peer_expect_data_out(struct peer *p, const struct iscsi_command *command,
                          uint32_t ttt, uint32_t sn, uint32_t offset,
                          uint32_t length, bool final)
{
    const uint8_t *h = peer_expect(p, OP_DATA_OUT)->header;

    CU_ASSERT_EQUAL(h[BHS_FLAGS], final ? FLAG_FINAL : 0);
    CU_ASSERT_EQUAL(get_be32(h + BHS_TTT), ttt);
    CU_ASSERT_EQUAL(h[BHS_LUN + 1], ttt == RESERVED_TAG ? 1 : 0x77);
    CU_ASSERT_EQUAL(get_be32(h + BHS_CMD_SN), 0);       /* reserved */
    CU_ASSERT_EQUAL(get_be32(h + BHS_EXP_STAT_SN), p->stat_sn);
    CU_ASSERT_EQUAL(get_be32(h + BHS_DATA_SN), sn);
    CU_ASSERT_EQUAL(get_be32(h + BHS_BUFFER_OFFSET), offset);
    CU_ASSERT_EQUAL_FATAL(p->last.length, length);
    CU_ASSERT_EQUAL(memcmp(p->last.data, command->buffer + offset, length),
                    0);
}

void peer_expect_done(struct peer *p, struct iscsi_command *command,
                        uint8_t status, uint32_t transferred)
{
    CU_ASSERT_PTR_EQUAL(iscsi_reap(p->session), command);
    CU_ASSERT_EQUAL(command->error, ISCSI_OK);
    CU_ASSERT_EQUAL(command->status, status);
    CU_ASSERT_EQUAL(command->transferred, transferred);
    CU_ASSERT_PTR_NULL(iscsi_reap(p->session));
}

void peer_expect_drop(struct peer *p, enum iscsi_error error)
{
    size_t length;

    CU_ASSERT_EQUAL(iscsi_want(p->session, NULL), ISCSI_WANT_CLOSE);
    CU_ASSERT_EQUAL(p->session->last_error, error);
    CU_ASSERT_PTR_NULL(iscsi_tx_window(p->session, &length));
    CU_ASSERT_PTR_NULL(iscsi_rx_window(p->session, &length));
}

void peer_close(struct peer *p)
{
    iscsi_tcp_down(p->session, p->now);
}

void peer_come_back(struct peer *p)
{
    peer_close(p);
    CU_ASSERT_EQUAL(p->session->state, ISCSI_BACKOFF);
    while (p->session->state == ISCSI_BACKOFF) {
        peer_wait(p, 1);
    }
    peer_accept(p);
    peer_answer_login(p);
}

void peer_wait(struct peer *p, uint64_t ms)
{
    uint64_t until = p->now + ms;
    uint64_t deadline;

    do {
        deadline = p->disk ? iscsi_disk_deadline(p->disk)
                           : iscsi_deadline(p->session);
        p->now = deadline < p->now ? p->now
                                   : deadline < until ? deadline : until;
        iscsi_tick(p->session, p->now);
        if (deadline <= p->now && iscsi_deadline(p->session) <= p->now &&
            p->now < until) {
            p->now++;
        }
    } while (p->now < until);
}
