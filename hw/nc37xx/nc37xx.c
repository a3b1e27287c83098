/*
 * HP NC37xx network adapter: resets, and access from the bus.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

static void rings_stop(Nc37xx *nc)
{
    bd_ring_start(&nc->tx, 0);
    bd_ring_start(&nc->rx, 0);
    bd_ring_start(&nc->rx_pages, 0);
    nc->rx_depth = 0;
}

/* All but the MCP's scratch, which holds what the boot code keeps. */
static void processors_reset(Nc37xx *nc)
{
    unsigned cpu;

    for (cpu = 0; cpu < NC37XX_CPUS; cpu++) {
        memset(nc->cpus[cpu].regs, 0, sizeof(nc->cpus[cpu].regs));
        if (cpu != NC37XX_CPU_MCP) {
            memset(nc->cpus[cpu].scratch, 0, sizeof(nc->cpus[cpu].scratch));
        }
    }
}

static void core_clear(Nc37xx *nc, uint32_t first_reg)
{
    rings_stop(nc);
    nc37xx_pause_reset(nc);
    nc37xx_grc_reset(nc, first_reg);
    processors_reset(nc);
    memset(nc->rbuf, 0, sizeof(nc->rbuf));
    memset(nc->context, 0, sizeof(nc->context));
    nc37xx_nvm_flush(nc);
    nc->nvm_writable = false;
    nc->ops->timer(nc, NC37XX_TIMER_TRANSMIT, 0);
    nc37xx_hc_reset(nc);
}

/* A frame that waits for a buffer would now wait for ever. */
static void refused_frame_drop(Nc37xx *nc)
{
    if (nc->rx_refused) {
        nc->rx_refused = false;
        nc->ops->receive_ready(nc);
    }
}

/*
 * Configuration space, transceiver and NVRAM go on as they are; so do the
 * scratch pad and the enables of MISC_CONFIG (M1).
 */
void nc37xx_core_reset(Nc37xx *nc)
{
    core_clear(nc, NC37XX_REGS_CORE);
    nc37xx_boot_code(nc, false);
    nc37xx_link_release(nc);
    refused_frame_drop(nc);
}

void nc37xx_pci_reset(Nc37xx *nc)
{
    memset(nc->cpus[NC37XX_CPU_MCP].scratch, 0,
           sizeof(nc->cpus[NC37XX_CPU_MCP].scratch));
    core_clear(nc, 0);
    nc37xx_boot_code(nc, true);
    nc37xx_phy_reset(nc);
    nc37xx_faults_reset(nc);
    refused_frame_drop(nc);
}

void nc37xx_wake_reset(Nc37xx *nc)
{
    const uint32_t wol = R_EMAC_MODE_MPKT_MASK | R_EMAC_MODE_MPKT_RCVD_MASK |
                         R_EMAC_MODE_ACPI_RCVD_MASK;
    uint32_t mode = REG(nc, EMAC_MODE) & wol;

    if (!nc->vaux) {
        nc37xx_pci_reset(nc);
        return;
    }
    core_clear(nc, 0);
    REG(nc, EMAC_MODE) = mode;
    nc37xx_boot_code(nc, true);
    nc37xx_link_release(nc);
    refused_frame_drop(nc);
}

void nc37xx_init(Nc37xx *nc, const Nc37xxOps *ops, const Nc37xxModel *model)
{
    memset(nc, 0, sizeof(*nc));
    nc->ops = ops;
    nc->world = ops;
    nc->model = model;
    nc->partner = (Nc37xxPartner) {
        .speed = 1000, .pause = true, .asym_pause = true,
    };
    nc37xx_faults_init(nc);
}

static uint32_t window_address(const Nc37xx *nc, uint32_t offset)
{
    return (REG(nc, PCI_GRC_WINDOW) & (uint32_t)R_PCI_GRC_WINDOW_BASE_MASK) +
           offset - NC37XX_BAR_WINDOW;
}

/* The bytes that an access of @size at @offset sees of a 32-bit word. */
static uint32_t lanes(uint32_t word, uint32_t offset, unsigned size)
{
    word >>= offset % 4 * 8;
    return size == 4 ? word : word & ((1u << size * 8) - 1);
}

static void write_word(Nc37xx *nc, uint32_t address, uint32_t value,
                       unsigned size)
{
    if (size != 4) {
        EVENT(nc, register_narrow, address, size);
        return;
    }
    nc37xx_grc_write(nc, address, value);
}

/* Configuration space, but for the chip's own registers there. */
static bool config_space(uint32_t offset)
{
    return offset < NC37XX_PCICFG_FIRST ||
           (offset >= NC37XX_PCICFG_END && offset < NC37XX_BAR_CONFIG_END);
}

uint32_t nc37xx_read(Nc37xx *nc, uint32_t offset, unsigned size)
{
    if (config_space(offset)) {
        return nc->ops->config_read(nc, offset, size);
    }
    if (offset < NC37XX_BAR_REGS_END) {
        return lanes(nc37xx_grc_read(nc, offset), offset, size);
    }
    if (offset < NC37XX_BAR_WINDOW_END) {
        return lanes(nc37xx_grc_read(nc, window_address(nc, offset)), offset,
                     size);
    }
    EVENT(nc, mailbox_read, offset, size);
    return 0;
}

void nc37xx_write(Nc37xx *nc, uint32_t offset, uint32_t value, unsigned size)
{
    if (config_space(offset)) {
        nc37xx_config_space_write(nc, offset, value, size);
    } else if (offset < NC37XX_BAR_REGS_END) {
        write_word(nc, offset, value, size);
    } else if (offset < NC37XX_BAR_WINDOW_END) {
        write_word(nc, window_address(nc, offset), value, size);
    } else {
        nc37xx_mailbox_write(nc, offset, value, size);
    }
}

uint32_t nc37xx_pcicfg_read(Nc37xx *nc, uint32_t offset, unsigned size)
{
    return lanes(nc37xx_grc_read(nc, offset), offset, size);
}

void nc37xx_pcicfg_write(Nc37xx *nc, uint32_t offset, uint32_t value,
                         unsigned size)
{
    write_word(nc, offset, value, size);
}

void nc37xx_timer(Nc37xx *nc, Nc37xxTimer timer)
{
    switch (timer) {
    case NC37XX_TIMER_LINK:
        nc37xx_link_timer(nc);
        break;
    case NC37XX_TIMER_PAUSED:
        nc37xx_pause_over(nc);
        break;
    case NC37XX_TIMER_XOFF:
        nc37xx_xoff_again(nc);
        break;
    case NC37XX_TIMER_STATISTICS:
        nc37xx_statistics_post(nc);
        nc37xx_statistics_schedule(nc);
        break;
    case NC37XX_TIMER_TRANSMIT:
        nc37xx_transmit(nc);
        break;
    case NC37XX_TIMER_HELD:
        nc37xx_fault_release(nc);
        break;
    case NC37XX_TIMERS:
        break;
    }
}

static bool ring_valid(const BdRing *ring)
{
    return ring->at.page || !ring->armed;
}

/*
 * Registers whose value is an address in the chip: only bits that a write
 * could have set.  A window with more of them could show itself, for ever.
 */
static bool addresses_valid(const Nc37xx *nc)
{
    return !(REG(nc, PCICFG_REG_WINDOW_ADDRESS) &
             ~(uint32_t)R_PCICFG_REG_WINDOW_ADDRESS_ADDRESS_MASK) &&
           !(REG(nc, CTX_DATA_ADR) &
             ~(uint32_t)R_CTX_DATA_ADR_ADDRESS_MASK) &&
           !(REG(nc, NVM_ADDR) & ~(uint32_t)R_NVM_ADDR_ADDRESS_MASK);
}

bool nc37xx_loaded(Nc37xx *nc)
{
    bool good = addresses_valid(nc) && nc37xx_faults_loaded(nc) &&
                nc37xx_link_loaded(nc) &&
                nc->interrupt_forced < HC_FORCE_INT_FREE &&
                ring_valid(&nc->tx) && ring_valid(&nc->rx) &&
                ring_valid(&nc->rx_pages);

    bd_ring_forget(&nc->tx);
    bd_ring_forget(&nc->rx);
    bd_ring_forget(&nc->rx_pages);
    nc->transmitting = false;
    /* All of the content is new to what stores it here. */
    nc->nvm_buffer_first = 0;
    nc->nvm_buffer_end = good ? nc->model->nvm_size : 0;
    return good;
}
