/*
 * What the BIOS asks of the ROM during POST and when it boots.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "boot.h"
#include "config.h"
#include "connect.h"
#include "console.h"
#include "disk.h"
#include "drive.h"
#include "ev-core/ev.h"
#include "handoff.h"
#include "ibft.h"
#include "idle.h"
#include "int13.h"
#include "linear.h"
#include "memory.h"
#include "post.h"
#include "read-ahead.h"
#include "runtime.h"
#include "setup.h"
#include "undi.h"

#define ADAPTERS_MAX 8
#define SECTOR_SIZE 512
#define MIB_SHIFT 11                /* sectors of a MiB */
#define READ_AHEAD_SECTORS 128
#define HANDOFF_ACTIVE_MAX 512      /* bytes of the facts, as text */
#define SIGNATURE 510
#define SIGNATURE_VALUE 0xaa55

static pci_bdf adapters[ADAPTERS_MAX];
static unsigned adapter_count;
static bool tried;
static uint8_t drive;               /* 0: we have none */

static struct ev_boot_config config;
static struct connect_facts facts;
static struct int13_disk disk;

static void fail(const struct rom_failure *failure)
{
    rom_error_print(failure);
    post_stage(rom_error_post(failure->error));
}

static void fail_with(enum rom_error error, uint32_t detail)
{
    fail(&(struct rom_failure) { error, detail });
}

static uint32_t init(struct call_frame *frame)
{
    pci_bdf bdf = frame->ebx;
    unsigned number = adapter_count;
    enum rom_error error;

    post_stage(POST_ROM);
    console_printf("\nHP NC37xx iSCSI Boot ROM " ROM_VERSION
                   "  adapter %u at %02x:%02x.%u\n", number + 1,
                   pci_bus(bdf), pci_device(bdf), pci_function(bdf));
    console_printf("Starting iSCSI Boot Option ROM Initialization..\n");
    if (number == ADAPTERS_MAX) {
        return CORE_DONE;
    }
    adapters[adapter_count++] = bdf;
    error = config_read(number, &config);
    if (error) {
        fail_with(error, 0);
        return CORE_DONE;
    }
    post_stage(POST_CONFIG);
    console_printf("Target %s\n", config.target_name);
    return CORE_DONE;
}

/* Tries one adapter; what is wrong with its configuration was said at init. */
static bool try_adapter(unsigned number)
{
    struct rom_failure failure;

    if (config_read(number, &config)) {
        return false;
    }
    if (connect(adapters[number], &config, &facts, &failure)) {
        return true;
    }
    if (idle_action() != KEY_SETUP) {
        fail(&failure);
    }
    return false;
}

/* All adapters, beginning with number @first. */
static bool try_adapters(unsigned first)
{
    unsigned i;
    unsigned number;

    for (i = 0; i < adapter_count && idle_action() == KEY_NOTHING; i++) {
        number = (first + i) % adapter_count;
        if (i) {
            post_stage(POST_FAILOVER + number);
        }
        if (try_adapter(number)) {
            return true;
        }
    }
    return false;
}

/* Connects, again whenever the user comes back from the setup screen. */
static bool connect_phase(unsigned first)
{
    bool connected;

    console_stamp(true);
    setup_offer(adapters[first]);
    for (;;) {
        if (idle_action() == KEY_STOP) {
            fail_with(ROM_ABORTED, 0);
        }
        connected = try_adapters(first);
        if (idle_action() != KEY_SETUP) {
            return connected;
        }
        connect_quiesce();
        console_stamp(false);
        if (!setup_run(adapters, adapter_count)) {
            return false;
        }
        console_stamp(true);
    }
}

static bool has_boot_signature(const uint8_t *sector)
{
    return lduw_le_p(sector + SIGNATURE) == SIGNATURE_VALUE;
}

/* Part of a system may be there: it may well boot, and come to grief later. */
static void check_size(const uint8_t *mbr)
{
    uint64_t claimed = geometry_claimed(mbr);

    if (claimed > facts.sectors) {
        fail_with(ROM_LUN_TOO_SMALL,
                  (claimed - facts.sectors + (1 << MIB_SHIFT) - 1) >>
                  MIB_SHIFT);
    }
}

/* The LUN becomes a drive; only one that can boot is forced to the front. */
static bool make_drive(void)
{
    static uint8_t mbr[SECTOR_SIZE];
    enum disk_status status;
    uint32_t done;
    bool bootable;

    status = disk_read(0, 1, mbr, &done);
    if (status != DISK_OK) {
        fail_with(ROM_BOOT_SECTOR, status);
        return false;
    }
    bootable = has_boot_signature(mbr);
    if (!bootable) {
        fail_with(ROM_NO_BOOT_SIGNATURE, 0);
    }
    check_size(mbr);
    disk.geometry = geometry_of(mbr, facts.sectors);
    disk.path = (struct edd_path) {
        .bus = pci_bus(facts.bdf),
        .device = pci_device(facts.bdf),
        .function = pci_function(facts.bdf),
        .lun = config.lun,
    };
    drive = drive_hook(&disk.geometry, config.force_boot && bootable);
    if (!drive) {
        fail_with(ROM_DRIVE_NUMBERS, 0);
        return false;
    }
    read_ahead_init(memory_alloc(READ_AHEAD_SECTORS * SECTOR_SIZE, 16),
                    READ_AHEAD_SECTORS);
    post_stage(POST_INT13);
    console_printf("Drive %02xh: %u MiB, %u/%u/%u\n", drive,
                   (uint32_t)(facts.sectors >> MIB_SHIFT),
                   disk.geometry.cylinders, disk.geometry.heads,
                   disk.geometry.sectors);
    return true;
}

/* The system must use the same one as we: the guide's "OS problems". */
static void name_adapter(void)
{
    unsigned number = boot_adapter_number(facts.bdf);

    if (adapter_count > 1) {
        console_printf("Adapter %u of %u is in use: %02x:%02x.%u, %M\n",
                       number + 1, adapter_count, pci_bus(facts.bdf),
                       pci_device(facts.bdf), pci_function(facts.bdf),
                       facts.mac);
    }
}

static void hand_over(void)
{
    static uint8_t block[EV_DATA_MAX + HANDOFF_ACTIVE_MAX];
    struct ev_slice text;
    size_t length = 0;

    if (config_text(&text)) {
        length = handoff_build(block, sizeof(block), text, &facts);
    }
    if (length && connect_write_handoff(block, length) &&
        ibft_build(runtime_at(RT_IBFT), RT_IBFT_SIZE, &config, &facts)) {
        post_stage(POST_HANDOFF);
    } else {
        fail_with(ROM_HANDOFF, 0);
    }
}

static void release(void)
{
    connect_quiesce();
    post_stage(POST_RELEASED);
}

unsigned boot_adapter_number(pci_bdf bdf)
{
    unsigned i;

    for (i = 0; i < adapter_count; i++) {
        if (adapters[i] == bdf) {
            return i;
        }
    }
    return 0;
}

static uint32_t bcv(struct call_frame *frame)
{
    pci_bdf bdf = frame->ebx;

    if (tried) {
        return CORE_DONE;
    }
    tried = true;
    post_stage(POST_BCV);
    if (connect_phase(boot_adapter_number(bdf)) && make_drive()) {
        name_adapter();
        hand_over();
    } else {
        console_printf("No iSCSI disk: the next boot device follows\n");
        release();
    }
    config_lock();
    console_stamp(false);
    idle_listen(KEYS_NONE);
    return CORE_DONE;
}

static uint32_t load_boot_sector(void)
{
    uint8_t *sector = linear(BOOT_SECTOR);
    enum disk_status status;
    uint32_t done;

    status = disk_read(0, 1, sector, &done);
    if (status != DISK_OK) {
        fail_with(ROM_BOOT_SECTOR, status);
        return CORE_DONE;
    }
    if (!has_boot_signature(sector)) {
        fail_with(ROM_NO_BOOT_SIGNATURE, 0);
        return CORE_DONE;
    }
    post_stage(POST_BOOTSECTOR);
    return CORE_BOOT;
}

static uint32_t int19(struct call_frame *frame)
{
    console_printf("Booting from iSCSI drive %02xh\n", drive);
    return load_boot_sector();
}

static uint32_t bev(struct call_frame *frame)
{
    bcv(frame);
    return drive ? int19(frame) : CORE_DONE;
}

static uint32_t int13(struct call_frame *frame)
{
    uint32_t result = int13_call(&disk, frame);

    if (disk.boot_sector_read) {
        disk.boot_sector_read = false;
        post_stage(POST_BOOTSECTOR);
    }
    return result;
}

bool boot_serves_disk(void)
{
    return drive;
}

uint32_t (*const boot_functions[CORE_FUNCTIONS])(struct call_frame *) = {
    [CORE_INIT] = init,
    [CORE_BCV] = bcv,
    [CORE_BEV] = bev,
    [CORE_INT13] = int13,
    [CORE_INT19] = int19,
    [CORE_UNDI_LOAD] = undi_load,
    [CORE_UNDI] = undi_call,
};
