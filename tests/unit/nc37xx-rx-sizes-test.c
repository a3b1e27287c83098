/*
 * Reception of frames of every size, around each boundary of every division
 * into buffers, beside a plain description of where bytes have to lie.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "nc37xx-card.h"

#define FCS 4
#define VLAN 4
#define UNTOUCHED 0x5a

/* How the driver divides frames: with page buffers, or with 0 without. */
struct division {
    unsigned first;             /* bytes of the first buffer */
    unsigned page;
};

static const struct division divisions[] = {
    { BUFFER_SIZE, 0 },
    { 146, 4096 },              /* Linux with jumbo frames */
    { 146, 1024 },
    { 82, 256 },
    { 19, 512 },                /* the least that is a division */
    { 1024, 2048 },
};

static uint8_t frame[NC37XX_FRAME_MAX + 10];
static const struct division *division;
static uint16_t buffers, pages; /* taken so far, by our own count */

static void open_divided(const struct division *d)
{
    division = d;
    buffers = pages = 0;
    card_open();
    card_write(A_EMAC_RX_MTU_SIZE, 0x80000000 | 9018);
    card_context_write(NC37XX_CID_RX, RX_CTX_PG_BUF_SIZE,
                       d->page ? d->first << 16 | d->page : 0);
    frame_fill(frame, sizeof(frame), 0x88b5);
}

/* The chip may stop at a link slot or behind it. */
static uint16_t behind_link(unsigned index)
{
    return index % 256 == 255 ? index + 1 : index;
}

static uint16_t next_index(uint16_t index)
{
    return behind_link(index + 1);
}

/* Bytes of a frame that the first buffer holds. */
static size_t head_of(size_t size)
{
    size_t room = division->first - RX_FRAME_OFFSET;

    return division->page && size + FCS > room ? MIN(size, room) : size;
}

static unsigned pages_of(size_t size)
{
    size_t room = division->first - RX_FRAME_OFFSET;
    size_t rest;

    if (!division->page || size + FCS <= room) {
        return 0;
    }
    rest = size + FCS - room;
    return rest / division->page + (rest % division->page != 0);
}

/* As received: @size bytes, without pages one may have been padded. */
static void lies_right(const uint8_t *data, size_t size)
{
    const uint8_t *buffer = card_rx_buffer(buffers);
    size_t done = head_of(size), part;
    unsigned n, index;

    CU_ASSERT_EQUAL_FATAL(lduw_le_p(buffer + L2_FHDR_PKT_LEN), size + FCS);
    CU_ASSERT_FALSE_FATAL(memcmp(buffer + RX_FRAME_OFFSET, data, done));
    CU_ASSERT_EQUAL_FATAL(buffer[RX_FRAME_OFFSET + done], UNTOUCHED);
    for (n = 0, index = pages; n < pages_of(size); n++) {
        const uint8_t *page = card_memory(card_rx_page(index,
                                                       division->page));

        part = MIN(size - done, division->page);
        CU_ASSERT_FALSE_FATAL(memcmp(page, data + done, part));
        if (part < division->page) {
            CU_ASSERT_EQUAL_FATAL(page[part], UNTOUCHED);
        }
        done += part;
        index = next_index(index);
    }
    CU_ASSERT_EQUAL_FATAL(done, size);
}

static void take(size_t size)
{
    unsigned n;

    for (n = 0; n < pages_of(size); n++) {
        pages = next_index(pages);
    }
    buffers = next_index(buffers);
    CU_ASSERT_EQUAL_FATAL(behind_link(card_rx_consumer()), buffers);
    CU_ASSERT_EQUAL_FATAL(behind_link(card.nc.rx_pages.at.index), pages);
}

/* With exactly the buffers that it needs, and in clean memory. */
static void size_is_received(size_t size)
{
    size_t wire = MAX(size, NC37XX_FRAME_MIN);

    memset(card_memory(BUFFERS_AT), UNTOUCHED, FRAMES_AT - BUFFERS_AT);
    card_rx_pages(pages_of(wire), division->page);
    card_rx_buffers(1);
    CU_ASSERT_TRUE_FATAL(nc37xx_receive(&card.nc, frame, size));
    lies_right(frame, wire);
    take(wire);
}

static size_t longest(const struct division *d)
{
    return d->page ? NC37XX_FRAME_MAX - VLAN : BUFFER_SIZE - 18 - FCS;
}

static void boundary_is_received(size_t boundary)
{
    size_t size;

    for (size = boundary - MIN(boundary, 6); size <= boundary + 6; size++) {
        if (size >= NC37XX_FRAME_MIN && size <= longest(division)) {
            size_is_received(size);
        }
    }
}

static void every_boundary_of_every_division_is_right(void)
{
    unsigned i, n;

    for (i = 0; i < ARRAY_SIZE(divisions); i++) {
        open_divided(&divisions[i]);
        boundary_is_received(NC37XX_FRAME_MIN);
        boundary_is_received(1514);
        boundary_is_received(longest(division));
        for (n = 0; division->page && n * division->page < 9100; n++) {
            boundary_is_received(division->first - RX_FRAME_OFFSET +
                                 n * division->page);
        }
    }
}

static void every_size_up_to_a_jumbo_is_received_as_linux_divides_it(void)
{
    size_t size;

    open_divided(&divisions[1]);
    for (size = NC37XX_FRAME_MIN; size <= longest(division); size++) {
        size_is_received(size);
    }
}

/* Whatever a peer sends is a frame of 60 bytes at least. */
static void every_runt_is_padded(void)
{
    unsigned i;
    size_t size;

    for (i = 0; i < ARRAY_SIZE(divisions); i++) {
        open_divided(&divisions[i]);
        frame_fill(frame, sizeof(frame), 0x88b5);
        memset(frame + 14, 0, NC37XX_FRAME_MIN - 14);
        for (size = 14; size < NC37XX_FRAME_MIN; size++) {
            size_is_received(size);
        }
    }
}

/* Shorter than its header, a runt has zeroes for an address or a type. */
static void a_runt_without_a_header_is_not_read_beyond_its_end(void)
{
    uint8_t *runt;
    size_t size;

    open_divided(&divisions[0]);
    card_write(A_RPM_SORT_USER0, R_RPM_SORT_USER0_ENA_MASK |
               R_RPM_SORT_USER0_PROM_EN_MASK);
    for (size = 0; size < 14; size++) {
        runt = malloc(size ?: 1);
        memcpy(runt, frame, size);
        card_rx_buffers(1);
        CU_ASSERT_TRUE(nc37xx_receive(&card.nc, runt, size));
        CU_ASSERT_FALSE(memcmp(card_rx_buffer(buffers) + RX_FRAME_OFFSET,
                               runt, size));
        buffers = next_index(buffers);
        free(runt);
    }
    CU_ASSERT_EQUAL(card_rx_consumer(), 14);
}

static void a_tag_is_taken_out_before_a_frame_is_divided(void)
{
    uint8_t plain[NC37XX_FRAME_MAX];
    size_t size;

    open_divided(&divisions[1]);
    memcpy(frame + 12, "\x81\x00\x60\x2a", 4);
    memcpy(plain, frame, 12);
    memcpy(plain + 12, frame + 16, sizeof(plain) - 12);
    for (size = 120; size <= NC37XX_FRAME_MAX; size += size < 140 ? 1 : 127) {
        memset(card_memory(BUFFERS_AT), UNTOUCHED, FRAMES_AT - BUFFERS_AT);
        card_rx_pages(pages_of(size - VLAN), division->page);
        card_rx_buffers(1);
        CU_ASSERT_TRUE_FATAL(nc37xx_receive(&card.nc, frame, size));
        lies_right(plain, size - VLAN);
        take(size - VLAN);
    }
}

/* One page too few, at every number of pages: nothing of it is taken. */
static void without_its_last_page_no_frame_is_received(void)
{
    unsigned n;
    size_t size;

    for (n = 1; n <= 8; n++) {
        open_divided(&divisions[2]);
        size = 128 + n * 1024 - FCS;
        CU_ASSERT_EQUAL_FATAL(pages_of(size), n);
        card_rx_pages(n - 1, division->page);
        card_rx_buffers(1);
        CU_ASSERT_FALSE(nc37xx_receive(&card.nc, frame, size));
        CU_ASSERT_EQUAL(card.nc.rx.at.index, 0);
        CU_ASSERT_EQUAL(card.nc.rx_pages.at.index, 0);
        card_rx_pages(1, division->page);
        CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, size));
        lies_right(frame, size);
        take(size);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(every_boundary_of_every_division_is_right),
    UNIT_CASE(every_size_up_to_a_jumbo_is_received_as_linux_divides_it),
    UNIT_CASE(every_runt_is_padded),
    UNIT_CASE(a_runt_without_a_header_is_not_read_beyond_its_end),
    UNIT_CASE(a_tag_is_taken_out_before_a_frame_is_divided),
    UNIT_CASE(without_its_last_page_no_frame_is_received),
};

int main(int argc, char **argv)
{
    return unit_main("rx-sizes", cases, CASES, argc, argv);
}
