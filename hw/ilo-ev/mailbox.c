/*
 * The real-mode mailbox: registers over one packet and one reply.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "mailbox.h"

static void begin_packet(IloMailbox *mailbox)
{
    mailbox->status = 0;
    mailbox->length = 0;
    mailbox->pointer = 0;
    mailbox->length_given = 0;
}

/* The first write after a reply starts a new packet. */
static void leave_reply(IloMailbox *mailbox)
{
    if (mailbox->status & ILO_STATUS_REPLY) {
        begin_packet(mailbox);
    }
}

static void refuse(IloMailbox *mailbox, IloEvent event, uint32_t a, uint32_t b)
{
    ilo_report(&mailbox->listener, event, a, b);
    mailbox->status |= ILO_STATUS_ERROR;
}

static void write_data(IloMailbox *mailbox, uint32_t value, unsigned size)
{
    leave_reply(mailbox);
    if (size > ILO_PACKET_MAX - mailbox->pointer) {
        refuse(mailbox, ILO_EVENT_mailbox_overflow, mailbox->pointer, size);
        return;
    }
    for (unsigned i = 0; i < size; i++) {
        mailbox->packet[mailbox->pointer++] = value >> 8 * i;
    }
    if (!mailbox->length_given) {
        mailbox->length = mailbox->pointer;
    }
}

static void write_length(IloMailbox *mailbox, uint32_t value)
{
    leave_reply(mailbox);
    if (value > ILO_PACKET_MAX) {
        refuse(mailbox, ILO_EVENT_mailbox_bad_length, value,
               mailbox->pointer);
        return;
    }
    mailbox->length = value;
    mailbox->length_given = 1;
}

static void submit(IloMailbox *mailbox)
{
    uint32_t length = mailbox->length;
    size_t reply = 0;

    if (mailbox->status & (ILO_STATUS_REPLY | ILO_STATUS_ERROR)) {
        ilo_report(&mailbox->listener, ILO_EVENT_mailbox_no_packet,
                   mailbox->status, 0);
    } else if (length > mailbox->pointer) {
        ilo_report(&mailbox->listener, ILO_EVENT_mailbox_bad_length, length,
                   mailbox->pointer);
    } else {
        reply = ilo_smif_execute(mailbox->smif, ILO_PLANE_MAILBOX,
                                 mailbox->packet, length, mailbox->reply);
    }
    begin_packet(mailbox);
    if (reply == 0) {
        mailbox->status = ILO_STATUS_ERROR;
        return;
    }
    mailbox->status = ILO_STATUS_REPLY;
    mailbox->length = reply;
    ilo_report(&mailbox->listener, ILO_EVENT_mailbox_reply, reply, 0);
}

static void write_control(IloMailbox *mailbox, uint32_t value)
{
    switch (value) {
    case ILO_CONTROL_RESET:
        ilo_mailbox_reset(mailbox);
        break;
    case ILO_CONTROL_SUBMIT:
        submit(mailbox);
        break;
    default:
        refuse(mailbox, ILO_EVENT_mailbox_no_control, value, 0);
    }
}

static uint32_t read_data(IloMailbox *mailbox, unsigned size)
{
    uint32_t value = 0;

    if (!(mailbox->status & ILO_STATUS_REPLY)) {
        return 0;
    }
    for (unsigned i = 0; i < size && mailbox->pointer < mailbox->length; i++) {
        value |= (uint32_t)mailbox->reply[mailbox->pointer++] << 8 * i;
    }
    return value;
}

void ilo_mailbox_init(IloMailbox *mailbox, IloSmif *smif,
                      const IloListener *listener)
{
    memset(mailbox, 0, sizeof(*mailbox));
    mailbox->smif = smif;
    mailbox->listener = *listener;
}

void ilo_mailbox_reset(IloMailbox *mailbox)
{
    begin_packet(mailbox);
    /* Secrets may have passed through. */
    memset(mailbox->packet, 0, sizeof(mailbox->packet));
    memset(mailbox->reply, 0, sizeof(mailbox->reply));
    ilo_report(&mailbox->listener, ILO_EVENT_mailbox_reset, 0, 0);
}

uint32_t ilo_mailbox_read(IloMailbox *mailbox, uint32_t port, unsigned size)
{
    uint32_t value;

    switch (port & ~3) {
    case ILO_MAILBOX_MAGIC:
        value = ILO_MAILBOX_MAGIC_VALUE;
        break;
    case ILO_MAILBOX_STATUS:
        value = mailbox->status | ILO_STATUS_READY |
                ILO_MAILBOX_VERSION << ILO_STATUS_VERSION_SHIFT;
        break;
    case ILO_MAILBOX_LENGTH:
        value = mailbox->length;
        break;
    case ILO_MAILBOX_CONTROL:
        return 0;
    case ILO_MAILBOX_DATA:
        /* The pointer moves at the first port only. */
        return port == ILO_MAILBOX_DATA ? read_data(mailbox, size) : 0;
    default:
        ilo_report(&mailbox->listener, ILO_EVENT_mailbox_no_port, port, size);
        return 0;
    }
    value >>= 8 * (port & 3);
    return size < 4 ? value & ((1u << 8 * size) - 1) : value;
}

void ilo_mailbox_write(IloMailbox *mailbox, uint32_t port, uint32_t value,
                       unsigned size)
{
    switch (port) {
    case ILO_MAILBOX_MAGIC:
    case ILO_MAILBOX_STATUS:
        ilo_report(&mailbox->listener, ILO_EVENT_mailbox_read_only, port,
                   value);
        break;
    case ILO_MAILBOX_LENGTH:
        write_length(mailbox, value);
        break;
    case ILO_MAILBOX_CONTROL:
        write_control(mailbox, value);
        break;
    case ILO_MAILBOX_DATA:
        write_data(mailbox, value, size);
        break;
    default:
        ilo_report(&mailbox->listener, ILO_EVENT_mailbox_no_port, port, size);
    }
}

bool ilo_mailbox_is_sound(const IloMailbox *mailbox)
{
    return !(mailbox->status & ~(ILO_STATUS_ERROR | ILO_STATUS_REPLY)) &&
           mailbox->length <= ILO_PACKET_MAX &&
           mailbox->pointer <= ILO_PACKET_MAX && mailbox->length_given <= 1;
}
