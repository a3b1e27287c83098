/*
 * Task management: RFC 7143 11.5, 11.6.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "iscsi-peer.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define ABORT       0x81    /* final bit and function */
#define RESET       0x85
#define ANSWER_MS   2000
#define TASK_OP     (OP_TASK_REQUEST | OP_IMMEDIATE)

static void begin(struct peer *p)
{
    p->config.nop_idle_ms = 0;
    p->max_cmd_sn = 32;
    peer_open(p);
    peer_log_in(p);
}

static void answer(struct peer *p, uint8_t response)
{
    uint8_t header[BHS_SIZE];

    peer_header(p, header, OP_TASK_RESPONSE, FLAG_FINAL, MANAGE_TAG);
    header[RESPONSE_RESPONSE] = response;
    p->stat_sn++;
    peer_send(p, header, NULL, 0);
}

/* A read of 8 bytes that is on the wire; its ITT. */
static uint32_t read_sent(struct peer *p, struct iscsi_command *command)
{
    peer_read(p, command, 8);
    peer_expect(p, OP_SCSI_COMMAND);
    return peer_itt(p);
}

/* It is answered well and comes back. */
static void finish_read(struct peer *p, struct iscsi_command *command)
{
    peer_data_in(p, peer_itt(p), FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                 "12345678", 8);
    CU_ASSERT_PTR_EQUAL(iscsi_reap(p->session), command);
    CU_ASSERT_EQUAL(command->error, ISCSI_OK);
    CU_ASSERT_EQUAL(memcmp(command->buffer, "12345678", 8), 0);
}

/* UNH-IOL full feature phase 2.2: immediate, and CmdSN stands still. */
static void a_command_that_takes_too_long_is_aborted_E10_N4(void)
{
    struct iscsi_command command;
    struct peer p = { };
    struct peer_pdu *request;
    uint32_t itt, cmd_sn;

    while (peer_next(&p)) {
        begin(&p);
        itt = read_sent(&p, &command);
        cmd_sn = get_be32(p.last.header + BHS_CMD_SN);
        peer_wait(&p, p.config.command_ms - 1);
        peer_expect_silence(&p);
        peer_wait(&p, 1);
        request = peer_expect(&p, TASK_OP);
        CU_ASSERT_EQUAL(request->header[BHS_FLAGS], ABORT);
        CU_ASSERT_EQUAL(memcmp(request->header + BHS_LUN, command.lun, 8), 0);
        CU_ASSERT_EQUAL(get_be32(request->header + TASK_REFERENCED_TAG), itt);
        CU_ASSERT_EQUAL(get_be32(request->header + TASK_REF_CMD_SN), cmd_sn);
        CU_ASSERT_EQUAL(get_be32(request->header + BHS_CMD_SN), cmd_sn + 1);
        CU_ASSERT_EQUAL(request->length, 0);
        peer_expect_silence(&p);
    }
}

static void what_was_aborted_is_sent_again_E10(void)
{
    static const uint8_t responses[] = { 0, 1 };
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;
    size_t i;

    while (peer_next(&p)) {
        for (i = 0; i < COUNT(responses); i++) {
            begin(&p);
            itt = read_sent(&p, &command);
            peer_wait(&p, p.config.command_ms);
            peer_expect(&p, TASK_OP);
            answer(&p, responses[i]);
            peer_expect(&p, OP_SCSI_COMMAND);
            CU_ASSERT_NOT_EQUAL(peer_itt(&p), itt);
            finish_read(&p, &command);
            CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
            CU_ASSERT_EQUAL(p.session->relogins, 0);
        }
    }
}

static void an_answer_before_the_abort_counts_E10(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        begin(&p);
        itt = read_sent(&p, &command);
        peer_wait(&p, p.config.command_ms);
        peer_expect(&p, TASK_OP);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, "12345678",
                     8);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_OK);
        answer(&p, 1);
        peer_expect_silence(&p);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static void an_abort_that_is_refused_leads_to_a_reset_E10(void)
{
    static const uint8_t responses[] = { 2, 3, 4, 5, 6, 255 };
    struct iscsi_command command, other;
    struct peer p = { };
    struct peer_pdu *request;
    size_t i;

    while (peer_next(&p)) {
        for (i = 0; i < COUNT(responses); i++) {
            begin(&p);
            read_sent(&p, &command);
            peer_wait(&p, p.config.command_ms - 1);
            read_sent(&p, &other);
            peer_wait(&p, 1);
            peer_expect(&p, TASK_OP);
            answer(&p, responses[i]);
            request = peer_expect(&p, TASK_OP);
            CU_ASSERT_EQUAL(request->header[BHS_FLAGS], RESET);
            CU_ASSERT_EQUAL(memcmp(request->header + BHS_LUN, command.lun, 8),
                            0);
            CU_ASSERT_EQUAL(get_be32(request->header + TASK_REFERENCED_TAG),
                            RESERVED_TAG);
            answer(&p, 0);
            peer_expect(&p, OP_SCSI_COMMAND);   /* both, in their order */
            finish_read(&p, &command);
            peer_expect(&p, OP_SCSI_COMMAND);
            finish_read(&p, &other);
            CU_ASSERT_EQUAL(p.session->relogins, 0);
        }
    }
}

static void a_reset_leaves_other_units_alone_E10(void)
{
    struct iscsi_command command, other;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        begin(&p);
        read_sent(&p, &command);
        peer_wait(&p, p.config.command_ms / 2);
        peer_read(&p, &other, 8);
        other.lun[1] = 9;
        peer_expect(&p, OP_SCSI_COMMAND);
        itt = peer_itt(&p);
        peer_wait(&p, p.config.command_ms / 2);
        peer_expect(&p, TASK_OP);
        answer(&p, 5);
        peer_expect(&p, TASK_OP);
        answer(&p, 0);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
        finish_read(&p, &command);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0, "12345678",
                     8);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &other);
    }
}

static void a_reset_that_is_refused_costs_the_connection_E10(void)
{
    static const uint8_t responses[] = { 1, 2, 3, 4, 5, 6, 255 };
    struct iscsi_command command;
    struct peer p = { };
    size_t i;

    while (peer_next(&p)) {
        for (i = 0; i < COUNT(responses); i++) {
            begin(&p);
            read_sent(&p, &command);
            peer_wait(&p, p.config.command_ms);
            peer_expect(&p, TASK_OP);
            answer(&p, 5);
            peer_expect(&p, TASK_OP);
            answer(&p, responses[i]);
            peer_expect_drop(&p, ISCSI_E_COMMAND_TIMEOUT);
        }
    }
}

static void a_silent_target_costs_two_answers_time_X6_E10(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        read_sent(&p, &command);
        peer_wait(&p, p.config.command_ms);
        CU_ASSERT_EQUAL(peer_expect(&p, TASK_OP)->header[BHS_FLAGS], ABORT);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), p.now + ANSWER_MS);
        peer_wait(&p, ANSWER_MS);
        CU_ASSERT_EQUAL(peer_expect(&p, TASK_OP)->header[BHS_FLAGS], RESET);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), p.now + ANSWER_MS);
        peer_wait(&p, ANSWER_MS - 1);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        peer_wait(&p, 1);
        peer_expect_drop(&p, ISCSI_E_COMMAND_TIMEOUT);
    }
}

static void a_command_that_is_aborted_again_and_again_fails_X2(void)
{
    struct iscsi_command command;
    struct peer p = { };
    unsigned i;

    while (peer_next(&p)) {
        begin(&p);
        peer_read(&p, &command, 8);
        for (i = 0; i <= REPLAYS_MAX; i++) {
            CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
            peer_expect(&p, OP_SCSI_COMMAND);
            peer_wait(&p, p.config.command_ms);
            peer_expect(&p, TASK_OP);
            answer(&p, 0);
        }
        peer_expect_silence(&p);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_E_COMMAND_TIMEOUT);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static void late_answers_are_passed_over_E10_F6(void)
{
    static const uint8_t sense[18] = { 0x70, 0, 5 };
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        begin(&p);
        itt = read_sent(&p, &command);
        peer_wait(&p, p.config.command_ms);
        peer_expect(&p, TASK_OP);
        answer(&p, 0);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_data_in(&p, itt, 0, 0, 0, "abcd", 4);
        peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 1, 4, "efgh", 4);
        peer_response(&p, itt, 2, FLAG_FINAL, 0, sense, sizeof(sense));
        peer_r2t(&p, itt, 1, 0, 0, 8);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        CU_ASSERT_EQUAL(command.buffer[0], 0xa5);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        finish_read(&p, &command);
    }
}

static void answers_to_what_never_was_are_not_late_E10_R1(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        read_sent(&p, &command);
        peer_wait(&p, p.config.command_ms);
        peer_expect(&p, TASK_OP);
        answer(&p, 0);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_data_in(&p, peer_itt(&p) + 0x100, 0, 0, 0, "abcd", 4);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
    }
}

static void an_answer_to_no_function_costs_the_connection_E10_F5(void)
{
    struct iscsi_command command;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    unsigned asked;

    while (peer_next(&p)) {
        for (asked = 0; asked < 2; asked++) {
            begin(&p);
            read_sent(&p, &command);
            if (asked) {
                peer_wait(&p, p.config.command_ms);
                peer_expect(&p, TASK_OP);
            }
            peer_header(&p, header, OP_TASK_RESPONSE, FLAG_FINAL,
                        asked ? MANAGE_TAG + 1 : MANAGE_TAG);
            peer_send(&p, header, NULL, 0);
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
        }
    }
}

static void the_status_number_of_an_answer_counts_E10_N7(void)
{
    struct iscsi_command command;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        read_sent(&p, &command);
        peer_wait(&p, p.config.command_ms);
        peer_expect(&p, TASK_OP);
        p.stat_sn += 1;
        answer(&p, 0);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATSN);
    }
}

static void a_write_is_asked_for_again_from_its_begin_E10_W5(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        p.config.immediate_data = false;
        p.config.initial_r2t = true;
        p.login_text = "ImmediateData=No\nInitialR2T=Yes";
        begin(&p);
        peer_write(&p, &command, 4096);
        peer_expect(&p, OP_SCSI_COMMAND);
        itt = peer_itt(&p);
        peer_r2t(&p, itt, 7, 0, 0, 2048);
        peer_expect(&p, OP_DATA_OUT);
        peer_wait(&p, p.config.command_ms);
        peer_expect(&p, TASK_OP);
        peer_r2t(&p, itt, 8, 1, 2048, 1024);    /* until it is aborted */
        peer_expect(&p, OP_DATA_OUT);
        answer(&p, 0);
        peer_expect(&p, OP_SCSI_COMMAND);
        itt = peer_itt(&p);
        peer_r2t(&p, itt, 9, 0, 0, 4096);
        CU_ASSERT_EQUAL(peer_expect(&p, OP_DATA_OUT)->length, 4096);
        peer_good(&p, itt);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        CU_ASSERT_EQUAL(command.error, ISCSI_OK);
    }
}

/* The sender reads the buffer until the PDU is out. */
static void a_data_out_on_its_way_is_sent_to_its_end_E10(void)
{
    struct iscsi_command command;
    struct peer p = { };
    const uint8_t *window;
    size_t length;
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "InitialR2T=Yes";
        begin(&p);
        peer_write(&p, &command, 4096);         /* all of it immediate */
        window = iscsi_tx_window(p.session, &length);
        CU_ASSERT_EQUAL_FATAL(length, BHS_SIZE);
        itt = get_be32(window + BHS_ITT);
        iscsi_manage_abort(p.session, iscsi_task_find(p.session, itt), p.now);
        p.session->management.state = MANAGEMENT_ASKED;
        answer(&p, 0);
        CU_ASSERT_EQUAL(iscsi_task_count(p.session, TASK_AGAIN), 1);
        CU_ASSERT_EQUAL(peer_expect(&p, OP_SCSI_COMMAND)->length, 4096);
        CU_ASSERT_EQUAL(peer_itt(&p), itt);
        CU_ASSERT_EQUAL(peer_expect(&p, OP_SCSI_COMMAND)->length, 4096);
        CU_ASSERT_NOT_EQUAL(peer_itt(&p), itt);
        peer_good(&p, peer_itt(&p));
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
    }
}

/* Aborted while its data goes out, and then the connection goes as well. */
static void an_aborted_write_survives_the_loss_of_its_connection_X2(void)
{
    struct iscsi_command command;
    struct peer p = { };
    size_t length;
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "InitialR2T=Yes";
        begin(&p);
        peer_write(&p, &command, 4096);
        itt = get_be32(iscsi_tx_window(p.session, &length) + BHS_ITT);
        iscsi_manage_abort(p.session, iscsi_task_find(p.session, itt), p.now);
        p.session->management.state = MANAGEMENT_ASKED;
        answer(&p, 0);
        CU_ASSERT_EQUAL(iscsi_task_count(p.session, TASK_AGAIN), 1);
        peer_come_back(&p);
        CU_ASSERT_EQUAL(peer_expect(&p, OP_SCSI_COMMAND)->length, 4096);
        CU_ASSERT_EQUAL(memcmp(p.last.data, command.buffer, 4096), 0);
        peer_good(&p, peer_itt(&p));
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
        peer_expect_silence(&p);
    }
}

/* What was aborted on another connection excuses nothing on this one. */
static void lateness_ends_with_the_connection_F6(void)
{
    struct iscsi_command command;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        begin(&p);
        itt = read_sent(&p, &command);
        peer_wait(&p, p.config.command_ms);
        peer_expect(&p, TASK_OP);
        answer(&p, 0);
        peer_come_back(&p);
        peer_data_in(&p, itt, 0, 0, 0, "12345678", 8);
        peer_expect_drop(&p, ISCSI_E_PROTOCOL_TASK);
    }
}

/* It is passed over, but its number counts. */
static void the_number_of_a_late_answer_counts_N7(void)
{
    struct iscsi_command command;
    struct peer p = { };
    unsigned with_data;
    uint32_t itt;

    while (peer_next(&p)) {
        for (with_data = 0; with_data < 2; with_data++) {
            begin(&p);
            itt = read_sent(&p, &command);
            peer_wait(&p, p.config.command_ms);
            peer_expect(&p, TASK_OP);
            answer(&p, 0);
            p.stat_sn++;
            if (with_data) {
                peer_data_in(&p, itt, FLAG_FINAL | DATA_IN_STATUS, 0, 0,
                             "12345678", 8);
            } else {
                peer_good(&p, itt);
            }
            peer_expect_drop(&p, ISCSI_E_PROTOCOL_STATSN);
        }
    }
}

/* The answer came early, and the rest of the Data-Out never gets out. */
static void data_that_stays_here_costs_the_connection_W11_X6(void)
{
    struct iscsi_command command;
    struct peer p = { };
    size_t length;
    uint32_t itt;

    while (peer_next(&p)) {
        p.login_text = "InitialR2T=Yes";
        begin(&p);
        peer_write(&p, &command, 4096);
        itt = get_be32(iscsi_tx_window(p.session, &length) + BHS_ITT);
        iscsi_tx_commit(p.session, BHS_SIZE, p.now);
        peer_check(&p, itt, 3, 0x0c, 0);
        peer_wait(&p, p.config.command_ms - 1);
        CU_ASSERT_EQUAL(iscsi_task_count(p.session, TASK_ANSWERED), 1);
        CU_ASSERT_EQUAL(iscsi_deadline(p.session), p.now + 1);
        peer_wait(&p, 1);
        peer_expect_drop(&p, ISCSI_E_COMMAND_TIMEOUT);
        CU_ASSERT_PTR_EQUAL(iscsi_reap(p.session), &command);
    }
}

static void a_withdrawn_read_is_aborted_and_its_data_dropped(void)
{
    struct iscsi_command gone, other;
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        begin(&p);
        itt = read_sent(&p, &gone);
        peer_data_in(&p, itt, 0, 0, 0, "1234", 4);
        iscsi_abort(p.session, &gone, p.now);
        CU_ASSERT_EQUAL(peer_expect(&p, TASK_OP)->header[BHS_FLAGS], ABORT);
        peer_data_in(&p, itt, 0, 1, 4, "5678", 4);
        CU_ASSERT_EQUAL(gone.buffer[3], '4');
        CU_ASSERT_EQUAL(gone.buffer[4], 0xa5);
        answer(&p, 0);
        peer_expect_silence(&p);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        CU_ASSERT_EQUAL(iscsi_task_count(p.session, TASK_FREE),
                        ISCSI_MAX_COMMANDS);
        read_sent(&p, &other);
        finish_read(&p, &other);
        CU_ASSERT_EQUAL(p.session->relogins, 0);
    }
}

static void a_withdrawn_read_in_mid_segment_leaves_its_buffer_alone(void)
{
    struct iscsi_command gone;
    uint8_t header[BHS_SIZE];
    struct peer p = { };
    uint32_t itt;

    while (peer_next(&p)) {
        begin(&p);
        itt = read_sent(&p, &gone);
        peer_header(&p, header, OP_DATA_IN, FLAG_FINAL | DATA_IN_STATUS, itt);
        put_be24(header + BHS_DATA_LENGTH, 8);
        p.stat_sn++;
        peer_send_bytes(&p, header, BHS_SIZE);
        peer_send_bytes(&p, "123", 3);
        iscsi_abort(p.session, &gone, p.now);
        peer_send_bytes(&p, "45678", 5);
        CU_ASSERT_EQUAL(memcmp(gone.buffer, "123\xa5\xa5\xa5\xa5\xa5", 8), 0);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
        peer_expect(&p, TASK_OP);
        answer(&p, 1);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
    }
}

static void what_cannot_be_aborted_quietly_costs_the_connection(void)
{
    struct iscsi_command first, second, write;
    struct peer p = { };

    while (peer_next(&p)) {
        p.login_text = "InitialR2T=Yes";
        begin(&p);
        peer_write(&p, &write, 8);
        peer_expect(&p, OP_SCSI_COMMAND);
        iscsi_abort(p.session, &write, p.now);
        peer_expect_drop(&p, ISCSI_E_CANCELLED);
        begin(&p);
        read_sent(&p, &first);
        read_sent(&p, &second);
        iscsi_abort(p.session, &first, p.now);
        CU_ASSERT_EQUAL(p.session->state, ISCSI_FULL_FEATURE);
        iscsi_abort(p.session, &second, p.now);
        peer_expect_drop(&p, ISCSI_E_CANCELLED);
        CU_ASSERT_PTR_NULL(iscsi_reap(p.session));
    }
}

static void a_loss_forgets_functions_and_what_was_withdrawn(void)
{
    struct iscsi_command gone, other;
    struct peer p = { };

    while (peer_next(&p)) {
        begin(&p);
        read_sent(&p, &gone);
        read_sent(&p, &other);
        iscsi_abort(p.session, &gone, p.now);
        peer_close(&p);
        while (p.session->state == ISCSI_BACKOFF) {
            peer_wait(&p, 1);
        }
        peer_accept(&p);
        peer_answer_login(&p);
        peer_expect(&p, OP_SCSI_COMMAND);
        peer_expect_silence(&p);
        finish_read(&p, &other);
        read_sent(&p, &gone);
        iscsi_abort(p.session, &gone, p.now);   /* there is one again */
        peer_expect(&p, TASK_OP);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_command_that_takes_too_long_is_aborted_E10_N4),
    UNIT_CASE(what_was_aborted_is_sent_again_E10),
    UNIT_CASE(an_answer_before_the_abort_counts_E10),
    UNIT_CASE(an_abort_that_is_refused_leads_to_a_reset_E10),
    UNIT_CASE(a_reset_leaves_other_units_alone_E10),
    UNIT_CASE(a_reset_that_is_refused_costs_the_connection_E10),
    UNIT_CASE(a_silent_target_costs_two_answers_time_X6_E10),
    UNIT_CASE(a_command_that_is_aborted_again_and_again_fails_X2),
    UNIT_CASE(late_answers_are_passed_over_E10_F6),
    UNIT_CASE(answers_to_what_never_was_are_not_late_E10_R1),
    UNIT_CASE(an_answer_to_no_function_costs_the_connection_E10_F5),
    UNIT_CASE(the_status_number_of_an_answer_counts_E10_N7),
    UNIT_CASE(a_write_is_asked_for_again_from_its_begin_E10_W5),
    UNIT_CASE(a_data_out_on_its_way_is_sent_to_its_end_E10),
    UNIT_CASE(an_aborted_write_survives_the_loss_of_its_connection_X2),
    UNIT_CASE(lateness_ends_with_the_connection_F6),
    UNIT_CASE(the_number_of_a_late_answer_counts_N7),
    UNIT_CASE(data_that_stays_here_costs_the_connection_W11_X6),
    UNIT_CASE(a_withdrawn_read_is_aborted_and_its_data_dropped),
    UNIT_CASE(a_withdrawn_read_in_mid_segment_leaves_its_buffer_alone),
    UNIT_CASE(what_cannot_be_aborted_quietly_costs_the_connection),
    UNIT_CASE(a_loss_forgets_functions_and_what_was_withdrawn),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-manage", cases, COUNT(cases), argc, argv);
}
