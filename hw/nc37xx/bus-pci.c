/*
 * HP NC37xx network adapter: what the chip asks of the PCI bus.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "nc37xx-pci.h"

/*
 * Descriptors and frames lie in memory: DMA that would reach a device's
 * registers, our own not least, fails.
 */
static const MemTxAttrs memory_only = { .memory = true };

/* Only in D0 may a function begin a transaction (PCI PM 1.2, 5.4). */
bool nc37xx_pci_dma_read(Nc37xx *nc, uint64_t address, void *to, size_t size)
{
    PCIDevice *d = PCI_DEVICE(nc37xx_pci_state(nc));

    return nc37xx_is_awake(nc37xx_pci_state(nc)) &&
           pci_dma_rw(d, address, to, size, DMA_DIRECTION_TO_DEVICE,
                      memory_only) == MEMTX_OK;
}

bool nc37xx_pci_dma_write(Nc37xx *nc, uint64_t address, const void *from,
                      size_t size)
{
    PCIDevice *d = PCI_DEVICE(nc37xx_pci_state(nc));

    return nc37xx_is_awake(nc37xx_pci_state(nc)) &&
           pci_dma_rw(d, address, (void *)from, size,
                      DMA_DIRECTION_FROM_DEVICE, memory_only) == MEMTX_OK;
}

bool nc37xx_pci_msi_enabled(Nc37xx *nc)
{
    return msi_enabled(PCI_DEVICE(nc37xx_pci_state(nc)));
}

void nc37xx_pci_msi(Nc37xx *nc)
{
    msi_notify(PCI_DEVICE(nc37xx_pci_state(nc)), 0);
}

void nc37xx_pci_intx(Nc37xx *nc, bool level)
{
    pci_set_irq(PCI_DEVICE(nc37xx_pci_state(nc)), level);
}

uint32_t nc37xx_pci_config_read(Nc37xx *nc, uint32_t offset, unsigned size)
{
    PCIDevice *d = PCI_DEVICE(nc37xx_pci_state(nc));

    return d->config_read(d, offset, size);
}

void nc37xx_pci_config_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                         unsigned size)
{
    PCIDevice *d = PCI_DEVICE(nc37xx_pci_state(nc));

    d->config_write(d, offset, value, size);
}
