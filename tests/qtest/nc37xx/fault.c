/*
 * NC37xx adapters: faults that are injected through the device's properties.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "qobject/qnum.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

#define DEVICE "/machine/peripheral/" NC37XX_ID
#define ALWAYS 1000000
#define MILLISECOND 1000000ll
#define SIZE 200

static void set(QNc37xx *nc, const char *property, uint64_t value)
{
    qtest_qmp_assert_success(nc->qts, "{'execute': 'qom-set', 'arguments': "
                             "{'path': %s, 'property': %s, 'value': %" PRIu64
                             "}}", DEVICE, property, value);
}

static uint64_t number(const QDict *dict, const char *key)
{
    return qnum_get_uint(qobject_to(QNum, qdict_get(dict, key)));
}

static uint64_t get(QNc37xx *nc, const char *property)
{
    g_autoptr(QDict) response =
        qtest_qmp(nc->qts, "{'execute': 'qom-get', 'arguments': {'path': %s, "
                  "'property': %s}}", DEVICE, property);

    return number(response, "return");
}

/* What the property "faults" says of one. */
static uint64_t told(QNc37xx *nc, const char *fault, const char *key)
{
    g_autoptr(QDict) response =
        qtest_qmp(nc->qts, "{'execute': 'qom-get', 'arguments': {'path': %s, "
                  "'property': 'faults'}}", DEVICE);
    QList *list = qdict_get_qlist(qdict_get_qdict(response, "return"),
                                  "faults");
    QListEntry *entry;

    QLIST_FOREACH_ENTRY(list, entry) {
        QDict *row = qobject_to(QDict, qlist_entry_obj(entry));

        if (g_str_equal(qdict_get_str(row, "name"), fault)) {
            return number(row, key);
        }
    }
    g_assert_not_reached();
}

static void injected(QNc37xx *nc, const char *fault, uint64_t n)
{
    g_assert_cmpuint(told(nc, fault, "injected"), ==, n);
}

static void arrives(QNc37xx *nc, uint8_t seed)
{
    uint8_t frame[SIZE];

    nc37xx_frame_fill(frame, sizeof(frame), seed);
    nc37xx_wire_send(nc, frame, sizeof(frame));
}

/* The next frame that the driver gets is that of @seed. */
static void expect(QNc37xx *nc, uint8_t seed)
{
    uint8_t frame[SIZE], got[SIZE];
    uint64_t buffer = nc37xx_rx_wait(nc);

    nc37xx_frame_fill(frame, sizeof(frame), seed);
    qtest_memread(nc->qts, buffer + RX_FRAME_OFFSET, got, sizeof(got));
    g_assert_cmpmem(got, sizeof(got), frame, sizeof(frame));
}

static void leaves(QNc37xx *nc, uint8_t seed)
{
    uint8_t frame[SIZE];

    nc37xx_frame_fill_out(frame, sizeof(frame), seed);
    nc37xx_tx_frame(nc, frame, sizeof(frame), 0);
    nc37xx_tx_wait(nc);
}

/* How many bits the next frame on the wire differs in from that of @seed. */
static unsigned wire_damage(QNc37xx *nc, uint8_t seed)
{
    g_autofree uint8_t *got = g_malloc(NC37XX_WIRE_MAX);
    uint8_t frame[SIZE];
    unsigned bits = 0;

    nc37xx_frame_fill_out(frame, sizeof(frame), seed);
    g_assert_cmpuint(nc37xx_wire_receive(nc, got), ==, SIZE);
    for (size_t i = 0; i < SIZE; i++) {
        bits += ctpop8(got[i] ^ frame[i]);
    }
    return bits;
}

static void wire_expect(QNc37xx *nc, uint8_t seed)
{
    g_assert_cmpuint(wire_damage(nc, seed), ==, 0);
}

static void settings_are_read_back(QNc37xx *nc)
{
    set(nc, "fault-rx-drop", 250000);
    set(nc, "fault-rx-drop-at", 7);
    set(nc, "fault-delay-us", 50);
    set(nc, "fault-seed", 0xfedcba9876543210);
    g_assert_cmpuint(get(nc, "fault-rx-drop"), ==, 250000);
    g_assert_cmpuint(get(nc, "fault-rx-drop-at"), ==, 7);
    g_assert_cmpuint(get(nc, "fault-delay-us"), ==, 50);
    g_assert_cmphex(get(nc, "fault-seed"), ==, 0xfedcba9876543210);
    g_assert_cmpuint(told(nc, "rx-drop", "ppm"), ==, 250000);
    g_assert_cmpuint(told(nc, "rx-drop", "at"), ==, 7);
}

static void refused(QNc37xx *nc, const char *property, uint64_t value,
                    const char *message)
{
    g_autoptr(QDict) response =
        qtest_qmp(nc->qts, "{'execute': 'qom-set', 'arguments': {'path': %s, "
                  "'property': %s, 'value': %" PRIu64 "}}", DEVICE, property,
                  value);

    g_assert_cmpstr(qdict_get_str(qdict_get_qdict(response, "error"), "desc"),
                    ==, message);
}

static void wrong_settings(QNc37xx *nc)
{
    refused(nc, "fault-tx-drop", 1000001, "fault-tx-drop=1000001 is out of "
            "range: it can be 0 to 1000000");
    refused(nc, "fault-tx-drop-at", 4294967296, "fault-tx-drop-at=4294967296 "
            "is out of range: it can be 0 to 4294967295");
    refused(nc, "fault-delay-us", 0, "fault-delay-us=0 is out of range: it "
            "can be 1 to 10000000");
    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 100, 1);
}

static const char *half_lost(void)
{
    return "-global nc37xx.fault-tx-drop=500000 -global nc37xx.fault-seed=5";
}

static uint64_t pattern_of_losses(QNc37xx *nc)
{
    uint64_t pattern = 0;

    for (unsigned i = 0; i < 64; i++) {
        uint64_t before = told(nc, "tx-drop", "injected");

        leaves(nc, i);
        if (told(nc, "tx-drop", "injected") == before) {
            wire_expect(nc, i);
            pattern |= 1ull << i;
        }
    }
    return pattern;
}

static void given_at_creation(QNc37xx *nc)
{
    uint64_t first;

    nc37xx_bring_up(nc);
    first = pattern_of_losses(nc);
    g_assert_cmpuint(ctpop64(first), >, 16);
    g_assert_cmpuint(ctpop64(first), <, 48);
    set(nc, "fault-seed", 5);
    g_assert_cmphex(pattern_of_losses(nc), ==, first);
    g_assert_cmpuint(told(nc, "tx-drop", "seen"), ==, 64);
}

static void received_are_lost_doubled_damaged(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    set(nc, "fault-rx-drop-at", 1);
    set(nc, "fault-rx-duplicate-at", 2);
    set(nc, "fault-rx-corrupt-at", 3);
    for (unsigned i = 1; i <= 4; i++) {
        arrives(nc, i);
    }
    expect(nc, 2);
    expect(nc, 2);
    expect(nc, 4);
    injected(nc, "rx-drop", 1);
    injected(nc, "rx-duplicate", 1);
    injected(nc, "rx-corrupt", 1);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_FCS_ERRORS), ==, 1);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_BAD_OCTETS), ==,
                     SIZE + NC37XX_FCS_SIZE);
}

static void received_are_late(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    set(nc, "fault-delay-us", 2000);
    set(nc, "fault-rx-delay-at", 1);
    set(nc, "fault-rx-reorder-at", 2);
    arrives(nc, 1);
    arrives(nc, 2);
    arrives(nc, 3);
    expect(nc, 3);
    expect(nc, 2);
    qtest_clock_step(nc->qts, MILLISECOND);
    injected(nc, "rx-delay", 1);
    qtest_clock_step(nc->qts, MILLISECOND);
    expect(nc, 1);
}

static void sent_are_lost_doubled_damaged(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    set(nc, "fault-tx-drop-at", 1);
    set(nc, "fault-tx-duplicate-at", 2);
    set(nc, "fault-tx-corrupt-at", 3);
    for (unsigned i = 1; i <= 4; i++) {
        leaves(nc, i);
    }
    wire_expect(nc, 2);
    wire_expect(nc, 2);
    g_assert_cmpuint(wire_damage(nc, 3), ==, 1);
    wire_expect(nc, 4);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_OUT_UCAST_PKTS), ==, 4);
}

static void sent_are_late(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    set(nc, "fault-delay-us", 2000);
    set(nc, "fault-tx-delay-at", 1);
    set(nc, "fault-tx-reorder-at", 2);
    leaves(nc, 1);
    leaves(nc, 2);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    leaves(nc, 3);
    wire_expect(nc, 3);
    wire_expect(nc, 2);
    qtest_clock_step(nc->qts, MILLISECOND);
    g_assert_true(nc37xx_wire_is_quiet(nc));
    qtest_clock_step(nc->qts, MILLISECOND);
    wire_expect(nc, 1);
}

static void failed_dma(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    set(nc, "fault-dma-read-at", 2);    /* descriptors, then the packet */
    leaves(nc, 1);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_TX_MAC_ERRORS), ==, 1);
    leaves(nc, 2);
    wire_expect(nc, 2);
    set(nc, "fault-dma-write", ALWAYS);
    arrives(nc, 1);
    nc37xx_expect_alive(nc);
    set(nc, "fault-dma-write", 0);
    g_assert_cmpuint(nc37xx_counter(nc, STAT_IN_MBUF_DISCARDS), ==, 1);
    nc37xx_core_reset(nc);
    nc37xx_restart(nc);
    arrives(nc, 2);
    expect(nc, 2);
}

static void acknowledge(QNc37xx *nc)
{
    nc37xx_write(nc, A_PCICFG_INT_ACK_CMD,
                 R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK |
                 nc37xx_status16(nc, STATUS_IDX));
}

static void post(QNc37xx *nc)
{
    nc37xx_write(nc, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
}

/* As the bus sees it, whatever the adapter says of itself. */
static bool pin(QNc37xx *nc)
{
    return qpci_config_readw(&nc->dev, PCI_STATUS) & PCI_STATUS_INTERRUPT;
}

static void pin_lost_and_stuck(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    acknowledge(nc);
    set(nc, "fault-intx-lost-at", 1);
    post(nc);
    g_assert_false(pin(nc));
    acknowledge(nc);
    set(nc, "fault-intx-stuck", ALWAYS);
    post(nc);
    g_assert_true(pin(nc));
    acknowledge(nc);
    g_assert_true(pin(nc));
    g_assert_true(FIELD_EX32(nc37xx_read(nc, A_PCICFG_MISC_STATUS),
                             PCICFG_MISC_STATUS, INTA_VALUE));
    set(nc, "fault-intx-stuck", 0);
    g_assert_false(pin(nc));
    injected(nc, "intx-lost", 1);
    injected(nc, "intx-stuck", 1);
}

static void message_lost(QNc37xx *nc)
{
    uint64_t to = guest_alloc(nc->alloc, NC37XX_PAGE);

    nc37xx_bring_up(nc);
    qtest_writel(nc->qts, to, 0);
    qpci_config_writel(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_ADDRESS_LO, to);
    qpci_config_writel(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_ADDRESS_HI, 0);
    qpci_config_writew(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_DATA_64, 0x1234);
    qpci_config_writew(&nc->dev, NC37XX_CAP_MSI + PCI_MSI_FLAGS,
                       PCI_MSI_FLAGS_ENABLE);
    acknowledge(nc);
    set(nc, "fault-msi-lost-at", 1);
    post(nc);
    g_assert_cmphex(qtest_readl(nc->qts, to), ==, 0);
    injected(nc, "msi-lost", 1);
    acknowledge(nc);
    post(nc);
    g_assert_cmphex(qtest_readl(nc->qts, to), ==, 0x1234);
}

static void nvram_bit(QNc37xx *nc)
{
    uint32_t offset = NVRAM_MANUFACTURING + 0x30;
    uint32_t word = nc37xx_nvm_read(nc, offset);

    set(nc, "fault-nvram-offset", offset);
    set(nc, "fault-nvram-bit", ALWAYS);
    g_assert_cmpuint(ctpop32(nc37xx_nvm_read(nc, offset) ^ word), ==, 1);
    nc37xx_nvm_read(nc, offset + 4);
    injected(nc, "nvram-bit", 1);
    set(nc, "fault-nvram-bit", 0);
    g_assert_cmphex(nc37xx_nvm_read(nc, offset), ==, word);
}

static void boot_code_silent_and_failing(QNc37xx *nc)
{
    set(nc, "fault-fw-silent-at", 2);
    set(nc, "fault-fw-fail-at", 2);
    nc37xx_shm_write(nc, SHM_DRV_MB, SHM_DRV_MSG_CODE_RESET | 11);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_FW_MB), ==, 11);
    nc37xx_shm_write(nc, SHM_DRV_MB, SHM_DRV_MSG_CODE_RESET | 12);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_FW_MB), ==, 11);
    nc37xx_shm_write(nc, SHM_DRV_MB, SHM_DRV_MSG_CODE_RESET | 13);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_FW_MB), ==,
                    SHM_FW_MSG_STATUS_FAILURE | 13);
    injected(nc, "fw-silent", 1);
    injected(nc, "fw-fail", 1);
}

static const Nc37xxCase cases[] = {
    { "settings_are_read_back", settings_are_read_back },
    { "a_wrong_setting_is_refused_with_its_range", wrong_settings },
    { "losses_given_at_creation_follow_from_the_seed", given_at_creation,
      half_lost },
    { "received_frames_are_lost_doubled_and_damaged",
      received_are_lost_doubled_damaged },
    { "received_frames_come_late_and_out_of_order", received_are_late },
    { "sent_frames_are_lost_doubled_and_damaged",
      sent_are_lost_doubled_damaged },
    { "sent_frames_leave_late_and_out_of_order", sent_are_late },
    { "failed_dma_is_counted_and_a_restart_mends_it", failed_dma },
    { "interrupt_pin_is_lost_and_stuck", pin_lost_and_stuck },
    { "interrupt_message_is_lost", message_lost },
    { "nvram_is_read_with_a_wrong_bit", nvram_bit },
    { "boot_code_is_silent_and_fails", boot_code_silent_and_failing },
};

static void register_tests(void)
{
    nc37xx_register_cases("fault", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
