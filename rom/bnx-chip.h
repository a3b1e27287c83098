/*
 * Access to the chip, shared by the parts of its driver.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_BNX_CHIP_H
#define ROM_BNX_CHIP_H

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "hw/net/nc37xx_regs.h"

#include "bnx.h"

static inline uint32_t bnx_read(const struct bnx *nic, uint32_t address)
{
    /* volatile: a register, each access counts */
    return *(volatile uint32_t *)(nic->registers + address);
}

static inline void bnx_write(const struct bnx *nic, uint32_t address,
                             uint32_t value)
{
    /* volatile: a register, each access counts */
    *(volatile uint32_t *)(nic->registers + address) = value;
}

/* Ring indices are 16-bit doorbells: the other half must not be written. */
static inline void bnx_write16(const struct bnx *nic, uint32_t address,
                               uint16_t value)
{
    /* volatile: a register, each access counts */
    *(volatile uint16_t *)(nic->registers + address) = value;
}

/* Keeps what is written to memory before it ahead of what follows. */
static inline void bnx_barrier(void)
{
    __asm__ volatile("" : : : "memory");
}

static inline uint16_t bnx_status16(const struct bnx *nic, unsigned offset)
{
    /* volatile: the chip writes it whenever it likes */
    return *(volatile uint16_t *)(nic->memory.status + offset);
}

static inline uint32_t bnx_status32(const struct bnx *nic, unsigned offset)
{
    /* volatile: the chip writes it whenever it likes */
    return *(volatile uint32_t *)(nic->memory.status + offset);
}

/* Any address of the chip, through the register window. */
uint32_t bnx_read_indirect(const struct bnx *nic, uint32_t address);
void bnx_write_indirect(const struct bnx *nic, uint32_t address,
                        uint32_t value);

/* A word of the memory shared with the boot code. */
uint32_t bnx_read_shared(const struct bnx *nic, uint32_t offset);

/*
 * Resets the core and initialises every block up to the rings; @code is the
 * SHM_DRV_MSG_CODE_* that tells the boot code why.  Traffic is off afterwards.
 */
enum rom_error bnx_chip_reset(struct bnx *nic, uint32_t code,
                              struct rom_failure *failure);
void bnx_chip_init(struct bnx *nic);

/* Tells the boot code that the MAC comes up, and enables all blocks. */
enum rom_error bnx_chip_enable(struct bnx *nic, struct rom_failure *failure);

/* Writes a word of context memory. */
void bnx_write_context(const struct bnx *nic, unsigned cid, uint32_t offset,
                       uint32_t value);

/* Makes sure that the transceiver looks for a link. */
void bnx_phy_start(struct bnx *nic);

/* What the link is now, from the transceiver's registers. */
void bnx_phy_read_link(struct bnx *nic, struct bnx_link *link);

#endif
