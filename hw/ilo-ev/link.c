/*
 * The management link: framing, and events that never pile up.
 *
 * The buffer of outgoing bytes keeps room for one reply, so that a request
 * that was taken can be answered; without that room none is taken.  Events
 * that would need it are owed: one bit for each kind, however many there are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "link.h"

QEMU_BUILD_BUG_ON(ILO_LINK_PACKET_MAX != ILO_PACKET_MAX);

/* Bits of owed; in the order in which they are paid. */
enum {
    OWED_RESET = 1 << 0,
    OWED_POWER = 1 << 1,
    OWED_STAGE = 1 << 2,
    OWED_EVS = 1 << 3,
};

static bool has_reply_room(const IloLink *link)
{
    return link->out_used <= ILO_LINK_OUT_MAX - ILO_LINK_FRAME_MAX;
}

/*
 * Out
 */

static void put_message(IloLink *link, const uint8_t *packet, size_t size)
{
    uint8_t *p = link->out + link->out_used;

    stl_le_p(p, size);
    memcpy(p + ILO_LINK_LENGTH_SIZE, packet, size);
    link->out_used += ILO_LINK_LENGTH_SIZE + size;
}

/* Queues an event of @size bytes behind the header, if there is room. */
static bool put_event(IloLink *link, uint16_t event, const void *field,
                      size_t size)
{
    uint8_t packet[ILO_EVENT_FIELD + SMIF_LOG_TEXT + SMIF_LOG_TEXT_MAX];
    size_t length = ILO_EVENT_FIELD + size;

    if (length > sizeof(packet) ||
        link->out_used + ILO_LINK_LENGTH_SIZE + length >
        ILO_LINK_OUT_MAX - ILO_LINK_FRAME_MAX) {
        return false;
    }
    memset(packet, 0, ILO_EVENT_FIELD);
    stw_le_p(packet + SMIF_SIZE, length);
    stw_le_p(packet + SMIF_SEQUENCE, ILO_LINK_EVENT_SEQUENCE);
    stw_le_p(packet + SMIF_COMMAND, event);
    memcpy(packet + ILO_EVENT_FIELD, field, size);
    put_message(link, packet, length);
    return true;
}

static bool put_number(IloLink *link, uint16_t event, uint32_t number)
{
    uint8_t field[4];

    stl_le_p(field, number);
    return put_event(link, event, field, sizeof(field));
}

static bool put_name(IloLink *link, const char *name)
{
    char field[EV_NAME_SIZE] = { 0 };

    for (unsigned i = 0; i < EV_NAME_SIZE - 1 && name[i]; i++) {
        field[i] = name[i];
    }
    return put_event(link, ILO_EVENT_EV_CHANGED, field, sizeof(field));
}

static bool pay(IloLink *link, uint32_t kind)
{
    switch (kind) {
    case OWED_RESET:
        return put_event(link, ILO_EVENT_RESET, "", 0);
    case OWED_POWER:
        return put_number(link, ILO_EVENT_POWER, link->power);
    case OWED_STAGE:
        return put_number(link, ILO_EVENT_STAGE, link->stage);
    default:
        return put_name(link, "");
    }
}

static void pay_owed(IloLink *link)
{
    for (uint32_t kind = OWED_RESET; kind <= OWED_EVS; kind <<= 1) {
        if (link->owed & kind && pay(link, kind)) {
            link->owed &= ~kind;
        }
    }
}

/* False when nothing more is taken now. */
static bool send_some(IloLink *link)
{
    size_t taken = link->ops->send(link->opaque, link->out, link->out_used);

    if (taken == 0 || taken > link->out_used) {
        return false;
    }
    link->out_used -= taken;
    memmove(link->out, link->out + taken, link->out_used);
    return true;
}

bool ilo_link_flush(IloLink *link)
{
    while (link->open && link->out_used > 0 && send_some(link)) {
        pay_owed(link);
    }
    return link->out_used == 0;
}

/*
 * Events
 */

static bool is_heard(const IloLink *link)
{
    return link->open && !link->broken && link->smif->connection.greeted;
}

/* Sends an event for which @sent says whether it found room. */
static void settle(IloLink *link, bool sent, uint32_t kind)
{
    if (sent) {
        ilo_link_flush(link);
        return;
    }
    link->owed |= kind;
    ilo_report(&link->listener, ILO_EVENT_link_owed, kind, link->out_used);
}

void ilo_link_power(IloLink *link, bool is_on)
{
    link->power = is_on ? ILO_POWER_IS_ON : ILO_POWER_IS_OFF;
    if (is_heard(link)) {
        settle(link, put_number(link, ILO_EVENT_POWER, link->power),
               OWED_POWER);
    }
}

void ilo_link_stage(IloLink *link, uint8_t code)
{
    link->stage = code;
    if (is_heard(link)) {
        settle(link, put_number(link, ILO_EVENT_STAGE, code), OWED_STAGE);
    }
}

void ilo_link_ev_changed(IloLink *link, const char *name)
{
    if (is_heard(link)) {
        settle(link, put_name(link, name), OWED_EVS);
    }
}

void ilo_link_reset(IloLink *link)
{
    link->stage = 0;
    link->owed &= ~OWED_STAGE;
    if (is_heard(link)) {
        settle(link, put_event(link, ILO_EVENT_RESET, "", 0), OWED_RESET);
    }
}

void ilo_link_logged(IloLink *link, const uint8_t *entry, size_t size)
{
    if (is_heard(link)) {
        settle(link, put_event(link, ILO_EVENT_LOG, entry, size), 0);
    }
}

void ilo_link_all_changed(IloLink *link, bool is_on, uint8_t stage)
{
    link->power = is_on ? ILO_POWER_IS_ON : ILO_POWER_IS_OFF;
    link->stage = stage;
    if (is_heard(link)) {
        link->owed |= OWED_POWER | OWED_STAGE | OWED_EVS;
        pay_owed(link);
        ilo_link_flush(link);
    }
}

/*
 * In
 */

static void forget(IloLink *link)
{
    /* Secrets may have passed through. */
    memset(link->in, 0, sizeof(link->in));
    memset(link->reply, 0, sizeof(link->reply));
    memset(link->out, 0, sizeof(link->out));
    link->in_used = 0;
    link->out_used = 0;
    link->owed = 0;
    link->broken = false;
    ilo_smif_disconnect(link->smif);
}

void ilo_link_init(IloLink *link, IloSmif *smif, const IloLinkOps *ops,
                   void *opaque, const IloListener *listener)
{
    memset(link, 0, sizeof(*link));
    link->smif = smif;
    link->ops = ops;
    link->opaque = opaque;
    link->listener = *listener;
}

void ilo_link_opened(IloLink *link)
{
    forget(link);
    link->open = true;
    ilo_report(&link->listener, ILO_EVENT_link_opened, 0, 0);
}

void ilo_link_closed(IloLink *link)
{
    if (link->open) {
        ilo_report(&link->listener, ILO_EVENT_link_closed,
                   link->smif->connection.changing, link->out_used);
    }
    forget(link);
    link->open = false;
}

static uint32_t message_length(const IloLink *link)
{
    return ldl_le_p(link->in);
}

size_t ilo_link_room(const IloLink *link)
{
    if (!link->open || link->broken || !has_reply_room(link)) {
        return 0;
    }
    return link->in_used < ILO_LINK_LENGTH_SIZE ?
           ILO_LINK_LENGTH_SIZE - link->in_used :
           ILO_LINK_LENGTH_SIZE + message_length(link) - link->in_used;
}

/* Where the next message begins is not known any more. */
static void break_off(IloLink *link, uint32_t length)
{
    ilo_report(&link->listener, ILO_EVENT_link_bad_message, length,
               link->in_used);
    link->broken = true;
    link->in_used = 0;
    link->ops->hang_up(link->opaque);
}

static void execute(IloLink *link)
{
    uint32_t length = message_length(link);
    size_t size = ilo_smif_execute(link->smif, ILO_PLANE_LINK,
                                   link->in + ILO_LINK_LENGTH_SIZE, length,
                                   link->reply);

    if (size == 0) {
        break_off(link, length);
        return;
    }
    if (!link->open) {
        return;                     /* lost while an event was sent */
    }
    memset(link->in, 0, link->in_used);
    link->in_used = 0;
    put_message(link, link->reply, size);
    ilo_link_flush(link);
}

void ilo_link_receive(IloLink *link, const uint8_t *bytes, size_t size)
{
    uint32_t length;

    if (!link->open || link->broken) {
        return;
    }
    if (size > ilo_link_room(link)) {
        break_off(link, size);
        return;
    }
    memcpy(link->in + link->in_used, bytes, size);
    link->in_used += size;
    if (link->in_used < ILO_LINK_LENGTH_SIZE) {
        return;
    }
    length = message_length(link);
    if (length < SMIF_HEADER_SIZE || length > ILO_LINK_PACKET_MAX) {
        break_off(link, length);
    } else if (link->in_used == ILO_LINK_LENGTH_SIZE + length) {
        execute(link);
    }
}
