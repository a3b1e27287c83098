/*
 * libFuzzer plays guest, driver and network against the chip.
 *
 * The first bytes choose the adapter and how far a driver has set it up; the
 * rest is a list of moves, see enum move.  Some are what a good driver does,
 * so that mutations get beyond the registers; others are any access at all.
 * The world of nc37xx-world.c watches.  In the end, whatever has happened, a
 * reset makes the adapter as good as new: a frame goes out, one comes in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "fuzzer.h"
#include "nc37xx-core.h"
#include "nc37xx-driver.h"
#include "nc37xx-input.h"
#include "nc37xx-world.h"

#define MOVES_MAX 400
/* An input that asks for more has had its turn. */
#define TOTAL_MAX 2000000
/* partner_choose(): 1000 Mbit/s, both kinds of pause */
#define PARTNER_BEST 48

enum move {
    MOVE_REGISTER,              /* one with behaviour is written */
    MOVE_BAR,                   /* any offset, size and direction */
    MOVE_CONFIG,                /* the chip's part of configuration space */
    MOVE_GRC,                   /* any address through the window */
    MOVE_CONTEXT,
    MOVE_MAILBOX,
    MOVE_DESCRIPTOR,            /* any content in any slot of a ring */
    MOVE_MEMORY,
    MOVE_PACKET,                /* one is queued as a good driver does */
    MOVE_DOORBELL,
    MOVE_BUFFERS,               /* receive buffers, as a good driver does */
    MOVE_PAGES,
    MOVE_FRAME,                 /* one that the filter lets through */
    MOVE_RAW_FRAME,
    MOVE_TIMER,
    MOVE_CARRIER,
    MOVE_MSI,
    MOVE_DMA_FAILS,
    MOVE_PHY,
    MOVE_NVM,
    MOVE_VPD,
    MOVE_RESET,
    MOVE_FAULT,                 /* one is set to be injected */
    MOVE_WAKE,                  /* a frame finds the function asleep */
    MOVE_PROGRAM,               /* what a driver does after a reset */
    MOVES
};

static const uint16_t registers[] = {
    A_PCICFG_MISC_CONFIG, A_PCICFG_REG_WINDOW_ADDRESS, A_PCICFG_REG_WINDOW,
    A_PCICFG_INT_ACK_CMD, A_PCICFG_STATUS_BIT_SET_CMD,
    A_PCICFG_STATUS_BIT_CLEAR_CMD, A_PCICFG_MAILBOX_QUEUE_ADDR,
    A_PCICFG_MAILBOX_QUEUE_DATA, A_PCI_GRC_WINDOW, A_MISC_CFG,
    A_MISC_ENABLE_SET, A_MISC_ENABLE_CLR, A_DMA_CONFIG, A_CTX_DATA_ADR,
    A_CTX_DATA,
    A_EMAC_MODE, A_EMAC_STATUS, A_EMAC_ATTENTION_ENA, A_EMAC_MAC_MATCH0,
    A_EMAC_MAC_MATCH1, A_EMAC_RX_MTU_SIZE, A_EMAC_MDIO_COMM, A_EMAC_RX_MODE,
    A_EMAC_TX_MODE, A_EMAC_MULTICAST_HASH0, A_RPM_SORT_USER0, A_TBDR_CONFIG,
    A_NVM_COMMAND,
    A_NVM_WRITE, A_NVM_ADDR, A_NVM_SW_ARB, A_NVM_ACCESS_ENABLE,
    A_HC_COMMAND, A_HC_ATTN_BITS_ENABLE, A_HC_STATUS_ADDR_L,
    A_HC_STATUS_ADDR_H, A_HC_STATISTICS_ADDR_L, A_HC_STATISTICS_ADDR_H,
    A_HC_STATS_TICKS,
};

static void move_register(struct input *input)
{
    unsigned which = take(input) % ARRAY_SIZE(registers);

    chip_write(registers[which], take_value(input));
}

static void move_bar(struct input *input)
{
    uint8_t how = take(input);
    unsigned size = 1u << how % 3;
    uint32_t offset = take16(input) | (uint32_t)take(input) << 16;

    offset = (offset | (uint32_t)(how & 0x40) << 18) & ~(size - 1);
    if (how & 0x80) {
        chip_write_sized(offset, take_value(input) >> (32 - size * 8), size);
        return;
    }
    world_begin();
    nc37xx_read(&world.nc, offset & (NC37XX_BAR_SIZE - size), size);
    world_end();
}

static void move_config(struct input *input)
{
    uint8_t how = take(input);
    unsigned size = 1u << how % 3;
    uint32_t offset = NC37XX_PCICFG_FIRST +
                      take(input) % (NC37XX_PCICFG_END - NC37XX_PCICFG_FIRST);

    offset &= ~(size - 1);
    world_begin();
    if (how & 0x80) {
        nc37xx_pcicfg_write(&world.nc, offset, take_value(input), size);
    } else {
        nc37xx_pcicfg_read(&world.nc, offset, size);
    }
    world_end();
}

static void move_grc(struct input *input)
{
    uint32_t address = take_value(input);

    grc_write(address, take_value(input));
    world_begin();
    nc37xx_read(&world.nc, A_PCICFG_REG_WINDOW, 4);
    world_end();
}

static void move_context(struct input *input)
{
    uint8_t where = take(input);

    context_write(where & 0x80 ? NC37XX_CID_TX : NC37XX_CID_RX,
                  (where & 0x7f) * 4, take_value(input));
}

static void move_mailbox(struct input *input)
{
    static const uint32_t mailboxes[] = {
        NC37XX_DOORBELL_RX_BDIDX, NC37XX_DOORBELL_RX_BSEQ,
        NC37XX_DOORBELL_RX_PG_BDIDX, NC37XX_DOORBELL_TX_BIDX,
        NC37XX_DOORBELL_TX_BSEQ, 0x110a4, 0x10014, 0x40fffc,
    };
    uint8_t which = take(input);
    unsigned size = which & 0x80 ? 2 : 4;

    chip_write_sized(mailboxes[which % ARRAY_SIZE(mailboxes)],
                take_value(input) >> (32 - size * 8), size);
}

static void move_descriptor(struct input *input)
{
    static const uint64_t rings[] = { TX_RING_AT, RX_RING_AT, PAGE_RING_AT };
    uint8_t ring = take(input);
    uint8_t slot = take(input);
    uint64_t address = take_address(input);
    uint32_t word2 = take_value(input);

    bd_put(rings[ring % 3], slot, address, word2, take_value(input));
}

static void move_memory(struct input *input)
{
    uint32_t at = take16(input) % (MEMORY_SIZE / 16) * 16;
    unsigned count = take(input) % 64;

    while (count--) {
        world.memory[at++ % MEMORY_SIZE] = take(input);
    }
}

static void move_packet(struct input *input)
{
    uint32_t flags = take16(input);
    uint32_t mss = take_value(input) & TX_BD_MSS_MASK;
    size_t size = take16(input) % (flags & TX_BD_FLAG_SW_LSO ? 65000 : 2000);
    unsigned parts = 1 + take(input) % 4;
    size_t part = (size + parts - 1) / parts;
    size_t done = 0;
    bool last;

    packet_make(input, world_memory(PACKET_AT, PACKET_ROOM), size);
    flags = (flags & ~TX_BD_FLAG_END) | TX_BD_FLAG_START;
    do {
        part = MIN(part, size - done);
        last = done + part == size;
        bd_put(TX_RING_AT, driver.tx, PACKET_AT + done, mss << 16 | part,
               flags | (last ? TX_BD_FLAG_END : 0));
        driver.tx = next_index(driver.tx);
        done += part;
        flags &= ~TX_BD_FLAG_START;
    } while (!last);
}

static void move_pages(struct input *input)
{
    unsigned count = take(input) % PAGE_COUNT;
    uint32_t sizes = take_value(input);
    uint64_t at;

    if (!driver.page) {
        context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, sizes);
        ring_start(NC37XX_CID_RX, RX_CTX_PG_BDHADDR_LO, PAGE_RING_AT);
    }
    for (; count; count--) {
        at = PAGES_AT + driver.page % PAGE_COUNT * 0x400;
        bd_put(PAGE_RING_AT, driver.page, at, 0x400, 0);
        driver.page = next_index(driver.page);
    }
    chip_write_sized(NC37XX_DOORBELL_RX_PG_BDIDX, driver.page & 0xffff, 2);
}

static void receive(const uint8_t *frame, size_t size)
{
    world_begin();
    world_receive(frame, size);
    world_end();
}

static void move_frame(struct input *input)
{
    uint8_t frame[NC37XX_FRAME_MAX + 200];
    size_t size = 12 + take16(input) % (sizeof(frame) - 12);

    receive(frame, packet_make(input, frame, size));
}

static void move_raw_frame(struct input *input)
{
    uint8_t frame[255];
    size_t size = 1 + take(input) % sizeof(frame);
    size_t i;

    for (i = 0; i < size; i++) {
        frame[i] = take(input);
    }
    receive(frame, size);
}

static void move_timer(struct input *input)
{
    unsigned timer = take(input) % NC37XX_TIMERS;

    if (world.timers[timer]) {
        world.time += world.timers[timer];
        world.timers[timer] = 0;
        world_begin();
        nc37xx_timer(&world.nc, timer);
        world_end();
    }
}

static void set_carrier(bool carrier)
{
    world_begin();
    nc37xx_set_carrier(&world.nc, carrier);
    world_end();
}

static void set_msi(bool enabled)
{
    world_begin();
    world.msi_enabled = enabled;
    nc37xx_interrupt_update(&world.nc);
    world_end();
}

static void move_nvm(struct input *input)
{
    uint8_t how = take(input);

    chip_write(A_NVM_ACCESS_ENABLE,
               how & 1 ? R_NVM_ACCESS_ENABLE_WR_EN_MASK : 0);
    chip_write(A_MISC_CFG, FIELD_DP32(0, MISC_CFG, NVM_WR_EN, how & 2 ?
                                      MISC_CFG_NVM_WR_EN_PCI : 0));
    chip_write(A_NVM_ADDR, take_value(input));
    chip_write(A_NVM_WRITE, take_value(input));
    chip_write(A_NVM_COMMAND, how & 4 ? R_NVM_COMMAND_WREN_MASK |
               R_NVM_COMMAND_DOIT_MASK : 0);
    chip_write(A_NVM_COMMAND, R_NVM_COMMAND_DOIT_MASK | take16(input));
}

static void move_vpd(struct input *input)
{
    uint8_t how = take(input);
    uint16_t address = take16(input) & 0x7ffc;

    world_begin();
    if (how & 1) {
        nc37xx_vpd_write(&world.nc, address, take_value(input));
    } else {
        nc37xx_vpd_read(&world.nc, address);
    }
    world_end();
}

static void pci_reset(void)
{
    bool refused = world.nc.rx_refused;
    unsigned calls = world.receive_ready;

    world_begin();
    nc37xx_pci_reset(&world.nc);
    world_end();
    check(!refused || world.receive_ready > calls,
          "who was turned away is called back at last");
}

static void move_fault(struct input *input)
{
    unsigned which = take(input);
    uint32_t value = take_value(input);

    if (which & 0x80) {
        nc37xx_fault_set_parameter(&world.nc,
                                   which % NC37XX_FAULT_PARAMETER_COUNT,
                                   value);
    } else if (which & 0x40) {
        nc37xx_fault_set_at(&world.nc, which % NC37XX_FAULT_COUNT, value);
    } else {
        nc37xx_fault_set_ppm(&world.nc, which % NC37XX_FAULT_COUNT, value);
    }
}

static void faults_end(void)
{
    unsigned fault;

    for (fault = 0; fault < NC37XX_FAULT_COUNT; fault++) {
        nc37xx_fault_set_ppm(&world.nc, fault, 0);
        nc37xx_fault_set_at(&world.nc, fault, 0);
    }
}

/* Magic, unless the input spoils it. */
static void move_wake(struct input *input)
{
    static const uint8_t mac[6] = { 0x00, 0x17, 0x08, 0xa1, 0xb2, 0xc3 };
    uint8_t frame[200];
    size_t at = 12 + take(input) % 64;
    unsigned i;
    bool wakes;

    packet_make(input, frame, sizeof(frame));
    memset(frame + at, 0xff, 6);
    for (i = 0; i < 16; i++) {
        memcpy(frame + at + 6 + i * 6, mac, 6);
    }
    frame[12 + take(input) % 188] ^= take(input);
    world_begin();
    wakes = nc37xx_wake(&world.nc, frame, sizeof(frame));
    world_end();
    if (wakes) {
        world_begin();
        nc37xx_wake_reset(&world.nc);
        world_end();
    }
}


static void partner_choose(uint8_t how)
{
    static const uint16_t speeds[] = { 1000, 100, 10, 2500 };

    world.nc.partner = (Nc37xxPartner) {
        .speed = speeds[how & 3],
        .half_duplex = how & 4,
        .forced = how & 8,
        .pause = how & 16,
        .asym_pause = how & 32,
    };
}

static void move(struct input *input)
{
    uint8_t how;

    switch (take(input) % MOVES) {
    case MOVE_REGISTER:
        move_register(input);
        break;
    case MOVE_BAR:
        move_bar(input);
        break;
    case MOVE_CONFIG:
        move_config(input);
        break;
    case MOVE_GRC:
        move_grc(input);
        break;
    case MOVE_CONTEXT:
        move_context(input);
        break;
    case MOVE_MAILBOX:
        move_mailbox(input);
        break;
    case MOVE_DESCRIPTOR:
        move_descriptor(input);
        break;
    case MOVE_MEMORY:
        move_memory(input);
        break;
    case MOVE_PACKET:
        move_packet(input);
        break;
    case MOVE_DOORBELL:
        ring_tx();
        break;
    case MOVE_BUFFERS:
        how = take(input);
        buffers_put(how % 32, how & 0x80 ? take_value(input) : BUFFER_SIZE);
        break;
    case MOVE_PAGES:
        move_pages(input);
        break;
    case MOVE_FRAME:
        move_frame(input);
        break;
    case MOVE_RAW_FRAME:
        move_raw_frame(input);
        break;
    case MOVE_TIMER:
        move_timer(input);
        break;
    case MOVE_CARRIER:
        set_carrier(take(input) & 1);
        break;
    case MOVE_MSI:
        set_msi(take(input) & 1);
        break;
    case MOVE_DMA_FAILS:
        world.fail_after = take(input);
        world.fail_count = take(input);
        break;
    case MOVE_PHY:
        how = take(input);
        mdio(how & 0x80 ? EMAC_MDIO_COMMAND_WRITE : EMAC_MDIO_COMMAND_READ,
             how & 31, take16(input));
        break;
    case MOVE_NVM:
        move_nvm(input);
        break;
    case MOVE_VPD:
        move_vpd(input);
        break;
    case MOVE_RESET:
        if (take(input) & 1) {
            pci_reset();
        } else {
            chip_write(A_PCICFG_MISC_CONFIG,
                       R_PCICFG_MISC_CONFIG_CORE_RST_REQ_MASK |
                       R_PCICFG_MISC_CONFIG_REG_WINDOW_ENA_MASK);
        }
        break;
    case MOVE_FAULT:
        move_fault(input);
        break;
    case MOVE_WAKE:
        move_wake(input);
        break;
    case MOVE_PROGRAM:
        program(take(input));
        break;
    }
}

/* ---- the end of each input -------------------------------------------- */

static void frame_goes_out(void)
{
    uint8_t *frame = world_memory(PACKET_AT, PACKET_ROOM);
    struct input none = { NULL, NULL };
    size_t size = packet_make(&none, frame, 100);
    unsigned before = world.sent;

    bd_put(TX_RING_AT, driver.tx, PACKET_AT, size,
           TX_BD_FLAG_START | TX_BD_FLAG_END);
    driver.tx = next_index(driver.tx);
    ring_tx();
    check(world.sent == before + 1 && world.last_size == size &&
          !memcmp(world.last_sent, frame, size),
          "after a reset a frame goes out");
}

static void frame_comes_in(void)
{
    uint8_t frame[100];
    struct input none = { NULL, NULL };
    size_t size = packet_make(&none, frame, sizeof(frame));

    driver.buffer = 0;
    buffers_put(1, BUFFER_SIZE);
    receive(frame, size);
    check(lduw_le_p(world_memory(STATUS_AT, STATUS_BLOCK_SIZE) +
                    STATUS_RX_CONS0) == 1 &&
          !memcmp(world_memory(BUFFERS_AT + RX_FRAME_OFFSET, size), frame,
                  size), "after a reset a frame comes in");
}

static void end_all(void)
{
    check(nc37xx_loaded(&world.nc), "the state is one that can be loaded");
    world.fail_after = world.fail_count = 0;
    world.echo = false;
    world.nc.autoneg_us = 0;
    faults_end();
    partner_choose(PARTNER_BEST);
    set_msi(false);
    pci_reset();
    set_carrier(true);
    program(4);
    frame_goes_out();
    frame_comes_in();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = { bytes, bytes + size };
    uint8_t setup = take(&input);
    unsigned moves;

    world_power_up(take(&input));
    world.echo = setup & 0x10;
    world.takes_large = setup & 0x08;
    world.store_fails = setup & 0x02;
    world.nc.autoneg_us = setup & 0x20 ? 1000 : 0;
    if (setup & 0x04) {
        partner_choose(take(&input));
        pci_reset();
    }
    driver.slots = 16;
    if (setup & 0x40) {
        program(take(&input));
    }
    if (setup & 0x80) {
        buffers_put(10, BUFFER_SIZE);
    }
    for (moves = 0; input.next < input.end && moves < MOVES_MAX &&
         world.total < TOTAL_MAX; moves++) {
        move(&input);
    }
    end_all();
    return 0;
}
