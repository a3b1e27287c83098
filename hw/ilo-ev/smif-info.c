/*
 * SMIF: what iLO tells of itself and hears of the host, beside the EVs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "smif-commands.h"

/* An iLO 2 of these days; its real answers to this are not public. */
#define FIRMWARE_MAJOR 2
#define FIRMWARE_MINOR 25
#define FIRMWARE_NUMBER "2.25"
#define FIRMWARE_DATE "Apr 14 2014"
#define FIRMWARE_NAME "iLO 2"
#define HARDWARE_REVISION 3         /* as in configuration space */

static uint32_t packed_time(const IloCall *call)
{
    IloTime now;

    call->smif->host->now(call->smif->opaque, &now);
    return (uint32_t)(now.year - 1990) << 26 | now.month << 22 |
           now.day << 17 | now.hour << 12 | now.minute << 6 | now.second;
}

size_t smif_status(const IloCall *call)
{
    uint8_t *reply = call->reply;

    stw_le_p(reply + SMIF_STATUS_FIRMWARE_VERSION,
             FIRMWARE_MAJOR << 8 | FIRMWARE_MINOR);
    stl_le_p(reply + SMIF_STATUS_TIME, packed_time(call));
    stl_le_p(reply + SMIF_STATUS_HARDWARE_REVISION, HARDWARE_REVISION);
    stl_le_p(reply + SMIF_STATUS_LAST_EVENT, call->smif->log_count);
    reply[SMIF_STATUS_SECURITY_STATE] = SMIF_SECURITY_PRODUCTION;
    return SMIF_STATUS_SIZE;
}

size_t smif_firmware(const IloCall *call)
{
    uint8_t *reply = call->reply;

    if (ldl_le_p(call->request + SMIF_FIRMWARE_OPERATION) != 0) {
        return smif_fail(call, SMIF_ERROR);
    }
    memcpy(reply + SMIF_FIRMWARE_DATE, FIRMWARE_DATE, sizeof(FIRMWARE_DATE));
    memcpy(reply + SMIF_FIRMWARE_NUMBER, FIRMWARE_NUMBER,
           sizeof(FIRMWARE_NUMBER));
    memcpy(reply + SMIF_FIRMWARE_NAME, FIRMWARE_NAME, sizeof(FIRMWARE_NAME));
    return SMIF_FIRMWARE_SIZE;
}

size_t smif_time(const IloCall *call)
{
    stl_le_p(call->reply + SMIF_TIME_VALUE, packed_time(call));
    return SMIF_TIME_SIZE;
}

size_t smif_post_state(const IloCall *call)
{
    stl_le_p(call->reply + SMIF_POST_STATE_CODE,
             ilo_post_last(call->smif->post));
    return SMIF_POST_STATE_SIZE;
}

/* iLO numbers the entries; the daemon is who keeps them. */
size_t smif_log_event(const IloCall *call)
{
    IloSmif *smif = call->smif;
    const uint8_t *request = call->request;
    uint8_t type = request[SMIF_LOG_TYPE];
    uint16_t length = lduw_le_p(request + SMIF_LOG_LENGTH);

    if ((type != SMIF_LOG_IML && type != SMIF_LOG_IEL &&
         type != SMIF_LOG_SL) || length > SMIF_LOG_TEXT_MAX ||
        length > call->size - SMIF_LOG_TEXT) {
        return smif_fail(call, SMIF_ERROR);
    }
    smif->log_count++;
    ilo_report(&smif->listener, ILO_EVENT_smif_logged,
               lduw_le_p(request + SMIF_LOG_CODE), smif->log_count);
    smif->host->logged(smif->opaque, request + SMIF_LOG_TYPE,
                       SMIF_LOG_TEXT + length - SMIF_LOG_TYPE);
    call->reply[SMIF_LOG_REPLY_TYPE] = type;
    stl_le_p(call->reply + SMIF_LOG_REPLY_NUMBER, smif->log_count);
    return SMIF_LOG_REPLY_SIZE;
}

size_t smif_lock_secrets(const IloCall *call)
{
    call->smif->secrets_locked = 1;
    ilo_report(&call->smif->listener, ILO_EVENT_secrets_locked,
               call->smif->lock_secrets, 0);
    return SMIF_REPLY_SIZE_MIN;
}
