/*
 * HP NC37xx network adapter: power states and wake on LAN.
 *
 * QEMU's network stands still while the machine sleeps, since nobody could
 * receive.  A filter that is there for that time alone hears what comes, and
 * lets nothing pass.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "qemu/main-loop.h"
#include "qemu/module.h"
#include "qapi/error.h"
#include "hw/pci/pci.h"
#include "net/filter.h"
#include "qom/object_interfaces.h"
#include "system/runstate.h"
#include "nc37xx-pci.h"

#define TYPE_WAKE_FILTER "nc37xx-wake-filter"
OBJECT_DECLARE_SIMPLE_TYPE(WakeFilter, WAKE_FILTER)

struct WakeFilter {
    NetFilterState parent_obj;

    Nc37xxPciState *adapter;
};

static uint16_t pm_control(Nc37xxPciState *s)
{
    return pci_get_word(PCI_DEVICE(s)->config + NC37XX_CAP_PM + PCI_PM_CTRL);
}

bool nc37xx_is_awake(Nc37xxPciState *s)
{
    return !(pm_control(s) & PCI_PM_CTRL_STATE_MASK);
}

static bool wants_to_wake(Nc37xxPciState *s)
{
    const uint16_t both = PCI_PM_CTRL_PME_ENABLE | PCI_PM_CTRL_PME_STATUS;

    return (pm_control(s) & both) == both;
}

/* In a machine that is up, PME has nobody to tell: the bit is all. */
static void machine_wake(void *opaque)
{
    if (wants_to_wake(opaque) && runstate_check(RUN_STATE_SUSPENDED)) {
        qemu_system_wakeup_request(QEMU_WAKEUP_REASON_OTHER, NULL);
    }
}

void nc37xx_wake_look(Nc37xxPciState *s, const uint8_t *frame, size_t size)
{
    uint8_t *control = PCI_DEVICE(s)->config + NC37XX_CAP_PM + PCI_PM_CTRL;
    size_t header = nc37xx_peer_header_size(&s->peer);

    if (size > header &&
        nc37xx_wake(&s->nc, frame + header, size - header)) {
        pci_set_word(control, pci_get_word(control) | PCI_PM_CTRL_PME_STATUS);
        machine_wake(s);
    }
}

static ssize_t filter_receive(NetFilterState *nf, NetClientState *sender,
                              unsigned flags, const struct iovec *iov,
                              int iovcnt, NetPacketSent *sent_cb)
{
    uint8_t frame[NC37XX_FRAME_MAX + NC37XX_PEER_HEADER_MAX];
    size_t size = iov_size(iov, iovcnt);

    if (!runstate_check(RUN_STATE_SUSPENDED)) {
        return 0;
    }
    if (size <= sizeof(frame)) {
        iov_to_buf(iov, iovcnt, 0, frame, size);
        nc37xx_wake_look(WAKE_FILTER(nf)->adapter, frame, size);
    }
    return size;
}

static void listen_stop(Nc37xxPciState *s)
{
    if (s->wake_filter) {
        object_unparent(s->wake_filter);
        s->wake_filter = NULL;
    }
}

/* A backend that no filter goes with does without wake on LAN. */
static void listen_start(Nc37xxPciState *s)
{
    NetClientState *peer = qemu_get_queue(s->nic)->peer;
    Object *filter;

    if (s->wake_filter || !peer || !nc37xx_wol_armed(&s->nc)) {
        return;
    }
    filter = object_new(TYPE_WAKE_FILTER);
    WAKE_FILTER(filter)->adapter = s;
    object_property_add_child(OBJECT(s), "wake-filter", filter);
    object_unref(filter);
    s->wake_filter = filter;
    if (!object_property_set_str(filter, "netdev", peer->name, NULL) ||
        !object_property_set_str(filter, "queue", "tx", NULL) ||
        !user_creatable_complete(USER_CREATABLE(filter), NULL)) {
        listen_stop(s);
    }
}

/* What came just before the machine slept wakes it up again. */
static void fall_asleep(Nc37xxPciState *s)
{
    listen_start(s);
    qemu_bh_schedule(s->wake_bh);
}

static void machine_suspends(Notifier *notifier, void *data)
{
    fall_asleep(container_of(notifier, Nc37xxPciState, suspend));
}

/* A machine that arrives by migration may be asleep. */
static void machine_state_changes(void *opaque, bool running, RunState state)
{
    if (running && state == RUN_STATE_SUSPENDED) {
        fall_asleep(opaque);
    }
}

void nc37xx_wake_init(Nc37xxPciState *s)
{
    s->wake_bh = qemu_bh_new_guarded(machine_wake, s,
                                     &DEVICE(s)->mem_reentrancy_guard);
    s->suspend.notify = machine_suspends;
    qemu_register_suspend_notifier(&s->suspend);
    s->vm_state = qemu_add_vm_change_state_handler(machine_state_changes, s);
}

void nc37xx_wake_reset_hold(Nc37xxPciState *s)
{
    listen_stop(s);
    qemu_bh_cancel(s->wake_bh);
}

void nc37xx_wake_exit(Nc37xxPciState *s)
{
    qemu_del_vm_change_state_handler(s->vm_state);
    notifier_remove(&s->suspend);
    listen_stop(s);
    qemu_bh_delete(s->wake_bh);
}

static void wake_filter_class_init(ObjectClass *klass, void *data)
{
    NETFILTER_CLASS(klass)->receive_iov = filter_receive;
}

static const TypeInfo wake_filter_type = {
    .name = TYPE_WAKE_FILTER,
    .parent = TYPE_NETFILTER,
    .instance_size = sizeof(WakeFilter),
    .class_init = wake_filter_class_init,
};

static void wake_filter_register(void)
{
    type_register_static(&wake_filter_type);
}

type_init(wake_filter_register)
