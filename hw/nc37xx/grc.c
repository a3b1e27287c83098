/*
 * GRC: the chip's register space, 4 MiB of 32-bit words.
 *
 *      0..   ff  PCI configuration space
 *    400.. 7fff  registers, in blocks of 1 KiB
 *  40000..1bffff six processors: registers and scratch memory
 * 200000..       RBUF, storage
 * 240000..       bridge to PCI Express, reads 0
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

#define BLOCK_SIZE 0x400

/* Blocks that have registers with behaviour; the rest is storage. */
static const RegBlock *const blocks[NC37XX_BAR_REGS_END / BLOCK_SIZE] = {
    [0x0000 / BLOCK_SIZE] = &nc37xx_pcicfg_block,
    [0x0400 / BLOCK_SIZE] = &nc37xx_pci_block,
    [0x0800 / BLOCK_SIZE] = &nc37xx_misc_block,
    [0x0c00 / BLOCK_SIZE] = &nc37xx_dma_block,
    [0x1000 / BLOCK_SIZE] = &nc37xx_ctx_block,
    [0x1400 / BLOCK_SIZE] = &nc37xx_emac_block,
    [0x1800 / BLOCK_SIZE] = &nc37xx_rpm_block,
    [0x2800 / BLOCK_SIZE] = &nc37xx_rv2p_block,
    [0x2c00 / BLOCK_SIZE] = &nc37xx_rv2pcsr_block,
    [0x3c00 / BLOCK_SIZE] = &nc37xx_mq_block,
    [0x5000 / BLOCK_SIZE] = &nc37xx_tbdr_block,
    [0x5400 / BLOCK_SIZE] = &nc37xx_tbdc_block,
    [0x5c00 / BLOCK_SIZE] = &nc37xx_tdma_block,
    [0x6400 / BLOCK_SIZE] = &nc37xx_nvm_block,
    [0x6800 / BLOCK_SIZE] = &nc37xx_hc_block,
};

static const RegDesc *row_find(uint32_t address)
{
    const RegBlock *block = blocks[address / BLOCK_SIZE];
    size_t i;

    for (i = 0; block && i < block->count; i++) {
        if (block->rows[i].address == address) {
            return &block->rows[i];
        }
    }
    return NULL;
}

static uint32_t reg_read(Nc37xx *nc, uint32_t address)
{
    const RegDesc *row = row_find(address);
    uint32_t stored = nc->regs[address / 4];

    if (row && row->counter) {
        return nc->counters[(row->counter - 1) / 4];
    }
    return row && row->read ? row->read(nc, stored) : stored;
}

uint32_t nc37xx_grc_peek(Nc37xx *nc, uint32_t address)
{
    const RegDesc *row = row_find(address);

    return row && row->window ? nc->regs[address / 4] : reg_read(nc, address);
}

static void reg_write(Nc37xx *nc, uint32_t address, uint32_t value)
{
    const RegDesc *row = row_find(address);
    uint32_t *reg = &nc->regs[address / 4];
    uint32_t old = *reg;

    if (!row) {
        *reg = value;
        return;
    }
    *reg = (old & row->ro & ~(value & row->w1c)) | (value & ~row->ro);
    if (row->written) {
        row->written(nc, value, old);
    }
}

/*
 * The word of processor memory at @address, NULL if there is none.  Nothing
 * is executed: drivers load their firmware and find it as they left it.
 */
static uint32_t *cpu_word(Nc37xx *nc, uint32_t address)
{
    uint32_t block = address / NC37XX_CPU_BLOCK - 1;
    uint32_t offset = address % NC37XX_CPU_BLOCK;

    if (address < NC37XX_CPU_FIRST || block >= NC37XX_CPUS) {
        return NULL;
    }
    if (offset >= CPU_SCRATCH && offset < CPU_SCRATCH_END) {
        return &nc->cpus[block].scratch[(offset - CPU_SCRATCH) / 4];
    }
    if (offset >= CPU_REGS && offset < CPU_REGS_END) {
        return &nc->cpus[block].regs[(offset - CPU_REGS) / 4];
    }
    return NULL;
}

static uint32_t *memory_word(Nc37xx *nc, uint32_t address)
{
    if (address >= NC37XX_RBUF_FIRST && address < NC37XX_RBUF_END) {
        return &nc->rbuf[(address - NC37XX_RBUF_FIRST) / 4];
    }
    return cpu_word(nc, address);
}

/* Parts of the chip that are there but are not modelled. */
static bool silent(uint32_t address)
{
    return (address >= NC37XX_CPU_FIRST &&
            address < NC37XX_CPU_FIRST + NC37XX_CPUS * NC37XX_CPU_BLOCK) ||
           (address >= NC37XX_EPB_FIRST && address < NC37XX_EPB_END);
}

static void nowhere(Nc37xx *nc, uint32_t address, uint32_t value)
{
    if (silent(address)) {
        EVENT(nc, register_absent, address, value);
    } else {
        EVENT(nc, register_unknown, address, value);
    }
}

static void memory_write(Nc37xx *nc, uint32_t address, uint32_t value)
{
    uint32_t *word = memory_word(nc, address);

    if (!word) {
        nowhere(nc, address, value);
        return;
    }
    if (address < NC37XX_RBUF_FIRST &&
        address % NC37XX_CPU_BLOCK == CPU_STATE) {
        *word &= ~value;
        return;
    }
    *word = value;
    nc37xx_mcp_written(nc, address);
}

static bool in_config(uint32_t address)
{
    return address < NC37XX_BAR_CONFIG_END &&
           (address < NC37XX_PCICFG_FIRST || address >= NC37XX_PCICFG_END);
}

uint32_t nc37xx_grc_read(Nc37xx *nc, uint32_t address)
{
    const uint32_t *word;

    address &= (NC37XX_GRC_SIZE - 1) & ~3u;
    if (in_config(address)) {
        return nc->ops->config_read(nc, address, 4);
    }
    if (address < NC37XX_BAR_REGS_END) {
        return reg_read(nc, address);
    }
    word = memory_word(nc, address);
    if (!word) {
        nowhere(nc, address, 0);
        return 0;
    }
    return *word;
}

void nc37xx_config_space_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                               unsigned size)
{
    EVENT(nc, config_write, offset, value);
    nc->ops->config_write(nc, offset, value, size);
}

void nc37xx_grc_write(Nc37xx *nc, uint32_t address, uint32_t value)
{
    address &= (NC37XX_GRC_SIZE - 1) & ~3u;
    if (in_config(address)) {
        nc37xx_config_space_write(nc, address, value, 4);
    } else if (address < NC37XX_BAR_REGS_END) {
        reg_write(nc, address, value);
    } else {
        memory_write(nc, address, value);
    }
}

void nc37xx_grc_reset(Nc37xx *nc, uint32_t first)
{
    const RegBlock *block;
    uint32_t address;
    size_t i;

    memset(&nc->regs[first / 4], 0, NC37XX_BAR_REGS_END - first);
    for (address = first; address < NC37XX_BAR_REGS_END;
         address += BLOCK_SIZE) {
        block = blocks[address / BLOCK_SIZE];
        for (i = 0; block && i < block->count; i++) {
            nc->regs[block->rows[i].address / 4] = block->rows[i].reset;
        }
    }
    REG(nc, NVM_CFG1) = nc->model->nvm_strap;
}
