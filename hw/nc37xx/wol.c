/*
 * Wake on LAN: a magic packet is heard while the driver has asked for it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"
#include "checksum.h"

#define MAGIC_SYNC 6            /* bytes ff before the addresses */
#define MAGIC_REPEAT 16
#define MAGIC_SIZE (MAGIC_SYNC + MAGIC_REPEAT * ETH_ADDRESS_SIZE)

/* What EMAC and RPM need to hear frames. */
bool nc37xx_wol_armed(const Nc37xx *nc)
{
    return nc->vaux && REG_FIELD(nc, EMAC_MODE, MPKT) &&
           ENABLED(nc, EMAC) && ENABLED(nc, RX_PARSER_MAC);
}

static bool all_ones(const uint8_t *data, size_t size)
{
    while (size--) {
        if (*data++ != 0xff) {
            return false;
        }
    }
    return true;
}

static bool magic_at(const uint8_t *data, const uint8_t *address)
{
    unsigned i;

    if (!all_ones(data, MAGIC_SYNC)) {
        return false;
    }
    for (i = 0; i < MAGIC_REPEAT; i++) {
        if (memcmp(data + MAGIC_SYNC + i * ETH_ADDRESS_SIZE, address,
                   ETH_ADDRESS_SIZE)) {
            return false;
        }
    }
    return true;
}

/* Wherever in the frame: below the addresses anything goes. */
static bool is_magic(const Nc37xx *nc, const uint8_t *frame, size_t size)
{
    uint8_t address[ETH_ADDRESS_SIZE];
    size_t at;

    stw_be_p(address, REG(nc, EMAC_MAC_MATCH0));
    stl_be_p(address + 2, REG(nc, EMAC_MAC_MATCH1));
    for (at = ETH_TYPE; at + MAGIC_SIZE <= size; at++) {
        if (frame[at] == 0xff && magic_at(frame + at, address)) {
            return true;
        }
    }
    return false;
}

bool nc37xx_wake(Nc37xx *nc, const uint8_t *frame, size_t size)
{
    if (!nc37xx_wol_armed(nc) || !nc37xx_link_up(nc) ||
        size < MAGIC_SIZE || size > NC37XX_FRAME_MAX ||
        !nc37xx_filter(nc, frame) || !is_magic(nc, frame, size)) {
        return false;
    }
    REG(nc, EMAC_MODE) |= R_EMAC_MODE_MPKT_RCVD_MASK;
    EVENT(nc, wake, size, REG(nc, EMAC_MODE));
    return true;
}
