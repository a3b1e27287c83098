/*
 * Between the files of transmission.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_TX_H
#define HW_NC37XX_TX_H

#include "nc37xx-core.h"
#include "checksum.h"

/*
 * Puts @frame of @size bytes on the wire, padded: there must be room for
 * NC37XX_FRAME_MIN bytes.
 */
void nc37xx_send_frame(Nc37xx *nc, uint8_t *frame, size_t size);

/*
 * Sends the TCP packet in @frame as frames of at most @mss bytes of data, or
 * in one piece to a peer that takes it so; lengths and checksums in it are
 * not believed.  Returns false, with nothing sent, if it cannot be cut.
 */
bool nc37xx_send_large(Nc37xx *nc, uint8_t *frame, size_t size,
                          const Ipv4Packet *packet, uint16_t mss);

#endif
