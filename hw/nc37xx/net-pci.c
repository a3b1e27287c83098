/*
 * HP NC37xx network adapter: a client of QEMU's network.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "net/net.h"
#include "nc37xx-pci.h"

void nc37xx_pci_send(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    nc37xx_peer_send(&nc37xx_pci_state(nc)->peer, frame, size);
}

bool nc37xx_pci_send_large(Nc37xx *nc, uint8_t *packet, size_t size,
                           const Nc37xxLarge *large)
{
    return nc37xx_peer_send_large(&nc37xx_pci_state(nc)->peer, packet, size,
                                  large);
}

void nc37xx_pci_receive_ready(Nc37xx *nc)
{
    qemu_flush_queued_packets(qemu_get_queue(nc37xx_pci_state(nc)->nic));
}

/* Filters and announcements speak of the address that the guest has. */
void nc37xx_pci_restarted(Nc37xx *nc)
{
    Nc37xxPciState *s = nc37xx_pci_state(nc);

    if (nc37xx_station_address(nc, s->conf.macaddr.a)) {
        qemu_format_nic_info_str(qemu_get_queue(s->nic), s->conf.macaddr.a);
    }
}

static bool net_can_receive(NetClientState *client)
{
    Nc37xxPciState *s = qemu_get_nic_opaque(client);

    return !nc37xx_is_awake(s) || nc37xx_can_receive(&s->nc);
}

static ssize_t net_receive(NetClientState *client, const uint8_t *frame,
                           size_t size)
{
    Nc37xxPciState *s = qemu_get_nic_opaque(client);

    nc37xx_wake_look(s, frame, size);
    return !nc37xx_is_awake(s) ||
           nc37xx_peer_receive(&s->peer, &s->nc, frame, size) ? size : 0;
}

static void net_link_changed(NetClientState *client)
{
    Nc37xxPciState *s = qemu_get_nic_opaque(client);

    nc37xx_set_carrier(&s->nc, !client->link_down);
}

static NetClientInfo net_info = {
    .type = NET_CLIENT_DRIVER_NIC,
    .size = sizeof(NICState),
    .can_receive = net_can_receive,
    .receive = net_receive,
    .link_status_changed = net_link_changed,
};

void nc37xx_net_init(Nc37xxPciState *s)
{
    DeviceState *dev = DEVICE(s);

    s->nic = qemu_new_nic(&net_info, &s->conf, object_get_typename(OBJECT(s)),
                          dev->id, &dev->mem_reentrancy_guard, s);
    qemu_format_nic_info_str(qemu_get_queue(s->nic), s->conf.macaddr.a);
    s->nc.carrier = !qemu_get_queue(s->nic)->link_down;
    nc37xx_peer_init(&s->peer, qemu_get_queue(s->nic),
                     s->gso == ON_OFF_AUTO_AUTO);
}

/* QEMU frees the address that it finds, and has to find its own. */
void nc37xx_net_exit(Nc37xxPciState *s)
{
    s->conf.macaddr = s->first_mac;
    qemu_del_nic(s->nic);
}
