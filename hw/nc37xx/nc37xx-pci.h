/*
 * The adapter as QEMU's device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_PCI_H
#define HW_NC37XX_PCI_H

#include "hw/pci/pci_device.h"
#include "migration/vmstate.h"
#include "net/net.h"
#include "qom/object.h"
#include "nc37xx.h"

#define TYPE_NC37XX "nc37xx"
OBJECT_DECLARE_TYPE(Nc37xxPciState, Nc37xxPciClass, NC37XX)

struct Nc37xxPciState {
    PCIDevice parent_obj;

    MemoryRegion bar;
    MemoryRegion rom;
    NICState *nic;
    NICConf conf;
    QEMUTimer *timers[NC37XX_TIMERS];
    QEMUBH *transmit_bh;
    const char *name;           /* in traces */

    char *bootrom;
    char *serial;
    char *part_number;
    uint32_t autoneg_ms;

    Nc37xx nc;
};

struct Nc37xxPciClass {
    PCIDeviceClass parent_class;
    const Nc37xxModel *model;
};

extern const VMStateDescription nc37xx_vmstate;

#endif
