/*
 * The order of control data in memory.
 *
 * Inside the chip they are 64-bit units of two words, most significant byte
 * first, and the bus is little endian.  CNTL_WORD_SWAP exchanges the words of
 * a unit, CNTL_BYTE_SWAP the bytes of each word: little-endian drivers ask
 * for the first, big-endian ones for both.  Packet data are bytes in order,
 * as all drivers have them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"

#define UNIT 8

static void word_put(uint8_t *to, uint32_t word, bool big)
{
    if (big) {
        stl_be_p(to, word);
    } else {
        stl_le_p(to, word);
    }
}

void nc37xx_control_order(const Nc37xx *nc, uint8_t *data, size_t size)
{
    bool exchange = !REG_FIELD(nc, DMA_CONFIG, CNTL_WORD_SWAP);
    bool big = REG_FIELD(nc, DMA_CONFIG, CNTL_BYTE_SWAP);
    uint32_t first, second;
    size_t i;

    if (!exchange && !big) {
        return;
    }
    for (i = 0; i < size; i += UNIT) {
        first = ldl_le_p(data + i);
        second = ldl_le_p(data + i + 4);
        word_put(data + i, exchange ? second : first, big);
        word_put(data + i + 4, exchange ? first : second, big);
    }
}
