/*
 * ilo-ev: the memory of an HP Integrated Lights-Out processor, as the PCI
 * function through which the host reads and writes EVs.
 *
 * Properties:
 *   drive=ID     block backend of 131072 bytes that keeps the EVs; without
 *                one they are lost when QEMU ends
 *   events=ID    chardev that gets a JSON line for each stage of a boot
 *   chardev=ID   chardev of the management link; with it, QEMU should run
 *                with -no-shutdown, so that iLO outlives its machine
 *   lock-secrets=on|off  hide secrets once the boot ROM has handed over
 *
 * Data sheet: docs/specs/ilo-ev.rst
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qemu/log.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "exec/address-spaces.h"
#include "hw/pci/pci_device.h"
#include "hw/qdev-properties.h"
#include "hw/qdev-properties-system.h"
#include "migration/vmstate.h"
#include "system/block-backend.h"
#include "system/runstate.h"
#include "system/runstate-action.h"
#include "ncsim/ilo_mailbox.h"
#include "ncsim/post_codes.h"
#include "channel-pci.h"
#include "ev-store.h"
#include "link-qdev.h"
#include "machine-qdev.h"
#include "mailbox.h"
#include "post.h"
#include "progress-qdev.h"
#include "smif.h"
#include "trace.h"

#define TYPE_ILO_EV "ilo-ev"
OBJECT_DECLARE_SIMPLE_TYPE(IloEvState, ILO_EV)

struct IloEvState {
    PCIDevice parent_obj;

    MemoryRegion mailbox_io;
    MemoryRegion post_io;
    BlockBackend *blk;
    EvStore store;
    IloPost post;
    IloSmif smif;
    IloMailbox mailbox;
    IloProgress progress;
    IloMachine machine;
    IloLinkQdev link;
    IloChannelsPci bars;
    VMChangeStateEntry *watcher;
    bool is_loaded;                 /* the drive may hold something else */
};

/*
 * Events of the cores
 */

static void ilo_ev_report(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
#define EVENT_ROW(name) { #name, trace_ilo_ev_ ## name },
    static const struct {
        const char *name;
        void (*trace)(uint32_t a, uint32_t b);
    } events[] = { ILO_EVENTS(EVENT_ROW) };
#undef EVENT_ROW

    events[event].trace(a, b);
    if (event == ILO_EVENT_store_not_written) {
        warn_report_once("ilo-ev: the drive did not take a change of the EVs "
                         "(step %u of 4); the guest was told", b);
    } else if (event >= ILO_EVENT_REFUSED_FIRST &&
               event < ILO_EVENT_DRIVE_FIRST) {
        qemu_log_mask(LOG_GUEST_ERROR, "ilo-ev: %s 0x%x 0x%x\n",
                      events[event].name, a, b);
    }
}

/*
 * Drive
 */

static bool drive_read(void *opaque, uint32_t offset, void *buffer,
                       uint32_t size)
{
    IloEvState *s = opaque;

    return blk_pread(s->blk, offset, size, buffer, 0) >= 0;
}

static bool drive_write(void *opaque, uint32_t offset, const void *buffer,
                        uint32_t size)
{
    IloEvState *s = opaque;

    return blk_is_writable(s->blk) &&
           blk_pwrite(s->blk, offset, size, buffer, 0) >= 0;
}

static bool drive_flush(void *opaque)
{
    IloEvState *s = opaque;

    return blk_flush(s->blk) >= 0;
}

static const EvStoreOps drive_ops = {
    .read = drive_read,
    .write = drive_write,
    .flush = drive_flush,
};

static bool claim_drive(IloEvState *s, Error **errp)
{
    int64_t size = blk_getlength(s->blk);
    uint64_t perm = BLK_PERM_CONSISTENT_READ;

    if (size != EV_DRIVE_SIZE) {
        error_setg(errp, "the drive of ilo-ev has %" PRId64 " bytes, "
                   "but must have exactly %u", size, EV_DRIVE_SIZE);
        error_append_hint(errp, "Make one with "
                          "'ev -c --image FILE < evinput.txt'.\n");
        return false;
    }
    if (blk_supports_write_perm(s->blk)) {
        perm |= BLK_PERM_WRITE;
    } else {
        warn_report("ilo-ev: the drive is read-only; "
                    "the guest cannot change EVs");
    }
    /* Nobody else may write: what is in memory would no longer be true. */
    return blk_set_perm(s->blk, perm, BLK_PERM_CONSISTENT_READ |
                        BLK_PERM_WRITE_UNCHANGED, errp) >= 0;
}

static bool load_store(IloEvState *s, const IloListener *listener,
                       Error **errp)
{
    if (!s->blk) {
        ev_store_init(&s->store, NULL, NULL, listener);
        warn_report("ilo-ev: no drive= is given; "
                    "EVs are lost when QEMU ends");
        return true;
    }
    if (!claim_drive(s, errp)) {
        return false;
    }
    ev_store_init(&s->store, &drive_ops, s, listener);
    switch (ev_store_load(&s->store)) {
    case EV_LOAD_FAILED:
        error_setg(errp, "the drive of ilo-ev cannot be read");
        return false;
    case EV_LOAD_DAMAGED:
        warn_report("ilo-ev: both copies on the drive are damaged; "
                    "there are no EVs");
        return true;
    default:
        return true;
    }
}

/*
 * Machine and management link
 */

static void host_now(void *opaque, IloTime *now)
{
    ilo_machine_now(now);
}

static bool host_is_on(void *opaque)
{
    return ilo_machine_is_on();
}

static void host_power(void *opaque, uint32_t act)
{
    IloEvState *s = opaque;

    ilo_machine_power(&s->machine, act);
}

static bool host_boot_order(void *opaque, const char *letters)
{
    return ilo_machine_boot_order(letters);
}

static void host_ev_changed(void *opaque, const char *name)
{
    IloEvState *s = opaque;

    ilo_link_ev_changed(&s->link.link, name);
}

static void host_logged(void *opaque, const uint8_t *entry, size_t size)
{
    IloEvState *s = opaque;

    ilo_link_logged(&s->link.link, entry, size);
}

static void host_restart(void *opaque)
{
    IloEvState *s = opaque;

    ilo_channels_restart(&s->bars.channels);
}

static const IloHostOps host_ops = {
    .now = host_now,
    .is_on = host_is_on,
    .power = host_power,
    .boot_order = host_boot_order,
    .ev_changed = host_ev_changed,
    .logged = host_logged,
    .restart = host_restart,
};

static void machine_is_switched(void *opaque, bool is_on)
{
    IloEvState *s = opaque;

    ilo_link_power(&s->link.link, is_on);
}

static void warn_of_shutdown(IloEvState *s)
{
    if (qemu_chr_fe_backend_connected(&s->link.chr) &&
        shutdown_action != SHUTDOWN_ACTION_PAUSE) {
        warn_report("ilo-ev: without -no-shutdown QEMU ends when the machine "
                    "is switched off, and nobody can switch it on");
    }
}

/*
 * Ports
 */

static uint64_t ilo_ev_mailbox_read(void *opaque, hwaddr addr, unsigned size)
{
    IloEvState *s = opaque;

    return ilo_mailbox_read(&s->mailbox, addr, size);
}

static void ilo_ev_mailbox_write(void *opaque, hwaddr addr, uint64_t value,
                                 unsigned size)
{
    IloEvState *s = opaque;

    ilo_mailbox_write(&s->mailbox, addr, value, size);
}

static const MemoryRegionOps mailbox_ops = {
    .read = ilo_ev_mailbox_read,
    .write = ilo_ev_mailbox_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
    .impl = { .min_access_size = 1, .max_access_size = 4 },
};

/* As on a PC, whose port 80h takes bytes and gives none. */
static uint64_t ilo_ev_post_read(void *opaque, hwaddr addr, unsigned size)
{
    return 0xff;
}

static void ilo_ev_post_write(void *opaque, hwaddr addr, uint64_t value,
                              unsigned size)
{
    IloEvState *s = opaque;

    if (ilo_post_byte(&s->post, value)) {
        uint8_t code = ilo_post_last(&s->post);

        ilo_ev_report(s, ILO_EVENT_post_stage, code, s->post.count);
        ilo_progress_stage(&s->progress, code);
        ilo_link_stage(&s->link.link, code);
    }
}

static const MemoryRegionOps post_ops = {
    .read = ilo_ev_post_read,
    .write = ilo_ev_post_write,
    .endianness = DEVICE_LITTLE_ENDIAN,
    .valid = { .min_access_size = 1, .max_access_size = 4 },
    .impl = { .min_access_size = 1, .max_access_size = 1 },
};

/*
 * Device
 */

/* A server has one iLO, and there is one port 80h. */
static bool is_only_one(Error **errp)
{
    bool ambiguous = false;

    object_resolve_path_type("", TYPE_ILO_EV, &ambiguous);
    if (ambiguous) {
        error_setg(errp, "a machine has at most one ilo-ev");
    }
    return !ambiguous;
}

/* After a snapshot was loaded the drive is ours only when the machine runs. */
static void state_has_changed(void *opaque, bool running, RunState state)
{
    IloEvState *s = opaque;

    if (!running || !s->is_loaded) {
        return;
    }
    s->is_loaded = false;
    if (ev_store_settle(&s->store) != EV_CHANGE_OK) {
        warn_report("ilo-ev: the drive does not take the EVs of the "
                    "snapshot; they are lost when QEMU ends");
    }
}

static void ilo_ev_realize(PCIDevice *pci, Error **errp)
{
    IloEvState *s = ILO_EV(pci);
    const IloListener listener = { ilo_ev_report, s };

    if (!is_only_one(errp) || !load_store(s, &listener, errp)) {
        return;
    }
    ilo_post_reset(&s->post);
    ilo_smif_init(&s->smif, &s->store, &s->post, &host_ops, s, &listener);
    ilo_boot_init(&s->smif.boot, ilo_machine_boot_letters());
    ilo_mailbox_init(&s->mailbox, &s->smif, &listener);
    memory_region_init_io(&s->mailbox_io, OBJECT(s), &mailbox_ops, s,
                          "ilo-ev-mailbox", ILO_MAILBOX_PORTS);
    pci_register_bar(pci, 0, PCI_BASE_ADDRESS_SPACE_IO, &s->mailbox_io);
    ilo_channels_pci_realize(&s->bars, pci, &s->smif, &listener);
    memory_region_init_io(&s->post_io, OBJECT(s), &post_ops, s,
                          "ilo-ev-post", 1);
    memory_region_add_subregion_overlap(get_system_io(), POST_PORT,
                                        &s->post_io, 1);
    warn_of_shutdown(s);
    ilo_machine_realize(&s->machine, DEVICE(s), machine_is_switched, s);
    ilo_link_qdev_realize(&s->link, &s->smif, &listener);
    s->watcher = qemu_add_vm_change_state_handler(state_has_changed, s);
}

static void ilo_ev_exit(PCIDevice *pci)
{
    IloEvState *s = ILO_EV(pci);

    qemu_del_vm_change_state_handler(s->watcher);
    ilo_link_qdev_unrealize(&s->link);
    ilo_machine_unrealize(&s->machine);
    ilo_channels_pci_unrealize(&s->bars);
    memory_region_del_subregion(get_system_io(), &s->post_io);
}

/* The host is reset, not iLO: EVs stay, the exchange and the boot do not. */
static void ilo_ev_reset_hold(Object *obj, ResetType type)
{
    IloEvState *s = ILO_EV(obj);

    ilo_mailbox_reset(&s->mailbox);
    ilo_channels_pci_reset(&s->bars);
    ilo_post_reset(&s->post);
    ilo_smif_reset(&s->smif);
    ilo_machine_reset(&s->machine);
    ilo_link_reset(&s->link.link);
}

/*
 * Snapshots.  The link is none of them: its daemon has a connection of its
 * own to whoever runs the machine, and an open change ends with that.
 */

/* What a stream does not bring is as after the start. */
static int ilo_ev_pre_load(void *opaque)
{
    IloEvState *s = opaque;

    s->smif.secrets_locked = 0;
    s->smif.log_count = 0;
    ilo_boot_init(&s->smif.boot, ilo_machine_boot_letters());
    return 0;
}

/*
 * A stream from before there was a pin, or one that somebody has changed,
 * takes the pin away, and QEMU does not bear an interrupt without one.
 */
static bool ilo_ev_has_pin(void *opaque, int version_id)
{
    IloEvState *s = opaque;

    pci_config_set_interrupt_pin(PCI_DEVICE(s)->config, 1);
    return true;
}

static int ilo_ev_post_load(void *opaque, int version_id)
{
    IloEvState *s = opaque;

    if (!ev_store_resume(&s->store) || !ilo_mailbox_is_sound(&s->mailbox) ||
        !ilo_smif_is_sound(&s->smif)) {
        return -EINVAL;
    }
    s->is_loaded = true;
    ilo_link_all_changed(&s->link.link, ilo_machine_is_on(),
                         ilo_post_last(&s->post));
    return 0;
}

static bool ilo_ev_smif_needed(void *opaque)
{
    IloEvState *s = opaque;
    IloBoot boot;

    ilo_boot_init(&boot, ilo_machine_boot_letters());
    return s->smif.secrets_locked || s->smif.log_count ||
           memcmp(&s->smif.boot, &boot, sizeof(boot)) != 0;
}

static const VMStateDescription vmstate_ilo_ev_smif = {
    .name = TYPE_ILO_EV "/smif",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = ilo_ev_smif_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT8(smif.secrets_locked, IloEvState),
        VMSTATE_UINT32(smif.log_count, IloEvState),
        VMSTATE_UINT8_ARRAY(smif.boot.order, IloEvState,
                            ILO_LINK_BOOT_ORDER_COUNT),
        VMSTATE_UINT8(smif.boot.once, IloEvState),
        VMSTATE_UINT8(smif.boot.once_runs, IloEvState),
        VMSTATE_END_OF_LIST()
    },
};

static bool ilo_ev_channels_needed(void *opaque)
{
    IloEvState *s = opaque;

    return !ilo_channels_are_idle(&s->bars.channels);
}

static const VMStateDescription vmstate_ilo_ev_channels = {
    .name = TYPE_ILO_EV "/channels",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = ilo_ev_channels_needed,
    .fields = (const VMStateField[]) {
        VMSTATE_STRUCT(bars, IloEvState, 1, vmstate_ilo_channels,
                       IloChannelsPci),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_ilo_ev = {
    .name = TYPE_ILO_EV,
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_load = ilo_ev_pre_load,
    .post_load = ilo_ev_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, IloEvState),
        VMSTATE_VALIDATE("interrupt pin", ilo_ev_has_pin),
        VMSTATE_UINT64(store.generation, IloEvState),
        VMSTATE_UINT32(store.slot, IloEvState),
        VMSTATE_UINT32(store.records.used, IloEvState),
        VMSTATE_UINT32(store.records.count, IloEvState),
        VMSTATE_UINT8_ARRAY(store.records.payload, IloEvState,
                            EV_PAYLOAD_MAX),
        VMSTATE_UINT8_ARRAY(post.before, IloEvState, 2),
        VMSTATE_UINT32(post.count, IloEvState),
        VMSTATE_UINT8_ARRAY(post.stages, IloEvState, ILO_POST_STAGES_KEPT),
        VMSTATE_UINT32(mailbox.status, IloEvState),
        VMSTATE_UINT32(mailbox.length, IloEvState),
        VMSTATE_UINT32(mailbox.pointer, IloEvState),
        VMSTATE_UINT32(mailbox.length_given, IloEvState),
        VMSTATE_UINT8_ARRAY(mailbox.packet, IloEvState, ILO_PACKET_MAX),
        VMSTATE_UINT8_ARRAY(mailbox.reply, IloEvState, ILO_PACKET_MAX),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_ilo_ev_smif,
        &vmstate_ilo_ev_channels,
        NULL
    },
};

static const Property ilo_ev_properties[] = {
    DEFINE_PROP_DRIVE("drive", IloEvState, blk),
    DEFINE_PROP_CHR("events", IloEvState, progress.chr),
    DEFINE_PROP_CHR("chardev", IloEvState, link.chr),
    DEFINE_PROP_BOOL("lock-secrets", IloEvState, smif.lock_secrets, true),
};

static void ilo_ev_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = ilo_ev_realize;
    pc->exit = ilo_ev_exit;
    pc->vendor_id = ILO_PCI_VENDOR;
    pc->device_id = ILO_PCI_DEVICE;
    pc->revision = 3;               /* iLO 2 */
    pc->class_id = PCI_CLASS_SYSTEM_OTHER;
    pc->subsystem_vendor_id = 0x103c;
    pc->subsystem_id = 0x3305;
    RESETTABLE_CLASS(klass)->phases.hold = ilo_ev_reset_hold;
    dc->desc = "HP Integrated Lights-Out memory (EVs)";
    dc->vmsd = &vmstate_ilo_ev;
    dc->hotpluggable = false;
    device_class_set_props(dc, ilo_ev_properties);
    set_bit(DEVICE_CATEGORY_MISC, dc->categories);
}

static const TypeInfo ilo_ev_type = {
    .name = TYPE_ILO_EV,
    .parent = TYPE_PCI_DEVICE,
    .instance_size = sizeof(IloEvState),
    .class_init = ilo_ev_class_init,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_CONVENTIONAL_PCI_DEVICE },
        { }
    },
};

static void ilo_ev_register_types(void)
{
    type_register_static(&ilo_ev_type);
}

type_init(ilo_ev_register_types)
