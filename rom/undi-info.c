/*
 * UNDI: what it tells of the adapter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "undi.h"

#define ADDRESS_SIZE 6
#define MTU 1500
#define MEGABIT 1000000
#define SPEED_UNKNOWN 1000          /* Mb/s, while there is no link */

#define SERVICES (PXE_SERVICE_BROADCAST | PXE_SERVICE_MULTICAST |       \
                  PXE_SERVICE_GROUP | PXE_SERVICE_PROMISCUOUS |         \
                  PXE_SERVICE_STATION | PXE_SERVICE_DIAGNOSTICS |       \
                  PXE_SERVICE_RESET | PXE_SERVICE_OPEN_CLOSE)

uint16_t undi_get_information(void *block)
{
    struct pxe_information *information = block;

    /* Registers in memory only, and no interrupt: clients poll. */
    *information = (struct pxe_information) {
        .mtu = MTU,
        .hardware_type = PXE_HARDWARE_ETHERNET,
        .address_length = ADDRESS_SIZE,
        .rom_segment = undi.rom_segment,
        .rx_buffers = BNX_RX_BUFFERS,
        .tx_buffers = BNX_TX_BUFFERS,
    };
    memcpy(information->current.bytes, undi.nic.mac, ADDRESS_SIZE);
    memcpy(information->permanent.bytes, undi.nic.burned_in_mac,
           ADDRESS_SIZE);
    return PXE_SUCCESS;
}

uint16_t undi_get_statistics(void *block)
{
    struct pxe_statistics *statistics = block;
    struct bnx_drops drops;

    bnx_read_drops(&undi.nic, &drops);
    *statistics = undi.count;
    statistics->crc_errors = drops.crc - undi.forgotten.crc;
    statistics->resource_errors = drops.resources - undi.forgotten.resources;
    return PXE_SUCCESS;
}

uint16_t undi_clear_statistics(void *block)
{
    bnx_read_drops(&undi.nic, &undi.forgotten);
    memset(&undi.count, 0, sizeof(undi.count));
    return PXE_SUCCESS;
}

/* RFC 1112 6.4: the low 23 bits of the group. */
uint16_t undi_get_group_address(void *block)
{
    struct pxe_multicast_address *request = block;
    const uint8_t *ip = request->ip;
    uint8_t mac[ADDRESS_SIZE] = { 0x01, 0x00, 0x5e, ip[1] & 0x7f, ip[2],
                                  ip[3] };

    if ((ip[0] & 0xf0) != 0xe0) {
        return PXE_UNDI_INVALID_PARAMETER;
    }
    memset(&request->address, 0, sizeof(request->address));
    memcpy(request->address.bytes, mac, ADDRESS_SIZE);
    return PXE_SUCCESS;
}

uint16_t undi_get_nic_type(void *block)
{
    struct pxe_nic_type *nic = block;
    uint32_t class_revision = pci_read32(undi.bdf, PCI_CLASS_REVISION);

    *nic = (struct pxe_nic_type) {
        .type = PXE_NIC_PCI,
        .vendor = pci_read16(undi.bdf, PCI_VENDOR_ID),
        .device = pci_read16(undi.bdf, PCI_DEVICE_ID),
        .base_class = class_revision >> 24,
        .sub_class = class_revision >> 16,
        .interface = class_revision >> 8,
        .revision = class_revision,
        .bdf = undi.bdf,
        .subsystem_vendor = pci_read16(undi.bdf, PCI_SUBSYSTEM_VENDOR_ID),
        .subsystem = pci_read16(undi.bdf, PCI_SUBSYSTEM_ID),
    };
    return PXE_SUCCESS;
}

uint16_t undi_get_interface(void *block)
{
    struct pxe_interface *interface = block;
    const struct bnx_link *link = &undi.nic.link;

    *interface = (struct pxe_interface) {
        .type = "DIX+802.3",
        .speed = (link->up ? link->speed : SPEED_UNKNOWN) * MEGABIT,
        .services = SERVICES,
    };
    return PXE_SUCCESS;
}
