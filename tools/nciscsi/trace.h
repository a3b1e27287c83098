/*
 * Each PDU in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NCISCSI_TRACE_H
#define NCISCSI_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_MAX 200           /* bytes of a line */

/* Puts the basic header segment @header (48 bytes) into words. */
void trace_words(const uint8_t *header, char *line, size_t size);

/* For struct iscsi_env: a line on standard error with time and direction. */
void trace_pdu(void *user, bool sent, const uint8_t *header);

#endif
