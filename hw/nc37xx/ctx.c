/*
 * Context memory, and the mailboxes that are doorbells into it.
 *
 * The chip maps virtual to physical context pages; drivers map them one to
 * one, so the map is storage and addresses are linear.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

#define CONTEXT_ADDRESS(cid, offset) ((cid) * NC37XX_CONTEXT_SIZE + (offset))

/* A mailbox reaches this far: the transmit context is 0xc0 bytes long. */
#define MAILBOX_REACH 0xc0

static bool context_valid(Nc37xx *nc, uint32_t address, uint32_t value)
{
    if (address >= NC37XX_CONTEXT_MEMORY) {
        EVENT(nc, context_outside, address, value);
        return false;
    }
    return true;
}

uint32_t nc37xx_context_read(Nc37xx *nc, uint32_t address)
{
    return context_valid(nc, address, 0) ? nc->context[address / 4] : 0;
}

/* C3: page 0, as the clearing of context memory writes it, stops a ring. */
static void ring_start(Nc37xx *nc, BdRing *ring, uint32_t address)
{
    uint64_t page = (uint64_t)nc->context[address / 4 - 1] << 32 |
                    nc->context[address / 4];

    bd_ring_start(ring, page);
    if (page) {
        EVENT(nc, ring_start, address, page);
    } else {
        EVENT(nc, ring_stop, address, 0);
    }
}

void nc37xx_context_write(Nc37xx *nc, uint32_t address, uint32_t value)
{
    if (!context_valid(nc, address, value)) {
        return;
    }
    nc->context[address / 4] = value;
    switch (address) {
    case CONTEXT_ADDRESS(NC37XX_CID_TX, TX_CTX_BHADDR_LO):
        ring_start(nc, &nc->tx, address);
        break;
    case CONTEXT_ADDRESS(NC37XX_CID_RX, RX_CTX_BDHADDR_LO):
        ring_start(nc, &nc->rx, address);
        nc->rx_depth = 0;
        break;
    case CONTEXT_ADDRESS(NC37XX_CID_RX, RX_CTX_PG_BDHADDR_LO):
        ring_start(nc, &nc->rx_pages, address);
        break;
    }
}

static void doorbell(Nc37xx *nc, uint32_t offset)
{
    switch (offset) {
    case NC37XX_DOORBELL_TX_BSEQ:
        nc37xx_transmit(nc);
        break;
    case NC37XX_DOORBELL_RX_BSEQ:
    case NC37XX_DOORBELL_RX_PG_BDIDX:
        /* M10: only a refused frame makes it worth to ask for more. */
        if (nc->rx_refused) {
            nc->rx_refused = false;
            nc->ops->receive_ready(nc);
        }
        nc37xx_pause_partner(nc);
        break;
    }
}

/* In word-swap mode 16 bits at a word's address are its low half. */
static uint32_t half_replace(uint32_t word, uint32_t offset, uint16_t value)
{
    unsigned shift = offset % 4 * 8;

    return (word & ~(0xffffu << shift)) | (uint32_t)value << shift;
}

void nc37xx_mailbox_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                          unsigned size)
{
    uint32_t mailbox = offset - NC37XX_BAR_MAILBOX;
    uint32_t cid = mailbox / NC37XX_MAILBOX_SIZE;
    uint32_t word = mailbox % NC37XX_MAILBOX_SIZE & ~3u;
    uint32_t address = CONTEXT_ADDRESS(cid, word);

    if (offset < NC37XX_BAR_MAILBOX || offset >= NC37XX_BAR_MAILBOX_END ||
        word >= MAILBOX_REACH || address >= NC37XX_CONTEXT_MEMORY ||
        size < 2 || offset % size) {
        EVENT(nc, mailbox_unknown, offset, value);
        return;
    }
    if (size == 2) {
        value = half_replace(nc->context[address / 4], offset, value);
    }
    nc->context[address / 4] = value;
    doorbell(nc, offset);
}

static uint32_t ctx_data_read(Nc37xx *nc, uint32_t stored)
{
    return nc37xx_context_read(nc, REG(nc, CTX_DATA_ADR));
}

static void ctx_data_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc37xx_context_write(nc, REG(nc, CTX_DATA_ADR), value);
}

static const RegDesc ctx_rows[] = {
    { A_CTX_COMMAND, .reset = 1, .ro = 0x00000001 },
    { A_CTX_STATUS, .ro = 0x000f0001 },
    { A_CTX_DATA_ADR, .ro = ~(uint32_t)R_CTX_DATA_ADR_ADDRESS_MASK },
    { A_CTX_DATA, .ro = 0xffffffff, .read = ctx_data_read,
      .written = ctx_data_written, .window = true },
};

const RegBlock nc37xx_ctx_block = { ctx_rows, ARRAY_SIZE(ctx_rows) };
