/*
 * The computer round a fuzzed adapter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nc37xx-core.h"
#include "nc37xx-world.h"
#include "nvram.h"

/*
 * The most that one call may ask for: 1024 descriptors and one packet of
 * 65535 more, 5500 segments of which each comes back into 40 pages.
 */
#define WORK_MAX 1000000

/* Bytes of the secret in a row that are no accident. */
#define SECRET_RUN 8

/* Descriptors of a receive ring that the chip may still be using. */
#define OFFERED 1024

struct offers {
    Bd bds[OFFERED];
    unsigned count;             /* ever */
};

struct world world;
static struct offers buffers, pages;
static bool work_space_used;    /* since it was filled with the secret */

void check(bool truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static void work(uint64_t amount)
{
    world.work += amount;
    world.total += amount;
    check(world.work <= WORK_MAX, "a call ends in time");
}

/* What work space holds before a call: R1 says that it never shows. */
static uint8_t secret_next(uint8_t byte)
{
    return byte * 5 + 73;
}

static void secret_fill(void *at, size_t size)
{
    static uint8_t secret[NC37XX_PACKET_MAX + 4];
    static bool is_made;
    size_t i;

    for (i = 1; !is_made && i < sizeof(secret); i++) {
        secret[i] = secret_next(secret[i - 1]);
    }
    is_made = true;
    check(size <= sizeof(secret), "there is enough of the secret");
    memcpy(at, secret, size);
}

static void check_no_secret(const uint8_t *bytes, size_t size)
{
    unsigned run = 0;
    size_t i;

    for (i = 1; i < size; i++) {
        run = bytes[i] == secret_next(bytes[i - 1]) ? run + 1 : 0;
        check(run < SECRET_RUN, "nothing is shown that was never written");
    }
}

uint8_t *world_memory(uint64_t address, size_t size)
{
    if (address < MEMORY || size > MEMORY_SIZE ||
        address - MEMORY > MEMORY_SIZE - size) {
        return NULL;
    }
    return world.memory + (address - MEMORY);
}

static uint8_t *dma_memory(uint64_t address, size_t size)
{
    work(1);
    check(size != 0, "nobody asks for nothing");
    if (world.fail_after) {
        world.fail_after--;
    } else if (world.fail_count) {
        world.fail_count--;
        return NULL;
    }
    return world_memory(address, size);
}

static bool is_inside(const void *at, const void *object, size_t size)
{
    return (const uint8_t *)at >= (const uint8_t *)object &&
           (const uint8_t *)at < (const uint8_t *)object + size;
}

static void offers_note(struct offers *offers, const uint8_t *raw,
                        size_t size)
{
    uint8_t ordered[BD_SIZE];
    Bd *bd;

    for (; size >= BD_SIZE; size -= BD_SIZE, raw += BD_SIZE) {
        memcpy(ordered, raw, BD_SIZE);
        nc37xx_control_order(&world.nc, ordered, BD_SIZE);
        bd = &offers->bds[offers->count++ % OFFERED];
        bd->address = (uint64_t)(uint32_t)ldl_le_p(ordered) << 32 |
                      (uint32_t)ldl_le_p(ordered + 4);
        bd->word2 = ldl_le_p(ordered + 8);
    }
}

static bool dma_read(Nc37xx *nc, uint64_t address, void *to, size_t size)
{
    const uint8_t *from = dma_memory(address, size);

    if (!from) {
        secret_fill(to, size);
        work_space_used = true;
        return false;
    }
    memcpy(to, from, size);
    work_space_used = true;
    if (is_inside(to, &nc->rx, sizeof(nc->rx))) {
        offers_note(&buffers, from, size);
    } else if (is_inside(to, &nc->rx_pages, sizeof(nc->rx_pages))) {
        offers_note(&pages, from, size);
    }
    return true;
}

/* Does the range lie in a buffer that the driver has offered? */
static bool is_offered(const struct offers *offers, uint64_t address,
                       size_t size, uint64_t room)
{
    unsigned i;

    for (i = 0; i < MIN(offers->count, OFFERED); i++) {
        const Bd *bd = &offers->bds[i];
        uint64_t length = room ? room : bd->word2;

        if (address - bd->address <= length &&
            size <= length - (address - bd->address)) {
            return true;
        }
    }
    return false;
}

static bool is_block(Nc37xx *nc, uint64_t address, size_t size)
{
    uint64_t status = (uint64_t)REG(nc, HC_STATUS_ADDR_H) << 32 |
                      REG(nc, HC_STATUS_ADDR_L);
    uint64_t statistics = (uint64_t)REG(nc, HC_STATISTICS_ADDR_H) << 32 |
                          REG(nc, HC_STATISTICS_ADDR_L);

    return (address == status && size == STATUS_BLOCK_SIZE) ||
           (address == statistics && size == STATISTICS_SIZE);
}

static bool dma_write(Nc37xx *nc, uint64_t address, const void *from,
                      size_t size)
{
    uint32_t page_size = nc37xx_context(nc, NC37XX_CID_RX,
                                        RX_CTX_PG_BUF_SIZE) & 0xffff;
    uint8_t *to = dma_memory(address, size);

    check(is_block(nc, address, size) ||
          is_offered(&buffers, address, size, 0) ||
          (page_size && is_offered(&pages, address, size, page_size)),
          "memory is written only where the driver said so");
    check_no_secret(from, size);
    if (to) {
        memcpy(to, from, size);
    }
    return to != NULL;
}

/* In memory of its own size, so that the sanitizer sees its end. */
void world_receive(const uint8_t *frame, size_t size)
{
    uint8_t *copy;

    if (!nc37xx_can_receive(&world.nc)) {
        check(world.nc.rx_refused, "who is turned away is called back");
        return;
    }
    work_space_used = true;
    copy = malloc(size);
    memcpy(copy, frame, size);
    if (!nc37xx_receive(&world.nc, copy, size)) {
        check(world.nc.rx_refused, "who is refused is called back");
    }
    free(copy);
}

static void frame_sent(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    uint8_t answer[NC37XX_FRAME_MAX];

    work(1);
    world.sent++;
    check(size >= NC37XX_FRAME_MIN && size <= NC37XX_FRAME_MAX,
          "a frame has the size of one");
    check(nc->carrier && nc37xx_link_up(nc) && !nc37xx_loopback(nc),
          "a frame is sent only when there is a peer");
    check_no_secret(frame, size);
    memcpy(world.last_sent, frame, size);
    world.last_size = size;
    if (world.echo && !world.echoing) {
        world.echoing = true;
        memcpy(answer, frame + 6, 6);
        memcpy(answer + 6, frame, 6);
        memcpy(answer + 12, frame + 12, size - 12);
        world_receive(answer, size);
        world.echoing = false;
    }
}

/* What was handed over is the peer's to change. */
static bool large_sent(Nc37xx *nc, uint8_t *packet, size_t size,
                       const Nc37xxLarge *large)
{
    work(1);
    check(nc->carrier && nc37xx_link_up(nc) && !nc37xx_loopback(nc),
          "a packet is handed over only when there is a peer");
    check(size <= NC37XX_PACKET_MAX + 4 && large->tcp < large->headers &&
          large->headers + large->mss < size && large->mss,
          "a large packet is more than one segment");
    check_no_secret(packet, size);
    if (!world.takes_large) {
        return false;
    }
    memset(packet, 0xee, size);
    return true;
}

static void receive_ready(Nc37xx *nc)
{
    work(1);
    world.receive_ready++;
}

static bool msi_enabled(Nc37xx *nc)
{
    return world.msi_enabled;
}

static void msi(Nc37xx *nc)
{
    work(1);
    check(world.msi_enabled, "messages are sent only when they are enabled");
}

/* A change of the line was lost: from then on it may be told again. */
static bool line_lost(const Nc37xx *nc)
{
    return nc->faults.faults[NC37XX_FAULT_INTX_LOST].injected ||
           nc->faults.faults[NC37XX_FAULT_INTX_STUCK].injected;
}

static void intx(Nc37xx *nc, bool level)
{
    work(1);
    check(level != world.intx || line_lost(nc),
          "the line is told only of changes");
    check(!level || !world.msi_enabled, "with messages the line is still");
    world.intx = level;
}

static void timer_set(Nc37xx *nc, Nc37xxTimer timer, uint64_t microseconds)
{
    work(1);
    check(timer < NC37XX_TIMERS, "there is such a timer");
    world.timers[timer] = microseconds;
}

static uint64_t now(Nc37xx *nc)
{
    return world.time;
}

static bool nvm_store(Nc37xx *nc, uint32_t offset, uint32_t size)
{
    work(1);
    check(size <= nc->model->nvm_size && offset <= nc->model->nvm_size - size,
          "what is kept of the NVRAM is in it");
    if (world.store_fails) {
        memcpy(nc->nvram + offset, world.kept + offset, size);
        return false;
    }
    memcpy(world.kept + offset, nc->nvram + offset, size);
    return true;
}

static void restarted(Nc37xx *nc)
{
    uint8_t mac[6];

    work(1);
    nc37xx_station_address(nc, mac);
}

static uint32_t config_read(Nc37xx *nc, uint32_t offset, unsigned size)
{
    uint32_t value = 0;

    work(1);
    check(offset + size <= sizeof(world.config), "that is configuration");
    memcpy(&value, world.config + offset, size);
    return value;
}

static void config_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                         unsigned size)
{
    work(1);
    check(offset + size <= sizeof(world.config), "that is configuration");
    memcpy(world.config + offset, &value, size);
}

static void event(Nc37xx *nc, Nc37xxEvent event, uint64_t a, uint64_t b)
{
    work(1);
    check(event < NC37XX_EVENT_COUNT, "there is such an event");
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
    .nvm_store = nvm_store,
    .restarted = restarted,
    .config_read = config_read,
    .config_write = config_write,
    .event = event,
};

void world_power_up(unsigned number)
{
    static const uint8_t mac[6] = { 0x00, 0x17, 0x08, 0xa1, 0xb2, 0xc3 };
    const Nc37xxModel *model;
    unsigned count = 0;
    NvramContent content = { .mac = mac, .serial = "USE123XYZ9" };

    while (nc37xx_models[count].type) {
        count++;
    }
    model = &nc37xx_models[number % count];
    content.part_number = model->part_number;
    memset(&world, 0, sizeof(world));
    buffers.count = pages.count = 0;
    work_space_used = true;
    nc37xx_init(&world.nc, &ops, model);
    check(nvram_build(world.nc.nvram, model, &content) == NVRAM_OK,
          "an NVRAM is made");
    memcpy(world.kept, world.nc.nvram, sizeof(world.kept));
    world.nc.carrier = true;
    world.nc.vaux = true;
    nc37xx_pci_reset(&world.nc);
}

void world_begin(void)
{
    Nc37xx *nc = &world.nc;

    world.work = 0;
    if (work_space_used) {
        secret_fill(nc->packet, sizeof(nc->packet));
        secret_fill(nc->segment, sizeof(nc->segment));
        secret_fill(nc->frame, sizeof(nc->frame));
        work_space_used = false;
    }
}

static void check_ring(const BdRing *ring)
{
    check(!ring->armed || ring->at.page, "an armed ring has a page");
    check(ring->cached_count <= BD_BATCH, "the cache has an end");
}

static bool pin_asserted(const Nc37xx *nc)
{
    if (nc->interrupt_forced != HC_FORCE_INT_NULL) {
        return nc->interrupt_forced == HC_FORCE_INT_LOW;
    }
    return nc->status_index != nc->status_acked && !nc->interrupt_quiet &&
           !nc->interrupt_masked;
}

/* What was lost, or is stuck, stays so when the fault that did it is over. */
static bool pin_right(const Nc37xx *nc)
{
    bool due = !world.msi_enabled && pin_asserted(nc);

    return world.intx == due || line_lost(nc) || nc->faults.active;
}

void world_end(void)
{
    Nc37xx *nc = &world.nc;

    check_ring(&nc->tx);
    check_ring(&nc->rx);
    check_ring(&nc->rx_pages);
    check(!nc->transmitting, "nobody is sending any more");
    check(!nc->paused || world.timers[NC37XX_TIMER_PAUSED],
          "a pause comes to an end");
    check(nc->phy.link < LINK_STATES, "the link is in a state");
    check((nc->phy.link != LINK_NEGOTIATING &&
           nc->phy.link != LINK_SETTLING) || world.timers[NC37XX_TIMER_LINK],
          "negotiation comes to an end");
    check(pin_right(nc), "the line says what is due");
}
