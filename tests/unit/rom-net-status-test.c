/*
 * INT 13h status of failed disk requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "unit.h"
#include "disk-status.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static enum disk_status of_error(enum iscsi_error error)
{
    struct iscsi_disk_request request = { .error = error };

    return disk_status_of(&request);
}

static enum disk_status of_sense(uint8_t key)
{
    struct iscsi_disk_request request = {
        .error = ISCSI_E_SCSI, .status = 0x02, .sense_key = key,
    };

    return disk_status_of(&request);
}

static void success_is_status_0(void)
{
    CU_ASSERT_EQUAL(of_error(ISCSI_OK), DISK_OK);
}

static void every_failure_has_a_status(void)
{
    unsigned error;

    for (error = ISCSI_OK + 1; error < ISCSI_ERROR_COUNT; error++) {
        if (error != ISCSI_E_SCSI) {
            CU_ASSERT_NOT_EQUAL(of_error(error), DISK_OK);
        }
    }
}

static void a_lost_transport_is_a_timeout(void)
{
    static const enum iscsi_error errors[] = {
        ISCSI_E_CONNECT, ISCSI_E_CLOSED, ISCSI_E_CONNECT_TIMEOUT,
        ISCSI_E_LOGIN_REFUSED, ISCSI_E_AUTH, ISCSI_E_TARGET_NOT_FOUND,
        ISCSI_E_LOGIN_TIMEOUT, ISCSI_E_COMMAND_TIMEOUT, ISCSI_E_NOP_TIMEOUT,
    };
    size_t i;

    for (i = 0; i < COUNT(errors); i++) {
        CU_ASSERT_EQUAL(of_error(errors[i]), DISK_TIMEOUT);
    }
}

static void a_peer_that_breaks_the_protocol_is_a_controller_failure(void)
{
    CU_ASSERT_EQUAL(of_error(ISCSI_E_PROTOCOL_DATA), DISK_CONTROLLER);
    CU_ASSERT_EQUAL(of_error(ISCSI_E_DIGEST), DISK_CONTROLLER);
    CU_ASSERT_EQUAL(of_error(ISCSI_E_CHANGED), DISK_CONTROLLER);
}

static void errors_of_the_disk_keep_their_meaning(void)
{
    CU_ASSERT_EQUAL(of_error(ISCSI_E_MEDIUM), DISK_BAD_SECTOR);
    CU_ASSERT_EQUAL(of_error(ISCSI_E_RANGE), DISK_BAD_COMMAND);
    CU_ASSERT_EQUAL(of_error(ISCSI_E_WRITE_PROTECTED), DISK_WRITE_PROTECTED);
    CU_ASSERT_EQUAL(of_error(ISCSI_E_NOT_READY), DISK_NOT_READY);
}

static void sense_keys_have_the_status_of_the_specification(void)
{
    static const struct {
        uint8_t key;
        enum disk_status status;
    } rows[] = {
        { 0x1, DISK_OK }, { 0x2, DISK_NOT_READY }, { 0x3, DISK_BAD_SECTOR },
        { 0x4, DISK_CONTROLLER }, { 0x5, DISK_BAD_COMMAND },
        { 0x7, DISK_WRITE_PROTECTED }, { 0xb, DISK_CONTROLLER },
        { 0x9, DISK_UNKNOWN }, { 0xf, DISK_UNKNOWN },
    };
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        CU_ASSERT_EQUAL(of_sense(rows[i].key), rows[i].status);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(success_is_status_0),
    UNIT_CASE(every_failure_has_a_status),
    UNIT_CASE(a_lost_transport_is_a_timeout),
    UNIT_CASE(a_peer_that_breaks_the_protocol_is_a_controller_failure),
    UNIT_CASE(errors_of_the_disk_keep_their_meaning),
    UNIT_CASE(sense_keys_have_the_status_of_the_specification),
};

int main(int argc, char **argv)
{
    return unit_main("rom-net-status", cases, COUNT(cases), argc, argv);
}
