/*
 * Secrets: who reads them, and what others read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ev-core/ev.h"
#include "ilo-host.h"
#include "ilo-packet.h"
#include "ncsim/envelope.h"
#include "secrets.h"
#include "unit.h"

#define TEXT(secret, other) \
    "TargetName=iqn.2006-01.com.example:disk\nCHAPSecret=" secret \
    "\nCHAPMSecret=" other "\nLUN=1\n"

static EvStore store;
static IloPost post;
static IloSmif smif;
static TestHost host;
static uint8_t block[EV_DATA_MAX];
static uint8_t masked[EV_DATA_MAX];
static uint8_t packet[ILO_PACKET_MAX], reply[ILO_PACKET_MAX];

/* A whole block with this text; the checksum is ev-core's. */
static size_t make_block(const char *text, size_t length)
{
    uint32_t crc;

    memcpy(block, ENVELOPE_MAGIC_BOOT, 4);
    stw_le_p(block + ENVELOPE_VERSION, ENVELOPE_VERSION_1);
    stw_le_p(block + ENVELOPE_HEADER_LENGTH, ENVELOPE_HEADER_SIZE);
    stl_le_p(block + ENVELOPE_TEXT_LENGTH, length);
    memcpy(block + ENVELOPE_HEADER_SIZE, text, length);
    crc = ev_crc32(0, block, ENVELOPE_CRC);
    stl_le_p(block + ENVELOPE_CRC,
             ev_crc32(crc, block + ENVELOPE_HEADER_SIZE, length));
    return ENVELOPE_HEADER_SIZE + length;
}

/* Is this a whole block with just this text? */
static bool is_block(const uint8_t *data, size_t size, const char *text)
{
    struct ev_slice got;

    return ev_block_open(data, size, ENVELOPE_MAGIC_BOOT, &got) == EV_OK &&
           got.length == strlen(text) &&
           memcmp(got.start, text, got.length) == 0;
}

static bool is_stars(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] != '*') {
            return false;
        }
    }
    return true;
}

static size_t mask(size_t size)
{
    memset(masked, 0xa5, sizeof(masked));
    return ilo_mask_secrets(block, size, masked, sizeof(masked));
}

static void secrets_become_eight_asterisks_in_a_whole_block(void)
{
    size_t size = make_block(TEXT("a-secret-of-the-host", "0x0011223344"),
                             strlen(TEXT("a-secret-of-the-host",
                                         "0x0011223344")));

    size = mask(size);
    CU_ASSERT(is_block(masked, size, TEXT("********", "********")));
}

static void short_secrets_do_not_show_their_length(void)
{
    size_t size = make_block(TEXT("s", "t"), strlen(TEXT("s", "t")));

    size = mask(size);
    CU_ASSERT(is_block(masked, size, TEXT("********", "********")));
}

static void empty_secrets_stay_empty(void)
{
    size_t size = make_block(TEXT("", ""), strlen(TEXT("", "")));

    size = mask(size);
    CU_ASSERT(is_block(masked, size, TEXT("", "")));
}

static void last_line_without_end_is_masked_too(void)
{
    size_t size = make_block("CHAPSecret=unended", 18);

    size = mask(size);
    CU_ASSERT(is_block(masked, size, "CHAPSecret=********"));
}

static void names_inside_values_are_no_secrets(void)
{
    const char *text = "TargetName=CHAPSecret=x\nXCHAPSecret=y\n";
    size_t size = make_block(text, strlen(text));

    size = mask(size);
    CU_ASSERT(is_block(masked, size, text));
}

/* As ev-core, and so the boot ROM, reads them. */
static void blanks_round_the_name_of_a_secret_do_not_show_it(void)
{
    const char *text = "\xef\xbb\xbf" "CHAPSecret=one\nLUN=1\n"
                       " \tCHAPSecret \t= two\n  CHAPMSecret=three\r\n"
                       "CHAPMSecret \x20\nCHAPSecret\t=\x20\n";
    size_t size = make_block(text, strlen(text));

    size = mask(size);
    CU_ASSERT(is_block(masked, size,
                       "\xef\xbb\xbf" "CHAPSecret=********\nLUN=1\n"
                       " \tCHAPSecret \t=********\n"
                       "  CHAPMSecret=********\n"
                       "CHAPMSecret \x20\nCHAPSecret\t=********\n"));
}

/* The device may not use ev-core, and so has names of its own. */
static void secrets_are_the_same_as_in_the_table_of_variables(void)
{
    char text[64], shown[64];

    for (unsigned i = 0; i < EV_VARIABLES; i++) {
        const struct ev_variable *variable = &ev_variables[i];
        size_t size;

        snprintf(text, sizeof(text), "%.20s=value\n", variable->name);
        snprintf(shown, sizeof(shown), "%.20s=%s\n", variable->name,
                 variable->secret ? "********" : "value");
        size = mask(make_block(text, strlen(text)));
        CU_ASSERT(is_block(masked, size, shown));
    }
}

static void damaged_block_is_asterisks_altogether(void)
{
    size_t size = make_block(TEXT("hidden", "well"),
                             strlen(TEXT("hidden", "well")));

    for (size_t i = 0; i < size; i++) {
        block[i] ^= 1;
        CU_ASSERT_EQUAL(mask(size), size);
        CU_ASSERT(is_stars(masked, size));
        block[i] ^= 1;
    }
    for (size_t i = 1; i < size; i++) {
        CU_ASSERT_EQUAL(mask(i), i);
        CU_ASSERT(is_stars(masked, i));
    }
}

static void block_that_would_grow_too_large_is_asterisks(void)
{
    static char text[EV_DATA_MAX - ENVELOPE_HEADER_SIZE];
    size_t used = 0;
    size_t size;

    while (used + 13 <= sizeof(text)) {
        memcpy(text + used, "CHAPSecret=x\n", 13);
        used += 13;
    }
    size = make_block(text, used);
    CU_ASSERT_EQUAL(mask(size), size);
    CU_ASSERT(is_stars(masked, size));
    for (size_t i = size; i < sizeof(masked); i++) {
        CU_ASSERT_EQUAL_FATAL(masked[i], 0);
    }
}

/*
 * By SMIF
 */

static void no_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
}

static void start(bool lock_secrets)
{
    const IloListener listener = { no_event, NULL };
    size_t size = make_block(TEXT("first-secret", "second-secret"),
                             strlen(TEXT("first-secret", "second-secret")));

    test_host_init(&host);
    ev_store_init(&store, NULL, NULL, &listener);
    memset(&smif, 0, sizeof(smif));
    smif.lock_secrets = lock_secrets;
    ilo_smif_init(&smif, &store, &post, &test_host_ops, &host, &listener);
    smif.connection.greeted = true;
    ev_store_set(&store, "CQHORD", block, size);
    ev_store_set(&store, EV_BOOT_ADAPTER_1, block, size);
    ev_store_set(&store, EV_BOOT_ADAPTER_2, block, size);
}

static void lock(IloPlane plane)
{
    packet_begin(packet, SMIF_LOCK_SECRETS, SMIF_HEADER_SIZE);
    CU_ASSERT_EQUAL(ilo_smif_execute(&smif, plane, packet, SMIF_HEADER_SIZE,
                                     reply), 12);
    CU_ASSERT_EQUAL(packet_error(reply), SMIF_OK);
}

static bool shows_secret(void)
{
    for (size_t i = 0; i + 12 <= sizeof(reply); i++) {
        if (memcmp(reply + i, "first-secret", 12) == 0) {
            return true;
        }
    }
    return false;
}

static bool reads_secret(IloPlane plane, const char *name)
{
    ilo_smif_execute(&smif, plane, packet, packet_get(packet, name), reply);
    CU_ASSERT_EQUAL(packet_error(reply), SMIF_OK);
    return shows_secret();
}

static void host_reads_secrets_until_they_are_locked(void)
{
    start(true);
    CU_ASSERT(reads_secret(ILO_PLANE_MAILBOX, EV_BOOT_ADAPTER_1));
    CU_ASSERT(reads_secret(ILO_PLANE_CHANNEL, EV_BOOT_ADAPTER_2));
    lock(ILO_PLANE_MAILBOX);
    CU_ASSERT_FALSE(reads_secret(ILO_PLANE_MAILBOX, EV_BOOT_ADAPTER_1));
    CU_ASSERT_FALSE(reads_secret(ILO_PLANE_MAILBOX, EV_BOOT_ADAPTER_2));
    CU_ASSERT_FALSE(reads_secret(ILO_PLANE_CHANNEL, EV_BOOT_ADAPTER_1));
    CU_ASSERT_FALSE(reads_secret(ILO_PLANE_CHANNEL, EV_BOOT_ADAPTER_2));
    CU_ASSERT(reads_secret(ILO_PLANE_MAILBOX, "CQHORD"));
}

static void read_by_index_masks_as_well(void)
{
    start(true);
    lock(ILO_PLANE_MAILBOX);
    packet_begin(packet, SMIF_EV_BY_INDEX, SMIF_EV_INDEX_SIZE);
    stw_le_p(packet + SMIF_EV_INDEX, 1);
    ilo_smif_execute(&smif, ILO_PLANE_MAILBOX, packet, SMIF_EV_INDEX_SIZE,
                     reply);
    CU_ASSERT_STRING_EQUAL((char *)reply + SMIF_EV_REPLY_NAME,
                           EV_BOOT_ADAPTER_1);
    CU_ASSERT_FALSE(shows_secret());
    CU_ASSERT(is_block(reply + SMIF_EV_REPLY_DATA,
                       lduw_le_p(reply + SMIF_EV_REPLY_LENGTH),
                       TEXT("********", "********")));
}

static void link_never_reads_secrets(void)
{
    start(false);
    CU_ASSERT_FALSE(reads_secret(ILO_PLANE_LINK, EV_BOOT_ADAPTER_1));
    CU_ASSERT_FALSE(reads_secret(ILO_PLANE_LINK, EV_BOOT_ADAPTER_2));
    start(true);
    CU_ASSERT_FALSE(reads_secret(ILO_PLANE_LINK, EV_BOOT_ADAPTER_1));
}

static void reset_opens_the_latch(void)
{
    start(true);
    lock(ILO_PLANE_CHANNEL);
    CU_ASSERT_FALSE(reads_secret(ILO_PLANE_MAILBOX, EV_BOOT_ADAPTER_1));
    ilo_smif_reset(&smif);
    CU_ASSERT(reads_secret(ILO_PLANE_MAILBOX, EV_BOOT_ADAPTER_1));
}

static void property_off_makes_the_latch_hide_nothing(void)
{
    start(false);
    lock(ILO_PLANE_MAILBOX);
    CU_ASSERT(reads_secret(ILO_PLANE_MAILBOX, EV_BOOT_ADAPTER_1));
}

static void link_cannot_lock(void)
{
    start(true);
    packet_begin(packet, SMIF_LOCK_SECRETS, SMIF_HEADER_SIZE);
    ilo_smif_execute(&smif, ILO_PLANE_LINK, packet, SMIF_HEADER_SIZE, reply);
    CU_ASSERT_EQUAL(smif.secrets_locked, 0);
}

static const struct unit_case cases[] = {
    UNIT_CASE(secrets_become_eight_asterisks_in_a_whole_block),
    UNIT_CASE(short_secrets_do_not_show_their_length),
    UNIT_CASE(empty_secrets_stay_empty),
    UNIT_CASE(last_line_without_end_is_masked_too),
    UNIT_CASE(names_inside_values_are_no_secrets),
    UNIT_CASE(blanks_round_the_name_of_a_secret_do_not_show_it),
    UNIT_CASE(secrets_are_the_same_as_in_the_table_of_variables),
    UNIT_CASE(damaged_block_is_asterisks_altogether),
    UNIT_CASE(block_that_would_grow_too_large_is_asterisks),
    UNIT_CASE(host_reads_secrets_until_they_are_locked),
    UNIT_CASE(read_by_index_masks_as_well),
    UNIT_CASE(link_never_reads_secrets),
    UNIT_CASE(reset_opens_the_latch),
    UNIT_CASE(property_off_makes_the_latch_hide_nothing),
    UNIT_CASE(link_cannot_lock),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-secrets", cases, ARRAY_SIZE(cases), argc, argv);
}
