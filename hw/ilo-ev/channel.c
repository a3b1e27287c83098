/*
 * The channels: SMIF packets through queues in the host's memory.
 *
 * The driver fills an entry of the send queue and rings; the packet is
 * executed, the reply goes to the next free entry of the receive queue, and
 * both entries are marked as consumed.  All of this happens in the write to
 * the doorbell.  A request is left where it is while there is no buffer for
 * its reply; as a driver does not ring when it gives one, that is polled for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "channel.h"

#define DATA_SHIFT 12
#define DATA_SIZE (1u << DATA_SHIFT)

QEMU_BUILD_BUG_ON(DATA_SIZE != ILO_PACKET_MAX);
QEMU_BUILD_BUG_ON(ILO_CHANNELS * ILO_CCB_STRIDE > ILO_CHANNEL_MEMORY);
QEMU_BUILD_BUG_ON(ILO_CHANNELS << ILO_DOORBELL_SHIFT > ILO_DOORBELLS);

static void report(const IloChannels *channels, IloEvent event, uint32_t a,
                   uint32_t b)
{
    ilo_report(&channels->listener, event, a, b);
}

static void update_interrupt(IloChannels *channels)
{
    channels->ops->interrupt(channels->opaque,
                             channels->out &&
                             channels->irq & ILO_CHANNEL_IRQ_ENABLE);
}

/*
 * Queues
 */

static uint64_t entry_address(const IloQueue *queue)
{
    return queue->fifo + queue->index * ILO_ENTRY_SIZE;
}

/* Is the driver's entry for us?  False also when it cannot be read. */
static bool next_entry(IloChannels *channels, unsigned number,
                       const IloQueue *queue, uint64_t *entry)
{
    uint8_t bytes[ILO_ENTRY_SIZE];

    if (!channels->ops->dma_read(channels->opaque, entry_address(queue),
                                 bytes, sizeof(bytes))) {
        report(channels, ILO_EVENT_channel_dma_failed, number, queue->index);
        return false;
    }
    *entry = ldq_le_p(bytes);
    return *entry & ILO_ENTRY_OCCUPIED && !(*entry & ILO_ENTRY_CONSUMED);
}

/* Gives the entry back with room or data of @size bytes. */
static bool consume(IloChannels *channels, unsigned number, IloQueue *queue,
                    uint64_t entry, size_t size)
{
    uint8_t bytes[ILO_ENTRY_SIZE];

    entry &= ~(uint64_t)ILO_ENTRY_QWORDS;
    entry |= (size + 7) / 8 | ILO_ENTRY_CONSUMED;
    stq_le_p(bytes, entry);
    if (!channels->ops->dma_write(channels->opaque, entry_address(queue),
                                  bytes, sizeof(bytes))) {
        report(channels, ILO_EVENT_channel_dma_failed, number, queue->index);
        return false;
    }
    queue->index = (queue->index + 1) & queue->mask;
    return true;
}

static uint64_t data_address(const IloQueue *queue, uint64_t entry)
{
    return queue->data + (ILO_ENTRY_DATA(entry) << DATA_SHIFT);
}

/* A free buffer to receive in; those that cannot be are given back empty. */
static bool find_buffer(IloChannels *channels, unsigned number,
                        IloQueue *queue, uint64_t *entry)
{
    for (uint32_t i = 0; i <= queue->mask; i++) {
        if (!next_entry(channels, number, queue, entry)) {
            return false;
        }
        if (ILO_ENTRY_DATA(*entry) <= queue->limit) {
            return true;
        }
        report(channels, ILO_EVENT_channel_bad_descriptor, number,
               ILO_ENTRY_DATA(*entry));
        if (!consume(channels, number, queue, *entry, 0)) {
            return false;
        }
    }
    return false;
}

static bool deliver(IloChannels *channels, unsigned number, uint64_t buffer,
                    size_t size)
{
    IloQueue *queue = &channels->channel[number].receive;
    size_t padded = (size + 7) & ~(size_t)7;

    if (!channels->ops->dma_write(channels->opaque,
                                  data_address(queue, buffer),
                                  channels->reply, padded)) {
        report(channels, ILO_EVENT_channel_dma_failed, number, queue->index);
        return false;
    }
    if (!consume(channels, number, queue, buffer, size)) {
        return false;
    }
    channels->out |= 1u << number;
    return true;
}

/* Executes what lies in a descriptor; its reply goes to @buffer. */
static bool execute(IloChannels *channels, unsigned number, uint64_t entry,
                    uint64_t buffer)
{
    const IloQueue *queue = &channels->channel[number].send;
    size_t length = (entry & ILO_ENTRY_QWORDS) * 8;
    size_t size;

    if (ILO_ENTRY_DATA(entry) > queue->limit) {
        report(channels, ILO_EVENT_channel_bad_descriptor, number,
               ILO_ENTRY_DATA(entry));
        return true;
    }
    if (length > DATA_SIZE) {
        report(channels, ILO_EVENT_channel_bad_length, number, length);
        return true;
    }
    if (!channels->ops->dma_read(channels->opaque,
                                 data_address(queue, entry),
                                 channels->packet, length)) {
        report(channels, ILO_EVENT_channel_dma_failed, number, queue->index);
        return false;
    }
    size = ilo_smif_execute(channels->smif, ILO_PLANE_CHANNEL,
                            channels->packet, length, channels->reply);
    return size == 0 || deliver(channels, number, buffer, size);
}

static bool wait_for_buffer(IloChannels *channels, unsigned number)
{
    channels->channel[number].waits = 1;
    report(channels, ILO_EVENT_channel_waits, number, channels->polls);
    return false;
}

/* One entry of the send queue; false: there is no more to do now. */
static bool serve_entry(IloChannels *channels, unsigned number)
{
    IloChannel *channel = &channels->channel[number];
    uint64_t entry, buffer;

    if (!next_entry(channels, number, &channel->send, &entry)) {
        return false;
    }
    /* No data: the driver gives us the buffer, and gets it back to fill. */
    if (entry & ILO_ENTRY_QWORDS) {
        if (!find_buffer(channels, number, &channel->receive, &buffer)) {
            return wait_for_buffer(channels, number);
        }
        if (!execute(channels, number, entry, buffer)) {
            return false;
        }
    }
    return consume(channels, number, &channel->send, entry, DATA_SIZE);
}

static void serve(IloChannels *channels, unsigned number)
{
    IloChannel *channel = &channels->channel[number];

    channel->waits = 0;
    for (uint32_t i = 0; i <= channel->send.mask; i++) {
        if (!serve_entry(channels, number)) {
            break;
        }
    }
    /* Secrets may have passed through. */
    memset(channels->packet, 0, sizeof(channels->packet));
    memset(channels->reply, 0, sizeof(channels->reply));
    update_interrupt(channels);
}

/*
 * Control blocks
 */

static bool queue_is_sound(const IloQueue *queue)
{
    return queue->mask < ILO_CHANNEL_ENTRIES_MAX &&
           (queue->mask & (queue->mask + 1)) == 0 &&
           queue->limit < ILO_CHANNEL_ENTRIES_MAX &&
           queue->index <= queue->mask &&
           queue->fifo % ILO_ENTRY_SIZE == 0 &&
           queue->fifo <= UINT64_MAX - ILO_CHANNEL_ENTRIES_MAX *
           ILO_ENTRY_SIZE &&
           queue->data <= UINT64_MAX - ILO_CHANNEL_ENTRIES_MAX * DATA_SIZE;
}

/* The driver sign-extends the control word: its upper half means nothing. */
static bool read_queue(const uint8_t *ccb, IloQueue *queue)
{
    uint32_t control = ldl_le_p(ccb + ILO_CCB_SEND_CONTROL);

    *queue = (IloQueue) {
        .fifo = ldq_le_p(ccb + ILO_CCB_SEND_FIFO),
        .data = ldq_le_p(ccb + ILO_CCB_SEND_DATA),
        .mask = ILO_CCB_FIFO_MASK(control),
        .limit = ILO_CCB_DATA_LIMIT(control),
    };
    return ILO_CCB_DATA_SHIFT(control) == DATA_SHIFT && queue_is_sound(queue);
}

static void set_active(uint8_t *ccb, bool is_active)
{
    static const uint32_t offsets[] = {
        ILO_CCB_SEND_CONTROL, ILO_CCB_RECEIVE_CONTROL
    };

    for (unsigned i = 0; i < ARRAY_SIZE(offsets); i++) {
        uint32_t control = ldl_le_p(ccb + offsets[i]) & ~ILO_CCB_ACTIVE;

        stl_le_p(ccb + offsets[i],
                 control | (is_active ? ILO_CCB_ACTIVE : 0));
    }
}

static bool has_go(const uint8_t *ccb)
{
    return ldl_le_p(ccb + ILO_CCB_SEND_CONTROL) &
           ldl_le_p(ccb + ILO_CCB_RECEIVE_CONTROL) & ILO_CCB_GO;
}

static void close_channel(IloChannels *channels, unsigned number,
                          uint8_t *ccb)
{
    if (channels->channel[number].open) {
        report(channels, ILO_EVENT_channel_closed, number, 0);
    }
    memset(&channels->channel[number], 0, sizeof(IloChannel));
    set_active(ccb, false);
}

static bool open_channel(IloChannels *channels, unsigned number, uint8_t *ccb)
{
    IloChannel channel = { .open = 1 };

    if (!read_queue(ccb, &channel.send) ||
        !read_queue(ccb + ILO_CCB_RECEIVE_FIFO, &channel.receive)) {
        report(channels, ILO_EVENT_channel_bad_ccb, number,
               ldl_le_p(ccb + ILO_CCB_SEND_CONTROL));
        return false;
    }
    channels->channel[number] = channel;
    set_active(ccb, true);
    report(channels, ILO_EVENT_channel_opened, number, channel.send.mask + 1);
    return true;
}

static void poll_those_who_wait(IloChannels *channels)
{
    for (unsigned i = 0; i < ILO_CHANNELS; i++) {
        if (channels->channel[i].waits && channels->polls > 0) {
            channels->polls--;
            channels->ops->poll_later(channels->opaque);
            return;
        }
    }
}

static void kick(IloChannels *channels, unsigned number)
{
    uint8_t *ccb = channels->memory + number * ILO_CCB_STRIDE;

    if (!has_go(ccb)) {
        close_channel(channels, number, ccb);
    } else if (channels->channel[number].open ||
               open_channel(channels, number, ccb)) {
        serve(channels, number);
        channels->polls = ILO_CHANNEL_POLLS_MAX;
        poll_those_who_wait(channels);
    }
}

void ilo_channels_doorbell(IloChannels *channels, uint32_t offset,
                           uint32_t value)
{
    unsigned number = offset >> ILO_DOORBELL_SHIFT;

    if (number >= ILO_CHANNELS || offset % (1u << ILO_DOORBELL_SHIFT) ||
        (value != ILO_DOORBELL_KICK && value != ILO_DOORBELL_CLEAR)) {
        report(channels, ILO_EVENT_channel_bad_doorbell, offset, value);
        return;
    }
    if (channels->busy) {
        /* It was our own DMA that has hit the doorbell. */
        report(channels, ILO_EVENT_channel_reentered, number, value);
        return;
    }
    if (value == ILO_DOORBELL_KICK) {
        channels->busy = true;
        kick(channels, number);
        channels->busy = false;
    }
}

void ilo_channels_poll(IloChannels *channels)
{
    if (channels->busy) {
        return;
    }
    channels->busy = true;
    for (unsigned i = 0; i < ILO_CHANNELS; i++) {
        if (channels->channel[i].waits) {
            serve(channels, i);
        }
    }
    poll_those_who_wait(channels);
    channels->busy = false;
}

/*
 * Registers and memory
 */

uint32_t ilo_channels_read(IloChannels *channels, uint32_t offset,
                           unsigned size)
{
    if (offset == ILO_CHANNEL_IRQ && size == 1) {
        return channels->irq;
    }
    if (offset == ILO_CHANNEL_OUT && size == 4) {
        return channels->out;
    }
    report(channels, ILO_EVENT_channel_no_register, offset, size);
    return 0;
}

void ilo_channels_write(IloChannels *channels, uint32_t offset,
                        uint32_t value, unsigned size)
{
    if (offset == ILO_CHANNEL_IRQ && size == 1) {
        channels->irq = value & ILO_CHANNEL_IRQ_ENABLE;
    } else if (offset == ILO_CHANNEL_OUT && size == 4) {
        channels->out &= ~value;
    } else {
        report(channels, ILO_EVENT_channel_no_register, offset, size);
        return;
    }
    update_interrupt(channels);
}

uint64_t ilo_channels_load(const IloChannels *channels, uint32_t offset,
                           unsigned size)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < size && offset + i < ILO_CHANNEL_MEMORY; i++) {
        value |= (uint64_t)channels->memory[offset + i] << 8 * i;
    }
    return value;
}

void ilo_channels_store(IloChannels *channels, uint32_t offset,
                        uint64_t value, unsigned size)
{
    for (unsigned i = 0; i < size && offset + i < ILO_CHANNEL_MEMORY; i++) {
        channels->memory[offset + i] = value >> 8 * i;
    }
}

/*
 * Life
 */

void ilo_channels_init(IloChannels *channels, IloSmif *smif,
                       const IloChannelOps *ops, void *opaque,
                       const IloListener *listener)
{
    memset(channels, 0, sizeof(*channels));
    channels->smif = smif;
    channels->ops = ops;
    channels->opaque = opaque;
    channels->listener = *listener;
}

static void forget_all(IloChannels *channels)
{
    memset(channels->channel, 0, sizeof(channels->channel));
    memset(channels->memory, 0, sizeof(channels->memory));
    channels->polls = 0;
}

void ilo_channels_reset(IloChannels *channels)
{
    forget_all(channels);
    channels->irq = 0;
    channels->out = 0;
    update_interrupt(channels);
}

void ilo_channels_restart(IloChannels *channels)
{
    forget_all(channels);
    channels->out |= ILO_CHANNEL_OUT_RESET;
    report(channels, ILO_EVENT_channel_restart, 0, 0);
    update_interrupt(channels);
}

bool ilo_channels_are_idle(const IloChannels *channels)
{
    for (unsigned i = 0; i < ILO_CHANNEL_MEMORY; i++) {
        if (channels->memory[i]) {
            return false;
        }
    }
    for (unsigned i = 0; i < ILO_CHANNELS; i++) {
        if (channels->channel[i].open) {
            return false;
        }
    }
    return channels->irq == 0 && channels->out == 0;
}

bool ilo_channels_resume(IloChannels *channels)
{
    for (unsigned i = 0; i < ILO_CHANNELS; i++) {
        const IloChannel *channel = &channels->channel[i];

        if (channel->open > 1 || channel->waits > channel->open ||
            !queue_is_sound(&channel->send) ||
            !queue_is_sound(&channel->receive)) {
            return false;
        }
    }
    if (channels->irq & ~ILO_CHANNEL_IRQ_ENABLE ||
        channels->polls > ILO_CHANNEL_POLLS_MAX) {
        return false;
    }
    poll_those_who_wait(channels);
    return true;
}
