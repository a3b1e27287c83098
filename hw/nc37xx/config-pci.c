/*
 * HP NC37xx network adapter: PCI configuration space.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/range.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "nc37xx-pci.h"

/* Offsets in the PCI-X capability. */
#define PCIX_COMMAND 2
#define PCIX_STATUS 4
#define PCIX_CAP_SIZE 8
#define PCIX_COMMAND_WMASK 0x007f
/* 64 bits, 133 MHz, reads of up to 4 KiB, 8 at a time. */
#define PCIX_STATUS_FIXED 0x00630000

/* Version 2; wakes from D0, D3hot and, with power there, from D3cold. */
#define PM_CAPABILITIES 0x4a02
#define PM_PME_D3COLD 0x8000

#define VPD_CAP_SIZE 8
#define VPD_DATA 4

static bool is_chip_register(uint32_t addr)
{
    return addr >= NC37XX_PCICFG_FIRST && addr < NC37XX_PCICFG_END;
}

uint32_t nc37xx_config_read(PCIDevice *d, uint32_t addr, int len)
{
    Nc37xxPciState *s = NC37XX(d);

    if (is_chip_register(addr)) {
        return nc37xx_pcicfg_read(&s->nc, addr, len);
    }
    /* The function learns its bus number only when it is configured. */
    pci_set_word(d->config + NC37XX_CAP_PCIX + PCIX_STATUS,
                 PCI_BUILD_BDF(pci_dev_bus_num(d), d->devfn));
    return pci_default_read_config(d, addr, len);
}

/* The access is over, and the flag turned round, before the write returns. */
static void vpd_access(Nc37xxPciState *s)
{
    uint8_t *cap = PCI_DEVICE(s)->config + NC37XX_CAP_VPD;
    uint16_t address = pci_get_word(cap + PCI_VPD_ADDR);
    uint16_t word = address & PCI_VPD_ADDR_MASK & ~3;

    if (address & PCI_VPD_ADDR_F) {
        nc37xx_vpd_write(&s->nc, word, pci_get_long(cap + VPD_DATA));
    } else {
        pci_set_long(cap + VPD_DATA, nc37xx_vpd_read(&s->nc, word));
    }
    pci_set_word(cap + PCI_VPD_ADDR, address ^ PCI_VPD_ADDR_F);
}

void nc37xx_config_write(PCIDevice *d, uint32_t addr, uint32_t value,
                                int len)
{
    Nc37xxPciState *s = NC37XX(d);

    if (is_chip_register(addr)) {
        nc37xx_pcicfg_write(&s->nc, addr, value, len);
        return;
    }
    pci_default_write_config(d, addr, value, len);
    if (range_covers_byte(addr, len, NC37XX_CAP_VPD + PCI_VPD_ADDR + 1)) {
        vpd_access(s);
    }
    nc37xx_interrupt_update(&s->nc);
}

/* Listed from the last to the first: each is put before the others. */
bool nc37xx_capabilities_add(PCIDevice *d, Error **errp)
{
    if (msi_init(d, NC37XX_CAP_MSI, 1, true, false, errp) < 0 ||
        pci_add_capability(d, PCI_CAP_ID_VPD, NC37XX_CAP_VPD, VPD_CAP_SIZE,
                           errp) < 0 ||
        pci_pm_init(d, NC37XX_CAP_PM, errp) < 0 ||
        pci_add_capability(d, PCI_CAP_ID_PCIX, NC37XX_CAP_PCIX,
                           PCIX_CAP_SIZE, errp) < 0) {
        return false;
    }
    pci_set_word(d->wmask + NC37XX_CAP_VPD + PCI_VPD_ADDR, 0xffff);
    pci_set_long(d->wmask + NC37XX_CAP_VPD + VPD_DATA, 0xffffffff);
    pci_set_word(d->config + NC37XX_CAP_PM + PCI_PM_PMC, PM_CAPABILITIES |
                 (NC37XX(d)->vaux ? PM_PME_D3COLD : 0));
    pci_set_word(d->wmask + NC37XX_CAP_PM + PCI_PM_CTRL,
                 PCI_PM_CTRL_STATE_MASK | PCI_PM_CTRL_PME_ENABLE);
    pci_set_word(d->w1cmask + NC37XX_CAP_PM + PCI_PM_CTRL,
                 PCI_PM_CTRL_PME_STATUS);
    pci_set_word(d->wmask + NC37XX_CAP_PCIX + PCIX_COMMAND,
                 PCIX_COMMAND_WMASK);
    pci_set_long(d->config + NC37XX_CAP_PCIX + PCIX_STATUS,
                 PCIX_STATUS_FIXED);
    /* Where it sits may differ between both ends of a migration. */
    pci_set_word(d->cmask + NC37XX_CAP_PCIX + PCIX_STATUS, 0);
    return true;
}

void nc37xx_config_reset(PCIDevice *d, bool keep_pme)
{
    uint8_t *control = d->config + NC37XX_CAP_PM + PCI_PM_CTRL;
    uint16_t kept = keep_pme ?
                    PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS : 0;

    pci_set_word(d->config + NC37XX_CAP_PCIX + PCIX_COMMAND, 0);
    pci_set_word(control, pci_get_word(control) & kept);
    pci_set_word(d->config + NC37XX_CAP_VPD + PCI_VPD_ADDR, 0);
}
