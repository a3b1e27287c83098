/*
 * HP NC37xx network adapter: the drive that keeps the NVRAM.
 *
 * The chip works on its own copy.  What it stores is written to the drive and
 * flushed before the guest goes on, so that the drive has the guest's changes
 * in their order, and all of them up to a moment, whenever the power fails.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "qapi/error.h"
#include "system/block-backend.h"
#include "system/runstate.h"
#include "nc37xx-pci.h"
#include "nvram.h"

static bool size_check(Nc37xxPciState *s, Error **errp)
{
    const Nc37xxModel *model = s->nc.model;
    int64_t size = blk_getlength(s->drive);

    if (size < 0) {
        error_setg_errno(errp, -size, "size of the nvram drive");
        return false;
    }
    if (size != model->nvm_size) {
        error_setg(errp, "the nvram drive has %" PRId64 " bytes, the NVRAM of "
                   "an %s has %u: make an empty one with 'qemu-img create -f "
                   "raw FILE %u'", size, model->type, model->nvm_size,
                   model->nvm_size);
        return false;
    }
    return true;
}

/* Others may look, but not change what the adapter's copy is of. */
static bool permission_take(Nc37xxPciState *s, Error **errp)
{
    uint64_t perm = BLK_PERM_CONSISTENT_READ;

    if (blk_supports_write_perm(s->drive)) {
        perm |= BLK_PERM_WRITE;
    }
    return blk_set_perm(s->drive, perm, BLK_PERM_CONSISTENT_READ |
                        BLK_PERM_WRITE_UNCHANGED, errp) == 0;
}

bool nc37xx_flash_open(Nc37xxPciState *s, Error **errp)
{
    uint32_t size = s->nc.model->nvm_size;
    int ret;

    if (!size_check(s, errp) || !permission_take(s, errp)) {
        return false;
    }
    ret = blk_pread(s->drive, 0, size, s->nc.nvram, 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "cannot read the nvram drive");
        return false;
    }
    s->kept = g_memdup2(s->nc.nvram, size);
    return true;
}

static int drive_write(Nc37xxPciState *s, uint32_t offset, uint32_t size)
{
    int ret;

    if (!blk_supports_write_perm(s->drive)) {
        return -EROFS;
    }
    ret = blk_pwrite(s->drive, offset, size, s->nc.nvram + offset, 0);
    return ret < 0 ? ret : blk_flush(s->drive);
}

bool nc37xx_flash_format(Nc37xxPciState *s, Error **errp)
{
    uint32_t size = s->nc.model->nvm_size;
    int ret;

    /* A migration brings the content, and only then is the drive ours. */
    if (!s->drive || runstate_check(RUN_STATE_INMIGRATE)) {
        return true;
    }
    ret = drive_write(s, 0, size);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "cannot make an NVRAM image in the empty "
                         "nvram drive");
        return false;
    }
    memcpy(s->kept, s->nc.nvram, size);
    return true;
}

/* Said once, until it works again: a guest may try for ever. */
static void failure_report(Nc37xxPciState *s, int error)
{
    if (!s->flash_failing) {
        s->flash_failing = true;
        warn_report("%s: NVRAM: the drive does not take what the guest "
                    "writes: %s; its changes are refused", s->name,
                    strerror(error));
    }
}

bool nc37xx_pci_nvm_store(Nc37xx *nc, uint32_t offset, uint32_t size)
{
    Nc37xxPciState *s = nc37xx_pci_state(nc);
    int ret;

    if (!s->drive) {
        return true;
    }
    if (s->flash_stale) {
        offset = 0;
        size = nc->model->nvm_size;
    }
    ret = drive_write(s, offset, size);
    if (ret < 0) {
        failure_report(s, -ret);
        memcpy(nc->nvram + offset, s->kept + offset, size);
        return false;
    }
    s->flash_failing = false;
    s->flash_stale = false;
    memcpy(s->kept + offset, nc->nvram + offset, size);
    return true;
}

void nc37xx_flash_loaded(Nc37xxPciState *s)
{
    if (s->drive) {
        memcpy(s->kept, s->nc.nvram, s->nc.model->nvm_size);
        s->flash_stale = true;
    }
}

static bool drive_holds_it(Nc37xxPciState *s)
{
    uint32_t size = s->nc.model->nvm_size;
    g_autofree uint8_t *held = g_malloc(size);

    return blk_pread(s->drive, 0, size, held, 0) >= 0 &&
           !memcmp(held, s->kept, size);
}

/* Makes the drive hold what a snapshot has brought. */
static void settle(Nc37xxPciState *s)
{
    int ret = 0;

    if (!s->flash_stale) {
        return;
    }
    if (!drive_holds_it(s)) {
        ret = drive_write(s, 0, s->nc.model->nvm_size);
    }
    if (ret < 0) {
        warn_report("%s: NVRAM: the drive does not take the content of the "
                    "snapshot: %s; it is lost when QEMU ends", s->name,
                    strerror(-ret));
        return;
    }
    s->flash_stale = false;
}

/*
 * After a migration the drive is ours to write only when the machine runs;
 * when it stops, another QEMU may be about to take it over.
 */
static void machine_changed(void *opaque, bool running, RunState state)
{
    Nc37xxPciState *s = opaque;

    if (running) {
        settle(s);
    }
    nc37xx_nvm_flush(&s->nc);
}

void nc37xx_flash_start(Nc37xxPciState *s)
{
    s->machine_watch = qemu_add_vm_change_state_handler(machine_changed, s);
}

void nc37xx_flash_close(Nc37xxPciState *s)
{
    qemu_del_vm_change_state_handler(s->machine_watch);
    nc37xx_nvm_flush(&s->nc);
    g_free(s->kept);
}
