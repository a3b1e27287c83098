/*
 * The boot configuration of an adapter, out of iLO's variables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "config.h"
#include "ev-core/ev.h"
#include "ev-core/ilo.h"
#include "mailbox.h"

static uint8_t packet[ILO_PACKET_MAX];
static struct ev_ilo ilo = {
    .exchange = mailbox_exchange,
    .packet = packet,
};

static const char *const variable_names[] = {
    EV_BOOT_ADAPTER_1,
    EV_BOOT_ADAPTER_2,
};

/* The last block read, as iLO gave it: the handoff repeats its text. */
static uint8_t block[EV_DATA_MAX];
static size_t block_length;

static enum ev_ilo_result read_block(unsigned adapter)
{
    enum ev_ilo_result result;

    result = ev_ilo_read(&ilo, variable_names[adapter], block, &block_length);
    if (result == EV_ILO_NO_SUCH && adapter) {
        result = ev_ilo_read(&ilo, variable_names[0], block, &block_length);
    }
    return result;
}

enum rom_error config_read(unsigned adapter, struct ev_boot_config *config)
{
    static struct ev_problems problems;

    block_length = 0;
    if (!mailbox_find()) {
        return ROM_NO_MAILBOX;
    }
    switch (read_block(MIN(adapter, ARRAY_SIZE(variable_names) - 1))) {
    case EV_ILO_OK:
        break;
    case EV_ILO_NO_SUCH:
        return ROM_NO_CONFIGURATION;
    default:
        return ROM_MAILBOX_FAILED;
    }
    if (!ev_parse_block(block, block_length, EV_UNKNOWN_IGNORED, config,
                        &problems)) {
        block_length = 0;
        return ROM_INVALID_CONFIGURATION;
    }
    return ROM_OK;
}

bool config_text(struct ev_slice *text)
{
    return ev_block_open(block, block_length, ENVELOPE_MAGIC_BOOT,
                         text) == EV_OK;
}

void config_lock(void)
{
    if (mailbox_find()) {
        ev_ilo_lock_secrets(&ilo);
    }
}
