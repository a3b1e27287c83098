/*
 * Flow control by pause frames (IEEE 802.3, annex 31B).
 *
 * A frame that finds no buffer waits, in the chip's buffer memory as in
 * ours, so all that is at stake is to ask the partner for a break in time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"
#include "checksum.h"

#define OPCODE_PAUSE 1
/* Offsets in a MAC control frame. */
#define CONTROL_OPCODE ETH_HEADER_SIZE
#define CONTROL_QUANTA (ETH_HEADER_SIZE + 2)
/* One quantum is the time of so many bits. */
#define QUANTUM_BITS 512

static const uint8_t pause_address[ETH_ADDRESS_SIZE] = {
    0x01, 0x80, 0xc2, 0x00, 0x00, 0x01,
};

static uint64_t quanta_us(const Nc37xx *nc, unsigned quanta)
{
    return MAX((uint64_t)quanta * QUANTUM_BITS / nc37xx_link_speed(nc), 1);
}

static uint16_t buffers_left(const Nc37xx *nc)
{
    return nc37xx_context(nc, NC37XX_CID_RX, RX_CTX_HOST_BDIDX) -
           nc->rx.at.index;
}

/* Our own transmission */

bool nc37xx_paused(const Nc37xx *nc)
{
    return nc->paused && !nc37xx_loopback(nc);
}

static void transmission_resume(Nc37xx *nc)
{
    nc->ops->timer(nc, NC37XX_TIMER_PAUSED, 0);
    if (nc->paused) {
        nc->paused = false;
        nc37xx_count(nc, STAT_FLOW_CONTROL_DONE, 1);
        EVENT(nc, pause, 0, 0);
        nc37xx_transmit_later(nc);
    }
}

void nc37xx_pause_over(Nc37xx *nc)
{
    transmission_resume(nc);
}

static void transmission_stop(Nc37xx *nc, unsigned quanta)
{
    EVENT(nc, pause, quanta, nc37xx_link_speed(nc));
    if (!nc->paused) {
        nc->paused = true;
        nc37xx_count(nc, STAT_XOFF_STATE_ENTERED, 1);
    }
    nc->ops->timer(nc, NC37XX_TIMER_PAUSED, quanta_us(nc, quanta));
}

static bool to_us(const Nc37xx *nc, const uint8_t *frame)
{
    return !memcmp(frame, pause_address, sizeof(pause_address)) ||
           nc37xx_filter_entry(nc, 0, frame);
}

bool nc37xx_mac_control(Nc37xx *nc, const uint8_t *frame)
{
    unsigned quanta = lduw_be_p(frame + CONTROL_QUANTA);

    if (lduw_be_p(frame + ETH_TYPE) != ETH_TYPE_MAC_CONTROL) {
        return false;
    }
    nc37xx_count(nc, STAT_MAC_CONTROL_RECEIVED, 1);
    if (lduw_be_p(frame + CONTROL_OPCODE) != OPCODE_PAUSE ||
        !to_us(nc, frame)) {
        EVENT(nc, rx_control, lduw_be_p(frame + CONTROL_OPCODE),
              to_us(nc, frame));
        return true;
    }
    nc37xx_count(nc, quanta ? STAT_XOFF_RECEIVED : STAT_XON_RECEIVED, 1);
    REG(nc, EMAC_RX_STATUS) |= quanta ? R_EMAC_RX_STATUS_FF_RECEIVED_MASK :
                                        R_EMAC_RX_STATUS_N_RECEIVED_MASK;
    if (!REG_FIELD(nc, EMAC_RX_MODE, FLOW_EN) || !nc37xx_link_speed(nc)) {
        return true;
    }
    if (quanta) {
        transmission_stop(nc, quanta);
    } else {
        transmission_resume(nc);
    }
    return true;
}

/* The partner's transmission */

/*
 * The driver wants it in both places: the MAC may send pause frames, and
 * frames are to wait for a buffer of this ring.
 */
static bool may_pause_partner(const Nc37xx *nc)
{
    return REG_FIELD(nc, EMAC_TX_MODE, FLOW_EN) && nc->rx.armed &&
           (nc37xx_context(nc, NC37XX_CID_RX, RX_CTX_TYPE) &
            RX_CTX_FLOW_CONTROL) &&
           nc37xx_link_full_duplex(nc) && !nc37xx_loopback(nc);
}

static unsigned pause_time(const Nc37xx *nc)
{
    return REG_FIELD(nc, EMAC_TX_MODE, LONG_PAUSE) ? 0xffff : 0x1fff;
}

/* Without FCS; not counted with the frames of the driver's. */
static void pause_send(Nc37xx *nc, unsigned quanta)
{
    uint8_t frame[NC37XX_FRAME_MIN] = { 0 };

    memcpy(frame, pause_address, sizeof(pause_address));
    stw_be_p(frame + ETH_ADDRESS_SIZE, REG(nc, EMAC_MAC_MATCH0));
    stl_be_p(frame + ETH_ADDRESS_SIZE + 2, REG(nc, EMAC_MAC_MATCH1));
    stw_be_p(frame + ETH_TYPE, ETH_TYPE_MAC_CONTROL);
    stw_be_p(frame + CONTROL_OPCODE, OPCODE_PAUSE);
    stw_be_p(frame + CONTROL_QUANTA, quanta);
    nc37xx_count(nc, quanta ? STAT_OUT_XOFF_SENT : STAT_OUT_XON_SENT, 1);
    REG(nc, EMAC_TX_STATUS) |= quanta ? R_EMAC_TX_STATUS_XOFF_SENT_MASK :
                                        R_EMAC_TX_STATUS_XON_SENT_MASK;
    EVENT(nc, pause_sent, quanta, buffers_left(nc));
    nc->ops->send(nc, frame, sizeof(frame));
}

/* Again before the partner goes on by itself. */
static void partner_stop(Nc37xx *nc)
{
    nc->partner_paused = true;
    nc->ops->timer(nc, NC37XX_TIMER_XOFF,
                   MAX(quanta_us(nc, pause_time(nc)) / 2, 1));
    pause_send(nc, pause_time(nc));
}

static void partner_forget(Nc37xx *nc)
{
    nc->partner_paused = false;
    nc->ops->timer(nc, NC37XX_TIMER_XOFF, 0);
}

/*
 * The ring has as many buffers as the driver had once posted.  The partner
 * is stopped when an eighth is left or a frame waits, and let go with half.
 */
void nc37xx_pause_partner(Nc37xx *nc)
{
    uint16_t left = buffers_left(nc);

    nc->rx_depth = MAX(nc->rx_depth, left);
    if (!may_pause_partner(nc)) {
        if (nc->partner_paused) {
            partner_forget(nc);
        }
        return;
    }
    if (!nc->partner_paused) {
        if (nc->rx_refused || (nc->rx_depth && left <= nc->rx_depth / 8)) {
            partner_stop(nc);
        }
    } else if (!nc->rx_refused && left >= nc->rx_depth - nc->rx_depth / 2) {
        partner_forget(nc);
        pause_send(nc, 0);
    }
}

void nc37xx_xoff_again(Nc37xx *nc)
{
    if (nc->partner_paused && may_pause_partner(nc)) {
        partner_stop(nc);
    } else {
        partner_forget(nc);
    }
}

void nc37xx_pause_reset(Nc37xx *nc)
{
    transmission_resume(nc);
    partner_forget(nc);
}
