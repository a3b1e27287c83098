/*
 * Text of logins: pairs, numbers, binary values; keys and their results.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "iscsi-peer.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Reads @length bytes of @text; returns how many pairs, -1 if malformed. */
static int count_pairs(const char *text, size_t length, bool strict)
{
    uint8_t *copy = malloc(length);
    struct iscsi_text_reader reader = { copy, copy + length, strict };
    struct iscsi_text_pair pair;
    enum text_result result;
    int count = 0;

    memcpy(copy, text, length);
    while ((result = iscsi_text_next(&reader, &pair)) == TEXT_PAIR) {
        count++;
    }
    free(copy);
    return result == TEXT_END ? count : -1;
}

static void pairs_end_with_a_nul_T1(void)
{
    CU_ASSERT_EQUAL(count_pairs("A=1\0B=2", 8, true), 2);
    CU_ASSERT_EQUAL(count_pairs("A=1\0B=2", 7, true), -1);
    CU_ASSERT_EQUAL(count_pairs("A=1\0B=2", 7, false), 2);
    CU_ASSERT_EQUAL(count_pairs("A=", 3, true), 1);
    CU_ASSERT_EQUAL(count_pairs("", 0, true), 0);
}

static void malformed_pairs_are_refused_T2(void)
{
    char key[70];

    CU_ASSERT_EQUAL(count_pairs("A", 2, false), -1);
    CU_ASSERT_EQUAL(count_pairs("=1", 3, false), -1);
    CU_ASSERT_EQUAL(count_pairs("=", 2, false), -1);
    CU_ASSERT_EQUAL(count_pairs("\0A=1", 5, false), -1);
    memset(key, 'K', sizeof(key));
    key[63] = '=';
    CU_ASSERT_EQUAL(count_pairs(key, 64, false), 1);
    key[63] = 'K';
    key[64] = '=';
    CU_ASSERT_EQUAL(count_pairs(key, 65, false), -1);
}

static void numbers_are_read_exactly_T4(void)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } rows[] = {
        { "0", true, 0 }, { "65536", true, 65536 }, { "007", true, 7 },
        { "0x1F", true, 31 }, { "0Xff", true, 255 },
        { "18446744073709551615", true, UINT64_MAX },
        { "0xffffffffffffffff", true, UINT64_MAX },
        { "18446744073709551616", false }, { "99999999999999999999", false },
        { "0x10000000000000000", false }, { "-1", false }, { " 1", false },
        { "1 ", false }, { "0x", false }, { "", false }, { "1,2", false },
        { "1~4", false }, { "1f", false }, { "+1", false },
    };
    uint64_t value;
    unsigned i;

    for (i = 0; i < COUNT(rows); i++) {
        bool good = iscsi_text_number(rows[i].text,
                                      iscsi_text_length(rows[i].text),
                                      &value);

        CU_ASSERT_EQUAL(good, rows[i].good);
        if (good) {
            CU_ASSERT_EQUAL(value, rows[i].value);
        }
    }
}

static void binary_values_are_bounded_before_writing_C6(void)
{
    static const struct {
        const char *text;
        int length;
        const char *bytes;
    } rows[] = {
        { "0x00ff", 2, "\x00\xff" }, { "0Xf", 1, "\x0f" },
        { "0x123", 2, "\x01\x23" }, { "0xAbCdEf01", 4, "\xab\xcd\xef\x01" },
        { "0bAQID", 3, "\1\2\3" }, { "0BAQI=", 2, "\1\2" },
        { "0bAQ==", 1, "\1" },
        { "0x", -1 }, { "0b", -1 }, { "0b====", -1 }, { "0xg1", -1 },
        { "0bAQ", -1 }, { "0bA*ID", -1 }, { "12", -1 }, { "", -1 },
        { "0x0102030405", -1 }, { "0bAQIDBAU=", -1 },
    };
    uint8_t *bytes = malloc(4);
    size_t length;
    unsigned i;

    for (i = 0; i < COUNT(rows); i++) {
        bool good = iscsi_text_binary(rows[i].text,
                                      iscsi_text_length(rows[i].text), bytes,
                                      4, &length);

        CU_ASSERT_EQUAL(good, rows[i].length >= 0);
        if (good) {
            CU_ASSERT_EQUAL(length, (size_t)rows[i].length);
            CU_ASSERT_EQUAL(memcmp(bytes, rows[i].bytes, length), 0);
        }
    }
    free(bytes);
}

static void binary_values_decode_in_place(void)
{
    char hex[] = "0x0102030405060708";
    char base64[] = "0bAQIDBAUGBwg=";
    size_t length;

    CU_ASSERT_TRUE(iscsi_text_binary(hex, 18, (uint8_t *)hex, 18, &length));
    CU_ASSERT_EQUAL(memcmp(hex, "\1\2\3\4\5\6\7\10", 8), 0);
    CU_ASSERT_TRUE(iscsi_text_binary(base64, 14, (uint8_t *)base64, 14,
                                     &length));
    CU_ASSERT_EQUAL(length, 8);
    CU_ASSERT_EQUAL(memcmp(base64, "\1\2\3\4\5\6\7\10", 8), 0);
}

static void a_pair_that_does_not_fit_is_left_out(void)
{
    uint8_t *buffer = malloc(8);
    struct iscsi_text_writer writer = { .buffer = buffer, .size = 8 };

    iscsi_text_put(&writer, "Key", "val");
    CU_ASSERT_EQUAL(writer.length, 8);
    CU_ASSERT_FALSE(writer.overflow);
    iscsi_text_put(&writer, "", "");
    CU_ASSERT_TRUE(writer.overflow);
    CU_ASSERT_EQUAL(writer.length, 8);
    CU_ASSERT_STRING_EQUAL((char *)buffer, "Key=val");
    free(buffer);
}

/* ---- keys ------------------------------------------------------------- */

struct keys_fixture {
    struct iscsi_config config;
    struct iscsi_keys keys;
    uint8_t text[4096];
    struct iscsi_text_writer writer;
};

static void begin(struct keys_fixture *f, bool offer)
{
    iscsi_config_defaults(&f->config);
    f->config.header_digest = ISCSI_DIGEST_CRC32C;
    f->config.max_r2t = 4;
    iscsi_keys_init(&f->keys, &f->config);
    f->writer = (struct iscsi_text_writer) {
        .buffer = f->text, .size = sizeof(f->text),
    };
    if (offer) {
        iscsi_keys_offer(&f->keys, &f->writer);
        f->writer.length = 0;
    }
}

static enum iscsi_error receive(struct keys_fixture *f, const char *text)
{
    size_t length = iscsi_text_length(text);
    uint8_t *copy = malloc(length);
    struct iscsi_text_reader reader = { copy, copy + length, false };
    struct iscsi_text_pair pair;
    enum iscsi_error error = ISCSI_E_PROTOCOL_TEXT;

    memcpy(copy, text, length);
    if (iscsi_text_next(&reader, &pair) == TEXT_PAIR) {
        error = iscsi_keys_receive(&f->keys, &pair, &f->writer);
    }
    free(copy);
    return error;
}

static void answers_are_held_against_the_offer_K2_K17(void)
{
    static const struct {
        const char *answer;
        bool good;
        enum iscsi_key key;
        uint32_t value;
    } rows[] = {
        { "HeaderDigest=CRC32C", true, KEY_HEADER_DIGEST, 1 },
        { "HeaderDigest=None", true, KEY_HEADER_DIGEST, 0 },
        { "HeaderDigest=Reject", false }, { "HeaderDigest=crc32c", false },
        { "HeaderDigest=CRC32C,None", false },
        { "DataDigest=CRC32C", true, KEY_DATA_DIGEST, 1 },
        { "DataDigest=NotUnderstood", false },
        { "MaxRecvDataSegmentLength=512", true, KEY_MAX_RECV_DATA, 512 },
        { "MaxRecvDataSegmentLength=16777215", true, KEY_MAX_RECV_DATA,
          16777215 },
        { "MaxRecvDataSegmentLength=511", false },
        { "MaxRecvDataSegmentLength=0", false },
        { "MaxRecvDataSegmentLength=1", false },
        { "MaxRecvDataSegmentLength=16777216", false },
        { "MaxBurstLength=512", true, KEY_MAX_BURST, 512 },
        { "MaxBurstLength=262144", true, KEY_MAX_BURST, 262144 },
        { "MaxBurstLength=262145", false }, { "MaxBurstLength=511", false },
        { "FirstBurstLength=65537", false },
        { "FirstBurstLength=511", false },
        { "FirstBurstLength=512", true, KEY_FIRST_BURST, 512 },
        { "DefaultTime2Wait=3600", true, KEY_TIME2WAIT, 3600 },
        { "FirstBurstLength=4096", true, KEY_FIRST_BURST, 4096 },
        { "FirstBurstLength=Irrelevant", true, KEY_FIRST_BURST, 65536 },
        { "DefaultTime2Wait=2", true, KEY_TIME2WAIT, 2 },
        { "DefaultTime2Wait=3601", false },
        { "DefaultTime2Retain=0", true, KEY_TIME2RETAIN, 0 },
        { "DefaultTime2Retain=1", false },
        { "MaxConnections=1", true, KEY_MAX_CONNECTIONS, 1 },
        { "MaxConnections=2", false }, { "MaxConnections=0", false },
        { "MaxOutstandingR2T=1", true, KEY_MAX_R2T, 1 },
        { "MaxOutstandingR2T=4", true, KEY_MAX_R2T, 4 },
        { "MaxOutstandingR2T=5", false }, { "MaxOutstandingR2T=0", false },
        { "ErrorRecoveryLevel=0", true, KEY_ERROR_RECOVERY, 0 },
        { "ErrorRecoveryLevel=1", false },
        { "InitialR2T=Yes", true, KEY_INITIAL_R2T, 1 },
        { "InitialR2T=No", true, KEY_INITIAL_R2T, 0 },
        { "InitialR2T=yes", false }, { "InitialR2T=", false },
        { "ImmediateData=No", true, KEY_IMMEDIATE_DATA, 0 },
        { "ImmediateData=Maybe", false },
        { "DataPDUInOrder=Yes", true, KEY_PDU_IN_ORDER, 1 },
        { "DataPDUInOrder=No", false }, { "DataSequenceInOrder=No", false },
        { "TargetPortalGroupTag=0", true, KEY_PORTAL_GROUP, 0 },
        { "TargetPortalGroupTag=65535", true, KEY_PORTAL_GROUP, 65535 },
        { "TargetPortalGroupTag=65536", false },
        { "TargetAlias=\033[31m%s", true, KEY_VALUES },
    };
    struct keys_fixture f;
    unsigned i;

    for (i = 0; i < COUNT(rows); i++) {
        begin(&f, true);
        CU_ASSERT_EQUAL(receive(&f, rows[i].answer),
                        rows[i].good ? ISCSI_OK : ISCSI_E_NEGOTIATION);
        if (rows[i].good && rows[i].key < KEY_VALUES) {
            CU_ASSERT_EQUAL(f.keys.value[rows[i].key], rows[i].value);
        }
        CU_ASSERT_EQUAL(f.writer.length, 0);
    }
}

/* The value that a writer's text gives @key, or NULL. */
static const char *offered(const struct keys_fixture *f, const char *key)
{
    const char *text = (const char *)f->text;
    const char *end = text + f->writer.length;
    size_t length = iscsi_text_length(key);

    for (; text < end; text += iscsi_text_length(text) + 1) {
        if (strncmp(text, key, length) == 0 && text[length] == '=') {
            return text + length + 1;
        }
    }
    return NULL;
}

/* All that is offered, for two configurations that differ in everything. */
static void what_is_offered_is_what_was_configured_K2_K16(void)
{
    static const struct {
        const char *key, *value[2];
    } rows[] = {
        { "HeaderDigest", { "None,CRC32C", "CRC32C,None" } },
        { "DataDigest", { "CRC32C,None", "None,CRC32C" } },
        { "InitialR2T", { "No", "Yes" } },
        { "ImmediateData", { "Yes", "No" } },
        { "MaxRecvDataSegmentLength", { "512", "16777215" } },
        { "MaxBurstLength", { "16777215", "1024" } },
        { "FirstBurstLength", { "512", "1024" } },
        { "MaxConnections", { "1", "1" } },
        { "MaxOutstandingR2T", { "1", "4" } },
        { "DefaultTime2Wait", { "0", "0" } },
        { "DefaultTime2Retain", { "0", "0" } },
        { "DataPDUInOrder", { "Yes", "Yes" } },
        { "DataSequenceInOrder", { "Yes", "Yes" } },
        { "ErrorRecoveryLevel", { "0", "0" } },
    };
    struct keys_fixture f;
    unsigned other, i, pairs;

    for (other = 0; other < 2; other++) {
        begin(&f, false);
        f.config.header_digest = other;
        f.config.data_digest = !other;
        f.config.initial_r2t = other;
        f.config.immediate_data = !other;
        f.config.max_recv_data = other ? 16777215 : 512;
        f.config.max_burst = other ? 1024 : 16777215;
        f.config.first_burst = other ? 1024 : 512;
        f.config.max_r2t = other ? 4 : 1;
        iscsi_keys_init(&f.keys, &f.config);
        iscsi_keys_offer(&f.keys, &f.writer);
        for (i = 0; i < COUNT(rows); i++) {
            CU_ASSERT_STRING_EQUAL(offered(&f, rows[i].key),
                                   rows[i].value[other]);
        }
        for (i = 0, pairs = 0; i < f.writer.length; i++) {
            pairs += f.text[i] == '\0';
        }
        CU_ASSERT_EQUAL(pairs, COUNT(rows));
    }
}

/* RFC 7143 13: what holds for a key that nobody has mentioned. */
static void what_is_not_negotiated_has_its_default_K4_K17(void)
{
    static const uint32_t defaults[KEY_VALUES] = {
        [KEY_HEADER_DIGEST] = 0, [KEY_DATA_DIGEST] = 0,
        [KEY_INITIAL_R2T] = 1, [KEY_IMMEDIATE_DATA] = 1,
        [KEY_MAX_RECV_DATA] = 8192, [KEY_MAX_BURST] = 262144,
        [KEY_FIRST_BURST] = 65536, [KEY_MAX_CONNECTIONS] = 1,
        [KEY_MAX_R2T] = 1, [KEY_TIME2WAIT] = 2, [KEY_TIME2RETAIN] = 20,
        [KEY_PDU_IN_ORDER] = 1, [KEY_SEQUENCE_IN_ORDER] = 1,
        [KEY_ERROR_RECOVERY] = 0, [KEY_PORTAL_GROUP] = 0,
    };
    struct keys_fixture f;
    unsigned key;

    begin(&f, true);
    for (key = 0; key < KEY_VALUES; key++) {
        CU_ASSERT_EQUAL(f.keys.value[key], defaults[key]);
    }
}

static void offers_of_the_target_are_answered_T9_K14(void)
{
    static const struct {
        const char *offer, *answer;
    } rows[] = {
        { "HeaderDigest=CRC32C,None", "HeaderDigest=CRC32C" },
        { "HeaderDigest=X-own,None", "HeaderDigest=None" },
        { "HeaderDigest=X-own", "HeaderDigest=Reject" },
        { "DataDigest=CRC32,CRC32CC,", "DataDigest=Reject" },
        { "DataDigest=,,None", "DataDigest=None" },
        { "MaxBurstLength=4096", "MaxBurstLength=4096" },
        { "MaxBurstLength=16777215", "MaxBurstLength=262144" },
        { "DefaultTime2Wait=20", "DefaultTime2Wait=20" },
        { "InitialR2T=No", "InitialR2T=No" },
        { "ImmediateData=Yes", "ImmediateData=Yes" },
        { "DataPDUInOrder=No", "DataPDUInOrder=Yes" },
        { "MaxConnections=8", "MaxConnections=1" },
        { "ErrorRecoveryLevel=2", "ErrorRecoveryLevel=0" },
        { "IFMarker=Yes", "IFMarker=No" },
        { "OFMarkInt=1~2048", "OFMarkInt=Reject" },
        { "TaskReporting=FastAbort,RFC3720", "TaskReporting=RFC3720" },
        { "TaskReporting=FastAbort", "TaskReporting=Reject" },
        { "TaskReporting=RFC37200", "TaskReporting=Reject" },
        { "iSCSIProtocolLevel=2", "iSCSIProtocolLevel=1" },
        { "iSCSIProtocolLevel=31", "iSCSIProtocolLevel=1" },
        { "iSCSIProtocolLevel=0", "iSCSIProtocolLevel=0" },
        { "X-com.example.key=1", "X-com.example.key=NotUnderstood" },
        { "MaxBurst=1", "MaxBurst=NotUnderstood" },
        { "T=1", "T=NotUnderstood" },
        { "maxburstlength=1", "maxburstlength=NotUnderstood" },
    };
    struct keys_fixture f;
    unsigned i;

    for (i = 0; i < COUNT(rows); i++) {
        begin(&f, false);
        CU_ASSERT_EQUAL(receive(&f, rows[i].offer), ISCSI_OK);
        CU_ASSERT_STRING_EQUAL((char *)f.text, rows[i].answer);
    }
}

/* Each word that answers an offer, for each key that we offer. */
static void words_that_refuse_end_the_negotiation_T5(void)
{
    static const char *const keys[] = {
        "HeaderDigest", "DataDigest", "InitialR2T", "ImmediateData",
        "MaxRecvDataSegmentLength", "MaxBurstLength", "FirstBurstLength",
        "MaxConnections", "MaxOutstandingR2T", "DefaultTime2Wait",
        "DefaultTime2Retain", "DataPDUInOrder", "DataSequenceInOrder",
        "ErrorRecoveryLevel",
    };
    static const struct {
        const char *word;
        enum iscsi_error error;
    } words[] = {
        { "Reject", ISCSI_E_NEGOTIATION },
        { "NotUnderstood", ISCSI_E_NEGOTIATION },
        { "Irrelevant", ISCSI_OK }, { "", ISCSI_E_NEGOTIATION },
    };
    struct keys_fixture f;
    char text[60];
    unsigned i, j;

    for (i = 0; i < COUNT(keys); i++) {
        for (j = 0; j < COUNT(words); j++) {
            begin(&f, true);
            snprintf(text, sizeof(text), "%s=%s", keys[i], words[j].word);
            CU_ASSERT_EQUAL(receive(&f, text), words[j].error);
            CU_ASSERT_EQUAL(f.writer.length, 0);
        }
        begin(&f, true);
        snprintf(text, sizeof(text), "%s=None", keys[i]);
        CU_ASSERT_EQUAL(receive(&f, text), i < 2 ? ISCSI_OK
                                                 : ISCSI_E_NEGOTIATION);
    }
}

/* Such a word for a key that we do not know answers what nobody said. */
static void words_that_answer_nothing_are_not_answered_T5(void)
{
    static const char *const words[] = {
        "NotUnderstood", "Reject", "Irrelevant",
    };
    struct keys_fixture f;
    char text[60];
    unsigned i;

    for (i = 0; i < COUNT(words); i++) {
        begin(&f, false);
        snprintf(text, sizeof(text), "X-key=%s", words[i]);
        CU_ASSERT_EQUAL(receive(&f, text), ISCSI_OK);
        CU_ASSERT_EQUAL(f.writer.length, 0);
    }
}

/* Offers that nothing can be made of. */
static void offers_out_of_bounds_are_refused_T9(void)
{
    static const char *const offers[] = {
        "MaxBurstLength=511", "MaxBurstLength=x", "InitialR2T=Perhaps",
        "MaxConnections=0", "ErrorRecoveryLevel=3", "iSCSIProtocolLevel=32",
        "iSCSIProtocolLevel=RFC3720",
    };
    struct keys_fixture f;
    unsigned i;

    for (i = 0; i < COUNT(offers); i++) {
        begin(&f, false);
        CU_ASSERT_EQUAL(receive(&f, offers[i]), ISCSI_E_NEGOTIATION);
        CU_ASSERT_EQUAL(f.writer.length, 0);
    }
}

/* In the security stage, say; a declaration of the target's is not ours. */
static void what_the_target_has_offered_is_not_offered_again_T6(void)
{
    struct keys_fixture f;
    struct iscsi_text_reader reader;
    struct iscsi_text_pair pair;
    unsigned declared = 0;

    begin(&f, false);
    CU_ASSERT_EQUAL(receive(&f, "MaxBurstLength=4096"), ISCSI_OK);
    CU_ASSERT_EQUAL(receive(&f, "MaxRecvDataSegmentLength=4096"), ISCSI_OK);
    f.writer.length = 0;
    iscsi_keys_offer(&f.keys, &f.writer);
    reader = (struct iscsi_text_reader) {
        f.text, f.text + f.writer.length, true,
    };
    while (iscsi_text_next(&reader, &pair) == TEXT_PAIR) {
        CU_ASSERT_FALSE(iscsi_text_key_is(&pair, "MaxBurstLength"));
        declared += iscsi_text_key_is(&pair, "MaxRecvDataSegmentLength");
    }
    CU_ASSERT_EQUAL(declared, 1);
    CU_ASSERT_EQUAL(f.keys.value[KEY_MAX_BURST], 4096);
}

static void a_key_given_twice_is_an_error_T7(void)
{
    struct keys_fixture f;

    begin(&f, true);
    CU_ASSERT_EQUAL(receive(&f, "ImmediateData=Yes"), ISCSI_OK);
    CU_ASSERT_EQUAL(receive(&f, "ImmediateData=Yes"), ISCSI_E_PROTOCOL_TEXT);
    begin(&f, true);
    CU_ASSERT_EQUAL(receive(&f, "TargetAlias=a"), ISCSI_OK);
    CU_ASSERT_EQUAL(receive(&f, "TargetAlias=a"), ISCSI_E_PROTOCOL_TEXT);
    CU_ASSERT_EQUAL(receive(&f, "TargetAddress=a"), ISCSI_OK);
    CU_ASSERT_EQUAL(receive(&f, "TargetAddress=b"), ISCSI_OK);
}

static void nothing_is_offered_twice_T6(void)
{
    struct keys_fixture f;

    begin(&f, true);
    iscsi_keys_offer(&f.keys, &f.writer);
    CU_ASSERT_EQUAL(f.writer.length, 0);
}

static void a_first_burst_beyond_the_burst_is_cut_K6(void)
{
    struct keys_fixture f;

    begin(&f, true);
    CU_ASSERT_EQUAL(receive(&f, "MaxBurstLength=4096"), ISCSI_OK);
    iscsi_keys_finish(&f.keys);
    CU_ASSERT_EQUAL(f.keys.value[KEY_FIRST_BURST], 4096);
}

static const struct unit_case cases[] = {
    UNIT_CASE(pairs_end_with_a_nul_T1),
    UNIT_CASE(malformed_pairs_are_refused_T2),
    UNIT_CASE(numbers_are_read_exactly_T4),
    UNIT_CASE(binary_values_are_bounded_before_writing_C6),
    UNIT_CASE(binary_values_decode_in_place),
    UNIT_CASE(a_pair_that_does_not_fit_is_left_out),
    UNIT_CASE(answers_are_held_against_the_offer_K2_K17),
    UNIT_CASE(what_is_offered_is_what_was_configured_K2_K16),
    UNIT_CASE(what_is_not_negotiated_has_its_default_K4_K17),
    UNIT_CASE(offers_of_the_target_are_answered_T9_K14),
    UNIT_CASE(words_that_refuse_end_the_negotiation_T5),
    UNIT_CASE(words_that_answer_nothing_are_not_answered_T5),
    UNIT_CASE(offers_out_of_bounds_are_refused_T9),
    UNIT_CASE(what_the_target_has_offered_is_not_offered_again_T6),
    UNIT_CASE(a_key_given_twice_is_an_error_T7),
    UNIT_CASE(nothing_is_offered_twice_T6),
    UNIT_CASE(a_first_burst_beyond_the_burst_is_cut_K6),
};

int main(int argc, char **argv)
{
    return unit_main("iscsi-text", cases, COUNT(cases), argc, argv);
}
