/*
 * Fault injection: what befalls frames on the wire.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

/* The faults of each direction, in one order. */
enum { DROP, DUPLICATE, CORRUPT, DELAY, REORDER };

QEMU_BUILD_BUG_ON(NC37XX_FAULT_RX_REORDER - NC37XX_FAULT_RX_DROP != REORDER);
QEMU_BUILD_BUG_ON(NC37XX_FAULT_TX_REORDER - NC37XX_FAULT_TX_DROP != REORDER);

typedef struct Way {
    bool transmit;
    unsigned first;             /* fault */
} Way;

static const Way rx = { false, NC37XX_FAULT_RX_DROP };
static const Way tx = { true, NC37XX_FAULT_TX_DROP };

typedef enum Fate {
    FRAME_PASSES,
    FRAME_PASSES_TWICE,
    FRAME_GONE,                 /* lost, held, or delivered changed */
} Fate;

/* Calls the timer for the frame that is due first. */
static void timer_update(Nc37xx *nc)
{
    uint64_t now = nc->ops->now(nc);
    uint64_t wait = 0;
    unsigned i;

    for (i = 0; i < NC37XX_HELD_FRAMES; i++) {
        const Nc37xxHeld *held = &nc->faults.held[i];
        uint64_t its = held->due > now ? held->due - now : 1;

        if (held->state == HELD_WAITING && (!wait || its < wait)) {
            wait = its;
        }
    }
    nc->ops->timer(nc, NC37XX_TIMER_HELD, wait);
    nc37xx_faults_update(nc);
}

static Nc37xxHeld *held_free(Nc37xx *nc)
{
    unsigned i;

    for (i = 0; i < NC37XX_HELD_FRAMES; i++) {
        if (nc->faults.held[i].state == HELD_FREE) {
            return &nc->faults.held[i];
        }
    }
    return NULL;
}

/* A copy of @frame, or NULL when there is no room for it. */
static Nc37xxHeld *frame_hold(Nc37xx *nc, const Way *way,
                              const uint8_t *frame, size_t size)
{
    bool fits = size && size <= NC37XX_FRAME_MAX;
    Nc37xxHeld *held = fits ? held_free(nc) : NULL;

    if (!held) {
        EVENT(nc, fault_no_room, size, way->transmit);
        return NULL;
    }
    held->state = HELD_GOING;
    held->order = nc->faults.order++;
    held->transmit = way->transmit;
    held->behind_next = false;
    held->bad_fcs = false;
    held->due = 0;
    held->size = size;
    memcpy(held->frame, frame, size);
    return held;
}

/*
 * A frame that cannot wait at the peer: without a buffer it is lost.  What
 * does wait there still does.
 */
static void copy_receive(Nc37xx *nc, const uint8_t *frame, size_t size,
                         bool bad_fcs)
{
    bool refused = nc->rx_refused;

    if (!nc37xx_receive_frame(nc, frame, size, bad_fcs)) {
        nc37xx_count(nc, STAT_IN_MBUF_DISCARDS, 1);
    }
    nc->rx_refused |= refused;
}

static void frame_deliver(Nc37xx *nc, Nc37xxHeld *held)
{
    held->state = HELD_GOING;
    if (held->transmit) {
        nc->world->send(nc, held->frame, held->size);
    } else {
        copy_receive(nc, held->frame, held->size, held->bad_fcs);
    }
    held->state = HELD_FREE;
}

/* Is it due at @now, or did it only wait for another? */
static bool held_ready(const Nc37xxHeld *held, uint64_t now,
                       const Way *passed)
{
    return held->state == HELD_WAITING &&
           (held->due <= now || (passed && held->behind_next &&
                                 held->transmit == passed->transmit));
}

/* The oldest frame that is ready. */
static Nc37xxHeld *held_next(Nc37xx *nc, uint64_t now, const Way *passed,
                             uint64_t before)
{
    Nc37xxHeld *next = NULL;
    unsigned i;

    for (i = 0; i < NC37XX_HELD_FRAMES; i++) {
        Nc37xxHeld *held = &nc->faults.held[i];

        if (held_ready(held, now, passed) && held->order < before &&
            (!next || held->order < next->order)) {
            next = held;
        }
    }
    return next;
}

/* What a peer sends from inside the delivery is for the next time. */
static void held_release(Nc37xx *nc, uint64_t now, const Way *passed)
{
    uint64_t before = nc->faults.order;
    Nc37xxHeld *held;

    while ((held = held_next(nc, now, passed, before))) {
        EVENT(nc, fault_release, held->size, held->transmit);
        frame_deliver(nc, held);
    }
    timer_update(nc);
}

static void frame_passed(Nc37xx *nc, const Way *way)
{
    if (nc->faults.active & (way->transmit ? FAULT_HELD_TX : FAULT_HELD_RX)) {
        held_release(nc, 0, way);
    }
}

void nc37xx_fault_release(Nc37xx *nc)
{
    held_release(nc, nc->ops->now(nc), NULL);
}

static void frame_corrupt(Nc37xx *nc, const Way *way, Nc37xxHeld *held,
                          uint32_t random)
{
    uint32_t bit = random % (held->size * 8u);

    held->frame[bit / 8] ^= 1u << bit % 8;
    held->bad_fcs = true;
    nc37xx_fault_report(nc, way->first + CORRUPT, held->size, bit);
}

static void frame_delay(Nc37xx *nc, const Way *way, Nc37xxHeld *held,
                        bool behind_next)
{
    uint64_t delay = nc->faults.parameters[NC37XX_FAULT_DELAY_US];

    held->state = HELD_WAITING;
    held->due = nc->ops->now(nc) + delay;
    held->behind_next = behind_next;
    nc37xx_fault_report(nc, way->first + (behind_next ? REORDER : DELAY),
                        held->size, delay);
    timer_update(nc);
}

/* A frame is judged by all the faults there are, so that each goes its way. */
static Fate frame_fate(Nc37xx *nc, const Way *way, const uint8_t *frame,
                       size_t size)
{
    uint32_t random;
    bool drop = nc37xx_fault_strikes(nc, way->first + DROP, NULL);
    bool twice = nc37xx_fault_strikes(nc, way->first + DUPLICATE, NULL);
    bool corrupt = nc37xx_fault_strikes(nc, way->first + CORRUPT, &random);
    bool delay = nc37xx_fault_strikes(nc, way->first + DELAY, NULL);
    bool reorder = nc37xx_fault_strikes(nc, way->first + REORDER, NULL);
    Nc37xxHeld *held;

    if (drop) {
        nc37xx_fault_report(nc, way->first + DROP, size, 0);
        return FRAME_GONE;
    }
    if (twice) {
        nc37xx_fault_report(nc, way->first + DUPLICATE, size, 0);
    }
    if (!corrupt && !delay && !reorder) {
        return twice ? FRAME_PASSES_TWICE : FRAME_PASSES;
    }
    held = frame_hold(nc, way, frame, size);
    if (!held) {
        return twice ? FRAME_PASSES_TWICE : FRAME_PASSES;
    }
    if (corrupt) {
        frame_corrupt(nc, way, held, random);
    }
    if (delay || reorder) {
        frame_delay(nc, way, held, reorder);
    } else {
        frame_deliver(nc, held);
    }
    /* Of two, only one is struck. */
    return twice ? FRAME_PASSES : FRAME_GONE;
}

void nc37xx_fault_send(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    switch (frame_fate(nc, &tx, frame, size)) {
    case FRAME_GONE:
        return;
    case FRAME_PASSES_TWICE:
        nc->world->send(nc, frame, size);
        break;
    case FRAME_PASSES:
        break;
    }
    nc->world->send(nc, frame, size);
    frame_passed(nc, &tx);
}

/*
 * While there is no buffer the peer keeps the frame: its fate is decided
 * when it comes.
 */
bool nc37xx_fault_receive(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    Fate fate;

    if (!nc37xx_can_receive(nc)) {
        nc37xx_pause_partner(nc);
        return false;
    }
    fate = frame_fate(nc, &rx, frame, size);
    if (fate == FRAME_GONE) {
        return true;
    }
    if (!nc37xx_receive_frame(nc, frame, size, false)) {
        return false;
    }
    if (fate == FRAME_PASSES_TWICE) {
        copy_receive(nc, frame, size, false);
    }
    frame_passed(nc, &rx);
    return true;
}
