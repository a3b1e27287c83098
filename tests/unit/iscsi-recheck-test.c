/*
 * A disk whose session was lost: requests, and whether it is the same unit.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "iscsi-lun.h"

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
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &request, ISCSI_DISK_WRITE, 16, 4);
        peer_close(&p);
        peer_wait(&p, 500);
        peer_accept(&p);
        peer_answer_login(&p);
        iscsi_disk_reap(p.disk, p.now);
        CU_ASSERT_EQUAL(p.disk->state, ISCSI_DISK_CHECKING);
        exhaust(&p);
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_CONNECT);
        lun.id = 2;
        iscsi_start(p.session, p.now);
        CU_ASSERT_EQUAL(iscsi_disk_submit(p.disk, &request, p.now),
                        ISCSI_OK);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 5000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_CHANGED);
        CU_ASSERT_EQUAL(lun.counts[WRITE10], 0);
    }
}

static void a_request_survives_the_loss_of_its_connection_X2_X3(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        memset(lun.counts, 0, sizeof(lun.counts));
        lun_submit(&p, &request, ISCSI_DISK_WRITE, 16, 4);
        iscsi_disk_reap(p.disk, p.now);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_close(&p);
        lun_fault(TEST_UNIT_READY, 1, 2, 6, 0x29, 0);
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 5000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_OK);
        CU_ASSERT_EQUAL(memcmp(lun.store + 16 * 512, request.buffer, 2048),
                        0);
        CU_ASSERT_EQUAL(lun.counts[READ_CAPACITY10], 1);
        CU_ASSERT_EQUAL(lun.counts[WRITE10], 1);
    }
}

/* Cuts the connection under a write, changes the unit, and comes back. */
static void write_to_changed_unit(struct peer *p, void (*change)(void))
{
    struct iscsi_disk_request request;
    struct iscsi_disk_info info;

    lun_begin(p);
    CU_ASSERT_EQUAL(lun_open_disk(p), ISCSI_OK);
    memset(lun.counts, 0, sizeof(lun.counts));
    lun_submit(p, &request, ISCSI_DISK_WRITE, 16, 4);
    iscsi_disk_reap(p->disk, p->now);
    peer_expect(p, OP_SCSI_COMMAND);
    peer_close(p);
    change();
    CU_ASSERT_PTR_EQUAL(lun_run(p, 5000), &request);
    CU_ASSERT_EQUAL(request.error, ISCSI_E_CHANGED);
    CU_ASSERT_EQUAL(lun.counts[WRITE10], 0);
    CU_ASSERT_EQUAL(iscsi_disk_submit(p->disk, &request, p->now),
                    ISCSI_E_CHANGED);
    iscsi_disk_get_info(p->disk, &info);
    CU_ASSERT_EQUAL(info.state, ISCSI_DISK_FAILED);
}

static void shrink(void)
{
    lun.blocks--;
}

static void swap(void)
{
    lun.id = 2;
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
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &request, ISCSI_DISK_WRITE, 16, 4);
        for (i = 0; i < 3; i++) {
            peer_close(&p);
            while (iscsi_want(p.session, NULL) != ISCSI_WANT_CONNECT) {
                peer_wait(&p, 1);
            }
            peer_accept(&p);
            peer_answer_login(&p);
            iscsi_disk_reap(p.disk, p.now);
            lun_serve_one(&p);
            CU_ASSERT_EQUAL(lun.last[0], INQUIRY);
            CU_ASSERT_PTR_NULL(iscsi_disk_reap(p.disk, p.now));
        }
        lun.id = 9;
        CU_ASSERT_PTR_EQUAL(lun_run(&p, 5000), &request);
        CU_ASSERT_EQUAL(request.error, ISCSI_E_CHANGED);
        CU_ASSERT_EQUAL(lun.counts[WRITE10], 0);
    }
}

static void a_changed_capacity_in_mid_session_is_checked_X3(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_fault(WRITE10, 1, 2, 6, 0x2a, 0x09);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_WRITE, 0, 1), ISCSI_OK);
        CU_ASSERT_EQUAL(lun.counts[READ_CAPACITY10], 2);
        lun_fault(WRITE10, 1, 2, 6, 0x2a, 0x09);
        lun.blocks /= 2;
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_WRITE, 0, 1),
                        ISCSI_E_CHANGED);
    }
}

static void a_session_that_failed_serves_again_once_restarted(void)
{
    struct iscsi_disk_request request;
    struct peer p = { };
    uint64_t end;

    while (peer_next(&p)) {
        lun_begin(&p);
        CU_ASSERT_EQUAL(lun_open_disk(&p), ISCSI_OK);
        lun_submit(&p, &request, ISCSI_DISK_READ, 0, 4);
        end = p.now + 2 * p.config.recovery_ms;
        while (p.session->state != ISCSI_FAILED && p.now < end) {
            peer_close(&p);
            peer_wait(&p, 50);
        }
        CU_ASSERT_PTR_EQUAL(iscsi_disk_reap(p.disk, p.now), &request);
        CU_ASSERT_NOT_EQUAL(request.error, ISCSI_OK);
        CU_ASSERT_EQUAL(iscsi_start(p.session, p.now), ISCSI_OK);
        CU_ASSERT_EQUAL(lun_transfer(&p, ISCSI_DISK_READ, 0, 4), ISCSI_OK);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_session_that_fails_during_the_check_is_checked_later_X3),
    UNIT_CASE(a_request_survives_the_loss_of_its_connection_X2_X3),
    UNIT_CASE(another_disk_is_never_written_to_X3_F32),
    UNIT_CASE(a_check_interrupted_by_a_loss_begins_again_X3),
    UNIT_CASE(a_changed_capacity_in_mid_session_is_checked_X3),
    UNIT_CASE(a_session_that_failed_serves_again_once_restarted),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-recheck", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
