/*
 * Bringing the chip up: register access, the handshake with the boot code,
 * core reset, and the initialisation of its blocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bnx-chip.h"
#include "clock.h"
#include "idle.h"

/* The boot code answers within microseconds, unless it is busy with flash. */
#define MESSAGE_TIMEOUT_MS 1000
#define RESET_TIMEOUT_US 30000

/* Contexts that the layer 2 firmware may touch, in pages of 64 bytes. */
#define CONTEXTS 96
#define CONTEXT_PAGE 0x40

/* Values of DMA_CONFIG beside the swaps: channels, and wait states. */
#define DMA_CONFIG_CHANNELS 0x00235800
#define DMA_CONFIG_PING_PONG 0x00000400

/* The PCI-X capability: identifier, command word, relaxed ordering in it. */
#define PCIX_ID 0x07
#define PCIX_COMMAND (NC37XX_CAP_PCIX + 2)
#define PCIX_COMMAND_RELAXED 0x0002

uint32_t bnx_read_indirect(const struct bnx *nic, uint32_t address)
{
    bnx_write(nic, A_PCICFG_REG_WINDOW_ADDRESS, address);
    return bnx_read(nic, A_PCICFG_REG_WINDOW);
}

void bnx_write_indirect(const struct bnx *nic, uint32_t address,
                        uint32_t value)
{
    bnx_write(nic, A_PCICFG_REG_WINDOW_ADDRESS, address);
    bnx_write(nic, A_PCICFG_REG_WINDOW, value);
}

uint32_t bnx_read_shared(const struct bnx *nic, uint32_t offset)
{
    return bnx_read_indirect(nic, nic->shared_memory + offset);
}

void bnx_write_shared(struct bnx *nic, uint32_t offset, uint32_t value)
{
    bnx_write_indirect(nic, nic->shared_memory + offset, value);
}

void bnx_write_memory(struct bnx *nic, uint32_t address, const void *words,
                      size_t length)
{
    const uint8_t *from = words;
    size_t at;

    for (at = 0; at < length; at += 4) {
        bnx_write_indirect(nic, address + at, ldl_le_p(from + at));
    }
}

void bnx_write_context(const struct bnx *nic, unsigned cid, uint32_t offset,
                       uint32_t value)
{
    bnx_write(nic, A_CTX_DATA_ADR, cid * NC37XX_CONTEXT_SIZE + offset);
    bnx_write(nic, A_CTX_DATA, value);
}

/*
 * Sends @message to the boot code and waits until it echoes the sequence
 * number.  A boot code that does not answer is told so, as the next driver
 * wants to know.
 */
static enum rom_error message_boot_code(struct bnx *nic, uint32_t message,
                                        struct rom_failure *failure)
{
    uint32_t started = clock_ms(), answer;

    nic->message++;
    bnx_write_shared(nic, SHM_DRV_MB, message | nic->message);
    do {
        answer = bnx_read_shared(nic, SHM_FW_MB);
        if ((answer & SHM_FW_MSG_ACK_MASK) == nic->message) {
            if (!(answer & SHM_FW_MSG_STATUS_MASK)) {
                return ROM_OK;
            }
            break;
        }
        idle();
    } while (clock_ms() - started < MESSAGE_TIMEOUT_MS);

    if ((answer & SHM_FW_MSG_ACK_MASK) != nic->message) {
        nic->message++;
        bnx_write_shared(nic, SHM_DRV_MB, SHM_DRV_MSG_CODE_FW_TIMEOUT |
                         (message & ~SHM_DRV_MSG_CODE_MASK &
                          ~SHM_DRV_MSG_SEQ_MASK) | nic->message);
    }
    failure->error = ROM_ADAPTER_FIRMWARE;
    failure->detail = answer;
    return failure->error;
}

/* Lets frames and transfers under way come to an end. */
static void quiet(struct bnx *nic)
{
    bnx_write(nic, A_PCICFG_INT_ACK_CMD, R_PCICFG_INT_ACK_CMD_MASK_INT_MASK);
    bnx_write(nic, A_MISC_ENABLE_CLR, R_MISC_ENABLE_STATUS_TX_DMA_MASK |
              R_MISC_ENABLE_STATUS_RX_DMA_MASK |
              R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK |
              R_MISC_ENABLE_STATUS_DMA_ENGINE_MASK);
    bnx_read(nic, A_MISC_ENABLE_CLR);
    clock_delay_us(5);
}

static bool reset_core(struct bnx *nic)
{
    const uint32_t config = R_PCICFG_MISC_CONFIG_REG_WINDOW_ENA_MASK |
                            R_PCICFG_MISC_CONFIG_TARGET_MB_WORD_SWAP_MASK;
    const uint32_t busy = R_PCICFG_MISC_CONFIG_CORE_RST_REQ_MASK |
                          R_PCICFG_MISC_CONFIG_CORE_RST_BSY_MASK;
    uint32_t started;

    bnx_write(nic, A_PCICFG_MISC_CONFIG,
              config | R_PCICFG_MISC_CONFIG_CORE_RST_REQ_MASK);
    started = clock_us();
    while (bnx_read(nic, A_PCICFG_MISC_CONFIG) & busy) {
        if (clock_us() - started > RESET_TIMEOUT_US) {
            return false;
        }
        clock_delay_us(10);
    }
    bnx_write(nic, A_PCICFG_MISC_CONFIG, config);
    return bnx_read(nic, A_PCI_SWAP_DIAG0) == PCI_SWAP_DIAG0_VALUE;
}

enum rom_error bnx_chip_reset(struct bnx *nic, uint32_t code,
                              struct rom_failure *failure)
{
    struct rom_failure ignored;

    quiet(nic);
    /* Without an answer here the reset is still the way out. */
    message_boot_code(nic, code | SHM_DRV_MSG_WAIT0, &ignored);
    bnx_write_shared(nic, SHM_DRV_RESET_SIGNATURE,
                     SHM_DRV_RESET_SIGNATURE_VALUE);
    bnx_read(nic, A_MISC_ID);
    if (!reset_core(nic)) {
        failure->error = ROM_NO_ADAPTER;
        failure->detail = bnx_read(nic, A_PCICFG_MISC_CONFIG);
        return failure->error;
    }
    return message_boot_code(nic, code | SHM_DRV_MSG_WAIT1, failure);
}

/* Maps each context page to itself and clears it. */
static void init_contexts(struct bnx *nic)
{
    uint32_t page, offset;

    for (page = 0; page < CONTEXTS * NC37XX_CONTEXT_SIZE;
         page += CONTEXT_PAGE) {
        bnx_write(nic, A_CTX_VIRT_ADDR, page);
        bnx_write(nic, A_CTX_PAGE_TBL, page);
        for (offset = 0; offset < CONTEXT_PAGE; offset += 4) {
            bnx_write_context(nic, 0, page + offset, 0);
        }
    }
}

static void init_dma(struct bnx *nic)
{
    uint32_t config = DMA_CONFIG_CHANNELS |
                      R_DMA_CONFIG_DATA_BYTE_SWAP_MASK |
                      R_DMA_CONFIG_DATA_WORD_SWAP_MASK |
                      R_DMA_CONFIG_CNTL_WORD_SWAP_MASK;
    uint32_t bus = bnx_read(nic, A_PCICFG_MISC_STATUS);

    if (!FIELD_EX32(bus, PCICFG_MISC_STATUS, PCIX_DET)) {
        if (nic->chip == BNX_CHIP_5706) {
            config |= DMA_CONFIG_PING_PONG;
        }
    } else if (FIELD_EX32(bus, PCICFG_MISC_STATUS, PCIX_SPEED) == 2) {
        config |= R_DMA_CONFIG_PCI_FAST_CLK_CMP_MASK;
    }
    bnx_write(nic, A_DMA_CONFIG, config);
}

/* Status must not overtake the frames that it tells of. */
static void order_writes(struct bnx *nic)
{
    uint16_t command;

    if ((pci_read16(nic->bdf, NC37XX_CAP_PCIX) & 0xff) == PCIX_ID) {
        command = pci_read16(nic->bdf, PCIX_COMMAND);
        pci_write16(nic->bdf, PCIX_COMMAND, command & ~PCIX_COMMAND_RELAXED);
    }
}

/* Rings in pages of 4 KiB, doorbells as 256-byte blocks. */
static void init_queues(struct bnx *nic)
{
    uint32_t value;

    value = bnx_read(nic, A_MQ_CONFIG);
    bnx_write(nic, A_MQ_CONFIG,
              FIELD_DP32(value, MQ_CONFIG, KNL_BYP_BLK_SIZE, 0));
    bnx_write(nic, A_MQ_KNL_BYP_WIND_START, NC37XX_BAR_MAILBOX_END);
    bnx_write(nic, A_MQ_KNL_BYP_WIND_END, NC37XX_BAR_MAILBOX_END);
    bnx_write(nic, A_RV2P_CONFIG,
              FIELD_DP32(0, RV2P_CONFIG, PROC1_PAGE_SIZE,
                         TBDR_CONFIG_PAGE_SIZE_4K));
    value = bnx_read(nic, A_TBDR_CONFIG);
    value = FIELD_DP32(value, TBDR_CONFIG, PAGE_SIZE,
                       TBDR_CONFIG_PAGE_SIZE_4K);
    bnx_write(nic, A_TBDR_CONFIG, value | 0x40);
    bnx_write(nic, A_TSCH_TSS_CFG, 0);
    bnx_write(nic, A_RLUP_RSS_CONFIG, 0);
}

/* The status block is posted for each frame, interrupts stay masked. */
static void init_coalescing(struct bnx *nic)
{
    uint32_t status = (uint32_t)(uintptr_t)nic->memory.status;

    memset(nic->memory.status, 0, STATUS_BLOCK_RESERVED);
    bnx_write(nic, A_HC_STATUS_ADDR_L, status);
    bnx_write(nic, A_HC_STATUS_ADDR_H, 0);
    bnx_write(nic, A_HC_STATISTICS_ADDR_L, status + STATUS_BLOCK_RESERVED);
    bnx_write(nic, A_HC_STATISTICS_ADDR_H, 0);
    bnx_write(nic, A_HC_TX_QUICK_CONS_TRIP, 0x00010001);
    bnx_write(nic, A_HC_RX_QUICK_CONS_TRIP, 0x00010001);
    bnx_write(nic, A_HC_COMP_PROD_TRIP, 0);
    bnx_write(nic, A_HC_TX_TICKS, 0);
    bnx_write(nic, A_HC_RX_TICKS, 0);
    bnx_write(nic, A_HC_COM_TICKS, 0);
    bnx_write(nic, A_HC_CMD_TICKS, 0);
    bnx_write(nic, A_HC_STATS_TICKS, 0);
    bnx_write(nic, A_HC_CONFIG, R_HC_CONFIG_RX_TMR_MODE_MASK |
              R_HC_CONFIG_TX_TMR_MODE_MASK);
    bnx_write(nic, A_HC_COMMAND, R_HC_COMMAND_CLR_STAT_NOW_MASK);
    bnx_write(nic, A_HC_ATTN_BITS_ENABLE, STATUS_ATTN_LINK_STATE);
}

/* Own frames and broadcasts; VLAN tags go into the frame header. */
static void init_mac(struct bnx *nic)
{
    static const struct bnx_filter filter = {
        .directed = true,
        .broadcast = true,
    };
    const uint8_t *mac = nic->mac;
    uint32_t seed = mac[0] + (mac[1] << 8) + (mac[2] << 16) + mac[3] +
                    (mac[4] << 8) + (mac[5] << 16);

    bnx_write(nic, A_EMAC_BACKOFF_SEED, seed);
    bnx_write(nic, A_EMAC_RX_MTU_SIZE, BNX_FRAME_MAX + NC37XX_FCS_SIZE);
    bnx_write(nic, A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    bnx_set_filter(nic, &filter);
}

void bnx_chip_init(struct bnx *nic)
{
    bnx_write(nic, A_PCICFG_INT_ACK_CMD, R_PCICFG_INT_ACK_CMD_MASK_INT_MASK);
    init_dma(nic);
    order_writes(nic);
    bnx_write(nic, A_MISC_ENABLE_SET,
              R_MISC_ENABLE_STATUS_HOST_COALESCE_MASK |
              R_MISC_ENABLE_STATUS_CONTEXT_MASK |
              R_MISC_ENABLE_STATUS_RX_V2P_MASK);
    init_contexts(nic);
    init_queues(nic);
    init_coalescing(nic);
    init_mac(nic);
}

enum rom_error bnx_chip_enable(struct bnx *nic, struct rom_failure *failure)
{
    enum rom_error error;

    error = message_boot_code(nic, SHM_DRV_MSG_CODE_RESET |
                              SHM_DRV_MSG_WAIT2, failure);
    if (error == ROM_OK) {
        bnx_write(nic, A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
        bnx_read(nic, A_MISC_ENABLE_SET);
        clock_delay_us(20);
    }
    return error;
}
