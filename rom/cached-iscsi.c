/*
 * The iSCSI ROM asks no DHCP server: clients of its UNDI are told what iLO's
 * boot variables say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "boot.h"
#include "bootp.h"
#include "cached.h"
#include "config.h"
#include "ev-core/ev.h"
#include "undi.h"

size_t cached_packet(unsigned type, uint8_t *packet, size_t room)
{
    static struct ev_boot_config config;
    struct bootp_facts facts;

    if (room < BOOTP_SIZE ||
        config_read(boot_adapter_number(undi.bdf), &config) != ROM_OK) {
        return 0;
    }
    memcpy(facts.mac, undi.nic.mac, sizeof(facts.mac));
    memcpy(facts.ip, config.initiator_ip, sizeof(facts.ip));
    memcpy(facts.netmask, config.netmask, sizeof(facts.netmask));
    memcpy(facts.gateway, config.gateway, sizeof(facts.gateway));
    memcpy(facts.server, config.portal[0].address, sizeof(facts.server));
    bootp_build(packet, type == PXE_CACHED_DISCOVER ? BOOTP_DISCOVER :
                BOOTP_ACK, &facts);
    return BOOTP_SIZE;
}
