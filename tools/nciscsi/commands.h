/*
 * What nciscsi does: one function a command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCISCSI_COMMANDS_H
#define NCISCSI_COMMANDS_H

#include "client.h"

/* What the user asked for. */
struct order {
    struct settings settings;
    struct url *url;            /* the command's, to keep and to free */
    uint64_t offset;            /* in bytes */
    uint64_t length;            /* in bytes; UINT64_MAX: not said */
    const char *input;          /* files; "-" is standard input or output */
    const char *output;
    bool progress;
};

/* Each complains on standard error, and logs out before it returns. */
enum exit_status command_info(const struct order *order);
enum exit_status command_luns(const struct order *order);
enum exit_status command_bench(const struct order *order);
enum exit_status command_read(const struct order *order);
enum exit_status command_write(const struct order *order);
enum exit_status command_verify(const struct order *order);
enum exit_status command_discover(const struct order *order);

#endif
