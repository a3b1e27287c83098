/*
 * Reading a file by TFTP: the protocol alone.  The caller moves datagrams and
 * time.  lwIP's client reads blocks of 512 bytes only, and as fast as they
 * come, where PXE's caller asks for each and wants larger ones.
 *
 * Source: RFC 1350; options RFC 2347, 2348 (blksize), 2349 (tsize).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_TFTP_H
#define ROM_TFTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TFTP_PORT 69
#define TFTP_BLOCK_MIN 512              /* without blksize */
#define TFTP_BLOCK_MAX 1456             /* PXE 2.1; an Ethernet frame's worth */
#define TFTP_FILE_NAME 128              /* with its end */
#define TFTP_SIZE_UNKNOWN 0xffffffffu

/* A request with its options, or a block and its four bytes of header. */
#define TFTP_PACKET_MAX (TFTP_BLOCK_MAX + 4)

/* First repetition after this; each further one after twice the time. */
#define TFTP_RETRY_MS 1000
#define TFTP_RETRIES 5                  /* 31 s in all */

enum tftp_state {
    TFTP_REQUESTED,                     /* no answer yet */
    TFTP_WAITING,                       /* for the next block */
    TFTP_BLOCK,                         /* one lies in tftp.block */
    TFTP_DONE,                          /* the last was taken */
    TFTP_REFUSED,                       /* tftp.error; by the server */
    TFTP_BROKEN,                        /* the server's answer is none */
    TFTP_TIMEOUT,
};

struct tftp {
    enum tftp_state state;
    uint16_t block_size;
    uint32_t file_size;                 /* or TFTP_SIZE_UNKNOWN */
    uint16_t number;                    /* of the last block that came */
    uint16_t error;                     /* code of the server, RFC 1350 5 */
    uint16_t server_port;               /* 0: not yet known */
    uint16_t length;                    /* of the block */
    uint8_t block[TFTP_BLOCK_MAX];

    /* What is to be sent, and when again. */
    bool send;
    uint16_t packet_length;
    uint8_t retries;
    uint32_t sent_ms;
    uint8_t packet[TFTP_PACKET_MAX];
};

/*
 * Asks for @file in octet mode with blocks of @block_size, which is brought
 * into what is allowed.  False: the name is empty, or has no end within
 * TFTP_FILE_NAME.
 */
bool tftp_start(struct tftp *tftp, const char *file, uint16_t block_size);

/*
 * If there is something to send at @now_ms: tftp->packet of packet_length
 * bytes, to server_port or, when that is 0, to the port that requests go to.
 */
bool tftp_output(struct tftp *tftp, uint32_t now_ms);

/* A datagram of the server's address came from @port. */
void tftp_input(struct tftp *tftp, uint16_t port, const uint8_t *data,
                size_t length);

/* The block was used: the next one may come. */
void tftp_next(struct tftp *tftp);

/* Tells the server that no more is wanted, by the next tftp_output(). */
void tftp_stop(struct tftp *tftp);

#endif
