/*
 * The PXE base code: UDP and TFTP for network boot programs, over lwIP and
 * the adapter that UNDI has initialized.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_BASE_H
#define ROM_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datagram.h"

/* A datagram of at most this size goes into a frame. */
#define BASE_DATAGRAM_MAX 1472

/*
 * Takes the adapter over from whoever had UNDI open, with the address of the
 * last lease.  Every command that uses the network begins with it.
 */
void base_resume(void);

/*
 * Sends @length bytes to @ip, through @gateway when that is not 0.0.0.0 and
 * @ip is not on our network.  Waits for the neighbour's address.  Returns a
 * PXE status.
 */
uint16_t base_send(const uint8_t ip[4], const uint8_t gateway[4],
                   uint16_t source_port, uint16_t destination_port,
                   const void *data, size_t length);

/* A datagram to our address; true: it was for TFTP. */
bool base_tftp_input(const struct datagram *datagram);

/*
 * Loads @file from @server to @buffer of @room bytes; @size receives what
 * came.  Returns a PXE status.
 */
uint16_t base_load(const uint8_t server[4], const char *file, void *buffer,
                   uint32_t room, uint32_t *size);

/* Commands of base-tftp.c. */
uint16_t base_tftp_open(void *block);
uint16_t base_tftp_close(void *block);
uint16_t base_tftp_read(void *block);
uint16_t base_tftp_read_file(void *block);
uint16_t base_tftp_get_size(void *block);

#endif
