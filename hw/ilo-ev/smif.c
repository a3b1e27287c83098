/*
 * SMIF: command table and handlers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "smif.h"

#define REPLY_SIZE_MIN (SMIF_REPLY_ERROR + 4)

QEMU_BUILD_BUG_ON(SMIF_EV_REPLY_DATA + EV_DATA_MAX > ILO_PACKET_MAX);

static size_t fail(IloSmif *smif, const uint8_t *request, uint8_t *reply,
                   uint32_t error)
{
    ilo_report(&smif->listener, ILO_EVENT_smif_error,
               lduw_le_p(request + SMIF_COMMAND), error);
    stl_le_p(reply + SMIF_REPLY_ERROR, error);
    return REPLY_SIZE_MIN;
}

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

static size_t fail_name(IloSmif *smif, const uint8_t *request, uint8_t *reply,
                        uint32_t error)
{
    ilo_report(&smif->listener, ILO_EVENT_smif_bad_name,
               lduw_le_p(request + SMIF_COMMAND), error);
    return fail(smif, request, reply, error);
}

static size_t reply_change(IloSmif *smif, const uint8_t *request,
                           uint8_t *reply, EvChange change)
{
    return change == EV_CHANGE_OK ?
           REPLY_SIZE_MIN : fail(smif, request, reply, SMIF_ERROR);
}

/* The reply to both reads; without a record, all zero but for the error. */
static size_t reply_record(const EvRecord *record, uint8_t *reply)
{
    if (!record) {
        stl_le_p(reply + SMIF_REPLY_ERROR, SMIF_EV_NO_SUCH);
        return SMIF_EV_REPLY_DATA;
    }
    memcpy(reply + SMIF_EV_REPLY_NAME, record->name, EV_NAME_SIZE);
    stw_le_p(reply + SMIF_EV_REPLY_LENGTH, record->length);
    memcpy(reply + SMIF_EV_REPLY_DATA, record->data, record->length);
    return SMIF_EV_REPLY_DATA + record->length;
}

static size_t ev_by_index(IloSmif *smif, const uint8_t *request, size_t size,
                          uint8_t *reply)
{
    uint16_t index = lduw_le_p(request + SMIF_EV_INDEX);
    EvRecord record;
    bool found = ev_store_at(smif->store, index, &record);

    return reply_record(found ? &record : NULL, reply);
}

static size_t ev_by_name(IloSmif *smif, const uint8_t *request, size_t size,
                         uint8_t *reply)
{
    const uint8_t *name = request + SMIF_EV_GET_NAME;
    uint32_t error = name_error(name);
    EvRecord record;
    bool found;

    if (error) {
        return fail_name(smif, request, reply, error);
    }
    found = ev_store_find(smif->store, (const char *)name, &record);
    return reply_record(found ? &record : NULL, reply);
}

static size_t ev_set(IloSmif *smif, const uint8_t *request, size_t size,
                     uint8_t *reply)
{
    const char *name = (const char *)request + SMIF_EV_SET_NAME;
    uint16_t length;
    EvChange change;

    if (size < SMIF_EV_SET_DATA) {
        return fail(smif, request, reply, SMIF_ERROR);
    }
    length = lduw_le_p(request + SMIF_EV_SET_LENGTH);
    if (length > EV_DATA_MAX) {
        return fail(smif, request, reply, SMIF_EV_TOO_LARGE);
    }
    if (length > size - SMIF_EV_SET_DATA) {
        return fail(smif, request, reply, SMIF_ERROR);
    }
    if (length == 0) {
        change = ev_store_delete(smif->store, name);
    } else {
        change = ev_store_set(smif->store, name, request + SMIF_EV_SET_DATA,
                              length);
    }
    return reply_change(smif, request, reply, change);
}

static size_t ev_change(IloSmif *smif, const uint8_t *request, size_t size,
                        uint8_t *reply)
{
    const uint8_t *name = request + SMIF_EV_SET_NAME;
    uint8_t flag = request[SMIF_EV_SET_FLAGS];
    uint32_t error;

    if (flag == SMIF_EV_FLAG_DELETE_ALL) {
        return reply_change(smif, request, reply,
                            ev_store_delete_all(smif->store));
    }
    if (flag != SMIF_EV_FLAG_SET && flag != SMIF_EV_FLAG_DELETE) {
        return fail(smif, request, reply, SMIF_EV_BAD_FLAG);
    }
    if (size < SMIF_EV_SET_NAME + EV_NAME_SIZE) {
        return fail(smif, request, reply, SMIF_ERROR);
    }
    error = name_error(name);
    if (error) {
        return fail_name(smif, request, reply, error);
    }
    if (flag == SMIF_EV_FLAG_SET) {
        return ev_set(smif, request, size, reply);
    }
    return reply_change(smif, request, reply,
                        ev_store_delete(smif->store, (const char *)name));
}

static size_t ev_status(IloSmif *smif, const uint8_t *request, size_t size,
                        uint8_t *reply)
{
    stl_le_p(reply + SMIF_EV_STATUS_LEFT, ev_store_left(smif->store));
    stl_le_p(reply + SMIF_EV_STATUS_COUNT, smif->store->records.count);
    stl_le_p(reply + SMIF_EV_STATUS_KIB, EV_SLOT_SIZE / 1024);
    return SMIF_EV_STATUS_SIZE;
}

static size_t post_state(IloSmif *smif, const uint8_t *request, size_t size,
                         uint8_t *reply)
{
    stl_le_p(reply + SMIF_POST_STATE_CODE, ilo_post_last(smif->post));
    return SMIF_POST_STATE_SIZE;
}

const IloCommand ilo_commands[] = {
    /* opcode, service, planes, min, max, name, handler */
    { SMIF_EV_BY_INDEX, SMIF_SERVICE_SMIF, ILO_PLANES_ALL,
      SMIF_EV_INDEX_SIZE, SMIF_EV_INDEX_SIZE, "ev-by-index", ev_by_index },
    { SMIF_EV_SET, SMIF_SERVICE_SMIF, ILO_PLANES_ALL,
      SMIF_EV_SET_NAME, ILO_PACKET_MAX, "ev-set", ev_change },
    { SMIF_EV_BY_NAME, SMIF_SERVICE_SMIF, ILO_PLANES_ALL,
      SMIF_EV_GET_SIZE, SMIF_EV_GET_SIZE, "ev-by-name", ev_by_name },
    { SMIF_EV_STATUS, SMIF_SERVICE_SMIF, ILO_PLANES_ALL,
      SMIF_HEADER_SIZE, SMIF_HEADER_SIZE, "ev-status", ev_status },
    { SMIF_POST_STATE, SMIF_SERVICE_SMIF, ILO_PLANES_ALL,
      SMIF_HEADER_SIZE, SMIF_HEADER_SIZE, "post-state", post_state },
};
const size_t ilo_command_count = ARRAY_SIZE(ilo_commands);

static const IloCommand *find_command(const uint8_t *request)
{
    uint16_t opcode = lduw_le_p(request + SMIF_COMMAND);

    for (size_t i = 0; i < ilo_command_count; i++) {
        if (ilo_commands[i].opcode == opcode &&
            ilo_commands[i].service == request[SMIF_SERVICE]) {
            return &ilo_commands[i];
        }
    }
    return NULL;
}

static size_t finish(const uint8_t *request, uint16_t command, uint8_t *reply,
                     size_t size)
{
    stw_le_p(reply + SMIF_SIZE, size);
    memcpy(reply + SMIF_SEQUENCE, request + SMIF_SEQUENCE, 2);
    stw_le_p(reply + SMIF_COMMAND, command);
    reply[SMIF_SERVICE] = request[SMIF_SERVICE];
    reply[SMIF_VERSION] = request[SMIF_VERSION];
    return size;
}

static size_t refuse(IloSmif *smif, const uint8_t *request, uint8_t *reply)
{
    return finish(request, SMIF_COMMAND_UNKNOWN, reply,
                  fail(smif, request, reply, SMIF_ERROR_UNKNOWN));
}

void ilo_smif_init(IloSmif *smif, EvStore *store, const IloPost *post,
                   const IloListener *listener)
{
    smif->store = store;
    smif->post = post;
    smif->listener = *listener;
}

size_t ilo_smif_execute(IloSmif *smif, IloPlane plane, const uint8_t *request,
                        size_t length, uint8_t *reply)
{
    const IloListener *listener = &smif->listener;
    const IloCommand *command;
    uint16_t size, opcode;

    size = length < SMIF_HEADER_SIZE ? 0 : lduw_le_p(request + SMIF_SIZE);
    if (size < SMIF_HEADER_SIZE || size > length || size > ILO_PACKET_MAX) {
        ilo_report(listener, ILO_EVENT_smif_bad_packet, size, length);
        return 0;
    }
    memset(reply, 0, ILO_PACKET_MAX);
    opcode = lduw_le_p(request + SMIF_COMMAND);
    command = find_command(request);
    if (!command) {
        ilo_report(listener, ILO_EVENT_smif_unknown, opcode, plane);
        return refuse(smif, request, reply);
    }
    if (!(command->planes & plane)) {
        ilo_report(listener, ILO_EVENT_smif_wrong_plane, opcode, plane);
        return refuse(smif, request, reply);
    }
    if (size < command->min || size > command->max) {
        ilo_report(listener, ILO_EVENT_smif_bad_size, opcode, size);
        return finish(request, opcode | SMIF_REPLY, reply,
                      fail(smif, request, reply, SMIF_ERROR));
    }
    ilo_report(listener, ILO_EVENT_smif_command, opcode, plane);
    return finish(request, opcode | SMIF_REPLY, reply,
                  command->handle(smif, request, size, reply));
}
