/*
 * An adapter in an imaginary computer: memory, configuration space, network
 * and interrupt line of it are arrays and counters.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_NC37XX_CARD_H
#define TESTS_NC37XX_CARD_H

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx.h"
#include "nvram.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

/* Above 4 GiB, and with bit 31 of the low word set. */
#define MEMORY 0x0000000380000000ull
#define MEMORY_SIZE 0x200000u
#define NOWHERE 0x0000700000000000ull

/* What lies where in memory when card_open() has set it up. */
#define STATUS_AT (MEMORY + 0x1000)
#define STATISTICS_AT (MEMORY + 0x2000)
#define TX_RING_AT (MEMORY + 0x10000)
#define RX_RING_AT (MEMORY + 0x20000)
#define PAGE_RING_AT (MEMORY + 0x30000)
#define BUFFERS_AT (MEMORY + 0x40000)
#define BUFFER_SIZE 0x800
#define PAGES_AT (MEMORY + 0x80000)
#define FRAMES_AT (MEMORY + 0x100000)

#define RING_PAGE 4096
#define SENT_MAX 2048

struct sent {
    size_t size;
    uint8_t *data;
};

struct card {
    Nc37xx nc;
    uint8_t memory[MEMORY_SIZE];
    uint8_t config[256];
    unsigned dma_count;         /* accesses so far */
    unsigned dma_fail;          /* this one alone fails; from 1, 0 never */
    size_t read_largest;
    struct sent sent[SENT_MAX];
    unsigned sent_count;
    bool takes_large;           /* the peer does; it is among sent then */
    unsigned large_count;
    Nc37xxLarge large;          /* of the last one */
    void (*when_sent)(void);    /* what a peer does from inside the send */
    unsigned events[NC37XX_EVENT_COUNT];
    unsigned receive_ready, msi_count, intx_changes;
    bool msi_enabled, intx;
    uint8_t kept[NC37XX_NVRAM_MAX];     /* what the flash has stored */
    bool store_broken;
    unsigned stored_count;
    uint32_t stored_offset, stored_size;
    unsigned restarted;
    uint64_t timers[NC37XX_TIMERS];     /* microseconds, 0 when off */
    uint64_t time;              /* virtual, in microseconds */
    uint16_t tx_index, rx_index, page_index;    /* the driver's producers */
};

extern struct card card;
extern const uint8_t card_mac[6];

/* A new adapter of type @type with an NVRAM and without a boot ROM. */
void card_power_up(const char *type);
/* One variant of it. */
void card_power_up_variant(const char *type, Nc37xxVariant variant);
/* The same, and set up as a driver does; nc373i. */
void card_open(void);
void card_open_variant(const char *type, Nc37xxVariant variant);
/* What a driver programs after a core reset. */
void card_program(void);

const Nc37xxModel *card_model(const char *type);

uint32_t card_read(uint32_t offset);
void card_write(uint32_t offset, uint32_t value);
/* Through the register window in configuration space. */
uint32_t card_grc_read(uint32_t address);
void card_grc_write(uint32_t address, uint32_t value);
void card_context_write(unsigned cid, uint32_t offset, uint32_t value);
uint32_t card_shm(unsigned offset);
uint16_t card_phy_read(unsigned reg);
void card_phy_write(unsigned reg, uint16_t value);
void card_core_reset(void);

/* Memory of the computer. */
uint8_t *card_memory(uint64_t address);
uint32_t card_long(uint64_t address);
uint16_t card_word(uint64_t address);

/* Puts a descriptor into @slot of the ring page at @page. */
void card_bd(uint64_t page, unsigned slot, uint64_t address, uint32_t word2,
             uint32_t word3);
void card_ring_link(uint64_t page, uint64_t next);

/* The next transmit descriptor, in a ring of one page linked to itself. */
void card_tx_bd(uint64_t address, unsigned size, uint32_t flags);
void card_tx_doorbell(void);
/* Frees the frames that were sent. */
void card_sent_forget(void);
/* One frame in one descriptor: copied to memory, sent. */
void card_transmit(const uint8_t *frame, size_t size, uint32_t flags);

/* @count buffers of BUFFER_SIZE bytes for reception, and the doorbell. */
void card_rx_buffers(unsigned count);
/* The buffer that the frame of index @n was put into. */
uint8_t *card_rx_buffer(unsigned n);
/* A field, L2_FHDR_..., of the header in front of that frame. */
uint32_t card_rx_header(unsigned n, unsigned field);
void card_rx_doorbell(void);
/* Page buffers of up to 4 KiB behind each other; there are 128. */
void card_rx_pages(unsigned count, unsigned size);
/* Where the page of index @n lies. */
uint64_t card_rx_page(unsigned n, unsigned size);

/* Status block */
uint16_t card_status_index(void);
uint16_t card_tx_consumer(void);
uint16_t card_rx_consumer(void);

/* Frames: addresses and type; the rest is @size - 14 bytes of a pattern. */
void frame_fill(uint8_t *frame, size_t size, uint16_t type);
/* An IPv4 header of 4 * @ihl bytes at @ip, its checksum right. */
void frame_ipv4(uint8_t *ip, unsigned ihl, unsigned protocol, size_t total);
/* The checksum of RFC 1071, one byte after the other. */
uint16_t frame_sum(const uint8_t *data, size_t size, uint32_t start);
/* What the sum over pseudo header and datagram is, the right one ffff. */
uint16_t frame_l4_sum(const uint8_t *ip, size_t l4_size);

#endif
