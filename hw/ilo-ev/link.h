/*
 * The management link: framing, and events that never pile up.  The messages
 * are those of include/ncsim/ilo_link.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_LINK_H
#define HW_ILO_EV_LINK_H

#include "smif.h"

#define ILO_LINK_FRAME_MAX (ILO_LINK_LENGTH_SIZE + ILO_LINK_PACKET_MAX)
#define ILO_LINK_OUT_MAX (4 * ILO_LINK_FRAME_MAX)

typedef struct IloLinkOps {
    /*
     * Takes up to @size bytes without waiting and returns how many.  It may
     * find that the other side is gone, and call ilo_link_closed().
     */
    size_t (*send)(void *opaque, const uint8_t *bytes, size_t size);
    /* Ends the connection; calls ilo_link_closed() now, later or never. */
    void (*hang_up)(void *opaque);
} IloLinkOps;

typedef struct IloLink {
    IloSmif *smif;
    const IloLinkOps *ops;
    void *opaque;                   /* for @ops */
    IloListener listener;
    bool open;                      /* there is a connection */
    bool broken;                    /* it cannot be understood any more */
    uint32_t owed;                  /* events that found no room */
    uint32_t power, stage;          /* the newest, for them */
    uint32_t in_used, out_used;
    uint8_t in[ILO_LINK_FRAME_MAX];
    uint8_t reply[ILO_PACKET_MAX];
    uint8_t out[ILO_LINK_OUT_MAX];
} IloLink;

/* What it is given is not owned, and must outlive it. */
void ilo_link_init(IloLink *link, IloSmif *smif, const IloLinkOps *ops,
                   void *opaque, const IloListener *listener);

/* A connection begins; ends: then an open change of EVs is forgotten. */
void ilo_link_opened(IloLink *link);
void ilo_link_closed(IloLink *link);

/*
 * Bytes that ilo_link_receive() takes now: what is left of one message, or
 * none while replies wait to be taken.
 */
size_t ilo_link_room(const IloLink *link);

/* Takes @size bytes, at most ilo_link_room(); executes a whole message. */
void ilo_link_receive(IloLink *link, const uint8_t *bytes, size_t size);

/* Sends what waits, as far as it is taken; returns whether all is gone. */
bool ilo_link_flush(IloLink *link);

/* Events; before hello they are for nobody. */
void ilo_link_power(IloLink *link, bool is_on);
void ilo_link_stage(IloLink *link, uint8_t code);
void ilo_link_ev_changed(IloLink *link, const char *name);
void ilo_link_reset(IloLink *link);
void ilo_link_all_changed(IloLink *link, bool is_on, uint8_t stage);
void ilo_link_logged(IloLink *link, const uint8_t *entry, size_t size);

#endif
