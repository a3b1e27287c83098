/*
 * PCI configuration space, by configuration mechanism 1 (ports 0xcf8, 0xcfc).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_PCI_H
#define ROM_PCI_H

#include <stdbool.h>
#include <stdint.h>

/* A function's address as the PCI BIOS writes it: bus << 8 | dev << 3 | fn. */
typedef uint16_t pci_bdf;

static inline uint8_t pci_bus(pci_bdf bdf)
{
    return bdf >> 8;
}

static inline uint8_t pci_device(pci_bdf bdf)
{
    return bdf >> 3 & 31;
}

static inline uint8_t pci_function(pci_bdf bdf)
{
    return bdf & 7;
}

/* Registers of configuration space used here. */
enum {
    PCI_VENDOR_ID = 0x00,
    PCI_DEVICE_ID = 0x02,
    PCI_COMMAND = 0x04,
    PCI_CLASS_REVISION = 0x08,
    PCI_BAR_0 = 0x10,
    PCI_SUBSYSTEM_VENDOR_ID = 0x2c,
    PCI_SUBSYSTEM_ID = 0x2e,
};

#define PCI_COMMAND_IO 0x0001
#define PCI_COMMAND_MEMORY 0x0002
#define PCI_COMMAND_MASTER 0x0004

/* @offset must be aligned to the access. */
uint16_t pci_read16(pci_bdf bdf, uint8_t offset);
uint32_t pci_read32(pci_bdf bdf, uint8_t offset);
void pci_write16(pci_bdf bdf, uint8_t offset, uint16_t value);

/*
 * Address of memory BAR number @bar (0..5), 0 when it is an I/O BAR, is not
 * assigned, or lies above 4 GiB.
 */
uint32_t pci_memory_bar(pci_bdf bdf, unsigned bar);

/* First port of I/O BAR number @bar, 0 when it is none or not assigned. */
uint16_t pci_io_bar(pci_bdf bdf, unsigned bar);

/* Sets and clears bits of the command register. */
void pci_change_command(pci_bdf bdf, uint16_t set, uint16_t clear);

/*
 * Asks the PCI BIOS for the first function with these identifiers.  Returns
 * whether there is one, and its address in @bdf.
 */
bool pci_find_device(uint16_t vendor, uint16_t device, pci_bdf *bdf);

#endif
