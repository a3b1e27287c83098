/*
 * An adapter in an imaginary computer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "nc37xx-card.h"

struct card card;
const uint8_t card_mac[6] = { 0x00, 0x17, 0x08, 0xa1, 0xb2, 0xc3 };

static bool memory_has(uint64_t address, size_t size)
{
    return address >= MEMORY && size <= MEMORY_SIZE &&
           address - MEMORY <= MEMORY_SIZE - size;
}

static bool dma_works(uint64_t address, size_t size)
{
    return ++card.dma_count != card.dma_fail && memory_has(address, size);
}

static bool dma_read(Nc37xx *nc, uint64_t address, void *to, size_t size)
{
    card.read_largest = MAX(card.read_largest, size);
    if (!dma_works(address, size)) {
        memset(to, 0xa5, size);
        return false;
    }
    memcpy(to, card.memory + (address - MEMORY), size);
    return true;
}

static bool dma_write(Nc37xx *nc, uint64_t address, const void *from,
                      size_t size)
{
    if (!dma_works(address, size)) {
        return false;
    }
    memcpy(card.memory + (address - MEMORY), from, size);
    return true;
}

/* On the heap, so that the sanitizer sees what is read beyond its end. */
static void frame_sent(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    if (card.sent_count < SENT_MAX) {
        card.sent[card.sent_count].size = size;
        card.sent[card.sent_count].data = malloc(size);
        memcpy(card.sent[card.sent_count].data, frame, size);
    }
    card.sent_count++;
    if (card.when_sent) {
        card.when_sent();
    }
}

static bool large_sent(Nc37xx *nc, uint8_t *packet, size_t size,
                       const Nc37xxLarge *large)
{
    if (!card.takes_large) {
        return false;
    }
    card.large = *large;
    card.large_count++;
    frame_sent(nc, packet, size);
    return true;
}

static void receive_ready(Nc37xx *nc)
{
    card.receive_ready++;
}

static bool msi_enabled(Nc37xx *nc)
{
    return card.msi_enabled;
}

static void msi(Nc37xx *nc)
{
    card.msi_count++;
}

static void intx(Nc37xx *nc, bool level)
{
    card.intx = level;
    card.intx_changes++;
}

static void timer_set(Nc37xx *nc, Nc37xxTimer timer, uint64_t microseconds)
{
    card.timers[timer] = microseconds;
}

static uint64_t now(Nc37xx *nc)
{
    return card.time;
}

static uint32_t config_read(Nc37xx *nc, uint32_t offset, unsigned size)
{
    uint32_t value = 0;

    CU_ASSERT_FATAL(offset + size <= sizeof(card.config));
    memcpy(&value, card.config + offset, size);
    return value;
}

static void config_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                         unsigned size)
{
    CU_ASSERT_FATAL(offset + size <= sizeof(card.config));
    memcpy(card.config + offset, &value, size);
}

static bool nvm_store(Nc37xx *nc, uint32_t offset, uint32_t size)
{
    CU_ASSERT_FATAL(size <= nc->model->nvm_size);
    CU_ASSERT_FATAL(offset <= nc->model->nvm_size - size);
    card.stored_count++;
    card.stored_offset = offset;
    card.stored_size = size;
    if (card.store_broken) {
        memcpy(nc->nvram + offset, card.kept + offset, size);
        return false;
    }
    memcpy(card.kept + offset, nc->nvram + offset, size);
    return true;
}

static void restarted(Nc37xx *nc)
{
    card.restarted++;
}

static void count_event(Nc37xx *nc, Nc37xxEvent event, uint64_t a, uint64_t b)
{
    CU_ASSERT_FATAL(event < NC37XX_EVENT_COUNT);
    card.events[event]++;
}

static const Nc37xxOps ops = {
    .dma_read = dma_read,
    .dma_write = dma_write,
    .send = frame_sent,
    .send_large = large_sent,
    .receive_ready = receive_ready,
    .msi_enabled = msi_enabled,
    .msi = msi,
    .intx = intx,
    .timer = timer_set,
    .now = now,
    .config_read = config_read,
    .config_write = config_write,
    .nvm_store = nvm_store,
    .restarted = restarted,
    .event = count_event,
};

const Nc37xxModel *card_model(const char *type)
{
    const Nc37xxModel *model = nc37xx_models;

    while (model->type && strcmp(model->type, type)) {
        model++;
    }
    CU_ASSERT_PTR_NOT_NULL_FATAL(model->type);
    return model;
}

void card_sent_forget(void)
{
    unsigned i;

    for (i = 0; i < MIN(card.sent_count, SENT_MAX); i++) {
        free(card.sent[i].data);
    }
    card.sent_count = 0;
}

static void card_scrap(void)
{
    card_sent_forget();
    memset(&card, 0, sizeof(card));
}

static void power_up(const Nc37xxModel *model)
{
    const NvramContent content = {
        .mac = card_mac,
        .serial = "USE123XYZ9",
        .part_number = model->part_number,
    };

    card_scrap();
    memset(card.memory, 0x5a, sizeof(card.memory));
    nc37xx_init(&card.nc, &ops, model);
    CU_ASSERT_EQUAL_FATAL(nvram_build(card.nc.nvram, model, &content),
                          NVRAM_OK);
    memcpy(card.kept, card.nc.nvram, sizeof(card.kept));
    card.nc.carrier = true;
    nc37xx_pci_reset(&card.nc);
}

void card_power_up(const char *type)
{
    power_up(card_model(type));
}

void card_power_up_variant(const char *type, Nc37xxVariant variant)
{
    const Nc37xxModel *model = nc37xx_model_variant(card_model(type),
                                                    variant);

    CU_ASSERT_PTR_NOT_NULL_FATAL(model);
    power_up(model);
}

uint32_t card_read(uint32_t offset)
{
    return nc37xx_read(&card.nc, offset, 4);
}

void card_write(uint32_t offset, uint32_t value)
{
    nc37xx_write(&card.nc, offset, value, 4);
}

uint32_t card_grc_read(uint32_t address)
{
    nc37xx_pcicfg_write(&card.nc, A_PCICFG_REG_WINDOW_ADDRESS, address, 4);
    return nc37xx_pcicfg_read(&card.nc, A_PCICFG_REG_WINDOW, 4);
}

void card_grc_write(uint32_t address, uint32_t value)
{
    nc37xx_pcicfg_write(&card.nc, A_PCICFG_REG_WINDOW_ADDRESS, address, 4);
    nc37xx_pcicfg_write(&card.nc, A_PCICFG_REG_WINDOW, value, 4);
}

void card_context_write(unsigned cid, uint32_t offset, uint32_t value)
{
    card_write(A_CTX_DATA_ADR, cid * NC37XX_CONTEXT_SIZE + offset);
    card_write(A_CTX_DATA, value);
}

uint32_t card_shm(unsigned offset)
{
    return card_grc_read(card.nc.model->shm_base + offset);
}

static void mdio(unsigned command, unsigned reg, uint16_t value)
{
    uint32_t word = FIELD_DP32(value, EMAC_MDIO_COMM, REG_ADDR, reg);

    word = FIELD_DP32(word, EMAC_MDIO_COMM, PHY_ADDR,
                      card.nc.model->media == NC37XX_SERDES_5708 ? 2 : 1);
    word = FIELD_DP32(word, EMAC_MDIO_COMM, COMMAND, command);
    card_write(A_EMAC_MDIO_COMM,
               FIELD_DP32(word, EMAC_MDIO_COMM, START_BUSY, 1));
}

uint16_t card_phy_read(unsigned reg)
{
    mdio(EMAC_MDIO_COMMAND_READ, reg, 0);
    return card_read(A_EMAC_MDIO_COMM);
}

void card_phy_write(unsigned reg, uint16_t value)
{
    mdio(EMAC_MDIO_COMMAND_WRITE, reg, value);
}

void card_core_reset(void)
{
    card_write(A_PCICFG_MISC_CONFIG,
               R_PCICFG_MISC_CONFIG_CORE_RST_REQ_MASK |
               R_PCICFG_MISC_CONFIG_REG_WINDOW_ENA_MASK |
               R_PCICFG_MISC_CONFIG_TARGET_MB_WORD_SWAP_MASK);
}

static void ring_program(unsigned cid, unsigned low, uint64_t page)
{
    card_context_write(cid, low - 4, page >> 32);
    card_context_write(cid, low, page);
}

static void addresses_program(void)
{
    card_write(A_HC_STATUS_ADDR_L, (uint32_t)STATUS_AT);
    card_write(A_HC_STATUS_ADDR_H, STATUS_AT >> 32);
    card_write(A_HC_STATISTICS_ADDR_L, (uint32_t)STATISTICS_AT);
    card_write(A_HC_STATISTICS_ADDR_H, STATISTICS_AT >> 32);
}

static void filter_program(void)
{
    card_write(A_EMAC_MAC_MATCH0, card_mac[0] << 8 | card_mac[1]);
    card_write(A_EMAC_MAC_MATCH1, ldl_be_p(card_mac + 2));
    card_write(A_EMAC_RX_MTU_SIZE, 1518);
    card_write(A_RPM_SORT_USER0, R_RPM_SORT_USER0_ENA_MASK |
               R_RPM_SORT_USER0_BC_EN_MASK | 1);
}

void card_program(void)
{
    card.tx_index = card.rx_index = card.page_index = 0;
    card_write(A_TBDR_CONFIG, TBDR_CONFIG_PAGE_SIZE_4K <<
               R_TBDR_CONFIG_PAGE_SIZE_SHIFT);
    filter_program();
    addresses_program();
    card_write(A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    card_ring_link(TX_RING_AT, TX_RING_AT);
    card_ring_link(RX_RING_AT, RX_RING_AT);
    card_ring_link(PAGE_RING_AT, PAGE_RING_AT);
    ring_program(NC37XX_CID_TX, TX_CTX_BHADDR_LO, TX_RING_AT);
    ring_program(NC37XX_CID_RX, RX_CTX_BDHADDR_LO, RX_RING_AT);
}

void card_open(void)
{
    card_power_up("nc373i");
    card_program();
}

void card_open_variant(const char *type, Nc37xxVariant variant)
{
    card_power_up_variant(type, variant);
    card_program();
}

uint8_t *card_memory(uint64_t address)
{
    CU_ASSERT_FATAL(memory_has(address, 1));
    return card.memory + (address - MEMORY);
}

uint32_t card_long(uint64_t address)
{
    return ldl_le_p(card_memory(address));
}

uint16_t card_word(uint64_t address)
{
    return lduw_le_p(card_memory(address));
}

void card_bd(uint64_t page, unsigned slot, uint64_t address, uint32_t word2,
             uint32_t word3)
{
    uint8_t *bd = card_memory(page + slot * BD_SIZE);

    stl_le_p(bd + BD_HADDR_HI, address >> 32);
    stl_le_p(bd + BD_HADDR_LO, address);
    stl_le_p(bd + 8, word2);
    stl_le_p(bd + 12, word3);
}

void card_ring_link(uint64_t page, uint64_t next)
{
    card_bd(page, RING_PAGE / BD_SIZE - 1, next, 0, 0);
}

/* The index behind @index, that of the link slot left out. */
static uint16_t next_index(uint16_t index)
{
    index++;
    return index % (RING_PAGE / BD_SIZE) == RING_PAGE / BD_SIZE - 1 ?
           index + 1 : index;
}

void card_tx_bd(uint64_t address, unsigned size, uint32_t flags)
{
    card_bd(TX_RING_AT, card.tx_index % (RING_PAGE / BD_SIZE), address, size,
            flags);
    card.tx_index = next_index(card.tx_index);
}

void card_tx_doorbell(void)
{
    nc37xx_write(&card.nc, NC37XX_DOORBELL_TX_BIDX, card.tx_index, 2);
    card_write(NC37XX_DOORBELL_TX_BSEQ, 0);
}

void card_transmit(const uint8_t *frame, size_t size, uint32_t flags)
{
    memcpy(card_memory(FRAMES_AT), frame, size);
    card_tx_bd(FRAMES_AT, size, flags | TX_BD_FLAG_START | TX_BD_FLAG_END);
    card_tx_doorbell();
}

static uint64_t buffer_address(unsigned n)
{
    return BUFFERS_AT + n % 128 * BUFFER_SIZE;
}

void card_rx_doorbell(void)
{
    nc37xx_write(&card.nc, NC37XX_DOORBELL_RX_BDIDX, card.rx_index, 2);
    card_write(NC37XX_DOORBELL_RX_BSEQ, 0);
}

void card_rx_buffers(unsigned count)
{
    while (count--) {
        card_bd(RX_RING_AT, card.rx_index % (RING_PAGE / BD_SIZE),
                buffer_address(card.rx_index), BUFFER_SIZE,
                RX_BD_FLAG_START | RX_BD_FLAG_END);
        card.rx_index = next_index(card.rx_index);
    }
    card_rx_doorbell();
}

uint8_t *card_rx_buffer(unsigned n)
{
    return card_memory(buffer_address(n));
}

uint32_t card_rx_header(unsigned n, unsigned field)
{
    const uint8_t *at = card_rx_buffer(n) + field;

    return field == L2_FHDR_STATUS ? (uint32_t)ldl_le_p(at) :
                                     (uint32_t)lduw_le_p(at);
}

uint64_t card_rx_page(unsigned n, unsigned size)
{
    return PAGES_AT + n % 128 * size;
}

void card_rx_pages(unsigned count, unsigned size)
{
    if (!card.page_index) {
        ring_program(NC37XX_CID_RX, RX_CTX_PG_BDHADDR_LO, PAGE_RING_AT);
    }
    while (count--) {
        card_bd(PAGE_RING_AT, card.page_index % (RING_PAGE / BD_SIZE),
                card_rx_page(card.page_index, size), size, 0);
        card.page_index = next_index(card.page_index);
    }
    nc37xx_write(&card.nc, NC37XX_DOORBELL_RX_PG_BDIDX, card.page_index, 2);
}

uint16_t card_status_index(void)
{
    return card_word(STATUS_AT + STATUS_IDX);
}

uint16_t card_tx_consumer(void)
{
    return card_word(STATUS_AT + STATUS_TX_CONS0);
}

uint16_t card_rx_consumer(void)
{
    return card_word(STATUS_AT + STATUS_RX_CONS0);
}

void frame_fill(uint8_t *frame, size_t size, uint16_t type)
{
    size_t i;

    for (i = 0; i < size; i++) {
        frame[i] = i * 7 + 3;
    }
    memcpy(frame, card_mac, sizeof(card_mac));
    memcpy(frame + 6, "\x02\x00\x00\x00\x00\x99", 6);
    stw_be_p(frame + 12, type);
}

void frame_ipv4(uint8_t *ip, unsigned ihl, unsigned protocol, size_t total)
{
    ip[0] = 0x40 | ihl;
    ip[1] = 0;
    stw_be_p(ip + 2, total);
    stw_be_p(ip + 4, 0xfffe);   /* identification, soon to wrap */
    stw_be_p(ip + 6, 0x4000);
    ip[8] = 64;
    ip[9] = protocol;
    stw_be_p(ip + 10, 0);
    memcpy(ip + 12, "\x0a\x00\x02\x0f\x0a\x00\x02\x02", 8);
    stw_be_p(ip + 10, ~frame_sum(ip, ihl * 4, 0));
}

uint16_t frame_sum(const uint8_t *data, size_t size, uint32_t start)
{
    uint32_t sum = start;
    size_t i;

    for (i = 0; i < size; i++) {
        sum += i % 2 ? data[i] : data[i] << 8;
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return sum;
}

uint16_t frame_l4_sum(const uint8_t *ip, size_t l4_size)
{
    uint32_t pseudo = frame_sum(ip + 12, 8, ip[9]) + (uint32_t)l4_size;

    return frame_sum(ip + (ip[0] & 15) * 4, l4_size,
                     (pseudo & 0xffff) + (pseudo >> 16));
}
