/*
 * SMIF: executes the commands that the host, and later the management side,
 * send to iLO.  One dispatcher for all transports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_SMIF_H
#define HW_ILO_EV_SMIF_H

#include "ncsim/ilo_link.h"
#include "ncsim/ilo_mailbox.h"
#include "ncsim/smif.h"
#include "boot.h"
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

typedef struct IloTime {
    uint16_t year;                  /* 1990..2053 */
    uint8_t month, day;             /* from 1 */
    uint8_t hour, minute, second;
} IloTime;

/* The machine that this is the iLO of.  None of them may be missing. */
typedef struct IloHostOps {
    void (*now)(void *opaque, IloTime *now);            /* UTC */
    bool (*is_on)(void *opaque);
    /* Does what ILO_POWER_* says, which suits the state; soon, not now. */
    void (*power)(void *opaque, uint32_t act);
    /* Sets the BIOS's order, up to ILO_BOOT_LETTERS_MAX of "acdn". */
    bool (*boot_order)(void *opaque, const char *letters);
    /* What others want to hear: the EV @name has changed; "": many have. */
    void (*ev_changed)(void *opaque, const char *name);
    /* The payload of a good SMIF_LOG_EVENT, @size bytes from its type on. */
    void (*logged)(void *opaque, const uint8_t *entry, size_t size);
    /* iLO itself is reset, as its host sees it. */
    void (*restart)(void *opaque);
} IloHostOps;

/* What lasts as long as one connection of the management daemon. */
typedef struct IloConnection {
    bool greeted;
    bool changing;                  /* EV changes wait in @batch */
    EvBatch batch;
} IloConnection;

typedef struct IloSmif {
    EvStore *store;
    const IloPost *post;
    const IloHostOps *host;
    void *opaque;                   /* for @host */
    IloListener listener;
    bool lock_secrets;              /* does the latch hide anything? */
    uint8_t secrets_locked;         /* the latch */
    uint32_t log_count;
    IloBoot boot;
    IloConnection connection;
} IloSmif;

/* One request that is being executed; its header is sound. */
typedef struct IloCall {
    IloSmif *smif;
    IloPlane plane;
    const uint8_t *request;
    size_t size;
    uint8_t *reply;                 /* ILO_PACKET_MAX bytes, zero at first */
} IloCall;

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
    size_t (*handle)(const IloCall *call);
} IloCommand;

extern const IloCommand ilo_commands[];
extern const size_t ilo_command_count;

/* What it is given is not owned, and must outlive it. */
void ilo_smif_init(IloSmif *smif, EvStore *store, const IloPost *post,
                   const IloHostOps *host, void *opaque,
                   const IloListener *listener);

/* System reset: the latch opens, and it is time for a boot-once. */
void ilo_smif_reset(IloSmif *smif);

/* The daemon is gone, and its open change with it. */
void ilo_smif_disconnect(IloSmif *smif);

/* After a snapshot was loaded: are the numbers in range? */
bool ilo_smif_is_sound(const IloSmif *smif);

/*
 * Executes one packet of @length bytes; padding behind the size that its
 * header gives is ignored.  Writes the reply, at most ILO_PACKET_MAX bytes,
 * and returns its size; 0 when the packet is too damaged to be answered.
 * @request and @reply do not overlap.
 */
size_t ilo_smif_execute(IloSmif *smif, IloPlane plane, const uint8_t *request,
                        size_t length, uint8_t *reply);

#endif
