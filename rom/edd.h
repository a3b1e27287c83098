/*
 * Enhanced Disk Drive services (EDD 3.0): the packets of INT 13h 42h..48h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ROM_EDD_H
#define ROM_EDD_H

#include <stdbool.h>
#include <stdint.h>

#include "geometry.h"

/* The longest form of the drive parameters, bytes. */
#define EDD_PARAMETERS_MAX 0x4a

/* A disk address packet, parsed. */
struct edd_packet {
    uint16_t count;                 /* sectors */
    uint64_t sector;
    uint32_t buffer;                /* linear address */
};

/* Where the disk hangs: the adapter, and the LUN behind it. */
struct edd_path {
    uint8_t bus, device, function;
    uint16_t lun;
};

/*
 * Reads the packet at linear address @address.  False when its size is none
 * of the standard's, or its buffer does not lie below 4 GiB.
 */
bool edd_packet_read(uint32_t address, struct edd_packet *packet);

/* Tells the caller how many sectors were done, in his packet. */
void edd_packet_done(uint32_t address, uint16_t count);

/*
 * Fills the drive parameters into @buffer, whose first word says how large it
 * is, in the longest form that fits.  False when not even the shortest fits.
 */
bool edd_parameters(uint8_t *buffer, const struct geometry *geometry,
                    uint64_t sectors, const struct edd_path *path);

#endif
