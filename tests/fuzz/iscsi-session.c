/*
 * libFuzzer plays a target against the iSCSI core and its disk.
 *
 * The first bytes choose the configuration; the rest is a list of moves, see
 * enum move.  Some moves are what a good target would do, so that mutations
 * get beyond the login; others are PDUs with good numbers and bad fields, raw
 * bytes, silence and lost connections.  Each input runs twice, in whole chunks
 * and in single bytes, and both have to come to the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "disk.h"
#include "fuzzer.h"
#include "session.h"
#include "wire.h"

#define REQUESTS        6
#define SECTORS         6       /* of a request */
#define DISK_BLOCKS     4096
#define MOVES_MAX       400
#define TX_MAX_PER_RX   64      /* bytes sent, without data, for one received */
#define TX_ALLOWANCE    65536
#define IDLE_TICKS_MAX  20000

enum move {
    MOVE_SERVE,         /* answer what was asked last, as a good target */
    MOVE_LOGIN_TEXT,    /* login response with text from the input */
    MOVE_PDU,           /* a PDU with good numbers and fields of the input */
    MOVE_RAW,           /* bytes as they are */
    MOVE_WAIT,
    MOVE_CLOSE,
    MOVE_READ,
    MOVE_WRITE,
    MOVE_FLUSH,
    MOVE_CANCEL,
    MOVE_LOGOUT,
    MOVE_BAD_STATUS,    /* CHECK CONDITION with sense from the input */
    MOVES
};

struct input {
    const uint8_t *next;
    const uint8_t *end;
};

struct world {
    struct iscsi_session *session;
    struct iscsi_disk *disk;
    bool bytewise;
    uint64_t now;
    uint64_t sent;              /* bytes of this connection, without data */
    uint64_t received;
    uint32_t stat_sn;
    uint32_t random;
    uint8_t asked[BHS_SIZE];    /* the last request of the initiator */
    bool has_asked;
    struct iscsi_disk_request requests[REQUESTS];
    bool pending[REQUESTS];
    uint32_t outcome;           /* sums up all that can be seen outside */
};

static void check(bool truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static uint8_t take(struct input *input)
{
    return input->next < input->end ? *input->next++ : 0;
}

static void note(struct world *w, const void *bytes, size_t length)
{
    w->outcome = iscsi_crc32c(w->outcome, bytes, length);
}

static void note_number(struct world *w, uint32_t number)
{
    note(w, &number, sizeof(number));
}

/* A sum that is good enough for a target that is played. */
static void md5(void *user, const struct iscsi_slice *slices, size_t count,
                uint8_t digest[16])
{
    uint32_t crc = 0;
    size_t i;

    for (i = 0; i < count; i++) {
        crc = iscsi_crc32c(crc, slices[i].data, slices[i].length);
    }
    for (i = 0; i < 16; i++) {
        digest[i] = crc >> (i & 3) * 8;
    }
}

static void random_bytes(void *user, void *bytes, size_t length)
{
    struct world *w = user;
    uint8_t *p = bytes;

    while (length--) {
        w->random = w->random * 1664525 + 1013904223;
        *p++ = w->random >> 24;
    }
}

/* ---- what the initiator does ------------------------------------------ */

static void finish_request(struct world *w,
                           struct iscsi_disk_request *request)
{
    size_t i = request - w->requests;

    check(i < REQUESTS && w->pending[i], "a request comes back once");
    check(request->done <= request->count, "more was done than was asked");
    check(request->error == ISCSI_OK || request->done < request->count ||
          request->count == 0, "a failed request is not all done");
    w->pending[i] = false;
    note_number(w, i << 16 | request->error);
    if (request->operation == ISCSI_DISK_READ &&
        request->error == ISCSI_OK) {
        note(w, request->buffer, request->count * 512);
    }
    free(request->buffer);
    request->buffer = NULL;
}

static void reap(struct world *w)
{
    struct iscsi_disk_request *request;

    while ((request = iscsi_disk_reap(w->disk, w->now)) != NULL) {
        finish_request(w, request);
    }
}

/* Takes in what the initiator sends; data is passed over. */
static void drain(struct world *w)
{
    struct iscsi_session *s = w->session;
    const uint8_t *window;
    size_t length;
    uint8_t byte = 0;
    size_t i;

    while ((window = iscsi_tx_window(s, &length)) != NULL) {
        check(length != 0, "a window has bytes in it");
        for (i = 0; i < length; i++) {
            byte ^= window[i];
        }
        if (s->sender.part == 0 && s->sender.offset == 0) {
            memcpy(w->asked, s->sender.header, BHS_SIZE);
            w->has_asked = true;
        }
        if (w->bytewise && length > 1) {
            length = 1;
        }
        w->sent += s->sender.part == 1 ? 0 : length;
        iscsi_tx_commit(s, length, w->now);
    }
    check(w->sent <= w->received * TX_MAX_PER_RX + TX_ALLOWANCE,
          "little is sent for little");
}

/* After each move the transport does what is wanted of it. */
static void settle(struct world *w)
{
    enum iscsi_want want;
    size_t length;
    unsigned turns = 0;

    do {
        reap(w);
        want = iscsi_want(w->session, NULL);
        if (want == ISCSI_WANT_CLOSE) {
            check(!iscsi_tx_window(w->session, &length) &&
                  !iscsi_rx_window(w->session, &length),
                  "nothing moves on a connection to be closed");
            iscsi_tcp_down(w->session, w->now);
        } else if (want == ISCSI_WANT_CONNECT) {
            iscsi_tcp_up(w->session, w->now);
            w->sent = 0;
            w->received = 0;
        }
        drain(w);
        check(turns++ < 100, "the transport comes to rest");
    } while (iscsi_want(w->session, NULL) == ISCSI_WANT_CLOSE);
    reap(w);
}

static void check_deadline(struct world *w)
{
    enum iscsi_want want = iscsi_want(w->session, NULL);

    if (want == ISCSI_WANT_CONNECT || want == ISCSI_WANT_WAIT) {
        check(w->session->state == ISCSI_FULL_FEATURE ||
              iscsi_disk_deadline(w->disk) != ISCSI_NEVER,
              "what is awaited has a deadline");
    }
}

static void turn_clock(struct world *w, uint64_t ms)
{
    w->now += ms;
    settle(w);
}

/* ---- what the target does --------------------------------------------- */

static void feed(struct world *w, const uint8_t *bytes, size_t length)
{
    size_t taken, step = w->bytewise ? 1 : length;

    while (length) {
        step = step < length ? step : length;
        taken = iscsi_rx(w->session, bytes, step, w->now);
        w->received += taken;
        if (taken < step) {
            return;
        }
        bytes += step;
        length -= step;
    }
}

/* Sends a PDU with digests as they are agreed on. */
static void send_pdu(struct world *w, uint8_t *header, const uint8_t *data,
                     uint32_t length)
{
    static uint8_t whole[BHS_SIZE + 70000];
    struct iscsi_receiver *r = &w->session->receiver;
    uint32_t at = BHS_SIZE, padding = -length & 3;
    bool data_digest = r->data_digest;

    put_be24(header + BHS_DATA_LENGTH, length);
    memcpy(whole, header, BHS_SIZE);
    if (r->header_digest) {
        put_le32(whole + at, iscsi_crc32c(0, header, BHS_SIZE));
        at += DIGEST_SIZE;
    }
    if (length) {
        memcpy(whole + at, data, length);
        memset(whole + at + length, 0, padding);
        if (data_digest) {
            put_le32(whole + at + length + padding,
                     iscsi_crc32c(0, whole + at, length + padding));
            at += DIGEST_SIZE;
        }
        at += length + padding;
    }
    feed(w, whole, at);
}

static void numbers(struct world *w, uint8_t *header, uint8_t opcode,
                    uint8_t flags)
{
    memset(header, 0, BHS_SIZE);
    header[BHS_OPCODE] = opcode;
    header[BHS_FLAGS] = flags;
    memcpy(header + BHS_ITT, w->asked + BHS_ITT, 4);
    put_be32(header + BHS_STAT_SN, w->session->stat_sn_known
             ? w->session->exp_stat_sn : w->stat_sn);
    put_be32(header + BHS_EXP_CMD_SN, w->session->cmd_sn);
    put_be32(header + BHS_MAX_CMD_SN, w->session->cmd_sn + 32);
}

/* @status: class in the upper two bits, and detail. */
static void login_response(struct world *w, const uint8_t *text,
                           uint32_t length, uint8_t flags, uint8_t status)
{
    uint8_t header[BHS_SIZE];

    numbers(w, header, OP_LOGIN_RESPONSE, flags);
    header[LOGIN_STATUS_CLASS] = status >> 6;
    header[LOGIN_STATUS_DETAIL] = status & 0x3f;
    memcpy(header + LOGIN_ISID, w->asked + LOGIN_ISID, 6);
    put_be16(header + LOGIN_TSIH, 1);
    send_pdu(w, header, text, length);
}

/* The text that proves the target to the initiator. */
static uint32_t make_proof(struct world *w, uint8_t *text, uint32_t size)
{
    const struct iscsi_chap *chap = &w->session->chap;
    const struct iscsi_config *config = &w->session->config;
    const struct iscsi_slice slices[] = {
        { &chap->own_id, 1 },
        { config->mutual_secret, config->mutual_secret_length },
        { chap->own_challenge, sizeof(chap->own_challenge) },
    };
    struct iscsi_text_writer writer = { .buffer = text, .size = size };
    uint8_t digest[16];

    md5(w, slices, 3, digest);
    iscsi_text_put(&writer, "CHAP_N", "target");
    iscsi_text_put_binary(&writer, "CHAP_R", digest, sizeof(digest));
    return writer.length;
}

/* A login as it should go, CHAP and all. */
static void serve_login(struct world *w)
{
    static const char method[] = "AuthMethod=CHAP";
    static const char challenge[] = "CHAP_A=5\0CHAP_I=1\0CHAP_C=0x0123";
    uint8_t flags = w->asked[BHS_FLAGS];
    uint8_t proof[100];
    uint32_t length;

    switch (w->session->stage == 0 ? w->session->chap.step : CHAP_DONE) {
    case CHAP_METHOD:
        login_response(w, (const uint8_t *)method, sizeof(method), flags, 0);
        break;
    case CHAP_CHALLENGE:
        login_response(w, (const uint8_t *)challenge, sizeof(challenge),
                       flags, 0);
        break;
    case CHAP_PROOF:
        length = make_proof(w, proof, sizeof(proof));
        login_response(w, proof, length, flags, 0);
        break;
    default:
        login_response(w, NULL, 0, flags, 0);
        break;
    }
}

/* The data that answers @cdb; a disk of DISK_BLOCKS. */
static uint32_t disk_data(const uint8_t *cdb, uint8_t *data, uint32_t length)
{
    memset(data, cdb[5], length);
    switch (cdb[0]) {
    case 0x12:
        memset(data, 0, length);
        if (cdb[1] & 1) {
            data[1] = cdb[2];
            return length < 4 ? length : 4;
        }
        break;
    case 0x25:
        put_be32(data, DISK_BLOCKS - 1);
        put_be32(data + 4, 512);
        break;
    }
    return length;
}

static void serve_command(struct world *w)
{
    static uint8_t data[65536];
    uint32_t length = get_be32(w->asked + COMMAND_LENGTH), have;
    uint8_t header[BHS_SIZE];

    if (w->asked[BHS_FLAGS] & COMMAND_READ && length >= 8 &&
        length <= sizeof(data)) {
        have = disk_data(w->asked + COMMAND_CDB, data, length);
        numbers(w, header, OP_DATA_IN, FLAG_FINAL | DATA_IN_STATUS |
                (have < length ? FLAG_UNDERFLOW : 0));
        put_be32(header + BHS_RESIDUAL, length - have);
        send_pdu(w, header, data, have);
        return;
    }
    numbers(w, header, OP_SCSI_RESPONSE, FLAG_FINAL);
    send_pdu(w, header, NULL, 0);
}

static void serve(struct world *w)
{
    uint8_t header[BHS_SIZE];

    if (!w->has_asked) {
        return;
    }
    switch (w->asked[BHS_OPCODE]) {
    case OP_LOGIN_REQUEST | OP_IMMEDIATE:
        serve_login(w);
        break;
    case OP_SCSI_COMMAND:
        serve_command(w);
        break;
    case OP_DATA_OUT:
        numbers(w, header, OP_SCSI_RESPONSE, FLAG_FINAL);
        send_pdu(w, header, NULL, 0);
        break;
    case OP_NOP_OUT | OP_IMMEDIATE:
        numbers(w, header, OP_NOP_IN, FLAG_FINAL);
        put_be32(header + BHS_TTT, RESERVED_TAG);
        send_pdu(w, header, NULL, 0);
        break;
    case OP_LOGOUT_REQUEST | OP_IMMEDIATE:
        numbers(w, header, OP_LOGOUT_RESPONSE, FLAG_FINAL);
        send_pdu(w, header, NULL, 0);
        break;
    }
}

/* Opcode, flags, data length, and single bytes of the header changed. */
static void send_crafted(struct world *w, struct input *input)
{
    static const uint8_t opcodes[] = {
        OP_NOP_IN, OP_SCSI_RESPONSE, OP_LOGIN_RESPONSE, OP_DATA_IN,
        OP_LOGOUT_RESPONSE, OP_R2T, OP_ASYNC, OP_REJECT,
    };
    uint8_t header[BHS_SIZE], data[256];
    uint8_t opcode = take(input), flags = take(input), patches;
    uint32_t length = take(input);

    numbers(w, header, opcode < 0xf0 ? opcodes[opcode & 7] : opcode, flags);
    memset(data, take(input), sizeof(data));
    if (opcodes[opcode & 7] == OP_REJECT) {
        memcpy(data, w->asked, BHS_SIZE);
    }
    for (patches = take(input) & 7; patches; patches--) {
        uint8_t at = take(input);

        header[at % BHS_SIZE] = take(input);
    }
    send_pdu(w, header, data, length);
}

static void send_text(struct world *w, struct input *input)
{
    uint8_t flags = take(input), status = take(input);
    size_t length = take(input) * 4u;
    size_t left = input->end - input->next;

    length = length < left ? length : left;
    login_response(w, input->next, length, flags, status);
    input->next += length;
}

static void send_raw(struct world *w, struct input *input)
{
    size_t length = take(input);
    size_t left = input->end - input->next;

    length = length < left ? length : left;
    feed(w, input->next, length);
    input->next += length;
}

static void send_bad_status(struct world *w, struct input *input)
{
    uint8_t data[20] = { 0, 18, 0x70 };
    uint8_t header[BHS_SIZE];

    numbers(w, header, OP_SCSI_RESPONSE, FLAG_FINAL);
    header[RESPONSE_STATUS] = 2;
    data[4] = take(input);
    data[14] = take(input);
    data[15] = take(input);
    send_pdu(w, header, data, sizeof(data));
}

/* ---- the caller ------------------------------------------------------- */

static void submit(struct world *w, struct input *input, uint8_t operation)
{
    uint8_t choice = take(input);
    struct iscsi_disk_request *request = &w->requests[choice % REQUESTS];
    enum iscsi_error error;

    if (w->pending[choice % REQUESTS]) {
        return;
    }
    *request = (struct iscsi_disk_request) {
        .operation = operation,
        .sector = take(input) * 17u,
        .count = operation == ISCSI_DISK_FLUSH ? 0 : choice % SECTORS,
    };
    request->buffer = malloc(request->count * 512);
    memset(request->buffer, choice, request->count * 512);
    error = iscsi_disk_submit(w->disk, request, w->now);
    w->pending[choice % REQUESTS] = error == ISCSI_OK;
    note_number(w, error);
    if (error != ISCSI_OK) {
        free(request->buffer);
    }
}

static void cancel(struct world *w, uint8_t which)
{
    which %= REQUESTS;
    if (w->pending[which]) {
        iscsi_disk_cancel(w->disk, &w->requests[which], w->now);
        w->pending[which] = false;
        free(w->requests[which].buffer);
    }
}

static void move(struct world *w, struct input *input)
{
    switch (take(input) % MOVES) {
    case MOVE_SERVE:
        serve(w);
        break;
    case MOVE_LOGIN_TEXT:
        send_text(w, input);
        break;
    case MOVE_PDU:
        send_crafted(w, input);
        break;
    case MOVE_RAW:
        send_raw(w, input);
        break;
    case MOVE_WAIT:
        w->now += take(input) * 50u;
        break;
    case MOVE_CLOSE:
        iscsi_tcp_down(w->session, w->now);
        break;
    case MOVE_READ:
        submit(w, input, ISCSI_DISK_READ);
        break;
    case MOVE_WRITE:
        submit(w, input, ISCSI_DISK_WRITE);
        break;
    case MOVE_FLUSH:
        submit(w, input, ISCSI_DISK_FLUSH);
        break;
    case MOVE_CANCEL:
        cancel(w, take(input));
        break;
    case MOVE_LOGOUT:
        iscsi_logout(w->session, w->now);
        break;
    case MOVE_BAD_STATUS:
        send_bad_status(w, input);
        break;
    }
    settle(w);
    check_deadline(w);
}

/* With a target that is gone, all that waits comes back in time. */
static void end_all(struct world *w)
{
    unsigned ticks = 0, i;
    uint64_t deadline;

    iscsi_tcp_down(w->session, w->now);
    for (i = 0; i < REQUESTS; i++) {
        while (w->pending[i]) {
            check(ticks++ < IDLE_TICKS_MAX, "a request never comes back");
            if (iscsi_want(w->session, NULL) == ISCSI_WANT_CONNECT ||
                iscsi_want(w->session, NULL) == ISCSI_WANT_CLOSE) {
                iscsi_tcp_down(w->session, w->now);
            }
            deadline = iscsi_disk_deadline(w->disk);
            w->now = deadline > w->now && deadline != ISCSI_NEVER
                ? deadline : w->now + 100;
            reap(w);
        }
    }
    note_number(w, w->session->last_error);
    note_number(w, w->session->relogins);
    note_number(w, w->disk->state);
}

static void configure(struct iscsi_config *config, struct input *input)
{
    uint8_t bits = take(input);

    iscsi_config_defaults(config);
    config->initiator_name = "iqn.2024-01.test.local:initiator";
    config->target_name = "iqn.2024-01.test.local:disk";
    config->portals[0] = "192.0.2.1";
    config->portals[1] = bits & 1 ? "192.0.2.2" : NULL;
    config->header_digest = bits >> 1 & 1;
    config->data_digest = bits >> 2 & 1;
    config->strict = bits >> 3 & 1;
    config->initial_r2t = bits >> 4 & 1;
    config->immediate_data = bits >> 5 & 1;
    if (bits >> 6 & 1) {
        config->chap_user = "user";
        config->chap_secret = (const uint8_t *)"a-secret-of-ours";
        config->chap_secret_length = 16;
    }
    if (config->chap_user && bits >> 7 & 1) {
        config->mutual_secret = (const uint8_t *)"a-secret-of-theirs";
        config->mutual_secret_length = 18;
    }
    bits = take(input);
    config->max_r2t = 1 + (bits & 3);
    config->max_commands = 1 + (bits >> 2 & 7);
    config->max_burst = 512u << (bits >> 5);
    config->first_burst = 512;
}

static uint32_t run(const uint8_t *bytes, size_t size, bool bytewise)
{
    struct input input = { bytes, bytes + size };
    struct world w = { .bytewise = bytewise, .now = 1000, .stat_sn = 7 };
    const struct iscsi_env env = {
        .user = &w, .random = random_bytes, .md5 = md5,
    };
    static const uint8_t lun[8] = { 0, 1 };
    struct iscsi_config config;
    void *session_memory = malloc(ISCSI_SESSION_SIZE);
    void *disk_memory = malloc(ISCSI_DISK_SIZE);
    unsigned moves;

    configure(&config, &input);
    check(iscsi_init(session_memory, ISCSI_SESSION_SIZE, &config, &env,
                     &w.session) == ISCSI_OK, "the configuration is good");
    iscsi_disk_init(disk_memory, ISCSI_DISK_SIZE, w.session, lun, &w.disk);
    iscsi_start(w.session, w.now);
    iscsi_disk_open(w.disk, w.now);
    turn_clock(&w, 0);
    for (moves = 0; input.next < input.end && moves < MOVES_MAX; moves++) {
        move(&w, &input);
    }
    end_all(&w);
    free(session_memory);
    free(disk_memory);
    return w.outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    check(run(bytes, size, false) == run(bytes, size, true),
          "chunks make no difference");
    return 0;
}
