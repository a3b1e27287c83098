/*
 * The wire of an iSCSI session: does what iscsi_want() asks for with one TCP
 * connection of lwIP, and moves bytes between the two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_ISCSI_LWIP_H
#define ROM_ISCSI_LWIP_H

#include <stdbool.h>
#include <stdint.h>

#include "error.h"
#include "ipv4.h"
#include "tcp-hole.h"

struct iscsi_session;
struct pbuf;
struct tcp_pcb;

enum wire_state {
    WIRE_IDLE,
    WIRE_RESOLVING,             /* the next hop's MAC address */
    WIRE_CONNECTING,
    WIRE_UP,
};

struct wire {
    struct iscsi_session *session;
    const struct ipv4_addresses *addresses;
    enum wire_state state;
    struct tcp_pcb *pcb;        /* NULL: none, also after a reset by peer */
    struct pbuf *received;      /* what the session has not taken yet */
    bool finished;              /* the peer sent FIN */
    struct tcp_hole hole;       /* while WIRE_UP */
    uint64_t since;             /* net_now() when the state was entered */
    uint8_t peer[4];
    uint16_t port;
    uint8_t hop[4];             /* who gets the frames: peer or gateway */
    struct rom_failure failure; /* why the last connection ended */
    /* Called on entering each state but WIRE_IDLE; may be NULL. */
    void (*entered)(const struct wire *wire);
};

/* Prepares @wire for @session; both structures stay where they are. */
void wire_init(struct wire *wire, struct iscsi_session *session,
               const struct ipv4_addresses *addresses);

/*
 * Receives, lets the session see time and bytes, does what it wants, sends.
 * Never waits; call it again and again.
 */
void wire_step(struct wire *wire, uint64_t now);

/* Resets the TCP connection; the session is not told. */
void wire_drop(struct wire *wire);

#endif
