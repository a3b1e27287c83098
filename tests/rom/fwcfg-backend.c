/*
 * A disk and a configuration for the option ROM out of QEMU's fw_cfg, so that
 * everything but the network is tested without one.  The disk is the file
 * opt/ncsim/disk, the configuration (evinput text) opt/ncsim/config.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include <string.h>

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "check.h"
#include "clock.h"
#include "config.h"
#include "connect.h"
#include "console.h"
#include "disk.h"
#include "ev-core/ev.h"
#include "idle.h"
#include "io.h"
#include "post.h"
#include "runtime.h"
#include "undi.h"

#define FW_CFG_SELECTOR 0x510
#define FW_CFG_DATA 0x511
#define FW_CFG_DMA 0x514
#define FW_CFG_FILE_DIR 0x19
#define FW_CFG_ENTRY_SIZE 64
#define FW_CFG_ENTRY_SELECT 4
#define FW_CFG_ENTRY_NAME 8

#define DMA_ERROR 0x1
#define DMA_READ 0x2
#define DMA_SKIP 0x4
#define DMA_SELECT 0x8

#define SECTOR_SIZE 512
#define RESET_MS 150

static struct connect_facts now;
static uint16_t disk_file;
static uint8_t block[EV_DATA_MAX];
static size_t block_length;

static uint32_t find_file(const char *name, uint16_t *select)
{
    uint8_t entry[FW_CFG_ENTRY_SIZE];
    uint8_t count[4];
    unsigned files, i;

    outw(FW_CFG_SELECTOR, FW_CFG_FILE_DIR);
    for (i = 0; i < sizeof(count); i++) {
        count[i] = inb(FW_CFG_DATA);
    }
    for (files = ldl_be_p(count); files; files--) {
        for (i = 0; i < sizeof(entry); i++) {
            entry[i] = inb(FW_CFG_DATA);
        }
        if (!strcmp((char *)entry + FW_CFG_ENTRY_NAME, name)) {
            *select = lduw_be_p(entry + FW_CFG_ENTRY_SELECT);
            return ldl_be_p(entry);
        }
    }
    return 0;
}

static bool dma(uint32_t control, void *buffer, uint32_t length)
{
    static uint8_t request[16];
    uint32_t status;

    stl_be_p(request, control);
    stl_be_p(request + 4, length);
    stl_be_p(request + 8, 0);
    stl_be_p(request + 12, (uint32_t)buffer);
    outl(FW_CFG_DMA, 0);
    outl(FW_CFG_DMA + 4, __builtin_bswap32((uint32_t)request));
    do {
        status = ldl_be_p(request);
    } while (status & ~DMA_ERROR);
    return !status;
}

enum rom_error config_read(unsigned adapter, struct ev_boot_config *config)
{
    static struct ev_problems problems;
    static char text[EV_DATA_MAX];
    uint16_t select;
    uint32_t length = find_file("opt/ncsim/config", &select);

    if (!length) {
        return ROM_NO_CONFIGURATION;
    }
    length = MIN(length, sizeof(text));
    dma((uint32_t)select << 16 | DMA_SELECT | DMA_READ, text, length);
    block_length = ev_pack(text, length, block, &problems);
    return block_length && ev_parse_block(block, block_length,
                                          EV_UNKNOWN_IGNORED, config,
                                          &problems)
           ? ROM_OK : ROM_INVALID_CONFIGURATION;
}

bool config_text(struct ev_slice *text)
{
    return ev_block_open(block, block_length, ENVELOPE_MAGIC_BOOT,
                         text) == EV_OK;
}

void config_lock(void)
{
}

bool connect(pci_bdf bdf, const struct ev_boot_config *config,
             struct connect_facts *facts, struct rom_failure *failure)
{
    now.bdf = bdf;
    now.block_size = SECTOR_SIZE;
    now.sectors = find_file("opt/ncsim/disk", &disk_file) / SECTOR_SIZE;
    memcpy(now.target_ip, config->portal[0].address, 4);
    now.target_port = config->portal[0].port;
    memcpy(now.initiator_ip, config->initiator_ip, 4);
    memcpy(now.netmask, config->netmask, 4);
    now.lun[1] = config->lun;
    *facts = now;
    *failure = (struct rom_failure) { ROM_LUN_MISSING, config->lun };
    if (!now.sectors) {
        return false;
    }
    post_stage(POST_LUN);
    return true;
}

void connect_quiesce(void)
{
}

uint32_t connect_mba_config(pci_bdf bdf)
{
    return 0;
}

/* There is no network to find anything out about. */
void check_connection(pci_bdf bdf, const struct ev_boot_config *config)
{
}

void check_targets(pci_bdf bdf, const struct ev_boot_config *config)
{
}

void check_luns(pci_bdf bdf, const struct ev_boot_config *config)
{
}

bool connect_write_handoff(const void *handoff, size_t length)
{
    return true;
}

enum disk_status disk_read(uint64_t sector, uint32_t count, void *buffer,
                           uint32_t *done)
{
    *done = 0;
    if (sector > now.sectors || count > now.sectors - sector) {
        return DISK_BAD_COMMAND;
    }
    if (!dma((uint32_t)disk_file << 16 | DMA_SELECT | DMA_SKIP, NULL,
             sector * SECTOR_SIZE) ||
        !dma(DMA_READ, buffer, count * SECTOR_SIZE)) {
        return DISK_CONTROLLER;
    }
    *done = count;
    return DISK_OK;
}

enum disk_status disk_write(uint64_t sector, uint32_t count,
                            const void *buffer, uint32_t *done)
{
    *done = 0;
    return DISK_WRITE_PROTECTED;
}

/* A reset takes its time, as one that restores a session does. */
enum disk_status disk_poll(bool restore)
{
    uint32_t since = clock_ms();

    while (restore && clock_ms() - since < RESET_MS) {
        idle();
    }
    return DISK_OK;
}

uint64_t disk_sectors(void)
{
    return now.sectors;
}

/* There is no adapter whose driver a network boot program could want. */
uint32_t undi_load(struct call_frame *frame)
{
    return CORE_FAILED;
}

uint32_t undi_call(struct call_frame *frame)
{
    return CORE_FAILED;
}
