/*
 * The store of EVs, iLO's environment variables: named values that outlive
 * a power cut at any moment.
 *
 * On its drive there are two slots; a change goes to the slot that is not in
 * use, and its header, written last, makes it the newest:
 *
 *      0 +----------------+        slot: 0 +--------------------------+
 *        | slot A         |                | header (EV_SLOT_*)       |
 *  65536 +----------------+             64 | records, one behind the  |
 *        | slot B         |                | other: name[32], u16 le  |
 * 131072 +----------------+                | length, data             |
 *                                          +--------------------------+
 *
 * A pure core, used by the device and by the ev tool.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_STORE_H
#define HW_ILO_EV_STORE_H

#include "ncsim/smif.h"
#include "ilo-events.h"

#define EV_SLOTS 2
#define EV_SLOT_SIZE 65536
#define EV_DRIVE_SIZE (EV_SLOTS * EV_SLOT_SIZE)

/* Header of a slot, little endian; the bytes not named are zero. */
enum {
    EV_SLOT_MAGIC = 0,              /* "NCES" */
    EV_SLOT_VERSION = 4,            /* u32 */
    EV_SLOT_GENERATION = 8,         /* u64 */
    EV_SLOT_LENGTH = 16,            /* u32, bytes of payload */
    EV_SLOT_COUNT = 20,             /* u32, records */
    EV_SLOT_CRC = 24,               /* u32, CRC-32C over header (this field */
                                    /* zero) and payload */
    EV_SLOT_HEADER_SIZE = 64,
};

#define EV_SLOT_MAGIC_VALUE 0x5345434e
#define EV_SLOT_VERSION_1 1
#define EV_PAYLOAD_MAX (EV_SLOT_SIZE - EV_SLOT_HEADER_SIZE)

/* A record in the payload. */
enum {
    EV_RECORD_NAME = 0,             /* C string in EV_NAME_SIZE bytes */
    EV_RECORD_LENGTH = EV_NAME_SIZE,    /* u16, 1..EV_DATA_MAX */
    EV_RECORD_DATA = EV_NAME_SIZE + 2,
};

/* The drive.  Each operation returns whether it worked. */
typedef struct EvStoreOps {
    bool (*read)(void *opaque, uint32_t offset, void *buffer, uint32_t size);
    bool (*write)(void *opaque, uint32_t offset, const void *buffer,
                  uint32_t size);
    bool (*flush)(void *opaque);
} EvStoreOps;

typedef struct EvRecords {
    uint32_t used;                  /* bytes of payload */
    uint32_t count;
    uint8_t payload[EV_PAYLOAD_MAX];
} EvRecords;

typedef struct EvStore {
    const EvStoreOps *ops;          /* NULL: volatile */
    void *opaque;
    IloListener listener;
    uint64_t generation;            /* of the slot in use, modulo 2^64 */
    uint32_t slot;                  /* in use */
    uint64_t drive_generation;      /* the newest known to be on the drive */
    uint32_t drive_slot;
    EvRecords records;
    EvRecords draft;                /* of the change that is being made */
} EvStore;

typedef enum EvLoad {
    EV_LOAD_OK,                     /* the newest good slot was taken */
    EV_LOAD_BLANK,                  /* a new drive: empty */
    EV_LOAD_DAMAGED,                /* no good slot, but not blank: empty */
    EV_LOAD_FAILED,                 /* no slot could be read: empty */
} EvLoad;

typedef enum EvChange {
    EV_CHANGE_OK,
    EV_CHANGE_FULL,                 /* no room */
    EV_CHANGE_FAILED,               /* the drive did not take it */
} EvChange;

typedef struct EvRecord {
    const char *name;
    const uint8_t *data;
    uint16_t length;
} EvRecord;

/*
 * Changes that wait to be made as one; all zero: none.  A change is a record,
 * and one without data deletes the EV.
 */
typedef struct EvBatch {
    bool delete_all;                /* before the changes */
    EvRecords changes;
} EvBatch;

/* An empty store.  @ops may be NULL; @ops and @listener are not owned. */
void ev_store_init(EvStore *store, const EvStoreOps *ops, void *opaque,
                   const IloListener *listener);

/* Loads the newest good slot.  The store is usable whatever comes back. */
EvLoad ev_store_load(EvStore *store);

/*
 * The record called @name, a C string; false when there is none.  What
 * @record points to is good until the next change.
 */
bool ev_store_find(const EvStore *store, const char *name, EvRecord *record);

/* The record at @index, from 0; false behind the last. */
bool ev_store_at(const EvStore *store, uint32_t index, EvRecord *record);

/*
 * Sets the EV @name, 1 to EV_NAME_SIZE - 1 characters, to 1..EV_DATA_MAX
 * bytes.  On return with EV_CHANGE_OK the value is on the drive, flushed;
 * otherwise the old value still holds.  A new EV comes last in order.
 */
EvChange ev_store_set(EvStore *store, const char *name, const void *data,
                      uint16_t length);

/* Deletes an EV.  One that does not exist counts as deleted. */
EvChange ev_store_delete(EvStore *store, const char *name);

EvChange ev_store_delete_all(EvStore *store);

/* Forgets all changes. */
void ev_batch_clear(EvBatch *batch);

/*
 * Notes that EV @name shall have 0..EV_DATA_MAX bytes, 0 to delete it;
 * EV_CHANGE_FULL when there are more changes than a store could hold.
 */
EvChange ev_batch_set(EvBatch *batch, const char *name, const void *data,
                      uint16_t length, const IloListener *listener);

/* Notes that all EVs shall go; earlier changes are forgotten. */
void ev_batch_delete_all(EvBatch *batch);

/*
 * Makes all the changes in one write, after those that others have made
 * meanwhile; unless EV_CHANGE_OK comes back, none of them.
 */
EvChange ev_store_apply(EvStore *store, const EvBatch *batch);

/* Bytes that records can still take; each needs EV_RECORD_DATA besides. */
uint32_t ev_store_left(const EvStore *store);

/*
 * After a snapshot was loaded into slot, generation and records: are they
 * sound?  Afterwards the next change is newer than all that is on the drive.
 */
bool ev_store_resume(EvStore *store);

/*
 * After that, when the drive may be written: makes it hold what was loaded,
 * if it holds something else.  EV_CHANGE_FAILED: it does not take it.
 */
EvChange ev_store_settle(EvStore *store);

#endif
