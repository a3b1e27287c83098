/*
 * The iLO mailbox: SMIF packets through I/O ports (ncsim/ilo_mailbox.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "io.h"
#include "mailbox.h"
#include "ncsim/ilo_mailbox.h"
#include "pci.h"

static uint16_t ports;              /* 0: not found yet */

bool mailbox_find(void)
{
    pci_bdf bdf;

    if (ports) {
        return true;
    }
    if (!pci_find_device(ILO_PCI_VENDOR, ILO_PCI_DEVICE, &bdf)) {
        return false;
    }
    ports = pci_io_bar(bdf, 0);
    if (!ports) {
        return false;
    }
    pci_change_command(bdf, PCI_COMMAND_IO, 0);
    if (inl(ports + ILO_MAILBOX_MAGIC) != ILO_MAILBOX_MAGIC_VALUE ||
        inl(ports + ILO_MAILBOX_STATUS) >> ILO_STATUS_VERSION_SHIFT !=
        ILO_MAILBOX_VERSION) {
        ports = 0;
    }
    return ports;
}

size_t mailbox_exchange(void *opaque, uint8_t *packet, size_t length)
{
    uint32_t status;
    size_t got;
    size_t i;

    outl(ports + ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    for (i = 0; i < length; i++) {
        outb(ports + ILO_MAILBOX_DATA, packet[i]);
    }
    outl(ports + ILO_MAILBOX_LENGTH, length);
    outl(ports + ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT);
    status = inl(ports + ILO_MAILBOX_STATUS);
    got = inl(ports + ILO_MAILBOX_LENGTH);
    if (!(status & ILO_STATUS_REPLY) || status & ILO_STATUS_ERROR ||
        got > ILO_PACKET_MAX) {
        return 0;
    }
    for (i = 0; i < got; i += 4) {
        stl_le_p(packet + i, inl(ports + ILO_MAILBOX_DATA));
    }
    /* Leaves nothing, secrets least of all, for the next to read. */
    outl(ports + ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    return got;
}
