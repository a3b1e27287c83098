/*
 * SMIF: command table and dispatcher.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "smif-commands.h"

#define HOST SMIF_SERVICE_SMIF
#define MANAGEMENT SMIF_SERVICE_MANAGEMENT
#define ALL ILO_PLANES_ALL
#define LINK ILO_PLANE_LINK
#define NO_FIELDS SMIF_HEADER_SIZE

const IloCommand ilo_commands[] = {
    /* opcode, service, planes, min, max, name, handler */
    { SMIF_STATUS, HOST, ALL, NO_FIELDS, NO_FIELDS,
      "status", smif_status },
    { SMIF_FIRMWARE, HOST, ALL,
      SMIF_FIRMWARE_REQUEST_SIZE, SMIF_FIRMWARE_REQUEST_SIZE,
      "firmware", smif_firmware },
    { SMIF_TIME, HOST, ALL, NO_FIELDS, NO_FIELDS,
      "time", smif_time },
    { SMIF_EV_BY_INDEX, HOST, ALL, SMIF_EV_INDEX_SIZE, SMIF_EV_INDEX_SIZE,
      "ev-by-index", smif_ev_by_index },
    { SMIF_EV_SET, HOST, ALL, SMIF_EV_SET_NAME, ILO_PACKET_MAX,
      "ev-set", smif_ev_change },
    { SMIF_EV_BY_NAME, HOST, ALL, SMIF_EV_GET_SIZE, SMIF_EV_GET_SIZE,
      "ev-by-name", smif_ev_by_name },
    { SMIF_EV_STATUS, HOST, ALL, NO_FIELDS, NO_FIELDS,
      "ev-status", smif_ev_status },
    { SMIF_POST_STATE, HOST, ALL, NO_FIELDS, NO_FIELDS,
      "post-state", smif_post_state },
    { SMIF_LOG_EVENT, HOST, ILO_PLANES_HOST,
      SMIF_LOG_TEXT, SMIF_LOG_TEXT + SMIF_LOG_TEXT_MAX,
      "log-event", smif_log_event },
    { SMIF_LOCK_SECRETS, HOST, ILO_PLANES_HOST, NO_FIELDS, NO_FIELDS,
      "lock-secrets", smif_lock_secrets },
    { ILO_LINK_HELLO, MANAGEMENT, LINK,
      ILO_LINK_HELLO_SIZE, ILO_LINK_HELLO_SIZE,
      "hello", smif_hello },
    { ILO_LINK_POWER, MANAGEMENT, LINK,
      ILO_LINK_POWER_SIZE, ILO_LINK_POWER_SIZE,
      "power", smif_power },
    { ILO_LINK_BOOT_ONCE, MANAGEMENT, LINK,
      ILO_LINK_BOOT_ONCE_SIZE, ILO_LINK_BOOT_ONCE_SIZE,
      "boot-once", smif_boot_once },
    { ILO_LINK_BOOT_ORDER, MANAGEMENT, LINK,
      ILO_LINK_BOOT_ORDER_SIZE, ILO_LINK_BOOT_ORDER_SIZE,
      "boot-order", smif_boot_order },
    { ILO_LINK_EV_BEGIN, MANAGEMENT, LINK, NO_FIELDS, NO_FIELDS,
      "ev-begin", smif_ev_begin },
    { ILO_LINK_EV_COMMIT, MANAGEMENT, LINK, NO_FIELDS, NO_FIELDS,
      "ev-commit", smif_ev_commit },
    { ILO_LINK_EV_ABORT, MANAGEMENT, LINK, NO_FIELDS, NO_FIELDS,
      "ev-abort", smif_ev_abort },
    { ILO_LINK_RESET, MANAGEMENT, LINK, NO_FIELDS, NO_FIELDS,
      "reset", smif_reset },
};
const size_t ilo_command_count = ARRAY_SIZE(ilo_commands);

size_t smif_fail(const IloCall *call, uint32_t error)
{
    ilo_report(&call->smif->listener, ILO_EVENT_smif_error,
               lduw_le_p(call->request + SMIF_COMMAND), error);
    stl_le_p(call->reply + SMIF_REPLY_ERROR, error);
    return SMIF_REPLY_SIZE_MIN;
}

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

static size_t finish(const IloCall *call, uint16_t command, size_t size)
{
    uint8_t *reply = call->reply;

    stw_le_p(reply + SMIF_SIZE, size);
    memcpy(reply + SMIF_SEQUENCE, call->request + SMIF_SEQUENCE, 2);
    stw_le_p(reply + SMIF_COMMAND, command);
    reply[SMIF_SERVICE] = call->request[SMIF_SERVICE];
    reply[SMIF_VERSION] = call->request[SMIF_VERSION];
    return size;
}

/* As if there were no such command. */
static size_t refuse(const IloCall *call, IloEvent event)
{
    ilo_report(&call->smif->listener, event,
               lduw_le_p(call->request + SMIF_COMMAND), call->plane);
    return finish(call, SMIF_COMMAND_UNKNOWN,
                  smif_fail(call, SMIF_ERROR_UNKNOWN));
}

static bool is_greeted(const IloCall *call, const IloCommand *command)
{
    return call->plane != ILO_PLANE_LINK ||
           call->smif->connection.greeted || command->handle == smif_hello;
}

static size_t answer(const IloCall *call)
{
    const IloListener *listener = &call->smif->listener;
    const IloCommand *command = find_command(call->request);
    size_t size = call->size;
    uint16_t reply;

    if (!command) {
        return refuse(call, ILO_EVENT_smif_unknown);
    }
    if (!(command->planes & call->plane)) {
        return refuse(call, ILO_EVENT_smif_wrong_plane);
    }
    reply = command->opcode | SMIF_REPLY;
    if (!is_greeted(call, command)) {
        ilo_report(listener, ILO_EVENT_link_no_hello, command->opcode, size);
        return finish(call, reply, smif_fail(call, ILO_LINK_NO_HELLO));
    }
    if (size < command->min || size > command->max) {
        ilo_report(listener, ILO_EVENT_smif_bad_size, command->opcode, size);
        return finish(call, reply, smif_fail(call, SMIF_ERROR));
    }
    ilo_report(listener, ILO_EVENT_smif_command, command->opcode,
               call->plane);
    return finish(call, reply, command->handle(call));
}

void ilo_smif_init(IloSmif *smif, EvStore *store, const IloPost *post,
                   const IloHostOps *host, void *opaque,
                   const IloListener *listener)
{
    smif->store = store;
    smif->post = post;
    smif->host = host;
    smif->opaque = opaque;
    smif->listener = *listener;
    smif->secrets_locked = 0;
    smif->log_count = 0;
    ilo_boot_init(&smif->boot, "");
    ilo_smif_disconnect(smif);
}

void ilo_smif_reset(IloSmif *smif)
{
    char letters[ILO_BOOT_LETTERS_MAX + 1];

    smif->secrets_locked = 0;
    if (ilo_boot_begin(&smif->boot, letters)) {
        smif->host->boot_order(smif->opaque, letters);
    }
}

void ilo_smif_disconnect(IloSmif *smif)
{
    smif->connection.greeted = false;
    smif->connection.changing = false;
    ev_batch_clear(&smif->connection.batch);
}

bool ilo_smif_is_sound(const IloSmif *smif)
{
    return smif->secrets_locked <= 1 && ilo_boot_is_sound(&smif->boot);
}

size_t ilo_smif_execute(IloSmif *smif, IloPlane plane, const uint8_t *request,
                        size_t length, uint8_t *reply)
{
    IloCall call = { smif, plane, request, 0, reply };

    if (length >= SMIF_HEADER_SIZE) {
        call.size = lduw_le_p(request + SMIF_SIZE);
    }
    if (call.size < SMIF_HEADER_SIZE || call.size > length ||
        call.size > ILO_PACKET_MAX) {
        ilo_report(&smif->listener, ILO_EVENT_smif_bad_packet, call.size,
                   length);
        return 0;
    }
    memset(reply, 0, ILO_PACKET_MAX);
    return answer(&call);
}
