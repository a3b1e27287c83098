/*
 * Every access there is to the 32 MiB of BAR 0: each offset, each size, the
 * eight bytes that QEMU's memory core makes two accesses of among them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "nc37xx-card.h"

/* Mailboxes from here on have no context behind them. */
#define LIVE_END (NC37XX_BAR_MAILBOX +                                       \
                  NC37XX_CONTEXT_MEMORY / NC37XX_CONTEXT_SIZE *              \
                  NC37XX_MAILBOX_SIZE)

static const uint32_t values[] = {
    0, 0xffffffff, 0x55555555, 0xaaaaaaaa, 0x80000001,
};

static Nc37xxOps ops;
static unsigned events;

/* Millions of times: cheaper than the card's own. */
static void tally(Nc37xx *nc, Nc37xxEvent event, uint64_t a, uint64_t b)
{
    events++;
}

static void open_quietly(void)
{
    card_open();
    card_rx_buffers(20);
    ops = *card.nc.ops;
    ops.event = tally;
    card.nc.ops = &ops;
    events = 0;
}

static uint64_t read_sized(uint32_t offset, unsigned size)
{
    if (size == 8) {
        return nc37xx_read(&card.nc, offset, 4) |
               (uint64_t)nc37xx_read(&card.nc, offset + 4, 4) << 32;
    }
    return nc37xx_read(&card.nc, offset, size);
}

static void write_sized(uint32_t offset, uint32_t value, unsigned size)
{
    if (size == 8) {
        nc37xx_write(&card.nc, offset, value, 4);
        nc37xx_write(&card.nc, offset + 4, ~value, 4);
    } else {
        nc37xx_write(&card.nc, offset, value >> (32 - size * 8), size);
    }
}

static void write_all(uint32_t first, uint32_t end, unsigned size)
{
    uint32_t offset;
    size_t i;

    for (offset = first; offset < end; offset += size) {
        for (i = 0; i < ARRAY_SIZE(values); i++) {
            write_sized(offset, values[i], size);
        }
    }
}

static Nc37xx *state_copy(void)
{
    Nc37xx *copy = malloc(sizeof(*copy));

    memcpy(copy, &card.nc, sizeof(*copy));
    return copy;
}

static void expect_state(Nc37xx *copy)
{
    CU_ASSERT_EQUAL(memcmp(copy, &card.nc, sizeof(*copy)), 0);
    free(copy);
}

/* As good as new: one frame each way. */
static void expect_recovery(void)
{
    uint8_t frame[100];
    unsigned sent = card.sent_count;

    card.msi_enabled = false;
    nc37xx_pci_reset(&card.nc);
    card_program();
    frame_fill(frame, sizeof(frame), 0x0800);
    card_transmit(frame, sizeof(frame), 0);
    CU_ASSERT_EQUAL(card.sent_count, sent + 1);
    card_rx_buffers(1);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, sizeof(frame)));
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
}

static void reading_every_offset_in_every_size_changes_nothing(void)
{
    uint64_t unlike = 0;
    uint32_t offset;
    Nc37xx *before;
    unsigned size;

    open_quietly();
    before = state_copy();
    for (size = 1; size <= 8; size *= 2) {
        for (offset = 0; offset < NC37XX_BAR_MAILBOX; offset += size) {
            read_sized(offset, size);
        }
        for (; offset < NC37XX_BAR_SIZE; offset += size) {
            unlike |= read_sized(offset, size);
        }
    }
    CU_ASSERT_EQUAL(unlike, 0);
    expect_state(before);
}

static void reads_of_every_size_agree(void)
{
    uint32_t offset, word, i, differ = 0;

    open_quietly();
    for (offset = 0; offset < NC37XX_BAR_MAILBOX; offset += 4) {
        word = read_sized(offset, 4);
        for (i = 0; i < 4; i++) {
            differ += read_sized(offset + i, 1) != (word >> i * 8 & 0xff);
        }
        for (i = 0; i < 4; i += 2) {
            differ += read_sized(offset + i, 2) != (word >> i * 8 & 0xffff);
        }
    }
    CU_ASSERT_EQUAL(differ, 0);
}

static void writing_every_offset_without_a_context_changes_nothing(void)
{
    Nc37xx *before;
    unsigned size;

    open_quietly();
    before = state_copy();
    for (size = 1; size <= 8; size *= 2) {
        write_all(LIVE_END, NC37XX_BAR_SIZE, size);
    }
    CU_ASSERT_TRUE(events > NC37XX_BAR_SIZE);
    expect_state(before);
    expect_recovery();
}

static void narrow_writes_of_every_register_change_nothing(void)
{
    Nc37xx *before;
    unsigned size;

    open_quietly();
    before = state_copy();
    for (size = 1; size <= 2; size *= 2) {
        write_all(NC37XX_BAR_CONFIG_END, NC37XX_BAR_MAILBOX, size);
        write_all(NC37XX_PCICFG_FIRST, NC37XX_PCICFG_END, size);
    }
    expect_state(before);
}

static void every_live_offset_takes_every_size_and_ends_with_a_reset(void)
{
    unsigned size;

    open_quietly();
    for (size = 1; size <= 8; size *= 2) {
        write_all(0, LIVE_END, size);
    }
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    expect_recovery();
}

/* The window moves when what it shows is its own base. */
static void every_base_of_the_window_takes_every_size(void)
{
    const uint32_t part = NC37XX_BAR_WINDOW_END - NC37XX_BAR_WINDOW;
    uint32_t base, at;
    unsigned size;

    open_quietly();
    for (base = 0; base < NC37XX_GRC_SIZE; base += part) {
        for (size = 1; size <= 8; size *= 2) {
            for (at = NC37XX_BAR_WINDOW; at < NC37XX_BAR_WINDOW_END;
                 at += size) {
                card.nc.regs[R_PCI_GRC_WINDOW] = base;
                write_sized(at, ~at, size);
                card.nc.regs[R_PCI_GRC_WINDOW] = base;
                read_sized(at, size);
            }
        }
    }
    CU_ASSERT_TRUE(nc37xx_loaded(&card.nc));
    expect_recovery();
}

static const struct unit_case cases[] = {
    UNIT_CASE(reading_every_offset_in_every_size_changes_nothing),
    UNIT_CASE(reads_of_every_size_agree),
    UNIT_CASE(writing_every_offset_without_a_context_changes_nothing),
    UNIT_CASE(narrow_writes_of_every_register_change_nothing),
    UNIT_CASE(every_live_offset_takes_every_size_and_ends_with_a_reset),
    UNIT_CASE(every_base_of_the_window_takes_every_size),
};

int main(int argc, char **argv)
{
    return unit_main("bar", cases, CASES, argc, argv);
}
