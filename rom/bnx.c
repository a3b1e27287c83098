/*
 * The adapter as the network stack sees it: attach, start, stop, link, and
 * frames through the two rings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bnx-chip.h"
#include "clock.h"
#include "memory.h"

#define PAGE 4096

/* Statistics block: never asked for, but the chip knows where it would go. */
#define STATUS_AREA 1024

/* Inter-frame gap and slot time, as after power-on at any speed but ... */
#define TX_LENGTHS 0x2620
#define TX_LENGTHS_1000_HALF 0x26ff

/* While the link is down; a change shows in the status block at once. */
#define LINK_LOOK_MS 10

#define RX_ERRORS (L2_FHDR_ERRORS_BAD_CRC | L2_FHDR_ERRORS_PHY_DECODE | \
                   L2_FHDR_ERRORS_ALIGNMENT | L2_FHDR_ERRORS_TOO_SHORT | \
                   L2_FHDR_ERRORS_GIANT_FRAME)

#define VLAN_ID_MASK 0x0fff
#define MAC_ADDRESSES 12        /* bytes of a frame before its tag */

static uint32_t dma_address(const void *memory)
{
    return (uint32_t)(uintptr_t)memory;
}

/*
 * Attaching
 */

static bool find_registers(struct bnx *nic)
{
    uint32_t bar = pci_memory_bar(nic->bdf, 0), number;

    nic->registers = NULL;
    if (pci_read16(nic->bdf, PCI_VENDOR_ID) != NC37XX_PCI_VENDOR || !bar) {
        return false;
    }
    nic->registers = (uint8_t *)(uintptr_t)bar;
    pci_change_command(nic->bdf, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER, 0);
    bnx_write(nic, A_PCICFG_MISC_CONFIG,
              R_PCICFG_MISC_CONFIG_REG_WINDOW_ENA_MASK |
              R_PCICFG_MISC_CONFIG_TARGET_MB_WORD_SWAP_MASK);
    number = bnx_read(nic, A_MISC_ID);
    nic->serdes = number & 1;
    nic->chip = FIELD_EX32(number, MISC_ID, CHIP_NUM);
    return nic->chip == BNX_CHIP_5706 || nic->chip == BNX_CHIP_5708;
}

/* The boot code publishes its memory and, in it, the board's data. */
static bool find_shared_memory(struct bnx *nic, struct rom_failure *failure)
{
    uint32_t signature = bnx_read_indirect(nic, NC37XX_SHM_HEADER +
                                                SHM_HEADER_SIGNATURE);

    nic->shared_memory = NC37XX_SHM_BASE_5706;
    if ((signature & 0xffff0000) == NC37XX_SHM_HEADER_SIGNATURE) {
        nic->shared_memory = bnx_read_indirect(nic, NC37XX_SHM_HEADER +
                                                    SHM_HEADER_ADDR_0);
    }
    failure->detail = bnx_read_shared(nic, SHM_DEV_INFO_SIGNATURE);
    return (failure->detail & 0xffffff00) == SHM_DEV_INFO_SIGNATURE_VALUE;
}

static void read_mac(struct bnx *nic)
{
    stw_be_p(nic->burned_in_mac, bnx_read_shared(nic, SHM_MAC_UPPER));
    stl_be_p(nic->burned_in_mac + 2, bnx_read_shared(nic, SHM_MAC_LOWER));
}

/*
 * One set for all adapters, because only one of them is started at a time,
 * and a block of 512 KiB has no room for a second.
 */
static bool take_memory(struct bnx *nic)
{
    static struct bnx_memory memory;

    if (!memory.tx_buffers) {
        memory.rx_ring = memory_alloc(PAGE, PAGE);
        memory.tx_ring = memory_alloc(PAGE, PAGE);
        memory.status = memory_alloc(STATUS_AREA, STATUS_AREA);
        memory.rx_buffers = memory_alloc(BNX_RX_BUFFERS * BNX_BUFFER_SIZE, 64);
        memory.tx_buffers = memory_alloc(BNX_TX_BUFFERS * BNX_BUFFER_SIZE, 64);
    }
    nic->memory = memory;
    return memory.rx_ring && memory.tx_ring && memory.status &&
           memory.rx_buffers && memory.tx_buffers;
}

enum rom_error bnx_attach(struct bnx *nic, pci_bdf bdf,
                          struct rom_failure *failure)
{
    nic->bdf = bdf;
    failure->detail = 0;
    failure->error = ROM_OK;
    if (!find_registers(nic)) {
        failure->error = ROM_NO_ADAPTER;
    } else if (!find_shared_memory(nic, failure)) {
        failure->error = ROM_ADAPTER_FIRMWARE;
    } else if (!take_memory(nic)) {
        failure->error = ROM_ADAPTER_MEMORY;
    } else {
        read_mac(nic);
    }
    return failure->error;
}

uint32_t bnx_read_mba_config(const struct bnx *nic)
{
    return bnx_read_shared(nic, SHM_MBA_CONFIG);
}

/*
 * Rings
 */

static void link_ring(uint8_t *ring)
{
    memset(ring, 0, PAGE);
    stl_le_p(ring + BNX_RING_LINK * BD_SIZE + BD_HADDR_LO, dma_address(ring));
}

static void start_tx_ring(struct bnx *nic)
{
    nic->tx_producer = nic->tx_consumer = 0;
    nic->tx_sequence = 0;
    nic->tx_next = nic->tx_busy = 0;
    link_ring(nic->memory.tx_ring);
    bnx_write_context(nic, NC37XX_CID_TX, TX_CTX_TYPE, TX_CTX_TYPE_L2);
    bnx_write_context(nic, NC37XX_CID_TX, TX_CTX_CMD_TYPE,
                      TX_CTX_CMD_TYPE_L2);
    bnx_write_context(nic, NC37XX_CID_TX, TX_CTX_BHADDR_HI, 0);
    bnx_write_context(nic, NC37XX_CID_TX, TX_CTX_BHADDR_LO,
                      dma_address(nic->memory.tx_ring));
}

static void start_rx_ring(struct bnx *nic)
{
    unsigned buffer;

    nic->rx_producer = nic->rx_told = nic->rx_consumer = 0;
    nic->rx_sequence = 0;
    link_ring(nic->memory.rx_ring);
    bnx_write_context(nic, NC37XX_CID_RX, RX_CTX_TYPE, RX_CTX_TYPE_L2);
    bnx_write_context(nic, NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, 0);
    bnx_write_context(nic, NC37XX_CID_RX, RX_CTX_BDHADDR_HI, 0);
    bnx_write_context(nic, NC37XX_CID_RX, RX_CTX_BDHADDR_LO,
                      dma_address(nic->memory.rx_ring));
    for (buffer = 0; buffer < BNX_RX_BUFFERS; buffer++) {
        bnx_return(nic, buffer);
    }
    bnx_flush(nic);
}

void bnx_return(struct bnx *nic, unsigned buffer)
{
    unsigned slot = bnx_ring_slot(nic->rx_producer);
    uint8_t *bd = nic->memory.rx_ring + slot * BD_SIZE;

    nic->rx_slot[slot] = buffer;
    stl_le_p(bd + BD_HADDR_HI, 0);
    stl_le_p(bd + BD_HADDR_LO,
             dma_address(nic->memory.rx_buffers + buffer * BNX_BUFFER_SIZE));
    stl_le_p(bd + RX_BD_LEN, BNX_BUFFER_SIZE);
    stl_le_p(bd + RX_BD_FLAGS, RX_BD_FLAG_START | RX_BD_FLAG_END);
    nic->rx_producer = bnx_ring_next(nic->rx_producer);
    nic->rx_sequence += BNX_BUFFER_SIZE;
}

void bnx_flush(struct bnx *nic)
{
    if (nic->rx_told == nic->rx_producer) {
        return;
    }
    nic->rx_told = nic->rx_producer;
    bnx_barrier();
    bnx_write16(nic, NC37XX_DOORBELL_RX_BDIDX, nic->rx_producer);
    bnx_write(nic, NC37XX_DOORBELL_RX_BSEQ, nic->rx_sequence);
}

/*
 * Receiving
 */

/* Our tag or, without a VLAN, no tag but that of a priority. */
static bool our_vlan(const struct bnx *nic, uint32_t status, uint16_t tag)
{
    uint16_t vlan = status & L2_FHDR_STATUS_VLAN_TAG ? tag & VLAN_ID_MASK : 0;

    return vlan == nic->vlan;
}

/* What the chip wrote about a frame is copied, checked, then used. */
static bool frame_is_good(const struct bnx *nic, const uint8_t *buffer,
                          struct bnx_frame *frame)
{
    uint32_t status = ldl_le_p(buffer + L2_FHDR_STATUS);
    uint16_t tag = lduw_le_p(buffer + L2_FHDR_VLAN_TAG);
    uint16_t length = lduw_le_p(buffer + L2_FHDR_PKT_LEN);

    if ((status & RX_ERRORS) || !our_vlan(nic, status, tag) ||
        length < NC37XX_FRAME_MIN + NC37XX_FCS_SIZE ||
        length > BNX_FRAME_MAX + NC37XX_FCS_SIZE) {
        return false;
    }
    frame->length = length - NC37XX_FCS_SIZE;
    frame->tcp_verified = (status & L2_FHDR_STATUS_TCP_SEGMENT) &&
                          !(status & (L2_FHDR_ERRORS_TCP_XSUM |
                                      L2_FHDR_ERRORS_IP_XSUM));
    return true;
}

/* The chip's index, or ours when it makes no sense. */
static uint16_t rx_chip_consumer(const struct bnx *nic)
{
    uint16_t consumer = bnx_ring_skip_link(bnx_status16(nic,
                                                        STATUS_RX_CONS0));

    return bnx_ring_plausible(nic->rx_consumer, consumer, nic->rx_told) ?
           consumer : nic->rx_consumer;
}

bool bnx_frame_waits(const struct bnx *nic)
{
    return rx_chip_consumer(nic) != nic->rx_consumer;
}

bool bnx_receive(struct bnx *nic, struct bnx_frame *frame)
{
    uint16_t end = rx_chip_consumer(nic);
    unsigned buffer;

    bnx_barrier();
    while (nic->rx_consumer != end) {
        buffer = nic->rx_slot[bnx_ring_slot(nic->rx_consumer)];
        nic->rx_consumer = bnx_ring_next(nic->rx_consumer);
        frame->buffer = buffer;
        frame->data = nic->memory.rx_buffers + buffer * BNX_BUFFER_SIZE +
                      RX_FRAME_OFFSET;
        if (frame_is_good(nic, frame->data - RX_FRAME_OFFSET, frame)) {
            return true;
        }
        bnx_return(nic, buffer);
    }
    return false;
}

/*
 * Sending
 */

static void reap_sent(struct bnx *nic)
{
    uint16_t end = bnx_ring_skip_link(bnx_status16(nic, STATUS_TX_CONS0));

    if (!bnx_ring_plausible(nic->tx_consumer, end, nic->tx_producer)) {
        return;
    }
    while (nic->tx_consumer != end) {
        nic->tx_consumer = bnx_ring_next(nic->tx_consumer);
        nic->tx_busy--;
    }
}

unsigned bnx_sending(struct bnx *nic)
{
    reap_sent(nic);
    return nic->tx_busy;
}

uint8_t *bnx_send_buffer(struct bnx *nic)
{
    if (nic->tx_busy == BNX_TX_BUFFERS) {
        reap_sent(nic);
    }
    if (nic->tx_busy == BNX_TX_BUFFERS) {
        return NULL;
    }
    return nic->memory.tx_buffers + nic->tx_next * BNX_BUFFER_SIZE;
}

void bnx_send(struct bnx *nic, size_t length)
{
    uint8_t *buffer = nic->memory.tx_buffers + nic->tx_next * BNX_BUFFER_SIZE;
    uint8_t *bd = nic->memory.tx_ring +
                  bnx_ring_slot(nic->tx_producer) * BD_SIZE;
    uint32_t flags = TX_BD_FLAG_START | TX_BD_FLAG_END;

    if (length < NC37XX_FRAME_MIN) {
        memset(buffer + length, 0, NC37XX_FRAME_MIN - length);
        length = NC37XX_FRAME_MIN;
    }
    if (nic->vlan) {
        flags |= TX_BD_FLAG_VLAN_TAG | (uint32_t)nic->vlan << 16;
    }
    stl_le_p(bd + BD_HADDR_HI, 0);
    stl_le_p(bd + BD_HADDR_LO, dma_address(buffer));
    stl_le_p(bd + TX_BD_MSS_NBYTES, length);
    stl_le_p(bd + TX_BD_VLAN_TAG_FLAGS, flags);
    nic->tx_next = (nic->tx_next + 1) % BNX_TX_BUFFERS;
    nic->tx_busy++;
    nic->tx_producer = bnx_ring_next(nic->tx_producer);
    nic->tx_sequence += length;
    bnx_barrier();
    bnx_write16(nic, NC37XX_DOORBELL_TX_BIDX, nic->tx_producer);
    bnx_write(nic, NC37XX_DOORBELL_TX_BSEQ, nic->tx_sequence);
}

/*
 * Link
 */

static void set_mac_mode(struct bnx *nic)
{
    const struct bnx_link *link = &nic->link;
    uint32_t port = EMAC_PORT_GMII, mode;

    if (link->up && link->speed == 100) {
        port = EMAC_PORT_MII;
    } else if (link->up && link->speed == 10) {
        port = EMAC_PORT_MII_10;
    }
    mode = bnx_read(nic, A_EMAC_MODE);
    mode = FIELD_DP32(mode, EMAC_MODE, PORT, port);
    mode = FIELD_DP32(mode, EMAC_MODE, HALF_DUPLEX,
                      link->up && !link->full_duplex);
    mode = FIELD_DP32(mode, EMAC_MODE, MAC_LOOP, 0);
    mode = FIELD_DP32(mode, EMAC_MODE, FORCE_LINK, 0);
    bnx_write(nic, A_EMAC_TX_LENGTHS,
              link->up && link->speed == 1000 && !link->full_duplex ?
              TX_LENGTHS_1000_HALF : TX_LENGTHS);
    bnx_write(nic, A_EMAC_MODE, mode);
    bnx_write(nic, A_EMAC_STATUS, R_EMAC_STATUS_LINK_CHANGE_MASK);
}

/* Tells the chip that its report of the link was seen. */
static bool acknowledge_attention(struct bnx *nic)
{
    uint32_t bits = bnx_status32(nic, STATUS_ATTN_BITS);
    uint32_t seen = bnx_status32(nic, STATUS_ATTN_BITS_ACK);

    if (!((bits ^ seen) & STATUS_ATTN_LINK_STATE)) {
        return false;
    }
    bnx_write(nic, bits & STATUS_ATTN_LINK_STATE ?
              A_PCICFG_STATUS_BIT_SET_CMD : A_PCICFG_STATUS_BIT_CLEAR_CMD,
              STATUS_ATTN_LINK_STATE);
    bnx_write(nic, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
    return true;
}

bool bnx_link_poll(struct bnx *nic)
{
    struct bnx_link link;

    if (acknowledge_attention(nic) ||
        (!nic->link.up && clock_ms() - nic->link_looked >= LINK_LOOK_MS)) {
        nic->link_looked = clock_ms();
        bnx_phy_read_link(nic, &link);
        if (link.up != nic->link.up || link.speed != nic->link.speed ||
            link.full_duplex != nic->link.full_duplex) {
            nic->link = link;
            set_mac_mode(nic);
        }
    }
    return nic->link.up;
}

/*
 * Starting and stopping
 */

enum rom_error bnx_start(struct bnx *nic, const uint8_t mac[6], uint16_t vlan,
                         struct rom_failure *failure)
{
    enum rom_error error;

    memcpy(nic->mac, mac, sizeof(nic->mac));
    nic->vlan = vlan;
    memset(&nic->link, 0, sizeof(nic->link));
    nic->link_looked = clock_ms() - LINK_LOOK_MS;
    error = bnx_chip_reset(nic, SHM_DRV_MSG_CODE_RESET, failure);
    if (error != ROM_OK) {
        return error;
    }
    bnx_chip_init(nic);
    set_mac_mode(nic);
    start_tx_ring(nic);
    start_rx_ring(nic);
    bnx_phy_start(nic);
    error = bnx_chip_enable(nic, failure);
    if (error != ROM_OK) {
        bnx_stop(nic);
        return error;
    }
    bnx_write(nic, A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_WO_INT_MASK);
    return ROM_OK;
}

void bnx_stop(struct bnx *nic)
{
    struct rom_failure ignored;

    if (nic->registers) {
        bnx_chip_reset(nic, SHM_DRV_MSG_CODE_UNLOAD, &ignored);
        pci_change_command(nic->bdf, 0, PCI_COMMAND_MASTER);
    }
}
