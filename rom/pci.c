/*
 * PCI configuration space, by configuration mechanism 1 (ports 0xcf8, 0xcfc).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "io.h"
#include "pci.h"
#include "runtime.h"

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA 0xcfc
#define CONFIG_ENABLE 0x80000000u

#define BAR_IO 0x1
#define BAR_TYPE_MASK 0x6
#define BAR_TYPE_64 0x4

#define VECTOR_PCI_BIOS 0x1a
#define PCI_BIOS_FIND_DEVICE 0xb102

static uint16_t config_select(pci_bdf bdf, uint8_t offset)
{
    outl(CONFIG_ADDRESS, CONFIG_ENABLE | (uint32_t)bdf << 8 | (offset & 0xfc));
    return CONFIG_DATA + (offset & 3);
}

uint16_t pci_read16(pci_bdf bdf, uint8_t offset)
{
    return inw(config_select(bdf, offset));
}

uint32_t pci_read32(pci_bdf bdf, uint8_t offset)
{
    return inl(config_select(bdf, offset));
}

void pci_write16(pci_bdf bdf, uint8_t offset, uint16_t value)
{
    outw(config_select(bdf, offset), value);
}

uint32_t pci_memory_bar(pci_bdf bdf, unsigned bar)
{
    uint8_t at = PCI_BAR_0 + bar * 4;
    uint32_t low = pci_read32(bdf, at);

    if (low & BAR_IO) {
        return 0;
    }
    if ((low & BAR_TYPE_MASK) == BAR_TYPE_64 && pci_read32(bdf, at + 4)) {
        return 0;
    }
    return low & ~0xfu;
}

uint16_t pci_io_bar(pci_bdf bdf, unsigned bar)
{
    uint32_t low = pci_read32(bdf, PCI_BAR_0 + bar * 4);

    return low & BAR_IO ? low & 0xfffc : 0;
}

void pci_change_command(pci_bdf bdf, uint16_t set, uint16_t clear)
{
    uint16_t command = pci_read16(bdf, PCI_COMMAND);

    pci_write16(bdf, PCI_COMMAND, (command | set) & ~clear);
}

bool pci_find_device(uint16_t vendor, uint16_t device, pci_bdf *bdf)
{
    struct bios_regs regs = {
        .eax = PCI_BIOS_FIND_DEVICE,
        .ecx = device,
        .edx = vendor,
    };

    bios_interrupt(VECTOR_PCI_BIOS, &regs);
    *bdf = regs.ebx;
    return !(regs.flags & FLAGS_CARRY) && !(regs.eax & 0xff00);
}
