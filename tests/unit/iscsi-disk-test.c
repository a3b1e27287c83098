/*
 * A LUN as a disk of 512-byte sectors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "iscsi-peer.h"

#define STORE_SIZE  (1024 * 1024)
#define FAULTS      4

enum {
    TEST_UNIT_READY = 0x00, INQUIRY = 0x12, READ_CAPACITY10 = 0x25,
    READ10 = 0x28, WRITE10 = 0x2a, SYNCHRONIZE_CACHE = 0x35, READ16 = 0x88,
    WRITE16 = 0x8a, READ_CAPACITY16 = 0x9e,
};

/* Answers to come instead of the good one. */
struct fault {
    uint8_t opcode;
    unsigned count;
    uint8_t status;
    uint8_t key, asc, ascq;
};

/* A logical unit behind the peer. */
struct unit_disk {
    uint32_t block_size;
    uint64_t blocks;
    uint8_t inquiry0;
    uint8_t id;             /* in its VPD 83h designator */
    struct fault faults[FAULTS];
    unsigned counts[256];   /* commands seen, by operation code */
    uint8_t last[16];       /* CDB */
    uint8_t store[STORE_SIZE + 4096];   /* a transfer may end behind it */
};

static struct unit_disk unit;

static void begin(struct peer *p)
{
    memset(&unit, 0, sizeof(unit));
    unit.block_size = 512;
    unit.blocks = STORE_SIZE / 512;
    unit.id = 1;
    peer_pattern(unit.store, STORE_SIZE, 99);
    p->config.nop_idle_ms = 0;
    p->login_text = "DefaultTime2Wait=0";
}

static void fault(uint8_t opcode, unsigned count, uint8_t status, uint8_t key,
                  uint8_t asc, uint8_t ascq)
{
    unsigned i = 0;

    while (unit.faults[i].count) {
        i++;
    }
    unit.faults[i] = (struct fault) { opcode, count, status, key, asc, ascq };
}

static bool serve_fault(struct peer *p, uint32_t itt)
{
    struct fault *f;

    for (f = unit.faults; f < unit.faults + FAULTS; f++) {
        if (f->count && f->opcode == unit.last[0]) {
            f->count--;
            if (f->status == 2) {
                peer_check(p, itt, f->key, f->asc, f->ascq);
            } else {
                peer_response(p, itt, f->status, 0, 0, NULL, 0);
            }
            return true;
        }
    }
    return false;
}

static void send_data(struct peer *p, uint32_t itt, const uint8_t *bytes,
                      uint32_t length, uint32_t wanted)
{
    peer_data_in(p, itt, FLAG_FINAL, 0, 0, bytes, length);
    peer_response(p, itt, 0, length < wanted ? FLAG_UNDERFLOW : 0,
                  length < wanted ? wanted - length : 0, NULL, 0);
}

static void serve_inquiry(struct peer *p, uint32_t itt)
{
    uint8_t reply[36] = { unit.inquiry0, [4] = 31 };
    uint32_t wanted = get_be32(p->last.header + COMMAND_LENGTH);
    /* A designator of the unit, and one of the port it is seen through. */
    const uint8_t page[24] = {
        0, 0x83, 0, 20, 1, 0x03, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, unit.id,
        1, 0x14, 0, 4, 0, 0, 0, p->session->relogins,
    };

    if (unit.last[1] & 1) {
        send_data(p, itt, page, sizeof(page), wanted);
        return;
    }
    memcpy(reply + 8, "VENDOR  PRODUCT\x1b[31m     REV ", 28);
    send_data(p, itt, reply, sizeof(reply), wanted);
}

static void serve_capacity(struct peer *p, uint32_t itt)
{
    uint8_t reply[32] = { 0 };

    if (unit.last[0] == READ_CAPACITY10) {
        put_be32(reply, unit.blocks - 1 > 0xffffffff ? 0xffffffff
                                                     : unit.blocks - 1);
        put_be32(reply + 4, unit.block_size);
        send_data(p, itt, reply, 8, 8);
    } else {
        put_be64(reply, unit.blocks - 1);
        put_be32(reply + 8, unit.block_size);
        send_data(p, itt, reply, 32, 32);
    }
}

/* The store repeats when the disk is larger. */
static uint8_t *place(uint64_t offset)
{
    return unit.store + offset % STORE_SIZE;
}

static void serve_transfer(struct peer *p, uint32_t itt)
{
    bool wide = unit.last[0] & 0x80;
    uint64_t block = wide ? get_be64(unit.last + 2) : get_be32(unit.last + 2);
    uint32_t count = wide ? get_be32(unit.last + 10)
                          : get_be16(unit.last + 7);
    uint32_t length = count * unit.block_size, sent = p->last.length;

    CU_ASSERT_TRUE(block + count <= unit.blocks);
    CU_ASSERT_EQUAL(get_be32(p->last.header + COMMAND_LENGTH), length);
    if (unit.last[0] == READ10 || unit.last[0] == READ16) {
        send_data(p, itt, place(block * unit.block_size), length, length);
        return;
    }
    memcpy(place(block * unit.block_size), p->last.data, sent);
    if (sent < length) {
        peer_r2t(p, itt, 1, 0, sent, length - sent);
    }
    while (sent < length) {
        peer_expect(p, OP_DATA_OUT);
        memcpy(place(block * unit.block_size) + sent, p->last.data,
               p->last.length);
        sent += p->last.length;
    }
    peer_good(p, itt);
}

/* Whatever is to be aborted does not exist any more. */
static void serve_management(struct peer *p)
{
    uint8_t header[BHS_SIZE];

    peer_expect(p, OP_TASK_REQUEST | OP_IMMEDIATE);
    peer_header(p, header, OP_TASK_RESPONSE, FLAG_FINAL, peer_itt(p));
    header[RESPONSE_RESPONSE] = 1;
    p->stat_sn++;
    peer_send(p, header, NULL, 0);
}

/* Answers one command, if there is one. */
static bool serve_one(struct peer *p)
{
    const uint8_t *window;
    uint32_t itt;
    size_t length;

    window = iscsi_tx_window(p->session, &length);
    if (!window) {
        return false;
    }
    if (window[BHS_OPCODE] == (OP_TASK_REQUEST | OP_IMMEDIATE)) {
        serve_management(p);
        return true;
    }
    peer_expect(p, OP_SCSI_COMMAND);
    itt = peer_itt(p);
    memcpy(unit.last, p->last.header + COMMAND_CDB, 16);
    unit.counts[unit.last[0]]++;
    CU_ASSERT_EQUAL(p->last.header[BHS_LUN + 1], 1);
    if (serve_fault(p, itt)) {
        return true;
    }
    switch (unit.last[0]) {
    case INQUIRY:
        serve_inquiry(p, itt);
        break;
    case READ_CAPACITY10:
    case READ_CAPACITY16:
        serve_capacity(p, itt);
        break;
    case TEST_UNIT_READY:
    case SYNCHRONIZE_CACHE:
        peer_good(p, itt);
        break;
    default:
        serve_transfer(p, itt);
        break;
    }
    return true;
}

/* Serves, connects and turns the clock until a request is done. */
static struct iscsi_disk_request *run(struct peer *p, uint64_t ms)
{
    struct iscsi_disk_request *done;
    uint64_t end = p->now + ms;

    do {
        done = iscsi_disk_reap(p->disk, p->now);
        if (done) {
            return done;
        }
        if (iscsi_want(p->session, NULL) == ISCSI_WANT_CONNECT) {
            peer_accept(p);
            peer_answer_login(p);
        } else if (iscsi_want(p->session, NULL) == ISCSI_WANT_CLOSE) {
            peer_close(p);
        } else if (!serve_one(p)) {
            p->now += 5;
        }
    } while (p->now < end);
    return NULL;
}

static enum iscsi_error open_disk(struct peer *p)
{
    struct iscsi_disk_info info;

    if (!p->disk) {
        peer_open_disk(p);
        peer_log_in(p);
    }
    iscsi_disk_open(p->disk, p->now);
    do {
        run(p, 5);
        iscsi_disk_get_info(p->disk, &info);
    } while (info.state == ISCSI_DISK_OPENING);
    return info.error;
}

static struct iscsi_disk_request *submit(struct peer *p,
                                         struct iscsi_disk_request *request,
                                         uint8_t operation, uint64_t sector,
                                         uint32_t count)
{
    *request = (struct iscsi_disk_request) {
        .operation = operation, .sector = sector, .count = count,
        .buffer = count ? peer_buffer(p, count * 512) : NULL,
    };
    CU_ASSERT_EQUAL_FATAL(iscsi_disk_submit(p->disk, request, p->now),
                          ISCSI_OK);
    return request;
}

static enum iscsi_error transfer(struct peer *p, uint8_t operation,
                                 uint64_t sector, uint32_t count)
{
    struct iscsi_disk_request request;

    submit(p, &request, operation, sector, count);
    if (operation == ISCSI_DISK_WRITE && count) {
        peer_pattern(request.buffer, count * 512, sector);
    }
    CU_ASSERT_PTR_EQUAL_FATAL(run(p, 200000), &request);
    if (operation == ISCSI_DISK_READ && request.error == ISCSI_OK && count) {
        CU_ASSERT_EQUAL(memcmp(request.buffer, place(sector * 512),
                               count * 512), 0);
    }
    CU_ASSERT_TRUE(request.error != ISCSI_OK || request.done == count);
    if (count) {
        free(p->buffers[--p->buffer_count]);
    }
    return request.error;
}

static void the_unit_is_identified_S1_S3(void)
{
    struct iscsi_disk_info info;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        iscsi_disk_get_info(p.disk, &info);
        CU_ASSERT_EQUAL(info.state, ISCSI_DISK_READY);
        CU_ASSERT_EQUAL(info.sectors, STORE_SIZE / 512);
        CU_ASSERT_EQUAL(info.block_size, 512);
        CU_ASSERT_STRING_EQUAL(info.vendor, "VENDOR");
        CU_ASSERT_STRING_EQUAL(info.product, "PRODUCT.[31m");
        CU_ASSERT_EQUAL(unit.counts[READ_CAPACITY16], 0);
    }
}

static void a_disk_opened_before_the_login_waits_for_it(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        peer_open_disk(&p);
        iscsi_start(p.session, p.now);
        iscsi_disk_open(p.disk, p.now);
        iscsi_disk_reap(p.disk, p.now);
        peer_close(&p);
        peer_wait(&p, 500);
        peer_accept(&p);
        peer_expect(&p, OP_LOGIN_REQUEST | OP_IMMEDIATE);
        peer_login(&p, 0, 1, 1, "TargetAddress=192.0.2.9");
        CU_ASSERT_PTR_NULL(run(&p, 1000));
        CU_ASSERT_EQUAL(p.disk->state, ISCSI_DISK_READY);
    }
}

static void what_is_not_a_usable_disk_is_refused_S1_F31(void)
{
    static const struct {
        uint8_t inquiry0;
        uint64_t blocks;
        uint32_t block_size;
        enum iscsi_error error;
    } rows[] = {
        { 0x7f, 16, 512, ISCSI_E_NO_LUN }, { 0x20, 16, 512, ISCSI_E_NO_LUN },
        { 0x0c, 16, 512, ISCSI_E_NOT_DISK },
        { 0x05, 16, 2048, ISCSI_E_NOT_DISK },
        { 0, 16, 0, ISCSI_E_CAPACITY }, { 0, 16, 3, ISCSI_E_CAPACITY },
        { 0, 16, 256, ISCSI_E_CAPACITY }, { 0, 16, 520, ISCSI_E_CAPACITY },
        { 0, 16, 8192, ISCSI_E_CAPACITY },
        { 0, 16, 0x80000000, ISCSI_E_CAPACITY },
        { 0, 0, 512, ISCSI_E_CAPACITY },        /* last block ffff... */
        { 0, (uint64_t)1 << 60, 512, ISCSI_E_CAPACITY },
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            begin(&p);
            unit.inquiry0 = rows[i].inquiry0;
            unit.blocks = rows[i].blocks;
            unit.block_size = rows[i].block_size;
            free(p.disk_memory);
            p.disk = NULL;
            p.session = NULL;
            CU_ASSERT_EQUAL(open_disk(&p), rows[i].error);
            CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk,
                                              &(struct iscsi_disk_request) { },
                                              p.now), rows[i].error);
        }
    }
}

static void a_missing_lun_by_sense_is_named(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        fault(INQUIRY, 1, 2, 5, 0x25, 0);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_E_NO_LUN);
    }
}

static void unit_attention_and_becoming_ready_are_waited_for_S2(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        fault(TEST_UNIT_READY, 3, 2, 6, 0x29, 0);
        fault(TEST_UNIT_READY, 12, 2, 2, 0x04, 0x01);
        fault(READ_CAPACITY10, 1, 2, 6, 0x2a, 0x09);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        CU_ASSERT_EQUAL(unit.counts[TEST_UNIT_READY], 16);
    }
}

static void a_unit_that_never_gets_ready_is_given_up_S2(void)
{
    struct peer p = { };
    uint64_t start;

    while (peer_next(&p)) {
        begin(&p);
        fault(TEST_UNIT_READY, 1000000, 2, 2, 0x04, 0x01);
        start = p.now;
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_E_NOT_READY);
        CU_ASSERT_TRUE(p.now - start >= p.config.retry_ms);
        CU_ASSERT_TRUE(p.now - start < p.config.retry_ms + 3000);
        CU_ASSERT_TRUE(unit.counts[TEST_UNIT_READY] < 40);
    }
}

static void final_states_of_a_unit_are_not_waited_for_S2(void)
{
    static const uint8_t sense[][2] = { { 0x3a, 0 }, { 0x04, 0x03 } };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < 2; i++) {
            begin(&p);
            fault(TEST_UNIT_READY, 1000, 2, 2, sense[i][0], sense[i][1]);
            free(p.disk_memory);
            p.disk = NULL;
            p.session = NULL;
            CU_ASSERT_EQUAL(open_disk(&p), ISCSI_E_NOT_READY);
            CU_ASSERT_EQUAL(unit.counts[TEST_UNIT_READY], 1);
        }
    }
}

static void a_unit_without_vpd_pages_is_still_a_disk(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        peer_open_disk(&p);
        peer_log_in(&p);
        iscsi_disk_open(p.disk, p.now);
        run(&p, 0);
        serve_one(&p);          /* INQUIRY; the page comes after */
        fault(INQUIRY, 1, 2, 5, 0x24, 0);
        run(&p, 100);
        CU_ASSERT_EQUAL(p.disk->state, ISCSI_DISK_READY);
    }
}

static void requests_are_read_and_written_S4(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 0, 1), ISCSI_OK);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_WRITE, 100, 7), ISCSI_OK);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 98, 12), ISCSI_OK);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 2047, 1), ISCSI_OK);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 5, 0), ISCSI_OK);
    }
}

static void requests_beyond_the_end_are_refused(void)
{
    static const struct {
        uint64_t sector;
        uint32_t count;
    } rows[] = {
        { 2048, 1 }, { 2047, 2 }, { 0, 2049 }, { UINT64_MAX, 1 },
        { UINT64_MAX, UINT32_MAX }, { 0, (1 << 22) + 1 },
    };
    uint8_t byte;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            struct iscsi_disk_request request = {
                .sector = rows[i].sector, .count = rows[i].count,
                .buffer = &byte,
            };

            CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk, &request, p.now),
                            ISCSI_E_RANGE);
        }
    }
}

static void requests_are_split_at_the_burst(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        p.login_text = "DefaultTime2Wait=0\nMaxBurstLength=4096";
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_WRITE, 3, 101), ISCSI_OK);
        CU_ASSERT_EQUAL(unit.counts[WRITE10], 13);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 0, 200), ISCSI_OK);
        CU_ASSERT_EQUAL(unit.counts[READ10], 25);
    }
}

static void large_disks_use_long_commands_S3_S4(void)
{
    struct iscsi_disk_info info;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        unit.blocks = 0x180000000;
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        iscsi_disk_get_info(p.disk, &info);
        CU_ASSERT_EQUAL(info.sectors, 0x180000000);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 0xffffffff, 1),
                        ISCSI_OK);
        CU_ASSERT_EQUAL(unit.counts[READ10], 1);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 0xffffffff, 2),
                        ISCSI_OK);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_WRITE, 0x17fffffff, 1),
                        ISCSI_OK);
        CU_ASSERT_EQUAL(unit.counts[READ16], 1);
        CU_ASSERT_EQUAL(unit.counts[WRITE16], 1);
    }
}

static void parts_of_4096_byte_blocks_are_read_and_written_S5(void)
{
    static const struct {
        uint64_t sector;
        uint32_t count;
    } rows[] = {
        { 0, 8 }, { 0, 1 }, { 7, 1 }, { 3, 4 }, { 7, 2 }, { 1, 15 },
        { 8, 16 }, { 5, 30 }, { 2047, 1 }, { 2040, 8 },
    };
    static uint8_t expected[STORE_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        begin(&p);
        unit.block_size = 4096;
        unit.blocks = STORE_SIZE / 4096;
        memcpy(expected, unit.store, STORE_SIZE);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, rows[i].sector,
                                     rows[i].count), ISCSI_OK);
            CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_WRITE, rows[i].sector,
                                     rows[i].count), ISCSI_OK);
            peer_pattern(expected + rows[i].sector * 512,
                         rows[i].count * 512, rows[i].sector);
            CU_ASSERT_EQUAL(memcmp(expected, unit.store, STORE_SIZE), 0);
        }
    }
}

static void two_parts_of_one_block_do_not_lose_each_other_S5(void)
{
    struct iscsi_disk_request a, b;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        unit.block_size = 4096;
        unit.blocks = STORE_SIZE / 4096;
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &a, ISCSI_DISK_WRITE, 0, 3);
        submit(&p, &b, ISCSI_DISK_WRITE, 3, 3);
        CU_ASSERT_PTR_EQUAL(run(&p, 1000), &a);
        CU_ASSERT_PTR_EQUAL(run(&p, 1000), &b);
        CU_ASSERT_EQUAL(memcmp(unit.store, a.buffer, 3 * 512), 0);
        CU_ASSERT_EQUAL(memcmp(unit.store + 3 * 512, b.buffer, 3 * 512), 0);
    }
}

static void flush_comes_after_the_writes_S6(void)
{
    struct iscsi_disk_request write, flush;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &write, ISCSI_DISK_WRITE, 0, 8);
        submit(&p, &flush, ISCSI_DISK_FLUSH, 0, 0);
        iscsi_disk_reap(p.disk, p.now);
        serve_one(&p);
        peer_expect_silence(&p);
        CU_ASSERT_PTR_EQUAL(run(&p, 100), &write);
        CU_ASSERT_PTR_EQUAL(run(&p, 100), &flush);
        CU_ASSERT_EQUAL(unit.last[0], SYNCHRONIZE_CACHE);
        fault(SYNCHRONIZE_CACHE, 1, 2, 5, 0x20, 0);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_FLUSH, 0, 0), ISCSI_OK);
        fault(SYNCHRONIZE_CACHE, 1, 2, 3, 0x0c, 0);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_FLUSH, 0, 0),
                        ISCSI_E_MEDIUM);
    }
}

static void each_failure_is_retried_as_it_deserves_S7_S14(void)
{
    static const struct {
        uint8_t status, key, asc, ascq;
        unsigned faults, attempts;
        enum iscsi_error error;
    } rows[] = {
        { 2, 6, 0x29, 0x00, 5, 6, ISCSI_OK },
        { 2, 6, 0x3f, 0x05, 9, 10, ISCSI_OK },
        { 2, 6, 0x29, 0x00, 99, 11, ISCSI_E_SCSI },
        { 0x08, 0, 0, 0, 6, 7, ISCSI_OK },              /* BUSY */
        { 0x28, 0, 0, 0, 3, 4, ISCSI_OK },              /* TASK SET FULL */
        { 0x40, 0, 0, 0, 2, 3, ISCSI_OK },              /* TASK ABORTED */
        { 0x18, 0, 0, 0, 99, 1, ISCSI_E_RESERVED },
        { 2, 0xb, 0x47, 0x05, 1, 2, ISCSI_OK },
        { 2, 0xb, 0x47, 0x05, 99, 2, ISCSI_E_SCSI },
        { 2, 3, 0x11, 0x00, 99, 1, ISCSI_E_MEDIUM },
        { 2, 5, 0x21, 0x00, 99, 1, ISCSI_E_RANGE },
        { 2, 7, 0x27, 0x00, 99, 1, ISCSI_E_WRITE_PROTECTED },
        { 2, 2, 0x3a, 0x00, 99, 1, ISCSI_E_NOT_READY },
        { 2, 2, 0x04, 0x01, 4, 5, ISCSI_OK },
        { 2, 0, 0, 0, 99, 1, ISCSI_E_SCSI },
        { 0x77, 0, 0, 0, 99, 1, ISCSI_E_SCSI },
    };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            memset(unit.faults, 0, sizeof(unit.faults));
            memset(unit.counts, 0, sizeof(unit.counts));
            fault(WRITE10, rows[i].faults, rows[i].status, rows[i].key,
                  rows[i].asc, rows[i].ascq);
            CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_WRITE, 8, 4),
                            rows[i].error);
            CU_ASSERT_EQUAL(unit.counts[WRITE10], rows[i].attempts);
        }
    }
}

static void a_busy_unit_is_given_up_in_time_S7(void)
{
    struct peer p = { };
    uint64_t start;

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        fault(READ10, 1000000, 0x08, 0, 0, 0);
        start = p.now;
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 8, 4),
                        ISCSI_E_NOT_READY);
        CU_ASSERT_TRUE(p.now - start < p.config.retry_ms + 3000);
    }
}

static void a_wait_for_a_busy_unit_is_in_the_deadline_S7(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };
    uint64_t wait;

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &request, ISCSI_DISK_READ, 0, 1);
        fault(READ10, 3, 0x08, 0, 0, 0);
        for (wait = DISK_WAIT_MS; wait <= 4 * DISK_WAIT_MS; wait *= 2) {
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            CU_ASSERT_TRUE(serve_one(&p));
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            CU_ASSERT_EQUAL(iscsi_disk_deadline(p.disk), p.now + wait);
            p.now += wait - 1;
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            peer_expect_silence(&p);
            p.now++;
        }
        CU_ASSERT_PTR_EQUAL(run(&p, 10), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_OK);
    }
}

static void descriptor_sense_is_understood_S9(void)
{
    static const uint8_t sense[8] = { 0x72, 7, 0x27, 1 };
    struct iscsi_disk_request request;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &request, ISCSI_DISK_WRITE, 0, 1);
        iscsi_disk_reap(p.disk, p.now);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_response(&p, peer_itt(&p), 2, 0, 0, sense, sizeof(sense));
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_WRITE_PROTECTED);
        CU_ASSERT_EQUAL(request.asc, 0x27);
        CU_ASSERT_EQUAL(request.ascq, 1);
    }
}

static void a_failure_of_the_target_is_tried_once_more_R10(void)
{
    struct iscsi_disk_request request;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &request, ISCSI_DISK_WRITE, 0, 1);
        for (i = 0; i < 2; i++) {
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_header(&p, header, OP_SCSI_RESPONSE, FLAG_FINAL,
                        peer_itt(&p));
            header[RESPONSE_RESPONSE] = 1;
            p.stat_sn++;
            peer_send(&p, header, NULL, 0);
        }
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_TARGET_FAILURE);
    }
}

/* Lets the connection go until the session has failed. */
static void exhaust(struct peer *p)
{
    uint64_t end = p->now + 2 * p->config.recovery_ms;

    while (p->session->state != ISCSI_FAILED && p->now < end) {
        peer_close(p);
        peer_wait(p, 50);
    }
    CU_ASSERT_EQUAL(p->session->state, ISCSI_FAILED);
}

static void a_session_that_fails_during_the_check_is_checked_later_X3(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &request, ISCSI_DISK_WRITE, 16, 4);
        peer_close(&p);
        peer_wait(&p, 500);
        peer_accept(&p);
        peer_answer_login(&p);
        iscsi_disk_reap(p.disk, p.now);
        CU_ASSERT_EQUAL(p.disk->state, ISCSI_DISK_CHECKING);
        exhaust(&p);
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_CONNECT);
        unit.id = 2;
        iscsi_start(p.session, p.now);
        CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk, &request, p.now),
                        ISCSI_OK);
        CU_ASSERT_PTR_EQUAL(run(&p, 5000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_CHANGED);
        CU_ASSERT_EQUAL(unit.counts[WRITE10], 0);
    }
}

static void sectors_before_the_failure_are_counted(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        p.login_text = "DefaultTime2Wait=0\nMaxBurstLength=4096";
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &request, ISCSI_DISK_READ, 0, 100);
        iscsi_disk_reap(p.disk, p.now);
        serve_one(&p);
        serve_one(&p);
        fault(READ10, 1, 2, 3, 0x11, 0x04);
        CU_ASSERT_PTR_EQUAL(run(&p, 1000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_MEDIUM);
        CU_ASSERT_EQUAL(request.done, 16);
        CU_ASSERT_EQUAL(request.sense_key, 3);
        CU_ASSERT_EQUAL(request.asc, 0x11);
        CU_ASSERT_EQUAL(request.ascq, 4);
        CU_ASSERT_PTR_NULL(run(&p, 100));
    }
}

static void a_request_survives_the_loss_of_its_connection_X2_X3(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        memset(unit.counts, 0, sizeof(unit.counts));
        submit(&p, &request, ISCSI_DISK_WRITE, 16, 4);
        iscsi_disk_reap(p.disk, p.now);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_close(&p);
        fault(TEST_UNIT_READY, 1, 2, 6, 0x29, 0);
        CU_ASSERT_PTR_EQUAL(run(&p, 5000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_OK);
        CU_ASSERT_EQUAL(memcmp(unit.store + 16 * 512, request.buffer, 2048),
                        0);
        CU_ASSERT_EQUAL(unit.counts[READ_CAPACITY10], 1);
        CU_ASSERT_EQUAL(unit.counts[WRITE10], 1);
    }
}

/* Cuts the connection under a write, changes the unit, and comes back. */
static void write_to_changed_unit(struct peer *p, void (*change)(void))
{
    struct iscsi_disk_request request;
    struct iscsi_disk_info info;

    begin(p);
    CU_ASSERT_EQUAL(open_disk(p), ISCSI_OK);
    memset(unit.counts, 0, sizeof(unit.counts));
    submit(p, &request, ISCSI_DISK_WRITE, 16, 4);
    iscsi_disk_reap(p->disk, p->now);
    peer_expect(p, OP_SCSI_COMMAND);
    peer_close(p);
    change();
    CU_ASSERT_PTR_EQUAL(run(p, 5000), &request);
    CU_ASSERT_EQUAL(request.error, ISCSI_E_CHANGED);
    CU_ASSERT_EQUAL(unit.counts[WRITE10], 0);
    CU_ASSERT_EQUAL(iscsi_disk_submit(p->disk, &request, p->now),
                    ISCSI_E_CHANGED);
    iscsi_disk_get_info(p->disk, &info);
    CU_ASSERT_EQUAL(info.state, ISCSI_DISK_FAILED);
}

static void shrink(void)
{
    unit.blocks--;
}

static void swap(void)
{
    unit.id = 2;
}

static void another_disk_is_never_written_to_X3_F32(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        write_to_changed_unit(&p, shrink);
        free(p.disk_memory);
        p.disk = NULL;
        p.session = NULL;
        write_to_changed_unit(&p, swap);
    }
}

static void a_check_interrupted_by_a_loss_begins_again_X3(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &request, ISCSI_DISK_WRITE, 16, 4);
        for (i = 0; i < 3; i++) {
            peer_close(&p);
            while (iscsi_want(p.session, NULL) != ISCSI_WANT_CONNECT) {
                peer_wait(&p, 1);
            }
            peer_accept(&p);
            peer_answer_login(&p);
            iscsi_disk_reap(p.disk, p.now);
            serve_one(&p);
            CU_ASSERT_EQUAL(unit.last[0], INQUIRY);
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
        }
        unit.id = 9;
        CU_ASSERT_PTR_EQUAL(run(&p, 5000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_CHANGED);
        CU_ASSERT_EQUAL(unit.counts[WRITE10], 0);
    }
}

static void a_changed_capacity_in_mid_session_is_checked_X3(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        fault(WRITE10, 1, 2, 6, 0x2a, 0x09);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_WRITE, 0, 1), ISCSI_OK);
        CU_ASSERT_EQUAL(unit.counts[READ_CAPACITY10], 2);
        fault(WRITE10, 1, 2, 6, 0x2a, 0x09);
        unit.blocks /= 2;
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_WRITE, 0, 1),
                        ISCSI_E_CHANGED);
    }
}

static void a_session_that_failed_serves_again_once_restarted(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };
    uint64_t end;

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &request, ISCSI_DISK_READ, 0, 4);
        end = p.now + 2 * p.config.recovery_ms;
        while (p.session->state != ISCSI_FAILED && p.now < end) {
            peer_close(&p);
            peer_wait(&p, 50);
        }
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_NOT_EQUAL(request.error, ISCSI_OK);
        CU_ASSERT_EQUAL(iscsi_start(p.session, p.now), ISCSI_OK);
        CU_ASSERT_EQUAL(transfer(&p, ISCSI_DISK_READ, 0, 4), ISCSI_OK);
    }
}

static void a_cancelled_request_is_let_go_of_at_once(void)
{
    struct iscsi_disk_request a, b;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        begin(&p);
        CU_ASSERT_EQUAL(open_disk(&p), ISCSI_OK);
        submit(&p, &a, ISCSI_DISK_READ, 0, 4);
        submit(&p, &b, ISCSI_DISK_READ, 8, 4);
        iscsi_disk_reap(p.disk, p.now);
        peer_expect(&p, OP_SCSI_COMMAND);
        itt = peer_itt(&p);
        iscsi_disk_cancel(p.disk, &a, p.now);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, unit.store,
                     2048);
        CU_ASSERT_EQUAL(a.buffer[0], 0xa5);
        CU_ASSERT_PTR_EQUAL(run(&p, 5000), &b);
        CU_ASSERT_EQUAL(b.error, ISCSI_OK);
        CU_ASSERT_EQUAL(memcmp(b.buffer, unit.store + 8 * 512, 2048), 0);
        CU_ASSERT_PTR_NULL(run(&p, 100));
    }
}

static void luns_have_two_forms_S12(void)
{
    static const struct {
        uint16_t number;
        uint8_t lun[8];
    } rows[] = {
        { 0, { 0, 0 } }, { 1, { 0, 1 } }, { 255, { 0, 255 } },
        { 256, { 0x41, 0 } }, { 300, { 0x41, 0x2c } },
        { 16383, { 0x7f, 0xff } },
    };
    uint8_t lun[8];
    unsigned i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        iscsi_lun_from_number(rows[i].number, lun);
        CU_ASSERT_EQUAL(memcmp(lun, rows[i].lun, 8), 0);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(the_unit_is_identified_S1_S3),
    UNIT_CASE(a_disk_opened_before_the_login_waits_for_it),
    UNIT_CASE(what_is_not_a_usable_disk_is_refused_S1_F31),
    UNIT_CASE(a_missing_lun_by_sense_is_named),
    UNIT_CASE(unit_attention_and_becoming_ready_are_waited_for_S2),
    UNIT_CASE(a_unit_that_never_gets_ready_is_given_up_S2),
    UNIT_CASE(final_states_of_a_unit_are_not_waited_for_S2),
    UNIT_CASE(a_unit_without_vpd_pages_is_still_a_disk),
    UNIT_CASE(requests_are_read_and_written_S4),
    UNIT_CASE(requests_beyond_the_end_are_refused),
    UNIT_CASE(requests_are_split_at_the_burst),
    UNIT_CASE(large_disks_use_long_commands_S3_S4),
    UNIT_CASE(parts_of_4096_byte_blocks_are_read_and_written_S5),
    UNIT_CASE(two_parts_of_one_block_do_not_lose_each_other_S5),
    UNIT_CASE(flush_comes_after_the_writes_S6),
    UNIT_CASE(each_failure_is_retried_as_it_deserves_S7_S14),
    UNIT_CASE(a_busy_unit_is_given_up_in_time_S7),
    UNIT_CASE(a_wait_for_a_busy_unit_is_in_the_deadline_S7),
    UNIT_CASE(descriptor_sense_is_understood_S9),
    UNIT_CASE(a_failure_of_the_target_is_tried_once_more_R10),
    UNIT_CASE(a_session_that_fails_during_the_check_is_checked_later_X3),
    UNIT_CASE(sectors_before_the_failure_are_counted),
    UNIT_CASE(a_request_survives_the_loss_of_its_connection_X2_X3),
    UNIT_CASE(another_disk_is_never_written_to_X3_F32),
    UNIT_CASE(a_check_interrupted_by_a_loss_begins_again_X3),
    UNIT_CASE(a_changed_capacity_in_mid_session_is_checked_X3),
    UNIT_CASE(a_session_that_failed_serves_again_once_restarted),
    UNIT_CASE(a_cancelled_request_is_let_go_of_at_once),
    UNIT_CASE(luns_have_two_forms_S12),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-disk", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
