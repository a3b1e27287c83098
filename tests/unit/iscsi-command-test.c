/*
 * SCSI commands in full feature phase: numbers, data, status.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "iscsi-peer.h"

#define UNASKED "InitialR2T=No\nImmediateData=Yes\n"

static uint8_t data[PEER_DATA_MAX];

/* A read of @length bytes is on its way. */
static uint32_t begin_read(struct peer *p, struct iscsi_command *command,
                           uint32_t length)
{
    peer_log_in(p);
    peer_read(p, command, length);
    peer_expect(p, OP_SCSI_COMMAND);
    return peer_itt(p);
}

static uint32_t begin_write(struct peer *p, struct iscsi_command *command,
                            uint32_t length)
{
    peer_log_in(p);
    peer_write(p, command, length);
    peer_expect(p, OP_SCSI_COMMAND);
    return peer_itt(p);
}

/* The next PDU is a Data-Out of exactly this. */
static void expect_data_out(struct peer *p,
                            const struct iscsi_command *command, uint32_t ttt,
                            uint32_t sn, uint32_t offset, uint32_t length,
                            bool final)
{
    const uint8_t *h = peer_expect(p, OP_DATA_OUT)->header;

    CU_ASSERT_EQUAL(h[BHS_FLAGS], final ? FLAG_FINAL : 0);
    CU_ASSERT_EQUAL(get_be32(h + BHS_TTT), ttt);
    CU_ASSERT_EQUAL(h[BHS_LUN + 1], ttt == RESERVED_TAG ? 1 : 0x77);
    CU_ASSERT_EQUAL(get_be32(h + BHS_DATA_SN), sn);
    CU_ASSERT_EQUAL(get_be32(h + BHS_BUFFER_OFFSET), offset);
    CU_ASSERT_EQUAL_FATAL(p->last.length, length);
    CU_ASSERT_EQUAL(memcmp(p->last.data, command->buffer + offset, length),
                    0);
}

static void expect_done(struct peer *p, struct iscsi_command *command,
                        uint8_t status, uint32_t transferred)
{
    CU_ASSERT_PTR_EQUAL(iscsi_reap(p->session), command);
    CU_ASSERT_EQUAL(command->error, ISCSI_OK);
    CU_ASSERT_EQUAL(command->status, status);
    CU_ASSERT_EQUAL(command->transferred, transferred);
    CU_ASSERT_PTR_NULL(iscsi_reap(p->session));
}

static void read_lands_in_its_buffer_S1_R4(void)
{
    struct iscsi_command command;
    const uint8_t *h;
    struct peer p = { };
    uint32_t itt;

    peer_pattern(data, 5000, 3);
    while (peer_next(&p)) {
        itt = begin_read(&p, &command, 5000);
        h = p.last.header;
        CU_ASSERT_EQUAL(h[BHS_FLAGS], FLAG_FINAL | COMMAND_READ |
                        COMMAND_SIMPLE);
        CU_ASSERT_EQUAL(h[BHS_LUN + 1], 1);
        CU_ASSERT_EQUAL(get_be32(h + COMMAND_LENGTH), 5000);
        CU_ASSERT_EQUAL(h[COMMAND_CDB], 0x28);
        CU_ASSERT_EQUAL(p.last.length, 0);
        peer_data_in(&p, itt, 0, 0, 0, data, 4095);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 1, 4095,
                     data + 4095, 905);
        expect_done(&p, &command, 0, 5000);
        CU_ASSERT_EQUAL(memcmp(command.buffer, data, 5000), 0);
    }
}

static void status_may_come_by_itself(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = begin_read(&p, &command, 512);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 512);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        peer_good(&p, itt);
        expect_done(&p, &command, 0, 512);
    }
}

static void write_sends_what_r2t_asks_for_W4_W7(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No\nMaxRecvDataSegmentLength=1024\n"
                       "MaxBurstLength=4096";
        itt = begin_write(&p, &command, 6001);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], FLAG_FINAL |
                        COMMAND_WRITE | COMMAND_SIMPLE);
        CU_ASSERT_EQUAL(p.last.length, 0);
        peer_expect_silence(&p);
        peer_r2t(&p, itt, 0x1111, 0, 0, 2500);
        expect_data_out(&p, &command, 0x1111, 0, 0, 1024, false);
        expect_data_out(&p, &command, 0x1111, 1, 1024, 1024, false);
        expect_data_out(&p, &command, 0x1111, 2, 2048, 452, true);
        peer_r2t(&p, itt, 0x2222, 1, 2500, 3501);
        expect_data_out(&p, &command, 0x2222, 0, 2500, 1024, false);
        expect_data_out(&p, &command, 0x2222, 1, 3524, 1024, false);
        expect_data_out(&p, &command, 0x2222, 2, 4548, 1024, false);
        expect_data_out(&p, &command, 0x2222, 3, 5572, 429, true);
        peer_good(&p, itt);
        expect_done(&p, &command, 0, 6001);
    }
}

static void immediate_and_unsolicited_data_go_unasked_W1_W3(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = UNASKED "MaxRecvDataSegmentLength=1024\n"
                       "FirstBurstLength=2500";
        itt = begin_write(&p, &command, 3000);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], COMMAND_WRITE |
                        COMMAND_SIMPLE);
        CU_ASSERT_EQUAL(p.last.length, 1024);
        CU_ASSERT_EQUAL(memcmp(p.last.data, command.buffer, 1024), 0);
        expect_data_out(&p, &command, RESERVED_TAG, 0, 1024, 1024, false);
        expect_data_out(&p, &command, RESERVED_TAG, 1, 2048, 452, true);
        peer_expect_silence(&p);
        peer_r2t(&p, itt, 9, 0, 2500, 500);
        expect_data_out(&p, &command, 9, 0, 2500, 500, true);
        peer_good(&p, itt);
        expect_done(&p, &command, 0, 3000);
    }
}

static void each_length_is_padded_W6(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t length;

    while (peer_next(&p)) {
        for (length = 1; length < 8; length++) {
            p.session = NULL;
            begin_write(&p, &command, length);
            CU_ASSERT_EQUAL(p.last.length, length);
            CU_ASSERT_TRUE(p.last.header[BHS_FLAGS] & FLAG_FINAL);
            peer_good(&p, peer_itt(&p));
            expect_done(&p, &command, 0, length);
        }
    }
}

static void several_r2ts_of_several_commands_are_served_W10(void)
{
    struct iscsi_command a, b;
    struct peer p = { };
    uint32_t itt_a, itt_b;

    while (peer_next(&p)) {
        p.config.max_r2t = 4;
        p.login_text = "ImmediateData=No\nMaxOutstandingR2T=4";
        itt_a = begin_write(&p, &a, 4096);
        peer_write(&p, &b, 2048);
        peer_expect(&p, OP_SCSI_COMMAND);
        itt_b = peer_itt(&p);
        /* The same tag for all: another target does that. */
        peer_r2t(&p, itt_b, 5, 0, 0, 1024);
        peer_r2t(&p, itt_a, 5, 0, 0, 1024);
        peer_r2t(&p, itt_a, 5, 1, 1024, 1024);
        peer_r2t(&p, itt_b, 5, 1, 1024, 1024);
        peer_r2t(&p, itt_a, 5, 2, 2048, 1024);
        peer_r2t(&p, itt_a, 5, 3, 3072, 1024);
        expect_data_out(&p, &a, 5, 0, 0, 1024, true);
        expect_data_out(&p, &a, 5, 0, 1024, 1024, true);
        expect_data_out(&p, &a, 5, 0, 2048, 1024, true);
        expect_data_out(&p, &a, 5, 0, 3072, 1024, true);
        expect_data_out(&p, &b, 5, 0, 0, 1024, true);
        expect_data_out(&p, &b, 5, 0, 1024, 1024, true);
        peer_good(&p, itt_b);
        expect_done(&p, &b, 0, 2048);
        peer_good(&p, itt_a);
        expect_done(&p, &a, 0, 4096);
    }
}

static void r2t_may_come_before_unsolicited_data_is_out_W3(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = UNASKED "MaxRecvDataSegmentLength=1024\n"
                       "FirstBurstLength=2048";
        itt = begin_write(&p, &command, 3000);
        peer_r2t(&p, itt, 9, 0, 2048, 952);
        expect_data_out(&p, &command, RESERVED_TAG, 0, 1024, 1024, true);
        expect_data_out(&p, &command, 9, 0, 2048, 952, true);
    }
}

/* Row by row, R2Ts that ask for what they may not. */
static void impossible_r2ts_cost_the_connection_W8_W9(void)
{
    static const struct {
        uint32_t ttt, sn, offset, length;
    } rows[] = {
        { 1, 0, 0, 0 },                         /* nothing */
        { 1, 0, 0, 8193 },                      /* beyond MaxBurstLength */
        { 1, 0, 0, 0xffffffff },
        { 1, 0, 1, 16 }, { 1, 0, 0xfffffff0, 32 },  /* out of order */
        { RESERVED_TAG, 0, 0, 16 },
        { 1, 1, 0, 16 }, { 1, 0xffffffff, 0, 16 },
    };
    struct iscsi_command command;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No\nMaxBurstLength=8192";
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.session = NULL;
            begin_write(&p, &command, 5000);
            peer_r2t(&p, peer_itt(&p), rows[i].ttt, rows[i].sn,
                     rows[i].offset, rows[i].length);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_R2T);
            free(p.buffers[--p.buffer_count]);
        }
        p.session = NULL;
        begin_write(&p, &command, 5000);
        peer_r2t(&p, peer_itt(&p), 1, 0, 0, 4000);
        peer_expect(&p, OP_DATA_OUT);
        peer_r2t(&p, peer_itt(&p), 2, 1, 4000, 1001);   /* beyond the end */
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_R2T);
    }
}

static void more_r2ts_than_agreed_cost_the_connection_K10(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No";
        itt = begin_write(&p, &command, 5000);
        peer_r2t(&p, itt, 1, 0, 0, 1000);
        peer_r2t(&p, itt, 2, 1, 1000, 1000);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_R2T);
    }
}

static void r2t_for_a_read_costs_the_connection_W8(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        begin_read(&p, &command, 512);
        peer_r2t(&p, peer_itt(&p), 1, 0, 0, 512);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
    }
}

static void early_status_stops_the_data_W11(void)
{
    struct iscsi_command command;
    const uint8_t *window;
    uint8_t *copy;
    struct peer p = { };
    uint32_t itt;
    size_t size;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No\nMaxRecvDataSegmentLength=1024";
        itt = begin_write(&p, &command, 4096);
        peer_r2t(&p, itt, 1, 0, 0, 4096);
        window = iscsi_tx_window(p.session, &size);
        CU_ASSERT_PTR_NOT_NULL(window);
        iscsi_tx_commit(p.session, 10, p.now);
        peer_check(&p, itt, 3, 0x0c, 0);
        /* The buffer is still being sent from: not handed back yet. */
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        copy = malloc(BHS_SIZE - 10 + 1024);
        for (size_t left = BHS_SIZE - 10 + 1024; left; left -= size) {
            window = iscsi_tx_window(p.session, &size);
            CU_ASSERT_PTR_NOT_NULL_FATAL(window);
            memcpy(copy, window, size);
            iscsi_tx_commit(p.session, size, p.now);
        }
        free(copy);
        expect_done(&p, &command, 2, 0);
        CU_ASSERT_EQUAL(command.sense[2], 3);
        peer_expect_silence(&p);
    }
}

static void a_write_that_was_not_all_asked_for_is_not_good_R6(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No";
        itt = begin_write(&p, &command, 4096);
        peer_r2t(&p, itt, 1, 0, 0, 4000);
        peer_expect(&p, OP_DATA_OUT);
        peer_good(&p, itt);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

/* Data-In that is not where it has to be: rows of DataSN, offset, length. */
static void misplaced_data_costs_the_connection_R3_R5(void)
{
    static const struct {
        uint32_t data_sn, offset, length;
    } rows[] = {
        { 1, 1000, 1001 }, { 1, 999, 10 }, { 1, 1001, 10 },
        { 1, 0xfffffff0, 32 }, { 0, 1000, 10 }, { 2, 1000, 10 },
        { 1, 0, 1000 }, { 1, 1000, 65536 },
    };
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.session = NULL;
            itt = begin_read(&p, &command, 2000);
            peer_data_in(&p, itt, 0, 0, 0, data, 1000);
            peer_data_in(&p, itt, 0, rows[i].data_sn, rows[i].offset, data,
                         rows[i].length);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_DATA);
            free(p.buffers[--p.buffer_count]);
        }
    }
}

static void data_beyond_our_segment_length_is_refused_R2(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.max_recv_data = 1024;
        begin_read(&p, &command, 2000);
        peer_data_in(&p, peer_itt(&p), 0, 0, 0, data, 1025);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_LENGTH);
        CU_ASSERT_EQUAL(command.buffer[0], 0xa5);
    }
}

static void data_for_no_command_costs_the_connection_R1(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = begin_read(&p, &command, 512);
        peer_data_in(&p, itt + 256, 0, 0, 0, data, 512);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        p.session = NULL;
        begin_read(&p, &command, 512);
        peer_good(&p, NOP_TAG);     /* of a ping, not of a command */
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        p.session = NULL;
        itt = begin_write(&p, &command, 512);
        peer_data_in(&p, itt, 0, 0, 0, data, 512);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        p.session = NULL;
        itt = begin_read(&p, &command, 512);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, data, 512);
        peer_data_in(&p, itt, 0, 1, 512, data, 1);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
    }
}

static void a_second_answer_does_not_hit_the_next_command_N10(void)
{
    struct iscsi_command a, b;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = begin_read(&p, &a, 512);
        peer_check(&p, itt, 6, 0x29, 0);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &a);
        peer_read(&p, &b, 512);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_NOT_EQUAL(peer_itt(&p), itt);
        peer_good(&p, itt);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
    }
}

static void short_reads_need_a_residual_R6_R7(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = begin_read(&p, &command, 8192);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 4096);
        peer_response(&p, itt, 0, FLAG_UNDERFLOW, 4096, NULL, 0);
        expect_done(&p, &command, 0, 4096);
        p.session = NULL;
        itt = begin_read(&p, &command, 2048);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 2048);
        peer_response(&p, itt, 0, FLAG_OVERFLOW, 2048, NULL, 0);
        expect_done(&p, &command, 0, 2048);
        CU_ASSERT_EQUAL(command.overflow, 2048);
        p.session = NULL;
        itt = begin_read(&p, &command, 8192);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 4096);
        peer_good(&p, itt);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static void contradictory_status_costs_the_connection_R4_R7(void)
{
    static const struct {
        uint8_t flags;
        uint32_t residual;
    } rows[] = {
        { FLAG_UNDERFLOW | FLAG_OVERFLOW, 0 }, { FLAG_UNDERFLOW, 513 },
        { FLAG_UNDERFLOW, 0xffffffff },
    };
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
            p.session = NULL;
            itt = begin_read(&p, &command, 512);
            peer_data_in(&p, itt, FLAG_FINAL, 0, 0, data, 512);
            peer_response(&p, itt, 0, rows[i].flags, rows[i].residual, NULL,
                          0);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
        }
        p.session = NULL;
        itt = begin_read(&p, &command, 512);
        peer_data_in(&p, itt, DATA_IN_STATUS, 0, 0, data, 512);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static void data_before_a_bad_status_is_not_data_R9(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = begin_read(&p, &command, 8);
        peer_data_in(&p, itt, FLAG_FINAL, 0, 0, "\0\0\0\0\0\0\0\0", 8);
        peer_check(&p, itt, 6, 0x29, 0);
        expect_done(&p, &command, 2, 0);
        CU_ASSERT_EQUAL(command.sense_length, 18);
        CU_ASSERT_EQUAL(command.sense[12], 0x29);
    }
}

static void sense_is_bounded_S9(void)
{
    uint8_t sense[252], header[BHS_SIZE];
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    memset(sense, 0x72, sizeof(sense));
    while (peer_next(&p)) {
        itt = begin_read(&p, &command, 8);
        peer_response(&p, itt, 2, 0, 0, sense, sizeof(sense));
        expect_done(&p, &command, 2, 0);
        CU_ASSERT_EQUAL(command.sense_length, ISCSI_SENSE_MAX);
        p.session = NULL;
        itt = begin_read(&p, &command, 8);
        peer_header(&p, header, OP_SCSI_RESPONSE, FLAG_FINAL, itt);
        header[RESPONSE_STATUS] = 2;
        peer_send(&p, header, "\xff\xff\x70\x00", 4);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static void no_sense_is_taken_or_refused_as_configured_S10(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        begin_read(&p, &command, 8);
        peer_response(&p, peer_itt(&p), 2, 0, 0, NULL, 0);
        expect_done(&p, &command, 2, 0);
        CU_ASSERT_EQUAL(command.sense_length, 0);
        p.session = NULL;
        p.config.strict = true;
        begin_read(&p, &command, 8);
        peer_response(&p, peer_itt(&p), 2, 0, 0, NULL, 0);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static void a_failure_of_the_target_is_no_status_R10(void)
{
    uint8_t header[BHS_SIZE];
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        begin_read(&p, &command, 8);
        peer_header(&p, header, OP_SCSI_RESPONSE, FLAG_FINAL, peer_itt(&p));
        header[RESPONSE_RESPONSE] = 1;
        p.stat_sn++;
        peer_send(&p, header, NULL, 0);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_E_TARGET_FAILURE);
    }
}

static void commands_are_numbered_across_the_wrap_N3_N4(void)
{
    struct iscsi_command command[4];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        peer_open(&p);
        p.session->first_cmd_sn = 0xfffffffe;
        p.max_cmd_sn = 0xfffffffe + 64;
        peer_connect(&p);
        peer_answer_login(&p);
        for (i = 0; i < 4; i++) {
            peer_read(&p, &command[i], 8);
            peer_expect(&p, OP_SCSI_COMMAND);
            CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_CMD_SN),
                            0xfffffffe + i);
            CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_EXP_STAT_SN),
                            p.stat_sn);
            peer_nop_in(&p, RESERVED_TAG, 77);
            peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
            CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_CMD_SN),
                            0xffffffff + i);
        }
    }
}

static void the_window_is_kept_N5_N6(void)
{
    struct iscsi_command command[3];
    uint32_t cmd_sn;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.max_cmd_sn = 2;
        peer_log_in(&p);
        cmd_sn = p.session->cmd_sn;
        CU_ASSERT_EQUAL(cmd_sn, 1);
        for (i = 0; i < 3; i++) {
            peer_read(&p, &command[i], 8);
        }
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
        p.max_cmd_sn = 1;           /* never back */
        peer_nop_in(&p, RESERVED_TAG, RESERVED_TAG);
        p.max_cmd_sn = 0x80000003;  /* before ExpCmdSN - 1: ignored */
        peer_nop_in(&p, RESERVED_TAG, RESERVED_TAG);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        peer_expect_silence(&p);
        p.exp_cmd_sn = 20;          /* likewise, though it looks larger */
        p.max_cmd_sn = 18;
        peer_nop_in(&p, RESERVED_TAG, RESERVED_TAG);
        peer_expect_silence(&p);
        p.exp_cmd_sn = 3;
        p.max_cmd_sn = 3;
        peer_nop_in(&p, RESERVED_TAG, RESERVED_TAG);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_CMD_SN), 3);
    }
}

static void a_status_out_of_sequence_costs_the_connection_N7(void)
{
    static const uint32_t steps[] = { 1, 2, 0xffffffff, 0x7fffffff };
    struct iscsi_command command;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        for (i = 0; i < 4; i++) {
            p.session = NULL;
            begin_read(&p, &command, 8);
            p.stat_sn += steps[i];
            peer_check(&p, peer_itt(&p), 6, 0x29, 0);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATSN);
        }
    }
}

static void status_is_acknowledged_but_not_for_data_N1_N2(void)
{
    struct iscsi_command a, b;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = begin_read(&p, &a, 1024);
        peer_data_in(&p, itt, 0, 0, 0, data, 512);
        peer_nop_in(&p, RESERVED_TAG, RESERVED_TAG);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_EXP_STAT_SN),
                        p.stat_sn);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 1, 512, data,
                     512);
        peer_read(&p, &b, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_EXP_STAT_SN),
                        p.stat_sn);
        CU_ASSERT_EQUAL(a.error, ISCSI_OK);
    }
}

static void empty_data_without_end_is_a_flood_F26(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt, i;

    while (peer_next(&p)) {
        itt = begin_read(&p, &command, 8);
        for (i = 0; p.session->state == ISCSI_FULL_FEATURE && i < 1000; i++) {
            peer_data_in(&p, itt, 0, i, 0, NULL, 0);
        }
        peer_expect_drop(&p, ISCSI_E_FLOOD);
        CU_ASSERT_EQUAL(i, EMPTY_DATA_MAX + 1);
    }
}

static void verified_data_survives_digests_D6(void)
{
    struct iscsi_command read, write;
    struct peer p = { };
    uint32_t itt;

    peer_pattern(data, 4093, 8);
    while (peer_next(&p)) {
        p.config.header_digest = ISCSI_DIGEST_CRC32C;
        p.config.data_digest = ISCSI_DIGEST_CRC32C;
        p.login_text = "HeaderDigest=CRC32C\nDataDigest=CRC32C";
        itt = begin_read(&p, &read, 4093);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, data, 4093);
        expect_done(&p, &read, 0, 4093);
        CU_ASSERT_EQUAL(memcmp(read.buffer, data, 4093), 0);
        peer_write(&p, &write, 9001);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(p.last.length, 8192);
        itt = peer_itt(&p);
        peer_r2t(&p, itt, 1, 0, 8192, 809);
        expect_data_out(&p, &write, 1, 0, 8192, 809, true);
        peer_good(&p, itt);
        expect_done(&p, &write, 0, 9001);
    }
}

static void a_command_without_buffer_is_refused(void)
{
    struct iscsi_command command = { .direction = ISCSI_READ, .length = 8 };
    struct peer p = { };

    while (peer_next(&p)) {
        peer_log_in(&p);
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &command, p.now),
                        ISCSI_E_CONFIG);
    }
}

static void slots_are_limited(void)
{
    struct iscsi_command commands[ISCSI_MAX_COMMANDS + 1] = { };
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.config.max_commands = 2;
        peer_log_in(&p);
        for (i = 0; i < ISCSI_MAX_COMMANDS; i++) {
            CU_ASSERT_EQUAL(iscsi_submit(p.session, &commands[i], p.now),
                            ISCSI_OK);
        }
        CU_ASSERT_EQUAL(iscsi_submit(p.session, &commands[i], p.now),
                        ISCSI_E_BUSY);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
        peer_good(&p, peer_itt(&p));
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &commands[1]);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(read_lands_in_its_buffer_S1_R4),
    UNIT_CASE(status_may_come_by_itself),
    UNIT_CASE(write_sends_what_r2t_asks_for_W4_W7),
    UNIT_CASE(immediate_and_unsolicited_data_go_unasked_W1_W3),
    UNIT_CASE(each_length_is_padded_W6),
    UNIT_CASE(several_r2ts_of_several_commands_are_served_W10),
    UNIT_CASE(r2t_may_come_before_unsolicited_data_is_out_W3),
    UNIT_CASE(impossible_r2ts_cost_the_connection_W8_W9),
    UNIT_CASE(more_r2ts_than_agreed_cost_the_connection_K10),
    UNIT_CASE(r2t_for_a_read_costs_the_connection_W8),
    UNIT_CASE(early_status_stops_the_data_W11),
    UNIT_CASE(a_write_that_was_not_all_asked_for_is_not_good_R6),
    UNIT_CASE(misplaced_data_costs_the_connection_R3_R5),
    UNIT_CASE(data_beyond_our_segment_length_is_refused_R2),
    UNIT_CASE(data_for_no_command_costs_the_connection_R1),
    UNIT_CASE(a_second_answer_does_not_hit_the_next_command_N10),
    UNIT_CASE(short_reads_need_a_residual_R6_R7),
    UNIT_CASE(contradictory_status_costs_the_connection_R4_R7),
    UNIT_CASE(data_before_a_bad_status_is_not_data_R9),
    UNIT_CASE(sense_is_bounded_S9),
    UNIT_CASE(no_sense_is_taken_or_refused_as_configured_S10),
    UNIT_CASE(a_failure_of_the_target_is_no_status_R10),
    UNIT_CASE(commands_are_numbered_across_the_wrap_N3_N4),
    UNIT_CASE(the_window_is_kept_N5_N6),
    UNIT_CASE(a_status_out_of_sequence_costs_the_connection_N7),
    UNIT_CASE(status_is_acknowledged_but_not_for_data_N1_N2),
    UNIT_CASE(empty_data_without_end_is_a_flood_F26),
    UNIT_CASE(verified_data_survives_digests_D6),
    UNIT_CASE(a_command_without_buffer_is_refused),
    UNIT_CASE(slots_are_limited),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-command", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
