/*
 * NC37xx adapters: power states, wake on LAN, and the three kinds of reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "standard-headers/linux/pci_regs.h"
#include "libnc37xx.h"

#define SCRATCH_PAD 0x164000
#define SCRATCH_VALUE 0x4f48434e
#define MAGIC_SIZE (14 + 6 + 16 * 6)

#define D3HOT 3
#define PME_STATUS PCI_PM_CTRL_PME_STATUS
#define PME_ENABLE PCI_PM_CTRL_PME_ENABLE

/* Power management of the PIIX4, as firmware sets it up. */
#define PIIX4_PM_DEVFN QPCI_DEVFN(1, 3)
#define PIIX4_PM_BASE 0x40
#define PIIX4_PM_ENABLE 0x80
#define PM_PORTS 0x600
#define PM1_CONTROL (PM_PORTS + 4)
#define SLEEP_S3 (1 << 13 | 1 << 10)

static uint16_t pm_control(QNc37xx *nc)
{
    return qpci_config_readw(&nc->dev, NC37XX_CAP_PM + PCI_PM_CTRL);
}

static void pm_control_write(QNc37xx *nc, uint16_t value)
{
    qpci_config_writew(&nc->dev, NC37XX_CAP_PM + PCI_PM_CTRL, value);
}

/* The window answers in every power state. */
static uint32_t config_window(QNc37xx *nc, uint32_t address)
{
    qpci_config_writel(&nc->dev, A_PCICFG_REG_WINDOW_ADDRESS, address);
    return qpci_config_readl(&nc->dev, A_PCICFG_REG_WINDOW);
}

/* As Linux does it: a core reset, and then all that hears magic packets. */
static void arm(QNc37xx *nc)
{
    nc37xx_core_reset(nc);
    nc37xx_write(nc, A_EMAC_MAC_MATCH0, lduw_be_p(nc37xx_mac));
    nc37xx_write(nc, A_EMAC_MAC_MATCH1, ldl_be_p(nc37xx_mac + 2));
    nc37xx_write(nc, A_EMAC_MODE, R_EMAC_MODE_MPKT_MASK |
                 R_EMAC_MODE_MPKT_RCVD_MASK | R_EMAC_MODE_ACPI_RCVD_MASK);
    nc37xx_write(nc, A_RPM_SORT_USER0, 0x80030001);
    nc37xx_write(nc, A_MISC_ENABLE_SET, 0x00000680);
    nc37xx_indirect_write(nc, SCRATCH_PAD, SCRATCH_VALUE);
}

static void go_to_sleep(QNc37xx *nc)
{
    QPCIDevice *pm = qpci_device_find(nc->dev.bus, PIIX4_PM_DEVFN);

    g_assert_nonnull(pm);
    qpci_config_writel(pm, PIIX4_PM_BASE, PM_PORTS | 1);
    qpci_config_writeb(pm, PIIX4_PM_ENABLE, 1);
    g_free(pm);
    qtest_outw(nc->qts, PM1_CONTROL, SLEEP_S3);
    qtest_qmp_eventwait(nc->qts, "SUSPEND");
}

static void woken(QNc37xx *nc)
{
    qtest_qmp_eventwait(nc->qts, "WAKEUP");
}

static void wake_by_hand(QNc37xx *nc)
{
    qtest_qmp_assert_success(nc->qts, "{'execute': 'system_wakeup'}");
    woken(nc);
}

static void expect_asleep(QNc37xx *nc)
{
    QDict *answer = qtest_qmp_assert_success_ref(nc->qts,
        "{'execute': 'query-status'}");

    g_assert_cmpstr(qdict_get_str(answer, "status"), ==, "suspended");
    qobject_unref(answer);
}

static void magic_fill(uint8_t *frame)
{
    memset(frame, 0xff, 20);
    memcpy(frame + 6, nc37xx_peer_mac, 6);
    stw_be_p(frame + 12, 0x0842);
    for (unsigned i = 0; i < 16; i++) {
        memcpy(frame + 20 + 6 * i, nc37xx_mac, 6);
    }
}

static void magic_send(QNc37xx *nc)
{
    uint8_t frame[MAGIC_SIZE];

    magic_fill(frame);
    nc37xx_wire_send(nc, frame, sizeof(frame));
}

static void pme_wait(QNc37xx *nc)
{
    gint64 end = g_get_monotonic_time() + NC37XX_DEADLINE;

    while (!(pm_control(nc) & PME_STATUS)) {
        g_assert_cmpint(g_get_monotonic_time(), <, end);
    }
}

static void magic_wakes(QNc37xx *nc)
{
    arm(nc);
    pm_control_write(nc, D3HOT | PME_ENABLE | PME_STATUS);
    g_assert_cmphex(pm_control(nc), ==, D3HOT | PME_ENABLE);
    go_to_sleep(nc);
    magic_send(nc);
    woken(nc);
    g_assert_cmphex(pm_control(nc), ==, PME_ENABLE | PME_STATUS);
    pm_control_write(nc, PME_STATUS);
    g_assert_cmphex(pm_control(nc), ==, 0);
}

/* Without wake on LAN nobody takes them before the machine is up. */
static void frames_in_sleep(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_frame_fill(frame, sizeof(frame), 1);
    go_to_sleep(nc);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    expect_asleep(nc);
    wake_by_hand(nc);
    qpci_device_enable(&nc->dev);
    nc->bar = qpci_iomap(&nc->dev, 0, NULL);
    nc37xx_bring_up(nc);
    nc37xx_frame_fill(frame, sizeof(frame), 2);
    nc37xx_expect_received(nc, frame, sizeof(frame));
}

/* They are gone, too: the magic packet comes behind them. */
static void others_do_not_wake(QNc37xx *nc)
{
    uint8_t frame[MAGIC_SIZE];

    arm(nc);
    pm_control_write(nc, D3HOT | PME_ENABLE);
    go_to_sleep(nc);
    magic_fill(frame);
    frame[MAGIC_SIZE - 1] ^= 1;
    for (unsigned i = 0; i < 20; i++) {
        nc37xx_wire_send(nc, frame, sizeof(frame));
    }
    expect_asleep(nc);
    magic_send(nc);
    woken(nc);
}

static void needs_enable(QNc37xx *nc)
{
    arm(nc);
    pm_control_write(nc, D3HOT);
    go_to_sleep(nc);
    magic_send(nc);
    pme_wait(nc);
    expect_asleep(nc);
    wake_by_hand(nc);
    g_assert_cmphex(pm_control(nc), ==, PME_STATUS);
}

static void early_packet(QNc37xx *nc)
{
    arm(nc);
    pm_control_write(nc, D3HOT | PME_ENABLE);
    magic_send(nc);
    pme_wait(nc);
    go_to_sleep(nc);
    woken(nc);
}

static void awake_machine(QNc37xx *nc)
{
    arm(nc);
    pm_control_write(nc, D3HOT | PME_ENABLE);
    magic_send(nc);
    pme_wait(nc);
    g_assert_cmphex(pm_control(nc), ==, D3HOT | PME_ENABLE | PME_STATUS);
    pm_control_write(nc, PME_STATUS);
    g_assert_true(FIELD_EX32(nc37xx_read(nc, A_EMAC_MODE), EMAC_MODE,
                             MPKT_RCVD));
    nc37xx_write(nc, A_EMAC_MODE, R_EMAC_MODE_MPKT_RCVD_MASK);
    g_assert_cmphex(nc37xx_read(nc, A_EMAC_MODE), ==, 0);
}

/* What comes while the function sleeps is lost, and nothing waits for it. */
static void d3hot_receives_nothing(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_write(nc, A_EMAC_MODE, R_EMAC_MODE_MPKT_MASK);
    pm_control_write(nc, D3HOT);
    nc37xx_frame_fill(frame, sizeof(frame), 1);
    nc37xx_wire_send(nc, frame, sizeof(frame));
    magic_send(nc);
    pme_wait(nc);
    pm_control_write(nc, PME_STATUS);
    g_assert_cmpuint(nc37xx_rx_index(nc), ==, 0);
    nc37xx_frame_fill(frame, sizeof(frame), 2);
    nc37xx_expect_received(nc, frame, sizeof(frame));
    nc37xx_expect_sent(nc, 100, 3);
}

static void d3hot_and_back(QNc37xx *nc)
{
    nc37xx_bring_up(nc);
    for (unsigned i = 0; i < 3; i++) {
        pm_control_write(nc, D3HOT);
        g_assert_cmphex(nc37xx_read(nc, A_MISC_ID), !=,
                        nc->facts->misc_id);    /* nobody answers */
        g_assert_cmphex(config_window(nc, A_MISC_ID), ==,
                        nc->facts->misc_id);
        pm_control_write(nc, 0);
        nc37xx_expect_alive(nc);
        nc37xx_expect_sent(nc, 100, i);
    }
}

/* Resets */

static void core_reset(QNc37xx *nc)
{
    arm(nc);
    pm_control_write(nc, PME_ENABLE);
    nc37xx_core_reset(nc);
    g_assert_cmphex(config_window(nc, SCRATCH_PAD), ==, SCRATCH_VALUE);
    g_assert_cmphex(nc37xx_read(nc, A_EMAC_MODE), ==, 0);
    g_assert_cmphex(pm_control(nc), ==, PME_ENABLE);
    nc37xx_expect_alive(nc);
}

static void pci_reset(QNc37xx *nc)
{
    arm(nc);
    pm_control_write(nc, PME_ENABLE);
    magic_send(nc);
    pme_wait(nc);
    qtest_system_reset(nc->qts);
    g_assert_cmphex(pm_control(nc), ==, 0);
    g_assert_cmphex(config_window(nc, SCRATCH_PAD), ==, 0);
    g_assert_cmphex(config_window(nc, A_EMAC_MODE), ==, 0);
}

static void wake_up_reset(QNc37xx *nc)
{
    arm(nc);
    pm_control_write(nc, PME_ENABLE | D3HOT);
    go_to_sleep(nc);
    magic_send(nc);
    woken(nc);
    g_assert_cmphex(pm_control(nc), ==, PME_ENABLE | PME_STATUS);
    g_assert_cmphex(config_window(nc, SCRATCH_PAD), ==, SCRATCH_VALUE);
    g_assert_cmphex(config_window(nc, A_EMAC_MODE), ==,
                    R_EMAC_MODE_MPKT_MASK | R_EMAC_MODE_MPKT_RCVD_MASK);
    g_assert_cmphex(config_window(nc, A_MISC_ENABLE_STATUS), ==, 0);
}

static const char *no_vaux(void)
{
    return "-global nc37xx.vaux=off";
}

static void without_vaux(QNc37xx *nc)
{
    uint16_t pmc = qpci_config_readw(&nc->dev, NC37XX_CAP_PM + PCI_PM_PMC);

    g_assert_cmphex(pmc & 0x8000, ==, 0);
    g_assert_cmphex(nc37xx_read(nc, A_PCI_CONFIG_3), ==, 0x80000000);
    arm(nc);
    pm_control_write(nc, PME_ENABLE | D3HOT);
    go_to_sleep(nc);
    wake_by_hand(nc);
    g_assert_cmphex(pm_control(nc), ==, 0);
    g_assert_cmphex(config_window(nc, SCRATCH_PAD), ==, 0);
}

static void with_vaux(QNc37xx *nc)
{
    uint16_t pmc = qpci_config_readw(&nc->dev, NC37XX_CAP_PM + PCI_PM_PMC);

    g_assert_cmphex(pmc & 0x8000, ==, 0x8000);
    g_assert_cmphex(nc37xx_read(nc, A_PCI_CONFIG_3), ==, 0xc0000000);
}

static const Nc37xxCase cases[] = {
    { "magic_packet_wakes_a_sleeping_machine", magic_wakes },
    { "other_frames_let_it_sleep", others_do_not_wake },
    { "frames_that_come_in_sleep_do_not_block_the_wire", frames_in_sleep },
    { "without_enable_pme_is_but_a_bit", needs_enable },
    { "magic_packet_before_sleep_wakes_at_once", early_packet },
    { "magic_packet_is_noted_in_a_machine_that_is_up", awake_machine },
    { "function_in_d3hot_receives_nothing", d3hot_receives_nothing },
    { "function_goes_on_after_d3hot", d3hot_and_back },
    { "core_reset_leaves_pme_and_scratch_pad", core_reset },
    { "pci_reset_leaves_neither", pci_reset },
    { "wake_up_reset_leaves_wol_pme_and_scratch_pad", wake_up_reset },
    { "auxiliary_power_is_there_unless_refused", with_vaux },
    { "without_auxiliary_power_nothing_survives_sleep", without_vaux,
      no_vaux },
};

static void register_tests(void)
{
    nc37xx_register_cases("wake", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
