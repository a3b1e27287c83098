/*
 * What the chip tells of its refusals and of the protocol's steps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

#define TOLD(name) (card.events[NC37XX_EVENT_##name])

static uint8_t frame[100];

static void a_post_that_cannot_be_is_told(void)
{
    card_power_up("nc373i");
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
               R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(TOLD(status_off), 1);
    CU_ASSERT_EQUAL(TOLD(statistics_off), 1);
    card_program();
    TOLD(status_off) = TOLD(statistics_off) = 0;
    card_write(A_HC_COMMAND, R_HC_COMMAND_COAL_NOW_MASK |
               R_HC_COMMAND_STATS_NOW_MASK);
    CU_ASSERT_EQUAL(TOLD(status_off), 0);
    CU_ASSERT_EQUAL(TOLD(statistics_off), 0);
}

static void acknowledgements_are_told(void)
{
    card_open();
    card_write(A_PCICFG_INT_ACK_CMD, R_PCICFG_INT_ACK_CMD_INDEX_VALID_MASK);
    CU_ASSERT_EQUAL(TOLD(interrupt_ack), 1);
    card_write(A_PCICFG_STATUS_BIT_SET_CMD, STATUS_ATTN_LINK_STATE);
    card_write(A_PCICFG_STATUS_BIT_CLEAR_CMD, STATUS_ATTN_LINK_STATE);
    CU_ASSERT_EQUAL(TOLD(attention_ack), 2);
}

static void rings_that_stop_are_told(void)
{
    card_open();
    card_context_write(NC37XX_CID_TX, TX_CTX_BHADDR_HI, 0);
    card_context_write(NC37XX_CID_TX, TX_CTX_BHADDR_LO, 0);
    CU_ASSERT_EQUAL(TOLD(ring_stop), 1);
}

static void talk_with_the_transceiver_is_told(void)
{
    card_open();
    card_phy_read(PHY_BMSR);
    card_phy_write(PHY_EXT_CTRL, 0);
    CU_ASSERT_EQUAL(TOLD(mdio_read), 1);
    CU_ASSERT_EQUAL(TOLD(mdio_write), 1);
}

static void arbitration_is_told(void)
{
    card_open();
    card_write(A_NVM_SW_ARB, NVM_SW_ARB_DRIVER);
    card_write(A_NVM_SW_ARB, NVM_SW_ARB_DRIVER << 4);
    CU_ASSERT_EQUAL(TOLD(nvm_lock), 2);
}

static void a_window_on_itself_is_told(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_grc_read(A_PCICFG_REG_WINDOW), 0);
    card_grc_write(A_PCICFG_REG_WINDOW, 1);
    CU_ASSERT_EQUAL(TOLD(window_closed), 2);
}

static void reads_of_what_is_not_there_are_told(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_read(NC37XX_DOORBELL_TX_BSEQ), 0);
    CU_ASSERT_EQUAL(card_read(NC37XX_BAR_SIZE - 4), 0);
    CU_ASSERT_EQUAL(TOLD(mailbox_read), 2);
    CU_ASSERT_EQUAL(card_grc_read(NC37XX_EPB_FIRST), 0);
    card_grc_write(NC37XX_EPB_FIRST, 1);
    CU_ASSERT_EQUAL(TOLD(register_absent), 2);
    CU_ASSERT_EQUAL(TOLD(register_unknown), 0);
    card_grc_read(NC37XX_GRC_SIZE - 4);
    CU_ASSERT_EQUAL(TOLD(register_unknown), 1);
}

static void checksums_that_cannot_be_are_told(void)
{
    card_open();
    frame_fill(frame, sizeof(frame), 0x88b5);
    card_transmit(frame, sizeof(frame), TX_BD_FLAG_IP_CKSUM);
    card_transmit(frame, sizeof(frame), TX_BD_FLAG_TCP_UDP_CKSUM);
    CU_ASSERT_EQUAL(TOLD(tx_no_checksum), 2);
    CU_ASSERT_FALSE(memcmp(card.sent[1].data, frame, sizeof(frame)));
    frame_fill(frame, sizeof(frame), 0x0800);
    frame_ipv4(frame + 14, 5, 1, sizeof(frame) - 14);   /* ICMP */
    card_transmit(frame, sizeof(frame), TX_BD_FLAG_IP_CKSUM);
    CU_ASSERT_EQUAL(TOLD(tx_no_checksum), 2);
    card_transmit(frame, sizeof(frame), TX_BD_FLAG_TCP_UDP_CKSUM);
    CU_ASSERT_EQUAL(TOLD(tx_no_checksum), 3);
    CU_ASSERT_EQUAL(card.sent_count, 4);
}

static void a_control_frame_of_another_kind_is_told(void)
{
    card_open();
    card_rx_buffers(1);
    frame_fill(frame, sizeof(frame), 0x8808);
    stw_be_p(frame + 14, 2);
    CU_ASSERT_TRUE(nc37xx_receive(&card.nc, frame, sizeof(frame)));
    CU_ASSERT_EQUAL(TOLD(rx_control), 1);
    CU_ASSERT_EQUAL(TOLD(rx_frame), 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(a_post_that_cannot_be_is_told),
    UNIT_CASE(acknowledgements_are_told),
    UNIT_CASE(rings_that_stop_are_told),
    UNIT_CASE(talk_with_the_transceiver_is_told),
    UNIT_CASE(arbitration_is_told),
    UNIT_CASE(a_window_on_itself_is_told),
    UNIT_CASE(reads_of_what_is_not_there_are_told),
    UNIT_CASE(checksums_that_cannot_be_are_told),
    UNIT_CASE(a_control_frame_of_another_kind_is_told),
};

int main(int argc, char **argv)
{
    return unit_main("nc37xx-events", cases, CASES, argc, argv);
}
