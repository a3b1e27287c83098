/*
 * Fault injection: the catalogue, who is struck when, and what lies between
 * the core and the world while something can be struck there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

QEMU_BUILD_BUG_ON(NC37XX_FAULT_COUNT > 30);

/* Faults between the core and its Nc37xxOps. */
#define FAULTS_OPS                                                           \
    (FAULTS_TX | FAULT_BIT(DMA_READ) | FAULT_BIT(DMA_WRITE) |                \
     FAULT_BIT(MSI_LOST) | FAULT_BIT(INTX_LOST) | FAULT_BIT(INTX_STUCK))

enum { STAT_none = STATISTICS_SIZE };

#define FAULT_ROW(id, event_, name_, opportunity_, what_, counter_)          \
    [NC37XX_FAULT_##id] = {                                                  \
        .name = name_, .opportunity = opportunity_, .what = what_,           \
        .counter = #counter_, .counter_offset = STAT_##counter_,             \
        .event_name = "fault_" #event_,                                      \
        .event = NC37XX_EVENT_fault_##event_,                                \
    },
const Nc37xxFaultRow nc37xx_fault_rows[NC37XX_FAULT_COUNT] = {
    NC37XX_FAULTS(FAULT_ROW)
};

#define PARAMETER_ROW(id, name_, what_, least_, most_, preset_)              \
    [NC37XX_FAULT_##id] = {                                                  \
        .name = name_, .what = what_, .least = least_, .most = most_,        \
        .preset = preset_,                                                   \
    },
const Nc37xxFaultParameterRow
nc37xx_fault_parameter_rows[NC37XX_FAULT_PARAMETER_COUNT] = {
    NC37XX_FAULT_PARAMETERS(PARAMETER_ROW)
};

/* SplitMix64 (Steele, Lea and Flood 2014): its step and its finalizer. */
#define GOLDEN_GAMMA 0x9e3779b97f4a7c15ull

static uint64_t mixed(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/*
 * The number that belongs to one opportunity: what happens to the n-th frame
 * does not depend on how many other things happened meanwhile.
 */
static uint64_t random_number(const Nc37xxFaultSet *set, Nc37xxFault fault)
{
    uint64_t stream = set->parameters[NC37XX_FAULT_SEED] +
                      (fault + 1) * GOLDEN_GAMMA;

    return mixed(mixed(stream) + set->faults[fault].seen * GOLDEN_GAMMA);
}

bool nc37xx_fault_strikes(Nc37xx *nc, Nc37xxFault fault, uint32_t *random)
{
    Nc37xxFaultState *state = &nc->faults.faults[fault];
    uint64_t number;
    bool strikes;

    if (!(nc->faults.active & 1u << fault)) {
        return false;
    }
    number = random_number(&nc->faults, fault);
    state->seen++;
    strikes = (number >> 32) * NC37XX_FAULT_ALWAYS >> 32 < state->ppm;
    if (state->at && --state->at == 0) {
        strikes = true;
        nc37xx_faults_update(nc);
    }
    if (random) {
        *random = number;
    }
    return strikes;
}

void nc37xx_fault_report(Nc37xx *nc, Nc37xxFault fault, uint64_t a, uint64_t b)
{
    nc->faults.faults[fault].injected++;
    nc->ops->event(nc, nc37xx_fault_rows[fault].event, a, b);
}

uint32_t nc37xx_fault_nvram(Nc37xx *nc, uint32_t offset, uint32_t word)
{
    uint64_t only = nc->faults.parameters[NC37XX_FAULT_NVRAM_OFFSET];
    uint32_t random, bit;

    if ((only != NC37XX_FAULT_NVRAM_ANY && only / 4 != offset / 4) ||
        !nc37xx_fault_strikes(nc, NC37XX_FAULT_NVRAM_BIT, &random)) {
        return word;
    }
    bit = 1u << random % 32;
    nc37xx_fault_report(nc, NC37XX_FAULT_NVRAM_BIT, offset, bit);
    return word ^ bit;
}

/* Between the core and the world */

static bool dma_read(Nc37xx *nc, uint64_t address, void *to, size_t size)
{
    if (nc37xx_fault_strikes(nc, NC37XX_FAULT_DMA_READ, NULL)) {
        nc37xx_fault_report(nc, NC37XX_FAULT_DMA_READ, address, size);
        return false;
    }
    return nc->world->dma_read(nc, address, to, size);
}

static bool dma_write(Nc37xx *nc, uint64_t address, const void *from,
                      size_t size)
{
    if (nc37xx_fault_strikes(nc, NC37XX_FAULT_DMA_WRITE, NULL)) {
        nc37xx_fault_report(nc, NC37XX_FAULT_DMA_WRITE, address, size);
        return false;
    }
    return nc->world->dma_write(nc, address, from, size);
}

/* On the wire there are frames. */
static bool send_large(Nc37xx *nc, uint8_t *packet, size_t size,
                       const Nc37xxLarge *large)
{
    return !(nc->faults.active & FAULTS_TX) &&
           nc->world->send_large(nc, packet, size, large);
}

static void msi(Nc37xx *nc)
{
    if (nc37xx_fault_strikes(nc, NC37XX_FAULT_MSI_LOST, NULL)) {
        nc37xx_fault_report(nc, NC37XX_FAULT_MSI_LOST, nc->status_index, 0);
        return;
    }
    nc->world->msi(nc);
}

static void intx(Nc37xx *nc, bool level)
{
    Nc37xxFault fault = level ? NC37XX_FAULT_INTX_LOST :
                                NC37XX_FAULT_INTX_STUCK;

    if (nc37xx_fault_strikes(nc, fault, NULL)) {
        nc37xx_fault_report(nc, fault, nc->status_index, 0);
        nc->faults.pin_stuck |= !level;
        return;
    }
    nc->faults.pin_stuck = false;
    nc->world->intx(nc, level);
}

static void stand_between(Nc37xx *nc)
{
    nc->between = *nc->world;
    nc->between.dma_read = dma_read;
    nc->between.dma_write = dma_write;
    nc->between.send = nc37xx_fault_send;
    nc->between.send_large = send_large;
    nc->between.msi = msi;
    nc->between.intx = intx;
}

/* Settings */

static uint32_t faults_active(const Nc37xxFaultSet *set)
{
    uint32_t active = 0;
    unsigned i;

    for (i = 0; i < NC37XX_FAULT_COUNT; i++) {
        if (set->faults[i].ppm || set->faults[i].at) {
            active |= 1u << i;
        }
    }
    for (i = 0; i < NC37XX_HELD_FRAMES; i++) {
        if (set->held[i].state != HELD_FREE) {
            active |= set->held[i].transmit ? FAULT_HELD_TX : FAULT_HELD_RX;
        }
    }
    return active;
}

void nc37xx_faults_update(Nc37xx *nc)
{
    nc->faults.active = faults_active(&nc->faults);
    nc->ops = nc->faults.active & FAULTS_OPS ? &nc->between : nc->world;
}

/* A pin that no longer can be stuck takes the level that it should have. */
static void pin_release(Nc37xx *nc)
{
    if (nc->faults.pin_stuck &&
        !(nc->faults.active & FAULT_BIT(INTX_STUCK))) {
        nc->faults.pin_stuck = false;
        nc->world->intx(nc, nc->intx_level);
    }
}

bool nc37xx_fault_set_ppm(Nc37xx *nc, Nc37xxFault fault, uint64_t ppm)
{
    if (ppm > NC37XX_FAULT_ALWAYS) {
        return false;
    }
    nc->faults.faults[fault].ppm = ppm;
    nc37xx_faults_update(nc);
    pin_release(nc);
    return true;
}

bool nc37xx_fault_set_at(Nc37xx *nc, Nc37xxFault fault, uint64_t at)
{
    if (at > UINT32_MAX) {
        return false;
    }
    nc->faults.faults[fault].at = at;
    nc37xx_faults_update(nc);
    pin_release(nc);
    return true;
}

bool nc37xx_fault_set_parameter(Nc37xx *nc, Nc37xxFaultParameter parameter,
                                uint64_t value)
{
    const Nc37xxFaultParameterRow *row =
        &nc37xx_fault_parameter_rows[parameter];
    unsigned i;

    if (value < row->least || value > row->most) {
        return false;
    }
    nc->faults.parameters[parameter] = value;
    for (i = 0; parameter == NC37XX_FAULT_SEED && i < NC37XX_FAULT_COUNT;
         i++) {
        nc->faults.faults[i].seen = 0;
    }
    return true;
}

void nc37xx_faults_init(Nc37xx *nc)
{
    unsigned i;

    stand_between(nc);
    for (i = 0; i < NC37XX_FAULT_PARAMETER_COUNT; i++) {
        nc->faults.parameters[i] = nc37xx_fault_parameter_rows[i].preset;
    }
}

void nc37xx_faults_reset(Nc37xx *nc)
{
    unsigned i;

    for (i = 0; i < NC37XX_HELD_FRAMES; i++) {
        nc->faults.held[i].state = HELD_FREE;
    }
    nc->faults.pin_stuck = false;
    nc->ops->timer(nc, NC37XX_TIMER_HELD, 0);
    nc37xx_faults_update(nc);
}

static bool held_possible(const Nc37xxHeld *held)
{
    return held->state == HELD_FREE ||
           (held->state == HELD_WAITING && held->size <= NC37XX_FRAME_MAX);
}

bool nc37xx_faults_loaded(Nc37xx *nc)
{
    const Nc37xxFaultSet *set = &nc->faults;
    const Nc37xxFaultParameterRow *row = nc37xx_fault_parameter_rows;
    unsigned i;

    for (i = 0; i < NC37XX_FAULT_COUNT; i++) {
        if (set->faults[i].ppm > NC37XX_FAULT_ALWAYS) {
            return false;
        }
    }
    for (i = 0; i < NC37XX_FAULT_PARAMETER_COUNT; i++) {
        if (set->parameters[i] < row[i].least ||
            set->parameters[i] > row[i].most) {
            return false;
        }
    }
    for (i = 0; i < NC37XX_HELD_FRAMES; i++) {
        if (!held_possible(&set->held[i])) {
            return false;
        }
    }
    nc37xx_faults_update(nc);
    return true;
}
