/*
 * Framing, digests and addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "crc32c.h"
#include "env.h"
#include "iscsi-peer.h"

/* RFC 7143 Appendix A.4: the digest's bytes as they go over the wire. */
static void crc32c_gives_the_vectors_of_the_rfc_D1(void)
{
    static const struct {
        uint8_t first, step, wire[4];
    } vectors[] = {
        { 0x00, 0, { 0xaa, 0x36, 0x91, 0x8a } },
        { 0xff, 0, { 0x43, 0xab, 0xa8, 0x62 } },
        { 0x00, 1, { 0x4e, 0x79, 0xdd, 0x46 } },
        { 0x1f, 0xff, { 0x5c, 0xdb, 0x3f, 0x11 } },
    };
    uint8_t bytes[32], wire[4];
    unsigned i, k;

    for (i = 0; i < 4; i++) {
        for (k = 0; k < sizeof(bytes); k++) {
            bytes[k] = vectors[i].first + k * vectors[i].step;
        }
        put_le32(wire, iscsi_crc32c(0, bytes, sizeof(bytes)));
        CU_ASSERT_EQUAL(memcmp(wire, vectors[i].wire, 4), 0);
        put_le32(wire, iscsi_crc32c(iscsi_crc32c(0, bytes, 11), bytes + 11,
                                    21));
        CU_ASSERT_EQUAL(memcmp(wire, vectors[i].wire, 4), 0);
    }
}

static void the_processors_crc32c_is_the_same_D1(void)
{
    uint8_t bytes[300];
    size_t start, length, i;

    for (i = 0; i < sizeof(bytes); i++) {
        bytes[i] = i * i + 7;
    }
    for (start = 0; start < 9; start++) {
        for (length = 0; length < sizeof(bytes) - 9; length++) {
            CU_ASSERT_EQUAL(host_crc32c(length, bytes + start, length),
                            iscsi_crc32c(length, bytes + start, length));
        }
    }
}

/* Feeds @length bytes of @wire one at a time; returns the last event. */
static enum receiver_event feed(struct iscsi_receiver *r, const uint8_t *wire,
                                size_t length)
{
    enum receiver_event event = RECEIVED_PART;
    uint8_t *window;
    size_t size;

    while (length--) {
        window = iscsi_receiver_window(r, &size);
        CU_ASSERT_PTR_NOT_NULL_FATAL(window);
        *window = *wire++;
        event = iscsi_receiver_commit(r, 1);
    }
    return event;
}

static void additional_headers_are_passed_over_E8(void)
{
    struct iscsi_receiver r;
    uint8_t wire[BHS_SIZE + 255 * 4] = { OP_NOP_IN };
    size_t size;

    memset(wire + BHS_SIZE, 0xee, 255 * 4);
    wire[BHS_AHS_LENGTH] = 255;
    iscsi_receiver_init(&r, iscsi_crc32c);
    CU_ASSERT_EQUAL(feed(&r, wire, sizeof(wire)), RECEIVED_HEADER);
    CU_ASSERT_PTR_NULL(iscsi_receiver_window(&r, &size));
    CU_ASSERT_EQUAL(iscsi_receiver_accept(&r, NULL, 0), RECEIVED_PDU);
    CU_ASSERT_EQUAL(r.stage, RECEIVE_HEADER);
}

static void data_beyond_its_place_is_passed_over(void)
{
    struct iscsi_receiver r;
    uint8_t wire[BHS_SIZE + 200] = { OP_NOP_IN };
    uint8_t *place = malloc(9);

    peer_pattern(wire + BHS_SIZE, 200, 1);
    put_be24(wire + BHS_DATA_LENGTH, 199);
    iscsi_receiver_init(&r, iscsi_crc32c);
    CU_ASSERT_EQUAL(feed(&r, wire, BHS_SIZE), RECEIVED_HEADER);
    CU_ASSERT_EQUAL(iscsi_receiver_accept(&r, place, 9), RECEIVED_PART);
    CU_ASSERT_EQUAL(feed(&r, wire + BHS_SIZE, 200), RECEIVED_PDU);
    CU_ASSERT_EQUAL(memcmp(place, wire + BHS_SIZE, 9), 0);
    free(place);
}

/* Header, header digest, 5 bytes of data, padding, data digest. */
#define DIGEST_WIRE (BHS_SIZE + 4 + 8 + 4)

static void make_digest_wire(uint8_t wire[DIGEST_WIRE])
{
    memset(wire, 0, DIGEST_WIRE);
    wire[0] = OP_NOP_IN;
    put_be24(wire + BHS_DATA_LENGTH, 5);
    put_le32(wire + BHS_SIZE, iscsi_crc32c(0, wire, BHS_SIZE));
    memcpy(wire + BHS_SIZE + 4, "datas\1\2\3", 8);
    put_le32(wire + BHS_SIZE + 12, iscsi_crc32c(0, wire + BHS_SIZE + 4, 8));
}

/* Receives until something other than a part comes of it. */
static enum receiver_event receive_digests(const uint8_t *wire)
{
    struct iscsi_receiver r;
    enum receiver_event event;
    uint8_t place[5];

    iscsi_receiver_init(&r, iscsi_crc32c);
    r.header_digest = true;
    r.data_digest = true;
    event = feed(&r, wire, BHS_SIZE + 4);
    if (event != RECEIVED_HEADER || get_be24(r.header + 5) != 5) {
        return event;
    }
    iscsi_receiver_accept(&r, place, sizeof(place));
    return feed(&r, wire + BHS_SIZE + 4, 12);
}

static void digests_cover_the_padding_D3(void)
{
    uint8_t wire[DIGEST_WIRE];

    make_digest_wire(wire);
    CU_ASSERT_EQUAL(receive_digests(wire), RECEIVED_PDU);
}

static void each_flipped_bit_breaks_a_digest_D4_D5(void)
{
    uint8_t wire[DIGEST_WIRE];
    unsigned bit;

    for (bit = 0; bit < DIGEST_WIRE * 8; bit++) {
        /* More AHS or data only means that more bytes are awaited. */
        if (bit / 8 == BHS_AHS_LENGTH) {
            continue;
        }
        make_digest_wire(wire);
        wire[bit / 8] ^= 1 << (bit & 7);
        CU_ASSERT_EQUAL(receive_digests(wire), RECEIVED_CORRUPT);
    }
}

static void a_pdu_without_data_has_no_data_digest_D3(void)
{
    struct iscsi_sender s;
    const uint8_t *window;
    size_t size;

    iscsi_sender_init(&s, iscsi_crc32c);
    s.header_digest = true;
    s.data_digest = true;
    iscsi_sender_header(&s, OP_NOP_OUT, FLAG_FINAL);
    iscsi_sender_start(&s, NULL, 0);
    window = iscsi_sender_window(&s, &size);
    CU_ASSERT_EQUAL(size, BHS_SIZE + DIGEST_SIZE);
    CU_ASSERT_EQUAL(get_le32(window + BHS_SIZE),
                    iscsi_crc32c(0, window, BHS_SIZE));
    CU_ASSERT_TRUE(iscsi_sender_commit(&s, size));
    CU_ASSERT_PTR_NULL(iscsi_sender_window(&s, &size));
}

static void addresses_are_read_or_refused_K18(void)
{
    static const struct {
        const char *text, *host;
        unsigned port;
        bool v6;
    } rows[] = {
        { "192.0.2.1", "192.0.2.1", 3260, false },
        { "192.0.2.1:1", "192.0.2.1", 1, false },
        { "192.0.2.1:65535,1", "192.0.2.1", 65535, false },
        { "target.example", "target.example", 3260, false },
        { "[2001:db8::1]", "2001:db8::1", 3260, true },
        { "[fe80::1%eth0]:3261,65535", "fe80::1%eth0", 3261, true },
        { "", NULL }, { ":3260", NULL }, { "[::1", NULL }, { "[]", NULL },
        { "host:", NULL }, { "host:0", NULL }, { "host:65536", NULL },
        { "host:99999", NULL }, { "host:-1", NULL }, { "host:1x", NULL },
        { "ho st", NULL }, { "[::1]3260", NULL }, { "host:000080", NULL },
        { "\033[31m", NULL }, { "%s", NULL }, { ",1", NULL },
    };
    struct iscsi_address address;
    char long_name[300];
    unsigned i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        bool good = iscsi_address_parse(rows[i].text,
                                        iscsi_text_length(rows[i].text),
                                        &address);

        CU_ASSERT_EQUAL(good, rows[i].host != NULL);
        if (rows[i].host) {
            CU_ASSERT_STRING_EQUAL(address.host, rows[i].host);
            CU_ASSERT_EQUAL(address.port, rows[i].port);
            CU_ASSERT_EQUAL(address.v6, rows[i].v6);
        }
    }
    memset(long_name, 'a', sizeof(long_name));
    CU_ASSERT_TRUE(iscsi_address_parse(long_name, ISCSI_HOST_MAX, &address));
    CU_ASSERT_FALSE(iscsi_address_parse(long_name, 256, &address));
}

static const struct unit_case cases[] = {
    UNIT_CASE(crc32c_gives_the_vectors_of_the_rfc_D1),
    UNIT_CASE(the_processors_crc32c_is_the_same_D1),
    UNIT_CASE(additional_headers_are_passed_over_E8),
    UNIT_CASE(data_beyond_its_place_is_passed_over),
    UNIT_CASE(digests_cover_the_padding_D3),
    UNIT_CASE(each_flipped_bit_breaks_a_digest_D4_D5),
    UNIT_CASE(a_pdu_without_data_has_no_data_digest_D3),
    UNIT_CASE(addresses_are_read_or_refused_K18),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-pdu", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
