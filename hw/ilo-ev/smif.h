/*
 * SMIF: executes the commands that the host, and later the management side,
 * send to iLO.  One dispatcher for all transports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_SMIF_H
#define HW_ILO_EV_SMIF_H

#include "ncsim/ilo_mailbox.h"
#include "ncsim/smif.h"
#include "ev-store.h"
#include "post.h"

/* The transports.  A command says on which of them it may come. */
typedef enum IloPlane {
    ILO_PLANE_MAILBOX = 1 << 0,     /* I/O ports: option ROM, DOS */
    ILO_PLANE_CHANNEL = 1 << 1,     /* hpilo channels: Linux */
    ILO_PLANE_LINK = 1 << 2,        /* management daemon */
    ILO_PLANES_HOST = ILO_PLANE_MAILBOX | ILO_PLANE_CHANNEL,
    ILO_PLANES_ALL = ILO_PLANES_HOST | ILO_PLANE_LINK,
} IloPlane;

typedef struct IloSmif {
    EvStore *store;
    const IloPost *post;
    IloListener listener;
} IloSmif;

/* One row of the command table; tests walk it. */
typedef struct IloCommand {
    uint16_t opcode;
    uint8_t service;
    uint8_t planes;                 /* set of IloPlane */
    uint16_t min, max;              /* bytes of packet, header included */
    const char *name;
    /*
     * Judges the payload, writes the reply behind the header (its error
     * word included) and returns the reply's size.
     */
    size_t (*handle)(IloSmif *smif, const uint8_t *request, size_t size,
                     uint8_t *reply);
} IloCommand;

extern const IloCommand ilo_commands[];
extern const size_t ilo_command_count;

/* @store and @post are not owned and must outlive it. */
void ilo_smif_init(IloSmif *smif, EvStore *store, const IloPost *post,
                   const IloListener *listener);

/*
 * Executes one packet of @length bytes; padding behind the size that its
 * header gives is ignored.  Writes the reply, at most ILO_PACKET_MAX bytes,
 * and returns its size; 0 when the packet is too damaged to be answered.
 * @request and @reply do not overlap.
 */
size_t ilo_smif_execute(IloSmif *smif, IloPlane plane, const uint8_t *request,
                        size_t length, uint8_t *reply);

#endif
