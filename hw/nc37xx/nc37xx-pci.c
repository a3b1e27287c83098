/*
 * HP NC37xx network adapter: the device, from its making to its end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "qemu/timer.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/pci.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "hw/resettable.h"
#include "system/system.h"
#include "nc37xx-pci.h"
#include "trace.h"

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

static void timer_set(Nc37xx *nc, Nc37xxTimer timer, uint64_t microseconds)
{
    QEMUTimer *t = nc37xx_pci_state(nc)->timers[timer];

    if (microseconds) {
        timer_mod(t, qemu_clock_get_us(QEMU_CLOCK_VIRTUAL) + microseconds);
    } else {
        timer_del(t);
    }
}

static uint64_t now(Nc37xx *nc)
{
    return qemu_clock_get_us(QEMU_CLOCK_VIRTUAL);
}

#define TIMER_EXPIRED(name, timer)                                           \
static void name##_expired(void *opaque)                                     \
{                                                                            \
    Nc37xxPciState *s = opaque;                                              \
                                                                             \
    nc37xx_timer(&s->nc, timer);                                             \
}
TIMER_EXPIRED(link, NC37XX_TIMER_LINK)
TIMER_EXPIRED(statistics, NC37XX_TIMER_STATISTICS)
TIMER_EXPIRED(transmit, NC37XX_TIMER_TRANSMIT)
TIMER_EXPIRED(paused, NC37XX_TIMER_PAUSED)
TIMER_EXPIRED(xoff, NC37XX_TIMER_XOFF)
TIMER_EXPIRED(held, NC37XX_TIMER_HELD)

static QEMUTimerCB *const expired[NC37XX_TIMERS] = {
    [NC37XX_TIMER_LINK] = link_expired,
    [NC37XX_TIMER_STATISTICS] = statistics_expired,
    [NC37XX_TIMER_TRANSMIT] = transmit_expired,
    [NC37XX_TIMER_PAUSED] = paused_expired,
    [NC37XX_TIMER_XOFF] = xoff_expired,
    [NC37XX_TIMER_HELD] = held_expired,
};

static void timers_new(Nc37xxPciState *s)
{
    unsigned i;

    for (i = 0; i < NC37XX_TIMERS; i++) {
        s->timers[i] = timer_new_us(QEMU_CLOCK_VIRTUAL, expired[i], s);
    }
}

static const Nc37xxOps pci_ops = {
    .dma_read = nc37xx_pci_dma_read,
    .dma_write = nc37xx_pci_dma_write,
    .send = nc37xx_pci_send,
    .send_large = nc37xx_pci_send_large,
    .receive_ready = nc37xx_pci_receive_ready,
    .msi_enabled = nc37xx_pci_msi_enabled,
    .msi = nc37xx_pci_msi,
    .intx = nc37xx_pci_intx,
    .timer = timer_set,
    .now = now,
    .config_read = nc37xx_pci_config_read,
    .config_write = nc37xx_pci_config_write,
    .nvm_store = nc37xx_pci_nvm_store,
    .restarted = nc37xx_pci_restarted,
    .event = nc37xx_pci_event,
};

/* Life of the device */

static void nc37xx_reset_hold(Object *obj, ResetType type)
{
    Nc37xxPciState *s = NC37XX(obj);
    bool wakes = type == RESET_TYPE_WAKEUP;

    nc37xx_config_reset(PCI_DEVICE(obj), wakes && s->vaux);
    nc37xx_wake_reset_hold(s);
    if (wakes) {
        nc37xx_wake_reset(&s->nc);
        /* QEMU kept the first frame that came, and the rest behind it. */
        nc37xx_pci_receive_ready(&s->nc);
    } else {
        nc37xx_pci_reset(&s->nc);
    }
    nc37xx_nvram_reset(s);
}

static const char *const variant_names[NC37XX_VARIANTS] = {
    [NC37XX_VARIANT_COPPER] = "copper",
    [NC37XX_VARIANT_SERDES] = "serdes",
    [NC37XX_VARIANT_BACKPLANE] = "backplane",
};

/* The board as media= wants it, NULL if it was not made that way. */
static const Nc37xxModel *model_choose(Nc37xxPciState *s, Error **errp)
{
    const Nc37xxModel *board = NC37XX_GET_CLASS(s)->model;
    g_autoptr(GString) choices = g_string_new(NULL);
    const Nc37xxModel *model;
    unsigned i;

    if (!s->media) {
        return board;
    }
    for (i = 0; i < NC37XX_VARIANTS; i++) {
        model = nc37xx_model_variant(board, i);
        if (model && g_str_equal(s->media, variant_names[i])) {
            return model;
        }
        if (model) {
            g_string_append_printf(choices, "%s%s", choices->len ? ", " : "",
                                   variant_names[i]);
        }
    }
    error_setg(errp, "there is no %s with media=%s; there is: %s",
               board->type, s->media, choices->str);
    return NULL;
}

/* The class has those of the first variant. */
static void identity_set(PCIDevice *d, const Nc37xxModel *model)
{
    pci_config_set_device_id(d->config, model->device);
    pci_set_word(d->config + PCI_SUBSYSTEM_ID, model->subsystem);
    pci_config_set_revision(d->config, model->revision);
}

/*
 * Under KVM a write of an index need not leave the guest: it is collected,
 * and comes before the next access to any register, which is the write of the
 * byte sequence.  What sets something going must leave: the sequences, and
 * the index of pages, for which a frame that was refused may be waiting.
 */
static void indices_coalesce(MemoryRegion *bar)
{
    memory_region_add_coalescing(bar, NC37XX_DOORBELL_TX_BIDX,
                                 sizeof(uint16_t));
    memory_region_add_coalescing(bar, NC37XX_DOORBELL_RX_BDIDX,
                                 sizeof(uint16_t));
}

static bool gso_is_valid(const Nc37xxPciState *s, Error **errp)
{
    if (s->gso != ON_OFF_AUTO_ON) {
        return true;
    }
    error_setg(errp, "gso=on: what the network takes decides; use gso=auto "
               "or gso=off");
    return false;
}

static void nc37xx_realize(PCIDevice *d, Error **errp)
{
    Nc37xxPciState *s = NC37XX(d);
    const Nc37xxModel *model = model_choose(s, errp);

    if (!model || !gso_is_valid(s, errp)) {
        return;
    }
    s->name = DEVICE(d)->id ?: object_get_typename(OBJECT(d));
    identity_set(d, model);
    s->nc.model = model;
    s->nc.autoneg_us = s->autoneg_ms * 1000ull;
    s->nc.vaux = s->vaux;
    if (!nc37xx_partner_set(s, errp) || !nc37xx_nvram_fill(s, errp) ||
        !nc37xx_rom_register(s, errp) || !nc37xx_capabilities_add(d, errp)) {
        return;
    }
    pci_config_set_interrupt_pin(d->config, 1);
    memory_region_init_io(&s->bar, OBJECT(s), &bar_ops, s, "nc37xx",
                          NC37XX_BAR_SIZE);
    indices_coalesce(&s->bar);
    pci_register_bar(d, 0, PCI_BASE_ADDRESS_SPACE_MEMORY |
                     PCI_BASE_ADDRESS_MEM_TYPE_64, &s->bar);
    timers_new(s);
    nc37xx_net_init(s);
    nc37xx_wake_init(s);
    nc37xx_flash_start(s);
}

static void nc37xx_exit(PCIDevice *d)
{
    Nc37xxPciState *s = NC37XX(d);
    unsigned i;

    nc37xx_flash_close(s);
    nc37xx_wake_exit(s);
    nc37xx_net_exit(s);
    for (i = 0; i < NC37XX_TIMERS; i++) {
        timer_free(s->timers[i]);
    }
    msi_uninit(d);
}

static void nc37xx_instance_init(Object *obj)
{
    Nc37xxPciState *s = NC37XX(obj);

    /* Before the properties, which may set faults. */
    nc37xx_init(&s->nc, &pci_ops, NC37XX_GET_CLASS(obj)->model);
    device_add_bootindex_property(obj, &s->conf.bootindex, "bootindex",
                                  "/ethernet-phy@0", DEVICE(obj));
    object_property_set_description(obj, "bootindex",
                                    "place in the boot order, from 0");
}

static const Property nc37xx_properties[] = {
    DEFINE_NIC_PROPERTIES(Nc37xxPciState, conf),
    DEFINE_PROP_STRING("media", Nc37xxPciState, media),
    DEFINE_PROP_DRIVE("nvram", Nc37xxPciState, drive),
    DEFINE_PROP_STRING("bootrom", Nc37xxPciState, bootrom),
    DEFINE_PROP_STRING("serial", Nc37xxPciState, serial),
    DEFINE_PROP_STRING("part", Nc37xxPciState, part_number),
    DEFINE_PROP_UINT32("autoneg-ms", Nc37xxPciState, autoneg_ms, 0),
    DEFINE_PROP_ON_OFF_AUTO("gso", Nc37xxPciState, gso, ON_OFF_AUTO_AUTO),
    DEFINE_PROP_UINT32("link-speed", Nc37xxPciState, link_speed, 1000),
    DEFINE_PROP_BOOL("link-half-duplex", Nc37xxPciState, link_half_duplex,
                     false),
    DEFINE_PROP_BOOL("link-autoneg", Nc37xxPciState, link_autoneg, true),
    DEFINE_PROP_STRING("link-pause", Nc37xxPciState, link_pause),
    DEFINE_PROP_BOOL("vaux", Nc37xxPciState, vaux, true),
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
    nc37xx_fault_properties_add(klass);
    nc37xx_inspect_properties_add(klass);
    nc37xx_describe(klass);
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
    dc->user_creatable = !model->port;
    dc->hotpluggable = !model->port;
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

        if (!model->alternative) {
            type_register_static(&info);
        }
    }
}

type_init(nc37xx_register_types)
