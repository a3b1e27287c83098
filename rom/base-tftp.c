/*
 * The PXE base code: TFTP, one file at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "base.h"
#include "clock.h"
#include "idle.h"
#include "linear.h"
#include "net.h"
#include "random.h"
#include "tftp.h"
#include "undi.h"

#define LOCAL_PORTS 0xc000              /* from here up, RFC 6335 */

static struct {
    bool open;
    uint8_t server[4], gateway[4];
    uint16_t port, local_port;
    struct tftp tftp;
} transfer;

bool base_tftp_input(const struct datagram *datagram)
{
    if (!transfer.open || datagram->destination_port != transfer.local_port ||
        memcmp(datagram->source, transfer.server, 4)) {
        return false;
    }
    tftp_input(&transfer.tftp, datagram->source_port, datagram->data,
               datagram->length);
    return true;
}

static uint16_t send_waiting(void)
{
    const struct tftp *tftp = &transfer.tftp;

    if (!tftp_output(&transfer.tftp, clock_ms())) {
        return PXE_SUCCESS;
    }
    return base_send(transfer.server, transfer.gateway, transfer.local_port,
                     tftp->server_port ? tftp->server_port : transfer.port,
                     tftp->packet, tftp->packet_length);
}

/* Moves datagrams until there is a block, or the end. */
static uint16_t wait_for_answer(void)
{
    uint16_t status = PXE_SUCCESS;

    base_resume();
    while (transfer.tftp.state == TFTP_REQUESTED ||
           transfer.tftp.state == TFTP_WAITING) {
        status = send_waiting();
        if (status != PXE_SUCCESS) {
            return status;
        }
        net_poll();
        if (!idle()) {
            return PXE_FAILURE;
        }
    }
    return send_waiting();
}

static uint16_t refusal(void)
{
    switch (transfer.tftp.error) {
    case 1:
        return PXE_TFTP_FILE_NOT_FOUND;
    case 2:
        return PXE_TFTP_ACCESS_VIOLATION;
    default:
        return PXE_TFTP_ERROR_OPCODE;
    }
}

static uint16_t status_of(uint16_t timeout)
{
    switch (transfer.tftp.state) {
    case TFTP_TIMEOUT:
        return timeout;
    case TFTP_REFUSED:
        return refusal();
    case TFTP_BROKEN:
        return PXE_TFTP_UNKNOWN_OPCODE;
    default:
        return PXE_SUCCESS;
    }
}

static void close_transfer(void)
{
    tftp_stop(&transfer.tftp);
    send_waiting();
    transfer.open = false;
}

/* Up to the server's first answer. */
static uint16_t open_transfer(const uint8_t server[4],
                              const uint8_t gateway[4], const char *file,
                              uint16_t port, uint16_t block_size)
{
    uint16_t status;

    if (!tftp_start(&transfer.tftp, file, block_size)) {
        return PXE_TFTP_FILE_NOT_FOUND;
    }
    memcpy(transfer.server, server, 4);
    memcpy(transfer.gateway, gateway, 4);
    transfer.port = port ? port : TFTP_PORT;
    transfer.local_port = LOCAL_PORTS | (random_u32() & ~LOCAL_PORTS);
    transfer.open = true;
    base_resume();
    status = PXE_SUCCESS;
    while (status == PXE_SUCCESS && transfer.tftp.state == TFTP_REQUESTED) {
        status = send_waiting();
        net_poll();
        if (!idle()) {
            status = PXE_FAILURE;
        }
    }
    status = status == PXE_SUCCESS ? status_of(PXE_TFTP_OPEN_TIMEOUT) :
             status == PXE_ARP_TIMEOUT ? PXE_TFTP_CANNOT_ARP : status;
    if (status != PXE_SUCCESS) {
        close_transfer();
    }
    return status;
}

/* One block to @buffer; *@size is its room, then its length. */
static uint16_t read_block(void *buffer, uint32_t *size)
{
    uint16_t status = wait_for_answer();

    status = status == PXE_SUCCESS ? status_of(PXE_TFTP_READ_TIMEOUT) : status;
    if (status != PXE_SUCCESS) {
        return status;
    }
    if (transfer.tftp.length > *size) {
        return PXE_OUT_OF_RESOURCES;
    }
    *size = transfer.tftp.length;
    memcpy(buffer, transfer.tftp.block, *size);
    tftp_next(&transfer.tftp);
    return send_waiting();
}

static uint16_t read_all(uint8_t *buffer, uint32_t room, uint32_t *size)
{
    uint16_t status = PXE_SUCCESS;
    uint32_t length;

    *size = 0;
    while (status == PXE_SUCCESS && transfer.tftp.state != TFTP_DONE) {
        length = room - *size;
        status = read_block(buffer + *size, &length);
        *size += status == PXE_SUCCESS ? length : 0;
    }
    return status;
}

static uint16_t load(const uint8_t server[4], const uint8_t gateway[4],
                     const char *file, uint16_t port, void *buffer,
                     uint32_t room, uint32_t *size)
{
    uint16_t status;

    if (transfer.open) {
        return PXE_TFTP_IS_OPEN;
    }
    status = open_transfer(server, gateway, file, port, TFTP_BLOCK_MAX);
    if (status == PXE_SUCCESS) {
        status = read_all(buffer, room, size);
        close_transfer();
    }
    return status;
}

uint16_t base_load(const uint8_t server[4], const char *file, void *buffer,
                   uint32_t room, uint32_t *size)
{
    static const uint8_t none[4];

    return load(server, none, file, TFTP_PORT, buffer, room, size);
}

/*
 * Commands
 */

uint16_t base_tftp_open(void *block)
{
    struct pxe_tftp_open *request = block;
    uint16_t status;

    if (transfer.open) {
        return PXE_TFTP_IS_OPEN;
    }
    if (request->packet_size < TFTP_BLOCK_MIN) {
        return PXE_TFTP_INVALID_PACKET_SIZE;
    }
    status = open_transfer(request->server, request->gateway, request->file,
                           lduw_be_p(request->port), request->packet_size);
    if (status == PXE_SUCCESS) {
        request->packet_size = transfer.tftp.block_size;
    }
    return status;
}

uint16_t base_tftp_close(void *block)
{
    if (!transfer.open) {
        return PXE_TFTP_CLOSED;
    }
    close_transfer();
    return PXE_SUCCESS;
}

/* The last block is shorter than the packet size, and may be empty. */
uint16_t base_tftp_read(void *block)
{
    struct pxe_tftp_read *request = block;
    uint32_t size = TFTP_BLOCK_MAX;
    uint16_t status;

    if (!transfer.open || transfer.tftp.state == TFTP_DONE) {
        return PXE_TFTP_CLOSED;
    }
    status = read_block(undi_memory(request->buffer), &size);
    if (status == PXE_SUCCESS) {
        request->size = size;
        request->packet = transfer.tftp.number;
    }
    return status;
}

uint16_t base_tftp_read_file(void *block)
{
    struct pxe_tftp_read_file *request = block;
    uint32_t size = 0;
    uint16_t status;

    status = load(request->server, request->gateway, request->file,
                  lduw_be_p(request->server_port), linear(request->buffer),
                  request->size, &size);
    if (status == PXE_SUCCESS) {
        request->size = size;
    }
    return status;
}

uint16_t base_tftp_get_size(void *block)
{
    struct pxe_tftp_size *request = block;
    uint16_t status;

    if (transfer.open) {
        return PXE_TFTP_IS_OPEN;
    }
    status = open_transfer(request->server, request->gateway, request->file,
                           TFTP_PORT, TFTP_BLOCK_MAX);
    if (status != PXE_SUCCESS) {
        return status;
    }
    request->size = transfer.tftp.file_size;
    close_transfer();
    return request->size == TFTP_SIZE_UNKNOWN ? PXE_TFTP_NO_FILESIZE :
           PXE_SUCCESS;
}
