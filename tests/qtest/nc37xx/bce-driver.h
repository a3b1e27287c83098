/*
 * What FreeBSD's bce and OpenBSD's bnx do to the adapter, step by step and in
 * their order, for tests: the drivers themselves cannot run here.
 *
 * The facts are those of FreeBSD's sys/dev/bce/if_bce.c and sys/dev/mii/
 * brgphy.c and OpenBSD's sys/dev/pci/if_bnx.c; the words are ours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TESTS_NC37XX_BCE_DRIVER_H
#define TESTS_NC37XX_BCE_DRIVER_H

#include "libnc37xx.h"

/* FreeBSD's defaults: pages of each ring, and bytes of a receive buffer. */
#define BCE_TX_PAGES 2
#define BCE_RX_PAGES 2
#define BCE_PG_PAGES 8
#define BCE_HEADER_BUFFER 160
#define BCE_CLUSTER 2048

typedef enum BceKind {
    BCE_FREEBSD,                /* pages for all that a header has no room */
    BCE_OPENBSD,                /* INTx only, a cluster for each frame */
} BceKind;

typedef struct BceRing {
    unsigned pages;
    uint64_t page[BCE_PG_PAGES];
    uint64_t buffers;           /* slot n's is at n * stride */
    uint32_t stride;
    uint32_t size;              /* of a buffer, as its descriptor says */
    uint16_t producer;
    uint16_t consumer;
    uint32_t sequence;          /* bytes announced, of rings with one */
} BceRing;

/* What brgphy makes of the transceiver. */
typedef struct BceMedia {
    bool valid;
    bool active;
    unsigned result;            /* bits 10:8 of the auxiliary status */
} BceMedia;

typedef struct Bce {
    QNc37xx *nc;
    BceKind kind;
    bool msi;
    uint64_t msi_at;            /* where messages go */
    uint32_t shared;            /* base of shared memory */
    uint16_t message;           /* number of the last one */
    uint8_t mac[6];
    uint32_t hc_command;
    uint16_t status_index;      /* the last that was seen */
    BceRing tx, rx, pg;
    bool fatal;                 /* an attention that resets everything */
    GQueue received;            /* of GBytes: frames without FCS */
    uint32_t received_status;   /* header of the last one */
    uint16_t received_ip_sum;
    uint16_t received_l4_sum;
    uint16_t received_tag;
} Bce;

/*
 * Finds the adapter, resets and initialises it, and judges the NVRAM; ends
 * with what the driver makes of that: false and it does not attach.
 */
bool bce_attach(Bce *bce, QNc37xx *nc, BceKind kind, bool msi);
void bce_detach(Bce *bce);

/* ifconfig up with this MTU, and down. */
void bce_open(Bce *bce, unsigned mtu);
void bce_stop(Bce *bce);

/* Is an interrupt there?  What the handler does; false if it was not ours. */
bool bce_interrupted(Bce *bce);
bool bce_interrupt(Bce *bce);

/* Serves interrupts until the next frame; the caller frees it. */
GBytes *bce_receive(Bce *bce);

/*
 * Queues a packet of @count fragments with these flags, tag and mss in every
 * descriptor, as the driver does, and rings the doorbell.
 */
void bce_send(Bce *bce, const uint8_t *packet, const size_t *fragments,
              unsigned count, uint16_t mss, uint32_t tag_flags);

/* brgphy: what it reads, and how it sets a mode; 0 negotiates. */
BceMedia bce_media(Bce *bce);
void bce_set_media(Bce *bce, uint16_t forced);

/* Indirect access by configuration cycles; @offset is in shared memory. */
uint32_t bce_indirect_read(Bce *bce, uint32_t address);
void bce_indirect_write(Bce *bce, uint32_t address, uint32_t value);
uint32_t bce_shared_read(Bce *bce, uint32_t offset);

/* Steps of bce_attach() and bce_open(): SHM_DRV_MSG_ codes, processors. */
void bce_sync(Bce *bce, uint32_t code);
void bce_chip_reset(Bce *bce, uint32_t code);
void bce_chip_init(Bce *bce);
void bce_cpu_halt(Bce *bce, unsigned cpu, bool halt);
void bce_cpus_load(Bce *bce);
void bce_interrupt_disable(Bce *bce);

#endif
