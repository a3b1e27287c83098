/*
 * The store of EVs: two slots, generations, and a commit in four steps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "ev-store.h"

QEMU_BUILD_BUG_ON(EV_RECORD_DATA + EV_DATA_MAX != 4000);

/* CRC-32C (Castagnoli), reflected, one entry for each four bits. */
static const uint32_t crc32c_of_nibble[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
    0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
    0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t crc32c(uint32_t crc, const uint8_t *data, size_t size)
{
    crc = ~crc;
    for (size_t i = 0; i < size; i++) {
        crc ^= data[i];
        crc = crc >> 4 ^ crc32c_of_nibble[crc & 15];
        crc = crc >> 4 ^ crc32c_of_nibble[crc & 15];
    }
    return ~crc;
}

/*
 * Records
 */

static bool name_is(const uint8_t *field, const char *name)
{
    for (size_t i = 0; i < EV_NAME_SIZE; i++) {
        if (field[i] != (uint8_t)name[i]) {
            return false;
        }
        if (name[i] == '\0') {
            return true;
        }
    }
    return false;
}

/* Size of the record at @offset, or 0 when it is not a good one. */
static uint32_t record_size(const EvRecords *records, uint32_t offset)
{
    const uint8_t *p = records->payload + offset;
    uint32_t left = records->used - offset;
    uint32_t length;

    if (left < EV_RECORD_DATA || p[EV_RECORD_NAME] == '\0' ||
        p[EV_RECORD_NAME + EV_NAME_SIZE - 1] != '\0') {
        return 0;
    }
    length = lduw_le_p(p + EV_RECORD_LENGTH);
    if (length == 0 || length > EV_DATA_MAX ||
        length > left - EV_RECORD_DATA) {
        return 0;
    }
    return EV_RECORD_DATA + length;
}

static bool records_are_good(const EvRecords *records)
{
    uint32_t offset = 0;
    uint32_t count = 0;
    uint32_t size;

    if (records->used > EV_PAYLOAD_MAX) {
        return false;
    }
    for (; offset < records->used; offset += size) {
        size = record_size(records, offset);
        if (size == 0) {
            return false;
        }
        count++;
    }
    return count == records->count;
}

/* Size of a record known to be good, or of a change: that may be empty. */
static uint32_t known_size(const EvRecords *records, uint32_t offset)
{
    return EV_RECORD_DATA +
           lduw_le_p(records->payload + offset + EV_RECORD_LENGTH);
}

/* Offset of the record called @name; records->used when there is none. */
static uint32_t find(const EvRecords *records, const char *name)
{
    uint32_t offset = 0;

    while (offset < records->used &&
           !name_is(records->payload + offset, name)) {
        offset += known_size(records, offset);
    }
    return offset;
}

static void describe(const EvRecords *records, uint32_t offset,
                     EvRecord *record)
{
    const uint8_t *p = records->payload + offset;

    record->name = (const char *)p + EV_RECORD_NAME;
    record->length = lduw_le_p(p + EV_RECORD_LENGTH);
    record->data = p + EV_RECORD_DATA;
}

/* Makes @room bytes at @offset where @size bytes were. */
static void change_room(EvRecords *records, uint32_t offset,
                        uint32_t size, uint32_t room)
{
    uint8_t *p = records->payload + offset;

    memmove(p + room, p + size, records->used - offset - size);
    records->used = records->used - size + room;
}

static void remove_record(EvRecords *records, const char *name)
{
    uint32_t offset = find(records, name);

    if (offset < records->used) {
        change_room(records, offset, known_size(records, offset), 0);
        records->count--;
    }
}

/* Changes or adds a record; false, and nothing is changed, without room. */
static bool put_record(EvRecords *records, const char *name, const void *data,
                       uint16_t length, const IloListener *listener)
{
    uint32_t offset = find(records, name);
    bool is_new = offset == records->used;
    uint32_t size = is_new ? 0 : known_size(records, offset);
    uint32_t room = EV_RECORD_DATA + length;
    uint32_t left = EV_PAYLOAD_MAX - records->used + size;
    uint8_t *p = records->payload + offset;

    if (room > left) {
        ilo_report(listener, ILO_EVENT_store_full, room, left);
        return false;
    }
    change_room(records, offset, size, room);
    records->count += is_new;
    memset(p, 0, EV_NAME_SIZE);
    for (unsigned i = 0; i < EV_NAME_SIZE - 1 && name[i]; i++) {
        p[EV_RECORD_NAME + i] = name[i];
    }
    stw_le_p(p + EV_RECORD_LENGTH, length);
    memcpy(p + EV_RECORD_DATA, data, length);
    return true;
}

static void copy_records(EvRecords *to, const EvRecords *from)
{
    to->used = from->used;
    to->count = from->count;
    memcpy(to->payload, from->payload, from->used);
}

/*
 * Slots
 */

static uint32_t slot_offset(uint32_t slot)
{
    return slot * EV_SLOT_SIZE;
}

static uint32_t slot_crc(const uint8_t *header, const EvRecords *records)
{
    uint8_t copy[EV_SLOT_HEADER_SIZE];

    memcpy(copy, header, sizeof(copy));
    stl_le_p(copy + EV_SLOT_CRC, 0);
    return crc32c(crc32c(0, copy, sizeof(copy)), records->payload,
                  records->used);
}

static bool is_zero(const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i]) {
            return false;
        }
    }
    return true;
}

typedef enum SlotState {
    SLOT_GOOD,
    SLOT_BLANK,
    SLOT_DAMAGED,
    SLOT_NOT_READ,
} SlotState;

/* Reads one slot into the draft. */
static SlotState read_slot(EvStore *store, uint32_t slot, uint64_t *generation)
{
    uint8_t header[EV_SLOT_HEADER_SIZE];
    EvRecords *draft = &store->draft;
    uint32_t offset = slot_offset(slot);

    if (!store->ops->read(store->opaque, offset, header, sizeof(header))) {
        return SLOT_NOT_READ;
    }
    if (is_zero(header, sizeof(header))) {
        return SLOT_BLANK;
    }
    draft->used = ldl_le_p(header + EV_SLOT_LENGTH);
    draft->count = ldl_le_p(header + EV_SLOT_COUNT);
    *generation = ldq_le_p(header + EV_SLOT_GENERATION);
    if ((uint32_t)ldl_le_p(header + EV_SLOT_MAGIC) != EV_SLOT_MAGIC_VALUE ||
        ldl_le_p(header + EV_SLOT_VERSION) != EV_SLOT_VERSION_1 ||
        draft->used > EV_PAYLOAD_MAX) {
        return SLOT_DAMAGED;
    }
    if (!store->ops->read(store->opaque, offset + EV_SLOT_HEADER_SIZE,
                          draft->payload, draft->used)) {
        return SLOT_NOT_READ;
    }
    if ((uint32_t)ldl_le_p(header + EV_SLOT_CRC) != slot_crc(header, draft) ||
        !records_are_good(draft)) {
        return SLOT_DAMAGED;
    }
    return SLOT_GOOD;
}

/* Generations wrap: one is newer when it is less than half a turn ahead. */
static bool is_newer(uint64_t a, uint64_t b)
{
    return a != b && a - b < (uint64_t)1 << 63;
}

static void take_draft(EvStore *store, uint32_t slot, uint64_t generation)
{
    copy_records(&store->records, &store->draft);
    store->slot = slot;
    store->generation = generation;
    store->drive_slot = slot;
    store->drive_generation = generation;
}

static void fill_header(uint8_t *header, uint64_t generation,
                        const EvRecords *records)
{
    memset(header, 0, EV_SLOT_HEADER_SIZE);
    stl_le_p(header + EV_SLOT_MAGIC, EV_SLOT_MAGIC_VALUE);
    stl_le_p(header + EV_SLOT_VERSION, EV_SLOT_VERSION_1);
    stq_le_p(header + EV_SLOT_GENERATION, generation);
    stl_le_p(header + EV_SLOT_LENGTH, records->used);
    stl_le_p(header + EV_SLOT_COUNT, records->count);
    stl_le_p(header + EV_SLOT_CRC, slot_crc(header, records));
}

/*
 * Payload, flush, header, flush: until the header is there the other slot
 * is the newest, and it is whole.  Returns the step that failed, 0 for none.
 */
static int write_slot(EvStore *store, uint32_t slot, uint64_t generation)
{
    uint8_t header[EV_SLOT_HEADER_SIZE];
    const EvRecords *draft = &store->draft;
    uint32_t offset = slot_offset(slot);

    fill_header(header, generation, draft);
    if (!store->ops->write(store->opaque, offset + EV_SLOT_HEADER_SIZE,
                           draft->payload, draft->used)) {
        return 1;
    }
    if (!store->ops->flush(store->opaque)) {
        return 2;
    }
    if (!store->ops->write(store->opaque, offset, header, sizeof(header))) {
        return 3;
    }
    return store->ops->flush(store->opaque) ? 0 : 4;
}

/* Makes the draft the content of the store. */
static EvChange commit(EvStore *store)
{
    uint32_t slot = !store->slot;
    uint64_t generation = store->generation + 1;
    int failed = store->ops ? write_slot(store, slot, generation) : 0;

    if (failed) {
        ilo_report(&store->listener, ILO_EVENT_store_not_written, slot,
                   failed);
        return EV_CHANGE_FAILED;
    }
    take_draft(store, slot, generation);
    ilo_report(&store->listener, ILO_EVENT_store_commit, slot,
               store->records.used);
    return EV_CHANGE_OK;
}

/*
 * Interface
 */

void ev_store_init(EvStore *store, const EvStoreOps *ops, void *opaque,
                   const IloListener *listener)
{
    memset(store, 0, sizeof(*store));
    store->ops = ops;
    store->opaque = opaque;
    store->listener = *listener;
    store->slot = 1;                /* the first change goes to slot A */
    store->drive_slot = 1;
}

EvLoad ev_store_load(EvStore *store)
{
    unsigned seen[SLOT_NOT_READ + 1] = { 0 };
    uint64_t generation = 0;

    for (uint32_t slot = 0; slot < EV_SLOTS; slot++) {
        SlotState state = read_slot(store, slot, &generation);

        if (state == SLOT_DAMAGED) {
            ilo_report(&store->listener, ILO_EVENT_store_damaged, slot, 0);
        } else if (state == SLOT_NOT_READ) {
            ilo_report(&store->listener, ILO_EVENT_store_not_read, slot, 0);
        } else if (state == SLOT_GOOD &&
                   (!seen[SLOT_GOOD] ||
                    is_newer(generation, store->generation))) {
            take_draft(store, slot, generation);
        }
        seen[state]++;
    }
    if (seen[SLOT_GOOD]) {
        return EV_LOAD_OK;
    }
    if (seen[SLOT_NOT_READ] == EV_SLOTS) {
        return EV_LOAD_FAILED;
    }
    return seen[SLOT_BLANK] == EV_SLOTS ? EV_LOAD_BLANK : EV_LOAD_DAMAGED;
}

bool ev_store_find(const EvStore *store, const char *name, EvRecord *record)
{
    uint32_t offset = find(&store->records, name);

    if (offset == store->records.used) {
        return false;
    }
    describe(&store->records, offset, record);
    return true;
}

bool ev_store_at(const EvStore *store, uint32_t index, EvRecord *record)
{
    uint32_t offset = 0;

    if (index >= store->records.count) {
        return false;
    }
    while (index-- > 0) {
        offset += known_size(&store->records, offset);
    }
    describe(&store->records, offset, record);
    return true;
}

EvChange ev_store_set(EvStore *store, const char *name, const void *data,
                      uint16_t length)
{
    copy_records(&store->draft, &store->records);
    if (!put_record(&store->draft, name, data, length, &store->listener)) {
        return EV_CHANGE_FULL;
    }
    return commit(store);
}

EvChange ev_store_delete(EvStore *store, const char *name)
{
    if (find(&store->records, name) == store->records.used) {
        return EV_CHANGE_OK;
    }
    copy_records(&store->draft, &store->records);
    remove_record(&store->draft, name);
    return commit(store);
}

EvChange ev_store_delete_all(EvStore *store)
{
    if (store->records.count == 0) {
        return EV_CHANGE_OK;
    }
    store->draft.used = 0;
    store->draft.count = 0;
    return commit(store);
}

/*
 * Changes that are made as one
 */

void ev_batch_clear(EvBatch *batch)
{
    /* Secrets may be among the values. */
    memset(batch, 0, sizeof(*batch));
}

EvChange ev_batch_set(EvBatch *batch, const char *name, const void *data,
                      uint16_t length, const IloListener *listener)
{
    return put_record(&batch->changes, name, data, length, listener) ?
           EV_CHANGE_OK : EV_CHANGE_FULL;
}

void ev_batch_delete_all(EvBatch *batch)
{
    ev_batch_clear(batch);
    batch->delete_all = true;
}

static bool apply_change(EvStore *store, const EvRecord *change)
{
    if (change->length == 0) {
        remove_record(&store->draft, change->name);
        return true;
    }
    return put_record(&store->draft, change->name, change->data,
                      change->length, &store->listener);
}

/* Deletions first: what they free is there for the rest. */
static bool apply_changes(EvStore *store, const EvRecords *changes,
                          bool deletions)
{
    EvRecord change;

    for (uint32_t offset = 0; offset < changes->used;
         offset += known_size(changes, offset)) {
        describe(changes, offset, &change);
        if ((change.length == 0) == deletions &&
            !apply_change(store, &change)) {
            return false;
        }
    }
    return true;
}

EvChange ev_store_apply(EvStore *store, const EvBatch *batch)
{
    const EvRecords *changes = &batch->changes;

    if (!batch->delete_all && changes->count == 0) {
        return EV_CHANGE_OK;
    }
    if (batch->delete_all) {
        store->draft.used = 0;
        store->draft.count = 0;
    } else {
        copy_records(&store->draft, &store->records);
    }
    if (!apply_changes(store, changes, true) ||
        !apply_changes(store, changes, false)) {
        return EV_CHANGE_FULL;
    }
    return commit(store);
}

uint32_t ev_store_left(const EvStore *store)
{
    return EV_PAYLOAD_MAX - store->records.used;
}

bool ev_store_resume(EvStore *store)
{
    if (store->slot >= EV_SLOTS || !records_are_good(&store->records)) {
        return false;
    }
    if (is_newer(store->drive_generation, store->generation)) {
        store->generation = store->drive_generation;
        store->slot = store->drive_slot;
    }
    return true;
}

static bool draft_is_records(const EvStore *store)
{
    return store->draft.used == store->records.used &&
           store->draft.count == store->records.count &&
           !memcmp(store->draft.payload, store->records.payload,
                   store->records.used);
}

EvChange ev_store_settle(EvStore *store)
{
    uint64_t generation, newest = 0;
    bool found = false, same = false;

    for (uint32_t slot = 0; store->ops && slot < EV_SLOTS; slot++) {
        if (read_slot(store, slot, &generation) == SLOT_GOOD &&
            (!found || is_newer(generation, newest))) {
            found = true;
            newest = generation;
            same = draft_is_records(store);
        }
    }
    if (!store->ops || same || (!found && !store->records.count)) {
        return EV_CHANGE_OK;
    }
    copy_records(&store->draft, &store->records);
    return commit(store);
}
