/*
 * The chip's state in damaged migration streams, loaded in process.
 *
 * Each round spoils a good stream in its own way and loads it.  What is
 * refused must be explained; what is taken is read all over, has to work for
 * the driver as well as it can, and is as good as new after a reset.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/module.h"
#include "vmstate-stream.h"

#define ROUNDS 10000
#define HELD_ROUNDS 2000
#define DMA_MAX 400000

/* An adapter in the middle of its work, and its stream. */
static Stream busy_adapter(void)
{
    uint8_t frame[300];
    unsigned i;
    Stream stream;

    card_open();
    card_write(A_EMAC_ATTENTION_ENA, R_EMAC_ATTENTION_ENA_LINK_MASK);
    card_write(A_HC_ATTN_BITS_ENABLE, STATUS_ATTN_LINK_STATE);
    card_write(A_HC_STATS_TICKS, 1000000 & R_HC_STATS_TICKS_TICKS_MASK);
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE, 256u << 16 | 512);
    card_rx_pages(20, 512);
    card_rx_buffers(60);
    frame_fill(frame, sizeof(frame), 0x0800);
    for (i = 0; i < 30; i++) {
        card_transmit(frame, sizeof(frame), 0);
        CU_ASSERT_TRUE_FATAL(nc37xx_receive(&card.nc, frame, 60 + i));
    }
    card_tx_bd(FRAMES_AT, 100, TX_BD_FLAG_START);
    card_tx_doorbell();
    card_grc_write(card.nc.model->shm_base + SHM_DRV_MB,
                   SHM_DRV_MSG_CODE_RESET | 5);
    stream = stream_save();
    CU_ASSERT_EQUAL_FATAL(leaves_find() + 1, stream.size);
    return stream;
}

/*
 * What is done with a state that was taken
 */

static void read_everything(void)
{
    uint32_t at;
    unsigned i;

    for (at = 0; at < NC37XX_BAR_WINDOW_END; at += 4) {
        card_read(at);
    }
    for (at = 0; at < NC37XX_CONTEXT_MEMORY; at += 64) {
        card_write(A_CTX_DATA_ADR, at);
        card_read(A_CTX_DATA);
    }
    for (i = 0; i < PHY_REGS; i++) {
        card_phy_read(i);
    }
    for (at = 0; at < NVRAM_VPD_SIZE; at += 4) {
        nc37xx_vpd_read(&card.nc, at);
    }
    card_write(A_NVM_COMMAND, R_NVM_COMMAND_DOIT_MASK);
}

/* The driver and the world go on where they were. */
static void go_on(const uint8_t *frame, size_t size)
{
    unsigned timer;

    card_tx_bd(FRAMES_AT, size, TX_BD_FLAG_END);
    card_tx_doorbell();
    card_rx_buffers(3);
    if (nc37xx_can_receive(&card.nc)) {
        nc37xx_receive(&card.nc, frame, size);
    }
    for (timer = 0; timer < NC37XX_TIMERS; timer++) {
        nc37xx_timer(&card.nc, timer);
    }
    nc37xx_set_carrier(&card.nc, false);
    nc37xx_set_carrier(&card.nc, true);
    nc37xx_transmit(&card.nc);
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
               R_HC_COMMAND_STATS_NOW_MASK);
    card_write(A_PCICFG_INT_ACK_CMD, R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK);
}

/* But for the faults that were set: those outlast a reset. */
static void expect_as_new(const uint8_t *frame, size_t size)
{
    unsigned fault;

    card_sent_forget();
    for (fault = 0; fault < NC37XX_FAULT_COUNT; fault++) {
        nc37xx_fault_set_ppm(&card.nc, fault, 0);
        nc37xx_fault_set_at(&card.nc, fault, 0);
    }
    nc37xx_pci_reset(&card.nc);
    card_program();
    card_transmit(frame, size, 0);
    CU_ASSERT_EQUAL_FATAL(card.sent_count, 1);
    CU_ASSERT_EQUAL_FATAL(card.sent[0].size, size);
    CU_ASSERT_EQUAL(memcmp(card.sent[0].data, frame, size), 0);
    card_rx_buffers(1);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, size));
    CU_ASSERT_EQUAL(card_rx_consumer(), 1);
    CU_ASSERT_EQUAL(memcmp(card_rx_buffer(0) + RX_FRAME_OFFSET, frame, size),
                    0);
    card_sent_forget();
}

/* Was it taken?  Then it has stood the test. */
static bool try_stream(const struct card *computer, const uint8_t *bytes,
                       size_t size)
{
    uint8_t frame[100];

    computer_restore(computer);
    if (!stream_load(bytes, size)) {
        return false;
    }
    frame_fill(frame, sizeof(frame), 0x0800);
    read_everything();
    go_on(frame, sizeof(frame));
    CU_ASSERT_TRUE(card.dma_count - computer->dma_count < DMA_MAX);
    expect_as_new(frame, sizeof(frame));
    return true;
}

/*
 * Damage
 */

/* Half of the places fall evenly on the fields, however short. */
static size_t draw_place(uint32_t *random, size_t size)
{
    const Leaf *leaf = &leaves[draw(random, leaf_count)];

    if (draw(random, 2)) {
        return draw(random, size);
    }
    return MIN(leaf->offset + draw(random, leaf->size), size - 1);
}

/* A byte before the first frame held back, or of what describes one. */
static size_t held_place(uint32_t *random, size_t first)
{
    const size_t name = 1 + 1 + strlen("nc37xx/faults/held") + 4;
    const size_t frame = 22 + NC37XX_FRAME_MAX;

    return draw(random, 4) == 0 ? first + draw(random, name)
                                : first + name + draw(random, 22) +
                                  frame * draw(random, NC37XX_HELD_FRAMES);
}

static void spoil_value(uint32_t *random, uint8_t *at, size_t room)
{
    static const uint8_t fill[] = { 0x00, 0xff, 0x7f, 0x80, 0x01 };

    memset(at, fill[draw(random, ARRAY_SIZE(fill))],
           MIN(room, 1u << draw(random, 4)));
}

/* Spoils @bytes once; returns how many of them are left. */
static size_t spoil(uint32_t *random, uint8_t *bytes, size_t size)
{
    size_t at = draw_place(random, size);
    size_t from = draw_place(random, size);
    size_t piece = MIN(1 + draw(random, 64), size - MAX(at, from));

    switch (draw(random, 16)) {
    case 0:
        return at;
    case 1: /* bytes are missing */
        memmove(bytes + at, bytes + at + piece, size - at - piece);
        return size - piece;
    case 2: /* bytes come again: the rest is out of place */
        memmove(bytes + at + piece, bytes + at, size - at - piece);
        return size;
    case 3:
    case 4:
    case 5:
        memmove(bytes + at, bytes + from, piece);
        return size;
    case 6:
    case 7:
    case 8:
        bytes[at] = draw(random, 256);
        return size;
    case 9:
    case 10:
    case 11:
        spoil_value(random, bytes + at, size - at);
        return size;
    default:
        bytes[at] ^= 1 << draw(random, 8);
        return size;
    }
}

/*
 * Cases
 */

/* On both ways. */
static void hold_frames_back(void)
{
    uint8_t frame[200];
    unsigned i;

    frame_fill(frame, sizeof(frame), 0x0800);
    nc37xx_fault_set_ppm(&card.nc, NC37XX_FAULT_RX_DELAY, NC37XX_FAULT_ALWAYS);
    nc37xx_fault_set_ppm(&card.nc, NC37XX_FAULT_TX_REORDER,
                         NC37XX_FAULT_ALWAYS);
    for (i = 0; i < 3; i++) {
        CU_ASSERT_TRUE_FATAL(nc37xx_receive(&card.nc, frame, 60 + i));
    }
    card_transmit(frame, sizeof(frame), 0);
    CU_ASSERT_NOT_EQUAL_FATAL(card.timers[NC37XX_TIMER_HELD], 0);
}

static void a_loaded_chip_is_saved_as_the_same_stream(void)
{
    Stream stream = busy_adapter();
    Stream again;

    chip_forget();
    CU_ASSERT_TRUE(stream_load(stream.bytes, stream.size));
    again = stream_save();
    CU_ASSERT_EQUAL_FATAL(again.size, stream.size);
    CU_ASSERT_EQUAL(memcmp(again.bytes, stream.bytes, stream.size), 0);
    g_free(stream.bytes);
    g_free(again.bytes);
}

static void a_stream_cut_at_any_field_is_refused(void)
{
    Stream stream = busy_adapter();
    unsigned i;

    for (i = 0; i < leaf_count; i++) {
        CU_ASSERT_FALSE(stream_load(stream.bytes, leaves[i].offset));
        CU_ASSERT_FALSE(stream_load(stream.bytes,
                             leaves[i].offset + leaves[i].size / 2));
    }
    g_free(stream.bytes);
}

static void any_field_of_ones_or_zeroes_does_no_harm(void)
{
    Stream stream = busy_adapter();
    struct card *computer = computer_save();
    g_autofree uint8_t *bytes = g_memdup2(stream.bytes, stream.size);
    const Leaf *leaf;
    unsigned i;

    for (i = 0; i < leaf_count; i++) {
        leaf = &leaves[i];
        memset(bytes + leaf->offset, 0xff, leaf->size);
        try_stream(computer, bytes, stream.size);
        memset(bytes + leaf->offset, 0, leaf->size);
        try_stream(computer, bytes, stream.size);
        memcpy(bytes + leaf->offset, stream.bytes + leaf->offset, leaf->size);
    }
    g_free(stream.bytes);
    g_free(computer);
}

static void ten_thousand_spoilt_streams_do_no_harm(void)
{
    Stream stream = busy_adapter();
    struct card *computer = computer_save();
    g_autofree uint8_t *bytes = g_malloc(stream.size);
    unsigned round, times, taken = 0;
    uint32_t random;
    size_t size;

    for (round = 1; round <= ROUNDS; round++) {
        random = round * 2654435761u;
        size = stream.size;
        memcpy(bytes, stream.bytes, size);
        for (times = 1 + draw(&random, 8); times && size; times--) {
            size = spoil(&random, bytes, size);
        }
        taken += try_stream(computer, bytes, size);
    }
    CU_ASSERT_TRUE(taken > ROUNDS / 4);
    CU_ASSERT_TRUE(taken < ROUNDS - ROUNDS / 100);
    g_free(stream.bytes);
    g_free(computer);
}

/* Such frames are behind the fields that are always there. */
static void spoilt_streams_with_frames_held_back_do_no_harm(void)
{
    Stream stream = busy_adapter();
    g_autofree uint8_t *bytes = NULL;
    size_t first = stream.size - 1;
    struct card *computer;
    unsigned round, taken = 0;
    uint32_t random;

    g_free(stream.bytes);
    hold_frames_back();
    stream = stream_save();
    computer = computer_save();
    bytes = g_malloc(stream.size);
    for (round = 1; round <= HELD_ROUNDS; round++) {
        random = round * 2654435761u;
        memcpy(bytes, stream.bytes, stream.size);
        spoil_value(&random, bytes + held_place(&random, first), 8);
        taken += try_stream(computer, bytes, stream.size);
    }
    CU_ASSERT_TRUE(taken > HELD_ROUNDS / 4);
    CU_ASSERT_TRUE(taken < HELD_ROUNDS - HELD_ROUNDS / 100);
    g_free(stream.bytes);
    g_free(computer);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_loaded_chip_is_saved_as_the_same_stream),
    UNIT_CASE(a_stream_cut_at_any_field_is_refused),
    UNIT_CASE(any_field_of_ones_or_zeroes_does_no_harm),
    UNIT_CASE(ten_thousand_spoilt_streams_do_no_harm),
    UNIT_CASE(spoilt_streams_with_frames_held_back_do_no_harm),
    UNIT_CASE(a_loaded_chip_goes_on_as_the_one_that_was_saved),
};

int main(int argc, char **argv)
{
    module_call_init(MODULE_INIT_QOM);
    return unit_main("vmstate", cases, CASES, argc, argv);
}
