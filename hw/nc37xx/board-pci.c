/*
 * HP adapters with two ports: a bridge to PCI Express, and two chips behind
 * it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/module.h"
#include "hw/pci/pci.h"
#include "hw/pci/pci_bridge.h"
#include "hw/pci/pcie.h"
#include "hw/qdev-properties.h"
#include "nc37xx-pci.h"

#define TYPE_NC37XX_BOARD "nc37xx-board"
OBJECT_DECLARE_TYPE(Nc37xxBoardState, Nc37xxBoardClass, NC37XX_BOARD)

#define PORTS 2
#define PM_VERSION_1_2 3

/*
 * The 5708 has its bridge, Broadcom's EPB, in the same package.  Which one
 * the NC380T has is not known; Intel's 41210 is a bridge from PCI Express to
 * PCI-X that server boards of its year had.  Drivers look at neither.
 */
#define VENDOR_SERVERWORKS 0x1166
#define DEVICE_EPB 0x0103
#define DEVICE_41210 0x0340

typedef struct BoardModel {
    const char *type;
    const char *port;           /* a hidden type of nc37xx_models[] */
    const char *product;
    uint16_t vendor, device;    /* of the bridge */
    uint8_t revision;
} BoardModel;

struct Nc37xxBoardState {
    PCIBridge parent_obj;

    Nc37xxPciState ports[PORTS];
};

struct Nc37xxBoardClass {
    PCIDeviceClass parent_class;
    const BoardModel *model;
};

static const BoardModel boards[] = {
    {
        .type = "nc373m",
        .port = "nc373m-port",
        .product = "HP NC373m Multifunction Gigabit Server Adapter",
        .vendor = VENDOR_SERVERWORKS,
        .device = DEVICE_EPB,
        .revision = 0xc3,
    }, {
        .type = "nc374m",
        .port = "nc374m-port",
        .product = "HP NC374m PCIe Multifunction Adapter",
        .vendor = VENDOR_SERVERWORKS,
        .device = DEVICE_EPB,
        .revision = 0xc3,
    }, {
        .type = "nc380t",
        .port = "nc380t-port",
        .product = "HP NC380T PCIe DP Multifunc Gig Server Adapter",
        .vendor = PCI_VENDOR_ID_INTEL,
        .device = DEVICE_41210,
        .revision = 0x09,
    },
};

/* A port is found as the board's id with its number behind. */
static void port_name(Nc37xxBoardState *s, unsigned port)
{
    const char *id = DEVICE(s)->id;

    if (id) {
        DEVICE(&s->ports[port])->id = g_strdup_printf("%s.%u", id, port);
    }
}

static void ports_unrealize(Nc37xxBoardState *s)
{
    unsigned port;

    for (port = PORTS; port-- > 0;) {
        if (DEVICE(&s->ports[port])->realized) {
            qdev_unrealize(DEVICE(&s->ports[port]));
        }
    }
}

/*
 * The bus comes first, as it does when its devices are plugged in later: on
 * its own, QEMU would realize it after us, and set them up a second time.
 */
static bool ports_realize(Nc37xxBoardState *s, Error **errp)
{
    BusState *bus = BUS(pci_bridge_get_sec_bus(PCI_BRIDGE(s)));
    unsigned port;

    if (!qbus_realize(bus, errp)) {
        return false;
    }
    for (port = 0; port < PORTS; port++) {
        DeviceState *dev = DEVICE(&s->ports[port]);

        port_name(s, port);
        /* It comes and goes with the board, never by itself. */
        dev->hotplugged = false;
        qdev_prop_set_int32(dev, "addr", PCI_DEVFN(port + 1, 0));
        if (!qdev_realize(dev, bus, errp)) {
            ports_unrealize(s);
            qbus_unrealize(bus);
            return false;
        }
    }
    /* All there is behind the bridge is soldered there. */
    qbus_mark_full(bus);
    return true;
}

static bool capabilities_add(PCIDevice *d, Error **errp)
{
    int pm = pci_pm_init(d, 0, errp);

    if (pm < 0 ||
        pcie_cap_init(d, 0, PCI_EXP_TYPE_PCI_BRIDGE, 0, errp) < 0) {
        return false;
    }
    pci_set_word(d->config + pm + PCI_PM_PMC, PM_VERSION_1_2);
    pcie_cap_deverr_init(d);
    return true;
}

static void board_realize(PCIDevice *d, Error **errp)
{
    pci_bridge_initfn(d, TYPE_PCI_BUS);
    if (!capabilities_add(d, errp)) {
        pci_bridge_exitfn(d);
        return;
    }
    if (!ports_realize(NC37XX_BOARD(d), errp)) {
        pcie_cap_exit(d);
        pci_bridge_exitfn(d);
    }
}

static void board_exit(PCIDevice *d)
{
    ports_unrealize(NC37XX_BOARD(d));
    pcie_cap_exit(d);
    pci_bridge_exitfn(d);
}

/* Is this a property of our adapters, rather than of each device? */
static bool is_of_port(const ObjectProperty *property)
{
    ObjectClass *pci = object_class_by_name(TYPE_PCI_DEVICE);

    return g_str_equal(property->name, "romfile") ||
           g_str_equal(property->name, "rombar") ||
           (!object_class_property_find(pci, property->name) &&
            !g_str_has_prefix(property->type, "child<") &&
            !g_str_has_prefix(property->type, "link<") &&
            !g_str_has_prefix(property->name, "legacy-"));
}

/* netdev of port 1 is the board's netdev1, and so on. */
static void properties_add(Object *board, unsigned port, Object *of)
{
    ObjectPropertyIterator i;
    ObjectProperty *property;

    object_property_iter_init(&i, of);
    while ((property = object_property_iter_next(&i))) {
        if (is_of_port(property)) {
            g_autofree char *name = g_strdup_printf("%s%u", property->name,
                                                    port);

            object_property_add_alias(board, name, of, property->name);
        }
    }
}

static void board_instance_init(Object *obj)
{
    Nc37xxBoardState *s = NC37XX_BOARD(obj);
    const BoardModel *model = NC37XX_BOARD_GET_CLASS(obj)->model;
    unsigned port;

    for (port = 0; port < PORTS; port++) {
        g_autofree char *name = g_strdup_printf("port%u", port);

        object_initialize_child(obj, name, &s->ports[port], model->port);
        object_property_set_description(obj, name, "the port itself");
        properties_add(obj, port, OBJECT(&s->ports[port]));
    }
}

static const VMStateDescription board_vmstate = {
    .name = TYPE_NC37XX_BOARD,
    .version_id = 1,
    .minimum_version_id = 1,
    .priority = MIG_PRI_PCI_BUS,
    .fields = (const VMStateField[]) {
        VMSTATE_PCI_DEVICE(parent_obj, PCIBridge),
        VMSTATE_END_OF_LIST()
    },
};

static void board_class_init(ObjectClass *klass, void *data)
{
    DeviceClass *dc = DEVICE_CLASS(klass);
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    pc->realize = board_realize;
    pc->exit = board_exit;
    pc->config_write = pci_bridge_write_config;
    dc->vmsd = &board_vmstate;
    device_class_set_legacy_reset(dc, pci_bridge_reset);
    set_bit(DEVICE_CATEGORY_NETWORK, dc->categories);
    nc37xx_describe_inherited(klass);
}

static void board_model_class_init(ObjectClass *klass, void *data)
{
    const BoardModel *model = data;
    PCIDeviceClass *pc = PCI_DEVICE_CLASS(klass);

    NC37XX_BOARD_CLASS(klass)->model = model;
    pc->vendor_id = model->vendor;
    pc->device_id = model->device;
    pc->revision = model->revision;
    DEVICE_CLASS(klass)->desc = model->product;
}

static const TypeInfo board_type = {
    .name = TYPE_NC37XX_BOARD,
    .parent = TYPE_PCI_BRIDGE,
    .instance_size = sizeof(Nc37xxBoardState),
    .instance_init = board_instance_init,
    .class_size = sizeof(Nc37xxBoardClass),
    .class_init = board_class_init,
    .abstract = true,
    .interfaces = (InterfaceInfo[]) {
        { INTERFACE_PCIE_DEVICE },
        { },
    },
};

static void board_register_types(void)
{
    size_t i;

    type_register_static(&board_type);
    for (i = 0; i < ARRAY_SIZE(boards); i++) {
        const TypeInfo info = {
            .name = boards[i].type,
            .parent = TYPE_NC37XX_BOARD,
            .class_init = board_model_class_init,
            .class_data = (void *)&boards[i],
        };

        type_register_static(&info);
    }
}

type_init(board_register_types)
