/*
 * HP NC37xx network adapter (Broadcom BCM5706/BCM5708): the chip.
 *
 * The core knows neither QEMU nor a clock, a socket or an allocator.  It asks
 * the world through Nc37xxOps and is driven through the functions below.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_H
#define HW_NC37XX_H

#include "qemu/osdep.h"
#include "hw/net/nc37xx_regs.h"
#include "bd-ring.h"
#include "events.h"
#include "fault.h"

/* The transceiver: what a driver finds behind MDIO. */
typedef enum Nc37xxMedia {
    NC37XX_COPPER,
    NC37XX_SERDES_5706,
    NC37XX_SERDES_5708,
} Nc37xxMedia;

/* What a board is connected to; some were made for more than one. */
typedef enum Nc37xxVariant {
    NC37XX_VARIANT_COPPER,
    NC37XX_VARIANT_SERDES,
    NC37XX_VARIANT_BACKPLANE,
    NC37XX_VARIANTS,
} Nc37xxVariant;

/* What one adapter type is, or one variant of it. */
typedef struct Nc37xxModel {
    const char *type;           /* QEMU's name of it */
    bool alternative;           /* another variant of the row before */
    bool port;                  /* one of those of a board with two */
    Nc37xxVariant variant;
    Nc37xxMedia media;
    const char *product;        /* name in the vital product data */
    const char *part_number;
    uint16_t device;
    uint16_t subsystem;
    uint8_t revision;           /* of configuration space */
    bool embedded;              /* on the system board */
    uint32_t misc_id;
    uint32_t shm_base;
    uint32_t phy_id;            /* registers 2 and 3 */
    uint32_t nvm_strap;
    uint32_t nvm_size;
    uint16_t nvm_page;
    uint8_t nvm_page_shift;     /* of the physical address; 0: linear */
    bool nvm_buffered;          /* writes need neither WREN nor erasure */
} Nc37xxModel;

/*
 * All of them; the last has no type.  The variants of a board follow each
 * other, the one that is meant when nothing is said comes first.
 */
extern const Nc37xxModel nc37xx_models[];

/* This variant of @board, the first row of its type; NULL if there is none. */
const Nc37xxModel *nc37xx_model_variant(const Nc37xxModel *board,
                                        Nc37xxVariant variant);

typedef enum Nc37xxTimer {
    NC37XX_TIMER_LINK,          /* the link comes up */
    NC37XX_TIMER_STATISTICS,    /* statistics are due */
    NC37XX_TIMER_TRANSMIT,      /* transmission goes on after its budget */
    NC37XX_TIMER_PAUSED,        /* the partner's pause is over */
    NC37XX_TIMER_XOFF,          /* ours has to be asked for again */
    NC37XX_TIMER_HELD,          /* a frame has been held back long enough */
    NC37XX_TIMERS,
} Nc37xxTimer;

/* A TCP packet that is longer than a frame, as whoever cuts it needs it. */
typedef struct Nc37xxLarge {
    size_t tcp;                 /* offset of the TCP header in the packet */
    size_t headers;             /* bytes before the data */
    uint16_t mss;               /* of data in each segment but the last */
} Nc37xxLarge;

/*
 * What the core asks of the world.  A DMA function returns false when an
 * address does not answer; nothing then may be assumed of the buffer.
 */
typedef struct Nc37xxOps {
    bool (*dma_read)(Nc37xx *nc, uint64_t address, void *to, size_t size);
    bool (*dma_write)(Nc37xx *nc, uint64_t address, const void *from,
                      size_t size);
    /* Sends a frame without FCS.  May call back into nc37xx_receive(). */
    void (*send)(Nc37xx *nc, const uint8_t *frame, size_t size);
    /*
     * Hands @packet over in one piece if whoever gets it takes it so: length
     * fields and IP checksum are right, the TCP checksum field holds the sum
     * of the pseudo header, and what is in @packet may be changed.  Returns
     * false when frames are wanted; the same packet then comes as those.
     */
    bool (*send_large)(Nc37xx *nc, uint8_t *packet, size_t size,
                       const Nc37xxLarge *large);
    /* A receive that was refused may be tried again. */
    void (*receive_ready)(Nc37xx *nc);
    bool (*msi_enabled)(Nc37xx *nc);
    void (*msi)(Nc37xx *nc);
    void (*intx)(Nc37xx *nc, bool level);
    /* Calls nc37xx_timer() once after this virtual time; 0 cancels. */
    void (*timer)(Nc37xx *nc, Nc37xxTimer timer, uint64_t microseconds);
    /* Virtual time in microseconds. */
    uint64_t (*now)(Nc37xx *nc);
    /* PCI configuration space but for NC37XX_PCICFG_FIRST..END. */
    uint32_t (*config_read)(Nc37xx *nc, uint32_t offset, unsigned size);
    void (*config_write)(Nc37xx *nc, uint32_t offset, uint32_t value,
                         unsigned size);
    /*
     * Keeps @size bytes of nc->nvram from @offset.  Returns false when that
     * is not possible: then nc->nvram is there what was kept before.
     */
    bool (*nvm_store)(Nc37xx *nc, uint32_t offset, uint32_t size);
    /* The boot code has run: nc37xx_station_address() may be a new one. */
    void (*restarted)(Nc37xx *nc);
    void (*event)(Nc37xx *nc, Nc37xxEvent event, uint64_t a, uint64_t b);
} Nc37xxOps;

/* Longest packet for transmission: an IP datagram to be segmented. */
#define NC37XX_PACKET_MAX (65535 + 18)
/* One frame, with room for a VLAN tag. */
#define NC37XX_FRAME_BUFFER (NC37XX_FRAME_MAX + 4)

#define NC37XX_REGS (NC37XX_BAR_REGS_END / 4)
#define NC37XX_SCRATCH_WORDS ((CPU_SCRATCH_END - CPU_SCRATCH) / 4)
#define NC37XX_CPU_REG_WORDS ((CPU_REGS_END - CPU_REGS) / 4)
#define NC37XX_RBUF_WORDS ((NC37XX_RBUF_END - NC37XX_RBUF_FIRST) / 4)
#define NC37XX_NVRAM_MAX NVM_AT45DB021B_SIZE
#define NC37XX_SHADOWS 32
#define NC37XX_AUX_SHADOWS 8
#define NC37XX_PHY_EXPANSIONS 16
#define NC37XX_PHY_BLOCKS 8

typedef struct Nc37xxCpu {
    uint32_t regs[NC37XX_CPU_REG_WORDS];
    uint32_t scratch[NC37XX_SCRATCH_WORDS];
} Nc37xxCpu;

typedef enum LinkState {
    LINK_DOWN,
    LINK_NEGOTIATING,           /* until NC37XX_TIMER_LINK */
    LINK_HELD,                  /* until the driver acknowledges a loss: C2 */
    LINK_UP,
    LINK_SETTLING,              /* it has, and reads the PHY */
    LINK_STATES,
} LinkState;

/* Numbered as PHY_AUX_STATUS reports them. */
typedef enum LinkMode {
    LINK_MODE_NONE = 0,
    LINK_MODE_10_HALF = 1,
    LINK_MODE_10_FULL = 2,
    LINK_MODE_100_HALF = 3,
    LINK_MODE_RESERVED = 4,     /* 100BASE-T4 */
    LINK_MODE_100_FULL = 5,
    LINK_MODE_1000_HALF = 6,
    LINK_MODE_1000_FULL = 7,
    LINK_MODE_2500_FULL = 8,    /* serdes; in no register of that name */
    LINK_MODES,
} LinkMode;

/* What is at the other end of the cable. */
typedef struct Nc37xxPartner {
    uint16_t speed;             /* its fastest: 10, 100, 1000, 2500 Mbit/s */
    bool half_duplex;           /* it can do nothing else */
    bool forced;                /* to that speed: it does not negotiate */
    bool pause;                 /* what it says of pause frames when it does */
    bool asym_pause;
} Nc37xxPartner;

typedef struct Nc37xxPhy {
    uint16_t regs[PHY_REGS];
    uint16_t aux[NC37XX_AUX_SHADOWS];
    uint16_t shadow[NC37XX_SHADOWS];
    uint16_t expansion[NC37XX_PHY_EXPANSIONS];              /* 5706S */
    uint16_t blocks[NC37XX_PHY_BLOCKS][PHY_5708S_BANKED_END -
                                       PHY_5708S_BANKED];   /* 5708S */
    uint8_t link;               /* LinkState */
    uint8_t mode;               /* LinkMode, while the link is up */
    bool link_lost;             /* latched for BMSR */
} Nc37xxPhy;

struct Nc37xx {
    const Nc37xxOps *ops;       /* &between while faults can strike there */
    const Nc37xxOps *world;     /* the owner's */
    Nc37xxOps between;
    const Nc37xxModel *model;
    uint64_t autoneg_us;        /* how long negotiation takes */
    Nc37xxPartner partner;
    bool vaux;                  /* there is power when the computer sleeps */
    bool carrier;               /* the network backend is connected */

    /* Registers, of configuration space 68..97 too. */
    uint32_t regs[NC37XX_REGS];
    uint32_t rbuf[NC37XX_RBUF_WORDS];
    Nc37xxCpu cpus[NC37XX_CPUS];
    uint32_t context[NC37XX_CONTEXT_MEMORY / 4];

    /* Host coalescing */
    uint32_t attention;
    uint32_t attention_ack;
    uint16_t status_index;
    uint16_t status_acked;
    bool status_armed;
    bool statistics_armed;
    bool interrupt_masked;
    bool interrupt_quiet;       /* the last post asked for no interrupt */
    uint8_t interrupt_forced;   /* HC_FORCE_INT_, NULL when free */
    bool intx_level;
    bool msi_sent;
    uint64_t counters[STATISTICS_SIZE / 4];     /* by offset / 4 */

    BdRing tx;
    BdRing rx;
    BdRing rx_pages;
    bool rx_refused;
    uint16_t rx_depth;          /* most buffers the driver had posted */
    bool paused;                /* by the partner, until TIMER_PAUSED */
    bool partner_paused;        /* by us */
    bool transmitting;

    Nc37xxPhy phy;

    uint8_t nvram[NC37XX_NVRAM_MAX];
    bool nvm_writable;          /* WREN was given */
    uint32_t nvm_buffer_first;  /* written, but not yet stored */
    uint32_t nvm_buffer_end;

    Nc37xxFaultSet faults;

    /* Work space: holds nothing between two calls. */
    uint8_t packet[NC37XX_PACKET_MAX + 4];
    uint8_t segment[NC37XX_FRAME_BUFFER];
    uint8_t frame[NC37XX_FRAME_BUFFER];
};

/*
 * Power up: everything but nvram, autoneg_us, vaux and carrier, which the
 * caller fills before the first nc37xx_pci_reset().  The partner is one that
 * can do 1000 Mbit/s and what is slower, and pauses; the caller may change it.
 * Faults may be set from here on.
 */
void nc37xx_init(Nc37xx *nc, const Nc37xxOps *ops, const Nc37xxModel *model);

/* Reset of the PCI function: only the NVRAM survives. */
void nc37xx_pci_reset(Nc37xx *nc);

/*
 * The same when the computer wakes up: with auxiliary power the link, what
 * the EMAC knows of wake on LAN and the scratch pad survive too.
 */
void nc37xx_wake_reset(Nc37xx *nc);

/* BAR 0.  @size is 1, 2 or 4; @offset aligned to it. */
uint32_t nc37xx_read(Nc37xx *nc, uint32_t offset, unsigned size);
void nc37xx_write(Nc37xx *nc, uint32_t offset, uint32_t value, unsigned size);

/* Configuration space from NC37XX_PCICFG_FIRST to NC37XX_PCICFG_END - 1. */
uint32_t nc37xx_pcicfg_read(Nc37xx *nc, uint32_t offset, unsigned size);
void nc37xx_pcicfg_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                         unsigned size);

/* Vital product data; @address is a multiple of 4. */
uint32_t nc37xx_vpd_read(Nc37xx *nc, uint16_t address);
void nc37xx_vpd_write(Nc37xx *nc, uint16_t address, uint32_t value);

/* Stores what the guest has written to the NVRAM without ending it. */
void nc37xx_nvm_flush(Nc37xx *nc);

/*
 * The address that the boot code tells drivers.  Returns false, with @mac as
 * it was, when it does not know one.
 */
bool nc37xx_station_address(Nc37xx *nc, uint8_t mac[6]);

/* Would nc37xx_receive() take a frame?  If not, receive_ready() will say. */
bool nc37xx_can_receive(Nc37xx *nc);

/*
 * A frame without FCS from the network, of any size.  Returns false when
 * there is no buffer for it: the caller keeps it until receive_ready().
 */
bool nc37xx_receive(Nc37xx *nc, const uint8_t *frame, size_t size);

/* Is a magic packet to be listened for? */
bool nc37xx_wol_armed(const Nc37xx *nc);

/*
 * A frame as of nc37xx_receive(), while the function sleeps.  Returns whether
 * it is one to wake up for.
 */
bool nc37xx_wake(Nc37xx *nc, const uint8_t *frame, size_t size);

/* Sends what the driver has queued, within a budget. */
void nc37xx_transmit(Nc37xx *nc);

/* The backend was connected or disconnected. */
void nc37xx_set_carrier(Nc37xx *nc, bool carrier);

/* A timer has run out. */
void nc37xx_timer(Nc37xx *nc, Nc37xxTimer timer);

/* MSI was switched on or off: raise what is pending the new way. */
void nc37xx_interrupt_update(Nc37xx *nc);

/*
 * The state was loaded from a stream.  Returns false if a value in it is one
 * the chip cannot have.
 */
bool nc37xx_loaded(Nc37xx *nc);

#endif
