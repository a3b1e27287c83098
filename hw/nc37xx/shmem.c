/*
 * The boot code: what the MCP's firmware does, seen from the driver.  It
 * fills shared memory after a reset and answers the driver's messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "nc37xx-core.h"
#include "nvram.h"

#define BOOT_CODE_REVISION 0x04060005   /* 4.6.0 */

typedef struct Range {
    uint16_t first, end;
} Range;

/* What a core reset leaves in shared memory. */
static const Range kept[] = {
    { SHM_DRV_MB, SHM_LINK_STATUS },
    { SHM_DRV_PULSE_MB, SHM_DRV_MB_ARG0 },
    { SHM_SCRATCH_FIRST, SHM_SCRATCH_END },
};

static uint32_t *scratch(Nc37xx *nc, uint32_t address)
{
    return &nc->cpus[NC37XX_CPU_MCP].scratch[(address - NC37XX_MCP_SCRATCH) /
                                             4];
}

static uint32_t *shm(Nc37xx *nc, unsigned offset)
{
    return scratch(nc, nc->model->shm_base + offset);
}

static bool is_kept(unsigned offset)
{
    size_t i;

    for (i = 0; i < ARRAY_SIZE(kept); i++) {
        if (offset >= kept[i].first && offset < kept[i].end) {
            return true;
        }
    }
    return false;
}

/* T10: a memory test of the driver's may have gone over the header. */
static void header_fill(Nc37xx *nc)
{
    uint32_t *header = scratch(nc, NC37XX_SHM_HEADER);

    header[SHM_HEADER_SIGNATURE / 4] = NC37XX_SHM_HEADER_SIGNATURE |
                                       NC37XX_SHM_HEADER_VERSION;
    header[SHM_HEADER_ADDR_0 / 4] = nc->model->shm_base;
    header[SHM_HEADER_ADDR_1 / 4] = 0;
}

/* Words of flash from @from become shared memory @first..@end - 1. */
static void words_copy(Nc37xx *nc, unsigned first, unsigned end,
                       unsigned from)
{
    for (; first < end; first += 4, from += 4) {
        *shm(nc, first) = ldl_be_p(nc->nvram + from);
    }
}

/*
 * Without good manufacturing information there is no board to speak of, and
 * drivers find no signature.
 */
static void board_fill(Nc37xx *nc)
{
    if (!nvram_block_good(nc->nvram, NVRAM_MANUFACTURING)) {
        EVENT(nc, nvram_damaged, NVRAM_MANUFACTURING, 0);
        return;
    }
    words_copy(nc, SHM_PART_NUMBER, SHM_BC_REV, NVRAM_SHARED_HW_CFG);
    words_copy(nc, SHM_MAC_UPPER, SHM_FORMAT_REV, NVRAM_PORT_HW_CFG);
    *shm(nc, SHM_BC_REV) = BOOT_CODE_REVISION;
    *shm(nc, SHM_DEV_INFO_SIGNATURE) = SHM_DEV_INFO_SIGNATURE_VALUE;
}

static void features_fill(Nc37xx *nc)
{
    if (!nvram_block_good(nc->nvram, NVRAM_FEATURE)) {
        EVENT(nc, nvram_damaged, NVRAM_FEATURE, 0);
        return;
    }
    words_copy(nc, SHM_FORMAT_REV, SHM_FEATURE_END, NVRAM_FEATURE);
    *shm(nc, SHM_DEV_INFO_SIGNATURE) |= SHM_DEV_INFO_FEATURE_CFG_VALID;
}

void nc37xx_boot_code(Nc37xx *nc, bool pci_reset)
{
    uint32_t message = *shm(nc, SHM_DRV_MB) & SHM_DRV_MSG_CODE_MASK;
    uint32_t present = *shm(nc, SHM_BC_CONDITION) &
                       SHM_BC_CONDITION_DRV_PRESENT;
    unsigned offset;

    for (offset = 0; offset < NC37XX_SHM_SIZE; offset += 4) {
        if (!is_kept(offset)) {
            *shm(nc, offset) = 0;
        }
    }
    header_fill(nc);
    if (nvram_bootstrap_good(nc->nvram)) {
        board_fill(nc);
        features_fill(nc);
    } else {
        EVENT(nc, nvram_damaged, NVRAM_MAGIC, 0);
    }
    *shm(nc, SHM_BC_RESET_TYPE) = SHM_BC_RESET_TYPE_SIGNATURE |
        (pci_reset ? SHM_BC_RESET_TYPE_PCI : message);
    *shm(nc, SHM_BC_STATE) = SHM_BC_STATE_VALUE;
    *shm(nc, SHM_BC_CONDITION) = SHM_BC_CONDITION_PCI |
                                 SHM_BC_CONDITION_MFW_NONE | present |
                                 (nc->vaux ? SHM_BC_CONDITION_VAUX : 0);
    *shm(nc, SHM_FW_CAP_MB) = SHM_FW_CAP_SIGNATURE |
        SHM_FW_CAP_MFW_KEEP_VLAN | SHM_FW_CAP_BC_KEEP_VLAN;
    EVENT(nc, core_reset, message, pci_reset);
    nc->ops->restarted(nc);
}

bool nc37xx_station_address(Nc37xx *nc, uint8_t mac[6])
{
    if ((*shm(nc, SHM_DEV_INFO_SIGNATURE) & ~0xffu) !=
        SHM_DEV_INFO_SIGNATURE_VALUE) {
        return false;
    }
    stw_be_p(mac, *shm(nc, SHM_MAC_UPPER));
    stl_be_p(mac + 2, *shm(nc, SHM_MAC_LOWER));
    return true;
}

static void condition_update(Nc37xx *nc, uint32_t message)
{
    uint32_t *condition = shm(nc, SHM_BC_CONDITION);

    switch (message & SHM_DRV_MSG_CODE_MASK) {
    case SHM_DRV_MSG_CODE_RESET:
        *condition |= SHM_BC_CONDITION_DRV_PRESENT;
        break;
    case SHM_DRV_MSG_CODE_UNLOAD:
    case SHM_DRV_MSG_CODE_SHUTDOWN:
    case SHM_DRV_MSG_CODE_SUSPEND_WOL:
    case SHM_DRV_MSG_CODE_SUSPEND_NO_WOL:
    case SHM_DRV_MSG_CODE_UNLOAD_LNK_DN:
        *condition &= ~SHM_BC_CONDITION_DRV_PRESENT;
        break;
    }
}

/* Every message is acknowledged before the write returns. */
void nc37xx_mcp_written(Nc37xx *nc, uint32_t address)
{
    uint32_t message;

    if (address != nc->model->shm_base + SHM_DRV_MB) {
        return;
    }
    message = *shm(nc, SHM_DRV_MB);
    if (nc37xx_fault_strikes(nc, NC37XX_FAULT_FW_SILENT, NULL)) {
        nc37xx_fault_report(nc, NC37XX_FAULT_FW_SILENT, message, 0);
        return;
    }
    *shm(nc, SHM_FW_MB) = message & SHM_DRV_MSG_SEQ_MASK;
    if (nc37xx_fault_strikes(nc, NC37XX_FAULT_FW_FAIL, NULL)) {
        nc37xx_fault_report(nc, NC37XX_FAULT_FW_FAIL, message, 0);
        *shm(nc, SHM_FW_MB) |= SHM_FW_MSG_STATUS_FAILURE;
        return;
    }
    condition_update(nc, message);
    EVENT(nc, fw_message, message, *shm(nc, SHM_BC_CONDITION));
}
