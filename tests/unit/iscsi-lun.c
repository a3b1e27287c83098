/*
 * A logical unit behind the scripted target.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-lun.h"

struct lun lun;

void lun_begin(struct peer *p)
{
    memset(&lun, 0, sizeof(lun));
    lun.block_size = 512;
    lun.blocks = STORE_SIZE / 512;
    lun.id = 1;
    peer_pattern(lun.store, STORE_SIZE, 99);
    p->config.nop_idle_ms = 0;
    p->login_text = "DefaultTime2Wait=0";
}

void lun_fault(uint8_t opcode, unsigned count, uint8_t status, uint8_t key,
               uint8_t asc, uint8_t ascq)
{
    unsigned i = 0;

    while (lun.faults[i].count) {
        i++;
    }
    lun.faults[i] = (struct lun_fault) {
        opcode, count, status, key, asc, ascq
    };
}

static bool serve_fault(struct peer *p, uint32_t itt)
{
    struct lun_fault *f;

    for (f = lun.faults; f < lun.faults + FAULTS; f++) {
        if (f->count && f->opcode == lun.last[0]) {
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
    if (lun.cut_opcode && lun.last[0] == lun.cut_opcode &&
        length > lun.cut_length) {
        length = lun.cut_length;
    }
    peer_data_in(p, itt, FLAG_FINAL, 0, 0, bytes, length);
    peer_response(p, itt, 0, length < wanted ? FLAG_UNDERFLOW : 0,
                  length < wanted ? wanted - length : 0, NULL, 0);
}

static void serve_inquiry(struct peer *p, uint32_t itt)
{
    uint8_t reply[36] = { lun.inquiry0, [4] = 31 };
    uint32_t wanted = get_be32(p->last.header + COMMAND_LENGTH);
    /* A designator of the unit, and one of the port it is seen through. */
    const uint8_t page[24] = {
        0, 0x83, 0, 20, 1, 0x03, 0, 8, 0x50, 0, 0, 0, 0, 0, 0, lun.id,
        1, 0x14, 0, 4, 0, 0, 0, p->session->relogins,
    };

    if (lun.last[1] & 1) {
        send_data(p, itt, page, sizeof(page), wanted);
        return;
    }
    memcpy(reply + 8, "VENDOR  PRODUCT\x1b[31m     REV ", 28);
    send_data(p, itt, reply, sizeof(reply), wanted);
}

static void serve_capacity(struct peer *p, uint32_t itt)
{
    uint8_t reply[32] = { 0 };

    if (lun.last[0] == READ_CAPACITY10) {
        put_be32(reply, lun.only16 || lun.blocks - 1 > 0xffffffff
                 ? 0xffffffff : lun.blocks - 1);
        put_be32(reply + 4, lun.block_size);
        send_data(p, itt, reply, 8, 8);
    } else {
        put_be64(reply, lun.blocks - 1);
        put_be32(reply + 8, lun.block_size);
        send_data(p, itt, reply, 32, 32);
    }
}

uint8_t *lun_place(uint64_t offset)
{
    return lun.store + offset % STORE_SIZE;
}

static void serve_transfer(struct peer *p, uint32_t itt)
{
    bool wide = lun.last[0] & 0x80;
    uint64_t block = wide ? get_be64(lun.last + 2) : get_be32(lun.last + 2);
    uint32_t count = wide ? get_be32(lun.last + 10)
                          : get_be16(lun.last + 7);
    uint32_t length = count * lun.block_size, sent = p->last.length;

    CU_ASSERT_TRUE(block + count <= lun.blocks);
    CU_ASSERT_EQUAL(get_be32(p->last.header + COMMAND_LENGTH), length);
    if (lun.last[0] == READ10 || lun.last[0] == READ16) {
        send_data(p, itt, lun_place(block * lun.block_size), length, length);
        return;
    }
    memcpy(lun_place(block * lun.block_size), p->last.data, sent);
    if (sent < length) {
        peer_r2t(p, itt, 1, 0, sent, length - sent);
    }
    while (sent < length) {
        peer_expect(p, OP_DATA_OUT);
        memcpy(lun_place(block * lun.block_size) + sent, p->last.data,
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

bool lun_serve_one(struct peer *p)
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
    memcpy(lun.last, p->last.header + COMMAND_CDB, 16);
    lun.counts[lun.last[0]]++;
    CU_ASSERT_EQUAL(p->last.header[BHS_LUN + 1], 1);
    if (serve_fault(p, itt)) {
        return true;
    }
    switch (lun.last[0]) {
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

struct iscsi_disk_request *lun_run(struct peer *p, uint64_t ms)
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
        } else if (!lun_serve_one(p)) {
            p->now += 5;
        }
    } while (p->now < end);
    return NULL;
}

enum iscsi_error lun_open_disk(struct peer *p)
{
    struct iscsi_disk_info info;

    if (!p->disk) {
        peer_open_disk(p);
        peer_log_in(p);
    }
    iscsi_disk_open(p->disk, p->now);
    do {
        lun_run(p, 5);
        iscsi_disk_get_info(p->disk, &info);
    } while (info.state == ISCSI_DISK_OPENING);
    return info.error;
}

struct iscsi_disk_request *lun_submit(struct peer *p,
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

enum iscsi_error lun_transfer(struct peer *p, uint8_t operation,
                              uint64_t sector, uint32_t count)
{
    struct iscsi_disk_request request;

    lun_submit(p, &request, operation, sector, count);
    if (operation == ISCSI_DISK_WRITE && count) {
        peer_pattern(request.buffer, count * 512, sector);
    }
    CU_ASSERT_PTR_EQUAL_FATAL(lun_run(p, 200000), &request);
    if (operation == ISCSI_DISK_READ && request.error == ISCSI_OK && count) {
        CU_ASSERT_EQUAL(memcmp(request.buffer, lun_place(sector * 512),
                               count * 512), 0);
    }
    CU_ASSERT_TRUE(request.error != ISCSI_OK || request.done == count);
    if (count) {
        peer_free_buffer(p);
    }
    return request.error;
}
