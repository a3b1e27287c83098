/*
 * NC37xx adapters: what each type and variant of them is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qobject/qlist.h"
#include "libnc37xx.h"

static void transceiver(QNc37xx *nc)
{
    g_assert_cmphex(nc37xx_phy_read(nc, nc->facts->phy, PHY_ID1), ==,
                    nc->facts->phy_id1);
    g_assert_cmphex(nc37xx_phy_read(nc, nc->facts->phy, PHY_ID2), ==,
                    nc->facts->phy_id2);
}

static void board_data(QNc37xx *nc)
{
    uint32_t config = nc37xx_shm_read(nc, SHM_HW_CFG_CONFIG);

    g_assert_cmphex(nc37xx_shm_read(nc, SHM_DEV_INFO_SIGNATURE), ==,
                    SHM_DEV_INFO_SIGNATURE_VALUE |
                    SHM_DEV_INFO_FEATURE_CFG_VALID);
    g_assert_cmphex(config & SHM_HW_CFG_LOM, ==,
                    nc->facts->embedded ? SHM_HW_CFG_LOM : 0);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_HW_CFG_CONFIG2), ==,
                    nc->facts->nvm_size);
    g_assert_cmphex(nc37xx_shm_read(nc, SHM_PART_NUMBER), !=, 0);
}

static void frames(QNc37xx *nc)
{
    uint8_t frame[100];

    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, sizeof(frame), 1);
    nc37xx_frame_fill(frame, sizeof(frame), 2);
    nc37xx_expect_received(nc, frame, sizeof(frame));
}

/* What -device TYPE,help prints. */
static void descriptions(QNc37xx *nc)
{
    g_autoptr(QDict) response = qtest_qmp(nc->qts,
        "{'execute': 'device-list-properties',"
        " 'arguments': {'typename': %s}}", nc->facts->type);
    QListEntry *entry;

    g_assert_true(qdict_haskey(response, "return"));
    QLIST_FOREACH_ENTRY(qdict_get_qlist(response, "return"), entry) {
        QDict *property = qobject_to(QDict, qlist_entry_obj(entry));
        const char *text = qdict_get_try_str(property, "description");

        if (!text || !*text) {
            g_test_message("%s has no description",
                           qdict_get_str(property, "name"));
            g_test_fail();
        }
    }
}

/* Of the serdes boards, the one with two ports is for a backplane. */
static const char *made_for(const Nc37xxFacts *adapter)
{
    if (adapter->media) {
        return adapter->media;
    }
    if (adapter->device == NC37XX_PCI_DEVICE_5708S && adapter->two_ports) {
        return "backplane";
    }
    return adapter->serdes ? "serdes" : "copper";
}

static void other_media(QNc37xx *nc)
{
    g_autoptr(QDict) response = nc->facts->two_ports ?
        qtest_qmp(nc->qts, "{'execute': 'device_add', 'arguments': {'driver':"
                  " %s, 'id': 'bad', 'addr': '0x9', 'bootrom1': '',"
                  " 'media1': 'carrier-pigeon'}}", nc->facts->type) :
        qtest_qmp(nc->qts, "{'execute': 'device_add', 'arguments': {'driver':"
                  " %s, 'id': 'bad', 'addr': '0x9', 'bootrom': '',"
                  " 'media': 'carrier-pigeon'}}", nc->facts->type);
    const char *said;

    g_assert_true(qdict_haskey(response, "error"));
    said = qdict_get_str(qdict_get_qdict(response, "error"), "desc");
    g_assert_nonnull(strstr(said, "no "));
    g_assert_nonnull(strstr(said, nc->facts->type));
    g_assert_nonnull(strstr(said, "media=carrier-pigeon"));
    g_assert_nonnull(strstr(said, made_for(nc->facts)));
}

static const Nc37xxCase cases[] = {
    { "the_transceiver_has_the_ids_of_the_chip", transceiver },
    { "the_nvram_describes_the_board", board_data },
    { "a_frame_goes_out_and_one_comes_in", frames },
    { "every_property_is_described", descriptions },
    { "media_that_were_not_made_are_refused_by_name", other_media },
};

static void register_tests(void)
{
    nc37xx_register_cases_for_all("types", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
