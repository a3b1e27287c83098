/*
 * Names of errors, for people.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "iscsi.h"

#define TEXT_ROW(name, group, text)  [ISCSI_##name] = text,
#define GROUP_ROW(name, group, text) [ISCSI_##name] = ISCSI_GROUP_##group,

static const char *const error_texts[ISCSI_ERROR_COUNT] = {
    ISCSI_ERROR_LIST(TEXT_ROW)
};

static const uint8_t error_groups[ISCSI_ERROR_COUNT] = {
    ISCSI_ERROR_LIST(GROUP_ROW)
};

const char *iscsi_error_text(enum iscsi_error error)
{
    return (unsigned)error < ISCSI_ERROR_COUNT ? error_texts[error]
                                               : "unknown error";
}

enum iscsi_group iscsi_error_group(enum iscsi_error error)
{
    return (unsigned)error < ISCSI_ERROR_COUNT ? error_groups[error]
                                               : ISCSI_GROUP_NONE;
}
