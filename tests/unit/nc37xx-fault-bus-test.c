/*
 * Fault injection: bus, interrupts, NVRAM and boot code.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "nc37xx-faulty.h"

#define NVM_READ_WORD (R_NVM_COMMAND_DOIT_MASK | R_NVM_COMMAND_FIRST_MASK |  \
                       R_NVM_COMMAND_LAST_MASK)

/* Bus */

static void a_failed_read_loses_a_packet_or_stops_the_ring(void)
{
    faulty_open(0);
    fault_at(NC37XX_FAULT_DMA_READ, 2);       /* descriptors, then the packet */
    frame_leaves(1);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_EQUAL(fault_counter(NC37XX_FAULT_DMA_READ), 1);
    frame_leaves(2);
    CU_ASSERT_EQUAL(card.sent_count, 1);
    fault_at(NC37XX_FAULT_DMA_READ, 1);
    frame_leaves(3);
    CU_ASSERT_FALSE(card.nc.tx.armed);
    fault_injected(NC37XX_FAULT_DMA_READ, 2);
    card_core_reset();
    card_program();
    frame_leaves(4);
    CU_ASSERT_EQUAL(card.sent_count, 2);
}

static void a_failed_write_loses_a_frame_and_stops_the_ring(void)
{
    faulty_open(4);
    fault_at(NC37XX_FAULT_DMA_WRITE, 1);
    CU_ASSERT_TRUE(frame_arrives(1));
    CU_ASSERT_FALSE(card.nc.rx.armed);
    CU_ASSERT_EQUAL(fault_counter(NC37XX_FAULT_DMA_WRITE), 1);
    fault_injected(NC37XX_FAULT_DMA_WRITE, 1);
    card_core_reset();
    card_program();
    card_rx_buffers(4);
    frame_arrives(2);
    CU_ASSERT_EQUAL(frames_arrived(), 1);
}

static void every_read_and_write_may_fail_for_ever(void)
{
    faulty_open(4);
    fault_always(NC37XX_FAULT_DMA_READ);
    fault_always(NC37XX_FAULT_DMA_WRITE);
    frame_arrives(1);
    frame_leaves(1);
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
               R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(card.sent_count, 0);
    CU_ASSERT_FALSE(card.nc.tx.armed);
    CU_ASSERT_FALSE(card.nc.rx.armed);
}

/* Interrupts */

static void unmask(void)
{
    card_write(A_PCICFG_INT_ACK_CMD, R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK |
               card.nc.status_index);
}

static void post(void)
{
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK);
}

static void a_lost_message_is_not_sent_again(void)
{
    card_open();
    card.msi_enabled = true;
    unmask();
    fault_at(NC37XX_FAULT_MSI_LOST, 1);
    post();
    post();
    CU_ASSERT_EQUAL(card.msi_count, 0);
    fault_injected(NC37XX_FAULT_MSI_LOST, 1);
    unmask();
    post();
    CU_ASSERT_EQUAL(card.msi_count, 1);
}

static void a_lost_assertion_leaves_the_pin_alone(void)
{
    card_open();
    unmask();
    fault_at(NC37XX_FAULT_INTX_LOST, 1);
    post();
    CU_ASSERT_FALSE(card.intx);
    fault_injected(NC37XX_FAULT_INTX_LOST, 1);
    unmask();
    post();
    CU_ASSERT_TRUE(card.intx);
}

static void a_stuck_pin_stays_asserted_until_it_is_freed(void)
{
    card_open();
    unmask();
    fault_always(NC37XX_FAULT_INTX_STUCK);
    post();
    CU_ASSERT_TRUE(card.intx);
    unmask();
    CU_ASSERT_TRUE(card.intx);
    CU_ASSERT_TRUE(card_read(A_PCICFG_MISC_STATUS) &
                   R_PCICFG_MISC_STATUS_INTA_VALUE_MASK);
    fault_injected(NC37XX_FAULT_INTX_STUCK, 1);
    fault_never(NC37XX_FAULT_INTX_STUCK);
    CU_ASSERT_FALSE(card.intx);
}

static void a_stuck_pin_is_not_released_below_a_pending_interrupt(void)
{
    card_open();
    unmask();
    fault_always(NC37XX_FAULT_INTX_STUCK);
    post();
    unmask();
    post();
    fault_never(NC37XX_FAULT_INTX_STUCK);
    CU_ASSERT_TRUE(card.intx);
    unmask();
    CU_ASSERT_FALSE(card.intx);
}

/* NVRAM */

static uint32_t nvm_read(uint32_t offset)
{
    card_write(A_NVM_COMMAND, R_NVM_COMMAND_DONE_MASK);
    card_write(A_NVM_ADDR, offset);
    card_write(A_NVM_COMMAND, NVM_READ_WORD);
    return card_read(A_NVM_READ);
}

static void a_bit_of_the_nvram_is_read_wrong(void)
{
    uint32_t stored, word;

    card_open();
    stored = ldl_be_p(card.nc.nvram + 0x104);
    fault_at(NC37XX_FAULT_NVRAM_BIT, 1);
    word = nvm_read(0x104);
    CU_ASSERT_EQUAL(__builtin_popcount(word ^ stored), 1);
    CU_ASSERT_EQUAL(nvm_read(0x104), stored);
    fault_injected(NC37XX_FAULT_NVRAM_BIT, 1);
}

static void a_wrong_bit_can_be_at_one_place(void)
{
    uint32_t stored;

    card_open();
    fault_parameter(NC37XX_FAULT_NVRAM_OFFSET, 0x306);
    fault_always(NC37XX_FAULT_NVRAM_BIT);
    CU_ASSERT_EQUAL(nvm_read(0x300),
                    (uint32_t)ldl_be_p(card.nc.nvram + 0x300));
    stored = ldl_be_p(card.nc.nvram + 0x304);
    CU_ASSERT_NOT_EQUAL(nvm_read(0x304), stored);
    CU_ASSERT_NOT_EQUAL(nc37xx_vpd_read(&card.nc, 4), stored);
    fault_injected(NC37XX_FAULT_NVRAM_BIT, 2);
}

/* Boot code */

static void message(uint32_t value)
{
    card_grc_write(card.nc.model->shm_base + SHM_DRV_MB, value);
}

static void a_silent_boot_code_does_not_acknowledge(void)
{
    card_open();
    message(SHM_DRV_MSG_CODE_RESET | SHM_DRV_MSG_WAIT0 | 1);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB) & SHM_FW_MSG_ACK_MASK, 1);
    fault_at(NC37XX_FAULT_FW_SILENT, 1);
    message(SHM_DRV_MSG_CODE_UNLOAD | SHM_DRV_MSG_WAIT0 | 2);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB) & SHM_FW_MSG_ACK_MASK, 1);
    CU_ASSERT_TRUE(card_shm(SHM_BC_CONDITION) & SHM_BC_CONDITION_DRV_PRESENT);
    fault_injected(NC37XX_FAULT_FW_SILENT, 1);
    message(SHM_DRV_MSG_CODE_UNLOAD | SHM_DRV_MSG_WAIT0 | 3);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB), 3);
}

static void a_failing_boot_code_says_so(void)
{
    card_open();
    fault_at(NC37XX_FAULT_FW_FAIL, 1);
    message(SHM_DRV_MSG_CODE_RESET | SHM_DRV_MSG_WAIT2 | 7);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB) & SHM_FW_MSG_ACK_MASK, 7);
    CU_ASSERT_NOT_EQUAL(card_shm(SHM_FW_MB) & SHM_FW_MSG_STATUS_MASK, 0);
    fault_injected(NC37XX_FAULT_FW_FAIL, 1);
    message(SHM_DRV_MSG_CODE_RESET | SHM_DRV_MSG_WAIT2 | 8);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB), 8);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_failed_read_loses_a_packet_or_stops_the_ring),
    UNIT_CASE(a_failed_write_loses_a_frame_and_stops_the_ring),
    UNIT_CASE(every_read_and_write_may_fail_for_ever),
    UNIT_CASE(a_lost_message_is_not_sent_again),
    UNIT_CASE(a_lost_assertion_leaves_the_pin_alone),
    UNIT_CASE(a_stuck_pin_stays_asserted_until_it_is_freed),
    UNIT_CASE(a_stuck_pin_is_not_released_below_a_pending_interrupt),
    UNIT_CASE(a_bit_of_the_nvram_is_read_wrong),
    UNIT_CASE(a_wrong_bit_can_be_at_one_place),
    UNIT_CASE(a_silent_boot_code_does_not_acknowledge),
    UNIT_CASE(a_failing_boot_code_says_so),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-fault-bus", cases, CASES, argc, argv);
}
