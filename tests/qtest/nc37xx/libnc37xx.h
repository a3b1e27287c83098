/*
 * The NC37xx adapters for qtests: register access as drivers do it, a small
 * driver for the rings, and the other end of the wire.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_LIBNC37XX_H
#define TESTS_LIBNC37XX_H

#include "libqtest.h"
#include "libqos/pci.h"
#include "libqos/qgraph.h"
#include "hw/net/nc37xx_regs.h"

/* Where the adapter sits, and what QEMU calls it. */
#define NC37XX_SLOT 4
#define NC37XX_ID "nic"
#define NC37XX_NETDEV "n0"

/* For whatever is waited for, in microseconds. */
#define NC37XX_DEADLINE (60 * G_TIME_SPAN_SECOND)

/*
 * A board with two ports: the second's backend, a hub without anybody else
 * unless a case plugs something in; the bus and slots behind the bridge.
 */
#define NC37XX_NETDEV_1 "n1"
#define NC37XX_HUB "37"
#define NC37XX_BOARD_BUS 1
#define NC37XX_PORT_DEVFN(port) (NC37XX_BOARD_BUS << 8 |                     \
                                 QPCI_DEVFN((port) + 1, 0))

/* Address of the adapter; the peer's differs in the last byte. */
#define NC37XX_MAC "52:54:00:12:34:56"
extern const uint8_t nc37xx_mac[6];
extern const uint8_t nc37xx_peer_mac[6];

/* Slots of a ring page of 4 KiB; the last one is a link. */
#define NC37XX_PAGE_SLOTS 256
#define NC37XX_LINK_SLOT 255
#define NC37XX_PAGE 4096

/* Ring pages of each kind, and bytes of each buffer, in nc37xx_bring_up(). */
#define NC37XX_RING_PAGES 2
#define NC37XX_BUFFER 2048

/* What the tests expect of an adapter type. */
typedef struct Nc37xxFacts {
    const char *node;           /* in the graph of drivers: TYPE[-MEDIA] */
    const char *type;
    const char *media;          /* when it is not what the type is by itself */
    bool whole_programme;
    bool two_ports;             /* the node is port 0, behind the bridge */
    bool serdes;                /* goes through what is said of serdes */
    uint16_t device;
    uint16_t subsystem;
    uint8_t revision;
    uint32_t misc_id;
    uint32_t shm_base;
    unsigned phy;               /* its MDIO address */
    uint16_t phy_id1, phy_id2;
    uint32_t nvm_strap;
    uint32_t nvm_size;
    bool embedded;
} Nc37xxFacts;

typedef struct QNc37xx {
    QOSGraphObject obj;
    QPCIDevice dev;
    QPCIBar bar;
    QTestState *qts;
    QGuestAllocator *alloc;
    const Nc37xxFacts *facts;
    int wire;                   /* a datagram socket: the peer */

    /* From nc37xx_bring_up() on. */
    uint64_t status;            /* guest addresses */
    uint64_t statistics;
    uint64_t tx_page[NC37XX_RING_PAGES];
    uint64_t rx_page[NC37XX_RING_PAGES];
    uint16_t tx_producer;
    uint16_t rx_producer;
    uint16_t rx_consumer;       /* what the test has looked at */
    uint64_t buffer;            /* for frames to be sent */
    uint64_t rx_buffers;        /* slot n's is at n * NC37XX_BUFFER */
} QNc37xx;

typedef void Nc37xxTest(QNc37xx *nc);

typedef struct Nc37xxCase {
    const char *sentence;
    Nc37xxTest *run;
    const char *(*options)(void);   /* more words for QEMU, if any */
} Nc37xxCase;

/*
 * Registers @count cases under @topic.  Each runs with one adapter of each
 * kind of copper chip, with one of each kind of serdes chip, or with every
 * type and variant, in a machine that has just been reset.
 */
void nc37xx_register_cases(const char *topic, const Nc37xxCase *cases,
                           size_t count);
void nc37xx_register_cases_for_serdes(const char *topic,
                                      const Nc37xxCase *cases, size_t count);
void nc37xx_register_cases_for_all(const char *topic, const Nc37xxCase *cases,
                                   size_t count);
/* The same with the boards that have two ports; the adapter is port 0. */
void nc37xx_register_cases_for_two(const char *topic, const Nc37xxCase *cases,
                                   size_t count);

/*
 * Registers.  @address is one of nc37xx_regs.h; below 8000 it may be read
 * from BAR 0, anything through the window.
 */
uint32_t nc37xx_read(QNc37xx *nc, uint32_t address);
void nc37xx_write(QNc37xx *nc, uint32_t address, uint32_t value);
uint32_t nc37xx_indirect_read(QNc37xx *nc, uint32_t address);
void nc37xx_indirect_write(QNc37xx *nc, uint32_t address, uint32_t value);
uint32_t nc37xx_shm_read(QNc37xx *nc, uint32_t offset);
void nc37xx_shm_write(QNc37xx *nc, uint32_t offset, uint32_t value);
uint32_t nc37xx_context_read(QNc37xx *nc, uint32_t address);
void nc37xx_context_write(QNc37xx *nc, uint32_t address, uint32_t value);
uint16_t nc37xx_phy_read(QNc37xx *nc, unsigned phy, unsigned reg);
void nc37xx_phy_write(QNc37xx *nc, unsigned phy, unsigned reg,
                      uint16_t value);

/* One access to the NVRAM; @address is what the part wants to be told. */
uint32_t nc37xx_nvm_access(QNc37xx *nc, uint32_t command, uint32_t address,
                           uint32_t value);
/* The word at byte @offset of the content, first byte in bits 31:24. */
uint32_t nc37xx_nvm_read(QNc37xx *nc, uint32_t offset);
void nc37xx_nvm_bytes(QNc37xx *nc, uint32_t offset, uint8_t *to, size_t size);
/* Allows writes; @on false forbids them again. */
void nc37xx_nvm_unlock(QNc37xx *nc, bool on);
/* Writes a word, erasing where the part wants it. */
void nc37xx_nvm_write(QNc37xx *nc, uint32_t offset, uint32_t value);

/* Resets the core as drivers do, without their messages. */
void nc37xx_core_reset(QNc37xx *nc);

/*
 * Does what a driver does to open the adapter: status and statistics blocks,
 * filter, both rings with all receive buffers posted, and enables.  Masked.
 */
void nc37xx_bring_up(QNc37xx *nc);

/* The same after a core reset, with the memory that is there. */
void nc37xx_restart(QNc37xx *nc);

/* Puts one descriptor into the transmit ring; the doorbell is separate. */
void nc37xx_tx_bd(QNc37xx *nc, uint64_t address, uint32_t mss_nbytes,
                  uint32_t tag_flags);
void nc37xx_tx_doorbell(QNc37xx *nc);
/* One frame from one descriptor with these flags beside START and END. */
void nc37xx_tx_frame(QNc37xx *nc, const void *frame, size_t size,
                     uint32_t tag_flags);
uint16_t nc37xx_tx_consumer(QNc37xx *nc);
/* Waits until the status block says that all was consumed. */
void nc37xx_tx_wait(QNc37xx *nc);

/* Writes a receive descriptor into slot @index of the ring. */
void nc37xx_rx_bd(QNc37xx *nc, uint16_t index, uint64_t address,
                  uint32_t size);
void nc37xx_rx_doorbell(QNc37xx *nc);
uint16_t nc37xx_rx_index(QNc37xx *nc);
/*
 * Waits for the next received frame; returns the address of its buffer,
 * which begins with the L2_FHDR_ fields.
 */
uint64_t nc37xx_rx_wait(QNc37xx *nc);

/* Fields of the status block and of a frame header in guest memory. */
uint16_t nc37xx_status16(QNc37xx *nc, unsigned field);
uint32_t nc37xx_status32(QNc37xx *nc, unsigned field);
uint16_t nc37xx_guest16(QNc37xx *nc, uint64_t address);
uint32_t nc37xx_guest32(QNc37xx *nc, uint64_t address);
/* The interrupt pin, as the adapter and as configuration space show it. */
bool nc37xx_intx(QNc37xx *nc);
/* Has messages written to memory; was one, since the last look there? */
uint64_t nc37xx_msi_enable(QNc37xx *nc);
bool nc37xx_msi_came(QNc37xx *nc, uint64_t to);
/* Has them written, and reads one; 64-bit counters as one number. */
uint64_t nc37xx_counter(QNc37xx *nc, unsigned counter);

/*
 * The peer.  Frames have no FCS.  nc37xx_wire_receive() waits, with a
 * deadline, and returns the size; nc37xx_wire_is_quiet() looks once, which
 * suffices for what a doorbell has already done.
 */
#define NC37XX_WIRE_MAX 65536
void nc37xx_wire_send(QNc37xx *nc, const void *frame, size_t size);
size_t nc37xx_wire_receive(QNc37xx *nc, uint8_t to[NC37XX_WIRE_MAX]);
bool nc37xx_wire_is_quiet(QNc37xx *nc);

/* A frame from the peer to the adapter, filled up with a pattern. */
void nc37xx_frame_fill(uint8_t *frame, size_t size, uint8_t seed);
/* The same on its way out. */
void nc37xx_frame_fill_out(uint8_t *frame, size_t size, uint8_t seed);

/* Sends a frame to the adapter, and checks that it is the next to come in. */
void nc37xx_expect_received(QNc37xx *nc, const uint8_t *frame, size_t size);
/* Sends a frame from the adapter, and checks that the peer gets it. */
void nc37xx_expect_sent(QNc37xx *nc, size_t size, uint8_t seed);

/* Resets the core, sets all up again, and checks a frame each way. */
void nc37xx_recover(QNc37xx *nc);

/* The netdev's cable. */
void nc37xx_set_link(QNc37xx *nc, bool up);

/* Once the guest shows life of its own again: one register still answers. */
void nc37xx_expect_alive(QNc37xx *nc);

/* Another machine with the same adapter, stopped before its first moment. */
QNc37xx *nc37xx_clone(QNc37xx *nc, const char *options);
void nc37xx_clone_free(QNc37xx *clone);

/* Waits until the migration has ended; did it do well? */
bool nc37xx_migration_done(QNc37xx *nc);

#endif
