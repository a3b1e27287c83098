/*
 * The channels, against a driver that is right and one that is hostile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "qemu/osdep.h"
#include "channel.h"
#include "ilo-host.h"
#include "ilo-packet.h"
#include "unit.h"

/* Above 4 GiB, as Linux may give it. */
#define MEMORY 0x180000000ull
#define MEMORY_SIZE 0x20000
#define SEND_FIFO (MEMORY + 0x200)
#define RECEIVE_FIFO (MEMORY + 0x600)
#define SEND_DATA (MEMORY + 0x1000)
#define RECEIVE_DATA (MEMORY + 0x8000)
/* As hpilo writes it, sign-extended: 4 entries, 4 descriptors of 4096. */
#define CONTROL 0xffffffff800c003cull

static EvStore store;
static IloPost post;
static IloSmif smif;
static TestHost host;
static IloChannels channels;
static uint8_t memory[MEMORY_SIZE];
static unsigned events[ILO_EVENT_COUNT];
static unsigned dma_count, dma_fail;        /* this access fails; 0: none */
static unsigned polls;
static bool interrupts;
static bool rings;                          /* DMA hits our own doorbell */
static uint8_t packet[ILO_PACKET_MAX];

static void count_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
    events[event]++;
}

static uint8_t *at(uint64_t address, size_t size)
{
    return address >= MEMORY && size <= MEMORY_SIZE &&
           address - MEMORY <= MEMORY_SIZE - size ?
           memory + (address - MEMORY) : NULL;
}

static bool dma_read(void *opaque, uint64_t address, void *to, size_t size)
{
    uint8_t *from = at(address, size);

    if (rings) {
        ilo_channels_doorbell(&channels, 0, ILO_DOORBELL_KICK);
    }
    if (++dma_count == dma_fail || !from) {
        return false;
    }
    memcpy(to, from, size);
    return true;
}

static bool dma_write(void *opaque, uint64_t address, const void *from,
                      size_t size)
{
    uint8_t *to = at(address, size);

    if (++dma_count == dma_fail || !to) {
        return false;
    }
    memcpy(to, from, size);
    return true;
}

static void interrupt(void *opaque, bool level)
{
    interrupts = level;
}

static void poll_later(void *opaque)
{
    polls++;
}

static const IloChannelOps channel_ops = {
    dma_read, dma_write, interrupt, poll_later
};

static void start(void)
{
    const IloListener listener = { count_event, NULL };

    memset(events, 0, sizeof(events));
    memset(memory, 0, sizeof(memory));
    dma_count = dma_fail = polls = 0;
    interrupts = rings = false;
    ilo_post_reset(&post);
    test_host_init(&host);
    ev_store_init(&store, NULL, NULL, &listener);
    ilo_smif_init(&smif, &store, &post, &test_host_ops, &host, &listener);
    ilo_channels_init(&channels, &smif, &channel_ops, NULL, &listener);
}

/*
 * A driver
 */

static unsigned send_tail, receive_tail;

static void store64(uint32_t offset, uint64_t value)
{
    ilo_channels_store(&channels, offset, value, 8);
}

static uint64_t entry(uint64_t fifo, unsigned index)
{
    return ldq_le_p(at(fifo + (index & 3) * 8, 8));
}

static void put_entry(uint64_t fifo, unsigned index, uint64_t value)
{
    stq_le_p(at(fifo + (index & 3) * 8, 8), value);
}

static void kick(unsigned number)
{
    ilo_channels_doorbell(&channels, number << ILO_DOORBELL_SHIFT,
                          ILO_DOORBELL_KICK);
}

static void write_ccb(unsigned number, uint64_t control)
{
    uint32_t ccb = number * ILO_CCB_STRIDE;

    store64(ccb + ILO_CCB_SEND_FIFO, SEND_FIFO);
    store64(ccb + ILO_CCB_SEND_DATA, SEND_DATA);
    store64(ccb + ILO_CCB_SEND_CONTROL, control);
    store64(ccb + ILO_CCB_RECEIVE_FIFO, RECEIVE_FIFO);
    store64(ccb + ILO_CCB_RECEIVE_DATA, RECEIVE_DATA);
    store64(ccb + ILO_CCB_RECEIVE_CONTROL, control);
}

static void give_buffer(unsigned id)
{
    put_entry(RECEIVE_FIFO, receive_tail++,
              0x200 | id << 10 | ILO_ENTRY_OCCUPIED);
}

/* As hpilo opens one: three of four entries on both sides. */
static void open_channel(unsigned number)
{
    write_ccb(number, CONTROL);
    send_tail = receive_tail = 0;
    for (unsigned id = 0; id < 3; id++) {
        put_entry(SEND_FIFO, send_tail++, id << 10 | ILO_ENTRY_OCCUPIED);
        kick(number);
        give_buffer(id);
    }
}

static uint32_t control(unsigned number, uint32_t offset)
{
    return ilo_channels_load(&channels, number * ILO_CCB_STRIDE + offset, 4);
}

static bool is_active(unsigned number)
{
    return control(number, ILO_CCB_SEND_CONTROL) &
           control(number, ILO_CCB_RECEIVE_CONTROL) & ILO_CCB_ACTIVE;
}

static void send_only(unsigned number, size_t size)
{
    unsigned id = send_tail % 4;

    memcpy(at(SEND_DATA + id * 4096, 4096), packet, size);
    put_entry(SEND_FIFO, send_tail++,
              (size + 7) / 8 | id << 10 | ILO_ENTRY_OCCUPIED);
    kick(number);
}

static bool is_consumed(uint64_t fifo, unsigned index)
{
    return entry(fifo, index) & ILO_ENTRY_CONSUMED;
}

static const uint8_t *received(unsigned index)
{
    return at(RECEIVE_DATA + ILO_ENTRY_DATA(entry(RECEIVE_FIFO, index)) * 4096,
              4096);
}

static void send_status(unsigned number)
{
    send_only(number, packet_begin(packet, SMIF_EV_STATUS,
                                   SMIF_HEADER_SIZE));
}

static uint32_t read_out(void)
{
    return ilo_channels_read(&channels, ILO_CHANNEL_OUT, 4);
}

static void open_takes_the_control_words_and_gives_buffers_back(void)
{
    start();
    open_channel(5);
    CU_ASSERT(is_active(5));
    CU_ASSERT_EQUAL(ilo_channels_load(&channels, 5 * 128 + 0x14, 4),
                    UINT32_MAX);
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(entry(SEND_FIFO, i), 0x200 | i << 10 |
                        ILO_ENTRY_OCCUPIED | ILO_ENTRY_CONSUMED);
        CU_ASSERT_FALSE(is_consumed(RECEIVE_FIFO, i));
    }
    CU_ASSERT_EQUAL(read_out(), 0);
    CU_ASSERT_EQUAL(events[ILO_EVENT_channel_opened], 1);
}

static void packet_is_answered_before_the_doorbell_returns(void)
{
    start();
    open_channel(0);
    send_status(0);
    CU_ASSERT(is_consumed(SEND_FIFO, 3));
    CU_ASSERT_EQUAL(entry(SEND_FIFO, 3) & ILO_ENTRY_QWORDS, 0x200);
    CU_ASSERT_EQUAL(entry(RECEIVE_FIFO, 0),
                    3 | ILO_ENTRY_OCCUPIED | ILO_ENTRY_CONSUMED);
    CU_ASSERT_EQUAL(lduw_le_p(received(0)), SMIF_EV_STATUS_SIZE);
    CU_ASSERT_EQUAL(lduw_le_p(received(0) + SMIF_COMMAND), 0x8132);
    CU_ASSERT_EQUAL(read_out(), 1);
}

static void upper_bits_of_an_entry_are_the_drivers(void)
{
    start();
    open_channel(0);
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    memcpy(at(SEND_DATA, 8), packet, 8);
    put_entry(SEND_FIFO, 3, 0x1234567887000000ull | 1 | ILO_ENTRY_OCCUPIED);
    kick(0);
    CU_ASSERT_EQUAL(entry(SEND_FIFO, 3), 0x1234567887000000ull | 0x200 |
                    ILO_ENTRY_OCCUPIED | ILO_ENTRY_CONSUMED);
}

static void interrupt_is_enabled_and_acknowledged(void)
{
    start();
    open_channel(2);
    send_status(2);
    CU_ASSERT_FALSE(interrupts);
    ilo_channels_write(&channels, ILO_CHANNEL_IRQ, 0xff, 1);
    CU_ASSERT(interrupts);
    CU_ASSERT_EQUAL(ilo_channels_read(&channels, ILO_CHANNEL_IRQ, 1), 1);
    ilo_channels_write(&channels, ILO_CHANNEL_OUT, 1 << 1, 4);
    CU_ASSERT(interrupts);
    ilo_channels_write(&channels, ILO_CHANNEL_OUT, 1 << 2, 4);
    CU_ASSERT_FALSE(interrupts);
    CU_ASSERT_EQUAL(read_out(), 0);
}

static void close_clears_active_and_reopens_at_the_first_entry(void)
{
    start();
    open_channel(1);
    send_status(1);
    write_ccb(1, CONTROL & ~(uint64_t)ILO_CCB_GO);
    kick(1);
    CU_ASSERT_FALSE(is_active(1));
    CU_ASSERT_EQUAL(events[ILO_EVENT_channel_closed], 1);
    memset(memory, 0, sizeof(memory));
    open_channel(1);
    send_status(1);
    CU_ASSERT(is_consumed(RECEIVE_FIFO, 0));
}

static void one_go_bit_is_not_enough(void)
{
    start();
    write_ccb(0, CONTROL);
    store64(ILO_CCB_RECEIVE_CONTROL, CONTROL & ~(uint64_t)ILO_CCB_GO);
    kick(0);
    CU_ASSERT_FALSE(is_active(0));
    CU_ASSERT_EQUAL(dma_count, 0);
}

static void channels_do_not_touch_each_other(void)
{
    start();
    for (unsigned i = 0; i < ILO_CHANNELS; i++) {
        open_channel(i);
        send_status(i);
        CU_ASSERT_EQUAL(read_out(), (1u << (i + 1)) - 1);
    }
}

/* As in hpilo, which reads and gives the buffer back without a doorbell. */
static void request_waits_for_a_buffer_and_is_found_by_polling(void)
{
    start();
    open_channel(0);
    for (unsigned i = 0; i < 4; i++) {
        send_status(0);
    }
    CU_ASSERT(is_consumed(SEND_FIFO, 5));
    CU_ASSERT_FALSE(is_consumed(SEND_FIFO, 6));
    CU_ASSERT_EQUAL(polls, 1);
    ilo_channels_poll(&channels);
    CU_ASSERT_EQUAL(polls, 2);
    give_buffer(3);
    ilo_channels_poll(&channels);
    CU_ASSERT(is_consumed(SEND_FIFO, 6));
    CU_ASSERT(is_consumed(RECEIVE_FIFO, 3));
    CU_ASSERT_EQUAL(polls, 2);
}

static void polling_gives_up_and_a_doorbell_begins_anew(void)
{
    start();
    open_channel(0);
    for (unsigned i = 0; i < 4; i++) {
        send_status(0);
    }
    for (unsigned i = 0; i < 5000; i++) {
        ilo_channels_poll(&channels);
    }
    CU_ASSERT_EQUAL(polls, ILO_CHANNEL_POLLS_MAX);
    kick(0);
    CU_ASSERT_EQUAL(polls, ILO_CHANNEL_POLLS_MAX + 1);
}

static void control_blocks_out_of_bounds_are_refused(void)
{
    static const struct {
        uint32_t offset;
        uint64_t value;
    } rows[] = {
        { ILO_CCB_SEND_CONTROL, 0x800c003b },       /* 2048 bytes */
        { ILO_CCB_SEND_CONTROL, 0x800c003f },       /* 32768 bytes */
        { ILO_CCB_SEND_CONTROL, 0x800c0ffc | 0x1000 },  /* 512 entries */
        { ILO_CCB_RECEIVE_CONTROL, 0x8003fffc },    /* all there are */
        { ILO_CCB_RECEIVE_CONTROL, 0x800c002c },    /* 3 entries */
        { ILO_CCB_RECEIVE_CONTROL, 0x800c003c | 0xfffu << 18 },
        { ILO_CCB_SEND_FIFO, SEND_FIFO + 4 },
        { ILO_CCB_SEND_FIFO, UINT64_MAX - 7 },
        { ILO_CCB_RECEIVE_DATA, UINT64_MAX },
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        start();
        write_ccb(3, CONTROL);
        store64(3 * ILO_CCB_STRIDE + rows[i].offset, rows[i].value);
        kick(3);
        CU_ASSERT_FALSE(is_active(3));
        CU_ASSERT_EQUAL(dma_count, 0);
        CU_ASSERT_EQUAL(events[ILO_EVENT_channel_bad_ccb], 1);
    }
}

static void control_block_is_copied_when_it_is_opened(void)
{
    start();
    open_channel(0);
    store64(ILO_CCB_SEND_FIFO, 0);
    store64(ILO_CCB_RECEIVE_DATA, 0);
    send_status(0);
    CU_ASSERT(is_consumed(RECEIVE_FIFO, 0));
    CU_ASSERT_EQUAL(lduw_le_p(received(0)), SMIF_EV_STATUS_SIZE);
}

static void descriptors_beyond_the_limit_are_not_read(void)
{
    start();
    open_channel(0);
    put_entry(SEND_FIFO, 3, 1 | 4 << 10 | ILO_ENTRY_OCCUPIED);
    kick(0);
    CU_ASSERT(is_consumed(SEND_FIFO, 3));
    CU_ASSERT_FALSE(is_consumed(RECEIVE_FIFO, 0));
    CU_ASSERT_EQUAL(events[ILO_EVENT_channel_bad_descriptor], 1);
}

static void buffers_beyond_the_limit_are_passed_over(void)
{
    start();
    open_channel(0);
    put_entry(RECEIVE_FIFO, 0, 0x200 | 0xfff << 10 | ILO_ENTRY_OCCUPIED);
    send_status(0);
    CU_ASSERT_EQUAL(entry(RECEIVE_FIFO, 0) & ILO_ENTRY_QWORDS, 0);
    CU_ASSERT(is_consumed(RECEIVE_FIFO, 0));
    CU_ASSERT_EQUAL(entry(RECEIVE_FIFO, 1) & ILO_ENTRY_QWORDS, 3);
    CU_ASSERT_EQUAL(events[ILO_EVENT_channel_bad_descriptor], 1);
}

static void packets_larger_than_a_descriptor_are_dropped(void)
{
    start();
    open_channel(0);
    put_entry(SEND_FIFO, 3, 0x201 | ILO_ENTRY_OCCUPIED);
    kick(0);
    CU_ASSERT(is_consumed(SEND_FIFO, 3));
    CU_ASSERT_EQUAL(events[ILO_EVENT_channel_bad_length], 1);
    CU_ASSERT_EQUAL(read_out(), 0);
}

static void damaged_packet_is_consumed_without_answer(void)
{
    start();
    open_channel(0);
    memset(packet, 0xff, 8);
    send_only(0, 8);
    CU_ASSERT(is_consumed(SEND_FIFO, 3));
    CU_ASSERT_EQUAL(read_out(), 0);
    CU_ASSERT_EQUAL(events[ILO_EVENT_smif_bad_packet], 1);
}

/* Whichever access fails, the next request after it is answered or waits. */
static void every_dma_may_fail(void)
{
    for (unsigned n = 1; n < 40; n++) {
        start();
        open_channel(0);
        dma_count = 0;
        dma_fail = n;
        send_status(0);
        CU_ASSERT(ilo_channels_resume(&channels));
        if (dma_count < n) {
            CU_ASSERT_EQUAL(events[ILO_EVENT_channel_dma_failed], 0);
            CU_ASSERT(n > 4);
            return;
        }
        CU_ASSERT_EQUAL(events[ILO_EVENT_channel_dma_failed], 1);
        dma_fail = 0;
        kick(0);
        CU_ASSERT(is_consumed(SEND_FIFO, 3));
        CU_ASSERT_EQUAL(read_out(), 1);
    }
    CU_FAIL("one request takes forty accesses");
}

static void kick_serves_each_entry_at_most_once(void)
{
    start();
    write_ccb(0, 0x83fc0ffc);       /* 256 entries, 256 descriptors */
    for (unsigned i = 0; i < 512; i++) {
        stq_le_p(memory + 0x200 + 8 * i, ILO_ENTRY_OCCUPIED);
    }
    kick(0);
    CU_ASSERT_EQUAL(dma_count, 2 * 256);
}

static void doorbell_rung_by_our_own_dma_is_not_heard(void)
{
    start();
    open_channel(0);
    rings = true;
    send_status(0);
    CU_ASSERT(events[ILO_EVENT_channel_reentered] > 0);
    CU_ASSERT(is_consumed(RECEIVE_FIFO, 0));
    CU_ASSERT_FALSE(is_consumed(RECEIVE_FIFO, 1));
}

static void doorbells_that_are_none_are_refused(void)
{
    static const struct {
        uint32_t offset, value;
    } rows[] = {
        { 24 << 14, 1 }, { 0x7ffff, 1 }, { 1, 1 }, { 0, 0 }, { 0, 3 },
        { 0, 0x101 },
    };

    start();
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        ilo_channels_doorbell(&channels, rows[i].offset, rows[i].value);
        CU_ASSERT_EQUAL(events[ILO_EVENT_channel_bad_doorbell], i + 1);
    }
    ilo_channels_doorbell(&channels, 0, ILO_DOORBELL_CLEAR);
    CU_ASSERT_EQUAL(events[ILO_EVENT_channel_bad_doorbell],
                    ARRAY_SIZE(rows));
}

static void registers_that_are_none_read_zero(void)
{
    start();
    open_channel(0);
    send_status(0);
    ilo_channels_write(&channels, ILO_CHANNEL_IRQ, 1, 1);
    for (uint32_t offset = 0; offset < ILO_CHANNEL_REGISTERS; offset++) {
        for (unsigned size = 1; size <= 4; size *= 2) {
            bool known = (offset == ILO_CHANNEL_IRQ && size == 1) ||
                         (offset == ILO_CHANNEL_OUT && size == 4);

            CU_ASSERT_EQUAL(ilo_channels_read(&channels, offset, size),
                            known);
            if (!known) {
                ilo_channels_write(&channels, offset, UINT32_MAX, size);
            }
        }
    }
    CU_ASSERT(interrupts);
}

static void restart_closes_all_and_tells_the_driver(void)
{
    start();
    ilo_channels_write(&channels, ILO_CHANNEL_IRQ, 1, 1);
    open_channel(0);
    ilo_channels_restart(&channels);
    CU_ASSERT_EQUAL(read_out(), 1u << 26);
    CU_ASSERT(interrupts);
    CU_ASSERT_EQUAL(control(0, ILO_CCB_SEND_CONTROL), 0);
    send_status(0);
    CU_ASSERT_FALSE(is_consumed(SEND_FIFO, 3));
}

static void reset_leaves_nothing(void)
{
    start();
    CU_ASSERT(ilo_channels_are_idle(&channels));
    ilo_channels_write(&channels, ILO_CHANNEL_IRQ, 1, 1);
    open_channel(0);
    send_status(0);
    CU_ASSERT_FALSE(ilo_channels_are_idle(&channels));
    ilo_channels_reset(&channels);
    CU_ASSERT(ilo_channels_are_idle(&channels));
    CU_ASSERT_FALSE(interrupts);
}

static void guests_packets_are_on_the_channel_plane(void)
{
    start();
    open_channel(0);
    packet_begin(packet, ILO_LINK_POWER, ILO_LINK_POWER_SIZE);
    packet[SMIF_SERVICE] = SMIF_SERVICE_MANAGEMENT;
    stl_le_p(packet + ILO_LINK_POWER_ACT, ILO_POWER_OFF);
    send_only(0, ILO_LINK_POWER_SIZE);
    CU_ASSERT_EQUAL(lduw_le_p(received(0) + SMIF_COMMAND), 0xffff);
    CU_ASSERT_EQUAL(host.power_acts, 0);
    CU_ASSERT_EQUAL(events[ILO_EVENT_smif_wrong_plane], 1);
}

static void snapshot_out_of_range_is_refused(void)
{
    start();
    open_channel(0);
    CU_ASSERT(ilo_channels_resume(&channels));
    channels.channel[0].send.index = 4;
    CU_ASSERT_FALSE(ilo_channels_resume(&channels));
    channels.channel[0].send.index = 0;
    channels.channel[0].receive.mask = 0xffff;
    CU_ASSERT_FALSE(ilo_channels_resume(&channels));
    channels.channel[0].receive.mask = 3;
    channels.channel[1].waits = 1;
    CU_ASSERT_FALSE(ilo_channels_resume(&channels));
    channels.channel[1].waits = 0;
    channels.irq = 2;
    CU_ASSERT_FALSE(ilo_channels_resume(&channels));
    channels.irq = 0;
    channels.polls = UINT32_MAX;
    CU_ASSERT_FALSE(ilo_channels_resume(&channels));
}

static const struct unit_case cases[] = {
    UNIT_CASE(open_takes_the_control_words_and_gives_buffers_back),
    UNIT_CASE(packet_is_answered_before_the_doorbell_returns),
    UNIT_CASE(upper_bits_of_an_entry_are_the_drivers),
    UNIT_CASE(interrupt_is_enabled_and_acknowledged),
    UNIT_CASE(close_clears_active_and_reopens_at_the_first_entry),
    UNIT_CASE(one_go_bit_is_not_enough),
    UNIT_CASE(channels_do_not_touch_each_other),
    UNIT_CASE(request_waits_for_a_buffer_and_is_found_by_polling),
    UNIT_CASE(polling_gives_up_and_a_doorbell_begins_anew),
    UNIT_CASE(control_blocks_out_of_bounds_are_refused),
    UNIT_CASE(control_block_is_copied_when_it_is_opened),
    UNIT_CASE(descriptors_beyond_the_limit_are_not_read),
    UNIT_CASE(buffers_beyond_the_limit_are_passed_over),
    UNIT_CASE(packets_larger_than_a_descriptor_are_dropped),
    UNIT_CASE(damaged_packet_is_consumed_without_answer),
    UNIT_CASE(every_dma_may_fail),
    UNIT_CASE(kick_serves_each_entry_at_most_once),
    UNIT_CASE(doorbell_rung_by_our_own_dma_is_not_heard),
    UNIT_CASE(doorbells_that_are_none_are_refused),
    UNIT_CASE(registers_that_are_none_read_zero),
    UNIT_CASE(restart_closes_all_and_tells_the_driver),
    UNIT_CASE(reset_leaves_nothing),
    UNIT_CASE(guests_packets_are_on_the_channel_plane),
    UNIT_CASE(snapshot_out_of_range_is_refused),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-channel", cases, ARRAY_SIZE(cases), argc, argv);
}
