/*
 * The script that hpibootcfg has an iLO run, and what iLO answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "base64.h"
#include "channel.h"
#include "reply.h"
#include "scan.h"

#define ANSWER_MAX (256 * 1024)
#define MESSAGE_MAX 512

/* Which document answers what. */
enum step {
    STEP_HEADER,
    STEP_RIBCL,
    STEP_LOGIN,
    STEP_WRITE_BLOCK,
    STEP_SET_EV,                /* at the end of its block */
    STEP_READ_BLOCK,
    STEP_GET_EV,
    STEPS,
};

struct answer {
    unsigned documents;         /* whole or begun */
    unsigned status;            /* the first that is not 0 */
    unsigned failed;            /* the document it is in */
    char message[MESSAGE_MAX];
    bool has_value;
};

static char *build(const struct options *options, const struct block *block)
{
    char *user = g_markup_escape_text(options->user, -1);
    char *password = g_markup_escape_text(options->password, -1);
    char value[BASE64_LENGTH(EV_DATA_MAX) + 1], *script;

    base64_encode(block->bytes, block->size, value);
    script = g_strdup_printf(
        "<?xml version=\"1.0\"?>\r\n"
        "<RIBCL VERSION=\"2.23\">"
        "<LOGIN USER_LOGIN=\"%s\" PASSWORD=\"%s\">"
        "<SERVER_INFO MODE=\"write\">"
        "<SET_EV NAME=\"%s\" VALUE=\"%s\"/>"
        "</SERVER_INFO>"
        "<SERVER_INFO MODE=\"read\"><GET_EV NAME=\"%s\"/></SERVER_INFO>"
        "</LOGIN></RIBCL>\r\n",
        user, password, options->ev_name, value, options->ev_name);
    explicit_bzero(password, strlen(password));
    explicit_bzero(value, sizeof(value));
    g_free(user);
    g_free(password);
    return script;
}

/*
 * Answers
 */

static void take_response(struct answer *answer, const struct ribcl_tag *tag)
{
    const char *status = ribcl_attribute(tag, "STATUS");
    const char *message = ribcl_attribute(tag, "MESSAGE");
    guint64 number = 0;

    answer->documents++;
    if (!status || !g_str_has_prefix(status, "0x") ||
        !g_ascii_string_to_unsigned(status + 2, 16, 0, 0xffff, &number,
                                    NULL)) {
        number = 0xffff;
    }
    if (number != 0 && answer->status == 0) {
        answer->status = number;
        answer->failed = answer->documents - 1;
        g_strlcpy(answer->message, message ? message : "no reason given",
                  sizeof(answer->message));
    }
}

static void take_value(struct answer *answer, const struct ribcl_tag *tag,
                       struct block *read)
{
    const char *value = ribcl_attribute(tag, "VALUE");

    answer->has_value = value && base64_decode(value, read->bytes,
                                               EV_DATA_MAX, &read->size);
}

/* Takes some of what iLO says; false when it is no RIBCL. */
static bool take_bytes(struct ribcl_scanner *scanner, struct answer *answer,
                       const char *bytes, size_t length, struct block *read)
{
    while (length > 0) {
        size_t used;
        enum ribcl_item item = ribcl_scan(scanner, bytes, length, &used);

        bytes += used;
        length -= used;
        if (item == RIBCL_BAD) {
            return false;
        }
        if (item == RIBCL_MORE || item == RIBCL_HEADER) {
            continue;
        }
        if (ribcl_same(scanner->tag.name, "RESPONSE")) {
            take_response(answer, &scanner->tag);
        } else if (ribcl_same(scanner->tag.name, "GET_EV") &&
                   item != RIBCL_CLOSE) {
            take_value(answer, &scanner->tag, read);
        }
    }
    return true;
}

static int receive(struct channel *channel, struct answer *answer,
                   struct block *read)
{
    static struct ribcl_scanner scanner;
    const char *server = channel->options->server;
    size_t total = 0, length;
    char buffer[4096];

    ribcl_scanner_init(&scanner);
    do {
        if (channel_receive(channel, buffer, sizeof(buffer), &length) !=
            EXIT_OK) {
            return complain(EXIT_LATE, "%s: no answer within %u s; whether "
                            "the configuration was written is not known: "
                            "run it again", server,
                            channel->options->seconds);
        }
        total += length;
        if (total > ANSWER_MAX ||
            !take_bytes(&scanner, answer, buffer, length, read)) {
            return complain(EXIT_ENVIRONMENT, "%s: does not answer as an iLO "
                            "does", server);
        }
    } while (length > 0 && answer->documents <= STEPS);
    return EXIT_OK;
}

/*
 * What went wrong
 */

static const char *advise(enum ribcl_status status, unsigned failed)
{
    switch (status) {
    case RIBCL_NO_PRIVILEGE:
        return " The user needs CONFIG_ILO_PRIV.";
    case RIBCL_SYNTAX:
        return failed == STEP_SET_EV ?
               " Maybe this iLO cannot write EVs." : "";
    case RIBCL_NO_SERVER:
        return " Power the server on, or see that its virtual machine runs.";
    case RIBCL_EV_FAILED:
    case RIBCL_EV_DIFFERS:
        return " See the drive of the EVs; then power-cycle the server.";
    default:
        return "";
    }
}

static enum ribcl_status find_status(unsigned number)
{
    for (unsigned i = 0; i < RIBCL_STATUS_COUNT; i++) {
        if (ribcl_status_number(i) == number) {
            return i;
        }
    }
    return RIBCL_STATUS_COUNT;
}

static int judge(const struct options *options, const struct answer *answer)
{
    enum ribcl_status status = find_status(answer->status);

    if (status == RIBCL_REJECTED) {
        return complain(EXIT_FAILED, "%s: iLO does not let '%s' in: %s",
                        options->server, options->user, answer->message);
    }
    if (answer->status != 0) {
        return complain(EXIT_FAILED, "%s: %s: %s (status 0x%04X)%s",
                        options->server, answer->failed > STEP_SET_EV ?
                        "written, but cannot be read back" :
                        "not written", answer->message, answer->status,
                        advise(status, answer->failed));
    }
    if (answer->documents == 0) {
        return complain(EXIT_ENVIRONMENT, "%s: closed the connection without "
                        "an answer; is this an iLO?", options->server);
    }
    if (answer->documents < STEPS || !answer->has_value) {
        return complain(EXIT_FAILED, "%s: iLO closed the connection after %u "
                        "of %u answers; whether the configuration was written "
                        "is not known: run it again", options->server,
                        answer->documents, STEPS);
    }
    return EXIT_OK;
}

int ilo_write(const struct options *options, const struct block *block,
              struct block *read)
{
    struct answer answer = { 0 };
    struct channel channel;
    char *script;
    int status;

    if (!g_utf8_validate(options->user, -1, NULL) ||
        !g_utf8_validate(options->password, -1, NULL)) {
        return complain(EXIT_USAGE, "user and password are in UTF-8");
    }
    status = channel_open(&channel, options);
    if (status == EXIT_OK) {
        script = build(options, block);
        status = channel_send(&channel, script, strlen(script));
        explicit_bzero(script, strlen(script));
        g_free(script);
    }
    if (status == EXIT_OK) {
        status = receive(&channel, &answer, read);
    }
    channel_close(&channel);
    return status == EXIT_OK ? judge(options, &answer) : status;
}
