/*
 * ilo-ev for qtests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "libqos/pci-pc.h"
#include "libilo-ev.h"
#include "ncsim/post_codes.h"

#define SEQUENCE 0x4e43

/*
 * Registers and exchanges
 */

void ilo_ev_enable(QIloEv *ilo)
{
    qpci_device_enable(&ilo->dev);
    ilo->bar = qpci_iomap(&ilo->dev, 0, NULL);
}

uint32_t ilo_ev_read(QIloEv *ilo, uint32_t port)
{
    return qpci_io_readl(&ilo->dev, ilo->bar, port);
}

void ilo_ev_write(QIloEv *ilo, uint32_t port, uint32_t value)
{
    qpci_io_writel(&ilo->dev, ilo->bar, port, value);
}

size_t ilo_ev_exchange(QIloEv *ilo, const uint8_t *packet, size_t size,
                       uint8_t reply[ILO_PACKET_MAX])
{
    uint32_t status;
    size_t length;

    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    for (size_t i = 0; i < size; i++) {
        qpci_io_writeb(&ilo->dev, ilo->bar, ILO_MAILBOX_DATA, packet[i]);
    }
    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT);
    status = ilo_ev_read(ilo, ILO_MAILBOX_STATUS);
    g_assert_cmphex(status & 0xffff, ==, ILO_STATUS_READY | ILO_STATUS_REPLY);
    length = ilo_ev_read(ilo, ILO_MAILBOX_LENGTH);
    g_assert_cmpuint(length, <=, ILO_PACKET_MAX);
    for (size_t i = 0; i < length; i++) {
        reply[i] = qpci_io_readb(&ilo->dev, ilo->bar, ILO_MAILBOX_DATA);
    }
    g_assert_cmpuint(length, ==, lduw_le_p(reply + SMIF_SIZE));
    g_assert_cmphex(lduw_le_p(reply + SMIF_SEQUENCE), ==, SEQUENCE);
    return length;
}

void ilo_ev_begin(uint8_t *packet, uint16_t command, size_t size)
{
    memset(packet, 0, size);
    stw_le_p(packet + SMIF_SIZE, size);
    stw_le_p(packet + SMIF_SEQUENCE, SEQUENCE);
    stw_le_p(packet + SMIF_COMMAND, command);
}

uint32_t ilo_ev_set(QIloEv *ilo, const char *name, const char *value)
{
    uint8_t packet[ILO_PACKET_MAX], reply[ILO_PACKET_MAX];
    size_t length = strlen(value);

    ilo_ev_begin(packet, SMIF_EV_SET, SMIF_EV_SET_DATA + length);
    packet[SMIF_EV_SET_FLAGS] = SMIF_EV_FLAG_SET;
    memcpy(packet + SMIF_EV_SET_NAME, name, strlen(name));
    stw_le_p(packet + SMIF_EV_SET_LENGTH, length);
    memcpy(packet + SMIF_EV_SET_DATA, value, length);
    ilo_ev_exchange(ilo, packet, SMIF_EV_SET_DATA + length, reply);
    return ldl_le_p(reply + SMIF_REPLY_ERROR);
}

char *ilo_ev_get(QIloEv *ilo, const char *name)
{
    uint8_t packet[SMIF_EV_GET_SIZE], reply[ILO_PACKET_MAX];

    ilo_ev_begin(packet, SMIF_EV_BY_NAME, SMIF_EV_GET_SIZE);
    memcpy(packet + SMIF_EV_GET_NAME, name, strlen(name));
    ilo_ev_exchange(ilo, packet, sizeof(packet), reply);
    if (ldl_le_p(reply + SMIF_REPLY_ERROR) == SMIF_EV_NO_SUCH) {
        return NULL;
    }
    g_assert_cmpuint(ldl_le_p(reply + SMIF_REPLY_ERROR), ==, SMIF_OK);
    return g_strndup((char *)reply + SMIF_EV_REPLY_DATA,
                     lduw_le_p(reply + SMIF_EV_REPLY_LENGTH));
}

uint32_t ilo_ev_post_state(QIloEv *ilo)
{
    uint8_t packet[SMIF_HEADER_SIZE], reply[ILO_PACKET_MAX];

    ilo_ev_begin(packet, SMIF_POST_STATE, sizeof(packet));
    g_assert_cmpuint(ilo_ev_exchange(ilo, packet, sizeof(packet), reply), ==,
                     SMIF_POST_STATE_SIZE);
    return ldl_le_p(reply + SMIF_POST_STATE_CODE);
}

uint32_t ilo_ev_command(QIloEv *ilo, uint16_t command,
                        uint8_t reply[ILO_PACKET_MAX])
{
    uint8_t packet[SMIF_HEADER_SIZE];

    ilo_ev_begin(packet, command, sizeof(packet));
    ilo_ev_exchange(ilo, packet, sizeof(packet), reply);
    return ldl_le_p(reply + SMIF_REPLY_ERROR);
}

void write_stage(QTestState *qts, uint8_t code)
{
    qtest_outb(qts, POST_PORT, POST_FRAME);
    qtest_outb(qts, POST_PORT, code);
    qtest_outb(qts, POST_PORT, POST_CHECK(code));
}

/*
 * Machines
 */

IloEvMachine *ilo_ev_boot(const char *device_options, const char *options)
{
    IloEvMachine *machine = g_new0(IloEvMachine, 1);
    QPCIAddress address = { .devfn = QPCI_DEVFN(ILO_EV_SLOT, 0) };

    machine->qts = qtest_initf("-machine pc -nodefaults %s "
                               "-device ilo-ev,addr=%d%s%s", options,
                               ILO_EV_SLOT, *device_options ? "," : "",
                               device_options);
    machine->bus = qpci_new_pc(machine->qts, NULL);
    qpci_device_init(&machine->ilo.dev, machine->bus, &address);
    ilo_ev_enable(&machine->ilo);
    return machine;
}

void ilo_ev_shut_down(IloEvMachine *machine)
{
    qpci_free_pc(machine->bus);
    qtest_quit(machine->qts);
    g_free(machine);
}

/*
 * The node in the graph of drivers
 */

static void *ilo_ev_get_driver(void *obj, const char *interface)
{
    QIloEv *ilo = obj;

    if (g_str_equal(interface, "pci-device")) {
        return &ilo->dev;
    }
    g_assert_cmpstr(interface, ==, "ilo-ev");
    return ilo;
}

static void ilo_ev_start(QOSGraphObject *obj)
{
    ilo_ev_enable((QIloEv *)obj);
}

static void *ilo_ev_create(void *pci_bus, QGuestAllocator *alloc, void *addr)
{
    QIloEv *ilo = g_new0(QIloEv, 1);

    qpci_device_init(&ilo->dev, pci_bus, addr);
    ilo->obj.get_driver = ilo_ev_get_driver;
    ilo->obj.start_hw = ilo_ev_start;
    return &ilo->obj;
}

static void ilo_ev_register_nodes(void)
{
    QPCIAddress address = { .devfn = QPCI_DEVFN(ILO_EV_SLOT, 0) };
    QOSGraphEdgeOptions options = { .extra_device_opts = "addr=5.0" };

    add_qpci_address(&options, &address);
    qos_node_create_driver("ilo-ev", ilo_ev_create);
    qos_node_consumes("ilo-ev", "pci-bus", &options);
    qos_node_produces("ilo-ev", "pci-device");
}

void ilo_ev_add_tests(const IloEvTest *tests, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        qos_add_test(tests[i].sentence, "ilo-ev", tests[i].run, NULL);
    }
}

libqos_init(ilo_ev_register_nodes);
