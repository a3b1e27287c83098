/*
 * What the network backend behind an adapter takes: frames, or also TCP
 * packets that are longer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HW_NC37XX_PEER_H
#define HW_NC37XX_PEER_H

#include "net/net.h"
#include "nc37xx.h"

typedef struct Nc37xxPeer {
    NetClientState *client;     /* our end of the connection */
    bool large;                 /* may take packets longer than a frame */
    bool vnet;                  /* each packet has a struct virtio_net_hdr */
} Nc37xxPeer;

/*
 * Settles how to speak to what @client, the end of an adapter, is connected
 * to.  Without @large it only ever sees what would be on the wire.
 */
void nc37xx_peer_init(Nc37xxPeer *peer, NetClientState *client, bool large);

/* Bytes before each frame from the backend, no more than the constant. */
#define NC37XX_PEER_HEADER_MAX 12
size_t nc37xx_peer_header_size(const Nc37xxPeer *peer);

/* Sends a frame without FCS. */
void nc37xx_peer_send(const Nc37xxPeer *peer, const uint8_t *frame,
                      size_t size);

/* Nc37xxOps.send_large; looks anew each time whether a filter is there. */
bool nc37xx_peer_send_large(const Nc37xxPeer *peer, uint8_t *packet,
                            size_t size, const Nc37xxLarge *large);

/*
 * Gives @nc what the backend sent, @data.  Returns false when the adapter has
 * no buffer for it: the backend keeps it.
 */
bool nc37xx_peer_receive(const Nc37xxPeer *peer, Nc37xx *nc,
                         const uint8_t *data, size_t size);

#endif
