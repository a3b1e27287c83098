/*
 * What embedders hand in: numbers of a configuration, calls out of turn,
 * functions of their own; and the names of errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "crc32c.h"
#include "iscsi-peer.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Each number at both ends of its range, and beyond. */
static void numbers_out_of_range_are_refused(void)
{
#define ROW(field, value, good) \
    { offsetof(struct iscsi_config, field), \
      sizeof(((struct iscsi_config *)0)->field), value, good }
    static const struct {
        size_t offset, size;
        uint32_t value;
        bool good;
    } rows[] = {
        ROW(max_commands, 0, false), ROW(max_commands, 1, true),
        ROW(max_commands, ISCSI_MAX_COMMANDS, true),
        ROW(max_commands, ISCSI_MAX_COMMANDS + 1, false),
        ROW(max_r2t, 0, false), ROW(max_r2t, 1, true), ROW(max_r2t, 4, true),
        ROW(max_r2t, 5, false),
        ROW(header_digest, 1, true), ROW(header_digest, 2, false),
        ROW(data_digest, 1, true), ROW(data_digest, 2, false),
        ROW(max_recv_data, 511, false), ROW(max_recv_data, 512, true),
        ROW(max_recv_data, 0xffffff, true),
        ROW(max_recv_data, 0x1000000, false),
        ROW(max_burst, 65535, false),       /* less than the first */
        ROW(max_burst, 65536, true), ROW(max_burst, 0xffffff, true),
        ROW(max_burst, 0x1000000, false),
        ROW(first_burst, 511, false), ROW(first_burst, 512, true),
        ROW(first_burst, 262144, true), ROW(first_burst, 262145, false),
        ROW(connect_ms, 0, false), ROW(login_ms, 0, false),
        ROW(start_ms, 0, false), ROW(recovery_ms, 0, false),
        ROW(command_ms, 0, false), ROW(retry_ms, 0, false),
        ROW(nop_ms, 0, false), ROW(nop_idle_ms, 0, true),
    };
#undef ROW
    struct iscsi_config config;
    struct peer p = { };
    unsigned i;

    peer_next(&p);
    peer_open(&p);
    for (i = 0; i < COUNT(rows); i++) {
        config = p.config;
        /* Of a narrow field the low bytes: hosts are little-endian. */
        memcpy((uint8_t *)&config + rows[i].offset, &rows[i].value,
               rows[i].size);
        CU_ASSERT_EQUAL(iscsi_init(p.session_memory, ISCSI_SESSION_SIZE,
                                   &config, &p.env, &p.session),
                        rows[i].good ? ISCSI_OK : ISCSI_E_CONFIG);
    }
    peer_end(&p);
}

static void calls_out_of_turn_change_nothing(void)
{
    struct iscsi_command command;
    struct peer p = { };
    size_t length;

    while (peer_next(&p)) {
        peer_open(&p);
        CU_ASSERT_EQUAL(iscsi_logout(p.session, p.now), ISCSI_E_STATE);
        CU_ASSERT_PTR_NULL(iscsi_rx_window(p.session, &length));
        CU_ASSERT_EQUAL(length, 0);
        CU_ASSERT_PTR_NULL(iscsi_tx_window(p.session, &length));
        CU_ASSERT_EQUAL(length, 0);
        iscsi_rx_commit(p.session, 48, p.now);
        iscsi_tx_commit(p.session, 48, p.now);
        iscsi_tcp_up(p.session, p.now);
        iscsi_tcp_down(p.session, p.now);
        CU_ASSERT_EQUAL(iscsi_rx(p.session, "bytes", 5, p.now), 0);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_OFF);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), ISCSI_NEVER);
        peer_log_in(&p);
        CU_ASSERT_EQUAL(iscsi_start(p.session, p.now), ISCSI_E_STATE);
        iscsi_tcp_up(p.session, p.now);
        iscsi_tx_commit(p.session, 48, p.now);      /* nothing was due */
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        peer_read(&p, &command, 8);
        iscsi_rx_commit(p.session, 0, p.now);
        peer_expect(&p, OP_SCSI_COMMAND);
        command.direction = ISCSI_WRITE + 1;
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &command, p.now),
                        ISCSI_E_CONFIG);
    }
}

/* A clock that goes back is taken to stand still. */
static void time_does_not_go_back(void)
{
    struct peer p = { };
    uint64_t deadline;

    while (peer_next(&p)) {
        peer_open(&p);
        iscsi_start(p.session, p.now);
        deadline = iscsi_deadline(p.session);
        iscsi_tick(p.session, p.now - 500);
        iscsi_tcp_up(p.session, p.now - 500);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), p.now +
                        p.config.login_ms);
        CU_ASSERT_EQUAL(deadline, p.now + p.config.connect_ms);
    }
}

/* Near the end of all time deadlines do not wrap. */
static void the_end_of_time_is_no_deadline(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        p.now = ISCSI_NEVER - 10;
        peer_log_in(&p);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), ISCSI_NEVER);
        iscsi_tick(p.session, ISCSI_NEVER - 1);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static unsigned sums, told_sent, told_received;

static uint32_t own_crc32c(uint32_t crc, const void *data, size_t length)
{
    sums++;
    return iscsi_crc32c(crc, data, length);
}

static void own_pdu(void *user, bool sent, const uint8_t *header)
{
    CU_ASSERT_EQUAL(header[BHS_AHS_LENGTH], 0);
    *(sent ? &told_sent : &told_received) += 1;
}

static void an_embedders_own_functions_are_used(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        sums = told_sent = told_received = 0;
        p.env.crc32c = own_crc32c;
        p.env.pdu = own_pdu;
        p.env.event = NULL;
        p.config.header_digest = ISCSI_DIGEST_CRC32C;
        p.config.data_digest = ISCSI_DIGEST_CRC32C;
        p.login_text = "HeaderDigest=CRC32C\nDataDigest=CRC32C";
        itt = peer_begin_read(&p, &command, 4);
        CU_ASSERT_NOT_EQUAL(sums, 0);
        sums = 0;
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, "data", 4);
        CU_ASSERT_NOT_EQUAL(sums, 0);
        peer_expect_done(&p, &command, 0, 4);
        CU_ASSERT_EQUAL(told_sent, 2);          /* login and command */
        CU_ASSERT_EQUAL(told_received, 2);
    }
}

static void each_error_has_a_text_of_its_own(void)
{
    unsigned a, b;

    for (a = 0; a < ISCSI_ERROR_COUNT; a++) {
        CU_ASSERT_PTR_NOT_NULL_FATAL(iscsi_error_text(a));
        CU_ASSERT_NOT_EQUAL(iscsi_error_text(a)[0], '\0');
        for (b = 0; b < a; b++) {
            CU_ASSERT_STRING_NOT_EQUAL(iscsi_error_text(a),
                                       iscsi_error_text(b));
        }
    }
    CU_ASSERT_STRING_EQUAL(iscsi_error_text(ISCSI_OK), "success");
    CU_ASSERT_STRING_EQUAL(iscsi_error_text(ISCSI_ERROR_COUNT),
                           "unknown error");
    CU_ASSERT_EQUAL(iscsi_error_group(ISCSI_ERROR_COUNT), ISCSI_GROUP_NONE);
    CU_ASSERT_EQUAL(iscsi_error_group(ISCSI_E_TARGET_AUTH), ISCSI_GROUP_AUTH);
}

static const struct unit_case cases[] = {
    UNIT_CASE(numbers_out_of_range_are_refused),
    UNIT_CASE(calls_out_of_turn_change_nothing),
    UNIT_CASE(time_does_not_go_back),
    UNIT_CASE(the_end_of_time_is_no_deadline),
    UNIT_CASE(an_embedders_own_functions_are_used),
    UNIT_CASE(each_error_has_a_text_of_its_own),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-config", cases, COUNT(cases), argc, argv);
}
