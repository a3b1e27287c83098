/*
 * ilo-ev: PCI identity and the real-mode mailbox.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "hw/pci/pci_ids.h"
#include "hw/pci/pci_regs.h"
#include "ilo-ev/folder.h"

/*
 * PCI
 */

static void test_identity(void *obj, void *data, QGuestAllocator *alloc)
{
    QPCIDevice *dev = &((QIloEv *)obj)->dev;

    g_assert_cmphex(qpci_config_readw(dev, PCI_VENDOR_ID), ==, 0x0e11);
    g_assert_cmphex(qpci_config_readw(dev, PCI_DEVICE_ID), ==, 0xb204);
    g_assert_cmphex(qpci_config_readb(dev, PCI_REVISION_ID), ==, 3);
    g_assert_cmphex(qpci_config_readw(dev, PCI_CLASS_DEVICE), ==,
                    PCI_CLASS_SYSTEM_OTHER);
    g_assert_cmphex(qpci_config_readw(dev, PCI_SUBSYSTEM_VENDOR_ID), ==,
                    0x103c);
    g_assert_cmphex(qpci_config_readw(dev, PCI_SUBSYSTEM_ID), ==, 0x3305);
}

static void test_bar(void *obj, void *data, QGuestAllocator *alloc)
{
    QPCIDevice *dev = &((QIloEv *)obj)->dev;
    uint32_t kept = qpci_config_readl(dev, PCI_BASE_ADDRESS_0);

    qpci_config_writel(dev, PCI_BASE_ADDRESS_0, UINT32_MAX);
    g_assert_cmphex(qpci_config_readl(dev, PCI_BASE_ADDRESS_0), ==,
                    ~(uint32_t)(ILO_MAILBOX_PORTS - 1) |
                    PCI_BASE_ADDRESS_SPACE_IO);
    qpci_config_writel(dev, PCI_BASE_ADDRESS_0, kept);
}

static void test_only_one(void *obj, void *data, QGuestAllocator *alloc)
{
    Folder *folder = folder_new();
    g_autofree char *text = refused_start(folder->drive, "-device ilo-ev");

    g_assert_nonnull(strstr(text, "at most one ilo-ev"));
    folder_free(folder);
}

/*
 * Mailbox
 */

static void test_registers(void *obj, void *data, QGuestAllocator *alloc)
{
    QIloEv *ilo = obj;

    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_MAGIC), ==, 0x5645434e);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_STATUS), ==,
                    ILO_MAILBOX_VERSION << ILO_STATUS_VERSION_SHIFT |
                    ILO_STATUS_READY);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_LENGTH), ==, 0);
    ilo_ev_write(ilo, ILO_MAILBOX_DATA, 0x11223344);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_LENGTH), ==, 4);
}

static void test_exchange(void *obj, void *data, QGuestAllocator *alloc)
{
    QIloEv *ilo = obj;
    g_autofree char *value = NULL;

    g_assert_cmpuint(ilo_ev_set(ilo, "CQTISCSI", "through the ports"), ==,
                     SMIF_OK);
    value = ilo_ev_get(ilo, "CQTISCSI");
    g_assert_cmpstr(value, ==, "through the ports");
    g_assert_null(ilo_ev_get(ilo, "CQTISCS2"));
}

static void test_words(void *obj, void *data, QGuestAllocator *alloc)
{
    static const uint32_t packet[] = { 0x12340008, SMIF_EV_STATUS };
    QIloEv *ilo = obj;

    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    for (unsigned i = 0; i < ARRAY_SIZE(packet); i++) {
        ilo_ev_write(ilo, ILO_MAILBOX_DATA, packet[i]);
    }
    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_LENGTH), ==,
                    SMIF_EV_STATUS_SIZE);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_DATA), ==,
                    0x12340000 | SMIF_EV_STATUS_SIZE);
    g_assert_cmphex(ilo_ev_read(ilo, ILO_MAILBOX_DATA), ==,
                    SMIF_EV_STATUS | SMIF_REPLY);
    g_assert_cmphex(qpci_io_readw(&ilo->dev, ilo->bar, ILO_MAILBOX_DATA), ==,
                    SMIF_OK);
}

static void test_overflow(void *obj, void *data, QGuestAllocator *alloc)
{
    QIloEv *ilo = obj;

    ilo_ev_write(ilo, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    for (unsigned i = 0; i < ILO_PACKET_MAX / 4; i++) {
        ilo_ev_write(ilo, ILO_MAILBOX_DATA, 0);
    }
    g_assert_false(ilo_ev_read(ilo, ILO_MAILBOX_STATUS) & ILO_STATUS_ERROR);
    ilo_ev_write(ilo, ILO_MAILBOX_DATA, 0);
    g_assert_true(ilo_ev_read(ilo, ILO_MAILBOX_STATUS) & ILO_STATUS_ERROR);
    g_assert_null(ilo_ev_get(ilo, "NONE"));
}

static void access_port(QIloEv *ilo, uint32_t port, unsigned size)
{
    switch (size) {
    case 1:
        qpci_io_writeb(&ilo->dev, ilo->bar, port, 0xa5);
        qpci_io_readb(&ilo->dev, ilo->bar, port);
        break;
    case 2:
        qpci_io_writew(&ilo->dev, ilo->bar, port, 0xa5a5);
        qpci_io_readw(&ilo->dev, ilo->bar, port);
        break;
    default:
        qpci_io_writel(&ilo->dev, ilo->bar, port, 0xa5a5a5a5);
        qpci_io_readl(&ilo->dev, ilo->bar, port);
        break;
    }
}

static void test_every_port(void *obj, void *data, QGuestAllocator *alloc)
{
    QIloEv *ilo = obj;
    g_autofree char *value = NULL;

    ilo_ev_set(ilo, "CQTISCSI", "still here");
    for (unsigned size = 1; size <= 4; size *= 2) {
        for (uint32_t port = 0; port + size <= ILO_MAILBOX_PORTS; port++) {
            access_port(ilo, port, size);
        }
    }
    value = ilo_ev_get(ilo, "CQTISCSI");
    g_assert_cmpstr(value, ==, "still here");
}

static const IloEvTest tests[] = {
    { "function_is_an_ilo_2", test_identity },
    { "bar_0_is_256_ports", test_bar },
    { "machine_has_at_most_one", test_only_one },
    { "registers_have_their_reset_values", test_registers },
    { "ev_is_set_and_read_through_the_ports", test_exchange },
    { "packet_of_words_is_answered_in_words", test_words },
    { "overlong_packet_is_an_error", test_overflow },
    { "every_port_bears_every_access_size", test_every_port },
};

static void register_tests(void)
{
    ilo_ev_add_tests(tests, ARRAY_SIZE(tests));
}

libqos_init(register_tests);
