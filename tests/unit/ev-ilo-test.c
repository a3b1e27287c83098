/*
 * What a host asks iLO about EVs, answered by ilo-ev's own dispatcher.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "ev-core/ev.h"
#include "ev-core/ilo.h"
#include "ilo-host.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))

static EvStore store;
static IloPost post;
static IloSmif smif;
static TestHost host;
static uint8_t packet[ILO_PACKET_MAX];
static uint8_t data[EV_DATA_MAX];

/* What happens to the answer on its way. */
static struct {
    size_t at;                      /* this byte */
    uint8_t change;                 /* is xored with this */
    bool lost;
    size_t longer;                  /* its length told wrong by this */
} spoil;

static size_t exchange(void *opaque, uint8_t *bytes, size_t length)
{
    uint8_t reply[ILO_PACKET_MAX];
    size_t got = ilo_smif_execute(&smif, ILO_PLANE_MAILBOX, bytes, length,
                                  reply);

    reply[spoil.at] ^= spoil.change;
    memcpy(bytes, reply, got);
    return spoil.lost ? 0 : got + spoil.longer;
}

static void nothing(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
}

static bool no_write(void *opaque, uint32_t offset, const void *buffer,
                     uint32_t size)
{
    return false;
}

static struct ev_ilo start(const EvStoreOps *ops)
{
    const IloListener listener = { nothing, NULL };

    memset(&spoil, 0, sizeof(spoil));
    ilo_post_reset(&post);
    ev_store_init(&store, ops, NULL, &listener);
    test_host_init(&host);
    ilo_smif_init(&smif, &store, &post, &test_host_ops, &host, &listener);
    smif.lock_secrets = true;
    return (struct ev_ilo) { .exchange = exchange, .packet = packet };
}

static void expect_value(struct ev_ilo *ilo, const char *name,
                         const void *value, size_t size)
{
    size_t length = 0;

    CU_ASSERT_EQUAL_FATAL(ev_ilo_read(ilo, name, data, &length), EV_ILO_OK);
    CU_ASSERT_EQUAL(length, size);
    CU_ASSERT_EQUAL(memcmp(data, value, size), 0);
}

static void what_is_written_is_read_and_replaced(void)
{
    struct ev_ilo ilo = start(NULL);

    CU_ASSERT_EQUAL(ev_ilo_write(&ilo, EV_BOOT_ADAPTER_1,
                                 (const uint8_t *)"one", 3), EV_ILO_OK);
    expect_value(&ilo, EV_BOOT_ADAPTER_1, "one", 3);
    CU_ASSERT_EQUAL(ev_ilo_write(&ilo, EV_BOOT_ADAPTER_1,
                                 (const uint8_t *)"four", 4), EV_ILO_OK);
    expect_value(&ilo, EV_BOOT_ADAPTER_1, "four", 4);
    CU_ASSERT_EQUAL(host.ev_changes, 2);
    CU_ASSERT_STRING_EQUAL(host.changed, EV_BOOT_ADAPTER_1);
}

static void longest_value_and_name_get_through(void)
{
    static const char name[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ01234";
    static uint8_t value[EV_DATA_MAX];
    struct ev_ilo ilo = start(NULL);

    for (size_t i = 0; i < sizeof(value); i++) {
        value[i] = i * 7;
    }
    CU_ASSERT_EQUAL(ev_ilo_write(&ilo, name, value, sizeof(value)),
                    EV_ILO_OK);
    expect_value(&ilo, name, value, sizeof(value));
}

static void missing_ev_is_told_from_a_failure(void)
{
    struct ev_ilo ilo = start(NULL);
    size_t length;

    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "NOSUCH", data, &length),
                    EV_ILO_NO_SUCH);
    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "no name", data, &length),
                    EV_ILO_FAILED);
}

static void drive_that_takes_nothing_refuses(void)
{
    static const EvStoreOps ops = { .write = no_write };
    struct ev_ilo ilo = start(&ops);
    size_t length;

    CU_ASSERT_EQUAL(ev_ilo_write(&ilo, "A", (const uint8_t *)"x", 1),
                    EV_ILO_REFUSED);
    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "A", data, &length), EV_ILO_NO_SUCH);
}

static void each_packet_has_a_sequence_of_its_own(void)
{
    struct ev_ilo ilo = start(NULL);
    size_t length;

    ev_ilo_read(&ilo, "A", data, &length);
    CU_ASSERT_EQUAL(ilo.sequence, 1);
    ilo.sequence = 0xffff;
    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "A", data, &length), EV_ILO_NO_SUCH);
    CU_ASSERT_EQUAL(ilo.sequence, 0);
}

static void answer_to_another_packet_is_none(void)
{
    static const size_t bytes[] = { SMIF_SIZE, SMIF_SIZE + 1, SMIF_SEQUENCE,
                                    SMIF_SEQUENCE + 1, SMIF_COMMAND,
                                    SMIF_COMMAND + 1 };
    size_t length;

    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        struct ev_ilo ilo = start(NULL);

        ev_ilo_write(&ilo, "A", (const uint8_t *)"x", 1);
        spoil.at = bytes[i];
        spoil.change = 1;
        CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "A", data, &length),
                        EV_ILO_FAILED);
        CU_ASSERT_EQUAL(ev_ilo_write(&ilo, "A", (const uint8_t *)"x", 1),
                        EV_ILO_FAILED);
    }
}

static void lost_or_overlong_answer_is_none(void)
{
    struct ev_ilo ilo = start(NULL);
    size_t length;

    spoil.longer = ILO_PACKET_MAX;
    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "A", data, &length), EV_ILO_FAILED);
    spoil.longer = 0;
    spoil.lost = true;
    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "A", data, &length), EV_ILO_FAILED);
    CU_ASSERT_EQUAL(ev_ilo_write(&ilo, "A", (const uint8_t *)"x", 1),
                    EV_ILO_FAILED);
}

static void value_longer_than_its_packet_is_refused(void)
{
    struct ev_ilo ilo = start(NULL);
    size_t length;

    ev_ilo_write(&ilo, "A", (const uint8_t *)"x", 1);
    spoil.at = SMIF_EV_REPLY_LENGTH;
    spoil.change = 2;               /* three bytes, says the answer */
    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "A", data, &length), EV_ILO_FAILED);
    spoil.at = SMIF_EV_REPLY_LENGTH + 1;
    spoil.change = 0xff;
    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, "A", data, &length), EV_ILO_FAILED);
}

static void locked_secrets_are_read_masked_and_agree(void)
{
    static const char text[] =
        "TargetName=iqn.2006-06.net.example:disk1\nTargetIP=192.0.2.20\n"
        "InitiatorName=iqn.2006-06.net.example:bench\n"
        "InitiatorIP=192.0.2.5\nInitiatorNetmask=255.255.255.0\n"
        "AuthMethod=CHAP\nCHAPUsername=bench\nCHAPSecret=Twelve4bytes\n";
    static struct ev_problems problems;
    static uint8_t block[EV_DATA_MAX];
    struct ev_ilo ilo = start(NULL);
    struct ev_slice ours, theirs;
    size_t size = ev_pack(text, sizeof(text) - 1, block, &problems);
    size_t length;

    CU_ASSERT_EQUAL(ev_ilo_write(&ilo, EV_BOOT_ADAPTER_1, block, size),
                    EV_ILO_OK);
    expect_value(&ilo, EV_BOOT_ADAPTER_1, block, size);
    ev_ilo_lock_secrets(&ilo);
    CU_ASSERT_EQUAL(ev_ilo_read(&ilo, EV_BOOT_ADAPTER_1, data, &length),
                    EV_ILO_OK);
    CU_ASSERT_NOT_EQUAL(length, size);
    CU_ASSERT_EQUAL_FATAL(ev_block_open(block, size, ENVELOPE_MAGIC_BOOT,
                                        &ours), EV_OK);
    CU_ASSERT_EQUAL_FATAL(ev_block_open(data, length, ENVELOPE_MAGIC_BOOT,
                                        &theirs), EV_OK);
    CU_ASSERT_EQUAL(ev_first_difference(ours, theirs), EV_NO_VARIABLE);
    /* What was written is no mask. */
    CU_ASSERT_EQUAL(ev_first_difference(theirs, ours), EV_CHAP_SECRET);
}

static enum ev_variable_id difference(const char *a, const char *b)
{
    return ev_first_difference((struct ev_slice) { a, strlen(a) },
                               (struct ev_slice) { b, strlen(b) });
}

static void first_difference_is_the_first_of_the_table(void)
{
    CU_ASSERT_EQUAL(difference("", ""), EV_NO_VARIABLE);
    CU_ASSERT_EQUAL(difference("LUN=1\nVLAN=2\n", "VLAN=2\nLUN=1\n"),
                    EV_NO_VARIABLE);
    CU_ASSERT_EQUAL(difference("LUN=1\nVLAN=2\n", "VLAN=3\nLUN=2\n"),
                    EV_VLAN);
    CU_ASSERT_EQUAL(difference("LUN=1\n", "LUN=11\n"), EV_LUN);
    CU_ASSERT_EQUAL(difference("LUN=1\n", ""), EV_LUN);
    CU_ASSERT_EQUAL(difference("", "LUN=1\n"), EV_LUN);
    CU_ASSERT_EQUAL(difference("LUN=1\n", "LUN=*\n"), EV_LUN);
    CU_ASSERT_EQUAL(difference("CHAPSecret=a\n", "CHAPSecret=b\n"),
                    EV_CHAP_SECRET);
    CU_ASSERT_EQUAL(difference("CHAPSecret=a\n", "CHAPSecret=***\n"),
                    EV_NO_VARIABLE);
    CU_ASSERT_EQUAL(difference("", "CHAPSecret=***\n"), EV_CHAP_SECRET);
}

static const struct unit_case cases[] = {
    UNIT_CASE(what_is_written_is_read_and_replaced),
    UNIT_CASE(longest_value_and_name_get_through),
    UNIT_CASE(missing_ev_is_told_from_a_failure),
    UNIT_CASE(drive_that_takes_nothing_refuses),
    UNIT_CASE(each_packet_has_a_sequence_of_its_own),
    UNIT_CASE(answer_to_another_packet_is_none),
    UNIT_CASE(lost_or_overlong_answer_is_none),
    UNIT_CASE(value_longer_than_its_packet_is_refused),
    UNIT_CASE(locked_secrets_are_read_masked_and_agree),
    UNIT_CASE(first_difference_is_the_first_of_the_table),
};

int main(int argc, char **argv)
{
    return unit_main("ev-ilo", cases, CASES, argc, argv);
}
