/*
 * The channels as BARs 1 to 3 and INTx of a PCI function.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "channel-pci.h"

#define POLL_NS (10 * SCALE_MS)

/*
 * What the core asks for
 */

static bool dma_read(void *opaque, uint64_t address, void *to, size_t size)
{
    IloChannelsPci *bars = opaque;

    return pci_dma_read(bars->pci, address, to, size) == MEMTX_OK;
}

static bool dma_write(void *opaque, uint64_t address, const void *from,
                      size_t size)
{
    IloChannelsPci *bars = opaque;

    return pci_dma_write(bars->pci, address, from, size) == MEMTX_OK;
}

static void interrupt(void *opaque, bool level)
{
    IloChannelsPci *bars = opaque;

    pci_set_irq(bars->pci, level);
}

static void poll_later(void *opaque)
{
    IloChannelsPci *bars = opaque;

    timer_mod(bars->timer,
              qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL) + POLL_NS);
}

static const IloChannelOps channel_ops = {
    .dma_read = dma_read,
    .dma_write = dma_write,
    .interrupt = interrupt,
    .poll_later = poll_later,
};

static void poll(void *opaque)
{
    IloChannelsPci *bars = opaque;

    ilo_channels_poll(&bars->channels);
}

/*
 * BARs
 */

static uint64_t bar1_read(void *opaque, hwaddr addr, unsigned size)
{
    IloChannelsPci *bars = opaque;

    return ilo_channels_read(&bars->channels, addr, size);
}

static void bar1_write(void *opaque, hwaddr addr, uint64_t value,
                       unsigned size)
{
    IloChannelsPci *bars = opaque;

    ilo_channels_write(&bars->channels, addr, value, size);
}

static const MemoryRegionOps bar1_ops = {
    .read = bar1_read,
    .write = bar1_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
    .impl = { .min_access_size = 1, .max_access_size = 4 },
};

static uint64_t bar2_read(void *opaque, hwaddr addr, unsigned size)
{
    IloChannelsPci *bars = opaque;

    return ilo_channels_load(&bars->channels, addr, size);
}

static void bar2_write(void *opaque, hwaddr addr, uint64_t value,
                       unsigned size)
{
    IloChannelsPci *bars = opaque;

    ilo_channels_store(&bars->channels, addr, value, size);
}

static const MemoryRegionOps bar2_ops = {
    .read = bar2_read,
    .write = bar2_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 8 },
    .impl = { .min_access_size = 1, .max_access_size = 8 },
};

/* Doorbells are heard, not read. */
static uint64_t bar3_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0;
}

static void bar3_write(void *opaque, hwaddr addr, uint64_t value,
                       unsigned size)
{
    IloChannelsPci *bars = opaque;

    ilo_channels_doorbell(&bars->channels, addr, value);
}

static const MemoryRegionOps bar3_ops = {
    .read = bar3_read,
    .write = bar3_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
    .impl = { .min_access_size = 1, .max_access_size = 4 },
};

static void add_bar(IloChannelsPci *bars, int number, MemoryRegion *region,
                    const MemoryRegionOps *ops, const char *name,
                    uint64_t size)
{
    memory_region_init_io(region, OBJECT(bars->pci), ops, bars, name, size);
    pci_register_bar(bars->pci, number, PCI_BASE_ADDRESS_SPACE_MEMORY,
                     region);
}

void ilo_channels_pci_realize(IloChannelsPci *bars, PCIDevice *pci,
                              IloSmif *smif, const IloListener *listener)
{
    bars->pci = pci;
    pci_config_set_interrupt_pin(pci->config, 1);
    bars->timer = timer_new_ns(QEMU_CLOCK_VIRTUAL, poll, bars);
    ilo_channels_init(&bars->channels, smif, &channel_ops, bars, listener);
    add_bar(bars, 1, &bars->registers, &bar1_ops, "ilo-ev-registers",
            ILO_CHANNEL_REGISTERS);
    add_bar(bars, 2, &bars->memory, &bar2_ops, "ilo-ev-channels",
            ILO_CHANNEL_MEMORY);
    add_bar(bars, 3, &bars->doorbells, &bar3_ops, "ilo-ev-doorbells",
            ILO_DOORBELLS);
}

void ilo_channels_pci_unrealize(IloChannelsPci *bars)
{
    timer_free(bars->timer);
}

void ilo_channels_pci_reset(IloChannelsPci *bars)
{
    timer_del(bars->timer);
    ilo_channels_reset(&bars->channels);
}

/*
 * Snapshots
 */

static int channels_post_load(void *opaque, int version_id)
{
    IloChannelsPci *bars = opaque;

    return ilo_channels_resume(&bars->channels) ? 0 : -EINVAL;
}

static const VMStateDescription vmstate_queue = {
    .name = "ilo-ev/queue",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT64(fifo, IloQueue),
        VMSTATE_UINT64(data, IloQueue),
        VMSTATE_UINT32(mask, IloQueue),
        VMSTATE_UINT32(limit, IloQueue),
        VMSTATE_UINT32(index, IloQueue),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_channel = {
    .name = "ilo-ev/channel",
    .version_id = 1,
    .minimum_version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(open, IloChannel),
        VMSTATE_UINT8(waits, IloChannel),
        VMSTATE_STRUCT(send, IloChannel, 1, vmstate_queue, IloQueue),
        VMSTATE_STRUCT(receive, IloChannel, 1, vmstate_queue, IloQueue),
        VMSTATE_END_OF_LIST()
    },
};

const VMStateDescription vmstate_ilo_channels = {
    .name = "ilo-ev/channel-bars",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = channels_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(channels.irq, IloChannelsPci),
        VMSTATE_UINT32(channels.out, IloChannelsPci),
        VMSTATE_UINT32(channels.polls, IloChannelsPci),
        VMSTATE_STRUCT_ARRAY(channels.channel, IloChannelsPci, ILO_CHANNELS,
                             1, vmstate_channel, IloChannel),
        VMSTATE_UINT8_ARRAY(channels.memory, IloChannelsPci,
                            ILO_CHANNEL_MEMORY),
        VMSTATE_END_OF_LIST()
    },
};
