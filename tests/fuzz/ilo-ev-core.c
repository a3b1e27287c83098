/*
 * libFuzzer plays guest and management daemon against iLO: the mailbox, the
 * channels and the link, over one dispatcher and one store.
 *
 * An input is a list of moves, see enum move.  Some are what a good client
 * does, so that mutations get beyond the first check; others are any access
 * at all.  After each move the state is as sound as a snapshot has to be.
 * The link never shows the secret, and after the latch nobody does; that is
 * watched as long as no channel was opened, for by DMA the guest may carry it
 * from one EV to another.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "channel.h"
#include "fuzzer.h"
#include "link.h"
#include "mailbox.h"

#define MOVES_MAX 300
#define MEMORY 0x100000000ull
#define MEMORY_SIZE 0x10000
#define SECRET "Only-the-ROM-may!"

enum move {
    MOVE_PORT,                  /* any access to the mailbox */
    MOVE_PACKET,                /* a packet through the mailbox */
    MOVE_LOAD,                  /* as the ROM reads the boot configuration */
    MOVE_CCB,                   /* any word of the control blocks */
    MOVE_OPEN,                  /* a channel, as hpilo opens it */
    MOVE_SEND,                  /* a packet through a channel */
    MOVE_DOORBELL,
    MOVE_MEMORY,                /* any word of the guest's memory */
    MOVE_REGISTER,
    MOVE_POLL,
    MOVE_BYTES,                 /* any bytes on the link */
    MOVE_ASK,                   /* a packet on the link */
    MOVE_TAKE,                  /* the daemon reads a bit */
    MOVE_EVENT,
    MOVE_RECONNECT,
    MOVE_RESET,
    MOVE_DMA_FAILS,
    MOVE_DRIVE,
    MOVES
};

struct input {
    const uint8_t *next, *end;
};

static EvStore store;
static IloPost post;
static IloSmif smif;
static IloMailbox mailbox;
static IloChannels channels;
static IloLink peer;
static uint8_t memory[MEMORY_SIZE];
static size_t takes;
static unsigned dma_fails;
static bool drive_works, is_on, was_opened;
static uint8_t packet[ILO_PACKET_MAX];
static size_t packet_size;

static void must(bool truth, const char *what)
{
    if (!truth) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

static uint8_t byte(struct input *input)
{
    return input->next < input->end ? *input->next++ : 0;
}

static uint32_t word(struct input *input)
{
    uint32_t value = byte(input);

    return value | byte(input) << 8 | byte(input) << 16 |
           (uint32_t)byte(input) << 24;
}

/*
 * The world
 */

static void no_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
}

static bool drive_read(void *opaque, uint32_t offset, void *buffer,
                       uint32_t size)
{
    return false;
}

static bool drive_write(void *opaque, uint32_t offset, const void *buffer,
                        uint32_t size)
{
    must(offset <= EV_DRIVE_SIZE && size <= EV_DRIVE_SIZE - offset,
         "a write goes beyond the drive");
    return drive_works;
}

static bool drive_flush(void *opaque)
{
    return drive_works;
}

static void now(void *opaque, IloTime *time)
{
    *time = (IloTime) { 2026, 11, 27, 1, 2, 3 };
}

static bool host_is_on(void *opaque)
{
    return is_on;
}

static void host_power(void *opaque, uint32_t act)
{
    must(act >= ILO_POWER_ON && act <= ILO_POWER_COLD, "an unknown act");
    must(is_on == (act != ILO_POWER_ON), "an act that does not suit");
    is_on = act != ILO_POWER_OFF;
}

static bool boot_order(void *opaque, const char *letters)
{
    must(strlen(letters) <= ILO_BOOT_LETTERS_MAX &&
         strspn(letters, "acdn") == strlen(letters), "a bad boot order");
    return drive_works;
}

static void ev_changed(void *opaque, const char *name)
{
    ilo_link_ev_changed(&peer, name);
}

static void logged(void *opaque, const uint8_t *entry, size_t size)
{
    ilo_link_logged(&peer, entry, size);
}

static void restart(void *opaque)
{
    ilo_channels_restart(&channels);
}

static const EvStoreOps drive_ops = { drive_read, drive_write, drive_flush };
static const IloHostOps host_ops = {
    now, host_is_on, host_power, boot_order, ev_changed, logged, restart
};

static bool shows_secret(const uint8_t *bytes, size_t size)
{
    return memmem(bytes, size, SECRET, strlen(SECRET)) != NULL;
}

static size_t take(void *opaque, const uint8_t *bytes, size_t size)
{
    size_t taken = MIN(takes, size);

    must(was_opened || !shows_secret(bytes, size), "the link has the secret");
    takes -= taken;
    return taken;
}

static void hang_up(void *opaque)
{
}

static const IloLinkOps link_ops = { take, hang_up };

static uint8_t *at(uint64_t address, size_t size)
{
    if (dma_fails && --dma_fails == 0) {
        return NULL;
    }
    return address >= MEMORY && address - MEMORY <= MEMORY_SIZE - size ?
           memory + (address - MEMORY) : NULL;
}

static bool dma_read(void *opaque, uint64_t address, void *to, size_t size)
{
    const uint8_t *from = at(address, size);

    if (from) {
        memcpy(to, from, size);
    }
    return from;
}

static bool dma_write(void *opaque, uint64_t address, const void *from,
                      size_t size)
{
    uint8_t *to = at(address, size);

    if (to) {
        memcpy(to, from, size);
    }
    return to;
}

static void interrupt(void *opaque, bool level)
{
    must(!level || channels.out, "an interrupt without reason");
}

static void poll_later(void *opaque)
{
}

static const IloChannelOps channel_ops = {
    dma_read, dma_write, interrupt, poll_later
};

static uint32_t crc32(uint32_t crc, const uint8_t *data, size_t size)
{
    while (size--) {
        crc ^= *data++;
        for (unsigned bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return crc;
}

/* A whole block; its layout is written down a second time here. */
static void store_secret(void)
{
    static const char text[] = "LUN=1\nCHAPSecret=" SECRET "\n";
    uint8_t block[16 + sizeof(text) - 1] = "NCEB\1\0\20\0";
    uint32_t crc;

    stl_le_p(block + 8, sizeof(text) - 1);
    memcpy(block + 16, text, sizeof(text) - 1);
    crc = crc32(crc32(UINT32_MAX, block, 12), block + 16, sizeof(text) - 1);
    stl_le_p(block + 12, ~crc);
    ev_store_set(&store, "CQTISCSI", block, sizeof(block));
}

static void begin(void)
{
    const IloListener listener = { no_event, NULL };

    memset(memory, 0, sizeof(memory));
    takes = 0;
    dma_fails = 0;
    drive_works = is_on = true;
    was_opened = false;
    ilo_post_reset(&post);
    ev_store_init(&store, &drive_ops, NULL, &listener);
    ilo_smif_init(&smif, &store, &post, &host_ops, NULL, &listener);
    smif.lock_secrets = true;
    ilo_mailbox_init(&mailbox, &smif, &listener);
    ilo_channels_init(&channels, &smif, &channel_ops, NULL, &listener);
    ilo_link_init(&peer, &smif, &link_ops, NULL, &listener);
    store_secret();
    ilo_link_opened(&peer);
}

/*
 * Moves
 */

/* A packet of a known command; a few bytes of it are any. */
static void make_packet(struct input *input)
{
    const IloCommand *command = &ilo_commands[byte(input) %
                                              ilo_command_count];
    unsigned count = byte(input) % 80;
    unsigned offset = byte(input) % 64;

    packet_size = command->opcode == SMIF_EV_SET &&
                  command->service == SMIF_SERVICE_SMIF ?
                  SMIF_EV_SET_DATA + byte(input) * (offset & 1 ? 15 : 1) :
                  command->min;
    memset(packet, 0, sizeof(packet));
    stw_le_p(packet + SMIF_SIZE, packet_size);
    stw_le_p(packet + SMIF_COMMAND, command->opcode);
    packet[SMIF_SERVICE] = command->service;
    if (command->opcode == ILO_LINK_HELLO && command->service) {
        packet[ILO_LINK_HELLO_VERSION] = ILO_LINK_VERSION;
    }
    for (unsigned i = 0; i < count; i++) {
        packet[offset + i] = byte(input);
    }
}

static void submit(void)
{
    bool locked = smif.secrets_locked;

    ilo_mailbox_write(&mailbox, ILO_MAILBOX_CONTROL, ILO_CONTROL_RESET, 4);
    for (size_t i = 0; i < packet_size; i++) {
        ilo_mailbox_write(&mailbox, ILO_MAILBOX_DATA, packet[i], 1);
    }
    ilo_mailbox_write(&mailbox, ILO_MAILBOX_CONTROL, ILO_CONTROL_SUBMIT, 4);
    must(!locked || was_opened ||
         !shows_secret(mailbox.reply, sizeof(mailbox.reply)),
         "the mailbox has the secret");
}

static void load_configuration(void)
{
    packet_size = SMIF_EV_GET_SIZE;
    memset(packet, 0, packet_size);
    stw_le_p(packet + SMIF_SIZE, packet_size);
    stw_le_p(packet + SMIF_COMMAND, SMIF_EV_BY_NAME);
    memcpy(packet + SMIF_EV_GET_NAME, "CQTISCSI", 8);
    submit();
}

static void open_channel(unsigned number)
{
    uint32_t ccb = number * ILO_CCB_STRIDE;

    was_opened = true;
    ilo_channels_store(&channels, ccb, MEMORY + 0x200, 8);
    ilo_channels_store(&channels, ccb + 0x08, MEMORY + 0x1000, 8);
    ilo_channels_store(&channels, ccb + 0x10, 0xffffffff800c003cull, 8);
    ilo_channels_store(&channels, ccb + 0x18, MEMORY + 0x600, 8);
    ilo_channels_store(&channels, ccb + 0x20, MEMORY + 0x8000, 8);
    ilo_channels_store(&channels, ccb + 0x28, 0xffffffff800c003cull, 8);
    for (unsigned i = 0; i < 4; i++) {
        stq_le_p(memory + 0x200 + i * 8, i << 10 | ILO_ENTRY_OCCUPIED);
        stq_le_p(memory + 0x600 + i * 8,
                 0x200 | i << 10 | ILO_ENTRY_OCCUPIED);
    }
    ilo_channels_doorbell(&channels, number << ILO_DOORBELL_SHIFT, 1);
}

/* In the entry that comes next, whichever that is. */
static void send(unsigned number)
{
    unsigned index = channels.channel[number].send.index & 3;

    memcpy(memory + 0x1000 + index * 4096, packet, packet_size);
    stq_le_p(memory + 0x200 + index * 8,
             (packet_size + 7) / 8 | index << 10 | ILO_ENTRY_OCCUPIED);
    ilo_channels_doorbell(&channels, number << ILO_DOORBELL_SHIFT, 1);
}

static void feed(const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        size_t part = MIN(size, ilo_link_room(&peer));

        if (part == 0) {
            return;
        }
        ilo_link_receive(&peer, bytes, part);
        bytes += part;
        size -= part;
    }
}

static void ask(void)
{
    uint8_t length[ILO_LINK_LENGTH_SIZE];

    stl_le_p(length, packet_size);
    feed(length, sizeof(length));
    feed(packet, packet_size);
}

static void feed_any(struct input *input)
{
    uint8_t bytes[32];
    unsigned count = byte(input) % sizeof(bytes);

    for (unsigned i = 0; i < count; i++) {
        bytes[i] = byte(input);
    }
    feed(bytes, count);
}

static void event(struct input *input)
{
    uint8_t what = byte(input);

    switch (what & 3) {
    case 0:
        ilo_link_power(&peer, what & 4);
        break;
    case 1:
        ilo_link_stage(&peer, what);
        break;
    case 2:
        ilo_link_all_changed(&peer, what & 4, what);
        break;
    default:
        ilo_link_reset(&peer);
    }
}

static void reset(uint8_t what)
{
    if (what & 1) {
        ilo_channels_restart(&channels);
        return;
    }
    ilo_mailbox_reset(&mailbox);
    ilo_channels_reset(&channels);
    ilo_smif_reset(&smif);
    ilo_link_reset(&peer);
}

static void reconnect(void)
{
    ilo_link_closed(&peer);
    must(!smif.connection.changing && !smif.connection.greeted &&
         smif.connection.batch.changes.used == 0, "an open change stays");
    ilo_link_opened(&peer);
}

static void access_register(struct input *input)
{
    uint8_t offset = byte(input);
    unsigned size = 1 << byte(input) % 3;

    ilo_channels_write(&channels, offset, word(input), size);
    ilo_channels_read(&channels, offset, size);
}

static void access_port(struct input *input)
{
    uint8_t port = byte(input);
    unsigned size = 1 << byte(input) % 3;

    ilo_mailbox_write(&mailbox, port, word(input), size);
    ilo_mailbox_read(&mailbox, port, size);
}

static void move(struct input *input)
{
    uint32_t value;

    switch (byte(input) % MOVES) {
    case MOVE_PORT:
        access_port(input);
        break;
    case MOVE_PACKET:
        make_packet(input);
        submit();
        break;
    case MOVE_LOAD:
        load_configuration();
        break;
    case MOVE_CCB:
        value = word(input);
        was_opened = true;
        ilo_channels_store(&channels, value >> 16 & 0xff8, word(input) |
                           (uint64_t)(value & 1) << 32, 8);
        break;
    case MOVE_OPEN:
        open_channel(byte(input) % ILO_CHANNELS);
        break;
    case MOVE_SEND:
        make_packet(input);
        send(byte(input) % ILO_CHANNELS);
        break;
    case MOVE_DOORBELL:
        value = byte(input);
        ilo_channels_doorbell(&channels, value << 13, byte(input) & 3);
        break;
    case MOVE_MEMORY:
        value = word(input) & 0x7f8;
        stq_le_p(memory + value, word(input));
        break;
    case MOVE_REGISTER:
        access_register(input);
        break;
    case MOVE_POLL:
        ilo_channels_poll(&channels);
        break;
    case MOVE_BYTES:
        feed_any(input);
        break;
    case MOVE_ASK:
        make_packet(input);
        ask();
        break;
    case MOVE_TAKE:
        takes = byte(input) << 6;
        ilo_link_flush(&peer);
        break;
    case MOVE_EVENT:
        event(input);
        break;
    case MOVE_RECONNECT:
        reconnect();
        break;
    case MOVE_RESET:
        reset(byte(input));
        break;
    case MOVE_DMA_FAILS:
        dma_fails = byte(input) % 16;
        break;
    case MOVE_DRIVE:
        drive_works = byte(input) & 1;
        break;
    }
}

static void check(void)
{
    must(ilo_mailbox_is_sound(&mailbox), "the mailbox is not sound");
    must(ilo_smif_is_sound(&smif), "the dispatcher is not sound");
    must(ilo_channels_resume(&channels), "the channels are not sound");
    must(ev_store_resume(&store), "the store is not sound");
    must(peer.out_used <= ILO_LINK_OUT_MAX, "the link has piled up");
    must(!channels.busy, "a queue is left half done");
}

/* Whatever has happened: a new connection says hello and is answered. */
static void serve_a_good_daemon(void)
{
    static const uint8_t hello[] = {
        12, 0, 0, 0, 12, 0, 1, 0, ILO_LINK_HELLO, 0, SMIF_SERVICE_MANAGEMENT,
        0, ILO_LINK_VERSION, 0, 0, 0
    };

    reconnect();
    takes = 1000;
    feed(hello, sizeof(hello));
    must(takes == 1000 - ILO_LINK_LENGTH_SIZE - ILO_LINK_HELLO_REPLY_SIZE,
         "hello is not answered");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = { bytes, bytes + size };

    begin();
    for (unsigned i = 0; i < MOVES_MAX && input.next < input.end; i++) {
        move(&input);
        check();
    }
    serve_a_good_daemon();
    return 0;
}
