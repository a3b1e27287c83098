/*
 * The real-mode mailbox of ilo-ev: 256 I/O ports at BAR 0, through which the
 * option ROM and DOS programs exchange SMIF packets with iLO.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef NCSIM_ILO_MAILBOX_H
#define NCSIM_ILO_MAILBOX_H

#define ILO_PCI_VENDOR 0x0e11
#define ILO_PCI_DEVICE 0xb204

#define ILO_MAILBOX_PORTS 256
#define ILO_PACKET_MAX 4096

/* 32-bit registers, as offsets in BAR 0. */
enum {
    ILO_MAILBOX_MAGIC = 0x00,       /* RO: ILO_MAILBOX_MAGIC_VALUE */
    ILO_MAILBOX_STATUS = 0x04,      /* RO: ILO_STATUS_*, ABI version 31:16 */
    ILO_MAILBOX_LENGTH = 0x08,      /* RW: bytes of packet or reply */
    ILO_MAILBOX_CONTROL = 0x0c,     /* WO: ILO_CONTROL_* */
    ILO_MAILBOX_DATA = 0x10,        /* RW: 8, 16, 32 bits, auto-increment */
};

#define ILO_MAILBOX_MAGIC_VALUE 0x5645434e      /* "NCEV" */
#define ILO_MAILBOX_VERSION 1

#define ILO_STATUS_READY 0x1
#define ILO_STATUS_ERROR 0x2
#define ILO_STATUS_REPLY 0x4
#define ILO_STATUS_VERSION_SHIFT 16

#define ILO_CONTROL_RESET 1
#define ILO_CONTROL_SUBMIT 2

#endif
