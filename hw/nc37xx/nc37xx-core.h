/*
 * What the files of the core share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_CORE_H
#define HW_NC37XX_CORE_H

#include "nc37xx.h"

#define REG(nc, name) ((nc)->regs[R_##name])
#define REG_FIELD(nc, name, field) FIELD_EX32(REG(nc, name), name, field)
#define ENABLED(nc, block) \
    (FIELD_EX32(REG(nc, MISC_ENABLE_STATUS), MISC_ENABLE_STATUS, block) != 0)

#define EVENT(nc, name, a, b) \
    ((nc)->ops->event(nc, NC37XX_EVENT_##name, a, b))

/*
 * A register that is more than 32 bits of storage.  Bits in neither mask can
 * be written freely.
 */
typedef struct RegDesc {
    uint16_t address;
    uint16_t counter;           /* shows it: its STAT_ offset + 1, or 0 */
    uint32_t reset;
    uint32_t ro;                /* writes leave these bits alone */
    uint32_t w1c;               /* writing 1 clears these, 0 leaves them */
    /* The value to be read in place of the stored one. */
    uint32_t (*read)(Nc37xx *nc, uint32_t stored);
    /* Called when the new value is stored; @value is what was written. */
    void (*written)(Nc37xx *nc, uint32_t value, uint32_t old);
    bool window;                /* read() is an access to something else */
} RegDesc;

typedef struct RegBlock {
    const RegDesc *rows;
    size_t count;
} RegBlock;

/* The blocks of GRC 0..7fff that have such registers. */
extern const RegBlock nc37xx_pcicfg_block;
extern const RegBlock nc37xx_pci_block;
extern const RegBlock nc37xx_misc_block;
extern const RegBlock nc37xx_dma_block;
extern const RegBlock nc37xx_ctx_block;
extern const RegBlock nc37xx_emac_block;
extern const RegBlock nc37xx_rpm_block;
extern const RegBlock nc37xx_rv2p_block;
extern const RegBlock nc37xx_rv2pcsr_block;
extern const RegBlock nc37xx_mq_block;
extern const RegBlock nc37xx_tbdr_block;
extern const RegBlock nc37xx_tbdc_block;
extern const RegBlock nc37xx_tdma_block;
extern const RegBlock nc37xx_nvm_block;
extern const RegBlock nc37xx_hc_block;

/* A core reset leaves the registers below alone. */
#define NC37XX_REGS_CORE 0x400

/* nc37xx.c */
void nc37xx_core_reset(Nc37xx *nc);

/* grc.c: 32-bit access to the chip's whole register space. */
uint32_t nc37xx_grc_read(Nc37xx *nc, uint32_t address);
void nc37xx_grc_write(Nc37xx *nc, uint32_t address, uint32_t value);
/*
 * What a read of the register at @address, of configuration space or below
 * 8000, would give, without one; of a window, what is stored.
 */
uint32_t nc37xx_grc_peek(Nc37xx *nc, uint32_t address);
/* Configuration space that is not ours, by a way that is no bus cycle. */
void nc37xx_config_space_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                               unsigned size);
/* Registers from @first, 0 or NC37XX_REGS_CORE, get their reset values. */
void nc37xx_grc_reset(Nc37xx *nc, uint32_t first);

/* ctx.c: context memory.  A mailbox is written with 1, 2 or 4 bytes. */
uint32_t nc37xx_context_read(Nc37xx *nc, uint32_t address);
void nc37xx_context_write(Nc37xx *nc, uint32_t address, uint32_t value);
void nc37xx_mailbox_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                          unsigned size);

/* The word at @offset of context @cid. */
static inline uint32_t nc37xx_context(const Nc37xx *nc, unsigned cid,
                                      unsigned offset)
{
    return nc->context[(cid * NC37XX_CONTEXT_SIZE + offset) / 4];
}

/* hc.c: posts the status block; @quiet asks for no interrupt. */
void nc37xx_status_post(Nc37xx *nc, bool quiet);
/* Works out the attention bits and posts when they need to be seen. */
void nc37xx_attention_update(Nc37xx *nc);
void nc37xx_attention_ack(Nc37xx *nc, uint32_t set, uint32_t clear);
void nc37xx_hc_reset(Nc37xx *nc);
/* INT_ACK_CMD was written. */
void nc37xx_interrupt_ack(Nc37xx *nc, uint32_t value);

/*
 * dma.c: turns control data - blocks, descriptors, frame headers - from
 * little-endian words into what DMA_CONFIG makes of them in memory, and back.
 * @size is a multiple of 8.
 */
void nc37xx_control_order(const Nc37xx *nc, uint8_t *data, size_t size);

/* stats.c: @counter is a STAT_ offset. */
static inline void nc37xx_count(Nc37xx *nc, unsigned counter, uint64_t n)
{
    nc->counters[counter / 4] += n;
}
/* @count frames of @size bytes on the wire, with the addresses of @frame. */
void nc37xx_count_tx(Nc37xx *nc, const uint8_t *frame, size_t size,
                     unsigned count);
void nc37xx_count_rx(Nc37xx *nc, const uint8_t *frame, size_t size);
/* A frame of @size bytes, without FCS, was lost because of @counter. */
void nc37xx_count_tx_bad(Nc37xx *nc, unsigned counter, size_t size);
void nc37xx_count_rx_bad(Nc37xx *nc, unsigned counter, size_t size);
void nc37xx_statistics_post(Nc37xx *nc);
void nc37xx_statistics_clear(Nc37xx *nc);
/* Starts or stops the periodic post, as HC_STATS_TICKS says. */
void nc37xx_statistics_schedule(Nc37xx *nc);

/* tx.c: transmission goes on soon, but not from inside this call. */
void nc37xx_transmit_later(Nc37xx *nc);

/*
 * rx.c: a frame from the wire, what can befall it there behind it.  Returns
 * false when there is no buffer for it.
 */
bool nc37xx_receive_frame(Nc37xx *nc, const uint8_t *frame, size_t size,
                          bool bad_fcs);
/* A frame of our own that comes back inside the adapter. */
void nc37xx_receive_looped(Nc37xx *nc, const uint8_t *frame, size_t size);

/*
 * filter.c: does the address filter let this frame through, is it for the
 * address in this EMAC_MAC_MATCH pair?
 */
bool nc37xx_filter(const Nc37xx *nc, const uint8_t *frame);
bool nc37xx_filter_entry(const Nc37xx *nc, unsigned entry,
                         const uint8_t *frame);

/*
 * pause.c: flow control.  @frame has at least NC37XX_FRAME_MIN bytes; a MAC
 * control frame ends there.  nc37xx_pause_partner() looks whether the partner
 * has to be stopped, or can go on, as buffers come and go.
 */
bool nc37xx_mac_control(Nc37xx *nc, const uint8_t *frame);
bool nc37xx_paused(const Nc37xx *nc);
void nc37xx_pause_over(Nc37xx *nc);
void nc37xx_pause_partner(Nc37xx *nc);
void nc37xx_xoff_again(Nc37xx *nc);
void nc37xx_pause_reset(Nc37xx *nc);

/* phy.c: transceiver registers through MDIO. */
uint16_t nc37xx_phy_read(Nc37xx *nc, unsigned reg);
void nc37xx_phy_write(Nc37xx *nc, unsigned reg, uint16_t value);
void nc37xx_phy_reset(Nc37xx *nc);
/* Where it is on the MDIO bus. */
unsigned nc37xx_phy_address(const Nc37xx *nc);

/* link.c.  Do frames come back inside the adapter? */
bool nc37xx_loopback(const Nc37xx *nc);
bool nc37xx_link_up(const Nc37xx *nc);
LinkMode nc37xx_link_mode(const Nc37xx *nc);
/* Mbit/s; 0 without a link. */
unsigned nc37xx_link_speed(const Nc37xx *nc);
bool nc37xx_link_full_duplex(const Nc37xx *nc);
/* Who pauses whom, as both ends have negotiated. */
#define NC37XX_PAUSE_TX 1u      /* we may pause the partner */
#define NC37XX_PAUSE_RX 2u      /* it may pause us */
unsigned nc37xx_link_pause(const Nc37xx *nc);
/* Was a state loaded that a link can have? */
bool nc37xx_link_loaded(const Nc37xx *nc);
/* NC37XX_TIMER_LINK has run out. */
void nc37xx_link_timer(Nc37xx *nc);
/* The driver has acknowledged that the link was lost. */
void nc37xx_link_acknowledged(Nc37xx *nc);
/* Lets a link come up that was held back for a driver, if none watches. */
void nc37xx_link_release(Nc37xx *nc);

/*
 * shmem.c: the boot code, which tells the driver about the board and answers
 * its messages.  It runs after each reset.
 */
void nc37xx_boot_code(Nc37xx *nc, bool pci_reset);
/* The guest has written this word of the MCP's scratch. */
void nc37xx_mcp_written(Nc37xx *nc, uint32_t address);

#endif
