/*
 * The real-mode mailbox: SMIF packets through I/O ports.  The ports are
 * those of include/ncsim/ilo_mailbox.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_MAILBOX_H
#define HW_ILO_EV_MAILBOX_H

#include "smif.h"

typedef struct IloMailbox {
    IloSmif *smif;
    IloListener listener;
    uint32_t status;                /* ILO_STATUS_ERROR, ILO_STATUS_REPLY */
    uint32_t length;                /* LENGTH */
    uint32_t pointer;               /* of DATA; bytes written or read */
    uint32_t length_given;          /* 1: the client has written LENGTH */
    uint8_t packet[ILO_PACKET_MAX];
    uint8_t reply[ILO_PACKET_MAX];
} IloMailbox;

/* @smif is not owned and must outlive it. */
void ilo_mailbox_init(IloMailbox *mailbox, IloSmif *smif,
                      const IloListener *listener);

/* As the client's RESET: idle, and nothing is left of an old exchange. */
void ilo_mailbox_reset(IloMailbox *mailbox);

/* Reads @size (1, 2 or 4) bytes at @port, 0..ILO_MAILBOX_PORTS - 1. */
uint32_t ilo_mailbox_read(IloMailbox *mailbox, uint32_t port, unsigned size);

void ilo_mailbox_write(IloMailbox *mailbox, uint32_t port, uint32_t value,
                       unsigned size);

/* After a snapshot was loaded: are the numbers in range? */
bool ilo_mailbox_is_sound(const IloMailbox *mailbox);

#endif
