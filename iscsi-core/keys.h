/*
 * Login and operational keys with their result functions: RFC 7143 13.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_KEYS_H
#define ISCSI_CORE_KEYS_H

#include "iscsi.h"
#include "text.h"

enum iscsi_key {
    /* Negotiated or declared, with a value. */
    KEY_HEADER_DIGEST, KEY_DATA_DIGEST, KEY_INITIAL_R2T, KEY_IMMEDIATE_DATA,
    KEY_MAX_RECV_DATA, KEY_MAX_BURST, KEY_FIRST_BURST, KEY_MAX_CONNECTIONS,
    KEY_MAX_R2T, KEY_TIME2WAIT, KEY_TIME2RETAIN, KEY_PDU_IN_ORDER,
    KEY_SEQUENCE_IN_ORDER, KEY_ERROR_RECOVERY, KEY_PORTAL_GROUP,
    KEY_VALUES,
    /* Noted, or answered by rule. */
    KEY_TARGET_ALIAS = KEY_VALUES, KEY_TARGET_ADDRESS, KEY_IF_MARKER,
    KEY_OF_MARKER, KEY_IF_MARK_INT, KEY_OF_MARK_INT, KEY_TASK_REPORTING,
    KEY_PROTOCOL_LEVEL,
    /* Authentication: RFC 7143 12.1. */
    KEY_AUTH_METHOD, KEY_CHAP_A, KEY_CHAP_I, KEY_CHAP_C, KEY_CHAP_N,
    KEY_CHAP_R,
    KEY_COUNT
};

#define KEY_BIT(key) (1u << (key))

struct iscsi_keys {
    uint32_t ours[KEY_VALUES];      /* what we offer or would */
    uint32_t value[KEY_VALUES];     /* what holds; RFC defaults at first */
    uint32_t offered;               /* sets of KEY_BIT() */
    uint32_t received;
};

/* Starts a negotiation: defaults in force, our values from @config. */
void iscsi_keys_init(struct iscsi_keys *keys,
                     const struct iscsi_config *config);

/* Offers all operational keys that were not yet negotiated. */
void iscsi_keys_offer(struct iscsi_keys *keys,
                      struct iscsi_text_writer *writer);

/* The key of @pair, or KEY_COUNT for one that we do not know. */
enum iscsi_key iscsi_keys_find(const struct iscsi_text_pair *pair);

/*
 * Takes in @pair, an answer to our offer or an offer of the target's that is
 * answered into @writer.  Keys from KEY_TARGET_ADDRESS on that need more than
 * a fixed answer are the caller's.  Returns OK, E_NEGOTIATION for a value that
 * may not be, or E_PROTOCOL_TEXT for a key given twice.
 */
enum iscsi_error iscsi_keys_receive(struct iscsi_keys *keys,
                                    const struct iscsi_text_pair *pair,
                                    struct iscsi_text_writer *writer);

/* The results fit each other: FirstBurstLength is cut to MaxBurstLength. */
void iscsi_keys_finish(struct iscsi_keys *keys);

#endif
