/*
 * SMIF: the commands that read and change EVs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "secrets.h"
#include "smif-commands.h"

QEMU_BUILD_BUG_ON(SMIF_EV_REPLY_DATA + EV_DATA_MAX > ILO_PACKET_MAX);

/* What is wrong with the name in a field of EV_NAME_SIZE bytes. */
static uint32_t name_error(const uint8_t *field)
{
    size_t length = 0;

    while (length < EV_NAME_SIZE && field[length]) {
        if (field[length] <= ' ' || field[length] > '~') {
            return SMIF_ERROR;
        }
        length++;
    }
    if (length == EV_NAME_SIZE) {
        return SMIF_EV_NAME_TOO_LONG;
    }
    return length == 0 ? SMIF_ERROR : SMIF_OK;
}

static size_t fail_name(const IloCall *call, uint32_t error)
{
    ilo_report(&call->smif->listener, ILO_EVENT_smif_bad_name,
               lduw_le_p(call->request + SMIF_COMMAND), error);
    return smif_fail(call, error);
}

/*
 * Reads
 */

/*
 * The management side never sees secrets, the host's side until its ROM has
 * handed over (the host's root finds them in the iBFT and the handoff block).
 */
static bool hides_secrets(const IloCall *call)
{
    const IloSmif *smif = call->smif;

    return call->plane == ILO_PLANE_LINK ||
           (smif->lock_secrets && smif->secrets_locked);
}

/* The reply to both reads; without a record, all zero but for the error. */
static size_t reply_record(const IloCall *call, const EvRecord *record)
{
    uint8_t *reply = call->reply;
    size_t length;

    if (!record) {
        stl_le_p(reply + SMIF_REPLY_ERROR, SMIF_EV_NO_SUCH);
        return SMIF_EV_REPLY_DATA;
    }
    if (hides_secrets(call) && ilo_has_secrets(record->name)) {
        length = ilo_mask_secrets(record->data, record->length,
                                  reply + SMIF_EV_REPLY_DATA, EV_DATA_MAX);
        ilo_report(&call->smif->listener, ILO_EVENT_secrets_masked,
                   call->plane, length);
    } else {
        length = record->length;
        memcpy(reply + SMIF_EV_REPLY_DATA, record->data, length);
    }
    memcpy(reply + SMIF_EV_REPLY_NAME, record->name, EV_NAME_SIZE);
    stw_le_p(reply + SMIF_EV_REPLY_LENGTH, length);
    return SMIF_EV_REPLY_DATA + length;
}

size_t smif_ev_by_index(const IloCall *call)
{
    uint16_t index = lduw_le_p(call->request + SMIF_EV_INDEX);
    EvRecord record;
    bool found = ev_store_at(call->smif->store, index, &record);

    return reply_record(call, found ? &record : NULL);
}

size_t smif_ev_by_name(const IloCall *call)
{
    const uint8_t *name = call->request + SMIF_EV_GET_NAME;
    uint32_t error = name_error(name);
    EvRecord record;
    bool found;

    if (error) {
        return fail_name(call, error);
    }
    found = ev_store_find(call->smif->store, (const char *)name, &record);
    return reply_record(call, found ? &record : NULL);
}

size_t smif_ev_status(const IloCall *call)
{
    const EvStore *store = call->smif->store;

    stl_le_p(call->reply + SMIF_EV_STATUS_LEFT, ev_store_left(store));
    stl_le_p(call->reply + SMIF_EV_STATUS_COUNT, store->records.count);
    stl_le_p(call->reply + SMIF_EV_STATUS_KIB, EV_SLOT_SIZE / 1024);
    return SMIF_EV_STATUS_SIZE;
}

/*
 * Changes
 */

/* The daemon's changes wait while it has one open; NULL: this one does not. */
static EvBatch *open_batch(const IloCall *call)
{
    IloConnection *connection = &call->smif->connection;

    return call->plane == ILO_PLANE_LINK && connection->changing ?
           &connection->batch : NULL;
}

/* @name is what has changed, "" for many. */
static size_t reply_change(const IloCall *call, EvChange change,
                           const char *name)
{
    const IloSmif *smif = call->smif;

    if (change != EV_CHANGE_OK) {
        return smif_fail(call, SMIF_ERROR);
    }
    smif->host->ev_changed(smif->opaque, name);
    return SMIF_REPLY_SIZE_MIN;
}

static size_t set(const IloCall *call, const char *name, const uint8_t *data,
                  uint16_t length)
{
    EvStore *store = call->smif->store;
    EvBatch *batch = open_batch(call);

    if (batch) {
        return ev_batch_set(batch, name, data, length,
                            &call->smif->listener) == EV_CHANGE_OK ?
               SMIF_REPLY_SIZE_MIN : smif_fail(call, SMIF_ERROR);
    }
    return reply_change(call, length == 0 ?
                        ev_store_delete(store, name) :
                        ev_store_set(store, name, data, length), name);
}

static size_t ev_set(const IloCall *call, const char *name)
{
    const uint8_t *request = call->request;
    uint16_t length;

    if (call->size < SMIF_EV_SET_DATA) {
        return smif_fail(call, SMIF_ERROR);
    }
    length = lduw_le_p(request + SMIF_EV_SET_LENGTH);
    if (length > EV_DATA_MAX) {
        return smif_fail(call, SMIF_EV_TOO_LARGE);
    }
    if (length > call->size - SMIF_EV_SET_DATA) {
        return smif_fail(call, SMIF_ERROR);
    }
    return set(call, name, request + SMIF_EV_SET_DATA, length);
}

static size_t delete_all(const IloCall *call)
{
    EvBatch *batch = open_batch(call);

    if (batch) {
        ev_batch_delete_all(batch);
        return SMIF_REPLY_SIZE_MIN;
    }
    return reply_change(call, ev_store_delete_all(call->smif->store), "");
}

size_t smif_ev_change(const IloCall *call)
{
    const uint8_t *name = call->request + SMIF_EV_SET_NAME;
    uint8_t flag = call->request[SMIF_EV_SET_FLAGS];
    uint32_t error;

    if (flag == SMIF_EV_FLAG_DELETE_ALL) {
        return delete_all(call);
    }
    if (flag != SMIF_EV_FLAG_SET && flag != SMIF_EV_FLAG_DELETE) {
        return smif_fail(call, SMIF_EV_BAD_FLAG);
    }
    if (call->size < SMIF_EV_SET_NAME + EV_NAME_SIZE) {
        return smif_fail(call, SMIF_ERROR);
    }
    error = name_error(name);
    if (error) {
        return fail_name(call, error);
    }
    return flag == SMIF_EV_FLAG_SET ? ev_set(call, (const char *)name) :
           set(call, (const char *)name, call->request, 0);
}

/*
 * Changes that are made as one
 */

size_t smif_ev_begin(const IloCall *call)
{
    IloConnection *connection = &call->smif->connection;

    if (connection->changing) {
        return smif_fail(call, ILO_LINK_IN_PROGRESS);
    }
    ev_batch_clear(&connection->batch);
    connection->changing = true;
    return SMIF_REPLY_SIZE_MIN;
}

size_t smif_ev_commit(const IloCall *call)
{
    IloConnection *connection = &call->smif->connection;
    EvChange change;

    if (!connection->changing) {
        return smif_fail(call, ILO_LINK_NO_CHANGE_OPEN);
    }
    change = ev_store_apply(call->smif->store, &connection->batch);
    connection->changing = false;
    ev_batch_clear(&connection->batch);
    return reply_change(call, change, "");
}

size_t smif_ev_abort(const IloCall *call)
{
    IloConnection *connection = &call->smif->connection;

    if (!connection->changing) {
        return smif_fail(call, ILO_LINK_NO_CHANGE_OPEN);
    }
    connection->changing = false;
    ev_batch_clear(&connection->batch);
    return SMIF_REPLY_SIZE_MIN;
}
