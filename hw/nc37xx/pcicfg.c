/*
 * The chip registers in PCI configuration space: reset, register window,
 * interrupt acknowledgement, mailbox.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "nc37xx-core.h"

#define MISC_CONFIG_WRITABLE 0x000000fc
#define MISC_STATUS_IDLE                                                     \
    (R_PCICFG_MISC_STATUS_PCIX_DET_MASK |                                    \
     2 << R_PCICFG_MISC_STATUS_PCIX_SPEED_SHIFT)
#define CLOCK_133MHZ 7

static uint32_t misc_config_read(Nc37xx *nc, uint32_t stored)
{
    uint32_t id = nc->model->misc_id;

    return FIELD_DP32(stored, PCICFG_MISC_CONFIG, REVISION,
                      FIELD_EX32(id, MISC_ID, CHIP_REV) << 8 |
                      FIELD_EX32(id, MISC_ID, CHIP_METAL));
}

/* The reset is over before the write returns, so it is never busy. */
static void misc_config_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    if (FIELD_EX32(value, PCICFG_MISC_CONFIG, CORE_RST_REQ)) {
        nc37xx_core_reset(nc);
    }
}

/* T4: the pin is active low. */
static uint32_t misc_status_read(Nc37xx *nc, uint32_t stored)
{
    return FIELD_DP32(MISC_STATUS_IDLE, PCICFG_MISC_STATUS, INTA_VALUE,
                      !nc->intx_level);
}

/* A window that shows itself shows nothing. */
static bool window_open(Nc37xx *nc, uint32_t value)
{
    uint32_t address = REG(nc, PCICFG_REG_WINDOW_ADDRESS);

    if (address == A_PCICFG_REG_WINDOW) {
        EVENT(nc, window_closed, address, value);
        return false;
    }
    return true;
}

static uint32_t window_read(Nc37xx *nc, uint32_t stored)
{
    return window_open(nc, 0) ?
           nc37xx_grc_read(nc, REG(nc, PCICFG_REG_WINDOW_ADDRESS)) : 0;
}

static void window_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    if (window_open(nc, value)) {
        nc37xx_grc_write(nc, REG(nc, PCICFG_REG_WINDOW_ADDRESS), value);
    }
}

/* T5: the acknowledged index, not the one in the status block. */
static uint32_t int_ack_read(Nc37xx *nc, uint32_t stored)
{
    return FIELD_DP32(nc->status_acked, PCICFG_INT_ACK_CMD, MASK_INT,
                      nc->interrupt_masked);
}

static void int_ack_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc37xx_interrupt_ack(nc, value);
}

static void status_bit_set_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc37xx_attention_ack(nc, value, 0);
}

static void status_bit_clear_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc37xx_attention_ack(nc, 0, value);
}

static void mailbox_data_written(Nc37xx *nc, uint32_t value, uint32_t old)
{
    nc37xx_mailbox_write(nc, REG(nc, PCICFG_MAILBOX_QUEUE_ADDR), value, 4);
}

static const RegDesc pcicfg_rows[] = {
    { A_PCICFG_MISC_CONFIG, .ro = ~MISC_CONFIG_WRITABLE,
      .read = misc_config_read, .written = misc_config_written },
    { A_PCICFG_MISC_STATUS, .ro = 0xffffffff, .read = misc_status_read },
    { A_PCICFG_PCI_CLOCK_CONTROL, .reset = CLOCK_133MHZ,
      .ro = R_PCICFG_PCI_CLOCK_CONTROL_DET_MASK },
    { A_PCICFG_REG_WINDOW_ADDRESS,
      .ro = ~(uint32_t)R_PCICFG_REG_WINDOW_ADDRESS_ADDRESS_MASK },
    { A_PCICFG_REG_WINDOW, .ro = 0xffffffff, .read = window_read,
      .written = window_written, .window = true },
    { A_PCICFG_INT_ACK_CMD, .ro = 0xffffffff, .read = int_ack_read,
      .written = int_ack_written },
    { A_PCICFG_STATUS_BIT_SET_CMD, .ro = 0xffffffff,
      .written = status_bit_set_written },
    { A_PCICFG_STATUS_BIT_CLEAR_CMD, .ro = 0xffffffff,
      .written = status_bit_clear_written },
    { A_PCICFG_MAILBOX_QUEUE_DATA, .ro = 0xffffffff,
      .written = mailbox_data_written },
};

const RegBlock nc37xx_pcicfg_block = {
    pcicfg_rows, ARRAY_SIZE(pcicfg_rows)
};
