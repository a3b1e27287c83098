/*
 * UNDI: frames out and in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "undi.h"

#define ADDRESS_SIZE 6
#define HEADER_SIZE 14
#define HEADER_SOURCE 6
#define HEADER_TYPE 12

static const struct {
    uint16_t type;
    uint8_t protocol;
} protocols[] = {
    { 0x0800, PXE_PROTOCOL_IP },
    { 0x0806, PXE_PROTOCOL_ARP },
    { 0x8035, PXE_PROTOCOL_RARP },
};

static uint16_t type_of(uint8_t protocol)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(protocols); i++) {
        if (protocols[i].protocol == protocol) {
            return protocols[i].type;
        }
    }
    return 0;
}

static uint8_t protocol_of(uint16_t type)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(protocols); i++) {
        if (protocols[i].type == type) {
            return protocols[i].protocol;
        }
    }
    return PXE_PROTOCOL_OTHER;
}

/*
 * Sending
 */

/* Writes the header that the client left to us; false: it makes no sense. */
static bool put_header(const struct pxe_transmit *transmit, uint8_t *frame)
{
    uint16_t type = type_of(transmit->protocol);

    if (!type || transmit->flag > PXE_TO_ALL) {
        return false;
    }
    if (transmit->flag == PXE_TO_ALL) {
        memset(frame, 0xff, ADDRESS_SIZE);
    } else {
        memcpy(frame, undi_memory(transmit->destination), ADDRESS_SIZE);
    }
    memcpy(frame + HEADER_SOURCE, undi.nic.mac, ADDRESS_SIZE);
    stw_be_p(frame + HEADER_TYPE, type);
    return true;
}

/* Adds a piece at *@length; false: the frame would be too long. */
static bool put_data(uint8_t *frame, size_t *length, struct pxe_pointer data,
                     uint16_t size)
{
    if (size > BNX_FRAME_MAX - *length) {
        return false;
    }
    memcpy(frame + *length, undi_memory(data), size);
    *length += size;
    return true;
}

/* The frame's length, 0 when what the client describes is none. */
static size_t gather(const struct pxe_transmit *transmit, uint8_t *frame)
{
    struct pxe_transmit_descriptor descriptor;
    size_t length = 0;
    unsigned i;

    memcpy(&descriptor, undi_memory(transmit->descriptor),
           sizeof(descriptor));
    if (descriptor.count > PXE_DATA_BLOCKS) {
        return 0;
    }
    if (transmit->protocol != PXE_PROTOCOL_UNKNOWN) {
        if (!put_header(transmit, frame)) {
            return 0;
        }
        length = HEADER_SIZE;
    }
    if (!put_data(frame, &length, descriptor.immediate,
                  descriptor.immediate_length)) {
        return 0;
    }
    for (i = 0; i < descriptor.count; i++) {
        if (descriptor.block[i].type != PXE_POINTER_REAL ||
            !put_data(frame, &length, descriptor.block[i].data,
                      descriptor.block[i].length)) {
            return 0;
        }
    }
    return length < HEADER_SIZE ? 0 : length;
}

uint16_t undi_transmit(void *block)
{
    struct pxe_transmit *transmit = block;
    uint8_t *frame = bnx_send_buffer(&undi.nic);
    size_t length;

    if (!frame) {
        return PXE_OUT_OF_RESOURCES;
    }
    length = gather(transmit, frame);
    if (!length) {
        return PXE_UNDI_INVALID_PARAMETER;
    }
    if (!bnx_link_poll(&undi.nic)) {
        return PXE_UNDI_TRANSMIT_ERROR;
    }
    bnx_send(&undi.nic, length);
    undi.sent++;
    undi.count.sent++;
    return PXE_SUCCESS;
}

/*
 * Receiving, and what has been sent
 */

static bool transmission_ended(void)
{
    uint32_t ended = undi.sent - bnx_sending(&undi.nic);

    return ended != undi.sent_told;
}

static uint8_t packet_of(const uint8_t *frame)
{
    static const uint8_t all[ADDRESS_SIZE] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    };

    if (!(frame[0] & 1)) {
        return PXE_PACKET_DIRECTED;
    }
    return memcmp(frame, all, ADDRESS_SIZE) ? PXE_PACKET_MULTICAST :
           PXE_PACKET_BROADCAST;
}

/* The frame goes to the start of the data segment, whole. */
static void hand_over(struct pxe_isr *isr, const struct bnx_frame *frame)
{
    isr->function = PXE_ISR_RECEIVE;
    isr->buffer_length = isr->frame_length = frame->length;
    isr->header_length = HEADER_SIZE;
    isr->frame = (struct pxe_pointer) { .segment = undi.data_segment };
    isr->protocol = protocol_of(lduw_be_p(frame->data + HEADER_TYPE));
    isr->packet = packet_of(frame->data);
    memcpy(undi_memory(isr->frame), frame->data, frame->length);
    bnx_return(&undi.nic, frame->buffer);
    bnx_flush(&undi.nic);
    undi.count.received++;
}

static void next_event(struct pxe_isr *isr)
{
    struct bnx_frame frame;

    if (transmission_ended()) {
        undi.sent_told++;
        isr->function = PXE_ISR_TRANSMIT;
    } else if (bnx_receive(&undi.nic, &frame)) {
        hand_over(isr, &frame);
    } else {
        bnx_flush(&undi.nic);
        isr->function = PXE_ISR_DONE;
    }
}

uint16_t undi_isr(void *block)
{
    struct pxe_isr *isr = block;

    bnx_link_poll(&undi.nic);
    switch (isr->function) {
    case PXE_ISR_START:
        isr->function = transmission_ended() || bnx_frame_waits(&undi.nic) ?
                        PXE_ISR_OURS : PXE_ISR_NOT_OURS;
        return PXE_SUCCESS;
    case PXE_ISR_PROCESS:
    case PXE_ISR_GET_NEXT:
        next_event(isr);
        return PXE_SUCCESS;
    default:
        return PXE_UNDI_INVALID_PARAMETER;
    }
}
