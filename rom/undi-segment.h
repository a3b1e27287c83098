/*
 * UNDI's part in base memory: a segment of code (undi-segment.S), which the
 * core copies and fills in, and one of data.  Read by the assembler too: only
 * #define here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_UNDI_SEGMENT_H
#define ROM_UNDI_SEGMENT_H

/* Code: a jump to the PXENV+ entry comes first, some clients rely on it. */
#define UNDI_ENTRY 0x04             /* u16: offset of the !PXE entry */
#define UNDI_INT1A 0x06             /* u16: offset of the INT 1Ah handler */
#define UNDI_RUNTIME 0x08           /* far pointer to the run-time segment */
#define UNDI_OLD_INT1A 0x0c         /* far pointer of who was there before */
#define UNDI_STRUCTURE 0x10         /* "!PXE", 16-aligned to be found */
#define UNDI_ENVIRONMENT 0x70       /* "PXENV+", likewise */
#define UNDI_CODE 0xa0
#define UNDI_CODE_SIZE 0x180

/* Data: a received frame, and the packets of GET_CACHED_INFO. */
#define UNDI_FRAME 0x000
#define UNDI_FRAME_SIZE 0x600
#define UNDI_PACKETS 0x600
#define UNDI_PACKET_SIZE 0x350      /* each; DHCP wants 576 at least */
#define UNDI_DATA_SIZE 0x1000

/* Of the caller's stack; our own is in the run-time segment. */
#define UNDI_STACK_SIZE 0x80

#endif
