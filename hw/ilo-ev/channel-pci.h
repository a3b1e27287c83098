/*
 * The channels as BARs 1 to 3 and INTx of a PCI function.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_CHANNEL_PCI_H
#define HW_ILO_EV_CHANNEL_PCI_H

#include "hw/pci/pci_device.h"
#include "migration/vmstate.h"
#include "channel.h"

typedef struct IloChannelsPci {
    PCIDevice *pci;
    MemoryRegion registers, memory, doorbells;
    QEMUTimer *timer;
    IloChannels channels;
} IloChannelsPci;

/* All of it but what is not the guest's to see. */
extern const VMStateDescription vmstate_ilo_channels;

void ilo_channels_pci_realize(IloChannelsPci *bars, PCIDevice *pci,
                              IloSmif *smif, const IloListener *listener);
void ilo_channels_pci_unrealize(IloChannelsPci *bars);
void ilo_channels_pci_reset(IloChannelsPci *bars);

#endif
