/*
 * The receive address filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"
#include "checksum.h"

/* The low byte of the frame check sequence's CRC over an address. */
static unsigned multicast_hash(const uint8_t *address)
{
    uint32_t crc = ~0u;
    unsigned byte, bit;

    for (byte = 0; byte < ETH_ADDRESS_SIZE; byte++) {
        crc ^= address[byte];
        for (bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return crc & 0xff;
}

static bool hash_matches(const Nc37xx *nc, const uint8_t *address)
{
    unsigned hash = multicast_hash(address);

    return nc->regs[R_EMAC_MULTICAST_HASH0 + hash / 32] >> hash % 32 & 1;
}

bool nc37xx_filter_entry(const Nc37xx *nc, unsigned entry,
                         const uint8_t *address)
{
    uint32_t high = nc->regs[R_EMAC_MAC_MATCH0 + entry * 2];
    uint32_t low = nc->regs[R_EMAC_MAC_MATCH1 + entry * 2];

    return lduw_be_p(address) == (int)(high & 0xffff) &&
           (uint32_t)ldl_be_p(address + 2) == low;
}

static bool group_accepted(const Nc37xx *nc, uint32_t rule,
                           const uint8_t *address)
{
    static const uint8_t broadcast[ETH_ADDRESS_SIZE] = {
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    };

    if (!memcmp(address, broadcast, ETH_ADDRESS_SIZE)) {
        return FIELD_EX32(rule, RPM_SORT_USER0, BC_EN);
    }
    return FIELD_EX32(rule, RPM_SORT_USER0, MC_EN) ||
           (FIELD_EX32(rule, RPM_SORT_USER0, MC_HSH_EN) &&
            hash_matches(nc, address));
}

static bool user_accepts(const Nc37xx *nc, uint32_t rule,
                         const uint8_t *address)
{
    uint32_t entries = FIELD_EX32(rule, RPM_SORT_USER0, PM_EN);
    unsigned entry;

    if (!FIELD_EX32(rule, RPM_SORT_USER0, ENA)) {
        return false;
    }
    if (FIELD_EX32(rule, RPM_SORT_USER0, PROM_EN) ||
        ((address[0] & 1) && group_accepted(nc, rule, address))) {
        return true;
    }
    for (entry = 0; entry < NC37XX_MAC_MATCHES; entry++) {
        if ((entries >> entry & 1) && nc37xx_filter_entry(nc, entry, address)) {
            return true;
        }
    }
    return false;
}

bool nc37xx_filter(const Nc37xx *nc, const uint8_t *frame)
{
    unsigned user;

    for (user = 0; user < NC37XX_SORT_USERS; user++) {
        if (user_accepts(nc, nc->regs[R_RPM_SORT_USER0 + user], frame)) {
            return true;
        }
    }
    return false;
}
