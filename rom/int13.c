/*
 * INT 13h for our disk: every function in a table.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "disk.h"
#include "int13.h"
#include "linear.h"
#include "read-ahead.h"

#define SECTOR_SIZE 512
#define STATUS_NOT_REMOVABLE 0xb2

#define EXTENSIONS_ASK 0x55aa
#define EXTENSIONS_ANSWER 0xaa55
#define EXTENSIONS_VERSION 0x30     /* EDD 3.0 */
#define EXTENSIONS_ACCESS 0x0001    /* 42h..44h, 47h, 48h */
#define EXTENSIONS_EDD 0x0004       /* 48h, 4Eh */
#define EXTENSIONS_FLAT 0x0008      /* 64-bit flat addresses */
#define TYPE_HARD_DISK 0x03

/* Sectors that a verify reads at a time, into a buffer nobody sees. */
#define VERIFY_SECTORS 8

enum transfer { TRANSFER_READ, TRANSFER_WRITE, TRANSFER_VERIFY };

struct int13_function {
    uint8_t number;
    bool answers_ah;                /* AH is a result, not the status */
    uint8_t (*call)(struct int13_disk *disk, struct call_frame *frame);
};

static uint8_t ah(const struct call_frame *frame)
{
    return frame->eax >> 8;
}

static uint8_t al(const struct call_frame *frame)
{
    return frame->eax;
}

static void set_low(uint32_t *reg, uint16_t value)
{
    *reg = (*reg & 0xffff0000) | value;
}

static void set_ah(struct call_frame *frame, uint8_t value)
{
    set_low(&frame->eax, value << 8 | al(frame));
}

static void set_al(struct call_frame *frame, uint8_t value)
{
    set_low(&frame->eax, ah(frame) << 8 | value);
}

static enum disk_status verify(uint64_t sector, uint32_t count,
                               uint32_t *done)
{
    static uint8_t unseen[VERIFY_SECTORS * SECTOR_SIZE];
    enum disk_status status = DISK_OK;
    uint32_t piece;

    *done = 0;
    while (*done < count && status == DISK_OK) {
        status = disk_read(sector + *done, MIN(count - *done, VERIFY_SECTORS),
                           unseen, &piece);
        *done += piece;
    }
    return status;
}

static uint8_t transfer(struct int13_disk *disk, enum transfer what,
                        uint64_t sector, uint32_t count, uint32_t buffer,
                        uint32_t *done)
{
    enum disk_status status;

    switch (what) {
    case TRANSFER_READ:
        status = read_ahead_read(sector, count, linear(buffer), done);
        if (status == DISK_OK && !sector && buffer == BOOT_SECTOR) {
            disk->boot_sector_read = true;
        }
        return status;
    case TRANSFER_WRITE:
        read_ahead_forget();
        return disk_write(sector, count, linear(buffer), done);
    default:
        return verify(sector, count, done);
    }
}

/* 02h, 03h, 04h: AL sectors at CX, DH; ES:BX is the buffer. */
static uint8_t transfer_chs(struct int13_disk *disk,
                            struct call_frame *frame, enum transfer what)
{
    uint32_t count = al(frame);
    uint32_t sector;
    uint32_t done;
    uint8_t status;

    if (!count || !geometry_sector(&disk->geometry, frame->ecx,
                                   frame->edx >> 8, &sector)) {
        return DISK_BAD_COMMAND;
    }
    status = transfer(disk, what, sector, count,
                      linear_of(frame->es, frame->ebx), &done);
    set_al(frame, done);
    return status;
}

static uint8_t read_chs(struct int13_disk *disk, struct call_frame *frame)
{
    return transfer_chs(disk, frame, TRANSFER_READ);
}

static uint8_t write_chs(struct int13_disk *disk, struct call_frame *frame)
{
    return transfer_chs(disk, frame, TRANSFER_WRITE);
}

static uint8_t verify_chs(struct int13_disk *disk, struct call_frame *frame)
{
    return transfer_chs(disk, frame, TRANSFER_VERIFY);
}

/* 42h, 43h, 44h: the packet at DS:SI. */
static uint8_t transfer_packet(struct int13_disk *disk,
                               struct call_frame *frame, enum transfer what)
{
    uint32_t address = linear_of(frame->ds, frame->esi);
    struct edd_packet packet;
    uint32_t done;
    uint8_t status;

    if (!edd_packet_read(address, &packet)) {
        return DISK_BAD_COMMAND;
    }
    status = transfer(disk, what, packet.sector, packet.count, packet.buffer,
                      &done);
    if (status != DISK_OK) {
        edd_packet_done(address, done);
    }
    return status;
}

static uint8_t read_packet(struct int13_disk *disk, struct call_frame *frame)
{
    return transfer_packet(disk, frame, TRANSFER_READ);
}

static uint8_t write_packet(struct int13_disk *disk, struct call_frame *frame)
{
    return transfer_packet(disk, frame, TRANSFER_WRITE);
}

static uint8_t verify_packet(struct int13_disk *disk,
                             struct call_frame *frame)
{
    return transfer_packet(disk, frame, TRANSFER_VERIFY);
}

static uint8_t seek_packet(struct int13_disk *disk, struct call_frame *frame)
{
    struct edd_packet packet;

    if (!edd_packet_read(linear_of(frame->ds, frame->esi), &packet)) {
        return DISK_BAD_COMMAND;
    }
    return packet.sector < disk_sectors() ? DISK_OK : DISK_BAD_COMMAND;
}

static uint8_t reset(struct int13_disk *disk, struct call_frame *frame)
{
    read_ahead_forget();
    return disk_poll(true);
}

static uint8_t last_status(struct int13_disk *disk, struct call_frame *frame)
{
    return disk->status;
}

static uint8_t drive_parameters(struct int13_disk *disk,
                                struct call_frame *frame)
{
    unsigned last = disk->geometry.cylinders - 1;

    set_low(&frame->ecx, (last & 0xff) << 8 | (last >> 8) << 6 |
            disk->geometry.sectors);
    set_low(&frame->edx, (disk->geometry.heads - 1) << 8 |
            *(uint8_t *)linear(BDA_LINEAR + BDA_DRIVES));
    set_al(frame, 0);
    return DISK_OK;
}

static uint8_t disk_type(struct int13_disk *disk, struct call_frame *frame)
{
    uint32_t sectors = MIN(disk_sectors(), 0xffffffffu);

    set_low(&frame->ecx, sectors >> 16);
    set_low(&frame->edx, sectors);
    set_ah(frame, TYPE_HARD_DISK);
    return DISK_OK;
}

static uint8_t extensions(struct int13_disk *disk, struct call_frame *frame)
{
    if ((uint16_t)frame->ebx != EXTENSIONS_ASK) {
        set_ah(frame, DISK_BAD_COMMAND);
        return DISK_BAD_COMMAND;
    }
    set_low(&frame->ebx, EXTENSIONS_ANSWER);
    set_low(&frame->ecx, EXTENSIONS_ACCESS | EXTENSIONS_EDD |
            EXTENSIONS_FLAT);
    set_ah(frame, EXTENSIONS_VERSION);
    return DISK_OK;
}

static uint8_t extended_parameters(struct int13_disk *disk,
                                   struct call_frame *frame)
{
    uint8_t *buffer = linear(linear_of(frame->ds, frame->esi));

    return edd_parameters(buffer, &disk->geometry, disk_sectors(),
                          &disk->path) ? DISK_OK : DISK_BAD_COMMAND;
}

/* 4Eh: hardware settings that have no meaning for us (DMA, PIO, prefetch). */
static uint8_t set_hardware(struct int13_disk *disk, struct call_frame *frame)
{
    switch (al(frame)) {
    case 1:
    case 3:
    case 4:
    case 6:
        return DISK_OK;
    default:
        return DISK_BAD_COMMAND;
    }
}

static uint8_t not_removable(struct int13_disk *disk,
                             struct call_frame *frame)
{
    return STATUS_NOT_REMOVABLE;
}

static uint8_t succeed(struct int13_disk *disk, struct call_frame *frame)
{
    return DISK_OK;
}

/* Anything that is not here is refused with DISK_BAD_COMMAND. */
static const struct int13_function functions[] = {
    { 0x00, false, reset },
    { 0x01, false, last_status },
    { 0x02, false, read_chs },
    { 0x03, false, write_chs },
    { 0x04, false, verify_chs },
    { 0x08, false, drive_parameters },
    { 0x09, false, succeed },           /* initialise drive pair */
    { 0x0c, false, succeed },           /* seek */
    { 0x0d, false, reset },             /* alternate reset */
    { 0x10, false, reset },             /* test drive ready */
    { 0x11, false, succeed },           /* recalibrate */
    { 0x14, false, succeed },           /* controller diagnostic */
    { 0x15, true, disk_type },
    { 0x41, true, extensions },
    { 0x42, false, read_packet },
    { 0x43, false, write_packet },
    { 0x44, false, verify_packet },
    { 0x45, false, succeed },           /* lock, unlock */
    { 0x46, false, not_removable },     /* eject */
    { 0x47, false, seek_packet },
    { 0x48, false, extended_parameters },
    { 0x49, false, succeed },           /* media change */
    { 0x4e, false, set_hardware },
};

static const struct int13_function *find(uint8_t number)
{
    unsigned i;

    for (i = 0; i < ARRAY_SIZE(functions); i++) {
        if (functions[i].number == number) {
            return &functions[i];
        }
    }
    return NULL;
}

uint32_t int13_call(struct int13_disk *disk, struct call_frame *frame)
{
    const struct int13_function *function = find(ah(frame));
    uint8_t status = DISK_BAD_COMMAND;

    if (function) {
        status = function->call(disk, frame);
    }
    if (!function || !function->answers_ah) {
        set_ah(frame, status);
    }
    disk->status = status;
    *(uint8_t *)linear(BDA_LINEAR + BDA_DISK_STATUS) = status;
    return status == DISK_OK ? CORE_DONE : CORE_FAILED;
}
