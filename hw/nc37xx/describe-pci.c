/*
 * HP NC37xx network adapter: what -device TYPE,help says of each property.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "hw/pci/pci.h"
#include "nc37xx-pci.h"

typedef struct Description {
    const char *name;
    const char *text;
} Description;

static const Description own[] = {
    { "netdev", "id of the network backend" },
    { "mac", "Ethernet address for a new NVRAM, the next of QEMU's when not "
      "given" },
    { "media", "copper, serdes or backplane, for boards made in more than "
      "one way" },
    { "nvram", "drive that keeps the NVRAM; made when all zeroes" },
    { "bootrom", "file to be put into a new NVRAM as boot ROM, empty for "
      "none (default: nc37xx-iscsi.rom)" },
    { "serial", "serial number for a new NVRAM (default: the digits of mac)" },
    { "part", "part number for a new NVRAM (default: the board's)" },
    { "autoneg-ms", "milliseconds that the negotiation of the link takes" },
    { "gso", "auto: TCP packets to be segmented go in one piece to a backend "
      "that takes it; off: always frames" },
    { "vaux", "power for wake on LAN while the computer sleeps" },
    { "link-speed", "Mbit/s that the other end of the cable can do: 10, 100, "
      "1000 or 2500" },
    { "link-half-duplex", "the other end can do nothing else" },
    { "link-autoneg", "the other end negotiates; off: it has link-speed set" },
    { "link-pause", "what the other end says of pause frames: both, "
      "symmetric, asymmetric or none (default: both)" },
};

/*
 * What QEMU itself leaves undescribed: for all PCI devices then, whose help
 * is none the worse for it.
 */
static const Description inherited[] = {
    { "romfile", "expansion ROM to show in place of the device's own" },
    { "romsize", "bytes of that ROM's BAR, a power of two" },
    { "rombar", "0 for no expansion ROM BAR" },
    { "failover_pair_id", "id of the virtio-net device to stand in for" },
    { "acpi-index", "number of the slot in ACPI" },
    { "busnr", "number of the bus it is on" },
};

void nc37xx_describe_inherited(ObjectClass *klass)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(inherited); i++) {
        ObjectProperty *property = object_class_property_find(klass,
            inherited[i].name);

        if (property && !property->description) {
            property->description = g_strdup(inherited[i].text);
        }
    }
}

void nc37xx_describe(ObjectClass *klass)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(own); i++) {
        object_class_property_set_description(klass, own[i].name,
                                              own[i].text);
    }
    nc37xx_describe_inherited(klass);
}
