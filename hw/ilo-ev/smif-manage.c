/*
 * SMIF: the commands of the management service, which only the link has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "smif-commands.h"

size_t smif_hello(const IloCall *call)
{
    IloSmif *smif = call->smif;
    uint8_t *reply = call->reply;
    uint32_t version = ldl_le_p(call->request + ILO_LINK_HELLO_VERSION);

    stl_le_p(reply + ILO_LINK_HELLO_REPLY_VERSION, ILO_LINK_VERSION);
    stl_le_p(reply + ILO_LINK_HELLO_REPLY_POWER,
             smif->host->is_on(smif->opaque) ? ILO_POWER_IS_ON :
             ILO_POWER_IS_OFF);
    stl_le_p(reply + ILO_LINK_HELLO_REPLY_STAGE, ilo_post_last(smif->post));
    if (version != ILO_LINK_VERSION) {
        smif_fail(call, ILO_LINK_WRONG_VERSION);
    } else {
        smif->connection.greeted = true;
    }
    return ILO_LINK_HELLO_REPLY_SIZE;
}

/* What to ask of the machine, in either state. */
#define NOTHING 0
#define REFUSED UINT8_MAX

static const struct {
    uint8_t when_on, when_off;
} power_acts[] = {
    [ILO_POWER_ON] = { NOTHING, ILO_POWER_ON },
    [ILO_POWER_OFF] = { ILO_POWER_OFF, NOTHING },
    [ILO_POWER_PRESS] = { ILO_POWER_PRESS, ILO_POWER_ON },
    [ILO_POWER_HOLD] = { ILO_POWER_OFF, NOTHING },
    [ILO_POWER_RESET] = { ILO_POWER_RESET, REFUSED },
    [ILO_POWER_COLD] = { ILO_POWER_COLD, REFUSED },
};

size_t smif_power(const IloCall *call)
{
    const IloSmif *smif = call->smif;
    uint32_t asked = ldl_le_p(call->request + ILO_LINK_POWER_ACT);
    uint8_t act;

    if (asked < ILO_POWER_ON || asked >= ARRAY_SIZE(power_acts)) {
        return smif_fail(call, SMIF_ERROR);
    }
    act = smif->host->is_on(smif->opaque) ? power_acts[asked].when_on :
          power_acts[asked].when_off;
    if (act == REFUSED) {
        return smif_fail(call, ILO_LINK_POWER_IS_OFF);
    }
    ilo_report(&smif->listener, ILO_EVENT_power_asked, asked, act);
    if (act != NOTHING) {
        smif->host->power(smif->opaque, act);
    }
    return SMIF_REPLY_SIZE_MIN;
}

size_t smif_boot_once(const IloCall *call)
{
    IloBoot *boot = &call->smif->boot;
    uint32_t class = ldl_le_p(call->request + ILO_LINK_BOOT_ONCE_CLASS);

    if (class > ILO_BOOT_NETWORK && class != ILO_BOOT_ASK) {
        return smif_fail(call, SMIF_ERROR);
    }
    if (class != ILO_BOOT_ASK) {
        boot->once = class;
    }
    stl_le_p(call->reply + ILO_LINK_BOOT_ONCE_REPLY_CLASS, boot->once);
    return ILO_LINK_BOOT_ONCE_REPLY_SIZE;
}

/* A new order also ends a boot-once that runs: its BIOS has read it. */
static bool set_order(const IloSmif *smif, IloBoot *boot, const uint8_t *order)
{
    char letters[ILO_BOOT_LETTERS_MAX + 1];

    ilo_boot_letters(ILO_BOOT_NONE, order, letters);
    if (!smif->host->boot_order(smif->opaque, letters)) {
        return false;
    }
    memcpy(boot->order, order, sizeof(boot->order));
    boot->once_runs = 0;
    return true;
}

size_t smif_boot_order(const IloCall *call)
{
    IloBoot *boot = &call->smif->boot;
    const uint8_t *order = call->request + ILO_LINK_BOOT_ORDER_CLASSES;

    if (!ilo_boot_order_is_good(order)) {
        return smif_fail(call, SMIF_ERROR);
    }
    if (order[0] != ILO_BOOT_NONE && !set_order(call->smif, boot, order)) {
        return smif_fail(call, SMIF_ERROR);
    }
    memcpy(call->reply + ILO_LINK_BOOT_ORDER_REPLY_CLASSES, boot->order,
           sizeof(boot->order));
    return ILO_LINK_BOOT_ORDER_REPLY_SIZE;
}

size_t smif_reset(const IloCall *call)
{
    call->smif->host->restart(call->smif->opaque);
    return SMIF_REPLY_SIZE_MIN;
}
