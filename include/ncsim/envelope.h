/*
 * The envelope round the boot configuration (an EV) and the handoff block
 * (adapter scratch pad).  All integers are little endian.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#ifndef NCSIM_ENVELOPE_H
#define NCSIM_ENVELOPE_H

/* Offsets of the header; the text follows it. */
enum {
    ENVELOPE_MAGIC = 0,             /* four characters */
    ENVELOPE_VERSION = 4,           /* u16 */
    ENVELOPE_HEADER_LENGTH = 6,     /* u16 */
    ENVELOPE_TEXT_LENGTH = 8,       /* u32, bytes */
    ENVELOPE_CRC = 12,              /* u32, CRC-32 (IEEE 802.3) over bytes */
    ENVELOPE_HEADER_SIZE = 16,      /* 0..11 and the text */
};

#define ENVELOPE_VERSION_1 1
#define ENVELOPE_MAGIC_BOOT "NCEB"
#define ENVELOPE_MAGIC_HANDOFF "NCHO"

/* Names of the EVs that hold the configuration of adapter 1 and 2. */
#define EV_BOOT_ADAPTER_1 "CQTISCSI"
#define EV_BOOT_ADAPTER_2 "CQTISCS2"

/* What is shown in place of a secret; nothing may be configured with it. */
#define EV_MASK "********"

#endif
