/*
 * What a host asks iLO about EVs: SMIF packets (ncsim/smif.h), whatever
 * carries them.
 *
 * Sans-IO and freestanding, as all of ev-core.  Linked into the option ROM
 * and the ev tools.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef EV_CORE_ILO_H
#define EV_CORE_ILO_H

#include <stddef.h>
#include <stdint.h>

#include "ncsim/ilo_mailbox.h"
#include "ncsim/smif.h"

struct ev_ilo {
    /*
     * Sends the @length bytes in @packet to iLO and puts its answer there.
     * Returns the answer's length, at most ILO_PACKET_MAX; 0: there is none.
     */
    size_t (*exchange)(void *opaque, uint8_t *packet, size_t length);
    void *opaque;
    uint8_t *packet;                /* room for ILO_PACKET_MAX bytes */
    uint16_t sequence;              /* of the last packet */
};

enum ev_ilo_result {
    EV_ILO_OK,
    EV_ILO_NO_SUCH,                 /* iLO has no EV of that name */
    EV_ILO_REFUSED,                 /* EVs full, read-only, or failing */
    EV_ILO_FAILED,                  /* no answer, or one without sense */
};

/* Reads EV @name into @data (EV_DATA_MAX bytes); *@length is its size. */
enum ev_ilo_result ev_ilo_read(struct ev_ilo *ilo, const char *name,
                               uint8_t *data, size_t *length);

/*
 * Sets EV @name to 1..EV_DATA_MAX bytes.  On EV_ILO_OK they are on iLO's
 * drive; on EV_ILO_REFUSED the old value still holds.
 */
enum ev_ilo_result ev_ilo_write(struct ev_ilo *ilo, const char *name,
                                const uint8_t *data, size_t length);

/*
 * Tells iLO that nobody needs the secrets in its EVs any more; from now until
 * a reset the host reads them masked.  An iLO that knows nothing of this is
 * no error.
 */
void ev_ilo_lock_secrets(struct ev_ilo *ilo);

#endif
