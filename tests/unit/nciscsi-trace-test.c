/*
 * PDUs in the words of nciscsi --trace.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "pdu.h"
#include "trace.h"
#include "unit.h"
#include "wire.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* A field of a header: bytes, where, value. */
struct field {
    uint8_t size, at;
    uint32_t value;
};

#define FIELDS_MAX 8

static const struct row {
    struct field fields[FIELDS_MAX];
    const char *words;
} rows[] = {
    { { { 1, BHS_OPCODE, OP_NOP_OUT | OP_IMMEDIATE },
        { 4, BHS_ITT, RESERVED_TAG }, { 4, BHS_TTT, 0x17 } },
      "NOP-Out, TTT 0x17" },
    { { { 1, BHS_OPCODE, OP_SCSI_COMMAND }, { 1, BHS_LUN + 1, 1 },
        { 4, BHS_ITT, 0x100 }, { 4, COMMAND_LENGTH, 4096 },
        { 4, BHS_CMD_SN, 9 }, { 1, COMMAND_CDB, 0x28 },
        { 4, COMMAND_CDB + 2, 77 }, { 2, COMMAND_CDB + 7, 8 } },
      "SCSI Command: READ(10) of 8 blocks at 77, LUN 0001, expects 4096, "
      "CmdSN 9, ITT 0x100" },
    { { { 1, BHS_OPCODE, OP_SCSI_COMMAND }, { 1, COMMAND_CDB, 0x8a },
        { 4, COMMAND_CDB + 2, 1 }, { 4, COMMAND_CDB + 10, 3 } },
      "SCSI Command: WRITE(16) of 3 blocks at 4294967296, LUN 0000, "
      "expects 0, CmdSN 0, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_SCSI_COMMAND }, { 1, COMMAND_CDB, 0xff } },
      "SCSI Command: other command, LUN 0000, expects 0, CmdSN 0, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_SCSI_RESPONSE }, { 1, RESPONSE_STATUS, 2 },
        { 4, BHS_STAT_SN, 5 }, { 1, BHS_DATA_LENGTH + 2, 20 } },
      "SCSI Response: CHECK CONDITION, StatSN 5, ITT 0x0, 20 bytes" },
    { { { 1, BHS_OPCODE, OP_SCSI_RESPONSE }, { 1, RESPONSE_RESPONSE, 1 },
        { 1, BHS_FLAGS, FLAG_UNDERFLOW }, { 4, BHS_RESIDUAL, 6 } },
      "SCSI Response: target failure 0x1, less than asked for by 6, "
      "StatSN 0, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_DATA_IN },
        { 1, BHS_FLAGS, FLAG_FINAL | DATA_IN_STATUS | FLAG_OVERFLOW },
        { 4, BHS_DATA_SN, 2 }, { 4, BHS_BUFFER_OFFSET, 512 },
        { 4, BHS_RESIDUAL, 3 }, { 4, BHS_TTT, RESERVED_TAG } },
      "Data-In, DataSN 2, offset 512, final, GOOD, more than asked for by 3, "
      "StatSN 0, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_DATA_OUT }, { 4, BHS_TTT, 4 } },
      "Data-Out, for R2T 0x4, DataSN 0, offset 0, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_R2T }, { 4, BHS_TTT, 4 }, { 4, R2T_SN, 1 },
        { 4, R2T_OFFSET, 8192 }, { 4, R2T_LENGTH, 512 } },
      "R2T, R2T 0x4, R2TSN 1, wants 512, offset 8192, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_LOGIN_REQUEST | OP_IMMEDIATE },
        { 1, BHS_FLAGS, LOGIN_TRANSIT | 1 << LOGIN_CSG_SHIFT | 3 } },
      "Login Request: operational to full feature, TSIH 0, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_LOGIN_RESPONSE }, { 2, LOGIN_TSIH, 300 },
        { 1, BHS_FLAGS, LOGIN_CONTINUE } },
      "Login Response: security, goes on, TSIH 300, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_LOGIN_RESPONSE }, { 1, LOGIN_STATUS_CLASS, 2 },
        { 1, LOGIN_STATUS_DETAIL, 3 } },
      "Login Response: status class 2, detail 3, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_TEXT_RESPONSE }, { 4, BHS_TTT, RESERVED_TAG },
        { 1, BHS_FLAGS, FLAG_FINAL } },
      "Text Response, final, ITT 0x0" },
    { { { 1, BHS_OPCODE, OP_ASYNC }, { 1, ASYNC_EVENT, 1 },
        { 2, ASYNC_PARAMETER3, 7 }, { 4, BHS_ITT, RESERVED_TAG } },
      "Asynchronous Message: event 1, parameters 0 7" },
    { { { 1, BHS_OPCODE, OP_REJECT }, { 1, REJECT_REASON, 9 },
        { 4, BHS_ITT, RESERVED_TAG } },
      "Reject: reason 0x09" },
    { { { 1, BHS_OPCODE, OP_LOGOUT_RESPONSE } }, "Logout Response, ITT 0x0" },
    { { { 1, BHS_OPCODE, 0x1c } }, "PDU of opcode 0x1c, ITT 0x0" },
};

static void make_header(const struct field *fields, uint8_t *header)
{
    size_t i;

    memset(header, 0, BHS_SIZE);
    for (i = 0; i < FIELDS_MAX && fields[i].size; i++) {
        if (fields[i].size == 4) {
            put_be32(header + fields[i].at, fields[i].value);
        } else if (fields[i].size == 2) {
            put_be16(header + fields[i].at, fields[i].value);
        } else {
            header[fields[i].at] = fields[i].value;
        }
    }
}

static void each_pdu_has_its_words(void)
{
    uint8_t header[BHS_SIZE];
    char line[TRACE_MAX];
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        make_header(rows[i].fields, header);
        trace_words(header, line, sizeof(line));
        CU_ASSERT_STRING_EQUAL(line, rows[i].words);
        if (strcmp(line, rows[i].words)) {
            printf("# got '%s'\n", line);
        }
    }
}

static void a_line_that_is_too_short_is_cut(void)
{
    uint8_t header[BHS_SIZE];
    char line[TRACE_MAX];
    size_t size;

    make_header(rows[1].fields, header);
    for (size = 1; size <= strlen(rows[1].words) + 1; size++) {
        memset(line, 'x', sizeof(line));
        trace_words(header, line, size);
        CU_ASSERT_EQUAL(strlen(line), size - 1);
        CU_ASSERT_EQUAL(strncmp(line, rows[1].words, size - 1), 0);
    }
}

static void headers_of_chance_have_words_too(void)
{
    uint8_t header[BHS_SIZE];
    char line[TRACE_MAX];
    uint32_t random = 1, i, k;

    for (i = 0; i < 20000; i++) {
        for (k = 0; k < BHS_SIZE; k++) {
            random = random * 1664525 + 1013904223;
            header[k] = random >> 24;
        }
        trace_words(header, line, sizeof(line));
        CU_ASSERT(strlen(line) < TRACE_MAX - 1);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(each_pdu_has_its_words),
    UNIT_CASE(a_line_that_is_too_short_is_cut),
    UNIT_CASE(headers_of_chance_have_words_too),
};

int main(int argc, char **argv)
{
    return unit_main("nciscsi-trace", cases, COUNT(cases), argc, argv);
}
