/*
 * One RIBCL connection: RIBCL > LOGIN > block > command, and the documents
 * that answer each of them.
 *
 * Pure: no allocation, no input or output, nothing but mem*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_SESSION_H
#define ILO_MGMT_SESSION_H

#include "commands.h"

#define RIBCL_DEPTH_MAX 8
#define RIBCL_CHANGES_MAX 4             /* of EVs in one block */
/* What one item is answered with fits into this: a log full of quotes. */
#define RIBCL_ANSWER_MAX 65536

/* What the session waits for before it can take the next item. */
enum ribcl_need {
    RIBCL_GO_ON,                /* nothing */
    RIBCL_NEED_LOGIN,           /* ribcl_session_login() */
    RIBCL_NEED_ACT,             /* do act, then ribcl_session_acted() */
    RIBCL_NEED_COMMIT,          /* do changes, then ribcl_session_acted() */
    RIBCL_FINISHED,             /* send what is written, and close */
};

enum ribcl_level {
    RIBCL_AT_TOP,
    RIBCL_IN_RIBCL,
    RIBCL_IN_LOGIN,
    RIBCL_IN_BLOCK,
    RIBCL_IN_COMMAND,
};

struct ribcl_session {
    uint8_t level;              /* enum ribcl_level */
    uint8_t block;              /* enum ribcl_block */
    uint8_t need;               /* enum ribcl_need, until it is met */
    uint8_t privileges;         /* of who logged in */
    bool write;                 /* MODE of the block */
    bool failed;                /* something in the block did */
    unsigned depth;             /* elements open inside a command */
    char login[RIBCL_NAME_MAX + 1];
    char command[32];           /* the name that is open or was last */
    /* For RIBCL_NEED_LOGIN, inside the scanner's tag. */
    const char *asked_login, *asked_password;
    struct ribcl_act act;       /* for RIBCL_NEED_ACT */
    unsigned changes;           /* for RIBCL_NEED_COMMIT: so many of change */
    struct ribcl_change change[RIBCL_CHANGES_MAX + 1];
    struct ribcl_request request;
};

void ribcl_session_init(struct ribcl_session *session);

/*
 * Takes the next item of the scanner, when nothing is needed, and answers
 * it into @writer.
 */
enum ribcl_need ribcl_session_take(struct ribcl_session *session,
                                   enum ribcl_item item,
                                   const struct ribcl_scanner *scanner,
                                   struct ribcl_writer *writer);

/*
 * Answers LOGIN: RIBCL_OK lets the user in with these @privileges; any other
 * status ends the session.
 */
enum ribcl_need ribcl_session_login(struct ribcl_session *session,
                                    enum ribcl_status status,
                                    const char *detail, uint8_t privileges,
                                    struct ribcl_writer *writer);

/*
 * Answers an act, or every change of a block, with a document without
 * payload.  Who writes one with payload says so to the session by
 * ribcl_session_paid().
 */
void ribcl_session_acted(struct ribcl_session *session,
                         enum ribcl_status status, const char *detail,
                         struct ribcl_writer *writer);
void ribcl_session_paid(struct ribcl_session *session);

#endif
