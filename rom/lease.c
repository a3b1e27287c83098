/*
 * An address and a boot file by DHCP: lwIP's client, with the options of a
 * PXE client (RFC 4578) and an ear for what it does not keep.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "lwip/dhcp.h"
#include "lwip/netif.h"
#include "lwip/prot/dhcp.h"

#include "clock.h"
#include "datagram.h"
#include "idle.h"
#include "lease.h"
#include "net.h"
#include "pxe.h"
#include "pxe-hooks.h"
#include "smbios.h"

#define CLASS "PXEClient:Arch:00000:UNDI:002001"
#define SYSTEM_BIOS 0                   /* x86 PC with a BIOS */
#define UUID_TYPE 0
#define UNDI_TYPE 1

QEMU_BUILD_BUG_ON(sizeof(struct dhcp_msg) > UINT16_MAX);

static void put_option(struct dhcp_msg *message, u16_t *used, uint8_t option,
                       const void *value, uint8_t length)
{
    if (*used + 2 + length + 1 > DHCP_OPTIONS_LEN) {
        return;
    }
    message->options[(*used)++] = option;
    message->options[(*used)++] = length;
    memcpy(message->options + *used, value, length);
    *used += length;
}

void lease_append_options(struct dhcp_msg *message, uint8_t type, u16_t *used)
{
    static const uint8_t interface[] = { UNDI_TYPE, PXE_VERSION >> 8,
                                         PXE_VERSION & 0xff };
    static const uint8_t system[] = { 0, SYSTEM_BIOS };
    uint8_t uuid[1 + SMBIOS_UUID_SIZE] = { UUID_TYPE };

    put_option(message, used, DHCP_HAS_CLASS, CLASS, sizeof(CLASS) - 1);
    put_option(message, used, DHCP_HAS_SYSTEM, system, sizeof(system));
    put_option(message, used, DHCP_HAS_INTERFACE, interface,
               sizeof(interface));
    if (smbios_uuid(uuid + 1)) {
        put_option(message, used, DHCP_HAS_UUID, uuid, sizeof(uuid));
    }
    if (type == DHCP_IS_DISCOVER) {
        message->options[*used] = DHCP_END;
        cached_keep(PXE_CACHED_DISCOVER, (uint8_t *)message,
                    offsetof(struct dhcp_msg, options) + *used + 1);
    }
}

/* Sees every frame while there is no address; leaves all of them to lwIP. */
static bool listen(const uint8_t *frame, size_t length)
{
    struct datagram datagram;

    if (!datagram_parse(frame, length, &datagram) ||
        datagram.destination_port != DHCP_CLIENT_UDP_PORT ||
        !dhcp_is_reply(datagram.data, datagram.length,
                       net_interface()->hwaddr)) {
        return false;
    }
    if (dhcp_is_proxy(datagram.data, datagram.length)) {
        cached_keep(PXE_CACHED_REPLY, datagram.data, datagram.length);
    } else if (dhcp_message(datagram.data, datagram.length) == DHCP_IS_ACK) {
        cached_keep(PXE_CACHED_ACK, datagram.data, datagram.length);
    }
    return false;
}

static enum rom_error wait_for_address(void)
{
    uint32_t started = clock_ms();

    while (!dhcp_supplied_address(net_interface())) {
        net_poll();
        if (clock_ms() - started >= LEASE_MS) {
            return ROM_NO_DHCP_ANSWER;
        }
        if (!idle()) {
            return ROM_ABORTED;
        }
    }
    return ROM_OK;
}

static enum rom_error wait_for_boot_file(void)
{
    char file[DHCP_BOOT_FILE_SIZE];
    uint32_t started = clock_ms();
    uint8_t server[4];

    while (!cached_boot_file(file, server)) {
        net_poll();
        if (clock_ms() - started >= LEASE_PROXY_MS) {
            return ROM_NO_BOOT_FILE;
        }
        if (!idle()) {
            return ROM_ABORTED;
        }
    }
    return ROM_OK;
}

enum rom_error lease_get(void)
{
    enum rom_error error;

    cached_clear();
    net_listen(listen);
    if (dhcp_start(net_interface()) != ERR_OK) {
        return ROM_ADAPTER_MEMORY;
    }
    error = wait_for_address();
    if (error == ROM_OK) {
        error = wait_for_boot_file();
    }
    net_listen(NULL);
    return error;
}
