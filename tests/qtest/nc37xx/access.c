/*
 * NC37xx adapters: every access there is, through QEMU's memory core.
 *
 * The core itself is driven over all 32 MiB in tests/unit/nc37xx-bar-test.c;
 * here is what lies between it and a guest: sizes, alignment, the split of
 * eight bytes in two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "libnc37xx.h"

/* What drivers map at most. */
#define MAPPED_END 0x12800

/* Offsets on each side of a boundary. */
#define AROUND 32

/* The same chip twice would tell nothing new. */
static bool is_other_board(QNc37xx *nc)
{
    return !g_str_equal(nc->facts->type, "nc373i");
}

static void access_sized(QNc37xx *nc, uint64_t at, unsigned size,
                         uint64_t value)
{
    uint64_t address = nc->bar.addr + at;

    switch (size) {
    case 1:
        qtest_readb(nc->qts, address);
        qtest_writeb(nc->qts, address, value);
        break;
    case 2:
        qtest_readw(nc->qts, address);
        qtest_writew(nc->qts, address, value);
        break;
    case 4:
        qtest_readl(nc->qts, address);
        qtest_writel(nc->qts, address, value);
        break;
    case 8:
        qtest_readq(nc->qts, address);
        qtest_writeq(nc->qts, address, value);
        break;
    }
}

/* Whatever was written, also to the transceiver. */
static void expect_recovery(QNc37xx *nc)
{
    nc37xx_core_reset(nc);
    nc37xx_phy_write(nc, NC37XX_PHY_ADDRESS, PHY_BMCR, PHY_BMCR_RESET);
    qtest_clock_step(nc->qts, 100000000);
    nc37xx_recover(nc);
}

/* Written back as it is read: another value could move the BAR away. */
static void configuration_space(QNc37xx *nc)
{
    for (uint64_t at = 0; at < NC37XX_PCICFG_FIRST; at++) {
        uint64_t address = nc->bar.addr + at;

        qtest_writeb(nc->qts, address, qtest_readb(nc->qts, address));
        if (at <= NC37XX_PCICFG_FIRST - 2) {
            qtest_writew(nc->qts, address, qtest_readw(nc->qts, address));
        }
        if (at <= NC37XX_PCICFG_FIRST - 4) {
            qtest_writel(nc->qts, address, qtest_readl(nc->qts, address));
        }
        if (at <= NC37XX_PCICFG_FIRST - 8) {
            qtest_writeq(nc->qts, address, qtest_readq(nc->qts, address));
        }
    }
    nc37xx_bring_up(nc);
    expect_recovery(nc);
}

static void mapped_offsets(QNc37xx *nc)
{
    if (is_other_board(nc)) {
        return;
    }
    nc37xx_bring_up(nc);
    for (unsigned size = 1; size <= 8; size *= 2) {
        nc37xx_write(nc, A_PCI_GRC_WINDOW, NC37XX_MCP_SCRATCH);
        for (uint64_t at = NC37XX_PCICFG_FIRST; at < MAPPED_END; at += size) {
            access_sized(nc, at, size, at * 0x9e3779b97f4a7c15ull);
        }
    }
    expect_recovery(nc);
}

/* Samples of the rest, at any alignment. */
static void every_region(QNc37xx *nc)
{
    static const struct {
        uint32_t first, end, step;
    } regions[] = {
        { NC37XX_BAR_CONFIG_END, NC37XX_BAR_REGS_END, 37 },
        { NC37XX_BAR_WINDOW, NC37XX_BAR_WINDOW_END, 61 },
        { NC37XX_BAR_MAILBOX, MAPPED_END, 19 },
        { MAPPED_END, NC37XX_BAR_MAILBOX_END, 4099 },
        { NC37XX_BAR_MAILBOX_END, NC37XX_BAR_SIZE - 16, 65521 },
    };

    nc37xx_bring_up(nc);
    for (size_t i = 0; i < ARRAY_SIZE(regions); i++) {
        nc37xx_write(nc, A_PCI_GRC_WINDOW, NC37XX_MCP_SCRATCH);
        for (uint64_t at = regions[i].first; at < regions[i].end;
             at += regions[i].step) {
            for (unsigned size = 1; size <= 8; size *= 2) {
                access_sized(nc, at, size, at);
            }
        }
    }
    expect_recovery(nc);
}

static void access_around(QNc37xx *nc, uint64_t boundary)
{
    for (uint64_t at = boundary - AROUND; at < boundary + AROUND; at++) {
        for (unsigned size = 1; size <= 8; size *= 2) {
            if (at + size <= NC37XX_BAR_SIZE) {
                access_sized(nc, at, size, ~at);
            }
        }
    }
}

static void bar_boundaries(QNc37xx *nc)
{
    static const uint32_t boundaries[] = {
        NC37XX_BAR_CONFIG_END + AROUND, 0x400, 0x800, 0xc00, 0x1000, 0x1400,
        0x1800, 0x1c00, 0x2800, 0x2c00, 0x3c00, 0x4000, 0x5000, 0x5400,
        0x5c00, 0x6400, 0x6800, 0x6c00, NC37XX_BAR_WINDOW,
        NC37XX_BAR_MAILBOX, NC37XX_BAR_MAILBOX + NC37XX_MAILBOX_SIZE,
        NC37XX_DOORBELL_TX_BIDX, MAPPED_END, NC37XX_BAR_MAILBOX_END,
        NC37XX_BAR_SIZE / 2, NC37XX_BAR_SIZE,
    };

    nc37xx_bring_up(nc);
    for (size_t i = 0; i < ARRAY_SIZE(boundaries); i++) {
        nc37xx_write(nc, A_PCI_GRC_WINDOW, NC37XX_MCP_SCRATCH);
        access_around(nc, boundaries[i]);
    }
    expect_recovery(nc);
}

/* As the window in the BAR shows them. */
static void grc_boundaries(QNc37xx *nc)
{
    const uint32_t part = 1u << R_PCI_GRC_WINDOW_BASE_SHIFT;
    uint32_t boundaries[NC37XX_CPUS * 4 + 6];
    unsigned count = 0;

    for (unsigned cpu = 0; cpu < NC37XX_CPUS; cpu++) {
        uint32_t base = NC37XX_CPU_FIRST + cpu * NC37XX_CPU_BLOCK;

        boundaries[count++] = base + CPU_REGS;
        boundaries[count++] = base + CPU_REGS_END;
        boundaries[count++] = base + CPU_SCRATCH;
        boundaries[count++] = base + CPU_SCRATCH_END;
    }
    boundaries[count++] = NC37XX_RBUF_FIRST;
    boundaries[count++] = NC37XX_RBUF_END;
    boundaries[count++] = NC37XX_EPB_FIRST;
    boundaries[count++] = NC37XX_EPB_END;
    boundaries[count++] = nc->facts->shm_base;
    boundaries[count++] = nc->facts->shm_base + NC37XX_SHM_SIZE;
    nc37xx_bring_up(nc);
    while (count--) {
        uint32_t base = (boundaries[count] - AROUND) & -part;

        nc37xx_write(nc, A_PCI_GRC_WINDOW, base);
        access_around(nc, NC37XX_BAR_WINDOW + boundaries[count] - base);
    }
    expect_recovery(nc);
}

static const Nc37xxCase cases[] = {
    { "configuration_space_in_the_bar_takes_every_size", configuration_space },
    { "every_offset_that_drivers_map_takes_every_size", mapped_offsets },
    { "every_bar_region_takes_every_size", every_region },
    { "both_sides_of_every_boundary_take_every_size", bar_boundaries },
    { "both_sides_of_every_boundary_in_the_chip_take_every_size",
      grc_boundaries },
};

static void register_tests(void)
{
    nc37xx_register_cases("access", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
