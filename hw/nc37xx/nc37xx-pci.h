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
#include "qemu/notify.h"
#include "qom/object.h"
#include "system/runstate.h"
#include "nc37xx.h"
#include "peer-pci.h"

#define TYPE_NC37XX "nc37xx"
OBJECT_DECLARE_TYPE(Nc37xxPciState, Nc37xxPciClass, NC37XX)

struct Nc37xxPciState {
    PCIDevice parent_obj;

    MemoryRegion bar;
    MemoryRegion rom;
    NICState *nic;
    NICConf conf;
    Nc37xxPeer peer;
    MACAddr first_mac;          /* registered as used; conf's may change */
    QEMUTimer *timers[NC37XX_TIMERS];
    QEMUBH *wake_bh;
    Notifier suspend;
    VMChangeStateEntry *vm_state;
    Object *wake_filter;        /* while the machine sleeps */
    const char *name;           /* in traces */

    BlockBackend *drive;
    uint8_t *kept;              /* what is on the drive */
    bool flash_stale;           /* the drive lacks what was loaded */
    bool flash_failing;         /* reported */
    unsigned damage;            /* NVRAM_DAMAGED_, reported */
    VMChangeStateEntry *machine_watch;

    char *media;
    char *bootrom;
    char *serial;
    char *part_number;
    uint32_t autoneg_ms;
    OnOffAuto gso;
    uint32_t link_speed;
    bool link_half_duplex;
    bool link_autoneg;
    char *link_pause;
    bool vaux;

    Nc37xx nc;
};

struct Nc37xxPciClass {
    PCIDeviceClass parent_class;
    const Nc37xxModel *model;
};

extern const VMStateDescription nc37xx_vmstate;

static inline Nc37xxPciState *nc37xx_pci_state(Nc37xx *nc)
{
    return container_of(nc, Nc37xxPciState, nc);
}

/* describe-pci.c: help for the properties of the class. */
void nc37xx_describe(ObjectClass *klass);
void nc37xx_describe_inherited(ObjectClass *klass);

/* bus-pci.c: Nc37xxOps on the PCI bus. */
bool nc37xx_pci_dma_read(Nc37xx *nc, uint64_t address, void *to, size_t size);
bool nc37xx_pci_dma_write(Nc37xx *nc, uint64_t address, const void *from,
                          size_t size);
bool nc37xx_pci_msi_enabled(Nc37xx *nc);
void nc37xx_pci_msi(Nc37xx *nc);
void nc37xx_pci_intx(Nc37xx *nc, bool level);
uint32_t nc37xx_pci_config_read(Nc37xx *nc, uint32_t offset, unsigned size);
void nc37xx_pci_config_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                             unsigned size);

/* events-pci.c: Nc37xxOps for traces. */
void nc37xx_pci_event(Nc37xx *nc, Nc37xxEvent event, uint64_t a, uint64_t b);

/* net-pci.c: Nc37xxOps for the network, and the client in realize. */
void nc37xx_pci_send(Nc37xx *nc, const uint8_t *frame, size_t size);
bool nc37xx_pci_send_large(Nc37xx *nc, uint8_t *packet, size_t size,
                           const Nc37xxLarge *large);
void nc37xx_pci_receive_ready(Nc37xx *nc);
void nc37xx_pci_restarted(Nc37xx *nc);
void nc37xx_net_init(Nc37xxPciState *s);
void nc37xx_net_exit(Nc37xxPciState *s);

/* config-pci.c: configuration space of the function. */
uint32_t nc37xx_config_read(PCIDevice *d, uint32_t addr, int len);
void nc37xx_config_write(PCIDevice *d, uint32_t addr, uint32_t value, int len);
bool nc37xx_capabilities_add(PCIDevice *d, Error **errp);
/* @keep_pme: auxiliary power keeps what PME is about. */
void nc37xx_config_reset(PCIDevice *d, bool keep_pme);

/*
 * wake-pci.c: power states.  nc37xx_wake_look() looks at each frame that
 * arrives, and wakes the machine up if it is one to wake up for.
 */
bool nc37xx_is_awake(Nc37xxPciState *s);
void nc37xx_wake_look(Nc37xxPciState *s, const uint8_t *frame, size_t size);
void nc37xx_wake_init(Nc37xxPciState *s);
void nc37xx_wake_reset_hold(Nc37xxPciState *s);
void nc37xx_wake_exit(Nc37xxPciState *s);

/* partner-pci.c: what the link's properties say of the other end. */
bool nc37xx_partner_set(Nc37xxPciState *s, Error **errp);

/*
 * nvram-pci.c.  Fills the NVRAM from its drive, or from properties when that
 * is empty or there is none; registers the expansion ROM BAR, unless romfile=
 * took its place; at a PCI reset reports damage and copies the boot ROM.
 */
bool nc37xx_nvram_fill(Nc37xxPciState *s, Error **errp);
bool nc37xx_rom_register(Nc37xxPciState *s, Error **errp);
void nc37xx_nvram_reset(Nc37xxPciState *s);

/*
 * flash-pci.c: the drive, if there is one.  Open reads it; format writes a
 * new content to it; loaded says that the content came from a migration.
 * Start and close embrace the time in which the guest may write.
 */
bool nc37xx_flash_open(Nc37xxPciState *s, Error **errp);
bool nc37xx_flash_format(Nc37xxPciState *s, Error **errp);
void nc37xx_flash_loaded(Nc37xxPciState *s);
void nc37xx_flash_start(Nc37xxPciState *s);
void nc37xx_flash_close(Nc37xxPciState *s);
bool nc37xx_pci_nvm_store(Nc37xx *nc, uint32_t offset, uint32_t size);

/* fault-qdev.c, inspect-qdev.c: properties of the class. */
void nc37xx_fault_properties_add(ObjectClass *klass);
void nc37xx_inspect_properties_add(ObjectClass *klass);

#endif
