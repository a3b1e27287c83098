/*
 * Who may log in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_LOGIN_H
#define ILO_MGMT_LOGIN_H

#include "server.h"

struct login_attempt {
    const char *login, *password;       /* as they came; copied or used up */
    const char *source;                 /* in words */
    const uint8_t *address;             /* DELAY_SOURCE_SIZE bytes */
};

/*
 * RIBCL_OK and the user's privileges, or why not.  @detail, unless NULL, is
 * a sentence that says more.
 */
typedef void login_done(void *opaque, enum ribcl_status status,
                        const char *detail, uint8_t privileges);

/*
 * Judges an attempt; @done is called once, maybe before this returns.  It
 * takes as long for a user who is not there as for one with another
 * password.
 */
void login_try(struct server *server, const struct login_attempt *attempt,
               login_done *done, void *opaque);

#endif
