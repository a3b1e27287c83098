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
#include "ncsim/smif.h"
#include "pci.h"

static uint16_t ports;              /* 0: not found yet */
static uint16_t sequence;
static uint8_t reply[ILO_PACKET_MAX];

static bool mailbox_find(void)
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

/*
 * Sends @packet, with its sequence number filled in, and leaves the answer in
 * reply[].  Returns the answer's length, or 0 when it is not one to @packet.
 */
static size_t mailbox_exchange(uint8_t *packet, size_t length)
{
    uint32_t status;
    size_t got;
    size_t i;

    stw_le_p(packet + SMIF_SEQUENCE, ++sequence);
    outl(ports + ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    for (i = 0; i < length; i++) {
        outb(ports + ILO_MAILBOX_DATA, packet[i]);
    }
    outl(ports + ILO_MAILBOX_LENGTH, length);
    outl(ports + ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT);
    status = inl(ports + ILO_MAILBOX_STATUS);
    got = inl(ports + ILO_MAILBOX_LENGTH);
    if (!(status & ILO_STATUS_REPLY) || status & ILO_STATUS_ERROR ||
        got > sizeof(reply)) {
        return 0;
    }
    memset(reply, 0, sizeof(reply));
    for (i = 0; i < got; i += 4) {
        stl_le_p(reply + i, inl(ports + ILO_MAILBOX_DATA));
    }
    /* Leaves nothing, secrets least of all, for the next to read. */
    outl(ports + ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    if (got < SMIF_REPLY_ERROR + 4 ||
        (size_t)lduw_le_p(reply + SMIF_SIZE) != got ||
        lduw_le_p(reply + SMIF_SEQUENCE) != sequence ||
        lduw_le_p(reply + SMIF_COMMAND) !=
        (lduw_le_p(packet + SMIF_COMMAND) | SMIF_REPLY)) {
        return 0;
    }
    return got;
}

enum mailbox_result mailbox_read_variable(const char *name, uint8_t *data,
                                          size_t *length)
{
    uint8_t packet[SMIF_EV_GET_SIZE] = { 0 };
    size_t got;
    size_t i;

    if (!mailbox_find()) {
        return MAILBOX_ABSENT;
    }
    stw_le_p(packet + SMIF_SIZE, sizeof(packet));
    stw_le_p(packet + SMIF_COMMAND, SMIF_EV_BY_NAME);
    packet[SMIF_SERVICE] = SMIF_SERVICE_SMIF;
    for (i = 0; i < EV_NAME_SIZE - 1 && name[i]; i++) {
        packet[SMIF_EV_GET_NAME + i] = name[i];
    }
    got = mailbox_exchange(packet, sizeof(packet));
    if (!got) {
        return MAILBOX_FAILED;
    }
    switch (ldl_le_p(reply + SMIF_REPLY_ERROR)) {
    case SMIF_OK:
        break;
    case SMIF_EV_NO_SUCH:
        return MAILBOX_NO_SUCH;
    default:
        return MAILBOX_FAILED;
    }
    *length = lduw_le_p(reply + SMIF_EV_REPLY_LENGTH);
    if (got < SMIF_EV_REPLY_DATA || *length > EV_DATA_MAX ||
        *length > got - SMIF_EV_REPLY_DATA) {
        return MAILBOX_FAILED;
    }
    memcpy(data, reply + SMIF_EV_REPLY_DATA, *length);
    return MAILBOX_OK;
}
