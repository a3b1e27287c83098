/*
 * Each PDU in words: RFC 7143 section 11.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <stdio.h>

#include "pdu.h"
#include "trace.h"
#include "transport.h"
#include "wire.h"

struct line {
    char *text;
    size_t size;
    size_t used;
};

__attribute__((format(printf, 2, 3)))
static void say(struct line *line, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(line->text + line->used, line->size - line->used,
                       format, arguments);
    va_end(arguments);
    line->used += length;
    if (line->used >= line->size) {
        line->used = line->size - 1;
    }
}

static void say_number(struct line *line, const char *name,
                       const uint8_t *header, size_t at)
{
    say(line, ", %s %u", name, get_be32(header + at));
}

static void say_tag(struct line *line, const char *name,
                    const uint8_t *header, size_t at)
{
    uint32_t tag = get_be32(header + at);

    if (tag != RESERVED_TAG) {
        say(line, ", %s 0x%x", name, tag);
    }
}

static void say_lun(struct line *line, const uint8_t *h)
{
    say(line, ", LUN %02x%02x", h[BHS_LUN], h[BHS_LUN + 1]);
}

static void say_flag(struct line *line, const uint8_t *h, uint8_t flag,
                     const char *word)
{
    if (h[BHS_FLAGS] & flag) {
        say(line, ", %s", word);
    }
}

static const char *command_name(uint8_t operation)
{
    static const char *const names[256] = {
        [0x00] = "TEST UNIT READY", [0x03] = "REQUEST SENSE",
        [0x12] = "INQUIRY", [0x1a] = "MODE SENSE(6)",
        [0x25] = "READ CAPACITY(10)", [0x28] = "READ(10)",
        [0x2a] = "WRITE(10)", [0x35] = "SYNCHRONIZE CACHE(10)",
        [0x88] = "READ(16)", [0x8a] = "WRITE(16)",
        [0x91] = "SYNCHRONIZE CACHE(16)", [0x9e] = "SERVICE ACTION IN(16)",
        [0xa0] = "REPORT LUNS",
    };

    return names[operation] ? names[operation] : "other command";
}

/* Where a READ or WRITE of either length wants to go. */
static void say_blocks(struct line *line, const uint8_t *cdb)
{
    switch (cdb[0]) {
    case 0x28:
    case 0x2a:
        say(line, " of %u blocks at %u", get_be16(cdb + 7), get_be32(cdb + 2));
        break;
    case 0x88:
    case 0x8a:
        say(line, " of %u blocks at %llu", get_be32(cdb + 10),
            (unsigned long long)get_be64(cdb + 2));
        break;
    }
}

static void scsi_command(struct line *line, const uint8_t *h)
{
    say(line, ": %s", command_name(h[COMMAND_CDB]));
    say_blocks(line, h + COMMAND_CDB);
    say_lun(line, h);
    say_number(line, "expects", h, COMMAND_LENGTH);
    say_number(line, "CmdSN", h, BHS_CMD_SN);
}

static const char *status_name(uint8_t status)
{
    switch (status) {
    case 0x00:
        return "GOOD";
    case 0x02:
        return "CHECK CONDITION";
    case 0x08:
        return "BUSY";
    case 0x18:
        return "RESERVATION CONFLICT";
    case 0x28:
        return "TASK SET FULL";
    default:
        return "other status";
    }
}

static void say_residual(struct line *line, const uint8_t *h)
{
    if (h[BHS_FLAGS] & FLAG_OVERFLOW) {
        say_number(line, "more than asked for by", h, BHS_RESIDUAL);
    }
    if (h[BHS_FLAGS] & FLAG_UNDERFLOW) {
        say_number(line, "less than asked for by", h, BHS_RESIDUAL);
    }
}

static void scsi_response(struct line *line, const uint8_t *h)
{
    if (h[RESPONSE_RESPONSE]) {
        say(line, ": target failure 0x%x", h[RESPONSE_RESPONSE]);
    } else {
        say(line, ": %s", status_name(h[RESPONSE_STATUS]));
    }
    say_residual(line, h);
    say_number(line, "StatSN", h, BHS_STAT_SN);
}

static void say_data(struct line *line, const uint8_t *h)
{
    say_number(line, "DataSN", h, BHS_DATA_SN);
    say_number(line, "offset", h, BHS_BUFFER_OFFSET);
    say_flag(line, h, FLAG_FINAL, "final");
}

static void data_in(struct line *line, const uint8_t *h)
{
    say_data(line, h);
    if (h[BHS_FLAGS] & DATA_IN_STATUS) {
        say(line, ", %s", status_name(h[RESPONSE_STATUS]));
        say_residual(line, h);
        say_number(line, "StatSN", h, BHS_STAT_SN);
    }
}

static void data_out(struct line *line, const uint8_t *h)
{
    say_tag(line, "for R2T", h, BHS_TTT);
    say_data(line, h);
}

static void r2t(struct line *line, const uint8_t *h)
{
    say_tag(line, "R2T", h, BHS_TTT);
    say_number(line, "R2TSN", h, R2T_SN);
    say_number(line, "wants", h, R2T_LENGTH);
    say_number(line, "offset", h, R2T_OFFSET);
}

static const char *stage_name(uint8_t stage)
{
    static const char *const names[] = {
        "security", "operational", "reserved", "full feature",
    };

    return names[stage & LOGIN_STAGE_MASK];
}

static void say_stages(struct line *line, const uint8_t *h)
{
    say(line, ": %s", stage_name(h[BHS_FLAGS] >> LOGIN_CSG_SHIFT));
    if (h[BHS_FLAGS] & LOGIN_TRANSIT) {
        say(line, " to %s", stage_name(h[BHS_FLAGS]));
    }
    say_flag(line, h, LOGIN_CONTINUE, "goes on");
}

static void login_request(struct line *line, const uint8_t *h)
{
    say_stages(line, h);
    say(line, ", TSIH %u", get_be16(h + LOGIN_TSIH));
}

static void login_response(struct line *line, const uint8_t *h)
{
    if (h[LOGIN_STATUS_CLASS]) {
        say(line, ": status class %u, detail %u", h[LOGIN_STATUS_CLASS],
            h[LOGIN_STATUS_DETAIL]);
        return;
    }
    login_request(line, h);
}

static void nop(struct line *line, const uint8_t *h)
{
    say_tag(line, "TTT", h, BHS_TTT);
}

static void async(struct line *line, const uint8_t *h)
{
    say(line, ": event %u, parameters %u %u", h[ASYNC_EVENT],
        get_be16(h + ASYNC_PARAMETER2), get_be16(h + ASYNC_PARAMETER3));
}

static void text(struct line *line, const uint8_t *h)
{
    say_tag(line, "TTT", h, BHS_TTT);
    say_flag(line, h, FLAG_FINAL, "final");
}

static void reject(struct line *line, const uint8_t *h)
{
    say(line, ": reason 0x%02x", h[REJECT_REASON]);
}

static const struct row {
    uint8_t opcode;
    const char *name;
    void (*say)(struct line *line, const uint8_t *header);
} rows[] = {
    { OP_NOP_OUT, "NOP-Out", nop },
    { OP_SCSI_COMMAND, "SCSI Command", scsi_command },
    { OP_LOGIN_REQUEST, "Login Request", login_request },
    { OP_TEXT_REQUEST, "Text Request", text },
    { OP_DATA_OUT, "Data-Out", data_out },
    { OP_LOGOUT_REQUEST, "Logout Request", NULL },
    { OP_NOP_IN, "NOP-In", nop },
    { OP_SCSI_RESPONSE, "SCSI Response", scsi_response },
    { OP_LOGIN_RESPONSE, "Login Response", login_response },
    { OP_TEXT_RESPONSE, "Text Response", text },
    { OP_DATA_IN, "Data-In", data_in },
    { OP_LOGOUT_RESPONSE, "Logout Response", NULL },
    { OP_R2T, "R2T", r2t },
    { OP_ASYNC, "Asynchronous Message", async },
    { OP_REJECT, "Reject", reject },
};

void trace_words(const uint8_t *header, char *text, size_t size)
{
    struct line line = { text, size, 0 };
    uint8_t opcode = pdu_opcode(header) & ~OP_IMMEDIATE;
    uint32_t length = get_be24(header + BHS_DATA_LENGTH);
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].opcode == opcode) {
            say(&line, "%s", rows[i].name);
            if (rows[i].say) {
                rows[i].say(&line, header);
            }
            break;
        }
    }
    if (i == sizeof(rows) / sizeof(rows[0])) {
        say(&line, "PDU of opcode 0x%x", opcode);
    }
    say_tag(&line, "ITT", header, BHS_ITT);
    if (length) {
        say(&line, ", %u bytes", length);
    }
}

void trace_pdu(void *user, bool sent, const uint8_t *header)
{
    uint64_t now = transport_now();
    char line[TRACE_MAX];

    trace_words(header, line, sizeof(line));
    fprintf(stderr, "%llu.%03u %s %s\n", (unsigned long long)(now / 1000),
            (unsigned)(now % 1000), sent ? "->" : "<-", line);
}
