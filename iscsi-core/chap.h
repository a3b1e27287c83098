/*
 * CHAP with MD5, one way and mutual: RFC 1994, RFC 7143 12.1.3.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef ISCSI_CORE_CHAP_H
#define ISCSI_CORE_CHAP_H

#include "iscsi.h"
#include "keys.h"

#define CHAP_DIGEST_SIZE    16
#define CHAP_CHALLENGE_SIZE 16  /* of ours */
#define CHAP_SECRET_MIN     12  /* 96 bits, RFC 7143 9.2.1 */

enum chap_step {
    CHAP_METHOD,        /* AuthMethod offered */
    CHAP_CHALLENGE,     /* CHAP_A offered */
    CHAP_PROOF,         /* our response and challenge sent */
    CHAP_DONE,
};

struct iscsi_chap {
    uint8_t step;
    bool mutual_done;
    uint32_t keys;              /* of the message being read: KEY_BIT() */
    uint8_t id;
    uint8_t own_id;
    bool method_is_chap;
    uint8_t own_challenge[CHAP_CHALLENGE_SIZE];
    const uint8_t *challenge;   /* in the text being read */
    size_t challenge_length;
    uint8_t response[CHAP_DIGEST_SIZE];
};

/* The credentials can be used. */
bool iscsi_chap_config_valid(const struct iscsi_config *config,
                             const struct iscsi_env *env);

/* Offers AuthMethod. */
void iscsi_chap_start(struct iscsi_chap *chap,
                      const struct iscsi_config *config,
                      struct iscsi_text_writer *writer);

/*
 * Takes in one key of authentication.  The pair's text stays in place until
 * iscsi_chap_continue().
 */
enum iscsi_error iscsi_chap_receive(struct iscsi_chap *chap,
                                    const struct iscsi_config *config,
                                    enum iscsi_key key,
                                    struct iscsi_text_pair *pair);

/*
 * All keys of a response are taken in: checks that they are those of this
 * step, and writes the next request.  *@last: it is our last of this stage,
 * though a proof of the target may still be owed.
 */
enum iscsi_error iscsi_chap_continue(struct iscsi_chap *chap,
                                     const struct iscsi_config *config,
                                     const struct iscsi_env *env,
                                     struct iscsi_text_writer *writer,
                                     bool *last);

#endif
