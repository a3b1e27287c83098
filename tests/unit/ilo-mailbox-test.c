/*
 * The real-mode mailbox, port by port.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "ilo-host.h"
#include "ilo-packet.h"
#include "mailbox.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

static EvStore store;
static IloPost post;
static IloSmif smif;
static TestHost host;
static IloMailbox mailbox;
static unsigned events[ILO_EVENT_COUNT];
static uint8_t packet[ILO_PACKET_MAX];
static uint8_t reply[ILO_PACKET_MAX];

static void count_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
    events[event]++;
}

static void start(void)
{
    const IloListener listener = { count_event, NULL };

    ilo_post_reset(&post);
    ev_store_init(&store, NULL, NULL, &listener);
    test_host_init(&host);
    ilo_smif_init(&smif, &store, &post, &test_host_ops, &host, &listener);
    ilo_mailbox_init(&mailbox, &smif, &listener);
    ilo_mailbox_reset(&mailbox);
    memset(events, 0, sizeof(events));
}

static uint32_t read_register(uint32_t port)
{
    return ilo_mailbox_read(&mailbox, port, 4);
}

static void write_register(uint32_t port, uint32_t value)
{
    ilo_mailbox_write(&mailbox, port, value, 4);
}

static uint32_t status(void)
{
    return read_register(ILO_MAILBOX_STATUS) & 0xffff;
}

/* Little endian, as the bus gives it to the device. */
static uint32_t load(const uint8_t *from, unsigned size)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < size; i++) {
        value |= (uint32_t)from[i] << 8 * i;
    }
    return value;
}

/* Writes the whole packet in pieces of @width; the last may go beyond it. */
static void write_packet(size_t size, unsigned width)
{
    for (size_t i = 0; i < size; i += width) {
        ilo_mailbox_write(&mailbox, ILO_MAILBOX_DATA, load(packet + i, width),
                          width);
    }
}

static size_t read_reply(unsigned width)
{
    size_t size = read_register(ILO_MAILBOX_LENGTH);

    for (size_t i = 0; i < size; i += width) {
        uint32_t value = ilo_mailbox_read(&mailbox, ILO_MAILBOX_DATA, width);

        for (unsigned j = 0; j < width && i + j < sizeof(reply); j++) {
            reply[i + j] = value >> 8 * j;
        }
    }
    return size;
}

static void submit(void)
{
    write_register(ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT);
}

static void set_ev(const char *name, const char *value)
{
    size_t size = packet_set(packet, SMIF_EV_FLAG_SET, name, value,
                             strlen(value));

    write_register(ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    write_packet(size, 1);
    submit();
}

static void magic_and_version_identify_the_mailbox(void)
{
    start();
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_MAGIC), 0x5645434e);
    CU_ASSERT_EQUAL(ilo_mailbox_read(&mailbox, 0, 1), 'N');
    CU_ASSERT_EQUAL(ilo_mailbox_read(&mailbox, 1, 1), 'C');
    CU_ASSERT_EQUAL(ilo_mailbox_read(&mailbox, 2, 2), 'E' | 'V' << 8);
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_STATUS),
                    1 << 16 | ILO_STATUS_READY);
    CU_ASSERT_EQUAL(ilo_mailbox_read(&mailbox, 6, 2), 1);
}

static void exchange_works_at_every_width(void)
{
    for (unsigned width = 1; width <= 4; width *= 2) {
        size_t size;

        start();
        set_ev("CQTISCSI", "odd number of bytes");
        size = packet_get(packet, "CQTISCSI");
        write_packet(size, width);
        CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_LENGTH), size);
        submit();
        CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_REPLY);
        CU_ASSERT_EQUAL(read_reply(width), SMIF_EV_REPLY_DATA + 19);
        CU_ASSERT_EQUAL(lduw_le_p(reply + SMIF_SEQUENCE), 0x1234);
        CU_ASSERT_EQUAL(memcmp(reply + SMIF_EV_REPLY_DATA,
                               "odd number of bytes", 19), 0);
    }
}

static void length_may_be_written_before_or_after_the_data(void)
{
    for (unsigned first = 0; first < 2; first++) {
        size_t size = packet_set(packet, SMIF_EV_FLAG_SET, "A", "12345", 5);

        start();
        if (first) {
            write_register(ILO_MAILBOX_LENGTH, size);
        }
        write_packet(size, 4);
        if (!first) {
            write_register(ILO_MAILBOX_LENGTH, size);
        }
        CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_LENGTH), size);
        submit();
        CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_REPLY);
        CU_ASSERT_EQUAL(store.records.count, 1);
    }
}

static void length_beyond_what_was_written_is_refused(void)
{
    start();
    write_packet(packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE), 4);
    write_register(ILO_MAILBOX_LENGTH, SMIF_HEADER_SIZE + 1);
    submit();
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_ERROR);
    CU_ASSERT_EQUAL(events[ILO_EVENT_mailbox_bad_length], 1);
    write_register(ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    write_register(ILO_MAILBOX_LENGTH, ILO_PACKET_MAX + 1);
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_ERROR);
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_LENGTH), 0);
}

static void reads_behind_the_reply_are_zero(void)
{
    start();
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_DATA), 0);
    set_ev("A", "x");
    CU_ASSERT_EQUAL(read_reply(1), 12);
    for (unsigned i = 0; i < 2 * ILO_PACKET_MAX; i++) {
        CU_ASSERT_EQUAL_FATAL(read_register(ILO_MAILBOX_DATA), 0);
    }
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_REPLY);
}

static void wide_read_across_the_end_gives_what_is_left(void)
{
    start();
    set_ev("A", "xyz");
    write_packet(packet_get(packet, "A"), 4);
    submit();
    for (unsigned i = 0; i < SMIF_EV_REPLY_DATA; i++) {
        ilo_mailbox_read(&mailbox, ILO_MAILBOX_DATA, 1);
    }
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_DATA),
                    'x' | 'y' << 8 | 'z' << 16);
}

static void full_packet_fits_and_one_more_byte_is_an_error(void)
{
    for (unsigned width = 1; width <= 4; width *= 2) {
        start();
        packet_begin(packet, SMIF_EV_SET, ILO_PACKET_MAX);
        packet[SMIF_EV_SET_FLAGS] = SMIF_EV_FLAG_DELETE_ALL;
        write_packet(ILO_PACKET_MAX, width);
        CU_ASSERT_EQUAL(status(), ILO_STATUS_READY);
        submit();
        CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_REPLY);
        write_packet(ILO_PACKET_MAX, width);
        ilo_mailbox_write(&mailbox, ILO_MAILBOX_DATA, 0, width);
        CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_ERROR);
        CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_LENGTH), ILO_PACKET_MAX);
        CU_ASSERT_EQUAL(events[ILO_EVENT_mailbox_overflow], 1);
        submit();
        CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_ERROR);
    }
}

static void overflowed_packet_is_never_executed(void)
{
    size_t size;

    start();
    set_ev("A", "old");
    size = packet_set(packet, SMIF_EV_FLAG_SET, "A", "new", 3);
    write_packet(size, 1);
    for (size_t i = size; i < ILO_PACKET_MAX + 4; i++) {
        ilo_mailbox_write(&mailbox, ILO_MAILBOX_DATA, 0, 1);
    }
    submit();
    CU_ASSERT_EQUAL(memcmp(store.records.payload + EV_RECORD_DATA, "old", 3),
                    0);
}

static void error_stays_until_reset(void)
{
    start();
    write_register(ILO_MAILBOX_CONTROL, 3);
    CU_ASSERT_EQUAL(events[ILO_EVENT_mailbox_no_control], 1);
    write_packet(packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE), 4);
    submit();
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_ERROR);
    write_register(ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY);
    write_packet(SMIF_HEADER_SIZE, 4);
    submit();
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_REPLY);
}

static void submit_without_a_packet_is_an_error(void)
{
    start();
    submit();
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_ERROR);
    set_ev("A", "1");
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_REPLY);
    submit();
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY | ILO_STATUS_ERROR);
    CU_ASSERT_EQUAL(events[ILO_EVENT_mailbox_no_packet], 1);
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_LENGTH), 0);
}

static void write_after_a_reply_starts_a_new_packet(void)
{
    start();
    set_ev("A", "1");
    read_register(ILO_MAILBOX_DATA);
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    stw_le_p(packet + SMIF_SEQUENCE, 0x7777);
    write_packet(SMIF_HEADER_SIZE, 4);
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY);
    submit();
    CU_ASSERT_EQUAL(read_reply(4), SMIF_EV_STATUS_SIZE);
    CU_ASSERT_EQUAL(lduw_le_p(reply + SMIF_SEQUENCE), 0x7777);
}

static void torn_exchange_ends_with_reset(void)
{
    start();
    set_ev("A", "1");
    packet_get(packet, "A");
    write_packet(20, 4);
    write_register(ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_LENGTH), 0);
    packet_begin(packet, SMIF_EV_STATUS, SMIF_HEADER_SIZE);
    stw_le_p(packet + SMIF_SEQUENCE, 0x4242);
    write_packet(SMIF_HEADER_SIZE, 4);
    submit();
    CU_ASSERT_EQUAL(read_reply(1), SMIF_EV_STATUS_SIZE);
    CU_ASSERT_EQUAL(lduw_le_p(reply + SMIF_SEQUENCE), 0x4242);
}

static void reset_forgets_what_passed_through(void)
{
    static const uint8_t zero[ILO_PACKET_MAX];

    start();
    set_ev("CQTISCSI", "CHAPSecret=hush");
    write_packet(packet_get(packet, "CQTISCSI"), 4);
    submit();
    write_register(ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    CU_ASSERT_EQUAL(memcmp(mailbox.packet, zero, sizeof(zero)), 0);
    CU_ASSERT_EQUAL(memcmp(mailbox.reply, zero, sizeof(zero)), 0);
}

static void read_only_registers_stay(void)
{
    start();
    write_register(ILO_MAILBOX_MAGIC, 0);
    write_register(ILO_MAILBOX_STATUS, UINT32_MAX);
    CU_ASSERT_EQUAL(events[ILO_EVENT_mailbox_read_only], 2);
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_MAGIC),
                    ILO_MAILBOX_MAGIC_VALUE);
    CU_ASSERT_EQUAL(status(), ILO_STATUS_READY);
    CU_ASSERT_EQUAL(read_register(ILO_MAILBOX_CONTROL), 0);
}

/* Every port at every size: no state but that of the registers moves. */
static void every_port_bears_every_access(void)
{
    static const uint32_t values[] = { 0, 1, 2, 0x7f, 0xffff, UINT32_MAX };

    start();
    for (uint32_t port = 0; port < ILO_MAILBOX_PORTS; port++) {
        for (unsigned size = 1; size <= 4; size *= 2) {
            for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
                uint32_t value;

                ilo_mailbox_write(&mailbox, port, values[i], size);
                value = ilo_mailbox_read(&mailbox, port, size);
                CU_ASSERT(size == 4 || value >> 8 * size == 0);
                CU_ASSERT(ilo_mailbox_is_sound(&mailbox));
            }
        }
    }
    CU_ASSERT(events[ILO_EVENT_mailbox_no_port] > 0);
}

static uint32_t random_state;

static uint32_t next_random(uint32_t below)
{
    return unit_random(&random_state, below);
}

/* A packet that is nearly right, of a size that mostly is. */
static size_t random_packet(void)
{
    const IloCommand *command = &ilo_commands[next_random(ilo_command_count)];
    uint16_t opcode = next_random(3) ? command->opcode : SMIF_EV_SET;
    size_t size = command->min;
    size_t data = next_random(4) ? next_random(4000) : 0;

    if (opcode == SMIF_EV_SET) {
        size = SMIF_EV_SET_DATA + data;
    } else if (next_random(8) == 0) {
        size = SMIF_HEADER_SIZE + next_random(64);
    }
    packet_begin(packet, opcode, MAX(size, SMIF_EV_SET_DATA));
    stw_le_p(packet + SMIF_SIZE, size);
    packet[SMIF_EV_SET_FLAGS] = next_random(8) ? 1 : next_random(8);
    packet[SMIF_EV_SET_NAME] = 'A' + next_random(40);
    stw_le_p(packet + SMIF_EV_SET_LENGTH, data);
    for (unsigned i = next_random(12); i > 9; i--) {
        packet[next_random(size)] = next_random(256);
    }
    return size;
}

static void random_exchange(void)
{
    write_packet(random_packet(), 1 << next_random(3));
    if (next_random(8) == 0) {
        ilo_mailbox_write(&mailbox, next_random(24), next_random(5000),
                          1 << next_random(3));
    }
    submit();
    read_reply(1 << next_random(3));
    if (next_random(2)) {
        write_register(ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET);
    }
}

static void random_exchanges_leave_mailbox_and_store_sound(void)
{
    unsigned replies = 0;

    start();
    random_state = 20062;
    for (unsigned i = 0; i < 20000; i++) {
        random_exchange();
        CU_ASSERT_FATAL(ilo_mailbox_is_sound(&mailbox));
        CU_ASSERT_FATAL(ev_store_resume(&store));
        replies += !!(status() & ILO_STATUS_REPLY);
    }
    CU_ASSERT(replies > 5000);
    CU_ASSERT(events[ILO_EVENT_store_commit] > 1000);
    CU_ASSERT(events[ILO_EVENT_store_full] > 10);
    CU_ASSERT(events[ILO_EVENT_smif_error] > 1000);
}

static void snapshot_out_of_range_is_refused(void)
{
    start();
    CU_ASSERT(ilo_mailbox_is_sound(&mailbox));
    mailbox.length = ILO_PACKET_MAX + 1;
    CU_ASSERT_FALSE(ilo_mailbox_is_sound(&mailbox));
    mailbox.length = 0;
    mailbox.pointer = ILO_PACKET_MAX + 1;
    CU_ASSERT_FALSE(ilo_mailbox_is_sound(&mailbox));
    mailbox.pointer = 0;
    mailbox.status = 0x100;
    CU_ASSERT_FALSE(ilo_mailbox_is_sound(&mailbox));
    mailbox.status = 0;
    mailbox.length_given = 2;
    CU_ASSERT_FALSE(ilo_mailbox_is_sound(&mailbox));
}

static const struct unit_case cases[] = {
    UNIT_CASE(magic_and_version_identify_the_mailbox),
    UNIT_CASE(exchange_works_at_every_width),
    UNIT_CASE(length_may_be_written_before_or_after_the_data),
    UNIT_CASE(length_beyond_what_was_written_is_refused),
    UNIT_CASE(reads_behind_the_reply_are_zero),
    UNIT_CASE(wide_read_across_the_end_gives_what_is_left),
    UNIT_CASE(full_packet_fits_and_one_more_byte_is_an_error),
    UNIT_CASE(overflowed_packet_is_never_executed),
    UNIT_CASE(error_stays_until_reset),
    UNIT_CASE(submit_without_a_packet_is_an_error),
    UNIT_CASE(write_after_a_reply_starts_a_new_packet),
    UNIT_CASE(torn_exchange_ends_with_reset),
    UNIT_CASE(reset_forgets_what_passed_through),
    UNIT_CASE(read_only_registers_stay),
    UNIT_CASE(every_port_bears_every_access),
    UNIT_CASE(random_exchanges_leave_mailbox_and_store_sound),
    UNIT_CASE(snapshot_out_of_range_is_refused),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-mailbox", cases, CASES, argc, argv);
}
