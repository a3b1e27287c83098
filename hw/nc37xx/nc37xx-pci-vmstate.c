/*
 * HP NC37xx network adapter: its state in a migration stream.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/timer.h"
#include "exec/cpu-common.h"
#include "nc37xx-pci.h"
#include "nc37xx-vmstate.h"

/* What KVM has collected belongs to the state: see indices_coalesce(). */
static int nc37xx_pre_save(void *opaque)
{
    qemu_flush_coalesced_mmio_buffer();
    return 0;
}

static int nc37xx_post_load(void *opaque, int version_id)
{
    Nc37xxPciState *s = opaque;

    qemu_get_queue(s->nic)->link_down = !s->nc.carrier;
    nc37xx_pci_restarted(&s->nc);
    nc37xx_flash_loaded(s);
    return 0;
}

const VMStateDescription nc37xx_vmstate = {
    .name = TYPE_NC37XX,
    .version_id = 1,
    .minimum_version_id = 1,
    .pre_save = nc37xx_pre_save,
    .post_load = nc37xx_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, Nc37xxPciState),
        VMSTATE_STRUCT(nc, Nc37xxPciState, 1, nc37xx_vmstate_chip, Nc37xx),
        VMSTATE_TIMER_PTR_ARRAY(timers, Nc37xxPciState, NC37XX_TIMERS),
        VMSTATE_END_OF_LIST()
    },
};
