/*
 * The NC37xx adapters for qtests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include <poll.h>
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "libqos/pci-pc.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

/* What a board's bridge lets through: the adapters' BARs are put there. */
#define BRIDGE_WINDOW 0xe0000000u
#define BRIDGE_WINDOW_END 0xe7ffffffu

const uint8_t nc37xx_mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x56 };
const uint8_t nc37xx_peer_mac[6] = { 0x52, 0x54, 0x00, 0x12, 0x34, 0x99 };

#define FACTS_5706C                                                          \
    .device = NC37XX_PCI_DEVICE_5706C, .revision = 0x02,                     \
    .misc_id = MISC_ID_5706C_A2, .shm_base = NC37XX_SHM_BASE_5706,           \
    .phy = 1, .phy_id1 = PHY_ID1_5706, .phy_id2 = PHY_ID2_5706,              \
    .nvm_strap = NVM_STRAP_AT45DB021B, .nvm_size = NVM_AT45DB021B_SIZE

#define FACTS_5708C                                                          \
    .device = NC37XX_PCI_DEVICE_5708C, .revision = 0x12,                     \
    .misc_id = MISC_ID_5708C_B2, .shm_base = NC37XX_SHM_BASE_5708,           \
    .phy = 1, .phy_id1 = PHY_ID1_5708C, .phy_id2 = PHY_ID2_5708C,            \
    .nvm_strap = NVM_STRAP_M45PE20, .nvm_size = NVM_M45PE20_SIZE

#define FACTS_5706S                                                          \
    .device = NC37XX_PCI_DEVICE_5706S, .revision = 0x02,                     \
    .misc_id = MISC_ID_5706S_A2, .shm_base = NC37XX_SHM_BASE_5706,           \
    .phy = 1, .phy_id1 = PHY_ID1_5706, .phy_id2 = PHY_ID2_5706,              \
    .nvm_strap = NVM_STRAP_AT45DB021B, .nvm_size = NVM_AT45DB021B_SIZE

#define FACTS_5708S                                                          \
    .device = NC37XX_PCI_DEVICE_5708S, .revision = 0x12,                     \
    .misc_id = MISC_ID_5708S_B2, .shm_base = NC37XX_SHM_BASE_5708,           \
    .phy = 2, .phy_id1 = PHY_ID1_5708S, .phy_id2 = PHY_ID2_5708S,            \
    .nvm_strap = NVM_STRAP_M45PE20, .nvm_size = NVM_M45PE20_SIZE

/* One board of each kind of chip goes through the whole programme. */
static const Nc37xxFacts facts[] = {
    {
        .node = "nc373i",
        .type = "nc373i",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373I,
        .embedded = true,
        .whole_programme = true,
        FACTS_5708C,
    }, {
        .node = "nc370t",
        .type = "nc370t",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC370T,
        .whole_programme = true,
        FACTS_5706C,
    }, {
        .node = "nc370i",
        .type = "nc370i",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC370I,
        .embedded = true,
        FACTS_5706C,
    }, {
        .node = "nc371i",
        .type = "nc371i",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC371I,
        .embedded = true,
        FACTS_5706C,
    }, {
        .node = "nc373t",
        .type = "nc373t",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373T,
        FACTS_5708C,
    }, {
        .node = "nc374m",
        .type = "nc374m",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC374M,
        .two_ports = true,
        FACTS_5708C,
    }, {
        .node = "nc380t",
        .type = "nc380t",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC380T,
        .two_ports = true,
        FACTS_5706C,
    }, {
        .node = "nc373m",
        .type = "nc373m",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373M,
        .two_ports = true,
        FACTS_5708S,
    }, {
        .node = "nc370f",
        .type = "nc370f",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC370F,
        .serdes = true,
        FACTS_5706S,
    }, {
        .node = "nc370i-serdes",
        .type = "nc370i",
        .media = "serdes",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC370I_SERDES,
        .embedded = true,
        FACTS_5706S,
    }, {
        .node = "nc373f",
        .type = "nc373f",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373F,
        .serdes = true,
        FACTS_5708S,
    }, {
        .node = "nc373i-serdes",
        .type = "nc373i",
        .media = "serdes",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373I_SERDES,
        .embedded = true,
        FACTS_5708S,
    }, {
        .node = "nc373i-backplane",
        .type = "nc373i",
        .media = "backplane",
        .subsystem = NC37XX_PCI_SUBSYSTEM_NC373I,
        .embedded = true,
        FACTS_5708S,
    },
};

/*
 * Registers
 */

uint32_t nc37xx_read(QNc37xx *nc, uint32_t address)
{
    return qpci_io_readl(&nc->dev, nc->bar, address);
}

void nc37xx_write(QNc37xx *nc, uint32_t address, uint32_t value)
{
    qpci_io_writel(&nc->dev, nc->bar, address, value);
}

uint32_t nc37xx_indirect_read(QNc37xx *nc, uint32_t address)
{
    nc37xx_write(nc, A_PCICFG_REG_WINDOW_ADDRESS, address);
    return nc37xx_read(nc, A_PCICFG_REG_WINDOW);
}

void nc37xx_indirect_write(QNc37xx *nc, uint32_t address, uint32_t value)
{
    nc37xx_write(nc, A_PCICFG_REG_WINDOW_ADDRESS, address);
    nc37xx_write(nc, A_PCICFG_REG_WINDOW, value);
}

uint32_t nc37xx_shm_read(QNc37xx *nc, uint32_t offset)
{
    return nc37xx_indirect_read(nc, nc->facts->shm_base + offset);
}

void nc37xx_shm_write(QNc37xx *nc, uint32_t offset, uint32_t value)
{
    nc37xx_indirect_write(nc, nc->facts->shm_base + offset, value);
}

uint32_t nc37xx_context_read(QNc37xx *nc, uint32_t address)
{
    nc37xx_write(nc, A_CTX_DATA_ADR, address);
    return nc37xx_read(nc, A_CTX_DATA);
}

void nc37xx_context_write(QNc37xx *nc, uint32_t address, uint32_t value)
{
    nc37xx_write(nc, A_CTX_DATA_ADR, address);
    nc37xx_write(nc, A_CTX_DATA, value);
}

static uint32_t mdio(QNc37xx *nc, unsigned command, unsigned phy,
                     unsigned reg, uint16_t data)
{
    uint32_t value = data | R_EMAC_MDIO_COMM_START_BUSY_MASK;

    value = FIELD_DP32(value, EMAC_MDIO_COMM, COMMAND, command);
    value = FIELD_DP32(value, EMAC_MDIO_COMM, PHY_ADDR, phy);
    value = FIELD_DP32(value, EMAC_MDIO_COMM, REG_ADDR, reg);
    nc37xx_write(nc, A_EMAC_MDIO_COMM, value);
    value = nc37xx_read(nc, A_EMAC_MDIO_COMM);
    g_assert_false(FIELD_EX32(value, EMAC_MDIO_COMM, START_BUSY));
    return value;
}

uint16_t nc37xx_phy_read(QNc37xx *nc, unsigned phy, unsigned reg)
{
    return FIELD_EX32(mdio(nc, EMAC_MDIO_COMMAND_READ, phy, reg, 0),
                      EMAC_MDIO_COMM, DATA);
}

void nc37xx_phy_write(QNc37xx *nc, unsigned phy, unsigned reg, uint16_t value)
{
    mdio(nc, EMAC_MDIO_COMMAND_WRITE, phy, reg, value);
}

/*
 * NVRAM
 */

static bool paged(const QNc37xx *nc)
{
    return nc->facts->nvm_strap == NVM_STRAP_AT45DB021B;
}

static uint32_t nvm_address(const QNc37xx *nc, uint32_t offset)
{
    if (!paged(nc)) {
        return offset;
    }
    return offset / NVM_AT45DB021B_PAGE << NVM_AT45DB021B_PAGE_SHIFT |
           offset % NVM_AT45DB021B_PAGE;
}

uint32_t nc37xx_nvm_access(QNc37xx *nc, uint32_t command, uint32_t address,
                           uint32_t value)
{
    nc37xx_write(nc, A_NVM_COMMAND, R_NVM_COMMAND_DONE_MASK);
    g_assert_false(FIELD_EX32(nc37xx_read(nc, A_NVM_COMMAND), NVM_COMMAND,
                              DONE));
    nc37xx_write(nc, A_NVM_WRITE, value);
    nc37xx_write(nc, A_NVM_ADDR, address);
    nc37xx_write(nc, A_NVM_COMMAND, command | R_NVM_COMMAND_DOIT_MASK);
    g_assert_true(FIELD_EX32(nc37xx_read(nc, A_NVM_COMMAND), NVM_COMMAND,
                             DONE));
    return nc37xx_read(nc, A_NVM_READ);
}

uint32_t nc37xx_nvm_read(QNc37xx *nc, uint32_t offset)
{
    return nc37xx_nvm_access(nc, R_NVM_COMMAND_FIRST_MASK |
                             R_NVM_COMMAND_LAST_MASK,
                             nvm_address(nc, offset), 0);
}

void nc37xx_nvm_bytes(QNc37xx *nc, uint32_t offset, uint8_t *to, size_t size)
{
    for (size_t i = 0; i < size; i += 4) {
        stl_be_p(to + i, nc37xx_nvm_read(nc, offset + i));
    }
}

void nc37xx_nvm_unlock(QNc37xx *nc, bool on)
{
    nc37xx_write(nc, A_NVM_SW_ARB,
                 NVM_SW_ARB_DRIVER << (on ? R_NVM_SW_ARB_REQ_SET_SHIFT :
                                       R_NVM_SW_ARB_REQ_CLR_SHIFT));
    nc37xx_write(nc, A_NVM_ACCESS_ENABLE,
                 on ? R_NVM_ACCESS_ENABLE_EN_MASK |
                      R_NVM_ACCESS_ENABLE_WR_EN_MASK : 0);
    nc37xx_write(nc, A_MISC_CFG,
                 FIELD_DP32(0, MISC_CFG, NVM_WR_EN,
                            on ? MISC_CFG_NVM_WR_EN_PCI : 0));
}

/* A part that does not erase by itself gets its whole page anew. */
static void page_write(QNc37xx *nc, uint32_t offset, uint32_t value)
{
    const uint32_t page = offset & -NVM_M45PE20_PAGE;
    uint32_t words[NVM_M45PE20_PAGE / 4];
    uint32_t command;

    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        words[i] = nc37xx_nvm_read(nc, page + i * 4);
    }
    words[offset % NVM_M45PE20_PAGE / 4] = value;
    nc37xx_nvm_access(nc, R_NVM_COMMAND_WREN_MASK, 0, 0);
    nc37xx_nvm_access(nc, R_NVM_COMMAND_ERASE_MASK | R_NVM_COMMAND_WR_MASK |
                      R_NVM_COMMAND_FIRST_MASK | R_NVM_COMMAND_LAST_MASK,
                      page, 0);
    nc37xx_nvm_access(nc, R_NVM_COMMAND_WREN_MASK, 0, 0);
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        command = R_NVM_COMMAND_WR_MASK;
        command |= i == 0 ? R_NVM_COMMAND_FIRST_MASK : 0;
        command |= i == ARRAY_SIZE(words) - 1 ? R_NVM_COMMAND_LAST_MASK : 0;
        nc37xx_nvm_access(nc, command, page + i * 4, words[i]);
    }
}

void nc37xx_nvm_write(QNc37xx *nc, uint32_t offset, uint32_t value)
{
    if (!paged(nc)) {
        page_write(nc, offset, value);
        return;
    }
    nc37xx_nvm_access(nc, R_NVM_COMMAND_WR_MASK | R_NVM_COMMAND_FIRST_MASK |
                      R_NVM_COMMAND_LAST_MASK, nvm_address(nc, offset),
                      value);
}

/*
 * Wire
 */

static int wire_pair[2] = { -1, -1 };

static void wire_open(int pair[2])
{
    int ret = socketpair(PF_UNIX, SOCK_DGRAM, 0, pair);

    g_assert_cmpint(ret, ==, 0);
}

static bool wire_ready(QNc37xx *nc, int milliseconds)
{
    struct pollfd wire = { .fd = nc->wire, .events = POLLIN };

    return poll(&wire, 1, milliseconds) == 1;
}

static void wire_drain(int wire)
{
    uint8_t byte;

    while (recv(wire, &byte, 1, MSG_DONTWAIT) >= 0) {
        /* what an earlier test left */
    }
}

void nc37xx_wire_send(QNc37xx *nc, const void *frame, size_t size)
{
    g_assert_cmpint(send(nc->wire, frame, size, 0), ==, size);
}

size_t nc37xx_wire_receive(QNc37xx *nc, uint8_t to[NC37XX_WIRE_MAX])
{
    ssize_t size;

    g_assert_true(wire_ready(nc, NC37XX_DEADLINE / 1000));
    size = recv(nc->wire, to, NC37XX_WIRE_MAX, 0);
    g_assert_cmpint(size, >, 0);
    return size;
}

bool nc37xx_wire_is_quiet(QNc37xx *nc)
{
    return !wire_ready(nc, 0);
}

static void frame_fill(uint8_t *frame, size_t size, const uint8_t *to,
                       const uint8_t *from, uint8_t seed)
{
    memcpy(frame, to, 6);
    memcpy(frame + 6, from, 6);
    stw_be_p(frame + 12, 0x88b5);       /* for local experiments */
    for (size_t i = 14; i < size; i++) {
        frame[i] = seed + i + (i >> 8);
    }
}

void nc37xx_frame_fill(uint8_t *frame, size_t size, uint8_t seed)
{
    frame_fill(frame, size, nc37xx_mac, nc37xx_peer_mac, seed);
}

void nc37xx_frame_fill_out(uint8_t *frame, size_t size, uint8_t seed)
{
    frame_fill(frame, size, nc37xx_peer_mac, nc37xx_mac, seed);
}

void nc37xx_set_link(QNc37xx *nc, bool up)
{
    qtest_qmp_assert_success(nc->qts, "{'execute': 'set_link', 'arguments': "
                             "{'name': %s, 'up': %i}}", NC37XX_ID, up);
}

void nc37xx_expect_alive(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_read(nc, A_MISC_ID), ==, nc->facts->misc_id);
}

/*
 * Machines
 */

#define NETDEV_OPTIONS " -netdev dgram,id=" NC37XX_NETDEV \
    ",local.type=fd,local.str=%d -global nc37xx.bootrom= %s"

QNc37xx *nc37xx_clone(QNc37xx *nc, const char *options)
{
    QNc37xx *clone = g_memdup2(nc, sizeof(*nc));
    int pair[2];

    wire_open(pair);
    clone->qts = qtest_initf("%s" NETDEV_OPTIONS,
                             qos_get_current_command_line(), pair[1],
                             options);
    close(pair[1]);
    clone->wire = pair[0];
    clone->dev.bus = qpci_new_pc(clone->qts, NULL);
    return clone;
}

void nc37xx_clone_free(QNc37xx *clone)
{
    qpci_free_pc(clone->dev.bus);
    qtest_quit(clone->qts);
    close(clone->wire);
    g_free(clone);
}

bool nc37xx_migration_done(QNc37xx *nc)
{
    gint64 end = g_get_monotonic_time() + 3 * NC37XX_DEADLINE;

    for (;;) {
        g_autoptr(QDict) response = qtest_qmp(nc->qts,
                                              "{'execute': 'query-migrate'}");
        QDict *info = qdict_get_qdict(response, "return");
        const char *status = qdict_get_try_str(info, "status");

        if (status && g_str_equal(status, "completed")) {
            return true;
        }
        if (status && g_str_equal(status, "failed")) {
            return false;
        }
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

/*
 * The nodes in the graph of drivers, and the cases that use them
 */

static void *nc37xx_get_driver(void *obj, const char *interface)
{
    QNc37xx *nc = obj;

    if (g_str_equal(interface, "pci-device")) {
        return &nc->dev;
    }
    g_assert_true(g_str_has_prefix(interface, "nc37xx-"));
    return nc;
}

static void nc37xx_start(QOSGraphObject *obj)
{
    QNc37xx *nc = (QNc37xx *)obj;

    qpci_device_enable(&nc->dev);
    nc->bar = qpci_iomap(&nc->dev, 0, NULL);
}

/* As firmware does: numbers its bus and opens a window to it. */
static void bridge_open(QPCIDevice *bridge)
{
    qpci_config_writeb(bridge, PCI_SECONDARY_BUS, NC37XX_BOARD_BUS);
    qpci_config_writeb(bridge, PCI_SUBORDINATE_BUS, NC37XX_BOARD_BUS);
    qpci_config_writew(bridge, PCI_MEMORY_BASE, BRIDGE_WINDOW >> 16);
    qpci_config_writew(bridge, PCI_MEMORY_LIMIT, BRIDGE_WINDOW_END >> 16);
    qpci_config_writew(bridge, PCI_COMMAND, PCI_COMMAND_MEMORY |
                       PCI_COMMAND_MASTER);
}

static void device_find(QPCIDevice *dev, QPCIBus *bus, QPCIAddress *address)
{
    QPCIAddress port = {
        .devfn = NC37XX_PORT_DEVFN(0),
        .vendor_id = NC37XX_PCI_VENDOR,
    };

    qpci_device_init(dev, bus, address);
    if (!address->vendor_id) {
        bridge_open(dev);
        qpci_device_init(dev, bus, &port);
    }
}

static void *nc37xx_create(void *pci_bus, QGuestAllocator *alloc, void *addr)
{
    QNc37xx *nc = g_new0(QNc37xx, 1);
    uint16_t device, subsystem;

    device_find(&nc->dev, pci_bus, addr);
    nc->qts = nc->dev.bus->qts;
    nc->alloc = alloc;
    nc->wire = wire_pair[0];
    device = qpci_config_readw(&nc->dev, PCI_DEVICE_ID);
    subsystem = qpci_config_readw(&nc->dev, PCI_SUBSYSTEM_ID);
    for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
        if (facts[i].device == device && facts[i].subsystem == subsystem) {
            nc->facts = &facts[i];
        }
    }
    g_assert_nonnull(nc->facts);
    nc->obj.get_driver = nc37xx_get_driver;
    nc->obj.start_hw = nc37xx_start;
    return &nc->obj;
}

static void *case_prepare(GString *cmd_line, void *arg)
{
    const Nc37xxCase *test = arg;

    if (wire_pair[0] < 0) {
        wire_open(wire_pair);
    }
    wire_drain(wire_pair[0]);
    g_string_append_printf(cmd_line, NETDEV_OPTIONS, wire_pair[1],
                           test->options ? test->options() : "");
    return arg;
}

static void case_run(void *obj, void *arg, QGuestAllocator *alloc)
{
    const Nc37xxCase *test = arg;

    test->run(obj);
}

static bool stands_for_its_chip(const Nc37xxFacts *adapter)
{
    return adapter->whole_programme;
}

static bool is_any(const Nc37xxFacts *adapter)
{
    return true;
}

static bool is_serdes(const Nc37xxFacts *adapter)
{
    return adapter->serdes;
}

static bool has_two_ports(const Nc37xxFacts *adapter)
{
    return adapter->two_ports;
}

/* A topic is an interface: so many tests of one would fill qgraph's stack. */
static void cases_register(const char *topic, const Nc37xxCase *cases,
                           size_t count,
                           bool (*wanted)(const Nc37xxFacts *adapter))
{
    g_autofree char *interface = g_strdup_printf("nc37xx-%s", topic);

    for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
        if (wanted(&facts[i])) {
            qos_node_produces(facts[i].node, interface);
        }
    }
    for (size_t i = 0; i < count; i++) {
        QOSGraphTestOptions options = {
            .before = case_prepare,
            .arg = (void *)&cases[i],
        };

        qos_add_test(cases[i].sentence, interface, case_run, &options);
    }
}

void nc37xx_register_cases(const char *topic, const Nc37xxCase *cases,
                           size_t count)
{
    cases_register(topic, cases, count, stands_for_its_chip);
}

void nc37xx_register_cases_for_serdes(const char *topic,
                                      const Nc37xxCase *cases, size_t count)
{
    cases_register(topic, cases, count, is_serdes);
}

void nc37xx_register_cases_for_all(const char *topic, const Nc37xxCase *cases,
                                   size_t count)
{
    cases_register(topic, cases, count, is_any);
}

void nc37xx_register_cases_for_two(const char *topic, const Nc37xxCase *cases,
                                   size_t count)
{
    cases_register(topic, cases, count, has_two_ports);
}

#define TWO_PORTS                                                            \
    "id=" NC37XX_ID ",addr=4.0,netdev0=" NC37XX_NETDEV ",mac0=" NC37XX_MAC   \
    ",netdev1=" NC37XX_NETDEV_1
#define SECOND_NETDEV                                                        \
    "-netdev hubport,id=" NC37XX_NETDEV_1 ",hubid=" NC37XX_HUB

static void node_register(const Nc37xxFacts *adapter)
{
    QPCIAddress address = {
        .devfn = QPCI_DEVFN(NC37XX_SLOT, 0),
        .vendor_id = adapter->two_ports ? 0 : NC37XX_PCI_VENDOR,
    };
    g_autofree char *one = g_strdup_printf(
        "id=" NC37XX_ID ",addr=4.0,netdev=" NC37XX_NETDEV ",mac=" NC37XX_MAC
        "%s%s", adapter->media ? ",media=" : "", adapter->media ?: "");
    QOSGraphEdgeOptions options = {
        .extra_device_opts = adapter->two_ports ? TWO_PORTS : one,
        .before_cmd_line = adapter->two_ports ? SECOND_NETDEV : NULL,
    };

    add_qpci_address(&options, &address);
    qos_node_create_driver_named(adapter->node, adapter->type, nc37xx_create);
    qos_node_consumes(adapter->node, "pci-bus", &options);
}

static void nc37xx_register_nodes(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
        node_register(&facts[i]);
    }
}

libqos_init(nc37xx_register_nodes);
