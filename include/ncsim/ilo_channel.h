/*
 * The channels of ilo-ev: SMIF packets through queues in the host's memory,
 * for Linux' driver hpilo.  All integers are little endian.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef NCSIM_ILO_CHANNEL_H
#define NCSIM_ILO_CHANNEL_H

#define ILO_CHANNELS 24

/* BAR 1: registers. */
#define ILO_CHANNEL_REGISTERS 256
enum {
    ILO_CHANNEL_IRQ = 0xb2,         /* RW, u8: ILO_CHANNEL_IRQ_ENABLE */
    ILO_CHANNEL_OUT = 0xd4,         /* W1C, u32: bit n: channel n has data */
};

#define ILO_CHANNEL_IRQ_ENABLE 0x01
#define ILO_CHANNEL_OUT_RESET (1u << 26)    /* iLO was reset */

/* BAR 2: a control block for each channel, plain memory. */
#define ILO_CHANNEL_MEMORY 4096
#define ILO_CCB_STRIDE 128
enum {
    ILO_CCB_SEND_FIFO = 0x00,       /* u64, address of the first entry */
    ILO_CCB_SEND_DATA = 0x08,       /* u64, address of descriptor 0 */
    ILO_CCB_SEND_CONTROL = 0x10,    /* u32 */
    ILO_CCB_RECEIVE_FIFO = 0x18,
    ILO_CCB_RECEIVE_DATA = 0x20,
    ILO_CCB_RECEIVE_CONTROL = 0x28,
    ILO_CCB_SIZE = 64,
};

/* The control words. */
#define ILO_CCB_DATA_SHIFT(control) ((control) & 0xf)       /* log2 of size */
#define ILO_CCB_FIFO_MASK(control) ((control) >> 4 & 0x3fff)
#define ILO_CCB_DATA_LIMIT(control) ((control) >> 18 & 0xfff)
#define ILO_CCB_ACTIVE (1u << 30)   /* set by iLO */
#define ILO_CCB_GO (1u << 31)       /* set by the driver */

/* BAR 3: a doorbell, u8, for each channel. */
#define ILO_DOORBELL_SHIFT 14
#define ILO_DOORBELLS 0x80000
#define ILO_DOORBELL_KICK 1
#define ILO_DOORBELL_CLEAR 2

/* An entry of a queue, u64; the bits above are the driver's. */
#define ILO_ENTRY_SIZE 8
#define ILO_ENTRY_QWORDS 0x3ffu
#define ILO_ENTRY_DATA(entry) ((entry) >> 10 & 0xfff)       /* descriptor */
#define ILO_ENTRY_CONSUMED (1u << 22)       /* set by iLO */
#define ILO_ENTRY_OCCUPIED (1u << 23)       /* set by the driver */

#endif
