/*
 * Writes: immediate, unsolicited and solicited data.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>

#include "iscsi-peer.h"

#define UNASKED "InitialR2T=No\nImmediateData=Yes\n"

static void write_sends_what_r2t_asks_for_W4_W7(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No\nMaxRecvDataSegmentLength=1024\n"
                       "MaxBurstLength=4096";
        itt = peer_begin_write(&p, &command, 6001);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], FLAG_FINAL |
                        COMMAND_WRITE | COMMAND_SIMPLE);
        CU_ASSERT_EQUAL(p.last.length, 0);
        peer_expect_silence(&p);
        peer_r2t(&p, itt, 0x1111, 0, 0, 2500);
        peer_expect_data_out(&p, &command, 0x1111, 0, 0, 1024, false);
        peer_expect_data_out(&p, &command, 0x1111, 1, 1024, 1024, false);
        peer_expect_data_out(&p, &command, 0x1111, 2, 2048, 452, true);
        peer_r2t(&p, itt, 0x2222, 1, 2500, 3501);
        peer_expect_data_out(&p, &command, 0x2222, 0, 2500, 1024, false);
        peer_expect_data_out(&p, &command, 0x2222, 1, 3524, 1024, false);
        peer_expect_data_out(&p, &command, 0x2222, 2, 4548, 1024, false);
        peer_expect_data_out(&p, &command, 0x2222, 3, 5572, 429, true);
        peer_good(&p, itt);
        peer_expect_done(&p, &command, 0, 6001);
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
        itt = peer_begin_write(&p, &command, 3000);
        CU_ASSERT_EQUAL(p.last.header[BHS_FLAGS], COMMAND_WRITE |
                        COMMAND_SIMPLE);
        CU_ASSERT_EQUAL(p.last.length, 1024);
        CU_ASSERT_EQUAL(memcmp(p.last.data, command.buffer, 1024), 0);
        peer_expect_data_out(&p, &command, RESERVED_TAG, 0, 1024, 1024, false);
        peer_expect_data_out(&p, &command, RESERVED_TAG, 1, 2048, 452, true);
        peer_expect_silence(&p);
        peer_r2t(&p, itt, 9, 0, 2500, 500);
        peer_expect_data_out(&p, &command, 9, 0, 2500, 500, true);
        peer_good(&p, itt);
        peer_expect_done(&p, &command, 0, 3000);
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
            peer_begin_write(&p, &command, length);
            CU_ASSERT_EQUAL(p.last.length, length);
            CU_ASSERT_TRUE(p.last.header[BHS_FLAGS] & FLAG_FINAL);
            peer_good(&p, peer_itt(&p));
            peer_expect_done(&p, &command, 0, length);
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
        itt_a = peer_begin_write(&p, &a, 4096);
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
        peer_expect_data_out(&p, &a, 5, 0, 0, 1024, true);
        peer_expect_data_out(&p, &a, 5, 0, 1024, 1024, true);
        peer_expect_data_out(&p, &a, 5, 0, 2048, 1024, true);
        peer_expect_data_out(&p, &a, 5, 0, 3072, 1024, true);
        peer_expect_data_out(&p, &b, 5, 0, 0, 1024, true);
        peer_expect_data_out(&p, &b, 5, 0, 1024, 1024, true);
        peer_good(&p, itt_b);
        peer_expect_done(&p, &b, 0, 2048);
        peer_good(&p, itt_a);
        peer_expect_done(&p, &a, 0, 4096);
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
        itt = peer_begin_write(&p, &command, 3000);
        peer_r2t(&p, itt, 9, 0, 2048, 952);
        peer_expect_data_out(&p, &command, RESERVED_TAG, 0, 1024, 1024, true);
        peer_expect_data_out(&p, &command, 9, 0, 2048, 952, true);
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
            peer_begin_write(&p, &command, 5000);
            peer_r2t(&p, peer_itt(&p), rows[i].ttt, rows[i].sn,
                     rows[i].offset, rows[i].length);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_R2T);
            peer_free_buffer(&p);
        }
        p.session = NULL;
        peer_begin_write(&p, &command, 5000);
        peer_r2t(&p, peer_itt(&p), 1, 0, 0, 4000);
        peer_expect(&p, OP_DATA_OUT);
        peer_r2t(&p, peer_itt(&p), 2, 1, 4000, 1001);   /* beyond the end */
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_R2T);
    }
}

static void an_r2t_for_no_command_costs_the_connection_W8(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;
    unsigned over;

    while (peer_next(&p)) {
        for (over = 0; over < 2; over++) {
            p.session = NULL;
            p.login_text = "ImmediateData=No";
            itt = peer_begin_write(&p, &command, 512);
            if (over) {                     /* it has had its answer */
                peer_check(&p, itt, 5, 0x24, 0);
                CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
            }
            peer_r2t(&p, over ? itt : itt + 256, 1, 0, 0, 512);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        }
    }
}

/* As much as was agreed on, and not a byte more, may be asked for at once. */
static void an_r2t_may_ask_for_a_whole_burst_W8(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No\nMaxBurstLength=4096";
        itt = peer_begin_write(&p, &command, 8192);
        peer_r2t(&p, itt, 1, 0, 0, 4096);
        peer_expect_data_out(&p, &command, 1, 0, 0, 4096, true);
        peer_r2t(&p, itt, 2, 1, 4096, 4096);
        peer_expect_data_out(&p, &command, 2, 0, 4096, 4096, true);
        peer_good(&p, itt);
        peer_expect_done(&p, &command, 0, 8192);
    }
}

/* More R2Ts than PDUs without progress in a second: each one is progress. */
static void many_small_r2ts_are_no_flood_F26(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt, i;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No";
        itt = peer_begin_write(&p, &command, IDLE_PDUS_MAX + 100);
        for (i = 0; i < IDLE_PDUS_MAX + 100; i++) {
            peer_r2t(&p, itt, i + 1, i, i, 1);
            peer_expect_data_out(&p, &command, i + 1, 0, i, 1, true);
        }
        peer_good(&p, itt);
        peer_expect_done(&p, &command, 0, IDLE_PDUS_MAX + 100);
    }
}

static void more_r2ts_than_agreed_cost_the_connection_K10(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "ImmediateData=No";
        itt = peer_begin_write(&p, &command, 5000);
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
        peer_begin_read(&p, &command, 512);
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
        itt = peer_begin_write(&p, &command, 4096);
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
        peer_expect_done(&p, &command, 2, 0);
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
        itt = peer_begin_write(&p, &command, 4096);
        peer_r2t(&p, itt, 1, 0, 0, 4000);
        peer_expect(&p, OP_DATA_OUT);
        peer_good(&p, itt);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATUS);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(write_sends_what_r2t_asks_for_W4_W7),
    UNIT_CASE(immediate_and_unsolicited_data_go_unasked_W1_W3),
    UNIT_CASE(each_length_is_padded_W6),
    UNIT_CASE(several_r2ts_of_several_commands_are_served_W10),
    UNIT_CASE(r2t_may_come_before_unsolicited_data_is_out_W3),
    UNIT_CASE(impossible_r2ts_cost_the_connection_W8_W9),
    UNIT_CASE(an_r2t_for_no_command_costs_the_connection_W8),
    UNIT_CASE(an_r2t_may_ask_for_a_whole_burst_W8),
    UNIT_CASE(many_small_r2ts_are_no_flood_F26),
    UNIT_CASE(more_r2ts_than_agreed_cost_the_connection_K10),
    UNIT_CASE(r2t_for_a_read_costs_the_connection_W8),
    UNIT_CASE(early_status_stops_the_data_W11),
    UNIT_CASE(a_write_that_was_not_all_asked_for_is_not_good_R6),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-write", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
