/*
 * Shared memory: what the boot code tells the driver and answers it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

static void shm_write(unsigned offset, uint32_t value)
{
    card_grc_write(card.nc.model->shm_base + offset, value);
}

static void message(uint32_t value)
{
    shm_write(SHM_DRV_MB, value);
}

static void header_is_there(void)
{
    uint32_t base = card.nc.model->shm_base;

    CU_ASSERT_EQUAL(card_grc_read(0x160000), 0x53530001);
    CU_ASSERT_EQUAL(card_grc_read(0x160004), base);
    CU_ASSERT_EQUAL(card_grc_read(0x160008), 0);
    CU_ASSERT_EQUAL(card_shm(SHM_DEV_INFO_SIGNATURE), 0x44564901);
}

static void the_header_says_where_shared_memory_is(void)
{
    card_power_up("nc373i");
    header_is_there();
    CU_ASSERT_EQUAL(card.nc.model->shm_base, 0x169c00);
    card_power_up("nc370t");
    header_is_there();
    CU_ASSERT_EQUAL(card.nc.model->shm_base, 0x167c00);
}

static void it_describes_the_board(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_shm(SHM_PART_NUMBER), 0x4e2f4100);     /* "N/A" */
    CU_ASSERT_EQUAL(card_shm(SHM_HW_CFG_CONFIG), 1);
    CU_ASSERT_EQUAL(card_shm(SHM_HW_CFG_CONFIG2) & 0x00fff000, 0x40000);
    CU_ASSERT_EQUAL(card_shm(SHM_BC_REV), 0x04060005);
    CU_ASSERT_EQUAL(card_shm(SHM_MAC_UPPER), 0x00000017);
    CU_ASSERT_EQUAL(card_shm(SHM_MAC_LOWER), 0x08a1b2c3);
    CU_ASSERT_EQUAL(card_shm(SHM_ISCSI_MAC_UPPER), 0x00000017);
    CU_ASSERT_EQUAL(card_shm(SHM_ISCSI_MAC_LOWER), 0x08a1b2c4);
    CU_ASSERT_EQUAL(card_shm(SHM_FORMAT_REV), 0x41000000);
    CU_ASSERT_EQUAL(card_shm(SHM_PORT_FEATURE), 0x0200000a);
    CU_ASSERT_EQUAL(card_shm(SHM_MBA_CONFIG), 0x00000803);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_CAP_MB), 0xaa550018);
    CU_ASSERT_EQUAL(card_shm(SHM_BC_STATE), 0x42530085);
}

/* No driver may think that there is management firmware or an offload. */
static void it_offers_nothing_that_is_not_there(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_shm(SHM_PORT_FEATURE) & SHM_PORT_FEATURE_ASF, 0);
    CU_ASSERT_EQUAL(card_shm(SHM_BC_CONDITION) & 0xe000, 0xe000);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_CAP_MB) & 1, 0);
    CU_ASSERT_EQUAL(card_shm(0x3dc), 0);
    CU_ASSERT_EQUAL(card_shm(0x3e4), 0);
    CU_ASSERT_EQUAL(card_read(A_PCI_CONFIG_3) &
                    R_PCI_CONFIG_3_VAUX_PRESENT_MASK, 0);
}

/* T8 */
static void every_message_is_acknowledged_at_once(void)
{
    unsigned code;

    card_power_up("nc373i");
    for (code = 0; code < 256; code++) {
        message(code << 24 | 0x00010000 | (code + 0x7f00));
        CU_ASSERT_EQUAL(card_shm(SHM_FW_MB), code + 0x7f00);
    }
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_fw_message], 256);
}

static bool driver_present(void)
{
    return (card_shm(SHM_BC_CONDITION) & SHM_BC_CONDITION_DRV_PRESENT) != 0;
}

static void the_condition_says_whether_a_driver_is_present(void)
{
    static const uint32_t farewells[] = {
        SHM_DRV_MSG_CODE_UNLOAD, SHM_DRV_MSG_CODE_SHUTDOWN,
        SHM_DRV_MSG_CODE_SUSPEND_WOL, SHM_DRV_MSG_CODE_SUSPEND_NO_WOL,
        SHM_DRV_MSG_CODE_UNLOAD_LNK_DN,
    };
    size_t i;

    card_power_up("nc373i");
    CU_ASSERT_FALSE(driver_present());
    for (i = 0; i < ARRAY_SIZE(farewells); i++) {
        message(SHM_DRV_MSG_CODE_RESET | SHM_DRV_MSG_WAIT0 | 1);
        CU_ASSERT_TRUE(driver_present());
        message(SHM_DRV_MSG_CODE_DIAG | 2);
        card_core_reset();
        CU_ASSERT_TRUE(driver_present());
        message(farewells[i] | SHM_DRV_MSG_WAIT0 | 3);
        CU_ASSERT_FALSE(driver_present());
    }
}

static void the_type_of_the_last_reset_is_told(void)
{
    card_power_up("nc373i");
    CU_ASSERT_EQUAL(card_shm(SHM_BC_RESET_TYPE), 0x00025254);
    message(SHM_DRV_MSG_CODE_UNLOAD | SHM_DRV_MSG_WAIT0 | 9);
    card_core_reset();
    CU_ASSERT_EQUAL(card_shm(SHM_BC_RESET_TYPE), 0x02005254);
}

/* T10: the driver's memory test goes over all of this. */
static void a_core_reset_restores_what_a_memory_test_destroyed(void)
{
    uint32_t address;

    card_power_up("nc370t");
    for (address = 0x160000; address < 0x164000; address += 4) {
        card_grc_write(address, 0xaa55aa55);
    }
    for (address = 0x20; address < 0x354; address += 4) {
        shm_write(address, 0xaa55aa55);
    }
    card_core_reset();
    header_is_there();
    CU_ASSERT_EQUAL(card_shm(SHM_MAC_LOWER), 0x08a1b2c3);
    CU_ASSERT_EQUAL(card_shm(SHM_PORT_FEATURE), 0x0200000a);
    CU_ASSERT_EQUAL(card_shm(0x214), 0);
    CU_ASSERT_EQUAL(card_grc_read(0x163ffc), 0xaa55aa55);
}

static void pad_is(bool kept)
{
    uint32_t address;

    for (address = 0x164000; address < 0x167c00; address += 4) {
        CU_ASSERT_EQUAL(card_grc_read(address), kept ? address : 0);
    }
    for (address = SHM_SCRATCH_FIRST; address < SHM_SCRATCH_END;
         address += 4) {
        CU_ASSERT_EQUAL(card_shm(address), kept ? ~address : 0);
    }
}

static void the_scratch_pad_is_kept_over_a_core_reset_only(void)
{
    static const char *const types[] = { "nc373i", "nc370t" };
    uint32_t address;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(types); i++) {
        card_power_up(types[i]);
        for (address = 0x164000; address < 0x167c00; address += 4) {
            card_grc_write(address, address);
        }
        for (address = SHM_SCRATCH_FIRST; address < SHM_SCRATCH_END;
             address += 4) {
            shm_write(address, ~address);
        }
        card_core_reset();
        pad_is(true);
        nc37xx_pci_reset(&card.nc);
        pad_is(false);
        header_is_there();
    }
}

static void around_the_scratch_pad_shared_memory_is_cleared(void)
{
    card_power_up("nc373i");
    shm_write(SHM_SCRATCH_FIRST - 4, 1);
    shm_write(SHM_SCRATCH_END, 1);
    shm_write(SHM_DRV_PULSE_MB, 0x80001234);
    shm_write(SHM_LINK_STATUS, 1);
    message(0x01010042);
    card_core_reset();
    CU_ASSERT_EQUAL(card_shm(SHM_SCRATCH_FIRST - 4), 0);
    CU_ASSERT_EQUAL(card_shm(SHM_SCRATCH_END), 0);
    CU_ASSERT_EQUAL(card_shm(SHM_LINK_STATUS), 0);
    CU_ASSERT_EQUAL(card_shm(SHM_DRV_PULSE_MB), 0x80001234);
    CU_ASSERT_EQUAL(card_shm(SHM_DRV_MB), 0x01010042);
    CU_ASSERT_EQUAL(card_shm(SHM_FW_MB), 0x42);
}

static void a_change_in_nvram_shows_after_the_next_reset(void)
{
    uint8_t other[6] = { 0x00, 0x19, 0xbb, 1, 2, 3 };
    NvramContent content = {
        .mac = other, .serial = "", .part_number = "012789-002",
    };

    card_power_up("nc373i");
    nvram_build(card.nc.nvram, card.nc.model, &content);
    CU_ASSERT_EQUAL(card_shm(SHM_MAC_LOWER), 0x08a1b2c3);
    card_core_reset();
    CU_ASSERT_EQUAL(card_shm(SHM_MAC_UPPER), 0x00000019);
    CU_ASSERT_EQUAL(card_shm(SHM_MAC_LOWER), 0xbb010203);
}

static void a_damaged_board_block_leaves_no_board(void)
{
    card_power_up("nc373i");
    card.nc.nvram[0x130] ^= 1;
    card_core_reset();
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_nvram_damaged], 1);
    CU_ASSERT_NOT_EQUAL(card_shm(SHM_DEV_INFO_SIGNATURE) & 0xffffff00,
                        SHM_DEV_INFO_SIGNATURE_VALUE);
    CU_ASSERT_EQUAL(card_shm(SHM_MAC_LOWER), 0);
}

static void a_damaged_feature_block_leaves_no_features(void)
{
    card_power_up("nc373i");
    card.nc.nvram[0x230] ^= 1;
    card_core_reset();
    CU_ASSERT_EQUAL(card.events[NC37XX_EVENT_nvram_damaged], 1);
    CU_ASSERT_EQUAL(card_shm(SHM_DEV_INFO_SIGNATURE), 0x44564900);
    CU_ASSERT_EQUAL(card_shm(SHM_PORT_FEATURE), 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(the_header_says_where_shared_memory_is),
    UNIT_CASE(it_describes_the_board),
    UNIT_CASE(it_offers_nothing_that_is_not_there),
    UNIT_CASE(every_message_is_acknowledged_at_once),
    UNIT_CASE(the_condition_says_whether_a_driver_is_present),
    UNIT_CASE(the_type_of_the_last_reset_is_told),
    UNIT_CASE(a_core_reset_restores_what_a_memory_test_destroyed),
    UNIT_CASE(the_scratch_pad_is_kept_over_a_core_reset_only),
    UNIT_CASE(around_the_scratch_pad_shared_memory_is_cleared),
    UNIT_CASE(a_change_in_nvram_shows_after_the_next_reset),
    UNIT_CASE(a_damaged_board_block_leaves_no_board),
    UNIT_CASE(a_damaged_feature_block_leaves_no_features),
};

int main(int argc, char **argv)
{
    return unit_main("shmem", cases, CASES, argc, argv);
}
