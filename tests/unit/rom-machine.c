/*
 * The machine round the pure parts of the option ROM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "linear.h"
#include "rom-machine.h"

#define MEMORY_SIZE 0x200000

struct machine_disk machine_disk;
uint32_t machine_ms;

static uint8_t memory[MEMORY_SIZE];

void *linear(uint32_t address)
{
    if (address >= MEMORY_SIZE) {
        abort();
    }
    return memory + address;
}

uint32_t machine_pattern(uint64_t sector)
{
    return 0x5a000000 | (uint32_t)sector;
}

void machine_reset(void)
{
    memset(memory, 0, sizeof(memory));
    machine_disk = (struct machine_disk) { .capacity = MACHINE_SECTORS };
}

uint32_t clock_ms(void)
{
    return machine_ms;
}

static enum disk_status request(char operation, uint64_t sector,
                                uint32_t count, uint32_t *done)
{
    machine_disk.operation = operation;
    machine_disk.sector = sector;
    machine_disk.count = count;
    machine_disk.requests++;
    *done = 0;
    if (sector > machine_disk.capacity ||
        count > machine_disk.capacity - sector) {
        return DISK_BAD_COMMAND;
    }
    *done = machine_disk.answer == DISK_OK ? count : machine_disk.done;
    return machine_disk.answer;
}

enum disk_status disk_read(uint64_t sector, uint32_t count, void *buffer,
                           uint32_t *done)
{
    enum disk_status status = request('r', sector, count, done);
    uint32_t *word = buffer;
    uint32_t i;

    for (i = 0; i < *done * (MACHINE_SECTOR_SIZE / 4); i++) {
        uint32_t pattern = machine_pattern(sector + i * 4 /
                                           MACHINE_SECTOR_SIZE);

        memcpy(word + i, &pattern, sizeof(pattern));
    }
    return status;
}

enum disk_status disk_write(uint64_t sector, uint32_t count,
                            const void *buffer, uint32_t *done)
{
    return request('w', sector, count, done);
}

enum disk_status disk_poll(bool restore)
{
    machine_disk.operation = restore ? 'P' : 'p';
    machine_disk.requests++;
    return machine_disk.answer;
}

uint64_t disk_sectors(void)
{
    return machine_disk.capacity;
}
