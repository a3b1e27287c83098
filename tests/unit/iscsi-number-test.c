/*
 * CmdSN, StatSN, ITT and the command window.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "iscsi-peer.h"

static uint8_t data[1024];

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
            peer_begin_read(&p, &command, 8);
            p.stat_sn += steps[i];
            peer_check(&p, peer_itt(&p), 6, 0x29, 0);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATSN);
        }
    }
}

/* A PDU that takes a number, with one that is not its turn. */
static void out_of_turn(struct peer *p, uint8_t opcode, uint8_t flags,
                        uint32_t itt)
{
    uint8_t header[BHS_SIZE], rejected[BHS_SIZE] = { OP_SCSI_COMMAND };
    bool rejects = opcode == OP_REJECT;

    p->stat_sn++;
    peer_header(p, header, opcode, flags, itt);
    put_be32(header + BHS_TTT, RESERVED_TAG);
    peer_send(p, header, rejected, rejects ? sizeof(rejected) : 0);
    peer_expect_drop(p, ISCSI_E_PROTOCOL_STATSN);
}

static void each_pdu_that_takes_a_number_is_held_to_it_N7(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &command, 8);
        out_of_turn(&p, OP_DATA_IN, FLAG_FINAL | DATA_IN_STATUS, itt);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        p.session = NULL;
        peer_log_in(&p);
        out_of_turn(&p, OP_ASYNC, FLAG_FINAL, RESERVED_TAG);
        p.session = NULL;
        peer_log_in(&p);
        out_of_turn(&p, OP_REJECT, FLAG_FINAL, RESERVED_TAG);
        p.session = NULL;
        peer_log_in(&p);
        peer_wait(&p, p.config.nop_idle_ms);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        out_of_turn(&p, OP_NOP_IN, FLAG_FINAL, NOP_TAG);
    }
}

/* A response that was under way when the target opened its window. */
static void the_window_never_gets_smaller_N6(void)
{
    struct iscsi_command commands[4];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.max_cmd_sn = 3;
        peer_log_in(&p);
        p.max_cmd_sn = 1;
        peer_nop_in(&p, RESERVED_TAG, 1);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        for (i = 0; i < 4; i++) {
            peer_read(&p, &commands[i], 8);
        }
        for (i = 0; i < 3; i++) {
            peer_expect(&p, OP_SCSI_COMMAND);
        }
        peer_expect_silence(&p);
    }
}

/* What the old session allowed does not hold in the new one. */
static void the_window_is_that_of_the_session_N5(void)
{
    struct iscsi_command commands[3];
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        p.max_cmd_sn = 64;
        peer_log_in(&p);
        for (i = 0; i < 3; i++) {
            peer_read(&p, &commands[i], 8);
            peer_expect(&p, OP_SCSI_COMMAND);
        }
        p.max_cmd_sn = p.session->first_cmd_sn + 1;
        peer_come_back(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_CMD_SN),
                        p.session->first_cmd_sn);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
    }
}

static void status_is_acknowledged_but_not_for_data_N1_N2(void)
{
    struct iscsi_command a, b;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &a, 1024);
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

static void a_second_answer_does_not_hit_the_next_command_N8_N10(void)
{
    struct iscsi_command a, b;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = peer_begin_read(&p, &a, 512);
        peer_check(&p, itt, 6, 0x29, 0);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &a);
        peer_read(&p, &b, 512);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_NOT_EQUAL(peer_itt(&p), itt);
        peer_good(&p, itt);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
    }
}

/* A command that the target has not counted may come late; no other may. */
static void nothing_is_sent_twice_on_a_connection_N9(void)
{
    struct iscsi_command command;
    uint32_t cmd_sn;
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.nop_idle_ms = 0;
        peer_begin_read(&p, &command, 8);
        cmd_sn = get_be32(p.last.header + BHS_CMD_SN);
        p.exp_cmd_sn = cmd_sn;
        peer_nop_in(&p, RESERVED_TAG, 1);
        peer_expect(&p, OP_NOP_OUT | OP_IMMEDIATE);
        peer_wait(&p, p.config.command_ms - 1);
        peer_expect_silence(&p);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(commands_are_numbered_across_the_wrap_N3_N4),
    UNIT_CASE(the_window_is_kept_N5_N6),
    UNIT_CASE(a_status_out_of_sequence_costs_the_connection_N7),
    UNIT_CASE(each_pdu_that_takes_a_number_is_held_to_it_N7),
    UNIT_CASE(the_window_never_gets_smaller_N6),
    UNIT_CASE(the_window_is_that_of_the_session_N5),
    UNIT_CASE(status_is_acknowledged_but_not_for_data_N1_N2),
    UNIT_CASE(a_second_answer_does_not_hit_the_next_command_N8_N10),
    UNIT_CASE(nothing_is_sent_twice_on_a_connection_N9),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-number", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
