/*
 * The channels: SMIF packets through queues in the host's memory.  The
 * registers and layouts are those of include/ncsim/ilo_channel.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_ILO_EV_CHANNEL_H
#define HW_ILO_EV_CHANNEL_H

#include "ncsim/ilo_channel.h"
#include "smif.h"

/* Entries that a queue may have, and polls for a buffer before giving up. */
#define ILO_CHANNEL_ENTRIES_MAX 256
#define ILO_CHANNEL_POLLS_MAX 1000

typedef struct IloChannelOps {
    /* All of @size bytes, or false. */
    bool (*dma_read)(void *opaque, uint64_t address, void *to, size_t size);
    bool (*dma_write)(void *opaque, uint64_t address, const void *from,
                      size_t size);
    void (*interrupt)(void *opaque, bool level);
    /* Calls ilo_channels_poll() in about 10 ms. */
    void (*poll_later)(void *opaque);
} IloChannelOps;

/* A queue as it was when its channel was opened. */
typedef struct IloQueue {
    uint64_t fifo, data;            /* addresses */
    uint32_t mask;                  /* entries - 1, a power of two less 1 */
    uint32_t limit;                 /* the last descriptor */
    uint32_t index;                 /* of the next entry, at most mask */
} IloQueue;

typedef struct IloChannel {
    uint8_t open;
    uint8_t waits;                  /* 1: for a buffer to receive in */
    IloQueue send, receive;
} IloChannel;

typedef struct IloChannels {
    IloSmif *smif;
    const IloChannelOps *ops;
    void *opaque;                   /* for @ops */
    IloListener listener;
    bool busy;                      /* a queue is being worked on */
    uint8_t irq;                    /* ILO_CHANNEL_IRQ */
    uint32_t out;                   /* ILO_CHANNEL_OUT */
    uint32_t polls;                 /* left for those who wait */
    IloChannel channel[ILO_CHANNELS];
    uint8_t memory[ILO_CHANNEL_MEMORY];
    uint8_t packet[ILO_PACKET_MAX];
    uint8_t reply[ILO_PACKET_MAX];
} IloChannels;

/* What it is given is not owned, and must outlive it. */
void ilo_channels_init(IloChannels *channels, IloSmif *smif,
                       const IloChannelOps *ops, void *opaque,
                       const IloListener *listener);

/* System reset: all is zero, and no interrupt. */
void ilo_channels_reset(IloChannels *channels);

/* iLO alone is reset: channels are closed, and the driver is told. */
void ilo_channels_restart(IloChannels *channels);

/* BAR 1; @size is 1, 2 or 4 bytes. */
uint32_t ilo_channels_read(IloChannels *channels, uint32_t offset,
                           unsigned size);
void ilo_channels_write(IloChannels *channels, uint32_t offset,
                        uint32_t value, unsigned size);

/* BAR 2; @size is 1 to 8 bytes, and all of them lie inside. */
uint64_t ilo_channels_load(const IloChannels *channels, uint32_t offset,
                           unsigned size);
void ilo_channels_store(IloChannels *channels, uint32_t offset,
                        uint64_t value, unsigned size);

/* BAR 3 is written: what the driver has queued is executed at once. */
void ilo_channels_doorbell(IloChannels *channels, uint32_t offset,
                           uint32_t value);

/* Has a driver given the buffers that channels wait for? */
void ilo_channels_poll(IloChannels *channels);

/* As after reset? */
bool ilo_channels_are_idle(const IloChannels *channels);

/* After a snapshot was loaded: are the numbers in range?  Polls go on. */
bool ilo_channels_resume(IloChannels *channels);

#endif
