/*
 * What a host asks iLO about EVs.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "ev-internal.h"
#include "ilo.h"

/* A packet whose payload of @size - SMIF_HEADER_SIZE bytes is zero. */
static void begin(struct ev_ilo *ilo, uint16_t command, size_t size)
{
    memset(ilo->packet, 0, size);
    put_le16(ilo->packet + SMIF_SIZE, size);
    put_le16(ilo->packet + SMIF_SEQUENCE, ++ilo->sequence);
    put_le16(ilo->packet + SMIF_COMMAND, command);
    ilo->packet[SMIF_SERVICE] = SMIF_SERVICE_SMIF;
}

/* A longer name is cut, which leaves its field terminated. */
static void put_name(uint8_t *field, const char *name)
{
    for (size_t i = 0; i < EV_NAME_SIZE - 1 && name[i]; i++) {
        field[i] = name[i];
    }
}

/*
 * Sends the packet.  Returns the length of the answer in its place, or 0 when
 * there is none, or not one to this packet.
 */
static size_t exchange(struct ev_ilo *ilo)
{
    uint8_t *packet = ilo->packet;
    uint16_t command = get_le16(packet + SMIF_COMMAND);
    size_t got = ilo->exchange(ilo->opaque, packet,
                               get_le16(packet + SMIF_SIZE));

    return got >= SMIF_REPLY_ERROR + 4 && got <= ILO_PACKET_MAX &&
           get_le16(packet + SMIF_SIZE) == got &&
           get_le16(packet + SMIF_SEQUENCE) == ilo->sequence &&
           get_le16(packet + SMIF_COMMAND) == (command | SMIF_REPLY) ?
           got : 0;
}

enum ev_ilo_result ev_ilo_read(struct ev_ilo *ilo, const char *name,
                               uint8_t *data, size_t *length)
{
    const uint8_t *reply = ilo->packet;
    uint32_t error;
    size_t got;

    begin(ilo, SMIF_EV_BY_NAME, SMIF_EV_GET_SIZE);
    put_name(ilo->packet + SMIF_EV_GET_NAME, name);
    got = exchange(ilo);
    if (got == 0) {
        return EV_ILO_FAILED;
    }
    error = get_le32(reply + SMIF_REPLY_ERROR);
    if (error != SMIF_OK) {
        return error == SMIF_EV_NO_SUCH ? EV_ILO_NO_SUCH : EV_ILO_FAILED;
    }
    *length = get_le16(reply + SMIF_EV_REPLY_LENGTH);
    if (got < SMIF_EV_REPLY_DATA || *length > EV_DATA_MAX ||
        *length > got - SMIF_EV_REPLY_DATA) {
        return EV_ILO_FAILED;
    }
    memcpy(data, reply + SMIF_EV_REPLY_DATA, *length);
    return EV_ILO_OK;
}

enum ev_ilo_result ev_ilo_write(struct ev_ilo *ilo, const char *name,
                                const uint8_t *data, size_t length)
{
    begin(ilo, SMIF_EV_SET, SMIF_EV_SET_DATA + length);
    ilo->packet[SMIF_EV_SET_FLAGS] = SMIF_EV_FLAG_SET;
    put_name(ilo->packet + SMIF_EV_SET_NAME, name);
    put_le16(ilo->packet + SMIF_EV_SET_LENGTH, length);
    memcpy(ilo->packet + SMIF_EV_SET_DATA, data, length);
    if (exchange(ilo) == 0) {
        return EV_ILO_FAILED;
    }
    switch (get_le32(ilo->packet + SMIF_REPLY_ERROR)) {
    case SMIF_OK:
        return EV_ILO_OK;
    case SMIF_ERROR:
        return EV_ILO_REFUSED;
    default:
        return EV_ILO_FAILED;
    }
}

void ev_ilo_lock_secrets(struct ev_ilo *ilo)
{
    begin(ilo, SMIF_LOCK_SECRETS, SMIF_HEADER_SIZE);
    exchange(ilo);
}
