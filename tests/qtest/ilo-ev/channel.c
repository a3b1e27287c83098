/*
 * ilo-ev: the channels, as the driver hpilo uses them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "hw/pci/pci_regs.h"
#include "daemon.h"
#include "ncsim/ilo_channel.h"

#define RUN(name) \
    static void name(void *obj, void *data, QGuestAllocator *alloc)

/* In the machine's memory, for channel n at n << 17. */
#define MEMORY(channel) (0x1000000ull + ((uint64_t)(channel) << 17))
#define SEND_FIFO 0x200
#define RECEIVE_FIFO 0x600
#define SEND_DATA 0x1000
#define RECEIVE_DATA 0x8000
/* As hpilo writes it, sign-extended: 4 entries, 4 descriptors of 4096. */
#define CONTROL 0xffffffff800c003cull

typedef struct Driver {
    IloEvMachine *machine;
    QTestState *qts;
    QPCIDevice *dev;
    QPCIBar registers, memory, doorbells;
    unsigned channel, send_tail, receive_tail;
} Driver;

static void attach(Driver *driver)
{
    ilo_ev_enable(&driver->machine->ilo);
    driver->registers = qpci_iomap(driver->dev, 1, NULL);
    driver->memory = qpci_iomap(driver->dev, 2, NULL);
    driver->doorbells = qpci_iomap(driver->dev, 3, NULL);
}

static Driver driver_of(IloEvMachine *machine)
{
    Driver driver = {
        .machine = machine,
        .qts = machine->qts,
        .dev = &machine->ilo.dev,
    };

    driver.registers = qpci_iomap(driver.dev, 1, NULL);
    driver.memory = qpci_iomap(driver.dev, 2, NULL);
    driver.doorbells = qpci_iomap(driver.dev, 3, NULL);
    return driver;
}

static uint64_t address(const Driver *driver, uint64_t offset)
{
    return MEMORY(driver->channel) + offset;
}

static uint64_t entry(const Driver *driver, uint64_t fifo, unsigned index)
{
    return qtest_readq(driver->qts,
                       address(driver, fifo + (index & 3) * 8));
}

static void put_entry(const Driver *driver, uint64_t fifo, unsigned index,
                      uint64_t value)
{
    qtest_writeq(driver->qts, address(driver, fifo + (index & 3) * 8), value);
}

static bool is_consumed(const Driver *driver, uint64_t fifo, unsigned index)
{
    return entry(driver, fifo, index) & ILO_ENTRY_CONSUMED;
}

static void kick(const Driver *driver)
{
    qpci_io_writeb(driver->dev, driver->doorbells,
                   driver->channel << ILO_DOORBELL_SHIFT, ILO_DOORBELL_KICK);
}

static void write_ccb(const Driver *driver, uint64_t control)
{
    const uint64_t words[] = {
        address(driver, SEND_FIFO), address(driver, SEND_DATA), control,
        address(driver, RECEIVE_FIFO), address(driver, RECEIVE_DATA), control
    };

    for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
        qpci_io_writeq(driver->dev, driver->memory,
                       driver->channel * ILO_CCB_STRIDE + i * 8, words[i]);
    }
}

static void give_buffer(Driver *driver)
{
    unsigned id = driver->receive_tail & 3;

    put_entry(driver, RECEIVE_FIFO, driver->receive_tail++,
              0x200 | id << 10 | ILO_ENTRY_OCCUPIED);
}

static void open_channel(Driver *driver, unsigned channel)
{
    driver->channel = channel;
    driver->send_tail = driver->receive_tail = 0;
    qtest_memset(driver->qts, address(driver, 0), 0, 0x10000);
    write_ccb(driver, CONTROL);
    for (unsigned id = 0; id < 3; id++) {
        put_entry(driver, SEND_FIFO, driver->send_tail++,
                  id << 10 | ILO_ENTRY_OCCUPIED);
        kick(driver);
        give_buffer(driver);
    }
}

static void send_status(Driver *driver)
{
    uint8_t packet[SMIF_HEADER_SIZE];
    unsigned id = driver->send_tail & 3;

    ilo_ev_begin(packet, SMIF_EV_STATUS, sizeof(packet));
    qtest_memwrite(driver->qts, address(driver, SEND_DATA + id * 4096),
                   packet, sizeof(packet));
    put_entry(driver, SEND_FIFO, driver->send_tail++,
              1 | id << 10 | ILO_ENTRY_OCCUPIED);
    kick(driver);
}

static bool is_answered(const Driver *driver, unsigned index)
{
    uint8_t reply[SMIF_HEADER_SIZE];

    if (!is_consumed(driver, RECEIVE_FIFO, index)) {
        return false;
    }
    qtest_memread(driver->qts, address(driver, RECEIVE_DATA +
                                       (index & 3) * 4096), reply,
                  sizeof(reply));
    return lduw_le_p(reply + SMIF_COMMAND) == (SMIF_EV_STATUS | SMIF_REPLY);
}

static uint32_t control(const Driver *driver, uint32_t offset)
{
    return qpci_io_readl(driver->dev, driver->memory,
                         driver->channel * ILO_CCB_STRIDE + offset);
}

static bool is_active(const Driver *driver)
{
    return control(driver, ILO_CCB_SEND_CONTROL) &
           control(driver, ILO_CCB_RECEIVE_CONTROL) & ILO_CCB_ACTIVE;
}

static uint32_t out(const Driver *driver)
{
    return qpci_io_readl(driver->dev, driver->registers, ILO_CHANNEL_OUT);
}

static void enable_interrupt(const Driver *driver)
{
    qpci_io_writeb(driver->dev, driver->registers, ILO_CHANNEL_IRQ, 1);
}

static bool interrupts(const Driver *driver)
{
    return qpci_config_readw(driver->dev, PCI_STATUS) & PCI_STATUS_INTERRUPT;
}

RUN(test_bars)
{
    static const struct {
        uint8_t offset;
        uint32_t mask;
    } rows[] = {
        { PCI_BASE_ADDRESS_1, ~(uint32_t)(ILO_CHANNEL_REGISTERS - 1) },
        { PCI_BASE_ADDRESS_2, ~(uint32_t)(ILO_CHANNEL_MEMORY - 1) },
        { PCI_BASE_ADDRESS_3, ~(uint32_t)(ILO_DOORBELLS - 1) },
        { PCI_BASE_ADDRESS_4, 0 },
        { PCI_BASE_ADDRESS_5, 0 },
    };
    IloEvMachine *machine = ilo_ev_boot("", "");

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        qpci_config_writel(&machine->ilo.dev, rows[i].offset, UINT32_MAX);
        g_assert_cmphex(qpci_config_readl(&machine->ilo.dev, rows[i].offset),
                        ==, rows[i].mask);
    }
    g_assert_cmpuint(qpci_config_readb(&machine->ilo.dev, PCI_INTERRUPT_PIN),
                     ==, 1);
    ilo_ev_shut_down(machine);
}

RUN(test_exchange)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    open_channel(&driver, 3);
    g_assert_true(is_active(&driver));
    g_assert_cmphex(entry(&driver, SEND_FIFO, 1), ==, 0x200 | 1 << 10 |
                    ILO_ENTRY_OCCUPIED | ILO_ENTRY_CONSUMED);
    send_status(&driver);
    g_assert_true(is_consumed(&driver, SEND_FIFO, 3));
    g_assert_true(is_answered(&driver, 0));
    g_assert_cmphex(out(&driver), ==, 1 << 3);
    ilo_ev_shut_down(machine);
}

RUN(test_interrupt)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    open_channel(&driver, 0);
    send_status(&driver);
    g_assert_false(interrupts(&driver));
    enable_interrupt(&driver);
    g_assert_true(interrupts(&driver));
    qpci_io_writel(driver.dev, driver.registers, ILO_CHANNEL_OUT, UINT32_MAX);
    g_assert_false(interrupts(&driver));
    ilo_ev_shut_down(machine);
}

RUN(test_close)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    open_channel(&driver, 1);
    write_ccb(&driver, CONTROL & ~(uint64_t)ILO_CCB_GO);
    kick(&driver);
    g_assert_false(is_active(&driver));
    open_channel(&driver, 1);
    send_status(&driver);
    g_assert_true(is_answered(&driver, 0));
    ilo_ev_shut_down(machine);
}

RUN(test_all_channels)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    for (unsigned i = 0; i < ILO_CHANNELS; i++) {
        open_channel(&driver, i);
        send_status(&driver);
        g_assert_true(is_answered(&driver, 0));
    }
    g_assert_cmphex(out(&driver), ==, (1u << ILO_CHANNELS) - 1);
    ilo_ev_shut_down(machine);
}

RUN(test_wait)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    open_channel(&driver, 0);
    for (unsigned i = 0; i < 4; i++) {
        send_status(&driver);
    }
    g_assert_true(is_answered(&driver, 2));
    qtest_clock_step(machine->qts, 15000000);
    g_assert_false(is_consumed(&driver, SEND_FIFO, 6));
    give_buffer(&driver);
    qtest_clock_step(machine->qts, 15000000);
    g_assert_true(is_consumed(&driver, SEND_FIFO, 6));
    g_assert_true(is_answered(&driver, 3));
    ilo_ev_shut_down(machine);
}

RUN(test_nowhere)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    open_channel(&driver, 0);
    qpci_io_writeq(driver.dev, driver.memory, ILO_CCB_STRIDE,
                   0x7000000000000000ull);
    for (unsigned i = 1; i < 6; i++) {
        qpci_io_writeq(driver.dev, driver.memory, ILO_CCB_STRIDE + i * 8,
                       i == 2 || i == 5 ? CONTROL : 0xfffffff000000000ull);
    }
    qpci_io_writeb(driver.dev, driver.doorbells, 1 << ILO_DOORBELL_SHIFT,
                   ILO_DOORBELL_KICK);
    send_status(&driver);
    g_assert_true(is_answered(&driver, 0));
    ilo_ev_shut_down(machine);
}

/* A queue inside our own doorbells and registers. */
RUN(test_own_bars)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    driver.channel = 2;
    write_ccb(&driver, CONTROL);
    qpci_io_writeq(driver.dev, driver.memory, 2 * ILO_CCB_STRIDE,
                   driver.doorbells.addr);
    kick(&driver);
    qpci_io_writeq(driver.dev, driver.memory, 2 * ILO_CCB_STRIDE,
                   driver.memory.addr + 2 * ILO_CCB_STRIDE);
    kick(&driver);
    open_channel(&driver, 0);
    send_status(&driver);
    g_assert_true(is_answered(&driver, 0));
    ilo_ev_shut_down(machine);
}

RUN(test_no_bus_master)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);
    uint16_t command = qpci_config_readw(driver.dev, PCI_COMMAND);

    open_channel(&driver, 0);
    qpci_config_writew(driver.dev, PCI_COMMAND,
                       command & ~PCI_COMMAND_MASTER);
    send_status(&driver);
    g_assert_false(is_consumed(&driver, SEND_FIFO, 3));
    qpci_config_writew(driver.dev, PCI_COMMAND, command);
    kick(&driver);
    g_assert_true(is_answered(&driver, 0));
    ilo_ev_shut_down(machine);
}

static void access_everything(Driver *driver, QPCIBar bar, uint32_t size,
                              uint32_t step)
{
    for (uint32_t offset = 0; offset + 4 <= size; offset += step) {
        qpci_io_writeb(driver->dev, bar, offset, 1);
        qpci_io_writew(driver->dev, bar, offset, 0xffff);
        qpci_io_writel(driver->dev, bar, offset, 0xa5a5a5a5);
        qpci_io_readb(driver->dev, bar, offset);
        qpci_io_readw(driver->dev, bar, offset);
        qpci_io_readl(driver->dev, bar, offset);
    }
}

RUN(test_every_access)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    access_everything(&driver, driver.memory, ILO_CHANNEL_MEMORY, 13);
    access_everything(&driver, driver.registers, ILO_CHANNEL_REGISTERS, 1);
    access_everything(&driver, driver.doorbells, ILO_DOORBELLS, 4095);
    access_everything(&driver, driver.doorbells, ILO_DOORBELLS,
                      1 << ILO_DOORBELL_SHIFT);
    qtest_system_reset(machine->qts);
    attach(&driver);
    open_channel(&driver, 0);
    send_status(&driver);
    g_assert_true(is_answered(&driver, 0));
    ilo_ev_shut_down(machine);
}

RUN(test_system_reset)
{
    IloEvMachine *machine = ilo_ev_boot("", "");
    Driver driver = driver_of(machine);

    enable_interrupt(&driver);
    open_channel(&driver, 0);
    send_status(&driver);
    qtest_system_reset(machine->qts);
    attach(&driver);
    g_assert_cmphex(out(&driver), ==, 0);
    g_assert_false(interrupts(&driver));
    g_assert_cmphex(control(&driver, ILO_CCB_SEND_CONTROL), ==, 0);
    ilo_ev_shut_down(machine);
}

RUN(test_ilo_reset)
{
    Daemon *daemon = daemon_new("", "");
    Driver driver = driver_of(daemon->machine);

    enable_interrupt(&driver);
    open_channel(&driver, 0);
    g_assert_cmpuint(daemon_manage(daemon, ILO_LINK_RESET, 8, 0), ==,
                     SMIF_OK);
    g_assert_cmphex(out(&driver), ==, ILO_CHANNEL_OUT_RESET);
    g_assert_true(interrupts(&driver));
    g_assert_false(is_active(&driver));
    qpci_io_writel(driver.dev, driver.registers, ILO_CHANNEL_OUT, UINT32_MAX);
    open_channel(&driver, 0);
    send_status(&driver);
    g_assert_true(is_answered(&driver, 0));
    daemon_free(daemon);
}

/* While one request waits for a buffer, which the other side gives. */
RUN(test_migration)
{
    Folder *folder = folder_new();
    IloEvMachine *machine = boot_with_drive(folder, "");
    Driver before = driver_of(machine);
    Driver after;

    enable_interrupt(&before);
    open_channel(&before, 5);
    for (unsigned i = 0; i < 4; i++) {
        send_status(&before);
    }
    save(machine, folder);
    ilo_ev_shut_down(machine);

    machine = boot_with_drive(folder, " -incoming defer");
    g_assert_true(restore(machine, folder));
    after = before;
    after.machine = machine;
    after.qts = machine->qts;
    after.dev = &machine->ilo.dev;
    g_assert_cmphex(out(&after), ==, 1 << 5);
    g_assert_true(interrupts(&after));
    g_assert_true(is_active(&after));
    give_buffer(&after);
    qtest_clock_step(machine->qts, 50000000);
    g_assert_true(is_consumed(&after, SEND_FIFO, 6));
    g_assert_true(is_answered(&after, 3));
    ilo_ev_shut_down(machine);
    folder_free(folder);
}

static const IloEvTest tests[] = {
    { "bars_1_to_3_have_their_sizes_and_the_pin_is_a", test_bars },
    { "channel_answers_before_the_doorbell_returns", test_exchange },
    { "interrupt_follows_enable_and_acknowledge", test_interrupt },
    { "closed_channel_opens_again", test_close },
    { "all_channels_work_at_once", test_all_channels },
    { "request_waits_until_there_is_a_buffer", test_wait },
    { "queues_in_no_memory_harm_nobody", test_nowhere },
    { "queues_in_our_own_bars_harm_nobody", test_own_bars },
    { "without_bus_mastering_nothing_is_read", test_no_bus_master },
    { "every_bar_bears_every_access", test_every_access },
    { "system_reset_closes_the_channels", test_system_reset },
    { "reset_of_ilo_is_told_to_the_driver", test_ilo_reset },
    { "snapshot_goes_on_with_an_open_channel", test_migration },
};

static void register_tests(void)
{
    ilo_ev_add_tests(tests, ARRAY_SIZE(tests));
}

libqos_init(register_tests);
