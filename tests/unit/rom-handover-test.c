/*
 * What the ROM leaves for the operating system: iBFT and handoff block.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "qemu/bswap.h"
#include "connect.h"
#include "ev-core/ev.h"
#include "handoff.h"
#include "ibft.h"
#include "unit.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ROOM 2048

static const struct connect_facts facts = {
    .bdf = 0x0218,
    .mac = { 0x00, 0x17, 0xa4, 0x01, 0x02, 0x03 },
    .initiator_ip = { 10, 0, 2, 15 },
    .netmask = { 255, 255, 255, 0 },
    .gateway = { 10, 0, 2, 1 },
    .target_ip = { 10, 0, 2, 2 },
    .target_port = 3260,
    .vlan = 7,
    .isid = { 0x00, 0x02, 0x3d, 0x0a, 0x0b, 0x0c },
    .tpgt = 1,
    .lun = { 0, 5 },
    .block_size = 4096,
    .sectors = 0x123456789a8ull,
};

static struct ev_boot_config config;
static uint8_t table[ROOM + 8];

static void start(void)
{
    memset(&config, 0, sizeof(config));
    strcpy(config.initiator_name, "iqn.2026-11.test:host");
    strcpy(config.target_name, "iqn.2026-11.test:disk");
    memset(table, 0xee, sizeof(table));
}

/* The structure whose offset the control structure has at @at. */
static const uint8_t *part(unsigned at)
{
    return table + lduw_le_p(table + 48 + at);
}

static bool text_is(const uint8_t *at, const char *want)
{
    return (size_t)lduw_le_p(at) == strlen(want) &&
           !strcmp((char *)table + lduw_le_p(at + 2), want);
}

static void the_table_sums_to_zero_and_knows_its_length(void)
{
    uint8_t sum = 0;
    size_t size, i;

    start();
    size = ibft_build(table, ROOM, &config, &facts);
    CU_ASSERT_EQUAL(memcmp(table, "iBFT", 4), 0);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(table + 4), size);
    CU_ASSERT_EQUAL(table[8], 1);
    for (i = 0; i < size; i++) {
        sum += table[i];
    }
    CU_ASSERT_EQUAL(sum, 0);
    CU_ASSERT_EQUAL(table[ROOM], 0xee);
}

static void structures_have_the_lengths_the_kernel_checks(void)
{
    static const struct {
        unsigned at;
        uint8_t id;
        uint16_t length;
    } rows[] = {
        { 8, 2, 0x4a }, { 10, 3, 0x66 }, { 12, 4, 0x36 },
    };
    size_t i;

    start();
    ibft_build(table, ROOM, &config, &facts);
    CU_ASSERT_EQUAL(table[48], 1);
    CU_ASSERT_EQUAL(lduw_le_p(table + 48 + 2), 0x12);
    for (i = 0; i < COUNT(rows); i++) {
        const uint8_t *p = part(rows[i].at);

        CU_ASSERT_EQUAL((p - table) % 8, 0);
        CU_ASSERT_EQUAL(p[0], rows[i].id);
        CU_ASSERT_EQUAL(p[1], 1);
        CU_ASSERT_EQUAL(lduw_le_p(p + 2), rows[i].length);
        CU_ASSERT_EQUAL(p[5], 3);
    }
}

static void the_network_is_described(void)
{
    static const uint8_t mapped[16] = {
        [10] = 0xff, [11] = 0xff, [12] = 10, [13] = 0, [14] = 2, [15] = 15,
    };
    const uint8_t *nic;

    start();
    ibft_build(table, ROOM, &config, &facts);
    nic = part(10);
    CU_ASSERT_EQUAL(memcmp(nic + 6, mapped, 16), 0);
    CU_ASSERT_EQUAL(nic[22], 24);
    CU_ASSERT_EQUAL(nic[23], 1);
    CU_ASSERT_EQUAL(nic[24 + 15], 1);
    CU_ASSERT_EQUAL(lduw_le_p(nic + 88), 7);
    CU_ASSERT_EQUAL(memcmp(nic + 90, facts.mac, 6), 0);
    CU_ASSERT_EQUAL(lduw_le_p(nic + 96), 0x0218);
}

static void names_are_described(void)
{
    start();
    ibft_build(table, ROOM, &config, &facts);
    CU_ASSERT_TRUE(text_is(part(8) + 70, "iqn.2026-11.test:host"));
    CU_ASSERT_TRUE(text_is(part(12) + 34, "iqn.2026-11.test:disk"));
    CU_ASSERT_EQUAL(lduw_le_p(part(12) + 22), 3260);
    CU_ASSERT_EQUAL(memcmp(part(12) + 24, facts.lun, 8), 0);
    CU_ASSERT_EQUAL(part(12)[32], 0);
    CU_ASSERT_EQUAL(lduw_le_p(part(12) + 38), 0);
}

static void secrets_go_with_their_method(void)
{
    start();
    config.auth = EV_AUTH_MUTUAL_CHAP;
    strcpy(config.chap_username, "user");
    config.chap_secret = (struct ev_secret) { 12, "secretsecret" };
    config.chap_msecret = (struct ev_secret) { 12, "terceSterceS" };
    ibft_build(table, ROOM, &config, &facts);
    CU_ASSERT_EQUAL(part(12)[32], 2);
    CU_ASSERT_TRUE(text_is(part(12) + 38, "user"));
    CU_ASSERT_TRUE(text_is(part(12) + 42, "secretsecret"));
    CU_ASSERT_TRUE(text_is(part(12) + 50, "terceSterceS"));
}

static void the_longest_configuration_fits(void)
{
    start();
    memset(config.initiator_name, 'i', EV_ISCSI_NAME_MAX);
    memset(config.target_name, 't', EV_ISCSI_NAME_MAX);
    memset(config.chap_username, 'u', EV_USERNAME_MAX);
    config.auth = EV_AUTH_MUTUAL_CHAP;
    config.chap_secret.length = EV_SECRET_MAX;
    config.chap_msecret.length = EV_SECRET_MAX;
    CU_ASSERT_NOT_EQUAL(ibft_build(table, ROOM, &config, &facts), 0);
}

static void a_table_that_does_not_fit_is_not_made(void)
{
    size_t size, room;

    start();
    size = ibft_build(table, ROOM, &config, &facts);
    for (room = 48; room < size; room += 8) {
        memset(table, 0xee, sizeof(table));
        CU_ASSERT_EQUAL(ibft_build(table, room, &config, &facts), 0);
        CU_ASSERT_EQUAL(table[room], 0xee);
    }
}

static const char configured[] = "TargetName=iqn.2026-11.test:disk\nLUN=5\n";

static void the_handoff_holds_what_was_used(void)
{
    static const struct {
        const char *name;
        const char *value;
    } rows[] = {
        { "TargetName", "iqn.2026-11.test:disk" },
        { "LUN", "5" },
        { "Active.TargetIP", "10.0.2.2" },
        { "Active.TargetPort", "3260" },
        { "Active.InitiatorMAC", "00:17:a4:01:02:03" },
        { "Active.PCI", "02:03.0" },
        { "Active.Gateway", "10.0.2.1" },
        { "Active.ISID", "00023d0a0b0c" },
        { "Active.TPGT", "1" },
        { "Active.LUN", "0005000000000000" },
        { "Active.BlockSize", "4096" },
        { "Active.Blocks", "156374987061" },
        { "Active.RomVersion", ROM_VERSION },
    };
    struct ev_slice text = { configured, strlen(configured) };
    struct ev_slice got, value;
    size_t size, i;

    start();
    size = handoff_build(table, ROOM, text, &facts);
    CU_ASSERT_EQUAL(ev_block_open(table, size, ENVELOPE_MAGIC_HANDOFF, &got),
                    EV_OK);
    for (i = 0; i < COUNT(rows); i++) {
        CU_ASSERT_TRUE(ev_find(got.start, got.length, rows[i].name, &value));
        CU_ASSERT_EQUAL(value.length, strlen(rows[i].value));
        CU_ASSERT_EQUAL(memcmp(value.start, rows[i].value, value.length), 0);
    }
}

static void a_handoff_that_does_not_fit_is_not_made(void)
{
    struct ev_slice text = { configured, strlen(configured) };

    start();
    CU_ASSERT_EQUAL(handoff_build(table, 100, text, &facts), 0);
    CU_ASSERT_EQUAL(table[100], 0xee);
}

static const struct unit_case cases[] = {
    UNIT_CASE(the_table_sums_to_zero_and_knows_its_length),
    UNIT_CASE(structures_have_the_lengths_the_kernel_checks),
    UNIT_CASE(the_network_is_described),
    UNIT_CASE(names_are_described),
    UNIT_CASE(secrets_go_with_their_method),
    UNIT_CASE(the_longest_configuration_fits),
    UNIT_CASE(a_table_that_does_not_fit_is_not_made),
    UNIT_CASE(the_handoff_holds_what_was_used),
    UNIT_CASE(a_handoff_that_does_not_fit_is_not_made),
};

int main(int argc, char **argv)
{
    return unit_main("rom-handover", cases, COUNT(cases), argc, argv);
}
