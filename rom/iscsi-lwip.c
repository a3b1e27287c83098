/*
 * Pumps iscsi-core through a TCP connection of lwIP's raw API.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"

#include "lwip/pbuf.h"
#include "lwip/tcp.h"

#include "iscsi-core/iscsi.h"
#include "iscsi-lwip.h"
#include "net.h"
#include "tcp-hooks.h"

/* An ARP answer takes microseconds; a switch port may take a moment. */
#define ARP_TIMEOUT_MS 3000

/*
 * lwIP's measured retransmission time-out may become 0 ticks of 100 ms, which
 * repeats what a peer with delayed acknowledgements just has not answered.
 */
#define MINIMUM_RTO_TICKS 3

static void enter(struct wire *wire, enum wire_state state, uint64_t now)
{
    wire->state = state;
    wire->since = now;
    if (wire->entered && state != WIRE_IDLE) {
        wire->entered(wire);
    }
}

static void fail(struct wire *wire, enum rom_error error,
                 const uint8_t address[4])
{
    wire->failure.error = error;
    memcpy(&wire->failure.detail, address, sizeof(wire->failure.detail));
}

/*
 * lwIP's callbacks: they only note what happened
 */

static err_t on_connected(void *arg, struct tcp_pcb *pcb, err_t error)
{
    struct wire *wire = arg;

    wire->finished = false;
    tcp_hole_init(&wire->hole, pcb->rcv_nxt, net_now());
    enter(wire, WIRE_UP, net_now());
    return ERR_OK;
}

void wire_heard(const struct tcp_pcb *pcb, uint32_t number, uint32_t length)
{
    struct wire *wire = pcb->callback_arg;

    if (wire && wire->state == WIRE_UP) {
        tcp_hole_heard(&wire->hole, number + length, pcb->rcv_nxt,
                       pcb->rcv_wnd);
    }
}

static err_t on_received(void *arg, struct tcp_pcb *pcb, struct pbuf *data,
                         err_t error)
{
    struct wire *wire = arg;

    if (!data) {
        wire->finished = true;
    } else if (wire->received) {
        pbuf_cat(wire->received, data);
    } else {
        wire->received = data;
    }
    return ERR_OK;
}

/* The connection is gone and lwIP has freed it. */
static void on_error(void *arg, err_t error)
{
    struct wire *wire = arg;

    wire->pcb = NULL;
    if (wire->state == WIRE_UP) {
        fail(wire, ROM_CONNECTION_LOST, wire->peer);
    } else if (error == ERR_RST) {
        fail(wire, ROM_CONNECTION_REFUSED, wire->peer);
    } else {
        fail(wire, ROM_CONNECT_TIMEOUT, wire->peer);
    }
}

/*
 * Opening and closing
 */

void wire_drop(struct wire *wire)
{
    struct tcp_pcb *pcb = wire->pcb;

    if (wire->received) {
        pbuf_free(wire->received);
        wire->received = NULL;
    }
    if (pcb) {
        wire->pcb = NULL;
        tcp_err(pcb, NULL);
        tcp_recv(pcb, NULL);
        tcp_abort(pcb);
    }
    wire->state = WIRE_IDLE;
}

static void down(struct wire *wire, uint64_t now)
{
    wire_drop(wire);
    iscsi_tcp_down(wire->session, now);
}

static void start_resolving(struct wire *wire, uint64_t now)
{
    struct iscsi_address address;

    if (iscsi_want(wire->session, &address) != ISCSI_WANT_CONNECT) {
        return;
    }
    wire->port = address.port;
    if (address.v6 || !ipv4_parse(address.host, wire->peer)) {
        memset(wire->peer, 0, sizeof(wire->peer));
        fail(wire, ROM_CONNECT_TIMEOUT, wire->peer);
        iscsi_tcp_down(wire->session, now);
        return;
    }
    if (!ipv4_next_hop(wire->addresses, wire->peer, wire->hop)) {
        fail(wire, ROM_NO_ARP_ANSWER, wire->peer);
        iscsi_tcp_down(wire->session, now);
        return;
    }
    enter(wire, WIRE_RESOLVING, now);
}

static void start_connecting(struct wire *wire, uint64_t now)
{
    ip_addr_t peer;

    memcpy(&ip_2_ip4(&peer)->addr, wire->peer, 4);
    enter(wire, WIRE_CONNECTING, now);
    wire->pcb = tcp_new();
    if (!wire->pcb) {
        fail(wire, ROM_CONNECT_TIMEOUT, wire->peer);
        return;
    }
    tcp_arg(wire->pcb, wire);
    tcp_recv(wire->pcb, on_received);
    tcp_err(wire->pcb, on_error);
    tcp_nagle_disable(wire->pcb);
    if (tcp_connect(wire->pcb, &peer, wire->port, on_connected) != ERR_OK) {
        fail(wire, ROM_CONNECT_TIMEOUT, wire->peer);
        wire_drop(wire);
        wire->state = WIRE_CONNECTING;
    }
}

/* The session gives up on an attempt, or ends a connection. */
static void close_as_wanted(struct wire *wire, uint64_t now)
{
    if (wire->state == WIRE_RESOLVING) {
        fail(wire, ROM_NO_ARP_ANSWER, wire->hop);
    } else if (wire->state == WIRE_CONNECTING && wire->pcb) {
        fail(wire, ROM_CONNECT_TIMEOUT, wire->peer);
        net_forget();
    }
    down(wire, now);
}

/*
 * Bytes
 */

/* Into the buffers the session names, Data-In straight to its destination. */
static void deliver(struct wire *wire, uint64_t now)
{
    uint8_t *window;
    size_t room;
    uint16_t part, taken = 0;

    while (wire->received) {
        window = iscsi_rx_window(wire->session, &room);
        if (!window) {
            break;
        }
        part = MIN(room, wire->received->len);
        memcpy(window, wire->received->payload, part);
        wire->received = pbuf_free_header(wire->received, part);
        taken += part;
        iscsi_rx_commit(wire->session, part, now);
    }
    if (taken && wire->pcb) {
        tcp_recved(wire->pcb, taken);
    }
}

static void send(struct wire *wire, uint64_t now)
{
    const uint8_t *window;
    size_t length;
    bool wrote = false;

    while (wire->pcb) {
        window = iscsi_tx_window(wire->session, &length);
        if (!window) {
            break;
        }
        length = MIN(length, tcp_sndbuf(wire->pcb));
        if (!length || tcp_write(wire->pcb, window, length,
                                 TCP_WRITE_FLAG_COPY) != ERR_OK) {
            break;
        }
        iscsi_tx_commit(wire->session, length, now);
        wrote = true;
    }
    if (wrote) {
        tcp_output(wire->pcb);
    }
}

/* As nothing else goes out, each of them is an acknowledgement alone. */
static void acknowledge_again(struct wire *wire)
{
    unsigned i;

    for (i = 0; i < TCP_HOLE_REPEATS; i++) {
        tcp_set_flags(wire->pcb, TF_ACK_NOW);
        tcp_output(wire->pcb);
    }
}

/*
 * The pump
 */

static void step_up(struct wire *wire, uint64_t now)
{
    deliver(wire, now);
    if (!wire->pcb || (wire->finished && !wire->received)) {
        fail(wire, ROM_CONNECTION_LOST, wire->peer);
        down(wire, now);
        return;
    }
    if (wire->pcb->rto < MINIMUM_RTO_TICKS) {
        wire->pcb->rto = MINIMUM_RTO_TICKS;
    }
    send(wire, now);
    if (wire->pcb && tcp_hole_due(&wire->hole, wire->pcb->rcv_nxt, now)) {
        acknowledge_again(wire);
    }
}

static void step_state(struct wire *wire, uint64_t now)
{
    switch (wire->state) {
    case WIRE_IDLE:
        start_resolving(wire, now);
        break;
    case WIRE_RESOLVING:
        if (net_resolved(wire->hop)) {
            start_connecting(wire, now);
        } else if (now - wire->since >= ARP_TIMEOUT_MS) {
            fail(wire, ROM_NO_ARP_ANSWER, wire->hop);
            down(wire, now);
        }
        break;
    case WIRE_CONNECTING:
        if (!wire->pcb) {
            down(wire, now);
        }
        break;
    case WIRE_UP:
        step_up(wire, now);
        break;
    }
}

void wire_step(struct wire *wire, uint64_t now)
{
    enum wire_state before = wire->state;

    net_poll();
    if (before == WIRE_CONNECTING && wire->state == WIRE_UP) {
        iscsi_tcp_up(wire->session, now);
    }
    step_state(wire, now);
    if (now >= iscsi_deadline(wire->session)) {
        iscsi_tick(wire->session, now);
    }
    if (iscsi_want(wire->session, NULL) == ISCSI_WANT_CLOSE) {
        close_as_wanted(wire, now);
    }
}

void wire_init(struct wire *wire, struct iscsi_session *session,
               const struct ipv4_addresses *addresses)
{
    memset(wire, 0, sizeof(*wire));
    wire->session = session;
    wire->addresses = addresses;
}
