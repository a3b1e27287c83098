/*
 * Enhanced Disk Drive services (EDD 3.0): the packets of INT 13h 42h..48h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "edd.h"
#include "linear.h"

#define SECTOR_SIZE 512

/* Disk address packet. */
#define PACKET_SIZE 0x00
#define PACKET_COUNT 0x02
#define PACKET_OFFSET 0x04
#define PACKET_SEGMENT 0x06
#define PACKET_SECTOR 0x08
#define PACKET_FLAT 0x10            /* u64, when the far address is all ones */
#define PACKET_SIZE_FAR 0x10
#define PACKET_SIZE_FLAT 0x18
#define PACKET_FAR_NONE 0xffffffffu

/* Drive parameters; each size is a form of its own. */
#define PARAMETERS_SIZE 0x00
#define PARAMETERS_FLAGS 0x02
#define PARAMETERS_CYLINDERS 0x04
#define PARAMETERS_HEADS 0x08
#define PARAMETERS_TRACK 0x0c
#define PARAMETERS_SECTORS 0x10
#define PARAMETERS_SECTOR_SIZE 0x18
#define PARAMETERS_SIZE_PLAIN 0x1a
#define PARAMETERS_DPTE 0x1a
#define PARAMETERS_SIZE_DPTE 0x1e
#define PARAMETERS_KEY 0x1e
#define PARAMETERS_PATH_LENGTH 0x20
#define PARAMETERS_HOST_BUS 0x24
#define PARAMETERS_INTERFACE 0x28
#define PARAMETERS_INTERFACE_PATH 0x30
#define PARAMETERS_DEVICE_PATH 0x38
#define PARAMETERS_SIZE_SHORT_PATH 0x42     /* 8 bytes of device path */
#define PARAMETERS_SIZE_LONG_PATH 0x4a      /* 16 bytes */

#define FLAGS_DMA_BOUNDARY 0x01     /* no buffer can cross one */
#define FLAGS_GEOMETRY 0x02
#define DPTE_NONE 0xffffffffu
#define PATH_KEY 0xbedd
#define CHANNEL_NONE 0xff

bool edd_packet_read(uint32_t address, struct edd_packet *packet)
{
    uint8_t copy[PACKET_SIZE_FLAT];
    uint8_t size = *(uint8_t *)linear(address);
    uint64_t end;

    if (size < PACKET_SIZE_FAR) {
        return false;
    }
    memset(copy, 0, sizeof(copy));
    memcpy(copy, linear(address), MIN(size, sizeof(copy)));
    packet->count = lduw_le_p(copy + PACKET_COUNT);
    packet->sector = ldq_le_p(copy + PACKET_SECTOR);
    packet->buffer = linear_of(lduw_le_p(copy + PACKET_SEGMENT),
                               lduw_le_p(copy + PACKET_OFFSET));
    if ((uint32_t)ldl_le_p(copy + PACKET_OFFSET) == PACKET_FAR_NONE &&
        size >= PACKET_SIZE_FLAT) {
        end = ldq_le_p(copy + PACKET_FLAT) + packet->count * SECTOR_SIZE;
        packet->buffer = ldl_le_p(copy + PACKET_FLAT);
        return !ldl_le_p(copy + PACKET_FLAT + 4) && !(end >> 32);
    }
    return true;
}

void edd_packet_done(uint32_t address, uint16_t count)
{
    stw_le_p((uint8_t *)linear(address) + PACKET_COUNT, count);
}

static void put_text(uint8_t *to, const char *text)
{
    while (*text) {
        *to++ = *text++;
    }
}

/* The device path: for SCSI a target, ours is 0, and the number of the LUN. */
static void put_path(uint8_t *out, unsigned size, const struct edd_path *path)
{
    uint8_t sum = 0;
    unsigned i;

    stw_le_p(out + PARAMETERS_KEY, PATH_KEY);
    out[PARAMETERS_PATH_LENGTH] = size - PARAMETERS_KEY;
    put_text(out + PARAMETERS_HOST_BUS, "PCI ");
    put_text(out + PARAMETERS_INTERFACE, "SCSI    ");
    out[PARAMETERS_INTERFACE_PATH] = path->bus;
    out[PARAMETERS_INTERFACE_PATH + 1] = path->device;
    out[PARAMETERS_INTERFACE_PATH + 2] = path->function;
    out[PARAMETERS_INTERFACE_PATH + 3] = CHANNEL_NONE;
    if (size == PARAMETERS_SIZE_LONG_PATH) {
        stq_le_p(out + PARAMETERS_DEVICE_PATH + 2, path->lun);
    } else {
        out[PARAMETERS_DEVICE_PATH + 1] = path->lun;
    }
    for (i = PARAMETERS_KEY; i < size; i++) {
        sum += out[i];
    }
    out[size - 1] = -sum;
}

/* The longest form that fits into @room bytes, or 0. */
static unsigned form_size(unsigned room)
{
    static const uint8_t forms[] = {
        PARAMETERS_SIZE_LONG_PATH, PARAMETERS_SIZE_SHORT_PATH,
        PARAMETERS_SIZE_DPTE, PARAMETERS_SIZE_PLAIN,
    };
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(forms); i++) {
        if (room >= forms[i]) {
            return forms[i];
        }
    }
    return 0;
}

bool edd_parameters(uint8_t *buffer, const struct geometry *geometry,
                    uint64_t sectors, const struct edd_path *path)
{
    uint8_t out[EDD_PARAMETERS_MAX] = { 0 };
    unsigned size = form_size(lduw_le_p(buffer));

    if (!size) {
        return false;
    }
    stw_le_p(out + PARAMETERS_SIZE, size);
    stw_le_p(out + PARAMETERS_FLAGS, FLAGS_DMA_BOUNDARY | FLAGS_GEOMETRY);
    stl_le_p(out + PARAMETERS_CYLINDERS, geometry->cylinders);
    stl_le_p(out + PARAMETERS_HEADS, geometry->heads);
    stl_le_p(out + PARAMETERS_TRACK, geometry->sectors);
    stq_le_p(out + PARAMETERS_SECTORS, sectors);
    stw_le_p(out + PARAMETERS_SECTOR_SIZE, SECTOR_SIZE);
    stl_le_p(out + PARAMETERS_DPTE, DPTE_NONE);
    if (size >= PARAMETERS_SIZE_SHORT_PATH) {
        put_path(out, size, path);
    }
    memcpy(buffer, out, size);
    return true;
}
