/*
 * Framing of PDUs: RFC 7143 11.2.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "pdu.h"
#include "wire.h"

static uint32_t padding_of(uint32_t length)
{
    return -length & 3;
}

/* Bytes of @stage for the PDU whose header is here. */
static uint32_t stage_length(const struct iscsi_receiver *r,
                             enum receiver_stage stage)
{
    uint32_t data = get_be24(r->header + BHS_DATA_LENGTH);

    switch (stage) {
    case RECEIVE_HEADER:
        return BHS_SIZE;
    case RECEIVE_AHS:
        return r->header[BHS_AHS_LENGTH] * 4;
    case RECEIVE_HEADER_DIGEST:
        return r->header_digest ? DIGEST_SIZE : 0;
    case RECEIVE_DATA:
        return data;
    case RECEIVE_PADDING:
        return padding_of(data);
    case RECEIVE_DATA_DIGEST:
        return data && r->data_digest ? DIGEST_SIZE : 0;
    case RECEIVE_CHOICE:
        break;
    }
    return 0;
}

static void enter_stage(struct iscsi_receiver *r, enum receiver_stage stage)
{
    if (stage == RECEIVE_HEADER || stage == RECEIVE_DATA) {
        r->crc = 0;
    }
    r->stage = stage;
    r->offset = 0;
    r->left = stage_length(r, stage);
}

/* Goes past the end of the stage, and of those that are empty. */
static enum receiver_event next_stage(struct iscsi_receiver *r)
{
    do {
        if (r->stage == RECEIVE_DATA_DIGEST) {
            enter_stage(r, RECEIVE_HEADER);
            return RECEIVED_PDU;
        }
        enter_stage(r, r->stage + 1);
        if (r->stage == RECEIVE_CHOICE) {
            return RECEIVED_HEADER;
        }
    } while (r->left == 0);
    return RECEIVED_PART;
}

static uint8_t *stage_place(struct iscsi_receiver *r, uint32_t *length)
{
    *length = r->left;
    if (r->stage == RECEIVE_HEADER) {
        return r->header + r->offset;
    }
    if (r->stage == RECEIVE_DATA && r->offset < r->sink_size) {
        if (*length > r->sink_size - r->offset) {
            *length = r->sink_size - r->offset;
        }
        return r->sink + r->offset;
    }
    if (r->stage == RECEIVE_HEADER_DIGEST || r->stage == RECEIVE_DATA_DIGEST) {
        return r->scratch + r->offset;
    }
    if (*length > sizeof(r->scratch)) {
        *length = sizeof(r->scratch);
    }
    return r->scratch;
}

void iscsi_receiver_init(struct iscsi_receiver *r,
                         iscsi_crc32c_function *crc32c)
{
    r->crc32c = crc32c;
    r->header_digest = false;
    r->data_digest = false;
    enter_stage(r, RECEIVE_HEADER);
}

uint8_t *iscsi_receiver_window(struct iscsi_receiver *r, size_t *length)
{
    uint32_t size;
    uint8_t *place = stage_place(r, &size);

    *length = size;
    return size ? place : NULL;
}

enum receiver_event iscsi_receiver_commit(struct iscsi_receiver *r,
                                          size_t length)
{
    uint32_t size;
    const uint8_t *place = stage_place(r, &size);
    bool digest = r->stage == RECEIVE_HEADER_DIGEST ||
                  r->stage == RECEIVE_DATA_DIGEST;
    bool covered = r->stage < RECEIVE_HEADER_DIGEST ? r->header_digest
                                                    : r->data_digest;

    if (length > size) {
        length = size;
    }
    if (covered && !digest) {
        r->crc = r->crc32c(r->crc, place, length);
    }
    r->offset += length;
    r->left -= length;
    if (r->left) {
        return RECEIVED_PART;
    }
    if (digest && get_le32(r->scratch) != r->crc) {
        return RECEIVED_CORRUPT;
    }
    return next_stage(r);
}

enum receiver_event iscsi_receiver_accept(struct iscsi_receiver *r,
                                          uint8_t *sink, uint32_t size)
{
    r->sink = sink;
    r->sink_size = sink ? size : 0;
    return next_stage(r);
}

void iscsi_sender_init(struct iscsi_sender *s,
                       iscsi_crc32c_function *crc32c)
{
    memset(s, 0, sizeof(*s));
    s->crc32c = crc32c;
    s->part = 3;
}

uint8_t *iscsi_sender_header(struct iscsi_sender *s, uint8_t opcode,
                             uint8_t flags)
{
    memset(s->header, 0, sizeof(s->header));
    s->header[BHS_OPCODE] = opcode;
    s->header[BHS_FLAGS] = flags;
    return s->header;
}

/* Goes to the next part that is not empty. */
static void skip_empty_parts(struct iscsi_sender *s)
{
    while (s->part < 3 && s->part_length[s->part] == 0) {
        s->part++;
    }
}

void iscsi_sender_start(struct iscsi_sender *s, const uint8_t *data,
                        uint32_t length)
{
    uint32_t padding = padding_of(length);
    uint32_t crc;

    put_be24(s->header + BHS_DATA_LENGTH, length);
    s->data = data;
    s->part_length[0] = BHS_SIZE;
    s->part_length[1] = length;
    s->part_length[2] = padding;
    memset(s->trailer, 0, padding);
    if (s->header_digest) {
        put_le32(s->header + BHS_SIZE, s->crc32c(0, s->header, BHS_SIZE));
        s->part_length[0] += DIGEST_SIZE;
    }
    if (s->data_digest && length) {
        crc = s->crc32c(0, data, length);
        crc = s->crc32c(crc, s->trailer, padding);
        put_le32(s->trailer + padding, crc);
        s->part_length[2] += DIGEST_SIZE;
    }
    s->part = 0;
    s->offset = 0;
}

const uint8_t *iscsi_sender_window(struct iscsi_sender *s, size_t *length)
{
    const uint8_t *parts[3] = { s->header, s->data, s->trailer };

    if (iscsi_sender_idle(s)) {
        *length = 0;
        return NULL;
    }
    *length = s->part_length[s->part] - s->offset;
    return parts[s->part] + s->offset;
}

bool iscsi_sender_commit(struct iscsi_sender *s, size_t length)
{
    if (iscsi_sender_idle(s)) {
        return false;
    }
    s->offset += length;
    if (s->offset >= s->part_length[s->part]) {
        s->part++;
        s->offset = 0;
        skip_empty_parts(s);
    }
    return iscsi_sender_idle(s);
}
