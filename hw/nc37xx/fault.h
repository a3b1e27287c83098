/*
 * Faults that can be injected: what goes wrong, when, and how often it did.
 *
 * A fault strikes at opportunities of its kind: a frame, a DMA, a message.
 * Two settings say at which: so many of a million, by a generator that is
 * seeded and needs no other state than the number of the opportunity, and
 * the n-th from when it was set.
 *
 * Faults of the bus, the wire and the interrupt lie between the core and its
 * Nc37xxOps: while none is set the core calls its owner directly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_FAULT_H
#define HW_NC37XX_FAULT_H

#include "qemu/osdep.h"
#include "hw/net/nc37xx_regs.h"
#include "bd-ring.h"
#include "events.h"

/* Of a million opportunities. */
#define NC37XX_FAULT_ALWAYS 1000000

/*
 * X(ID, event without fault_, name, opportunity, what happens,
 *   statistics counter without STAT_ that shows it, or none)
 */
#define NC37XX_FAULTS(X)                                                     \
    X(RX_DROP, rx_drop, "rx-drop", "frames that arrive",                     \
      "the frame is lost", none)                                             \
    X(RX_DUPLICATE, rx_duplicate, "rx-duplicate", "frames that arrive",      \
      "the frame arrives twice", none)                                       \
    X(RX_CORRUPT, rx_corrupt, "rx-corrupt", "frames that arrive",            \
      "a bit of the frame is wrong, so its FCS is bad", FCS_ERRORS)          \
    X(RX_DELAY, rx_delay, "rx-delay", "frames that arrive",                  \
      "the frame arrives fault-delay-us later", none)                        \
    X(RX_REORDER, rx_reorder, "rx-reorder", "frames that arrive",            \
      "the frame arrives behind the next one, or fault-delay-us later",      \
      none)                                                                  \
    X(TX_DROP, tx_drop, "tx-drop", "frames that are sent",                   \
      "the frame is lost", none)                                             \
    X(TX_DUPLICATE, tx_duplicate, "tx-duplicate", "frames that are sent",    \
      "the frame is sent twice", none)                                       \
    X(TX_CORRUPT, tx_corrupt, "tx-corrupt", "frames that are sent",          \
      "a bit of the frame is wrong", none)                                   \
    X(TX_DELAY, tx_delay, "tx-delay", "frames that are sent",                \
      "the frame is sent fault-delay-us later", none)                        \
    X(TX_REORDER, tx_reorder, "tx-reorder", "frames that are sent",          \
      "the frame is sent behind the next one, or fault-delay-us later",      \
      none)                                                                  \
    X(DMA_READ, dma_read, "dma-read", "reads of host memory",                \
      "the read fails: a packet is not sent, or a ring stops",               \
      TX_MAC_ERRORS)                                                         \
    X(DMA_WRITE, dma_write, "dma-write", "writes to host memory",            \
      "the write fails: a frame is lost and its ring stops, or a status or " \
      "statistics block is missing", IN_MBUF_DISCARDS)                       \
    X(MSI_LOST, msi_lost, "msi-lost", "message-signalled interrupts",        \
      "the message is not sent", none)                                       \
    X(INTX_LOST, intx_lost, "intx-lost", "assertions of the interrupt pin",  \
      "the pin stays released", none)                                        \
    X(INTX_STUCK, intx_stuck, "intx-stuck", "releases of the interrupt pin", \
      "the pin stays asserted", none)                                        \
    X(NVRAM_BIT, nvram_bit, "nvram-bit", "words read from the NVRAM",        \
      "a bit of what is read is wrong", none)                                \
    X(FW_SILENT, fw_silent, "fw-silent", "messages to the boot code",        \
      "the message is neither acted upon nor acknowledged", none)            \
    X(FW_FAIL, fw_fail, "fw-fail", "messages to the boot code",              \
      "the message is acknowledged as failed", none)

#define NC37XX_FAULT_ENUM(id, event, name, opportunity, what, counter)       \
    NC37XX_FAULT_##id,
typedef enum Nc37xxFault {
    NC37XX_FAULTS(NC37XX_FAULT_ENUM)
    NC37XX_FAULT_COUNT,
} Nc37xxFault;
#undef NC37XX_FAULT_ENUM

/* X(ID, name, what it is, least, most, as it is when not set) */
#define NC37XX_FAULT_PARAMETERS(X)                                           \
    X(SEED, "seed", "seed of the generator; setting it begins all sequences "\
      "anew", 0, UINT64_MAX, 0)                                              \
    X(DELAY_US, "delay-us", "microseconds for which a frame is held back",   \
      1, 10000000, 1000)                                                     \
    X(NVRAM_OFFSET, "nvram-offset", "byte offset of the only word that "     \
      "nvram-bit strikes, 4294967295 for any", 0, UINT32_MAX, UINT32_MAX)
#define NC37XX_FAULT_NVRAM_ANY UINT32_MAX

#define NC37XX_FAULT_PARAMETER_ENUM(id, name, what, least, most, preset)     \
    NC37XX_FAULT_##id,
typedef enum Nc37xxFaultParameter {
    NC37XX_FAULT_PARAMETERS(NC37XX_FAULT_PARAMETER_ENUM)
    NC37XX_FAULT_PARAMETER_COUNT,
} Nc37xxFaultParameter;
#undef NC37XX_FAULT_PARAMETER_ENUM

/* The catalogue, for people. */
typedef struct Nc37xxFaultRow {
    const char *name;
    const char *opportunity;
    const char *what;
    const char *counter;        /* of the statistics, "none" if none shows it */
    uint16_t counter_offset;    /* STATISTICS_SIZE if none */
    const char *event_name;
    Nc37xxEvent event;
} Nc37xxFaultRow;

typedef struct Nc37xxFaultParameterRow {
    const char *name;
    const char *what;
    uint64_t least, most, preset;
} Nc37xxFaultParameterRow;

extern const Nc37xxFaultRow nc37xx_fault_rows[NC37XX_FAULT_COUNT];
extern const Nc37xxFaultParameterRow
nc37xx_fault_parameter_rows[NC37XX_FAULT_PARAMETER_COUNT];

/*
 * Frames that can be held back at one time; more pass.  A gigabit brings 80
 * large frames in a millisecond: one in ten of them delayed by two fits.
 */
#define NC37XX_HELD_FRAMES 16

typedef enum HeldState {
    HELD_FREE,
    HELD_WAITING,
    HELD_GOING,                 /* being delivered: not between two calls */
} HeldState;

typedef struct Nc37xxHeld {
    uint64_t due;               /* ops->now() */
    uint64_t order;
    uint16_t size;
    uint8_t state;              /* HeldState */
    bool transmit;
    bool behind_next;           /* goes when the next frame has passed */
    bool bad_fcs;
    uint8_t frame[NC37XX_FRAME_MAX];
} Nc37xxHeld;

typedef struct Nc37xxFaultState {
    uint32_t ppm;               /* of a million opportunities */
    uint32_t at;                /* the n-th from now; 0: none */
    uint64_t seen;              /* opportunities that were judged */
    uint64_t injected;
} Nc37xxFaultState;

typedef struct Nc37xxFaultSet {
    uint32_t active;            /* what can strike: bits FAULT_BIT() */
    Nc37xxFaultState faults[NC37XX_FAULT_COUNT];
    uint64_t parameters[NC37XX_FAULT_PARAMETER_COUNT];
    bool pin_stuck;             /* asserted although it was released */
    uint64_t order;             /* of the next frame that is held */
    Nc37xxHeld held[NC37XX_HELD_FRAMES];
} Nc37xxFaultSet;

/* Settings.  False if the value is out of range; nothing is changed then. */
bool nc37xx_fault_set_ppm(Nc37xx *nc, Nc37xxFault fault, uint64_t ppm);
bool nc37xx_fault_set_at(Nc37xx *nc, Nc37xxFault fault, uint64_t at);
bool nc37xx_fault_set_parameter(Nc37xx *nc, Nc37xxFaultParameter parameter,
                                uint64_t value);

/* Between the files of the core */

#define FAULT_BIT(id) (1u << NC37XX_FAULT_##id)
#define FAULT_HELD_RX (1u << 30)
#define FAULT_HELD_TX (1u << 31)
#define FAULTS_RX                                                            \
    (FAULT_BIT(RX_DROP) | FAULT_BIT(RX_DUPLICATE) | FAULT_BIT(RX_CORRUPT) |  \
     FAULT_BIT(RX_DELAY) | FAULT_BIT(RX_REORDER) | FAULT_HELD_RX)
#define FAULTS_TX                                                            \
    (FAULT_BIT(TX_DROP) | FAULT_BIT(TX_DUPLICATE) | FAULT_BIT(TX_CORRUPT) |  \
     FAULT_BIT(TX_DELAY) | FAULT_BIT(TX_REORDER) | FAULT_HELD_TX)

/* fault.c: power up, without a fault; nc->world is there. */
void nc37xx_faults_init(Nc37xx *nc);
/* Reset of the PCI function: settings stay, the wire is empty. */
void nc37xx_faults_reset(Nc37xx *nc);
/* Is what was loaded possible?  Works out what follows from it. */
bool nc37xx_faults_loaded(Nc37xx *nc);
/* Settings or frames held back have changed. */
void nc37xx_faults_update(Nc37xx *nc);
/*
 * An opportunity for @fault: does it strike?  @random, unless NULL, is for
 * what else chance decides.  Whoever then does it reports it.
 */
bool nc37xx_fault_strikes(Nc37xx *nc, Nc37xxFault fault, uint32_t *random);
void nc37xx_fault_report(Nc37xx *nc, Nc37xxFault fault, uint64_t a,
                         uint64_t b);
/* What the driver reads of the NVRAM's word at @offset. */
uint32_t nc37xx_fault_nvram(Nc37xx *nc, uint32_t offset, uint32_t word);

/* fault-frame.c: frames on the wire, with what befalls them there. */
void nc37xx_fault_send(Nc37xx *nc, const uint8_t *frame, size_t size);
bool nc37xx_fault_receive(Nc37xx *nc, const uint8_t *frame, size_t size);
/* NC37XX_TIMER_HELD has run out. */
void nc37xx_fault_release(Nc37xx *nc);

#endif
