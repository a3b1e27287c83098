/*
 * NC37xx adapters: the register test of Linux's bnx2, row by row.
 *
 * Each register gets all zeroes and all ones.  Bits in the rw mask must
 * follow, bits in the ro mask must stay as they were.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "libnc37xx.h"

typedef struct MaskRow {
    uint16_t address;
    uint32_t rw, ro;
} MaskRow;

static const MaskRow pci_rows[] = {
    { 0x006c, 0, 0x3f }, { 0x0090, 0xffffffff, 0 }, { 0x0094, 0, 0 },
    { 0x0404, 0x3f00, 0 }, { 0x0418, 0, 0xffffffff },
    { 0x041c, 0, 0xffffffff }, { 0x0420, 0, 0x80ffffff }, { 0x0424, 0, 0 },
    { 0x0428, 0, 1 }, { 0x0450, 0, 0xffff }, { 0x0454, 0, 0xffffffff },
    { 0x0458, 0, 0xffffffff }, { },
};

static const MaskRow misc_rows[] = {
    { 0x0808, 0, 0xffffffff }, { 0x0854, 0, 0xffffffff },
    { 0x0868, 0, 0x77777777 }, { 0x086c, 0, 0x77777777 },
    { 0x0870, 0, 0x77777777 }, { 0x0874, 0, 0x77777777 }, { },
};

static const MaskRow dma_ctx_rows[] = {
    { 0x0c00, 0, 1 }, { 0x0c04, 0, 0x03ff0001 }, { 0x0c08, 0x0f0ff073, 0 },
    { 0x1000, 0, 1 }, { 0x1004, 0, 0x000f0001 }, { },
};

static const MaskRow emac_rows[] = {
    { 0x1408, 0x01c00800, 0 }, { 0x149c, 0x8000ffff, 0 },
    { 0x14a8, 0, 0x1ff }, { 0x14ac, 0x0fffffff, 0x10000000 },
    { 0x14b0, 2, 1 }, { 0x14b8, 0, 0 }, { 0x14c0, 0, 9 },
    { 0x14c4, 0x3fff, 0 }, { 0x14cc, 0, 1 }, { 0x14d0, 0xffffffff, 0 }, { },
};

static const MaskRow rpm_rv2p_rows[] = {
    { 0x1800, 0, 1 }, { 0x1804, 0, 3 }, { 0x2800, 0, 1 },
    { 0x2804, 0, 0x3f01 }, { 0x2808, 0x0f3f3f03, 0 },
    { 0x2810, 0xffff0000, 0 }, { 0x2814, 0xffff0000, 0 },
    { 0x2818, 0xffff0000, 0 }, { 0x281c, 0xffff0000, 0 },
    { 0x2834, 0xffffffff, 0 }, { 0x2840, 0, 0xffffffff },
    { 0x2844, 0, 0xffffffff }, { 0x2848, 0xffffffff, 0 },
    { 0x284c, 0xf800f800, 0x07ff07ff }, { 0x2c00, 0, 0x11 },
    { 0x2c04, 0, 0x00030007 }, { },
};

static const MaskRow mq_rows[] = {
    { 0x3c00, 0, 1 }, { 0x3c04, 0, 0x00070000 },
    { 0x3c08, 0x7f71, 0x07f00000 }, { 0x3c0c, 0x1f3ffffc, 0 },
    { 0x3c10, 0xffffffff, 0 }, { 0x3c14, 0, 0xffffffff },
    { 0x3c18, 0, 0xffffffff }, { 0x3c1c, 0xfffff000, 0 },
    { 0x3c20, 0xffffff00, 0 }, { },
};

static const MaskRow tbdr_tdma_rows[] = {
    { 0x5004, 0, 0x7f }, { 0x5008, 0x0f0007ff, 0 }, { 0x5c00, 0, 1 },
    { 0x5c04, 0, 0x0003000f }, { 0x5c08, 3, 0 }, { 0x5c0c, 0xfff8, 0 },
    { 0x5c10, 0, 0xffffffff }, { 0x5c80, 0, 0x0f7113f1 },
    { 0x5c84, 0, 0xf333 }, { 0x5c88, 0, 0x00077373 },
    { 0x5c8c, 0, 0x0007f737 }, { },
};

static const MaskRow hc_rows[] = {
    { 0x6808, 0xff7f, 0 }, { 0x680c, 0xffffffff, 0 },
    { 0x6810, 0xffffffff, 0 }, { 0x6814, 0xffffffff, 0 },
    { 0x6818, 0xffffffff, 0 }, { 0x681c, 0xffffffff, 0 },
    { 0x6820, 0x00ff00ff, 0 }, { 0x6824, 0x00ff00ff, 0 },
    { 0x6828, 0x00ff00ff, 0 }, { 0x682c, 0x03ff03ff, 0 },
    { 0x6830, 0x03ff03ff, 0 }, { 0x6834, 0x03ff03ff, 0 },
    { 0x6838, 0x03ff03ff, 0 }, { 0x683c, 0xffff, 0 }, { 0x6840, 0xff0, 0 },
    { 0x6844, 0x00ffff00, 0 }, { 0x684c, 0xffffffff, 0 },
    { 0x6850, 0x7f7f7f7f, 0 }, { 0x6854, 0x7f7f7f7f, 0 },
    { 0x6858, 0x7f7f7f7f, 0 }, { 0x685c, 0x7f7f7f7f, 0 },
    { 0x6908, 0, 0x0001ff0f }, { 0x690c, 0, 0x0ffe00f0 }, { },
};

static void row_test(QNc37xx *nc, const MaskRow *row, uint32_t value)
{
    uint32_t before = nc37xx_read(nc, row->address);
    uint32_t after;

    nc37xx_write(nc, row->address, value);
    after = nc37xx_read(nc, row->address);
    if ((after & row->rw) != (value & row->rw) ||
        (after & row->ro) != (before & row->ro)) {
        g_error("register %04x was %08x, written %08x, reads %08x",
                row->address, before, value, after);
    }
    nc37xx_write(nc, row->address, before);
}

/*
 * The driver's test runs with all blocks off; in the second turn they are
 * on, and whatever addresses the registers then name must do no harm.
 */
static void rows_test(QNc37xx *nc, const MaskRow *rows)
{
    for (unsigned turn = 0; turn < 2; turn++) {
        for (const MaskRow *row = rows; row->address; row++) {
            row_test(nc, row, 0);
            row_test(nc, row, 0xffffffff);
        }
        nc37xx_write(nc, A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    }
    nc37xx_core_reset(nc);
    nc37xx_expect_alive(nc);
    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 64, 1);
}

#define ROWS_TEST(block)                                                     \
static void block##_test(QNc37xx *nc)                                        \
{                                                                            \
    rows_test(nc, block##_rows);                                             \
}

ROWS_TEST(pci)
ROWS_TEST(misc)
ROWS_TEST(dma_ctx)
ROWS_TEST(emac)
ROWS_TEST(rpm_rv2p)
ROWS_TEST(mq)
ROWS_TEST(tbdr_tdma)
ROWS_TEST(hc)

static const Nc37xxCase cases[] = {
    { "pci_registers_have_the_right_masks", pci_test },
    { "misc_registers_have_the_right_masks", misc_test },
    { "dma_and_context_registers_have_the_right_masks", dma_ctx_test },
    { "emac_registers_have_the_right_masks", emac_test },
    { "rpm_and_rv2p_registers_have_the_right_masks", rpm_rv2p_test },
    { "mailbox_queue_registers_have_the_right_masks", mq_test },
    { "tbdr_and_tdma_registers_have_the_right_masks", tbdr_tdma_test },
    { "host_coalescing_registers_have_the_right_masks", hc_test },
};

static void register_tests(void)
{
    nc37xx_register_cases("masks", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
