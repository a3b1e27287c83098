/*
 * Host coalescing: the status block, attention bits and interrupts.
 *
 * C1: status is posted at once, masked or not.  The trip and tick registers
 * are storage.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"

static bool interrupt_pending(const Nc37xx *nc)
{
    return nc->status_index != nc->status_acked && !nc->interrupt_quiet &&
           !nc->interrupt_masked;
}

/* The pin is active low. */
static bool pin_asserted(const Nc37xx *nc)
{
    return nc->interrupt_forced == HC_FORCE_INT_NULL ?
           interrupt_pending(nc) :
           nc->interrupt_forced == HC_FORCE_INT_LOW;
}

static void intx_set(Nc37xx *nc, bool level)
{
    if (level != nc->intx_level) {
        nc->intx_level = level;
        EVENT(nc, interrupt, level, 0);
        nc->ops->intx(nc, level);
    }
}

void nc37xx_interrupt_update(Nc37xx *nc)
{
    if (!nc->ops->msi_enabled(nc)) {
        intx_set(nc, pin_asserted(nc));
        return;
    }
    intx_set(nc, false);
    if (interrupt_pending(nc) && !nc->msi_sent) {
        nc->msi_sent = true;
        EVENT(nc, interrupt, 1, 1);
        nc->ops->msi(nc);
    }
}

static uint64_t status_address(const Nc37xx *nc)
{
    return (uint64_t)REG(nc, HC_STATUS_ADDR_H) << 32 |
           REG(nc, HC_STATUS_ADDR_L);
}

static void status_block_fill(const Nc37xx *nc, uint8_t *block)
{
    memset(block, 0, STATUS_BLOCK_SIZE);
    stl_le_p(block + STATUS_ATTN_BITS, nc->attention);
    stl_le_p(block + STATUS_ATTN_BITS_ACK, nc->attention_ack);
    stw_le_p(block + STATUS_TX_CONS0, nc->tx.at.index);
    stw_le_p(block + STATUS_RX_CONS0, nc->rx.at.index);
    stw_le_p(block + STATUS_IDX, nc->status_index);
}

void nc37xx_status_post(Nc37xx *nc, bool quiet)
{
    uint8_t block[STATUS_BLOCK_SIZE];
    uint64_t address = status_address(nc);

    if (!ENABLED(nc, HOST_COALESCE) || !nc->status_armed || !address) {
        EVENT(nc, status_off, ENABLED(nc, HOST_COALESCE),
              nc->status_armed && address);
        return;
    }
    /* A quiet post does not hush an interrupt that is already due. */
    if (!quiet || nc->status_index == nc->status_acked) {
        nc->interrupt_quiet = quiet;
    }
    nc->status_index++;
    status_block_fill(nc, block);
    nc37xx_control_order(nc, block, sizeof(block));
    if (!nc->ops->dma_write(nc, address, block, sizeof(block))) {
        EVENT(nc, dma_failed, address, sizeof(block));
    }
    EVENT(nc, status_post, nc->status_index, nc->attention);
    nc37xx_interrupt_update(nc);
}

static void attention_post(Nc37xx *nc)
{
    if ((nc->attention ^ nc->attention_ack) & REG(nc, HC_ATTN_BITS_ENABLE)) {
        nc37xx_status_post(nc, false);
    }
}

void nc37xx_attention_update(Nc37xx *nc)
{
    nc->attention = 0;
    if (nc37xx_link_up(nc) && REG_FIELD(nc, EMAC_ATTENTION_ENA, LINK)) {
        nc->attention = STATUS_ATTN_LINK_STATE;
    }
    attention_post(nc);
}

/*
 * The acknowledged index is what was last seen: unmasking with an older one
 * raises the interrupt again, so nothing posted in between is lost.  Neither
 * is an attention that the driver overlooked: FreeBSD's looks once only.
 */
void nc37xx_interrupt_ack(Nc37xx *nc, uint32_t value)
{
    if (FIELD_EX32(value, PCICFG_INT_ACK_CMD, INDEX_VALID)) {
        nc->status_acked = FIELD_EX32(value, PCICFG_INT_ACK_CMD, INDEX);
    }
    nc->interrupt_masked = FIELD_EX32(value, PCICFG_INT_ACK_CMD, MASK_INT);
    nc->msi_sent = false;
    EVENT(nc, interrupt_ack, nc->status_acked, nc->interrupt_masked);
    nc37xx_interrupt_update(nc);
    if (!nc->interrupt_masked && !interrupt_pending(nc)) {
        attention_post(nc);
    }
}

/*
 * The driver may acknowledge what is no longer so, because the link changed
 * back after the status block it looks at was written: then it is told.
 */
void nc37xx_attention_ack(Nc37xx *nc, uint32_t set, uint32_t clear)
{
    uint32_t before = nc->attention_ack;

    nc->attention_ack = (before | set) & ~clear;
    EVENT(nc, attention_ack, nc->attention, nc->attention_ack);
    nc37xx_attention_update(nc);
    if (before & ~nc->attention_ack & STATUS_ATTN_LINK_STATE) {
        nc37xx_link_acknowledged(nc);
    }
}

void nc37xx_hc_reset(Nc37xx *nc)
{
    nc->attention = 0;
    nc->attention_ack = 0;
    nc->status_index = 0;
    nc->status_acked = 0;
    nc->status_armed = false;
    nc->statistics_armed = false;
    nc->interrupt_masked = true;
    nc->interrupt_quiet = false;
    nc->interrupt_forced = HC_FORCE_INT_NULL;
    nc->msi_sent = false;
    nc37xx_statistics_clear(nc);
    nc37xx_statistics_schedule(nc);
    nc37xx_interrupt_update(nc);
}

static uint32_t command_read(Nc37xx *nc, uint32_t stored)
{
    return ENABLED(nc, HOST_COALESCE);
}

static void interrupt_force(Nc37xx *nc, uint32_t how)
{
    if (how != HC_FORCE_INT_NULL) {
        nc->interrupt_forced = how == HC_FORCE_INT_FREE ? HC_FORCE_INT_NULL :
                               how;
        nc37xx_interrupt_update(nc);
    }
}

/* The command bits act and are never stored: T6. */
static void command_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    if (FIELD_EX32(value, HC_COMMAND, CLR_STAT_NOW)) {
        nc37xx_statistics_clear(nc);
    }
    if (FIELD_EX32(value, HC_COMMAND, STATS_NOW)) {
        nc37xx_statistics_post(nc);
    }
    if (FIELD_EX32(value, HC_COMMAND, COAL_NOW)) {
        nc37xx_status_post(nc, false);
    } else if (FIELD_EX32(value, HC_COMMAND, COAL_NOW_WO_INT)) {
        nc37xx_status_post(nc, true);
    }
    interrupt_force(nc, FIELD_EX32(value, HC_COMMAND, FORCE_INT));
}

static void attn_enable_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc37xx_attention_update(nc);
    nc37xx_link_release(nc);
}

/*
 * C4: the block is enabled long before the driver says where status goes,
 * low word first; until the high word is written nothing may be posted.
 */
static void status_addr_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc->status_armed = true;
}

static void statistics_addr_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc->statistics_armed = true;
    nc37xx_statistics_schedule(nc);
}

static void stats_ticks_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc37xx_statistics_schedule(nc);
}

static const RegDesc hc_rows[] = {
    { A_HC_COMMAND, .ro = 0xffffffff, .read = command_read,
      .written = command_written },
    { A_HC_ATTN_BITS_ENABLE, .written = attn_enable_written },
    { A_HC_STATUS_ADDR_H, .written = status_addr_written },
    { A_HC_STATISTICS_ADDR_H, .written = statistics_addr_written },
    { A_HC_STATS_TICKS, .written = stats_ticks_written },
    { 0x6908, .ro = 0x0001ff0f },
    { 0x690c, .ro = 0x0ffe00f0 },
};

const RegBlock nc37xx_hc_block = { hc_rows, ARRAY_SIZE(hc_rows) };
