/*
 * URLs of LUNs, targets and portals, as users of libiscsi write them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCISCSI_URL_H
#define NCISCSI_URL_H

#include <glib.h>

#include "iscsi.h"

/* The parts of a URL; what is not there is NULL.  Free with url_free(). */
struct url {
    char *portal;               /* "host[:port]", "[v6][:port]" */
    char *target;
    bool has_lun;
    uint8_t lun[8];
    char *user;
    char *secret;
    char *target_user;          /* the target proves who it is by these */
    char *target_secret;
    bool header_digest;
    bool data_digest;
};

/*
 * Takes @text apart:
 *
 *   iscsi://[user[%secret]@]host[:port][/target[/lun]][?option&...]
 *   host[:port][/target[/lun]][?option&...]
 *
 * Options: target_user=, target_password=, header_digest= and data_digest=
 * (none, crc32c).  In a secret, %XX stands for a byte.  A LUN is a number up
 * to 16383, or 0x and the 16 digits that REPORT LUNS gives.
 *
 * Returns NULL and, in *@problem, a sentence without secrets that the caller
 * frees, when it is no such URL.
 */
struct url *url_parse(const char *text, char **problem);
void url_free(struct url *url);

#endif
