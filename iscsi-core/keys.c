/*
 * Login and operational keys with their result functions: RFC 7143 6.2, 13.
 *
 * SPDX-License-Identifier: BSD-2-Clause
 */
#include "keys.h"
#include "wire.h"

enum key_kind {
    KIND_DIGEST,    /* list: the first of the offer that the other has */
    KIND_OR,        /* boolean, result Yes if one says so */
    KIND_AND,       /* boolean, result Yes if both say so */
    KIND_MINIMUM,   /* number, the smaller one holds */
    KIND_MAXIMUM,   /* number, the larger one holds */
    KIND_DECLARED,  /* number, each side has its own */
    KIND_TOLD,      /* number, told by the target only */
    KIND_NOTED,     /* text that changes nothing here */
    KIND_FIXED,     /* an offer of the target's always has the same answer */
    KIND_WORD,      /* list of the target's, of which we have one word */
    KIND_LEVEL,     /* number of the target's, the smaller one holds */
    KIND_AUTH,      /* the login's business */
};

struct key_row {
    const char *name;
    uint8_t kind;
    uint32_t least;
    uint32_t most;
    uint32_t initial;       /* in force when the key is not negotiated */
    const char *answer;     /* of KIND_FIXED and KIND_WORD */
};

#define LENGTH_MAX 0xffffff

static const struct key_row key_rows[KEY_COUNT] = {
    [KEY_HEADER_DIGEST] = { "HeaderDigest", KIND_DIGEST, 0, 1, 0 },
    [KEY_DATA_DIGEST] = { "DataDigest", KIND_DIGEST, 0, 1, 0 },
    [KEY_INITIAL_R2T] = { "InitialR2T", KIND_OR, 0, 1, 1 },
    [KEY_IMMEDIATE_DATA] = { "ImmediateData", KIND_AND, 0, 1, 1 },
    [KEY_MAX_RECV_DATA] = { "MaxRecvDataSegmentLength", KIND_DECLARED,
                            512, LENGTH_MAX, 8192 },
    [KEY_MAX_BURST] = { "MaxBurstLength", KIND_MINIMUM,
                        512, LENGTH_MAX, 262144 },
    [KEY_FIRST_BURST] = { "FirstBurstLength", KIND_MINIMUM,
                          512, LENGTH_MAX, 65536 },
    [KEY_MAX_CONNECTIONS] = { "MaxConnections", KIND_MINIMUM, 1, 65535, 1 },
    [KEY_MAX_R2T] = { "MaxOutstandingR2T", KIND_MINIMUM, 1, 65535, 1 },
    [KEY_TIME2WAIT] = { "DefaultTime2Wait", KIND_MAXIMUM, 0, 3600, 2 },
    [KEY_TIME2RETAIN] = { "DefaultTime2Retain", KIND_MINIMUM, 0, 3600, 20 },
    [KEY_PDU_IN_ORDER] = { "DataPDUInOrder", KIND_OR, 0, 1, 1 },
    [KEY_SEQUENCE_IN_ORDER] = { "DataSequenceInOrder", KIND_OR, 0, 1, 1 },
    [KEY_ERROR_RECOVERY] = { "ErrorRecoveryLevel", KIND_MINIMUM, 0, 2, 0 },
    [KEY_PORTAL_GROUP] = { "TargetPortalGroupTag", KIND_TOLD, 0, 65535, 0 },
    [KEY_TARGET_ALIAS] = { "TargetAlias", KIND_NOTED },
    [KEY_TARGET_ADDRESS] = { "TargetAddress", KIND_NOTED },
    [KEY_IF_MARKER] = { "IFMarker", KIND_FIXED, .answer = "No" },
    [KEY_OF_MARKER] = { "OFMarker", KIND_FIXED, .answer = "No" },
    [KEY_IF_MARK_INT] = { "IFMarkInt", KIND_FIXED, .answer = "Reject" },
    [KEY_OF_MARK_INT] = { "OFMarkInt", KIND_FIXED, .answer = "Reject" },
    [KEY_TASK_REPORTING] = { "TaskReporting", KIND_WORD,
                             .answer = "RFC3720" },
    [KEY_PROTOCOL_LEVEL] = { "iSCSIProtocolLevel", KIND_LEVEL, 0, 31, 1 },
    [KEY_AUTH_METHOD] = { "AuthMethod", KIND_AUTH },
    [KEY_CHAP_A] = { "CHAP_A", KIND_AUTH },
    [KEY_CHAP_I] = { "CHAP_I", KIND_AUTH },
    [KEY_CHAP_C] = { "CHAP_C", KIND_AUTH },
    [KEY_CHAP_N] = { "CHAP_N", KIND_AUTH },
    [KEY_CHAP_R] = { "CHAP_R", KIND_AUTH },
};

static const char *const digest_names[] = { "None", "CRC32C" };
static const char *const digest_lists[] = { "None,CRC32C", "CRC32C,None" };
static const char *const boolean_names[] = { "No", "Yes" };

static bool has_answer_name(const struct key_row *row)
{
    return row->kind == KIND_DIGEST || row->kind == KIND_OR ||
           row->kind == KIND_AND;
}

static const char *value_name(const struct key_row *row, uint32_t value)
{
    return row->kind == KIND_DIGEST ? digest_names[value]
                                    : boolean_names[value];
}

void iscsi_keys_init(struct iscsi_keys *keys,
                     const struct iscsi_config *config)
{
    unsigned key;

    memset(keys, 0, sizeof(*keys));
    for (key = 0; key < KEY_VALUES; key++) {
        keys->value[key] = key_rows[key].initial;
    }
    keys->ours[KEY_HEADER_DIGEST] = config->header_digest;
    keys->ours[KEY_DATA_DIGEST] = config->data_digest;
    keys->ours[KEY_INITIAL_R2T] = config->initial_r2t;
    keys->ours[KEY_IMMEDIATE_DATA] = config->immediate_data;
    keys->ours[KEY_MAX_RECV_DATA] = config->max_recv_data;
    keys->ours[KEY_MAX_BURST] = config->max_burst;
    keys->ours[KEY_FIRST_BURST] = config->first_burst;
    keys->ours[KEY_MAX_CONNECTIONS] = 1;
    keys->ours[KEY_MAX_R2T] = config->max_r2t;
    keys->ours[KEY_PDU_IN_ORDER] = 1;
    keys->ours[KEY_SEQUENCE_IN_ORDER] = 1;
}

void iscsi_keys_offer(struct iscsi_keys *keys,
                      struct iscsi_text_writer *writer)
{
    const struct key_row *row;
    unsigned key;

    for (key = 0; key < KEY_PORTAL_GROUP; key++) {
        row = &key_rows[key];
        if (keys->offered & KEY_BIT(key) ||
            (keys->received & KEY_BIT(key) && row->kind != KIND_DECLARED)) {
            continue;
        }
        keys->offered |= KEY_BIT(key);
        if (row->kind == KIND_DIGEST) {
            iscsi_text_put(writer, row->name, digest_lists[keys->ours[key]]);
        } else if (has_answer_name(row)) {
            iscsi_text_put(writer, row->name, boolean_names[keys->ours[key]]);
        } else {
            iscsi_text_put_number(writer, row->name, keys->ours[key]);
        }
    }
}

enum iscsi_key iscsi_keys_find(const struct iscsi_text_pair *pair)
{
    unsigned key;

    for (key = 0; key < KEY_COUNT; key++) {
        if (iscsi_text_key_is(pair, key_rows[key].name)) {
            break;
        }
    }
    return key;
}

/* Reads a value as number: names by their index. */
static bool read_value(const struct key_row *row,
                       const struct iscsi_text_pair *pair, uint32_t *value)
{
    uint64_t number;

    if (has_answer_name(row)) {
        for (*value = 0; *value < 2; (*value)++) {
            if (iscsi_text_is(pair, value_name(row, *value))) {
                return true;
            }
        }
        return false;
    }
    if (!iscsi_text_number(pair->value, pair->value_length, &number) ||
        number < row->least || number > row->most) {
        return false;
    }
    *value = number;
    return true;
}

/* May @answer be the result when we offered @ours? */
static bool answer_fits(const struct key_row *row, uint32_t ours,
                        uint32_t answer)
{
    switch (row->kind) {
    case KIND_OR:
    case KIND_MAXIMUM:
        return answer >= ours;
    case KIND_AND:
    case KIND_MINIMUM:
        return answer <= ours;
    default:
        return true;
    }
}

/* The result of the target's offer @theirs and our value @ours. */
static uint32_t result_of(const struct key_row *row, uint32_t ours,
                          uint32_t theirs)
{
    switch (row->kind) {
    case KIND_OR:
    case KIND_MAXIMUM:
        return theirs > ours ? theirs : ours;
    case KIND_AND:
    case KIND_MINIMUM:
        return theirs < ours ? theirs : ours;
    default:
        return theirs;
    }
}

/* Takes the first item off the comma-separated @list. */
static struct iscsi_text_pair next_item(struct iscsi_text_pair *list)
{
    struct iscsi_text_pair item = *list;
    size_t used = 0;

    while (used < list->value_length && list->value[used] != ',') {
        used++;
    }
    item.value_length = used;
    used += used < list->value_length;
    list->value += used;
    list->value_length -= used;
    return item;
}

/* The first digest of the list that we know, or 2. */
static uint32_t choose_digest(struct iscsi_text_pair list)
{
    struct iscsi_text_pair item;
    uint32_t value;

    while (list.value_length) {
        item = next_item(&list);
        if (read_value(&key_rows[KEY_HEADER_DIGEST], &item, &value)) {
            return value;
        }
    }
    return 2;
}

static bool list_has(struct iscsi_text_pair list, const char *word)
{
    struct iscsi_text_pair item;

    while (list.value_length) {
        item = next_item(&list);
        if (iscsi_text_is(&item, word)) {
            return true;
        }
    }
    return false;
}

static enum iscsi_error answer_digest(uint32_t *value,
                                      const struct iscsi_text_pair *pair,
                                      struct iscsi_text_writer *writer)
{
    uint32_t digest = choose_digest(*pair);

    if (digest > 1) {
        iscsi_text_answer(writer, pair, "Reject");
        return ISCSI_OK;
    }
    *value = digest;
    iscsi_text_answer(writer, pair, digest_names[digest]);
    return ISCSI_OK;
}

/* The target offers a key of its own accord. */
static enum iscsi_error answer_offer(struct iscsi_keys *keys, unsigned key,
                                     const struct iscsi_text_pair *pair,
                                     struct iscsi_text_writer *writer)
{
    const struct key_row *row = &key_rows[key];
    uint32_t theirs;

    if (row->kind == KIND_DIGEST) {
        return answer_digest(&keys->value[key], pair, writer);
    }
    if (!read_value(row, pair, &theirs)) {
        return ISCSI_E_NEGOTIATION;
    }
    keys->value[key] = result_of(row, keys->ours[key], theirs);
    if (has_answer_name(row)) {
        iscsi_text_answer(writer, pair, value_name(row, keys->value[key]));
    } else {
        iscsi_text_put_number(writer, row->name, keys->value[key]);
    }
    return ISCSI_OK;
}

/* Keys that we never offer, and of which nothing follows here. */
static enum iscsi_error answer_by_rule(const struct key_row *row,
                                       const struct iscsi_text_pair *pair,
                                       struct iscsi_text_writer *writer)
{
    uint32_t theirs;

    if (row->kind == KIND_LEVEL) {
        if (!read_value(row, pair, &theirs)) {
            return ISCSI_E_NEGOTIATION;
        }
        iscsi_text_put_number(writer, row->name, theirs < row->initial
                              ? theirs : row->initial);
        return ISCSI_OK;
    }
    iscsi_text_answer(writer, pair, row->kind == KIND_FIXED ||
                      list_has(*pair, row->answer) ? row->answer : "Reject");
    return ISCSI_OK;
}

/* The target answers an offer, or declares a value. */
static enum iscsi_error take_answer(struct iscsi_keys *keys, unsigned key,
                                    const struct iscsi_text_pair *pair)
{
    const struct key_row *row = &key_rows[key];
    uint32_t value;

    if (iscsi_text_is(pair, "Irrelevant")) {
        return ISCSI_OK;
    }
    if (!read_value(row, pair, &value) ||
        (row->kind < KIND_DECLARED &&
         !answer_fits(row, keys->ours[key], value))) {
        return ISCSI_E_NEGOTIATION;
    }
    keys->value[key] = value;
    return ISCSI_OK;
}

/* A word that answers an offer which was never made needs no answer. */
static bool is_answer_word(const struct iscsi_text_pair *pair)
{
    return iscsi_text_is(pair, "NotUnderstood") ||
           iscsi_text_is(pair, "Reject") || iscsi_text_is(pair, "Irrelevant");
}

enum iscsi_error iscsi_keys_receive(struct iscsi_keys *keys,
                                    const struct iscsi_text_pair *pair,
                                    struct iscsi_text_writer *writer)
{
    enum iscsi_key key = iscsi_keys_find(pair);
    uint32_t bit;

    if (key == KEY_COUNT) {
        if (!is_answer_word(pair)) {
            iscsi_text_answer(writer, pair, "NotUnderstood");
        }
        return ISCSI_OK;
    }
    bit = KEY_BIT(key);
    if (keys->received & bit && key != KEY_TARGET_ADDRESS) {
        return ISCSI_E_PROTOCOL_TEXT;
    }
    keys->received |= bit;
    switch (key_rows[key].kind) {
    case KIND_NOTED:
    case KIND_AUTH:
        return ISCSI_OK;
    case KIND_FIXED:
    case KIND_WORD:
    case KIND_LEVEL:
        return answer_by_rule(&key_rows[key], pair, writer);
    case KIND_DECLARED:
    case KIND_TOLD:
        return take_answer(keys, key, pair);
    default:
        return keys->offered & bit ? take_answer(keys, key, pair)
                                   : answer_offer(keys, key, pair, writer);
    }
}

void iscsi_keys_finish(struct iscsi_keys *keys)
{
    uint32_t *value = keys->value;

    if (value[KEY_FIRST_BURST] > value[KEY_MAX_BURST]) {
        value[KEY_FIRST_BURST] = value[KEY_MAX_BURST];
    }
}
