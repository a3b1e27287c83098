/*
 * libFuzzer speaks RIBCL, and HTTP before it.
 *
 * The first byte gives the privileges, the second the size of the pieces in
 * which the rest comes.  The same bytes in one piece have to get the same
 * answers and lead to the same acts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzzer.h"
#include "http.h"
#include "session.h"

#define TRANSCRIPT_MAX (1 << 22)

struct transcript {
    size_t length;
    unsigned acts;
    char *text;
};

static struct ribcl_scanner scanner;
static struct ribcl_session session;
static struct http_head head;
static char answer[RIBCL_ANSWER_MAX];

static void must(int truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void check_act(uint8_t privileges)
{
    must((session.act.privileges & ~privileges) == 0,
         "an act within the user's privileges");
    must(strlen(session.act.login) <= RIBCL_NAME_MAX &&
         strlen(session.act.name) <= RIBCL_NAME_MAX &&
         strlen(session.act.password) <= RIBCL_NAME_MAX &&
         strlen(session.act.text) <= RIBCL_SERVER_NAME_MAX &&
         strlen(session.act.ev_name) < EV_NAME_SIZE, "terminated strings");
    must(session.act.argument <= ILO_POWER_COLD, "an argument in range");
}

static void check_changes(uint8_t privileges)
{
    must(session.write && (privileges & RIBCL_CONFIG_ILO),
         "changes by who may make them");
    must(session.changes >= 1 && session.changes <= RIBCL_CHANGES_MAX,
         "as many changes as there may be");
    for (unsigned i = 0; i < session.changes; i++) {
        must(session.change[i].length <= EV_DATA_MAX &&
             strlen(session.change[i].name) < EV_NAME_SIZE &&
             (session.change[i].length > 0) != session.change[i].remove,
             "a change that iLO takes");
    }
}

static enum ribcl_need meet(enum ribcl_need need, uint8_t privileges,
                            struct transcript *out,
                            struct ribcl_writer *writer)
{
    enum ribcl_status status = out->acts++ % 3 == 2 ? RIBCL_POWERED_OFF :
                                                      RIBCL_OK;

    switch (need) {
    case RIBCL_NEED_LOGIN:
        return ribcl_session_login(&session, session.asked_password[0] == '!' ?
                                   RIBCL_REJECTED : RIBCL_OK, NULL,
                                   privileges, writer);
    case RIBCL_NEED_ACT:
        check_act(privileges);
        ribcl_session_acted(&session, status, NULL, writer);
        return RIBCL_GO_ON;
    case RIBCL_NEED_COMMIT:
        check_changes(privileges);
        ribcl_session_acted(&session, status, NULL, writer);
        return RIBCL_GO_ON;
    default:
        out->acts--;
        return need;
    }
}

static bool take(enum ribcl_item item, uint8_t privileges,
                 struct transcript *out)
{
    struct ribcl_writer writer;
    enum ribcl_need need;

    ribcl_writer_init(&writer, answer, sizeof(answer));
    need = meet(ribcl_session_take(&session, item, &scanner, &writer),
                privileges, out, &writer);
    must(!writer.full, "answers that fit");
    must(session.need == RIBCL_GO_ON, "needs that are met");
    must(out->length + writer.length <= TRANSCRIPT_MAX, "a bounded answer");
    memcpy(out->text + out->length, answer, writer.length);
    out->length += writer.length;
    return need != RIBCL_FINISHED;
}

static void speak(const uint8_t *bytes, size_t size, size_t chunk,
                  uint8_t privileges, struct transcript *out)
{
    bool more = true;

    out->length = out->acts = 0;
    ribcl_scanner_init(&scanner);
    ribcl_session_init(&session);
    for (size_t at = 0; at < size && more; at += chunk) {
        size_t part = size - at < chunk ? size - at : chunk, done = 0, used;
        char *copy = malloc(part);

        memcpy(copy, bytes + at, part);
        while (done < part && more) {
            enum ribcl_item item = ribcl_scan(&scanner, copy + done,
                                              part - done, &used);

            must(used > 0, "a scanner that goes on");
            done += used;
            more = item == RIBCL_MORE || take(item, privileges, out);
        }
        free(copy);
    }
}

static void read_head(const uint8_t *bytes, size_t size, size_t chunk)
{
    size_t used = 0;

    http_head_init(&head);
    for (size_t at = 0; at < size; at += chunk) {
        size_t part = size - at < chunk ? size - at : chunk;

        if (http_head_read(&head, (const char *)bytes + at, part, &used) !=
            HTTP_MORE) {
            break;
        }
        must(used == part, "a head that takes all until it is whole");
    }
    must(head.length <= HTTP_HEAD_MAX && head.body <= HTTP_BODY_MAX + 1,
         "a head within its limits");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct transcript whole, pieces;
    size_t chunk;
    uint8_t privileges;

    if (size < 3) {
        return 0;
    }
    if (!whole.text) {
        whole.text = malloc(TRANSCRIPT_MAX);
        pieces.text = malloc(TRANSCRIPT_MAX);
    }
    privileges = bytes[0] & RIBCL_ALL_PRIVILEGES;
    chunk = bytes[1] % 64 + 1;
    speak(bytes + 2, size - 2, size, privileges, &whole);
    speak(bytes + 2, size - 2, chunk, privileges, &pieces);
    must(whole.length == pieces.length && whole.acts == pieces.acts &&
         memcmp(whole.text, pieces.text, whole.length) == 0,
         "answers that do not depend on the pieces");
    read_head(bytes + 2, size - 2, chunk);
    return 0;
}
