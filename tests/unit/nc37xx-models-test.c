/*
 * The table of adapters against what the PCI id lists say of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "nc37xx-card.h"

/* As pciids and the drivers' tables have them; read apart from our table. */
static const struct {
    const char *type;
    Nc37xxVariant variant;
    uint16_t device, subsystem;
} listed[] = {
    { "nc370t", NC37XX_VARIANT_COPPER, 0x164a, 0x3101 },
    { "nc370i", NC37XX_VARIANT_COPPER, 0x164a, 0x3106 },
    { "nc370i", NC37XX_VARIANT_SERDES, 0x16aa, 0x310c },
    { "nc370f", NC37XX_VARIANT_SERDES, 0x16aa, 0x3102 },
    { "nc371i", NC37XX_VARIANT_COPPER, 0x164a, 0x1709 },
    { "nc373t", NC37XX_VARIANT_COPPER, 0x164c, 0x7037 },
    { "nc373f", NC37XX_VARIANT_SERDES, 0x16ac, 0x703d },
    { "nc373i", NC37XX_VARIANT_COPPER, 0x164c, 0x7038 },
    { "nc373i", NC37XX_VARIANT_SERDES, 0x16ac, 0x703b },
    { "nc373i", NC37XX_VARIANT_BACKPLANE, 0x16ac, 0x7038 },
    { "nc373m-port", NC37XX_VARIANT_BACKPLANE, 0x16ac, 0x1706 },
    { "nc374m-port", NC37XX_VARIANT_COPPER, 0x164c, 0x7045 },
    { "nc380t-port", NC37XX_VARIANT_COPPER, 0x164a, 0x3070 },
};

static bool is_5708(const Nc37xxModel *model)
{
    return model->device == 0x164c || model->device == 0x16ac;
}

static void every_adapter_has_the_ids_that_are_listed(void)
{
    const Nc37xxModel *model;
    size_t i;

    for (i = 0; i < ARRAY_SIZE(listed); i++) {
        model = nc37xx_model_variant(card_model(listed[i].type),
                                     listed[i].variant);
        CU_ASSERT_PTR_NOT_NULL_FATAL(model);
        CU_ASSERT_STRING_EQUAL(model->type, listed[i].type);
        CU_ASSERT_EQUAL(model->device, listed[i].device);
        CU_ASSERT_EQUAL(model->subsystem, listed[i].subsystem);
    }
    for (i = 0; nc37xx_models[i].type; i++) {
        /* none is there that the list lacks */
    }
    CU_ASSERT_EQUAL(i, ARRAY_SIZE(listed));
}

static void every_adapter_is_made_of_one_chip_throughout(void)
{
    const Nc37xxModel *model;

    for (model = nc37xx_models; model->type; model++) {
        bool serdes = model->device == 0x16aa || model->device == 0x16ac;

        CU_ASSERT_EQUAL(model->misc_id >> 16,
                        is_5708(model) ? 0x5708 : 0x5706);
        CU_ASSERT_EQUAL(model->misc_id & 1, serdes);
        CU_ASSERT_EQUAL(model->media == NC37XX_COPPER, !serdes);
        CU_ASSERT_EQUAL(model->variant == NC37XX_VARIANT_COPPER, !serdes);
        CU_ASSERT_EQUAL(model->revision, is_5708(model) ? 0x12 : 0x02);
        CU_ASSERT_EQUAL(model->shm_base,
                        is_5708(model) ? 0x169c00 : 0x167c00);
        CU_ASSERT_EQUAL(model->nvm_size, is_5708(model) ? 0x40000 : 0x42000);
    }
}

static void variants_follow_their_board(void)
{
    const Nc37xxModel *model;
    const char *type = "";

    for (model = nc37xx_models; model->type; model++) {
        CU_ASSERT_EQUAL(model->alternative, !strcmp(model->type, type));
        type = model->type;
    }
    CU_ASSERT_PTR_NULL(nc37xx_model_variant(card_model("nc370t"),
                                            NC37XX_VARIANT_BACKPLANE));
}

static void every_adapter_names_itself_in_its_nvram(void)
{
    const Nc37xxModel *model;

    for (model = nc37xx_models; model->type; model++) {
        if (model->alternative) {
            continue;
        }
        card_power_up(model->type);
        CU_ASSERT_FALSE(memcmp(card.nc.nvram + 0x104, model->part_number,
                               strlen(model->part_number)));
        CU_ASSERT_TRUE(strlen(model->part_number) <= 16);
        CU_ASSERT_EQUAL(card_shm(SHM_HW_CFG_CONFIG) & SHM_HW_CFG_LOM,
                        model->type[5] == 'i');
        CU_ASSERT_EQUAL(card_shm(SHM_HW_CFG_CONFIG2), model->nvm_size);
    }
}

static const struct unit_case cases[] = {
    UNIT_CASE(every_adapter_has_the_ids_that_are_listed),
    UNIT_CASE(every_adapter_is_made_of_one_chip_throughout),
    UNIT_CASE(variants_follow_their_board),
    UNIT_CASE(every_adapter_names_itself_in_its_nvram),
};

int main(int argc, char **argv)
{
    return unit_main("models", cases, CASES, argc, argv);
}
