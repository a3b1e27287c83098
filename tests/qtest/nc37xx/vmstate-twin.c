/*
 * A chip that was saved and loaded goes on as the one that it was saved from.
 *
 * Each round works with an adapter, saves it, and does as many acts again
 * with it; then loads what was saved into a chip that has forgotten all, does
 * the same acts, and compares what the computer has seen of both.  A field
 * that the stream lacks is found as soon as an act depends on it.
 *
 * Descriptors fetched ahead are not part of the stream.  So no act changes one
 * that may have been fetched, and no fault counts the accesses to memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "vmstate-stream.h"

#define ROUNDS 500
#define ACTS 60
#define FRAME_MAX 2000

/* What was seen up to an act. */
typedef struct Seen {
    const char *act;
    uint64_t digest;
} Seen;

static uint64_t digest;

static void see(const void *data, size_t size)
{
    const uint8_t *bytes = data;
    size_t i;

    for (i = 0; i < size; i++) {            /* FNV-1a */
        digest = (digest ^ bytes[i]) * 0x100000001b3ull;
    }
}

static void see_value(uint64_t value)
{
    see(&value, sizeof(value));
}

static void see_everything(void)
{
    unsigned i;

    for (i = 0; i < MIN(card.sent_count, SENT_MAX); i++) {
        see(card.sent[i].data, card.sent[i].size);
    }
    see_value(card.sent_count);
    card_sent_forget();
    see(card.events, sizeof(card.events));
    see(card.timers, sizeof(card.timers));
    see(card.config, sizeof(card.config));
    see_value(card.receive_ready);
    see_value(card.msi_count);
    see_value(card.intx);
    see_value(card.restarted);
    see(card_memory(STATUS_AT), STATUS_BLOCK_SIZE);
    see(card_memory(STATISTICS_AT), STATISTICS_SIZE);
}

/*
 * Acts
 */

static size_t make_frame(uint32_t *random, uint8_t *frame)
{
    static const uint8_t to[][6] = {
        { 0x00, 0x17, 0x08, 0xa1, 0xb2, 0xc3 },
        { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
        { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 },
        { 0x02, 0x00, 0x00, 0x00, 0x00, 0x01 },
    };
    size_t size = 14 + draw(random, draw(random, 4) ? 200 : FRAME_MAX - 14);

    frame_fill(frame, size, 0x0800);
    if (size >= 40) {
        frame_ipv4(frame + 14, 5, draw(random, 2) ? 6 : 17, size - 14);
    }
    memcpy(frame, to[draw(random, 8) % ARRAY_SIZE(to)], 6);
    return size;
}

static void act_transmit(uint32_t *random)
{
    static const uint32_t flags[] = {
        0, 0, TX_BD_FLAG_TCP_UDP_CKSUM, TX_BD_FLAG_IP_CKSUM,
        TX_BD_FLAG_VLAN_TAG, TX_BD_FLAG_COAL_NOW,
    };
    uint8_t frame[FRAME_MAX];
    size_t size = make_frame(random, frame);

    card_transmit(frame, size, flags[draw(random, ARRAY_SIZE(flags))]);
}

/* Its rest comes with a later doorbell, or never. */
static void act_begin_packet(uint32_t *random)
{
    card_tx_bd(FRAMES_AT, 1 + draw(random, 300),
               draw(random, 4) ? TX_BD_FLAG_START : 0);
    if (draw(random, 2)) {
        card_tx_doorbell();
    }
}

static void act_receive(uint32_t *random)
{
    uint8_t frame[FRAME_MAX];
    size_t size = make_frame(random, frame);

    if (nc37xx_can_receive(&card.nc)) {
        see_value(nc37xx_receive(&card.nc, frame, size));
    }
}

static void act_partner_pauses(uint32_t *random)
{
    uint8_t frame[60] = { 0x01, 0x80, 0xc2, 0x00, 0x00, 0x01, 2, 0, 0, 0, 0,
                          1, 0x88, 0x08, 0x00, 0x01 };

    stw_be_p(frame + 16, draw(random, 2) ? draw(random, 0x10000) : 0);
    see_value(nc37xx_receive(&card.nc, frame, sizeof(frame)));
}

static void act_buffers(uint32_t *random)
{
    card_rx_buffers(1 + draw(random, 8));
}

static void act_pages(uint32_t *random)
{
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, 256u << 16 | 512);
    card_rx_pages(1 + draw(random, 8), 512);
}

/* Not where rings and blocks are: see above. */
static const uint16_t registers[] = {
    A_PCICFG_REG_WINDOW_ADDRESS, A_PCICFG_INT_ACK_CMD,
    A_PCICFG_STATUS_BIT_SET_CMD, A_PCICFG_STATUS_BIT_CLEAR_CMD,
    A_MISC_CFG, A_MISC_ENABLE_SET, A_MISC_ENABLE_CLR, A_EMAC_MODE,
    A_EMAC_STATUS, A_EMAC_ATTENTION_ENA, A_EMAC_MAC_MATCH0,
    A_EMAC_RX_MTU_SIZE, A_EMAC_RX_MODE, A_EMAC_TX_MODE,
    A_EMAC_MULTICAST_HASH0, A_RPM_SORT_USER0, A_HC_COMMAND,
    A_HC_ATTN_BITS_ENABLE, A_HC_STATS_TICKS, A_NVM_COMMAND, A_NVM_WRITE,
    A_NVM_ADDR, A_NVM_SW_ARB, A_NVM_ACCESS_ENABLE,
};

static void act_register(uint32_t *random)
{
    uint32_t offset = registers[draw(random, ARRAY_SIZE(registers))];
    uint32_t value = draw(random, 2) ? 1u << draw(random, 32)
                                     : draw(random, UINT32_MAX);

    card_write(offset, value);
    see_value(card_read(offset));
}

static void act_read(uint32_t *random)
{
    see_value(card_read(draw(random, NC37XX_BAR_REGS_END / 4) * 4));
    see_value(card_grc_read(draw(random, 0x80000) * 4));
}

static void act_scratch(uint32_t *random)
{
    static const uint32_t cpus[] = { 0x40000, 0x80000, 0xc0000, 0x140000 };

    card_grc_write(cpus[draw(random, ARRAY_SIZE(cpus))] + CPU_SCRATCH +
                   draw(random, CPU_SCRATCH_END - CPU_SCRATCH) / 4 * 4,
                   draw(random, UINT32_MAX));
}

static void act_receive_buffer_memory(uint32_t *random)
{
    uint32_t at = NC37XX_RBUF_FIRST + draw(random, NC37XX_RBUF_WORDS) * 4;

    if (draw(random, 2)) {
        card_grc_write(at, draw(random, UINT32_MAX));
    }
    see_value(card_grc_read(at));
}

/* What Linux sets when flow control was negotiated for both directions. */
static void act_flow_control(uint32_t *random)
{
    card_write(A_EMAC_RX_MODE, R_EMAC_RX_MODE_FLOW_EN_MASK);
    card_write(A_EMAC_TX_MODE, R_EMAC_TX_MODE_FLOW_EN_MASK);
    card_context_write(NC37XX_CID_RX, RX_CTX_TYPE,
                       RX_CTX_TYPE_L2 | RX_CTX_FLOW_CONTROL);
    card_rx_buffers(4 + draw(random, 20));
}

/* Many, so that buffers run out. */
static void act_burst(uint32_t *random)
{
    uint8_t frame[60];
    unsigned count = draw(random, 30);

    frame_fill(frame, sizeof(frame), 0x88b5);
    while (count--) {
        nc37xx_receive(&card.nc, frame, sizeof(frame));
    }
}

static void act_message(uint32_t *random)
{
    card_grc_write(card.nc.model->shm_base + SHM_DRV_MB,
                   draw(random, 0x10000) << 16 | draw(random, 0x10000));
}

static void act_phy(uint32_t *random)
{
    unsigned reg = draw(random, 32);

    if (draw(random, 3) == 0) {
        card_phy_write(reg, draw(random, 0x10000));
    }
    see_value(card_phy_read(reg));
}

static void act_nvram(uint32_t *random)
{
    card_write(A_NVM_ACCESS_ENABLE, R_NVM_ACCESS_ENABLE_WR_EN_MASK);
    card_write(A_MISC_CFG, FIELD_DP32(0, MISC_CFG, NVM_WR_EN,
                                      MISC_CFG_NVM_WR_EN_PCI));
    card_write(A_NVM_ADDR, draw(random, 0x20000));
    card_write(A_NVM_WRITE, draw(random, UINT32_MAX));
    if (draw(random, 2)) {
        card_write(A_NVM_COMMAND, R_NVM_COMMAND_DOIT_MASK |
                   R_NVM_COMMAND_WREN_MASK);
    }
    card_write(A_NVM_COMMAND, R_NVM_COMMAND_DOIT_MASK |
               (draw(random, 2) ? R_NVM_COMMAND_WR_MASK : 0) |
               (draw(random, 4) ? 0 : R_NVM_COMMAND_ERASE_MASK) |
               (draw(random, 2) ? R_NVM_COMMAND_FIRST_MASK : 0) |
               (draw(random, 2) ? R_NVM_COMMAND_LAST_MASK : 0));
    see_value(card_read(A_NVM_READ));
}

static void act_time(uint32_t *random)
{
    card.time += draw(random, 2000);
}

/* One that was set runs out. */
static void act_timer(uint32_t *random)
{
    unsigned timer = draw(random, NC37XX_TIMERS);

    if (card.timers[timer]) {
        card.time += card.timers[timer];
        card.timers[timer] = 0;
        nc37xx_timer(&card.nc, timer);
    }
}

static void act_cable(uint32_t *random)
{
    nc37xx_set_carrier(&card.nc, draw(random, 4) != 0);
}

static void act_fault(uint32_t *random)
{
    unsigned fault = draw(random, NC37XX_FAULT_COUNT);

    if (fault == NC37XX_FAULT_DMA_READ || fault == NC37XX_FAULT_DMA_WRITE) {
        return;
    }
    nc37xx_fault_set_ppm(&card.nc, fault, draw(random, 2) * 300000);
    nc37xx_fault_set_at(&card.nc, fault, draw(random, 4));
}

static void act_msi(uint32_t *random)
{
    card.msi_enabled = draw(random, 2);
    nc37xx_interrupt_update(&card.nc);
}

static void act_reset(uint32_t *random)
{
    switch (draw(random, 16)) {
    case 0:
        nc37xx_pci_reset(&card.nc);
        break;
    case 1:
        nc37xx_wake_reset(&card.nc);
        break;
    case 2:
        card_core_reset();
        break;
    default:
        return;
    }
    /* A driver may have come no further yet. */
    if (draw(random, 4)) {
        card_program();
    } else {
        card_write(A_MISC_ENABLE_SET, MISC_ENABLE_ALL);
    }
}

#define ACT(name) { #name, act_ ## name }
static const struct {
    const char *name;
    void (*run)(uint32_t *random);
} acts[] = {
    ACT(transmit), ACT(transmit), ACT(begin_packet), ACT(receive),
    ACT(receive), ACT(receive), ACT(partner_pauses), ACT(buffers),
    ACT(pages), ACT(register), ACT(register), ACT(register), ACT(read),
    ACT(scratch), ACT(receive_buffer_memory), ACT(flow_control), ACT(burst),
    ACT(message), ACT(phy), ACT(nvram), ACT(time), ACT(timer), ACT(timer),
    ACT(cable), ACT(fault), ACT(msi), ACT(reset),
};

/* Where NULL is given, nobody looks. */
static void do_acts(uint32_t random, Seen *seen)
{
    unsigned i, act;

    digest = 0xcbf29ce484222325ull;
    for (i = 0; i < ACTS; i++) {
        act = draw(&random, ARRAY_SIZE(acts));
        acts[act].run(&random);
        see_everything();
        if (seen) {
            seen[i] = (Seen) { acts[act].name, digest };
        }
    }
}

/*
 * Comparison
 */

static void expect_same_acts(unsigned round, const Seen *one, const Seen *two)
{
    unsigned i = 0;

    while (i < ACTS && one[i].digest == two[i].digest) {
        i++;
    }
    if (i < ACTS) {
        fprintf(stderr, "vmstate: round %u differs after act %u, %s\n",
                round, i, one[i].act);
    }
    CU_ASSERT_EQUAL(i, ACTS);
}

/* The name of the field at @at of a stream. */
static const char *field(size_t at)
{
    unsigned i = 0;

    while (at - leaves[i].offset >= leaves[i].size) {
        i++;
    }
    return leaves[i].name;
}

/* Frames held back have free places between them, with anything in them. */
static void expect_same_chips(unsigned round, const Stream *one,
                              const Stream *two)
{
    size_t at = 0, end = leaves_find();

    CU_ASSERT_EQUAL_FATAL(one->size, two->size);
    while (at < end && one->bytes[at] == two->bytes[at]) {
        at++;
    }
    if (at < end) {
        fprintf(stderr, "vmstate: round %u: streams differ at %zu, in %s\n",
                round, at, field(at));
    }
    CU_ASSERT_EQUAL(at, end);
}

/* What a chip is and has done: it, and the memory of its computer. */
typedef struct Past {
    Seen seen[ACTS];
    Stream chip;
    struct card *computer;
} Past;

static void go_on(uint32_t random, Past *past)
{
    do_acts(random, past->seen);
    nc37xx_nvm_flush(&card.nc);
    past->chip = stream_save();
    past->computer = computer_save();
}

static void past_free(Past *past)
{
    g_free(past->chip.bytes);
    g_free(past->computer);
}

static void expect_same(unsigned round, const Past *one, const Past *two)
{
    expect_same_acts(round, one->seen, two->seen);
    expect_same_chips(round, &one->chip, &two->chip);
    CU_ASSERT_EQUAL(memcmp(one->computer->memory, two->computer->memory,
                           MEMORY_SIZE), 0);
    CU_ASSERT_EQUAL(memcmp(one->computer->kept, two->computer->kept,
                           sizeof(card.kept)), 0);
}

/* A round of its own number has its own adapter. */
static void begin(unsigned round)
{
    unsigned count = 0;

    while (nc37xx_models[count].type) {
        count++;
    }
    count = round % count;
    card_open_variant(nc37xx_models[count].type, nc37xx_models[count].variant);
    do_acts(round * 2654435761u, NULL);
}

void a_loaded_chip_goes_on_as_the_one_that_was_saved(void)
{
    struct card *computer;
    unsigned round, failures = CU_get_number_of_failures();
    Stream stream;
    Past one, two;

    for (round = 1; round <= ROUNDS; round++) {
        begin(round);
        nc37xx_nvm_flush(&card.nc);     /* as when a machine stops */
        stream = stream_save();
        computer = computer_save();
        go_on(round, &one);
        computer_restore(computer);
        chip_forget();
        CU_ASSERT_TRUE_FATAL(stream_load(stream.bytes, stream.size));
        go_on(round, &two);
        expect_same(round, &one, &two);
        past_free(&one);
        past_free(&two);
        g_free(computer);
        g_free(stream.bytes);
        if (CU_get_number_of_failures() != failures) {
            return;
        }
    }
}
