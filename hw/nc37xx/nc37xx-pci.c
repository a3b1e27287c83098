/*
 * HP NC37xx network adapter: the chip on QEMU's PCI bus and network.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/datadir.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qemu/range.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "hw/resettable.h"
#include "system/system.h"
#include "nc37xx-pci.h"
#include "nvram.h"
#include "trace.h"

#define DEFAULT_BOOTROM "nc37xx-iscsi.rom"

/* Offsets in the PCI-X capability. */
#define PCIX_COMMAND 2
#define PCIX_STATUS 4
#define PCIX_CAP_SIZE 8
#define PCIX_COMMAND_WMASK 0x007f
/* 64 bits, 133 MHz, reads of up to 4 KiB, 8 at a time. */
#define PCIX_STATUS_FIXED 0x00630000

/* Version 2; wakes from D3hot and, with power there, from D3cold. */
#define PM_CAPABILITIES 0xca02

#define VPD_CAP_SIZE 8
#define VPD_DATA 4

static Nc37xxPciState *state_of(Nc37xx *nc)
{
    return container_of(nc, Nc37xxPciState, nc);
}

/*
 * Descriptors and frames lie in memory: DMA that would reach a device's
 * registers, our own not least, fails.
 */
static const MemTxAttrs memory_only = { .memory = true };

/* Only in D0 may a function begin a transaction (PCI PM 1.2, 5.4). */
static bool is_awake(PCIDevice *d)
{
    return !(pci_get_word(d->config + NC37XX_CAP_PM + PCI_PM_CTRL) &
             PCI_PM_CTRL_STATE_MASK);
}

static bool dma_read(Nc37xx *nc, uint64_t address, void *to, size_t size)
{
    PCIDevice *d = PCI_DEVICE(state_of(nc));

    return is_awake(d) &&
           pci_dma_rw(d, address, to, size, DMA_DIRECTION_TO_DEVICE,
                      memory_only) == MEMTX_OK;
}

static bool dma_write(Nc37xx *nc, uint64_t address, const void *from,
                      size_t size)
{
    PCIDevice *d = PCI_DEVICE(state_of(nc));

    return is_awake(d) &&
           pci_dma_rw(d, address, (void *)from, size,
                      DMA_DIRECTION_FROM_DEVICE, memory_only) == MEMTX_OK;
}

static void send_frame(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    qemu_send_packet(qemu_get_queue(state_of(nc)->nic), frame, size);
}

static void receive_ready(Nc37xx *nc)
{
    qemu_flush_queued_packets(qemu_get_queue(state_of(nc)->nic));
}

static void transmit_later(Nc37xx *nc)
{
    qemu_bh_schedule(state_of(nc)->transmit_bh);
}

static bool msi_is_enabled(Nc37xx *nc)
{
    return msi_enabled(PCI_DEVICE(state_of(nc)));
}

static void msi_send(Nc37xx *nc)
{
    msi_notify(PCI_DEVICE(state_of(nc)), 0);
}

static void intx_set(Nc37xx *nc, bool level)
{
    pci_set_irq(PCI_DEVICE(state_of(nc)), level);
}

static void timer_set(Nc37xx *nc, Nc37xxTimer timer, uint64_t microseconds)
{
    QEMUTimer *t = state_of(nc)->timers[timer];

    if (microseconds) {
        timer_mod(t, qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + microseconds);
    } else {
        timer_del(t);
    }
}

static uint32_t config_read(Nc37xx *nc, uint32_t offset, unsigned size)
{
    PCIDevice *d = PCI_DEVICE(state_of(nc));

    return d->config_read(d, offset, size);
}

static void config_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                         unsigned size)
{
    PCIDevice *d = PCI_DEVICE(state_of(nc));

    d->config_write(d, offset, value, size);
}

#define LOG_INFO(s, event, what, a, b)
#define LOG_GUEST(s, event, what, a, b)                                      \
    qemu_log_mask(LOG_GUEST_ERROR, "%s: " what " (%s 0x%" PRIx64             \
                  ", 0x%" PRIx64 ")\n", (s)->name, #event, a, b);

/* One trace event each; a missing one does not compile. */
#define REPORTER(kind, event, what, a_is, b_is)                              \
static void report_##event(Nc37xxPciState *s, uint64_t a, uint64_t b)        \
{                                                                            \
    trace_nc37xx_##event(s->name, a, b);                                     \
    LOG_##kind(s, event, what, a, b)                                         \
}
NC37XX_EVENTS(REPORTER)

#define REPORTER_ROW(kind, event, what, a_is, b_is)                          \
    [NC37XX_EVENT_##event] = report_##event,
static void (*const reporters[])(Nc37xxPciState *, uint64_t, uint64_t) = {
    NC37XX_EVENTS(REPORTER_ROW)
};

static void report_event(Nc37xx *nc, Nc37xxEvent event, uint64_t a, uint64_t b)
{
    reporters[event](state_of(nc), a, b);
}

static const Nc37xxOps pci_ops = {
    .dma_read = dma_read,
    .dma_write = dma_write,
    .send = send_frame,
    .receive_ready = receive_ready,
    .transmit_later = transmit_later,
    .msi_enabled = msi_is_enabled,
    .msi = msi_send,
    .intx = intx_set,
    .timer = timer_set,
    .config_read = config_read,
    .config_write = config_write,
    .event = report_event,
};

/* From QEMU into the core */

static uint64_t bar_read(void *opaque, hwaddr addr, unsigned size)
{
    Nc37xxPciState *s = opaque;
    uint32_t value = nc37xx_read(&s->nc, addr, size);

    trace_nc37xx_bar_read(s->name, addr, size, value);
    return value;
}

static void bar_write(void *opaque, hwaddr addr, uint64_t value,
                      unsigned size)
{
    Nc37xxPciState *s = opaque;

    trace_nc37xx_bar_write(s->name, addr, size, value);
    nc37xx_write(&s->nc, addr, value, size);
}

static const MemoryRegionOps bar_ops = {
    .read = bar_read,
    .write = bar_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    /* A doorbell of 16 bits must arrive as one: T12. */
    .valid = { .min_access_size = 1, .max_access_size = 4 },
    .impl = { .min_access_size = 1, .max_access_size = 4 },
};

static bool net_can_receive(NetClientState *client)
{
    Nc37xxPciState *s = qemu_get_nic_opaque(client);

    return nc37xx_can_receive(&s->nc);
}

static ssize_t net_receive(NetClientState *client, const uint8_t *frame,
                           size_t size)
{
    Nc37xxPciState *s = qemu_get_nic_opaque(client);

    return nc37xx_receive(&s->nc, frame, size) ? size : 0;
}

static void net_link_changed(NetClientState *client)
{
    Nc37xxPciState *s = qemu_get_nic_opaque(client);

    nc37xx_set_carrier(&s->nc, !client->link_down);
}

static NetClientInfo net_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .can_receive = net_can_receive,
    .receive = net_receive,
    .link_status_changed = net_link_changed,
};

static void link_timer(void *opaque)
{
    Nc37xxPciState *s = opaque;

    nc37xx_timer(&s->nc, NC37XX_TIMER_LINK);
}

static void statistics_timer(void *opaque)
{
    Nc37xxPciState *s = opaque;

    nc37xx_timer(&s->nc, NC37XX_TIMER_STATISTICS);
}

static void transmit_bh(void *opaque)
{
    Nc37xxPciState *s = opaque;

    nc37xx_transmit(&s->nc);
}

/* Configuration space */

static bool is_chip_register(uint32_t addr)
{
    return addr >= NC37XX_PCICFG_FIRST && addr < NC37XX_PCICFG_END;
}

static uint32_t nc37xx_config_read(PCIDevice *d, uint32_t addr, int len)
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

static void nc37xx_config_write(PCIDevice *d, uint32_t addr, uint32_t value,
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
static bool capabilities_add(PCIDevice *d, Error **errp)
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
    pci_set_word(d->config + NC37XX_CAP_PM + PCI_PM_PMC, PM_CAPABILITIES);
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

/* NVRAM and boot ROM */

static bool bootrom_load(Nc37xxPciState *s, char **content, size_t *size,
                         Error **errp)
{
    const char *name = s->bootrom ?: DEFAULT_BOOTROM;
    g_autofree char *path = NULL;
    g_autoptr(GError) error = NULL;

    if (!*name) {
        return true;
    }
    path = qemu_find_file(QEMU_FILE_TYPE_BIOS, name);
    if (!path) {
        error_setg(errp, "boot ROM '%s' not found", name);
        error_append_hint(errp, "Name another with bootrom=FILE, or none "
                          "with bootrom= (empty).\n");
        return false;
    }
    if (!g_file_get_contents(path, content, size, &error)) {
        error_setg(errp, "boot ROM: %s", error->message);
        return false;
    }
    return true;
}

/* Without serial= the address serves: it is as unique. */
static char *serial_number(const Nc37xxPciState *s)
{
    const uint8_t *mac = s->conf.macaddr.a;

    return s->serial ? g_strdup(s->serial) :
           g_strdup_printf("%02X%02X%02X%02X%02X%02X", mac[0], mac[1],
                           mac[2], mac[3], mac[4], mac[5]);
}

static bool nvram_fill(Nc37xxPciState *s, Error **errp)
{
    const Nc37xxModel *model = s->nc.model;
    g_autofree char *serial = serial_number(s);
    g_autofree char *rom = NULL;
    size_t rom_size = 0;
    NvramContent content;

    if (!bootrom_load(s, &rom, &rom_size, errp)) {
        return false;
    }
    if (rom && !PCI_DEVICE(s)->rom_bar) {
        error_setg(errp, "rombar=0, but the adapter's boot ROM is in its "
                   "NVRAM");
        error_append_hint(errp, "Use bootrom= (empty) for none.\n");
        return false;
    }
    content = (NvramContent) {
        .mac = s->conf.macaddr.a,
        .serial = serial,
        .part_number = s->part_number ?: model->part_number,
        .rom = (const uint8_t *)rom,
        .rom_size = rom_size,
    };
    switch (nvram_build(s->nc.nvram, model, &content)) {
    case NVRAM_OK:
        return true;
    case NVRAM_ROM_TOO_LARGE:
        error_setg(errp, "boot ROM of %zu bytes is too large: %u fit",
                   rom_size, NC37XX_EXP_ROM_BYTES);
        return false;
    case NVRAM_ROM_NOT_PCI:
        error_setg(errp, "boot ROM is no PCI expansion ROM");
        return false;
    }
    return false;
}

/* An image that was written to the NVRAM shows after the next reset. */
static void rom_refresh(Nc37xxPciState *s)
{
    uint8_t *to;
    bool damaged;

    if (!memory_region_size(&s->rom)) {
        return;                 /* romfile= took its place */
    }
    to = memory_region_get_ram_ptr(&s->rom);
    nvram_rom_read(s->nc.nvram, s->nc.model, to, &damaged);
    memory_region_set_dirty(&s->rom, 0, NC37XX_EXP_ROM_BYTES);
    if (damaged) {
        warn_report_once("%s: the NVRAM's directory is damaged, there is no "
                         "boot ROM", s->name);
    }
}

static bool rom_bar_register(Nc37xxPciState *s, Error **errp)
{
    PCIDevice *d = PCI_DEVICE(s);

    if ((d->romfile && *d->romfile) || !d->rom_bar) {
        return true;
    }
    if (!memory_region_init_rom(&s->rom, OBJECT(s), "nc37xx.rom",
                                NC37XX_EXP_ROM_BYTES, errp)) {
        return false;
    }
    pci_register_bar(d, PCI_ROM_SLOT, 0, &s->rom);
    return true;
}

/* Life of the device */

static void nc37xx_reset_hold(Object *obj, ResetType type)
{
    Nc37xxPciState *s = NC37XX(obj);
    PCIDevice *d = PCI_DEVICE(obj);

    pci_set_word(d->config + NC37XX_CAP_PCIX + PCIX_COMMAND, 0);
    pci_set_word(d->config + NC37XX_CAP_PM + PCI_PM_CTRL, 0);
    pci_set_word(d->config + NC37XX_CAP_VPD + PCI_VPD_ADDR, 0);
    qemu_bh_cancel(s->transmit_bh);
    nc37xx_pci_reset(&s->nc);
    rom_refresh(s);
}

static void net_init(Nc37xxPciState *s)
{
    DeviceState *dev = DEVICE(s);

    s->nic = qemu_new_nic(&net_info, &s->conf, object_get_typename(OBJECT(s)),
                          dev->id, &dev->mem_reentrancy_guard, s);
    qemu_format_nic_info_str(qemu_get_queue(s->nic), s->conf.macaddr.a);
    s->nc.carrier = !qemu_get_queue(s->nic)->link_down;
}

static void nc37xx_realize(PCIDevice *d, Error **errp)
{
    Nc37xxPciState *s = NC37XX(d);

    s->name = DEVICE(d)->id ?: object_get_typename(OBJECT(d));
    nc37xx_init(&s->nc, &pci_ops, NC37XX_GET_CLASS(d)->model);
    s->nc.autoneg_us = s->autoneg_ms * 1000ull;
    qemu_macaddr_default_if_unset(&s->conf.macaddr);
    if (!nvram_fill(s, errp) || !rom_bar_register(s, errp) ||
        !capabilities_add(d, errp)) {
        return;
    }
    pci_config_set_interrupt_pin(d->config, 1);
    memory_region_init_io(&s->bar, OBJECT(s), &bar_ops, s, "nc37xx",
                          NC37XX_BAR_SIZE);
    pci_register_bar(d, 0, PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_TYPE_64, &s->bar);
    s->timers[NC37XX_TIMER_LINK] =
        timer_new_us(QEMU_CLOCK_VIRTUAL, link_timer, s);
    s->timers[NC37XX_TIMER_STATISTICS] =
        timer_new_us(QEMU_CLOCK_VIRTUAL, statistics_timer, s);
    s->transmit_bh = qemu_bh_new_guarded(transmit_bh, s,
                                         &DEVICE(d)->mem_reentrancy_guard);
    net_init(s);
}

static void nc37xx_exit(PCIDevice *d)
{
    Nc37xxPciState *s = NC37XX(d);
    unsigned i;

    qemu_del_nic(s->nic);
    qemu_bh_delete(s->transmit_bh);
    for (i = 0; i < NC37XX_TIMERS; i++) {
        timer_free(s->timers[i]);
    }
    msi_uninit(d);
}

static void nc37xx_instance_init(Object *obj)
{
    Nc37xxPciState *s = NC37XX(obj);

    device_add_bootindex_property(obj, &s->conf.bootindex, "bootindex",
                                  "/ethernet-phy@0", DEVICE(obj));
}

static const Property nc37xx_properties[] = {
    DEFINE_NIC_PROPERTIES(Nc37xxPciState, conf),
    DEFINE_PROP_STRING("bootrom", Nc37xxPciState, bootrom),
    DEFINE_PROP_STRING("serial", Nc37xxPciState, serial),
    DEFINE_PROP_STRING("part", Nc37xxPciState, part_number),
    DEFINE_PROP_UINT32("autoneg-ms", Nc37xxPciState, autoneg_ms, 0),
};

static void nc37xx_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = nc37xx_realize;
    pc->exit = nc37xx_exit;
    pc->config_read = nc37xx_config_read;
    pc->config_write = nc37xx_config_write;
    pc->vendor_id = NC37XX_PCI_VENDOR;
    pc->subsystem_vendor_id = NC37XX_PCI_SUBVENDOR;
    pc->class_id = PCI_CLASS_NETWORK_ETHERNET;
    RESETTABLE_CLASS(klass)->phases.hold = nc37xx_reset_hold;
    dc->vmsd = &nc37xx_vmstate;
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
    device_class_set_props(dc, nc37xx_properties);
}

static void nc37xx_model_class_init(ObjectClass *klass, void *data)
{
    const Nc37xxModel *model = data;
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    NC37XX_CLASS(klass)->model = model;
    pc->device_id = model->device;
    pc->subsystem_id = model->subsystem;
    pc->revision = model->revision;
    dc->desc = model->product;
}

static const TypeInfo nc37xx_type = {
    .name = TYPE_NC37XX,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(Nc37xxPciState),
    .instance_init = nc37xx_instance_init,
    .class_size = sizeof(Nc37xxPciClass),
    .class_init = nc37xx_class_init,
    .abstract = true,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { },
    },
};

static void nc37xx_register_types(void)
{
    const Nc37xxModel *model;

    type_register_static(&nc37xx_type);
    for (model = nc37xx_models; model->type; model++) {
        const TypeInfo info = {
            .name = model->type,
            .parent = TYPE_NC37XX,
            .class_init = nc37xx_model_class_init,
            .class_data = (void *)model,
        };

        type_register_static(&info);
    }
}

type_init(nc37xx_register_types)
