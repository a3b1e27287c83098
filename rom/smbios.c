/*
 * The machine's identity, from the BIOS's tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"

#include "linear.h"
#include "smbios.h"

#define SCAN_START 0xf0000
#define SCAN_END 0x100000
#define SCAN_STEP 16
#define SCAN_SIGNATURE 0x5f4d535f       /* "_SM_" */

/* Of the entry point. */
enum {
    ENTRY_LENGTH = 0x05,
    ENTRY_TABLE_LENGTH = 0x16,
    ENTRY_TABLE = 0x18,
    ENTRY_SIZE = 0x1f,
};

/* Of a structure; strings follow, up to two zero bytes. */
enum {
    STRUCTURE_TYPE = 0,
    STRUCTURE_LENGTH = 1,
    STRUCTURE_SIZE_MIN = 4,
    SYSTEM_UUID = 8,
    SYSTEM_SIZE = SYSTEM_UUID + SMBIOS_UUID_SIZE,
};
#define TYPE_SYSTEM 1

static const uint8_t *find_entry(void)
{
    const uint8_t *entry;
    uint32_t address;
    uint8_t sum, at;

    for (address = SCAN_START; address < SCAN_END; address += SCAN_STEP) {
        entry = linear(address);
        if ((uint32_t)ldl_le_p(entry) != SCAN_SIGNATURE ||
            entry[ENTRY_LENGTH] < ENTRY_SIZE ||
            entry[ENTRY_LENGTH] > SCAN_END - address) {
            continue;
        }
        for (sum = 0, at = 0; at < entry[ENTRY_LENGTH]; at++) {
            sum += entry[at];
        }
        if (!sum) {
            return entry;
        }
    }
    return NULL;
}

/* Where the structure after the one at @at begins; @length: none. */
static size_t next_structure(const uint8_t *table, size_t length, size_t at)
{
    at += table[at + STRUCTURE_LENGTH];
    while (at + 1 < length && (table[at] || table[at + 1])) {
        at++;
    }
    return MIN(at + 2, length);
}

bool smbios_uuid(uint8_t uuid[SMBIOS_UUID_SIZE])
{
    const uint8_t *entry = find_entry(), *table;
    size_t length, at;

    if (!entry) {
        return false;
    }
    table = linear(ldl_le_p(entry + ENTRY_TABLE));
    length = lduw_le_p(entry + ENTRY_TABLE_LENGTH);
    for (at = 0; at + SYSTEM_SIZE <= length;
         at = next_structure(table, length, at)) {
        if (table[at + STRUCTURE_LENGTH] < STRUCTURE_SIZE_MIN) {
            return false;
        }
        if (table[at + STRUCTURE_TYPE] == TYPE_SYSTEM &&
            table[at + STRUCTURE_LENGTH] >= SYSTEM_SIZE) {
            memcpy(uuid, table + at + SYSTEM_UUID, SMBIOS_UUID_SIZE);
            return true;
        }
    }
    return false;
}
