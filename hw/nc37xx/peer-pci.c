/*
 * What the network backend behind an adapter takes: frames, or also TCP
 * packets that are longer.
 *
 * Two backends take such a packet.  One with vnet headers (tap) cuts it and
 * sums it up itself, or has its hardware do it.  The user network has no
 * segments: it wants a datagram and looks at its checksums.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/iov.h"
#include "qapi/qapi-types-net.h"
#include "standard-headers/linux/virtio_net.h"
#include "peer-pci.h"
#include "checksum.h"

/*
 * Longest packet for the user network, whose receive window is 65535 bytes:
 * a packet that it could only take half of would be sent twice.
 */
#define USER_PACKET_MAX 60000

void nc37xx_peer_init(Nc37xxPeer *peer, NetClientState *client, bool large)
{
    peer->client = client;
    peer->large = large;
    peer->vnet = large && qemu_has_vnet_hdr(client->peer);
    if (peer->vnet) {
        qemu_set_vnet_hdr_len(client->peer, sizeof(struct virtio_net_hdr));
        /* The chip takes no more than a frame, with its checksum in it. */
        qemu_set_offload(client->peer, 0, 0, 0, 0, 0, 0, 0);
    }
}

size_t nc37xx_peer_header_size(const Nc37xxPeer *peer)
{
    QEMU_BUILD_BUG_ON(sizeof(struct virtio_net_hdr) > NC37XX_PEER_HEADER_MAX);
    return peer->vnet ? sizeof(struct virtio_net_hdr) : 0;
}

static void vnet_send(const Nc37xxPeer *peer,
                      const struct virtio_net_hdr *header,
                      const uint8_t *data, size_t size)
{
    const struct iovec iov[] = {
        { .iov_base = (void *)header, .iov_len = sizeof(*header) },
        { .iov_base = (void *)data, .iov_len = size },
    };

    qemu_sendv_packet(peer->client, iov, ARRAY_SIZE(iov));
}

void nc37xx_peer_send(const Nc37xxPeer *peer, const uint8_t *frame,
                      size_t size)
{
    const struct virtio_net_hdr nothing_to_do = { };

    if (peer->vnet) {
        vnet_send(peer, &nothing_to_do, frame, size);
    } else {
        qemu_send_packet(peer->client, frame, size);
    }
}

/* A filter, switched on or not, is there to see what is on the wire. */
static bool is_filtered(const Nc37xxPeer *peer)
{
    return !QTAILQ_EMPTY(&peer->client->filters) ||
           !QTAILQ_EMPTY(&peer->client->peer->filters);
}

static void vnet_send_large(const Nc37xxPeer *peer, const uint8_t *packet,
                            size_t size, const Nc37xxLarge *large)
{
    struct virtio_net_hdr header = {
        .flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
        .gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
        .hdr_len = large->headers,
        .gso_size = large->mss,
        .csum_start = large->tcp,
        .csum_offset = TCP_CHECKSUM,
    };

    if (packet[large->tcp + TCP_FLAGS] & TCP_FLAG_CWR) {
        header.gso_type |= VIRTIO_NET_HDR_GSO_ECN;
    }
    vnet_send(peer, &header, packet, size);
}

bool nc37xx_peer_send_large(const Nc37xxPeer *peer, uint8_t *packet,
                            size_t size, const Nc37xxLarge *large)
{
    const NetClientState *backend = peer->client->peer;

    if (!peer->large || !backend || is_filtered(peer)) {
        return false;
    }
    if (peer->vnet) {
        vnet_send_large(peer, packet, size, large);
        return true;
    }
    if (backend->info->type != NET_CLIENT_DRIVER_USER ||
        size > USER_PACKET_MAX ||
        !checksum_complete(packet, size, large->tcp,
                           large->tcp + TCP_CHECKSUM)) {
        return false;
    }
    qemu_send_packet(peer->client, packet, size);
    return true;
}

/* Of no packet was announced that the chip takes it, but peers differ. */
static bool vnet_receive(Nc37xx *nc, const struct virtio_net_hdr *header,
                         const uint8_t *data, size_t size)
{
    uint8_t frame[NC37XX_FRAME_BUFFER];

    if (header->gso_type != VIRTIO_NET_HDR_GSO_NONE ||
        size > sizeof(frame)) {
        nc->ops->event(nc, NC37XX_EVENT_rx_large, size, header->gso_type);
        return true;
    }
    if (!(header->flags & VIRTIO_NET_HDR_F_NEEDS_CSUM)) {
        return nc37xx_receive(nc, data, size);
    }
    memcpy(frame, data, size);
    if (!checksum_complete(frame, size, header->csum_start,
                           header->csum_start + header->csum_offset)) {
        nc->ops->event(nc, NC37XX_EVENT_rx_partial, size,
                       header->csum_start + header->csum_offset);
        return true;
    }
    return nc37xx_receive(nc, frame, size);
}

bool nc37xx_peer_receive(const Nc37xxPeer *peer, Nc37xx *nc,
                         const uint8_t *data, size_t size)
{
    struct virtio_net_hdr header;

    if (!peer->vnet) {
        return nc37xx_receive(nc, data, size);
    }
    if (size < sizeof(header)) {
        nc->ops->event(nc, NC37XX_EVENT_rx_large, size, 0);
        return true;
    }
    memcpy(&header, data, sizeof(header));
    return vnet_receive(nc, &header, data + sizeof(header),
                        size - sizeof(header));
}
