/*
 * NC37xx adapters: their state as properties of the device.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "qemu/module.h"
#include "qobject/qdict.h"
#include "qobject/qnum.h"
#include "libnc37xx.h"

/* The whole response: what it returns lives in it. */
static QDict *look(QNc37xx *nc, const char *property)
{
    QDict *response =
        qtest_qmp(nc->qts, "{'execute': 'qom-get', 'arguments': {'path': "
                  "'/machine/peripheral/" NC37XX_ID "', 'property': %s}}",
                  property);

    g_assert_nonnull(qdict_get_qdict(response, "return"));
    return response;
}

static QDict *returned(QDict *response)
{
    return qdict_get_qdict(response, "return");
}

static uint64_t number(const QDict *dict, const char *key)
{
    return qnum_get_uint(qobject_to(QNum, qdict_get(dict, key)));
}

/* The register as the property shows it. */
static QDict *shown(QDict *registers, const char *name)
{
    QDict *reg = qdict_get_qdict(returned(registers), name);

    g_assert_nonnull(reg);
    return reg;
}

static void registers_by_name(QNc37xx *nc)
{
    g_autoptr(QDict) registers = NULL;
    QDict *reg;

    nc37xx_bring_up(nc);
    registers = look(nc, "registers");
    reg = shown(registers, "MISC_ID");
    g_assert_cmphex(number(reg, "address"), ==, A_MISC_ID);
    g_assert_cmphex(number(reg, "value"), ==, nc->facts->misc_id);
    g_assert_cmphex(number(qdict_get_qdict(reg, "fields"), "CHIP_NUM"), ==,
                    nc->facts->misc_id >> 16);
    reg = shown(registers, "HC_STATUS_ADDR_L");
    g_assert_cmphex(number(reg, "value"), ==, (uint32_t)nc->status);
}

/* All at once are what the driver reads one after the other. */
static void registers_as_read(QNc37xx *nc)
{
    g_autoptr(QDict) registers = NULL;
    const QDictEntry *entry;
    unsigned compared = 0;

    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 100, 1);
    registers = look(nc, "registers");
    for (entry = qdict_first(returned(registers)); entry;
         entry = qdict_next(returned(registers), entry)) {
        QDict *reg = qobject_to(QDict, qdict_entry_value(entry));
        uint32_t address = number(reg, "address");

        if (address != A_PCICFG_REG_WINDOW && address != A_CTX_DATA) {
            g_assert_cmphex(number(reg, "value"), ==,
                            nc37xx_read(nc, address));
            compared++;
        }
    }
    g_assert_cmpuint(compared, >, 100);
}

static void rings_in_use(QNc37xx *nc)
{
    g_autoptr(QDict) rings = NULL;
    QDict *tx, *rx;

    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 100, 1);
    nc37xx_expect_sent(nc, 100, 2);
    rings = look(nc, "rings");
    tx = qdict_get_qdict(returned(rings), "tx");
    rx = qdict_get_qdict(returned(rings), "rx");
    g_assert_true(qdict_get_bool(tx, "armed"));
    g_assert_cmphex(number(tx, "page"), ==, nc->tx_page[0]);
    g_assert_cmphex(number(tx, "consumer"), ==, 2);
    g_assert_cmphex(number(tx, "producer"), ==, nc->tx_producer);
    g_assert_cmphex(number(rx, "page"), ==, nc->rx_page[0]);
    g_assert_cmphex(number(rx, "producer"), ==, nc->rx_producer);
    g_assert_cmphex(number(rx, "waiting"), ==, nc->rx_producer);
    g_assert_false(qdict_get_bool(qdict_get_qdict(returned(rings),
                                                  "rx-pages"), "armed"));
}

static void statistics_by_name(QNc37xx *nc)
{
    g_autoptr(QDict) statistics = NULL;

    nc37xx_bring_up(nc);
    nc37xx_expect_sent(nc, 100, 1);
    statistics = look(nc, "statistics");
    g_assert_cmpuint(number(returned(statistics), "OUT_UCAST_PKTS"), ==, 1);
    g_assert_cmpuint(number(returned(statistics), "OUT_OCTETS"), ==, 104);
    g_assert_cmpuint(number(returned(statistics), "FCS_ERRORS"), ==, 0);
}

static void link_state(QNc37xx *nc, bool up, const char *state)
{
    g_autoptr(QDict) link = look(nc, "link");

    g_assert_cmpint(qdict_get_bool(returned(link), "carrier"), ==, up);
    g_assert_cmpint(qdict_get_bool(returned(link), "up"), ==, up);
    g_assert_cmpstr(qdict_get_str(returned(link), "state"), ==, state);
    g_assert_cmpuint(number(returned(link), "speed"), ==, up ? 1000 : 0);
}

static void link_follows(QNc37xx *nc)
{
    link_state(nc, true, "up");
    nc37xx_set_link(nc, false);
    link_state(nc, false, "down");
    nc37xx_set_link(nc, true);
    link_state(nc, true, "up");
}

/* The latch of a lost link is there for the driver, not for us. */
static void latches_stay(QNc37xx *nc)
{
    g_autoptr(QDict) phy = NULL;
    g_autoptr(QDict) again = NULL;

    nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_BMSR);
    nc37xx_set_link(nc, false);
    nc37xx_set_link(nc, true);
    phy = look(nc, "phy-registers");
    again = look(nc, "phy-registers");
    g_assert_false(number(returned(phy), "BMSR") & PHY_BMSR_LINK);
    g_assert_false(number(returned(again), "BMSR") & PHY_BMSR_LINK);
    g_assert_false(nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_BMSR) &
                   PHY_BMSR_LINK);
    g_assert_true(nc37xx_phy_read(nc, NC37XX_PHY_ADDRESS, PHY_BMSR) &
                  PHY_BMSR_LINK);
}

static void not_to_be_set(QNc37xx *nc)
{
    g_autoptr(QDict) response =
        qtest_qmp(nc->qts, "{'execute': 'qom-set', 'arguments': {'path': "
                  "'/machine/peripheral/" NC37XX_ID "', 'property': "
                  "'registers', 'value': {}}}");

    g_assert_true(qdict_haskey(response, "error"));
    nc37xx_expect_alive(nc);
}

static const Nc37xxCase cases[] = {
    { "registers_are_shown_by_name_and_field", registers_by_name },
    { "registers_are_shown_as_the_driver_reads_them", registers_as_read },
    { "rings_are_shown_with_both_ends", rings_in_use },
    { "statistics_are_shown_by_name", statistics_by_name },
    { "link_is_shown_as_it_is", link_follows },
    { "looking_at_the_transceiver_clears_no_latch", latches_stay },
    { "what_is_shown_cannot_be_set", not_to_be_set },
};

static void register_tests(void)
{
    nc37xx_register_cases("inspect", cases, ARRAY_SIZE(cases));
}

libqos_init(register_tests);
