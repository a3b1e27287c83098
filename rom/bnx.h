/*
 * Driver of the BCM5706 and BCM5708 Gigabit Ethernet controllers: layer 2,
 * polled, no interrupts.  Waiting for frames reads the status block in
 * memory, never a register.
 *
 * One page each for the receive and the transmit ring.  Received frames stay
 * in the driver's buffers, lent to the caller until bnx_return(); frames to
 * send are built in the driver's own.
 *
 * docs/specs/nc37xx.rst describes the chip; the firmware of its processors is
 * expected to run.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_BNX_H
#define ROM_BNX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bnx-ring.h"
#include "error.h"
#include "pci.h"

#define BNX_RX_BUFFERS 48
#define BNX_TX_BUFFERS 16

/* Header of the chip and two bytes, 1514 bytes of frame, FCS. */
#define BNX_BUFFER_SIZE 1536
#define BNX_FRAME_MAX 1514

#define BNX_CHIP_5706 0x5706
#define BNX_CHIP_5708 0x5708

struct bnx_link {
    bool up;
    uint16_t speed;                     /* Mb/s */
    bool full_duplex;
};

#define BNX_HASH_WORDS 8

/* Which frames are received at all. */
struct bnx_filter {
    bool directed;                      /* to its own address */
    bool broadcast;
    bool promiscuous;
    bool multicast;                     /* those of the hash */
    uint32_t hash[BNX_HASH_WORDS];
};

/* What the chip reads and writes; never given back. */
struct bnx_memory {
    uint8_t *status;                    /* status and statistics block */
    uint8_t *rx_ring;
    uint8_t *tx_ring;
    uint8_t *rx_buffers;
    uint8_t *tx_buffers;
};

struct bnx {
    /* What it is: valid after bnx_attach(). */
    pci_bdf bdf;
    uint8_t *registers;                 /* BAR 0 */
    uint32_t shared_memory;             /* GRC address */
    uint16_t chip;                      /* BNX_CHIP_* */
    bool serdes;
    uint8_t burned_in_mac[6];

    /* How it is set up: valid between bnx_start() and bnx_stop(). */
    uint8_t mac[6];
    uint16_t vlan;                      /* 0: untagged */
    struct bnx_link link;
    uint32_t link_looked;               /* clock_ms() of the last look */
    uint16_t message;                   /* sequence number to the boot code */

    struct bnx_memory memory;

    /* Ring indices, free-running. */
    uint16_t rx_producer;
    uint16_t rx_told;                   /* producer that the chip knows */
    uint16_t rx_consumer;
    uint32_t rx_sequence;               /* bytes offered */
    uint8_t rx_slot[BNX_RING_SLOTS];    /* buffer behind each descriptor */
    uint16_t tx_producer;
    uint16_t tx_consumer;
    uint32_t tx_sequence;               /* bytes sent */
    uint8_t tx_next;                    /* buffer that is filled next */
    uint8_t tx_busy;                    /* buffers that the chip has */
};

/* A received frame: without FCS and VLAN tag. */
struct bnx_frame {
    uint8_t *data;                      /* 2 bytes behind a multiple of 4 */
    uint16_t length;
    uint8_t buffer;                     /* for bnx_return() */
    bool tcp_verified;                  /* a TCP segment, checksum good */
};

/*
 * Finds the chip of the function at @bdf and its shared memory, and takes the
 * memory for rings and buffers, which all adapters share: of all struct bnx at
 * most one is between bnx_start() and bnx_stop().  The chip's state is not
 * changed beyond PCI decoding.
 * Returns ROM_OK, ROM_NO_ADAPTER, ROM_ADAPTER_FIRMWARE or ROM_ADAPTER_MEMORY;
 * @failure has the detail.
 */
enum rom_error bnx_attach(struct bnx *nic, pci_bdf bdf,
                          struct rom_failure *failure);

/* How an attached adapter is to behave at boot: SHM_MBA_* of nc37xx_regs.h. */
uint32_t bnx_read_mba_config(const struct bnx *nic);

/*
 * Resets and initialises the chip, to receive unicast frames to @mac and
 * broadcasts on VLAN @vlan (0: untagged).  Errors as above.
 */
enum rom_error bnx_start(struct bnx *nic, const uint8_t mac[6], uint16_t vlan,
                         struct rom_failure *failure);

/*
 * Receives what @filter lets through from now on, "directed" meaning frames
 * to nic->mac.  All false: nothing is received.
 */
void bnx_set_filter(struct bnx *nic, const struct bnx_filter *filter);

/* Adds the group @mac to the hash of @filter; others may share its bit. */
void bnx_filter_add_group(struct bnx_filter *filter, const uint8_t mac[6]);

/* Resets the chip: no DMA and no frame afterwards.  Any state is fine. */
void bnx_stop(struct bnx *nic);

/*
 * Looks at the link and, when it has changed, sets the MAC up for its speed.
 * Costs a look at the status block while the link stays up.
 */
bool bnx_link_poll(struct bnx *nic);

/*
 * Takes the next received frame; false: none waits.  Damaged frames and those
 * of other VLANs are given back to the chip on the way, at most one ring of
 * them a call.
 */
bool bnx_receive(struct bnx *nic, struct bnx_frame *frame);

/* Gives a buffer back; the chip learns of it with bnx_flush(). */
void bnx_return(struct bnx *nic, unsigned buffer);
void bnx_flush(struct bnx *nic);

/*
 * A buffer of BNX_FRAME_MAX bytes for the next frame to send, NULL while the
 * chip has them all.  bnx_send() sends its first @length bytes (14 or more),
 * padded to the shortest legal frame, with the VLAN tag.
 */
uint8_t *bnx_send_buffer(struct bnx *nic);
void bnx_send(struct bnx *nic, size_t length);

/* Whether bnx_receive() would look at a frame. */
bool bnx_frame_waits(const struct bnx *nic);

/* Frames given to bnx_send() that the chip still has. */
unsigned bnx_sending(struct bnx *nic);

/* Received frames that the chip has dropped since bnx_start(), and why. */
struct bnx_drops {
    uint32_t crc;                       /* damaged */
    uint32_t resources;                 /* no buffer */
};

void bnx_read_drops(struct bnx *nic, struct bnx_drops *drops);

/*
 * Copies @length bytes (a multiple of 4) from @words into chip memory at
 * @address (GRC space), and writes one word of shared memory.
 */
void bnx_write_memory(struct bnx *nic, uint32_t address, const void *words,
                      size_t length);
void bnx_write_shared(struct bnx *nic, uint32_t offset, uint32_t value);

#endif
