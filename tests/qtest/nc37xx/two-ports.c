/*
 * NC37xx adapters: boards with two ports behind a bridge.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "libqos/pci-pc.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

/* For a second board, which comes and goes. */
#define HOT_SLOT 7
#define HOT_BUS 9
#define EJECT_PORT 0xae08

static void bridge_find(QNc37xx *nc, QPCIDevice *bridge)
{
    QPCIAddress address = { .devfn = QPCI_DEVFN(NC37XX_SLOT, 0) };

    qpci_device_init(bridge, nc->dev.bus, &address);
}

/* The other port, ready for use. */
static void port_find(QNc37xx *nc, QNc37xx *port)
{
    QPCIAddress address = {
        .devfn = NC37XX_PORT_DEVFN(1),
        .vendor_id = NC37XX_PCI_VENDOR,
        .device_id = nc->facts->device,
    };

    *port = *nc;
    qpci_device_init(&port->dev, nc->dev.bus, &address);
    qpci_device_enable(&port->dev);
    port->bar = qpci_iomap(&port->dev, 0, NULL);
}

static void bridge(QNc37xx *nc)
{
    bool is_5708 = nc->facts->shm_base == NC37XX_SHM_BASE_5708;
    QPCIDevice bridge;
    uint8_t express;

    bridge_find(nc, &bridge);
    g_assert_cmphex(qpci_config_readl(&bridge, PCI_VENDOR_ID), ==,
                    is_5708 ? 0x01031166 : 0x03408086);
    g_assert_cmphex(qpci_config_readl(&bridge, PCI_CLASS_REVISION) >> 8, ==,
                    0x060400);
    express = qpci_find_capability(&bridge, PCI_CAP_ID_EXP, 0);
    g_assert_cmphex(express, !=, 0);
    g_assert_cmphex(qpci_config_readw(&bridge, express + PCI_EXP_FLAGS) &
                    PCI_EXP_FLAGS_TYPE, ==, PCI_EXP_TYPE_PCI_BRIDGE << 4);
    g_assert_cmphex(qpci_find_capability(&bridge, PCI_CAP_ID_SHPC, 0), ==, 0);
}

static void nothing_else(QNc37xx *nc)
{
    unsigned functions = 0;

    for (unsigned devfn = 0; devfn < 256; devfn++) {
        QPCIDevice dev = {
            .bus = nc->dev.bus, .devfn = NC37XX_BOARD_BUS << 8 | devfn,
        };

        functions += qpci_config_readw(&dev, PCI_VENDOR_ID) != 0xffff;
    }
    g_assert_cmpuint(functions, ==, 2);
}

static void addresses(QNc37xx *nc)
{
    QNc37xx port;

    port_find(nc, &port);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_MAC_LOWER), ==,
                    ldl_be_p(nc37xx_mac + 2));
    g_assert_cmphex(nc37xx_shm_read(&port, SHM_MAC_UPPER), ==,
                    lduw_be_p(nc37xx_mac));
    g_assert_cmphex(nc37xx_shm_read(&port, SHM_MAC_LOWER), !=,
                    ldl_be_p(nc37xx_mac + 2));
}

/* Each has its own NVRAM, rings and registers. */
static void independence(QNc37xx *nc)
{
    const uint32_t seed = nc37xx_read(nc, A_EMAC_BACKOFF_SEED);
    QNc37xx port;

    port_find(nc, &port);
    nc37xx_write(&port, A_EMAC_BACKOFF_SEED, ~seed);
    nc37xx_nvm_unlock(&port, true);
    nc37xx_nvm_write(&port, NVRAM_IMAGES + 0x8000, 0x12345678);
    g_assert_cmphex(nc37xx_read(nc, A_EMAC_BACKOFF_SEED), ==, seed);
    g_assert_cmphex(nc37xx_nvm_read(nc, NVRAM_IMAGES + 0x8000), ==,
                    0xffffffff);
    g_assert_cmphex(nc37xx_nvm_read(&port, NVRAM_IMAGES + 0x8000), ==,
                    0x12345678);
    nc37xx_core_reset(&port);
    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 100, 1);
}

static int second_wire[2] = { -1, -1 };

static const char *with_second_wire(void)
{
    static char *options;

    if (!options) {
        g_assert_cmpint(socketpair(PF_UNIX, SOCK_DGRAM, 0, second_wire), ==,
                        0);
        options = g_strdup_printf("-netdev dgram,id=w1,local.type=fd,"
            "local.str=%d -netdev hubport,id=h1,hubid=" NC37XX_HUB
            ",netdev=w1", second_wire[1]);
    }
    return options;
}

static void both_ports(QNc37xx *nc)
{
    QNc37xx port;

    port_find(nc, &port);
    port.wire = second_wire[0];
    nc37xx_bring_up(nc);
    nc37xx_bring_up(&port);
    for (unsigned i = 0; i < 20; i++) {
        nc37xx_expect_sent(nc, 100 + i, i);
        nc37xx_expect_sent(&port, 200 + i, ~i);
    }
    g_assert_true(nc37xx_wire_is_quiet(nc));
    g_assert_true(nc37xx_wire_is_quiet(&port));
}

static void reset_of_the_bus(QNc37xx *nc)
{
    QPCIDevice bridge;
    uint16_t control;

    bridge_find(nc, &bridge);
    nc37xx_shm_write(nc, SHM_SCRATCH_FIRST, 0x1234);
    control = qpci_config_readw(&bridge, PCI_BRIDGE_CONTROL);
    qpci_config_writew(&bridge, PCI_BRIDGE_CONTROL, control |
                       PCI_BRIDGE_CTL_BUS_RESET);
    qpci_config_writew(&bridge, PCI_BRIDGE_CONTROL, control);
    qpci_device_enable(&nc->dev);
    qpci_config_writel(&nc->dev, PCI_BASE_ADDRESS_0, nc->bar.addr);
    nc37xx_expect_alive(nc);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_SCRATCH_FIRST), ==, 0);
}

static uint16_t hot_vendor(QNc37xx *nc, unsigned bus, unsigned slot)
{
    QPCIDevice dev = {
        .bus = nc->dev.bus, .devfn = bus << 8 | QPCI_DEVFN(slot, 0),
    };

    return qpci_config_readw(&dev, PCI_VENDOR_ID);
}

static void hot_plug(QNc37xx *nc)
{
    QPCIDevice bridge = {
        .bus = nc->dev.bus, .devfn = QPCI_DEVFN(HOT_SLOT, 0),
    };

    g_assert_cmphex(hot_vendor(nc, 0, HOT_SLOT), ==, 0xffff);
    qtest_qmp_device_add(nc->qts, nc->facts->type, "hot", "{'addr': '0x7'}");
    qpci_config_writeb(&bridge, PCI_SECONDARY_BUS, HOT_BUS);
    qpci_config_writeb(&bridge, PCI_SUBORDINATE_BUS, HOT_BUS);
    g_assert_cmphex(hot_vendor(nc, HOT_BUS, 1), ==, NC37XX_PCI_VENDOR);
    g_assert_cmphex(hot_vendor(nc, HOT_BUS, 2), ==, NC37XX_PCI_VENDOR);
}

/* The guest lets it go; the board is the last of three to be gone. */
static void hot_unplug(QNc37xx *nc)
{
    bool gone = false;

    qtest_qmp_device_del_send(nc->qts, "hot");
    qtest_outl(nc->qts, EJECT_PORT, 1 << HOT_SLOT);
    while (!gone) {
        g_autoptr(QDict) event = qtest_qmp_eventwait_ref(nc->qts,
                                                         "DEVICE_DELETED");
        QDict *data = qdict_get_qdict(event, "data");

        gone = g_str_equal(qdict_get_try_str(data, "device"), "hot");
    }
    g_assert_cmphex(hot_vendor(nc, 0, HOT_SLOT), ==, 0xffff);
}

static void plug_and_unplug(QNc37xx *nc)
{
    for (unsigned i = 0; i < 3; i++) {
        hot_plug(nc);
        hot_unplug(nc);
    }
    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 100, 1);
}

static void expect_refused(QNc37xx *nc, const char *id, const char *said)
{
    g_autoptr(QDict) response = qtest_qmp(nc->qts,
        "{'execute': 'device_del', 'arguments': {'id': %s}}", id);

    g_assert_true(qdict_haskey(response, "error"));
    g_assert_nonnull(strstr(qdict_get_str(qdict_get_qdict(response, "error"),
                                          "desc"), said));
}

/* What is soldered cannot be pulled, and nothing more be put there. */
static void ports_stay(QNc37xx *nc)
{
    g_autoptr(QDict) response = qtest_qmp(nc->qts,
        "{'execute': 'device_add', 'arguments': {'driver': 'nc373i', 'id': "
        "'more', 'bus': 'nic', 'addr': '0x5', 'bootrom': ''}}");

    g_assert_true(qdict_haskey(response, "error"));
    expect_refused(nc, "/machine/peripheral/nic/port1", "hotplug");
    nc37xx_expect_alive(nc);
}

static void second_fails(QNc37xx *nc)
{
    g_autoptr(QDict) response = qtest_qmp(nc->qts,
        "{'execute': 'device_add', 'arguments': {'driver': %s, 'id': 'bad',"
        " 'addr': '0x9', 'bootrom1': 'no-such-file.rom'}}", nc->facts->type);

    g_assert_true(qdict_haskey(response, "error"));
    g_assert_cmphex(hot_vendor(nc, 0, 9), ==, 0xffff);
    hot_plug(nc);
    hot_unplug(nc);
}

/* The same board where there is PCI Express. */
static void on_q35(QNc37xx *nc)
{
    QTestState *qts = qtest_initf("-machine q35 -nodefaults -device %s,"
                                  "addr=5,bootrom0=,bootrom1=",
                                  nc->facts->type);
    QPCIBus *bus = qpci_new_pc(qts, NULL);
    QPCIDevice bridge = { .bus = bus, .devfn = QPCI_DEVFN(5, 0) };
    QPCIDevice port = { .bus = bus, .devfn = NC37XX_PORT_DEVFN(1) };

    qpci_config_writeb(&bridge, PCI_SECONDARY_BUS, NC37XX_BOARD_BUS);
    qpci_config_writeb(&bridge, PCI_SUBORDINATE_BUS, NC37XX_BOARD_BUS);
    g_assert_cmphex(qpci_config_readw(&port, PCI_DEVICE_ID), ==,
                    nc->facts->device);
    g_assert_cmphex(qpci_config_readw(&port, PCI_SUBSYSTEM_ID), ==,
                    nc->facts->subsystem);
    qpci_free_pc(bus);
    qtest_quit(qts);
}

static const Nc37xxCase cases[] = {
    { "a_bridge_to_pci_express_carries_them", bridge },
    { "two_functions_and_no_more_are_behind_the_bridge", nothing_else },
    { "ports_have_addresses_of_their_own", addresses },
    { "a_port_leaves_the_other_alone", independence },
    { "both_ports_send_and_receive", both_ports, with_second_wire },
    { "a_reset_of_the_bus_resets_the_ports", reset_of_the_bus },
    { "a_board_is_plugged_and_unplugged_while_others_work", plug_and_unplug },
    { "ports_stay_where_they_are", ports_stay },
    { "a_port_that_cannot_be_made_takes_the_board_away", second_fails },
    { "the_board_is_the_same_on_q35", on_q35 },
};

static void register_tests(void)
{
    nc37xx_register_cases_for_two("two-ports", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
