/*
 * Probes after an answer whose bytes stay away.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "iscsi-peer.h"

#define STALL 50
#define SPACING 10
#define LENGTH 1000

static struct iscsi_command command;

/* A read is out; returns its ITT. */
static uint32_t begin(struct peer *p)
{
    p->session = NULL;
    p->config.stall_ms = STALL;
    return peer_begin_read(p, &command, LENGTH);
}

/* The next probe comes after @ms; returns its tag. */
static uint32_t probe_after(struct peer *p, uint64_t ms)
{
    peer_wait(p, ms - 1);
    peer_expect_silence(p);
    peer_wait(p, 1);
    peer_expect(p, OP_NOP_OUT);
    CU_ASSERT_EQUAL(get_be32(p->last.header + BHS_TTT), RESERVED_TAG);
    return peer_itt(p);
}

static void three_probes_ask_after_a_missing_answer(void)
{
    uint32_t cmd_sn, itt, i;
    struct peer p = { };

    while (peer_next(&p)) {
        itt = begin(&p);
        cmd_sn = get_be32(p.last.header + BHS_CMD_SN);
        for (i = 0; i < 3; i++) {
            CU_ASSERT_EQUAL(probe_after(&p, i ? SPACING : STALL),
                            PROBE_TAG + i);
            CU_ASSERT_EQUAL(get_be32(p.last.header + BHS_CMD_SN),
                            cmd_sn + 1 + i);
        }
        peer_wait(&p, 5000);
        peer_expect_silence(&p);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                     p.buffers[0], LENGTH);
        peer_expect_done(&p, &command, 0, LENGTH);
        for (i = 0; i < 3; i++) {
            peer_nop_in(&p, PROBE_TAG + 2 - i, RESERVED_TAG);
        }
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static void without_a_command_or_a_limit_nothing_is_asked(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        p.config.stall_ms = STALL;
        peer_log_in(&p);
        peer_wait(&p, p.config.nop_idle_ms - 1);
        peer_expect_silence(&p);

        p.session = NULL;
        p.config.stall_ms = 0;
        peer_begin_read(&p, &command, LENGTH);
        peer_wait(&p, p.config.nop_idle_ms - 1);
        peer_expect_silence(&p);
    }
}

static void bytes_of_the_answer_put_probes_off(void)
{
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        itt = begin(&p);
        peer_wait(&p, STALL - 1);
        peer_header(&p, header, OP_DATA_IN, FLAG_FINAL | DATA_IN_STATUS, itt);
        header[BHS_DATA_LENGTH + 1] = LENGTH >> 8;
        header[BHS_DATA_LENGTH + 2] = LENGTH & 255;
        peer_send_bytes(&p, header, sizeof(header) / 2);
        probe_after(&p, STALL);
        peer_send_bytes(&p, header + sizeof(header) / 2, 8);
        /* What was left of the three is not sent: something moves again. */
        CU_ASSERT_EQUAL(probe_after(&p, 2 * STALL), PROBE_TAG + 1);
    }
}

static void a_slow_target_is_asked_ever_more_rarely(void)
{
    unsigned round, i;
    struct peer p = { };
    uint64_t wait;
    uint32_t itt;

    while (peer_next(&p)) {
        itt = begin(&p);
        for (round = 0; round < 8; round++) {
            wait = (uint64_t)STALL << (round < 5 ? round : 5);
            for (i = 0; i < 3; i++) {
                probe_after(&p, i ? SPACING : wait);
            }
            for (i = 0; i < 3; i++) {
                peer_nop_in(&p, PROBE_TAG + i, RESERVED_TAG);
            }
        }
        peer_data_in(&p, itt, 0, 0, 0, p.buffers[0], LENGTH / 2);
        probe_after(&p, STALL);
    }
}

static void tags_that_are_out_are_not_used_again(void)
{
    uint32_t tag, used = 0, i;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        used = 0;
        for (i = 0; i < 8; i++) {
            tag = probe_after(&p, i % 3 ? SPACING : STALL << i / 3) -
                  PROBE_TAG;
            CU_ASSERT_TRUE(tag < 8);
            CU_ASSERT_FALSE(used & 1u << tag);
            used |= 1u << tag;
            if (i % 3 == 2) {
                peer_send_bytes(&p, (uint8_t[1]) { OP_NOP_IN }, i == 2);
                peer_send_bytes(&p, (uint8_t[1]) { FLAG_FINAL }, i == 5);
            }
        }
        peer_wait(&p, 3000);
        peer_expect_silence(&p);
    }
}

static void a_closed_window_keeps_probes_back(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        p.session = NULL;
        p.config.stall_ms = STALL;
        peer_log_in(&p);
        p.session->max_cmd_sn = p.session->cmd_sn;
        peer_read(&p, &command, LENGTH);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_wait(&p, 5000);
        peer_expect_silence(&p);
    }
}

static void answers_that_nobody_asked_for_cost_the_connection(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        probe_after(&p, STALL);
        peer_nop_in(&p, PROBE_TAG + 1, RESERVED_TAG);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);

        begin(&p);
        probe_after(&p, STALL);
        peer_nop_in(&p, PROBE_TAG, 7);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);

        begin(&p);
        probe_after(&p, STALL);
        p.stat_sn++;
        peer_nop_in(&p, PROBE_TAG, RESERVED_TAG);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATSN);
    }
}

static void a_new_connection_begins_without_probes(void)
{
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        probe_after(&p, STALL);
        peer_come_back(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
        CU_ASSERT_EQUAL(probe_after(&p, STALL), PROBE_TAG);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(three_probes_ask_after_a_missing_answer),
    UNIT_CASE(without_a_command_or_a_limit_nothing_is_asked),
    UNIT_CASE(bytes_of_the_answer_put_probes_off),
    UNIT_CASE(a_slow_target_is_asked_ever_more_rarely),
    UNIT_CASE(tags_that_are_out_are_not_used_again),
    UNIT_CASE(a_closed_window_keeps_probes_back),
    UNIT_CASE(answers_that_nobody_asked_for_cost_the_connection),
    UNIT_CASE(a_new_connection_begins_without_probes),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-probe", cases, sizeof(cases) / sizeof(cases[0]),
                     argc, argv);
}
