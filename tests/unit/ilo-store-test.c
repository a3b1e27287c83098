/*
 * The store of EVs: power cuts, failing drives, damaged slots.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>
#include <string.h>

#include "qemu/osdep.h"
#include "qemu/bswap.h"
#include "ev-store.h"
#include "unit.h"

#define CASES (sizeof(cases) / sizeof(cases[0]))
#define NEVER UINT32_MAX

/*
 * A drive that loses power before its operation number @cut: what was
 * written since the last flush is then on the medium or not, as @keep says.
 */
struct drive {
    uint8_t medium[EV_DRIVE_SIZE];
    uint8_t cache[EV_DRIVE_SIZE];   /* with what is not flushed */
    uint32_t operations;            /* writes and flushes so far */
    uint32_t cut;                   /* this one and all later fail */
    uint32_t fail;                  /* this one alone fails */
    bool torn;                      /* the failing write is half done */
    bool read_fails[EV_SLOTS];
};

static struct drive drive;
static EvStore store;
static unsigned events[ILO_EVENT_COUNT];

static void count_event(void *opaque, IloEvent event, uint32_t a, uint32_t b)
{
    events[event]++;
}

static const IloListener listener = { count_event, NULL };

static bool drive_read(void *opaque, uint32_t offset, void *buffer,
                       uint32_t size)
{
    struct drive *d = opaque;

    if (d->read_fails[offset / EV_SLOT_SIZE] ||
        size > EV_DRIVE_SIZE - offset) {
        return false;
    }
    memcpy(buffer, d->cache + offset, size);
    return true;
}

static bool next_operation(struct drive *d)
{
    uint32_t number = d->operations++;

    return number < d->cut && number != d->fail;
}

static bool drive_write(void *opaque, uint32_t offset, const void *buffer,
                        uint32_t size)
{
    struct drive *d = opaque;
    bool works = next_operation(d);

    if (size > EV_DRIVE_SIZE - offset) {
        return false;
    }
    if (works) {
        memcpy(d->cache + offset, buffer, size);
    } else if (d->torn) {
        memcpy(d->cache + offset, buffer, size / 2);
    }
    return works;
}

static bool drive_flush(void *opaque)
{
    struct drive *d = opaque;

    if (!next_operation(d)) {
        return false;
    }
    memcpy(d->medium, d->cache, sizeof(d->medium));
    return true;
}

static const EvStoreOps ops = { drive_read, drive_write, drive_flush };

static void new_drive(void)
{
    memset(&drive, 0, sizeof(drive));
    memset(events, 0, sizeof(events));
    drive.cut = NEVER;
    drive.fail = NEVER;
}

/* @keep_cache: did the writes since the last flush reach the medium? */
static EvLoad power_on(bool keep_cache)
{
    memcpy(keep_cache ? drive.medium : drive.cache,
           keep_cache ? drive.cache : drive.medium, sizeof(drive.medium));
    drive.operations = 0;
    drive.cut = NEVER;
    drive.fail = NEVER;
    drive.torn = false;
    ev_store_init(&store, &ops, &drive, &listener);
    return ev_store_load(&store);
}

static bool holds(const char *name, const char *value)
{
    EvRecord record;

    if (!ev_store_find(&store, name, &record)) {
        return value == NULL;
    }
    return value && record.length == strlen(value) &&
           memcmp(record.data, value, record.length) == 0 &&
           strcmp(record.name, name) == 0;
}

static EvChange set(const char *name, const char *value)
{
    return ev_store_set(&store, name, value, strlen(value));
}

/* Two EVs, each slot written once. */
static void furnish(void)
{
    new_drive();
    power_on(true);
    CU_ASSERT_EQUAL(set("CQHORD", "other"), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(set("CQTISCSI", "old value"), EV_CHANGE_OK);
    drive.operations = 0;
    memset(events, 0, sizeof(events));
}

static void what_is_set_is_there_after_power_on(void)
{
    furnish();
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT(holds("CQTISCSI", "old value"));
    CU_ASSERT(holds("CQHORD", "other"));
    CU_ASSERT(holds("CQTISCS", NULL));
    CU_ASSERT(holds("CQTISCSIX", NULL));
}

static void slot_on_the_drive_is_laid_out_as_specified(void)
{
    const uint8_t *slot = drive.medium;

    new_drive();
    power_on(true);
    set("CQTISCSI", "abc");
    CU_ASSERT_EQUAL(memcmp(slot, "NCES\1\0\0\0\1\0\0\0\0\0\0\0"
                                 "\x25\0\0\0\1\0\0\0", 24), 0);
    CU_ASSERT_EQUAL((uint32_t)ldl_le_p(slot + EV_SLOT_CRC), 0x14047df8);
    CU_ASSERT_EQUAL(memcmp(slot + 64, "CQTISCSI\0", 9), 0);
    CU_ASSERT_EQUAL(lduw_le_p(slot + 64 + 32), 3);
    CU_ASSERT_EQUAL(memcmp(slot + 64 + 34, "abc", 3), 0);
}

static void changes_alternate_between_the_slots(void)
{
    furnish();
    for (unsigned i = 0; i < 4; i++) {
        uint32_t before = store.slot;

        CU_ASSERT_EQUAL(set("CQTISCSI", i % 2 ? "odd" : "even"),
                        EV_CHANGE_OK);
        CU_ASSERT_EQUAL(store.slot, !before);
    }
    CU_ASSERT_EQUAL(store.generation, 6);
    CU_ASSERT_EQUAL(events[ILO_EVENT_store_commit], 4);
}

static void replacing_keeps_the_order_and_resizes(void)
{
    static const char *const values[] = { "x", "much longer than before", "y" };
    EvRecord record;

    furnish();
    for (unsigned i = 0; i < 3; i++) {
        CU_ASSERT_EQUAL(set("CQHORD", values[i]), EV_CHANGE_OK);
        CU_ASSERT(holds("CQHORD", values[i]));
        CU_ASSERT(holds("CQTISCSI", "old value"));
        CU_ASSERT(ev_store_at(&store, 0, &record));
        CU_ASSERT_STRING_EQUAL(record.name, "CQHORD");
        CU_ASSERT(ev_store_at(&store, 1, &record));
        CU_ASSERT_STRING_EQUAL(record.name, "CQTISCSI");
        CU_ASSERT_FALSE(ev_store_at(&store, 2, &record));
    }
}

static void deleted_evs_are_gone_and_others_stay(void)
{
    furnish();
    CU_ASSERT_EQUAL(ev_store_delete(&store, "CQHORD"), EV_CHANGE_OK);
    power_on(false);
    CU_ASSERT(holds("CQHORD", NULL));
    CU_ASSERT(holds("CQTISCSI", "old value"));
    CU_ASSERT_EQUAL(ev_store_delete_all(&store), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT_EQUAL(store.records.count, 0);
    CU_ASSERT_EQUAL(ev_store_left(&store), EV_PAYLOAD_MAX);
}

static void deleting_what_is_not_there_writes_nothing(void)
{
    furnish();
    CU_ASSERT_EQUAL(ev_store_delete(&store, "NONE"), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(drive.operations, 0);
    ev_store_delete_all(&store);
    drive.operations = 0;
    CU_ASSERT_EQUAL(ev_store_delete_all(&store), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(drive.operations, 0);
}

static void payload_is_flushed_before_the_header_is_written(void)
{
    furnish();
    CU_ASSERT_EQUAL(set("CQTISCSI", "new value"), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(drive.operations, 4);
    furnish();
    drive.cut = 2;
    set("CQTISCSI", "new value");
    CU_ASSERT_EQUAL(memcmp(drive.medium, drive.cache, sizeof(drive.cache)),
                    0);
    CU_ASSERT_EQUAL(memcmp(drive.medium + EV_SLOT_HEADER_SIZE + 34,
                           "other", 5), 0);
}

/*
 * Cuts the power before each operation of a change, with and without the
 * cached writes, with whole and torn ones: always the old or the new value,
 * and the next change works.
 */
static void power_cut_at_any_operation_leaves_old_or_new(void)
{
    for (unsigned way = 0; way < 4; way++) {
        for (uint32_t cut = 0; cut <= 4; cut++) {
            EvChange change;
            bool old, new;

            furnish();
            drive.cut = cut;
            drive.torn = way & 2;
            change = set("CQTISCSI", "new value");
            CU_ASSERT_EQUAL(change == EV_CHANGE_OK, cut == 4);
            CU_ASSERT_EQUAL(power_on(way & 1), EV_LOAD_OK);
            old = holds("CQTISCSI", "old value");
            new = holds("CQTISCSI", "new value");
            CU_ASSERT(old != new);
            CU_ASSERT(change != EV_CHANGE_OK || new);
            CU_ASSERT(holds("CQHORD", "other"));
            CU_ASSERT_EQUAL(set("CQTISCSI", "third value"), EV_CHANGE_OK);
            power_on(false);
            CU_ASSERT(holds("CQTISCSI", "third value"));
        }
    }
}

/* One failing operation, and the store goes on: nothing is lost later. */
static void failing_operation_keeps_the_old_value(void)
{
    for (uint32_t fail = 0; fail < 4; fail++) {
        furnish();
        drive.fail = fail;
        CU_ASSERT_EQUAL(set("CQTISCSI", "new value"), EV_CHANGE_FAILED);
        CU_ASSERT_EQUAL(events[ILO_EVENT_store_not_written], 1);
        CU_ASSERT(holds("CQTISCSI", "old value"));
        CU_ASSERT_EQUAL(set("CQTISCSI", "third value"), EV_CHANGE_OK);
        CU_ASSERT(holds("CQTISCSI", "third value"));
        CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
        CU_ASSERT(holds("CQTISCSI", "third value"));
        CU_ASSERT(holds("CQHORD", "other"));
    }
}

static void damage_anywhere_in_a_slot_brings_the_other_back(void)
{
    uint32_t used;

    furnish();
    set("CQTISCSI", "new value");
    used = store.slot * EV_SLOT_SIZE;
    for (uint32_t i = 0; i < EV_SLOT_HEADER_SIZE + store.records.used; i++) {
        drive.medium[used + i] ^= 0x10;
        memset(events, 0, sizeof(events));
        CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
        CU_ASSERT(holds("CQTISCSI", "old value"));
        CU_ASSERT_EQUAL(events[ILO_EVENT_store_damaged], 1);
        drive.medium[used + i] ^= 0x10;
    }
    power_on(false);
    CU_ASSERT(holds("CQTISCSI", "new value"));
}

static void two_damaged_slots_make_an_empty_usable_store(void)
{
    furnish();
    drive.medium[EV_SLOT_MAGIC] ^= 1;
    drive.medium[EV_SLOT_SIZE + EV_SLOT_HEADER_SIZE] ^= 1;
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_DAMAGED);
    CU_ASSERT_EQUAL(events[ILO_EVENT_store_damaged], 2);
    CU_ASSERT_EQUAL(store.records.count, 0);
    CU_ASSERT_EQUAL(set("CQTISCSI", "again"), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT(holds("CQTISCSI", "again"));
}

static void new_drive_is_blank_not_damaged(void)
{
    new_drive();
    CU_ASSERT_EQUAL(power_on(true), EV_LOAD_BLANK);
    CU_ASSERT_EQUAL(events[ILO_EVENT_store_damaged], 0);
    CU_ASSERT_EQUAL(store.records.count, 0);
}

static void unreadable_slot_leaves_the_other(void)
{
    furnish();
    drive.read_fails[store.slot] = true;
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT(holds("CQHORD", "other"));
    CU_ASSERT(holds("CQTISCSI", NULL));
    CU_ASSERT_EQUAL(events[ILO_EVENT_store_not_read], 1);
    drive.read_fails[0] = drive.read_fails[1] = true;
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_FAILED);
}

/* Writes what the store holds, and a witness, to @slot. */
static void write_slot(uint32_t slot, uint64_t generation)
{
    power_on(false);
    store.slot = !slot;
    store.generation = generation - 1;
    CU_ASSERT_EQUAL(set("WITNESS", "w"), EV_CHANGE_OK);
}

static void generations_wrap(void)
{
    furnish();
    write_slot(0, UINT64_MAX);
    write_slot(1, UINT64_MAX - 1);
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT_EQUAL(store.generation, UINT64_MAX);
    CU_ASSERT_EQUAL(set("CQTISCSI", "wrapped"), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(store.generation, 0);
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT(holds("CQTISCSI", "wrapped"));
    CU_ASSERT_EQUAL(set("CQTISCSI", "further"), EV_CHANGE_OK);
    power_on(false);
    CU_ASSERT(holds("CQTISCSI", "further"));
}

static void full_store_refuses_and_keeps_everything(void)
{
    static char data[EV_DATA_MAX];
    char name[EV_NAME_SIZE];
    unsigned count = 0;
    uint32_t left;

    new_drive();
    power_on(true);
    memset(data, 'd', sizeof(data));
    do {
        snprintf(name, sizeof(name), "EV%u", count);
    } while (ev_store_set(&store, name, data, sizeof(data)) == EV_CHANGE_OK &&
             ++count < 100);
    CU_ASSERT_EQUAL(count, EV_PAYLOAD_MAX / 4000);
    CU_ASSERT_EQUAL(events[ILO_EVENT_store_full], 1);
    left = ev_store_left(&store);
    CU_ASSERT_EQUAL(ev_store_set(&store, "LAST", data, left - 34 + 1),
                    EV_CHANGE_FULL);
    CU_ASSERT_EQUAL(ev_store_set(&store, "LAST", data, left - 34),
                    EV_CHANGE_OK);
    CU_ASSERT_EQUAL(ev_store_left(&store), 0);
    CU_ASSERT_EQUAL(ev_store_set(&store, "LAST", "s", 1), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT_EQUAL(store.records.count, count + 1);
}

static void longest_name_and_value_survive(void)
{
    static char data[EV_DATA_MAX];
    EvRecord record;

    new_drive();
    power_on(true);
    memset(data, 'v', sizeof(data));
    CU_ASSERT_EQUAL(ev_store_set(&store, "A234567890123456789012345678901",
                                 data, sizeof(data)), EV_CHANGE_OK);
    power_on(false);
    CU_ASSERT(ev_store_find(&store, "A234567890123456789012345678901",
                            &record));
    CU_ASSERT_EQUAL(record.length, EV_DATA_MAX);
    CU_ASSERT_EQUAL(memcmp(record.data, data, sizeof(data)), 0);
}

static void volatile_store_works_without_a_drive(void)
{
    ev_store_init(&store, NULL, NULL, &listener);
    CU_ASSERT_EQUAL(set("CQTISCSI", "here"), EV_CHANGE_OK);
    CU_ASSERT(holds("CQTISCSI", "here"));
    CU_ASSERT_EQUAL(ev_store_delete_all(&store), EV_CHANGE_OK);
    CU_ASSERT(holds("CQTISCSI", NULL));
}

static void resume_refuses_what_no_store_wrote(void)
{
    furnish();
    CU_ASSERT(ev_store_resume(&store));
    store.slot = 2;
    CU_ASSERT_FALSE(ev_store_resume(&store));
    store.slot = 0;
    store.records.count++;
    CU_ASSERT_FALSE(ev_store_resume(&store));
    store.records.count--;
    store.records.used = EV_PAYLOAD_MAX + 1;
    CU_ASSERT_FALSE(ev_store_resume(&store));
}

static void resume_refuses_a_record_that_ends_elsewhere(void)
{
    uint8_t *length;

    furnish();
    length = store.records.payload + EV_RECORD_DATA + 5 + EV_RECORD_LENGTH;
    CU_ASSERT_EQUAL(lduw_le_p(length), 9);
    for (unsigned value = 0; value < 65536; value++) {
        stw_le_p(length, value);
        CU_ASSERT_EQUAL(ev_store_resume(&store), value == 9);
    }
}

/* Any byte of the numbers in a record, at every position of the records. */
static void resume_survives_any_damaged_record(void)
{
    furnish();
    for (uint32_t i = 0; i < store.records.used; i++) {
        for (unsigned value = 0; value < 256; value++) {
            uint8_t kept = store.records.payload[i];
            EvRecord record;

            store.records.payload[i] = value;
            if (ev_store_resume(&store)) {
                ev_store_find(&store, "NONE", &record);
                ev_store_at(&store, store.records.count - 1, &record);
            }
            store.records.payload[i] = kept;
        }
    }
    CU_ASSERT(ev_store_resume(&store));
}

static void older_snapshot_wins_over_a_newer_drive_at_the_next_change(void)
{
    static EvRecords old;

    furnish();
    old = store.records;
    set("CQTISCSI", "newer");
    set("CQTISCSI", "newest");
    store.records = old;
    store.generation = 2;
    store.slot = 1;
    CU_ASSERT(ev_store_resume(&store));
    CU_ASSERT(holds("CQTISCSI", "old value"));
    CU_ASSERT_EQUAL(set("CQHORD", "changed"), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT(holds("CQTISCSI", "old value"));
    CU_ASSERT(holds("CQHORD", "changed"));
}

static EvLoad power_on_with_a_new_drive(void)
{
    memset(&drive, 0, sizeof(drive));
    return power_on(false);
}

static void what_a_snapshot_brings_is_settled_on_another_drive(void)
{
    static EvRecords old;
    uint64_t generation;

    furnish();
    old = store.records;
    generation = store.generation;
    CU_ASSERT_EQUAL(power_on_with_a_new_drive(), EV_LOAD_BLANK);
    store.records = old;
    store.generation = generation;
    store.slot = 1;
    CU_ASSERT(ev_store_resume(&store));
    CU_ASSERT_EQUAL(ev_store_settle(&store), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT(holds("CQTISCSI", "old value"));

    set("CQTISCSI", "newer");
    store.records = old;
    CU_ASSERT_EQUAL(ev_store_settle(&store), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(power_on(false), EV_LOAD_OK);
    CU_ASSERT(holds("CQTISCSI", "old value"));
}

static void a_drive_that_holds_the_same_is_not_written(void)
{
    uint32_t operations;

    furnish();
    operations = drive.operations;
    CU_ASSERT_EQUAL(ev_store_settle(&store), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(drive.operations, operations);
    CU_ASSERT_EQUAL(power_on_with_a_new_drive(), EV_LOAD_BLANK);
    operations = drive.operations;
    CU_ASSERT_EQUAL(ev_store_settle(&store), EV_CHANGE_OK);
    CU_ASSERT_EQUAL(drive.operations, operations);
}

static void a_drive_that_takes_nothing_of_a_snapshot_is_told(void)
{
    furnish();
    set("CQTISCSI", "newer");
    store.records.payload[EV_RECORD_DATA]++;
    drive.fail = drive.operations;
    CU_ASSERT_EQUAL(ev_store_settle(&store), EV_CHANGE_FAILED);
    CU_ASSERT_EQUAL(ev_store_settle(&store), EV_CHANGE_OK);
}

static const struct unit_case cases[] = {
    UNIT_CASE(what_a_snapshot_brings_is_settled_on_another_drive),
    UNIT_CASE(a_drive_that_holds_the_same_is_not_written),
    UNIT_CASE(a_drive_that_takes_nothing_of_a_snapshot_is_told),
    UNIT_CASE(what_is_set_is_there_after_power_on),
    UNIT_CASE(slot_on_the_drive_is_laid_out_as_specified),
    UNIT_CASE(changes_alternate_between_the_slots),
    UNIT_CASE(replacing_keeps_the_order_and_resizes),
    UNIT_CASE(deleted_evs_are_gone_and_others_stay),
    UNIT_CASE(deleting_what_is_not_there_writes_nothing),
    UNIT_CASE(payload_is_flushed_before_the_header_is_written),
    UNIT_CASE(power_cut_at_any_operation_leaves_old_or_new),
    UNIT_CASE(failing_operation_keeps_the_old_value),
    UNIT_CASE(damage_anywhere_in_a_slot_brings_the_other_back),
    UNIT_CASE(two_damaged_slots_make_an_empty_usable_store),
    UNIT_CASE(new_drive_is_blank_not_damaged),
    UNIT_CASE(unreadable_slot_leaves_the_other),
    UNIT_CASE(generations_wrap),
    UNIT_CASE(full_store_refuses_and_keeps_everything),
    UNIT_CASE(longest_name_and_value_survive),
    UNIT_CASE(volatile_store_works_without_a_drive),
    UNIT_CASE(resume_refuses_what_no_store_wrote),
    UNIT_CASE(resume_refuses_a_record_that_ends_elsewhere),
    UNIT_CASE(resume_survives_any_damaged_record),
    UNIT_CASE(older_snapshot_wins_over_a_newer_drive_at_the_next_change),
};

int main(int argc, char **argv)
{
    return unit_main("ilo-store", cases, CASES, argc, argv);
}
