/*
 * Synchronous requests for INT 13h over the core's asynchronous disk.
 *
 * Between two calls nobody answers the target, so it may have closed the
 * connection.  Each call begins with what arrived meanwhile; the core then
 * logs in again and repeats the command, within the call.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "disk-status.h"
#include "disk.h"
#include "idle.h"
#include "session.h"

/* A session that was given up in an earlier call gets another chance. */
static void restart_if_failed(void)
{
    struct iscsi_info info;

    iscsi_get_info(session.core, &info);
    if (info.state == ISCSI_FAILED || info.state == ISCSI_OFF) {
        iscsi_start(session.core, net_now());
    }
}

/* Waits for @request, at most the budget of a call. */
static void wait_for(struct iscsi_disk_request *request)
{
    uint64_t deadline = net_now() + DISK_CALL_MS;

    while (session_step() != request) {
        if (net_now() >= deadline) {
            iscsi_disk_cancel(session.disk, request, net_now());
            request->error = ISCSI_E_COMMAND_TIMEOUT;
            return;
        }
        idle();
    }
}

static enum disk_status run(struct iscsi_disk_request *request)
{
    enum iscsi_error error;

    if (!session.connected) {
        return DISK_NOT_READY;
    }
    session_step();
    restart_if_failed();
    error = iscsi_disk_submit(session.disk, request, net_now());
    if (error == ISCSI_OK) {
        wait_for(request);
    } else {
        request->error = error;
        request->done = 0;
    }
    return disk_status_of(request);
}

static enum disk_status move(uint8_t operation, uint64_t sector,
                             uint32_t count, void *buffer, uint32_t *done)
{
    struct iscsi_disk_request request = {
        .operation = operation,
        .sector = sector,
        .count = count,
        .buffer = buffer,
    };
    uint64_t sectors = disk_sectors();
    enum disk_status status;

    *done = 0;
    if (sector >= sectors || count > sectors - sector) {
        return DISK_BAD_COMMAND;
    }
    if (!count) {
        return DISK_OK;
    }
    status = run(&request);
    *done = status == DISK_OK ? count : request.done;
    return status;
}

enum disk_status disk_read(uint64_t sector, uint32_t count, void *buffer,
                           uint32_t *done)
{
    return move(ISCSI_DISK_READ, sector, count, buffer, done);
}

enum disk_status disk_write(uint64_t sector, uint32_t count,
                            const void *buffer, uint32_t *done)
{
    return move(ISCSI_DISK_WRITE, sector, count, (void *)buffer, done);
}

enum disk_status disk_poll(bool restore)
{
    struct iscsi_info info;
    uint64_t deadline;

    if (!session.connected) {
        return DISK_NOT_READY;
    }
    session_step();
    if (!restore) {
        return DISK_OK;
    }
    restart_if_failed();
    deadline = net_now() + DISK_CALL_MS;
    do {
        session_step();
        iscsi_get_info(session.core, &info);
        if (info.state == ISCSI_FULL_FEATURE) {
            return DISK_OK;
        }
        idle();
    } while (info.state != ISCSI_FAILED && net_now() < deadline);
    return DISK_RESET_FAILED;
}

uint64_t disk_sectors(void)
{
    return session.facts.sectors;
}
