/*
 * What iLO answers: one small XML document per tag.
 *
 * Pure: no allocation, no input or output, nothing but mem*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ILO_MGMT_REPLY_H
#define ILO_MGMT_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RIBCL_VERSION "2.22"

/*
 * Constant, status, message.  Numbers up to 0x00ff and their texts are iLO's
 * as python-hpilo and fence-agents know them, but for 0x0037, which is ours;
 * so are those from 0x0100 on.
 */
#define RIBCL_STATUSES(X)                                                     \
    X(RIBCL_OK, 0x0000, "No error")                                           \
    X(RIBCL_SYNTAX, 0x0001, "Syntax error")                                   \
    X(RIBCL_NO_USER, 0x000a, "User login name was not found.")                \
    X(RIBCL_NO_PRIVILEGE, 0x0023,                                             \
      "User does NOT have correct privilege for action.")                     \
    X(RIBCL_NO_SUCH_EV, 0x0037, "There is no such EV.")                       \
    X(RIBCL_NOT_SUPPORTED, 0x003c,                                            \
      "This feature is not supported by this server.")                        \
    X(RIBCL_REJECTED, 0x005f, "Login failed.")                                \
    X(RIBCL_READ_ONLY, 0x0100,                                                \
      "Server information is open for read-only access. "                     \
      "Write access is required for this operation.")                         \
    X(RIBCL_POWERED_OFF, 0x0101, "Server is currently powered off.")          \
    X(RIBCL_NO_SERVER, 0x0102,                                                \
      "The server does not answer; is it running?")                           \
    X(RIBCL_DISCARDED, 0x0103,                                                \
      "Not done, because of the error before it in this block.")              \
    X(RIBCL_EV_FULL, 0x0104,                                                  \
      "No room for this EV; delete others or shorten its value.")             \
    X(RIBCL_EV_FAILED, 0x0105,                                                \
      "The EVs could not be written; the old ones still hold.")               \
    X(RIBCL_EV_DIFFERS, 0x0106,                                               \
      "What was written does not read back.")                                 \
    X(RIBCL_EV_INVALID, 0x0107,                                               \
      "The value is not a valid boot configuration.")                         \
    X(RIBCL_EV_HIDDEN, 0x0108,                                                \
      "The EV holds no valid boot configuration; write a new one.")           \
    X(RIBCL_EV_TOO_MANY, 0x0109, "At most 4 EVs change in one block.")        \
    X(RIBCL_USERS_FULL, 0x010a, "There is no room for another user.")         \
    X(RIBCL_USER_EXISTS, 0x010b, "There is a user of this login name.")       \
    X(RIBCL_PASSWORD_LENGTH, 0x010c,                                          \
      "A password has 8 to 39 characters.")                                   \
    X(RIBCL_LAST_ADMIN, 0x010d,                                               \
      "One user has to keep ADMIN_PRIV.")                                     \
    X(RIBCL_NOT_SAVED, 0x010e, "The change could not be saved.")              \
    X(RIBCL_TOO_MANY_LOGINS, 0x010f,                                          \
      "Too many logins under way; try again.")                                \
    X(RIBCL_NOT_DONE, 0x0110, "The server refused to do it.")

#define RIBCL_STATUS_ENUM(constant, number, text) constant,
enum ribcl_status {
    RIBCL_STATUSES(RIBCL_STATUS_ENUM)
    RIBCL_STATUS_COUNT,
};
#undef RIBCL_STATUS_ENUM

/* Text that grows in a caller's buffer. */
struct ribcl_writer {
    char *buffer;
    size_t room;
    size_t length;
    bool full;                  /* something did not fit and is missing */
};

void ribcl_writer_init(struct ribcl_writer *writer, char *buffer, size_t room);

/* As it is; for constants. */
void ribcl_put(struct ribcl_writer *writer, const char *text);

/* With what is special in XML replaced, and what is not ASCII as '?'. */
void ribcl_put_escaped(struct ribcl_writer *writer, const char *text);

void ribcl_put_number(struct ribcl_writer *writer, unsigned number);

/* NAME="value", a blank before it. */
void ribcl_put_attribute(struct ribcl_writer *writer, const char *name,
                         const char *value);

/*
 * A document: begin, payload, end.  @detail, unless NULL, takes the place of
 * the status's own text.
 */
void ribcl_begin(struct ribcl_writer *writer, enum ribcl_status status,
                 const char *detail);
void ribcl_end(struct ribcl_writer *writer);

/* A document without payload. */
void ribcl_answer(struct ribcl_writer *writer, enum ribcl_status status,
                  const char *detail);

const char *ribcl_status_text(enum ribcl_status status);

/* The number that goes over the wire. */
unsigned ribcl_status_number(enum ribcl_status status);

#endif
