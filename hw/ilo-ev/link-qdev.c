/*
 * The management link on a chardev.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "link-qdev.h"
#include "system/runstate.h"

static gboolean take_more(void *opaque, GIOCondition condition, void *user);

static size_t send_bytes(void *opaque, const uint8_t *bytes, size_t size)
{
    IloLinkQdev *qdev = opaque;
    int taken = qemu_chr_fe_write(&qdev->chr, bytes, size);

    if (taken < (int)size && qdev->link.open && !qdev->watch) {
        qdev->watch = qemu_chr_fe_add_watch(&qdev->chr, G_IO_OUT | G_IO_HUP,
                                            take_more, qdev);
    }
    return MAX(taken, 0);
}

static gboolean take_more(void *opaque, GIOCondition condition, void *user)
{
    IloLinkQdev *qdev = user;

    qdev->watch = 0;
    /* When it was hung up, the chardev tells that itself. */
    if (!(condition & G_IO_HUP) && ilo_link_flush(&qdev->link)) {
        qemu_chr_fe_accept_input(&qdev->chr);
    }
    return G_SOURCE_REMOVE;
}

static void hang_up(void *opaque)
{
    IloLinkQdev *qdev = opaque;

    qemu_chr_fe_disconnect(&qdev->chr);
}

static const IloLinkOps link_ops = {
    .send = send_bytes,
    .hang_up = hang_up,
};

/*
 * While a migration comes in, EVs are about to be replaced; after one went
 * out, the drive belongs to the other side.  The daemon waits.
 */
static bool may_be_asked(void)
{
    return !runstate_check(RUN_STATE_INMIGRATE) &&
           !runstate_check(RUN_STATE_FINISH_MIGRATE) &&
           !runstate_check(RUN_STATE_POSTMIGRATE) &&
           !runstate_check(RUN_STATE_SAVE_VM) &&
           !runstate_check(RUN_STATE_RESTORE_VM);
}

static int can_receive(void *opaque)
{
    IloLinkQdev *qdev = opaque;

    return may_be_asked() ? ilo_link_room(&qdev->link) : 0;
}

static void receive(void *opaque, const uint8_t *bytes, int size)
{
    IloLinkQdev *qdev = opaque;

    ilo_link_receive(&qdev->link, bytes, size);
}

static void drop_watch(IloLinkQdev *qdev)
{
    if (qdev->watch) {
        g_source_remove(qdev->watch);
        qdev->watch = 0;
    }
}

static void note_event(void *opaque, QEMUChrEvent event)
{
    IloLinkQdev *qdev = opaque;

    switch (event) {
    case CHR_EVENT_OPENED:
        ilo_link_opened(&qdev->link);
        break;
    case CHR_EVENT_CLOSED:
        drop_watch(qdev);
        ilo_link_closed(&qdev->link);
        break;
    default:
        break;
    }
}

void ilo_link_qdev_realize(IloLinkQdev *qdev, IloSmif *smif,
                           const IloListener *listener)
{
    ilo_link_init(&qdev->link, smif, &link_ops, qdev, listener);
    qemu_chr_fe_set_handlers(&qdev->chr, can_receive, receive, note_event,
                             NULL, qdev, NULL, true);
}

void ilo_link_qdev_unrealize(IloLinkQdev *qdev)
{
    drop_watch(qdev);
    qemu_chr_fe_set_handlers(&qdev->chr, NULL, NULL, NULL, NULL, NULL, NULL,
                             false);
}
